"""A score as its file writes it, in exact time, and its way onto the grid."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from ragsmith.errors import BadFile
from ragsmith.io.readers.reading import Reading
from ragsmith.piece import DEFAULT_VELOCITY, Bar, Hand, Key, Metre, Note, Piece, Section, Tempo
from ragsmith.quantise import (
    fitting_grid,
    moved,
    natural_grid,
    normal_notes,
    to_durations,
    to_steps,
)
from ragsmith.strains import ending_name
from ragsmith.verbs import merge_split_bars

__all__ = [
    "SLACK",
    "TICKS",
    "Head",
    "Measure",
    "Sound",
    "Written",
    "hands_of",
    "passes_of",
    "repeated_sections",
    "sounds_of",
    "to_reading",
]

TICKS = 64 * 9 * 5 * 7 * 11 * 13
"""Ticks per quarter note: a 256th and every tuplet up to thirteen are whole numbers of them."""
SLACK = TICKS // 1000
"""Ticks that rounding of rarer tuplets may cost; voices that differ by no more are together."""
MOST_QUARTERS = 100_000
"""A day of music; what is longer is a broken file."""


Mark = TypeVar("Mark", Key, Tempo)


class Head(NamedTuple):
    """A note as it is drawn: onset and duration in ticks, pitch as a MIDI number, the staff (any
    number that tells it from the others), and whether it is tied to what follows or precedes."""

    onset: int
    pitch: int
    duration: int
    staff: int
    to_next: bool = False
    to_last: bool = False


class Sound(NamedTuple):
    """A note as it sounds, ties merged: onset and duration in ticks, pitch as a MIDI number."""

    onset: int
    pitch: int
    duration: int
    hand: Hand


class Measure(NamedTuple):
    """What stands between two barlines, in ticks: repeat signs at its sides, and the passes in
    which an ending is played (none outside endings)."""

    start: int
    length: int
    metre: Metre
    opens: bool = False
    closes: bool = False
    passes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """A score, each measure once. As in a Piece, but keys, tempos and sections are in ticks."""

    sounds: tuple[Sound, ...]
    measures: tuple[Measure, ...]
    keys: tuple[Key, ...] = ()
    tempos: tuple[Tempo, ...] = ()
    sections: tuple[Section, ...] = ()
    order: tuple[str, ...] = ()
    title: str = ""
    composer: str = ""
    repairs: tuple[str, ...] = ()


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

    bars = merge_split_bars(_bars(written.measures, grid), grid)
    onsets = np.array([s.onset for s in written.sounds], np.int64)
    sections = [Section(s.name, step(s.start), step(s.end)) for s in written.sections]
    sections = [section for section in sections if section.end > section.start]
    names = {section.name for section in sections}
    piece = Piece(
        _notes(written.sounds, onsets, end, grid),
        bars,
        grid,
        _changes([key._replace(step=step(key.step)) for key in written.keys]),
        _changes([tempo._replace(step=step(tempo.step)) for tempo in written.tempos]),
        tuple(sections),
        tuple(name for name in written.order if name in names),
        written.title,
        written.composer,
    )
    shift = moved(onsets, TICKS, grid)
    return Reading(piece, shift, written.repairs, fitting_grid(onsets, TICKS))


def _natural_grid(written: Written) -> int:
    """The coarsest grid that holds what is written."""
    onsets = np.array([s.onset for s in written.sounds], np.int64)
    ends = onsets + np.array([s.duration for s in written.sounds], np.int64)
    return natural_grid(onsets, TICKS, (m.metre for m in written.measures), ends)


def _changes(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """The marks that change something."""
    kept: list[Mark] = []
    for mark in marks:
        if not kept or mark[1:] != kept[-1][1:]:
            kept.append(mark)
    return tuple(kept)


def _notes(
    sounds: Sequence[Sound], onsets: NDArray[np.int64], end: int, steps_per_quarter: int
) -> tuple[Note, ...]:
    """The sounds on the grid; what rounding pushes past the end (in steps) is drawn back."""
    columns = np.array([(s.pitch, s.duration, s.hand) for s in sounds], np.int64).T
    steps = np.minimum(to_steps(onsets, TICKS, steps_per_quarter), end - 1)
    durations = np.minimum(to_durations(columns[1], TICKS, steps_per_quarter), end - steps)
    velocities = np.full(len(sounds), DEFAULT_VELOCITY, np.int64)
    return normal_notes(steps, columns[0], durations, velocities, columns[2])


def sounds_of(
    heads: Iterable[Head], measures: Sequence[Measure], hands: Mapping[int, Hand]
) -> tuple[Sound, ...]:
    """Drawn notes as they sound: ties merged, and a key that one voice holds while another of
    the same hand strikes it again stays down until both have let go.

    A tie joins notes of one staff that follow each other, whatever their voices. Over the end of a
    repeat it leads elsewhere: there, as in second endings, the tied note is struck.
    """
    jumps = {m.start + m.length for m in measures if m.closes}
    sounds: list[Sound] = []
    open_ties: dict[tuple[int, int], list[int]] = {}
    for head in sorted(heads):
        ties = open_ties.setdefault((head.staff, head.pitch), [])
        place = len(sounds)
        if head.to_last and head.onset not in jumps:
            place = next((tie for tie in ties if _ends_at(sounds[tie], head.onset)), place)
        if place < len(sounds):
            ties.remove(place)
            onset = sounds[place].onset
            sounds[place] = sounds[place]._replace(duration=head.onset + head.duration - onset)
        else:
            sounds.append(Sound(head.onset, head.pitch, head.duration, hands[head.staff]))
        if head.to_next:
            ties.append(place)
    return _held(sounds)


def _ends_at(sound: Sound, tick: int) -> bool:
    return abs(sound.onset + sound.duration - tick) <= SLACK


def _held(sounds: Iterable[Sound]) -> tuple[Sound, ...]:
    until: dict[tuple[Hand, int], int] = {}
    held = []
    for sound in sounds:
        key = sound.hand, sound.pitch
        end = until[key] = max(sound.onset + sound.duration, until.get(key, 0))
        held.append(sound._replace(duration=end - sound.onset))
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


def hands_of(staves: Sequence[int], keyboard: bool) -> dict[int, Hand]:
    """Which hand plays which staff, highest staff first: of a keyboard's two or three staves, the
    lowest is the left hand's. Nobody knows for other instruments or numbers of staves."""
    if not keyboard or len(staves) not in (2, 3):
        return dict.fromkeys(staves, Hand.UNKNOWN)
    return {**dict.fromkeys(staves[:-1], Hand.RIGHT), staves[-1]: Hand.LEFT}


