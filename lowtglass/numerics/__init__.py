"""Mathematics without physics: what several solvers share."""

from .quadrature import gauss_legendre

__all__ = ["gauss_legendre"]
