"""Figure 4b of Kühn and Horstmann (1998) against plain NumPy: a dense grid of potentials, each diagonalised in full.

The NumPy side is written as a user would write it: equidistant a₂, fields denser towards h = 0, one sinc grid for all
potentials, `eigvalsh`. Its numbers of nodes are about the smallest that hold 1e-3 at T = 1e-3, as is checked with our
levels in place of the dense ones; the diagonalisations themselves are timed on a sample and scaled. Both sides spend
their time on the levels of deep wells. Ours also finds the rule by itself and reports its error.
"""

import math
import time

import numpy as np

from lowtglass import quartic, thermal
from lowtglass.kuhn_horstmann import Glass, Normal, _random_ensemble, heat_capacity, replica_symmetric

# Width of the law and the a₂ that the plain rule takes: 0.12 apart.
CASES = ((5.0, 361), (math.sqrt(5.0), 161))
FIELDS = 60
T = np.geomspace(1e-4, 10.0, 41)


def plain_rule(state, count):
    """(a₂, weights) and (h, weights) of the plain user."""
    law = state.glass.a2
    a2 = np.linspace(law.mean - 4.27 * law.std, law.mean + 4.27 * law.std, count)
    t = np.linspace(0.0, math.asinh(5.0 * math.sqrt(state.q) / 2e-6), FIELDS)
    h = 2e-6 * np.sinh(t)
    weights = 2.0 * state.field_density(h) * 2e-6 * np.cosh(t) * (t[1] - t[0])
    weights[0] *= 0.5
    return a2, law.pdf(a2) * (a2[1] - a2[0]), h, weights


def potential(state, a2, h):
    return state.site(a2=a2).glass.potential(state.C, h)


def sinc_levels(c, highest):
    """All levels on a grid that holds energies up to `highest` above the minimum in the deepest wells drawn."""
    reach = math.sqrt(23.0 * 6.0) + 3.0
    size = math.ceil(2.0 * reach * math.sqrt(2.0 * highest) * 1.15 / math.pi)
    x = np.linspace(-reach, reach, size)
    i = np.arange(size)
    difference = i[:, None] - i
    with np.errstate(divide="ignore"):
        H = (-1.0) ** difference / difference.astype(float) ** 2
    H[i, i] = math.pi**2 / 6.0
    H /= (x[1] - x[0]) ** 2
    H[i, i] += sum(c[n] * x ** (n + 1) for n in range(4))
    return np.linalg.eigvalsh(H)


def test_figure_4b(benchmark):
    states = [(replica_symmetric(Glass(1.0, a2=Normal(1.0, std))), count) for std, count in CASES]
    heat_capacity(states[0][0], 10.0)

    def ours():
        _random_ensemble._mesh.cache_clear()
        return [heat_capacity(state, T) for state, _ in states]

    start = time.process_time()
    found = benchmark.pedantic(ours, rounds=1)
    seconds = time.process_time() - start
    assert all(np.all(x.error <= 1e-3 * x.heat_capacity) for x in found)

    rng = np.random.default_rng(0)
    theirs = 0.0
    for (state, count), mine in zip(states, found, strict=True):
        a2, weights, h, field_weights = plain_rule(state, count)
        # The rule is good enough: at T = 1e-3 only double wells with small fields count.
        cold, inside = 0.0, h < 1.0
        for value, weight in zip(a2, weights, strict=True):
            if state.C - value > 0.5:
                levels = quartic.levels(potential(state, value, h[inside]), 4)
                cold += (
                    weight
                    * thermal.heat_capacity(
                        np.append(np.zeros((inside.sum(), 1)), np.cumsum(levels.gaps, axis=1), axis=1),
                        1e-3,
                        field_weights[inside],
                        on_truncation="mark",
                    ).heat_capacity
                )
        at = np.argmin(np.abs(T - 1e-3))
        np.testing.assert_allclose(cold, mine.heat_capacity[at], rtol=2e-3)
        # The levels are the same, and so is the work for every potential.
        for _ in range(12):
            c = potential(state, rng.choice(a2), rng.choice(h))
            start = time.process_time()
            dense = sinc_levels(c, 250.0)
            thermal.heat_capacity(dense[:110], T, on_truncation="mark")
            theirs += (time.process_time() - start) * count * FIELDS / 12
            np.testing.assert_allclose(dense[:12], quartic.levels(c, 12).energies, atol=1e-6)
    benchmark.extra_info["ratio to NumPy"] = theirs / seconds
    assert theirs >= 300.0 * seconds, f"{theirs:.0f} s against {seconds:.1f} s"
