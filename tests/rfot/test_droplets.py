"""Entropic droplets: stationarity, identities, barrier distribution and relaxation against other routes."""

import dataclasses
import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import brentq, minimize_scalar

from lowtglass import rfot
from lowtglass.errors import InputError
from lowtglass.rfot import Mosaic

MOSAIC = Mosaic()
mosaics = st.builds(
    Mosaic,
    T_g=st.floats(0.5, 20.0),
    lindemann=st.floats(0.02, 0.25),
    log_time=st.floats(5.0, 60.0),
)


@given(mosaics)
def test_profile_has_the_stated_barrier_and_zero(mosaic):
    """N‡, F‡ and N* are found again by maximising and by solving F(N) = 0."""
    found = rfot.droplet(mosaic)
    top = minimize_scalar(
        lambda n: -float(rfot.droplet_free_energy(n, mosaic)), bounds=(0.0, found.size), options={"xatol": 1e-9}
    )
    assert top.x == pytest.approx(found.critical_size, rel=1e-5)
    assert -top.fun == pytest.approx(found.barrier, rel=1e-12)
    zero = brentq(
        lambda n: float(rfot.droplet_free_energy(n, mosaic)), 1.01 * found.critical_size, 10.0 * found.size, xtol=1e-12
    )
    assert zero == pytest.approx(found.size, rel=1e-10)
    assert found.barrier == pytest.approx(mosaic.T_g * mosaic.log_time, rel=1e-14)
    assert found.length**3 == pytest.approx(found.size, rel=1e-13)


@given(mosaics)
def test_length_is_the_papers_formula_with_all_under_the_root(mosaic):
    found = rfot.droplet(mosaic)
    log = math.log(mosaic.lindemann**-2 / (math.pi * math.e))
    assert found.length == pytest.approx(
        (8.0 / (3.0 * math.sqrt(3.0 * math.pi)) * mosaic.log_time / log) ** (2.0 / 3.0), rel=1e-13
    )
    # √3·π instead of √(3π) would be another length
    assert found.length > 1.4 * (8.0 / (3.0 * math.sqrt(3.0) * math.pi) * mosaic.log_time / log) ** (2.0 / 3.0)


@given(mosaics, st.floats(0.1, 50.0))
def test_surface_tension_is_the_mismatch_energy(mosaic, R):
    """4πR²σ(R) = γ√N with N = 4πR³/3."""
    N = 4.0 * math.pi / 3.0 * R**3
    assert 4.0 * math.pi * R**2 * rfot.surface_tension(R, mosaic) == pytest.approx(
        rfot.droplet(mosaic).mismatch * math.sqrt(N), rel=1e-13
    )


@given(mosaics, st.floats(0.1, 20.0), st.floats(1.01, 5.0))
def test_vogel_fulcher_is_the_barrier(mosaic, jump, T):
    """F‡/T of (7) with γ ∝ T and the linear entropy is (1) exactly, with D of `fragility`; the inverse agrees."""
    ratio = rfot.droplet(mosaic).mismatch / mosaic.T_g
    entropy = jump * (T - 1.0)
    D = rfot.fragility(jump, mosaic)
    assert rfot.vogel_fulcher(T, D) == pytest.approx((ratio * T) ** 2 / (4.0 * entropy * T) / T, rel=1e-11)
    assert rfot.heat_capacity_jump(D, mosaic) == pytest.approx(jump, rel=1e-13)


@given(mosaics, st.floats(1.0, 200.0))
def test_fragility_index_is_the_slope_at_the_glass_temperature(mosaic, D):
    T_g = float(rfot.glass_temperature(D, mosaic))
    assert rfot.vogel_fulcher(T_g, D) == pytest.approx(mosaic.log_time, rel=1e-10)
    with mpmath.workdps(30):
        slope = mpmath.diff(lambda y: D / (T_g / y - 1.0) / mpmath.log(10), 1.0)
    assert rfot.fragility_index(D, mosaic) == pytest.approx(float(slope), rel=1e-10)


