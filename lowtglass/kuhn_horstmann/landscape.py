r"""Statistics of the double wells of the effective potentials.

With :math:`A = C - a_2/\gamma > 0` and :math:`B = a_4/(6\gamma)` the effective potential (Kühn and Horstmann 1998,
Eq. 10) reads :math:`U = -hv - \tfrac12 Av^2 + \tfrac14 Bv^4`. In units :math:`s = \sqrt{A/3B}` of length and
:math:`Bs^4` of energy it has no parameter but :math:`h/h_s = \cos\theta`, with the spinodal field
:math:`h_s = 2Bs^3` at which the upper well vanishes, and its three stationary points are

.. math:: v_+ = 2s\cos\frac{\theta}{3},\quad v_- = 2s\cos\frac{\theta + 2\pi}{3},\quad
   v_0 = 2s\cos\frac{\theta - 2\pi}{3}, \qquad 0 < \theta \le \frac{\pi}{2}.

Every property of the wells is a smooth function of :math:`\theta`, so the densities follow from the law of the field
by a change of variables, branch by monotone branch.
"""

import dataclasses
import functools
import itertools
import math

import numpy as np

from .._validation import finite_array, integer
from ..errors import InputError
from ..numerics import gauss_legendre
from ..quartic import reduced_wells
from . import _laws, _random_ensemble
from .local_randomness import LocalState

__all__ = ["RandomWellStatistics", "WellSample", "WellStatistics", "well_statistics"]

_KINDS = 129  # kinds of sites of which the laws of the fields are computed for samples
_QUANTITIES = ("asymmetry", "barrier", "distance", "wkb_exponent", "tunnel_splitting")
# Minimum from which the barrier is measured.
_BARRIERS = ("mean", "deep", "shallow")

# From here on the square of an angle is lost beside one, and the edge values are exact to rounding.
_EDGE = 1e-7


@dataclasses.dataclass(frozen=True)
class WellSample:
    """Double wells drawn from the ensemble, one entry each.

    Attributes
    ----------
    field, asymmetry, barrier, distance, wkb_exponent, tunnel_splitting : ndarray
        Effective field and properties of each double well, in units J = k_B = 1.
    """

    field: np.ndarray
    asymmetry: np.ndarray
    barrier: np.ndarray
    distance: np.ndarray
    wkb_exponent: np.ndarray
    tunnel_splitting: np.ndarray


