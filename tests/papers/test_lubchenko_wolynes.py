"""Lubchenko and Wolynes 2004: every entry of the ledger."""

import importlib
import math

import pytest

from lowtglass.claims import Finding, evaluate, judge, load

PAPER = "LubchenkoWolynes2004"
# One line for each chapter of part 4.
MODULES = [
    "_measurements",
    "_mosaic_transition",
    "_mosaic_two_level",
    "_mosaic_time",
    "_mosaic_ripplons",
    "_mosaic_plateau",
]
FIGURES = [
    *("Fig. 1", "Fig. 2", "Fig. 3", "Fig. 4", "Fig. 5", "Fig. 6", "Fig. 7", "Fig. 8"),
    *("Fig. 9", "Fig. 10"),
    "Fig. 11",
    *("Fig. 12", "Fig. 13", "Fig. 14", "Fig. 15", "Fig. 23"),
    *("Fig. 16", "Fig. 17", "Fig. 18", "Fig. 19", "Fig. 20"),
]
PRINTED = {
    "lw04-fig1-150": 150.0,
    "lw04-fragility": 32.0,
    "lw04-hour": 1e17,
    "lw04-fusion-hard-spheres": 0.7,
    "lw04-fusion-lennard-jones": 0.7,
    "lw04-size": 190.0,
    "lw04-length": 5.8,
    "lw04-entropy": 0.82,
    "lw04-typical-barrier": 35.0,
    "lw04-nonlinearity": 19.0,
    "lw04-transition-size": 14.0,
    "lw04-highest-barrier": 26.0,
    "lw04-eq14-coefficient": 18.0,
    "lw04-zero-barriers": 3e-7,
    "lw04-density-silica": 6e45,
    "lw04-phonon-wavelength": 1e3,
    "lw04-cohesion-energy": 10.0,
    "lw04-strain-silica": 0.05,
    "lw04-mean-free-path": 70.0,
    "lw04-factor-two": 2.0,
    "lw04-measured-strength": 1e-2,
    "lw04-rate-10mK": 1e3,
    "lw04-fastest-time": 2.0,
    "lw04-barrier-frequency": 1.6,
    "lw04-spectrum-coefficient": 1.34,
    "lw04-lowest-ripplon": 0.15,
    "lw04-lowest-kelvin": 51.0,
    "lw04-debye-bead": 234.0,
    "lw04-debye-domain": 4.6e4,
    "lw04-sdm-zero": 1.08,
    "lw04-sdm-percent": 8.0,
    "lw04-sdm-modes": 96.0,
    "lw04-sdm-infinity": 96.0,
    "lw04-eq48-amplitude": 150.0,
}
ENTRIES = list(load(PAPER))
JUDGED = [claim for claim in ENTRIES if claim.comparison is not None]


def named(claim):
    return claim.id


@pytest.mark.parametrize("claim", ENTRIES, ids=named)
def test_computed_verdict_is_the_recorded_one(claim):
    found = evaluate(claim)
    assert found.verdict == claim.expected_verdict, f"ours {found.value}, deviation {found.deviation}: {found.reason}"


@pytest.mark.parametrize("claim", JUDGED, ids=named)
def test_every_verdict_has_its_number(claim):
    found = evaluate(claim)
    assert found.value is not None and math.isfinite(found.value)
    assert (found.deviation is None) == (claim.comparison == "boolean")


@pytest.mark.parametrize("claim", [claim for claim in JUDGED if claim.expected_verdict == "agrees"], ids=named)
def test_a_wrong_number_differs(claim):
    value = evaluate(claim).value
    match claim.comparison:
        case "boolean":
            wrong = [Finding(value, holds=False)]
        case "at_least":
            wrong = [claim.bound - 1e-9 * max(1.0, abs(claim.bound)), -math.inf, math.nan]
        case "at_most":
            wrong = [claim.bound + 1e-9 * max(1.0, abs(claim.bound)), math.inf, math.nan]
        case "decades":
            wrong = [10 * value, value / 10, -value]
        case "exponent":
            wrong = [value + 0.5, value - 0.5]
        case _:
            wrong = [2 * value, value / 2, -value]
    for number in wrong:
        assert judge(claim, number).verdict == "differs"


@pytest.mark.parametrize("claim", [claim for claim in ENTRIES if claim.callable], ids=named)
def test_callables_exist(claim):
    module, _, function = claim.callable.partition(":")
    assert f"_{module}" in MODULES
    found = getattr(importlib.import_module(f"lowtglass.claims._{module}"), function)
    assert callable(found) and found.__doc__ and not function.startswith("_")


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("_mosaic")])
def test_every_function_serves_an_entry(name):
    used = {claim.callable for claim in ENTRIES if claim.callable}
    module = importlib.import_module(f"lowtglass.claims.{name}")
    public = {
        f"{name[1:]}:{function}"
        for function, value in vars(module).items()
        if callable(value) and not function.startswith("_") and getattr(value, "__module__", "") == module.__name__
    }
    assert public and public <= used


def test_every_figure_has_an_entry():
    places = {claim.place for claim in ENTRIES}
    assert {place for place in places if place.startswith("Fig.")} == set(FIGURES)


def test_printed_numbers_are_the_papers():
    printed = {claim.id: claim.printed for claim in ENTRIES}
    assert {id: printed[id] for id in PRINTED} == PRINTED


@pytest.mark.parametrize("claim", [c for c in ENTRIES if c.expected_verdict in ("open", "needs data")], ids=named)
def test_open_entries_say_what_is_missing(claim):
    assert len(claim.missing.split()) >= 4


def test_statements_of_what_differs_carry_a_reason():
    differing = [claim for claim in ENTRIES if claim.expected_verdict == "differs"]
    assert differing and all(len(claim.reason.split()) >= 8 for claim in differing)
