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
    # Number state m stands at m + 4, so that the four below the ground state, which are none, need no question.
    states = np.empty((order + 1, size + 9))
    work = np.empty(size + 9)
    energies = np.empty(order + 1)
    for k in range(order + 1):
        for m in range(size + 9):
            states[k, m] = 0.0
    states[0, n + 4] = 1.0
    energies[0] = 2.0 * n + 1.0
    for k in range(1, order + 1):
        reach = min(n + 3 * k + 1, size)
        for i in range(4, reach + 4):
            m = i - 4.0
            # ξ = (a + a†)/√2 raises and lowers by one; its third power by 1 and 3, its fourth by 0, 2 and 4.
            up, down = m + 1.0, math.sqrt(0.5 * m)
            total = math.sqrt(0.125 * up * (up + 1.0) * (up + 2.0)) * states[k - 1, i + 3]
            total += 1.5 * up * math.sqrt(0.5 * up) * states[k - 1, i + 1] + 1.5 * m * down * states[k - 1, i - 1]
            # Zero for m < 3, where the product under the root is zero.
            total += math.sqrt(0.125 * m * (m - 1.0) * (m - 2.0)) * states[k - 1, i - 3]
            total *= -b
            if k >= 2:
                total += 0.75 * (2.0 * m * up + 1.0) * states[k - 2, i]
                total += 0.5 * (2.0 * m + 3.0) * math.sqrt(up * (up + 1.0)) * states[k - 2, i + 2]
                total += 0.5 * (2.0 * m - 1.0) * math.sqrt(m * (m - 1.0)) * states[k - 2, i - 2]
                total += 0.25 * math.sqrt(up * (up + 1.0) * (up + 2.0) * (up + 3.0)) * states[k - 2, i + 4]
                total += 0.25 * math.sqrt(m * (m - 1.0) * (m - 2.0) * (m - 3.0)) * states[k - 2, i - 4]
            work[i] = total
        energies[k] = work[n + 4]
        for i in range(4, reach + 4):
            if i != n + 4:
                total = work[i]
                for j in range(1, k):
                    total -= energies[j] * states[k - j, i]
                states[k, i] = total / (2.0 * (n + 4 - i))
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
def asymmetry(A, H, order):
    """Ground level of the shallower well over that of the deeper, and the classical slope of that by H."""
    s = math.sqrt(-A / 6.0)
    # The minima keep their relative accuracy at any tilt; the difference of the levels above them is odd in the tilt
    # and taken where it is not lost in rounding.
    visible = max(H, 5e-5 * abs(A) ** 1.5)
    classical = slope = deep = shallow = 0.0
    for tilt in (H, visible):
        sine = tilt / (8.0 * s**3)
        complement = math.asin(sine)
        third = (0.5 * math.pi - complement) / 3.0
        deep, shallow = 2.0 * math.cos(third), 2.0 * math.cos(third + 2.0 * math.pi / 3.0)
        if tilt == H:
            total = 2.0 * math.sin(complement / 3.0)
            # A factor taken out, as in lowtglass.quartic: the difference of two minima would cancel.
            classical = (deep - shallow) * (2.0 * sine + 1.5 * total - 0.25 * total * (deep**2 + shallow**2))
            slope = s * (deep - shallow)
    upper, _ = well_level(0, A + 6.0 * (s * shallow) ** 2, 4.0 * s * shallow, order)
    lower, _ = well_level(0, A + 6.0 * (s * deep) ** 2, 4.0 * s * deep, order)
    return 4.0 * s**4 * classical + (upper - lower) * (H / visible), slope


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
