"""Lubchenko and Wolynes 2004, Sec. V.A: level repulsion by ripplons, and fast two-level systems."""

import functools
import math

import numpy as np

from .. import rfot
from . import Finding

__all__ = [
    "bare_limit",
    "bounded",
    "conductivity_at_hundred",
    "conductivity_at_the_sum",
    "conductivity_without_mixing",
    "deviation_as_printed",
    "effective_limit",
    "facile",
    "fast_exponent",
    "fast_share",
    "fast_share_of_the_sum",
    "fast_term",
    "finite_at_short_times",
    "integral_of_the_rate",
    "length",
    "logarithm",
    "mixing_for_the_data",
    "norm_of_the_amplitude",
    "norm_of_the_density",
    "not_a_power",
    "piled_up",
    "prefactor_of_the_rate",
    "reduction",
    "reduction_later",
    "regular_term",
    "repulsion",
    "same_sum",
    "secular_equation",
    "slope",
    "splitting",
    "steeper",
    "strong_coupling",
    "sum_of_the_modes",
    "thermal_factor",
]

_MOSAIC = rfot.Mosaic()
_ORDERS = np.arange(2, 10)
_OMEGA = np.repeat(rfot.ripplon_frequencies(_MOSAIC), 2 * _ORDERS + 1)
_COUPLING = 0.01  # of the energies that are active near one to three kelvin in silica
_MINUTE = 60.0
_T = 0.01


def _couplings(size=_COUPLING):
    return np.full(_OMEGA.size, size)


def _systems(mixing, exponent=0.1):
    """Two-level systems with the τ_min of Fig. 11, times in seconds."""
    return rfot.MixedSystems(_MOSAIC, mixing, exponent, rate=rfot.TwoLevelSystems.figure_11().rate)


@functools.cache
def _exponent(mixing):
    return rfot.mixed_conductivity_exponent(_systems(mixing))


@functools.cache
def _heat(mixing, t=_MINUTE):
    return rfot.mixed_heat_capacity(t, _T, _systems(mixing))


@functools.cache
def _modes(power=1):
    return rfot.mode_sum(_OMEGA, power=power)


def repulsion():
    """Bare over effective splitting where the latter is half the lowest ripplon, and their difference at zero."""
    half = 0.5 * _OMEGA.min()
    at_zero, bare = (float(rfot.bare_splitting(x, _OMEGA, _couplings())[0]) for x in (0.0, half))
    sigma = float(np.sum(_COUPLING**2 / _OMEGA))
    detail = f"ε/ε̃ = {bare / half:.2f} at ε̃ = {half:.3f} ω_D; ε = {at_zero:.4f} ω_D at ε̃ = 0, Σ = {sigma:.4f} ω_D"
    return Finding(bare / half, detail, bool(bare > half and math.isclose(at_zero, sigma)))


def piled_up():
    """Share of the centres with 0 < ε < Σ, uniform, whose effective splitting is below Σ/10 in size."""
    sigma = float(np.sum(_COUPLING**2 / _OMEGA))
    bare = (np.arange(2000) + 0.5) / 2000 * sigma
    found = rfot.level_repulsion(bare, _OMEGA, _couplings()).effective
    below = float(np.mean(found < 0.0))
    share = float(np.mean(np.abs(found) < 0.1 * sigma))
    return Finding(share, f"{below:.0%} of them have ε̃ < 0: the states have changed places")


def slope():
    """dε/dε̃ at ε̃ = 0 for couplings of 0.01 ω_D."""
    value = float(rfot.bare_splitting(0.0, _OMEGA, _couplings())[1])
    near = float(rfot.bare_splitting(0.5 * _OMEGA.min(), _OMEGA, _couplings())[1])
    return Finding(value, f"at half the lowest ripplon {near:.2f}")


def secular_equation():
    """Largest distance of (59) from the lowest eigenvalue of the block, couplings from 10⁻³ω_i to ω_i, in ω_D."""
    worst = 0.0
    for ratio in (1e-3, 0.03, 1.0):
        for bare in (0.01, 0.3):
            block = rfot.arrow_hamiltonian(bare, 0.0, _OMEGA, ratio * _OMEGA)[1:, 1:]
            found = rfot.level_repulsion(bare, _OMEGA, ratio * _OMEGA).effective
            worst = max(worst, abs(float(found) - float(np.linalg.eigvalsh(block)[0])))
    return Finding(worst, "exact for the block, not only for weak coupling")


def strong_coupling():
    """Σ with Δ_i = ω_i over T_g, the mean of ε."""
    return float(np.sum(_OMEGA)) / _MOSAIC.T_g


def _lost(size):
    """1 − the square root of the share of the bare state at ε̃ = 0, over ΣΔ_i²/ω_i²."""
    sigma = float(np.sum(size**2 / _OMEGA))
    weight = float(rfot.level_repulsion(sigma, _OMEGA, _couplings(size)).weight)
    return (1.0 - math.sqrt(weight)) / float(np.sum((size / _OMEGA) ** 2))


