"""Chords as --chords gives them: text, or the name of a file that holds them."""

from __future__ import annotations

from pathlib import Path

from ragsmith.errors import BadFile
from ragsmith.harmony.progression import MOST_CHARACTERS
from ragsmith.io import MIDI_SUFFIXES, NOTATION_SUFFIXES, read
from ragsmith.piece import Piece

__all__ = ["chords_from"]

TEXT = ".txt"


def chords_from(given: str | None) -> str | Piece | None:
    """Chords as text, or a score with chord symbols; what names no file is text itself.

    Raises:
        BadFile: the file cannot be read, or a score has no chords.
    """
    if given is None:
        return None
    path = Path(given)
    is_score = path.suffix.lower() in (*MIDI_SUFFIXES, *NOTATION_SUFFIXES)
    if not is_score and path.suffix.lower() != TEXT and not _is_file(path):
        return given
    if is_score:
        piece = read(path, isolated=True)
        if not any(mark.chord for mark in piece.chords):
            raise BadFile(path, "has no chords", "give a lead sheet with chord symbols, or text")
        return piece
    try:
        text = path.read_text("utf-8-sig")[: MOST_CHARACTERS + 1]
    except (OSError, UnicodeDecodeError) as e:
        reason = e.strerror if isinstance(e, OSError) else "it is not in UTF-8"
        remedy = "name a text file in UTF-8, with chords like Bb | F7"
        raise BadFile(path, f"cannot be read as text ({reason})", remedy) from e
    if not text.strip():
        raise BadFile(path, "has no chords", "write them like Bb | F7 | Bb")
    return text


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
