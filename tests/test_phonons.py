"""Debye phonons: closed forms of the kinetic formula, mpmath, and the heat capacity of thermal.debye."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lowtglass import thermal
from lowtglass.errors import ConvergenceError, InputError
from lowtglass.phonons import (
    Branch,
    DebyePhonons,
    heat_capacity,
    matthiessen,
    spectral_heat_capacity,
    thermal_conductivity,
)

HBAR, K_B = 1.054571817e-34, 1.380649e-23


@pytest.fixture
def one():
    """One branch of velocity 2 with its cut-off far above all temperatures used."""
    return DebyePhonons((Branch(2.0),), debye_frequency=1e6)


@pytest.fixture
def silica():
    branches = (Branch(5800.0, name="longitudinal"), Branch(3800.0, 2, "transverse"))
    return DebyePhonons(branches, 2200.0, number_density=6.6e28, hbar=HBAR, k_B=K_B)


def test_heat_capacity_is_debyes(silica):
    """Each branch is a third of a Debye solid with its own cut-off; thermal.debye integrates in another way."""
    T = np.array([0.0, 0.01, 1.0, 10.0, 77.0, 300.0, 5000.0])
    expected = sum(
        branch.degeneracy * 6.6e28 * K_B * thermal.debye(HBAR * top / K_B, T) / 3.0
        for branch, top in zip(silica.branches, silica.cutoffs, strict=True)
    )
    np.testing.assert_allclose(heat_capacity(T, silica), expected, rtol=1e-10)


def test_number_of_modes(silica):
    """The cut-off leaves n modes to each polarisation: hot, their spectral heat capacity integrates to k_B n."""
    for s, branch in enumerate(silica.branches):
        omega = np.linspace(0.0, silica.cutoffs[s], 20001)
        total = np.trapezoid(spectral_heat_capacity(omega, 1e6, silica)[s], omega)
        assert total == pytest.approx(branch.degeneracy * 6.6e28 * K_B, rel=1e-6)


def test_constant_mean_free_path(silica):
    """κ = ⅓ Σ C c ℓ for the temperature range of the whole curve."""
    T = np.geomspace(1e-3, 1e3, 13)
    found = thermal_conductivity(T, 1.0 / 0.003, silica)
    expected = sum(
        branch.degeneracy * 6.6e28 * K_B * thermal.debye(HBAR * top / K_B, T) / 9.0 * branch.velocity * 0.003
        for branch, top in zip(silica.branches, silica.cutoffs, strict=True)
    )
    np.testing.assert_allclose(found.conductivity, expected, rtol=1e-10)
    np.testing.assert_allclose(found.branches.sum(axis=0), found.conductivity, rtol=1e-14)
    assert found.branches.shape == (2, 13) and (found.error <= 1e-8 * found.conductivity).all()


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0, 1.7, 2.0])
def test_power_laws(one, power):
    """1/ℓ = ωᵃ: κ = T^(3−a)/(6π²c²) ∫x^(4−a)eˣ/(eˣ − 1)² = T^(3−a)/(6π²c²) Γ(5−a)ζ(4−a)."""
    T = np.array([0.01, 1.0, 40.0])
    found = thermal_conductivity(T, lambda omega, T: omega**power, one).conductivity
    integral = float(mpmath.gamma(5 - power) * mpmath.zeta(4 - power))
    np.testing.assert_allclose(found, T ** (3 - power) * integral / (6 * math.pi**2 * 4.0), rtol=1e-8)


def test_tunnelling_law(silica):
    """1/ℓ = πCω/c tanh(ħω/2k_BT): κ = k_B³T²/(6πħ²) Σ g_s/(C_s c_s), since ∫x³eˣcoth(x/2)/(eˣ − 1)² dx = π²."""
    T = np.array([0.01, 0.1, 0.5])
    strength = {"longitudinal": 3e-4, "transverse": 2.8e-4}
    rates = [
        lambda omega, T, a=math.pi * strength[b.name] / b.velocity: a * omega * np.tanh(HBAR * omega / (2 * K_B * T))
        for b in silica.branches
    ]
    expected = sum(b.degeneracy / (strength[b.name] * b.velocity) for b in silica.branches)
    expected *= K_B**3 * T**2 / (6 * math.pi * HBAR**2)
    np.testing.assert_allclose(thermal_conductivity(T, rates, silica).conductivity, expected, rtol=1e-9)


def test_against_mpmath(silica):
    """Tunnelling, Rayleigh and boundary scattering together, with the cut-off in reach."""
    rate = matthiessen(
        lambda omega, T: 1e-9 * omega * np.tanh(HBAR * omega / (2 * K_B * T)), lambda omega, T: 1e-43 * omega**4, 100.0
    )
    T = np.array([1.0, 30.0, 400.0])
    found = thermal_conductivity(T, rate, silica).conductivity
    for t, kappa in zip(T, found, strict=True):
        unit = K_B * t / HBAR

        def integrand(x, unit=unit):
            omega = x * unit
            inverse = 1e-9 * omega * mpmath.tanh(x / 2) + 1e-43 * omega**4 + 100
            return omega**2 * x**2 * mpmath.exp(x) / mpmath.expm1(x) ** 2 / inverse * unit

        total = 0
        for branch, top in zip(silica.branches, silica.cutoffs, strict=True):
            end = min(top / unit, 80.0)
            cuts = [end * c for c in (0, 1e-4, 1e-3, 1e-2, 0.05, 0.2, 0.5, 1)]
            total += branch.degeneracy * K_B / (6 * math.pi**2 * branch.velocity**2) * mpmath.quad(integrand, cuts)
        assert kappa == pytest.approx(float(total), rel=1e-8)


def test_table(silica):
    """A table of a power law is exact; one of a smooth law converges with the square of its step."""
    T = np.array([[0.1, 1.0, 10.0], [20.0, 50.0, 300.0]])
    coarse, fine = np.geomspace(1e7, 1e14, 60), np.geomspace(1e7, 1e14, 240)
    exact = thermal_conductivity(T, lambda omega, T: 1e-9 * omega**1.3, silica)
    found = thermal_conductivity(T, 1e-9 * coarse**1.3, silica, omega=coarse)
    np.testing.assert_allclose(found.conductivity, exact.conductivity, rtol=1e-8)

    def law(omega, T):
        return 1e-9 * omega * np.tanh(HBAR * omega / (2 * K_B * T)) + 10.0

    exact = thermal_conductivity(T, law, silica).conductivity
    errors = [
        np.max(np.abs(thermal_conductivity(T, law(w, T[..., None]), silica, omega=w).conductivity / exact - 1.0))
        for w in (coarse, fine)
    ]
    assert errors[0] < 0.02 and 10.0 < errors[0] / errors[1] < 25.0


def test_divergent_integral(one):
    """Rayleigh scattering alone leaves an infinite conductivity."""
    with pytest.raises(ConvergenceError) as caught:
        thermal_conductivity(1.0, lambda omega, T: omega**4, one)
    assert caught.value.residual > 1e-8 and caught.value.last.conductivity > 0


def test_sharp_line(one):
    """A narrow line in 1/ℓ is found by cutting panels: against the sum of two integrals with the line as an edge."""

    def rate(omega, T):
        return 1.0 + 99.0 * ((omega > 1.0) & (omega < 1.03))

    found = thermal_conductivity(0.5, rate, one, rtol=1e-4).conductivity
    x = [mpmath.quad(lambda x: x**4 * mpmath.exp(x) / mpmath.expm1(x) ** 2, cuts) for cuts in ([0, 60], [2, 2.06])]
    expected = 0.5**3 / (6 * math.pi**2 * 4.0) * float(x[0] - 0.99 * x[1])
    assert found == pytest.approx(expected, rel=1e-4)


@settings(deadline=None, max_examples=25)
@given(st.floats(1e-6, 1e6), st.floats(1e-6, 1e6), st.floats(1e-3, 1e3))
def test_units(energy, length, T):
    """κ scales with the units of energy and length."""
    base = DebyePhonons((Branch(1.0), Branch(0.7, 2)), debye_frequency=3.0)
    scaled = DebyePhonons((Branch(length), Branch(0.7 * length, 2)), debye_frequency=3.0, hbar=energy, k_B=energy)
    kappa = thermal_conductivity(T, lambda omega, T: 1.0 + omega, base).conductivity
    other = thermal_conductivity(T, lambda omega, T: (1.0 + omega) / length, scaled).conductivity
    assert other == pytest.approx(kappa * energy / length, rel=1e-9)


def test_zero_and_extremes(silica, one):
    assert thermal_conductivity(0.0, 1.0, silica).conductivity == 0.0
    assert heat_capacity([0.0, 0.0], silica).tolist() == [0.0, 0.0]
    with np.errstate(all="raise", under="ignore"):
        C = spectral_heat_capacity([0.0, 1e-300, 1.0, 1e5], [[0.0], [5e-324], [1.0], [1e300]], one)
        assert C.shape == (1, 4, 4) and np.isfinite(C).all() and (C[0, 0] == 0).all()
        assert spectral_heat_capacity(2e6, 1.0, one) == 0.0


@pytest.mark.parametrize(
    ("argument", "call"),
    [
        ("velocity", lambda p: Branch(0.0)),
        ("degeneracy", lambda p: Branch(1.0, 0)),
        ("branches", lambda p: DebyePhonons((), debye_frequency=1.0)),
        ("branches", lambda p: DebyePhonons(3.0, debye_frequency=1.0)),
        ("number_density", lambda p: DebyePhonons((Branch(1.0),))),
        ("number_density", lambda p: DebyePhonons((Branch(1.0),), number_density=1.0, debye_frequency=1.0)),
        ("hbar", lambda p: DebyePhonons((Branch(1.0),), debye_frequency=1.0, hbar=0.0)),
        ("phonons", lambda p: heat_capacity(1.0, 3)),
        ("T", lambda p: heat_capacity(-1.0, p)),
        ("T", lambda p: spectral_heat_capacity([1.0, 2.0], [1.0, 2.0, 3.0], p)),
        ("inverse_mean_free_path", lambda p: thermal_conductivity(1.0, 0.0, p)),
        ("inverse_mean_free_path", lambda p: thermal_conductivity(1.0, "one", p)),
        ("inverse_mean_free_path", lambda p: thermal_conductivity(1.0, [1.0, 2.0, 3.0], p)),
        ("inverse_mean_free_path", lambda p: thermal_conductivity(1.0, lambda w, T: 0.0 * w, p)),
        ("inverse_mean_free_path", lambda p: thermal_conductivity(1.0, [1.0] * 3, p, omega=[1.0, 2.0])),
        ("omega", lambda p: thermal_conductivity(1.0, [1.0] * 2, p, omega=[2.0, 1.0])),
        ("rtol", lambda p: thermal_conductivity(1.0, 1.0, p, rtol=0.0)),
        ("terms", lambda p: matthiessen()),
        ("terms", lambda p: matthiessen(-1.0)),
    ],
)
def test_bad_input_is_named(silica, argument, call):
    with pytest.raises(InputError) as caught:
        call(silica)
    assert caught.value.argument == argument
