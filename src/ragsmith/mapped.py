"""Arrays that lie in a file: what is looked at is loaded, and can be let go again."""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

__all__ = ["array_in", "let_go", "mapped"]


def mapped(path: Path) -> mmap.mmap:
    """A file to take arrays from; it may be replaced, but must not be cut, while they are used.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def array_in(file: mmap.mmap, kind: DTypeLike, start: int, shape: tuple[int, ...]) -> NDArray[Any]:
    """The array that begins at byte `start` of a mapped file; it cannot be written to.

    Raises:
        ValueError: the file ends before the array does.
    """
    return np.frombuffer(file, kind, int(np.prod(shape)), start).reshape(shape)


def let_go(*arrays: NDArray[Any]) -> None:
    """Free the memory of what was loaded of mapped arrays; of others nothing."""
    for array in arrays:
        owner: object = array
        while isinstance(owner, np.ndarray):
            owner = owner.base
        file = owner.obj if isinstance(owner, memoryview) else None
        if isinstance(file, mmap.mmap) and hasattr(file, "madvise"):
            file.madvise(mmap.MADV_DONTNEED)
