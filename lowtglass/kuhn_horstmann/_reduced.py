"""Kernels of the replica-symmetric equations, in reduced variables.

With B = a₄/(6γ) and v = u/√B the effective potential becomes U = −h u − ½A u² + ¼u⁴, A = C − k, k = a₂/γ; C, J₀ and the
field's ratio to its width do not change, while q, p², T and f carry a factor 1/B. Three numbers are left: k, J₀ and T.

The field is h = σ(z + η), σ = √q, η = J₀p/√q, and every average over z is folded onto y = |z + η| with the weights
E = φ(y − η) + φ(y + η) (even functions of h) and O = φ(y − η) − φ(y + η) (odd functions), φ the normal density.
"""

import math

import numpy as np
from numba import njit

from ..numerics import gauss_legendre

Z_RANGE = 9.0  # the normal law has 2e-19 of its weight beyond
CUT = 40.0  # Boltzmann factors below exp(−40) are dropped
NORM = 1.0 / math.sqrt(2.0 * math.pi)

NODES, WEIGHTS = gauss_legendre(24)
FINE_NODES, FINE_WEIGHTS = gauss_legendre(34)


@njit(cache=True)
def excess_root(base, linear, y):
    """Root t >= 0 of t³ + 3·base·t² + linear·t = y for y >= 0 (all coefficients >= 0).

    The largest root of w³ − a w = y is w = base + t with base = √a, linear = 2a for a > 0 and base = 0, linear = −a
    otherwise; in this form neither t nor y suffers cancellation.
    """
    t = y ** (1.0 / 3.0)
    if linear * t > y:
        t = y / linear
    # The start lies to the right of the root and the cubic is convex there: Newton descends monotonically.
    for _ in range(60):
        slope = linear + t * (6.0 * base + 3.0 * t)
        if slope <= 0.0:
            return t
        new = t - (t * (linear + t * (3.0 * base + t)) - y) / slope
        if not new < t:
            return t
        if t - new < 1e-16 * t:
            return new
        t = new
    return t


@njit(cache=True)
def outer_root(a, y):
    """Largest root w of w³ − a w = y for y >= 0."""
    if a > 0.0:
        base = math.sqrt(a)
        return base + excess_root(base, 2.0 * a, y)
    return excess_root(0.0, -a, y)


@njit(cache=True)
def weights_of_field(z, eta):
    """E and O of the module docstring at y = η + z >= 0, without cancellation in O."""
    near = NORM * math.exp(-0.5 * z * z)
    ratio = math.expm1(-2.0 * (eta + z) * eta)
    return near * (2.0 + ratio), -near * ratio


