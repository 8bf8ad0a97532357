r"""How the tunnelling systems are distributed.

Asymmetry :math:`\Delta\ge0` and tunnelling parameter :math:`\lambda`, with the splitting
:math:`\Delta_0 = \hbar\omega_0e^{-\lambda}`, are independent and uniform. Energy
:math:`E = \sqrt{\Delta^2 + \Delta_0^2}` and :math:`r = (\Delta_0/E)^2` then have a density that does not depend on
:math:`E`, and that grows towards small :math:`r` so that its integral diverges logarithmically: the slowest systems are
the most frequent.
"""

import numpy as np

from .._validation import finite_array, integer, real, temperature
from ..errors import InputError
from ._common import broadcast, check_model, log_rate, positive, relaxed
from .rates import shortest_relaxation_time

__all__ = [
    "density_of_states",
    "distribution_of_energy",
    "distribution_of_relaxation_times",
    "distribution_of_splittings",
    "sample_systems",
]


def distribution_of_splittings(Delta, Delta_0, model):
    r"""Density of systems per volume in the plane of asymmetry and splitting.

    .. math:: P(\Delta, \lambda) = \bar P\qquad\Longrightarrow\qquad P(\Delta, \Delta_0) = \frac{\bar P}{\Delta_0}

    Parameters
    ----------
    Delta : array_like
        Asymmetries >= 0.
    Delta_0 : array_like
        Tunnel splittings > 0; broadcast against `Delta`.
    model : TunnelingModel
        The model.

    Returns
    -------
    ndarray
        P(Δ, Δ₀) per volume and energy squared.

    Raises
    ------
    InputError
        If an argument is outside its range, or shapes do not broadcast.

    Notes
    -----
    P. W. Anderson, B. I. Halperin and C. M. Varma, Philos. Mag. 25, 1 (1972); W. A. Phillips, J. Low Temp. Phys. 7, 351
    (1972).
    """
    check_model(model)
    Delta, Delta_0 = broadcast("Delta", finite_array("Delta", Delta, minimum=0.0), positive("Delta_0", Delta_0))
    return (model.P / Delta_0)[()]


def distribution_of_energy(E, r, model):
    r"""Density of systems per volume in the plane of energy and :math:`r = (\Delta_0/E)^2`.

    .. math:: P(E, r) = \frac{\bar P}{2r\sqrt{1 - r}}

    Parameters
    ----------
    E : array_like
        Energies > 0.
    r : array_like
        Shares r, > 0 and < 1; broadcast against `E`.
    model : TunnelingModel
        The model.

    Returns
    -------
    ndarray
        P(E, r) per volume and energy.

    Raises
    ------
    InputError
        If an argument is outside its range, or shapes do not broadcast.
    """
    check_model(model)
    r = finite_array("r", r, minimum=0.0, maximum=1.0, open_minimum=True, open_maximum=True)
    E, r = broadcast("E", positive("E", E), r)
    return (model.P / (2.0 * r * np.sqrt(1.0 - r)))[()]


def distribution_of_relaxation_times(E, tau, T, model):
    r"""Density of systems per volume in the plane of energy and relaxation time.

    .. math:: P(E, \tau) = \frac{\bar P}{2\tau\sqrt{1 - \tau_{\min}(E, T)/\tau}}

    Parameters
    ----------
    E : array_like
        Energies > 0.
    tau : array_like
        Relaxation times, longer than the shortest one at this energy.
    T : array_like
        Temperatures > 0.
    model : TunnelingModel
        The model.

    Returns
    -------
    ndarray
        P(E, τ) per volume, energy and time.

    Raises
    ------
    InputError
        If an argument is outside its range, a time is not longer than τ_min, or shapes do not broadcast.

    Notes
    -----
    J. Jäckle, Z. Phys. 257, 212 (1972).
    """
    shortest = np.asarray(shortest_relaxation_time(E, T, model))
    tau, shortest = broadcast("tau", positive("tau", tau), shortest)
    if np.any(tau <= shortest):
        raise InputError("tau", tau, "times longer than the shortest relaxation time at this energy and temperature")
    return (model.P / (2.0 * tau * np.sqrt(1.0 - shortest / tau)))[()]


def density_of_states(E, time, T, model):
    r"""Density of the systems that relax within a given time.

    .. math:: n(E, t) = \int_{\tau_{\min}/t}^1 P(E, r)\,dr = \bar P\operatorname{artanh}\sqrt{1 - \tau_{\min}/t}
              \;\simeq\; \tfrac12\bar P\ln\frac{4t}{\tau_{\min}}

    Parameters
    ----------
    E : array_like
        Energies > 0.
    time : array_like
        Times t > 0.
    T : array_like
        Temperatures > 0.
    model : TunnelingModel
        The model.

    Returns
    -------
    ndarray
        n(E, t) per volume and energy; zero where t is shorter than τ_min(E, T).

    Raises
    ------
    InputError
        If an argument is outside its range, or shapes do not broadcast.
    """
    check_model(model)
    E, time, T = broadcast("E", positive("E", E), positive("time", time), temperature("T", T, zero=False))
    return (model.P * relaxed(log_rate(E, T, model) + np.log(time)))[()]


def sample_systems(n, largest_asymmetry, splittings, rng=None):
    """Draw systems with uniformly distributed asymmetry and logarithm of the splitting.

    Parameters
    ----------
    n : int
        Number of systems, >= 1.
    largest_asymmetry : float
        Asymmetries are drawn between 0 and this value, > 0.
    splittings : tuple of float
        Smallest and largest splitting, 0 < smallest < largest.
    rng : numpy.random.Generator or int, optional
        Source of randomness, or its seed.

    Returns
    -------
    Delta, Delta_0 : ndarray, shape (n,)
        Asymmetries and splittings. In a glass of density P̄ they are what is in a volume of
        n/(P̄ · largest_asymmetry · ln(largest/smallest splitting)).

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    n = integer("n", n, minimum=1)
    width = real("largest_asymmetry", largest_asymmetry, minimum=0.0, open_minimum=True)
    bounds = finite_array("splittings", splittings, minimum=0.0, open_minimum=True)
    if bounds.shape != (2,) or not bounds[0] < bounds[1]:
        raise InputError("splittings", splittings, "two numbers > 0, the smaller one first")
    generator = np.random.default_rng(rng)
    low, high = np.log(bounds)
    return generator.uniform(0.0, width, n), np.exp(generator.uniform(low, high, n))
