"""The explorer: what it draws, when, and what stands in the page."""

import doctest
import html.parser
import io
import json
import os
import subprocess
import sys

import matplotlib
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image

from lowtglass.errors import InputError
from lowtglass.explore import MAX_FRAMES, Explorer, Slider, explore
from lowtglass.plotting import COLORS, STYLE

X = np.linspace(0, 1, 60)
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def axes(figure):
    left, right = figure.subplots(1, 2)
    left.set(xlim=(0, 1), ylim=(-1, 1), xlabel="x", ylabel="y", title="a wave")
    right.set(xlim=(0, 1), ylim=(0, 1), xlabel="T", ylabel="C")


def curves(figure, wave, power):
    left, right = figure.axes
    left.plot(X, np.sin(wave * X), label="wave")
    left.legend()
    right.plot(X[1:], X[1:] ** power, "--")
    return "A wave beside a power law."


def whole(figure, wave, power):
    axes(figure)
    return curves(figure, wave, power)


WAVE = Slider([1.0, 2.5, 4.0], label="wave number k", unit="1/nm", format=".1f", initial=2.5)
DRAWINGS = pytest.mark.parametrize(("draw", "background"), [(curves, axes), (whole, None)], ids=["background", "whole"])


class Page(html.parser.HTMLParser):
    """The parts of an explorer's page."""

    def __init__(self, source):
        super().__init__()
        self.tags = []
        self.open = []
        self.text = {}
        self.feed(source)
        self.close()
        data = [content for tag, kind, content in self.scripts if kind == "application/json"]
        assert len(data) == 1
        self.data = json.loads(data[0])

    @property
    def scripts(self):
        return self.text.get("script", [])

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes), tuple(self.open)))
        if tag not in ("img", "input"):
            self.open.append(tag)
            self.text.setdefault(tag, []).append((tag, dict(attributes).get("type"), ""))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open:
            tag, kind, before = self.text[self.open[-1]][-1]
            self.text[self.open[-1]][-1] = (tag, kind, before + data)

    def all(self, tag):
        return [attributes for name, attributes, _ in self.tags if name == tag]


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


# -- drawing ---------------------------------------------------------------------------------------------------


def test_building_draws_nothing():
    def draw(figure, n):
        raise AssertionError

    assert repr(explore(draw, n=[1, 2])) == "Explorer of n (2 values); 2 frames"


@DRAWINGS
def test_every_control_moves_the_picture(draw, background):
    calls = []

    def recorded(figure, wave, power):
        calls.append((wave, power))
        return draw(figure, wave, power)

    explorer = explore(recorded, background=background, wave=WAVE, power=[1, 2, 3])
    assert bytes(explorer.image.value).startswith(b"\x89PNG")
    assert calls == [(2.5, 1)]
    for name, control in explorer.controls.items():
        for value in [value for _, value in control.options if value != control.value]:
            before, alt = explorer.image.value, explorer.image.tooltip
            control.value = value
            assert calls[-1] == (explorer.values["wave"], explorer.values["power"])
            assert explorer.values[name] == value
            assert explorer.image.value != before
            assert explorer.image.tooltip != alt
            left, right = (ax.lines[0].get_ydata() for ax in explorer.figure.axes)
            assert np.array_equal(left, np.sin(explorer.values["wave"] * X))
            assert np.array_equal(right, X[1:] ** explorer.values["power"])
    assert len(calls) == 5  # one picture for each move


def test_controls_say_what_they_are():
    explorer = explore(curves, background=axes, wave=WAVE, power=[1, 2, 3])
    control = explorer.controls["wave"]
    assert [label for label, _ in control.options] == ["1.0 1/nm", "2.5 1/nm", "4.0 1/nm"]
    assert (control.description, control.value, control.continuous_update) == ("wave number k", 2.5, False)
    assert explorer.controls["power"].description == "power"
    assert {*explorer.controls.values(), explorer.image} <= set(explorer.widget.children)


