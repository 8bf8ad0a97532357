"""The universal functions of the response: averages over all systems in closed form, or one integral over energies."""

import cmath
import math

import numpy as np
from numba import njit

from ..errors import ConvergenceError

_LEFT, _RIGHT = -28.0, 3.75  # ln x between which all of the integrand lies, to 1e-12
_FAR = math.log(30.0)


def resonant_part(y):
    """Re ψ(½ + iy) − ln y, which falls from −ln y at small y to a minimum and rises as −1/(24y²)."""
    from scipy.special import digamma

    near = np.minimum(y, 20.0)
    inverse = 1.0 / np.clip(y, 15.0, 1e100) ** 2
    far = -inverse * (1 / 24 + inverse * (7 / 960 + inverse * (31 / 8064 + inverse * (127 / 30720))))
    return np.where(y < 15.0, digamma(0.5 + 1j * near).real - np.log(near), far)


@njit(cache=True, error_model="numpy")
def over_splittings(log_z):
    r"""½∫₀¹ √(1 − r)/(r − iz) dr = √(1 − iz) artanh(1/√(1 − iz)) − 1, for given ln z."""
    if log_z < -37.0:
        return complex(math.log(2.0) - 0.5 * log_z - 1.0, 0.25 * math.pi)
    z = math.exp(log_z)
    if log_z > _FAR:
        # the closed form loses digits there; with q = 1/(1 − iz) the series q/3 + q²/5 + … does not
        q = complex(1.0, z) / (1.0 + z * z)
        series = complex(0.0, 0.0)
        for k in range(12, 0, -1):
            series = q * (series + 1.0 / (2 * k + 1))
        return series
    w = cmath.sqrt(complex(1.0, -z))
    return w * (cmath.log(1.0 + w) + complex(-0.5 * log_z, 0.25 * math.pi)) - 1.0


def relaxational(log_zeta, rtol=1e-9):
    r"""∫₀^∞ sech²(x/2) I(ζ/(x³coth(x/2))) dx, with I the integral over splittings, for given ln ζ = ln(ω/A(k_BT)³).

    The trapezoidal rule in ln x, which converges exponentially. Returns the values, the difference from every other
    node (real and imaginary part each; the error is about the square of it), and the largest number of nodes.
    """
    # beyond these ends the limits hold to all digits, and nothing overflows
    flat = np.clip(np.ravel(log_zeta), -300.0, 150.0)
    value, error = np.empty((2, flat.size), complex)
    n = 256
    todo = np.arange(flat.size)
    for _ in range(4):
        value[todo], error[todo] = _trapezoidal(flat[todo], n)
        worst = np.maximum(error.real[todo] / value.real[todo], error.imag[todo] / value.imag[todo])
        todo = todo[worst > rtol]
        if not todo.size:
            break
        n *= 2
    value, error = value.reshape(np.shape(log_zeta)), error.reshape(np.shape(log_zeta))
    if todo.size:
        raise ConvergenceError("the integral over energies does not converge", value, float(worst.max()), n)
    return value, error, n


def _trapezoidal(log_zeta, n):
    """The rule with n + 1 points, and its difference from every other point."""
    u, step = np.linspace(_LEFT, _RIGHT, n + 1, retstep=True)
    x = np.exp(u)
    value, half = np.zeros((2, log_zeta.size), complex)
    _sums(log_zeta, 3.0 * u - np.log(np.tanh(0.5 * x)), step * x / np.cosh(0.5 * x) ** 2, value, half)
    miss = value - half
    return value, np.abs(miss.real) + 1j * np.abs(miss.imag)


@njit(cache=True, error_model="numpy")
def _sums(log_zeta, shift, weight, value, half):
    """Sums over all nodes, and over every other one with twice the weight."""
    for i in range(log_zeta.size):
        for j in range(shift.size):
            term = weight[j] * over_splittings(log_zeta[i] - shift[j])
            value[i] += term
            if j % 2 == 0:
                half[i] += 2.0 * term
