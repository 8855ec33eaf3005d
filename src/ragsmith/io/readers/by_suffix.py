"""The reader of a file, chosen by its suffix."""

from __future__ import annotations

from pathlib import Path

from ragsmith.errors import BadFile
from ragsmith.io.hints import hint_for
from ragsmith.io.readers.reading import Reading
from ragsmith.io.readers.tunes import named_tune
from ragsmith.piece import checked_grid

__all__ = ["MIDI_SUFFIXES", "NOTATION_SUFFIXES", "read_by_suffix"]

MIDI_SUFFIXES = (".mid", ".midi", ".kar", ".rmi")
NOTATION_SUFFIXES = (".krn", ".musicxml", ".mxl", ".xml", ".mei", ".abc")


def read_by_suffix(
    path: str | Path,
    steps_per_quarter: int | None = None,
    part: str | None = None,
    beats: str | None = None,
) -> Reading:
    """Read a music file in this process; the arguments and errors are those of `ragsmith.read`."""
    if steps_per_quarter is not None:
        steps_per_quarter = checked_grid(steps_per_quarter)
    path = Path(path)
    suffix = named_tune(path).path.suffix.lower()
    if suffix in MIDI_SUFFIXES:
        from ragsmith.io.readers.midi import read_midi

        return read_midi(path, steps_per_quarter, part, beats)
    if suffix in NOTATION_SUFFIXES:
        from ragsmith.io.readers.notation import read_notation

        return read_notation(path, steps_per_quarter, part)
    if hint := hint_for(path.name):
        raise BadFile(path.name, *hint)
    known = " ".join(MIDI_SUFFIXES + NOTATION_SUFFIXES)
    raise BadFile(path.name or path, "is not a music file that can be read", f"give one of {known}")
