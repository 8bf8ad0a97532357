r"""Attraction between tunnelling centres by phonons and the thermal expansion it makes (Sec. VI, eqs. (70)–(82)).

Two centres at the distance r couple by J = (3/4π)T_g(a/r)³[ĝ₁·ĝ₂ − 3(ĝ₁·r̂)(ĝ₂·r̂)]. The mean square over orientations
and the integral over distances beyond R = ξ(3/4π)^(1/3) give (2/3)T_g²(a/ξ)⁶/ξ³ times the product of two numbers per
domain. The free energy per volume is then −A(T)(1 − 2δV/V) + K(δV/V)²/2, so that δV/V = −2A/K.

The sums Σ_ij of the paper are taken over ordered pairs. Each pair of equal partners has then been counted twice; with
``pairs="once"`` it is counted once. A ripplon and a two-level transition are different partners, and both orders count.
"""

import math
from dataclasses import dataclass

import numpy as np

from .._validation import finite_array, integer, real, temperature
from ..errors import InputError
from ..numerics import gauss_legendre
from ._arguments import broadcast, check_mosaic
from .ripplons import highest_order, ripplon_frequencies

__all__ = [
    "Attraction",
    "ModeSums",
    "OrientationAverage",
    "PrintedExpansion",
    "attraction",
    "breakdown_temperature",
    "direct_coupling_bound",
    "expansion_coefficient",
    "gruneisen_parameter",
    "mode_sums",
    "orientation_average",
    "pair_attraction",
    "printed_expansion",
    "thermally_active",
    "transition_transition_integral",
]

_HBAR, _K_B = 1.054571817e-34, 1.380649e-23
_EULER = 0.5772156649015329


@dataclass(frozen=True)
class OrientationAverage:
    """Mean square of the angular factor of the dipolar coupling.

    Attributes
    ----------
    mean_square : float
        ⟨[ĝ₁·ĝ₂ − 3(ĝ₁·r̂)(ĝ₂·r̂)]²⟩ = 2/3.
    sampled : float or None
        The same by Monte Carlo.
    standard_error : float or None
        Its standard error.
    coupling : float
        ⟨J²⟩(r/a)⁶/T_g² = (2/3)(3/4π)².
    """

    mean_square: float
    sampled: float | None
    standard_error: float | None
    coupling: float


@dataclass(frozen=True)
class ModeSums:
    """Sums over the ripplons of a domain, directly and as the paper estimates them.

    Attributes
    ----------
    pairs : float
        ΣΣ(2l + 1)(2l′ + 1)/(ω_l + ω_l′) over l, l′ = 2, …, l_max, in units of 1/ω_D.
    pairs_printed : float
        1.5(3/4π)π³(ξ/a)^(5/4)(ξ/a)³, the estimate before eq. (75).
    pairs_continuum : float
        The same with the coefficient that follows from ω_l = 0.67(a/ξ)^(5/4)l and integrals from 0 to π(3/4π)^(1/3)ξ/a,
        in place of 1.5: (16/3)(1 − ln 2)/1.34.
    singles : float
        T_gΣ(2l + 1)∫n(ε)dε/(ω_l + ε) = Σ(2l + 1)e^(ω_l/T_g)E₁(ω_l/T_g).
    singles_logarithm : float
        The two leading orders of it, Σ(2l + 1)[ln(T_g/ω_l) − γ_E].
    singles_printed : float
        What the printed δF_rT implies, 0.5(ξ/a)² ln[2(T_g/ω_D)(ξ/a)^(1/4)]/(⅔ ln 2).
    singles_continuum : float
        The integral from 0 to L = π(3/4π)^(1/3)ξ/a of the two leading orders, L²{ln[(T_g/ω_D)(ξ/a)^(5/4)/0.67L] + ½ −
        γ_E}.
    """

    pairs: float
    pairs_printed: float
    pairs_continuum: float
    singles: float
    singles_logarithm: float
    singles_printed: float
    singles_continuum: float


