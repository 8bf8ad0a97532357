"""Heat capacity of a domain with ripplons on top of its structural transition (Sec. IV.C, eqs. (34)–(36), Fig. 15)."""

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from .._validation import finite_array, real, temperature
from ..errors import ConvergenceError
from ..numerics import gauss_legendre
from ..thermal import debye
from ._arguments import broadcast
from .phonon_coupling import _checked

__all__ = [
    "BosonBump",
    "DomainHeatCapacity",
    "boson_bump",
    "debye_coefficient",
    "density_of_transitions",
    "domain_heat_capacity",
    "log_partition_function",
    "specific_heat",
    "transition_heat_capacity",
]

_HBAR, _K_B = 1.054571817e-34, 1.380649e-23
_FAR = 42.0  # |y| beyond which p(1 − p) is lost against the integral


@dataclass(frozen=True)
class DomainHeatCapacity:
    """Heat capacity per domain, averaged over the energy of the transition.

    Attributes
    ----------
    T : ndarray
        Temperatures in units of ω_D.
    transitions : ndarray
        Mean of (36) over (34), in units of k_B.
    debye : ndarray
        Debye phonons of the beads of the domain, (ξ/a)³·9(T/T_D)³∫₀^{T_D/T}x⁴eˣ/(eˣ − 1)²dx.
    total : ndarray
        Sum of both.
    over_T3 : ndarray
        total/T³, the vertical axis of Fig. 15.
    error : ndarray
        Estimated relative error of `transitions` from the quadrature over the energies.
    """

    T: np.ndarray
    transitions: np.ndarray
    debye: np.ndarray
    total: np.ndarray
    over_T3: np.ndarray
    error: np.ndarray


@dataclass(frozen=True)
class BosonBump:
    """Maximum of C/T³.

    Attributes
    ----------
    exists : bool
        Whether C/T³ has a maximum between 0.003 and 0.3 T_D.
    T : float
        Its temperature in units of ω_D; nan without.
    over_T3 : float
        Its height per domain, in units of k_B/T_D³.
    over_debye : float
        Its height over that of the Debye phonons alone, at low temperature.
    """

    exists: bool
    T: float
    over_T3: float
    over_debye: float


def density_of_transitions(epsilon, mosaic):
    """Density of transitions per domain and energy, eq. (34): exp(−abs(ε)/T_g)/T_g.

    Over both signs of ε it integrates to 2.

    Parameters
    ----------
    epsilon : array_like
        Energies of the transitions in units of ω_D, of either sign.
    mosaic : Mosaic
        The glass.

    Returns
    -------
    ndarray
        n(ε), of the shape of `epsilon`.

    Raises
    ------
    InputError
        If `epsilon` is not finite.
    """
    return (np.exp(-np.abs(finite_array("epsilon", epsilon)) / mosaic.T_g) / mosaic.T_g)[()]


def log_partition_function(epsilon, T, spectrum, *, stiffening=False):
    """ln Z_ε of a domain, eq. (35), with m = −l, …, l.

    Parameters
    ----------
    epsilon : array_like
        Energies of the transition in units of ω_D.
    T : array_like
        Temperatures > 0; broadcast against `epsilon`.
    spectrum : RipplonSpectrum
        The ripplons.
    stiffening : bool
        Leave out ripplons of a frequency below abs(ε) (Sec. V.B, Fig. 23).

    Returns
    -------
    ndarray
        ln[1 + e^(−ε/T)Π(1 − e^(−ω/T))^(−1)].

    Raises
    ------
    InputError
        If an argument is outside its range, or the shapes do not broadcast.
    """
    epsilon, T, sums = _excitation(epsilon, T, spectrum, stiffening)
    return np.logaddexp(0.0, -(epsilon / T + sums[0]))[()]


def transition_heat_capacity(epsilon, T, spectrum, *, stiffening=False):
    """Heat capacity of a domain whose transition has the energy ε, eq. (36).

    Parameters
    ----------
    epsilon : array_like
        Energies of the transition in units of ω_D.
    T : array_like
        Temperatures > 0; broadcast against `epsilon`.
    spectrum : RipplonSpectrum
        The ripplons.
    stiffening : bool
        Leave out ripplons of a frequency below abs(ε) (Sec. V.B, Fig. 23).

    Returns
    -------
    ndarray
        c_ε in units of k_B.

    Raises
    ------
    InputError
        If an argument is outside its range, or the shapes do not broadcast.
    """
    from scipy.special import expit

    epsilon, T, (logarithm, energy, square) = _excitation(epsilon, T, spectrum, stiffening)
    y = epsilon / T + logarithm
    return (expit(y) * expit(-y) * (epsilon / T + energy) ** 2 + expit(-y) * square)[()]


