"""Thermodynamics of level schemes against sums in many digits, integrals of the entropy, and limits."""

import json
import math
import os
import subprocess
import sys

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lowtglass import thermal
from lowtglass.errors import ConvergenceError, InputError

TINY = np.finfo(float).tiny


def exact(levels, T):
    """C, U, S, F of one level scheme in 700 digits (Z - 1 is as small as 1e-300)."""
    with mpmath.workdps(700):
        E, t = [mpmath.mpf(float(e)) for e in levels], mpmath.mpf(float(T))
        weights = [mpmath.exp(-(e - E[0]) / t) for e in E]
        Z = mpmath.fsum(weights)
        U = mpmath.fsum(w * e for w, e in zip(weights, E, strict=True)) / Z
        C = mpmath.fsum(w * (e - U) ** 2 for w, e in zip(weights, E, strict=True)) / Z / t**2
        F = E[0] - t * mpmath.log(Z)
        return tuple(float(x) for x in (C, U, (U - F) / t, F))


def exact_debye(theta, T):
    with mpmath.workdps(30):
        u = mpmath.mpf(float(theta)) / mpmath.mpf(float(T))
        pieces = [0, *(x for x in (1, 10, 50, 200) if x < u), min(u, 500)]
        return float(9 / u**3 * mpmath.quad(lambda x: x**4 * mpmath.exp(x) / mpmath.expm1(x) ** 2, pieces))


SCHEMES = {
    "pair": [0.0, 1.0],
    "far below zero": [-812.5, -811.0, -810.75, -3.0],
    "far above zero": [1e6, 1e6 + 0.5, 1e6 + 2.0],
    "near-degenerate ground state": [0.0, 1e-9, 1.0, 1.5, 7.0],
    "many degenerate levels above": [0.0, *[3.0] * 40],
    "one level far below a narrow band": [0.0, *(1e4 + np.linspace(0.0, 1e-3, 9))],
    "one level": [2.5],
}


@pytest.mark.parametrize("levels", SCHEMES.values(), ids=SCHEMES.keys())
@pytest.mark.parametrize("T", [1e-10, 2e-3, 0.1, 0.7, 5.0, 3e3, 1e9])
def test_against_many_digits(levels, T):
    C, U, S, F = exact(levels, T)
    found = thermal.heat_capacity(levels, T, complete=True)
    # the last digit of x = E/T is worth x digits of exp(-x)
    assert found.heat_capacity == pytest.approx(C, rel=1e-12, abs=TINY)
    assert found.energy == pytest.approx(U, rel=1e-14, abs=1e-15)
    assert found.entropy == pytest.approx(S, rel=1e-12, abs=TINY)
    assert found.free_energy == pytest.approx(F, rel=1e-13, abs=1e-15)


@pytest.mark.parametrize("x", [1.0, 30.0, 200.0, 600.0, 700.0])
def test_relative_accuracy_is_kept_until_underflow(x):
    """C of a pair is x² e^{-x}/(1 + e^{-x})², however small."""
    C = float(mpmath.mpf(x) ** 2 * mpmath.exp(-x) / (1 + mpmath.exp(-x)) ** 2)
    assert C > 0
    assert thermal.heat_capacity([0.0, 1.0], 1.0 / x, complete=True).heat_capacity == pytest.approx(C, rel=3e-13)
    assert thermal.two_level(1.0, 1.0 / x) == pytest.approx(C, rel=3e-13)


def test_pairs_are_two_level_systems():
    splitting = np.geomspace(1e-6, 1e3, 31)
    T = np.geomspace(1e-4, 1e4, 40)
    levels = np.stack([np.zeros(31), splitting], axis=-1)
    for i, pair in enumerate(levels):
        found = thermal.heat_capacity(pair, T, complete=True).heat_capacity
        np.testing.assert_allclose(found, thermal.two_level(splitting[i], T), rtol=2e-12, atol=TINY)
    mean = thermal.heat_capacity(levels, T, complete=True).heat_capacity
    np.testing.assert_allclose(mean, thermal.two_level(splitting[:, None], T).mean(axis=0), rtol=1e-12)