@njit(cache=True)
def zero_averages(a, eta, nodes, weights):
    """Averages over z at T = 0, scaled: w³ − a w = z + η, u = σ^(1/3) w, A = a σ^(2/3).

    The integrals run over w, in which the integrand is smooth on each side of the jump at h = 0; where the jump carries
    no weight (η > 12) over z, which avoids the rounding of z = y − η.

    Returns ⟨w⟩, ⟨w²⟩, ⟨z w⟩, ⟨w⁴⟩, ⟨w′²⟩, ∂⟨w⟩/∂a, ∂⟨w²⟩/∂a, ∂⟨zw⟩/∂a, ∂⟨w²⟩/∂η, ∂⟨zw⟩/∂η, ⟨(z + η)w³⟩, ⟨w⁶⟩.
    """
    low = max(0.0, eta - Z_RANGE)
    reach = Z_RANGE + min(eta, Z_RANGE)
    panels = math.ceil(reach / 2.25)
    m1 = m2 = c1 = m4 = at = m1a = m2a = c1a = m2e = c1e = m13 = m6 = 0.0
    base = math.sqrt(max(a, 0.0))
    linear = 2.0 * a if a > 0.0 else -a
    left = excess_root(base, linear, low)
    for panel in range(1, panels + 1):
        right = excess_root(base, linear, low + reach * panel / panels)
        width = right - left
        # 1/slope has poles at w = ±i√(−a/3), close to the path where double wells are about to appear: take E(0)/slope
        # out of the panel that starts at w = 0 and integrate it in closed form.
        at_origin = 0.0
        if left == 0.0 and a < 0.0:
            at_origin = 2.0 * NORM * math.exp(-0.5 * eta * eta)
            at += at_origin * math.atan(right * math.sqrt(3.0 / linear)) / math.sqrt(3.0 * linear)
        for i in range(nodes.size):
            if eta > 12.0:
                z = -Z_RANGE + 2.0 * Z_RANGE * (panel - 1 + nodes[i]) / panels
                y = eta + z
                t = excess_root(base, linear, y)
            else:
                t = left + width * nodes[i]
                y = t * (linear + t * (3.0 * base + t))
                z = y - eta
            w = base + t
            slope = linear + t * (6.0 * base + 3.0 * t)
            even, odd = weights_of_field(z, eta)
            measure = 2.0 * Z_RANGE / panels / slope if eta > 12.0 else width
            even *= measure * weights[i]
            odd *= measure * weights[i]
            w2 = w * w
            m1 += w * odd * slope
            m2 += w2 * even * slope
            m4 += w2 * w2 * even * slope
            m13 += y * w2 * w * even * slope
            m6 += w2 * w2 * w2 * even * slope
            c1 += even
            at += (even - at_origin * width * weights[i]) / slope
            m1a += w * odd
            m2a += 2.0 * w2 * even
            if eta > 12.0:
                c1a += even / slope * (1.0 - 6.0 * w2 / slope)
                m2e += 2.0 * w * even
                c1e -= 6.0 * w * even / (slope * slope)
            else:
                # By parts, which takes the jump along; (even − odd)/2 is the weight of z = −(y + η).
                c1a += w * (z * odd + y * (even - odd))
                m2e += w2 * (z * even - y * (even - odd)) * slope
                c1e += w * ((z * z - 1.0) * odd - 2.0 * y * eta * (even - odd)) * slope
        left = right
    if a > 0.0:
        c1 += 2.0 * math.sqrt(a) * NORM * math.exp(-0.5 * eta * eta)
    return m1, m2, c1, m4, at, m1a, m2a, c1a, m2e, c1e, m13, m6


@njit(cache=True)
def zero_glass_point(a, nodes, weights):
    """Unpolarised glass at T = 0 for a given a: σ, C, δ = 2 − k and dδ/da.

    ⟨w²⟩ = σ^(4/3), C = ⟨zw⟩/√⟨w²⟩, A = a√⟨w²⟩, δ = 2 − C + A; for a < −1 the two differences 1 − C and 1 + A are
    written without cancellation, so that δ keeps its relative accuracy at the onset (a → −∞, δ ≈ 3/|a|³).
    """
    m = zero_averages(a, 0.0, nodes, weights)
    m2, c1, m2a, c1a, e, m6 = m[1], m[2], m[6], m[7], m[10], m[11]
    root = math.sqrt(m2)
    C = c1 / root
    if a < -1.0:
        d = 2.0 * e - m6  # 1 − a²⟨w²⟩
        s = math.sqrt(1.0 - d)
        delta = d / (1.0 + s) + (e - d / (1.0 + s)) / s
    else:
        delta = 2.0 - C + a * root
    if a < -30.0:
        slope = 9.0 / a**4
    else:
        slope = root + 0.5 * a * m2a / root - c1a / root + 0.5 * c1 * m2a / (m2 * root)
    return m2**0.75, C, delta, slope


@njit(cache=True)
def zero_glass(delta, nodes, weights):
    """Solve δ(a) = δ > 0 (it grows with a). Returns a, relative error in δ, iterations."""
    low = -math.inf
    high = math.inf
    # The two ends of δ(a): 3/|a|³ at a → −∞, a^(3/2) at a → ∞.
    a = -((3.0 / delta) ** (1.0 / 3.0)) + 1.03 if delta < 2.0 else (delta - 1.2) ** (2.0 / 3.0)
    power = -1.0 / 3.0 if delta < 2.0 else 2.0 / 3.0
    error = math.inf
    for iteration in range(1, 80):
        _, _, value, slope = zero_glass_point(a, nodes, weights)
        error = value / delta - 1.0
        if error > 0.0:
            high = min(high, a)
        else:
            low = max(low, a)
        # Newton for δ(a)^power, which is nearly linear in a.
        ratio = delta / value
        step = value / (power * slope) * math.expm1(power * math.log(ratio))
        new = a + step
        if not low < new < high and high - low < math.inf:
            new = 0.5 * (low + high)
        if abs(new - a) <= 4e-16 * abs(a) or error == 0.0 or (abs(error) < 1e-14 and abs(step) < 1e-14 * (1 + abs(a))):
            return a, error, iteration
        a = new
    return a, error, 80


