"""The explorer: one drawing function under sliders, live in a kernel and as frames in a page.

An explorer shows itself as one bundle of two forms. With a running kernel the sliders are those of ipywidgets and
every position is drawn when it is asked for. In a published page the same cell shows pictures drawn beforehand,
one for each combination of a limited number of values, with sliders of the browser and nothing from a network.
"""

import base64
import dataclasses
import hashlib
import html
import inspect
import io
import itertools
import json
import math
from collections.abc import Callable, Sequence

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ._validation import real
from .errors import InputError
from .plotting import STYLE

__all__ = ["MAX_FRAMES", "Explorer", "Frame", "Slider", "explore"]

#: The largest number of frames in a page.
MAX_FRAMES = 60

_COLORS, _COMMON_COLORS = 32, 8  # of a frame in a page
_DPI = 100
_WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


@dataclasses.dataclass(frozen=True)
class Slider:
    """The values of one parameter and how they are shown.

    Parameters
    ----------
    values : sequence
        Numbers or strings, all different, at least one; the slider stops at each in this order.
    label : str, optional
        What stands beside the slider (plain text, e.g. ``"temperature T"``); the name of the parameter if not given.
    unit : str, optional
        Unit of the values (plain text).
    format : str or callable, optional
        Format specification (``".2f"``) or a function from value to text.
    initial : optional
        The value shown at first; the first of ``values`` if not given.
    """

    values: Sequence
    label: str | None = None
    unit: str = ""
    format: str | Callable = ""
    initial: object = None


@dataclasses.dataclass(frozen=True)
class Frame:
    """One picture.

    Parameters
    ----------
    values : dict
        The values it was drawn for.
    png : bytes
        The picture as PNG.
    alt : str
        What it shows, in words.
    """

    values: dict
    png: bytes = dataclasses.field(repr=False)
    alt: str


class _Parameter:
    """A checked slider: values, their texts, and the values kept in a page."""

    def __init__(self, name, slider, static):
        slider = slider if isinstance(slider, Slider) else Slider(slider)
        self.name = name
        self.label = name if slider.label is None else slider.label
        if not isinstance(self.label, str) or not self.label.strip():
            raise InputError(f"{name}.label", self.label, "a text that is not empty")
        if not isinstance(slider.unit, str):
            raise InputError(f"{name}.unit", slider.unit, "a text")
        self.values = _plain_values(name, slider.values)
        self.texts = [self._text(value, slider) for value in self.values]
        if len(set(self.texts)) < len(self.texts):
            raise InputError(f"{name}.format", slider.format, f"a format that tells the values apart, not {self.texts}")
        self.initial = 0 if slider.initial is None else self.index(f"{name}.initial", slider.initial)
        self.static = list(range(len(self.values)))
        if static is not None:
            argument = f"static[{name!r}]"
            self.static = sorted({self.index(argument, value) for value in _plain_values(argument, static)})
            if self.initial not in self.static:
                raise InputError(argument, static, f"values among which is the initial one, {self.texts[self.initial]}")

    @staticmethod
    def _text(value, slider):
        try:
            text = slider.format(value) if callable(slider.format) else format(value, slider.format or _general(value))
        except (TypeError, ValueError) as error:
            raise InputError("format", slider.format, f"a format for {value!r} ({error})") from None
        if not isinstance(value, str) and not callable(slider.format):
            text = text.replace("-", "−")
        return f"{text} {slider.unit}".strip()

    def index(self, argument, wanted):
        """Return the position of a value; numbers agree when they differ by rounding only."""
        wanted = wanted.item() if isinstance(wanted, np.generic) else wanted
        for position, value in enumerate(self.values):
            if isinstance(value, str) or isinstance(wanted, str):
                same = value == wanted
            else:
                same = isinstance(wanted, (int, float)) and math.isclose(value, wanted, rel_tol=1e-12, abs_tol=1e-15)
            if same:
                return position
        raise InputError(argument, wanted, f"one of the values of {self.name}: {', '.join(self.texts)}")


def _general(value):
    return "" if isinstance(value, (str, bool)) else "g"


