"""Compute the lowest minima of finite samples that the book's chapter on finite N compares with replica theory.

Usage: python tools/finite_size_data.py [N ...]

Writes three tables to book/3-kuhn-horstmann/data: the lowest minimum found for each sample, how many coordinates lie in
intervals of the cavity field there, and the minimum to which one descent from a random start leads. Sample number i of
size N draws its couplings and starts from the i-th child of SeedSequence(SEED), as
`lowtglass.kuhn_horstmann.ensemble_of_minima` does, with the same settings of the search. With sizes named on the
command line only their rows are computed again. All sizes take about three quarters of an hour on one core.
"""

import argparse
import csv
import os
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from lowtglass.kuhn_horstmann import (
    Glass,
    cavity_fields,
    effective_wells,
    ensemble_of_minima,
    ground_state_search,
    hessian_spectrum,
    sample_couplings,
)

FOLDER = Path(__file__).resolve().parent.parent / "book" / "3-kuhn-horstmann" / "data"
GLASS, SEED, STARTS, SWEEPS = Glass(4.0), 1997, 8, 1000
SAMPLES = {50: 1000, 100: 1000, 200: 500, 500: 320, 1000: 120, 2000: 40}
EDGES = 0.25 * np.arange(65)
COLUMNS = ("N", "sample", "energy", "half_search", "C", "double_wells", "lowest_curvature", "lowest_participation")


def half_search(energies):
    """Mean of the lowest energy over all choices of half of the starts."""
    energies, half = np.sort(energies), len(energies) // 2
    weights = np.ones(len(energies))
    # the k-th energy is the lowest of the chosen ones if the other half - 1 lie above it
    for k in range(len(energies)):
        weights[k] = np.prod([(len(energies) - 1 - k - j) / (half - 1 - j) for j in range(half - 1)])
    return float(weights @ energies / weights.sum())


def sample(N, index, child):
    """One row of the table of samples, and the cavity fields."""
    rng = np.random.default_rng(child)
    couplings = sample_couplings(GLASS, N, rng)
    found = ground_state_search(couplings, GLASS, rng, starts=STARTS, sweeps=SWEEPS)
    minimum = found.minimum
    fields = cavity_fields(couplings, minimum)
    double = int(np.sum(effective_wells(fields).wells.double))
    spectrum = hessian_spectrum(couplings, minimum)
    # the searches end before the last digits; what they miss is that of their relaxation
    shift = minimum.energy - found.energies.min()
    numbers = (minimum.energy, half_search(found.energies + shift), fields.C)
    softest = (spectrum.eigenvalues[0], N * spectrum.participation[0])
    return [N, index, *(f"{x:.9f}" for x in numbers), double, *(f"{x:.6f}" for x in softest)], fields.h


def descents(N):
    """Rows of the table of single descents."""
    found = ensemble_of_minima(GLASS, N, SAMPLES[N], SEED)
    double = effective_wells(found.fields).wells.double.sum(axis=1)
    numbers = zip(found.indices, found.energy, found.C, double, strict=True)
    return [[N, index, f"{energy:.9f}", f"{C:.9f}", n] for index, energy, C, n in numbers]


def replace(name, header, N, rows):
    """Put the rows of one size into a table, which is ordered by N."""
    path, others = FOLDER / name, []
    if path.exists():
        with path.open(encoding="utf8", newline="") as file:
            others = [row for row in list(csv.reader(file))[1:] if int(row[0]) != N]
    FOLDER.mkdir(exist_ok=True)
    with path.open("w", encoding="utf8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(sorted(others + list(rows), key=lambda row: int(row[0])))


def main():
    """Compute the sizes named on the command line, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("N", nargs="*", type=int, help=f"sizes, of {sorted(SAMPLES)}")
    sizes = parser.parse_args().N
    if not set(sizes) <= set(SAMPLES):
        parser.error(f"sizes are {sorted(SAMPLES)}")
    for N in sizes or SAMPLES:
        children = np.random.SeedSequence(SEED).spawn(SAMPLES[N])
        rows, fields = zip(*(sample(N, index, child) for index, child in enumerate(children)), strict=True)
        counts, _ = np.histogram(np.abs(fields), EDGES)
        bins = [[N, f"{low:g}", f"{high:g}", n] for low, high, n in zip(EDGES, EDGES[1:], counts, strict=False)]
        replace("finite-size.csv", COLUMNS, N, rows)
        replace("finite-size-fields.csv", ("N", "low", "high", "coordinates"), N, bins)
        replace("finite-size-descents.csv", ("N", "sample", "energy", "C", "double_wells"), N, descents(N))
        print(N, len(rows), "samples", flush=True)


if __name__ == "__main__":
    main()
