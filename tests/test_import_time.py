"""Importing the package costs little more than importing numba."""

import statistics
import subprocess
import sys

import pytest

CLOCK = "import time; start = time.perf_counter(); import {}; print(time.perf_counter() - start)"


def seconds(module):
    return float(subprocess.run([sys.executable, "-c", CLOCK.format(module)], capture_output=True, check=True).stdout)


@pytest.mark.parametrize("module", ["lowtglass", "lowtglass.kuhn_horstmann", "lowtglass.tunneling"])
def test_at_most_twice_numba(module):
    # In turn, so that both see the same load.
    pairs = [(seconds(module), seconds("numba")) for _ in range(5)]
    assert statistics.median(ours / numba for ours, numba in pairs) <= 2.0, pairs


def test_nothing_heavy_comes_along():
    heavy = ("scipy.optimize", "scipy.integrate", "matplotlib", "pandas", "ipywidgets")
    code = f"import sys, lowtglass.kuhn_horstmann, lowtglass.tunneling; print([m for m in {heavy} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
    assert found.strip() == "[]"
