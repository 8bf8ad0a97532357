"""Elastic scattering by ripplons (App. A) and the end of the coupling at short wave lengths (App. B, Fig. 24)."""

import math
from dataclasses import dataclass

import numpy as np

from .._validation import finite_array, real
from ..errors import InputError
from ._arguments import check_mosaic
from .ripplons import domain_wall, ripplon_frequencies

__all__ = [
    "Crossover",
    "RayleighScattering",
    "cutoff_frequency",
    "gradient_reduction",
    "quadratic_crossover",
    "rayleigh_scattering",
    "sphere_argument",
]


@dataclass(frozen=True)
class RayleighScattering:
    """Elastic scattering of phonons by the vibrations of domain walls.

    Attributes
    ----------
    omega : ndarray
        Frequencies in units of ω_D.
    rate : ndarray
        1/τ of eq. (A12) in units of ω_D. It is defined by ω² + 2iω/τ = c_s²k², so that the amplitude of a phonon decays
        with 1/τ and its energy with 2/τ.
    ratio : ndarray
        l/λ = ωτ/2π with l = c_sτ, as the paper takes it.
    orders : ndarray
        Share of each order l in the rate, shape (n_l, ...).
    """

    omega: np.ndarray
    rate: np.ndarray
    ratio: np.ndarray
    orders: np.ndarray

    @property
    def energy_ratio(self):
        """l/λ of the energy, with l = c_sτ/2: half of `ratio`."""
        return 0.5 * self.ratio


@dataclass(frozen=True)
class Crossover:
    """Frequency at which the quadratic coupling of App. B equals the linear one.

    Attributes
    ----------
    consistent : float
        4(a/ξ)^(3/2)/(6π²)^(1/3), with the displacement (a/ξ)d_L at the edge from which g follows in Sec. III.B.
    edge_d_L : float
        4(a/ξ)^(1/2)/(6π²)^(1/3), with a displacement d_L at the edge; this is the printed 0.4.
    printed : float
        4(a/ξ)^(1/2)/(6π²)^(1/2), the formula as it is printed.
    """

    consistent: float
    edge_d_L: float
    printed: float


def rayleigh_scattering(omega, T, mosaic, *, D=30.0, l_max=None, resonant=None, tension="printed", walls=None):
    """Rate of elastic scattering by ripplons, eq. (A12).

    1/τ = n(σ/ρ)Σπ²[2 + l(l + 1)](2l + 1)j_l²(kR)P_l(ω), with n active walls per volume, T/T_gξ³ in the paper, and P_l
    normal around ω_l with the relative width 1/2√D. The factor 9/8 is part of σ.

    Parameters
    ----------
    omega : array_like
        Frequencies of phonons in units of ω_D, > 0.
    T : float
        Temperature in units of ω_D, > 0.
    mosaic : Mosaic
        The glass.
    D : float
        Fragility, > 0.
    l_max : int, optional
        Highest order, >= 2; by default the integer part of :func:`highest_order`.
    resonant : int, optional
        Take this order alone, and its frequency equal to that of the phonon, as the paper's estimate does for l = 2.
    tension : {"printed", "balanced"}
        2 + l(l + 1), which follows from the potential (A3), or l(l + 1) − 2, which belongs to the equation of motion
        (A1) and makes (A8) its resonance. Varying (A3) does not give (A1): the sign of the 2 differs, because the work
        of the pressure is missing in (A3).
    walls : float, optional
        Active walls per domain nξ³, > 0; by default T/T_g. Where the ripplons of Sec. IV.C are counted, it is 1.

    Returns
    -------
    RayleighScattering

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    from scipy.special import spherical_jn

    check_mosaic(mosaic)
    omega = finite_array("omega", omega, minimum=0.0, open_minimum=True)
    T, D = real("T", T, minimum=0.0, open_minimum=True), real("D", D, minimum=0.0, open_minimum=True)
    walls = T / mosaic.T_g if walls is None else real("walls", walls, minimum=0.0, open_minimum=True)
    if tension not in ("printed", "balanced"):
        raise InputError("tension", tension, "'printed' or 'balanced'")
    frequencies = ripplon_frequencies(mosaic, l_max)
    l = np.arange(2, frequencies.size + 2)
    if resonant is not None and (isinstance(resonant, bool) or resonant not in l):
        raise InputError("resonant", resonant, f"an order from 2 to {l[-1]}, or None")
    wall = domain_wall(mosaic)
    density = mosaic.T_g / (mosaic.sound_velocity * mosaic.lindemann) ** 2
    number = walls / mosaic.volume
    orders = np.zeros((l.size, *omega.shape))
    for k, order in enumerate(l):
        if resonant is not None and order != resonant:
            continue
        centre = omega if resonant is not None else frequencies[k]
        width = centre / (2.0 * math.sqrt(D))
        line = np.exp(-0.5 * ((omega - centre) / width) ** 2) / (math.sqrt(2.0 * math.pi) * width)
        stiffness = order * (order + 1) + (2 if tension == "printed" else -2)
        bessel = spherical_jn(order, sphere_argument(omega, mosaic)) ** 2
        orders[k] = (
            number * 1.125 * wall.surface_tension / density * math.pi**2 * stiffness * (2 * order + 1) * bessel * line
        )
    rate = orders.sum(axis=0)
    with np.errstate(divide="ignore"):
        ratio = omega / (2.0 * math.pi * rate)
    return RayleighScattering(omega[()], rate[()], ratio[()], orders)


def sphere_argument(omega, mosaic):
    """kR = ωR/c_s of a phonon at a domain; the paper has ω/(0.4(a/ξ)ω_D).

    Parameters
    ----------
    omega : array_like
        Frequencies in units of ω_D, >= 0.
    mosaic : Mosaic
        The glass.

    Returns
    -------
    ndarray
        kR with R = ξ(3/4π)^(1/3).

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    check_mosaic(mosaic)
    radius = mosaic.xi * (3.0 / (4.0 * math.pi)) ** (1.0 / 3.0)
    return (finite_array("omega", omega, minimum=0.0) * radius / mosaic.sound_velocity)[()]


