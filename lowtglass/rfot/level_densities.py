"""Densities of transitions that absorb a phonon, exactly (Sec. IV.E, eqs. (37), (42), (43)).

Ω(E) is the density of the vibrational levels of one domain, a peak of weight 1 at E = 0 included. In reduced units

ρ(ω) = (1/T_g)∫₀^ω Ω(E) e^(−(ω − E)/T_g) dE        from the lower state, ε > 0,
N_E(ω) = (1/T_g)∫_ω^(ω + E) Ω(E′) e^(−(E′ − ω)/T_g) dE′        from the upper state, −E < ε < 0,
ρ_exc(ω, T) = (2/T_g)∫_ω^∞ Ω(E) e^(−(E − ω)/T_g)/(e^((E − ω)/T) + 1) dE .

Discrete modes are enumerated. For broadened modes ln Z(s) = −∫g(ω)ln(1 − e^(−sω))dω is the Laplace transform of
a(E) = Σ_k g(E/k)/k², so that Ω is the exponential of a under convolution, Ω = δ + a + a∗a/2 + …; it is computed on a
uniform grid by fast Fourier transforms. An independent way to the same densities is the inversion of the Laplace
transform, :func:`laplace_inversion`.
"""

import cmath
import functools
import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from .._validation import finite_array, real
from ..errors import ConvergenceError, InputError
from ..numerics import gauss_legendre
from ._arguments import broadcast
from .phonon_coupling import RipplonSpectrum, _checked

__all__ = ["BroadenedLevels", "DomainLevels", "domain_levels", "laplace_inversion"]

