r"""Densities of excitation energies of soft potentials (IKP, Eqs. 9, 10 and 12).

.. math:: n(E) = N\iint d\eta\,dt\,P(\eta, t)\,\delta(E - we_{1n}) = \frac Nw\int dA\;
          \rho(A, H)\,\frac{2}{\partial e_{1n}/\partial H}\bigg|_{e_{1n} = E/w}

The gaps grow with :math:`|H|` at every :math:`A`, so that a level curve is a function :math:`H(A)`. It is followed with
exact slopes, and the integral along it is taken by adaptive Gauss–Kronrod quadrature between the points where it is not
smooth: its end on the axis :math:`H = 0`, its crossings with the line where the second well appears, the resonance of
the shallower well with the first excited level of the deeper one, and the cuts of the distribution.
"""

import dataclasses
import functools
import itertools
import math

import numpy as np

from .. import quartic
from .._validation import finite_array, integer, real
from ..errors import ConvergenceError, InputError
from . import _levels
from ._perturbation import ORDER, asymmetry, tilts, well_levels
from .distributions import Distribution
from .geometry import expansions
from .spectrum import gap, tunnel_splitting

__all__ = ["DensityOfStates", "Singularity", "density_of_states", "harmonic_limit", "singularities"]

_DEEP = -30.0  # A below which each well has its own levels, to rounding
_PAIR = 2e-5  # energies below which double wells are two levels, and nothing else
_HARMONIC = 13.0  # energies above which perturbation theory is exact to 1e-8
_MOST13 = 12.0

# Gauss–Kronrod rule of 15 points on [−1, 1].
_K_NODES = np.array(
    [
        0.991455371120812639206854697526329,
        0.949107912342758524526189684047851,
        0.864864423359769072789712788640926,
        0.741531185599394439863864773280788,
        0.586087235467691130294144691693013,
        0.405845151377397166906606412076961,
        0.207784955007898467600689403773245,
        0.0,
    ]
)
_K_WEIGHTS = np.array(
    [
        0.022935322010529224963732008058970,
        0.063092092629978553290700663189204,
        0.104790010322250183839876322541518,
        0.140653259715525918745189590510238,
        0.169004726639267902826583426598550,
        0.190350578064785409913256402421014,
        0.204432940075298892414161999234649,
        0.209482141084727828012999174891714,
    ]
)
_G_WEIGHTS = np.array(
    [0.129484966168869693270611432679082, 0.279705391489276667901467771423780,
     0.381830050505118944950369775488975, 0.417959183673469387755102040816327]
)  # fmt: skip
_NODES = 0.5 * (1.0 + np.concatenate([-_K_NODES[:-1], _K_NODES[::-1]]))
_WEIGHTS = 0.5 * np.concatenate([_K_WEIGHTS[:-1], _K_WEIGHTS[::-1]])
_COARSE = np.zeros(15)
_COARSE[1::2] = 0.5 * np.concatenate([_G_WEIGHTS[:-1], _G_WEIGHTS[::-1]])


@dataclasses.dataclass(frozen=True)
class DensityOfStates:
    """Density of excitation energies.

    Attributes
    ----------
    E : ndarray
        Energies, in units of w.
    density : ndarray
        n(E) w/N: excitations of this kind per potential and energy w.
    error : ndarray
        Estimated absolute error.
    method : ndarray of str
        "level curve"; "two levels" below 2e-5 w, with sqrt(J² + Δ²); "perturbation" above 13 w, with the levels of
        single wells by perturbation theory.
    n_points : int
        Points on level curves, over all energies.
    """

    E: np.ndarray
    density: np.ndarray
    error: np.ndarray
    method: np.ndarray
    n_points: int


@dataclasses.dataclass(frozen=True)
class Singularity:
    """Where a density of excitation energies is not smooth.

    Attributes
    ----------
    E : float
        Energy, in units of w.
    alpha, beta : float
        The pair there.
    A, H : float
        Its depressed coordinates.
    kind : str
        "minimum" of the gap, where the density has a step; "saddle" on the line α = 0, where it has a logarithm with
        constant P, a square root with ``|η|`` where the numbers on both sides differ, and nothing where they are equal.
    step : float
        For a minimum, height of the step over the density ρ(A, H) there; NaN for a saddle.
    """

    E: float
    alpha: float
    beta: float
    A: float
    H: float
    kind: str
    step: float


