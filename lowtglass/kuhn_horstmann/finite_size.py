r"""Finite systems: couplings, minima of the energy, local fields and wells, Hessian spectra, ensembles.

A sample has N coordinates with the energy

.. math:: U(v) = -\tfrac12 \sum_{i \neq j} J_{ij} v_i v_j + \frac1\gamma \sum_i G(v_i)

(Kühn and Horstmann 1998, Eq. 2), symmetric Gaussian couplings of mean :math:`J_0/N` and variance :math:`1/N`, and
:math:`J_{ii} = 0`. With :math:`k = a_2/\gamma` and :math:`B = a_4/6\gamma` the gradient is
:math:`g_i = k v_i + B v_i^3 - \sum_j J_{ij} v_j`, the Hessian is
:math:`H_{ij} = (k + 3 B v_i^2)\,\delta_{ij} - J_{ij}`, and :math:`U = -\tfrac14 B \sum_i v_i^4` wherever
:math:`g = 0`.

Cavity field
------------
Hold coordinate i at v and let all others relax within their valley. To first order in the N − 1 small couplings they
respond by :math:`\delta v_j = \sum_k \chi^{(i)}_{jk} J_{ki} v`, where :math:`\chi^{(i)}` is the inverse Hessian of the
system without i, and the field they send back is

.. math:: \sum_j J_{ij} v_j = h_i + C_i v , \qquad C_i = \sum_{jk} J_{ij}\,\chi^{(i)}_{jk}\,J_{ki} .

Integrated over v this is the effective potential :math:`-h_i v + \tfrac12 (k - C_i) v^2 + \tfrac14 B v^4`, of which
:math:`v_i` is a stationary point, exactly. The inverse of a bordered matrix gives :math:`C_i` from the Hessian of the
whole system,

.. math:: (H^{-1})_{ii} = \frac{1}{k + 3 B v_i^2 - C_i} ,

and this is exact too: it is the curvature of the relaxed energy at :math:`v_i`, so that :math:`v_i` is a minimum of its
effective potential in every minimum of U. Since :math:`J_{ij}` is independent of :math:`\chi^{(i)}`, the mean of
:math:`C_i` over the couplings is :math:`\operatorname{tr}\chi^{(i)}/N`, and :math:`C_i` tends to

.. math:: C = \frac1N \operatorname{tr} H^{-1} ,

the response within one state of replica theory. What is neglected: the scatter of :math:`C_i` about C, of variance
:math:`2\operatorname{tr}(H^{-2})/N^2` for Gaussian couplings, that is of order :math:`N^{-1/2}` if the spectrum of H
has a gap; the nonlinear response of the others, of order 1/N in that case; and that others may change their wells when
v moves, of which each alters the field by order :math:`N^{-1/2}`. As long as none does, :math:`C_i` predicts the field
without coordinate i much better than C. In the glass most coordinates take others along when they are taken out, the
more of them the larger N is, and then neither predicts it: the fields are those of the valley.
"""

import concurrent.futures
import dataclasses
import math

import numpy as np
from numba import njit

from .. import quartic
from .._validation import finite_array, integer, real
from ..errors import ConvergenceError, InputError
from .glass import Glass
from .replica_symmetric import glass_temperature

__all__ = [
    "CavityFields",
    "EnsembleOfMinima",
    "GroundState",
    "HessianSpectrum",
    "IncompleteEnsemble",
    "LocalWells",
    "Minimum",
    "cavity_fields",
    "effective_wells",
    "energy_and_gradient",
    "ensemble_of_minima",
    "ground_state_search",
    "hessian_spectrum",
    "minimise",
    "sample_couplings",
]

_METHODS = ("L-BFGS-B", "CG", "Newton-CG")
_OF_MINIMUM = ("v", "energy", "gradient_norm", "lowest_curvature", "iterations", "evaluations")
_PER_SAMPLE = (*_OF_MINIMUM, "C", "h", "site_response")
_BLOCK = 128  # edge of the square blocks in which matrices are transposed


@dataclasses.dataclass(frozen=True)
class Minimum:
    """A minimum of the energy of a sample; units J = 1.

    Attributes
    ----------
    glass : Glass
        Parameters of the model.
    v : ndarray, shape (N,)
        Coordinates.
    energy : float
        Energy per coordinate.
    gradient_norm : float
        Largest component of the gradient at ``v``.
    lowest_curvature : float
        Lowest eigenvalue of the Hessian at ``v``, by Lanczos iteration; not negative beyond its error of about 1e-3 of
        itself, which makes the stationary point a minimum.
    iterations : int
        Iterations of the descent and Newton steps.
    evaluations : int
        Products of the couplings with a vector.
    """

    glass: Glass
    v: np.ndarray
    energy: float
    gradient_norm: float
    lowest_curvature: float
    iterations: int
    evaluations: int


@dataclasses.dataclass(frozen=True)
class GroundState:
    """The lowest minimum found for one sample.

    Attributes
    ----------
    minimum : Minimum
        The lowest minimum.
    energies : ndarray, shape (starts,)
        Energy per coordinate that each start led to. How often the lowest one recurs tells how good the search was.
    flips : int
        Changes of a single well that were tried.
    accepted : int
        Those that lowered the energy.
    """

    minimum: Minimum
    energies: np.ndarray
    flips: int
    accepted: int