@njit(cache=True)
def zero_equations(k, J0, C, q, Y, nodes, weights, r, jac):
    """Residuals and Jacobian in (C, q, Y = η²) at T = 0; returns (⟨u⟩, −f, ⟨1/U″²⟩)."""
    sigma = math.sqrt(q)
    s23 = sigma ** (-2.0 / 3.0)
    a = (C - k) * s23
    eta = math.sqrt(Y)
    m1, m2, c1, m4, at, m1a, m2a, c1a, m2e, c1e, _, _ = zero_averages(a, eta, nodes, weights)
    aL = -2.0 / 3.0 * a
    if Y > 0.0:
        g = J0 * s23 / eta
        r[0] = 1.0 - g * m1
        jac[0, 0] = -g * m1a * s23
        jac[0, 1] = -g * (-2.0 / 3.0 * m1 + m1a * aL) / (2.0 * q)
        jac[0, 2] = -g * (c1 - m1 / eta) / (2.0 * eta)
        jac[1, 2] = -s23 * s23 * m2e / (2.0 * eta)
        jac[2, 2] = -s23 / C * c1e / (2.0 * eta)
    else:
        r[0] = 0.0
        jac[0, 0] = jac[0, 1] = jac[1, 2] = jac[2, 2] = 0.0
        jac[0, 2] = 1.0
    r[1] = 1.0 - s23 * s23 * m2
    jac[1, 0] = -s23 * s23 * m2a * s23
    jac[1, 1] = -s23 * s23 * (-4.0 / 3.0 * m2 + m2a * aL) / (2.0 * q)
    r[2] = 1.0 - s23 * c1 / C
    jac[2, 0] = -s23 / C * (c1a * s23 - c1 / C)
    jac[2, 1] = -s23 / C * (-2.0 / 3.0 * c1 + c1a * aL) / (2.0 * q)
    unstable = math.inf if a >= 0.0 else at * s23 * s23
    return sigma ** (1.0 / 3.0) * m1, 0.25 * sigma ** (4.0 / 3.0) * m4, unstable


