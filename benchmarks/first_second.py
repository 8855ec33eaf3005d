"""How soon a piece sounds, and how far its estimated loudness is from the measured one.

    python benchmarks/first_second.py [RAGS] [TIMES]

The first built-in rags (three) are performed and streamed until their first second is there, once
and then several times (seven); times are of one processor, so that they do not depend on what else
the machine does, but for caches that are shared. The first number is of the first time: in the
first row of a new process, which has the piano to compute, in others with the keys that it has
already; the second is the median of the other times, as in a process that has played the rag.
"""

from __future__ import annotations

import sys
from statistics import median
from time import process_time
from typing import NamedTuple

import ragsmith
from ragsmith.io.sound.loudness import measure_loudness
from ragsmith.io.sound.piano import UPRIGHT, play
from ragsmith.io.sound.stream import estimated_loudness, stream_wav
from ragsmith.piece import Piece

RATE = 44_100
SECOND = 44 + 4 * RATE


class Times(NamedTuple):
    """Seconds from asking on."""

    performed: float
    block: float
    second: float


def first_second(rag: Piece) -> Times:
    """Seconds until it was performed, and its first block and its first second were there."""
    began = process_time()
    performance = ragsmith.perform(rag)
    performed = process_time() - began
    sound, size, block = stream_wav(performance), 0, 0.0
    while size < SECOND:
        size += len(next(sound))
        block = block or (process_time() - began if size > 44 else 0.0)
    return Times(performed, block, process_time() - began)


def main() -> None:
    """Measure."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    times = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    print(
        "| rag | performed ms, first, again | first block | first second | estimated | measured |"
    )
    print("|---|---|---|---|---|---|")
    for rag in ragsmith.datasets.rags()[:count]:
        rows = [first_second(rag) for _ in range(1 + times)]
        again = Times(*(median(column) for column in zip(*rows[1:], strict=True)))
        shown = " | ".join(
            f"{1000 * a:.0f}, {1000 * b:.0f}" for a, b in zip(rows[0], again, strict=True)
        )
        performance = ragsmith.perform(rag)
        estimated = estimated_loudness(performance, UPRIGHT)
        measured = measure_loudness(play(performance, UPRIGHT, RATE), RATE).lufs
        print(f"| {rag.title} | {shown} | {estimated:.1f} | {measured:.1f} |", flush=True)


if __name__ == "__main__":
    main()
