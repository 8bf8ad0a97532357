"""Measured curves, constants and quoted facts of real glasses, each with its source; SI units.

The measured conductivities are numbers of the public compilation *Cryogenic Material Properties* of the CMB-S4
collaboration (https://github.com/CMB-S4/Cryogenic_Material_Properties), which names the measurements behind them.
No errors of measurement are given there. No table of a heat capacity is held.
"""

import csv
import dataclasses
import functools
import importlib.resources
import math

import numpy as np

from ._validation import finite_array
from .errors import InputError
from .phonons import Branch, DebyePhonons

__all__ = [
    "SILICA",
    "PowerLaw",
    "QuotedFact",
    "Solid",
    "ThermalConductivity",
    "fit_power_law",
    "quoted_facts",
    "silicate_conductivity",
    "thermal_conductivity",
]

_HBAR, _K_B = 1.054571817e-34, 1.380649e-23  # J s and J/K


@dataclasses.dataclass(frozen=True)
class ThermalConductivity:
    """A measured thermal conductivity.

    Attributes
    ----------
    material : str
        Name of the material.
    kind : str
        What sort of solid it is.
    T : ndarray
        Temperatures in K, ascending.
    conductivity : ndarray
        Thermal conductivity in W/(m K).
    source : str
        Who measured it.
    """

    material: str
    kind: str
    T: np.ndarray
    conductivity: np.ndarray
    source: str


@dataclasses.dataclass(frozen=True)
class Solid:
    """Constants of an isotropic solid in Debye's description, SI units.

    Attributes
    ----------
    name : str
        Name of the material.
    density : float
        Mass density in kg/m³.
    sound_velocity : float
        Velocity of sound in m/s, one for all three polarisations.
    debye_temperature : float
        ħω_D/k_B in K.
    glass_temperature : float
        Laboratory glass temperature in K.
    source : str
        Where the numbers stand.
    """

    name: str
    density: float
    sound_velocity: float
    debye_temperature: float
    glass_temperature: float
    source: str

    def phonons(self):
        """Debye phonons with these constants, SI units.

        Returns
        -------
        lowtglass.phonons.DebyePhonons
            One branch of three polarisations up to the Debye frequency.
        """
        top = _K_B * self.debye_temperature / _HBAR
        return DebyePhonons((Branch(self.sound_velocity, 3),), self.density, debye_frequency=top, hbar=_HBAR, k_B=_K_B)


@dataclasses.dataclass(frozen=True)
class QuotedFact:
    """A published statement in words and numbers.

    Attributes
    ----------
    material : str
        What it holds for.
    quantity : str
        The quantity.
    value : str
        Its value with unit, as published.
    reference : str
        Key in the bibliography of the book.
    place : str
        Where it stands there.
    """

    material: str
    quantity: str
    value: str
    reference: str
    place: str


@dataclasses.dataclass(frozen=True)
class PowerLaw:
    """A power law fitted to a measured curve, y = prefactor · (T/K)^exponent.

    Attributes
    ----------
    exponent, exponent_error : float
        Exponent and its standard error, from the scatter of the points about the line.
    prefactor, prefactor_error : float
        Value of the line at 1 K and its standard error, in the unit of the curve.
    scatter : float
        Standard deviation of the points about the line, in ln y.
    n_points : int
        Number of points in the range.
    """

    exponent: float
    exponent_error: float
    prefactor: float
    prefactor_error: float
    scatter: float
    n_points: int


#: Vitreous silica in Debye's description.
SILICA = Solid(
    name="SiO₂",
    density=2200.0,
    sound_velocity=4100.0,
    debye_temperature=342.0,
    glass_temperature=1500.0,
    source="Lubchenko and Wolynes 2004, caption of Fig. 15 and text, after Freeman and Anderson 1986",
)


def thermal_conductivity(name=None):
    """Measured thermal conductivities.

    Parameters
    ----------
    name : str, optional
        Name of the material; all of them if not given.

    Returns
    -------
    ThermalConductivity or dict of str to ThermalConductivity
        The curve asked for, or all curves by name. The arrays are read-only.

    Raises
    ------
    InputError
        If there is no such material.
    """
    curves = _conductivities()
    if name is None:
        return dict(curves)
    if name not in curves:
        raise InputError("name", name, "one of " + "; ".join(curves))
    return curves[name]


