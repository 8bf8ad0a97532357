"""Our numbers for the claims of Kühn and Horstmann (1997, 1998).

Each public function computes the number of one entry of the ledger and takes no argument.  Units are those of the
model: J = k_B = ħ = m = 1, a2 = a4 = 1, unless the entry says otherwise.  Nothing here is fitted to the papers: the
only inputs are the parameters they print (γ, J₀).

States, spectra and bumps that several entries share are cached.
"""

import functools
import math

import numpy as np

from .. import quartic, thermal
from ..kuhn_horstmann import (
    Glass,
    density_of_states,
    excitation_spectrum,
    glass_temperature,
    heat_capacity,
    phase_diagram,
    replica_symmetric,
    well_statistics,
)
from . import Finding

# C(T)/T³ of an oscillator of energy ω peaks at T = ω/4.9284: the root of x (1 + 2/(eˣ - 1)) = 5.
OSCILLATOR_PEAK = 4.928119359
# Linear specific heat of 14 glasses: c1 = 0.7 to 5 µJ g⁻¹ K⁻² (Stephens 1973), and a mean atomic mass, that of SiO₂.
LINEAR_SPECIFIC_HEAT = (0.7e-6, 5e-6)
MEAN_ATOMIC_MASS = 20.0
MOLAR_GAS_CONSTANT = 8.314462618
# The printed bump temperature of a-SiO₂ and the glass temperature that Lubchenko and Wolynes (2004, Fig. 15) use.
BUMP_SILICA = 8.6
GLASS_TEMPERATURE_SILICA = 1500.0


# --- shared states ----------------------------------------------------------------------------------------------------


@functools.cache
def _ground(gamma, J0=0.0, a4=1.0, branch="stable"):
    return replica_symmetric(Glass(gamma, J0=J0, a4=a4), branch=branch)


@functools.cache
def _warm(gamma, T, J0=0.0):
    return replica_symmetric(Glass(gamma, J0=J0), T)


@functools.cache
def _glass_temperature(gamma, J0=0.0, a4=1.0):
    return float(glass_temperature(Glass(gamma, J0=J0, a4=a4)))


@functools.cache
def _wells(gamma, barrier="mean"):
    return well_statistics(_ground(gamma), barrier=barrier)


@functools.cache
def _double_well_onset():
    """γ at which γC = a2 at T = 0 and J₀ = 0."""
    from scipy.optimize import brentq

    return brentq(lambda gamma: gamma * _ground(gamma).C - 1, 0.6, 2.0, xtol=1e-10)


@functools.cache
def _excitations(gamma, a4=1.0):
    """Exact excitation energies at h = 0: (tunnel splitting, first intra-well excitation)."""
    found = excitation_spectrum(_ground(gamma, a4=a4), 0.0, 4).excitations
    return float(found[1]), float(found[2])


@functools.cache
def _branches(gamma):
    """Excitations between h = 0 and twice the field at which the first two branches meet."""
    state = _ground(gamma)
    meeting = _excitations(gamma)[1] / _wells(gamma).support("distance")[1]
    h = meeting * np.linspace(0.0, 2.0, 401)
    return h, excitation_spectrum(state, h, 12)


@functools.cache
def _plateau(gamma):
    """Density of states between three splittings and 0.9 of the first intra-well excitation."""
    splitting, intra = _excitations(gamma)
    E = np.geomspace(max(3 * splitting, 1e-4 * intra), 0.9 * intra, 60)
    return E, density_of_states(_ground(gamma), E)


@functools.cache
def _bump(gamma, a4=1.0):
    """Temperature and height of the maximum of C/T³, and the depth of the minimum to its left."""
    from scipy.optimize import minimize_scalar

    state = _ground(gamma, a4=a4)
    T = _excitations(gamma, a4)[1] * np.geomspace(0.03, 0.6, 121)
    found = heat_capacity(state, T)
    reduced = found.heat_capacity / T**3
    peaks = np.flatnonzero((reduced[1:-1] > reduced[:-2]) & (reduced[1:-1] > reduced[2:])) + 1
    if peaks.size != 1:
        return math.nan, math.nan, math.nan, found.two_level / T**3
    peak = int(peaks[0])
    best = minimize_scalar(
        lambda x: -float(heat_capacity(state, math.exp(x)).heat_capacity) / math.exp(3 * x),
        bounds=(math.log(T[peak - 1]), math.log(T[peak + 1])),
        method="bounded",
        options={"xatol": 1e-5},
    )
    return math.exp(best.x), -best.fun, float(reduced[:peak].min()), found.two_level / T**3


def _minimum(state, h):
    """Position of the lowest minimum of U_eff at fields h >= 0, by bisection of its slope."""
    A, B = state.C - state.glass.a2 / state.glass.gamma, state.glass.a4 / (6 * state.glass.gamma)
    low = np.full_like(h, math.sqrt(max(A, 0.0) / B))
    high = low + np.cbrt(h / B) + 1
    for _ in range(80):
        middle = 0.5 * (low + high)
        rising = B * middle**3 - A * middle - h > 0
        low, high = np.where(rising, low, middle), np.where(rising, middle, high)
    return high


def _slope(x, y):
    """Least-squares slope of ln y against ln x."""
    return float(np.polyfit(np.log(x), np.log(y), 1)[0])


