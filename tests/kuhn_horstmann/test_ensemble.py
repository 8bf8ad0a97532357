"""Levels of the ensemble: against another basis, histograms, Monte Carlo and limits."""

import itertools
import math

import numpy as np
import pytest
from scipy.integrate import quad

from lowtglass import kuhn_horstmann as kh
from lowtglass.errors import ConvergenceError, InputError
from lowtglass.kuhn_horstmann import Glass, replica_symmetric


@pytest.fixture(scope="module")
def state():
    return replica_symmetric(Glass(4.0))


@pytest.fixture(scope="module")
def polarised():
    return replica_symmetric(Glass(4.0, J0=1.3), branch="polarised")


def grid_levels(state, h, n_levels, points=401):
    """Levels by the sinc basis on a uniform grid: dense matrices, nothing shared with the package."""
    glass = state.glass
    a, b = state.C - glass.a2 / glass.gamma, glass.a4 / (6 * glass.gamma)
    x = np.linspace(-14.0, 14.0, points)
    dx = x[1] - x[0]
    k = np.arange(points)
    difference = k[:, None] - k
    with np.errstate(divide="ignore"):
        kinetic = np.where(difference == 0, np.pi**2 / 3, 2.0 * (-1.0) ** difference / difference.astype(float) ** 2)
    kinetic *= glass.hbar**2 / (2 * glass.mass * dx**2)
    return np.array(
        [
            np.linalg.eigvalsh(kinetic + np.diag(-field * x - a * x**2 / 2 + b * x**4 / 4))[:n_levels]
            for field in np.atleast_1d(h)
        ]
    )


def graded(state, n=601):
    """Fields and weights of the trapezoid rule in arsinh(h/0.02), dense around h = 0 where double wells cross."""
    low, high = np.arcsinh(np.array(state.field_range) / 0.02)
    x, dx = np.linspace(low, high, n, retstep=True)
    return 0.02 * np.sinh(x), 0.02 * np.cosh(x) * dx


def test_spectrum_against_a_grid(state):
    h = np.array([0.0, 0.05, 0.7, 3.0, 12.0])
    found = kh.excitation_spectrum(state, h, 10)
    expected = grid_levels(state, h, 10)
    np.testing.assert_allclose(found.energies, expected, atol=1e-9)
    np.testing.assert_allclose(found.excitations, expected - expected[:, :1], atol=2e-9)


def test_slopes_are_derivatives(state):
    step = 2e-5
    h = np.array([0.3, 1.1, 4.0])
    found = kh.excitation_spectrum(state, h, 6)
    up, down = (kh.excitation_spectrum(state, h + s * step, 6).energies for s in (1, -1))
    np.testing.assert_allclose(found.slopes, (up - down) / (2 * step), atol=1e-6)


def test_field_density_is_normal(polarised):
    mean, std = polarised.glass.J0 * polarised.p, math.sqrt(polarised.q)
    h = mean + std * np.array([-2.0, 0.0, 1.0])
    expected = np.exp([-2.0, 0.0, -0.5]) / (std * math.sqrt(2 * math.pi))
    np.testing.assert_allclose(kh.field_density(polarised, h), expected, rtol=1e-12)


@pytest.mark.parametrize("which", ["state", "polarised"])
def test_heat_capacity_against_a_plain_sum_over_fields(which, request):
    """Trapezoid in the field and levels from the grid basis."""
    one = request.getfixturevalue(which)
    T = np.array([0.1, 0.3, 1.0])
    h, weights = graded(one)
    energies = grid_levels(one, h, 45, points=161)
    energies -= energies[:, :1]
    boltzmann = np.exp(-energies[:, None, :] / T[:, None])
    mean = (boltzmann * energies[:, None, :]).sum(-1) / boltzmann.sum(-1)
    square = (boltzmann * energies[:, None, :] ** 2).sum(-1) / boltzmann.sum(-1)
    expected = (weights * one.field_density(h)) @ (square - mean**2) / T**2
    found = kh.heat_capacity(one, T)
    np.testing.assert_allclose(found.heat_capacity, expected, rtol=2e-5)
    assert np.all(np.abs(found.heat_capacity - expected) <= found.error + 1e-6 * expected)