@njit(cache=True)
def site(alpha, g, theta):
    """One coordinate with weight exp(g x + ½αx² − ¼x⁴), g >= 0, by the trapezoidal rule.

    The step is `theta` times the width of the main well; the rule converges faster than exponentially.
    Returns ln Z, the mean of x and its central moments 2, 3, 4.
    """
    x0 = outer_root(alpha, g)
    curvature = 3.0 * x0 * x0 - alpha
    step = theta / math.sqrt(curvature + 9.0)
    depth = x0 * (g + x0 * (0.5 * alpha - 0.25 * x0 * x0))  # of the main well below x = 0
    if depth < 12.0 or 2.0 * g * x0 < 3.0:
        # Nodes in pairs ±x, combined so that odd moments keep their relative accuracy as g → 0.
        s0 = s1 = s2 = s3 = s4 = 0.0
        direction = 1.0
        start = 0.0
        if depth < CUT:
            s0 = math.exp(-depth)
            start = step - x0
        t = start
        while True:
            x = x0 + t
            drop = t * t * (0.5 * curvature + t * (x0 + 0.25 * t))
            # A step across a narrow top at x = 0 would count the pairs twice.
            if drop < CUT and x > 0.0:
                near = math.exp(-drop)
                ratio = math.expm1(-2.0 * g * x)
                even = near * (2.0 + ratio)
                odd = -near * ratio * x
                x2 = x * x
                s0 += even
                s1 += odd
                s2 += even * x2
                s3 += odd * x2
                s4 += even * x2 * x2
            elif direction < 0.0:
                break
            elif t > 0.0:
                if depth < CUT:
                    break
                direction = -1.0
                t = start
            t += direction * step
        mean = s1 / s0
        x2 = s2 / s0
        x3 = s3 / s0
        m2 = x2 - mean * mean
        m3 = x3 - mean * (3.0 * x2 - 2.0 * mean * mean)
        m4 = s4 / s0 - mean * (4.0 * x3 - mean * (6.0 * x2 - 3.0 * mean * mean))
        return depth + math.log(s0 * step), mean, m2, m3, m4
    # The other two stationary points: the second minimum `low` and the barrier top.
    discriminant = x0 * x0 - 4.0 * g / x0
    low = top = 0.0
    end = -math.inf
    if discriminant > 0.0:
        low = -0.5 * (x0 + math.sqrt(discriminant))
        top = g / (x0 * low)
        t = top - x0
        if t * t * (0.5 * curvature + t * (x0 + 0.25 * t)) > CUT:
            # A step across a narrow top would lead into the second well, which is added below.
            end = t
    s0 = 1.0
    s1 = s2 = s3 = s4 = 0.0
    reach = 0.0
    for side in range(2):
        t = step if side == 0 else -step
        while True:
            drop = t * t * (0.5 * curvature + t * (x0 + 0.25 * t))
            if drop > CUT or t < end:
                break
            p = math.exp(-drop)
            t2 = t * t
            s0 += p
            s1 += p * t
            s2 += p * t2
            s3 += p * t2 * t
            s4 += p * t2 * t2
            t += step if side == 0 else -step
        reach = t
    # Far below all other scales the well is Gaussian; its skewness, −φ‴ times the cube of the variance, is lost in
    # rounding.
    gaussian = 6.0 * x0 < 1e-4 * curvature**1.5
    third = -6.0 * x0
    if discriminant > 0.0:
        distance = x0 - low
        tilt = -0.25 * top * distance**3
        if tilt < CUT and reach > -distance:
            gaussian = False
            curvature = 3.0 * low * low - alpha
            other = theta / math.sqrt(curvature + 9.0)
            ratio = other / step
            for side in range(2):
                t = 0.0 if side == 0 else -other
                while True:
                    drop = tilt + t * t * (0.5 * curvature + t * (low + 0.25 * t))
                    # A step across a narrow top would count the main well twice.
                    if drop > CUT or low + t > top:
                        break
                    p = math.exp(-drop) * ratio
                    shift = t - distance
                    t2 = shift * shift
                    s0 += p
                    s1 += p * shift
                    s2 += p * t2
                    s3 += p * t2 * shift
                    s4 += p * t2 * t2
                    t += other if side == 0 else -other
    t1 = s1 / s0
    t2 = s2 / s0
    t3 = s3 / s0
    m2 = t2 - t1 * t1
    m3 = third * m2**3 if gaussian else t3 - t1 * (3.0 * t2 - 2.0 * t1 * t1)
    m4 = s4 / s0 - t1 * (4.0 * t3 - t1 * (6.0 * t2 - 3.0 * t1 * t1))
    return depth + math.log(s0 * step), x0 + t1, m2, m3, m4


