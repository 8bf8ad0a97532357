"""Thermal conductivity of the random-matrix glass against plain NumPy, from the same levels, in the same run.

60 temperatures, about 300 fields, 20 levels, 400 frequencies at every temperature. The NumPy side is written from the
formulas: stacked eigh for the relaxation, masks for the lines that pass a frequency, trapezoids for the integral over
frequencies. It is timed at every tenth temperature, and is spared the estimate of the error, which ours contains.
"""

import math
import time

import numpy as np
import pytest

from lowtglass import kuhn_horstmann as kh
from lowtglass.kuhn_horstmann import Glass, dynamics, replica_symmetric

N_LEVELS = 20
T = np.geomspace(0.1, 20.0, 60)


@pytest.fixture(scope="module")
def glass():
    state = replica_symmetric(Glass(4.0))
    return state, kh.silica_bath(state), dynamics._wells(state, N_LEVELS)


def timed(function, repeat=3):
    best = math.inf
    for _ in range(repeat):
        start = time.perf_counter()
        result = function()
        best = min(best, time.perf_counter() - start)
    return result, best


def absorption(wells, bath, theta, e):
    """χ″ at energies e in units of the model."""
    n = N_LEVELS
    strengths, cutoffs = bath._rates
    p = np.exp(-wells.excitations / theta)
    p /= p.sum(axis=1, keepdims=True)
    E = wells.excitations[:, None, :] - wells.excitations[:, :, None]
    k = np.arange(n - 1)
    E[:, k, k + 1] = wells.gaps
    E[:, k + 1, k] = -wells.gaps
    # relaxation
    size = np.abs(E)
    golden = (strengths * (size[..., None] <= cutoffs)).sum(axis=-1) * size**3 * wells.position**2
    x = np.minimum(size / theta, 600.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = np.where(E > 0, golden / np.expm1(x), np.where(E < 0, golden / -np.expm1(-x), 0.0))
    S = -np.sqrt(rates) * np.sqrt(np.swapaxes(rates, 1, 2))
    S[:, np.arange(n), np.arange(n)] = rates.sum(axis=2)
    values, vectors = np.linalg.eigh(S)
    v = np.diagonal(wells.position, axis1=1, axis2=2)
    deviation = v - (p * v).sum(axis=1, keepdims=True)
    amplitude = np.einsum("ink,in->ik", vectors, np.sqrt(p) * deviation) ** 2
    share = (wells.weights[:, None] * amplitude / theta).ravel()
    slow = np.abs(values).ravel()
    chi = np.array([(share * slow * w / (slow**2 + w**2)).sum() for w in e])
    # lines
    a, b = np.triu_indices(n, 1)
    energy = E[:, a, b]
    moment = wells.density[:, None] * wells.position[:, a, b] ** 2 * (p[:, a] * -np.expm1(-energy / theta)) * energy**2
    low, high = energy[:-1], energy[1:]
    for j, w in enumerate(e):
        i, pair = np.nonzero((np.minimum(low, high) <= w) & (np.maximum(low, high) > w))
        t = (w - low[i, pair]) / (high[i, pair] - low[i, pair])
        g = moment[i, pair] + t * (moment[i + 1, pair] - moment[i, pair])
        chi[j] += math.pi * (wells.width[i] * g / np.abs(high[i, pair] - low[i, pair])).sum() / w**2
    return chi


def numpy_conductivity(wells, bath, temperatures):
    x = np.geomspace(3e-3, 60.0, 400)
    kappa = []
    for t in temperatures:
        theta = t / bath.temperature_unit
        chi = absorption(wells, bath, theta, theta * x)
        omega = x * theta * bath.frequency_unit
        total = 0.0
        for branch, top, strength in zip(bath.phonons.branches, bath.phonons.cutoffs, bath.strengths, strict=True):
            path = branch.velocity / (strength * omega * chi)
            mode = branch.degeneracy * omega**2 / (2 * math.pi**2 * branch.velocity**3) * bath.phonons.k_B
            integrand = np.where(omega < top, branch.velocity * path * mode * (x / 2 / np.sinh(x / 2)) ** 2, 0.0)
            total += np.trapezoid(integrand * omega, np.log(omega)) / 3.0
        kappa.append(total)
    return np.array(kappa)


def test_thermal_conductivity(benchmark, glass):
    state, bath, wells = glass
    assert 250 <= wells.density.size <= 400
    found = benchmark(lambda: kh.thermal_conductivity(state, T, bath, N_LEVELS))
    _, ours = timed(lambda: kh.thermal_conductivity(state, T, bath, N_LEVELS))
    theirs, seconds = timed(lambda: numpy_conductivity(wells, bath, T[::10]), 1)
    np.testing.assert_allclose(found.conductivity[::10], theirs, rtol=2e-2)
    ratio = 10.0 * seconds / ours
    benchmark.extra_info |= {"ratio": ratio, "seconds": ours}
    print(f"\nthermal conductivity: {ours:.2f} s, {ratio:.0f} times as fast as NumPy")
    assert ours <= 3.0
    assert ratio >= 10.0


def test_thermal_conductivity_with_radiating_lines(benchmark, glass):
    state, bath, _ = glass
    benchmark(lambda: kh.thermal_conductivity(state, T, bath, N_LEVELS, lines="radiative", other=100.0))
    assert benchmark.stats.stats.min <= 3.0
