"""Densities of transitions by steepest descent, as the paper computes them (Sec. IV.E, eqs. (38)–(47)).

ln Z(s) = −Σ g ln(1 − e^(−sω)), U = −d ln Z/ds and the higher derivatives are tabulated once against ln s; the saddle
points are then roots of one monotone function of s.
"""

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from .._validation import finite_array
from ..errors import ConvergenceError
from ..numerics import gauss_legendre
from ._arguments import broadcast
from .phonon_coupling import _checked

__all__ = ["CumulativeSaddle", "GroundSaddle", "SteepestDescent"]

_STEP = 0.01  # of the table in ln s
_LOW, _HIGH = math.log(1e-3), math.log(1e12)
_MOST = 200


@dataclass(frozen=True)
class GroundSaddle:
    """ρ(ω) by steepest descent.

    Attributes
    ----------
    omega : ndarray
        Frequencies in units of ω_D.
    density, log_density : ndarray
        ρ(ω) of eq. (39), per domain in units of 1/ω_D, and its logarithm.
    kappa : ndarray
        Saddle point κ₀ of eq. (40).
    fourth : ndarray
        Fourth-order term of the exponent one standard deviation from the saddle, f⁗/24f″² (dash-dotted in Fig. 17).
    third : ndarray
        Third-order term there, abs(f‴)/6f″^(3/2) (dashed in Fig. 17).
    corrected : ndarray
        The density with the first correction, times 1 + f⁗/8f″² − 5f‴²/24f″³.
    residual : ndarray
        What is left of eq. (40), over ω.
    iterations : int
        Largest number of iterations.
    """

    omega: np.ndarray
    density: np.ndarray
    log_density: np.ndarray
    kappa: np.ndarray
    fourth: np.ndarray
    third: np.ndarray
    corrected: np.ndarray
    residual: np.ndarray
    iterations: int


@dataclass(frozen=True)
class CumulativeSaddle:
    """N_E(ω) by steepest descent.

    Attributes
    ----------
    omega, E : ndarray
        Frequencies and energies in units of ω_D.
    number, log_number : ndarray
        N_E(ω) of eq. (44) in units of 1/ω_D, and its logarithm.
    lam, mu : ndarray
        Saddle point λ₀, μ₀ of eqs. (45), (46).
    fourth : ndarray
        Fourth-order term of the exponent one standard deviation from the saddle, the larger one of the two principal
        directions of the curvature (Fig. 18).
    residual : ndarray
        What is left of the equation for the saddle point, over β_g + λ₀ + μ₀.
    iterations : int
        Largest number of iterations.
    """

    omega: np.ndarray
    E: np.ndarray
    number: np.ndarray
    log_number: np.ndarray
    lam: np.ndarray
    mu: np.ndarray
    fourth: np.ndarray
    residual: np.ndarray
    iterations: int


class SteepestDescent:
    """Densities of transitions of one domain by steepest descent.

    Parameters
    ----------
    spectrum : RipplonSpectrum
        The ripplons, discrete or broadened.

    Raises
    ------
    InputError
        If `spectrum` is none.
    """

    def __init__(self, spectrum):
        self.spectrum = _checked(spectrum)
        grid = np.exp(np.arange(_LOW, _HIGH, _STEP))
        values = _cumulants(spectrum.frequencies, spectrum.weights, grid)
        # below the values of orders 0 to 5 the slopes of orders 0 to 4 against ln s, per cell
        self._table = np.concatenate([values, -_STEP * grid * values[1:]])

    def ground(self, omega):
        """Saddle point and density ρ(ω), eqs. (39)–(41).

        Parameters
        ----------
        omega : array_like
            Frequencies in units of ω_D, 1e-11 to 10000; beyond 700 or so the density itself overflows to infinity.

        Returns
        -------
        GroundSaddle

        Raises
        ------
        InputError
            If `omega` is outside its range.
        ConvergenceError
            If a saddle point is not found.
        """
        omega = finite_array("omega", omega, minimum=1e-11, maximum=1e4)
        rows = _ground(self._table, self.spectrum.mosaic.T_g, omega.ravel())
        log_density, kappa, fourth, third, correction, residual = (row.reshape(omega.shape)[()] for row in rows[:6])
        with np.errstate(over="ignore"):
            density = np.exp(log_density)
        result = GroundSaddle(
            omega[()],
            density,
            log_density,
            kappa,
            fourth,
            third,
            density * (1.0 + correction),
            residual,
            int(np.max(rows[6])),
        )
        return _converged(result)

    def cumulative(self, omega, E):
        """Saddle point and number N_E(ω), eqs. (44)–(47).

        Parameters
        ----------
        omega : array_like
            Frequencies in units of ω_D, 1e-11 to 10.
        E : array_like
            Energies of the upper state, 1e-11 to 1000; broadcast against `omega`.

        Returns
        -------
        CumulativeSaddle

        Raises
        ------
        InputError
            If an argument is outside its range.
        ConvergenceError
            If a saddle point is not found.
        """
        omega = finite_array("omega", omega, minimum=1e-11, maximum=10.0)
        E = finite_array("E", E, minimum=1e-11, maximum=1e3)
        omega, E = (np.array(x) for x in broadcast(omega=omega, E=E))
        rows = _cumulative(self._table, self.spectrum.mosaic.T_g, omega.ravel(), E.ravel())
        log_n, lam, mu, fourth, residual = (row.reshape(omega.shape)[()] for row in rows[:5])
        result = CumulativeSaddle(
            omega[()], E[()], np.exp(log_n), log_n, lam, mu, fourth, residual, int(np.max(rows[5]))
        )
        return _converged(result)

    def from_ground(self, omega):
        """Density ρ(ω) of transitions from the lower state, eq. (39).

        Parameters
        ----------
        omega : array_like
            Frequencies in units of ω_D, 1e-11 to 10.

        Returns
        -------
        ndarray
            ρ(ω) per domain in units of 1/ω_D.

        Raises
        ------
        InputError
            If `omega` is outside its range.
        ConvergenceError
            If a saddle point is not found.
        """
        return self.ground(omega).density

    def from_excited(self, omega, T):
        """Density ρ_exc(ω, T) of transitions from the upper state, eq. (43) with (44).

        Integrated by parts, ρ_exc = ∫ (β/2)cosh⁻²(βE/2) N_E(ω) dE.

        Parameters
        ----------
        omega : array_like
            Frequencies in units of ω_D, 1e-11 to 10.
        T : array_like
            Temperatures >= 0 in units of ω_D, up to 3; broadcast against `omega`.

        Returns
        -------
        ndarray
            ρ_exc(ω, T) per domain in units of 1/ω_D.

        Raises
        ------
        InputError
            If an argument is outside its range.
        """
        omega = finite_array("omega", omega, minimum=1e-11, maximum=10.0)
        T = finite_array("T", T, minimum=0.0, maximum=3.0)
        omega, T = (np.array(x) for x in broadcast(omega=omega, T=T))
        nodes, weights = gauss_legendre(8)
        flat = _excited(self._table, self.spectrum.mosaic.T_g, omega.ravel(), T.ravel(), nodes, weights)
        return flat.reshape(omega.shape)[()]


