"""The solver against independent evaluations of its equations in the papers' variables, and against exact limits."""

import dataclasses
import itertools
import math
import os
import subprocess
import sys

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import brentq, root

from lowtglass.errors import ConvergenceError, InputError
from lowtglass.kuhn_horstmann import Glass, _reduced, glass_temperature, replica_symmetric

quick = settings(deadline=None, max_examples=25)


def energy(glass, C, h, v):
    return -h * v + 0.5 * (glass.a2 / glass.gamma - C) * v**2 + glass.a4 * v**4 / (24.0 * glass.gamma)


def minimiser(glass, C, h):
    """Global minimum of the effective potential, by the roots of the cubic."""
    roots = np.roots([glass.a4 / (6.0 * glass.gamma), 0.0, glass.a2 / glass.gamma - C, -h])
    real = roots[np.abs(roots.imag) < 1e-7 * (1.0 + np.abs(roots))].real
    v = real[np.argmin(energy(glass, C, h, real))]
    for _ in range(2):
        # np.roots leaves noise that adaptive quadrature would chase.
        slope = glass.a2 / glass.gamma - C + glass.a4 * v * v / (2.0 * glass.gamma)
        if slope > 1e-3:
            v -= ((glass.a2 / glass.gamma - C) * v + glass.a4 * v**3 / (6.0 * glass.gamma) - h) / slope
    return v


def by_grid(glass, T, p, q, C, fields=1600, positions=1200):
    """Averages at T > 0 by the trapezoidal rule on a plain grid of z and v: f, p, q, C, AT and on-site energy."""
    z = np.linspace(-9.0, 9.0, fields)
    weight = np.exp(-0.5 * z * z)
    weight /= weight.sum()
    h = glass.J0 * p + math.sqrt(q) * z
    top = np.max(np.abs(h))
    # Far enough out that the potential is 60 T above its minimum for every field.
    reach = 1.0
    while min(energy(glass, C, top, reach), energy(glass, C, -top, -reach)) < 60.0 * T + abs(
        energy(glass, C, top, minimiser(glass, C, top))
    ):
        reach *= 1.1
    v = np.linspace(-reach, reach, positions)
    U = energy(glass, C, h[:, None], v)
    lowest = U.min(axis=1)
    boltzmann = np.exp(-(U - lowest[:, None]) / T)
    Z = boltzmann.sum(axis=1)
    first = boltzmann @ v / Z
    second = boltzmann @ v**2 / Z
    log_z = np.log(Z * (v[1] - v[0])) - lowest / T
    f = 0.5 * glass.J0 * p**2 + 0.5 * C * q + 0.25 * T * C**2 - T * np.dot(weight, log_z)
    on_site = (glass.a2 * v**2 / 2.0 + glass.a4 * v**4 / 24.0) / glass.gamma
    return {
        "f": f,
        "p": np.dot(weight, first),
        "q": np.dot(weight, first**2),
        "C": np.dot(weight, second - first**2) / T,
        "at": 1.0 - np.dot(weight, (second - first**2) ** 2) / T**2,
        "on_site": np.dot(weight, boltzmann @ on_site / Z),
    }


CASES = [
    Glass(0.55),
    Glass(1.0),
    Glass(4.0),
    Glass(10.0, 0.0, 1.3, 0.4),
    Glass(2.0, 0.0, 0.0, 1.0),
    Glass(1.0, 0.0, -2.0, 3.0),
    Glass(0.4, 2.4),
    Glass(1.0, 1.2),
    Glass(4.0, 1.25, 0.7, 2.0),
    Glass(4.0, 3.0),
    Glass(1.0, 1.5, -1.0, 5.0),
]


def name(glass):
    return f"{glass.gamma}-{glass.J0}-{glass.a2}-{glass.a4}"


