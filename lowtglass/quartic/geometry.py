r"""Wells of a quartic potential.

In the depressed coordinate :math:`y = x + c_3/4c_4` the potential is :math:`V_0 - hy + ay^2 + c_4y^4`. It has two wells
if :math:`a < 0` and the tilt is below the spinodal one, :math:`|h| < h_s = 8c_4s^3` with :math:`s = \sqrt{-a/6c_4}`. In
units :math:`s` of length and :math:`4c_4s^4` of energy the double well has one parameter, the angle :math:`\theta` of
:math:`|h| = h_s\cos\theta`, and the roots of its derivative are

.. math:: 2\cos\frac\theta3 ,\qquad 2\cos\frac{\theta + 2\pi}{3} ,\qquad 2\cos\frac{\theta - 2\pi}{3}

for the deeper well, the shallower well and the top of the barrier (with a positive tilt).
"""

import dataclasses
import math
from typing import NamedTuple

import numpy as np

from .._validation import finite_array, real
from ..errors import InputError
from ._taylor import shift

__all__ = ["ReducedWells", "Wells", "reduced_wells", "wells"]


class ReducedWells(NamedTuple):
    """A double well in units s and 4c₄s⁴, and the derivatives by the angle of its stationary points."""

    deep: np.ndarray
    shallow: np.ndarray
    top: np.ndarray
    deep_slope: np.ndarray
    shallow_slope: np.ndarray
    deep_curvature: np.ndarray
    shallow_curvature: np.ndarray
    deep_barrier: np.ndarray
    shallow_barrier: np.ndarray
    asymmetry: np.ndarray


def reduced_wells(angle, complement=None):
    """Stationary points, curvatures, barriers and asymmetry of the reduced double well.

    Every expression keeps its relative accuracy up to the spinodal, where the shallow well vanishes, and down to the
    symmetric well, where the asymmetry does.

    Parameters
    ----------
    angle : ndarray
        θ in (0, π/2].
    complement : ndarray, optional
        π/2 − θ, where it is known to more digits than θ tells.

    Returns
    -------
    ReducedWells
    """
    third, turn = angle / 3, 2 * math.pi / 3
    deep, shallow = 2 * np.cos(third), 2 * np.cos(third + turn)
    width = 2 * math.sqrt(3) * np.sin(third)
    # U''/3 of the shallow well, 4cos² − 1, without the cancellation where it vanishes.
    bends = deep**2 - 1, 2 * np.sin(third) ** 2 + math.sqrt(3) * np.sin(2 * third)

    def rise(well, step, bend):
        # U(top) − U(well) with the two factors step = top − well that stationarity gives taken out.
        return step**2 * (1.5 * bend + well * step + 0.25 * step**2)

    if complement is None:
        complement = (math.pi / 2 - angle) + 6.123233995736766e-17  # the digits that math.pi / 2 lacks
    total = 2 * np.sin(complement / 3)
    top = -total
    # A factor taken out: the difference of two energies would cancel near the symmetric well.
    asymmetry = (deep - shallow) * (2 * np.sin(complement) + 1.5 * total - 0.25 * total * (deep**2 + shallow**2))
    return ReducedWells(
        deep,
        shallow,
        top,
        -2 / 3 * np.sin(third),
        -2 / 3 * np.sin(third + turn),
        3 * bends[0],
        3 * bends[1],
        rise(deep, top - deep, bends[0]),
        rise(shallow, width, bends[1]),
        asymmetry,
    )


@dataclasses.dataclass(frozen=True)
class Wells:
    """Geometry of quartic potentials; entries that need a second well are NaN without one.

    Attributes
    ----------
    double : ndarray of bool
        Whether there are two wells.
    minima : ndarray, shape (..., 2)
        Positions of the left and the right well; of the only well, twice, if there is one.
    minimum : ndarray
        Position of the global minimum (of the right one when both are equally deep).
    top : ndarray
        Position of the maximum between the wells.
    asymmetry : ndarray
        Difference Δ >= 0 of the energies of the minima.
    barrier : ndarray
        Height V of the maximum above the mean of the minima.
    barriers : ndarray, shape (..., 2)
        Height of the maximum above the left and the right minimum.
    distance : ndarray
        Distance d of the minima.
    curvatures : ndarray, shape (..., 2)
        Second derivatives at ``minima``.
    wkb_exponent : ndarray
        λ = (d/2) sqrt(2mV)/ħ = (d/2) sqrt(V/kinetic), with the mean barrier.
    tunnel_splitting : ndarray
        Δ₀ = ħω₀ exp(−λ); ω₀ is the geometric mean of the frequencies of the two wells.
    """

    double: np.ndarray
    minima: np.ndarray
    minimum: np.ndarray
    top: np.ndarray
    asymmetry: np.ndarray
    barrier: np.ndarray
    barriers: np.ndarray
    distance: np.ndarray
    curvatures: np.ndarray
    wkb_exponent: np.ndarray
    tunnel_splitting: np.ndarray


