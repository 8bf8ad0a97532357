r"""Heat capacity of soft potentials (IKP, Fig. 2), and where their vibrations become collective (IKP, Eq. 13).

.. math:: C(T) = N\iint dA\,dH\,\rho(A, H)\,c(A, H; T)

with the heat capacity c of all levels of a potential, k_B = 1 and T in units of w. Every potential is named by its
deepest well: :math:`\alpha > 0` and :math:`b = \beta/\sqrt\alpha` between 0 and 2, where double wells begin at
:math:`b = \sqrt{32/9}` and are symmetric at 2. The top of their barrier stands at :math:`y = u\sqrt\alpha`, with
:math:`u = 1/2` for the symmetric one and :math:`1/\sqrt2` where the barrier vanishes.
"""

import dataclasses
import functools
import itertools
import math

import numpy as np

from .. import quartic, thermal
from .._validation import finite_array, real
from ..errors import ConvergenceError, InputError
from ..numerics import gauss_legendre
from ._perturbation import well_levels
from .distributions import Distribution
from .spectrum import tunnel_splitting

__all__ = [
    "CollectivisationEnergy",
    "HeatCapacity",
    "HeatCapacityMinimum",
    "collectivisation_energy",
    "heat_capacity",
    "heat_capacity_minimum",
]

_EXACT = 40.0  # α of the deepest well up to which levels are those of the whole potential
_LARGEST = 40.0  # excitations beyond this many T are lost against the rest
_WIDTH = math.sqrt(0.5) - 0.5


@dataclasses.dataclass(frozen=True)
class HeatCapacity:
    """Heat capacity of soft potentials.

    Attributes
    ----------
    T : ndarray
        Temperatures, in units of w.
    heat_capacity : ndarray
        C/N in units of k_B, with all levels.
    over_T3 : ndarray
        C/(N T³).
    error : ndarray
        Estimated absolute error of ``heat_capacity``, from a second quadrature and the levels left out.
    n_potentials : int
        Potentials whose levels were computed.
    """

    T: np.ndarray
    heat_capacity: np.ndarray
    over_T3: np.ndarray
    error: np.ndarray
    n_potentials: int


@dataclasses.dataclass(frozen=True)
class HeatCapacityMinimum:
    """Minimum of C/T³.

    Attributes
    ----------
    T : float
        Where it is, in units of w.
    over_T3 : float
        C/(N T³) there.
    error : float
        Estimated error of ``over_T3``.
    left, right : float
        Exponents d ln C/d ln T at a tenth of this temperature and at five times it; NaN outside the range searched.
    """

    T: float
    over_T3: float
    error: float
    left: float
    right: float


@dataclasses.dataclass(frozen=True)
class CollectivisationEnergy:
    """Energy at which quasilocal vibrations become collective (IKP, Eq. 13).

    Attributes
    ----------
    energy : float
        E_d, in units of w.
    temperature : float
        Temperature of the maximum of C/T³, E_d/4.928, in units of w.
    n0 : float
        Density of tunnelling states assumed, per energy and volume, as given.
    """

    energy: float
    temperature: float
    n0: float


def heat_capacity(T, distribution, *, rtol=1e-4):
    """Heat capacity of soft potentials with all their levels (IKP, Fig. 2).

    Parameters
    ----------
    T : array_like
        Temperatures in units of w, 1e-4 to 5.
    distribution : Distribution
        Distribution of the potentials. With a factor exp(η/δη) it needs an upper end ``eta_max``, because ever stiffer
        wells would otherwise be more numerous than they are hard to excite.
    rtol : float, optional
        Error allowed, relative to C, or to a millionth of the largest C/T³ asked for where C is less; 1e-7 to 0.1.

    Returns
    -------
    HeatCapacity

    Raises
    ------
    InputError
        If an argument is outside its range, or the heat capacity diverges.
    ConvergenceError
        If ``rtol`` is not reached; carries the result.
    """
    T = finite_array("T", T, minimum=1e-4, maximum=5.0)
    rtol = real("rtol", rtol, minimum=1e-7, maximum=0.1)
    _check(distribution)
    flat = T.ravel()
    result = None
    # Eight nodes reach six digits, and six as many as a coarse request needs.
    for order in (6, 8, 12, 16) if rtol >= 1e-3 else (8, 12, 16):
        low, high = _octaves(flat.min(), flat.max())
        fine = _ensemble(distribution, low, high, order)
        coarse = _ensemble(distribution, low, high, order - 2)
        value, missing = _sum(fine, flat)
        error = np.abs(value - _sum(coarse, flat)[0]) + missing
        result = HeatCapacity(
            T,
            value.reshape(T.shape)[()],
            (value / flat**3).reshape(T.shape)[()],
            error.reshape(T.shape)[()],
            sum(len(w) for _, w, _ in fine),
        )
        # Where everything is frozen a heat capacity far below the others need not be known to its own digits.
        enough = rtol * np.maximum(value, 1e-6 * flat**3 * np.max(value / flat**3))
        if np.all(error <= enough):
            return result
    worst = float(np.max(error / np.maximum(value, 1e-300)))
    raise ConvergenceError(f"the heat capacity is not known to {rtol:g}", result, worst, result.n_potentials)


