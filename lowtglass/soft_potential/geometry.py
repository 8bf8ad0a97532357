r"""Soft potentials and their parameters.

:math:`V/E_0 = \eta x^2 + tx^3 + x^4` with an extremum at the origin. The same potential expanded about another of its
extrema has another pair :math:`(\eta, t)`; what the pairs have in common are the invariants

.. math:: I_1 = \eta - \tfrac38t^2 ,\qquad I_2 = \tfrac12t(\eta - \tfrac14t^2) ,

the coefficients (the second with its sign turned) of the depressed form :math:`z^4 + Az^2 + Hz`. All functions here
hold for :math:`(\eta, t)` and for the scaled :math:`\alpha = \eta/\eta_L`, :math:`\beta = -t/\sqrt{\eta_L}` alike.
"""

import dataclasses
import math

import numpy as np

from .. import quartic
from .._validation import finite_array, integer, real
from ..errors import InputError

__all__ = [
    "Depressed",
    "Expansions",
    "Scales",
    "SoftWells",
    "depressed",
    "expansions",
    "jacobian",
    "sample",
    "transform",
    "wells",
]


@dataclasses.dataclass(frozen=True)
class Scales:
    """Scales of a soft potential.

    Parameters
    ----------
    E0 : float
        Atomic energy, > 0; its unit is the unit of all energies.
    eta_L : float
        (ħ²/2ma²E₀)^(1/3) > 0, the scale of η below which the potential is anharmonic.

    Raises
    ------
    InputError
        If a parameter is not a finite number > 0.
    """

    E0: float
    eta_L: float

    def __post_init__(self):
        for name in ("E0", "eta_L"):
            object.__setattr__(self, name, real(name, getattr(self, name), minimum=0.0, open_minimum=True))

    @classmethod
    def from_atom(cls, E0, mass, length):
        """Scales of an atom.

        Parameters
        ----------
        E0 : float
            Atomic energy in joules, > 0.
        mass : float
            Mass in kilograms, > 0.
        length : float
            Unit of x in metres, > 0.

        Returns
        -------
        Scales
            Energies in joules.

        Raises
        ------
        InputError
            If a parameter is not a finite number > 0.
        """
        from scipy.constants import hbar

        E0 = real("E0", E0, minimum=0.0, open_minimum=True)
        mass = real("mass", mass, minimum=0.0, open_minimum=True)
        length = real("length", length, minimum=0.0, open_minimum=True)
        return cls(E0, math.cbrt((hbar / length) ** 2 / (2.0 * mass * E0)))

    @property
    def w(self):
        """Energy w = E₀η_L² of the levels of a soft potential."""
        return self.E0 * self.eta_L**2

    @property
    def debye(self):
        """Characteristic Debye energy ħω_D = (E₀ħ²/2ma²)^(1/2) = w/√η_L (IKP, before Eq. 11)."""
        return self.w / math.sqrt(self.eta_L)

    @property
    def deformation_potential(self):
        """Deformation potential ``|γ|`` ≃ w/η_L = E₀η_L of a two-level system (IKP, Eq. 11), in order of magnitude."""
        return self.E0 * self.eta_L


@dataclasses.dataclass(frozen=True)
class Depressed:
    """Depressed form y⁴ − βy³ + αy² = z⁴ + Az² + Hz + c with y = z + shift.

    Attributes
    ----------
    A, H : ndarray
        Coefficients.
    constant : ndarray
        The constant c, −V at the extremum about which the pair expands.
    shift : ndarray
        β/4.
    """

    A: np.ndarray
    H: np.ndarray
    constant: np.ndarray
    shift: np.ndarray


@dataclasses.dataclass(frozen=True)
class Expansions:
    """The pairs (α, β) of one potential: about the deeper well, the top of the barrier, the shallower well.

    Attributes
    ----------
    double : ndarray of bool, shape (...)
        Whether there are two wells.
    alpha, beta : ndarray, shape (..., 3)
        The pairs; NaN in the last two places for a single well.
    """

    double: np.ndarray
    alpha: np.ndarray
    beta: np.ndarray


@dataclasses.dataclass(frozen=True)
class SoftWells:
    """Wells of V/E₀ = ηx² + tx³ + x⁴; what needs a second well is NaN without one.

    Attributes
    ----------
    double : ndarray of bool
        Whether η < 9t²/32.
    bound : ndarray
        η₀ = 9t²/32.
    minima : ndarray, shape (..., 2)
        Positions of the left and the right well.
    top : ndarray
        Position of the top of the barrier.
    asymmetry : ndarray
        Difference of the minima, in units of E₀.
    barrier : ndarray
        Height of the top above the deeper minimum, in units of E₀.
    curvatures : ndarray, shape (..., 2)
        Half the second derivatives at the minima: the η of the pairs that expand there.
    """

    double: np.ndarray
    bound: np.ndarray
    minima: np.ndarray
    top: np.ndarray
    asymmetry: np.ndarray
    barrier: np.ndarray
    curvatures: np.ndarray