def domain_heat_capacity(T, spectrum, *, stiffening=False, normalised=False):
    """Heat capacity per domain, (36) averaged over (34), with the Debye background (Fig. 15).

    At low temperature the mean is (π²/3)T/T_g. As ε of either sign is admitted and the excitations of the ripplons
    stand on the state of energy ε, they are free to move in all domains with ε < 0.

    Parameters
    ----------
    T : array_like
        Temperatures > 0 in units of ω_D.
    spectrum : RipplonSpectrum
        The ripplons, discrete or broadened.
    stiffening : bool
        Leave out ripplons of a frequency below abs(ε) (Sec. V.B, Fig. 23).
    normalised : bool
        Divide (34) by 2, so that there is one transition per domain.

    Returns
    -------
    DomainHeatCapacity

    Raises
    ------
    InputError
        If an argument is outside its range.
    ConvergenceError
        If the quadrature over the energies does not reach a relative error of 1e-6.

    Notes
    -----
    With y = βε − Σ(2l + 1)ln Z_l the integrand is exp(−abs(ε)/T_g) times a function of y that is known beyond abs(y) =
    42. In between it is integrated over panels that end where its derivative jumps: at ε = 0, and with stiffening at
    every abs(ε) = ω_l. Broadened modes stiffen node by node; with the nodes of the default `rtol` that changes the mean
    by less than 1e-5.
    """
    spectrum = _checked(spectrum)
    T = temperature("T", T, zero=False)
    t, w = gauss_legendre(12)
    coarse_t, coarse_w = gauss_legendre(8)
    flat = np.ascontiguousarray(T.ravel())
    arguments = (spectrum.frequencies, spectrum.weights, flat, spectrum.mosaic.T_g, bool(stiffening))
    value = _averages(*arguments, t, w)
    error = np.abs(_averages(*arguments, coarse_t, coarse_w) - value) / value
    share = 0.5 if normalised else 1.0
    transitions = (share * value).reshape(T.shape)
    background = spectrum.mosaic.volume * debye(1.0, T)
    total = transitions + background
    result = DomainHeatCapacity(
        T[()], transitions[()], background, total[()], (total / T**3)[()], error.reshape(T.shape)[()]
    )
    worst = float(np.max(error))
    if worst > 1e-6:
        raise ConvergenceError("the average over the energies does not converge", result, worst, t.size)
    return result


def boson_bump(spectrum, *, stiffening=False, normalised=False):
    """Temperature and height of the maximum of C/T³ (Fig. 15).

    Parameters
    ----------
    spectrum : RipplonSpectrum
        The ripplons, discrete or broadened.
    stiffening : bool
        Leave out ripplons of a frequency below abs(ε).
    normalised : bool
        Divide (34) by 2.

    Returns
    -------
    BosonBump

    Raises
    ------
    InputError
        If an argument is outside its range.
    ConvergenceError
        If the average over the energies does not converge.
    """
    from scipy.optimize import minimize_scalar

    def height(log_T):
        return domain_heat_capacity(np.exp(log_T), spectrum, stiffening=stiffening, normalised=normalised).over_T3

    grid = np.linspace(math.log(3e-3), math.log(0.3), 120)
    values = height(grid)
    inside = np.nonzero((values[1:-1] > values[:-2]) & (values[1:-1] >= values[2:]))[0] + 1
    if not inside.size:
        return BosonBump(False, math.nan, math.nan, math.nan)
    k = inside[np.argmax(values[inside])]
    best = minimize_scalar(lambda x: -height(x), bounds=(grid[k - 1], grid[k + 1]), method="bounded")
    top = float(-best.fun)
    return BosonBump(True, float(math.exp(best.x)), top, top / debye_coefficient(spectrum.mosaic))


def debye_coefficient(mosaic=None):
    """C/T³ of Debye phonons at low temperature, 12π⁴/5 per bead: the paper prints 234, and 4.6·10⁴ per domain.

    Parameters
    ----------
    mosaic : Mosaic, optional
        With it per domain of (ξ/a)³ beads, otherwise per bead.

    Returns
    -------
    float
        In units of k_B/T_D³.
    """
    return 12.0 * math.pi**4 / 5.0 * (1.0 if mosaic is None else mosaic.volume)


