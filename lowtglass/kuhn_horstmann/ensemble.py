r"""Quantum levels of the ensemble of effective potentials.

The local Hamiltonian is :math:`H = p^2/2m + U_{\rm eff}(v; h)` (Kühn and Horstmann 1998, Eq. 14). Its levels depend on
the field alone, :math:`\partial E_n/\partial h = -v_{nn}`, and not on its sign; thermodynamics and densities of states
are averages over the law of the field. Everything here asks of a state only ``glass``, ``C``, ``field_density`` and
``field_range``, so that it serves every approximation of the model.
"""

import dataclasses
import functools
import math

import numpy as np
from numba import njit

from .. import quartic, thermal
from .._validation import finite_array, integer, real, temperature
from ..errors import ConvergenceError, InputError
from . import _random_ensemble
from .landscape import well_statistics

__all__ = [
    "DensityOfStates",
    "ExcitationSpectrum",
    "HeatCapacity",
    "HeatCapacityExponent",
    "density_of_states",
    "excitation_spectrum",
    "field_density",
    "heat_capacity",
    "heat_capacity_exponent",
]

_MAX_LEVELS = 192


@dataclasses.dataclass(frozen=True)
class ExcitationSpectrum:
    """Levels of the effective potentials at given fields; units J = k_B = 1.

    Attributes
    ----------
    h : ndarray, shape (...)
        Effective fields.
    energies : ndarray, shape (..., n)
        Levels E_n, ascending.
    excitations : ndarray, shape (..., n)
        E_n − E_0.
    slopes : ndarray, shape (..., n)
        dE_n/dh = −⟨n|v|n⟩.
    error : ndarray, shape (..., n)
        Estimated absolute error of the levels.
    """

    h: np.ndarray
    energies: np.ndarray
    excitations: np.ndarray
    slopes: np.ndarray
    error: np.ndarray


@dataclasses.dataclass(frozen=True)
class DensityOfStates:
    """Density of excitation energies per coordinate; units J = k_B = 1.

    Attributes
    ----------
    E : ndarray
        Excitation energies.
    density : ndarray
        n(E), excitations per unit energy and coordinate.
    cutoff : float
        Smallest excitation energy: the tunnel splitting at h = 0, or the smallest gap.
    plateau : float
        2 P(h=0)/d with d = 2 ``|⟨0|v|1⟩|`` at h = 0, the flat density between the cut-off and the first intra-well
        excitation; NaN without double wells, and with local randomness, where nothing is exactly flat.
    n_levels : int
        Levels used at every field.
    n_fields : int
        Fields at which they were computed.
    error : ndarray or None
        With local randomness, the estimated absolute error from the average over sites.
    """

    E: np.ndarray
    density: np.ndarray
    cutoff: float
    plateau: float
    n_levels: int
    n_fields: int
    error: np.ndarray | None = None


@dataclasses.dataclass(frozen=True)
class HeatCapacity:
    """Heat capacity per coordinate in units of k_B.

    Attributes
    ----------
    T : ndarray
        Temperatures, in units J/k_B.
    heat_capacity : ndarray
        All levels of all effective potentials.
    two_level : ndarray
        Two-level approximation: the pair sqrt(Δ² + Δ₀²) of every double well (Eq. 15), nothing else.
    error : ndarray
        Estimated absolute error of ``heat_capacity`` from the average over fields and the levels left out.
    n_levels : int
        Levels used at every field.
    """

    T: np.ndarray
    heat_capacity: np.ndarray
    two_level: np.ndarray
    error: np.ndarray
    n_levels: int


@dataclasses.dataclass(frozen=True)
class HeatCapacityExponent:
    """Power law C ∝ T^x through a heat capacity.

    Attributes
    ----------
    low, high : float
        Range of temperatures.
    exponent : float
        x, from a least-squares line through ln C against ln T.
    error : float
        Bound on the error of the exponent from that of the heat capacity.
    deviation : float
        Largest ``|ln C − line|``: how far the heat capacity is from a power law.
    ends : tuple of float
        Local exponents at the lower and the upper end.
    """

    low: float
    high: float
    exponent: float
    error: float
    deviation: float
    ends: tuple


