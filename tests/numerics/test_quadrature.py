import math

import numpy as np
import pytest

from lowtglass.errors import InputError
from lowtglass.numerics import gauss_legendre


@pytest.mark.parametrize("n", [1, 2, 5, 24, 34])
def test_exact_for_polynomials_up_to_degree_2n_minus_1(n):
    nodes, weights = gauss_legendre(n)
    for degree in range(2 * n):
        assert np.dot(weights, nodes**degree) == pytest.approx(1.0 / (degree + 1), rel=1e-13)
    beyond = np.dot(weights, nodes ** (2 * n)) * (2 * n + 1) - 1.0
    if n <= 5:
        # The error of the rule for x^(2n) on [0, 1] is (n!)⁴/((2n+1)(2n)!²).
        assert -beyond == pytest.approx(math.factorial(n) ** 4 / math.factorial(2 * n) ** 2, rel=1e-6)


def test_shared_arrays_cannot_be_changed():
    nodes, weights = gauss_legendre(7)
    with pytest.raises(ValueError, match="read-only"):
        nodes[0] = 0.0
    with pytest.raises(ValueError, match="read-only"):
        weights[0] = 0.0


@pytest.mark.parametrize("n", [0, -1, 201, 2.5, "3", True, None])
def test_order_is_checked(n):
    with pytest.raises(InputError, match="n = "):
        gauss_legendre(n)
