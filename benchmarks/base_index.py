"""The index of a base: what it weighs, and what it costs to open, to compose and to check with it.

    python benchmarks/base_index.py FOLDER [PIECE...]

The pieces of the folder that fit a base's grid are indexed in the forms that were compared: the
sealed index, fingerprints alone (sorted, each as its distance from the one before), and the compact
index, as it lies in a file and as a wheel packs it. Then, of the compact one: seconds of processor
time and megabytes for opening it, for the rule's numbers, for the check's lanes; the rule's time
for each question, and the check's for each piece (the built-in rags where none is named).
"""

import argparse
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from ragsmith.composer.rules.no_copy import NoCopy
from ragsmith.corpus import read_corpus
from ragsmith.datasets import rags
from ragsmith.io import read
from ragsmith.models.base import steps_of
from ragsmith.originality.compact import CompactPassages, passages_of
from ragsmith.originality.corpora import CorpusIndex
from ragsmith.originality.index import lanes_of, rows
from ragsmith.originality.search import Limits, against_passages, as_played
from ragsmith.piece import Piece
from ragsmith.playing_order import PlayingOrder
from ragsmith.training.pretraining import fitting

T = TypeVar("T")
GRID = 4
SEALED_ROW = 16
"""Bytes: 64 bits that find a row, 64 that open its place."""
BITS = 40
"""Of a fingerprint: among two million rows one stranger in half a million is taken for known."""


def megabytes() -> float:
    """Memory resident now."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    line = next(row for row in lines if row.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def timed(name: str, make: Callable[[], T]) -> T:
    """What is made; prints its processor time and memory."""
    before, began = megabytes(), time.process_time()
    made = make()
    seconds = time.process_time() - began
    print(f"| {name} | {seconds * 1000:.0f} ms | {megabytes() - before:.0f} MB |", flush=True)
    return made


def fingerprint_bytes(count: int) -> int:
    """Sorted fingerprints as distances, of seven bits a byte with a bit that says that one more
    follows; random numbers stand for the hashes."""
    draw = np.random.default_rng(0)
    gaps = np.diff(np.sort(draw.integers(0, 1 << BITS, count)), prepend=0)
    return int(sum((gaps >= 1 << 7 * k).sum() for k in range(1, 6)) + count)


def sizes(works: Sequence[Piece], passages: CompactPassages) -> None:
    """The table of forms."""
    count = sum(1 for work in works for lane in lanes_of(work) for _ in rows(lane, GRID))
    data = b"".join(array.tobytes() for array in passages.arrays().values())
    onsets = len(passages.gaps)
    print(f"{len(works)} pieces, {sum(len(w.notes) for w in works):,} notes as played, ", end="")
    print(f"{onsets:,} onsets, {len(passages.masks):,} chords, {count:,} rows\n")
    print("| form | bytes | an onset | tells the place | hides the music |\n|---|---|---|---|---|")
    for name, size, place, hides in (
        ("sealed rows", SEALED_ROW * count, "yes", "yes"),
        (f"fingerprints of {BITS} bits", fingerprint_bytes(count), "no", "yes"),
        ("compact: the onsets", len(data), "yes", "no"),
        ("compact, in a wheel", len(zlib.compress(data, 9)), "yes", "no"),
    ):
        print(f"| {name} | {size:,} | {size / onsets:.1f} | {place} | {hides} |")


def costs(passages: CompactPassages, pieces: Sequence[Piece]) -> None:
    """The tables of time and memory."""
    print("\n| step | processor | memory |\n|---|---|---|")
    arrays = passages.arrays()
    opened = timed("open", lambda: CompactPassages.from_arrays(GRID, arrays))
    index = [CorpusIndex(opened, of="base")]
    order = PlayingOrder.of(pieces[0])
    timed("the rule's numbers, once", lambda: NoCopy(index, Limits(), order))
    timed("the check's lanes, once", lambda: against_passages(pieces[0], opened))
    began, count = time.process_time(), 0
    for piece in pieces:
        rule, steps = NoCopy(index, Limits(), PlayingOrder.of(piece)), steps_of(piece)
        for now, step in enumerate(steps):
            count += 1
            rule.allows(steps[:now], step)
    seconds = (time.process_time() - began) / count
    print(f"\nThe rule: {seconds * 1e6:.0f} microseconds a step, over {count:,} steps.")
    began = time.process_time()
    for piece in pieces:
        against_passages(piece, opened)
    seconds = (time.process_time() - began) / len(pieces)
    steps = sum(piece.steps for piece in pieces) // len(pieces)
    print(f"The check: {seconds * 1000:.0f} ms a piece of {steps:,} steps, over {len(pieces)}.")


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("pieces", type=Path, nargs="*")
    chosen = parser.parse_args()
    works = [as_played(piece) for piece in fitting(read_corpus(chosen.folder)).pieces()]
    pieces = [read(path, GRID) for path in chosen.pieces] or rags()
    passages = passages_of(works, GRID)
    sizes(works, passages)
    del works
    costs(passages, [as_played(piece) for piece in pieces])


if __name__ == "__main__":
    main()
