"""Karpov, Klinger and Ignat'ev 1983: typical local potentials, and the tunnelling states in them."""

import functools
import math

import numpy as np

from .. import materials, phonons, thermal, tunneling
from .. import soft_potential as sp
from ..soft_potential import kki
from . import Finding

__all__ = [
    "absorption_frequency",
    "absorption_temperature",
    "adiabatic_double_well",
    "anharmonic_correction",
    "asymmetry_first",
    "asymmetry_second",
    "asymmetry_share",
    "atomic_energy",
    "barrier_first",
    "barrier_second",
    "bend_at_crossover",
    "bound",
    "bound_distribution",
    "concentration",
    "conductivity_power",
    "coth",
    "coupling_of_two_kinds",
    "crossover_logarithm",
    "crossover_time",
    "curvature_first",
    "curvature_second",
    "cut_at_debye",
    "cut_at_w",
    "decay_of_h",
    "deformation",
    "deformation_ordinary",
    "density_first",
    "double_well_share",
    "energy_w",
    "exponent_of_times",
    "gap_between_regions",
    "gap_in_single_wells",
    "heat_coefficient",
    "higher_orders",
    "humps",
    "kinetic_scale",
    "largest_exponent",
    "level_in_quartic",
    "logarithm_of_time",
    "logarithmic_limit",
    "measured_deformation",
    "narrow_asymmetries",
    "nearly_constant",
    "one_soft_direction",
    "path_frequency",
    "relaxation_minor",
    "saturation",
    "scale_eta",
    "small_cubic",
    "small_splitting",
    "splitting_exponent_first",
    "splitting_exponent_second",
    "splitting_prefactor",
    "symmetric_ratio",
    "threshold_first",
    "threshold_second",
    "two_level_gap",
    "two_soft_directions",
    "wide_distributions",
    "wkb",
]

_K_B, _E, _U, _HBAR = 1.380649e-23, 1.602176634e-19, 1.66053906660e-27, 1.054571817e-34
_MASS = 20.03 * _U  # mean atom of SiO₂
_DEBYE = _K_B * materials.SILICA.debye_temperature
_W = 20.0  # K, the middle of 10 to 30
_DECAYING = kki.IndependentParameters.decaying


def _ones(x):
    return np.ones_like(x)


_FLAT = kki.IndependentParameters(1.0, _ones, _ones)


@functools.cache
def _volumes():
    """Powers of a with which one and two eigenvalues of random symmetric matrices fall below a."""
    M = np.random.default_rng(0).normal(size=(200_000, 3, 3))
    found = np.sort(np.abs(np.linalg.eigvalsh(M + M.transpose(0, 2, 1))), axis=1)
    share = [[float(np.mean(found[:, n] < a)) for a in (0.2, 0.6)] for n in (0, 1)]
    return [math.log(high / low) / math.log(3.0) for low, high in share]


def one_soft_direction():
    """Power of the layer thickness for one soft direction, from random symmetric matrices."""
    return _volumes()[0]


def two_soft_directions():
    """The same for two soft directions."""
    return _volumes()[1]


def small_cubic():
    """Power of the share of expansions in which the square and the cube are both small."""
    draws = np.abs(np.random.default_rng(1).normal(size=(200_000, 2))).max(axis=1)
    return math.log(np.mean(draws < 0.3) / np.mean(draws < 0.1)) / math.log(3.0)


@functools.cache
def _share():
    return _DECAYING(0.01, 0.1, 0.2).double_well_fraction()


def double_well_share():
    """Share of double wells at η_c = 0.1, t_c = 0.2."""
    return Finding(_share(), f"exp(−1/η_c) alone is {math.exp(-10.0):.1e}.")


def atomic_energy():
    """mω_D²a² of silica in eV, a = 1 Å."""
    return _MASS * (_DEBYE / _HBAR) ** 2 * 1e-20 / _E