@njit(cache=True)
def thermal_equations(T, k, J0, C, q, Y, nodes, weights, theta, r, jac):
    """Residuals and Jacobian in (C, q, Y = η²) at T > 0; returns (⟨u⟩, T⟨ln Z⟩, β²⟨(⟨u²⟩ − ⟨u⟩²)²⟩).

    Sites are scaled with u = T^(1/4) x, g = h T^(−3/4), α = A T^(−1/2).
    """
    sigma = math.sqrt(q)
    eta = math.sqrt(Y)
    alpha = (C - k) / math.sqrt(T)
    s = sigma * T**-0.75
    t4 = T**0.25
    # Scale in y on which a site responds near h = 0: its Lee–Yang zeros lie on the imaginary axis about this far away.
    if alpha > 0.0:
        scale = 1.5 / (1.0 + 2.0 * math.sqrt(alpha)) / s
    else:
        scale = 1.5 * (1.0 + (-alpha) ** 1.5) / s
    # Panels in y that grow away from y = 0; in z, which avoids rounding, where y = 0 carries no weight.
    centre = eta if eta > 12.0 else 0.0
    left = -Z_RANGE if centre > 0.0 else max(0.0, eta - Z_RANGE)
    end = Z_RANGE + (eta - centre)
    M1 = M1C = M1s = M2 = M2C = M2s = M2e = V = VC = Vs = Ve = at = S = 0.0
    while left < end:
        width = min(max(scale, 2.0 * (centre + left)), 2.25)
        if left + 1.2 * width > end:
            width = end - left
        for i in range(nodes.size):
            node = left + width * nodes[i]
            x = centre + node
            even, odd = weights_of_field(node + (centre - eta), eta)
            even *= width * weights[i]
            odd *= width * weights[i]
            lnZ, m, v, m3, m4 = site(alpha, s * x, theta)
            K12 = m3 + 2.0 * m * v
            S += lnZ * even
            M1 += m * odd
            M1C += 0.5 * K12 * odd
            M1s += x * v * odd
            M2 += m * m * even
            M2C += m * K12 * even
            M2s += 2.0 * m * v * x * even
            M2e += 2.0 * m * v * odd
            V += v * even
            if centre == 0.0:
                # ∂⟨z⟨x⟩⟩/∂α by parts: the direct form cancels to order T within the layer of degenerate double wells.
                z = node - eta
                VC += 0.5 * K12 * (z * odd + x * (even - odd)) / s
            else:
                VC += 0.5 * (2.0 * m * m3 + m4 - v * v) * even
            Vs += x * m3 * even
            Ve += m3 * odd
            at += v * v * even
        left += width
    root = math.sqrt(T)
    M1 *= t4
    M1C /= t4
    M1s /= root
    M2 *= root
    M2s /= t4
    M2e *= s * root
    M1e = s * t4 * V
    V /= root
    VC /= T
    Vs *= T**-1.25
    Ve *= s / root
    at /= T
    if Y > 0.0:
        g = J0 / (sigma * eta)
        r[0] = 1.0 - g * M1
        jac[0, 0] = -g * M1C
        jac[0, 1] = -g * (M1s - M1 / sigma) / (2.0 * sigma)
        jac[0, 2] = -g * (M1e - M1 / eta) / (2.0 * eta)
        jac[1, 2] = -M2e / q / (2.0 * eta)
        jac[2, 2] = -Ve / C / (2.0 * eta)
    else:
        r[0] = 0.0
        jac[0, 0] = jac[0, 1] = jac[1, 2] = jac[2, 2] = 0.0
        jac[0, 2] = 1.0
    r[1] = 1.0 - M2 / q
    jac[1, 0] = -M2C / q
    jac[1, 1] = -(M2s - 2.0 * M2 / sigma) / q / (2.0 * sigma)
    r[2] = 1.0 - V / C
    jac[2, 0] = -(VC - V / C) / C
    jac[2, 1] = -Vs / C / (2.0 * sigma)
    return M1, T * (S + 0.25 * math.log(T)), at


@njit(cache=True)
def equations(T, sites, J0, x, fine, r, jac):
    """Equations at any T for sites (weight, k, B), rows of `sites`; `fine` takes denser rules, for the final check.

    Returns ⟨v⟩, T⟨ln Z⟩ (the negative of f at T = 0) and β²⟨(⟨v²⟩ − ⟨v⟩²)²⟩. One row (1, k, 1) is the glass without
    local randomness in reduced variables. With several rows T, q, p and f are those of the model: a site has the
    reduced temperature TB and field variance qB, and its residuals are 1 minus its share of the averages, so that
    those of the whole are their weighted sum.
    """
    nodes = FINE_NODES if fine else NODES
    weights = FINE_WEIGHTS if fine else WEIGHTS
    r_site = np.zeros(3)
    jac_site = np.zeros((3, 3))
    for i in range(3):
        r[i] = 0.0
        for j in range(3):
            jac[i, j] = 0.0
    mean = free = unstable = 0.0
    for n in range(sites.shape[0]):
        w = sites[n, 0]
        k = sites[n, 1]
        B = sites[n, 2]
        if T == 0.0:
            m, f, at = zero_equations(k, J0, x[0], x[1] * B, x[2], nodes, weights, r_site, jac_site)
        else:
            theta = 0.45 if fine else 0.6
            m, f, at = thermal_equations(T * B, k, J0, x[0], x[1] * B, x[2], nodes, weights, theta, r_site, jac_site)
            f -= 0.5 * T * B * math.log(B)
        mean += w * m / math.sqrt(B)
        free += w * f / B
        unstable += w * at
        for i in range(3):
            r[i] += w * r_site[i]
            jac[i, 0] += w * jac_site[i, 0]
            jac[i, 1] += w * B * jac_site[i, 1]
            jac[i, 2] += w * jac_site[i, 2]
    return mean, free, unstable