def _plain_values(argument, values):
    """Return the values as a list of different Python numbers and strings."""
    expected = "a non-empty sequence of different finite numbers or texts"
    if isinstance(values, (str, bytes)):
        raise InputError(argument, values, expected)
    try:
        plain = [value.item() if isinstance(value, np.generic) else value for value in values]
    except TypeError:
        raise InputError(argument, values, expected) from None
    for value in plain:
        if not isinstance(value, (str, int, float)) or (isinstance(value, float) and not math.isfinite(value)):
            raise InputError(argument, values, expected)
    if not plain or len(set(plain)) < len(plain):
        raise InputError(argument, values, expected)
    return plain


class _Canvas:
    """A figure that is drawn again and again, on a background that is drawn once.

    Axes, ticks and labels take most of the time of a picture. With ``background`` they are drawn once and kept as
    an image; ``draw`` adds its artists, which are painted over it and taken away before the next picture.
    """

    def __init__(self, draw, background, size):
        self.draw = draw
        self.background = background
        with matplotlib.rc_context(STYLE):
            self.figure = Figure(figsize=size, dpi=_DPI)
        self.canvas = FigureCanvasAgg(self.figure)
        self._image = None
        self._added = []

    def picture(self, values):
        """Draw for these values; return an array (height, width, 3) of bytes, and what ``draw`` said about it."""
        with matplotlib.rc_context(STYLE):
            if self.background is None:
                self.figure.clear()
                said = self.draw(self.figure, **values)
                self.canvas.draw()
            else:
                said = self._over_background(values)
        if said is not None and not isinstance(said, str):
            raise InputError("draw", self.draw, f"a function that returns a description or None, not {said!r}")
        return np.asarray(self.canvas.buffer_rgba())[..., :3].copy(), said

    def _over_background(self, values):
        if self._image is None:
            self._draw_background()
        for artist in self._added:
            artist.remove()
        self._added = []
        for axes, containers in self._containers:
            del axes.containers[containers:]  # bars, error bars: their artists are gone already
            axes.set_prop_cycle(None)
        try:
            said = self.draw(self.figure, **values)
        finally:  # what a failed drawing has left goes away with the rest
            kept = {id(artist) for artist in self._kept}
            self._added = [artist for artist in self._children() if id(artist) not in kept]
        if any(artist.stale for artist in self._kept) or self._geometry() != self._fixed:
            # a picture would depend on the one before it
            self._image = None
            raise InputError(
                "draw",
                self.draw,
                "a function that only adds to the axes made by background (limits, scales, ticks, labels and "
                "titles belong there; without background, draw makes the whole figure)",
            )
        self.canvas.restore_region(self._image)
        renderer = self.canvas.get_renderer()
        for artist in sorted(self._added, key=lambda artist: artist.get_zorder()):
            artist.draw(renderer)
        return said

    def _draw_background(self):
        self.figure.clear()
        self._added = []
        self.background(self.figure)
        self._axes = list(self.figure.axes)
        for axes in self._axes:
            free = [name for name in ("x", "y") if getattr(axes, f"get_autoscale{name}_on")()]
            if free and not axes.has_data():
                raise InputError("background", self.background, f"axes whose {free[0]} limits are set, or hold data")
            axes.set_autoscale_on(False)
        self.canvas.draw()
        self._image = self.canvas.copy_from_bbox(self.figure.bbox)
        self._containers = [(axes, len(axes.containers)) for axes in self._axes]
        # what was not drawn (an empty title, an invisible label) stays stale for matplotlib
        self._kept = self._children()
        for axes in self._axes:
            self._kept += [axes.xaxis.label, axes.yaxis.label]
        for artist in self._kept:
            artist.stale = False
        self._fixed = self._geometry()

    def _children(self):
        return [
            child for parent in (self.figure, *self._axes) for child in parent.get_children() if child not in self._axes
        ]

    def _geometry(self):
        return [
            (*axes.get_xlim(), *axes.get_ylim(), axes.get_xscale(), axes.get_yscale(), axes.get_position().bounds)
            for axes in self._axes
        ]


