"""Laws of local parameters: their checks and their quadrature rules."""

import dataclasses
import functools
import itertools
import math
import numbers

import numpy as np

from .._validation import finite_array, real
from ..errors import ConvergenceError, InputError
from ..numerics import gauss_legendre
from .local_randomness import LocalState, Normal, Samples, Sites

_TAIL = 1e-16  # of the weight of a law is cut off at either end
# Panels of the normal law, in standard deviations; beyond the last lies 1e-16 of the weight.
_NORMAL_EDGES = (-8.3, -5.5, -3.0, -1.0, 1.0, 3.0, 5.5, 8.3)
_QUANTILES = (0.02, 0.5, 0.98)
_METHODS = ("pdf", "cdf", "sf", "ppf", "isf", "rvs", "support", "var")


def parameter(name, value, *, positive):
    """A parameter as a float, or its law; raises InputError naming it."""
    if isinstance(value, (numbers.Real, np.ndarray)) and np.ndim(value) == 0:
        return real(name, value, **({"minimum": 0.0, "open_minimum": True} if positive else {}))
    if isinstance(value, np.ndarray):
        value = Samples(finite_array(name, value)) if value.ndim == 1 else value
    if isinstance(value, Samples):
        if positive and min(value.values) <= 0.0:
            raise InputError(name, min(value.values), "samples > 0")
        return value
    if isinstance(value, Normal):
        if positive:
            raise InputError(
                name, value, "a law of positive support, e.g. scipy.stats.truncnorm, scipy.stats.gamma or samples > 0"
            )
        return value
    if all(callable(getattr(value, method, None)) for method in _METHODS):
        low, _ = value.support()
        if positive and not low >= 0.0:
            raise InputError(name, f"a law of support {value.support()}", "a law of positive support")
        if not math.isfinite(value.var()):
            raise InputError(name, "a law of infinite variance", "a law of finite variance")
        return value
    # Everything else gets the message for a number.
    return real(name, value, **({"minimum": 0.0, "open_minimum": True} if positive else {}))


def is_law(value):
    """Whether a parameter is random."""
    return not isinstance(value, float)


def is_continuous(value):
    return is_law(value) and not isinstance(value, Samples)


def support(value):
    """Smallest and largest value of a parameter that averages see."""
    if not is_law(value):
        return value, value
    if isinstance(value, Samples):
        return min(value.values), max(value.values)
    edges = panel_edges(value)
    return float(edges[0]), float(edges[-1])


@functools.lru_cache(maxsize=64)
def panel_edges(law):
    """Edges of panels in each of which a Gauss rule of twelve nodes finds the weight of the law."""
    if isinstance(law, Normal):
        return law.mean + law.std * np.array(_NORMAL_EDGES)
    low, high = (float(x) for x in law.support())
    edges = [low if math.isfinite(low) else float(law.ppf(_TAIL)), *(float(law.ppf(p)) for p in _QUANTILES)]
    edges.append(high if math.isfinite(high) else float(law.isf(_TAIL)))
    pending = list(itertools.pairwise(np.unique(edges)))
    nodes, weights = gauss_legendre(12)
    done = []
    while pending:
        left, right = pending.pop()
        width = right - left
        with np.errstate(all="ignore"):
            found = width * float(weights @ law.pdf(left + width * nodes))
        upper = law.sf(left) < 0.5
        weight = float(law.sf(left) - law.sf(right) if upper else law.cdf(right) - law.cdf(left))
        middle = left + 0.5 * width
        if abs(found - weight) <= 1e-13 or not left < middle < right or weight < _TAIL:
            done.append((left, right))
        elif len(pending) + len(done) > 400:
            raise ConvergenceError("no quadrature rule for the law of a parameter", law, abs(found - weight), 400)
        else:
            pending += [(left, middle), (middle, right)]
    return np.unique(np.array(done))


def quadrature(law, order, point=None, scale=None):
    """Nodes and weights of the average over a law.

    With `point` the rule is one in s = √|x − point| on either side, with panels that grow from √scale on.
    """
    if not is_law(law):
        return np.array([law]), np.ones(1)
    if isinstance(law, Samples):
        values, counts = np.unique(law.values, return_counts=True)
        return values, counts / len(law.values)
    edges = panel_edges(law)
    nodes, weights = gauss_legendre(order)
    if point is not None and edges[0] < point < edges[-1]:
        edges = np.unique(np.append(edges, point))
    left, width = edges[:-1], np.diff(edges)
    # From panels farther away than they are wide the singularity is not felt.
    gap = np.full(left.size, math.inf) if point is None else np.maximum(left - point, point - edges[1:])
    plain = gap >= width
    x = (left[plain, None] + width[plain, None] * nodes).ravel()
    w = (width[plain, None] * weights).ravel() * law.pdf(x)
    for sign in (-1.0, 1.0):
        near = ~plain & (sign * (left + 0.5 * width - point) > 0.0) if point is not None else plain[:0]
        if near.any():
            ends = np.stack([left[near], edges[1:][near]], axis=1)
            # Panels that are near need not be neighbours: a narrow one between them may be plain.
            s = [_graded(np.sort(np.sqrt(np.maximum(sign * (pair - point), 0.0))), math.sqrt(scale)) for pair in ends]
            panel = np.concatenate([np.diff(x) for x in s])[:, None]
            t = (np.concatenate([x[:-1] for x in s])[:, None] + panel * nodes).ravel()
            near_x = point + sign * t * t
            x = np.append(x, near_x)
            w = np.append(w, 2.0 * t * (panel * weights).ravel() * law.pdf(near_x))
    keep = w > 0.01 * _TAIL / w.size
    x, w = x[keep], w[keep]
    total = float(w.sum())
    if order >= 12 and not abs(total - 1.0) < 1e-9:
        raise ConvergenceError("the quadrature of the law of a parameter", law, abs(total - 1.0), x.size)
    return x, w / total