def density_of_states(E, distribution, *, upper=2, rtol=1e-6):
    """Density of the excitations between the ground level and the second or third.

    Parameters
    ----------
    E : array_like
        Energies > 0, in units of w; for the third level at most 12.
    distribution : Distribution
        Distribution of the potentials, with its counting.
    upper : {2, 3}, optional
        Number of the upper level, counted from 1 as in the papers.
    rtol : float, optional
        Relative error allowed, 1e-10 to 0.1.

    Returns
    -------
    DensityOfStates

    Raises
    ------
    InputError
        If an argument is outside its range, or the upper end of the distribution acts on energies asked for.
    ConvergenceError
        If ``rtol`` is not reached, as it cannot be at a singularity; carries the result.
    """
    E = finite_array("E", E, minimum=0.0, open_minimum=True)
    if not isinstance(distribution, Distribution):
        raise InputError("distribution", distribution, "a Distribution")
    top = integer("upper", upper, minimum=2, maximum=3) - 1
    rtol = real("rtol", rtol, minimum=1e-10, maximum=0.1)
    highest = float(E.max())
    if top == 2 and highest > _MOST13:
        raise InputError("E", highest, f"energies up to {_MOST13:g} for the third level")
    # The deepest minimum of a potential with this gap has α ≃ (E/2top)², and a little more where it is anharmonic.
    reach = (highest / (2.0 * top)) ** 2 + 3.0
    if reach > distribution.alpha_max:
        raise InputError(
            "E", highest, f"energies well below 2w sqrt(eta_max/eta_L) = {2 * distribution.alpha_max**0.5:g}"
        )
    value, error = np.zeros(E.size), np.zeros(E.size)
    method = np.empty(E.size, dtype="U12")
    points = 0
    for i in range(E.size):
        value[i], error[i], method[i], used = _one(float(E.flat[i]), top, distribution, rtol)
        points += used
    result = DensityOfStates(
        E, value.reshape(E.shape)[()], error.reshape(E.shape)[()], method.reshape(E.shape)[()], points
    )
    bad = error > rtol * value
    if np.any(bad):
        worst = int(np.argmax(np.where(value > 0.0, error / np.maximum(value, 1e-300), 0.0)))
        raise ConvergenceError(
            f"n(E) at E = {E.flat[worst]:.10g} is not known to {rtol:g}",
            result,
            float(error[worst] / value[worst]),
            points,
        )
    return result


def _one(E, top, distribution, rtol):
    """n(E), its error, the method, and points used."""
    if top == 1 and E < _PAIR:
        return *_two_levels(E, distribution, rtol), "two levels", 0
    if top == 1 and E >= _HARMONIC:
        return *_perturbation(E, distribution, rtol), "perturbation", 0
    ends = _axis(E, top)
    if ends is None:
        return 0.0, 0.0, "level curve", 0
    low, high = ends
    edges = {high, max(low, _DEEP)}
    edges.update(a for a in _second_well(E, top) if max(low, _DEEP) < a < high)
    edges.update(a for a in _resonances(E, top) if max(low, _DEEP) < a < high)
    edges = sorted(edges)
    curve = functools.partial(_curve, E=E, top=top, distribution=distribution)
    edges = sorted({*edges, *_cuts(E, top, distribution, edges)})
    value, error, points = _adaptive(curve, edges, rtol)
    if top == 1 and distribution.counting != "single wells":
        tail, doubt = _tail(E, distribution, _DEEP, rtol)
        value, error = value + tail, error + doubt
    return value, error, "level curve", points


