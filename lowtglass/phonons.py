r"""Debye phonons and the kinetic formula of the thermal conductivity.

In a Debye solid the branch :math:`s`, of :math:`g_s` polarisations with velocity :math:`c_s`, has per volume and
frequency the heat capacity

.. math:: C_s(\omega, T) = g_s\,\frac{\omega^2}{2\pi^2c_s^3}\,k_B\,\frac{x^2e^x}{(e^x - 1)^2} ,
          \qquad x = \frac{\hbar\omega}{k_BT} ,

up to its cut-off, and phonons of mean free path :math:`\ell_s` conduct

.. math:: \kappa(T) = \frac13\sum_s\int_0^{\omega_s} d\omega\; c_s\,\ell_s(\omega, T)\,C_s(\omega, T) .

Units are the user's: ``hbar`` and ``k_B`` of :class:`DebyePhonons` fix them together with velocities and densities.
"""

import dataclasses
import math

import numpy as np

from ._validation import finite_array, integer, real, temperature
from .errors import ConvergenceError, InputError
from .numerics import gauss_legendre

__all__ = [
    "Branch",
    "Conduction",
    "DebyePhonons",
    "emission_strengths",
    "heat_capacity",
    "matthiessen",
    "silica",
    "spectral_heat_capacity",
    "thermal_conductivity",
]

_LARGEST = 60.0  # ħω/k_BT beyond which x⁴e⁻ˣ is lost against the integral
_PANELS = np.concatenate([[0.0], 2.0 ** -np.arange(13.0)[::-1]])


@dataclasses.dataclass(frozen=True)
class Branch:
    """One acoustic branch.

    Parameters
    ----------
    velocity : float
        Velocity of sound, > 0.
    degeneracy : int
        Number of polarisations, >= 1.
    name : str
        A name for tables and legends.

    Raises
    ------
    InputError
        If a parameter is outside its range.
    """

    velocity: float
    degeneracy: int = 1
    name: str = ""

    def __post_init__(self):
        object.__setattr__(self, "velocity", real("velocity", self.velocity, minimum=0.0, open_minimum=True))
        object.__setattr__(self, "degeneracy", integer("degeneracy", self.degeneracy, minimum=1))


@dataclasses.dataclass(frozen=True)
class DebyePhonons:
    """Acoustic phonons of an isotropic solid in Debye's description.

    Parameters
    ----------
    branches : sequence of Branch
        The branches; usually one longitudinal and one transverse of degeneracy 2.
    density : float
        Mass density, > 0.
    number_density : float, optional
        Modes of each polarisation per volume, > 0; every branch then ends at the wave number (6π²n)^(1/3), at a
        frequency of its own.
    debye_frequency : float, optional
        Cut-off common to all branches, > 0. Exactly one of the two is given.
    hbar, k_B : float
        Constants in the units used, > 0.

    Raises
    ------
    InputError
        If a parameter is outside its range, or not exactly one cut-off is given.
    """

    branches: tuple
    density: float = 1.0
    number_density: float | None = dataclasses.field(default=None, kw_only=True)
    debye_frequency: float | None = dataclasses.field(default=None, kw_only=True)
    hbar: float = dataclasses.field(default=1.0, kw_only=True)
    k_B: float = dataclasses.field(default=1.0, kw_only=True)

    def __post_init__(self):
        try:
            branches = tuple(self.branches)
        except TypeError:
            branches = ()
        if not branches or not all(isinstance(branch, Branch) for branch in branches):
            raise InputError("branches", self.branches, "a non-empty sequence of Branch")
        if (self.number_density is None) == (self.debye_frequency is None):
            raise InputError(
                "number_density", self.number_density, "a number where debye_frequency is None, and None otherwise"
            )
        object.__setattr__(self, "branches", branches)
        for name in ("density", "number_density", "debye_frequency", "hbar", "k_B"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, real(name, getattr(self, name), minimum=0.0, open_minimum=True))

    @property
    def velocities(self):
        """Velocities of the branches, shape (n,)."""
        return np.array([branch.velocity for branch in self.branches])

    @property
    def degeneracies(self):
        """Numbers of polarisations of the branches, shape (n,)."""
        return np.array([branch.degeneracy for branch in self.branches])

    @property
    def cutoffs(self):
        """Highest frequencies of the branches, shape (n,)."""
        if self.debye_frequency is not None:
            return np.full(len(self.branches), self.debye_frequency)
        return self.velocities * (6.0 * math.pi**2 * self.number_density) ** (1.0 / 3.0)


