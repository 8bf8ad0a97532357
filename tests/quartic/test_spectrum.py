"""Levels against a grid (sinc DVR), power series in many digits, published numbers and exact relations."""

import math
from fractions import Fraction

import mpmath as mp
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lowtglass import quartic
from lowtglass.errors import ConvergenceError, InputError

EPS = np.finfo(float).eps


def value(c, x):
    return x * (c[0] + x * (c[1] + x * (c[2] + x * c[3])))


def classical_region(c, n, kinetic):
    """Energy with about n + 1 levels below it by the phase-space volume, and the region where V is below it."""
    reach = 2.0 * max((abs(c[k]) / c[3]) ** (1.0 / (3 - k)) for k in range(3)) + 1.0
    while True:
        x = np.linspace(-reach, reach, 40001)
        V = value(c, x)
        low, high = V.min(), min(V[0], V[-1])
        for _ in range(50):
            energy = 0.5 * (low + high)
            volume = np.sqrt(np.maximum(energy - V, 0.0) / kinetic).sum() * (x[1] - x[0]) / math.pi
            low, high = (energy, high) if volume < n + 1 else (low, energy)
        inside = x[V < energy]
        if volume > n + 0.9 and energy < 0.5 * min(V[0], V[-1]) + 0.5 * V.min():
            return energy, inside[0], inside[-1], V.min()
        reach *= 1.5


def dvr(c, n, kinetic, *, fine=1.0):
    """Energies, position matrix and rounding of H on a grid; even and odd functions apart if V is even."""
    energy, left, right, lowest = classical_region(c, n, kinetic)
    momentum = math.sqrt((energy - lowest) / kinetic)

    def beyond(edge, side):
        # out to where the wave function has fallen by exp(−20)
        x = edge + side * np.linspace(0.0, 4.0 * (right - left) + 30.0 / momentum, 20001)
        action = np.cumsum(np.sqrt(np.maximum(value(c, x) - energy, 0.0) / kinetic)) * abs(x[1] - x[0])
        return x[np.searchsorted(action, 20.0)]

    left, right = beyond(left, -1.0), beyond(right, 1.0)
    wave = fine * (1.5 * momentum + 80.0 / (right - left))
    points = math.ceil((right - left) * wave / math.pi)
    even = c[0] == 0.0 and c[2] == 0.0
    points += points % 2
    step = (right - left) / points
    middle = 0.0 if even else 0.5 * (left + right)
    x = middle + step * (np.arange(points) - 0.5 * (points - 1))
    apart = np.arange(points)
    line = np.where(apart == 0, math.pi**2 / 3, 2.0 * (-1.0) ** apart / np.maximum(apart, 1) ** 2) * kinetic / step**2
    i = np.arange(points)
    H = line[abs(i[:, None] - i)] + np.diag(value(c, x))
    if not even:
        w, v = np.linalg.eigh(H)
        w, v, norm = w[:n], v[:, :n], w[-1]
    else:
        half = points // 2
        w, v, norm = np.empty(n), np.empty((points, n)), 0.0
        for parity, sign in ((0, 1.0), (1, -1.0)):
            block = H[half:, half:] + sign * H[half:, half - 1 :: -1]
            e, u = np.linalg.eigh(block)
            count = len(range(parity, n, 2))
            w[parity::2] = e[:count]
            v[half:, parity::2] = u[:, :count] / math.sqrt(2.0)
            v[:half, parity::2] = sign * u[::-1, :count] / math.sqrt(2.0)
            norm = max(norm, e[-1])
    return w, v.T @ (x[:, None] * v), 4.0 * EPS * (norm + abs(lowest))