def gradient_reduction(x):
    """Reduction of the gradient of a short wave over a domain, (j₁′(x))² with x = kR (Fig. 24); 1/9 at x = 0.

    Parameters
    ----------
    x : array_like
        Arguments >= 0.

    Returns
    -------
    ndarray
        (dj₁/dx)².

    Raises
    ------
    InputError
        If `x` is outside its range.
    """
    from scipy.special import spherical_jn

    return (spherical_jn(1, finite_array("x", x, minimum=0.0), derivative=True) ** 2)[()]


def cutoff_frequency(argument=6.0):
    """Cut-off ω_c at kR = `argument`, in units of (a/ξ)ω_D: the paper has 2.5 for kR = 6.

    Parameters
    ----------
    argument : float
        kR > 0.

    Returns
    -------
    float
        kR (4π/3)^(1/3)/(6π²)^(1/3).

    Raises
    ------
    InputError
        If `argument` is outside its range.
    """
    x = real("argument", argument, minimum=0.0, open_minimum=True)
    return x * (4.0 * math.pi / 3.0 / (6.0 * math.pi**2)) ** (1.0 / 3.0)


def quadratic_crossover(mosaic):
    """Frequency at which the volume term of (B2) equals the surface term.

    The volume term is ¼√N* a³d_Lk and the surface term a²N*^(1/3) times the displacement at the edge. With (a/ξ)d_L
    there, as in the estimate of g, they meet at ω = 4(a/ξ)^(3/2)ω_D/(6π²)^(1/3). The printed ω_D√(a/ξ) 4/(6π²)^(1/2) ≃
    0.4ω_D takes d_L at the edge, and its number needs the exponent 1/3 in the denominator.

    Parameters
    ----------
    mosaic : Mosaic
        The glass.

    Returns
    -------
    Crossover

    Raises
    ------
    InputError
        If `mosaic` is none.
    """
    check_mosaic(mosaic)
    c = mosaic.sound_velocity
    return Crossover(
        4.0 * c * mosaic.xi**-1.5, 4.0 * c * mosaic.xi**-0.5, 4.0 * mosaic.xi**-0.5 / math.sqrt(6.0 * math.pi**2)
    )
