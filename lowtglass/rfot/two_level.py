r"""Two-level systems of the mosaic: their density, their coupling to phonons, and the heat capacity in time.

The states of a region of :math:`N` beads, frozen at :math:`T_g`, are those of a random energy model (9). A domain of
the mosaic is the smallest region with a second state at the same energy, so that there is one two-level system per
volume :math:`\xi^3` and energy :math:`T_g`: :math:`\bar P = 1/T_g\xi^3`. With the coupling
:math:`g = \sqrt{\rho c_s^2a^3T_g}` (18) the mean free path of phonons in units of their wavelength depends on
:math:`\xi/a` alone (20). An exponential distribution of barriers (14) makes the tunnel splittings a power law (22),
and the heat capacity grows with the time of the measurement (27).
"""

import dataclasses
import math

import numpy as np
from numba import njit

from .._validation import finite_array, real, temperature
from ..errors import ConvergenceError, InputError
from ._arguments import broadcast, check_mosaic
from .droplets import droplet

__all__ = [
    "LocalExponents",
    "StrainCoupling",
    "TimeDependentHeatCapacity",
    "TransitionState",
    "TwoLevelSystems",
    "barrier_density",
    "barrier_profile",
    "conductivity_at_constant_ratio",
    "fastest_relaxation_rate",
    "ground_state_energy",
    "heat_capacity_in_time",
    "local_exponents",
    "log_density_of_barriers",
    "log_density_of_states",
    "long_time_heat_capacity",
    "mean_free_path_ratio",
    "one_phonon_rate",
    "onset_heat_capacity",
    "rate_density",
    "resonant_inverse_mean_free_path",
    "spectral_density",
    "splitting_density",
    "strain_coupling",
    "transition_state",
    "tunnelling_exponent",
]

_SLOPE = 2.0 * math.sqrt(2.0) - 1.0  # bulk term of the lowest barrier in units of T_g s_c
_ZETA_3 = 1.2020569031595942
_LARGEST_STRENGTH = 1300.0  # of ln RtT³
_LEVELS = 6  # halvings of the step of the integral over energies


@dataclasses.dataclass(frozen=True)
class TransitionState:
    """The hardest place of the lowest path to another state of a domain.

    Attributes
    ----------
    size : float
        N‡, beads rearranged there.
    barrier : float
        V_max of (13) in units of ω_D.
    reduced_barrier : float
        V_max/(T_g s_c); the paper prints 26.
    suppression : float
        V_max/(√2 T_g s_c), the coefficient of −s_c in (14); the paper prints 18.
    zero_barrier_fraction : float
        Ω(V‡ = 0) of the exponential law (14).
    gaussian_fraction : float
        Ω_N(0) of the Gaussian (12) at N = N‡, of which (14) is the tangent at V_max.
    """

    size: float
    barrier: float
    reduced_barrier: float
    suppression: float
    zero_barrier_fraction: float
    gaussian_fraction: float


@dataclasses.dataclass(frozen=True)
class StrainCoupling:
    """Coupling of a two-level system to a strain.

    Attributes
    ----------
    coupling : float
        g of (18), in the unit of the energies given.
    stiffness : float
        ρc_s²a³.
    strain : float
        Thermal strain ∇φ = (T_g/ρc_s²a³)^(1/2) at T_g, footnote 5.
    """

    coupling: float
    stiffness: float
    strain: float


