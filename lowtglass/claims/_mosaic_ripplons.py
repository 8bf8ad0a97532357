"""Lubchenko and Wolynes 2004, Sec. IV.B, IV.C, IV.F and V.B: ripplons and the bump of the heat capacity."""

import dataclasses
import functools
import itertools
import math

import numpy as np

from .. import materials, rfot
from ..rfot import Mosaic
from . import Finding

__all__ = [
    "barrier_frequency",
    "bump_non_universal",
    "bump_temperature_ratio",
    "crossover_on_plateau",
    "crossover_temperature",
    "curvature_factor",
    "debye_as_printed",
    "debye_per_bead",
    "debye_per_domain",
    "friction_coefficient",
    "heat_capacity_formula",
    "highest_order",
    "largest_cutoff",
    "lowest_ripplon",
    "lowest_ripplon_kelvin",
    "lowest_ripplon_terahertz",
    "mass_per_atom",
    "modes_with_friction",
    "shell_root",
    "shift_power",
    "shift_sign",
    "smearing",
    "spectrum_coefficient",
    "stiffening_bump",
    "stiffening_evolution",
    "two_level_limit",
    "wall_mass",
]

_MOSAIC = Mosaic()
_SILICA = materials.SILICA
_CUTOFF, _D = 1.8, 30.0


@functools.cache
def _spectrum(T_g=_MOSAIC.T_g, cutoff=_CUTOFF, D=_D):
    return rfot.ripplon_spectrum(Mosaic(T_g=T_g), cutoff, D=D)


@functools.cache
def _bump(T_g=_MOSAIC.T_g, cutoff=_CUTOFF, D=_D, stiffening=False):
    """Temperature in K of silica's T_D, and height over Debye's."""
    found = rfot.boson_bump(_spectrum(T_g, cutoff, D), stiffening=stiffening)
    return found.T * _SILICA.debye_temperature, found.over_debye


def wall_mass():
    """Mass of the wall in units of the mass of a bead."""
    return Finding(rfot.domain_wall(_MOSAIC).mass, f"(ξ/a)²(d_L/a)² with ξ/a = {_MOSAIC.xi}.")


def mass_per_atom():
    """Mass of the wall over the (ξ/a)² beads in it, in units of the mass of a bead."""
    return rfot.domain_wall(_MOSAIC).mass / _MOSAIC.xi**2


def barrier_frequency():
    """ω‡ in units of (a/ξ)ω_D, from a numerical second derivative of the profile."""
    found = rfot.barrier_frequency(_MOSAIC)
    r = (3.0 * found.beads / (4.0 * math.pi)) ** (1.0 / 3.0)
    h = 1e-3 * r
    beads = 4.0 * math.pi / 3.0 * np.array([r - h, r, r + h]) ** 3
    V = rfot.barrier_profile(beads, _MOSAIC)
    mass = _MOSAIC.xi**2 * _MOSAIC.T_g / _MOSAIC.sound_velocity**2
    numerical = math.sqrt((2.0 * V[1] - V[0] - V[2]) / h**2 / mass) * _MOSAIC.xi
    return Finding(found.ratio, f"By differences of V(r) {numerical:.4f}; {found.beads:.1f} beads at the top.")


def crossover_temperature():
    """T′ = ω‡/2π in units of (a/ξ)T_D/2π."""
    found = rfot.barrier_frequency(_MOSAIC)
    kelvin = found.crossover_temperature * _SILICA.debye_temperature
    return Finding(
        2.0 * math.pi * found.crossover_temperature * _MOSAIC.xi,
        f"In silica T′ = {kelvin:.1f} K; (a/ξ)T_D/2π is {kelvin / found.ratio:.1f} K.",
    )


def crossover_on_plateau():
    """T′ of silica in K, and whether it lies in the range of plateaus, 1 to 30 K."""
    T = rfot.barrier_frequency(_MOSAIC).crossover_temperature * _SILICA.debye_temperature
    return Finding(T, "Plateaus lie at 1 to 30 K.", holds=bool(1.0 < T < 30.0))