def quoted_facts():
    """Published statements on glasses at low temperature, with their sources.

    Returns
    -------
    list of QuotedFact
    """
    return [QuotedFact(**row) for row in _rows("quoted_facts.csv")]


def silicate_conductivity(T):
    """Published fit to the thermal conductivity of amorphous silicates, 4–300 K.

    A formula fitted by its authors to measured conductivities of several amorphous silicates; it stands for them where
    no table is held. Woods-Robinson, Siegler and Paige, JGR Planets 124, 1989 (2019).

    Parameters
    ----------
    T : array_like
        Temperatures in K, 4 to 300; the formula diverges below.

    Returns
    -------
    ndarray
        Thermal conductivity in W/(m K).

    Raises
    ------
    InputError
        If a temperature is outside the range of the fit.
    """
    T = finite_array("T", T, minimum=4.0, maximum=300.0)
    negative = np.polynomial.polynomial.polyval(1.0 / T, [0.0, 3.41742, -14.3084, 22.5793, -11.472])
    positive = np.polynomial.polynomial.polyval(T, [-0.203297, 0.01101, -2.80491e-5, 3.35837e-8, -1.40021e-11])
    return negative + positive


def fit_power_law(T, y, T_range=None):
    """Fit a power law to a curve, by a straight line through ln y against ln T with equal weights.

    Parameters
    ----------
    T : array_like, shape (n,)
        Temperatures in K, > 0.
    y : array_like, shape (n,)
        Values > 0.
    T_range : tuple of float, optional
        Lowest and highest temperature used, both included; all by default.

    Returns
    -------
    PowerLaw

    Raises
    ------
    InputError
        If a value is not positive, shapes differ, or fewer than three different temperatures are in the range.

    Notes
    -----
    Errors are standard errors from the scatter about the line. They say nothing about errors that neighbouring points
    share, nor about a curvature of the data.
    """
    T = finite_array("T", T, minimum=0.0, open_minimum=True)
    y = finite_array("y", y, minimum=0.0, open_minimum=True)
    if T.ndim != 1 or y.shape != T.shape:
        raise InputError("y", f"shape {y.shape}", f"one value for each temperature, which have shape {T.shape}")
    if T_range is None:
        T_range = (T.min(), T.max())
    bounds = finite_array("T_range", T_range, minimum=0.0)
    if bounds.shape != (2,) or bounds[0] >= bounds[1]:
        raise InputError("T_range", T_range, "two temperatures, the lower one first")
    inside = (bounds[0] <= T) & (bounds[1] >= T)
    if np.unique(T[inside]).size < 3:
        raise InputError("T_range", T_range, f"a range that holds at least three of {T.size} temperatures")
    x, z = np.log(T[inside]), np.log(y[inside])
    (slope, offset), covariance = np.polyfit(x, z, 1, cov=True)
    errors = np.sqrt(np.diag(covariance))
    residual = z - slope * x - offset
    prefactor = math.exp(offset)
    return PowerLaw(
        exponent=float(slope),
        exponent_error=float(errors[0]),
        prefactor=prefactor,
        prefactor_error=float(prefactor * errors[1]),
        scatter=float(np.sqrt(residual @ residual / (x.size - 2))),
        n_points=int(x.size),
    )


def _rows(name):
    text = (importlib.resources.files(__package__) / "data" / name).read_text(encoding="utf8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


@functools.cache
def _conductivities():
    rows = {}
    for row in _rows("thermal_conductivity.csv"):
        rows.setdefault(row["material"], []).append(row)
    curves = {}
    for material, points in rows.items():
        T = np.array([float(row["temperature_K"]) for row in points])
        conductivity = np.array([float(row["conductivity_W_per_m_K"]) for row in points])
        T.setflags(write=False)
        conductivity.setflags(write=False)
        curves[material] = ThermalConductivity(material, points[0]["kind"], T, conductivity, points[0]["source"])
    return curves
