"""Finite systems against brute force, random-matrix theory and replica theory; ensembles on every kind of executor."""

import concurrent.futures
import dataclasses
import importlib
import math
import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest

from lowtglass.errors import ConvergenceError, InputError
from lowtglass.kuhn_horstmann import (
    CavityFields,
    Glass,
    IncompleteEnsemble,
    cavity_fields,
    effective_wells,
    energy_and_gradient,
    ensemble_of_minima,
    finite_size,
    ground_state_search,
    hessian_spectrum,
    minimise,
    replica_symmetric,
    sample_couplings,
)

SOFT = Glass(4.0)
ROOT = Path(__file__).resolve().parents[2]


def energy(couplings, glass, v):
    """The energy per coordinate as the papers write it, term by term."""
    N = len(v)
    pairs = sum(couplings[i, j] * v[i] * v[j] for i in range(N) for j in range(N) if i != j)
    on_site = sum(glass.a2 * x**2 / 2 + glass.a4 * x**4 / math.factorial(4) for x in v)
    return (-0.5 * pairs + on_site / glass.gamma) / N


def hessian_of(couplings, glass, v):
    return np.diag((glass.a2 + glass.a4 * v**2 / 2) / glass.gamma) - couplings


@pytest.fixture(scope="module")
def sample():
    """Couplings of 400 coordinates, their lowest known minimum and its cavity fields."""
    couplings = sample_couplings(SOFT, 400, 5)
    couplings.setflags(write=False)
    minimum = ground_state_search(couplings, SOFT, 1).minimum
    return couplings, minimum, cavity_fields(couplings, minimum)


# couplings


@pytest.mark.parametrize("N", [2, 3, 128, 129, 300])
def test_couplings_are_symmetric_without_diagonal(N):
    couplings = sample_couplings(Glass(1.0, 2.0), N, 3)
    assert couplings.shape == (N, N) and couplings.flags.c_contiguous and couplings.dtype == float
    np.testing.assert_array_equal(couplings, couplings.T)
    np.testing.assert_array_equal(np.diag(couplings), 0.0)


def test_law_of_the_couplings():
    N, J0 = 600, 30.0
    upper = sample_couplings(Glass(1.0, J0), N, np.random.default_rng(8))[np.triu_indices(N, 1)]
    assert kstest((upper - J0 / N) * math.sqrt(N), "norm").pvalue > 0.01
    # neighbours in a row and in a column are independent
    full = sample_couplings(Glass(1.0), N, 9)
    error = 1.0 / (N * math.sqrt(2))
    assert abs(np.mean(full[1::2, 2::4] * full[1::2, 3::4]) * N) < 5 * 4 * error
    assert abs(np.mean(full[:, :-1] * full[:, 1:]) * N) < 5 * 2 * error


def test_same_seed_same_couplings():
    first = sample_couplings(SOFT, 50, 7)
    np.testing.assert_array_equal(first, sample_couplings(SOFT, 50, np.random.default_rng(7)))
    assert not np.array_equal(first, sample_couplings(SOFT, 50, 8))


# energy and gradient


@settings(deadline=None, max_examples=30)
@given(
    st.integers(2, 9),
    st.floats(0.1, 20.0),
    st.floats(0.0, 3.0),
    st.floats(-2.0, 2.0),
    st.floats(0.1, 5.0),
    st.integers(0, 10**6),
)
def test_gradient_is_the_slope_of_the_energy(N, gamma, J0, a2, a4, seed):
    glass = Glass(gamma, J0, a2, a4)
    couplings = sample_couplings(glass, N, seed)
    v = 2.0 * np.random.default_rng(seed).standard_normal(N)
    value, gradient = energy_and_gradient(couplings, glass, v)
    assert value == pytest.approx(energy(couplings, glass, v), rel=1e-11, abs=1e-11)
    step = 1e-3
    for i in range(N):
        ahead, behind = v.copy(), v.copy()
        ahead[i] += step
        behind[i] -= step
        slope = N * (energy(couplings, glass, ahead) - energy(couplings, glass, behind)) / (2 * step)
        # the third derivative, a4 v/γ, is the error of the central difference
        assert gradient[i] == pytest.approx(slope, abs=a4 * (abs(v[i]) + 1) * step**2 / gamma + 1e-8)


# minima


