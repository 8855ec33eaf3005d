"""The notes and rests of a measure in MusicXML."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement

from ragsmith.io.score.clefs import Clef, StaffSign
from ragsmith.io.score.musicxml_markings import Notations, add_notation
from ragsmith.io.score.rhythm import Value
from ragsmith.io.score.staves import Event, Measure, Staff, signature_of
from ragsmith.piece import Hand
from ragsmith.spelling import Name

__all__ = ["add", "add_clef", "add_music"]

ACCIDENTALS = {-2: "flat-flat", -1: "flat", 0: "natural", 1: "sharp", 2: "double-sharp"}
CLEF_LINES = {"G": "2", "F": "4"}
VOICES_PER_STAFF = 4
"""Voices are numbered 1, 2 on the upper staff and 5, 6 on the lower, as notation programs do."""


def add(parent: Element, tag: str, text: str | None = None, **attributes: str) -> Element:
    """A new last child; `_` in the names of attributes stands for `-`."""
    named = {name.replace("_", "-"): value for name, value in attributes.items()}
    child = SubElement(parent, tag, named)
    child.text = text
    return child


def add_music(
    element: Element,
    measure: Measure,
    staves: Sequence[Staff],
    hands: Sequence[Hand],
    notations: Notations,
) -> None:
    """The notes of a measure, one voice after another, with what stands on them.

    Args:
        element: the <measure>.
        measure: where it lies.
        staves: its staves from the top.
        hands: whose they are.
        notations: of the whole score.
    """
    for number, (staff, hand) in enumerate(zip(staves, hands, strict=True), 1):
        signs = list(staff.clefs.signs)
        led_to: set[int] = set()
        for layer, events in enumerate(staff.voices):
            if number > 1 or layer:
                add(add(element, "backup"), "duration", str(measure.length))
            place = _Place(str(VOICES_PER_STAFF * (number - 1) + layer + 1), str(number), hand)
            if not events:
                _add_bar_rest(element, measure, place, notations)
            for event, tuplet in zip(events, _tuplets(events), strict=True):
                step = measure.start + event.value.start - measure.offset
                _add_signs(element, signs, event, place, ("clef", "line"))
                if step not in led_to and (event.heads or layer == 0):
                    led = _add_graces(element, step, measure.fifths, place, notations)
                    led_to |= {step} if led else set()
                if event.heads:
                    _add_chord(element, event, staff.accidentals, place, tuplet, notations)
                else:
                    rest = _add_rest(element, event, place, tuplet)
                    if event.is_drawn and (hand, step) in notations.rests:
                        _add_fermata(rest)
                _add_signs(element, signs, event, place, ("end of line",))


def _add_graces(
    element: Element, step: int, fifths: int, place: _Place, notations: Notations
) -> bool:
    """The grace notes that lead to a step; whether there are any."""
    graces = notations.graces.get((place.hand, step), [])
    for grace in graces:
        note = add(element, "note")
        add(note, "grace", **({"slash": "yes"} if grace.has_slash else {}))
        if grace.is_chord:
            add(note, "chord")
        _add_pitch(note, grace.name)
        add(note, "voice", place.voice)
        add(note, "type", grace.kind)
        if grace.name.alter != signature_of(fifths).get(grace.name.letter, 0):
            add(note, "accidental", ACCIDENTALS[grace.name.alter])
        add(note, "staff", place.staff)
        _add_notations(note, {}, marks=[("slur start", str(number)) for number in grace.slurs])
    return bool(graces)


def _add_fermata(rest: Element) -> None:
    notations = rest.find("notations")
    add_notation(add(rest, "notations") if notations is None else notations, "fermata", "")


def _add_signs(
    element: Element, signs: list[StaffSign], event: Event, place: _Place, kinds: Collection[str]
) -> None:
    """Adds and takes from the signs those of some kinds that stand right before or right after an
    event with notes."""
    value = event.value
    for sign in [sign for sign in signs if sign.kind in kinds and event.heads]:
        at = value.start + value.steps if sign.kind == "end of line" else value.start
        if sign.step != at:
            continue
        signs.remove(sign)
        if sign.kind == "clef":
            add_clef(add(element, "attributes"), place.staff, sign.clef)
            continue
        above = sign.clef.octaves > 0
        direction = add(element, "direction", placement="above" if above else "below")
        shift = add(add(direction, "direction-type"), "octave-shift", size="8", number=place.staff)
        down_or_up = "down" if above else "up"
        shift.set("type", "stop" if sign.kind == "end of line" else down_or_up)
        add(direction, "staff", place.staff)


def add_clef(attributes: Element, staff: str, clef: Clef) -> None:
    """The sign of a clef."""
    element = add(attributes, "clef", number=staff)
    add(element, "sign", clef.sign)
    add(element, "line", CLEF_LINES[clef.sign])


class _Place(NamedTuple):
    """The voice and the staff of a note, and whose hand plays it."""

    voice: str
    staff: str
    hand: Hand


def _tuplets(events: Sequence[Event]) -> list[dict[str, str]]:
    """For each event the triplets that start or stop there: the type, and whether a bracket is
    drawn, as it is where no beam holds the triplet together."""
    tuplets: list[dict[str, str]] = [{} for _ in events]
    triplets = [event.value.triplet for event in events]
    for triplet in set(triplets) - {None}:
        first, last = triplets.index(triplet), len(triplets) - 1 - triplets[::-1].index(triplet)
        beamed = all(event.beams for event in events[first : last + 1])
        tuplets[first]["start"] = tuplets[last]["stop"] = "no" if beamed else "yes"
    return tuplets


def _add_bar_rest(element: Element, measure: Measure, place: _Place, notations: Notations) -> None:
    _add_graces(element, measure.start, measure.fifths, place, notations)
    note = add(element, "note")
    add(note, "rest", measure="yes")
    add(note, "duration", str(measure.length))
    add(note, "voice", place.voice)
    add(note, "staff", place.staff)
    if (place.hand, measure.start) in notations.rests:
        _add_fermata(note)


def _add_rest(element: Element, event: Event, place: _Place, tuplet: Mapping[str, str]) -> Element:
    value = event.value
    note = add(element, "note")
    if not event.is_drawn:
        note.set("print-object", "no")
    add(note, "rest")
    add(note, "duration", str(value.steps))
    add(note, "voice", place.voice)
    _add_kind(note, value)
    _add_time_modification(note, value)
    add(note, "staff", place.staff)
    _add_notations(note, tuplet)
    return note


def _add_chord(
    element: Element,
    event: Event,
    accidentals: Collection[tuple[int, int]],
    place: _Place,
    tuplet: Mapping[str, str],
    notations: Notations,
) -> None:
    value = event.value
    for head in event.heads:
        is_first = head is event.heads[0]
        note = add(
            element, "note", id=f"n{head.note}-{head.part}" if head.part else f"n{head.note}"
        )
        if not is_first:
            add(note, "chord")
        _add_pitch(note, head.name)
        add(note, "duration", str(value.steps))
        ties = [t for t, is_tied in (("stop", head.tied_from), ("start", head.tied_to)) if is_tied]
        for tie in ties:
            add(note, "tie", type=tie)
        add(note, "voice", place.voice)
        _add_kind(note, value)
        if (head.note, head.part) in accidentals:
            add(note, "accidental", ACCIDENTALS[head.name.alter])
        _add_time_modification(note, value)
        add(note, "staff", place.staff)
        for number, beam in enumerate(event.beams if is_first else (), 1):
            add(note, "beam", beam, number=str(number))
        marks = notations.heads.get((head.note, head.part), [])
        _add_notations(note, tuplet if is_first else {}, ties, marks)


def _add_pitch(note: Element, name: Name) -> None:
    pitch = add(note, "pitch")
    add(pitch, "step", name.letter)
    if name.alter:
        add(pitch, "alter", str(name.alter))
    add(pitch, "octave", str(name.octave))


def _add_kind(note: Element, value: Value) -> None:
    add(note, "type", value.kind)
    for _ in range(value.dots):
        add(note, "dot")


def _add_time_modification(note: Element, value: Value) -> None:
    if value.triplet:
        modification = add(note, "time-modification")
        add(modification, "actual-notes", "3")
        add(modification, "normal-notes", "2")


def _add_notations(
    note: Element,
    tuplet: Mapping[str, str],
    ties: Sequence[str] = (),
    marks: Sequence[tuple[str, str]] = (),
) -> None:
    if not (tuplet or ties or marks):
        return
    notations = add(note, "notations")
    for tie in ties:
        add(notations, "tied", type=tie)
    for kind, bracket in tuplet.items():
        add(notations, "tuplet", type=kind, bracket=bracket)
    for kind, text in marks:
        add_notation(notations, kind, text)
