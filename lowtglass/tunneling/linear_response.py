r"""Linear response of the tunnelling systems to strain, and so all of the acoustics and the dielectric analogue.

A system follows a slow strain by relaxation, and absorbs a quantum :math:`\hbar\omega = E` by resonance. Summed over
all systems, the susceptibility to :math:`\gamma_se_s`, per volume and in units of :math:`\bar P`, is

.. math:: X(\omega, T) &= X_{\rm res} + X_{\rm rel} \\
          X_{\rm res}'' &= \pi\tanh\frac{\hbar\omega}{2k_BT} ,\qquad
          X_{\rm res}' = 2\Bigl[\ln y - \mathrm{Re}\,\psi\bigl(\tfrac12 + iy\bigr)\Bigr] ,\quad
          y = \frac{\hbar\omega}{2\pi k_BT} \\
          X_{\rm rel} &= \int_0^\infty dx\,\mathrm{sech}^2\frac x2\;\frac12\int_0^1dr\,
          \frac{\sqrt{1 - r}}{r - i\omega\tau_{\min}} ,\qquad x = \frac E{k_BT} .

The integral over r has a closed form, so that one integral over energies remains; it depends on frequency and
temperature through :math:`\omega/A(k_BT)^3` alone. The real part of the resonant response is counted from zero
temperature at the same frequency; its constant grows with the logarithm of the largest energy, which the model leaves
open.
"""

import dataclasses

import numpy as np

from . import _relaxation
from ._common import bounded_exp, check_model, frequencies, log_thermal_rate

__all__ = ["Susceptibility", "susceptibility"]


@dataclasses.dataclass(frozen=True)
class Susceptibility:
    """Susceptibility of the tunnelling systems in units of P̄, a pure number.

    Attributes
    ----------
    omega, T : ndarray
        Frequencies and temperatures.
    resonant, relaxational : ndarray of complex
        The two parts of X = X′ + iX″; X′ of the resonant part is counted from T = 0 at the same frequency.
    error : ndarray of complex
        Difference of the relaxational part from that with half the number of nodes, real and imaginary part each. The
        error of the rule is about the square of it.
    n_nodes : int
        Energies at which the integrand was evaluated.
    """

    omega: np.ndarray
    T: np.ndarray
    resonant: np.ndarray
    relaxational: np.ndarray
    error: np.ndarray
    n_nodes: int

    @property
    def total(self):
        """Both parts together."""
        return self.resonant + self.relaxational


def susceptibility(omega, T, model):
    """Susceptibility of the tunnelling systems in units of P̄.

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
    Susceptibility

    Raises
    ------
    InputError
        If an argument is outside its range, or shapes do not broadcast.
    ConvergenceError
        If the integral over energies does not converge.

    Notes
    -----
    J. Jäckle, Z. Phys. 257, 212 (1972); J. Jäckle, L. Piché, W. Arnold and S. Hunklinger, J. Non-Cryst. Solids 20, 365
    (1976); W. A. Phillips, Rep. Prog. Phys. 50, 1657 (1987). The width of the resonant lines is neglected.
    """
    check_model(model)
    omega, T = frequencies(omega, T)
    log_x = np.log(model.phonons.hbar) + np.log(omega) - np.log(model.phonons.k_B) - np.log(T)
    real = -2.0 * _relaxation.resonant_part(bounded_exp(log_x - np.log(2.0 * np.pi)))
    resonant = real + 1j * np.pi * np.tanh(0.5 * bounded_exp(log_x))
    relaxational, error, n = _relaxation.relaxational(np.log(omega) - log_thermal_rate(T, model))
    return Susceptibility(omega[()], T[()], resonant[()], relaxational[()], error[()], n)