def heat_capacity_minimum(distribution, *, low=0.01, high=1.0, rtol=1e-4):
    """Minimum of C/T³ between tunnelling states and quasilocal vibrations.

    Parameters
    ----------
    distribution : Distribution
        Distribution of the potentials.
    low, high : float, optional
        Range of temperatures searched, in units of w.
    rtol : float, optional
        Relative error allowed to the heat capacity.

    Returns
    -------
    HeatCapacityMinimum

    Raises
    ------
    InputError
        If an argument is outside its range, or C/T³ has no minimum inside the range.
    ConvergenceError
        If ``rtol`` is not reached.
    """
    from scipy.optimize import minimize_scalar

    low = real("low", low, minimum=1e-4, maximum=5.0)
    high = real("high", high, minimum=low, maximum=5.0, open_minimum=True)
    T = np.geomspace(low, high, 60)
    found = heat_capacity(T, distribution, rtol=rtol)
    k = int(np.argmin(found.over_T3))
    if k in (0, 59):
        raise InputError("low", (low, high), "a range with a minimum of C/T³ inside")

    ensemble = _ensemble(distribution, *_octaves(T[k - 1], T[k + 1]), 12)

    def curve(log_T):
        t = math.exp(log_T)
        return float(_sum(ensemble, np.array([t]))[0][0] / t**3)

    best = minimize_scalar(curve, bounds=np.log(T[[k - 1, k + 1]]), method="bounded", options={"xatol": 1e-7})
    where = math.exp(best.x)
    log_T, log_C = np.log(T), np.log(found.heat_capacity)
    slope = np.gradient(log_C, log_T)

    def exponent(t):
        return float(np.interp(math.log(t), log_T, slope)) if low <= t <= high else math.nan

    error = float(np.interp(where, T, found.error / T**3))
    return HeatCapacityMinimum(where, float(best.fun), error, exponent(0.1 * where), exponent(5.0 * where))


def collectivisation_energy(n0, w, debye, velocity, ratio, *, prefactor=1.0 / 24.0, hbar=1.054571817e-34):
    r"""Energy E_d of :math:`\lambda^3\Gamma(E)n(E) = 1` (IKP, Eq. 13).

    With :math:`\lambda = 2\pi s\hbar/E`, :math:`\Gamma = E^4/(\hbar\omega_D)^3` and the density of Eq. (12),

    .. math:: (E_d/w)^5 = \frac{(\hbar\omega_D/2\pi\hbar s)^3}{\text{prefactor}\cdot n_0w}\sqrt{\delta\eta/\eta_L} .

    Parameters
    ----------
    n0 : float
        Density of tunnelling states per energy and volume, > 0.
    w : float
        Energy w > 0.
    debye : float
        ħω_D > 0, in the unit of w.
    velocity : float
        Velocity of sound > 0.
    ratio : float
        δη/η_L > 0.
    prefactor : float, optional
        Coefficient of Eq. (12), > 0: 1/24 for a sharp end of the barrier tops at −δη, 1/(12√π) for exp(η/δη).
    hbar : float, optional
        ħ > 0 in the units used; by default SI.

    Returns
    -------
    CollectivisationEnergy

    Raises
    ------
    InputError
        If a parameter is not a finite number > 0.
    """
    given = {"n0": n0, "w": w, "debye": debye, "velocity": velocity, "ratio": ratio, "prefactor": prefactor}
    given["hbar"] = hbar
    for name, value in given.items():
        given[name] = real(name, value, minimum=0.0, open_minimum=True)
    wave = given["debye"] / (2.0 * math.pi * given["hbar"] * given["velocity"])
    fifth = wave**3 / (given["prefactor"] * given["n0"] * given["w"]) * math.sqrt(given["ratio"])
    energy = fifth**0.2
    # C/T³ of one mode, x⁵eˣ/(eˣ − 1)², is largest at x = 5 tanh(x/2).
    x = 5.0
    for _ in range(50):
        x = 5.0 * math.tanh(0.5 * x)
    return CollectivisationEnergy(energy, energy / x, given["n0"])


def _check(distribution):
    if not isinstance(distribution, Distribution):
        raise InputError("distribution", distribution, "a Distribution")
    if distribution.delta_eta is not None and not math.isfinite(distribution.alpha_max):
        raise InputError(
            "distribution", distribution, "an upper end eta_max: with exp(eta/delta_eta) the heat capacity diverges"
        )


