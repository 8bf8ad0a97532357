"""Linear response: two integrals, drawn systems, Kramers–Kronig, plateau, logarithms, maximum, dielectric analogue."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from lowtglass import kuhn_horstmann as kh
from lowtglass import tunneling
from lowtglass.errors import ConvergenceError, InputError
from lowtglass.tunneling import _relaxation


@pytest.mark.parametrize("z", [1e-18, 1e-12, 0.01, 1.0, 29.0, 31.0, 1e6])
def test_integral_over_splittings(z):
    with mpmath.workdps(40):
        s = mpmath.sqrt(min(1, z))
        cuts = [0, *(1 - s / 10**k for k in range(1, 25)), 1] if z < 1 else [0, 0.5, 1]
        # r = 1 − s²
        expected = mpmath.quad(lambda s: s * s / (1 - s * s - 1j * mpmath.mpf(z)), sorted(set(cuts)))
        found = _relaxation.over_splittings(math.log(z))
        assert found.real == pytest.approx(float(expected.real), rel=1e-11)
        assert found.imag == pytest.approx(float(expected.imag), rel=1e-11)


@pytest.mark.parametrize("zeta", [1e-6, 0.1, 3.0, 1e4])
def test_relaxation_against_mpmath(zeta):
    with mpmath.workdps(20):

        def integrand(x, part):
            w = mpmath.sqrt(1 - 1j * zeta / (x**3 * mpmath.coth(x / 2)))
            return getattr((w * mpmath.atanh(1 / w) - 1) / mpmath.cosh(x / 2) ** 2, part)

        cuts = [0, *(10.0**k for k in range(-8, 1)), 2, 4, 8, 16, 40, 80]
        real, imag = (float(mpmath.quad(lambda x, p=p: integrand(x, p), cuts)) for p in ("real", "imag"))
    found = _relaxation.relaxational(np.array([math.log(zeta)]))[0][0]
    assert found.real == pytest.approx(real, rel=1e-9)
    assert found.imag == pytest.approx(imag, rel=1e-9)


@pytest.mark.parametrize("y", [1e-6, 0.1, 2.0, 14.9, 15.1, 300.0])
def test_resonant_part(y):
    with mpmath.workdps(30):
        expected = float(mpmath.digamma(0.5 + 1j * mpmath.mpf(y)).real - mpmath.log(y))
    assert _relaxation.resonant_part(np.array(y)) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize(("omega", "T"), [(0.3, 1.0), (2.0, 0.5), (1.0, 20.0)])
def test_resonant_velocity_is_the_principal_value(reduced, omega, T):
    """X′(T) − X′(0) = P∫(tanh(E/2T) − 1)·2E/(E² − ω²) dE."""
    top = 80 * T + 2 * omega
    near = quad(
        lambda E: (math.tanh(E / (2 * T)) - 1) * 2 * E / (E + omega),
        0,
        2 * omega,
        weight="cauchy",
        wvar=omega,
        epsabs=0,
        epsrel=1e-11,
    )[0]
    far = quad(
        lambda E: (math.tanh(E / (2 * T)) - 1) * 2 * E / (E * E - omega * omega),
        2 * omega,
        top,
        epsrel=1e-11,
        limit=400,
    )[0]
    found = tunneling.susceptibility(omega, T, reduced).resonant
    assert found.real == pytest.approx(near + far, rel=1e-8)
    assert found.imag == pytest.approx(math.pi * math.tanh(omega / (2 * T)), rel=1e-14)


@pytest.mark.parametrize("omega", [1e-5, 2e-3, 0.5])
def test_relaxation_against_drawn_systems(reduced, omega):
    """Debye relaxation of drawn systems, each a two-level system of the other model: within 4 standard errors."""
    T, n = 0.5, 4000
    width, bounds = 14 * T, (3e-4 * T, 14 * T)
    Delta, Delta_0 = tunneling.sample_systems(n, width, bounds, rng=11)
    E = np.hypot(Delta, Delta_0)
    tau = 1 / tunneling.relaxation_rate(E, (Delta_0 / E) ** 2, T, reduced)
    each = (Delta / E) ** 2 / np.cosh(E / (2 * T)) ** 2 / T / (1 - 1j * omega * tau)
    bath = kh.Bath(reduced.phonons, reduced.couplings)
    for i in range(0, n, 800):
        position = np.array([[Delta[i], Delta_0[i]], [Delta_0[i], -Delta[i]]]) / E[i]
        other = kh.level_susceptibility(np.array([-0.5, 0.5]) * E[i], position, omega, T, bath).relaxational
        assert each[i] == pytest.approx(complex(other), rel=1e-9)
    # more systems for the mean than the other model could take
    Delta, Delta_0 = tunneling.sample_systems(400_000, width, bounds, rng=12)
    E = np.hypot(Delta, Delta_0)
    tau = 1 / tunneling.relaxation_rate(E, (Delta_0 / E) ** 2, T, reduced)
    each = (Delta / E) ** 2 / np.cosh(E / (2 * T)) ** 2 / T / (1 - 1j * omega * tau)
    volume = each.size / (reduced.P * width * math.log(bounds[1] / bounds[0]))
    found = tunneling.susceptibility(omega, T, reduced).relaxational
    for part, expected in ((each.real, found.real), (each.imag, found.imag)):
        error = part.std() * math.sqrt(each.size) / volume / reduced.P
        assert abs(part.sum() / volume / reduced.P - expected) < 4 * error
        assert error < 0.02 * expected


@pytest.mark.parametrize("T", [0.3, 3.0])
def test_kramers_kronig(reduced, T):
    """X′(ω) = (2/π) P∫ω′X″(ω′)/(ω′² − ω²) dω′, for relaxation, and for the change of resonance against T = 0."""
    thermal_rate = reduced.rate_coefficient * T**3
    u = np.linspace(math.log(thermal_rate) - 40, math.log(thermal_rate) + 40, 4001)
    step = u[1] - u[0]
    relaxing = tunneling.susceptibility(np.exp(u), T, reduced).relaxational.imag
    for i in (1701, 2001, 2251):
        # In ln ω′ the kernel is ω′²/(ω′² − ω²); points at odd distances leave out the pole symmetrically.
        odd = slice((i + 1) % 2, None, 2)
        kernel = 1 / -np.expm1(2 * (u[i] - u[odd]))
        found = 2 / math.pi * np.sum(kernel * relaxing[odd]) * 2 * step
        expected = tunneling.susceptibility(math.exp(u[i]), T, reduced).relaxational.real
        # what lies below the first frequency, where X″ = π/2, does not contribute: the kernel is ω′²/ω² there
        assert found == pytest.approx(expected, rel=2e-5)
    u = np.linspace(math.log(T) - 30, math.log(T) + 8, 3801)
    step = u[1] - u[0]
    missing = tunneling.susceptibility(np.exp(u), T, reduced).resonant.imag - math.pi
    for i in (2601, 2951, 3101):
        odd = slice((i + 1) % 2, None, 2)
        kernel = 1 / -np.expm1(2 * (u[i] - u[odd]))
        found = 2 / math.pi * np.sum(kernel * missing[odd]) * 2 * step
        expected = tunneling.susceptibility(math.exp(u[i]), T, reduced).resonant.real
        assert found == pytest.approx(expected, rel=2e-5)


def test_plateau_of_the_internal_friction(silica):
    """(π/2)C where thermal systems relax faster than ω, C·π at ħω ≫ k_BT, and falls as T³/ω between."""
    C = silica.strengths
    friction = tunneling.internal_friction(2 * math.pi, 5.0, silica)
    assert friction.friction == pytest.approx(math.pi / 2 * C, rel=1e-4)
    high = tunneling.internal_friction(1e13, 0.1, silica)
    assert high.friction == pytest.approx(math.pi * C, rel=1e-6)
    cold = tunneling.internal_friction([1e5, 1e6], 5e-3, silica).relaxational
    assert cold[:, 0] / cold[:, 1] == pytest.approx([10.0, 10.0], rel=1e-3)
    colder = tunneling.internal_friction(1e6, [5e-3, 1e-2], silica).relaxational
    assert colder[:, 1] / colder[:, 0] == pytest.approx([8.0, 8.0], rel=1e-3)


def test_low_temperature_friction(reduced):
    """ωτ ≫ 1: X″_rel = (A T³/3ω)∫x³coth(x/2)sech²(x/2) dx."""
    with mpmath.workdps(20):
        integral = float(mpmath.quad(lambda x: x**3 * mpmath.coth(x / 2) / mpmath.cosh(x / 2) ** 2, [0, 1, 5, 20, 80]))
    T, omega = 0.01, 1.0
    expected = reduced.rate_coefficient * T**3 / (3 * omega) * integral
    assert tunneling.susceptibility(omega, T, reduced).relaxational.imag == pytest.approx(expected, rel=1e-6)


def test_logarithms_of_the_velocity(silica):
    """+C ln T where systems do not relax, −C/2 ln T where they do: relaxation alone −3C/2, the ratio of slopes −1/2."""
    C = silica.strengths
    step = 1e-3

    def slopes(omega, T):
        up, down = (tunneling.sound_velocity_shift(omega, T * math.exp(s), silica) for s in (step, -step))
        return [(getattr(up, p) - getattr(down, p)) / (2 * step) for p in ("resonant", "relaxational", "shift")]

    resonant, _, total = slopes(2e5, 5e-3)
    assert resonant == pytest.approx(C, rel=1e-4) and total == pytest.approx(C, rel=1e-3)
    resonant, relaxational, warm = slopes(10.0, 5.0)
    assert relaxational == pytest.approx(-1.5 * C, rel=1e-4)
    assert warm == pytest.approx(-0.5 * C, rel=1e-4)
    assert warm / total == pytest.approx([-0.5, -0.5], rel=2e-3)


def test_velocity_constant_of_fast_relaxation(reduced):
    """X′_rel = 2⟨½ln(4A T³x³coth(x/2)/ω) − 1⟩ over ½sech²(x/2) at ω → 0: the constant of the logarithm too."""
    with mpmath.workdps(20):
        mean = mpmath.quad(
            lambda x: mpmath.log(x**3 * mpmath.coth(x / 2)) / mpmath.cosh(x / 2) ** 2 / 2,
            [0, 1e-3, 0.1, 1, 5, 20, 80],
        )
    T, omega = 1.0, 1e-18
    expected = math.log(4 * reduced.rate_coefficient * T**3 / omega) + float(mean) - 2
    assert tunneling.susceptibility(omega, T, reduced).relaxational.real == pytest.approx(expected, rel=1e-8)


def test_velocity_maximum(silica):
    """Where the slope vanishes; at T ∝ ω^(1/3) as long as ħω ≪ k_BT; larger than on either side."""
    omega = 2 * math.pi * np.array([[1e2], [1e5]])
    found = tunneling.sound_velocity_maximum(omega, silica)
    assert found.T.shape == omega.shape and found.shift.shape == (2, *omega.shape)
    assert found.T[1] / found.T[0] == pytest.approx([10.0], rel=1e-5)
    scale = np.geomspace(0.2, 5, 401)
    curve = tunneling.sound_velocity_shift(omega[0, 0], found.T[0, 0] * scale, silica).shift
    assert (np.abs(np.log(scale[curve.argmax(axis=1)])) < 0.01).all()
    assert (curve <= found.shift[:, 0] + 1e-15).all()
    up, down = (tunneling.sound_velocity_shift(omega, found.T * math.exp(s), silica).shift for s in (1e-3, -1e-3))
    assert (np.abs(up - down) / 2e-3 < 1e-5 * silica.strengths[:, None, None]).all()


def test_velocity_maximum_of_fast_waves(reduced):
    """Where the quantum of the wave counts beside k_BT, against a fine grid; and where there is none any more."""
    found = tunneling.sound_velocity_maximum(2.0, reduced)
    assert found.T < 10 * 2.0
    T = found.T * np.geomspace(0.05, 20, 2001)
    curve = tunneling.sound_velocity_shift(2.0, T, reduced).shift[0]
    assert T[curve.argmax()] == pytest.approx(found.T, rel=4e-3) and curve.max() <= found.shift[0] + 1e-15
    with pytest.raises(ConvergenceError):
        tunneling.sound_velocity_maximum(200.0, reduced)


@given(st.floats(-6, 6), st.floats(-2, 2), st.floats(-3, 3))
def test_relaxation_depends_on_one_ratio(reduced, log_omega, log_T, log_scale):
    omega, T, s = math.exp(log_omega), math.exp(log_T), math.exp(log_scale)
    base = tunneling.susceptibility(omega, T, reduced)
    other = tunneling.susceptibility(omega * s**3, T * s, reduced)
    assert other.relaxational == pytest.approx(base.relaxational, rel=1e-8)
    third = tunneling.susceptibility(omega * s, T * s, reduced)
    assert third.resonant == pytest.approx(base.resonant, rel=1e-10)


def test_quantities_of_sound_belong_together(silica):
    omega, T = 2 * math.pi * np.array([[1e3], [1e8]]), np.array([0.02, 0.3, 4.0])
    X = tunneling.susceptibility(omega, T, silica)
    path = tunneling.inverse_mean_free_path(omega, T, silica)
    friction = tunneling.internal_friction(omega, T, silica)
    shift = tunneling.sound_velocity_shift(omega, T, silica)
    c = silica.phonons.velocities[:, None, None]
    assert path.inverse.shape == friction.friction.shape == shift.shift.shape == (2, 2, 3)
    np.testing.assert_allclose(friction.friction, c * path.inverse / omega, rtol=1e-13)
    np.testing.assert_allclose(friction.resonant + friction.relaxational, friction.friction, rtol=1e-13)
    np.testing.assert_allclose(shift.shift[1], -0.5 * 3e-4 * X.total.real, rtol=1e-12)
    # the paper's form of the resonant absorption
    gamma, solid = silica.couplings[1], silica.phonons
    expected = math.pi * silica.P * gamma**2 * omega / (solid.density * 3800.0**3)
    expected = expected * np.tanh(solid.hbar * omega / (2 * solid.k_B * T))
    np.testing.assert_allclose(path.resonant[1], expected, rtol=1e-12)
    assert (X.error.real <= 1e-9 * X.relaxational.real).all() and (X.error.imag <= 1e-9 * X.relaxational.imag).all()


def test_one_polarisation_is_a_part_of_two(reduced):
    """Equal branches and one of threefold degeneracy are the same glass."""
    from lowtglass.phonons import Branch, DebyePhonons

    one = DebyePhonons((Branch(1.3, 3),), 1.1, debye_frequency=50.0)
    three = DebyePhonons((Branch(1.3), Branch(1.3, 2)), 1.1, debye_frequency=50.0)
    single = tunneling.TunnelingModel(0.1, (0.4,), one)
    double = tunneling.TunnelingModel(0.1, (0.4, 0.4), three)
    assert single.rate_coefficient == pytest.approx(double.rate_coefficient, rel=1e-14)
    a, b = (tunneling.internal_friction(0.1, [0.1, 2.0], m).friction for m in (single, double))
    np.testing.assert_allclose(np.vstack([a, a]), b, rtol=1e-13)
    assert tunneling.conductivity_coefficient(single) == pytest.approx(tunneling.conductivity_coefficient(double))


def test_dielectric_analogue(silica):
    """Slopes −2C_e and +C_e against ln T, plateau (π/2)C_e of the loss: C_e in place of C and −2δc/c of δε/ε."""
    dipole, epsilon_0, host = 0.6 * 3.33564e-30, 8.8541878128e-12, 3.8
    C = silica.P * dipole**2 / (3 * epsilon_0 * host)
    assert 1e-6 < C < 1e-2

    def response(omega, T):
        return tunneling.dielectric_response(omega, T, silica, dipole, host=host, vacuum_permittivity=epsilon_0)

    assert response(600.0, 5.0).loss_tangent == pytest.approx(math.pi / 2 * C, rel=0.02)
    step = 1e-3
    for omega, T, slope in ((2e5, 5e-3, -2 * C), (10.0, 5.0, C)):
        up, down = (response(omega, T * math.exp(s)).permittivity.real for s in (step, -step))
        assert (up - down) / (2 * step) / host == pytest.approx(slope, rel=2e-3)
    X = tunneling.susceptibility(2e5, 0.1, silica).total
    assert response(2e5, 0.1).permittivity == pytest.approx(C * host * X, rel=1e-12)


def test_minimum_at_the_quantum_of_the_wave(silica):
    """Where k_BT is 0.45 ħω resonant dispersion makes sound slowest, against the principal value on a grid."""
    omega = 2 * math.pi * 1e9
    unit = silica.phonons.hbar * omega / silica.phonons.k_B
    T = unit * np.linspace(0.2, 1.0, 801)
    shift = tunneling.sound_velocity_shift(omega, T, silica).resonant[0]
    with mpmath.workdps(20):
        y = mpmath.findroot(lambda y: mpmath.diff(lambda t: mpmath.digamma(0.5 + 1j * t).real, y) - 1 / y, 0.35)
        depth = float(mpmath.digamma(0.5 + 1j * y).real - mpmath.log(y))
    assert T[shift.argmin()] / unit == pytest.approx(1 / (2 * math.pi * float(y)), abs=0.002)
    assert T[shift.argmin()] / unit == pytest.approx(0.45, abs=0.01)
    assert shift.min() / silica.strengths[0] == pytest.approx(depth, rel=1e-5)


def test_extremes(reduced):
    with np.errstate(all="raise", under="ignore"):
        X = tunneling.susceptibility([1e-300, 1.0, 1e300], [[1e-300], [1.0], [1e300]], reduced)
    assert np.isfinite(X.total).all() and (X.total.imag >= 0).all()


def test_convergence_is_reported(monkeypatch):
    monkeypatch.setattr(
        _relaxation, "_trapezoidal", lambda log_zeta, n: (np.ones(1, complex) * (1 + 1j), np.ones(1) * (1 + 1j))
    )
    with pytest.raises(ConvergenceError) as caught:
        _relaxation.relaxational(np.array([0.0]))
    assert caught.value.residual == 1.0


@pytest.mark.parametrize(
    ("argument", "call"),
    [
        ("omega", lambda m: tunneling.susceptibility(0.0, 1.0, m)),
        ("T", lambda m: tunneling.susceptibility(1.0, 0.0, m)),
        ("T", lambda m: tunneling.internal_friction(1.0, -1.0, m)),
        ("omega", lambda m: tunneling.sound_velocity_shift([1.0, 2.0], [1.0, 2.0, 3.0], m)),
        ("omega", lambda m: tunneling.sound_velocity_maximum(-1.0, m)),
        ("omega", lambda m: tunneling.inverse_mean_free_path("1", 1.0, m)),
        ("model", lambda m: tunneling.sound_velocity_maximum(1.0, m.phonons)),
        ("dipole", lambda m: tunneling.dielectric_response(1.0, 1.0, m, math.nan)),
        ("host", lambda m: tunneling.dielectric_response(1.0, 1.0, m, 1.0, host=0.0)),
        ("vacuum_permittivity", lambda m: tunneling.dielectric_response(1.0, 1.0, m, 1.0, vacuum_permittivity=0.0)),
    ],
)
def test_bad_input_is_named(reduced, argument, call):
    with pytest.raises(InputError) as caught:
        call(reduced)
    assert caught.value.argument == argument
