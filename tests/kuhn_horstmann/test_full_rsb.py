"""Full replica-symmetry breaking against the SK model, nested quadrature, finite differences and exact relations."""

import math
import os
import subprocess
import sys

import numpy as np
import pytest
from scipy.interpolate import make_interp_spline

from lowtglass.errors import InputError
from lowtglass.kuhn_horstmann import (
    Glass,
    _breaking,
    _solve_breaking,
    density_of_states,
    full_rsb,
    glass_temperature,
    heat_capacity,
    one_step,
    replica_symmetric,
    well_statistics,
)
from lowtglass.kuhn_horstmann.full_rsb import _many_steps

SK = _breaking.ISING
MODEL = _breaking.QUARTIC
GROUND_STATE = -0.763166726566547  # of the Sherrington–Kirkpatrick model, Schmidt 2008


def sherrington_kirkpatrick(T, n_steps):
    if T == 0.0:
        start = _solve_breaking.Point(0.25, np.array([0.5, 1.0]), np.array([1.3]), 0.0)
    else:
        tau = 1.0 - T
        start = _solve_breaking.Point(1 - 8 / 9 * tau**2, np.array([tau / 3, tau]), np.array([4 / 3 * tau / T]), 0.0)
    return _many_steps(SK, T, 0.0, 0.0, _solve_breaking.solve(SK, T, 0.0, 0.0, start), n_steps)


def test_sherrington_kirkpatrick_ground_state():
    """Published: −0.763167. The energy approaches it from below, and the estimated error is the actual one."""
    errors = []
    for n_steps in (4, 8, 16):
        found, estimate, _ = sherrington_kirkpatrick(0.0, n_steps)
        errors.append(GROUND_STATE - found.free_energy)
        assert 0.5 < errors[-1] / estimate < 2.0
        # χ(h = 0) of the equilibrium state tends to 1.
        assert abs(_solve_breaking.susceptibility(found.point) - 1.0) < 0.4 / n_steps**2
    assert errors[0] > errors[1] > errors[2] > 0.0
    assert errors[2] < 2e-6
    assert errors[1] / errors[2] == pytest.approx(8.0, abs=1.0)
    assert found.free_energy + estimate == pytest.approx(-0.763167, abs=5e-7)
    # Marginal in the middle of the range.
    assert np.all(np.diff(found.point.y) > 0.0)
    middle = found.averages[6 + 2 * 16 :][8]
    assert abs(1.0 - middle) < 5e-3


def test_sherrington_kirkpatrick_near_its_transition():
    """q(x) = x/2, q(1) = τ + τ² and C = 1 − τ² to leading orders in τ = 1 − T (Parisi 1980)."""
    errors = []
    for tau in (0.12, 0.06):
        found, _, _ = sherrington_kirkpatrick(1.0 - tau, 16)
        C, q, y, _ = found.point
        x = (1.0 - tau) * y
        errors.append(
            [
                np.max(np.abs(x / (q[1:] + q[:-1]) - 1.0)),
                abs((1.0 - C) / tau**2 - 1.0),
                abs(q[-1] - tau - tau**2) / tau**2,
            ]
        )
        few, _, _ = sherrington_kirkpatrick(1.0 - tau, 2)
        assert found.free_energy > few.free_energy
    errors = np.array(errors)
    assert np.all(errors[1] < 0.2)
    assert np.all(errors[0] > 1.7 * errors[1])


def local(kind, T, A, h):
    """φ = T ln Z in reduced variables, by the trapezoidal rule or by bisection."""
    if kind == SK:
        return np.logaddexp(h / T, -h / T) * T + 0.5 * A
    u = np.linspace(-1.0, 1.0, 3001) * 6.0
    E = h[:, None] * u + 0.5 * A * u**2 - 0.25 * u**4
    top = E.max(axis=1)
    return top + T * np.log(np.exp((E - top[:, None]) / T).sum(axis=1) * (u[1] - u[0]))