@dataclasses.dataclass(frozen=True)
class CavityFields:
    """Local fields at a minimum without the reaction of the coordinate itself.

    Attributes
    ----------
    glass : Glass
        Parameters of the model.
    v : ndarray, shape (..., N)
        Coordinates.
    h : ndarray, shape (..., N)
        Cavity fields Σ_j J_ij v_j − C v_i.
    C : float or ndarray, shape (...)
        Response tr H⁻¹/N within the valley.
    site_response : ndarray, shape (..., N)
        C_i = k + 3Bv_i² − 1/(H⁻¹)_ii, the reaction coefficient of each coordinate, of mean C up to terms of order 1/N.
    """

    glass: Glass
    v: np.ndarray
    h: np.ndarray
    C: float
    site_response: np.ndarray


@dataclasses.dataclass(frozen=True)
class LocalWells:
    """Effective potentials of the coordinates at a minimum.

    Attributes
    ----------
    h : ndarray, shape (..., N)
        Fields.
    C : ndarray, shape (..., N)
        Reaction coefficients.
    wells : lowtglass.quartic.Wells
        Geometry of the effective potentials.
    deep : ndarray of bool, shape (..., N)
        Whether the coordinate is at the global minimum of its effective potential.
    shallow : ndarray of bool, shape (..., N)
        Whether it is at the other minimum.
    """

    h: np.ndarray
    C: np.ndarray
    wells: quartic.Wells
    deep: np.ndarray
    shallow: np.ndarray


@dataclasses.dataclass(frozen=True)
class HessianSpectrum:
    """Eigenvalues of the Hessian at a minimum.

    Attributes
    ----------
    eigenvalues : ndarray, shape (N,)
        Ascending.
    participation : ndarray, shape (N,)
        Participation ratios 1/(N Σ_i e_i⁴) of the normalised eigenvectors e: 1/N for a single coordinate, 1/3 for
        normal components.
    C : float
        Response Σ 1/eigenvalue/N.
    """

    eigenvalues: np.ndarray
    participation: np.ndarray
    C: float


@dataclasses.dataclass(frozen=True)
class EnsembleOfMinima:
    """Minima of independent samples.

    Attributes
    ----------
    glass : Glass
        Parameters of the model.
    N : int
        Coordinates of a sample.
    seed : int
        Seed of the ensemble.
    starts, sweeps : int
        Settings of the search, see `ground_state_search`.
    indices : ndarray of int, shape (samples,)
        Which samples of the sequence that the seed begins these are, ascending.
    v : ndarray, shape (samples, N)
        Coordinates of the minima.
    energy : ndarray, shape (samples,)
        Energies per coordinate.
    gradient_norm : ndarray, shape (samples,)
        Largest component of the gradient.
    lowest_curvature : ndarray, shape (samples,)
        Lowest eigenvalue of the Hessian.
    iterations, evaluations : ndarray of int, shape (samples,)
        Steps of the last descent, and products of the couplings with a vector in the whole search.
    C : ndarray, shape (samples,)
        Responses tr H⁻¹/N.
    h : ndarray, shape (samples, N)
        Cavity fields.
    site_response : ndarray, shape (samples, N)
        Reaction coefficients of the coordinates.
    """

    glass: Glass
    N: int
    seed: int
    starts: int
    sweeps: int
    indices: np.ndarray
    v: np.ndarray
    energy: np.ndarray
    gradient_norm: np.ndarray
    lowest_curvature: np.ndarray
    iterations: np.ndarray
    evaluations: np.ndarray
    C: np.ndarray
    h: np.ndarray
    site_response: np.ndarray

    @property
    def fields(self):
        """The fields of all samples together, as `effective_wells` takes them."""
        return CavityFields(self.glass, self.v, self.h, self.C, self.site_response)

    def couplings(self, row):
        """Couplings of one sample, drawn again.

        Parameters
        ----------
        row : int
            Row of the arrays.

        Returns
        -------
        ndarray, shape (N, N)
            J_ij.
        """
        row = integer("row", row, minimum=0, maximum=len(self.indices) - 1)
        return sample_couplings(self.glass, self.N, np.random.default_rng(_child(self.seed, self.indices[row])))

    def minimum(self, row):
        """Minimum of one sample.

        Parameters
        ----------
        row : int
            Row of the arrays.

        Returns
        -------
        Minimum
        """
        row = integer("row", row, minimum=0, maximum=len(self.indices) - 1)
        values = (getattr(self, name)[row] for name in _OF_MINIMUM)
        return Minimum(self.glass, *(value if np.ndim(value) else value.item() for value in values))


