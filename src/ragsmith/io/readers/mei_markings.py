"""What MEI says beside notes: articulations in layers, and the control events of measures.
https://music-encoding.org/guidelines/v5"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from ragsmith.io.readers.markings import Edge
from ragsmith.io.readers.repeats import signs_in

__all__ = ["CONTROLS", "articulations_of", "grace_of", "markings_of_control"]

ARTICULATIONS = {
    "acc": "accent",
    "stacc": "staccato",
    "ten": "tenuto",
    "stacciss": "staccatissimo",
    "spicc": "staccatissimo",
    "marc": "marcato",
}
CONTROLS = frozenset(
    ("slur", "hairpin", "dynam", "dir", "pedal", "fermata", "arpeg", "trill", "mordent", "turn")
) | {"fing"}
"""Elements beside the staves that are markings."""
HAIRPINS = {"cres": "crescendo", "dim": "diminuendo"}
PEDALS = {"down": ("start",), "up": ("stop",), "bounce": ("stop", "start")}
DYNAMIC = re.compile("[pmfsrzn]{1,6}")
INVERTED = ("upper", "lower")
GRACE_KINDS = {"1": "whole", "2": "half", "4": "quarter", "8": "eighth", "16": "16th", "32": "32nd"}


def articulations_of(elements: list[Element], place: Edge) -> Iterator[Edge]:
    """The articulations, fermatas and fingers of a note, said by itself or by its chord.

    Args:
        elements: the note, and its chord.
        place: an edge with its tick, staff and pitch.
    """
    for element in elements:
        marks = [element, *element.findall("artic")]
        for word in " ".join(mark.get("artic", "") for mark in marks).split():
            if word in ARTICULATIONS:
                yield place._replace(kind=ARTICULATIONS[word])
        if element.get("fermata"):
            yield place._replace(kind="fermata")


def grace_of(note: Element, event: Element, place: Edge) -> Edge:
    """A grace note; after the first of a chord the others sound with it."""
    kind = GRACE_KINDS.get(note.get("dur", event.get("dur", "8")), "eighth")
    slash = "/" if "unacc" in (note.get("grace"), event.get("grace")) else ""
    is_first = event is note or next(event.iter("note")) is note
    text = f"{'' if is_first else '+'}{kind}{slash}"
    return place._replace(kind="grace", text=text, is_early=True)


def markings_of_control(control: Element, first: Edge, last: Edge | None) -> Iterator[Edge]:
    """What an element beside the staves says.

    Args:
        control: one of `CONTROLS`.
        first: an edge where it begins, with the staff, and the pitch of its note where it has one.
        last: where it ends, if it does.
    """
    tag = control.tag
    text = " ".join("".join(control.itertext()).split())
    if tag == "slur" and last and first.pitch >= 0 <= last.pitch:
        yield from _span(control, "slur", first, last)
    elif tag == "hairpin" and last and control.get("form") in HAIRPINS:
        kind = HAIRPINS[control.attrib["form"]]
        yield from _span(control, kind, first._replace(pitch=-1), last._replace(pitch=-1))
    elif tag in ("dynam", "dir"):
        if any(map(str.isalnum, text)) and not signs_in(text):
            kind = "dynamic" if DYNAMIC.fullmatch(text) else "words"
            yield first._replace(kind=kind, text=text, pitch=-1)
    elif tag == "pedal":
        for edge in PEDALS.get(control.get("dir", ""), ()):
            yield first._replace(kind="pedal", edge=edge, group=(first.staff,), pitch=-1)
    elif tag == "fermata" or (first.pitch >= 0 and tag not in ("slur", "hairpin")):
        kind = {"arpeg": "arpeggio", "fing": "fingering"}.get(tag, tag)
        inverted = control.get("form") == INVERTED[tag == "turn"]
        own = text if tag == "fing" else "inverted" if inverted and tag != "fermata" else ""
        yield first._replace(kind=kind, text=own)


def _span(control: Element, kind: str, first: Edge, last: Edge) -> Iterator[Edge]:
    group = (id(control),)
    yield first._replace(kind=kind, edge="start", group=group)
    yield last._replace(kind=kind, edge="stop", group=group)
