"""Broken replica symmetry against plain NumPy and SciPy, in the same run.

The plain versions are written as a user would write them from the equations. They are favoured: for one step they
start from our solution displaced by 1 % to 3 %, for many steps from half their number, and they reach six to seven
digits where ours reaches ten.
"""

import math
import time

import numpy as np
import pytest
from scipy.integrate import quad, quad_vec
from scipy.interpolate import CubicSpline
from scipy.optimize import brentq, root

from lowtglass.kuhn_horstmann import Glass, _solve_breaking, full_rsb, one_step
from lowtglass.kuhn_horstmann.full_rsb import _refined

NORM = 1.0 / math.sqrt(2.0 * math.pi)


def timed(function, repeat=1):
    best = math.inf
    for _ in range(repeat):
        start = time.perf_counter()
        result = function()
        best = min(best, time.perf_counter() - start)
    return result, best


def outer_well(k, B, C, h):
    """Minimiser for h >= 0: the largest root of Bv³ − (C − k)v = h."""
    low = math.sqrt(max(C - k, 0.0) / B)
    high = low + (h / B) ** (1.0 / 3.0) + 1e-12
    return brentq(lambda v: B * v**3 - (C - k) * v - h, low * (1.0 - 1e-15), high, xtol=1e-14, rtol=1e-14)


def scipy_zero(glass, start):
    """q₀, q₁, C, μ at T = 0, J₀ = 0: nested adaptive quadrature inside a root finder."""
    k, B = glass.stiffness, glass.quartic

    def equations(x):
        q0, q1, C, mu = np.exp(x)
        w = math.sqrt(q1 - q0)

        def outer(z0):
            h0 = math.sqrt(q0) * z0

            def inner(z1):
                h = h0 + w * z1
                v = outer_well(k, B, C, abs(h))
                phi = abs(h) * v + 0.5 * (C - k) * v * v - 0.25 * B * v**4
                weight = math.exp(mu * phi - 0.5 * z1 * z1) * NORM
                return weight * np.array([1.0, math.copysign(v, h), v * v, z1 * z1, phi])

            jump = -h0 / w
            N, v, v2, z2, phi = sum(
                quad_vec(inner, a, b, epsabs=1e-10, epsrel=1e-8)[0]
                for a, b in ((-9.0, max(jump, -9.0)), (max(jump, -9.0), 10.0))
                if a < b
            )
            average = np.array([(v / N) ** 2, v2 / N, z2 / N - 1.0, mu * phi / N - math.log(N)])
            return 2.0 * average * math.exp(-0.5 * z0 * z0) * NORM

        m2, v2, z2, entropy = quad_vec(outer, 0.0, 8.0, epsabs=1e-9, epsrel=1e-8)[0]
        return (
            m2 / q0 - 1.0,
            v2 / q1 - 1.0,
            (z2 / (q1 - q0) / mu - mu * q1) / C - 1.0,
            entropy / (0.25 * mu**2 * (q1**2 - q0**2)) - 1.0,
        )

    found = root(equations, start, tol=1e-7)
    assert np.max(np.abs(found.fun)) < 1e-5
    return np.exp(found.x)


def scipy_thermal(glass, T, start):
    """The same at T > 0: ln Z and ⟨v⟩, ⟨v²⟩ tabulated with quad, splines, Gauss–Hermite rules for z₀ and z₁."""
    k, B = glass.stiffness, glass.quartic
    z, weight = np.polynomial.hermite_e.hermegauss(150)
    weight = weight / weight.sum()
    small = weight > 1e-18
    z, weight = z[small], weight[small]

    def equations(x):
        q0, q1, C, mu = np.exp(x)
        w = math.sqrt(q1 - q0)
        table = np.linspace(0.0, z.max() * (math.sqrt(q0) + w) * 1.001, 500)
        log_Z, v, v2 = np.empty(500), np.empty(500), np.empty(500)
        for i, h in enumerate(table):
            v0 = outer_well(k, B, C, h)
            top = h * v0 + 0.5 * (C - k) * v0**2 - 0.25 * B * v0**4
            reach = v0 + (160.0 * T / B) ** 0.25 + math.sqrt(2.0 * max(C - k, 0.0) / B)

            def moment(n, h=h, top=top, reach=reach):
                def integrand(u):
                    return u**n * math.exp((h * u + 0.5 * (C - k) * u * u - 0.25 * B * u**4 - top) / T)

                return quad(integrand, -reach, reach, epsabs=1e-12, epsrel=1e-10)[0]

            Z = moment(0)
            log_Z[i], v[i], v2[i] = top / T + math.log(Z), moment(1) / Z, moment(2) / Z
        h = math.sqrt(q0) * z[:, None] + w * z
        phi = CubicSpline(table, T * log_Z)(np.abs(h))
        v = np.sign(h) * CubicSpline(table, v)(np.abs(h))
        v2 = CubicSpline(table, v2)(np.abs(h))
        tilt = np.exp(mu * phi) * weight
        N = tilt.sum(axis=1)
        tilt /= N[:, None]
        q1_new = np.dot(weight, (tilt * v * v).sum(axis=1))
        entropy = np.dot(weight, mu * (tilt * phi).sum(axis=1) - np.log(N))
        return (
            np.dot(weight, (tilt * v).sum(axis=1) ** 2) / q0 - 1.0,
            q1_new / q1 - 1.0,
            (np.dot(weight, (tilt * v2).sum(axis=1)) - q1_new) / T / C - 1.0,
            entropy / (0.25 * mu**2 * (q1**2 - q0**2)) - 1.0,
        )

    found = root(equations, start, tol=1e-10)
    assert np.max(np.abs(found.fun)) < 1e-7
    return np.exp(found.x)