def test_picture_over_a_background_is_the_picture_drawn_at_once():
    explorer = explore(curves, background=axes, wave=WAVE, power=[1, 2, 3])
    for wave, power in [(0, 0), (2, 1), (1, 2)]:
        ours, _ = explorer._picture((wave, power))
        with matplotlib.rc_context(STYLE):
            figure = Figure(figsize=(6.4, 4.0), dpi=100)
            canvas = FigureCanvasAgg(figure)
            axes(figure)
            for ax in figure.axes:
                ax.set_autoscale_on(False)
            curves(figure, WAVE.values[wave], power + 1)
            canvas.draw()
        theirs = np.asarray(canvas.buffer_rgba())[..., :3]
        # only where a curve meets a spine or a tick does the order of painting matter
        assert np.mean(np.any(ours != theirs, axis=-1)) < 1e-3


@DRAWINGS
def test_a_picture_does_not_depend_on_the_one_before(draw, background):
    there, back = (explore(draw, background=background, wave=WAVE, power=[1, 2]) for _ in range(2))
    corners = [(0, 0), (2, 1)]
    forward = [there._picture(corner)[0] for corner in corners]
    backward = [back._picture(corner)[0] for corner in corners[::-1]][::-1]
    assert all(map(np.array_equal, forward, backward))


def bars(ax, n):
    ax.bar(X[:n], X[:n], label="b")
    ax.legend()


ADDITIONS = {
    "bars": bars,
    "errorbar": lambda ax, n: ax.errorbar(X, X**n, yerr=0.1),
    "contour": lambda ax, n: ax.contour(X, X, np.add.outer(X, X**n)),
    "mesh": lambda ax, n: ax.pcolormesh(X, X, np.add.outer(X, X**n)),
    "image": lambda ax, n: ax.imshow(np.add.outer(X, X**n), extent=(0, 1, 0, 1), aspect="auto"),
    "inset": lambda ax, n: ax.inset_axes([0.5, 0.5, 0.4, 0.4]).plot(X, X**n),
    "text": lambda ax, n: ax.figure.text(0.5, 0.5, str(n)),
    "band": lambda ax, n: (ax.axvline(0.1 * n), ax.fill_between(X, X**n)),
    "arrow": lambda ax, n: ax.annotate("a", (0.5, 0.5), xytext=(0.1 * n, 0.2), arrowprops={"arrowstyle": "->"}),
    "points": lambda ax, n: ax.scatter(X, X**n),
}
CHANGES = {
    "limits": lambda ax, n: ax.set_ylim(0, n),
    "scale": lambda ax, n: ax.set_yscale("symlog"),
    "title": lambda ax, n: ax.set_title(str(n)),
    "label": lambda ax, n: ax.set_xlabel(str(n)),
    "ticks": lambda ax, n: ax.set_xticks([0.1 * n]),
    "grid": lambda ax, n: ax.grid(True),
    "colour bar": lambda ax, n: ax.figure.colorbar(ax.pcolormesh(X, X, np.add.outer(X, X**n))),
    "curve of the background": lambda ax, n: ax.lines[0].set_ydata([0, n / 3]),
    "everything": lambda ax, n: ax.figure.clear(),
}


def one_axes(figure):
    ax = figure.subplots()
    ax.set(xlim=(0, 1), ylim=(0, 1), xlabel="x", title="t")
    ax.plot([0, 1], [0, 1], color="gray")


@pytest.mark.parametrize("kind", ADDITIONS)
def test_what_a_drawing_adds_is_taken_away_again(kind):
    explorer = explore(lambda figure, n: ADDITIONS[kind](figure.axes[0], n) and None, background=one_axes, n=[1, 2, 3])
    pictures = [explorer._picture((index,))[0] for index in (0, 1, 2)]
    artists = len(explorer.figure.findobj(include_self=False))
    assert not np.array_equal(pictures[0], pictures[1])
    assert not np.array_equal(pictures[1], pictures[2])
    for index in (0, 1, 2):
        assert np.array_equal(explorer._picture((index,))[0], pictures[index])
    assert len(explorer.figure.findobj(include_self=False)) == artists


