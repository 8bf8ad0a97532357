"""The tables of finite samples in the book: complete, consistent, and reproduced where they begin."""

import csv
import importlib.util
import itertools
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
SPEC = importlib.util.spec_from_file_location("finite_size_data", ROOT / "tools" / "finite_size_data.py")
script = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(script)


def table(name):
    with (script.FOLDER / name).open(encoding="utf8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {column: np.array([float(row[column]) for row in rows]) for column in rows[0]}


@pytest.fixture(scope="module")
def samples():
    return table("finite-size.csv")


@pytest.fixture(scope="module")
def descents():
    return table("finite-size-descents.csv")


def test_every_sample_is_there(samples, descents):
    expected = [(N, i) for N, n in script.SAMPLES.items() for i in range(n)]
    for rows in (samples, descents):
        assert list(zip(rows["N"], rows["sample"], strict=True)) == expected


@pytest.mark.parametrize(("N", "number"), [(50, 6), (100, 3), (200, 1)])
def test_first_samples_again(samples, N, number):
    children = np.random.SeedSequence(script.SEED).spawn(number)
    stored = np.array([samples[column][samples["N"] == N][:number] for column in script.COLUMNS]).T
    found = np.array([script.sample(N, i, child)[0] for i, child in enumerate(children)], dtype=float)
    np.testing.assert_allclose(found[:, :6], stored[:, :6], rtol=0, atol=2e-8)
    # soft modes are known as well as the minimum is, over their stiffness
    np.testing.assert_allclose(found[:, 6:], stored[:, 6:], rtol=1e-4, atol=2e-6)


@pytest.mark.parametrize(("N", "number"), [(50, 20), (500, 2)])
def test_first_descents_again(descents, N, number, monkeypatch):
    monkeypatch.setitem(script.SAMPLES, N, number)
    stored = np.array([descents[column][descents["N"] == N][:number] for column in descents]).T
    np.testing.assert_allclose(np.array(script.descents(N), dtype=float), stored, rtol=0, atol=2e-8)


def test_annealing_is_never_above_half_of_it_and_on_average_below_one_descent(samples, descents):
    assert np.all(samples["half_search"] >= samples["energy"] - 2e-9)
    for N in script.SAMPLES:
        lower = (descents["energy"] - samples["energy"])[samples["N"] == N]
        assert lower.mean() > 5 * lower.std() / np.sqrt(lower.size)


def test_field_histogram(samples):
    fields = table("finite-size-fields.csv")
    for N, number in script.SAMPLES.items():
        rows = fields["N"] == N
        np.testing.assert_array_equal(fields["low"][rows], script.EDGES[:-1])
        np.testing.assert_array_equal(fields["high"][rows], script.EDGES[1:])
        # fields beyond the last edge are rare: P(h) falls off as a normal density of width 8.5
        total = fields["coordinates"][rows].sum()
        assert 0.9 * N * number < total <= N * number


def test_field_histogram_of_a_small_table(monkeypatch, tmp_path, capsys):
    """The script as a whole, on three samples."""
    monkeypatch.setattr(script, "FOLDER", tmp_path)
    monkeypatch.setattr(script, "SAMPLES", {20: 3})
    monkeypatch.setattr("sys.argv", ["finite_size_data.py"])
    script.main()
    assert capsys.readouterr().out.startswith("20 3")
    h = np.concatenate([script.sample(20, i, c)[1] for i, c in enumerate(np.random.SeedSequence(1997).spawn(3))])
    fields = table("finite-size-fields.csv")
    for low, high, count in zip(fields["low"], fields["high"], fields["coordinates"], strict=True):
        assert count == np.sum((np.abs(h) >= low) & (np.abs(h) < high))
    before = [(tmp_path / name).read_text() for name in ("finite-size.csv", "finite-size-descents.csv")]
    monkeypatch.setattr("sys.argv", ["finite_size_data.py", "20"])
    script.main()
    assert [(tmp_path / name).read_text() for name in ("finite-size.csv", "finite-size-descents.csv")] == before


@pytest.mark.parametrize("number", [2, 4, 7, 8])
def test_half_search_is_the_mean_over_all_choices(number):
    energies = np.random.default_rng(number).normal(size=number)
    choices = itertools.combinations(energies, number // 2)
    assert script.half_search(energies) == pytest.approx(np.mean([min(choice) for choice in choices]), rel=1e-12)