def displaced(state):
    return np.log([1.03 * state.q0, 0.99 * state.q1, 1.02 * state.C, 0.97 * state.mu])


@pytest.mark.parametrize("gamma", [1.0, 4.0])
def test_one_step_at_zero_temperature(benchmark, gamma):
    glass = Glass(gamma)
    state = benchmark(one_step, glass)
    _, ours = timed(lambda: one_step(glass), 5)
    x, theirs = timed(lambda: scipy_zero(glass, displaced(state)))
    np.testing.assert_allclose(x, [state.q0, state.q1, state.C, state.mu], rtol=2e-5)
    benchmark.extra_info["ratio to SciPy"] = theirs / ours
    assert theirs >= 100.0 * ours, f"{theirs:.2f} s against {ours:.5f} s"


@pytest.mark.parametrize(("gamma", "T"), [(1.0, 0.8), (4.0, 6.0)])
def test_one_step_at_finite_temperature(benchmark, gamma, T):
    glass = Glass(gamma)
    state = benchmark(one_step, glass, T)
    _, ours = timed(lambda: one_step(glass, T), 5)
    x, theirs = timed(lambda: scipy_thermal(glass, T, displaced(state)))
    np.testing.assert_allclose(x, [state.q0, state.q1, state.C, state.mu], rtol=2e-5)
    benchmark.extra_info["ratio to SciPy"] = theirs / ours
    assert theirs >= 50.0 * ours, f"{theirs:.2f} s against {ours:.5f} s"


def numpy_many_steps(glass, C, q, y, spacing):
    """f, ∫P_i m_i² and C at T = 0 on one uniform grid, the Gaussian averages as dense matrices (J₀ = 0, h >= 0)."""
    k, B = glass.stiffness, glass.quartic
    w = np.sqrt(np.diff(q))
    h = spacing * (np.arange(int(9.5 * math.sqrt(q[-1]) / spacing)) + 0.5)
    v = np.array([outer_well(k, B, C, field) for field in h])
    phi = [h * v + 0.5 * (C - k) * v * v - 0.25 * B * v**4]
    m = [v]
    steps = []
    for i in range(y.size - 1, -1, -1):
        near = np.exp(y[i] * (phi[0] - phi[0][:, None]) - 0.5 * ((h - h[:, None]) / w[i]) ** 2)
        far = np.exp(y[i] * (phi[0] - phi[0][:, None]) - 0.5 * ((h + h[:, None]) / w[i]) ** 2)
        norm = (near + far).sum(axis=1)
        even, odd = (near + far) / norm[:, None], (near - far) / norm[:, None]
        steps.insert(0, even)
        m.insert(0, odd @ m[0])
        phi.insert(0, phi[0] + np.log(norm * spacing * NORM / w[i]) / y[i])
    law = np.exp(-0.5 * h * h / q[0])
    law /= law.sum()
    f = 0.5 * C * q[-1] + 0.25 * np.dot(y, q[1:] ** 2 - q[:-1] ** 2) - np.dot(law, phi[0])
    overlaps = [np.dot(law, m[0] ** 2)]
    for i, step in enumerate(steps):
        law = law @ step
        overlaps.append(np.dot(law, m[i + 1] ** 2))
    return f, np.array(overlaps)


def evaluations(glass):
    """Evaluations of the 34 equations that scipy.optimize.root needs from the interpolated state with 16 steps."""
    coarse, B = full_rsb(glass, n_steps=16), glass.quartic
    point = _solve_breaking.Point(coarse.C, coarse.q * B, coarse.y / B, 0.0)
    start = _refined(point, 32, 2.0)
    problem = _solve_breaking._Problem(0, 0.0, glass.stiffness, 0.0, 32, 2.0)
    problem.scale_C = start.C
    found = root(lambda x: problem.residuals(x)[0], problem.pack(start), tol=1e-8)
    assert found.success
    return found.nfev


def test_full_breaking_at_zero_temperature(benchmark):
    """32 steps from the start; NumPy only from 16 steps to 32: one evaluation of its equations times their number.

    At this spacing the dense grid has an error of 2e-7 in f, which falls with its square; ours is 1e-9.
    """
    glass = Glass(4.0)
    state = benchmark.pedantic(full_rsb, args=(glass,), kwargs={"n_steps": 32}, rounds=2)
    ours = benchmark.stats.stats.min
    width = math.sqrt(state.q[-1] - state.q[-2])
    (f, overlaps), one = timed(lambda: numpy_many_steps(glass, state.C, state.q, state.y, 0.25 * width))
    assert f == pytest.approx(state.free_energy, rel=1e-6)
    assert np.max(np.abs(overlaps - state.q)) / state.q[-1] == pytest.approx(state.overlap_error, rel=0.05)
    theirs = evaluations(glass) * one
    benchmark.extra_info["ratio to NumPy"] = theirs / ours
    assert ours <= 30.0
    assert theirs >= 20.0 * ours, f"{theirs:.2f} s against {ours:.3f} s"
