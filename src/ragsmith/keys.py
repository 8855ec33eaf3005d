"""Key signatures by name, as people write them: "Eb major", "F# minor"."""

from __future__ import annotations

from ragsmith.errors import BadOption
from ragsmith.piece import Key

__all__ = ["key_name", "key_named"]

MAJOR = ("Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#")
MINOR = ("Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#", "G#", "D#", "A#")


def key_name(key: Key) -> str:
    """The key that a signature stands for."""
    return f"{(MINOR if key.minor else MAJOR)[key.fifths + 7]} {'minor' if key.minor else 'major'}"


def key_named(name: str) -> Key:
    """The key signature of that name, from the first step on; major when only a note is named.

    Raises:
        BadOption: there is no such key.
    """
    tonic, _, mode = str(name).strip().partition(" ")
    tonic, mode = tonic[:1].upper() + tonic[1:], mode.strip().lower() or "major"
    names = {"major": MAJOR, "minor": MINOR}.get(mode, ())
    if tonic not in names:
        raise BadOption(f"key {name!r}", "does not exist", 'write it like "Eb major" or "F# minor"')
    return Key(0, names.index(tonic) - 7, mode == "minor")
