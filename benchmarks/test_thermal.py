"""Heat capacity of an ensemble against NumPy broadcasting, in time and in memory, in the same run.

4000 fields of the random-matrix glass at γ = 4, 24 levels each, 120 temperatures in logarithmic steps, up to the
highest for which 24 levels suffice.
"""

import math
import time
import tracemalloc

import numpy as np
import pytest

from lowtglass import quartic, thermal
from lowtglass.kuhn_horstmann import Glass, replica_symmetric


@pytest.fixture(scope="module")
def ensemble():
    state = replica_symmetric(Glass(gamma=4.0))
    h = np.linspace(0.0, state.field_range[1], 4000)
    energies = quartic.levels(state.glass.potential(state.C, h), 24, kinetic=state.glass.kinetic).energies
    weights = state.field_density(h)
    return energies, np.geomspace(1e-3, 1.0, 120), weights / weights.sum()


def broadcast(energies, T, weights):
    x = (energies - energies[:, :1])[:, :, None] / T
    boltzmann = np.exp(-x)
    Z = boltzmann.sum(axis=1)
    first = (x * boltzmann).sum(axis=1) / Z
    second = (x**2 * boltzmann).sum(axis=1) / Z
    return weights @ (second - first**2)


def streamed(energies, T, weights):
    return thermal.heat_capacity(energies, T, weights).heat_capacity


def best_time(function, *arguments, repeat=5):
    best = math.inf
    for _ in range(repeat):
        start = time.perf_counter()
        function(*arguments)
        best = min(best, time.perf_counter() - start)
    return best


def peak_memory(function, *arguments):
    """Largest number of bytes in NumPy arrays at one time; kernels allocate nothing that grows with the ensemble."""
    tracemalloc.start()
    try:
        function(*arguments)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_heat_capacity(benchmark, ensemble):
    np.testing.assert_allclose(streamed(*ensemble), broadcast(*ensemble), rtol=1e-12)
    theirs = best_time(broadcast, *ensemble)
    benchmark(streamed, *ensemble)
    ours = best_time(streamed, *ensemble)
    memory = peak_memory(broadcast, *ensemble), peak_memory(streamed, *ensemble)
    benchmark.extra_info |= {"ratio": theirs / ours, "memory_ratio": memory[0] / memory[1]}
    print(f"\nheat capacity: {theirs / ours:.1f} times as fast as NumPy, 1/{memory[0] / memory[1]:.0f} of its memory")
    assert theirs / ours >= 5.0
    assert memory[0] / memory[1] >= 20.0


def test_heat_capacity_with_all_levels_excited(benchmark, ensemble):
    """Temperatures of the order of the highest level, where no exponential can be left out: half the time of NumPy."""
    energies, _, weights = ensemble
    T = np.geomspace(5.0, 100.0, 120)

    def hot():
        return thermal.heat_capacity(energies, T, weights, complete=True).heat_capacity

    np.testing.assert_allclose(hot(), broadcast(energies, T, weights), rtol=1e-11)
    benchmark(hot)
    ratio = best_time(broadcast, energies, T, weights) / best_time(hot)
    benchmark.extra_info["ratio"] = ratio
    print(f"\nheat capacity, hot: {ratio:.1f} times as fast as NumPy")
    assert ratio >= 1.0
