"""One style for every figure of the book, and the two marks that many of them share.

Colours are those of Okabe and Ito, the faint ones last, and every colour comes with its own line style, so that
curves are told apart without colour as well. Sizes are chosen such that labels stay readable when a figure is
shrunk to the width of a telephone.
"""

import matplotlib
import numpy as np
from cycler import cycler

from ._validation import finite_array, real
from .errors import InputError

__all__ = ["COLORS", "LINE_STYLES", "STYLE", "note", "power_law_guide", "use_style"]

#: Okabe and Ito's colours in the order of the cycle: blue, vermilion, green, purple, black, orange, sky blue.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#E69F00", "#56B4E9")

#: The line styles that go with the colours, one each.
LINE_STYLES = (
    "-",
    (0, (6, 2)),
    (0, (6, 2, 1.5, 2)),
    (0, (1.5, 1.5)),
    (0, (3, 1)),
    (0, (6, 2, 1.5, 2, 1.5, 2)),
    (0, (1, 3)),
)

#: The settings of matplotlib (``rcParams``) that make the style.
STYLE = {
    "figure.figsize": (6.4, 4.0),
    "figure.dpi": 150,
    "figure.facecolor": "white",
    "figure.constrained_layout.use": True,
    "savefig.dpi": "figure",
    "savefig.facecolor": "white",
    "font.size": 13.0,
    "axes.facecolor": "white",
    "axes.labelsize": "medium",
    "axes.titlesize": "medium",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": cycler(color=COLORS) + cycler(linestyle=LINE_STYLES),
    "lines.linewidth": 2.0,
    "xtick.labelsize": 12.0,
    "ytick.labelsize": 12.0,
    "legend.fontsize": 12.0,
    "legend.frameon": False,
    "svg.hashsalt": "lowtglass",  # ids in SVG files do not differ from run to run
}

_GUIDE = "#595959"
_CORNERS = {
    "upper left": (0.03, 0.97, "left", "top"),
    "upper right": (0.97, 0.97, "right", "top"),
    "lower left": (0.03, 0.03, "left", "bottom"),
    "lower right": (0.97, 0.03, "right", "bottom"),
}


def use_style():
    """Set the book's style for all figures that follow (matplotlib's ``rcParams``)."""
    matplotlib.rcParams.update(STYLE)


def power_law_guide(ax, exponent, through, *, reach=3.0, label=None):
    """Draw a power law as a thin grey line, to compare slopes on logarithmic axes.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    exponent : float
        The exponent n of y = y₀ (x/x₀)ⁿ.
    through : tuple of float
        The point (x₀, y₀), both > 0.
    reach : float, default 3
        The line runs from x₀/reach to x₀·reach (> 1).
    label : str, optional
        Text at the upper end of the line in x; ``"∝ Tⁿ"`` in matplotlib's mathtext if not given, none if empty.

    Returns
    -------
    matplotlib.lines.Line2D
        The line. It takes no part in the colour cycle and in the legend.

    Raises
    ------
    InputError
        If a number is outside its range.
    """
    exponent = real("exponent", exponent)
    point = finite_array("through", through, minimum=0.0, open_minimum=True)
    if point.shape != (2,):
        raise InputError("through", through, "two numbers (x, y) > 0")
    reach = real("reach", reach, minimum=1.0, open_minimum=True)
    # many points: straight on logarithmic axes, and right on linear ones too
    x = point[0] * np.geomspace(1.0 / reach, reach, 33)
    y = point[1] * (x / point[0]) ** exponent
    (line,) = ax.plot(x, y, color=_GUIDE, linestyle="-", linewidth=1.0, zorder=1.5)
    text = rf"$\propto T^{{{exponent:g}}}$" if label is None else label
    if text:
        ax.annotate(text, (x[-1], y[-1]), xytext=(4, 0), textcoords="offset points", va="center", color=_GUIDE)
    return line


def note(ax, text, corner="upper right"):
    """Write a short text into a corner of the axes, on white.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to write.
    text : str
        The text.
    corner : {"upper left", "upper right", "lower left", "lower right"}
        Which corner.

    Returns
    -------
    matplotlib.text.Text
        The text drawn.

    Raises
    ------
    InputError
        If there is no such corner.
    """
    if corner not in _CORNERS:
        raise InputError("corner", corner, "one of " + ", ".join(map(repr, _CORNERS)))
    x, y, horizontal, vertical = _CORNERS[corner]
    box = {"facecolor": "white", "edgecolor": "none", "pad": 2.0, "alpha": 0.8}
    return ax.text(x, y, text, transform=ax.transAxes, ha=horizontal, va=vertical, bbox=box)
