"""Friction and frequency shift of ripplons from phonons, and the spectrum they leave (Sec. IV.F, eqs. (53)–(55)).

The coupling ends at the frequency ω_c, which the paper chooses between 1.8 and 2.5 (a/ξ)ω_D. The end is smeared: ω_c is
averaged over a normal distribution of relative width 1/√D. Here S(ω) = ½ erfc((ω − ω_c)√D/√2ω_c) then replaces the step
under the integral of (54). The paper calls the smearing unimportant and gives no D.
"""

import functools
import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from .._validation import finite_array, integer, real
from ..errors import ConvergenceError, InputError
from ..numerics import gauss_legendre
from ._arguments import check_mosaic
from .mosaic import Mosaic
from .ripplons import highest_order, ripplon_frequencies

__all__ = ["RipplonSpectrum", "frequency_shift", "friction", "largest_cutoff", "ripplon_spectrum", "shift_sign_change"]

_NODES = 10  # of the rule on each panel
_LOWEST, _HIGHEST = 1e-4, 1e3  # frequencies between which the panels follow ln ω
_EULER = 0.5772156649015329


@dataclass(frozen=True)
class RipplonSpectrum:
    """Spectrum of the ripplons of one domain, as nodes and weights.

    A sum over modes Σ(2l + 1)F(ω_l) is ``sum(weights * F(frequencies))``; with coupling to phonons the weights are
    those of a quadrature over the broadened profiles, eq. (55).

    Attributes
    ----------
    mosaic : Mosaic
        The glass.
    frequencies, weights : ndarray, shape (n,)
        Nodes in units of ω_D, ascending, and weights.
    l : ndarray, shape (n_l,)
        Orders l = 2, …, l_max.
    bare : ndarray, shape (n_l,)
        Frequencies ω_l without coupling, in units of ω_D.
    cutoff : float or None
        ω_c in units of (a/ξ)ω_D; None without coupling.
    D : float
        The cut-off is smeared by ω_c/√D; infinite for a sharp one.
    shifted : ndarray, shape (n_l,)
        ω_l(0), the shifted frequencies at ω → 0.
    survival : ndarray, shape (n_l,)
        Integral of each profile over all frequencies. As printed, (55) is not normalised: with friction ∝ ω³ each line
        has a tail around γ_ω = ω that holds 1/4 at weak coupling, and at strong coupling most of the line is lost.
    modes : float
        Σ(2l + 1) survival, the modes left of Σ(2l + 1).
    normalised : bool
        Whether the profiles were divided by ``survival``.
    error : float
        Estimated relative error of the integral over the profiles.
    """

    mosaic: Mosaic
    frequencies: np.ndarray
    weights: np.ndarray
    l: np.ndarray
    bare: np.ndarray
    cutoff: float | None
    D: float
    shifted: np.ndarray
    survival: np.ndarray
    modes: float
    normalised: bool
    error: float

    @property
    def coupled(self):
        """Whether the modes are broadened and shifted by phonons."""
        return self.cutoff is not None

    def profile(self, omega):
        """Density of modes g(ω) with coupling, eq. (55), summed over l with 2l + 1.

        Parameters
        ----------
        omega : array_like
            Frequencies >= 0 in units of ω_D.

        Returns
        -------
        ndarray
            g(ω), of the shape of `omega`.

        Raises
        ------
        InputError
            If `omega` is outside its range, or the spectrum is one of discrete modes.
        """
        if not self.coupled:
            raise InputError("spectrum", "discrete modes", "a spectrum with a cutoff")
        omega = finite_array("omega", omega, minimum=0.0)
        scale = 1.0 / self.survival if self.normalised else np.ones(self.l.size)
        c = self.cutoff / self.mosaic.xi
        rows = _profiles(omega.ravel(), self.bare, self.mosaic.T_g, c, self.D)
        return ((2 * self.l + 1) * scale @ rows).reshape(omega.shape)[()]