class IncompleteEnsemble(RuntimeError):
    """Some samples of an ensemble are missing: a worker died, or a search did not converge.

    The first of the errors is the cause (``__cause__``). `ensemble_of_minima` computes what is missing, and only that,
    if it is given ``finished`` again.

    Parameters
    ----------
    finished : EnsembleOfMinima
        The samples that were finished.
    missing : tuple of int
        Indices of the others.
    """

    def __init__(self, finished, missing):
        self.finished = finished
        self.missing = missing
        super().__init__(finished, missing)

    def __str__(self):
        total = len(self.finished.indices) + len(self.missing)
        return (
            f"{len(self.missing)} of {total} samples are missing; pass finished=error.finished to compute them "
            f"(first cause: {self.__cause__!r})"
        )


def sample_couplings(glass, N, rng):
    """Couplings of a sample: symmetric, Gaussian, of mean J₀/N and variance 1/N, without diagonal (1998, Eq. 3).

    Parameters
    ----------
    glass : Glass
        Parameters of the model.
    N : int
        Number of coordinates, >= 2.
    rng : numpy.random.Generator or int
        Source of random numbers, or a seed.

    Returns
    -------
    ndarray, shape (N, N)
        J_ij. Nothing else of this size is allocated.

    Raises
    ------
    InputError
        If an argument is of the wrong kind or out of range.
    """
    _check_glass(glass)
    N = integer("N", N, minimum=2)
    rng = _generator(rng)
    couplings = np.empty((N, N))
    for i in range(N):
        row = couplings[i, i + 1 :]
        rng.standard_normal(out=row)
        row *= 1.0 / math.sqrt(N)
        row += glass.J0 / N
        couplings[i, i] = 0.0
    _mirror(couplings)
    return couplings


def energy_and_gradient(couplings, glass, v):
    """Energy of a configuration and its gradient.

    Parameters
    ----------
    couplings : array_like, shape (N, N)
        Symmetric couplings J_ij with J_ii = 0.
    glass : Glass
        Parameters of the model.
    v : array_like, shape (N,)
        Coordinates.

    Returns
    -------
    energy : float
        Energy per coordinate U(v)/N.
    gradient : ndarray, shape (N,)
        ∂U/∂v_i.

    Raises
    ------
    InputError
        If the couplings are not a symmetric matrix without diagonal, or ``v`` does not fit them.
    """
    _check_glass(glass)
    couplings = _check_couplings(couplings)
    v = _check_start("v", v, len(couplings))
    field = _product(couplings, v)
    cubic = glass.quartic * v**3
    energy = float(v @ (0.5 * (glass.stiffness * v - field) + 0.25 * cubic)) / v.size
    return energy, glass.stiffness * v + cubic - field


def minimise(couplings, glass, start=None, *, rng=None, method="L-BFGS-B", tolerance=1e-12):
    """Minimum of the energy of a sample, by descent from a start and Newton steps at the end.

    SciPy's minimiser descends; Newton steps by conjugate gradients make the gradient small; the lowest eigenvalue of
    the Hessian tells a minimum from a saddle, from which the descent goes on along the unstable direction.

    Parameters
    ----------
    couplings : array_like, shape (N, N)
        Symmetric couplings J_ij with J_ii = 0. A C-contiguous array of floats is not copied.
    glass : Glass
        Parameters of the model.
    start : array_like, shape (N,), optional
        Coordinates at which the descent starts; by default independent normal numbers of the width of the deepest
        valley, drawn from ``rng``.
    rng : numpy.random.Generator or int, optional
        Source of random numbers, or a seed, for the start; needed where ``start`` is not given.
    method : {"L-BFGS-B", "CG", "Newton-CG"}, optional
        Which of SciPy's minimisers descends. They lead from one start to different minima.
    tolerance : float, optional
        Largest component of the gradient allowed, over the largest force ``|k v| + B|v|³`` that the on-site potential
        exerts (over 1/√B if that is larger).

    Returns
    -------
    Minimum

    Raises
    ------
    InputError
        If an argument is of the wrong kind or out of range.
    ConvergenceError
        If the gradient does not become small enough; ``last`` holds the coordinates.

    Notes
    -----
    Products with the couplings are summed in a fixed order, whatever the number of threads, so that one start leads to
    one minimum to the last bit (for N below 10000, where SciPy's own sums of vectors start to use threads).
    """
    _check_glass(glass)
    couplings = _check_couplings(couplings)
    if method not in _METHODS:
        raise InputError("method", method, f"one of {', '.join(_METHODS)}")
    tolerance = real("tolerance", tolerance, minimum=1e-14, maximum=1e-3)
    N = len(couplings)
    if start is None:
        u = _random_start(glass, N, _generator(rng))
    else:
        u = _check_start("start", start, N) * math.sqrt(glass.quartic)
    return _minimum(_Landscape(couplings, glass), u, method, tolerance)