@pytest.mark.parametrize("method", ["L-BFGS-B", "CG", "Newton-CG"])
def test_minimum(method):
    couplings = sample_couplings(SOFT, 120, 11)
    found = minimise(couplings, SOFT, rng=12, method=method)
    value, gradient = energy_and_gradient(couplings, SOFT, found.v)
    assert np.max(np.abs(gradient)) <= 1e-10
    assert found.gradient_norm <= 1e-10
    assert found.energy == pytest.approx(value, rel=1e-12)
    lowest = np.linalg.eigvalsh(hessian_of(couplings, SOFT, found.v))[0]
    assert lowest > 0 and found.lowest_curvature == pytest.approx(lowest, rel=1e-2)
    assert found.iterations > 0 and found.evaluations >= found.iterations
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.energy = 0.0


@pytest.mark.parametrize("glass", [Glass(1e6), Glass(0.7, 1e6), Glass(50.0, 1.5, -3.0, 1e-3), Glass(1e-3, 0.0, -1.0)])
def test_minimum_whatever_the_units(glass):
    couplings = sample_couplings(glass, 80, 1)
    found = minimise(couplings, glass, rng=2)
    value, gradient = energy_and_gradient(couplings, glass, found.v)
    force = np.max(np.abs(glass.stiffness * found.v) + glass.quartic * np.abs(found.v) ** 3)
    assert np.max(np.abs(gradient)) <= 2e-12 * force
    assert found.energy == pytest.approx(value, rel=1e-10)
    assert np.linalg.eigvalsh(hessian_of(couplings, glass, found.v))[0] > 0


@pytest.mark.parametrize("glass", [Glass(0.4), Glass(0.2, 1.5), Glass(1.0, 0.0, 5.0, 0.1)])
def test_convex_glass_has_one_minimum(glass):
    """a₂/γ above the largest eigenvalue of the couplings."""
    couplings = sample_couplings(glass, 200, 21)
    assert np.linalg.eigvalsh(couplings)[-1] < glass.stiffness
    for seed in range(10):
        found = minimise(couplings, glass, rng=seed)
        np.testing.assert_allclose(found.v, 0.0, atol=1e-10)
        assert abs(found.energy) < 1e-20


def test_hessian_of_the_convex_glass_is_a_semicircle():
    glass, N = Glass(0.4), 600
    couplings = sample_couplings(glass, N, 31)
    spectrum = hessian_spectrum(couplings, minimise(couplings, glass, rng=1))
    # Tracy–Widom: edges of a semicircle of radius 2 lie N^(-2/3)(1.2 ± 1.3) inside of it
    low, high = spectrum.eigenvalues[[0, -1]]
    assert -3.0 < (low - (2.5 - 2.0)) * N ** (2 / 3) < 6.0
    assert -3.0 < (2.5 + 2.0 - high) * N ** (2 / 3) < 6.0
    x = (spectrum.eigenvalues - 2.5) / 2.0
    law = 0.5 + (x * np.sqrt(np.clip(1 - x * x, 0, None)) + np.arcsin(np.clip(x, -1, 1))) / math.pi
    # eigenvalues repel: their counting function is regular to a few levels
    assert np.max(np.abs(law * N - np.arange(N) - 0.5)) < 4.0
    assert spectrum.C == pytest.approx(0.5 * (2.5 - math.sqrt(2.5**2 - 4.0)), rel=0.01)
    # eigenvectors of the Gaussian orthogonal ensemble: ⟨e⁴⟩ = 3/(N(N + 2))
    assert np.mean(spectrum.participation) == pytest.approx((N + 2) / (3 * N), rel=0.02)


def test_descent_leaves_a_saddle():
    couplings = sample_couplings(SOFT, 100, 41)
    found = minimise(couplings, SOFT, np.zeros(100))
    assert found.energy < -5.0 and found.lowest_curvature > 0
    np.testing.assert_array_equal(found.v, minimise(couplings, SOFT, np.zeros(100)).v)


def stationary_points_of_two(c, glass):
    """All solutions of c v₂ = kv₁ + Bv₁³, c v₁ = kv₂ + Bv₂³, from the polynomial that remains for v₁."""
    k, B = glass.a2 / glass.gamma, glass.a4 / (6 * glass.gamma)
    second = np.polynomial.Polynomial([0, k / c, 0, B / c])
    first = k * second + B * second**3 - np.polynomial.Polynomial([0, c])
    roots = first.roots()
    v1 = roots[np.abs(roots.imag) < 1e-9].real
    points = np.column_stack([v1, second(v1)])
    for _ in range(3):
        # Newton: a root of a polynomial of degree nine has lost digits
        for v in points:
            slope = np.array([[k + 3 * B * v[0] ** 2, -c], [-c, k + 3 * B * v[1] ** 2]])
            v -= np.linalg.solve(slope, [k * v[0] + B * v[0] ** 3 - c * v[1], k * v[1] + B * v[1] ** 3 - c * v[0]])
    return points


