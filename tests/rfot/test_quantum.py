"""Quantum mixing: secular equation, renormalisation, densities, phonon rate and heat capacity against other routes."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.integrate import quad, solve_ivp

from lowtglass import rfot
from lowtglass.errors import ConvergenceError, InputError
from lowtglass.rfot import MixedSystems, TwoLevelSystems

ORDERS = np.arange(2, 10)
# (33) as printed, with its degeneracies
RIPPLONS = np.repeat(1.34 * 5.8**-1.25 * np.sqrt((ORDERS - 1) * (ORDERS + 2) / 4.0), 2 * ORDERS + 1)
SYSTEMS = MixedSystems(mixing=150.0, exponent=0.2, largest=0.8)


@given(
    st.floats(0.0, 3.0),
    arrays(float, 6, elements=st.floats(0.05, 2.0)),
    arrays(float, 6, elements=st.floats(1e-4, 1.0)),
)
def test_effective_splitting_is_the_lowest_eigenvalue(splitting, frequencies, couplings):
    """The secular equation (59) is exact for the block of (58) without the lower state."""
    found = rfot.level_repulsion(splitting, frequencies, couplings)
    block = rfot.arrow_hamiltonian(splitting, 0.0, frequencies, couplings)[1:, 1:]
    levels, vectors = np.linalg.eigh(block)
    scale = np.abs(levels).max()
    assert found.effective == pytest.approx(levels[0], abs=1e-13 * scale)
    assert found.residual < 1e-12 * scale
    # where modes are degenerate or nearly so, eigh mixes what the root keeps apart
    if levels[1] - levels[0] > 1e-3:
        assert found.weight == pytest.approx(vectors[0, 0] ** 2, abs=1e-9)


@pytest.mark.parametrize("coupling", [1e-3, 0.01, 0.1])
def test_ripplons_push_the_level_down(coupling):
    """96 modes as in the mosaic, couplings of random sign: 200 bare splittings against numpy."""
    rng = np.random.default_rng(2)
    couplings = coupling * rng.normal(size=RIPPLONS.size)
    bare = np.linspace(0.0, 1.0, 200)
    found = rfot.level_repulsion(bare, RIPPLONS, couplings)
    blocks = np.stack([rfot.arrow_hamiltonian(e, 0.0, RIPPLONS, couplings)[1:, 1:] for e in bare])
    np.testing.assert_allclose(found.effective, np.linalg.eigvalsh(blocks)[:, 0], atol=1e-13)
    assert np.all(np.diff(found.effective) > 0.0)
    assert np.all(found.effective < RIPPLONS.min())


def test_root_close_to_its_pole():
    """Couplings over 20 decades, frequencies degenerate or not: as close to numpy as rounding allows."""
    rng = np.random.default_rng(0)
    for k in range(60):
        n = rng.integers(1, 30)
        frequencies = np.full(n, 0.3) if k % 3 == 0 else 10.0 ** rng.uniform(-3, 3, n)
        couplings = 10.0 ** rng.uniform(-17, 3, n)
        bare = np.array([0.0, frequencies.min(), *10.0 ** rng.uniform(-4, 4, 8)])
        found = rfot.level_repulsion(bare, frequencies, couplings)
        blocks = np.stack([rfot.arrow_hamiltonian(e, 0.0, frequencies, couplings)[1:, 1:] for e in bare])
        levels = np.linalg.eigvalsh(blocks)
        np.testing.assert_array_less(np.abs(found.effective - levels[:, 0]), 1e-14 * np.abs(levels).max(axis=1))
        assert np.all(np.isfinite(found.slope))
        assert found.iterations < 60


def test_mode_without_coupling_is_no_bound():
    """A mode that does not couple is an eigenvalue of its own; the root of (59) passes it."""
    assert rfot.level_repulsion(0.5, [0.1, 2.0], [0.0, 0.1]).effective > 0.1
    lonely = rfot.level_repulsion([0.0, 0.5], [0.1], [0.0])
    np.testing.assert_array_equal(lonely.effective, [0.0, 0.5])
    np.testing.assert_array_equal(lonely.slope, 1.0)
    assert lonely.shift == 0.0


def test_bare_splitting_is_the_inverse():
    couplings = np.full(RIPPLONS.size, 0.004)
    effective = np.linspace(-0.5, 0.9 * RIPPLONS.min(), 40)
    bare, slope = rfot.bare_splitting(effective, RIPPLONS, couplings)
    positive = bare >= 0.0
    back = rfot.level_repulsion(bare[positive], RIPPLONS, couplings)
    np.testing.assert_allclose(back.effective, effective[positive], atol=1e-14)
    np.testing.assert_allclose(back.slope, slope[positive], rtol=1e-10)
    h = 1e-6
    up, down = (rfot.bare_splitting(effective + k, RIPPLONS, couplings)[0] for k in (h, -h))
    np.testing.assert_allclose((up - down) / (2.0 * h), slope, rtol=1e-7)
    # ε̃ = 0 at ε = Σ (61)
    assert rfot.bare_splitting(0.0, RIPPLONS, couplings)[0] == pytest.approx(back.shift, rel=1e-13)
    assert back.shift == pytest.approx(0.004**2 * rfot.mode_sum(RIPPLONS), rel=1e-13)


def test_below_the_shift_the_level_passes_the_lower_state():
    couplings = np.full(RIPPLONS.size, 0.01)
    shift = rfot.level_repulsion(0.0, RIPPLONS, couplings).shift
    found = rfot.level_repulsion([0.99 * shift, 1.01 * shift], RIPPLONS, couplings)
    assert found.effective[0] < 0.0 < found.effective[1]


def test_exact_block_has_no_pile_up():
    """Bare splittings spread evenly over (0, 2Σ) give effective ones spread over (−Σ, Σ), not half of them at zero."""
    couplings = np.full(RIPPLONS.size, 0.002)
    shift = rfot.level_repulsion(0.0, RIPPLONS, couplings).shift
    effective = rfot.level_repulsion(np.linspace(0.0, 2.0 * shift, 2001), RIPPLONS, couplings).effective
    assert np.mean(np.abs(effective) < 0.1 * shift) == pytest.approx(0.1, abs=0.005)
    assert effective[0] == pytest.approx(-shift, rel=0.02)


def test_tunnelling_centre_to_the_order_of_the_papers_approximation():
    """E against (Δ̃² + ε̃²)^(1/2): for small E/ω the difference shrinks with the fourth power of the couplings."""
    # All energies of the pair shrink with the couplings squared, so that what remains is second order in Σ(Δ_i/ω_i)².
    misses = []
    for coupling in (0.004, 0.002):
        couplings = np.full(RIPPLONS.size, coupling)
        shift = coupling**2 * rfot.mode_sum(RIPPLONS)
        found = rfot.tunnelling_centre(1.5 * shift, 1.5 * shift, RIPPLONS, couplings)
        assert found.splitting == pytest.approx(found.levels[1] - found.levels[0], rel=1e-15)
        misses.append(abs(found.approximate / found.splitting - 1.0))
    assert misses[0] < 0.02
    assert misses[1] < 0.4 * misses[0]


def test_weight_is_the_renormalisation_of_the_tunnelling():
    """Δ̃/Δ of (60) is the first order of the amplitude of the bare state at ε̃ = 0."""
    for coupling in (1e-3, 1e-4):
        couplings = np.full(RIPPLONS.size, coupling)
        shift = rfot.level_repulsion(0.0, RIPPLONS, couplings).shift
        weight = rfot.level_repulsion(shift, RIPPLONS, couplings).weight
        first = rfot.tunnelling_centre(shift, 1.0, RIPPLONS, couplings).tunnelling
        order = coupling**2 * rfot.mode_sum(RIPPLONS, power=2)
        assert math.sqrt(weight) == pytest.approx(first, abs=0.4 * order**2)
        assert first == pytest.approx(1.0 - 0.5 * order, rel=1e-13)


def test_renormalised_tunnelling_solves_the_flow():
    """(64) against the differential form (63), integrated from small Δ_Q."""
    B = 200.0
    # d ln Δ̃ (1 + BΔ̃²) = d ln Δ_Q
    run = solve_ivp(
        lambda x, y: 1.0 / (1.0 + B * np.exp(2.0 * y)), (math.log(1e-6), 0.0), [math.log(1e-6)], rtol=1e-11, atol=1e-13
    )
    assert rfot.renormalised_tunnelling(1.0, B) == pytest.approx(math.exp(run.y[0, -1]), rel=1e-7)
    D = rfot.renormalised_tunnelling([1e-6, 0.01, 1.0, 100.0], B)
    np.testing.assert_allclose(D, np.array([1e-6, 0.01, 1.0, 100.0]) * np.exp(-0.5 * B * D**2), rtol=1e-13)


@given(st.floats(0.0, 1.0))
def test_effective_density_keeps_the_number_of_centres(tunnelling):
    _, peak = rfot.effective_splitting_density(0.0, tunnelling, SYSTEMS)
    T_g = SYSTEMS.mosaic.T_g

    def density(level):
        return float(rfot.effective_splitting_density(level, tunnelling, SYSTEMS)[0])

    total = peak + quad(density, 0.0, 30.0 * T_g)[0]
    assert total == pytest.approx(1.0 / SYSTEMS.mosaic.volume, rel=1e-9)
    printed_density, printed_peak = rfot.effective_splitting_density(0.0, tunnelling, SYSTEMS, printed=True)
    assert printed_peak == pytest.approx(SYSTEMS.mixing * tunnelling**2 / (T_g * SYSTEMS.mosaic.volume), rel=1e-13)
    assert printed_density * T_g == pytest.approx(1.0 / SYSTEMS.mosaic.volume)


def test_effective_density_by_sampling():
    D, n = 0.1, 400_000
    T_g = SYSTEMS.mosaic.T_g
    bare = np.random.default_rng(4).exponential(T_g, n)
    effective = np.maximum(bare - SYSTEMS.mixing * D**2, 0.0)
    _, peak = rfot.effective_splitting_density(0.0, D, SYSTEMS)
    share = peak * SYSTEMS.mosaic.volume
    assert np.mean(effective == 0.0) == pytest.approx(share, abs=5.0 * math.sqrt(share / n))
    inside = np.mean((effective > 1.0) & (effective < 2.0))
    expected = quad(lambda e: float(rfot.effective_splitting_density(e, D, SYSTEMS)[0]), 1.0, 2.0)[0]
    assert inside == pytest.approx(expected * SYSTEMS.mosaic.volume, abs=5.0 * math.sqrt(inside / n))


def test_amplitude_normalises_the_distribution():
    """∫dε̃ dΔ n(ε̃, Δ) = 1/ξ³ with (67) as printed, by double quadrature; the printed A₁ fails."""
    low, T_g = 1e-4, SYSTEMS.mosaic.T_g
    top, c = SYSTEMS.largest, SYSTEMS.exponent

    def over_splitting(x):
        D = math.exp(x)
        regular = quad(
            lambda e: float(rfot.effective_splitting_density(e, D, SYSTEMS, printed=True)[0]), 0.0, 40.0 * T_g
        )[0]
        return (top / D) ** c * (regular + rfot.effective_splitting_density(0.0, D, SYSTEMS, printed=True)[1])

    total = quad(over_splitting, math.log(low), math.log(top))[0]
    assert rfot.mixed_amplitude(low, SYSTEMS) * total == pytest.approx(1.0 / SYSTEMS.mosaic.volume, rel=1e-7)
    assert abs(rfot.mixed_amplitude(low, SYSTEMS, printed=True) * total * SYSTEMS.mosaic.volume - 1.0) > 0.1


@pytest.mark.parametrize("smallest", [0.0, 0.003])
def test_phonon_rate_is_the_averaged_golden_rule(smallest):
    """π g²Δ²/(ρc²E) tanh(E/2T) over n(ε̃, Δ) on the energy shell, one third for the orientations."""
    E, T = 0.01, 0.007
    found = rfot.mixed_phonon_rate(E, T, SYSTEMS, smallest=smallest)
    density = TwoLevelSystems(SYSTEMS.exponent, 1.0, 1.0, SYSTEMS.amplitude, SYSTEMS.largest)
    T_g, volume = SYSTEMS.mosaic.T_g, SYSTEMS.mosaic.volume

    def golden(D):
        return math.pi * T_g * D * D / E * math.tanh(0.5 * E / T) / 3.0 * float(rfot.splitting_density(D, density))

    # ∫dΔ dε̃ δ(E − √(ε̃² + Δ²)) = ∫dΔ E/ε̃ with Δ = E sin θ
    low = math.asin(smallest / E)
    regular = quad(lambda a: golden(E * math.sin(a)) * E, low, 0.5 * math.pi)[0] / (T_g * volume)
    fast = golden(E) * SYSTEMS.mixing * E**2 / (T_g * volume)
    assert found.regular == pytest.approx(regular, rel=1e-9)
    assert found.fast == pytest.approx(fast, rel=1e-12)
    assert found.rate == pytest.approx(fast + regular, rel=1e-9)


def test_integral_of_the_phonon_rate_lies_between_one_and_half_pi():
    E, T = 0.01, 1e-6
    values = []
    for c in (1e-6, 0.1, 0.5, 1.0 - 1e-6):
        systems = MixedSystems(mixing=0.0, exponent=c)
        common = math.pi / (3.0 * systems.mosaic.volume) * E ** (1.0 - c)
        values.append(float(rfot.mixed_phonon_rate(E, T, systems).regular) / common)
        with mpmath.workdps(20):
            exact = mpmath.quad(lambda a, c=c: mpmath.sin(a) ** (1 - c), [0, mpmath.pi / 2])
        assert values[-1] == pytest.approx(float(exact), rel=1e-8)
    assert values[0] == pytest.approx(1.0, abs=1e-5)
    assert values[-1] == pytest.approx(0.5 * math.pi, abs=1e-5)
    assert np.all(np.diff(values) > 0.0)


def test_no_rate_below_the_smallest_splitting():
    found = rfot.mixed_phonon_rate([0.01, 0.02], 0.01, SYSTEMS, smallest=0.015)
    assert found.rate[0] == 0.0
    assert found.rate[1] > 0.0


@pytest.mark.parametrize("c", [0.05, 0.1, 0.4])
def test_conductivity_without_mixing_is_the_power_law(c):
    found = rfot.mixed_conductivity_exponent(MixedSystems(mixing=0.0, exponent=c))
    assert found.exponent == pytest.approx(2.0 + c, abs=1e-6)
    assert found.highest - found.lowest < 1e-5


def test_conductivity_of_the_fast_systems_alone():
    """For B → ∞ the rate goes as E² E^{−c} tanh, hence κ ∝ T^{1+c}; the integral diverges as c → 0, and says so."""
    T = np.array([1e-4, 1e-2])
    kappa = rfot.mixed_conductivity(T, MixedSystems(mixing=1e12, exponent=0.7), rtol=1e-4).conductivity
    assert math.log(kappa[1] / kappa[0]) / math.log(100.0) == pytest.approx(1.7, abs=1e-4)
    with pytest.raises(ConvergenceError):
        rfot.mixed_conductivity(T, MixedSystems(mixing=1e12, exponent=0.1))


def test_mixing_lowers_the_exponent_of_the_conductivity():
    values = [
        rfot.mixed_conductivity_exponent(MixedSystems(mixing=B)).exponent for B in (0.0, 50.0, 100.0, 200.0, 500.0)
    ]
    assert np.all(np.diff(values) < 0.0)
    assert values[0] > 2.0 > values[2]


def test_conductivity_against_quadrature():
    T = 0.004
    c = SYSTEMS.mosaic.sound_velocity

    def integrand(x):
        rate = float(rfot.mixed_phonon_rate(x * T, T, SYSTEMS).rate)
        return x**4 * math.exp(-x) / (-math.expm1(-x)) ** 2 / rate

    expected = T**3 / (2.0 * math.pi**2 * c) * quad(integrand, 0.0, 60.0, epsrel=1e-10)[0]
    assert rfot.mixed_conductivity(T, SYSTEMS).conductivity == pytest.approx(expected, rel=1e-7)


def test_regular_heat_capacity_is_that_of_the_semiclassical_systems():
    t, T = np.array([1e3, 1e9])[:, None], np.array([1e-3, 1e-2])
    found = rfot.mixed_heat_capacity(t, T, SYSTEMS)
    np.testing.assert_array_equal(found.regular, rfot.heat_capacity_in_time(t, T, SYSTEMS.regular).heat_capacity)
    np.testing.assert_allclose(found.heat_capacity, found.fast + found.regular)


@pytest.mark.parametrize("t", [1e3, 1e5, 1e12])
def test_fast_heat_capacity_against_quadrature(t):
    T = 5e-3
    found = rfot.mixed_heat_capacity(t, T, SYSTEMS)
    onset = rfot.heat_capacity_in_time(t, T, SYSTEMS.regular).onset
    density = SYSTEMS.regular

    def integrand(E):
        x = 0.5 * E / T
        # systems of Δ = E: P(E) times the weight of the peak of (67)
        weight = float(rfot.splitting_density(E, density)) * float(
            rfot.effective_splitting_density(0.0, E, SYSTEMS, printed=True)[1]
        )
        return (x / math.cosh(x)) ** 2 * weight

    expected = sum(
        quad(integrand, onset + a * T, onset + b * T, epsrel=1e-11)[0] for a, b in ((0, 3), (3, 12), (12, 60))
    )
    assert found.fast == pytest.approx(expected, rel=1e-8)


def test_fast_systems_come_first():
    """At τ_min the regular systems only begin to contribute; the fast ones count in full."""
    systems = MixedSystems(mixing=100.0, rate=TwoLevelSystems.figure_11().rate)
    T = 1e-2
    shortest = 1.0 / float(rfot.fastest_relaxation_rate(2.0 * T, T, systems.regular))
    found = rfot.mixed_heat_capacity(np.array([shortest, 3600.0]), T, systems)
    assert found.fast[0] > found.regular[0]
    assert found.fast[1] < 0.1 * found.regular[1]
    assert found.fast[0] == pytest.approx(found.fast[1], rel=0.2)


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: MixedSystems(mosaic=1.0), "mosaic"),
        (lambda: MixedSystems(mixing=-1.0), "mixing"),
        (lambda: MixedSystems(exponent=1.0), "exponent"),
        (lambda: MixedSystems(rate=0.0), "rate"),
        (lambda: rfot.arrow_hamiltonian(-1.0, 0.0, [1.0], [0.1]), "splitting"),
        (lambda: rfot.arrow_hamiltonian(1.0, -0.1, [1.0], [0.1]), "tunnelling"),
        (lambda: rfot.arrow_hamiltonian(1.0, 0.1, [0.0], [0.1]), "frequencies"),
        (lambda: rfot.arrow_hamiltonian(1.0, 0.1, [1.0], [0.1, 0.2]), "couplings"),
        (lambda: rfot.level_repulsion(-0.1, [1.0], [0.1]), "splitting"),
        (lambda: rfot.level_repulsion(0.1, [[1.0]], [[0.1]]), "frequencies"),
        (lambda: rfot.bare_splitting(1.0, [1.0, 2.0], [0.1, 0.1]), "effective"),
        (lambda: rfot.mode_sum([1.0], [1.0, 2.0]), "degeneracies"),
        (lambda: rfot.mode_sum([1.0], power=3), "power"),
        (lambda: rfot.renormalised_tunnelling(1.0, 0.0), "mixing"),
        (lambda: rfot.effective_splitting_density(-0.1, 0.1, SYSTEMS), "effective"),
        (lambda: rfot.effective_splitting_density(0.1, 0.1, 3.0), "systems"),
        (lambda: rfot.mixed_amplitude(0.0, SYSTEMS), "smallest"),
        (lambda: rfot.mixed_amplitude(0.9, SYSTEMS), "smallest"),
        (lambda: rfot.mixed_phonon_rate(0.0, 1.0, SYSTEMS), "E"),
        (lambda: rfot.mixed_phonon_rate(1.0, 0.0, SYSTEMS), "T"),
        (lambda: rfot.mixed_conductivity(0.0, SYSTEMS), "T"),
        (lambda: rfot.mixed_conductivity_exponent(SYSTEMS, decades=0.0), "decades"),
        (lambda: rfot.mixed_heat_capacity(1.0, 0.0, SYSTEMS), "T"),
    ],
)
def test_bad_input(call, argument):
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.argument == argument