@njit(cache=True)
def newton_step(matrix, r, x, step):
    """Solve matrix · step = −r by Cramer's rule, columns scaled with x; False if singular."""
    for i in range(3):
        if x[i] > 0.0:
            for j in range(3):
                matrix[j, i] *= x[i]
    c00 = matrix[1, 1] * matrix[2, 2] - matrix[1, 2] * matrix[2, 1]
    c01 = matrix[1, 2] * matrix[2, 0] - matrix[1, 0] * matrix[2, 2]
    c02 = matrix[1, 0] * matrix[2, 1] - matrix[1, 1] * matrix[2, 0]
    det = matrix[0, 0] * c00 + matrix[0, 1] * c01 + matrix[0, 2] * c02
    if det == 0.0 or not math.isfinite(det):
        return False
    c10 = matrix[0, 2] * matrix[2, 1] - matrix[0, 1] * matrix[2, 2]
    c11 = matrix[0, 0] * matrix[2, 2] - matrix[0, 2] * matrix[2, 0]
    c12 = matrix[0, 1] * matrix[2, 0] - matrix[0, 0] * matrix[2, 1]
    c20 = matrix[0, 1] * matrix[1, 2] - matrix[0, 2] * matrix[1, 1]
    c21 = matrix[0, 2] * matrix[1, 0] - matrix[0, 0] * matrix[1, 2]
    c22 = matrix[0, 0] * matrix[1, 1] - matrix[0, 1] * matrix[1, 0]
    step[0] = -(c00 * r[0] + c10 * r[1] + c20 * r[2]) / det
    step[1] = -(c01 * r[0] + c11 * r[1] + c21 * r[2]) / det
    step[2] = -(c02 * r[0] + c12 * r[1] + c22 * r[2]) / det
    for i in range(3):
        if x[i] > 0.0:
            step[i] *= x[i]
    return True


@njit(cache=True)
def newton(T, sites, J0, x, iterations):
    """Damped Newton in x = (C, q, Y), in place. Returns (converged, residual, iterations used)."""
    r = np.zeros(3)
    jac = np.zeros((3, 3))
    step = np.zeros(3)
    trial = np.zeros(3)
    size = math.inf
    equations(T, sites, J0, x, False, r, jac)
    size = max(abs(r[0]), abs(r[1]), abs(r[2]))
    for iteration in range(1, iterations + 1):
        if not math.isfinite(size) or not newton_step(jac, r, x, step):
            return False, size, iteration
        damping = 1.0
        for i in range(3):
            # Every unknown is positive: a step takes away at most three quarters, and adds at most three times as much.
            if step[i] < -0.75 * x[i]:
                damping = min(damping, -0.75 * x[i] / step[i])
            elif step[i] > 3.0 * x[i] and x[i] > 0.0:
                damping = min(damping, 3.0 * x[i] / step[i])
        relative = 0.0
        for i in range(3):
            if x[i] > 0.0:
                relative = max(relative, abs(step[i]) / x[i])
        last = size
        for _ in range(8):
            for i in range(3):
                trial[i] = x[i] + damping * step[i]
            equations(T, sites, J0, trial, False, r, jac)
            size = max(abs(r[0]), abs(r[1]), abs(r[2]))
            if size < last * (1.0 - 0.1 * damping) or size < 1e-13:
                break
            damping *= 0.5
        x[:] = trial
        if size < 1e-13 and (relative < 1e-11 or size >= 0.25 * last or size == 0.0):
            return True, size, iteration
    return False, size, iterations


@njit(cache=True)
def iterate(T, sites, J0, x, iterations):
    """Put x = (C, q, Y) into the right-hand sides of the equations `iterations` times, in place."""
    r = np.zeros(3)
    jac = np.zeros((3, 3))
    for _ in range(iterations):
        equations(T, sites, J0, x, False, r, jac)
        x[0] *= 1.0 - r[2]
        q = x[1] * (1.0 - r[1])
        if x[2] > 0.0:
            # η = J₀⟨v⟩/√q with the new q.
            x[2] *= (1.0 - r[0]) ** 2 * x[1] / q
        x[1] = q


