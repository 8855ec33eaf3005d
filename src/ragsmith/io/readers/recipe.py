"""The recipe in a MIDI file that was composed here."""

from __future__ import annotations

from pathlib import Path

from ragsmith.errors import BadFile
from ragsmith.io.midi_out import RECIPE
from ragsmith.io.readers.file_bytes import file_bytes
from ragsmith.io.readers.midi_repair import first_texts, header, what_it_is

__all__ = ["recipe_in"]


def recipe_in(path: Path) -> str:
    """The recipe that `write_midi` put into a file; "" where there is none.

    Only the beginning of the first track is walked, byte by byte: whatever the file holds, that
    takes no more memory than the file.

    Raises:
        BadFile: the file is not there, or is no MIDI file.
    """
    data = file_bytes(path)
    head = header(data)
    if head is None:
        rule = f"cannot be read as a MIDI file: {what_it_is(data)}"
        raise BadFile(path.name, rule, "give a .mid file that ragsmith compose wrote")
    texts = (text.decode("utf-8", "replace") for text in first_texts(data, head))
    return next((text.removeprefix(RECIPE) for text in texts if text.startswith(RECIPE)), "")
