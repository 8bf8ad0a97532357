"""Full replica-symmetry breaking: Parisi's order-parameter function.

With y = βx the free energy is a functional of q(y),

    f = ½J₀p² + ½C q(y_max) + ¼TC² + ¼ ∫ y dq² − ∫Dz φ(q(0); J₀p + √q(0) z),
    ∂φ/∂q = −½[∂²φ/∂h² + y (∂φ/∂h)²],   φ(q_max; h) = T ln Z(h),

finite at T = 0, where y runs up to infinity if there are double wells. Here q(y) has K steps, so that φ follows from K
Gaussian averages. The levels q_0 < ... < q_K keep fixed fractions, denser at q_K; all y_i and q_K, C, p (and q_0 in a
polarised state) make f stationary, and f_K approaches the supremum from below like K⁻³ or faster. The same calculation
with K/2 steps gives the error.
"""

import math
from dataclasses import dataclass, field

import numpy as np

from .._validation import integer, real
from ..errors import InputError
from . import _breaking, _broken_states, _laws, _solve_breaking
from .glass import Glass
from .replica_symmetric import replica_symmetric

__all__ = ["FullRSBState", "full_rsb"]


# Two states are equal only if they are the same object: the arrays would make == ambiguous and hashing impossible.
@dataclass(frozen=True, eq=False)
class FullRSBState(_laws.EveryState):
    """A state with full replica-symmetry breaking, in K steps; energies and temperatures in units of J.

    Attributes
    ----------
    glass : Glass
        Parameters of the model.
    T : float
        Temperature.
    p : float
        Polarisation, >= 0.
    q : ndarray, shape (K + 1,)
        Levels of Parisi's function, ascending; q[-1] is the overlap within a state, q[0] the smallest overlap.
    y : ndarray, shape (K,)
        Values of y = x/T at which q steps from q[i] to q[i + 1].
    x : ndarray, shape (K,)
        T·y; zeros at T = 0.
    C : float
        Susceptibility within a state, β(⟨v²⟩ − q[-1]). At T = 0 with double wells it falls towards its limit more
        slowly than the energy converges: 0.382, 0.362, 0.350 with 16, 32, 64 steps at γ = 4.
    free_energy : float
        Configurational free energy per coordinate with K steps; the energy at T = 0.
    discretisation_error : float
        Estimate of the limit of many steps minus `free_energy`, from the last two doublings of the number of steps (for
        fewer than 4 steps from the last one, as if the error fell like K⁻³). NaN for a single step.
    marginality : ndarray, shape (K + 1,)
        1 − ∫dh P_i(h)(∂²φ_i/∂h²)² at every level, the replicon eigenvalue of full replica-symmetry breaking. It tends
        to 0 with the number of steps; at T = 0 with double wells it does so at every fixed y, while the values at the
        last steps, where y grows with K, do not, and the last one is −inf.
    overlap_error : float
        Largest deviation of ∫P_i m_i² from q_i over q[-1]: zero in the limit of many steps.
    susceptibility : float
        ∂⟨v⟩/∂h of the equilibrium state, C + ∫ y dq; it tends to 1 in an unpolarised glass.
    broken : bool
        False where the state coincides with the replica-symmetric one, because that is stable; q then has one level.
    residual : float
        Largest relative residual of the equations, evaluated with denser quadrature.
    iterations : int
        Newton iterations.
    """

    glass: Glass
    T: float
    p: float
    q: np.ndarray
    y: np.ndarray
    x: np.ndarray
    C: float
    free_energy: float
    discretisation_error: float
    marginality: np.ndarray
    overlap_error: float
    susceptibility: float
    broken: bool
    residual: float
    iterations: int
    _law: object = field(repr=False, compare=False)

    @property
    def replicon(self):
        """The least stable replicon eigenvalue between states, the smallest `marginality` but for the last."""
        return float(np.min(self.marginality[:-1] if self.broken else self.marginality))

    @property
    def field_range(self):
        """Interval (low, high) of fields outside of which lies less than 1e-15 of the weight."""
        return self._law.field_range

    def field_density(self, h):
        """Probability density of the effective field within a state.

        Parameters
        ----------
        h : float or array_like
            Fields.

        Returns
        -------
        density : float or ndarray
            P(h), of the shape of `h`. At T = 0 and with double wells it vanishes at h = 0 in the limit of many steps;
            with K steps it does not.

        Raises
        ------
        InputError
            If `h` is empty or not finite, or if the state is ergodic: then every field is zero and P has no density.
        """
        return self._law.field_density(h)


