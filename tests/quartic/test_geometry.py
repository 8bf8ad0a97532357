"""Wells against polynomial roots, direct evaluation and many digits."""

import math

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lowtglass import quartic
from lowtglass.errors import InputError

NAMES = ("top", "asymmetry", "barrier", "distance", "wkb_exponent", "tunnel_splitting")


def value(c, x):
    return x * (c[0] + x * (c[1] + x * (c[2] + x * c[3])))


def stationary(c):
    """Real roots of V' by Newton's method from outside, where it is monotone; the one between by Vieta."""

    def slope(x):
        return c[0] + x * (2 * c[1] + x * (3 * c[2] + x * 4 * c[3]))

    def outermost(side):
        x = side * (1 + max(abs(t) for t in c[:3]) / c[3])
        while True:
            step = slope(x) / (2 * c[1] + x * (6 * c[2] + x * 12 * c[3]))
            x -= step
            if abs(step) < mp.mpf(10) ** (10 - mp.mp.dps) * (1 + abs(x)):
                return x

    p, q, r = 3 * c[2] / (4 * c[3]), c[1] / (2 * c[3]), c[0] / (4 * c[3])
    if 18 * p * q * r - 4 * p**3 * r + p**2 * q**2 - 4 * q**3 - 27 * r**2 <= 0:
        return [outermost(-mp.sign(slope(-p / 3)))]
    left, right = outermost(-1), outermost(1)
    return [left, -p - left - right, right]


def truth(c, kinetic=0.5, digits=60):
    """Every quantity from the roots of V' in many digits; None if there is one well."""
    with mp.workdps(digits):
        c = [mp.mpf(float(x)) for x in c]
        real = stationary(c)
        bend = [2 * c[1] + 6 * c[2] * x + 12 * c[3] * x**2 for x in real]
        if len(real) == 1:
            return {"double": False, "minimum": real[0], "curvature": bend[0]}
        left, top, right = real
        low = [value(c, x) for x in (left, right)]
        barrier = value(c, top) - (low[0] + low[1]) / 2
        exponent = (right - left) / 2 * mp.sqrt(barrier / mp.mpf(kinetic))
        # ω = sqrt(V''/m), and ħ²/m = 2κ.
        quanta = [mp.sqrt(2 * mp.mpf(kinetic) * bend[k]) for k in (0, 2)]
        return {
            "double": True,
            "minima": [left, right],
            "minimum": right if low[1] <= low[0] else left,
            "top": top,
            "asymmetry": abs(low[1] - low[0]),
            "barrier": barrier,
            "barriers": [value(c, top) - x for x in low],
            "distance": right - left,
            "curvatures": [bend[0], bend[2]],
            "wkb_exponent": exponent,
            "tunnel_splitting": mp.sqrt(quanta[0] * quanta[1]) * mp.exp(-exponent),
        }


def compare(found, expected, rtol):
    assert bool(found.double) is expected["double"] is True
    scale = abs(float(expected["distance"]))
    for name in ("minima", "minimum", "top"):
        np.testing.assert_allclose(
            getattr(found, name), np.array(expected[name], float), rtol=rtol, atol=rtol * scale, err_msg=name
        )
    for name in ("asymmetry", "barrier", "barriers", "distance", "curvatures", "wkb_exponent"):
        np.testing.assert_allclose(getattr(found, name), np.array(expected[name], float), rtol=rtol, err_msg=name)
    exponent = float(expected["wkb_exponent"])
    expected = float(expected["tunnel_splitting"])
    np.testing.assert_allclose(found.tunnel_splitting, expected, rtol=rtol * (1.0 + exponent))


