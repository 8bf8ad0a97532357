r"""Levels and matrix elements of a particle in a quartic potential.

:math:`H = -\kappa\,d^2/dx^2 + c_1x + c_2x^2 + c_3x^3 + c_4x^4` is diagonalised in oscillator functions centred on the
classically allowed region of the highest level asked for, with a length set by that region and its largest momentum.
There the matrix has nine diagonals. Givens rotations make it tridiagonal (H. R. Schwarz, Numer. Math. 12, 231 (1968)),
QL finds the eigenvalues, and only those few linear functionals of the eigenvectors are carried along that are needed:
their components on the last basis functions, from which follows how much of :math:`H\psi` leaks out of the basis, and
for symmetric wells their value or slope at the centre.

For a symmetric double well the splitting of a pair is taken from the Wronskian of its even and odd state,

.. math:: (E_{\rm o} - E_{\rm e})\int_0^\infty\psi_{\rm e}\psi_{\rm o}\,dx = \kappa\,\psi_{\rm e}(0)\,\psi_{\rm o}'(0) ,

which keeps its relative accuracy where the difference of the two levels has none.
"""

import dataclasses
import math

import numpy as np
from numba import njit

from .._validation import integer, real
from ..errors import ConvergenceError
from ._frames import choose_frame, matrix
from .geometry import _check_coefficients

__all__ = ["Levels", "levels"]

_MAX_BASIS = 1600
_EPS = float(np.finfo(float).eps)


@dataclasses.dataclass(frozen=True)
class Levels:
    """Lowest levels of quartic potentials.

    Attributes
    ----------
    energies : ndarray, shape (..., n)
        E_0 <= E_1 <= …
    error : ndarray, shape (..., n)
        Estimated absolute error of each level: leak out of the basis plus rounding.
    gaps : ndarray, shape (..., n − 1)
        E_{k+1} − E_k. For symmetric wells the splittings of pairs keep a relative accuracy far below the error of the
        levels; for all others a gap is the difference of two levels.
    gap_error : ndarray, shape (..., n − 1)
        Estimated absolute error of each gap. Where it is not small beside the gap, the gap is not known.
    position : ndarray, shape (..., n, n), or None
        ⟨j|x|k⟩, with signs such that ⟨k|x|k+1⟩ >= 0.
    basis_size : ndarray of int, shape (...)
        Oscillator functions used.
    """

    energies: np.ndarray
    error: np.ndarray
    gaps: np.ndarray
    gap_error: np.ndarray
    position: np.ndarray | None
    basis_size: np.ndarray


def levels(coefficients, n_levels, *, kinetic=0.5, matrix_elements=False):
    """Lowest levels of H = −kinetic d²/dx² + c₁x + c₂x² + c₃x³ + c₄x⁴.

    Parameters
    ----------
    coefficients : array_like, shape (..., 4)
        (c₁, c₂, c₃, c₄), c₄ > 0; one potential for each leading index.
    n_levels : int
        Number n of levels, 1 to 400.
    kinetic : float, optional
        ħ²/2m > 0.
    matrix_elements : bool, optional
        Whether to compute the matrix elements of x.

    Returns
    -------
    Levels

    Raises
    ------
    InputError
        If an argument is outside its range.
    ConvergenceError
        If 1600 oscillator functions do not suffice; carries the levels found.
    """
    coefficients = _check_coefficients(coefficients)
    n = integer("n_levels", n_levels, minimum=1, maximum=400)
    kinetic = real("kinetic", kinetic, minimum=0.0, open_minimum=True)
    leading = coefficients.shape[:-1]
    c = np.ascontiguousarray(coefficients.reshape(-1, 4))
    count = len(c)
    energies, error = np.empty((count, n)), np.empty((count, n))
    gaps, gap_error = np.empty((count, n - 1)), np.empty((count, n - 1))
    size, frame = np.zeros(count, np.int64), np.empty((count, 8))
    _solve(c, kinetic, _MAX_BASIS, energies, error, gaps, gap_error, size, frame)
    failed = np.flatnonzero(size < 0)
    size = np.abs(size)
    position = _positions(frame, size, kinetic, n) if matrix_elements and not failed.size else None
    result = Levels(
        energies.reshape(*leading, n),
        error.reshape(*leading, n),
        gaps.reshape(*leading, n - 1),
        gap_error.reshape(*leading, n - 1),
        None if position is None else position.reshape(*leading, n, n),
        size.reshape(leading)[()],
    )
    if failed.size:
        first = failed[0]
        raise ConvergenceError(
            f"levels of the potential {c[first].tolist()} (one of {failed.size}) do not converge",
            result,
            float(error[first].max()),
            int(size[first]),
        )
    return result


