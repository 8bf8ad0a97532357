r"""Double wells of Karpov, Klinger and Ignat'ev (1983): two kinds of tunnelling states.

:math:`V = E_0(\eta x^2 + tx^3 + x^4)` with independent :math:`H(\eta)` and even :math:`g(t)` over the whole plane is
symmetric in two cases (Eq. 3.2): (1) :math:`\eta/\eta_0 = 8/9` with :math:`\eta_0 = 9t^2/32`, expanded about a minimum,
and (2) :math:`t = 0`, :math:`\eta < 0`, expanded about the barrier top. With :math:`\zeta_1 = \eta_0/\eta_L` and
:math:`\zeta_2 = |\eta|/\eta_L` both are wells :math:`z^4 - \zeta_Az^2`, :math:`\zeta_A = \tfrac49\zeta_1` or
:math:`\zeta_2`. Close to them the gap is :math:`u = \sqrt{J^2 + \Delta^2}` with :math:`\Delta = w|\xi|f(\zeta)`, where
:math:`\xi_1 = \eta/\eta_0 - 8/9` and :math:`\xi_2 = \pm\sqrt{\eta_0/\eta_L}`, and

.. math:: n_j(u) = \int d\zeta\,\frac{\Phi_j(\zeta)}{wf_j\sqrt{1 - J_j^2/u^2}} ,\quad
          \Phi_1 = 2\eta_L^2\zeta H(\tfrac89\eta_L\zeta)H_0(\eta_L\zeta) ,\quad
          \Phi_2 = \tfrac{8\sqrt2}3\eta_L^{3/2}H(-\eta_L\zeta)g(0) .

Energies and temperatures are in units of w, densities per potential.
"""

import dataclasses
import functools
import math
from collections.abc import Callable

import numpy as np

from .. import thermal
from .._validation import finite_array, integer, real
from ..errors import ConvergenceError, InputError
from ..numerics import gauss_legendre
from .excitations import _adaptive, _pull
from .spectrum import tunnel_splitting

__all__ = [
    "THRESHOLDS",
    "IndependentParameters",
    "RelaxationTimes",
    "SymmetricWells",
    "TunnellingDensity",
    "adiabatic_eta",
    "deformation_potential",
    "heat_capacity_in_time",
    "inverse_mean_free_path",
    "level_shift",
    "relaxation_times",
    "symmetric_wells",
    "tunnelling_density",
    "tunnelling_heat_capacity",
]

#: ζ₁ and ζ₂ above which each well has a level of its own below the barrier (KKI, Eq. 3.8).
THRESHOLDS = (9.0 * 2.0 ** (-1.0 / 3.0), 2.0 ** (5.0 / 3.0))

_HIGHEST = 0.8  # u beyond which a pair of wells is no longer a pair of levels