@dataclass(frozen=True)
class Attraction:
    """Strength of the attraction per volume, −δF/V at fixed volume, in units of ω_D/a³.

    Attributes
    ----------
    T : ndarray
        Temperatures in units of ω_D.
    ripplon_ripplon : ndarray
        A_rr of eqs. (73), (74).
    ripplon_transition : ndarray
        A_rT of eqs. (77), (78).
    transition_transition : ndarray
        A_TT of eq. (81).
    total : ndarray
        Their sum.
    """

    T: np.ndarray
    ripplon_ripplon: np.ndarray
    ripplon_transition: np.ndarray
    transition_transition: np.ndarray
    total: np.ndarray


@dataclass(frozen=True)
class PrintedExpansion:
    """The printed estimates of Sec. VI.

    Attributes
    ----------
    gruneisen_rr : float
        Eq. (76); the paper has −3 for silica.
    gruneisen_rT : float
        Eq. (80).
    linear_rr, linear_rT : float
        Linear expansion coefficients in 1/K from eqs. (75), (79); the paper has −0.4·10⁻⁹/K for the first at 1 K.
    ratio : float
        Eq. (79) over eq. (75); the paper has 1.2 at 1 K.
    breakdown : float
        T/T_g at which δF_rT equals the free energy of the transitions; the paper has 10⁻³.
    interaction_heat_capacity : float
        10(a/ξ)⁵(d_L/a)², the share of the interaction in the heat capacity; the paper has 10⁻⁴ to 10⁻⁵.
    """

    gruneisen_rr: float
    gruneisen_rT: float
    linear_rr: float
    linear_rT: float
    ratio: float
    breakdown: float
    interaction_heat_capacity: float


def orientation_average(samples=0, *, rng=None):
    """Mean square of the dipolar coupling (70) over the orientations of ĝ₁, ĝ₂ and r̂.

    With M = 1 − 3r̂r̂ᵀ it is tr(MᵀM)/9 = 2/3.

    Parameters
    ----------
    samples : int
        Monte Carlo samples, 0 for none, otherwise 100 to 10 million.
    rng : numpy.random.Generator or int, optional
        Generator or seed of the samples.

    Returns
    -------
    OrientationAverage

    Raises
    ------
    InputError
        If `samples` is outside its range.
    """
    samples = integer("samples", samples, minimum=0, maximum=10_000_000)
    exact = 2.0 / 3.0
    sampled = error = None
    if samples:
        if samples < 100:
            raise InputError("samples", samples, "0, or an integer >= 100")
        vectors = np.random.default_rng(rng).standard_normal((3, samples, 3))
        g1, g2, r = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
        factor = (np.sum(g1 * g2, axis=1) - 3.0 * np.sum(g1 * r, axis=1) * np.sum(g2 * r, axis=1)) ** 2
        sampled, error = float(factor.mean()), float(factor.std(ddof=1) / math.sqrt(samples))
    return OrientationAverage(exact, sampled, error, exact * (3.0 / (4.0 * math.pi)) ** 2)


