"""Lubchenko and Wolynes 2004, Sec. III.A and III.B: two-level systems of the mosaic and their coupling to strain."""

import functools
import math

import numpy as np
from scipy import constants
from scipy.integrate import quad
from scipy.optimize import brentq

from .. import materials, phonons, rfot
from ..rfot import Mosaic
from . import Finding

__all__ = [
    "barrier_coefficient",
    "classical_crossover",
    "cohesion_energy",
    "conductivity_law",
    "coupling",
    "distribution_of_splittings",
    "domain_length",
    "extra_beads",
    "extra_layer",
    "factor_of_conductivity",
    "factor_of_ratio",
    "fraction_of_zero_barriers",
    "fraction_of_zero_barriers_gaussian",
    "ground_state_slope",
    "highest_barrier",
    "interaction_of_neighbours",
    "lindemann_strain",
    "linear_heat_capacity",
    "lowest_state_below",
    "mean_free_path",
    "mean_free_path_over_volume",
    "measured_strength",
    "phonon_wavelength",
    "quench_dependence",
    "resonant_size",
    "spectral_density_silica",
    "strain_silica",
    "surface_estimate",
    "transition_size",
]

_MOSAIC = Mosaic()
_EMPIRICAL = 150.0  # l/λ of Freeman and Anderson, as the paper quotes it


@functools.cache
def _silica():
    """Bead length a = (c_s/ω_D)(6π²)^(1/3) of footnote 5 in m, and the coupling in SI units."""
    solid = materials.SILICA
    debye = constants.k * solid.debye_temperature / constants.hbar
    a = solid.sound_velocity / debye * (6.0 * math.pi**2) ** (1.0 / 3.0)
    return a, rfot.strain_coupling(solid.density, solid.sound_velocity, a, constants.k * solid.glass_temperature)


def ground_state_slope():
    """T_g ∂ln Ω/∂E at the ground state of 300 beads, by differences."""
    energy, h = float(rfot.ground_state_energy(300.0, _MOSAIC)), 1e-4
    up, down = (float(rfot.log_density_of_states(energy + step, 300.0, _MOSAIC)) for step in (h, -h))
    return Finding(
        _MOSAIC.T_g * (up - down) / (2.0 * h),
        f"ln Ω at E_GS is {float(rfot.log_density_of_states(energy, 300.0, _MOSAIC)):.1g}; 300 beads.",
    )


def lowest_state_below():
    """Probability that the lowest state lies below E_GS, for levels of mean density e^{(E − E_GS)/T_g}/T_g."""
    below = quad(lambda energy: math.exp(energy), -60.0, 0.0, epsabs=1e-13)[0]
    return Finding(
        -math.expm1(-below),
        f"On average {below:.3f} levels lie below E_GS; their number is Poissonian.",
    )


def resonant_size():
    """Zero N₀ of E_GS(N) by a root search, in units of N* of the droplet."""
    size = rfot.droplet(_MOSAIC).size
    zero = brentq(lambda N: float(rfot.ground_state_energy(N, _MOSAIC)), 60.0, 1000.0, xtol=1e-10)
    return Finding(zero / size, f"N₀ = {zero:.2f}, N* = {size:.2f}.")


def transition_size():
    """N‡ of (12)."""
    return rfot.transition_state(_MOSAIC).size


def highest_barrier():
    """V_max/(T_g s_c) of (13)."""
    state = rfot.transition_state(_MOSAIC)
    return Finding(state.reduced_barrier, f"That is {state.barrier / _MOSAIC.T_g:.2f} T_g.")


def barrier_coefficient():
    """Coefficient of −s_c in (14)."""
    return rfot.transition_state(_MOSAIC).suppression


def fraction_of_zero_barriers():
    """Ω(V‡ = 0) of the exponential law (14)."""
    entropy = rfot.droplet(_MOSAIC).entropy
    return Finding(
        rfot.transition_state(_MOSAIC).zero_barrier_fraction,
        f"With 18 in place of 18.46 and s_c = {entropy:.3f} it would be {math.exp(-18.0 * entropy):.2g}.",
    )


def fraction_of_zero_barriers_gaussian():
    """Ω_N(V = 0) of the Gaussian (12) itself at N = N‡."""
    state = rfot.transition_state(_MOSAIC)
    return Finding(
        state.gaussian_fraction,
        f"The tangent (14) lies {state.zero_barrier_fraction / state.gaussian_fraction:.0f} times above it.",
    )


