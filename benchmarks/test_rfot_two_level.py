"""The time-dependent heat capacity of Fig. 11 against plain SciPy at equal error, in the same run.

The SciPy side takes both integrals of (27) by nested quad, as a user would write them from the paper, with the
square-root onset substituted away and the tolerance of ours. SciPy's hypergeometric function in place of the inner
integral is no way out: it diverges where 1 − τ_min/t rounds to 1.
"""

import math
import time

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq

from lowtglass.rfot import MixedSystems, TwoLevelSystems, heat_capacity_in_time, mixed_heat_capacity

SYSTEMS = TwoLevelSystems.figure_11()
TIMES = np.array([1e-5, 1.0, 3600.0])[:, None]
TEMPERATURES = np.geomspace(2e-5, 1e-2, 60)
RTOL = 1e-9


def timed(function, repeat=1):
    best = math.inf
    for _ in range(repeat):
        start = time.perf_counter()
        result = function()
        best = min(best, time.perf_counter() - start)
    return result, best


def inner(c, Z):
    """½∫₀^Z e^{cz/2}/√(1 − e^{−z}) dz with z = y²."""

    def integrand(y):
        return y * math.exp(0.5 * c * y * y) / math.sqrt(-math.expm1(-y * y)) if y > 0.0 else 1.0

    return quad(integrand, 0.0, math.sqrt(Z), epsabs=0.0, epsrel=RTOL)[0]


def scipy_heat_capacity(t, T):
    c, R = SYSTEMS.exponent, SYSTEMS.rate

    def depth(x):
        return math.log(R * t * T**3 * x**3 / math.tanh(0.5 * x))

    edge = brentq(depth, 1e-9, 700.0, xtol=1e-15, rtol=1e-15)

    def integrand(y):
        x = edge + y * y
        Z = depth(x)
        return 2.0 * y * (0.5 * x / math.cosh(0.5 * x)) ** 2 * (x * T) ** -c * inner(c, Z) if Z > 0.0 else 0.0

    return T * quad(integrand, 0.0, 6.0, epsabs=0.0, epsrel=RTOL)[0]


def test_figure_11(benchmark):
    """3 × 60 points; SciPy on every sixth temperature, scaled."""
    found = benchmark(heat_capacity_in_time, TIMES, TEMPERATURES, SYSTEMS, rtol=RTOL)
    _, ours = timed(lambda: heat_capacity_in_time(TIMES, TEMPERATURES, SYSTEMS, rtol=RTOL), 20)
    subset = TEMPERATURES[::6]
    values, theirs = timed(lambda: np.array([[scipy_heat_capacity(t, T) for T in subset] for t in TIMES[:, 0]]))
    theirs *= TEMPERATURES.size / subset.size
    np.testing.assert_allclose(found.heat_capacity[:, ::6], values, rtol=1e-10)
    assert np.all(found.error <= RTOL * found.heat_capacity)
    benchmark.extra_info["ratio to SciPy"] = theirs / ours
    assert theirs >= 100.0 * ours, f"{theirs:.3f} s against {ours:.5f} s"


def test_explorer(benchmark):
    """One frame of the explorer of C(t), with the fast systems: within 100 ms."""
    systems = MixedSystems(rate=SYSTEMS.rate)
    benchmark(mixed_heat_capacity, TIMES, TEMPERATURES, systems)
    _, ours = timed(lambda: mixed_heat_capacity(TIMES, TEMPERATURES, systems), 5)
    assert ours < 0.1
