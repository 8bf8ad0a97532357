"""Thermal conductivity of phonons that tunnelling systems scatter."""

import functools
import math

import numpy as np

from .. import phonons
from .._validation import temperature
from ..errors import InputError
from . import _relaxation
from ._common import check_model, log_thermal_rate

__all__ = ["conductivity_coefficient", "thermal_conductivity"]

_STEP, _LOW, _HIGH = 0.04, -40.0, 80.0  # of the table in ln(ω/A(k_BT)³)


def conductivity_coefficient(model):
    r"""Coefficient of the T² law that resonant scattering alone leaves far below the cut-off of the phonons.

    .. math:: \frac\kappa{T^2} = \frac{k_B^3}{6\pi\hbar^2}\sum_s\frac{g_s}{C_sc_s}
              = \frac{\rho k_B^3}{6\pi\hbar^2\bar P}\sum_s\frac{g_sc_s}{\gamma_s^2} ,

    because :math:`\int_0^\infty x^3e^x(e^x - 1)^{-2}\coth(x/2)\,dx = \pi^2`.

    Parameters
    ----------
    model : TunnelingModel
        The model, with no coupling zero: phonons that nothing scatters conduct without limit.

    Returns
    -------
    float
        κ/T².

    Raises
    ------
    InputError
        If the argument is no model, or a coupling is zero.

    Notes
    -----
    W. A. Phillips, Rep. Prog. Phys. 50, 1657 (1987).
    """
    _check_couplings(model)
    solid = model.phonons
    return float(
        solid.k_B**3
        / (6.0 * math.pi * solid.hbar**2)
        * np.sum(solid.degeneracies / (model.strengths * solid.velocities))
    )


def thermal_conductivity(T, model, *, relaxation=True, other=0.0, rtol=1e-6):
    """Thermal conductivity by the kinetic formula.

    Parameters
    ----------
    T : array_like
        Temperatures > 0.
    model : TunnelingModel
        The model.
    relaxation : bool
        Whether phonons are also scattered by relaxation, or by resonance alone.
    other : float or callable
        Inverse mean free path of other processes, as in :func:`lowtglass.phonons.matthiessen`.
    rtol : float
        Relative error allowed to the integral over frequencies, 1e-8 to 0.1.

    Returns
    -------
    lowtglass.phonons.Conduction

    Raises
    ------
    InputError
        If an argument is outside its range, or a coupling is zero while `other` is.
    ConvergenceError
        If the integral over frequencies does not converge.

    Notes
    -----
    The relaxational part is taken from a cubic spline through :func:`susceptibility` as a function of ω/A(k_BT)³, with
    a relative error below 1e-8.
    """
    check_model(model)
    T = temperature("T", T, zero=False)
    if not callable(other) and other == 0.0:
        _check_couplings(model)
    if not 1e-8 <= rtol <= 0.1:
        raise InputError("rtol", rtol, "a number between 1e-8 and 0.1")
    solid = model.phonons

    def scattering(factor):
        def rate(omega, T):
            x = solid.hbar * omega / (solid.k_B * T)
            response = math.pi * np.tanh(0.5 * x)
            if relaxation:
                response = response + _from_table(np.log(omega) - log_thermal_rate(T, model))
            return factor * omega * response

        return phonons.matthiessen(rate, other)

    rates = [scattering(factor) for factor in model.strengths / solid.velocities]
    return phonons.thermal_conductivity(T, rates, solid, rtol=rtol)


def _check_couplings(model):
    check_model(model)
    if 0.0 in model.couplings:
        raise InputError("model", model.couplings, "a model in which every branch is coupled")


@functools.cache
def _table():
    from scipy.interpolate import CubicSpline

    log_zeta = np.arange(_LOW, _HIGH + _STEP, _STEP)
    return CubicSpline(log_zeta, np.log(_relaxation.relaxational(log_zeta)[0].imag))


def _from_table(log_zeta):
    """X″ of relaxation; beyond the ends of the table it is π/2, or falls as 1/ω."""
    inside = np.exp(_table()(np.clip(log_zeta, _LOW, _HIGH)))
    return inside * np.exp(np.minimum(_HIGH - log_zeta, 0.0))
