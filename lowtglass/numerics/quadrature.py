"""Quadrature rules for use inside kernels."""

import functools

import numpy as np

from .._validation import integer

__all__ = ["gauss_legendre"]


@functools.cache
def _rule(n):
    nodes, weights = np.polynomial.legendre.leggauss(n)
    nodes, weights = 0.5 * (1.0 + nodes), 0.5 * weights
    nodes.setflags(write=False)
    weights.setflags(write=False)
    return nodes, weights


def gauss_legendre(n):
    """Gauss–Legendre rule on the unit interval.

    Parameters
    ----------
    n : int
        Number of nodes, 1 to 200.

    Returns
    -------
    nodes, weights : ndarray, shape (n,)
        ``sum(weights * f(nodes))`` is the integral of f over [0, 1], exact for polynomials of degree 2n − 1.
        The arrays are shared between calls and read-only.

    Raises
    ------
    InputError
        If `n` is not an integer in its range.
    """
    return _rule(integer("n", n, minimum=1, maximum=200))
