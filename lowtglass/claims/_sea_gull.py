"""Il'in, Karpov and Parshin 1987: distribution of soft potentials, their excitations and their heat capacity."""

import functools
import math

import numpy as np

from .. import soft_potential, thermal
from . import Finding

__all__ = [
    "asymptotic_plateau",
    "both_minima",
    "coefficient",
    "collectivisation",
    "constant_power",
    "debye_energy",
    "deformation_potential",
    "double_well_bound",
    "energy_of_an_atom",
    "fifth",
    "flat_derivative",
    "fourth_power",
    "from_two_w",
    "gull_power",
    "harmonic_ladder",
    "invariants",
    "jacobian_factor",
    "logarithm",
    "minimum_in_kelvin",
    "modulus_makes_the_rise",
    "place_of_the_maximum",
    "place_of_the_minimum",
    "ratio_of_the_minima",
    "region_of_the_plane",
    "shapes_against_t",
    "slopes_of_the_gap",
    "square_root",
    "step_of_the_third_level",
    "third_level",
    "three_pairs",
    "two_level_energy",
    "two_level_share",
]

_ETA_L, _DELTA = 0.01, 0.1  # of Fig. 2
_RATIO = _DELTA / _ETA_L
_T = np.geomspace(0.0625, 1.0, 49)
_CURVE_1 = soft_potential.Distribution(_ETA_L, "barrier top", eta_min=-_DELTA)
_CURVE_2 = soft_potential.Distribution(_ETA_L, "barrier top", delta_eta=_DELTA, eta_max=1.0)
_GULL = soft_potential.Distribution(1.0, "barrier top", eta_min=-_RATIO)
_FLAT = soft_potential.Distribution(1.0, "barrier top", modulus=False, eta_min=-_RATIO)
_ATOM = 20.0  # u, the mean of SiO₂
_W = 10.0  # K
# Linear specific heats of glasses, J g⁻¹ K⁻² (Stephens 1973), and the mass density of silica in g/m³.
_LARGEST_LINEAR, _MASS_DENSITY, _VELOCITY = 5e-6, 2.2e6, 3000.0


@functools.cache
def _drawn(size=300_000):
    """Potentials from normal laws, each with one pair."""

    def draw(rng, n):
        return rng.normal(0.0, 0.3, n), rng.normal(1.0, 0.5, n), rng.normal(0.0, 0.8, n)

    found = soft_potential.sample(draw, size, rng=1)
    k = np.where(found.double, 1, 0)[:, None]
    return found.double, *(np.take_along_axis(x, k, axis=1)[:, 0] for x in (found.alpha, found.beta))


@functools.cache
def _spline(distribution):
    from scipy.interpolate import CubicSpline

    found = soft_potential.heat_capacity(_T, distribution, rtol=1e-3)
    return CubicSpline(np.log(_T), np.log(found.heat_capacity))


def _minimum(distribution):
    """Temperature where C/T³ has its minimum."""
    turn = _spline(distribution).derivative().solve(3.0, extrapolate=False)
    return math.exp(turn[0]) if len(turn) else math.nan


@functools.cache
def _density(E, distribution, upper=2):
    return float(soft_potential.density_of_states(E, distribution, upper=upper, rtol=1e-3).density)


@functools.cache
def _scales(mass=_ATOM):
    from scipy.constants import atomic_mass, e

    return soft_potential.Scales.from_atom(10.0 * e, mass * atomic_mass, 1e-10)


# Potentials and their distribution


def double_well_bound():
    """The η/t² below which there are two wells."""
    low, high = 0.0, 1.0
    while high - low > 1e-13:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if soft_potential.wells(middle, 1.0).double else (low, middle)
    return 0.5 * (low + high)


def invariants():
    """Number of random potentials for which both relations of Eq. (4) hold to rounding."""
    h, eta1, t1 = np.random.default_rng(4).normal(size=(3, 2000))
    found = soft_potential.transform(h, eta1, t1)
    eta, t = found.alpha[:, 0], found.beta[:, 0]
    first = eta - 0.375 * t**2 - (eta1 - 0.375 * t1**2)
    second = 0.5 * t * (eta - 0.25 * t**2) - (0.5 * t1 * (eta1 - 0.25 * t1**2) - h)
    kept = np.maximum(np.abs(first), np.abs(second)) < 1e-12
    return Finding(float(kept.sum()), f"Of {kept.size} potentials.", holds=bool(kept.all()))


