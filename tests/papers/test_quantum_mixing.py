"""The evaluations on quantum mixing against other routes, and the printed numbers read a second time."""

import math

import mpmath
import numpy as np
import pytest
from scipy.integrate import quad

from lowtglass import rfot
from lowtglass.claims import _mosaic_quantum as quantum
from lowtglass.claims import load

PRINTED = {
    "lw04-mixing-factor": 0.5,
    "lw04-mixing-half": 1.0,
    "lw04-mixing-length": 5.6,
    "lw04-mixing-rate": math.pi / 3,
    "lw04-mixing-kappa-bare": 2.1,
    "lw04-mixing-kappa-100": 1.9,
    "lw04-mixing-kappa-sum": 1.9,
    "lw04-mixing-two": 2.0,
    "lw04-mixing-hundred": 100.0,
    "lw04-mixing-ten": 10.0,
    "lw04-mixing-tenth": 0.1,
    "lw04-mixing-tenth-sum": 0.1,
}


def test_printed_numbers():
    ours = (claim for claim in load("LubchenkoWolynes2004") if claim.id.startswith("lw04-mixing"))
    assert {claim.id: claim.printed for claim in ours if claim.printed is not None} == pytest.approx(PRINTED)


def test_no_peak_for_random_couplings():
    """Eigenvalues of numpy, both signs of ε: the density at ε̃ = 0 is 1 + ΣΔ_i²/ω_i², as on either side."""
    rng = np.random.default_rng(1)
    couplings = 0.01 * rng.normal(size=quantum._OMEGA.size)
    bare = np.linspace(-0.06, 0.1, 801)
    block = np.diag(np.concatenate([[0.0], quantum._OMEGA]))
    block[0, 1:] = block[1:, 0] = couplings
    found = []
    for e in bare:
        block[0, 0] = e
        found.append(np.linalg.eigvalsh(block)[0])
    edges = np.linspace(-0.02, 0.02, 5)
    density = np.histogram(found, edges)[0] * 2e-4 / np.diff(edges)
    slope = 1.0 + np.sum((couplings / quantum._OMEGA) ** 2)
    np.testing.assert_allclose(density, slope, rtol=0.03)
    assert quantum.piled_up().value == pytest.approx(0.1 * quantum.slope().value, abs=2e-3)


def test_repulsion_opens_the_splitting_of_the_other_sign():
    """Reference state below: the same arrow with ε < 0 has a gap near Σ."""
    sigma = float(np.sum(quantum._COUPLING**2 / quantum._OMEGA))
    block = np.diag(np.concatenate([[0.0], quantum._OMEGA]))
    block[0, 1:] = block[1:, 0] = quantum._COUPLING
    assert 0.9 * sigma < -np.linalg.eigvalsh(block)[0] < sigma


def test_averaged_golden_rule_by_sampling():
    rng = np.random.default_rng(3)
    n, E, width, top = 4_000_000, 0.01, 2e-4, 0.0102
    # ln Δ uniform, ε̃ uniform; the shell of the width around E
    D = np.exp(rng.uniform(math.log(1e-6), math.log(top), n))
    level = rng.uniform(0.0, top, n)
    shell = np.abs(np.hypot(D, level) - E) < 0.5 * width
    weight = D**-0.1 * D**2 / E * math.tanh(0.5)
    area = math.log(top / 1e-6) * top / n
    regular = math.pi / 3.0 / 200.0 * np.sum(weight[shell]) * area / width
    golden, bracket = quantum._golden()
    found = rfot.mixed_phonon_rate(E, 0.01, rfot.MixedSystems(mixing=100.0))
    assert float(found.regular) == pytest.approx(regular, rel=0.02)
    assert golden == pytest.approx(float(found.rate), rel=1e-6)
    assert bracket == pytest.approx(float(found.rate) * 3.0 / math.pi / math.tanh(0.5), rel=1e-9)


def test_terms_of_the_heat_capacity():
    """The averaged brackets of (69) by nested quadrature."""
    T, c, rate = 0.01, 0.1, 1.0 / (2.0e-6 * 5.7e-4**3)

    def weight(x):
        return (x / math.cosh(x / 2.0)) ** 2 * x**-c

    def step(y):
        # z = y² takes away the root
        return y * math.exp(c * y * y / 2.0) / math.sqrt(-math.expm1(-y * y)) if y else 1.0

    def inner(x):
        return quad(step, 0.0, math.sqrt(math.log(60.0 * rate * (x * T) ** 3 / math.tanh(x / 2.0))))[0]

    def mean(term):
        return quad(lambda x: weight(x) * term(x), 1e-3, 60.0, points=[1.0, 5.0], epsrel=1e-6)[0]

    norm = mean(lambda x: 1.0)
    assert quantum.fast_term().value == pytest.approx(mean(lambda x: 100.0 * x * T) / norm, rel=1e-4)
    assert quantum.regular_term() == pytest.approx(mean(inner) / norm, rel=1e-3)


def test_logarithm_of_the_amplitude():
    """Δ̃ from (64) by the definition, at Δ_Q = 10⁶ and 10¹²."""
    B = quantum._modes()
    values = []
    for bare in (1e6, 1e12):
        values.append(float(mpmath.findroot(lambda d, q=bare: mpmath.log(d / q) + B * d * d / 2, 0.4)))
    assert quantum.bounded().value == pytest.approx(values[1] / values[0], rel=1e-9)
