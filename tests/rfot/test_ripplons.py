"""Domain walls: printed numbers of Sec. IV.B and C, roots of eq. (30) and its limits."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lowtglass.errors import InputError
from lowtglass.rfot import (
    Mosaic,
    barrier_frequency,
    domain_wall,
    highest_order,
    ripplon_frequencies,
    shell_equation,
    shell_modes,
    terahertz,
)

SILICA = Mosaic()


def test_printed_numbers():
    assert domain_wall(SILICA).mass == pytest.approx(1 / 3, abs=0.005)
    first = ripplon_frequencies(SILICA)[0]
    assert first * 5.8**1.25 == pytest.approx(1.34, abs=0.005)
    assert first == pytest.approx(0.15, abs=0.002)
    assert terahertz(first) == pytest.approx(1.0, abs=0.1)
    assert 342.0 * first == pytest.approx(51.0, abs=0.5)
    assert 9.0 < highest_order(SILICA) < 10.0
    assert ripplon_frequencies(SILICA).size == 8
    # the paper has 1.6, rounded from the rounded values of γ and s_c
    assert barrier_frequency(SILICA).ratio == pytest.approx(1.673, abs=0.001)
    assert barrier_frequency(SILICA).beads == pytest.approx(14.0, abs=0.5)
    assert barrier_frequency(SILICA).configurational_entropy == pytest.approx(0.82, abs=0.001)
    assert barrier_frequency(SILICA).barrier == pytest.approx(26.0 * 0.82 * SILICA.T_g, rel=0.01)


def test_frequencies_from_wall_and_density():
    """(32) put together from the wall mass and tension, with the density from T_g = ρc_s²a³(d_L/a)²."""
    for mosaic in (SILICA, Mosaic(T_g=2.0, xi=5.1, lindemann=0.12)):
        wall = domain_wall(mosaic)
        density = mosaic.T_g / (mosaic.sound_velocity * mosaic.lindemann) ** 2
        l = np.arange(2, 10)
        expected = 9 / 8 * wall.surface_tension / (wall.mass_density * density * wall.radius**2) * (l - 1) * (l + 2)
        np.testing.assert_allclose(ripplon_frequencies(mosaic, 9) ** 2, expected, rtol=1e-13)


def test_barrier_curvature_by_differences():
    gamma = 1.5 * math.sqrt(3 * math.pi) * math.log(100 / (math.pi * math.e)) * SILICA.T_g
    found = barrier_frequency(SILICA)

    def barrier(r):
        n = 4 * mpmath.pi / 3 * r**3
        slope = (2 * mpmath.sqrt(2) - 1) * SILICA.T_g * found.configurational_entropy
        return gamma * mpmath.sqrt(n) - slope * n

    r = (3 * found.beads / (4 * math.pi)) ** (1 / 3)
    assert float(mpmath.diff(barrier, r)) == pytest.approx(0.0, abs=1e-9)
    assert float(barrier(r)) == pytest.approx(found.barrier, rel=1e-12)
    mass = SILICA.xi**2 * SILICA.T_g / SILICA.sound_velocity**2
    assert math.sqrt(-float(mpmath.diff(barrier, r, 2)) / mass) == pytest.approx(found.frequency, rel=1e-9)


def gas_pressure_on_shell(omega, l, sigma, rho_w, R, rho_g, c_g):
    """Force per area and displacement on the shell, with the gas from its wave equation; zero at an eigenfrequency."""
    z = omega * R / c_g

    def wave(r):
        return mpmath.sqrt(mpmath.pi / (2 * r)) * mpmath.besselj(l + mpmath.mpf(1) / 2, r)

    pressure = rho_g * omega**2 * R * wave(z) / (z * mpmath.diff(wave, z))
    return rho_w * omega**2 - (l - 1) * (l + 2) * sigma / R**2 + pressure


@given(
    l=st.integers(2, 12),
    sigma=st.floats(0.1, 10.0),
    rho_w=st.floats(0.1, 10.0),
    R=st.floats(0.5, 3.0),
    rho_g=st.floats(0.01, 3.0),
    c_g=st.floats(0.1, 5.0),
)
@settings(deadline=None, max_examples=25)
def test_roots_satisfy_the_equation_of_motion(l, sigma, rho_w, R, rho_g, c_g):
    constants = dict(surface_tension=sigma, wall_density=rho_w, radius=R, gas_density=rho_g, gas_velocity=c_g)
    found = shell_modes(l, 4, **constants)
    assert np.all(np.diff(found.frequencies) > 0)
    for k, omega in enumerate(found.frequencies):
        values = [float(gas_pressure_on_shell(w * omega, l, sigma, rho_w, R, rho_g, c_g)) for w in (1 - 1e-6, 1 + 1e-6)]
        at = float(gas_pressure_on_shell(omega, l, sigma, rho_w, R, rho_g, c_g))
        # a root within 1e-6, or a pole of j_l′ so close that the difference is not resolved
        assert values[0] * values[1] < 0 or abs(omega / found.rigid_wall[max(k - 1, 0)] - 1) < 1e-5
        assert abs(at) <= 1.0001 * max(abs(values[0]), abs(values[1]))


def test_limits_of_the_shell():
    light = shell_modes(3, 4, gas_density=1e-8, gas_velocity=0.7)
    assert light.frequencies[0] == pytest.approx(light.rigid_wall[0], rel=1e-6)  # shell above the first wave in the gas
    stiff = shell_modes(3, 4, gas_density=1e-8, gas_velocity=7.0)
    assert stiff.frequencies[0] == pytest.approx(stiff.empty_shell, rel=1e-6)
    np.testing.assert_allclose(stiff.frequencies[1:], stiff.rigid_wall[:3], rtol=1e-6)
    fast = shell_modes(3, 1, gas_density=0.6, gas_velocity=1e4)
    assert fast.frequencies[0] == pytest.approx(fast.added_mass, rel=1e-7)
    assert fast.added_mass == pytest.approx(math.sqrt(10 / (1 + 0.6 / 3)), rel=1e-12)
    # the lowest shell mode of a light gas does not depend on its velocity of sound
    other = shell_modes(3, 1, gas_density=1e-8, gas_velocity=20.0)
    assert other.frequencies[0] == pytest.approx(stiff.frequencies[0], rel=1e-7)


def test_both_sides_of_the_equation():
    left, right = shell_equation(1e-4, 2)
    assert left == pytest.approx(-0.5, rel=1e-6)
    roots = shell_modes(2, 3).arguments
    left, right = shell_equation(roots, 2)
    np.testing.assert_allclose(left, right, rtol=1e-8)
    z = 1.7
    by_bessel = 1 / (-2 + z * float(mpmath.besselj(3.5, z) / mpmath.besselj(2.5, z)))
    assert shell_equation(z, 2)[0] == pytest.approx(by_bessel, rel=1e-12)


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: ripplon_frequencies(SILICA, 1), "l_max"),
        (lambda: Mosaic(xi=1.9), "xi"),
        (lambda: ripplon_frequencies(Mosaic(lindemann=0.4)), "mosaic.lindemann"),
        (lambda: shell_modes(1), "l"),
        (lambda: shell_modes(2, gas_density=0.0), "gas_density"),
        (lambda: highest_order(3.0), "mosaic"),
        (lambda: shell_equation(0.0, 2), "z"),
    ],
)
def test_bad_input(call, argument):
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.argument == argument
