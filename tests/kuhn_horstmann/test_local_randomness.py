"""Local randomness against brute force, limits, finite differences and Monte Carlo."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad
from scipy.optimize import brentq

from lowtglass import quartic, thermal
from lowtglass.errors import InputError
from lowtglass.kuhn_horstmann import (
    Glass,
    LocalState,
    Normal,
    Samples,
    _random_ensemble,
    _reduced,
    density_of_states,
    excitation_spectrum,
    glass_temperature,
    heat_capacity,
    heat_capacity_exponent,
    replica_symmetric,
    well_statistics,
)

WIDE = Glass(1.0, a2=Normal(1.0, math.sqrt(5.0)))
TWO = Glass(1.0, a2=np.array([-1.0, 3.0]))


def normal(z):
    return math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)


# Laws


@pytest.mark.parametrize(
    ("name", "law"),
    [
        ("gamma", Normal(1.0, 0.1)),
        ("a4", Normal(10.0, 0.1)),
        ("gamma", stats.norm(5.0, 0.1)),
        ("a4", np.array([1.0, 0.0])),
        ("gamma", np.array([1.0, -2.0])),
        ("a2", np.array([[1.0, 2.0]])),
        ("a2", np.array([1.0, math.nan])),
        ("a2", np.array([])),
        ("a2", stats.cauchy()),
        ("a2", stats.poisson(3.0)),
        ("a2", "normal"),
    ],
)
def test_laws_that_are_not_allowed(name, law):
    with pytest.raises(InputError, match=rf"^{name} = "):
        Glass(**{"gamma": 1.0, name: law})


def test_normal_and_samples_check_their_arguments():
    with pytest.raises(InputError, match=r"^std = "):
        Normal(1.0, 0.0)
    with pytest.raises(InputError, match=r"^mean = "):
        Normal(math.inf, 1.0)
    with pytest.raises(InputError, match=r"^values = "):
        Samples([[1.0]])
    assert Samples(np.array([1, 2])).values == (1.0, 2.0)
    assert hash(Glass(1.0, a2=Normal(1, 5))) == hash(Glass(1.0, a2=Normal(1.0, 5.0)))


def test_what_a_random_glass_has_not():
    assert WIDE.random and not Glass(1.0).random
    for missing in ("stiffness", "quartic"):
        with pytest.raises(InputError, match=r"^glass = "):
            getattr(WIDE, missing)
    state = replica_symmetric(WIDE)
    with pytest.raises(InputError, match=r"^state = "):
        excitation_spectrum(state, 0.0)
    with pytest.raises(InputError, match=r"^values = "):
        state.site(gamma=1.0)
    with pytest.raises(InputError, match=r"^n_levels = "):
        heat_capacity(state, 1.0, 12)
    local = state.site(a2=-2.0)
    assert isinstance(local, LocalState) and local.glass.stiffness == -2.0 and local.double_wells and local.symmetric
    assert excitation_spectrum(local, 0.0, 3).excitations.shape == (3,)
    assert replica_symmetric(Glass(1.0)).sites()[0][0] == 1.0


@pytest.mark.parametrize(
    ("gamma", "a2", "a4"),
    [
        (1.0, Normal(1.0, 5.0), 1.0),
        (stats.gamma(4.0, scale=0.25), 1.0, 1.0),
        (stats.truncnorm(-2.0, 2.0, 3.0, 1.0), Normal(0.5, 1.0), stats.uniform(0.5, 1.0)),
        (2.0, stats.expon(), np.array([1.0, 2.0])),
    ],
)
def test_sites_are_the_law(gamma, a2, a4):
    """Moments of the rule against those of the laws, and √ singularities at k = C against adaptive quadrature."""
    glass = Glass(gamma, a2=a2, a4=a4)
    sites = glass.sites(0.8, scale=0.1, order=20)
    assert sites.weights.sum() == pytest.approx(1.0, abs=1e-13)
    for name in ("gamma", "a2", "a4"):
        law = getattr(glass, name)
        if isinstance(law, float):
            continue
        mean, var = {
            Normal: lambda law: (law.mean, law.std**2),
            Samples: lambda law: (np.mean(law.values), np.var(law.values)),
        }.get(type(law), lambda law: (law.mean(), law.var()))(law)
        x = getattr(sites, name)
        assert sites.weights @ x == pytest.approx(mean, rel=1e-11)
        assert sites.weights @ (x - mean) ** 2 == pytest.approx(var, rel=1e-10)
    if type(a2) is Normal and isinstance(gamma, float):
        exact = quad(lambda a: math.sqrt(0.8 - a) * a2.pdf(a), -45.0, 0.8, epsabs=0.0, epsrel=1e-12, limit=200)[0]
        assert sites.weights @ np.sqrt(np.maximum(0.8 - sites.stiffness, 0.0)) == pytest.approx(exact, rel=1e-10)


def test_narrow_panels_between_wide_ones():
    """A split inside a law whose panels differ in width once counted the narrow ones twice."""
    glass = Glass(stats.gamma(16.0, scale=0.25))
    for C in np.linspace(0.05, 2.0, 40):
        sites = glass.sites(C, scale=0.1)
        assert sites.weights @ sites.gamma == pytest.approx(4.0, rel=1e-9)


# Replica-symmetric states


def minimiser(k, B, C, h):
    low = math.sqrt(max(C - k, 0.0) / B)
    high = low + (h / B) ** (1.0 / 3.0) + 1e-9
    return brentq(lambda v: B * v**3 - (C - k) * v - h, low * (1.0 - 1e-15), high, xtol=1e-15, rtol=1e-14)


def test_brute_force_at_zero_temperature():
    """q = ⟨⟨v*²⟩⟩ and C = ⟨⟨z v*⟩⟩/√q by adaptive quadrature over a₂ and z."""
    state = replica_symmetric(WIDE)
    law, width = WIDE.a2, math.sqrt(state.q)

    def site(a2, power, moment):
        def integrand(z):
            return 2.0 * z**moment * minimiser(a2, 1.0 / 6.0, state.C, width * z) ** power * normal(z)

        return quad(integrand, 0.0, 9.0, epsabs=1e-11, epsrel=1e-9)[0]

    def over_sites(power, moment):
        edges = [law.mean - 8.0 * law.std, state.C, law.mean + 8.0 * law.std]
        return sum(
            quad(lambda a: law.pdf(a) * site(a, power, moment), *edges[i : i + 2], epsabs=1e-9, epsrel=1e-8)[0]
            for i in range(2)
        )

    assert over_sites(2, 0) == pytest.approx(state.q, rel=1e-7)
    assert over_sites(1, 1) / width == pytest.approx(state.C, rel=1e-7)
    assert state.at_stability == -math.inf and state.double_wells


@pytest.mark.parametrize("J0", [0.0, 1.8])
def test_brute_force_at_finite_temperature(J0):
    """Plain rules over a₂, z and v, and f from ln Z."""
    glass, T = Glass(1.0, J0, a2=Normal(1.0, 2.0), a4=2.0), 0.8
    state = replica_symmetric(glass, T)
    v = np.linspace(-16.0, 16.0, 1201)
    B = 1.0 / 3.0
    x, w = np.polynomial.legendre.leggauss(120)
    a, wa = 1.0 + 16.0 * x, 16.0 * w * glass.a2.pdf(1.0 + 16.0 * x)
    # Deep wells change over in a narrow layer about h = 0.
    t = np.linspace(-8.0, 8.0, 401)
    width = math.sqrt(state.q)
    z = -J0 * state.p / width + 0.01 * np.sinh(t)
    wz = 0.01 * np.cosh(t) * (t[1] - t[0]) * np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    h = J0 * state.p + width * z
    p = q = x2 = log_z = at = 0.0
    for weight, a2 in zip(wa, a, strict=True):
        U = -h[:, None] * v + 0.5 * (a2 - state.C) * v**2 + 0.25 * B * v**4
        lowest = U.min(axis=1, keepdims=True)
        p_v = np.exp(-(U - lowest) / T)
        Z = p_v.sum(axis=1) * (v[1] - v[0])
        m1, m2 = (p_v @ v**n * (v[1] - v[0]) / Z for n in (1, 2))
        p += weight * wz @ m1
        q += weight * wz @ m1**2
        x2 += weight * wz @ m2
        log_z += weight * wz @ (np.log(Z) - lowest[:, 0] / T)
        at += weight * wz @ (m2 - m1**2) ** 2 / T**2
    C = (x2 - q) / T
    free = 0.5 * J0 * p**2 + 0.5 * C * q + 0.25 * T * C**2 - T * log_z
    assert (state.branch == "polarised") == (J0 > 0.0)
    found = (state.p, state.q, state.C, state.free_energy, state.at_stability)
    np.testing.assert_allclose(found, (p, q, C, free, 1.0 - at), rtol=1e-7, atol=1e-10)


@pytest.mark.parametrize(("T", "J0"), [(0.0, 0.0), (0.3, 0.0), (0.0, 1.5), (0.3, 1.5), (30.0, 0.0)])
def test_narrow_laws_give_the_homogeneous_glass(T, J0):
    plain = replica_symmetric(Glass(3.0, J0), T)
    for law in (
        {"a2": Normal(1.0, 1e-7)},
        {"a4": stats.uniform(1.0 - 1e-7, 2e-7)},
        {"gamma": np.array([3.0, 3.0])},
    ):
        state = replica_symmetric(Glass(**({"gamma": 3.0, "J0": J0} | law)), T)
        assert state.branch == plain.branch
        for name in ("p", "q", "C", "free_energy"):
            assert getattr(state, name) == pytest.approx(getattr(plain, name), rel=1e-11, abs=1e-13), name
        if "gamma" in law:
            assert state.at_stability == pytest.approx(plain.at_stability, rel=1e-10)
    assert glass_temperature(Glass(3.0, J0, a2=Normal(1.0, 1e-7))) == pytest.approx(
        glass_temperature(Glass(3.0, J0)), rel=1e-9
    )


def test_samples_tend_to_the_law():
    state = replica_symmetric(WIDE)
    errors = []
    for n in (200, 3200):
        values = stats.norm(1.0, math.sqrt(5.0)).ppf((np.arange(n) + 0.5) / n)
        found = replica_symmetric(Glass(1.0, a2=values))
        errors.append(max(abs(found.C / state.C - 1.0), abs(found.q / state.q - 1.0)))
    assert errors[1] < 2e-4 and errors[1] < 0.2 * errors[0]


def free_energy(glass, T, C, q, p):
    """f at any order parameters, from rules made at fixed sites."""
    sites = glass.sites(0.75, scale=0.1, order=40)
    rows = np.stack([sites.weights, sites.stiffness, sites.quartic], axis=1)
    x = np.array([C, q, (glass.J0 * p) ** 2 / q])
    value = _reduced.equations(T, rows, glass.J0, x, True, np.zeros(3), np.zeros((3, 3)))[1]
    return 0.5 * glass.J0 * p * p + 0.5 * C * q + 0.25 * T * C * C - value


@pytest.mark.parametrize(
    "glass", [WIDE, dataclasses.replace(WIDE, J0=2.0), Glass(stats.gamma(4.0, scale=0.25), a4=np.array([1.0, 2.0]))]
)
def test_the_free_energy_is_stationary(glass):
    T = 0.7
    state = replica_symmetric(glass, T)
    at = np.array([state.C, state.q, state.p])
    assert free_energy(glass, T, *at) == pytest.approx(state.free_energy, rel=1e-8)
    for i in range(3 if state.p > 0.0 else 2):
        step = 1e-3 * at[i] * np.eye(3)[i]
        f = [free_energy(glass, T, *(at + n * step)) for n in (-2, -1, 1, 2)]
        slope = (f[0] - 8.0 * f[1] + 8.0 * f[2] - f[3]) / (12.0 * 1e-3 * at[i])
        assert abs(slope) < 1e-7 * max(1.0, abs(state.free_energy) / at[i])


def test_zero_temperature_is_the_limit():
    cold, warm = replica_symmetric(WIDE), [replica_symmetric(WIDE, T) for T in (1e-4, 2e-4)]
    for name in ("q", "C"):
        low, high = (getattr(state, name) for state in warm)
        assert 2.0 * low - high == pytest.approx(getattr(cold, name), rel=1e-7)
    # T ln T from the entropy of the oscillators is what is left of f.
    assert warm[0].free_energy == pytest.approx(cold.free_energy, abs=2e-3)


@pytest.mark.parametrize("glass", [WIDE, TWO, Glass(stats.truncnorm(-2.0, 2.0, 3.0, 1.0), 1.15)])
def test_the_glass_appears_where_the_mean_square_response_is_one(glass):
    """⟨χ²⟩ = 1 with χ = β⟨v²⟩ by plain quadrature; with randomness C = ⟨χ⟩ is then below 1."""
    Tg = glass_temperature(dataclasses.replace(glass, J0=0.0))
    state = replica_symmetric(dataclasses.replace(glass, J0=0.0), Tg * (1.0 + 1e-12))
    sites = glass.sites(state.C, scale=1.0, order=30)
    v = np.linspace(0.0, 60.0, 6001)
    U = 0.5 * (sites.stiffness[:, None] - state.C) * v**2 + 0.25 * sites.quartic[:, None] * v**4
    weight = np.exp(-(U - U.min(axis=1, keepdims=True)) / Tg)
    weight[:, 0] *= 0.5
    chi = weight @ v**2 / weight.sum(axis=1) / Tg
    assert sites.weights @ chi**2 == pytest.approx(1.0, abs=1e-7)
    assert sites.weights @ chi == pytest.approx(state.C, rel=1e-7)
    assert state.C < 0.99
    assert replica_symmetric(dataclasses.replace(glass, J0=0.0), 0.999 * Tg).q > 0.0
    if glass.J0 * state.C > 1.0:
        assert glass_temperature(glass) > Tg


def test_ergodic_state_of_stiff_sites():
    """At T = 0 all sites stiffer than C: ⟨1/(k − C)⟩ = C."""
    glass = Glass(1.0, a2=np.array([2.5, 3.5]))
    state = replica_symmetric(glass)
    assert state.branch == "ergodic" and state.q == 0.0 and not state.double_wells
    assert 0.5 / (2.5 - state.C) + 0.5 / (3.5 - state.C) == pytest.approx(state.C, rel=1e-13)
    assert state.at_stability == pytest.approx(1.0 - 0.5 / (2.5 - state.C) ** 2 - 0.5 / (3.5 - state.C) ** 2)
    assert glass_temperature(glass) == 0.0
    with pytest.raises(InputError, match=r"^branch = "):
        replica_symmetric(glass, branch="glass")
    with pytest.raises(InputError, match=r"^branch = "):
        replica_symmetric(TWO, branch="ergodic")
    with pytest.raises(InputError, match=r"^branch = "):
        replica_symmetric(WIDE, 1.0, branch="polarised")


@settings(deadline=None, max_examples=12)
@given(
    std=st.floats(0.05, 8.0),
    gamma=st.floats(0.6, 6.0),
    J0=st.sampled_from([0.0, 0.5, 1.7]),
    T=st.sampled_from([0.0, 1e-3, 0.5, 5.0]),
)
def test_states_hold_their_tolerance(std, gamma, J0, T):
    state = replica_symmetric(Glass(gamma, J0, a2=Normal(1.0, std)), T)
    assert state.residual < 1e-10 and state.C > 0.0
    low, high = state.field_range
    assert low <= J0 * state.p <= high


def test_a_narrow_barrier_is_not_counted_twice():
    """A step of the sum over the second well once led across the barrier into the main well."""
    found = _reduced.site(10.726817042606516, 3.216213659763083, 0.6)
    np.testing.assert_allclose(found[:3], _reduced.site(10.726817042606516, 3.216213659763083, 0.3)[:3], rtol=1e-12)


def test_levels_of_a_deep_tilted_well():
    """Bases for many levels converge at the bottom of deep wells too."""
    few = quartic.levels([-0.5058291457286432, -4.0, 0.0, 1.0 / 24.0], 24)
    many = quartic.levels([-0.5058291457286432, -4.0, 0.0, 1.0 / 24.0], 96)
    np.testing.assert_allclose(many.energies[:24], few.energies, atol=1e-9)


# Levels and wells


def test_two_kinds_of_sites_are_their_mean():
    """Heat capacity and density of states of two kinds of sites against those of each alone."""
    state = replica_symmetric(TWO)
    T = np.array([1e-3, 1e-2, 0.1, 1.0, 6.0])
    found = heat_capacity(state, T)
    alone = [heat_capacity(state.site(a2=a2), T) for a2 in (-1.0, 3.0)]
    np.testing.assert_allclose(found.heat_capacity, np.mean([x.heat_capacity for x in alone], axis=0), rtol=1e-3)
    np.testing.assert_allclose(found.two_level, np.mean([x.two_level for x in alone], axis=0), rtol=1e-12)
    E = np.array([0.02, 0.3, 3.0])
    mine = density_of_states(state, E, resolution=0.2)
    grid = E[:, None] * (0.9 + 0.2 * (np.arange(20000) + 0.5) / 20000)
    exact = np.mean([density_of_states(state.site(a2=a2), grid).density.mean(axis=1) for a2 in (-1.0, 3.0)], axis=0)
    np.testing.assert_allclose(mine.density, exact, rtol=0.02)


def test_heat_capacity_against_monte_carlo():
    """Levels of potentials with a₂ and h drawn at random, within four standard errors."""
    state = replica_symmetric(WIDE)
    T = np.array([0.3, 1.0])
    found = heat_capacity(state, T)
    rng = np.random.default_rng(7)
    n = 3000
    a2, h = WIDE.a2.rvs(n, rng), math.sqrt(state.q) * rng.normal(size=n)
    c = np.zeros((n, 4))
    c[:, 0], c[:, 1], c[:, 3] = -h, 0.5 * (a2 - state.C), 1.0 / 24.0
    levels = quartic.levels(c, 16).energies
    each = np.array([thermal.heat_capacity(E, T, on_truncation="mark").heat_capacity for E in levels])
    error = each.std(axis=0) / math.sqrt(n)
    assert np.all(np.abs(each.mean(axis=0) - found.heat_capacity) < 4.0 * error)
    assert np.all(error < 0.05 * found.heat_capacity)
    assert np.all(found.error < 1e-3 * found.heat_capacity)


def test_exponent_is_stable_under_refinement(monkeypatch):
    """Superlinear at low T, as the paper says; a finer rule in sites and fields moves the exponent by less than 1 %."""
    state = replica_symmetric(WIDE)
    found = heat_capacity_exponent(state, 1e-3, 4e-3, points=5)
    monkeypatch.setattr(_random_ensemble, "_THAWING", 16)
    monkeypatch.setattr(_random_ensemble, "_FIELD_STEP", 0.2)
    _random_ensemble._mesh.cache_clear()
    finer = heat_capacity_exponent(state, 1e-3, 4e-3, points=5)
    _random_ensemble._mesh.cache_clear()
    assert found.exponent == pytest.approx(finer.exponent, abs=min(0.002, found.error))
    assert found.error < 0.01 * found.exponent
    assert 1.09 < found.exponent < 1.13


def test_wells_by_histogram_and_by_sample():
    state = replica_symmetric(WIDE)
    wells = well_statistics(state)

    def share(a2):
        A = state.C - a2
        spinodal = 2.0 * math.sqrt(A**3 / (27.0 / 6.0))
        return math.erf(spinodal / math.sqrt(2.0 * state.q)) * WIDE.a2.pdf(a2)

    assert wells.fraction == pytest.approx(quad(share, -30.0, state.C, epsabs=1e-12)[0], rel=1e-7)
    sample = wells.sample(40000, 3)
    for quantity, high in (("asymmetry", 10.0), ("wkb_exponent", 30.0), ("distance", 12.0), ("barrier", 5.0)):
        edges = np.linspace(0.0, high, 11)
        share = wells.histogram(quantity, edges, conditional=True) * np.diff(edges)
        counts = np.histogram(getattr(sample, quantity), edges)[0]
        error = np.sqrt(40000 * share * (1.0 - share))
        assert np.all(np.abs(counts - 40000 * share) < 5.0 * error + 40.0), quantity
    # Random a₂ smears the curve λ(Δ) on which all double wells of the homogeneous glass lie.
    alike = well_statistics(replica_symmetric(Glass(4.0))).sample(4000, 3)
    rank = stats.spearmanr(alike.asymmetry, alike.wkb_exponent).statistic
    smeared = stats.spearmanr(sample.asymmetry, sample.wkb_exponent).statistic
    assert 0.2 < smeared < rank - 0.05
    with pytest.raises(InputError, match=r"^edges = "):
        wells.histogram("asymmetry", [1.0, 0.0])
    with pytest.raises(InputError, match=r"^state = "):
        well_statistics(replica_symmetric(Glass(1.0, a2=np.array([2.5, 3.5]))))


@pytest.mark.parametrize("A", [-8.0, 0.5, 3.0, 15.0])
def test_levels_in_a_field_expanded_in_those_without(A):
    """What is expanded in levels at h = 0 against a basis of its own at every field."""
    state = replica_symmetric(WIDE)
    spectrum = _random_ensemble._FieldSpectrum(state.site(a2=state.C - A))
    h = np.append(0.0, np.geomspace(1e-6, 20.0, 60))
    found = spectrum(h, 8)
    c = np.stack([-h, np.full(h.size, -0.5 * A), np.zeros(h.size), np.full(h.size, 1.0 / 24.0)], axis=1)
    gaps = quartic.levels(c, 8).gaps
    excitations = np.append(np.zeros((h.size, 1)), np.cumsum(gaps, axis=1), axis=1)
    # Nearest to h = 0 the gap of a deep pair is lost in the rounding of two levels; ours is a hyperbola there.
    np.testing.assert_allclose(found, excitations, rtol=1e-7, atol=3e-11)
    if A == 15.0:
        assert spectrum.size > 0
        scale = abs(spectrum.position[0, 1])
        np.testing.assert_allclose(found[1:20, 1], 2.0 * scale * h[1:20], rtol=1e-6)
