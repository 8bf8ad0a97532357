"""Kühn and Horstmann 1997 and 1998: every entry of the ledger."""

import dataclasses
import importlib
import math
import tomllib
from importlib import resources

import numpy as np
import pytest
from scipy import stats

from lowtglass import claims
from lowtglass.claims import Finding, evaluate, judge, load
from lowtglass.claims import _dynamics as dynamics
from lowtglass.claims import _kuhn_horstmann as ours
from lowtglass.claims import _local_randomness as local_randomness
from lowtglass.claims import _measurements as measurements
from lowtglass.claims import _outlook as outlook
from lowtglass.claims import _symmetry_breaking as symmetry_breaking
from lowtglass.kuhn_horstmann import Glass, heat_capacity, replica_symmetric

PAPERS = ("KuhnHorstmann1997", "KuhnHorstmann1998")
FIGURES = {
    "KuhnHorstmann1997": ("Fig. 1a", "Fig. 1b", "Fig. 2"),
    "KuhnHorstmann1998": ("Fig. 1a", "Fig. 1b", "Fig. 2", "Fig. 3a", "Fig. 3b", "Fig. 4a", "Fig. 4b"),
}
PRINTED = {
    "kh97-fig2-bump": 6e-3,
    "kh97-fig2-silica": 8.6,
    "kh97-p0": 6e-3,
    "kh97-p0-unit": 6e-3,
    "kh97-p0-excess": 3.0,
    "kh98-fig4b": 1.1,
}
ENTRIES = [claim for paper in PAPERS for claim in load(paper)]
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
        if isinstance(number, float) and claim.id == "kh97-p0-excess":
            continue  # a number of decades: a wrong factor is added, below
        assert judge(claim, number).verdict == "differs"


def test_two_more_decades_differ():
    value = evaluate("kh97-p0-excess").value
    assert judge("kh97-p0-excess", value + 2).verdict == "differs"
    assert judge("kh97-p0-excess", value - 2).verdict == "differs"


@pytest.mark.parametrize("claim", [claim for claim in ENTRIES if claim.callable], ids=named)
def test_callables_exist(claim):
    module, _, function = claim.callable.partition(":")
    found = getattr(importlib.import_module(f"lowtglass.claims._{module}"), function)
    assert callable(found) and found.__doc__ and not function.startswith("_")


def test_every_function_serves_an_entry():
    used = {claim.callable for claim in ENTRIES if claim.callable}
    public = {
        f"{module.__name__.rpartition('._')[2]}:{name}"
        for module in (ours, measurements, symmetry_breaking, local_randomness, dynamics, outlook)
        for name, value in vars(module).items()
        if callable(value) and not name.startswith("_") and getattr(value, "__module__", "") == module.__name__
    }
    assert public == used


@pytest.mark.parametrize("paper", PAPERS)
def test_every_figure_has_an_entry(paper):
    places = {claim.place for claim in load(paper)}
    assert set(FIGURES[paper]) <= places
    assert {place for place in places if place.startswith("Fig.")} <= set(FIGURES[paper])


def test_printed_numbers_are_the_papers():
    for id, printed in PRINTED.items():
        (claim,) = (claim for claim in ENTRIES if claim.id == id)
        assert claim.printed == printed


@pytest.mark.parametrize("claim", [c for c in ENTRIES if c.expected_verdict in ("open", "needs data")], ids=named)
def test_open_entries_say_what_is_missing(claim):
    assert len(claim.missing.split()) >= 4


def test_statements_of_what_differs_carry_a_reason():
    differing = [claim for claim in ENTRIES if claim.expected_verdict == "differs"]
    assert differing and all(len(claim.reason.split()) >= 8 for claim in differing)


def test_the_file_has_no_entry_of_another_shape():
    text = resources.files(claims).joinpath("claims.toml").read_text(encoding="utf-8")
    fields = {field.name for field in dataclasses.fields(claims.Claim)}
    entries = tomllib.loads(text)["claim"]
    assert len(entries) == len(load()) >= 90
    assert all(set(entry) <= fields for entry in entries)


def test_share_of_unstable_modes_against_a_random_matrix():
    # The closed form behind the entry on unstable modes, against the spectrum of one large sample.
    n = 1200
    rng = np.random.default_rng(0)
    J = rng.normal(size=(n, n)) / math.sqrt(n)
    eigenvalues = np.linalg.eigvalsh(np.triu(J, 1) + np.triu(J, 1).T)
    detail = ours.unstable_modes().detail
    printed = [float(number.rstrip(".")) for number in detail.split("modes ")[1].split(", ")]
    sampled = [float(np.mean(eigenvalues > 1 / gamma)) for gamma in (0.5, 1, 2, 4, 10, 100)]
    assert printed == pytest.approx(sampled, abs=4e-3)


def test_conversion_of_the_measured_specific_heat():
    # 1 µJ g⁻¹K⁻² of atoms of 20 g/mol against (π²/6) n k_B² per atom, in SI units throughout.
    boltzmann, avogadro = 1.380649e-23, 6.02214076e23
    c1 = math.sqrt(0.7e-6 * 5e-6)
    per_atom = c1 * 20.0 / avogadro
    density = per_atom / (math.pi**2 / 6 * boltzmann**2)
    detail = ours.flat_density_excess().detail
    assert float(detail.split("= ")[2].split(" per")[0]) == pytest.approx(density * boltzmann, rel=0.05)


def test_lowest_pairs_of_random_sites_are_the_cold_heat_capacity():
    # The sum behind the entries on local randomness, against all levels at all fields and sites.
    glass = Glass(stats.gamma(9.0, scale=4.0 / 9.0))
    T = np.array([1e-3, 4e-3])
    all_levels = heat_capacity(replica_symmetric(glass), T).heat_capacity
    np.testing.assert_allclose(local_randomness._heat_capacity(glass, T), all_levels, rtol=1e-3)