def extra_beads():
    """Loss of density when a domain must be larger by as many beads as make a path without barrier available."""
    state, found = rfot.transition_state(_MOSAIC), rfot.droplet(_MOSAIC)
    extra = state.suppression
    gaussian = -math.log(state.gaussian_fraction) / found.entropy
    return Finding(
        extra / (found.size + extra),
        f"{extra:.1f} beads more than {found.size:.0f}; with the Gaussian (12) {gaussian:.1f} beads and "
        f"{gaussian / (found.size + gaussian):.3f}.",
    )


def extra_layer():
    """Beads to be added over those of one layer around a sphere of N* beads."""
    extra, size = rfot.transition_state(_MOSAIC).suppression, rfot.droplet(_MOSAIC).size
    layer = (36.0 * math.pi) ** (1.0 / 3.0) * size ** (2.0 / 3.0)
    return Finding(extra / layer, f"{extra:.1f} beads, and {layer:.0f} in a layer of thickness a.")


def classical_crossover():
    """ħω‡/k_BT at the crossover, caption of Fig. 10 over 2π from e^{−2πV/ħω‡} = e^{−V/k_BT}."""
    return Finding(
        1.0 / (2.0 * math.pi) / (2.0 * math.pi),
        "The rate through a parabolic barrier, the square of (21), equals the activated one at T′ = ħω‡/2πk_B, which "
        "Sec. IV.B prints. Paths over the barrier are followed above T′, for ħω‡ < 2πk_BT.",
    )


def spectral_density_silica():
    """P̄ = 1/k_BT_gξ³ in 1/(J m³) with T_g = 1500 K and ξ = 20 Å."""
    density = 1.0 / (constants.k * materials.SILICA.glass_temperature * 20e-10**3)
    return Finding(density, f"With ξ = 5.8 · 3.5 Å it is {density * (20.0 / (5.8 * 3.5)) ** 3:.2g}.")


def linear_heat_capacity():
    """c₁ = π²P̄k_B²/6ρ of silica in µJ/(g K²), against the range of Stephens 1973."""
    c1 = math.pi**2 / 6.0 * spectral_density_silica().value * constants.k**2 / materials.SILICA.density
    found = c1 * 1e6 / 1e3  # J/(kg K²) to µJ/(g K²)
    return Finding(found, "Fourteen glasses have 0.7 to 5 µJ/(g K²).", holds=0.7 <= found <= 5.0)


def domain_length():
    """ξ/a from the size N*."""
    return rfot.droplet(_MOSAIC).length


def phonon_wavelength():
    """Wavelength 2πħc_s/k_BT of a phonon at 1 K in silica, in units of a = 3.5 Å."""
    wavelength = constants.h * materials.SILICA.sound_velocity / constants.k
    ratio = wavelength / 3.5e-10
    return Finding(ratio, f"{wavelength * 1e9:.0f} nm; without the 2π it is {ratio / (2.0 * math.pi):.0f} a.")


def cohesion_energy():
    """ρc_s²a³ of silica in eV."""
    a, found = _silica()
    return Finding(found.stiffness / constants.e, f"a = {a * 1e10:.2f} Å.")


def coupling():
    """g of (18) for silica in eV."""
    return _silica()[1].coupling / constants.e


def strain_silica():
    """Thermal strain of silica at T_g, footnote 5."""
    solid, (a, found) = materials.SILICA, _silica()
    velocity = solid.sound_velocity * (found.strain / 0.05) ** 0.4
    return Finding(
        found.strain,
        f"a = {a * 1e10:.2f} Å from c_s = {solid.sound_velocity:.0f} m/s and T_D = {solid.debye_temperature:.0f} K. "
        f"As a ∝ c_s, the strain goes as c_s^(−5/2), and 0.05 would need {velocity:.0f} m/s.",
    )


def lindemann_strain():
    """The thermal strain of silica at T_g, in units of the Lindemann ratio 1/10."""
    return _silica()[1].strain / _MOSAIC.lindemann


