"""Densities of transitions that absorb a phonon, exactly (Sec. IV.E, eqs. (37), (42), (43)).

Ω(E) is the density of the vibrational levels of one domain, a peak of weight 1 at E = 0 included. In reduced units

ρ(ω) = (1/T_g)∫₀^ω Ω(E) e^(−(ω − E)/T_g) dE        from the lower state, ε > 0,
N_E(ω) = (1/T_g)∫_ω^(ω + E) Ω(E′) e^(−(E′ − ω)/T_g) dE′        from the upper state, −E < ε < 0,
ρ_exc(ω, T) = (2/T_g)∫_ω^∞ Ω(E) e^(−(E − ω)/T_g)/(e^((E − ω)/T) + 1) dE .

Discrete modes are enumerated. For broadened modes Ω follows from the recursion EΩ(E) = ∫₀^E K(E′)Ω(E − E′)dE′ with
K(E) = E Σ_k g(E/k)/k², which is the derivative of ln Z(s) = −∫g(ω)ln(1 − e^(−sω))dω in the time domain. An independent
way to the same densities is the inversion of the Laplace transform, :func:`laplace_inversion`.
"""

import functools
import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from .._validation import finite_array, real, temperature
from ..errors import ConvergenceError, InputError
from ..numerics import gauss_legendre
from .phonon_coupling import RipplonSpectrum

__all__ = ["BroadenedLevels", "DomainLevels", "domain_levels", "laplace_inversion"]

_LOST = 23.0  # e^(−23) = 1e-10, relative error allowed to expansions


@dataclass(frozen=True)
class DomainLevels:
    """Levels of the discrete ripplons of one domain.

    Attributes
    ----------
    spectrum : RipplonSpectrum
        The ripplons.
    E_max : float
        Highest energy, in units of ω_D.
    energies : ndarray, shape (n,)
        Levels Σ n_lm ω_l <= E_max, ascending from 0.
    degeneracies : ndarray, shape (n,)
        Their degeneracies.
    error : float
        Relative error of the densities, that of rounding.
    """

    spectrum: RipplonSpectrum
    E_max: float
    energies: np.ndarray
    degeneracies: np.ndarray
    error: float

    def from_ground(self, omega):
        """Density ρ(ω) of transitions from the lower state, eq. (37); at a level the value above it.

        Parameters
        ----------
        omega : array_like
            Frequencies in units of ω_D, 0 to `E_max`.

        Returns
        -------
        ndarray
            ρ(ω) per domain in units of 1/ω_D; T_gρ(0) = 1.

        Raises
        ------
        InputError
            If `omega` is outside its range.
        """
        omega = _frequencies(omega, self.E_max)
        T_g = self.spectrum.mosaic.T_g
        # partial sums that stay of the order of the result
        sums = _running(self.energies, self.degeneracies, 1.0 / T_g)
        at = np.searchsorted(self.energies, omega, side="right") - 1
        return (sums[at] * np.exp((self.energies[at] - omega) / T_g) / T_g)[()]

    def cumulative(self, omega, E):
        """Number N_E(ω) of transitions from upper states up to E, eq. (42).

        Parameters
        ----------
        omega : array_like
            Frequencies in units of ω_D, >= 0.
        E : array_like
            Energies >= 0 of the upper state; ω + E <= `E_max`.

        Returns
        -------
        ndarray
            N_E(ω) per domain in units of 1/ω_D.

        Raises
        ------
        InputError
            If an argument is outside its range.
        """
        omega, E = _energies(omega, E, self.E_max)
        flat = _count(self.energies, self.degeneracies, self.spectrum.mosaic.T_g, omega.ravel(), E.ravel())
        return flat.reshape(omega.shape)[()]

    def from_excited(self, omega, T):
        """Density ρ_exc(ω, T) of transitions from the upper state, eq. (43).

        Parameters
        ----------
        omega : array_like
            Frequencies in units of ω_D, > 0 and at most E_max − 1/2.
        T : array_like
            Temperatures >= 0 in units of ω_D, up to 3; broadcast against `omega`.

        Returns
        -------
        ndarray
            ρ_exc(ω, T) per domain in units of 1/ω_D. Levels above `E_max` enter through the partition function.

        Raises
        ------
        InputError
            If an argument is outside its range.
        """
        spectrum = self.spectrum

        def rows(omega, T):
            return _excited_levels(
                self.energies, self.degeneracies, spectrum.frequencies, spectrum.weights, spectrum.mosaic.T_g, omega, T,
                self.E_max,
            )

        return _by_temperature(rows, omega, T, self.E_max)


