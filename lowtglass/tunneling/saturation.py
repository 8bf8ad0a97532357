r"""Saturation of the resonant absorption by intense sound.

A wave of strain amplitude :math:`e_0` carries the intensity :math:`J = \frac12\rho c_s^3e_0^2`. It drives a system in
resonance with the Rabi frequency :math:`\Omega = \gamma_se_0\sqrt r/\hbar`; in the steady state of Bloch's equations
the absorption of all systems within a line is reduced by :math:`(1 + \Omega^2T_1T_2)^{-1/2}`.
"""

import numpy as np

from .._validation import finite_array
from ..response import MeanFreePath
from ._common import broadcast, check_model, frequencies, positive
from .acoustics import inverse_mean_free_path
from .rates import shortest_relaxation_time

__all__ = ["critical_intensity", "saturated_inverse_mean_free_path"]


def critical_intensity(omega, T, model, dephasing_time=None):
    r"""Intensity above which the resonant absorption saturates.

    .. math:: J_{c,s} = \frac{\hbar^2\rho c_s^3}{2\gamma_s^2\,T_1T_2}

    for symmetric systems, r = 1, of energy :math:`\hbar\omega`.

    Parameters
    ----------
    omega : array_like
        Frequencies > 0.
    T : array_like
        Temperatures > 0; broadcast against `omega`.
    model : TunnelingModel
        The model; all couplings > 0 or < 0.
    dephasing_time : array_like, optional
        T₂ > 0. By default that of the lifetime alone, 2T₁, with T₁ = τ_min(ħω, T).

    Returns
    -------
    ndarray, shape (n_branches, ...)
        Critical intensities, energy per time and area; infinite for a branch that is not coupled.

    Raises
    ------
    InputError
        If an argument is outside its range, or shapes do not broadcast.

    Notes
    -----
    S. Hunklinger and W. Arnold, in Physical Acoustics XII, ed. W. P. Mason and R. N. Thurston, p. 155 (1976).
    """
    check_model(model)
    omega, T = frequencies(omega, T)
    solid = model.phonons
    lifetime = np.asarray(shortest_relaxation_time(solid.hbar * omega, T, model))
    dephasing = 2.0 * lifetime if dephasing_time is None else positive("dephasing_time", dephasing_time)
    lifetime, dephasing = broadcast("dephasing_time", lifetime, dephasing)
    with np.errstate(divide="ignore"):
        branches = 0.5 * solid.hbar**2 * solid.density * solid.velocities**3 / np.array(model.couplings) ** 2
    return np.multiply.outer(branches, 1.0 / (lifetime * dephasing))


def saturated_inverse_mean_free_path(omega, T, intensity, model, dephasing_time=None):
    r"""Inverse mean free path of sound of any intensity.

    The resonant part is that of weak sound times an average over :math:`r = (\Delta_0/E)^2`, as the systems of one
    energy couple and relax differently. With :math:`j = J/J_c` it is

    .. math:: \frac12\int_0^1\frac{dr}{\sqrt{1 - r}\sqrt{1 + \Omega^2T_1T_2}} =
              \begin{cases}(1 + j)^{-1/2} & T_2\text{ the same for all},\\
              \sqrt{1 + j}\,[E(m) - (1 - m)K(m)] ,\ m = \frac1{1 + j} & T_2 = 2T_1 ,\end{cases}

    with complete elliptic integrals of the parameter :math:`m`; both fall as :math:`J^{-1/2}`.

    Parameters
    ----------
    omega : array_like
        Frequencies > 0.
    T : array_like
        Temperatures > 0.
    intensity : array_like
        Intensities J >= 0 of the sound, energy per time and area; broadcast against `omega` and `T`.
    model : TunnelingModel
        The model.
    dephasing_time : array_like, optional
        T₂ > 0 of all systems. By default each is limited by its lifetime, T₂ = 2T₁.

    Returns
    -------
    lowtglass.response.MeanFreePath
        The relaxational part is not changed by the intensity.

    Raises
    ------
    InputError, ConvergenceError
        As :func:`inverse_mean_free_path`.

    Notes
    -----
    S. Hunklinger and W. Arnold, in Physical Acoustics XII, ed. W. P. Mason and R. N. Thurston, p. 155 (1976);
    W. A. Phillips, Rep. Prog. Phys. 50, 1657 (1987).
    """
    check_model(model)
    omega, T = frequencies(omega, T)
    omega, T, intensity = broadcast("intensity", omega, T, finite_array("intensity", intensity, minimum=0.0))
    weak = inverse_mean_free_path(omega, T, model)
    j = intensity / critical_intensity(omega, T, model, dephasing_time)
    factor = (1.0 + j) ** -0.5 if dephasing_time is not None else _lifetime_limited(j)
    resonant = weak.resonant * factor
    return MeanFreePath(omega[()], T[()], resonant + weak.relaxational, resonant, weak.relaxational, weak.error)


def _lifetime_limited(j):
    """√(1 + j)[E(m) − (1 − m)K(m)], m = 1/(1 + j)."""
    from scipy.special import ellipe, ellipkm1

    m = 1.0 / (1.0 + j)
    rest = j * m
    exact = (ellipe(m) - rest * ellipkm1(np.maximum(rest, 1e-300))) / np.sqrt(m)
    # for small m the difference loses digits, and its series does not
    series = 0.25 * np.pi * np.sqrt(m) * (1.0 + m * (1 / 8 + m * (3 / 64 + m * (25 / 1024 + m * 245 / 16384))))
    return np.where(m > 1e-3, exact, series)