@njit(cache=True)
def responses(T, sites, C):
    """⟨χ⟩, ⟨χ²⟩ and d⟨χ⟩/dC over the sites, with χ = β⟨v²⟩ at h = 0 (1/(k − C) at T = 0)."""
    first = second = slope = 0.0
    for n in range(sites.shape[0]):
        w = sites[n, 0]
        if T == 0.0:
            if sites[n, 1] <= C:
                return math.inf, math.inf, math.inf
            chi = 1.0 / (sites[n, 1] - C)
            slope += w * chi * chi
        else:
            reduced = T * sites[n, 2]
            root = math.sqrt(reduced)
            _, _, x2, _, x4 = site((C - sites[n, 1]) / root, 0.0, 0.5)
            chi = x2 / root
            slope += w * 0.5 * (x4 - x2 * x2) / reduced
        first += w * chi
        second += w * chi * chi
    return first, second, slope


@njit(cache=True)
def free_of_fields(T, sites, C):
    """T⟨ln Z⟩ over the sites at h = 0 and T > 0."""
    free = 0.0
    for n in range(sites.shape[0]):
        B = sites[n, 2]
        log_z, _, _, _, _ = site((C - sites[n, 1]) / math.sqrt(T * B), 0.0, 0.45)
        free += sites[n, 0] * T * (log_z + 0.25 * math.log(T / B))
    return free


@njit(cache=True)
def ergodic(k, T):
    """C of the solution p = q = 0 at T > 0 that continues the one at high T. Returns (found, C, α, iterations).

    With α = A/√T the condition C = β⟨u²⟩ reads ⟨x²⟩ − αT = k√T; the left-hand side falls from the left up to a
    minimum, beyond which the solution ends.
    """
    root = math.sqrt(T)
    alpha = -k / root if k > 0.0 else 0.0
    low = alpha
    high = math.inf
    for iteration in range(1, 200):
        _, _, x2, _, x4 = site(alpha, 0.0, 0.6)
        slope = 0.5 * (x4 - x2 * x2) - T
        value = x2 - alpha * T - k * root
        if value > 0.0:
            low = alpha
            if slope >= 0.0 and high == math.inf:
                # The minimum is passed; a value within rounding of zero counts as the end of the solution itself.
                return value < 4e-15 * x2, x2 / root, alpha, iteration
        else:
            high = alpha
        # Newton, monotone from the left where the left-hand side is convex, and bisection where it is not.
        new = alpha - value / slope if slope < 0.0 else math.inf
        if not low <= new <= high:
            new = 0.5 * (low + high)
        new = min(new, 0.25 * alpha if alpha < -4.0 else 2.0 * abs(alpha) + 4.0)
        if abs(new - alpha) <= 4e-16 * abs(alpha) or value == 0.0 or (iteration > 1 and new in (low, high)):
            return True, x2 / root, alpha, iteration
        alpha = new
    return False, math.nan, alpha, 200


@njit(cache=True)
def ergodic_end(k):
    """Temperature below which the solution p = q = 0 has no real C (0 if it persists): ½(⟨x⁴⟩ − ⟨x²⟩²) = T there."""
    low = 0.0
    high = 1.0
    while not ergodic(k, high)[0]:
        low = high
        high *= 2.0
    for _ in range(200):
        middle = 0.5 * (low + high)
        if middle in (low, high) or high - low < 1e-14 * high:
            break
        if ergodic(k, middle)[0]:
            high = middle
        else:
            low = middle
    return high


