"""A measure of a MusicXML part, by its own clock: <duration>, <backup> and <forward>.
https://www.w3.org/2021/06/musicxml40

What is drawn (note types, tuplet brackets, octave lines, accidentals) is passed over: <duration>
says how long a note lasts, <pitch> how it sounds. Cue notes are left out: they are not played.
"""

from __future__ import annotations

from fractions import Fraction
from xml.etree.ElementTree import Element

from ragsmith.io.readers.exact_score import Ticks
from ragsmith.io.readers.musicxml_content import MOST_STAVES, Content, PartClock, number, whole
from ragsmith.io.readers.musicxml_directions import add_direction, add_harmony, add_sound
from ragsmith.io.readers.musicxml_note import add_note
from ragsmith.io.readers.repeats import MOST_TIMES, Cut, Sign
from ragsmith.piece import Metre

__all__ = ["read_measure"]

FINEST_UNIT = 128
FILLED = "bars that say 'as before' filled in"
BEFORE_BAR = "steps back over a barline cut"


def read_measure(clock: PartClock, measure: Element) -> Content:
    """The content of a part's next measure.

    Raises:
        ValueError: a number in it is none, or is none that music has.
    """
    content = Content()
    for child in measure:
        tag = child.tag
        if tag == "note":
            add_note(clock, content, child)
        elif tag == "backup":
            _move(clock, content, -clock.ticks(child.findtext("duration", "0")))
        elif tag == "forward":
            _move(clock, content, clock.ticks(child.findtext("duration", "0")))
        elif tag == "attributes":
            _attributes(clock, content, child)
        elif tag == "direction":
            add_direction(clock, content, child)
        elif tag == "sound":
            add_sound(content, child)
        elif tag == "harmony":
            add_harmony(clock, content, child)
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


def _attributes(clock: PartClock, content: Content, attributes: Element) -> None:
    for child in attributes:
        tag = child.tag
        if tag == "divisions":
            clock.divisions = max(number(child.text), Fraction(1, 10**6))
            clock.lengths.clear()
        elif tag == "time":
            _time(content, child)
        elif tag == "key" and (fifths := child.findtext("fifths")) is not None:
            minor = child.findtext("mode", "").strip() == "minor"
            clock.fifths = whole(fifths, -99, 99)
            content.keys.append((content.now, clock.fifths, minor))
        elif tag == "staves":
            clock.staves = whole(child.text, 0, MOST_STAVES)
        elif tag == "transpose":
            octaves = whole(child.findtext("octave-change", "0"), -9, 9)
            moved = whole(child.findtext("chromatic", "0"), -99, 99) + 12 * octaves
            clock.semitones[int(child.get("number", "0"))] = moved
        elif tag == "measure-style" and (again := child.find("measure-repeat")) is not None:
            staff = int(child.get("number", "0"))
            clock.as_before.pop(staff, None)
            if again.get("type") == "start":
                clock.as_before[staff] = whole(again.text or "1", 1, 99)


def _time(content: Content, time: Element) -> None:
    """A time signature; several fractions (2/4 + 3/8) are added up."""
    content.free = time.find("senza-misura") is not None
    units = [whole(unit.text, 1, FINEST_UNIT) for unit in time.iterfind("beat-type")]
    beats = [
        sum(whole(part, 1, 999) for part in (count.text or "").split("+"))
        for count in time.iterfind("beats")
    ]
    if content.free or not units or len(units) != len(beats):
        return
    unit = max(units)
    count = sum(beat * unit // own for beat, own in zip(beats, units, strict=True))
    if not unit & (unit - 1) and count <= FINEST_UNIT:
        content.metre = Metre(count, unit)


def _barline(content: Content, barline: Element) -> None:
    left = barline.get("location", "right") == "left"
    within = barline.get("location") == "middle"
    for child in barline:
        if child.tag == "repeat" and within:
            _cut(content, child)
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


def _cut(content: Content, repeat: Element) -> None:
    """A repeat sign within the measure."""
    cut = content.cuts.get(content.now, Cut())
    begins = repeat.get("direction") == "forward"
    new = cut._replace(opens=True) if begins else Cut(True, cut.opens, _times(repeat))
    content.cuts[content.now] = new


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
