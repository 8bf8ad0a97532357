"""The kernels of the ripplons as plain Python give the numbers of their compiled form."""

import json
import os
import subprocess
import sys

import pytest

PROGRAM = """
import json
import numpy as np
from lowtglass import rfot

glass = rfot.Mosaic()
bare = rfot.ripplon_spectrum(glass, l_max=4)
broad = rfot.ripplon_spectrum(glass, 1.0, l_max=2, rtol=1e-3)
levels = rfot.domain_levels(bare, 1.5)
saddle = rfot.SteepestDescent(bare)
print(json.dumps({
    "capacity": [float(rfot.domain_heat_capacity(0.05, bare, stiffening=s).transitions) for s in (False, True)],
    "lines": np.ravel(broad.profile([0.1, 0.3])).tolist(),
    "levels": [float(levels.from_ground(0.4)), float(levels.cumulative(0.2, 0.3))],
    "excited": float(levels.from_excited(0.2, 0.05)),
    "saddle": [float(saddle.from_ground(0.4)), float(saddle.cumulative(0.2, 0.3).number)],
    "inversion": float(rfot.laplace_inversion(0.3, bare, width=0.1, rtol=1e-4)),
}))
"""


def numbers(**environment):
    settings = {key: value for key, value in os.environ.items() if key != "NUMBA_DISABLE_JIT"} | environment
    answer = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, env=settings)
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def test_plain_python_agrees_with_compiled_kernels():
    plain, compiled = numbers(NUMBA_DISABLE_JIT="1"), numbers()
    for name in compiled:
        assert plain[name] == pytest.approx(compiled[name], rel=1e-9), name
