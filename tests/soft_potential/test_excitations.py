"""Densities of states against histograms, moments, closed forms and expansions at their singularities."""

import itertools
import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

from lowtglass import soft_potential as sp
from lowtglass.errors import ConvergenceError, InputError
from lowtglass.soft_potential.excitations import _PAIR

CONSTANT = sp.Distribution(1.0, "barrier top", modulus=False)
PLANE = sp.Distribution(1.0, "whole plane", modulus=False)
SINGLE = sp.Distribution(1.0, "single wells")
SINGLE_CONSTANT = sp.Distribution(1.0, "single wells", modulus=False)
SHARP = sp.Distribution(1.0, "barrier top", eta_min=-6.0)
DECAY = sp.Distribution(1.0, "barrier top", delta_eta=5.0)


@pytest.mark.parametrize(("upper", "edges"), [(2, (0.4, 1.4, 2.05, 2.4, 3.2, 4.2)), (3, (3.66, 4.2, 5.0, 5.5, 6.5))])
def test_against_histogram(upper, edges):
    """Random points of the plane (α, β), counted at the barrier top, fall between energies as the density says."""
    rng = np.random.default_rng(5)
    # Everything with these energies lies in this box: the barrier top of the cut distribution is above −6.
    size = 300_000
    alpha = rng.uniform(-6.0, 13.0, size)
    beta = rng.uniform(-7.0, 7.0, size)
    top = (alpha < 0.0) | (alpha > 9.0 / 32.0 * beta**2)
    weight = np.abs(alpha) * top
    e = sp.gap(alpha[top], beta[top], upper).energy
    w = weight[top] * 19.0 * 14.0 / size
    # Nothing with these energies near the sides of the box.
    inside = e < edges[-1]
    assert np.max(np.abs(beta[top][inside])) < 6.9 and np.max(alpha[top][inside]) < 12.5
    nodes, weights = np.polynomial.legendre.leggauss(6)
    for low, high in itertools.pairwise(edges):
        chosen = (e >= low) & (e < high)
        count, sigma = w[chosen].sum(), math.sqrt((w[chosen] ** 2).sum())
        x = 0.5 * (low + high) + 0.5 * (high - low) * nodes
        expected = 0.5 * (high - low) * np.sum(weights * sp.density_of_states(x, SHARP, upper=upper, rtol=1e-5).density)
        # The quadrature over the bin and the density are far better than the counts.
        assert abs(count - expected) < 4.0 * sigma, (low, high, count, expected, sigma)
        assert sigma < 0.025 * expected


@pytest.mark.parametrize("distribution", [CONSTANT, PLANE, SINGLE, SINGLE_CONSTANT, SHARP])
def test_harmonic_limit(distribution):
    """Exact prefactors for each counting, approached as E⁻³ or faster."""
    E = np.array([25.0, 50.0])
    found = sp.density_of_states(E, distribution)
    if distribution is SHARP:
        # Far above the cut only single wells are left.
        limit = sp.harmonic_limit(E, SINGLE)
    else:
        limit = sp.harmonic_limit(E, distribution)
    miss = np.abs(found.density / limit - 1.0)
    assert miss[1] < 3e-4 and miss[1] < 0.2 * miss[0]


