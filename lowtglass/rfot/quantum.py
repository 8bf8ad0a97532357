r"""Quantum mixing: level repulsion between the states of a tunnelling centre, and its fast two-level systems.

The upper of the two states of a tunnelling centre couples to the excitations of the domain wall. In the basis of the
lower state, the upper one and the ripplons the Hamiltonian (58) is an arrow,

.. math:: H = \begin{pmatrix} 0 & \Delta/2 & 0\\ \Delta/2 & |\epsilon| & \Delta_i\\ 0 & \Delta_i & \omega_i
          \end{pmatrix} ,

and without :math:`\Delta` its upper block has the lowest level
:math:`|\tilde\epsilon| = |\epsilon| - \sum_i\Delta_i^2/(\omega_i - |\tilde\epsilon|)` (59). The paper introduces
this as perturbation theory; it is the exact secular equation of the block. Below
:math:`\Sigma = \sum_i\Delta_i^2/\omega_i` (61) the level falls under the lower state; the paper counts such centres as
fast two-level systems of :math:`\tilde\epsilon = 0` and takes :math:`\Sigma = B\Delta^2/\omega_D` (65).

Below, ε and ε̃ stand for the moduli.
"""

import dataclasses
import math

import numpy as np
from numba import njit

from .._validation import finite_array, integer, real, temperature
from ..errors import ConvergenceError, InputError
from ._arguments import broadcast, check_mosaic
from .mosaic import Mosaic
from .two_level import TwoLevelSystems, _run, _times

__all__ = [
    "ConductivityExponent",
    "LevelRepulsion",
    "MixedHeatCapacity",
    "MixedSystems",
    "PhononRate",
    "TunnellingCentre",
    "arrow_hamiltonian",
    "bare_splitting",
    "effective_splitting_density",
    "level_repulsion",
    "mixed_amplitude",
    "mixed_conductivity",
    "mixed_conductivity_exponent",
    "mixed_heat_capacity",
    "mixed_phonon_rate",
    "mode_sum",
    "renormalised_tunnelling",
    "tunnelling_centre",
]


@dataclasses.dataclass(frozen=True)
class LevelRepulsion:
    """The upper state of a tunnelling centre, lowered by its excited states (59).

    Attributes
    ----------
    bare : ndarray
        ε.
    effective : ndarray
        Lowest level of the block, ε̃ in (59). Negative where ε < Σ: the upper state has passed the lower one.
    slope : ndarray
        dε/dε̃ = 1 + ΣΔ_i²/(ω_i − ε̃)², the density of effective splittings per density of bare ones.
    weight : ndarray
        Share of the bare state in the level, 1/slope; its square root multiplies Δ, of which (60) is the first order.
    shift : float
        Σ of (61).
    residual : float
        Largest modulus of [ε̃ − ε + ΣΔ_i²/(ω_i − ε̃)]/slope, the next step of Newton's method.
    iterations : int
        Largest number of steps.
    """

    bare: np.ndarray
    effective: np.ndarray
    slope: np.ndarray
    weight: np.ndarray
    shift: float
    residual: float
    iterations: int


@dataclasses.dataclass(frozen=True)
class TunnellingCentre:
    """A tunnelling centre: its lowest transition exactly and as the paper approximates it.

    Attributes
    ----------
    levels : ndarray
        Levels of (58), ascending.
    splitting : float
        Difference of the lowest two.
    effective : float
        ε̃ of (59).
    tunnelling : float
        Δ̃ = Δ(1 − ½ΣΔ_i²/ω_i²) of (60).
    approximate : float
        (Δ̃² + ε̃²)^(1/2).
    """

    levels: np.ndarray
    splitting: float
    effective: float
    tunnelling: float
    approximate: float