def exact(c, kinetic, start, *, parity=None, digits=20):
    """The level next to ``start`` as the zero of a determinant of power series, which converge everywhere.

    The wave function is made to vanish at both ends, where it has fallen by exp(−1.3·digits). With ``parity`` 0 or 1
    only the even or odd series is taken, which tells the two states of a pair apart.
    """
    start = float(start)
    roots = np.roots([c[3], c[2], c[1], c[0], -start])
    turning = roots.real[np.abs(roots.imag) < 1e-6 * (1.0 + np.abs(roots.real))]
    edges = turning.min(), turning.max()
    far = []
    for side, edge in zip((-1.0, 1.0), edges, strict=True):
        reach, action = edges[1] - edges[0], [0.0]
        while action[-1] <= 1.3 * digits:
            reach *= 2.0
            x = edge + side * np.linspace(0.0, reach, 10001)
            action = np.cumsum(np.sqrt(np.maximum(value(c, x) - start, 0.0) / kinetic)) * abs(x[1] - x[0])
        far.append(x[np.searchsorted(action, 1.3 * digits)])
    middle = 0.0 if parity is not None else 0.5 * (far[0] + far[1])
    inner = np.linspace(far[0], far[1], 4001)
    growth = np.sqrt(np.abs(value(c, inner) - start) / kinetic).sum() * (inner[1] - inner[0])
    bits = int(3.33 * (digits + 15) + 2.0 * growth)
    with mp.workprec(bits):
        # The potential over κ about the middle, with the derivatives there.
        about = [
            sum(mp.mpf(c[k]) * math.comb(k + 1, j) * mp.mpf(middle) ** (k + 1 - j) for k in range(j - 1 if j else 0, 4))
            for j in range(5)
        ]

        def solution(E, odd, X):
            # ψ'' = (V − E)ψ/κ term by term, each with its power of X, in integers: fixed point of ``bits`` digits.
            b = [int(mp.ldexp((about[j] - (E if j == 0 else 0)) / kinetic * X ** (j + 2), bits)) for j in range(5)]
            terms = [0, int(mp.ldexp(X, bits))] if odd else [1 << bits, 0]
            total, k, quiet = sum(terms), 0, 0
            while quiet < 8:
                new = sum(b[j] * terms[k - j] for j in range(min(k, 4) + 1)) // ((k + 2) * (k + 1)) >> bits
                terms.append(new)
                total += new
                quiet = quiet + 1 if abs(new) <= 1 else 0
                k += 1
            return mp.ldexp(mp.mpf(total), -bits)

        left, right = mp.mpf(far[0]) - middle, mp.mpf(far[1]) - middle

        def determinant(E):
            if parity is not None:
                return solution(E, parity, right)
            return solution(E, 0, left) * solution(E, 1, right) - solution(E, 0, right) * solution(E, 1, left)

        x0, x1 = mp.mpf(start), mp.mpf(start) + mp.mpf(10) ** -11 * (1 + abs(start))
        f0, f1 = determinant(x0), determinant(x1)
        for _ in range(20):
            x0, x1, f0 = x1, x1 - f1 * (x1 - x0) / (f1 - f0), f1
            if abs(x1 - x0) < mp.mpf(10) ** (-0.6 * digits) * (1 + abs(x1)):
                # What is left of a secant step is far smaller still.
                return x1
            f1 = determinant(x1)
    raise AssertionError("the reference does not converge")


CASES = [
    ((0.0, 0.0, 0.0, 1.0), (1e-3, 0.5, 10.0), (1, 2, 24, 48)),
    ((0.0, 0.0, 0.0, 1.0), (1.0,), (200,)),
    ((0.0, -2.0, 0.0, 1.0), (0.01, 0.5), (1, 2, 24, 200)),
    ((0.0, -20.0, 0.0, 1.0), (0.01, 0.5, 10.0), (1, 2, 24, 48)),
    ((0.0, -40.0, 0.0, 1.0), (1e-3, 0.5, 10.0), (1, 2, 24, 48)),
    ((0.0, 3.0, 0.0, 0.1), (0.5,), (24,)),
    ((0.3, -20.0, 0.0, 1.0), (0.01, 0.5), (1, 2, 48)),
    ((1e-11, -6.0, 0.0, 1.0), (0.5,), (1, 2, 3, 24)),
    ((1e3, -3.0, 0.0, 1.0), (1e-3, 0.5, 10.0), (1, 24, 48)),
    ((-1e3, -20.0, 0.5, 1.0), (0.5,), (24, 200)),
    ((0.3, -3.0, 2.0, 1.0), (1e-3, 0.5, 10.0), (1, 2, 24, 48)),
    ((-5.0, 2.0, -3.0, 0.02), (0.5,), (24,)),
]


def test_published_levels():
    found = quartic.levels([0.0, 0.0, 0.0, 1.0], 2, kinetic=1.0)
    np.testing.assert_allclose(found.energies, [1.0603620904841829, 3.7996730298013942], rtol=0.0, atol=1e-12)


