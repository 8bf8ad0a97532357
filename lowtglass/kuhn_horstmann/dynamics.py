r"""Response of the local levels to strain, and what it does to phonons (Kühn and Horstmann 1998, Sect. 5).

The paper announces these quantities and gives none of them. A coordinate couples to the strain of acoustic phonons by
:math:`H_{SB} = v\sum_s\gamma_se_s` (1998, Eq. 17). With the strain :math:`|e_k|^2 = \hbar k^2/2\rho V\omega_k` of one
phonon and the density of states :math:`V\omega^2/2\pi^2c_s^3` of each polarisation Fermi's golden rule gives the rates

.. math:: W_{n\to m} = \sum_s\frac{\gamma_s^2\,|v_{nm}|^2\,|\omega_{nm}|^3}{2\pi\hbar\rho c_s^5}\,[n_B + 1]
          \quad\text{(emission; } n_B \text{ for absorption)}

over all polarisations whose cut-off is above :math:`|\omega_{nm}|`. To leading order in the coupling the susceptibility
:math:`\chi = \delta\langle v\rangle/\delta h` has a resonant part, with sharp lines, and a relaxational part,

.. math:: \chi_{\rm res}(\omega) &= \sum_{n<m}|v_{nm}|^2(p_n - p_m)
          \Big[\frac1{E_{mn} - \hbar\omega - i0} + \frac1{E_{mn} + \hbar\omega + i0}\Big] \\
          \chi_{\rm rel}(\omega) &= \beta\sum_k\frac{a_k^2\lambda_k}{\lambda_k - i\omega}\,,\qquad
          a_k = \sum_n\varphi_k(n)\,\sqrt{p_n}\,(v_{nn} - \langle v\rangle)

with the eigenvectors of the master equation :math:`\dot p_n = \sum_m(p_mW_{m\to n} - p_nW_{n\to m})` made symmetric by
:math:`\sqrt{p_n}`. In a static field the levels shift by :math:`-v_{nn}\,\delta h`, and their populations follow; so
:math:`\chi(0)` is the isothermal susceptibility.

Phonons of n_c coordinates per volume then have

.. math:: \frac1{\ell_s} = \frac{n_c\gamma_s^2\,\omega\,\chi''(\omega)}{\rho c_s^3}\,,\qquad
          Q_s^{-1} = \frac{c_s}{\omega\ell_s}\,,\qquad
          \frac{\delta c_s}{c_s} = -\frac{n_c\gamma_s^2\,\chi'(\omega)}{2\rho c_s^2}\,.

Averages over the field keep the lines sharp: each cell of the mesh in |h| contributes to :math:`\chi''(\omega)` where
one of its transitions passes :math:`\hbar\omega`, with weight :math:`1/|dE_{mn}/dh|`. A width would be of higher order
in the coupling, and matters only where it is not small beside the spread of a line over the ensemble.

Frequencies, temperatures and results are in the units of the bath; the coordinate v stays in units of the model.
"""

import dataclasses
import functools
import math

import numpy as np
from numba import njit

from .. import phonons
from .._validation import finite_array, integer, real, temperature
from ..errors import ConvergenceError, InputError
from ..response import DielectricResponse, InternalFriction, MeanFreePath, SoundVelocityShift
from . import ensemble
from .replica_symmetric import glass_temperature

__all__ = [
    "Bath",
    "DielectricResponse",
    "InternalFriction",
    "LevelSusceptibility",
    "MeanFreePath",
    "SoundVelocityShift",
    "Susceptibility",
    "dielectric_response",
    "internal_friction",
    "inverse_mean_free_path",
    "level_susceptibility",
    "silica_bath",
    "sound_velocity_shift",
    "susceptibility",
    "thermal_conductivity",
    "transition_rates",
]

_REACH = 10.0  # the highest level lies at least so many temperatures above the lowest
_MAX_FIELDS = 3000
_SMALLEST = 1e-20  # χ″ (in 1/J) that rounding of the matrix elements leaves visible


@dataclasses.dataclass(frozen=True)
class Bath:
    """Phonons to which the coordinates couple, and the units of the laboratory.

    Parameters
    ----------
    phonons : phonons.DebyePhonons
        The phonons, with ħ and k_B in the units used.
    couplings : sequence of float
        Energy γ_s per unit strain and unit v of every branch, the same for all its polarisations.
    coordinates : float
        Coordinates per volume n_c, > 0.
    energy_unit : float
        The unit J of the model, > 0. With 1.0, ħ = k_B = 1 the bath is in reduced units; the frequency of a transition
        is then its energy.
    vacuum_permittivity : float
        ε₀ in the units used, > 0; for the dielectric response alone.

    Raises
    ------
    InputError
        If a parameter is outside its range, or the number of couplings is not that of the branches.
    """

    phonons: phonons.DebyePhonons
    couplings: tuple
    coordinates: float = 1.0
    energy_unit: float = 1.0
    vacuum_permittivity: float = dataclasses.field(default=1.0, kw_only=True)

    def __post_init__(self):
        if not isinstance(self.phonons, phonons.DebyePhonons):
            raise InputError("phonons", self.phonons, "DebyePhonons")
        couplings = finite_array("couplings", self.couplings)
        if couplings.shape != (len(self.phonons.branches),):
            raise InputError("couplings", self.couplings, f"one for each of {len(self.phonons.branches)} branches")
        object.__setattr__(self, "couplings", tuple(couplings.tolist()))
        for name in ("coordinates", "energy_unit", "vacuum_permittivity"):
            object.__setattr__(self, name, real(name, getattr(self, name), minimum=0.0, open_minimum=True))

    @property
    def temperature_unit(self):
        """J/k_B."""
        return self.energy_unit / self.phonons.k_B

    @property
    def frequency_unit(self):
        """J/ħ."""
        return self.energy_unit / self.phonons.hbar

    @property
    def strengths(self):
        """n_cγ_s²/(ρc_s²J) of the branches: what χ in units of the model takes from their elastic modulus."""
        modulus = self.phonons.density * self.phonons.velocities**2
        return self.coordinates * np.array(self.couplings) ** 2 / (modulus * self.energy_unit)

    @property
    def _rates(self):
        """Strengths and cut-offs (in J) of the branches in ħW/J = Σ strength·E³|v|²(n_B + 1 or n_B), E in J."""
        golden = phonons.emission_strengths(self.couplings, self.phonons) * self.frequency_unit**2
        return golden, self.phonons.cutoffs / self.frequency_unit