_LOST = 23.0  # e^(−23) = 1e-10, relative error allowed to expansions
_MOST_LEVELS = 500_000
#: First weights of Gregory's rule, which make a sum over a uniform grid a quadrature of fifth order at its end.
_GREGORY = np.array([95.0 / 288.0, 317.0 / 240.0, 23.0 / 30.0, 793.0 / 720.0, 157.0 / 160.0])


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
            Frequencies in units of ω_D, > 0 and at most E_max − 5/4.
        T : array_like
            Temperatures >= 0 in units of ω_D, up to 3; broadcast against `omega`.

        Returns
        -------
        ndarray
            ρ_exc(ω, T) per domain in units of 1/ω_D. Levels above `E_max` enter through the partition function, within
            a relative error of 1e-5.

        Raises
        ------
        InputError
            If an argument is outside its range.
        """
        spectrum = self.spectrum

        def rows(omega, T):
            return _excited_levels(
                self.energies,
                self.degeneracies,
                spectrum.frequencies,
                spectrum.weights,
                spectrum.mosaic.T_g,
                omega,
                T,
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
        Estimated relative error of Ω, from a grid of twice the step.
    """

    spectrum: RipplonSpectrum
    E_max: float
    energies: np.ndarray
    density: np.ndarray
    error: float

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
        T_g, h = self.spectrum.mosaic.T_g, self.energies[1]
        at, end = omega.ravel(), (omega + E).ravel()
        t, w = gauss_legendre(8)
        near = _window(self._cubed, h, T_g, at, np.minimum(end - at, 32.0 * h), t, w)
        table = _interpolate(self._falling, h, end) - _interpolate(self._falling, h, at)
        return np.where(end - at <= 32.0 * h, near, table * np.exp(at / T_g) / T_g).reshape(omega.shape)[()]

    def from_excited(self, omega, T):
        """Density ρ_exc(ω, T) of transitions from the upper state, eq. (43).

        Parameters
        ----------
        omega : array_like
            Frequencies in units of ω_D, > 0 and at most E_max − 5/4.
        T : array_like
            Temperatures >= 0 in units of ω_D, up to 3; broadcast against `omega`.

        Returns
        -------
        ndarray
            ρ_exc(ω, T) per domain in units of 1/ω_D. Levels above `E_max` enter through the partition function, within
            a relative error of 1e-5.

        Raises
        ------
        InputError
            If an argument is outside its range.
        """
        return _by_temperature(self._excited, omega, T, self.E_max)

    @functools.cached_property
    def _cubed(self):
        """Ω/E³, which is smooth at the origin."""
        cubed = np.empty(self.energies.size)
        cubed[1:] = self.density[1:] / self.energies[1:] ** 3
        cubed[0] = 4.0 * cubed[1] - 6.0 * cubed[2] + 4.0 * cubed[3] - cubed[4]
        return cubed

    @functools.cached_property
    def _ground(self):
        """∫₀^ω Ω(E)e^(−(ω − E)/T_g)dE at the nodes."""
        return _running_integral(self.density, 1.0 / self.spectrum.mosaic.T_g, self.energies[1])

    @functools.cached_property
    def _falling(self):
        """∫₀^E Ω(E′)e^(−E′/T_g)dE′ at the nodes."""
        weighted = self.density * np.exp(-self.energies / self.spectrum.mosaic.T_g)
        return _running_integral(weighted, 0.0, self.energies[1])

    def _excited(self, omega, T):
        result = np.zeros(omega.shape)
        T_g, h = self.spectrum.mosaic.T_g, self.energies[1]
        for row, t in enumerate(T):
            if t <= 0.0:
                continue
            if t < 8.0 * h:
                nodes, weights = gauss_legendre(10)
                result[row] = _excited_integral(self._cubed, h, T_g, omega[row], t, self.E_max, nodes, weights)
                continue
            result[row] = _interpolate(self._excited_table(t), h, omega[row])
        return result

    def _excited_table(self, t):
        """ρ_exc at the nodes for one temperature, as a correlation of Ω with the thermal weight."""
        from scipy.fft import irfft, rfft

        found = self._tables.get(t)
        if found is None:
            if len(self._tables) > 100:
                self._tables.clear()
            E, h, T_g = self.energies, self.energies[1], self.spectrum.mosaic.T_g
            damping, size, transform = self._damped
            weight = h * np.exp(-E / T_g) / (np.exp(np.minimum(E / t, 700.0)) + 1.0)
            weight[:5] *= _GREGORY
            # nothing beyond E_max − 5/4 is asked for
            n = np.searchsorted(E, self.E_max - 1.25) + 4
            table = irfft(transform * np.conj(rfft(weight * np.exp(damping * E), size)), size)[:n]
            found = self._tables[t] = 2.0 / T_g * (table * np.exp(damping * E[:n]) + self._beyond(t, E[:n]))
        return found

    @functools.cached_property
    def _tables(self):
        return {}

    @functools.cached_property
    def _damped(self):
        """Rate of growth c of Ω, size of the transforms, and transform of Ωe^(−cE), which is of one magnitude."""
        from scipy.fft import next_fast_len, rfft

        half = self.energies.size // 2
        growth = max(2.0 * math.log(self.density[-1] / self.density[half]) / self.E_max, 0.0)
        damped = self.density * np.exp(-growth * self.energies)
        damped[-1] *= 0.5
        size = next_fast_len(2 * self.energies.size)
        return growth, size, rfft(damped, size)

    @functools.cached_property
    def _simpson(self):
        """Ω with the weights of Simpson's rule; the grid has an even number of cells."""
        weights = np.full(self.energies.size, 2.0)
        weights[1::2] = 4.0
        weights[[0, -1]] = 1.0
        return self.energies[1] / 3.0 * weights * self.density

    def _beyond(self, t, energies):
        """Share of the levels above E_max in the table, from 1/(e^x + 1) = Σ(−1)^(k+1)e^(−kx)."""
        spectrum, E, T_g = self.spectrum, self.energies, self.spectrum.mosaic.T_g
        total = np.zeros(energies.size)
        # The share is at most Z(c)e^(−(s − c)E_max)/Z(s) for every c <= s; beyond that lies the error of the grid.
        c = _saddle_point(spectrum, self.E_max, 0.0, 0.0)
        most = _log_partition(spectrum.frequencies, spectrum.weights, c) + c * self.E_max
        for k in range(1, min(math.ceil(40.0 * t) + 1, 100) + 1):
            s = k / t + 1.0 / T_g
            log_z = _log_partition(spectrum.frequencies, spectrum.weights, s)
            rest = -math.expm1(math.log1p(self._simpson @ np.exp(-s * E)) - log_z)
            if s > c:
                rest = min(rest, math.exp(most - s * self.E_max - log_z))
            if rest < 1e-7:
                break
            total -= (-1) ** k * np.exp(log_z + math.log(rest) + s * energies)
        return total


