r"""Entropic droplets: from the glass transition to the size of the mosaic.

Rearranging :math:`N` beads of a liquid costs the free energy

.. math:: F(N) = \gamma\sqrt N - Ts_cN ,\qquad \gamma = \tfrac32\sqrt{3\pi}\;T_g\ln\frac{(a/d_L)^2}{\pi e} ,

with the mismatch energy :math:`\gamma` and the configurational entropy :math:`s_c` per bead. The barrier, its place and
the size at which the rearranged region is again as probable as the original one follow, and the time of the glass
transition fixes :math:`s_c(T_g)`: :math:`F^\ddagger = T_g\ln(\tau/\tau_0)`.

All of 3π stands under the root of γ; the paper's formula for ξ prints √3 π, which would give N* ≈ 61 instead of the
printed 190.
"""

import dataclasses
import math

import numpy as np
from numba import njit

from .._validation import finite_array, real, temperature
from ..errors import ConvergenceError, InputError
from ..numerics import gauss_legendre
from ._arguments import broadcast, check_mosaic

__all__ = [
    "FUSION_ENTROPY",
    "BarrierDistribution",
    "Droplet",
    "Sensitivity",
    "StretchedExponential",
    "barrier_distribution",
    "calorimetric_fragility_index",
    "droplet",
    "droplet_free_energy",
    "fragility",
    "fragility_index",
    "glass_temperature",
    "heat_capacity_jump",
    "nonequilibrium_rate",
    "nonlinearity_product",
    "relaxation_function",
    "self_consistent",
    "sensitivity",
    "stretching_exponent",
    "surface_tension",
    "vogel_fulcher",
]

#: Entropy of fusion per particle in units of k_B of two model liquids, as the paper quotes them in Sec. II.
FUSION_ENTROPY = {"hard spheres": 1.16, "Lennard-Jones": 1.68}

_LAWS = ("gaussian", "cut-off")
_RULES = ("least squares", "slope", "log time", "moments")
_FIT_POINTS = 201
_MODELS = {"frozen": 0.0, "thermodynamic": 1.0, "linear": 2.0}


@dataclasses.dataclass(frozen=True)
class Droplet:
    """The droplet at the glass transition.

    Energies are in units of ω_D, lengths in units of a.

    Attributes
    ----------
    mismatch : float
        γ, the coefficient of √N.
    entropy : float
        s_c(T_g), configurational entropy per bead in units of k_B.
    critical_size : float
        N‡ = (γ/2T_g s_c)², where F(N) is largest.
    critical_radius : float
        r‡ = (3N‡/4π)^(1/3).
    barrier : float
        F‡ = γ²/(4T_g s_c) (7).
    size : float
        N* = 4N‡, where F(N*) = 0.
    length : float
        ξ/a = N*^(1/3).
    """

    mismatch: float
    entropy: float
    critical_size: float
    critical_radius: float
    barrier: float
    size: float
    length: float


@dataclasses.dataclass(frozen=True)
class BarrierDistribution:
    """Distribution of the barriers for relaxation at T_g.

    Attributes
    ----------
    barrier : ndarray
        Barriers F in units of ω_D.
    density : ndarray
        Probability density at `barrier`, without the peak.
    most_probable : float
        F‡.
    width : float
        Standard deviation of the Gaussian, F‡/(2√D).
    peak : float
        Weight of a sharp peak at F‡: 0 for the Gaussian, 1/2 for the law with a highest barrier.
    below_zero : float
        Weight of the Gaussian at F < 0, which is without meaning and is left where it is.
    """

    barrier: np.ndarray
    density: np.ndarray
    most_probable: float
    width: float
    peak: float
    below_zero: float


@dataclasses.dataclass(frozen=True)
class StretchedExponential:
    """A stretched exponential exp(−(t/t₀)^β) in place of a relaxation function.

    Attributes
    ----------
    beta : float
        Stretching exponent.
    time : float
        t₀ in units of the relaxation time of the most probable barrier.
    rule : str
        How the two were found.
    residual : float
        Largest difference between the two functions where the second lies between 0.99 and 0.01.
    """

    beta: float
    time: float
    rule: str
    residual: float


