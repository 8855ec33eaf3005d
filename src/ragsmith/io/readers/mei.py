"""MEI to a Written score; verovio turns MusicXML into it. https://music-encoding.org/guidelines

Of several movements or readings the first is taken. Grace notes are left out: they have no time of
their own. Tremolos are read as held notes, bars that say "as before" as rests.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from xml.etree.ElementTree import Element

from ragsmith.io.readers.exact_score import (
    TICKS,
    Head,
    Written,
    sounds_of,
)
from ragsmith.io.readers.parts import Part, hands_of, take
from ragsmith.io.readers.repeats import Measure, passes_of, repeated_sections
from ragsmith.piece import Key, Metre, Tempo

__all__ = ["read_mei"]

NAMESPACE = "{http://www.music-encoding.org/ns/mei}"
XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
SEMITONES = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
SHARPENED = "fcgdaeb"
"""Letters in the order in which signatures sharpen them; they are flattened from the end."""
ALTERS = {"s": 1, "f": -1, "n": 0, "x": 2, "ss": 2, "ff": -2, "xs": 3, "sx": 3, "ts": 3, "tf": -3}
WHOLES = {
    **{str(2**power): Fraction(1, 2**power) for power in range(12)},
    "breve": Fraction(2),
    "long": Fraction(4),
    "maxima": Fraction(8),
}
"""Durations in whole notes."""
KEYBOARDS = (*range(8), *range(16, 21))
"""General MIDI programs, counted from 0, that two hands play on two staves."""
CHOICES = ("app", "choice", "subst")
"""Several readings of one place; the preferred ones are these, else the first."""
PREFERRED = ("lem", "corr", "reg", "add")
MOST_QUARTERS_PER_MINUTE = 9999
SILENT = ("graceGrp", "mRest", "mSpace", "mRpt", "multiRest")
"""What holds nothing that sounds or takes time; a measure with nothing else is a full bar."""


COMMON_TIME = Metre(4, 4)


@dataclass(slots=True)
class Score:
    """What has been read so far. `places` are the onsets of heads by their ids; `alters` the
    accidentals in force in this bar, used where a file gives none for each note."""

    now: int = 0
    metre: Metre = COMMON_TIME
    fifths: int = 0
    passes: tuple[int, ...] = ()
    opens: bool = False
    marks_each_note: bool = True
    staves: dict[int, int] = field(default_factory=dict)
    labels: set[str] = field(default_factory=set)
    programs: set[int] = field(default_factory=set)
    alters: dict[tuple[int, str, int], int] = field(default_factory=dict)
    heads: list[Head] = field(default_factory=list)
    by_id: dict[str, int] = field(default_factory=dict)
    sounding_octave: set[int] = field(default_factory=set)
    measures: list[Measure] = field(default_factory=list)
    keys: dict[int, Key] = field(default_factory=dict)
    tempos: dict[int, Tempo] = field(default_factory=dict)
    as_before: int = 0


def read_mei(root: Element, wish: str | None = None) -> Written:
    """The score in an MEI document.

    Raises:
        ValueError, ArithmeticError: it is not sound MEI.
        xml.etree.ElementTree.ParseError: it is not XML.
    """
    for element in root.iter():
        element.tag = element.tag.removeprefix(NAMESPACE)
    body = root.find(".//score")
    if body is None:
        raise ValueError("it has no score")
    score = Score(marks_each_note=any("accid.ges" in e.attrib for e in body.iter()))
    _walk(score, body)
    _tie(score, body)
    _shift_octaves(score, body)
    parts = [Part("", (), tuple(sorted(score.staves)))]
    taken = take(parts, wish)
    hands = hands_of(parts, taken)
    sections, order = repeated_sections(score.measures)
    repairs = [f"{score.as_before} bars that say 'as before' read as rests"]
    return Written(
        sounds_of(score.heads, score.measures, hands),
        tuple(score.measures),
        tuple(score.keys[tick] for tick in sorted(score.keys)),
        tuple(score.tempos[tick] for tick in sorted(score.tempos)),
        sections,
        order,
        _text(root, ".//titleStmt/title", ".//workList//title"),
        _text(root, ".//persName[@role='composer']", ".//composer"),
        tuple(repairs) if score.as_before else (),
    )


def _text(root: Element, *paths: str) -> str:
    for path in paths:
        found = root.find(path)
        if found is not None and (text := " ".join("".join(found.itertext()).split())):
            return text
    return ""


def _children(element: Element) -> list[Element]:
    """What stands in an element; of a choice, only the reading that is taken."""
    children = list(element)
    if element.tag not in CHOICES or not children:
        return children
    return [next((c for name in PREFERRED for c in children if c.tag == name), children[0])]


def _number(element: Element, name: str, default: int, most: int = 999) -> int:
    number = int(element.get(name, default))
    if not -most <= number <= most:
        raise ValueError(f"{name} is {number}")
    return number


def _walk(score: Score, element: Element) -> None:
    """Reads what stands in sections, endings and definitions, in order."""
    for child in _children(element):
        if child.tag == "measure":
            _measure(score, child)
        elif child.tag == "ending":
            outer = score.passes
            score.passes = passes_of(child.get("n", ""))
            _walk(score, child)
            score.passes = outer
        elif child.tag in ("section", "staffGrp", *CHOICES, *PREFERRED, "rdg", "orig", "sic"):
            _walk(score, child)
        elif child.tag in ("scoreDef", "staffDef"):
            _definition(score, child)
            _walk(score, child)
        elif child.tag in ("keySig", "meterSig"):
            _definition(score, child)


def _definition(score: Score, element: Element) -> None:
    """Metre, key, tempo and instrument, as attributes or as elements of their own."""
    get = element.get
    signature, metre = element.tag == "keySig", element.tag == "meterSig"
    count = get("count" if metre else "meter.count", "")
    unit = get("unit" if metre else "meter.unit", "")
    symbol = get("sym" if metre else "meter.sym")
    beats = sum(int(part) for part in re.findall(r"\d{1,2}", count))
    if beats and unit.isdecimal() and int(unit):
        score.metre = Metre(beats, int(unit))
    elif symbol in ("common", "cut"):
        score.metre = Metre(4, 4) if symbol == "common" else Metre(2, 2)
    key = get("sig") if signature else get("keysig", get("key.sig"))
    if key and (found := re.fullmatch(r"([0-7])([sf]?)", key)):
        score.fifths = int(found[1]) * (-1 if found[2] == "f" else 1)
        mode = get("mode" if signature else "key.mode")
        score.keys[score.now] = Key(score.now, score.fifths, mode == "minor")
    _tempo(score, element, score.now)
    if element.tag == "staffDef":
        score.staves[_number(element, "n", 1)] = _number(element, "trans.semi", 0)
        score.labels |= {text for e in element.iter("label") if (text := "".join(e.itertext()))}
        programs = (e.get("midi.instrnum", "") for e in element.iter("instrDef"))
        score.programs |= {int(program) for program in programs if program.isdecimal()}


def _tempo(score: Score, element: Element, tick: int) -> None:
    """`midi.bpm` counts quarter notes; `mm` counts notes of `mm.unit` with `mm.dots`."""
    quarters = float(element.get("midi.bpm", 0))
    unit = WHOLES.get(element.get("mm.unit", "4"))
    if not quarters and unit and (count := element.get("mm")):
        quarters = float(count) * 4 * float(_dotted(unit, _number(element, "mm.dots", 0, 4)))
    if 1 <= quarters <= MOST_QUARTERS_PER_MINUTE:
        score.tempos[tick] = Tempo(tick, round(60_000_000 / quarters))


def _measure(score: Score, measure: Element) -> None:
    start = score.now
    score.alters.clear()
    ends = [start]
    for staff in measure.iterfind("staff"):
        number = _number(staff, "n", 1)
        for layer in staff.iterfind("layer"):
            score.now = start
            _events(score, layer, number, Fraction(1))
            ends.append(score.now)
    bars = max((_number(e, "num", 1) for e in measure.iter("multiRest")), default=1)
    full = score.metre.beats * 4 * TICKS // score.metre.unit
    length = max(ends) - start or full * bars
    for element in measure.iterfind("tempo"):
        beats = min(max(float(element.get("tstamp", 1)) - 1, 0), score.metre.beats)
        _tempo(score, element, start + round(beats * 4 * TICKS / score.metre.unit))
    opens = score.opens or measure.get("left") in ("rptstart", "rptboth")
    closes = measure.get("right") in ("rptend", "rptboth")
    score.measures.append(Measure(start, length, score.metre, opens, closes, score.passes))
    score.opens = measure.get("right") in ("rptstart", "rptboth")
    score.now = start + length


def _events(score: Score, element: Element, staff: int, scale: Fraction) -> None:
    """Reads what stands in a layer, one thing after another; `scale` is that of the tuplets."""
    for child in _children(element):
        if child.get("grace") or child.tag in SILENT:
            score.as_before += child.tag == "mRpt"
        elif child.tag in ("note", "chord", "rest", "space"):
            length = round(_length(child) * scale * TICKS)
            for note in child.iter("note"):
                own = _length(note) if note.get("dur") else _length(child)
                _note(score, note, staff, round(own * scale * TICKS))
            score.now += length
        elif child.tag == "tuplet":
            ratio = Fraction(_number(child, "numbase", 2), _number(child, "num", 3))
            _events(score, child, staff, scale * ratio)
        elif child.tag in ("keySig", "meterSig"):
            _definition(score, child)
        elif child.tag == "fTrem":
            _events(score, child, staff, scale / 2)
        else:
            _events(score, child, staff, scale)


def _length(element: Element) -> Fraction:
    """In quarter notes."""
    value = element.get("dur")
    if value and value not in WHOLES:
        raise ValueError(f"dur is {value}")
    whole = WHOLES[value] if value else Fraction(0)
    return _dotted(4 * whole, _number(element, "dots", 0, 4))


def _dotted(value: Fraction, dots: int) -> Fraction:
    return value * (2 - Fraction(1, 1 << dots))


def _note(score: Score, note: Element, staff: int, length: int) -> None:
    letter = note.get("pname", "")
    if letter not in SEMITONES:
        return
    octave = _number(note, "oct", 4)
    semitones = SEMITONES[letter] + _alter(score, note, staff, letter, octave)
    pitch = 12 * (_number(note, "oct.ges", octave) + 1) + semitones + score.staves.get(staff, 0)
    if not 0 <= pitch <= 127 or not length:
        return
    place = len(score.heads)
    score.by_id[note.get(XML_ID, "")] = place
    if "oct.ges" in note.attrib:
        score.sounding_octave.add(place)
    tie = note.get("tie", "")
    to_next, to_last = "i" in tie or "m" in tie, "t" in tie or "m" in tie
    score.heads.append(Head(score.now, pitch, length, staff, to_next, to_last))


def _alter(score: Score, note: Element, staff: int, letter: str, octave: int) -> int:
    """Semitones that the accidental adds: the note's own, else the bar's, else the signature's."""
    marks = [note, *note.iterfind("accid")]
    for name in ("accid.ges", "accid"):
        for mark in marks:
            if mark.get(name) in ALTERS:
                alter = score.alters[staff, letter, octave] = ALTERS[mark.attrib[name]]
                return alter
    if score.marks_each_note:
        return 0
    place = SHARPENED.index(letter)
    flat = score.fifths < 0 and place >= 7 + score.fifths
    signature = int(place < score.fifths) - int(flat)
    return score.alters.get((staff, letter, octave), signature)