def _adaptive(function, edges, rtol, *, most=4000):
    """∫ between the edges, each panel with nodes crowded at both its ends: value, error, points."""
    panels = [(a, b, 0.0, 1.0) for a, b in itertools.pairwise(edges)]
    value, error, points = 0.0, 0.0, 0
    for _ in range(60):
        if not panels:
            break
        box = np.array(panels)
        t = box[:, 2:3] + (box[:, 3:4] - box[:, 2:3]) * _NODES
        length = box[:, 1:2] - box[:, 0:1]
        # From the nearer end, so that differences to it keep their digits.
        s = t * t * (3.0 - 2.0 * t)
        x = np.where(t < 0.5, box[:, 0:1] + length * s, box[:, 1:2] - length * (1.0 - t) ** 2 * (1.0 + 2.0 * t))
        order = np.argsort(-x.ravel(), kind="stable")
        f = np.empty(x.size)
        f[order] = function(x.ravel()[order])
        f = f.reshape(x.shape) * 6.0 * t * (1.0 - t) * length * (box[:, 3:4] - box[:, 2:3])
        points += x.size
        fine, coarse = f @ _WEIGHTS, f @ _COARSE
        miss = np.abs(fine - coarse)
        total = value + fine.sum()
        if error + miss.sum() <= rtol * abs(total) or points > most:
            return total, error + miss.sum(), points
        # The difference of the two rules is far above the error of the better one where both are good.
        doubt = np.minimum(miss, (200.0 * miss / (np.abs(fine) + 1e-300)) ** 1.5 * np.abs(fine))
        if error + doubt.sum() <= rtol * abs(total):
            return total, error + doubt.sum(), points
        bad = doubt > 0.02 * rtol * abs(total)
        if not np.any(bad):
            return total, error + doubt.sum(), points
        value, error = value + fine[~bad].sum(), error + doubt[~bad].sum()
        panels = []
        for a, b, low, high in box[bad]:
            middle = 0.5 * (low + high)
            panels += [(a, b, low, middle), (a, b, middle, high)]
    return value, math.inf, points


def _curve(A, E, top, distribution):
    """Integrand ρ·2/(∂gap/∂H) at points A, falling."""
    out = np.empty((A.size, 3))
    if not _levels.trace(A, E, top, _start(A[0], E), out):
        raise ConvergenceError(f"the level curve at E = {E:.10g} could not be followed", out, math.nan, A.size)
    return distribution._density(A, out[:, 0]) * 2.0 / out[:, 1]


def _start(A, E):
    """A field of the right size: tilt of two wells, or of a stiff one."""
    return E / math.sqrt(2.0 * max(-A, 1.0)) if A < 0.0 else 0.1 + E


def _axis(E, top):
    """Ends (lowest, highest) of the level curve on the axis H = 0, None if there is none."""
    from scipy.optimize import brentq

    def excess(A):
        # A pair that is nearly degenerate is told apart by its symmetry, not by the difference of its levels.
        return (float(gap(A, 0.0, top + 1).energy) if A < -4.0 else _gap_at(A, 0.0, top)) - E

    high = (E / (2.0 * top)) ** 2 + 3.0
    if top == 1:
        return -math.inf, brentq(excess, -25.0, high, xtol=1e-14, rtol=1e-15)
    bottom = singularities(3)[0]
    if E <= bottom.E:
        return None
    low = brentq(excess, -0.125 * E * E - 5.0, bottom.A, xtol=1e-14, rtol=1e-15)
    return low, brentq(excess, bottom.A, high, xtol=1e-14, rtol=1e-15)


def _gap_at(A, H, top):
    """Gap at one point."""
    row = np.empty(6)
    if not _levels.cold(A, abs(H), top, row):
        raise ConvergenceError("levels do not converge", row, math.nan, 0)
    return float(row[1] - row[0])


def _on_line(beta, top):
    """Gap where the second well appears: α = 0."""
    return _gap_at(-0.375 * beta**2, 0.125 * beta**3, top)


def _second_well(E, top):
    """Values of A where the level curve crosses the line on which the second well appears."""
    from scipy.optimize import brentq

    saddle = next(s for s in singularities(top + 1) if s.kind == "saddle")
    if E < saddle.E:
        return []
    far = saddle.beta
    while _on_line(far, top) < E:
        far *= 1.5
    found = [brentq(lambda b: _on_line(b, top) - E, saddle.beta, far, xtol=1e-14)]
    if _on_line(0.0, top) > E:
        found.append(brentq(lambda b: _on_line(b, top) - E, 0.0, saddle.beta, xtol=1e-14))
    return [-0.375 * b * b for b in found]