def reduction():
    """Coefficient of ΣΔ_i²/ω_i² in 1 − Δ̃/Δ, from the exact weight at weak coupling."""
    return Finding(_lost(1e-4), f"at Δ_i = 0.01 ω_D {_lost(1e-2):.3f}: Δ̃/Δ = (1 + ΣΔ_i²/ω_i²)^(−1/2)")


def reduction_later():
    """The same coefficient, against the factor as it is repeated before (62)."""
    return _lost(1e-4)


def splitting():
    """Largest relative deviation of (Δ̃² + ε̃²)^½ from the splitting of (58), Δ = Δ_i = 0.01 ω_D, ε to 0.05 ω_D."""
    worst = 0.0
    for bare in np.linspace(0.0, 0.05, 26):
        found = rfot.tunnelling_centre(bare, _COUPLING, _OMEGA, _couplings())
        worst = max(worst, abs(found.approximate / found.splitting - 1.0))
    return worst


def effective_limit():
    """ε̃ over the lowest ripplon for ε = 100 ω_D."""
    return float(rfot.level_repulsion(100.0, _OMEGA, _couplings()).effective) / float(_OMEGA.min())


def bare_limit():
    """ε over the lowest ripplon where ε̃ has come within a thousandth of that ripplon."""
    low = float(_OMEGA.min())
    return float(rfot.bare_splitting(0.999 * low, _OMEGA, _couplings())[0]) / low


def logarithm():
    """d(BΔ̃²)/d ln Δ_Q² near Δ_Q = 10⁶ ω_D with B = Σω_D/ω_i."""
    B = _modes()
    squares = B * rfot.renormalised_tunnelling([1e6, 1e6 * math.e], B) ** 2
    return float(np.diff(squares)[0]) / 2.0


def bounded():
    """Δ̃ at Δ_Q = 10¹²ω_D over that at 10⁶ω_D; a bound would keep it near one."""
    low, high = rfot.renormalised_tunnelling([1e6, 1e12], _modes())
    ratio = float(high / low)
    return Finding(ratio, f"Δ̃ = {low:.2f} and {high:.2f} ω_D, (ln BΔ_Q²/B)^½ without end", ratio < 1.01)


def sum_of_the_modes():
    """Σω_D/ω_i over the ripplons."""
    return Finding(_modes(), f"96 modes; Σω_D²/ω_i² is {_modes(2):.0f}")


def same_sum():
    """Σω_D²/ω_i² over Σω_D/ω_i."""
    return _modes(2) / _modes()


def facile():
    """Δ̃ of (64) for Δ_Q = ω_D over the lowest ripplon."""
    return float(rfot.renormalised_tunnelling(1.0, _modes())) / float(_OMEGA.min())


def length():
    """ξ/a of a domain that is a cube of N* beads."""
    return float(rfot.droplet(_MOSAIC).size) ** (1.0 / 3.0)


def norm_of_the_density():
    """ξ³ times the integral of (67) as printed, Δ = 0.1 ω_D, B = Σω_D/ω_i."""
    systems = _systems(_modes())
    density, peak = rfot.effective_splitting_density(0.0, 0.1, systems, printed=True)
    density_2, peak_2 = rfot.effective_splitting_density(0.0, 0.1, systems)
    volume, T_g = _MOSAIC.volume, _MOSAIC.T_g
    return Finding(
        float(density * T_g + peak) * volume, f"with e^(−(ε̃+Σ)/T_g) {float(density_2 * T_g + peak_2) * volume:.3f}"
    )


def norm_of_the_amplitude():
    """Printed A₁ over the one that normalises, Δ_max = ω_D, Δ_min = 10⁻⁹ω_D, B = Σω_D/ω_i, c = 0.1."""
    systems = _systems(_modes())
    return rfot.mixed_amplitude(1e-9, systems, printed=True) / rfot.mixed_amplitude(1e-9, systems)


@functools.cache
def _golden():
    """Averaged golden rule over (68) without its π/3 and tanh(E/2T), at E = 0.01 and T = 0.01 ω_D, B = 100."""
    E = 0.01
    systems = _systems(100.0)
    # Δ = E sin α: both parts of n(ε̃, Δ) on the energy shell, 1/3 for the orientations
    alpha = (np.arange(20000) + 0.5) * math.pi / 40000
    common = math.pi / 3.0 / _MOSAIC.volume * math.tanh(0.5 * E / _T)
    D = E * np.sin(alpha)
    regular = common * float(np.mean(D**-0.1 * np.sin(alpha))) * 0.5 * math.pi * E
    fast = common * E**-0.1 * 100.0 * E**2
    bare = rfot.mixed_phonon_rate(E, 1e-8, systems)  # the tanh is one
    return regular + fast, float(bare.rate) * 3.0 / math.pi


