"""Heat capacity and thermal conductivity of the mosaic against plain NumPy and SciPy, at equal error, in the same run.

The other side is written as a user would write it from the equations. It is favoured: it is told where the integrands
have their corners, and is timed on every sixth temperature only, which is scaled to all of them.
"""

import itertools
import math
import time

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import comb, expit

from lowtglass.rfot import (
    Mosaic,
    domain_heat_capacity,
    domain_levels,
    ripplon_frequencies,
    ripplon_spectrum,
    thermal_conductivity,
)

SILICA = Mosaic()
OMEGA = ripplon_frequencies(SILICA)
L = np.arange(2, 10)


def timed(function, repeat=1):
    best = math.inf
    for _ in range(repeat):
        start = time.perf_counter()
        result = function()
        best = min(best, time.perf_counter() - start)
    return result, best


def scipy_heat_capacity(T):
    """(36) averaged over (34) by adaptive quadrature."""
    result = []
    for t in T:
        x = np.minimum(OMEGA / t, 700)
        logarithm = np.sum((2 * L + 1) * np.log1p(-np.exp(-x)))
        energy = np.sum((2 * L + 1) * x / np.expm1(x))
        square = np.sum((2 * L + 1) * (x / 2 / np.sinh(x / 2)) ** 2)

        def integrand(e, t=t, logarithm=logarithm, energy=energy, square=square):
            y = e / t + logarithm
            c = expit(y) * expit(-y) * (e / t + energy) ** 2 + expit(-y) * square
            return c * math.exp(-abs(e) / SILICA.T_g) / SILICA.T_g

        centre = -t * logarithm
        cuts = sorted({-120.0, -40 * t, -8 * t, 0.0, centre - 8 * t, centre, centre + 8 * t, centre + 40 * t})
        parts = itertools.pairwise(cuts)
        result.append(sum(quad(integrand, a, b, epsabs=1e-9 * t, epsrel=1e-8, limit=200)[0] for a, b in parts))
    return np.array(result)


def numpy_heat_capacity(T):
    """The same by the trapezoidal rule on one grid of energies per temperature, dense around 0."""
    u = np.linspace(-1, 1, 20001)
    x = np.minimum(OMEGA / T[:, None], 700)
    logarithm = np.sum((2 * L + 1) * np.log1p(-np.exp(-x)), axis=1)[:, None]
    energy = np.sum((2 * L + 1) * x / np.expm1(x), axis=1)[:, None]
    square = np.sum((2 * L + 1) * (x / 2 / np.sinh(x / 2)) ** 2, axis=1)[:, None]
    scale = T[:, None]
    e = scale * np.sinh(u * np.arcsinh(100.0 / scale))
    y = e / scale + logarithm
    c = expit(y) * expit(-y) * (e / scale + energy) ** 2 + expit(-y) * square
    return np.trapezoid(c * np.exp(-np.abs(e) / SILICA.T_g) / SILICA.T_g, e, axis=1)


def test_heat_capacity_of_eighty_temperatures(benchmark):
    T = np.geomspace(1e-4, 0.5, 80)
    spectrum = ripplon_spectrum(SILICA)

    def ours():
        return domain_heat_capacity(T, spectrum).transitions

    found = ours()
    benchmark(ours)
    _, fast = timed(ours, 5)
    theirs, slow = timed(lambda: scipy_heat_capacity(T[::6]))
    np.testing.assert_allclose(theirs, found[::6], rtol=1e-7)
    with np.errstate(over="ignore"):
        grid, middle = timed(lambda: numpy_heat_capacity(T), 2)
    np.testing.assert_allclose(grid, found, rtol=1e-5)
    ratio, second = slow * T.size / T[::6].size / fast, middle / fast
    benchmark.extra_info |= {"ratio": ratio, "ratio_grid": second}
    print(f"\nheat capacity, 80 temperatures: {1e3 * fast:.2f} ms, {ratio:.0f} times SciPy, {second:.0f} times NumPy")
    assert ratio >= 20.0 and second >= 20.0


def plain_levels(E_max):
    energies, degeneracies = np.zeros(1), np.ones(1)
    for omega, l in zip(OMEGA, L, strict=True):
        n = np.arange(int(E_max / omega) + 1)
        sums = energies[:, None] + n * omega
        below = sums <= E_max
        energies, degeneracies = sums[below], (degeneracies[:, None] * comb(n + 2 * l, n))[below]
    order = np.argsort(energies)
    return energies[order], degeneracies[order]


def plain_conductivity(T, n=1200):
    """Sums over all levels at frequencies in the middle of equal steps; every temperature its own range."""
    energies, degeneracies = plain_levels(2.5)
    c, T_g = SILICA.sound_velocity, SILICA.T_g
    strength = math.pi * T_g / 200 * 200 / (2 * math.pi**2) / 150
    result = []
    for t in T:
        top = min(1.0, 40 * t)
        omega = (np.arange(n) + 0.5) / n * top
        shift = omega[:, None] - energies
        ground = np.where(shift >= 0, np.exp(-np.maximum(shift, 0) / T_g), 0.0) @ degeneracies
        gap = np.maximum(-shift, 0.0)
        weight = np.where(shift <= 0, 2 * expit(-gap / t) * np.exp(-gap / T_g), 0.0)
        rate = omega * strength * (ground + weight @ degeneracies) / T_g
        x = omega / t
        heat = 3 * omega**2 / (2 * math.pi**2 * c**3) * (x / 2 / np.sinh(x / 2)) ** 2
        result.append(np.mean(heat * (c / rate + 2 * math.pi * c / omega)) * top * c / 3)
    return np.array(result)


def test_conductivity_of_sixty_temperatures(benchmark):
    T = np.geomspace(1e-3, 0.3, 60)

    def ours():
        return thermal_conductivity(T, domain_levels(ripplon_spectrum(SILICA)), rtol=1e-4).conductivity

    reference = thermal_conductivity(T, domain_levels(ripplon_spectrum(SILICA)), rtol=1e-7).conductivity
    found = ours()
    benchmark.pedantic(ours, rounds=3)
    _, fast = timed(ours, 3)
    theirs, slow = timed(lambda: plain_conductivity(T[::6]))
    own, other = (np.max(np.abs(a / b - 1)) for a, b in ((found, reference), (theirs, reference[::6])))
    assert own < 1e-4
    ratio = slow * 6 / fast
    benchmark.extra_info |= {"ratio": ratio, "error": own, "error_plain": other}
    print(f"\nconductivity, 60 temperatures: {fast:.2f} s, {ratio:.0f} times NumPy, errors {own:.1e} and {other:.1e}")
    assert other > own / 2  # not at the cost of a smaller error
    assert ratio >= 20.0 and fast <= 3.0


@pytest.mark.parametrize("T_g", [2.0, 3.5, 5.0])
def test_conductivity_with_broadened_modes(benchmark, T_g):
    """Everything from the parameters of the glass to κ at 60 temperatures."""
    T = np.geomspace(1e-3, 0.3, 60)

    def ours():
        spectrum = ripplon_spectrum(Mosaic(T_g=T_g), 1.8)
        return thermal_conductivity(T, domain_levels(spectrum), rtol=1e-4).conductivity

    ours()
    benchmark.pedantic(ours, rounds=2)
    _, fast = timed(ours, 2)
    print(f"\nconductivity, broadened modes, T_g = {T_g}: {fast:.2f} s")
    assert fast <= 3.0
