"""Keys by name as people write them ("Eb major"), their tonics, triads and degrees."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ragsmith.errors import BadOption
from ragsmith.piece import Key

__all__ = ["degrees_of", "key_at", "key_name", "key_named", "tonic_of", "triad_of"]

MAJOR = ("Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#")
MINOR = ("Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#", "G#", "D#", "A#")
FIFTH, MINOR_TONIC = 7, 9
"""Semitones up: of a sharp more in the signature; from a major tonic to its relative minor."""
MAJOR_TRIAD, MINOR_TRIAD = frozenset({0, 4, 7}), frozenset({0, 3, 7})


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


def key_at(keys: Sequence[Key], step: int) -> Key:
    """The key in force; C major where none is named."""
    return next((key for key in reversed(keys) if key.step <= step), Key(0, 0))


def tonic_of(key: Key) -> int:
    """The pitch class of a key's tonic."""
    return (key.fifths * FIFTH + (MINOR_TONIC if key.minor else 0)) % 12


def triad_of(key: Key) -> frozenset[int]:
    """The degrees of its tonic triad, in semitones above the tonic."""
    return MINOR_TRIAD if key.minor else MAJOR_TRIAD


def degrees_of(pitches: Iterable[int], key: Key) -> set[int]:
    """Semitones above the tonic, 0 to 11."""
    return {(pitch - tonic_of(key)) % 12 for pitch in pitches}
