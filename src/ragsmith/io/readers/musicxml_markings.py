"""What MusicXML says beside notes: <notations> of notes, and <direction>s.
https://www.w3.org/2021/06/musicxml40"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from xml.etree.ElementTree import Element

from ragsmith.io.readers.markings import Edge
from ragsmith.io.readers.repeats import signs_in
from ragsmith.markings import SPELLING
from ragsmith.note_names import LETTERS, read_name

__all__ = ["markings_of_direction", "markings_of_grace", "markings_of_note", "name_of_note"]

ARTICULATIONS = {
    "accent": ("accent",),
    "strong-accent": ("marcato",),
    "staccato": ("staccato",),
    "staccatissimo": ("staccatissimo",),
    "spiccato": ("staccatissimo",),
    "tenuto": ("tenuto",),
    "detached-legato": ("tenuto", "staccato"),
}
ORNAMENTS = {
    "trill-mark": ("trill", ""),
    "mordent": ("mordent", ""),
    "inverted-mordent": ("mordent", "inverted"),
    "turn": ("turn", ""),
    "inverted-turn": ("turn", "inverted"),
}
ACCIDENTALS = {"-2": "bb", "-1": "b", "0": "", "": "", "1": "#", "2": "##"}
HAIRPINS = {"crescendo": "start", "diminuendo": "start", "stop": "stop"}
PEDALS = {"start": ("start",), "stop": ("stop",), "change": ("stop", "start")}


def markings_of_note(note: Element, place: Edge) -> Iterator[Edge]:
    """What stands on a note.

    Args:
        note: with its <notations>.
        place: an edge with the note's tick, staff and pitch; its group names the voice.
    """
    for notations in note.iterfind("notations"):
        for child in notations:
            if child.tag == "articulations":
                kinds = (ARTICULATIONS.get(mark.tag, ()) for mark in child)
                yield from (place._replace(kind=k, group=()) for own in kinds for k in own)
            elif child.tag in ("fermata", "arpeggiate"):
                kind = "arpeggio" if child.tag == "arpeggiate" else "fermata"
                yield place._replace(kind=kind, group=())
            elif child.tag == "technical":
                for finger in child.iterfind("fingering"):
                    yield place._replace(kind="fingering", text=finger.text or "", group=())
            elif child.tag == "ornaments":
                for kind, text in (ORNAMENTS[mark.tag] for mark in child if mark.tag in ORNAMENTS):
                    yield place._replace(kind=kind, text=text, group=())
            elif child.tag == "slur" and child.get("type") in ("start", "stop"):
                group = (*place.group, child.get("number", "1"))
                yield place._replace(kind="slur", edge=child.get("type", ""), group=group)
            elif child.tag == "dynamics":
                yield from (_dynamic(mark, place) for mark in child)


def name_of_note(pitch: Element, place: Edge, fifths: int) -> Iterator[Edge]:
    """What a note is called, where its signature does not say so; nothing of one whose part is
    written in another key than it sounds.

    Args:
        pitch: the <pitch> of the note.
        place: as in `markings_of_note`.
        fifths: of the signature.
    """
    letter, alter = pitch.findtext("step", "").strip(), pitch.findtext("alter", "0").strip()
    text = letter + ACCIDENTALS.get(alter, "?")
    if text != _by_signature(letter, fifths) and read_name(text, place.pitch):
        yield place._replace(kind=SPELLING, text=text)


@lru_cache(1000)
def _by_signature(letter: str, fifths: int) -> str:
    """What a key signature makes of a letter."""
    along = LETTERS.find(letter)
    return letter + ("#" if along < fifths else "b" if along >= 7 + fifths else "")


def markings_of_grace(note: Element, place: Edge) -> Iterator[Edge]:
    """A grace note, and what stands on it; `place` as in `markings_of_note`."""
    grace = note.find("grace")
    slash = "/" if grace is not None and grace.get("slash") == "yes" else ""
    before = "+" if note.find("chord") is not None else ""
    yield place._replace(text=f"{before}{note.findtext('type', 'eighth')}{slash}")
    yield from markings_of_note(note, place)


def _dynamic(mark: Element, place: Edge) -> Edge:
    text = mark.text or "" if mark.tag == "other-dynamics" else mark.tag
    return place._replace(kind="dynamic", text=text, pitch=-1, group=())


def markings_of_direction(direction: Element, place: Edge) -> Iterator[Edge]:
    """What a direction says; repeat signs and tempos in words are none.

    Args:
        direction: a <direction>.
        place: an edge with its tick and staff; its group names the part.
    """
    for child in direction.iterfind("direction-type/*"):
        kind = child.get("type", "")
        group = (*place.group, child.get("number", "1"))
        if child.tag == "dynamics":
            yield from (_dynamic(mark, place) for mark in child)
        elif child.tag == "wedge" and kind in HAIRPINS:
            name = "hairpin" if kind == "stop" else kind
            yield place._replace(kind=name, edge=HAIRPINS[kind], group=group)
        elif child.tag == "pedal":
            for edge in PEDALS.get(kind, ()):
                yield place._replace(kind="pedal", edge=edge, group=group)
        elif child.tag == "words":
            text = " ".join((child.text or "").split())
            if any(map(str.isalnum, text)) and not signs_in(text):
                yield place._replace(kind="words", text=text, group=())
