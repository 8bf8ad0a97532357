r"""The soft-potential model as it was used later, beyond the two papers.

Buchenau, Galperin, Gurevich and Schober (1991), Buchenau and others (1992), Parshin (1994), Ramos and Buchenau (1997):
:math:`V/W = D_1y + D_2y^2 + y^4` with a uniform density :math:`P_s` of :math:`(D_1, D_2)`. In these coordinates that is
the sea-gull singularity of Il'in, Karpov and Parshin, :math:`D_1 = H`, :math:`D_2 = A`, each potential counted once,
and W = w. Strain couples to :math:`D_1` with the constant Λ, and :math:`C = P_s\Lambda^2/W\rho v^2` is the
dimensionless strength of all scattering,

.. math:: \frac1\ell = \pi C\,\frac\omega v\Bigl[\tanh\frac{\hbar\omega}{2k_BT}
          + \frac18\Bigl(\frac{\hbar\omega}W\Bigr)^3
          + \Bigl(\frac{k_BT}W\Bigr)^{3/4}\ln^{-1/4}\frac1{\omega\tau_0}\Bigr] :

resonance with tunnelling states, resonance with vibrations, relaxation over barriers. The prefactor of the last term is
known to a factor of order one only, and is an argument here. Energies in units of W, frequencies in units of W/ħ.
"""

import dataclasses
import math

import numpy as np

from .. import phonons
from .._validation import finite_array, real, temperature
from ..errors import InputError
from .distributions import Distribution

__all__ = [
    "UniversalConductivity",
    "scattering_terms",
    "thermal_conductivity",
    "uniform_distribution",
    "universal_conductivity",
    "vibrational_density",
]

_LARGEST = 100.0  # ħω/k_BT beyond which no phonon is excited


@dataclasses.dataclass(frozen=True)
class UniversalConductivity:
    """Thermal conductivity as a function of k_BT/W.

    Attributes
    ----------
    theta : ndarray
        k_BT/W.
    K : ndarray
        κ·2π³vC/k_B(W/ħ)².
    slope : ndarray
        d ln K/d ln θ: 2 at low temperature, near zero on the plateau.
    error : ndarray
        Estimated absolute error of ``K``.
    """

    theta: np.ndarray
    K: np.ndarray
    slope: np.ndarray
    error: np.ndarray


def uniform_distribution(P_s, cut):
    """Uniform density of (D₁, D₂), for `lowtglass.soft_potential.density_of_states` and its `heat_capacity`.

    Parameters
    ----------
    P_s : float
        Density > 0.
    cut : float
        Barrier tops end at D₂ = −cut, > 0: wells that are deeper do not tunnel within the time of an experiment.

    Returns
    -------
    Distribution
        With η_L = 1, each potential counted once.

    Raises
    ------
    InputError
        If an argument is not > 0.
    """
    P_s = real("P_s", P_s, minimum=0.0, open_minimum=True)
    cut = real("cut", cut, minimum=0.0, open_minimum=True)
    return Distribution(1.0, "barrier top", P0=0.5 * P_s, eta_min=-cut)