def test_harmonic_limit_with_barrier_tops_of_all_depths():
    """e⁴/4 where the cut lies far below the barrier tops concerned; the coefficients 1/24 and 1/12√π of Eq. (12)."""
    deep = sp.Distribution(1.0, "barrier top", eta_min=-5000.0)
    # What is left beside the vibrations is the plateau of tunnelling states.
    E = np.array([40.0, 60.0])
    vibrations = sp.density_of_states(E, deep).density
    slope = np.log(vibrations[1] / vibrations[0]) / math.log(1.5)
    assert abs(slope - 4.0) < 0.01
    assert vibrations[1] == pytest.approx(sp.harmonic_limit(60.0, deep), rel=3e-3)
    assert sp.harmonic_limit(60.0, deep) / 60.0**4 == 0.25
    plane = sp.Distribution(1.0, "whole plane", P0=lambda eta, t: np.exp(-(((np.abs(eta) + 8e-2 * t**2) / 1e5) ** 2)))
    # Three times the double wells: 3/4 − √2/3; a difference takes out the tunnelling states counted at their minima.
    found = sp.density_of_states(np.array([40.0, 60.0]), plane, rtol=1e-5).density
    quartic_part = (found[1] - found[0]) / (60.0**4 - 40.0**4)
    assert quartic_part == pytest.approx(0.75 - math.sqrt(2.0) / 3.0, rel=5e-3)
    # n₀ from the slope of an isolated deep well: ∫dA 4/sqrt(−2A) over the barrier tops.
    delta = 5000.0
    sharp = 4.0 * math.sqrt(2.0 * delta)
    assert math.sqrt(2.0) / 6.0 / sharp * math.sqrt(delta) == pytest.approx(1.0 / 24.0)
    smooth = 4.0 * math.sqrt(math.pi * delta / 2.0)
    assert math.sqrt(2.0) / 6.0 / smooth * math.sqrt(delta) == pytest.approx(1.0 / (12.0 * math.sqrt(math.pi)))
    for distribution, n0 in ((deep, sharp), (sp.Distribution(1.0, "barrier top", delta_eta=delta), smooth)):
        assert sp.density_of_states(1.0, distribution).density == pytest.approx(n0, rel=0.05)


def test_methods_join():
    for distribution in (CONSTANT, DECAY):
        for border in (_PAIR, 13.0):
            E = border * (1.0 + 1e-5 * np.array([-3.0, -1.0, 1.0, 3.0]))
            found = sp.density_of_states(E, distribution, rtol=1e-6)
            assert len(set(found.method)) == 2
            low = found.density[1] + (found.density[1] - found.density[0])
            assert low == pytest.approx(found.density[2], rel=2e-6)


def test_saddle():
    """Logarithm with constant P, square root where the counts on both sides differ, nothing where they agree."""
    (saddle,) = sp.singularities(2)
    assert saddle.kind == "saddle" and saddle.alpha == 0.0
    # Critical point of e₁₂(α, β): differences by both, and second derivatives of opposite sign.
    h = 1e-3

    def e(a, b):
        return float(sp.gap(a, b).energy)

    here = e(0.0, saddle.beta)
    assert here == pytest.approx(saddle.E, abs=1e-11)
    assert abs(e(h, saddle.beta) - e(-h, saddle.beta)) < 1e-5 * h
    assert abs(e(0.0, saddle.beta + h) - e(0.0, saddle.beta - h)) < 1e-5 * h
    by_alpha = (e(h, saddle.beta) + e(-h, saddle.beta) - 2 * here) / h**2
    by_beta = (e(0.0, saddle.beta + h) + e(0.0, saddle.beta - h) - 2 * here) / h**2
    mixed = (e(h, saddle.beta + h) - e(h, saddle.beta - h) - e(-h, saddle.beta + h) + e(-h, saddle.beta - h)) / (
        4 * h**2
    )
    determinant = by_alpha * by_beta - mixed**2
    assert determinant < -1e-3
    # n = −2·ln|E − E*|/sqrt(−det) + … for the pair ±β, of constant p = 1 over the whole plane.
    d = np.array([1e-3, 1e-4, 1e-5])
    for sign in (-1.0, 1.0):
        n = sp.density_of_states(saddle.E + sign * d, PLANE).density
        miss = np.diff(n) / math.log(10.0) * math.sqrt(-determinant) / 4.0 - 1.0
        # What is smooth on top of the logarithm is linear in d.
        assert abs(miss[1]) < 5e-4 and abs(miss[1]) < 0.2 * abs(miss[0])
    # With |η| every potential once: smooth through the saddle.
    E = saddle.E + 1e-3 * np.arange(-3, 4)
    n = sp.density_of_states(E, SHARP, rtol=1e-8).density
    smooth = np.polyval(np.polyfit(E[[0, 1, 5, 6]] - saddle.E, n[[0, 1, 5, 6]], 2), E - saddle.E)
    np.testing.assert_allclose(n, smooth, rtol=1e-7)
    # With |η| and double wells three times: a square root above, as Eq. (2) of the paper says of the derivative.
    three = sp.Distribution(1.0, "whole plane", eta_min=-6.0, eta_max=20.0)
    d = np.array([1e-5, 4e-5, 1.6e-4])
    above = sp.density_of_states(saddle.E + d, three).density
    below = sp.density_of_states(saddle.E - d[:2], three).density
    drops = -np.diff(above)
    # Twice as much from 4d to 16d as from d to 4d, but for a linear term of the order of sqrt(d).
    assert drops[1] / drops[0] == pytest.approx(2.0, abs=0.02)
    # Both sides meet, to the linear term.
    start, end = 2.0 * above[0] - above[1], below[0] - (below[1] - below[0]) / 3.0
    assert start == pytest.approx(end, rel=5e-5)
    assert start - above[0] > 20.0 * abs(below[0] - below[1])