def test_schottky_peak():
    """Its place solves x tanh(x/2) = 2: T = 0.4168 E, C = 0.4392 k_B."""
    x = float(mpmath.findroot(lambda y: y * mpmath.tanh(y / 2) - 2, 2.4))
    T = np.array([1.0 / x, 1.0 / (x * 1.001), 1.0 / (x * 0.999)])
    C = thermal.two_level(1.0, T)
    assert C[0] > C[1] and C[0] > C[2]
    assert (1.0 / x, C[0]) == pytest.approx((0.4168, 0.4392), abs=5e-5)


def test_oscillator_ladder_is_einstein_and_says_where_it_ends():
    n, T = 30, np.geomspace(0.02, 60.0, 60)
    found = thermal.heat_capacity(np.arange(n) + 0.5, T, on_truncation="mark")
    einstein = thermal.oscillator(1.0, T)
    # Where the check is silent the ladder of 30 is the oscillator, within rtol and to the last digit where cold.
    np.testing.assert_allclose(found.heat_capacity[found.converged], einstein[found.converged], rtol=1e-3, atol=TINY)
    np.testing.assert_allclose(found.heat_capacity[T < 0.7], einstein[T < 0.7], rtol=1e-12, atol=TINY)
    # The check fires before the error passes rtol, and not before a tenth of that temperature is left.
    error = np.abs(found.heat_capacity / np.where(einstein > 0, einstein, 1.0) - 1.0)
    wrong = T[error > 1e-3].min()
    silent = T[found.converged].max()
    assert 0.9 * wrong < silent * (T[1] / T[0]) and silent < wrong
    assert not found.converged[T > silent].any()


def test_truncation_is_the_error_of_a_ladder_to_first_order():
    """An equidistant continuation is the truth for an oscillator: the estimate is the error, from 1e-12 to 1e-2."""
    n = 24
    for T in (0.8, 1.0, 1.5, 2.0, 2.4):
        found = thermal.heat_capacity(np.arange(n), T, on_truncation="mark", rtol=1.0)
        error = 1.0 - found.heat_capacity / thermal.oscillator(1.0, T)
        assert 0.9 * error < found.truncation < 1.3 * error, T


@pytest.mark.parametrize("shape", ["growing", "pairs"])
@pytest.mark.parametrize("n", [3, 9, 10, 11, 20, 25])
def test_truncation_covers_spectra_that_go_on(shape, n):
    """More levels change C by no more than the estimate says, where spacings grow and where levels come in pairs."""
    k = np.arange(400)
    spectrum = k ** (4 / 3) if shape == "growing" else np.repeat(k[:200], 2) + 1e-3 * (k % 2)
    T = np.geomspace(0.02, 8.0, 80)
    found = thermal.heat_capacity(spectrum[:n], T, on_truncation="mark")
    full = thermal.heat_capacity(spectrum, T).heat_capacity
    error = np.abs(found.heat_capacity - full) / full
    assert (error <= found.truncation + 1e-13).all()
    assert found.converged.any() and not found.converged.all()


def test_truncation_raises_with_temperature_and_result():
    T = np.array([0.1, 0.5, 3.0, 8.0])
    with pytest.raises(ConvergenceError, match=r"12 levels do not suffice at T = 3\b") as caught:
        thermal.heat_capacity(np.arange(12.0), T)
    assert caught.value.last.converged.tolist() == [True, True, False, False]
    assert caught.value.residual == caught.value.last.truncation.max() > 1e-3
    assert caught.value.iterations == 12
    assert thermal.heat_capacity(np.arange(12.0), T, complete=True).converged.all()
    assert thermal.heat_capacity(np.arange(12.0), T[:2]).converged.all()


def test_one_level_alone_knows_nothing_above_zero():
    with pytest.raises(ConvergenceError):
        thermal.heat_capacity([3.0], 1e-3)
    assert thermal.heat_capacity([3.0], 0.0).energy == 3.0
    found = thermal.heat_capacity([[3.0], [5.0]], [0.0, 2.0], complete=True)
    assert found.heat_capacity.tolist() == [0.0, 0.0] and found.energy.tolist() == [4.0, 4.0]


