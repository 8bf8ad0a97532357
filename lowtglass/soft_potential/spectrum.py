r"""Levels of soft potentials, their gaps, and the semiclassical limits.

:math:`-\psi'' + (\alpha y^2 - \beta y^3 + y^4)\psi = e\psi`, energies :math:`E_n = we_n` (IKP, Eq. 7). Gaps depend on
the depressed coordinates :math:`A` and :math:`|H|` alone. The symmetric double wells are :math:`H = 0`,
:math:`A = -\zeta < 0`; their lowest pair splits by :math:`J(\zeta)`, and close to them the gap is
:math:`\sqrt{J^2 + \Delta^2}` with the asymmetry :math:`\Delta`.

Where the splitting falls below what floating-point levels can tell, it is taken from the instanton formula; every
number carries the name of the method it was reached by.
"""

import dataclasses
import functools
import math

import numpy as np

from .. import quartic
from .._validation import finite_array, integer
from ..errors import InputError
from . import _levels
from ._interpolation import interpolate
from .geometry import depressed, expansions

__all__ = [
    "Asymmetry",
    "Gap",
    "SoftLevels",
    "Splitting",
    "asymmetry",
    "gap",
    "instanton_splitting",
    "levels",
    "tunnel_splitting",
    "wkb_splitting",
]

# Series of the splitting of a symmetric double well in g; checked against levels, see the tests.
_INSTANTON = (1.0, -71.0 / 12.0, -6299.0 / 288.0, -2691107.0 / 10368.0)
_NEXT = 6000.0  # bound on the remainder over g⁴ for g < 0.02
_MANY = 3000


@dataclasses.dataclass(frozen=True)
class SoftLevels:
    """Levels of soft potentials, in units of w.

    Attributes
    ----------
    energies : ndarray, shape (..., n)
        e_1 <= e_2 <= …, measured from the extremum about which (α, β) expands.
    error : ndarray, shape (..., n)
        Estimated absolute error.
    excitations : ndarray, shape (..., n)
        e_n − e_1.
    """

    energies: np.ndarray
    error: np.ndarray
    excitations: np.ndarray


@dataclasses.dataclass(frozen=True)
class Gap:
    """Gap between the ground level and a higher one, in units of w.

    Attributes
    ----------
    energy : ndarray
        e_n − e_1.
    error : ndarray
        Estimated absolute error.
    method : ndarray of str
        How it was reached: "levels", the difference of two; "wronskian", from the states of a symmetric pair;
        "instanton", sqrt(J² + Δ²) with J by the instanton formula and Δ to second order; "interpolated", by Chebyshev
        polynomials between differences of levels.
    """

    energy: np.ndarray
    error: np.ndarray
    method: np.ndarray


@dataclasses.dataclass(frozen=True)
class Splitting:
    """Splitting of the lowest pair of symmetric double wells, in units of w.

    Attributes
    ----------
    J : ndarray
        Splitting.
    error : ndarray
        Estimated absolute error; NaN where the method gives none.
    exponent : ndarray
        The action S of the exponential, NaN where the method has none.
    method : ndarray of str
        "wronskian", "instanton" or "wkb".
    """

    J: np.ndarray
    error: np.ndarray
    exponent: np.ndarray
    method: np.ndarray


@dataclasses.dataclass(frozen=True)
class Asymmetry:
    """Asymmetry of a double well: ground level of the shallower well minus that of the deeper, in units of w.

    Attributes
    ----------
    classical : ndarray
        Difference of the minima.
    zero_point : ndarray
        Difference of the harmonic zero-point energies.
    anharmonic : ndarray
        Difference of the anharmonic corrections: the quartic term in first and the cubic in second order.
    total : ndarray
        The sum Δ; NaN without a second well.
    """

    classical: np.ndarray
    zero_point: np.ndarray
    anharmonic: np.ndarray
    total: np.ndarray


def _coefficients(A, H):
    return np.stack([H, A, np.zeros_like(A), np.ones_like(A)], axis=-1)