@pytest.mark.parametrize("glass", [Glass(4.0), Glass(0.9), Glass(30.0, 0.0, -2.0, 2.0), Glass(3.0, 3.0)])
@pytest.mark.parametrize("seed", range(4))
def test_two_coordinates(glass, seed):
    couplings = sample_couplings(glass, 2, seed)
    points = stationary_points_of_two(couplings[0, 1], glass)
    minima = [v for v in points if np.linalg.eigvalsh(hessian_of(couplings, glass, v))[0] > 1e-9]
    assert minima
    found = [minimise(couplings, glass, rng=start) for start in range(12)]
    for one in found:
        assert min(np.max(np.abs(one.v - v)) for v in minima) < 1e-9
    lowest = min(energy(couplings, glass, v) for v in minima)
    assert min(one.energy for one in found) == pytest.approx(lowest, rel=1e-12, abs=1e-15)
    best = ground_state_search(couplings, glass, seed, starts=4, sweeps=50)
    assert best.minimum.energy == pytest.approx(lowest, rel=1e-12, abs=1e-15)


def test_search_finds_the_ground_state_of_a_small_sample():
    """Against the lowest of the minima that 2^(N−1) starts, one in each orthant, lead to."""
    N, glass = 8, Glass(40.0)
    for seed in range(3):
        couplings = sample_couplings(glass, N, seed)
        size = math.sqrt(2.0 / glass.quartic)
        lowest = math.inf
        for pattern in range(2 ** (N - 1)):
            signs = np.array([1 - 2 * (pattern >> i & 1) for i in range(N)])
            lowest = min(lowest, minimise(couplings, glass, size * signs).energy)
        best = ground_state_search(couplings, glass, seed, starts=6, sweeps=200)
        assert best.minimum.energy == pytest.approx(lowest, rel=1e-12)
        assert best.energies.min() == pytest.approx(lowest, rel=1e-7) and best.energies.shape == (6,)


def test_annealing_and_flips_lower_the_energy(sample):
    couplings, minimum, _ = sample
    plain = [minimise(couplings, SOFT, rng=seed).energy for seed in range(6)]
    assert minimum.energy <= min(plain)
    assert minimum.energy < np.mean(plain) - 0.3
    flipped = ground_state_search(couplings, SOFT, 3, starts=6, sweeps=0, attempts=30)
    unflipped = ground_state_search(couplings, SOFT, 3, starts=6, sweeps=0, attempts=0)
    assert unflipped.flips == 0 and flipped.flips >= flipped.accepted > 0
    assert np.all(flipped.energies <= unflipped.energies + 1e-7)
    assert np.any(flipped.energies < unflipped.energies - 1e-4)


# against replica theory


def test_ground_states_lie_above_replica_symmetry():
    """The replica-symmetric energy is a lower bound, which finite systems approach but do not reach."""
    state = replica_symmetric(SOFT)
    means = []
    for N, samples in ((50, 40), (200, 12)):
        found = ensemble_of_minima(SOFT, N, samples, 17, starts=3, sweeps=300)
        mean, error = found.energy.mean(), found.energy.std(ddof=1) / math.sqrt(samples)
        assert mean > state.free_energy + 2 * error
        means.append((mean, error))
        assert np.all(found.lowest_curvature > 0) and np.all(found.gradient_norm <= 1e-10)
        # one valley responds less than all of them together
        assert found.C.mean() < 0.6 * state.C
    (small, a), (large, b) = means
    assert large < small - 2 * math.hypot(a, b)
    # a finite-size correction of N^(-2/3) leaves less than this of the distance to the bound
    assert large < 0.9 * state.free_energy


