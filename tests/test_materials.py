"""The measured curves and constants: complete, sourced, consistent; and the fit against other libraries."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
from scipy import constants, stats

from lowtglass import materials
from lowtglass.errors import InputError

BIBLIOGRAPHY = Path(__file__).resolve().parents[1] / "book" / "references.bib"


def test_curves_are_complete_and_sourced():
    curves = materials.thermal_conductivity()
    assert sum(curve.T.size for curve in curves.values()) == 101
    assert {name: curve.T.size for name, curve in curves.items()} == {
        "Stycast 1266": 13,
        "Torlon 4301": 16,
        "Vespel SP-1": 14,
        "Kapton HN": 9,
        "PEEK 1000": 16,
        "Teflon, sample 1": 14,
        "Teflon, sample 2": 6,
        "Macor": 13,
    }
    for name, curve in curves.items():
        assert materials.thermal_conductivity(name) is curve and curve.material == name
        assert curve.T.shape == curve.conductivity.shape
        assert (np.diff(curve.T) > 0).all() and (curve.T > 0.05).all() and (curve.T < 10).all()
        # W/(m K), not W/(cm K): between those of a good insulator at 0.1 K and of a plateau
        assert (curve.conductivity > 1e-5).all() and (curve.conductivity < 0.2).all()
        assert re.search(r"\(\d{4}\)$", curve.source) and curve.kind
        assert not curve.T.flags.writeable and not curve.conductivity.flags.writeable


def test_printed_numbers_of_the_sources():
    stycast = materials.thermal_conductivity("Stycast 1266")
    assert (stycast.T[0], stycast.conductivity[0]) == (0.0609, 0.000193)
    assert (stycast.T[-1], stycast.conductivity[-1]) == (1.79, 0.0612)
    kapton = materials.thermal_conductivity("Kapton HN")
    assert (kapton.T[-1], kapton.conductivity[-1]) == (5.89, 0.0132)


def test_glass_between_square_and_cube():
    """Stephens (1973): T^(1.9 ± 0.1) below 0.5 K, for glasses other than this one."""
    stycast = materials.thermal_conductivity("Stycast 1266")
    fit = materials.fit_power_law(stycast.T, stycast.conductivity, (0.05, 0.5))
    assert 1.8 - 3 * fit.exponent_error < fit.exponent < 2.0 + 3 * fit.exponent_error
    assert fit.exponent + 10 * fit.exponent_error < 3


def test_fit_against_scipy():
    curve = materials.thermal_conductivity("PEEK 1000")
    fit = materials.fit_power_law(curve.T, curve.conductivity)
    line = stats.linregress(np.log(curve.T), np.log(curve.conductivity))
    assert fit.exponent == pytest.approx(line.slope, rel=1e-12)
    assert fit.exponent_error == pytest.approx(line.stderr, rel=1e-10)
    assert fit.prefactor == pytest.approx(math.exp(line.intercept), rel=1e-12)
    assert fit.prefactor_error == pytest.approx(math.exp(line.intercept) * line.intercept_stderr, rel=1e-10)
    assert fit.n_points == 16


def test_fit_recovers_a_power_law_with_an_honest_error():
    rng = np.random.default_rng(12)
    T = np.geomspace(0.05, 2.0, 12)
    pulls, scatters = [], []
    for _ in range(400):
        y = 0.03 * T**1.87 * np.exp(0.05 * rng.normal(size=T.size))
        fit = materials.fit_power_law(T, y)
        pulls.append((fit.exponent - 1.87) / fit.exponent_error)
        scatters.append(fit.scatter)
    # Student's t with 10 degrees of freedom
    assert stats.kstest(pulls, stats.t(10).cdf).pvalue > 0.01
    assert np.mean(np.square(scatters)) == pytest.approx(0.05**2, rel=0.1)
    exact = materials.fit_power_law(T, 0.03 * T**1.87, (0.1, 1.0))
    assert exact.exponent == pytest.approx(1.87, rel=1e-12) and exact.n_points == ((T >= 0.1) & (T <= 1.0)).sum()
    assert exact.prefactor == pytest.approx(0.03, rel=1e-12)


@pytest.mark.parametrize(
    ("argument", "arguments"),
    [
        ("T", ([0.0, 1.0, 2.0], [1.0, 2.0, 3.0])),
        ("y", ([0.5, 1.0, 2.0], [1.0, -2.0, 3.0])),
        ("y", ([0.5, 1.0, 2.0], [1.0, 2.0])),
        ("T_range", ([0.5, 1.0, 2.0], [1.0, 2.0, 3.0], (0.6, 3.0))),
        ("T_range", ([0.5, 1.0, 1.0, 1.0], [1.0, 2.0, 2.0, 2.0])),
        ("T_range", ([0.5, 1.0, 2.0], [1.0, 2.0, 3.0], (3.0, 0.1))),
        ("T_range", ([0.5, 1.0, 2.0], [1.0, 2.0, 3.0], 3.0)),
    ],
)
def test_bad_input_of_the_fit(argument, arguments):
    with pytest.raises(InputError) as caught:
        materials.fit_power_law(*arguments)
    assert caught.value.argument == argument


def test_unknown_material():
    with pytest.raises(InputError, match="Stycast 1266"):
        materials.thermal_conductivity("stycast")


def test_silica_is_a_debye_solid_of_its_units():
    """k_B T_D = ħc (6π²n)^(1/3): the density n that follows is that of SiO₂ units, a third of the atoms."""
    silica = materials.SILICA
    k = constants.k * silica.debye_temperature / (constants.hbar * silica.sound_velocity)
    density_of_units = k**3 / (6 * math.pi**2)
    mass = (28.085 + 2 * 15.999) * constants.atomic_mass
    density_of_formula_units = silica.density / mass
    assert density_of_units / density_of_formula_units == pytest.approx(1.0, rel=0.02)
    # 4.4 is the ratio Lubchenko and Wolynes print
    assert silica.glass_temperature / silica.debye_temperature == pytest.approx(4.4, abs=0.05)


def test_silicate_fit():
    """By hand at 10 K, a plateau between 4 and 20 K, and the handbook's order at room temperature."""
    by_hand = -0.203297 - 0.0011472 + 0.0225793 - 0.143084 + 0.341742 + 0.1101 - 0.00280491 + 3.35837e-5 - 1.40021e-7
    assert materials.silicate_conductivity(10.0) == pytest.approx(by_hand, rel=1e-12)
    plateau = materials.silicate_conductivity(np.linspace(4.0, 20.0, 50))
    assert plateau.max() / plateau.min() < 1.5
    assert 1.0 < materials.silicate_conductivity(273.0) < 1.6
    for T in (3.9, 301.0, math.nan):
        with pytest.raises(InputError, match="T"):
            materials.silicate_conductivity(T)


def test_quoted_facts_name_their_reference():
    facts = materials.quoted_facts()
    assert len(facts) >= 10
    keys = set(re.findall(r"@\w+\{(\w+),", BIBLIOGRAPHY.read_text(encoding="utf8")))
    for fact in facts:
        assert all((fact.material, fact.quantity, fact.value, fact.place))
        assert fact.reference in keys, fact.reference