def levels(alpha, beta, n_levels):
    """Levels of −ψ″ + (αy² − βy³ + y⁴)ψ = eψ (IKP, Eq. 7).

    Parameters
    ----------
    alpha, beta : array_like
        Pairs; broadcast against each other.
    n_levels : int
        Number of levels, 1 to 390.

    Returns
    -------
    SoftLevels

    Raises
    ------
    InputError
        If an argument is outside its range, or the shapes do not broadcast.
    ConvergenceError
        If the oscillator functions do not suffice.
    """
    n = integer("n_levels", n_levels, minimum=1, maximum=390)
    form = depressed(alpha, beta)
    A, H = np.asarray(form.A), np.asarray(form.H)
    # A few levels more than asked for, so that those returned are converged to rounding.
    found = quartic.levels(_coefficients(A, H), n + 6, kinetic=1.0)
    constant = np.asarray(form.constant)[..., None]
    excitations = found.energies - found.energies[..., :1]
    excitations[..., 1] = found.gaps[..., 0]
    error = found.error[..., :n] + 4e-16 * np.abs(constant)
    return SoftLevels(found.energies[..., :n] + constant, error, excitations[..., :n])


def gap(alpha, beta, upper=2, *, interpolated=None):
    """Gap e₁₂ or e₁₃ of soft potentials.

    Parameters
    ----------
    alpha, beta : array_like
        Pairs; broadcast against each other.
    upper : {2, 3}, optional
        Number of the upper level, counted from 1 as in the papers.
    interpolated : bool, optional
        Whether to interpolate between levels, to 1e-10, where many points lie together; by default from 3000 points on.

    Returns
    -------
    Gap

    Raises
    ------
    InputError
        If an argument is outside its range, or the shapes do not broadcast.
    ConvergenceError
        If the levels do not converge.
    """
    top = integer("upper", upper, minimum=2, maximum=3) - 1
    form = depressed(alpha, beta)
    shape = np.shape(form.A)
    A, H = np.asarray(form.A).ravel(), np.abs(np.asarray(form.H)).ravel()
    many = A.size >= _MANY if interpolated is None else bool(interpolated)
    energy, known = np.full(A.size, np.nan), np.zeros(A.size, dtype=bool)
    error, method = np.full(A.size, 1e-10), np.full(A.size, "levels", dtype="U12")
    if many:
        energy, known = interpolate(functools.partial(_follow, top=top), A, H)
        method[known] = "interpolated"
        # What is left in the order of neighbours, so that each starts from the one before.
        rest = np.flatnonzero(~known)
        column = np.floor(8.0 * A[rest]).astype(int)
        rest = rest[np.lexsort((np.where(column % 2 == 0, H[rest], -H[rest]), column))]
        if rest.size:
            energy[rest] = _follow(A[rest], H[rest], top)
            error[rest] = 1e-12 + 1e-13 * np.abs(A[rest])
            known[rest] = (H[rest] > 0.0) & (error[rest] < 1e-6 * energy[rest])
    rest = np.flatnonzero(~known)
    if rest.size:
        energy[rest], error[rest], method[rest] = _direct(A[rest], H[rest], top)
    return Gap(*(x.reshape(shape)[()] for x in (energy, error, method)))


def _follow(A, H, top):
    """Gaps of neighbouring points in turn."""
    out = np.empty((A.size, 6))
    if not _levels.follow(A, H, top, out):
        lost = np.isnan(out[:, 0])
        found = quartic.levels(_coefficients(A[lost], H[lost]), top + 6, kinetic=1.0)
        out[lost, 0], out[lost, 1] = found.energies[:, 0], found.energies[:, top]
    return out[:, 1] - out[:, 0]


def _direct(A, H, top):
    """Gaps point by point: energy, error and method."""
    found = quartic.levels(_coefficients(A, H), 8, kinetic=1.0)
    method = np.full(A.size, "levels", dtype="U12")
    if top > 1:
        return found.energies[:, top] - found.energies[:, 0], found.error[:, top] + found.error[:, 0], method
    energy, error = found.gaps[:, 0].copy(), found.gap_error[:, 0].copy()
    method[(H == 0.0) & (A < 0.0)] = "wronskian"
    # Where rounding is above a millionth of the gap a pair may be known better by its asymmetry and its splitting.
    for i in np.flatnonzero((error > 1e-6 * energy) & (A < -2.0)):
        pair = tunnel_splitting(-A[i])
        J, doubt = float(pair.J), float(pair.error)
        delta = _asymmetry(A[i : i + 1], H[i : i + 1])[-1][0] if H[i] > 0.0 else 0.0
        total = math.hypot(J, delta)
        # The next order of the asymmetry, and what the pair has beyond two levels.
        doubt = (J * doubt + delta**2 * 300.0 * (-2.0 * A[i]) ** -4.5) / total if total > 0.0 else math.inf
        if doubt < error[i]:
            energy[i], error[i] = total, doubt
            method[i] = str(pair.method) if H[i] == 0.0 else "instanton"
    return energy, error, method