def _converged(result):
    worst = float(np.max(result.residual))
    if not worst < 1e-6:
        raise ConvergenceError("the saddle point was not found", result, worst, result.iterations)
    return result


@njit(cache=True)
def _cumulants(omega, weights, grid):
    """ln Z and (−1)^n dⁿ ln Z/dsⁿ, n = 1 … 5, at each s; shape (6, n)."""
    table = np.zeros((6, grid.size))
    for i in range(grid.size):
        for k in range(omega.size):
            x = grid[i] * omega[k]
            if x > 600.0:
                continue
            n = 1.0 / math.expm1(x)
            w = weights[k]
            # derivatives of the mean number of quanta
            second = n * (1.0 + n)
            third = second * (1.0 + 2.0 * n)
            fourth = second * (1.0 + 6.0 * second)
            fifth = third * (1.0 + 12.0 * second)
            table[0, i] -= w * math.log(-math.expm1(-x))
            power = w * omega[k]
            table[1, i] += power * n
            power *= omega[k]
            table[2, i] += power * second
            power *= omega[k]
            table[3, i] += power * third
            power *= omega[k]
            table[4, i] += power * fourth
            power *= omega[k]
            table[5, i] += power * fifth
    return table


@njit(cache=True)
def _at(values, slopes, log_s):
    """Value at ln s of one row of the table, by the cubic through values and slopes at both ends of the cell."""
    i = int((log_s - _LOW) / _STEP)
    i = min(max(i, 0), values.size - 2)
    u = (log_s - _LOW) / _STEP - i
    v = 1.0 - u
    return v * v * (values[i] * (1.0 + 2.0 * u) + slopes[i] * u) + u * u * (
        values[i + 1] * (1.0 + 2.0 * v) - slopes[i + 1] * v
    )


@njit(cache=True)
def _ground(table, T_g, omega):
    n = omega.size
    density, kappa, fourth, third = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    corrected, residual, count = np.empty(n), np.empty(n), np.empty(n)
    beta = 1.0 / T_g
    for k in range(n):
        low, high = _LOW, _HIGH
        x = min(max(-math.log(omega[k]), low), high)
        steps = 0
        while steps < _MOST:
            steps += 1
            s = math.exp(x)
            value = _at(table[1], table[7], x) + 1.0 / (s + beta) - omega[k]
            if value > 0.0:
                low = x
            else:
                high = x
            slope = -s * (_at(table[2], table[8], x) + 1.0 / (s + beta) ** 2)
            following = x - value / slope
            if not low < following < high:
                following = 0.5 * (low + high)
            if abs(following - x) < 1e-13 or abs(value) < 1e-15 * omega[k]:
                break
            x = following
        s = math.exp(x)
        top = s + beta
        f2 = _at(table[2], table[8], x) + 1.0 / top**2
        f3 = _at(table[3], table[9], x) + 2.0 / top**3
        f4 = _at(table[4], table[10], x) + 6.0 / top**4
        kappa[k] = top
        density[k] = (
            s * omega[k] + _at(table[0], table[6], x) - 0.5 * math.log(2.0 * math.pi * f2) - math.log(top * T_g)
        )
        fourth[k] = f4 / (24.0 * f2 * f2)
        third[k] = f3 / (6.0 * f2**1.5)
        corrected[k] = f4 / (8.0 * f2 * f2) - 5.0 * f3 * f3 / (24.0 * f2**3)
        residual[k] = abs(_at(table[1], table[7], x) + 1.0 / top - omega[k]) / omega[k]
        count[k] = steps
    return density, kappa, fourth, third, corrected, residual, count


