"""Two kinds of tunnelling states against the exact densities, quadrature, proofs in the limit and printed numbers."""

import math

import numpy as np
import pytest
from scipy.integrate import dblquad, quad

from lowtglass import phonons, thermal
from lowtglass import soft_potential as sp
from lowtglass.errors import InputError
from lowtglass.soft_potential import kki


def ones(x):
    return np.ones_like(x)


FLAT = kki.IndependentParameters(1.0, ones, ones)
DECAYING = kki.IndependentParameters.decaying(0.01, 0.12, 0.4)


def test_symmetric_wells():
    """Geometry of both kinds from the potential itself."""
    for kind, zeta in ((1, 9.0), (2, 4.0)):
        found = kki.symmetric_wells(zeta, kind, corrections="leading")
        if kind == 1:
            t = math.sqrt(32.0 * zeta / 9.0)
            wells = sp.wells(8.0 / 9.0 * zeta, t)
        else:
            t = 0.0
            wells = sp.wells(-zeta, 0.0)
        assert wells.asymmetry == pytest.approx(0.0, abs=1e-12)
        assert found.barrier == pytest.approx(wells.barrier)
        assert found.barrier == pytest.approx(4.0 * zeta**2 / 81.0 if kind == 1 else zeta**2 / 4.0)
        np.testing.assert_allclose(wells.curvatures, found.curvature)
        assert found.curvature == pytest.approx(8.0 * zeta / 9.0 if kind == 1 else 2.0 * zeta)
        assert wells.minima[1] - wells.minima[0] == pytest.approx(found.distance)
        # Δ/|ξ| of the minima, from a small asymmetry.
        xi = 1e-6
        tilted = sp.wells((8.0 / 9.0 + xi) * zeta, t) if kind == 1 else sp.wells(-zeta, math.sqrt(32.0 / 9.0) * xi)
        assert found.slope == pytest.approx(tilted.asymmetry / xi, rel=1e-5)
        assert found.slope == pytest.approx(8.0 * zeta**2 / 9.0 if kind == 1 else 4.0 / 3.0 * zeta**1.5)
        s = 8.0 * math.sqrt(2.0) / 81.0 if kind == 1 else math.sqrt(2.0) / 3.0
        assert found.J == pytest.approx(math.exp(-s * zeta**1.5))


def test_thresholds():
    """A harmonic level below the barrier: ζ₁ = 9·2^(−1/3), ζ₂ = 2^(5/3)."""
    for kind, printed in ((1, 9.0 * 2.0 ** (-1.0 / 3.0)), (2, 2.0 ** (5.0 / 3.0))):
        assert kki.THRESHOLDS[kind - 1] == pytest.approx(printed, rel=1e-15)
        found = kki.symmetric_wells(printed, kind)
        assert found.zero_point == pytest.approx(found.barrier, rel=1e-14)
        above, below = (kki.symmetric_wells(printed * x, kind) for x in (1.01, 0.99))
        assert above.zero_point < above.barrier and below.zero_point > below.barrier


@pytest.mark.parametrize("corrections", ["exact", "second order", "leading"])
def test_both_kinds_equal_for_constant_distributions(corrections):
    """The two families are the same wells with the same density: n₁ = n₂."""
    found = kki.tunnelling_density(np.array([1e-30, 1e-6, 1e-2, 0.3]), FLAT, corrections=corrections)
    np.testing.assert_allclose(found.n1, found.n2, rtol=1e-12)
    assert np.all(np.diff(found.total) > 0)
    # In the plane (A, H) a symmetric well has 2/2|A| from each of its two minima and 2/|A| from its top.
    pairs = sp.expansions(-5.0, 1e-9)
    np.testing.assert_allclose(np.abs(pairs.alpha), [10.0, 5.0, 10.0], rtol=1e-6)


