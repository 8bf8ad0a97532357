"""Solution of the replica-symmetric equations with local randomness, on the kernels of `_reduced`.

Without fields p = q = 0 and C = ⟨χ⟩ with χ = β⟨v²⟩ of a site. A small q grows where ⟨χ²⟩ > 1, a small p where
J₀⟨χ⟩ > 1. With randomness ⟨χ²⟩ > ⟨χ⟩², so that the glass forms where C is still below 1.
"""

import functools
import math

import numpy as np

from ..errors import ConvergenceError
from . import _reduced

ORDERS = (16, 24)  # nodes per panel of the average over sites, for the solution and for its check
_TOLERANCE = 1e-10  # of the relative residuals, evaluated with denser rules


@functools.lru_cache(maxsize=64)
def typical_quartic(glass):
    return float(np.median(glass.sites(order=2).quartic))


def rows(glass, T, C, order=ORDERS[0], q=0.0):
    """Sites as rows (weight, k, B), with the rule split at k = C and resolved on the scale of T or of the fields."""
    B = typical_quartic(glass)
    # Sites respond with the width √(TB) in k, rounded at T = 0 by the fields only.
    width = max(math.sqrt(T * B), 0.0) if T > 0.0 else (q * B) ** (1.0 / 3.0)
    found = glass.sites(C, scale=width if width > 0.0 else None, order=order)
    return np.stack([found.weights, found.stiffness, found.quartic], axis=1)


def edge(glass):
    """C and ⟨χ²⟩ at T = 0 without fields (⟨1/(k − C)⟩ = C, the smaller root), or None if there is no such state."""
    from scipy.optimize import brentq

    low = glass.smallest_stiffness
    if low <= 0.0:
        return None
    sites = rows(glass, 0.0, low)
    # ⟨1/(k − C)⟩ − C is convex in C > 0; between 0 and its minimum, where ⟨1/(k − C)²⟩ = 1, lies at most one root.
    ceiling = min(low * (1.0 - 1e-14), 1.0)
    end = ceiling
    if _reduced.responses(0.0, sites, ceiling)[1] > 1.0:
        if _reduced.responses(0.0, sites, 0.0)[1] >= 1.0:
            return None
        end = brentq(lambda C: _reduced.responses(0.0, sites, C)[1] - 1.0, 0.0, ceiling, xtol=1e-15, rtol=1e-14)
    if _reduced.responses(0.0, sites, end)[0] > end:
        return None
    C = brentq(lambda C: _reduced.responses(0.0, sites, C)[0] - C, 0.0, end, xtol=1e-15, rtol=1e-14)
    return C, _reduced.responses(0.0, sites, C)[1]


def _threshold(sites, C, moment, value):
    """Temperature at which ⟨χ^moment⟩ at given C has fallen to `value`; 0 if it is below at T = 0."""
    from scipy.optimize import brentq

    def excess(log_T):
        return math.log(_reduced.responses(math.exp(log_T), sites, C)[moment - 1] / value)

    if _reduced.responses(0.0, sites, C)[moment - 1] <= value:
        return 0.0
    low = high = 0.0
    while excess(low) < 0.0:
        high = low
        low -= 2.0
    while excess(high) > 0.0:
        low = high
        high += 2.0
    return math.exp(brentq(excess, low, high, xtol=1e-12, rtol=1e-12))


def _polish(glass, T, C, equations):
    """Solve two equations in (T, C) from a start that a coarse rule gave, on rules that follow the solution."""
    from scipy.optimize import root

    for _ in range(10):
        sites = rows(glass, T, C, ORDERS[1])

        def relative(x, sites=sites):
            first, second, _ = _reduced.responses(math.exp(x[0]), sites, x[1])
            return equations(first, second, x[1])

        found = root(relative, [math.log(T), C], tol=1e-14)
        moved = abs(found.x[1] - C)
        T, C = math.exp(found.x[0]), float(found.x[1])
        residual = float(np.max(np.abs(found.fun)))
        if moved < 1e-9 * C:
            break
    if not residual < _TOLERANCE:
        raise ConvergenceError("the transition temperature did not converge", {"T": T, "C": C}, residual, found.nfev)
    return T, C