def explore(draw, /, *, background=None, static=None, size=(6.4, 4.0), **parameters):
    """Put a drawing function under sliders.

    Parameters
    ----------
    draw : callable
        ``draw(figure, **values)`` draws into a `matplotlib.figure.Figure` what belongs to the values. Its picture
        depends on nothing else. It may return a short description of what is seen, which becomes the alternative
        text of the picture (the values are appended to it).
    background : callable, optional
        ``background(figure)`` draws once what does not depend on the parameters: axes with their limits, scales,
        labels, titles, guides. ``draw`` then only adds artists to ``figure.axes``, which takes a fraction of the
        time. The colour cycle begins anew in ``draw``.
    static : dict, optional
        For some parameters, the values kept in a page (a part of all values, the initial one among them), where
        the live slider has more.
    size : tuple of float
        Width and height in inches, at 100 points per inch.
    **parameters
        For each argument of ``draw`` a sequence of values or a `Slider`.

    Returns
    -------
    Explorer
        Shown when it is the last expression of a cell. Nothing is drawn before.

    Raises
    ------
    InputError
        If there is no parameter, a parameter has no values, its initial value is not among them, ``draw`` does not
        take the parameters, or the frames of a page would be more than `MAX_FRAMES`.

    Examples
    --------
    >>> import numpy as np
    >>> from lowtglass.explore import Slider, explore
    >>> def axes(figure):
    ...     figure.subplots().set(xlim=(0, 1), ylim=(-1, 1), xlabel="x", ylabel="y")
    >>> def wave(figure, k):
    ...     x = np.linspace(0, 1, 200)
    ...     figure.axes[0].plot(x, np.sin(k * x))
    ...     return f"A sine wave with {k / np.pi:g} half-periods"
    >>> explore(wave, background=axes, k=Slider(np.pi * np.arange(1, 6), label="wave number k", format=".2f"))
    Explorer of k (5 values); 5 frames
    """
    return Explorer(draw, background=background, static=static, size=size, parameters=parameters)