@dataclasses.dataclass(frozen=True)
class MixedSystems:
    """Two-level systems of a mosaic with quantum mixing (67).

    Parameters
    ----------
    mosaic : Mosaic
        The glass; T_g and `volume` count.
    mixing : float
        B >= 0 of Σ = BΔ²/ω_D (65), a hundred to several hundred in the paper, see :func:`mode_sum`; 0 leaves mixing
        out.
    exponent : float
        c of the tunnel splittings (22), 0 < c < 1.
    largest : float
        Δ_max > 0 in units of ω_D.
    amplitude : float
        A₁ > 0; see :func:`mixed_amplitude`.
    rate : float, optional
        R > 0 of 1/τ_min = R E³coth(E/2T) (25); by default 9πT_g in units of ω_D. It fixes the unit of time of the heat
        capacity.

    Raises
    ------
    InputError
        If a parameter is outside its range.
    """

    mosaic: Mosaic = dataclasses.field(default_factory=Mosaic)
    mixing: float = 200.0
    exponent: float = 0.1
    largest: float = 1.0
    amplitude: float = 1.0
    rate: float | None = None

    def __post_init__(self):
        check_mosaic(self.mosaic)
        object.__setattr__(self, "mixing", real("mixing", self.mixing, minimum=0.0))
        rate = TwoLevelSystems.from_mosaic(self.mosaic).rate if self.rate is None else self.rate
        checked = TwoLevelSystems(self.exponent, rate, 1.0, self.amplitude, self.largest)
        for name in ("exponent", "largest", "amplitude", "rate"):
            object.__setattr__(self, name, getattr(checked, name))

    @property
    def regular(self):
        """The regular two-level systems alone, as :class:`~lowtglass.rfot.TwoLevelSystems`."""
        density = 1.0 / (self.mosaic.T_g * self.mosaic.volume)
        return TwoLevelSystems(self.exponent, self.rate, density, self.amplitude, self.largest)


@dataclasses.dataclass(frozen=True)
class PhononRate:
    """Decay rate of a phonon by resonant absorption (68).

    Attributes
    ----------
    E, T : ndarray
        Energies of the phonon and temperatures, of the common shape.
    fast, regular : ndarray
        Shares of the two-level systems with ε̃ = 0 and of the others, in units of ω_D.
    """

    E: np.ndarray
    T: np.ndarray
    fast: np.ndarray
    regular: np.ndarray

    @property
    def rate(self):
        """1/τ, the sum of the two."""
        return self.fast + self.regular


@dataclasses.dataclass(frozen=True)
class ConductivityExponent:
    """A power law through the conductivity of the two-level regime.

    Attributes
    ----------
    exponent : float
        Slope of the straight line through ln κ against ln T.
    lowest, highest : float
        Smallest and largest slope between neighbouring temperatures.
    T : ndarray
        Temperatures in units of T_D.
    conductivity : ndarray
        κ in units of ω_D/a.
    """

    exponent: float
    lowest: float
    highest: float
    T: np.ndarray
    conductivity: np.ndarray


@dataclasses.dataclass(frozen=True)
class MixedHeatCapacity:
    """Heat capacity in time of two-level systems with quantum mixing (69).

    Attributes
    ----------
    t, T : ndarray
        Times and temperatures, of the common shape.
    fast, regular : ndarray
        Shares of the two kinds per bead volume, in units of k_B.
    error : ndarray
        Estimated absolute error of the regular share.
    n_nodes : int
        Largest number of nodes used.
    """

    t: np.ndarray
    T: np.ndarray
    fast: np.ndarray
    regular: np.ndarray
    error: np.ndarray
    n_nodes: int

    @property
    def heat_capacity(self):
        """C(t, T), the sum of the two."""
        return self.fast + self.regular


def arrow_hamiltonian(splitting, tunnelling, frequencies, couplings):
    """Hamiltonian of a tunnelling centre (58).

    Parameters
    ----------
    splitting : float
        ε >= 0.
    tunnelling : float
        Δ >= 0.
    frequencies : array_like, shape (n,)
        ω_i > 0.
    couplings : array_like, shape (n,)
        Δ_i.

    Returns
    -------
    ndarray, shape (n + 2, n + 2)

    Raises
    ------
    InputError
        If an argument is outside its range, or shapes do not agree.
    """
    splitting = real("splitting", splitting, minimum=0.0)
    tunnelling = real("tunnelling", tunnelling, minimum=0.0)
    omega, coupling = _modes(frequencies, couplings)
    H = np.diag(np.concatenate([[0.0, splitting], omega]))
    H[0, 1] = H[1, 0] = 0.5 * tunnelling
    H[1, 2:] = H[2:, 1] = coupling
    return H


