"""Statistics of double wells against roots, minimisers and histograms."""

import functools
import itertools
import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import kstest

from lowtglass import quartic
from lowtglass.errors import InputError
from lowtglass.kuhn_horstmann import Glass, replica_symmetric, well_statistics

QUANTITIES = ("asymmetry", "barrier", "distance", "wkb_exponent", "tunnel_splitting")


@pytest.fixture(scope="module")
def state():
    return replica_symmetric(Glass(4.0))


@pytest.fixture(scope="module")
def polarised():
    return replica_symmetric(Glass(4.0, J0=1.3), branch="polarised")


def brute_force(state, h):
    """Wells from the roots of the derivative of the potential."""
    glass = state.glass
    a, b = state.C - glass.a2 / glass.gamma, glass.a4 / (6 * glass.gamma)
    low, top, high = np.sort(np.roots([b, 0.0, -a, -h]).real)

    def u(v):
        return -h * v - a * v**2 / 2 + b * v**4 / 4

    ends = sorted([u(low), u(high)])
    return {
        "asymmetry": ends[1] - ends[0],
        "mean": u(top) - sum(ends) / 2,
        "deep": u(top) - ends[0],
        "shallow": u(top) - ends[1],
        "distance": high - low,
        "stiffness": math.sqrt((3 * b * low**2 - a) * (3 * b * high**2 - a)),
    }


@pytest.mark.parametrize("barrier", ["mean", "deep", "shallow"])
def test_values_against_roots(state, barrier):
    wells = well_statistics(state, barrier=barrier)
    hbar = state.glass.hbar
    for ratio in (0.001, 0.2, -0.5, 0.9, 0.999):
        h = ratio * wells.spinodal_field
        found = brute_force(state, h)
        exponent = found["distance"] / 2 * math.sqrt(2 * state.glass.mass * found[barrier]) / hbar
        splitting = hbar * math.sqrt(found["stiffness"] / state.glass.mass) * math.exp(-exponent)
        expected = (found["asymmetry"], found[barrier], found["distance"], exponent, splitting)
        for quantity, value in zip(QUANTITIES, expected, strict=True):
            assert wells.value(quantity, h) == pytest.approx(value, rel=1e-7), quantity


def test_values_agree_with_quartic_wells(state):
    wells = well_statistics(state)
    h = np.linspace(-0.99, 0.99, 40) * wells.spinodal_field
    found = quartic.wells(state.glass.potential(state.C, h), kinetic=state.glass.kinetic)
    for quantity in QUANTITIES:
        np.testing.assert_allclose(wells.value(quantity, h), getattr(found, quantity), rtol=1e-9)


def test_no_well_beyond_the_spinodal(state):
    wells = well_statistics(state)
    assert np.isnan(wells.value("asymmetry", 1.001 * wells.spinodal_field))
    assert not np.isnan(wells.value("asymmetry", 0.999 * wells.spinodal_field))


@pytest.mark.parametrize("which", ["state", "polarised"])
@pytest.mark.parametrize("barrier", ["mean", "deep", "shallow"])
@pytest.mark.parametrize("quantity", QUANTITIES)
def test_density_is_the_law_of_the_samples(which, barrier, quantity, request):
    """Kolmogorov–Smirnov of wells drawn by rejection, independent of the change of variables."""
    wells = well_statistics(request.getfixturevalue(which), barrier=barrier)
    values = getattr(wells.sample(4000, rng=7), quantity)
    low, high = wells.support(quantity)
    assert low <= values.min() and values.max() <= high
    jacobian = np.ones_like
    if quantity == "tunnel_splitting":  # spans decades, down to 0
        low, values, jacobian = -25.0, np.maximum(np.log(values), -25.0), np.exp
        high = np.log(high)
    # Midpoints in an angle that removes the inverse square roots at the ends and at inner singular values.
    inner = [x if jacobian is np.ones_like else np.log(x) for x, _ in wells.singular_values(quantity)]
    cuts = [low, *[x for x in inner if low < x < high - 1e-12], high]
    x, cumulative = [low], [0.0]
    for a, b in itertools.pairwise(cuts):
        angle = (np.arange(4000) + 0.5) / 4000 * np.pi
        nodes = a + (b - a) * (1 - np.cos(angle)) / 2
        density = wells.density(quantity, nodes if jacobian is np.ones_like else np.exp(nodes), conditional=True)
        steps = density * jacobian(nodes) * (b - a) / 2 * np.sin(angle) * np.pi / 4000
        x.extend(a + (b - a) * (1 - np.cos((np.arange(4000) + 1) / 4000 * np.pi)) / 2)
        cumulative.extend(cumulative[-1] + np.cumsum(steps))
    assert cumulative[-1] == pytest.approx(1.0, abs=2e-3)
    assert kstest(values, lambda v: np.interp(v, x, cumulative)).pvalue > 1e-3


