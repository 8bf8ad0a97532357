"""Kernels of the equations with broken replica symmetry, in the reduced variables of ``_reduced``.

With K steps the order parameters are q_0 < ... < q_K, the parameters y_1 < ... < y_K (y = βx, finite at T = 0), C and
the mean H = J₀p of the field. Let φ_K(h) = T ln ∫du exp(−βU), which is −min U at T = 0, and, with w_i² = q_i − q_{i−1},

    φ_{i−1}(h) = (1/y_i) ln ∫Dz exp(y_i φ_i(h + w_i z)).

The free energy is

    f = ½J₀p² + ½C q_K + ¼TC² + ¼ Σ_i y_i (q_i² − q_{i−1}²) − ∫Dz φ_0(H + √q_0 z).

The field is a random walk h_0 → h_1 → ... → h_K with the transition densities exp(y_i φ_i(h') − y_i φ_{i−1}(h)) times
the normal law of variance w_i²; P_i is the law of h_i. With m_i = φ_i′ (m_{i−1} is the mean of m_i after a step)
stationarity reads p = ∫P_0 m_0, q_i = ∫P_i m_i², C = ∫P_K φ_K″ (with the jump of m_K at h = 0, if there is one) and
y_i(q_i² − q_{i−1}²)/4 = ∫P_{i−1} (mean of φ_i after a step − φ_{i−1}).

The laws of h_0, ..., h_{K−1} live on uniform grids, on which the trapezoidal rule is as good as exact: all functions
there are convolutions with normal laws. h_K has Gauss–Legendre panels that begin at h = 0, at T = 0 in the variable u,
in which nothing is singular.
"""

import math

import numpy as np
from numba import njit

from ._reduced import FINE_NODES, FINE_WEIGHTS, NODES, NORM, WEIGHTS, excess_root, outer_root, site

QUARTIC = 0  # u is continuous, in the potential of the model
ISING = 1  # u = ±1: the Sherrington–Kirkpatrick model

REACH = 8.4  # widths of a normal law that are kept
MAX_GRID = 40_000


@njit(cache=True)
def local(kind, T, A, h, theta):
    """φ, u = φ′ and φ″ for one field h >= 0, and ⟨u²⟩."""
    if kind == ISING:
        if T == 0.0:
            return h + 0.5 * A, 1.0, 0.0, 1.0
        tail = math.exp(-2.0 * h / T)
        m = -math.expm1(-2.0 * h / T) / (1.0 + tail)
        return h + T * math.log1p(tail) + 0.5 * A, m, 4.0 * tail / ((1.0 + tail) ** 2 * T), 1.0
    if T == 0.0:
        u = outer_root(A, h)
        slope = 3.0 * u * u - A
        return u * u * (0.75 * u * u - 0.5 * A), u, 1.0 / slope if slope > 0.0 else math.inf, u * u
    root = math.sqrt(T)
    log_z, x, x2, _, _ = site(A / root, h * T**-0.75, theta)
    return T * (log_z + 0.25 * math.log(T)), T**0.25 * x, x2 / root, root * (x2 + x * x)


@njit(cache=True)
def jump_at_zero(kind, T, A):
    """u(0+) at T = 0: half of the jump of φ′."""
    if T > 0.0:
        return 0.0
    if kind == ISING:
        return 1.0
    return math.sqrt(max(A, 0.0))