@dataclass(frozen=True)
class BroadenedLevels:
    """Density of the vibrational levels of one domain with broadened ripplons.

    Attributes
    ----------
    spectrum : RipplonSpectrum
        The ripplons.
    E_max : float
        Highest energy, in units of ω_D.
    energies : ndarray, shape (n,)
        Equidistant energies from 0 to E_max.
    density : ndarray, shape (n,)
        Ω(E) without its peak of weight 1 at E = 0.
    error : float
        Estimated relative error of Ω, from a recursion with twice the step.
    """

    spectrum: RipplonSpectrum
    E_max: float
    energies: np.ndarray
    density: np.ndarray
    error: float

    def __post_init__(self):
        E, h = self.energies, self.energies[1]
        cubed = np.empty(E.size)
        cubed[1:] = self.density[1:] / E[1:] ** 3
        # Ω ∝ E³ at the origin; the value there by extrapolation
        cubed[0] = 4.0 * cubed[1] - 6.0 * cubed[2] + 4.0 * cubed[3] - cubed[4]
        object.__setattr__(self, "_cubed", cubed)
        beta = 1.0 / self.spectrum.mosaic.T_g
        object.__setattr__(self, "_ground", _ground_table(E, self.density, beta, h))

    def from_ground(self, omega):
        """Density ρ(ω) of transitions from the lower state, eq. (37).

        Parameters
        ----------
        omega : array_like
            Frequencies in units of ω_D, 0 to `E_max`.

        Returns
        -------
        ndarray
            ρ(ω) per domain in units of 1/ω_D; T_gρ(0) = 1.

        Raises
        ------
        InputError
            If `omega` is outside its range.
        """
        omega = _frequencies(omega, self.E_max)
        T_g = self.spectrum.mosaic.T_g
        table = _interpolate(self._ground, self.energies[1], omega.ravel()).reshape(omega.shape)
        return ((np.exp(-omega / T_g) + table) / T_g)[()]

    def cumulative(self, omega, E):
        """Number N_E(ω) of transitions from upper states up to E, eq. (42).

        Parameters
        ----------
        omega : array_like
            Frequencies in units of ω_D, > 0.
        E : array_like
            Energies >= 0 of the upper state; ω + E <= `E_max`.

        Returns
        -------
        ndarray
            N_E(ω) per domain in units of 1/ω_D.

        Raises
        ------
        InputError
            If an argument is outside its range.
        """
        omega, E = _energies(omega, E, self.E_max)
        t, w = gauss_legendre(8)
        flat = _window(
            self._cubed, self.energies[1], self.spectrum.mosaic.T_g, omega.ravel(), E.ravel(), np.asarray(t), w
        )
        return flat.reshape(omega.shape)[()]

    def from_excited(self, omega, T):
        """Density ρ_exc(ω, T) of transitions from the upper state, eq. (43).

        Parameters
        ----------
        omega : array_like
            Frequencies in units of ω_D, > 0 and at most E_max − 1/2.
        T : array_like
            Temperatures >= 0 in units of ω_D, up to 3; broadcast against `omega`.

        Returns
        -------
        ndarray
            ρ_exc(ω, T) per domain in units of 1/ω_D. Levels above `E_max` enter through the partition function.

        Raises
        ------
        InputError
            If an argument is outside its range.
        """
        spectrum = self.spectrum
        t, w = gauss_legendre(8)

        def rows(omega, T):
            return _excited_density(
                self._cubed, self.energies[1], spectrum.frequencies, spectrum.weights, spectrum.mosaic.T_g, omega, T,
                self.E_max, t, w,
            )

        return _by_temperature(rows, omega, T, self.E_max)