@dataclasses.dataclass(frozen=True)
class TwoLevelSystems:
    """Two-level systems with a power law of tunnel splittings and one-phonon relaxation.

    Parameters
    ----------
    exponent : float
        c of P(Δ) = A(Δ₀/Δ)^c/Δ (22), 0 < c < 1.
    rate : float
        R = 3g²/2πρc_s⁵ > 0 of the fastest relaxation 1/τ_min = R E³coth(E/2T) (25). It fixes the unit of time.
    density : float
        P̄ > 0, two-level systems per volume and energy.
    amplitude : float
        A > 0; of order one.
    largest : float
        Δ₀ > 0 in the unit of the energies.

    Raises
    ------
    InputError
        If a parameter is outside its range.
    """

    exponent: float = 0.1
    rate: float = 1.0
    density: float = 1.0
    amplitude: float = 1.0
    largest: float = 1.0

    def __post_init__(self):
        c = real("exponent", self.exponent, minimum=0.0, maximum=1.0, open_minimum=True, open_maximum=True)
        object.__setattr__(self, "exponent", c)
        for name in ("rate", "density", "amplitude", "largest"):
            object.__setattr__(self, name, real(name, getattr(self, name), minimum=0.0, open_minimum=True))

    @classmethod
    def from_mosaic(cls, mosaic, exponent=0.1):
        """The two-level systems of a mosaic, times in units of 1/ω_D.

        With g² = ρc_s²a³T_g the fastest rate (25) is 9πT_gE³coth(E/2T); P̄ = 1/T_gξ³, A = 1, Δ₀ = ω_D.

        Parameters
        ----------
        mosaic : Mosaic
            The glass.
        exponent : float
            c, 0 < c < 1; the paper's figures have 0.1, see :func:`tunnelling_exponent`.

        Returns
        -------
        TwoLevelSystems

        Raises
        ------
        InputError
            If an argument is outside its range.
        """
        check_mosaic(mosaic)
        rate = 1.5 * mosaic.T_g / (math.pi * mosaic.sound_velocity**3)
        return cls(exponent, rate, 1.0 / (mosaic.T_g * mosaic.volume))

    @classmethod
    def figure_11(cls, exponent=0.1):
        """The two-level systems of Fig. 11: τ_min = 2.0 µs at E = 5.7·10⁻⁴ ω_D; times in seconds, energies in ω_D.

        The paper does not give the temperature of this τ_min; it is taken where coth(E/2T) = 1. P̄, A and Δ₀ are 1.

        Parameters
        ----------
        exponent : float
            c, 0 < c < 1.

        Returns
        -------
        TwoLevelSystems

        Raises
        ------
        InputError
            If the exponent is outside its range.
        """
        return cls(exponent, 1.0 / (2.0e-6 * 5.7e-4**3))


@dataclasses.dataclass(frozen=True)
class TimeDependentHeatCapacity:
    """Heat capacity of two-level systems that relax within the time of the measurement.

    Attributes
    ----------
    t, T : ndarray
        Times and temperatures, of the common shape.
    heat_capacity : ndarray
        C(t, T) per volume in units of k_B; 0 where E_min > 700 T.
    onset : ndarray
        E_min, the smallest splitting with τ_min(E) < t.
    error : ndarray
        Estimated absolute error: difference to the sum with every second node.
    n_nodes : int
        Largest number of nodes used.
    """

    t: np.ndarray
    T: np.ndarray
    heat_capacity: np.ndarray
    onset: np.ndarray
    error: np.ndarray
    n_nodes: int


@dataclasses.dataclass(frozen=True)
class LocalExponents:
    """Logarithmic derivatives of the heat capacity.

    Attributes
    ----------
    t, T : ndarray
        Times and temperatures, of the common shape.
    time : ndarray
        ∂ln C/∂ln t.
    temperature : ndarray
        ∂ln C/∂ln T.
    """

    t: np.ndarray
    T: np.ndarray
    time: np.ndarray
    temperature: np.ndarray


def _check_systems(systems):
    if not isinstance(systems, TwoLevelSystems):
        raise InputError("systems", systems, "TwoLevelSystems")


def log_density_of_states(E, N, mosaic):
    """ln Ω_N(E) of the random energy model (9), relative to the liquid at T_g.

    Ω has variance δE²N with δE² = 2T_g²s_c about NΔε + γ√N with Δε = T_g s_c.

    Parameters
    ----------
    E : array_like
        Energies in units of ω_D.
    N : array_like
        Numbers of beads, > 0; broadcast against `E`.
    mosaic : Mosaic
        The glass.

    Returns
    -------
    ndarray

    Raises
    ------
    InputError
        If an argument is outside its range, or shapes do not broadcast.
    """
    found = droplet(mosaic)
    E, N = broadcast(E=finite_array("E", E), N=finite_array("N", N, minimum=0.0, open_minimum=True))
    s, T_g = found.entropy, mosaic.T_g
    mean = N * T_g * s + found.mismatch * np.sqrt(N)
    return s * N - (E - mean) ** 2 / (4.0 * T_g**2 * s * N)


