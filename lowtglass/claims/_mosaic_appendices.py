"""Lubchenko and Wolynes 2004, Appendices A and B: elastic scattering by walls, and where the coupling ends."""

import functools
import itertools
import math

import numpy as np

from .. import materials, rfot
from ..rfot import Mosaic
from . import Finding

__all__ = [
    "beyond_the_plateau",
    "cutoff_at_second_zero",
    "cutoff_of_the_volume_average",
    "decrease_of_the_gradient",
    "elastic_against_resonant",
    "end_of_plateau",
    "favourable_frequency",
    "gradient_at_zero",
    "gradient_beyond_the_cutoff",
    "inverse_lattice",
    "life_time",
    "low_frequency_power",
    "number_of_walls",
    "order_of_the_coupling",
    "path_over_wavelength",
    "quadratic_crossing",
    "quadratic_formula",
    "rate_coefficient",
    "resonant_path",
    "second_order_argument",
    "second_ripplon_over_plateau",
    "smearing_of_the_cutoff",
    "sphere_scale",
    "tension_of_the_potential",
    "width_of_the_lines",
]

_MOSAIC = Mosaic()
_SILICA = materials.SILICA
_PLATEAU = 10**-1.5
_D = 30.0


@functools.cache
def _estimate():
    """The paper's estimate: l = 2 with its frequency, the temperature and the phonon at the plateau."""
    return rfot.rayleigh_scattering(_PLATEAU, _PLATEAU, _MOSAIC, D=_D, resonant=2)


def tension_of_the_potential():
    """Second-order coefficient for l = 2 of the area (A3) over that of (A1), by quadrature over deformed spheres."""
    from scipy.special import eval_legendre

    x, weight = np.polynomial.legendre.leggauss(60)

    def second(pressure, h=1e-3):
        def energy(eps):
            slope = -2.0 * (x * eval_legendre(2, x) - x) / np.sqrt(1.0 - x**2)
            r = 1.0 + eps * eval_legendre(2, x)
            area = r * np.sqrt(r**2 + (eps * slope) ** 2)
            return 2.0 * math.pi * weight @ (area - pressure * r**3 / 3.0)

        return (energy(h) + energy(-h) - 2.0 * energy(0.0)) / (4.0 * math.pi / 5.0 * h**2)

    area, balanced = second(0.0), second(2.0)
    return Finding(
        round(area / balanced, 4), f"The area gives {area:.3f}, with the work of the pressure it is {balanced:.3f}."
    )


def order_of_the_coupling():
    """Power of k in the coupling to l = 2 at long waves, from the rate (A12), which has it squared, and 1/ω."""
    rates = [rfot.rayleigh_scattering(w, 1.0, _MOSAIC, D=_D, resonant=2).rate for w in (1e-3, 1e-2)]
    return 0.5 * (math.log10(rates[1] / rates[0]) + 1.0)


def rate_coefficient():
    """Imaginary part of (A11) just above the real axis over 2ω, over the term of (A12); l = 2 at ω_2."""
    from scipy.integrate import quad

    centre = float(rfot.ripplon_frequencies(_MOSAIC, 2)[0])
    width, shift = centre / (2.0 * math.sqrt(_D)), 1e-6

    def line(w):
        return math.exp(-0.5 * ((w - centre) / width) ** 2) / (math.sqrt(2.0 * math.pi) * width)

    def integrand(w):
        return (4.0 * math.pi * line(w) * w**2 / (w**2 - (centre + 1j * shift) ** 2)).imag

    # The Lorentzian of width 1e-6 needs panels of its own.
    edges = [centre + s * 10.0**-k for s, k in [(-1, k) for k in range(1, 8)] + [(1, k) for k in range(7, 0, -1)]]
    edges = [1e-9, *edges, 2.0 * centre]
    total = sum(quad(integrand, a, b, limit=200)[0] for a, b in itertools.pairwise(edges))
    return total / (2.0 * centre) / (math.pi**2 * line(centre))


def low_frequency_power():
    """Power of ω in the cross-section of one wall with a fixed ω_2, radiating what it takes up; l = 2."""
    from scipy.special import spherical_jn

    def cross_section(w):
        return spherical_jn(2, rfot.sphere_argument(w, _MOSAIC)) ** 4 / (1.0 - (w / lowest) ** 2) ** 2

    lowest = float(rfot.ripplon_frequencies(_MOSAIC, 2)[0])
    return math.log10(cross_section(1e-2) / cross_section(1e-3))


