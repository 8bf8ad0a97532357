"""Langevin dynamics against exact averages, exact correlations of coupled oscillators, and its table in the book."""

import csv
import dataclasses
import importlib.util
import math
from pathlib import Path

import numpy as np
import pytest

from lowtglass.errors import ConvergenceError, InputError
from lowtglass.kuhn_horstmann import (
    Glass,
    energy_and_gradient,
    glass_temperature,
    minimise,
    relaxation,
    replica_symmetric,
    sample_couplings,
)

ROOT = Path(__file__).resolve().parents[2]
SPEC = importlib.util.spec_from_file_location("relaxation_data", ROOT / "tools" / "relaxation_data.py")
script = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(script)

PAIR = np.array([[0.0, 0.8], [0.8, 0.0]])
HARMONIC = Glass(0.3, a4=1e-9)  # stable without the quartic term: 1/γ exceeds the edge 2 of the semicircle
SOFT = Glass(4.0)


def boltzmann(glass, T):
    """⟨v²⟩ and the energy per coordinate of the pair, by quadrature."""
    x = np.linspace(-18.0, 18.0, 1201)
    v, w = np.meshgrid(x, x)
    on_site = 0.5 * glass.stiffness * (v**2 + w**2) + 0.25 * glass.quartic * (v**4 + w**4)
    energy = on_site - PAIR[0, 1] * v * w
    weight = np.exp(-energy / T)
    return np.sum(weight * v**2) / weight.sum(), 0.5 * np.sum(weight * energy) / weight.sum()


@pytest.fixture(scope="module")
def oscillators():
    return sample_couplings(HARMONIC, 120, 3)


def exact(couplings, T, times, step=None):
    """Σ_i⟨v_i(0)v_i(t)⟩/N of coupled oscillators; with a step, of the linear recursion that the scheme is for them."""
    rates = HARMONIC.stiffness - np.linalg.eigvalsh(couplings)
    if step is None:
        return np.array([np.mean(T / rates * np.exp(-rates * t)) for t in times])
    x = rates * step
    decay = [(1.0 - 0.5 * x) * (1.0 - x) ** (round(t / step) - 1) if t else 1.0 for t in times]
    return np.array([np.mean(T / rates * factor) for factor in decay])


def test_equilibrium_of_two_coordinates():
    T = 20.0
    square, energy = boltzmann(SOFT, T)
    found = relaxation(PAIR, SOFT, T, np.arange(0.0, 25.0), 1, wait=8.0, walkers=8000, step=0.05)
    # correlated over about one unit of time: 25 times count as some 15
    error = 1.2 * square / math.sqrt(2 * 8000 * 15)
    assert found.square.mean() == pytest.approx(square, abs=4 * error + 1e-3 * square)
    assert found.energy.mean() == pytest.approx(
        energy, abs=4 * found.energy_error.mean() / math.sqrt(15) + 2e-3 * energy
    )


@pytest.mark.parametrize("step", [0.02, 0.1])
def test_correlation_of_oscillators(oscillators, step):
    times = np.array([0.0, 0.1, 0.3, 1.0, 2.0])
    settings = {"start": np.zeros(120), "wait": 6.0, "walkers": 600, "step": step}
    found = relaxation(oscillators, HARMONIC, 0.7, times, 2, **settings)
    expected = exact(oscillators, 0.7, times, step)
    assert np.all(np.abs(found.correlation - expected) < 4 * found.correlation_error)
    assert np.all(found.correlation_error < 0.0015)


def test_error_of_the_step(oscillators):
    # What the recursion gives tends to the exponentials in first order, its variance does not depend on the step.
    times = np.array([0.0, 0.8])
    at_once, later = exact(oscillators, 1.0, times)
    errors = [exact(oscillators, 1.0, times, step) - (at_once, later) for step in (0.04, 0.02, 0.01)]
    assert np.all(np.abs([error[0] for error in errors]) < 1e-14)
    assert errors[0][1] / errors[1][1] == pytest.approx(2.0, rel=0.1)
    assert errors[1][1] / errors[2][1] == pytest.approx(2.0, rel=0.05)


def test_standard_error_is_the_scatter_of_repetitions(oscillators):
    settings = {"start": np.zeros(120), "wait": 2.0, "walkers": 4}
    runs = [relaxation(oscillators, HARMONIC, 1.0, [0.2], seed, **settings) for seed in range(60)]
    scatter = np.std([run.correlation[0] for run in runs], ddof=1)
    told = math.sqrt(np.mean([run.correlation_error[0] ** 2 for run in runs]))
    assert told == pytest.approx(scatter, rel=0.35)


def test_at_zero_temperature_it_descends():
    couplings = sample_couplings(SOFT, 60, 0)
    found = relaxation(couplings, SOFT, 0.0, [0.0, 1.0, 400.0], 0, walkers=3, step=0.1)
    assert np.all(np.diff(found.energy) < 0)
    for v in found.v:
        energy, gradient = energy_and_gradient(couplings, SOFT, v)
        assert np.max(np.abs(gradient)) < 1e-2
        # the same valley, down to its bottom
        assert minimise(couplings, SOFT, v).energy == pytest.approx(energy, abs=1e-4)


