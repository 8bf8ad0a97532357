"""Our numbers for Sections I and II of Lubchenko and Wolynes (2004): the glass transition as a mosaic.

Each public function computes the number of one entry of the ledger and takes no argument.  Energies are in units of
k_BT_g, entropies in k_B per bead, lengths in a.  The only inputs are the paper's (a/d_L)² = 100 and ln 10¹⁷.
"""

import dataclasses
import functools
import math

import numpy as np

from .. import materials, rfot
from ..phonons import Branch, DebyePhonons, thermal_conductivity
from ..rfot import Mosaic
from . import Finding

# T_g is the unit of energy here.
GLASS = Mosaic(T_g=1.0)
MICROSCOPIC_TIME = 1e-12  # s, "typically of the order a picosecond"
FRAGILITIES = np.array([3.0, 10.0, 30.0, 100.0])


@functools.cache
def _droplet():
    return rfot.droplet(GLASS)


@functools.cache
def _mean_free_path_ratio():
    """T and l/λ of silicate glasses: published κ over that of phonons with l = λ."""
    silica, k, hbar = materials.SILICA, 1.380649e-23, 1.054571817e-34
    solid = DebyePhonons(
        [Branch(silica.sound_velocity, 3)], debye_frequency=k * silica.debye_temperature / hbar, hbar=hbar, k_B=k
    )
    T = np.array([5.0, 20.0, 30.0, 40.0, 50.0, 60.0])
    one = thermal_conductivity(T, lambda omega, T: omega / (2 * math.pi * silica.sound_velocity), solid).conductivity
    return T, materials.silicate_conductivity(T) / one


def _profile():
    """F(N) on a fine grid that ends beyond N*."""
    N = np.linspace(0.0, 250.0, 250001)
    return N, rfot.droplet_free_energy(N, GLASS)


# --- Section I --------------------------------------------------------------------------------------------------------


def conductivity_exponent_of_a_constant_ratio():
    """Exponent of κ(T) of phonons with l/λ = 150 well below the Debye temperature."""
    solid = DebyePhonons([Branch(1.0, 3)], debye_frequency=1.0)
    T = np.array([1e-3, 1e-2])
    found = thermal_conductivity(T, lambda omega, T: omega / (300 * math.pi), solid).conductivity
    return Finding(
        math.log10(found[1] / found[0]),
        f"Between 10⁻³ and 10⁻² T_D; κ/K = {found[0] * math.pi / T[0] ** 2:.1f} (T/T_D)².",
    )


def power_of_hbar_in_the_unit():
    """Power p for which k_B³T²/(ħᵖc) is a thermal conductivity."""
    # Exponents of kilogram, metre, second and kelvin.
    k, hbar, c, T = (np.array(x) for x in ((1, 2, -2, -1), (1, 2, -1, 0), (0, 1, -1, 0), (0, 0, 0, 1)))
    conductivity = np.array((1, 1, -3, -1))
    rest = 3 * k + 2 * T - c - conductivity
    power = float(rest @ hbar / (hbar @ hbar))
    return Finding(power, f"What is left over: {np.abs(rest - power * hbar).sum():.0f}.")


def ratio_at_localisation():
    """Geometric mean of l/λ of silicate glasses between 20 and 60 K."""
    T, ratio = _mean_free_path_ratio()
    chosen = T >= 20.0
    return Finding(
        float(np.exp(np.mean(np.log(ratio[chosen])))),
        "l/λ of a published fit to silicate glasses, with c_s and T_D of silica: "
        + ", ".join(f"{r:.3g} at {t:.0f} K" for t, r in zip(T, ratio, strict=True))
        + ".",
    )


def exponent_at_localisation():
    """Exponent of κ(T) of silicate glasses between 20 and 60 K."""
    low, high = materials.silicate_conductivity([20.0, 60.0])
    T = np.array([0.06, 0.18])
    solid = DebyePhonons([Branch(1.0, 3)], debye_frequency=1.0)
    line = thermal_conductivity(T, lambda omega, T: omega / (2 * math.pi), solid).conductivity
    return Finding(
        math.log(high / low) / math.log(3.0),
        f"The line l = λ itself has the mean exponent {math.log(line[1] / line[0]) / math.log(3.0):.2f} there.",
    )