def prefactor_of_the_rate():
    """Prefactor of (68) by the averaged golden rule over its thermal factor."""
    golden, bracket = _golden()
    return golden / bracket / math.tanh(0.5)


def thermal_factor():
    """Rate (68) as printed over the averaged golden rule, E = T."""
    golden, bracket = _golden()
    return math.pi / 3.0 * bracket / golden


def integral_of_the_rate():
    """The integral in (68) at c = 0.1, and its values at the ends 0 < c < 1."""
    from scipy.special import beta

    low, value, high = (0.5 * float(beta(1.0 - 0.5 * c, 0.5)) for c in (0.0, 0.1, 1.0))
    inside = abs(low - 1.0) < 1e-12 and abs(high - 0.5 * math.pi) < 1e-12 and low < value < high
    return Finding(value, f"{low:.4f} at c = 0, {high:.4f} at c = 1", inside)


def conductivity_without_mixing():
    """Exponent of κ(T) without mixing, c = 0.1, over a decade and a half below 10⁻²T_D."""
    return _exponent(0.0).exponent


def conductivity_at_hundred():
    """Exponent of κ(T) with B = 100."""
    found = _exponent(100.0)
    return Finding(found.exponent, f"local exponents from {found.lowest:.2f} to {found.highest:.2f}")


def conductivity_at_the_sum():
    """Exponent of κ(T) with the paper's own B = Σω_D/ω_i."""
    found = _exponent(_modes())
    other = _exponent(_modes(2)).exponent
    return Finding(found.exponent, f"B = {_modes():.0f}; with Σω_D²/ω_i² = {_modes(2):.0f} it is {other:.2f}")


def not_a_power():
    """Difference of the local exponents of κ(T) at the two ends, B = 100."""
    found = _exponent(100.0)
    return found.highest - found.lowest


def deviation_as_printed():
    """(10^1.5)^(c + 1) with c = 0.1."""
    return Finding(10.0**1.65, f"(10^1.5)^(c + 0.1) is {10.0**0.3:.2f}")


def mixing_for_the_data():
    """B at which κ(T) has the exponent 1.9."""
    from scipy.optimize import brentq

    edge = [brentq(lambda B, y=y: _exponent(B).exponent - y, 1.0, 400.0, xtol=0.01) for y in (2.0, 1.9, 1.8)]
    return Finding(edge[1], f"1.9 ± 0.1 needs B from {edge[0]:.0f} to {edge[2]:.0f}")


def _unit():
    """C of (69) with 1 for its bracket."""
    x = (np.arange(20000) + 0.5) * 3e-3
    mean = float(np.sum((0.5 * x / np.cosh(0.5 * x)) ** 2 * (x * _T) ** -0.1)) * 3e-3
    return _T * mean / (_MOSAIC.T_g * _MOSAIC.volume)


def regular_term():
    """Second term in the bracket of (69), averaged, 10⁻²T_D after a minute."""
    return float(_heat(100.0).regular) / _unit()


def fast_term():
    """First term in the bracket of (69), averaged, B = 100."""
    value = float(_heat(100.0).fast) / _unit()
    return Finding(value, f"with B = {_modes():.0f} it is {value * _modes() / 100.0:.1f}")


def fast_share():
    """Fast part over the heat capacity after a minute, 10⁻²T_D, B = 100."""
    return float(_heat(100.0).fast) / float(_heat(100.0).heat_capacity)


def fast_share_of_the_sum():
    """Fast part over the heat capacity after a minute with the paper's own B = Σω_D/ω_i."""
    return float(_heat(_modes()).fast) / float(_heat(_modes()).heat_capacity)


def finite_at_short_times():
    """Fast over regular part at τ_min(E = 2T), 10⁻²T_D, B = 100."""
    systems = _systems(100.0)
    shortest = 1.0 / float(rfot.fastest_relaxation_rate(2.0 * _T, _T, systems.regular))
    found = _heat(100.0, shortest)
    share = float(found.heat_capacity) / float(_heat(100.0).heat_capacity)
    ratio = float(found.fast) / float(found.regular)
    return Finding(ratio, f"both together are {share:.3f} of the heat capacity after a minute", ratio > 1.0)


def _slope(part, mixing=100.0):
    T = np.array([1e-3, 1e-2])
    found = getattr(rfot.mixed_heat_capacity(_MINUTE, T, _systems(mixing)), part)
    return math.log(found[1] / found[0]) / math.log(10.0)


def fast_exponent():
    """Exponent of the fast part of the heat capacity in T, 10⁻³ to 10⁻²T_D after a minute."""
    return _slope("fast")


def steeper():
    """Exponent of C(T) with mixing, B = 100, less the one without."""
    change = _slope("heat_capacity") - _slope("regular")
    return Finding(change, f"{_slope('regular'):.3f} becomes {_slope('heat_capacity'):.3f}", change > 0.0)
