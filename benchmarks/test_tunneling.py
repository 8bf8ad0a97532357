"""The tunnelling model against plain SciPy: adaptive quadrature at every point, in the same run.

The SciPy side is written as a user would write it from the formulas. It is favoured: where the inner integral has a
closed form it may use it, and it may stop at seven digits where ours holds nine. It is timed on a subset and scaled.
"""

import cmath
import math
import time

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq

from lowtglass import tunneling

MODEL = tunneling.silica()
A, K_B, HBAR = MODEL.rate_coefficient, MODEL.phonons.k_B, MODEL.phonons.hbar


def timed(function, repeat=1):
    best = math.inf
    for _ in range(repeat):
        start = time.perf_counter()
        result = function()
        best = min(best, time.perf_counter() - start)
    return result, best


def rate(x, T):
    return A * (K_B * T) ** 3 * x**3 / math.tanh(0.5 * x)


def scipy_heat_capacity(T, t):
    x0 = brentq(lambda x: rate(x, T) * t - 1, 1e-12, 200.0, xtol=1e-300, rtol=1e-13)

    def integrand(x):
        a = rate(x, T) * t
        return (0.5 * x / math.cosh(0.5 * x)) ** 2 * math.acosh(math.sqrt(a)) if a > 1 else 0.0

    parts = [quad(integrand, a, b, epsabs=0, epsrel=1e-7)[0] for a, b in ((x0, x0 + 0.5), (x0 + 0.5, x0 + 60))]
    return MODEL.P * K_B**2 * T * sum(parts)


def scipy_relaxation(omega, T):
    def inner(x, part):
        w = cmath.sqrt(1 - 1j * omega / rate(x, T))
        if abs(w) > 30:
            value = 1 / (3 * w**2) + 1 / (5 * w**4) + 1 / (7 * w**6)
        else:
            value = w * cmath.atanh(1 / w) - 1
        return getattr(value, part) / math.cosh(0.5 * x) ** 2

    cut = min(math.sqrt(omega / (2 * A * (K_B * T) ** 3)), 1.0)

    def total(part):
        return sum(quad(inner, a, b, (part,), epsabs=0, epsrel=1e-7)[0] for a, b in ((0, cut), (cut, 5), (5, 60)))

    return complex(total("real"), total("imag"))


def scipy_conductivity(T):
    total = 0.0
    for g, c, C in zip(MODEL.phonons.degeneracies, MODEL.phonons.velocities, MODEL.strengths, strict=True):

        def integrand(x, c=c, C=C):
            omega = x * K_B * T / HBAR
            inverse = C * omega / c * (math.pi * math.tanh(0.5 * x) + scipy_relaxation(omega, T).imag)
            return x**4 / (2 * math.sinh(0.5 * x)) ** 2 / inverse

        value = quad(integrand, 1e-6, 60, epsabs=0, epsrel=1e-6, limit=200)[0]
        total += g * K_B / (6 * math.pi**2 * c**2) * (K_B * T / HBAR) ** 3 * value
    return total


def test_heat_capacity(benchmark):
    """60 temperatures and 40 times; SciPy on 24 of them."""
    T, times = np.geomspace(0.01, 3.0, 60), np.geomspace(1e-6, 1e6, 40)[:, None]
    found = benchmark(lambda: tunneling.heat_capacity(T, times, MODEL)).heat_capacity
    _, ours = timed(lambda: tunneling.heat_capacity(T, times, MODEL), 3)
    points = [(i, j) for i in range(0, 60, 10) for j in range(0, 40, 10)]
    theirs, seconds = timed(lambda: [scipy_heat_capacity(T[i], times[j, 0]) for i, j in points])
    np.testing.assert_allclose(theirs, [found[j, i] for i, j in points], rtol=1e-6)
    ratio = seconds * found.size / len(points) / ours
    benchmark.extra_info["ratio to SciPy"] = ratio
    assert ratio >= 15.0, ratio


def test_friction_and_velocity(benchmark):
    """A map of 60 temperatures and 40 frequencies; SciPy on 24 of them."""
    T, omega = np.geomspace(0.01, 3.0, 60), 2 * math.pi * np.geomspace(1e2, 1e9, 40)[:, None]
    found = benchmark(lambda: tunneling.susceptibility(omega, T, MODEL)).relaxational
    _, ours = timed(lambda: tunneling.susceptibility(omega, T, MODEL), 3)
    points = [(i, j) for i in range(0, 60, 10) for j in range(0, 40, 10)]
    theirs, seconds = timed(lambda: [scipy_relaxation(omega[j, 0], T[i]) for i, j in points])
    np.testing.assert_allclose(theirs, [found[j, i] for i, j in points], rtol=1e-6)
    ratio = seconds * found.size / len(points) / ours
    benchmark.extra_info["ratio to SciPy"] = ratio
    assert ratio >= 10.0, ratio


def test_conductivity(benchmark):
    """60 temperatures with both processes; SciPy on two of them, integral within integral."""
    T = np.geomspace(0.05, 10.0, 60)
    found = benchmark(lambda: tunneling.thermal_conductivity(T, MODEL)).conductivity
    _, ours = timed(lambda: tunneling.thermal_conductivity(T, MODEL), 3)
    theirs, seconds = timed(lambda: [scipy_conductivity(T[i]) for i in (20, 55)])
    np.testing.assert_allclose(theirs, found[[20, 55]], rtol=1e-5)
    ratio = seconds * 30 / ours
    benchmark.extra_info["ratio to SciPy"] = ratio
    assert ratio >= 200.0, ratio
