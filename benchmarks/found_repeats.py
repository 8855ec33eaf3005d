"""Repeats found in flat renderings, beside the signs of the edition.

    python benchmarks/found_repeats.py KERN_FOLDER

Each rag is played out as its edition says (`unfold`), and loses its sections. Signs are the strains
that the edition repeats, by the steps of their two passes. `right` were found with the same passes,
`wrong` are repeats at places where the edition has none; endings count where both their lengths are
the edition's. `bars` are those written by the edition, played, and written with what was found.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

from ragsmith.io import read
from ragsmith.io.score.found_repeats import with_repeats
from ragsmith.io.score.repeat_signs import fold, sections_as_signed
from ragsmith.piece import Piece
from ragsmith.playing_order import unfold

Sign = tuple[int, int, int]
"""Played steps at which the first pass and the second begin and end."""


def signs_of(piece: Piece) -> tuple[set[Sign], set[tuple[int, ...]]]:
    """The repeats of two passes, and those with endings, by the steps as they are played."""
    folded = fold(piece)
    played = sections_as_signed(folded)
    starts = []
    now = 0
    for section in played:
        starts.append((section, now))
        now += section.end - section.start
    repeats: set[Sign] = set()
    endings: set[tuple[int, ...]] = set()
    for opened in folded.opens:
        passes = [step for section, step in starts if section.start == opened]
        if len(passes) != 2:
            continue
        first, second = passes
        again = second - first
        repeats.add((first, second, second + again))
        own = [e for e in folded.endings if opened < e.start]
        close = next((end for end, _ in sorted(folded.closes) if end > opened), None)
        if own and own[0].end == close:
            endings.add((first, own[0].end - own[0].start, own[1].end - own[1].start))
    return repeats, endings


def main() -> None:
    counts: Counter[str] = Counter()
    for path in sorted(Path(sys.argv[1]).glob("*.krn")):
        edition = read(path)
        flat = replace(unfold(edition), sections=(), order=())
        folded = with_repeats(flat)
        signs, endings = signs_of(edition)
        ours, our_endings = signs_of(folded) if folded.sections else (set(), set())
        struck = {(n.onset, n.pitch) for n in flat.notes} ^ {
            (n.onset, n.pitch) for n in unfold(folded).notes
        }
        counts += Counter(
            {
                "signs": len(signs),
                "right": len(signs & ours),
                "wrong": len(ours - signs),
                "endings": len(endings),
                "endings right": len(endings & our_endings),
                "bars of the edition": len(fold(edition).piece.bars),
                "bars played": len(flat.bars),
                "bars written": len(folded.bars),
                "notes lost or added": len(struck),
            }
        )
        missed, wrong = sorted(signs - ours), sorted(ours - signs)
        if missed or wrong:
            print(path.stem, "missed", missed, "wrong", wrong, "grid", edition.steps_per_quarter)
    print(dict(counts))


if __name__ == "__main__":
    main()
