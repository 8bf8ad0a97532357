"""Attraction between tunnelling centres, eqs. (70)–(82)."""

import itertools
import math

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import dblquad, quad

from lowtglass.errors import InputError
from lowtglass.rfot import (
    Mosaic,
    attraction,
    breakdown_temperature,
    direct_coupling_bound,
    expansion_coefficient,
    gruneisen_parameter,
    mode_sums,
    orientation_average,
    pair_attraction,
    printed_expansion,
    ripplon_frequencies,
    thermally_active,
    transition_transition_integral,
)

SILICA = Mosaic()


def test_orientation_average_by_monte_carlo():
    found = orientation_average(400_000, rng=7)
    assert abs(found.sampled - found.mean_square) < 4 * found.standard_error
    assert found.standard_error < 2e-3
    assert found.coupling == pytest.approx(3 / (8 * math.pi**2), rel=1e-14)


def free_energy_change(T, levels_i, levels_j, couplings, J):
    """−T ln(Z/Z₀)/J² of two centres from the levels of their product space."""
    base = np.add.outer(levels_i, levels_j).ravel()
    H = np.diag(base)
    n = len(levels_j)
    for (a, b), (c, d) in couplings:
        H[n * a + b, n * c + d] += J
        H[n * c + d, n * a + b] += J
    return -T * (np.log(np.sum(np.exp(-np.linalg.eigvalsh(H) / T))) - np.log(np.sum(np.exp(-base / T)))) / J**2


@given(
    T=st.floats(0.03, 0.5),
    omega_i=st.floats(0.1, 0.8),
    omega_j=st.floats(0.1, 0.8),
    e_i=st.floats(0.0, 0.3),
    e_j=st.floats(0.01, 0.3),
)
@settings(deadline=None, max_examples=25)
def test_second_order_against_diagonalisation(T, omega_i, omega_j, e_i, e_j):
    """(73) and (77): both the exchange of a quantum and the excitation of both centres together."""
    three_i, three_j = [0.0, e_i, e_i + omega_i], [0.0, e_j, e_j + omega_j]
    J = 3e-4
    both = [((1, 2), (2, 1)), ((1, 1), (2, 2))]
    exact = -free_energy_change(T, three_i, three_j, both, J)
    assert pair_attraction(T, omega_i, omega_j, e_i, e_j) == pytest.approx(exact, rel=1e-3, abs=1e-5)
    mixed = [((1, 1), (2, 0)), ((1, 0), (2, 1))]
    exact = -free_energy_change(T, three_i, [0.0, e_j], mixed, J)
    assert pair_attraction(T, omega_i, 1.0, e_i, e_j, kind="mixed") == pytest.approx(exact, rel=1e-3, abs=1e-5)


def test_flip_flop_alone_would_vanish_at_low_temperature():
    T, levels = 0.01, ([0.0, 0.0, 0.3], [0.0, 0.0, 0.4])
    alone = -free_energy_change(T, *levels, [((1, 2), (2, 1))], 1e-4)
    assert alone < 1e-6
    assert pair_attraction(T, 0.3, 0.4) == pytest.approx(0.25 / 0.7, rel=1e-9)  # (74)


def test_equal_frequencies():
    near, equal = (pair_attraction(0.1, 0.3, 0.3 * (1 + d)) for d in (1e-7, 0.0))
    assert near == pytest.approx(equal, rel=1e-6)


def test_thermally_active():
    for T in (0.003, 0.3, 3.0):
        exact = quad(lambda e, T=T: math.exp(-e / SILICA.T_g) / SILICA.T_g / (1 + math.exp(e / T)), 0, 60 * T)[0]
        assert thermally_active(T, SILICA) == pytest.approx(exact, rel=1e-9)
    assert thermally_active(1e-3, SILICA) == pytest.approx(math.log(2) * 1e-3 / SILICA.T_g, rel=1e-3)


def test_mode_sums():
    found = mode_sums(SILICA)
    omega = ripplon_frequencies(SILICA)
    pairs = singles = 0.0
    for l, w in enumerate(omega, 2):
        singles += (2 * l + 1) * quad(lambda e, w=w: math.exp(-e / SILICA.T_g) / (w + e), 0, np.inf)[0]
        for k, v in enumerate(omega, 2):
            pairs += (2 * l + 1) * (2 * k + 1) / (w + v)
    assert found.pairs == pytest.approx(pairs, rel=1e-12)
    assert found.singles == pytest.approx(singles, rel=1e-7)
    # the continuum estimates, from integrals over l and l′
    L = math.pi * (3 / (4 * math.pi)) ** (1 / 3) * 5.8
    unit = 0.67 * 5.8**-1.25
    double = dblquad(lambda x, y: 4 * x * y / (unit * (x + y)), 0, L, 0, L)[0]
    assert found.pairs_continuum == pytest.approx(double, rel=1e-6)
    single = quad(lambda x: 2 * x * (math.log(SILICA.T_g / (unit * x)) - 0.5772156649), 0, L)[0]
    assert found.singles_continuum == pytest.approx(single, rel=1e-6)
    # the printed estimate of the double sum is twice the sum itself, that of the single sum half of it
    assert found.pairs_printed / found.pairs == pytest.approx(1.97, abs=0.01)
    assert found.singles_printed / found.singles == pytest.approx(0.50, abs=0.01)


