"""Il'in, Karpov and Parshin 1987: every entry of the ledger."""

import math

import pytest

from lowtglass.claims import Finding, _sea_gull, evaluate, judge, load

PAPER = "IlinKarpovParshin1987"
PRINTED = {
    "ikp87-double-well": 9.0 / 32.0,
    "ikp87-constant": 2.0,
    "ikp87-eq12-power": 4.0,
    "ikp87-w": 10.0,
    "ikp87-ed": 3.0,
    "ikp87-fifth": 5.0,
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


@pytest.mark.parametrize("claim", [claim for claim in JUDGED if claim.expected_verdict == "agrees"], ids=named)
def test_a_wrong_number_differs(claim):
    value = evaluate(claim).value
    match claim.comparison:
        case "boolean":
            wrong = [Finding(value, holds=False)]
        case "at_least":
            wrong = [claim.bound * (1.0 - 1e-9), math.nan]
        case "at_most":
            wrong = [claim.bound * (1.0 + 1e-9), math.nan]
        case "decades":
            wrong = [10.0 * value, value / 10.0, -value]
        case "exponent":
            wrong = [value + 0.5, value - 0.5]
        case _:
            wrong = [2.0 * value, value / 2.0, -value]
    for number in wrong:
        assert judge(claim, number).verdict == "differs"


def test_every_function_serves_an_entry():
    used = {claim.callable for claim in ENTRIES if claim.callable}
    assert used == {f"sea_gull:{name}" for name in _sea_gull.__all__}


def test_figures_and_printed_numbers():
    places = {claim.place for claim in ENTRIES if claim.place.startswith("Fig.")}
    assert places == {"Fig. 1a", "Fig. 1b", "Fig. 2"}
    printed = {claim.id: claim.printed for claim in ENTRIES if claim.printed is not None}
    assert printed == pytest.approx(PRINTED)
    assert all(len(claim.missing.split()) >= 4 for claim in ENTRIES if claim.expected_verdict in ("open", "needs data"))
    assert all(len(claim.reason.split()) >= 4 for claim in ENTRIES if claim.expected_verdict == "differs")
