"""Figure 4b of Kühn and Horstmann (1998) against plain NumPy: a dense grid of potentials, each diagonalised in full.

The NumPy side is written as a user would write it: equidistant a₂, `geomspace` of fields with the trapezoidal rule, one
sinc grid for all potentials, `eigvalsh`. Its numbers of nodes are about the smallest that hold 1.5e-3 from T = 1e-4 on,
as is checked with our levels in place of the dense ones; the diagonalisations are timed on a sample and scaled.
Both sides spend their time on the levels of deep wells. Ours also finds the rule by itself and reports its error.
A user who knows that the trapezoidal rule converges exponentially in arsinh of the field, as ours does, needs only
30 fields; the ratio to that is reported, too.
"""

import math
import time

import numpy as np

from lowtglass import quartic, thermal
from lowtglass.kuhn_horstmann import Glass, Normal, _random_ensemble, heat_capacity, replica_symmetric

# Width of the law and the a₂ that the plain rule takes: 0.106 apart.
CASES = ((5.0, 403), (math.sqrt(5.0), 181))
FIELDS, KNOWING = 240, 30
T = np.geomspace(1e-4, 10.0, 41)


def plain_rule(state, count):
    """(a₂, weights) and (h, weights) of the plain user."""
    law = state.glass.a2
    a2 = np.linspace(law.mean - 4.27 * law.std, law.mean + 4.27 * law.std, count)
    h = np.append(0.0, np.geomspace(1e-6, 5.0 * math.sqrt(state.q), FIELDS - 1))
    between = np.diff(h)
    weights = state.field_density(h) * (np.append(between, 0.0) + np.append(0.0, between))
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

    start = time.perf_counter()
    found = benchmark.pedantic(ours, rounds=1)
    seconds = time.perf_counter() - start
    assert all(np.all(x.error <= 1e-3 * x.heat_capacity) for x in found)

    rng = np.random.default_rng(0)
    theirs = 0.0
    for (state, count), mine in zip(states, found, strict=True):
        a2, weights, h, field_weights = plain_rule(state, count)
        if count < 200:
            # The rule is good enough: at these temperatures only double wells with small fields count.
            cold, inside, coldest = 0.0, h < 1.0, np.array([0, 2, 4, 8])
            for value, weight in zip(a2, weights, strict=True):
                if state.C - value > 0.5:
                    gaps = quartic.levels(potential(state, value, h[inside]), 4).gaps
                    levels = np.append(np.zeros((inside.sum(), 1)), np.cumsum(gaps, axis=1), axis=1)
                    found_here = thermal.heat_capacity(levels, T[coldest], field_weights[inside], on_truncation="mark")
                    cold = cold + weight * found_here.heat_capacity
            np.testing.assert_allclose(cold, mine.heat_capacity[coldest], rtol=1.5e-3)
        # The levels are the same, and so is the work for every potential.
        for _ in range(12):
            c = potential(state, rng.choice(a2), rng.choice(h))
            start = time.perf_counter()
            dense = sinc_levels(c, 250.0)
            thermal.heat_capacity(dense[:110], T, on_truncation="mark")
            theirs += (time.perf_counter() - start) * count * FIELDS / 12
            np.testing.assert_allclose(dense[:12], quartic.levels(c, 12).energies, atol=1e-6)
    benchmark.extra_info["ratio to NumPy"] = theirs / seconds
    benchmark.extra_info["ratio with arsinh"] = theirs / seconds * KNOWING / FIELDS
    assert theirs >= 20.0 * seconds, f"{theirs:.0f} s against {seconds:.1f} s"