@dataclasses.dataclass(frozen=True)
class LevelSusceptibility:
    """Susceptibility of one set of levels.

    Attributes
    ----------
    omega, T : ndarray
        Frequencies and temperatures.
    resonant, relaxational : ndarray of complex
        The two parts of χ(ω) = χ′ + iχ″, in v² per energy.
    rates : ndarray, shape (..., n − 1)
        Relaxation rates λ_k of the master equation, ascending.
    weights : ndarray, shape (..., n − 1)
        Their shares a_k² of ⟨v_nn²⟩ − ⟨v_nn⟩².
    """

    omega: np.ndarray
    T: np.ndarray
    resonant: np.ndarray
    relaxational: np.ndarray
    rates: np.ndarray
    weights: np.ndarray

    @property
    def total(self):
        """Both parts together."""
        return self.resonant + self.relaxational


@dataclasses.dataclass(frozen=True)
class Susceptibility:
    """Susceptibility per coordinate, averaged over the ensemble.

    Attributes
    ----------
    omega, T : ndarray
        Frequencies and temperatures.
    resonant, relaxational : ndarray of complex
        The two parts of χ(ω) = χ′ + iχ″, in v² per energy.
    error : ndarray of complex
        Estimated absolute error of χ′ (real part) and χ″ (imaginary part) from the mesh in the field: a third of the
        difference from every other field.
    n_levels, n_fields : int
        Levels at each field, and fields.
    """

    omega: np.ndarray
    T: np.ndarray
    resonant: np.ndarray
    relaxational: np.ndarray
    error: np.ndarray
    n_levels: int
    n_fields: int

    @property
    def total(self):
        """Both parts together."""
        return self.resonant + self.relaxational


def silica_bath(state, *, laboratory_glass_temperature=1500.0, deformation=(1.04, 0.65), coordinates=2.2e28):
    """Bath with constants like those of vitreous silica, in SI units.

    Longitudinal and transverse velocities 5800 and 3800 m/s, density 2200 kg/m³, 6.6·10²⁸ atoms per m³. The model's
    unit J follows from its glass temperature. The coupling γ_s is the deformation potential of a tunnelling system,
    which says how half its asymmetry changes with strain, over half the distance of the wells, ``|⟨0|v|1⟩|`` at h = 0.

    Parameters
    ----------
    state : object
        A state of the model with double wells.
    laboratory_glass_temperature : float
        Glass temperature in K that corresponds to the model's, > 0.
    deformation : tuple of float
        Deformation potentials of the longitudinal and of the transverse branch in eV. The default is what acoustic
        experiments give with the tunnelling model (B. Golding, J. E. Graebner and R. J. Schutz, Phys. Rev. B 14, 1660
        (1976); J. L. Black, Phys. Rev. B 17, 2740 (1978)).
    coordinates : float
        Coordinates of the model per m³; by default one for each SiO₂. The model does not say how many there are.

    Returns
    -------
    Bath

    Raises
    ------
    InputError
        If an argument is outside its range, or the state has no double wells or the model no glass temperature.
    """
    top = real("laboratory_glass_temperature", laboratory_glass_temperature, minimum=0.0, open_minimum=True)
    potentials = finite_array("deformation", deformation, minimum=0.0, last_axis=2)
    if not state.C > state.glass.stiffness:
        raise InputError("state", f"C = {state.C:g}", f"a state with double wells, C > {state.glass.stiffness:g}")
    reduced = glass_temperature(state.glass)
    if reduced == 0.0:
        raise InputError("state", "T_g = 0", "a model with a glass temperature")
    solid, electron_volt = phonons.silica(), 1.602176634e-19
    half_distance = 0.5 * ensemble._lowest_pair(state).distance
    return Bath(
        solid,
        tuple(potentials * electron_volt / half_distance),
        coordinates,
        solid.k_B * top / reduced,
        vacuum_permittivity=8.8541878128e-12,
    )


def transition_rates(energies, position, T, bath):
    """Golden-rule rates between levels by emission and absorption of one phonon.

    Parameters
    ----------
    energies : array_like, shape (..., n)
        Levels in units J of the model, ascending.
    position : array_like, shape (..., n, n)
        Matrix elements of v.
    T : float
        Temperature >= 0 in units of the bath.
    bath : Bath
        The phonons.

    Returns
    -------
    ndarray, shape (..., n, n)
        Rates W[..., n, m] of the transitions n → m per unit time; zero on the diagonal.

    Raises
    ------
    InputError
        If an argument is outside its range, or shapes do not match.
    """
    _check_bath(bath)
    energies, position = _check_levels(energies, position)
    theta = real("T", T, minimum=0.0) / bath.temperature_unit
    shape = position.shape
    n = shape[-1]
    excitations = (energies - energies[..., :1]).reshape(-1, n)
    rates = np.zeros((len(excitations), n, n))
    _fill_rates(
        excitations, np.diff(excitations), np.ascontiguousarray(position.reshape(-1, n, n)), theta, *bath._rates, rates
    )
    return (rates * bath.frequency_unit).reshape(shape)


