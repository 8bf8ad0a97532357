"""Every entry of the ledger, of every paper; tests of single evaluations stand in the other files of this folder."""

import dataclasses
import importlib
import math
import pkgutil
import tomllib
from importlib import resources

import pytest

from lowtglass import claims
from lowtglass.claims import Finding, evaluate, judge, load

FIGURES = {
    "KuhnHorstmann1997": {"Fig. 1a", "Fig. 1b", "Fig. 2"},
    "KuhnHorstmann1998": {"Fig. 1a", "Fig. 1b", "Fig. 2", "Fig. 3a", "Fig. 3b", "Fig. 4a", "Fig. 4b"},
    "LubchenkoWolynes2004": {f"Fig. {n}" for n in range(1, 24)},
}
# Read from the papers a second time, so that a slip in the ledger shows.
PRINTED = {
    "kh97-fig2-bump": 6e-3,
    "kh97-fig2-silica": 8.6,
    "kh97-p0": 6e-3,
    "kh97-p0-unit": 6e-3,
    "kh97-p0-excess": 3.0,
    "kh98-fig4b": 1.1,
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
# Numbers that are logarithms or exponents already: a wrong one is off by a difference, not by a factor.
SHIFTED = {"kh97-p0-excess": 2.0}
ENTRIES = load()
JUDGED = [claim for claim in ENTRIES if claim.comparison is not None]
MODULES = sorted(module.name for module in pkgutil.iter_modules(claims.__path__))


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
        case _ if claim.id in SHIFTED:
            wrong = [value + SHIFTED[claim.id], value - SHIFTED[claim.id]]
        case _:
            wrong = [2 * value, value / 2, -value]
    for number in wrong:
        assert judge(claim, number).verdict == "differs"


@pytest.mark.parametrize("name", MODULES)
def test_every_function_serves_an_entry(name):
    module = importlib.import_module(f"lowtglass.claims.{name}")
    public = {
        function: value
        for function, value in vars(module).items()
        if callable(value) and not function.startswith("_") and getattr(value, "__module__", "") == module.__name__
    }
    used = {claim.callable.partition(":")[2] for claim in ENTRIES if (claim.callable or "").startswith(f"{name[1:]}:")}
    assert public and set(public) == used
    assert all(value.__doc__ for value in public.values())


@pytest.mark.parametrize("paper", dict.fromkeys(claim.paper for claim in ENTRIES))
def test_every_figure_has_an_entry(paper):
    assert {claim.place for claim in load(paper) if claim.place.startswith("Fig.")} == FIGURES[paper]


@pytest.mark.parametrize("id", PRINTED)
def test_printed_numbers_are_the_papers(id):
    (claim,) = (claim for claim in ENTRIES if claim.id == id)
    assert claim.printed == PRINTED[id]


@pytest.mark.parametrize("claim", [c for c in ENTRIES if c.expected_verdict in ("open", "needs data")], ids=named)
def test_open_entries_say_what_is_missing(claim):
    assert len(claim.missing.split()) >= 4


@pytest.mark.parametrize("claim", [c for c in ENTRIES if c.expected_verdict == "differs"], ids=named)
def test_statements_of_what_differs_carry_a_reason(claim):
    assert len(claim.reason.split()) >= 8


def test_the_file_has_no_entry_of_another_shape():
    text = resources.files(claims).joinpath("claims.toml").read_text(encoding="utf-8")
    fields = {field.name for field in dataclasses.fields(claims.Claim)}
    entries = tomllib.loads(text)["claim"]
    assert len(entries) == len(ENTRIES) >= 250
    assert all(set(entry) <= fields for entry in entries)
