"""Markings in MusicXML: <notations> of notes, grace notes, and <direction>s of staves."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement

from ragsmith.io.score.rhythm import KINDS
from ragsmith.io.score.staves import Measure, Staff
from ragsmith.markings import OF_NOTES, OF_STAVES, SPANS, Marking
from ragsmith.piece import Hand, Note, Piece
from ragsmith.spelling import Name, spell

__all__ = ["Notations", "add_directions", "add_notation", "notations_of"]

ARTICULATIONS = {
    "accent": "accent",
    "marcato": "strong-accent",
    "staccato": "staccato",
    "staccatissimo": "staccatissimo",
    "tenuto": "tenuto",
}
ORNAMENTS = {
    ("trill", ""): "trill-mark",
    ("mordent", ""): "mordent",
    ("mordent", "inverted"): "inverted-mordent",
    ("turn", ""): "turn",
    ("turn", "inverted"): "inverted-turn",
}
DYNAMICS = frozenset(
    ("p", "pp", "ppp", "pppp", "mp", "mf", "f", "ff", "fff", "ffff", "fp", "sf", "sfp", "sfpp")
) | {"rf", "rfz", "sfz", "sffz", "sfzp", "fz", "n", "pf"}
"""Dynamics that have an element of their own."""
SLURS_AT_ONCE = 16
LEFT_FINGERING = "fingering below"
"""Of the left hand, whose fingers stand below its staff."""
MIDDLE_C = 60

HeadId = tuple[int, int]
"""The number of a note, and how many heads of it are before this one."""


class _Place(NamedTuple):
    """Where a head lies: its steps, and which head it is."""

    start: int
    end: int
    head: HeadId


class Grace(NamedTuple):
    """A grace note: its name, its value, whether it is struck through, whether it sounds with the
    one before, and the numbers of the slurs that begin on it."""

    name: Name
    kind: str
    has_slash: bool
    is_chord: bool
    slurs: list[int]


class Notations(NamedTuple):
    """What stands on the notes of a score.

    Attributes:
        heads: markings by the heads that bear them; "slur start 1" is a kind too.
        graces: grace notes by the hand and the step that they lead to.
        rests: hands and steps of fermatas over rests.
    """

    heads: dict[HeadId, list[tuple[str, str]]]
    graces: dict[tuple[Hand, int], list[Grace]]
    rests: frozenset[tuple[Hand, int]]


def notations_of(
    piece: Piece, measures: Sequence[Measure], laid_out: Sequence[tuple[Staff, ...]]
) -> Notations:
    """The markings of a piece on the heads of its score; what finds no note is left out.

    Args:
        piece: in its written form.
        measures: its measures.
        laid_out: its staves, measure by measure.
    """
    if not piece.markings:
        return Notations({}, {}, frozenset())
    places = _places(piece, measures, laid_out)
    heads: dict[HeadId, list[tuple[str, str]]] = defaultdict(list)
    rests = set()
    graces = _graces(piece)
    for marking in piece.markings:
        if marking.kind not in OF_NOTES or marking.kind == "grace":
            continue
        if marking.pitch < 0:
            rests.add((marking.hand, marking.step))
        elif head := _head_at(places, marking.step, marking.pitch):
            is_left = marking.hand == Hand.LEFT and marking.kind == "fingering"
            heads[head].append((LEFT_FINGERING if is_left else marking.kind, marking.text))
    for number, slur in _numbered(piece.markings, measures):
        _add_slur(heads, number, slur, places, graces.get((slur.step, slur.pitch)))
    return Notations(heads, _by_place(piece.markings, graces), frozenset(rests))


def _add_slur(
    heads: dict[HeadId, list[tuple[str, str]]],
    number: int,
    slur: Marking,
    places: dict[int, list[_Place]],
    grace: Grace | None,
) -> None:
    """A slur from a head, or from the grace note where it begins, to another head."""
    first, last = (_head_at(places, *end) for end in (slur[0:3:2], slur[5:7]))
    if last is None or (grace is None and first in (None, last)):
        return
    if grace is not None and (first is None or slur.step == slur.end):
        grace.slurs.append(number)
    elif first is not None:
        heads[first].append(("slur start", str(number)))
    heads[last].append(("slur stop", str(number)))


def _graces(piece: Piece) -> dict[tuple[int, int], Grace]:
    """The grace notes of a piece by step and pitch."""
    marked = [marking for marking in piece.markings if marking.kind == "grace"]
    names = spell([Note(m.step, m.pitch, 1, hand=m.hand) for m in marked], piece.keys)
    graces = {}
    for marking, name in zip(marked, names, strict=True):
        kind = marking.text.removeprefix("+").removesuffix("/")
        graces[marking.step, marking.pitch] = Grace(
            name,
            kind if kind in KINDS.values() else "eighth",
            marking.text.endswith("/"),
            marking.text.startswith("+"),
            [],
        )
    return graces


def _places(
    piece: Piece, measures: Sequence[Measure], laid_out: Sequence[tuple[Staff, ...]]
) -> dict[int, list[_Place]]:
    """The heads of each pitch, in order."""
    places: dict[int, list[_Place]] = defaultdict(list)
    for measure, staves in zip(measures, laid_out, strict=True):
        for event in (e for staff in staves for voice in staff.voices for e in voice):
            start = measure.start + event.value.start - measure.offset
            for head in event.heads:
                place = _Place(start, start + event.value.steps, (head.note, head.part))
                places[piece.notes[head.note].pitch].append(place)
    for own in places.values():
        own.sort()
    return places


def _head_at(places: dict[int, list[_Place]], step: int, pitch: int) -> HeadId | None:
    """The head of a pitch that sounds at a step."""
    own = places.get(pitch, [])
    place = bisect_right(own, (step + 1,)) - 1
    return own[place].head if place >= 0 and own[place].end > step else None


def _by_place(
    markings: Iterable[Marking], graces: Mapping[tuple[int, int], Grace]
) -> dict[tuple[Hand, int], list[Grace]]:
    """The grace notes by the hand that plays them and the step that they lead to."""
    by_place: dict[tuple[Hand, int], list[Grace]] = defaultdict(list)
    for marking in markings:
        if marking.kind == "grace":
            hand = marking.hand or (Hand.RIGHT if marking.pitch >= MIDDLE_C else Hand.LEFT)
            by_place[hand, marking.step].append(graces[marking.step, marking.pitch])
    return by_place


def _numbered(
    markings: Sequence[Marking], measures: Sequence[Measure]
) -> Iterator[tuple[int, Marking]]:
    """Slurs with numbers that tell those apart that overlap, or share a measure: its voices are
    written one after another."""
    ends = [-1] * SLURS_AT_ONCE
    starts = [measure.start for measure in measures]
    for slur in (marking for marking in markings if marking.kind == "slur"):
        barline = starts[max(bisect_right(starts, slur.step) - 1, 0)]
        free = next((n for n, end in enumerate(ends) if end < barline), None)
        if free is not None:
            ends[free] = slur.end
            yield free + 1, slur


def add_notation(notations: Element, kind: str, text: str) -> None:
    """A marking of a note."""
    if kind.startswith("slur"):
        SubElement(notations, "slur", {"type": kind.split()[1], "number": text})
    elif kind == "fermata":
        SubElement(notations, "fermata")
    elif kind == "arpeggio":
        SubElement(notations, "arpeggiate")
    elif kind in ("fingering", LEFT_FINGERING):
        placement = {"placement": "below"} if kind == LEFT_FINGERING else {}
        SubElement(_group(notations, "technical"), "fingering", placement).text = text
    elif kind in ARTICULATIONS:
        SubElement(_group(notations, "articulations"), ARTICULATIONS[kind])
    else:
        SubElement(_group(notations, "ornaments"), ORNAMENTS.get((kind, text), "trill-mark"))


def _group(notations: Element, tag: str) -> Element:
    own = notations.find(tag)
    return SubElement(notations, tag) if own is None else own


def add_directions(
    element: Element, markings: Sequence[Marking], measure: Measure, hands: Sequence[Hand]
) -> None:
    """Dynamics, words, hairpins and pedals that begin or end in a measure, each with its distance
    from the barline; those of the hands that have a staff."""
    for number, marking in enumerate(m for m in markings if m.kind in OF_STAVES):
        if marking.hand and marking.hand not in hands:
            continue
        if measure.start <= marking.step < measure.end:
            direction = _direction(element, marking)
            _add_type(direction, marking, number)
            _finish(direction, marking, marking.step - measure.start, hands)
        if marking.kind in SPANS and measure.start < marking.end <= measure.end:
            direction = _direction(element, marking)
            tag = "pedal" if marking.kind == "pedal" else "wedge"
            SubElement(direction[0], tag, {"type": "stop", "number": str(number % 6 + 1)})
            _finish(direction, marking, marking.end - measure.start, hands)


def _direction(element: Element, marking: Marking) -> Element:
    is_below = marking.hand != Hand.LEFT or marking.kind == "pedal"
    if marking.kind == "words":
        is_below = marking.hand == Hand.LEFT
    placement = "below" if is_below else "above"
    direction = SubElement(element, "direction", {"placement": placement})
    SubElement(direction, "direction-type")
    return direction


def _add_type(direction: Element, marking: Marking, number: int) -> None:
    about = {"number": str(number % 6 + 1)}
    if marking.kind == "dynamic":
        dynamics = SubElement(direction[0], "dynamics")
        if marking.text in DYNAMICS:
            SubElement(dynamics, marking.text)
        else:
            SubElement(dynamics, "other-dynamics").text = marking.text
    elif marking.kind == "words":
        SubElement(direction[0], "words", {"font-style": "italic"}).text = marking.text
    elif marking.kind == "pedal":
        SubElement(direction[0], "pedal", {"type": "start", "sign": "yes", **about})
    else:
        SubElement(direction[0], "wedge", {"type": marking.kind, **about})


def _finish(direction: Element, marking: Marking, offset: int, hands: Sequence[Hand]) -> None:
    if offset:
        SubElement(direction, "offset").text = str(offset)
    lowest = marking.kind == "pedal" and not marking.hand
    staff = len(hands) if lowest else hands.index(marking.hand) + 1 if marking.hand else 1
    SubElement(direction, "staff").text = str(staff)