def domain_levels(spectrum, E_max=2.5, *, step=2e-3, rtol=1e-4):
    """Vibrational levels of one domain, from which the densities of transitions follow exactly.

    Parameters
    ----------
    spectrum : RipplonSpectrum
        The ripplons, discrete or broadened.
    E_max : float
        Highest energy in units of ω_D, 1.5 to 4. Of the nine discrete orders there are 1323 levels up to 2.
    step : float
        Step of the recursion for broadened modes, 1e-4 to 1e-2.
    rtol : float
        Relative error of the density of broadened levels allowed, estimated with twice the step.

    Returns
    -------
    DomainLevels or BroadenedLevels
        For discrete and for broadened modes.

    Raises
    ------
    InputError
        If an argument is outside its range, or discrete modes have more than 10 million levels.
    ConvergenceError
        If the recursion does not reach `rtol`; a smaller step helps.
    """
    if not isinstance(spectrum, RipplonSpectrum):
        raise InputError("spectrum", spectrum, "a RipplonSpectrum")
    E_max = real("E_max", E_max, minimum=1.5, maximum=4.0)
    step = real("step", step, minimum=1e-4, maximum=1e-2)
    rtol = real("rtol", rtol, minimum=0.0, open_minimum=True)
    if not spectrum.coupled:
        return DomainLevels(spectrum, E_max, *_enumerate(spectrum, E_max), 1e-12)
    n = 2 * math.ceil(E_max / step / 2.0)
    E = np.linspace(0.0, E_max, n + 1)
    kernel = _kernel(spectrum, E)
    density = _recursion(E, kernel)
    coarse = _recursion(E[::2].copy(), kernel[::2].copy())
    # the recursion is of fourth order where the profiles are smooth on the scale of the step
    error = float(np.max(np.abs(coarse[8:] / density[16::2] - 1.0))) / 15.0
    result = BroadenedLevels(spectrum, E_max, E, density, error)
    if not error <= rtol:
        raise ConvergenceError("the recursion of the density of levels does not converge", result, error, n)
    return result


def laplace_inversion(omega, spectrum, *, width=0.0, rtol=1e-8):
    r"""Density ρ(ω) of transitions from the lower state by inversion of its Laplace transform.

    .. math:: T_g\rho(\omega) = \frac{1}{2\pi i}\int\frac{Z(s)}{s + \beta_g}e^{s\omega + s^2\sigma^2/2}ds ,\qquad
              \ln Z(s) = -\int g(\omega)\ln(1 - e^{-s\omega})d\omega ,

    along a line Re s > 0, the integral (38) before any approximation. With discrete modes ρ is a staircase whose
    transform does not decay; it is then averaged over a normal distribution of ω of width σ.

    Parameters
    ----------
    omega : array_like
        Frequencies > 0 in units of ω_D, at most 4.
    spectrum : RipplonSpectrum
        The ripplons, discrete or broadened.
    width : float
        Width σ of the average in units of ω_D, 0 to 0.2; at least 0.005 for discrete modes.
    rtol : float
        Relative error wanted, 1e-10 to 1e-2.

    Returns
    -------
    ndarray
        ρ(ω) per domain in units of 1/ω_D.

    Raises
    ------
    InputError
        If an argument is outside its range.
    ConvergenceError
        If the transform does not decay to `rtol` along the line.
    """
    from scipy.special import erfc

    if not isinstance(spectrum, RipplonSpectrum):
        raise InputError("spectrum", spectrum, "a RipplonSpectrum")
    omega = finite_array("omega", omega, minimum=0.0, maximum=4.0, open_minimum=True)
    width = real("width", width, minimum=0.0 if spectrum.coupled else 0.005, maximum=0.2)
    rtol = real("rtol", rtol, minimum=1e-10, maximum=1e-2)
    beta = 1.0 / spectrum.mosaic.T_g
    at = omega.ravel()
    # Trapezoidal rule of step h: the result repeats with period 2π/h, damped by e^(−2πc/h) per period.
    period = 2.0 * float(at.max()) + 2.0 + 10.0 * width
    step = 2.0 * math.pi / period
    result = np.empty(at.size)
    for k, x in enumerate(at):
        c = _saddle_point(spectrum, x, beta, math.log(1.0 / rtol) / period)
        value, size, converged = _bromwich(
            spectrum.frequencies, spectrum.weights, beta, x, width, c, step, rtol, 400_000
        )
        # the peak of Ω at E = 0 is taken analytically
        smeared = np.exp(-beta * x + 0.5 * (beta * width) ** 2)
        if width > 0.0:
            smeared *= 0.5 * erfc((beta * width**2 - x) / (math.sqrt(2.0) * width))
        result[k] = value + smeared
        if not converged:
            raise ConvergenceError("the transform does not decay along the line", result, size, 400_000)
    return (result / spectrum.mosaic.T_g).reshape(omega.shape)[()]