def _resonances(E, top):
    """Values of A near which a level of the shallower well passes one of the deeper."""
    from scipy.optimize import brentq

    if E < 4.0:
        return []

    # Both the asymmetry and the vibration of the deeper well are E, to second order.
    def miss(A):
        H, _ = _tilt(np.array([A]), E)
        return float(_vibration(np.array([A]), H)[0]) - E

    try:
        return [brentq(miss, -0.125 * E * E - 6.0, -0.125 * E * E + 0.5, xtol=1e-13)]
    except (ValueError, ZeroDivisionError, OverflowError):
        return []


def _cuts(E, top, distribution, edges):
    """Values of A where the level curve crosses the lower end of the distribution."""
    from scipy.optimize import brentq

    if not math.isfinite(distribution.alpha_min) or distribution.counting == "single wells":
        return []

    def above(A):
        out = np.empty((1, 3))
        if not _levels.trace(np.array([A]), E, top, _start(A, E), out):
            raise ConvergenceError(f"the level curve at E = {E:.10g} could not be followed", out, math.nan, 1)
        top_alpha = expansions(A, float(out[0, 0])).alpha[..., 1]
        return float(top_alpha) - distribution.alpha_min if np.isfinite(top_alpha) else 1.0

    found = []
    for a, b in itertools.pairwise(edges):
        width = b - a
        x, y = a + 1e-9 * width, b - 1e-9 * width
        if above(x) * above(y) < 0.0:
            found.append(brentq(above, x, y, xtol=1e-12))
    return found


def _series(n, alpha, beta):
    out, last = np.empty(alpha.size), np.empty(alpha.size)
    well_levels(n, np.ascontiguousarray(alpha), np.ascontiguousarray(beta), ORDER, out, last)
    return out


def _vibration(A, H):
    """First excitation of the deeper well by perturbation theory."""
    pairs = expansions(A, H)
    alpha, beta = pairs.alpha[:, 0], pairs.beta[:, 0]
    return _series(1, alpha, beta) - _series(0, alpha, beta)


def _tilt(A, E):
    """Field at which the asymmetry of a deep double well is E, and the slope of the asymmetry."""
    H, slope = np.empty(A.size), np.empty(A.size)
    tilts(np.ascontiguousarray(A), E, H, slope)
    return H, slope


def _tail(E, distribution, A, rtol):
    """Part of n(E) from double wells below A: there E is the asymmetry of two wells."""
    end = (-A) ** -0.5
    edges = [0.0, end]
    if math.isfinite(distribution.alpha_min) and distribution.counting == "barrier top":
        # At the cut the top of the barrier has α = α_min; the tilt moves it by little.
        if distribution.alpha_min >= A:
            return 0.0, 0.0
        edges = [_cut_in_tail(E, distribution.alpha_min, A), end]
    elif distribution.counting == "whole plane":
        for a in (distribution.alpha_min, -0.5 * distribution.alpha_max):
            if math.isfinite(a) and a < A:
                edges.append((-a) ** -0.5)
        edges.sort()

    def function(x):
        a = -1.0 / x**2
        H, slope = _tilt(a, E)
        return distribution._density(a, H) * 2.0 / slope * 2.0 / x**3

    value, error, _ = _adaptive(function, edges, rtol)
    return value, error


def _cut_in_tail(E, alpha_min, A):
    from scipy.optimize import brentq

    def above(a):
        H, _ = _tilt(np.array([a]), E)
        return float(expansions(a, float(H[0])).alpha[..., 1]) - alpha_min

    if above(A) <= 0.0:
        return (-A) ** -0.5
    return (-brentq(above, 1.5 * alpha_min + 1.5 * A, A, xtol=1e-10)) ** -0.5


def _two_levels(E, distribution, rtol):
    """n(E) far below w: pairs sqrt(J² + Δ²) of double wells, Δ linear in H."""
    from scipy.optimize import brentq

    if distribution.counting == "single wells":
        return 0.0, 0.0
    zeta = brentq(lambda z: math.log(float(tunnel_splitting(z).J) / E), 4.0, 125.0, xtol=1e-13)
    high = -zeta
    end = zeta**-0.5
    edges = [0.0, end]
    if math.isfinite(distribution.alpha_min) and distribution.counting == "barrier top":
        if distribution.alpha_min >= high:
            return 0.0, 0.0
        edges = [(-distribution.alpha_min) ** -0.5, end]
    elif distribution.counting == "whole plane":
        for a in (distribution.alpha_min, -0.5 * distribution.alpha_max):
            if math.isfinite(a) and a < high:
                edges.append((-a) ** -0.5)
        edges.sort()

    def function(x):
        a = -1.0 / x**2
        slope = _pull(a)
        J = np.asarray(tunnel_splitting(-a).J)
        delta = np.sqrt(np.maximum((E - J) * (E + J), 1e-300))
        return distribution._density(a, delta / slope) * 2.0 * E / (delta * slope) * 2.0 / x**3

    value, error, _ = _adaptive(function, edges, rtol)
    # What the splitting leaves open of where J = E.
    return value, error + 5e-8 * value


