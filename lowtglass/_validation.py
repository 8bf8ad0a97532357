"""Checks of arguments, shared by every public function."""

import math
import operator

import numpy as np

from .errors import InputError

__all__ = ["finite_array", "integer", "real", "temperature"]


def real(argument, value, *, minimum=-math.inf, maximum=math.inf, open_minimum=False, open_maximum=False):
    """Return ``value`` as a finite float within its bounds, or raise InputError."""
    expected = f"a finite number{_range(minimum, maximum, open_minimum, open_maximum)}"
    if isinstance(value, (str, bytes, bool, np.bool_)):
        raise InputError(argument, value, expected)
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise InputError(argument, value, expected) from None
    if not math.isfinite(number) or not _within(number, minimum, maximum, open_minimum, open_maximum):
        raise InputError(argument, value, expected)
    return number


def integer(argument, value, *, minimum=None, maximum=None):
    """Return ``value`` as an int within its bounds, or raise InputError."""
    low = -math.inf if minimum is None else minimum
    high = math.inf if maximum is None else maximum
    expected = f"an integer{_range(low, high, False, False)}"
    if isinstance(value, (bool, np.bool_)):
        raise InputError(argument, value, expected)
    try:
        number = operator.index(value)
    except TypeError:
        raise InputError(argument, value, expected) from None
    if not low <= number <= high:
        raise InputError(argument, value, expected)
    return number


def finite_array(
    argument, value, *, minimum=-math.inf, maximum=math.inf, open_minimum=False, open_maximum=False, last_axis=None
):
    """Return ``value`` as a float64 array, non-empty and finite, within its bounds.

    ``last_axis`` fixes the length of the last axis.
    """
    expected = f"a non-empty array of finite numbers{_range(minimum, maximum, open_minimum, open_maximum)}"
    if last_axis is not None:
        expected += f" of shape (..., {last_axis})"
    try:
        array = np.asarray(value)
        if array.dtype.kind not in "iuf":
            raise TypeError
        array = array.astype(float)
    except (TypeError, ValueError, OverflowError):
        raise InputError(argument, value, expected) from None
    if array.size == 0 or (last_axis is not None and (array.ndim == 0 or array.shape[-1] != last_axis)):
        raise InputError(argument, value, expected)
    if not np.all(np.isfinite(array)) or not np.all(_within(array, minimum, maximum, open_minimum, open_maximum)):
        raise InputError(argument, value, expected)
    return array


def temperature(argument, value, *, zero=True):
    """Return ``value`` as an array of temperatures, >= 0 (or > 0 with ``zero=False``)."""
    return finite_array(argument, value, minimum=0.0, open_minimum=not zero)


def _within(value, minimum, maximum, open_minimum, open_maximum):
    above = value > minimum if open_minimum else value >= minimum
    below = value < maximum if open_maximum else value <= maximum
    return above & below


def _range(minimum, maximum, open_minimum, open_maximum):
    parts = []
    if minimum != -math.inf:
        parts.append(f"{'>' if open_minimum else '>='} {minimum:g}")
    if maximum != math.inf:
        parts.append(f"{'<' if open_maximum else '<='} {maximum:g}")
    return " " + " and ".join(parts) if parts else ""