@pytest.mark.parametrize("kind", CHANGES)
def test_drawing_must_not_change_the_background(kind):
    def draw(figure, n):
        if n != 2:
            figure.axes[0].plot(X, X**n)
        else:
            CHANGES[kind](figure.axes[0], n)

    explorer = explore(draw, background=one_axes, n=[1, 2, 3])
    first = explorer._picture((0,))[0]
    with pytest.raises(InputError, match=r"draw = .*only adds"):
        explorer._picture((1,))
    assert np.array_equal(explorer._picture((0,))[0], first)


def test_failed_drawing_leaves_nothing_behind():
    def draw(figure, n):
        figure.axes[0].plot(X, X**n)
        if n == 2:
            raise ArithmeticError

    explorer = explore(draw, background=one_axes, n=[1, 2, 3])
    first = explorer._picture((0,))[0]
    with pytest.raises(ArithmeticError):
        explorer._picture((1,))
    assert np.array_equal(explorer._picture((0,))[0], first)
    with pytest.raises(ArithmeticError):
        explorer.html()


def test_failure_stands_in_place_of_the_picture():
    def draw(figure, n):
        figure.subplots().plot(X, X**n)
        if n == 2:
            raise ArithmeticError("n < 2")

    explorer = explore(draw, n=[1, 2, 3])
    message = explorer.widget.children[1]
    assert (explorer.image.layout.visibility, message.value) == ("visible", "")
    with pytest.raises(ArithmeticError):
        explorer.controls["n"].value = 2
    assert explorer.image.layout.visibility == "hidden"
    assert message.value == '<p role="alert">ArithmeticError: n &lt; 2</p>'
    explorer.controls["n"].value = 3
    assert (explorer.image.layout.visibility, message.value) == ("visible", "")


def test_frames_leave_the_live_picture_alone():
    explorer = explore(curves, background=axes, wave=WAVE, power=[1, 2, 3])
    explorer.controls["wave"].value = 1.0
    picture = explorer.image.value
    explorer.html()
    assert explorer.image.value == picture
    assert explorer.values == {"wave": 1.0, "power": 1}
    assert np.array_equal(explorer.figure.axes[0].lines[0].get_ydata(), np.sin(X))


# -- the page --------------------------------------------------------------------------------------------------


def test_bundle_holds_both_forms():
    explorer = explore(curves, background=axes, wave=WAVE, power=[1, 2, 3])
    bundle = explorer._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", WIDGET_VIEW}
    assert bundle[WIDGET_VIEW]["model_id"] == explorer.widget.model_id
    assert bundle["text/html"] == explorer.html()


def test_page_has_a_labelled_slider_for_each_parameter_and_a_frame_for_each_combination():
    page = Page(explore(curves, background=axes, wave=WAVE, power=[1, 2, 3, 4]).html())
    sliders = page.all("input")
    assert [(s["type"], s["min"], s["max"], s["step"], s["value"]) for s in sliders] == [
        ("range", "0", "2", "1", "1"),
        ("range", "0", "3", "1", "0"),
    ]
    assert [s["aria-label"] for s in sliders] == ["wave number k", "power"]
    assert [s["aria-valuetext"] for s in sliders] == ["2.5 1/nm", "1"]
    assert all("label" in within for tag, _, within in page.tags if tag == "input")
    assert [content for *_, content in page.text["output"]] == ["2.5 1/nm", "1"]
    assert page.data["texts"] == [["1.0 1/nm", "2.5 1/nm", "4.0 1/nm"], ["1", "2", "3", "4"]]
    frames = page.data["frames"]
    assert len(frames) == 12
    assert len({frame["alt"] for frame in frames}) == len({frame["src"] for frame in frames}) == 12
    assert frames[7]["alt"] == "A wave beside a power law (wave number k: 2.5 1/nm, power: 4)"
    # without the script: the initial frame, with its own words
    (image,) = page.all("img")
    assert image["class"] == "lowtglass-frame"
    assert {"src": image["src"], "alt": image["alt"]} == frames[4]
    assert (image["width"], image["height"]) == ("640", "400")
    assert page.all("noscript")


