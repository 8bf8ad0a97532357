"""Thermal conductivity with phonons scattered by the transitions of the domains (Sec. IV.E and F, Figs. 17–20)."""

import math
from dataclasses import dataclass

import numpy as np

from .. import phonons
from .._validation import finite_array, real, temperature
from ..errors import InputError
from ._arguments import broadcast, check_mosaic
from .level_densities import BroadenedLevels, DomainLevels
from .steepest_descent import SteepestDescent

__all__ = [
    "PlateauConductivity",
    "bare_ratio",
    "conductivity_unit",
    "mean_free_path",
    "scattering_rate",
    "thermal_conductivity",
    "uniform_conductivity",
]

_HBAR, _K_B = 1.054571817e-34, 1.380649e-23


@dataclass(frozen=True)
class PlateauConductivity:
    """Thermal conductivity of the mosaic.

    Attributes
    ----------
    T : ndarray
        Temperatures in units of ω_D.
    conductivity : ndarray
        κ in units of k_Bω_D/a.
    scaled : ndarray
        κ/K with K = k_B³T_D²/πħ²c_s, the vertical axis of Fig. 1; K = 1/πc_s in reduced units.
    error : ndarray
        Estimated absolute error of κ from the integral over frequencies.
    amplitude : float
        Ratio l/λ of a phonon that meets bare transitions only.
    n_nodes : int
        Frequencies of each integral.
    """

    T: np.ndarray
    conductivity: np.ndarray
    scaled: np.ndarray
    error: np.ndarray
    amplitude: float
    n_nodes: int


def bare_ratio(mosaic, *, orientation_average=False):
    """Ratio l/λ from (48) for ρ = 1/T_g, without ripplons and upper states.

    c_sτ/λ = ωτ/2π = (ξ/a)³/2π², since g²/ρc_s² = T_ga³. With the mean 1/3 over orientations, which (20) has and (48)
    has not, it is three times as large. Eq. (20) has 3(ξ/a)³/(2π² tanh ½), with the saturation at ħω = k_BT.

    Parameters
    ----------
    mosaic : Mosaic
        The glass.
    orientation_average : bool
        Include the 1/3.

    Returns
    -------
    float
        l/λ.

    Raises
    ------
    InputError
        If `mosaic` is none.
    """
    check_mosaic(mosaic)
    return (3.0 if orientation_average else 1.0) * mosaic.volume / (2.0 * math.pi**2)


def scattering_rate(omega, T, densities, *, amplitude="printed", excited="thermal"):
    """Rate 1/τ at which a phonon is absorbed, eq. (48) with the missing 1/ξ³.

    1/τ = ωπ(g²/ρc_s²ξ³)(ρ(ω) + ρ_exc(ω, T)) with g²/ρc_s² = T_ga³.

    Parameters
    ----------
    omega : array_like
        Frequencies of phonons in units of ω_D, > 0.
    T : array_like
        Temperatures >= 0; broadcast against `omega`.
    densities : DomainLevels, BroadenedLevels or SteepestDescent
        How the densities of transitions are computed.
    amplitude : {"printed", "averaged"} or float
        Strength of the scattering: (48) as printed, with the mean 1/3 over orientations, or such that l/λ is the given
        number > 0 where only bare transitions absorb.
    excited : {"thermal", "none"} or float
        ρ_exc from (43), none, or N_{αT}(ω) with the given α > 0 (Fig. 20).

    Returns
    -------
    ndarray
        1/τ in units of ω_D.

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    omega = finite_array("omega", omega, minimum=0.0, open_minimum=True)
    omega, T = (np.array(x) for x in broadcast(omega=omega, T=temperature("T", T)))
    densities = _densities(densities)
    strength = _strength(densities.spectrum.mosaic, amplitude)
    return (omega * strength * _total(omega, T, densities, _excited(excited)))[()]


def mean_free_path(omega, T, densities, *, amplitude="printed", excited="thermal"):
    """Mean free path c_sτ + λ of a phonon, with λ = 2πc_s/ω.

    Parameters
    ----------
    omega : array_like
        Frequencies of phonons in units of ω_D, > 0.
    T : array_like
        Temperatures >= 0; broadcast against `omega`.
    densities : DomainLevels, BroadenedLevels or SteepestDescent
        How the densities of transitions are computed.
    amplitude : {"printed", "averaged"} or float
        Strength of the scattering, as for :func:`scattering_rate`.
    excited : {"thermal", "none"} or float
        Transitions from upper states, as for :func:`scattering_rate`.

    Returns
    -------
    ndarray
        Mean free path in units of a.

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    rate = scattering_rate(omega, T, densities, amplitude=amplitude, excited=excited)
    c = densities.spectrum.mosaic.sound_velocity
    return (c / rate + 2.0 * math.pi * c / np.asarray(omega, dtype=float))[()]