def wells(coefficients, *, kinetic=0.5):
    """Minima, barrier and tunnelling parameters of V = c₁x + c₂x² + c₃x³ + c₄x⁴.

    The tunnelling parameters are those of Kühn and Horstmann (1998), Sect. 3.

    Parameters
    ----------
    coefficients : array_like, shape (..., 4)
        (c₁, c₂, c₃, c₄), c₄ > 0.
    kinetic : float, optional
        ħ²/2m > 0.

    Returns
    -------
    Wells

    Raises
    ------
    InputError
        If coefficients are not finite or of another shape, or c₄ <= 0, or kinetic <= 0.
    """
    coefficients = _check_coefficients(coefficients)
    kinetic = real("kinetic", kinetic, minimum=0.0, open_minimum=True)
    leading = coefficients.shape[:-1]
    c = np.ascontiguousarray(coefficients.reshape(-1, 4))
    c4 = c[:, 3]
    origin = -c[:, 2] / (4 * c4)
    shifted = shift(c, origin)
    h, a = -shifted[:, 1], shifted[:, 2]
    s = np.sqrt(np.abs(a) / (6 * c4))
    spinodal = 8 * c4 * s**3
    double = (a < 0) & (np.abs(h) < spinodal)
    nan = np.full(len(c), np.nan)

    ratio = np.divide(np.abs(h), spinodal, out=np.zeros_like(h), where=double)
    reduced = reduced_wells(np.maximum(np.arccos(ratio), 1e-300), np.arcsin(ratio))
    side = np.where(h < 0, -1.0, 1.0)
    energy = 4 * c4 * s**4
    only = side * _single_well(np.abs(h), a, c4, s, spinodal)
    deep = np.where(double, side * s * reduced.deep, only)
    shallow = np.where(double, side * s * reduced.shallow, only)
    curvature_single = 2 * a + 12 * c4 * only**2
    deep_curvature = np.where(double, 4 * c4 * s**2 * reduced.deep_curvature, curvature_single)
    shallow_curvature = np.where(double, 4 * c4 * s**2 * reduced.shallow_curvature, curvature_single)
    deep_barrier = np.where(double, energy * reduced.deep_barrier, nan)
    shallow_barrier = np.where(double, energy * reduced.shallow_barrier, nan)
    barrier = 0.5 * (deep_barrier + shallow_barrier)
    distance = np.where(double, s * (reduced.deep - reduced.shallow), nan)
    exponent = 0.5 * distance * np.sqrt(barrier / kinetic)
    quantum = np.sqrt(2 * kinetic * np.sqrt(deep_curvature * shallow_curvature))

    def sides(of_deep, of_shallow):
        right = side > 0
        pair = np.stack([np.where(right, of_shallow, of_deep), np.where(right, of_deep, of_shallow)], axis=-1)
        return pair.reshape(*leading, 2)

    def plain(x):
        return x.reshape(leading)[()]

    return Wells(
        double=plain(double),
        minima=sides(origin + deep, origin + shallow),
        minimum=plain(origin + deep),
        top=plain(np.where(double, origin + side * s * reduced.top, nan)),
        asymmetry=plain(np.where(double, energy * reduced.asymmetry, nan)),
        barrier=plain(barrier),
        barriers=sides(deep_barrier, shallow_barrier),
        distance=plain(distance),
        curvatures=sides(deep_curvature, shallow_curvature),
        wkb_exponent=plain(exponent),
        tunnel_splitting=plain(quantum * np.exp(-exponent)),
    )


def _single_well(h, a, c4, s, spinodal):
    """Positive root of 4c₄y³ + 2ay = h >= 0 where it is the only minimum."""
    # Where two wells exist the value is not used, and where s vanishes the ratio is not.
    ratio = np.divide(h, spinodal, out=np.ones_like(h), where=spinodal > 0)
    root = np.where(
        a > 0, 2 * s * np.sinh(np.arcsinh(ratio) / 3), 2 * s * np.cosh(np.arccosh(np.maximum(ratio, 1.0)) / 3)
    )
    root = np.where(spinodal > 0, root, np.cbrt(h / (4 * c4)))
    slope = 2 * a + 12 * c4 * root**2
    step = np.divide(4 * c4 * root**3 + 2 * a * root - h, slope, out=np.zeros_like(root), where=slope > 0)
    return np.where(np.abs(step) < 1e-6 * root, root - step, root)


def _check_coefficients(coefficients):
    """Return the coefficients as a float array of shape (..., 4) with a positive last entry."""
    coefficients = finite_array("coefficients", coefficients, last_axis=4)
    if np.any(coefficients[..., 3] <= 0):
        raise InputError("coefficients", coefficients, "c4 > 0 in the last column, so that the potential confines")
    return coefficients