def test_page_is_complete_in_itself():
    page = Page(explore(curves, background=axes, wave=WAVE, power=[1, 2]).html())
    for tag, attributes, _ in page.tags:
        assert tag not in ("link", "iframe", "object")
        assert not set(attributes) & {"href", "id"}  # an id would be there twice when the explorer is shown twice
        assert attributes.get("src", "data:image/png;base64,").startswith("data:image/png;base64,")
    styles = page.text["style"][0][2]
    assert "url(" not in styles and "@import" not in styles
    for _, _, script in page.scripts:
        assert not any(word in script for word in ("http", "fetch", "import(", "XMLHttp", "localStorage"))


def test_nothing_given_can_break_the_page():
    wicked = '</script><b title="&amp;\'">'

    def draw(figure, n):
        figure.subplots()
        return wicked

    page = Page(explore(draw, n=Slider(["a", wicked], label=wicked, unit=wicked)).html())
    assert not page.all("b")
    assert page.data["frames"][1]["alt"].startswith(wicked)
    assert page.data["texts"][0][1] == f"{wicked} {wicked}"
    assert page.all("input")[0]["aria-label"] == wicked


def test_frames_keep_their_colours():
    explorer = explore(curves, background=axes, wave=WAVE, power=[1, 2])
    for index, frame in enumerate(explorer.frames()):
        exact = explorer._picture(divmod(index, 2))[0].astype(int)
        image = Image.open(io.BytesIO(frame.png))
        assert (image.mode, len(image.getcolors()) <= 32) == ("P", True)
        seen = pixels(frame.png)
        for color in ("#ffffff", "#000000", COLORS[0]):
            where = np.all(exact == np.round(255 * np.array(to_rgb(color))).astype(int), axis=-1)
            assert where.sum() > 100
            assert np.array_equal(seen[where], exact[where])
        error = np.abs(seen - exact).max(axis=-1)
        assert error.max() < 80  # shades of edges only
        assert np.mean(error > 16) < 0.01


def test_frames_hold_pixels_only():
    (frame,) = explore(curves, background=axes, wave=[1.0], power=[2]).frames()
    kinds, position = [], 8
    while position < len(frame.png):
        length = int.from_bytes(frame.png[position : position + 4])
        kinds.append(frame.png[position + 4 : position + 8])
        position += 12 + length
    assert set(kinds) == {b"IHDR", b"PLTE", b"IDAT", b"IEND"}


def test_page_may_keep_fewer_values_than_the_live_sliders():
    many = np.linspace(0, 1, 101)
    slider = Slider(many, format=".2f", initial=0.3)
    explorer = explore(curves, background=axes, wave=slider, power=[1, 2], static={"wave": np.linspace(0, 1, 11)})
    assert len(explorer.controls["wave"].options) == 101
    assert explorer.values["wave"] == many[30]
    frames = explorer.frames()
    assert [frame.values["wave"] for frame in frames[::2]] == pytest.approx(np.linspace(0, 1, 11))
    page = Page(explorer.html())
    assert page.all("input")[0]["value"] == "3"
    assert page.all("img")[0]["alt"] == frames[6].alt


def test_largest_page_stays_small():
    explorer = explore(curves, background=axes, wave=np.linspace(1, 9, 12), power=[1, 2, 3, 4, 5])
    page = explorer.html()
    assert len(Page(page).data["frames"]) == MAX_FRAMES
    assert len(page) < 1_000_000