def test_calorimetric_fragility_counts_beads():
    """Two beads of half the jump each are one bead of half the jump."""
    one = rfot.calorimetric_fragility_index(3.0 * 1.68 / 5.0, 1.68, MOSAIC)
    assert rfot.calorimetric_fragility_index(3.0, 5.0, MOSAIC) == pytest.approx(one, rel=1e-14)
    assert rfot.calorimetric_fragility_index(3.0, 5.0, MOSAIC, bead_entropy=0.84) == pytest.approx(one / 2, rel=1e-14)


@given(mosaics, st.floats(1.0, 200.0))
def test_calorimetric_fragility_takes_the_jump_at_the_glass_temperature(mosaic, D):
    """The jump T ds_c/dT of the linear law at T_g gives the index of the Vogel–Fulcher law."""
    T_g = float(rfot.glass_temperature(D, mosaic))
    measured = float(rfot.heat_capacity_jump(D, mosaic)) * T_g
    found = rfot.calorimetric_fragility_index(measured, 1.68, mosaic)
    assert found == pytest.approx(rfot.fragility_index(D, mosaic), rel=1e-10)


def test_calorimetric_fragility_of_a_curved_entropy():
    """s_c = s_∞(1 − T_K/T), as it is often measured: m from log τ ∝ 1/s_c by differentiation."""
    s_g, T_K = rfot.droplet(MOSAIC).entropy, 0.8
    top = s_g / (1.0 - T_K)

    def log_time(y):  # y = T_g/T
        return MOSAIC.log_time * s_g / (top * (1.0 - T_K * y)) / mpmath.log(10)

    jump = float(mpmath.diff(lambda T: top * (1.0 - T_K / T), 1.0))
    slope = float(mpmath.diff(log_time, 1.0))
    assert rfot.calorimetric_fragility_index(jump, 1.68, MOSAIC) == pytest.approx(slope, rel=1e-10)


@pytest.mark.parametrize("D", [1e4, 1e5])
def test_width_from_fluctuations_of_the_entropy(D):
    """F‡ ∝ 1/s_c with a Gaussian s_c of variance Δc_p/N* has the relative width 1/(2√D) up to higher order in 1/D."""
    found = rfot.droplet(MOSAIC)
    jump = float(rfot.heat_capacity_jump(D, MOSAIC))
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    weights = weights / weights.sum()
    entropy = found.entropy + math.sqrt(jump / found.size) * nodes
    barrier = found.mismatch**2 / (4.0 * MOSAIC.T_g * entropy)
    mean = weights @ barrier
    width = math.sqrt(weights @ (barrier - mean) ** 2)
    law = rfot.barrier_distribution([1.0], D, MOSAIC)
    assert mean == pytest.approx(law.most_probable, rel=1.0 / D)
    assert width == pytest.approx(law.width, rel=4.0 / D)
    assert law.width / law.most_probable == pytest.approx(0.5 / math.sqrt(D), rel=1e-14)


@pytest.mark.parametrize("law", ["gaussian", "cut-off"])
@pytest.mark.parametrize("D", [0.5, 10.0])
def test_barrier_distribution_is_normalised(law, D):
    one = rfot.barrier_distribution([0.0], D, MOSAIC, law=law)
    lo, hi = one.most_probable - 10.0 * one.width, one.most_probable + 10.0 * one.width

    def density(F):
        return float(rfot.barrier_distribution([F], D, MOSAIC, law=law).density[0])

    area = quad(density, lo, one.most_probable)[0] + quad(density, one.most_probable, hi)[0]
    assert area + one.peak == pytest.approx(1.0, abs=1e-9)
    below = quad(density, lo, 0.0, epsabs=1e-14)[0]
    assert one.below_zero == pytest.approx(below, rel=1e-6)