def test_polarised_glass_against_replica_symmetry():
    """Where the replica-symmetric state is stable, p, q, C and the energy of finite systems tend to it like 1/N.

    Couplings J₀/N + x and J₀/N − x are used in pairs: fluctuations linear in x cancel.
    """
    glass = Glass(1.0, 4.0)
    state = replica_symmetric(glass)
    assert state.at_stability > 0.9 and state.branch == "polarised"
    values = {}
    for N, pairs in ((150, 24), (600, 6)):
        rows = []
        for seed in range(pairs):
            couplings = sample_couplings(glass, N, seed)
            mirrored = 2 * glass.J0 / N - couplings
            np.fill_diagonal(mirrored, 0.0)
            both = []
            for one in (couplings, mirrored):
                found = minimise(one, glass, np.full(N, 4.0))
                fields = cavity_fields(one, found)
                both.append([found.energy, np.mean(found.v), np.mean(found.v**2), fields.C, np.mean(fields.h)])
            rows.append(np.mean(both, axis=0))
        values[N] = np.mean(rows, axis=0), np.std(rows, axis=0, ddof=1) / math.sqrt(pairs)
    (small, a), (large, b) = values[150], values[600]
    limit, error = (4 * large - small) / 3, np.hypot(4 * b, a) / 3
    theory = np.array([state.free_energy, state.p, state.q, state.C, glass.J0 * state.p])
    assert np.all(error < 5e-3 * np.abs(theory))
    assert np.all(np.abs(limit - theory) < 4 * error + 1e-3 * np.abs(theory))


def test_law_of_the_cavity_fields_in_the_polarised_glass():
    """Normal, of mean J₀p and variance q with the p and q of the sample; without the reaction term it is not."""
    glass, N = Glass(0.6, 2.0), 500
    scaled, raw = [], []
    for seed in range(8):
        couplings = sample_couplings(glass, N, seed)
        found = minimise(couplings, glass, np.ones(N))
        fields = cavity_fields(couplings, found)
        mean, width = glass.J0 * np.mean(found.v), math.sqrt(np.mean(found.v**2))
        scaled.append((fields.h - mean) / width)
        raw.append((couplings @ found.v - mean) / width)
    assert kstest(np.ravel(scaled), "norm").pvalue > 0.01
    assert kstest(np.ravel(raw), "norm").pvalue < 1e-6


# cavity fields, wells, spectra


def removal(couplings, minimum, fields, count):
    """Medians of how far the plain, the cavity and the site-corrected field are from that with the coordinate gone."""
    N, v = minimum.v.size, minimum.v
    misses = []
    for i in np.random.default_rng(0).choice(N, count, replace=False):
        rest = np.arange(N) != i
        relaxed = minimise(np.ascontiguousarray(couplings[np.ix_(rest, rest)]), minimum.glass, v[rest])
        plain = couplings[i] @ v
        tried = np.array([plain, fields.h[i], plain - fields.site_response[i] * v[i]])
        misses.append(np.abs(tried - couplings[i, rest] @ relaxed.v))
    # medians: rarely another coordinate changes its well as well
    return np.median(misses, axis=0)


def test_cavity_field_against_removal_of_the_coordinate(sample):
    """Take a coordinate out, let the others relax, and look at the field where it was."""
    plain, cavity, _ = removal(*sample, 80)
    assert plain > 1.5 and cavity < 0.2 * plain
    # a stable state: the scatter of the reaction coefficient is most of what the common one leaves
    glass = Glass(1.0, 4.0)
    couplings = sample_couplings(glass, 300, 2)
    minimum = minimise(couplings, glass, rng=1)
    plain, cavity, site = removal(couplings, minimum, cavity_fields(couplings, minimum), 40)
    assert plain > 0.3 and cavity < 0.2 * plain and site < 0.2 * cavity


def test_reaction_of_the_others_to_a_small_displacement(sample):
    """Move a coordinate, let the others relax: the field they send back changes by C_i times the displacement."""
    from scipy.optimize import root

    couplings, minimum, fields = sample
    N, v = minimum.v.size, minimum.v
    for i in (3, 250):
        rest = np.arange(N) != i
        J, back = couplings[np.ix_(rest, rest)], {}
        for step in (-1e-4, 1e-4):
            force = couplings[rest, i] * (v[i] + step)
            relaxed = root(
                lambda x, J=J, force=force: (x + x**3 / 6) / 4 - J @ x - force,
                v[rest],
                jac=lambda x, J=J: np.diag((1 + x**2 / 2) / 4) - J,
                tol=1e-12,
            )
            back[step] = couplings[i, rest] @ relaxed.x
        assert (back[1e-4] - back[-1e-4]) / 2e-4 == pytest.approx(fields.site_response[i], rel=1e-5)


