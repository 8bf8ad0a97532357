"""Dynamics: golden rule, master equation, sum rules, Kramers–Kronig, two-level limit, ensemble averages."""

import dataclasses
import itertools
import json
import math
import os
import subprocess
import sys

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import dblquad, quad

from lowtglass import kuhn_horstmann as kh
from lowtglass import phonons, quartic
from lowtglass.errors import ConvergenceError, InputError
from lowtglass.kuhn_horstmann import Bath, Glass, dynamics, replica_symmetric
from lowtglass.phonons import Branch, DebyePhonons

KINETIC = 0.5


def reduced_bath(coupling=0.3, cutoff=1e6, **keywords):
    solid = DebyePhonons((Branch(1.7), Branch(1.0, 2)), 1.3, debye_frequency=cutoff)
    return Bath(solid, (coupling, 0.7 * coupling), **keywords)


def well(h=0.15, n=14, C=0.884, gamma=4.0):
    """A tilted double well of the ensemble: energies and positions."""
    found = quartic.levels(Glass(gamma).potential(C, h), n, kinetic=KINETIC, matrix_elements=True)
    return found.energies, found.position


@pytest.fixture(scope="module")
def state():
    return replica_symmetric(Glass(4.0))


@pytest.fixture(scope="module")
def silica(state):
    return kh.silica_bath(state)


# One set of levels


def test_rate_against_a_sum_over_modes():
    """Golden rule with every mode of a cube, the δ function replaced by a window: the polarisations and 4π come out."""
    rho, c, hbar, k_T, E = 1.3, 1.7, 0.8, 0.9, 2.4
    solid = DebyePhonons((Branch(c, 2),), rho, debye_frequency=100.0, hbar=hbar)
    bath = Bath(solid, (0.3,))
    found = kh.transition_rates([0.0, E], [[0.2, 0.6], [0.6, -0.1]], k_T, bath)
    side = 190.0
    n = np.arange(-80, 81)
    k = 2 * math.pi / side * np.sqrt(n[:, None, None] ** 2 + n[None, :, None] ** 2 + n**2).ravel()
    omega = c * k[k > 0]
    window = 0.15 * E
    inside = np.abs(hbar * omega - E) < window
    omega = omega[inside]
    assert c * k.max() / math.sqrt(3) * hbar > E + window, "the cube of modes holds the whole window"
    # Smooth factors are taken at E, where δ would put them; the number of modes grows with ω² within the window.
    strain = hbar * (E / hbar / c) ** 2 / (2 * rho * side**3 * (E / hbar))
    modes = 2 * omega.size / (2 * window) / (1 + (window / E) ** 2 / 3)
    down = 2 * math.pi / hbar * 0.3**2 * 0.6**2 * strain * modes / -math.expm1(-E / k_T)
    assert found[1, 0] == pytest.approx(down, rel=3e-3)
    assert found[0, 1] == pytest.approx(down * math.exp(-E / k_T), rel=3e-3)
    assert found[0, 0] == found[1, 1] == 0.0


def test_rate_of_a_tunnelling_system(silica):
    """1/τ = Σ g_s γ_s²/c_s⁵ · EΔ₀² coth(E/2k_BT)/(2πρħ⁴), the standard result (W. A. Phillips 1987)."""
    hbar, k_B = silica.phonons.hbar, silica.phonons.k_B
    Delta, Delta0, T = 0.3 * k_B, 0.2 * k_B, 0.25
    E = math.hypot(Delta, Delta0)
    half = 3.7
    c = silica.phonons.velocities
    deformation = np.array(silica.couplings) * half
    expected = (silica.phonons.degeneracies * deformation**2 / c**5).sum() * E * Delta0**2
    expected /= math.tanh(E / (2 * k_B * T)) * 2 * math.pi * 2200.0 * hbar**4
    position = half / E * np.array([[Delta, Delta0], [Delta0, -Delta]])
    levels = np.array([-0.5, 0.5]) * E / silica.energy_unit
    rates = kh.transition_rates(levels, position, T, silica)
    assert rates[0, 1] + rates[1, 0] == pytest.approx(expected, rel=1e-12)
    found = kh.level_susceptibility(levels, position, 1.0, T, silica)
    assert found.rates == pytest.approx([expected], rel=1e-12)
    # the coupling of the preset is the deformation potential over half the distance of the wells
    assert deformation / 1.602176634e-19 == pytest.approx([1.04, 0.65], rel=5e-3)


def test_cut_off_ends_the_rates():
    energies, position = [0.0, 1.0, 4.0], np.ones((3, 3))
    low = kh.transition_rates(energies, position, 2.0, reduced_bath(cutoff=3.5))
    high = kh.transition_rates(energies, position, 2.0, reduced_bath())
    assert low[0, 2] == low[2, 0] == 0.0 and high[0, 2] > 0.0
    assert low[0, 1] == high[0, 1] and low[2, 1] == high[2, 1]


