"""Figures of harmony: how often chords change, how they follow, how many notes are theirs.

Definitions stand at the fields of `Harmony`. Convention: the chord of a half bar is the one that
`ragsmith.harmony.finder` names; a change is a half bar whose chord is another than that of the half
bar before, both with a chord, where a triad and its seventh are one chord; keys are those of the
signature. The piece is taken as it is written.
Agreement with chords that are given: a half bar agrees where the finder, which does not know them,
names the same root and the same third and fifth as the chord in force when it begins (sevenths and
what is added above them do not count, and of two diminished sevenths those are one that sound
alike).
Sources: harmonic rhythm, Piston, *Harmony* (1941); chords compared by root and triad as in the
MIREX audio chord estimation task (Harte 2010; Pauwels & Peeters, ICASSP 2013); the others ours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ragsmith.chords import QUALITIES, Chord, chord_at, tones_of
from ragsmith.harmony.finder import chords_of
from ragsmith.harmony.roman import roman_name
from ragsmith.harmony.spans import beats_of, half_bars
from ragsmith.keys import key_at, tonic_of
from ragsmith.piece import Note, Piece, place_in_bar

__all__ = ["Harmony", "agreement", "harmony_of", "in_chord_share", "progressions_of", "same_triad"]

FIFTH = 7


@dataclass(frozen=True, slots=True)
class Harmony:
    """Figures of a piece's harmony; None where there is nothing to count.

    Attributes:
        chord_changes: changes over half bars that have a half bar before them.
        chord_kinds: different chords, triads and their sevenths counted as one, over half bars.
        falling_fifths: share of the changes in which the root falls by a fifth.
        tonic_share: share of the half bars whose chord stands on the tonic.
        in_chord: share of the notes whose pitch class is a tone of the chord of their half bar.
        in_chord_on_beat: the same of the notes struck on a beat.
    """

    chord_changes: float | None
    chord_kinds: float | None
    falling_fifths: float | None
    tonic_share: float | None
    in_chord: float | None
    in_chord_on_beat: float | None


def harmony_of(piece: Piece) -> Harmony:
    """The figures of a piece."""
    spans = half_bars(piece)
    chords = chords_of(piece)
    pairs = [(one, other) for one, other in pairwise(chords) if one and other]
    changes = [(one, other) for one, other in pairs if not same_triad(one, other)]
    falls = sum((one.root - other.root) % 12 == FIFTH for one, other in changes)
    sounding = [(span.start, chord) for span, chord in zip(spans, chords, strict=True) if chord]
    tonics = sum(chord.root == tonic_of(key_at(piece.keys, start)) for start, chord in sounding)
    kinds = {(chord.root, _triad(chord)) for _, chord in sounding}
    return Harmony(
        chord_changes=_share(len(changes), len(pairs)),
        chord_kinds=_share(len(kinds), len(sounding)),
        falling_fifths=_share(falls, len(changes)),
        tonic_share=_share(tonics, len(sounding)),
        in_chord=in_chord_share(piece, chords),
        in_chord_on_beat=in_chord_share(piece, chords, on_beat=True),
    )


def in_chord_share(
    piece: Piece, chords: Sequence[Chord | None], on_beat: bool = False
) -> float | None:
    """Share of the notes that are tones of the chord of their half bar; None where none has one.

    Args:
        piece: with its notes.
        chords: of each half bar (`ragsmith.harmony.spans.half_bars`).
        on_beat: whether to count only what is struck on a beat.
    """
    spans = half_bars(piece)
    tones = {
        step: frozenset(tones_of(chord))
        for span, chord in zip(spans, chords, strict=True)
        if chord
        for step in span
    }
    beats = _beats(piece) if on_beat else range(piece.steps)
    notes: list[Note] = [n for n in piece.notes if n.onset in tones and n.onset in beats]
    return _share(sum(n.pitch % 12 in tones[n.onset] for n in notes), len(notes))


def progressions_of(piece: Piece) -> Counter[tuple[str, str]]:
    """How often each chord follows each other one, from half bar to half bar where it changes, as
    Roman numerals in the key of the signature at the second."""
    pairs: Counter[tuple[str, str]] = Counter()
    spans, chords = half_bars(piece), chords_of(piece)
    for (one, other), span in zip(pairwise(chords), spans[1:], strict=True):
        if one and other and one != other:
            key = key_at(piece.keys, span.start)
            names = (roman_name(chord, tonic_of(key), key.minor) for chord in (one, other))
            pairs[next(names), next(names)] += 1
    return pairs


def agreement(piece: Piece) -> float | None:
    """Share of the half bars whose notes agree with the chords of the piece (`Piece.chords`); None
    where it has none. Half bars under N.C. do not count."""
    agree = []
    for span, ours in zip(half_bars(piece), chords_of(piece), strict=True):
        chord = chord_at(piece.chords, span.start)
        if chord is not None:
            agree.append(ours is not None and same_triad(ours, chord))
    return _share(sum(agree), len(agree))


def same_triad(one: Chord, other: Chord) -> bool:
    """Whether two chords have the same root, third and fifth, or are diminished sevenths that sound
    alike.

    >>> same_triad(Chord(0, "7"), Chord(0, "9")), same_triad(Chord(0, "m"), Chord(0))
    (True, False)
    """
    if one.quality == other.quality == "dim7":
        return (one.root - other.root) % 3 == 0
    return one.root == other.root and _triad(one) == _triad(other)


def _triad(chord: Chord) -> frozenset[int]:
    """Third and fifth above the root; of a suspension and of a bare fifth what it has."""
    return frozenset(QUALITIES[chord.quality][:3])


def _beats(piece: Piece) -> frozenset[int]:
    """The steps on beats."""
    places = place_in_bar(piece)
    steps: set[int] = set()
    for bar in piece.bars:
        beat = max(1, bar.metre.steps(piece.steps_per_quarter) // beats_of(bar.metre))
        inside = range(bar.start, bar.start + bar.length)
        steps.update(step for step in inside if places[step] % beat == 0)
    return frozenset(steps)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