def test_reaction_coefficients(sample):
    """C_i = Σ J_ij χ_jk J_ki, with the response χ of the others, and their mean is tr H⁻¹/N."""
    couplings, minimum, fields = sample
    N = minimum.v.size
    hessian = hessian_of(couplings, SOFT, minimum.v)
    for i in (0, 7, 399):
        rest = np.arange(N) != i
        row = couplings[i, rest]
        assert fields.site_response[i] == pytest.approx(
            row @ np.linalg.solve(hessian[np.ix_(rest, rest)], row), rel=1e-9
        )
    inverse = np.linalg.inv(hessian)
    assert fields.C == pytest.approx(np.trace(inverse) / N, rel=1e-10)
    scatter = math.sqrt(2 * np.sum(inverse**2)) / N
    assert abs(np.mean(fields.site_response) - fields.C) < 0.1 * fields.C
    assert 0.5 * scatter < np.std(fields.site_response) < 2 * scatter
    # the value to which it tends, from the diagonal of the Hessian alone
    C = fields.C
    for _ in range(100):
        C = np.mean(1 / (np.diag(hessian) - C))
    assert fields.C == pytest.approx(C, rel=0.03)


def test_local_response_is_the_fixed_point():
    curvature = np.random.default_rng(0).uniform(2.5, 6.0, 100)
    C = finite_size._local_response(curvature)
    assert C == pytest.approx(np.mean(1 / (curvature - C)), rel=1e-5)
    # no fixed point: it stays below the smallest curvature
    assert finite_size._local_response(np.array([0.3, 5.0, 6.0])) < 0.3


def test_every_coordinate_is_at_a_minimum_of_its_effective_potential(sample):
    couplings, minimum, fields = sample
    v = minimum.v
    wells = effective_wells(fields, site_response=True)
    place = np.where(wells.deep[:, None], wells.wells.minimum[:, None], wells.wells.minima)
    assert np.all(wells.deep | wells.shallow)
    assert np.max(np.min(np.abs(place - v[:, None]), axis=1)) < 1e-8
    np.testing.assert_allclose(wells.h + wells.C * v, couplings @ v, atol=1e-12)
    # with the common C some of the softest may sit on a barrier, but hardly any; most are in the deeper well
    common = effective_wells(fields)
    np.testing.assert_allclose(common.h, couplings @ v - fields.C * v, atol=1e-12)
    assert np.mean(common.deep | common.shallow) > 0.99
    assert np.mean(common.deep) > 0.97
    grid = np.linspace(-12.0, 12.0, 4001)
    for i in range(0, v.size, 10):
        potential = -common.h[i] * grid + 0.5 * (0.25 - fields.C) * grid**2 + grid**4 / 96.0
        lowest = grid[np.argmin(potential)]
        assert bool(common.deep[i]) == (abs(lowest - v[i]) < 0.1)


def test_shallow_wells_are_recognised():
    """Made fields: a deep and a shallow occupation of one double well, and the barrier between them."""
    C, h = 1.25, 0.3
    roots = np.sort(np.roots([1 / 24, 0.0, 0.25 - C, -h]).real)
    fields = CavityFields(SOFT, roots, np.full(3, h), C, np.full(3, C))
    wells = effective_wells(fields)
    assert wells.wells.double.all()
    assert wells.deep.tolist() == [False, False, True]
    assert wells.shallow.tolist() == [True, False, False]


def test_hessian_spectrum(sample):
    couplings, minimum, fields = sample
    N = minimum.v.size
    spectrum = hessian_spectrum(couplings, minimum)
    values, vectors = np.linalg.eigh(hessian_of(couplings, SOFT, minimum.v))
    np.testing.assert_allclose(spectrum.eigenvalues, values, rtol=1e-10)
    np.testing.assert_allclose(spectrum.participation, 1 / (N * np.sum(vectors**4, axis=0)), rtol=1e-6)
    assert spectrum.C == pytest.approx(fields.C, rel=1e-10)
    assert minimum.lowest_curvature == pytest.approx(values[0], rel=1e-2)
    in_place = hessian_spectrum(couplings.copy(), minimum, overwrite=True)
    np.testing.assert_allclose(in_place.eigenvalues, spectrum.eigenvalues, rtol=1e-10)
    np.testing.assert_allclose(in_place.participation, spectrum.participation, rtol=1e-6)
    # the resolvent of a Gaussian matrix with that diagonal: g = ⟨1/(d − z − g)⟩
    for z in (1.0 + 0.5j, 3.0 + 0.5j, 8.0 + 0.5j):
        g = 0.1j
        for _ in range(500):
            g = 0.5 * (g + np.mean(1 / (np.diag(hessian_of(couplings, SOFT, minimum.v)) - z - g)))
        assert abs(np.mean(1 / (spectrum.eigenvalues - z)) - g) < 0.02 * abs(g)