# --- the model and its phases -----------------------------------------------------------------------------------------


def unstable_modes():
    """Growth of the share of modes unstable in the harmonic approximation: semicircle eigenvalues above 1/γ."""

    def share(gamma):
        edge = min(1 / gamma, 2.0)
        return 0.5 - math.asin(edge / 2) / math.pi - edge * math.sqrt(4 - edge**2) / (4 * math.pi)

    values = [share(gamma) for gamma in (0.5, 1, 2, 4, 10, 100)]
    return Finding(
        float(np.diff(values).min()),
        f"Smallest step between γ = 0.5, 1, 2, 4, 10, 100; share of unstable modes {values[0]:.3f}, {values[1]:.3f}, "
        f"{values[2]:.3f}, {values[3]:.3f}, {values[4]:.3f}, {values[5]:.3f}.",
    )


def fixed_point():
    """Largest violation of the RS fixed-point equations at γ = 4, T = T_g/2, by brute-force quadrature."""
    T = 0.5 * _glass_temperature(4.0)
    state = _warm(4.0, T)
    z = np.linspace(-10, 10, 801)
    weight = np.exp(-(z**2) / 2)
    weight /= weight.sum()
    v = np.linspace(-40, 40, 4001)
    root = math.sqrt(state.q)
    U = -np.outer(state.glass.J0 * state.p + root * z, v) + 0.5 * (1 / 4 - state.C) * v**2 + v**4 / 96
    boltzmann = np.exp(-(U - U.min(axis=1, keepdims=True)) / T)
    boltzmann /= boltzmann.sum(axis=1, keepdims=True)
    mean, square = boltzmann @ v, boltzmann @ v**2
    q = weight @ mean**2
    from_fluctuations = weight @ (square - mean**2) / T
    from_slope = weight @ (z * mean) / root
    violations = (q / state.q - 1, from_fluctuations / state.C - 1, from_slope / state.C - 1)
    # Below 10⁻¹² the number would be the rounding of the check.
    return Finding(max(1e-12, *(abs(x) for x in violations)), f"q = {state.q:.4g}, C = {state.C:.4g}.")


def glass_temperature_growth():
    """Smallest step of T_g along γ = 0.55 … 20."""
    gammas = (0.55, 0.7, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0, 20.0)
    values = [_glass_temperature(gamma) for gamma in gammas]
    return Finding(
        float(np.diff(values).min()),
        f"T_g = {values[0]:.3g}, {values[2]:.3g}, {values[6]:.4g}, {values[9]:.4g} at γ = 0.55, 1, 4, 10.",
    )


def glass_temperature_values():
    """T_g at γ = 4, J₀ = 0."""
    return Finding(
        _glass_temperature(4.0), f"T_g(10) = {_glass_temperature(10.0):.4g}, T_g(1) = {_glass_temperature(1.0):.3g}."
    )


def glass_transition():
    """q just below T_g, in units of its value at T = 0; zero above."""
    Tg = _glass_temperature(4.0)
    below, above = _warm(4.0, 0.95 * Tg), _warm(4.0, 1.05 * Tg)
    ratio = below.q / _ground(4.0).q
    return Finding(
        ratio,
        f"q/q(0) = {ratio:.3g} at 0.95 T_g and {above.q:.1g} at 1.05 T_g; p = {below.p:.1g} and {above.p:.1g}.",
        holds=bool(below.q > 1e-6 and above.q < 1e-12 and abs(below.p) < 1e-12 and abs(above.p) < 1e-12),
    )


def transition_against_coupling():
    """T_c(J₀ = 2)/T_c(J₀ = 0) at γ = 4."""
    flat = abs(_glass_temperature(4.0, 0.5) / _glass_temperature(4.0) - 1)
    ratio = _glass_temperature(4.0, 2.0) / _glass_temperature(4.0)
    return Finding(
        ratio,
        f"T_c(J₀ = 2)/T_c(0) = {ratio:.4g}, into the polarised phase; up to J₀ = 1 T_g stays ({100 * flat:.2f} %).",
    )


def continuous_transition():
    """Exponent of q against T_g − T just below T_g, γ = 4."""
    Tg = _glass_temperature(4.0)
    away = np.array([1e-3, 1e-2])
    q = np.array([_warm(4.0, (1 - x) * Tg).q for x in away])
    exponent = _slope(away, q)
    return Finding(
        exponent,
        f"Fitted between T_g − T = 0.001 and 0.01 T_g, where q/q(0) = {q[0] / _ground(4.0).q:.2g} to "
        f"{q[1] / _ground(4.0).q:.2g}.",
    )


def polarised_phase():
    """Smallest J₀ of a polarised ground state at γ = 4."""
    onset = 1 / _ground(4.0).C
    below, above = _ground(4.0, 0.99 * onset), _ground(4.0, 1.05 * onset)
    return Finding(
        onset,
        f"J₀ = 1/C = {onset:.4g} at T = 0; |p| = {abs(below.p):.1g} at 0.99 and {abs(above.p):.3g} at 1.05 of it.",
        holds=bool(abs(below.p) < 1e-9 and abs(above.p) > 1e-3),
    )


