"""Interpolation of a gap in the plane (A, H) where many points lie together."""

import numpy as np

__all__ = []

_N = 12
_ANGLES = np.pi * (np.arange(_N) + 0.5) / _N
_NODES = np.cos(_ANGLES)
# Chebyshev coefficients of a polynomial from its values at the nodes.
_TO_COEFFICIENTS = 2.0 / _N * np.cos(np.outer(np.arange(_N), _ANGLES))
_TO_COEFFICIENTS[0] *= 0.5


def interpolate(gap, x, y, *, tolerance=3e-10, density=2.0):
    """``gap(x, y)`` at many points: values, and which of them are known (the others are better computed one by one).

    Rectangles with more than ``density`` times as many points as nodes are tried; one whose polynomial has not
    converged is cut in four. The square of the gap is interpolated, which is smooth at H = 0 too.
    """
    value = np.full(x.size, np.nan)
    known = np.zeros(x.size, dtype=bool)
    work = [(x.min(), x.max(), y.min(), y.max(), np.arange(x.size), 0)]
    while work:
        left, right, bottom, top, points, depth = work.pop()
        if points.size < density * _N**2:
            continue
        coefficients = None
        if depth >= 2 or points.size < 16 * density * _N**2:
            coefficients = _patch(gap, left, right, bottom, top)
        if coefficients is not None:
            tail = np.abs(coefficients)
            smallest = np.sqrt(max(coefficients[0, 0] - tail.ravel()[1:].sum(), 1e-6))
            # The neglected coefficients go on from the last ones in each direction; d(gap) = d(gap²)/2gap.
            rest = tail[-1].sum() + tail[:, -1].sum()
            if rest <= tolerance * 2.0 * smallest:
                u, v = _unit(x[points], left, right), _unit(y[points], bottom, top)
                square = _evaluate(coefficients, u, v)
                # Where the gap is small its square does not carry enough digits.
                good = square > 1e-4
                value[points[good]] = np.sqrt(square[good])
                known[points[good]] = True
                continue
        middle_x, middle_y = 0.5 * (left + right), 0.5 * (bottom + top)
        for low_x, high_x, in_x in ((left, middle_x, x[points] < middle_x), (middle_x, right, x[points] >= middle_x)):
            for low_y, high_y, in_y in (
                (bottom, middle_y, y[points] < middle_y),
                (middle_y, top, y[points] >= middle_y),
            ):
                work.append((low_x, high_x, low_y, high_y, points[in_x & in_y], depth + 1))
    return value, known


def _unit(x, low, high):
    return (2.0 * x - (low + high)) / (high - low)


def _patch(gap, left, right, bottom, top):
    a = 0.5 * (left + right) + 0.5 * (right - left) * _NODES
    b = 0.5 * (bottom + top) + 0.5 * (top - bottom) * _NODES
    # There and back along the rows, so that neighbours follow each other.
    A, B = np.repeat(a, _N), np.concatenate([b if i % 2 == 0 else b[::-1] for i in range(_N)])
    values = gap(A, B).reshape(_N, _N) ** 2
    values[1::2] = values[1::2, ::-1]
    return _TO_COEFFICIENTS @ values @ _TO_COEFFICIENTS.T


def _evaluate(coefficients, u, v):
    rows = np.cos(np.outer(np.arccos(np.clip(u, -1.0, 1.0)), np.arange(_N)))
    columns = np.cos(np.outer(np.arccos(np.clip(v, -1.0, 1.0)), np.arange(_N)))
    return np.einsum("ij,jk,ik->i", rows, coefficients, columns, optimize=True)