def _octaves(low, high):
    """Range of temperatures in whole octaves, so that neighbouring calls share their potentials."""
    return 2.0 ** math.floor(math.log2(low)), 2.0 ** math.ceil(math.log2(high))


def _sum(ensemble, T):
    """Heat capacity, and what levels left out may add."""
    total, missing = np.zeros(T.size), np.zeros(T.size)
    for energies, weights, complete in ensemble:
        part = thermal.heat_capacity(energies, T, weights, complete=complete, on_truncation="mark")
        total += part.heat_capacity
        missing += np.where(part.heat_capacity > 0.0, part.truncation * part.heat_capacity, 0.0)
    return total, missing


@functools.lru_cache(maxsize=16)
def _ensemble(distribution, low, high, order):
    """Levels and weights of potentials: a list of (energies, weights, complete)."""
    reach = _LARGEST * high
    stiff = max(_EXACT, (0.5 * reach) ** 2)
    end = min(stiff, distribution.alpha_max)
    edges = [e for e in (0.0, 1.0, 3.0, 6.0, 10.0, 16.0, 26.0, _EXACT) if e < end]
    while edges[-1] < end:
        edges.append(min(1.8 * edges[-1], end) if edges[-1] >= _EXACT else end)
    groups = []
    for a, b in itertools.pairwise(edges):
        levels = _exact if b <= _EXACT else _ladder
        groups.append(levels(*_singles(distribution, a, b, order), reach))
    if distribution.counting != "single wells":
        for a, b in _double_panels(distribution, low, stiff):
            levels = _exact if b <= _EXACT else _ladder
            groups.append(levels(*_doubles(distribution, a, b, low, reach, order), reach))
    return [g for g in groups if g is not None]


def _double_panels(distribution, low, stiff):
    """Panels of α of the deeper well in which double wells count."""
    edges = [0.0, 1.0, 3.0, 6.0, 10.0, 16.0, 26.0, _EXACT]
    end, turn = stiff, None
    if distribution.counting == "barrier top":
        if math.isfinite(distribution.alpha_min):
            # Symmetric wells end at this α; beyond it the least asymmetry allowed grows as (2/3)|α_min| dα.
            turn = -2.0 * distribution.alpha_min
            end = max(stiff, 3.0 * turn)
        elif distribution.delta_eta is not None:
            end = max(stiff, 90.0 * distribution.delta_eta / distribution.eta_L)
        else:
            end = math.inf
    elif distribution.counting == "whole plane":
        end = max(stiff, distribution.alpha_max)
    while edges[-1] < min(end, 1e4):
        edges.append(min(1.8 * edges[-1], end))
    if math.isinf(end):
        edges.append(end)
    if turn is not None:
        steps = 0.5 * low / abs(distribution.alpha_min) * 4.0 ** np.arange(20)
        edges = sorted({*edges, turn, *(turn + x for x in steps if x < 0.5 * turn)})
    return list(itertools.pairwise(edges))


def _radial(low, high, order):
    """Nodes and weights in α; an infinite panel in 1/sqrt(α)."""
    # Soft wells have the lowest excitations, which tell most at low temperature.
    nodes, weights = gauss_legendre(order + 4 if high <= 6.0 else order)
    if math.isinf(high):
        x = low**-0.5 * nodes
        return x**-2.0, low**-0.5 * weights * 2.0 * x**-3.0
    if low == 0.0:
        return high * nodes**2, 2.0 * high * nodes * weights
    return low + (high - low) * nodes, (high - low) * weights


def _singles(distribution, low, high, order):
    """Single wells with α in a panel: A, H, weights."""
    alpha, dalpha = _radial(low, high, order)
    nodes, weights = gauss_legendre(order + 6)
    b = math.sqrt(32.0 / 9.0) * nodes
    a, b = np.meshgrid(alpha, b, indexing="ij")
    beta = b * np.sqrt(a)
    A, H = a - 0.375 * beta**2, 0.5 * beta * (a - 0.25 * beta**2)
    # dA dH = ½α dα dβ, and both signs of β
    measure = a**1.5 * dalpha[:, None] * math.sqrt(32.0 / 9.0) * weights
    inside = 2.0 * distribution._scaled(a, beta, over_alpha=True)
    return A.ravel(), H.ravel(), (measure * inside).ravel(), a.ravel(), beta.ravel(), None