def level_susceptibility(energies, position, omega, T, bath, *, broadening=None):
    """Susceptibility of one set of levels.

    Parameters
    ----------
    energies : array_like, shape (n,)
        Levels in units J of the model, ascending.
    position : array_like, shape (n, n)
        Matrix elements of v.
    omega : array_like
        Frequencies >= 0 in units of the bath.
    T : array_like
        Temperatures >= 0 in units of the bath; broadcast against `omega`.
    bath : Bath
        The phonons.
    broadening : float, optional
        Half width at half maximum of all lines, >= 0, as a frequency. By default half the sum of the rates at which the
        two levels are left. With 0 the lines are sharp, and χ″ of the resonant part is zero between them.

    Returns
    -------
    LevelSusceptibility

    Raises
    ------
    InputError
        If an argument is outside its range, or shapes do not match.
    """
    _check_bath(bath)
    energies, position = _check_levels(energies, position)
    if energies.ndim != 1:
        raise InputError("energies", f"shape {energies.shape}", "the levels of one potential, shape (n,)")
    omega, T, shape = _grid(omega, T)
    if broadening is not None:
        broadening = real("broadening", broadening, minimum=0.0) / bath.frequency_unit
    e, theta = omega.ravel() / bath.frequency_unit, T.ravel() / bath.temperature_unit
    wells = _Wells(np.zeros(0), np.ones(1), *_single(energies), position[None])
    n = energies.size
    resonant, relaxational = np.zeros(e.size, complex), np.zeros(e.size, complex)
    rates, weights = np.zeros((e.size, n - 1)), np.zeros((e.size, n - 1))
    lower, upper = np.triu_indices(n, 1)
    difference = energies[upper] - energies[lower]
    for t in np.unique(theta):
        at = theta == t
        p = _occupation(energies, t)
        golden = np.zeros((1, n, n))
        _fill_rates(wells.excitations, wells.gaps, wells.position, t, *bath._rates, golden)
        leave = golden[0].sum(axis=1)
        width = 0.5 * (leave[lower] + leave[upper]) if broadening is None else np.full(lower.size, broadening)
        strength = position[lower, upper] ** 2 * (p[lower] - p[upper])
        z = e[at, None] + 1j * width
        with np.errstate(divide="ignore", invalid="ignore"):
            resonant[at] = np.where(
                strength > 0, 2.0 * strength * (difference / (difference - z)) / (difference + z), 0.0
            ).sum(axis=1)
        if t > 0.0 and n > 1:
            found, share = (part[0] for part in _modes(wells, t, bath._rates, n))
            order = np.argsort(found)
            rates[at], weights[at] = found[order], share[order]
            relaxational[at] = _relax(found, share / t, e[at])
    unit = 1.0 / bath.energy_unit
    return LevelSusceptibility(
        omega[()],
        T[()],
        (resonant * unit).reshape(shape)[()],
        (relaxational * unit).reshape(shape)[()],
        rates.reshape(*shape, n - 1) * bath.frequency_unit,
        weights.reshape(*shape, n - 1),
    )


def susceptibility(state, omega, T, bath, n_levels=None):
    """Susceptibility per coordinate, averaged over the law of the field.

    Parameters
    ----------
    state : object
        A state of the model.
    omega : array_like
        Frequencies >= 0 in units of the bath.
    T : array_like
        Temperatures >= 0 of the levels in units of the bath; broadcast against `omega`. The law of the field is that
        of the state.
    bath : Bath
        The phonons.
    n_levels : int, optional
        Levels per field, 2 to 192; by default as many as reach 10 max(T) above the lowest at every field.

    Returns
    -------
    Susceptibility

    Raises
    ------
    InputError
        If an argument is outside its range, shapes do not broadcast, or all fields are zero (the ergodic phase), so
        that lines are not spread; see :func:`level_susceptibility`.
    ConvergenceError
        If the levels do not reach 10 max(T) above the lowest.

    Notes
    -----
    Matrix elements between wells are known to about 1e-13 of their distance. What they would give below that, in χ″
    about 1e-20/J, or 1e-9 of χ(0) where excited levels of two wells cross, is not resolved.
    """
    return _susceptibility(state, omega, T, bath, n_levels, "sharp")


def _susceptibility(state, omega, T, bath, n_levels, lines, real_part=True):
    _check_bath(bath)
    omega, T, shape = _grid(omega, T)
    e, theta = omega.ravel() / bath.frequency_unit, T.ravel() / bath.temperature_unit
    wells = _wells(state, _count_levels(state, float(theta.max()), n_levels))
    response = _Response(wells, bath, lines)
    resonant, relaxational = response.evaluate(e, theta, real_part)
    total = response.coarse().evaluate(e, theta, real_part)
    miss = resonant + relaxational - total[0] - total[1]
    error = (np.abs(miss.real) + 1j * np.abs(miss.imag)) / 3.0
    unit = 1.0 / bath.energy_unit
    return Susceptibility(
        omega[()],
        T[()],
        *((part * unit).reshape(shape)[()] for part in (resonant, relaxational, error)),
        wells.excitations.shape[1],
        wells.density.size,
    )


def inverse_mean_free_path(state, omega, T, bath, n_levels=None, *, lines="sharp"):
    """Inverse mean free path of phonons, 1/ℓ_s = n_cγ_s²ωχ″(ω)/(ρc_s³).

    Parameters
    ----------
    state : object
        A state of the model.
    omega, T : array_like
        Frequencies and temperatures >= 0 in units of the bath; they broadcast.
    bath : Bath
        The phonons.
    n_levels : int, optional
        Levels per field, as in :func:`susceptibility`.
    lines : {"sharp", "radiative"}
        Whether lines are sharp, to leading order in the coupling, or phonons are also scattered elastically.

    Returns
    -------
    MeanFreePath

    Raises
    ------
    InputError, ConvergenceError
        As :func:`susceptibility`.

    Notes
    -----
    A coordinate that a phonon shakes radiates phonons. With "radiative" the resonant part of every well becomes
    χ/(1 − iJχ), J = Σ_s γ_s²ω³/(4πρc_s⁵) over all polarisations. A harmonic coordinate has this response exactly; lines
    get the width of the golden rule, an isolated one scatters at most as unitarity allows, and between the lines there
    remains Rayleigh scattering Jχ² ∝ ω³, of second order in γ², where sharp lines leave nothing. The shift of the
    lines by the same coupling is left out, and at T > 0 χ is the average over the levels.
    """
    chi = _susceptibility(state, omega, T, bath, n_levels, _check_lines(lines), real_part=False)
    factor = _outer(bath.strengths / bath.phonons.velocities, bath.energy_unit * np.asarray(chi.omega))
    resonant, relaxational, error = (factor * part.imag for part in (chi.resonant, chi.relaxational, chi.error))
    return MeanFreePath(chi.omega, chi.T, resonant + relaxational, resonant, relaxational, error)


def internal_friction(state, omega, T, bath, n_levels=None):
    """Internal friction Q⁻¹ = c/(ωℓ) = n_cγ_s²χ″(ω)/(ρc_s²).

    Parameters
    ----------
    state : object
        A state of the model.
    omega, T : array_like
        Frequencies and temperatures >= 0 in units of the bath; they broadcast.
    bath : Bath
        The phonons.
    n_levels : int, optional
        Levels per field, as in :func:`susceptibility`.

    Returns
    -------
    InternalFriction

    Raises
    ------
    InputError, ConvergenceError
        As :func:`susceptibility`.
    """
    chi = _susceptibility(state, omega, T, bath, n_levels, "sharp", real_part=False)
    factor = _outer(bath.strengths, np.full(np.shape(chi.omega), bath.energy_unit))
    resonant, relaxational, error = (factor * part.imag for part in (chi.resonant, chi.relaxational, chi.error))
    return InternalFriction(chi.omega, chi.T, resonant + relaxational, resonant, relaxational, error)


