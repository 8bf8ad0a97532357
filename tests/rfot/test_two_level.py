"""Two-level systems of the mosaic: random energy model, barriers, rates and the heat capacity against other routes."""

import json
import math
import os
import subprocess
import sys

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import brentq, minimize_scalar

from lowtglass import kuhn_horstmann, phonons, rfot
from lowtglass.errors import ConvergenceError, InputError
from lowtglass.rfot import Mosaic, TwoLevelSystems

MOSAIC = Mosaic()
FIGURE = TwoLevelSystems.figure_11()


# Random energy model and barriers


@given(st.floats(1.0, 1000.0))
def test_ground_state_is_where_the_entropy_vanishes(N):
    """ln Ω_N(E_GS) = 0 by a root search, with slope 1/T_g where the surface energy is left out."""
    energy = float(rfot.ground_state_energy(N, MOSAIC))
    assert rfot.log_density_of_states(energy, N, MOSAIC) == pytest.approx(0.0, abs=1e-9)
    h = 1e-5
    up, down = (float(rfot.log_density_of_states(energy + k, N, MOSAIC)) for k in (h, -h))
    assert (up - down) / (2.0 * h) == pytest.approx(1.0 / MOSAIC.T_g, rel=1e-5)


def test_lowest_states_of_a_random_energy_model_by_sampling():
    """Levels drawn at random: the lowest lies near E_GS and scatters as e^{E/T_g} demands."""
    N = 11.0 / rfot.droplet(MOSAIC).entropy
    found = rfot.droplet(MOSAIC)
    number = round(math.exp(found.entropy * N))
    mean = N * MOSAIC.T_g * found.entropy + found.mismatch * math.sqrt(N)
    width = math.sqrt(2.0 * MOSAIC.T_g**2 * found.entropy * N)
    rng = np.random.default_rng(11)
    lowest = np.array([rng.normal(mean, width, number).min() for _ in range(300)]) / MOSAIC.T_g
    # For a density e^{(E − E*)/T_g}/T_g the lowest level has variance π²/6; finite N narrows it by some per cent.
    assert lowest.std() == pytest.approx(math.pi / math.sqrt(6.0), rel=0.15)
    # The factor before the exponential shifts E* by ½ ln(4π ln number); the mean is lower by Euler's constant.
    expected = float(rfot.ground_state_energy(N, MOSAIC)) / MOSAIC.T_g + 0.5 * math.log(4.0 * math.pi * 11.0)
    assert lowest.mean() == pytest.approx(expected - np.euler_gamma, abs=0.25)


def test_size_of_a_domain_is_where_the_ground_state_is_degenerate():
    zero = brentq(lambda N: float(rfot.ground_state_energy(N, MOSAIC)), 60.0, 1000.0, xtol=1e-10)
    assert zero == pytest.approx(rfot.droplet(MOSAIC).size, rel=1e-10)


def test_spectral_density_holds_one_state_per_domain():
    one = quad(lambda e: float(rfot.spectral_density(e, MOSAIC)), -60.0 * MOSAIC.T_g, 0.0, epsabs=1e-13)[0]
    assert one == pytest.approx(1.0 / MOSAIC.volume, rel=1e-9)


@given(st.floats(1.0, 1000.0))
def test_lowest_barrier_is_where_the_number_of_paths_vanishes(N):
    barrier = float(rfot.barrier_profile(N, MOSAIC))
    assert rfot.log_density_of_barriers(barrier, N, MOSAIC) == pytest.approx(0.0, abs=1e-9)


def test_transition_state_is_the_maximum_of_the_profile():
    state = rfot.transition_state(MOSAIC)
    top = minimize_scalar(
        lambda n: -float(rfot.barrier_profile(n, MOSAIC)), bounds=(1.0, 100.0), options={"xatol": 1e-9}
    )
    assert top.x == pytest.approx(state.size, rel=1e-6)
    assert -top.fun == pytest.approx(state.barrier, rel=1e-12)
    # (14) is the tangent of (12)
    h = 1e-5
    up, down = (float(rfot.log_density_of_barriers(state.barrier + k, state.size, MOSAIC)) for k in (h, -h))
    assert (up - down) / (2.0 * h) == pytest.approx(1.0 / (math.sqrt(2.0) * MOSAIC.T_g), rel=1e-6)
    assert rfot.barrier_density(0.0, MOSAIC) == pytest.approx(state.zero_barrier_fraction, rel=1e-12)
    assert math.log(state.zero_barrier_fraction) == pytest.approx(
        -state.suppression * rfot.droplet(MOSAIC).entropy, rel=1e-12
    )
    # a concave function lies below its tangent
    assert state.gaussian_fraction < 0.01 * state.zero_barrier_fraction