def test_against_roots_and_direct_evaluation():
    """Random potentials, with NumPy alone."""
    rng = np.random.default_rng(3)
    c = np.stack([rng.normal(0, 1, 400), rng.normal(-1, 2, 400), rng.normal(0, 1, 400), rng.uniform(0.2, 2, 400)], -1)
    found = quartic.wells(c, kinetic=0.3)
    doubles = 0
    for i, x in enumerate(c):
        roots = np.roots([4 * x[3], 3 * x[2], 2 * x[1], x[0]])
        real = np.sort(roots.real[np.abs(roots.imag) < 1e-7])
        deepest = real[np.argmin(value(x, real))]
        assert found.minimum[i] == pytest.approx(deepest, abs=1e-9)
        assert found.double[i] == (len(real) == 3)
        if len(real) == 1:
            np.testing.assert_allclose(found.minima[i], [real[0]] * 2, rtol=0.0, atol=1e-9)
            assert all(np.isnan(getattr(found, name)[i]) for name in NAMES)
            assert np.all(np.isnan(found.barriers[i]))
            continue
        doubles += 1
        left, top, right = real
        V = value(x, real)
        np.testing.assert_allclose(found.minima[i], [left, right], rtol=0.0, atol=1e-8)
        assert found.top[i] == pytest.approx(top, abs=1e-8)
        assert found.asymmetry[i] == pytest.approx(abs(V[2] - V[0]), abs=1e-9)
        np.testing.assert_allclose(found.barriers[i], [V[1] - V[0], V[1] - V[2]], rtol=0.0, atol=1e-9)
        assert found.barrier[i] == pytest.approx(V[1] - 0.5 * (V[0] + V[2]), abs=1e-9)
        assert found.distance[i] == pytest.approx(right - left, abs=1e-8)
    assert 100 < doubles < 350


@pytest.mark.parametrize("kinetic", [0.5, 0.01, 3.0])
@pytest.mark.parametrize(
    "c",
    [
        (0.0, -1.0, 0.0, 1.0),
        (0.3, -2.0, 0.0, 1.0),
        (-0.3, -2.0, 0.4, 0.7),
        (1.0, -30.0, 0.0, 0.02),
        (0.01, -0.05, 0.0, 1.0 / 24.0),
        (-5.0, -40.0, 3.0, 1.0),
    ],
)
def test_against_many_digits(c, kinetic):
    compare(quartic.wells(c, kinetic=kinetic), truth(c, kinetic), 1e-13)


def test_double_well_in_closed_form():
    """V = x⁴ − 2x²: wells of curvature 8 at ±1, one deep; λ = sqrt(1/κ), ħω = sqrt(16κ)."""
    found = quartic.wells([0.0, -2.0, 0.0, 1.0], kinetic=0.25)
    np.testing.assert_allclose(found.minima, [-1.0, 1.0], rtol=1e-15)
    np.testing.assert_allclose(found.curvatures, [8.0, 8.0], rtol=1e-15)
    np.testing.assert_allclose(found.barriers, [1.0, 1.0], rtol=1e-15)
    assert abs(found.top) < 1e-15 and found.asymmetry == 0.0
    assert found.minimum == pytest.approx(1.0)
    assert found.wkb_exponent == pytest.approx(2.0, rel=1e-15)
    assert found.tunnel_splitting == pytest.approx(2.0 * math.exp(-2.0), rel=1e-14)


@pytest.mark.parametrize("tilt", [1e-300, 1e-100, 1e-20, 1e-12, 1e-6, 1e-3])
def test_tiny_tilts_keep_the_relative_accuracy_of_the_asymmetry(tilt):
    c = (tilt, -2.0, 0.0, 1.0)
    found = quartic.wells(c)
    expected = truth(c, digits=60 if tilt > 1e-30 else 400)
    assert found.asymmetry == pytest.approx(float(expected["asymmetry"]), rel=1e-13)
    assert found.minimum == pytest.approx(-1.0, rel=1e-3)


@pytest.mark.parametrize("below", [1e-1, 1e-3, 1e-6, 1e-10, 1e-14])
@pytest.mark.parametrize("side", [1.0, -1.0])
def test_near_the_spinodal(below, side):
    """The shallow well of −hx − x² /2 + x⁴/4 has the barrier (4/3)·sqrt(δ³·…), which vanishes at h_s = 2/√27."""
    h = side * 2.0 / math.sqrt(27.0) * (1.0 - below)
    c = (-h, -0.5, 0.0, 0.25)
    found = quartic.wells(c)
    expected = truth(c)
    # 1 − h/h_s is as good as the rounding of h: a relative error ε/δ of it, and 3/2 of that in the barrier.
    compare(found, expected, 1e-13 + 3e-16 / below)
    shallow = 0 if side > 0 else 1
    assert found.barriers[shallow] < found.barriers[1 - shallow]
    assert found.curvatures[shallow] < found.curvatures[1 - shallow]
    assert np.all(found.barriers > 0.0) and np.all(found.curvatures > 0.0)


