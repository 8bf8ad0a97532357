"""The random-matrix model of a glass of Kühn and Horstmann (1997, 1998).

N coordinates v_i with energy U = −½ Σ_{i≠j} J_ij v_i v_j + (1/γ) Σ_i G(v_i), G(v) = a₂v²/2 + a₄v⁴/4!, and Gaussian
couplings J_ij of mean J₀/N and variance 1/N. Energies, temperatures and fields are in units of the coupling strength
J = 1, with k_B = 1; ħ and the mass enter only through the quantum levels.
"""

from .dynamics import (
    Bath,
    DielectricResponse,
    InternalFriction,
    LevelSusceptibility,
    MeanFreePath,
    SoundVelocityShift,
    Susceptibility,
    dielectric_response,
    internal_friction,
    inverse_mean_free_path,
    level_susceptibility,
    silica_bath,
    sound_velocity_shift,
    susceptibility,
    thermal_conductivity,
    transition_rates,
)
from .ensemble import (
    DensityOfStates,
    ExcitationSpectrum,
    HeatCapacity,
    density_of_states,
    excitation_spectrum,
    field_density,
    heat_capacity,
)
from .finite_size import (
    CavityFields,
    EnsembleOfMinima,
    GroundState,
    HessianSpectrum,
    IncompleteEnsemble,
    LocalWells,
    Minimum,
    cavity_fields,
    effective_wells,
    energy_and_gradient,
    ensemble_of_minima,
    ground_state_search,
    hessian_spectrum,
    minimise,
    sample_couplings,
)
from .full_rsb import FullRSBState, full_rsb
from .glass import Glass
from .landscape import WellSample, WellStatistics, well_statistics
from .one_step import OneStepState, one_step
from .phase_diagram import PhaseDiagram, PhaseLine, phase_diagram
from .replica_symmetric import ReplicaSymmetricState, glass_temperature, replica_symmetric

__all__ = [
    "Bath",
    "CavityFields",
    "DensityOfStates",
    "DielectricResponse",
    "EnsembleOfMinima",
    "ExcitationSpectrum",
    "FullRSBState",
    "Glass",
    "GroundState",
    "HeatCapacity",
    "HessianSpectrum",
    "IncompleteEnsemble",
    "InternalFriction",
    "LevelSusceptibility",
    "LocalWells",
    "MeanFreePath",
    "Minimum",
    "OneStepState",
    "PhaseDiagram",
    "PhaseLine",
    "ReplicaSymmetricState",
    "SoundVelocityShift",
    "Susceptibility",
    "WellSample",
    "WellStatistics",
    "cavity_fields",
    "density_of_states",
    "dielectric_response",
    "effective_wells",
    "energy_and_gradient",
    "ensemble_of_minima",
    "excitation_spectrum",
    "field_density",
    "full_rsb",
    "glass_temperature",
    "ground_state_search",
    "heat_capacity",
    "hessian_spectrum",
    "internal_friction",
    "inverse_mean_free_path",
    "level_susceptibility",
    "minimise",
    "one_step",
    "phase_diagram",
    "replica_symmetric",
    "sample_couplings",
    "silica_bath",
    "sound_velocity_shift",
    "susceptibility",
    "thermal_conductivity",
    "transition_rates",
    "well_statistics",
]
