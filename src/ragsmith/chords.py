"""Chords by name, as lead sheets write them: Bb, F7, Bdim, Cm7b5, Am/E, N.C.

A chord is a root, a quality and, where another note than the root is to be lowest, a bass: pitch
classes from 0 (C) to 11 (B), which have no spelling of their own. Who writes a name says how many
sharps or flats the key has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple

from ragsmith.chord_qualities import QUALITIES, quality_named
from ragsmith.errors import BadOption, BadPiece, as_whole

__all__ = [
    "NO_CHORD",
    "QUALITIES",
    "Chord",
    "ChordMark",
    "checked_chords",
    "chord_at",
    "chord_name",
    "chord_named",
    "line_of_fifths",
    "moved_chord",
    "quality_named",
    "tones_of",
]

NO_CHORD = "N.C."
NO_CHORD_ALIASES = ("N.C.", "NC", "N.C", "n.c.", "nc", "No chord")
LETTERS = "FCGDAEB"
"""Along the line of fifths, on which C lies at 0 and F at -1."""
NOTE = re.compile(r"([A-G])([#b♯♭]{0,2})")
ALTERS = {"#": 1, "♯": 1, "b": -1, "♭": -1}
NEAREST = 0.4
"""How alike a known name has to be to be named in an error (`difflib`)."""
FLATTEST, SHARPEST = -8, 12
"""Fb and B#, the ends of the names with one accidental, on the line of fifths."""
BELOW_THE_TONIC, BELOW_LEADING, BELOW_THE_ROOT = 5, 2, 3
"""Fifths from the tonic down to the flattest root of a chord, and of one that leads upwards; from a
root down to the flattest bass."""
LEADING = ("dim", "dim7", "m7b5")


class Chord(NamedTuple):
    """A chord: the pitch class of its root, its quality (a name of `QUALITIES`), and the pitch
    class that is to be lowest; None leaves that to the root.

    >>> Chord(10, "7")
    Chord(root=10, quality='7', bass=None)
    """

    root: int
    quality: str = ""
    bass: int | None = None


class ChordMark(NamedTuple):
    """A chord from `step` on; None where there is none (N.C.)."""

    step: int
    chord: Chord | None


def tones_of(chord: Chord) -> tuple[int, ...]:
    """The pitch classes of a chord, the root first; a bass that is none of them last.

    >>> tones_of(Chord(10, "7"))
    (10, 2, 5, 8)
    """
    tones = tuple((chord.root + tone) % 12 for tone in QUALITIES[chord.quality])
    outside = chord.bass is not None and chord.bass not in tones
    return (*tones, chord.bass) if outside and chord.bass is not None else tones


def chord_named(name: str, place: str = "") -> Chord | None:
    """The chord of that name; None for N.C.

    Args:
        name: as lead sheets write it.
        place: where it stands, for the error.

    Raises:
        BadOption: nobody knows the name; the error says where it stops being one, and the nearest.

    >>> chord_named("Am/E"), chord_named("N.C.")
    (Chord(root=9, quality='m', bass=4), None)
    >>> chord_named("Bbq7")
    Traceback (most recent call last):
    ragsmith.errors.BadOption: chord 'Bbq7': cannot be read from character 3 ('q7'); ... is Bb7
    """
    text = name.strip()
    if text in NO_CHORD_ALIASES:
        return None
    start = NOTE.match(text)
    if not start:
        raise _unknown(text, 0, place)
    rest = text[start.end() :]
    quality = quality_named(rest)
    if quality is not None:
        return Chord(_pitch_class(start), quality)
    above, slash, below = rest.rpartition("/")
    quality, bass = quality_named(above), NOTE.fullmatch(below)
    if not slash or quality is None:
        raise _unknown(text, start.end() + (_understood(rest)), place)
    if not bass:
        raise _unknown(text, start.end() + len(above) + 1, place)
    lowest = _pitch_class(bass)
    return Chord(_pitch_class(start), quality, None if lowest == _pitch_class(start) else lowest)