def pair_attraction(T, omega_i, omega_j, epsilon_i=0.0, epsilon_j=0.0, *, kind="ripplons"):
    r"""Lowering of the free energy of two centres per J², eqs. (73) and (77).

    ``kind="ripplons"`` is (73). It contains the flip-flop 3₁2₂ → 2₁3₂ of eq. (72) and also 2₁2₂ → 3₁3₂, which (72)
    does not show; without the latter the attraction would vanish at low temperature and (74) would not follow.
    ``kind="mixed"`` is (77), a ripplon `omega_i` and a transition `epsilon_j`.

    Parameters
    ----------
    T : array_like
        Temperatures in units of ω_D, > 0.
    omega_i, omega_j : array_like
        Frequencies of the ripplons, > 0; the second one is not used by "mixed".
    epsilon_i, epsilon_j : array_like
        Energies of the transitions, >= 0; all broadcast.
    kind : {"ripplons", "mixed"}
        Which of the two.

    Returns
    -------
    ndarray
        −δF/J² in units of 1/ω_D.

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    T = temperature("T", T, zero=False)
    omega_i = finite_array("omega_i", omega_i, minimum=0.0, open_minimum=True)
    omega_j = finite_array("omega_j", omega_j, minimum=0.0, open_minimum=True)
    epsilon_i = finite_array("epsilon_i", epsilon_i, minimum=0.0)
    epsilon_j = finite_array("epsilon_j", epsilon_j, minimum=0.0)
    if kind not in ("ripplons", "mixed"):
        raise InputError("kind", kind, "'ripplons' or 'mixed'")
    T, omega_i, omega_j, epsilon_i, epsilon_j = broadcast(
        T=T, omega_i=omega_i, omega_j=omega_j, epsilon_i=epsilon_i, epsilon_j=epsilon_j
    )
    active_i = _occupation(epsilon_i, omega_i, T)
    if kind == "mixed":
        return (active_i * _exchange(omega_i, epsilon_j, T))[()]
    return (active_i * _occupation(epsilon_j, omega_j, T) * _exchange(omega_i, omega_j, T))[()]


def thermally_active(T, mosaic):
    """Thermally active transitions per domain, ∫n(ε)dε/(1 + e^(ε/T)) over ε > 0: (T/T_g) ln 2 at low temperature.

    The paper prints 1 + βε in the denominator of one sum and 1 + e^(βε) in the text.

    Parameters
    ----------
    T : array_like
        Temperatures in units of ω_D, > 0.
    mosaic : Mosaic
        The glass.

    Returns
    -------
    ndarray
        Number per domain.

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    check_mosaic(mosaic)
    T = temperature("T", T, zero=False)
    return _active(T, mosaic.T_g, np.zeros(()))[()]


def mode_sums(mosaic, *, l_max=None):
    """Sums over the ripplons that enter the attraction, directly and by the continuum estimates of Sec. VI.

    Parameters
    ----------
    mosaic : Mosaic
        The glass.
    l_max : int, optional
        Highest order, >= 2; by default 9 for the paper's domain.

    Returns
    -------
    ModeSums

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    from scipy.special import exp1

    check_mosaic(mosaic)
    l_max = math.floor(highest_order(mosaic)) if l_max is None else integer("l_max", l_max, minimum=2, maximum=1000)
    omega = ripplon_frequencies(mosaic, l_max)
    weight = 2.0 * np.arange(2, l_max + 1) + 1.0
    xi, T_g = mosaic.xi, mosaic.T_g
    end = math.pi * (3.0 / (4.0 * math.pi)) ** (1.0 / 3.0) * xi
    scale = end**3 * xi**1.25
    return ModeSums(
        float(weight @ (1.0 / (omega[:, None] + omega)) @ weight),
        1.5 * scale,
        16.0 / 3.0 * (1.0 - math.log(2.0)) / 1.34 * scale,
        float(weight @ (np.exp(omega / T_g) * exp1(omega / T_g))),
        float(weight @ (np.log(T_g / omega) - _EULER)),
        0.75 / math.log(2.0) * xi**2 * math.log(2.0 * T_g * xi**0.25),
        end**2 * (math.log(T_g * xi**1.25 / (0.67 * end)) + 0.5 - _EULER),
    )


def transition_transition_integral(T, mosaic):
    r"""Mean of (81) over (34) for both energies, in units of 1/T_g.

    .. math:: I = \iint_0^\infty dx\,dy\,e^{-x-y}\,\frac{x\tanh(x/2t) - y\tanh(y/2t)}{x^2 - y^2}
              = 1 - 4\int_0^\infty\frac{x\,e^{-x}h(x)}{e^{x/t} + 1}dx ,\qquad t = T/T_g ,

    with h = [e^(−x)Ei(x) + e^x E₁(x)]/2x. For t → 0 it is 1 − (π²t²/3)ln(1/t) + O(t²): the paper prints a plus sign.

    Parameters
    ----------
    T : array_like
        Temperatures in units of ω_D, >= 0.
    mosaic : Mosaic
        The glass.

    Returns
    -------
    ndarray
        I(T/T_g).

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    from scipy.special import exp1, expi

    check_mosaic(mosaic)
    t = temperature("T", T) / mosaic.T_g
    nodes, weights = gauss_legendre(16)
    # u = x/t from 0 to 700 in panels that shrink towards the logarithm of h at 0, and to x = 700 where t is large
    edges = np.concatenate([[0.0], 2.0 ** np.arange(-40.0, 1.0), np.arange(2.0, 60.0, 2.0)])
    u = (edges[:-1, None] + np.diff(edges)[:, None] * nodes).ravel()
    step = (np.diff(edges)[:, None] * weights).ravel() / (np.exp(u) + 1.0)
    x = u * t[..., None]
    near = np.clip(x, 1e-3, 600.0)
    h = (np.exp(-near) * expi(near) + np.exp(near) * exp1(near)) / (2.0 * near)
    small = np.maximum(x, 1e-300)
    logarithm = np.log(small) + _EULER
    # the leading terms cancel at small x
    series = 1.0 - logarithm + small**2 * (11.0 / 36.0 - logarithm / 6.0)
    h = np.where(x < 1e-3, series, h)
    return (1.0 - 4.0 * t**2 * ((u * np.exp(-x) * h) @ step))[()]


