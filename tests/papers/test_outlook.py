"""The evaluations on feedback and dynamic transitions against exactly solvable cases."""

import math

import numpy as np
import pytest
from scipy.integrate import quad

from lowtglass import phonons, quartic
from lowtglass.claims import _outlook as outlook
from lowtglass.kuhn_horstmann import (
    Bath,
    Glass,
    glass_temperature,
    one_step,
    replica_symmetric,
    sample_couplings,
    susceptibility,
)


def oscillator(n):
    """Levels and position of a harmonic oscillator of unit frequency, n of each."""
    v = np.diag(np.sqrt(np.arange(1, n) / 2.0), 1)
    return np.arange(float(n)), v + v.T


def shifts_of_a_pair(coupling, frequency):
    """First-order shifts of an oscillator by the retarded part of another one."""
    weight = coupling**2 / (2.0 * frequency)
    return outlook._shifts(
        *oscillator(8),
        coupling**2 / frequency**2,
        lambda e: weight / (frequency + e),
        lambda e: coupling**2 / (frequency**2 - e**2),
    )


@pytest.mark.parametrize("frequency", [0.6, 1.7, 5.0])
def test_first_order_against_normal_modes(frequency):
    # The counterterm keeps the static response, so that only the retardation is left.
    errors = []
    for coupling in (0.1, 0.05):
        modes = np.linalg.eigvalsh([[1.0 + coupling**2 / frequency**2, coupling], [coupling, frequency**2]])
        own = math.sqrt(modes[0] if frequency > 1.0 else modes[1])
        exact = (np.sqrt(modes).sum() - 1.0 - frequency) / 2.0, own - 1.0
        ground, excited = shifts_of_a_pair(coupling, frequency)
        errors.append([ground - exact[0], excited - ground - exact[1]])
        assert errors[-1] == pytest.approx([0.0, 0.0], abs=100 * coupling**4)
    # what remains is of fourth order
    assert np.all(np.abs(errors[1]) < np.abs(errors[0]) / 12)


def test_ground_state_in_imaginary_time():
    # ½∫dω/2π [R(0) − R(iω)] χ_0(iω)
    coupling, frequency = 0.3, 1.7

    def integrand(w):
        missing = coupling**2 / frequency**2 - coupling**2 / (w**2 + frequency**2)
        return missing / (w**2 + 1.0) / (2.0 * math.pi)

    assert shifts_of_a_pair(coupling, frequency)[0] == pytest.approx(quad(integrand, 0.0, math.inf)[0], rel=1e-9)


def test_principal_value():
    # one level with energy and strength linear in the field: ρ is a straight line between 1 and 3
    energy = np.linspace(1.0, 3.0, 41)[:, None]
    strength = 0.05 * (2.0 + energy)
    for e in (0.5, 1.61, 2.87, 4.0):
        exact = 2.0 + (2.0 + e) * math.log(abs((3.0 - e) / (1.0 - e)))
        assert outlook._principal_value(energy, strength, e) == pytest.approx(exact, rel=1e-12)
        assert outlook._principal_value(energy[::-1], strength[::-1], [e, e])[1] == pytest.approx(exact, rel=1e-12)
    # a level that keeps its energy
    flat = outlook._principal_value(np.full((3, 1), 2.0), np.full((3, 1), 0.5), 1.0)
    assert flat == pytest.approx(1.0, rel=1e-3)


def test_resonance_with_the_ensemble():
    # Re R(E) from the package's own mesh of levels, which resolves the avoided crossings
    solid = phonons.DebyePhonons((phonons.Branch(1.0), phonons.Branch(1.0, 2)), 1.0, debye_frequency=1e6)
    state = replica_symmetric(Glass(4.0))
    h, weight = outlook._fields(state, 801)
    found = quartic.levels(state.glass.potential(state.C, h), 14, matrix_elements=True)
    E = found.energies[:, 1:] - found.energies[:, :1]
    strength = weight[:, None] * found.position[:, 0, 1:] ** 2
    e = np.linspace(1.31, 2.7, 90)
    ours = outlook._principal_value(E, strength, e) + np.sum(strength / (E + e[:, None, None]), axis=(1, 2))
    theirs = susceptibility(state, e, 0.0, Bath(solid, (0.1, 0.1)), 14).resonant.real
    assert np.mean(ours - theirs) == pytest.approx(0.0, abs=5e-3)
    assert np.median(np.abs(ours - theirs)) < 0.01


@pytest.mark.parametrize("stiffness", [2.1, 4.0])
def test_mean_frequency_of_equal_coordinates(stiffness):
    # a semicircle of radius 2 about the stiffness
    exact = quad(lambda x: math.sqrt((stiffness - x) * (4.0 - x * x)) / (2.0 * math.pi), -2.0, 2.0)[0]
    assert outlook._mean_frequency(np.array([stiffness]), np.ones(1)) == pytest.approx(exact, rel=1e-4)


def test_mean_frequency_against_a_matrix():
    stiffness = np.linspace(2.0, 8.0, 1200)
    modes = np.linalg.eigvalsh(np.diag(stiffness) - sample_couplings(Glass(1.0), 1200, 0))
    found = outlook._mean_frequency(stiffness, np.full(1200, 1.0 / 1200))
    assert found == pytest.approx(np.mean(np.sqrt(modes)), abs=3e-3)


@pytest.mark.parametrize("kind", ["RS", "one step"])
def test_static_response_of_the_quantised_state(kind):
    # R(0) tends to C as ħ → 0; here it is within a per cent, and sharper for the larger γ.
    solve = replica_symmetric if kind == "RS" else one_step
    misses = [abs(outlook._first_order(kind, gamma)[1] / solve(Glass(gamma)).C - 1.0) for gamma in (4.0, 10.0)]
    assert misses[1] < misses[0] < 0.01


def test_orders_agree_within_wells():
    for member in (("RS", 4.0), ("RS", 10.0), ("one step", 4.0), ("one step", 10.0)):
        assert outlook._harmonic(*member) == pytest.approx(outlook._first_order(*member)[0], rel=0.15)


def test_spherical_model():
    # T_d and T_s of Crisanti and Sommers, and the first-order transition as equality of free energies
    dynamic, static = outlook._spherical()
    assert dynamic == pytest.approx(0.612, abs=5e-4) and static == pytest.approx(0.586, abs=5e-4)

    def gain(q, m):
        """2(f_one step − f_liquid)β of the spherical model, negative sign as in −βf."""
        return (m - 1.0) * q**3 / (2.0 * static**2) + (m - 1.0) / m * math.log1p(-q) + math.log1p((m - 1.0) * q) / m

    q = 0.645007
    assert (gain(q, 1.0 + 1e-5) - gain(q, 1.0 - 1e-5)) / 2e-5 == pytest.approx(0.0, abs=1e-5)
    assert (gain(q + 1e-5, 0.999) - gain(q - 1e-5, 0.999)) / 2e-5 == pytest.approx(0.0, abs=1e-5)


@pytest.mark.parametrize("gamma", [1.0, 4.0])
def test_small_overlap_returns_the_square_of_the_response(gamma):
    glass = Glass(gamma)
    for above in (1.0, 1.2):
        C = replica_symmetric(glass, above * glass_temperature(glass)).C
        assert outlook._returned(gamma, above, 1e-5) == pytest.approx(C**2, abs=1e-4)


def test_the_equation_finds_frozen_states_where_they_are():
    # below T_g, with the ergodic state continued, a small overlap grows and a large one does not
    assert outlook._returned(4.0, 0.9, 1e-3) > 1.0 > outlook._returned(4.0, 0.9, 0.9)
