r"""A few levels of :math:`-\psi'' + (z^4 + Az^2 + Hz)\psi = e\psi` with their gradients, for following level curves.

Where a level is already known roughly, Rayleigh-quotient iteration with a banded factorisation in the oscillator
functions of :mod:`lowtglass.quartic` needs a fraction of the time of a diagonalisation. The number of negative pivots
says which level was found (Sylvester's law of inertia); where it is not the one wanted, the levels are computed from
nothing.
Slopes follow from the theorem of Hellmann and Feynman, ∂e/∂H = ⟨z⟩ and ∂e/∂A = ⟨z²⟩.
"""

import math

import numpy as np
from numba import njit

from .. import quartic
from ..quartic._frames import choose_frame, matrix

__all__ = []

_BAND = 4
_MAX_BASIS = 1600


@njit(cache=True, error_model="numpy")
def _factor(band, shift, work):
    """LDLᵀ of a band matrix minus a shift; returns the number of eigenvalues below the shift."""
    n = band.shape[0]
    below = 0
    for k in range(n):
        for j in range(_BAND + 1):
            work[k, j] = band[k, j] if k + j < n else 0.0
        work[k, 0] -= shift
    for k in range(n):
        d = work[k, 0]
        if abs(d) < 1e-280:
            d = 1e-280
            work[k, 0] = d
        if d < 0.0:
            below += 1
        last = min(_BAND, n - 1 - k)
        for i in range(1, last + 1):
            l = work[k, i] / d
            for j in range(i, last + 1):
                work[k + i, j - i] -= l * work[k, j]
        for i in range(1, last + 1):
            work[k, i] /= d
    return below


@njit(cache=True, error_model="numpy")
def _back(work, x):
    """Solve in place with the factors, and normalise."""
    n = work.shape[0]
    for k in range(n):
        for i in range(1, min(_BAND, n - 1 - k) + 1):
            x[k + i] -= work[k, i] * x[k]
    norm = 0.0
    for k in range(n - 1, -1, -1):
        t = x[k] / work[k, 0]
        for i in range(1, min(_BAND, n - 1 - k) + 1):
            t -= work[k, i] * x[k + i]
        x[k] = t
        norm = max(norm, abs(t))
    total = 0.0
    for k in range(n):
        x[k] /= norm
        total += x[k] * x[k]
    total = math.sqrt(total)
    for k in range(n):
        x[k] /= total


@njit(cache=True)
def _quotient(band, x):
    """xᵀHx and the norm of Hx − (xᵀHx)x."""
    n = band.shape[0]
    y = np.zeros(n)
    for k in range(n):
        y[k] += band[k, 0] * x[k]
        for j in range(1, min(_BAND, n - 1 - k) + 1):
            y[k] += band[k, j] * x[k + j]
            y[k + j] += band[k, j] * x[k]
    value = 0.0
    for k in range(n):
        value += x[k] * y[k]
    rest = 0.0
    for k in range(n):
        rest += (y[k] - value * x[k]) ** 2
    return value, math.sqrt(rest)


@njit(cache=True)
def _refine(band, guess, spacing, work, x, tolerance):
    """Level next to a guess with its vector, and whether the iteration came to rest."""
    n = band.shape[0]
    for k in range(n):
        # Without order, so that no state is far from it, wherever its well lies.
        x[k] = math.sin(0.7 * k * k + 1.0)
    shift = guess
    for step in range(9):
        _factor(band, shift, work)
        _back(work, x)
        if step == 0:
            _back(work, x)
            _back(work, x)
        value, rest = _quotient(band, x)
        if abs(value - guess) > 0.5 * spacing:
            return value, False
        if rest <= tolerance:
            return value, True
        shift = value
    return value, False


@njit(cache=True)
def _near(A, H, top, first, other, out):
    """Levels 0 and ``top`` from guesses; out = (e_0, e_top, ⟨z⟩_0, ⟨z⟩_top, ⟨z²⟩_0, ⟨z²⟩_top)."""
    c = np.empty(4)
    c[0], c[1], c[2], c[3] = H, A, 0.0, 1.0
    frame = np.empty(2)
    shifted = np.empty(5)
    guess = choose_frame(c, 1.0, top + 2, frame, shifted)
    # The frame is centred with the constant taken out, which enters only the energies.
    basis = int(2.1 * guess) + 32
    spacing = other - first
    for _ in range(4):
        if basis > _MAX_BASIS:
            return False
        band = np.zeros((basis, _BAND + 1))
        matrix(shifted, frame[1], 1.0, -1, band)
        norm = band[basis - 1, 0] + 4.0 * abs(band[basis - 5, 1]) + 4.0 * abs(band[basis - 5, 2])
        tolerance = 4e-15 * norm + 1e-13
        work = np.empty((basis, _BAND + 1))
        x = np.empty(basis)
        large = True
        for which in range(2):
            wanted = 0 if which == 0 else top
            value, done = _refine(
                band, (first if which == 0 else other) - shifted[0], spacing, work, x, 1e-7 * spacing + tolerance
            )
            if not done:
                return False
            # One more step: with a vector good to 1e-7 the energy is good to 1e-14, its moments need the step.
            # Its shift lies just above the level, so that the negative pivots count it.
            if _factor(band, value + 1e-13 * norm, work) != wanted + 1:
                return False
            _back(work, x)
            value, _ = _quotient(band, x)
            tail = 0.0
            for k in range(basis - 4, basis):
                tail += (band[k, 0] * x[k]) ** 2
            # The energy misses the square of this over the distance to what is left out.
            if math.sqrt(tail) > 3e-7 + tolerance:
                large = False
                break
            mean, square = 0.0, 0.0
            for k in range(basis):
                square += (k + 0.5) * x[k] * x[k]
                if k + 1 < basis:
                    mean += 2.0 * math.sqrt((k + 1) / 2.0) * x[k] * x[k + 1]
                if k + 2 < basis:
                    square += math.sqrt((k + 1.0) * (k + 2.0)) * x[k] * x[k + 2]
            out[which] = value + shifted[0]
            out[2 + which] = frame[0] + frame[1] * mean
            out[4 + which] = frame[0] ** 2 + 2.0 * frame[0] * frame[1] * mean + frame[1] ** 2 * square
        if large:
            return out[1] > out[0]
        basis = int(1.25 * basis) + 4
    return False