def ground_state_search(couplings, glass, rng, *, starts=8, sweeps=1000, attempts=20, tolerance=1e-12):
    """Lowest minimum of a sample that annealing from many starts finds.

    From each start the coordinates are cooled linearly from the transition temperature of the infinite system to zero
    by Metropolis moves (a normal step of adapted width, and a change of sign), and descend to a minimum. Then single
    coordinates are put into the other well of their effective potential, those first that gain most or lose least,
    and all relax; what lowers the energy is kept.

    Parameters
    ----------
    couplings : array_like, shape (N, N)
        Symmetric couplings J_ij with J_ii = 0. A C-contiguous array of floats is not copied.
    glass : Glass
        Parameters of the model.
    rng : numpy.random.Generator or int
        Source of random numbers, or a seed.
    starts : int, optional
        Number of random starts.
    sweeps : int, optional
        Sweeps of each annealing; without any the starts descend at once.
    attempts : int, optional
        A minimum is accepted when this many flips of single wells in a row have not lowered its energy.
    tolerance : float, optional
        As in `minimise`.

    Returns
    -------
    GroundState

    Raises
    ------
    InputError
        If an argument is of the wrong kind or out of range.
    ConvergenceError
        If a descent does not converge.

    Notes
    -----
    Nothing proves that the lowest minimum found is the lowest of all: the energy is an upper bound.
    """
    _check_glass(glass)
    couplings = _check_couplings(couplings)
    rng = _generator(rng)
    starts = integer("starts", starts, minimum=1)
    sweeps = integer("sweeps", sweeps, minimum=0)
    attempts = integer("attempts", attempts, minimum=0)
    tolerance = real("tolerance", tolerance, minimum=1e-14, maximum=1e-3)
    hottest = glass_temperature(glass) * glass.quartic
    landscape = _Landscape(couplings, glass)
    energies = np.empty(starts)
    best, flips, accepted = None, 0, 0
    for start in range(starts):
        u = _random_start(glass, len(couplings), rng)
        if hottest > 0.0 and sweeps > 0:
            u = _anneal(landscape, u, hottest, sweeps, rng)
        u, energy, tried, kept = _flip_wells(landscape, u, attempts)
        flips, accepted = flips + tried, accepted + kept
        energies[start] = energy / u.size / glass.quartic
        if best is None or energy < best[0]:
            best = energy, u
    return GroundState(_minimum(landscape, best[1], "L-BFGS-B", tolerance), energies, flips, accepted)


def cavity_fields(couplings, minimum, *, overwrite=False):
    """Local fields corrected for the reaction of the others to the coordinate itself.

    Parameters
    ----------
    couplings : array_like, shape (N, N)
        Couplings of the sample.
    minimum : Minimum
        A minimum of it.
    overwrite : bool, optional
        Use the array of couplings, if it is a C-contiguous array of floats, as working space, which spares a second
        matrix of this size; it holds nothing of use afterwards.

    Returns
    -------
    CavityFields

    Raises
    ------
    InputError
        If an argument is of the wrong kind, or the coordinates are not a minimum of these couplings.
    """
    couplings, u = _check_minimum(couplings, minimum)
    return _cavity_fields(couplings, minimum, u, overwrite)


def effective_wells(fields, *, site_response=False):
    """Effective potential of every coordinate, U_eff(v; h) = −h v + ½(a₂/γ − C)v² + a₄v⁴/(24γ) (1998, Eq. 10).

    Parameters
    ----------
    fields : CavityFields
        Cavity fields.
    site_response : bool, optional
        Use the reaction coefficient C_i of each coordinate, and the field Σ_j J_ij v_j − C_i v_i that goes with it,
        rather than their common limit C. Every coordinate is then at a minimum of its potential.

    Returns
    -------
    LocalWells

    Raises
    ------
    InputError
        If ``fields`` is not of that kind.
    """
    if not isinstance(fields, CavityFields):
        raise InputError("fields", fields, "the CavityFields of a minimum")
    glass, v = fields.glass, fields.v
    C = np.broadcast_to(np.asarray(fields.C)[..., None], v.shape)
    h = fields.h
    if site_response:
        h = h + (C - fields.site_response) * v
        C = fields.site_response
    found = quartic.wells(glass.potential(C, h), kinetic=glass.kinetic)
    right = h >= 0.0
    deep = np.where(right, found.minima[..., 1], found.minima[..., 0])
    shallow = np.where(right, found.minima[..., 0], found.minima[..., 1])
    # v is one of the three stationary points; the nearest one is the one it is.
    to_deep, to_shallow = np.abs(v - deep), np.where(found.double, np.abs(v - shallow), np.inf)
    to_top = np.where(found.double, np.abs(v - np.where(found.double, found.top, 0.0)), np.inf)
    nearest = np.minimum(np.minimum(to_deep, to_shallow), to_top)
    return LocalWells(h, C, found, to_deep == nearest, (to_shallow == nearest) & (to_deep > nearest))


def hessian_spectrum(couplings, minimum, *, overwrite=False):
    """Eigenvalues of the Hessian at a minimum and participation ratios of its eigenvectors.

    Parameters
    ----------
    couplings : array_like, shape (N, N)
        Couplings of the sample.
    minimum : Minimum
        A minimum of it.
    overwrite : bool, optional
        Use the array of couplings, if it is a C-contiguous array of floats, as working space; it holds nothing of use
        afterwards. The eigenvectors are then found in it, so that no other matrix of this size is needed, by the QR
        algorithm, which takes several times as long.

    Returns
    -------
    HessianSpectrum

    Raises
    ------
    InputError
        If an argument is of the wrong kind, or the coordinates are not stationary for these couplings.
    """
    from scipy.linalg import eigh

    couplings, u = _check_minimum(couplings, minimum)
    hessian = _hessian(couplings, minimum.glass, u, overwrite)
    values, vectors = eigh(hessian.T, driver="ev" if overwrite else "evr", overwrite_a=True, check_finite=False)
    fourth = np.array([np.sum(vectors[:, n] ** 4) for n in range(u.size)])
    return HessianSpectrum(values, 1.0 / (u.size * fourth), float(np.mean(1.0 / values)))