def test_exponent_of_the_splittings_from_the_barriers():
    """P(Δ) by the change of variables from Ω(V): the π of (21) enters c."""
    frequency = 0.3
    c = rfot.tunnelling_exponent(MOSAIC, frequency)

    def log_density(x):
        V = frequency / math.pi * (0.0 - x)
        return math.log(float(rfot.barrier_density(V, MOSAIC))) + math.log(frequency / math.pi) - x

    assert (log_density(-0.1) - log_density(-0.2)) / 0.1 == pytest.approx(-1.0 - c, rel=1e-10)
    systems = TwoLevelSystems(exponent=c)
    ratio = rfot.splitting_density(math.exp(-0.1), systems) / rfot.splitting_density(math.exp(-0.2), systems)
    assert math.log(ratio) == pytest.approx(log_density(-0.1) - log_density(-0.2), rel=1e-10)
    assert rfot.tunnelling_exponent(MOSAIC, frequency, printed=True) == pytest.approx(math.pi * c, rel=1e-14)


# Coupling and mean free path


def test_coupling_is_the_geometric_mean():
    found = rfot.strain_coupling(2.0, 3.0, 0.5, 0.7)
    assert found.coupling**2 == pytest.approx(found.stiffness * 0.7, rel=1e-14)
    # equipartition of the strain energy of a volume a³, and work against it, are both T_g
    assert found.stiffness * found.strain**2 == pytest.approx(0.7, rel=1e-14)
    assert found.coupling * found.strain == pytest.approx(0.7, rel=1e-14)


def test_mean_free_path_over_wavelength():
    T, x = 0.01, 1.3
    omega = x * T
    wavelength = 2.0 * math.pi * MOSAIC.sound_velocity / omega
    inverse = rfot.resonant_inverse_mean_free_path(omega, T, MOSAIC)
    assert rfot.mean_free_path_ratio(MOSAIC, x) == pytest.approx(1.0 / (inverse * wavelength), rel=1e-13)


def test_conductivity_of_the_two_level_regime():
    """κ by the kinetic formula is that of the constant ratio (ξ/a)³/4ζ(3), in the unit of Fig. 1."""
    solid = phonons.DebyePhonons((phonons.Branch(MOSAIC.sound_velocity, 3),), debye_frequency=1.0)
    T = np.array([1e-3, 5e-3])

    def inverse(omega, T):
        return rfot.resonant_inverse_mean_free_path(omega, T, MOSAIC)

    kappa = phonons.thermal_conductivity(T, inverse, solid).conductivity
    unit = 1.0 / (math.pi * MOSAIC.sound_velocity)
    ratio = rfot.mean_free_path_ratio(MOSAIC, None)
    np.testing.assert_allclose(kappa / unit, rfot.conductivity_at_constant_ratio(T, ratio), rtol=1e-8)
    constant = phonons.thermal_conductivity(
        T, lambda omega, T: omega / (150.0 * 2.0 * math.pi * MOSAIC.sound_velocity), solid
    ).conductivity
    np.testing.assert_allclose(constant / unit, rfot.conductivity_at_constant_ratio(T, 150.0), rtol=1e-8)


def test_mean_free_path_from_the_golden_rule():
    """(19) as absorption of one phonon, integrated over systems of Δ = E with a finite window instead of δ."""
    T, omega, c = 0.2, 0.31, MOSAIC.sound_velocity
    # Energy of the coupling g∇φσ_z with |∇φ|² = k²/2ρVω, ρ = 1 and V = 1: g² = ρc²a³T_g.
    matrix = c**2 * MOSAIC.T_g * (omega / c) ** 2 / (2.0 * omega)
    systems = 1.0 / (MOSAIC.T_g * MOSAIC.volume)
    rate = 2.0 * math.pi * matrix * systems * math.tanh(0.5 * omega / T) / 3.0
    assert rfot.resonant_inverse_mean_free_path(omega, T, MOSAIC) == pytest.approx(rate / c, rel=1e-13)


# Relaxation


