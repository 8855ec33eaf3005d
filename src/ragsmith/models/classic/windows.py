"""Training sequences as places in one long stream of indices: nothing is copied or one-hot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.errors import BadOption

__all__ = ["Windows", "cut"]


class Windows(NamedTuple):
    """Sequences to learn from.

    Attributes:
        stream: (n,) int32, every piece's indices after its START.
        starts: (sequences,) int32, where in the stream each sequence begins.
        length: indices in a sequence, its last target included.
    """

    stream: NDArray[np.int32]
    starts: NDArray[np.int32]
    length: int


def cut(
    pieces: Sequence[NDArray[np.int32]],
    start: int,
    length: int,
    *,
    lead: int = 1,
    draw: int = 0,
    seed: int = 0,
) -> Windows:
    """All overlapping sequences of the pieces, or `draw` of them at random.

    Args:
        pieces: each piece's indices, (steps,).
        start: the index of START.
        length: indices in a sequence, its last target included.
        lead: how many START precede a piece.
        draw: 0 for all sequences; otherwise how many are drawn, once, for all of learning.
        seed: of that draw.

    Raises:
        BadOption: no piece is as long as a sequence.
    """
    stream: list[NDArray[np.int32]] = []
    starts: list[NDArray[np.int32]] = []
    base = 0
    for piece in pieces:
        padded = np.concatenate([np.full(lead, start, np.int32), piece])
        stream.append(padded)
        starts.append(np.arange(base, base + max(0, len(padded) - length + 1), dtype=np.int32))
        base += len(padded)
    every = np.concatenate(starts) if starts else np.zeros(0, np.int32)
    longest = max((len(p) for p in pieces), default=0)
    if longest < length - 1:
        raise BadOption(
            f"sequence_length {length - 1}",
            f"is longer than every piece (the longest has {longest} steps)",
            "choose a shorter sequence",
        )
    if draw:
        every = np.random.default_rng(seed).choice(every, draw)
    return Windows(np.concatenate(stream), every, length)