def passes_of(ending: str) -> tuple[int, ...]:
    """The passes in which an ending is played, by its number: "1", "1, 2", "1-3"."""
    numbers: set[int] = set()
    for first, last in re.findall(r"(\d{1,2})(?:\s*-\s*(\d{1,2}))?", ending):
        numbers.update(range(int(first), int(last or first) + 1))
    return tuple(sorted(numbers)) or (1,)


def repeated_sections(measures: Sequence[Measure]) -> tuple[tuple[Section, ...], tuple[str, ...]]:
    """Strains and endings that the repeat signs show, and their playing order.

    Strains are named A, B, C ..., endings A1, A2 ... Both are empty when nothing is repeated, or
    when the signs are not plain repeats with or without endings.
    """
    runs: list[list[Measure]] = []
    for measure in measures:
        last = runs[-1][-1] if runs else None
        if last is None or measure.opens or last.closes or measure.passes != last.passes:
            runs.append([])
        runs[-1].append(measure)
    strains: list[list[list[Measure]]] = []
    for run in runs:
        if not run[0].passes:
            strains.append([])
        elif not strains or strains[-1][0][-1].closes:
            return (), ()
        strains[-1].append(run)
    sections: list[Section] = []
    order: list[str] = []
    for number, (body, *endings) in enumerate(strains):
        name = _letters(number)
        by_pass = {n: ending_name(name, run[0].passes[0]) for run in endings for n in run[0].passes}
        if sorted(by_pass) != list(range(1, len(by_pass) + 1)):
            return (), ()
        sections.append(_section(name, body))
        sections += [_section(by_pass[run[0].passes[0]], run) for run in endings]
        for n in sorted(by_pass):
            order += [name, by_pass[n]]
        if not endings:
            order += [name] * (2 if body[-1].closes else 1)
    return (tuple(sections), tuple(order)) if len(order) > len(sections) else ((), ())


def _section(name: str, run: Sequence[Measure]) -> Section:
    return Section(name, run[0].start, run[-1].start + run[-1].length)


def _letters(number: int) -> str:
    """A to Z, then AA, AB, ..."""
    head, letter = divmod(number, 26)
    return (_letters(head - 1) if head else "") + chr(ord("A") + letter)
