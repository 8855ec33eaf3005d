"""A piece laid out on two staves: measures, and what each voice plays in them, value by value."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from operator import attrgetter
from typing import NamedTuple

from ragsmith.hands import split_hands
from ragsmith.io.score.beams import beams_of
from ragsmith.io.score.clefs import Moment, StaffClefs, clefs_in
from ragsmith.io.score.rhythm import Value, bar_block, beats_of, cut
from ragsmith.io.score.voices import Chord, two_voices
from ragsmith.piece import Bar, Hand, Key, Metre, Note, Piece
from ragsmith.spelling import Name, spell

__all__ = ["Event", "Head", "Measure", "Staff", "lay_out", "measures_of", "signature_of"]

SHARPENED = "FCGDAEB"
"""Letters in the order in which signatures sharpen them; they are flattened from the end."""
SCALE = "CDEFGAB"
BEAMED_TOGETHER = {Metre(3, 4): 3, Metre(4, 4): 2, Metre(2, 2): 2}
"""Beats of which plain eighths hang on one beam; a single one in other metres."""


class Measure(NamedTuple):
    """The music between two barlines: a bar, or a part of one that a repeat sign cuts.

    Start, length and place in the metre are in steps. `number` is 0 where it counts for nothing:
    in a pickup and in later parts of a bar.
    """

    start: int
    length: int
    offset: int
    metre: Metre
    fifths: int
    minor: bool
    number: int
    is_full: bool

    @property
    def end(self) -> int:
        return self.start + self.length


class Head(NamedTuple):
    """A note head: the number of its note, its name, how many heads of its note are before it, and
    whether it is tied to the one before and the one after."""

    note: int
    name: Name
    part: int
    tied_from: bool
    tied_to: bool


class Event(NamedTuple):
    """A written chord, or a rest when it has no heads, drawn or not; beams from the outermost
    inwards."""

    value: Value
    heads: tuple[Head, ...]
    beams: tuple[str, ...] = ()
    is_drawn: bool = True


@dataclass(frozen=True, slots=True)
class Staff:
    """One staff in one measure.

    Attributes:
        clefs: the one at its beginning, and what changes inside.
        voices: one or two; the first may be empty, a rest for the whole bar.
        accidentals: (note, part) of the heads that get one.
    """

    clefs: StaffClefs
    voices: tuple[tuple[Event, ...], ...]
    accidentals: frozenset[tuple[int, int]]


def measures_of(
    bars: Iterable[Bar], cuts: Collection[int], keys: Sequence[Key], steps_per_quarter: int
) -> list[Measure]:
    """The measures of these bars, cut in two where a sign stands inside a bar."""
    measures: list[Measure] = []
    inner = sorted(cuts)
    changes = list(keys)
    key = changes[0] if changes else Key(0, 0)
    number = 0
    for bar in bars:
        end = bar.start + bar.length
        while inner and inner[0] <= bar.start:
            inner.pop(0)
        edges = [bar.start, *(c for c in inner if c < end), end]
        number += bar.is_full
        for start, stop in pairwise(edges):
            while changes and changes[0].step <= start:
                key = changes.pop(0)
            offset = bar.offset + start - bar.start
            whole = (stop - start) * bar.metre.unit == bar.metre.beats * 4 * steps_per_quarter
            shown = number if offset == 0 else 0
            measures.append(
                Measure(
                    start,
                    stop - start,
                    offset,
                    bar.metre,
                    key.fifths,
                    key.minor,
                    shown,
                    whole and not offset,
                )
            )
    return measures


def lay_out(piece: Piece, measures: Sequence[Measure]) -> list[tuple[Staff, ...]]:
    """The staves of the right and of the left hand, measure by measure."""
    notes = split_hands(piece.notes, piece.steps_per_quarter)
    names = spell(notes, piece.keys, piece.bars, piece.markings)
    pen = _Pen(notes, names, piece.steps_per_quarter)
    hands = [_staves(pen, hand, measures) for hand in (Hand.RIGHT, Hand.LEFT)]
    return list(zip(*hands, strict=True))


@dataclass(frozen=True, slots=True)
class _Pen:
    """The notes, their names, steps per quarter, and how many heads each note has by now."""

    notes: Sequence[Note]
    names: Sequence[Name]
    quarter: int
    parts: Counter[int] = field(default_factory=Counter)

    def heads(self, chord: Chord) -> tuple[Head, ...]:
        """The next heads of the notes of a chord."""
        heads = []
        for i in chord.notes:
            note = self.notes[i]
            before, after = chord.onset > note.onset, chord.end < note.onset + note.duration
            heads.append(Head(i, self.names[i], self.parts[i], before, after))
            self.parts[i] += 1
        return tuple(heads)


def _staves(pen: _Pen, hand: Hand, measures: Sequence[Measure]) -> list[Staff]:
    """A hand's staff in each measure."""
    notes = {i: note for i, note in enumerate(pen.notes) if note.hand == hand}
    upper, lower = (_in_measures(chords, measures) for chords in two_voices(notes))
    moments = [
        _moments(pen, measure, above + below)
        for measure, above, below in zip(measures, upper, lower, strict=True)
    ]
    staves = []
    clefs = clefs_in(moments, "G" if hand == Hand.RIGHT else "F")
    for measure, own, above, below in zip(measures, clefs, upper, lower, strict=True):
        voices = _voices(pen, measure, above, below)
        staves.append(Staff(own, voices, _accidentals(voices, measure.fifths, own)))
    return staves