@pytest.mark.parametrize("law", ["gaussian", "cut-off"])
@pytest.mark.parametrize("D", [0.5, 3.0, 30.0, 3e4])
def test_relaxation_function_against_mpmath(law, D):
    s = MOSAIC.log_time / (2.0 * math.sqrt(D))
    times = np.array([1e-6, 1e-2, 0.3, 1.0, 10.0, 1e4])
    found = rfot.relaxation_function(times, D, MOSAIC, law=law)
    top = 0.0 if law == "cut-off" else 12.0 * s
    for t, value in zip(times, found, strict=True):
        cuts = {min(max(math.log(t) + k, -12.0 * s), top) for k in (-4.0, 0.0, 4.0, 20.0, 40.0)}
        points = sorted(cuts | {-12.0 * s, min(0.0, top), top})
        exact = mpmath.quad(lambda u, t=t: mpmath.exp(-u * u / (2 * s * s) - t * mpmath.exp(-u)), points)
        exact = exact / (s * mpmath.sqrt(2 * mpmath.pi))
        if law == "cut-off":
            exact += mpmath.exp(-t) / 2
        assert value == pytest.approx(float(exact), abs=1e-13)


def test_relaxation_function_against_sampling():
    rng = np.random.default_rng(5)
    D = 20.0
    F = rng.normal(MOSAIC.log_time, MOSAIC.log_time / (2.0 * math.sqrt(D)), 400_000)
    for law in ("gaussian", "cut-off"):
        barriers = np.minimum(F, MOSAIC.log_time) if law == "cut-off" else F
        for t in (0.01, 1.0, 30.0):
            sample = np.exp(-t * np.exp(MOSAIC.log_time - barriers))
            error = 5.0 * sample.std() / math.sqrt(F.size)
            assert rfot.relaxation_function(t, D, MOSAIC, law=law) == pytest.approx(sample.mean(), abs=error)


def test_relaxation_function_starts_at_one_and_falls():
    t = np.concatenate([[0.0], np.geomspace(1e-12, 1e12, 200)])
    for law in ("gaussian", "cut-off"):
        phi = rfot.relaxation_function(t, 8.0, MOSAIC, law=law)
        assert phi[0] == 1.0
        assert np.all(np.diff(phi) < 1e-14)
    assert rfot.relaxation_function(1e3, 8.0, MOSAIC, law="cut-off") == 0.0


def log_time_moments(relaxation):
    """Mean and variance of ln t under −dφ, from φ alone."""
    x = np.linspace(-160.0, 160.0, 64001)
    phi = relaxation(np.exp(x))
    h = x[1] - x[0]
    first = h * np.sum(phi - (x < 0)) - 0.5 * h  # the step counts half at its place
    second = 2.0 * h * np.sum(x * (phi - (x < 0)))
    return first, second - first**2


@pytest.mark.parametrize("law", ["gaussian", "cut-off"])
@pytest.mark.parametrize("D", [5.0, 50.0])
def test_rule_of_log_time(law, D):
    fit = rfot.stretching_exponent(D, MOSAIC, law=law, rule="log time")
    ours = log_time_moments(lambda t: rfot.relaxation_function(t, D, MOSAIC, law=law))
    stretched = log_time_moments(lambda t: np.exp(-np.minimum((t / fit.time) ** fit.beta, 700.0)))
    np.testing.assert_allclose(ours, stretched, atol=1e-5)


@pytest.mark.parametrize("law", ["gaussian", "cut-off"])
def test_rule_of_moments(law):
    D = 300.0
    fit = rfot.stretching_exponent(D, MOSAIC, law=law, rule="moments")
    for n in (0, 1):

        def integrand(x, f, n=n):
            return math.exp((n + 1) * x) * f(math.exp(x))

        ours = quad(integrand, -40, 12, args=(lambda t: float(rfot.relaxation_function(t, D, MOSAIC, law=law)),))[0]
        other = quad(integrand, -40, 12, args=(lambda t: math.exp(-((t / fit.time) ** fit.beta)),))[0]
        assert ours == pytest.approx(other, rel=1e-6)


@pytest.mark.parametrize("law", ["gaussian", "cut-off"])
def test_rule_of_slope(law):
    D = 12.0
    fit = rfot.stretching_exponent(D, MOSAIC, law=law, rule="slope")
    assert rfot.relaxation_function(fit.time, D, MOSAIC, law=law) == pytest.approx(math.exp(-1.0), abs=1e-11)
    h = 1e-4
    up, down = (float(rfot.relaxation_function(fit.time * math.exp(k), D, MOSAIC, law=law)) for k in (h, -h))
    slope = (math.log(-math.log(up)) - math.log(-math.log(down))) / (2.0 * h)
    assert fit.beta == pytest.approx(slope, rel=1e-6)