def life_time():
    """Rate at which the energy of a phonon decays, over 1/τ of (A12), from the pole ω² + 2iω/τ = c_s²k²."""
    found = _estimate()
    root = max(np.roots([1.0, 2.0j * found.rate, -(found.omega**2)]), key=lambda z: z.real)
    return Finding(
        round(float(-2.0 * root.imag / found.rate), 9),
        f"l/λ is {found.energy_ratio:.0f} for the energy and {found.ratio:.0f} for the amplitude.",
    )


def width_of_the_lines():
    """Relative width of ω_l times √D, if s_c has the fluctuations of the barriers, 1/2√D."""

    def lowest(glass):
        return float(rfot.ripplon_frequencies(rfot.self_consistent(glass), 2)[0])

    power = abs(rfot.sensitivity(lowest, _MOSAIC).log_time)
    return Finding(0.5 * power, f"ω_l goes with s_c to the power {power:.4f} = 5/6.")


def sphere_scale():
    """ω/[(a/ξ)ω_D] at kR = 1."""
    return 1.0 / (rfot.sphere_argument(1.0, _MOSAIC) / _MOSAIC.xi)


def inverse_lattice():
    """a/ξ."""
    return 1.0 / _MOSAIC.xi


def end_of_plateau():
    """(a/ξ)T_D of silica in K."""
    return _SILICA.debye_temperature / _MOSAIC.xi


def path_over_wavelength():
    """l/λ of the energy at the plateau."""
    found = _estimate()
    balanced = rfot.rayleigh_scattering(_PLATEAU, _PLATEAU, _MOSAIC, D=_D, resonant=2, tension="balanced")
    return Finding(
        float(found.energy_ratio),
        f"ωτ/2π, the path of the amplitude, is {found.ratio:.0f}. With the tension of (A1) they are twice as long, "
        f"{balanced.energy_ratio:.0f} for the energy.",
    )


def resonant_path():
    """l/λ of resonant scattering by two-level systems, (20)."""
    return float(rfot.mean_free_path_ratio(_MOSAIC))


def elastic_against_resonant():
    """Elastic over resonant scattering at the plateau, with the paper's estimates of both."""
    elastic, resonant = _estimate().energy_ratio, float(rfot.mean_free_path_ratio(_MOSAIC))
    walls = rfot.rayleigh_scattering(_PLATEAU, _PLATEAU, _MOSAIC, D=_D, resonant=2, walls=1.0).energy_ratio
    return Finding(resonant / elastic, f"With one wall per domain it is {resonant / walls:.2f}.")


def second_ripplon_over_plateau():
    """ω_2 over the frequency of the plateau."""
    return float(rfot.ripplon_frequencies(_MOSAIC, 2)[0]) / _PLATEAU


def favourable_frequency():
    """Least l/λ by (A12), with all orders at their frequencies, over the estimate; T as there."""
    omega = np.linspace(0.02, 0.7, 1361)
    found = rfot.rayleigh_scattering(omega, _PLATEAU, _MOSAIC, D=_D)
    i = int(np.argmin(found.ratio))
    return Finding(
        float(found.ratio[i] / _estimate().ratio),
        f"It is {found.energy_ratio[i]:.0f} for the energy at {omega[i]:.3f} ω_D.",
    )


def number_of_walls():
    """Walls per domain from the partition function (35), both signs of ε, over T/T_g; at the plateau."""
    spectrum = rfot.ripplon_spectrum(_MOSAIC)
    half, parts = np.geomspace(1e-7, 150.0, 4000), []
    for eps in (half, -half[::-1]):
        occupied = -np.expm1(-rfot.log_partition_function(eps, _PLATEAU, spectrum))
        parts.append(float(np.trapezoid(rfot.density_of_transitions(eps, _MOSAIC) * occupied, eps)))
    number, rough = sum(parts), _PLATEAU / _MOSAIC.T_g
    path = rfot.rayleigh_scattering(_PLATEAU, _PLATEAU, _MOSAIC, D=_D, resonant=2, walls=number).energy_ratio
    return Finding(
        number / rough,
        f"{number:.3f} walls per domain and not {rough:.4f}; the positive ε alone give {parts[0]:.4f}. "
        f"l/λ comes down to {path:.0f}.",
    )