def test_relaxation_rate_is_the_golden_rule():
    """R = 9πT_g against the rates of a two-level scheme in a bath of three polarisations."""
    systems = TwoLevelSystems.from_mosaic(MOSAIC)
    c, E, D, T = MOSAIC.sound_velocity, 0.02, 0.013, 0.011
    solid = phonons.DebyePhonons((phonons.Branch(c, 3),), density=1.7, debye_frequency=1.0)
    g = math.sqrt(1.7 * c**2 * MOSAIC.T_g)
    epsilon = math.sqrt(E * E - D * D)
    sigma_z = np.array([[-epsilon, D], [D, epsilon]]) / E
    rates = kuhn_horstmann.transition_rates([0.0, E], sigma_z, T, kuhn_horstmann.Bath(solid, (g,)))
    assert rfot.one_phonon_rate(E, D, T, systems) == pytest.approx(rates[0, 1] + rates[1, 0], rel=1e-12)
    assert systems.rate == pytest.approx(9.0 * math.pi * MOSAIC.T_g, rel=1e-14)


def test_rate_density_counts_the_systems():
    """P(E, 1/τ)dE d(1/τ) against the same systems sampled in (ε, Δ)."""
    systems = TwoLevelSystems(exponent=0.4, rate=2.0)
    T, low, high = 0.5, 0.05, 1.0
    rng = np.random.default_rng(3)
    n = 2_000_000
    # ε uniform on (0, 1), Δ ∝ Δ^{−1−c} on (low, high)
    c = systems.exponent
    D = (low**-c + rng.random(n) * (high**-c - low**-c)) ** (-1.0 / c)
    number = quad(lambda D: float(rfot.splitting_density(D, systems)), low, high)[0]
    epsilon = rng.random(n)
    E = np.hypot(epsilon, D)
    rate = rfot.one_phonon_rate(E, D, T, systems)
    for E0, E1, r0, r1 in ((0.5, 0.55, 0.2, 0.3), (0.7, 0.75, 0.05, 1.2), (0.9, 0.93, 0.3, 5.0)):
        assert rfot.one_phonon_rate(E1, low, T, systems) < r0  # no such system is lost to the smallest Δ
        counted = np.count_nonzero((E > E0) & (E < E1) & (rate > r0) & (rate < r1))

        nodes, weights = np.polynomial.legendre.leggauss(40)
        energy = (0.5 * (E0 + E1) + 0.5 * (E1 - E0) * nodes)[:, None]
        top = np.minimum(r1, rfot.fastest_relaxation_rate(energy, T, systems))
        # 1/τ = top − y² takes the square root at the fastest rate away
        y = 0.5 * np.sqrt(top - r0) * (1.0 + nodes)
        inner = (rfot.rate_density(energy, top - y * y, T, systems) * 2.0 * y) @ weights * 0.5 * np.sqrt(top - r0)[:, 0]
        expected = weights @ inner * 0.5 * (E1 - E0) * n / number
        assert counted == pytest.approx(expected, abs=5.0 * math.sqrt(expected))
        assert expected > 5000
    assert rfot.rate_density(0.5, 10.0, T, systems) == 0.0


# Heat capacity


def by_angle(t, T, systems):
    """C(t, T) in E and Δ = E sin θ, without the integral over relaxation times: two nested quadratures."""
    c = systems.exponent

    def slowest(E):
        return math.sqrt(min(1.0, math.tanh(0.5 * E / T) / (systems.rate * E**3 * t)))

    E_min = brentq(lambda E: math.log(systems.rate * t * E**3 / math.tanh(0.5 * E / T)), 1e-12, 1e3, xtol=1e-18)

    def inner(E):
        low = math.asin(slowest(E))
        # ln θ spreads the steep rise towards small angles
        return quad(
            lambda y: math.exp(y) * math.sin(math.exp(y)) ** (-1.0 - c),
            math.log(low),
            math.log(0.5 * math.pi),
            epsrel=1e-11,
            epsabs=0.0,
        )[0]

    def outer(y):
        E = E_min + T * y * y
        x = 0.5 * E / T
        return 2.0 * T * y * (x / math.cosh(x)) ** 2 * (systems.largest / E) ** c * inner(E)

    total = sum(
        quad(outer, a, b, epsrel=1e-10, epsabs=0.0)[0] for a, b in ((0.0, 0.05), (0.05, 0.5), (0.5, 2.0), (2.0, 6.5))
    )
    return systems.density * systems.amplitude * total