def _frequencies(omega, E_max):
    return finite_array("omega", omega, minimum=0.0, maximum=E_max)


def _energies(omega, E, E_max):
    omega, E = finite_array("omega", omega, minimum=0.0), finite_array("E", E, minimum=0.0)
    try:
        omega, E = np.broadcast_arrays(omega, E)
    except ValueError:
        raise InputError("E", f"shape {E.shape}", f"a shape that broadcasts with omega of shape {omega.shape}") from None
    if np.any(omega + E > E_max):
        raise InputError("E", float(np.max(E)), f"omega + E <= E_max = {E_max:g}")
    return omega, E


def _by_temperature(rows, omega, T, E_max):
    """Values of a function of (omega, T) computed row by row, one for each temperature."""
    omega = finite_array("omega", omega, minimum=0.0, maximum=E_max - 0.5, open_minimum=True)
    T = finite_array("T", T, minimum=0.0, maximum=3.0)
    try:
        omega, T = np.broadcast_arrays(omega, T)
    except ValueError:
        raise InputError("T", f"shape {T.shape}", f"a shape that broadcasts with omega of shape {omega.shape}") from None
    if T.ndim and T.strides[-1] == 0:
        flat = np.ascontiguousarray(omega.reshape(-1, omega.shape[-1]))
        return rows(flat, np.ascontiguousarray(T[..., 0]).reshape(-1)).reshape(omega.shape)
    result = np.zeros(omega.size)
    every = T.ravel()
    for t in np.unique(every):
        here = every == t
        result[here] = rows(omega.ravel()[here][None, :], np.array([t]))[0]
    return result.reshape(omega.shape)[()]


def _enumerate(spectrum, E_max):
    from scipy.special import comb

    energies, degeneracies = np.zeros(1), np.ones(1)
    for omega, l in zip(spectrum.bare, spectrum.l, strict=True):
        n = np.arange(int(E_max / omega) + 1)
        sums = energies[:, None] + n * omega
        if sums.size > 100_000_000:
            raise InputError("E_max", E_max, "an energy with at most 10 million levels below it")
        below = sums <= E_max
        # quanta distributed over 2l + 1 modes
        degeneracies = (degeneracies[:, None] * comb(n + 2 * l, n))[below]
        energies = sums[below]
    order = np.argsort(energies, kind="stable")
    return energies[order], degeneracies[order]


def _kernel(spectrum, E):
    """K(E)/E = Σ_k g(E/k)/k², shape of E."""
    kernel = np.zeros(E.size)
    last = 48
    for k in range(1, last + 1):
        kernel += spectrum.profile(E / k) / k**2
    # beyond, g ∝ ω³: Σ k^(−5) over k > last is 1/4(last + ½)⁴ to a relative 1e-4 of a term below 1e-7
    return kernel + spectrum.profile(E / last) * last**3 / (4.0 * (last + 0.5) ** 4)


@njit(cache=True)
def _recursion(E, kernel):
    """EΩ(E) = EK̂(E) + ∫₀^E E′K̂(E′)Ω(E − E′)dE′ by the trapezoidal rule, whose end corrections vanish."""
    n = E.size
    h = E[1]
    weighted = np.empty(n)
    for i in range(n):
        weighted[i] = E[i] * kernel[i]
    density = np.zeros(n)
    for i in range(1, n):
        total = 0.0
        for j in range(1, i):
            total += weighted[j] * density[i - j]
        density[i] = kernel[i] + h * total / E[i]
    return density


@njit(cache=True)
def _ground_table(E, density, beta, h):
    """∫₀^ω Ω(E)e^(−β(ω − E))dE at the nodes; each cell by the cubic through the four nodes around it."""
    n = E.size
    table = np.zeros(n)
    decay = math.exp(-beta * h)
    for i in range(1, n):
        a, b = density[i - 1] * decay, density[i]
        left = density[i - 2] * decay * decay if i >= 2 else 0.0
        if i + 1 < n:
            cell = h * (13.0 * (a + b) - left - density[i + 1] / decay) / 24.0
        else:
            cell = 0.5 * h * (a + b)
        table[i] = decay * table[i - 1] + cell
    return table