def ground_state_energy(N, mosaic):
    """E_GS(N) = γ√N − T_g s_c N (11), where ln Ω_N vanishes (10).

    Parameters
    ----------
    N : array_like
        Numbers of beads, >= 0.
    mosaic : Mosaic
        The glass.

    Returns
    -------
    ndarray
        Energies in units of ω_D.

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    found = droplet(mosaic)
    N = finite_array("N", N, minimum=0.0)
    return found.mismatch * np.sqrt(N) - mosaic.T_g * found.entropy * N


def spectral_density(energy, mosaic):
    """Density of the residual excitations, e^{ε/T_g}/(T_g ξ³), per bead volume and ω_D, Sec. III.A.

    Parameters
    ----------
    energy : array_like
        ε <= 0 relative to the liquid state, in units of ω_D: the lower state lies between 0 and −∞.
    mosaic : Mosaic
        The glass; its `volume` counts.

    Returns
    -------
    ndarray

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    check_mosaic(mosaic)
    return np.exp(finite_array("energy", energy, maximum=0.0) / mosaic.T_g) / (mosaic.T_g * mosaic.volume)


def log_density_of_barriers(V, N, mosaic):
    """ln Ω_N(V) of barriers (12): the law (9) with the doubled variance of a difference.

    Parameters
    ----------
    V : array_like
        Barriers in units of ω_D.
    N : array_like
        Numbers of beads, > 0; broadcast against `V`.
    mosaic : Mosaic
        The glass.

    Returns
    -------
    ndarray

    Raises
    ------
    InputError
        If an argument is outside its range, or shapes do not broadcast.
    """
    found = droplet(mosaic)
    V, N = broadcast(V=finite_array("V", V), N=finite_array("N", N, minimum=0.0, open_minimum=True))
    s, T_g = found.entropy, mosaic.T_g
    mean = N * T_g * s + found.mismatch * np.sqrt(N)
    return s * N - (V - mean) ** 2 / (8.0 * T_g**2 * s * N)


def barrier_profile(N, mosaic):
    """Lowest barrier V(N) = γ√N − (2√2 − 1)T_g s_c N to rearranging N beads, where ln Ω_N(V) = 0 (12); Fig. 10.

    Parameters
    ----------
    N : array_like
        Numbers of beads, >= 0.
    mosaic : Mosaic
        The glass.

    Returns
    -------
    ndarray
        Energies in units of ω_D.

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    found = droplet(mosaic)
    N = finite_array("N", N, minimum=0.0)
    return found.mismatch * np.sqrt(N) - _SLOPE * mosaic.T_g * found.entropy * N


def transition_state(mosaic):
    """The hardest place of the lowest path, (13) and (14).

    The exponential law (14) is the tangent of (12) at V_max. At V = 0 it lies far above the Gaussian itself, since the
    Gaussian is concave: the fraction 3·10⁻⁷ of the paper is one of the tangent.

    Parameters
    ----------
    mosaic : Mosaic
        The glass.

    Returns
    -------
    TransitionState

    Raises
    ------
    InputError
        If the Lindemann ratio is not below (πe)^(−1/2).
    """
    found = droplet(mosaic)
    size = found.critical_size / _SLOPE**2
    barrier = found.barrier / _SLOPE
    reduced = barrier / (mosaic.T_g * found.entropy)
    return TransitionState(
        size=size,
        barrier=barrier,
        reduced_barrier=reduced,
        suppression=reduced / math.sqrt(2.0),
        zero_barrier_fraction=math.exp(-barrier / (math.sqrt(2.0) * mosaic.T_g)),
        gaussian_fraction=math.exp(float(log_density_of_barriers(0.0, size, mosaic))),
    )


def barrier_density(V, mosaic):
    """Ω(V‡) = exp[(V‡ − V_max)/√2T_g] of the transition states (14).

    Parameters
    ----------
    V : array_like
        Barriers in units of ω_D, >= 0.
    mosaic : Mosaic
        The glass.

    Returns
    -------
    ndarray

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    state = transition_state(mosaic)
    return np.exp((finite_array("V", V, minimum=0.0) - state.barrier) / (math.sqrt(2.0) * mosaic.T_g))


