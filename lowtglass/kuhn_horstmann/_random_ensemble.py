"""Averages over the levels of all kinds of sites in a state with local randomness.

Every kind of site is an ensemble of its own, with its own law of the fields. A site is thawed at temperature T if
its tunnel splitting, about exp(−λ) with λ = |A|^(3/2)/(2B√κ), A = C − a₂/γ, κ = ħ²/2m, is below T; panels over the
sites are therefore laid out in λ. Temperatures are taken in two bands, cold ones below the quantum energy
κ^(2/3)B^(1/3), for which few levels matter but small fields and splittings do, and hot ones with many levels but
coarse panels.
"""

import dataclasses
import functools
import itertools
import math

import numpy as np

from .. import quartic, thermal
from ..errors import ConvergenceError
from ..numerics import gauss_legendre
from . import _laws
from .local_randomness import LocalState, Normal

_TAIL = 1e-5  # of the weight of the laws and of the fields is left out at either end
_FROZEN = 25.0  # excitations above this multiple of T do not count
_WARM = 8.0  # quantum energies: where the warm band ends and the hot one begins
# Intervals of the Clenshaw–Curtis rules (the embedded ones have half as many): in panels where sites thaw and in
# other panels.
_THAWING, _SMOOTH = 12, 6
_STEP = 4.0  # of λ from panel to panel
_TRUNCATION = 2e-4  # of the heat capacity of a site, left to levels above those taken
_FIELD_STEP = 0.42  # of arsinh of the field
# Levels at h = 0 in which those at h are expanded: at most this share of the oscillator functions that they need
# themselves, and so many beyond to show the leak. Its square, in units of the spacing, is an error of the energy.
_SHARE, _BEYOND, _FEW, _LEAK = 0.3, 8, 7, 1e-9
_FIELD_PANELS = 384  # in |h| for the weight of the fields


def _clenshaw_curtis(n):
    from .ensemble import _clenshaw_curtis as rule

    return rule(n)


@dataclasses.dataclass(frozen=True)
class SiteRule:
    """Kinds of sites with fine weights and, for each random parameter, those with a coarser rule in it."""

    gamma: np.ndarray
    a2: np.ndarray
    a4: np.ndarray
    weights: np.ndarray
    coarse: tuple


def _trimmed(law):
    if isinstance(law, Normal):
        low, high = law.mean - 4.27 * law.std, law.mean + 4.27 * law.std
    else:
        low, high = float(law.ppf(_TAIL)), float(law.isf(_TAIL))
    edges = _laws.panel_edges(law)
    return np.concatenate([[low], edges[(edges > low) & (edges < high)], [high]])


def _panels(law, edges, orders):
    parts = []
    for left, right, order in zip(edges[:-1], edges[1:], orders, strict=True):
        nodes, fine, coarse = _clenshaw_curtis(int(order))
        width = right - left
        parts.append((left + width * nodes, width * fine, width * coarse))
    x, fine, coarse = (np.concatenate(part) for part in zip(*parts, strict=True))
    # Neighbouring panels share their ends.
    x, back = np.unique(x, return_inverse=True)
    density = law.pdf(x)
    fine, coarse = np.bincount(back, fine) * density, np.bincount(back, coarse) * density
    total = fine.sum()
    return x, fine / total, coarse / total


def site_rule(glass, C, labels, last, order, refine):
    """Rule over the sites with panels that end where λ(x) passes the `labels` (signed: negative without wells)."""
    laws = {"gamma": glass.gamma, "a2": glass.a2, "a4": glass.a4}
    random = [name for name in laws if _laws.is_law(laws[name])]
    inner = next((name for name in ("a2", "gamma", "a4") if _laws.is_continuous(laws[name])), None)
    rules = {}
    for name, law in laws.items():
        if name == inner:
            continue
        if _laws.is_continuous(law):
            edges = _trimmed(law)
            edges = np.linspace(edges[0], edges[-1], 2 * 2**refine + 1)
            rules[name] = _panels(law, edges, [8] * (edges.size - 1))
        else:
            x, w = _laws.quadrature(law, 2)
            rules[name] = (x, w, w)
    names = list(rules)
    parts = []
    for index in itertools.product(*(range(rules[name][0].size) for name in names)):
        fixed = {name: rules[name][0][i] for name, i in zip(names, index, strict=True)}
        weight = math.prod(rules[name][1][i] for name, i in zip(names, index, strict=True))
        if inner is None:
            x, w, w_coarse = np.zeros(1), np.ones(1), np.ones(1)
        else:
            x, w, w_coarse = _inner(glass, C, inner, fixed, labels, last, order, refine)
            fixed[inner] = x
        coarse = {inner: weight * w_coarse}
        for name in names:
            other = math.prod(rules[n][2 if n == name else 1][i] for n, i in zip(names, index, strict=True))
            coarse[name] = other * w
        full = [np.broadcast_to(fixed[name], x.shape) for name in ("gamma", "a2", "a4")]
        parts.append((*full, weight * w, *(coarse[name] for name in random)))
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return SiteRule(*columns[:4], tuple(columns[4:]))