@dataclasses.dataclass(frozen=True)
class IndependentParameters:
    r"""Independent distributions of η and t (KKI, Fig. 2).

    Parameters
    ----------
    eta_L : float
        Scale η_L > 0.
    H : callable
        H(η) >= 0, of arrays.
    g : callable
        g(t) >= 0, even, of arrays.

    Raises
    ------
    InputError
        If ``eta_L`` is not > 0, or a function is not one, or gives values that are negative or not finite.
    """

    eta_L: float
    H: Callable
    g: Callable

    def __post_init__(self):
        object.__setattr__(self, "eta_L", real("eta_L", self.eta_L, minimum=0.0, open_minimum=True))
        for name in ("H", "g"):
            if not callable(getattr(self, name)):
                raise InputError(name, getattr(self, name), "a function of an array")
            self.value(name, np.array([-0.5, 0.0, 0.5]))
        left, right = self.value("g", np.array([-0.3, -0.01])), self.value("g", np.array([0.3, 0.01]))
        if not np.allclose(left, right, rtol=1e-12, atol=0.0):
            raise InputError("g", self.g, "an even function: a glass prefers no direction")

    @classmethod
    def decaying(cls, eta_L, eta_c, t_c, power=1.0):
        r"""H ∝ exp(−((1 − η)/η_c)^power) below η = 1 and g ∝ exp(−(t/t_c)²), both normalised (KKI, Eq. 4.12).

        Parameters
        ----------
        eta_L : float
            Scale η_L > 0.
        eta_c : float
            Decay of H, > 0.
        t_c : float
            Width of g, > 0.
        power : float, optional
            Power in the exponent of H, >= 1. The print is damaged; with 1 the estimate η_c ≳ 0.1 of the text follows.

        Returns
        -------
        IndependentParameters

        Raises
        ------
        InputError
            If a parameter is outside its range.
        """
        eta_c = real("eta_c", eta_c, minimum=0.0, open_minimum=True)
        t_c = real("t_c", t_c, minimum=0.0, open_minimum=True)
        power = real("power", power, minimum=1.0)
        norm = eta_c * math.gamma(1.0 + 1.0 / power)

        def H(eta):
            away = np.maximum(1.0 - eta, 0.0) / eta_c
            return np.where(eta <= 1.0, np.exp(-(away**power)), 0.0) / norm

        def g(t):
            return np.exp(-((t / t_c) ** 2)) / (math.sqrt(math.pi) * t_c)

        return cls(eta_L, H, g)

    def value(self, name, x):
        """Values of H or g, checked.

        Parameters
        ----------
        name : {"H", "g"}
            Which of the two.
        x : ndarray
            Arguments.

        Returns
        -------
        ndarray

        Raises
        ------
        InputError
            If a value is negative or not finite.
        """
        found = np.asarray(getattr(self, name)(x), dtype=float)
        if not np.all(np.isfinite(found)) or not np.all(found >= 0.0):
            raise InputError(name, found, "a function with finite values >= 0")
        return np.broadcast_to(found, np.shape(x))

    def H0(self, eta0):
        """Distribution H₀(η₀) = 2g(t)(8/9η₀)^(1/2) of the bound η₀ = 9t²/32 (KKI, Eq. 2.6).

        Parameters
        ----------
        eta0 : array_like
            Values > 0.

        Returns
        -------
        ndarray

        Raises
        ------
        InputError
            If a value is not > 0.
        """
        eta0 = finite_array("eta0", eta0, minimum=0.0, open_minimum=True)
        return (2.0 * self.value("g", np.sqrt(32.0 * eta0 / 9.0)) * np.sqrt(8.0 / (9.0 * eta0)))[()]

    def double_well_fraction(self):
        """Fraction N_DW/N of points of the plane that are double wells, η < η₀.

        Returns
        -------
        float

        Raises
        ------
        InputError
            If H or g cannot be normalised.
        """
        import warnings

        from scipy.integrate import IntegrationWarning, quad

        def total(name):
            with np.errstate(over="ignore"), warnings.catch_warnings():
                # What it warns of is found out below.
                warnings.simplefilter("ignore", IntegrationWarning)
                value, error = quad(lambda s: _unfold(self, name, s), -1.0, 1.0, limit=400, points=[0.0])
            # A tail that does not fall off faster than 1/x shows at the ends.
            end = max(float(_unfold(self, name, s)) for s in (-1.0 + 1e-7, 1.0 - 1e-7))
            if not math.isfinite(value) or value <= 0.0 or end > 1e3 * value or error > 1e-3 * value:
                raise InputError(name, getattr(self, name), "a function whose integral is finite and > 0")
            return value

        norm = total("H") * total("g")

        def below(t):
            return quad(lambda s: _unfold(self, "H", s, 9.0 / 32.0 * t * t), 0.0, 1.0, limit=200)[0]

        value = quad(lambda s: below(_stretch(s)) * _unfold(self, "g", s), -1.0, 1.0, limit=400, points=[0.0])[0]
        return value / norm


def _stretch(s):
    return s / (1.0 - s * s)