def field_density(state, h):
    """Probability density of the effective field (Kühn and Horstmann 1998, Eq. 11).

    Parameters
    ----------
    state : object
        A state of the model.
    h : array_like
        Fields, in units J = 1.

    Returns
    -------
    ndarray
        P(h), same shape as ``h``.
    """
    return state.field_density(finite_array("h", h))


def excitation_spectrum(state, h, n_levels=12):
    """Levels of the effective potential against the field (Kühn and Horstmann 1998, Fig. 3a).

    Parameters
    ----------
    state : object
        A state of the model.
    h : array_like
        Effective fields.
    n_levels : int, optional
        Levels per field.

    Returns
    -------
    ExcitationSpectrum

    Raises
    ------
    InputError
        If the state has local randomness: its sites have different spectra, see ``state.site`` and ``state.sites``.
    """
    if state.glass.random:
        raise InputError("state", "a state with local randomness", "one of its sites, e.g. state.site(a2=1.0)")
    h = finite_array("h", h)
    n_levels = integer("n_levels", n_levels, minimum=1, maximum=_MAX_LEVELS)
    found = _levels(state, h, n_levels)
    excitations = found.energies - found.energies[..., :1]
    if n_levels > 1:
        # The first gap has a relative accuracy at h = 0 that the difference of two levels has not.
        excitations[..., 1] = found.gaps[..., 0]
    slopes = -np.diagonal(found.position, axis1=-2, axis2=-1)
    return ExcitationSpectrum(h, found.energies, excitations, slopes, found.error)


def density_of_states(state, E, n_levels=None, *, resolution=0.2):
    r"""Density of excitation energies (Kühn and Horstmann 1998, Fig. 3b).

    .. math:: n(E) = \int dh\,P(h) \sum_{n>0} \delta(E - E_n + E_0)
              = \sum_{n>0}\ \sum_{h:\,\varepsilon_n(h) = E} \frac{P(h)}{|d\varepsilon_n/dh|}

    The branches are followed with their exact slopes on a mesh that is refined until interpolation between its
    nodes agrees with the levels computed there.

    Parameters
    ----------
    state : object
        A state of the model.
    E : array_like
        Excitation energies > 0.
    n_levels : int, optional
        Levels per field; by default as many as reach above ``max(E)`` at every field.
    resolution : float, optional
        With local randomness the density is the mean over the energies E(1 ± resolution/2), because that of each kind
        of site diverges at its own cut-off; 0 to 1, both excluded. Without randomness it is not used.

    Returns
    -------
    DensityOfStates

    Raises
    ------
    InputError
        If an energy is not positive, ``n_levels`` does not reach above ``max(E)``, or all fields are zero (the ergodic
        phase), so that the excitations are discrete.
    ConvergenceError
        If more than 192 levels would be needed.
    """
    E = finite_array("E", E, minimum=0.0, open_minimum=True)
    highest = float(E.max())
    resolution = real("resolution", resolution, minimum=0.0, maximum=1.0, open_minimum=True, open_maximum=True)
    if state.glass.random and _largest_field(state) > 0.0:
        if n_levels is not None:
            raise InputError("n_levels", n_levels, "None with local randomness: every site takes as many as it needs")
        density, error, cutoff, n_levels, n_fields = _random_ensemble.density_of_states(state, E.ravel(), resolution)
        return DensityOfStates(
            E, density.reshape(E.shape)[()], cutoff, math.nan, n_levels, n_fields, error.reshape(E.shape)[()]
        )
    h_max = _largest_field(state)
    if h_max == 0.0:
        raise InputError("state", "a single effective potential", "a state with a distribution of fields")
    if n_levels is None:
        n_levels = 12
        while _reach(state, h_max, n_levels) <= highest:
            if n_levels == _MAX_LEVELS:
                raise ConvergenceError(
                    f"{_MAX_LEVELS} levels do not reach E = {highest:.4g}",
                    None,
                    _reach(state, h_max, n_levels),
                    n_levels,
                )
            n_levels = min(2 * n_levels, _MAX_LEVELS)
    else:
        n_levels = integer("n_levels", n_levels, minimum=2, maximum=_MAX_LEVELS)
        reach = _reach(state, h_max, n_levels)
        if reach <= highest:
            raise InputError(
                "n_levels", n_levels, f"levels that reach above max(E) = {highest:.4g}, not only {reach:.4g}"
            )
    branches = _branches(state, n_levels, highest)
    order = np.argsort(E, axis=None)
    sorted_E = np.ascontiguousarray(E.ravel()[order])
    # Below the first node the lowest pair is an exact hyperbola, which the interpolation may not resolve.
    which, where, slope = _crossings(
        branches.h, branches.excitations, branches.slopes, sorted_E, branches.splitting > 0
    )
    sorted_density = np.zeros(sorted_E.size)
    with np.errstate(divide="ignore"):
        np.add.at(sorted_density, which, _folded_density(state, where) / np.abs(slope))
    if branches.double:
        first = branches.excitations[1, 1]
        inside = np.flatnonzero((sorted_E >= branches.splitting) & (sorted_E < first))
        e = sorted_E[inside]
        asymmetry = np.sqrt((e - branches.splitting) * (e + branches.splitting))
        weight = _folded_density(state, asymmetry / branches.distance)
        with np.errstate(divide="ignore"):
            sorted_density[inside] += weight * e / (asymmetry * branches.distance)
    density = np.empty(E.size)
    density[order] = sorted_density
    plateau = float(_folded_density(state, np.array(0.0))) / branches.distance if branches.double else math.nan
    return DensityOfStates(
        E, density.reshape(E.shape)[()], float(branches.cutoff), plateau, n_levels, int(branches.h.size)
    )


