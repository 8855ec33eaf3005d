"""A measure of a MusicXML part, by its own clock: <duration>, <backup> and <forward>.
https://www.w3.org/2021/06/musicxml40

What is drawn (note types, tuplet brackets, octave lines, accidentals) is passed over: <duration>
says how long a note lasts, <pitch> how it sounds. Cue notes are left out: they are not played.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple
from xml.etree.ElementTree import Element

from ragsmith.chords import Chord
from ragsmith.io.readers import musicxml_markings
from ragsmith.io.readers.exact_score import TICKS, Ticks
from ragsmith.io.readers.markings import Edge
from ragsmith.io.readers.musicxml_harmony import chord_in
from ragsmith.io.readers.repeats import MOST_TIMES, Cut, Sign, signs_in
from ragsmith.piece import Metre

__all__ = ["Content", "PartClock", "Sounding", "read_measure"]

NUMBER = re.compile(r"\s*\+?(\d{1,9}(?:\.\d{1,6})?)\s*")
WHOLE = re.compile(r"[+-]?\d{1,6}")
ALTER = re.compile(r"[+-]?\d{1,2}(\.\d{0,6})?")
SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
LONGEST_FIRST = (
    *("maxima", "long", "breve", "whole", "half", "quarter", "eighth"),
    *("16th", "32nd", "64th", "128th", "256th"),
)
TYPES = {name: Fraction(32, 2**place) for place, name in enumerate(LONGEST_FIRST)}
"""Quarter notes of a note type."""
MOST_QUARTERS_PER_MINUTE = 9999
MOST_STAVES = 32
FINEST_UNIT = 128
SOUNDS = {
    "dacapo": Sign.DA_CAPO,
    "dalsegno": Sign.DAL_SEGNO,
    "tocoda": Sign.TO_CODA,
    "coda": Sign.CODA,
    "segno": Sign.SEGNO,
    "fine": Sign.FINE,
}
CUE = "cue notes left out"
UNPITCHED = "notes without a pitch left out"
NO_LENGTH = "notes without a length left out"
FILLED = "bars that say 'as before' filled in"
BEFORE_BAR = "steps back over a barline cut"
OUT_OF_RANGE = "notes beyond all keyboards left out"


class Sounding(NamedTuple):
    """A note of a measure: onset from the barline and duration, in ticks; pitch as a MIDI number;
    its staff, from 1; whether it is tied to what follows or precedes; and its voice."""

    onset: Ticks
    pitch: int
    duration: Ticks
    staff: int
    to_next: bool
    to_last: bool
    voice: str


@dataclass(slots=True)
class Content:
    """What a part has between two barlines, in ticks from the first one.

    Attributes:
        now: where its clock stands.
        reach: how far it went.
        struck: the onset of the last note, which a chord shares.
        metre: a new time signature; None where nothing changes.
        free: whether what follows has no metre; None where nothing changes.
        keys: (tick, fifths, minor) of new key signatures.
        tempos: (tick, quarter notes a minute).
        chords: (tick, chord or none).
        cuts: repeat signs within the measure, by where they stand.
        edges: dynamics, slurs, accents and the like, or their ends.
        ending: the number of an ending that begins; "" where none does.
        ending_stops, opens, closes, times, signs: as of `Measure`.
    """

    now: Ticks = 0
    reach: Ticks = 0
    struck: Ticks = 0
    notes: list[Sounding] = field(default_factory=list)
    metre: Metre | None = None
    free: bool | None = None
    keys: list[tuple[Ticks, int, bool]] = field(default_factory=list)
    tempos: list[tuple[Ticks, float]] = field(default_factory=list)
    chords: list[tuple[Ticks, Chord | None]] = field(default_factory=list)
    cuts: dict[Ticks, Cut] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    ending: str = ""
    ending_stops: bool = False
    opens: bool = False
    opens_next: bool = False
    closes: bool = False
    closes_last: bool = False
    times: int = 2
    signs: set[str] = field(default_factory=set)


@dataclass(slots=True)
class PartClock:
    """What is in force in a part.

    Attributes:
        tie_tag: the element that ties notes; <tied> in files that have no <tie>.
        divisions: of a quarter note, in which durations are counted.
        fifths: of the key signature.
        semitones: transposition by staff; staff 0 stands for all others.
        as_before: by staff (0: all), after how many measures the music comes again.
        faults: what was mended, and how often.
    """

    tie_tag: str = "tie"
    divisions: Fraction = Fraction(1)
    fifths: int = 0
    staves: int = 1
    semitones: dict[int, int] = field(default_factory=dict)
    as_before: dict[int, int] = field(default_factory=dict)
    lengths: dict[str, Ticks] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    past: list[Content] = field(default_factory=list)

    def ticks(self, text: str | None) -> Ticks:
        """The length that a <duration> says."""
        length = self.lengths.get(text or "")
        if length is None:
            exact = TICKS * _number(text) / self.divisions
            length = exact.numerator if exact.denominator == 1 else exact
            self.lengths[text or ""] = length
        return length


def _number(text: str | None) -> Fraction:
    if not (match := NUMBER.fullmatch(text or "")):
        raise ValueError(f"{(text or '').strip()[:20] or 'nothing'} stands where a number should")
    return Fraction(match[1])


@lru_cache(1000)
def _whole(text: str | None, least: int, most: int) -> int:
    value = (text or "").strip()
    if not WHOLE.fullmatch(value) or not least <= int(value) <= most:
        raise ValueError(f"{value[:20] or 'nothing'} is no number from {least} to {most}")
    return int(value)


def read_measure(clock: PartClock, measure: Element) -> Content:
    """The content of a part's next measure.

    Raises:
        ValueError: a number in it is none, or is none that music has.
    """
    content = Content()
    for child in measure:
        tag = child.tag
        if tag == "note":
            _note(clock, content, child)
        elif tag == "backup":
            _move(clock, content, -clock.ticks(child.findtext("duration", "0")))
        elif tag == "forward":
            _move(clock, content, clock.ticks(child.findtext("duration", "0")))
        elif tag == "attributes":
            _attributes(clock, content, child)
        elif tag == "direction":
            _direction(clock, content, child)
        elif tag == "sound":
            _sound(content, child)
        elif tag == "harmony":
            _harmony(clock, content, child)
        elif tag == "barline":
            _barline(content, child)
    _fill_in(clock, content)
    clock.past.append(content)
    return content


def _move(clock: PartClock, content: Content, by: Ticks) -> None:
    content.now += by
    if content.now < 0:
        clock.faults[BEFORE_BAR] += 1
        content.now = 0
    content.reach = max(content.reach, content.now)


def _note(clock: PartClock, content: Content, note: Element) -> None:
    fields: dict[str, Element] = {}
    ties = []
    for child in note:
        fields[child.tag] = child
        if child.tag == clock.tie_tag:
            ties.append(child.get("type"))
    if "grace" in fields:
        with suppress(ValueError):
            _grace(clock, content, note, fields)
        return
    duration = fields.get("duration")
    length = _drawn_length(fields) if duration is None else clock.ticks(duration.text)
    if "chord" not in fields:
        content.struck = content.now
        content.now += length
        content.reach = max(content.reach, content.now)
    staff = _whole(fields["staff"].text, 1, MOST_STAVES) if "staff" in fields else 1
    if "pitch" not in fields:
        clock.faults.update([UNPITCHED] * ("unpitched" in fields))
        content.edges += musicxml_markings.markings_of_note(note, Edge(content.struck, "", staff))
        return
    pitch = _pitch(clock, fields["pitch"], staff)
    if "cue" in fields or not length or not 0 <= pitch <= 127:
        clock.faults[CUE if "cue" in fields else OUT_OF_RANGE if length else NO_LENGTH] += 1
        return
    if clock.tie_tag == "tied":
        ties = [tied.get("type") for tied in note.iterfind("notations/tied")]
    tied = ("start" in ties, "stop" in ties)
    voice = (fields["voice"].text or "").strip() if "voice" in fields else ""
    place = Edge(content.struck, "", staff, pitch)
    content.edges += musicxml_markings.markings_of_note(note, place)
    content.edges += musicxml_markings.name_of_note(fields["pitch"], place, clock.fifths)
    content.notes.append(Sounding(content.struck, pitch, length, staff, *tied, voice))


def _grace(clock: PartClock, content: Content, note: Element, fields: dict[str, Element]) -> None:
    if "pitch" in fields and "cue" not in fields:
        staff = _whole(fields["staff"].text, 1, MOST_STAVES) if "staff" in fields else 1
        pitch = max(0, min(127, _pitch(clock, fields["pitch"], staff)))
        place = Edge(content.now, "grace", staff, pitch, is_early=True)
        content.edges += musicxml_markings.markings_of_grace(note, place)


def _drawn_length(fields: dict[str, Element]) -> Ticks:
    """The length of a note whose <duration> is missing, by what is drawn."""
    kind = fields["type"].text if "type" in fields else ""
    ratio = fields.get("time-modification")
    plain = TYPES.get(kind or "", Fraction(0)) * (Fraction(3, 2) if "dot" in fields else 1)
    if ratio is not None:
        plain *= _number(ratio.findtext("normal-notes"))
        plain /= max(_number(ratio.findtext("actual-notes")), Fraction(1))
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
    return SEMITONES[letter] + 12 * (_whole(octave, -1, 10) + 1) + round(float(semitones))


def _attributes(clock: PartClock, content: Content, attributes: Element) -> None:
    for child in attributes:
        tag = child.tag
        if tag == "divisions":
            clock.divisions = max(_number(child.text), Fraction(1, 10**6))
            clock.lengths.clear()
        elif tag == "time":
            _time(content, child)
        elif tag == "key" and (fifths := child.findtext("fifths")) is not None:
            minor = child.findtext("mode", "").strip() == "minor"
            clock.fifths = _whole(fifths, -99, 99)
            content.keys.append((content.now, clock.fifths, minor))
        elif tag == "staves":
            clock.staves = _whole(child.text, 0, MOST_STAVES)
        elif tag == "transpose":
            octaves = _whole(child.findtext("octave-change", "0"), -9, 9)
            moved = _whole(child.findtext("chromatic", "0"), -99, 99) + 12 * octaves
            clock.semitones[int(child.get("number", "0"))] = moved
        elif tag == "measure-style" and (again := child.find("measure-repeat")) is not None:
            staff = int(child.get("number", "0"))
            clock.as_before.pop(staff, None)
            if again.get("type") == "start":
                clock.as_before[staff] = _whole(again.text or "1", 1, 99)


def _time(content: Content, time: Element) -> None:
    """A time signature; several fractions (2/4 + 3/8) are added up."""
    content.free = time.find("senza-misura") is not None
    units = [_whole(unit.text, 1, FINEST_UNIT) for unit in time.iterfind("beat-type")]
    beats = [
        sum(_whole(part, 1, 999) for part in (count.text or "").split("+"))
        for count in time.iterfind("beats")
    ]
    if content.free or not units or len(units) != len(beats):
        return
    unit = max(units)
    count = sum(beat * unit // own for beat, own in zip(beats, units, strict=True))
    if not unit & (unit - 1) and count <= FINEST_UNIT:
        content.metre = Metre(count, unit)


def _direction(clock: PartClock, content: Content, direction: Element) -> None:
    with suppress(ValueError):
        staff = _whole(direction.findtext("staff", "1"), 1, MOST_STAVES)
        place = Edge(max(content.now + _later(clock, direction), 0), "", staff)
        content.edges += musicxml_markings.markings_of_direction(direction, place)
    sound = direction.find("sound")
    signs = set(content.signs)
    if sound is not None:
        _sound(content, sound)
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


def _harmony(clock: PartClock, content: Content, harmony: Element) -> None:
    """A chord symbol; what it draws for no chord that has a name is passed over."""
    with suppress(ValueError):
        at = max(content.now + _later(clock, harmony), 0)
        content.chords.append((at, chord_in(harmony)))


def _later(clock: PartClock, element: Element) -> Ticks:
    """How much later than its place in the file an element stands; earlier, below 0."""
    offset = (element.findtext("offset") or "0").strip()
    return clock.ticks(offset.removeprefix("-")) * (-1 if offset.startswith("-") else 1)


def _sound(content: Content, sound: Element) -> None:
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


def _barline(content: Content, barline: Element) -> None:
    left = barline.get("location", "right") == "left"
    within = barline.get("location") == "middle"
    for child in barline:
        if child.tag == "repeat" and within:
            cut = content.cuts.get(content.now, Cut())
            begins = child.get("direction") == "forward"
            new = cut._replace(opens=True) if begins else Cut(True, cut.opens, _times(child))
            content.cuts[content.now] = new
        elif child.tag == "repeat" and child.get("direction") == "forward":
            content.opens, content.opens_next = content.opens or left, not left
        elif child.tag == "repeat" and left:
            content.closes_last = True
        elif child.tag == "repeat":
            content.closes, content.times = True, _times(child)
        elif child.tag == "ending" and child.get("type") == "start":
            content.ending = child.get("number") or "1"
        elif child.tag == "ending":
            content.ending_stops = True
        elif child.tag in (Sign.SEGNO, Sign.CODA):
            content.signs.add(child.tag)


def _times(repeat: Element) -> int:
    times = repeat.get("times", "")
    return min(max(int(times), 2), MOST_TIMES) if times.isdecimal() else 2


def _fill_in(clock: PartClock, content: Content) -> None:
    """Under a sign that says "as before" the music comes again, where it is not written out."""
    for staff, measures in clock.as_before.items():
        if len(clock.past) < measures or any(staff in (0, note.staff) for note in content.notes):
            continue
        before = clock.past[-measures]
        again = [note for note in before.notes if staff in (0, note.staff)]
        content.notes += again
        content.reach = max([content.reach, *(note.onset + note.duration for note in again)])
        clock.faults[FILLED] += bool(again)
