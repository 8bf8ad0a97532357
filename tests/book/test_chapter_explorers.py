"""The explorers of the chapters in a real kernel: every position of every slider, and the time of an update."""

import json

import nbformat
import pytest
from nbclient import NotebookClient

from .test_notebooks import EXPLORER, NOTEBOOKS, shown

UPDATE = 0.1  # seconds, median

# Runs after the cell that ended in an explorer, whose value the kernel keeps in Out.
CONTROL = """
import json, statistics, time

def moves(explorer):
    for name, control in explorer.controls.items():
        first = control.value
        for _, value in [option for option in control.options if option[1] != first]:
            before, start = explorer.image.value, time.perf_counter()
            control.value = value
            yield time.perf_counter() - start, explorer.image.value != before, explorer.values[name] == value
        control.value = first

explorer = Out[max(Out)]
rounds = [list(moves(explorer)) for _ in range(2)]
medians = [statistics.median(second for second, _, _ in round) for round in rounds]
still = sum(not moved for _, moved, _ in rounds[0])
print(json.dumps({"median": min(medians), "moves": len(rounds[0]), "still": still,
                  "asked": all(asked for _, _, asked in rounds[0])}))
"""


def has_explorer(cell):
    return any(mime == "text/html" and EXPLORER in value for _, _, mime, value in shown([(0, cell)]))


def with_explorers():
    for path in NOTEBOOKS:
        cells = [cell for cell in json.loads(path.read_text(encoding="utf8"))["cells"] if cell["cell_type"] == "code"]
        last = max((index for index, cell in enumerate(cells) if has_explorer(cell)), default=-1)
        if last >= 0:
            yield pytest.param(cells[: last + 1], path.parent, id=path.stem)


@pytest.mark.parametrize(("cells", "folder"), list(with_explorers()))
def test_every_slider_moves_the_picture_in_time(cells, folder):
    notebook = nbformat.v4.new_notebook()
    measured = []
    for cell in cells:
        source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        notebook.cells.append(nbformat.v4.new_code_cell(source))
        if has_explorer(cell):
            notebook.cells.append(nbformat.v4.new_code_cell(CONTROL))
            measured.append(notebook.cells[-1])
    # A chapter reads its data files beside it.
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(
        notebook, timeout=300, kernel_name="python3", store_widget_state=False, resources=resources
    ).execute()
    assert measured
    for cell in measured:
        result = json.loads("".join(output.text for output in cell.outputs if output.output_type == "stream"))
        assert result["asked"], result
        assert result["moves"] > 0, result
        # Neighbouring values may look alike where nothing depends on them, but not as a rule.
        assert result["still"] <= 0.2 * result["moves"], result
        assert result["median"] <= UPDATE, result
