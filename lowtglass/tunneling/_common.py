"""What the modules of the model share: checks of arguments, and logarithms that do not overflow."""

import math

import numpy as np
from numba import njit

from .._validation import finite_array, temperature
from ..errors import InputError
from .model import TunnelingModel

LARGEST = 690.0  # logarithm of the largest number kept; beyond, and below its inverse, results are cut


def check_model(model):
    if not isinstance(model, TunnelingModel):
        raise InputError("model", model, "a TunnelingModel")


def broadcast(name, first, *others):
    """The arrays in their common shape, or InputError that names the first."""
    try:
        return np.broadcast_arrays(first, *others)
    except ValueError:
        shapes = ", ".join(str(other.shape) for other in others)
        raise InputError(name, f"shape {first.shape}", f"a shape that broadcasts with {shapes}") from None


def frequencies(omega, T):
    """Frequencies > 0 and temperatures > 0 in their common shape."""
    omega = finite_array("omega", omega, minimum=0.0, open_minimum=True)
    return broadcast("omega", omega, temperature("T", T, zero=False))


def positive(name, value):
    return finite_array(name, value, minimum=0.0, open_minimum=True)


def bounded_exp(logarithm):
    return np.exp(np.clip(logarithm, -LARGEST, LARGEST))


@njit(cache=True)
def log_coth_at(log_x):
    """ln coth(x/2) for given ln x, at any x."""
    if log_x < -18.0:  # 2/x
        return math.log(2.0) - log_x
    x = math.exp(min(log_x, 6.0))
    return math.log1p(math.exp(-x)) - math.log(-math.expm1(-x))


@njit(cache=True)
def _log_coth(log_x, out):
    for i in range(log_x.size):
        out[i] = log_coth_at(log_x[i])


def log_coth(log_x):
    """The same for an array."""
    flat = np.ravel(log_x)
    out = np.empty(flat.size)
    _log_coth(flat, out)
    return out.reshape(np.shape(log_x))


def log_rate(E, T, model):
    """Logarithm of the highest relaxation rate 1/τ_min at energy E."""
    log_x = np.log(E) - np.log(model.phonons.k_B) - np.log(T)
    return np.log(model.rate_coefficient) + 3.0 * np.log(E) + log_coth(log_x)


def log_thermal_rate(T, model):
    """Logarithm of A(k_BT)³, the rate that sets the scale at temperature T."""
    return np.log(model.rate_coefficient) + 3.0 * (np.log(model.phonons.k_B) + np.log(T))


@njit(cache=True)
def relaxed_at(log_ratio):
    """The integral artanh √(1 − τ_min/t) over r, for given ln(t/τ_min); zero where t is shorter than τ_min."""
    # arcosh √a, a = t/τ_min: far from a = 1 the logarithm, near it the root of a − 1 with all its digits
    if log_ratio > 37.0:
        return 0.5 * log_ratio + math.log(2.0)
    if log_ratio > 1.0:
        return 0.5 * log_ratio + math.log1p(math.sqrt(-math.expm1(-log_ratio)))
    return math.asinh(math.sqrt(math.expm1(max(log_ratio, 0.0))))


@njit(cache=True)
def _relaxed(log_ratio, out):
    for i in range(log_ratio.size):
        out[i] = relaxed_at(log_ratio[i])


def relaxed(log_ratio):
    """The same for an array."""
    flat = np.ravel(log_ratio)
    out = np.empty(flat.size)
    _relaxed(flat, out)
    return out.reshape(np.shape(log_ratio))