@pytest.mark.parametrize("law", ["gaussian", "cut-off"])
def test_rule_of_least_squares_cannot_be_bettered(law):
    D = 12.0
    fit = rfot.stretching_exponent(D, MOSAIC, law=law)
    ends = [
        brentq(lambda x, f=f: float(rfot.relaxation_function(math.exp(x), D, MOSAIC, law=law)) - f, -80, 80, xtol=1e-13)
        for f in (0.99, 0.01)
    ]
    t = np.exp(np.linspace(*ends, 201))
    phi = rfot.relaxation_function(t, D, MOSAIC, law=law)

    def cost(time, beta):
        return np.sum((np.exp(-((t / time) ** beta)) - phi) ** 2)

    best = cost(fit.time, fit.beta)
    for factor in (0.999, 1.001):
        assert cost(fit.time * factor, fit.beta) > best
        assert cost(fit.time, fit.beta * factor) > best
    assert fit.residual == pytest.approx(np.max(np.abs(np.exp(-((t / fit.time) ** fit.beta)) - phi)), rel=1e-9)


@pytest.mark.parametrize("rule", ["least squares", "slope", "log time", "moments"])
def test_stretching_vanishes_for_strong_liquids(rule):
    """β rises with D to 1, and the rules agree there; at small D they do not."""
    betas = [rfot.stretching_exponent(D, MOSAIC, rule=rule).beta for D in (3.0, 10.0, 100.0, 1e3, 1e6)]
    assert np.all(np.diff(betas) > 0)
    assert betas[-1] == pytest.approx(1.0, abs=2e-3)


def test_choice_of_the_rule_matters_for_fragile_liquids():
    least, slope = (
        rfot.stretching_exponent(5.0, MOSAIC, law="cut-off", rule=r).beta for r in ("least squares", "slope")
    )
    assert slope > 1.7 * least