@dataclasses.dataclass(frozen=True)
class Sensitivity:
    """Logarithmic derivatives of the modulus of a quantity.

    Attributes
    ----------
    value : float
        The quantity.
    lindemann : float
        d ln value / d ln d_L.
    log_time : float
        d ln value / d ln ln(τ/τ₀).
    error : float
        Estimated error of the derivatives.
    """

    value: float
    lindemann: float
    log_time: float
    error: float


def _mismatch_ratio(mosaic):
    """γ/T_g."""
    check_mosaic(mosaic)
    logarithm = -math.log(math.pi * math.e * mosaic.lindemann**2)
    if logarithm <= 0.0:
        bound = 1.0 / math.sqrt(math.pi * math.e)
        raise InputError("lindemann", mosaic.lindemann, f"a finite number > 0 and < {bound:.6g}, where γ > 0 ends")
    return 1.5 * math.sqrt(3.0 * math.pi) * logarithm


def _other_factor(name, value, mosaic):
    """D from Δc_p or Δc_p from D, whose product is γ²/(4T_g²)."""
    return 0.25 * _mismatch_ratio(mosaic) ** 2 / finite_array(name, value, minimum=0.0, open_minimum=True)


def droplet(mosaic):
    """The droplet at the glass transition (6), (7) and the formula for ξ below Fig. 5.

    Parameters
    ----------
    mosaic : Mosaic
        The glass; its `lindemann` and `log_time` determine everything, `T_g` is the unit of energy. Its `xi` and
        `volume` are not used.

    Returns
    -------
    Droplet

    Raises
    ------
    InputError
        If the Lindemann ratio is not below (πe)^(−1/2), where γ vanishes.
    """
    g, L, T_g = _mismatch_ratio(mosaic), mosaic.log_time, mosaic.T_g
    root = 4.0 * L / g
    critical = 0.25 * root**2
    return Droplet(
        mismatch=g * T_g,
        entropy=g**2 / (4.0 * L),
        critical_size=critical,
        critical_radius=(0.75 * critical / math.pi) ** (1.0 / 3.0),
        barrier=L * T_g,
        size=root**2,
        length=root ** (2.0 / 3.0),
    )


def self_consistent(mosaic):
    """The mosaic with `xi` and `volume` that follow from its Lindemann ratio and its time.

    Parameters
    ----------
    mosaic : Mosaic
        The glass.

    Returns
    -------
    Mosaic

    Raises
    ------
    InputError
        If the Lindemann ratio is not below (πe)^(−1/2), or the domain comes out smaller than ξ = 2.
    """
    found = droplet(mosaic)
    return dataclasses.replace(mosaic, xi=found.length, volume=found.size)


def droplet_free_energy(N, mosaic, *, T=None, entropy=None):
    """Free energy F(N) = γ√N − T s_c N of a droplet (6); Fig. 4.

    Parameters
    ----------
    N : array_like
        Numbers of beads, >= 0.
    mosaic : Mosaic
        The glass.
    T : float, optional
        Temperature in units of ω_D, > 0; T_g by default.
    entropy : float, optional
        Configurational entropy per bead, > 0; by default that of the glass transition.

    Returns
    -------
    ndarray
        F(N) in units of ω_D.

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    found = droplet(mosaic)
    N = finite_array("N", N, minimum=0.0)
    T = mosaic.T_g if T is None else real("T", T, minimum=0.0, open_minimum=True)
    s = found.entropy if entropy is None else real("entropy", entropy, minimum=0.0, open_minimum=True)
    return found.mismatch * np.sqrt(N) - T * s * N


def surface_tension(R, mosaic):
    """Surface tension σ(R) = (3/4)(T_g/a²) ln[(a/d_L)²/πe] (a/R)^(1/2), before (30).

    With N = (4π/3)(R/a)³ it is the mismatch energy in another form: 4πR²σ(R) = γ√N.

    Parameters
    ----------
    R : array_like
        Radii in units of a, > 0.
    mosaic : Mosaic
        The glass.

    Returns
    -------
    ndarray
        σ in units of ω_D/a².

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    logarithm = _mismatch_ratio(mosaic) / (1.5 * math.sqrt(3.0 * math.pi))
    R = finite_array("R", R, minimum=0.0, open_minimum=True)
    return 0.75 * mosaic.T_g * logarithm / np.sqrt(R)