@settings(deadline=None, max_examples=40)
@given(st.floats(-1.0, 1.0), st.floats(0.02, 30.0))
def test_detailed_balance_and_stationarity(h, T):
    energies, position = well(h, 8)
    rates = kh.transition_rates(energies, position, T, reduced_bath())
    p = np.exp(-(energies - energies[0]) / T)
    p /= p.sum()
    flow = p[:, None] * rates
    np.testing.assert_allclose(flow, flow.T, rtol=1e-9, atol=1e-300)


@pytest.mark.parametrize("T", [0.05, 0.4, 3.0])
@pytest.mark.parametrize("h", [0.0, 0.15, 1.0])
def test_relaxation_against_the_master_equation(h, T):
    """(d/dt)δp = M(δp − β p(v_nn − ⟨v⟩)δh e^{−iωt}), solved as it stands."""
    bath = reduced_bath()
    energies, position = well(h)
    rates = kh.transition_rates(energies, position, T, bath)
    M = rates.T - np.diag(rates.sum(axis=1))
    p = np.exp(-(energies - energies[0]) / T)
    p /= p.sum()
    v = np.diag(position)
    force = p * (v - p @ v) / T
    omega = np.geomspace(1e-6, 10.0, 15)
    found = kh.level_susceptibility(energies, position, omega, T, bath)
    expected = [v @ np.linalg.solve(M + 1j * w * np.eye(p.size), M @ force) for w in omega]
    scale = abs(v**2 @ p - (v @ p) ** 2) / T
    np.testing.assert_allclose(found.relaxational, expected, rtol=1e-7, atol=1e-10 * scale)


def test_slow_rates_keep_their_digits():
    """Rates of tunnelling through a high barrier, 1e-20 of the others, against 60 digits."""
    energies, position = well(0.3, 8, 0.878, 10.0)
    position = position.copy()
    # Matrix elements between the wells that rounding would not show otherwise.
    for a, b in ((0, 1), (1, 2), (0, 3)):
        position[a, b] = position[b, a] = 1e-10
    T, bath = 0.35, reduced_bath()
    found = kh.level_susceptibility(energies, position, 1.0, T, bath)
    rates = kh.transition_rates(energies, position, T, bath)
    with mpmath.workdps(60):
        p = [mpmath.exp(-(mpmath.mpf(e) - mpmath.mpf(energies[0])) / mpmath.mpf(T)) for e in energies]
        n = len(p)
        up = [[mpmath.mpf(rates[i, j]) if i < j else p[j] / p[i] * 0 for j in range(n)] for i in range(n)]
        for i in range(n):
            for j in range(i):
                up[i][j] = up[j][i] * p[j] / p[i]
        S = mpmath.matrix(n)
        for i in range(n):
            S[i, i] = sum(up[i])
            for j in range(n):
                if i != j:
                    S[i, j] = -mpmath.sqrt(up[i][j] * up[j][i])
        exact = sorted(float(x) for x in mpmath.eigsy(S, eigvals_only=True))[1:]
    assert exact[0] < 1e-14 * exact[-1], "the test would not see a loss of digits"
    np.testing.assert_allclose(found.rates, exact, rtol=1e-7)


@pytest.mark.parametrize("T", [0.03, 0.3, 1.5])
@pytest.mark.parametrize("h", [0.0, 0.02, 0.4])
def test_static_limit_is_the_derivative_of_the_free_energy(h, T):
    """χ(0) = −∂²F/∂h² with F from the levels at other fields."""
    n = 40 if T > 1.0 else 24

    def free(field):
        energies, _ = well(field, n)
        return energies[0] - T * math.log(np.exp(-(energies - energies[0]) / T).sum())

    energies, position = well(h, n)
    found = kh.level_susceptibility(energies, position, 0.0, T, reduced_bath(), broadening=0.0)
    step = min(0.02, 0.012 * T)
    stencil = np.array([-1 / 560, 8 / 315, -1 / 5, 8 / 5, -205 / 72, 8 / 5, -1 / 5, 8 / 315, -1 / 560])
    second = sum(w * free(h + k * step) for w, k in zip(stencil, range(-4, 5), strict=True)) / step**2
    assert found.total.real == pytest.approx(-second, rel=1e-5)
    assert found.total.imag == 0.0
    # the relaxational part is the variance of the diagonal elements
    p = np.exp(-(energies - energies[0]) / T)
    p /= p.sum()
    v = np.diag(position)
    assert found.relaxational.real == pytest.approx((p @ v**2 - (p @ v) ** 2) / T, rel=1e-9, abs=1e-12)


def spectrum(T, broadening=0.02):
    energies, position = well(0.15, 8)
    bath = reduced_bath()
    found = kh.level_susceptibility(energies, position, 1.0, T, bath)
    slowest = found.rates[found.weights > 1e-12].min()

    def chi(omega):
        return kh.level_susceptibility(energies, position, omega, T, bath, broadening=broadening).total

    return chi, slowest


