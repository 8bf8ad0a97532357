"""Evaluations of what Kühn and Horstmann leave for later: quantum feedback, and dynamics near the glass temperature."""

import functools
import itertools
import math

import numpy as np

from .. import quartic
from ..kuhn_horstmann import (
    Glass,
    glass_temperature,
    one_step,
    relaxation,
    replica_symmetric,
    sample_couplings,
)
from . import Finding

__all__ = ["classical_relaxation", "dynamic_transition", "retardation"]

_LEVELS = {4.0: 14, 10.0: 22}


def _fields(state, points=251):
    """Fields > 0, dense about zero, and the weight of each, both signs together."""
    x = np.linspace(0.0, np.arcsinh(state.field_range[1] / 1e-6), points)[1:]
    h = 1e-6 * np.sinh(x)
    return h, 2.0 * state.field_density(h) * 1e-6 * np.cosh(x) * (x[1] - x[0])


def _shifts(energies, position, static, virtual, resonant):
    """First-order shifts of the two lowest levels by the retardation R(0) − R.

    δE_k = Σ_m |x_km|² [R(0)/2 − A(E_m − E_k)] with A(E) = ∫dΩ ρ(Ω)/(Ω + E) and, below zero, the principal value
    A(−E) = Re R(E) − A(E). The fluctuation of a level only: its mean ⟨k|x|k⟩ sees the static R(0).
    """
    excitation = energies - energies[..., :1]
    first = excitation[..., 1]
    ground = np.sum(position[..., 0, 1:] ** 2 * (0.5 * static - virtual(excitation[..., 1:])), axis=-1)
    down = 0.5 * static - resonant(first) + virtual(first)
    up = 0.5 * static - virtual(excitation[..., 2:] - first[..., None])
    excited = position[..., 1, 0] ** 2 * down + np.sum(position[..., 1, 2:] ** 2 * up, axis=-1)
    return ground, excited


def _principal_value(energy, strength, e):
    """P∫ρ(Ω)/(Ω − e)dΩ of strengths on a mesh of fields, shape (fields, levels), both linear between the fields."""
    start, width, low = energy[:-1], np.diff(energy, axis=0), strength[:-1]
    width = np.where(np.abs(width) < 1e-12, 1e-12, width)
    rise = np.diff(strength, axis=0)
    e = np.asarray(e)[..., None, None]
    at = low + rise * (e - start) / width
    logarithm = np.log(np.abs((start + width - e) / (start - e)))
    return np.sum((at * logarithm + rise) / width, axis=(-1, -2))


@functools.cache
def _first_order(kind, gamma):
    """Mean relative shift of the first excitation of the single wells, R(0), and the shift at the symmetric well."""
    state = (replica_symmetric if kind == "RS" else one_step)(Glass(gamma))
    n = _LEVELS[gamma]
    h, weight = _fields(state)
    found = quartic.levels(state.glass.potential(state.C, h), n, matrix_elements=True)
    E, x = found.energies - found.energies[:, :1], found.position
    # R(0) = ∫ P ∂⟨v⟩/∂h dh by parts: the jump of ⟨v⟩ at h = 0 need not be resolved.
    slope = (state.field_density(h + 1e-4) - state.field_density(h - 1e-4)) / 2e-4
    static = -np.sum(weight / state.field_density(h) * slope * x[:, 0, 0])
    strength = weight[:, None] * x[:, 0, 1:] ** 2
    grid = np.geomspace(1e-7, 1.1 * E.max(), 300)
    table = np.array([np.sum(strength / (E[:, 1:] + e)) for e in grid])

    def virtual(e):
        return np.interp(np.log(e), np.log(grid), table)

    def resonant(e):
        between = np.linspace(e.min(), e.max(), 158)[1:-1]  # not at the energies of the mesh itself
        return virtual(e) + np.interp(e, between, _principal_value(E[:, 1:], strength, between))

    single = ~quartic.wells(state.glass.potential(state.C, h)).double
    some = np.flatnonzero(single)[::3]
    ground, excited = _shifts(E[some], x[some], static, virtual, resonant)
    mean = np.average((excited - ground) / E[some, 1], weights=weight[some])
    # At h = 0 the bath of tunnelling pairs is in resonance at its edge; the rest of the bath acts alone.
    pair = E[:, 1] < 0.4 * E[:, 2]
    strength[pair, 0] = 0.0
    centre = quartic.levels(state.glass.potential(state.C, 0.0), n, matrix_elements=True)
    energies = centre.energies - centre.energies[0]
    splitting = energies[1] = centre.gaps[0]

    def virtual_rest(e):
        return np.sum(strength / (E[:, 1:] + np.asarray(e)[..., None, None]), axis=(-1, -2))

    def resonant_rest(e):
        return np.sum(2.0 * strength * E[:, 1:] / (E[:, 1:] ** 2 - e**2))

    ground, excited = _shifts(energies, centre.position, static, virtual_rest, resonant_rest)
    return float(mean), float(static), float((excited - ground) / splitting)


