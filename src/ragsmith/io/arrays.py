"""A piece as arrays: columns of integers and JSON, never a pickle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragsmith.chords import Chord, ChordMark
from ragsmith.markings import Marking
from ragsmith.notes import Columns
from ragsmith.piece import Bar, Hand, Key, Metre, Note, Piece, Section, Tempo
from ragsmith.played import Played

__all__ = ["from_json", "piece_of", "to_arrays", "to_json"]

HANDS = tuple(Hand)


def to_arrays(piece: Piece) -> dict[str, NDArray[Any]]:
    """All of a piece but its recipe.

    Returns:
        `notes`, shape (notes, 5): onset, pitch, duration, velocity, hand; `bars`, shape (bars, 5):
        start, length, beats, unit, offset; `rest`: the bytes of JSON; where the piece was played,
        `played`, shape (notes, 5), `pedal`, `clock`: ticks and microseconds, and `ticks`.
    """
    bars = [(b.start, b.length, *b.metre, b.offset) for b in piece.bars]
    rest = (piece.steps_per_quarter, piece.keys, piece.tempos, piece.sections, piece.order)
    chords = [(mark.step, mark.chord) for mark in piece.chords]
    return {
        "notes": np.array(piece.notes, np.int32).reshape(-1, len(Note._fields)),
        "bars": np.array(bars, np.int32).reshape(-1, 5),
        "rest": to_json([*rest, piece.title, piece.composer, chords, piece.markings]),
        **_played_arrays(piece.played),
    }


def _played_arrays(played: Played | None) -> dict[str, NDArray[Any]]:
    if played is None:
        return {}
    ticks = np.array(played.per_quarter, np.int64)
    notes = np.stack(played.notes, axis=1)
    return {"played": notes, "pedal": played.pedal, "clock": played.tempos, "ticks": ticks}


def piece_of(arrays: Mapping[str, NDArray[Any]]) -> Piece:
    """The piece that `to_arrays` was given.

    Raises:
        KeyError: an array is missing.
        ValueError: the arrays do not fit together.
        BadPiece: they hold no piece.
    """
    notes, bars = arrays["notes"].tolist(), arrays["bars"].tolist()
    played = None
    if "played" in arrays:
        own = Columns(*arrays["played"].T)
        played = Played(own, int(arrays["ticks"]), arrays["pedal"], arrays["clock"])
    rest = from_json(arrays["rest"])
    grid, keys, tempos, sections, order, title, composer, chords, markings = rest
    return Piece(
        tuple(Note(t, pitch, d, velocity, HANDS[hand]) for t, pitch, d, velocity, hand in notes),
        tuple(Bar(start, size, Metre(*metre), offset) for start, size, *metre, offset in bars),
        grid,
        tuple(Key(*key) for key in keys),
        tuple(Tempo(*tempo) for tempo in tempos),
        tuple(Section(*section) for section in sections),
        tuple(order),
        title,
        composer,
        chords=tuple(ChordMark(step, chord and Chord(*chord)) for step, chord in chords),
        markings=tuple(Marking(t, k, p, HANDS[h], *more) for t, k, p, h, *more in markings),
        played=played,
    )


def to_json(value: Any) -> NDArray[np.uint8]:
    """A value as the bytes of its JSON; file names that are not Unicode survive."""
    return np.frombuffer(json.dumps(value).encode("ascii"), np.uint8)


def from_json(array: NDArray[np.uint8]) -> Any:
    """The value that `to_json` was given."""
    return json.loads(array.tobytes())