def domain_levels(spectrum, E_max=2.5, *, rtol=1e-5):
    """Vibrational levels of one domain, from which the densities of transitions follow exactly.

    Parameters
    ----------
    spectrum : RipplonSpectrum
        The ripplons, discrete or broadened.
    E_max : float
        Highest energy in units of ω_D, 1.5 to 4. The discrete orders 2 to 9 have 1323 levels up to 2.
    rtol : float
        Relative error of the density of broadened levels allowed, 1e-8 to 1e-2. The grid is made finer until the
        difference from that of twice the step, over 15, is smaller.

    Returns
    -------
    DomainLevels or BroadenedLevels
        For discrete and for broadened modes.

    Raises
    ------
    InputError
        If an argument is outside its range, or there are more than 500 000 levels of discrete modes.
    ConvergenceError
        If the finest grid does not reach `rtol`. A sharp cut-off leaves a cusp in the profiles, with which 1e-3 to 1e-5
        can be reached.
    """
    spectrum = _checked(spectrum)
    E_max = real("E_max", E_max, minimum=1.5, maximum=4.0)
    rtol = real("rtol", rtol, minimum=1e-8, maximum=1e-2)
    if not spectrum.coupled:
        return DomainLevels(spectrum, E_max, *_enumerate(spectrum, E_max), 1e-12)
    coarse, n = None, 2048
    while True:
        E = np.linspace(0.0, E_max, n + 1)
        density = _exponential(spectrum, E)
        if coarse is not None:
            # the method is of fourth order at least
            error = float(np.max(np.abs(coarse[4:] / density[8::2] - 1.0))) / 15.0
            if error <= rtol:
                return BroadenedLevels(spectrum, E_max, E, density, error)
            if n >= 131072:
                raise ConvergenceError(
                    "the density of levels does not converge",
                    BroadenedLevels(spectrum, E_max, E, density, error),
                    error,
                    n,
                )
        coarse, n = density, 2 * n


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
        Relative error wanted of the integral along the line, 1e-10 to 1e-2. For broadened modes a(E) is taken on 4096
        points up to 2ω, which holds 1e-7 with a smeared cut-off.

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

    spectrum = _checked(spectrum)
    omega = finite_array("omega", omega, minimum=0.0, maximum=4.0, open_minimum=True)
    width = real("width", width, minimum=0.0 if spectrum.coupled else 0.005, maximum=0.2)
    rtol = real("rtol", rtol, minimum=1e-10, maximum=1e-2)
    beta = 1.0 / spectrum.mosaic.T_g
    at = omega.ravel()
    result = np.empty(at.size)
    for k, x in enumerate(at):
        modes, weights = _inversion_modes(spectrum, x)
        c = _saddle_point(spectrum, x, beta, 1.0)
        uniform = spectrum.coupled
        # The trapezoidal rule of step 2π/P adds e^(−cP) times the function at x + P.
        period = 2.0 * x + 1.0 + 10.0 * width
        height = _log_partition(spectrum.frequencies, spectrum.weights, c) + c * x
        while True:
            far = _saddle_point(spectrum, x + period, beta, 1e-2)
            alias = _log_partition(spectrum.frequencies, spectrum.weights, far) + far * (x + period) - c * period
            if alias - height < math.log(rtol) or period > 1e3:
                break
            period *= 1.3
        step = 2.0 * math.pi / period
        # a uniform rule over the modes resolves e^(−sω) up to Im s = π over its step
        most = int(math.pi / modes[0] / step) if spectrum.coupled else 400_000
        value, size, converged = _bromwich(modes, weights, beta, x, width, c, step, rtol, most, uniform)
        # the peak of Ω at E = 0 is taken analytically
        smeared = np.exp(-beta * x + 0.5 * (beta * width) ** 2)
        if width > 0.0:
            smeared *= 0.5 * erfc((beta * width**2 - x) / (math.sqrt(2.0) * width))
        result[k] = value + smeared
        if not converged:
            raise ConvergenceError("the transform does not decay along the line", result, size, most)
    return (result / spectrum.mosaic.T_g).reshape(omega.shape)[()]


def _inversion_modes(spectrum, omega):
    """Modes, or for broadened ones a(E) on a uniform grid, from which ln Z follows.

    What lies beyond `omega` has no influence on the density there. Faded out smoothly, it leaves a transform that
    decays.
    """
    from scipy.special import erfc

    if not spectrum.coupled:
        return spectrum.frequencies, spectrum.weights
    n = 4096
    E = np.arange(1, n + 1) * (2.0 * omega / n)
    quanta = sum(spectrum.profile(E / k) / k**2 for k in range(1, 41))
    return E, E[0] * quanta * 0.5 * erfc((E / omega - 1.5) * 12.0)


def _frequencies(omega, E_max):
    return finite_array("omega", omega, minimum=0.0, maximum=E_max)


def _energies(omega, E, E_max):
    omega, E = finite_array("omega", omega, minimum=0.0), finite_array("E", E, minimum=0.0)
    omega, E = (np.array(x) for x in broadcast(omega=omega, E=E))
    if np.any(omega + E > E_max):
        raise InputError("E", float(np.max(E)), f"omega + E <= E_max = {E_max:g}")
    return omega, E


