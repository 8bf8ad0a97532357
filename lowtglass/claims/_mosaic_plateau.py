"""Lubchenko and Wolynes 2004, Sec. IV.D to G: densities of transitions, thermal conductivity, relaxational sound."""

import functools
import math

import numpy as np

from .. import materials, rfot
from . import Finding

__all__ = [
    "amplitude",
    "curves_against_silicates",
    "excited_states_dominate",
    "exponent_at_infinity",
    "flatter_plateau",
    "fourth_order_at_low_energies",
    "fourth_order_at_plateau_energies",
    "fourth_order_at_the_lowest_ripple",
    "golden_rule",
    "ground_density_accuracy",
    "higher_plateaus_fall_more_steeply",
    "number_at_low_energies",
    "number_of_modes",
    "number_over_ground",
    "order_of_the_plateaus",
    "percent_at_zero",
    "plateau_slope",
    "relaxation_at_the_plateau",
    "saturation",
    "simple_weight_against_silicates",
    "sound_logarithm",
    "sound_logarithm_of_temperature",
    "sound_sign",
    "sound_temperature",
    "spread_of_the_plateaus",
    "third_order",
    "zero_limit",
]

_MOSAIC = rfot.Mosaic()
_CUTOFF, _CUTOFF_SIMPLE = 1.8, 2.0  # ω_c of Figs. 19 and 20
_RATIOS = (2.0, 3.5, 5.0)  # T_g/ω_D of the figures
_EMPIRICAL = 150.0


@functools.cache
def _spectrum(ratio=_MOSAIC.T_g, cutoff=_CUTOFF):
    return rfot.ripplon_spectrum(rfot.Mosaic(T_g=ratio), cutoff)


@functools.cache
def _levels(ratio=_MOSAIC.T_g, cutoff=_CUTOFF):
    return rfot.domain_levels(_spectrum(ratio, cutoff), rtol=1e-4)


@functools.cache
def _descent(ratio=_MOSAIC.T_g, cutoff=_CUTOFF):
    return rfot.SteepestDescent(_spectrum(ratio, cutoff))


@functools.cache
def _curve(ratio, cutoff, excited="thermal"):
    """Temperatures and κ/K with l/λ = 150 set."""
    T = np.geomspace(5e-3, 0.15, 60)
    return T, rfot.thermal_conductivity(T, _levels(ratio, cutoff), excited=excited, rtol=1e-3).scaled


def _steepest(ratio, cutoff, excited="thermal"):
    """Smallest local exponent d ln κ/d ln T."""
    T, kappa = _curve(ratio, cutoff, excited)
    return float(np.gradient(np.log(kappa), np.log(T)).min())


def _turn(ratio):
    """Temperature of the maximum of κ in Fig. 19."""
    T, kappa = _curve(ratio, _CUTOFF)
    rising = np.flatnonzero((kappa[1:-1] > kappa[:-2]) & (kappa[1:-1] >= kappa[2:])) + 1
    return float(T[rising[0]])


def _silica(kelvin, cutoff=_CUTOFF, excited="thermal"):
    """κ of silica in W/(m K)."""
    T = np.asarray(kelvin, dtype=float) / materials.SILICA.debye_temperature
    return rfot.conductivity_unit() * rfot.thermal_conductivity(T, _levels(cutoff=cutoff), excited=excited).scaled


def zero_limit():
    """T_gρ(ω) by steepest descent at ω → 0."""
    return float(_descent(cutoff=None).ground(1e-9).density * _MOSAIC.T_g)


def percent_at_zero():
    """Deviation of T_gρ(ω → 0) by steepest descent from the exact 1, in per cent."""
    return 100.0 * (zero_limit() - float(_levels(cutoff=None).from_ground(0.0) * _MOSAIC.T_g))


def number_of_modes():
    """Σ(2l + 1) over the ripplons."""
    broad = _spectrum()
    return Finding(
        _spectrum(cutoff=None).modes,
        f"With friction, eq. (55) as printed keeps {broad.modes:.1f} of them, since its profiles are not normalised.",
    )


def exponent_at_infinity():
    """d ln ρ/d ln ω by steepest descent at ω = 9000 ω_D, T_g of silica."""
    omega = np.array([9000.0, 9090.0])

    def slope(ratio):
        return float(np.diff(_descent(ratio, None).ground(omega).log_density)[0] / math.log(1.01))

    return Finding(
        slope(_MOSAIC.T_g), f"At T_g = 1000 ω_D, where ω ≪ 96 T_g still holds there, it is {slope(1e3):.2f}."
    )


def ground_density_accuracy():
    """Largest factor between ρ(ω) by steepest descent and exactly, 0.01 to 1 ω_D, without friction."""
    omega = np.geomspace(0.01, 1.0, 400)
    worst = []
    for cutoff in (None, _CUTOFF):
        ratio = _descent(cutoff=cutoff).ground(omega).density / _levels(cutoff=cutoff).from_ground(omega)
        worst.append((float(np.max(np.maximum(ratio, 1.0 / ratio))), omega[np.argmax(ratio)]))
    return Finding(
        worst[0][0],
        f"Largest at {worst[0][1]:.3f} ω_D, just below ω₂; with friction the factor is {worst[1][0]:.2f}.",
    )