def test_step_of_the_third_level():
    """n(E₁₃) vanishes below its minimum and starts with a step of the height the Hessian says."""
    bottom = sp.singularities(3)[0]
    assert bottom.kind == "minimum" and bottom.H == 0.0
    assert float(sp.gap(bottom.A, 0.0, 3).energy) == pytest.approx(bottom.E, abs=1e-11)
    d = 1e-2
    around = [float(sp.gap(a, b, 3).energy) for a, b in ((bottom.A + d, 0.0), (bottom.A - d, 0.0), (bottom.A, d))]
    assert min(around) > bottom.E
    assert sp.density_of_states(bottom.E - 1e-6, SHARP, upper=3).density == 0.0
    # What is left is the error of n(E), also where the whole curve lies next to the axis.
    for d in (1e-4, 1e-5):
        E = bottom.E + d * np.array([1.0, 2.0])
        n = sp.density_of_states(E, SHARP, upper=3).density
        assert 2.0 * n[0] - n[1] == pytest.approx(2.0 * bottom.step, rel=2e-6)
        # It survives with constant P, where the density of (A, H) there is 2/|A|.
        n = sp.density_of_states(E, CONSTANT, upper=3).density
        assert 2.0 * n[0] - n[1] == pytest.approx(2.0 / abs(bottom.A) * bottom.step, rel=2e-6)


@pytest.mark.parametrize(("distribution", "upper"), [(SINGLE, 3), (SINGLE_CONSTANT, 3), (SINGLE_CONSTANT, 2)])
def test_single_wells_by_brentq(distribution, upper):
    """∫dβ at fixed β/sqrt(α), with SciPy's root for α and differences for the slope; the third level up to its end."""
    nodes, weights = np.polynomial.legendre.leggauss(20)
    spinodal = math.sqrt(32.0 / 9.0)
    for E in (8.0, 9.1, 12.0):
        expected = 0.0
        for b, db in zip(0.5 * spinodal * (1.0 + nodes), 0.5 * spinodal * weights, strict=True):

            def e(a, b=b):
                return sp.gap(a, b * np.sqrt(a), upper, interpolated=False).energy

            alpha = brentq(lambda a, E=E: float(e(a)) - E, 1e-3, E * E, xtol=1e-12)
            step = 2e-3 * alpha
            below, under, over, above = e(alpha + step * np.array([-2.0, -1.0, 1.0, 2.0]))
            slope = (8.0 * (over - under) - (above - below)) / (12.0 * step)
            expected += 2.0 * db * math.sqrt(alpha) * (alpha if distribution.modulus else 1.0) / slope
        assert sp.density_of_states(E, distribution, upper=upper).density == pytest.approx(expected, rel=1e-6)


def test_callable_distribution():
    """A function P₀ gives what the named form gives, and scales drop out."""
    eta_L = 0.02
    named = sp.Distribution(eta_L, "barrier top", delta_eta=0.1)
    given = sp.Distribution(eta_L, "barrier top", P0=lambda eta, t: np.exp(eta / 0.1))
    E = np.array([0.3, 3.0])
    a, b = (sp.density_of_states(E, d, rtol=1e-7).density for d in (named, given))
    np.testing.assert_allclose(a, b, rtol=1e-7)
    scaled = sp.density_of_states(E, DECAY, rtol=1e-7).density
    np.testing.assert_allclose(a, scaled * eta_L**2.5, rtol=1e-6)