def surface_estimate():
    """g from the surface integral over that of (18), for random displacements (a/ξ)d_L of all beads of the surface."""
    surface = (36.0 * math.pi) ** (1.0 / 3.0)
    return Finding(
        0.5 * math.sqrt(surface / 3.0),
        "½(36π)^(1/6)/√3: the paper's own count, N*^(2/3) beads and no projection on the normal, gives 1/2.",
    )


def distribution_of_splittings():
    """Mean free path for Δ = E over that for P(Δ) ∝ 1/Δ at equal P̄."""
    weight = quad(math.sin, 0.0, 0.5 * math.pi, epsabs=1e-13)[0]
    return Finding(weight, "∫u du/√(1 − u²) over u = Δ/E from 0 to 1.")


def mean_free_path():
    """l/λ of (20) at ħω = k_BT."""
    value, size = float(rfot.mean_free_path_ratio(_MOSAIC)), rfot.droplet(_MOSAIC).size
    one = value / _MOSAIC.volume
    return Finding(
        value,
        f"(ξ/a)³ = {_MOSAIC.volume:.0f}; with 5.8³ it is {5.8**3 * one:.1f}, with N* = {size:.0f} it is "
        f"{size * one:.1f}, which would round to 60.",
    )


def mean_free_path_over_volume():
    """l/λ over (ξ/a)³."""
    return float(rfot.mean_free_path_ratio(_MOSAIC)) / _MOSAIC.volume


def factor_of_ratio():
    """150 over l/λ of (20) at ħω = k_BT."""
    return _EMPIRICAL / float(rfot.mean_free_path_ratio(_MOSAIC))


def factor_of_conductivity():
    """Conductivity for l/λ = 150 over that of (19), by the kinetic formula at 10⁻³ T_D."""
    solid = phonons.DebyePhonons((phonons.Branch(_MOSAIC.sound_velocity, 3),), debye_frequency=1.0)
    wave = 2.0 * math.pi * _MOSAIC.sound_velocity

    def ours(omega, T):
        return rfot.resonant_inverse_mean_free_path(omega, T, _MOSAIC)

    def constant(omega, T):
        return omega / (_EMPIRICAL * wave)

    T = np.array([1e-3])
    kappa = phonons.thermal_conductivity(T, ours, solid).conductivity[0]
    line = phonons.thermal_conductivity(T, constant, solid).conductivity[0]
    return Finding(line / kappa, f"The constant ratio that conducts as (19) does is {_EMPIRICAL * kappa / line:.1f}.")


def conductivity_law():
    """Local exponent of κ(T) from (19) at 10⁻³ T_D."""
    solid = phonons.DebyePhonons((phonons.Branch(_MOSAIC.sound_velocity, 3),), debye_frequency=1.0)
    T = 1e-3 * np.array([0.9, 1.1])

    def inverse(omega, T):
        return rfot.resonant_inverse_mean_free_path(omega, T, _MOSAIC)

    low, high = phonons.thermal_conductivity(T, inverse, solid).conductivity
    return math.log(high / low) / math.log(1.1 / 0.9)


def quench_dependence():
    """Relative change of l/λ ∝ N* when the glass is made ten times more slowly."""
    slower = Mosaic(log_time=_MOSAIC.log_time + math.log(10.0))
    ratio = rfot.droplet(slower).size / rfot.droplet(_MOSAIC).size
    faster = rfot.droplet(Mosaic(log_time=15.0 * math.log(10.0))).size
    return Finding(
        ratio - 1.0,
        f"N* ∝ ln²(τ/τ₀): {rfot.droplet(_MOSAIC).size:.0f} for 10¹⁷, {faster:.0f} for 10¹⁵.",
    )


def interaction_of_neighbours():
    """Coupling of neighbouring domains over the width T_g of their energies."""
    return 1.0 / _MOSAIC.volume


def measured_strength():
    """P̄g²/ρc_s² that gives the conductivity of l/λ = 150, with the 1/3 of (20)."""
    volume = _EMPIRICAL / float(rfot.mean_free_path_ratio(_MOSAIC, None)) * _MOSAIC.volume
    return Finding(
        1.0 / volume,
        f"Without the 1/3 it is {1.0 / (3.0 * volume):.1e}; Carruzzo and Yu 2020 quote 3·10⁻⁴. (a/ξ)³ is "
        f"{1.0 / _MOSAIC.volume:.3f}.",
    )
