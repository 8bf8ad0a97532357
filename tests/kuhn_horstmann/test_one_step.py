"""One step of replica-symmetry breaking against brute-force quadrature, finite differences and the SK model."""

import dataclasses
import math
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from lowtglass.errors import ConvergenceError, InputError
from lowtglass.kuhn_horstmann import (
    Glass,
    _breaking,
    _solve_breaking,
    glass_temperature,
    one_step,
    replica_symmetric,
    well_statistics,
)

quick = settings(deadline=None, max_examples=15)
SK = _breaking.ISING
MODEL = _breaking.QUARTIC


def minimiser(glass, C, h):
    """Global minima for an array of fields h > 0 by bisection of U′ between the inflexion point and a far point."""
    B, A = glass.quartic, C - glass.stiffness
    low = np.full_like(h, math.sqrt(max(A, 0.0) / B))
    high = low + np.cbrt(h / B) + 1e-12
    for _ in range(100):
        middle = 0.5 * (low + high)
        above = B * middle**3 - A * middle - h > 0.0
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return 0.5 * (low + high)


def brute_force(glass, T, p, q0, q1, C, mu, outer=241, inner=6000):
    """All averages by the trapezoidal rule in z₀ and h, in the papers' variables; h = 0 lies between two panels."""
    B, A = glass.quartic, C - glass.stiffness
    reach = glass.J0 * p + 9.5 * (math.sqrt(q0) + math.sqrt(q1 - q0))
    reach += mu * (q1 - q0) * 1.2 * minimiser(glass, C, np.array([reach]))[0]
    # Fields ±t⁴ with a Gauss rule in t: any power law at h = 0 is smooth.
    t, weight = np.polynomial.legendre.leggauss(inner // 10)
    t, weight = 0.5 * (1.0 + t), 0.5 * weight
    positive = reach * t**4
    dh = reach * 4.0 * t**3 * weight
    if T == 0.0:
        v = minimiser(glass, C, positive)
        phi = positive * v + 0.5 * A * v**2 - 0.25 * B * v**4
        second = v * v
    else:
        v0 = minimiser(glass, C, np.array([reach]))[0]
        x = np.linspace(-1.0, 1.0, 4001) * (v0 + (60.0 * T / B) ** 0.25 + math.sqrt(60.0 * T / (3 * B * v0**2)))
        E = positive[:, None] * x + 0.5 * A * x**2 - 0.25 * B * x**4
        top = E.max(axis=1)
        weights = np.exp((E - top[:, None]) / T)
        Z = weights.sum(axis=1)
        v, second = weights @ x / Z, weights @ x**2 / Z
        phi = top + T * np.log(Z * (x[1] - x[0]))
    h = np.concatenate([-positive, positive])
    dh, phi, second = (np.concatenate([a, a]) for a in (dh, phi, second))
    v = np.concatenate([-v, v])
    z = np.linspace(-9.0, 9.0, outer)
    g = np.exp(-0.5 * z * z)
    g /= g.sum()
    h0 = glass.J0 * p + math.sqrt(q0) * z
    w2 = q1 - q0
    exponent = mu * phi - 0.5 * (h - h0[:, None]) ** 2 / w2
    top = exponent.max(axis=1)
    kernel = np.exp(exponent - top[:, None]) * dh
    N = kernel.sum(axis=1)
    log_N = top + np.log(N) - 0.5 * math.log(2.0 * math.pi * w2)
    kernel /= N[:, None]
    m = kernel @ v
    mean_z = (kernel * (h - h0[:, None])).sum(axis=1) / w2
    z2 = (kernel * (h - h0[:, None]) ** 2).sum(axis=1) / w2**2 - 1.0 / w2
    response = np.dot(g, z2) / mu - mu * q1 if T == 0.0 else np.dot(g, kernel @ (second - v * v)) / T
    # ∂m/∂h₀ of the clusters: mean_z = μm.
    np.testing.assert_allclose(mean_z, mu * m, rtol=1e-6, atol=1e-6 * math.sqrt(w2) * mu)
    f = 0.5 * glass.J0 * p**2 + 0.5 * C * q1 + 0.25 * T * C**2 + 0.25 * mu * (q1**2 - q0**2) - np.dot(g, log_N) / mu
    return {
        "p": np.dot(g, m),
        "q0": np.dot(g, m * m),
        "q1": np.dot(g, kernel @ (v * v)),
        "C": response,
        "f": f,
        "replicon": 1.0 - np.dot(g, kernel @ ((second - v * v) / max(T, 1e-300)) ** 2),
        "replicon_outer": 1.0 - np.dot(g, (z2 / mu - mu * m * m) ** 2),
    }


CASES = [
    (Glass(1.0), 0.0),
    (Glass(4.0), 0.0),
    (Glass(10.0, 0.0, 1.3, 0.4), 0.0),
    (Glass(1.0, 0.0, -2.0, 3.0), 0.0),
    (Glass(4.0, 1.1), 0.0),
    (Glass(1.0), 0.3),
    (Glass(4.0), 0.1),
    (Glass(4.0, 1.1), 0.2),
]


def name(case):
    glass, fraction = case
    return f"{glass.gamma}-{glass.J0}-{glass.a2}-{glass.a4}-{fraction}"


@pytest.fixture(params=CASES, ids=name)
def state(request):
    glass, fraction = request.param
    return one_step(glass, fraction * glass_temperature(glass))


def test_against_brute_force(state):
    glass = state.glass
    found = brute_force(glass, state.T, state.p, state.q0, state.q1, state.C, state.mu)
    assert state.broken
    assert (state.p > 0.0) == (glass.J0 > 1.0)
    for quantity in ("p", "q0", "q1", "C", "replicon_outer"):
        assert found[quantity] == pytest.approx(getattr(state, quantity), rel=2e-8, abs=1e-9), quantity
    assert found["f"] == pytest.approx(state.free_energy, rel=1e-9)
    if state.T > 0.0:
        assert found["replicon"] == pytest.approx(state.replicon, rel=1e-7)
        assert state.m == pytest.approx(state.mu * state.T)
        assert 0.0 < state.m < 1.0
    assert state.residual < 1e-10
    assert 0.0 < state.q0 < state.q1


def test_free_energy_is_stationary(state):
    """Central differences of f in every order parameter, relative to natural scales, in reduced variables."""
    glass, B = state.glass, state.glass.quartic
    p, mu = state.p * math.sqrt(B), state.mu / B
    values = np.array([p, state.q0 * B, state.q1 * B, state.C, mu])
    point = _solve_breaking.Point(state.C, values[1:3], values[4:], glass.J0 * p)
    layout = _solve_breaking.free_energy(MODEL, state.T * B, glass.stiffness, glass.J0, point)[3]

    def f(x):
        point = _solve_breaking.Point(x[3], x[1:3], x[4:], 0.0)
        return _solve_breaking.free_energy(
            MODEL, state.T * B, glass.stiffness, glass.J0, point, p=x[0], layout=layout if state.p > 0.0 else None
        )[0]

    here = f(values)
    assert here / B + 0.5 * state.T * math.log(B) == pytest.approx(state.free_energy, rel=1e-12)
    for i, value in enumerate(values):
        if value == 0.0:
            step = 1e-4 * math.sqrt(values[2])
            shifts = [f(values + n * step * np.eye(5)[i]) for n in (-1.0, 1.0)]
            assert abs(shifts[1] - shifts[0]) < 1e-7 * step
            continue
        step = 1e-4 * value
        shift = {n: f(values + n * step * np.eye(5)[i]) for n in (-2, -1, 1, 2)}
        derivative = (8.0 * (shift[1] - shift[-1]) - (shift[2] - shift[-2])) / (12.0 * step)
        assert abs(derivative * value) < 1e-7 * max(abs(here), 1.0), i
        # The test sees an error: a change of one part in a thousand changes f by more than rounding.
        if i in (1, 2):
            assert abs(f(values * (1.0 + 0.1 * np.eye(5)[i])) - here) > 1e-6 * abs(here)


@given(
    gamma=st.floats(0.6, 50.0), fraction=st.one_of(st.just(0.0), st.floats(1e-3, 0.9)), a2=st.sampled_from([1.0, -3.0])
)
@quick
def test_breaking_raises_the_free_energy(gamma, fraction, a2):
    glass = Glass(gamma, 0.0, a2)
    T = fraction * glass_temperature(glass)
    rs, broken = replica_symmetric(glass, T), one_step(glass, T)
    assert broken.broken
    assert broken.free_energy > rs.free_energy
    # Breaking makes the state more stable, but not stable.
    assert rs.at_stability <= broken.replicon < 0.0
    assert broken.q0 < rs.q
    assert broken.C < rs.C
    assert 0.9 < broken.susceptibility < 1.001


def ising(T, start):
    return _solve_breaking.solve(
        SK, T, 0.0, 0.0, _solve_breaking.Point(start[0], np.array(start[1:3]), np.array(start[3:]), 0.0)
    )


def test_sherrington_kirkpatrick_ground_state():
    """Published: −0.765259 with q₀ = 0.4768 (one step), −√(2/π) (replica symmetric)."""
    found = ising(0.0, [0.25, 0.5, 1.0, 1.3])
    assert found.free_energy == pytest.approx(-0.765259, abs=6e-7)
    assert found.point.q[0] == pytest.approx(0.4768, abs=5e-5)
    assert found.point.q[1] == 1.0
    q0, mu = found.point.q[0], found.point.y[0]

    # ∫Dz₁ exp(μ|h|) is an error function.
    def log_N(z):
        h, w = math.sqrt(q0) * z, math.sqrt(1.0 - q0)
        return (
            0.5 * (mu * w) ** 2
            + math.log(
                sum(
                    0.5 * math.exp(sign * mu * h) * math.erfc(-(sign * h / w + mu * w) / math.sqrt(2.0))
                    for sign in (-1.0, 1.0)
                )
            )
        ) / mu

    average = quad(lambda z: log_N(z) * math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi), -9.0, 9.0, epsabs=1e-13)[0]
    assert found.free_energy == pytest.approx(0.25 * mu * (1.0 - q0**2) - average, abs=1e-11)
    point = _solve_breaking.Point(0.8, np.array([0.5, 1.0]), np.array([1e-7]), 0.0)
    f = _solve_breaking.free_energy(SK, 0.0, 0.0, 0.0, point)[0]
    assert f == pytest.approx(-math.sqrt(2.0 / math.pi), abs=1e-7)


