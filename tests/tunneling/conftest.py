"""Models for the tests: reduced units, and silica in SI."""

import pytest

from lowtglass import tunneling
from lowtglass.phonons import Branch, DebyePhonons


@pytest.fixture(scope="session")
def reduced():
    """Two branches, ħ = k_B = 1, weak coupling: frequencies of phonons far above the relaxation rates."""
    solid = DebyePhonons((Branch(1.7), Branch(1.0, 2)), 1.3, debye_frequency=1e4)
    return tunneling.TunnelingModel(0.02, (0.3, 0.2), solid)


@pytest.fixture(scope="session")
def silica():
    return tunneling.silica()
