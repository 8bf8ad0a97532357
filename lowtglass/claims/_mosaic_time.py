"""Lubchenko and Wolynes 2004, Sec. III.C: distribution of tunnel splittings and the heat capacity in time."""

import math

import numpy as np
from scipy import constants
from scipy.integrate import quad

from .. import materials, phonons, rfot
from ..rfot import Mosaic, TwoLevelSystems
from . import Finding

__all__ = [
    "amplitude",
    "apparent_gap",
    "conductivity_with_splittings",
    "density_of_rates",
    "exponent_bound",
    "exponent_from_barriers",
    "fastest_time",
    "fig11_exponent",
    "fig11_power_law",
    "logarithmic_law",
    "long_time_exponent_of_temperature",
    "long_time_exponent_of_time",
    "measured_excess_exponent",
    "phonon_share",
    "rate_against_temperature",
    "rate_at_ten_millikelvin",
    "standard_model_limit",
    "unit_of_heat_capacity",
]

_MOSAIC = Mosaic()
_FIGURE = TwoLevelSystems.figure_11()
_FREQUENCY = 1.6 / 5.8  # ω‡ of (29) in units of ω_D
_KELVIN = 1.0 / materials.SILICA.debye_temperature
_OMEGA_D = constants.k * materials.SILICA.debye_temperature / constants.hbar
_TIMES = (1e-5, 1.0, 3600.0)
# Splitting whose systems contribute most to the heat capacity at T, in units of T: x tanh(x/2) = 2.
_TYPICAL = 2.3993572805154677


def exponent_bound():
    """Exponent c by the printed formula, ω‡/√2T_g."""
    derived = rfot.tunnelling_exponent(_MOSAIC, _FREQUENCY)
    fragile = rfot.tunnelling_exponent(Mosaic(T_g=2.0), _FREQUENCY, printed=True)
    return Finding(
        rfot.tunnelling_exponent(_MOSAIC, _FREQUENCY, printed=True),
        f"For ω‡ = 1.6(a/ξ)ω_D and T_g of silica; {derived:.4f} with the π of (21). At T_g = 2ω_D, the lowest in the "
        f"paper, the printed formula gives {fragile:.4f}.",
    )


def exponent_from_barriers():
    """Exponent of the density of splittings, from (14) and (21) by a change of variables, over ω‡/√2T_g."""

    def log_density(log_splitting):
        barrier = -_FREQUENCY * log_splitting / math.pi
        return math.log(float(rfot.barrier_density(barrier, _MOSAIC))) - log_splitting

    c = -1.0 - (log_density(-1.0) - log_density(-2.0))
    return Finding(c / rfot.tunnelling_exponent(_MOSAIC, _FREQUENCY, printed=True), f"c = {c:.4f}.")


def amplitude():
    """A of (22) for one path per domain and √2T_g of barrier at V‡ = 0, with c = 0.1."""
    c, T = 0.1, 0.1 * _KELVIN
    enhancement = float(rfot.heat_capacity_in_time(1.0, T, _FIGURE).heat_capacity) / (math.pi**2 / 6.0 * T)
    return Finding(
        c,
        f"A is the number of paths per unit of ln Δ, and that unit takes only ω‡/π of barrier: A = c. With A = 1 the "
        f"heat capacity of silica at 1 s and 0.1 K is {enhancement:.0f} times π²P̄T/6, beyond what glasses have.",
    )


def standard_model_limit():
    """∂C/∂ln t over π²P̄AT/12, the logarithm of the standard tunnelling model, for c = 10⁻⁶."""
    systems, T = TwoLevelSystems.figure_11(1e-6), _KELVIN
    low, high = rfot.heat_capacity_in_time(np.array([0.1, 10.0]), T, systems).heat_capacity
    return float((high - low) / math.log(100.0) / (math.pi**2 / 12.0 * T))