def fragility(jump, mosaic):
    """Coefficient D of the Vogel–Fulcher law from the jump of the heat capacity, D = γ²/(4T_g²Δc_p); printed 32 R/Δc_p.

    With γ proportional to T and s_c = Δc_p(T − T_K)/T_K, (7) is (1) exactly. At T_g the jump is Δc_pT_g/T_K.

    Parameters
    ----------
    jump : array_like
        Δc_p per bead at T_K in units of k_B, > 0.
    mosaic : Mosaic
        The glass.

    Returns
    -------
    ndarray
        D.

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    return _other_factor("jump", jump, mosaic)


def heat_capacity_jump(D, mosaic):
    """Jump of the heat capacity Δc_p per bead at T_K in units of k_B for a given D, the inverse of :func:`fragility`.

    Parameters
    ----------
    D : array_like
        Coefficient of the Vogel–Fulcher law, > 0.
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
    return _other_factor("D", D, mosaic)


def vogel_fulcher(T, D, *, T_K=1.0):
    """ln(τ/τ₀) = D T_K/(T − T_K), the Vogel–Fulcher law (1).

    Parameters
    ----------
    T : array_like
        Temperatures, > T_K.
    D : array_like
        Coefficient, > 0; broadcast against `T`.
    T_K : float
        Temperature of the entropy crisis, > 0, in the unit of `T`.

    Returns
    -------
    ndarray

    Raises
    ------
    InputError
        If an argument is outside its range, or shapes do not broadcast.
    """
    T_K = real("T_K", T_K, minimum=0.0, open_minimum=True)
    T = finite_array("T", T, minimum=T_K, open_minimum=True)
    D = finite_array("D", D, minimum=0.0, open_minimum=True)
    broadcast(T=T, D=D)
    return D * T_K / (T - T_K)


def glass_temperature(D, mosaic):
    """T_g/T_K = 1 + D/ln(τ/τ₀), where (1) reaches the time of the glass transition.

    Parameters
    ----------
    D : array_like
        Coefficient of the Vogel–Fulcher law, > 0.
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
    check_mosaic(mosaic)
    return 1.0 + finite_array("D", D, minimum=0.0, open_minimum=True) / mosaic.log_time


def fragility_index(D, mosaic):
    """Fragility index m = (1/T) d log₁₀τ/d(1/T) at T_g of the Vogel–Fulcher law; Fig. 5.

    m = log₁₀(τ/τ₀) [1 + ln(τ/τ₀)/D]. The caption of Fig. 5 prints T in place of 1/T.

    Parameters
    ----------
    D : array_like
        Coefficient of the Vogel–Fulcher law, > 0.
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
    check_mosaic(mosaic)
    D = finite_array("D", D, minimum=0.0, open_minimum=True)
    return mosaic.log_time / math.log(10.0) * (1.0 + mosaic.log_time / D)


def calorimetric_fragility_index(jump, fusion_entropy, mosaic, *, bead_entropy=FUSION_ENTROPY["Lennard-Jones"]):
    r"""Fragility index m from calorimetry alone; the horizontal axis of Fig. 5.

    With ln τ = γ²/(4T²s_c) and γ proportional to T the slope at T_g is that of the entropy, whatever its law:

    .. math:: m = \log_{10}\frac{\tau}{\tau_0}\;\frac{\Delta c_p(T_g)}{s_c(T_g)} ,

    with both per bead: the proportionality of the caption. A molecule has as many beads as its entropy of fusion is
    times that of one bead. Where s_c = Δc_p(T − T_K)/T_K this is :func:`fragility_index` of the same D.

    Parameters
    ----------
    jump : array_like
        Δc_p(T_g) of a mole as it is measured, the jump at T_g, > 0.
    fusion_entropy : array_like
        Entropy of fusion ΔH_m/T_m of a mole in the same unit, > 0; broadcast against `jump`.
    mosaic : Mosaic
        The glass.
    bead_entropy : float
        Entropy of fusion of a bead in units of k_B, > 0.

    Returns
    -------
    ndarray

    Raises
    ------
    InputError
        If an argument is outside its range, or shapes do not broadcast.
    """
    jump = finite_array("jump", jump, minimum=0.0, open_minimum=True)
    fusion_entropy = finite_array("fusion_entropy", fusion_entropy, minimum=0.0, open_minimum=True)
    bead_entropy = real("bead_entropy", bead_entropy, minimum=0.0, open_minimum=True)
    broadcast(jump=jump, fusion_entropy=fusion_entropy)
    return mosaic.log_time / math.log(10.0) * jump * bead_entropy / (fusion_entropy * droplet(mosaic).entropy)