def test_against_exact_density_of_states():
    """The whole plane with constant P, by level curves: equal up to (u/w)²."""
    u = np.array([1e-8, 1e-4, 1e-2])
    exact = sp.density_of_states(u, sp.Distribution(1.0, "whole plane", modulus=False), rtol=1e-6).density
    found = kki.tunnelling_density(u, FLAT)
    np.testing.assert_allclose(found.total, exact, rtol=1e-6)
    top = sp.density_of_states(u, sp.Distribution(1.0, "barrier top", modulus=False), rtol=1e-6).density
    np.testing.assert_allclose(found.n2, top, rtol=1e-6)


def test_decaying_distributions_by_quadrature():
    """n₁ and n₂ by SciPy in ζ, with the leading f and J."""
    u, eta_L = 1e-3, DECAYING.eta_L
    found = kki.tunnelling_density(u, DECAYING, corrections="leading")
    for kind, ours in ((1, found.n1), (2, found.n2)):
        s = 8.0 * math.sqrt(2.0) / 81.0 if kind == 1 else math.sqrt(2.0) / 3.0
        start = (-math.log(u) / s) ** (2.0 / 3.0)

        def integrand(x, kind=kind, s=s, start=start):
            zeta = start + x * x
            root = math.sqrt(-math.expm1(2.0 * (math.log(1.0 / u) - s * zeta**1.5)))
            if kind == 1:
                phi = 2.0 * eta_L**2 * zeta * DECAYING.H(8.0 / 9.0 * eta_L * zeta) * DECAYING.H0(eta_L * zeta)
                phi /= 8.0 / 9.0 * zeta**2
            else:
                phi = 8.0 * math.sqrt(2.0) / 3.0 * eta_L**1.5 * DECAYING.H(-eta_L * zeta) * DECAYING.g(0.0)
                phi /= 4.0 / 3.0 * zeta**1.5
            return float(phi) / root * 2.0 * x

        expected = quad(integrand, 1e-9, 3.0, epsrel=1e-9)[0] + quad(integrand, 3.0, 60.0, epsrel=1e-9, limit=200)[0]
        assert ours == pytest.approx(expected, rel=1e-6)


def test_fraction_of_double_wells():
    H, g = DECAYING.H, DECAYING.g
    direct = dblquad(lambda eta, t: float(H(eta) * g(t)), -6.0, 6.0, -4.0, lambda t: min(9.0 / 32.0 * t * t, 1.0))[0]
    assert DECAYING.double_well_fraction() == pytest.approx(direct, rel=1e-3)
    # KKI: with N_DW/N of 10⁻⁵ to 10⁻⁴ the scale η_c is about 0.1.
    fraction = kki.IndependentParameters.decaying(0.01, 0.1, 0.2).double_well_fraction()
    assert 1e-5 < fraction < 1e-4


def test_heat_capacity():
    """Logarithmic accuracy of (π²/6)nT, and the exact heat capacity of the same distribution."""
    T = np.array([1e-4, 1e-2])
    found = kki.tunnelling_heat_capacity(T, FLAT)
    leading = math.pi**2 / 6.0 * kki.tunnelling_density(T, FLAT).total * T
    assert np.all(np.abs(found / leading - 1.0) < 0.2)
    exact = sp.heat_capacity(1e-2, sp.Distribution(1.0, "whole plane", modulus=False)).heat_capacity
    assert found[1] == pytest.approx(exact, rel=2e-4)