@pytest.mark.parametrize("glass", CASES, ids=name)
def test_zero_temperature_against_nested_quadrature(glass):
    state = replica_symmetric(glass)
    width = math.sqrt(state.q)
    jump = -glass.J0 * state.p / width

    def average(function):
        def integrand(z):
            return function(z, minimiser(glass, state.C, glass.J0 * state.p + width * z)) * math.exp(-0.5 * z * z)

        points = np.unique(np.clip([-9.5, -3.0, jump, 3.0, 9.5], -9.5, 9.5))
        # Near z = jump v may grow like a cube root: z = jump ± t³ makes that smooth.
        total = 0.0
        for a, b in itertools.pairwise(points):
            if a == jump:
                total += quad(
                    lambda t: integrand(jump + t**3) * 3.0 * t**2, 0.0, np.cbrt(b - jump), epsabs=1e-13, epsrel=1e-12
                )[0]
            elif b == jump:
                total += quad(
                    lambda t: integrand(jump - t**3) * 3.0 * t**2, 0.0, np.cbrt(jump - a), epsabs=1e-13, epsrel=1e-12
                )[0]
            else:
                total += quad(integrand, a, b, epsabs=1e-13, epsrel=1e-12)[0]
        return total / math.sqrt(2.0 * math.pi)

    assert average(lambda z, v: v) == pytest.approx(state.p, rel=2e-11, abs=1e-11)
    assert average(lambda z, v: v * v) == pytest.approx(state.q, rel=2e-11)
    assert average(lambda z, v: z * v) / width == pytest.approx(state.C, rel=2e-11)
    on_average = average(lambda z, v: energy(glass, state.C, glass.J0 * state.p + width * z, v))
    f = 0.5 * glass.J0 * state.p**2 + 0.5 * state.C * state.q + on_average
    assert f == pytest.approx(state.free_energy, rel=1e-10)
    if not state.double_wells:
        curvature = glass.a2 / glass.gamma - state.C
        instability = average(lambda z, v: (curvature + glass.a4 * v * v / (2.0 * glass.gamma)) ** -2)
        assert 1.0 - instability == pytest.approx(state.at_stability, abs=1e-8)
    else:
        assert state.at_stability == -math.inf
    assert state.residual < 1e-12


@pytest.mark.parametrize("fraction", [0.08, 0.5, 0.97])
@pytest.mark.parametrize("glass", CASES, ids=name)
def test_finite_temperature_against_grid(glass, fraction):
    T = fraction * glass_temperature(glass)
    state = replica_symmetric(glass, T)
    grid = by_grid(glass, T, state.p, state.q, state.C)
    assert grid["p"] == pytest.approx(state.p, rel=1e-11, abs=1e-11)
    assert grid["q"] == pytest.approx(state.q, rel=1e-10)
    assert grid["C"] == pytest.approx(state.C, rel=1e-11)
    assert grid["f"] == pytest.approx(state.free_energy, rel=1e-11)
    assert grid["at"] == pytest.approx(state.at_stability, abs=1e-10)
    assert state.residual < 1e-12


@pytest.mark.parametrize(("glass", "T"), [(Glass(0.8), 0.0), (Glass(4.0), 0.0), (Glass(4.0), 5.0)])
def test_own_solution_from_scratch(glass, T):
    """Solve the equations of the papers with SciPy alone and compare the order parameters."""
    z, weight = np.linspace(-9.0, 9.0, 800), np.full(800, 18.0 / 799.0)
    weight = weight * np.exp(-0.5 * z * z)
    if T == 0.0:
        z, weight = np.polynomial.legendre.leggauss(200)
        # z = 9 t³: smooth where v* is a cube root; the jump is at the end of the interval.
        t = 0.5 * (z + 1.0)
        z = 9.0 * t**3
        weight = weight * 27.0 * t**2 * np.exp(-0.5 * z * z)

    def average(f):
        return np.dot(weight, f) / math.sqrt(2.0 * math.pi)

    def equations(x):
        C, q = x
        h = math.sqrt(q) * z
        if T == 0.0:
            v = np.array([minimiser(glass, C, field) for field in h])
            return average(z * v) / math.sqrt(q) - C, average(v * v) - q
        grid = np.linspace(-30.0, 30.0, 1000)
        U = energy(glass, C, h[:, None], grid)
        boltzmann = np.exp(-(U - U.min(axis=1)[:, None]) / T)
        Z = boltzmann.sum(axis=1)
        v = boltzmann @ grid / Z
        return average(boltzmann @ grid**2 / Z - v * v) / T - C, average(v * v) - q

    found = root(equations, [0.9, 0.5 * replica_symmetric(glass).q], tol=1e-13)
    state = replica_symmetric(glass, T)
    np.testing.assert_allclose(found.x, [state.C, state.q], rtol=1e-10)