def test_overwriting_gives_the_same_fields(sample):
    couplings, minimum, fields = sample
    spare = couplings.copy()
    found = cavity_fields(spare, minimum, overwrite=True)
    np.testing.assert_array_equal(found.h, fields.h)
    np.testing.assert_array_equal(found.site_response, fields.site_response)
    assert not np.array_equal(spare, couplings)


# ensembles

SETTINGS = (SOFT, 40, 5, 2024)


@pytest.fixture(scope="module")
def serial():
    return ensemble_of_minima(*SETTINGS)


def assert_same(first, second):
    for field in dataclasses.fields(first):
        np.testing.assert_array_equal(getattr(first, field.name), getattr(second, field.name), err_msg=field.name)


def test_ensemble(serial):
    assert serial.v.shape == serial.h.shape == serial.site_response.shape == (5, 40)
    assert serial.indices.tolist() == [0, 1, 2, 3, 4]
    for i, child in enumerate(np.random.SeedSequence(2024).spawn(5)):
        rng = np.random.default_rng(child)
        couplings = sample_couplings(SOFT, 40, rng)
        minimum = minimise(couplings, SOFT, rng=rng)
        np.testing.assert_array_equal(serial.v[i], minimum.v)
        np.testing.assert_array_equal(serial.h[i], cavity_fields(couplings, minimum).h)
        np.testing.assert_array_equal(serial.couplings(i), couplings)
        assert_same(serial.minimum(i), minimum)
    wells = effective_wells(serial.fields, site_response=True)
    assert wells.deep.shape == (5, 40) and np.all(wells.deep | wells.shallow)


def test_larger_ensemble_begins_with_the_smaller_one(serial, monkeypatch):
    larger = ensemble_of_minima(SOFT, 40, 7, 2024)
    np.testing.assert_array_equal(larger.v[:5], serial.v)
    computed = []
    one_sample = finite_size._one_sample
    monkeypatch.setattr(finite_size, "_one_sample", lambda *task: computed.append(1) or one_sample(*task))
    assert_same(ensemble_of_minima(SOFT, 40, 7, 2024, finished=serial), larger)
    assert len(computed) == 2
    assert_same(ensemble_of_minima(SOFT, 40, 5, 2024, finished=larger), serial)


def process_pool(workers):
    return concurrent.futures.ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))


def test_process_pool_gives_the_same(serial):
    with process_pool(2) as pool:
        assert_same(ensemble_of_minima(*SETTINGS, executor=pool), serial)


def test_threads_give_the_same(serial):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        assert_same(ensemble_of_minima(*SETTINGS, executor=pool), serial)