def ergodic_edge():
    """q of the ground state on either side of γ = 1/2, J₀ = 0."""
    below, above = _ground(0.48), _ground(0.52)
    return Finding(
        above.q,
        f"At T = 0, q = {below.q:.1g} at γ = 0.48 and {above.q:.3g} at γ = 0.52.",
        holds=bool(below.q < 1e-12 and above.q > 1e-6),
    )


def double_well_condition():
    """γC at the onset of double wells, found by counting minima at h = 0."""
    from scipy.optimize import brentq

    def curvature(gamma):
        state = _ground(gamma)
        found = quartic.wells(state.glass.potential(state.C, 0.0), kinetic=state.glass.kinetic)
        return 1.0 if bool(found.double) else -1.0

    onset = brentq(curvature, 0.7, 2.0, xtol=1e-6)
    return Finding(onset * _ground(onset).C, f"The second minimum at h = 0 appears at γ = {onset:.4f} (T = 0, J₀ = 0).")


def amorphous_without_double_wells():
    """Width in γ of the glassy phase without double wells at T = 0, J₀ = 0."""
    onset = _double_well_onset()
    state = _ground(0.5 * (0.5 + onset))
    return Finding(
        onset - 0.5,
        f"Glass without double wells for 0.5 < γ < {onset:.4f}; half-way q = {state.q:.3g}, γC = "
        f"{state.glass.gamma * state.C:.3g}.",
    )


def collective_wells():
    """Share of double wells at γ = 4, against none when C is left out."""
    state = _ground(4.0)
    h = np.linspace(-5, 5, 101) * math.sqrt(state.q)
    without = quartic.wells(state.glass.potential(0.0, h), kinetic=state.glass.kinetic)
    share = _wells(4.0).fraction
    return Finding(
        share,
        f"{100 * share:.3g} % of the coordinates at γ = 4, {100 * _wells(10.0).fraction:.3g} % at γ = 10; "
        f"{int(np.sum(without.double))} of {h.size} potentials with C = 0.",
        holds=bool(0 < share < 1 and not np.any(without.double)),
    )


def spinodal_field():
    """Field above which the double wells of γ = 4 are gone, from counting minima, in units of (2/3) A sqrt(A/3B)."""
    from scipy.optimize import brentq

    state = _ground(4.0)
    A, B = state.C - 1 / 4, 1 / 24
    expected = 2 / 3 * A * math.sqrt(A / (3 * B))

    def counted(h):
        found = quartic.wells(state.glass.potential(state.C, h), kinetic=state.glass.kinetic)
        return 1.0 if bool(found.double) else -1.0

    edge = brentq(counted, 0.5 * expected, 2 * expected, xtol=1e-8 * expected)
    return Finding(
        edge / math.sqrt(state.q),
        f"h_s = {edge:.4g}, closed form {expected:.4g}; the field has the standard deviation {math.sqrt(state.q):.3g}.",
    )


def replica_instability():
    """AT stability at γ = 4, T = T_g/2, J₀ = 0: β²⟨(⟨v²⟩ − ⟨v⟩²)²⟩, stable below one."""
    T = 0.5 * _glass_temperature(4.0)
    state = _warm(4.0, T)
    hot = _warm(4.0, 1.2 * _glass_temperature(4.0))
    left, right = _almeida_thouless(state, T), _almeida_thouless(hot, 1.2 * _glass_temperature(4.0))
    return Finding(left, f"{left:.4g} at T_g/2 and {right:.3g} at 1.2 T_g, where the phase is ergodic.")


def _almeida_thouless(state, T):
    """β²⟨(⟨v²⟩ − ⟨v⟩²)²⟩ by brute-force quadrature from p, q and C alone."""
    z = np.linspace(-9, 9, 601)
    weight = np.exp(-(z**2) / 2)
    weight /= weight.sum()
    gamma = state.glass.gamma
    v = np.linspace(-60, 60, 6001)
    U = (
        -np.outer(state.glass.J0 * state.p + math.sqrt(state.q) * z, v)
        + 0.5 * (1 / gamma - state.C) * v**2
        + v**4 / (24 * gamma)
    )
    boltzmann = np.exp(-(U - U.min(axis=1, keepdims=True)) / T)
    boltzmann /= boltzmann.sum(axis=1, keepdims=True)
    variance = boltzmann @ v**2 - (boltzmann @ v) ** 2
    return float(weight @ variance**2) / T**2


def double_well_temperature():
    """Temperature below which γC > 1, in units of T_g, at γ = 4 and J₀ = 0."""
    from scipy.optimize import brentq

    Tg = _glass_temperature(4.0)
    T = brentq(lambda T: 4.0 * _warm(4.0, T).C - 1, Tg, 100 * Tg, xtol=1e-6 * Tg)
    cold, small = _ground(4.0), _ground(1.0)
    warm, frozen = 1.05 * _warm(1.05, _glass_temperature(1.05)).C, 1.05 * _ground(1.05).C
    return Finding(
        T / Tg,
        f"At γ = 4 double wells exist below {T / Tg:.3g} T_g; at γ = 1 and T = 0 γC = {small.C:.3g}. At γ = 1.05 γC is "
        f"{warm:.3g} at T_g but {frozen:.3g} at T = 0: next to the onset double wells vanish again on cooling.",
        holds=bool(4.0 * cold.C > 1 and math.isfinite(T) and small.C < 1),
    )


