"""Pairs, transformation and Jacobian against polynomials, differences and Monte Carlo."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.constants import elementary_charge, hbar, physical_constants

from lowtglass import soft_potential as sp
from lowtglass.errors import InputError

atomic_mass = physical_constants["atomic mass constant"][0]
numbers = st.floats(-2.0, 2.0)


@given(numbers, numbers, numbers, st.floats(-2.0, 2.0))
def test_transformation_is_a_shift_of_the_origin(h, eta, t, x):
    found = sp.transform(h, eta, t)
    # Stationary points of the given polynomial, by NumPy.
    roots = np.roots([4.0, 3.0 * t, 2.0 * eta, h])
    real = np.sort(roots.real[np.abs(roots.imag) < 1e-7])
    assume(np.all(np.diff(real) > 1e-3) and len(real) == (3 if found.double else 1))
    value = np.polynomial.Polynomial([0.0, h, eta, t, 1.0])
    pairs = set()
    for k in range(3 if found.double else 1):
        e, s = float(found.alpha[k]), float(found.beta[k])
        origin = (s - t) / 4.0
        assert min(abs(real - origin)) < 1e-6
        ours = e * x**2 + s * x**3 + x**4
        assert ours == pytest.approx(value(origin + x) - value(origin), abs=1e-9 * (1.0 + abs(x)) ** 4 * 40)
        # The invariants of Eq. (4).
        assert e - 0.375 * s**2 == pytest.approx(eta - 0.375 * t**2, abs=1e-10)
        assert 0.5 * s * (e - 0.25 * s**2) == pytest.approx(0.5 * t * (eta - 0.25 * t**2) - h, abs=1e-9)
        pairs.add(round(e, 6))
    if found.double:
        assert found.alpha[1] < 0 < min(found.alpha[0], found.alpha[2])


@given(st.floats(-2.0, 3.0), numbers)
def test_double_well_bound_and_invariants(eta, t):
    assume(abs(eta - 9 / 32 * t * t) > 1e-9 and abs(eta) > 1e-9)
    found = sp.wells(eta, t)
    assert bool(found.double) == (eta < 9.0 / 32.0 * t * t)
    form = sp.depressed(eta, -t)
    again = sp.expansions(form.A, form.H)
    assert bool(again.double) == bool(found.double)
    kept = again.alpha[np.isfinite(again.alpha)]
    # One of the pairs is the one we came from.
    assert np.min(np.abs(kept - eta)) < 1e-9
    if found.double:
        assert len(kept) == 3
        # The three t solve t³/16 + I₁t/2 = I₂.
        I1, I2 = eta - 0.375 * t * t, 0.5 * t * (eta - 0.25 * t * t)
        np.testing.assert_allclose(again.beta**3 / -16.0 - 0.5 * I1 * again.beta, I2, atol=1e-9)


def test_depressed_form_is_the_same_polynomial():
    rng = np.random.default_rng(3)
    alpha, beta, y = rng.normal(size=(3, 50)) * 3.0
    form = sp.depressed(alpha, beta)
    z = y - form.shift
    np.testing.assert_allclose(
        y**4 - beta * y**3 + alpha * y**2, z**4 + form.A * z**2 + form.H * z + form.constant, rtol=1e-12, atol=1e-11
    )


def test_jacobian_by_differences():
    """|∂(h′, η′, t′)/∂(η, t, t′)| from Eq. (4) solved for h′ and η′."""

    def given_parameters(x):
        eta, t, t1 = x
        eta1 = eta - 0.375 * t**2 + 0.375 * t1**2
        return np.array([0.5 * t1 * (eta1 - 0.25 * t1**2) - 0.5 * t * (eta - 0.25 * t**2), eta1, t1])

    for point in ([0.3, 0.2, -0.4], [-0.5, 0.7, 0.1], [1.2, -1.1, 0.9]):
        point = np.array(point)
        matrix = np.empty((3, 3))
        for k in range(3):
            step = np.zeros(3)
            step[k] = 1e-5
            matrix[:, k] = (given_parameters(point + step) - given_parameters(point - step)) / 2e-5
        assert abs(np.linalg.det(matrix)) == pytest.approx(sp.jacobian(point[0]), rel=1e-8)


def test_sea_gull_by_monte_carlo():
    """From a smooth G′ the number of potentials with small |η| grows as |η|: slope and its statistical error."""
    rng = np.random.default_rng(11)
    size = 500_000
    spread = (0.03, 0.2, 0.4)

    def draw(rng, size):
        h, eta, t = rng.normal(size=(3, size))
        return spread[0] * h, 0.1 + spread[1] * eta, spread[2] * t

    found = sp.sample(draw, size, rng)
    # Barrier tops at η < 0 and the only wells at η > 9t²/32, in a strip |t| < 0.15.
    eta = np.where(found.double, found.alpha[:, 1], found.alpha[:, 0])
    t = np.where(found.double, found.beta[:, 1], found.beta[:, 0])
    strip = np.abs(t) < 0.15
    for sign in (-1.0, 1.0):
        inside = strip & (sign * eta > 0.0)
        edges = np.linspace(0.02, 0.12, 6)
        count = np.histogram(sign * eta[inside], edges)[0]
        middle, width = 0.5 * (edges[1:] + edges[:-1]), np.diff(edges)
        nodes, weights = np.polynomial.legendre.leggauss(3)
        expected = np.zeros(middle.size)
        # P/|η| = ½∫G′(h′, η′, t′)dt′ on the strip, by quadrature of the known normal laws.
        s, t1 = np.linspace(-0.15, 0.15, 61), np.linspace(-3.0, 3.0, 1201)
        for k, (node, weight) in itertools.product(range(middle.size), zip(nodes, weights, strict=True)):
            e, T, t2 = sign * (middle[k] + 0.5 * width[k] * node), s[:, None], t1[None, :]
            eta1 = e - 0.375 * T**2 + 0.375 * t2**2
            h = 0.5 * t2 * (eta1 - 0.25 * t2**2) - 0.5 * T * (e - 0.25 * T**2)
            law = (
                np.exp(-0.5 * ((h / spread[0]) ** 2 + ((eta1 - 0.1) / spread[1]) ** 2 + (t2 / spread[2]) ** 2))
                / (2.0 * math.pi) ** 1.5
                / math.prod(spread)
            )
            inner = np.trapezoid(np.trapezoid(law, t1, axis=1), s)
            expected[k] += 0.5 * width[k] * weight * size * 0.5 * abs(e) * inner
        sigma = np.sqrt(expected)
        assert np.all(np.abs(count - expected) < 4.0 * sigma), (sign, count, expected)
        assert np.sum(((count - expected) / sigma) ** 2) < 20.5  # 5 bins, 0.1 %
        # The slope of the density against |η|, in units of ½∫G′dt′, and its error bar.
        slope, doubt = count.sum() / expected.sum(), math.sqrt(expected.sum()) / expected.sum()
        assert abs(slope - 1.0) < 4.0 * doubt
        assert doubt < 0.02
        # What a straight line through count/½∫G′dt′ leaves at the origin.
        flat = middle * width * count / expected
        line, cov = np.polyfit(middle, flat / width, 1, w=expected / (middle * np.sqrt(expected)), cov="unscaled")
        assert abs(line[1]) < 4.0 * math.sqrt(cov[1, 1])
        assert math.sqrt(cov[1, 1]) < 0.02 * middle[-1]


def test_scales_of_an_atom():
    scales = sp.Scales.from_atom(10.0 * elementary_charge, 30.0 * atomic_mass, 1e-10)
    epsilon = hbar**2 / (2.0 * 30.0 * atomic_mass * 1e-20 * 10.0 * elementary_charge)
    assert scales.eta_L == pytest.approx(epsilon ** (1.0 / 3.0))
    assert 0.005 < scales.eta_L < 0.03
    kelvin = scales.w / physical_constants["Boltzmann constant"][0]
    assert 3.0 < kelvin < 60.0
    assert scales.debye == pytest.approx(math.sqrt(scales.E0 * hbar**2 / (2 * 30 * atomic_mass * 1e-20)))
    assert 0.05 < scales.deformation_potential / elementary_charge < 0.3


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: sp.Scales(1.0, 0.0), "eta_L"),
        (lambda: sp.Scales(-1.0, 0.1), "E0"),
        (lambda: sp.depressed(np.nan, 0.0), "alpha"),
        (lambda: sp.depressed([1.0, 2.0], [1.0, 2.0, 3.0]), "beta"),
        (lambda: sp.sample(lambda rng, n: (1.0, 2.0), 10), "draw"),
        (lambda: sp.sample(None, 10), "draw"),
        (lambda: sp.sample(lambda rng, n: rng.normal(size=(3, n)), 0), "size"),
    ],
)
def test_bad_input(call, argument):
    with pytest.raises(InputError) as error:
        call()
    assert error.value.argument == argument