def test_zero_temperature_to_twenty_digits():
    """γ = 4 and 10, J₀ = 0, with mpmath: q and C by the jump and the smooth part separately."""
    for gamma, C_expected, q_expected in [
        (4, "0.88393730473386", "32.8186196773923"),
        (10, "0.877885832973014", "90.878603040500"),
    ]:
        with mpmath.workdps(20):
            state = replica_symmetric(Glass(gamma))
            B, k = mpmath.mpf(1) / (6 * gamma), mpmath.mpf(1) / gamma

            def moments(C, q, B=B, k=k):
                v0 = mpmath.sqrt((C - k) / B)
                width = mpmath.sqrt(q)

                # v as the variable: z = (Bv³ − (C − k)v)/√q.
                def density(v):
                    return mpmath.npdf((B * v**3 - (C - k) * v) / width)

                end = v0 + 3 * width
                nodes = mpmath.linspace(v0, end, 4)
                second = 2 * mpmath.quad(lambda v: v**2 * density(v) * (3 * B * v**2 - (C - k)) / width, nodes)
                smooth = 2 * mpmath.quad(density, nodes) / width
                return smooth + 2 * v0 * mpmath.npdf(0) / width - C, second - q

            C, q = mpmath.findroot(moments, (mpmath.mpf(state.C) * 1.01, mpmath.mpf(state.q) * 0.99), tol=1e-30)
            assert abs(state.C / C - 1) < 1e-14
            assert abs(state.q / q - 1) < 1e-13
        assert state.C == pytest.approx(float(C_expected), rel=1e-13)
        assert state.q == pytest.approx(float(q_expected), rel=1e-12)


@pytest.mark.parametrize(
    ("glass", "T"), [(Glass(4.0), 6.0), (Glass(1.0), 1.0), (Glass(4.0, 1.3), 9.0), (Glass(1.0, 2.0, -0.5), 4.0)]
)
def test_free_energy_is_stationary(glass, T):
    state = replica_symmetric(glass, T)
    x = np.array([state.p, state.q, state.C])

    def f(p, q, C):
        return by_grid(glass, T, p, q, C, fields=700, positions=700)["f"]

    scale = abs(f(*x)) + 1.0
    for i in range(3):
        if x[i] == 0.0:
            continue
        step = np.zeros(3)
        step[i] = 1e-3 * x[i]
        up, down, middle = f(*(x + step)), f(*(x - step)), f(*x)
        # First difference against the second: the stationary point lies within 1e-6 of the state.
        assert abs(up - down) < 2e-3 * abs(up + down - 2.0 * middle) + 1e-13 * scale, i


def test_monte_carlo_over_fields():
    rng = np.random.default_rng(7)
    for glass in (Glass(4.0), Glass(4.0, 1.5)):
        state = replica_symmetric(glass)
        z = rng.standard_normal(400_000)
        h = glass.J0 * state.p + math.sqrt(state.q) * z
        A, B = state.C - glass.stiffness, glass.quartic
        # The outer root of Bv³ − Av = |h| by Cardano or its trigonometric form; the well on the side of h is the lower.
        r, phi = 2.0 * math.sqrt(A / (3.0 * B)), 1.5 * np.abs(h) * math.sqrt(3.0 * B / A) / A
        v = np.where(
            phi < 1.0, np.cos(np.arccos(np.minimum(phi, 1.0)) / 3.0), np.cosh(np.arccosh(np.maximum(phi, 1.0)) / 3.0)
        )
        v = np.sign(h) * r * v
        for sample, exact in ((v, state.p), (v * v, state.q), (z * v / math.sqrt(state.q), state.C)):
            assert abs(sample.mean() - exact) < 4.5 * sample.std() / math.sqrt(z.size)


def ising(k):
    """On-site potential −|k|u²/2 + u⁴/4: wells at ±√|k|, ever stiffer."""
    return Glass(1.0, 0.0, -k, 6.0)