def density_of_rates():
    """Systems of rate above 1/t from (24), over those counted by Δ from (22) and (23)."""
    E, T, t = 3e-4, 2e-4, 1e-3
    fastest = float(rfot.fastest_relaxation_rate(E, T, _FIGURE))
    c, least = _FIGURE.exponent, math.sqrt(1.0 / (fastest * t))

    def rates(y):  # r = r_max (1 − y²) takes away the root at r_max
        r = fastest * (1.0 - y * y)
        return float(rfot.rate_density(E, r, T, _FIGURE)) * 2.0 * fastest * y

    counted = quad(rates, 1e-9, math.sqrt(1.0 - 1.0 / (fastest * t)), epsabs=0.0, epsrel=1e-9, limit=200)[0]
    # Δ = E sin φ, dε dΔ = E dE dφ
    direct = quad(lambda angle: math.sin(angle) ** (-1.0 - c), math.asin(least), 0.5 * math.pi, epsrel=1e-11)[0]
    return counted / (direct * E**-c)


def unit_of_heat_capacity():
    """The printed (27) over (26), in the units of the paper: 1/P̄."""
    density = 1.0 / (_MOSAIC.T_g * _MOSAIC.volume)
    return Finding(1.0 / density, f"P̄ = {density:.2e}/(ω_D a³) with T_g of silica.")


def fastest_time():
    """τ_min of (25) in µs at E = 5.7·10⁻⁴ T_D for silica, T → 0."""
    systems = TwoLevelSystems.from_mosaic(_MOSAIC)
    value = 1e6 / float(rfot.fastest_relaxation_rate(5.7e-4, 1e-6, systems)) / _OMEGA_D
    warm = 1e6 / float(rfot.fastest_relaxation_rate(5.7e-4, 5.7e-4, systems)) / _OMEGA_D
    return Finding(
        value,
        f"{warm:.2f} µs at T = E. {value * _MOSAIC.T_g / 2.0:.2f} µs for T_g = 2ω_D, {3.0 * value:.1f} µs with the "
        "average over orientations that (20) has.",
    )


def rate_at_ten_millikelvin():
    """1/τ_min in 1/s at 10 mK in silica, for the splitting that contributes most to the heat capacity."""
    systems, T = TwoLevelSystems.from_mosaic(_MOSAIC), 0.01 * _KELVIN
    value, equal = (float(rfot.fastest_relaxation_rate(x * T, T, systems)) * _OMEGA_D for x in (_TYPICAL, 1.0))
    return Finding(value, f"E = 2.40 T; {equal:.0f} 1/s for E = T.")


def rate_against_temperature():
    """Exponent of 1/τ_min in T at E/T fixed."""
    systems = TwoLevelSystems.from_mosaic(_MOSAIC)
    T = np.array([1.0, 2.0]) * 0.01 * _KELVIN
    low, high = rfot.fastest_relaxation_rate(_TYPICAL * T, T, systems)
    return math.log(high / low) / math.log(2.0)


def long_time_exponent_of_time():
    """∂ln C/∂ln t of (27) at RtT³ = e⁴⁰⁰."""
    return float(rfot.local_exponents(math.exp(400.0) / _FIGURE.rate, 1.0, _FIGURE).time)


def long_time_exponent_of_temperature():
    """∂ln C/∂ln T of (27) at RtT³ = e⁴⁰⁰."""
    return float(rfot.local_exponents(math.exp(400.0) / _FIGURE.rate, 1.0, _FIGURE).temperature)


def fig11_exponent():
    """∂ln C/∂ln T of (27) at 1 s and 0.1 K, T_D of silica."""
    T = np.array([0.01, 0.1, 1.0]) * _KELVIN
    second, hour = (rfot.local_exponents(t, T, _FIGURE) for t in (1.0, 3600.0))
    return Finding(
        float(second.temperature[1]),
        f"From {second.temperature[0]:.2f} at 10 mK to {second.temperature[2]:.2f} at 1 K after 1 s, "
        f"{hour.temperature[0]:.2f} to {hour.temperature[2]:.2f} after 1 h; in time "
        f"{second.time[0]:.2f} to {second.time[2]:.2f} and {hour.time[0]:.2f} to {hour.time[2]:.2f}.",
    )


