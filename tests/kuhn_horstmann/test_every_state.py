"""What the ensemble functions promise, on every kind of state: unbroken, one step, many steps, local randomness."""

import functools
import itertools

import numpy as np
import pytest
from scipy.integrate import quad

from lowtglass import quartic
from lowtglass.errors import InputError
from lowtglass.kuhn_horstmann import (
    Glass,
    density_of_states,
    excitation_spectrum,
    field_density,
    full_rsb,
    heat_capacity,
    one_step,
    replica_symmetric,
    well_statistics,
)

KINDS = {
    "RS": lambda: replica_symmetric(Glass(4.0)),
    "RS, polarised": lambda: replica_symmetric(Glass(4.0, J0=1.5)),
    "one step": lambda: one_step(Glass(4.0)),
    "one step, polarised": lambda: one_step(Glass(4.0, J0=1.5)),
    "one step, warm": lambda: one_step(Glass(4.0), T=5.0),
    "eight steps": lambda: full_rsb(Glass(4.0), n_steps=8),
    "eight steps, warm": lambda: full_rsb(Glass(4.0), T=5.0, n_steps=8),
}


@functools.cache
def state(kind):
    return KINDS[kind]()


@pytest.fixture(params=list(KINDS))
def found(request):
    return state(request.param)


def quadrature(found, function, points=()):
    low, high = found.field_range
    breaks = sorted({0.0, *points})
    edges = [low, *(x for x in breaks if low < x < high), high]
    return sum(quad(function, a, b, limit=200, epsabs=1e-12)[0] for a, b in itertools.pairwise(edges))


def minimiser(found, h):
    """Deepest stationary point of the effective potential, by the roots of a cubic."""
    c = found.glass.potential(found.C, h)
    roots = np.roots([4 * c[3], 0.0, 2 * c[1], c[0]])
    roots = roots[np.abs(roots.imag) < 1e-9].real
    return roots[np.argmin(np.polyval([c[3], 0.0, c[1], c[0], 0.0], roots))]


def test_law_of_the_fields_is_normalised(found):
    assert quadrature(found, lambda h: field_density(found, h)) == pytest.approx(1.0, abs=2e-8)
    if found.symmetric:
        h = np.linspace(0.1, 5.0, 7)
        np.testing.assert_allclose(field_density(found, -h), field_density(found, h), rtol=1e-9)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "warm" not in kind])
def test_law_of_the_fields_gives_the_order_parameters(kind):
    """At T = 0 the minimiser in the field has the mean p and the mean square q within a state."""
    found = state(kind)
    q = getattr(found, "q1", getattr(found, "q", None))
    q = q if np.ndim(q) == 0 else q[-1]
    mean = quadrature(found, lambda h: field_density(found, h) * minimiser(found, h))
    square = quadrature(found, lambda h: field_density(found, h) * minimiser(found, h) ** 2)
    assert mean == pytest.approx(found.p, abs=1e-6)
    assert square == pytest.approx(q, rel=2e-5 if "eight" in kind else 1e-6)


def test_plateau_of_the_density_of_states(found):
    spectrum = excitation_spectrum(found, [0.0], n_levels=3)
    splitting, intra = spectrum.excitations[0, 1:]
    middle = np.sqrt(splitting * intra)
    dos = density_of_states(found, [middle])
    position = quartic.levels(found.glass.potential(found.C, 0.0), 2, matrix_elements=True).position[0, 1]
    assert dos.plateau == pytest.approx(2 * field_density(found, 0.0) / (2 * abs(position)), rel=1e-9)
    assert dos.cutoff == pytest.approx(splitting, rel=1e-6)


def test_density_of_states_against_a_histogram(found):
    low, high = found.field_range
    h = np.linspace(low, high, 20001)
    weight = field_density(found, h) * (h[1] - h[0])
    levels = quartic.levels(found.glass.potential(found.C, np.linspace(0.0, max(-low, high), 1501)), 10).energies
    excitations = levels[:, 1:] - levels[:, :1]
    grid = np.linspace(0.0, max(-low, high), 1501)
    edges = np.array([1.1, 1.4, 1.8, 2.2])
    counted = np.zeros(3)
    for n in range(9):
        counted += np.histogram(np.interp(np.abs(h), grid, excitations[:, n]), edges, weights=weight)[0]
    bins = [np.linspace(*pair, 401) for pair in itertools.pairwise(edges)]
    E = np.array([0.5 * (x[1:] + x[:-1]) for x in bins])
    ours = density_of_states(found, E).density.mean(axis=1) * np.diff(edges)
    np.testing.assert_allclose(ours, counted, rtol=0.02)


def test_heat_capacity_against_a_plain_average(found):
    low, high = found.field_range
    h = np.linspace(low, high, 4001)
    weight = field_density(found, h)
    energies = quartic.levels(found.glass.potential(found.C, h), 24).energies
    for T in (0.15, 0.6):
        x = (energies - energies[:, :1]) / T
        boltzmann = np.exp(-x)
        mean = (x * boltzmann).sum(1) / boltzmann.sum(1)
        capacity = (x**2 * boltzmann).sum(1) / boltzmann.sum(1) - mean**2
        plain = np.trapezoid(weight * capacity, h)
        assert heat_capacity(found, T).heat_capacity == pytest.approx(plain, rel=2e-3)


def test_share_of_double_wells(found):
    wells = well_statistics(found)
    spinodal = wells.spinodal_field
    share = quadrature(found, lambda h: field_density(found, h) * (abs(h) < spinodal), (-spinodal, spinodal))
    assert wells.fraction == pytest.approx(share, rel=1e-6)
    sample = wells.sample(200, rng=1)
    assert np.all(sample.asymmetry >= 0) and np.all(np.isfinite(sample.wkb_exponent))


def test_bad_argument_names_itself(found):
    with pytest.raises(InputError, match="T"):
        heat_capacity(found, -1.0)
    with pytest.raises(InputError, match="E"):
        density_of_states(found, [-1.0])