@pytest.fixture
def dies_once(tmp_path, monkeypatch):
    """A function for workers that ends its process when it is called first, and an executor that calls it."""
    (tmp_path / "dying_worker.py").write_text(
        "import os\n"
        "def run(flag, function, arguments):\n"
        "    if not os.path.exists(flag):\n"
        "        open(flag, 'w').close()\n"
        "        os._exit(1)\n"
        "    return function(*arguments)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(ROOT), os.environ.get("PYTHONPATH", "")]))
    run = importlib.import_module("dying_worker").run

    class Executor:
        def __init__(self, pool, victim):
            self.pool, self.victim, self.count = pool, victim, 0

        def submit(self, function, *arguments):
            self.count += 1
            if self.count - 1 == self.victim:
                return self.pool.submit(run, str(tmp_path / "died"), function, arguments)
            return self.pool.submit(function, *arguments)

    yield Executor
    sys.modules.pop("dying_worker")
    assert (tmp_path / "died").exists()


def test_finished_samples_survive_a_dying_worker(serial, dies_once):
    with process_pool(1) as pool, pytest.raises(IncompleteEnsemble) as caught:
        ensemble_of_minima(*SETTINGS, executor=dies_once(pool, 2))
    error = caught.value
    assert isinstance(error.__cause__, concurrent.futures.BrokenExecutor)
    assert error.missing == (2, 3, 4)
    np.testing.assert_array_equal(error.finished.indices, [0, 1])
    np.testing.assert_array_equal(error.finished.v, serial.v[:2])
    assert "3 of 5 samples are missing" in str(error)
    with process_pool(1) as pool:
        assert_same(ensemble_of_minima(*SETTINGS, executor=pool, finished=error.finished), serial)


def test_dask_gives_the_same_and_replaces_a_dying_worker(serial, dies_once):
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            worker_dashboard_address="127.0.0.1:0",
            silence_logs=50,
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        with client.get_executor() as executor:
            assert_same(ensemble_of_minima(*SETTINGS, executor=executor), serial)
        with client.get_executor() as executor:
            assert_same(ensemble_of_minima(*SETTINGS, executor=dies_once(executor, 2)), serial)


def test_failing_samples_are_reported(serial, monkeypatch):
    one_sample = finite_size._one_sample
    count = iter(range(100))

    def sometimes(*task):
        if next(count) in (1, 3):
            raise ConvergenceError("made to fail", None, 1.0, 3)
        return one_sample(*task)

    monkeypatch.setattr(finite_size, "_one_sample", sometimes)
    with pytest.raises(IncompleteEnsemble) as caught:
        ensemble_of_minima(*SETTINGS)
    assert caught.value.missing == (1, 3) and isinstance(caught.value.__cause__, ConvergenceError)
    assert_same(ensemble_of_minima(*SETTINGS, finished=caught.value.finished), serial)


def test_nothing_finished(monkeypatch):
    def never(*task):
        raise ConvergenceError("made to fail")

    with monkeypatch.context() as patch:
        patch.setattr(finite_size, "_one_sample", never)
        with pytest.raises(IncompleteEnsemble) as caught:
            ensemble_of_minima(SOFT, 10, 2, 1)
    finished = caught.value.finished
    assert finished.v.shape == (0, 10) and finished.energy.shape == (0,)
    assert_same(ensemble_of_minima(SOFT, 10, 2, 1, finished=finished), ensemble_of_minima(SOFT, 10, 2, 1))


def test_progress_bar(capsys, serial):
    assert_same(ensemble_of_minima(*SETTINGS, progress=True), serial)
    assert "5/5" in capsys.readouterr().err
    ensemble_of_minima(*SETTINGS)
    assert capsys.readouterr().err == ""


# resources

MEMORY = """
from lowtglass.kuhn_horstmann import (
    Glass, cavity_fields, ensemble_of_minima, minimise, sample_couplings
)
def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
glass = Glass(4.0)
ensemble_of_minima(glass, 400, 1, 0)
before = peak()
couplings = sample_couplings(glass, 2000, 1)
minimum = minimise(couplings, glass, rng=2)
cavity_fields(couplings, minimum, overwrite=True)
assert minimum.gradient_norm <= 1e-10
print((peak() - before) * 1024 / (8 * 2000**2))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the peak from Linux's /proc")
def test_memory():
    """Couplings, minimum and cavity fields of 2000 coordinates: peak of the process over N² floats."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    answer = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True, env=environment)
    assert answer.returncode == 0, answer.stderr
    assert 0.9 < float(answer.stdout) <= 1.2


def coordinates(program, **environment):
    """What a program that prints an array makes of it under these settings."""
    program = (
        "import sys; from lowtglass.kuhn_horstmann import Glass, ground_state_search, minimise, sample_couplings\n"
        f"glass = Glass(4.0); v = {program}; sys.stdout.write(v.tobytes().hex())"
    )
    settings = os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"} | environment
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=settings)
    assert answer.returncode == 0, answer.stderr
    return np.frombuffer(bytes.fromhex(answer.stdout))


def test_coordinates_do_not_depend_on_the_number_of_threads():
    program = "minimise(sample_couplings(glass, 501, 1), glass, rng=2).v"
    one, two = (coordinates(program, OPENBLAS_NUM_THREADS=threads) for threads in "12")
    np.testing.assert_array_equal(one, two)


def test_plain_python_gives_the_same():
    plain = coordinates(
        "ground_state_search(sample_couplings(glass, 14, 1), glass, 2, starts=1, sweeps=30).minimum.v",
        NUMBA_DISABLE_JIT="1",
    )
    found = ground_state_search(sample_couplings(SOFT, 14, 1), SOFT, 2, starts=1, sweeps=30)
    np.testing.assert_allclose(plain, found.minimum.v, rtol=1e-9)