@njit(cache=True)
def _solve(c, kinetic, max_basis, energies, error, gaps, gap_error, size, frame):
    """Levels of each potential; a negative size marks one that did not converge."""
    n = energies.shape[1]
    shifted = np.empty(5)
    for i in range(c.shape[0]):
        # Frame: centre, length, coefficients 0 … 4 about the centre, 1 if even about it.
        guess = choose_frame(c[i], kinetic, n, frame[i], shifted)
        symmetric = shifted[1] == 0.0 and shifted[3] == 0.0
        basis = max(int(2.1 * guess) + 24, n + 20)
        while True:
            basis += -basis % 4
            if basis > max_basis:
                basis = max_basis
            done = _diagonalise(
                shifted, frame[i, 1], kinetic, basis, symmetric, energies[i], error[i], gaps[i], gap_error[i]
            )
            if done or basis == max_basis:
                break
            basis = int(1.15 * basis) + 4
        size[i] = basis if done else -basis
        for k in range(5):
            frame[i, 2 + k] = shifted[k]
        frame[i, 7] = 1.0 if symmetric else 0.0
        # What the constant adds to the energies it adds to their rounding.
        for k in range(n):
            energies[i, k] += shifted[0]
            error[i, k] += 2.0 * _EPS * abs(shifted[0])


@njit(cache=True, error_model="numpy")
def _tridiagonalise(band, rows):
    """Reduce a symmetric band matrix to its first two columns by rotations, applied to ``rows`` too.

    ``band`` has the shape (n, b + 2): H[k + j, k] at [k, j], the last column for fill-in; it is destroyed. Row i of
    ``rows`` holds the coefficient of basis function i in each functional that is carried along.
    """
    n, b = band.shape[0], band.shape[1] - 2
    tracked = rows.shape[1]
    # Rotate the outermost element of each column away and chase what that fills in down the band.
    for column in range(n - 2):
        for j in range(min(b, n - 1 - column), 1, -1):
            r, col = column + j, column
            while r < n:
                f, g = band[col, r - 1 - col], band[col, r - col]
                # Far below rounding; the square of a smaller one could be zero.
                if abs(g) <= 1e-30 * (abs(band[r - 1, 0]) + abs(band[r, 0])):
                    band[col, r - col] = 0.0
                    break
                radius = math.sqrt(f * f + g * g)
                cs, sn = f / radius, g / radius
                band[col, r - 1 - col] = radius
                band[col, r - col] = 0.0
                for k in range(col + 1, r - 1):
                    x, y = band[k, r - 1 - k], band[k, r - k]
                    band[k, r - 1 - k] = cs * x + sn * y
                    band[k, r - k] = cs * y - sn * x
                p, q, o = band[r - 1, 0], band[r, 0], band[r - 1, 1]
                twice = 2.0 * cs * sn * o
                band[r - 1, 0] = cs * cs * p + twice + sn * sn * q
                band[r, 0] = sn * sn * p - twice + cs * cs * q
                band[r - 1, 1] = cs * sn * (q - p) + (cs * cs - sn * sn) * o
                for k in range(min(b, n - 1 - r)):
                    x, y = band[r - 1, k + 2], band[r, k + 1]
                    band[r - 1, k + 2] = cs * x + sn * y
                    band[r, k + 1] = cs * y - sn * x
                for k in range(tracked):
                    x, y = rows[r - 1, k], rows[r, k]
                    rows[r - 1, k] = cs * x + sn * y
                    rows[r, k] = cs * y - sn * x
                col = r - 1
                r += b