def _place(score: Score, element: Element, name: str) -> int | None:
    return score.by_id.get(element.get(name, "").removeprefix("#"))


def _tie(score: Score, body: Element) -> None:
    """Marks the heads that `tie` elements join."""
    for tie in body.iter("tie"):
        start, end = _place(score, tie, "startid"), _place(score, tie, "endid")
        if start is not None:
            score.heads[start] = score.heads[start]._replace(to_next=True)
        if end is not None:
            score.heads[end] = score.heads[end]._replace(to_last=True)


def _shift_octaves(score: Score, body: Element) -> None:
    """Moves what stands under an octave line, unless the file says how it sounds."""
    for line in body.iter("octave"):
        start, end = _place(score, line, "startid"), _place(score, line, "endid")
        if start is None or end is None:
            continue
        first, last = score.heads[start], score.heads[end]
        octaves = {"8": 1, "15": 2, "22": 3}.get(line.get("dis", ""), 0)
        up = 12 * octaves * (-1 if line.get("dis.place") == "below" else 1)
        for place, head in enumerate(score.heads):
            inside = head.staff == first.staff and first.onset <= head.onset <= last.onset
            if inside and place not in score.sounding_octave and 0 <= head.pitch + up <= 127:
                score.heads[place] = head._replace(pitch=head.pitch + up)
