"""What the modules of the model share: checks of arguments, and logarithms that do not overflow."""

import numpy as np

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


def log_coth(log_x):
    """ln coth(x/2) for given ln x, at any x."""
    x = np.exp(np.clip(log_x, -30.0, 6.0))
    # coth(x/2) = (1 + e⁻ˣ)/(1 − e⁻ˣ); far below 1 it is 2/x, whose logarithm cannot overflow
    return np.where(log_x < -18.0, np.log(2.0) - log_x, np.log1p(np.exp(-x)) - np.log(-np.expm1(-x)))


def log_rate(E, T, model):
    """Logarithm of the highest relaxation rate 1/τ_min at energy E."""
    log_x = np.log(E) - np.log(model.phonons.k_B) - np.log(T)
    return np.log(model.rate_coefficient) + 3.0 * np.log(E) + log_coth(log_x)


def log_thermal_rate(T, model):
    """Logarithm of A(k_BT)³, the rate that sets the scale at temperature T."""
    return np.log(model.rate_coefficient) + 3.0 * (np.log(model.phonons.k_B) + np.log(T))


def relaxed(log_ratio):
    """The integral artanh √(1 − τ_min/t) over r, for given ln(t/τ_min)."""
    late = np.maximum(log_ratio, 0.0)
    # arcosh √a, a = t/τ_min; far from a = 1 the logarithm, near it the root of a − 1 with all its digits
    far = 0.5 * late + np.log1p(np.sqrt(-np.expm1(-late)))
    near = np.arcsinh(np.sqrt(np.expm1(np.minimum(late, 1.0))))
    return np.where(late > 1.0, far, near)
