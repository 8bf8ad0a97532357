"""Kühn and Horstmann 1997 and 1998: evaluations of the ledger against something independent."""

import math

import numpy as np
import pytest
from scipy import stats

from lowtglass.claims import _kuhn_horstmann as ours
from lowtglass.claims import _local_randomness as local_randomness
from lowtglass.kuhn_horstmann import Glass, heat_capacity, replica_symmetric


def test_share_of_unstable_modes_against_a_random_matrix():
    # The closed form behind the entry on unstable modes, against the spectrum of one large sample.
    n = 1200
    rng = np.random.default_rng(0)
    J = rng.normal(size=(n, n)) / math.sqrt(n)
    eigenvalues = np.linalg.eigvalsh(np.triu(J, 1) + np.triu(J, 1).T)
    detail = ours.unstable_modes().detail
    printed = [float(number.rstrip(".")) for number in detail.split("modes ")[1].split(", ")]
    sampled = [float(np.mean(eigenvalues > 1 / gamma)) for gamma in (0.5, 1, 2, 4, 10, 100)]
    assert printed == pytest.approx(sampled, abs=4e-3)


def test_conversion_of_the_measured_specific_heat():
    # 1 µJ g⁻¹K⁻² of atoms of 20 g/mol against (π²/6) n k_B² per atom, in SI units throughout.
    boltzmann, avogadro = 1.380649e-23, 6.02214076e23
    c1 = math.sqrt(0.7e-6 * 5e-6)
    per_atom = c1 * 20.0 / avogadro
    density = per_atom / (math.pi**2 / 6 * boltzmann**2)
    detail = ours.flat_density_excess().detail
    assert float(detail.split("= ")[2].split(" per")[0]) == pytest.approx(density * boltzmann, rel=0.05)


def test_lowest_pairs_of_random_sites_are_the_cold_heat_capacity():
    # The sum behind the entries on local randomness, against all levels at all fields and sites.
    glass = Glass(stats.gamma(9.0, scale=4.0 / 9.0))
    T = np.array([1e-3, 4e-3])
    all_levels = heat_capacity(replica_symmetric(glass), T).heat_capacity
    np.testing.assert_allclose(local_randomness._heat_capacity(glass, T), all_levels, rtol=1e-3)
