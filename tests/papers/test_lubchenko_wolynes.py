"""Lubchenko and Wolynes 2004: every entry of the ledger."""

import importlib
import math

import pytest

from lowtglass.claims import Finding, evaluate, judge, load

# The modules of lowtglass.claims that serve this paper.
MODULES = [
    "mosaic_ripplons",
]
ENTRIES = list(load("LubchenkoWolynes2004"))
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
        case _:
            wrong = [2 * value, value / 2, -value]
    for number in wrong:
        assert judge(claim, number).verdict == "differs"


@pytest.mark.parametrize("module", MODULES)
def test_every_function_serves_an_entry(module):
    used = {claim.callable for claim in ENTRIES if claim.callable and claim.callable.startswith(f"{module}:")}
    found = importlib.import_module(f"lowtglass.claims._{module}")
    public = {
        f"{module}:{name}"
        for name, value in vars(found).items()
        if callable(value) and not name.startswith("_") and getattr(value, "__module__", "") == found.__name__
    }
    assert public == used
    assert sorted(found.__all__) == sorted(name.partition(":")[2] for name in public)
    assert all(getattr(found, name).__doc__ for name in found.__all__)


def test_every_entry_is_served_by_a_module_of_the_list():
    assert {claim.callable.partition(":")[0] for claim in ENTRIES if claim.callable} <= set(MODULES)


@pytest.mark.parametrize("claim", [c for c in ENTRIES if c.expected_verdict in ("open", "needs data")], ids=named)
def test_open_entries_say_what_is_missing(claim):
    assert len(claim.missing.split()) >= 4


def test_statements_of_what_differs_carry_a_reason():
    differing = [claim for claim in ENTRIES if claim.expected_verdict == "differs"]
    assert differing
    for claim in differing:
        assert len(evaluate(claim).reason.split()) >= 8