def test_harmonic_limit():
    """H = p²/2 + x²/2 with a tiny x⁴: E = k + 1/2 + c₄(6k(k + 1) + 3)/4 in first order."""
    k = np.arange(20)
    found = quartic.levels([0.0, 0.5, 0.0, 1e-9], 20).energies
    np.testing.assert_allclose(found, k + 0.5 + 1e-9 * (6 * k * (k + 1) + 3) / 4, rtol=0.0, atol=1e-12)


@pytest.mark.parametrize(("c", "kinetics", "counts"), CASES, ids=[str(case[0]) for case in CASES])
def test_levels_and_positions_on_a_grid(c, kinetics, counts):
    for kinetic in kinetics:
        w, x, floor = dvr(c, max(24, *counts), kinetic)
        for n in counts:
            found = quartic.levels(c, n, kinetic=kinetic, matrix_elements=n <= 48)
            off = np.abs(found.energies - w[:n])
            assert np.all(found.error > 0.0)
            assert np.all(off <= found.error + floor), (kinetic, n, off.max(), found.error.max(), floor)
            # the tolerance and rounding, no more
            spacing = (w[max(n - 1, 2)] - w[0]) / max(n - 1, 2)
            assert off.max() <= 1e-11 * spacing + 4.0 * floor + 8.0 * EPS * np.abs(w).max(), (
                kinetic,
                n,
                off.max(),
                floor,
            )
            assert np.all(found.error <= 1e-10 + 2e-11 * spacing + 2e-12 * np.abs(w[:n]).max()), (
                kinetic,
                n,
                found.error.max(),
            )
            assert np.all(np.diff(found.energies) >= 0.0)
            if found.position is not None and n > 1 and np.diff(w).min() > 1e-3 * (w[-1] - w[0]) / len(w):
                off = np.abs(np.abs(found.position) - np.abs(x[:n, :n]))
                # An eigenvector is as good as the leak (root of the level's error times the spacing) over the gap.
                assert off.max() <= 1e-9 * max(1.0, np.abs(x).max()), (kinetic, n, off.max())