@pytest.mark.parametrize("t", [0.003, 0.05, 0.6, 5.0])
def test_transition_integral_in_high_precision(t):
    def integrand(x):
        h = (mpmath.exp(-x) * mpmath.ei(x) + mpmath.exp(x) * mpmath.e1(x)) / (2 * x)
        return x * mpmath.exp(-x) * h / (mpmath.exp(x / t) + 1)

    exact = 1 - 4 * mpmath.quad(integrand, [0, t / 20, t, 5 * t, 20 * t, 60 * t])
    assert transition_transition_integral(t * SILICA.T_g, SILICA) == pytest.approx(float(exact), rel=1e-11)


def test_transition_integral_as_a_double_integral():
    """(81) itself, over the square, with s = x + y and d = x − y to keep the denominator apart."""
    t = 0.3
    nodes, weights = np.polynomial.legendre.leggauss(120)
    total = 0.0
    for low, high in ((0.0, 1.0), (1.0, 4.0), (4.0, 12.0), (12.0, 45.0)):
        s = low + (high - low) * (1 + nodes[:, None]) / 2
        d = s * nodes  # −s to s
        x, y = (s + d) / 2, (s - d) / 2
        value = np.exp(-s) * (x * np.tanh(x / 2 / t) - y * np.tanh(y / 2 / t)) / (s * d)
        total += np.sum(weights[:, None] * weights * value * s / 2) * (high - low) / 2
    assert transition_transition_integral(t * SILICA.T_g, SILICA) == pytest.approx(total, rel=1e-8)


def test_asymptote_of_the_transition_integral():
    """1 − (π²t²/3)[ln(1/t) + C]: coefficient and sign; the paper has a plus."""
    t = np.array([1e-5, 1e-4])
    with np.errstate(all="raise"):
        lowered = (1 - transition_transition_integral(t * SILICA.T_g, SILICA)) / t**2
    slope = (lowered[0] - lowered[1]) / math.log(10)
    assert slope == pytest.approx(math.pi**2 / 3, rel=2e-3)
    # C from ∫u ln u/(e^u + 1) and the constant of h
    log_integral = float(mpmath.quad(lambda u: u * mpmath.log(u) / (mpmath.exp(u) + 1), [0, 1, 10, 80]))
    constant = 1 - 0.5772156649 - 12 / math.pi**2 * log_integral
    expected = math.pi**2 / 3 * (-math.log(1e-5) + constant)
    assert lowered[0] == pytest.approx(expected, rel=1e-3)
    assert transition_transition_integral(0.0, SILICA) == 1.0


def test_attraction_against_sums_over_pairs():
    """(73), (77) averaged over the energies by adaptive quadrature, for every pair of ripplons."""
    T = 0.05
    omega = ripplon_frequencies(SILICA)
    found = attraction(T, SILICA)
    strength = 2 / 3 * SILICA.T_g**2 / 200**3

    def density(e):
        return math.exp(-e / SILICA.T_g) / SILICA.T_g

    def active(w):
        def integrand(e):
            b = (1 + math.exp(-w / T)) * math.exp(-e / T)
            return density(e) * b / (1 + b)

        return quad(integrand, 0, 40 * T, limit=200)[0]

    def exchange(x, y):
        if abs(x - y) < 1e-9:
            x += 1e-6
        return (x * math.tanh(x / 2 / T) - y * math.tanh(y / 2 / T)) / (x * x - y * y)

    rr = mixed = 0.0
    for l, w in enumerate(omega, 2):
        points = [0.0, 0.01, 0.1, 0.99 * w, 1.01 * w, 2.0, 10.0, 150.0]
        inner = sum(quad(lambda e, w=w: density(e) * exchange(w, e), a, b)[0] for a, b in itertools.pairwise(points))
        mixed += (2 * l + 1) * active(w) * inner
        for k, v in enumerate(omega, 2):
            rr += (2 * l + 1) * (2 * k + 1) * active(w) * active(v) * exchange(w, v)
    assert found.ripplon_ripplon == pytest.approx(strength * rr, rel=1e-6)
    assert found.ripplon_transition == pytest.approx(strength * mixed, rel=1e-5)
    once = attraction(T, SILICA, pairs="once")
    assert once.ripplon_ripplon == pytest.approx(0.5 * found.ripplon_ripplon, rel=1e-13)
    assert once.ripplon_transition == found.ripplon_transition