def bound():
    """Largest η/t² with two wells, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if bool(sp.wells(middle, 1.0).double) else (low, middle)
    return low


def bound_distribution():
    """Integral of H₀ between two bounds over that of g between the t that belong to them."""
    model = _DECAYING(0.01, 0.1, 0.4)
    x, weights = np.polynomial.legendre.leggauss(40)
    eta = 0.05 + 0.03 * x
    t = np.sqrt(32.0 / 9.0 * np.array([0.02, 0.08]))
    middle, half = 0.5 * (t[0] + t[1]), 0.5 * (t[1] - t[0])
    of_t = 2.0 * half * np.sum(weights * model.g(middle + half * x))
    return float(0.03 * np.sum(weights * model.H0(eta)) / of_t)


def scale_eta():
    """η_L of an atom of SiO₂ with E₀ = 20 eV."""
    return sp.Scales.from_atom(20.0 * _E, _MASS, 1e-10).eta_L


def kinetic_scale():
    """ħ²/2ma² of an atom of SiO₂ in K."""
    return _HBAR**2 / (2.0 * _MASS * 1e-20) / _K_B


def energy_w():
    """w in K from the printed ε = 1 K and the middle of E₀ = 10 to 30 eV."""
    values = [(E0 * _E / _K_B) ** (1.0 / 3.0) for E0 in (10.0, math.sqrt(300.0), 30.0)]
    return Finding(values[1], f"{values[0]:.0f} to {values[2]:.0f} K for 10 to 30 eV.")


def symmetric_ratio():
    """η/η₀ of equal minima besides t = 0, by bisection."""
    t, low, high = 1.0, 0.5, 0.999

    def deeper(ratio):
        eta = ratio * 9.0 / 32.0
        x = float(sp.wells(eta, t).minima[0])
        return eta * x**2 + t * x**3 + x**4 < 0.0

    for _ in range(50):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if deeper(middle) else (low, middle)
    return low


def _symmetric(kind):
    if kind == 1:
        return sp.wells(8.0 / 9.0, math.sqrt(32.0 / 9.0))
    return sp.wells(-1.0, 0.0)


def barrier_first():
    """Barrier over E₀η₀² of the first case."""
    return float(_symmetric(1).barrier)


def barrier_second():
    """Barrier over E₀η² of the second case."""
    return float(_symmetric(2).barrier)


def curvature_first():
    """Coefficient of the square in a well over η₀, first case."""
    return float(_symmetric(1).curvatures[0])


def curvature_second():
    """Coefficient of the square in a well over |η|, second case."""
    return float(_symmetric(2).curvatures[0])


def level_in_quartic():
    """Lowest level of x⁴ in units of w."""
    return float(sp.levels(0.0, 0.0, 1).energies[0])


def _threshold(kind):
    low, high = 1.0, 20.0
    for _ in range(50):
        middle = 0.5 * (low + high)
        found = kki.symmetric_wells(middle, kind, corrections="leading")
        low, high = (middle, high) if found.zero_point > found.barrier else (low, middle)
    return low


def threshold_first():
    """ζ₁ at which the zero-point level equals the barrier."""
    return _threshold(1)


def threshold_second():
    """ζ₂ at which the zero-point level equals the barrier."""
    return _threshold(2)


def anharmonic_correction():
    """Power of ζ in the relative correction to the harmonic level of a well."""
    values = []
    for zeta in (16.0, 32.0):
        found = sp.levels(2.0 * zeta, 2.0 * math.sqrt(2.0 * zeta), 2).energies.mean()
        values.append(abs(found / math.sqrt(2.0 * zeta) - 1.0))
    return Finding(math.log(values[1] / values[0]) / math.log(2.0), f"{values[0]:.3f} at ζ = 16.")


def gap_in_single_wells():
    """Least first gap of single wells, in units of w."""
    alpha, beta = np.meshgrid(np.linspace(0.0, 1.0, 21), np.linspace(0.0, 6.0, 61), indexing="ij")
    return float(sp.gap(alpha * 4.0 + 9.0 / 32.0 * beta**2, beta).energy.min())


def gap_between_regions():
    """Least first gap on the line η = 0, in units of w."""
    beta = np.linspace(0.0, 4.0, 401)
    found = sp.gap(0.0, beta).energy
    return Finding(float(found.min()), f"At β = {beta[found.argmin()]:.2f}; 2.74 at β = 0.")


def two_level_gap():
    """Exact gap over sqrt(J² + Δ²) at ζ₂ = 6 and Δ = J."""
    pair = kki.symmetric_wells(6.0, 2)
    xi = pair.J / pair.slope
    exact = sp.gap(-6.0, math.sqrt(32.0 / 9.0) * xi).energy
    return float(exact / (pair.J * math.sqrt(2.0)))


def small_splitting():
    """u over the lowest level in a well, for u = 1 K, w = 20 K, at the threshold."""
    return 1.0 / _W / float(kki.symmetric_wells(kki.THRESHOLDS[1], 2).zero_point)


def asymmetry_first():
    """Leading coefficient of f₁/ζ₁²."""
    found = [kki.symmetric_wells(400.0, 1, corrections=c).slope for c in ("leading", "second order")]
    rest = (found[1] - found[0]) / math.sqrt(400.0)
    return Finding(float(found[0] / 400.0**2), f"The next term is {rest:.2f}·sqrt(ζ₁).")


def asymmetry_second():
    """Leading coefficient of f₂/ζ₂^(3/2)."""
    found = [kki.symmetric_wells(400.0, 2, corrections=c).slope for c in ("leading", "second order")]
    return Finding(float(found[0] / 400.0**1.5), f"The next term is {found[1] - found[0]:.2f}.")


def asymmetry_share():
    """f over its classical term at u = w/100, second case."""
    zeta = _zeta(1e-2)
    found = [float(kki.symmetric_wells(zeta, 2, corrections=c).slope) for c in ("exact", "leading")]
    return found[0] / found[1]


@functools.cache
def _zeta(u):
    """ζ₂ with J = u."""
    low, high = 2.0, 30.0
    for _ in range(45):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if kki.symmetric_wells(middle, 2).J > u else (low, middle)
    return low


def wkb():
    """J by WKB over the exact one at ζ₂ = 8."""
    return float(sp.wkb_splitting(8.0).J / sp.tunnel_splitting(8.0).J)


def splitting_exponent_first():
    """s₁ of J ≈ w·exp(−s₁ζ₁^(3/2))."""
    return -math.log(float(kki.symmetric_wells(9.0, 1, corrections="leading").J)) / 27.0


def splitting_exponent_second():
    """s₂ of J ≈ w·exp(−s₂ζ₂^(3/2))."""
    return -math.log(float(kki.symmetric_wells(9.0, 2, corrections="leading").J)) / 27.0


def splitting_prefactor():
    """Exact J over w·exp(−s₂ζ₂^(3/2)) at J = w/100."""
    zeta = _zeta(1e-2)
    found = 1e-2 / float(kki.symmetric_wells(zeta, 2, corrections="leading").J)
    shift = (3.0 / math.sqrt(2.0) * math.log(100.0)) ** (2.0 / 3.0)
    return Finding(found, f"ζ₂ at J = w/100 is {zeta:.2f} instead of {shift:.2f}.")


def heat_coefficient():
    """∫(x/2)² sech²(x/2) dx."""
    x, weights = np.polynomial.legendre.leggauss(60)
    return float(20.0 * np.sum(weights * thermal.two_level(20.0 * (x + 1.0), 1.0)))


def density_first():
    """n₁w/(η_L^(3/2)Hg) at u = w/100, constant H and g."""
    return float(kki.tunnelling_density(1e-2, _FLAT).n1)


def logarithmic_limit():
    """|d ln ζ/d ln u| of the lower limit at u = w/100."""
    return abs(math.log(_zeta(1.1e-2) / _zeta(0.9e-2)) / math.log(1.1 / 0.9))


def wide_distributions():
    """n₂/n₁ at u = w/100 where H and g decay over a hundred η_L and more."""
    found = kki.tunnelling_density(1e-2, _DECAYING(0.01, 1.0, 2.0))
    flat = kki.tunnelling_density(1e-2, _FLAT)
    return Finding(float(found.n2 / found.n1), f"For constant H and g {flat.n2 / flat.n1:.6f}.")


def humps():
    """n₂/n₁ for a g that is a twentieth of its maximum at t = 0."""
    wide = _DECAYING(0.01, 1.0, 1.0)

    def g(t):
        return (0.02 + t**2) * np.exp(-(t**2))

    found = kki.tunnelling_density(1e-2, kki.IndependentParameters(0.01, wide.H, g))
    return float(found.n2 / found.n1)


def narrow_asymmetries():
    """n₁/n₂ for t_c = 0.2, the scale of η₀ being 0.01, and η_c = 0.1."""
    found = kki.tunnelling_density(1e-2, _DECAYING(0.01, 0.1, 0.2))
    return float(found.n1 / found.n2)


def nearly_constant():
    """d ln n/d ln u at u = w/100 for η_c = 0.1, t_c = 0.2."""
    found = kki.tunnelling_density(np.array([0.9e-2, 1.1e-2]), _DECAYING(0.01, 0.1, 0.2)).total
    return math.log(found[1] / found[0]) / math.log(1.1 / 0.9)


def concentration():
    """States of silica with splittings below 10 K seen within a second, per cm³."""
    model = tunneling.silica()
    n = [float(tunneling.density_of_states(_K_B * T, 1.0, T, model)) * _K_B * T * 1e-6 for T in (1.0, 10.0)]
    return Finding(n[1], f"Below 1 K {n[0]:.1e}.")


def decay_of_h():
    """η_c at which 10⁻⁵ of the potentials are double wells, t_c = 0.2."""

    def solve(share):
        # The closed form of the share for H and g of Eq. (4.12), where the cut at η = 1 does not count.
        low, high = 0.03, 0.3
        for _ in range(50):
            middle = 0.5 * (low + high)
            value = math.exp(-1.0 / middle) / math.sqrt(1.0 - 9.0 * 0.04 / (32.0 * middle))
            low, high = (middle, high) if value < share else (low, middle)
        return low

    return Finding(solve(1e-5), f"{solve(1e-6):.3f} for 10⁻⁶ and {solve(1e-4):.3f} for 10⁻⁴.")


@functools.cache
def _absorption():
    """Frequencies and 1/ℓ at T = 0 of constant H and g."""
    omega = np.geomspace(1e-6, 0.6, 20)
    return omega, kki.inverse_mean_free_path(omega, 1e-12, _FLAT, 1e-3)


def path_frequency():
    """Power of ω in 1/ℓ at ħω ≫ T, for ħω from 10⁻⁴ to 10⁻² w."""
    omega, found = _absorption()
    inside = (omega > 1e-4) & (omega < 1e-2)
    return float(np.polyfit(np.log(omega[inside]), np.log(found[inside]), 1)[0])


def absorption_frequency():
    """Power of ω in 1/ℓ at ħω ≪ T."""
    found = kki.inverse_mean_free_path(np.array([1e-6, 1e-5]), 1e-2, _FLAT, 1e-3)
    return math.log10(found[1] / found[0])


def absorption_temperature():
    """Power of T in 1/ℓ at ħω ≪ T."""
    found = kki.inverse_mean_free_path(1e-5, np.array([3e-3, 3e-2]), _FLAT, 1e-3)
    return math.log10(found[1] / found[0])


def coth():
    """Power of T in 1/ℓ at ħω ≪ T, to be compared with that of a hyperbolic cotangent."""
    return absorption_temperature()


def conductivity_power():
    """Power of T in κ from 10⁻⁴ to 10⁻² w."""
    omega, found = _absorption()

    def rate(w, T):
        return np.exp(np.interp(np.log(w), np.log(omega), np.log(found))) * np.tanh(0.5 * w / T)

    solid = phonons.DebyePhonons([phonons.Branch(1.0, 3)], debye_frequency=0.5)
    T = np.array([1e-4, 1e-3, 1e-2])
    kappa = phonons.thermal_conductivity(T, rate, solid, rtol=1e-3).conductivity
    return math.log(kappa[2] / kappa[0]) / math.log(100.0)


def relaxation_minor():
    """Relaxational over resonant absorption of silica at 1 K, ħω = 3T, in the tunnelling model."""
    model = tunneling.silica()
    found = tunneling.susceptibility(3.0 * _K_B / _HBAR, 1.0, model)
    return abs(float(np.imag(found.relaxational) / np.imag(found.resonant)))


def coupling_of_two_kinds():
    """Distance of the minima of the first kind over that of the second at J = w/100."""
    zeta = _zeta(1e-2)
    one, two = kki.symmetric_wells(2.25 * zeta, 1), kki.symmetric_wells(zeta, 2)
    ratio = float(one.distance / two.distance)
    return Finding(ratio, f"J₁/J₂ = {one.J / two.J:.6f}.", holds=abs(ratio - 1.0) > 1e-9)


def deformation_ordinary():
    """ħω_D of silica in eV."""
    return _DEBYE / _E


def deformation():
    """D of a critical potential from ħω_D of silica and η_L = 10⁻², in eV."""
    return float(kki.deformation_potential(_DEBYE / _E, 0.01))


def measured_deformation():
    """Change of the asymmetry of silica's tunnelling states with strain, in eV: twice γ, mean of three branches."""
    longitudinal, transverse = (2.0 * x / _E for x in tunneling.silica().couplings)
    return Finding((longitudinal + 2.0 * transverse) / 3.0, f"{longitudinal:.2f} and {transverse:.2f}.")


