"""The standard tunnelling model of glasses (Phillips 1972; Anderson, Halperin and Varma 1972).

A glass holds tunnelling systems whose asymmetry Δ and tunnelling parameter λ are independent and uniform. Units are the
user's: ħ and k_B of the phonons fix them together with velocities and densities. With ħ = k_B = 1 they are reduced;
:meth:`lowtglass.materials.Solid.phonons` and :func:`silica` are in SI.
"""

from .acoustics import (
    VelocityMaximum,
    internal_friction,
    inverse_mean_free_path,
    sound_velocity_maximum,
    sound_velocity_shift,
)
from .capacity import HeatCapacity, heat_capacity
from .conductivity import conductivity_coefficient, thermal_conductivity
from .dielectric import dielectric_response
from .distribution import (
    density_of_states,
    distribution_of_energy,
    distribution_of_relaxation_times,
    distribution_of_splittings,
    sample_systems,
)
from .linear_response import Susceptibility, susceptibility
from .model import TunnelingModel, silica
from .rates import relaxation_rate, shortest_relaxation_time
from .saturation import critical_intensity, saturated_inverse_mean_free_path

__all__ = [
    "HeatCapacity",
    "Susceptibility",
    "TunnelingModel",
    "VelocityMaximum",
    "conductivity_coefficient",
    "critical_intensity",
    "density_of_states",
    "dielectric_response",
    "distribution_of_energy",
    "distribution_of_relaxation_times",
    "distribution_of_splittings",
    "heat_capacity",
    "internal_friction",
    "inverse_mean_free_path",
    "relaxation_rate",
    "sample_systems",
    "saturated_inverse_mean_free_path",
    "shortest_relaxation_time",
    "silica",
    "sound_velocity_maximum",
    "sound_velocity_shift",
    "susceptibility",
    "thermal_conductivity",
]