def test_fraction_is_the_weight_below_the_spinodal(state, polarised):
    for one in (state, polarised):
        wells = well_statistics(one)
        mean, std = one.glass.J0 * one.p, math.sqrt(one.q)
        upper, lower = ((s * wells.spinodal_field - mean) / std for s in (1, -1))
        expected = 0.5 * (math.erf(upper / math.sqrt(2)) - math.erf(lower / math.sqrt(2)))
        assert wells.fraction == pytest.approx(expected, rel=1e-10)
        density = functools.partial(wells.density, "asymmetry")
        total = quad(density, *wells.support("asymmetry"), epsabs=1e-9)[0]
        assert total == pytest.approx(expected, rel=1e-6)


def test_asymmetry_ends_in_a_square_root_cusp(state):
    """P(Δmax) − P(Δ) ∝ (Δmax − Δ)^½: the slope of the density is infinite at its upper edge."""
    wells = well_statistics(state)
    edge = wells.support("asymmetry")[1]
    depth = edge * np.geomspace(1e-8, 1e-6, 5)
    drop = wells.density("asymmetry", edge * (1 - 1e-14)) - wells.density("asymmetry", edge - depth)
    exponent = np.polyfit(np.log(depth), np.log(drop), 1)[0]
    assert exponent == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(("barrier", "field"), [("mean", math.cos(math.pi / 8)), ("deep", None)])
def test_wkb_exponent_diverges_at_its_upper_edge(state, barrier, field):
    """λ is largest inside, near the spinodal: P(λ) ∝ (λmax − λ)^−½."""
    wells = well_statistics(state, barrier=barrier)
    edge = wells.support("wkb_exponent")[1]
    value, where = wells.singular_values("wkb_exponent")[-1]
    assert value == pytest.approx(edge, rel=1e-14)
    assert 0.9 < where / wells.spinodal_field < 0.95
    if field is not None:
        assert where / wells.spinodal_field == pytest.approx(field, rel=1e-9)
    depth = edge * np.geomspace(1e-8, 1e-6, 5)
    exponent = np.polyfit(np.log(depth), np.log(wells.density("wkb_exponent", edge - depth)), 1)[0]
    assert exponent == pytest.approx(-0.5, abs=0.01)


def test_mean_barrier_makes_a_second_divergence_at_the_lower_edge(state):
    """Measured from the mean of the minima, λ is even in h and smallest at h = 0."""
    low, first = well_statistics(state).singular_values("wkb_exponent")[0], None
    assert low == (pytest.approx(well_statistics(state).support("wkb_exponent")[0]), 0.0)
    first = well_statistics(state, barrier="deep").singular_values("wkb_exponent")[0]
    assert first[1] > 0


def test_asymmetry_density_at_zero(state):
    wells = well_statistics(state)
    expected = 2 * state.field_density(0.0) / wells.support("distance")[1]
    assert wells.density("asymmetry", 1e-12) == pytest.approx(expected, rel=1e-6)


def test_sample_is_reproducible(state):
    wells = well_statistics(state)
    a, b = wells.sample(50, rng=3), wells.sample(50, rng=np.random.default_rng(3))
    np.testing.assert_array_equal(a.field, b.field)
    assert not np.array_equal(a.field, wells.sample(50, rng=4).field)


def test_lengths_scale_with_the_on_site_potential(state):
    """v → sv maps a4 to a4/s²... the landscape of (a4) follows from that of a4 = 1 by v² → v²/a4, U → U/a4."""
    other = well_statistics(replica_symmetric(Glass(4.0, a4=9.0)))
    ours = well_statistics(state)
    assert other.fraction == pytest.approx(ours.fraction, rel=1e-9)
    assert other.support("distance")[1] == pytest.approx(ours.support("distance")[1] / 3, rel=1e-9)
    assert other.support("asymmetry")[1] == pytest.approx(ours.support("asymmetry")[1] / 9, rel=1e-9)


def test_bad_input(state):
    with pytest.raises(InputError, match=r"C > a2/gamma"):
        well_statistics(replica_symmetric(Glass(0.7)))
    with pytest.raises(InputError, match="barrier"):
        well_statistics(state, barrier="left")
    wells = well_statistics(state)
    with pytest.raises(InputError, match="quantity"):
        wells.density("width", 1.0)
    with pytest.raises(InputError, match="x = "):
        wells.density("asymmetry", np.nan)
    with pytest.raises(InputError, match="size"):
        wells.sample(0)
    with pytest.raises(InputError, match="n = "):
        wells.curve(1)