def curvature_factor():
    """Stiffness of the wall against a change of the radius, with σ ∝ r^(−1/2) over that with σ constant."""

    def stiffness(surface):
        # p = (dF/dR)/4πR² and its derivative −dp/dR at R = 1, by differences
        h = 1e-4

        def pressure(R):
            return (surface(R + h) - surface(R - h)) / (2.0 * h) / (4.0 * math.pi * R**2)

        return -(pressure(1.0 + h) - pressure(1.0 - h)) / (2.0 * h)

    ratio = stiffness(lambda R: 4.0 * math.pi * R**1.5) / stiffness(lambda R: 4.0 * math.pi * R**2)
    return Finding(round(ratio, 6), f"By differences {ratio:.9f}, rounded to the digits they are good for.")


def shell_root():
    """Share of the gas velocity in the lowest root of (30) for a light gas: d ln ω/d ln c_g; 1 for the others."""
    slow, fast = (rfot.shell_modes(2, 3, gas_density=1e-4, gas_velocity=c).frequencies for c in (9.99, 10.01))
    share = np.log(fast / slow) / math.log(10.01 / 9.99)
    empty = rfot.shell_modes(2, 1, gas_density=1e-4, gas_velocity=10.0)
    return Finding(
        float(share[0]),
        f"The second and third root have {share[1]:.4f} and {share[2]:.4f}; the lowest lies "
        f"{abs(empty.frequencies[0] / empty.empty_shell - 1):.1e} from that of the empty shell.",
        holds=bool(abs(share[0]) < 1e-3 and np.all(np.abs(share[1:] - 1) < 1e-3)),
    )


def spectrum_coefficient():
    """ω_2/(ω_D(a/ξ)^(5/4)), the coefficient of (33)."""
    return float(rfot.ripplon_frequencies(_MOSAIC, 2)[0]) * _MOSAIC.xi**1.25


def lowest_ripplon():
    """ω_2 in units of ω_D."""
    return float(rfot.ripplon_frequencies(_MOSAIC, 2)[0])


def lowest_ripplon_terahertz():
    """ω_2/2π of silica in THz."""
    return float(rfot.terahertz(lowest_ripplon(), _SILICA.debye_temperature))


def lowest_ripplon_kelvin():
    """ħω_2/k_B of silica in K."""
    return lowest_ripplon() * _SILICA.debye_temperature


def highest_order():
    """Highest order of the ripplons before rounding."""
    return rfot.highest_order(_MOSAIC)


def debye_per_bead():
    """C/T³ of Debye phonons per bead at low temperature, in k_B/T_D³."""
    return rfot.debye_coefficient()


def debye_per_domain():
    """The same per domain."""
    return Finding(
        rfot.debye_coefficient(_MOSAIC),
        f"233.78·200; with 5.8³ = {5.8**3:.1f} beads it is {rfot.debye_coefficient() * 5.8**3:.3g}.",
    )


def debye_as_printed():
    """Exponent of c_D(T) at low temperature with the printed upper limit T/T_D of the integral."""
    T = np.array([1e-3, 2e-3])
    x = np.linspace(0.0, 1.0, 2001)[1:]
    values = [9.0 * t**3 * np.sum((x * t) ** 4 * np.exp(x * t) / np.expm1(x * t) ** 2) * t / 2000.0 for t in T]
    return Finding(
        math.log(values[1] / values[0]) / math.log(2.0),
        f"With the upper limit T_D/T the exponent is three and the factor {rfot.debye_coefficient():.1f}.",
    )