@functools.lru_cache(maxsize=64)
def glass_point(glass):
    """(T, C) at which q appears without polarisation, ⟨χ⟩ = C and ⟨χ²⟩ = 1; T = 0 if it never does."""
    from scipy.optimize import brentq

    cold = edge(glass)
    if cold is not None:
        return 0.0, cold[0]
    sites = rows(glass, 1.0 / typical_quartic(glass), 0.7, 4)

    def excess(C):
        return _reduced.responses(_threshold(sites, C, 2, 1.0), sites, C)[0] - C

    # ⟨χ⟩ ≤ √⟨χ²⟩ = 1, and 1 itself if all sites are alike.
    C = 1.0 if excess(1.0) > -1e-9 else brentq(excess, 0.0, 1.0, xtol=1e-6)
    T = _threshold(sites, C, 2, 1.0)
    return _polish(glass, T, C, lambda first, second, C: [second - 1.0, first / C - 1.0])


def transition(glass):
    """Temperature below which p = q = 0 is unstable."""
    T, C = glass_point(glass)
    if glass.J0 * C <= 1.0:
        return T
    C = 1.0 / glass.J0
    T = _threshold(rows(glass, T if T > 0.0 else 1.0, C, 4), C, 1, C)
    return _polish(glass, T, C, lambda first, second, x: [first / C - 1.0, x / C - 1.0])[0]


def ergodic(glass, T):
    """State p = q = 0: (C, f, ⟨χ²⟩, residual, iterations), or None if it does not exist."""
    if T == 0.0:
        found = edge(glass)
        if found is None:
            return None
        C, second = found
        residual = abs(_reduced.responses(0.0, rows(glass, 0.0, C, ORDERS[1]), C)[0] / C - 1.0)
        return C, 0.0, second, residual, 0
    C = 0.0
    low, high = 0.0, math.inf
    sites = rows(glass, T, C)
    for iteration in range(1, 101):
        first, _, slope = _reduced.responses(T, sites, C)
        value = first - C
        if value > 0.0:
            low = C
            if slope >= 1.0 and high == math.inf:
                return None
        else:
            high = C
        new = C + value / (1.0 - slope) if slope < 1.0 else math.inf
        if not low <= new <= high:
            new = 0.5 * (low + high)
        moved = abs(new - C)
        C = new
        # The rule follows C only while it still moves visibly, so that the end of the iteration is one fixed equation.
        if moved > 1e-6 * C:
            sites = rows(glass, T, C)
            low, high = (0.0, math.inf) if high == math.inf else (low * (1.0 - 1e-6), high * (1.0 + 1e-6))
        elif moved <= 4e-16 * C or (iteration > 30 and moved <= 1e-14 * C):
            sites = rows(glass, T, C, ORDERS[1])
            first, second, _ = _reduced.responses(T, sites, C)
            free = 0.25 * T * C * C - _reduced.free_of_fields(T, sites, C)
            return C, free, second, _checked("ergodic", T, abs(first / C - 1.0), iteration, {"C": C}), iteration
    raise ConvergenceError(f"the ergodic state at T = {T:g} did not converge", {"C": C}, abs(value), 100)


def solve(glass, T, branch):
    """State with fields: (p, q, C, f, β²⟨(⟨v²⟩ − ⟨v⟩²)²⟩, residual, iterations)."""
    J0 = glass.J0
    Y = J0**2 if branch == "polarised" else 0.0
    B = typical_quartic(glass)
    x = np.array([0.5 / max(1.0, J0), 1.0 / B, Y])
    _reduced.iterate(T, rows(glass, T, x[0], 4, x[1]), J0, x, 5)
    _reduced.iterate(T, rows(glass, T, x[0], 4, x[1]), J0, x, 10)
    total = 0
    for _ in range(20):
        sites = rows(glass, T, x[0], ORDERS[0], x[1])
        before = x.copy()
        converged, residual, iterations = _reduced.newton(T, sites, J0, x, 60)
        total += iterations
        # The rule was made for the last C; what is left of the shift counts in the residual below.
        if not converged or abs(x[0] - before[0]) < 1e-9 * x[0]:
            break
    if converged:
        r = np.zeros(3)
        jac = np.zeros((3, 3))
        _, free, unstable = _reduced.equations(T, rows(glass, T, x[0], ORDERS[1], x[1]), J0, x, True, r, jac)
        residual = float(np.max(np.abs(r)))
    C, q, Y = (float(number) for number in x)
    p = math.sqrt(Y * q) / J0 if Y > 0.0 else 0.0
    _checked(branch, T, residual if converged else math.inf, total, {"p": p, "q": q, "C": C})
    free = -free if T == 0.0 else 0.5 * J0 * p * p + 0.5 * C * q + 0.25 * T * C * C - free
    return p, q, C, free, unstable, residual, total


def _checked(branch, T, residual, iterations, last):
    if not residual < _TOLERANCE:
        raise ConvergenceError(
            f"the replica-symmetric equations of the {branch} state at T = {T:g} did not converge",
            last=last,
            residual=residual,
            iterations=iterations,
        )
    return residual