def test_zero_temperature():
    found = thermal.heat_capacity([[1.0, 1.0, 1.0, 4.0], [2.0, 3.0, 3.0, 3.0]], 0.0)
    assert (found.heat_capacity, found.energy, found.free_energy) == (0.0, 1.5, 1.5)
    assert found.entropy == pytest.approx(math.log(3) / 2, rel=1e-15)
    assert found.converged and found.truncation == 0


@pytest.mark.parametrize("pair", [[0.0, 1.0], [-3.0, -3.0 + 1e-3]])
def test_entropy_is_the_integral_of_heat_capacity(pair):
    """∫ C d ln T = ln 2 for a pair (trapezoids converge exponentially on a logarithmic grid)."""
    logarithm = np.linspace(-25.0, 25.0, 1001) + math.log(pair[1] - pair[0])
    C = thermal.heat_capacity(pair, np.exp(logarithm), complete=True).heat_capacity
    step = logarithm[1] - logarithm[0]
    assert C.sum() * step == pytest.approx(math.log(2), rel=1e-10)
    # the same, up to each temperature, is the entropy reported
    rising = np.cumsum(C) * step - 0.5 * C * step
    S = thermal.heat_capacity(pair, np.exp(logarithm), complete=True).entropy
    np.testing.assert_allclose(rising, S, atol=2e-4)


@pytest.mark.parametrize("degeneracy", [1, 2, 5])
def test_entropy_of_a_scheme_rises_from_ln_g_to_ln_n(degeneracy):
    levels = np.concatenate([np.zeros(degeneracy), [0.3, 0.8, 2.0]])
    logarithm = np.linspace(-30.0, 30.0, 2001)
    C = thermal.heat_capacity(levels, np.exp(logarithm), complete=True).heat_capacity
    gained = C.sum() * (logarithm[1] - logarithm[0])
    assert gained == pytest.approx(math.log((degeneracy + 3) / degeneracy), rel=1e-10)
    assert thermal.heat_capacity(levels, 1e13, complete=True).entropy == pytest.approx(math.log(degeneracy + 3))


def test_high_temperature_is_the_variance():
    levels = np.array([0.0, 0.2, 1.0, 3.0])
    T = np.array([1e5, 1e7, 1e12])
    found = thermal.heat_capacity(levels, T, complete=True)
    np.testing.assert_allclose(found.heat_capacity * T**2, levels.var(), rtol=1e-4)
    assert thermal.heat_capacity(levels, 1e12, complete=True).heat_capacity * 1e24 == pytest.approx(levels.var())


def test_weights_are_used_as_given():
    rng = np.random.default_rng(3)
    levels = np.sort(rng.normal(size=(3, 4, 6)), axis=-1)
    weights = rng.uniform(size=(3, 4))
    T = np.array([[0.0, 0.1], [0.5, 20.0]])
    found = thermal.heat_capacity(levels, T, weights, complete=True)
    for name in ("heat_capacity", "energy", "entropy", "free_energy"):
        each = [
            [getattr(thermal.heat_capacity(levels[i, j], T, complete=True), name) for j in range(4)] for i in range(3)
        ]
        total = np.einsum("ij,ijkl->kl", weights, np.array(each))
        np.testing.assert_allclose(getattr(found, name), total, rtol=1e-12, atol=1e-300)
        mean = getattr(thermal.heat_capacity(levels, T, complete=True), name)
        np.testing.assert_allclose(mean, np.mean(each, axis=(0, 1)), rtol=1e-12, atol=1e-300)
    assert found.heat_capacity.shape == found.converged.shape == T.shape


def test_shapes():
    for T, shape in ((0.3, ()), ([0.3], (1,)), (np.full((2, 0 + 3), 0.3), (2, 3))):
        found = thermal.heat_capacity([0.0, 1.0], T, complete=True)
        for name in ("T", "heat_capacity", "energy", "entropy", "free_energy", "truncation", "converged"):
            assert np.shape(getattr(found, name)) == shape, name
    assert thermal.two_level(np.ones((4, 1)), np.ones(3)).shape == (4, 3)
    assert isinstance(thermal.debye(1.0, 1.0), float) and isinstance(thermal.oscillator(1.0, 1.0), float)