def instanton_splitting(zeta):
    r"""Splitting of a symmetric double well by instantons, with its corrections.

    .. math:: J = \frac{2\hbar\omega_0}{\sqrt{\pi g}}\,e^{-1/6g}\Bigl(1 - \tfrac{71}{12}g - \tfrac{6299}{288}g^2
              - \tfrac{2691107}{10368}g^3 - \dots\Bigr) ,\quad g = (2\zeta)^{-3/2} ,\ \hbar\omega_0 = 2\sqrt{2\zeta}w

    Parameters
    ----------
    zeta : array_like
        ζ = −A > 0 of −ζz² + z⁴. KKI's symmetric wells of the first kind have −A = 4ζ₁/9, of the second −A = ζ₂.

    Returns
    -------
    Splitting
        ``exponent`` is 1/6g = (√2/3)ζ^(3/2).

    Raises
    ------
    InputError
        If ζ is not > 0.
    """
    zeta = finite_array("zeta", zeta, minimum=0.0, open_minimum=True)
    g = (2.0 * zeta) ** -1.5
    exponent = 1.0 / (6.0 * g)
    leading = 4.0 * np.sqrt(2.0 * zeta) / np.sqrt(math.pi * g) * np.exp(-exponent)
    series = sum(c * g**k for k, c in enumerate(_INSTANTON))
    # Beyond g = 0.02 the remainder is no longer given by its first term.
    error = leading * np.where(g < 0.02, _NEXT, np.inf) * g**4
    return Splitting((leading * series)[()], error[()], exponent[()], np.full(zeta.shape, "instanton", dtype="U12")[()])


def wkb_splitting(zeta, *, energy="bohr-sommerfeld"):
    r"""Splitting of a symmetric double well by the formula of Landau and Lifshitz, J = (ħω/π)e^{−S} (KKI, Eq. 3.13).

    With turning points :math:`0 < p < q` and :math:`k = p/q`, :math:`k'^2 = 1 - k^2`,

    .. math:: S = \frac{2q}{3}\bigl[(q^2 + p^2)E(k) - (q^2 - p^2)K(k)\bigr] ,\quad \hbar\omega = \frac{2\pi q}{K(k')}w .

    Parameters
    ----------
    zeta : array_like
        ζ = −A > 0 of −ζz² + z⁴.
    energy : {"bohr-sommerfeld", "harmonic"}, optional
        Level at which the action is taken: that of the quantum condition, or half the harmonic quantum.

    Returns
    -------
    Splitting

    Raises
    ------
    InputError
        If ζ is not > 0, or the level lies above the barrier, so that there is nothing to tunnel through.

    Notes
    -----
    For deep wells the true splitting is larger than this by sqrt(π/e) = 1.075, the known defect of the turning-point
    formula in a ground state.
    """
    from scipy.optimize import brentq
    from scipy.special import ellipe, ellipk

    zeta = finite_array("zeta", zeta, minimum=0.0, open_minimum=True)
    if energy not in ("bohr-sommerfeld", "harmonic"):
        raise InputError("energy", energy, "'bohr-sommerfeld' or 'harmonic'")

    def points(z, e):
        # e above the bottom: z⁴ − ζz² + ζ²/4 = e
        root = math.sqrt(e)
        return math.sqrt(max(0.5 * z - root, 0.0)), math.sqrt(0.5 * z + root)

    def well(z, e):
        # ∫√(e − V) over one well
        p, q = points(z, e)
        m = 1.0 - (p / q) ** 2
        if p == 0.0:
            return q**3 / 3.0
        return q / 3.0 * ((p * p + q * q) * ellipe(m) - 2.0 * p * p * ellipk(m))

    splitting, exponent = np.empty(zeta.shape), np.empty(zeta.shape)
    for index, z in np.ndenumerate(zeta):
        top = 0.25 * z * z
        level = math.sqrt(2.0 * z)
        if energy == "bohr-sommerfeld":
            if well(z, top) <= 0.5 * math.pi:
                raise InputError("zeta", float(z), "a barrier above the lowest level")
            level = brentq(lambda e, z=z: well(z, e) - 0.5 * math.pi, 1e-9 * top, top, xtol=1e-15 * top, rtol=1e-14)
        elif level >= top:
            raise InputError("zeta", float(z), "a barrier above the lowest level: zeta > 2^(5/3) = 3.1748")
        p, q = points(z, level)
        m = (p / q) ** 2
        exponent[index] = 2.0 * q / 3.0 * ((q * q + p * p) * ellipe(m) - (q * q - p * p) * ellipk(m))
        splitting[index] = 2.0 * q / ellipk(1.0 - m) * math.exp(-exponent[index])
    nan = np.full(zeta.shape, np.nan)
    return Splitting(splitting[()], nan[()], exponent[()], np.full(zeta.shape, "wkb", dtype="U12")[()])