def test_response_above_the_glass_temperature():
    # q(0)/T = C of the infinite system, up to corrections of order 1/N and the sample.
    T = 1.6 * glass_temperature(SOFT)
    couplings = sample_couplings(SOFT, 600, 4)
    found = relaxation(couplings, SOFT, T, np.arange(0.0, 10.0, 2.5), 4, wait=6.0, walkers=24)
    assert found.square.mean() / T == pytest.approx(replica_symmetric(SOFT, T).C, abs=0.015)


def test_start_and_times():
    start = np.array([1.0, -2.0])
    found = relaxation(PAIR, SOFT, 1.0, [0.0], 0, start=start, walkers=2)
    np.testing.assert_array_equal(found.v, [start, start])
    assert found.steps == 0 and found.correlation == pytest.approx([2.5]) and found.correlation_error == [0.0]
    assert found.energy[0] == pytest.approx(energy_and_gradient(PAIR, SOFT, start)[0])
    each = relaxation(PAIR, SOFT, 1.0, [0.0], 0, start=[[1.0, 1.0], [2.0, 2.0]], walkers=2)
    assert each.square == pytest.approx([2.5])
    single = relaxation(PAIR, SOFT, 1.0, [0.12, 0.5], 7, walkers=1, step=0.05)
    assert np.isnan(single.correlation_error).all() and single.steps == 3 + 8
    assert single.step == pytest.approx(0.0475)
    again = relaxation(PAIR, SOFT, 1.0, [0.12, 0.5], np.random.default_rng(7), walkers=1, step=0.05)
    for field in dataclasses.fields(single):
        np.testing.assert_array_equal(getattr(single, field.name), getattr(again, field.name))


def test_too_large_steps():
    with pytest.raises(ConvergenceError, match="step") as caught:
        relaxation(PAIR, SOFT, 1.0, [50.0], 0, start=[30.0, 30.0], walkers=1, step=0.5)
    assert caught.value.last.shape == (1, 2)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("glass", {"glass": 4.0}),
        ("couplings", {"couplings": [[0.0, 1.0], [2.0, 0.0]]}),
        ("T", {"T": -1.0}),
        ("times", {"times": [1.0, 1.0]}),
        ("times", {"times": [-1.0, 1.0]}),
        ("times", {"times": 1.0}),
        ("rng", {"rng": -1}),
        ("start", {"start": [1.0, 2.0, 3.0]}),
        ("start", {"start": [[1.0, 2.0]] * 3}),
        ("wait", {"wait": -1.0}),
        ("walkers", {"walkers": 0}),
        ("step", {"step": 0.0}),
    ],
)
def test_arguments(name, change):
    arguments = {"couplings": PAIR, "glass": SOFT, "T": 1.0, "times": [0.0, 1.0], "rng": 0} | change
    with pytest.raises(InputError) as caught:
        relaxation(**arguments)
    assert caught.value.argument == name


@pytest.fixture(scope="module")
def table():
    with (script.FOLDER / "relaxation.csv").open(encoding="utf8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_run_is_in_the_table(table):
    expected = [
        (N, index, start, above, time)
        for N, (samples, starts) in script.SIZES.items()
        for index in range(samples)
        for start, temperatures in starts.items()
        for above in temperatures
        for time in script.TIMES
    ]
    found = [(int(r["N"]), int(r["sample"]), r["start"], float(r["temperature"]), float(r["time"])) for r in table]
    assert len(found) == len(expected)
    assert all(a[:4] == b[:4] and a[4] == pytest.approx(b[4], rel=1e-5) for a, b in zip(found, expected, strict=True))


def test_first_run_again(table, monkeypatch):
    monkeypatch.setattr(script, "TIMES", script.TIMES[:16])
    child = np.random.SeedSequence(script.SEED).spawn(1)[0]
    found = [float(row[5]) for row in script.curves(500, 0, child, {"high": (1.0,)})]
    stored = [float(row["correlation"]) for row in table[:16]]
    # rounding grows in the course of a run, on other processors differently
    np.testing.assert_allclose(found, stored, rtol=0, atol=2e-3)


def test_script(monkeypatch, tmp_path, capsys):
    """The script as a whole, on small samples; the starts do not depend on one another."""
    monkeypatch.setattr(script, "FOLDER", tmp_path)
    monkeypatch.setattr(script, "TIMES", np.array([0.0, 1.0]))
    monkeypatch.setattr(script, "WAIT", {"high": 1.0, "late": 2.0, "low": 2.0})
    tables = []
    for temperatures in ((1.0,), (1.0, 1.2)):
        starts = {"high": temperatures, "late": (1.0,), "low": (1.0,)}
        monkeypatch.setattr(script, "SIZES", {20: (2, starts)})
        script.main()
        with (tmp_path / "relaxation.csv").open(encoding="utf8", newline="") as file:
            tables.append([tuple(row) for row in csv.reader(file)])
    assert capsys.readouterr().out.splitlines() == ["20 0", "20 1"] * 2
    assert len(tables[0]) == 1 + 2 * 3 * 2 and set(tables[0]) <= set(tables[1])