@pytest.mark.parametrize(
    ("c", "kinetic"),
    [
        ((0.0, 0.0, 0.0, 1.0), 1.0),
        ((0.0, -20.0, 0.0, 1.0), 0.5),
        ((0.5, -3.0, 0.2, 1.0), 0.5),
        ((1e3, -3.0, 0.0, 1.0), 0.5),
        ((0.3, -0.4, 0.0, 0.04), 0.01),
    ],
)
def test_error_covers_the_truth(c, kinetic):
    """Against 20 digits."""
    even = c[0] == 0.0 and c[2] == 0.0
    start = dvr(c, 24, kinetic)[0]
    for n in (1, 3, 24):
        found = quartic.levels(c, n, kinetic=kinetic)
        for k in sorted({0, n // 2, n - 1}):
            truth = exact(c, kinetic, start[k], parity=k % 2 if even else None)
            assert abs(float(found.energies[k] - truth)) <= found.error[k]
            assert found.error[k] <= 1e-10 or c[1] == -20.0 or abs(c[0]) == 1e3


def random_wells(count, seed):
    """Potentials as in the papers: γ from 1 to 10, C from 0.5 to 1.2, |h| up to 15."""
    rng = np.random.default_rng(seed)
    gamma, C, h = rng.uniform(1.0, 10.0, count), rng.uniform(0.5, 1.2, count), rng.uniform(-15.0, 15.0, count)
    h[::2] *= 0.05
    return np.stack([-h, 0.5 * (1.0 / gamma - C), 0.0 * h, 1.0 / (24.0 * gamma)], axis=-1)


@pytest.mark.parametrize("kinetic", [0.5, 0.01])
def test_wells_of_the_papers(kinetic):
    c = random_wells(40, 1)
    found = quartic.levels(c, 24, kinetic=kinetic)
    assert found.error.max() <= 1e-10
    for i, potential in enumerate(c):
        w, _, floor = dvr(potential, 24, kinetic)
        off = np.abs(found.energies[i] - w)
        assert floor < 1e-11
        assert np.all(off <= found.error[i] + floor), potential
        assert off.max() <= 1e-10
        if i < 12:
            for k in (0, 1 + i % 22, 23):
                truth = exact(potential, kinetic, w[k])
                assert abs(float(found.energies[i, k] - truth)) <= found.error[i, k], (potential, k)


@pytest.mark.parametrize(
    ("c2", "kinetic"),
    [
        (-3.0, 0.5),
        (-5.0, 0.5),
        (-7.0, 0.5),
        (-9.0, 0.5),
        (-10.5, 0.5),
        (-13.0, 0.5),
        (-16.0, 0.5),
        (-20.0, 0.5),
        (-2.0, 0.01),
        (-40.0, 20.0),
    ],
)
def test_splittings_of_symmetric_wells(c2, kinetic):
    c = (0.0, c2, 0.0, 1.0)
    start = dvr(c, 4, kinetic)[0]
    spacing = start[2] - start[0]
    for n in (2, 4, 24):
        found = quartic.levels(c, n, kinetic=kinetic)
        for k in (0, 2)[: n // 2]:
            even, odd = (exact(c, kinetic, start[k + p], parity=p, digits=42) for p in (0, 1))
            truth = float(odd - even)
            assert 0.0 < truth < spacing
            assert abs(found.gaps[k] - truth) <= found.gap_error[k], (n, k, found.gaps[k], truth)
            if truth > 1e-12 * spacing:
                assert found.gap_error[k] < 0.01 * truth, (n, k, truth / spacing)
            assert found.energies[k] <= found.energies[k + 1]


def test_the_ladder_reaches_from_a_thousandth_to_far_below_rounding():
    """The splittings above do span the range meant, and beyond it the error says that a gap is not known."""
    ratios = []
    for c2 in np.arange(-3.0, -41.0, -1.0):
        found = quartic.levels([0.0, c2, 0.0, 1.0], 6)
        # WKB bounds the splitting generously from both sides, by the action ∫ sqrt(2(V − E)) dx at E = V_min + ω/2.
        known = found.gap_error[0] < 0.1 * found.gaps[0]
        ratios.append(found.gaps[0] / found.gaps[1])
        x = np.linspace(-1.0, 1.0, 20001) * math.sqrt(-c2 / 2.0)
        V = value((0.0, c2, 0.0, 1.0), x)
        omega = math.sqrt(-4.0 * c2)
        under = np.maximum(V - V.min() - 0.5 * omega, 0.0)
        instanton = omega / math.pi * math.exp(-np.sqrt(2.0 * under).sum() * (x[1] - x[0]))
        if known:
            assert 0.3 < found.gaps[0] / instanton < 3.0
        else:
            assert instanton < 1e-15 and found.gaps[0] <= 10.0 * found.gap_error[0]
            assert abs(found.gaps[0] - instanton) <= found.gap_error[0] + 3.0 * instanton
    assert ratios[0] > 1e-3 and min(ratios) < 1e-20


@pytest.mark.parametrize("tilt", [5e-324, 1e-300, 1e-182, 1e-162, 1e-100, 1e-30, -1e-20])
@pytest.mark.parametrize("c2", [0.0, -3.0])
def test_tilts_whose_square_vanishes(tilt, c2):
    """They change no digit of the levels, and do not spoil them."""
    even, tilted = (quartic.levels([c1, c2, 0.0, 1.0], 12, matrix_elements=True) for c1 in (0.0, tilt))
    assert np.all(np.abs(tilted.energies - even.energies) <= tilted.error + even.error)
    np.testing.assert_allclose(tilted.position, even.position, rtol=0.0, atol=1e-9)


@pytest.mark.parametrize("tilt", [1e-16, 1e-13, 1e-9, 1e-4])
def test_gaps_of_nearly_symmetric_wells(tilt):
    """They are differences of levels; the error says so."""
    c = (tilt, -16.0, 0.0, 1.0)
    found = quartic.levels(c, 4)
    low, high = (
        exact((0.0, *c[1:]), 0.5, found.energies[0], parity=0),
        exact((0.0, *c[1:]), 0.5, found.energies[0], parity=1),
    )
    # Two states: the splitting and the tilt between the wells at ± ⟨even|x|odd⟩, which is sqrt(8) but for 2 %.
    arm = abs(dvr((0.0, *c[1:]), 2, 0.5)[1][0, 1])
    truth = math.hypot(float(high - low), 2.0 * tilt * arm)
    assert abs(found.gaps[0] - truth) <= found.gap_error[0] + 1e-6 * truth
    assert found.gap_error[0] < 1e-10
    assert (found.gap_error[0] < 0.01 * truth) == (tilt > 1e-10)


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize(("c2", "kinetic"), [(-20.0, 0.5), (-40.0, 0.5), (-40.0, 10.0), (-8.0, 1e-3)])
def test_few_levels_of_a_deep_pair(c2, kinetic, n):
    """The spacing that the errors are measured by is not that within the pair."""
    found = quartic.levels([0.0, c2, 0.0, 1.0], n, kinetic=kinetic)
    w, _, floor = dvr((0.0, c2, 0.0, 1.0), 24, kinetic)
    w = w[:n]
    assert np.all(found.error > 0.0)
    assert np.all(np.abs(found.energies - w) <= found.error + floor)
    tilted = quartic.levels([1e-14, c2, 0.0, 1.0], n, kinetic=kinetic)
    assert np.all(tilted.error > 0.0)
    assert np.all(np.abs(tilted.energies - w) <= tilted.error + floor + 1e-13)


def moved(c, by):
    """Coefficients 1 … 4 and the constant of V(x − by), exactly."""
    about = [Fraction(0)] * 5
    for k in range(4):
        for j in range(k + 2):
            about[j] += Fraction(c[k]) * math.comb(k + 1, j) * Fraction(-by) ** (k + 1 - j)
    assert all(float(x) == x for x in about), "choose coefficients whose shift is exact"
    return [float(x) for x in about[1:]], float(about[0])


@pytest.mark.parametrize(
    "c", [(0.5, -3.0, 0.0, 0.25), (0.0, -8.0, 0.0, 1.0), (1.25, -2.5, 0.75, 0.5), (-1000.0, -3.0, 0.0, 1.0)]
)
@pytest.mark.parametrize("by", [100, -100])
def test_far_from_the_origin(c, by):
    far, constant = moved(c, by)
    here = quartic.levels(c, 24, matrix_elements=True)
    there = quartic.levels(far, 24, matrix_elements=True)
    off = np.abs((there.energies + constant) - here.energies)
    assert np.all(off <= there.error + here.error)
    # what the constant alone rounds to
    assert there.error.max() <= 4.0 * EPS * abs(constant) + 1e-10
    clear = here.gaps > 1e-3
    np.testing.assert_allclose(there.gaps[clear], here.gaps[clear], rtol=0.0, atol=4.0 * EPS * abs(constant))
    if c[0] == 0.0:
        # The symmetry is found again, and with it the parity of the states and the splitting.
        assert abs(there.gaps[0] - here.gaps[0]) <= here.gap_error[0] + there.gap_error[0] < 1e-6 * here.gaps[0]
        j = np.arange(24)
        same = ((j[:, None] - j) % 2 == 0) & (j[:, None] != j)
        assert np.all(there.position[same] == 0.0)
    np.testing.assert_allclose(there.position, here.position + by * np.eye(24), rtol=0.0, atol=1e-7)


coefficient = st.floats(-4.0, 4.0)
potentials = st.tuples(coefficient, coefficient, st.floats(-1.0, 1.0), st.floats(0.1, 2.0))
kinetics = st.floats(0.05, 5.0)


def signs_known(found):
    """Whether no levels nearly cross and no two neighbours live in different wells, with an element of rounding."""
    return found.gaps.min() > 0.05 and np.diagonal(found.position, 1).min() > 1e-6


@settings(deadline=None, max_examples=60)
@given(potentials, kinetics, st.floats(0.2, 5.0))
def test_scaling(c, kinetic, s):
    """x = s y: V(s y) with the kinetic energy of y has the same levels; a factor of H is one of its levels."""
    here = quartic.levels(c, 12, kinetic=kinetic, matrix_elements=True)
    scaled = quartic.levels([c[k] * s ** (k + 1) for k in range(4)], 12, kinetic=kinetic / s**2, matrix_elements=True)
    rounding = 1e-15 * (abs(np.array(c)) * (1.0 + np.abs(here.position).max()) ** np.arange(1, 5)).sum()
    assert np.all(np.abs(scaled.energies - here.energies) <= scaled.error + here.error + rounding)
    if signs_known(here):
        np.testing.assert_allclose(s * scaled.position, here.position, rtol=0.0, atol=1e-7)
    times = quartic.levels(s * np.array(c), 12, kinetic=s * kinetic)
    assert np.all(np.abs(times.energies - s * here.energies) <= times.error + s * here.error + s * rounding)


@settings(deadline=None, max_examples=60)
@given(potentials, kinetics)
def test_mirror(c, kinetic):
    here = quartic.levels(c, 12, kinetic=kinetic, matrix_elements=True)
    mirrored = quartic.levels([-c[0], c[1], -c[2], c[3]], 12, kinetic=kinetic, matrix_elements=True)
    assert np.all(np.abs(mirrored.energies - here.energies) <= mirrored.error + here.error)
    if signs_known(here):
        # x → −x with ⟨k|x|k+1⟩ >= 0 kept: element jk takes the sign −(−1)^(j−k).
        j = np.arange(12)
        sign = -((-1.0) ** (j[:, None] - j))
        np.testing.assert_allclose(mirrored.position, sign * here.position, rtol=0.0, atol=1e-8)


@settings(deadline=None, max_examples=60)
@given(potentials, kinetics, st.integers(-40, 40))
def test_translation(c, kinetic, eighths):
    c = [round(16.0 * x) / 16.0 for x in c[:3]] + [max(round(16.0 * c[3]), 1) / 16.0]
    far, constant = moved(c, eighths / 8.0)
    here, there = (quartic.levels(x, 12, kinetic=kinetic) for x in (c, far))
    off = np.abs(there.energies + constant - here.energies)
    assert np.all(off <= there.error + here.error + 2.0 * EPS * abs(constant))


@settings(deadline=None, max_examples=60)
@given(potentials, kinetics)
def test_slope_of_the_levels_is_the_mean_position(c, kinetic):
    """∂E_k/∂c₁ = ⟨k|x|k⟩, with the error term of the central difference left out by two steps of it.

    Levels that avoid one another bend within a tilt of gap/distance, so the step has to shrink with the gap.
    """
    found = quartic.levels(c, 10, kinetic=kinetic, matrix_elements=True)
    assume(found.gaps.min() > 0.1)
    step = 1e-3 * min(found.gaps.min(), 1.0)
    tilts = np.array([-2.0, -1.0, 1.0, 2.0]) * step
    energies = quartic.levels(np.array(c) + tilts[:, None] * [1.0, 0.0, 0.0, 0.0], 10, kinetic=kinetic).energies
    slope = (energies[0] - 8.0 * energies[1] + 8.0 * energies[2] - energies[3]) / (12.0 * step)
    np.testing.assert_allclose(np.diagonal(found.position), slope, rtol=0.0, atol=1e-6)


@settings(deadline=None, max_examples=60)
@given(potentials, kinetics)
def test_virial_theorem_and_sum_rule(c, kinetic):
    """2⟨T⟩ = ⟨x V'⟩; Σ_k (E_k − E_j)|⟨j|x|k⟩|² = ħ²/2m."""
    found = quartic.levels(c, 60, kinetic=kinetic, matrix_elements=True)
    assume(found.gaps.min() > 1e-3)
    x = found.position
    powers = [np.linalg.matrix_power(x, k)[:12, :12].diagonal() for k in range(5)]
    V = sum(c[k] * powers[k + 1] for k in range(4))
    virial = sum((k + 1) * c[k] * powers[k + 1] for k in range(4))
    energies = found.energies
    scale = 1.0 + np.abs(energies[:12]).max()
    np.testing.assert_allclose(2.0 * (energies[:12] - V), virial, rtol=0.0, atol=1e-9 * scale)
    rule = ((energies[None, :] - energies[:12, None]) * x[:12] ** 2).sum(axis=1)
    np.testing.assert_allclose(rule, kinetic, rtol=1e-9)


def test_position_is_symmetric_with_the_sign_promised():
    c = random_wells(20, 2)
    found = quartic.levels(c, 12, matrix_elements=True)
    assert np.array_equal(found.position, np.swapaxes(found.position, 1, 2))
    assert np.all(np.diagonal(found.position, 1, 1, 2) >= 0.0)


@pytest.mark.parametrize("c2", [-20.0, -6.0, -1.0, 0.0, 2.0])
def test_parity_of_symmetric_wells_is_exact(c2):
    found = quartic.levels([0.0, c2, 0.0, 1.0], 15, matrix_elements=True)
    j = np.arange(15)
    assert np.all(found.position[(j[:, None] - j) % 2 == 0] == 0.0)
    assert np.all(np.diagonal(found.position, 1) > 0.0)
    if c2 <= -6.0:
        # The states of the lowest pair are the even and odd sums of one in each well.
        well = math.sqrt(-c2 / 2.0)
        assert found.position[0, 1] == pytest.approx(well, rel=0.06)


def test_leading_shapes():
    c = np.array([[0.1, -1.0, 0.0, 1.0], [0.0, 1.0, 0.2, 0.5], [2.0, -4.0, 0.0, 1.0]])
    one = quartic.levels(c[0], 5, matrix_elements=True)
    assert one.energies.shape == one.error.shape == (5,)
    assert one.gaps.shape == one.gap_error.shape == (4,)
    assert one.position.shape == (5, 5)
    assert np.ndim(one.basis_size) == 0 and one.basis_size >= 5
    block = np.stack([c, c[::-1]])
    many = quartic.levels(block, 5, matrix_elements=True)
    assert many.energies.shape == (2, 3, 5) and many.position.shape == (2, 3, 5, 5) and many.basis_size.shape == (2, 3)
    assert many.gaps.shape == (2, 3, 4)
    # Each potential on its own; the order of the others does not matter.
    np.testing.assert_array_equal(many.energies[0, 0], one.energies)
    np.testing.assert_array_equal(many.energies[1], many.energies[0, ::-1])
    np.testing.assert_allclose(many.position[0, 0], one.position, rtol=0.0, atol=1e-13)
    assert quartic.levels(c, 5).position is None
    assert quartic.levels(c, 1).gaps.shape == (3, 0)
    strided = np.asfortranarray(block)
    np.testing.assert_array_equal(quartic.levels(strided, 5).energies, many.energies)
    whole = quartic.levels([1, -2, 0, 1], 3)
    np.testing.assert_array_equal(whole.energies, quartic.levels([1.0, -2.0, 0.0, 1.0], 3).energies)


GOOD = [0.0, -1.0, 0.0, 1.0]


@pytest.mark.parametrize("kinetic", [0.0, -0.5, math.nan, math.inf, "1", None, True])
def test_kinetic_is_checked(kinetic):
    with pytest.raises(InputError, match="kinetic = "):
        quartic.levels(GOOD, 3, kinetic=kinetic)


@pytest.mark.parametrize(
    "c",
    [
        [0.0, 1.0, 0.0, 0.0],
        [0.0, 1.0, 0.0, -1.0],
        [0.0, 1.0, 0.0],
        [0.0, 1.0, 0.0, 1.0, 0.0],
        [],
        np.empty((0, 4)),
        1.0,
        [0.0, math.nan, 0.0, 1.0],
        [math.inf, 0.0, 0.0, 1.0],
        [[0.0, 1.0, 0.0, 1.0], [0.0, 1.0, 0.0, 0.0]],
        ["a", 0, 0, 1],
        [0.0, 1.0j, 0.0, 1.0],
        None,
    ],
)
def test_coefficients_are_checked(c):
    with pytest.raises(InputError, match="coefficients = "):
        quartic.levels(c, 3)


@pytest.mark.parametrize("n", [0, -1, 401, 2.0, 2.5, "3", None, True, math.nan])
def test_number_of_levels_is_checked(n):
    with pytest.raises(InputError, match="n_levels = "):
        quartic.levels(GOOD, n)


def test_too_large_a_basis_raises_with_the_last_iterate():
    """Four hundred levels of a well that is deep beside its quantum."""
    c = [GOOD, [0.0, -100.0, 0.0, 1.0]]
    with pytest.raises(ConvergenceError, match=r"-100\.0.*one of 1") as caught:
        quartic.levels(c, 4, kinetic=1e-4, matrix_elements=True)
    last = caught.value.last
    assert isinstance(last, quartic.Levels)
    assert last.energies.shape == (2, 4) and last.position is None
    assert caught.value.iterations == last.basis_size[1] == 1600
    assert caught.value.residual == last.error[1].max() > 0.0
    np.testing.assert_array_equal(last.energies[0], quartic.levels(GOOD, 4, kinetic=1e-4).energies)


@pytest.mark.parametrize("depth", [4.0, 10.0, 40.0])
def test_matrix_elements_of_few_levels_are_those_of_many(depth):
    """The eigenvectors of few levels come from another routine than those of many."""
    few = quartic.levels([0.0, -depth, 0.0, 1.0], 3, matrix_elements=True)
    many = quartic.levels([0.0, -depth, 0.0, 1.0], 30, matrix_elements=True)
    assert few.basis_size > 36 and many.basis_size < 12 * 30
    np.testing.assert_allclose(few.position, many.position[:3, :3], atol=1e-11)