# --- Section II: the droplet ------------------------------------------------------------------------------------------


def vogel_fulcher_from_the_barrier():
    """Largest relative difference between F‡(T)/T of (7) with s_c = Δc_p(T − T_K)/T_K and γ ∝ T, and (1)."""
    worst = 0.0
    for D in FRAGILITIES:
        T = np.linspace(1.01, 3.0, 50)
        s = rfot.heat_capacity_jump(D, GLASS) * (T - 1.0)
        # The barrier by maximising F(N), not by (7); γ/T is that at T_g.
        ratio = _droplet().mismatch
        found = []
        for entropy in s:
            N = (ratio / (2 * entropy)) ** 2 * np.linspace(0.5, 1.5, 2000)
            found.append(np.max(ratio * np.sqrt(N) - entropy * N))
        worst = max(worst, float(np.max(np.abs(np.array(found) / rfot.vogel_fulcher(T, D) - 1.0))))
    return Finding(worst, "T/T_K from 1.01 to 3, D from 3 to 100, with D = γ²/(4T²Δc_p).")


def steepest_descent_of_the_library():
    """The sum (3) over a Gaussian library over its steepest descent with the width of the saddle, N = N‡, D = 10."""
    found = _droplet()
    N, s, jump = found.critical_size, found.entropy, float(rfot.heat_capacity_jump(10.0, GLASS))
    # S_c(Φ) = N[s + φ − φ²/2Δc_p] with φ = (Φ − Φ_eq)/NT_g, from the lowest state, S_c = 0, to the top, dS_c/dΦ = 0.
    lowest = jump * (1.0 - math.sqrt(1.0 + 2.0 * s / jump))
    phi = np.linspace(lowest, jump, 200001)
    total = np.trapezoid(np.exp(-N * phi**2 / (2 * jump)), phi)
    saddle = math.sqrt(2 * math.pi * jump / N)
    return Finding(total / saddle, f"N‡ = {N:.1f}; the library spans {lowest:.2f} to {jump:.2f} T_g per bead.")


def jump_exponent():
    """Exponent α of the heat capacity at T_K by hyperscaling, α = 2 − dν, with ξ of the droplet, d = 3."""
    low, high = (dataclasses.replace(GLASS, log_time=x) for x in (1e6, 1e7))
    # Close to T_K, T − T_K is proportional to s_c.
    nu = -math.log(rfot.droplet(high).length / rfot.droplet(low).length) / math.log(
        rfot.droplet(high).entropy / rfot.droplet(low).entropy
    )
    return Finding(2.0 - 3.0 * nu, f"ν = {nu:.4f}.")


def profile():
    """The number of beads where F(N) returns to zero over that of its maximum, from a grid."""
    N, F = _profile()
    top = int(np.argmax(F))
    end = N[np.flatnonzero(F > 0)[-1]]
    return Finding(
        end / N[top],
        f"Maximum {F[top]:.2f} T_g at N = {N[top]:.1f}, zero at {end:.1f}.",
        holds=bool(F[0] == 0.0 and np.all(np.diff(F[: top + 1]) > 0) and np.all(np.diff(F[top:]) < 0)),
    )


def barrier():
    """Largest relative difference between the maximum of F(N) on a grid and γ²/(4Ts_c)."""
    worst = 0.0
    for T, s in ((1.0, _droplet().entropy), (1.0, 1.2), (0.8, 0.5), (1.3, 2.0)):
        g = _droplet().mismatch
        N = np.linspace(0.0, 4.0 * (g / (2 * T * s)) ** 2, 400000)
        F = rfot.droplet_free_energy(N, GLASS, T=T, entropy=s)
        worst = max(worst, abs(float(np.max(F)) / (g**2 / (4 * s * T)) - 1.0))
    return worst


