"""Verbs that take pieces and give new ones: transpose, clip, join, repeat, change the grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from ragsmith.piece import Bar, Key, Piece, Section, Tempo, normalise

__all__ = [
    "augment",
    "clip",
    "join",
    "merge_split_bars",
    "regrid",
    "repeat",
    "transpose",
    "without_repeated_marks",
]

Mark = TypeVar("Mark", Key, Tempo)


def transpose(piece: Piece, semitones: int) -> Piece:
    """The piece moved by `semitones`, keys along with it.

    Raises:
        ValueError: a pitch would leave 0-127.
    """
    notes = tuple(n._replace(pitch=n.pitch + semitones) for n in piece.notes)
    if notes and not 0 <= min(n.pitch for n in notes) <= max(n.pitch for n in notes) <= 127:
        raise ValueError(f"transposing by {semitones} leaves the MIDI range 0-127")
    keys = tuple(k._replace(fifths=_moved_key(k.fifths, semitones)) for k in piece.keys)
    return replace(piece, notes=notes, keys=keys)


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
        ValueError: not 0 <= start < end <= steps.
    """
    if not 0 <= start < end <= piece.steps:
        raise ValueError(f"clip {start}-{end} is not inside the piece's {piece.steps} steps")
    notes = tuple(
        n._replace(onset=n.onset - start, duration=min(n.duration, end - n.onset))
        for n in piece.notes
        if start <= n.onset < end
    )
    bars = []
    for bar in piece.bars:
        first, last = max(bar.start, start), min(bar.start + bar.length, end)
        if first < last:
            offset = bar.offset + first - bar.start
            bars.append(Bar(first - start, last - first, bar.metre, offset))
    sections = tuple(
        Section(s.name, max(s.start, start) - start, min(s.end, end) - start)
        for s in piece.sections
        if s.start < end and s.end > start
    )
    keys = tuple(k._replace(step=s) for s, k in _in_force(piece.keys, start, end))
    tempos = tuple(t._replace(step=s) for s, t in _in_force(piece.tempos, start, end))
    return replace(
        piece, notes=notes, bars=tuple(bars), keys=keys, tempos=tempos, sections=sections, order=()
    )


def _in_force(marks: Sequence[Mark], start: int, end: int) -> list[tuple[int, Mark]]:
    """(new step, mark) for the marks that hold between `start` and `end`."""
    held = [(0, mark) for mark in marks if mark.step <= start][-1:]
    return held + [(mark.step - start, mark) for mark in marks if start < mark.step < end]


def join(first: Piece, second: Piece) -> Piece:
    """The second piece after the first; title and composer of the first.

    A bar cut by the end of the first whose rest is the second's pickup becomes one bar again.

    Raises:
        ValueError: the grids differ.
    """
    if first.steps_per_quarter != second.steps_per_quarter:
        grids = f"{first.steps_per_quarter} and {second.steps_per_quarter}"
        raise ValueError(f"cannot join pieces on the grids {grids}")
    shift = first.steps
    notes = tuple(n._replace(onset=n.onset + shift) for n in second.notes)
    bars = merge_split_bars(
        first.bars + tuple(b._replace(start=b.start + shift) for b in second.bars),
        first.steps_per_quarter,
    )
    keys = first.keys + tuple(k._replace(step=k.step + shift) for k in second.keys)
    tempos = first.tempos + tuple(t._replace(step=t.step + shift) for t in second.tempos)
    sections = first.sections + tuple(
        Section(s.name, s.start + shift, s.end + shift) for s in second.sections
    )
    return replace(
        first,
        notes=normalise(first.notes + notes),
        bars=bars,
        keys=without_repeated_marks(keys),
        tempos=without_repeated_marks(tempos),
        sections=sections,
        order=(),
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
    """Key signatures or tempo marks without those that only repeat what is in force."""
    changes: list[Mark] = []
    for mark in marks:
        if not changes or mark[1:] != changes[-1][1:]:
            changes.append(mark)
    return tuple(changes)


def repeat(piece: Piece, times: int) -> Piece:
    """The piece `times` times in a row.

    Raises:
        ValueError: times is below 1.
    """
    if times < 1:
        raise ValueError(f"cannot repeat a piece {times} times")
    whole = piece
    for _ in range(times - 1):
        whole = join(whole, piece)
    return replace(whole, order=piece.order if times == 1 else ())


def regrid(piece: Piece, steps_per_quarter: int) -> Piece:
    """The piece on another grid, its times in seconds unchanged.

    Raises:
        ValueError: a time of the piece falls between the steps of the new grid.
    """
    up, down = steps_per_quarter, piece.steps_per_quarter

    def to_new(step: int) -> int:
        scaled, rest = divmod(step * up, down)
        if rest:
            raise ValueError(f"step {step} of {down} per quarter does not lie on a grid of {up}")
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
        sections=tuple(Section(s.name, to_new(s.start), to_new(s.end)) for s in piece.sections),
    )


def augment(piece: Piece) -> Piece:
    """The piece in note values twice as long, its metre along: a bar of 2/4 becomes one of 4/4."""
    twice = regrid(piece, 2 * piece.steps_per_quarter)
    bars = (b._replace(metre=b.metre._replace(beats=2 * b.metre.beats)) for b in twice.bars)
    return replace(twice, bars=tuple(bars), steps_per_quarter=piece.steps_per_quarter)
