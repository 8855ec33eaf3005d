"""Notes on a grid of integer steps, one by one and as arrays, and the form in which pieces hold
them: sorted, in range, each key let go before it is struck again."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import IntEnum
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.errors import BadPiece, as_whole

__all__ = [
    "DEFAULT_VELOCITY",
    "LOWEST_PITCH",
    "PIANO_KEYS",
    "Columns",
    "Hand",
    "Note",
    "Notes",
    "as_notes",
    "checked_notes",
    "columns_of",
    "in_range",
    "normal",
    "normal_notes",
    "normalise",
    "rows_of",
]

LOWEST_PITCH = 21
"""MIDI number of A0, the piano's lowest key."""
PIANO_KEYS = 88
PITCHES = 128
DEFAULT_VELOCITY = 80
LATEST = 2**31 - 1
"""The last step that a note may begin on, and the most that it may last."""


class Hand(IntEnum):
    """Which hand plays a note.

    >>> Hand(1)
    <Hand.LEFT: 1>
    """

    UNKNOWN = 0
    LEFT = 1
    RIGHT = 2


class Note(NamedTuple):
    """A note: onset and duration in steps, pitch as a MIDI number (0-127), velocity 1-127.

    Values are checked when the note comes into a `Piece`.

    >>> Note(onset=0, pitch=60, duration=4)
    Note(onset=0, pitch=60, duration=4, velocity=80, hand=<Hand.UNKNOWN: 0>)
    """

    onset: int
    pitch: int
    duration: int
    velocity: int = DEFAULT_VELOCITY
    hand: Hand = Hand.UNKNOWN


RANGES = {
    "onset": (0, LATEST),
    "pitch": (0, PITCHES - 1),
    "duration": (1, LATEST),
    "velocity": (1, 127),
    "hand": (0, len(Hand) - 1),
}
"""For each field of a note its least and its greatest value."""
HANDS = np.array(Hand, object)

Steps = NDArray[np.int64]


class Notes(tuple[Note, ...]):
    """Notes as a `Piece` holds them, made by `as_notes` alone: what has been checked once is not
    checked again.
    """


class Columns(NamedTuple):
    """Notes as arrays, each of shape (notes,): steps, MIDI numbers, velocities 1-127, hands 0-2."""

    onsets: Steps
    pitches: Steps
    durations: Steps
    velocities: Steps
    hands: Steps


def normalise(notes: Iterable[Note]) -> Notes:
    """Notes as a piano can play them, sorted.

    A key struck twice at one step is one note (the longest and loudest of them); a note that still
    sounds when its key is struck again ends there. Durations are at least one step.

    Raises:
        BadPiece: a value is no whole number, or out of range.
    """
    if isinstance(notes, Notes):
        return notes
    table = _table(notes)
    table[:, 2] = np.maximum(table[:, 2], 1)
    return as_notes(normal(columns_of(table)))


def checked_notes(notes: Iterable[Note] | NDArray[Any]) -> Notes:
    """Notes as `normalise` gives them, but a note without length is an error.

    Args:
        notes: in any order; or an array as `columns_of` takes it.

    Raises:
        BadPiece: a value is no whole number, or out of range.
    """
    if isinstance(notes, Notes):
        return notes
    return as_notes(normal(columns_of(notes if isinstance(notes, np.ndarray) else _table(notes))))


def rows_of(notes: Sequence[Iterable[int]], fields: int) -> NDArray[np.int64]:
    """Tuples of whole numbers as an array, (notes, fields); several times faster than np.array.

    >>> rows_of([(0, 60), (4, 62)], 2).tolist()
    [[0, 60], [4, 62]]
    """
    numbers = chain.from_iterable(notes)
    return np.fromiter(numbers, np.int64, fields * len(notes)).reshape(-1, fields)