@dataclasses.dataclass(frozen=True)
class WellStatistics:
    """Distribution of the properties of double wells in a state.

    Made by :func:`well_statistics`; units J = k_B = 1.

    Attributes
    ----------
    state : object
        The state that fixes C and the law of the field.
    barrier_from : {"mean", "deep", "shallow"}
        Minimum from which the barrier is measured.
    spinodal_field : float
        ``|h|`` below which the potential has two wells.
    fraction : float
        Share of the coordinates that move in a double well.
    curvature, quartic : float
        A and B of the module's potential.
    """

    state: object
    barrier_from: str
    spinodal_field: float
    fraction: float
    curvature: float
    quartic: float

    @property
    def length(self):
        """Unit of length s = sqrt(A/3B), half the smallest distance of a well from the vanished one."""
        return np.sqrt(self.curvature / (3 * self.quartic))

    @property
    def energy(self):
        """Unit of energy B s⁴."""
        return self.quartic * self.length**4

    def value(self, quantity, h):
        """Property of the double well at the field ``h``.

        Parameters
        ----------
        quantity : str
            "asymmetry", "barrier", "distance", "wkb_exponent" or "tunnel_splitting".
        h : array_like
            Effective fields.

        Returns
        -------
        ndarray
            The property; NaN where ``|h|`` is at or above the spinodal field.
        """
        _known("quantity", quantity, _QUANTITIES)
        h = finite_array("h", h)
        ratio = np.abs(h) / self.spinodal_field
        inside = ratio < 1
        angle = np.arccos(np.where(inside, ratio, 0.0))
        return np.where(inside, self._at(quantity, angle)[0], np.nan)[()]

    def support(self, quantity):
        """Smallest and largest value of a property, as (low, high)."""
        _known("quantity", quantity, _QUANTITIES)
        ends = [float(self._at(quantity, np.array(angle))[0]) for angle in self._breaks(quantity)]
        low, high = min(ends), max(ends)
        return (low if low > 1e-12 * high else 0.0), high

    def singular_values(self, quantity):
        """Values at which the density diverges, with the ``|h|`` where the property is stationary.

        Returns
        -------
        list of (float, float)
            ``(value, |h|)``, sorted by value. The divergences are integrable, of inverse-square-root type.
        """
        _known("quantity", quantity, _QUANTITIES)
        angles = list(self._breaks(quantity)[1:-1])
        if quantity != "asymmetry":
            angles.append(math.pi / 2)
        found = [
            (float(self._at(quantity, np.array(t))[0]), self.spinodal_field * max(math.cos(t), 0.0)) for t in angles
        ]
        found = [(x, 0.0 if h < 1e-12 * self.spinodal_field else h) for x, h in found]
        if (self.barrier_from != "mean") and quantity in ("barrier", "wkb_exponent", "tunnel_splitting"):
            found = [(x, h) for x, h in found if h > 0]
        return sorted(found)

    def density(self, quantity, x, *, conditional=False):
        r"""Probability density of a property.

        .. math:: P(x) = \sum_{\text{branches}} \frac{P(h) + P(-h)}{|dx/dh|}

        Parameters
        ----------
        quantity : str
            "asymmetry", "barrier", "distance", "wkb_exponent" or "tunnel_splitting".
        x : array_like
            Values of the property.
        conditional : bool, optional
            If True, normalised to one among double wells; otherwise per coordinate, so that it integrates to
            ``fraction``.

        Returns
        -------
        ndarray
            Density, zero outside the support, inf exactly at a divergence.
        """
        _known("quantity", quantity, _QUANTITIES)
        x = finite_array("x", x)
        flat = x.ravel()
        total = np.zeros_like(flat)
        breaks = self._breaks(quantity)
        for low, high in itertools.pairwise(breaks):
            at_low, at_high = (float(self._at(quantity, np.array(t))[0]) for t in (low, high))
            inside = (flat >= min(at_low, at_high)) & (flat <= max(at_low, at_high))
            if not inside.any():
                continue
            angle = self._invert(quantity, flat[inside], low, high, at_low < at_high)
            h = self.spinodal_field * np.cos(angle)
            slope = np.abs(self._at(quantity, angle)[1])
            weight = (self.state.field_density(h) + self.state.field_density(-h)) * self.spinodal_field * np.sin(angle)
            with np.errstate(divide="ignore"):
                total[inside] += weight / slope
        if conditional:
            total /= self.fraction
        return total.reshape(x.shape)[()]

    def curve(self, n=201):
        """All properties along the field, from h = 0 up to (not including) the spinodal field.

        Parameters
        ----------
        n : int, optional
            Number of fields, denser towards the spinodal.

        Returns
        -------
        WellSample
            Properties against field: the Δ–λ curve on which all double wells lie.
        """
        n = integer("n", n, minimum=2)
        angle = np.linspace(np.pi / 2, 0.0, n, endpoint=False)
        return self._collect(self.spinodal_field * np.cos(angle), angle)

    def sample(self, size, rng=None):
        """Draw double wells.

        Parameters
        ----------
        size : int
            Number of double wells.
        rng : numpy.random.Generator or int, optional
            Generator or seed.

        Returns
        -------
        WellSample
        """
        size = integer("size", size, minimum=1)
        rng = np.random.default_rng(rng)
        # Rejection from the uniform law between the spinodals needs only the density of the field.
        grid = np.linspace(-self.spinodal_field, self.spinodal_field, 4097)
        ceiling = 1.001 * float(np.max(self.state.field_density(grid)))
        drawn = np.empty(0)
        while drawn.size < size:
            h = rng.uniform(-self.spinodal_field, self.spinodal_field, 2 * (size - drawn.size) + 64)
            keep = rng.uniform(0.0, ceiling, h.size) < self.state.field_density(h)
            drawn = np.concatenate([drawn, h[keep]])
        h = drawn[:size]
        return self._collect(h, np.arccos(np.minimum(np.abs(h) / self.spinodal_field, 1.0)))

    def _collect(self, h, angle):
        return WellSample(h, *(self._at(name, angle)[0] for name in _QUANTITIES))

    def _at(self, quantity, angle):
        """Return a property and its derivative with respect to the angle."""
        # At zero angle a well has vanished and its tunnel splitting has an infinite slope; stop short of it.
        angle = np.maximum(np.asarray(angle, dtype=float), 1e-300)
        wells = reduced_wells(angle)
        # dΔ/dh = d and dV/dh = v − v₀ are exact (the potential is stationary at its wells); h = 2 cos θ.
        field_slope = -2 * np.sin(angle)
        distance, d_distance = wells.deep - wells.shallow, wells.deep_slope - wells.shallow_slope
        if quantity == "distance":
            return self.length * distance, self.length * d_distance
        if quantity == "asymmetry":
            return self.energy * wells.asymmetry, self.energy * distance * field_slope
        well, height = {
            "mean": (0.5 * (wells.deep + wells.shallow), 0.5 * (wells.deep_barrier + wells.shallow_barrier)),
            "deep": (wells.deep, wells.deep_barrier),
            "shallow": (wells.shallow, wells.shallow_barrier),
        }[self.barrier_from]
        d_height = (well - wells.top) * field_slope
        if quantity == "barrier":
            return self.energy * height, self.energy * d_height
        unit = self.length * np.sqrt(self.energy / self.state.glass.kinetic) / 2
        root = np.sqrt(height)
        exponent = unit * distance * root
        d_exponent = unit * (d_distance * root + 0.5 * distance * d_height / np.where(root > 0, root, np.inf))
        if quantity == "wkb_exponent":
            return exponent, d_exponent
        quantum = np.sqrt(2 * self.state.glass.kinetic * self.quartic) * self.length
        splitting = quantum * (wells.deep_curvature * wells.shallow_curvature) ** 0.25 * np.exp(-exponent)
        # The third derivative of the reduced potential is 6v.
        rate = 6 * wells.deep * wells.deep_slope / wells.deep_curvature
        rate = rate + 6 * wells.shallow * wells.shallow_slope / wells.shallow_curvature
        return splitting, splitting * (0.25 * rate - d_exponent)

    @functools.lru_cache(maxsize=64)  # noqa: B019 — a few floats per entry
    def _breaks(self, quantity):
        """Angles between which the property is monotone, ascending, ends included."""
        from scipy.optimize import brentq

        grid = np.linspace(_EDGE, math.pi / 2, 1025)[:-1]
        slope = self._at(quantity, grid)[1]
        turns = [
            brentq(lambda t: float(self._at(quantity, np.array(t))[1]), grid[i], grid[i + 1], xtol=1e-15)
            for i in np.flatnonzero(slope[:-1] * slope[1:] < 0)
        ]
        return (0.0, *turns, math.pi / 2)

    def _invert(self, quantity, x, low, high, rising):
        """Bisection for the angle at which the property takes the values ``x`` on one branch."""
        left, right = np.full_like(x, low), np.full_like(x, high)
        for _ in range(60):
            middle = 0.5 * (left + right)
            below = (self._at(quantity, middle)[0] < x) == rising
            left, right = np.where(below, middle, left), np.where(below, right, middle)
        return 0.5 * (left + right)