@njit(cache=True)
def _follow(A, H, top, row, begin, out):
    """Rows of neighbouring points in turn from ``begin`` on, each from the one before; where that fails, its index.

    ``row`` holds the two levels at the first point.
    """
    for i in range(begin, A.size):
        first, other = row[0], row[1]
        if i > begin:
            dA, dH = A[i] - A[i - 1], H[i] - H[i - 1]
            first += row[2] * dH + row[4] * dA
            other += row[3] * dH + row[5] * dA
            # The guesses are good to second order only.
            gap = row[1] - row[0]
            if abs(other - first - gap) >= 0.5 * gap:
                return i
        if not _near(A[i], H[i], top, first, other, row):
            return i
        for k in range(6):
            out[i, k] = row[k]
    return A.size


@njit(cache=True)
def _trace(A, E, top, H, row, begin, out):
    """Points of the level curve from ``begin`` on, from levels in ``row`` at H; index and field where they are lost.

    At each A it is Newton's method in H², of which the square of the gap is nearly linear close to the symmetric well.
    """
    for i in range(begin, A.size):
        if i > begin:
            dA = A[i] - A[i - 1]
            last = out[i - 1, 0]
            dH = -out[i - 1, 2] / out[i - 1, 1] * dA
            gap = row[1] - row[0]
            first = row[0] + row[2] * dH + row[4] * dA
            other = row[1] + row[3] * dH + row[5] * dA
            H = min(max(last + dH, 0.3 * last), 3.0 * last)
            if abs(dH) >= 0.5 * last or abs(other - first - gap) >= 0.2 * gap:
                return i, H
            row[0], row[1] = first, other
        low, high = 0.0, math.inf
        for _ in range(60):
            if not _near(A[i], H, top, row[0], row[1], row):
                return i, H
            gap, slope = row[1] - row[0], abs(row[3] - row[2])
            if gap < E:
                low = H
            else:
                high = H
            y = H * H
            # d(gap²)/d(H²)
            rise = gap * slope / H
            new = y + (E - gap) * (E + gap) / rise if rise > 0.0 else 4.0 * y
            new = math.sqrt(new) if new > 0.0 else 0.5 * (low + min(high, H))
            if not low <= new <= high:
                new = 0.5 * (low + high) if high < math.inf else 2.0 * H
            new = min(max(new, 0.25 * H), 4.0 * H)
            dH = new - H
            H = new
            # The next step would change H by the square of this one; the slopes, taken before it, it changes by dH/H.
            if (
                abs(dH) <= 1e-15 * H
                or abs(dH) * slope <= 2e-13
                or (abs(dH) * slope <= 1e-9 * E and abs(dH) <= 1e-7 * H)
            ):
                break
            row[0] += row[2] * dH
            row[1] += row[3] * dH
        out[i, 0], out[i, 1], out[i, 2] = H, abs(row[3] - row[2]), row[5] - row[4]
    return A.size, 0.0


# Where levels are lost, the functions below take them from the whole spectrum and go on. That the kernels do not do so
# themselves saves compiling the diagonalisation a second time.


def _start(A, H, top, row):
    found = quartic.levels(np.array([H, A, 0.0, 1.0]), top + 3, kinetic=1.0).energies
    row[0], row[1] = found[0], found[top]


def cold(A, H, top, row):
    """The row of one point from nothing; False where its two levels cannot be told from others."""
    _start(A, H, top, row)
    return _follow(np.array([float(A)]), np.array([float(H)]), top, row, 0, np.empty((1, 6))) == 1


def follow(A, H, top, out):
    """Rows (e_0, e_top, slopes) for neighbouring points; NaN and False where levels cannot be told apart."""
    row = np.empty(6)
    i, lost = 0, -1
    done = True
    while i < A.size:
        if i == lost:
            out[i], i, done = math.nan, i + 1, False
            continue
        _start(A[i], H[i], top, row)
        lost = i
        i = _follow(A, H, top, row, i, out)
    return done


def reach(A, H, E, top, row):
    """Field H > 0 at which the gap is E, from a guess; −1 where that fails."""
    out = np.empty((1, 3))
    for _ in range(30):
        _start(A, H, top, row)
        done, found = _trace(np.array([float(A)]), E, top, H, row, 0, out)
        if done == 1:
            return out[0, 0]
        if found == H:
            return -1.0
        H = found
    return -1.0


def trace(A, E, top, H, out):
    """Points of the level curve e_top − e_0 = E at given A: rows (H, ∂gap/∂H, ∂gap/∂A); False where that fails."""
    row = np.empty(6)
    i, before = 0, (-1, 0.0)
    for _ in range(30 * A.size):
        _start(A[i], H, top, row)
        i, H = _trace(A, E, top, H, row, i, out)
        if i == A.size:
            return True
        if (i, H) == before:
            return False
        before = (i, H)
    return False