@functools.cache
def _harmonic(kind, gamma):
    """Mean frequency of coupled harmonic coordinates over that of independent ones in their potentials, minus one."""
    state = (replica_symmetric if kind == "RS" else one_step)(Glass(gamma))
    h, weight = _fields(state, 801)
    v = quartic.wells(state.glass.potential(state.C, h)).minima[:, 1]
    stiffness = state.glass.stiffness + 3.0 * state.glass.quartic * v**2
    return _mean_frequency(stiffness, weight) / float(np.sum(weight * np.sqrt(stiffness - state.C))) - 1.0


def _mean_frequency(stiffness, weight):
    """Mean of the root of the eigenvalues of diag(κ) − J, from R(−y²) = ⟨1/(κ − R + y²)⟩."""
    y = np.geomspace(1e-3, 300.0, 300)
    R = np.full(y.size, 0.1)
    for _ in range(500):
        new = np.sum(weight / (stiffness - R[:, None] + y[:, None] ** 2), axis=1)
        change, R = np.max(np.abs(new - R)), new
        if change < 1e-12:
            break
    else:
        raise RuntimeError("the response of coupled coordinates does not converge")
    # √λ = (2/π) ∫ dy λ/(λ + y²); below the grid the integrand is one, above it ⟨λ⟩/y².
    inside = np.trapezoid((1.0 - y**2 * R) * y, np.log(y))
    return float(2.0 / np.pi * (y[0] + inside + np.sum(weight * stiffness) / y[-1]))


def retardation():
    """Mean relative shift of the first excitation of the single wells by R(0) − R(ω), RS, γ = 4, first order."""
    members = [(kind, gamma) for kind in ("RS", "one step") for gamma in (4.0, 10.0)]
    text = ", ".join(f"{_first_order(*m)[0]:.3f} ({m[0]}, γ = {m[1]:g})" for m in members)
    text += "; all orders, harmonic: " + ", ".join(f"{_harmonic(*member):.3f}" for member in members)
    mean, static, splitting = _first_order("RS", 4.0)
    return Finding(
        mean,
        f"First order {text}. R(0) of the quantised RS state at γ = 4 is {static:.3f}, C is "
        f"{replica_symmetric(Glass(4.0)).C:.3f}. The splitting of its symmetric double well shifts by {splitting:.0f} "
        f"times itself, one step {_first_order('one step', 4.0)[2]:.1f} times: no small correction.",
    )


def _spherical():
    """Dynamic and static transition temperature of the spherical model of three-spin interactions."""
    from scipy.optimize import brentq

    # At m = 1 stationarity in q reads 3β²q(1 − q)/2 = 1, whose first solution is q = 1/2; that in m fixes the static q.
    q = brentq(lambda q: q * q / (3.0 * (1.0 - q)) + math.log1p(-q) + q, 0.3, 0.9)
    return math.sqrt(3.0 / 8.0), math.sqrt(1.5 * q * (1.0 - q))