@dataclasses.dataclass(frozen=True)
class RandomWellStatistics:
    """Distribution of the properties of double wells in a state with local randomness.

    Made by :func:`well_statistics`; units J = k_B = 1. Wells differ by their field and by their stiffness and quartic
    coefficient, so that asymmetry and exponent no longer lie on one curve.

    Attributes
    ----------
    state : object
        The state that fixes C and the law of the field.
    barrier_from : {"mean", "deep", "shallow"}
        Minimum from which the barrier is measured.
    fraction : float
        Share of the coordinates that move in a double well.
    """

    state: object
    barrier_from: str
    fraction: float

    def histogram(self, quantity, edges, *, conditional=False):
        """Density of a property, averaged over bins.

        Parameters
        ----------
        quantity : str
            "asymmetry", "barrier", "distance", "wkb_exponent" or "tunnel_splitting".
        edges : array_like, shape (n + 1,)
            Edges of the bins, ascending.
        conditional : bool, optional
            If True, normalised to one among double wells; otherwise per coordinate.

        Returns
        -------
        density : ndarray, shape (n,)
            Mean density in each bin; bins a few times narrower than the law of the sites show its quadrature.
        """
        _known("quantity", quantity, _QUANTITIES)
        edges = finite_array("edges", edges)
        if edges.ndim != 1 or edges.size < 2 or np.any(np.diff(edges) <= 0):
            raise InputError("edges", edges, "a one-dimensional array of at least two ascending numbers")
        wells, angle, weights = self._mesh
        counts, _ = np.histogram(wells._at(quantity, angle)[0], edges, weights=weights)
        density = counts / np.diff(edges)
        return density / self.fraction if conditional else density

    def sample(self, size, rng=None):
        """Draw double wells, e.g. for the scatter of Δ and λ.

        Parameters
        ----------
        size : int
            Number of double wells.
        rng : numpy.random.Generator or int, optional
            Generator or seed.

        Returns
        -------
        WellSample

        Notes
        -----
        With one step of breaking the law of the field differs from site to site. Fields are then interpolated in a
        table of 129 values of C − a₂/γ, and 17 of a₄/γ if that is random.
        """
        size = integer("size", size, minimum=1)
        rng = np.random.default_rng(rng)
        glass = self.state.glass
        draw = None
        drawn = []
        missing = size
        while missing > 0:
            n = int(1.2 * missing / self.fraction) + 64
            gamma, a2, a4 = (
                value.rvs(n, random_state=rng) if _laws.is_law(value) else np.full(n, value)
                for value in (glass.gamma, glass.a2, glass.a4)
            )
            A, B = self.state.C - a2 / gamma, a4 / gamma / 6.0
            s = rng.normal(size=n)
            A, B, s = A[A > 0.0], B[A > 0.0], s[A > 0.0]
            if draw is None and A.size:
                draw = _fields_drawn(self.state, A, B)
            h = draw(A, B, s) if A.size else A
            inside = np.abs(h) < _spinodal(A, B)
            drawn.append(np.stack([h[inside], A[inside], B[inside]])[:, :missing])
            missing -= drawn[-1].shape[1]
        h, A, B = np.concatenate(drawn, axis=1)
        spinodal = _spinodal(A, B)
        wells = WellStatistics(self.state, self.barrier_from, spinodal, math.nan, A, B)
        return wells._collect(h, np.arccos(np.minimum(np.abs(h) / spinodal, 1.0)))

    @functools.cached_property
    def _mesh(self):
        """Double wells on a mesh of sites and angles, with weights."""
        A, B, weights, locals_ = _well_sites(self.state, 48)
        angle = (np.arange(400) + 0.5) * (math.pi / 800)
        A, B, angle = A[:, None], B[:, None], angle[None, :]
        spinodal = _spinodal(A, B)
        h = spinodal * np.cos(angle)
        density = _folded_densities(locals_, h)
        weights = weights[:, None] * density * spinodal * np.sin(angle) * (math.pi / 800)
        return WellStatistics(self.state, self.barrier_from, spinodal, math.nan, A, B), angle, weights