def friction(omega, mosaic):
    """Friction of an internal resonance by the emission of phonons, eq. (53): γ = (3π/2)T_g(ω/ω_D)³.

    The paper uses it above the cut-off as well.

    Parameters
    ----------
    omega : array_like
        Frequencies >= 0 in units of ω_D.
    mosaic : Mosaic
        The glass.

    Returns
    -------
    ndarray
        γ_ω = 1/τ_ω in units of ω_D, of the shape of `omega`; half the width of the line (55).

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    check_mosaic(mosaic)
    return (1.5 * math.pi * mosaic.T_g * finite_array("omega", omega, minimum=0.0) ** 3)[()]


def frequency_shift(omega, mosaic, cutoff=1.8, *, D=30.0):
    r"""Shift of the frequency of a resonance by phonons, eq. (54).

    .. math:: \omega_l(\omega) - \omega_l = -\frac32 T_g\,\mathrm{P}\!\!\int_0^\infty
              \frac{\omega'^3S(\omega')}{\omega' - \omega}\,d\omega' ,

    in units ω_D = 1. The first line of (54) as printed lacks (ω_c/c_s)³. With a sharp cut-off the integral is
    ω_c³/3 + ωω_c²/2 + ω²ω_c + ω³ ln abs((ω_c − ω)/ω); smeared, its mean over the distribution of ω_c.

    Parameters
    ----------
    omega : array_like
        Frequencies >= 0 in units of ω_D.
    mosaic : Mosaic
        The glass.
    cutoff : float
        ω_c in units of (a/ξ)ω_D, > 0.
    D : float
        ω_c is smeared by ω_c/√D, D >= 9; infinite for a sharp cut-off.

    Returns
    -------
    ndarray
        ω_l(ω) − ω_l in units of ω_D, the same for all l. With a sharp cut-off it is infinite at ω = ω_c.

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    check_mosaic(mosaic)
    omega = finite_array("omega", omega, minimum=0.0)
    c, D = real("cutoff", cutoff, minimum=0.0, open_minimum=True) / mosaic.xi, _width(D)
    return (-1.5 * mosaic.T_g * _principal_value(omega.ravel(), c, D)).reshape(omega.shape)[()]


def largest_cutoff(mosaic, *, D=30.0):
    """Cut-off at which the lowest ripplon is shifted to zero, ω_2(0) = 0.

    ω_2(0) = ω_2 − ½T_gω_c³(1 + 3/D) falls with ω_c; beyond it the glass would be unstable.

    Parameters
    ----------
    mosaic : Mosaic
        The glass.
    D : float
        ω_c is smeared by ω_c/√D, D >= 9; infinite for a sharp cut-off.

    Returns
    -------
    float
        ω_c in units of (a/ξ)ω_D.

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    check_mosaic(mosaic)
    lowest = ripplon_frequencies(mosaic, 2)[0]
    return float(mosaic.xi * (2.0 * lowest / (mosaic.T_g * (1.0 + 3.0 / _width(D)))) ** (1.0 / 3.0))


def shift_sign_change(*, D=30.0):
    """Frequency, over ω_c, above which phonons raise the frequency of a resonance.

    The zero of the integral in (54), whatever ω_c and T_g. The paper has 'a multiple of ω_c'; it lies near ω_c.

    Parameters
    ----------
    D : float
        ω_c is smeared by ω_c/√D, D >= 9; infinite for a sharp cut-off.

    Returns
    -------
    float
        ω/ω_c.

    Raises
    ------
    InputError
        If `D` is outside its range.
    """
    from scipy.optimize import brentq

    D = _width(D)
    # beyond the cut-off the integral is negative; a sharp one is infinite there
    top = 0.999 if D == math.inf else 2.0
    return float(brentq(lambda x: _principal_value(np.array([x]), 1.0, D)[0], 0.3, top, xtol=1e-13))


def ripplon_spectrum(mosaic, cutoff=None, *, D=30.0, l_max=None, normalised=False, rtol=1e-9):
    """Spectrum of the ripplons of one domain, bare or with friction and shift by phonons, eq. (55).

    Parameters
    ----------
    mosaic : Mosaic
        The glass.
    cutoff : float, optional
        ω_c in units of (a/ξ)ω_D, > 0 and below :func:`largest_cutoff`; None (the default) for no coupling.
    D : float
        ω_c is smeared by ω_c/√D, D >= 9; infinite for a sharp cut-off.
    l_max : int, optional
        Highest order, 2 to 100; by default the integer part of :func:`highest_order`.
    normalised : bool
        Divide each profile by its integral. As printed it is not 1 once the friction exceeds the frequency.
    rtol : float
        Relative error allowed to the integral over the profiles, 1e-12 to 1e-3.

    Returns
    -------
    RipplonSpectrum

    Raises
    ------
    InputError
        If an argument is outside its range, in particular a cut-off at which the lowest frequency turns negative.
    ConvergenceError
        If the quadrature does not reach `rtol`.
    """
    check_mosaic(mosaic)
    rtol = real("rtol", rtol, minimum=1e-12, maximum=1e-3)
    l_max = math.floor(highest_order(mosaic)) if l_max is None else integer("l_max", l_max, minimum=2, maximum=100)
    l, bare = np.arange(2, l_max + 1), ripplon_frequencies(mosaic, l_max)
    D = _width(D)
    if cutoff is None:
        ones = np.ones(l.size)
        return RipplonSpectrum(
            mosaic, bare, 2.0 * l + 1.0, l, bare, None, math.inf, bare, ones, float(np.sum(2 * l + 1)), False, 0.0
        )
    bound = largest_cutoff(mosaic, D=D)
    cutoff = real("cutoff", cutoff, minimum=0.0, maximum=bound, open_minimum=True, open_maximum=True)
    c = cutoff / mosaic.xi
    degeneracy = 2.0 * l + 1.0
    nodes, weights, rows, error = _quadrature(bare, degeneracy, mosaic.T_g, c, D, rtol)
    survival = rows @ weights
    if normalised:
        rows = rows / survival[:, None]
    return RipplonSpectrum(
        mosaic,
        nodes,
        weights * (degeneracy @ rows),
        l,
        bare,
        cutoff,
        D,
        bare - 0.5 * mosaic.T_g * c**3 * (1.0 + 3.0 / D),
        survival,
        float(degeneracy @ survival),
        bool(normalised),
        error,
    )


def _checked(spectrum):
    if not isinstance(spectrum, RipplonSpectrum):
        raise InputError("spectrum", spectrum, "a RipplonSpectrum")
    return spectrum


def _width(D):
    """D >= 9 or infinite: below 9 more than 0.1 % of the normal distribution of ω_c would be negative."""
    if isinstance(D, float) and D == math.inf:
        return D
    return real("D", D, minimum=9.0)


def _principal_value(omega, c, D):
    """P∫ω′³S(ω′)/(ω′ − ω)dω′ for the frequencies `omega`, shape (n,)."""
    tiny = omega < 1e-300
    safe = np.where(tiny, 1.0, omega)
    if D == math.inf:
        mean_square, mean_cube = c**2, c**3
        with np.errstate(divide="ignore"):
            logarithm = np.log(np.abs(c - safe))
    else:
        width = c / math.sqrt(D)
        mean_square, mean_cube = c**2 + width**2, c**3 + 3.0 * c * width**2
        logarithm = math.log(width) + _mean_logarithm((safe - c) / width)
    value = mean_cube / 3.0 + safe * mean_square / 2.0 + safe**2 * c + safe**3 * (logarithm - np.log(safe))
    # The terms cancel beyond the cut-off, where the integral is −Σ⟨ω_c^(n + 4)⟩/((n + 4)ω^(n + 1)).
    far = safe > 20.0 * c
    if np.any(far):
        moments = _moments(c, 0.0 if D == math.inf else c / math.sqrt(D), 24)
        inverse = 1.0 / safe[far]
        value[far] = -sum(moments[n + 4] / (n + 4) * inverse ** (n + 1) for n in range(20))
    return np.where(tiny, mean_cube / 3.0, value)


def _moments(c, width, n):
    """⟨ω_c^k⟩ of the normal distribution for k = 0, …, n."""
    moments = [1.0, c]
    for k in range(2, n + 1):
        moments.append(c * moments[-1] + (k - 1) * width**2 * moments[-2])
    return moments


def _mean_logarithm(x):
    """Mean of ln|z − x| over the normal distribution of z."""
    x = np.abs(x)
    result = np.empty(x.shape)
    far = x > 12.0
    inverse = 1.0 / x[far] ** 2
    series, term = np.zeros(inverse.shape), np.ones(inverse.shape)
    for n in range(1, 16):
        term = term * (2 * n - 1) * inverse
        series += term / (2 * n)
    result[far] = np.log(x[far]) - series
    result[~far] = _mean_logarithm_near()(x[~far])
    return result


@functools.cache
def _mean_logarithm_near():
    """Chebyshev series of the mean logarithm on |x| <= 12; its derivative is √2 times Dawson's integral of x/√2."""
    from scipy.special import dawsn

    slope = np.polynomial.Chebyshev.interpolate(lambda x: math.sqrt(2.0) * dawsn(x / math.sqrt(2.0)), 160, [-12, 12])
    series = slope.integ(lbnd=0.0) - 0.5 * (_EULER + math.log(2.0))
    return series


def _profiles(omega, bare, T_g, c, D):
    """Lines (55) of each l, shape (n_l, n)."""
    shift = -1.5 * T_g * _principal_value(omega, c, D)
    return _lines(omega, shift, bare, 1.5 * math.pi * T_g)


@njit(cache=True)
def _lines(omega, shift, bare, strength):
    rows = np.zeros((bare.size, omega.size))
    for k in range(omega.size):
        gamma = strength * omega[k] ** 3
        for i in range(bare.size):
            miss = omega[k] - bare[i] - shift[k]
            if gamma > 0.0 and not math.isinf(miss):
                rows[i, k] = gamma / math.pi / (miss * miss + gamma * gamma)
    return rows


def _quadrature(bare, degeneracy, T_g, c, D, rtol):
    """Nodes, weights, lines at the nodes, and error of an adaptive rule over all frequencies.

    ω = x up to _LOWEST, ω = e^x up to _HIGHEST, ω = _HIGHEST/x beyond; panels are halved until none contributes more
    than its share to the error of the integral of Σ(2l + 1) lines.
    """
    t, w = gauss_legendre(_NODES)
    n = 64
    edges = np.exp(np.linspace(math.log(_LOWEST), math.log(_HIGHEST), n + 1))
    # a sharp cut-off has its logarithmic cusp at the edge of a panel
    edges = np.unique(np.concatenate([edges, [c]]))
    kinds = np.concatenate([[0], np.ones(edges.size - 1, dtype=np.int64), [2]])
    left = np.concatenate([[0.0], np.log(edges[:-1]), [0.0]])
    right = np.concatenate([[_LOWEST], np.log(edges[1:]), [1.0]])
    done = []
    scale = float(np.sum(degeneracy))

    def panels(left, right, kinds):
        x = left[:, None] + (right - left)[:, None] * t
        step = (right - left)[:, None] * w
        kind = kinds[:, None]
        omega = np.where(kind == 0, x, np.where(kind == 1, np.exp(np.where(kind == 1, x, 0.0)), _HIGHEST / x))
        jacobian = np.where(kind == 0, 1.0, np.where(kind == 1, omega, omega**2 / _HIGHEST))
        rows = _profiles(omega.ravel(), bare, T_g, c, D).reshape(bare.size, *omega.shape)
        return omega, step * jacobian, rows, np.sum(np.tensordot(degeneracy, rows, 1) * step * jacobian, axis=1)

    coarse = panels(left, right, kinds)[3]
    total, error, count = 0.0, 0.0, 0
    for _ in range(40):
        middle = 0.5 * (left + right)
        omega, step, rows, fine = panels(
            np.concatenate([left, middle]), np.concatenate([middle, right]), np.concatenate([kinds, kinds])
        )
        m = left.size
        miss = np.abs(fine[:m] + fine[m:] - coarse)
        total = max(total, float(np.sum(fine)) / scale)
        good = miss <= rtol * scale * min(total, 1.0) / 200.0
        both = np.concatenate([good, good])
        done.append((omega[both], step[both], rows[:, both]))
        error += float(np.sum(miss[good]))
        count += int(np.sum(both))
        if good.all():
            break
        keep = ~good
        coarse = np.concatenate([fine[:m][keep], fine[m:][keep]])
        left, middle, right, kinds = left[keep], middle[keep], right[keep], kinds[keep]
        left, right, kinds = (
            np.concatenate([left, middle]),
            np.concatenate([middle, right]),
            np.concatenate([kinds] * 2),
        )
    else:
        raise ConvergenceError("the quadrature over the broadened modes does not converge", None, error, count)
    omega = np.concatenate([part[0].ravel() for part in done])
    step = np.concatenate([part[1].ravel() for part in done])
    rows = np.concatenate([part[2].reshape(bare.size, -1) for part in done], axis=1)
    order = np.argsort(omega)
    return omega[order], step[order], rows[:, order], error / float(np.sum(degeneracy @ rows * step))