class Explorer:
    """A drawing function under sliders; made by `explore`, which describes the arguments.

    Attributes
    ----------
    values : dict
        The values shown now.
    """

    _shown = itertools.count(1)

    def __init__(self, draw, *, parameters, background=None, static=None, size=(6.4, 4.0)):
        if not callable(draw):
            raise InputError("draw", draw, "a function draw(figure, **values)")
        if background is not None and not callable(background):
            raise InputError("background", background, "a function background(figure) or None")
        if not parameters:
            raise InputError("parameters", parameters, "at least one parameter, as name=values")
        static = {} if static is None else static
        if not isinstance(static, dict) or not set(static) <= set(parameters):
            raise InputError("static", static, f"a dictionary with names among {', '.join(parameters)}")
        try:
            width, height = size
        except (TypeError, ValueError):
            raise InputError("size", size, "width and height in inches") from None
        size = tuple(real("size", length, minimum=1.0, maximum=20.0) for length in (width, height))
        try:
            inspect.signature(draw).bind(None, **dict.fromkeys(parameters))
        except TypeError as error:
            raise InputError("draw", draw, f"a function of a figure and {', '.join(parameters)} ({error})") from None
        except ValueError:  # no signature to be had
            pass
        self._parameters = [_Parameter(name, given, static.get(name)) for name, given in parameters.items()]
        count = math.prod(len(parameter.static) for parameter in self._parameters)
        if count > MAX_FRAMES:
            each = " × ".join(f"{len(parameter.static)} ({parameter.name})" for parameter in self._parameters)
            raise InputError(
                "static",
                static,
                f"at most {MAX_FRAMES} frames in a page, not {each} = {count}: keep fewer values there",
            )
        self._draw = _Canvas(draw, background, size)
        self._widget = None
        self._html = None
        self.values = {parameter.name: parameter.values[parameter.initial] for parameter in self._parameters}

    def __repr__(self):
        each = ", ".join(f"{parameter.name} ({len(parameter.values)} values)" for parameter in self._parameters)
        count = math.prod(len(parameter.static) for parameter in self._parameters)
        return f"Explorer of {each}; {count} frame{'s' * (count > 1)}"

    @property
    def figure(self):
        """The matplotlib figure as drawn last."""
        return self._draw.figure

    # -- the page ------------------------------------------------------------------------------------------------

    def frames(self):
        """Draw the frames of the page.

        Returns
        -------
        list of Frame
            For every combination of the values kept in the page, the last parameter changing fastest.
        """
        frames = []
        for indices in itertools.product(*(parameter.static for parameter in self._parameters)):
            pixels, alt = self._picture(indices)
            frames.append(Frame(self._values(indices), _palette_png(pixels), alt))
        if self._widget is not None:  # the figure is the live picture's again
            self._picture(self._current())
        return frames

    def html(self):
        """Return the page's form: sliders, frames and script in one piece of HTML that needs nothing else."""
        if self._html is None:
            self._html = _page(self._parameters, self.frames(), *self._pixels())
        return self._html

    # -- the kernel ----------------------------------------------------------------------------------------------

    @property
    def controls(self):
        """The live sliders by the names of the parameters (``ipywidgets.SelectionSlider``)."""
        self._live()
        return self._controls

    @property
    def image(self):
        """The live picture (``ipywidgets.Image``, a PNG)."""
        self._live()
        return self._image

    @property
    def widget(self):
        """The live form as a whole (``ipywidgets.VBox``)."""
        self._live()
        return self._widget

    def _live(self):
        if self._widget is not None:
            return
        import ipywidgets

        self._controls = {
            parameter.name: ipywidgets.SelectionSlider(
                options=list(zip(parameter.texts, parameter.values, strict=True)),
                value=parameter.values[parameter.initial],
                description=parameter.label,
                continuous_update=False,
                style={"description_width": "10em"},
                layout={"width": "100%", "max_width": f"{self._pixels()[0]}px"},
            )
            for parameter in self._parameters
        }
        self._image = ipywidgets.Image(format="png", layout={"max_width": "100%", "object_fit": "contain"})
        self._message = ipywidgets.HTML()
        # in a fresh kernel always the same id, and never twice in one kernel
        key = f"{'|'.join(map(repr, self.values.items()))}|{next(self._shown)}"
        self._update()
        for control in self._controls.values():
            control.observe(self._update, "value")
        self._widget = ipywidgets.VBox(
            [*self._controls.values(), self._message, self._image],
            model_id=hashlib.sha256(key.encode()).hexdigest()[:32],
        )

    def _current(self):
        return [self._controls[parameter.name].index for parameter in self._parameters]

    def _update(self, change=None):
        """Draw the picture for the sliders as they stand; when that fails, say so in its place."""
        indices = self._current()
        self.values = self._values(indices)
        try:
            pixels, alt = self._picture(indices)
        except Exception as error:
            # not the picture of other values; and not an Output widget, which nbclient cannot follow without state
            self._image.layout.visibility = "hidden"
            self._message.value = f'<p role="alert">{html.escape(f"{type(error).__name__}: {error}")}</p>'
            raise
        self._image.value = _png(pixels)
        self._image.tooltip = alt
        self._image.layout.visibility = "visible"
        self._message.value = ""

    # -- both ----------------------------------------------------------------------------------------------------

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = {"text/plain": repr(self), "text/html": self.html()}
        view = {"version_major": 2, "version_minor": 0, "model_id": self.widget.model_id}
        return {**bundle, _WIDGET_VIEW: view}

    def _values(self, indices):
        return {p.name: p.values[index] for p, index in zip(self._parameters, indices, strict=True)}

    def _picture(self, indices):
        pixels, said = self._draw.picture(self._values(indices))
        setting = ", ".join(f"{p.label}: {p.texts[index]}" for p, index in zip(self._parameters, indices, strict=True))
        return pixels, f"{said.strip().rstrip('.')} ({setting})" if said and said.strip() else setting

    def _pixels(self):
        return tuple(round(length * _DPI) for length in self.figure.get_size_inches())


