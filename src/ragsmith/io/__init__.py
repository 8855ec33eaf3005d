"""Files in, files out: the reader or the writer is chosen by the file's suffix."""

from __future__ import annotations

from pathlib import Path

from ragsmith.errors import BadFile
from ragsmith.io.reading import Reading
from ragsmith.piece import Piece

__all__ = ["MIDI_SUFFIXES", "NOTATION_SUFFIXES", "Reading", "read", "write"]

MIDI_SUFFIXES = (".mid", ".midi", ".kar", ".rmi")
NOTATION_SUFFIXES = (".krn", ".musicxml", ".mxl", ".xml", ".mei", ".abc")


def read(path: Path, steps_per_quarter: int = 4) -> Reading:
    """Read a music file onto a grid.

    Raises:
        BadFile: the file cannot be read as music.
    """
    suffix = path.suffix.lower()
    if suffix in MIDI_SUFFIXES:
        from ragsmith.io.midi import read_midi

        return read_midi(path, steps_per_quarter)
    if suffix in NOTATION_SUFFIXES:
        from ragsmith.io.notation import read_notation

        return read_notation(path, steps_per_quarter)
    known = " ".join(MIDI_SUFFIXES + NOTATION_SUFFIXES)
    raise BadFile(path.name or path, "is not a music file that can be read", f"give one of {known}")


def write(piece: Piece, path: Path) -> Path:
    """Write a piece in the format that the suffix names; the file appears whole or not at all.

    Raises:
        BadFile: the suffix is unknown, or the file cannot be written.
    """
    if path.suffix.lower() in (".mid", ".midi"):
        from ragsmith.io.midi import write_midi

        return write_midi(piece, path)
    raise BadFile(path.name or path, "is not a format that can be written", "end the name in .mid")
