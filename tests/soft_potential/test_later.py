"""The model of the nineties against quadrature and its limits."""

import itertools
import math

import numpy as np
import pytest
from scipy.integrate import quad

from lowtglass import phonons
from lowtglass import soft_potential as sp
from lowtglass.errors import InputError
from lowtglass.soft_potential import later


@pytest.mark.parametrize("theta", [0.02, 0.3, 1.5])
def test_universal_curve(theta):
    found = later.universal_conductivity(theta)

    def integrand(e):
        x = 0.5 * e / theta
        einstein = (x / math.sinh(x)) ** 2 if x < 300.0 else 0.0
        return e * einstein / sum(later.scattering_terms(e, theta))

    kink = 10.0 / math.e
    end = min(400.0, 60.0 * theta)
    edges = [0.0, 0.3 * min(kink, end), min(kink, end), end]
    expected = sum(quad(integrand, a, b, epsrel=1e-11, limit=300)[0] for a, b in itertools.pairwise(edges))
    assert found.K == pytest.approx(expected, rel=1e-7)


def test_low_temperature_and_plateau():
    """K → π²θ² without relaxation; the plateau lies where vibrations scatter."""
    cold = later.universal_conductivity(1e-3, relaxation=0.0)
    assert cold.K == pytest.approx(math.pi**2 * 1e-6, rel=1e-6)
    assert cold.slope == pytest.approx(2.0, abs=1e-4)
    theta = np.geomspace(0.05, 5.0, 30)
    found = later.universal_conductivity(theta)
    assert found.slope[0] > 1.7
    assert np.min(found.slope) < 0.1
    # Without vibrations there is none.
    assert np.all(np.diff(found.K[:20]) > 0)


@pytest.mark.parametrize("theta", [50.0, 5000.0])
def test_far_above_W_no_phonon_is_left_out(theta):
    """Classical phonons: ∫ε dε/(ε/2θ + ε³/8) = 2π√θ, which has no cut-off but that of the Bose function."""
    assert later.universal_conductivity(theta, relaxation=0.0).K == pytest.approx(2 * math.pi * theta**0.5, rel=3e-3)
    # With relaxation and its logarithm 1, F = tanh + ε³/8 + θ^(3/4) directly.
    x = np.geomspace(1e-9, 40.0, 400001)
    e = 2.0 * theta * x
    integrand = e * (x / np.sinh(x)) ** 2 / (np.tanh(x) + e**3 / 8.0 + theta**0.75)
    expected = np.trapezoid(integrand * e, np.log(e))
    assert later.universal_conductivity(theta, attempt=1e12).K == pytest.approx(expected, rel=1e-6)


def test_physical_units():
    """κ of a solid is k(W/ħ)²K/2π³vC, with any constants."""
    hbar, k, W, C, v = 2.0, 3.0, 0.7, 1e-3, 1.7
    solid = phonons.DebyePhonons([phonons.Branch(v, 3)], debye_frequency=400.0 * W / hbar, hbar=hbar, k_B=k)
    T = np.array([0.02, 0.2])
    found = later.thermal_conductivity(T, W, C, solid)
    K = later.universal_conductivity(k * T / W).K
    np.testing.assert_allclose(found.conductivity, k * (W / hbar) ** 2 * K / (2.0 * math.pi**3 * v * C), rtol=1e-6)


def test_densities_are_those_of_the_uniform_plane():
    """(P_s/8)(E/W)⁴ of every potential counted once, with its deepest well."""
    deep = later.uniform_distribution(2.0, 5000.0)
    found = sp.density_of_states(60.0, deep).density
    assert found == pytest.approx(later.vibrational_density(60.0, 2.0), rel=3e-3)
    assert deep.density(-1.0, 0.2) == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: later.uniform_distribution(0.0, 1.0), "P_s"),
        (lambda: later.uniform_distribution(1.0, 0.0), "cut"),
        (lambda: later.vibrational_density(0.0, 1.0), "E"),
        (lambda: later.scattering_terms(0.0, 1.0), "omega"),
        (lambda: later.universal_conductivity(0.0), "theta"),
        (lambda: later.universal_conductivity(1.0, attempt=0.0), "attempt"),
        (lambda: later.thermal_conductivity(1.0, 1.0, 1.0, None), "solid"),
    ],
)
def test_bad_input(call, argument):
    with pytest.raises(InputError) as error:
        call()
    assert error.value.argument == argument
