"""Compute the heat capacities of random glasses that the chapter on local randomness reads.

Writes book/3-kuhn-horstmann/data/local-randomness.csv in about ten minutes on one core; finished cases are kept, so
that an interrupted run continues. The chapter recomputes a part of the table and compares.
"""

import itertools
import math
import pathlib

import numpy as np
import pandas
from scipy import stats
from tqdm import tqdm

from lowtglass.kuhn_horstmann import Glass, Normal, heat_capacity, replica_symmetric

TARGET = pathlib.Path(__file__).parents[1] / "book" / "3-kuhn-horstmann" / "data" / "local-randomness.csv"
COLD = np.geomspace(1e-6, 1.0, 37)
COARSE = np.geomspace(1e-4, 1.0, 17)


def cases():
    """Name, glass and temperatures of every case."""
    for variance in (5, 25):
        yield f"4b {variance}", Glass(1.0, a2=Normal(1.0, math.sqrt(variance))), COLD
    for shape in (100, 25, 9, 4):
        yield f"gamma {shape}", Glass(stats.gamma(shape, scale=4.0 / shape)), COARSE
    for gamma, std in itertools.product((1, 2, 4, 10), (0.5, 1, 2, 3.5, 5)):
        yield f"grid {gamma} {std}", Glass(float(gamma), a2=Normal(1.0, float(std))), COARSE


def main():
    TARGET.parent.mkdir(exist_ok=True)
    table = pandas.read_csv(TARGET) if TARGET.exists() else pandas.DataFrame(columns=["case", "T", "C", "error"])
    for name, glass, T in tqdm(list(cases())):
        if (table["case"] == name).any():
            continue
        found = heat_capacity(replica_symmetric(glass), T)
        new = pandas.DataFrame({"case": name, "T": T, "C": found.heat_capacity, "error": found.error})
        table = pandas.concat([table, new]) if len(table) else new
        table.to_csv(TARGET, index=False, float_format="%.6g")


if __name__ == "__main__":
    main()