@njit(cache=True, error_model="numpy")
def _below(d, e, start, value):
    """Number of eigenvalues below a value in the trailing block of a tridiagonal matrix (e squared), after Sturm."""
    count = 0
    q = 1.0
    previous = 0.0
    for i in range(start, d.size):
        q = d[i] - value - previous / q
        if q < 0.0:
            count += 1
        elif q == 0.0:
            q = 1e-300
        previous = e[i]
    return count


@njit(cache=True, error_model="numpy")
def _eigenvalues(diagonal, off, found, wanted):
    """Write the lowest eigenvalues of a symmetric tridiagonal matrix, ascending, to the front of ``found``.

    The square-root-free QL method of Pal, Walker and Kahan. In matrices that grow downwards it finds small eigenvalues
    first; it stops when Sturm's sequence says that none below those wanted is left.
    """
    n = diagonal.size
    d = np.empty(n)
    e = np.empty(n)
    for i in range(n):
        d[i] = diagonal[i]
        e[i] = off[i] * off[i]
    for low in range(n):
        if low >= wanted and (low - wanted) % 4 == 2 and _below(d, e, low, found[wanted - 1]) == 0:
            return
        for _ in range(60):
            m = low
            while m < n - 1 and e[m] > 1.2e-32 * abs(d[m] * d[m + 1]):
                m += 1
            if m == low:
                break
            root = math.sqrt(e[low])
            sigma = (d[low + 1] - d[low]) / (2.0 * root)
            sigma = d[low] - root / (sigma + math.copysign(math.sqrt(sigma * sigma + 1.0), sigma))
            c, s = 1.0, 0.0
            gamma = d[m] - sigma
            p = gamma * gamma
            for i in range(m - 1, low - 1, -1):
                square = e[i]
                r = p + square
                if i != m - 1:
                    e[i + 1] = s * r
                previous, last = c, gamma
                c, s = p / r, square / r
                gamma = c * (d[i] - sigma) - s * last
                d[i + 1] = last + (d[i] - gamma)
                p = gamma * gamma / c if c != 0.0 else previous * square
            e[low] = s * p
            d[low] = sigma + gamma
        # They come nearly in order.
        i = low
        while i > 0 and found[i - 1] > d[low]:
            found[i] = found[i - 1]
            i -= 1
        found[i] = d[low]


@njit(cache=True, error_model="numpy")
def _eigenvector(diagonal, off, value, floor, steps, work, out):
    """Eigenvector of a symmetric tridiagonal matrix by inverse iteration (Gauss with partial pivoting)."""
    n = diagonal.size
    for i in range(n):
        out[i] = 1.0
    for _ in range(steps):
        # Rows of the upper triangle in work[:, :3]; multipliers are applied at once.
        work[0, 0], work[0, 1], work[0, 2] = diagonal[0] - value, off[0], 0.0
        for i in range(n - 1):
            a, b = off[i], diagonal[i + 1] - value
            c = off[i + 1] if i + 2 < n else 0.0
            if abs(work[i, 0]) >= abs(a):
                pivot = work[i, 0]
                if abs(pivot) < floor:
                    pivot = floor
                    work[i, 0] = floor
                f = a / pivot
                work[i + 1, 0] = b - f * work[i, 1]
                work[i + 1, 1] = c - f * work[i, 2]
                work[i + 1, 2] = 0.0
                out[i + 1] -= f * out[i]
            else:
                f = work[i, 0] / a
                u, v = work[i, 1], work[i, 2]
                work[i, 0], work[i, 1], work[i, 2] = a, b, c
                work[i + 1, 0] = u - f * b
                work[i + 1, 1] = v - f * c
                work[i + 1, 2] = 0.0
                out[i], out[i + 1] = out[i + 1], out[i] - f * out[i + 1]
        if abs(work[n - 1, 0]) < floor:
            work[n - 1, 0] = floor
        norm = 0.0
        for i in range(n - 1, -1, -1):
            x = out[i]
            if i + 1 < n:
                x -= work[i, 1] * out[i + 1]
            if i + 2 < n:
                x -= work[i, 2] * out[i + 2]
            out[i] = x / work[i, 0]
            norm += out[i] * out[i]
        scale = 1.0 / math.sqrt(norm)
        for i in range(n):
            out[i] *= scale


