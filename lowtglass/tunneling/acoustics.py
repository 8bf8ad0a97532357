r"""Sound in the tunnelling model: mean free path, internal friction, velocity.

With the susceptibility :math:`X` of :mod:`lowtglass.tunneling.linear_response` and the tunnelling strength
:math:`C_s = \bar P\gamma_s^2/\rho c_s^2`,

.. math:: \frac1{\ell_s} = C_s\,\frac\omega{c_s}\,X''(\omega, T) ,\qquad Q_s^{-1} = C_sX''(\omega, T) ,\qquad
          \frac{\delta c_s}{c_s} = -\frac{C_s}2\,X'(\omega, T) .
"""

import dataclasses

import numpy as np

from ..errors import ConvergenceError
from ..response import InternalFriction, MeanFreePath, SoundVelocityShift
from ._common import check_model, positive
from .linear_response import susceptibility

__all__ = [
    "VelocityMaximum",
    "internal_friction",
    "inverse_mean_free_path",
    "sound_velocity_maximum",
    "sound_velocity_shift",
]


@dataclasses.dataclass(frozen=True)
class VelocityMaximum:
    """Where the velocity of sound is largest.

    Attributes
    ----------
    omega : ndarray
        Frequencies.
    T : ndarray
        Temperatures of the maximum.
    shift : ndarray, shape (n_branches, ...)
        δc_s/c_s there, against zero temperature.
    error : ndarray
        Width of the interval of ln T within which the root was found.
    """

    omega: np.ndarray
    T: np.ndarray
    shift: np.ndarray
    error: np.ndarray


def inverse_mean_free_path(omega, T, model):
    r"""Inverse mean free path of phonons.

    The resonant part is

    .. math:: \frac1{\ell_s} = \frac{\pi\bar P\gamma_s^2\omega}{\rho c_s^3}\,\tanh\frac{\hbar\omega}{2k_BT} .

    Parameters
    ----------
    omega : array_like
        Frequencies > 0.
    T : array_like
        Temperatures > 0; broadcast against `omega`.
    model : TunnelingModel
        The model.

    Returns
    -------
    lowtglass.response.MeanFreePath

    Raises
    ------
    InputError, ConvergenceError
        As :func:`susceptibility`.
    """
    X = susceptibility(omega, T, model)
    factor = _outer(model.strengths / model.phonons.velocities, X.omega)
    resonant, relaxational, error = (factor * part.imag for part in (X.resonant, X.relaxational, X.error))
    return MeanFreePath(X.omega, X.T, resonant + relaxational, resonant, relaxational, error)


def internal_friction(omega, T, model):
    r"""Internal friction :math:`Q_s^{-1} = c_s/(\omega\ell_s) = C_sX''`.

    It has a plateau :math:`\frac\pi2C_s`, from relaxation, at temperatures where thermal systems relax faster than
    :math:`\omega`, so long as :math:`\hbar\omega\ll k_BT`.

    Parameters
    ----------
    omega : array_like
        Frequencies > 0.
    T : array_like
        Temperatures > 0; broadcast against `omega`.
    model : TunnelingModel
        The model.

    Returns
    -------
    lowtglass.response.InternalFriction

    Raises
    ------
    InputError, ConvergenceError
        As :func:`susceptibility`.
    """
    X = susceptibility(omega, T, model)
    factor = _outer(model.strengths, np.ones_like(X.omega))
    resonant, relaxational, error = (factor * part.imag for part in (X.resonant, X.relaxational, X.error))
    return InternalFriction(X.omega, X.T, resonant + relaxational, resonant, relaxational, error)


def sound_velocity_shift(omega, T, model):
    r"""Change of the velocity of sound against zero temperature at the same frequency, :math:`-C_sX'/2`.

    From zero temperature it first falls a little, to a minimum at :math:`k_BT\approx0.45\,\hbar\omega`. At
    :math:`\hbar\omega\ll k_BT` it rises as :math:`C_s\ln T` while thermal systems are too slow to relax, and falls
    as :math:`-\frac12C_s\ln T` where they are fast.

    Parameters
    ----------
    omega : array_like
        Frequencies > 0.
    T : array_like
        Temperatures > 0; broadcast against `omega`.
    model : TunnelingModel
        The model.

    Returns
    -------
    lowtglass.response.SoundVelocityShift

    Raises
    ------
    InputError, ConvergenceError
        As :func:`susceptibility`.
    """
    X = susceptibility(omega, T, model)
    factor = _outer(-0.5 * model.strengths, np.ones_like(X.omega))
    resonant, relaxational = (factor * part.real for part in (X.resonant, X.relaxational))
    return SoundVelocityShift(
        X.omega, X.T, resonant + relaxational, resonant, relaxational, np.abs(factor) * X.error.real
    )


def sound_velocity_maximum(omega, model):
    r"""Temperature at which the velocity of sound is largest, at fixed frequency.

    Parameters
    ----------
    omega : array_like
        Frequencies > 0.
    model : TunnelingModel
        The model.

    Returns
    -------
    VelocityMaximum

    Raises
    ------
    InputError
        If an argument is outside its range.
    ConvergenceError
        If there is none, as for waves so fast that systems of their energy relax within a period.

    Notes
    -----
    The maximum is where :math:`X'` is smallest. As long as :math:`\hbar\omega\ll k_BT` it lies where
    :math:`\omega/A(k_BT)^3` has a certain value, so that :math:`T\propto\omega^{1/3}`.
    """
    from scipy.optimize import minimize_scalar

    check_model(model)
    omega = positive("omega", omega)
    solid = model.phonons
    tolerance = 1e-7
    found, values = np.empty(omega.size), np.empty(omega.size)
    for i, w in enumerate(omega.ravel()):
        # between the temperatures where thermal systems have the energy ħω and where they relax at the rate ω
        quantum, relaxing = np.log(solid.hbar) + np.log(w), (np.log(w) - np.log(model.rate_coefficient)) / 3.0
        ends = np.array([quantum, relaxing]) - np.log(solid.k_B)
        grid = np.linspace(ends.min() - 4.0, ends.max() + 4.0, 121)

        def curve(log_T, w=w):
            return susceptibility(w, np.exp(log_T), model).total.real

        j = int(np.argmin(curve(grid)))
        if not 0 < j < grid.size - 1:
            raise ConvergenceError(
                f"at ω = {w:g} the velocity is nowhere larger than at zero temperature", grid[j], np.nan, grid.size
            )
        best = minimize_scalar(curve, bounds=grid[[j - 1, j + 1]], method="bounded", options={"xatol": tolerance})
        found[i], values[i] = best.x, best.fun
    found, values = found.reshape(omega.shape), values.reshape(omega.shape)
    shift = _outer(-0.5 * model.strengths, values)
    return VelocityMaximum(omega[()], np.exp(found)[()], shift, np.full_like(found, tolerance)[()])


def _outer(branches, values):
    return np.multiply.outer(branches, np.asarray(values))