@pytest.mark.parametrize("c", [1e-6, 0.1, 0.9])
@pytest.mark.parametrize(("t", "T"), [(1e-5, 3e-4), (1e-5, 5e-5), (1.0, 1e-3), (3600.0, 1e-2)])
def test_heat_capacity_against_nested_quadrature(t, T, c):
    systems = TwoLevelSystems(c, FIGURE.rate, 0.7, 1.3, 0.5)
    found = rfot.heat_capacity_in_time(t, T, systems)
    assert found.heat_capacity == pytest.approx(by_angle(t, T, systems), rel=2e-9)
    assert found.error <= 1e-9 * found.heat_capacity
    assert rfot.fastest_relaxation_rate(found.onset, T, systems) == pytest.approx(1.0 / t, rel=1e-12)


@pytest.mark.parametrize(("t", "T"), [(1e-5, 1e-5), (1e-5, 2e-4), (1.0, 3e-4)])
def test_heat_capacity_against_mpmath(t, T):
    """The inner integral as a hypergeometric function, the outer one by tanh–sinh in 30 digits."""
    with mpmath.workdps(30):
        c, R, t, T = (mpmath.mpf(v) for v in (FIGURE.exponent, FIGURE.rate, t, T))

        def depth(x):
            return 3 * mpmath.log(x * T) - mpmath.log(mpmath.tanh(x / 2)) + mpmath.log(R * t)

        start = rfot.heat_capacity_in_time(float(t), float(T), FIGURE).onset / float(T)
        x0 = mpmath.findroot(depth, mpmath.mpf(start))

        def integrand(y):
            x = x0 + y * y
            square = -mpmath.expm1(-max(depth(x), 0))
            inner = mpmath.sqrt(square) * mpmath.hyp2f1(0.5, 1 + c / 2, 1.5, square)
            return 2 * y * (x / 2 / mpmath.cosh(x / 2)) ** 2 * (x * T) ** -c * inner

        near = mpmath.sqrt(x0)
        points = sorted({0, near / 4, near, 3 * near, 10 * near, mpmath.mpf(1), mpmath.mpf(3), mpmath.mpf(9)})
        exact = T * mpmath.quad(integrand, [p for p in points if p <= 9], maxdegree=7)
    found = rfot.heat_capacity_in_time(float(t), float(T), FIGURE)
    assert found.heat_capacity == pytest.approx(float(exact), rel=1e-11)


def test_heat_capacity_by_sampling():
    """Systems drawn in (ε, Δ); those with τ < t count with their Schottky heat capacity."""
    systems = TwoLevelSystems(exponent=0.3, rate=5.0)
    t, T = 20.0, 0.3
    low, high, reach = 1e-3, 8.0, 8.0
    rng = np.random.default_rng(8)
    n = 2_000_000
    c = systems.exponent
    D = (low**-c + rng.random(n) * (high**-c - low**-c)) ** (-1.0 / c)
    number = quad(lambda D: float(rfot.splitting_density(D, systems)), low, high, limit=200)[0]
    E = np.hypot(reach * rng.random(n), D)
    counts = rfot.one_phonon_rate(E, D, T, systems) > 1.0 / t
    values = np.where(counts, (0.5 * E / T / np.cosh(0.5 * E / T)) ** 2, 0.0) * number * reach
    found = rfot.heat_capacity_in_time(t, T, systems).heat_capacity
    assert found == pytest.approx(values.mean(), abs=5.0 * values.std() / math.sqrt(n))
    assert values.std() / math.sqrt(n) < 0.01 * found


@given(
    st.floats(0.01, 0.99),
    st.floats(-25.0, 40.0),
    st.floats(-8.0, 2.0),
    st.floats(0.1, 10.0),
)
def test_scaling_of_the_heat_capacity(c, log_t, log_T, factor):
    """C(t/λ³, λT) = λ^{1−c} C(t, T): (27) knows only R t T³ beside the prefactor."""
    systems = TwoLevelSystems(c)
    t, T = math.exp(log_t), math.exp(log_T)
    one = rfot.heat_capacity_in_time(t, T, systems)
    other = rfot.heat_capacity_in_time(t / factor**3, factor * T, systems)
    if one.onset < 500.0 * T:
        assert other.heat_capacity == pytest.approx(factor ** (1.0 - c) * one.heat_capacity, rel=1e-8)
    assert other.onset == pytest.approx(factor * one.onset, rel=1e-11)
    assert one.heat_capacity >= 0.0