def sound_velocity_shift(state, omega, T, bath, n_levels=None):
    """Change of the velocity of sound, δc_s/c_s = −n_cγ_s²χ′(ω)/(2ρc_s²), against the solid without the coordinates.

    Parameters
    ----------
    state : object
        A state of the model.
    omega, T : array_like
        Frequencies and temperatures >= 0 in units of the bath; they broadcast.
    bath : Bath
        The phonons.
    n_levels : int, optional
        Levels per field, as in :func:`susceptibility`.

    Returns
    -------
    SoundVelocityShift

    Raises
    ------
    InputError, ConvergenceError
        As :func:`susceptibility`.

    Notes
    -----
    Experiments measure differences between temperatures. A shift that is not small beside 1 says that the coupling is
    not weak.
    """
    chi = susceptibility(state, omega, T, bath, n_levels)
    factor = _outer(bath.strengths, np.full(np.shape(chi.omega), 0.5 * bath.energy_unit))
    resonant, relaxational = (-factor * part.real for part in (chi.resonant, chi.relaxational))
    return SoundVelocityShift(
        chi.omega, chi.T, resonant + relaxational, resonant, relaxational, factor * chi.error.real
    )


def dielectric_response(state, omega, T, bath, dipole, n_levels=None, *, host=1.0):
    """Contribution of coordinates with an electric dipole to the permittivity, n_cμ²χ(ω)/(3ε₀).

    Dipoles μv have random directions; local-field corrections are left to `dipole`.

    Parameters
    ----------
    state : object
        A state of the model.
    omega, T : array_like
        Frequencies and temperatures >= 0 in units of the bath; they broadcast.
    bath : Bath
        The phonons.
    dipole : float
        Dipole moment μ per unit v.
    n_levels : int, optional
        Levels per field, as in :func:`susceptibility`.
    host : float
        Relative permittivity of everything else, > 0, for the loss tangent.

    Returns
    -------
    DielectricResponse

    Raises
    ------
    InputError, ConvergenceError
        As :func:`susceptibility`.
    """
    dipole = real("dipole", dipole)
    host = real("host", host, minimum=0.0, open_minimum=True)
    chi = susceptibility(state, omega, T, bath, n_levels)
    factor = bath.coordinates * dipole**2 / (3.0 * bath.vacuum_permittivity)
    permittivity = factor * chi.total
    loss = permittivity.imag / (host + permittivity.real)
    return DielectricResponse(chi.omega, chi.T, permittivity, loss, factor * chi.error)


def thermal_conductivity(state, T, bath, n_levels=None, *, lines="sharp", other=0.0, n_frequencies=400):
    """Thermal conductivity of phonons that the coordinates scatter.

    Parameters
    ----------
    state : object
        A state of the model.
    T : array_like
        Temperatures >= 0 in units of the bath.
    bath : Bath
        The phonons.
    n_levels : int, optional
        Levels per field, as in :func:`susceptibility`.
    lines : {"sharp", "radiative"}
        As in :func:`inverse_mean_free_path`.
    other : float or callable
        Inverse mean free path of other processes, as in :func:`lowtglass.phonons.matthiessen`.
    n_frequencies : int
        Frequencies from 0.003 to 60 k_BT/ħ, in logarithmic steps, at which χ″ is computed at every temperature, 50 to
        5000; between them and below ln χ″ is linear in ln ω. Where χ″ is below 1e-20/J, which rounding hides, that is
        taken, and κ is a lower bound.

    Returns
    -------
    lowtglass.phonons.Conduction
        ``error`` is a third of the difference from every other field and frequency, and contains that of the integral.

    Raises
    ------
    InputError
        As :func:`susceptibility`.
    ConvergenceError
        As :func:`susceptibility`; also if the integral over frequencies does not converge, as with Rayleigh scattering
        alone: give the size of the sample in `other`.
    """
    _check_bath(bath)
    _check_lines(lines)
    T = temperature("T", T)
    wells = _wells(state, _count_levels(state, float(T.max()) / bath.temperature_unit, n_levels))
    theta = T.ravel()[T.ravel() > 0] / bath.temperature_unit
    x = np.geomspace(3e-3, 60.0, integer("n_frequencies", n_frequencies, minimum=50, maximum=5000))
    response = _Response(wells, bath, lines)
    fine, coarse = (
        phonons.thermal_conductivity(T, part.branches(theta, grid, other), bath.phonons, rtol=2e-3)
        for part, grid in ((response, x), (response.coarse(), x[::2]))
    )
    error = fine.error + np.abs(fine.conductivity - coarse.conductivity) / 3.0
    return dataclasses.replace(fine, error=error)


def _check_bath(bath):
    if not isinstance(bath, Bath):
        raise InputError("bath", bath, "a Bath")


def _check_lines(lines):
    if lines not in ("sharp", "radiative"):
        raise InputError("lines", lines, "'sharp' or 'radiative'")
    return lines


def _check_levels(energies, position):
    energies, position = finite_array("energies", energies), finite_array("position", position)
    if energies.ndim == 0 or np.any(np.diff(energies, axis=-1) < 0):
        raise InputError("energies", energies, "levels ascending along the last axis")
    if position.shape != (*energies.shape, energies.shape[-1]):
        raise InputError("position", f"shape {position.shape}", f"shape {(*energies.shape, energies.shape[-1])}")
    return energies, position


def _grid(omega, T):
    omega, T = finite_array("omega", omega, minimum=0.0), temperature("T", T)
    try:
        shape = np.broadcast_shapes(omega.shape, T.shape)
    except ValueError:
        raise InputError(
            "T", f"shape {T.shape}", f"a shape that broadcasts with omega of shape {omega.shape}"
        ) from None
    return np.broadcast_to(omega, shape), np.broadcast_to(T, shape), shape


def _outer(branches, points):
    return branches.reshape(-1, *(1,) * np.ndim(points)) * points