@dataclasses.dataclass(frozen=True)
class Conduction:
    """Thermal conductivity of Debye phonons, in the units of the phonons.

    Attributes
    ----------
    T : ndarray
        Temperatures.
    conductivity : ndarray
        Thermal conductivity κ(T).
    branches : ndarray, shape (n_branches, ...)
        Share of each branch.
    error : ndarray
        Estimated absolute error of the integral over frequencies.
    n_nodes : int
        Frequencies at which each branch was evaluated, for every temperature.
    """

    T: np.ndarray
    conductivity: np.ndarray
    branches: np.ndarray
    error: np.ndarray
    n_nodes: int


def silica():
    """Phonons with constants like those of vitreous silica, SI units.

    Longitudinal and transverse velocities 5800 and 3800 m/s, density 2200 kg/m³, 6.6·10²⁸ atoms per m³.

    Returns
    -------
    DebyePhonons
    """
    branches = (Branch(5800.0, 1, "longitudinal"), Branch(3800.0, 2, "transverse"))
    return DebyePhonons(branches, 2200.0, number_density=6.6e28, hbar=1.054571817e-34, k_B=1.380649e-23)


def emission_strengths(couplings, phonons):
    r"""Strengths of the emission of one phonon by a local system, from Fermi's golden rule.

    An operator :math:`v` couples to the strain of the phonons by :math:`v\sum_s\gamma_se_s`. A transition of frequency
    :math:`\omega_{nm}` then has the rate :math:`\sum_sK_s|v_{nm}|^2|\omega_{nm}|^3(n_B + 1)` of emission, and with
    :math:`n_B` of absorption, over the branches whose cut-off it does not exceed:

    .. math:: K_s = \frac{g_s\gamma_s^2}{2\pi\hbar\rho c_s^5} .

    Parameters
    ----------
    couplings : array_like, shape (n_branches,)
        Energies γ_s per unit strain and unit of the operator.
    phonons : DebyePhonons
        The phonons.

    Returns
    -------
    ndarray, shape (n_branches,)
        K_s, all polarisations of the branch together.

    Raises
    ------
    InputError
        If an argument is outside its range.

    Notes
    -----
    The strain of one phonon has the mean square ħk²/(2ρVω) in its ground state, and each polarisation
    Vω²/(2π²c³) phonons per frequency. W. A. Phillips, Rep. Prog. Phys. 50, 1657 (1987), finds with them the relaxation
    rate of a two-level system.
    """
    _check(phonons)
    gamma = finite_array("couplings", couplings)
    if gamma.shape != (len(phonons.branches),):
        raise InputError("couplings", couplings, f"one for each of {len(phonons.branches)} branches")
    return phonons.degeneracies * gamma**2 / (2.0 * math.pi * phonons.hbar * phonons.density * phonons.velocities**5)


def spectral_heat_capacity(omega, T, phonons):
    """Heat capacity of each branch per volume and frequency.

    Parameters
    ----------
    omega : array_like
        Frequencies >= 0.
    T : array_like
        Temperatures >= 0; broadcast against `omega`.
    phonons : DebyePhonons
        The phonons.

    Returns
    -------
    ndarray, shape (n_branches, ...)
        C_s(ω, T); zero above the cut-off of the branch.

    Raises
    ------
    InputError
        If an argument is outside its range, or shapes do not broadcast.
    """
    _check(phonons)
    omega, T = finite_array("omega", omega, minimum=0.0), temperature("T", T)
    shape = _broadcast(omega, T)
    omega, T = np.broadcast_to(omega, shape), np.broadcast_to(T, shape)
    energy = phonons.hbar * omega
    x = np.full(shape, np.inf)
    # A quotient that leaves the range of floating point is far beyond the largest x that counts.
    warm = energy < 700.0 * phonons.k_B * T
    x[warm] = energy[warm] / (phonons.k_B * T[warm])
    mode = phonons.k_B * _einstein(x)
    fit = (len(phonons.branches),) + (1,) * len(shape)
    c, g, top = (a.reshape(fit) for a in (phonons.velocities, phonons.degeneracies, phonons.cutoffs))
    return np.where(omega <= top, g * omega**2 / (2.0 * math.pi**2 * c**3) * mode, 0.0)


def heat_capacity(T, phonons, *, rtol=1e-10):
    """Heat capacity of Debye phonons per volume.

    Parameters
    ----------
    T : array_like
        Temperatures >= 0.
    phonons : DebyePhonons
        The phonons.
    rtol : float
        Relative error allowed.

    Returns
    -------
    ndarray
        Heat capacity per volume, of the shape of `T`.

    Raises
    ------
    InputError
        If an argument is outside its range.
    ConvergenceError
        If the integral over frequencies does not reach `rtol`.
    """
    _check(phonons)
    # With mean free path 3/c a branch conducts its heat capacity.
    return thermal_conductivity(T, phonons.velocities / 3.0, phonons, rtol=rtol).conductivity


