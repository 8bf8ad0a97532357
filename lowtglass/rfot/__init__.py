"""The mosaic of the random first-order transition: Lubchenko and Wolynes 2004.

Reduced units: ħ = k_B = 1, energies and temperatures in units of the Debye frequency, lengths in units of the distance a
of the elementary units.
"""

from .mosaic import Mosaic

__all__ = ["Mosaic"]