@njit(cache=True)
def _functional(parity, length, column, rows):
    """Write value (parity 0) or slope (1) at the centre of the even or odd oscillator functions; return their norm."""
    value = math.pi**-0.25
    total = 0.0
    for k in range(rows.shape[0]):
        if k > 0:
            value *= -math.sqrt((2.0 * k - 1.0) / (2.0 * k))
        x = value * math.sqrt(2.0 * (2.0 * k + 1.0)) / length**1.5 if parity == 1 else value / math.sqrt(length)
        rows[k, column] = x
        total += x * x
    return math.sqrt(total)


@njit(cache=True)
def _block(c, length, kinetic, basis, parity, first, energies, leak, centre):
    """Lowest eigenvalues of one parity (or, with parity −1, of all), every second (or every) entry from ``first``.

    Beside them their leaks out of the basis and, for a definite parity, value or slope at the centre. Returns the norm
    of that functional and a bound on the eigenvalues of the whole matrix.
    """
    b = 4 if parity < 0 else 2
    stride = 1 if parity < 0 else 2
    wanted = (energies.size - first + stride - 1) // stride
    band = np.zeros((basis, b + 2))
    matrix(c, length, kinetic, parity, band)
    coupling = np.zeros((b, b))
    for o in range(b):
        for j in range(o, b):
            coupling[o, j] = band[basis - b + j, b + o - j]
    tracked = b if parity < 0 else b + 1
    rows = np.zeros((basis, tracked))
    for j in range(b):
        rows[basis - b + j, j] = 1.0
    norm = _functional(parity, length, b, rows) if parity >= 0 else 0.0
    _tridiagonalise(band, rows)
    diagonal = np.empty(basis)
    off = np.empty(basis)
    top = 0.0
    for i in range(basis):
        diagonal[i], off[i] = band[i, 0], band[i, 1]
        top = max(top, abs(diagonal[i]) + 2.0 * abs(off[i]))
    values = np.empty(basis)
    _eigenvalues(diagonal, off, values, wanted)
    work = np.empty((basis, 3))
    vector = np.empty(basis)
    seen = np.empty(tracked)
    for k in range(wanted):
        # After one step what is left of the other states can pass for a leak, where the start hardly has a share of
        # this one, as at the bottom of a deep well.
        _eigenvector(diagonal, off, values[k], _EPS * top, 2, work, vector)
        for j in range(tracked):
            seen[j] = 0.0
        for i in range(basis):
            for j in range(tracked):
                seen[j] += vector[i] * rows[i, j]
        total = 0.0
        for o in range(b):
            part = 0.0
            for j in range(o, b):
                part += coupling[o, j] * seen[j]
            total += part * part
        entry = first + stride * k
        energies[entry], leak[entry], centre[entry] = values[k], math.sqrt(total), seen[tracked - 1]
    return norm, top