def level_repulsion(splitting, frequencies, couplings):
    """Effective splitting ε̃ of a tunnelling centre (59) and Σ (61); Fig. 22.

    ε̃ − ε + ΣΔ_i²/(ω_i − ε̃) rises from −∞ to +∞ below the lowest ω_i that couples, so that there is one root: the
    lowest eigenvalue of the block of (58) without the first row and column.

    Parameters
    ----------
    splitting : array_like
        ε >= 0.
    frequencies : array_like, shape (n,)
        ω_i > 0.
    couplings : array_like, shape (n,)
        Δ_i.

    Returns
    -------
    LevelRepulsion

    Raises
    ------
    InputError
        If an argument is outside its range, or shapes do not agree.
    ConvergenceError
        If a root is not found; carries the result.
    """
    splitting = finite_array("splitting", splitting, minimum=0.0)
    omega, coupling = _modes(frequencies, couplings)
    effective, slope, residual, steps, converged = _secular(splitting.ravel(), omega, coupling**2)
    shape = splitting.shape
    result = LevelRepulsion(
        splitting[()],
        effective.reshape(shape)[()],
        slope.reshape(shape)[()],
        (1.0 / slope).reshape(shape)[()],
        float(np.sum(coupling**2 / omega)),
        float(residual.max()),
        int(steps.max()),
    )
    if not np.all(converged):
        raise ConvergenceError("the secular equation", result, result.residual, result.iterations)
    return result


def bare_splitting(effective, frequencies, couplings):
    """ε as a function of ε̃, (59) read from right to left, and its derivative; Fig. 22.

    Parameters
    ----------
    effective : array_like
        ε̃, below the lowest frequency.
    frequencies : array_like, shape (n,)
        ω_i > 0.
    couplings : array_like, shape (n,)
        Δ_i.

    Returns
    -------
    bare, slope : ndarray
        ε and dε/dε̃. The paper replaces the slope by Σδ(ε̃) + 1 (66).

    Raises
    ------
    InputError
        If an argument is outside its range, or shapes do not agree.
    """
    omega, coupling = _modes(frequencies, couplings)
    level = finite_array("effective", effective, maximum=float(omega.min()), open_maximum=True)
    gap = omega - level[..., None]
    return level + np.sum(coupling**2 / gap, axis=-1), 1.0 + np.sum((coupling / gap) ** 2, axis=-1)


def tunnelling_centre(splitting, tunnelling, frequencies, couplings):
    """Lowest transition of (58), exactly and by (59), (60).

    Parameters
    ----------
    splitting : float
        ε >= 0.
    tunnelling : float
        Δ >= 0.
    frequencies : array_like, shape (n,)
        ω_i > 0.
    couplings : array_like, shape (n,)
        Δ_i.

    Returns
    -------
    TunnellingCentre

    Raises
    ------
    InputError
        If an argument is outside its range, or shapes do not agree.
    """
    H = arrow_hamiltonian(splitting, tunnelling, frequencies, couplings)
    levels = np.linalg.eigvalsh(H)
    effective = float(level_repulsion(splitting, frequencies, couplings).effective)
    omega, coupling = _modes(frequencies, couplings)
    reduced = float(tunnelling) * (1.0 - 0.5 * float(np.sum((coupling / omega) ** 2)))
    return TunnellingCentre(levels, float(levels[1] - levels[0]), effective, reduced, math.hypot(reduced, effective))


def effective_splitting_density(effective, tunnelling, systems, *, printed=False):
    """Distribution of effective splittings at given Δ (67): density at ε̃ > 0 and weight of the peak at ε̃ = 0.

    With ε = ε̃ + Σ (66) and n(ε) = e^{−ε/T_g}/T_gξ³ the peak has the weight (1 − e^{−Σ/T_g})/ξ³ and the density is
    e^{−(ε̃ + Σ)/T_g}/T_gξ³; both together are 1/ξ³. The paper has Σ/T_gξ³ and e^{−ε̃/T_g}/T_gξ³, which are larger
    by the factor 1 + Σ/T_g together.

    Parameters
    ----------
    effective : array_like
        ε̃ >= 0 in units of ω_D.
    tunnelling : array_like
        Δ >= 0 in units of ω_D; broadcast against `effective`.
    systems : MixedSystems
        The two-level systems.
    printed : bool
        Return (67) as printed.

    Returns
    -------
    density, peak : ndarray

    Raises
    ------
    InputError
        If an argument is outside its range, or shapes do not broadcast.
    """
    _check_systems(systems)
    level, D = broadcast(
        effective=finite_array("effective", effective, minimum=0.0),
        tunnelling=finite_array("tunnelling", tunnelling, minimum=0.0),
    )
    T_g, volume = systems.mosaic.T_g, systems.mosaic.volume
    shift = systems.mixing * D**2
    if printed:
        return np.exp(-level / T_g) / (T_g * volume), shift / (T_g * volume)
    return np.exp(-(level + shift) / T_g) / (T_g * volume), -np.expm1(-shift / T_g) / volume


