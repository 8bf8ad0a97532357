"""What states with one and with many steps of breaking share: the first solution, and the law of the fields."""

import math
from dataclasses import dataclass, replace

import numpy as np

from .._validation import finite_array
from ..errors import ConvergenceError
from . import _breaking, _laws, _random_sites, _reduced, _solve_breaking
from .replica_symmetric import glass_temperature, replica_symmetric

_COARSE = 4  # nodes per panel of the average over sites for the first solution
_NEARLY_STABLE = 1e-4  # instability below which the limiting form at T_g replaces a solution that rounding prevents


_PRODUCT_ORDERS = (8, 12)  # nodes per panel for the solution and for its check, where more than one law is continuous
_REST = 1e-13  # share of the sites that is left out


# Equal only if the same object: what is computed for a law is kept by its hash.
@dataclass(frozen=True, eq=False)
class Fields:
    """The law of the fields of a broken state, or of one kind of its sites.

    `parts` are (weight, T, A, h, logs, y, width, scale) of every kind of site, in its reduced variables but for scale.
    """

    parts: tuple
    field_range: tuple

    def field_density(self, h):
        """Probability density of the effective field at `h`."""
        h = finite_array("h", h)
        flat = h.ravel()
        total, density = np.zeros(h.size), np.empty(h.size)
        for weight, T, A, grid, logs, y, width, scale in self.parts:
            _breaking.field_law(T, A, grid, logs, y, width, flat * scale, density)
            total += weight * scale * density
        return total.reshape(h.shape)[()]


def law_of_fields(B, T, point, laws):
    """The law of the fields from the `laws` of a solution in variables reduced with B."""
    C, q, y, H = point
    parts, limits = [], []
    for weight, k, ratio, h, logs, reach in laws:
        scale = math.sqrt(B * ratio)
        centre = H * math.sqrt(ratio)
        parts.append((weight, T * B * ratio, C - k, h, logs, y[-1] / ratio, math.sqrt((q[-1] - q[-2]) * ratio), scale))
        limits.append(((centre - reach) / scale, (centre + reach) / scale))
    return Fields(tuple(parts), (min(low for low, _ in limits), max(high for _, high in limits)))


def law_of_site(glass, T, C, q, y, H):
    """The law of the fields at sites with the parameters of `glass`, at the given order parameters of the whole."""
    B = glass.quartic
    point = _solve_breaking.Point(C, np.array(q) * B, np.array(y) / B, H * math.sqrt(B))
    laws = _solve_breaking.averages(_breaking.QUARTIC, T * B, glass.stiffness, point)[1]
    return law_of_fields(B, T, point, laws)


def unit(glass):
    """The quartic coefficient that sets the reduced variables, and the stiffness as `_solve_breaking` wants it."""
    if not glass.random:
        return glass.quartic, glass.stiffness
    return _random_sites.typical_quartic(glass), None


def solution(glass, T, symmetric):
    """The broken solution in reduced variables, for an unstable replica-symmetric state."""
    J0 = glass.J0
    B, k = unit(glass)
    flat = symmetric if symmetric.p == 0.0 else replica_symmetric(replace(glass, J0=0.0), T)
    if glass.random:
        k, coarse = sites(glass, T), sites(glass, T, _COARSE)
        found = _unpolarised_random(T * B, k, coarse, flat, flat.q * B, T / glass_temperature(flat.glass))
    else:
        found = _unpolarised(T * B, k, flat, T / glass_temperature(flat.glass))
    if J0 * _solve_breaking.susceptibility(found.point) > 1.0 + 1e-12:
        if glass.random:
            rough = _solve_breaking.polarise(_breaking.QUARTIC, T * B, coarse, J0, found)
            found = _solve_breaking.solve(
                _breaking.QUARTIC, T * B, k, J0, rough.point, polarised=True, jacobian=rough.jacobian
            )
            found = found._replace(iterations=rough.iterations + found.iterations)
        else:
            found = _solve_breaking.polarise(_breaking.QUARTIC, T * B, k, J0, found)
    return found


def sites(glass, T, order=None):
    """Kinds of sites as a function of C and q_K in reduced variables, split where double wells appear."""
    B = _random_sites.typical_quartic(glass)
    orders = _random_sites.ORDERS
    if sum(_laws.is_continuous(law) for law in (glass.gamma, glass.a2, glass.a4)) > 1:
        orders = _PRODUCT_ORDERS

    def rows(C, q, fine):
        found = _random_sites.rows(glass, T, C, order or orders[int(fine)], q / B)
        found[:, 2] /= B
        found = found[np.argsort(found[:, 0])]
        return found[np.cumsum(found[:, 0]) > _REST]

    return rows


