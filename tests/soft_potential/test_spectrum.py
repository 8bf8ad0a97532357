"""Levels, gaps and splittings against a sinc grid, power series in many digits, published numbers and expansions."""

import math
import os
import subprocess
import sys

import mpmath as mp
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.special import gamma

from lowtglass import soft_potential as sp
from lowtglass.errors import InputError
from lowtglass.soft_potential import _levels
from lowtglass.soft_potential._perturbation import asymmetry as asymmetry_series
from lowtglass.soft_potential._perturbation import well_level


def grid_levels(alpha, beta, n):
    """Sinc grid about the centre of the depressed form, cut where the potential is far above the levels."""
    form = sp.depressed(alpha, beta)
    A, H = float(form.A), float(form.H)
    reach = 1.0
    bottom = min(x**4 + A * x**2 + H * x for x in np.linspace(-10, 10, 4001))
    # Out to where the action has fallen by exp(−18) below the highest level.
    top = bottom + 8.0 * n + 40.0
    x = np.linspace(0.0, 30.0, 30001)
    reach = 0.0
    for side in (-1.0, 1.0):
        V = x**4 + A * x**2 + side * H * x
        under = np.sqrt(np.maximum(V - top, 0.0))
        reach = max(reach, x[np.searchsorted(np.cumsum(under) * (x[1] - x[0]), 10.0)])
    momentum = math.sqrt(top - bottom) + 6.0
    points = int(2.0 * reach * momentum * 1.15 / math.pi) + 30
    z = np.linspace(-reach, reach, points)
    step = z[1] - z[0]
    apart = np.arange(points)[:, None] - np.arange(points)
    away = np.where(apart == 0, 1, apart)
    kinetic = np.where(apart == 0, math.pi**2 / 3.0, 2.0 * (-1.0) ** apart / away**2) / step**2
    return np.linalg.eigvalsh(kinetic + np.diag(z**4 + A * z**2 + H * z))[:n] + float(form.constant)


def shot(alpha, beta, start, digits=20):
    """The level next to ``start`` by matching power series at two ends, in many digits."""
    form = sp.depressed(alpha, beta)
    with mp.workdps(digits + 40):
        a, b = mp.mpf(alpha), mp.mpf(beta)
        A, H = a - 3 * b * b / 8, b / 2 * (a - b * b / 4)
        constant = a * b * b / 16 - 3 * b**4 / 256
        X = mp.mpf(5)

        def ends(E):
            values = []
            for first, second in ((1, 0), (0, 1)):
                for side in (-1, 1):
                    c = [mp.mpf(first), mp.mpf(second)]
                    total, power, k, quiet = c[0] + c[1] * side * X, X, 0, 0
                    while quiet < 12:
                        new = -E * c[k]
                        if k >= 1:
                            new += H * c[k - 1]
                        if k >= 2:
                            new += A * c[k - 2]
                        if k >= 4:
                            new += c[k - 4]
                        c.append(new / ((k + 2) * (k + 1)))
                        power *= X
                        term = c[-1] * power * (side if k % 2 else 1)
                        total += term
                        quiet = quiet + 1 if abs(term) < mp.mpf(10) ** (-digits - 15) else 0
                        k += 1
                    values.append(total)
            # A combination that vanishes at both ends.
            return values[0] * values[3] - values[1] * values[2]

        guess = mp.mpf(float(start - form.constant))
        root = mp.findroot(ends, (guess, guess * (1 + mp.mpf(10) ** -8)), verify=False)
        return root + constant


POINTS = [(0.0, 0.0), (1.0, 0.5), (-3.0, 0.7), (-2.0, -1.5), (4.0, 3.9), (0.0, 1.8944), (-5.0, 0.05), (2.0, -2.5)]


@pytest.mark.parametrize(("alpha", "beta"), POINTS)
def test_basis_against_grid(alpha, beta):
    found = sp.levels(alpha, beta, 4)
    np.testing.assert_allclose(found.energies, grid_levels(alpha, beta, 4), rtol=0.0, atol=1e-12)


