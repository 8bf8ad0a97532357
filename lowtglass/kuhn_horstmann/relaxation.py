r"""Classical relaxation of finite samples: overdamped Langevin dynamics and its correlation function.

The coordinates of a sample follow

.. math:: \dot v_i = -\frac{\partial U}{\partial v_i} + \xi_i(t) ,\qquad
          \langle\xi_i(t)\,\xi_j(t')\rangle = 2T\,\delta_{ij}\,\delta(t - t') ,

with the energy U of :mod:`lowtglass.kuhn_horstmann.finite_size` and a mobility of one, which sets the unit of time. The
Boltzmann distribution of U is stationary. A step is

.. math:: v(t + \tau) = v(t) - \tau\,\frac{\partial U}{\partial v} + \sqrt{2T\tau}\;\tfrac12(R + R') ,

with normal numbers R' that the next step takes over as its R (B. Leimkuhler and C. Matthews, Appl. Math. Res. Express
2013, 34). It costs one product with the couplings. Averages in equilibrium are of second order in the step, and exact
for the variance of a harmonic coordinate. Its correlation after n steps is :math:`(1 - \lambda\tau/2)
(1 - \lambda\tau)^{n-1}` in place of :math:`e^{-n\lambda\tau}` with its rate :math:`\lambda`, so that slow modes are
hardly changed.
"""

import dataclasses
import math

import numpy as np

from .._validation import finite_array, integer, real
from ..errors import ConvergenceError, InputError
from .finite_size import _check_couplings, _check_glass, _generator
from .glass import Glass

__all__ = ["Relaxation", "relaxation"]


@dataclasses.dataclass(frozen=True)
class Relaxation:
    """Correlations of a sample in time; units J = 1 and mobility 1.

    Attributes
    ----------
    glass : Glass
        Parameters of the model.
    T : float
        Temperature of the noise.
    times : ndarray, shape (n,)
        Times after the end of the waiting time.
    correlation : ndarray, shape (n,)
        Σ_i v_i(0)v_i(t)/N, mean over the walkers.
    correlation_error : ndarray, shape (n,)
        Standard error of that mean; nan for one walker.
    square : ndarray, shape (n,)
        Σ_i v_i(t)²/N, mean over the walkers. It does not depend on time in equilibrium.
    energy : ndarray, shape (n,)
        Energy per coordinate, mean over the walkers.
    energy_error : ndarray, shape (n,)
        Standard error of that mean; nan for one walker.
    v : ndarray, shape (walkers, N)
        Coordinates at the last time.
    step : float
        Largest time step taken.
    steps : int
        Number of time steps, the waiting time included.
    """

    glass: Glass
    T: float
    times: np.ndarray
    correlation: np.ndarray
    correlation_error: np.ndarray
    square: np.ndarray
    energy: np.ndarray
    energy_error: np.ndarray
    v: np.ndarray
    step: float
    steps: int


def relaxation(couplings, glass, T, times, rng, *, start=None, wait=0.0, walkers=16, step=0.05):
    """Correlation function of a sample under Langevin dynamics.

    Parameters
    ----------
    couplings : array_like, shape (N, N)
        Symmetric couplings J_ij with J_ii = 0.
    glass : Glass
        Parameters of the model.
    T : float
        Temperature, >= 0; at zero the coordinates go down to a minimum.
    times : array_like, shape (n,)
        Times t >= 0, ascending, at which v(0)v(t) is taken; t = 0 is the end of the waiting time.
    rng : numpy.random.Generator or int
        Source of random numbers, or a seed.
    start : array_like, shape (N,) or (walkers, N), optional
        Coordinates at the beginning of the waiting time; by default independent numbers, uniform
        over the range of v in the deepest valleys. Normal numbers would put some where the force outruns the step.
    wait : float, optional
        Time before the first configuration is taken, >= 0. Correlations are those of equilibrium only if it is long
        enough, or ``start`` is in equilibrium: compare two of them.
    walkers : int, optional
        Independent runs on the same couplings, which share the products with them.
    step : float, optional
        Largest time step, > 0. The integration needs steps well below 2 over the largest curvature of U that the
        coordinates meet.

    Returns
    -------
    Relaxation

    Raises
    ------
    InputError
        If an argument is of the wrong kind or out of range.
    ConvergenceError
        If the coordinates leave the range of floating point because the step is too large.
    """
    _check_glass(glass)
    couplings = _check_couplings(couplings)
    T = real("T", T, minimum=0.0)
    times = finite_array("times", times, minimum=0.0)
    if times.ndim != 1 or np.any(np.diff(times) <= 0.0):
        raise InputError("times", times, "a list of ascending times >= 0")
    rng = _generator(rng)
    wait = real("wait", wait, minimum=0.0)
    walkers = integer("walkers", walkers, minimum=1)
    step = real("step", step, minimum=0.0, open_minimum=True)
    N = len(couplings)
    # One column for each walker, so that the products with the couplings are one product of matrices.
    if start is None:
        width = math.sqrt((max(2.0, glass.J0) + abs(glass.stiffness)) / glass.quartic)
        v = rng.uniform(-width, width, (walkers, N)).T
    else:
        start = finite_array("start", start)
        if start.shape not in ((N,), (walkers, N)):
            raise InputError("start", start, f"an array of shape ({N},) or ({walkers}, {N})")
        v = np.broadcast_to(start, (walkers, N)).T
    v = np.array(v, order="C")
    correlations, squares, energies = (np.empty((times.size, walkers)) for _ in range(3))
    noise = rng.standard_normal(v.shape)
    v, noise, longest, steps = _run(couplings, glass, T, v, noise, wait, step, rng)
    first, now = v, 0.0
    for k, time in enumerate(times.tolist()):
        v, noise, taken, number = _run(couplings, glass, T, v, noise, time - now, step, rng)
        longest, steps, now = max(longest, taken), steps + number, time
        correlations[k] = np.mean(first * v, axis=0)
        squares[k] = np.mean(v * v, axis=0)
        on_site = 0.5 * glass.stiffness * v**2 + 0.25 * glass.quartic * v**4
        energies[k] = np.mean(on_site - 0.5 * v * (couplings @ v), axis=0)
    return Relaxation(
        glass,
        T,
        times,
        *_mean_and_error(correlations),
        squares.mean(axis=1),
        *_mean_and_error(energies),
        v.T.copy(),
        longest,
        steps,
    )


def _run(couplings, glass, T, v, noise, duration, step, rng):
    """Steps over a time; returns the coordinates, the last noise, the step taken and the number of steps."""
    number = math.ceil(duration / step * (1.0 - 1e-12))
    if number == 0:
        return v, noise, 0.0, 0
    dt = duration / number
    kick = math.sqrt(0.5 * T * dt)
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(number):
            force = couplings @ v - (glass.stiffness + glass.quartic * v * v) * v
            following = rng.standard_normal(v.shape)
            v = v + dt * force + kick * (noise + following)
            noise = following
    if not np.all(np.isfinite(v)):
        raise ConvergenceError("the coordinates diverge: the time step is too large", v.T, math.inf, number)
    return v, noise, dt, number


def _mean_and_error(values):
    walkers = values.shape[1]
    if walkers == 1:
        return values[:, 0].copy(), np.full(len(values), math.nan)
    return values.mean(axis=1), values.std(axis=1, ddof=1) / math.sqrt(walkers)
