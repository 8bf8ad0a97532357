"""Phase diagram in the replica-symmetric approximation (Kühn and Horstmann 1997 and 1998, figure 1).

At T = 0 only a₂/γ and J₀ matter: a₄ sets the scale of v. Write k = a₂/γ.

Ergodic to glass
    k = 2 for J₀ <= 1, the edge of the semicircle spectrum of the couplings.
Ergodic to polarised
    k = J₀ + 1/J₀ for J₀ >= 1: a uniform mode leaves the semicircle.
Glass to polarised
    J₀ = 1/C with C(k) of the unpolarised glass.
De Almeida–Thouless line
    ⟨1/U″²⟩ = 1 in the polarised phase; the whole glass phase is unstable.
Onset of double wells
    C = k. In the glass C does not depend on J₀ and the line is horizontal; in the polarised phase it bends down,
    k ≈ 1/(3J₀) for large J₀. The de Almeida–Thouless line lies above it and approaches it like exp(−J₀²).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .._validation import integer, real
from . import _reduced

__all__ = ["PhaseDiagram", "PhaseLine", "phase_diagram"]


class PhaseLine(NamedTuple):
    """A line of the T = 0 phase diagram: arrays J0 and inverse_gamma (1/γ), in order along the line."""

    J0: np.ndarray
    inverse_gamma: np.ndarray


@dataclass(frozen=True)
class PhaseDiagram:
    """Lines of figure 1.

    The text of the papers does not name the axes of figure 1b; 1/γ upwards and J₀ to the right fit its caption: the
    region with double wells lies below the dot-dashed line.

    Attributes
    ----------
    a2, a4 : float
        Coefficients of the on-site potential.
    gamma, glass_temperature : ndarray
        Figure 1a: T_g against γ at J₀ = 0.
    ergodic_glass, ergodic_polarised, glass_polarised : PhaseLine
        Boundaries of the three phases at T = 0.
    at : PhaseLine
        De Almeida–Thouless line in the polarised phase; the replica-symmetric state is stable above it.
    double_wells : PhaseLine
        Onset of double wells, from J₀ = 0 through the glass into the polarised phase; they exist below it.
    multicritical : tuple of float
        (J₀, 1/γ) = (1, 2/a₂), where the three phases and the de Almeida–Thouless line meet.
    double_well_corner : tuple of float
        (J₀, 1/γ) where the onset of double wells crosses from the glass into the polarised phase.
    amorphous_without_double_wells : tuple of float
        Interval of γ at J₀ = 0 between the onset of the glass, a₂/2, and the onset of double wells.
    """

    a2: float
    a4: float
    gamma: np.ndarray
    glass_temperature: np.ndarray
    ergodic_glass: PhaseLine
    ergodic_polarised: PhaseLine
    glass_polarised: PhaseLine
    at: PhaseLine
    double_wells: PhaseLine
    multicritical: tuple
    double_well_corner: tuple
    amorphous_without_double_wells: tuple


def phase_diagram(*, a2=1.0, a4=1.0, gamma_max=10.0, J0_max=3.0, points=200):
    """Compute figures 1a and 1b of Kühn and Horstmann (1997, 1998).

    Parameters
    ----------
    a2, a4 : float
        Coefficients of the on-site potential, both > 0; a₄ enters T_g only.
    gamma_max : float
        Largest γ of figure 1a, > 0.
    J0_max : float
        Largest J₀ of figure 1b, at least 1.25 so that the glass phase fits in, at most 100.
    points : int
        Points on each line, 8 to 100000.

    Returns
    -------
    PhaseDiagram

    Raises
    ------
    InputError
        If an argument is outside its range. For a₂ <= 0 there is no ergodic phase at T = 0 and double wells exist
        everywhere in the glass: the plane of figure 1b holds no lines but that between glass and polarised phase.
    """
    a2 = real("a2", a2, minimum=0.0, open_minimum=True)
    a4 = real("a4", a4, minimum=0.0, open_minimum=True)
    gamma_max = real("gamma_max", gamma_max, minimum=0.0, open_minimum=True)
    J0_max = real("J0_max", J0_max, minimum=1.25, maximum=100.0)
    points = integer("points", points, minimum=8, maximum=100_000)

    gamma = np.linspace(0.0, gamma_max, points + 1)[1:]
    glass_temperature = _reduced.transitions((2.0 * gamma - a2) / gamma, 0.0) * (6.0 * gamma / a4)

    def line(J0, k):
        return PhaseLine(np.asarray(J0), np.asarray(k) / a2)

    J0 = np.linspace(1.0, J0_max, points)
    k = np.linspace(2.0, 0.0, points)
    corner_J0, corner_k, _ = _reduced.zero_point(0.0, 0.0)
    # η is the mean of the field over its width; J0 grows with it on both lines, and J0 > η.
    eta = np.linspace(0.0, J0_max, points)[1:]
    at_J0, at_k = _reduced.at_line(eta)
    onset_J0, onset_k = _reduced.onset_line(eta)
    return PhaseDiagram(
        a2=a2,
        a4=a4,
        gamma=gamma,
        glass_temperature=glass_temperature,
        ergodic_glass=line([0.0, 1.0], [2.0, 2.0]),
        ergodic_polarised=line(J0, J0 + 1.0 / J0),
        glass_polarised=line(1.0 / _reduced.glass_line(2.0 - k), k),
        at=line(*_up_to(J0_max, np.append(1.0, at_J0), np.append(2.0, at_k))),
        double_wells=line(
            *_up_to(
                J0_max, np.concatenate([[0.0, corner_J0], onset_J0]), np.concatenate([[corner_k, corner_k], onset_k])
            )
        ),
        multicritical=(1.0, 2.0 / a2),
        double_well_corner=(corner_J0, corner_k / a2),
        amorphous_without_double_wells=(0.5 * a2, a2 / corner_k),
    )


def _up_to(J0_max, J0, k):
    inside = J0 <= J0_max
    return J0[inside], k[inside]