def printed_root_of_the_mismatch():
    """N* if √3 π is read literally in the formula for ξ."""
    L, logarithm = GLASS.log_time, math.log(100.0 / (math.pi * math.e))
    literal = (8.0 / (3.0 * math.sqrt(3.0) * math.pi) * L / logarithm) ** 2
    return Finding(literal, f"With √(3π) N* = {_droplet().size:.1f}.")


def size():
    """N*."""
    return Finding(_droplet().size, f"γ/T_g = {_droplet().mismatch:.2f}.")


def length():
    """ξ/a."""
    return _droplet().length


def critical_radius():
    """r‡/ξ."""
    return Finding(_droplet().critical_radius / _droplet().length, f"r‡ = {_droplet().critical_radius:.2f} a.")


def length_sensitivity():
    """The larger of the logarithmic derivatives of ξ with respect to d_L and to ln τ/τ₀."""
    found = rfot.sensitivity(lambda mosaic: rfot.droplet(mosaic).length, GLASS)
    return Finding(
        max(abs(found.lindemann), abs(found.log_time)),
        f"d ln ξ/d ln d_L = {found.lindemann:.3f}, d ln ξ/d ln ln(τ/τ₀) = {found.log_time:.3f}.",
    )


def fragility_coefficient():
    """D Δc_p."""
    return float(rfot.fragility(1.0, GLASS))


def entropy():
    """s_c(T_g)."""
    return _droplet().entropy


def decades_of_an_hour():
    """One hour over a picosecond."""
    ours = 3600.0 / MICROSCOPIC_TIME
    s = rfot.droplet(dataclasses.replace(GLASS, log_time=math.log(ours))).entropy
    return Finding(ours, f"10^{math.log10(ours):.2f}; s_c = {s:.2f} there, and 10¹⁷ ps are {1e5 / 3600:.0f} hours.")


def entropy_over_fusion_hard_spheres():
    """s_c(T_g)/s_c(T_m) with the entropy of fusion of hard spheres."""
    return _droplet().entropy / rfot.FUSION_ENTROPY["hard spheres"]


def entropy_over_fusion_lennard_jones():
    """s_c(T_g)/s_c(T_m) with the entropy of fusion of the Lennard-Jones liquid."""
    return _droplet().entropy / rfot.FUSION_ENTROPY["Lennard-Jones"]


def barrier_of_fifteen_decades():
    """ln 10¹⁵ as the barrier that the droplet of that time has."""
    fifteen = dataclasses.replace(GLASS, log_time=15 * math.log(10.0))
    return Finding(rfot.droplet(fifteen).barrier, f"{_droplet().barrier:.2f} for 10¹⁷.")


def entropy_with_a_bare_surface():
    """s_c(T_g) with the surface term γN^(2/3) over that with γ√N, at equal ξ and equal barrier, by maximising F."""
    u = np.linspace(0.0, 1.0, 2000001)  # N/N*
    # F = T s_c N* (u^x − u) vanishes at N*; its maximum is T ln(τ/τ₀).
    half, bare = (_droplet().barrier / _droplet().size / float(np.max(u**x - u)) for x in (1 / 2, 2 / 3))
    scaled = [rfot.droplet(dataclasses.replace(GLASS, lindemann=d)) for d in (0.1, 0.13)]
    law = math.log(scaled[1].entropy / scaled[0].entropy) / math.log(scaled[1].length / scaled[0].length)
    return Finding(
        round(bare / half, 6),
        f"s_c = {bare:.2f} and {half:.2f}. With √N and another γ s_c goes as ξ^({law:.0f}): 5 % in ξ are then "
        f"{1.05 ** abs(law) - 1:.0%} in s_c.",
    )


