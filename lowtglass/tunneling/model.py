"""Parameters of the tunnelling model."""

import dataclasses

import numpy as np

from .. import phonons
from .._validation import finite_array, real
from ..errors import InputError

__all__ = ["TunnelingModel", "silica"]

_ELECTRON_VOLT = 1.602176634e-19


@dataclasses.dataclass(frozen=True)
class TunnelingModel:
    r"""A glass with tunnelling systems of uniformly distributed asymmetry and tunnelling parameter.

    A system in the basis of its two wells has the Hamiltonian

    .. math:: H = \frac12\begin{pmatrix}\Delta & \Delta_0\\ \Delta_0 & -\Delta\end{pmatrix}
              + \sum_s\gamma_se_s\begin{pmatrix}1 & 0\\ 0 & -1\end{pmatrix} ,

    so that a strain :math:`e_s` changes the asymmetry by :math:`2\gamma_se_s`.

    Parameters
    ----------
    P : float
        Density P̄ of the systems per volume, per energy of Δ >= 0 and per λ, > 0.
    couplings : sequence of float
        Deformation potentials γ_s, one for each branch of the phonons, not all zero.
    phonons : phonons.DebyePhonons
        Branches, density and cut-offs, and the units: ħ and k_B.

    Raises
    ------
    InputError
        If a parameter is outside its range, or the number of couplings is not that of the branches.

    Notes
    -----
    The golden rule is used without the cut-offs of the phonons: the model is meant for temperatures far below them.
    """

    P: float
    couplings: tuple
    phonons: phonons.DebyePhonons

    def __post_init__(self):
        if not isinstance(self.phonons, phonons.DebyePhonons):
            raise InputError("phonons", self.phonons, "DebyePhonons")
        object.__setattr__(self, "P", real("P", self.P, minimum=0.0, open_minimum=True))
        gamma = finite_array("couplings", self.couplings)
        if gamma.shape != (len(self.phonons.branches),) or not gamma.any():
            raise InputError(
                "couplings", self.couplings, f"one for each of {len(self.phonons.branches)} branches, not all zero"
            )
        object.__setattr__(self, "couplings", tuple(gamma.tolist()))

    @property
    def strengths(self):
        """Tunnelling strengths C_s = P̄γ_s²/(ρc_s²) of the branches, pure numbers, shape (n_branches,)."""
        return self.P * np.array(self.couplings) ** 2 / (self.phonons.density * self.phonons.velocities**2)

    @property
    def rate_coefficient(self):
        """Coefficient A of the highest rate A·E³·coth(E/2k_BT) of systems of energy E, per time and energy³."""
        return float(phonons.emission_strengths(self.couplings, self.phonons).sum() / self.phonons.hbar**3)


def silica(*, strength=3e-4, deformation=(1.04, 0.65)):
    """Tunnelling model with constants like those of vitreous silica, SI units.

    Parameters
    ----------
    strength : float
        Tunnelling strength C of transverse waves, > 0; it fixes P̄. The default is the value common to glasses that
        H. M. Carruzzo and C. C. Yu quote, Phys. Rev. Lett. 124, 075902 (2020).
    deformation : tuple of float
        Deformation potentials of longitudinal and transverse waves in eV, the second not zero. The default is what
        acoustic experiments give with the tunnelling model (B. Golding, J. E. Graebner and R. J. Schutz, Phys. Rev. B
        14, 1660 (1976); J. L. Black, Phys. Rev. B 17, 2740 (1978)).

    Returns
    -------
    TunnelingModel
        With the phonons of :func:`lowtglass.phonons.silica`.

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    strength = real("strength", strength, minimum=0.0, open_minimum=True)
    potentials = finite_array("deformation", deformation, minimum=0.0, last_axis=2)
    if potentials.shape != (2,) or potentials[1] == 0.0:
        raise InputError("deformation", deformation, "two numbers >= 0, the second > 0")
    solid = phonons.silica()
    gamma = potentials * _ELECTRON_VOLT
    modulus = solid.density * solid.velocities[1] ** 2
    return TunnelingModel(strength * modulus / gamma[1] ** 2, tuple(gamma), solid)