def heat_capacity(state, T, n_levels=None, *, rtol=None):
    r"""Heat capacity of the ensemble (Kühn and Horstmann 1997, Fig. 2; 1998, Fig. 4).

    .. math:: C(T) = \int dh\,P(h)\,\frac{\langle E^2\rangle - \langle E\rangle^2}{T^2}

    Parameters
    ----------
    state : object
        A state of the model.
    T : array_like
        Temperatures >= 0, in units J/k_B.
    n_levels : int, optional
        Levels per field; by default as many as ``max(T)`` needs. With local randomness every site takes its own.
    rtol : float, optional
        Relative error allowed; by default 1e-4, and 1e-3 with local randomness.

    Returns
    -------
    HeatCapacity

    Raises
    ------
    InputError
        If ``n_levels`` is given for a state with local randomness.
    ConvergenceError
        If the estimated error is above ``rtol``.
    """
    T = temperature("T", T)
    flat = T.ravel()
    positive = flat[flat > 0]
    result, error, two_level = np.zeros(flat.size), np.zeros(flat.size), np.zeros(flat.size)
    random = state.glass.random
    rtol = real("rtol", (1e-3 if random else 1e-4) if rtol is None else rtol, minimum=0.0, open_minimum=True)
    if random:
        if n_levels is not None:
            raise InputError("n_levels", n_levels, "None with local randomness: every site takes as many as it needs")
        if positive.size:
            result[flat > 0], error[flat > 0], n_levels = _random_heat_capacity(state, positive, rtol)
            two_level[flat > 0] = _random_ensemble.two_level(state, positive)
        shape = T.shape
        return HeatCapacity(
            T, result.reshape(shape)[()], two_level.reshape(shape)[()], error.reshape(shape)[()], n_levels or 0
        )
    fixed = n_levels is not None
    n_levels = integer("n_levels", n_levels, minimum=2, maximum=_MAX_LEVELS) if fixed else 24
    if positive.size:
        # One mesh for a whole octave of lowest temperatures, so that repeated calls find it ready.
        coldest = 2.0 ** math.floor(math.log2(positive.min()))
        while True:
            mesh = _mesh(state, coldest, n_levels)
            fine = thermal.heat_capacity(mesh.excitations, positive, mesh.weights, on_truncation="mark", rtol=rtol)
            if fine.converged.all() or fixed or n_levels == _MAX_LEVELS:
                break
            n_levels = min(2 * n_levels, _MAX_LEVELS)
        coarse = thermal.heat_capacity(mesh.excitations, positive, mesh.coarse_weights, on_truncation="mark", rtol=rtol)
        value = fine.heat_capacity
        estimate = np.abs(value - coarse.heat_capacity) + fine.truncation * np.abs(value)
        bad = estimate > rtol * np.abs(value) + np.finfo(float).tiny
        if bad.any():
            worst = int(np.argmax(estimate / np.maximum(np.abs(value), np.finfo(float).tiny)))
            raise ConvergenceError(
                f"heat capacity at T = {positive[worst]:.4g} from {n_levels} levels at {mesh.h.size} fields",
                value,
                float(estimate[worst] / max(abs(value[worst]), np.finfo(float).tiny)),
                n_levels,
            )
        result[flat > 0], error[flat > 0] = value, estimate
        two_level[flat > 0] = _two_level(state, positive, coldest)
    shape = T.shape
    return HeatCapacity(T, result.reshape(shape)[()], two_level.reshape(shape)[()], error.reshape(shape)[()], n_levels)