def _unfold(model, name, s, end=None):
    """Integrand over an infinite range: all of it, or from −∞ (s = 1) up to ``end`` (s = 0)."""
    if end is None:
        x, jacobian = s / (1.0 - s * s), (1.0 + s * s) / (1.0 - s * s) ** 2
    else:
        x, jacobian = end - s / (1.0 - s), 1.0 / (1.0 - s) ** 2
    return float(model.value(name, np.array([x]))[0]) * jacobian


@dataclasses.dataclass(frozen=True)
class SymmetricWells:
    """Symmetric double wells of one kind (KKI, Eqs. 3.2 to 3.14), energies in units of w.

    Attributes
    ----------
    zeta : ndarray
        ζ₁ = η₀/η_L or ζ₂ = ``|η|``/η_L.
    barrier : ndarray
        Height of the barrier: 4ζ₁²/81 or ζ₂²/4.
    curvature : ndarray
        Coefficient of the square in each well, over η_L: 8ζ₁/9 or 2ζ₂.
    zero_point : ndarray
        Lowest level of a harmonic well of this curvature.
    slope : ndarray
        f(ζ) of the asymmetry Δ = w``|ξ|``f: (8/9)ζ₁² or (4/3)ζ₂^(3/2), with its corrections.
    J : ndarray
        Splitting.
    distance : ndarray
        Distance of the minima over sqrt(η_L), in units of x.
    """

    zeta: np.ndarray
    barrier: np.ndarray
    curvature: np.ndarray
    zero_point: np.ndarray
    slope: np.ndarray
    J: np.ndarray
    distance: np.ndarray


@dataclasses.dataclass(frozen=True)
class TunnellingDensity:
    """Density of tunnelling states, per potential and energy w (KKI, Eq. 4.5).

    Attributes
    ----------
    u : ndarray
        Energies, in units of w.
    n1, n2 : ndarray
        Densities of the two kinds.
    total : ndarray
        Their sum.
    error : ndarray
        Estimated absolute error of the sum, of the quadrature.
    """

    u: np.ndarray
    n1: np.ndarray
    n2: np.ndarray
    total: np.ndarray
    error: np.ndarray


@dataclasses.dataclass(frozen=True)
class RelaxationTimes:
    """Distribution of relaxation times at a given splitting (KKI, Eq. 6.2).

    Attributes
    ----------
    tau : ndarray
        Times.
    density : ndarray
        p(τ|u), normalised over τ_min to infinity.
    reached : ndarray
        Part of the states with shorter times.
    """

    tau: np.ndarray
    density: np.ndarray
    reached: np.ndarray


