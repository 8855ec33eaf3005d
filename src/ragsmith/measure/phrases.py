"""How strains come back to their beginning: the phrases that their second half repeats.

Definition: a strain returns for k bars when the first k bars of its second half strike the same
pitches at the same steps as the first k bars of its first half, and the next bar does not.
Convention: strains that the piece names, of an even number of bars, at least `FEWEST_BARS`; of two
endings the last is counted; durations and hands play no part; a return that is varied is none.
Source: ours; in 145 strains of Joplin's with 16 bars, three in four return, most for two or three.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ragsmith.piece import Bar, Piece
from ragsmith.verbs import strains_of

__all__ = ["FEWEST_BARS", "halves_of", "returns_of"]

FEWEST_BARS = 8


def returns_of(pieces: Iterable[Piece]) -> dict[int, int]:
    """How many strains return for how many bars: {bars: strains}."""
    found: Counter[int] = Counter()
    for piece in pieces:
        struck: dict[int, set[tuple[int, int]]] = {}
        starts = {bar.start: number for number, bar in enumerate(piece.bars)}
        place = 0
        order = sorted(starts)
        for note in piece.notes:
            while place + 1 < len(order) and order[place + 1] <= note.onset:
                place += 1
            struck.setdefault(order[place], set()).add((note.onset - order[place], note.pitch))
        for halves in halves_of(piece):
            count = 0
            for first, second in halves:
                if struck.get(first.start, set()) != struck.get(second.start, set()):
                    break
                count += 1
            found[count] += 1
    return dict(found)


def halves_of(piece: Piece) -> list[list[tuple[Bar, Bar]]]:
    """For each strain with two halves, its bars in pairs: one of the first half with the one of the
    second half that stands at the same place."""
    found = []
    for strain in strains_of(piece):
        bars = [b for b in piece.bars if strain.start <= b.start < strain.end and not b.offset]
        first_ending = any(
            section.name == f"{strain.name}1" and section.start >= strain.start
            for section in piece.sections
        )
        count = len(bars) - first_ending
        if count >= FEWEST_BARS and count % 2 == 0:
            half = count // 2
            found.append(list(zip(bars[:half], bars[half:count], strict=True)))
    return found
