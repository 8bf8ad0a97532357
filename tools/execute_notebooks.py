"""Execute the book's notebooks in place, so that a second execution writes the same bytes.

Usage: python tools/execute_notebooks.py [--discard] [--jobs N] [notebook ...]

Without names: all notebooks of the book. With --discard nothing is written, which compiles the kernels and no more.
N notebooks run at the same time; without --jobs two, or one where there is one processor.
"""

import argparse
import concurrent.futures
import os
import time
from pathlib import Path

# the kernels inherit these
os.environ.setdefault("PYTHONHASHSEED", "0")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import nbformat
from nbclient import NotebookClient

BOOK = Path(__file__).resolve().parent.parent / "book"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def notebooks():
    """All notebooks of the book, in the order of their paths."""
    return sorted(path for path in BOOK.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)


def canonical(notebook):
    """Remove from an executed notebook what differs from run to run or from machine to machine."""
    notebook.metadata = nbformat.from_dict(
        {
            **{key: value for key, value in notebook.metadata.items() if key not in ("widgets", "language_info")},
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            # a live widget is dead in a file; what stands beside it (text/html) is not
            output.get("data", {}).pop(WIDGET_VIEW, None)
            if output.get("data") is not None:
                output["data"] = dict(sorted(output["data"].items()))
    return notebook


def merge_streams(cell):
    """Join consecutive pieces of one stream: how a kernel cuts its text depends on the clock."""
    merged = []
    for output in cell.get("outputs", []):
        previous = merged[-1] if merged else None
        if previous and output.output_type == "stream" == previous.output_type and output.name == previous.name:
            previous.text += output.text
        else:
            merged.append(output)
    cell["outputs"] = merged


def execute(path):
    """Execute one notebook and return the text of its file."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=900,
        kernel_name="python3",
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            merge_streams(cell)
    return nbformat.writes(canonical(notebook)).rstrip("\n") + "\n"


def run(path, *, write):
    """Execute one notebook, in place if `write`; return its name and the time it took."""
    start = time.perf_counter()
    text = execute(path)
    if write:
        path.write_text(text, encoding="utf8")
    return path.name, time.perf_counter() - start


def main():
    """Execute the notebooks named on the command line, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--discard", action="store_true", help="execute, but write nothing")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), metavar="N", help="at the same time")
    parser.add_argument("notebook", nargs="*", type=Path)
    arguments = parser.parse_args()
    if arguments.jobs < 1:
        parser.error(f"--jobs {arguments.jobs}: at least 1")
    paths = [path.resolve() for path in arguments.notebook or notebooks()]
    begin = time.perf_counter()
    with concurrent.futures.ProcessPoolExecutor(min(arguments.jobs, len(paths))) as executor:
        # The ledger, one of the longest, stands at the end of the book: from there on no processor waits for it.
        pending = [executor.submit(run, path, write=not arguments.discard) for path in reversed(paths)]
        try:
            for done in concurrent.futures.as_completed(pending):
                name, seconds = done.result()
                print(f"{seconds:7.1f} s  {name}", flush=True)
        except BaseException:
            executor.shutdown(cancel_futures=True)
            raise
    print(f"{time.perf_counter() - begin:7.1f} s  together")


if __name__ == "__main__":
    main()