@pytest.mark.parametrize(("alpha", "beta", "k"), [(0.0, 0.0, 1), (1.0, 0.5, 0)])
def test_basis_against_shooting(alpha, beta, k):
    found = sp.levels(alpha, beta, 3)
    assert abs(found.energies[k] - shot(alpha, beta, found.energies[k])) < 1e-12


def test_published_levels_of_the_quartic_oscillator():
    found = sp.levels(0.0, 0.0, 2)
    np.testing.assert_allclose(found.energies, [1.0603620904841829, 3.7996730298013942], rtol=0.0, atol=1e-13)


def test_gaps_do_not_depend_on_the_extremum():
    pairs = sp.expansions(-4.0, 0.6)
    for upper in (2, 3):
        found = sp.gap(pairs.alpha, pairs.beta, upper).energy
        np.testing.assert_allclose(found, found[0], rtol=0.0, atol=1e-11)


@settings(max_examples=25)
@given(st.integers(-900, 900), st.integers(1, 2000), st.sampled_from([1, 2]))
def test_tracked_levels_and_slopes(A, H, top):
    """The iteration against the diagonalisation, and its slopes against differences."""
    A, H = 0.01 * A + 0.003, 0.01 * H
    row, other = np.empty(6), np.empty(6)
    assert _levels.cold(A, H, top, row)
    e = sp.levels(*_pair(A, H), 3)
    assert row[1] - row[0] == pytest.approx(e.energies[top] - e.energies[0], abs=2e-12)
    spacing = np.diff(sp.levels(*_pair(A, H), 5).energies).min()
    assume(spacing > 1e-3)
    h = 1e-4 * spacing
    values = []
    for dA, dH in ((0.0, h), (0.0, -h), (h, 0.0), (-h, 0.0)):
        assert _levels.cold(A + dA, H + dH, top, other)
        values.append(other[:2].copy())
    scale = 3e-13 / h + 1e-5
    np.testing.assert_allclose((values[0] - values[1]) / (2 * h), row[2:4], rtol=0.0, atol=scale)
    np.testing.assert_allclose((values[2] - values[3]) / (2 * h), row[4:6], rtol=0.0, atol=4 * scale)
    assert _levels.reach(A, 1.3 * H, row[1] - row[0], top, other) == pytest.approx(H, rel=1e-7)


def _pair(A, H):
    pairs = sp.expansions(A, H)
    return pairs.alpha[0], pairs.beta[0]


@pytest.mark.parametrize("upper", [2, 3])
def test_interpolated_map(upper):
    alpha, beta = np.meshgrid(np.linspace(-4.0, 8.0, 110), np.linspace(-3.0, 3.0, 100), indexing="ij")
    found = sp.gap(alpha, beta, upper)
    assert np.mean(found.method == "interpolated") > 0.5
    some = (slice(None, None, 9), slice(None, None, 7))
    direct = sp.gap(alpha[some], beta[some], upper, interpolated=False)
    assert np.max(np.abs(found.energy[some] - direct.energy)) < 1e-10
    assert np.all(np.abs(found.energy[some] - direct.energy) <= found.error[some] + direct.error)


def exact_pair(zeta, digits):
    """Even and odd ground level of z⁴ − ζz² by power series."""
    with mp.workdps(digits):
        X = mp.mpf(math.sqrt(zeta) + 2.6)
        levels = sp.levels(-zeta, 0.0, 2).energies

        def end(E, parity):
            c = {parity: mp.mpf(1)}
            total, m, quiet = mp.mpf(0), parity, 0
            while quiet < 10:
                term = c[m] * X**m
                total += term
                c[m + 2] = (-E * c[m] - zeta * c.get(m - 2, 0) + c.get(m - 4, 0)) / ((m + 2) * (m + 1))
                m += 2
                quiet = quiet + 1 if m > 40 and abs(term) < mp.mpf(10) ** (10 - digits) * abs(total) else 0
            return total

        roots = []
        for parity in (0, 1):
            e = mp.mpf(float(levels[parity]))
            step = mp.mpf(10) ** -9 * e
            roots.append(mp.findroot(lambda E, p=parity: end(E, p), (e - step, e + step), verify=False))
        return roots[1] - roots[0]


