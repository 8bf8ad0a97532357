"""Soft potentials against plain NumPy and SciPy, as a user would write it from the equations, in the same run."""

import math
import statistics
import time

import numpy as np
import pytest
from scipy.integrate import dblquad, quad
from scipy.optimize import brentq

from lowtglass import soft_potential as sp


class Oscillators:
    """−d²/dz² + Az² + Hz + z⁴ in a fixed oscillator basis, many at a time."""

    def __init__(self, size, length):
        x = np.diag(np.sqrt(np.arange(1, size + 4) / 2.0), 1)
        x = (x + x.T) * length
        n = np.arange(size + 4)
        p2 = np.diag(n + 0.5) - np.diag(0.5 * np.sqrt((n[:-2] + 1) * (n[:-2] + 2)), 2)
        p2 = (p2 + np.triu(p2, 1).T) / length**2
        kept = slice(0, size)
        self.x, self.x2 = x[kept, kept], (x @ x)[kept, kept]
        self.x3, self.x4 = (x @ x @ x)[kept, kept], (x @ x @ x @ x)[kept, kept]
        self.p2 = p2[kept, kept]

    def levels(self, A, H, n):
        A, H = np.atleast_1d(A), np.atleast_1d(H)
        found = np.empty((A.size, n))
        for k in range(0, A.size, 500):
            a, h = A[k : k + 500, None, None], H[k : k + 500, None, None]
            found[k : k + 500] = np.linalg.eigvalsh(self.p2 + self.x4 + a * self.x2 + h * self.x)[:, :n]
        return found

    def gaps(self, alpha, beta):
        found = np.empty(alpha.size)
        for k in range(0, alpha.size, 500):
            a, b = alpha[k : k + 500, None, None], beta[k : k + 500, None, None]
            e = np.linalg.eigvalsh(self.p2 + self.x4 + a * self.x2 - b * self.x3)
            found[k : k + 500] = e[:, 1] - e[:, 0]
        return found


def median(function, rounds=3):
    times = []
    for _ in range(rounds):
        start = time.process_time()
        result = function()
        times.append(time.process_time() - start)
    return result, statistics.median(times)


def test_map_of_gaps(benchmark):
    """e₁₂ on 200 × 200 points of (α, β) to 1e-10; NumPy on a twentieth of them, times twenty."""
    alpha, beta = np.meshgrid(np.linspace(-5.0, 10.0, 200), np.linspace(-5.0, 5.0, 200), indexing="ij")
    found = benchmark.pedantic(sp.gap, (alpha, beta), rounds=3, warmup_rounds=1)
    _, ours = median(lambda: sp.gap(alpha, beta))
    plain = Oscillators(80, 0.5)
    some = np.arange(0, alpha.size, 20)
    theirs, seconds = median(lambda: plain.gaps(alpha.ravel()[some], beta.ravel()[some]))
    reference = Oscillators(110, 0.47).gaps(alpha.ravel()[some], beta.ravel()[some])
    np.testing.assert_allclose(theirs, reference, rtol=0.0, atol=1e-10)
    np.testing.assert_allclose(found.energy.ravel()[some], reference, rtol=0.0, atol=1e-10)
    ratio = 20.0 * seconds / ours
    benchmark.extra_info["ratio to NumPy"] = ratio
    assert ratio >= 15.0, f"{20.0 * seconds:.2f} s against {ours:.4f} s"