def time_of_three_decades():
    """log₁₀ of the time in s that lies three decades above a picosecond."""
    end = rfot.droplet(dataclasses.replace(GLASS, log_time=3 * math.log(10.0)))
    total = [math.log10(MICROSCOPIC_TIME) + n for n in (16, 17)]
    return Finding(
        math.log10(MICROSCOPIC_TIME) + 3.0,
        f"16 and 17 decades end at 10^{total[0]:.0f} and 10^{total[1]:.0f} s. "
        f"At three decades the droplet of (6), not softened, has "
        f"N‡ = {end.critical_size:.1f} beads at the top and r‡ = {end.critical_radius:.2f} a.",
    )


# --- Section II: fragility, fluctuations and aging --------------------------------------------------------------------


def calorimetric_proportionality():
    """m s_c(T_g)/Δc_p(T_g), largest over smallest for D from 3 to 100, all from the slopes at T_g."""
    products = []
    for D in FRAGILITIES:
        T = float(rfot.glass_temperature(D, GLASS))
        h = 1e-4 * T
        slope = (rfot.vogel_fulcher(T - h, D) - rfot.vogel_fulcher(T + h, D)) / (2 * h) * T / math.log(10.0)
        # s_c = Δc_p(T − T_K)/T_K; the measured jump is T ds_c/dT at T_g.
        at_T_K = float(rfot.heat_capacity_jump(D, GLASS))
        products.append(slope * (at_T_K * (T - 1.0)) / (at_T_K * T))
    low, high = min(products), max(products)
    return Finding(high / low, f"m = {np.mean(products):.3f} Δc_p(T_g)/s_c(T_g).")


def barrier_width():
    """Elasticity 2√D δF‡/F‡, with δs_c² = Δc_p/N* and F‡ ∝ 1/s_c, at D = 10."""
    found, jump = _droplet(), float(rfot.heat_capacity_jump(10.0, GLASS))
    deviation = math.sqrt(jump / found.size)
    step = 1e-4 * found.entropy
    up, down = (
        np.max(rfot.droplet_free_energy(_profile()[0], GLASS, entropy=found.entropy + x)) for x in (step, -step)
    )
    width = abs(up - down) / (2 * step) * deviation / found.barrier
    small = math.sqrt(jump / found.critical_size) / found.entropy
    return Finding(
        float(2 * math.sqrt(10.0) * width),
        f"With the fluctuations of N‡ beads instead of N* it would be {2 * math.sqrt(10.0) * small:.2f}.",
    )


def _miss(law):
    parts = [rfot.stretching_exponent(D, GLASS, law=law).residual for D in FRAGILITIES]
    words = ", ".join(f"{miss:.3f} at D = {D:g}" for D, miss in zip(FRAGILITIES, parts, strict=True))
    return Finding(max(parts), f"{words}.")


def stretched_exponential_miss():
    """Largest difference between φ(t) and the stretched exponential fitted to it, Gaussian barriers."""
    return _miss("gaussian")


def stretched_exponential_miss_with_a_highest_barrier():
    """Largest difference between φ(t) and the stretched exponential fitted to it, with a highest barrier."""
    return _miss("cut-off")


def stretching_grows_with_strength():
    """Smallest growth of β between neighbours in D = 3, 10, 30, 100, both laws, by least squares and by slope."""
    least, words = math.inf, []
    for law in ("gaussian", "cut-off"):
        for rule in ("least squares", "slope"):
            beta = [rfot.stretching_exponent(D, GLASS, law=law, rule=rule).beta for D in FRAGILITIES]
            least = min(least, float(np.min(np.diff(beta))))
            words.append(f"{law}, {rule}: " + ", ".join(f"{x:.2f}" for x in beta))
    return Finding(least, "; ".join(words) + ".")


def nonlinearity_product():
    """m x_NMT with the barrier frozen but for its 1/T, γ fixed."""
    values = [rfot.nonlinearity_product(GLASS, model=model) for model in ("frozen", "thermodynamic", "linear")]
    return Finding(
        values[0],
        f"Driving force of the glass frozen: {values[0]:.0f}; energy frozen in (5): {values[1]:.0f}; the same with the "
        f"linear s_c: {values[2]:.0f}.",
    )
