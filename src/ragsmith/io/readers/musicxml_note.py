"""A note of a MusicXML measure: how long it lasts, how it sounds, what is left out of it."""

from __future__ import annotations

import re
from contextlib import suppress
from fractions import Fraction
from functools import lru_cache
from xml.etree.ElementTree import Element

from ragsmith.io.readers import musicxml_markings
from ragsmith.io.readers.exact_score import TICKS, Ticks
from ragsmith.io.readers.markings import Edge
from ragsmith.io.readers.musicxml_content import (
    MOST_STAVES,
    TYPES,
    Content,
    PartClock,
    Sounding,
    number,
    whole,
)

__all__ = ["add_note"]

ALTER = re.compile(r"[+-]?\d{1,2}(\.\d{0,6})?")
SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
TIES = {"tie": "tie", "tied": "notations/tied"}
"""Where the elements lie that tie a note."""
CUE = "cue notes left out"
UNPITCHED = "notes without a pitch left out"
NO_LENGTH = "notes without a length left out"
OUT_OF_RANGE = "notes beyond all keyboards left out"


def add_note(clock: PartClock, content: Content, note: Element) -> None:
    """Put a note into the measure, and move its clock on.

    Raises:
        ValueError: a number in it is none, or is none that music has.
    """
    fields = {child.tag: child for child in note}
    if "grace" in fields:
        with suppress(ValueError):
            _grace(clock, content, note, fields)
        return
    length = _strike(clock, content, fields)
    staff = whole(fields["staff"].text, 1, MOST_STAVES) if "staff" in fields else 1
    if "pitch" not in fields:
        clock.faults.update([UNPITCHED] * ("unpitched" in fields))
        content.edges += musicxml_markings.markings_of_note(note, Edge(content.struck, "", staff))
        return
    pitch = _pitch(clock, fields["pitch"], staff)
    if "cue" in fields or not length or not 0 <= pitch <= 127:
        clock.faults[CUE if "cue" in fields else OUT_OF_RANGE if length else NO_LENGTH] += 1
        return
    voice = (fields["voice"].text or "").strip() if "voice" in fields else ""
    place = Edge(content.struck, "", staff, pitch)
    content.edges += musicxml_markings.markings_of_note(note, place)
    content.edges += musicxml_markings.name_of_note(fields["pitch"], place, clock.fifths)
    ties = {tie.get("type") for tie in note.findall(TIES[clock.tie_tag])}
    tied = ("start" in ties, "stop" in ties)
    content.notes.append(Sounding(content.struck, pitch, length, staff, *tied, voice))


def _strike(clock: PartClock, content: Content, fields: dict[str, Element]) -> Ticks:
    """Move the clock over a note, unless it shares its onset with the last; returns its length."""
    duration = fields.get("duration")
    length = _drawn_length(fields) if duration is None else clock.ticks(duration.text)
    if "chord" not in fields:
        content.struck = content.now
        content.now += length
        content.reach = max(content.reach, content.now)
    return length


def _grace(clock: PartClock, content: Content, note: Element, fields: dict[str, Element]) -> None:
    if "pitch" in fields and "cue" not in fields:
        staff = whole(fields["staff"].text, 1, MOST_STAVES) if "staff" in fields else 1
        pitch = max(0, min(127, _pitch(clock, fields["pitch"], staff)))
        place = Edge(content.now, "grace", staff, pitch, is_early=True)
        content.edges += musicxml_markings.markings_of_grace(note, place)


def _drawn_length(fields: dict[str, Element]) -> Ticks:
    """The length of a note whose <duration> is missing, by what is drawn."""
    kind = fields["type"].text if "type" in fields else ""
    ratio = fields.get("time-modification")
    plain = TYPES.get(kind or "", Fraction(0)) * (Fraction(3, 2) if "dot" in fields else 1)
    if ratio is not None:
        plain *= number(ratio.findtext("normal-notes"))
        plain /= max(number(ratio.findtext("actual-notes")), Fraction(1))
    return plain * TICKS


def _pitch(clock: PartClock, pitch: Element, staff: int) -> int:
    texts = {child.tag: child.text for child in pitch}
    written = _midi_number(texts.get("step"), texts.get("alter"), texts.get("octave"))
    return written + clock.semitones.get(staff, clock.semitones.get(0, 0))


@lru_cache(1000)
def _midi_number(step: str | None, alter: str | None, octave: str | None) -> int:
    """The pitch that the texts of <step>, <alter> and <octave> say; quarter tones are rounded."""
    letter, semitones = (step or "").strip(), (alter or "").strip() or "0"
    if letter not in SEMITONES:
        raise ValueError(f"{letter[:20] or 'nothing'} is no pitch")
    if not ALTER.fullmatch(semitones):
        raise ValueError(f"{semitones[:20]} is no alteration")
    return SEMITONES[letter] + 12 * (whole(octave, -1, 10) + 1) + round(float(semitones))