def mode_sum(frequencies, degeneracies=None, *, power=1):
    """B as a sum over the ripplons: Σω_D/ω_i as after (65), or Σ(ω_D/ω_i)² as (60) with (62) asks for.

    Parameters
    ----------
    frequencies : array_like, shape (n,)
        ω_i > 0 in units of ω_D.
    degeneracies : array_like, shape (n,), optional
        Number of modes of each, > 0; 1 by default.
    power : {1, 2}
        The power of the inverse frequencies.

    Returns
    -------
    float

    Raises
    ------
    InputError
        If an argument is outside its range, or shapes do not agree.
    """
    omega = finite_array("frequencies", frequencies, minimum=0.0, open_minimum=True)
    count = np.ones(omega.shape) if degeneracies is None else degeneracies
    count = finite_array("degeneracies", count, minimum=0.0, open_minimum=True)
    if count.shape != omega.shape:
        raise InputError("degeneracies", f"shape {count.shape}", f"shape {omega.shape}")
    if isinstance(power, bool) or power not in (1, 2):
        raise InputError("power", power, "1 or 2")
    return float(np.sum(count / omega**power))


def renormalised_tunnelling(bare, mixing):
    """Tunnelling amplitude Δ̃ = Δ_Q exp(−BΔ̃²/2ω_D²) (64).

    BΔ̃² = W(BΔ_Q²) with Lambert's function. It is not bounded: for large Δ_Q it grows as [ln(BΔ_Q²)/B]^(1/2).

    Parameters
    ----------
    bare : array_like
        Δ_Q >= 0 in units of ω_D.
    mixing : array_like
        B > 0; broadcast against `bare`.

    Returns
    -------
    ndarray

    Raises
    ------
    InputError
        If an argument is outside its range, or shapes do not broadcast.
    """
    from scipy.special import lambertw

    bare, B = broadcast(
        bare=finite_array("bare", bare, minimum=0.0),
        mixing=finite_array("mixing", mixing, minimum=0.0, open_minimum=True),
    )
    return np.sqrt(lambertw(B * bare**2).real / B)


