"""Checks weights from a file that anybody may have made before a model computes with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragsmith.errors import BadBundle
from ragsmith.models.base import Arrays

__all__ = ["Shapes", "checked", "lstm_shapes", "out_shapes"]

LARGEST = 1e30
"""The largest weight allowed, so that no sum of products overflows single precision."""

Shapes = dict[str, tuple[int, ...]]


def lstm_shapes(inputs: int, hidden: int, suffix: str = "") -> Shapes:
    """The shapes of an LSTM layer's arrays; see `ragsmith.models.lstm.LSTMWeights`."""
    return {
        f"kernel{suffix}": (inputs, 4 * hidden),
        f"recurrent{suffix}": (hidden, 4 * hidden),
        f"bias{suffix}": (4 * hidden,),
    }


def out_shapes(hidden: int, outputs: int) -> Shapes:
    """The shapes of the output layer's arrays."""
    return {"out_kernel": (hidden, outputs), "out_bias": (outputs,)}


def checked(arrays: Mapping[str, NDArray[Any]], shapes: Shapes) -> Arrays:
    """The arrays, when they are those that `shapes` names: float32, of these shapes, all finite.

    Raises:
        BadBundle: one is missing, unknown, of another type or shape, or holds no sensible number.
    """
    if arrays.keys() != shapes.keys():
        wrong = ", ".join(sorted(arrays.keys() ^ shapes.keys()))
        raise _bad(f"weights {wrong}", "are missing or unknown")
    for name, shape in shapes.items():
        array = arrays[name]
        if array.dtype != np.float32 or array.shape != shape:
            shown = f"{array.dtype} of shape {array.shape}"
            raise _bad(f"weights {name}", f"must be float32 of shape {shape}, not {shown}")
        # Comparisons with NaN are false.
        if not (array.min(initial=0) >= -LARGEST and array.max(initial=0) <= LARGEST):
            raise _bad(f"weights {name}", "hold what is no sensible number")
    matrices = [array for array in arrays.values() if array.ndim > 1 and array.size > 1]
    if matrices and all(array.min() == array.max() for array in matrices):
        raise _bad("the weights", "are all the same number: nothing was learnt")
    return dict(arrays)


def _bad(value: str, rule: str) -> BadBundle:
    return BadBundle(value, rule, "learn the model again")
