"""The committed notebooks: executed, in order, quiet, short, and with words beside every picture."""

import json
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted(path for path in (ROOT / "book").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)
USUAL_LENGTH, GREATEST_LENGTH = 15, 25
# share of a notebook's code cells that may be longer than usual
LONG_CELLS = 0.1
MAGIC = re.compile(r"^\s*(%|!|\?)|\?\s*$|get_ipython", re.MULTILINE)
PATH_TRICK = re.compile(r"sys\.path|os\.chdir|PYTHONPATH|\.\./|__file__|Path\.cwd|os\.getcwd|importlib\.reload")
ADDRESS_IN_MEMORY = re.compile(r"\bat 0x[0-9a-f]{6,}")
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:home|root|tmp|usr|Users|var|mnt|work)/|[A-Z]:\\\\Users")
WARNING_TEXT = re.compile(r"\b\w*Warning:|Traceback \(most recent call last\)")
EXPLORER = 'class="lowtglass-explorer'


def text(value):
    """Text of a notebook field, which is a string or a list of lines."""
    return value if isinstance(value, str) else "".join(value)


@pytest.fixture(params=NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def path(request):
    return request.param


@pytest.fixture
def notebook(path):
    return json.loads(path.read_text(encoding="utf8"))


@pytest.fixture
def code(notebook):
    """Code cells with their number, counted from 1, empty ones left out."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code" and text(cell["source"]).strip()]
    return list(enumerate(cells, 1))


def shown(cells):
    """All output data of the cells: (number, cell, mime type, text)."""
    for number, cell in cells:
        for output in cell["outputs"]:
            for mime, value in output.get("data", {}).items():
                yield number, cell, mime, text(value) if isinstance(value, str | list) else json.dumps(value)


def test_there_are_notebooks():
    assert NOTEBOOKS


def test_code_was_executed_in_order(code):
    assert [cell["execution_count"] for _, cell in code] == [number for number, _ in code]
    for _, cell in code:
        for output in cell["outputs"]:
            assert output.get("execution_count") in (None, cell["execution_count"])


def test_no_cell_complains(code):
    for number, cell in code:
        for output in cell["outputs"]:
            assert output["output_type"] != "error", f"cell {number}"
            assert output.get("name") != "stderr", f"cell {number}: {text(output.get('text', ''))[:200]}"
    for number, cell in code:
        words = "".join(text(output.get("text", "")) for output in cell["outputs"])
        assert not WARNING_TEXT.search(words), f"cell {number}"
    for number, _, mime, value in shown(code):
        assert mime != "text/plain" or not WARNING_TEXT.search(value), f"cell {number}"


def test_cells_are_short(code):
    lengths = {number: len(text(cell["source"]).splitlines()) for number, cell in code}
    assert not {number: length for number, length in lengths.items() if length > GREATEST_LENGTH}
    long = {number: length for number, length in lengths.items() if length > USUAL_LENGTH}
    assert len(long) <= LONG_CELLS * len(lengths), long


def test_code_is_plain_python(code):
    for number, cell in code:
        source = text(cell["source"])
        compile(source, f"cell {number}", "exec")
        assert not MAGIC.search(source), f"cell {number}"
        assert not PATH_TRICK.search(source), f"cell {number}"
        assert not re.search(r"\bnumba\b|\bn?jit\b", source), f"cell {number}: kernels belong into the package"
        assert "filterwarnings" not in source and "simplefilter" not in source, f"cell {number}"


def test_no_cell_ends_with_a_semicolon(code):
    """It hides a value only where IPython keeps a history; nbval's kernels keep none, and would see the value."""
    for number, cell in code:
        assert not text(cell["source"]).rstrip().endswith(";"), f"cell {number}: end with plt.show() or an assignment"


def test_nothing_of_the_machine_or_the_hour_remains(notebook, code):
    metadata = notebook["metadata"]
    assert metadata["kernelspec"] == {"display_name": "Python 3", "language": "python", "name": "python3"}
    assert metadata["language_info"] == {"name": "python"}
    assert "widgets" not in metadata
    for number, cell in code:
        assert "execution" not in cell["metadata"], f"cell {number}: timing"
        words = "".join(text(output.get("text", "")) for output in cell["outputs"])
        assert not ADDRESS_IN_MEMORY.search(words) and not MACHINE_PATH.search(words), f"cell {number}"
    for number, _, mime, value in shown(code):
        assert mime != "application/vnd.jupyter.widget-view+json", f"cell {number}: a dead widget"
        if mime.startswith("text/"):
            # pictures inside a page are letters that may spell anything
            value = re.sub(r"base64,[A-Za-z0-9+/=]+", "", value)
            assert not ADDRESS_IN_MEMORY.search(value) and not MACHINE_PATH.search(value), f"cell {number}"


def test_every_figure_has_a_caption_and_says_what_it_shows(code):
    names = []
    for number, cell, mime, _ in shown(code):
        if not mime.startswith("image/"):
            continue
        settings = cell["metadata"].get("mystnb", {})
        alternative, figure = settings.get("image", {}).get("alt", ""), settings.get("figure", {})
        assert len(alternative.split()) >= 3, f"cell {number}: alt text {alternative!r}"
        assert len(figure.get("caption", "").split()) >= 3, f"cell {number}: no caption"
        assert figure.get("name"), f"cell {number}: no name to refer to"
        names.append(figure["name"])
    assert len(names) == len(set(names)), "one figure for one cell, each with its own name"


def test_explorers_are_marked(code):
    """nbval compares text; an explorer's is a page with pictures."""
    for number, cell, mime, value in shown(code):
        if mime == "text/html" and EXPLORER in value:
            assert "nbval-ignore-output" in cell["metadata"].get("tags", []), f"cell {number}"


def test_only_explorers_escape_comparison(code):
    for number, cell in code:
        tags = cell["metadata"].get("tags", [])
        assert not {"nbval-skip", "raises-exception", "nbval-raises-exception"} & set(tags), f"cell {number}"
        if "nbval-ignore-output" in tags:
            values = [value for _, _, mime, value in shown([(number, cell)]) if mime == "text/html"]
            assert any(EXPLORER in value for value in values), f"cell {number} hides its output from comparison"


def test_a_picture_stands_beside_numbers(code):
    """nbval does not compare pictures: a notebook with figures shows text that it does compare."""
    pictures = sum(mime.startswith("image/") for _, _, mime, _ in shown(code))
    numbers = 0
    for _, cell in code:
        if "nbval-ignore-output" in cell["metadata"].get("tags", []):
            continue
        words = [text(o.get("text", "")) + text(o.get("data", {}).get("text/plain", "")) for o in cell["outputs"]]
        numbers += any(re.search(r"\d\.\d", word) for word in words)
    assert not pictures or numbers >= 1


def test_labels_of_figures_are_unique_in_the_book():
    names = []
    for path in NOTEBOOKS:
        for cell in json.loads(path.read_text(encoding="utf8"))["cells"]:
            name = cell["metadata"].get("mystnb", {}).get("figure", {}).get("name")
            names += [name] if name else []
    assert sorted(names) == sorted(set(names))


def table_of_contents():
    """Every file the table of contents names."""
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf8"))
    found = [contents["root"]]

    def walk(node):
        if isinstance(node, dict):
            found.extend(value for key, value in node.items() if key == "file")
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(contents)
    return found


def test_table_of_contents_holds_every_page_and_no_other():
    pages = {path.relative_to(ROOT).with_suffix("").as_posix() for path in NOTEBOOKS}
    pages |= {path.relative_to(ROOT).with_suffix("").as_posix() for path in (ROOT / "book").rglob("*.md")}
    named = table_of_contents()
    assert len(named) == len(set(named))
    assert {name.removesuffix(".ipynb").removesuffix(".md") for name in named} == pages
