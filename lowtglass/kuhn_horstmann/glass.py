"""Parameters of the model."""

import math
from dataclasses import dataclass, field

import numpy as np

from .._validation import finite_array, integer, real
from ..errors import InputError
from . import _laws

__all__ = ["Glass"]


@dataclass(frozen=True)
class Glass:
    """Parameters of the Kühn–Horstmann glass.

    The energy of N coordinates is U = −½ Σ_{i≠j} J_ij v_i v_j + (1/γ) Σ_i (a₂v_i²/2 + a₄v_i⁴/24) with Gaussian
    couplings of mean J₀/N and variance 1/N (Kühn and Horstmann 1998, equations 2 and 3). In mean-field theory each
    coordinate moves in U_eff(v; h) = −h v + ½(a₂/γ − C)v² + a₄v⁴/(24γ).

    γ, a₂ and a₄ may be random: each coordinate then has its own, drawn independently. A law is a :class:`Normal`, a
    frozen continuous distribution of scipy.stats of finite variance, or a one-dimensional NumPy array (or
    :class:`Samples`) of values with equal weights. Replica-symmetric states and those with one step of breaking take
    random parameters; `full_rsb` does not.

    Parameters
    ----------
    gamma : float or law
        Inverse stiffness γ of the on-site potential, > 0.
    J0 : float
        Mean of the couplings times N, 0 to 1e12, in units of their standard deviation times √N.
    a2 : float or law
        Harmonic coefficient of G; any sign. The papers take 1.
    a4 : float or law
        Quartic coefficient of G, > 0. The papers take 1.
    hbar, mass : float
        Reduced Planck constant and mass of a coordinate, > 0; they do not enter classical quantities.

    Raises
    ------
    InputError
        If a parameter is not a finite number in its range, or a₂/γ or a₄/γ leaves the range of floating point; if the
        law of γ or a₄ reaches below 0.
    """

    gamma: object
    J0: float = 0.0
    a2: object = 1.0
    a4: object = 1.0
    hbar: float = field(default=1.0, kw_only=True)
    mass: float = field(default=1.0, kw_only=True)

    def __post_init__(self):
        checked = {
            "gamma": _laws.parameter("gamma", self.gamma, positive=True),
            "J0": real("J0", self.J0, minimum=0.0, maximum=1e12),
            "a2": _laws.parameter("a2", self.a2, positive=False),
            "a4": _laws.parameter("a4", self.a4, positive=True),
            "hbar": real("hbar", self.hbar, minimum=0.0, open_minimum=True),
            "mass": real("mass", self.mass, minimum=0.0, open_minimum=True),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)
        if self.random:
            return
        if not math.isfinite(self.stiffness) or not 1e-200 < self.quartic < 1e200 or abs(self.stiffness) > 1e50:
            raise InputError(
                "gamma",
                self.gamma,
                "a value for which |a2/gamma| <= 1e50 and 1e-200 < a4/(6 gamma) < 1e200 "
                f"(a2 = {self.a2}, a4 = {self.a4})",
            )

    @property
    def random(self):
        """Whether γ, a₂ or a₄ differs from coordinate to coordinate."""
        return any(_laws.is_law(value) for value in (self.gamma, self.a2, self.a4))

    @property
    def stiffness(self):
        """Harmonic stiffness a₂/γ of the on-site potential; InputError with local randomness, see :meth:`sites`."""
        self._alike()
        return self.a2 / self.gamma

    @property
    def quartic(self):
        """Coefficient B = a₄/(6γ) of the cubic restoring force −Bv³; InputError with local randomness."""
        self._alike()
        return self.a4 / self.gamma / 6.0

    @property
    def smallest_stiffness(self):
        """Smallest a₂/γ among the coordinates; of a law what averages see (Normal: 8.3 standard deviations)."""
        low = _laws.support(self.a2)[0]
        return low / _laws.support(self.gamma)[0 if low < 0.0 else 1]

    def _alike(self):
        if self.random:
            raise InputError("glass", self, "a glass without local randomness, in which all coordinates are alike")

    def sites(self, C=None, *, scale=None, order=12):
        """Kinds of sites and their weights, as a quadrature rule.

        Parameters
        ----------
        C : float, optional
            Susceptibility of a state: the rule is split where double wells appear, a₂/γ = C, and resolves averages
            that are singular there like √|C − a₂/γ|.
        scale : float, optional
            Width in C − a₂/γ over which the average changes near that point, > 0; panels grow from it on. By default
            they are those of the laws.
        order : int, optional
            Nodes per panel, 2 to 200; more for a more accurate rule. Samples are taken as they are.

        Returns
        -------
        Sites
            One site of weight 1 for a glass without local randomness.

        Raises
        ------
        InputError
            If an argument is outside its range.
        ConvergenceError
            If the rule does not find the weight of a law.
        """
        C = None if C is None else real("C", C)
        scale = None if scale is None else real("scale", scale, minimum=0.0, open_minimum=True)
        return _laws.sites(self, C, scale, integer("order", order, minimum=2, maximum=200))

    @property
    def kinetic(self):
        """Kinetic coefficient ħ²/(2m) of a coordinate."""
        return self.hbar**2 / (2.0 * self.mass)

    def potential(self, C, h):
        """Coefficients of the effective potential U_eff(v; h) (1998, equation 10).

        Parameters
        ----------
        C : float or array_like
            Susceptibility C of the state.
        h : float or array_like
            Effective fields; broadcast against `C`.

        Returns
        -------
        coefficients : ndarray, shape (..., 4)
            (c₁, c₂, c₃, c₄) of U_eff = c₁v + c₂v² + c₃v³ + c₄v⁴.

        Raises
        ------
        InputError
            If `C` or `h` is empty, not finite or not numeric, or their shapes do not broadcast.
        """
        C = finite_array("C", C)
        h = finite_array("h", h)
        try:
            shape = np.broadcast_shapes(C.shape, h.shape)
        except ValueError:
            raise InputError("h", f"shape {h.shape}", f"a shape that broadcasts with C of shape {C.shape}") from None
        coefficients = np.zeros((*shape, 4))
        coefficients[..., 0] = -h
        coefficients[..., 1] = 0.5 * (self.stiffness - C)
        coefficients[..., 3] = 0.25 * self.quartic
        return coefficients
