"""The kernels as plain Python (NUMBA_DISABLE_JIT=1) give the numbers that their compiled form gives."""

import json
import os
import subprocess
import sys

import pytest

PROGRAM = """
import json
import numpy as np
from lowtglass import kuhn_horstmann, quartic, thermal, tunneling

quartic_levels = quartic.levels([0.0, 0.0, 0.0, 1.0], 2, kinetic=1.0).energies
tilted = quartic.levels([0.1, -2.0, 0.05, 1.0], 3).energies
wells = quartic.wells([0.1, -2.0, 0.05, 1.0])
glass = kuhn_horstmann.Glass(gamma=2.0)
cold = kuhn_horstmann.replica_symmetric(glass, T=0.0)
warm = kuhn_horstmann.replica_symmetric(glass, T=0.2)
capacity = thermal.heat_capacity(np.array([[0.0, 1.0, 2.5]]), np.array([0.05, 0.2]), complete=True).heat_capacity
silica = tunneling.silica()
print(json.dumps({
    "quartic": np.ravel(quartic_levels).tolist(),
    "tilted": np.ravel(tilted).tolist(),
    "wells": [float(wells.asymmetry), float(wells.barrier), float(wells.distance)],
    "cold": [float(cold.q), float(cold.C), float(cold.free_energy)],
    "warm": [float(warm.q), float(warm.C), float(warm.free_energy)],
    "capacity": np.ravel(capacity).tolist(),
    "friction": np.ravel(tunneling.internal_friction(6e3, [0.01, 0.1], silica).friction).tolist(),
    "tunnelling": np.ravel(tunneling.heat_capacity([0.01, 1.0], 1e-3, silica).heat_capacity).tolist(),
}))
"""


def numbers(**environment):
    """What the program prints under these settings."""
    settings = {key: value for key, value in os.environ.items() if key != "NUMBA_DISABLE_JIT"} | environment
    answer = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, env=settings)
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def test_plain_python_agrees_with_compiled_kernels():
    plain, compiled = numbers(NUMBA_DISABLE_JIT="1"), numbers()
    assert plain.keys() == compiled.keys()
    for name in plain:
        assert plain[name] == pytest.approx(compiled[name], rel=1e-9, abs=1e-12), name
    # published levels of p² + x⁴
    assert plain["quartic"] == pytest.approx([1.0603620904841829, 3.7996730298013942], abs=1e-10)