def _spinodal(curvature, quartic):
    return 2 * quartic * np.sqrt(curvature / (3 * quartic)) ** 3


def _local(state, A, B):
    return LocalState(state, dataclasses.replace(state.glass, gamma=1.0, a2=state.C - A, a4=6.0 * B))


def _quantiles(local, s):
    """Fields at which as much of the law of a kind of site lies below as of the normal law at `s`."""
    from scipy.special import ndtr

    low, high = local.field_range
    grid = np.linspace(low, high, 2049)
    density = local.field_density(grid)
    cumulative = np.concatenate([[0.0], np.cumsum(density[1:] + density[:-1])])
    return np.interp(ndtr(s), cumulative / cumulative[-1], grid)


def _fields_drawn(state, A, B):
    """A function that turns A, B and normal numbers into fields with the law of each site.

    With few kinds of sites it is made of their laws; else the fields, which are smooth functions of all three, are
    interpolated in a table that spans the given A and B.
    """
    from scipy.interpolate import RegularGridInterpolator

    s = np.linspace(-8.3, 8.3, 1001)
    if not getattr(state, "broken", False):
        field = _quantiles(state, s)
        return lambda A, B, x: np.interp(x, s, field)
    kinds = np.unique(np.stack([A, B], axis=1), axis=0)
    if len(kinds) <= _KINDS:
        tables = {(a, b): _quantiles(_local(state, a, b), s) for a, b in kinds.tolist()}

        def alike(A, B, x):
            h = np.empty(x.size)
            for a, b in np.unique(np.stack([A, B], axis=1), axis=0).tolist():
                same = (A == a) & (B == b)
                if (a, b) not in tables:
                    tables[a, b] = _quantiles(_local(state, a, b), s)
                h[same] = np.interp(x[same], s, tables[a, b])
            return h

        return alike
    roots = np.linspace(0.0, math.sqrt(A.max()), _KINDS)
    logs = np.unique(np.log(B))
    if logs.size > 17:
        logs = np.linspace(logs[0], logs[-1], 17)
    table = np.array([[_quantiles(_local(state, r * r, math.exp(b)), s) for b in logs] for r in roots])
    if logs.size == 1:
        found = RegularGridInterpolator((roots, s), table[:, 0], bounds_error=False, fill_value=None)
        return lambda A, B, x: found(np.stack([np.sqrt(A), x], axis=1))
    found = RegularGridInterpolator((roots, logs, s), table, bounds_error=False, fill_value=None)
    return lambda A, B, x: found(np.stack([np.sqrt(A), np.log(B), x], axis=1))