# arguments


def good():
    couplings = sample_couplings(SOFT, 6, 0)
    return couplings, minimise(couplings, SOFT, rng=0)


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda J, m: sample_couplings("glass", 3, 0), "glass"),
        (lambda J, m: sample_couplings(SOFT, 1, 0), "N"),
        (lambda J, m: sample_couplings(SOFT, 2.5, 0), "N"),
        (lambda J, m: sample_couplings(SOFT, 3, -1), "rng"),
        (lambda J, m: sample_couplings(SOFT, 3, "seed"), "rng"),
        (lambda J, m: minimise(J + np.eye(6), SOFT, rng=0), "couplings"),
        (lambda J, m: minimise(np.triu(J), SOFT, rng=0), "couplings"),
        (lambda J, m: minimise(J * np.nan, SOFT, rng=0), "couplings"),
        (lambda J, m: minimise(J[:4], SOFT, rng=0), "couplings"),
        (lambda J, m: minimise(np.zeros((1, 1)), SOFT, rng=0), "couplings"),
        (lambda J, m: minimise("J", SOFT, rng=0), "couplings"),
        (lambda J, m: minimise([[0, 1], [1]], SOFT, rng=0), "couplings"),
        (lambda J, m: minimise(J, 4.0, rng=0), "glass"),
        (lambda J, m: minimise(J, SOFT), "rng"),
        (lambda J, m: minimise(J, SOFT, np.zeros(5)), "start"),
        (lambda J, m: minimise(J, SOFT, np.full(6, np.inf)), "start"),
        (lambda J, m: minimise(J, SOFT, rng=0, method="simplex"), "method"),
        (lambda J, m: minimise(J, SOFT, rng=0, tolerance=0.0), "tolerance"),
        (lambda J, m: energy_and_gradient(J, SOFT, np.zeros((6, 1))), "v"),
        (lambda J, m: ground_state_search(J, SOFT, 0, starts=0), "starts"),
        (lambda J, m: ground_state_search(J, SOFT, 0, sweeps=-1), "sweeps"),
        (lambda J, m: ground_state_search(J, SOFT, 0, attempts=-1), "attempts"),
        (lambda J, m: ground_state_search(J, SOFT, None), "rng"),
        (lambda J, m: cavity_fields(J, m.v), "minimum"),
        (lambda J, m: cavity_fields(J[:5, :5], m), "minimum"),
        (lambda J, m: cavity_fields(2 * J, m), "minimum"),
        (lambda J, m: cavity_fields(J, dataclasses.replace(m, v=np.zeros(6))), "minimum"),
        (lambda J, m: hessian_spectrum(2 * J, m), "minimum"),
        (lambda J, m: effective_wells(m), "fields"),
        (lambda J, m: ensemble_of_minima(SOFT, 1, 2, 0), "N"),
        (lambda J, m: ensemble_of_minima(SOFT, 6, 0, 0), "samples"),
        (lambda J, m: ensemble_of_minima(SOFT, 6, 2, -1), "seed"),
        (lambda J, m: ensemble_of_minima(SOFT, 6, 2, 0, starts=0), "starts"),
        (lambda J, m: ensemble_of_minima(SOFT, 6, 2, 0, executor=map), "executor"),
        (lambda J, m: ensemble_of_minima(SOFT, 6, 2, 0).couplings(2), "row"),
        (lambda J, m: ensemble_of_minima(SOFT, 6, 2, 0).minimum(-1), "row"),
        (lambda J, m: ensemble_of_minima(SOFT, 6, 2, 0, finished=m), "finished"),
        (lambda J, m: ensemble_of_minima(SOFT, 6, 2, 0, finished=ensemble_of_minima(SOFT, 6, 1, 1)), "finished"),
    ],
)
def test_arguments_are_checked(call, argument):
    with pytest.raises(InputError) as caught:
        call(*good())
    assert caught.value.argument == argument


def test_no_convergence_is_reported(monkeypatch):
    couplings, _ = good()
    monkeypatch.setattr(finite_size, "_descend", lambda landscape, u, *_: (u, 1))
    monkeypatch.setattr(finite_size, "_newton", lambda landscape, u, _: (u, 0.25, 2))
    with pytest.raises(ConvergenceError) as caught:
        minimise(couplings, SOFT, np.ones(6))
    assert caught.value.last.shape == (6,) and caught.value.residual > 0 and caught.value.iterations == 12