def gradient_at_zero():
    """(dj₁/dx)² at x → 0 from differences of sin x/x² − cos x/x."""

    def j1(x):
        return math.sin(x) / x**2 - math.cos(x) / x

    numerical = ((j1(0.011) - j1(0.009)) / 0.002) ** 2
    return Finding(float(rfot.gradient_reduction(0.0)), f"By differences at 0.01: {numerical:.6f}.")


def decrease_of_the_gradient():
    """Second maximum of (dj₁/dx)² over its value at 0; holds if there is none."""
    x = np.linspace(0.0, 6.0, 60001)
    curve = 9.0 * rfot.gradient_reduction(x)
    rising = np.diff(curve) > 0
    i = int(np.argmax(rising))
    top = float(curve[i:].max())
    return Finding(
        top,
        f"It vanishes at kR = {x[i]:.2f}, and the next maximum lies at {x[i + curve[i:].argmax()]:.2f}.",
        not rising.any(),
    )


def gradient_beyond_the_cutoff():
    """Largest value of (dj₁/dx)² beyond kR = 6 over that at 0."""
    x = np.linspace(6.0, 60.0, 108001)
    return float(9.0 * rfot.gradient_reduction(x).max())


def cutoff_at_second_zero():
    """ω_c at kR = 6 in units of (a/ξ)ω_D."""
    from scipy.optimize import brentq
    from scipy.special import spherical_jn

    zero = brentq(lambda x: spherical_jn(1, x, derivative=True), 5.0, 7.0)
    return Finding(rfot.cutoff_frequency(6.0), f"kR = 6 is nearly the second zero of dj₁/dx, {zero:.3f}.")


def cutoff_of_the_volume_average():
    """Sharp cut-off that gives a slow ripplon the shift of a strain averaged over the domain, in (a/ξ)ω_D."""
    from scipy.integrate import quad
    from scipy.special import spherical_jn

    end = 400.0
    total = quad(lambda x: 9.0 * spherical_jn(1, x) ** 2, 0.0, end, limit=2000)[0] + 4.5 / end
    return Finding(
        rfot.cutoff_frequency((3.0 * total) ** (1.0 / 3.0)),
        "Exactly one, by Parseval: a mean over ξ³ counts 1/ξ³ modes. The bound of App. B is 2.5, and 1.8 is used.",
    )


def smearing_of_the_cutoff():
    """Width of App. A over the smearing of the cut-off, ω_c/√D, of Sec. IV.F, which refers to it."""
    barriers = rfot.barrier_distribution(0.0, _D, _MOSAIC)
    bumps = [rfot.boson_bump(rfot.ripplon_spectrum(_MOSAIC, 1.8, D=D, rtol=1e-6)) for D in (4.0 * _D, _D)]
    kelvin = [bump.T * _SILICA.debye_temperature for bump in bumps]
    return Finding(
        barriers.width / barriers.most_probable * math.sqrt(_D),
        f"The bump lies at {kelvin[0]:.2f} K with ω_c/2√D and at {kelvin[1]:.2f} K with ω_c/√D, D = {_D:g}.",
    )


def second_order_argument():
    """kR at ω_D/30."""
    return float(rfot.sphere_argument(1.0 / 30.0, _MOSAIC))


def quadratic_formula():
    """ω_D√(a/ξ)·4/(6π²)^(1/2) as printed."""
    return rfot.quadratic_crossover(_MOSAIC).printed


def quadratic_crossing():
    """Crossing of the linear and the quadratic coupling with a displacement d_L at the edge."""
    found = rfot.quadratic_crossover(_MOSAIC)
    return Finding(found.edge_d_L, f"With the (a/ξ)d_L of Sec. III.B it is {found.consistent:.4f}.")


def beyond_the_plateau():
    """Crossing with the displacement of Sec. III.B at the edge."""
    found = rfot.quadratic_crossover(_MOSAIC)
    return Finding(found.consistent, f"In silica {found.consistent * _SILICA.debye_temperature:.0f} K.")
