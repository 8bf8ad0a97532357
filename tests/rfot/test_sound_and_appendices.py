"""Relaxational sound, eqs. (56), (57), and the appendices."""

import itertools
import math

import mpmath
import numpy as np
import pytest
from scipy.integrate import quad

from lowtglass.errors import InputError
from lowtglass.rfot import (
    Mosaic,
    cutoff_frequency,
    domain_wall,
    gradient_reduction,
    quadratic_crossover,
    rayleigh_scattering,
    relaxation_rate,
    relaxational_sound,
    sphere_argument,
)

SILICA = Mosaic()


def test_relaxation_rate_from_the_golden_rule():
    """2π Σ_k |gkΔ/E|²/(2ωVρ) δ(ω − E)(2n + 1), three polarisations, with g² = ρc_s²a³T_g."""
    E, Delta, T = 0.01, 0.004, 0.005
    c = SILICA.sound_velocity
    density_of_k = 4 * math.pi * (E / c) ** 2 / (8 * math.pi**3) / c
    matrix = c**2 * SILICA.T_g * (Delta / E) ** 2 * (E / c) ** 2 / (2 * E)  # ρ drops out of g²/ρ
    expected = 3 * 2 * math.pi * matrix * density_of_k / math.tanh(E / (2 * T))
    assert relaxation_rate(E, Delta, T, SILICA) == pytest.approx(expected, rel=1e-12)


def mean_over_amplitudes(a):
    """∫₀¹ du √(1 − u²)/u /(1 + a²/u⁴) and its loss, by quadrature in ln u."""

    def value(y, loss):
        w = math.exp(2 * y)
        ratio = a / w
        return math.sqrt(1 - w) / (1 + ratio**2) * (ratio if loss else 1.0)

    edge = 0.5 * math.log(a)
    cuts = sorted({-40.0, *(min(edge + k, -1e-9) for k in (-4, 0, 4)), -1e-9})
    return [
        sum(quad(value, p, q, (loss,), limit=300, epsrel=1e-11)[0] for p, q in itertools.pairwise(cuts))
        for loss in (False, True)
    ]


@pytest.mark.parametrize(("omega", "T"), [(1e-9, 1e-3), (1e-8, 0.02), (1e-6, 0.01)])
def test_relaxational_sound_by_two_quadratures(omega, T):
    def at(x):
        return mean_over_amplitudes(omega / relaxation_rate(x * T, x * T, T, SILICA))

    nodes, weights = np.polynomial.legendre.leggauss(40)
    velocity = absorption = 0.0
    for low, high in ((0.02, 0.3), (0.3, 3.0), (3.0, 12.0), (12.0, 50.0)):
        for t, w in zip(nodes, weights, strict=True):
            x = low + (high - low) * (1 + t) / 2
            share = w * (high - low) / 2 / math.cosh(x / 2) ** 2
            real, loss = at(x)
            velocity -= share * real / 400
            absorption += 2 * math.pi * share * loss / 200
    found = relaxational_sound(omega, T, SILICA)
    assert found.velocity == pytest.approx(velocity, rel=2e-3)  # 0 to 0.02 left out
    assert found.absorption == pytest.approx(absorption, rel=3e-2)


def test_logarithm_of_the_frequency():
    """Slope 1/2(ξ/a)³ against ln ω, positive, whatever the temperature; absorption π²/(ξ/a)³."""
    for T in (0.005, 0.02):
        a, b = (relaxational_sound(w, T, SILICA) for w in (1e-15, 1e-16))
        assert (a.velocity - b.velocity) / math.log(10) == pytest.approx(a.slope, rel=1e-3)
        assert a.slope == pytest.approx(1 / 400, rel=1e-12)
        assert b.velocity == pytest.approx(b.logarithm, rel=1e-4)
        assert b.velocity < 0
        assert b.absorption == pytest.approx(math.pi**2 / 200, rel=1e-3)


