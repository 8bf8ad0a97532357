"""Compute the picture of the README and the front page, book/images/overview.png.

Usage: python tools/overview_picture.py
"""

from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from lowtglass import plotting
from lowtglass.kuhn_horstmann import Glass, glass_temperature, heat_capacity, replica_symmetric, well_statistics

TARGET = Path(__file__).resolve().parent.parent / "book" / "images" / "overview.png"


def landscape(ax):
    """Effective potentials from a single to a double well."""
    state = replica_symmetric(Glass(gamma=4.0))
    spinodal = well_statistics(state).spinodal_field
    v = np.linspace(-7.5, 7.5, 400)
    for ratio in (0.0, 0.5, 1.0, 2.0):
        _, c2, _, c4 = state.glass.potential(state.C, 0.0)
        ax.plot(v, -ratio * spinodal * v + c2 * v**2 + c4 * v**4, label=rf"$h = {ratio:g}\,h_s$")
    ax.set(ylim=(-10, 12), xlabel="coordinate $v$", ylabel=r"effective potential ($J$)")
    ax.set_title(r"double wells emerge ($\gamma = 4$)")
    ax.legend(loc="upper center", fontsize="small")


def bump(ax):
    """C/T³ of the levels in those potentials."""
    glass = Glass(gamma=10.0)
    T = np.geomspace(0.01, 2.0, 60)
    found = heat_capacity(replica_symmetric(glass), T)
    reduced = T / glass_temperature(glass)
    ax.loglog(reduced, found.heat_capacity / T**3, label="all levels")
    ax.loglog(reduced, found.two_level / T**3, label="two-level systems")
    ax.set(xlabel="$T/T_g$", ylabel=r"$C/T^3$ ($k_B^4/J^3$)", ylim=(1e-3, 200))
    ax.set_title(r"and make a bump ($\gamma = 10$)")
    ax.legend(fontsize="small")


def main():
    plotting.use_style()
    figure = Figure(figsize=(10, 4), dpi=100)
    left, right = figure.subplots(1, 2)
    landscape(left)
    bump(right)
    TARGET.parent.mkdir(exist_ok=True)
    FigureCanvasAgg(figure)
    figure.savefig(TARGET, metadata={"Software": None})


if __name__ == "__main__":
    main()
