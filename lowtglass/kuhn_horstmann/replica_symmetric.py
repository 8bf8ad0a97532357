"""Replica-symmetric solution (Kühn and Horstmann 1997, equations 8 and 9; 1998, equations 9 to 11).

Every coordinate moves in U_eff(v; h) = −h v + ½(a₂/γ − C)v² + a₄v⁴/(24γ) in a random field h = J₀p + √q z, z normal,
and p, q, C follow from

    p = ⟨⟨v⟩⟩_z,   q = ⟨⟨v⟩²⟩_z,   C = β⟨⟨v²⟩ − ⟨v⟩²⟩_z = ⟨z⟨v⟩⟩_z/√q,

where ⟨·⟩ is the thermal average in U_eff and ⟨·⟩_z the average over z. They make

    f = ½J₀p² + ½Cq + ¼TC² − T⟨ln ∫dv exp(−βU_eff)⟩_z

stationary. At T = 0 the thermal average becomes the minimiser v*(h), which jumps at h = 0 when γC > a₂; C contains that
jump, and f = −(a₄/24γ)⟨v*⁴⟩ because a homogeneous quadratic plus quartic energy is minus its quartic part at a minimum.

With local randomness ⟨·⟩_z is also an average over the sites. A small q then grows where ⟨χ²⟩ > 1 with χ = β⟨v²⟩ of a
site, a small p where J₀⟨χ⟩ = J₀C > 1. Without randomness the first is C = 1; with it the glass appears where C < 1.
"""

import math
from dataclasses import dataclass

import numpy as np

from .._validation import finite_array, real
from ..errors import ConvergenceError, InputError
from . import _laws, _random_sites, _reduced
from .glass import Glass

__all__ = ["ReplicaSymmetricState", "glass_temperature", "replica_symmetric"]

_BRANCHES = ("stable", "ergodic", "glass", "polarised")
_ONSET = 1e-14  # J₀C − 1 below which p is lost in rounding and counts as zero
_TOLERANCE = 1e-11  # of the relative residuals, evaluated with denser quadrature rules


@dataclass(frozen=True)
class ReplicaSymmetricState(_laws.EveryState):
    """A replica-symmetric state; energies and temperatures in units of the coupling strength J.

    Attributes
    ----------
    glass : Glass
        Parameters of the model.
    T : float
        Temperature.
    p : float
        Polarisation ⟨⟨v⟩⟩, >= 0 (the state with −p is equivalent).
    q : float
        Edwards–Anderson parameter ⟨⟨v⟩²⟩.
    C : float
        Local susceptibility β(⟨⟨v²⟩⟩ − q).
    free_energy : float
        Configurational free energy per coordinate; the energy at T = 0.
    at_stability : float
        1 − β²⟨(⟨v²⟩ − ⟨v⟩²)²⟩_z. Negative: unstable against replica-symmetry breaking (de Almeida and Thouless). It is
        −inf at T = 0 where double wells exist, because a pair of degenerate wells contributes about 1/T.
    branch : str
        "ergodic" (p = q = 0), "glass" (p = 0, q > 0) or "polarised" (p > 0).
    residual : float
        Largest relative residual of the equations for p, q and C, evaluated at the solution with denser quadrature
        rules than those it was found with, so that it bounds the error of the quadrature too.
    iterations : int
        Newton iterations.
    """

    glass: Glass
    T: float
    p: float
    q: float
    C: float
    free_energy: float
    at_stability: float
    branch: str
    residual: float
    iterations: int

    def _law_of_site(self, glass):
        """Law of the fields at sites with the parameters of `glass`: all sites have the same."""
        return self

    @property
    def field_range(self):
        """Interval (low, high) of fields outside of which lies less than 1e-15 of the weight."""
        mean = self.glass.J0 * self.p
        reach = 8.2 * math.sqrt(self.q)
        return mean - reach, mean + reach

    def field_density(self, h):
        """Probability density of the effective field, a normal law of mean J₀p and variance q.

        Parameters
        ----------
        h : float or array_like
            Fields.

        Returns
        -------
        density : float or ndarray
            P(h), of the shape of `h`.

        Raises
        ------
        InputError
            If `h` is empty or not finite, or if the state is ergodic: then every field is zero and P has no density.
        """
        h = finite_array("h", h)
        if self.q == 0.0:
            raise InputError("state", self.branch, "a state with q > 0; in the ergodic phase every field is zero")
        width = math.sqrt(self.q)
        z = (h - self.glass.J0 * self.p) / width
        return np.exp(-0.5 * z * z)[()] / (width * math.sqrt(2.0 * math.pi))