@pytest.mark.parametrize("T", [0.1, 0.8])
def test_sum_rules(T):
    """(2/π)∫χ″/ω dω = χ(0) (isothermal), and (2/π)∫ωχ″ dω = ħ²/m + what relaxation adds, Σ λ a²/T."""
    chi, slowest = spectrum(T)
    # An even spacing in ln ω: trapezoids converge exponentially for functions analytic there.
    u = np.linspace(math.log(1e-6 * slowest), math.log(1e7), 60001)
    omega = np.exp(u)
    part = chi(omega)
    step = u[1] - u[0]
    assert 2 / math.pi * part.imag.sum() * step == pytest.approx(chi(0.0).real, rel=1e-5)
    energies, position = well(0.15, 14)
    resonant = kh.level_susceptibility(energies, position, omega, T, reduced_bath(), broadening=0.02).resonant
    total = 2 / math.pi * (omega**2 * resonant.imag).sum() * step
    assert total == pytest.approx(2 * KINETIC, rel=2e-4 if T < 0.5 else 2e-3)


@pytest.mark.parametrize("T", [0.1, 0.8])
def test_kramers_kronig(T):
    """χ′(ω) is the principal value of (2/π)∫ω'χ″(ω')/(ω'² − ω²)dω'."""
    chi, slowest = spectrum(T)
    for omega in (3.0 * slowest, 0.05, 0.6, 1.3):

        def integrand(x, omega=omega):
            return x * chi(x).imag / (x + omega)

        near = quad(integrand, 0.5 * omega, 1.5 * omega, weight="cauchy", wvar=omega, limit=400, epsabs=1e-11)[0]
        u = np.linspace(math.log(1e-8 * min(slowest, omega)), math.log(0.5 * omega), 40001)
        x = np.exp(u)
        below = np.trapezoid(x * integrand(x) / (x - omega), u)
        u = np.linspace(math.log(1.5 * omega), math.log(1e6), 60001)
        x = np.exp(u)
        above = np.trapezoid(x * integrand(x) / (x - omega), u)
        assert 2 / math.pi * (below + near + above) == pytest.approx(chi(omega).real, rel=1e-4)


def test_line_width_is_half_the_rates_out_of_both_levels():
    bath = reduced_bath(0.8)
    position = np.array([[0.0, 0.7], [0.7, 0.1]])
    T = 0.4
    rates = kh.transition_rates([0.0, 1.0], position, T, bath)
    width = 0.5 * rates.sum()
    found = kh.level_susceptibility([0.0, 1.0], position, [1.0, 1.0 + width], T, bath).resonant.imag
    assert found[1] / found[0] == pytest.approx(0.5, rel=2 * width)
    assert found[0] == pytest.approx(0.49 * math.tanh(1 / (2 * T)) / width, rel=2 * width**2)


def test_extremes_are_quiet():
    """T → 0 and large T: nothing overflows; a frozen well has no relaxation."""
    T = np.array([0.0, 1e-300, 1e-12, 1e-3, 1.0, 1e6, 1e200])
    with np.errstate(all="raise", under="ignore"):
        for h in (0.0, 1e-9, 0.5):
            energies, position = well(h, 6)
            found = kh.level_susceptibility(energies, position, [[0.0], [1e-9], [1.0], [1e9]], T, reduced_bath())
            assert np.isfinite(found.total).all() and (found.total.imag >= -1e-15 * np.abs(found.total)).all()
        assert found.relaxational[:, :3].tolist() == np.zeros((4, 3)).tolist()
        energies, position = [0.0, 0.0, 1e-200, 1.0, 1e100], np.ones((5, 5))
        assert np.isfinite(kh.transition_rates(energies, position, 1e-3, reduced_bath())).all()


# The two-level limit


def tunnelling_ensemble(P, y_max=22.0, energies=None):
    """P(Δ, λ) = P, as chains in E for each u = Δ₀/E = 1/cosh y: P dΔ dΔ₀/Δ₀ = P dE dy."""
    E = np.geomspace(1e-7, 1e4, 900) if energies is None else energies
    nodes, weights = np.polynomial.legendre.leggauss(64)
    parts = []
    for y, w in zip(0.5 * y_max * (nodes + 1.0), 0.5 * y_max * weights, strict=True):
        u = 1.0 / math.cosh(y)
        position = np.broadcast_to([[math.tanh(y), u], [u, -math.tanh(y)]], (E.size, 2, 2))
        levels = np.stack([np.zeros(E.size), E], axis=1)
        parts.append((np.append(np.diff(E), 0.0), np.full(E.size, P * w), levels, E[:, None], position))
    width, density, levels, gaps, position = (np.concatenate(p) for p in zip(*parts, strict=True))
    return dynamics._Wells(width[:-1], density, levels, gaps, np.ascontiguousarray(position))


@pytest.fixture(scope="module")
def tunnelling():
    """Ensemble, bath and strengths C_s = P̄γ_s²/ρc_s² of the tunnelling model."""
    P = 0.03
    bath = reduced_bath(0.08)
    return tunnelling_ensemble(P), bath, P * bath.strengths, P