def heat_capacity_formula():
    """Largest deviation of (36) from T ∂²(T ln Z)/∂T² by differences, over its value."""
    spectrum = rfot.ripplon_spectrum(_MOSAIC)
    worst = 0.0
    for epsilon in (-0.3, 0.02, 0.5):
        for T in (0.03, 0.08, 0.3):
            h = 1e-3 * T
            t = np.array([T - 2 * h, T - h, T, T + h, T + 2 * h])
            f = t * rfot.log_partition_function(epsilon, t, spectrum)
            second = (-f[0] + 16 * f[1] - 30 * f[2] + 16 * f[3] - f[4]) / (12.0 * h**2)
            ours = float(rfot.transition_heat_capacity(epsilon, T, spectrum))
            worst = max(worst, abs(T * second / ours - 1.0))
    return worst


def two_level_limit():
    """Largest deviation of (36) from a two-level system at T = ω_2/60, over its value."""
    T = lowest_ripplon() / 60.0
    epsilon = T * np.array([0.1, 1.0, 3.0, 10.0])
    ours = rfot.transition_heat_capacity(epsilon, T, rfot.ripplon_spectrum(_MOSAIC))
    x = epsilon / T
    return float(np.max(np.abs(ours / (x / (2.0 * np.cosh(x / 2.0))) ** 2 - 1.0)))


def friction_coefficient():
    """γ_ω/[T_g(ω/ω_D)³] from g²/4πρc_s⁵ with g² = ρc_s²a³T_g."""
    density = 3.0  # drops out
    c = _MOSAIC.sound_velocity
    g2 = density * c**2 * _MOSAIC.T_g
    value = g2 / (4.0 * math.pi * density * c**5) / _MOSAIC.T_g
    ours = float(rfot.friction(0.1, _MOSAIC)) / (_MOSAIC.T_g * 1e-3)
    return Finding(
        ours,
        f"From g²/4πρc_s⁵ {value:.6f}. It is half the width of the line (55); the golden rule has 3πT_g(ω/ω_D)³.",
    )


def shift_power():
    """Exponent in ω_c, between 1.8 and 2.2, of the shift at the frequency to which the lowest ripplon is shifted."""
    scale = math.log(2.2 / 1.8)

    def exponent(omega):
        low, high = (float(rfot.frequency_shift(omega, _MOSAIC, c, D=_D)) for c in (1.8, 2.2))
        return math.log(high / low) / scale

    shifted = float(_spectrum().shifted[0])
    return Finding(
        exponent(shifted),
        f"At ω = {shifted:.3f}; at ω = 0 it is {exponent(0.0):.3f}, at the bare ω_2 {exponent(lowest_ripplon()):.2f}.",
    )


def shift_sign():
    """Frequency over ω_c at which the shift (54) changes its sign."""
    sharp, wide = rfot.shift_sign_change(D=math.inf), rfot.shift_sign_change(D=9.0)
    return Finding(rfot.shift_sign_change(D=_D), f"D = {_D:g}; sharp {sharp:.3f}, D = 9 {wide:.3f}.")


def largest_cutoff():
    """ω_c in units of (a/ξ)ω_D at which the lowest ripplon of silica is shifted to zero frequency."""
    others = {T_g: rfot.largest_cutoff(Mosaic(T_g=T_g), D=_D) for T_g in (2.0, 3.5, 5.0)}
    text = ", ".join(f"{c:.2f} at T_g/ω_D = {T_g:g}" for T_g, c in others.items())
    return Finding(rfot.largest_cutoff(_MOSAIC, D=_D), f"With D = {_D:g}; {text}.")


@functools.cache
def _exact(T_g, n=400, top=1.0):
    """Spectrum of the Hamiltonian (49) with the same smeared cut-off in friction and shift, from n phonons."""
    from scipy.special import erfc

    spectrum = _spectrum(T_g)
    c = _CUTOFF / _MOSAIC.xi
    omega = (np.arange(n) + 0.5) * top / n
    coupling = np.sqrt(1.5 * T_g * omega**3 * 0.5 * erfc((omega - c) / c * math.sqrt(_D / 2.0)) * top / n)
    frequencies, weights = [], []
    for l, bare in zip(spectrum.l, spectrum.bare, strict=True):
        matrix = np.diag(np.append(omega, bare))
        matrix[-1, :-1] = matrix[:-1, -1] = coupling
        values, vectors = np.linalg.eigh(matrix)
        frequencies.append(values)
        weights.append((2 * l + 1) * vectors[-1] ** 2)
    frequencies, weights = np.concatenate(frequencies), np.concatenate(weights)
    order = np.argsort(frequencies)
    return dataclasses.replace(spectrum, frequencies=frequencies[order], weights=weights[order])