def _well_sites(state, order):
    """A, B, weights and local states of the sites that have double wells."""
    found = [(w, local) for w, local in _laws.local_states(state, order) if local.double_wells]
    A, B, weights = (
        np.array(column)
        for column in (
            [state.C - local.glass.stiffness for _, local in found],
            [local.glass.quartic for _, local in found],
            [w for w, _ in found],
        )
    )
    return A, B, weights, [local for _, local in found]


def _folded_densities(locals_, h):
    """Density of ``|h|`` at every kind of site, for a row of fields each."""
    return np.stack([_random_ensemble.folded_density(local, row) for local, row in zip(locals_, h, strict=True)])


def _random_well_statistics(state, barrier):
    A, B, weights, locals_ = _well_sites(state, 24)
    if A.size == 0:
        low = state.glass.smallest_stiffness
        raise InputError("state", f"C = {state.C:.6g}", f"C > a2/gamma of some site, {low:.6g} at least (double wells)")
    # Both fields and sites are smooth in the angle and in √A.
    nodes, gauss = gauss_legendre(64)
    spinodal = _spinodal(A, B)[:, None]
    largest = np.array([max(abs(end) for end in local.field_range) for local in locals_])[:, None]
    reach = np.arccos(np.minimum(largest / spinodal, 1.0))
    angle = reach + (0.5 * math.pi - reach) * nodes
    h = spinodal * np.cos(angle)
    density = _folded_densities(locals_, h)
    inner = (density * spinodal * np.sin(angle)) @ gauss * (0.5 * math.pi - reach[:, 0])
    return RandomWellStatistics(state, barrier, float(weights @ inner))


def well_statistics(state, *, barrier="mean"):
    """Statistics of the double wells in a state (Kühn and Horstmann 1998, Sect. 3 and Fig. 2).

    Parameters
    ----------
    state : object
        A state of the model, e.g. from :func:`replica_symmetric`.
    barrier : {"mean", "deep", "shallow"}, optional
        Minimum from which the barrier V in λ = (d/2) sqrt(2mV)/ħ is measured: the mean of the two (default), the
        deeper or the shallower one. The papers do not say which.

    Returns
    -------
    WellStatistics
        Or RandomWellStatistics, for a state with local randomness.

    Raises
    ------
    InputError
        If the state has no double wells (C <= a2/gamma), or ``barrier`` is unknown.
    """
    from scipy.integrate import quad

    _known("barrier", barrier, _BARRIERS)
    if state.glass.random:
        return _random_well_statistics(state, barrier)
    glass = state.glass
    curvature, quartic = state.C - glass.stiffness, glass.quartic
    if curvature <= 0:
        raise InputError("state", f"C = {state.C:.6g}", f"C > a2/gamma = {glass.stiffness:.6g} (double wells)")
    spinodal = 2 * quartic * math.sqrt(curvature / (3 * quartic)) ** 3
    low, high = (min(max(h, -spinodal), spinodal) for h in state.field_range)
    fraction = quad(state.field_density, low, high, epsabs=1e-14, epsrel=1e-12, limit=200)[0]
    return WellStatistics(state, barrier, spinodal, fraction, curvature, quartic)


def _known(argument, value, allowed):
    if value not in allowed:
        raise InputError(argument, value, "one of " + ", ".join(map(repr, allowed)))