def heat_capacity_exponent(state, low, high, points=9):
    """Exponent x of C ∝ T^x between two temperatures.

    The slope of the straight line through ln C against ln T at equidistant ln T (least squares).

    Parameters
    ----------
    state : object
        A state of the model.
    low, high : float
        Temperatures between which the line is drawn, 0 < low < high.
    points : int, optional
        Number of temperatures, at least 3.

    Returns
    -------
    HeatCapacityExponent

    Raises
    ------
    InputError
        If an argument is outside its range.
    ConvergenceError
        If the heat capacity does not converge.
    """
    low = real("low", low, minimum=0.0, open_minimum=True)
    high = real("high", high, minimum=low, open_minimum=True)
    points = integer("points", points, minimum=3)
    found = heat_capacity(state, np.geomspace(low, high, points))
    x = np.log(found.T) - np.log(found.T).mean()
    weights = x / (x @ x)
    y = np.log(found.heat_capacity)
    exponent = float(weights @ y)
    error = float(np.abs(weights) @ (found.error / found.heat_capacity))
    deviation = float(np.max(np.abs(y - y.mean() - exponent * x)))
    local = np.diff(y) / np.diff(x)
    return HeatCapacityExponent(low, high, exponent, error, deviation, (float(local[0]), float(local[-1])))


def _random_heat_capacity(state, T, rtol):
    value, error, n_levels = _random_ensemble.heat_capacity(state, T, rtol)
    bad = error > rtol * np.abs(value) + np.finfo(float).tiny
    if bad.any():
        worst = int(np.argmax(error / np.maximum(np.abs(value), np.finfo(float).tiny)))
        raise ConvergenceError(
            f"heat capacity with local randomness at T = {T[worst]:.4g}",
            value,
            float(error[worst] / max(abs(value[worst]), np.finfo(float).tiny)),
            n_levels,
        )
    return value, error, n_levels


def _levels(state, h, n_levels, matrix_elements=True):
    glass = state.glass
    return quartic.levels(glass.potential(state.C, h), n_levels, kinetic=glass.kinetic, matrix_elements=matrix_elements)


def _largest_field(state):
    low, high = state.field_range
    return max(abs(low), abs(high))


def _folded_density(state, h):
    """Density of |h|: levels do not depend on the sign of the field."""
    if h.size == 0:
        return np.zeros(h.shape)
    return state.field_density(h) + state.field_density(-h)


def _reach(state, h_max, n_levels):
    """Smallest energy of the highest excitation given."""
    found = _levels(state, np.linspace(0.0, h_max, 65), n_levels, matrix_elements=False)
    return float((found.energies[:, -1] - found.energies[:, 0]).min())


@dataclasses.dataclass(frozen=True)
class _LowestPair:
    """The two lowest levels at h = 0: ε(h) = sqrt(splitting² + (distance h)²) while distance·h ≪ the next gap."""

    splitting: float
    distance: float
    next_gap: float
    double: bool


@functools.lru_cache(maxsize=64)
def _lowest_pair(state):
    found = _levels(state, np.array(0.0), 3)
    double = state.C > state.glass.stiffness
    distance = 2 * abs(float(found.position[0, 1]))
    return _LowestPair(float(found.gaps[0]), distance, float(found.gaps[1]), bool(double))


@dataclasses.dataclass(frozen=True)
class _Branches:
    h: np.ndarray
    excitations: np.ndarray
    slopes: np.ndarray
    double: bool
    splitting: float
    distance: float
    cutoff: float


