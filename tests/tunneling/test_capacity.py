"""Heat capacity: mpmath, drawn systems, the logarithm as a limit, scaling."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import dblquad

from lowtglass import thermal, tunneling
from lowtglass.errors import ConvergenceError, InputError
from lowtglass.phonons import Branch, DebyePhonons
from lowtglass.tunneling.capacity import _MEAN_LOG_RATE


def bell(x):
    return (x / 2) ** 2 / mpmath.cosh(x / 2) ** 2


def test_mean_logarithm():
    with mpmath.workdps(25):
        cuts = [0, 0.01, 0.1, 1, 2, 5, 10, 20, 50, 120]
        mean = mpmath.quad(lambda x: bell(x) * mpmath.log(x**3 * mpmath.coth(x / 2)), cuts) / (mpmath.pi**2 / 6)
    assert pytest.approx(float(mean), rel=1e-15) == _MEAN_LOG_RATE


@pytest.mark.parametrize("scale", [1e-3, 0.3, 5.0, 1e4, 1e12])
def test_against_mpmath(reduced, scale):
    """The integral over energies from the lowest that relaxes in time, with scale = A(k_BT)³t."""
    T = 0.5
    time = scale / (reduced.rate_coefficient * T**3)
    with mpmath.workdps(25):

        def log_ratio(x):
            return mpmath.log(scale * x**3 * mpmath.coth(x / 2))

        first = mpmath.findroot(lambda u: log_ratio(mpmath.e**u), (-200, 20), solver="anderson")
        x0 = mpmath.e**first

        def integrand(w):
            x = x0 + w * w
            ratio = max(scale * x**3 * mpmath.coth(x / 2), mpmath.mpf(1))
            return bell(x) * 2 * w * mpmath.acosh(mpmath.sqrt(ratio))

        cuts = [0, *(x0 ** mpmath.mpf(0.5) * 10**k for k in range(8) if x0 * 100**k < 1), 1, 2, 3, 5, 7, 9]
        cuts = sorted(mpmath.mpf(c) for c in cuts)
        expected = float(reduced.P * T * mpmath.quad(integrand, cuts))
    found = tunneling.heat_capacity(T, time, reduced)
    assert found.heat_capacity == pytest.approx(expected, rel=1e-11)
    assert found.error <= 1e-9 * found.heat_capacity


def test_against_two_integrals(reduced):
    """Without the closed form: over energy and r, for the systems with τ < t."""
    T, time = 0.5, 400.0

    def integrand(s, E):
        # r = 1 − s², dr/(2r√(1 − r)) = ds/(1 − s²)
        return reduced.P / (1 - s * s) * float(thermal.two_level(E, T))

    def top(E):
        return math.sqrt(max(1 - tunneling.shortest_relaxation_time(E, T, reduced) / time, 0.0))

    low = 1.0
    for _ in range(200):
        low *= 0.9
        if tunneling.shortest_relaxation_time(low, T, reduced) > time:
            break
    expected = sum(
        dblquad(integrand, a, b, 0, top, epsabs=0, epsrel=1e-6)[0] for a, b in ((low, 0.3), (0.3, 1.5), (1.5, 20))
    )
    assert tunneling.heat_capacity(T, time, reduced).heat_capacity == pytest.approx(expected, rel=3e-5)


def test_against_drawn_systems(reduced):
    """Schottky anomalies of drawn systems, those with τ < t, within 4 standard errors."""
    T = 0.2
    times = np.array([1e3, 1e5, 1e8])
    n, width, bounds = 600_000, 30 * T, (1e-5 * T, 30 * T)
    Delta, Delta_0 = tunneling.sample_systems(n, width, bounds, rng=3)
    E = np.hypot(Delta, Delta_0)
    tau = 1 / tunneling.relaxation_rate(E, (Delta_0 / E) ** 2, T, reduced)
    volume = n / (reduced.P * width * math.log(bounds[1] / bounds[0]))
    each = thermal.two_level(E, T)
    for time, found in zip(times, tunneling.heat_capacity(T, times, reduced).heat_capacity, strict=True):
        taken = np.where(tau < time, each, 0.0)
        assert abs(taken.sum() / volume - found) < 4 * taken.std() * math.sqrt(n) / volume
        assert taken.std() * math.sqrt(n) / volume < 0.02 * found


def test_logarithm_is_the_limit(reduced):
    """The difference vanishes nearly as 1/t, and the slope per logarithm of time is π²P̄k²T/12."""
    T = 0.5
    unit = 1 / (reduced.rate_coefficient * T**3)
    times = unit * np.array([1e2, 1e4, 1e6, 1e10])
    exact = tunneling.heat_capacity(T, times, reduced).heat_capacity
    limit = tunneling.heat_capacity(T, times, reduced, form="logarithmic").heat_capacity
    miss = np.abs(exact / limit - 1)
    assert miss[0] < 1e-4 and miss[3] < 1e-12
    assert (miss[:2] / miss[1:3] > 80).all() and (miss[:2] / miss[1:3] < 250).all()
    slope = math.pi**2 / 12 * reduced.P * T
    assert limit[3] - limit[2] == pytest.approx(slope * math.log(1e4), rel=1e-12)


@given(st.floats(-3, 3), st.floats(-5, 12), st.floats(-4, 4))
def test_scaling(reduced, log_T, log_time, log_scale):
    """C/T depends on T³t alone."""
    T, time, s = math.exp(log_T), 10**log_time, math.exp(log_scale)
    base = tunneling.heat_capacity(T, time, reduced).heat_capacity
    other = tunneling.heat_capacity(s * T, time / s**3, reduced).heat_capacity
    assert other == pytest.approx(s * base, rel=1e-8, abs=1e-290)


def test_units(silica):
    """The same glass in other units: lengths in nm, times in ns, masses in 1e-27 kg, kelvins."""
    length, time, mass = 1e-9, 1e-9, 1e-27
    energy = mass * length**2 / time**2
    solid = silica.phonons
    branches = tuple(Branch(b.velocity * time / length, b.degeneracy) for b in solid.branches)
    other = DebyePhonons(
        branches,
        solid.density * length**3 / mass,
        number_density=solid.number_density * length**3,
        hbar=solid.hbar / (energy * time),
        k_B=solid.k_B / energy,
    )
    model = tunneling.TunnelingModel(silica.P * energy * length**3, tuple(g / energy for g in silica.couplings), other)
    T = np.array([0.01, 1.0])
    base = tunneling.heat_capacity(T, 10.0, silica).heat_capacity * length**3 / energy
    np.testing.assert_allclose(tunneling.heat_capacity(T, 10.0 / time, model).heat_capacity, base, rtol=1e-9)
    np.testing.assert_allclose(
        tunneling.conductivity_coefficient(model),
        tunneling.conductivity_coefficient(silica) * length * time / energy,
        rtol=1e-12,
    )


def test_cold_and_hot(reduced):
    """Far below the temperature whose systems relax in time the heat capacity underflows; nothing overflows."""
    with np.errstate(all="raise", under="ignore"):
        found = tunneling.heat_capacity([1e-200, 1e-3, 1.0, 1e50], 1.0, reduced)
    assert found.heat_capacity[0] == 0.0 and np.isfinite(found.heat_capacity).all()
    assert (np.diff(found.heat_capacity) >= 0).all() and found.heat_capacity[3] > 0


def test_convergence_is_reported(reduced, monkeypatch):
    monkeypatch.setattr("lowtglass.tunneling.capacity._NODES", 6)
    with pytest.raises(ConvergenceError) as caught:
        tunneling.heat_capacity(1.0, 10.0, reduced)
    assert caught.value.residual > 1e-9 and caught.value.last.heat_capacity > 0


@pytest.mark.parametrize(
    ("argument", "call"),
    [
        ("T", lambda m: tunneling.heat_capacity(0.0, 1.0, m)),
        ("time", lambda m: tunneling.heat_capacity(1.0, -1.0, m)),
        ("time", lambda m: tunneling.heat_capacity(1.0, math.inf, m)),
        ("T", lambda m: tunneling.heat_capacity([1.0, 2.0], [1.0, 2.0, 3.0], m)),
        ("form", lambda m: tunneling.heat_capacity(1.0, 1.0, m, form="sharp")),
        ("rtol", lambda m: tunneling.heat_capacity(1.0, 1.0, m, rtol=0.0)),
        ("model", lambda m: tunneling.heat_capacity(1.0, 1.0, None)),
    ],
)
def test_bad_input_is_named(reduced, argument, call):
    with pytest.raises(InputError) as caught:
        call(reduced)
    assert caught.value.argument == argument
