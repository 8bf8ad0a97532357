"""Scattering rates and thermal conductivity, eq. (48), Figs. 1, 19 and 20."""

import itertools
import math

import numpy as np
import pytest
from scipy.integrate import quad

from lowtglass.errors import InputError
from lowtglass.rfot import (
    Mosaic,
    SteepestDescent,
    bare_ratio,
    conductivity_unit,
    domain_levels,
    mean_free_path,
    ripplon_spectrum,
    scattering_rate,
    thermal_conductivity,
    uniform_conductivity,
)

SILICA = Mosaic()
LEVELS = domain_levels(ripplon_spectrum(SILICA))
DENSITY = domain_levels(ripplon_spectrum(SILICA, 1.8))
C = SILICA.sound_velocity


def einstein(x):
    return (x / 2 / math.sinh(x / 2)) ** 2 if 0 < x < 700 else float(x == 0)


def kinetic(T, path, cuts):
    """κ = ⅓∫C(ω)l c_s dω with three polarisations up to ω_D."""

    def integrand(w):
        return 3 * w**2 / (2 * math.pi**2 * C**3) * einstein(w / T) * path(w) * C / 3

    return sum(quad(integrand, a, b, limit=400, epsrel=1e-7)[0] for a, b in itertools.pairwise(cuts))


def test_uniform_mean_free_path():
    """κ = (ratio/3)·2πc_s∫C dω/ω: at low temperature T² with ∫x³eˣ/(eˣ − 1)² = 6ζ(3)."""
    found = uniform_conductivity(0.001, 150.0, SILICA)
    zeta3 = 1.2020569031595942
    expected = 150 * 2 * math.pi * C / 3 * 3 / (2 * math.pi**2 * C**3) * 0.001**2 * 6 * zeta3 * C
    assert found.conductivity == pytest.approx(expected, rel=1e-9)
    assert found.scaled == pytest.approx(expected * math.pi * C, rel=1e-9)
    high = uniform_conductivity(0.3, 1.0, SILICA).conductivity
    assert high == pytest.approx(kinetic(0.3, lambda w: 2 * math.pi * C / w, [1e-9, 0.2, 1.0]), rel=1e-6)


def test_unit_of_figure_1():
    k_B, hbar = 1.380649e-23, 1.054571817e-34
    assert conductivity_unit() == pytest.approx(k_B**3 * 342.0**2 / (math.pi * hbar**2 * 4100.0), rel=1e-12)
    # k_Bω_D/a of the reduced units is πc_s of it
    a = 4100.0 * hbar / (k_B * 342.0) * (6 * math.pi**2) ** (1 / 3)
    assert k_B * (k_B * 342.0 / hbar) / a == pytest.approx(conductivity_unit() * math.pi * C, rel=1e-12)


def test_ratios():
    assert bare_ratio(SILICA) == pytest.approx(200 / (2 * math.pi**2), rel=1e-13)
    with_twenty = bare_ratio(SILICA, orientation_average=True) / math.tanh(0.5)
    assert with_twenty == pytest.approx(70.0, rel=0.07)  # 65.8: the paper rounds up
    rate = scattering_rate(1e-4, 0.0, LEVELS)
    assert 1e-4 / (2 * math.pi * rate) == pytest.approx(bare_ratio(SILICA), rel=1e-4)
    assert scattering_rate(1e-4, 0.0, LEVELS, amplitude="averaged") == pytest.approx(rate / 3, rel=1e-12)
    assert 1e-4 / (2 * math.pi * scattering_rate(1e-4, 0.0, LEVELS, amplitude=150)) == pytest.approx(150, rel=1e-4)


def test_rate_is_that_of_the_golden_rule():
    """ωπ(g²/ρc_s²ξ³)(ρ + ρ_exc) with g² = ρc_s²a³T_g."""
    for densities in (LEVELS, DENSITY):
        omega, T = 0.2, 0.03
        total = densities.from_ground(omega) + densities.from_excited(omega, T)
        expected = omega * math.pi * SILICA.T_g / 200 * total
        assert scattering_rate(omega, T, densities) == pytest.approx(expected, rel=1e-12)
        path = mean_free_path(omega, T, densities)
        assert path == pytest.approx(C / expected + 2 * math.pi * C / omega, rel=1e-12)
        number = densities.from_ground(omega) + densities.cumulative(omega, 0.03)
        assert scattering_rate(omega, T, densities, excited=1.0) == pytest.approx(
            omega * math.pi * SILICA.T_g / 200 * number, rel=1e-12
        )