def test_ising_limit_is_the_sherrington_kirkpatrick_ground_state():
    errors = []
    for k in (1e3, 1e4, 1e5):
        state = replica_symmetric(ising(k))
        errors.append((state.free_energy + 0.25 * k * k) / k + math.sqrt(2.0 / math.pi))
        assert state.C == pytest.approx(math.sqrt(2.0 / math.pi), rel=3.0 / k)
        assert state.q / k == pytest.approx(1.0, rel=3.0 / k)
    # Wells of finite stiffness soften as 1/k.
    assert abs(errors[2]) < 1e-5
    assert errors[0] / errors[1] == pytest.approx(10.0, rel=0.01)
    assert errors[1] / errors[2] == pytest.approx(10.0, rel=0.01)


@pytest.mark.parametrize("T", [0.2, 0.5, 0.9])
def test_ising_limit_at_finite_temperature(T):
    """q = ∫Dz tanh²(√q z/T) of Sherrington and Kirkpatrick."""

    def sherrington_kirkpatrick(q):
        def integrand(z):
            return math.exp(-0.5 * z * z) * math.tanh(math.sqrt(q) * z / T) ** 2

        return quad(integrand, -9.0, 9.0, epsabs=1e-13, points=[0.0])[0] / math.sqrt(2.0 * math.pi) - q

    q = brentq(sherrington_kirkpatrick, 1e-3, 1.0)
    k = 1e5
    state = replica_symmetric(ising(k), T * k)
    assert state.q / k == pytest.approx(q, rel=10.0 / k)
    assert state.C == pytest.approx((1.0 - q) / T, rel=20.0 / k)
    # An Ising spin that exists: its polarised state likewise, m = tanh averaged.
    ordered = replica_symmetric(dataclasses.replace(ising(k), J0=1.6), T * k)
    m, q = ordered.p / math.sqrt(k), ordered.q / k
    z, weight = np.polynomial.hermite_e.hermegauss(300)
    weight = weight / weight.sum()
    tanh = np.tanh((1.6 * m + math.sqrt(q) * z) / T)
    assert np.dot(weight, tanh) == pytest.approx(m, rel=1e-4)
    assert np.dot(weight, tanh**2) == pytest.approx(q, rel=1e-4)


@given(
    gamma=st.floats(0.51, 50.0),
    J0=st.sampled_from([0.0, 0.9, 1.3, 2.0]),
    s=st.floats(1e-3, 1e3),
    fraction=st.sampled_from([0.0, 0.01, 0.4, 0.9, 1.4]),
)
@quick
def test_a4_only_sets_the_scale_of_v(gamma, J0, s, fraction):
    glass, scaled = Glass(gamma, J0), Glass(gamma, J0, 1.0, s)
    T = fraction * glass_temperature(glass)
    one, two = replica_symmetric(glass, T), replica_symmetric(scaled, T / s)
    assert two.branch == one.branch
    assert two.C == pytest.approx(one.C, rel=1e-11)
    assert two.q * s == pytest.approx(one.q, rel=1e-9)
    assert two.p * math.sqrt(s) == pytest.approx(one.p, rel=1e-9)
    shift = 0.5 * T / s * math.log(s)
    assert two.free_energy == pytest.approx(
        one.free_energy / s + shift, rel=1e-10, abs=1e-12 * (abs(shift) + one.q / s)
    )
    assert glass_temperature(scaled) * s == pytest.approx(glass_temperature(glass), rel=1e-12)


@given(gamma=st.floats(0.5, 1e6), factor=st.floats(1.0001, 3.0), J0=st.floats(0.0, 5.0))
@quick
def test_glass_temperature_grows_with_gamma(gamma, factor, J0):
    low, high = glass_temperature(Glass(gamma, J0)), glass_temperature(Glass(factor * gamma, J0))
    assert high > low
    assert low > 0.0 or gamma == 0.5


@given(gamma=st.floats(0.52, 100.0), J0=st.floats(0.0, 6.0))
@quick
def test_glass_temperature_by_its_definition(gamma, J0):
    """C = β⟨v²⟩ = 1/max(1, J₀) in the ergodic state, by quadrature."""
    glass = Glass(gamma, J0)
    T = glass_temperature(glass)
    if T < 1e-3:
        return
    C = 1.0 / max(1.0, J0)
    grid = (
        np.linspace(-1.0, 1.0, 4001) * 4.0 * (24.0 * gamma * T + (24.0 * gamma) ** 2) ** 0.25 * (1.0 + math.sqrt(gamma))
    )
    weight = energy(glass, C, 0.0, grid)
    weight = np.exp(-(weight - weight.min()) / T)
    assert np.dot(weight, grid**2) / weight.sum() / T == pytest.approx(C, rel=1e-9)