def _by_temperature(rows, omega, T, E_max):
    """Values of a function of (omega, T) computed row by row, one for each temperature."""
    omega = finite_array("omega", omega, minimum=0.0, maximum=E_max - 1.25, open_minimum=True)
    T = finite_array("T", T, minimum=0.0, maximum=3.0)
    omega, T = (np.array(x) for x in broadcast(omega=omega, T=T))
    if T.ndim and np.all(T == T[..., :1]):
        return rows(omega.reshape(-1, omega.shape[-1]), T[..., 0].ravel()).reshape(omega.shape)
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
        below = sums <= E_max
        if np.count_nonzero(below) > _MOST_LEVELS:
            raise InputError("E_max", E_max, f"an energy with at most {_MOST_LEVELS} levels below it")
        # quanta distributed over 2l + 1 modes
        degeneracies = (degeneracies[:, None] * comb(n + 2 * l, n))[below]
        energies = sums[below]
    order = np.argsort(energies, kind="stable")
    return energies[order], degeneracies[order]


def _exponential(spectrum, E):
    """Ω without its peak at 0 on a uniform grid: the exponential of a(E) = Σ_k g(E/k)/k² under convolution."""
    from scipy.fft import irfft, next_fast_len, rfft

    h = E[1]
    cubed = np.zeros(E.size)
    cubed[1:] = spectrum.profile(E[1:]) / E[1:] ** 3
    # g/ω³ → (3π/2)T_g Σ(2l + 1)/πω_l(0)²
    scale = 1.0 / spectrum.survival if spectrum.normalised else 1.0
    cubed[0] = 1.5 * spectrum.mosaic.T_g * np.sum(scale * (2 * spectrum.l + 1) / spectrum.shifted**2)
    a = _overtones(cubed, E)
    # Damped by e^(−cE), what wraps around is small and the transform does not lose the low energies.
    c = _saddle_point(spectrum, 0.5 * E[-1], 0.0, 0.0)
    size = next_fast_len(4 * E.size)
    transform = rfft(h * a * np.exp(-c * E), size)
    density = irfft(np.expm1(transform), size)[: E.size] / h * np.exp(c * E)
    # At low energies Ω ∝ E³ is below the rounding of the transform; the recursion keeps relative accuracy.
    low = min(E.size, 1 + math.ceil(0.1 / h))
    density[:low] = _recursion(E[:low], a[:low])
    return density


@njit(cache=True)
def _recursion(E, a):
    """EΩ(E) = E a(E) + ∫₀^E E′a(E′)Ω(E − E′)dE′ by the trapezoidal rule, whose end corrections vanish."""
    h = E[1]
    density = np.zeros(E.size)
    for i in range(1, E.size):
        total = 0.0
        for j in range(1, i):
            total += E[j] * a[j] * density[i - j]
        density[i] = a[i] + h * total / E[i]
    return density


@njit(cache=True)
def _overtones(cubed, E):
    """Σ_k g(E/k)/k² from a table of g/ω³."""
    last = 40
    result = np.zeros(E.size)
    for i in range(1, E.size):
        total = 0.0
        for k in range(1, last + 1):
            total += _local(cubed, E[1], E[i] / k) / k**5
        # beyond, g/ω³ is constant: Σ k^(−5) over k > last
        total += cubed[0] / (4.0 * (last + 0.5) ** 4)
        result[i] = total * E[i] ** 3
    return result


@njit(cache=True)
def _running_integral(density, beta, h):
    """∫₀^E F(E′)e^(−β(E − E′))dE′ at the nodes; each cell by the cubic through the four nodes around it."""
    n = density.size
    table = np.zeros(n)
    decay = math.exp(-beta * h)
    for i in range(1, n):
        a, b = density[i - 1] * decay, density[i]
        left = density[i - 2] * decay * decay if i >= 2 else 0.0
        if i + 1 < n:
            cell = h * (13.0 * (a + b) - left - density[i + 1] / decay) / 24.0
        else:
            cell = h * (5.0 * b + 8.0 * a - left) / 12.0
        table[i] = decay * table[i - 1] + cell
    return table


