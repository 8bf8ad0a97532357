r"""Levels of one well of a quartic potential by perturbation theory in its anharmonicity.

In units of the harmonic quantum the well :math:`\alpha y^2 - \beta y^3 + y^4` is
:math:`-\partial^2 + \xi^2 - b\lambda\xi^3 + \lambda^2\xi^4` with :math:`\lambda = \alpha^{-3/4}` and
:math:`b = \beta/\sqrt\alpha`. The series in λ knows nothing of a second well; it is asymptotic, and its smallest term
is of the order of the tunnelling amplitude.
"""

import math

import numpy as np
from numba import njit

__all__ = []

ORDER = 14


@njit(cache=True)
def well_level(n, alpha, beta, order):
    """Level n above the bottom of the well, to this order in λ (even), and the size of the last term."""
    scale = math.sqrt(alpha)
    lam = alpha**-0.75
    b = beta / scale
    size = n + 3 * order + 2
    # Two operators of ξ in number states: ξ³ and ξ⁴, ξ = (a + a†)/√2.
    states = np.zeros((order + 1, size + 5))
    states[0, n] = 1.0
    energies = np.zeros(order + 1)
    energies[0] = 2.0 * n + 1.0
    work = np.zeros(size + 5)
    for k in range(1, order + 1):
        for m in range(size + 5):
            work[m] = 0.0
        reach = min(n + 3 * k + 1, size)
        for m in range(reach):
            total = 0.0
            # ξ³ connects m with m ± 1 and m ± 3
            p = states[k - 1]
            total -= b * (
                math.sqrt((m + 1.0) * (m + 2.0) * (m + 3.0) / 8.0) * p[m + 3]
                + 3.0 * ((m + 1.0) / 2.0) ** 1.5 * p[m + 1]
                + (3.0 * (m / 2.0) ** 1.5 * p[m - 1] if m >= 1 else 0.0)
                + (math.sqrt(m * (m - 1.0) * (m - 2.0) / 8.0) * p[m - 3] if m >= 3 else 0.0)
            )
            if k >= 2:
                p = states[k - 2]
                total += (
                    0.25 * math.sqrt((m + 1.0) * (m + 2.0) * (m + 3.0) * (m + 4.0)) * p[m + 4]
                    + 0.5 * (2.0 * m + 3.0) * math.sqrt((m + 1.0) * (m + 2.0)) * p[m + 2]
                    + 0.75 * (2.0 * m * m + 2.0 * m + 1.0) * p[m]
                    + (0.5 * (2.0 * m - 1.0) * math.sqrt(m * (m - 1.0)) * p[m - 2] if m >= 2 else 0.0)
                    + (0.25 * math.sqrt(m * (m - 1.0) * (m - 2.0) * (m - 3.0)) * p[m - 4] if m >= 4 else 0.0)
                )
            work[m] = total
        energies[k] = work[n]
        for m in range(reach):
            if m == n:
                continue
            total = work[m]
            for j in range(1, k):
                total -= energies[j] * states[k - j, m]
            states[k, m] = total / (2.0 * (n - m))
    value, power, last = 0.0, 1.0, 0.0
    for k in range(order + 1):
        value += energies[k] * power
        if k >= order - 1:
            last = max(last, abs(energies[k] * power))
        power *= lam
    return scale * value, scale * last


@njit(cache=True)
def well_levels(n, alpha, beta, order, out, last):
    """The same for arrays of wells."""
    for i in range(alpha.size):
        out[i], last[i] = well_level(n, alpha[i], beta[i], order)


@njit(cache=True)
def _pair(A, H, order):
    """Asymmetry of a deep double well and the classical slope of it by H."""
    s = math.sqrt(-A / 6.0)
    sine = H / (8.0 * s**3)
    complement = math.asin(sine)
    third = (0.5 * math.pi - complement) / 3.0
    deep = 2.0 * math.cos(third)
    shallow = 2.0 * math.cos(third + 2.0 * math.pi / 3.0)
    total = 2.0 * math.sin(complement / 3.0)
    # A factor taken out, as in lowtglass.quartic: the difference of two minima would cancel.
    classical = (deep - shallow) * (2.0 * sine + 1.5 * total - 0.25 * total * (deep**2 + shallow**2))
    a, b = A + 6.0 * (s * deep) ** 2, A + 6.0 * (s * shallow) ** 2
    upper, _ = well_level(0, b, 4.0 * s * shallow, order)
    lower, _ = well_level(0, a, 4.0 * s * deep, order)
    return 4.0 * s**4 * classical, upper - lower, s * (deep - shallow)


@njit(cache=True)
def asymmetry(A, H, order):
    """Ground level of the shallower well over that of the deeper, and the classical slope of that by H."""
    # The minima keep their relative accuracy at any tilt; the difference of the levels above them is odd in the tilt
    # and taken where it is not lost in rounding.
    visible = max(H, 5e-5 * abs(A) ** 1.5)
    if visible == H:
        classical, quantum, slope = _pair(A, H, order)
        return classical + quantum, slope
    classical, _, slope = _pair(A, H, 0)
    _, quantum, _ = _pair(A, visible, order)
    return classical + quantum * (H / visible), slope


@njit(cache=True)
def tilts(A, E, out, slopes):
    """Fields at which the asymmetry of deep double wells is E, and the slopes of the asymmetry there."""
    for i in range(A.size):
        order = 14 if A[i] > -28.0 else (10 if A[i] > -100.0 else 6)
        spinodal = 8.0 * (-A[i] / 6.0) ** 1.5
        H = min(E / math.sqrt(-2.0 * A[i]), 0.9 * spinodal)
        for _ in range(12):
            delta, slope = asymmetry(A[i], H, order)
            dH = (E - delta) / slope
            H = min(H + dH, 0.5 * (H + spinodal))
            # The classical slope is wrong by a per cent or so: the error falls by that factor in every step.
            if abs(dH) <= 1e-10 * H:
                break
        step = 3e-4 * H
        above, below = asymmetry(A[i], H + step, order)[0], asymmetry(A[i], H - step, order)[0]
        out[i] = H
        slopes[i] = (above - below) / (2.0 * step)