def test_time():
    """c(τ) by a limited integral over ζ against the distribution of times, and the logarithm at short times."""
    T = 1e-4
    whole = kki.tunnelling_heat_capacity(T, FLAT, corrections="leading")
    x, dx = np.polynomial.legendre.leggauss(40)
    x, dx = 20.0 * (x + 1.0), 20.0 * dx
    n = kki.tunnelling_density(x * T, FLAT, corrections="leading").total
    weight = dx * T * n * thermal.two_level(x, 1.0)
    assert np.sum(weight) == pytest.approx(whole, rel=1e-4)
    for ratio in (1e3, 1e6):
        within = kki.tunnelling_heat_capacity(T, FLAT, corrections="leading", time_ratio=ratio)
        # The closed distribution of times at each u, with τ_min ∝ tanh(u/2T)/u³.
        times = np.maximum(ratio * x**3 * math.tanh(0.5) / np.tanh(0.5 * x), 1.0 + 1e-12)
        reached = [float(kki.relaxation_times(t, u * T, 1.0).reached) for t, u in zip(times, x, strict=True)]
        assert within == pytest.approx(np.sum(weight * reached), rel=2e-3)
        # Eq. (6.3) stands for all u at once, and leaves out the root, which adds states next to τ_min.
        assert 0.0 < within / whole - kki.heat_capacity_in_time(ratio, T) < 0.08
    short = kki.heat_capacity_in_time(np.array([2.0, 4.0]), 1e-30)
    assert short[1] / short[0] == pytest.approx(2.0, rel=0.02)
    # The crossover (w/T)²τ_min: 1 − 2^(−1/3).
    assert kki.heat_capacity_in_time(1e8, 1e-4) == pytest.approx(1.0 - 2.0 ** (-1.0 / 3.0))


def test_relaxation_times():
    """Normalised, integrated as said, and the law that the integral over ζ gives."""
    u, tau_min = 1e-3, 2.0
    L0 = -2.0 * math.log(u)

    def law(l):
        return (1.0 + l / L0) ** (-4.0 / 3.0) / math.sqrt(-math.expm1(-l))

    def integral(a, b):
        return quad(lambda r: 2.0 * r * law(r * r), math.sqrt(a), math.sqrt(b), epsrel=1e-11, limit=300)[0]

    whole = integral(0.0, 100.0) + 3.0 * L0 * (1.0 + 100.0 / L0) ** (-1.0 / 3.0)
    for l in (0.01, 1.0, 20.0, 60.0):
        found = kki.relaxation_times(tau_min * math.exp(l), u, tau_min)
        assert found.reached == pytest.approx(integral(0.0, l) / whole, rel=1e-8)
        assert found.density * found.tau == pytest.approx(law(l) / whole, rel=1e-8)
    # From n(u) with a limited time: the same fractions.
    part = kki.tunnelling_density(u, FLAT, corrections="leading", time_ratio=math.exp(5.0))
    whole = kki.tunnelling_density(u, FLAT, corrections="leading")
    expected = kki.relaxation_times(math.exp(5.0), u, 1.0).reached
    assert part.total / whole.total == pytest.approx(expected, rel=1e-5)


def test_mean_free_path():
    """1/ℓ ∝ ω tanh(ħω/2T) to logarithmic accuracy, and κ ∝ T² with it."""
    omega = np.array([1e-4, 1e-3, 1e-2])
    found = kki.inverse_mean_free_path(omega, 1e-4, FLAT, 1e-3)
    strength = found / omega / np.tanh(0.5 * omega / 1e-4)
    # Near ζ_u: Φ/(f |d ln J/dζ|)·δx² with ∫x dx/sqrt(1 − x²) = 1, for each kind.
    for e, ours in zip(omega, strength, strict=True):
        zeta = (-math.log(e) * 3.0 / math.sqrt(2.0)) ** (2.0 / 3.0)
        one = 2.0 * math.sqrt(2.0) * zeta**-1.5 * 2.0 * zeta / math.sqrt(zeta / 2.0)
        assert ours == pytest.approx(math.pi * 1e-3 * 2.0 * one, rel=0.35)
    solid = phonons.DebyePhonons([phonons.Branch(1.0, 3)], debye_frequency=0.5)
    grid = np.geomspace(1e-6, 0.6, 25)
    table = kki.inverse_mean_free_path(grid, 1e6, FLAT, 1e-3) / np.tanh(0.5e-6 * grid)
    T = np.array([1e-4, 1e-3])

    def rate(w, temperature):
        return np.exp(np.interp(np.log(w), np.log(grid), np.log(table))) * np.tanh(0.5 * w / temperature)

    kappa = phonons.thermal_conductivity(T, rate, solid, rtol=1e-3).conductivity
    assert math.log10(kappa[1] / kappa[0]) == pytest.approx(2.0, abs=0.15)


