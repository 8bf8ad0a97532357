"""Stationary points of the free energy with K steps, on the kernels of ``_breaking``; reduced variables.

Unknowns are C, the levels of q, y_1 ... y_K and, in a polarised state, H = J₀p; all of them are positive and enter by
their logarithms. For K = 1 the levels q_0 and q_1 are free. For many steps the q_i keep fixed fractions between q_0 and
q_K and the y_i follow: the free energy is concave in the y_i at fixed q_i, while in the q_i at fixed y_i it is marginal
(the replicon eigenvalue vanishes). In an unpolarised state q_0 then keeps its fraction too, because q(0) = 0.

The stiffness k is a number, or with local randomness a function (C, q_K, fine) that returns the kinds of sites as rows
(weight, k, B). Each kind has its own weights exp(y φ), so that the averages, ln N among them, are summed after them.
Newton keeps the rows and makes them anew where C has moved: their number changes with C, so that residuals jump.
"""

import math
from typing import NamedTuple

import numpy as np

from ..errors import ConvergenceError
from . import _breaking

ACCURACY = 1e-11  # of the residuals at the end of the iteration
FINE_ACCURACY = 2e-9  # of the residuals on denser grids: bounds the error of the quadrature


class Point(NamedTuple):
    """Order parameters of K steps."""

    C: float
    q: np.ndarray
    y: np.ndarray
    H: float


class Solution(NamedTuple):
    """A stationary point with its averages on the denser grids."""

    point: Point
    averages: np.ndarray
    free_energy: float
    p: float
    residual: float
    iterations: int
    laws: list  # (weight, k, B, h, logs, reach) of every kind of site, in its own reduced variables
    jacobian: np.ndarray | None = None  # of the equations in the logarithms, the first one times C


def fractions(K, exponent, free):
    """Fractions of q_i between q_0 and q_K (`free`) or between 0 and q_K, denser at q_K for an exponent above 1."""
    i = np.arange(K + 1)
    s = i / K if free else (2.0 * i + 1.0) / (2.0 * K + 1.0)
    g = 1.0 - (1.0 - s) ** exponent
    g[-1] = 1.0
    return g


def free_energy(kind, T, k, J0, point, *, p=None, layout=None, fine=True):
    """The free energy as a function of all order parameters (p = H/J₀ unless given), and the averages."""
    C, q, y, H = point
    if p is not None:
        H = J0 * p
    elif H != 0.0:
        p = H / J0
    else:
        p = 0.0
    out, laws, layout = averages(kind, T, k, point._replace(H=H), layout, fine)
    f = 0.5 * J0 * p * p + 0.5 * C * q[-1] + 0.25 * T * C * C + 0.25 * np.dot(y, q[1:] ** 2 - q[:-1] ** 2) - out[3]
    return f, out, laws, layout


def averages(kind, T, k, point, layout=None, fine=True):
    """The averages of `_breaking.mean_field`, summed over the sites; the laws of the fields; the layout of grids."""
    C, q, y, H = point
    if layout is None:
        if callable(k):
            k = k(C, q[-1], fine)
        rows = k if isinstance(k, np.ndarray) else [(1.0, k, 1.0)]
        layout = [
            (w, k_i, B, _breaking.plan(kind, T * B, k_i, C, H * math.sqrt(B), q * B, y / B, fine)) for w, k_i, B in rows
        ]
    if any(plan[1].size == 0 for _, _, _, plan in layout):
        raise FloatingPointError("the steps are too narrow for a grid")
    K = y.size
    total = np.zeros(7 + 3 * K)
    out = np.empty(7 + 3 * K)
    laws = []
    for w, k_i, B, plan in layout:
        root = math.sqrt(B)
        h, _, logs = _breaking.mean_field(kind, T * B, k_i, C, H * root, q * B, y / B, plan, fine, out)
        laws.append((w, k_i, B, h, logs, float(plan[4])))
        # From the variables of the site, u = √B v and energies times B.
        out[0] /= root
        out[1] /= B
        out[3] = out[3] / B - 0.5 * T * math.log(B)
        out[4] *= root
        out[5 : 6 + 2 * K] /= B
        total += w * out
    return total, laws, layout


