r"""Heat capacity of the tunnelling systems, which grows with the time of measurement.

A system takes part if it relaxes within the time :math:`t`. With the density :math:`n(E, t)` of those that do,

.. math:: C(T, t) = k_B\int_0^\infty dE\,n(E, t)\,\Bigl(\frac{E}{2k_BT}\Bigr)^2\mathrm{sech}^2\frac{E}{2k_BT} .
"""

import dataclasses
import math

import numpy as np
from numba import njit

from .._validation import real, temperature
from ..errors import ConvergenceError, InputError
from ._common import broadcast, check_model, log_coth_at, log_thermal_rate, positive, relaxed_at

__all__ = ["HeatCapacity", "heat_capacity"]

# ⟨ln(x³ coth(x/2))⟩ with the weight (x/2)² sech²(x/2), whose integral is π²/6
_MEAN_LOG_RATE = 3.3373052224643203717
_NODES = 120
_ROUNDS = 60
_WIDTH = 45.0  # of the energies above the lowest, in k_BT
_DECADES = 6.0


@dataclasses.dataclass(frozen=True)
class HeatCapacity:
    """Heat capacity of tunnelling systems.

    Attributes
    ----------
    T : ndarray
        Temperatures.
    time : ndarray
        Times of measurement.
    heat_capacity : ndarray
        Heat capacity per volume.
    error : ndarray
        Estimated absolute error of the integral over energies; 0 for the logarithmic form, which is a closed formula.
    """

    T: np.ndarray
    time: np.ndarray
    heat_capacity: np.ndarray
    error: np.ndarray


def heat_capacity(T, time, model, *, form="exact", rtol=1e-9):
    r"""Heat capacity of the systems that relax within a given time.

    Parameters
    ----------
    T : array_like
        Temperatures > 0.
    time : array_like
        Times of measurement > 0; broadcast against `T`.
    model : TunnelingModel
        The model.
    form : {"exact", "logarithmic"}
        The integral as it stands, or its limit for times much longer than the shortest relaxation time of thermal
        systems,

        .. math:: C = \frac{\pi^2}{12}\bar Pk_B^2T\,\ln\frac{4t}{\bar\tau} ,\qquad
                  \frac1{\bar\tau} = A(k_BT)^3e^{3.337} ,

        with :math:`\bar\tau` the logarithmic mean of τ_min over the systems that count. It is negative at times
        shorter than :math:`\bar\tau/4`, where it does not hold.
    rtol : float
        Relative error allowed to the integral over energies, 1e-12 to 0.1.

    Returns
    -------
    HeatCapacity

    Raises
    ------
    InputError
        If an argument is outside its range, or shapes do not broadcast.
    ConvergenceError
        If the integral over energies does not reach `rtol`; carries the result.

    Notes
    -----
    W. A. Phillips, Rep. Prog. Phys. 50, 1657 (1987). A system counts fully or not at all, as its relaxation time is
    shorter or longer than `time`; an experiment has a smoother criterion, which changes the argument of the logarithm
    by a factor of order one.
    """
    check_model(model)
    if form not in ("exact", "logarithmic"):
        raise InputError("form", form, "'exact' or 'logarithmic'")
    rtol = real("rtol", rtol, minimum=1e-12, maximum=0.1)
    T, time = broadcast("T", temperature("T", T, zero=False), positive("time", time))
    log_ratio = log_thermal_rate(T, model) + np.log(time)
    scale = model.P * model.phonons.k_B**2 * T
    if form == "logarithmic":
        C = np.pi**2 / 12.0 * scale * (np.log(4.0) + log_ratio + _MEAN_LOG_RATE)
        return HeatCapacity(T[()], time[()], C[()], np.zeros_like(C)[()])
    value, miss, n = _integral(log_ratio.ravel(), rtol)
    C, error = scale * value.reshape(T.shape), scale * miss.reshape(T.shape)
    result = HeatCapacity(T[()], time[()], C[()], error[()])
    # where nothing relaxes in time the heat capacity underflows to zero, and is right
    failed = miss > rtol * value
    if failed.any():
        worst = float(np.max(miss[failed] / value[failed]))
        raise ConvergenceError("the integral over energies does not converge", result, worst, n)
    return result


def _integral(log_ratio, rtol):
    r"""∫(x/2)² sech²(x/2) artanh √(1 − 1/a) dx, a = e^{log_ratio} x³coth(x/2), over a > 1: value, error, nodes.

    With x² = x₀² + v² and a(x₀) = 1 the integrand is analytic in ln v within |Im ln v| < π/2 or nearly so, and falls as
    v³ to the left: the trapezoidal rule in ln v converges exponentially.
    """
    value, error = np.empty((2, log_ratio.size))
    todo, n = np.arange(log_ratio.size), _NODES
    for _ in range(3):
        fine, half, step = np.zeros((3, todo.size))
        last = _sums(log_ratio[todo], n, _DECADES * math.log(10.0) / n, fine, half, step)
        if last > 1e-13:
            raise ConvergenceError("the lowest energy that relaxes in time is not found", step, last, _ROUNDS)
        value[todo], error[todo] = fine, np.abs(fine - half)
        todo = todo[error[todo] > rtol * value[todo]]
        if not todo.size:
            break
        n *= 2
    return value, error, n


@njit(cache=True, error_model="numpy")
def _sums(log_ratio, n, width, value, half, step):
    """Sums over all nodes, and over every other one with twice the weight; the largest last step of Newton's method."""
    largest = 0.0
    for i in range(log_ratio.size):
        # ln x₀ with log_ratio + ln(x₀³ coth(x₀/2)) = 0; the slope lies between 2 and 3
        log_start = min(-0.5 * (log_ratio[i] + math.log(2.0)), -log_ratio[i] / 3.0)
        for _ in range(_ROUNDS):
            x = math.exp(min(max(log_start, -300.0), 6.0))
            step[i] = (log_ratio[i] + 3.0 * log_start + log_coth_at(log_start)) / (3.0 - x / math.sinh(x))
            log_start -= step[i]
            step[i] = abs(step[i]) / (1.0 + abs(log_start))
            if step[i] < 1e-14:
                break
        largest = max(largest, step[i])
        if log_start > 7.0:
            continue  # what relaxes in time is frozen out, e^{-1000}
        start = math.exp(max(log_start, -690.0))
        top = 0.5 * math.log(_WIDTH * (2.0 * start + _WIDTH))
        first, inverse = log_coth_at(log_start), 1.0 / start
        v, ratio = math.exp(top), math.exp(-width)
        for j in range(n + 1):
            x = math.sqrt(start * start + v * v)
            decay = math.exp(-0.5 * x)
            bell = x * decay / (1.0 + decay * decay)
            # ln(a) = 3 ln(x/x₀) + …, without the difference of nearly equal numbers
            q = v * inverse
            a = 1.5 * math.log1p(q * q) if q < 1e150 else 3.0 * math.log(q)
            a -= math.log(math.tanh(0.5 * x)) + first
            term = width * v * v / x * bell * bell * relaxed_at(a)
            value[i] += term
            if j % 2 == 0:
                half[i] += 2.0 * term
            v *= ratio
    return largest