@njit(cache=True)
def _cubic(table, h, x):
    """Cubic through the four nodes around x."""
    i = int(x / h)
    i = min(max(i, 1), table.size - 3)
    u = x / h - i
    return (
        -u * (u - 1.0) * (u - 2.0) / 6.0 * table[i - 1]
        + (u * u - 1.0) * (u - 2.0) / 2.0 * table[i]
        - u * (u + 1.0) * (u - 2.0) / 2.0 * table[i + 1]
        + u * (u * u - 1.0) / 6.0 * table[i + 2]
    )


@njit(cache=True)
def _interpolate(table, h, omega):
    result = np.empty(omega.size)
    for k in range(omega.size):
        result[k] = _cubic(table, h, omega[k])
    return result


@njit(cache=True)
def _window(cubed, h, T_g, omega, E, nodes, rule):
    """(1/T_g)∫₀^E e^(−ε/T_g) Ω(ω + ε) dε."""
    result = np.zeros(omega.size)
    for k in range(omega.size):
        n = max(int(math.ceil(E[k] / 0.02)), 1)
        step = E[k] / n
        for i in range(n):
            for j in range(nodes.size):
                e = step * (i + nodes[j])
                x = omega[k] + e
                result[k] += step * rule[j] * math.exp(-e / T_g) * _cubic(cubed, h, x) * x * x * x / T_g
    return result


@njit(cache=True)
def _log_partition(omega, weights, s):
    total = 0.0
    for k in range(omega.size):
        total -= weights[k] * math.log(-math.expm1(-s * omega[k]))
    return total


@njit(cache=True)
def _running(energies, degeneracies, beta):
    """Σ_{E_i <= E_j} d_i e^(−β(E_j − E_i)) at each level."""
    sums = np.empty(energies.size)
    sums[0] = degeneracies[0]
    for j in range(1, energies.size):
        sums[j] = degeneracies[j] + math.exp(-beta * (energies[j] - energies[j - 1])) * sums[j - 1]
    return sums


@njit(cache=True)
def _count(energies, degeneracies, T_g, omega, E):
    """(1/T_g) Σ d_j e^(−(E_j − ω)/T_g) over levels from ω to ω + E."""
    result = np.zeros(omega.size)
    for k in range(omega.size):
        j = np.searchsorted(energies, omega[k])
        while j < energies.size and energies[j] <= omega[k] + E[k]:
            result[k] += degeneracies[j] * math.exp(-(energies[j] - omega[k]) / T_g) / T_g
            j += 1
    return result


@njit(cache=True)
def _excited_levels(energies, degeneracies, modes, weights, T_g, omega, T, E_max):
    """(1/T_g) Σ_{E_j >= ω} d_j e^(−β_gε) f(ε, T), ε = E_j − ω, f = 2/(e^(βε) + 1), for rows of frequencies.

    Close levels are summed as they are. For far ones f = 2Σ(−1)^(k+1)e^(−kβε), each term from a running sum down from
    E_max; what lies beyond E_max is the partition function less the sum of all levels below.
    """
    result = np.zeros(omega.shape)
    n = energies.size
    for r in range(T.size):
        t = T[r]
        if t <= 0.0:
            continue
        # the more terms, the shorter the stretch of levels to be summed one by one
        terms = min(max(int(math.ceil(230.0 * t)), 3), 120)
        reach = _LOST / terms * t
        table = np.empty((terms, n + 1))
        for k in range(terms):
            s = (k + 1.0) / t + 1.0 / T_g
            log_z = _log_partition(modes, weights, s)
            below = 0.0
            for j in range(n):
                exponent = s * energies[j]
                if exponent > 700.0:
                    break
                below += degeneracies[j] * math.exp(-exponent)
            # relative to the whole; a difference of rounding errors is dropped
            rest = -math.expm1(math.log(below) - log_z)
            table[k, n] = math.exp(log_z + math.log(rest) + s * E_max) if rest > 1e-11 else 0.0
            last = E_max
            for j in range(n - 1, -1, -1):
                table[k, j] = degeneracies[j] + math.exp(-s * (last - energies[j])) * table[k, j + 1]
                last = energies[j]
        for c in range(omega.shape[1]):
            w = omega[r, c]
            j = np.searchsorted(energies, w)
            total = 0.0
            while j < n and energies[j] - w <= reach:
                e = energies[j] - w
                x = math.exp(-e / t)
                total += degeneracies[j] * math.exp(-e / T_g) * x / (1.0 + x)
                j += 1
            e = (energies[j] if j < n else E_max) - w
            x = math.exp(-e / t)
            factor = math.exp(-e / T_g)
            for k in range(terms):
                factor *= x
                if factor == 0.0:
                    break
                total += factor * table[k, j] if k % 2 == 0 else -factor * table[k, j]
            result[r, c] = 2.0 * total / T_g
    return result