@njit(cache=True)
def transition(delta, J0):
    """Temperature at which p = q = 0 becomes unstable, C·max(1, J0) = 1; 0 if it never does. Returns (T, α).

    With C = 1/J (J = max(1, J0)) and ⟨x⁴⟩ = 1 + α⟨x²⟩ the condition is ⟨x⁴⟩ = (J + 1/J − k)/J, T = J²⟨x²⟩².
    """
    J = max(1.0, J0)
    target = ((J - 1.0) ** 2 / J + delta) / J
    if target <= 0.0:
        return 0.0, -math.inf
    alpha = 1.0 - math.sqrt(3.0 / target) if target < 1.0 else math.sqrt(target) - 1.0
    power = -0.5 if target < 1.0 else 0.5
    low = -math.inf
    high = math.inf
    x2 = math.nan
    for _ in range(100):
        _, _, x2, _, x4 = site(alpha, 0.0, 0.6)
        error = x4 / target - 1.0
        if error > 0.0:
            high = min(high, alpha)
        else:
            low = max(low, alpha)
        slope = 6.0 / abs(alpha) ** 3 if alpha < -1e3 else 0.5 * (3.0 * x2 + alpha * x4 - x4 * x2)
        new = alpha + x4 / (power * slope) * math.expm1(-power * math.log1p(error))
        if not low < new < high and high - low < math.inf:
            new = 0.5 * (low + high)
        if abs(error) < 1e-14 and abs(new - alpha) < 1e-13 * (1.0 + abs(alpha)):
            break
        alpha = new
    return (J * x2) ** 2, alpha


@njit(cache=True)
def zero_point(a, eta):
    """Point (J0, k) of the T = 0 plane at which a state with given a and η is the solution, and ⟨1/U″²⟩ there."""
    m1, m2, c1, _, at, _, _, _, _, _, _, _ = zero_averages(a, eta, NODES, WEIGHTS)
    root = math.sqrt(m2)
    C = c1 / root
    J0 = eta * root / m1 if eta > 0.0 else 1.0 / C
    return J0, C - a * root, at / m2


@njit(cache=True)
def at_point(eta, b):
    """b = −a > 0 at which ⟨1/U″²⟩ = 1 for a polarised state of given η > 0, from the starting value `b`."""
    # ln⟨1/U″²⟩ falls with ln b, from ∞ to −ln(1 + η²); bracket, then the Illinois variant of the secant rule.
    x1 = math.log(b)
    f1 = math.log(zero_point(-b, eta)[2])
    step = 0.5 if f1 > 0.0 else -0.5
    x0 = x1
    f0 = f1
    while f0 * f1 > 0.0:
        x1 = x0
        f1 = f0
        x0 = x1 + step
        step *= 2.0
        if abs(x0) > 690.0:
            return 0.0 if x0 < 0.0 else math.inf
        f0 = math.log(zero_point(-math.exp(x0), eta)[2])
    for _ in range(100):
        x2 = x1 - f1 * (x1 - x0) / (f1 - f0) if f1 != f0 else 0.5 * (x0 + x1)
        f2 = math.log(zero_point(-math.exp(x2), eta)[2])
        if f2 * f1 < 0.0:
            x0 = x1
            f0 = f1
        else:
            f0 *= 0.5
        done = abs(x2 - x1) < 1e-14 * (1.0 + abs(x2)) or f2 == 0.0
        x1 = x2
        f1 = f2
        if done:
            break
    return math.exp(x1)


@njit(cache=True)
def at_line(etas):
    """Points (J0, k) of the de Almeida–Thouless line for increasing η > 0."""
    J0 = np.empty(etas.size)
    k = np.empty(etas.size)
    # Near the point J0 = 1, k = 2 the line has 12|a|⁻⁶ = η².
    b = (12.0 / etas[0] ** 2) ** (1.0 / 6.0)
    for i in range(etas.size):
        found = at_point(etas[i], b)
        if found > 0.0:
            b = found
        J0[i], k[i], _ = zero_point(-found, etas[i])
    return J0, k


@njit(cache=True)
def onset_line(etas):
    """Points (J0, k) at which double wells appear (a = 0)."""
    J0 = np.empty(etas.size)
    k = np.empty(etas.size)
    for i in range(etas.size):
        J0[i], k[i], _ = zero_point(0.0, etas[i])
    return J0, k


@njit(cache=True)
def glass_line(deltas):
    """C of the unpolarised glass at T = 0 for each δ = 2 − k >= 0 (1 at δ = 0)."""
    C = np.ones(deltas.size)
    for i in range(deltas.size):
        if deltas[i] > 0.0:
            a, _, _ = zero_glass(deltas[i], NODES, WEIGHTS)
            C[i] = zero_glass_point(a, NODES, WEIGHTS)[1]
    return C


@njit(cache=True)
def transitions(deltas, J0):
    """`transition` for an array of δ."""
    T = np.empty(deltas.size)
    for i in range(deltas.size):
        T[i] = transition(deltas[i], J0)[0]
    return T