def glass_temperature(glass):
    """Temperature below which p = q = 0 is unstable (Kühn and Horstmann 1997, figure 1a).

    For J₀ <= 1 it is the glass temperature, where C = β⟨v²⟩ = 1. For J₀ > 1 it is the temperature of the transition
    into the polarised phase, where C = 1/J₀. With local randomness the glass appears where the mean of χ² over the
    sites is 1, χ = β⟨v²⟩; there C = ⟨χ⟩ < 1, and it is the transition for J₀ <= 1/C.

    Parameters
    ----------
    glass : Glass
        Parameters of the model.

    Returns
    -------
    temperature : float
        The transition temperature in units of J; 0.0 if p = q = 0 stays stable down to T = 0, which is the case for
        a₂/γ >= 2 (J₀ <= 1) and for a₂/γ >= J₀ + 1/J₀ (J₀ > 1).

    Raises
    ------
    InputError
        If `glass` is not a Glass.
    ConvergenceError
        If the quadrature over local randomness fails.
    """
    _check(glass)
    if glass.random:
        return float(_random_sites.transition(glass))
    T, _ = _reduced.transition(_distance(glass), glass.J0)
    return float(T / glass.quartic)


def replica_symmetric(glass, T=0.0, *, branch="stable"):
    """Replica-symmetric state of a glass (Kühn and Horstmann 1997, equation 8; 1998, equation 9).

    Parameters
    ----------
    glass : Glass
        Parameters of the model.
    T : float
        Temperature, >= 0, in units of J.
    branch : {"stable", "ergodic", "glass", "polarised"}
        "stable" is the thermodynamic state. Among the states without polarisation it is the glass (q > 0) below the
        temperature at which C = 1 and the ergodic state above it: replica theory wants the maximum of f over q. That
        state is stable against polarisation while J₀C <= 1; beyond, f has a maximum in p at p = 0, and the polarised
        state, which appears there continuously, takes over. The other names ask for one solution whether it is stable
        or not.

    Returns
    -------
    ReplicaSymmetricState

    Raises
    ------
    InputError
        If `T` is negative or not finite, or the branch does not exist for these parameters.
    ConvergenceError
        If the iteration fails, or the check with denser quadrature does.

    Notes
    -----
    Close to a transition q and p are ill conditioned: their relative error is about 1e-16 over the relative distance
    from it. At T = 0 the onset of the glass is an exception: q keeps its relative accuracy down to γ = a₂/2.

    With local randomness the averages over the sites are quadratures, split where double wells appear; `residual` is
    evaluated with a denser rule over the sites too.
    """
    _check(glass)
    T = real("T", T, minimum=0.0)
    if not isinstance(branch, str) or branch not in _BRANCHES:
        raise InputError("branch", branch, f"one of {', '.join(_BRANCHES)}")
    if glass.random:
        return _with_randomness(glass, T, branch)
    reduced = T * glass.quartic
    if reduced > 1e150 or 0.0 < reduced < 1e-150:
        raise InputError(
            "T", T, f"0, or a temperature between {1e-150 / glass.quartic:g} and {1e150 / glass.quartic:g}"
        )
    if branch == "ergodic":
        return _ergodic(glass, T)
    if branch == "glass":
        if not _glass_exists(glass, reduced):
            raise InputError("branch", branch, _where_glass(glass, T))
        return _glass(glass, T)
    below = _glass_exists(glass, reduced)
    if glass.J0 <= 1.0:
        if branch == "polarised":
            raise InputError(
                "branch", branch, f"a state that exists: polarisation needs J0 > 1 at least, J0 = {glass.J0:g}"
            )
        return _glass(glass, T) if below else _ergodic(glass, T)
    state = _glass(glass, T) if below else _ergodic(glass, T)
    if glass.J0 * state.C > 1.0 + _ONSET:
        return _polarised(glass, T, state)
    if branch == "polarised":
        raise InputError(
            "branch",
            branch,
            f"a state that exists: at gamma = {glass.gamma:g} and T = {T:g} "
            f"polarisation needs J0 > {1 / state.C:.12g}, J0 = {glass.J0:g}",
        )
    return state


