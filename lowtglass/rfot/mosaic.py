"""Parameters of the mosaic."""

import math
from dataclasses import dataclass, field

from .._validation import real

__all__ = ["Mosaic"]


@dataclass(frozen=True)
class Mosaic:
    """A glass as a mosaic of frozen domains (Lubchenko and Wolynes 2004), in reduced units.

    ħ = k_B = 1, energies and temperatures in units of the Debye frequency ω_D, lengths in units of the distance a of
    the elementary units (beads). The sound velocity is then c_s = (6π²)^(−1/3).

    Parameters
    ----------
    T_g : float
        Temperature of the glass transition in units of ω_D, > 0. The paper's figures take 2 to 5; silica has
        1500 K/342 K, which is the default.
    xi : float
        Size of a domain ξ/a, >= 2, as it enters frequencies. The paper has 5.8.
    lindemann : float
        Lindemann ratio d_L/a, 0 < d_L/a < 1, of the displacement at the mechanical stability limit.
    log_time : float
        Logarithm of the time of the glass transition over the microscopic time, ln(τ/τ₀), > 0.
    volume : float, optional
        Beads of a domain (ξ/a)³ as it enters counts per domain, >= 8. The paper rounds 5.8³ = 195.1 to 200, which is
        the default for xi = 5.8; otherwise xi³.
    name : str
        A name for tables and legends.

    Raises
    ------
    InputError
        If a parameter is not a finite number in its range.
    """

    T_g: float = 1500.0 / 342.0
    xi: float = 5.8
    lindemann: float = 0.1
    log_time: float = 17.0 * math.log(10.0)
    volume: float | None = None
    name: str = field(default="", kw_only=True)

    def __post_init__(self):
        checked = {
            "T_g": real("T_g", self.T_g, minimum=0.0, open_minimum=True),
            "xi": real("xi", self.xi, minimum=2.0),
            "lindemann": real(
                "lindemann", self.lindemann, minimum=0.0, maximum=1.0, open_minimum=True, open_maximum=True
            ),
            "log_time": real("log_time", self.log_time, minimum=0.0, open_minimum=True),
        }
        default = 200.0 if checked["xi"] == 5.8 else checked["xi"] ** 3
        checked["volume"] = real("volume", default if self.volume is None else self.volume, minimum=8.0)
        for key, value in checked.items():
            object.__setattr__(self, key, value)

    @property
    def sound_velocity(self):
        """c_s in units of aω_D: (6π²)^(−1/3)."""
        return (6.0 * math.pi**2) ** (-1.0 / 3.0)