def _single(energies):
    excitations = (energies - energies[0])[None]
    return excitations, np.diff(excitations)


def _count_levels(state, theta, n_levels):
    """Levels per field that temperatures up to theta need."""
    h_max = ensemble._largest_field(state)
    if h_max == 0.0:
        raise InputError("state", "a single effective potential", "a state with a distribution of fields")
    fixed = n_levels is not None
    n = integer("n_levels", n_levels, minimum=2, maximum=ensemble._MAX_LEVELS) if fixed else 12
    while True:
        reach = ensemble._reach(state, h_max, n)
        if reach >= _REACH * theta:
            return n
        if fixed or n == ensemble._MAX_LEVELS:
            raise ConvergenceError(
                f"{n} levels reach {reach:.4g} J, {_REACH:g} T is {_REACH * theta:.4g}", None, reach, n
            )
        n = min(2 * n, ensemble._MAX_LEVELS)


@dataclasses.dataclass(frozen=True, eq=False)
class _Wells:
    """Members of an ensemble along chains; between neighbours everything varies smoothly.

    An average is Σ width·(linear between neighbours of density·f). A width of zero separates two chains.
    """

    width: np.ndarray
    density: np.ndarray
    excitations: np.ndarray
    gaps: np.ndarray
    position: np.ndarray

    @property
    def weights(self):
        """Weight of each member, by trapezoids; a single member has its density."""
        if not self.width.size:
            return self.density
        return 0.5 * self.density * (np.append(self.width, 0.0) + np.append(0.0, self.width))

    def every_other(self):
        """Places of every other member of a single chain, with its ends."""
        keep = np.arange(0, self.density.size, 2)
        return keep if keep[-1] == self.density.size - 1 else np.append(keep, self.density.size - 1)

    def coarse(self):
        """Every other member of a single chain."""
        keep = self.every_other()
        width = np.add.reduceat(self.width, keep[:-1])
        return _Wells(width, self.density[keep], self.excitations[keep], self.gaps[keep], self.position[keep])


@functools.lru_cache(maxsize=4)
def _wells(state, n_levels, division=6, tolerance=0.1, depth=0.005):
    """Levels on a mesh in |h| that resolves the crossing at h = 0 and all avoided crossings of neighbouring levels."""
    pair = ensemble._lowest_pair(state)
    # Energies below this are not resolved; the pair itself is, where it is wider.
    floor = max(pair.splitting, 1e-6 * pair.next_gap)
    edges = ensemble._panels(state, floor)
    h = (edges[:-1, None] + np.diff(edges)[:, None] * np.arange(division) / division).ravel()
    h = np.append(h, edges[-1])
    found = ensemble._levels(state, h, n_levels)
    energies, gaps, position = found.energies, found.gaps, found.position
    while h.size < _MAX_FIELDS:
        between = np.diff(energies, axis=1)
        slope = -np.diff(np.diagonal(position, axis1=1, axis2=2), axis=1)
        # What a straight line misses of a gap, against the gap; an avoided crossing of excited levels need not be
        # resolved far below the temperature at which they are populated.
        miss = np.abs(np.diff(h)[:, None] * np.diff(slope, axis=0)) / 8.0
        scale = np.maximum(np.minimum(between[:-1], between[1:]), depth * (energies[:-1, 1:] - energies[:-1, :1]))
        cells = np.flatnonzero(np.any(miss > tolerance * np.maximum(scale, floor), axis=1))
        if not cells.size:
            break
        middle = 0.5 * (h[cells] + h[cells + 1])
        found = ensemble._levels(state, middle, n_levels)
        h = np.insert(h, cells + 1, middle)
        energies = np.insert(energies, cells + 1, found.energies, axis=0)
        gaps = np.insert(gaps, cells + 1, found.gaps, axis=0)
        position = np.insert(position, cells + 1, found.position, axis=0)
    excitations = energies - energies[:, :1]
    if pair.double:
        _near_zero(h, 1e-6 * pair.next_gap / pair.distance, excitations, gaps, position)
    return _Wells(np.diff(h), ensemble._folded_density(state, h), excitations, gaps, position)


def _near_zero(h, limit, excitations, gaps, position):
    """Where the field is too small for the levels to show it: each pair of h = 0 turned by the field, nothing else."""
    n = excitations.shape[1]
    even, odd = np.arange(0, n - 1, 2), np.arange(1, n, 2)
    splitting, element = gaps[0, even], position[0, even, odd]
    zero, middle = position[0].copy(), excitations[0].copy()
    for i in np.flatnonzero((h > 0.0) & (h < limit)):
        angle = 0.5 * np.arctan2(2.0 * h[i] * element, splitting)
        turn = np.eye(n)
        turn[even, even] = turn[odd, odd] = np.cos(angle)
        turn[odd, even], turn[even, odd] = np.sin(angle), -np.sin(angle)
        position[i] = turn.T @ zero @ turn
        wide = np.hypot(splitting, 2.0 * h[i] * element)
        levels = middle.copy()
        levels[even] += 0.5 * (splitting - wide)
        levels[odd] += 0.5 * (wide - splitting)
        excitations[i] = levels - levels[0]
        gaps[i] = np.maximum(np.diff(levels), 0.0)
        gaps[i, even] = wide


