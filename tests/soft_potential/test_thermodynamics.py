"""Heat capacity against the integral over n(E), another quadrature, and limits."""

import math

import numpy as np
import pytest

from lowtglass import quartic, thermal
from lowtglass import soft_potential as sp
from lowtglass.errors import InputError

SHARP = sp.Distribution(1.0, "barrier top", eta_min=-10.0)
PLANE = sp.Distribution(1.0, "whole plane", modulus=False)


@pytest.mark.parametrize("distribution", [SHARP, PLANE])
def test_low_temperature_by_density_of_states(distribution):
    """Far below w only the first gap counts: two routes to the same number."""
    T = 0.03
    nodes, weights = np.polynomial.legendre.leggauss(24)
    s = 0.5 * (1.0 + nodes)
    x = 35.0 * s**3
    n = sp.density_of_states(x * T, distribution, rtol=1e-5).density
    total = T * np.sum(0.5 * weights * 105.0 * s**2 * n * thermal.two_level(x, 1.0))
    found = sp.heat_capacity(T, distribution)
    assert found.error <= 1e-4 * found.heat_capacity
    # Below what the heat capacity says of itself.
    assert abs(found.heat_capacity - total) <= 2e-5 * total


def test_another_quadrature():
    """Midpoint rule in the plane (A, H) itself, with the levels of every cell, for T of the order of w."""
    T = np.array([0.5, 0.9])
    distribution = sp.Distribution(1.0, "barrier top", P0=lambda eta, t: np.exp(-((eta / 6.0) ** 2) - (t / 3.0) ** 2))
    # H = sinh, so that the smallest asymmetries are resolved and the largest reached.
    n = 100
    A = -14.0 + 46.0 * (np.arange(n) + 0.5) / n
    s = 6.2 * (np.arange(n) + 0.5) / n
    H, dH = np.sinh(s), np.cosh(s) * 6.2 / n
    a, h = (x.ravel() for x in np.meshgrid(A, H, indexing="ij"))
    weight = distribution.density(a, h) * np.tile(dH, n) * 46.0 / n * 2.0
    e = quartic.levels(np.stack([h, a, 0 * a, 0 * a + 1.0], axis=-1), 12, kinetic=1.0).energies
    direct = thermal.heat_capacity(e, T, weight, on_truncation="mark").heat_capacity
    found = sp.heat_capacity(T, distribution)
    np.testing.assert_allclose(found.heat_capacity, direct, rtol=2e-3)
    np.testing.assert_allclose(found.over_T3, found.heat_capacity / T**3)


def test_vibrations_give_T5_and_T3():
    """Right of the minimum n ∝ E⁴ gives T⁵, and n ∝ E² with constant P gives T³, with the oscillators' coefficients."""
    T = np.array([1.25, 2.5])
    x = np.linspace(1e-6, 60.0, 200001)

    def moment(k):
        return np.trapezoid(x**k * thermal.oscillator(x, 1.0), x)

    single = sp.Distribution(1.0, "single wells")
    found = sp.heat_capacity(T, single).heat_capacity / (math.sqrt(2.0) / 6.0 * moment(4) * T**5)
    # n(E) approaches its limit as E⁻³, C as T⁻³: the eighth part of the first deviation, which taken out leaves less.
    assert abs(found[1] - 1.0) < 0.01 and abs((8.0 * found[1] - found[0]) / 7.0 - 1.0) < 3e-3
    single = sp.Distribution(1.0, "single wells", modulus=False)
    found = sp.heat_capacity(T, single).heat_capacity / (2.0 * math.sqrt(2.0) / 3.0 * moment(2) * T**3)
    assert abs(found[1] - 1.0) < 0.003


def test_minimum_of_both_curves():
    """IKP, Fig. 2: with η_L = 0.01 and δη = 0.1 a minimum of C/T³ below w for both P₀, none with constant P."""
    places = []
    for distribution in (
        sp.Distribution(0.01, "barrier top", eta_min=-0.1),
        sp.Distribution(0.01, "barrier top", delta_eta=0.1, eta_max=1.0),
    ):
        found = sp.heat_capacity_minimum(distribution, low=0.3, high=1.0, rtol=1e-3)
        T = found.T * np.array([0.8, 1.0, 1.25])
        c = sp.heat_capacity(T, distribution, rtol=1e-3).over_T3
        assert c[1] < c[0] and c[1] < c[2]
        assert c[1] == pytest.approx(found.over_T3, rel=1e-3)
        assert math.isnan(found.left) and math.isnan(found.right)
        places.append(found.T)
    assert places == pytest.approx([0.5603, 0.4325], abs=2e-4)
    with pytest.raises(InputError, match="minimum"):
        sp.heat_capacity_minimum(sp.Distribution(0.01, "barrier top", modulus=False), low=0.1, high=1.0, rtol=1e-3)


def test_collectivisation():
    """Eq. (13): the closed form solves λ³Γn = 1, and the maximum of C/T³ of one mode is at 4.93."""
    hbar, k = 1.054571817e-34, 1.380649e-23
    w, n0, s = 10.0 * k, 1e39 / 1e-7 * 1e-0, 3000.0
    found = sp.collectivisation_energy(n0, w, 100.0 * k, s, 10.0)
    E = found.energy * w
    n = n0 / 24.0 * math.sqrt(1.0 / 10.0) * (E / w) ** 4
    wavelength = 2.0 * math.pi * s / (E / hbar)
    assert wavelength**3 * E**4 / (100.0 * k) ** 3 * n == pytest.approx(1.0, rel=1e-9)
    x = np.linspace(3.0, 8.0, 500001)
    curve = x**3 * thermal.oscillator(x, 1.0)
    assert found.energy / found.temperature == pytest.approx(x[np.argmax(curve)], abs=1e-4)


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: sp.heat_capacity(0.0, SHARP), "T"),
        (lambda: sp.heat_capacity(0.1, sp.Distribution(1.0, "barrier top", delta_eta=5.0)), "distribution"),
        (lambda: sp.heat_capacity(0.1, None), "distribution"),
        (lambda: sp.heat_capacity(0.1, SHARP, rtol=0.0), "rtol"),
        (lambda: sp.heat_capacity_minimum(SHARP, low=1.0, high=0.5), "high"),
        (lambda: sp.collectivisation_energy(0.0, 1.0, 1.0, 1.0, 1.0), "n0"),
        (lambda: sp.collectivisation_energy(1.0, 1.0, 1.0, 1.0, -1.0), "ratio"),
    ],
)
def test_bad_input(call, argument):
    with pytest.raises(InputError) as error:
        call()
    assert error.value.argument == argument
