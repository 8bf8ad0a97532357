import dataclasses
import math

import numpy as np
import pytest
from scipy.special import gamma as gamma_function

from lowtglass.errors import InputError
from lowtglass.kuhn_horstmann import Glass, glass_temperature, phase_diagram, replica_symmetric


@pytest.fixture(scope="module")
def diagram():
    return phase_diagram(points=41)


def test_onset_of_double_wells_in_closed_form(diagram):
    """At the onset v* is the cube root of the field: C = ⟨|z|^(4/3)⟩/√⟨|z|^(2/3)⟩ and 1/γ = C."""

    def moment(s):
        return 2.0 ** (s / 2.0) * gamma_function(0.5 * (s + 1.0)) / math.sqrt(math.pi)

    C = moment(4.0 / 3.0) / math.sqrt(moment(2.0 / 3.0))
    assert diagram.amorphous_without_double_wells == pytest.approx((0.5, 1.0 / C), rel=1e-13)
    assert diagram.double_well_corner == pytest.approx((1.0 / C, C), rel=1e-13)
    assert diagram.double_wells.inverse_gamma[0] == pytest.approx(C, rel=1e-13)
    assert diagram.multicritical == (1.0, 2.0)
    for gamma, double in [(1.0 / C * (1.0 - 1e-6), False), (1.0 / C * (1.0 + 1e-6), True)]:
        state = replica_symmetric(Glass(gamma))
        assert state.double_wells is double
        assert state.branch == "glass"


def test_glass_temperatures(diagram):
    for gamma, temperature in zip(diagram.gamma, diagram.glass_temperature, strict=True):
        assert temperature == pytest.approx(glass_temperature(Glass(gamma)), rel=1e-13)
    assert np.all(np.diff(diagram.glass_temperature[diagram.gamma >= 0.5]) > 0.0)
    assert np.all(diagram.glass_temperature[diagram.gamma <= 0.5] == 0.0)


def branch(J0, inverse_gamma):
    return replica_symmetric(Glass(1.0 / inverse_gamma, J0)).branch


def test_boundaries_separate_the_phases(diagram):
    for J0, y in zip(*diagram.ergodic_polarised, strict=True):
        assert y == pytest.approx(J0 + 1.0 / J0, rel=1e-14)
        if J0 > 1.0:
            assert branch(J0, y * (1.0 + 1e-9)) == "ergodic"
            assert branch(J0, y * (1.0 - 1e-9)) == "polarised"
    for J0, y in zip(*diagram.glass_polarised, strict=True):
        if 0.0 < y < 2.0:
            assert branch(J0 * (1.0 - 1e-9), y) == "glass"
            assert branch(J0 * (1.0 + 1e-9), y) == "polarised"
    assert branch(0.7, 2.0 + 1e-9) == "ergodic"
    assert branch(0.7, 2.0 - 1e-9) == "glass"
    assert np.all(np.diff(diagram.glass_polarised.J0) > 0.0)


def test_at_line(diagram):
    line = diagram.at
    assert (line.J0[0], line.inverse_gamma[0]) == diagram.multicritical
    assert np.all(np.diff(line.J0) > 0.0)
    assert np.all(np.diff(line.inverse_gamma) < 0.0)
    assert line.J0[-1] > 2.9
    for J0, y in zip(line.J0[1:], line.inverse_gamma[1:], strict=True):
        state = replica_symmetric(Glass(1.0 / y, J0))
        assert state.branch == "polarised"
        assert abs(state.at_stability) < 1e-10
        assert replica_symmetric(Glass(1.0 / (y + 1e-3), J0)).at_stability > 0.0
        assert replica_symmetric(Glass(1.0 / (y - 1e-3), J0)).at_stability < 0.0


def test_at_line_starts_parabolic():
    """From ⟨1/U″²⟩ and the onset expanded together: J₀ − 1 ∝ (2 − 1/γ)² near the multicritical point."""
    line = phase_diagram(points=20001).at
    J0, y = line.J0[3:40], line.inverse_gamma[3:40]
    ratio = (J0 - 1.0) / (2.0 - y) ** 2
    assert np.ptp(ratio) < 0.05 * ratio[0]
    assert ratio[0] > 1.0 / 3.0  # to the right of the boundary of the glass, J₀ − 1 = δ²/3


def test_double_well_line(diagram):
    line = diagram.double_wells
    assert line.J0[0] == 0.0
    assert np.all(np.diff(line.J0) > 0.0)
    for J0, y in zip(line.J0, line.inverse_gamma, strict=True):
        above, below = (replica_symmetric(Glass(1.0 / (y * (1.0 + x)), J0)) for x in (1e-7, -1e-7))
        assert not above.double_wells
        assert below.double_wells
        assert below.branch == ("polarised" if diagram.double_well_corner[0] < J0 - 1e-6 else "glass")
    beyond = phase_diagram(J0_max=100.0, points=50).double_wells
    assert beyond.inverse_gamma[-1] * beyond.J0[-1] == pytest.approx(1.0 / 3.0, rel=1e-3)


def test_at_line_approaches_the_onset_of_double_wells():
    diagram = phase_diagram(J0_max=6.0, points=61)
    J0 = diagram.at.J0
    onset = np.interp(J0, diagram.double_wells.J0, diagram.double_wells.inverse_gamma)
    assert np.all(diagram.at.inverse_gamma - onset > -1e-3)
    assert abs(diagram.at.inverse_gamma[-1] - onset[-1]) < 1e-6


def test_parameters_of_the_on_site_potential():
    one, other = phase_diagram(points=11), phase_diagram(points=11, a2=2.0, a4=3.0)
    for name in ("ergodic_glass", "ergodic_polarised", "glass_polarised", "at", "double_wells"):
        np.testing.assert_allclose(getattr(other, name).J0, getattr(one, name).J0, rtol=1e-13)
        np.testing.assert_allclose(
            getattr(other, name).inverse_gamma, getattr(one, name).inverse_gamma / 2.0, rtol=1e-13
        )
    for gamma, temperature in zip(other.gamma, other.glass_temperature, strict=True):
        assert temperature == pytest.approx(glass_temperature(Glass(gamma, 0.0, 2.0, 3.0)), rel=1e-13)


def test_frozen(diagram):
    with pytest.raises(dataclasses.FrozenInstanceError):
        diagram.gamma = None


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("a2", 0.0),
        ("a2", -1.0),
        ("a4", 0.0),
        ("gamma_max", 0.0),
        ("gamma_max", math.nan),
        ("J0_max", 1.0),
        ("J0_max", math.inf),
        ("J0_max", "3"),
        ("points", 7),
        ("points", 20.5),
    ],
)
def test_arguments_are_checked(argument, value):
    with pytest.raises(InputError, match=rf"^{argument} = "):
        phase_diagram(**{argument: value})
