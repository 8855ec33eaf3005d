"""Verbs that take pieces and give new ones: transpose, clip, join, repeat, change the grid.

What changes notes drops the recipe: composing by it again would give other notes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import TypeVar

import numpy as np

from ragsmith.chords import ChordMark, moved_chord
from ragsmith.errors import BadOption, BadPiece, whole_number
from ragsmith.markings import SPELLING, Marking, clipped_markings, moved_markings
from ragsmith.marks import SLOWEST
from ragsmith.note_names import moved_name
from ragsmith.notes import Columns, as_notes, checked_notes
from ragsmith.piece import Bar, Key, Piece, Section, Tempo, checked_grid, checked_piece

__all__ = [
    "at_tempo",
    "augment",
    "clip",
    "join",
    "join_all",
    "merge_split_bars",
    "regrid",
    "repeat",
    "transpose",
    "without_repeated_marks",
]

Mark = TypeVar("Mark", Key, Tempo, ChordMark)
MOST_TIMES = 10_000
MINUTE, USUAL_TEMPO = 60_000_000, 500_000
"""Microseconds; the tempo until the first mark, as in MIDI."""


def transpose(piece: Piece, semitones: int) -> Piece:
    """The piece moved by `semitones`, keys and chords along with it.

    Raises:
        BadOption: a pitch would leave 0-127, or `semitones` is no whole number.

    >>> from ragsmith.piece import Piece
    >>> transpose(Piece.from_array([[0, 60, 4]]), -2).notes
    (Note(onset=0, pitch=58, duration=4, velocity=80, hand=<Hand.UNKNOWN: 0>),)
    """
    lowest = min((note.pitch for note in checked_piece(piece).notes), default=127)
    highest = max((note.pitch for note in piece.notes), default=0)
    semitones = whole_number("semitones", semitones, -lowest, 127 - highest, "move it less far")
    if not semitones:
        return piece
    notes = tuple(n._replace(pitch=n.pitch + semitones) for n in piece.notes)
    keys = tuple(k._replace(fifths=_moved_key(k.fifths, semitones)) for k in piece.keys)
    chords = tuple(c._replace(chord=moved_chord(c.chord, semitones)) for c in piece.chords)
    moved = moved_markings(piece.markings, semitones=semitones)
    markings = tuple(_called_anew(marking, piece.keys, semitones) for marking in moved)
    return replace(piece, notes=notes, keys=keys, chords=chords, markings=markings, recipe="")


def _called_anew(marking: Marking, keys: Sequence[Key], semitones: int) -> Marking:
    """A marking of a moved note: a spelling moves as far along the line of fifths as its key."""
    if marking.kind != SPELLING:
        return marking
    fifths = next((key.fifths for key in reversed(keys) if key.step <= marking.step), 0)
    return marking._replace(text=moved_name(marking.text, _moved_key(fifths, semitones) - fifths))


def at_tempo(piece: Piece, quarters_per_minute: float) -> Piece:
    """The piece as fast as that where it begins; later tempos keep their relation to the first.

    Raises:
        BadOption: it would be slower, or faster, than can be written down.

    >>> from ragsmith.piece import Piece
    >>> at_tempo(Piece.from_array([[0, 60, 4]]), 60).tempos
    (Tempo(step=0, microseconds=1000000),)
    """
    wanted = MINUTE / quarters_per_minute if quarters_per_minute > 0 else 0.0
    tempos = checked_piece(piece).tempos
    if not tempos or tempos[0].step:
        tempos = (Tempo(0, USUAL_TEMPO), *tempos)
    share = wanted / tempos[0].microseconds
    moved = tuple(t._replace(microseconds=round(t.microseconds * share)) for t in tempos)
    if not all(1 <= tempo.microseconds <= SLOWEST for tempo in moved):
        rule = "cannot be written down"
        raise BadOption(f"tempo {quarters_per_minute:g}", rule, "choose one between 20 and 300")
    return replace(piece, tempos=moved, recipe="")


def _moved_key(fifths: int, semitones: int) -> int:
    """The simplest signature `semitones` away; an unmoved key keeps its own spelling."""
    if semitones % 12 == 0:
        return fifths
    moved = (fifths + 7 * semitones) % 12
    return moved if moved <= 6 else moved - 12


def clip(piece: Piece, start: int, end: int) -> Piece:
    """The steps from `start` up to, not including, `end`.

    Notes that begin before `start` are left out; notes that reach past `end` are cut there. Bars
    keep their metre and place; marks in force at `start` are moved to the new beginning.

    Raises:
        BadOption: not 0 <= start < end <= steps.
    """
    if not 0 <= start < end <= piece.steps:
        rule = f"is not inside a piece of {piece.steps} steps"
        raise BadOption(f"clip {start}-{end}", rule, "name a first step, and one after the last")
    onsets, pitches, durations, velocities, hands = piece.to_array().T
    inside = slice(*np.searchsorted(onsets, [start, end]))
    clipped = np.minimum(durations, end - onsets)[inside]
    own = (pitches[inside], clipped, velocities[inside], hands[inside])
    keys = tuple(k._replace(step=s) for s, k in _in_force(piece.keys, start, end))
    tempos = tuple(t._replace(step=s) for s, t in _in_force(piece.tempos, start, end))
    chords = tuple(c._replace(step=s) for s, c in _in_force(piece.chords, start, end))
    return replace(
        piece,
        notes=as_notes(Columns(onsets[inside] - start, *own)),
        bars=_clipped_bars(piece.bars, start, end),
        keys=keys,
        tempos=tempos,
        chords=chords,
        markings=clipped_markings(piece.markings, start, end),
        sections=_clipped_sections(piece.sections, start, end),
        order=(),
        recipe="",
    )


def _clipped_bars(bars: Iterable[Bar], start: int, end: int) -> tuple[Bar, ...]:
    """What `start` and `end` leave of bars, each in its place within its metre."""
    clipped = []
    for bar in bars:
        first, last = max(bar.start, start), min(bar.start + bar.length, end)
        if first < last:
            offset = bar.offset + first - bar.start
            clipped.append(Bar(first - start, last - first, bar.metre, offset))
    return tuple(clipped)


def _clipped_sections(sections: Iterable[Section], start: int, end: int) -> tuple[Section, ...]:
    """What `start` and `end` leave of sections."""
    return tuple(
        Section(s.name, max(s.start, start) - start, min(s.end, end) - start)
        for s in sections
        if s.start < end and s.end > start
    )


def _in_force(marks: Sequence[Mark], start: int, end: int) -> list[tuple[int, Mark]]:
    """(new step, mark) for the marks that hold between `start` and `end`."""
    held = [(0, mark) for mark in marks if mark.step <= start][-1:]
    return held + [(mark.step - start, mark) for mark in marks if start < mark.step < end]


def join(first: Piece, second: Piece) -> Piece:
    """The second piece after the first; title and composer of the first.

    A bar cut by the end of the first whose rest is the second's pickup becomes one bar again.

    Raises:
        BadPiece: the grids differ.
    """
    return join_all([first, second])


def _refuse_several_grids(grids: Sequence[int]) -> None:
    """Raise BadPiece where one grid is not the first."""
    for grid in grids:
        if grid != grids[0]:
            subject = f"pieces on the grids {grids[0]} and {grid}"
            raise BadPiece(subject, "cannot be joined", "regrid one of them")


def join_all(pieces: Sequence[Piece]) -> Piece:
    """Pieces one after the other, at least one, as `join` puts two together.

    Raises:
        BadPiece: the grids differ.
    """
    _refuse_several_grids([piece.steps_per_quarter for piece in pieces])
    first = pieces[0]
    starts = accumulate((piece.steps for piece in pieces[:-1]), initial=0)
    placed = list(zip(starts, pieces, strict=True))
    notes = [piece.to_array() + np.array([at, 0, 0, 0, 0]) for at, piece in placed]
    keys = [k._replace(step=k.step + at) for at, piece in placed for k in piece.keys]
    tempos = [t._replace(step=t.step + at) for at, piece in placed for t in piece.tempos]
    chords = [c._replace(step=c.step + at) for at, piece in placed for c in piece.chords]
    bars = [bar._replace(start=bar.start + at) for at, piece in placed for bar in piece.bars]
    return replace(
        first,
        notes=checked_notes(np.concatenate(notes)),
        bars=merge_split_bars(bars, first.steps_per_quarter),
        keys=without_repeated_marks(keys),
        tempos=without_repeated_marks(tempos),
        chords=without_repeated_marks(chords),
        markings=tuple(m for at, p in placed for m in moved_markings(p.markings, steps=at)),
        sections=tuple(
            Section(s.name, s.start + at, s.end + at) for at, p in placed for s in p.sections
        ),
        order=(),
        recipe="",
    )


def merge_split_bars(bars: Sequence[Bar], steps_per_quarter: int) -> tuple[Bar, ...]:
    """Bars with the two halves of a bar that a repeat barline cut in two put together."""
    merged: list[Bar] = []
    for bar in bars:
        if merged:
            last = merged[-1]
            full = last.metre.steps(steps_per_quarter)
            continues = bar.offset == last.offset + last.length and bar.metre == last.metre
            if continues and bar.offset > 0 and bar.offset + bar.length <= full:
                merged[-1] = last._replace(length=last.length + bar.length)
                continue
        merged.append(bar)
    return tuple(merged)


def without_repeated_marks(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """Key signatures, tempo marks or chords without those that only repeat what is in force."""
    changes: list[Mark] = []
    for mark in marks:
        if not changes or mark[1:] != changes[-1][1:]:
            changes.append(mark)
    return tuple(changes)


def repeat(piece: Piece, times: int) -> Piece:
    """The piece `times` times in a row.

    Raises:
        BadOption: times is below 1.
    """
    whole = piece
    for _ in range(whole_number("times", times, 1, MOST_TIMES, "1 is the piece itself") - 1):
        whole = join(whole, piece)
    return whole


def regrid(piece: Piece, steps_per_quarter: int) -> Piece:
    """The piece on another grid, its times in seconds unchanged.

    Raises:
        BadPiece: a time of the piece falls between the steps of the new grid, or it is none of
            `GRIDS`.

    >>> from ragsmith.piece import Piece
    >>> regrid(Piece.from_array([[0, 60, 4]]), 12).notes[0].duration
    12
    """
    grid = checked_grid(steps_per_quarter)
    if grid == piece.steps_per_quarter:
        return piece
    return _scaled(piece, grid, piece.steps_per_quarter, grid)


def augment(piece: Piece) -> Piece:
    """The piece in note values twice as long, its metre along: a bar of 2/4 becomes one of 4/4."""
    twice = _scaled(piece, 2, 1, piece.steps_per_quarter)
    bars = (b._replace(metre=b.metre._replace(beats=2 * b.metre.beats)) for b in twice.bars)
    return replace(twice, bars=tuple(bars))


def _scaled(piece: Piece, up: int, down: int, steps_per_quarter: int) -> Piece:
    """All times in steps times `up` over `down`, on a grid of `steps_per_quarter`."""

    def to_new(step: int) -> int:
        scaled, rest = divmod(step * up, down)
        if rest:
            rule = f"does not lie on a grid of {steps_per_quarter}"
            raise BadPiece(f"step {step} of {down} per quarter", rule, "choose a finer grid")
        return scaled

    notes = tuple(
        n._replace(onset=to_new(n.onset), duration=to_new(n.duration)) for n in piece.notes
    )
    bars = tuple(
        Bar(to_new(b.start), to_new(b.length), b.metre, to_new(b.offset)) for b in piece.bars
    )
    return replace(
        piece,
        notes=notes,
        bars=bars,
        steps_per_quarter=steps_per_quarter,
        keys=tuple(k._replace(step=to_new(k.step)) for k in piece.keys),
        tempos=tuple(t._replace(step=to_new(t.step)) for t in piece.tempos),
        chords=tuple(c._replace(step=to_new(c.step)) for c in piece.chords),
        markings=tuple(
            m._replace(step=m.step * up // down, end=m.end * up // down if m.end >= 0 else -1)
            for m in piece.markings
        ),
        sections=tuple(Section(s.name, to_new(s.start), to_new(s.end)) for s in piece.sections),
        recipe="",
    )