@njit(cache=True)
def _excited_density(cubed, h, modes, weights, T_g, omega, T, E_max, nodes, rule):
    """(2/T_g)∫₀^∞ e^(−ε/T_g) Ω(ω + ε)/(e^(ε/T) + 1) dε for rows of frequencies."""
    result = np.zeros(omega.shape)
    n_grid = cubed.size
    for r in range(T.size):
        t = T[r]
        if t <= 0.0:
            continue
        # ∫ of Ω e^(−sE) beyond E_max, for the terms of 2Σ(−1)^(k+1)e^(−kε/T)
        terms = min(max(int(math.ceil(20.0 * t)), 1), 60)
        beyond = np.zeros(terms)
        for k in range(terms):
            s = (k + 1.0) / t + 1.0 / T_g
            log_z = _log_partition(modes, weights, s)
            below = 1.0
            for j in range(1, n_grid):
                E = j * h
                # Simpson's rule: the grid has an even number of cells
                weight = h / 3.0 * (1.0 if j == n_grid - 1 else (4.0 if j % 2 == 1 else 2.0))
                below += weight * cubed[j] * E * E * E * math.exp(-s * E)
            rest = -math.expm1(math.log(below) - log_z)
            if rest > 1e-7:
                beyond[k] = math.exp(log_z + math.log(rest) + s * E_max)
        for c in range(omega.shape[1]):
            w = omega[r, c]
            top = E_max - w
            left = 0.0
            total = 0.0
            while left < top and left < 45.0 * t + 45.0 * min(t, 0.05):
                right = min(left + min(1.5 * t, 0.05) * (1.0 + left / (4.0 * t) if t < 0.02 else 1.0), top)
                step = right - left
                for j in range(nodes.size):
                    e = left + step * nodes[j]
                    x = math.exp(-e / t)
                    E = w + e
                    total += step * rule[j] * math.exp(-e / T_g) * x / (1.0 + x) * _cubic(cubed, h, E) * E * E * E
                left = right
            factor = math.exp(-top / T_g)
            x = math.exp(-top / t)
            for k in range(terms):
                factor *= x
                total += factor * beyond[k] if k % 2 == 0 else -factor * beyond[k]
            result[r, c] = 2.0 * total / T_g
    return result


def _saddle_point(spectrum, omega, beta, least):
    """Real part s > least at which e^(sω)(Z − 1)/(s + β) is smallest along the real axis."""
    from scipy.optimize import minimize_scalar

    def height(log_s):
        s = math.exp(log_s)
        return s * omega + _log_partition(spectrum.frequencies, spectrum.weights, s) - math.log(s + beta)

    best = minimize_scalar(height, bounds=(math.log(1e-2), math.log(1e4)), method="bounded")
    return max(math.exp(best.x), least)


@njit(cache=True)
def _bromwich(modes, weights, beta, omega, width, c, step, rtol, most):
    """Trapezoidal rule along Re s = c for the transform without the peak at E = 0; value, last term, converged."""
    total = 0.0
    largest = 0.0
    small = 0
    for n in range(most):
        s = complex(c, n * step)
        log_z = 0.0j
        for k in range(modes.size):
            log_z -= weights[k] * np.log(1.0 - np.exp(-s * modes[k]))
        term = (np.exp(log_z) - 1.0) / (s + beta) * np.exp(s * omega + 0.5 * s * s * width * width)
        total += (0.5 if n == 0 else 1.0) * term.real
        size = abs(term)
        largest = max(largest, size)
        small = small + 1 if size <= 1e-2 * rtol * largest else 0
        if small >= 20:
            return total * step / math.pi, size, True
    return total * step / math.pi, size, False