def mixed_amplitude(smallest, systems, *, printed=False):
    r"""Constant A₁ of the distribution of (ε̃, Δ) from ∫dε̃ dΔ n = 1/ξ³.

    .. math:: A_1^{-1} = \frac{B\Delta_{max}^2}{T_g\omega_D}\,
              \frac{1 - (\Delta_{min}/\Delta_{max})^{2 - c}}{2 - c}
              + \frac1c\left[\left(\frac{\Delta_{max}}{\Delta_{min}}\right)^c - 1\right] ,

    which goes with the factor (Δ_max/E)^c of (68) and (69). The printed constant lacks 1/(2 − c) and Δ_max^c, and so
    has a dimension; with `printed` it is evaluated in units of ω_D, with Δ_max for its Δ.

    Parameters
    ----------
    smallest : float
        Δ_min, 0 < Δ_min < Δ_max, in units of ω_D.
    systems : MixedSystems
        The two-level systems; their amplitude is not used.
    printed : bool
        Return the printed constant.

    Returns
    -------
    float

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    _check_systems(systems)
    top, c, T_g = systems.largest, systems.exponent, systems.mosaic.T_g
    low = real("smallest", smallest, minimum=0.0, maximum=top, open_minimum=True, open_maximum=True)
    if printed:
        return 1.0 / (systems.mixing * top ** (2.0 - c) / T_g + (low**-c - top**-c) / c)
    fast = systems.mixing * top**2 / T_g * -math.expm1((2.0 - c) * math.log(low / top)) / (2.0 - c)
    return 1.0 / (fast + math.expm1(c * math.log(top / low)) / c)


def mixed_phonon_rate(E, T, systems, *, smallest=0.0):
    r"""Decay rate of a phonon of energy E by resonant two-level systems (68).

    .. math:: \frac1{\tau_E} = \frac\pi3A_1\Big(\frac a\xi\Big)^3E\Big(\frac{\Delta_{max}}E\Big)^c
              \tanh\frac E{2T}\left[\frac{BE}{\omega_D} + \int_{\Delta_{min}/E}^1\frac{x^{1-c}dx}{\sqrt{1-x^2}}\right]

    The printed (68) lacks tanh(E/2T), which the golden rule before it has.

    Parameters
    ----------
    E : array_like
        Energies > 0 in units of ω_D.
    T : array_like
        Temperatures > 0 in units of ω_D; broadcast against `E`.
    systems : MixedSystems
        The two-level systems.
    smallest : float
        Δ_min >= 0. Where it exceeds E the rate is zero.

    Returns
    -------
    PhononRate

    Raises
    ------
    InputError
        If an argument is outside its range, or shapes do not broadcast.
    """
    from scipy.special import beta, betaincc

    _check_systems(systems)
    E, T = broadcast(E=finite_array("E", E, minimum=0.0, open_minimum=True), T=temperature("T", T, zero=False))
    low = real("smallest", smallest, minimum=0.0)
    c = systems.exponent
    common = math.pi * systems.amplitude / (3.0 * systems.mosaic.volume) * E * (systems.largest / E) ** c
    common = common * np.tanh(0.5 * E / T)
    inside = low < E
    y = np.where(inside, np.minimum(low / E, 1.0) ** 2, 1.0)
    integral = 0.5 * beta(1.0 - 0.5 * c, 0.5) * betaincc(1.0 - 0.5 * c, 0.5, y)
    return PhononRate(E[()], T[()], np.where(inside, common * systems.mixing * E, 0.0)[()], (common * integral)[()])


def mixed_conductivity(T, systems, *, rtol=1e-8):
    """Thermal conductivity of phonons that decay by (68), all other scattering left out.

    Parameters
    ----------
    T : array_like
        Temperatures > 0 in units of T_D.
    systems : MixedSystems
        The two-level systems.
    rtol : float
        Relative error allowed to the integral over frequencies.

    Returns
    -------
    Conduction
        Of three branches of one velocity up to ω_D; κ in units of ω_D/a.

    Raises
    ------
    InputError
        If an argument is outside its range.
    ConvergenceError
        If `rtol` is not reached.
    """
    from ..phonons import Branch, DebyePhonons, thermal_conductivity

    _check_systems(systems)
    T = temperature("T", T, zero=False)
    velocity = systems.mosaic.sound_velocity
    phonons = DebyePhonons((Branch(velocity, 3),), debye_frequency=1.0)

    def inverse(omega, T):
        return mixed_phonon_rate(omega, T, systems).rate / velocity

    return thermal_conductivity(T, inverse, phonons, rtol=rtol)


def mixed_conductivity_exponent(systems, *, highest=1e-2, decades=1.5, n_points=31):
    """Exponent of κ(T) over a range of temperatures; the paper compares with T^(1.9 ± 0.1) over a decade and a half.

    Parameters
    ----------
    systems : MixedSystems
        The two-level systems.
    highest : float
        Upper end in units of T_D, > 0.
    decades : float
        Width of the range, > 0.
    n_points : int
        Temperatures, 3 to 10000, equally spaced in ln T.

    Returns
    -------
    ConductivityExponent

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    highest = real("highest", highest, minimum=0.0, open_minimum=True)
    decades = real("decades", decades, minimum=0.0, maximum=12.0, open_minimum=True)
    n_points = integer("n_points", n_points, minimum=3, maximum=10000)
    T = highest * np.logspace(-decades, 0.0, n_points)
    kappa = mixed_conductivity(T, systems).conductivity
    x, y = np.log(T), np.log(kappa)
    local = np.diff(y) / np.diff(x)
    return ConductivityExponent(float(np.polyfit(x, y, 1)[0]), float(local.min()), float(local.max()), T, kappa)


