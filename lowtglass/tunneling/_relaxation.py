"""The universal functions of the response: averages over all systems in closed form, or one integral over energies."""

import numpy as np

from ..errors import ConvergenceError

_LEFT, _RIGHT = -28.0, 3.75  # ln x between which all of the integrand lies, to 1e-12
_CHUNK = 1 << 18
_FAR = 30.0


def resonant_part(y):
    """Re ψ(½ + iy) − ln y, which falls from −ln y at small y to a minimum and rises as −1/(24y²)."""
    from scipy.special import digamma

    near = np.minimum(y, 20.0)
    inverse = 1.0 / np.clip(y, 15.0, 1e100) ** 2
    far = -inverse * (1 / 24 + inverse * (7 / 960 + inverse * (31 / 8064 + inverse * (127 / 30720))))
    return np.where(y < 15.0, digamma(0.5 + 1j * near).real - np.log(near), far)


def over_splittings(z):
    r"""½∫₀¹ √(1 − r)/(r − iz) dr = √(1 − iz) artanh(1/√(1 − iz)) − 1 for z > 0."""
    w = np.sqrt(1.0 - 1j * z)
    result = w * (np.log1p(w) - 0.5 * np.log(z) + 0.25j * np.pi) - 1.0
    far = z > _FAR
    if far.any():
        # the closed form loses digits there; 1/3w² + 1/5w⁴ + … does not
        q = 1.0 / (1.0 - 1j * z[far])
        series = np.zeros_like(q)
        for k in range(12, 0, -1):
            series = q * (series + 1.0 / (2 * k + 1))
        result[far] = series
    return result


def relaxational(log_zeta, rtol=1e-9):
    r"""∫₀^∞ sech²(x/2) I(ζ/(x³coth(x/2))) dx, with I the integral over splittings, for given ln ζ = ln(ω/A(k_BT)³).

    The trapezoidal rule in ln x, which converges exponentially. Returns the values, the difference from every other
    node (real and imaginary part each; the error is about the square of it), and the largest number of nodes.
    """
    # beyond these ends the limits hold to all digits, and nothing overflows
    flat = np.clip(np.ravel(log_zeta), -300.0, 200.0)
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
    weight = step * x / np.cosh(0.5 * x) ** 2
    shift = 3.0 * u - np.log(np.tanh(0.5 * x))
    value, error = np.empty((2, log_zeta.size), complex)
    rows = max(1, _CHUNK // u.size)
    for start in range(0, log_zeta.size, rows):
        part = slice(start, start + rows)
        z = np.exp(np.clip(log_zeta[part, None] - shift, -690.0, 300.0))
        values = over_splittings(z)
        value[part] = values @ weight
        miss = value[part] - 2.0 * (values[:, ::2] @ weight[::2])
        error[part] = np.abs(miss.real) + 1j * np.abs(miss.imag)
    return value, error
