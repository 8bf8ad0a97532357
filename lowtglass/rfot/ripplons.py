"""Vibrations of the domain walls: mass of the wall, shell with gas inside, spectrum of the ripplons (Sec. IV.B and C).

Reduced units of the package: ħ = k_B = 1, energies in ω_D, lengths in a. Where the paper eliminates the density by
T_g = ρc_s²a³(d_L/a)², the wall mass in units of T_g/c_s² and all frequencies are free of T_g.
"""

import math
from dataclasses import dataclass

import numpy as np

from .._validation import finite_array, integer, real
from ..errors import InputError
from ._arguments import check_mosaic
from .droplets import droplet
from .two_level import transition_state

__all__ = [
    "BarrierFrequency",
    "DomainWall",
    "ShellModes",
    "barrier_frequency",
    "domain_wall",
    "highest_order",
    "ripplon_frequencies",
    "shell_equation",
    "shell_modes",
    "terahertz",
]

_HBAR, _K_B = 1.054571817e-34, 1.380649e-23


@dataclass(frozen=True)
class DomainWall:
    """Mass and tension of the wall of a domain.

    Attributes
    ----------
    radius : float
        R/a = (ξ/a)(3/4π)^(1/3) of the sphere of volume ξ³.
    surface_tension : float
        σ(R) in units of ω_D/a².
    mass : float
        Mass M_w of the whole wall in units of the mass m of a bead, (ξ/a)²(d_L/a)²: the paper has m/3.
    mass_density : float
        Mass per area ρ_W in units of m/a², (d_L/a)².
    """

    radius: float
    surface_tension: float
    mass: float
    mass_density: float


@dataclass(frozen=True)
class BarrierFrequency:
    """Curvature at the top of the lowest tunnelling barrier, eq. (29).

    Attributes
    ----------
    frequency : float
        ω‡ in units of ω_D.
    ratio : float
        ω‡ in units of (a/ξ)ω_D: the paper has 1.6.
    crossover_temperature : float
        ω‡/2π, below which the wall tunnels, in units of ω_D.
    beads : float
        Beads N‡ at the top of the barrier.
    barrier : float
        Height V_max in units of ω_D.
    configurational_entropy : float
        s_c per bead that the time of the glass transition implies.
    """

    frequency: float
    ratio: float
    crossover_temperature: float
    beads: float
    barrier: float
    configurational_entropy: float


@dataclass(frozen=True)
class ShellModes:
    """Modes of a spherical shell with gas inside, the roots of eq. (30).

    Attributes
    ----------
    l : int
        Order of the spherical harmonic.
    frequencies : ndarray, shape (n,)
        Frequencies ω, ascending; the lowest belongs to the shell itself where the gas is light.
    arguments : ndarray, shape (n,)
        The same as z = ωR/c_g.
    empty_shell : float
        Frequency (31) of the shell without gas.
    added_mass : float
        Lowest frequency where the gas is incompressible, c_g → ∞: its mass ρ_gR/l per area moves with the shell.
    rigid_wall : ndarray, shape (n,)
        Frequencies of standing waves in a rigid sphere, j_l′(ωR/c_g) = 0, to which the others tend as ρ_g → 0.
    residual : ndarray, shape (n,)
        What is left of eq. (30), divided by the sum of the magnitudes of its terms.
    """

    l: int
    frequencies: np.ndarray
    arguments: np.ndarray
    empty_shell: float
    added_mass: float
    rigid_wall: np.ndarray
    residual: np.ndarray


def domain_wall(mosaic):
    """Mass and surface tension of the wall of a domain.

    σ(R) = ¾(T_g/a²) ln[(a/d_L)²/πe] (a/R)^(1/2) and ρ_W = (d_L/a)²ρa (Sec. IV.B and C of Lubchenko and Wolynes 2004).
    The text before eq. (29) has (d_L/a)² ≃ k_BT_g/ρc_s², where a³ is missing in the denominator.

    Parameters
    ----------
    mosaic : Mosaic
        The glass.

    Returns
    -------
    DomainWall

    Raises
    ------
    InputError
        If `mosaic` is none, or its Lindemann ratio is not below (πe)^(−1/2), where the tension vanishes.
    """
    logarithm = _tension(mosaic)
    radius = mosaic.xi * (3.0 / (4.0 * math.pi)) ** (1.0 / 3.0)
    tension = 0.75 * mosaic.T_g * logarithm / math.sqrt(radius)
    d = mosaic.lindemann**2
    return DomainWall(radius, tension, mosaic.xi**2 * d, d)


