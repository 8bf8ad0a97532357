"""Checks of arguments shared by the modules of the mosaic."""

import numpy as np

from ..errors import InputError
from .mosaic import Mosaic

__all__ = ["broadcast", "check_mosaic"]


def check_mosaic(mosaic):
    """Raise InputError unless `mosaic` is a Mosaic."""
    if not isinstance(mosaic, Mosaic):
        raise InputError("mosaic", mosaic, "a Mosaic")


def broadcast(**arrays):
    """Broadcast named arrays against each other, or raise InputError for the first that does not fit."""
    shape = ()
    for name, array in arrays.items():
        try:
            shape = np.broadcast_shapes(shape, array.shape)
        except ValueError:
            raise InputError(name, f"shape {array.shape}", f"a shape that broadcasts with {shape}") from None
    return [np.broadcast_to(array, shape) for array in arrays.values()]
