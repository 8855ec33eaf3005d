"""How soon a piece sounds, and how far its estimated loudness is from the measured one.

    python benchmarks/first_second.py [RAGS]

The first built-in rags (two) are performed and streamed; seconds are of one processor, so that they
do not depend on what else the machine does. A new process has the piano's modes to compute, too:
the second column is of the first rag, or of others with what is cached.
"""

from __future__ import annotations

import sys
from time import process_time

import ragsmith
from ragsmith.io.sound.loudness import measure_loudness
from ragsmith.io.sound.piano import UPRIGHT, play
from ragsmith.io.sound.stream import estimated_loudness, stream_wav

RATE = 44_100
SECOND = 44 + 4 * RATE


def main() -> None:
    """Measure."""
    rags = ragsmith.datasets.rags()[: int(sys.argv[1]) if len(sys.argv) > 1 else 2]
    print("| rag | performed s | first block s | first second s | estimated | measured LUFS |")
    print("|---|---|---|---|---|---|")
    for rag in rags:
        began = process_time()
        performance = ragsmith.perform(rag)
        performed = process_time() - began
        sound, size, first = stream_wav(performance), 0, 0.0
        while size < SECOND:
            size += len(next(sound))
            first = first or (process_time() - began if size > 44 else 0.0)
        second = process_time() - began
        estimated = estimated_loudness(performance, UPRIGHT)
        measured = measure_loudness(play(performance, UPRIGHT, RATE), RATE).lufs
        times = f"{performed:.3f} | {first:.3f} | {second:.3f}"
        print(f"| {rag.title} | {times} | {estimated:.1f} | {measured:.1f} |", flush=True)


if __name__ == "__main__":
    main()
