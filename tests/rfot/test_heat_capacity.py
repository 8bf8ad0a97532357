"""Heat capacity of a domain: (36) against derivatives of ln Z, its average against other quadratures, Fig. 15."""

import itertools
import math

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from lowtglass import materials, thermal
from lowtglass.errors import InputError
from lowtglass.rfot import (
    Mosaic,
    boson_bump,
    debye_coefficient,
    density_of_transitions,
    domain_heat_capacity,
    log_partition_function,
    ripplon_frequencies,
    ripplon_spectrum,
    specific_heat,
    transition_heat_capacity,
)

SILICA = Mosaic()
BARE = ripplon_spectrum(SILICA)
BROAD = ripplon_spectrum(SILICA, 1.8)


def log_z(beta, epsilon, l_max=9):
    """(35) in high precision from the frequencies alone."""
    total = mpmath.mpf(0)
    for l, omega in zip(range(2, l_max + 1), ripplon_frequencies(SILICA, l_max), strict=True):
        total -= (2 * l + 1) * mpmath.log(1 - mpmath.exp(-beta * mpmath.mpf(float(omega))))
    return mpmath.log(1 + mpmath.exp(-beta * epsilon + total))


@given(epsilon=st.floats(-2.0, 2.0), T=st.floats(0.02, 2.0))
@settings(deadline=None, max_examples=30)
def test_heat_capacity_is_the_second_derivative_of_the_partition_function(epsilon, T):
    with mpmath.workdps(40):
        beta = 1 / mpmath.mpf(T)
        expected = float(beta**2 * mpmath.diff(lambda b: log_z(b, epsilon), beta, 2, h=mpmath.mpf(10) ** -12))
        value = float(log_z(beta, epsilon))
    assert transition_heat_capacity(epsilon, T, BARE) == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert log_partition_function(epsilon, T, BARE) == pytest.approx(value, rel=1e-12, abs=1e-300)


def test_two_levels_at_low_temperature():
    """ε/T well above the logarithm of the partition function of the ripplons."""
    T, epsilon = 0.003, 0.01
    assert transition_heat_capacity(epsilon, T, BARE) == pytest.approx(thermal.two_level(epsilon, T), rel=1e-12)


def test_density_of_transitions_integrates_to_two():
    whole = quad(lambda e: density_of_transitions(e, SILICA), -np.inf, 0)[0] * 2
    assert whole == pytest.approx(2.0, rel=1e-9)


def averaged(T, spectrum, **options):
    """The mean by adaptive quadrature on a generous interval, cut where the integrand has its corners."""
    corners = [0.0, *spectrum.bare[:: (1 if options else 8)]]
    center = -T * (log_partition_function(-1e3 * T, T, spectrum) - 1e3)
    corners += [k * T for k in (-40, -10, -3, 3, 10, 40)] + [abs(center) + k * T for k in (-10, -3, 0, 3, 10)]
    edges = sorted({-300.0, -60.0, -10.0, 20.0, 300.0, *corners, *(-c for c in corners)})
    cuts = [-300.0, *(e for e in edges if abs(e) < 300.0), 300.0]

    def integrand(e):
        return transition_heat_capacity(e, T, spectrum, **options) * density_of_transitions(e, SILICA)

    return sum(quad(integrand, a, b, limit=200, epsrel=1e-10)[0] for a, b in itertools.pairwise(cuts))


@pytest.mark.parametrize("T", [0.001, 0.02, 0.1, 0.5])
def test_average_over_transitions(T):
    assert domain_heat_capacity(T, BARE).transitions == pytest.approx(averaged(T, BARE), rel=1e-7)


@pytest.mark.parametrize("T", [0.02, 0.1, 50.0])
def test_average_with_stiffening(T):
    found = domain_heat_capacity(T, BARE, stiffening=True).transitions
    assert found == pytest.approx(averaged(T, BARE, stiffening=True), rel=1e-7)