def fig11_power_law():
    """C of (27) over the power law (28) with its own coefficient, at 1 s and 0.1 K."""
    T = 0.1 * _KELVIN
    exact = float(rfot.heat_capacity_in_time(1.0, T, _FIGURE).heat_capacity)
    one, two = (float(rfot.long_time_heat_capacity(1.0, T, _FIGURE, terms=n)) for n in (1, 2))
    return Finding(exact / one, f"With the second term of the expansion the ratio is {exact / two:.5f}.")


def apparent_gap():
    """C after 1 s over C after 10 µs, at a twentieth of the smallest splitting that relaxes within 10 µs."""
    found = rfot.heat_capacity_in_time(1e-5, 1e-6, _FIGURE)
    T = float(found.onset) / 20.0
    short, long = rfot.heat_capacity_in_time(np.array([1e-5, 1.0]), T, _FIGURE).heat_capacity
    return Finding(
        float(long / short),
        f"E_min = {float(found.onset):.2e} ω_D, that is {1e3 * float(found.onset) / _KELVIN:.0f} mK; T = "
        f"{1e3 * T / _KELVIN:.1f} mK.",
    )


def phonon_share():
    """Largest ratio of Debye's heat capacity to that of the two-level systems, 10 mK to 1 K, all three times."""
    T = np.geomspace(0.01, 1.0, 21) * _KELVIN
    density = 1.0 / (_MOSAIC.T_g * _MOSAIC.volume)
    debye = 12.0 * math.pi**4 / 5.0 * T**3
    shares = [debye / (density * rfot.heat_capacity_in_time(t, T, _FIGURE).heat_capacity) for t in _TIMES]
    cold = 0.005 * _KELVIN
    gap = float(rfot.heat_capacity_in_time(1e-5, cold, _FIGURE).heat_capacity)
    return Finding(
        max(float(share.max()) for share in shares),
        f"At 1 K {shares[0][-1]:.3f}, {shares[1][-1]:.3f} and {shares[2][-1]:.3f} for 10 µs, 1 s and 1 h, with A = 1; "
        "A = c would make them ten times as large. "
        f"Below 10 mK the curve of 10 µs falls below the phonons: at 5 mK they are "
        f"{12.0 * math.pi**4 / 5.0 * cold**3 / (density * gap):.0f} times it.",
    )


def logarithmic_law():
    """Largest relative deviation of C(t) from the best a + b ln t, 1 ms to 1 h at 0.1 K."""
    t = np.geomspace(1e-3, 3600.0, 61)
    C = rfot.heat_capacity_in_time(t, 0.1 * _KELVIN, _FIGURE).heat_capacity
    fit = np.polynomial.Polynomial.fit(np.log(t), C, 1, w=1.0 / C)
    power = np.polynomial.Polynomial.fit(np.log(t), np.log(C), 1)
    straight, single = (float(np.max(np.abs(y / C - 1.0))) for y in (fit(np.log(t)), np.exp(power(np.log(t)))))
    return Finding(straight, f"The best single power of t deviates by up to {single:.3f}.")


def measured_excess_exponent():
    """α = ∂ln C/∂ln T − 1 of (27) at 1 s and 0.1 K."""
    T = 0.1 * _KELVIN
    flat = rfot.local_exponents(1.0, T, TwoLevelSystems.figure_11(1e-3))
    return Finding(
        float(rfot.local_exponents(1.0, T, _FIGURE).temperature) - 1.0,
        f"It is {float(flat.temperature) - 1.0:.3f} for c = 0.001: at these times α is that of the logarithm.",
    )


def conductivity_with_splittings():
    """Local exponent of κ(T) for scattering by the splittings (22), c = 0.1, by the kinetic formula."""
    solid = phonons.DebyePhonons((phonons.Branch(_MOSAIC.sound_velocity, 3),), debye_frequency=1.0)

    def inverse(omega, T):
        return rfot.resonant_inverse_mean_free_path(omega, T, _MOSAIC) * omega**-0.1

    T = 1e-3 * np.array([0.9, 1.1])
    low, high = phonons.thermal_conductivity(T, inverse, solid).conductivity
    return math.log(high / low) / math.log(1.1 / 0.9)