def jacobian_factor():
    """Jacobian over |η|, by differences of the pairs of potentials."""
    # From (η, t, t′) to the potential with this h′ and η′, and back by the wells of the package.
    eta, t, t1 = -0.3, 0.2, -0.4
    eta1 = eta - 0.375 * t**2 + 0.375 * t1**2
    h = 0.5 * t1 * (eta1 - 0.25 * t1**2) - 0.5 * t * (eta - 0.25 * t**2)
    step, columns = 1e-5, []
    for dh, de in ((step, 0.0), (0.0, step)):
        up, down = (soft_potential.transform(h + s * dh, eta1 + s * de, t1) for s in (1.0, -1.0))
        columns.append([up.alpha[1] - down.alpha[1], up.beta[1] - down.beta[1]])
    return float((2.0 * step) ** 2 / abs(np.linalg.det(columns)) / abs(eta))


def gull_power():
    """Power of |η| in the density of barrier tops, |t| < 1, from their numbers with |η| below 0.05 and 0.1."""
    double, eta, t = _drawn()
    small, large = (int(np.sum(double & (eta > -limit) & (np.abs(t) < 1.0))) for limit in (0.05, 0.1))
    doubt = math.sqrt(1.0 / small - 1.0 / large) / math.log(2.0)
    return Finding(math.log2(large / small) - 1.0, f"{small} and {large} barrier tops; standard error {doubt:.2f}.")


def three_pairs():
    """Pairs per potential by the cubic that Eq. (4) leaves, for single and for double wells."""
    h, eta, t = np.random.default_rng(8).normal(size=(3, 300)) * [[0.1], [0.5], [1.0]]
    found = soft_potential.transform(h, eta, t)
    numbers = []
    for I1, I2 in zip(eta - 0.375 * t**2, 0.5 * t * (eta - 0.25 * t**2) - h, strict=True):
        numbers.append(np.sum(np.abs(np.roots([1.0 / 16.0, 0.0, 0.5 * I1, -I2]).imag) < 1e-9))
    double = np.asarray(found.double)
    numbers = np.array(numbers)
    return Finding(float(numbers[double].mean()), holds=bool(np.all(numbers == np.where(double, 3, 1))))


def region_of_the_plane():
    """Share of potentials whose pair lies in η > 9t²/32 without, in η < 0 with a second well."""
    double, eta, t = _drawn()
    inside = np.where(double, eta < 0.0, eta > 9.0 / 32.0 * t**2)
    return Finding(float(inside.mean()), holds=bool(inside.all()))


def shapes_against_t():
    """Height of P₀(0, t = 0) over the maximum, for a wide and a narrow law of h′."""
    t1, t = np.linspace(-4.0, 4.0, 1601), np.linspace(0.0, 1.6, 81)[:, None]
    h, eta1 = (t1 - t) ** 2 * (t1 + 2.0 * t) / 16.0, 0.375 * (t1**2 - t**2)
    heights = []
    for width in (0.3, 0.03):
        law = np.exp(-0.5 * ((h / width) ** 2 + ((eta1 - 1.0) / 0.3) ** 2 + (t1 / 0.8) ** 2))
        curve = np.trapezoid(law, t1)
        heights.append(float(curve[0] / curve.max()))
    wide, narrow = heights
    return Finding(narrow, f"Widths 0.3 and 0.03 of h′: {wide:.2f} and {narrow:.2f}.", holds=wide == 1.0 > narrow)


# Levels


def harmonic_ladder():
    """First gap over 2 sqrt(α) at α = 100, β = 5."""
    return float(soft_potential.gap(100.0, 5.0).energy) / 20.0


def two_level_energy():
    """Largest relative miss of sqrt(Δ² + Δ₀²) for gaps up to w at A = −8."""
    A = -8.0
    J = float(soft_potential.tunnel_splitting(-A).J)
    worst = 0.0
    for H in (1e-4, 1e-3, 1e-2, 0.1, 0.22):
        pair = soft_potential.expansions(A, H)
        alpha, beta = float(pair.alpha[1]), float(pair.beta[1])
        exact = float(soft_potential.gap(alpha, beta).energy)
        delta = float(soft_potential.asymmetry(alpha, beta).total)
        worst = max(worst, abs(math.hypot(J, delta) / exact - 1.0))
    return worst


