"""The machinery of the ledger: reading, judging and laying out."""

import dataclasses
import math

import pytest

from lowtglass import claims
from lowtglass.claims import Claim, Finding, Verdict, evaluate, judge, load, table
from lowtglass.errors import InputError


def entry(comparison, **values):
    return Claim(
        id="x", paper="P", place="Fig. 1", statement="s", expected_verdict="agrees", comparison=comparison, **values
    )


@pytest.mark.parametrize(
    ("claim", "value", "verdict", "deviation"),
    [
        (entry("relative", printed=2.0, tolerance=0.1), 2.1, "agrees", 0.05),
        (entry("relative", printed=2.0, tolerance=0.1), 2.3, "differs", 0.15),
        (entry("relative", printed=-2.0, tolerance=0.1), 2.0, "differs", -2.0),
        (entry("relative", reference=2.0, tolerance=0.1), 1.9, "agrees", -0.05),
        (entry("absolute", printed=0.0, tolerance=0.5), -0.5, "agrees", -0.5),
        (entry("exponent", printed=1.0, tolerance=0.02), 1.03, "differs", 0.03),
        (entry("decades", printed=10.0, tolerance=1.0), 99.0, "agrees", math.log10(9.9)),
        (entry("decades", printed=10.0, tolerance=1.0), 101.0, "differs", math.log10(10.1)),
        (entry("at_least", bound=3.0), 3.0, "agrees", 0.0),
        (entry("at_least", bound=3.0), 2.5, "differs", -0.5),
        (entry("at_most", bound=3.0), 2.5, "agrees", -0.5),
        (entry("at_most", bound=3.0), 3.5, "differs", 0.5),
    ],
)
def test_comparisons(claim, value, verdict, deviation):
    found = judge(claim, value)
    assert found.verdict == verdict
    assert found.value == value
    assert found.deviation == pytest.approx(deviation)


@pytest.mark.parametrize("comparison", ["relative", "absolute", "exponent", "decades", "at_least", "at_most"])
def test_nan_never_agrees(comparison):
    claim = entry(comparison, printed=1.0, tolerance=10.0, bound=0.0)
    assert judge(claim, math.nan).verdict == "differs"


def test_decades_of_the_wrong_sign_differ():
    assert judge(entry("decades", printed=10.0, tolerance=5.0), -10.0).verdict == "differs"
    assert judge(entry("decades", printed=10.0, tolerance=5.0), 0.0).verdict == "differs"


def test_printed_takes_precedence_over_reference():
    assert judge(entry("relative", printed=1.0, reference=5.0, tolerance=0.1), 5.0).verdict == "differs"


def test_boolean_follows_the_finding():
    claim = entry("boolean")
    assert judge(claim, Finding(1.0, holds=True)).verdict == "agrees"
    assert judge(claim, Finding(1.0, holds=False)).verdict == "differs"
    for value in (1.0, Finding(1.0)):
        with pytest.raises(InputError, match="holds"):
            judge(claim, value)


def test_detail_and_reason_are_both_told():
    claim = dataclasses.replace(entry("at_least", bound=0.0), reason="A remark.")
    assert judge(claim, Finding(1.0, "A number.")).reason == "A number. A remark."


def test_unjudged_entries_keep_their_status():
    claim = Claim("x", "P", "Fig. 1", "s", "open", missing="Dynamics.")
    assert judge(claim, None) == Verdict(claim, None, "open", None, "Dynamics.")
    assert judge(claim, 3.0).value == 3.0


def test_a_compared_entry_needs_a_number():
    with pytest.raises(InputError, match="value"):
        judge(entry("at_least", bound=0.0), None)
    for value in ("1", True, [1, 2]):
        with pytest.raises(InputError, match="value"):
            judge(entry("at_least", bound=0.0), value)


def test_load_selects():
    everything = load()
    by_paper = [load(paper) for paper in dict.fromkeys(claim.paper for claim in everything)]
    assert sum(map(len, by_paper)) == len(everything)
    parts = load("KuhnHorstmann1997", "Fig. 1")
    assert {claim.place for claim in parts} == {"Fig. 1a", "Fig. 1b"}
    assert {claim.place for claim in load(place="Fig. 1a")} == {"Fig. 1a"}


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("Kuhn1997",), "paper"),
        ((3,), "paper"),
        (("KuhnHorstmann1997", "Fig. 9"), "place"),
        ((None, ""), "place"),
        ((None, 1), "place"),
    ],
)
def test_load_refuses(arguments, name):
    with pytest.raises(InputError) as caught:
        load(*arguments)
    assert caught.value.argument == name


def test_unknown_ids_are_refused():
    for claim in ("no-such-id", None, 3):
        for function in (evaluate, lambda claim: judge(claim, 1.0)):
            with pytest.raises(InputError) as caught:
                function(claim)
            assert caught.value.argument == "claim"
    for ids in (["kh97-eq1", "no-such-id"], "kh97-eq1"):
        with pytest.raises(InputError) as caught:
            table(ids=ids)
        assert caught.value.argument == "ids"


def test_table_layout(monkeypatch):
    ids = ["x", "kh97-eq1"]
    unanswered = Claim("x", "P", "Fig. 1", "s", "open", missing="Dynamics.")
    entries = (unanswered, *load())
    monkeypatch.setattr(claims, "_ledger", lambda: entries)
    frame = table(ids=ids)
    assert list(frame.index) == ids
    assert list(frame.columns) == ["place", "statement", "printed", "ours", "tolerance", "verdict"]
    assert all(isinstance(cell, str) for cell in frame.to_numpy().ravel())
    assert list(frame["verdict"]) == ["open", "schematic"]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (0.00600, "0.006"),
        (-0.5, "-0.5"),
        (59.597, "59.6"),
        (1433.3, "1433"),
        (999.99, "1000"),
        (2.16e-4, "2.16·10⁻⁴"),
        (1e-5, "10⁻⁵"),
        (-3e7, "-3·10⁷"),
    ],
)
def test_rounding(number, text):
    assert claims._rounded(number) == text


GOOD = {
    "id": "x",
    "paper": "P",
    "place": "Fig. 1",
    "statement": "s",
    "expected_verdict": "agrees",
    "comparison": "relative",
    "printed": 1.0,
    "tolerance": 0.1,
    "tolerance_reason": "r",
    "callable": "m:f",
}


def test_a_complete_entry_is_accepted():
    assert claims._parse(GOOD).printed == 1.0


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"comparison": "close"}, "unknown comparison"),
        ({"comparison": None}, "needs a comparison"),
        ({"expected_verdict": "open"}, "cannot be"),
        ({"callable": None}, "callable"),
        ({"tolerance_reason": ""}, "reason for its tolerance"),
        ({"expected_verdict": "differs"}, "without a reason"),
        ({"printed": None}, "printed value"),
        ({"tolerance": None}, "tolerance"),
        ({"tolerance": 0.0}, "without meaning"),
        ({"printed": 0.0}, "without meaning"),
        ({"comparison": "at_most"}, "bound"),
        ({"comparison": None, "expected_verdict": "open"}, "missing"),
    ],
)
def test_incomplete_entries_are_refused(change, complaint):
    with pytest.raises(ValueError, match=complaint):
        claims._parse(GOOD | change)