PROGRAM = """
import hashlib, numpy as np
from lowtglass.explore import Slider, explore

def draw(figure, k, kind):
    ax = figure.subplots()
    ax.plot(np.linspace(0, 1, 50), np.sin(k * np.linspace(0, 1, 50)), label=kind)
    ax.legend()

explorer = explore(draw, k=Slider([1.0, 2.0], unit="K"), kind=["a", "b"])
bundle = explorer._repr_mimebundle_()
print(hashlib.sha256(repr(bundle).encode()).hexdigest(), hashlib.sha256(explorer.image.value).hexdigest())
again = explore(draw, k=Slider([1.0, 2.0], unit="K"), kind=["a", "b"])
assert again.html() == explorer.html()
assert again.widget.model_id != explorer.widget.model_id
"""


def test_same_bytes_from_two_processes():
    outputs = [
        subprocess.run(
            [sys.executable, "-W", "error", "-c", PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert outputs[0] == outputs[1] != ""


# -- refusals --------------------------------------------------------------------------------------------------


def of_n(figure, n):
    figure.subplots()


@pytest.mark.parametrize(
    ("argument", "draw", "keywords"),
    [
        ("draw", "not a function", {"n": [1]}),
        ("draw", lambda figure: None, {"n": [1]}),
        ("draw", lambda figure, n, other: None, {"n": [1]}),
        ("draw", lambda n: None, {"n": [1]}),
        ("background", of_n, {"n": [1], "background": 3}),
        ("parameters", lambda figure: None, {}),
        ("n", of_n, {"n": []}),
        ("n", of_n, {"n": 3}),
        ("n", of_n, {"n": "text"}),
        ("n", of_n, {"n": [1.0, np.nan]}),
        ("n", of_n, {"n": [1, 2, 1]}),
        ("n", of_n, {"n": [[1, 2], [3, 4]]}),
        ("n", of_n, {"n": [None]}),
        ("n.initial", of_n, {"n": Slider([1, 2], initial=3)}),
        ("n.initial", of_n, {"n": Slider([1, 2], initial="1")}),
        ("n.label", of_n, {"n": Slider([1, 2], label=" ")}),
        ("n.unit", of_n, {"n": Slider([1, 2], unit=3)}),
        ("n.format", of_n, {"n": Slider([1.01, 1.02], format=".1f")}),
        ("format", of_n, {"n": Slider([1, 2], format="%d")}),
        ("static", of_n, {"n": [1, 2], "static": {"m": [1]}}),
        ("static", of_n, {"n": [1, 2], "static": [1]}),
        ("static['n']", of_n, {"n": [1, 2], "static": {"n": [3]}}),
        ("static['n']", of_n, {"n": [1, 2], "static": {"n": [2]}}),
        ("static", of_n, {"n": range(MAX_FRAMES + 1)}),
        ("size", of_n, {"n": [1], "size": (0, 4)}),
        ("size", of_n, {"n": [1], "size": 4}),
    ],
)
def test_refuses(argument, draw, keywords):
    with pytest.raises(InputError) as caught:
        explore(draw, **keywords)
    assert caught.value.argument == argument


def test_too_many_frames_are_counted_for_the_author():
    with pytest.raises(InputError, match=r"8 \(m\) × 9 \(n\) = 72: keep fewer"):
        explore(lambda figure, m, n: None, m=range(8), n=range(9))


def test_description_must_be_words():
    with pytest.raises(InputError, match="a description or None, not 3"):
        explore(lambda figure, n: n, n=[3]).html()


def test_background_must_settle_its_limits():
    with pytest.raises(InputError, match="y limits"):
        explore(curves, background=lambda figure: figure.subplots().set(xlim=(0, 1)), wave=[1.0], power=[1]).html()


def test_minus_is_a_minus():
    assert list(Page(explore(of_n, n=[-1, 0]).html()).data["texts"]) == [["−1", "0"]]


def test_explorer_is_what_explore_returns():
    assert isinstance(explore(of_n, n=[1]), Explorer)


def test_example_of_the_docstring():
    tried = doctest.testmod(sys.modules["lowtglass.explore"])
    assert tried.attempted > 0
    assert tried.failed == 0
