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
from .numerics import gauss_legendre

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
    given, and with a shorter first step where the last spacing given is a long one, as when a pair is cut in two. Their
    share of the variance is compared with the heat capacity. For an oscillator that is the error to first order; where
    spacings grow upwards, as they do in a quartic potential, it is more than the error; where they shrink, as towards
    a dissociation limit, or multiplets of more than two are cut, it is less.

    Results at different temperatures do not influence each other, and no array of members × temperatures is made.
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
    # A heat capacity of zero from which something is missing is infinitely wrong; one that has underflowed is not.
    truncation = np.where(missing > 0, np.inf, 0.0)
    np.divide(missing, np.abs(c), out=truncation, where=c != 0)
    converged = truncation <= rtol
    result = LevelThermodynamics(T[()], c[()], u[()], s[()], f[()], truncation[()], converged[()])
    if on_truncation == "raise" and not converged.all():
        coldest = float(T[~converged].min())
        raise ConvergenceError(
            f"{levels.shape[1]} levels do not suffice at T = {coldest:.6g}: give more levels, or complete=True",
            result,
            float(truncation.max()),
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
        ground = float(levels[i, 0])
        top = float(levels[i, n - 1]) - ground
        # Continued by the mean spacing of the upper half, over an even number of steps since levels may come in pairs;
        # the first step is shorter where the last one was longer.
        half = max(n - 1 - 2 * ((n + 2) // 4), 0)
        spacing = (float(levels[i, n - 1]) - float(levels[i, half])) / max(n - 1 - half, 1)
        last = float(levels[i, n - 1]) - float(levels[i, max(n - 2, 0)])
        step = min(max(2.0 * spacing - last, 0.0), spacing)
        for k in range(T.size):
            t = float(T[k])
            if t == 0.0:
                degenerate = 1
                while degenerate < n and levels[i, degenerate] == ground:
                    degenerate += 1
                u[k] += w * ground
                f[k] += w * ground
                s[k] += w * math.log(degenerate)
                continue
            excited, first, second = 0.0, 0.0, 0.0
            x = 0.0
            for j in range(1, n):
                x = (float(levels[i, j]) - ground) / t
                if x > 745.0:
                    break
                b = math.exp(-x)
                excited += b
                first += b * x
                term = b * x * x
                second += term
                # x² e^{-x} falls beyond 2: all that follows together is below rounding.
                if x > 2.0 and n * term < 1e-17 * second:
                    break
            z = 1.0 + excited
            mean = first / z
            # The ground level holds at least 1/n of the weight, so that this difference loses a factor n at most.
            c[k] += w * (second / z - mean * mean)
            u[k] += w * (ground + t * mean)
            logarithm = math.log1p(excited) if excited > 1e-17 else excited
            s[k] += w * (logarithm + mean)
            f[k] += w * (ground - t * logarithm)
            if not estimate:
                continue
            if n == 1:
                missing[k] += abs(w)
                continue
            highest, d = top / t, max(spacing / t, 1e-12)
            if highest > 745.0 or (highest - x > 60.0 and d > 1e-3):
                # What lies above is below rounding, not only below rtol.
                continue
            highest += step / t
            gap = -math.expm1(-d)
            r = 1.0 - gap
            # Σ_{m>=0} r^m (y + m d)² = y² s₀ + 2 y d s₁ + d² s₂ with s_k = Σ m^k r^m
            s0 = 1.0 / gap
            s1 = r * s0 / gap
            s2 = s1 * (1.0 + r) / gap
            y = highest - mean
            missing[k] += abs(w) * math.exp(-highest) / z * (y * y * s0 + 2.0 * y * d * s1 + d * d * s2)
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
    x = 0.5 * _ratio(splitting, T)
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
    nodes, weights = gauss_legendre(48)
    # Beyond 60 the integrand is below 1e-19 of the whole.
    upper = np.clip(_ratio(theta, T), 1e-9, 60.0)
    x = upper[..., None] * nodes
    mean = (nodes * x * np.exp(-x / 2) / -np.expm1(-x)) ** 2 @ weights
    with np.errstate(over="ignore"):
        cut = np.minimum(60.0 * (T / theta), 1.0)
    return (9.0 * cut**3 * mean)[()]


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