# --- statistics of the double wells -----------------------------------------------------------------------------------


def asymmetry_flatness():
    """Largest over smallest P(Δ) on the lower nine tenths of its support, γ = 4."""
    wells = _wells(4.0)
    edge = wells.support("asymmetry")[1]
    density = wells.density("asymmetry", edge * np.linspace(1e-3, 0.9, 400))
    whole = wells.density("asymmetry", edge * np.linspace(1e-3, 0.999999, 400))
    return Finding(
        float(density.max() / density.min()),
        f"0 < Δ < {edge:.4g}; P(Δ) rises from {whole[0]:.4g} to {whole[-1]:.4g} at its upper edge.",
    )


def asymmetry_cusp():
    """Exponent of P(Δ_max) − P(Δ) against Δ_max − Δ, γ = 4."""
    wells = _wells(4.0)
    edge = wells.support("asymmetry")[1]
    away = np.array([1e-5, 1e-4, 1e-3])
    # At the edge the density is 2 P(h_s)/d(h_s), with d(h_s) the smallest distance of the two minima.
    top = 2 * float(wells.state.field_density(wells.spinodal_field)) / wells.support("distance")[0]
    drop = top - wells.density("asymmetry", edge * (1 - away))
    return Finding(_slope(away, drop), f"P(Δ_max) = {top:.4g}; a fit between 1 − Δ/Δ_max = 10⁻⁵ and 10⁻³.")


def exponent_divergence():
    """Exponent of P(λ) at its upper edge, γ = 4."""
    wells = _wells(4.0)
    low, high = wells.support("wkb_exponent")
    away = (high - low) * np.array([1e-6, 1e-5, 1e-4])
    density = wells.density("wkb_exponent", high - away)
    return Finding(
        _slope(away, density), f"{low:.4g} < λ < {high:.4g}; a fit between 10⁻⁶ and 10⁻⁴ of the support below the edge."
    )


def exponent_edge_field():
    """Field, in units of the spinodal field, at which λ reaches its upper edge, γ = 4."""
    ratio = {}
    for barrier in ("mean", "deep", "shallow"):
        curve = _wells(4.0, barrier).curve(4001)
        ratio[barrier] = float(abs(curve.field[np.argmax(curve.wkb_exponent)])) / _wells(4.0).spinodal_field
    return Finding(
        ratio["mean"],
        f"|h|/h_s = {ratio['mean']:.3f} with the barrier measured from the mean of the two minima, "
        f"{ratio['deep']:.3f} from the "
        f"deeper and {ratio['shallow']:.3f} from the shallower one.",
    )


def _exponent_flatness(barrier):
    wells = _wells(4.0, barrier)
    low, high = wells.support("wkb_exponent")
    density = wells.density("wkb_exponent", low + (high - low) * np.linspace(0.01, 0.9, 400))
    return Finding(
        float(density.max() / density.min()), f"{low:.4g} < λ < {high:.4g}, barrier from the {barrier} minimum."
    )


def exponent_flatness_mean():
    """Largest over smallest P(λ) between 1 % and 90 % of its support; barrier from the mean minimum, γ = 4."""
    return _exponent_flatness("mean")


def exponent_flatness_deep():
    """Largest over smallest P(λ) between 1 % and 90 % of its support; barrier from the deeper minimum, γ = 4."""
    return _exponent_flatness("deep")


def correlation():
    """Share of the variance of λ that Δ fixes, in 4000 double wells at γ = 4."""
    sample = _wells(4.0).sample(4000, rng=0)
    order = np.argsort(sample.asymmetry)
    steps = np.diff(sample.wkb_exponent[order])
    share = 1 - 0.5 * float(np.mean(steps**2)) / float(np.var(sample.wkb_exponent))
    pearson = float(np.corrcoef(sample.asymmetry, sample.wkb_exponent)[0, 1])
    return Finding(share, f"From neighbours in Δ; independent quantities give 0. Linear correlation {pearson:.2f}.")


def soft_potential_correlation():
    """Share of the variance of the quadratic coefficient about the minimum that the cubic one fixes, γ = 4."""
    state = _ground(4.0)
    h = np.abs(np.random.default_rng(0).normal(0.0, math.sqrt(state.q), 4000))
    A, B = state.C - 1 / 4, 1 / 24
    minimum = _minimum(state, h)
    quadratic, cubic = 0.5 * (3 * B * minimum**2 - A), B * minimum
    order = np.argsort(cubic)
    share = 1 - 0.5 * float(np.mean(np.diff(quadratic[order]) ** 2)) / float(np.var(quadratic))
    return Finding(share, "Expansion of U_eff about its lowest minimum; independent coefficients give 0.")


# --- levels and density of states -------------------------------------------------------------------------------------


def _two_level_deviation(asymmetry):
    """Largest deviation of sqrt(Δ² + Δ₀²) from the exact first excitation, up to half the intra-well energy."""
    state, wells = _ground(4.0), _wells(4.0)
    splitting, intra = _excitations(4.0)
    h = np.linspace(0.0, 0.5 * intra / wells.support("distance")[1], 60)
    exact = excitation_spectrum(state, h, 3).excitations[:, 1]
    deviation = float(np.max(np.abs(np.hypot(asymmetry(h), splitting) / exact - 1)))
    return Finding(deviation, f"With the exact Δ₀ = {splitting:.3g}, up to ε = {exact[-1]:.3g}.")


