r"""Thermodynamics of level schemes, with k_B = 1.

A set of levels :math:`E_0 \le E_1 \le \dots` has the partition function :math:`Z = \sum_n e^{-E_n/T}`, and

.. math:: C = \frac{\langle E^2\rangle - \langle E\rangle^2}{T^2} ,\qquad S = \ln Z + \frac{\langle E\rangle}{T} ,
          \qquad F = -T\ln Z .

All sums run over the excitations :math:`E_n - E_0`, so that nothing overflows at low temperature and heat capacities
keep their relative accuracy until they underflow.
"""

import dataclasses
import math

import numpy as np
from numba import njit

from ._validation import finite_array, real, temperature
from .errors import ConvergenceError, InputError

__all__ = ["LevelThermodynamics", "debye", "heat_capacity", "oscillator", "two_level"]


@dataclasses.dataclass(frozen=True)
class LevelThermodynamics:
    """Thermodynamics of an ensemble of level schemes, k_B = 1.

    Attributes
    ----------
    T : ndarray
        Temperatures, in the unit of the energies.
    heat_capacity, entropy : ndarray
        Weighted over the ensemble, in units of k_B.
    energy, free_energy : ndarray
        Weighted over the ensemble, in the unit of the energies.
    truncation : ndarray
        Estimated relative error of the heat capacity from levels above the highest one given; 0 for complete schemes.
    converged : ndarray of bool
        Whether ``truncation`` is within ``rtol``.
    """

    T: np.ndarray
    heat_capacity: np.ndarray
    energy: np.ndarray
    entropy: np.ndarray
    free_energy: np.ndarray
    truncation: np.ndarray
    converged: np.ndarray


def heat_capacity(energies, T, weights=None, *, complete=False, rtol=1e-3, on_truncation="raise"):
    """Heat capacity, energy, entropy and free energy of an ensemble of level schemes.

    Parameters
    ----------
    energies : array_like, shape (..., n)
        Levels of each member of the ensemble, ascending along the last axis.
    T : array_like
        Temperatures >= 0, any shape.
    weights : array_like, shape (...), optional
        Weight of each member, used as given; by default the plain mean is taken.
    complete : bool, optional
        True if the levels given are all there are, as for two-level systems. Otherwise they are taken as the lowest
        part of a spectrum that goes on, and the part left out is estimated.
    rtol : float, optional
        Relative error of the heat capacity allowed to levels left out.
    on_truncation : {"raise", "mark"}, optional
        Raise, or only mark in ``converged``, temperatures at which the levels do not suffice.

    Returns
    -------
    LevelThermodynamics

    Raises
    ------
    InputError
        If energies are not finite or not ascending, a temperature is negative, shapes do not match.
    ConvergenceError
        If the levels do not suffice at some temperature; carries the result.

    Notes
    -----
    The levels left out are replaced by an equidistant continuation, with the mean spacing of the upper half of those
    given. That overestimates the error where spacings grow upwards, as they do in a quartic potential.
    """
    energies = finite_array("energies", energies)
    if energies.ndim == 0:
        raise InputError("energies", energies, "an array of shape (..., n)")
    if np.any(np.diff(energies, axis=-1) < 0):
        raise InputError("energies", energies, "levels ascending along the last axis")
    T = temperature("T", T)
    rtol = real("rtol", rtol, minimum=0.0, open_minimum=True)
    if on_truncation not in ("raise", "mark"):
        raise InputError("on_truncation", on_truncation, "'raise' or 'mark'")
    members = energies.shape[:-1]
    levels = np.ascontiguousarray(energies.reshape(-1, energies.shape[-1]))
    if weights is None:
        w = np.full(len(levels), 1.0 / len(levels))
    else:
        weights = finite_array("weights", weights)
        if weights.shape != members:
            raise InputError("weights", f"shape {weights.shape}", f"the shape {members} of the ensemble")
        w = np.ascontiguousarray(weights.ravel())
    sums = _sums(levels, w, np.ascontiguousarray(T.ravel()), not complete)
    c, u, s, f, missing = (x.reshape(T.shape) for x in sums)
    scale = np.where(c != 0, np.abs(c), np.inf)
    truncation = missing / scale
    truncation = np.where((missing > 0) & (c == 0), np.inf, truncation)
    converged = truncation <= rtol
    result = LevelThermodynamics(T, c[()], u[()], s[()], f[()], truncation[()], converged[()])
    if on_truncation == "raise" and not converged.all():
        worst = np.unravel_index(np.argmax(truncation), truncation.shape)
        raise ConvergenceError(
            f"{levels.shape[1]} levels do not suffice at T = {T[worst]:.6g}: give more levels, or complete=True",
            result,
            float(truncation[worst]),
            levels.shape[1],
        )
    return result


