"""How fast MIDI files become Pieces on the grid, against music21's converter.parse, in one run.

music21 parses each file anew (forceSource), without reading or writing its cache.

Usage: python benchmarks/reading_speed.py FOLDER (needs `pip install music21` beside Ragsmith)
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from ragsmith.errors import BadFile
from ragsmith.io.readers.midi import read_midi

ROUNDS = 9
"""Ours is read so often, and the median counts; music21 is read once: it takes long enough."""


def seconds(read: Callable[[Path], object], paths: list[Path]) -> float:
    """Processor seconds for reading all files once, on one core; other work does not count."""
    begin = time.process_time()
    for path in paths:
        read(path)
    return time.process_time() - begin


def readable(path: Path) -> bool:
    """Whether we read a file; what we refuse is timed by nobody."""
    try:
        read_midi(path)
    except BadFile:
        return False
    return True


def main(folder: Path) -> None:
    """Print one table."""
    try:
        from music21 import converter
    except ImportError:
        sys.exit("music21 is missing, and only this benchmark needs it: pip install music21")
    paths = [path for path in sorted(folder.glob("*.mid")) if readable(path)]
    if not paths:
        sys.exit(f"{folder}: holds no MIDI files that can be read; give a folder that does")
    rounds = [seconds(read_midi, paths) for _ in range(ROUNDS)]
    ours = statistics.median(rounds)
    theirs = seconds(lambda path: converter.parse(path, forceSource=True), paths)
    print("| reader | files | processor seconds, all | ms per file | times as fast |")
    print("|---|---|---|---|---|")
    for name, total in (
        (f"ragsmith, file to Piece (median of {ROUNDS})", ours),
        ("music21, converter.parse (once)", theirs),
    ):
        pace = 1000 * total / len(paths)
        print(f"| {name} | {len(paths)} | {total:.3f} | {pace:.1f} | {theirs / total:.0f} |")
    print(f"\nragsmith's rounds took {min(rounds):.3f} to {max(rounds):.3f} s.")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