def two_level_formula():
    """Largest deviation of sqrt(Δ² + Δ₀²) with Δ the difference of the minima, γ = 4."""
    return _two_level_deviation(lambda h: _wells(4.0).value("asymmetry", h))


def two_level_formula_quantum():
    """Largest deviation of sqrt(Δ² + Δ₀²) with Δ = 2|⟨0|v|1⟩| h, the distance of the two states, γ = 4."""
    state = _ground(4.0)
    found = quartic.levels(state.glass.potential(state.C, 0.0), 2, kinetic=state.glass.kinetic, matrix_elements=True)
    distance = 2 * abs(float(found.position[0, 1]))
    finding = _two_level_deviation(lambda h: distance * h)
    classical = _wells(4.0).support("distance")[1]
    return Finding(
        finding.value, f"{finding.detail} Distance of the states {distance:.4g}, of the minima {classical:.4g}."
    )


def _splitting_by_wkb(gamma):
    exact, _ = _excitations(gamma)
    estimate = float(_wells(gamma).value("tunnel_splitting", 0.0))
    exponent = float(_wells(gamma).value("wkb_exponent", 0.0))
    return exact, estimate, exponent


def splitting_gamma_4():
    """Exact tunnel splitting over ħω₀e^(−λ) at h = 0, γ = 4."""
    exact, estimate, exponent = _splitting_by_wkb(4.0)
    return Finding(exact / estimate, f"Exact {exact:.3g}, ħω₀e^(−λ) = {estimate:.3g}, λ = {exponent:.3g}.")


def splitting_gamma_6():
    """Exact tunnel splitting over ħω₀e^(−λ) at h = 0, γ = 6."""
    exact, estimate, exponent = _splitting_by_wkb(6.0)
    return Finding(exact / estimate, f"Exact {exact:.3g}, ħω₀e^(−λ) = {estimate:.3g}, λ = {exponent:.3g}.")


def branch_slopes():
    """Slope of the inter-well over that of the intra-well excitation, half-way to their meeting, γ = 4."""
    h, spectrum = _branches(4.0)
    slopes = spectrum.slopes - spectrum.slopes[:, :1]
    steep, gentle = abs(slopes[100, 1]), abs(slopes[100, 2])
    return Finding(float(steep / gentle), f"|dε/dh| = {steep:.3g} against {gentle:.3g} at h = {h[100]:.3g}.")


def no_crossing():
    """Smallest gap of the first two excitations for 0 < h < 2 E_intra/d over the intra-well energy, γ = 4."""
    from scipy.optimize import minimize_scalar

    state = _ground(4.0)
    h, spectrum = _branches(4.0)
    gap = spectrum.excitations[:, 2] - spectrum.excitations[:, 1]
    at = int(np.argmin(gap))

    def distance(x):
        found = excitation_spectrum(state, x, 3).excitations
        return float(found[2] - found[1])

    best = minimize_scalar(
        distance, bounds=(h[max(at - 1, 0)], h[min(at + 1, h.size - 1)]), method="bounded", options={"xatol": 1e-10}
    )
    intra = _excitations(4.0)[1]
    return Finding(
        best.fun / intra, f"Smallest gap {best.fun:.3g} at h = {best.x:.4g}, intra-well excitation {intra:.4g}."
    )


def high_levels():
    """Smallest gap of levels 9 and 10 over their largest, over the double-well fields, γ = 4."""
    state, wells = _ground(4.0), _wells(4.0)
    h = np.linspace(0.0, wells.spinodal_field, 201)
    energies = excitation_spectrum(state, h, 12).energies
    gap = energies[:, 10] - energies[:, 9]
    barrier = float(wells.value("barrier", 0.0))
    return Finding(
        float(gap.min() / gap.max()),
        f"Barrier {barrier:.3g} above the minima at h = 0, where level 9 lies "
        f"{float(energies[0, 9] + barrier):.3g} above them.",
    )


def density_constancy():
    """Half the spread of n(E), relative to its mean, from 3 Δ₀ to 0.9 of the first intra-well excitation, γ = 4."""
    E, found = _plateau(4.0)
    density = found.density
    spread = float((density.max() - density.min()) / (density.max() + density.min()))
    return Finding(
        spread, f"n(E) between {density.min():.4g} and {density.max():.4g} for {E[0]:.2g} < E < {E[-1]:.3g}."
    )


def density_rise():
    """Median of n(E) between 1.01 and 1.2 times the first intra-well excitation, over the plateau, γ = 4."""
    intra = _excitations(4.0)[1]
    E = intra * np.linspace(1.01, 1.2, 96)
    found = density_of_states(_ground(4.0), E)
    ratio = float(np.median(found.density)) / found.plateau
    return Finding(
        ratio,
        f"Plateau {found.plateau:.4g}, first intra-well excitation {intra:.4g}; between 1.01 and 1.2 times it "
        f"n(E) is {found.density.min() / found.plateau:.3g} plateaus at least.",
    )


