"""Relaxational absorption and velocity of sound (Sec. IV.G, eqs. (56), (57))."""

import math
from dataclasses import dataclass

import numpy as np

from .._validation import finite_array, temperature
from ..errors import InputError
from ..numerics import gauss_legendre
from ._arguments import broadcast, check_mosaic

__all__ = ["RelaxationalSound", "relaxation_rate", "relaxational_sound"]


@dataclass(frozen=True)
class RelaxationalSound:
    """Effect of the relaxation of transitions on sound.

    Attributes
    ----------
    omega, T : ndarray
        Frequency and temperature in units of ω_D.
    velocity : ndarray
        δc_s/c_s, negative.
    logarithm : ndarray
        Its limit for ωτ ≪ 1, linear in ln ω.
    slope : float
        d(δc_s/c_s)/d ln ω of the limit, 1/2(ξ/a)³: it does not depend on the temperature.
    absorption : ndarray
        λ/l of the relaxational absorption; π²/(ξ/a)³ for ωτ ≪ 1.
    error : ndarray
        Estimated absolute error of `velocity`.
    """

    omega: np.ndarray
    T: np.ndarray
    velocity: np.ndarray
    logarithm: np.ndarray
    slope: float
    absorption: np.ndarray
    error: np.ndarray


def relaxation_rate(E, Delta, T, mosaic):
    """Rate 1/τ at which a transition relaxes by one phonon, eqs. (23) and (57).

    1/τ = (3g²Δ²E/2πρc_s⁵)coth(E/2T) = 9πT_gΔ²E coth(E/2T) in units of ω_D. Eq. (57) prints it as τ and without ρ.

    Parameters
    ----------
    E : array_like
        Splittings in units of ω_D, > 0.
    Delta : array_like
        Tunnelling amplitudes, 0 to E.
    T : array_like
        Temperatures >= 0; all broadcast.
    mosaic : Mosaic
        The glass.

    Returns
    -------
    ndarray
        1/τ in units of ω_D.

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    check_mosaic(mosaic)
    E, Delta = finite_array("E", E, minimum=0.0, open_minimum=True), finite_array("Delta", Delta, minimum=0.0)
    E, Delta, T = broadcast(E=E, Delta=Delta, T=temperature("T", T))
    if np.any(Delta > E):
        raise InputError("Delta", float(np.max(Delta)), "finite numbers >= 0 and <= E")
    with np.errstate(divide="ignore"):
        half = np.where(T == 0.0, np.inf, 0.5 * E / T)
    return (9.0 * math.pi * mosaic.T_g * Delta**2 * E / np.tanh(half))[()]


def relaxational_sound(omega, T, mosaic):
    r"""Velocity and absorption of sound from relaxation, eqs. (56), (57) with P(ε, Δ) = 1/T_gξ³Δ.

    .. math:: \frac{\delta c_s}{c_s} = -\left\langle\frac{g^2}{2\rho c_s^2}\Bigl(\frac{\epsilon}{E}\Bigr)^2
              \frac{\beta}{\cosh^2(\beta E/2)}\,\frac{1}{1 + \omega^2\tau^2}\right\rangle .

    Eq. (56) as printed has cosh²βE and lacks the minus sign. With w = Δ²/E² and a = ωτ(Δ = E) the mean over Δ is
    closed, ½∫w√(1 − w)/(w² + a²)dw = Re[√(1 + ia) artanh(1/√(1 + ia)) − 1], which is ½ln(4/a) − 1 for a ≪ 1.

    Parameters
    ----------
    omega : array_like
        Frequencies in units of ω_D, > 0.
    T : array_like
        Temperatures in units of ω_D, > 0; broadcast against `omega`.
    mosaic : Mosaic
        The glass.

    Returns
    -------
    RelaxationalSound

    Raises
    ------
    InputError
        If an argument is outside its range, or the shapes do not broadcast.
    """
    check_mosaic(mosaic)
    omega = finite_array("omega", omega, minimum=0.0, open_minimum=True)
    T = temperature("T", T, zero=False)
    omega, T = broadcast(omega=omega, T=T)
    values = []
    for n in (12, 16):
        nodes, weights = gauss_legendre(n)
        # x = E/T, in panels that follow the factor x³ of the rate down to small x
        edges = np.concatenate([[0.0], 2.0 ** np.arange(-12.0, 3.0), [8.0, 12.0, 18.0, 26.0, 40.0, 60.0]])
        x = (edges[:-1, None] + np.diff(edges)[:, None] * nodes).ravel()
        step = (np.diff(edges)[:, None] * weights).ravel() / np.cosh(0.5 * x) ** 2
        a = omega[..., None] / (9.0 * math.pi * mosaic.T_g * (x * T[..., None]) ** 3 / np.tanh(0.5 * x))
        # √(1 + ia) artanh(1/√(1 + ia)) − 1 = Σ(1 + ia)^(−n)/(2n + 1) where a is large
        far = a > 1e3
        inverse = 1.0 / (1.0 + 1j * np.where(far, a, 1e3))
        series = inverse * (1.0 / 3.0 + inverse * (1.0 / 5.0 + inverse * (1.0 / 7.0 + inverse / 9.0)))
        near = np.where(far, 1.0, a)
        safe = np.sqrt(1.0 + 1j * near)
        mean = np.where(far, series, 0.5 * safe * np.log((safe + 1.0) ** 2 / (1j * near)) - 1.0)
        values.append((mean.real @ step, -mean.imag @ step, np.log(4.0 / a) @ step / 2.0 - np.sum(step)))
    volume = mosaic.volume
    real_part, imaginary, limit = values[1]
    return RelaxationalSound(
        omega[()],
        T[()],
        (-real_part / (2.0 * volume))[()],
        (-limit / (2.0 * volume))[()],
        1.0 / (2.0 * volume),
        (2.0 * math.pi * imaginary / volume)[()],
        (np.abs(real_part - values[0][0]) / (2.0 * volume))[()],
    )
