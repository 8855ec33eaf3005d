"""Plans of strains: which bars of a strain repeat an earlier one.

Definition: the plan of a strain has a letter for each bar, the same letter for bars that strike the
same pitches at the same steps: "abcdefghabcijklm" comes back to its first three bars after eight.
Convention: strains that the piece names, of at most `MOST_BARS` bars; of two endings the first is
counted; durations and hands play no part; a return that is varied is none.
Source: ours; of 145 strains of Joplin's with 16 bars three in four begin their second half as the
first began.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from string import ascii_letters

from ragsmith.piece import Piece
from ragsmith.strains import strain_bars

__all__ = ["plans_of"]

MOST_BARS = len(ascii_letters)


def plans_of(pieces: Iterable[Piece]) -> dict[str, int]:
    """The plans of all strains, and how many strains have each."""
    plans: Counter[str] = Counter()
    for piece in pieces:
        struck: dict[int, set[tuple[int, int]]] = {bar.start: set() for bar in piece.bars}
        starts = iter([*struck, piece.steps])
        start, end = next(starts, 0), next(starts, 0)
        for note in piece.notes:
            while note.onset >= end:
                start, end = end, next(starts)
            struck[start].add((note.onset - start, note.pitch))
        for bars in strain_bars(piece):
            if not 0 < len(bars) <= MOST_BARS:
                continue
            contents = [frozenset(struck[bar.start]) for bar in bars]
            letters = dict(zip(dict.fromkeys(contents), ascii_letters, strict=False))
            plans["".join(letters[content] for content in contents)] += 1
    return dict(plans)