@njit(cache=True)
def innermost(kind, T, A, low, high, panel, scale, fine, table):
    """Quadrature rule for h_K on [low, high], 0 <= low; rows of `table`: h, dh, φ, u, φ″ dh, ⟨u²⟩. Returns the size.

    Panels have the length `panel`, near h = 0 `scale`; with an empty `table` nodes are counted only.
    """
    nodes = FINE_NODES if fine else NODES
    weights = FINE_WEIGHTS if fine else WEIGHTS
    theta = 0.45 if fine else 0.6
    base = math.sqrt(max(A, 0.0))
    linear = 2.0 * A if A > 0.0 else -A
    count = 0
    left = low
    while left < high:
        step = min(panel, max(scale, 2.0 * left))
        right = left + step
        if right + 0.2 * step > high:
            right = high
        if table.shape[1] > 0:
            in_u = kind == QUARTIC and T == 0.0
            a = excess_root(base, linear, left) if in_u else left
            b = excess_root(base, linear, right) if in_u else right
            for i in range(nodes.size):
                t = a + (b - a) * nodes[i]
                n = count + i
                if in_u:
                    u = base + t
                    slope = linear + t * (6.0 * base + 3.0 * t)
                    table[0, n] = t * (linear + t * (3.0 * base + t))
                    table[1, n] = (b - a) * weights[i] * slope
                    table[2, n] = u * u * (0.75 * u * u - 0.5 * A)
                    table[3, n] = u
                    table[4, n] = (b - a) * weights[i]
                    table[5, n] = u * u
                else:
                    phi, u, chi, u2 = local(kind, T, A, t, theta)
                    table[0, n] = t
                    table[1, n] = (b - a) * weights[i]
                    table[2, n] = phi
                    table[3, n] = u
                    table[4, n] = (b - a) * weights[i] * chi
                    table[5, n] = u2
        count += nodes.size
        left = right
    return count


@njit(cache=True)
def rule(kind, T, A, low, high, panel, scale, fine):
    """`innermost` on both sides of h = 0, in ascending order of h."""
    empty = np.zeros((6, 0))
    right = innermost(kind, T, A, max(low, 0.0), high, panel, scale, fine, empty) if high > 0.0 else 0
    left = innermost(kind, T, A, max(-high, 0.0), -low, panel, scale, fine, empty) if low < 0.0 else 0
    table = np.zeros((6, left + right))
    part = np.zeros((6, max(left, right)))
    if right > 0:
        innermost(kind, T, A, max(low, 0.0), high, panel, scale, fine, part)
        for n in range(right):
            for row in range(6):
                table[row, left + n] = part[row, n]
    if left > 0:
        if low != -high:
            innermost(kind, T, A, max(-high, 0.0), -low, panel, scale, fine, part)
        for n in range(left):
            for row in range(6):
                table[row, left - 1 - n] = -part[row, n] if row == 0 or row == 3 else part[row, n]
    return table