class _Response:
    """Susceptibility of an ensemble, in units of the model; relaxation modes are kept for every temperature."""

    def __init__(self, wells, bath, lines="sharp"):
        self.wells, self.bath, self.lines = wells, bath, lines
        self._known = {}
        self._fine = None

    def coarse(self):
        """The response from every other member, whose relaxation modes need not be computed again."""
        response = _Response(self.wells.coarse(), self.bath, self.lines)
        response._fine = self
        return response

    def members(self, theta):
        """Relaxation rates and weights of every member."""
        if self._fine is not None:
            keep = self._fine.wells.every_other()
            return tuple(part[keep] for part in self._fine.members(theta))
        if theta not in self._known:
            # Levels above have no weight.
            n = int(np.count_nonzero(self.wells.excitations.min(axis=0) < 80.0 * theta))
            self._known[theta] = _modes(self.wells, theta, self.bath._rates, max(n, 1))
        return self._known[theta]

    def modes(self, theta):
        """Rates of all members and what each adds to χ(0)."""
        rates, weights = self.members(theta)
        weights = weights * (self.wells.weights / theta)[:, None]
        keep = weights > 1e-25 * weights.sum()
        return rates[keep], weights[keep]

    def evaluate(self, e, theta, real_part=True):
        """Resonant and relaxational χ at energies e and temperatures theta, in units of the model."""
        order = np.lexsort((e, theta))
        e_sorted = e[order]
        values, start = np.unique(theta[order], return_index=True)
        start = np.append(start, e.size)
        wells = self.wells
        arrays = wells.width, wells.density, wells.excitations, wells.gaps, wells.position
        imaginary = np.zeros(e.size)
        if self.lines == "sharp":
            _absorption(*arrays, values, start, e_sorted, imaginary)
        else:
            strengths, cutoffs = self.bath._rates
            damping = 0.5 * e_sorted**3 * (strengths * (e_sorted[:, None] <= cutoffs)).sum(axis=1)
            _radiation(*arrays, values, start, e_sorted, damping, imaginary)
        resonant = 1j * imaginary
        if real_part:
            dispersion = np.zeros(e.size)
            _dispersion(*arrays, values, start, e_sorted, dispersion)
            resonant += dispersion
        relaxational = np.zeros(e.size, complex)
        for t, first, last in zip(values, start[:-1], start[1:], strict=True):
            if t > 0.0:
                relaxational[first:last] = _relax(*self.modes(float(t)), e_sorted[first:last])
        back = np.empty(e.size, np.int64)
        back[order] = np.arange(e.size)
        return resonant[back], relaxational[back]

    def branches(self, theta, x, other):
        """Functions (omega, T) → 1/ℓ, one for each branch, from a table at ħω/k_BT = x for every temperature."""
        bath = self.bath
        e = theta[:, None] * x
        parts = self.evaluate(e.ravel(), np.repeat(theta, x.size), real_part=False)
        table = np.log(np.maximum((parts[0] + parts[1]).imag.reshape(e.shape), _SMALLEST))
        log_x = np.log(x)

        def absorption(omega, T):
            at = np.log(omega / bath.frequency_unit) - np.log(T / bath.temperature_unit)
            cell = np.clip(np.searchsorted(log_x, at) - 1, 0, x.size - 2)
            low, high = (np.take_along_axis(table, cell + k, axis=1) for k in (0, 1))
            slope = (high - low) / (log_x[cell + 1] - log_x[cell])
            # Far below, χ″ of slow relaxation falls with 1/ω, that of all else rises.
            slope = np.where(at < log_x[0], np.clip(slope, -1.0, 3.0), slope)
            return np.exp(low + (at - log_x[cell]) * slope)

        return [
            phonons.matthiessen(lambda omega, T, factor=factor: factor * omega * absorption(omega, T), other)
            for factor in bath.strengths / bath.phonons.velocities
        ]


def _relax(rates, weights, e):
    real_part, imaginary = np.zeros(e.size), np.zeros(e.size)
    _relaxation(rates, weights, np.ascontiguousarray(e), real_part, imaginary)
    return real_part + 1j * imaginary