def _inner(glass, C, name, fixed, labels, last, order, refine):
    law = getattr(glass, name)
    edges = _trimmed(law)
    x = np.linspace(edges[0], edges[-1], 20001)
    values = fixed | {name: x}
    A = C - values["a2"] / values["gamma"]
    B = values["a4"] / values["gamma"] / 6.0
    exponent = np.sign(A) * np.abs(A) ** 1.5 / (2.0 * B * math.sqrt(glass.kinetic))
    bins = np.searchsorted(labels, exponent)
    cuts = x[np.flatnonzero(np.diff(bins)) + 1]
    # An edge of the law is needed only in panels wider than its own.
    breaks = np.unique(np.concatenate([edges[[0, -1]], cuts]))
    panel = np.minimum(np.diff(breaks)[np.searchsorted(breaks, edges[1:-1], side="right") - 1], math.inf)
    own = np.minimum(np.diff(edges)[:-1], np.diff(edges)[1:])
    edges = np.unique(np.concatenate([breaks, edges[1:-1][panel > 1.2 * own]]))
    # Edges that nearly coincide are one.
    small = np.flatnonzero(np.diff(edges) < 1e-3 * (edges[-1] - edges[0]))
    edges = np.delete(edges, np.where(small + 1 == edges.size - 1, small, small + 1))
    for _ in range(refine):
        edges = np.sort(np.append(edges, 0.5 * (edges[:-1] + edges[1:])))
    between = np.interp(0.5 * (edges[:-1] + edges[1:]), x, exponent)
    return _panels(law, edges, np.where((between > -2.0) & (between < last), order, _SMOOTH))


def largest_field(local):
    """``|h|`` at a kind of site beyond which lies a negligible weight."""
    weight = _field_weight(local._law)
    return float(weight.x[np.searchsorted(weight(weight.x), (1.0 - _TAIL) * weight(weight.x[-1]))])


def folded_density(local, h):
    """Density of ``|h|`` at a kind of site."""
    density = local.field_density(h)
    return 2.0 * density if local.symmetric else density + local.field_density(-h)


@functools.lru_cache(maxsize=8)
def _field_weight(law):
    """Weight of the fields below ``|h|`` as a cubic spline."""
    from scipy.interpolate import CubicHermiteSpline

    low, high = law.field_range
    grid = np.linspace(0.0, max(abs(low), abs(high)), _FIELD_PANELS + 1)
    nodes, weights = gauss_legendre(4)
    width = np.diff(grid)[:, None]
    h = np.append((grid[:-1, None] + width * nodes).ravel(), grid)
    density = law.field_density(h) + law.field_density(-h)
    panels = density[: -grid.size].reshape(width.size, -1) @ weights * width[:, 0]
    return CubicHermiteSpline(grid, np.concatenate([[0.0], np.cumsum(panels)]), density[-grid.size :])


@dataclasses.dataclass(frozen=True)
class _SiteLevels:
    index: int
    h: np.ndarray
    weights: np.ndarray
    coarse: np.ndarray
    excitations: np.ndarray


def _mesh_sites(state, coldest, refine=0):
    """Rule over the sites for temperatures from `coldest` on."""
    glass = state.glass
    unit = _unit(state)
    last = max(math.log(unit / coldest), 0.0) + 12.0
    if coldest < unit:
        labels = np.concatenate(
            [-np.geomspace(8.0**8, 2.0, 9), np.arange(0.0, last, _STEP), last * np.geomspace(1.0, 8.0**8, 9)]
        )
        return site_rule(glass, state.C, labels, last, _THAWING, refine)
    outer = (2.0 if coldest < _WARM * unit else 8.0) * np.geomspace(1.0, 8.0**8, 9)
    return site_rule(glass, state.C, np.concatenate([-outer[::-1], outer]), last, _SMOOTH, refine)