@njit(cache=True)
def last_step(origin, spacing, centre, first, last, y, w, span, weak, table, jump, phi0, phi, m, chi, kl, norm):
    """From h_K to h_{K−1}: φ, m = φ′, φ″ at the grid points first..last, and kl = mean of φ_K after the step − φ_{K−1}.

    norm is the logarithm of the sum of exp(y φ_K − ½z²) over the rule. With `weak`, where all exponents yφ are small,
    kl keeps its relative accuracy: it is second order in them.
    """
    size = table.shape[1]
    unit = NORM / w
    start = 0
    for j in range(first, last + 1):
        h = origin + (j - centre) * spacing
        while start < size and table[0, start] < h - span:
            start += 1
        stop = start
        top = -math.inf
        while stop < size and table[0, stop] < h + span:
            z = (table[0, stop] - h) / w
            top = max(top, y * table[2, stop] - 0.5 * z * z)
            stop += 1
        s0 = s1 = s2 = s3 = 0.0
        if weak:
            reference = table[2, (start + stop) // 2]
            top = y * reference
            excess = 0.0
            for n in range(start, stop):
                z = (table[0, n] - h) / w
                excess += unit * math.exp(-0.5 * z * z) * table[1, n] * math.expm1(y * (table[2, n] - reference))
        else:
            reference = 0.0
        for n in range(start, stop):
            z = (table[0, n] - h) / w
            e = math.exp(y * table[2, n] - 0.5 * z * z - top)
            weight = e * table[1, n]
            s0 += weight
            s1 += weight * table[3, n]
            s2 += e * table[4, n] + y * weight * table[3, n] * table[3, n]
            s3 += weight * (table[2, n] - reference)
        if jump > 0.0:
            z = h / w
            s2 += 2.0 * jump * math.exp(y * phi0 - 0.5 * z * z - top)
        norm[j] = top + math.log(s0)
        gain = math.log1p(excess) / y if weak else (norm[j] + math.log(unit)) / y
        phi[j] = reference + gain
        m[j] = s1 / s0
        chi[j] = s2 / s0 - y * m[j] * m[j]
        kl[j] = s3 / s0 - gain


@njit(cache=True)
def grid_step(
    centre, side, first, y, w, span, weak, stride, spacing1, side1, phi1, m1, chi1, phi, m, chi, kl, norm, ratio
):
    """The same between two levels on the grid; names with 1 belong to the inner level, whose grid is `stride` finer.

    norm is the sum of exp(y φ(h') − y φ(h) − ½z²) over the inner points h'; ratio[k] = exp(yφ(h_{k+1}) − yφ(h_k)).
    """
    band = int(span / spacing1)
    kernel = np.empty(band + 1)
    for n in range(band + 1):
        z = n * spacing1 / w
        kernel[n] = math.exp(-0.5 * z * z)
    low = centre - side1
    high = centre + side1
    for k in range(low, high):
        ratio[k] = math.exp(y * (phi1[k + 1] - phi1[k]))
    for j in range(first, centre + side + 1):
        at = centre + (j - centre) * stride
        s0 = 1.0
        s1 = m1[at]
        s2 = chi1[at] + y * m1[at] * m1[at]
        s3 = 0.0
        product = 1.0
        for k in range(at + 1, min(at + band, high) + 1):
            product *= ratio[k - 1]
            e = kernel[k - at] * product
            s0 += e
            s1 += e * m1[k]
            s2 += e * (chi1[k] + y * m1[k] * m1[k])
            s3 += e * (phi1[k] - phi1[at])
        product = 1.0
        for k in range(at - 1, max(at - band, low) - 1, -1):
            product /= ratio[k]
            e = kernel[at - k] * product
            s0 += e
            s1 += e * m1[k]
            s2 += e * (chi1[k] + y * m1[k] * m1[k])
            s3 += e * (phi1[k] - phi1[at])
        if weak:
            excess = 0.0
            for k in range(max(at - band, low), min(at + band, high) + 1):
                excess += kernel[abs(k - at)] * math.expm1(y * (phi1[k] - phi1[at]))
            gain = math.log1p(excess * spacing1 * NORM / w) / y
        else:
            gain = math.log(s0 * spacing1 * NORM / w) / y
        norm[j] = s0
        phi[j] = phi1[at] + gain
        m[j] = s1 / s0
        chi[j] = s2 / s0 - y * m[j] * m[j]
        kl[j] = s3 / s0 - gain


@njit(cache=True)
def grid_law(centre, side, first, w, span, stride, spacing1, side1, norm, ratio, law, law1):
    """Law of the inner level from that of the outer level, with what `grid_step` left in norm and ratio."""
    band = int(span / spacing1)
    kernel = np.empty(band + 1)
    for n in range(band + 1):
        z = n * spacing1 / w
        kernel[n] = math.exp(-0.5 * z * z)
    low = centre - side1
    high = centre + side1
    for j in range(first, centre + side + 1):
        at = centre + (j - centre) * stride
        weight = law[j] / norm[j]
        law1[at] += weight
        product = weight
        for k in range(at + 1, min(at + band, high) + 1):
            product *= ratio[k - 1]
            law1[k] += kernel[k - at] * product
        product = weight
        for k in range(at - 1, max(at - band, low) - 1, -1):
            product /= ratio[k]
            law1[k] += kernel[at - k] * product


@njit(cache=True)
def mirror(values, centre, side, sign):
    """Continue the right half of an array to its left half."""
    for j in range(1, side + 1):
        values[centre - j] = sign * values[centre + j]


@njit(cache=True)
def plan(kind, T, k, C, H, q, y, fine):
    """Grids for order parameters near the given ones.

    They stay fixed while the equations are differentiated. Returns (origin, spacing, side, span, reach, panel, scale):
    the common centre of all grids; spacing, number of points on either side and reach of a step for each level; range
    of h_K from the centre, length of its panels and of those near h = 0. An empty `spacing` says that they would be
    too large.
    """
    K = y.size
    A = C - k
    density = 0.75 if fine else 1.0
    w = np.empty(K + 1)
    w[0] = math.sqrt(q[0])
    for i in range(1, K + 1):
        w[i] = math.sqrt(q[i] - q[i - 1])
    reach = np.empty(K + 1)
    u_max = 0.0
    for _ in range(4):
        # Range of the walk: a normal law and the drift y w² u.
        drift = 0.0
        for i in range(K + 1):
            if i > 0:
                drift += y[i - 1] * w[i] * w[i] * u_max
            reach[i] = REACH * w[0] if i == 0 else REACH * math.sqrt(q[i]) + drift
        u_max = local(kind, T, A, abs(H) + reach[K], 0.6)[1]
    span = np.empty(K + 1)
    for i in range(K + 1):
        span[i] = REACH * w[i] + (y[i - 1] * w[i] * w[i] * u_max if i > 0 else 0.0)
    spacing = np.empty(K)
    side = np.empty(K, np.int64)
    for i in range(K - 1, -1, -1):
        # A level is as smooth as the normal laws inside it make it, up to singularities off the real axis.
        needed = density * min(0.65 * min(w[i], w[i + 1]), 0.27 * math.sqrt(q[K] - q[i]))
        if i == K - 1:
            spacing[i] = needed
        else:
            spacing[i] = spacing[i + 1]
            while 2.0 * spacing[i] <= needed:
                spacing[i] *= 2.0
        side[i] = int(min(reach[i] / spacing[i], 1e9)) + 1
        if i < K - 1:
            side[i] = min(side[i], int(side[i + 1] * spacing[i + 1] / spacing[i]))
    scale = math.inf
    if T > 0.0:
        # Distance of the zeros of Z from the real axis.
        if kind == ISING:
            scale = 1.5 * T
        else:
            alpha = A / math.sqrt(T)
            scale = T**0.75 * (1.5 / (1.0 + 2.0 * math.sqrt(alpha)) if alpha > 0.0 else 1.5 * (1.0 + (-alpha) ** 1.5))
    if not side[K - 1] < MAX_GRID or not reach[K] / w[K] < MAX_GRID:
        return H, np.zeros(0), side, span, reach[K], w[K], scale
    return H, spacing, side, span, reach[K], 3.0 * w[K], scale


@njit(cache=True)
def mean_field(kind, T, k, C, H, q, y, layout, fine, out):
    """All averages for given order parameters, on the grids of `plan`.

    Fills `out` with p, ⟨u²⟩, C, ∫P_0φ_0, P_K(0), then (K + 1) values ∫P_i m_i², K values ∫P_{i−1} kl and (K + 1) values
    ∫P_i φ_i″². Returns h_{K−1}, its law, and the logarithmic norm of the last step.
    """
    origin, spacing, side, span, reach, panel, scale = layout
    K = y.size
    A = C - k
    w = np.empty(K + 1)
    w[0] = math.sqrt(q[0])
    for i in range(1, K + 1):
        w[i] = math.sqrt(q[i] - q[i - 1])
    symmetric = H == 0.0 and origin == 0.0
    centre = 0
    for i in range(K):
        centre = max(centre, side[i])
    size = 2 * centre + 1
    table = rule(kind, T, A, origin - reach, origin + reach, panel, scale, fine)
    stride = np.ones(K, np.int64)
    u_max = max(abs(table[3, 0]), abs(table[3, table.shape[1] - 1]))
    weak = np.zeros(K, np.bool_)
    for i in range(K):
        weak[i] = y[i] * span[i + 1] * u_max < 1.0
    for i in range(K - 1):
        stride[i] = int(spacing[i] / spacing[i + 1] + 0.5)
    jump = jump_at_zero(kind, T, A)
    phi0 = local(kind, T, A, 0.0, 0.45)[0]
    phi = np.zeros((K, size))
    m = np.zeros((K, size))
    chi = np.zeros((K, size))
    kl = np.zeros((K, size))
    norm = np.zeros((K, size))
    ratio = np.zeros((K, size))
    for i in range(K - 1, -1, -1):
        first = centre if symmetric else centre - side[i]
        if i == K - 1:
            last_step(
                origin, spacing[i], centre, first, centre + side[i], y[i], w[K], span[K], weak[i], table, jump, phi0,
                phi[i], m[i], chi[i], kl[i], norm[i],
            )  # fmt: skip
        else:
            grid_step(
                centre, side[i], first, y[i], w[i + 1], span[i + 1], weak[i], stride[i], spacing[i + 1], side[i + 1],
                phi[i + 1], m[i + 1], chi[i + 1], phi[i], m[i], chi[i], kl[i], norm[i], ratio[i],
            )  # fmt: skip
        if symmetric:
            mirror(phi[i], centre, side[i], 1.0)
            mirror(m[i], centre, side[i], -1.0)
            mirror(chi[i], centre, side[i], 1.0)
            mirror(kl[i], centre, side[i], 1.0)
            mirror(norm[i], centre, side[i], 1.0)
    law = np.zeros(size)
    new = np.zeros(size)
    total = 0.0
    for j in range(centre - side[0], centre + side[0] + 1):
        z = (origin - H + (j - centre) * spacing[0]) / w[0]
        law[j] = math.exp(-0.5 * z * z)
        total += law[j]
    p = 0.0
    mean = 0.0
    for j in range(centre - side[0], centre + side[0] + 1):
        law[j] /= total
        p += law[j] * m[0, j]
        mean += law[j] * phi[0, j]
    for i in range(K):
        s1 = s2 = s3 = 0.0
        for j in range(centre - side[i], centre + side[i] + 1):
            s1 += law[j] * m[i, j] * m[i, j]
            s2 += law[j] * kl[i, j]
            s3 += law[j] * chi[i, j] * chi[i, j]
        out[5 + i] = s1
        out[6 + K + i] = s2
        out[6 + 2 * K + i] = s3
        if i < K - 1:
            new[:] = 0.0
            if symmetric:
                # The right half and its mirror image; the centre belongs to both.
                law[centre] *= 0.5
            grid_law(
                centre, side[i], centre if symmetric else centre - side[i], w[i + 1], span[i + 1], stride[i],
                spacing[i + 1], side[i + 1], norm[i], ratio[i], law, new,
            )  # fmt: skip
            if symmetric:
                for j in range(centre + 1):
                    law[j] = law[size - 1 - j] = new[j] + new[size - 1 - j]
            else:
                law[:] = new
    step = spacing[K - 1]
    y_K = y[K - 1]
    w_K = w[K]
    at_zero = 0.0
    h = np.empty(size)
    logs = np.empty(size)
    for j in range(size):
        h[j] = origin + (j - centre) * step
        logs[j] = -math.inf
        if law[j] > 0.0:
            logs[j] = math.log(law[j]) - norm[K - 1, j]
            if abs(h[j]) < span[K]:
                z = h[j] / w_K
                at_zero += math.exp(logs[j] + y_K * phi0 - 0.5 * z * z)
    q_K = x2 = response = unstable = 0.0
    start = 0
    for n in range(table.shape[1] // 2 if symmetric else 0, table.shape[1]):
        while start < size and h[start] < table[0, n] - span[K]:
            start += 1
        j = start
        density = 0.0
        while j < size and h[j] < table[0, n] + span[K]:
            if logs[j] > -math.inf:
                z = (table[0, n] - h[j]) / w_K
                density += math.exp(logs[j] + y_K * table[2, n] - 0.5 * z * z)
            j += 1
        if symmetric:
            density *= 2.0
        mass = density * table[1, n]
        q_K += mass * table[3, n] * table[3, n]
        x2 += mass * table[5, n]
        response += density * table[4, n]
        unstable += density * table[4, n] * table[4, n] / table[1, n]
    if jump > 0.0:
        response += 2.0 * jump * at_zero
        unstable = math.inf
    out[0] = p
    out[1] = x2
    out[2] = response
    out[3] = mean
    out[4] = at_zero
    out[5 + K] = q_K
    out[6 + 3 * K] = unstable
    return h, law, logs


@njit(cache=True)
def field_law(T, A, h, logs, y, w, fields, density):
    """Density of h_K at given fields, from what `mean_field` returned."""
    for n in range(fields.size):
        field = fields[n]
        phi = local(QUARTIC, T, A, abs(field), 0.45)[0]
        total = 0.0
        for j in range(h.size):
            z = (field - h[j]) / w
            exponent = logs[j] + y * phi - 0.5 * z * z
            if exponent > -700.0:
                total += math.exp(exponent)
        density[n] = total