@pytest.mark.parametrize("gamma", [0.6, 1.0, 4.0, 1e6])
def test_order_parameters_vanish_linearly_at_the_transition(gamma):
    glass = Glass(gamma)
    T = glass_temperature(glass)
    slopes = [replica_symmetric(glass, T * (1.0 - x)).q / (T * x) for x in (1e-3, 1e-4, 1e-5)]
    assert slopes[0] > 0.5
    # q/(T_g − T) has a limit, approached linearly.
    assert abs(slopes[1] - slopes[2]) < 0.2 * abs(slopes[0] - slopes[1])
    above = replica_symmetric(glass, T * (1.0 + 1e-9))
    assert (above.branch, above.q) == ("ergodic", 0.0)
    assert above.C == pytest.approx(1.0, rel=1e-8)


@pytest.mark.parametrize(("gamma", "fraction"), [(0.6, 0.0), (4.0, 0.0), (4.0, 0.5), (4.0, 1.3), (0.45, 0.0)])
def test_polarisation_grows_continuously_from_its_onset(gamma, fraction):
    T = fraction * glass_temperature(Glass(gamma))
    unpolarised = replica_symmetric(Glass(gamma), T)
    C = unpolarised.C
    onset = 1.0 / C
    ratios = [replica_symmetric(Glass(gamma, onset * (1.0 + x)), T).p ** 2 / x for x in (1e-2, 1e-3, 1e-4)]
    assert ratios[2] > 0.0
    assert abs(ratios[1] - ratios[2]) < 0.2 * abs(ratios[0] - ratios[1])
    below = replica_symmetric(Glass(gamma, onset * (1.0 - 1e-6)), T)
    assert below.p == 0.0
    assert below.C == C
    with pytest.raises(InputError, match=r"polarisation needs J0 >"):
        replica_symmetric(Glass(gamma, onset * (1.0 - 1e-6)), T, branch="polarised")
    beyond = Glass(gamma, 1.2 * onset)
    assert replica_symmetric(beyond, T).free_energy < unpolarised.free_energy


@pytest.mark.parametrize("gamma", [0.2, 0.45, 0.5])
def test_ergodic_phase_at_zero_temperature(gamma):
    """The resolvent of the semicircle: C = ½(k − √(k² − 4))."""
    state = replica_symmetric(Glass(gamma))
    k = 1.0 / gamma
    assert (state.branch, state.p, state.q, state.free_energy) == ("ergodic", 0.0, 0.0, 0.0)
    assert state.C == pytest.approx(0.5 * (k - math.sqrt(k * k - 4.0)), rel=1e-14)
    assert state.at_stability == pytest.approx(1.0 - state.C**2, abs=1e-14)
    rng = np.random.default_rng(1)
    J = rng.standard_normal((500, 500))
    J = (J + J.T) / math.sqrt(2.0 * 500.0)
    if gamma < 0.5:
        assert np.mean(1.0 / (k - np.linalg.eigvalsh(J))) == pytest.approx(state.C, rel=0.02)


@pytest.mark.parametrize("excess", [1e-3, 1e-6, 1e-9, 1e-12])
def test_onset_of_the_glass_keeps_relative_accuracy(excess):
    """q = δ/3·6γ(1 + O(δ)), 1 − C = δ²/3, f = −(3/4)·6γ·q² with δ = 2 − 1/γ, from the expansion in δ."""
    gamma = 0.5 * (1.0 + excess)
    delta = (2.0 * gamma - 1.0) / gamma
    state = replica_symmetric(Glass(gamma))
    assert state.q / (6.0 * gamma) == pytest.approx(delta / 3.0, rel=3.0 * delta + 1e-14)
    assert state.free_energy / (6.0 * gamma) == pytest.approx(-0.75 * (delta / 3.0) ** 2, rel=10.0 * delta + 1e-13)
    if excess > 1e-7:
        assert 1.0 - state.C == pytest.approx(delta**2 / 3.0, rel=10.0 * delta + 1e-3)
        assert state.at_stability == pytest.approx(-12.0 * (delta / 3.0) ** 2, rel=20.0 * delta + 1e-3)