@pytest.mark.parametrize("c", [0.05, 0.1, 0.5, 0.9])
def test_long_times(c):
    """Both terms of the expansion are reached; the power law (28) alone is not, for the c of Fig. 11, after hours."""
    systems = TwoLevelSystems(c, FIGURE.rate)
    T = np.array([1e-3, 1e-2])
    exact = rfot.heat_capacity_in_time(3600.0, T, systems).heat_capacity
    np.testing.assert_allclose(rfot.long_time_heat_capacity(3600.0, T, systems), exact, rtol=1e-6)
    alone = rfot.long_time_heat_capacity(3600.0, T, systems, terms=1)
    if c == 0.1:
        assert np.all(alone > 1.2 * exact)
    if c >= 0.5:
        late = 10.0 ** (30.0 / c)
        np.testing.assert_allclose(
            rfot.long_time_heat_capacity(late, T, systems, terms=1),
            rfot.heat_capacity_in_time(late, T, systems).heat_capacity,
            rtol=1e-9,
        )


def test_onset():
    """The gap of the shortest times: the ratio to the asymptotic law goes to 1 as T/E_min."""
    edge = (FIGURE.rate * 1e-5) ** (-1.0 / 3.0)
    T = edge / np.array([50.0, 100.0, 200.0, 400.0])
    ratio = rfot.heat_capacity_in_time(1e-5, T, FIGURE).heat_capacity / rfot.onset_heat_capacity(1e-5, T, FIGURE)
    miss = np.abs(ratio - 1.0)
    assert miss[-1] < 0.01
    np.testing.assert_allclose(miss[1:] / miss[:-1], 0.5, atol=0.02)


@pytest.mark.parametrize(("t", "T"), [(1e-5, 1e-4), (1e-5, 1e-3), (1.0, 1e-3), (3600.0, 1e-2)])
def test_local_exponents_are_the_derivatives(t, T):
    found = rfot.local_exponents(t, T, FIGURE)
    h = 1e-4

    def log(t, T):
        return math.log(rfot.heat_capacity_in_time(t, T, FIGURE, rtol=1e-12).heat_capacity)

    by_time = (log(t * math.exp(h), T) - log(t * math.exp(-h), T)) / (2.0 * h)
    by_temperature = (log(t, T * math.exp(h)) - log(t, T * math.exp(-h))) / (2.0 * h)
    assert found.time == pytest.approx(by_time, abs=1e-6 * max(1.0, by_time))
    assert found.temperature == pytest.approx(by_temperature, abs=1e-6 * max(1.0, by_temperature))


def test_local_exponents_reach_the_power_laws():
    """c/2 and 1 + c/2 of (28), after a time beyond every experiment; 0 and 1 as c → 0 only with logarithms."""
    found = rfot.local_exponents(1e150, 1e-2, FIGURE)
    assert found.time == pytest.approx(0.05, abs=1e-6)
    assert found.temperature == pytest.approx(1.05, abs=1e-6)
    log = TwoLevelSystems(1e-9, FIGURE.rate)
    t = np.array([1e3, 1e6, 1e9])
    values = rfot.heat_capacity_in_time(t, 1e-2, log).heat_capacity
    # equal steps of ln t add equal amounts, P̄A π²T/12 for each unit of ln t
    step = math.pi**2 / 6.0 * 1e-2 * math.log(1e3) * 0.5
    np.testing.assert_allclose(np.diff(values), step, rtol=1e-6)


def test_apparent_gap_of_figure_11():
    """At 10 µs the heat capacity falls faster than any power below E_min, at 1 s and 1 h it does not in the range."""
    T = np.array([2e-5, 1e-4])
    slopes = rfot.local_exponents(np.array([1e-5, 1.0, 3600.0])[:, None], T, FIGURE).temperature
    assert slopes[0, 0] > 10.0
    assert np.all(slopes[1:] < 2.0)
    assert np.all(np.diff(slopes, axis=0) < 0.0)


def test_no_heat_capacity_where_nothing_relaxes():
    found = rfot.heat_capacity_in_time(1e-30, np.array([1e-200, 1e-6]), FIGURE)
    np.testing.assert_array_equal(found.heat_capacity, 0.0)
    assert np.isnan(rfot.local_exponents(1e-30, 1e-6, FIGURE).time)