def _unpolarised_random(T, k, coarse, flat, q, tau):
    # Near T_g, q₀/q₁ → 1/3 and y(q₁ − q₀) is two thirds of the instability of the replica-symmetric state.
    ratio = 0.53 - 0.2 * tau
    D = min(0.4 * flat.C, -2.0 / 3.0 * flat.at_stability)
    start = _solve_breaking.Point(
        flat.C - 0.625 * D, np.array([ratio * q, q]), np.array([D / ((1.0 - ratio) * q)]), 0.0
    )
    try:
        # Close to T_g a coarse rule would move T_g too far.
        if flat.at_stability > -0.02:
            return _solve_breaking.solve(_breaking.QUARTIC, T, k, 0.0, start)
        rough = _solve_breaking.solve(_breaking.QUARTIC, T, coarse, 0.0, start, check=False)
        found = _solve_breaking.solve(_breaking.QUARTIC, T, k, 0.0, rough.point, jacobian=rough.jacobian)
        return found._replace(iterations=rough.iterations + found.iterations)
    except ConvergenceError:
        if -flat.at_stability > _NEARLY_STABLE:
            raise
        return _limit_random(T, k, start.C, q)


def _limit_random(T, k, C, q):
    """Limiting form for q → 0: q₀ = q₁/3, y = ⟨κ²⟩q₁/(3⟨χ³⟩) with χ = ∂²φ/∂h²; C and q₁ solve their equations."""
    from scipy.optimize import root

    rows = k(C, q, True)
    curvatures = np.array([_curvatures(T * B, C - k_i) for _, k_i, B in rows])
    chi, kappa = curvatures[:, 0], rows[:, 2] * curvatures[:, 1]
    slope = rows[:, 0] @ kappa**2 / (3.0 * rows[:, 0] @ chi**3)

    def point(x):
        C, q = np.exp(x)
        return _solve_breaking.Point(C, np.array([q / 3.0, q]), np.array([slope * q]), 0.0)

    def equations(x):
        found = point(x)
        out = _solve_breaking.averages(_breaking.QUARTIC, T, rows, found)[0]
        return [1.0 - out[2] / found.C, (found.q[1] + T * found.C - out[1]) / found.q[1]]

    found = root(equations, np.log([C, q]), tol=1e-12)
    if not np.max(np.abs(found.fun)) < 1e-8:
        last, residual = point(found.x), float(np.max(np.abs(found.fun)))
        raise ConvergenceError(f"the limiting form at T = {T:g} (reduced) did not converge", last, residual, found.nfev)
    return _solve_breaking.evaluate(_breaking.QUARTIC, T, k, 0.0, point(found.x))


def _curvatures(T, A):
    """χ = ∂²φ/∂h² and κ = ∂⁴φ/∂h⁴ at h = 0."""
    if T > 0.0:
        _, _, x2, _, x4 = _reduced.site(A / math.sqrt(T), 0.0, 0.45)
        return x2 / math.sqrt(T), (x4 - 3.0 * x2 * x2) / T**2
    return -1.0 / A, -6.0 / A**4


def _unpolarised(T, k, flat, tau):
    q = flat.q * flat.glass.quartic
    # The ratio q₀/q₁ falls to 1/3 at T_g; C + y(q₁ − q₀) stays close to 1, and C is 1 − (8/3)(1 − C_RS) near T_g.
    ratio = 0.5 - tau / 6.0
    C = max(1.0 - 3.0 * (1.0 - flat.C), 0.2 * flat.C, 1.0 - 0.75)
    start = _solve_breaking.Point(C, np.array([ratio * q, q]), np.array([(1.0 - C) / ((1.0 - ratio) * q)]), 0.0)
    try:
        return _solve_breaking.solve(_breaking.QUARTIC, T, k, 0.0, start)
    except ConvergenceError:
        if 1.0 - flat.C > 2e-5:
            raise
        return _limit(T, k, flat.C, q)


def _limit(T, k, C, q):
    """Limiting form for q → 0: q₀ = q₁/3, y = κ²q₁/3 with κ = ∂⁴φ/∂h⁴ at h = 0, and C + y(q₁ − q₀) = 1."""
    kappa = _curvatures(T, C - k)[1]
    y = kappa * kappa * q / 3.0
    point = _solve_breaking.Point(1.0 - 2.0 / 3.0 * y * q, np.array([q / 3.0, q]), np.array([y]), 0.0)
    return _solve_breaking.evaluate(_breaking.QUARTIC, T, k, 0.0, point)
