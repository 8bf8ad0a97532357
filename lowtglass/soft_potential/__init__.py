"""Soft atomic potentials in glasses: Karpov, Klinger and Ignat'ev (1983), Il'in, Karpov and Parshin (1987).

V = E₀(ηx² + tx³ + x⁴) with random η and t. With ε = ħ²/2ma²E₀ the scales are η_L = ε^(1/3) and w = E₀η_L²; in
α = η/η_L, β = −t/√η_L and y = x/√η_L the Schrödinger equation is −ψ″ + (αy² − βy³ + y⁴)ψ = eψ, E = we. Energies and
temperatures are in units of w, with k_B = 1; densities are per potential.

``density_of_states``, ``heat_capacity`` and what belongs to them follow the paper of 1987; ``kki`` the one of 1983;
``later`` the soft-potential model of the nineties.
"""

from . import kki, later
from .distributions import COUNTINGS, Distribution
from .excitations import DensityOfStates, Singularity, density_of_states, harmonic_limit, singularities
from .geometry import (
    Depressed,
    Expansions,
    Scales,
    SoftWells,
    depressed,
    expansions,
    jacobian,
    sample,
    transform,
    wells,
)
from .spectrum import (
    Asymmetry,
    Gap,
    SoftLevels,
    Splitting,
    asymmetry,
    gap,
    instanton_splitting,
    levels,
    tunnel_splitting,
    wkb_splitting,
)
from .thermodynamics import (
    CollectivisationEnergy,
    HeatCapacity,
    HeatCapacityMinimum,
    collectivisation_energy,
    heat_capacity,
    heat_capacity_minimum,
)

__all__ = [
    "COUNTINGS",
    "Asymmetry",
    "CollectivisationEnergy",
    "DensityOfStates",
    "Depressed",
    "Distribution",
    "Expansions",
    "Gap",
    "HeatCapacity",
    "HeatCapacityMinimum",
    "Scales",
    "Singularity",
    "SoftLevels",
    "SoftWells",
    "Splitting",
    "asymmetry",
    "collectivisation_energy",
    "density_of_states",
    "depressed",
    "expansions",
    "gap",
    "harmonic_limit",
    "heat_capacity",
    "heat_capacity_minimum",
    "instanton_splitting",
    "jacobian",
    "kki",
    "later",
    "levels",
    "sample",
    "singularities",
    "transform",
    "tunnel_splitting",
    "wells",
    "wkb_splitting",
]