def _check(glass):
    if not isinstance(glass, Glass):
        raise InputError("glass", glass, "a Glass")


def _distance(glass):
    """δ = 2 − a₂/γ, with its relative accuracy where it is small (2γ − a₂ is then exact)."""
    return (2.0 * glass.gamma - glass.a2) / glass.gamma


def _glass_exists(glass, T):
    delta = _distance(glass)
    return delta > 0.0 and (T == 0.0 or T < _reduced.transition(delta, 0.0)[0])


def _where_glass(glass, T):
    if _distance(glass) <= 0.0:
        return f"a state that exists: q > 0 without polarisation needs gamma > a2/2 = {0.5 * glass.a2:g}"
    end = _reduced.transition(_distance(glass), 0.0)[0] / glass.quartic
    return f"a state that exists: q > 0 without polarisation needs T < {end:.12g}, T = {T:g}"


def _with_randomness(glass, T, branch):
    T_glass, _ = _random_sites.glass_point(glass)
    below = T < T_glass

    def without_fields():
        found = _random_sites.ergodic(glass, T)
        if found is None:
            raise InputError("branch", "ergodic", f"a state that exists: there is none with p = q = 0 at T = {T:g}")
        C, free, unstable, residual, iterations = found
        return ReplicaSymmetricState(glass, T, 0.0, 0.0, C, free, 1.0 - unstable, "ergodic", residual, iterations)

    def with_fields(kind):
        p, q, C, free, unstable, residual, iterations = _random_sites.solve(glass, T, kind)
        return ReplicaSymmetricState(glass, T, p, q, C, free, 1.0 - unstable, kind, residual, iterations)

    if branch == "ergodic":
        return without_fields()
    if branch == "glass" and not below:
        raise InputError(
            "branch", branch, f"a state that exists: q > 0 without polarisation needs T < {T_glass:.12g}, T = {T:g}"
        )
    state = with_fields("glass") if below else without_fields()
    if branch == "glass":
        return state
    if glass.J0 * state.C > 1.0 + _ONSET:
        return with_fields("polarised")
    if branch == "polarised":
        raise InputError(
            "branch",
            branch,
            f"a state that exists: at T = {T:g} polarisation needs J0 > {1 / state.C:.12g}, J0 = {glass.J0:g}",
        )
    return state


def _ergodic(glass, T):
    k, B = glass.stiffness, glass.quartic
    if T == 0.0:
        delta = _distance(glass)
        if delta > 0.0:
            raise InputError(
                "branch",
                "ergodic",
                f"a state that exists: at T = 0 p = q = 0 needs a2/gamma >= 2, a2/gamma = {k:.12g}; "
                f"here it ends at T = {_reduced.ergodic_end(k) / B:.12g}",
            )
        # The smaller root of C + 1/C = k, without cancellation.
        C = 2.0 / (k + math.sqrt(-delta * (k + 2.0)))
        return ReplicaSymmetricState(
            glass, T, 0.0, 0.0, C, 0.0, (1.0 - C) * (1.0 + C), "ergodic", abs(1.0 - C * (k - C)), 0
        )
    reduced = T * B
    found, C, alpha, iterations = _reduced.ergodic(k, reduced)
    if not found:
        raise InputError(
            "branch",
            "ergodic",
            f"a state that exists: at a2/gamma = {k:g} p = q = 0 needs T >= {_reduced.ergodic_end(k) / B:.12g}, "
            f"T = {T:g}",
        )
    log_z, _, x2, _, _ = _reduced.site(alpha, 0.0, 0.45)
    residual = abs((x2 - alpha * reduced) / math.sqrt(reduced) - k) / (1.0 + abs(k))
    free = 0.25 * reduced * C * C - reduced * (log_z + 0.25 * math.log(reduced))
    return _finish(glass, T, 0.0, 0.0, C, free, C * C, "ergodic", residual, iterations)