def barrier_distribution(F, D, mosaic, *, law="gaussian"):
    """Distribution of barriers at T_g from the fluctuations of the entropy of a domain; Fig. 6.

    ⟨δS²⟩ = N*Δc_p and F‡ ∝ 1/s_c give δF‡/F‡ = 1/(2√D), with the fluctuations of all N* beads of the domain.

    Parameters
    ----------
    F : array_like
        Barriers in units of ω_D.
    D : float
        Coefficient of the Vogel–Fulcher law, > 0.
    mosaic : Mosaic
        The glass.
    law : {"gaussian", "cut-off"}
        The Gaussian; or its part below the most probable barrier and a sharp peak at that barrier, of the weight of the
        part above.

    Returns
    -------
    BarrierDistribution

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    check_mosaic(mosaic)
    F = finite_array("F", F)
    D = real("D", D, minimum=0.0, open_minimum=True)
    cut = _law(law)
    mean = mosaic.T_g * mosaic.log_time
    width = mean / (2.0 * math.sqrt(D))
    z = (F - mean) / width
    density = np.exp(-0.5 * z * z) / (math.sqrt(2.0 * math.pi) * width)
    if cut:
        density = np.where(F <= mean, density, 0.0)
    return BarrierDistribution(F, density, mean, width, 0.5 if cut else 0.0, 0.5 * math.erfc(math.sqrt(2.0 * D)))


def relaxation_function(t, D, mosaic, *, law="gaussian"):
    """Relaxation function φ(t) = ⟨exp(−t/τ)⟩ with τ ∝ e^{F/T_g} over the distribution of barriers.

    Parameters
    ----------
    t : array_like
        Times in units of the relaxation time of the most probable barrier, >= 0.
    D : float
        Coefficient of the Vogel–Fulcher law, > 0.
    mosaic : Mosaic
        The glass.
    law : {"gaussian", "cut-off"}
        See :func:`barrier_distribution`.

    Returns
    -------
    ndarray
        φ(t), with an absolute error of about 1e-13.

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    check_mosaic(mosaic)
    t = finite_array("t", t, minimum=0.0)
    sigma, cut = _width(D, mosaic), _law(law)
    result = np.ones(t.shape)
    late = t > 0.0
    result[late] = _relaxation(np.log(t[late]).ravel(), sigma, cut, *gauss_legendre(16))[0]
    return result[()]