def _modes(wells, theta, golden, n):
    """Relaxation rates (ħλ/J) and weights a² of every member, from the n lowest levels."""
    members = wells.density.size
    rates, weights = np.empty((members, n - 1)), np.empty((members, n - 1))
    step = max(1, 2_000_000 // n**2)
    for first in range(0, members, step):
        part = slice(first, min(first + step, members))
        count = part.stop - first
        transitions, matrix = np.zeros((count, n, n)), np.empty((count, n, n))
        root, deviation = np.empty((count, n)), np.empty((count, n))
        excitations = np.ascontiguousarray(wells.excitations[part, :n])
        gaps = np.ascontiguousarray(wells.gaps[part, : n - 1])
        position = np.ascontiguousarray(wells.position[part, :n, :n])
        _fill_rates(excitations, gaps, position, theta, *golden, transitions)
        _symmetrise(transitions, excitations, position, theta, matrix, root, deviation)
        values, vectors = np.linalg.eigh(matrix)
        _weigh(transitions, values, vectors, root, deviation, rates[part], weights[part])
    return rates, weights


def _occupation(energies, theta):
    p = np.zeros(energies.size)
    _populate(energies - energies[0], theta, p)
    return p


@njit(cache=True)
def _populate(excitations, theta, p):
    """Boltzmann's probabilities; at zero temperature of the lowest level."""
    Z = 0.0
    for n in range(excitations.size):
        x = excitations[n]
        if theta > 0.0:
            p[n] = math.exp(-x / theta) if x < 745.0 * theta else 0.0
        else:
            p[n] = 1.0 if n == 0 else 0.0
        Z += p[n]
    for n in range(excitations.size):
        p[n] /= Z


@njit(cache=True)
def _fill_rates(excitations, gaps, position, theta, strengths, cutoffs, rates):
    """Golden-rule rates n → m (ħW/J) of each member."""
    n = excitations.shape[1]
    for i in range(excitations.shape[0]):
        for a in range(n - 1):
            for b in range(a + 1, n):
                E = gaps[i, a] if b == a + 1 else excitations[i, b] - excitations[i, a]
                rates[i, a, b] = rates[i, b, a] = 0.0
                total = 0.0
                for s in range(strengths.size):
                    if E <= cutoffs[s]:
                        total += strengths[s]
                if total == 0.0 or E <= 0.0:
                    continue
                total *= E * E * E * position[i, a, b] ** 2
                if E < 700.0 * theta:
                    rates[i, a, b] = total / math.expm1(E / theta)
                    rates[i, b, a] = total / -math.expm1(-E / theta)
                else:
                    rates[i, b, a] = total


@njit(cache=True)
def _symmetrise(rates, excitations, position, theta, matrix, root, deviation):
    """Master equation made symmetric with √p, the stationary mode moved above all others."""
    n = excitations.shape[1]
    p = np.empty(n)
    for i in range(excitations.shape[0]):
        _populate(excitations[i], theta, p)
        mean = 0.0
        for a in range(n):
            mean += p[a] * position[i, a, a]
        largest = 0.0
        for a in range(n):
            root[i, a] = math.sqrt(p[a])
            deviation[i, a] = position[i, a, a] - mean
            leave = 0.0
            for b in range(n):
                leave += rates[i, a, b]
                if b != a:
                    matrix[i, a, b] = -math.sqrt(rates[i, a, b]) * math.sqrt(rates[i, b, a])
            matrix[i, a, a] = leave
            largest = max(largest, leave)
        # By Gershgorin's theorem no rate is larger than twice the largest diagonal element.
        shift = 2.5 * largest if largest > 0.0 else 1.0
        for a in range(n):
            for b in range(n):
                matrix[i, a, b] += shift * root[i, a] * root[i, b]


@njit(cache=True)
def _weigh(rates, values, vectors, root, deviation, found, weights):
    """Rates and weights of all modes but the stationary one."""
    n = root.shape[1]
    for i in range(root.shape[0]):
        small = 1e-3 * values[i, n - 1]
        for k in range(n - 1):
            amplitude = 0.0
            for a in range(n):
                amplitude += vectors[i, a, k] * root[i, a] * deviation[i, a]
            value = values[i, k]
            if value < small:
                # A slow rate is lost in the rounding of the fast ones; as a sum of squares over transitions it keeps
                # twice as many digits.
                value = 0.0
                for a in range(n - 1):
                    for b in range(a + 1, n):
                        up, down = rates[i, a, b], rates[i, b, a]
                        if down > 0.0:
                            flow = math.sqrt(up) * vectors[i, a, k] - math.sqrt(down) * vectors[i, b, k]
                            value += flow * flow
            found[i, k] = value
            weights[i, k] = amplitude * amplitude


@njit(cache=True, error_model="numpy")
def _relaxation(rates, weights, e, real_part, imaginary):
    """Add Σ weight·rate/(rate − i e)."""
    for j in range(e.size):
        x, y = 0.0, 0.0
        for k in range(rates.size):
            if rates[k] > e[j]:
                q = e[j] / rates[k]
                w = weights[k] / (1.0 + q * q)
                x += w
                y += w * q
            elif e[j] > 0.0:
                q = rates[k] / e[j]
                w = weights[k] * q / (1.0 + q * q)
                x += w * q
                y += w
            else:
                x += weights[k]
        real_part[j] += x
        imaginary[j] += y


@njit(cache=True, error_model="numpy")
def _absorption(width, density, excitations, gaps, position, theta, start, e, out):
    """Add χ″ of the resonant part at energies ascending between start[u] and start[u + 1] for each temperature."""
    n = excitations.shape[1]
    left, right = np.empty(n), np.empty(n)
    for u in range(theta.size):
        first, last = start[u], start[u + 1]
        lowest, highest = e[first], e[last - 1]
        _populate(excitations[0], theta[u], right)
        for i in range(width.size):
            for a in range(n):
                left[a] = right[a]
            _populate(excitations[i + 1], theta[u], right)
            if width[i] == 0.0:
                continue
            for a in range(n - 1):
                if left[a] == 0.0 and right[a] == 0.0:
                    break
                for b in range(a + 1, n):
                    E0 = gaps[i, a] if b == a + 1 else excitations[i, b] - excitations[i, a]
                    E1 = gaps[i + 1, a] if b == a + 1 else excitations[i + 1, b] - excitations[i + 1, a]
                    bottom, top = min(E0, E1), max(E0, E1)
                    if bottom > highest:
                        break
                    if top <= lowest or bottom == top:
                        continue
                    # Times E² it varies slowly, also for a pair whose elements fall with 1/E.
                    g0 = density[i] * _strength(position[i, a, b], left[a], E0, theta[u]) * E0 * E0
                    g1 = density[i + 1] * _strength(position[i + 1, a, b], right[a], E1, theta[u]) * E1 * E1
                    low, high = first, last
                    while low < high:
                        middle = (low + high) // 2
                        if e[middle] < bottom:
                            low = middle + 1
                        else:
                            high = middle
                    scale = math.pi * width[i] / (top - bottom)
                    while low < last and e[low] < top:
                        if e[low] > 0.0:
                            t = (e[low] - E0) / (E1 - E0)
                            out[low] += scale * (g0 + t * (g1 - g0)) / (e[low] * e[low])
                        low += 1


@njit(cache=True)
def _strength(element, p, E, theta):
    """|v_nm|²(p_n − p_m) of a transition by the energy E from a level of probability p."""
    if E < 700.0 * theta:
        return element * element * p * -math.expm1(-E / theta)
    return element * element * p


@njit(cache=True, error_model="numpy")
def _dispersion(width, density, excitations, gaps, position, theta, start, e, out):
    """Add χ′ of the resonant part, cell by cell: Gauss's rule, or a principal value where a line is near."""
    n = excitations.shape[1]
    left, right = np.empty(n), np.empty(n)
    for u in range(theta.size):
        first, last = start[u], start[u + 1]
        _populate(excitations[0], theta[u], right)
        for i in range(width.size):
            for a in range(n):
                left[a] = right[a]
            _populate(excitations[i + 1], theta[u], right)
            if width[i] == 0.0:
                continue
            for a in range(n - 1):
                if left[a] == 0.0 and right[a] == 0.0:
                    break
                for b in range(a + 1, n):
                    E0 = gaps[i, a] if b == a + 1 else excitations[i, b] - excitations[i, a]
                    E1 = gaps[i + 1, a] if b == a + 1 else excitations[i + 1, b] - excitations[i + 1, a]
                    E0, E1 = max(E0, 1e-150), max(E1, 1e-150)
                    g0 = density[i] * _strength(position[i, a, b], left[a], E0, theta[u]) * E0 * E0
                    g1 = density[i + 1] * _strength(position[i + 1, a, b], right[a], E1, theta[u]) * E1 * E1
                    if g0 == 0.0 and g1 == 0.0:
                        continue
                    step = E1 - E0
                    middle = 0.5 * (E0 + E1)
                    # Gauss's rule with three nodes.
                    off = 0.3872983346207417 * step
                    Em, Ep = middle - off, middle + off
                    dg = 0.3872983346207417 * (g1 - g0)
                    gm = 0.5 * (g0 + g1)
                    sm = width[i] * (5.0 / 9.0) * (gm - dg) / Em
                    s0 = width[i] * (8.0 / 9.0) * gm / middle
                    sp = width[i] * (5.0 / 9.0) * (gm + dg) / Ep
                    for j in range(first, last):
                        x = e[j]
                        if abs(middle - x) > 2.0 * abs(step):
                            out[j] += sm / (Em * Em - x * x) + s0 / (middle * middle - x * x) + sp / (Ep * Ep - x * x)
                        elif step != 0.0:
                            F0, F1 = 2.0 * g0 / (E0 * (E0 + x)), 2.0 * g1 / (E1 * (E1 + x))
                            r = (E0 - x) / step
                            if r == 0.0 or r == -1.0:
                                r += 1e-13
                            log = math.log(abs((1.0 + r) / r))
                            out[j] += width[i] / step * ((F1 - F0) + (F0 - (F1 - F0) * r) * log)


@njit(cache=True, error_model="numpy")
def _scattered(X, J):
    """Im χ/(1 − iJχ) for real χ = X, where X may be infinite."""
    return J / (1.0 / (X * X) + J * J)


@njit(cache=True, error_model="numpy")
def _cell(X0, X1, J):
    """Mean of Im χ/(1 − iJχ) over a cell: 1/χ is linear near a line outside of it; where χ passes zero, trapezoids."""
    if X0 * X1 > 0.0 and J > 0.0:
        y0, y1 = 1.0 / X0, 1.0 / X1
        step = y1 - y0
        if abs(step) > 1e-6 * abs(y0):
            return math.atan(step * J / (J * J + y0 * y1)) / step
    return 0.5 * (_scattered(X0, J) + _scattered(X1, J))


@njit(cache=True, error_model="numpy")
def _pole(x, E):
    """1/(E² − x²), finite; an energy E = x counts as the next larger number."""
    difference = (E - x) * (E + x)
    return 1.0 / difference if difference != 0.0 else 1e14 / (x * x)


@njit(cache=True, error_model="numpy")
def _radiation(width, density, excitations, gaps, position, theta, start, e, damping, out):
    """Add Im χ/(1 − iJχ) of the resonant part, with J = damping of each energy; arguments as in `_absorption`."""
    n = excitations.shape[1]
    members = density.size
    pairs = n * (n - 1) // 2
    energy, strength = np.empty((pairs, members)), np.empty((pairs, members))
    p = np.empty((members, n))
    for u in range(theta.size):
        first, last = start[u], start[u + 1]
        for i in range(members):
            _populate(excitations[i], theta[u], p[i])
        count = 0
        for a in range(n - 1):
            for b in range(a + 1, n):
                largest = 0.0
                for i in range(members):
                    E = gaps[i, a] if b == a + 1 else excitations[i, b] - excitations[i, a]
                    E = max(E, 1e-150)
                    energy[count, i] = E
                    strength[count, i] = _strength(position[i, a, b], p[i, a], E, theta[u])
                    largest = max(largest, strength[count, i])
                if largest > 1e-18:
                    count += 1
        X = np.zeros((last - first, members))
        for j in range(first, last):
            x = e[j]
            for k in range(count):
                for i in range(members):
                    X[j - first, i] += 2.0 * strength[k, i] * energy[k, i] * _pole(x, energy[k, i])
        # Cells that lines pass: what the other lines leave at their ends.
        passed = np.zeros((last - first, members), np.int64)
        left, right = X.copy(), X.copy()
        for j in range(last - first):
            for i in range(width.size):
                right[j, i] = X[j, i + 1]
        for k in range(count):
            for i in range(width.size):
                low, high = _range(e, first, last, energy[k, i], energy[k, i + 1])
                for j in range(low, high):
                    passed[j - first, i] += 1
                    left[j - first, i] -= 2.0 * strength[k, i] * energy[k, i] * _pole(e[j], energy[k, i])
                    right[j - first, i] -= 2.0 * strength[k, i + 1] * energy[k, i + 1] * _pole(e[j], energy[k, i + 1])
        for j in range(first, last):
            J = damping[j]
            for i in range(width.size):
                weight = 0.5 * width[i] * (density[i] + density[i + 1])
                if passed[j - first, i] == 0:
                    out[j] += weight * _cell(X[j - first, i], X[j - first, i + 1], J)
                else:
                    background = 0.5 * (left[j - first, i] + right[j - first, i])
                    out[j] -= (passed[j - first, i] - 1) * weight * _scattered(background, J)
        # Within them χ = background + R/(E − e) with E linear, integrated exactly.
        for k in range(count):
            for i in range(width.size):
                E0, E1 = energy[k, i], energy[k, i + 1]
                low, high = _range(e, first, last, E0, E1)
                for j in range(low, high):
                    x, J = e[j], damping[j]
                    t = (x - E0) / (E1 - E0)
                    g0, g1 = strength[k, i] * E0 * E0, strength[k, i + 1] * E1 * E1
                    R = (g0 + t * (g1 - g0)) / (x * x)
                    weight = width[i] * (density[i] + t * (density[i + 1] - density[i]))
                    background = 0.5 * (left[j - first, i] + right[j - first, i])
                    out[j] += weight * _passing(background, R, J, min(E0, E1) - x, max(E0, E1) - x)


@njit(cache=True)
def _range(e, first, last, E0, E1):
    """Indices of the sorted energies above the lower and up to the higher of E0 and E1."""
    bottom, top = min(E0, E1), max(E0, E1)
    if top < e[first] or bottom >= e[last - 1] or bottom == top:
        return first, first
    low, high = first, last
    while low < high:
        middle = (low + high) // 2
        if e[middle] <= bottom:
            low = middle + 1
        else:
            high = middle
    start = low
    high = last
    while low < high:
        middle = (low + high) // 2
        if e[middle] <= top:
            low = middle + 1
        else:
            high = middle
    return start, low


@njit(cache=True, error_model="numpy")
def _passing(background, R, J, low, high):
    """Mean of Im χ/(1 − iJχ), χ = background + R/δ, over low < δ < high; low <= 0 <= high."""
    rho = J * R
    if rho < 1e-120:
        return _scattered(background, J) + math.pi * R / (high - low)
    b = J * background
    A = 1.0 + b * b
    D0 = (A * low + 2.0 * b * rho) * low + rho * rho
    D1 = (A * high + 2.0 * b * rho) * high + rho * rho
    angle = math.atan((A * high + b * rho) / rho) - math.atan((A * low + b * rho) / rho)
    part = b * background * (high - low) + b * R / A * math.log(D1 / D0) + R * (1.0 - 2.0 * b * b / A) * angle
    return part / (A * (high - low))