@pytest.mark.parametrize("T", [0.003, 0.02, 0.2])
def test_conductivity_against_adaptive_quadrature(T):
    """Frequencies cut at every level for the discrete modes."""
    for densities, cuts in (
        (LEVELS, [1e-9, 1e-3, *(LEVELS.energies[(LEVELS.energies > 0) & (LEVELS.energies < 1.0)] + 1e-13), 1.0]),
        (DENSITY, [1e-9, 0.01, 0.03, 0.05, 0.06, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0]),
    ):
        cuts = [c for c in cuts if c < 50 * T] + ([50 * T] if 50 * T < 1.0 else [])
        if len(cuts) > 40:
            continue  # the next test covers the case of many steps
        exact = kinetic(T, lambda w, d=densities: float(mean_free_path(w, T, d, amplitude=150.0)), cuts)
        assert thermal_conductivity(T, densities).conductivity == pytest.approx(exact, rel=1e-4)


def test_steps_of_discrete_modes_are_integrated():
    """At 0.2 T_D some 70 steps lie below ω_D: midpoint sum on 200 000 frequencies."""
    T, n = 0.2, 200_000
    omega = (np.arange(n) + 0.5) / n
    rate = scattering_rate(omega, T, LEVELS, amplitude=150.0)
    x = omega / T
    weight = 3 * omega**2 / (2 * math.pi**2 * C**3) * (x / 2 / np.sinh(x / 2)) ** 2
    exact = np.mean(weight * (C / rate + 2 * math.pi * C / omega)) * C / 3
    assert thermal_conductivity(T, LEVELS).conductivity == pytest.approx(exact, rel=1e-4)


def test_low_temperature_is_that_of_a_uniform_ratio():
    """l = c_sτ + λ: 150 + 1 wave lengths."""
    found = thermal_conductivity(2e-4, DENSITY).conductivity
    assert found == pytest.approx(uniform_conductivity(2e-4, 151.0, SILICA).conductivity, rel=1e-3)


def test_high_temperature_is_the_localisation_line():
    found = thermal_conductivity(0.5, DENSITY).conductivity
    assert found == pytest.approx(uniform_conductivity(0.5, 1.0, SILICA).conductivity, rel=2e-3)


def test_plateau_moves_down_with_the_glass_temperature():
    """Fig. 19: at ω_c = 1.8(a/ξ)ω_D the conductivity has its maximum at the lower T, the larger T_g/ω_D."""
    T = np.geomspace(5e-3, 0.1, 40)
    top = []
    for ratio in (2.0, 3.5, 5.0):
        kappa = thermal_conductivity(T, domain_levels(ripplon_spectrum(Mosaic(T_g=ratio), 1.8)), rtol=1e-3).scaled
        inner = np.nonzero((kappa[1:-1] > kappa[:-2]) & (kappa[1:-1] > kappa[2:]))[0] + 1
        assert inner.size == 1
        top.append(T[inner[0]])
    assert top[0] > top[1] > top[2]


def test_steepest_descent_costs_less_than_a_third():
    sdm = SteepestDescent(DENSITY.spectrum)
    T = np.array([0.003, 0.02, 0.05])
    ratio = thermal_conductivity(T, sdm).conductivity / thermal_conductivity(T, DENSITY).conductivity
    assert np.all((ratio > 0.65) & (ratio < 1.0))


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: thermal_conductivity(0.0, LEVELS), "T"),
        (lambda: thermal_conductivity(0.1, SILICA), "densities"),
        (lambda: thermal_conductivity(0.1, LEVELS, amplitude=0.0), "amplitude"),
        (lambda: thermal_conductivity(0.1, LEVELS, amplitude="big"), "amplitude"),
        (lambda: thermal_conductivity(0.1, LEVELS, excited="some"), "excited"),
        (lambda: scattering_rate(-0.1, 0.1, LEVELS), "omega"),
        (lambda: scattering_rate([0.1, 0.2], [0.1, 0.2, 0.3], LEVELS), "T"),
        (lambda: uniform_conductivity(0.1, 0.0, SILICA), "ratio"),
    ],
)
def test_bad_input(call, argument):
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.argument == argument
