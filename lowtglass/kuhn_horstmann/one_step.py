"""One step of replica-symmetry breaking (Kühn and Horstmann 1997 and 1998).

The states of the glass fall into clusters: q₁ is the overlap within a state, q₀ between states. The field is
h = J₀p + √q₀ z₀ + √(q₁ − q₀) z₁, and with Z(h) = ∫dv exp(−βU_eff), N(z₀) = ∫Dz₁ Z^m and ⟨X⟩₁ = ∫Dz₁ Z^m X/N

    p = ⟨⟨⟨v⟩⟩₁⟩,   q₁ = ⟨⟨⟨v⟩²⟩₁⟩,   q₀ = ⟨⟨⟨v⟩⟩₁²⟩,   C = β(⟨⟨⟨v²⟩⟩₁⟩ − q₁),

the outer averages over z₀. They and the condition for m make

    f = ½J₀p² + ½Cq₁ + ¼TC² + ¼βm(q₁² − q₀²) − (T/m) ∫Dz₀ ln N(z₀)

stationary. At T = 0, m = μT and Z^m becomes exp(−μE*(h)), E*(h) the smallest value of U_eff; C contains the jump of the
minimiser at h = 0. Near the glass temperature of an unpolarised glass q₀ → q₁/3 and m → Tκ²q₁/3, κ the fourth cumulant
of βv times T: m vanishes linearly at T_g.

With local randomness the sites differ and the outer averages run over them too: the average of ln N_i over the sites,
each with its own N_i. The law of the fields at a site, weighted with Z_i^m/N_i, then depends on its potential: fields
that lower its energy are more likely. At T_g, where ⟨χ²⟩ = 1, q₀ → q₁/3 and m → T⟨κ²⟩q₁/(3⟨χ³⟩) with the averages of
χ = β⟨v²⟩ and κ over the sites.
"""

import math
from dataclasses import dataclass, field

from .._validation import real
from ..errors import InputError
from . import _broken_states, _laws, _solve_breaking
from .glass import Glass
from .replica_symmetric import replica_symmetric

__all__ = ["OneStepState", "one_step"]


@dataclass(frozen=True)
class OneStepState(_laws.EveryState):
    """A state with one step of replica-symmetry breaking; energies and temperatures in units of J.

    Attributes
    ----------
    glass : Glass
        Parameters of the model.
    T : float
        Temperature.
    p : float
        Polarisation, >= 0.
    q0, q1 : float
        Overlap between states and within a state.
    C : float
        Susceptibility within a state, β(⟨v²⟩ − q₁).
    m : float
        Breaking parameter; 0 at T = 0, NaN if the state is replica symmetric.
    mu : float
        m/T, finite at T = 0; NaN if the state is replica symmetric.
    free_energy : float
        Configurational free energy per coordinate; the energy at T = 0.
    replicon : float
        1 − ∫dh P(h)(β(⟨v²⟩ − ⟨v⟩²))², the eigenvalue of fluctuations within a state. Negative: unstable against further
        breaking; −inf at T = 0 where double wells exist.
    replicon_outer : float
        The same between states, 1 − ⟨(∂⟨⟨v⟩⟩₁/∂h₀)²⟩. Equal to `replicon` if the state is replica symmetric.
    susceptibility : float
        ∂⟨v⟩/∂h of the equilibrium state, C + μ(q₁ − q₀), at given order parameters.
    broken : bool
        False where the state coincides with the replica-symmetric one, because that is stable.
    residual : float
        Largest relative residual of the equations, evaluated with denser quadrature.
    iterations : int
        Newton iterations.
    """

    glass: Glass
    T: float
    p: float
    q0: float
    q1: float
    C: float
    m: float
    mu: float
    free_energy: float
    replicon: float
    replicon_outer: float
    susceptibility: float
    broken: bool
    residual: float
    iterations: int
    _law: object = field(repr=False, compare=False)

    def _law_of_site(self, glass):
        """Law of the fields at sites with the parameters of `glass`."""
        if not self.broken:
            return self._law
        H = glass.J0 * self.p
        return _broken_states.law_of_site(glass, self.T, self.C, (self.q0, self.q1), (self.mu,), H)

    @property
    def field_range(self):
        """Interval (low, high) of fields outside of which lies less than 1e-15 of the weight."""
        return self._law.field_range

    def field_density(self, h):
        """Probability density of the effective field within a state; with local randomness the mean over the sites.

        Parameters
        ----------
        h : float or array_like
            Fields.

        Returns
        -------
        density : float or ndarray
            P(h) = ∫Dz₀ Dz₁ Z^m/N(z₀) δ(h − J₀p − √q₀ z₀ − √(q₁ − q₀) z₁), of the shape of `h`.

        Raises
        ------
        InputError
            If `h` is empty or not finite, or if the state is ergodic: then every field is zero and P has no density.
        """
        return self._law.field_density(h)