def _graded(edges, first):
    """Add to ascending `edges` those that halve panels wider than their distance from 0 plus `first`."""
    done = [edges[0]]
    for right in edges[1:]:
        while right - done[-1] > 1.5 * (done[-1] + first):
            done.append(2.0 * done[-1] + first)
        done.append(right)
    return np.array(done)


def sites(glass, C=None, scale=None, order=12):
    """Sites of a glass; with `C` the rules are split at a₂/γ = C, with panels from the width `scale` of k − C on."""
    laws = {"gamma": glass.gamma, "a4": glass.a4, "a2": glass.a2}
    inner = next((name for name in ("a2", "gamma") if is_continuous(laws[name])), None) if C is not None else None
    outer = [name for name in laws if name != inner]
    rules = [quadrature(laws[name], order) for name in outer]
    if inner is None:
        return _product(dict(zip(outer, rules, strict=True)))
    parts = []
    index = [np.arange(rule[0].size) for rule in rules]
    # The position of the singularity depends on the other of a₂ and γ only.
    other = outer.index("gamma" if inner == "a2" else "a2")
    for i in index[other]:
        value = rules[other][0][i]
        if inner == "a2":
            point, width = value * C, None if scale is None else value * scale
        else:
            point = value / C if C != 0.0 and value / C > 0.0 else None
            width = None if scale is None or point is None else scale * point * point / abs(value)
        if point is not None and width is None:
            low, high = support(laws[inner])
            width = high - low
        rule = quadrature(laws[inner], order, point, width)
        combined = {name: rules[j] for j, name in enumerate(outer)}
        combined[outer[other]] = (np.array([value]), np.array([rules[other][1][i]]))
        parts.append(_product(combined | {inner: rule}))
    return Sites(
        *(np.concatenate([getattr(part, field) for part in parts]) for field in ("weights", "gamma", "a2", "a4"))
    )


class EveryState:
    """What follows for every kind of state from its `glass`, `p` and `C`."""

    @property
    def symmetric(self):
        """Whether the law of the fields is even, P(h) = P(−h)."""
        return self.p == 0.0

    @property
    def double_wells(self):
        """Whether some coordinates move in a double well, γC > a₂ (1998, equation 13)."""
        return self.C > self.glass.smallest_stiffness

    def sites(self, order=12):
        """Kinds of sites, each with its share of the coordinates.

        Parameters
        ----------
        order : int, optional
            Nodes per panel of the rule over a continuous law, see :meth:`Glass.sites`.

        Returns
        -------
        list of (float, state)
            Weights, which add up to 1, and local states; without local randomness the state itself with weight 1.
        """
        return local_states(self, order)

    def site(self, **values):
        """State of the sites with given values of the random parameters.

        Parameters
        ----------
        **values : float
            One value for each of gamma, a2 and a4 that is random.

        Returns
        -------
        LocalState

        Raises
        ------
        InputError
            If a random parameter has no value, or another one has.
        """
        return local_state(self, values)


def local_states(state, order):
    """The (weight, local state) of every kind of site in a state."""
    glass = state.glass
    if not glass.random:
        return [(1.0, state)]
    found = glass.sites(state.C, order=order)
    return [
        (float(w), LocalState(state, dataclasses.replace(glass, gamma=float(g), a2=float(a2), a4=float(a4))))
        for w, g, a2, a4 in zip(found.weights, found.gamma, found.a2, found.a4, strict=True)
    ]


def local_state(state, values):
    """The local state of sites with the given values of the random parameters."""
    random = {name for name in ("gamma", "a2", "a4") if is_law(getattr(state.glass, name))}
    if set(values) != random:
        expected = "one for each of the random parameters: " + (", ".join(sorted(random)) or "none")
        raise InputError("values", sorted(values), expected)
    return LocalState(state, dataclasses.replace(state.glass, **{name: real(name, values[name]) for name in values}))


def _product(rules):
    grids = np.meshgrid(*(rules[name][0] for name in ("gamma", "a2", "a4")), indexing="ij")
    weights = np.meshgrid(*(rules[name][1] for name in ("gamma", "a2", "a4")), indexing="ij")
    return Sites((weights[0] * weights[1] * weights[2]).ravel(), *(grid.ravel() for grid in grids))