def fourth_order_at_the_lowest_ripple():
    """Fourth-order term of the exponent for ρ(ω) at ω = ω₂."""
    sdm = _descent(cutoff=None)
    omega = np.geomspace(1e-3, 1.0, 400)
    largest = float(np.max(sdm.ground(omega).fourth))
    return Finding(
        float(sdm.ground(_spectrum(cutoff=None).bare[0]).fourth),
        f"Its largest value, below ω₂, is {largest:.2f}; at ω → 0 it is 1/4.",
    )


def third_order():
    """Size of the third-order contribution to the first correction of ρ(ω → 0) over that of the fourth order."""
    found = _descent(cutoff=None).ground(np.array([1e-6, _spectrum(cutoff=None).bare[0]]))
    # f⁗/8f″² and 5f‴²/24f″³ in terms of the values one standard deviation away
    fourth, third = 3.0 * found.fourth, 7.5 * found.third**2
    return Finding(float(third[0] / fourth[0]), f"At ω₂ it is {third[1] / fourth[1]:.2f}.")


def excited_states_dominate():
    """Smallest ρ_exc/ρ of silica at 10 K for ω = T to 4T, with friction."""
    T = 10.0 / materials.SILICA.debye_temperature
    omega = np.linspace(1.0, 4.0, 7) * T
    ratio, bare = (
        _levels(cutoff=cutoff).from_excited(omega, T) / _levels(cutoff=cutoff).from_ground(omega)
        for cutoff in (_CUTOFF, None)
    )
    return Finding(float(ratio.min()), f"Without friction it is {bare.min():.2f} at 10 K, and above 1 from 16 K on.")


def fourth_order_at_low_energies():
    """Fourth-order term of the exponent for N_E(ω) at ω = E = 10⁻³ω_D, T_g/ω_D = 5 with friction."""
    found = _descent(5.0).cumulative(1e-3, 1e-3)
    exact = float(_levels(5.0).cumulative(1e-3, 1e-3))
    return Finding(float(found.fourth), f"N_E is {found.number / exact:.1e} times the exact number.")


def fourth_order_at_plateau_energies():
    """Fourth-order term of the exponent for N_E(ω) at ω = E = 0.1ω_D, T_g/ω_D = 5 with friction."""
    omega = np.geomspace(0.03, 1.0, 40)
    ratio = _descent(5.0).cumulative(omega, omega).number / _levels(5.0).cumulative(omega, omega)
    return Finding(
        float(_descent(5.0).cumulative(0.1, 0.1).fourth),
        f"N_E at ω = E between 0.03 and 1 is {ratio.min():.2f} to {ratio.max():.2f} times the exact number.",
    )


def number_at_low_energies():
    """Largest T_gN_E(ω) by steepest descent for ω and E up to 10⁻²ω_D, T_g/ω_D = 5 with friction."""
    energies = np.geomspace(1e-5, 1e-2, 31)
    omega, E = np.meshgrid(energies, energies)
    return float(5.0 * np.max(_descent(5.0).cumulative(omega, E).number))


def number_over_ground():
    """N_E(ω) by steepest descent over the exact ρ(ω) at ω = E = 10⁻²ω_D, T_g/ω_D = 5 with friction."""
    ratio = [float(_descent(5.0).cumulative(w, w).number / _levels(5.0).from_ground(w)) for w in (1e-3, 1e-2)]
    return Finding(ratio[1], f"At 10⁻³ω_D it is {ratio[0]:.3f}.")


def golden_rule():
    """(48) with 1/ξ³ and the 1/3 of orientations over (19), at ω ≫ T and below the ripplons."""
    omega, T = 1e-3, 1e-5
    rate = rfot.scattering_rate(omega, T, _levels(cutoff=None), amplitude="averaged")
    return float(rate / _MOSAIC.sound_velocity / rfot.resonant_inverse_mean_free_path(omega, T, _MOSAIC))


def amplitude():
    """l/λ of (48) at low temperature."""
    averaged = rfot.bare_ratio(_MOSAIC, orientation_average=True)
    return Finding(
        rfot.bare_ratio(_MOSAIC),
        f"With the mean 1/3 over orientations {averaged:.1f}, with tanh ½ as in (20) {averaged / math.tanh(0.5):.1f}.",
    )


def saturation():
    """Scattering of (48) over that with thermal saturation, at ħω = k_BT without ripplons."""
    return Finding(
        1.0 / math.tanh(0.5),
        f"In the conductivity it is {math.pi**2 / 7.2123414189575710:.2f}.",
    )


