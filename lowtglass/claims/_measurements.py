"""Statements about experiments, against the measured curves of `lowtglass.materials`."""

import numpy as np

from .. import materials
from . import Finding

__all__ = ["conductivity_exponent", "conductivity_plateau"]


def conductivity_exponent():
    """Exponent of κ(T) of the one glass held over a decade below 1 K, between 0.05 and 0.6 K."""
    fits = {}
    for name, curve in materials.thermal_conductivity().items():
        if np.count_nonzero((curve.T >= 0.05) & (curve.T <= 0.6)) >= 3:
            fits[name] = materials.fit_power_law(curve.T, curve.conductivity, (0.05, 0.6))
    others = ", ".join(f"{name} {fit.exponent:.2f}" for name, fit in fits.items() if name != "Stycast 1266")
    fit = fits["Stycast 1266"]
    return Finding(
        fit.exponent,
        f"Stycast 1266, an epoxy: {fit.exponent:.2f} ± {fit.exponent_error:.2f} over a decade. The others have "
        f"less than a decade, and all but Torlon and Vespel are partly crystalline: {others}.",
    )


def conductivity_plateau():
    """Lowest local exponent d ln κ/d ln T of the published fit to silicate glasses between 4 and 20 K."""
    T = np.geomspace(4.0, 20.0, 200)
    slope = np.gradient(np.log(materials.silicate_conductivity(T)), np.log(T))
    least = int(np.argmin(slope))
    flat = T[np.abs(slope) < 0.5]
    return Finding(
        abs(slope[least]),
        f"Silicate glasses: lowest exponent {slope[least]:.2f} at {T[least]:.1f} K, below 0.5 in size from "
        f"{flat[0]:.0f} K on (the fit begins at 4 K) to {flat[-1]:.0f} K.",
    )
