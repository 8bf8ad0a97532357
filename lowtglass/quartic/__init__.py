"""A quantum particle in a quartic potential V(x) = c₁x + c₂x² + c₃x³ + c₄x⁴.

Units are the user's: ``kinetic`` = ħ²/2m fixes them together with the coefficients.
"""

from .geometry import ReducedWells, Wells, reduced_wells, wells
from .spectrum import Levels, levels

__all__ = ["Levels", "ReducedWells", "Wells", "levels", "reduced_wells", "wells"]
