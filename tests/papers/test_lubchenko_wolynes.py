"""Lubchenko and Wolynes 2004: every entry of the ledger."""

import importlib
import math

import pytest

from lowtglass.claims import Finding, evaluate, judge, load

PAPER = "LubchenkoWolynes2004"
# One line for each chapter of part 4.
MODULES = [
    "_mosaic_plateau",
]
FIGURES = [
    *("Fig. 16", "Fig. 17", "Fig. 18", "Fig. 19", "Fig. 20"),
]
PRINTED = {
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
