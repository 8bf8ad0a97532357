r"""Heat capacity of the tunnelling systems, which grows with the time of measurement.

A system takes part if it relaxes within the time :math:`t`. With the density :math:`n(E, t)` of those that do,

.. math:: C(T, t) = k_B\int_0^\infty dE\,n(E, t)\,\Bigl(\frac{E}{2k_BT}\Bigr)^2\mathrm{sech}^2\frac{E}{2k_BT} .
"""

import dataclasses

import numpy as np

from .._validation import real, temperature
from ..errors import ConvergenceError, InputError
from ._common import bounded_exp, broadcast, check_model, log_coth, log_thermal_rate, positive, relaxed

__all__ = ["HeatCapacity", "heat_capacity"]

# ⟨ln(x³ coth(x/2))⟩ with the weight (x/2)² sech²(x/2), whose integral is π²/6
_MEAN_LOG_RATE = 3.3373052224643203717
_NODES = 200
_WIDTH = 60.0  # of the energies above the lowest, in k_BT
_DECADES = 7.0


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
    value, miss = _integral(log_ratio.ravel())
    C, error = scale * value.reshape(T.shape), scale * miss.reshape(T.shape)
    result = HeatCapacity(T[()], time[()], C[()], error[()])
    # where nothing relaxes in time the heat capacity underflows to zero, and is right
    failed = miss > rtol * value
    if failed.any():
        worst = float(np.max(miss[failed] / value[failed]))
        raise ConvergenceError("the integral over energies does not converge", result, worst, _NODES)
    return result


def _integral(log_ratio):
    r"""∫(x/2)² sech²(x/2) artanh √(1 − 1/a) dx, a = e^{log_ratio} x³coth(x/2), over a > 1: value and error.

    With x² = x₀² + v² and a(x₀) = 1 the integrand is analytic in ln v within |Im ln v| < π/2 or nearly so, and falls as
    v³ to the left: the trapezoidal rule in ln v converges exponentially.
    """
    log_start = _threshold(log_ratio)
    start = bounded_exp(log_start)
    top = 0.5 * np.log(_WIDTH * (2.0 * start + _WIDTH))
    step = _DECADES * np.log(10.0) / _NODES
    v = np.exp(top[:, None] - step * np.arange(_NODES + 1))
    x = np.hypot(start[:, None], v)
    # ln(a) = 3 ln(x/x₀) + …, without the difference of nearly equal numbers: (x/x₀)² = 1 + (v/x₀)²
    with np.errstate(over="ignore"):
        excess = 0.5 * np.log1p((v / start[:, None]) ** 2)
    far = np.isinf(excess)
    excess[far] = (np.log(v) - log_start[:, None])[far]
    a = 3.0 * excess + log_coth(log_start[:, None] + excess) - log_coth(log_start)[:, None]
    bell = x * np.exp(-0.5 * x) / (1.0 + np.exp(-x))
    values = v**2 / x * bell**2 * relaxed(a)
    value = step * values.sum(axis=1)
    return value, np.abs(value - 2.0 * step * values[:, ::2].sum(axis=1))


def _threshold(log_ratio):
    """ln x₀ with log_ratio + ln(x₀³ coth(x₀/2)) = 0, by Newton's method."""
    log_x = np.minimum(-0.5 * (log_ratio + np.log(2.0)), -log_ratio / 3.0)
    for _ in range(60):
        x = np.exp(np.clip(log_x, -300.0, 6.0))
        slope = 3.0 - x / np.sinh(x)
        step = (log_ratio + 3.0 * log_x + log_coth(log_x)) / slope
        log_x = log_x - step
        if np.all(np.abs(step) <= 1e-14 * (1.0 + np.abs(log_x))):
            return log_x
    raise ConvergenceError("the lowest energy that relaxes in time is not found", log_x, float(np.abs(step).max()), 60)