@pytest.mark.parametrize(
    "c",
    [
        (-0.4, -0.5, 0.0, 0.25),
        (0.3849002, -0.5, 0.0, 0.25),
        (0.0, 1.0, 0.0, 1.0),
        (0.2, 1e-12, 0.0, 1.0),
        (0.2, 0.0, 0.0, 1.0),
        (1e3, -1.0, 0.0, 1.0),
        (-3.0, 2.0, 1.0, 0.5),
        (1e-9, 5.0, 0.0, 1.0),
    ],
)
def test_one_well(c):
    found = quartic.wells(c)
    expected = truth(c)
    assert not found.double and not expected["double"]
    assert found.minimum == pytest.approx(float(expected["minimum"]), rel=1e-14)
    np.testing.assert_allclose(found.minima, float(expected["minimum"]), rtol=1e-14)
    np.testing.assert_allclose(found.curvatures, float(expected["curvature"]), rtol=1e-13)
    assert all(np.isnan(getattr(found, name)) for name in NAMES)
    assert np.all(np.isnan(found.barriers))


def test_pure_quartic():
    found = quartic.wells([0.0, 0.0, 0.0, 1.0])
    assert not found.double and found.minimum == 0.0
    np.testing.assert_array_equal(found.curvatures, [0.0, 0.0])


def test_far_from_the_origin():
    """V = (x − 100)⁴ − 8(x − 100)² has exact coefficients."""
    c = [-4e6 + 1600.0, 6e4 - 8.0, -400.0, 1.0]
    found = quartic.wells(c)
    np.testing.assert_allclose(found.minima, [98.0, 102.0], rtol=1e-15)
    assert found.asymmetry == 0.0
    assert found.barrier == pytest.approx(16.0, rel=1e-14)
    compare(quartic.wells([c[0] + 0.125, *c[1:]]), truth([c[0] + 0.125, *c[1:]]), 1e-13)


coefficient = st.floats(-4.0, 4.0).map(lambda x: round(64.0 * x) / 64.0)


@settings(deadline=None, max_examples=100)
@given(coefficient, coefficient, coefficient, st.floats(0.1, 2.0))
def test_mirror(c1, c2, c3, c4):
    here, mirrored = quartic.wells([c1, c2, c3, c4]), quartic.wells([-c1, c2, -c3, c4])
    assert here.double == mirrored.double
    for name in ("asymmetry", "barrier", "distance", "wkb_exponent", "tunnel_splitting"):
        np.testing.assert_array_equal(getattr(here, name), getattr(mirrored, name))
    np.testing.assert_array_equal(here.top, -mirrored.top)
    if here.double and here.asymmetry == 0.0:
        # Of equal wells the right one is named in both.
        assert here.minimum == here.minima[1] and mirrored.minimum == mirrored.minima[1]
    else:
        assert here.minimum == -mirrored.minimum
        for name in ("barriers", "curvatures"):
            np.testing.assert_array_equal(getattr(here, name), getattr(mirrored, name)[::-1])
        np.testing.assert_array_equal(here.minima, -mirrored.minima[::-1])