def ensemble_of_minima(glass, N, samples, seed, *, starts=1, sweeps=0, executor=None, progress=False, finished=None):
    """Minima of independent samples, with their cavity fields.

    Sample number i draws its couplings and starts from the i-th child of ``numpy.random.SeedSequence(seed)``. It does
    not matter where and in which order samples are computed, and a larger ensemble begins with the smaller one.

    Parameters
    ----------
    glass : Glass
        Parameters of the model.
    N : int
        Coordinates of a sample, >= 2.
    samples : int
        Number of samples.
    seed : int
        Seed of the ensemble, >= 0.
    starts, sweeps : int, optional
        Settings of `ground_state_search` for every sample; by default one descent from a random start.
    executor : concurrent.futures.Executor, optional
        Where to compute: anything with its ``submit``, such as a ``ProcessPoolExecutor``, or
        ``dask.distributed.Client(...).get_executor()`` for workers on other machines. By default here, one after the
        other.
    progress : bool, optional
        Show a progress bar.
    finished : EnsembleOfMinima, optional
        Samples of the same ensemble that need not be computed again.

    Returns
    -------
    EnsembleOfMinima

    Raises
    ------
    InputError
        If an argument is of the wrong kind or out of range, or ``finished`` belongs to another ensemble.
    IncompleteEnsemble
        If samples failed or their workers died; it carries the samples that were finished.

    Notes
    -----
    A sample needs one N by N array of floats. The coordinates do not depend on the number of threads; the last bits of
    the responses, which LAPACK computes, do.
    """
    _check_glass(glass)
    N = integer("N", N, minimum=2)
    samples = integer("samples", samples, minimum=1)
    seed = integer("seed", seed, minimum=0)
    starts = integer("starts", starts, minimum=1)
    sweeps = integer("sweeps", sweeps, minimum=0)
    if executor is not None and not callable(getattr(executor, "submit", None)):
        raise InputError("executor", executor, "an object with the submit of concurrent.futures.Executor, or None")
    settings = (glass, N, seed, starts, sweeps)
    results = {}
    if finished is not None:
        if not isinstance(finished, EnsembleOfMinima) or _settings(finished) != settings:
            raise InputError("finished", finished, "samples of an ensemble with the same settings")
        results = {int(index): sample for index, sample in zip(finished.indices, _rows(finished), strict=True)}
        results = {index: sample for index, sample in results.items() if index < samples}
    tasks = {
        index: (_one_sample, glass, N, _child(seed, index), starts, sweeps)
        for index in range(samples)
        if index not in results
    }
    bar = None
    if progress:
        from tqdm.auto import tqdm

        bar = tqdm(total=samples, initial=len(results), desc="minima", unit="sample")
    try:
        cause = None
        for index, outcome in _outcomes(tasks, executor):
            if isinstance(outcome, Exception):
                cause = cause or outcome
            else:
                results[index] = outcome
                if bar is not None:
                    bar.update()
    finally:
        if bar is not None:
            bar.close()
    found = _ensemble(settings, results)
    if cause is not None:
        raise IncompleteEnsemble(found, tuple(index for index in range(samples) if index not in results)) from cause
    return found


def _child(seed, index):
    """What ``SeedSequence(seed).spawn`` gives under this number."""
    return np.random.SeedSequence(seed, spawn_key=(int(index),))


def _settings(ensemble):
    return ensemble.glass, ensemble.N, ensemble.seed, ensemble.starts, ensemble.sweeps


def _rows(ensemble):
    return zip(*(getattr(ensemble, name) for name in _PER_SAMPLE), strict=True)


def _ensemble(settings, results):
    indices = sorted(results)
    columns = zip(*(results[index] for index in indices), strict=True) if indices else [[] for _ in _PER_SAMPLE]
    arrays = dict(zip(_PER_SAMPLE, map(np.array, columns), strict=True))
    for name in ("v", "h", "site_response"):
        arrays[name] = arrays[name].reshape(len(indices), settings[1])
    return EnsembleOfMinima(*settings, np.array(indices, dtype=int), **arrays)


def _outcomes(tasks, executor):
    """Pairs of an index and its result or the exception that it ended with, as they come."""
    if executor is None:
        for index, (function, *arguments) in tasks.items():
            try:
                outcome = function(*arguments)
            except Exception as error:
                outcome = error
            yield index, outcome
        return
    futures = {}
    try:
        for index, task in tasks.items():
            try:
                futures[executor.submit(*task)] = index
            except Exception as error:
                # A pool that broke while tasks were handed in takes no more of them.
                yield index, error
        for future in concurrent.futures.as_completed(futures):
            try:
                outcome = future.result()
            except Exception as error:
                outcome = error
            yield futures[future], outcome
    finally:
        for future in futures:
            future.cancel()