def test_limit_of_soft_on_site_potentials():
    """γ → ∞: a₂ drops out and q, f, T_g grow like γ."""
    for T in (0.0, 0.3):
        states = [replica_symmetric(Glass(g), T * g) for g in (1e5, 1e6, 1e12)]
        limit = replica_symmetric(Glass(1.0, 0.0, 0.0), T)
        errors = [state.q / state.glass.gamma - limit.q for state in states]
        assert abs(errors[2]) < 1e-10
        assert errors[0] / errors[1] == pytest.approx(10.0, rel=1e-3)


@pytest.mark.parametrize("glass", [Glass(0.3), Glass(0.7), Glass(4.0), Glass(0.7, 1.3), Glass(4.0, 1.3)], ids=name)
def test_low_temperatures_join_zero_temperature(glass):
    zero = replica_symmetric(glass)
    T = np.array([1e-3, 1e-4, 1e-5])
    states = [replica_symmetric(glass, t) for t in T]
    # C and q approach their limits linearly.
    for quantity in ("C", "q"):
        change = np.array([getattr(state, quantity) - getattr(zero, quantity) for state in states])
        if np.any(change != 0.0):
            assert change[0] / change[1] == pytest.approx(10.0, rel=0.05)
            assert change[1] / change[2] == pytest.approx(10.0, rel=0.05)
    if math.isinf(zero.at_stability):
        # A degenerate pair of wells contributes 1/T: P(0)∫dh (d/2T)⁴ sech⁴(hd/2T), the integral over the layer.
        distance = 2.0 * math.sqrt((zero.C - glass.stiffness) / glass.quartic)
        expected = -zero.field_density(0.0) * distance**3 / 6.0
        assert states[2].at_stability * T[2] == pytest.approx(expected, rel=1e-4)
    else:
        assert states[2].at_stability == pytest.approx(zero.at_stability, abs=1e-3)
    for t in (1e-12, 1e-30, 1e-140):
        cold = replica_symmetric(glass, t)
        np.testing.assert_allclose([cold.C, cold.p, cold.q], [zero.C, zero.p, zero.q], rtol=2e-12)
        assert cold.free_energy == pytest.approx(zero.free_energy, rel=1e-10, abs=1e-9)


@pytest.mark.parametrize(
    ("glass", "T"), [(Glass(4.0), 4.0), (Glass(4.0), 30.0), (Glass(4.0, 1.3), 6.0), (Glass(0.6), 0.1)]
)
def test_energy_from_free_energy(glass, T):
    """e = −T²∂(f/T)/∂T against −½J₀p² − Cq − ½TC² + ⟨⟨G⟩⟩/γ."""
    state = replica_symmetric(glass, T)
    step = 1e-3 * T
    f = {n: replica_symmetric(glass, T + n * step).free_energy / (T + n * step) for n in (-2, -1, 1, 2)}
    derivative = (8.0 * (f[1] - f[-1]) - (f[2] - f[-2])) / (12.0 * step)
    on_site = by_grid(glass, T, state.p, max(state.q, 1e-300), state.C)["on_site"]
    expected = -0.5 * glass.J0 * state.p**2 - state.C * state.q - 0.5 * T * state.C**2 + on_site
    assert -(T**2) * derivative == pytest.approx(expected, rel=1e-9, abs=1e-9 * T)


def test_glass_has_the_larger_free_energy():
    """Replica theory wants the maximum over q."""
    glass = Glass(4.0)
    T = 0.95 * glass_temperature(glass)
    low, high = replica_symmetric(glass, T, branch="ergodic"), replica_symmetric(glass, T)
    assert (low.branch, high.branch) == ("ergodic", "glass")
    assert high.free_energy > low.free_energy
    assert low.at_stability < 0.0


def test_ergodic_solution_ends_below_the_glass_temperature():
    glass = Glass(4.0)
    with pytest.raises(InputError, match="needs T >= ") as caught:
        replica_symmetric(glass, 1.0, branch="ergodic")
    end = float(caught.value.expected.split("T >= ")[1].split(",")[0])
    assert end < glass_temperature(glass)
    replica_symmetric(glass, end * (1.0 + 1e-9), branch="ergodic")
    with pytest.raises(InputError, match="needs T >= "):
        replica_symmetric(glass, end * (1.0 - 1e-6), branch="ergodic")


