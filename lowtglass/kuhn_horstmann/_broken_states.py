"""What states with one and with many steps of breaking share: the first solution, and the law of the fields."""

import math
from dataclasses import replace

import numpy as np

from .._validation import finite_array
from ..errors import ConvergenceError
from . import _breaking, _reduced, _solve_breaking
from .replica_symmetric import glass_temperature, replica_symmetric


def field_range(state):
    """Range of the fields of a state with the private law of `law_of_fields`."""
    if isinstance(state._law[0], str):
        return state._law[1].field_range
    return state._law[-1]


def field_density(state, h):
    """Density of the fields of a state with the private law of `law_of_fields`."""
    if isinstance(state._law[0], str):
        return state._law[1].field_density(h)
    h = finite_array("h", h)
    T, A, grid, logs, y, w, scale, _ = state._law
    density = np.empty(h.size)
    _breaking.field_law(T, A, grid, logs, y, w, h.ravel() * scale, density)
    return (scale * density).reshape(h.shape)[()]


def law_of_fields(glass, T, found):
    """What `field_density` needs, from a solution in reduced variables."""
    C, q, y, H = found.point
    scale = math.sqrt(glass.quartic)
    limits = ((H - found.reach) / scale, (H + found.reach) / scale)
    width = math.sqrt(q[-1] - q[-2])
    return T * glass.quartic, C - glass.stiffness, found.h, found.logs, y[-1], width, scale, limits


def solution(glass, T, symmetric):
    """The broken solution in reduced variables, for an unstable replica-symmetric state."""
    B, k, J0 = glass.quartic, glass.stiffness, glass.J0
    flat = symmetric if symmetric.p == 0.0 else replica_symmetric(replace(glass, J0=0.0), T)
    found = _unpolarised(T * B, k, flat, T / glass_temperature(flat.glass))
    if J0 * _solve_breaking.susceptibility(found.point) > 1.0 + 1e-12:
        found = _solve_breaking.polarise(_breaking.QUARTIC, T * B, k, J0, found)
    return found


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
    if T > 0.0:
        _, _, x2, _, x4 = _reduced.site((C - k) / math.sqrt(T), 0.0, 0.45)
        kappa = (x4 - 3.0 * x2 * x2) / T**2
    else:
        kappa = -6.0 / (k - C) ** 4
    y = kappa * kappa * q / 3.0
    point = _solve_breaking.Point(1.0 - 2.0 / 3.0 * y * q, np.array([q / 3.0, q]), np.array([y]), 0.0)
    return _solve_breaking.evaluate(_breaking.QUARTIC, T, k, 0.0, point)