def _pull(A):
    """Slope dΔ/dH of the asymmetry of double wells at H = 0."""
    slope = np.empty(A.size)
    near = A > -25.0
    if np.any(near):
        a = A[near]
        found = quartic.levels(np.stack([0 * a, a, 0 * a, 0 * a + 1.0], axis=-1), 6, kinetic=1.0, matrix_elements=True)
        slope[near] = 2.0 * found.position[:, 0, 1]
    if np.any(~near):
        a = A[~near]
        tilt = 1e-4 * np.abs(a) ** 1.5
        slope[~near] = [asymmetry(x, h, ORDER)[0] / h for x, h in zip(a, tilt, strict=True)]
    return slope


def _perturbation(E, distribution, rtol):
    """n(E) far above w: vibrations of the deepest well, and pairs of wells below the resonance with them."""
    from scipy.optimize import brentq

    A = _resonances(E, 1)[0]
    H, _ = _tilt(np.array([A]), E)
    pairs = expansions(A, float(H[0]))
    b_end = abs(float(pairs.beta[..., 0])) / math.sqrt(float(pairs.alpha[..., 0]))
    spinodal = math.sqrt(32.0 / 9.0)
    edges = [0.0, spinodal, b_end]

    def root(b):
        alpha = np.full(b.size, 0.25 * E * E)
        for _ in range(60):
            e, de = _ladder(alpha, b)
            step = (E - e) / de
            alpha = alpha + step
            if np.all(np.abs(step) <= 1e-13 * alpha):
                break
        return alpha, de

    def function(b):
        alpha, de = root(b)
        beta = b * np.sqrt(alpha)
        form_A, form_H = alpha - 0.375 * beta**2, np.abs(0.5 * beta * (alpha - 0.25 * beta**2))
        # dA dH = ½α dα dβ over both signs of β
        return distribution._density(form_A, form_H) * alpha**1.5 / de

    if math.isfinite(distribution.alpha_min) and distribution.counting != "single wells":

        def above(b):
            alpha, _ = root(np.array([b]))
            u = (3.0 * b - math.sqrt(9.0 * b * b - 32.0)) / 8.0
            return float(alpha[0]) * (2.0 * u * u - 1.0) - distribution.alpha_min

        if above(b_end) < 0.0:
            edges.insert(2, brentq(above, spinodal + 1e-12, b_end, xtol=1e-14))
    value, error, _ = _adaptive(function, edges, rtol)
    if distribution.counting != "single wells":
        tail, doubt = _tail(E, distribution, A, rtol)
        value, error = value + tail, error + doubt
    return value, error


def _ladder(alpha, b):
    """First excitation of a well with fixed b = β/sqrt(α), and its derivative by α."""

    def one(a):
        return _series(1, a, b * np.sqrt(a)) - _series(0, a, b * np.sqrt(a))

    step = 1e-3 * alpha
    slope = (8.0 * (one(alpha + step) - one(alpha - step)) - one(alpha + 2 * step) + one(alpha - 2 * step)) / (
        12 * step
    )
    return one(alpha), slope