@pytest.mark.parametrize(("zeta", "digits"), [(6.0, 50), (12.0, 70)])
def test_splitting_by_series(zeta, digits):
    exact = exact_pair(zeta, digits)
    found = sp.tunnel_splitting(zeta)
    assert abs(found.J / exact - 1) < 3e-8
    assert abs(found.J - exact) <= found.error
    assert found.method == ("wronskian" if zeta < 9 else "instanton")
    bare = sp.instanton_splitting(zeta)
    assert abs(bare.J - exact) <= bare.error or zeta < 10
    # Each term of the series brings it closer.
    g = (2.0 * zeta) ** -1.5
    ratio = exact / (4.0 * math.sqrt(2.0 * zeta) / math.sqrt(math.pi * g) * math.exp(-1.0 / (6.0 * g)))
    misses = [
        abs(ratio - sum(c * g**k for k, c in enumerate((1, -71 / 12, -6299 / 288, -2691107 / 10368)[:terms])))
        for terms in (1, 2, 3, 4)
    ]
    assert misses == sorted(misses, reverse=True)


def test_wkb_defect_in_deep_wells():
    """Ground states split by sqrt(π/e) more than the turning-point formula says."""
    zeta = np.array([14.0, 25.0, 40.0])
    for energy in ("bohr-sommerfeld", "harmonic"):
        ratio = sp.tunnel_splitting(zeta).J / sp.wkb_splitting(zeta, energy=energy).J
        miss = np.abs(ratio / math.sqrt(math.pi / math.e) - 1.0)
        # The next order is linear in g: what is left over g has a limit.
        over = miss * (2.0 * zeta) ** 1.5
        assert miss[-1] < {"bohr-sommerfeld": 0.0012, "harmonic": 0.0096}[energy]
        np.testing.assert_allclose(over, over[-1], rtol=0.17)


@pytest.mark.parametrize("zeta", [4.0, 9.0])
def test_wkb_integrals(zeta):
    """Action and frequency by quadrature."""
    from scipy.integrate import quad

    found = sp.wkb_splitting(zeta, energy="harmonic")
    level = math.sqrt(2 * zeta)
    p, q = math.sqrt(0.5 * zeta - math.sqrt(level)), math.sqrt(0.5 * zeta + math.sqrt(level))
    action = quad(
        lambda s: (math.cos(s) * p) ** 2 * math.sqrt(q * q - (p * math.sin(s)) ** 2), -math.pi / 2, math.pi / 2
    )[0]
    half = quad(lambda s: 1.0 / math.sqrt(q * q * math.sin(s) ** 2 + p * p * math.cos(s) ** 2), 0.0, math.pi / 2)[0]
    assert found.exponent == pytest.approx(action, rel=1e-9)
    # period 2∫dx/2sqrt(E − V); ħω/π = 2/period
    assert found.J == pytest.approx(2.0 / half * math.exp(-action), rel=1e-9)


def test_asymmetry_near_the_symmetric_well():
    """Second order: sqrt(2ζ)H(1 − 3g − 35g²/2), and the exact gap up to g³."""
    for zeta in (8.0, 16.0):
        g = (2.0 * zeta) ** -1.5
        H = 1e-3 * zeta**1.5
        alpha, beta = _pair(-zeta, H)
        found = sp.asymmetry(alpha, beta)
        assert found.total == pytest.approx(math.sqrt(2 * zeta) * H * (1 - 3 * g - 17.5 * g**2), rel=1e-5)
        exact = sp.gap(alpha, beta)
        rest = exact.energy / math.hypot(float(sp.tunnel_splitting(zeta).J), found.total) - 1.0
        # The next orders: −200g³ and less.
        assert -310.0 * g**3 < rest < -180.0 * g**3
        # The series that goes on to order 14 leaves nothing at ζ = 16.
        delta, _ = asymmetry_series(-zeta, H, 14)
        pair = math.hypot(float(sp.tunnel_splitting(zeta).J), delta)
        assert exact.energy == pytest.approx(pair, rel=5e-6 if zeta == 8.0 else 4e-10)
    assert math.isnan(sp.asymmetry(1.0, 0.0).total)


