"""Evaluations of the claims of Kühn and Horstmann that need broken replica symmetry."""

import functools

import numpy as np

from .. import quartic
from ..kuhn_horstmann import Glass, full_rsb, glass_temperature, heat_capacity, one_step, replica_symmetric
from . import Finding

__all__ = [
    "bump_one_step",
    "correlation_one_step",
    "energy_gain",
    "flat_density_one_step",
    "infinite_breaking",
    "linear_one_step",
]


@functools.cache
def _symmetric(gamma):
    return replica_symmetric(Glass(gamma))


@functools.cache
def _one(gamma):
    return one_step(Glass(gamma))


@functools.cache
def _full(gamma, steps):
    return full_rsb(Glass(gamma), n_steps=steps)


def energy_gain():
    """Share of the energy between RS and the full solution that one step recovers, γ = 4, T = 0."""
    rs, one, full = _symmetric(4.0), _one(4.0), _full(4.0, 8)
    share = (one.free_energy - rs.free_energy) / (full.free_energy - rs.free_energy)
    return Finding(
        share,
        f"Energies {rs.free_energy:.5f} (RS), {one.free_energy:.5f} (one step), {full.free_energy:.5f} (eight). "
        f"For the wells it is not: C is {rs.C:.3f}, {one.C:.3f} and {full.C:.3f}, the density of fields at zero "
        f"{rs.field_density(0.0):.4f}, {one.field_density(0.0):.4f} and {full.field_density(0.0):.4f}; both fall on.",
    )


def correlation_one_step():
    """Rank correlation of Δ and λ among the double wells with one step of breaking, γ = 4."""
    state = _one(4.0)
    spinodal = 2.0 / 3.0 * (A := state.C - 0.25) * np.sqrt(A * 8.0)
    wells = quartic.wells(state.glass.potential(state.C, np.linspace(1e-3, 0.9, 200) * spinodal), kinetic=0.5)
    order = np.argsort(np.argsort(wells.wkb_exponent))
    correlation = float(np.corrcoef(order, np.arange(order.size))[0, 1])
    return Finding(
        correlation,
        "Δ and λ stay functions of the one random field, whatever its law; Spearman's coefficient up to 0.9 of the "
        "spinodal field, barrier from the mean of the minima.",
    )


@functools.cache
def _bump(kind):
    state = _symmetric(10.0) if kind == "rs" else _one(10.0)
    Tg = glass_temperature(state.glass)
    T = Tg * np.geomspace(1e-3, 3e-2, 300)
    ratio = heat_capacity(state, T).heat_capacity / T**3
    dip = int(np.argmin(ratio[: ratio.size // 2]))
    peak = dip + int(np.argmax(ratio[dip:]))
    return T[peak] / Tg, ratio[peak], ratio[dip]


def bump_one_step():
    """Height of the bump of C/T³ over the minimum before it with one step of breaking, γ = 10."""
    place, height, dip = _bump("one")
    symmetric = _bump("rs")
    return Finding(
        height / dip,
        f"T_b/T_g = {place:.2e} (RS {symmetric[0]:.2e}), {height / dip:.3g} times the minimum before it (RS "
        f"{symmetric[1] / symmetric[2]:.3g}); the height over RS is {height / symmetric[1]:.3f}.",
        holds=bool(height > dip),
    )


def _plateau(state):
    """2P(0)/d with the d of the lowest two states at h = 0."""
    found = quartic.levels(state.glass.potential(state.C, 0.0), 2, matrix_elements=True)
    return float(state.field_density(0.0) / abs(found.position[0, 1]))


def flat_density_one_step():
    """P₀ with one step over P₀ in RS, γ = 10."""
    one, rs = _one(10.0), _symmetric(10.0)
    steps = {K: _plateau(_full(10.0, K)) / _plateau(rs) for K in (4, 16)}
    return Finding(
        _plateau(one) / _plateau(rs),
        f"The density of fields at zero falls to {one.field_density(0.0) / rs.field_density(0.0):.2f} of its RS value, "
        f"but the wells come closer and the density of tunnelling states falls less. With four steps the ratio is "
        f"{steps[4]:.2f}, with sixteen {steps[16]:.2f}, and it goes on falling.",
    )


def linear_one_step():
    """Exponent of C(T) with one step, γ = 4, where the local exponent is nearest to one."""
    state = _one(4.0)
    T = glass_temperature(state.glass) * np.geomspace(1e-4, 2e-2, 200)
    heat = heat_capacity(state, T).heat_capacity
    exponent = np.gradient(np.log(heat), np.log(T))
    flat = np.abs(exponent - 1.0) < 0.1
    nearest = int(np.argmin(np.abs(exponent - 1.0)))
    return Finding(
        float(exponent[nearest]),
        f"Within 0.1 of one over {np.log10(T[flat][-1] / T[flat][0]):.1f} decades only: the splitting of the symmetric "
        f"well is {np.diff(quartic.levels(state.glass.potential(state.C, 0.0), 2).energies)[0]:.2g} J, in RS 1e-4 J.",
    )


def infinite_breaking():
    """Rise of the energy from one to two, two to four, four to eight steps, γ = 4: positive every time."""
    energies = [_one(4.0).free_energy, *(_full(4.0, K).free_energy for K in (2, 4, 8))]
    rises = np.diff(energies)
    inside = _full(4.0, 8)
    middle = np.interp(0.5 * inside.q[-1], inside.q, inside.marginality)
    return Finding(
        float(rises.min()),
        f"Energies {', '.join(f'{e:.6f}' for e in energies)}; with eight steps the stability at half the largest "
        f"overlap is {middle:.4f}: marginal on an interval, which no finite number of steps has.",
        holds=bool((rises > 0).all()),
    )