def barrier_frequency(mosaic):
    """Frequency ω‡ at the top of the tunnelling barrier, eq. (29) with the missing square root.

    The barrier is V(N) = γ√N − (2√2 − 1)T_gs_cN of eq. (12), with N = (4π/3)(r/a)³ and the wall mass
    M_w = (ξ/a)²T_g/c_s². With V ∝ r^(3/2) and r³ it is ω‡² = (9/2)V_max/(M_wr²).

    Parameters
    ----------
    mosaic : Mosaic
        The glass; `log_time` fixes s_c through F‡ = γ²/4T_gs_c = T_g ln(τ/τ₀).

    Returns
    -------
    BarrierFrequency

    Raises
    ------
    InputError
        If `mosaic` is none, or its Lindemann ratio is not below (πe)^(−1/2).
    """
    top = transition_state(mosaic)
    radius = (3.0 * top.size / (4.0 * math.pi)) ** (1.0 / 3.0)
    mass = mosaic.xi**2 * mosaic.T_g / mosaic.sound_velocity**2
    frequency = math.sqrt(4.5 * top.barrier / mass) / radius
    return BarrierFrequency(
        frequency,
        frequency * mosaic.xi,
        frequency / (2.0 * math.pi),
        top.size,
        top.barrier,
        droplet(mosaic).entropy,
    )


def highest_order(mosaic):
    """Highest order of the ripplons before rounding, π(3N*/4π)^(1/3)(R − a/2)/R.

    The paper prints 9–10; its sums over modes end at l = 9.

    Parameters
    ----------
    mosaic : Mosaic
        The glass; N* is its volume in beads.

    Returns
    -------
    float
        π(R/a − 1/2) with R of a sphere of N* beads.

    Raises
    ------
    InputError
        If `mosaic` is none.
    """
    check_mosaic(mosaic)
    return math.pi * ((3.0 * mosaic.volume / (4.0 * math.pi)) ** (1.0 / 3.0) - 0.5)


def ripplon_frequencies(mosaic, l_max=None, *, curvature_factor=9.0 / 8.0):
    """Frequencies of the ripplons l = 2, …, l_max of an empty shell, eqs. (31)–(33).

    ω_l² = f (σ/ρ_WR²)(l − 1)(l + 2) with f = 9/8, since σ(r) ∝ r^(−1/2) makes the pressure (3/2)σ/R ∝ R^(−3/2) and
    its variation with the curvature 9/4 in place of 2. The paper rounds to 1.34 ω_D(a/ξ)^(5/4)√((l − 1)(l + 2)/4).

    Parameters
    ----------
    mosaic : Mosaic
        The glass.
    l_max : int, optional
        Highest order, >= 2; by default the integer part of :func:`highest_order`.
    curvature_factor : float
        f > 0; 1 for a tension that does not depend on the curvature, eq. (31).

    Returns
    -------
    ndarray, shape (l_max - 1,)
        ω_l in units of ω_D; each is (2l + 1)-fold.

    Raises
    ------
    InputError
        If an argument is outside its range, or the Lindemann ratio is not below (πe)^(−1/2).
    """
    logarithm = _tension(mosaic)
    l_max = math.floor(highest_order(mosaic)) if l_max is None else integer("l_max", l_max, minimum=2, maximum=10000)
    factor = real("curvature_factor", curvature_factor, minimum=0.0, open_minimum=True)
    radius = mosaic.xi * (3.0 / (4.0 * math.pi)) ** (1.0 / 3.0)
    l = np.arange(2, l_max + 1)
    square = factor * 0.75 * logarithm * mosaic.sound_velocity**2 * radius**-2.5
    return np.sqrt(square * (l - 1) * (l + 2))