def _glass(glass, T):
    B, delta = glass.quartic, _distance(glass)
    a, _, iterations = _reduced.zero_glass(delta, _reduced.NODES, _reduced.WEIGHTS)
    sigma, C, value, _ = _reduced.zero_glass_point(a, _reduced.FINE_NODES, _reduced.FINE_WEIGHTS)
    q = sigma * sigma
    if T == 0.0:
        moments = _reduced.zero_averages(a, 0.0, _reduced.FINE_NODES, _reduced.FINE_WEIGHTS)
        free = -0.25 * moments[3] * sigma ** (4.0 / 3.0)
        unstable = math.inf if a >= 0.0 else moments[4] / moments[1]
        return _finish(glass, T, 0.0, q, C, free, unstable, "glass", abs(value / delta - 1.0), iterations)
    tau = T * B / _reduced.transition(delta, 0.0)[0]
    # C is about linear in T between its values at T = 0 and at T_g, where it is 1 and q vanishes.
    x = np.array([C + (1.0 - C) * tau, q * max(1.0 - tau, 1e-16), 0.0])
    return _solve(glass, T, x, "glass")


def _polarised(glass, T, unpolarised):
    k, J0 = glass.stiffness, glass.J0
    # Starting point: exact at the onset from the ergodic phase at T = 0 (q → 0, η² = J₀² − 1), at the onset from the
    # glass (q of the glass, η = 0) and for large J₀ (q = J₀ − k, η = J₀).
    onset = 1.0 / unpolarised.C if unpolarised.q > 0.0 else 1.0
    tau = T / glass_temperature(glass)
    q = (J0 + 1.0 / J0 - k) * J0**2 / (J0**2 + 2.0) * max(1.0 - tau, 1e-16)
    x = np.array(
        [min(1.0 / J0, unpolarised.C), max(q, unpolarised.q * glass.quartic, 1e-300), (J0 - onset) * (J0 + onset)]
    )
    return _solve(glass, T, x, "polarised")


def _solve(glass, T, x, branch):
    k, J0, reduced = glass.stiffness, glass.J0, T * glass.quartic
    sites = np.array([[1.0, k, 1.0]])
    converged, residual, iterations = _reduced.newton(reduced, sites, J0, x, 60)
    r = np.zeros(3)
    jac = np.zeros((3, 3))
    if converged:
        _, free, unstable = _reduced.equations(reduced, sites, J0, x, True, r, jac)
        residual = float(np.max(np.abs(r)))
    C, q, Y = (float(number) for number in x)
    p = math.sqrt(Y * q) / J0 if Y > 0.0 else 0.0
    if not converged or not residual < _TOLERANCE:
        scale = math.sqrt(glass.quartic)
        raise ConvergenceError(
            f"the replica-symmetric equations of the {branch} state at T = {T:g} did not converge",
            last={"p": p / scale, "q": q / glass.quartic, "C": C},
            residual=residual,
            iterations=iterations,
        )
    if T == 0.0:
        free = -free
    else:
        free = 0.5 * J0 * p * p + 0.5 * C * q + 0.25 * reduced * C * C - free
    return _finish(glass, T, p, q, C, free, unstable, branch, residual, iterations)


def _finish(glass, T, p, q, C, free, unstable, branch, residual, iterations):
    """Return to the variables of the model: v = u/√B."""
    B = glass.quartic
    free_energy = free / B + 0.5 * T * math.log(B)
    return ReplicaSymmetricState(
        glass=glass,
        T=T,
        p=float(p / math.sqrt(B)),
        q=float(q / B),
        C=float(C),
        free_energy=float(free_energy),
        at_stability=float(1.0 - unstable),
        branch=branch,
        residual=float(residual),
        iterations=int(iterations),
    )