@functools.lru_cache(maxsize=16)
def _branches(state, n_levels, highest):
    """Excitations and their slopes on a mesh of |h| fine enough for cubic interpolation."""
    pair = _lowest_pair(state)
    h_max = _largest_field(state)
    scale = pair.next_gap
    first = min(1e-6 * scale / pair.distance, 1e-3 * h_max)
    h = np.concatenate([[0.0], np.geomspace(first, h_max / 16, 60), np.linspace(h_max / 16, h_max, 46)[1:]])
    spectrum = excitation_spectrum(state, h, n_levels)
    excitations, slopes = spectrum.excitations, spectrum.slopes - spectrum.slopes[:, :1]
    slopes[0] = 0.0
    pending = np.arange(1, h.size - 1)
    smallest = 1e-5 * h_max
    tolerance = 1e-7 * scale
    for _ in range(24):
        left, right = h[pending], h[pending + 1]
        middle = 0.5 * (left + right)
        found = excitation_spectrum(state, middle, n_levels)
        at_middle, slope_middle = found.excitations, found.slopes - found.slopes[:, :1]
        width = (right - left)[:, None]
        guess = 0.5 * (excitations[pending] + excitations[pending + 1]) + width / 8 * (
            slopes[pending] - slopes[pending + 1]
        )
        relevant = np.minimum(excitations[pending], excitations[pending + 1]) < 1.1 * highest
        miss = np.where(relevant, np.abs(guess - at_middle), 0.0).max(axis=1)
        refine = (miss > tolerance) & (right - left > smallest)
        h = np.concatenate([h, middle])
        excitations = np.concatenate([excitations, at_middle])
        slopes = np.concatenate([slopes, slope_middle])
        order = np.argsort(h, kind="stable")
        h, excitations, slopes = h[order], excitations[order], slopes[order]
        starts = np.searchsorted(h, left[refine])
        pending = np.unique(np.concatenate([starts, starts + 1]))
        if pending.size == 0:
            break
    return _Branches(h, excitations, slopes, pair.double, pair.splitting, pair.distance, excitations[:, 1].min())


@njit(cache=True)
def _crossings(h, energy, slope, levels_at, skip_first):
    """Fields at which the piecewise cubic branches pass the sorted energies: (index of energy, field, slope)."""
    size = 1024
    which = np.empty(size, np.int64)
    where = np.empty(size)
    steep = np.empty(size)
    count = 0
    n_cells = h.size - 1
    for n in range(1, energy.shape[1]):
        for i in range(n_cells):
            if skip_first and i == 0 and n == 1:
                continue
            w = h[i + 1] - h[i]
            a, b = energy[i, n], energy[i + 1, n]
            da, db = slope[i, n] * w, slope[i + 1, n] * w
            # Cubic a + da t + c2 t² + c3 t³ on 0 <= t <= 1, split at its turning points into monotone pieces.
            c2 = 3.0 * (b - a) - 2.0 * da - db
            c3 = 2.0 * (a - b) + da + db
            cuts = np.array([0.0, 1.0, 1.0, 1.0])
            n_cuts = 1
            disc = c2 * c2 - 3.0 * c3 * da
            if disc > 0.0:
                q = -(c2 + math.copysign(math.sqrt(disc), c2))
                t1 = da / q if q != 0.0 else 2.0
                t2 = q / (3.0 * c3) if c3 != 0.0 else 2.0
                if t1 > t2:
                    t1, t2 = t2, t1
                for t in (t1, t2):
                    if 0.0 < t < 1.0:
                        cuts[n_cuts] = t
                        n_cuts += 1
            cuts[n_cuts] = 1.0
            for k in range(n_cuts):
                lo, hi = cuts[k], cuts[k + 1]
                e_lo = a + lo * (da + lo * (c2 + lo * c3))
                e_hi = a + hi * (da + hi * (c2 + hi * c3)) if hi < 1.0 else b
                rising = e_hi > e_lo
                bottom, top = (e_lo, e_hi) if rising else (e_hi, e_lo)
                j = np.searchsorted(levels_at, bottom)
                while j < levels_at.size and levels_at[j] < top:
                    target = levels_at[j]
                    x, y = lo, hi
                    for _ in range(52):
                        m = 0.5 * (x + y)
                        e = a + m * (da + m * (c2 + m * c3))
                        if (e < target) == rising:
                            x = m
                        else:
                            y = m
                    t = 0.5 * (x + y)
                    if count == size:
                        size *= 2
                        which = np.append(which, np.empty(count, np.int64))
                        where = np.append(where, np.empty(count))
                        steep = np.append(steep, np.empty(count))
                    which[count] = j
                    where[count] = h[i] + t * w
                    steep[count] = (da + t * (2.0 * c2 + 3.0 * c3 * t)) / w
                    count += 1
                    j += 1
    return which[:count], where[:count], steep[:count]