def test_counting():
    """Whole plane = three pairs; barrier top and single wells agree above the spinodal line."""
    A, H = np.array([-3.0, -3.0, 2.0]), np.array([0.3, 9.0, 0.5])
    pairs = sp.expansions(A, H)
    assert pairs.double.tolist() == [True, False, False]
    p = 2.0 / np.abs(pairs.alpha)
    np.testing.assert_allclose(CONSTANT.density(A, H), [p[0, 1], p[1, 0], p[2, 0]])
    np.testing.assert_allclose(PLANE.density(A, H), [p[0].sum(), p[1, 0], p[2, 0]])
    np.testing.assert_allclose(SINGLE.density(A, H), [0.0, 2.0, 2.0])

    # Number of potentials in a rectangle of (α, β) by both coordinates.
    def length(b):
        # |α − 3b²/8| < 1.5 and |b/2 (α − b²/4)| < 0.6
        low, high = max(0.375 * b * b - 1.5, 0.25 * b * b - 1.2 / b), min(0.375 * b * b + 1.5, 0.25 * b * b + 1.2 / b)
        return max(0.0, high - low)

    edges = (1e-12, 0.4, 0.8, 1.2, 1.6, 2.5, 3.0, 3.6, 4.0)
    expected = 2.0 * sum(quad(length, a, b, epsabs=1e-8, limit=200)[0] for a, b in itertools.pairwise(edges))
    assert length(4.0) == 0.0
    x, w = np.polynomial.legendre.leggauss(30)
    # Nodes crowded at the ends, where 1/|α| is singular: at the fold H = 8(−A/6)^(3/2), and where that ends.
    u, du = 0.25 * (1.0 + x) ** 2 * (2.0 - x), 0.75 * w * (1.0 - x * x)
    direct = 0.0
    for low, high in ((-1.5, -6.0 * 0.075 ** (2 / 3)), (-6.0 * 0.075 ** (2 / 3), 0.0), (0.0, 1.5)):
        for a, da in zip(low + (high - low) * u, (high - low) * du, strict=True):
            fold = min(8.0 * max(-a / 6.0, 0.0) ** 1.5, 0.6)
            for start, end in ((0.0, fold), (fold, 0.6)):
                h = start + (end - start) * u
                direct += 2.0 * da * np.sum((end - start) * du * PLANE.density(np.full(h.size, a), h))
    assert direct == pytest.approx(expected, rel=2e-5)


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: sp.density_of_states(0.0, SHARP), "E"),
        (lambda: sp.density_of_states(-1.0, SHARP), "E"),
        (lambda: sp.density_of_states(1.0, "sharp"), "distribution"),
        (lambda: sp.density_of_states(1.0, SHARP, upper=5), "upper"),
        (lambda: sp.density_of_states(13.0, SHARP, upper=3), "E"),
        (lambda: sp.density_of_states(9.0, sp.Distribution(1.0, "single wells", eta_max=20.0)), "E"),
        (lambda: sp.Distribution(0.0, "single wells"), "eta_L"),
        (lambda: sp.Distribution(-0.1, "single wells"), "eta_L"),
        (lambda: sp.Distribution(0.1, "all"), "counting"),
        (lambda: sp.Distribution(0.1, "barrier top"), "Distribution"),
        (lambda: sp.Distribution(0.1, "whole plane"), "Distribution"),
        (lambda: sp.Distribution(0.1, "whole plane", delta_eta=0.1), "Distribution"),
        (lambda: sp.Distribution(0.1, "barrier top", eta_min=0.1), "eta_min"),
        (lambda: sp.Distribution(0.1, "barrier top", delta_eta=-0.1), "delta_eta"),
        (lambda: sp.Distribution(0.1, "single wells", P0=lambda e, t: -1.0 + 0 * e).density(1.0, 0.0), "P0"),
    ],
)
def test_bad_input(call, argument):
    with pytest.raises(InputError) as error:
        call()
    assert error.value.argument == argument


def test_at_the_singularity():
    with pytest.raises(ConvergenceError) as error:
        sp.density_of_states(sp.singularities(2)[0].E, CONSTANT)
    assert error.value.last is None or error.value.residual > 1e-6