@pytest.mark.parametrize("n", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("model", ["frozen", "thermodynamic", "linear"])
def test_nonlinearity_from_the_barrier_of_the_glass(model, n):
    """The apparent activation energy of the frozen glass by differentiating a barrier written out in full."""
    T_g, T_K = 1.0, 0.8
    L = MOSAIC.log_time
    if model == "linear":
        jump = 3.0

        def force(T):
            return T * jump * (T - T_K) / T_K + jump * (T_g - T)

    elif model == "thermodynamic":
        # Δc_p = K/T: s_c = K(1/T_K − 1/T), Φ_in − Φ_eq = K ln(T_g/T)
        jump = 3.0

        def force(T):
            return T * jump * (1 / T_K - 1 / T) + jump * mpmath.log(T_g / T)

    else:

        def force(T):
            return 1.0 + 0.0 * T

    with mpmath.workdps(30):
        scale = L * T_g * 4 * force(mpmath.mpf(T_g))

        def log_rate(y):
            return -scale * (1 / y / T_g) ** (2 * n) / (4 * force(1 / y)) * y

        activation = -mpmath.diff(log_rate, 1 / mpmath.mpf(T_g))
    product = rfot.nonlinearity_product(MOSAIC, model=model, surface_exponent=n)
    assert product == pytest.approx(float(activation) / (T_g * math.log(10.0)), abs=1e-9)


def test_rate_out_of_equilibrium_has_the_share_x_of_the_activation_energy():
    """Slope against 1/T: xΔE* for a frozen glass, ΔE* for one whose fictive temperature follows."""
    E, x = 40.0, 0.4
    T = np.array([0.9, 1.0])
    frozen = rfot.nonequilibrium_rate(T, 1.0, x, E)
    equilibrium = rfot.nonequilibrium_rate(T, T, x, E)
    assert np.diff(frozen)[0] / np.diff(1.0 / T)[0] == pytest.approx(-x * E, rel=1e-12)
    assert np.diff(equilibrium)[0] / np.diff(1.0 / T)[0] == pytest.approx(-E, rel=1e-12)


def test_sensitivity_against_derivatives_by_hand():
    p, L = math.log(100.0 / (math.pi * math.e)), MOSAIC.log_time
    jump = 2.0
    m = float(rfot.fragility_index(rfot.fragility(jump, MOSAIC), MOSAIC))
    excess = (m - L / math.log(10.0)) / m
    exact = {
        "mismatch": (-2.0 / p, 0.0),
        "entropy": (-4.0 / p, -1.0),
        "critical_size": (4.0 / p, 2.0),
        "barrier": (0.0, 1.0),
        "size": (4.0 / p, 2.0),
        "length": (4.0 / (3.0 * p), 2.0 / 3.0),
    }
    for name, expected in exact.items():
        found = rfot.sensitivity(lambda mosaic, name=name: getattr(rfot.droplet(mosaic), name), MOSAIC)
        assert (found.lindemann, found.log_time) == pytest.approx(expected, abs=1e-7), name
        assert found.error < 1e-6
        assert found.value == getattr(rfot.droplet(MOSAIC), name)
    found = rfot.sensitivity(lambda mosaic: float(rfot.fragility_index(rfot.fragility(jump, mosaic), mosaic)), MOSAIC)
    assert (found.lindemann, found.log_time) == pytest.approx((4.0 / p * excess, 1.0 + excess), abs=1e-7)


def test_self_consistent_mosaic():
    found = rfot.self_consistent(Mosaic(log_time=15 * math.log(10.0)))
    assert found.xi**3 == pytest.approx(found.volume, rel=1e-12)
    assert found.xi == pytest.approx(5.298, abs=1e-3)
    assert rfot.self_consistent(found) == dataclasses.replace(found)


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: rfot.droplet(3.0), "mosaic"),
        (lambda: rfot.droplet(Mosaic(lindemann=0.35)), "lindemann"),
        (lambda: Mosaic(xi=1.9), "xi"),
        (lambda: rfot.self_consistent(Mosaic(log_time=3.0)), "xi"),
        (lambda: rfot.droplet_free_energy(-1.0, MOSAIC), "N"),
        (lambda: rfot.droplet_free_energy(1.0, MOSAIC, T=0.0), "T"),
        (lambda: rfot.droplet_free_energy(1.0, MOSAIC, entropy=0.0), "entropy"),
        (lambda: rfot.surface_tension(0.0, MOSAIC), "R"),
        (lambda: rfot.fragility(0.0, MOSAIC), "jump"),
        (lambda: rfot.vogel_fulcher(1.0, 3.0), "T"),
        (lambda: rfot.vogel_fulcher([2.0, 3.0], [1.0, 2.0, 3.0]), "D"),
        (lambda: rfot.fragility_index(0.0, MOSAIC), "D"),
        (lambda: rfot.glass_temperature(-1.0, MOSAIC), "D"),
        (lambda: rfot.calorimetric_fragility_index(1.0, 0.0, MOSAIC), "fusion_entropy"),
        (lambda: rfot.barrier_distribution(1.0, 3.0, MOSAIC, law="sharp"), "law"),
        (lambda: rfot.relaxation_function(-1.0, 3.0, MOSAIC), "t"),
        (lambda: rfot.relaxation_function(1.0, 0.0, MOSAIC), "D"),
        (lambda: rfot.stretching_exponent(3.0, MOSAIC, rule="eye"), "rule"),
        (lambda: rfot.nonequilibrium_rate(0.0, 1.0, 0.5, 1.0), "T"),
        (lambda: rfot.nonequilibrium_rate(1.0, 1.0, 1.5, 1.0), "x"),
        (lambda: rfot.nonlinearity_product(MOSAIC, model="other"), "model"),
        (lambda: rfot.nonlinearity_product(MOSAIC, model=["frozen"]), "model"),
        (lambda: rfot.sensitivity(lambda mosaic: 0.0, MOSAIC), "quantity"),
        (lambda: rfot.sensitivity(lambda mosaic: 1.0, MOSAIC, step=1.0), "step"),
    ],
)
def test_bad_input(call, argument):
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.argument == argument