def test_density_of_states(benchmark):
    """n(E) at 100 energies, each to 1e-4; SciPy at one or two of them, times a hundred or fifty.

    SciPy's ``dblquad`` integrates over a peak in place of the delta function, of fourth order and as wide as the error
    allows, at an energy far from the saddle, next to which it would have to be narrower. The other way to write it is
    ``quad`` along the level curve with ``brentq`` for the field. Where the whole curve is smooth, as at the first
    energy, that is only a few times slower than ours; where it crosses the line of the second well, as at the other
    one and most, the integrand jumps and it takes many more points.
    """
    distribution = sp.Distribution(1.0, "barrier top", P0=lambda eta, t: np.exp(-0.16 * (eta**2 + t**2)))
    E = np.linspace(0.6, 4.5, 100)
    found = benchmark.pedantic(sp.density_of_states, (E, distribution), {"rtol": 1e-4}, rounds=1, warmup_rounds=0)
    _, ours = median(lambda: sp.density_of_states(E, distribution, rtol=1e-4), 1)
    plain = Oscillators(44, 0.6)

    def peak(energy):
        width = 0.06 * energy

        def integrand(beta, alpha):
            if 0.0 <= alpha <= 9.0 / 32.0 * beta**2:
                return 0.0
            e = np.linalg.eigvalsh(plain.p2 + plain.x4 + alpha * plain.x2 - beta * plain.x3)
            x = (e[1] - e[0] - energy) / width
            delta = (1.5 - 0.5 * x * x) * math.exp(-0.5 * x * x) / (math.sqrt(2.0 * math.pi) * width)
            return abs(alpha) * math.exp(-0.16 * (alpha**2 + beta**2)) * delta

        # Even in β; the two regions of single and double wells apart.
        double = dblquad(integrand, -9.0, 0.0, 0.0, 9.0, epsabs=0.0, epsrel=1e-4)[0]
        single = dblquad(integrand, 0.0, 13.0, 0.0, lambda a: math.sqrt(32.0 * a / 9.0), epsabs=0.0, epsrel=1e-4)[0]
        return 2.0 * (double + single)

    def curve(energy):
        def gap(A, H):
            e, v = np.linalg.eigh(plain.p2 + plain.x4 + A * plain.x2 + H * plain.x)
            return e[1] - e[0], v[:, 1] @ plain.x @ v[:, 1] - v[:, 0] @ plain.x @ v[:, 0]

        top = brentq(lambda A: gap(A, 0.0)[0] - energy, -12.0, 15.0, xtol=1e-10)

        def integrand(s):
            A = top - s * s
            H = brentq(lambda h: gap(A, h)[0] - energy, 0.0, 60.0, xtol=1e-10)
            return 2.0 * s * distribution.density(A, H) * 2.0 / abs(gap(A, H)[1])

        return quad(integrand, 0.0, math.sqrt(top + 13.0), epsabs=0.0, epsrel=1e-4, limit=200)[0]

    for name, function, some in (("dblquad", peak, (20,)), ("quad and brentq", curve, (20, 80))):
        ratios = []
        for k in some:
            value, theirs = median(lambda function=function, k=k: function(E[k]), 1)
            assert found.density[k] == pytest.approx(value, rel=1e-4)
            ratios.append(theirs * len(E) / ours)
            benchmark.extra_info[f"ratio to {name} at E = {E[k]:.2f}"] = ratios[-1]
        ratio = statistics.mean(ratios)
        assert ratio >= (50.0 if name == "dblquad" else 20.0), f"{name}: {ratio:.1f} times {ours:.2f} s"


def test_heat_capacity(benchmark):
    """C/T³ at 60 temperatures to 1e-3; NumPy on a grid of (A, arsinh H), timed on one row in eight.

    With 240 × 160 points the midpoint rule is good to 1e-3 up to T = 0.6 w and to 8e-3 at 0.8 w: the grid is favoured.
    """
    distribution = sp.Distribution(1.0, "barrier top", delta_eta=4.0, eta_max=100.0)
    T = np.geomspace(0.03, 0.8, 60)
    found = benchmark.pedantic(lambda: sp.heat_capacity(T, distribution, rtol=1e-3), rounds=1, warmup_rounds=0)

    def fresh():
        from lowtglass.soft_potential.thermodynamics import _ensemble

        _ensemble.cache_clear()
        return sp.heat_capacity(T, distribution, rtol=1e-3)

    _, ours = median(fresh, 1)
    plain = Oscillators(150, 0.36)

    def grid(rows, columns, part=1):
        # Down to barrier tops of weight e⁻⁹, up to wells of e⁻²⁰ at the highest temperature.
        A = -38.0 + 138.0 * (np.arange(rows) + 0.5) / rows
        top = math.asinh(3e3 * 200.0)
        s = top * (np.arange(columns) + 0.5) / columns
        H, dH = np.sinh(s) / 200.0, np.cosh(s) / 200.0 * top / columns
        total = np.zeros(T.size)
        for k in range(0, rows, part):
            weight = distribution.density(np.full(columns, A[k]), H) * dH * 2.0 * 138.0 / rows * part
            e = plain.levels(np.full(columns, A[k]), H, 24)
            x = (e - e[:, :1])[:, None, :] / T[None, :, None]
            z = np.exp(-x)
            norm = z.sum(axis=-1)
            mean, square = (z * x).sum(axis=-1) / norm, (z * x * x).sum(axis=-1) / norm
            total += weight @ (square - mean**2)
        return total

    start = time.process_time()
    grid(240, 160, 8)
    theirs = 8.0 * (time.process_time() - start)
    assert np.all(found.error <= 1e-3 * found.heat_capacity)
    ratio = theirs / ours
    benchmark.extra_info["ratio to NumPy"] = ratio
    assert ratio >= 20.0, f"{theirs:.1f} s against {ours:.2f} s"