def test_resonant_absorption(tunnelling):
    """Q⁻¹ = πC tanh(ħω/2k_BT)."""
    wells, bath, _, P = tunnelling
    T = np.array([0.01, 0.1, 1.0])
    omega = np.array([0.003, 0.05, 2.0])
    found = dynamics._Response(wells, bath).evaluate(np.repeat(omega, 3), np.tile(T, 3))[0].imag
    expected = math.pi * P * np.tanh(np.repeat(omega, 3) / (2 * np.tile(T, 3)))
    np.testing.assert_allclose(found, expected, rtol=1e-3)


def test_plateau_of_internal_friction(tunnelling):
    """Q⁻¹ = (π/2)C while the fastest relaxation is fast beside ω, and ω is small beside T."""
    wells, bath, _, P = tunnelling
    T = np.geomspace(0.3, 30.0, 5)
    omega = 1e-13
    response = dynamics._Response(wells, bath)
    found = response.evaluate(np.full(5, omega), T)[1].imag
    np.testing.assert_allclose(found, 0.5 * math.pi * P, rtol=2e-3)


def test_relaxation_between_the_limits(tunnelling):
    """ωτ ≈ 1: the standard double integral over E and τ (dblquad)."""
    wells, bath, _, P = tunnelling
    T = 0.5
    golden = float(bath._rates[0].sum())
    omega = 0.3 * golden * (2 * T) ** 3
    found = dynamics._Response(wells, bath).evaluate(np.array([omega]), np.array([T]))[1][0]

    def integrand(y, E, power):
        rate = golden * E**3 / math.cosh(y) ** 2 / math.tanh(E / (2 * T))
        share = math.tanh(y) ** 2 / (4 * T * math.cosh(E / (2 * T)) ** 2) * 4.0
        return P * share * rate * (omega if power else rate) / (rate**2 + omega**2)

    # a_1² = p_0p_1(v_00 − v_11)² = (2 tanh y)²/(4 cosh²(E/2T))
    for power, value in ((1, found.imag), (0, found.real)):
        expected = dblquad(lambda y, E, power=power: integrand(y, E, power), 0.0, 30.0 * T, 0.0, 22.0, epsrel=1e-6)[0]
        assert value == pytest.approx(expected, rel=2e-3)


def test_sound_velocity_rises_with_the_logarithm_of_temperature(tunnelling):
    """Resonant: δc/c = C ln(T/T₀) for ħω ≪ k_BT."""
    wells, bath, _, P = tunnelling
    T = np.array([0.01, 0.1, 1.0])
    found = -0.5 * dynamics._Response(wells, bath).evaluate(np.full(3, 1e-5), T)[0].real
    np.testing.assert_allclose(np.diff(found), P * math.log(10.0), rtol=2e-3)


def test_kramers_kronig_of_sharp_lines(tunnelling):
    """χ′ of the resonant part at finite frequency, from πP tanh(E/2T): principal value by quad."""
    wells, bath, _, P = tunnelling
    T, omega, top = 0.3, 0.7, 1e4

    def integrand(E):
        return 2 * P * E * math.tanh(E / (2 * T)) / (E + omega)

    expected = quad(integrand, 0.0, 2.0, weight="cauchy", wvar=omega)[0]
    expected += quad(
        lambda u: math.exp(u) * integrand(math.exp(u)) / (math.exp(u) - omega), math.log(2.0), math.log(top)
    )[0]
    found = dynamics._Response(wells, bath).evaluate(np.array([omega]), np.array([T]))[0].real[0]
    assert found == pytest.approx(expected, rel=1e-3)


def test_conductivity_of_the_tunnelling_model(tunnelling):
    """κ = k_B³T²/(6πħ²) Σ g_s/(C_sc_s), resonant scattering alone."""
    wells, bath, strengths, _ = tunnelling
    response = dynamics._Response(wells, bath)
    response.modes = lambda theta: (np.zeros(0), np.zeros(0))
    T = np.array([0.02, 0.2])
    found = phonons.thermal_conductivity(
        T, response.branches(T, np.geomspace(3e-3, 60, 300), 0.0), bath.phonons
    ).conductivity
    expected = T**2 / (6 * math.pi) * (bath.phonons.degeneracies / (strengths * bath.phonons.velocities)).sum()
    np.testing.assert_allclose(found, expected, rtol=2e-3)


