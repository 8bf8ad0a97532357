"""Lubchenko and Wolynes 2004, Sec. VI: what the verdicts rest on."""

import pytest

from lowtglass import claims


def test_share_of_the_heat_capacity_is_half_the_gruneisen_parameter():
    """T A'' = A' for an attraction that goes as T², against γ = −2A'/c_V; 6/π² relates the two heat capacities."""
    gamma = claims.evaluate("lw04-gruneisen-rr-direct").value
    share = claims.evaluate("lw04-interaction-heat-direct").value
    assert share == pytest.approx(-gamma / 2 * 0.6079, rel=0.02)


def test_expansion_of_silica_is_the_gruneisen_parameter_times_heat_capacity():
    """α = γc_V/3K from (76) alone, with c_V = T/T_gξ³ of domains of 200 beads."""
    gamma = claims.evaluate("lw04-gruneisen-rr").value
    modulus = 1e9 * claims.evaluate("lw04-compressibility").value
    a = 3.57e-10
    expected = gamma * 1.380649e-23 / 1500 / (200 * a**3) / (3 * modulus)
    assert claims.evaluate("lw04-alpha-silica").value == pytest.approx(1e9 * expected, rel=0.01)
