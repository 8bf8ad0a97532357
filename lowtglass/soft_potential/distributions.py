r"""Distributions of the parameters of soft potentials, and how double wells are counted.

The number of potentials is :math:`N\,P(\eta, t)\,d\eta\,dt`. A double well has three pairs :math:`(\eta, t)`, so that
``counting`` has to say which of them are meant:

``"barrier top"``
    every potential once, double wells by the pair at the top of the barrier (IKP, after Eq. 6);
``"whole plane"``
    every pair of the plane is a potential, a double well therefore three (KKI);
``"single wells"``
    potentials with one well only.

In depressed coordinates :math:`|\alpha|\,d\alpha\,d\beta = 2\,dA\,dH`: the density there is the sum of
:math:`2p(\alpha_i, \beta_i)/|\alpha_i|` over the pairs counted, with :math:`p = \eta_L^{3/2}P`. With
:math:`P \propto |\eta|` and nothing else it is uniform.
"""

import dataclasses
import math
from collections.abc import Callable

import numpy as np

from .._validation import real
from ..errors import InputError
from .geometry import _pair, expansions

__all__ = ["COUNTINGS", "Distribution"]

COUNTINGS = ("barrier top", "whole plane", "single wells")


@dataclasses.dataclass(frozen=True)
class Distribution:
    r"""Distribution P(η, t) = [``|η|``] P₀(η, t) exp(η/δη), cut at both ends of η (IKP, Eqs. 2 and 6).

    Parameters
    ----------
    eta_L : float
        Scale η_L > 0 of the soft potentials.
    counting : {"barrier top", "whole plane", "single wells"}
        Which of the three pairs of a double well are counted.
    modulus : bool, optional
        Whether the factor ``|η|`` of the sea-gull singularity is there.
    P0 : float or callable, optional
        P₀ > 0, or a function (η, t) → P₀(η, t) >= 0 of arrays, smooth where it is not zero.
    delta_eta : float, optional
        δη > 0 of the factor exp(η/δη), whose sign is that of the paper.
    eta_min : float, optional
        Lower end of η, < 0.
    eta_max : float, optional
        Upper end of η, > 0.

    Raises
    ------
    InputError
        If a parameter is outside its range, or the distribution gives infinitely many tunnelling states at every
        energy: with ``|η|`` and without a lower end or a decay, the barrier tops of ever deeper wells; with
        the whole plane, the minima of ever deeper wells.
    """

    eta_L: float
    counting: str
    modulus: bool = True
    P0: float | Callable = 1.0
    delta_eta: float | None = None
    eta_min: float | None = None
    eta_max: float | None = None

    def __post_init__(self):
        object.__setattr__(self, "eta_L", real("eta_L", self.eta_L, minimum=0.0, open_minimum=True))
        if self.counting not in COUNTINGS:
            raise InputError("counting", self.counting, f"one of {COUNTINGS}")
        if not isinstance(self.modulus, (bool, np.bool_)):
            raise InputError("modulus", self.modulus, "True or False")
        if not callable(self.P0):
            object.__setattr__(self, "P0", real("P0", self.P0, minimum=0.0, open_minimum=True))
        for name, low, high in (("delta_eta", 0.0, math.inf), ("eta_min", -math.inf, 0.0), ("eta_max", 0.0, math.inf)):
            value = getattr(self, name)
            if value is not None:
                value = real(name, value, minimum=low, maximum=high, open_minimum=True, open_maximum=True)
                object.__setattr__(self, name, value)
        self._check_tail()

    @property
    def alpha_min(self):
        """Lower end of α = η/η_L; −∞ without one."""
        return -math.inf if self.eta_min is None else self.eta_min / self.eta_L

    @property
    def alpha_max(self):
        """Upper end of α = η/η_L; ∞ without one."""
        return math.inf if self.eta_max is None else self.eta_max / self.eta_L

    def scaled(self, alpha, beta):
        """Density p(α, β) = η_L^(3/2) P(η, t) in the scaled plane, without regard to the counting.

        Parameters
        ----------
        alpha, beta : array_like
            Pairs; broadcast against each other.

        Returns
        -------
        ndarray

        Raises
        ------
        InputError
            If a value is not finite, or P₀ is not finite and >= 0.
        """
        alpha, beta = _pair("alpha", alpha, "beta", beta)
        return self._scaled(alpha, beta)[()]

    def density(self, A, H):
        """Density of potentials in the plane (A, H), where every potential stands once.

        Parameters
        ----------
        A, H : array_like
            Depressed coordinates; broadcast against each other.

        Returns
        -------
        ndarray
            Potentials per dA dH, double wells as often as they are counted.

        Raises
        ------
        InputError
            If a value is not finite, or P₀ is not finite and >= 0.
        """
        A, H = _pair("A", A, "H", H)
        return self._density(A, H)[()]

    def _scaled(self, alpha, beta, *, over_alpha=False):
        """p(α, β), or p/|α|."""
        eta = self.eta_L * alpha
        value = np.full(alpha.shape, self.eta_L**1.5)
        if callable(self.P0):
            given = np.asarray(self.P0(eta, -math.sqrt(self.eta_L) * beta), dtype=float)
            if given.shape not in ((), alpha.shape) or not np.all(given >= 0.0) or not np.all(np.isfinite(given)):
                raise InputError("P0", given, "a function whose values are finite and >= 0, of the shape of eta")
            value *= given
        else:
            value *= self.P0
        if self.delta_eta is not None:
            with np.errstate(over="ignore"):
                value *= np.exp(eta / self.delta_eta)
        value = np.where((alpha >= self.alpha_min) & (alpha <= self.alpha_max), value, 0.0)
        if self.modulus:
            return value * (self.eta_L if over_alpha else np.abs(eta))
        return value / np.abs(alpha) if over_alpha else value

    def _density(self, A, H):
        pairs = expansions(A, H)
        double = np.asarray(pairs.double)
        total = np.zeros(A.shape)
        chosen = {"barrier top": (0, 1), "whole plane": (0, 1, 2), "single wells": (0,)}[self.counting]
        for k in chosen:
            take = np.broadcast_to(~double if k == 0 and self.counting != "whole plane" else double, A.shape)
            if k == 0 and self.counting == "whole plane":
                take = np.ones(A.shape, dtype=bool)
            if np.any(take):
                total[take] += 2.0 * self._scaled(pairs.alpha[..., k][take], pairs.beta[..., k][take], over_alpha=True)
        return total

    def _check_tail(self):
        """Deep double wells have ∫dA ρ(A)/√|A| states at every energy."""
        if self.counting == "single wells":
            return
        A = -np.array([1e6, 1e8])
        with np.errstate(over="ignore", invalid="ignore"):
            low, high = self._density(A, np.zeros(2)).tolist()
        if not (math.isfinite(low) and math.isfinite(high)):
            slope = math.inf
        elif high == 0.0:
            return
        else:
            slope = math.log(high / low) / math.log(100.0) if low > 0.0 else math.inf
        if slope >= -0.5:
            raise InputError(
                "Distribution",
                {"counting": self.counting, "eta_min": self.eta_min, "eta_max": self.eta_max},
                "a distribution with finitely many tunnelling states: with 'barrier top' a cut eta_min < 0 or a decay "
                "of P(eta, t) faster than |eta|^(1/2) at negative eta, with 'whole plane' one at large eta and t too",
            )