@functools.cache
def _shortest(T):
    return float(tunneling.shortest_relaxation_time(_K_B * T, T, tunneling.silica()))


def largest_exponent():
    """ln(w/J) of the slowest states seen within a second at 1 K."""
    values = [math.log(_W / T) + 0.5 * math.log(1.0 / _shortest(T)) for T in (1.0, 0.1)]
    return Finding(values[0], f"{values[1]:.1f} at 0.1 K.")


def logarithm_of_time():
    """Heat capacity of the tunnelling model in a second at 1 K over its logarithmic form."""
    exact, form = (
        tunneling.heat_capacity(1.0, 1.0, tunneling.silica(), form=form).heat_capacity
        for form in ("exact", "logarithmic")
    )
    return float(exact / form)


@functools.cache
def _slow(length, u=1e-3):
    """Part of n(u) with ln(τ/τ_min) above a length, constant H and g."""
    whole = kki.tunnelling_density(u, _FLAT, corrections="leading").total
    within = kki.tunnelling_density(u, _FLAT, corrections="leading", time_ratio=math.exp(length)).total
    return 1.0 - float(within / whole)


def exponent_of_times():
    """Power of 1 + ln(τ/τ_min)/L₀ in τp(τ|u), by differences of the integral over ζ."""
    L0 = 2.0 * math.log(1e3)
    values = [(_slow(l - 0.5) - _slow(l + 0.5), 1.0 + l / L0) for l in (10.0, 40.0)]
    return math.log(values[1][0] / values[0][0]) / math.log(values[1][1] / values[0][1])