def _one_sample(glass, N, child, starts, sweeps):
    """One sample of an ensemble, in the order of _PER_SAMPLE; runs in a worker."""
    rng = np.random.default_rng(child)
    couplings = sample_couplings(glass, N, rng)
    if starts == 1 and sweeps == 0:
        minimum = minimise(couplings, glass, rng=rng)
    else:
        minimum = ground_state_search(couplings, glass, rng, starts=starts, sweeps=sweeps).minimum
    fields = cavity_fields(couplings, minimum, overwrite=True)
    return *(getattr(minimum, name) for name in _OF_MINIMUM), fields.C, fields.h, fields.site_response


class _Landscape:
    """Energy W = BU, gradient and Hessian in the coordinate u = √B v, where B is 1 and every glass is of order one."""

    def __init__(self, couplings, glass):
        self.couplings = couplings
        self.glass = glass
        self.stiffness = glass.stiffness
        self.scale = max(1.0, abs(glass.stiffness), glass.J0)  # of forces and curvatures
        self.evaluations = 0

    def product(self, u):
        self.evaluations += 1
        return _product(self.couplings, u)

    def value(self, u):
        """Energy of the whole sample and its gradient."""
        field = self.product(u)
        square = u * u
        energy = float(u @ (0.5 * (self.stiffness * u - field) + 0.25 * square * u))
        return energy, (self.stiffness + square) * u - field

    def curvature(self, u):
        """Diagonal of the Hessian."""
        return self.stiffness + 3.0 * u * u

    def force(self, u):
        """Largest force of the on-site potential, the scale of the gradient's rounding error."""
        top = float(np.max(np.abs(u)))
        return max(1.0, abs(self.stiffness) * top + top**3)


def _minimum(landscape, u, method, tolerance):
    """Descend, sharpen, and leave saddles, until a minimum is found."""
    iterations = 0
    for _ in range(20):
        u, residual, steps = _stationary(landscape, u, method, tolerance)
        iterations += steps
        lowest, direction = _softest(landscape, u)
        if lowest > -1e-9 * landscape.scale:
            break
        # Half of the way to where the quartic term turns the energy up again.
        direction *= math.copysign(1.0, direction @ u + direction[0])
        u = u + direction * math.sqrt(-0.5 * lowest / np.sum(direction**4))
    else:
        raise ConvergenceError("descent met one saddle after another", _physical(landscape, u), lowest, iterations)
    glass = landscape.glass
    return Minimum(
        glass,
        _physical(landscape, u),
        landscape.value(u)[0] / u.size / glass.quartic,
        residual / math.sqrt(glass.quartic),
        lowest,
        iterations,
        landscape.evaluations,
    )


def _physical(landscape, u):
    return u / math.sqrt(landscape.glass.quartic)


def _stationary(landscape, u, method, tolerance):
    """Point where the gradient vanishes: SciPy's descent, then Newton steps."""
    iterations = 0
    for rough in (1e-4, 1e-5, 1e-6, 1e-7):
        u, steps = _descend(landscape, u, method, rough)
        iterations += steps
        u, residual, steps = _newton(landscape, u, tolerance)
        iterations += steps
        if residual <= tolerance * landscape.force(u):
            return u, residual, iterations
    raise ConvergenceError(
        f"minimum of {u.size} coordinates: largest component of the gradient",
        _physical(landscape, u),
        residual / math.sqrt(landscape.glass.quartic),
        iterations,
    )


def _descend(landscape, u, method, rough):
    from scipy.optimize import minimize

    limit = 100 * u.size + 10000
    rough *= landscape.scale
    if method == "L-BFGS-B":
        options = {"gtol": rough, "ftol": 0.0, "maxiter": limit, "maxfun": 2 * limit}
        found = minimize(landscape.value, u, jac=True, method=method, options=options)
    elif method == "CG":
        found = minimize(landscape.value, u, jac=True, method=method, options={"gtol": rough, "maxiter": limit})
    else:

        def hessp(x, p):
            return landscape.curvature(x) * p - landscape.product(p)

        options = {"xtol": rough, "maxiter": limit}
        found = minimize(landscape.value, u, jac=True, hessp=hessp, method=method, options=options)
    return found.x, int(found.nit)


def _newton(landscape, u, tolerance):
    """Newton steps while each of them makes the gradient smaller."""
    from scipy.sparse.linalg import LinearOperator, cg

    _, gradient = landscape.value(u)
    norm = float(np.linalg.norm(gradient))
    for steps in range(30):  # noqa: B007
        if np.max(np.abs(gradient)) <= tolerance * landscape.force(u):
            break
        diagonal = landscape.curvature(u)

        def hessian(p, diagonal=diagonal):
            p = p.ravel()
            return diagonal * p - landscape.product(p)

        operator = LinearOperator((u.size, u.size), matvec=hessian, dtype=float)
        step, _ = cg(operator, -gradient, rtol=min(1e-2, max(norm, 1e-6)), maxiter=4 * u.size)
        length, better = 1.0, False
        for _ in range(4):
            trial = u + length * step
            _, trial_gradient = landscape.value(trial)
            trial_norm = float(np.linalg.norm(trial_gradient))
            if trial_norm < norm:
                better = True
                break
            length *= 0.25
        if not better:
            break
        u, gradient, norm = trial, trial_gradient, trial_norm
    return u, float(np.max(np.abs(gradient))), steps