def columns_of(table: NDArray[Any]) -> Columns:
    """The columns of an array of notes.

    Args:
        table: integers, shape (notes, 3 to 5): the fields of a note, velocity and hand as wished.

    Raises:
        BadPiece: it is no such array, or a value is out of range.
    """
    if table.ndim != 2 or not 3 <= table.shape[1] <= 5 or table.dtype.kind not in "iu":
        rule = "is not an array of notes"
        remedy = "give integers of shape (notes, 5): onset, pitch, duration, velocity, hand"
        raise BadPiece(f"an array of {table.dtype} of shape {table.shape}", rule, remedy)
    defaults = (DEFAULT_VELOCITY, Hand.UNKNOWN)[table.shape[1] - 3 :]
    missing = (np.full(len(table), value, np.int64) for value in defaults)
    return in_range(Columns(*table.astype(np.int64).T, *missing))


def in_range(columns: Columns) -> Columns:
    """The columns, checked.

    Raises:
        BadPiece: a value is out of its range.
    """
    for (name, (low, high)), column in zip(RANGES.items(), columns, strict=True):
        outside = np.flatnonzero((column < low) | (column > high))
        if len(outside):
            place = int(outside[0])
            rule = f"has {name} {column[place]}, and that must be {low} to {high}"
            raise BadPiece(f"note {place + 1}", rule, "put it right, or leave the note out")
    return columns


def _table(notes: Iterable[Note]) -> NDArray[np.int64]:
    """Notes row by row; shape (notes, 5)."""
    try:
        rows = [note if type(note) is Note else Note(*note) for note in notes]
        numbers = list(chain.from_iterable(rows))
        if not set(map(type, numbers)) <= {int, Hand}:
            numbers = list(map(_whole, numbers))
        return np.fromiter(numbers, np.int64, len(numbers)).reshape(-1, len(Note._fields))
    except (TypeError, OverflowError) as e:
        remedy = "give Note(onset, pitch, duration, velocity, hand), whole numbers"
        raise BadPiece("notes", f"cannot be read ({e})", remedy) from e


def _whole(value: object) -> int:
    whole = as_whole(value)
    if whole is None:
        raise TypeError(f"{value!r}, a {type(value).__name__}, is not a whole number")
    return whole


def normal(columns: Columns) -> Columns:
    """The columns sorted, and so that a piano can play them; values must be in range."""
    if not len(columns.onsets):
        return columns
    places = columns.onsets * PITCHES + columns.pitches
    order = np.lexsort((columns.durations, places))
    places = places[order]
    first = np.concatenate(([0], np.flatnonzero(places[1:] != places[:-1]) + 1))
    longest = order[np.append(first[1:], len(order)) - 1]
    onsets, pitches, durations, _, hands = (column[longest] for column in columns)
    velocities = np.maximum.reduceat(columns.velocities[order], first)
    by_pitch = np.argsort(pitches.astype(np.int8), kind="stable")
    in_turn, keys = onsets[by_pitch], pitches[by_pitch]
    again = np.flatnonzero(keys[1:] == keys[:-1])
    struck_again = by_pitch[again]
    until_then = in_turn[again + 1] - in_turn[again]
    durations[struck_again] = np.minimum(durations[struck_again], until_then)
    return Columns(onsets, pitches, durations, velocities, hands)


def as_notes(columns: Columns) -> Notes:
    """The notes that arrays hold; they are in range and as `normal` gives them."""
    numbers = [column.tolist() for column in columns[:4]]
    hands = HANDS[columns.hands].tolist()
    # Note._make checks each length again in Python: a third of all reading time.
    make = partial(tuple.__new__, Note)
    with _uncollected():
        return Notes(map(make, zip(*numbers, hands, strict=True)))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Nothing is looked for that can be thrown away: thousands of new tuples of numbers would have
    Python look again and again, for an eighth of all reading time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def normal_notes(
    onsets: Steps, pitches: Steps, durations: Steps, velocities: Steps, hands: Steps
) -> Notes:
    """`normalise` for arrays of shape (notes,), durations at least 1.

    Raises:
        BadPiece: a value is out of range.
    """
    return as_notes(normal(in_range(Columns(onsets, pitches, durations, velocities, hands))))
