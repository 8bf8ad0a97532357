"""Evaluations of the claims of Kühn and Horstmann on dynamics, with constants like those of vitreous silica."""

import functools
import math

import numpy as np
from scipy.constants import hbar, k

from .. import materials, quartic
from ..kuhn_horstmann import (
    Glass,
    glass_temperature,
    internal_friction,
    one_step,
    replica_symmetric,
    silica_bath,
    thermal_conductivity,
    transition_rates,
)
from . import Finding

__all__ = ["conductivity_exponent", "conductivity_plateau", "fluctuation_dissipation", "strength_without_interactions"]

_LEVELS = {4.0: 12, 10.0: 24}


@functools.cache
def _state(kind, gamma):
    state = (replica_symmetric if kind == "RS" else one_step)(Glass(gamma))
    return state, silica_bath(state)


@functools.cache
def _symmetric_well(kind, gamma):
    """Splitting in J and distance of the states at h = 0."""
    state, _ = _state(kind, gamma)
    well = quartic.levels(state.glass.potential(state.C, 0.0), 2, matrix_elements=True)
    return float(well.gaps[0]), 2.0 * abs(float(well.position[0, 1]))


@functools.cache
def _exponent(kind, gamma, low, high):
    state, bath = _state(kind, gamma)
    T = np.geomspace(low, high, 9)
    kappa = thermal_conductivity(state, T, bath, _LEVELS[gamma], n_frequencies=100).conductivity
    return materials.fit_power_law(T, kappa).exponent


def conductivity_exponent():
    """Exponent of κ(T) between 0.2 and 1 K, sharp lines, RS, γ = 4."""
    exponent = _exponent("RS", 4.0, 0.2, 1.0)
    splitting = _symmetric_well("RS", 4.0)[0] * _state("RS", 4.0)[1].temperature_unit
    return Finding(
        exponent,
        f"Fitted over 0.2–1 K, far above the splitting of {splitting:.2g} K; with one step of breaking and γ = 10 it "
        f"is {_exponent('one step', 10.0, 0.1, 0.5):.2f} between 0.1 and 0.5 K.",
    )


@functools.cache
def _change(kind, gamma):
    """Largest over smallest κ between 1 and 10 K with radiating lines in a sample of 1 cm."""
    state, bath = _state(kind, gamma)
    T = np.geomspace(1.0, 10.0, 13)
    kappa = thermal_conductivity(
        state, T, bath, _LEVELS[gamma], lines="radiative", other=100.0, n_frequencies=100
    ).conductivity
    return float(kappa.max() / kappa.min())


def conductivity_plateau():
    """Largest over smallest κ between 1 and 10 K, the smallest of RS and one step, γ = 4 and 10."""
    members = [(kind, gamma) for kind in ("RS", "one step") for gamma in (4.0, 10.0)]
    factors = [_change(*member) for member in members]
    state, bath = _state("RS", 4.0)
    well = quartic.levels(state.glass.potential(state.C, 0.05), 3, kinetic=0.5, matrix_elements=True)
    rates = transition_rates(well.energies, well.position, 1.0, bath)
    text = ", ".join(
        f"{factor:.1f} ({kind}, γ = {gamma:g})" for (kind, gamma), factor in zip(members, factors, strict=True)
    )
    return Finding(
        min(factors),
        f"Factors {text}, one coordinate for each SiO₂. Intra-well transitions are faster by "
        f"{np.log10(rates[2, 0] / rates[1, 0]):.1f} decades (γ = 4, h = 0.05 J).",
    )


@functools.cache
def fluctuation_dissipation():
    """(ħ/π)∫coth(ħω/2k_BT)χ″dω over ⟨v²⟩ − ⟨v⟩² of the ensemble, RS, γ = 4, the larger deviation of 0.3 and 3 K."""
    state, bath = _state("RS", 4.0)
    # Fields dense about zero, out to where P(h) ends.
    x = np.linspace(0.0, np.arcsinh(state.field_range[1] / 2e-6), 1501)
    field, width = 2e-6 * np.sinh(x), 2e-6 * np.cosh(x)
    found = quartic.levels(state.glass.potential(state.C, field), 12, kinetic=0.5, matrix_elements=True)
    weight = 2.0 * state.field_density(field) * width
    log_omega = np.linspace(np.log(1e-4), np.log(3e14), 6001)
    omega = np.exp(log_omega)
    ratios = {}
    for T in (0.3, 3.0):
        p = np.exp(-(found.energies - found.energies[:, :1]) * bath.temperature_unit / T)
        p /= p.sum(axis=1, keepdims=True)
        mean = (p * np.diagonal(found.position, axis1=1, axis2=2)).sum(axis=1)
        square = (p * (found.position**2).sum(axis=2)).sum(axis=1)
        absorbed = internal_friction(state, omega, T, bath, 12).friction[0] / (bath.strengths[0] * bath.energy_unit)
        integrand = omega * absorbed / np.tanh(hbar * omega / (2.0 * k * T))
        variance = np.trapezoid(weight * (square - mean**2), x)
        ratios[T] = float(hbar / np.pi * np.trapezoid(integrand, log_omega) / variance)
    text = " and ".join(f"{ratio:.4f} at {T:g} K" for T, ratio in ratios.items())
    return Finding(max(ratios.values(), key=lambda ratio: abs(ratio - 1.0)), f"Ratios {text}.")


def _number(kind, gamma):
    """n(0)T_g."""
    state, _ = _state(kind, gamma)
    return 2.0 * float(state.field_density(0.0)) / _symmetric_well(kind, gamma)[1] * glass_temperature(state.glass)


@functools.cache
def strength_without_interactions():
    """Largest over smallest tunnelling strength C = n_c n₀D²/ρc² at given D and T_g, γ = 4 to 10, RS and one step."""
    values = {(kind, gamma): _number(kind, gamma) for kind in ("RS", "one step") for gamma in (4.0, 6.0, 10.0)}
    friction = []
    for gamma in (4.0, 10.0):
        state, bath = _state("RS", gamma)
        friction.append(internal_friction(state, 2e3 * np.pi, 1.0, bath, _LEVELS[gamma]).friction[0])
    numbers = ", ".join(f"{value:.3f} ({kind}, γ = {gamma:g})" for (kind, gamma), value in values.items())
    below = math.ceil(math.log10(max(friction[1], 1e-18)))  # what rounding leaves of matrix elements is smaller
    return Finding(
        max(values.values()) / min(values.values()),
        f"C is proportional to n₀T_g, {numbers}. The friction itself is not universal: at 1 kHz and 1 K in RS it is "
        f"{friction[0]:.1g} for γ = 4 and below 1e{below:d} for γ = 10.",
    )
