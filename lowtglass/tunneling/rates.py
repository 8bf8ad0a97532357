"""Relaxation of tunnelling systems by single phonons."""

import numpy as np

from .._validation import finite_array, temperature
from ._common import bounded_exp, broadcast, check_model, log_rate, positive

__all__ = ["relaxation_rate", "shortest_relaxation_time"]


def shortest_relaxation_time(E, T, model):
    r"""Relaxation time of the symmetric systems of energy E, the shortest there is at this energy.

    .. math:: \frac1{\tau_{\min}(E, T)} = \sum_s\frac{g_s\gamma_s^2}{c_s^5}\,
              \frac{E^3}{2\pi\rho\hbar^4}\,\coth\frac{E}{2k_BT}

    Parameters
    ----------
    E : array_like
        Energies > 0.
    T : array_like
        Temperatures > 0; broadcast against `E`.
    model : TunnelingModel
        The model.

    Returns
    -------
    ndarray
        τ_min.

    Raises
    ------
    InputError
        If an argument is outside its range, or shapes do not broadcast.

    Notes
    -----
    J. Jäckle, Z. Phys. 257, 212 (1972); W. A. Phillips, Rep. Prog. Phys. 50, 1657 (1987).
    """
    check_model(model)
    E, T = broadcast("E", positive("E", E), temperature("T", T, zero=False))
    return bounded_exp(-log_rate(E, T, model))[()]


def relaxation_rate(E, r, T, model):
    r"""Relaxation rate :math:`1/\tau = r/\tau_{\min}(E, T)` of systems with :math:`r = (\Delta_0/E)^2`.

    Parameters
    ----------
    E : array_like
        Energies > 0.
    r : array_like
        Shares r = (Δ₀/E)², 0 to 1.
    T : array_like
        Temperatures > 0.
    model : TunnelingModel
        The model.

    Returns
    -------
    ndarray
        Rates, of the common shape of the arguments.

    Raises
    ------
    InputError
        If an argument is outside its range, or shapes do not broadcast.
    """
    r = finite_array("r", r, minimum=0.0, maximum=1.0)
    shortest = np.asarray(shortest_relaxation_time(E, T, model))
    r, shortest = broadcast("r", r, shortest)
    return (r / shortest)[()]