def strain_coupling(density, sound_velocity, length, energy):
    """Coupling g = (ρc_s²a³T_g)^(1/2) (18) and thermal strain at T_g (footnote 5), in any coherent units.

    Parameters
    ----------
    density, sound_velocity : float
        ρ and c_s, > 0.
    length : float
        a > 0.
    energy : float
        k_BT_g > 0.

    Returns
    -------
    StrainCoupling

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    values = {"density": density, "sound_velocity": sound_velocity, "length": length, "energy": energy}
    rho, c, a, T_g = (real(name, value, minimum=0.0, open_minimum=True) for name, value in values.items())
    stiffness = rho * c**2 * a**3
    return StrainCoupling(math.sqrt(stiffness * T_g), stiffness, math.sqrt(T_g / stiffness))


def resonant_inverse_mean_free_path(omega, T, mosaic):
    """1/l = (π/3)(a/ξ)³(ω/c_s) tanh(ω/2T): (19) with (18), P̄ = 1/T_gξ³ and the 1/3 of the orientations of (20).

    Parameters
    ----------
    omega : array_like
        Frequencies >= 0 in units of ω_D.
    T : array_like
        Temperatures > 0 in units of ω_D; broadcast against `omega`.
    mosaic : Mosaic
        The glass; its `volume` counts.

    Returns
    -------
    ndarray
        In units of 1/a.

    Raises
    ------
    InputError
        If an argument is outside its range, or shapes do not broadcast.
    """
    check_mosaic(mosaic)
    omega, T = broadcast(omega=finite_array("omega", omega, minimum=0.0), T=temperature("T", T, zero=False))
    return math.pi / (3.0 * mosaic.volume * mosaic.sound_velocity) * omega * np.tanh(0.5 * omega / T)


def mean_free_path_ratio(mosaic, x=1.0):
    """l/λ = 3(ξ/a)³/[2π²tanh(x/2)] at ħω = x k_BT, with λ = 2πc_s/ω (20).

    The conductivity averages 1/tanh(x/2) with x³eˣ/(eˣ − 1)² to π²/6ζ(3); the ratio that gives the same conductivity is
    (ξ/a)³/4ζ(3), with `x` None.

    Parameters
    ----------
    mosaic : Mosaic
        The glass; its `volume` counts.
    x : array_like or None
        Frequencies over temperature, > 0; the paper takes 1.

    Returns
    -------
    ndarray

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    check_mosaic(mosaic)
    if x is None:
        return mosaic.volume / (4.0 * _ZETA_3)
    x = finite_array("x", x, minimum=0.0, open_minimum=True)
    return 1.5 * mosaic.volume / (math.pi**2 * np.tanh(0.5 * x))


def conductivity_at_constant_ratio(T, ratio):
    """κ/K = 6ζ(3)(l/λ)(T/T_D)² of phonons with l/λ constant, T ≪ T_D; the lines of Fig. 1.

    K = k_B³T_D²/(πħ²c_s): Fig. 1 prints ħ in place of ħ². λ = 2πc_s/ω for each phonon.

    Parameters
    ----------
    T : array_like
        Temperatures >= 0 in units of T_D.
    ratio : array_like
        l/λ > 0; Fig. 1 has 150 and 1. Broadcast against `T`.

    Returns
    -------
    ndarray

    Raises
    ------
    InputError
        If an argument is outside its range, or shapes do not broadcast.
    """
    ratio = finite_array("ratio", ratio, minimum=0.0, open_minimum=True)
    T, ratio = broadcast(T=temperature("T", T), ratio=ratio)
    return 6.0 * _ZETA_3 * ratio * T**2