def _local(state, rule, i):
    return LocalState(
        state,
        dataclasses.replace(state.glass, gamma=float(rule.gamma[i]), a2=float(rule.a2[i]), a4=float(rule.a4[i])),
    )


@functools.lru_cache(maxsize=4)
def _mesh(state, coldest, hottest, refine):
    """Excitations of every kind of site at the nodes of a rule over its fields, for coldest <= T <= hottest."""
    rule = _mesh_sites(state, coldest, refine)
    found, n_levels = [], 6
    for i in range(rule.weights.size):
        if rule.weights[i] == 0.0:
            continue
        mesh = _site_levels(_local(state, rule, i), coldest, hottest, refine, n_levels)
        if mesh is not None:
            found.append(_SiteLevels(i, *mesh[:-1]))
            # Neighbouring sites need about as many levels.
            n_levels = mesh[-1]
    return rule, found


def _site_levels(local, coldest, hottest, refine, n_levels):
    spectrum = _FieldSpectrum(local, 8 if coldest < _unit(local) else 0)
    splitting = spectrum.splitting
    # The lowest gap is smallest at h = 0.
    if splitting > _FROZEN * hottest:
        return None
    end = largest_field(local)
    # It hardly falls again: the fields end where it freezes.
    for step in range(6):
        trial = end * 0.5 ** min(step, 1)
        if spectrum(np.array([trial]), 3)[0, 1] <= _FROZEN * hottest:
            break
        end = trial
    # In t = arsinh(h/first) the integrand is analytic in a strip, even about 0 and negligible at the end, so that
    # equidistant nodes converge exponentially.
    first = min(max(coldest, 0.3 * splitting) / spectrum.distance, 0.5 * end)
    last = math.asinh(end / first)
    count = 2 * math.ceil(0.5 * last / _FIELD_STEP) * 2**refine
    t = np.linspace(0.0, last, count + 1)
    h = first * np.sinh(t)
    fine = folded_density(local, h) * first * np.cosh(t) * t[1]
    fine[[0, -1]] *= 0.5
    coarse = np.where(np.arange(count + 1) % 2 == 0, 2.0 * fine, 0.0)
    while True:
        excitations = spectrum(h, n_levels)
        test = thermal.heat_capacity(excitations, hottest, fine, on_truncation="mark", rtol=_TRUNCATION)
        if test.converged or n_levels >= 384:
            break
        n_levels = math.ceil(1.15 * n_levels)
    spare = test.truncation < 0.1 * _TRUNCATION
    return h, fine, coarse, excitations, max(math.floor(0.9 * n_levels), 6) if spare else n_levels