def test_radiating_lines():
    """One line whose energy sweeps a range, at T = 0: Im χ/(1 − iJχ) integrated by quad; coupling weak and strong."""
    levels = np.linspace(0.5, 1.5, 301)
    strength = 0.4 + 0.3 * levels
    position = np.zeros((301, 2, 2))
    position[:, 0, 1] = position[:, 1, 0] = np.sqrt(strength)
    energies = np.stack([0 * levels, levels], axis=1)
    wells = dynamics._Wells(np.diff(levels), 1 + levels, energies, levels[:, None], position)
    for coupling in (0.01, 1.0, 8.0):
        bath = reduced_bath(coupling)
        for omega in (0.1, 0.497, 0.75123, 1.2, 2.5):
            J = 0.5 * omega**3 * bath._rates[0].sum()

            def integrand(E, omega=omega, J=J):
                X = 2 * (0.4 + 0.3 * E) * E / (E**2 - omega**2)
                return (1 + E) * J * X**2 / (1 + J**2 * X**2)

            width = 2 * J
            points = [omega + k * width for k in (-30, -3, -1, 0, 1, 3, 30) if 0.5 < omega + k * width < 1.5]
            expected = quad(integrand, 0.5, 1.5, points=points or None, limit=500)[0]
            found = dynamics._Response(wells, bath, "radiative").evaluate(np.array([omega]), np.zeros(1))[0].imag[0]
            assert found == pytest.approx(expected, rel=3e-3), (coupling, omega)
            sharp = dynamics._Response(wells, bath).evaluate(np.array([omega]), np.zeros(1))[0].imag[0]
            inside = 0.5 < omega < 1.5
            assert sharp == pytest.approx(math.pi * (1 + omega) * (0.4 + 0.3 * omega) if inside else 0.0, rel=1e-4)
            if coupling == 0.01 and 0.6 < omega < 1.4:
                assert found == pytest.approx(sharp, rel=3e-3)


def test_a_radiating_oscillator_obeys_unitarity():
    """Σ_s over the polarisations of 1/ℓ_s·(area per mode): a resonant scatterer in one branch has σ = 4πc²/ω²·(1/g)."""
    c, omega = 1.3, 0.9
    bath = Bath(DebyePhonons((Branch(c, 1),), 0.7, debye_frequency=10.0), (0.5,))
    J = 0.5 * omega**3 * bath._rates[0].sum()
    # 1/ℓ = n σ at the maximum χ″ = 1/J, and the cross section of an isotropic scatterer is at most 4π/k².
    cross_section = (bath.strengths / c)[0] * omega / J
    assert cross_section == pytest.approx(4 * math.pi * (c / omega) ** 2, rel=1e-12)


# The ensemble


def test_absorption_against_a_histogram(state):
    """Strength of all transitions in windows of frequency, from 5500 fields without any interpolation."""
    T, n = 0.3, 8
    bath = reduced_bath()
    edges = np.concatenate([np.linspace(0.0, 1e-2, 501), np.geomspace(1e-2, 9.0, 5001)[1:]])
    h, width = 0.5 * (edges[1:] + edges[:-1]), np.diff(edges)
    found = quartic.levels(state.glass.potential(state.C, h), n, kinetic=KINETIC, matrix_elements=True)
    excitations = found.energies - found.energies[:, :1]
    p = np.exp(-excitations / T)
    p /= p.sum(axis=1, keepdims=True)
    lower, upper = np.triu_indices(n, 1)
    energy = excitations[:, upper] - excitations[:, lower]
    strength = found.position[:, lower, upper] ** 2 * (p[:, lower] - p[:, upper])
    strength *= 2 * (state.field_density(h) * width)[:, None]
    edges = np.array([0.1, 0.2, 0.6, 0.9, 1.1, 1.3])
    expected = math.pi * np.histogram(energy, edges, weights=strength)[0]
    # The window in h ends where the lines are at 1.68 or above.
    wells = dynamics._wells(state, n)
    response = dynamics._Response(wells, bath)
    for low, high, value in zip(edges[:-1], edges[1:], expected, strict=True):
        omega = np.linspace(low, high, 20001)[1:] - (high - low) / 40000
        chi = response.evaluate(omega, np.full(omega.size, T), real_part=False)[0].imag
        assert chi.mean() * (high - low) == pytest.approx(value, rel=1.5e-2), (low, high)


def test_ensemble_against_single_wells(state):
    """χ of the ensemble off resonance is the average of level_susceptibility over the fields."""
    bath = reduced_bath(0.1)
    T, omega = 0.2, 1e-6
    x, w = np.polynomial.legendre.leggauss(40)
    edges = np.concatenate([[0.0], np.geomspace(1e-6, state.field_range[1], 24)])
    total = 0.0
    for a, b in itertools.pairwise(edges):
        h = 0.5 * (a + b) + 0.5 * (b - a) * x
        found = quartic.levels(state.glass.potential(state.C, h), 12, kinetic=KINETIC, matrix_elements=True)
        parts = [
            kh.level_susceptibility(e, v, omega, T, bath, broadening=0.0).total
            for e, v in zip(found.energies, found.position, strict=True)
        ]
        total += 0.5 * (b - a) * w @ (2 * state.field_density(h) * np.array(parts))
    ours = kh.susceptibility(state, omega, T, bath, n_levels=12)
    assert ours.total.real == pytest.approx(total.real, rel=2e-3)
    assert ours.relaxational.imag == pytest.approx(total.imag, rel=5e-3)