def _png(pixels):
    """Encode an array (height, width, 3) quickly."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def _palette_png(pixels):
    """Encode an array (height, width, 3) with few colours, small; nothing but the pixels goes into the file."""
    from PIL import Image

    image = Image.fromarray(pixels)
    # the commonest colours (white, the ink, the curves) stay exactly what they are, so that a curve does not change
    # its colour from frame to frame; the many shades of their edges share the rest of the palette
    counts = sorted(image.getcolors(pixels.size), key=lambda item: (-item[0], item[1]))
    common = [color for _, color in counts[:_COMMON_COLORS]]
    edges = [color for count, color in counts[_COMMON_COLORS:] for _ in range(count)]
    palette = [channel for color in common for channel in color]
    if edges:
        strip = Image.fromarray(np.array([edges], dtype=np.uint8))
        strip = strip.quantize(_COLORS - _COMMON_COLORS, method=Image.Quantize.MAXCOVERAGE)
        palette += strip.getpalette()[: 3 * (_COLORS - _COMMON_COLORS)]
    template = Image.new("P", (1, 1))
    template.putpalette(palette)
    indices = np.array(image.quantize(palette=template, dither=Image.Dither.NONE))
    # Pillow takes an entry that is near, not always the nearest: near-white for white
    weights = np.array([1 << 16, 1 << 8, 1])
    packed = pixels @ weights
    for index, color in enumerate(common):
        indices[packed == np.dot(color, weights)] = index
    result = Image.fromarray(indices)
    result.putpalette(palette)
    buffer = io.BytesIO()
    result.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


_STYLE_SHEET = """
.lowtglass-explorer { max-width: calc(WIDTHpx + 0.5rem); margin: 0.5rem 0; color: inherit; font-size: 1rem; }
.lowtglass-explorer label { display: flex; flex-wrap: wrap; align-items: center; gap: 0 0.75rem; margin: 0 0 0.25rem; }
.lowtglass-explorer label span { flex: 0 1 auto; min-width: 8rem; }
.lowtglass-explorer input { flex: 1 1 9rem; min-width: 0; height: 2rem; margin: 0; accent-color: #0072b2; }
.lowtglass-explorer output { flex: 0 0 6rem; font-variant-numeric: tabular-nums; }
.lowtglass-explorer img.lowtglass-frame { display: block; box-sizing: border-box; width: calc(WIDTHpx + 0.5rem);
  max-width: 100%; height: auto; margin: 0.25rem 0; padding: 0.25rem; background: #fff; border-radius: 0.25rem;
  filter: none !important; }
@media (max-width: 40rem) {
  .lowtglass-explorer label span { flex: 1 1 0; }
  .lowtglass-explorer output { flex: 0 0 auto; }
  .lowtglass-explorer input { order: 1; flex: 1 0 100%; }
}
"""

# every explorer of the page that is not yet at work: each brings the script, whichever runs first does all it sees
_SCRIPT = """
document.querySelectorAll(".lowtglass-explorer:not([data-ready])").forEach(function (box) {
  var data = box.querySelector("script[type='application/json']");
  if (!data) return;
  data = JSON.parse(data.textContent);
  box.dataset.ready = "";
  var inputs = Array.from(box.querySelectorAll("input")), image = box.querySelector("img");
  function show() {
    var at = 0;
    inputs.forEach(function (input, i) {
      var text = data.texts[i][input.value];
      at = at * data.texts[i].length + Number(input.value);
      input.setAttribute("aria-valuetext", text);
      input.parentNode.querySelector("output").textContent = text;
    });
    image.src = data.frames[at].src;
    image.alt = data.frames[at].alt;
  }
  inputs.forEach(function (input) { input.addEventListener("input", show); });
  show();
});
"""


def _page(parameters, frames, width, height):
    texts = [[parameter.texts[index] for index in parameter.static] for parameter in parameters]
    start = [parameter.static.index(parameter.initial) for parameter in parameters]
    pictures = [
        {"src": "data:image/png;base64," + base64.b64encode(frame.png).decode("ascii"), "alt": frame.alt}
        for frame in frames
    ]
    first = pictures[int(np.ravel_multi_index(start, [len(each) for each in texts]))]
    data = json.dumps({"texts": texts, "frames": pictures}, ensure_ascii=False, separators=(",", ":"))
    rows = []
    for parameter, each, at in zip(parameters, texts, start, strict=True):
        label, text = html.escape(parameter.label), html.escape(each[at])
        rows.append(
            f'<label><span>{label}</span><input type="range" min="0" max="{len(each) - 1}" step="1" value="{at}" '
            f'name="{html.escape(parameter.name)}" autocomplete="off" aria-label="{label}" aria-valuetext="{text}">'
            f'<output aria-live="off">{text}</output></label>'
        )
    return "\n".join(
        [
            '<div class="lowtglass-explorer">',
            f"<style>{_STYLE_SHEET.replace('WIDTH', str(width))}</style>",
            *rows,
            f'<img class="lowtglass-frame" width="{width}" height="{height}" alt="{html.escape(first["alt"])}" '
            f'src="{first["src"]}">',
            "<noscript><p>The sliders need JavaScript; the picture shows their first position.</p></noscript>",
            # nothing in the data may end the script element
            f'<script type="application/json">{data.replace("<", chr(92) + "u003c")}</script>',
            f"<script>{_SCRIPT}</script>",
            "</div>",
        ]
    )
