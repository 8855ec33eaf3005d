"""Progressions of strains: the chord of each half bar, as Roman numerals in the strain's key.

Definition: the progression of a strain is written like those that people give
(`ragsmith.harmony.progression`), "I | I V7 | I | ii7": a bar has one chord, or one for each half.
Convention: strains that the piece names, of at most `MOST_BARS` bars; of two endings the first is
counted; chords as `ragsmith.harmony.finder` names them, keys are those of the signature in force.
Source: ours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ragsmith.chords import NO_CHORD, Chord
from ragsmith.harmony.finder import chords_of
from ragsmith.harmony.roman import roman_name
from ragsmith.harmony.spans import half_bars
from ragsmith.keys import key_at, tonic_of
from ragsmith.measure.strain_plans import MOST_BARS
from ragsmith.piece import Key, Piece
from ragsmith.strains import strain_bars

__all__ = ["strain_progressions"]


def strain_progressions(pieces: Iterable[Piece]) -> dict[str, int]:
    """The progressions of all strains, and how many strains have each."""
    counts: Counter[str] = Counter()
    for piece in pieces:
        strains = [bars for bars in strain_bars(piece) if 0 < len(bars) <= MOST_BARS]
        if not strains:
            continue
        starts = [span.start for span in half_bars(piece)]
        chords = dict(zip(starts, chords_of(piece), strict=True))
        for bars in strains:
            counts[" | ".join(_bar(piece, chords, bar.start, bar.length) for bar in bars)] += 1
    return dict(counts)


def _bar(piece: Piece, chords: dict[int, Chord | None], start: int, length: int) -> str:
    """One numeral, or one for each half."""
    key = key_at(piece.keys, start)
    names = [_numeral(chords[step], key) for step in range(start, start + length) if step in chords]
    return names[0] if len(set(names)) == 1 else " ".join(names)


def _numeral(chord: Chord | None, key: Key) -> str:
    return NO_CHORD if chord is None else roman_name(chord, tonic_of(key), key.minor)