def test_static_susceptibility_is_nearly_that_of_the_classical_state(state, silica):
    """χ(0) → C = ⟨∂⟨v⟩/∂h⟩ of the state at T = 0, but for zero-point motion; resonant and relaxational parts add up."""
    chi = kh.susceptibility(state, 0.0, [0.02, 0.2, 2.0], silica)
    static = chi.total.real * silica.energy_unit
    np.testing.assert_allclose(static, static[0], rtol=3e-3)
    assert abs(static[0] / state.C - 1.0) < 0.01
    # classical limit: the same ensemble of potentials with ħ → 0
    classical = dataclasses.replace(state, glass=Glass(4.0, hbar=0.1))
    smaller = kh.susceptibility(classical, 0.0, 0.2, silica, n_levels=24).total.real * silica.energy_unit
    assert abs(smaller / state.C - 1.0) < abs(static[0] / state.C - 1.0)


def test_static_sum_rule_of_the_ensemble(state):
    """(2/π)∫χ″/ω dω = χ′(0) of the resonant part, both from the sharp lines."""
    response = dynamics._Response(dynamics._wells(state, 12), reduced_bath())
    T = 0.25
    u = np.linspace(math.log(1e-6), math.log(12.0), 40001)
    omega = np.exp(u)
    theta = np.full(u.size, T)
    absorbed = response.evaluate(omega, theta, real_part=False)[0].imag.sum() * (u[1] - u[0]) * 2 / math.pi
    static = response.evaluate(np.zeros(1), theta[:1])[0].real[0]
    assert absorbed == pytest.approx(static, rel=3e-3)


def test_coarse_response_is_that_of_every_other_member(state, silica):
    """Its modes are taken from the fine mesh; computed anew they give the same."""
    wells = dynamics._wells(state, 12)
    e, theta = np.geomspace(1e-12, 3.0, 30), np.repeat([0.0, 0.004, 0.1], 10)
    shared = dynamics._Response(wells, silica).coarse().evaluate(e, theta)
    anew = dynamics._Response(wells.coarse(), silica).evaluate(e, theta)
    for ours, expected in zip(shared, anew, strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-9, atol=1e-18)
    assert np.abs(anew[1]).max() > 1e-3


@pytest.mark.parametrize("gamma", [4.0, 10.0])
def test_mesh_converges(gamma):
    """A mesh three times as fine changes χ by about what `error` says, here at most by three times as much.

    Below 1e-9 of χ(0) lie the matrix elements that rounding hides.
    """
    state = replica_symmetric(Glass(gamma))
    bath = kh.silica_bath(state)
    T = np.array([[0.3], [3.0], [15.0]])
    omega = np.array([1e3, 1e7, 1e11, 7e12])
    found = kh.susceptibility(state, omega, T, bath, n_levels=20)
    fine = dynamics._wells(state, 20, division=18, tolerance=0.05)
    e, theta = np.broadcast_arrays(omega / bath.frequency_unit, T / bath.temperature_unit)
    parts = dynamics._Response(fine, bath).evaluate(e.ravel(), theta.ravel())
    exact = ((parts[0] + parts[1]) / bath.energy_unit).reshape(e.shape)
    lost = 1e-9 * np.abs(exact).max()
    for name in ("real", "imag"):
        miss = np.abs(getattr(found.total - exact, name))
        assert (miss <= 3.0 * getattr(found.error, name) + 2e-3 * np.abs(getattr(exact, name)) + lost).all(), name
    assert (found.error.real < 0.02 * np.abs(found.total)).all()


def test_radiation_against_many_fields(state, silica):
    """Im χ/(1 − iJχ) summed over so many fields that lines within wells are resolved, without any rule for cells."""
    T, omega = 1.0, np.array([4e12, 9e12, 1e13, 1.3e13])
    n, theta = 8, T / silica.temperature_unit
    found = dynamics._Response(dynamics._wells(state, n), silica, "radiative")
    e = omega / silica.frequency_unit
    found = found.evaluate(e, np.full(4, theta))[0].imag
    fine = dynamics._wells(state, n, division=40, tolerance=0.02, depth=0.002)
    excitations = fine.excitations
    p = np.exp(-excitations / theta)
    p /= p.sum(axis=1, keepdims=True)
    lower, upper = np.triu_indices(n, 1)
    E = excitations[:, upper] - excitations[:, lower]
    strength = fine.position[:, lower, upper] ** 2 * (p[:, lower] - p[:, upper])
    for x, value in zip(e, found, strict=True):
        J = 0.5 * x**3 * silica._rates[0].sum()
        X = (2 * strength * E / (E**2 - x**2)).sum(axis=1)
        assert value == pytest.approx(fine.weights @ (J * X**2 / (1 + J**2 * X**2)), rel=2e-2)