def attraction(T, mosaic, *, pairs="printed", low_temperature=False):
    """Strength of the attraction between the centres, by direct sums over all ripplons.

    Parameters
    ----------
    T : array_like
        Temperatures in units of ω_D, > 0.
    mosaic : Mosaic
        The glass.
    pairs : {"printed", "once"}
        Σ_ij over ordered pairs, or every pair of equal partners once.
    low_temperature : bool
        Eqs. (74) and (78) for T ≪ ω_l, in place of (73) and (77).

    Returns
    -------
    Attraction

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    check_mosaic(mosaic)
    T = temperature("T", T, zero=False)
    if pairs not in ("printed", "once"):
        raise InputError("pairs", pairs, "'printed' or 'once'")
    half = 1.0 if pairs == "printed" else 0.5
    T_g = mosaic.T_g
    strength = 2.0 / 3.0 * T_g**2 / mosaic.volume**3
    omega = ripplon_frequencies(mosaic)
    weight = 2.0 * np.arange(2, omega.size + 2) + 1.0
    at = T[..., None]
    if low_temperature:
        sums = mode_sums(mosaic)
        active = _active(T, T_g, np.zeros(()))
        rr, mixed = active**2 * sums.pairs, active * sums.singles / T_g
    else:
        active = _active(at, T_g, np.exp(-np.minimum(omega / at, 700.0))) * weight
        rr = np.einsum("...i,...ij,...j", active, _exchange(omega[:, None], omega, at[..., None]), active)
        nodes, weights = gauss_legendre(12)
        # ε in panels from far below any temperature to 40 T_g
        edges = np.concatenate([[0.0], np.geomspace(1e-7, 40.0, 90)]) * T_g
        epsilon = (edges[:-1, None] + np.diff(edges)[:, None] * nodes).ravel()
        step = (np.diff(edges)[:, None] * weights).ravel() * np.exp(-epsilon / T_g) / T_g
        mixed = np.zeros(T.shape)
        for k, w in enumerate(omega):
            mixed = mixed + active[..., k] * (_exchange(w, epsilon, at) @ step)
    tt = transition_transition_integral(T, mosaic) / T_g
    parts = half * strength * rr, strength * mixed, half * strength * tt
    return Attraction(T[()], *(part[()] for part in parts), sum(parts)[()])


def gruneisen_parameter(T, mosaic, *, pairs="printed", low_temperature=False, heat_capacity="printed"):
    """Grüneisen parameters of the ripplon–ripplon, ripplon–transition and transition–transition terms.

    γ = (∂p/∂T)_V/c_V = −2A′(T)/c_V.

    Parameters
    ----------
    T : array_like
        Temperatures in units of ω_D, > 0.
    mosaic : Mosaic
        The glass.
    pairs : {"printed", "once"}
        As for :func:`attraction`.
    low_temperature : bool
        As for :func:`attraction`.
    heat_capacity : {"printed", "transitions"}
        c_V = T/T_gξ³ as in (76) and (80), or (π²/6)T/T_gξ³, which the density of transitions of one sign gives.

    Returns
    -------
    ndarray, shape (3, ...)
        γ_rr, γ_rT, γ_TT.

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    T = temperature("T", T, zero=False)
    if heat_capacity not in ("printed", "transitions"):
        raise InputError("heat_capacity", heat_capacity, "'printed' or 'transitions'")
    slope = _slopes(T, mosaic, pairs, low_temperature)
    capacity = T / (mosaic.T_g * mosaic.volume) * (1.0 if heat_capacity == "printed" else math.pi**2 / 6.0)
    return -2.0 * slope / capacity