def _doubles(distribution, low, high, T, reach, order):
    """Double wells with the α of their deeper well in a panel."""
    alpha, dalpha = _radial(low, high, order)
    nodes, weights = gauss_legendre(order)
    parts = []
    for a, da in zip(alpha, dalpha, strict=True):
        start = 0.0
        if distribution.counting == "barrier top" and a > -2.0 * distribution.alpha_min:
            start = math.sqrt(0.5 * (1.0 + distribution.alpha_min / a)) - 0.5
        # The asymmetry is (4/3)α²s for small s = u − 1/2.
        end = min(_WIDTH, start + 1.5 * reach / a**2) if a > (0.5 * reach) ** 2 else _WIDTH
        smallest = float(tunnel_splitting(0.5 * high).J) if high < 2.0 * 60.0 else 0.0
        fine = 0.1 * max(T, smallest) / a**2
        length = end - start
        if length <= 0.0:
            continue
        n = max(1, math.ceil(math.log(max(length / fine, 1.0)) / math.log(4.0)))
        edges = np.concatenate([[0.0], length * 4.0 ** np.arange(-n + 1.0, 1.0)])
        s = start + (edges[:-1, None] + np.diff(edges)[:, None] * nodes).ravel()
        ds = (np.diff(edges)[:, None] * weights).ravel()
        parts.append(np.stack([np.full(s.size, a), s, da * ds]))
    a, s, w = np.concatenate(parts, axis=1) if parts else np.empty((3, 0))
    u = 0.5 + s
    # 1 − 2u² and the field without cancellation at the symmetric well, s = 0.
    rest = 0.5 - 2.0 * s - 2.0 * s**2
    b = (2.0 + 4.0 * u**2) / (3.0 * u)
    beta = b * np.sqrt(a)
    # 1 − b²/4 = (1 − b/2)(1 + b/2) with 1 − b/2 = (2u − 1)(1 − u)/3u
    below = 2.0 * s * (1.0 - u) / (3.0 * u)
    A, H = a - 0.375 * beta**2, 0.5 * beta * a * below * (1.0 + 0.5 * b)
    # About the other extrema y the pair is (α − 3βy + 6y², β − 4y).
    root = np.sqrt(a)
    pairs = [(a, beta), (-a * rest, beta - 4.0 * u * root), (a * rest / (2.0 * u**2), beta - 2.0 * root / u)]
    chosen = {"barrier top": (1,), "whole plane": (0, 1, 2)}[distribution.counting]
    density = sum(2.0 * distribution._scaled(*pairs[k], over_alpha=True) for k in chosen)
    measure = a**1.5 * (2.0 / 3.0) * rest / u**2 * w
    return A, H, measure * density, a, beta, (s, pairs[2])


def _exact(A, H, weights, alpha, beta, wells, reach):
    """Levels of whole potentials."""
    keep = weights > 0.0
    if not np.any(keep):
        return None
    c = np.stack([H[keep], A[keep], np.zeros(keep.sum()), np.ones(keep.sum())], axis=-1)
    return _whole(c.tobytes(), reach), weights[keep], False


@functools.lru_cache(maxsize=64)
def _whole(coefficients, reach):
    """Levels of the potentials of these bytes; distributions that differ in their weights share them."""
    c = np.frombuffer(coefficients).reshape(-1, 4)
    # Those with the fewest levels below the reach need not have those that the others need; one size is enough here.
    n = 4
    probe = c[[np.argmin(c[:, 1]), np.argmax(c[:, 1])]]
    while True:
        found = quartic.levels(probe, n, kinetic=1.0)
        if np.all(found.energies[:, -1] - found.energies[:, 0] > reach):
            break
        n = int(1.4 * n) + 1
    return quartic.levels(c, n, kinetic=1.0).energies


def _ladder(A, H, weights, alpha, beta, wells, reach):
    """Levels of each well by perturbation theory."""
    keep = weights > 0.0
    if not np.any(keep):
        return None
    a, b = alpha[keep], beta[keep]
    n = max(2, min(12, math.ceil(0.5 * reach / math.sqrt(a.min())) + 1))

    def series(a, b):
        out, last = np.empty((2, n, a.size))
        for k in range(n):
            well_levels(k, np.ascontiguousarray(a), np.ascontiguousarray(b), 4, out[k], last[k])
        return out

    deep = series(a, b)
    if wells is None:
        return deep.T.copy(), weights[keep], True
    s, (alpha_s, beta_s) = wells[0][keep], (x[keep] for x in wells[1])
    u = 0.5 + s
    # Height of the shallower minimum y = sqrt(α)/2u over the deeper: α²y²(1 − by + y²), without cancellation.
    y = 0.5 / u
    rise = a**2 * y**2 * 2.0 * s * (2.0 * u + 1.0) / (12.0 * u**2)
    shallow = np.full((n, a.size), np.inf)
    # A well about to vanish has no series, and lies too high to be seen.
    near = (rise < 2.0 * reach) & (alpha_s > 12.0)
    shallow[:, near] = rise[near] + series(alpha_s[near], beta_s[near])
    top = np.maximum(deep[-1], deep[0] + 3.0 * reach)
    levels = np.sort(np.concatenate([deep, np.where(np.isfinite(shallow), shallow, top)]), axis=0)
    return np.ascontiguousarray(levels.T), weights[keep], True