def test_rayleigh_scattering():
    omega = 10**-1.5
    found = rayleigh_scattering(omega, omega, SILICA, resonant=2)
    assert found.ratio > 1e4
    # the same term by term from the constants of the text
    wall = domain_wall(SILICA)
    rho = SILICA.T_g / (SILICA.sound_velocity * 0.1) ** 2
    j2 = float(
        mpmath.sqrt(mpmath.pi / (2 * sphere_argument(omega, SILICA)))
        * mpmath.besselj(2.5, sphere_argument(omega, SILICA))
    )
    line = 2 * math.sqrt(30) / (math.sqrt(2 * math.pi) * omega)
    rate = omega / SILICA.T_g / 200 * 1.125 * wall.surface_tension / rho * math.pi**2 * 8 * 5 * j2**2 * line
    assert found.rate == pytest.approx(rate, rel=1e-10)
    assert rayleigh_scattering(omega, omega, SILICA, resonant=2, tension="balanced").rate == pytest.approx(rate / 2)
    full = rayleigh_scattering(np.array([0.03, 0.15, 0.3]), 0.03, SILICA)
    np.testing.assert_allclose(full.orders.sum(axis=0), full.rate, rtol=1e-14)
    assert full.orders[0, 1] > 0.99 * full.rate[1]
    # on the lowest ripplon itself the ratio is below the 10⁴ of the plateau
    assert 1e3 < full.ratio[1] < 1e4
    # the energy decays twice as fast as the amplitude: the root of ω² + 2iω/τ = c²k²
    (root,) = (z for z in np.roots([1.0, 2j * rate, -(omega**2)]) if z.real > 0)
    assert found.energy_ratio == pytest.approx(omega / (2 * math.pi * -2 * root.imag), rel=1e-9)
    many = rayleigh_scattering(omega, omega, SILICA, resonant=2, walls=1.0)
    assert many.rate == pytest.approx(rate * SILICA.T_g / omega, rel=1e-10)


def test_numbers_of_appendix_b():
    assert 1 / sphere_argument(1 / 5.8, SILICA) == pytest.approx(0.41, abs=0.005)
    assert sphere_argument(1 / 30, SILICA) < 0.5
    assert cutoff_frequency() == pytest.approx(2.5, abs=0.03)
    assert sphere_argument(cutoff_frequency() / 5.8, SILICA) == pytest.approx(6.0, rel=1e-12)
    found = quadratic_crossover(SILICA)
    assert found.edge_d_L == pytest.approx(0.4, abs=0.03)
    assert found.printed == pytest.approx(0.216, abs=0.001)
    assert found.consistent == pytest.approx(0.0735, abs=0.0001)


def test_gradient_of_the_spherical_wave():
    x = np.array([0.3, 2.0, 4.5, 6.0, 9.0])
    exact = [float(mpmath.diff(lambda z: (mpmath.sin(z) / z - mpmath.cos(z)) / z, v)) ** 2 for v in x]
    np.testing.assert_allclose(gradient_reduction(x), exact, rtol=1e-9)
    assert gradient_reduction(0.0) == pytest.approx(1 / 9, rel=1e-12)


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: relaxation_rate(0.1, 0.2, 0.1, SILICA), "Delta"),
        (lambda: relaxation_rate([0.1, 0.2, 0.3], [0.1, 0.2], 0.1, SILICA), "Delta"),
        (lambda: relaxational_sound(1e-6, 0.0, SILICA), "T"),
        (lambda: relaxational_sound(0.0, 0.1, SILICA), "omega"),
        (lambda: rayleigh_scattering(0.1, 0.1, SILICA, resonant=1), "resonant"),
        (lambda: rayleigh_scattering(0.1, 0.1, SILICA, tension="none"), "tension"),
        (lambda: rayleigh_scattering(0.1, 0.1, SILICA, walls=0.0), "walls"),
        (lambda: cutoff_frequency(0.0), "argument"),
        (lambda: gradient_reduction(-1.0), "x"),
    ],
)
def test_bad_input(call, argument):
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.argument == argument