@settings(deadline=None, max_examples=60)
@given(coefficient, st.floats(-4.0, -0.5), st.floats(0.1, 2.0), st.floats(0.1, 10.0))
def test_scaling(c1, c2, c4, s):
    here = quartic.wells([c1, c2, 0.0, c4])
    scaled = quartic.wells([c1 * s, c2 * s**2, 0.0, c4 * s**4], kinetic=0.5 / s**2)
    if not here.double or not scaled.double:
        return
    # as good as the distance from the spinodal is known
    near = 1e-14 / (1.0 - abs(c1) / (8.0 * c4 * (-c2 / (6.0 * c4)) ** 1.5))
    for name in ("asymmetry", "barrier", "barriers", "wkb_exponent", "tunnel_splitting"):
        np.testing.assert_allclose(getattr(scaled, name), getattr(here, name), rtol=1e-12 + 10.0 * near)
    np.testing.assert_allclose(s * scaled.minima, here.minima, rtol=1e-12 + 10.0 * near)


@pytest.mark.parametrize("angle", [1e-12, 1e-8, 1e-4, 0.01, 0.3, 1.0, 1.5, math.pi / 2 - 1e-9, math.pi / 2])
def test_reduced_wells(angle):
    """U = y⁴/4 − (3/2)y² − 2cos(θ) y: V/4c₄s⁴ at y = (x + c₃/4c₄)/s."""
    found = quartic.reduced_wells(np.array([angle]))
    with mp.workdps(60):
        theta = mp.mpf(angle)
        deep, shallow, top = (2 * mp.cos((theta + turn * mp.pi) / 3) for turn in (0, 2, -2))
        for y in (deep, shallow, top):
            assert abs(y**3 - 3 * y - 2 * mp.cos(theta)) < 1e-50

        def U(y):
            return y**4 / 4 - mp.mpf(3) / 2 * y**2 - 2 * mp.cos(theta) * y

        expected = {
            "deep": deep,
            "shallow": shallow,
            "top": top,
            # from y³ − 3y = 2cos θ: (3y² − 3) dy/dθ = −2 sin θ
            "deep_slope": -2 * mp.sin(theta) / (3 * deep**2 - 3),
            "shallow_slope": -2 * mp.sin(theta) / (3 * shallow**2 - 3),
            "deep_curvature": 3 * deep**2 - 3,
            "shallow_curvature": 3 * shallow**2 - 3,
            "deep_barrier": U(top) - U(deep),
            "shallow_barrier": U(top) - U(shallow),
            "asymmetry": U(shallow) - U(deep),
        }
    for name, x in expected.items():
        np.testing.assert_allclose(getattr(found, name), float(x), rtol=1e-13, err_msg=name)


def test_leading_shapes():
    c = np.array([[0.1, -1.0, 0.0, 1.0], [0.0, 1.0, 0.2, 0.5], [-0.2, -4.0, 0.3, 1.0]])
    block = np.stack([c, c[::-1]])
    found = quartic.wells(block)
    assert found.double.dtype == bool
    assert found.double.tolist() == [[True, False, True], [True, False, True]]
    for name in (*NAMES, "double", "minimum"):
        assert getattr(found, name).shape == (2, 3)
        alone = getattr(quartic.wells(c[2]), name)
        assert np.ndim(alone) == 0
        assert alone == getattr(found, name)[0, 2]
    for name in ("minima", "barriers", "curvatures"):
        assert getattr(found, name).shape == (2, 3, 2)
        np.testing.assert_array_equal(getattr(quartic.wells(c[2]), name), getattr(found, name)[1, 0])


@pytest.mark.parametrize(
    "c",
    [
        [0.0, 1.0, 0.0, 0.0],
        [0.0, 1.0, 0.0, -1.0],
        [0.0, 1.0, 0.0],
        [],
        np.empty((0, 4)),
        2.0,
        [0.0, math.nan, 0.0, 1.0],
        [math.inf, 0.0, 0.0, 1.0],
        [[0.0, 1.0, 0.0, 1.0], [0.0, 1.0, 0.0, 0.0]],
        None,
    ],
)
def test_coefficients_are_checked(c):
    with pytest.raises(InputError, match="coefficients = "):
        quartic.wells(c)


@pytest.mark.parametrize("kinetic", [0.0, -1.0, math.nan, math.inf, "1", None])
def test_kinetic_is_checked(kinetic):
    with pytest.raises(InputError, match="kinetic = "):
        quartic.wells([0.0, -1.0, 0.0, 1.0], kinetic=kinetic)