def _softest(landscape, u):
    """Lowest eigenvalue of the Hessian and its eigenvector."""
    from scipy.sparse.linalg import LinearOperator, eigsh

    diagonal = landscape.curvature(u)
    if u.size <= 50:
        values, vectors = np.linalg.eigh(np.diag(diagonal) - landscape.couplings)
        return float(values[0]), vectors[:, 0]

    def hessian(p):
        p = p.ravel()
        return diagonal * p - landscape.product(p)

    operator = LinearOperator((u.size, u.size), matvec=hessian, dtype=float)
    # Any start that is the same every time and not orthogonal to the soft directions, which live on flat sites.
    first = np.cos(np.arange(u.size) ** 2 + 1.0) / (1.0 + np.abs(diagonal))
    values, vectors = eigsh(
        operator, k=1, which="SA", v0=first, tol=1e-3, ncv=min(60, u.size - 1), maxiter=100 * u.size
    )
    return float(values[0]), vectors[:, 0]


def _anneal(landscape, u, hottest, sweeps, rng):
    """Metropolis sweeps from the hottest temperature down to zero."""
    width = 1.0
    for sweep in range(sweeps):
        if sweep % 64 == 0:
            # The updates of the field add up rounding errors.
            field = landscape.product(u)
        temperature = hottest * (1.0 - sweep / sweeps)
        normal, exponential = rng.standard_normal(u.size), rng.standard_exponential((2, u.size))
        accepted = _sweep(landscape.couplings, u, field, landscape.stiffness, temperature, width, normal, exponential)
        width = min(width * math.exp(0.2 * (accepted / u.size - 0.4)), 3.0 * math.sqrt(landscape.scale))
    return u


def _flip_wells(landscape, u, attempts):
    """Put single coordinates into the other well of their effective potential while that lowers the energy."""
    u, energy = _relax(landscape, u)
    tried = kept = 0
    while True:
        for i, place in _other_wells(landscape, u, attempts):
            trial = u.copy()
            trial[i] = place
            trial, trial_energy = _relax(landscape, trial)
            tried += 1
            # more than what two descents to one minimum may differ by
            if trial_energy < energy - 1e-7 * landscape.scale * u.size:
                u, energy = trial, trial_energy
                kept += 1
                break
        else:
            return u, energy, tried, kept


def _relax(landscape, u):
    u, _ = _descend(landscape, u, "L-BFGS-B", 1e-4)
    return u, landscape.value(u)[0]


def _other_wells(landscape, u, count):
    """Coordinates with a second well and its place, those first for which it is deepest below the present one."""
    curvature = landscape.curvature(u)
    response = _local_response(curvature)
    coefficients = np.zeros((u.size, 4))
    coefficients[:, 0] = response * u - landscape.product(u)
    coefficients[:, 1] = 0.5 * (landscape.stiffness - response)
    coefficients[:, 3] = 0.25
    found = quartic.wells(coefficients)
    double = np.flatnonzero(found.double)
    left, right = found.minima[double].T
    on_left = np.abs(u[double] - left) < np.abs(u[double] - right)
    deep_is_left = coefficients[double, 0] > 0.0
    cost = np.where(on_left == deep_is_left, 1.0, -1.0) * found.asymmetry[double]
    order = np.argsort(cost, kind="stable")[:count]
    return [(double[n], right[n] if on_left[n] else left[n]) for n in order]


def _local_response(curvature):
    """C = ⟨1/(curvature − C)⟩, to which tr H⁻¹/N tends for large N; near to it where N is too small for a solution."""
    top = float(np.min(curvature))
    response = 0.0
    for _ in range(200):
        trial = float(np.mean(1.0 / (curvature - response)))
        if trial - response < 1e-6 * trial or trial >= top:
            break
        response = trial
    return response


def _hessian(couplings, glass, u, overwrite):
    """Hessian in the coordinate u = √B v, which is that in v."""
    hessian = np.negative(couplings, out=couplings if overwrite else None)
    np.fill_diagonal(hessian, glass.stiffness + 3.0 * u * u)
    return hessian


def _cavity_fields(couplings, minimum, u, overwrite):
    from scipy.linalg.lapack import dpotrf, dpotri

    glass, v = minimum.glass, minimum.v
    field = _product(couplings, v)
    hessian = _hessian(couplings, glass, u, overwrite)
    factor, failed = dpotrf(hessian.T, lower=1, clean=0, overwrite_a=1)
    if failed:
        raise InputError("minimum", minimum, "a minimum: the Hessian is not positive there")
    inverse, _ = dpotri(factor, lower=1, overwrite_c=1)
    diagonal = inverse.diagonal()
    C = float(np.mean(diagonal))
    return CavityFields(glass, v, field - C * v, C, glass.stiffness + 3.0 * u * u - 1.0 / diagonal)


