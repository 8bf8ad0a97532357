"""Oscillator functions suited to a quartic potential: their centre, length and number, and the matrix of H in them.

Shared with models that follow a few levels of many neighbouring potentials by iterations of their own.
"""

import math

from numba import njit

from ._taylor import shift_one

__all__ = ["choose_frame", "matrix"]


@njit(cache=True)
def choose_frame(c, kinetic, n, frame, shifted):
    """Write centre and length of the oscillator functions, and return their number by phase-space volume."""
    origin = -c[2] / (4.0 * c[3])
    shift_one(c, origin, shifted)
    floor, deepest = _lowest(shifted)
    # The number of levels below E is about the phase-space area over 2π; bisect for n + 1/2.
    low, high = 0.0, 1.0
    unit = kinetic ** (2.0 / 3.0) * shifted[4] ** (1.0 / 3.0)
    while _count(shifted, kinetic, floor + high * unit, deepest) < n + 0.5:
        low = high
        high *= 2.0
    for _ in range(5):
        middle = 0.5 * (low + high)
        if _count(shifted, kinetic, floor + middle * unit, deepest) < n + 0.5:
            low = middle
        else:
            high = middle
    energy = floor + high * unit
    left, right = _turning(shifted, energy, -1.0, deepest), _turning(shifted, energy, 1.0, deepest)
    centre = 0.0
    if shifted[1] != 0.0 or shifted[3] != 0.0:
        centre = 0.5 * (left + right)
        shift_one(c, origin + centre, shifted)
    half = 0.5 * (right - left)
    momentum = math.sqrt((energy - floor) / kinetic)
    frame[0] = origin + centre
    # Narrower than the region by the factor that needs the fewest functions for tails to 1e-12.
    frame[1] = 0.8 * math.sqrt(half / momentum)
    return 0.5 * half * momentum


@njit(cache=True)
def _value(c, y):
    return c[0] + y * (c[1] + y * (c[2] + y * (c[3] + y * c[4])))


@njit(cache=True)
def _lowest(c):
    """Smallest value of the potential and where it is, by Newton from beyond each outer well."""
    reach = abs(c[1] / c[4]) ** (1.0 / 3.0) + math.sqrt(abs(c[2] / c[4])) + abs(c[3] / c[4]) + 1e-300
    best, where = math.inf, 0.0
    for side in (-1.0, 1.0):
        y = side * reach
        for _ in range(200):
            slope = c[1] + y * (2.0 * c[2] + y * (3.0 * c[3] + y * 4.0 * c[4]))
            bend = 2.0 * c[2] + y * (6.0 * c[3] + y * 12.0 * c[4])
            # From outside the steps shrink monotonically to the outermost stationary point.
            if bend <= 0.0:
                break
            step = slope / bend
            y -= step
            if abs(step) <= 1e-14 * abs(y) or slope * side <= 0.0:
                break
        value = _value(c, y)
        if value < best:
            best, where = value, y
    return best, where


@njit(cache=True)
def _turning(c, energy, side, deepest):
    """Outermost point on one side where the potential equals an energy above its minimum."""
    # Far enough out that the potential is convex from there on and above the energy.
    reach = abs(c[1] / c[4]) ** (1.0 / 3.0) + math.sqrt(abs(c[2] / c[4])) + abs(c[3] / c[4])
    reach += math.sqrt(math.sqrt(max(energy - c[0], 0.0) / c[4]))
    outside, inside = side * reach, deepest
    for _ in range(100):
        slope = c[1] + outside * (2.0 * c[2] + outside * (3.0 * c[3] + outside * 4.0 * c[4]))
        if slope * side <= 0.0:
            break
        step = (_value(c, outside) - energy) / slope
        y = outside - step
        if abs(step) <= 1e-6 * reach:
            return y
        if (y - deepest) * side <= 0.0:
            break
        if _value(c, y) < energy:
            inside = y
            break
        outside = y
    # Newton's steps end in an outer well above the energy, or where the potential is concave: bisect from there.
    for _ in range(30):
        middle = 0.5 * (outside + inside)
        if _value(c, middle) > energy:
            outside = middle
        else:
            inside = middle
    return outside


@njit(cache=True)
def _count(c, kinetic, energy, deepest):
    """Phase-space area below an energy over 2π, by the midpoint rule in an angle."""
    left, right = _turning(c, energy, -1.0, deepest), _turning(c, energy, 1.0, deepest)
    half, middle = 0.5 * (right - left), 0.5 * (right + left)
    total = 0.0
    for k in range(16):
        angle = math.pi * (k + 0.5) / 16.0
        excess = energy - _value(c, middle + half * math.cos(angle))
        if excess > 0.0:
            total += math.sqrt(excess / kinetic) * math.sin(angle)
    return total * half / 16.0


@njit(cache=True)
def matrix(c, length, kinetic, parity, band):
    """Write H in all oscillator functions (parity −1), the even (0) or the odd (1) ones: band[k, j] = H[k + j, k]."""
    stride, first = (1, 0) if parity < 0 else (2, parity)
    t = kinetic / length**2
    d1, d2, d3, d4 = c[1] * length, c[2] * length**2, c[3] * length**3, c[4] * length**4
    for k in range(band.shape[0]):
        m = float(first + stride * k)
        one, two = math.sqrt((m + 1.0) / 2.0), math.sqrt((m + 1.0) * (m + 2.0)) / 2.0
        band[k, 0] = (t + d2) * (m + 0.5) + d4 * (6.0 * m * (m + 1.0) + 3.0) / 4.0
        second = (d2 - t + d4 * (2.0 * m + 3.0)) * two
        fourth = d4 * two * math.sqrt((m + 3.0) * (m + 4.0)) / 2.0
        if parity < 0:
            band[k, 1] = (d1 + 1.5 * d3 * (m + 1.0)) * one
            band[k, 2] = second
            band[k, 3] = d3 * two * math.sqrt((m + 3.0) / 2.0)
            band[k, 4] = fourth
        else:
            band[k, 1] = second
            band[k, 2] = fourth
