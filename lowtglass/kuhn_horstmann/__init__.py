"""The random-matrix model of a glass of Kühn and Horstmann (1997, 1998).

N coordinates v_i with energy U = −½ Σ_{i≠j} J_ij v_i v_j + (1/γ) Σ_i G(v_i), G(v) = a₂v²/2 + a₄v⁴/4!, and Gaussian
couplings J_ij of mean J₀/N and variance 1/N. Energies, temperatures and fields are in units of the coupling strength
J = 1, with k_B = 1; ħ and the mass enter only through the quantum levels.
"""

from .ensemble import (
    DensityOfStates,
    ExcitationSpectrum,
    HeatCapacity,
    HeatCapacityExponent,
    density_of_states,
    excitation_spectrum,
    field_density,
    heat_capacity,
    heat_capacity_exponent,
)
from .glass import Glass
from .landscape import RandomWellStatistics, WellSample, WellStatistics, well_statistics
from .local_randomness import LocalState, Normal, Samples, Sites
from .phase_diagram import PhaseDiagram, PhaseLine, phase_diagram
from .replica_symmetric import ReplicaSymmetricState, glass_temperature, replica_symmetric

__all__ = [
    "DensityOfStates",
    "ExcitationSpectrum",
    "Glass",
    "HeatCapacity",
    "HeatCapacityExponent",
    "LocalState",
    "Normal",
    "PhaseDiagram",
    "PhaseLine",
    "RandomWellStatistics",
    "ReplicaSymmetricState",
    "Samples",
    "Sites",
    "WellSample",
    "WellStatistics",
    "density_of_states",
    "excitation_spectrum",
    "field_density",
    "glass_temperature",
    "heat_capacity",
    "heat_capacity_exponent",
    "phase_diagram",
    "replica_symmetric",
    "well_statistics",
]
