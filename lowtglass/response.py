"""What a model says of the response to sound and to electric fields: the results that the models share.

In every model localised systems couple to the strain of phonons. Their susceptibility gives the attenuation, the
internal friction and the change of the velocity of sound, and with a dipole moment the permittivity; each has a
resonant part, from transitions, and a relaxational part, from populations that follow shifted levels.
"""

import dataclasses

import numpy as np

__all__ = ["DielectricResponse", "InternalFriction", "MeanFreePath", "SoundVelocityShift"]


@dataclasses.dataclass(frozen=True)
class MeanFreePath:
    """Inverse mean free path of phonons.

    Attributes
    ----------
    omega, T : ndarray
        Frequencies and temperatures.
    inverse : ndarray, shape (n_branches, ...)
        1/ℓ_s, the attenuation of energy per length.
    resonant, relaxational : ndarray, shape (n_branches, ...)
        Its two parts.
    error : ndarray, shape (n_branches, ...)
        Estimated absolute error.
    """

    omega: np.ndarray
    T: np.ndarray
    inverse: np.ndarray
    resonant: np.ndarray
    relaxational: np.ndarray
    error: np.ndarray


@dataclasses.dataclass(frozen=True)
class InternalFriction:
    """Internal friction.

    Attributes
    ----------
    omega, T : ndarray
        Frequencies and temperatures.
    friction : ndarray, shape (n_branches, ...)
        Q⁻¹ = c/(ωℓ).
    resonant, relaxational : ndarray, shape (n_branches, ...)
        Its two parts.
    error : ndarray, shape (n_branches, ...)
        Estimated absolute error.
    """

    omega: np.ndarray
    T: np.ndarray
    friction: np.ndarray
    resonant: np.ndarray
    relaxational: np.ndarray
    error: np.ndarray


@dataclasses.dataclass(frozen=True)
class SoundVelocityShift:
    """Change of the velocity of sound.

    Attributes
    ----------
    omega, T : ndarray
        Frequencies and temperatures.
    shift : ndarray, shape (n_branches, ...)
        δc/c, to first order in the response; the function that returns it says against which reference.
    resonant, relaxational : ndarray, shape (n_branches, ...)
        Its two parts.
    error : ndarray, shape (n_branches, ...)
        Estimated absolute error.
    """

    omega: np.ndarray
    T: np.ndarray
    shift: np.ndarray
    resonant: np.ndarray
    relaxational: np.ndarray
    error: np.ndarray


@dataclasses.dataclass(frozen=True)
class DielectricResponse:
    """Contribution of localised systems to the relative permittivity.

    Attributes
    ----------
    omega, T : ndarray
        Frequencies and temperatures.
    permittivity : ndarray of complex
        Contribution to the relative permittivity.
    loss_tangent : ndarray
        Imaginary part over (host permittivity plus real part).
    error : ndarray of complex
        Estimated absolute error of both parts of ``permittivity``.
    """

    omega: np.ndarray
    T: np.ndarray
    permittivity: np.ndarray
    loss_tangent: np.ndarray
    error: np.ndarray