def test_polarised_state():
    """A law of the field that is not even, isothermal χ from both signs of the field."""
    state = replica_symmetric(Glass(4.0, 1.5))
    assert not state.symmetric
    theta = 0.2
    positive = np.geomspace(1e-5, max(np.abs(state.field_range)), 700)
    h = np.concatenate([-positive[::-1], [0.0], positive])
    found = quartic.levels(state.glass.potential(state.C, h), 14, kinetic=KINETIC, matrix_elements=True)
    p = np.exp(-(found.energies - found.energies[:, :1]) / theta)
    p /= p.sum(axis=1, keepdims=True)
    v = np.diagonal(found.position, axis1=1, axis2=2)
    static = ((p * v**2).sum(axis=1) - (p * v).sum(axis=1) ** 2) / theta
    for n in range(13):
        for m in range(n + 1, 14):
            E = found.energies[:, m] - found.energies[:, n]
            static += 2 * found.position[:, n, m] ** 2 * p[:, n] * -np.expm1(-E / theta) / E
    expected = np.trapezoid(state.field_density(h) * static, h)
    chi = kh.susceptibility(state, 0.0, theta, reduced_bath(), n_levels=14).total
    assert chi.real == pytest.approx(expected, rel=2e-3) and chi.imag == 0.0


def test_units(state, silica):
    """The same bath in reduced units gives the same numbers."""
    solid, J = silica.phonons, silica.energy_unit
    length = 1e-9
    time = solid.hbar / J
    mass = J * time**2 / length**2
    reduced = Bath(
        DebyePhonons(
            tuple(Branch(b.velocity * time / length, b.degeneracy) for b in solid.branches),
            solid.density * length**3 / mass,
            number_density=solid.number_density * length**3,
        ),
        tuple(np.array(silica.couplings) / J),
        silica.coordinates * length**3,
    )
    T, omega = np.array([0.3, 5.0]), np.array([2e9, 3e12])
    one = kh.inverse_mean_free_path(state, omega, T, silica, n_levels=12)
    two = kh.inverse_mean_free_path(state, omega * time, T / silica.temperature_unit, reduced, n_levels=12)
    np.testing.assert_allclose(one.inverse * length, two.inverse, rtol=1e-9)
    one = kh.thermal_conductivity(state, T, silica, n_levels=12, other=100.0)
    two = kh.thermal_conductivity(state, T / silica.temperature_unit, reduced, n_levels=12, other=100.0 * length)
    np.testing.assert_allclose(one.conductivity / (solid.k_B / (time * length)), two.conductivity, rtol=1e-9)


def test_derived_quantities(state, silica):
    omega, T = np.array([[1e4], [1e12]]), np.array([0.5, 2.0, 8.0])
    chi = kh.susceptibility(state, omega, T, silica, n_levels=12)
    friction = kh.internal_friction(state, omega, T, silica, n_levels=12)
    path = kh.inverse_mean_free_path(state, omega, T, silica, n_levels=12)
    shift = kh.sound_velocity_shift(state, omega, T, silica, n_levels=12)
    for s, (branch, coupling) in enumerate(zip(silica.phonons.branches, silica.couplings, strict=True)):
        modulus = 2200.0 * branch.velocity**2
        expected = 2.2e28 * coupling**2 * chi.total / modulus
        np.testing.assert_allclose(friction.friction[s], expected.imag, rtol=1e-12)
        np.testing.assert_allclose(path.inverse[s], expected.imag * omega / branch.velocity, rtol=1e-12)
        np.testing.assert_allclose(shift.shift[s], -0.5 * expected.real, rtol=1e-12)
    debye = 3.33564e-30
    electric = kh.dielectric_response(state, omega, T, silica, 0.3 * debye, n_levels=12, host=3.8)
    expected = 2.2e28 * (0.3 * debye) ** 2 / (3 * 8.8541878128e-12) * chi.total
    np.testing.assert_allclose(electric.permittivity, expected, rtol=1e-9)
    np.testing.assert_allclose(electric.loss_tangent, expected.imag / (3.8 + expected.real), rtol=1e-9)


def test_conductivity_is_the_kinetic_formula(state, silica):
    """From a table of inverse_mean_free_path."""
    T = np.array([1.0, 6.0])
    omega = np.geomspace(1e8, 2e13, 3000)
    table = kh.inverse_mean_free_path(state, omega, T[:, None], silica, n_levels=12).inverse + 30.0
    expected = phonons.thermal_conductivity(T, table, silica.phonons, omega=omega, rtol=1e-3)
    found = kh.thermal_conductivity(state, T, silica, n_levels=12, other=30.0)
    np.testing.assert_allclose(found.conductivity, expected.conductivity, rtol=1e-2)


def test_zero_temperature(state, silica):
    """Nothing relaxes; lines from the lowest level remain."""
    chi = kh.susceptibility(state, [0.0, 1e9, 1e12], 0.0, silica)
    assert chi.relaxational.tolist() == [0.0] * 3
    assert chi.resonant[1].imag == pytest.approx(kh.susceptibility(state, 1e9, 1e-4, silica).resonant.imag, rel=1e-6)
    assert kh.thermal_conductivity(state, 0.0, silica).conductivity == 0.0