@njit(cache=True)
def _sums(levels, weights, T, estimate):
    """Weighted C, U, S, F and the estimate of what is missing from C, one value each per temperature."""
    members, n = levels.shape
    c, u, s, f, missing = np.zeros((5, T.size))
    for i in range(members):
        w = weights[i]
        ground = levels[i, 0]
        top = levels[i, n - 1] - ground
        half = n // 2
        spacing = (levels[i, n - 1] - levels[i, half]) / (n - 1 - half) if n > 1 + half else top
        for k in range(T.size):
            t = T[k]
            if t == 0.0:
                degenerate = 1
                while degenerate < n and levels[i, degenerate] == ground:
                    degenerate += 1
                u[k] += w * ground
                f[k] += w * ground
                s[k] += w * math.log(degenerate)
                continue
            excited, first, second = 0.0, 0.0, 0.0
            for j in range(1, n):
                x = (levels[i, j] - ground) / t
                if x > 745.0:
                    break
                b = math.exp(-x)
                excited += b
                first += b * x
                second += b * x * x
            z = 1.0 + excited
            mean = first / z
            c[k] += w * (second / z - mean * mean)
            u[k] += w * (ground + t * mean)
            logarithm = math.log1p(excited)
            s[k] += w * (logarithm + mean)
            f[k] += w * (ground - t * logarithm)
            if estimate:
                if n == 1:
                    missing[k] += abs(w)
                    continue
                x = top / t
                if x < 745.0:
                    d = max(spacing / t, 1e-12)
                    r = math.exp(-d)
                    gap = -math.expm1(-d)
                    # Σ_{m>=1} r^m (y + m d)² = y² s₀ + 2 y d s₁ + d² s₂ with s_k = Σ m^k r^m
                    s0 = r / gap
                    s1 = s0 / gap
                    s2 = s1 * (1.0 + r) / gap
                    y = x - mean
                    missing[k] += abs(w) * math.exp(-x) / z * (y * y * s0 + 2.0 * y * d * s1 + d * d * s2)
    return c, u, s, f, missing


def two_level(splitting, T):
    r"""Heat capacity of two levels (Schottky), :math:`(E/2T)^2\,\mathrm{sech}^2(E/2T)`.

    Parameters
    ----------
    splitting : array_like
        Energy E >= 0 between the levels.
    T : array_like
        Temperatures >= 0; broadcast against ``splitting``.

    Returns
    -------
    ndarray
        Heat capacity in units of k_B.

    Raises
    ------
    InputError
        If an argument is negative or not finite, or the shapes do not broadcast.
    """
    splitting, T = _pair("splitting", splitting, T)
    x = _ratio(splitting, 2.0 * T)
    decay = np.exp(-2.0 * x)
    return (4.0 * (x * np.exp(-x)) ** 2 / (1.0 + decay) ** 2)[()]


def oscillator(omega, T):
    r"""Heat capacity of a harmonic oscillator (Einstein), :math:`(x/2)^2/\sinh^2(x/2)` with :math:`x = \omega/T`.

    Parameters
    ----------
    omega : array_like
        Quantum of energy ħω >= 0.
    T : array_like
        Temperatures >= 0; broadcast against ``omega``.

    Returns
    -------
    ndarray
        Heat capacity in units of k_B.

    Raises
    ------
    InputError
        If an argument is negative or not finite, or the shapes do not broadcast.
    """
    omega, T = _pair("omega", omega, T)
    x = _ratio(omega, T)
    safe = np.maximum(x, 1e-9)
    return np.where(T == 0, 0.0, (safe * np.exp(-safe / 2) / -np.expm1(-safe)) ** 2)[()]


def debye(theta, T):
    r"""Heat capacity of a Debye solid per atom.

    .. math:: C = 9\Bigl(\frac{T}{\theta}\Bigr)^3\int_0^{\theta/T}\frac{x^4e^x}{(e^x - 1)^2}\,dx ,

    which tends to 3 at high and to :math:`(12\pi^4/5)(T/\theta)^3` at low temperature.

    Parameters
    ----------
    theta : array_like
        Debye temperature > 0.
    T : array_like
        Temperatures >= 0; broadcast against ``theta``.

    Returns
    -------
    ndarray
        Heat capacity in units of k_B.

    Raises
    ------
    InputError
        If a temperature is negative or not finite, or the shapes do not broadcast.
    """
    theta, T = _pair("theta", theta, T, open_minimum=True)
    nodes, weights = np.polynomial.legendre.leggauss(48)
    # Beyond 60 the integrand is below 1e-19 of the whole.
    upper = np.minimum(_ratio(theta, T), 60.0)[..., None]
    x = 0.5 * upper * (nodes + 1.0)
    integral = 0.5 * upper[..., 0] * ((x**2 * np.exp(-x / 2) / -np.expm1(-x)) ** 2 @ weights)
    return (9.0 * (T / theta) ** 3 * integral)[()]


def _pair(name, energy, T, *, open_minimum=False):
    energy = finite_array(name, energy, minimum=0.0, open_minimum=open_minimum)
    T = temperature("T", T)
    try:
        return np.broadcast_arrays(energy, T)
    except ValueError:
        raise InputError(
            "T", f"shape {T.shape}", f"a shape that broadcasts with {name} of shape {energy.shape}"
        ) from None


def _ratio(energy, T):
    """energy/T, cut where every Boltzmann factor has long underflown, and so also at T = 0."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.where(T == 0, 1500.0, np.minimum(energy / T, 1500.0))