def stretching_exponent(D, mosaic, *, law="gaussian", rule="least squares"):
    r"""Exponent β of the stretched exponential that stands for the relaxation function; Fig. 6.

    The relaxation function is no stretched exponential, and β depends on the rule by which it is found:

    - ``"least squares"``: smallest sum of squares of the difference, on 201 times equally spaced in ln t between
      φ = 0.99 and φ = 0.01;
    - ``"slope"``: both functions fall to 1/e at the same time and with the same slope;
    - ``"log time"``: mean and variance of ln t, with −dφ as their distribution, agree. For the Gaussian
      β = (1 + 6σ²/π²)^(−1/2), σ = ln(τ/τ₀)/(2√D);
    - ``"moments"``: ∫φ dt and ∫tφ dt agree.

    Parameters
    ----------
    D : float
        Coefficient of the Vogel–Fulcher law, > 0.
    mosaic : Mosaic
        The glass.
    law : {"gaussian", "cut-off"}
        See :func:`barrier_distribution`.
    rule : {"least squares", "slope", "log time", "moments"}
        How β is found.

    Returns
    -------
    StretchedExponential

    Raises
    ------
    InputError
        If an argument is outside its range.
    ConvergenceError
        If the fit does not converge.
    """
    from scipy.optimize import brentq, least_squares
    from scipy.special import erfcx, gammaln

    check_mosaic(mosaic)
    sigma, cut = _width(D, mosaic), _law(law)
    if rule not in _RULES:
        raise InputError("rule", rule, f"one of {', '.join(_RULES)}")
    nodes = gauss_legendre(16)

    def relaxation(log_t):
        return _relaxation(np.atleast_1d(log_t), sigma, cut, *nodes)

    def reach(value):
        return brentq(lambda x: relaxation(x)[0][0] - value, -40.0 * sigma - 10.0, 40.0 * sigma + 10.0, xtol=1e-13)

    grid = np.linspace(reach(0.99), reach(0.01), _FIT_POINTS)
    phi = relaxation(grid)[0]

    def difference(x):
        return np.exp(-np.exp(np.clip(x[1] * (grid - x[0]), -700.0, 700.0))) - phi

    if rule == "slope":
        x = reach(math.exp(-1.0))
        beta = math.e * -relaxation(x)[1][0]
        log_time = x
    elif rule == "log time":
        share = 0.5 - 0.5 / math.pi if cut else 1.0
        mean = -sigma / math.sqrt(2.0 * math.pi) if cut else 0.0
        beta = 1.0 / math.sqrt(1.0 + 6.0 * share * sigma**2 / math.pi**2)
        log_time = mean + np.euler_gamma * (1.0 / beta - 1.0)
    elif rule == "moments":
        if cut:
            first, second = (math.log(0.5 + 0.5 * erfcx(n * sigma / math.sqrt(2.0))) for n in (1, 2))
        else:
            first, second = 0.5 * sigma**2, 2.0 * sigma**2

        def excess(b):
            return gammaln(2.0 * b) - 2.0 * gammaln(b) - math.log(b) - (second - 2.0 * first)

        top = 2.0
        while excess(top) < 0.0:
            top *= 2.0
        inverse = brentq(excess, 1.0, top, xtol=1e-14) if excess(1.0) < 0.0 else 1.0
        beta = 1.0 / inverse
        log_time = first - math.log(inverse) - float(gammaln(inverse))
    else:
        start = [reach(math.exp(-1.0)), 1.0 / math.sqrt(1.0 + 6.0 * sigma**2 / math.pi**2)]
        fit = least_squares(difference, start, bounds=([-np.inf, 1e-6], [np.inf, 1.0]), xtol=1e-14, ftol=1e-14)
        if not fit.success:
            raise ConvergenceError("the fit of the stretched exponential", fit.x, float(fit.optimality), fit.nfev)
        log_time, beta = fit.x
    miss = float(np.max(np.abs(difference((log_time, beta)))))
    return StretchedExponential(float(beta), float(math.exp(log_time)), rule, miss)


def nonequilibrium_rate(T, fictive, x, activation):
    """ln(k/k₀) of a glass below its transition, −xΔE*/T − (1 − x)ΔE*/T_f (8).

    The paper prints T_g where the fictive temperature T_f stands; the two agree for a glass that has not aged.

    Parameters
    ----------
    T : array_like
        Temperatures, > 0.
    fictive : array_like
        Fictive temperatures T_f, > 0, in the unit of `T`; broadcast against it.
    x : float
        Narayanaswamy–Moynihan–Tool parameter x_NMT, 0 to 1.
    activation : float
        ΔE* in the unit of `T`, > 0.

    Returns
    -------
    ndarray

    Raises
    ------
    InputError
        If an argument is outside its range, or shapes do not broadcast.
    """
    T, fictive = temperature("T", T, zero=False), temperature("fictive", fictive, zero=False)
    x = real("x", x, minimum=0.0, maximum=1.0)
    activation = real("activation", activation, minimum=0.0, open_minimum=True)
    broadcast(T=T, fictive=fictive)
    return -activation * (x / T + (1.0 - x) / fictive)


