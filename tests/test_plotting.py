"""The figure style: told apart without colour, readable, and the marks many figures share."""

import io
import itertools

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from lowtglass import plotting
from lowtglass.errors import InputError


@pytest.fixture
def axes():
    with matplotlib.rc_context(plotting.STYLE):
        yield Figure().subplots()


def linear(color):
    """Linear-light components of an sRGB colour."""
    value = np.array(to_rgb(color))
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def test_use_style_sets_everything():
    with matplotlib.rc_context():
        matplotlib.rcParams["font.size"] = 3
        plotting.use_style()
        for key, value in plotting.STYLE.items():
            found = matplotlib.rcParams[key]
            assert (tuple(found) if isinstance(value, tuple) else found) == value, key


def test_curves_of_one_cycle_differ_in_colour_and_in_line_style(axes):
    lines = [axes.plot([0, 1], [0, number])[0] for number in range(len(plotting.COLORS))]
    assert len({line.get_color() for line in lines}) == len(lines)
    # get_linestyle knows only the four named styles
    assert len({str(line._unscaled_dash_pattern) for line in lines}) == len(lines)


def test_the_first_colours_stand_out_from_white():
    # WCAG 2.1: graphical objects have a contrast of at least 3
    contrasts = [1.05 / (linear(color) @ [0.2126, 0.7152, 0.0722] + 0.05) for color in plotting.COLORS[:5]]
    assert min(contrasts) >= 3


def test_neighbouring_colours_differ_for_dichromats():
    # Viénot, Brettel and Mollon 1999: what a protanope and a deuteranope see, in linear light
    protanope = np.array([[0.1124, 0.8876, 0.0], [0.1124, 0.8876, 0.0], [0.0040, -0.0040, 1.0]])
    deuteranope = np.array([[0.2928, 0.7072, 0.0], [0.2928, 0.7072, 0.0], [-0.0223, 0.0223, 1.0]])
    for seen in (protanope, deuteranope):
        colors = [np.clip(seen @ linear(color), 0, 1) ** (1 / 2.2) for color in plotting.COLORS[:4]]
        assert min(np.linalg.norm(a - b) for a, b in itertools.pairwise(colors)) > 0.2


@pytest.mark.parametrize("exponent", [-1.5, 2, 3])
def test_guide_is_the_power_law_through_the_point(axes, exponent):
    line = plotting.power_law_guide(axes, exponent, (0.2, 5.0), reach=4)
    x, y = line.get_data()
    assert x[[0, -1]] == pytest.approx([0.05, 0.8])
    assert np.gradient(np.log(y), np.log(x)) == pytest.approx(exponent)
    assert np.interp(0.2, x, y) == pytest.approx(5.0)
    assert axes.texts[-1].get_text() == rf"$\propto T^{{{exponent}}}$"


def test_guide_takes_no_colour_of_the_cycle_and_no_entry_of_the_legend(axes):
    plotting.power_law_guide(axes, 2, (1, 1), label="")
    assert axes.plot([0, 1], [0, 1])[0].get_color() == plotting.COLORS[0]
    assert not axes.get_legend_handles_labels()[0]
    assert not axes.texts


@pytest.mark.parametrize(
    ("argument", "call"),
    [
        ("exponent", {"exponent": np.nan, "through": (1, 1)}),
        ("through", {"exponent": 2, "through": (0, 1)}),
        ("through", {"exponent": 2, "through": (1, 1, 1)}),
        ("reach", {"exponent": 2, "through": (1, 1), "reach": 1}),
    ],
)
def test_guide_refuses(axes, argument, call):
    with pytest.raises(InputError) as caught:
        plotting.power_law_guide(axes, **call)
    assert caught.value.argument == argument


@pytest.mark.parametrize("corner", ["upper left", "upper right", "lower left", "lower right"])
def test_note_lies_inside_its_corner(axes, corner):
    text = plotting.note(axes, "$T = 0.1$ K", corner)
    axes.figure.canvas.draw()
    box = text.get_window_extent().transformed(axes.transAxes.inverted())
    assert 0 < box.x0 < box.x1 < 1
    assert 0 < box.y0 < box.y1 < 1
    assert ("left" in corner) == (box.x0 + box.x1 < 1)
    assert ("lower" in corner) == (box.y0 + box.y1 < 1)


def test_note_refuses_another_place(axes):
    with pytest.raises(InputError, match="upper left"):
        plotting.note(axes, "text", "middle")


def test_svg_is_the_same_every_time():
    def svg():
        with matplotlib.rc_context(plotting.STYLE):
            figure = Figure()
            axes = figure.subplots()
            axes.plot([0, 1], [0, 1], clip_on=True)
            axes.fill_between([0, 1], [0, 1], hatch="/")
            buffer = io.StringIO()
            figure.savefig(buffer, format="svg", metadata={"Date": None})
        return buffer.getvalue()

    assert svg() == svg()