def test_perturbation_series():
    """Order 2 in closed form; high order against the levels of the whole potential."""
    for n in (0, 1, 2):
        value, _ = well_level(n, 50.0, 3.0, 2)
        order = 0.75 * (2 * n * n + 2 * n + 1) - 9.0 / 50.0 * (30 * n * n + 30 * n + 11) / 16.0
        assert value == pytest.approx(math.sqrt(50.0) * (2 * n + 1 + 50.0**-1.5 * order), rel=1e-13)
    for b in (0.0, 1.0, 1.7, 1.95):
        beta = b * math.sqrt(40.0)
        value, last = well_level(0, 40.0, beta, 14)
        exact = sp.levels(40.0, beta, 1)
        assert abs(value - exact.energies[0]) < max(10.0 * last, 5e-12)


def test_methods_are_labelled():
    found = sp.gap([-4.0, -30.0, -3.0, 1.0, -14.0], [0.0, 0.0, 0.4, 0.0, 1e-12])
    assert found.method.tolist() == ["wronskian", "instanton", "levels", "levels", "instanton"]
    assert found.energy[1] == pytest.approx(float(sp.instanton_splitting(30.0).J), rel=1e-6)
    # The asymmetry adds 1e-4 to the splitting.
    pair = math.hypot(float(sp.tunnel_splitting(14.0).J), float(sp.asymmetry(-14.0, 1e-12).total))
    assert found.energy[4] == pytest.approx(pair, rel=1e-9)
    assert found.energy[4] / sp.tunnel_splitting(14.0).J - 1.0 == pytest.approx(9.505e-5, rel=1e-3)


def test_quasiclassical_levels():
    """Bohr–Sommerfeld of x⁴ far up."""
    # action·E^(3/4) = (n − ½)π with ∫(1 − x⁴)^(1/2) from −1 to 1
    action = math.sqrt(math.pi) * gamma(0.25) / (3.0 * gamma(0.75))
    n = np.array([30, 60])
    miss = sp.levels(0.0, 0.0, 60).energies[n - 1] / ((n - 0.5) * math.pi / action) ** (4.0 / 3.0) - 1.0
    # The next term of the quantum condition is of order 1/n².
    assert abs(miss[1]) < 1.1e-5
    assert miss[1] / miss[0] == pytest.approx((29.5 / 59.5) ** 2, rel=1e-2)


def test_kernels_as_plain_python():
    program = (
        "import numpy as np\n"
        "from lowtglass.soft_potential import _levels, _perturbation\n"
        "row, out = np.empty(6), np.empty((3, 3))\n"
        "H = _levels.reach(-3.0, 1.0, 1.5, 1, row)\n"
        "_levels.trace(np.array([-2.0, -2.2]), 1.5, 1, 0.5, out[:2])\n"
        "h, s = np.empty(1), np.empty(1)\n"
        "_perturbation.tilts(np.array([-31.0]), 1.5, h, s)\n"
        "print(repr([float(H), float(out[1, 0]), float(out[1, 1]), float(h[0]), float(s[0])]))\n"
    )
    answers = []
    for plain in (False, True):
        environment = {k: v for k, v in os.environ.items() if k != "NUMBA_DISABLE_JIT"}
        if plain:
            environment["NUMBA_DISABLE_JIT"] = "1"
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment)
        assert done.returncode == 0, done.stderr
        answers.append(eval(done.stdout))
    np.testing.assert_allclose(answers[0], answers[1], rtol=1e-9)


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: sp.levels(0.0, 0.0, 0), "n_levels"),
        (lambda: sp.gap(0.0, 0.0, 4), "upper"),
        (lambda: sp.gap(np.inf, 0.0), "alpha"),
        (lambda: sp.tunnel_splitting(0.0), "zeta"),
        (lambda: sp.instanton_splitting(-1.0), "zeta"),
        (lambda: sp.wkb_splitting(1.0), "zeta"),
        (lambda: sp.wkb_splitting(3.0, energy="harmonic"), "zeta"),
        (lambda: sp.wkb_splitting(5.0, energy="none"), "energy"),
    ],
)
def test_bad_input(call, argument):
    with pytest.raises(InputError) as error:
        call()
    assert error.value.argument == argument