def density_cutoff():
    """Lower cut-off of n(E) over the exact tunnel splitting of the symmetric well, γ = 4."""
    splitting, _ = _excitations(4.0)
    found = density_of_states(_ground(4.0), splitting * np.array([0.5, 0.99, 1.01, 2.0]))
    return Finding(
        found.cutoff / splitting,
        f"Δ₀ = {splitting:.3g}; n(E) = {found.density[1]:.3g} at 0.99 Δ₀ and {found.density[2]:.3g} at 1.01 Δ₀.",
        holds=bool(found.density[0] == 0 and found.density[1] == 0 and found.density[2] > 0),
    )


def plateau_from_slope():
    """Plateau of n(E) over 2 P(h)/|dε/dh|, with the slope of the first branch half-way up the plateau, γ = 4."""
    _, found = _plateau(4.0)
    h, spectrum = _branches(4.0)
    branch = spectrum.excitations[:, 1]
    at = int(np.searchsorted(branch[:150], 0.5 * _excitations(4.0)[1]))
    slope = float((branch[at + 1] - branch[at - 1]) / (h[at + 1] - h[at - 1]))
    expected = 2 * float(_ground(4.0).field_density(h[at])) / slope
    classical = _wells(4.0).support("distance")[1]
    middle = float(np.median(found.density))
    return Finding(
        middle / expected,
        f"Median {middle:.4g}, 2P/|dε/dh| = {expected:.4g} with the slope {slope:.4g}; the distance of the "
        f"minima is {classical:.4g}.",
    )


def splitting_linear():
    """Exponent of the first excitation against the asymmetry, from 10 Δ₀ to half the intra-well energy, γ = 4."""
    splitting, intra = _excitations(4.0)
    wells = _wells(4.0)
    h = np.geomspace(10 * splitting, 0.5 * intra, 40) / wells.support("distance")[1]
    energy = excitation_spectrum(_ground(4.0), h, 3).excitations[:, 1]
    return Finding(_slope(wells.value("asymmetry", h), energy), f"{math.log10(h[-1] / h[0]):.2g} decades of Δ.")


def asymmetry_linear():
    """Exponent of Δ against h up to the field at which Δ is the intra-well energy, γ = 4."""
    wells = _wells(4.0)
    reach = _excitations(4.0)[1] / wells.support("distance")[1]
    h = np.geomspace(1e-3, 1.0, 40) * reach
    return Finding(
        _slope(h, wells.value("asymmetry", h)),
        f"0 < h < {reach:.3g}, that is {reach / wells.spinodal_field:.2g} of the spinodal field.",
    )


def field_flatness():
    """1 − P(h)/P(0) at the field at which Δ is the first intra-well excitation, γ = 4."""
    state = _ground(4.0)
    reach = _excitations(4.0)[1] / _wells(4.0).support("distance")[1]
    return Finding(
        1 - float(state.field_density(reach) / state.field_density(0.0)),
        f"h = {reach:.3g} against a width of {math.sqrt(state.q):.3g}.",
    )


# --- specific heat ----------------------------------------------------------------------------------------------------


def linear_gamma_10():
    """Exponent of C(T) fitted over the two decades T_b/1000 … T_b/10, γ = 10."""
    T = _bump(10.0)[0] * np.geomspace(1e-3, 1e-1, 41)
    return Finding(
        _slope(T, heat_capacity(_ground(10.0), T).heat_capacity), f"T = {T[0]:.2g} to {T[-1]:.2g}, two decades."
    )


def linear_gamma_4():
    """Exponent of C(T) fitted over the decade T_b/100 … T_b/10, γ = 4."""
    T = _bump(4.0)[0] * np.geomspace(1e-2, 1e-1, 41)
    return Finding(
        _slope(T, heat_capacity(_ground(4.0), T).heat_capacity),
        f"T = {T[0]:.2g} to {T[-1]:.2g}, one decade; Δ₀ = {_excitations(4.0)[0]:.2g} ends the law below.",
    )


def linear_range():
    """Decades of temperature over which the local exponent of C stays within 0.05 of one, γ = 4."""
    T = _bump(4.0)[0] * np.geomspace(1e-4, 1.0, 401)
    exponent = np.gradient(np.log(heat_capacity(_ground(4.0), T).heat_capacity), np.log(T))
    # The run of temperatures around T_b/30: the exponent also passes one where the splitting freezes the pairs out.
    outside = np.flatnonzero(np.abs(exponent - 1) >= 0.05)
    middle = int(np.searchsorted(T, T[-1] / 30))
    first, last = int(outside[outside < middle].max()) + 1, int(outside[outside > middle].min()) - 1
    return Finding(
        math.log10(T[last] / T[first]),
        f"From T = {T[first]:.2g} to {T[last]:.2g}; the bump is at {T[-1]:.3g}, Δ₀ = {_excitations(4.0)[0]:.2g}.",
    )


def linear_from_plateau():
    """C(T) over (π²/6) n T with n the flat density of states, at a fiftieth of the intra-well energy, γ = 4."""
    T = _excitations(4.0)[1] / 50
    expected = math.pi**2 / 6 * density_of_states(_ground(4.0), 5 * T).plateau * T
    return Finding(float(heat_capacity(_ground(4.0), T).heat_capacity) / expected, f"T = {T:.3g}.")