def vibrational_density(E, P_s):
    """Density of quasilocal vibrations far above W, (P_s/8)(E/W)⁴ per W.

    Parameters
    ----------
    E : array_like
        Energies > 0, in units of W.
    P_s : float
        Density of (D₁, D₂), > 0.

    Returns
    -------
    ndarray

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    E = finite_array("E", E, minimum=0.0, open_minimum=True)
    return (0.125 * real("P_s", P_s, minimum=0.0, open_minimum=True) * E**4)[()]


def scattering_terms(omega, T, *, relaxation=1.0, attempt=0.1):
    """The three terms in the bracket of 1/ℓ.

    Parameters
    ----------
    omega : array_like
        Frequencies > 0, in units of W/ħ.
    T : array_like
        Temperatures > 0, in units of W/k_B; broadcast against ``omega``.
    relaxation : float, optional
        Factor >= 0 of the relaxational term.
    attempt : float, optional
        τ₀W/ħ > 0. Where ωτ₀ is above 1/e the logarithm is taken as 1: relaxation is no longer slow there, and the
        formula does not hold.

    Returns
    -------
    resonance, vibrations, relaxation : ndarray

    Raises
    ------
    InputError
        If an argument is outside its range, or the shapes do not broadcast.
    """
    omega = finite_array("omega", omega, minimum=0.0, open_minimum=True)
    T = finite_array("T", T, minimum=0.0, open_minimum=True)
    relaxation = real("relaxation", relaxation, minimum=0.0)
    attempt = real("attempt", attempt, minimum=0.0, open_minimum=True)
    try:
        omega, T = np.broadcast_arrays(omega, T)
    except ValueError:
        raise InputError("T", f"shape {T.shape}", f"broadcasts with omega of shape {omega.shape}") from None
    logarithm = np.maximum(-np.log(omega * attempt), 1.0)
    return np.tanh(0.5 * omega / T)[()], (0.125 * omega**3)[()], (relaxation * T**0.75 * logarithm**-0.25)[()]


def universal_conductivity(theta, *, relaxation=1.0, attempt=0.1, rtol=1e-8):
    r"""Thermal conductivity over k_B(W/ħ)²/2π³vC as a function of θ = k_BT/W alone.

    .. math:: K(\theta) = \int_0^\infty \frac{\epsilon\,d\epsilon}{F(\epsilon, \theta)}\,
              \frac{x^2e^x}{(e^x - 1)^2} ,\qquad x = \epsilon/\theta ,

    with F the bracket of 1/ℓ. K → π²θ² at low temperature; a plateau follows where vibrations scatter the short
    waves and relaxation the long ones; without relaxation K rises again, as 2π√θ.

    Parameters
    ----------
    theta : array_like
        k_BT/W > 0.
    relaxation, attempt : float, optional
        See :func:`scattering_terms`.
    rtol : float, optional
        Relative error allowed.

    Returns
    -------
    UniversalConductivity

    Raises
    ------
    InputError
        If an argument is outside its range.
    ConvergenceError
        If the integral does not reach ``rtol``.
    """
    theta = finite_array("theta", theta, minimum=0.0, open_minimum=True)
    relaxation = real("relaxation", relaxation, minimum=0.0)
    attempt = real("attempt", attempt, minimum=0.0, open_minimum=True)
    # Three polarisations of velocity 1: then κ = K/2π³ for C = 1.
    debye = phonons.DebyePhonons([phonons.Branch(1.0, 3)], debye_frequency=_LARGEST * float(theta.max()))

    def rate(omega, T):
        return math.pi * omega * sum(scattering_terms(omega, T, relaxation=relaxation, attempt=attempt))

    step = 1e-3
    grid = theta[..., None] * np.exp(step * np.array([-1.0, 0.0, 1.0]))
    found = phonons.thermal_conductivity(grid, rate, debye, rtol=rtol)
    K = 2.0 * math.pi**3 * found.conductivity
    slope = (np.log(K[..., 2]) - np.log(K[..., 0])) / (2.0 * step)
    return UniversalConductivity(theta[()], K[..., 1][()], slope[()], (2.0 * math.pi**3 * found.error[..., 1])[()])


def thermal_conductivity(T, W, strength, solid, *, relaxation=1.0, attempt=0.1, rtol=1e-8):
    """Thermal conductivity of a solid whose phonons are scattered by soft potentials only.

    Parameters
    ----------
    T : array_like
        Temperatures >= 0, in the units of ``solid``.
    W : float
        Energy W > 0.
    strength : float or array_like, shape (n_branches,)
        C > 0, common or of each branch.
    solid : lowtglass.phonons.DebyePhonons
        Phonons, with the units they fix.
    relaxation, attempt : float, optional
        See :func:`scattering_terms`.
    rtol : float, optional
        Relative error allowed.

    Returns
    -------
    lowtglass.phonons.Conduction

    Raises
    ------
    InputError
        If an argument is outside its range.
    ConvergenceError
        If the integral does not reach ``rtol``.
    """
    T = temperature("T", T)
    W = real("W", W, minimum=0.0, open_minimum=True)
    if not isinstance(solid, phonons.DebyePhonons):
        raise InputError("solid", solid, "DebyePhonons")
    strength = finite_array("strength", strength, minimum=0.0, open_minimum=True)
    if strength.shape not in ((), (len(solid.branches),)):
        raise InputError("strength", strength, f"a number, or one for each of {len(solid.branches)} branches")
    rates = []
    for C, branch in zip(np.broadcast_to(strength, (len(solid.branches),)), solid.branches, strict=True):

        def rate(omega, temperatures, C=float(C), branch=branch):
            terms = scattering_terms(
                solid.hbar * omega / W, solid.k_B * temperatures / W, relaxation=relaxation, attempt=attempt
            )
            return math.pi * C * omega / branch.velocity * sum(terms)

        rates.append(rate)
    return phonons.thermal_conductivity(T, rates, solid, rtol=rtol)