@functools.cache
def _remainder():
    """Polynomial q(g) with J = J_instanton·(1 + g⁴q(g)), from the states of pairs that are known to seven digits."""
    zeta = np.linspace(7.0, 15.0, 161)
    g = (2.0 * zeta) ** -1.5
    found = quartic.levels(_coefficients(-zeta, np.zeros_like(zeta)), 8, kinetic=1.0)
    ratio = found.gaps[:, 0] / np.asarray(instanton_splitting(zeta).J) - 1.0
    return np.polynomial.Polynomial.fit(g, ratio / g**4, 6, w=g**4)


def tunnel_splitting(zeta):
    """Splitting of a symmetric double well: from its states, and by instantons where those cannot tell it any more.

    Parameters
    ----------
    zeta : array_like
        ζ = −A > 0 of −ζz² + z⁴.

    Returns
    -------
    Splitting
        ``method`` is "wronskian" below ζ = 9. Above, it is "instanton": the formula of :func:`instanton_splitting`,
        with the remainder of its series fitted to the states of pairs between 7 and 15 and continued from there.

    Raises
    ------
    InputError
        If ζ is not > 0.
    """
    zeta = finite_array("zeta", zeta, minimum=0.0, open_minimum=True)
    flat = zeta.ravel()
    pair = instanton_splitting(flat)
    J, error, method, exponent = (np.array(x) for x in (pair.J, pair.error, pair.method, pair.exponent))
    deep = flat >= 9.0
    if np.any(deep):
        g = (2.0 * flat[deep]) ** -1.5
        J[deep] *= 1.0 + g**4 * _remainder()(g)
        error[deep] = J[deep] * (3e-8 + 2.0 * g**4)
    if not np.all(deep):
        z = flat[~deep]
        found = quartic.levels(_coefficients(-z, np.zeros_like(z)), 8, kinetic=1.0)
        J[~deep], error[~deep] = found.gaps[:, 0], found.gap_error[:, 0]
        method[~deep], exponent[~deep] = "wronskian", np.nan
    return Splitting(*(x.reshape(zeta.shape)[()] for x in (J, error, exponent, method)))


def asymmetry(alpha, beta):
    r"""Asymmetry of the lowest pair to second order in the anharmonicity (the terms of KKI, Eq. 3.12).

    Each well :math:`\alpha_iy^2 - \beta_iy^3 + y^4` has its ground level at
    :math:`V_i + \sqrt{\alpha_i} + \tfrac34\alpha_i^{-1} - \tfrac{11}{16}\beta_i^2\alpha_i^{-2}`. Close to a symmetric
    well that is, with :math:`g = (2\zeta)^{-3/2}`, :math:`\Delta = \sqrt{2\zeta}\,|H|\,(1 - 3g - \tfrac{35}{2}g^2)`.

    Parameters
    ----------
    alpha, beta : array_like
        Pairs; broadcast against each other.

    Returns
    -------
    Asymmetry

    Raises
    ------
    InputError
        If a value is not finite, or the shapes do not broadcast.
    """
    form = depressed(alpha, beta)
    parts = _asymmetry(np.asarray(form.A), np.asarray(form.H))
    return Asymmetry(*(x[()] for x in parts))


def _asymmetry(A, H):
    pairs = expansions(A, H)
    classical = np.asarray(quartic.wells(_coefficients(A, H), kinetic=1.0).asymmetry)
    deep, shallow = pairs.alpha[..., 0], pairs.alpha[..., 2]
    zero_point = np.sqrt(shallow) - np.sqrt(deep)

    def anharmonic(i):
        return 0.75 / pairs.alpha[..., i] - 11.0 / 16.0 * (pairs.beta[..., i] / pairs.alpha[..., i]) ** 2

    second = anharmonic(2) - anharmonic(0)
    return classical, zero_point, second, classical + zero_point + second