def bump_position():
    """Temperature of the maximum of C/T³ over T_g, γ = 10, J₀ = 0."""
    T = _bump(10.0)[0]
    return Finding(T / _glass_temperature(10.0), f"T_b = {T:.4g}, T_g = {_glass_temperature(10.0):.4g}.")


def bump_beyond_two_levels():
    """Height of the bump of C/T³ over the minimum before it, γ = 10; the two-level curve has no maximum."""
    T, height, minimum, two_level = _bump(10.0)
    falling = bool(np.all(np.diff(two_level) < 0))
    return Finding(
        height / minimum,
        f"Maximum {height:.3g} at T = {T:.3g}, {height / minimum:.3g} times the minimum before it; two-level curve "
        f"{'falls throughout' if falling else 'does not fall throughout'}.",
        holds=bool(height > minimum and falling),
    )


def bump_silica():
    """Bump temperature of a-SiO₂ from our T_b/T_g and T_g = 1500 K, in kelvin."""
    ratio = bump_position().value
    return Finding(
        ratio * GLASS_TEMPERATURE_SILICA,
        f"8.6 K needs T_g = {BUMP_SILICA / 6e-3:.0f} K with the printed ratio 6·10⁻³ and "
        f"{BUMP_SILICA / ratio:.0f} K with ours.",
    )


def bump_of_lowest_oscillator():
    """4.93 T_b over the first intra-well excitation, γ = 10: one if all oscillated as the symmetric wells do."""
    T, intra = _bump(10.0)[0], _excitations(10.0)[1]
    low, high = (float(_curvature_frequencies(10.0, x)) for x in (0.0, 1.0))
    return Finding(
        OSCILLATOR_PEAK * T / intra,
        f"T_b = {T:.4g}, intra-well excitation {intra:.4g}; √U″ at the minimum is {low:.3g} at h = 0 and "
        f"{high:.3g} at h = √q.",
    )


def _curvature_frequencies(gamma, z):
    """Frequency √U″ at the lowest minimum, at the fields z √q."""
    state = _ground(gamma)
    h = np.abs(np.asarray(z, dtype=float)) * math.sqrt(state.q)
    A, B = state.C - 1 / gamma, 1 / (6 * gamma)
    return np.sqrt(3 * B * _minimum(state, h) ** 2 - A)


def bump_of_oscillators():
    """T_b over the bump temperature of oscillators of frequency √U″ at the minimum, in the same ensemble, γ = 10."""
    from scipy.optimize import minimize_scalar

    z = np.linspace(0.0, 8.0, 801)
    weight = np.exp(-(z**2) / 2)
    weight[0] /= 2
    weight /= weight.sum()
    frequency = _curvature_frequencies(10.0, z)

    def reduced(x):
        return -float(weight @ thermal.oscillator(frequency, math.exp(x))) / math.exp(3 * x)

    best = minimize_scalar(reduced, bounds=(math.log(0.1), math.log(1.0)), method="bounded", options={"xatol": 1e-6})
    return Finding(
        _bump(10.0)[0] / math.exp(best.x), f"T_b = {_bump(10.0)[0]:.4g}, of the oscillators {math.exp(best.x):.4g}."
    )


def flat_density():
    """P₀: the flat density of states per unit energy and coordinate, γ = 10, J₀ = 0."""
    E, found = _plateau(10.0)
    density = float(np.median(found.density))
    return Finding(
        density,
        f"Median for {E[0]:.2g} < E < {E[-1]:.3g}, spread {100 * float(np.ptp(found.density)) / density:.2g} %.",
    )


def _density_per_kelvin_and_atom():
    """P₀ per kelvin and atom: the unit of energy set by T_b = 8.6 K, three coordinates per atom."""
    kelvin = BUMP_SILICA / _bump(10.0)[0]
    return 3 * flat_density().value / kelvin, kelvin


def flat_density_in_kelvin():
    """P₀ per kelvin and atom with the unit of energy set by T_b = 8.6 K, γ = 10."""
    density, kelvin = _density_per_kelvin_and_atom()
    return Finding(
        density,
        f"T_b = 8.6 K makes the unit of energy {kelvin:.3g} K; with three coordinates per atom P₀ = "
        f"{density:.2g} per kelvin.",
    )


def flat_density_excess():
    """Decades by which P₀ exceeds the density of states behind the measured linear specific heat."""
    density, _ = _density_per_kelvin_and_atom()
    middle = math.sqrt(LINEAR_SPECIFIC_HEAT[0] * LINEAR_SPECIFIC_HEAT[1])
    measured = 6 / math.pi**2 * middle * MEAN_ATOMIC_MASS / MOLAR_GAS_CONSTANT
    return Finding(
        math.log10(density / measured),
        f"Measured n = 6c₁/π²k_B² = {measured:.2g} per kelvin and atom for c₁ = {1e6 * middle:.2g} µJ g⁻¹K⁻²; "
        f"ours {density:.2g}; "
        f"the printed 6·10⁻³ lies {math.log10(6e-3 / measured):.2g} decades above.",
    )


