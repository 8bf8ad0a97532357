"""Compute the relaxation of finite samples near the glass temperature for the book's chapter on dynamics.

Usage: python tools/relaxation_data.py

Writes one table to book/3-kuhn-horstmann/data: the autocorrelation q(t)/T and the energy under Langevin dynamics at
temperatures T/T_g. Samples of size N begin at the children of SeedSequence(SEED). Runs begin at random and wait for 40
units of time (start "high"). At T_g and N = 1000 others wait for 160, from a random start ("late") or from a minimum of
the energy ("low"). It takes about ten minutes on one core.
"""

import csv
import os
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from lowtglass.kuhn_horstmann import Glass, glass_temperature, minimise, relaxation, sample_couplings

FOLDER = Path(__file__).resolve().parent.parent / "book" / "3-kuhn-horstmann" / "data"
GLASS, SEED, WALKERS, STEP = Glass(4.0), 1998, 32, 0.1
WAIT = {"high": 40.0, "late": 160.0, "low": 160.0}
TIMES = np.append(0.0, 10 ** np.linspace(-1.0, 1.6, 27))
ABOVE = (1.0, 1.08, 1.12, 1.18, 1.25, 1.35)
# coordinates, samples, and for each start the temperatures over that of the glass
SIZES = {
    500: (12, {"high": (1.0, 1.25)}),
    1000: (4, {"high": ABOVE, "late": (1.0,), "low": (1.0,)}),
    2000: (2, {"high": (1.0,)}),
}
COLUMNS = ("N", "sample", "start", "temperature", "time", "correlation", "energy")


def curves(N, index, child, starts):
    """Rows of one sample."""
    rng = np.random.default_rng(child)
    couplings = sample_couplings(GLASS, N, rng)
    for number, (start, temperatures) in enumerate(starts.items()):
        rng = rng if number == 0 else np.random.default_rng([SEED, N, index, number])
        begin = minimise(couplings, GLASS, rng=rng, tolerance=1e-9).v if start == "low" else None
        for above in temperatures:
            T = above * glass_temperature(GLASS)
            found = relaxation(
                couplings, GLASS, T, TIMES, rng, start=begin, wait=WAIT[start], walkers=WALKERS, step=STEP
            )
            for time, q, energy in zip(TIMES, found.correlation, found.energy, strict=True):
                yield [N, index, start, f"{above:g}", f"{time:.6g}", f"{q / T:.6f}", f"{energy:.5f}"]


def main():
    """Compute the table."""
    rows = []
    for N, (samples, starts) in SIZES.items():
        for index, child in enumerate(np.random.SeedSequence(SEED).spawn(samples)):
            rows.extend(curves(N, index, child, starts))
            print(N, index, flush=True)
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / "relaxation.csv").open("w", encoding="utf8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