def _check_minimum(couplings, minimum):
    """Couplings as an array, and the coordinate u = √B v of a minimum that belongs to them."""
    if not isinstance(minimum, Minimum):
        raise InputError("minimum", minimum, "a Minimum")
    couplings = _check_couplings(couplings)
    if len(couplings) != minimum.v.size:
        raise InputError("minimum", minimum.v.shape, f"a minimum of {len(couplings)} coordinates")
    u = minimum.v * math.sqrt(minimum.glass.quartic)
    landscape = _Landscape(couplings, minimum.glass)
    if np.max(np.abs(landscape.value(u)[1])) > 1e-2 * landscape.force(u):
        raise InputError("minimum", minimum, "a minimum of the energy with these couplings")
    return couplings, u


def _random_start(glass, N, rng):
    """Normal numbers of the width of the valley along the largest eigenvalue of the couplings, in the coordinate u."""
    largest = glass.J0 + 1.0 / glass.J0 if glass.J0 > 1.0 else 2.0
    return rng.standard_normal(N) * math.sqrt(largest + abs(glass.stiffness))


def _generator(rng):
    if isinstance(rng, np.random.Generator):
        return rng
    try:
        return np.random.default_rng(integer("rng", rng, minimum=0))
    except InputError:
        raise InputError("rng", rng, "a numpy.random.Generator, or an integer >= 0 as a seed") from None


def _check_glass(glass):
    if not isinstance(glass, Glass):
        raise InputError("glass", glass, "a Glass")


def _check_couplings(couplings):
    """Couplings as a C-contiguous array of floats, without a copy where they are one."""
    expected = "a symmetric matrix of finite numbers, at least 2 by 2, with zeros on its diagonal"
    try:
        array = np.asarray(couplings)
        if array.dtype.kind not in "iuf":
            raise TypeError
        array = np.ascontiguousarray(array, dtype=float)
    except (TypeError, ValueError):
        raise InputError("couplings", couplings, expected) from None
    if array.ndim != 2 or array.shape[0] != array.shape[1] or len(array) < 2 or not _is_symmetric(array):
        raise InputError("couplings", couplings, expected)
    return array


def _check_start(argument, v, N):
    v = finite_array(argument, v)
    if v.shape != (N,):
        raise InputError(argument, v, f"an array of shape ({N},), one number for every coordinate")
    return v


@njit(cache=True)
def _product(matrix, x):
    """Symmetric matrix times vector, summed in one fixed order."""
    n = x.size
    y = np.zeros(n)
    even = n - n % 4
    # Four rows at a time: the matrix then passes through memory once and y stays in the cache.
    for i in range(0, even, 4):
        a, b, c, d = x[i], x[i + 1], x[i + 2], x[i + 3]
        for j in range(n):
            y[j] += matrix[i, j] * a + matrix[i + 1, j] * b + matrix[i + 2, j] * c + matrix[i + 3, j] * d
    for i in range(even, n):
        a = x[i]
        for j in range(n):
            y[j] += matrix[i, j] * a
    return y


@njit(cache=True)
def _sweep(couplings, u, field, stiffness, temperature, width, normal, exponential):
    """One normal step and one change of sign for every coordinate; returns how many steps were accepted."""
    n = u.size
    accepted = 0
    for i in range(n):
        for move in range(2):
            old = u[i]
            new = old + width * normal[i] if move == 0 else -old
            a, b = old * old, new * new
            cost = -field[i] * (new - old) + 0.5 * stiffness * (b - a) + 0.25 * (b * b - a * a)
            # Metropolis: accept with probability exp(−cost/T).
            if cost <= temperature * exponential[move, i]:
                change = new - old
                u[i] = new
                for j in range(n):
                    field[j] += couplings[i, j] * change
                if move == 0:
                    accepted += 1
    return accepted


@njit(cache=True)
def _mirror(matrix):
    """Copy the upper triangle into the lower one, block by block so that both stay in the cache."""
    n = matrix.shape[0]
    for top in range(0, n, _BLOCK):
        for left in range(top, n, _BLOCK):
            for i in range(top, min(top + _BLOCK, n)):
                for j in range(max(left, i + 1), min(left + _BLOCK, n)):
                    matrix[j, i] = matrix[i, j]


@njit(cache=True)
def _is_symmetric(matrix):
    """Whether a matrix is symmetric, finite and zero on its diagonal."""
    n = matrix.shape[0]
    for top in range(0, n, _BLOCK):
        for left in range(top, n, _BLOCK):
            for i in range(top, min(top + _BLOCK, n)):
                if matrix[i, i] != 0.0:
                    return False
                for j in range(max(left, i + 1), min(left + _BLOCK, n)):
                    if matrix[i, j] != matrix[j, i] or not math.isfinite(matrix[i, j]):
                        return False
    return True
