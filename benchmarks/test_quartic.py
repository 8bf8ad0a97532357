"""Levels of quartic wells against NumPy: a grid as a user would write it, and the bare cost of small eigenproblems."""

import statistics
import time

import numpy as np
import pytest

from lowtglass import quartic

WELLS, LEVELS = 1000, 24


def potentials():
    """Asymmetric double wells of Kühn and Horstmann: γ from 2 to 10, response C = 0.89."""
    rng = np.random.default_rng(0)
    gamma = rng.uniform(2.0, 10.0, WELLS)
    c = np.zeros((WELLS, 4))
    c[:, 1] = 0.5 * (1.0 / gamma - 0.89)
    c[:, 3] = 1.0 / (24.0 * gamma)
    spinodal = 8.0 * c[:, 3] * (-c[:, 1] / (6.0 * c[:, 3])) ** 1.5
    c[:, 0] = -rng.uniform(0.05, 0.95, WELLS) * spinodal
    return c


def grid(points, reach):
    """Kinetic energy −½d²/dx² on a sinc grid, and the grid."""
    x = np.linspace(-reach, reach, points)
    apart = np.arange(points)[:, None] - np.arange(points)
    away = np.where(apart == 0, 1, apart)
    kinetic = np.where(apart == 0, np.pi**2 / 3.0, 2.0 * (-1.0) ** apart / away**2) / (2.0 * (x[1] - x[0]) ** 2)
    return x, kinetic


def grid_levels(c, points=180, reach=15.0):
    x, kinetic = grid(points, reach)
    powers = np.stack([x, x**2, x**3, x**4])
    return np.array([np.linalg.eigh(kinetic + np.diag(one @ powers))[0][:LEVELS] for one in c])


def median(function, rounds=3):
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        result = function()
        times.append(time.perf_counter() - start)
    return result, statistics.median(times)


@pytest.fixture(scope="module")
def wells():
    c = potentials()
    assert np.all(quartic.wells(c).double)
    return c


def test_levels_against_a_grid(benchmark, wells):
    """1000 asymmetric double wells, 24 levels each to 1e-10; the grid on a tenth of them, times ten."""
    found = benchmark.pedantic(quartic.levels, (wells, LEVELS), rounds=5, warmup_rounds=1)
    _, ours = median(lambda: quartic.levels(wells, LEVELS), 5)
    some = wells[::10]
    theirs, seconds = median(lambda: grid_levels(some))
    # A finer and wider grid says which digits hold.
    reference = grid_levels(some, 240, 17.0)
    np.testing.assert_allclose(found.energies[::10], reference, rtol=0.0, atol=1e-10)
    np.testing.assert_allclose(theirs, reference, rtol=0.0, atol=1e-10)
    assert found.error.max() < 1e-10
    benchmark.extra_info["ratio to the grid"] = 10.0 * seconds / ours
    assert 10.0 * seconds >= 10.0 * ours, f"{10.0 * seconds:.2f} s against {ours:.4f} s"


def test_levels_against_small_eigenproblems(benchmark, wells):
    """At most three times what NumPy takes for 1000 matrices of 60 × 60."""
    matrices = np.random.default_rng(1).normal(size=(WELLS, 60, 60))
    matrices += np.swapaxes(matrices, 1, 2)
    benchmark.pedantic(quartic.levels, (wells, LEVELS), rounds=5, warmup_rounds=1)
    _, ours = median(lambda: quartic.levels(wells, LEVELS), 5)
    _, theirs = median(lambda: np.linalg.eigh(matrices))
    benchmark.extra_info["time in units of eigh"] = ours / theirs
    assert ours <= 3.0 * theirs, f"{ours:.4f} s against {theirs:.4f} s"