def symmetric_wells(zeta, kind, *, corrections="exact"):
    """Geometry, asymmetry and splitting of the symmetric double wells of one kind.

    Parameters
    ----------
    zeta : array_like
        ζ₁ or ζ₂, > 0.
    kind : {1, 2}
        Expanded about a minimum, or about the top of the barrier.
    corrections : {"exact", "second order", "leading"}, optional
        f and J from the levels; f with its zero-point and anharmonic terms, (1 − 3g − 35g²/2) with g = (2ζ_A)^(−3/2),
        and J by WKB, w exp(−sζ^(3/2)); or f by its leading term, and the same J (KKI, Eqs. 3.12 and 3.14).

    Returns
    -------
    SymmetricWells

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    zeta = finite_array("zeta", zeta, minimum=0.0, open_minimum=True)
    kind = integer("kind", kind, minimum=1, maximum=2)
    if corrections not in ("exact", "second order", "leading"):
        raise InputError("corrections", corrections, "'exact', 'second order' or 'leading'")
    deep = zeta * (4.0 / 9.0 if kind == 1 else 1.0)
    slope, J = _slope(deep, zeta, kind, corrections), _splitting(deep, corrections)
    return SymmetricWells(
        *(
            x[()]
            for x in (
                zeta,
                0.25 * deep**2,
                2.0 * deep,
                np.sqrt(2.0 * deep),
                slope,
                J,
                np.sqrt(2.0 * deep),
            )
        )
    )


@functools.cache
def _pair_series():
    """ln J on 2 < ζ_A < 9 and the slope dΔ/dH over sqrt(2ζ_A) on 2 < ζ_A < 25, in ln ζ_A."""
    fit = np.polynomial.Chebyshev.interpolate
    low, middle, high = math.log(2.0), math.log(9.0), math.log(25.0)
    J = fit(lambda x: np.log(np.asarray(tunnel_splitting(np.exp(x)).J)), 40, domain=[low, middle])
    pull = fit(lambda x: _pull(-np.exp(x)) / np.sqrt(2.0 * np.exp(x)), 48, domain=[low, high])
    return J, pull


def _slope(deep, zeta, kind, corrections):
    # Δ = (dΔ/dH)·H, and H = (2√2/3)ζ^(3/2)ξ₁ or (2√2/3)ζξ₂.
    tilt = 2.0 * math.sqrt(2.0) / 3.0 * (zeta**1.5 if kind == 1 else zeta)
    g = (2.0 * deep) ** -1.5
    pull = 1.0 if corrections == "leading" else 1.0 - 3.0 * g - 17.5 * g**2
    if corrections == "exact":
        inside = (deep > 2.0) & (deep < 25.0)
        pull = np.empty(deep.shape)
        pull[inside] = _pair_series()[1](np.log(deep[inside]))
        pull[~inside] = _pull(-deep[~inside]) / np.sqrt(2.0 * deep[~inside])
    return tilt * np.sqrt(2.0 * deep) * pull


def _splitting(deep, corrections):
    if corrections != "exact":
        return np.exp(-math.sqrt(2.0) / 3.0 * deep**1.5)
    inside = (deep > 2.0) & (deep < 9.0)
    J = np.empty(deep.shape)
    J[inside] = np.exp(_pair_series()[0](np.log(deep[inside])))
    J[~inside] = np.asarray(tunnel_splitting(deep[~inside]).J) if np.any(~inside) else 0.0
    return J


def tunnelling_density(u, model, *, corrections="exact", time_ratio=None, rtol=1e-7):
    """Densities n₁(u) and n₂(u) of the two kinds of tunnelling states (KKI, Eq. 4.5).

    Parameters
    ----------
    u : array_like
        Energies in units of w, > 0 and <= 0.8.
    model : IndependentParameters
        Distributions of η and t.
    corrections : {"exact", "second order", "leading"}, optional
        See :func:`symmetric_wells`.
    time_ratio : float, optional
        Only states with relaxation times τ < time_ratio·τ_min, τ = τ_min u²/J² (KKI, Eq. 6.1); > 1.
    rtol : float, optional
        Relative error allowed to the integrals.

    Returns
    -------
    TunnellingDensity

    Raises
    ------
    InputError
        If an argument is outside its range.
    ConvergenceError
        If an integral does not reach ``rtol``.
    """
    u = finite_array("u", u, minimum=0.0, maximum=_HIGHEST, open_minimum=True)
    if corrections not in ("exact", "second order", "leading"):
        raise InputError("corrections", corrections, "'exact', 'second order' or 'leading'")
    if time_ratio is not None:
        time_ratio = real("time_ratio", time_ratio, minimum=1.0, open_minimum=True)
    rtol = real("rtol", rtol, minimum=1e-10, maximum=0.1)
    _check(model)
    out = np.zeros((3, u.size))
    for i, energy in enumerate(u.flat):
        for kind in (1, 2):
            value, error = _integral(float(energy), model, kind, corrections, time_ratio, rtol, 0)
            out[kind - 1, i] = value
            out[2, i] += error
    n1, n2, error = (x.reshape(u.shape)[()] for x in out)
    return TunnellingDensity(u[()], n1, n2, n1 + n2, error)


def _check(model):
    if not isinstance(model, IndependentParameters):
        raise InputError("model", model, "IndependentParameters")


@functools.cache
def _depth(energy, corrections):
    """ζ_A at which J equals an energy."""
    from scipy.optimize import brentq

    return brentq(lambda z: math.log(float(_splitting(np.array(z), corrections)) / energy), 1e-3, 128.0, xtol=1e-13)


def _integral(energy, model, kind, corrections, time_ratio, rtol, power):
    """∫dζ Φ (J/u)^power δx^power/(f sqrt(1 − J²/u²)) from J = u on: value and error."""
    start = _depth(energy, corrections)
    edges = [0.0, start**-0.5]
    if time_ratio is not None:
        slowest = max(energy / math.sqrt(time_ratio), 1e-300)
        edges[0] = _depth(slowest, corrections) ** -0.5
    eta_L = model.eta_L
    if not math.isclose(start, 0.0):
        # Where the distributions have their own scales, η of order one, the integrand turns.
        edges = sorted({*edges, *(e for e in (math.sqrt(eta_L), 3.0 * math.sqrt(eta_L)) if edges[0] < e < edges[1])})

    def function(x):
        deep = x**-2.0
        zeta = 2.25 * deep if kind == 1 else deep
        J = _splitting(deep, corrections)
        root = np.sqrt(np.maximum((1.0 - J / energy) * (1.0 + J / energy), 1e-18))
        if kind == 1:
            phi = 2.0 * eta_L**2 * zeta * model.value("H", 8.0 / 9.0 * eta_L * zeta) * model.H0(eta_L * zeta)
        else:
            phi = 8.0 * math.sqrt(2.0) / 3.0 * eta_L**1.5 * model.value("H", -eta_L * zeta)
            phi = phi * model.value("g", np.zeros(1))[0]
        jacobian = 2.0 * x**-3.0 * (2.25 if kind == 1 else 1.0)
        weight = (J / energy * np.sqrt(2.0 * deep)) ** power if power else 1.0
        return phi / (_slope(deep, zeta, kind, corrections) * root) * jacobian * weight

    value, error, points = _adaptive(function, edges, rtol)
    # The splitting near J = u is known to a few parts in 10⁷.
    # Close above the fastest states a limited time leaves next to nothing, and that to fewer digits.
    scale = float(function(np.array([0.999 * edges[-1]]))[0]) * edges[-1]
    if not error <= max(rtol, 1e-6) * value + 1e-9 * scale + 1e-300:
        raise ConvergenceError(f"n(u) at u = {energy:.6g} does not converge", value, error, points)
    return value, error


def tunnelling_heat_capacity(T, model, *, corrections="exact", time_ratio=None):
    """Heat capacity of the tunnelling states (KKI, Eq. 4.1), c = ∫n(u)(u/2T)² sech²(u/2T) du.

    Parameters
    ----------
    T : array_like
        Temperatures in units of w, > 0 and <= 0.02, so that states above 0.8 w do not count.
    model : IndependentParameters
        Distributions of η and t.
    corrections : {"exact", "second order", "leading"}, optional
        See :func:`symmetric_wells`.
    time_ratio : float, optional
        Time of the measurement over τ_min of states with u = T; τ_min ∝ u⁻³tanh(u/2T) at other energies. All states by
        default.

    Returns
    -------
    ndarray
        c/N in units of k_B. To logarithmic accuracy (π²/6)n(T)T (KKI, Eq. 4.3).

    Raises
    ------
    InputError
        If an argument is outside its range.
    """
    from scipy.optimize import brentq

    T = finite_array("T", T, minimum=0.0, maximum=0.02, open_minimum=True)
    if time_ratio is not None:
        time_ratio = real("time_ratio", time_ratio, minimum=1.0, open_minimum=True)
    nodes, weights = gauss_legendre(40)
    total = np.empty(T.size)
    for i, t in enumerate(T.flat):
        start = 0.0
        if time_ratio is not None:
            # τ_min ∝ tanh(u/2T)/u³: the least u that has states as fast as this, where their number starts as a root.
            start = brentq(lambda x: _fastest(x, time_ratio) - 1.0, 1e-30, 1.0, xtol=1e-15)
        x = start + (40.0 - start) * nodes**3
        dx = (40.0 - start) * 3.0 * nodes**2 * weights
        n = np.array(
            [
                tunnelling_density(
                    a * t, model, corrections=corrections, time_ratio=time_ratio and _fastest(a, time_ratio)
                ).total
                for a in x
            ]
        )
        total[i] = t * np.sum(dx * n * thermal.two_level(x, 1.0))
    return total.reshape(T.shape)[()]


def _fastest(x, ratio):
    """τ/τ_min at u = xT where it is ``ratio`` at u = T."""
    return ratio * x**3 * math.tanh(0.5) / math.tanh(0.5 * x)


def inverse_mean_free_path(omega, T, model, coupling, *, velocity=1.0, corrections="exact", kind=None):
    r"""Resonant absorption by both kinds of tunnelling states (KKI, Eqs. 5.1 to 5.7).

    .. math:: \frac1\ell = \frac{\pi\omega}{s}\,\tanh\frac{\hbar\omega}{2T}\sum_j C_j ,\qquad
              C_j = K\int d\zeta\,\frac{\Phi_j}{f_j\sqrt{1 - J_j^2/u^2}}\Bigl(\frac{J_j}{u}\Bigr)^2
              \frac{\delta x_j^2}{\eta_L} ,\quad u = \hbar\omega ,

    with the deformation potential D = χδx of the asymmetry and K = Nχ²η_L/(4ρs²w). The text has "cth" for the tanh.

    Parameters
    ----------
    omega : array_like
        Frequencies: ħω in units of w, > 0 and <= 0.8.
    T : array_like
        Temperatures in units of w, > 0; broadcast against ``omega``.
    model : IndependentParameters
        Distributions of η and t.
    coupling : float
        K > 0, without dimension.
    velocity : float, optional
        Velocity of sound s > 0; 1/ℓ is in units of w/ħs.
    corrections : {"exact", "second order", "leading"}, optional
        See :func:`symmetric_wells`.
    kind : {1, 2}, optional
        Absorption by this kind alone; by default the sum of both.

    Returns
    -------
    ndarray

    Raises
    ------
    InputError
        If an argument is outside its range, or the shapes do not broadcast.
    """
    omega = finite_array("omega", omega, minimum=0.0, maximum=_HIGHEST, open_minimum=True)
    T = finite_array("T", T, minimum=0.0, open_minimum=True)
    coupling = real("coupling", coupling, minimum=0.0, open_minimum=True)
    velocity = real("velocity", velocity, minimum=0.0, open_minimum=True)
    if corrections not in ("exact", "second order", "leading"):
        raise InputError("corrections", corrections, "'exact', 'second order' or 'leading'")
    _check(model)
    kinds = (1, 2) if kind is None else (integer("kind", kind, minimum=1, maximum=2),)
    try:
        np.broadcast_shapes(omega.shape, T.shape)
    except ValueError:
        raise InputError("T", f"shape {T.shape}", f"broadcasts with omega of shape {omega.shape}") from None
    strength = np.array(
        [sum(_integral(float(e), model, j, corrections, None, 1e-7, 2)[0] for j in kinds) for e in omega.flat]
    ).reshape(omega.shape)
    return (math.pi * omega / velocity * coupling * strength * np.tanh(0.5 * omega / T))[()]


def relaxation_times(tau, u, tau_min):
    r"""Distribution of relaxation times of states with splitting u, for constant H and g (KKI, Eq. 6.2).

    .. math:: p(\tau|u) \propto \frac{[1 + \ln(\tau/\tau_{\min})/L_0]^{-4/3}}{\tau\sqrt{1 - \tau_{\min}/\tau}} ,
              \qquad L_0 = 2\ln\frac wu

    Parameters
    ----------
    tau : array_like
        Times > τ_min.
    u : float
        Splitting in units of w, > 0 and < 1.
    tau_min : float
        Shortest time at this splitting, > 0.

    Returns
    -------
    RelaxationTimes

    Raises
    ------
    InputError
        If an argument is outside its range; times below τ_min do not occur, because J cannot exceed u.
    """
    u = real("u", u, minimum=0.0, maximum=1.0, open_minimum=True, open_maximum=True)
    tau_min = real("tau_min", tau_min, minimum=0.0, open_minimum=True)
    tau = finite_array("tau", tau)
    if np.any(tau <= tau_min):
        raise InputError("tau", tau, f"times > tau_min = {tau_min:g}: with J <= u no state relaxes faster")
    L0 = -2.0 * math.log(u)
    nodes, weights = gauss_legendre(48)

    def excess(high):
        # What the square root adds to the closed form, in r = sqrt(ln(τ/τ_min)): 1/sqrt(1 − e^{−r²}) − 1
        r = high[..., None] * nodes
        factor = 1.0 / np.sqrt(-np.expm1(-(r**2))) - 1.0
        return np.sum(weights * 2.0 * r * (1.0 + r**2 / L0) ** (-4.0 / 3.0) * factor, axis=-1) * high

    l = np.log(tau / tau_min)
    norm = 3.0 * L0 + float(excess(np.array(6.5)))
    reached = 3.0 * L0 * -np.expm1(-np.log1p(l / L0) / 3.0) + excess(np.minimum(np.sqrt(l), 6.5))
    density = (1.0 + l / L0) ** (-4.0 / 3.0) / (tau * np.sqrt(-np.expm1(-l))) / norm
    return RelaxationTimes(tau[()], density[()], (reached / norm)[()])


def heat_capacity_in_time(time_ratio, T):
    r"""Heat capacity measured within a time over that in equilibrium, for constant H and g (KKI, Eq. 6.3).

    .. math:: \frac{c(\tau)}{c(\infty)} = 1 - \Bigl[1 + \frac{\ln(\tau/\tau_{\min})}{2\ln(w/T)}\Bigr]^{-1/3} ,

    which is logarithmic below τ = (w/T)²τ_min only.

    Parameters
    ----------
    time_ratio : array_like
        τ/τ_min >= 1.
    T : array_like
        Temperature in units of w, > 0 and < 1; broadcast against ``time_ratio``.

    Returns
    -------
    ndarray

    Raises
    ------
    InputError
        If an argument is outside its range, or the shapes do not broadcast.
    """
    ratio = finite_array("time_ratio", time_ratio, minimum=1.0)
    T = finite_array("T", T, minimum=0.0, maximum=1.0, open_minimum=True, open_maximum=True)
    try:
        ratio, T = np.broadcast_arrays(ratio, T)
    except ValueError:
        raise InputError("T", f"shape {T.shape}", f"broadcasts with time_ratio of shape {ratio.shape}") from None
    return (-np.expm1(-np.log1p(np.log(ratio) / (-2.0 * np.log(T))) / 3.0))[()]


def deformation_potential(ordinary, eta_L):
    """Deformation potential D ≃ D⁽⁰⁾/η_L of a critical potential (KKI, Eq. 5.9), in order of magnitude.

    Parameters
    ----------
    ordinary : float
        D⁽⁰⁾ > 0 of an ordinary potential, about ħω_D ~ 10⁻² eV.
    eta_L : float
        Scale η_L > 0.

    Returns
    -------
    float
        In the unit of ``ordinary``; about 1 eV for η_L = 10⁻².

    Raises
    ------
    InputError
        If an argument is not > 0.
    """
    ordinary = real("ordinary", ordinary, minimum=0.0, open_minimum=True)
    return ordinary / real("eta_L", eta_L, minimum=0.0, open_minimum=True)


def level_shift(u, J, coupling, cutoff, *, polarisations=3):
    r"""Shift of the splitting of a tunnelling state by the zero-point motion of phonons (KKI, Sec. 7).

    Second order in the coupling :math:`\tfrac12De\sigma_z` to the strain e, at T = 0, for phonons up to
    :math:`\hbar\omega_m`. The part of the coupling that is diagonal in the eigenstates shifts both alike; the rest,
    :math:`\tfrac12D(J/u)e`, gives :math:`\sum_q|M_q|^2\,2u/(u^2 - \hbar^2\omega^2)`, that is

    .. math:: \frac{\delta u}u = -\frac{3p}8\,\frac{D^2}{ms^2\hbar\omega_D}\Bigl(\frac Ju\Bigr)^2\,
              \frac{(\hbar\omega_m)^2 + u^2\ln|(\hbar\omega_m/u)^2 - 1|}{(\hbar\omega_D)^2} .

    Parameters
    ----------
    u : array_like
        Splitting in units of ħω_D, > 0.
    J : array_like
        Tunnelling amplitude in units of ħω_D, >= 0 and <= u; broadcast against ``u``.
    coupling : float
        D²/(ms²ħω_D) > 0, with the mass m of an atom and the velocity of sound s.
    cutoff : array_like
        ħω_m in units of ħω_D, > 0 and <= 1, not equal to u; broadcast against ``u``.
    polarisations : int, optional
        Number p of polarisations that couple with this D, 1 to 3.

    Returns
    -------
    ndarray
        δu/u. Where it is not small the splitting is not that of the isolated double well.

    Raises
    ------
    InputError
        If an argument is outside its range, or the shapes do not broadcast.
    """
    u = finite_array("u", u, minimum=0.0, open_minimum=True)
    J = finite_array("J", J, minimum=0.0)
    coupling = real("coupling", coupling, minimum=0.0, open_minimum=True)
    cutoff = finite_array("cutoff", cutoff, minimum=0.0, maximum=1.0, open_minimum=True)
    polarisations = integer("polarisations", polarisations, minimum=1, maximum=3)
    try:
        u, J, cutoff = np.broadcast_arrays(u, J, cutoff)
    except ValueError:
        raise InputError("J", f"shape {J.shape}", f"broadcasts with {u.shape} and {cutoff.shape}") from None
    if np.any(J > u):
        raise InputError("J", J, "values <= u = sqrt(J² + Δ²)")
    if np.any(cutoff == u):
        raise InputError("cutoff", cutoff, "values other than u, where the second order diverges")
    ratio = cutoff / u
    bracket = ratio**2 + np.log(np.abs((ratio - 1.0) * (ratio + 1.0)))
    return (-0.375 * polarisations * coupling * J**2 * bracket)[()]


def adiabatic_eta(eta, coupling, stiffness):
    r"""η of a critical coordinate whose stiff neighbours follow it without delay (KKI, Sec. 7).

    A neighbour :math:`x_2` with the energy :math:`E_0(cxx_2 + kx_2^2)` and a frequency far above w/ħ stays at
    :math:`-cx/2k`. Its zero-point energy does not depend on x, and

    .. math:: \eta' = \eta - \frac{c^2}{4k} ,

    so that a single well can become a double one.

    Parameters
    ----------
    eta : array_like
        η with the neighbour at rest at its place.
    coupling : array_like
        c; broadcast against ``eta``.
    stiffness : array_like
        k > 0; broadcast against ``eta``.

    Returns
    -------
    ndarray

    Raises
    ------
    InputError
        If an argument is outside its range, or the shapes do not broadcast.
    """
    eta, coupling = finite_array("eta", eta), finite_array("coupling", coupling)
    stiffness = finite_array("stiffness", stiffness, minimum=0.0, open_minimum=True)
    try:
        np.broadcast_shapes(eta.shape, coupling.shape, stiffness.shape)
    except ValueError:
        raise InputError(
            "coupling", f"shape {coupling.shape}", f"broadcasts with {eta.shape} and {stiffness.shape}"
        ) from None
    return (eta - 0.25 * coupling**2 / stiffness)[()]
