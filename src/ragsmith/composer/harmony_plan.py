"""The chords of what is to be composed, drawn from those of the corpus's strains, and what chords
mean for repeats and cadences. Those that somebody gives are in `ragsmith.composer.chord_chart`.

The chords of a strain are those of one of the corpus's strains of its length, nobody's
property: of one of those that repeat themselves most where the plan of repeats does; a bar that
does not loses its repeat. Where the corpus has too few strains of that length, bar after bar
follows as in one of its strains that has the same two bars before at the same place (or one, or
none, where too few do), so that half cadences and cadences stand where they do there; a bar that is
to repeat an earlier one has its chords. Strains close.
Source: variable-order prediction (Conklin & Witten 1995), with the place as in Paiement et al.,
*A Probabilistic Model for Chord Progressions* (ISMIR 2005).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from ragsmith.chords import Chord, ChordMark, chord_at, chord_name, tones_of
from ragsmith.composer.chord_chart import strain_marks
from ragsmith.composer.draws import drawn_by_weight
from ragsmith.composer.harmonic_rhythm import nearest_draw
from ragsmith.harmony.progression import ALL, parse_progression, symbol_chord
from ragsmith.harmony.spans import beats_of
from ragsmith.keys import degrees_of, key_at, tonic_of, triad_of
from ragsmith.measure.cadence import is_dominant
from ragsmith.piece import Bar, Key, Piece
from ragsmith.strains import full_bars_in, is_introduction, strains_of
from ragsmith.verbs import without_repeated_marks

__all__ = [
    "chords_within",
    "closes",
    "drawn_chords",
    "is_within",
    "place_words",
    "repeats_under",
]

STREAM = 2
"""Keeps these draws apart from those of the steps and of the strain plans."""
FEWEST = 3
"""Strains of the corpus that have to agree with what was drawn before for it to count, or to be of
a length for one of them to be taken whole."""
TONIC, DOMINANT = {False: "I", True: "i"}, "V7"


def is_within(step: int, spans: Sequence[range]) -> bool:
    """Whether a step lies in one of these spans."""
    return any(step in span for span in spans)


def chords_within(
    marks: Sequence[ChordMark], spans: Sequence[range], inside: bool
) -> tuple[ChordMark, ...]:
    """The chords that begin in these spans, or in none of them; no chord where the others are.

    >>> marks = [ChordMark(0, Chord(0)), ChordMark(8, Chord(7, "7"))]
    >>> [mark.chord for mark in chords_within(marks, [range(8, 16)], inside=False)]
    [Chord(root=0, quality='', bass=None), None]
    """
    return tuple(
        mark if is_within(mark.step, spans) is inside else mark._replace(chord=None)
        for mark in marks
    )


def drawn_chords(
    outline: Piece,
    progressions: Mapping[str, int],
    repeats: Mapping[int, int],
    seed: int,
    rates: Mapping[str, float] = {},
) -> tuple[ChordMark, ...]:
    """Chords for every strain of an outline, drawn at random.

    Args:
        outline: with its strains and keys.
        progressions: how many strains of the corpus have each
            (`ragsmith.measure.progressions`).
        repeats: step to the earlier step that it repeats (`ragsmith.composer.strain_plans`).
        seed: of the piece.
        rates: how often they change, by strain (`ragsmith.composer.harmonic_rhythm`); "" is for all
            others.
    """
    draw = np.random.default_rng([STREAM, seed])
    rows = [
        ([" ".join(bar) for bar in parse_progression(text)[ALL]], count)
        for text, count in sorted(progressions.items())
    ]
    marks: list[ChordMark] = []
    strains = strains_of(outline)
    for strain in strains:
        bars = full_bars_in(outline, strain.body)
        bars += [
            bar for s in strain.numbered_endings[:1] for e in s for bar in full_bars_in(outline, e)
        ]
        if not bars or not rows:
            continue
        starts = [bar.start for bar in bars]
        earlier = {
            number: starts.index(repeats[start])
            for number, start in enumerate(starts)
            if repeats.get(start) in starts
        }
        rate = rates.get(strain.name, rates.get(""))
        chords = nearest_draw(partial(_drawn, rows, len(bars), earlier, draw), rate)
        if not is_introduction(strain, strains):
            _close(chords, key_at(outline.keys, starts[-1]).minor)
        fitted = tuple(
            _over_beats(text.split(), beats_of(bar.metre))
            for text, bar in zip(chords, bars, strict=True)
        )
        marks += strain_marks(outline, strain, fitted, None)
    return without_repeated_marks(sorted(marks, key=lambda mark: mark.step))


def _close(chords: list[str], minor: bool) -> None:
    """Let bars end on the tonic, after a dominant."""
    chords[-1] = TONIC[minor]
    if len(chords) > 1 and not _leads(chords[-2], minor):
        chords[-2] = f"{chords[-2].split()[0]} {DOMINANT}"


def _over_beats(chords: Sequence[str], beats: int) -> tuple[str, ...]:
    """The chords of a drawn bar in a metre of so many beats: where they do not share it evenly the
    last has the last beat.

    >>> _over_beats(["ii7", "V7"], 3), _over_beats(["ii7", "V7"], 1)
    (('ii7', '/', 'V7'), ('V7',))
    """
    if beats % len(chords) == 0:
        return tuple(chords)
    return (chords[0], *["/"] * (beats - 2), chords[-1])[-beats:]


def _drawn(
    rows: Sequence[tuple[list[str], int]],
    length: int,
    earlier: Mapping[int, int],
    draw: np.random.Generator,
) -> list[str]:
    """So many bars: a whole row, where enough are as long, or bar by bar."""
    same = [(row, count) for row, count in rows if len(row) == length]
    if sum(count for _, count in same) >= FEWEST:
        return _whole(same, earlier, draw)
    return _bar_by_bar([(_stretched(row, length), n) for row, n in rows], length, earlier, draw)


def _whole(
    rows: Sequence[tuple[list[str], int]], earlier: Mapping[int, int], draw: np.random.Generator
) -> list[str]:
    """One of the rows that repeat most of what is to be repeated."""
    missing = [sum(row[bar] != row[first] for bar, first in earlier.items()) for row, _ in rows]
    nearest = [row for row, gaps in zip(rows, missing, strict=True) if gaps == min(missing)]
    return [*_one_of(nearest, draw)]


def _one_of(rows: Sequence[tuple[list[str], int]], draw: np.random.Generator) -> list[str]:
    """One of the rows, by their counts."""
    return drawn_by_weight(rows, (count for _, count in rows), draw)[0]


def _bar_by_bar(
    fitting: Sequence[tuple[list[str], int]],
    length: int,
    earlier: Mapping[int, int],
    draw: np.random.Generator,
) -> list[str]:
    """So many bars, each after those drawn before it as in a row that goes on alike."""
    bars: list[str] = []
    for number in range(length):
        if number in earlier:
            bars.append(bars[earlier[number]])
            continue
        alike = fitting
        for order in (2, 1):
            past = bars[max(0, number - order) : number]
            agreeing = [(row, n) for row, n in fitting if row[number - len(past) : number] == past]
            if sum(count for _, count in agreeing) >= FEWEST:
                alike = agreeing
                break
        bars.append(_one_of(alike, draw)[number])
    return bars


def _stretched(row: Sequence[str], length: int) -> list[str]:
    """A progression of another length: its beginning, and its end."""
    times = -(-length // len(row))
    whole = [*row] * times
    half = length // 2
    return whole[: length - half] + whole[len(whole) - half :] if half else whole[:length]


def _leads(bar: str, minor: bool) -> bool:
    """Whether a bar ends on a dominant."""
    key = Key(0, 0, minor)
    chord = symbol_chord(bar.split()[-1], key)
    return chord is not None and is_dominant(tones_of(chord), key)


def repeats_under(
    outline: Piece, repeats: Mapping[int, int], marks: Sequence[ChordMark]
) -> dict[int, int]:
    """The repeats that stay: of bars that stand under the same chords as the bars they repeat."""

    def chords(bar: Bar) -> list[Chord | None]:
        return [chord_at(marks, step) for step in range(bar.start, bar.start + bar.length)]

    starts = {bar.start: bar for bar in outline.bars}
    stay: dict[int, int] = {}
    for bar in outline.bars:
        first = starts.get(repeats.get(bar.start, -1))
        if first and chords(first) == chords(bar):
            stay |= {
                s: repeats[s] for s in range(bar.start, bar.start + bar.length) if s in repeats
            }
    return stay


def closes(outline: Piece, marks: Sequence[ChordMark], before: int, arrival: int) -> bool:
    """Whether chords make a cadence on an arrival, or say nothing of it.

    Args:
        outline: with its keys.
        marks: the chords.
        before: the step that is played before the arrival.
        arrival: the downbeat of a strain's last bar.
    """
    key = key_at(outline.keys, arrival)
    lead, tonic = chord_at(marks, before), chord_at(marks, arrival)
    leads = lead is None or is_dominant(tones_of(lead), key)
    arrives = tonic is None or (
        (tonic.bass or tonic.root) == tonic_of(key)
        and triad_of(key) <= degrees_of(tones_of(tonic), key)
    )
    return leads and arrives


def place_words(outline: Piece, marks: Sequence[ChordMark], step: int) -> str:
    """The bar of a step, and its chord, for an error."""
    number = sum(bar.start <= step for bar in outline.full_bars)
    chord = chord_at(marks, step)
    under = f" under {chord_name(chord, key_at(outline.keys, step).fifths)}" if chord else ""
    return f"bar {number}{under}"
