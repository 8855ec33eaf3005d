"""How much a composer borrows from himself: the human baseline of the originality limits.

    python benchmarks/joplin_borrows.py FOLDER

Each piece of the folder against all the others, as they are played, on the grid of sixteenths, by
the definition of `ragsmith.originality.runs`: what `ragsmith check` does.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ragsmith.io import MIDI_SUFFIXES, NOTATION_SUFFIXES, read
from ragsmith.originality.runs import Run, index_of, longest_runs
from ragsmith.originality.search import as_played


def in_words(run: Run | None, names: Sequence[str]) -> str:
    """A run in words: its length, where it begins, and the same for the other piece."""
    if run is None:
        return f"{0:6.2f}"
    there = f"{names[run.in_piece]}:{float(run.in_at):g} ({run.transposition:+d})"
    return f"{float(run.beats):6.2f} at {float(run.at):<7g} = {there}"


def main(folder: Path) -> None:
    """Print one row per piece, the pieces that borrow most first, and the summary."""
    suffixes = MIDI_SUFFIXES + NOTATION_SUFFIXES
    paths = sorted(p for p in folder.iterdir() if p.suffix.lower() in suffixes)
    if len(paths) < 2:
        sys.exit(f"{folder}: holds fewer than two music files; give a folder of several pieces")
    names = [p.stem for p in paths]
    pieces = [as_played(read(p, 4)) for p in paths]
    index = index_of(pieces)
    runs = [longest_runs(piece, index, excluding=i) for i, piece in enumerate(pieces)]
    beats = np.array([[float(run.beats) if run else 0.0 for run in pair] for pair in runs])
    print(f"{'piece':<20}{'texture, beats':<48}melody, beats")
    for i in np.lexsort((-beats[:, 1], -beats[:, 0])):
        texture, melody = runs[i]
        print(f"{names[i]:<20}{in_words(texture, names):<48}{in_words(melody, names)}")
    print(f"\n{len(pieces)} pieces{'median':>12}{'90th percentile':>18}{'longest':>10}")
    for row, values in zip(("texture", "melody"), beats.T, strict=True):
        middle, high = np.percentile(values, [50, 90])
        print(f"{row:<9}{middle:>12.2f}{high:>18.2f}{values.max():>10.2f}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