levels_strategy = st.lists(st.floats(-50.0, 50.0), min_size=2, max_size=8).map(sorted)


@settings(deadline=None, max_examples=150)
@given(levels_strategy, st.floats(1e-3, 1e4), st.integers(-300, 300))
def test_a_shift_of_all_levels_changes_energies_only(levels, T, shift):
    levels = np.round(np.array(levels), 3)
    here = thermal.heat_capacity(levels, T, complete=True)
    there = thermal.heat_capacity(levels + shift, T, complete=True)
    # the shift rounds the levels by 1e-13, which T turns into a relative change of each Boltzmann factor
    slack = 1e-12 * (1.0 + 1.0 / T) * (1.0 + (levels[-1] - levels[0]) / T)
    assert there.heat_capacity == pytest.approx(here.heat_capacity, rel=slack + 1e-9, abs=1e-300)
    assert there.energy - shift == pytest.approx(here.energy, rel=1e-10, abs=1e-10)
    assert there.free_energy - shift == pytest.approx(here.free_energy, rel=1e-10, abs=1e-10 * (1 + T))


@settings(deadline=None, max_examples=150)
@given(levels_strategy, st.floats(1e-3, 1e4), st.floats(1e-6, 1e6))
def test_scaling_energies_and_temperature_together(levels, T, scale):
    one = thermal.heat_capacity(levels, T, complete=True)
    other = thermal.heat_capacity(np.array(levels) * scale, T * scale, complete=True)
    spread = (levels[-1] - levels[0]) / T
    assert other.heat_capacity == pytest.approx(one.heat_capacity, rel=1e-13 * (10 + 100 / T + spread), abs=1e-300)


@settings(deadline=None, max_examples=100)
@given(levels_strategy, st.floats(1e-2, 1e3))
def test_thermodynamic_identities(levels, T):
    found = thermal.heat_capacity(levels, T, complete=True)
    assert found.heat_capacity >= -1e-15
    assert -1e-15 <= found.entropy <= math.log(len(levels)) * (1 + 1e-14)
    assert found.free_energy == pytest.approx(found.energy - T * found.entropy, rel=1e-12, abs=1e-12 * (1 + T))
    C = exact(levels, T)[0]
    assert found.heat_capacity == pytest.approx(C, rel=1e-10, abs=TINY)


@pytest.mark.parametrize("T", [1e-3, 0.02, 0.3, 1.0, 7.0, 1e4])
def test_oscillator_against_mpmath(T):
    with mpmath.workdps(40):
        x = 1 / mpmath.mpf(T)
        C = float(x**2 * mpmath.exp(x) / mpmath.expm1(x) ** 2)
    assert thermal.oscillator(1.0, T) == pytest.approx(C, rel=1e-12, abs=TINY)


@pytest.mark.parametrize("T", [1e-4, 3e-3, 0.015, 1 / 61, 1 / 59, 0.1, 0.5, 1.0, 10.0, 1e3])
def test_debye_against_mpmath(T):
    assert thermal.debye(1.0, T) == pytest.approx(exact_debye(1.0, T), rel=1e-12)
    assert thermal.debye(342.0, 342.0 * T) == pytest.approx(thermal.debye(1.0, T), rel=1e-12)


def test_debye_limits():
    assert thermal.debye(1.0, 1e-5) == pytest.approx(12 * math.pi**4 / 5 * 1e-15, rel=1e-14)
    # high temperature: 3 (1 - (θ/T)²/20)
    assert 3.0 - thermal.debye(1.0, 100.0) == pytest.approx(3.0 / 20 * 1e-4, rel=1e-4)
    T = np.geomspace(1e-3, 1e3, 200)
    assert (np.diff(thermal.debye(1.0, T)) > 0).all()