def specific_heat_and_glass_temperature():
    """Relative spread of n(0) T_g between γ = 4 and γ = 20."""
    values = []
    for gamma in (4.0, 6.0, 10.0, 20.0):
        state = _ground(gamma)
        n = 2 * float(state.field_density(0.0)) / _wells(gamma).support("distance")[1]
        values.append(n * _glass_temperature(gamma))
    return Finding(
        max(values) / min(values) - 1,
        f"n(0) T_g = {values[0]:.3g}, {values[1]:.3g}, {values[2]:.3g}, {values[3]:.3g} at γ = 4, 6, 10, 20; "
        f"C/T = (π²/6) n(0).",
    )


def universal_part():
    """Elasticity of n(0) T_g with respect to the local anharmonicity a4, γ = 10."""
    values = []
    for a4 in (1.0, 2.0):
        state = _ground(10.0, a4=a4)
        n = 2 * float(state.field_density(0.0)) / well_statistics(state).support("distance")[1]
        values.append(n * _glass_temperature(10.0, a4=a4))
    return Finding(
        abs(round(math.log2(values[1] / values[0]), 12)),
        f"n(0) T_g = {values[0]:.4g} at a₄ = 1 and {values[1]:.4g} at a₄ = 2.",
    )


def material_part():
    """Elasticity of T_b/T_g with respect to the local anharmonicity a4, γ = 10."""
    values = [_bump(10.0, a4)[0] / _glass_temperature(10.0, a4=a4) for a4 in (1.0, 2.0)]
    return Finding(
        math.log2(values[1] / values[0]), f"T_b/T_g = {values[0]:.3g} at a₄ = 1 and {values[1]:.3g} at a₄ = 2."
    )


def intra_well_origin():
    """Elasticity of the intra-well frequency to the strength of G over that to the couplings, γ = 10."""

    def frequency(coupling, local):
        # With couplings of strength J the model at local strength g is J times that at γ = J/g.
        return math.sqrt(2 * coupling * (_ground(coupling / local).C - local / coupling))

    step = 1e-3
    to_local = (math.log(frequency(1.0, 0.1 * (1 + step))) - math.log(frequency(1.0, 0.1 * (1 - step)))) / (2 * step)
    to_coupling = (math.log(frequency(1 + step, 0.1)) - math.log(frequency(1 - step, 0.1))) / (2 * step)
    return Finding(
        abs(to_local / to_coupling),
        f"d ln ω/d ln G = {to_local:.3g}, d ln ω/d ln J = {to_coupling:.3g}; ω = sqrt(2(C − 1/γ)) = "
        f"{frequency(1.0, 0.1):.4g}.",
    )


def double_well_onset():
    """γ at which double wells appear at T = 0, J₀ = 0."""
    return Finding(_double_well_onset(), "γC = 1 there.")


def bump_height():
    """Height of the maximum of C/T³ per coordinate, γ = 10, J₀ = 0."""
    T, height, minimum, _ = _bump(10.0)
    return Finding(height, f"At T = {T:.3g}; the minimum before it is {minimum:.3g}.")


def largest_asymmetry():
    """Upper edge of P(Δ), γ = 4, J₀ = 0."""
    return Finding(_wells(4.0).support("asymmetry")[1])


def polarisation_line():
    """J₀C at the J₀ where p² of the polarised ground state extrapolates to zero, γ = 4."""
    C = _ground(4.0).C
    couplings = np.array([1.005, 1.01, 1.02]) / C
    squares = np.array([_ground(4.0, float(J0)).p ** 2 for J0 in couplings])
    # p² as a parabola in J₀; its root next to the onset, by inverse interpolation at p² = 0.
    inverse = np.polynomial.polynomial.Polynomial.fit(squares, couplings, 2)
    onset = float(inverse(0.0))
    return Finding(onset * C, f"p² vanishes at J₀ = {onset:.4f}, 1/C = {1 / C:.4f}.")


def stability_on_line():
    """Mean of 1/U″² on the computed AT line at T = 0, by brute-force quadrature; the worst of three points."""
    line = phase_diagram().at
    found = []
    for at in np.linspace(0, line.J0.size - 1, 5).astype(int)[1:4]:
        J0, inverse_gamma = float(line.J0[at]), float(line.inverse_gamma[at])
        state = _ground(1 / inverse_gamma, J0)
        # There are no double wells, so v is a variable as good as h; 1/U″² dh = dv/U″ is sharply peaked at v = 0.
        x = np.linspace(-math.asinh(1e9), math.asinh(1e9), 40001)
        v, measure = 1e-7 * np.sinh(x), 1e-7 * np.cosh(x) * (x[1] - x[0])
        A, B = state.C - inverse_gamma, inverse_gamma / 6
        z = (B * v**3 - A * v - J0 * state.p) / math.sqrt(state.q)
        density = np.exp(-np.minimum(z**2, 1400.0) / 2) / math.sqrt(2 * math.pi * state.q)
        found.append((float(np.sum(density / (3 * B * v**2 - A) * measure)), J0, 1 / inverse_gamma))
    worst = max(found, key=lambda point: abs(point[0] - 1))
    places = "; ".join(f"J₀ = {J0:.3g}, γ = {gamma:.3g}" for _, J0, gamma in found)
    return Finding(worst[0], f"On the line at {places}.")