def test_shapes():
    assert np.ndim(rfot.heat_capacity_in_time(1.0, 1e-3, FIGURE).heat_capacity) == 0
    found = rfot.heat_capacity_in_time(np.ones((3, 1)), np.full(4, 1e-3), FIGURE)
    assert found.heat_capacity.shape == found.t.shape == found.error.shape == (3, 4)
    assert np.all(found.heat_capacity == found.heat_capacity[0, 0])


def test_kernels_as_plain_python():
    program = """
import json
import numpy as np
from lowtglass import rfot
systems = rfot.TwoLevelSystems.figure_11()
found = rfot.heat_capacity_in_time(np.array([1e-5, 1.0]), 3e-4, systems)
relaxation = rfot.relaxation_function(np.array([0.1, 3.0]), 12.0, rfot.Mosaic(), law="cut-off")
level = rfot.level_repulsion([0.01, 0.1], [0.2, 0.2, 0.3], [0.01, 0.02, 0.03])
print(json.dumps([*found.heat_capacity, *relaxation, *level.effective, *level.slope]))
"""
    answers = []
    for extra in ({"NUMBA_DISABLE_JIT": "1"}, {}):
        env = {k: v for k, v in os.environ.items() if k != "NUMBA_DISABLE_JIT"} | extra
        run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=env)
        assert run.returncode == 0, run.stderr
        answers.append(json.loads(run.stdout))
    np.testing.assert_allclose(answers[0], answers[1], rtol=1e-12)


def test_convergence_error_carries_the_result(monkeypatch):
    monkeypatch.setattr("lowtglass.rfot.two_level._LEVELS", 1)
    with pytest.raises(ConvergenceError) as caught:
        rfot.heat_capacity_in_time(1.0, 1e-3, FIGURE)
    assert caught.value.last.heat_capacity > 0.0


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: TwoLevelSystems(exponent=0.0), "exponent"),
        (lambda: TwoLevelSystems(exponent=1.0), "exponent"),
        (lambda: TwoLevelSystems(rate=0.0), "rate"),
        (lambda: TwoLevelSystems(density=-1.0), "density"),
        (lambda: TwoLevelSystems(largest=math.nan), "largest"),
        (lambda: TwoLevelSystems.from_mosaic(1.0), "mosaic"),
        (lambda: rfot.heat_capacity_in_time(0.0, 1.0, FIGURE), "t"),
        (lambda: rfot.heat_capacity_in_time(1.0, 0.0, FIGURE), "T"),
        (lambda: rfot.heat_capacity_in_time(1e300, 1e200, FIGURE), "t"),
        (lambda: rfot.heat_capacity_in_time([1.0, 2.0], [1.0, 2.0, 3.0], FIGURE), "T"),
        (lambda: rfot.heat_capacity_in_time(1.0, 1.0, MOSAIC), "systems"),
        (lambda: rfot.heat_capacity_in_time(1.0, 1.0, FIGURE, rtol=0.0), "rtol"),
        (lambda: rfot.long_time_heat_capacity(1.0, 1.0, FIGURE, terms=3), "terms"),
        (lambda: rfot.one_phonon_rate(1.0, 2.0, 1.0, FIGURE), "tunnelling"),
        (lambda: rfot.one_phonon_rate(0.0, 0.0, 1.0, FIGURE), "E"),
        (lambda: rfot.rate_density(1.0, 0.0, 1.0, FIGURE), "rate"),
        (lambda: rfot.splitting_density(0.0, FIGURE), "tunnelling"),
        (lambda: rfot.log_density_of_states(0.0, 0.0, MOSAIC), "N"),
        (lambda: rfot.ground_state_energy(-1.0, MOSAIC), "N"),
        (lambda: rfot.spectral_density(0.1, MOSAIC), "energy"),
        (lambda: rfot.barrier_density(-0.1, MOSAIC), "V"),
        (lambda: rfot.strain_coupling(1.0, 1.0, 0.0, 1.0), "length"),
        (lambda: rfot.tunnelling_exponent(MOSAIC, 0.0), "barrier_frequency"),
        (lambda: rfot.mean_free_path_ratio(MOSAIC, 0.0), "x"),
        (lambda: rfot.resonant_inverse_mean_free_path(0.1, 0.0, MOSAIC), "T"),
        (lambda: rfot.conductivity_at_constant_ratio(0.1, 0.0), "ratio"),
    ],
)
def test_bad_input(call, argument):
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.argument == argument