def depressed(alpha, beta):
    """Depressed coordinates A = α − 3β²/8, H = (β/2)(α − β²/4).

    Parameters
    ----------
    alpha, beta : array_like
        Pairs; broadcast against each other. For V = ηx² + tx³ + x⁴ give η and −t.

    Returns
    -------
    Depressed

    Raises
    ------
    InputError
        If a value is not finite, or the shapes do not broadcast.
    """
    alpha, beta = _pair("alpha", alpha, "beta", beta)
    b2 = beta**2
    return Depressed(
        (alpha - 0.375 * b2)[()],
        (0.5 * beta * (alpha - 0.25 * b2))[()],
        (alpha * b2 / 16.0 - 3.0 * b2**2 / 256.0)[()],
        (0.25 * beta)[()],
    )


def expansions(A, H):
    """The pairs (α, β) of z⁴ + Az² + Hz: one for a single well, three for a double well (IKP, after Eq. 6).

    Parameters
    ----------
    A, H : array_like
        Depressed coordinates; broadcast against each other.

    Returns
    -------
    Expansions

    Raises
    ------
    InputError
        If a value is not finite, or the shapes do not broadcast.
    """
    A, H = _pair("A", A, "H", H)
    found = quartic.wells(np.stack([H, A, np.zeros_like(A), np.ones_like(A)], axis=-1), kinetic=1.0)
    double = np.asarray(found.double)
    minima = np.asarray(found.minima)
    deep = np.asarray(found.minimum)
    other = np.where(deep == minima[..., 0], minima[..., 1], minima[..., 0])
    z = np.stack([deep, np.asarray(found.top), np.where(double, other, np.nan)], axis=-1)
    return Expansions(double[()], A[..., None] + 6.0 * z**2, -4.0 * z)


def wells(eta, t):
    """Wells of V/E₀ = ηx² + tx³ + x⁴ (IKP, Eq. 1; KKI, Eqs. 2.1 and 2.5).

    Parameters
    ----------
    eta, t : array_like
        Parameters; broadcast against each other.

    Returns
    -------
    SoftWells

    Raises
    ------
    InputError
        If a value is not finite, or the shapes do not broadcast.
    """
    eta, t = _pair("eta", eta, "t", t)
    zero = np.zeros_like(eta)
    found = quartic.wells(np.stack([zero, eta, t, zero + 1.0], axis=-1), kinetic=1.0)
    return SoftWells(
        found.double,
        (9.0 / 32.0 * t**2)[()],
        found.minima,
        found.top,
        found.asymmetry,
        np.max(found.barriers, axis=-1),
        0.5 * found.curvatures,
    )


def jacobian(eta):
    """Jacobian ``|∂(h′, η′, t′)/∂(η, t, t′)|`` = ``|η|``/2 (IKP, Eq. 5).

    Parameters
    ----------
    eta : array_like
        Values of η.

    Returns
    -------
    ndarray

    Raises
    ------
    InputError
        If a value is not finite.
    """
    return (0.5 * np.abs(finite_array("eta", eta)))[()]


def transform(h, eta, t):
    r"""The pairs (η, t) of V/E₀ = h′x + η′x² + t′x³ + x⁴ (IKP, Eqs. 3 and 4).

    Parameters
    ----------
    h, eta, t : array_like
        The parameters h′, η′, t′; broadcast against each other.

    Returns
    -------
    Expansions
        The pairs as (η, t), in the places of (α, β): about the deeper well, the barrier top, the shallower well.

    Raises
    ------
    InputError
        If a value is not finite, or the shapes do not broadcast.

    Notes
    -----
    The shift of the origin leaves I₁ = η − 3t²/8 as it is; the linear term enters I₂ = ½t(η − t²/4) = I₂′ − h′.
    """
    h, eta, t = (finite_array(name, value) for name, value in (("h", h), ("eta", eta), ("t", t)))
    try:
        h, eta, t = np.broadcast_arrays(h, eta, t)
    except ValueError:
        raise InputError("h", f"shape {h.shape}", f"broadcasts with {eta.shape} and {t.shape}") from None
    # The depressed form is that of (α, β) = (η, −t).
    found = expansions(eta - 0.375 * t**2, h - 0.5 * t * (eta - 0.25 * t**2))
    return Expansions(found.double, found.alpha, -found.beta)


def sample(draw, size, rng=None):
    """Draw potentials from a distribution G′(h′, η′, t′) and expand each about its extrema.

    Parameters
    ----------
    draw : callable
        ``draw(rng, size)`` returns three arrays h′, η′, t′ of length ``size``.
    size : int
        Number of potentials, >= 1.
    rng : numpy.random.Generator or int, optional
        Source of randomness.

    Returns
    -------
    Expansions
        The pairs (η, t) of each potential; see :func:`transform`.

    Raises
    ------
    InputError
        If an argument is outside its range, or ``draw`` does not return three arrays of this length.
    """
    size = integer("size", size, minimum=1)
    if not callable(draw):
        raise InputError("draw", draw, "a function draw(rng, size) that returns h, eta, t")
    drawn = draw(np.random.default_rng(rng), size)
    if not isinstance(drawn, (tuple, list)) or len(drawn) != 3 or any(np.shape(x) != (size,) for x in drawn):
        raise InputError("draw", drawn, f"a function that returns three arrays of length {size}")
    return transform(*drawn)


def _pair(first, a, second, b):
    """Two finite arrays, broadcast against each other."""
    a, b = finite_array(first, a), finite_array(second, b)
    try:
        return np.broadcast_arrays(a, b)
    except ValueError:
        raise InputError(second, f"shape {b.shape}", f"broadcasts with {first} of shape {a.shape}") from None