def matthiessen(*terms):
    """Sum of inverse mean free paths of independent processes (Matthiessen's rule).

    Parameters
    ----------
    *terms : callable or float
        Functions (omega, T) → 1/ℓ, or constants >= 0 such as the inverse size of a sample.

    Returns
    -------
    callable
        A function (omega, T) → 1/ℓ, as :func:`thermal_conductivity` takes it.

    Raises
    ------
    InputError
        If there is no term, or one is neither callable nor a number >= 0.
    """
    if not terms:
        raise InputError("terms", terms, "at least one")
    checked = [term if callable(term) else real("terms", term, minimum=0.0) for term in terms]

    def total(omega, T):
        return sum(term(omega, T) if callable(term) else term for term in checked)

    return total


def thermal_conductivity(T, inverse_mean_free_path, phonons, *, omega=None, rtol=1e-8):
    r"""Thermal conductivity by the kinetic formula.

    .. math:: \kappa(T) = \frac13\sum_s\int d\omega\; c_s\,\ell_s(\omega, T)\,C_s(\omega, T)

    Parameters
    ----------
    T : array_like
        Temperatures >= 0.
    inverse_mean_free_path : callable, float or array_like, or a sequence of them
        1/ℓ(ω, T) > 0 in the inverse unit of length: a function (omega, T) called with an array of frequencies of shape
        (n, k) and temperatures of shape (n, 1), whose result broadcasts with them; or a constant. A sequence gives one
        for each branch, anything else holds for all. With `omega`, an array that broadcasts to
        (n_branches, \*T.shape, n_omega).
    phonons : DebyePhonons
        The phonons.
    omega : array_like, shape (n_omega,), optional
        Ascending frequencies > 0 of a table of 1/ℓ. Between them ln(1/ℓ) is linear in ln ω, and it goes on so beyond.
    rtol : float
        Relative error allowed to the integral over frequencies, 1e-12 to 0.1.

    Returns
    -------
    Conduction

    Raises
    ------
    InputError
        If an argument is outside its range, or an inverse mean free path is not a finite number > 0.
    ConvergenceError
        If `rtol` is not reached, for instance because ∫ω²ℓ dω diverges at ω → 0; carries the result.

    Notes
    -----
    The interval is cut into panels, halved from the upper end towards zero, with a Gauss–Legendre rule on each. Every
    panel that differs by more than its share of `rtol` from its two halves, at any temperature, is cut in two again.
    """
    _check(phonons)
    T = temperature("T", T)
    rtol = real("rtol", rtol, minimum=1e-12, maximum=0.1)
    rates = _rates(inverse_mean_free_path, T, phonons, omega)
    flat = T.ravel()
    warm = flat[flat > 0]
    shares, errors = np.zeros((len(rates), flat.size)), np.zeros((len(rates), flat.size))
    n_nodes = 0
    converged = True
    for s, (branch, top, rate) in enumerate(zip(phonons.branches, phonons.cutoffs, rates, strict=True)):
        if not warm.size:
            break
        highest = np.minimum(top, _LARGEST * phonons.k_B / phonons.hbar * warm)
        value, error, count, done = _integrate(rate, warm, flat > 0, highest, phonons, rtol)
        factor = branch.degeneracy * phonons.k_B / (6.0 * math.pi**2 * branch.velocity**2)
        shares[s, flat > 0], errors[s, flat > 0] = factor * value, factor * error
        n_nodes, converged = max(n_nodes, count), converged and done
    total, error = shares.sum(axis=0), errors.sum(axis=0)
    result = Conduction(
        T[()],
        total.reshape(T.shape)[()],
        shares.reshape(-1, *T.shape),
        error.reshape(T.shape)[()],
        n_nodes,
    )
    if not converged:
        worst = float(np.max(error[flat > 0] / total[flat > 0]))
        raise ConvergenceError("the integral over frequencies does not converge", result, worst, n_nodes)
    return result


def _check(phonons):
    if not isinstance(phonons, DebyePhonons):
        raise InputError("phonons", phonons, "DebyePhonons")


def _broadcast(omega, T):
    try:
        return np.broadcast_shapes(omega.shape, T.shape)
    except ValueError:
        raise InputError(
            "T", f"shape {T.shape}", f"a shape that broadcasts with omega of shape {omega.shape}"
        ) from None


