"""Chord symbols above the upper staff in MusicXML.
https://www.w3.org/2021/06/musicxml40/musicxml-reference/elements/harmony
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from ragsmith.chords import QUALITIES, Chord, ChordMark, chord_at, chord_name
from ragsmith.io.readers.musicxml_harmony import KINDS
from ragsmith.io.score.musicxml_notes import add
from ragsmith.io.score.staves import Measure
from ragsmith.piece import Piece

__all__ = ["add_chords"]

DEGREES = {
    "7b5": (("5", "-1", "alter"),),
    "7sus4": (("7", "0", "add"),),
    "add9": (("9", "0", "add"),),
    "69": (("9", "0", "add"),),
    "7b9": (("9", "-1", "add"),),
    "7#9": (("9", "1", "add"),),
}
"""Value, alteration and type of the degrees that a quality has besides those of its kind."""
ALTERS = {"#": "1", "b": "-1", "": "0"}


def add_chords(element: Element, piece: Piece, measure: Measure) -> None:
    """The chords that begin in a measure, each with its distance from the barline.

    One that goes on stands again where a section begins: repeats and endings lead there from under
    other chords.
    """
    marks = [mark for mark in piece.chords if measure.start <= mark.step < measure.end]
    going_on = chord_at(piece.chords, measure.start)
    if going_on and any(section.start == measure.start for section in piece.sections):
        marks = [ChordMark(measure.start, going_on), *(m for m in marks if m.step > measure.start)]
    for mark in marks:
        _add_chord(element, mark.chord, measure.fifths, mark.step - measure.start)


def _add_chord(element: Element, chord: Chord | None, fifths: int, offset: int) -> None:
    harmony = add(element, "harmony", placement="above")
    name = chord_name(chord, fifths)
    if chord is None:
        # The form allows no kind without a root; readers take the text.
        add(add(harmony, "root"), "root-step", "C").set("text", "")
        add(harmony, "kind", "none").set("text", name)
    else:
        above, _, bass = name.partition("/")
        root = above[: len(above) - len(chord.quality)]
        _add_note(harmony, "root", root)
        add(harmony, "kind", KINDS[chord.quality]).set("text", chord.quality)
        if bass:
            _add_note(harmony, "bass", bass)
        for value, alter, change in DEGREES.get(chord.quality, ()):
            _add_degree(harmony, value, alter, change)
    if offset:
        add(harmony, "offset", str(offset))
    add(harmony, "staff", "1")


def _add_note(harmony: Element, part: str, name: str) -> None:
    note = add(harmony, part)
    add(note, f"{part}-step", name[0])
    if name[1:]:
        add(note, f"{part}-alter", ALTERS[name[1:]])


def _add_degree(harmony: Element, value: str, alter: str, change: str) -> None:
    degree = add(harmony, "degree", print_object="no")
    add(degree, "degree-value", value)
    add(degree, "degree-alter", alter)
    add(degree, "degree-type", change)


assert KINDS.keys() == QUALITIES.keys()
