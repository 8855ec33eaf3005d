"""Batches drawn ahead of time in processes of their own, so that what learns never waits.

A batch depends on its seed alone, not on how many processes draw. They write into a file that both
sides have mapped into memory: a batch is too large to be sent.
"""

from __future__ import annotations

import json
import os
import weakref
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from functools import lru_cache
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.corpus.cache_files import save
from ragsmith.io.arrays import piece_of, to_arrays
from ragsmith.models.stride.batches import Batch, BatchSampler
from ragsmith.models.stride.config import StrideConfig
from ragsmith.models.stride.inputs import Inputs
from ragsmith.piece import Piece
from ragsmith.processes.children import Child

__all__ = ["BatchProcesses", "draw", "process_count"]

AHEAD = 2
"""Batches that a process keeps ready."""
MANY_STEPS = 200_000
"""A learner on the processor itself has its batches drawn beside it where there is so much to learn
that starting a process is nothing."""
FAST_MEMORY = Path("/dev/shm")


class _Slot(NamedTuple):
    """Where a batch is written: a file, and the place of each of its arrays in it."""

    path: str
    layout: list[tuple[int, list[int], str]]

    def arrays(self) -> list[NDArray[Any]]:
        """The arrays of the batch in this slot."""
        return [
            np.memmap(self.path, np.dtype(kind), "r+", offset, tuple(shape))
            if 0 not in shape  # nothing cannot be mapped
            else np.zeros(shape, np.dtype(kind))
            for offset, shape, kind in self.layout
        ]


def process_count(devices: Sequence[str], steps: int) -> int:
    """How many processes draw batches of so many steps for these devices; 0 draws in the learner.

    >>> process_count(["cpu:0"], 10_000)
    0
    """
    processors = os.cpu_count() or 1
    if any(not device.startswith("cpu") for device in devices):
        return max(1, processors - 1)
    return 1 if steps >= MANY_STEPS and processors > 1 else 0


class BatchProcesses:
    """Draws the batches of a `BatchSampler` in `number` processes, which end with it.

    Args:
        sampler: of the same config, pieces and sequences.
    """

    def __init__(
        self,
        sampler: BatchSampler,
        config: StrideConfig,
        pieces: Sequence[Piece],
        sequences: int,
        number: int,
    ) -> None:
        place = str(FAST_MEMORY) if FAST_MEMORY.is_dir() else None
        folder = TemporaryDirectory(prefix="ragsmith-", dir=place, ignore_cleanup_errors=True)
        self._children: list[Child] = []
        self._threads = [ThreadPoolExecutor(1) for _ in range(number)]
        self.end = weakref.finalize(self, _end, self._children, self._threads, folder)
        for index, piece in enumerate(pieces):
            save(Path(folder.name) / f"{index}.npz", to_arrays(piece), durable=False)
        self._slots = _slots(Path(folder.name), sampler, number * AHEAD)
        self._request = (folder.name, json.dumps(asdict(config)), len(pieces), sequences)
        self._children += [Child() for _ in range(number)]

    def batches(self, seed: int, turns: Iterator[int]) -> Iterator[Batch]:
        """Endless batches, each from the seed and its turn.

        Raises:
            ChildDied: a process was ended from outside.
        """
        number = len(self._children)
        waiting: deque[tuple[_Slot, Future[Any]]] = deque()
        places = cycle(range(number))

        def order(slot: _Slot) -> None:
            arguments = {
                "slot": list(slot),
                "seed": seed,
                "turn": next(turns),
                "request": list(self._request),
            }
            place = next(places)
            child, thread = self._children[place], self._threads[place]
            waiting.append((slot, thread.submit(child.ask, f"{__name__}:draw", arguments)))

        for slot in self._slots:
            order(slot)
        try:
            while True:
                slot, drawn = waiting.popleft()
                drawn.result()
                yield _batch([np.array(array) for array in slot.arrays()])
                order(slot)
        finally:
            for _, drawn in waiting:
                drawn.cancel()


def _end(children: Sequence[Child], threads: Sequence[ThreadPoolExecutor], folder: Any) -> None:
    for thread in threads:
        thread.shutdown(wait=False, cancel_futures=True)
    for child in children:
        child.end()
    folder.cleanup()


def _slots(folder: Path, sampler: BatchSampler, number: int) -> list[_Slot]:
    """Files that have room for a batch each."""
    layout, offset = [], 0
    for array in _arrays(sampler.sample(0, 0)):
        layout.append((offset, list(array.shape), array.dtype.str))
        offset += -(-array.nbytes // 64) * 64
    slots = [_Slot(str(folder / f"{index}.batch"), layout) for index in range(number)]
    for slot in slots:
        with open(slot.path, "wb") as file:
            file.truncate(offset)
    return slots


def _arrays(batch: Batch) -> list[NDArray[Any]]:
    return [*batch.inputs, *batch[1:]]


def _batch(arrays: Sequence[NDArray[Any]]) -> Batch:
    inputs = len(Inputs._fields)
    return Batch(Inputs(*arrays[:inputs]), *arrays[inputs:])


def draw(
    tell: Callable[[dict[str, Any]], None],
    slot: list[Any],
    seed: int,
    turn: int,
    request: list[Any],
) -> None:
    """Draw one batch into a slot: the task of a process."""
    batch = _sampler(*request).sample(seed, turn)
    for place, array in zip(_Slot(*slot).arrays(), _arrays(batch), strict=True):
        place[...] = array


@lru_cache(1)
def _sampler(folder: str, config: str, pieces: int, sequences: int) -> BatchSampler:
    stored = _StoredPieces(Path(folder), pieces)
    return BatchSampler(StrideConfig(**json.loads(config)), stored, sequences)


class _StoredPieces(Sequence[Piece]):
    """Pieces in files of their own, loaded when they are asked for."""

    def __init__(self, folder: Path, number: int) -> None:
        self._folder, self._number = folder, number

    def __len__(self) -> int:
        return self._number

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self._number))]
        if not 0 <= index < self._number:
            raise IndexError(index)
        with np.load(self._folder / f"{index}.npz") as arrays:
            return piece_of(arrays)
