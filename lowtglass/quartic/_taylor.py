"""Taylor shift of a quartic polynomial in twice the working precision.

A well far from the origin is the difference of large terms; the products and sums below carry their rounding errors
along (T. J. Dekker, Numer. Math. 18, 224 (1971)), so that the shifted coefficients are those of the given ones.
"""

import numpy as np
from numba import njit

__all__ = ["shift", "shift_one"]

_SPLITTER = 134217729.0  # 2**27 + 1


@njit(cache=True)
def _product(a, b):
    """a·b as an unevaluated sum of two doubles."""
    p = a * b
    t = _SPLITTER * a
    a_high = t - (t - a)
    a_low = a - a_high
    t = _SPLITTER * b
    b_high = t - (t - b)
    b_low = b - b_high
    return p, ((a_high * b_high - p) + a_high * b_low + a_low * b_high) + a_low * b_low


@njit(cache=True)
def _multiply_add(high, low, x, c_high, c_low):
    """(high + low)·x + (c_high + c_low), as a sum of two doubles."""
    p, e = _product(high, x)
    e += low * x
    s = p + c_high
    t = s - p
    e += (p - (s - t)) + (c_high - t) + c_low
    r = s + e
    return r, e - (r - s)


@njit(cache=True)
def shift_one(c, origin, out):
    """Write the coefficients 0 … 4 of V(origin + y) in powers of y, for c = (c₁, …, c₄), into ``out``."""
    high = np.empty(5)
    low = np.zeros(5)
    high[0] = 0.0
    for k in range(4):
        high[k + 1] = c[k]
    # Repeated synthetic division.
    for i in range(4):
        for k in range(3, i - 1, -1):
            high[k], low[k] = _multiply_add(high[k + 1], low[k + 1], origin, high[k], low[k])
    for k in range(5):
        out[k] = high[k]


@njit(cache=True)
def shift(c, origin):
    """Coefficients 0 … 4 of V(origin + y) in powers of y, one row for each row (c₁, …, c₄)."""
    out = np.empty((c.shape[0], 5))
    for i in range(c.shape[0]):
        shift_one(c[i], origin[i], out[i])
    return out