def tunnelling_exponent(mosaic, barrier_frequency, *, printed=False):
    """Exponent c of the distribution of tunnel splittings (22).

    From Δ = Δ₀e^{−πV‡/ω‡} (21) and the density ∝ e^{V‡/√2T_g} (14) follows c = ω‡/(√2πT_g). The paper prints
    c = ω‡/(√2T_g), without the π of its (21).

    Parameters
    ----------
    mosaic : Mosaic
        The glass.
    barrier_frequency : float
        ω‡ in units of ω_D, > 0, as in (29).
    printed : bool
        Return the printed one.

    Returns
    -------
    float

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    check_mosaic(mosaic)
    frequency = real("barrier_frequency", barrier_frequency, minimum=0.0, open_minimum=True)
    return frequency / (math.sqrt(2.0) * mosaic.T_g * (1.0 if printed else math.pi))


def splitting_density(tunnelling, systems):
    """P(Δ) = A(Δ₀/Δ)^c/Δ (22).

    Parameters
    ----------
    tunnelling : array_like
        Tunnel splittings Δ, > 0.
    systems : TwoLevelSystems
        The two-level systems.

    Returns
    -------
    ndarray

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    _check_systems(systems)
    D = finite_array("tunnelling", tunnelling, minimum=0.0, open_minimum=True)
    return systems.amplitude * (systems.largest / D) ** systems.exponent / D


def one_phonon_rate(E, tunnelling, T, systems):
    """One-phonon relaxation rate 1/τ = R Δ²E coth(E/2T) (23).

    The factor 3 of R counts polarisations; no average over orientations is taken, as in the paper.

    Parameters
    ----------
    E, tunnelling, T : array_like
        Splittings > 0, tunnel splittings 0 <= Δ <= E and temperatures > 0; they broadcast.
    systems : TwoLevelSystems
        The two-level systems.

    Returns
    -------
    ndarray

    Raises
    ------
    InputError
        If an argument is outside its range, or shapes do not broadcast.
    """
    _check_systems(systems)
    E, D, T = broadcast(
        E=finite_array("E", E, minimum=0.0, open_minimum=True),
        tunnelling=finite_array("tunnelling", tunnelling, minimum=0.0),
        T=temperature("T", T, zero=False),
    )
    if np.any(D > E):
        raise InputError("tunnelling", tunnelling, "numbers >= 0 and <= E")
    return systems.rate * D**2 * E / np.tanh(0.5 * E / T)


def fastest_relaxation_rate(E, T, systems):
    """1/τ_min = R E³coth(E/2T) (25), that of Δ = E.

    Parameters
    ----------
    E, T : array_like
        Splittings > 0 and temperatures > 0; they broadcast.
    systems : TwoLevelSystems
        The two-level systems.

    Returns
    -------
    ndarray

    Raises
    ------
    InputError
        If an argument is outside its range, or shapes do not broadcast.
    """
    return one_phonon_rate(E, E, T, systems)


def rate_density(E, rate, T, systems):
    """P(E, 1/τ), two-level systems per volume, splitting and relaxation rate (24).

    Parameters
    ----------
    E, rate, T : array_like
        Splittings > 0, relaxation rates > 0, temperatures > 0; they broadcast. Zero where the rate is not below the
        fastest one.
    systems : TwoLevelSystems
        The two-level systems.

    Returns
    -------
    ndarray

    Raises
    ------
    InputError
        If an argument is outside its range, or shapes do not broadcast.
    """
    fastest = fastest_relaxation_rate(E, T, systems)
    fastest, rate = broadcast(E=fastest, rate=finite_array("rate", rate, minimum=0.0, open_minimum=True))
    E = np.broadcast_to(np.asarray(E, dtype=float), fastest.shape)
    slow = rate < fastest
    u = np.where(slow, rate / fastest, 0.5)  # τ_min/τ = (Δ/E)²
    c = systems.exponent
    weight = systems.density * systems.amplitude * (systems.largest / E) ** c
    return np.where(slow, weight * u ** (-0.5 * c) / (2.0 * rate * np.sqrt(1.0 - u)), 0.0)