class _Problem:
    """Equations for one choice of unknowns."""

    def __init__(self, kind, T, k, J0, K, exponent, *, polarised=False, fixed_H=None):
        self.kind, self.T, self.k, self.J0, self.K = kind, T, k, J0, K
        self.rows_C = math.nan
        self.fixed_H = fixed_H
        self.solve_H = polarised and fixed_H is None
        self.free = K == 1 or polarised
        self.g = fractions(K, exponent, self.free)
        self.unit = kind == _breaking.ISING and T == 0.0  # q_K = 1
        self.scale_C = 1.0

    def pack(self, point):
        x = [math.log(point.C)]
        if not self.unit:
            x.append(math.log(point.q[-1]))
        if self.free:
            x.append(math.log(point.q[0] / (point.q[-1] - point.q[0])))
        x.extend(np.log(point.y))
        if self.solve_H:
            x.append(2.0 * math.log(point.H))
        return np.array(x)

    def unpack(self, x):
        x = list(x)
        C = math.exp(x.pop(0))
        q_K = 1.0 if self.unit else math.exp(x.pop(0))
        if self.free:
            q_0 = q_K / (1.0 + math.exp(-x.pop(0)))
            q = q_0 + (q_K - q_0) * self.g
        else:
            q = q_K * self.g
        H = math.exp(0.5 * x.pop()) if self.solve_H else self.fixed_H or 0.0
        return Point(C, q, np.exp(x), H)

    def follow(self, x):
        """Make the rows of sites anew if C is no longer the one they were made for; whether it was not."""
        if not callable(self.k):
            return False
        point = self.unpack(x)
        if abs(point.C - self.rows_C) <= 1e-6 * point.C:
            return False
        self.rows = self.k(point.C, point.q[-1], False)
        self.rows_C = point.C
        return True

    def residuals(self, x, layout=None, fine=False):
        point = self.unpack(x)
        C, q, y, H = point
        J0 = self.J0 if self.fixed_H is None else 1.0
        k = self.k if fine or not callable(self.k) else self.rows
        found = free_energy(self.kind, self.T, k, J0, point, layout=layout, fine=fine)
        out = found[1]
        K, g = self.K, self.g
        # ∂f/∂q_i
        steps = np.concatenate([[0.0], y])
        slopes = 0.5 * steps * (q - out[5 : 6 + K])
        slopes[:-1] -= 0.5 * y * (q - out[5 : 6 + K])[:-1]
        slopes[-1] += 0.5 * (C - out[2])
        r = [2.0 * np.dot(g, slopes) / self.scale_C]
        if not self.unit:
            r.append((q[-1] + self.T * C - out[1]) / q[-1])
        if self.free:
            r.append(2.0 * np.dot(1.0 - g, slopes) / (y[0] * q[0]))
        r.extend(1.0 - 4.0 * out[6 + K : 6 + 2 * K] / (y * (q[1:] ** 2 - q[:-1] ** 2)))
        if self.solve_H:
            r.append(1.0 - self.J0 * out[0] / H)
        return np.array(r), found


