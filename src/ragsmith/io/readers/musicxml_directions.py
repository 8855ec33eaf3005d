"""Directions of a MusicXML measure: tempo, jumps, markings; and its chord symbols."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from xml.etree.ElementTree import Element

from ragsmith.io.readers import musicxml_markings
from ragsmith.io.readers.exact_score import Ticks
from ragsmith.io.readers.markings import Edge
from ragsmith.io.readers.musicxml_content import (
    MOST_STAVES,
    NUMBER,
    TYPES,
    Content,
    PartClock,
    whole,
)
from ragsmith.io.readers.musicxml_harmony import chord_in
from ragsmith.io.readers.repeats import Sign, signs_in

__all__ = ["add_direction", "add_harmony", "add_sound"]

MOST_QUARTERS_PER_MINUTE = 9999
SOUNDS = {
    "dacapo": Sign.DA_CAPO,
    "dalsegno": Sign.DAL_SEGNO,
    "tocoda": Sign.TO_CODA,
    "coda": Sign.CODA,
    "segno": Sign.SEGNO,
    "fine": Sign.FINE,
}


def add_direction(clock: PartClock, content: Content, direction: Element) -> None:
    """Take what a direction says: markings, a tempo, where to go on."""
    with suppress(ValueError):
        staff = whole(direction.findtext("staff", "1"), 1, MOST_STAVES)
        place = Edge(max(content.now + _later(clock, direction), 0), "", staff)
        content.edges += musicxml_markings.markings_of_direction(direction, place)
    sound = direction.find("sound")
    signs = set(content.signs)
    if sound is not None:
        add_sound(content, sound)
    if sound is None or not sound.get("tempo"):
        for metronome in direction.iter("metronome"):
            _metronome(content, metronome)
    if content.signs == signs:
        content.signs.update(_written_signs(direction))


def _written_signs(direction: Element) -> Iterator[str]:
    """The signs that a direction draws or says in words."""
    for tag in (Sign.SEGNO, Sign.CODA):
        if direction.find(f"direction-type/{tag}") is not None:
            yield tag
    words = " ".join(e.text or "" for e in direction.iterfind("direction-type/words"))
    yield from signs_in(words)


def add_sound(content: Content, sound: Element) -> None:
    """Take the tempo and the jumps that a <sound> says."""
    content.signs.update(sign for name, sign in SOUNDS.items() if sound.get(name, "no") != "no")
    match = NUMBER.fullmatch(sound.get("tempo", ""))
    if match and 1 <= float(match[1]) <= MOST_QUARTERS_PER_MINUTE:
        content.tempos.append((content.now, float(match[1])))


def _metronome(content: Content, metronome: Element) -> None:
    """A mark like "quarter = 100"; one that sets a note against another says no tempo."""
    unit = TYPES.get((metronome.findtext("beat-unit") or "").strip())
    count = re.search(r"\d{1,4}(\.\d{1,6})?", metronome.findtext("per-minute") or "")
    if unit and count:
        dots = len(metronome.findall("beat-unit-dot"))
        quarters = float(count[0]) * float(unit * (2 - Fraction(1, 1 << min(dots, 4))))
        if 1 <= quarters <= MOST_QUARTERS_PER_MINUTE:
            content.tempos.append((content.now, quarters))


def add_harmony(clock: PartClock, content: Content, harmony: Element) -> None:
    """Take a chord symbol; what it draws for no chord that has a name is passed over."""
    with suppress(ValueError):
        at = max(content.now + _later(clock, harmony), 0)
        content.chords.append((at, chord_in(harmony)))


def _later(clock: PartClock, element: Element) -> Ticks:
    """How much later than its place in the file an element stands; earlier, below 0."""
    offset = (element.findtext("offset") or "0").strip()
    return clock.ticks(offset.removeprefix("-")) * (-1 if offset.startswith("-") else 1)