class _FieldSpectrum:
    """Excitations of a kind of site at many fields.

    The levels at h = 0 and the matrix elements of v between them make a small matrix E_j δ_jk − h v_jk for every field.
    How far its states leak out of the levels taken along is known exactly; fields at which it is too far are
    diagonalised on their own.
    """

    def __init__(self, local, n_levels=0):
        self.local = local
        found = self._grow(3, matrix_elements=False)
        self.size, self.splitting, self.frequency = 0, float(found.gaps[0]), float(found.gaps[1])
        # So many levels at h = 0 as the levels foreseen will be expanded in, found all at once.
        self.expected = max([tier + _BEYOND for tier in self._tiers(n_levels)], default=0) if n_levels else 0

    def _tiers(self, n_levels):
        return [n for n in (n_levels + 4, n_levels + 16, 2 * n_levels + 32) if n <= _SHARE * self.basis]

    def _grow(self, size, matrix_elements=True):
        glass = self.local.glass
        found = _any_basis(glass.potential(self.local.C, 0.0), size, glass.kinetic, matrix_elements=matrix_elements)
        self.basis = int(found.basis_size)
        if matrix_elements:
            self.size, self.gaps, self.position = size, found.gaps[: size - 1], found.position[:size, :size]
        return found

    @property
    def distance(self):
        """Between the wells, 2⟨0|v|1⟩."""
        if self.size == 0:
            self._grow(max(self.expected, 3))
        return 2.0 * abs(float(self.position[0, 1]))

    def __call__(self, h, n_levels):
        """Excitations at the fields h, shape (h.size, n_levels); the first gap has its own relative accuracy."""
        excitations = np.empty((h.size, n_levels))
        left = np.arange(h.size)
        tiers = self._tiers(n_levels)
        for kept in tiers:
            # A handful of fields is as fast on its own.
            if left.size < (_FEW if self.size < tiers[-1] + _BEYOND else 2):
                break
            if self.size < tiers[-1] + _BEYOND:
                self._grow(tiers[-1] + _BEYOND)
            found, good = self._expanded(h[left], n_levels, kept)
            excitations[left[good]] = found[good]
            left = left[~good]
        if left.size:
            excitations[left] = _levels(self.local, h[left], n_levels)
        if self.local.double_wells:
            # Nearest to h = 0 the first gap drowns in the rounding of two levels; there the pair is an exact hyperbola.
            near = h < 1e-6 * self.frequency / self.distance
            excitations[near, 1] = np.hypot(self.splitting, self.distance * h[near])
        return excitations

    def _expanded(self, h, n_levels, kept):
        matrix = -h[:, None, None] * self.position[:kept, :kept]
        levels = np.concatenate([[0.0], np.cumsum(self.gaps)])
        diagonal = np.arange(kept)
        matrix[:, diagonal, diagonal] += levels[:kept]
        energies, states = np.linalg.eigh(matrix)
        leak = np.linalg.norm(self.position[kept:, :kept] @ states[:, :, :n_levels], axis=1) * h[:, None]
        excitations = energies[:, :n_levels] - energies[:, :1]
        # The error of an energy is of second order in the leak, over the distance to what lies beyond.
        spacing = (energies[:, -1] - energies[:, 0]) / kept
        return excitations, (leak**2 <= _LEAK * spacing[:, None] ** 2).all(axis=1)


def _levels(local, h, n_levels):
    """Excitations at the fields h; the first gap has its own relative accuracy."""
    glass = local.glass
    c = glass.potential(local.C, h)
    try:
        found = quartic.levels(c, n_levels, kinetic=glass.kinetic)
        energies, gaps = found.energies, found.gaps[:, 0]
    except ConvergenceError as failed:
        energies, gaps = failed.last.energies, failed.last.gaps[:, 0]
        for i in np.flatnonzero(failed.last.basis_size == failed.last.basis_size.max()):
            # The basis is laid out for the number of levels: another number takes another one.
            found = _any_basis(c[i], n_levels, glass.kinetic)
            energies[i], gaps[i] = found.energies[:n_levels], found.gaps[0]
    excitations = energies - energies[:, :1]
    excitations[:, 1] = gaps
    return excitations


def _any_basis(coefficients, n_levels, kinetic, **options):
    for more in (0, 1, 3, 6):
        try:
            return quartic.levels(coefficients, n_levels + more, kinetic=kinetic, **options)
        except ConvergenceError:
            continue
    return quartic.levels(coefficients, n_levels + 10, kinetic=kinetic, **options)


def heat_capacity(state, T, rtol):
    """Heat capacity at temperatures > 0 and its error, with the rules refined once if `rtol` is missed."""
    unit = _unit(state)
    value, error = np.zeros(T.size), np.zeros(T.size)
    levels = 0
    for low, high in itertools.pairwise((0.0, unit, _WARM * unit, math.inf)):
        band = (T >= low) & (T < high)
        if not band.any():
            continue
        coldest = max(2.0 ** math.floor(math.log2(T[band].min())), low)
        hottest = 2.0 ** (math.ceil(16.0 * math.log2(T[band].max())) / 16.0)
        for refine in range(2):
            rule, meshes = _mesh(state, coldest, hottest, refine)
            c, e = _sum(rule, meshes, T[band])
            if (e <= rtol * c).all():
                break
        value[band], error[band] = c, e
        levels = max([levels, *(mesh.excitations.shape[1] for mesh in meshes)])
    return value, error, levels


def _unit(state):
    glass = state.glass
    return float(np.median(glass.kinetic ** (2 / 3) * glass.sites(order=12).quartic ** (1 / 3)))