def _einstein(x):
    """Heat capacity x²eˣ/(eˣ − 1)² of a mode, in units of k_B."""
    half = 0.5 * np.minimum(x, 1400.0)
    result = np.ones(np.shape(x))
    np.divide(half, np.sinh(half), out=result, where=half > 0)
    return result**2


def _rates(given, T, phonons, omega):
    """One function (omega, T, rows of the temperatures kept) → 1/ℓ for each branch."""
    n = len(phonons.branches)
    if omega is not None:
        omega = finite_array("omega", omega, minimum=0.0, open_minimum=True)
        if omega.ndim != 1 or omega.size < 2 or np.any(np.diff(omega) <= 0):
            raise InputError("omega", omega, "at least two ascending frequencies")
        table = finite_array("inverse_mean_free_path", given, minimum=0.0, open_minimum=True)
        try:
            table = np.broadcast_to(table, (n, *T.shape, omega.size)).reshape(n, -1, omega.size)
        except ValueError:
            raise InputError(
                "inverse_mean_free_path", f"shape {table.shape}", f"broadcasts to {(n, *T.shape, omega.size)}"
            ) from None
        return [_interpolation(np.log(omega), np.log(rows)) for rows in table]
    if callable(given):
        return [given] * n
    if isinstance(given, (str, bytes)) or np.ndim(np.asarray(given, dtype=object)) == 0:
        return [matthiessen(real("inverse_mean_free_path", given, minimum=0.0, open_minimum=True))] * n
    rates = list(given)
    if len(rates) != n:
        raise InputError("inverse_mean_free_path", f"{len(rates)} entries", f"one for each of {n} branches")
    return [
        rate if callable(rate) else matthiessen(real("inverse_mean_free_path", rate, minimum=0.0, open_minimum=True))
        for rate in rates
    ]


class _interpolation:
    """Power laws between the points of a table with one row for each temperature."""

    def __init__(self, log_omega, log_rate):
        self.x, self.y = log_omega, log_rate

    def __call__(self, omega, T, rows):
        x, y = self.x, self.y[rows]
        at = np.log(omega)
        cell = np.clip(np.searchsorted(x, at) - 1, 0, x.size - 2)
        low, high = np.take_along_axis(y, cell, 1), np.take_along_axis(y, cell + 1, 1)
        return np.exp(low + (at - x[cell]) / (x[cell + 1] - x[cell]) * (high - low))


def _integrate(rate, T, rows, highest, phonons, rtol):
    """∫ω²ℓ x²eˣ/(eˣ − 1)² dω from 0 to `highest` for each temperature: value, error, nodes, whether within rtol."""
    nodes, weights = gauss_legendre(10)

    def panels(left, right):
        t = left[:, None] + (right - left)[:, None] * nodes
        omega = highest[:, None] * t.ravel()
        arguments = (omega, T[:, None], rows) if isinstance(rate, _interpolation) else (omega, T[:, None])
        inverse = np.asarray(rate(*arguments), dtype=float)
        if not np.all(np.isfinite(inverse)) or not np.all(inverse > 0.0):
            raise InputError("inverse_mean_free_path", "a value not finite or not > 0", "finite numbers > 0")
        integrand = omega**2 * _einstein(phonons.hbar * omega / (phonons.k_B * T[:, None])) / inverse
        sums = integrand.reshape(T.size, *t.shape) @ weights
        return sums * (right - left) * highest[:, None]

    left, right = _PANELS[:-1], _PANELS[1:]
    coarse = panels(left, right)
    count = coarse.shape[1] * nodes.size
    value, error = np.zeros(T.size), np.zeros(T.size)
    for _ in range(14):
        middle = 0.5 * (left + right)
        halves = panels(np.concatenate([left, middle]), np.concatenate([middle, right]))
        count += halves.shape[1] * nodes.size
        fine = halves[:, : left.size] + halves[:, left.size :]
        miss = np.abs(fine - coarse)
        total = value + fine.sum(axis=1)
        open_panels = np.any(miss > rtol / 256 * total[:, None], axis=0)
        value += fine[:, ~open_panels].sum(axis=1)
        error += miss[:, ~open_panels].sum(axis=1)
        bound = error + miss[:, open_panels].sum(axis=1)
        done = bool(np.all(bound <= rtol * total))
        if done or not open_panels.any() or left.size > 8000:
            return total, bound, count, done
        coarse = np.concatenate(
            [halves[:, : left.size][:, open_panels], halves[:, left.size :][:, open_panels]], axis=1
        )
        left, right, middle = left[open_panels], right[open_panels], middle[open_panels]
        left, right = np.concatenate([left, middle]), np.concatenate([middle, right])
    return total, bound, count, False