@pytest.mark.parametrize(("kind", "H"), [(MODEL, 0.0), (SK, 0.0), (MODEL, 0.4)])
def test_recursion_against_gauss_hermite(kind, H):
    """φ₂ → φ₁ → φ₀ on splines with Gauss–Hermite averages, for parameters that solve nothing."""
    T, k, C, q, y = 0.6, 0.3, 0.8, np.array([0.3, 0.5, 0.9]), np.array([0.4, 1.1])
    point = _solve_breaking.Point(C, q, y, H)
    f, out, _, _ = _solve_breaking.free_energy(kind, T, k, 0.5, point)
    h = np.linspace(-24.0, 24.0, 1601)
    x, weight = np.polynomial.hermite_e.hermegauss(60)
    weight = weight / weight.sum()
    phi = [None, None, make_interp_spline(h, local(kind, T, C - k, h), k=7)]
    for i in (1, 0):
        w = math.sqrt(q[i + 1] - q[i])
        inner = h[:, None] + w * x
        inside = np.abs(inner) <= 24.0
        values = np.where(inside, phi[i + 1](np.clip(inner, -24.0, 24.0)), phi[i + 1](24.0))
        phi[i] = make_interp_spline(h, np.log(np.exp(y[i] * values) @ weight) / y[i], k=7)
    mean = np.dot(weight, phi[0](H + math.sqrt(q[0]) * x))
    expected = 0.25 * H**2 / 0.5 * 2.0 + 0.5 * C * q[2] + 0.25 * T * C**2 + 0.25 * np.dot(y, q[1:] ** 2 - q[:-1] ** 2)
    assert out[3] == pytest.approx(mean, abs=2e-8)
    assert f == pytest.approx(expected - mean, abs=2e-8)
    # p, ∫P₀m₀², ∫P₁m₁² from derivatives of the splines and the law of h₁.
    h0 = H + math.sqrt(q[0]) * x
    m0 = phi[0](h0, 1)
    assert out[0] == pytest.approx(np.dot(weight, m0), abs=1e-7)
    assert out[5] == pytest.approx(np.dot(weight, m0**2), abs=1e-7)
    h1 = h0[:, None] + math.sqrt(q[1] - q[0]) * x
    tilt = np.exp(y[0] * (phi[1](h1) - phi[0](h0)[:, None])) * weight
    assert out[6] == pytest.approx(np.dot(weight, (tilt * phi[1](h1, 1) ** 2).sum(axis=1)), abs=1e-7)
    assert out[6 + 2 + 4 - 1] == pytest.approx(np.dot(weight, (tilt * phi[1](h1, 2) ** 2).sum(axis=1)), rel=1e-5)
    assert out[8] == pytest.approx(np.dot(weight, (tilt * phi[1](h1)).sum(axis=1) - phi[0](h0)), abs=2e-8)


@pytest.mark.parametrize(("glass", "fraction"), [(Glass(1.0), 0.0), (Glass(4.0), 0.0), (Glass(4.0), 0.3)])
def test_free_energy_is_stationary(glass, fraction):
    state = full_rsb(glass, fraction * glass_temperature(glass), 4)
    B = glass.quartic
    q, y = state.q * B, state.y / B

    def f(C, scale, y):
        point = _solve_breaking.Point(C, q * scale, y, 0.0)
        return _solve_breaking.free_energy(MODEL, state.T * B, glass.stiffness, 0.0, point)[0]

    here = f(state.C, 1.0, y)

    def derivative(function):
        step = 1e-4
        shift = {n: function(1.0 + n * step) for n in (-2, -1, 1, 2)}
        return (8.0 * (shift[1] - shift[-1]) - (shift[2] - shift[-2])) / (12.0 * step)

    assert abs(derivative(lambda s: f(state.C * s, 1.0, y))) < 1e-7 * max(abs(here), 1.0)
    assert abs(derivative(lambda s: f(state.C, s, y))) < 1e-7 * max(abs(here), 1.0)
    for i in range(4):
        change = np.zeros(4)
        change[i] = 1.0
        assert abs(derivative(lambda s, c=change: f(state.C, 1.0, y * (1.0 + (s - 1.0) * c)))) < 1e-7 * max(
            abs(here), 1.0
        )
        # In the y_i it is a maximum.
        assert f(state.C, 1.0, y * (1.0 + 0.02 * change)) < here
        assert f(state.C, 1.0, y * (1.0 - 0.02 * change)) < here


