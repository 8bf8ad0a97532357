r"""Local randomness: on-site potentials that differ from coordinate to coordinate (Kühn and Horstmann 1998, Sect. 4).

Each of γ, a₂ and a₄ may follow a law, independently of the others. A site then is a stiffness k = a₂/γ and a quartic
coefficient B = a₄/(6γ), and every average of the theory runs over the sites as well. Averages over continuous laws are
Gaussian quadratures. At T = 0 the average over one kind of site has a singularity of the type :math:`|C-k|^{1/2}`
where its double wells appear, k = C; the rules are split there and made in the variable :math:`\sqrt{|C-k|}`, in which
both sides are smooth.
"""

import dataclasses
import functools
import math

import numpy as np

from .._validation import finite_array, real
from ..errors import InputError

__all__ = ["LocalState", "Normal", "Samples", "Sites"]


@dataclasses.dataclass(frozen=True)
class Normal:
    """Normal law of a local parameter.

    Parameters
    ----------
    mean : float
        Mean.
    std : float
        Standard deviation (not the variance), > 0.

    Raises
    ------
    InputError
        If a parameter is not a finite number in its range.

    Notes
    -----
    Averages leave out what lies more than 8.3 standard deviations from the mean, 1e-16 of the weight.
    """

    mean: float
    std: float

    def __post_init__(self):
        object.__setattr__(self, "mean", real("mean", self.mean))
        object.__setattr__(self, "std", real("std", self.std, minimum=0.0, open_minimum=True))

    def pdf(self, x):
        """Probability density at `x`, of the shape of `x`."""
        z = (finite_array("x", x) - self.mean) / self.std
        return np.exp(-0.5 * z * z)[()] / (self.std * math.sqrt(2.0 * math.pi))

    def rvs(self, size, random_state=None):
        """Draw `size` values; `random_state` is a numpy Generator or a seed."""
        return np.random.default_rng(random_state).normal(self.mean, self.std, size)


@dataclasses.dataclass(frozen=True)
class Samples:
    """Values of a local parameter that occur with equal weights.

    Parameters
    ----------
    values : array_like, shape (n,)
        The values.

    Raises
    ------
    InputError
        If `values` is not a one-dimensional array of finite numbers.
    """

    values: tuple

    def __post_init__(self):
        values = finite_array("values", self.values)
        if values.ndim != 1:
            raise InputError("values", f"shape {values.shape}", "a one-dimensional array")
        object.__setattr__(self, "values", tuple(values.tolist()))

    def rvs(self, size, random_state=None):
        """Draw `size` values; `random_state` is a numpy Generator or a seed."""
        return np.random.default_rng(random_state).choice(self.values, size)


@dataclasses.dataclass(frozen=True)
class Sites:
    """Kinds of sites and their weights: the law of the on-site potential as a quadrature rule.

    Attributes
    ----------
    weights : ndarray, shape (n,)
        Share of the coordinates; they add up to 1.
    gamma, a2, a4 : ndarray, shape (n,)
        Parameters of each kind of site.
    stiffness, quartic : ndarray, shape (n,)
        a₂/γ and a₄/(6γ).
    """

    weights: np.ndarray
    gamma: np.ndarray
    a2: np.ndarray
    a4: np.ndarray

    @property
    def stiffness(self):
        return self.a2 / self.gamma

    @property
    def quartic(self):
        return self.a4 / self.gamma / 6.0


@dataclasses.dataclass(frozen=True)
class LocalState:
    """One kind of site in a state with local randomness: the law of its field and its own potential.

    It offers what every state offers to :func:`heat_capacity`, :func:`well_statistics` and the like. In a
    replica-symmetric state the fields are those of the whole glass: they do not depend on the potential of the site
    that feels them. With one step of breaking they do, because a site prefers the states in which its energy is low.

    Attributes
    ----------
    state : object
        State of the whole glass.
    glass : Glass
        Parameters of this kind of site, without randomness.
    """

    state: object
    glass: object

    @property
    def T(self):
        """Temperature."""
        return self.state.T

    @property
    def C(self):
        """Response within the state, which enters the effective potential of every site."""
        return self.state.C

    @property
    def p(self):
        """Polarisation of the whole glass."""
        return self.state.p

    @property
    def symmetric(self):
        """Whether the law of the fields is even."""
        return self.state.symmetric

    @property
    def double_wells(self):
        """Whether the effective potential of this kind of site has two wells at zero field."""
        return self.C > self.glass.stiffness

    @functools.cached_property
    def _law(self):
        return self.state._law_of_site(self.glass)

    @property
    def field_range(self):
        """Interval (low, high) of fields outside of which lies less than 1e-15 of the weight."""
        return self._law.field_range

    def field_density(self, h):
        """Probability density of the effective field at `h`."""
        return self._law.field_density(h)