def test_average_over_transitions_of_broadened_modes():
    assert domain_heat_capacity(0.05, BROAD).transitions == pytest.approx(averaged(0.05, BROAD), rel=1e-7)


def test_stiffening_of_broadened_modes_does_not_depend_on_the_nodes():
    finer = ripplon_spectrum(SILICA, 1.8, rtol=1e-12)
    assert finer.frequencies.size != BROAD.frequencies.size
    T = np.geomspace(0.003, 0.3, 20)
    a, b = (domain_heat_capacity(T, s, stiffening=True).transitions for s in (BROAD, finer))
    np.testing.assert_allclose(a, b, rtol=2e-5)


def test_low_and_high_temperature():
    cold = domain_heat_capacity(1e-4, BARE)
    t = 1e-4 / SILICA.T_g
    expected = 2 * t * (math.pi**2 / 6 - t * 4.5 * float(mpmath.zeta(3)))  # first two orders in T/T_g
    assert cold.transitions == pytest.approx(expected, rel=1e-7)
    half = domain_heat_capacity(1e-4, BARE, normalised=True).transitions
    assert half == pytest.approx(0.5 * cold.transitions, rel=1e-13)
    # all ripplons of all domains with ε < 0, and of those with ε > 0 as far as their entropy carries
    hot = transition_heat_capacity(-1.0, 300.0, BARE)
    assert hot == pytest.approx(96.0, rel=1e-4)


def test_debye_background():
    assert debye_coefficient() == pytest.approx(234.0, abs=0.5)
    assert debye_coefficient(SILICA) == pytest.approx(4.6e4, rel=0.02)
    assert domain_heat_capacity(0.01, BARE).debye / 1e-6 == pytest.approx(debye_coefficient(SILICA), rel=1e-9)
    si = specific_heat(debye_coefficient(SILICA), SILICA)
    # the same from 3N oscillators of silica: C/T³ per gram = 12π⁴/5 k_B/(ρa³T_D³)
    solid = materials.SILICA
    k_B, hbar = 1.380649e-23, 1.054571817e-34
    a = solid.sound_velocity * hbar / (k_B * solid.debye_temperature) * (6 * math.pi**2) ** (1 / 3)
    per_gram = 12 * math.pi**4 / 5 * k_B / (solid.density * 1e3 * a**3 * solid.debye_temperature**3)
    assert si == pytest.approx(per_gram, rel=1e-12)
    assert si == pytest.approx(8.07e-7, rel=1e-3)


def test_bump_of_the_paper():
    """'About a factor of 3 lower in temperature' for T_g/ω_D = 4 than for the bare modes, which have it at 13 K."""
    bare = boson_bump(BARE)
    assert 342.0 * bare.T == pytest.approx(13.0, abs=0.1)
    four = boson_bump(ripplon_spectrum(Mosaic(T_g=4.0), 1.8))
    assert bare.T / four.T == pytest.approx(3.0, abs=0.1)
    two = boson_bump(ripplon_spectrum(Mosaic(T_g=2.0), 1.8))
    assert four.T < two.T < bare.T
    assert four.over_T3 > two.over_T3 > bare.over_T3
    stiff = boson_bump(BARE, stiffening=True)
    assert stiff.T > 1.9 * bare.T and stiff.over_debye < 1.1 < bare.over_debye
    assert not boson_bump(BROAD, stiffening=True).exists


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: domain_heat_capacity(0.0, BARE), "T"),
        (lambda: domain_heat_capacity(-1.0, BARE), "T"),
        (lambda: domain_heat_capacity(0.1, SILICA), "spectrum"),
        (lambda: transition_heat_capacity([0.1, 0.2], [0.1, 0.2, 0.3], BARE), "T"),
        (lambda: specific_heat(1.0, SILICA, density=0.0), "density"),
    ],
)
def test_bad_input(call, argument):
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.argument == argument