def test_sherrington_kirkpatrick_near_its_transition():
    """q₁ = τ + O(τ²), q₀ = q₁/3 and m = 4τ/3 for τ = 1 − T (κ = −2)."""
    errors = []
    for tau in (0.08, 0.04):
        found = ising(1.0 - tau, [1.0 - 8.0 / 9.0 * tau**2, tau / 3.0, tau, 4.0 / 3.0 * tau])
        m = found.point.y[0] * (1.0 - tau)
        errors.append(np.abs([found.point.q[1] / tau - 1.0, 3.0 * found.point.q[0] / tau - 1.0, 0.75 * m / tau - 1.0]))
    assert np.all(errors[0] < 0.4)
    np.testing.assert_allclose(errors[0] / errors[1], 2.0, atol=0.6)


@pytest.mark.parametrize("gamma", [1.0, 10.0])
def test_breaking_vanishes_linearly_at_the_glass_temperature(gamma):
    """q₀/q₁ → 1/3 and m → Tκ²q₁/3 with κ the fourth cumulant β³(⟨v⁴⟩ − 3⟨v²⟩²) at h = 0."""
    glass = Glass(gamma)
    T = glass_temperature(glass)
    v = np.linspace(-1.0, 1.0, 20001) * 6.0 * (24.0 * gamma * T) ** 0.25 * (1.0 + gamma) ** 0.25
    U = 0.5 * (glass.stiffness - 1.0) * v**2 + 0.25 * glass.quartic * v**4
    weight = np.exp(-(U - U.min()) / T)
    v2, v4 = (np.dot(weight, v**n) / weight.sum() for n in (2, 4))
    assert v2 / T == pytest.approx(1.0, rel=1e-9)
    kappa = (v4 - 3.0 * v2**2) / T**3
    ratios, slopes = [], []
    for tau in (0.08, 0.04, 0.02):
        state = one_step(glass, (1.0 - tau) * T)
        ratios.append(3.0 * state.q0 / state.q1 - 1.0)
        slopes.append(state.m / (state.T * kappa**2 * state.q1 / 3.0) - 1.0)
    # The ratio is even in the distance from T_g, as far as the accuracy of the state shows it.
    assert abs(ratios[2]) < 1e-3
    assert ratios[1] / ratios[2] == pytest.approx(4.0, abs=0.5)
    assert abs(slopes[2]) < 0.05
    assert slopes[1] / slopes[2] == pytest.approx(2.0, abs=0.3)
    # Closer than the equations can resolve: the limiting form.
    close = one_step(glass, T * (1.0 - 1e-4))
    assert close.broken
    assert close.q0 / close.q1 == pytest.approx(1.0 / 3.0, rel=1e-3)
    assert close.m / (T * kappa**2 * close.q1 / 3.0) == pytest.approx(1.0, rel=1e-3)


