"""Saturation: Bloch's equations solved as they stand, averages over r, limits."""

import math

import numpy as np
import pytest
from scipy.integrate import quad

from lowtglass import tunneling
from lowtglass.errors import InputError


def bloch_absorption(detuning, rabi, T1, T2):
    """Component of the steady state in quadrature with the drive, per drive and per inversion in equilibrium."""
    matrix = np.array([[-1 / T2, -detuning, 0], [detuning, -1 / T2, -rabi], [0, rabi, -1 / T1]])
    x = np.linalg.solve(matrix, [0, 0, -1 / T1])
    return -x[1] / rabi


@pytest.mark.parametrize("rabi", [0.01, 1.0, 30.0])
def test_saturation_of_a_line(rabi):
    """Summed over the detuning of systems, the absorption falls as (1 + Ω²T₁T₂)^(−1/2)."""
    T1, T2 = 3.0, 0.7
    width = math.sqrt(1 + rabi**2 * T1 * T2) / T2
    found = quad(lambda u: bloch_absorption(width * math.tan(u), rabi, T1, T2) * width / math.cos(u) ** 2, -1.57, 1.57)
    assert found[0] == pytest.approx(math.pi / math.sqrt(1 + rabi**2 * T1 * T2), rel=2e-3)


@pytest.mark.parametrize("ratio", [0.0, 1e-6, 0.1, 1.0, 50.0, 2e3, 1e8])
def test_average_over_splittings(silica, ratio):
    """Ω² ∝ r, T₁ = τ_min/r, T₂ = 2T₁: each system has j/r in place of j."""
    omega, T = 1e10, 0.05
    J = ratio * tunneling.critical_intensity(omega, T, silica)[0]
    weak = tunneling.inverse_mean_free_path(omega, T, silica)
    found = tunneling.saturated_inverse_mean_free_path(omega, T, J, silica)
    expected = quad(
        lambda a: math.sin(a) ** 2 / math.sqrt(math.sin(a) ** 2 + ratio), 0, math.pi / 2, epsabs=0, epsrel=1e-12
    )[0]
    # r = sin²a: dr/(2√(1 − r)) = sin a da
    assert found.resonant[0] / weak.resonant[0] == pytest.approx(expected, rel=1e-9)
    assert found.relaxational[0] == weak.relaxational[0]
    if ratio == 1e8:
        assert expected == pytest.approx(math.pi / 4 / math.sqrt(ratio), rel=1e-6)


def test_given_dephasing(silica):
    """With one T₂ the average over r leaves the plain factor, and J_c is inversely proportional to T₂."""
    omega, T, T2 = 2 * math.pi * 1e9, 0.1, 1e-7
    J_c = tunneling.critical_intensity(omega, T, silica, T2)
    solid = silica.phonons
    T1 = tunneling.shortest_relaxation_time(solid.hbar * omega, T, silica)
    gamma, c = np.array(silica.couplings), solid.velocities
    np.testing.assert_allclose(J_c, solid.hbar**2 * solid.density * c**3 / (2 * gamma**2 * T1 * T2), rtol=1e-12)
    np.testing.assert_allclose(tunneling.critical_intensity(omega, T, silica), J_c * T2 / (2 * T1), rtol=1e-12)
    # in terms of the strain: Ω = γe₀/ħ, J = ½ρc³e₀²
    e0 = np.sqrt(2 * J_c / (solid.density * c**3))
    np.testing.assert_allclose((gamma * e0 / solid.hbar) ** 2 * T1 * T2, 1.0, rtol=1e-12)
    weak = tunneling.inverse_mean_free_path(omega, T, silica)
    found = tunneling.saturated_inverse_mean_free_path(omega, T, 3 * J_c[1], silica, T2)
    assert found.resonant[1] == pytest.approx(weak.resonant[1] / 2, rel=1e-12)
    np.testing.assert_allclose(found.inverse, found.resonant + weak.relaxational, rtol=1e-12)


def test_shapes(silica):
    omega, T, J = np.array([[1e8], [1e9]]), np.array([0.1, 0.2, 0.3]), 1e-6
    assert tunneling.saturated_inverse_mean_free_path(omega, T, J, silica).inverse.shape == (2, 2, 3)
    assert tunneling.critical_intensity(omega, T, silica).shape == (2, 2, 3)
    loose = tunneling.TunnelingModel(silica.P, (silica.couplings[0], 0.0), silica.phonons)
    found = tunneling.saturated_inverse_mean_free_path(1e9, 0.1, 1.0, loose)
    assert np.isinf(tunneling.critical_intensity(1e9, 0.1, loose)[1]) and found.inverse[1] == 0.0


@pytest.mark.parametrize(
    ("argument", "call"),
    [
        ("omega", lambda m: tunneling.critical_intensity(0.0, 1.0, m)),
        ("T", lambda m: tunneling.critical_intensity(1.0, 0.0, m)),
        ("dephasing_time", lambda m: tunneling.critical_intensity(1.0, 1.0, m, 0.0)),
        ("intensity", lambda m: tunneling.saturated_inverse_mean_free_path(1.0, 1.0, -1.0, m)),
        ("model", lambda m: tunneling.saturated_inverse_mean_free_path(1.0, 1.0, 1.0, "m")),
    ],
)
def test_bad_input_is_named(silica, argument, call):
    with pytest.raises(InputError) as caught:
        call(silica)
    assert caught.value.argument == argument