def test_heat_capacity_against_sampled_fields(state):
    rng = np.random.default_rng(11)
    T = 0.4
    h = math.sqrt(state.q) * rng.normal(size=1500)
    energies = kh.excitation_spectrum(state, h, 16).excitations
    weights = np.exp(-energies / T)
    mean = (weights * energies).sum(-1) / weights.sum(-1)
    each = ((weights * energies**2).sum(-1) / weights.sum(-1) - mean**2) / T**2
    assert kh.heat_capacity(state, T).heat_capacity == pytest.approx(
        each.mean(), abs=4 * each.std() / math.sqrt(each.size)
    )


def test_heat_capacity_is_classical_for_small_hbar():
    """½ of the kinetic energy and the variance of the classical potential; corrections go as ħ²."""
    T = 1.0
    quantum = [kh.heat_capacity(replica_symmetric(Glass(4.0, hbar=x)), T).heat_capacity for x in (0.2, 0.3)]
    state = replica_symmetric(Glass(4.0))
    v = np.linspace(-25, 25, 4001)
    h, weights = graded(state)
    a, b = state.C - 1 / 4.0, 1 / 24.0
    u = -h[:, None] * v - a * v**2 / 2 + b * v**4 / 4
    u -= u.min(axis=1, keepdims=True)
    boltzmann = np.exp(-u / T)
    mean = (boltzmann * u).sum(1) / boltzmann.sum(1)
    variance = (boltzmann * u**2).sum(1) / boltzmann.sum(1) - mean**2
    expected = 0.5 + (weights * state.field_density(h)) @ variance / T**2
    assert quantum[0] + (quantum[0] - quantum[1]) * 0.04 / 0.05 == pytest.approx(expected, abs=5e-4)


def test_linear_law_has_the_slope_of_the_plateau():
    """Δ₀ ≪ T ≪ ħω: C = (π²/6) n₀ T with n₀ = 2P(0)/d; γ = 10, where Δ₀ ~ 10⁻¹³."""
    state = replica_symmetric(Glass(10.0))
    T = np.array([1e-8, 1e-6, 1e-4])
    plateau = kh.density_of_states(state, [0.1]).plateau
    found = kh.heat_capacity(state, T)
    np.testing.assert_allclose(found.heat_capacity / T, np.pi**2 / 6 * plateau, rtol=2e-4)
    np.testing.assert_allclose(found.two_level / T, found.heat_capacity / T, rtol=0.05)


def test_heat_capacity_is_activated_below_the_tunnel_splitting(state):
    """T ≪ Δ₀: no excitation below Δ₀, so d ln C/d(1/T) → −Δ₀."""
    splitting = kh.density_of_states(state, [0.1]).cutoff
    T = splitting * np.array([0.02, 0.021])
    c = kh.heat_capacity(state, T).heat_capacity
    slope = np.diff(np.log(c))[0] / np.diff(1 / T)[0]
    assert -slope == pytest.approx(splitting, rel=0.1)
    assert kh.heat_capacity(state, 0.0).heat_capacity == 0.0


def test_two_level_part_against_quad(state):
    wells = kh.well_statistics(state)
    T = 0.05

    def term(h):
        x = math.hypot(wells.value("asymmetry", h), wells.value("tunnel_splitting", h)) / (2 * T)
        return 2 * float(state.field_density(h)) * (x / math.cosh(x)) ** 2 if x < 300 else 0.0

    edges = [0.0, 0.003, 0.02, 0.1, 0.999999 * wells.spinodal_field]
    expected = sum(quad(term, a, b, epsabs=1e-12)[0] for a, b in itertools.pairwise(edges))
    assert kh.heat_capacity(state, T).two_level == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("which", ["state", "polarised"])
def test_density_of_states_against_a_histogram(which, request):
    one = request.getfixturevalue(which)
    rng = np.random.default_rng(5)
    h = one.glass.J0 * one.p + math.sqrt(one.q) * rng.normal(size=6000)
    energies = kh.excitation_spectrum(one, h, 12).excitations[:, 1:]
    edges = np.linspace(0.05, 3.0, 13)
    counts = np.histogram(energies, edges)[0]
    # Integrate n(E) over each bin; the inverse square roots inside are integrable, so many points suffice.
    fine = np.linspace(edges[0], edges[-1], 12 * 400 + 1)
    middle = 0.5 * (fine[:-1] + fine[1:])
    density = kh.density_of_states(one, middle).density
    expected = density.reshape(12, 400).sum(1) * (fine[1] - fine[0]) * h.size
    assert np.all(np.abs(counts - expected) < 5 * np.sqrt(expected) + 0.004 * expected)