def curves_against_silicates():
    """Largest factor between κ of silica and the fit to silicates, 4 to 40 K."""
    return _against_silicates()


def simple_weight_against_silicates():
    """Largest factor between κ of silica with N_{αT}, α = 1, and the fit to silicates, 4 to 40 K."""
    return _against_silicates(_CUTOFF_SIMPLE, 1.0)


def _against_silicates(*options):
    kelvin = np.array([4.0, 7.0, 10.0, 14.0, 20.0, 28.0, 40.0])
    ratio = _silica(kelvin, *options) / materials.silicate_conductivity(kelvin)
    listed = ", ".join(f"{r:.2f} at {T:.0f} K" for r, T in zip(ratio[::2], kelvin[::2], strict=True))
    return Finding(float(np.max(np.maximum(ratio, 1.0 / ratio))), f"κ over a published fit to silicates: {listed}.")


def plateau_slope():
    """Exponent of κ of silica between 10 and 20 K less that of the fit to silicates."""
    kelvin = np.array([10.0, 20.0])
    ours, fit = (
        float(np.diff(np.log(k))[0] / math.log(2.0)) for k in (_silica(kelvin), materials.silicate_conductivity(kelvin))
    )
    return Finding(ours - fit, f"Exponents {ours:.2f} and {fit:.2f}.")


def order_of_the_plateaus():
    """Whether the plateau lies at lower T/T_D, the larger T_g/ω_D (Fig. 19)."""
    turns = [_turn(ratio) for ratio in _RATIOS]
    listed = ", ".join(f"{turn:.4f}" for turn in turns)
    return Finding(turns[0] / turns[-1], f"Maxima of κ at T/T_D = {listed}.", turns[0] > turns[1] > turns[2])


def spread_of_the_plateaus():
    """Ratio of the positions of the plateaus of T_g/ω_D = 2 and 5."""
    return _turn(_RATIOS[0]) / _turn(_RATIOS[-1])


def flatter_plateau():
    """Whether α = 1 makes each plateau of Fig. 20 less steep than (43) does; the change of the exponent."""
    change = [_steepest(r, _CUTOFF_SIMPLE, 1.0) - _steepest(r, _CUTOFF_SIMPLE) for r in _RATIOS]
    return Finding(min(change), "", min(change) > 0.0)


def higher_plateaus_fall_more_steeply():
    """Whether in Fig. 20 the exponent is the more negative, the higher the plateau's temperature."""
    slopes = [_steepest(r, _CUTOFF_SIMPLE, 1.0) for r in _RATIOS]
    listed = ", ".join(f"{s:.2f}" for s in slopes)
    return Finding(
        slopes[0], f"Smallest exponents {listed} for T_g/ω_D = 2, 3.5, 5.", slopes[0] < slopes[1] < slopes[2]
    )


def sound_logarithm():
    """d(δc_s/c_s)/d ln ω at 10 K over (a/ξ)³, by differences."""
    return _slopes(10.0)[0] * _MOSAIC.volume


def sound_sign():
    """Whether the velocity of sound rises with frequency, at 10 K and ωτ ≪ 1."""
    slope = _slopes(10.0)[0]
    return Finding(slope, "", slope > 0.0)


def sound_temperature():
    """Relative change of d(δc_s/c_s)/d ln ω from 4 to 20 K."""
    return abs(_slopes(20.0)[0] / _slopes(4.0)[0] - 1.0)


def sound_logarithm_of_temperature():
    """Whether δc_s/c_s falls with ln T; d(δc_s/c_s)/d ln T over (a/ξ)³."""
    slope = _slopes(10.0)[1] * _MOSAIC.volume
    return Finding(slope, "It is −3 times the slope against ln ω, as 1/τ ∝ T³.", slope < 0.0)


def relaxation_at_the_plateau():
    """Relaxational over resonant absorption at ω = T, 10 K."""
    T = 10.0 / materials.SILICA.debye_temperature
    total = _MOSAIC.T_g * (_levels().from_ground(T) + _levels().from_excited(T, T))
    relaxational = rfot.relaxational_sound(T, T, _MOSAIC).absorption
    slow = rfot.relaxational_sound(1e-10, T, _MOSAIC).absorption
    return Finding(
        float(relaxational * rfot.bare_ratio(_MOSAIC) / total),
        f"Even its largest value, λ/l = {slow:.3f} at ωτ ≪ 1, is {slow * rfot.bare_ratio(_MOSAIC) / total:.3f} of it.",
    )


def _slopes(kelvin):
    """d(δc_s/c_s)/d ln ω and /d ln T at ω = 10⁻¹⁰ω_D."""
    T, step = kelvin / materials.SILICA.debye_temperature, 1.1
    start, higher, hotter = (
        float(rfot.relaxational_sound(w, t, _MOSAIC).velocity)
        for w, t in ((1e-10, T), (1e-10 * step, T), (1e-10, T * step))
    )
    return (higher - start) / math.log(step), (hotter - start) / math.log(step)
