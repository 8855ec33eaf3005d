"""Arrays that lie in a file: what is looked at is loaded, and can be let go again."""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

__all__ = ["let_go", "mapped"]


def mapped(path: Path, kind: DTypeLike, start: int, shape: tuple[int, ...]) -> NDArray[Any]:
    """The array that begins at byte `start` of a file; it cannot be written to.

    The file may be replaced, but must not be cut, while the array is in use.

    Raises:
        ValueError: the file ends before the array does.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return np.frombuffer(data, kind, int(np.prod(shape)), start).reshape(shape)


def let_go(*arrays: NDArray[Any]) -> None:
    """Free the memory of what was loaded of mapped arrays; of others nothing."""
    for array in arrays:
        owner: object = array
        while isinstance(owner, np.ndarray):
            owner = owner.base
        if isinstance(owner, mmap.mmap) and hasattr(owner, "madvise"):
            owner.madvise(mmap.MADV_DONTNEED)
