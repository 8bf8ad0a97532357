"""Densities of the tunnelling systems: changes of variables, integrals, and drawn systems."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from lowtglass import kuhn_horstmann as kh
from lowtglass import tunneling
from lowtglass.errors import InputError


@given(st.floats(0.05, 20.0), st.floats(0.02, 0.98))
def test_change_of_variables(reduced, E, r):
    """P(E, r) is P(Δ, Δ₀) times the Jacobian, here by differences."""

    def wells(E, r):
        return np.array([E * math.sqrt(1 - r), E * math.sqrt(r)])

    step = 1e-6
    d_E = (wells(E * (1 + step), r) - wells(E * (1 - step), r)) / (2 * step * E)
    d_r = (wells(E, r + step * r * (1 - r)) - wells(E, r - step * r * (1 - r))) / (2 * step * r * (1 - r))
    jacobian = abs(d_E[0] * d_r[1] - d_E[1] * d_r[0])
    expected = tunneling.distribution_of_splittings(*wells(E, r), reduced) * jacobian
    assert tunneling.distribution_of_energy(E, r, reduced) == pytest.approx(expected, rel=1e-7)


def test_relaxation_times_follow_from_r(reduced):
    E, T = 0.7, 0.4
    shortest = tunneling.shortest_relaxation_time(E, T, reduced)
    r = np.array([0.01, 0.3, 0.9])
    tau = shortest / r
    found = tunneling.distribution_of_relaxation_times(E, tau, T, reduced)
    np.testing.assert_allclose(found, tunneling.distribution_of_energy(E, r, reduced) * r / tau, rtol=1e-12)
    np.testing.assert_allclose(tunneling.relaxation_rate(E, r, T, reduced), 1 / tau, rtol=1e-14)


@pytest.mark.parametrize("ratio", [1.01, 1.5, 30.0, 1e6])
def test_density_of_states_counts_the_relaxed(reduced, ratio):
    """n(E, t) is the integral over the relaxation times up to t; τ = τ_min(1 + s²) removes the singular end."""
    E, T = 0.7, 0.4
    shortest = tunneling.shortest_relaxation_time(E, T, reduced)

    def integrand(s):
        tau = shortest * (1 + s * s)
        return tunneling.distribution_of_relaxation_times(E, tau, T, reduced) * 2 * s * shortest

    top = math.sqrt(ratio - 1)
    cuts = [c for c in (1.0, 10.0, 100.0) if c < top]
    # from 1e-5·top on: the integrand is constant before
    expected = quad(integrand, 1e-5 * top, top, points=cuts, epsabs=0, epsrel=1e-9, limit=200)[0]
    expected += integrand(1e-5 * top) * 1e-5 * top
    found = tunneling.density_of_states(E, ratio * shortest, T, reduced)
    assert found == pytest.approx(expected, rel=1e-6)


def test_density_of_states_ends(reduced):
    E, T = 0.7, 0.4
    shortest = tunneling.shortest_relaxation_time(E, T, reduced)
    assert tunneling.density_of_states(E, 0.999 * shortest, T, reduced) == 0.0
    late = tunneling.density_of_states(E, 1e12 * shortest, T, reduced)
    assert late == pytest.approx(0.5 * reduced.P * math.log(4e12), rel=1e-12)


def test_drawn_systems_follow_the_densities(reduced):
    """Numbers in cells of (E, r) against the density integrated over them, within 4.5 standard deviations each."""
    n, width, bounds = 400_000, 3.0, (1e-3, 3.0)
    Delta, Delta_0 = tunneling.sample_systems(n, width, bounds, rng=5)
    assert Delta.min() >= 0 and Delta.max() <= width
    assert Delta_0.min() >= bounds[0] and Delta_0.max() <= bounds[1]
    E = np.hypot(Delta, Delta_0)
    r = (Delta_0 / E) ** 2
    volume = n / (reduced.P * width * math.log(bounds[1] / bounds[0]))
    edges = [0.01, 0.1, 0.4, 0.8, 0.97]
    for low, high in itertools.pairwise(edges):
        for E0, E1 in ((0.2, 0.9), (0.9, 2.5)):
            cell = quad(lambda x: tunneling.distribution_of_energy(1.0, x, reduced), low, high)[0] * (E1 - E0) * volume
            found = np.sum((r > low) & (r < high) & (E > E0) & (E < E1))
            assert abs(found - cell) < 4.5 * math.sqrt(cell), (low, E0, found, cell)


def test_rates_are_those_of_a_two_level_system_of_another_model(silica):
    """Both models stand on the golden rule; the operator in the eigenstates is made here by diagonalisation."""
    k_B = silica.phonons.k_B
    unit = 0.3 * k_B
    bath = kh.Bath(silica.phonons, silica.couplings, energy_unit=unit)
    for Delta, Delta_0, T in ((1.0, 0.5, 0.1), (0.2, 2.0, 1.0), (3.0, 0.01, 5.0)):
        energies, states = np.linalg.eigh(0.5 * np.array([[Delta, Delta_0], [Delta_0, -Delta]]))
        position = states.T @ np.diag([1.0, -1.0]) @ states
        rates = kh.transition_rates(energies, position, T, bath)
        E = math.hypot(Delta, Delta_0)
        found = tunneling.relaxation_rate(E * unit, (Delta_0 / E) ** 2, T, silica)
        assert found == pytest.approx(rates[0, 1] + rates[1, 0], rel=1e-10)


def test_standard_formula_of_the_rate(silica):
    """1/τ_min = (γ_l²/c_l⁵ + 2γ_t²/c_t⁵) E³coth(E/2k_BT)/(2πρħ⁴)."""
    hbar, k_B = 1.054571817e-34, 1.380649e-23
    gamma_l, gamma_t = 1.04 * 1.602176634e-19, 0.65 * 1.602176634e-19
    E, T = 2 * k_B, 1.0
    rate = (gamma_l**2 / 5800.0**5 + 2 * gamma_t**2 / 3800.0**5) * E**3 / (2 * math.pi * 2200.0 * hbar**4)
    rate /= math.tanh(E / (2 * k_B * T))
    assert tunneling.shortest_relaxation_time(E, T, silica) == pytest.approx(1 / rate, rel=1e-8)


def test_rates_at_the_ends_of_floating_point(reduced):
    """E³coth(E/2T) tends to 2TE² at high and to E³ at low temperature, and nothing overflows."""
    A = reduced.rate_coefficient
    with np.errstate(all="raise", under="ignore"):
        assert tunneling.shortest_relaxation_time(1e-60, 1e60, reduced) == pytest.approx(1 / (2 * A * 1e-60), rel=1e-12)
        assert tunneling.shortest_relaxation_time(1e60, 1e-250, reduced) == pytest.approx(1 / (A * 1e180), rel=1e-12)
        T = np.array([1e-300, 1.0, 1e300])
        assert np.isfinite(tunneling.shortest_relaxation_time(1.0, T, reduced)).all()


@pytest.mark.parametrize(
    ("argument", "call"),
    [
        ("model", lambda m: tunneling.distribution_of_energy(1.0, 0.5, 3)),
        ("E", lambda m: tunneling.distribution_of_energy(0.0, 0.5, m)),
        ("r", lambda m: tunneling.distribution_of_energy(1.0, 0.0, m)),
        ("r", lambda m: tunneling.distribution_of_energy(1.0, 1.0, m)),
        ("Delta_0", lambda m: tunneling.distribution_of_splittings(1.0, 0.0, m)),
        ("Delta", lambda m: tunneling.distribution_of_splittings(-1.0, 1.0, m)),
        ("tau", lambda m: tunneling.distribution_of_relaxation_times(1.0, 1e-9, 1.0, m)),
        ("T", lambda m: tunneling.distribution_of_relaxation_times(1.0, 1e9, 0.0, m)),
        ("E", lambda m: tunneling.density_of_states([1.0, 2.0], [1.0, 2.0, 3.0], 1.0, m)),
        ("time", lambda m: tunneling.density_of_states(1.0, 0.0, 1.0, m)),
        ("E", lambda m: tunneling.shortest_relaxation_time(-1.0, 1.0, m)),
        ("T", lambda m: tunneling.shortest_relaxation_time(1.0, np.nan, m)),
        ("r", lambda m: tunneling.relaxation_rate(1.0, 1.1, 1.0, m)),
        ("n", lambda m: tunneling.sample_systems(0, 1.0, (0.1, 1.0))),
        ("largest_asymmetry", lambda m: tunneling.sample_systems(5, 0.0, (0.1, 1.0))),
        ("splittings", lambda m: tunneling.sample_systems(5, 1.0, (1.0, 0.1))),
        ("P", lambda m: tunneling.TunnelingModel(0.0, (1.0, 1.0), m.phonons)),
        ("P", lambda m: tunneling.TunnelingModel(-1.0, (1.0, 1.0), m.phonons)),
        ("couplings", lambda m: tunneling.TunnelingModel(1.0, (1.0,), m.phonons)),
        ("couplings", lambda m: tunneling.TunnelingModel(1.0, (0.0, 0.0), m.phonons)),
        ("phonons", lambda m: tunneling.TunnelingModel(1.0, (1.0, 1.0), 3)),
        ("strength", lambda m: tunneling.silica(strength=0.0)),
        ("deformation", lambda m: tunneling.silica(deformation=(1.0, 0.0))),
        ("deformation", lambda m: tunneling.silica(deformation=(1.0,))),
    ],
)
def test_bad_input_is_named(reduced, argument, call):
    with pytest.raises(InputError) as caught:
        call(reduced)
    assert caught.value.argument == argument


def test_preset(silica):
    """P̄ within what is quoted for glasses, 10^(45 ± 1) per J and m³, and the strength asked for."""
    assert 1e44 < silica.P < 1e46
    assert silica.strengths[1] == pytest.approx(3e-4, rel=1e-12)
    expected = silica.P * (1.04 * 1.602176634e-19) ** 2 / (2200 * 5800**2)
    assert silica.strengths[0] == pytest.approx(expected, rel=1e-12)