def heat_capacity_in_time(t, T, systems, *, rtol=1e-9):
    r"""Heat capacity of the two-level systems that relax within the time t (27); Fig. 11.

    .. math:: C(t, T) = \bar PA\int_{E_{min}}^\infty dE\left(\frac{\beta E}{2\cosh(\beta E/2)}\right)^2
              \left(\frac{\Delta_0}{E}\right)^c\,I\!\left(\ln\frac t{\tau_{min}(E)}\right) ,\qquad
              I(Z) = \int_0^Z\frac{e^{cz/2}\,dz}{2\sqrt{1 - e^{-z}}} .

    The printed (27) lacks P̄, and its inner integral is to be left out where t < τ_min(E). I is an incomplete beta
    function, summed as a power series in 1 − e^{−Z} or in e^{−Z}; the outer integral has a square-root onset at E_min
    and is taken by the trapezoidal rule in u with E = E_min + T exp(u − e^{−u}), halved until two sums agree.

    Parameters
    ----------
    t : array_like
        Times > 0 in the unit of 1/(RE³).
    T : array_like
        Temperatures > 0 in the unit of the energies; broadcast against `t`.
    systems : TwoLevelSystems
        The two-level systems.
    rtol : float
        Relative error allowed, 1e-12 to 0.1.

    Returns
    -------
    TimeDependentHeatCapacity

    Raises
    ------
    InputError
        If an argument is outside its range, RtT³ >= e^1300, or shapes do not broadcast.
    ConvergenceError
        If `rtol` is not reached; carries the result.
    """
    t, T, rtol = _times(t, T, systems, rtol)
    sums, onset, error, nodes, scale = _run(t, T, systems, rtol)
    result = TimeDependentHeatCapacity(
        t[()],
        T[()],
        (scale * sums[:, 0]).reshape(T.shape)[()],
        onset.reshape(T.shape)[()],
        (scale * error).reshape(T.shape)[()],
        int(nodes.max()),
    )
    bad = error > rtol * sums[:, 0]
    if np.any(bad):
        worst = float(np.max(error[bad] / sums[bad, 0]))
        raise ConvergenceError("the integral over energies does not converge", result, worst, int(nodes.max()))
    return result


def local_exponents(t, T, systems, *, rtol=1e-9):
    """Local exponents ∂ln C/∂ln t and ∂ln C/∂ln T of the heat capacity (27).

    In (27) the two are bound to each other: ∂ln C/∂ln T = 1 − c + 3 ∂ln C/∂ln t, which (28) obeys.

    Parameters
    ----------
    t, T, systems, rtol
        As in :func:`heat_capacity_in_time`.

    Returns
    -------
    LocalExponents
        nan where E_min > 700 T, and the heat capacity is 0 in floating point.

    Raises
    ------
    InputError
        If an argument is outside its range, or shapes do not broadcast.
    ConvergenceError
        If `rtol` is not reached; carries the result.
    """
    t, T, rtol = _times(t, T, systems, rtol)
    sums, _, error, nodes, scale = _run(t, T, systems, rtol)
    slope = np.full(sums.shape[0], np.nan)
    np.divide(sums[:, 1], sums[:, 0], out=slope, where=scale > 0.0)
    slope = slope.reshape(T.shape)
    result = LocalExponents(t[()], T[()], slope[()], (1.0 - systems.exponent + 3.0 * slope)[()])
    bad = error > rtol * sums[:, 0]
    if np.any(bad):
        worst = float(np.max(error[bad] / sums[bad, 0]))
        raise ConvergenceError("the integral over energies does not converge", result, worst, int(nodes.max()))
    return result