def test_mean_free_path_by_kind():
    """The two kinds add up, and for constant H and g they absorb alike: they are the same wells."""
    one, two = (kki.inverse_mean_free_path(1e-3, 1e-3, FLAT, 1e-3, kind=kind) for kind in (1, 2))
    assert one == pytest.approx(two, rel=1e-9)
    assert one + two == pytest.approx(kki.inverse_mean_free_path(1e-3, 1e-3, FLAT, 1e-3), rel=1e-12)


def test_level_shift_by_modes():
    """The sum over the wave vectors of a cubic box, where no mode is in resonance."""
    n, a, m, s, D, hbar = 24, 1.3, 0.7, 1.9, 1e-2, 1.0
    steps = np.arange(-n // 2, n // 2)
    q = 2.0 * math.pi / (n * a) * np.sqrt(sum(x.astype(float) ** 2 for x in np.meshgrid(steps, steps, steps)))
    debye = s * (6.0 * math.pi**2) ** (1.0 / 3.0) / a
    e = hbar * s * q[(q > 0.0) & (s * q < 0.8 * debye)]
    u, J = 1.5 * hbar * debye, 0.6 * hbar * debye
    strain = e / (2.0 * m * n**3 * s**2)  # ⟨e²⟩ of a mode = ħω/(2ρVs²), ρV = mn³
    modes = np.sum((0.5 * D * J / u) ** 2 * strain * 2.0 * u / (u**2 - e**2)) / u
    scale = hbar * debye
    found = kki.level_shift(u / scale, J / scale, D**2 / (m * s**2 * scale), 0.8, polarisations=1)
    assert found > 0.0
    assert found == pytest.approx(modes, rel=0.02)


def test_level_shift_principal_value():
    """Across the resonance, and three polarisations are three times one."""
    for u, cutoff in ((0.01, 1.0), (0.1, 0.3)):
        # e³/(u² − e²) = −[e³/(e + u)]/(e − u)
        value = quad(lambda e, u=u: -(e**3) / (e + u), 0.0, cutoff, weight="cauchy", wvar=u)[0]
        found = kki.level_shift(u, 0.5 * u, 3.0, cutoff)
        assert found == pytest.approx(3.0 * 0.75 * 3.0 * 0.25 * value, rel=1e-9)
        assert found == pytest.approx(3.0 * kki.level_shift(u, 0.5 * u, 3.0, cutoff, polarisations=1))
    # Far below the cut-off only the square of it remains.
    assert kki.level_shift(1e-6, 1e-6, 1.0, 0.5) == pytest.approx(-9.0 / 8.0 * 0.25, rel=1e-9)


def test_level_shift_of_one_mode_exactly():
    """One phonon mode and two levels, diagonalised: the second order is Σ|M|²·2u/(u² − ħ²ω²)."""
    J, Delta, e, g = 0.3, 0.4, 1.7, 1e-3
    number = np.arange(12)
    position = np.diag(np.sqrt(number[1:]), 1)
    position += position.T
    two = 0.5 * np.array([[Delta, J], [J, -Delta]])
    H = np.kron(two, np.eye(12)) + np.kron(np.eye(2), np.diag(e * number)) + g * np.kron(np.diag([1.0, -1.0]), position)
    energies = np.linalg.eigvalsh(H)
    u = math.hypot(J, Delta)
    shift = energies[1] - energies[0] - u
    assert shift == pytest.approx((g * J / u) ** 2 * 2.0 * u / (u**2 - e**2), rel=1e-4)


def test_stiff_neighbours_follow():
    """Two coordinates, exactly: levels tend to those of the renormalised well as the neighbour becomes fast."""
    alpha, c, k = 1.0, 4.0, 0.8
    renormalised = float(kki.adiabatic_eta(alpha, c, k))
    assert renormalised == pytest.approx(-4.0)
    expected = np.diff(sp.levels(renormalised, 0.0, 3).energies)
    grid, step = np.linspace(-5.0, 5.0, 64, retstep=True)
    d = np.subtract.outer(np.arange(64), np.arange(64))
    kinetic = 2.0 * (-1.0) ** d / np.where(d, d, 1) ** 2 / step**2
    np.fill_diagonal(kinetic, math.pi**2 / 3.0 / step**2)
    errors = []
    for speed in (10.0, 20.0, 40.0):  # its quantum; ⟨Y²⟩ = speed/4k in the ground state
        number = np.arange(16)
        Y = np.diag(np.sqrt(number[1:]), 1)
        Y = math.sqrt(speed / (4.0 * k)) * (Y + Y.T)
        well = kinetic + np.diag(alpha * grid**2 + grid**4)
        H = np.kron(well, np.eye(16)) + np.kron(np.eye(64), np.diag(speed * (number + 0.5)))
        H += c * np.kron(np.diag(grid), Y)
        errors.append(np.max(np.abs(np.diff(np.linalg.eigvalsh(H)[:3]) - expected)))
    assert errors[2] < 0.6 * errors[1] < 0.4 * errors[0]
    assert not sp.wells(alpha, 0.0).double and sp.wells(renormalised, 0.0).double


def test_deformation_potential():
    """D ~ 1 eV from 10⁻² eV and η_L ~ 10⁻²."""
    assert kki.deformation_potential(0.01, 0.01) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: kki.IndependentParameters(0.0, ones, ones), "eta_L"),
        (lambda: kki.IndependentParameters(0.1, 1.0, ones), "H"),
        (lambda: kki.IndependentParameters(0.1, ones, lambda t: np.exp(t)), "g"),
        (lambda: kki.IndependentParameters(0.1, lambda e: -ones(e), ones), "H"),
        (lambda: FLAT.double_well_fraction(), "H"),
        (lambda: kki.symmetric_wells(1.0, 3), "kind"),
        (lambda: kki.symmetric_wells(0.0, 1), "zeta"),
        (lambda: kki.tunnelling_density(0.0, FLAT), "u"),
        (lambda: kki.tunnelling_density(0.9, FLAT), "u"),
        (lambda: kki.tunnelling_density(0.1, None), "model"),
        (lambda: kki.tunnelling_heat_capacity(0.1, FLAT), "T"),
        (lambda: kki.relaxation_times(0.5, 0.1, 1.0), "tau"),
        (lambda: kki.relaxation_times(1.0, 0.1, 1.0), "tau"),
        (lambda: kki.relaxation_times(2.0, 1.0, 1.0), "u"),
        (lambda: kki.heat_capacity_in_time(0.5, 0.1), "time_ratio"),
        (lambda: kki.heat_capacity_in_time(2.0, 1.0), "T"),
        (lambda: kki.inverse_mean_free_path(0.1, 0.1, FLAT, 0.0), "coupling"),
        (lambda: kki.deformation_potential(0.01, 0.0), "eta_L"),
        (lambda: kki.inverse_mean_free_path(0.1, 0.1, FLAT, 1.0, kind=3), "kind"),
        (lambda: kki.level_shift(0.0, 0.0, 1.0, 1.0), "u"),
        (lambda: kki.level_shift(0.1, 0.2, 1.0, 1.0), "J"),
        (lambda: kki.level_shift(0.1, 0.1, 0.0, 1.0), "coupling"),
        (lambda: kki.level_shift(0.1, 0.1, 1.0, 1.1), "cutoff"),
        (lambda: kki.level_shift(0.1, 0.1, 1.0, 0.1), "cutoff"),
        (lambda: kki.level_shift(0.1, 0.1, 1.0, 1.0, polarisations=4), "polarisations"),
        (lambda: kki.adiabatic_eta(0.0, 1.0, 0.0), "stiffness"),
    ],
)
def test_bad_input(call, argument):
    with pytest.raises(InputError) as error:
        call()
    assert error.value.argument == argument