def nonlinearity_product(mosaic, *, model="frozen", surface_exponent=0.0):
    r"""The product m·x_NMT under a stated assumption about the glass; Fig. 8, printed as m ≃ 19/x.

    Just below T_g the glass relaxes over F‡ = γ²/4f with the driving force f(T) per bead, f(T_g) = T_g s_c, of (5).
    Its apparent activation energy over ΔE* = m T_g ln 10 is x, so that with γ ∝ T^n

    .. math:: mx = \log_{10}\frac{\tau}{\tau_0}\,
              \left(1 - 2n + \left.\frac{d\ln f}{d\ln T}\right|_{T_g}\right) .

    Parameters
    ----------
    mosaic : Mosaic
        The glass.
    model : {"frozen", "thermodynamic", "linear"}
        ``"frozen"``: f keeps its value. ``"thermodynamic"``: the energy of the glass keeps its value and
        f = Φ_in − Φ_eq(T) + T s_c(T), hence df/dT = s_c whatever the heat capacity is. ``"linear"``: the same with the
        paper's s_c = Δc_p(T − T_K)/T_K and Φ_in − Φ_eq = Δc_p(T_g − T), which do not obey dΦ = T ds; df/dT = 2s_c.
    surface_exponent : float
        n of γ ∝ T^n; the paper neglects the variation.

    Returns
    -------
    float

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    check_mosaic(mosaic)
    if not isinstance(model, str) or model not in _MODELS:
        raise InputError("model", model, f"one of {', '.join(_MODELS)}")
    n = real("surface_exponent", surface_exponent)
    return mosaic.log_time / math.log(10.0) * (1.0 - 2.0 * n + _MODELS[model])


def sensitivity(quantity, mosaic, *, step=0.01):
    """Logarithmic derivatives of a quantity with respect to the Lindemann ratio and the time of the glass transition.

    Parameters
    ----------
    quantity : callable
        Function of a :class:`Mosaic` that returns a number other than zero. A function that reads `xi` or `volume`
        should call :func:`self_consistent` first.
    mosaic : Mosaic
        The glass at which derivatives are taken.
    step : float
        Relative step of the differences, 1e-6 to 0.1. They are of fourth order.

    Returns
    -------
    Sensitivity

    Raises
    ------
    InputError
        If an argument is outside its range, or the quantity is zero or not finite.
    """
    check_mosaic(mosaic)
    step = real("step", step, minimum=1e-6, maximum=0.1)

    def log_quantity(changed):
        value = real("quantity", quantity(changed))
        if value == 0.0:
            raise InputError("quantity", value, "a finite number other than 0")
        return math.log(abs(value))

    def derivative(name, h):
        def at(k):
            return log_quantity(dataclasses.replace(mosaic, **{name: getattr(mosaic, name) * math.exp(k * h)}))

        return (8.0 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12.0 * h)

    found, error = [], 0.0
    for name in ("lindemann", "log_time"):
        found.append(derivative(name, step))
        # The difference of twice the step is wrong by sixteen times as much.
        error = max(error, abs(derivative(name, 2.0 * step) - found[-1]) / 15.0)
    return Sensitivity(float(quantity(mosaic)), found[0], found[1], error)


def _law(law):
    if law not in _LAWS:
        raise InputError("law", law, f"one of {', '.join(_LAWS)}")
    return law == "cut-off"


def _width(D, mosaic):
    """Standard deviation of ln τ."""
    return mosaic.log_time / (2.0 * math.sqrt(real("D", D, minimum=0.0, open_minimum=True)))


@njit(cache=True)
def _relaxation(log_t, sigma, cut, nodes, weights):
    """φ and dφ/d ln t for u = ln τ normal of width σ; with `cut`, u > 0 moved to u = 0."""
    phi = np.empty(log_t.size)
    slope = np.empty(log_t.size)
    norm = 1.0 / (sigma * math.sqrt(2.0 * math.pi))
    top = 0.0 if cut else 9.0 * sigma
    for i in range(log_t.size):
        # exp(−e^{ln t − u}) rises from 0 to 1 within a few units of u = ln t.
        low = max(-9.0 * sigma, log_t[i] - 4.0)
        high = min(top, log_t[i] + 38.0)
        value, rate = 0.0, 0.0
        if high > low:
            n = math.ceil((high - low) / min(1.5, 1.5 * sigma))
            h = (high - low) / n
            for k in range(n):
                for j in range(nodes.size):
                    u = low + (k + nodes[j]) * h
                    y = math.exp(log_t[i] - u)
                    term = weights[j] * h * norm * math.exp(-0.5 * (u / sigma) ** 2 - y)
                    value += term
                    rate -= y * term
        start = max(low, high)
        if start < top:
            value += 0.5 * (math.erfc(start / (sigma * math.sqrt(2.0))) - math.erfc(top / (sigma * math.sqrt(2.0))))
        if cut:
            y = math.exp(min(log_t[i], 700.0))
            value += 0.5 * math.exp(-y)
            rate -= 0.5 * y * math.exp(-y)
        phi[i] = value
        slope[i] = rate
    return phi, slope