def long_time_heat_capacity(t, T, systems, *, terms=2):
    r"""Heat capacity at long times (28), with the term the paper leaves out.

    .. math:: C \to \bar PA\Delta_0^c\left[\frac{(Rt)^{c/2}}cM_1T^{1+c/2}
              + \tfrac12B(-\tfrac c2, \tfrac12)M_0T^{1-c}\right] .

    The second term is negative and for small c nearly as large as the first: their difference is the logarithm of the
    standard tunnelling model.

    Parameters
    ----------
    t, T : array_like
        Times > 0 and temperatures > 0; they broadcast.
    systems : TwoLevelSystems
        The two-level systems.
    terms : {1, 2}
        The power law (28) alone, or both terms.

    Returns
    -------
    ndarray
        C per volume in units of k_B.

    Raises
    ------
    InputError
        If an argument is outside its range, or shapes do not broadcast.
    """
    from scipy.integrate import quad
    from scipy.special import gamma

    t, T, _ = _times(t, T, systems, 1e-9)
    if isinstance(terms, bool) or terms not in (1, 2):
        raise InputError("terms", terms, "1 or 2")
    c = systems.exponent

    def weight(x):
        return x * x * math.exp(-x) / (1.0 + math.exp(-x)) ** 2

    def power(x):
        return weight(x) * (x / math.tanh(0.5 * x)) ** (0.5 * c) if x > 0.0 else 0.0

    first = quad(power, 0.0, 60.0, epsabs=0.0, epsrel=1e-12)[0] / c
    result = first * (systems.rate * t) ** (0.5 * c) * T ** (1.0 + 0.5 * c)
    if terms == 2:
        second = quad(lambda x: weight(x) * x**-c if x > 0.0 else 0.0, 0.0, 60.0, epsabs=0.0, epsrel=1e-12)[0]
        beta = gamma(-0.5 * c) * math.sqrt(math.pi) / gamma(0.5 - 0.5 * c)
        result = result + 0.5 * beta * second * T ** (1.0 - c)
    return systems.density * systems.amplitude * systems.largest**c * result


def onset_heat_capacity(t, T, systems):
    """Heat capacity where only two-level systems of E > E_min ≫ T relax in time: the apparent gap of Fig. 11.

    C → (√3π/2) P̄AT(Δ₀/E_min)^c (E_min/T)^(3/2) e^{−E_min/T} with RE_min³t = 1.

    Parameters
    ----------
    t, T : array_like
        Times > 0 and temperatures > 0; they broadcast.
    systems : TwoLevelSystems
        The two-level systems.

    Returns
    -------
    ndarray
        C per volume in units of k_B.

    Raises
    ------
    InputError
        If an argument is outside its range, or shapes do not broadcast.
    """
    t, T, _ = _times(t, T, systems, 1e-9)
    E = (systems.rate * t) ** (-1.0 / 3.0)
    weight = systems.density * systems.amplitude * T * (systems.largest / E) ** systems.exponent
    return 0.5 * math.sqrt(3.0 * math.pi) * weight * (E / T) ** 1.5 * np.exp(-E / T)


def _times(t, T, systems, rtol):
    _check_systems(systems)
    t, T = broadcast(t=finite_array("t", t, minimum=0.0, open_minimum=True), T=temperature("T", T, zero=False))
    return t, T, real("rtol", rtol, minimum=1e-12, maximum=0.1)


def _run(t, T, systems, rtol):
    """Sums of the kernel for all points, onset, error, nodes, and the common factor of each point."""
    c = systems.exponent
    flat = np.ascontiguousarray(T).ravel()
    log_strength = (np.log(systems.rate) + np.log(t) + 3.0 * np.log(T)).ravel()
    if np.any(log_strength > _LARGEST_STRENGTH):
        raise InputError("t", t, f"times < e^{_LARGEST_STRENGTH:g}/RT³, beyond which E_min/T is lost in floating point")
    sums, edge, error, nodes = _energies(log_strength, c, rtol, _LEVELS)
    boltzmann = np.where(edge > 700.0, 0.0, np.exp(-np.minimum(edge, 700.0)))
    scale = systems.density * systems.amplitude * flat * (systems.largest / flat) ** c * boltzmann
    return sums, edge * flat, error, nodes, scale


@njit(cache=True)
def _inner(Z, c, constant):
    """½∫₀^Z e^{cz/2}(1 − e^{−z})^{−1/2} dz for Z >= 0."""
    square = -math.expm1(-Z)
    if square < 0.5:
        # √s Σ (1 + c/2)_k s^k/[k!(2k + 1)] with s = 1 − e^{−Z}
        term, total, k = 1.0, 1.0, 0
        while term > 1e-17 * total:
            term *= (1.0 + 0.5 * c + k) / (k + 1.0) * square
            k += 1
            total += term / (2.0 * k + 1.0)
        return math.sqrt(square) * total
    return math.expm1(0.5 * c * Z) / c + constant - math.exp(0.5 * c * Z) * _tail(math.exp(-Z), c)