def _returned(gamma, above, share):
    """Overlap that one step with m = 1 returns, over the overlap q = share ⟨v²⟩ put in, at T = above T_g."""
    glass = Glass(gamma)
    T = above * glass_temperature(glass)
    square = T * replica_symmetric(glass, T).C
    q = share * square
    v = np.linspace(-8.0, 8.0, 401) * math.sqrt(square)
    z, weight = np.polynomial.hermite_e.hermegauss(60)
    energy = 0.5 * (glass.stiffness - (square - q) / T) * v**2 + 0.25 * glass.quartic * v**4
    exponent = (math.sqrt(q) * z[:, None] * v - energy) / T
    boltzmann = np.exp(exponent - exponent.max())
    Z = boltzmann.sum(axis=1)
    mean = boltzmann @ v / Z
    return float(np.sum(weight * Z * mean**2) / np.sum(weight * Z) / q)


@functools.cache
def dynamic_transition():
    """T_d/T_s of the spherical three-spin model, beside one for this model."""
    dynamic, static = _spherical()
    shares = np.concatenate([[1e-4, 1e-3], np.linspace(0.01, 0.99, 50)])
    largest = max(_returned(gamma, 1.001, share) for gamma in (1.0, 4.0, 10.0) for share in shares)
    glass = Glass(4.0)
    Tg = glass_temperature(glass)
    states = [one_step(glass, x * Tg) for x in (0.98, 0.99, 0.995)]
    jumps = [(state.q1 - state.q0) / Tg for state in states]
    continuous = all(1.9 < high / low < 2.1 for high, low in itertools.pairwise(jumps))
    return Finding(
        dynamic / static,
        f"T_d/T_s = {dynamic:.4f}/{static:.4f}. In this model the equation for a frozen overlap returns at most "
        f"{largest:.4f} of it at 1.001 T_g, γ = 1, 4 and 10, so that nothing freezes above T_g, and (q₁ − q₀)/T_g is "
        f"{', '.join(f'{jump:.4f}' for jump in jumps)} at 0.98, 0.99 and 0.995 T_g.",
        dynamic > static and largest < 1.0 and continuous,
    )


@functools.cache
def _correlations():
    """Mean q(t)/T of six samples of 300 coordinates at three temperatures over T_g, the same couplings at each."""
    glass, above = Glass(4.0), (1.0, 1.15, 1.3)
    times = np.append(0.0, 10.0 ** np.linspace(-0.3, 1.0, 14))
    curves = np.zeros((3, times.size))
    for seed in range(6):
        couplings = sample_couplings(glass, 300, seed)
        for k, x in enumerate(above):
            T = x * glass_temperature(glass)
            found = relaxation(couplings, glass, T, times, seed, wait=20.0, walkers=16, step=0.1)
            curves[k] += found.correlation / T / 6
    return times[1:], curves[:, 1:]


def classical_relaxation():
    """Exponent of 1/t in q(t) = ⟨v(0)v(t)⟩ at T_g between t = 1 and 10, N = 300, γ = 4."""
    t, (critical, near, far) = _correlations()
    window = t > 0.99
    exponent = -np.polyfit(np.log(t[window]), np.log(critical[window]), 1)[0]
    half = []
    for curve in (near, far):
        ratio = curve / critical
        i = np.flatnonzero(ratio < 0.5)[0]
        half.append(math.exp(np.interp(-0.5, -ratio[i - 1 : i + 1], np.log(t[i - 1 : i + 1]))))
    growth = math.log(half[0] / half[1]) / math.log(2.0)
    return Finding(
        float(exponent),
        f"Langevin dynamics of six samples, mobility 1. The time after which q(t) falls to half of that at T_g is "
        f"{half[1]:.1f} at 1.3 T_g and {half[0]:.1f} at 1.15 T_g, an exponent of {growth:.1f}; theory has 2 in the "
        "limit. Larger samples are in the chapter on dynamics.",
    )