@pytest.mark.parametrize(("gamma", "fraction"), [(1.0, 0.0), (4.0, 0.0), (4.0, 0.05), (10.0, 0.5)])
def test_convergence_and_marginality(gamma, fraction):
    glass = Glass(gamma)
    T = fraction * glass_temperature(glass)
    rs, one = replica_symmetric(glass, T), one_step(glass, T)
    states = [full_rsb(glass, T, n) for n in (4, 8, 16)]
    energies = [rs.free_energy, one.free_energy] + [state.free_energy for state in states]
    assert np.all(np.diff(energies) > 0.0)
    changes = np.diff(energies[2:])
    # At least as fast as K⁻², mostly as K⁻³ or faster, so that the error estimate is of the right size.
    assert changes[0] / changes[1] > 4.0
    finer = full_rsb(glass, T, 32)
    limit = finer.free_energy + finer.discretisation_error
    assert 0.7 < states[2].discretisation_error / (limit - states[2].free_energy) < 2.0
    assert states[2].discretisation_error < 1e-5 * abs(limit)
    overlap = [state.overlap_error for state in states]
    assert overlap[0] > 2.5 * overlap[1] > 6.0 * overlap[2]
    # χ = 1, and the replicon eigenvalue vanishes at small and intermediate y.
    for state in states:
        n = state.y.size
        assert 0.0 < 1.0 - state.susceptibility < 0.1 / n**2
        assert np.all(np.abs(state.marginality[: n // 2 + 1]) < 1.0 / n**2)
        assert np.all(np.diff(state.q) > 0.0) and np.all(np.diff(state.y) > 0.0)
        assert state.residual < 1e-9
        assert state.q.size == n + 1
        np.testing.assert_allclose(state.x, T * state.y)
    if T > 0.0:
        assert states[2].x[-1] < 1.0
        assert abs(states[2].replicon) < 0.02
        assert abs(states[2].replicon) < 0.5 * abs(one.replicon)


def test_pseudogap_of_double_wells():
    """At T = 0 the weight at h = 0, where two wells are degenerate, falls with every doubling of the steps."""
    glass = Glass(4.0)
    density = [one_step(glass).field_density(0.0)] + [full_rsb(glass, 0.0, n).field_density(0.0) for n in (4, 8, 16)]
    assert np.all(np.array(density[1:]) < 0.75 * np.array(density[:-1]))
    state = full_rsb(glass, 0.0, 16)
    assert state.double_wells
    assert well_statistics(state).fraction < well_statistics(one_step(glass)).fraction
    # The other functions of the package take the state as well.
    assert heat_capacity(state, 0.1).heat_capacity > 0.0
    assert density_of_states(state, 0.05).density < density_of_states(replica_symmetric(glass), 0.05).density


def test_low_temperature_joins_zero_temperature():
    zero = full_rsb(Glass(1.0), 0.0, 16)
    cold = full_rsb(Glass(1.0), 1e-3, 16)
    # f(T) = f(0) + ¼TC² − ½T⟨ln(2πT/U″)⟩ + O(T²); γ = 1 has no double wells.
    h = np.linspace(*zero.field_range, 4001)
    v = np.array([np.roots([1.0 / 6.0, 0.0, 1.0 - zero.C, -field]) for field in h])
    v = np.take_along_axis(v, np.argmin(np.abs(v.imag), axis=1)[:, None], axis=1)[:, 0].real
    P = zero.field_density(h)
    entropy = 0.5 * np.dot(P, np.log(2.0 * math.pi * 1e-3 / (1.0 - zero.C + 0.5 * v * v))) * (h[1] - h[0])
    assert cold.free_energy == pytest.approx(zero.free_energy + 1e-3 * (0.25 * zero.C**2 - entropy), abs=3e-6)
    assert cold.C == pytest.approx(zero.C, rel=2e-2)
    assert cold.q[-1] == pytest.approx(zero.q[-1], rel=2e-3)
    # y_i belongs to the middle of the step from q_{i−1} to q_i.
    at = [np.interp(1.0, 0.5 * (state.q[1:] + state.q[:-1]), state.y) for state in (cold, zero)]
    assert at[0] == pytest.approx(at[1], rel=1e-2)


@pytest.mark.parametrize("fraction", [0.0, 0.4])
def test_one_step_is_the_one_step_state(fraction):
    glass = Glass(4.0)
    T = fraction * glass_temperature(glass)
    many, one = full_rsb(glass, T, 1), one_step(glass, T)
    np.testing.assert_allclose(many.q, [one.q0, one.q1], rtol=1e-12)
    assert many.y[0] == pytest.approx(one.mu, rel=1e-12)
    assert many.free_energy == one.free_energy
    assert math.isnan(many.discretisation_error)


def test_polarised_state():
    glass = Glass(4.0, 1.1)
    T = 0.3 * glass_temperature(glass)
    one, many = one_step(glass, T), full_rsb(glass, T, 4)
    assert many.p > 0.0
    assert not many.symmetric
    assert many.p == pytest.approx(one.p, rel=0.02)
    assert many.free_energy > one.free_energy
    # The full theory polarises at J₀ = 1, one step a little later.
    onset = 1.0 / one_step(Glass(4.0), T).susceptibility
    between = Glass(4.0, 0.5 * (1.0 + onset))
    assert one_step(between, T).p == 0.0


def test_field_density():
    state = full_rsb(Glass(4.0), 1.0, 8)
    h = np.linspace(*state.field_range, 4001)
    P = state.field_density(h)
    assert P.sum() * (h[1] - h[0]) == pytest.approx(1.0, abs=1e-9)
    np.testing.assert_allclose(P, P[::-1], rtol=1e-8, atol=1e-14)
    assert state.symmetric
    # The variance of the field exceeds q: its drift is y q′ ⟨v⟩.
    assert np.dot(P, h * h) * (h[1] - h[0]) > state.q[-1]


@pytest.mark.parametrize(("glass", "T"), [(Glass(0.4), 0.0), (Glass(4.0), 22.0), (Glass(1.0, 1.5), 0.0)])
def test_stable_states_stay_replica_symmetric(glass, T):
    state, rs = full_rsb(glass, T), replica_symmetric(glass, T)
    assert not state.broken
    assert (state.p, state.q[0], state.C, state.free_energy) == (rs.p, rs.q, rs.C, rs.free_energy)
    assert state.replicon == rs.at_stability
    assert state.discretisation_error == 0.0
    assert state.y.size == 0


@pytest.mark.parametrize("n_steps", [0, 65, 1.5, True, None])
def test_steps_are_checked(n_steps):
    with pytest.raises(InputError, match=r"^n_steps = "):
        full_rsb(Glass(4.0), 0.0, n_steps)


def test_arguments_are_checked():
    with pytest.raises(InputError, match=r"^glass = "):
        full_rsb(4.0)
    with pytest.raises(InputError, match=r"^T = "):
        full_rsb(Glass(4.0), -1.0)


def test_without_compilation():
    code = (
        "import numpy as np\n"
        "from lowtglass.kuhn_horstmann import _solve_breaking as s\n"
        "for T, H in ((0.0, 0.0), (0.6, 0.2)):\n"
        "    point = s.Point(0.8, np.array([0.3, 0.5, 0.9]), np.array([0.4, 1.1]), H)\n"
        "    print(*(repr(float(x)) for x in s.free_energy(0, T, 0.3, 0.5, point, fine=False)[1]))\n"
    )
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    plain = np.array([line.split() for line in done.stdout.splitlines()], dtype=float)
    for row, (T, H) in zip(plain, ((0.0, 0.0), (0.6, 0.2)), strict=True):
        point = _solve_breaking.Point(0.8, np.array([0.3, 0.5, 0.9]), np.array([0.4, 1.1]), H)
        ours = _solve_breaking.free_energy(MODEL, T, 0.3, 0.5, point, fine=False)[1]
        np.testing.assert_allclose(row, ours, rtol=1e-10, atol=1e-13)
