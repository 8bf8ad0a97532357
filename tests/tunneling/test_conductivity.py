"""Thermal conductivity: π², the T² law, the kinetic formula with both processes, scaling."""

import math

import mpmath
import numpy as np
import pytest

from lowtglass import materials, phonons, tunneling
from lowtglass.errors import InputError
from lowtglass.phonons import Branch, DebyePhonons
from lowtglass.tunneling import conductivity


def test_the_integral_is_pi_squared():
    with mpmath.workdps(30):
        integral = mpmath.quad(
            lambda x: x**3 * mpmath.exp(x) / mpmath.expm1(x) ** 2 * mpmath.coth(x / 2), [0, 1, 5, 20, 60, 150]
        )
        assert mpmath.almosteq(integral, mpmath.pi**2, rel_eps=1e-25)


def test_resonant_law(silica):
    """κ = (ρk³T²/6πħ²P̄)Σ g c/γ² far below the cut-off, from the kinetic formula."""
    T = np.geomspace(1e-3, 1.0, 7)
    found = tunneling.thermal_conductivity(T, silica, relaxation=False, rtol=1e-8)
    solid = silica.phonons
    expected = 5800.0 / silica.couplings[0] ** 2 + 2 * 3800.0 / silica.couplings[1] ** 2
    expected *= 2200.0 * solid.k_B**3 / (6 * math.pi * solid.hbar**2 * silica.P)
    assert tunneling.conductivity_coefficient(silica) == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose(found.conductivity, expected * T**2, rtol=1e-8)


def test_both_processes(silica):
    """Against the kinetic formula with the response integrated at every frequency, without the table."""
    T = np.array([0.05, 1.0, 8.0])
    rates = [
        lambda omega, T, s=s: tunneling.inverse_mean_free_path(omega, T, silica).inverse[s]
        for s in range(len(silica.couplings))
    ]
    expected = phonons.thermal_conductivity(T, rates, silica.phonons, rtol=1e-7)
    found = tunneling.thermal_conductivity(T, silica, rtol=1e-8)
    np.testing.assert_allclose(found.conductivity, expected.conductivity, rtol=2e-7)
    alone = tunneling.thermal_conductivity(T, silica, relaxation=False).conductivity
    assert (found.conductivity < alone).all() and (np.diff(found.conductivity / alone) < 0).all()


def test_table(silica):
    """The spline against the integral between its points, and beyond its ends."""
    log_zeta = np.random.default_rng(2).uniform(-39, 79, 200)
    exact = tunneling.linear_response._relaxation.relaxational(log_zeta)[0].imag
    np.testing.assert_allclose(conductivity._from_table(log_zeta), exact, rtol=1e-8)
    assert conductivity._from_table(np.array(-100.0)) == pytest.approx(math.pi / 2, rel=1e-7)
    high = conductivity._from_table(np.array([100.0, 101.0]))
    assert high[1] / high[0] == pytest.approx(math.exp(-1), rel=1e-12)


def test_scaling_of_the_resonant_law(silica):
    """κ ∝ 1/P̄γ²: with half the systems, or couplings down by √2, twice the conductivity."""
    base = tunneling.conductivity_coefficient(silica)
    half = tunneling.TunnelingModel(silica.P / 2, silica.couplings, silica.phonons)
    weak = tunneling.TunnelingModel(silica.P, tuple(g / math.sqrt(2) for g in silica.couplings), silica.phonons)
    assert tunneling.conductivity_coefficient(half) == pytest.approx(2 * base, rel=1e-12)
    assert tunneling.conductivity_coefficient(weak) == pytest.approx(2 * base, rel=1e-12)
    T = np.array([0.3, 3.0])
    both = tunneling.thermal_conductivity(T, half).conductivity
    np.testing.assert_allclose(both, 2 * tunneling.thermal_conductivity(T, silica).conductivity, rtol=1e-5)


def test_mean_free_path_in_wavelengths(silica):
    """Resonant, ħω = x k_BT: ℓ/λ = 1/(2π²C tanh(x/2)); near 150 for thermal phonons with C = 3·10⁻⁴."""
    solid, T = silica.phonons, 0.1
    omega = 4 * solid.k_B * T / solid.hbar
    path = 1 / tunneling.inverse_mean_free_path(omega, T, silica).resonant[1]
    wavelength = 2 * math.pi * 3800.0 / omega
    assert path / wavelength == pytest.approx(1 / (2 * math.pi**2 * 3e-4 * math.tanh(2)), rel=1e-10)
    assert 150 < path / wavelength < 200


def test_other_processes(silica):
    """The size of the sample limits κ at low temperature to ⅓Ccℓ."""
    T = 1e-4
    found = tunneling.thermal_conductivity(T, silica, other=1e3).conductivity
    ballistic = phonons.thermal_conductivity(T, 1e3, silica.phonons).conductivity
    assert found == pytest.approx(ballistic, rel=1e-2) and found < ballistic


def test_materials_give_phonons():
    solid = materials.SILICA.phonons()
    assert solid.velocities.tolist() == [4100.0] and solid.degeneracies.tolist() == [3]
    T = 342.0 * 0.02
    C = phonons.heat_capacity(T, solid)
    modes = solid.cutoffs[0] ** 3 / (6 * math.pi**2 * 4100.0**3)
    assert C == pytest.approx(modes * solid.k_B * 12 * math.pi**4 / 5 * 0.02**3, rel=1e-5)


def test_emission_strengths(silica):
    """Spontaneous emission of all polarisations, γ²/(2πħρc⁵) each."""
    found = phonons.emission_strengths(silica.couplings, silica.phonons)
    gamma = np.array(silica.couplings)
    expected = np.array([1, 2]) * gamma**2 / (2 * math.pi * 1.054571817e-34 * 2200 * np.array([5800.0, 3800.0]) ** 5)
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    with pytest.raises(InputError):
        phonons.emission_strengths((1.0,), silica.phonons)


@pytest.mark.parametrize(
    ("argument", "call"),
    [
        ("T", lambda m: tunneling.thermal_conductivity(0.0, m)),
        ("rtol", lambda m: tunneling.thermal_conductivity(1.0, m, rtol=1e-9)),
        ("terms", lambda m: tunneling.thermal_conductivity(1.0, m, other=-1.0)),
        ("model", lambda m: tunneling.thermal_conductivity(1.0, 3.0)),
        ("model", lambda m: tunneling.conductivity_coefficient(None)),
        (
            "model",
            lambda m: tunneling.thermal_conductivity(
                1.0,
                tunneling.TunnelingModel(
                    1.0, (1.0, 0.0), DebyePhonons((Branch(1.0), Branch(1.0, 2)), debye_frequency=10.0)
                ),
            ),
        ),
    ],
)
def test_bad_input_is_named(silica, argument, call):
    with pytest.raises(InputError) as caught:
        call(silica)
    assert caught.value.argument == argument