def thermal_conductivity(T, densities, *, amplitude=150.0, excited="thermal", rtol=1e-4):
    """Thermal conductivity κ(T) = ⅓ΣC l c_s with l = c_sτ + λ (Figs. 19, 20).

    Parameters
    ----------
    T : array_like
        Temperatures in units of ω_D, 1e-5 to 3.
    densities : DomainLevels, BroadenedLevels or SteepestDescent
        How the densities of transitions are computed.
    amplitude : {"printed", "averaged"} or float
        Strength of the scattering, as for :func:`scattering_rate`; by default the empirical l/λ = 150 of the paper.
    excited : {"thermal", "none"} or float
        Transitions from upper states, as for :func:`scattering_rate`.
    rtol : float
        Relative error allowed to the integral over frequencies, 1e-10 to 1e-2.

    Returns
    -------
    PlateauConductivity

    Raises
    ------
    InputError
        If an argument is outside its range.
    ConvergenceError
        If the integral over frequencies does not converge.
    """
    T = finite_array("T", T, minimum=1e-5, maximum=3.0)
    rtol = real("rtol", rtol, minimum=1e-10, maximum=1e-2)
    densities = _densities(densities)
    mosaic = densities.spectrum.mosaic
    strength, kind = _strength(mosaic, amplitude), _excited(excited)
    c = mosaic.sound_velocity

    def inverse(omega, T):
        tau_omega = 1.0 / (strength * _total(omega, T, densities, kind))
        return omega / c / (tau_omega + 2.0 * math.pi)

    found = phonons.thermal_conductivity(T, inverse, _phonons(mosaic), rtol=rtol)
    return PlateauConductivity(
        found.T,
        found.conductivity,
        math.pi * c * found.conductivity,
        found.error,
        mosaic.T_g / (2.0 * math.pi * strength),
        found.n_nodes,
    )


def uniform_conductivity(T, ratio, mosaic, *, rtol=1e-8):
    """κ(T) with a mean free path that is a multiple of the wave length, l = ratio · λ (lines of Fig. 1).

    Parameters
    ----------
    T : array_like
        Temperatures in units of ω_D, > 0.
    ratio : float
        l/λ > 0; Fig. 1 has 150 and 1.
    mosaic : Mosaic
        The glass; only its velocity of sound enters.
    rtol : float
        Relative error allowed to the integral over frequencies, 1e-12 to 1e-2.

    Returns
    -------
    PlateauConductivity

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    T = temperature("T", T, zero=False)
    ratio = real("ratio", ratio, minimum=0.0, open_minimum=True)
    check_mosaic(mosaic)
    c = mosaic.sound_velocity
    found = phonons.thermal_conductivity(
        T, lambda omega, T: omega / (2.0 * math.pi * c * ratio), _phonons(mosaic), rtol=rtol
    )
    return PlateauConductivity(
        found.T, found.conductivity, math.pi * c * found.conductivity, found.error, ratio, found.n_nodes
    )


def conductivity_unit(debye_temperature=342.0, sound_velocity=4100.0):
    """Unit K = k_B³T_D²/πħ²c_s of Fig. 1, in W/(m K).

    The caption has one ħ too few.

    Parameters
    ----------
    debye_temperature : float
        T_D in K, > 0; by default that of silica.
    sound_velocity : float
        Velocity of sound in m/s, > 0; by default that of silica.

    Returns
    -------
    float
        K in W/(m K).

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    theta = real("debye_temperature", debye_temperature, minimum=0.0, open_minimum=True)
    c = real("sound_velocity", sound_velocity, minimum=0.0, open_minimum=True)
    return _K_B * (_K_B * theta / _HBAR) ** 2 / (math.pi * c)


def _densities(densities):
    if not isinstance(densities, (DomainLevels, BroadenedLevels, SteepestDescent)):
        raise InputError("densities", densities, "DomainLevels, BroadenedLevels or SteepestDescent")
    return densities


def _phonons(mosaic):
    """Three polarisations of the same velocity up to ω_D = 1."""
    return phonons.DebyePhonons((phonons.Branch(mosaic.sound_velocity, 3),), debye_frequency=1.0)


def _strength(mosaic, amplitude):
    """(1/τω)/(ρ + ρ_exc)."""
    printed = math.pi * mosaic.T_g / mosaic.volume
    if isinstance(amplitude, str):
        if amplitude not in ("printed", "averaged"):
            raise InputError("amplitude", amplitude, "'printed', 'averaged' or a finite number > 0")
        return printed if amplitude == "printed" else printed / 3.0
    return printed * bare_ratio(mosaic) / real("amplitude", amplitude, minimum=0.0, open_minimum=True)


def _excited(excited):
    if isinstance(excited, str):
        if excited not in ("thermal", "none"):
            raise InputError("excited", excited, "'thermal', 'none' or a finite number > 0")
        return excited
    return real("excited", excited, minimum=0.0, open_minimum=True)


def _total(omega, T, densities, excited):
    """ρ + ρ_exc."""
    total = densities.from_ground(omega)
    if excited == "none":
        return total + 0.0 * T
    if excited == "thermal":
        return total + densities.from_excited(omega, T)
    number = densities.cumulative(omega, excited * np.maximum(T, 1e-7))
    return total + (number.number if isinstance(densities, SteepestDescent) else number)