def _moments(pen: _Pen, measure: Measure, chords: Sequence[Chord]) -> list[Moment]:
    """What the chords of a staff strike in a measure, step by step."""
    shift = measure.offset - measure.start
    beats = {start for start, _ in beats_of(measure.metre, pen.quarter, measure.end + shift)}
    moments: list[Moment] = []
    sounding = measure.start
    for onset, together in groupby(sorted(chords), key=attrgetter("onset")):
        struck = list(together)
        numbers = [i for chord in struck for i in chord.notes]
        tied = any(pen.notes[i].onset < onset for i in numbers)
        end = max(chord.end for chord in struck)
        moments.append(
            Moment(
                onset + shift,
                tuple(_height(pen.names[i]) for i in numbers),
                end + shift,
                onset + shift in beats,
                not tied and sounding <= onset,
            )
        )
        sounding = max(sounding, end)
    return moments


def _voices(
    pen: _Pen, measure: Measure, above: Sequence[Chord], below: Sequence[Chord]
) -> tuple[tuple[Event, ...], ...]:
    """The voices of a staff in a measure. A lower one alone stays the second, since ties lead to
    it, but its rests are drawn instead of the first one's."""
    if not above and not below and measure.is_full:
        return ((),)
    first = _events(pen, measure, above, hidden=bool(below) and not above)
    if not below:
        return (first,)
    second = _events(pen, measure, below, hidden=bool(above))
    return _without_covered_rests(first, second), second


def _height(name: Name) -> int:
    """Letters above C0."""
    return SCALE.index(name.letter) + 7 * name.octave


def _in_measures(chords: Sequence[Chord], measures: Sequence[Measure]) -> list[list[Chord]]:
    """For each measure its chords, cut at the barlines."""
    cut_up: list[list[Chord]] = [[] for _ in measures]
    ends = [measure.end for measure in measures]
    for chord in chords:
        place = bisect_right(ends, chord.onset)
        while place < len(measures) and measures[place].start < chord.end:
            onset, end = max(chord.onset, measures[place].start), min(chord.end, ends[place])
            cut_up[place].append(Chord(onset, end, chord.notes))
            place += 1
    return cut_up


def _with_rests(measure: Measure, chords: Sequence[Chord]) -> list[Chord]:
    """A voice that fills its measure: its chords, and chords without notes between them."""
    spans: list[Chord] = []
    now = measure.start
    for chord in (*chords, Chord(measure.end, measure.end, ())):
        if chord.onset > now:
            spans.append(Chord(now, chord.onset, ()))
        if chord.notes:
            spans.append(chord)
        now = chord.end
    return spans


def _events(
    pen: _Pen, measure: Measure, chords: Sequence[Chord], hidden: bool = False
) -> tuple[Event, ...]:
    """A voice in one measure; over hidden rests no beams are drawn."""
    shift = measure.offset - measure.start
    end = measure.end
    spans = _with_rests(measure, chords)
    points = {span.onset + shift for span in spans} | {end + shift}
    block = bar_block(measure.metre, pen.quarter, end + shift, points)
    events = []
    for span in spans:
        first, last = span.onset + shift, span.end + shift
        for value in cut(block, first, last, pen.quarter, rest=not span.notes):
            onset = value.start - shift
            part = Chord(onset, onset + value.steps, span.notes)
            heads = pen.heads(part)
            events.append(Event(value, heads, is_drawn=bool(heads) or not hidden))
    beats = beats_of(measure.metre, pen.quarter, end + shift)
    values, sounds = [e.value for e in events], [bool(e.heads) for e in events]
    wide = BEAMED_TOGETHER.get(measure.metre, 1)
    beams = beams_of(values, sounds, beats, not hidden, wide)
    return tuple(e._replace(beams=b) for e, b in zip(events, beams, strict=True))


def _without_covered_rests(upper: Sequence[Event], lower: Sequence[Event]) -> tuple[Event, ...]:
    """The upper voice; of its rests those are not drawn through which one lower chord sounds."""
    starts = [event.value.start for event in lower]

    def is_covered(event: Event) -> bool:
        place = bisect_right(starts, event.value.start) - 1
        if event.heads or place < 0 or not lower[place].heads:
            return False
        below = lower[place].value
        return event.value.start + event.value.steps <= below.start + below.steps

    return tuple(e._replace(is_drawn=e.is_drawn and not is_covered(e)) for e in upper)


def signature_of(fifths: int) -> dict[str, int]:
    """The letters that a key signature alters, and by how many semitones.

    >>> signature_of(-2)
    {'E': -1, 'B': -1}
    """
    flats, sharps = SHARPENED[7 + min(fifths, 0) :], SHARPENED[: max(fifths, 0)]
    return {**dict.fromkeys(flats, -1), **dict.fromkeys(sharps, 1)}


def _accidentals(
    voices: Iterable[Sequence[Event]], fifths: int, clefs: StaffClefs
) -> frozenset[tuple[int, int]]:
    """The heads that need an accidental: those that differ from the signature, or from an earlier
    head on the same line of the bar. A head that is tied from the bar before gets none, and the
    next one on its line always gets one."""
    signature = signature_of(fifths)
    in_force: dict[tuple[str, int], int | None] = {}
    shown = set()
    events = (event for voice in voices for event in voice if event.heads)
    for event in sorted(events, key=lambda e: e.value.start):
        octaves = clefs.at(event.value.start).octaves
        for head in event.heads:
            letter, alter, octave = head.name
            line = letter, octave - octaves
            if head.tied_from:
                if alter != signature.get(letter, 0):
                    in_force.setdefault(line, None)
            elif in_force.get(line, signature.get(letter, 0)) != alter:
                shown.add((head.note, head.part))
                in_force[line] = alter
    return frozenset(shown)
