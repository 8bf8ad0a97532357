"""The replica-symmetric solver against plain SciPy: adaptive quadrature inside a root finder, in the same run.

The SciPy side is written as a user would write it from the equations of the papers. It is favoured: it starts from our
solution displaced by 3 %, which spares it the search, and it keeps the default tolerance of quad, with which it reaches
nine digits where ours holds thirteen. It is timed on a subset and scaled where the text says so.
"""

import math
import time

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq, root

from lowtglass.kuhn_horstmann import Glass, phase_diagram, replica_symmetric

NORM = 1.0 / math.sqrt(2.0 * math.pi)
EPS = 1.49e-8


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


def average(function):
    return quad(lambda z: function(z) * math.exp(-0.5 * z * z) * NORM, 0.0, 9.0, epsabs=EPS, epsrel=EPS)[0]


def scipy_zero(glass, start):
    k, B = glass.stiffness, glass.quartic

    def equations(x):
        C, width = x
        q = 2.0 * average(lambda z: outer_well(k, B, C, width * z) ** 2)
        return 2.0 * average(lambda z: z * outer_well(k, B, C, width * z)) / width - C, math.sqrt(q) - width

    found = root(equations, start, tol=1e-9)
    assert np.max(np.abs(found.fun)) < 1e-6
    return found.x


def scipy_thermal(glass, T, start):
    k, B = glass.stiffness, glass.quartic

    def equations(x):
        C, width = x

        def inner(h):
            v0 = outer_well(k, B, C, h)
            lowest = -h * v0 - 0.5 * (C - k) * v0**2 + 0.25 * B * v0**4
            reach = v0 + (160.0 * T / B) ** 0.25 + math.sqrt(2.0 * max(C - k, 0.0) / B)

            def moment(n):
                def integrand(v):
                    return v**n * math.exp(-(-h * v - 0.5 * (C - k) * v * v + 0.25 * B * v**4 - lowest) / T)

                return quad(integrand, -reach, reach, epsabs=EPS, epsrel=EPS)[0]

            Z = moment(0)
            return moment(1) / Z, moment(2) / Z

        q = 2.0 * average(lambda z: inner(width * z)[0] ** 2)
        return (2.0 * average(lambda z: inner(width * z)[1]) - q) / T - C, math.sqrt(q) - width

    found = root(equations, start, tol=1e-9)
    assert np.max(np.abs(found.fun)) < 1e-6
    return found.x


def test_zero_temperature(benchmark):
    """200 values of γ at J₀ = 0; SciPy on four of them."""
    gammas = np.linspace(0.55, 20.0, 200)
    states = benchmark(lambda: [replica_symmetric(Glass(gamma)) for gamma in gammas])
    _, ours = timed(lambda: [replica_symmetric(Glass(gamma)) for gamma in gammas], 3)
    theirs = 0.0
    for i in (5, 60, 120, 190):
        state = states[i]
        start = [1.03 * state.C, 0.97 * math.sqrt(state.q)]
        x, seconds = timed(lambda glass=state.glass, start=start: scipy_zero(glass, start))
        np.testing.assert_allclose(x, [state.C, math.sqrt(state.q)], rtol=1e-8)
        theirs += 50.0 * seconds
    benchmark.extra_info["ratio to SciPy"] = theirs / ours
    assert theirs >= 300.0 * ours, f"{theirs:.2f} s against {ours:.5f} s"


@pytest.mark.parametrize("gamma", [1.0, 4.0])
def test_finite_temperature(benchmark, gamma):
    """One state at T = 0.3·T_g or so."""
    glass, T = Glass(gamma), 0.3 * {1.0: 2.7, 4.0: 21.5}[gamma]
    state = benchmark(replica_symmetric, glass, T)
    _, ours = timed(lambda: replica_symmetric(glass, T), 5)
    x, theirs = timed(lambda: scipy_thermal(glass, T, [1.03 * state.C, 0.97 * math.sqrt(state.q)]))
    np.testing.assert_allclose(x, [state.C, math.sqrt(state.q)], rtol=1e-8)
    benchmark.extra_info["ratio to SciPy"] = theirs / ours
    assert theirs >= 200.0 * ours, f"{theirs:.2f} s against {ours:.5f} s"


def scipy_polarised_line(J0, k, kind):
    """k of the de Almeida–Thouless line or of the onset of double wells at given J₀ in the polarised phase, B = 1."""
    state = replica_symmetric(Glass(1.0, J0, k, 6.0))

    def well(k, C, h):
        return math.copysign(outer_well(k, 1.0, C, abs(h)), h)

    def equations(x):
        C, p, width, k = x
        jump = -J0 * p / width

        def full(function):
            def integrand(z):
                return function(z, well(k, C, J0 * p + width * z)) * math.exp(-0.5 * z * z) * NORM

            return quad(integrand, -9.0, 9.0, points=[jump], epsabs=EPS, epsrel=EPS)[0]

        last = C - k if kind == "onset" else full(lambda z, v: (3.0 * v * v - C + k) ** -2) - 1.0
        return (
            full(lambda z, v: z * v) / width - C,
            full(lambda z, v: v) - p,
            math.sqrt(full(lambda z, v: v * v)) - width,
            last,
        )

    found = root(equations, [state.C, state.p, math.sqrt(state.q), 1.001 * k], tol=1e-10)
    assert np.max(np.abs(found.fun)) < 1e-7
    return found.x[3]


def test_figure_1b(benchmark):
    """All lines with 200 points each (and T_g(γ) besides); SciPy on one point in a hundred of three lines."""
    diagram = benchmark(phase_diagram)
    _, ours = timed(phase_diagram, 3)
    theirs = 0.0
    for kind, line in (("at", diagram.at), ("onset", diagram.double_wells)):
        for i in (70, 120):
            J0, k = line.J0[i], line.inverse_gamma[i]
            found, seconds = timed(lambda J0=J0, k=k, kind=kind: scipy_polarised_line(J0, k, kind))
            assert found == pytest.approx(k, rel=1e-6)
            theirs += 100.0 * seconds
    for i in (60, 140):
        k = diagram.glass_polarised.inverse_gamma[i]
        state = replica_symmetric(Glass(1.0, 0.0, k, 6.0))
        start = [1.03 * state.C, 0.97 * math.sqrt(state.q)]
        x, seconds = timed(lambda glass=state.glass, start=start: scipy_zero(glass, start))
        assert 1.0 / x[0] == pytest.approx(diagram.glass_polarised.J0[i], rel=1e-8)
        theirs += 100.0 * seconds
    benchmark.extra_info["ratio to SciPy"] = theirs / ours
    assert theirs >= 50.0 * ours, f"{theirs:.2f} s against {ours:.4f} s"