@njit(cache=True)
def _local(table, h, x):
    """Polynomial of fifth degree through the six nodes around x."""
    i = int(x / h)
    i = min(max(i, 2), table.size - 4)
    u = x / h - i
    a, b, c, d, e, f = u + 2.0, u + 1.0, u, u - 1.0, u - 2.0, u - 3.0
    return (
        -b * c * d * e * f / 120.0 * table[i - 2]
        + a * c * d * e * f / 24.0 * table[i - 1]
        - a * b * d * e * f / 12.0 * table[i]
        + a * b * c * e * f / 12.0 * table[i + 1]
        - a * b * c * d * f / 24.0 * table[i + 2]
        + a * b * c * d * e / 120.0 * table[i + 3]
    )


@njit(cache=True)
def _interpolate(table, h, omega):
    result = np.empty(omega.size)
    for k in range(omega.size):
        result[k] = _local(table, h, omega[k])
    return result


@njit(cache=True)
def _window(cubed, h, T_g, omega, E, nodes, rule):
    """(1/T_g)∫₀^E e^(−ε/T_g) Ω(ω + ε) dε."""
    result = np.zeros(omega.size)
    for k in range(omega.size):
        n = max(math.ceil(E[k] / 0.02), 1)
        step = E[k] / n
        for i in range(n):
            for j in range(nodes.size):
                e = step * (i + nodes[j])
                x = omega[k] + e
                result[k] += step * rule[j] * math.exp(-e / T_g) * _local(cubed, h, x) * x * x * x / T_g
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
def _first(energies, omega):
    """Index of the first level not below omega."""
    low, high = 0, energies.size
    while low < high:
        middle = (low + high) // 2
        if energies[middle] < omega:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True)
def _count(energies, degeneracies, T_g, omega, E):
    """(1/T_g) Σ d_j e^(−(E_j − ω)/T_g) over levels from ω to ω + E."""
    result = np.zeros(omega.size)
    for k in range(omega.size):
        j = _first(energies, omega[k])
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
        terms = min(max(math.ceil(230.0 * t), 3), 120)
        reach = _LOST / terms * t
        highest = 0.0
        for c in range(omega.shape[1]):
            highest = max(highest, omega[r, c])
        # running sums are kept only where one of the frequencies may need them
        top = min(n, _first(energies, highest + reach) + 1)
        table = np.empty((terms, top + 1))
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
            running = math.exp(log_z + math.log(rest) + s * E_max) if rest > 1e-11 else 0.0
            if top == n:
                table[k, n] = running
            last = E_max
            for j in range(n - 1, -1, -1):
                running = degeneracies[j] + math.exp(-s * (last - energies[j])) * running
                last = energies[j]
                if j <= top:
                    table[k, j] = running
        for c in range(omega.shape[1]):
            w = omega[r, c]
            j = _first(energies, w)
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
def _excited_integral(cubed, h, T_g, omega, t, E_max, nodes, rule):
    """(2/T_g)∫₀^∞ e^(−ε/T_g) Ω(ω + ε)/(e^(ε/T) + 1) dε at a temperature that the grid does not resolve."""
    result = np.zeros(omega.size)
    for c in range(omega.size):
        left = 0.0
        while left < 45.0:
            width = 1.0 + 0.4 * left
            if omega[c] + (left + width) * t > E_max:
                break
            for j in range(nodes.size):
                x = left + width * nodes[j]
                e = t * x
                f = math.exp(-x)
                E = omega[c] + e
                weight = t * width * rule[j] * math.exp(-e / T_g) * f / (1.0 + f)
                result[c] += 2.0 / T_g * weight * _local(cubed, h, E) * E * E * E
            left += width
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
def _bromwich(modes, weights, beta, omega, width, c, step, rtol, most, uniform):
    """Trapezoidal rule along Re s = c for the transform without the peak at E = 0; value, last term, converged."""
    total = 0.0
    largest = 0.0
    small = 0
    for n in range(most):
        s = complex(c, n * step)
        log_z = 0.0j
        if uniform:
            factor, power = cmath.exp(-s * modes[0]), 1.0 + 0.0j
            for k in range(modes.size):
                power *= factor
                log_z += weights[k] * power
        else:
            for k in range(modes.size):
                log_z -= weights[k] * cmath.log(1.0 - cmath.exp(-s * modes[k]))
        term = (cmath.exp(log_z) - 1.0) / (s + beta) * cmath.exp(s * omega + 0.5 * s * s * width * width)
        total += (0.5 if n == 0 else 1.0) * term.real
        size = abs(term)
        largest = max(largest, size)
        small = small + 1 if size <= 1e-2 * rtol * largest else 0
        if small >= 20:
            return total * step / math.pi, size, True
    return total * step / math.pi, size, False