def third_level():
    """Smallest e13, over a first gap of w."""
    return soft_potential.singularities(3)[0].E


def slopes_of_the_gap():
    """Geometric mean of |∂e12/∂α| and |∂e12/∂β| at α = β = 1."""
    h = 1e-3

    def gap(a, b):
        return float(soft_potential.gap(a, b).energy)

    by_alpha = abs(gap(1.0 + h, 1.0) - gap(1.0 - h, 1.0)) / (2.0 * h)
    by_beta = abs(gap(1.0, 1.0 + h) - gap(1.0, 1.0 - h)) / (2.0 * h)
    return Finding(math.sqrt(by_alpha * by_beta), f"{by_alpha:.2f} and {by_beta:.2f}.")


def debye_energy():
    """First gap of η = 1, t = 0 over ħω_D."""
    scales = _scales()
    return float(soft_potential.gap(1.0 / scales.eta_L, 0.0).energy) * scales.w / scales.debye


def deformation_potential():
    """E₀η_L in electronvolts for 10 eV, 1 Å and 20 u."""
    from scipy.constants import e

    return _scales().deformation_potential / e


def energy_of_an_atom():
    """w in kelvins for 10 eV, 1 Å and 20 u."""
    from scipy.constants import k

    return _scales().w / k


# Densities of states


def asymptotic_plateau():
    """n(0.5w)/n(0.02w) for δη/η_L = 10."""
    low, high = _density(0.02, _GULL), _density(0.5, _GULL)
    n0 = 4.0 * math.sqrt(2.0 * _RATIO)
    return Finding(high / low, f"{low / n0:.2f} and {high / n0:.2f} of n₀.")


def _power(distribution):
    low, high = _density(25.0, distribution), _density(50.0, distribution)
    return math.log2(high / low)


def constant_power():
    """Power of E in n(E) at 25 to 50w, constant P, single wells."""
    return _power(soft_potential.Distribution(1.0, "single wells", modulus=False))


def fourth_power():
    """Power of E in n(E) at 25 to 50w, P = |η|P₀, single wells."""
    return _power(soft_potential.Distribution(1.0, "single wells"))


def coefficient():
    """Coefficient of Eq. (12) for a sharp end of the barrier tops: n(E) at 50w over n₀."""
    single = _density(50.0, soft_potential.Distribution(1.0, "single wells")) / 50.0**4
    # n₀ over sqrt(δη/η_L) is ∫d|A| 4/sqrt(2|A|) = 4 sqrt(2).
    return single / (4.0 * math.sqrt(2.0))


def from_two_w():
    """n(2w) over Eq. (12), δη/η_L = 10."""
    return _density(2.0, _GULL) / (math.sqrt(2.0) / 6.0 * 16.0)


def logarithm():
    """Increase of n(E12) per decade of the distance below the saddle, constant P, over the one before."""
    saddle = soft_potential.singularities(2)[0].E
    n = [_density(saddle - d, _FLAT) for d in (1e-3, 1e-4, 1e-5)]
    first, second = n[1] - n[0], n[2] - n[1]
    gull = abs(_density(saddle - 1e-5, _CURVE_2) / _density(saddle - 1e-4, _CURVE_2) - 1.0)
    detail = f"{first:.2f} and {second:.2f} per decade; with |η|P₀, curve 2, a change by {gull:.0e} in the last."
    return Finding(second / first, detail, holds=abs(second / first - 1.0) < 0.02 and gull < 1e-3)


def square_root():
    """Power of E − E* in the singular part of n(E12), curve 2 of Fig. 2."""
    saddle = soft_potential.singularities(2)[0].E
    close = soft_potential.density_of_states(saddle + np.array([-1e-6, 1e-5, 1e-4]), _CURVE_2, rtol=1e-6).density
    return math.log10((close[2] - close[0]) / (close[1] - close[0]))


def flat_derivative():
    """Slope of n(E12) above over below the saddle, P₀ constant, each potential once."""
    saddle = soft_potential.singularities(2)[0].E
    d = 1e-3
    E = saddle + d * np.array([-2.0, -1.0, 1.0, 2.0])
    n = soft_potential.density_of_states(E, _GULL, rtol=1e-7).density
    ratio = float((n[3] - n[2]) / (n[1] - n[0]))
    return Finding(ratio, "Slope above over slope below.", holds=abs(ratio - 1.0) > 0.1)