def test_density_of_states_below_the_first_intrawell_excitation(state):
    found = kh.density_of_states(state, [0.02, 0.1])
    d = 2 * abs(_dipole(state))
    assert found.plateau == pytest.approx(2 * state.field_density(0.0) / d, rel=1e-9)
    np.testing.assert_allclose(found.density, found.plateau, rtol=0.02)


def _dipole(state):
    from lowtglass import quartic

    return quartic.levels(
        state.glass.potential(state.C, 0.0), 2, kinetic=state.glass.kinetic, matrix_elements=True
    ).position[0, 1]


def test_density_of_states_diverges_at_its_cutoff(state):
    """n(E) = n₀ E/sqrt(E² − Δ₀²) above the cut-off, nothing below."""
    cutoff = kh.density_of_states(state, [1.0]).cutoff
    E = cutoff * np.array([0.999, 1.0001, 1.5, 4.0])
    found = kh.density_of_states(state, E)
    assert found.density[0] == 0.0
    np.testing.assert_allclose(found.density[1:], found.plateau * E[1:] / np.sqrt(E[1:] ** 2 - cutoff**2), rtol=2e-3)


def test_heat_capacity_follows_from_the_density_of_states(state):
    """Low T, where each potential has at most one excitation: C = ∫n(E) Schottky(E/T) dE."""
    cutoff = kh.density_of_states(state, [1.0]).cutoff
    T = 0.02
    y = np.linspace(0.0, 1.0, 20001)[1:]
    E = cutoff * np.cosh(y * math.acosh(40 * T / cutoff))
    density = kh.density_of_states(state, E).density
    x = E / (2 * T)
    expected = np.trapezoid(density * (x / np.cosh(x)) ** 2, E)
    assert kh.heat_capacity(state, T).heat_capacity == pytest.approx(expected, rel=3e-3)


def test_single_wells_have_no_tunnelling_states():
    state = replica_symmetric(Glass(0.8))
    found = kh.density_of_states(state, [0.2, 2.0])
    assert math.isnan(found.plateau)
    assert found.cutoff > 0.2 and found.density[0] == 0.0
    assert kh.heat_capacity(state, 0.1).two_level == 0.0


def test_ergodic_state_is_one_potential():
    """Without a distribution of fields the ensemble is a single oscillator-like potential."""
    state = replica_symmetric(Glass(0.45), T=0.5)
    assert state.branch == "ergodic"
    energies = grid_levels(state, 0.0, 60)[0]
    x = (energies - energies[0]) / 0.5
    weights = np.exp(-x) / np.exp(-x).sum()
    expected = weights @ x**2 - (weights @ x) ** 2
    assert kh.heat_capacity(state, 0.5).heat_capacity == pytest.approx(expected, rel=1e-9)
    with pytest.raises(InputError, match="state"):
        kh.density_of_states(state, 1.0)
    warm = replica_symmetric(Glass(4.0), T=25.0)
    assert warm.branch == "ergodic" and warm.double_wells
    pair = kh.heat_capacity(warm, 1e-5, n_levels=4)
    # Far below the next excitation the exact splitting alone counts; WKB splits the pair by another amount.
    splitting = kh.excitation_spectrum(warm, 0.0, 2).excitations[1]
    y = splitting / 2e-5
    assert pair.heat_capacity == pytest.approx((y / math.cosh(y)) ** 2, rel=1e-6)
    assert pair.two_level > 0


def test_shapes_and_bad_input(state):
    assert kh.heat_capacity(state, [[0.1, 0.2]]).heat_capacity.shape == (1, 2)
    assert kh.density_of_states(state, 0.1).density.shape == ()
    for call, name in [
        (lambda: kh.heat_capacity(state, -1.0), "T"),
        (lambda: kh.heat_capacity(state, []), "T"),
        (lambda: kh.heat_capacity(state, 0.1, n_levels=1), "n_levels"),
        (lambda: kh.density_of_states(state, 0.0), "E"),
        (lambda: kh.density_of_states(state, 5.0, n_levels=2), "n_levels"),
        (lambda: kh.excitation_spectrum(state, np.inf), "h"),
        (lambda: kh.excitation_spectrum(state, 0.0, 0), "n_levels"),
        (lambda: kh.field_density(state, "a"), "h"),
    ]:
        with pytest.raises(InputError, match=f"^{name} = "):
            call()
    with pytest.raises(ConvergenceError, match="4 levels"):
        kh.heat_capacity(state, 2.0, n_levels=4)
