"""Finite systems: one minimum of a large sample, annealing against plain NumPy, two workers against one.

The descent itself is SciPy's, so that there is nothing to compare it with but its limit of time.
"""

import concurrent.futures
import contextlib
import math
import multiprocessing
import os
import time

import numpy as np
import pytest

from lowtglass.kuhn_horstmann import (
    Glass,
    cavity_fields,
    energy_and_gradient,
    ensemble_of_minima,
    finite_size,
    minimise,
    sample_couplings,
)

GLASS = Glass(4.0)


def seconds(function, repeat=1):
    best = math.inf
    for _ in range(repeat):
        start = time.perf_counter()
        function()
        best = min(best, time.perf_counter() - start)
    return best


def test_minimum_of_2000_coordinates(benchmark):
    """From a random start to a gradient of 1e-10 in a minute; measured without the couplings."""
    couplings = sample_couplings(GLASS, 2000, 1)
    found = benchmark.pedantic(minimise, (couplings, GLASS), {"rng": 2}, rounds=3)
    assert np.max(np.abs(energy_and_gradient(couplings, GLASS, found.v)[1])) <= 1e-10
    assert benchmark.stats.stats.max <= 60.0


def test_cavity_fields_of_2000_coordinates(benchmark):
    couplings = sample_couplings(GLASS, 2000, 1)
    minimum = minimise(couplings, GLASS, rng=2)
    fields = benchmark.pedantic(cavity_fields, (couplings, minimum), rounds=3)
    hessian = np.diag(0.25 + minimum.v**2 / 8) - couplings

    def plain():
        return np.trace(np.linalg.inv(hessian)) / 2000

    assert plain() == pytest.approx(fields.C, rel=1e-10)
    benchmark.extra_info["ratio to numpy.linalg.inv"] = seconds(plain, 2) / benchmark.stats.stats.min


def numpy_sweep(couplings, u, field, stiffness, temperature, width, normal, exponential):
    """One Metropolis sweep as a user would write it: a loop over the coordinates, NumPy for the fields."""
    accepted = 0
    for i in range(u.size):
        for move, new in enumerate((u[i] + width * normal[i], None)):
            new = -u[i] if new is None else new
            cost = -field[i] * (new - u[i]) + stiffness * (new**2 - u[i] ** 2) / 2 + (new**4 - u[i] ** 4) / 4
            if cost <= temperature * exponential[move, i]:
                field += couplings[i] * (new - u[i])
                u[i] = new
                accepted += move == 0
    return accepted


def test_annealing(benchmark):
    """50 sweeps of 300 coordinates at a tenth of the transition temperature, with the same random numbers."""
    N, sweeps = 300, 50
    couplings = sample_couplings(GLASS, N, 1)
    start = minimise(couplings, GLASS, rng=2).v * math.sqrt(GLASS.quartic)

    def run(sweep):
        rng = np.random.default_rng(5)
        u = start.copy()
        field = couplings @ u
        accepted = [
            sweep(couplings, u, field, 0.25, 0.09, 0.5, rng.standard_normal(N), rng.standard_exponential((2, N)))
            for _ in range(sweeps)
        ]
        return u, accepted

    ours = benchmark(run, finite_size._sweep)
    theirs = run(numpy_sweep)
    assert ours[1] == theirs[1] and sum(ours[1]) > 0.2 * N * sweeps
    np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-9)
    ratio = seconds(lambda: run(numpy_sweep), 2) / seconds(lambda: run(finite_size._sweep), 5)
    benchmark.extra_info["ratio to NumPy"] = ratio
    assert ratio >= 10.0


@contextlib.contextmanager
def process_pool(workers):
    with concurrent.futures.ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


@contextlib.contextmanager
def dask_cluster(workers):
    distributed = pytest.importorskip("distributed")
    cluster = distributed.LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        worker_dashboard_address="127.0.0.1:0",
        silence_logs=50,
    )
    with cluster, distributed.Client(cluster) as client, client.get_executor() as executor:
        yield executor


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="needs two cores")
@pytest.mark.parametrize("cluster", [process_pool, dask_cluster])
def test_two_workers(benchmark, cluster):
    """An ensemble of 24 samples of 500 coordinates on two workers and on one; both cores have to be free."""
    with cluster(1) as one, cluster(2) as two:

        def run(executor):
            return ensemble_of_minima(GLASS, 500, 24, 3, starts=2, sweeps=300, executor=executor)

        for executor in (one, two):
            # every worker imports the package and loads its kernels
            ensemble_of_minima(GLASS, 20, 16, 3, starts=2, sweeps=300, executor=executor)
        found = benchmark.pedantic(run, (two,), rounds=2)
        np.testing.assert_array_equal(found.v, run(one).v)
        # in turn, so that both see the same load
        pairs = [(seconds(lambda: run(one)), seconds(lambda: run(two))) for _ in range(3)]
    ratio = max(single / double for single, double in pairs)
    benchmark.extra_info["ratio of one worker to two"] = ratio
    assert ratio >= 1.6, pairs