def test_low_temperature_limits():
    cold, limit = attraction(0.003, SILICA), attraction(0.003, SILICA, low_temperature=True)
    assert cold.ripplon_ripplon == pytest.approx(limit.ripplon_ripplon, rel=1e-6)
    assert cold.ripplon_transition == pytest.approx(limit.ripplon_transition, rel=1e-3)


def test_geometry_of_the_strength():
    """n²∫⟨J²⟩4πr²dr beyond R = ξ(3/4π)^(1/3) is (2/3)T_g²(a/ξ)⁶/ξ³."""
    R = (3 * 200 / (4 * math.pi)) ** (1 / 3)
    shell = quad(lambda r: 4 * math.pi * r**2 * 3 / (8 * math.pi**2) / r**6, R, np.inf)[0]
    assert shell / 200**2 == pytest.approx(2 / 3 / 200**3, rel=1e-8)


def test_printed_numbers():
    printed = printed_expansion(SILICA)
    assert printed.gruneisen_rr == pytest.approx(-3.0, abs=0.25)
    assert printed.ratio == pytest.approx(1.2, abs=0.03)
    assert printed.breakdown == pytest.approx(1e-3, rel=0.5)
    assert 1e-5 < printed.interaction_heat_capacity < 1e-4
    assert direct_coupling_bound(SILICA) == pytest.approx(8.4, abs=0.05)
    # −0.4·10⁻⁹/K does not follow from (75) with the constants of the text: five times less
    assert printed.linear_rr == pytest.approx(-0.08e-9, abs=0.005e-9)


def test_printed_estimates_follow_from_their_own_sums():
    """With the printed mode sum in place of the direct one, (76) is the low-temperature limit."""
    T = 1e-4
    direct = gruneisen_parameter(T, SILICA, low_temperature=True)
    sums = mode_sums(SILICA)
    volumes = (5.8**3 / 200) ** 2  # (ξ/a)³ of the counts against that of the frequencies
    scaled = direct[0] * sums.pairs_printed / sums.pairs / volumes
    assert scaled == pytest.approx(printed_expansion(SILICA).gruneisen_rr, rel=1e-3)
    scaled = direct[1] * sums.singles_printed / sums.singles / volumes
    assert scaled == pytest.approx(printed_expansion(SILICA, T=342 * T).gruneisen_rT, rel=1e-3)


def test_signs_and_sizes_of_the_expansion():
    T = 1.0
    rr, mixed, tt = expansion_coefficient(T, SILICA)
    assert rr < 0 and mixed < 0 < tt
    assert rr / tt < -900  # 'at least three orders of magnitude'
    # α = γc_V/3K
    modulus = 2200 * 4100**2 / 3
    k_B, hbar = 1.380649e-23, 1.054571817e-34
    a = 4100 * hbar / (k_B * 342) * (6 * math.pi**2) ** (1 / 3)
    capacity = (T / 342) / (SILICA.T_g * 200) * k_B / a**3
    gamma = gruneisen_parameter(T / 342, SILICA)
    np.testing.assert_allclose([rr, mixed, tt], gamma * capacity / (3 * modulus), rtol=1e-9)
    half = gruneisen_parameter(T / 342, SILICA, heat_capacity="transitions")
    np.testing.assert_allclose(half * math.pi**2 / 6, gamma, rtol=1e-12)


def test_breakdown_temperature():
    t = breakdown_temperature(SILICA)
    T = t * SILICA.T_g
    free = quad(lambda x: T**2 / SILICA.T_g / 200 * math.log1p(math.exp(-x)), 0, 60)[0]
    found = attraction(T, SILICA, low_temperature=True)
    assert found.ripplon_transition == pytest.approx(free, rel=5e-3)  # thermally active to first order in T/T_g
    assert 1e-3 < t < 5e-3


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: attraction(0.0, SILICA), "T"),
        (lambda: attraction(0.1, SILICA, pairs="twice"), "pairs"),
        (lambda: orientation_average(50), "samples"),
        (lambda: mode_sums(SILICA, l_max=1), "l_max"),
        (lambda: pair_attraction(0.1, 0.0, 0.1), "omega_i"),
        (lambda: pair_attraction([0.1, 0.2], [0.1, 0.2, 0.3], 0.1), "omega_i"),
        (lambda: pair_attraction(0.1, 0.1, 0.1, kind="none"), "kind"),
        (lambda: expansion_coefficient(-1.0, SILICA), "T"),
        (lambda: printed_expansion(SILICA, 0.0), "T"),
        (lambda: gruneisen_parameter(0.1, SILICA, heat_capacity="none"), "heat_capacity"),
    ],
)
def test_bad_input(call, argument):
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.argument == argument