@pytest.mark.parametrize("gamma", [1.0, 4.0])
def test_low_temperatures_join_zero_temperature(gamma):
    zero = one_step(Glass(gamma))
    cold = [one_step(Glass(gamma), T) for T in (1e-3, 1e-4)]
    for quantity in ("C", "q0", "q1", "mu"):
        change = [getattr(state, quantity) - getattr(zero, quantity) for state in cold]
        assert change[0] / change[1] == pytest.approx(10.0, rel=0.05)
        assert abs(change[1]) < 1e-3 * getattr(zero, quantity)
    assert one_step(Glass(gamma), 1e-9).free_energy == pytest.approx(zero.free_energy, abs=1e-7)
    if math.isinf(zero.replicon):
        # A degenerate pair of wells contributes P(0)d³/(6T).
        distance = 2.0 * math.sqrt((zero.C - zero.glass.stiffness) / zero.glass.quartic)
        cold = one_step(Glass(gamma), 1e-4)
        assert cold.replicon * cold.T == pytest.approx(-zero.field_density(0.0) * distance**3 / 6.0, rel=1e-3)


@given(gamma=st.floats(0.7, 20.0), s=st.floats(0.01, 100.0), fraction=st.sampled_from([0.0, 0.3, 0.8]))
@quick
def test_a4_only_sets_the_scale_of_v(gamma, s, fraction):
    glass, scaled = Glass(gamma), Glass(gamma, 0.0, 1.0, s)
    T = fraction * glass_temperature(glass)
    one, two = one_step(glass, T), one_step(scaled, T / s)
    assert two.C == pytest.approx(one.C, rel=1e-9)
    assert two.q0 * s == pytest.approx(one.q0, rel=1e-7)
    assert two.q1 * s == pytest.approx(one.q1, rel=1e-9)
    assert two.mu == pytest.approx(one.mu * s, rel=1e-7)
    shift = 0.5 * T / s * math.log(s)
    assert two.free_energy - shift == pytest.approx(one.free_energy / s, rel=1e-9)