def step_of_the_third_level():
    """n(E13) just above its threshold over the height the second derivatives give; nothing below."""
    bottom = soft_potential.singularities(3)[0]
    above = _density(bottom.E + 1e-4, _GULL, 3) / (2.0 * bottom.step)
    flat = _density(bottom.E + 1e-4, _FLAT, 3) / (2.0 / abs(bottom.A) * bottom.step)
    below = _density(bottom.E - 1e-4, _GULL, 3)
    detail = f"At {bottom.E:.4f} w; constant P: {flat:.3f} of the height."
    return Finding(above, detail, holds=below == 0.0 and abs(above - 1.0) < 0.01 and abs(flat - 1.0) < 0.01)


# Heat capacity


def two_level_share():
    """Share of the two lowest levels in C at T = w/16, curve 1."""
    T = 0.0625
    nodes, weights = np.polynomial.legendre.leggauss(5)
    total = 0.0
    for a, b in ((0.01, 0.4), (0.4, 4.0), (4.0, 12.0), (12.0, 25.0)):
        x = 0.5 * (a + b) + 0.5 * (b - a) * nodes
        n = soft_potential.density_of_states(x * T, _CURVE_1, rtol=3e-2).density
        total += 0.5 * (b - a) * T * float(np.sum(weights * n * thermal.two_level(x, 1.0)))
    return total / math.exp(float(_spline(_CURVE_1)(math.log(T))))


def modulus_makes_the_rise():
    """Exponent d ln C/d ln T at 0.95w: above 3 for both curves of Fig. 2; C/T³ of constant P falls from w/2 to w."""
    one, two = (float(_spline(curve)(math.log(0.95), 1)) for curve in (_CURVE_1, _CURVE_2))
    flat = soft_potential.Distribution(_ETA_L, "barrier top", modulus=False)
    T = np.geomspace(0.5, 1.0, 9)
    falls = bool(np.all(np.diff(soft_potential.heat_capacity(T, flat, rtol=1e-3).over_T3) < 0.0))
    return Finding(one, f"Curve 2: {two:.1f}.", holds=falls and min(one, two) > 3.0)


def both_minima():
    """Minima of both curves below w."""
    one, two = _minimum(_CURVE_1), _minimum(_CURVE_2)
    return Finding(one, f"Curve 2: {two:.3f} w.", holds=math.isfinite(one) and math.isfinite(two))


def place_of_the_minimum():
    """Minimum of curve 1, in units of w."""
    return _minimum(_CURVE_1)


def ratio_of_the_minima():
    """Minimum of curve 1 over that of curve 2."""
    return _minimum(_CURVE_1) / _minimum(_CURVE_2)


def minimum_in_kelvin():
    """Minima for w = 10 K."""
    one, two = _W * _minimum(_CURVE_1), _W * _minimum(_CURVE_2)
    return Finding(one, f"Curve 2: {two:.1f} K.", holds=2.0 <= two <= 10.0 and 2.0 <= one <= 10.0)


def _measured():
    """E_d for w = 10 K and the largest density of tunnelling states measured."""
    from scipy.constants import k

    n0 = 6.0 * _LARGEST_LINEAR * _MASS_DENSITY / (math.pi * k) ** 2
    debye = _W * k / math.sqrt(_ETA_L)
    return soft_potential.collectivisation_energy(n0, _W * k, debye, _VELOCITY, _RATIO)


def collectivisation():
    """E_d/w for the largest density of tunnelling states measured."""
    found = _measured()
    return Finding(found.energy, f"n₀ = {found.n0 * 1e-13:.1e} erg⁻¹ cm⁻³.")


def fifth():
    """E_d over the temperature of the maximum of C/T³ of one oscillator."""
    found = _measured()
    return found.energy / found.temperature


def place_of_the_maximum():
    """Temperature of the maximum for the printed E_d = 3w and w = 10 K."""
    T = 3.0 * _W / fifth()
    return Finding(T, f"With our E_d: {_W * _measured().temperature:.1f} K.", holds=10.0 <= T <= 30.0)