@pytest.mark.parametrize(
    ("glass", "T", "branch", "message"),
    [
        (Glass(4.0), 0.0, "ergodic", "at T = 0"),
        (Glass(0.4), 0.0, "glass", "gamma > a2/2 = 0.5"),
        (Glass(4.0), 22.0, "glass", "needs T < 21.55"),
        (Glass(4.0), 0.0, "polarised", "needs J0 > 1"),
        (Glass(4.0, 1.1), 0.0, "polarised", "needs J0 > 1.1313"),
    ],
)
def test_branches_that_do_not_exist(glass, T, branch, message):
    with pytest.raises(InputError, match=message) as caught:
        replica_symmetric(glass, T, branch=branch)
    assert caught.value.argument == "branch"


@pytest.mark.parametrize("T", [-1.0, math.nan, math.inf, "1", None, 1e-300, 1e300, True])
def test_temperature_is_checked(T):
    with pytest.raises(InputError, match=r"^T = "):
        replica_symmetric(Glass(4.0), T)


@pytest.mark.parametrize("branch", ["Glass", "", None, 3, ["glass"], np.array(["glass", "stable"])])
def test_branch_is_checked(branch):
    with pytest.raises(InputError, match=r"^branch = "):
        replica_symmetric(Glass(4.0), branch=branch)


@pytest.mark.parametrize("function", [replica_symmetric, glass_temperature])
@pytest.mark.parametrize("glass", [4.0, None, "glass"])
def test_glass_is_checked(function, glass):
    with pytest.raises(InputError, match=r"^glass = "):
        function(glass)


def test_failure_to_converge_is_an_error(monkeypatch):
    def stuck(T, k, J0, x, iterations):
        return False, 0.3, iterations

    monkeypatch.setattr(_reduced, "newton", stuck)
    with pytest.raises(ConvergenceError) as caught:
        replica_symmetric(Glass(4.0), 1.0)
    assert caught.value.residual == 0.3
    assert set(caught.value.last) == {"p", "q", "C"}


@pytest.mark.parametrize("glass", [Glass(4.0), Glass(4.0, 1.5)], ids=name)
def test_field_density(glass):
    state = replica_symmetric(glass)
    low, high = state.field_range
    h = np.linspace(low, high, 4001)
    density = state.field_density(h)
    step = h[1] - h[0]
    assert density.shape == h.shape
    assert isinstance(state.field_density(0.0), float)
    assert density.sum() * step == pytest.approx(1.0, rel=1e-13)
    mean = np.dot(density, h) * step
    assert mean == pytest.approx(glass.J0 * state.p, abs=1e-12 * high)
    assert np.dot(density, (h - mean) ** 2) * step == pytest.approx(state.q, rel=1e-12)
    assert state.symmetric == (glass.J0 == 0.0)
    assert math.erfc((high - mean) / math.sqrt(2.0 * state.q)) < 1e-15
    with pytest.raises(InputError, match=r"^h = "):
        state.field_density(math.nan)


def test_ergodic_state_has_no_field_density():
    with pytest.raises(InputError, match="q > 0"):
        replica_symmetric(Glass(0.4)).field_density(0.0)


def test_without_compilation():
    code = (
        "from lowtglass.kuhn_horstmann import Glass, glass_temperature, replica_symmetric as rs\n"
        "for s in (rs(Glass(4.0)), rs(Glass(4.0, 1.5)), rs(Glass(1.0), 1.0), rs(Glass(0.6), 2.0)):\n"
        "    print(repr(s.C), repr(s.q), repr(s.p))\n"
        "print(repr(glass_temperature(Glass(4.0))), 0.0, 0.0)\n"
    )
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    plain = np.array([line.split() for line in done.stdout.splitlines()], dtype=float)
    states = [
        replica_symmetric(Glass(4.0)),
        replica_symmetric(Glass(4.0, 1.5)),
        replica_symmetric(Glass(1.0), 1.0),
        replica_symmetric(Glass(0.6), 2.0),
    ]
    ours = [[state.C, state.q, state.p] for state in states] + [[glass_temperature(Glass(4.0)), 0.0, 0.0]]
    np.testing.assert_allclose(plain, ours, rtol=1e-12, atol=1e-14)
