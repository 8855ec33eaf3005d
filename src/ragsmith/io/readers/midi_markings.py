"""The markings in a MIDI file that was written here: MIDI itself has none."""

from __future__ import annotations

import json
from typing import Any

from ragsmith.errors import BadPiece
from ragsmith.io.midi_out import MARKINGS
from ragsmith.io.printable import printable
from ragsmith.io.readers.midi_repair import first_texts, header
from ragsmith.markings import Marking, checked_markings
from ragsmith.notes import Hand

__all__ = ["markings_in"]


def markings_in(data: bytes, steps_per_quarter: int, steps: int) -> tuple[Marking, ...]:
    """The markings that `write_midi` put into a file of these bytes, as far as they lie on this
    grid, in a piece of so many steps; none where a stranger's file has something else there."""
    head = header(data) if MARKINGS.encode() in data else None
    if head is None:
        return ()
    texts = (text.decode("utf-8", "replace") for text in first_texts(data, head))
    text = next((text for text in texts if text.startswith(MARKINGS)), MARKINGS + "[1]")
    try:
        grid, *rows = json.loads(text.removeprefix(MARKINGS))
        markings = [_marking(row, steps_per_quarter, grid) for row in rows]
        return checked_markings(m for m in markings if m is not None and m.step < steps)
    except (ValueError, TypeError, ArithmeticError, RecursionError, BadPiece):
        return ()


def _marking(row: list[Any], up: int, down: int) -> Marking | None:
    """A marking on another grid; None where it does not lie on it."""
    step, kind, pitch, hand, text, end, end_pitch = row
    if not all(type(number) is int for number in (step, pitch, end, end_pitch, down)):
        raise ValueError("a number of a marking is none")
    if step * up % down or (end >= 0 and end * up % down):
        return None
    end = end * up // down if end >= 0 else -1
    place = step * up // down
    return Marking(place, kind, pitch, Hand(hand), printable(str(text)), end, end_pitch)