def test_levels_that_do_not_suffice(state, silica):
    with pytest.raises(ConvergenceError) as caught:
        kh.susceptibility(state, 1.0, 1000.0, silica, n_levels=4)
    assert caught.value.iterations == 4


@pytest.mark.parametrize(
    ("argument", "call"),
    [
        ("phonons", lambda s, b: Bath(1.0, (1.0,))),
        ("couplings", lambda s, b: Bath(b.phonons, (1.0,))),
        ("coordinates", lambda s, b: Bath(b.phonons, (1.0, 1.0), 0.0)),
        ("bath", lambda s, b: kh.susceptibility(s, 1.0, 1.0, None)),
        ("omega", lambda s, b: kh.susceptibility(s, -1.0, 1.0, b)),
        ("T", lambda s, b: kh.internal_friction(s, 1.0, -1.0, b)),
        ("T", lambda s, b: kh.inverse_mean_free_path(s, [1.0, 2.0], [1.0, 2.0, 3.0], b)),
        ("n_levels", lambda s, b: kh.susceptibility(s, 1.0, 1.0, b, n_levels=1)),
        ("lines", lambda s, b: kh.inverse_mean_free_path(s, 1.0, 1.0, b, lines="broad")),
        ("n_frequencies", lambda s, b: kh.thermal_conductivity(s, 1.0, b, n_frequencies=10)),
        ("lines", lambda s, b: kh.thermal_conductivity(s, 1.0, b, lines="broad")),
        ("dipole", lambda s, b: kh.dielectric_response(s, 1.0, 1.0, b, "one")),
        ("host", lambda s, b: kh.dielectric_response(s, 1.0, 1.0, b, 1.0, host=0.0)),
        ("state", lambda s, b: kh.susceptibility(replica_symmetric(Glass(0.4)), 1.0, 1.0, b)),
        ("state", lambda s, b: kh.silica_bath(replica_symmetric(Glass(0.4)))),
        ("deformation", lambda s, b: kh.silica_bath(s, deformation=(1.0,))),
        ("laboratory_glass_temperature", lambda s, b: kh.silica_bath(s, laboratory_glass_temperature=0.0)),
        ("energies", lambda s, b: kh.transition_rates([1.0, 0.0], np.ones((2, 2)), 1.0, b)),
        ("energies", lambda s, b: kh.level_susceptibility([[0.0, 1.0]], np.ones((1, 2, 2)), 1.0, 1.0, b)),
        ("position", lambda s, b: kh.transition_rates([0.0, 1.0], np.ones((3, 3)), 1.0, b)),
        ("broadening", lambda s, b: kh.level_susceptibility([0.0, 1.0], np.ones((2, 2)), 1.0, 1.0, b, broadening=-1.0)),
    ],
)
def test_bad_input_is_named(state, silica, argument, call):
    with pytest.raises(InputError) as caught:
        call(state, silica)
    assert caught.value.argument == argument


PROGRAM = """
import json
import numpy as np
from lowtglass.kuhn_horstmann import Bath, dynamics
from lowtglass.phonons import Branch, DebyePhonons
bath = Bath(DebyePhonons((Branch(1.7), Branch(1.0, 2)), debye_frequency=50.0), (0.3, 0.2))
h = np.linspace(0.1, 1.0, 6)
levels = np.stack([0 * h, h, 1 + 0.3 * h], axis=1)
position = np.einsum("i,jk->ijk", 1 / h, np.array([[2.0, 0.3, 0.1], [0.3, -2.0, 0.4], [0.1, 0.4, 0.5]]))
wells = dynamics._Wells(np.diff(h), np.ones(6), levels, np.diff(levels), position)
resonant, relaxational = dynamics._Response(wells, bath).evaluate(
    np.array([0.0, 1e-3, 0.31, 0.77, 1.1, 0.31]), np.array([0.2, 0.2, 0.2, 1.0, 0.0, 1.0]))
radiative, _ = dynamics._Response(wells, bath, "radiative").evaluate(
    np.array([0.0, 1e-3, 0.31, 0.77, 1.1, 0.31]), np.array([0.2, 0.2, 0.2, 1.0, 0.0, 1.0]))
print(json.dumps([radiative.imag.tolist(), resonant.real.tolist(), resonant.imag.tolist(), relaxational.real.tolist(),
                  relaxational.imag.tolist()]))
"""


def test_kernels_as_plain_python():
    answers = []
    for disable in ("1", "0"):
        environment = os.environ | {"NUMBA_DISABLE_JIT": disable}
        answer = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, env=environment)
        assert answer.returncode == 0, answer.stderr
        answers.append(json.loads(answer.stdout))
    for plain, compiled in zip(*answers, strict=True):
        assert plain == pytest.approx(compiled, rel=1e-9, abs=1e-12)
    assert max(answers[0][1]) > 0 and max(answers[0][3]) > 0