@njit(cache=True)
def _cell(table, U):
    """Cell of the table in which −d ln Z/ds falls through U."""
    low, high = 0, table.shape[1] - 1
    while high - low > 1:
        middle = (low + high) // 2
        if table[1, middle] > U:
            low = middle
        else:
            high = middle
    return low


@njit(cache=True)
def _cumulative_saddle(table, T_g, omega, E, guess):
    """ln N_E, λ₀, μ₀, ln s, residual, iterations.

    1/λ = ω + E − U(s) and 1/μ = U(s) − ω with s = β_g + λ − μ: one increasing function of s between U = ω + E and U =
    ω.
    """
    beta = 1.0 / T_g
    low = _LOW + _STEP * _cell(table, omega + E)
    high = _LOW + _STEP * (_cell(table, omega) + 1)
    x = guess if low < guess < high else 0.5 * (low + high)
    steps = 0
    while steps < _MOST:
        steps += 1
        s = math.exp(x)
        U = _at(table[1], table[7], x)
        a, b = omega + E - U, U - omega
        if a <= 0.0:
            low = x
            x = 0.5 * (low + high)
            continue
        if b <= 0.0:
            high = x
            x = 0.5 * (low + high)
            continue
        value = s - beta - 1.0 / a + 1.0 / b
        if value > 0.0:
            high = x
        else:
            low = x
        slope = s * (1.0 + _at(table[2], table[8], x) * (1.0 / (a * a) + 1.0 / (b * b)))
        following = x - value / slope
        if not low < following < high:
            following = 0.5 * (low + high)
        if abs(following - x) < 1e-14 * (1.0 + abs(x)):
            break
        x = following
    s = math.exp(x)
    U = _at(table[1], table[7], x)
    lam, mu = 1.0 / (omega + E - U), 1.0 / (U - omega)
    second = _at(table[2], table[8], x)
    det = second * (lam**-2 + mu**-2) + 1.0 / (lam * mu) ** 2
    exponent = s * omega + lam * E + _at(table[0], table[6], x)
    log_n = exponent - math.log(2.0 * math.pi * lam * mu * T_g) - 0.5 * math.log(det)
    return log_n, lam, mu, x, abs(beta + lam - mu - s) / (beta + lam + mu), steps


@njit(cache=True)
def _cumulative(table, T_g, omega, E):
    n = omega.size
    log_n, lam, mu = np.empty(n), np.empty(n), np.empty(n)
    fourth, residual, count = np.empty(n), np.empty(n), np.empty(n)
    for k in range(n):
        log_n[k], lam[k], mu[k], x, residual[k], count[k] = _cumulative_saddle(table, T_g, omega[k], E[k], math.inf)
        second, quartic = _at(table[2], table[8], x), _at(table[4], table[10], x)
        # principal directions of the curvature
        p, q = second + lam[k] ** -2, second + mu[k] ** -2
        angle = 0.5 * math.atan2(-2.0 * second, p - q)
        fourth[k] = 0.0
        for turn in (0.0, 0.5 * math.pi):
            a, b = math.cos(angle + turn), math.sin(angle + turn)
            curvature = second * (a - b) ** 2 + (a / lam[k]) ** 2 + (b / mu[k]) ** 2
            term = quartic * (a - b) ** 4 + 6.0 * ((a / lam[k]) ** 4 + (b / mu[k]) ** 4)
            fourth[k] = max(fourth[k], term / (24.0 * curvature * curvature))
    return log_n, lam, mu, fourth, residual, count


@njit(cache=True)
def _excited(table, T_g, omega, T, nodes, rule):
    result = np.zeros(omega.size)
    for k in range(omega.size):
        if T[k] <= 0.0:
            continue
        width = 2.0 * T[k]
        left = 0.0
        largest = 0.0
        guess = math.inf
        while left < 1e3:
            part = 0.0
            for j in range(nodes.size):
                E = left + width * nodes[j]
                log_n, _, _, guess, _, _ = _cumulative_saddle(table, T_g, omega[k], E, guess)
                x = math.exp(-E / T[k])
                part += width * rule[j] * 2.0 / T[k] / (1.0 + x) ** 2 * math.exp(log_n - E / T[k])
            result[k] += part
            largest = max(largest, part)
            left += width
            if left > 10.0 * T[k] and part < 1e-8 * largest:
                break
    return result
