import dataclasses
import math

import numpy as np
import pytest

from lowtglass.errors import InputError
from lowtglass.kuhn_horstmann import Glass


def test_defaults_are_those_of_the_papers():
    glass = Glass(4)
    assert (glass.gamma, glass.J0, glass.a2, glass.a4, glass.hbar, glass.mass) == (4.0, 0.0, 1.0, 1.0, 1.0, 1.0)
    assert glass.kinetic == 0.5
    assert Glass(4.0, hbar=2.0, mass=5.0).kinetic == pytest.approx(0.4)


def test_frozen_and_hashable():
    glass = Glass(4.0, 1.5)
    with pytest.raises(dataclasses.FrozenInstanceError):
        glass.gamma = 3.0
    assert len({glass, Glass(np.float64(4), 1.5), Glass(4.0, 1.6)}) == 2


def test_potential_is_the_effective_potential():
    glass = Glass(4.0, 0.0, 1.5, 2.5)
    C, h = np.array([[0.3], [0.9]]), np.array([-1.0, 0.0, 2.0])
    coefficients = glass.potential(C, h)
    assert coefficients.shape == (2, 3, 4)
    v = np.linspace(-3.0, 3.0, 7)
    on_site = (1.5 * v**2 / 2.0 + 2.5 * v**4 / 24.0) / 4.0
    for i in range(2):
        for j in range(3):
            ours = sum(coefficients[i, j, n] * v ** (n + 1) for n in range(4))
            np.testing.assert_allclose(ours, -h[j] * v - 0.5 * C[i, 0] * v**2 + on_site, rtol=1e-13, atol=1e-13)
    assert glass.potential(0.3, 1.0).shape == (4,)


@pytest.mark.parametrize("name", ["gamma", "J0", "a2", "a4", "hbar", "mass"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, "1", None, [1.0, 2.0], True, 1j])
def test_parameters_are_finite_numbers(name, value):
    with pytest.raises(InputError, match=rf"^{name} = "):
        Glass(**{"gamma": 1.0, name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("gamma", 0.0),
        ("gamma", -1.0),
        ("gamma", 1e-320),
        ("gamma", 1e300),
        ("J0", -1e-9),
        ("J0", 2e12),
        ("a4", 0.0),
        ("a4", -1.0),
        ("hbar", 0.0),
        ("mass", 0.0),
    ],
)
def test_parameters_are_in_range(name, value):
    with pytest.raises(InputError, match=rf"^{name} = ") as caught:
        Glass(**{"gamma": 1.0, name: value})
    assert caught.value.argument == name


@pytest.mark.parametrize(
    ("argument", "C", "h"),
    [
        ("C", math.nan, 1.0),
        ("h", 1.0, math.inf),
        ("h", 1.0, []),
        ("C", "1", 1.0),
        ("h", np.ones(2), np.ones(3)),
    ],
)
def test_potential_checks_its_arguments(argument, C, h):
    with pytest.raises(InputError, match=rf"^{argument} = "):
        Glass(4.0).potential(C, h)