def one_step(glass, T=0.0):
    """State with one step of replica-symmetry breaking.

    Parameters
    ----------
    glass : Glass
        Parameters of the model.
    T : float
        Temperature, >= 0, in units of J.

    Returns
    -------
    OneStepState
        The replica-symmetric state, with ``broken=False``, where that is stable (above the glass temperature, and in
        the polarised phase beyond the de Almeida–Thouless line).

    Raises
    ------
    InputError
        If an argument is outside its range.
    ConvergenceError
        If the iteration fails. It does in the polarised phase where the two levels q₀ and q₁ nearly coincide, and with
        local randomness where only the far tail of a law makes a glass (q of order 1e-14).

    Notes
    -----
    With local randomness every kind of site has its own weights Z^m/N, and ln N is averaged over the kinds of sites, by
    rules split where double wells appear. One continuous law (:class:`Normal` or of scipy.stats) takes about a second
    at T = 0 and a few seconds at T > 0, twice to ten times that in the polarised phase; the cost grows with the number
    of kinds of sites, to a minute or more where two parameters have continuous laws. Samples cost one site each.

    The transition is continuous in q₁ − q₀, so that the replica-symmetric state is the solution wherever it is stable.
    The polarised state appears where J₀ times the susceptibility C + μ(q₁ − q₀) exceeds 1.

    As T → T_g the breaking becomes a small difference of large numbers: q₁ − q_RS is of second and the gain in free
    energy of fifth order in T_g − T. Close to T_g (1 % at γ = 4, 5 % at γ = 0.51), where the equations no longer
    determine q₀ and m in double precision, the limiting form given in the module's docstring is returned; `residual`
    says how well it satisfies the equations.
    """
    if not isinstance(glass, Glass):
        raise InputError("glass", glass, "a Glass")
    T = real("T", T, minimum=0.0)
    symmetric = replica_symmetric(glass, T)
    if symmetric.at_stability >= 0.0:
        return _unbroken(symmetric)
    found = _broken_states.solution(glass, T, symmetric)
    return _state(glass, T, found)


def _unbroken(rs):
    """A replica-symmetric state as a OneStepState."""
    return OneStepState(
        rs.glass, rs.T, rs.p, rs.q, rs.q, rs.C, math.nan, math.nan, rs.free_energy, rs.at_stability, rs.at_stability,
        rs.C, False, rs.residual, rs.iterations, rs,
    )  # fmt: skip


def _state(glass, T, found):
    B, _ = _broken_states.unit(glass)
    C, q, y, _ = found.point
    unstable = found.averages[-2:]
    mu = float(y[0]) * B
    return OneStepState(
        glass=glass,
        T=T,
        p=found.p / math.sqrt(B) if found.point.H > 0.0 else 0.0,
        q0=float(q[0]) / B,
        q1=float(q[1]) / B,
        C=float(C),
        m=mu * T,
        mu=mu,
        free_energy=float(found.free_energy) / B + 0.5 * T * math.log(B),
        replicon=float(1.0 - unstable[1]),
        replicon_outer=float(1.0 - unstable[0]),
        susceptibility=_solve_breaking.susceptibility(found.point),
        broken=True,
        residual=found.residual,
        iterations=found.iterations,
        _law=_broken_states.law_of_fields(B, T, found.point, found.laws),
    )