def test_extremes_are_quiet():
    """Warnings are errors here: nothing overflows, nothing is undefined."""
    T = np.array([0.0, 5e-324, 1e-300, 1e-10, 1.0, 1e10, 1e300, 1.7e308])
    with np.errstate(all="raise", under="ignore"):
        for function in (thermal.two_level, thermal.oscillator, thermal.debye):
            for energy in (5e-324, 1e-300, 1.0, 1e300):
                C = function(energy, T)
                assert np.isfinite(C).all() and C[0] == 0 and (C >= 0).all()
        for levels in ([0.0, 1e-300, 1.0], [-1e300, 0.0, 1e300], [0.0, 5e-324]):
            found = thermal.heat_capacity(levels, T, on_truncation="mark")
            assert np.isfinite(found.heat_capacity).all() and (found.heat_capacity >= 0).all()
            assert np.isfinite(found.entropy).all()
    assert thermal.debye(1e-300, 1e300) == pytest.approx(3.0)
    assert thermal.two_level(0.0, T).tolist() == [0.0] * 8
    assert thermal.oscillator(0.0, 1.0) == pytest.approx(1.0)
    assert thermal.debye(1e-200, 1e-200) == pytest.approx(thermal.debye(1.0, 1.0), rel=1e-14)


@pytest.mark.parametrize(
    ("argument", "arguments", "keywords"),
    [
        ("energies", ([],), {}),
        ("energies", (1.0,), {}),
        ("energies", ([0.0, math.nan],), {}),
        ("energies", ([0.0, math.inf],), {}),
        ("energies", ([1.0, 0.5],), {}),
        ("energies", ("levels",), {}),
        ("energies", ([0.0, 1j],), {}),
        ("energies", ([[0.0, 1.0], [0.0]],), {}),
        ("T", ([0.0, 1.0],), {"T": -1e-9}),
        ("T", ([0.0, 1.0],), {"T": math.nan}),
        ("T", ([0.0, 1.0],), {"T": []}),
        ("T", ([0.0, 1.0],), {"T": None}),
        ("weights", ([0.0, 1.0],), {"weights": [1.0]}),
        ("weights", ([[0.0, 1.0]] * 3,), {"weights": [1.0, 2.0]}),
        ("weights", ([[0.0, 1.0]],), {"weights": [math.nan]}),
        ("rtol", ([0.0, 1.0],), {"rtol": 0.0}),
        ("on_truncation", ([0.0, 1.0],), {"on_truncation": "warn"}),
    ],
)
def test_bad_input_is_named(argument, arguments, keywords):
    with pytest.raises(InputError) as caught:
        thermal.heat_capacity(*arguments, **({"T": 1.0} | keywords))
    assert caught.value.argument == argument


@pytest.mark.parametrize("function", [thermal.two_level, thermal.oscillator, thermal.debye])
def test_bad_input_of_single_modes(function):
    for energy in (-1.0, math.nan, math.inf, "a", []):
        with pytest.raises(InputError, match=r"splitting|omega|theta"):
            function(energy, 1.0)
    for T in (-1.0, math.nan, None):
        with pytest.raises(InputError, match=r"^T = "):
            function(1.0, T)
    with pytest.raises(InputError, match="broadcasts"):
        function([1.0, 2.0], [1.0, 2.0, 3.0])
    if function is thermal.debye:
        with pytest.raises(InputError, match="theta"):
            function(0.0, 1.0)


PROGRAM = """
import json, warnings
warnings.simplefilter("error")
from lowtglass import thermal
found = thermal.heat_capacity([[0, 1e-9, 1, 2.5], [-1, 0, 0, 3.0]], [0, 5e-324, 1e-3, 0.2, 1, 1e300], [0.3, 0.7],
                              on_truncation="mark")
print(json.dumps([getattr(found, name).tolist() for name in
                  ("heat_capacity", "energy", "entropy", "free_energy", "truncation", "converged")]))
"""


def test_kernel_as_plain_python():
    answers = []
    for disable in ("1", "0"):
        environment = os.environ | {"NUMBA_DISABLE_JIT": disable}
        answer = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, env=environment)
        assert answer.returncode == 0, answer.stderr
        answers.append(json.loads(answer.stdout))
    for plain, compiled in zip(*answers, strict=True):
        assert plain == pytest.approx(compiled, rel=1e-13)