def expansion_coefficient(
    T, mosaic, *, pairs="printed", low_temperature=False, density=2200.0, sound_velocity=4100.0, debye_temperature=342.0
):
    """Linear thermal expansion coefficient of the three terms in 1/K, by direct sums.

    α = −(2/3)A′(T)/K with K = ρc_s²/3.

    Parameters
    ----------
    T : array_like
        Temperatures in K, > 0.
    mosaic : Mosaic
        The glass.
    pairs : {"printed", "once"}
        As for :func:`attraction`.
    low_temperature : bool
        As for :func:`attraction`.
    density : float
        Mass density in kg/m³, > 0; by default that of silica.
    sound_velocity : float
        Velocity of sound in m/s, > 0; by default that of silica.
    debye_temperature : float
        T_D in K, > 0; by default that of silica.

    Returns
    -------
    ndarray, shape (3, ...)
        α_rr, α_rT, α_TT in 1/K.

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    T = temperature("T", T, zero=False)
    modulus, a, theta = _elastic(density, sound_velocity, debye_temperature)
    slope = _slopes(T / theta, mosaic, pairs, low_temperature) * _K_B / a**3
    return -2.0 / 3.0 * slope / modulus


def printed_expansion(mosaic, T=1.0, *, density=2200.0, sound_velocity=4100.0, debye_temperature=342.0):
    """Values of the printed estimates (75), (76), (79), (80).

    Parameters
    ----------
    mosaic : Mosaic
        The glass.
    T : float
        Temperature in K, > 0.
    density : float
        Mass density in kg/m³, > 0; by default that of silica.
    sound_velocity : float
        Velocity of sound in m/s, > 0; by default that of silica.
    debye_temperature : float
        T_D in K, > 0; by default that of silica.

    Returns
    -------
    PrintedExpansion

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    check_mosaic(mosaic)
    T = real("T", T, minimum=0.0, open_minimum=True)
    modulus, a, theta = _elastic(density, sound_velocity, debye_temperature)
    x, T_g, t = mosaic.xi, mosaic.T_g, T / theta
    pair = 3.0 * math.log(2.0) ** 2 * math.pi**2 * x**-1.75
    mixed = x**-4.0 * math.log(2.0 * T_g * x**0.25)
    unit = _K_B / (3.0 * modulus * mosaic.volume * a**3)
    return PrintedExpansion(
        -pair * T_g,
        -mixed * T_g / t,
        -pair * t * unit,
        -mixed * unit,
        mixed / (pair * t),
        0.5 * mixed * 12.0 / math.pi**2,
        10.0 * x**-5.0 * mosaic.lindemann**2,
    )