def test_polarisation_grows_from_the_inverse_susceptibility():
    flat = one_step(Glass(4.0))
    onset = 1.0 / flat.susceptibility
    assert 1.0 < onset < 1.0 / replica_symmetric(Glass(4.0)).C
    assert one_step(Glass(4.0, 0.9999 * onset)).p == 0.0
    ratios = [one_step(Glass(4.0, onset * (1.0 + x))).p ** 2 / x for x in (1e-2, 1e-3)]
    assert ratios[0] == pytest.approx(ratios[1], rel=0.05)
    above = Glass(4.0, 1.02 * onset)
    assert one_step(above).free_energy < flat.free_energy


def test_field_density(state):
    low, high = state.field_range
    density = state.field_density
    edges = np.unique(np.concatenate([np.linspace(low, high, 41), [0.0]]))
    x, weight = np.polynomial.legendre.leggauss(20)
    h = (0.5 * (edges[1:] + edges[:-1])[:, None] + 0.5 * np.diff(edges)[:, None] * x).ravel()
    dh = (0.5 * np.diff(edges)[:, None] * weight).ravel()
    P = density(h)
    assert np.dot(dh, P) == pytest.approx(1.0, abs=1e-9)
    assert np.all(P >= 0.0)
    assert isinstance(density(0.0), float)
    assert density(h.reshape(2, -1)).shape == (2, h.size // 2)
    assert state.symmetric == (state.p == 0.0)
    if state.symmetric:
        np.testing.assert_allclose(density(-h), P, rtol=1e-9, atol=1e-14)
    if state.T == 0.0:
        # ⟨⟨v⟩²⟩ over the law of the fields.
        v = minimiser(state.glass, state.C, np.abs(h))
        assert np.dot(dh, P * v**2) == pytest.approx(state.q1, rel=1e-7)
    with pytest.raises(InputError, match=r"^h = "):
        density(math.nan)


def test_breaking_removes_double_wells():
    rs, broken = replica_symmetric(Glass(4.0)), one_step(Glass(4.0))
    assert broken.field_density(0.0) < 0.6 * rs.field_density(0.0)
    assert well_statistics(broken).fraction < well_statistics(rs).fraction


@pytest.mark.parametrize(("glass", "T"), [(Glass(0.4), 0.0), (Glass(4.0), 22.0), (Glass(1.0, 1.5), 0.0)])
def test_stable_states_stay_replica_symmetric(glass, T):
    state, rs = one_step(glass, T), replica_symmetric(glass, T)
    assert not state.broken
    assert (state.p, state.q0, state.q1, state.C) == (rs.p, rs.q, rs.q, rs.C)
    assert state.free_energy == rs.free_energy
    assert state.replicon == rs.at_stability >= 0.0
    assert math.isnan(state.m)
    if rs.q > 0.0:
        assert state.field_range == rs.field_range
        assert state.field_density(0.3) == rs.field_density(0.3)
    else:
        with pytest.raises(InputError, match="q > 0"):
            state.field_density(0.0)


@pytest.mark.parametrize("T", [-1.0, math.nan, "1", None])
def test_temperature_is_checked(T):
    with pytest.raises(InputError, match=r"^T = "):
        one_step(Glass(4.0), T)


def test_glass_is_checked():
    with pytest.raises(InputError, match=r"^glass = "):
        one_step(4.0)


def test_failure_to_converge_is_an_error():
    start = _solve_breaking.Point(0.5, np.array([0.1, 1.0]), np.array([3.0]), 0.0)
    with pytest.raises(ConvergenceError) as caught:
        _solve_breaking.solve(MODEL, 0.0, 0.25, 0.0, start, max_iterations=1)
    assert caught.value.iterations == 1
    assert caught.value.residual > 1e-3
    assert isinstance(caught.value.last, _solve_breaking.Point)


def test_state_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        one_step(Glass(1.0)).q0 = 1.0


def test_without_compilation():
    code = (
        "from lowtglass.kuhn_horstmann import Glass, one_step\n"
        "for s in (one_step(Glass(1.0)), one_step(Glass(1.0), 0.9)):\n"
        "    print(repr(s.C), repr(s.q0), repr(s.q1), repr(s.mu))\n"
    )
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    plain = np.array([line.split() for line in done.stdout.splitlines()], dtype=float)
    ours = [[s.C, s.q0, s.q1, s.mu] for s in (one_step(Glass(1.0)), one_step(Glass(1.0), 0.9))]
    np.testing.assert_allclose(plain, ours, rtol=1e-9)
