"""A score as its file writes it, in exact time, and its way onto the grid."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.chords import ChordMark
from ragsmith.errors import BadFile
from ragsmith.io.readers.parts import WHOLE, Part, Taken
from ragsmith.io.readers.reading import Reading
from ragsmith.io.readers.repeats import Measure
from ragsmith.markings import Marking
from ragsmith.notes import DEFAULT_VELOCITY, Hand, Notes, normal_notes
from ragsmith.piece import Bar, Key, Piece, Section, Tempo
from ragsmith.quantise import clustering, fitting_grid, moved, natural_grid, to_durations, to_steps
from ragsmith.spelling import without_usual_names
from ragsmith.verbs import merge_split_bars, without_repeated_marks

__all__ = [
    "SLACK",
    "TICKS",
    "Head",
    "Sound",
    "Written",
    "sounds_of",
    "to_reading",
]

TICKS = 64 * 9 * 5 * 7 * 11 * 13
"""Ticks per quarter note: a 256th and every tuplet up to thirteen are whole numbers of them."""
SLACK = TICKS // 1000
"""Ticks that rounding of rarer tuplets may cost; voices that differ by no more are together."""
TIE_SLACK = TICKS // 64
"""Ticks that rounded durations may leave between a tied note and the next."""
MOST_QUARTERS = 100_000
"""A day of music; what is longer is a broken file."""

Ticks = int | Fraction
"""A time before it is rounded to a tick."""


class Head(NamedTuple):
    """A note as it is drawn: onset and duration in ticks, pitch as a MIDI number, the staff (any
    number that tells it from the others), whether it is tied to what follows or precedes, and its
    voice, where the file names voices."""

    onset: int
    pitch: int
    duration: int
    staff: int
    to_next: bool = False
    to_last: bool = False
    voice: str = ""


class Sound(NamedTuple):
    """A note as it sounds, ties merged: onset and duration in ticks, pitch as a MIDI number."""

    onset: int
    pitch: int
    duration: int
    hand: Hand


class Tie(NamedTuple):
    """A tie that waits for its end: where it began, and the place of the sound that it prolongs."""

    staff: int
    voice: str
    place: int


@dataclass(frozen=True, slots=True)
class Written:
    """A score, each measure once. As in a Piece, but keys, tempos, sections, chords, markings are
    in ticks."""

    sounds: tuple[Sound, ...]
    measures: tuple[Measure, ...]
    keys: tuple[Key, ...] = ()
    tempos: tuple[Tempo, ...] = ()
    sections: tuple[Section, ...] = ()
    order: tuple[str, ...] = ()
    title: str = ""
    composer: str = ""
    repairs: tuple[str, ...] = ()
    taken: Taken = WHOLE
    chords: tuple[ChordMark, ...] = ()
    markings: tuple[Marking, ...] = ()


def to_reading(written: Written, name: str, steps_per_quarter: int | None = None) -> Reading:
    """The score on a grid, by default its `natural_grid`; `name` is the file's, for messages.

    Raises:
        BadFile: it holds no notes, or is longer or shorter than any music.
    """
    if not written.sounds or not written.measures:
        raise BadFile(name, "holds no notes", "give a score with notes in it")
    last = written.measures[-1]
    grid = steps_per_quarter or _natural_grid(written)
    if last.start + last.length > MOST_QUARTERS * TICKS:
        raise BadFile(name, f"is longer than {MOST_QUARTERS} quarter notes", "give a piece")

    def step(tick: int) -> int:
        return (2 * grid * tick + TICKS) // (2 * TICKS)

    if not (end := step(last.start + last.length)):
        raise BadFile(name, "is shorter than a step of the grid", "give a piece")

    onsets = np.array([s.onset for s in written.sounds], np.int64)
    notes = _notes(written.sounds, onsets, end, grid)
    piece = without_usual_names(_piece(written, notes, grid, step))
    shift = moved(onsets, TICKS, grid)
    repairs = written.repairs
    if uneven := _uneven(written.measures):
        repairs += (f"bars longer or shorter than their metre: {uneven}",)
    fitting = fitting_grid(onsets, TICKS)
    close = clustering(onsets, TICKS, grid) if shift.share else 1.0
    return Reading(piece, shift, repairs, fitting, written.taken, clustering=close)


def _piece(written: Written, notes: Notes, grid: int, step: Callable[[int], int]) -> Piece:
    """The notes with all else that is written, moved to its step."""
    sections = [Section(s.name, step(s.start), step(s.end)) for s in written.sections]
    sections = [section for section in sections if section.end > section.start]
    names = {section.name for section in sections}
    return Piece(
        notes,
        merge_split_bars(_bars(written.measures, grid), grid),
        grid,
        without_repeated_marks([key._replace(step=step(key.step)) for key in written.keys]),
        without_repeated_marks([tempo._replace(step=step(tempo.step)) for tempo in written.tempos]),
        tuple(sections),
        tuple(name for name in written.order if name in names),
        written.title,
        written.composer,
        chords=without_repeated_marks([c._replace(step=step(c.step)) for c in written.chords]),
        markings=tuple(
            m._replace(step=step(m.step), end=step(m.end) if m.end >= 0 else -1)
            for m in written.markings
        ),
    )


def _natural_grid(written: Written) -> int:
    """The coarsest grid that holds what is written."""
    onsets = np.array([s.onset for s in written.sounds], np.int64)
    ends = onsets + np.array([s.duration for s in written.sounds], np.int64)
    return natural_grid(onsets, TICKS, (m.metre for m in written.measures), ends)


def _notes(
    sounds: Sequence[Sound], onsets: NDArray[np.int64], end: int, steps_per_quarter: int
) -> Notes:
    """The sounds on the grid; what rounding pushes past the end (in steps) is drawn back."""
    columns = np.array([(s.pitch, s.duration, s.hand) for s in sounds], np.int64).T
    steps = np.minimum(to_steps(onsets, TICKS, steps_per_quarter), end - 1)
    durations = np.minimum(to_durations(columns[1], TICKS, steps_per_quarter), end - steps)
    velocities = np.full(len(sounds), DEFAULT_VELOCITY, np.int64)
    return normal_notes(steps, columns[0], durations, velocities, columns[2])


def sounds_of(
    heads: Iterable[Head],
    measures: Sequence[Measure],
    hands: Mapping[int, Hand],
    parts: Sequence[Part] = (),
    *,
    over_gaps: bool = False,
) -> tuple[Sound, ...]:
    """Drawn notes as they sound: ties merged, and a key that one voice holds while another of
    the same hand strikes it again stays down until both have let go. Staves that are not in
    `hands` are left out.

    A tie joins notes of one of the `parts` that follow each other, in one voice if it can; where
    no part has a staff, on that staff. Over the end of a repeat it leads elsewhere: there, as in
    second endings, the tied note is struck. With `over_gaps` a tie reaches over rests, to the next
    bar at most: so chords are tied whose notes come one after another.
    """
    part_of = {staff: part.staves[0] for part in parts for staff in part.staves}
    jumps = {m.start + m.length for m in measures if m.closes}
    starts = [m.start for m in measures]
    sounds: list[Sound] = []
    open_ties: dict[tuple[int, int], list[Tie]] = {}
    drawn = sorted(
        (head.onset, head.pitch, part_of.get(head.staff, head.staff), head)
        for head in heads
        if head.staff in hands
    )
    for (onset, pitch, part), together in groupby(drawn, key=itemgetter(0, 1, 2)):
        struck = [head for *_, head in together]
        ties = open_ties.setdefault((part, pitch), [])
        waiting = ties if onset not in jumps else []
        ending = [t for t in waiting if _ends_at(sounds[t.place], onset)]
        if over_gaps and not ending:
            bar_before = starts[max(bisect_right(starts, onset) - 2, 0)] if starts else 0
            ending = [t for t in waiting if _end(sounds[t.place]) > bar_before]
        for head, tie in zip(struck, _matched(struck, ending), strict=True):
            if tie:
                ties.remove(tie)
                place, begun = tie.place, sounds[tie.place]
                sounds[place] = begun._replace(duration=onset + head.duration - begun.onset)
            else:
                place = len(sounds)
                sounds.append(Sound(onset, pitch, head.duration, hands[head.staff]))
            if head.to_next:
                ties.append(Tie(head.staff, head.voice, place))
    return _held(sounds)


def _matched(heads: Sequence[Head], ties: Sequence[Tie]) -> list[Tie | None]:
    """For each of the heads on one pitch at one time, the tie that ends there, if any does: one of
    its voice if it can be, else of its staff, else any."""
    matched: list[Tie | None] = [None] * len(heads)
    if not ties:
        return matched
    left = list(ties)
    for alike in range(2, -1, -1):
        for place, head in enumerate(heads):
            if left and head.to_last and matched[place] is None:
                fitting = (tie for tie in left if _likeness(tie, head) >= alike)
                if tie := next(fitting, None):
                    matched[place] = tie
                    left.remove(tie)
    return matched


def _likeness(tie: Tie, head: Head) -> int:
    return (tie.staff == head.staff) + (tie.staff == head.staff and tie.voice == head.voice)


def _ends_at(sound: Sound, tick: int) -> bool:
    return abs(_end(sound) - tick) <= TIE_SLACK


def _end(sound: Sound) -> int:
    return sound.onset + sound.duration


def _held(sounds: Iterable[Sound]) -> tuple[Sound, ...]:
    until: dict[tuple[Hand, int], int] = {}
    held = []
    for sound in sounds:
        key, own = (sound.hand, sound.pitch), sound.onset + sound.duration
        end = until[key] = max(own, until.get(key, 0))
        held.append(sound if end == own else sound._replace(duration=end - sound.onset))
    return tuple(held)


def _bars(measures: Sequence[Measure], steps_per_quarter: int) -> tuple[Bar, ...]:
    """The measures in steps. A short first one is a pickup; a short one that completes the short
    one before it continues its metre; any other short one begins its metre and stays short."""
    edges = np.array([m.start for m in measures] + [measures[-1].start + measures[-1].length])
    starts = to_steps(edges, TICKS, steps_per_quarter).tolist()
    bars: list[Bar] = []
    for measure, start, end in zip(measures, starts, starts[1:], strict=False):
        length, full = end - start, measure.metre.steps(steps_per_quarter)
        if length == 0:
            continue
        offset = 0
        if not bars:
            offset = max(0, full - length)
        elif bars[-1].offset + bars[-1].length + length == full:
            offset = full - length
        bars.append(Bar(start, length, measure.metre, offset))
    return tuple(bars)


def _uneven(measures: Sequence[Measure]) -> int:
    """How many measures do not fill their metre though nothing excuses them: a pickup, the end, a
    repeat sign within a bar, two halves that make a whole, or the file's own word."""
    uneven = 0
    for place, measure in enumerate(measures):
        missing = measure.metre.beats * 4 * TICKS // measure.metre.unit - measure.length
        if abs(missing) <= TIE_SLACK or measure.is_free:
            continue
        last, following = measures[place - 1 : place], measures[place + 1 : place + 2]
        at_edge = not last or not following
        at_repeat = measure.closes or measure.opens or any(m.closes for m in last)
        at_repeat = at_repeat or any(m.opens for m in following)
        halves = any(abs(m.length - missing) <= TIE_SLACK for m in (*last, *following))
        uneven += missing < 0 or not (at_edge or at_repeat or halves)
    return uneven