def specific_heat(over_T3, mosaic, *, density=2200.0, sound_velocity=4100.0):
    """C/T³ of a domain in the units of the laboratory (caption of Fig. 15).

    The factor is k_B⁴/(ħ³ρc_s³ 6π²(ξ/a)³). It contains neither T_D nor a, as T_D = ħc_s(6π²)^(1/3)/ak_B.

    Parameters
    ----------
    over_T3 : array_like
        C/T³ per domain in units of k_B/T_D³.
    mosaic : Mosaic
        The glass.
    density : float
        Mass density in kg/m³, > 0; by default that of silica.
    sound_velocity : float
        Velocity of sound in m/s, > 0; by default that of silica.

    Returns
    -------
    ndarray
        C/T³ in J/(g K⁴).

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    over_T3 = finite_array("over_T3", over_T3)
    rho = real("density", density, minimum=0.0, open_minimum=True)
    c = real("sound_velocity", sound_velocity, minimum=0.0, open_minimum=True)
    # (k_B/ħ)³ first: ħ³ alone is near the end of the range of floating point
    factor = (_K_B / _HBAR / c) ** 3 * _K_B / (rho * 6.0 * math.pi**2 * mosaic.volume)
    return (1e-3 * factor * over_T3)[()]


def _excitation(epsilon, T, spectrum, stiffening):
    """Arguments broadcast, and the sums over modes for each pair."""
    spectrum = _checked(spectrum)
    epsilon, T = finite_array("epsilon", epsilon), temperature("T", T, zero=False)
    epsilon, T = broadcast(epsilon=epsilon, T=T)
    threshold = np.abs(epsilon).ravel() if stiffening else np.zeros(epsilon.size)
    sums = np.array(
        [_sums_above(spectrum.frequencies, spectrum.weights, t, e) for t, e in zip(T.ravel(), threshold, strict=True)]
    )
    return epsilon, T, sums.T.reshape(3, *epsilon.shape)


@njit(cache=True)
def _sums_above(omega, weights, T, threshold):
    """Σ g ln(1 − e^(−βω)), Σ g βω/(e^(βω) − 1), Σ g (βω/2 sinh(βω/2))² over frequencies not below the threshold."""
    logarithm, energy, square = 0.0, 0.0, 0.0
    for k in range(omega.size):
        x = omega[k] / T
        if omega[k] < threshold or x > 700.0:
            continue
        e = math.exp(-x)
        missing = -math.expm1(-x)
        logarithm += weights[k] * math.log(missing)
        n = e / missing
        energy += weights[k] * x * n
        square += weights[k] * x * x * n / missing
    return logarithm, energy, square


@njit(cache=True)
def _averages(omega, weights, T, T_g, stiffening, nodes, rule):
    """Mean of (36) over (34) for each temperature."""
    result = np.zeros(T.size)
    for k in range(T.size):
        if not stiffening:
            L, U, Q = _sums_above(omega, weights, T[k], 0.0)
            result[k] = _piece(0.0, np.inf, T[k], T_g, L, U, Q, nodes, rule) + _piece(
                -np.inf, 0.0, T[k], T_g, L, U, Q, nodes, rule
            )
            continue
        # from the highest frequency downwards, adding one mode after the other
        L, U, Q = 0.0, 0.0, 0.0
        high = np.inf
        for j in range(omega.size, -1, -1):
            low = omega[j - 1] if j > 0 else 0.0
            result[k] += _piece(low, high, T[k], T_g, L, U, Q, nodes, rule)
            result[k] += _piece(-high, -low, T[k], T_g, L, U, Q, nodes, rule)
            high = low
            if j > 0:
                x = omega[j - 1] / T[k]
                if x < 700.0:
                    missing = -math.expm1(-x)
                    n = math.exp(-x) / missing
                    L += weights[j - 1] * math.log(missing)
                    U += weights[j - 1] * x * n
                    Q += weights[j - 1] * x * x * n / missing
    return result


@njit(cache=True)
def _piece(low, high, T, T_g, L, U, Q, nodes, rule):
    """∫ e^(−|ε|/T_g) [p(1 − p)(βε + U)² + pQ] dε/T_g over energies of one sign, with p = 1/(1 + e^(βε + L))."""
    q = T / T_g
    a, b = low / T + L, high / T + L
    total = 0.0
    if a < -_FAR:
        # p = 1: the weight alone is left
        end = min(b, -_FAR)
        if high <= 0.0:
            total += Q * (math.exp(q * (end - L)) - (math.exp(q * (a - L)) if a > -np.inf else 0.0))
        else:
            total += Q * (math.exp(-q * (a - L)) - math.exp(-q * (end - L)))
    # the weight is that of T_g, the rest that of T
    a, b = max(a, -_FAR, L - 45.0 / q), min(b, _FAR, L + 45.0 / q)
    if b <= a:
        return total
    n = math.ceil((b - a) / min(3.0, 3.0 / q))
    step = (b - a) / n
    for i in range(n):
        for j in range(nodes.size):
            y = a + step * (i + nodes[j])
            e = math.exp(-abs(y))
            p = e / (1.0 + e) if y > 0.0 else 1.0 / (1.0 + e)
            c = e / (1.0 + e) ** 2
            total += step * rule[j] * q * math.exp(-q * abs(y - L)) * (c * (y - L + U) ** 2 + p * Q)
    return total
