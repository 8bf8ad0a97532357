"""The dielectric analogue: systems with a dipole moment in an electric field."""

import numpy as np

from .._validation import real
from ..response import DielectricResponse
from .linear_response import susceptibility

__all__ = ["dielectric_response"]


def dielectric_response(omega, T, model, dipole, *, host=1.0, vacuum_permittivity=1.0):
    r"""Contribution of systems with an electric dipole to the permittivity.

    .. math:: \delta\varepsilon(\omega, T) = \frac{\bar Pp^2}{3\varepsilon_0}\,X(\omega, T)

    The two wells of a system have the dipole moments :math:`\pm\mathbf p`, of random direction, so that a field
    :math:`F` changes the asymmetry by :math:`2\mathbf p\cdot\mathbf F` as a strain does by :math:`2\gamma e`. With
    :math:`C_e = \bar Pp^2/3\varepsilon_0\varepsilon` the relative change of the permittivity has the slopes
    :math:`-2C_e` (resonant) and :math:`+C_e` (both parts) against :math:`\ln T`, and the loss has the plateau
    :math:`\tan\delta = \frac\pi2C_e`.

    Parameters
    ----------
    omega : array_like
        Frequencies > 0.
    T : array_like
        Temperatures > 0; broadcast against `omega`.
    model : TunnelingModel
        The model.
    dipole : float
        Dipole moment p, half the difference between the wells. Corrections by the local field are left to it.
    host : float
        Relative permittivity ε of everything else, > 0, for the loss tangent.
    vacuum_permittivity : float
        ε₀ in the units used, > 0.

    Returns
    -------
    lowtglass.response.DielectricResponse
        The real part is counted from zero temperature at the same frequency.

    Raises
    ------
    InputError, ConvergenceError
        As :func:`susceptibility`.

    Notes
    -----
    M. von Schickfus and S. Hunklinger, Phys. Lett. A 64, 144 (1977); W. A. Phillips, Rep. Prog. Phys. 50, 1657 (1987).
    """
    dipole = real("dipole", dipole)
    host = real("host", host, minimum=0.0, open_minimum=True)
    vacuum = real("vacuum_permittivity", vacuum_permittivity, minimum=0.0, open_minimum=True)
    X = susceptibility(omega, T, model)
    factor = model.P * dipole**2 / (3.0 * vacuum)
    permittivity = factor * X.total
    loss = permittivity.imag / (host + permittivity.real)
    return DielectricResponse(X.omega, X.T, permittivity, np.asarray(loss)[()], factor * X.error)