@njit(cache=True)
def _tail(w, c):
    """½Σ_{k>=1} (1/2)_k w^k/[k!(k − c/2)]."""
    term, total, k = 1.0, 0.0, 0
    while True:
        term *= (0.5 + k) / (k + 1.0) * w
        k += 1
        part = 0.5 * term / (k - 0.5 * c)
        total += part
        if part <= 1e-17 * total:
            return total


@njit(cache=True)
def _edge(log_strength):
    """x > 0 with x³coth(x/2) e^{log_strength} = 1, by Newton's method in ln x from above and below alike."""
    y = -log_strength / 3.0 if log_strength < 0.0 else -0.5 * (log_strength + math.log(2.0))
    for _ in range(60):
        x = math.exp(y)
        if x < 1e-4:
            coth, slope = math.log(2.0 / x) + x * x / 12.0, 2.0 + x * x / 6.0
        elif x > 40.0:
            coth, slope = 0.0, 3.0
        else:
            coth, slope = -math.log(math.tanh(0.5 * x)), 3.0 - x / math.sinh(x)
        step = (3.0 * y + coth + log_strength) / slope
        y -= step
        if abs(step) <= 1e-15 * max(1.0, abs(y)):
            break
    return math.exp(y)


@njit(cache=True)
def _energies(log_strength, c, rtol, levels):
    """Integrals over x = E/T of x²e^{−(x − x₀)}/(1 + e^{−x})² x^{−c} times I(Z), dI/dZ and x, from the edge x₀."""
    n = log_strength.size
    sums = np.zeros((n, 3))
    edge = np.empty(n)
    error = np.zeros(n)
    nodes = np.zeros(n, np.int64)
    constant = (
        _inner(math.log(2.0) * (1.0 - 1e-15), c, 0.0)
        - math.expm1(0.5 * c * math.log(2.0)) / c
        + 2.0 ** (0.5 * c) * _tail(0.5, c)
    )
    low, high, h0 = -3.75, 3.75, 0.25
    n0 = round((high - low) / h0)
    for i in range(n):
        x0 = _edge(log_strength[i])
        edge[i] = x0
        if x0 > 700.0:
            continue  # e^{−x₀} is lost in floating point
        e0 = math.exp(-x0)
        previous = 0.0
        total0, total1, total2 = 0.0, 0.0, 0.0
        h = h0
        count = n0 + 1
        first, stride = low, h0
        for level in range(levels):
            for k in range(count):
                u = first + k * stride
                q = math.exp(-u)
                s = math.exp(u - q)
                x = x0 + s
                down = math.exp(-s)
                # Z = 3 ln(x/x₀) + ln[coth(x/2)/coth(x₀/2)], without the difference of nearly equal numbers
                ratio = -2.0 * e0 * math.expm1(-s) / (-math.expm1(-x0) * (1.0 + e0 * down))
                Z = 3.0 * math.log1p(s / x0) - math.log1p(ratio)
                weight = s * (1.0 + q) * x * x * down / (1.0 + e0 * down) ** 2 * math.exp(-c * math.log(x))
                total0 += weight * _inner(Z, c, constant)
                total1 += weight * 0.5 * math.exp(0.5 * c * Z) / math.sqrt(-math.expm1(-Z))
                total2 += weight * x
            nodes[i] += count
            if level > 0:
                h *= 0.5
            value = total0 * h
            error[i] = abs(value - previous)
            if level > 0 and error[i] <= rtol * value:
                break
            previous = value
            # The next sum adds the middles.
            first, stride = low + 0.5 * h, h
            count = round((high - low) / h)
        sums[i, 0], sums[i, 1], sums[i, 2] = total0 * h, total1 * h, total2 * h
    return sums, edge, error, nodes