def solve(
    kind, T, k, J0, start, exponent=1.0, *, polarised=False, fixed_H=None, check=True, jacobian=None, max_iterations=40
):
    """Newton from `start`; the Jacobian by central differences on fixed grids, unless given; then Broyden's updates."""
    problem = _Problem(kind, T, k, J0, start.y.size, exponent, polarised=polarised, fixed_H=fixed_H)
    problem.scale_C = start.C
    x = problem.pack(start)

    def trial(x):
        try:
            r, found = problem.residuals(x)
        except (FloatingPointError, OverflowError, ValueError, ZeroDivisionError):
            return None, None, math.inf
        norm = float(np.linalg.norm(r))
        return r, found, norm if math.isfinite(norm) else math.inf

    problem.follow(x)
    r, found, norm = trial(x)
    if jacobian is not None:
        jacobian = jacobian / np.array([problem.scale_C] + [1.0] * (x.size - 1))[:, None]
    iterations = 0
    stuck = not math.isfinite(norm)
    while not stuck and iterations < max_iterations and (problem.follow(x) or np.max(np.abs(r)) > ACCURACY):
        iterations += 1
        problem.scale_C = min(problem.scale_C, math.exp(x[0]))
        r, found, norm = trial(x)
        if not math.isfinite(norm) or np.max(np.abs(r)) <= ACCURACY:
            break
        fresh = jacobian is None
        if fresh:
            layout = found[3]
            jacobian = np.empty((x.size, x.size))
            for i in range(x.size):
                step = np.zeros(x.size)
                step[i] = 2e-5
                change = problem.residuals(x + step, layout)[0] - problem.residuals(x - step, layout)[0]
                jacobian[:, i] = change / 4e-5
        while np.max(np.abs(r)) > ACCURACY:
            step = np.linalg.lstsq(jacobian, -r, rcond=1e-14)[0]
            damping = min(1.0, 0.7 / np.max(np.abs(step)))
            while damping > 1e-4:
                new = x + damping * step
                r_new, found_new, norm_new = trial(new)
                if norm_new < norm * (1.0 - 0.1 * damping):
                    break
                damping *= 0.5
            else:
                # Rounding stops the descent: accept what is reached if it is small, else try a new Jacobian once.
                stuck = fresh
                jacobian = None
                break
            ratio = norm_new / norm
            jacobian += np.outer(r_new - r - jacobian @ (damping * step), step) / (damping * np.dot(step, step))
            x, r, found, norm, fresh = new, r_new, found_new, norm_new, False
            if ratio > 0.5:
                jacobian = None
                break
    residual = math.inf if r is None else float(np.max(np.abs(r)))
    point = problem.unpack(x)
    if residual < 1e3 * ACCURACY and check:
        fine, found = problem.residuals(x, None, True)
        residual = float(np.max(np.abs(fine)))
    if not residual < FINE_ACCURACY:
        raise ConvergenceError(
            f"the equations with {start.y.size} steps at T = {T:g} (reduced) did not converge",
            last=point,
            residual=residual,
            iterations=iterations,
        )
    f, out, laws, _ = found
    if jacobian is not None:
        jacobian = jacobian * np.array([problem.scale_C] + [1.0] * (x.size - 1))[:, None]
    return Solution(point, out, f, float(out[0]), residual, iterations, laws, jacobian)


def evaluate(kind, T, k, J0, point, exponent=1.0):
    """A given point as a Solution, with its residual."""
    problem = _Problem(kind, T, k, J0, point.y.size, exponent, polarised=point.H > 0.0)
    problem.scale_C = point.C
    r, (f, out, laws, _) = problem.residuals(problem.pack(point), None, True)
    return Solution(point, out, f, float(out[0]), float(np.max(np.abs(r))), 0, laws)


def susceptibility(point):
    """∂⟨v⟩/∂H of an unpolarised state: C + Σ y_i (q_i − q_{i−1})."""
    return point.C + float(np.dot(point.y, np.diff(point.q)))


def polarise(kind, T, k, J0, unpolarised, exponent=1.0):
    """The polarised state for J₀ above the inverse susceptibility of the unpolarised one, followed in H from H = 0."""
    point = unpolarised.point
    inverse = 1.0 / susceptibility(point)
    # J₀(H) = H/p starts as inverse + a H².
    H2 = min(0.05, 0.5 * (J0 / inverse - 1.0)) * point.q[-1]
    last = (0.0, inverse)
    iterations = 0
    for _ in range(60):
        H = math.sqrt(H2)
        found = solve(kind, T, k, 0.0, point._replace(H=H), exponent, polarised=True, fixed_H=H, check=False)
        iterations += found.iterations
        point = found.point
        reached = H / found.p
        slope = (reached - last[1]) / (H2 - last[0])
        wanted = H2 + (J0 - reached) / slope if slope > 0.0 else 2.0 * H2
        if 0.8 * H2 < wanted < 1.2 * H2:
            break
        last = (H2, reached)
        H2 = min(max(wanted, 0.5 * H2), 1.7 * H2 + 0.05 * point.q[-1])
    found = solve(kind, T, k, J0, point, exponent, polarised=True)
    return found._replace(iterations=iterations + found.iterations)