def full_rsb(glass, T=0.0, n_steps=32):
    """State with full replica-symmetry breaking.

    Parameters
    ----------
    glass : Glass
        Parameters of the model, without local randomness.
    T : float
        Temperature, >= 0, in units of J.
    n_steps : int
        Number of steps of q(x), 1 to 64. With one step in an unpolarised glass it is the state of `one_step`.

    Returns
    -------
    FullRSBState
        The replica-symmetric state, with ``broken=False``, where that is stable.

    Raises
    ------
    InputError
        If an argument is outside its range, or `glass` has local randomness.
    ConvergenceError
        If the iteration fails. It does close to T_g (2 % at γ = 4) and to the de Almeida–Thouless line, where the steps
        are lost in rounding.

    Notes
    -----
    The narrowest step sets the grid. An unpolarised state with 32 steps takes one or two seconds; in a polarised state
    q(0) is close to q_K, all steps are narrow, and 16 steps take several seconds, 32 steps up to a minute.
    """
    if not isinstance(glass, Glass):
        raise InputError("glass", glass, "a Glass")
    if glass.random:
        raise InputError(
            "glass", glass, "a glass without local randomness, for which only one_step breaks the symmetry"
        )
    T = real("T", T, minimum=0.0)
    n_steps = integer("n_steps", n_steps, minimum=1, maximum=64)
    rs = replica_symmetric(glass, T)
    if rs.at_stability >= 0.0:
        stability = np.array([rs.at_stability])
        return FullRSBState(
            glass, T, rs.p, np.array([rs.q]), np.zeros(0), np.zeros(0), rs.C, rs.free_energy, 0.0, stability, 0.0,
            rs.C, False, rs.residual, rs.iterations, rs,
        )  # fmt: skip
    found = _broken_states.solution(glass, T, rs)
    error = math.nan
    iterations = found.iterations
    if n_steps > 1:
        found, error, more = _many_steps(
            _breaking.QUARTIC, T * glass.quartic, glass.stiffness, glass.J0, found, n_steps
        )
        iterations += more
    return _state(glass, T, found, error, iterations)


def _many_steps(kind, T, k, J0, found, n_steps):
    """The solution with n_steps, by doubling the number of steps; its discretisation error and the iterations."""
    # Without a kink y stays finite and the levels need not be as dense at q_K.
    exponent = 2.0 if T == 0.0 else 1.5
    numbers = [n_steps]
    while numbers[0] > 3:
        numbers.insert(0, numbers[0] // 2)
    if numbers[0] == 3:
        numbers.insert(0, 2)
    iterations = 0
    energies = [found.free_energy]
    for K in numbers:
        start = _refined(found.point, K, exponent)
        found = _solve_breaking.solve(kind, T, k, J0, start, exponent, polarised=start.H > 0.0)
        iterations += found.iterations
        energies.append(found.free_energy)
    gain = energies[-1] - energies[-2]
    if len(numbers) > 1 and n_steps > 3:
        ratio = min(max((energies[-2] - energies[-3]) / gain, 2.0), 16.0) if gain > 0.0 else 8.0
    else:
        ratio = (n_steps / (numbers[-2] if len(numbers) > 1 else 1)) ** 3
    return found, gain / (ratio - 1.0), iterations


def _refined(point, K, exponent):
    """Starting values for K steps from a solution with fewer: y as a function of q, y/q against −ln(1 − q/q_K)."""
    from scipy.interpolate import PchipInterpolator

    C, q, y, H = point
    polarised = H > 0.0
    g = _solve_breaking.fractions(K, exponent, polarised)
    new = q[0] + (q[-1] - q[0]) * g if polarised else q[-1] * g
    middle, wanted = 0.5 * (q[1:] + q[:-1]), 0.5 * (new[1:] + new[:-1])
    if y.size == 1:
        return _solve_breaking.Point(C, new, y * np.maximum(wanted / middle, 0.2), H)
    t, s = -np.log1p(-middle / q[-1]), -np.log1p(-wanted / q[-1])
    values = np.log(y / middle)
    log_y = PchipInterpolator(t, values)(np.clip(s, t[0], t[-1])) if y.size > 2 else np.interp(s, t, values)
    for end, inner, beyond in ((0, 1, s < t[0]), (-1, -2, s > t[-1])):
        slope = (values[end] - values[inner]) / (t[end] - t[inner])
        log_y[beyond] = values[end] + (s[beyond] - t[end]) * (max(slope, 0.0) if end else slope)
    return _solve_breaking.Point(C, new, np.exp(log_y) * wanted, H)


def _state(glass, T, found, error, iterations):
    B = glass.quartic
    C, q, y, H = found.point
    K = y.size
    return FullRSBState(
        glass=glass,
        T=T,
        p=found.p / math.sqrt(B) if H > 0.0 else 0.0,
        q=q / B,
        y=y * B,
        x=y * B * T,
        C=float(C),
        free_energy=float(found.free_energy) / B + 0.5 * T * math.log(B),
        discretisation_error=float(error) / B,
        marginality=1.0 - found.averages[6 + 2 * K :],
        overlap_error=float(np.max(np.abs(found.averages[5 : 6 + K] - q)) / q[-1]),
        susceptibility=_solve_breaking.susceptibility(found.point),
        broken=True,
        residual=found.residual,
        iterations=iterations,
        _law=_broken_states.law_of_fields(B, T, found.point, found.laws),
    )
