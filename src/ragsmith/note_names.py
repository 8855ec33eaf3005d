"""What a note is called: a letter, sharps or flats, an octave; each name a place on the line of
fifths."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["LETTERS", "TO_SHARP", "Name", "moved_name", "name_at", "names_of", "read_name"]

LETTERS = "FCGDAEB"
"""Along the line of fifths; each turn of seven is a semitone higher."""
TO_SHARP = 12
"""Fifths from a flat to the sharp that sounds the same."""
FLATTEST, SHARPEST = -15, 19
"""Fifths from C to F double flat, and to B double sharp."""
SIGNS = {"bb": -2, "b": -1, "": 0, "#": 1, "##": 2}


class Name(NamedTuple):
    """What a note is called: letter, semitones of its accidental, octave (4 from middle C on).

    >>> str(Name("A", -1, 4))
    'Ab'
    """

    letter: str
    alter: int
    octave: int

    def __str__(self) -> str:
        """Letter and accidental, as a spelling is written."""
        return self.letter + ("#" * self.alter if self.alter > 0 else "b" * -self.alter)


def name_at(pitch: int, fifths: int) -> Name:
    """The name of a pitch that lies so many fifths from C."""
    alter, letter = divmod(fifths + 1, 7)
    return Name(LETTERS[letter], alter, (pitch - alter) // 12 - 1)


def names_of(pitch: int) -> tuple[Name, ...]:
    """The names that a pitch may have, the flattest first; none has more than two signs.

    >>> [str(name) for name in names_of(61)]
    ['Db', 'C#', 'B##']
    """
    lowest = FLATTEST + (7 * pitch - FLATTEST) % TO_SHARP
    return tuple(name_at(pitch, fifths) for fifths in range(lowest, SHARPEST + 1, TO_SHARP))


def read_name(text: str, pitch: int) -> Name | None:
    """The name that a text says of a pitch; None where it says none, or one of another pitch.

    >>> read_name("B#", 60)
    Name(letter='B', alter=1, octave=3)
    """
    return next((name for name in names_of(pitch) if str(name) == text), None)


def moved_name(text: str, fifths: int) -> str:
    """A letter with its accidental so many fifths further; with more than two signs it would be
    called otherwise.

    >>> moved_name("Ab", 2), moved_name("B##", 1)
    ('Bb', 'G#')
    """
    moved = LETTERS.index(text[0]) - 1 + 7 * SIGNS[text[1:]] + fifths
    while not FLATTEST <= moved <= SHARPEST:
        moved -= TO_SHARP if moved > SHARPEST else -TO_SHARP
    return str(name_at(0, moved))