def modes_with_friction():
    """Modes left of 96 after the replacement (55), T_g of silica."""
    exact = _exact(4.0)
    bump = rfot.boson_bump(exact).T * _SILICA.debye_temperature
    return Finding(
        _spectrum().modes,
        f"The Hamiltonian (49) keeps {exact.weights.sum():.1f}; at T_g/ω_D = 4 its bump lies at {bump:.2f} K, that of "
        f"(55) at {_bump(4.0)[0]:.2f} K.",
    )


def bump_temperature_ratio():
    """Temperature of the bump at T_g/ω_D = 2 over that at 4."""
    two, four, bare = _bump(2.0)[0], _bump(4.0)[0], _bump(4.0, None)[0]
    return Finding(
        two / four,
        f"{two:.2f} K and {four:.2f} K with T_D of silica, ω_c = 1.8, D = {_D:g}; bare {bare:.2f} K, "
        f"{bare / four:.2f} times {four:.2f} K.",
    )


def bump_non_universal():
    """Temperature of the bump at T_g/ω_D = 2 over that at 5."""
    bare = _bump(2.0, None)[0] / _bump(5.0, None)[0]
    return Finding(_bump(2.0)[0] / _bump(5.0)[0], f"Without coupling {bare:.3f}.")


def smearing():
    """Spread of the temperature of the bump at T_g/ω_D = 4 between D = 9 and a sharp cut-off, over that at D = 30."""
    found = [_bump(4.0, D=D) for D in (9.0, _D, math.inf)]
    return Finding(
        (found[2][0] - found[0][0]) / found[1][0],
        "Bump at " + ", ".join(f"{T:.2f} K (height {h:.1f})" for T, h in found) + " for D = 9, 30, ∞.",
    )


def stiffening_bump():
    """Height of the bare bump over Debye's, less one, with stiffening over that without."""
    bare, stiff = _bump(cutoff=None), _bump(cutoff=None, stiffening=True)
    return Finding(
        (stiff[1] - 1.0) / (bare[1] - 1.0),
        f"{bare[1]:.2f} times Debye's at {bare[0]:.1f} K without, {stiff[1]:.2f} at {stiff[0]:.1f} K with stiffening.",
    )


def _modes(l, T):
    """Expected number of domains per domain in which the ripplons of order l are free, with stiffening."""
    spectrum = rfot.ripplon_spectrum(_MOSAIC)
    edges = np.concatenate([-spectrum.bare[: l - 1][::-1], [0.0], spectrum.bare[: l - 1]])
    total = 0.0
    t, w = np.polynomial.legendre.leggauss(40)
    for a, b in itertools.pairwise(edges):
        epsilon = 0.5 * (b - a) * (t + 1.0) + a
        log_Z = rfot.log_partition_function(epsilon, T, spectrum, stiffening=True)
        total += 0.5 * (b - a) * float(w @ (rfot.density_of_transitions(epsilon, _MOSAIC) * -np.expm1(-log_Z)))
    return total


def stiffening_evolution():
    """Free ripplons of order 2 at 1500 K over those at 51 K, silica, with stiffening."""
    cold, hot = (T / _SILICA.debye_temperature for T in (51.0, 1500.0))
    low, high = (_modes(l, hot) / _modes(l, cold) for l in (2, 9))
    return Finding(
        float(low),
        f"Per domain {_modes(2, cold):.3f} at 51 K and {_modes(2, hot):.3f} at 1500 K; those of order 9 change by "
        f"{high:.2f}.",
    )