@dataclasses.dataclass(frozen=True)
class _Mesh:
    h: np.ndarray
    weights: np.ndarray
    coarse_weights: np.ndarray
    excitations: np.ndarray


def _clenshaw_curtis(n):
    """Nodes on [0, 1], weights of the n-interval Clenshaw–Curtis rule and of the embedded one with n/2 (n even)."""

    def rule(intervals):
        k = np.arange(intervals + 1)
        moments = np.zeros(intervals + 1)
        moments[::2] = 2.0 / (1.0 - k[::2] ** 2)
        matrix = np.cos(np.pi * np.outer(k, k) / intervals)
        return np.linalg.solve(matrix, moments) / 2.0

    nodes = 0.5 * (1.0 - np.cos(np.pi * np.arange(n + 1) / n))
    fine, coarse = rule(n), np.zeros(n + 1)
    coarse[::2] = rule(n // 2)
    return nodes, fine, coarse


def _quadrature(state, coldest):
    """Fields |h| >= 0, weights that include their density, and the weights of a coarser rule."""
    if _largest_field(state) == 0.0:
        return np.zeros(1), np.ones(1), np.ones(1)
    nodes, fine, coarse = _nodes(_panels(state, coldest))
    # Neighbouring panels share their ends.
    h, back = np.unique(nodes, return_inverse=True)
    density = _folded_density(state, h)
    return h, np.bincount(back, fine) * density, np.bincount(back, coarse) * density


def _panels(state, coldest):
    """Edges of panels in |h| that resolve the crossing at h = 0 down to thermal energies ``coldest``."""
    pair = _lowest_pair(state)
    h_max = _largest_field(state)
    outer = np.linspace(0.0, h_max, 25)[1:]
    first = min(0.25 * coldest / pair.distance, outer[0] / 2)
    count = max(math.ceil(math.log2(outer[0] / first)), 1)
    edges = np.concatenate([[0.0], np.geomspace(first, outer[0], count + 1), outer[1:]])
    return np.unique(edges[edges <= h_max])


def _nodes(edges, order=8):
    x, fine, coarse = _clenshaw_curtis(order)
    width = np.diff(edges)[:, None]
    h = edges[:-1, None] + width * x
    return h.ravel(), (width * fine).ravel(), (width * coarse).ravel()


@functools.lru_cache(maxsize=32)
def _mesh(state, coldest, n_levels):
    """Quadrature over |h| with the excitations at its nodes."""
    pair = _lowest_pair(state)
    h, fine, coarse = _quadrature(state, coldest)
    found = _levels(state, h, n_levels, matrix_elements=False)
    excitations = found.energies - found.energies[:, :1]
    excitations[:, 1] = found.gaps[:, 0]
    if pair.double:
        # Nearest to h = 0 the first gap drowns in the rounding of two levels; there the pair is an exact hyperbola.
        near = h < 1e-6 * pair.next_gap / pair.distance
        excitations[near, 1] = np.hypot(pair.splitting, pair.distance * h[near])
    return _Mesh(h, fine, coarse, excitations)


def _two_level(state, T, coldest):
    """Schottky terms of the double wells alone."""
    if not _lowest_pair(state).double:
        return np.zeros(T.size)
    if _largest_field(state) == 0.0:
        found = quartic.wells(state.glass.potential(state.C, 0.0), kinetic=state.glass.kinetic)
        return thermal.two_level(found.tunnel_splitting, T)
    wells = well_statistics(state)
    edges = _panels(state, coldest)
    spinodal = wells.spinodal_field
    edges = np.append(edges[edges < 0.99 * spinodal], spinodal * (1.0 - np.array([1e-2, 1e-3, 1e-4, 0.0])))
    h, weights, _ = _nodes(np.unique(edges), order=16)
    inside = h < spinodal
    h, weights = h[inside], weights[inside]
    splitting = np.hypot(wells.value("asymmetry", h), wells.value("tunnel_splitting", h))
    weights = weights * _folded_density(state, h)
    return thermal.two_level(splitting, T[:, None]) @ weights