def mixed_heat_capacity(t, T, systems, *, rtol=1e-9):
    """Heat capacity in time of two-level systems with quantum mixing (69).

    The fast systems, of Δ = E, count in full as soon as t > τ_min(E); the regular ones are those of (27).

    Parameters
    ----------
    t : array_like
        Times > 0 in the unit of 1/(RE³), 1/ω_D by default.
    T : array_like
        Temperatures > 0 in units of ω_D; broadcast against `t`.
    systems : MixedSystems
        The two-level systems.
    rtol : float
        Relative error allowed, 1e-12 to 0.1.

    Returns
    -------
    MixedHeatCapacity

    Raises
    ------
    InputError
        If an argument is outside its range, or shapes do not broadcast.
    ConvergenceError
        If `rtol` is not reached; carries the result.
    """
    _check_systems(systems)
    regular = systems.regular
    t, T, rtol = _times(t, T, regular, rtol)
    sums, _, error, nodes, scale = _run(t, T, regular, rtol)
    shape = T.shape
    result = MixedHeatCapacity(
        t[()],
        T[()],
        (systems.mixing * scale * T.ravel() * sums[:, 2]).reshape(shape)[()],
        (scale * sums[:, 0]).reshape(shape)[()],
        (scale * error).reshape(shape)[()],
        int(nodes.max()),
    )
    bad = error > rtol * sums[:, 0]
    if np.any(bad):
        worst = float(np.max(error[bad] / sums[bad, 0]))
        raise ConvergenceError("the integral over energies does not converge", result, worst, int(nodes.max()))
    return result


def _check_systems(systems):
    if not isinstance(systems, MixedSystems):
        raise InputError("systems", systems, "MixedSystems")


def _modes(frequencies, couplings):
    omega = finite_array("frequencies", frequencies, minimum=0.0, open_minimum=True)
    if omega.ndim != 1:
        raise InputError("frequencies", f"shape {omega.shape}", "shape (n,)")
    coupling = finite_array("couplings", couplings)
    if coupling.shape != omega.shape:
        raise InputError("couplings", f"shape {coupling.shape}", f"shape {omega.shape}")
    return omega, coupling


@njit(cache=True)
def _secular(splitting, omega, square):
    """Root of λ − ε + Σs_i/(ω_i − λ) below the lowest ω_i with s_i > 0, its slope, and its error by Newton.

    The unknown is the distance g of the root to that ω_i, so that roots close to it keep their accuracy.
    """
    n = splitting.size
    level, slope, residual = np.empty(n), np.empty(n), np.zeros(n)
    steps = np.zeros(n, np.int64)
    converged = np.ones(n, np.bool_)
    top, first, total = math.inf, 0.0, 0.0
    for j in range(omega.size):
        if square[j] > 0.0:
            total += square[j]
            if omega[j] < top:
                top, first = omega[j], 0.0
            if omega[j] == top:
                first += square[j]
    for i in range(n):
        e = splitting[i]
        if total == 0.0:
            level[i], slope[i] = e, 1.0
            continue
        # The strength at `top` alone bounds g from below, all the strength there from above.
        half = 0.5 * (top - e)
        low, high = _pair(half, first), _pair(half, total)
        g = low
        done = False
        for _ in range(100):
            steps[i] += 1
            f, d = _distance(g, top - e, omega, square, top)
            if f > 0.0:
                high = g
            else:
                low = g
            # The function is concave: from below Newton's method stays below.
            new = g - f / d
            if not low <= new <= high:
                new = 0.5 * (low + high)
            # g − f is the sum of the repulsions plus the offset: f is lost in their rounding
            done = abs(new - g) <= 4e-16 * g or abs(f) <= 1e-15 * (g + abs(top - e) + abs(g - f - top + e))
            g = new
            if done:
                break
        f, d = _distance(g, top - e, omega, square, top)
        level[i], slope[i], residual[i], converged[i] = top - g, d, abs(f) / d, done
    return level, slope, residual, steps, converged


@njit(cache=True)
def _pair(half, square):
    """Positive root of g² − 2·half·g = square."""
    root = math.hypot(half, math.sqrt(square))
    return half + root if half > 0.0 else square / (root - half)


@njit(cache=True)
def _distance(g, offset, omega, square, top):
    """g − offset − Σs_i/(ω_i − top + g) and its derivative."""
    f, d = g - offset, 1.0
    for j in range(omega.size):
        if square[j] > 0.0:
            gap = omega[j] - top + g
            f -= square[j] / gap
            d += square[j] / gap**2
    return f, d