def crossover_logarithm():
    """L₀/ln(w/u): (1 − c(τ)/c(∞))⁻³ is linear in ln τ and vanishes at −L₀."""
    (a, y), (b, z) = ((l, _slow(l) ** -3) for l in (15.0, 40.0))
    return -(a - y * (b - a) / (z - y)) / math.log(1e3)


def bend_at_crossover():
    """dc/d ln τ at the crossover over that of the logarithm."""
    l = 2.0 * math.log(1e3)
    L0 = l
    slope = _slow(l - 0.5) - _slow(l + 0.5)
    # 1/norm, from far above τ_min: slow = (3L₀/norm)(1 + l/L₀)^(−1/3).
    start = _slow(40.0) * (1.0 + 40.0 / L0) ** (1.0 / 3.0) / (3.0 * L0)
    return slope / start


def crossover_time():
    """(w/T)²τ_min at 1 K in seconds, τ_min that of silica."""
    return Finding(_W**2 * _shortest(1.0), f"{(_W / 0.1) ** 2 * _shortest(0.1):.1e} s at 0.1 K.")


def saturation():
    """Share at ln(τ/τ_min) = 200 and at 600 for w/T = 200, without a largest λ."""
    found = [float(kki.heat_capacity_in_time(math.exp(l), 1.0 / 200.0)) for l in (200.0, 600.0)]
    half = 14.0 * math.log10(200.0)
    detail = f"Half of it after 10^{half:.0f} τ_min, {found[1]:.2f} after e⁶⁰⁰."
    return Finding(found[0], detail, holds=found[0] < found[1] < 1.0)


def _shift(cutoff):
    strength = _E**2 / (_MASS * materials.SILICA.sound_velocity**2 * _DEBYE)
    u = 1.0 / materials.SILICA.debye_temperature
    return abs(float(kki.level_shift(u, u, strength, cutoff)))


def cut_at_debye():
    """|δu|/u of silica, D = 1 eV, J = u = 1 K, all phonons."""
    return _shift(1.0)


def cut_at_w():
    """The same with phonons up to w = 20 K."""
    return _shift(_W / materials.SILICA.debye_temperature)


def higher_orders():
    """Next order of exp(−|δu|/u), which is J reduced by phonons faster than u, over the first; cut-off w."""
    x = cut_at_w()
    return (math.exp(-x) - 1.0 + x) / x


def adiabatic_double_well():
    """η = 0.01 with a neighbour of coupling 0.3 and stiffness 1, in units of E₀."""
    found = float(kki.adiabatic_eta(0.01, 0.3, 1.0))
    before, after = bool(sp.wells(0.01, 0.0).double), bool(sp.wells(found, 0.0).double)
    return Finding(found, "From 0.01.", holds=after and not before)