@njit(cache=True)
def _diagonalise(c, length, kinetic, basis, symmetric, energies, error, gaps, gap_error):
    """Levels in one basis; whether it is large enough."""
    n = energies.size
    # One level more for the spacing, two more above the ground state, whose partner may be degenerate with it.
    last = max(n, 2)
    leak = np.empty(last + 1)
    found = np.empty(last + 1)
    centre = np.empty(last + 1)
    norm_even = norm_odd = 0.0
    if symmetric:
        norm_even, top = _block(c, length, kinetic, basis // 2, 0, 0, found, leak, centre)
        norm_odd, top_odd = _block(c, length, kinetic, basis // 2, 1, 1, found, leak, centre)
        top = max(top, top_odd)
    else:
        _, top = _block(c, length, kinetic, basis, -1, 0, found, leak, centre)
    # Errors of the rotations and of QL add up to a few units of the largest eigenvalue.
    rounding = 8.0 * _EPS * top
    spacing = (found[last] - found[0]) / last
    tolerance = max(1e-11 * spacing, _EPS * top)
    done = True
    for k in range(n):
        truncation = min(leak[k], leak[k] ** 2 / spacing)
        # The value of a state inside the barrier is first order in the leak, its energy second order.
        if not truncation <= tolerance or (symmetric and leak[k] > max(1e-13 * spacing, 4.0 * _EPS * top)):
            done = False
        error[k] = truncation + rounding
        energies[k] = found[k]
    for k in range(n - 1):
        gaps[k] = max(found[k + 1] - found[k], 0.0)
        gap_error[k] = error[k] + error[k + 1]
        if symmetric and k % 2 == 0:
            even, odd = abs(centre[k]), abs(centre[k + 1])
            splitting = 2.0 * kinetic * even * odd
            small = 8.0 * _EPS + (leak[k] + leak[k + 1]) / spacing
            if even > 0.0 and odd > 0.0:
                doubt = splitting * (4.0 * splitting / spacing + small * (norm_even / even + norm_odd / odd))
                if doubt < gap_error[k]:
                    gaps[k], gap_error[k] = splitting, doubt
    for k in range(0, n - 1, 2 if symmetric else n):
        # Order the pair by its parity, which rounding may have turned round.
        if symmetric and energies[k + 1] < energies[k] + gaps[k]:
            energies[k + 1] = energies[k] + gaps[k]
    return done


def _positions(frame, size, kinetic, n):
    """Matrix elements of x from the eigenvectors, potentials of equal basis size together."""
    position = np.zeros((len(size), n, n))
    symmetric = frame[:, 7] == 1.0
    for basis, even in sorted(set(zip(size.tolist(), symmetric.tolist(), strict=True))):
        chosen = np.flatnonzero((size == basis) & (symmetric == even))
        for part in np.array_split(chosen, math.ceil(len(chosen) / 256)):
            parities = (0, 1) if even else (-1,)
            vectors = np.zeros((len(part), basis, n))
            for parity in parities:
                if parity >= 0 and 12 * n < basis:
                    _few_vectors(frame[part], kinetic, parity, n, vectors)
                    continue
                dense = np.empty((len(part), basis if parity < 0 else basis // 2, basis if parity < 0 else basis // 2))
                _fill(frame[part], kinetic, parity, dense)
                found = np.linalg.eigh(dense)[1]
                if parity < 0:
                    vectors[:] = found[:, :, :n]
                else:
                    vectors[:, parity::2, parity::2] = found[:, :, : len(range(parity, n, 2))]
            ladder = np.sqrt(np.arange(1, basis) / 2)[:, None]
            product = np.swapaxes(vectors[:, :-1], 1, 2) @ (ladder * vectors[:, 1:])
            matrix = (product + np.swapaxes(product, 1, 2)) * frame[part, 1][:, None, None]
            signs = np.where(np.diagonal(matrix, 1, 1, 2) < 0, -1.0, 1.0)
            signs = np.cumprod(np.concatenate([np.ones((len(part), 1)), signs], axis=1), axis=1)
            matrix *= signs[:, :, None] * signs[:, None, :]
            if even:
                j = np.arange(n)
                matrix[:, (j[:, None] - j) % 2 == 0] = 0.0
            matrix[:, np.arange(n), np.arange(n)] += frame[part, 0][:, None]
            position[part] = matrix
    return position


def _few_vectors(frame, kinetic, parity, n, vectors):
    """Write the lowest eigenvectors of one parity, where all of them would take far longer."""
    from scipy.linalg import eig_banded

    basis = vectors.shape[1] // 2
    band = np.zeros((basis, 3))
    wanted = len(range(parity, n, 2))
    for i in range(len(frame)):
        matrix(frame[i, 2:7], frame[i, 1], kinetic, parity, band)
        if wanted:
            found = eig_banded(band.T, lower=True, select="i", select_range=(0, wanted - 1), check_finite=False)[1]
            vectors[i, parity::2, parity:n:2] = found


@njit(cache=True)
def _fill(frame, kinetic, parity, dense):
    """Dense matrices of H in the frames found before."""
    basis = dense.shape[1]
    b = 4 if parity < 0 else 2
    band = np.zeros((basis, b + 1))
    for i in range(dense.shape[0]):
        matrix(frame[i, 2:7], frame[i, 1], kinetic, parity, band)
        dense[i] = 0.0
        for k in range(basis):
            for j in range(min(b + 1, basis - k)):
                dense[i, k + j, k] = band[k, j]
                dense[i, k, k + j] = band[k, j]
