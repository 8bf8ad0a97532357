"""lowtglass: solvers for theories of glasses at low temperature.

Subpackages are imported on first use, so that ``import lowtglass`` stays cheap:

``numerics``
    Quadrature and fixed points, without physics.
``quartic``
    A quantum particle in a quartic potential: wells, levels, matrix elements.
``thermal``
    Thermodynamics of level schemes.
``phonons``
    Debye phonons: from mean free paths to the thermal conductivity.
``response``
    Mean free path, internal friction and the like: the results that the models share.
``tunneling``
    The standard tunnelling model (Phillips 1972; Anderson, Halperin and Varma 1972).
``kuhn_horstmann``
    The random-matrix model of a glass (Kühn and Horstmann 1997, 1998).
``soft_potential``
    Soft atomic potentials (Karpov, Klinger and Ignat'ev 1983; Il'in, Karpov and Parshin 1987).
``rfot``
    The mosaic of the random first-order transition (Lubchenko and Wolynes 2004).
``materials``
    Measured curves and constants of real glasses, each with its source.
``claims``
    The ledger: every figure and printed number of the papers, and what we find.
``explore``, ``plotting``
    The explorer (live sliders and static frames) and the figure style.
"""

import importlib
from typing import TYPE_CHECKING

__version__ = "0.1.0"

_SUBMODULES = (
    "claims",
    "errors",
    "explore",
    "kuhn_horstmann",
    "materials",
    "numerics",
    "phonons",
    "plotting",
    "quartic",
    "response",
    "rfot",
    "soft_potential",
    "thermal",
    "tunneling",
)
__all__ = ["__version__", *_SUBMODULES]

if TYPE_CHECKING:
    from . import (  # noqa: F401
        claims,
        errors,
        explore,
        kuhn_horstmann,
        materials,
        numerics,
        phonons,
        plotting,
        quartic,
        response,
        rfot,
        soft_potential,
        thermal,
        tunneling,
    )


def __getattr__(name):
    if name in _SUBMODULES:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted(__all__)