def chord_name(chord: Chord | None, fifths: int = 0) -> str:
    """The name of a chord in a key of so many sharps (flats are negative): diminished chords are
    named as leading tones, upwards, all others from the lowered second to the raised fourth, and a
    bass by the chord's root.

    >>> chord_name(Chord(10, "7")), chord_name(Chord(2, "", 6), fifths=-2), chord_name(None)
    ('Bb7', 'D/F#', 'N.C.')
    """
    if chord is None:
        return NO_CHORD
    along = line_of_fifths(chord, fifths)
    name = f"{_note_name(along)}{chord.quality}"
    if chord.bass is None:
        return name
    return f"{name}/{_note_name(_along(chord.bass, along - BELOW_THE_ROOT))}"


def line_of_fifths(chord: Chord, fifths: int = 0) -> int:
    """Where on the line of fifths the root of a chord lies in a key of so many sharps: F -1, C 0,
    G 1, F# 6.

    >>> line_of_fifths(Chord(11, "dim7"), fifths=-2), line_of_fifths(Chord(11), fifths=-5)
    (5, -7)
    """
    leads = chord.quality in LEADING
    return _along(chord.root, fifths - (BELOW_LEADING if leads else BELOW_THE_TONIC))


def _along(pitch_class: int, first: int) -> int:
    """The twelve names from `first` on; none of them with two accidentals."""
    first = max(FLATTEST, min(SHARPEST - 11, first))
    return first + (7 * pitch_class - first) % 12


def _note_name(along: int) -> str:
    turns, letter = divmod(along + 1, 7)
    return LETTERS[letter] + ("#" * turns if turns > 0 else "b" * -turns)


def moved_chord(chord: Chord | None, semitones: int) -> Chord | None:
    """The chord so many semitones higher.

    >>> moved_chord(Chord(10, "7"), 3)
    Chord(root=1, quality='7', bass=None)
    """
    if chord is None:
        return None
    bass = None if chord.bass is None else (chord.bass + semitones) % 12
    return Chord((chord.root + semitones) % 12, chord.quality, bass)


def chord_at(marks: Iterable[ChordMark], step: int) -> Chord | None:
    """The chord in force at a step; None where there is none."""
    chord = None
    for mark in marks:
        if mark.step > step:
            break
        chord = mark.chord
    return chord


def checked_chords(marks: Iterable[ChordMark]) -> tuple[ChordMark, ...]:
    """Chord marks in order.

    Raises:
        BadPiece: one is no chord mark, or stands before the one that it follows.
    """
    marks = tuple(marks)
    last = 0
    for mark in marks:
        if not isinstance(mark, ChordMark) or not _is_chord(mark.chord):
            raise BadPiece(f"chord {mark!r}", "is no chord mark", "give ChordMark(step, chord)")
        if as_whole(mark.step) is None or mark.step < last:
            rule = "stands before the beginning, or before the chord that it follows"
            raise BadPiece(f"chord at step {mark.step}", rule, "give chords in order")
        last = mark.step
    return marks


def _is_chord(chord: object) -> bool:
    if chord is None:
        return True
    if not isinstance(chord, Chord) or chord.quality not in QUALITIES:
        return False
    return chord.root in range(12) and (chord.bass is None or chord.bass in range(12))


def _pitch_class(note: re.Match[str]) -> int:
    along = LETTERS.index(note[1]) - 1
    return (7 * along + sum(ALTERS[sign] for sign in note[2])) % 12


def _understood(rest: str) -> int:
    """How many characters behind a root begin a quality that is known."""
    lengths = range(len(rest), 0, -1)
    return next((length for length in lengths if quality_named(rest[:length]) is not None), 0)


def _unknown(text: str, at: int, place: str) -> BadOption:
    """The error for a name, with the character from which on it is none, and the nearest name: on
    the same root, written small or large, where it has one."""
    large = text[:1].upper() + text[1:]
    root = NOTE.match(large)
    all_roots = [letter + sign for letter in sorted(LETTERS) for sign in ("", "#", "b")]
    names = [own + quality for own in ([root[0]] if root else all_roots) for quality in QUALITIES]
    nearest = get_close_matches(large, names, 1, NEAREST)
    rule = f"cannot be read from character {at + 1} ({text[at:][:20]!r})" if text else "is empty"
    remedy = f"the nearest name is {nearest[0]}" if nearest else "write it like Bb, F7 or Cm7b5"
    return BadOption(f"chord {text!r}{place and f' {place}'}", rule, remedy)