def breakdown_temperature(mosaic):
    """Temperature below which A_rT exceeds the free energy (π²/12)T²/T_gξ³ of free transitions.

    A_rT is taken from eq. (78), by the direct sum over ripplons.

    Parameters
    ----------
    mosaic : Mosaic
        The glass.

    Returns
    -------
    float
        T/T_g; the paper has 10⁻³.

    Raises
    ------
    InputError
        If `mosaic` is none.
    """
    check_mosaic(mosaic)
    return 8.0 / math.pi**2 * math.log(2.0) * mode_sums(mosaic).singles / mosaic.volume**2


def direct_coupling_bound(mosaic):
    """Bound (82) on the Grüneisen parameter of the direct coupling, (12 ln 2/π²)(a/d_L): the paper has 8.

    Parameters
    ----------
    mosaic : Mosaic
        The glass.

    Returns
    -------
    float
        Bound on the magnitude of γ.

    Raises
    ------
    InputError
        If `mosaic` is none.
    """
    check_mosaic(mosaic)
    return 12.0 * math.log(2.0) / math.pi**2 / mosaic.lindemann


def _elastic(density, sound_velocity, debye_temperature):
    """K = ρc_s²/3 in Pa, a in m and T_D in K."""
    rho = real("density", density, minimum=0.0, open_minimum=True)
    c = real("sound_velocity", sound_velocity, minimum=0.0, open_minimum=True)
    theta = real("debye_temperature", debye_temperature, minimum=0.0, open_minimum=True)
    return rho * c**2 / 3.0, c * _HBAR / (_K_B * theta) * (6.0 * math.pi**2) ** (1.0 / 3.0), theta


def _occupation(epsilon, omega, T):
    """e^(−βε)(1 + e^(−βω))/Z of the three levels 0, ε, ε + ω."""
    upper = np.exp(-epsilon / T) * (1.0 + np.exp(-omega / T))
    return upper / (1.0 + upper)


def _exchange(x, y, T):
    """[x tanh(x/2T) − y tanh(y/2T)]/(x² − y²), as two terms that have no singularity at x = y."""
    total, gap = x + y, np.abs(x - y)
    a, b = np.exp(-np.minimum(x / T, 700.0)), np.exp(-np.minimum(y / T, 700.0))
    norm = (1.0 + a) * (1.0 + b)
    both = -np.expm1(-np.minimum(total / T, 700.0)) / np.maximum(total, 1e-300)
    scaled = np.minimum(gap / T, 700.0)
    safe = np.where(scaled > 0.0, scaled, 1.0)
    swap = np.maximum(a, b) * np.where(scaled > 0.0, -np.expm1(-safe) / safe, 1.0) / T
    return (both + swap) / norm


def _active(T, T_g, boltzmann):
    """∫n(ε)dε e^(−βε)(1 + b)/(1 + e^(−βε)(1 + b)) over ε > 0, with b = e^(−βω)."""
    nodes, weights = gauss_legendre(12)
    edges = np.concatenate([np.arange(0.0, 12.0, 1.0), np.arange(12.0, 61.0, 4.0)])
    x = (edges[:-1, None] + np.diff(edges)[:, None] * nodes).ravel()
    step = (np.diff(edges)[:, None] * weights).ravel()
    T, boltzmann = np.broadcast_arrays(T, boltzmann)
    T, factor = T[..., None], 1.0 + boltzmann[..., None]
    upper = np.exp(-x) * factor
    return (upper / (1.0 + upper) * np.exp(-x * T / T_g) * (T / T_g)) @ step


def _slopes(T, mosaic, pairs, low_temperature):
    """dA/dT of the three terms, by a central difference of fourth order."""
    h = 1e-3 * T

    def values(at):
        found = attraction(at, mosaic, pairs=pairs, low_temperature=low_temperature)
        return np.array([found.ripplon_ripplon, found.ripplon_transition, found.transition_transition])

    return (8.0 * (values(T + h) - values(T - h)) - (values(T + 2.0 * h) - values(T - 2.0 * h))) / (12.0 * h)