def _sum(rule, meshes, T):
    fine, fields, missing = np.zeros(T.size), np.zeros(T.size), np.zeros(T.size)
    sites = [np.zeros(T.size) for _ in rule.coarse]
    for mesh in meshes:
        found = thermal.heat_capacity(mesh.excitations, T, mesh.weights, on_truncation="mark", rtol=1e-3)
        rough = thermal.heat_capacity(mesh.excitations, T, mesh.coarse, on_truncation="mark", rtol=1e-3)
        w = rule.weights[mesh.index]
        fine += w * found.heat_capacity
        fields += w * (found.heat_capacity - rough.heat_capacity)
        missing += w * np.where(found.heat_capacity > 0, found.truncation * np.abs(found.heat_capacity), 0.0)
        for total, coarse in zip(sites, rule.coarse, strict=True):
            total += (w - coarse[mesh.index]) * found.heat_capacity
    # Nested rules: the finer one is about as much better as QUADPACK takes it to be.
    error = sum((np.abs(total) / np.maximum(fine, 1e-300)) ** 1.5 for total in [fields, *sites]) * fine
    return fine, error + missing


def two_level(state, T):
    """Schottky terms of the double wells alone."""
    from .ensemble import _two_level

    coldest = 2.0 ** math.floor(math.log2(T.min()))
    rule = _mesh_sites(state, coldest)
    total = np.zeros(T.size)
    for i in np.flatnonzero(rule.weights > 0.0):
        local = _local(state, rule, i)
        if local.double_wells:
            total += rule.weights[i] * _two_level(local, T, coldest)
    return total


def density_of_states(state, E, resolution):
    """Density averaged over [E(1 − r/2), E(1 + r/2)], its error, smallest gap, levels and fields used."""
    below, above = E * (1.0 - 0.5 * resolution), E * (1.0 + 0.5 * resolution)
    # √ singularities at the cut-off of every site ask for more sites than a heat capacity does.
    rule = _mesh_sites(state, 0.3 * float(below.min()), 1)
    fine = np.zeros(E.size)
    coarse = [np.zeros(E.size) for _ in rule.coarse]
    cutoff, n_levels, n_fields = math.inf, 0, 0
    for i in np.flatnonzero(rule.weights > 0.0):
        counted = _count(_local(state, rule, i), np.append(below, above))
        cutoff = min(cutoff, counted[1])
        if counted[0] is None:
            continue
        n_levels, n_fields = max(n_levels, counted[2]), n_fields + counted[3]
        density = (counted[0][E.size :] - counted[0][: E.size]) / (above - below)
        fine += rule.weights[i] * density
        for total, weights in zip(coarse, rule.coarse, strict=True):
            total += (rule.weights[i] - weights[i]) * density
    return fine, sum(np.abs(total) for total in coarse), cutoff, n_levels, n_fields


def _count(local, E):
    """Mean number of excitations of a site below each E, its gap at h = 0, and the levels and fields used."""
    spectrum = _FieldSpectrum(local)
    splitting, distance = spectrum.splitting, spectrum.distance
    if splitting > E.max():
        return None, splitting, 0, 0
    end = largest_field(local)
    first = min(0.2 * max(float(E.min()), splitting) / distance, 1e-2 * end)
    h = np.unique(np.concatenate([[0.0], np.geomspace(first, end, 64), np.linspace(0.0, end, 97)]))
    n_levels = 6
    while True:
        excitations = spectrum(h, n_levels)
        if excitations[:, -1].min() > E.max():
            break
        n_levels = math.ceil(1.3 * n_levels)
    weight = _field_weight(local._law)
    below = np.zeros(E.size)
    # The lowest pair is a hyperbola in h, its square linear in h²; that serves the other branches too.
    x = h * h
    for n in range(1, n_levels):
        y = excitations[:, n] ** 2
        if y.min() > E.max() ** 2:
            break
        slope = np.diff(y)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = (E[:, None] ** 2 - y[:-1]) / slope
        share = np.where(slope == 0.0, E[:, None] ** 2 > y[:-1], np.clip(share, 0.0, 1.0))
        cut = weight(np.sqrt(x[:-1] + share * np.diff(x)))
        left, right = weight(h[:-1]), weight(h[1:])
        below += np.where(slope >= 0.0, cut - left, right - cut).sum(axis=1)
    return below, splitting, n_levels, h.size