def shell_modes(l, n=4, *, surface_tension=1.0, wall_density=1.0, radius=1.0, gas_density=0.1, gas_velocity=1.0):
    """Frequencies of a spherical shell with gas inside, eq. (30).

    With z = ωR/c_g the equation reads −j_l(z)/(z j_l′(z)) = ρ_W/ρ_gR − (l − 1)(l + 2)σ/(ρ_gR(ωR)²). The left side falls
    between the zeros of j_l′ from +∞ to −∞ (the first time from −1/l), the right side grows, so that there is one root
    between neighbouring zeros.

    Parameters
    ----------
    l : int
        Order of the spherical harmonic, 2 to 50.
    n : int
        Roots wanted, 1 to 1000.
    surface_tension : float
        Surface tension σ > 0 of the shell.
    wall_density : float
        Mass per area ρ_W > 0 of the shell.
    radius : float
        Radius R > 0.
    gas_density : float
        Density ρ_g > 0 of the gas.
    gas_velocity : float
        Velocity of sound c_g > 0 of the gas.

    Returns
    -------
    ShellModes

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    from scipy.optimize import brentq
    from scipy.special import spherical_jn

    l, n = integer("l", l, minimum=2, maximum=50), integer("n", n, minimum=1, maximum=1000)
    mass, spring = _shell(l, surface_tension, wall_density, radius, gas_density, gas_velocity)

    def slope(z):
        return spherical_jn(l, z, derivative=True)

    def terms(z):
        # Far below the first zero j_l is a power that underflows; its logarithmic derivative is then a short series.
        if z < 0.05:
            shell, gas = l - z**2 / (2 * l + 3) - z**4 / ((2 * l + 3) ** 2 * (2 * l + 5)), 1.0
        else:
            shell, gas = z * slope(z), spherical_jn(l, z)
            scale = abs(shell) + abs(gas)
            shell, gas = shell / scale, gas / scale
        return shell * mass, -shell * spring / z**2, gas

    def equation(z):
        return sum(terms(z))

    # Zeros of j_l′ are more than 2 apart, and the first lies above √(l(l + 1)).
    grid = math.sqrt(l * (l + 1.0)) + 0.5 * np.arange(8 * n + 4 * l + 16)
    value = slope(grid)
    cells = np.nonzero(value[:-1] * value[1:] < 0)[0][:n]
    rigid = np.array([brentq(slope, grid[i], grid[i + 1], xtol=1e-13, rtol=1e-14) for i in cells])
    roots, residual = np.empty(n), np.empty(n)
    low = 0.5 * min(rigid[0], math.sqrt(spring / (mass + 1.0 / l)))
    for k in range(n):
        roots[k] = brentq(equation, low, rigid[k], xtol=1e-15 * low, rtol=1e-14)
        residual[k] = abs(equation(roots[k])) / sum(abs(term) for term in terms(roots[k]))
        low = rigid[k]
    unit = gas_velocity / radius
    return ShellModes(
        l,
        roots * unit,
        roots,
        math.sqrt(spring / mass) * unit,
        math.sqrt(spring / (mass + 1.0 / l)) * unit,
        rigid * unit,
        residual,
    )


def shell_equation(z, l, *, surface_tension=1.0, wall_density=1.0, radius=1.0, gas_density=0.1, gas_velocity=1.0):
    """Both sides of eq. (30) as functions of z = ωR/c_g (Fig. 13).

    Parameters
    ----------
    z : array_like
        Arguments > 0.
    l : int
        Order of the spherical harmonic, 2 to 50.
    surface_tension : float
        Surface tension σ > 0 of the shell.
    wall_density : float
        Mass per area ρ_W > 0 of the shell.
    radius : float
        Radius R > 0.
    gas_density : float
        Density ρ_g > 0 of the gas.
    gas_velocity : float
        Velocity of sound c_g > 0 of the gas.

    Returns
    -------
    left, right : ndarray
        cot α_l(z), which is infinite where j_l′(z) = 0, and ρ_W/ρ_gR − (l − 1)(l + 2)σ/(ρ_gR(ωR)²).

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    from scipy.special import spherical_jn

    z, l = finite_array("z", z, minimum=0.0, open_minimum=True), integer("l", l, minimum=2, maximum=50)
    mass, spring = _shell(l, surface_tension, wall_density, radius, gas_density, gas_velocity)
    with np.errstate(divide="ignore"):
        ratio = spherical_jn(l + 1, z) / spherical_jn(l, z)
        left = 1.0 / (-l + z * ratio)
    return left[()], (mass - spring / z**2)[()]


def terahertz(omega, debye_temperature=342.0):
    """Frequency ω/2π in THz: the paper has about 1 THz for the lowest ripplon of silica.

    Parameters
    ----------
    omega : array_like
        Frequencies in units of ω_D, >= 0.
    debye_temperature : float
        T_D in K, > 0; by default that of silica.

    Returns
    -------
    ndarray
        ωk_BT_D/(2πħ) in THz.

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    theta = real("debye_temperature", debye_temperature, minimum=0.0, open_minimum=True)
    unit = _K_B * theta / (2.0 * math.pi * _HBAR) * 1e-12
    return (finite_array("omega", omega, minimum=0.0) * unit)[()]


def _shell(l, surface_tension, wall_density, radius, gas_density, gas_velocity):
    """ρ_W/ρ_gR and (l − 1)(l + 2)σ/ρ_gRc_g² of checked numbers."""
    sigma, rho_w, R, rho_g, c_g = (
        real(name, value, minimum=0.0, open_minimum=True)
        for name, value in (
            ("surface_tension", surface_tension),
            ("wall_density", wall_density),
            ("radius", radius),
            ("gas_density", gas_density),
            ("gas_velocity", gas_velocity),
        )
    )
    return rho_w / (rho_g * R), (l - 1) * (l + 2) * sigma / (rho_g * R * c_g**2)


def _tension(mosaic):
    """ln[(a/d_L)²/πe]."""
    check_mosaic(mosaic)
    logarithm = -2.0 * math.log(mosaic.lindemann) - math.log(math.pi * math.e)
    if logarithm <= 0.0:
        raise InputError(
            "mosaic.lindemann", mosaic.lindemann, f"a finite number > 0 and < {1.0 / math.sqrt(math.pi * math.e):.6g}"
        )
    return logarithm