@functools.cache
def singularities(upper=2):
    """Critical points of a gap in the plane (α, β), and what they do to its density.

    Parameters
    ----------
    upper : {2, 3}, optional
        Number of the upper level, counted from 1 as in the papers.

    Returns
    -------
    tuple of Singularity
        In the order of their energies; one of each pair ±β.

    Raises
    ------
    InputError
        If ``upper`` is not 2 or 3.

    Notes
    -----
    The map (α, β) → (A, H) folds at α = 0. There the gradient by (α, β) vanishes where the level curve touches the
    fold: ∂e/∂A + (β/2)∂e/∂H = 0, a saddle. Elsewhere it vanishes with that by (A, H), which only e₁₃ has, at H = 0.
    """
    from scipy.optimize import brentq

    top = integer("upper", upper, minimum=2, maximum=3) - 1
    row = np.empty(6)

    def slopes(A, H):
        if not _levels.cold(A, H, top, row):
            raise ConvergenceError("levels do not converge", row, math.nan, 0)
        return row[3] - row[2], row[5] - row[4]

    def along(beta):
        by_H, by_A = slopes(-0.375 * beta**2, -0.125 * beta**3)
        return by_A + 0.5 * beta * by_H

    found = []
    if top == 2:
        # At H = 0 the levels 1 and 3 are even.
        A = brentq(lambda a: slopes(a, 0.0)[1], -6.0, -2.0, xtol=1e-13)
        e = quartic.levels([0.0, A, 0.0, 1.0], 40, kinetic=1.0, matrix_elements=True)
        squares = e.position @ e.position

        # Second derivatives by perturbation theory: 2Σ|⟨k|O|n⟩|²/(e_k − e_n).
        def curvature(operator):
            total = [0.0, 0.0]
            for which, k in enumerate((0, 2)):
                for n in range(36):
                    if n != k:
                        total[which] += 2.0 * operator[k, n] ** 2 / (e.energies[k] - e.energies[n])
            return total[1] - total[0]

        height = 2.0 * math.pi / math.sqrt(curvature(squares) * curvature(e.position))
        energy = float(e.energies[2] - e.energies[0])
        found.append(Singularity(energy, A, 0.0, A, 0.0, "minimum", height))
    beta = brentq(along, 1.0, 3.0, xtol=1e-13)
    found.append(Singularity(_on_line(beta, top), 0.0, beta, -0.375 * beta**2, -0.125 * beta**3, "saddle", math.nan))
    return tuple(found)


def harmonic_limit(E, distribution, *, upper=2):
    r"""Leading form of n(E) far above w, where every potential vibrates in its deepest well (IKP, Eq. 12).

    In units N η_L^(5/2)P₀/w with ``|η|``, and N η_L^(3/2)P₀/w without, e = E/w:

    ================  ==============================  ========================
    counting          ``|η|``                         constant
    ================  ==============================  ========================
    "barrier top"     e⁴/4                            (2 + √2) e²/3
    "whole plane"     (3/4 − √2/3) e⁴                 4e²/3
    "single wells"    (√2/6) e⁴                       (2√2/3) e²
    ================  ==============================  ========================

    Single wells alone with ``|η|``, over the density n₀ of tunnelling states of IKP, are (1/24)(E/w)⁴√(η_L/δη) if the
    barrier tops end sharply at −δη, and (1/12√π)(E/w)⁴√(η_L/δη) if they fall off as exp(η/δη).

    Parameters
    ----------
    E : array_like
        Energies > 0, in units of w.
    distribution : Distribution
        Distribution with constant P₀, without exponential and ends.
    upper : {2, 3}, optional
        Number n of the upper level, counted from 1; the energy of one quantum is E/(n − 1).

    Returns
    -------
    ndarray
        n(E) w/N.

    Raises
    ------
    InputError
        If an argument is outside its range, or P₀ is not constant.
    """
    E = finite_array("E", E, minimum=0.0, open_minimum=True)
    quanta = integer("upper", upper, minimum=2, maximum=3) - 1
    if not isinstance(distribution, Distribution) or callable(distribution.P0):
        raise InputError("distribution", distribution, "a Distribution with constant P0")
    root = math.sqrt(2.0)
    prefactor = {
        ("barrier top", True): 0.25,
        ("whole plane", True): 0.75 - root / 3.0,
        ("single wells", True): root / 6.0,
        ("barrier top", False): (2.0 + root) / 3.0,
        ("whole plane", False): 4.0 / 3.0,
        ("single wells", False): 2.0 * root / 3.0,
    }[distribution.counting, bool(distribution.modulus)]
    power, scale = (4, distribution.eta_L**2.5) if distribution.modulus else (2, distribution.eta_L**1.5)
    return (prefactor * distribution.P0 * scale * (E / quanta) ** power / quanta)[()]
