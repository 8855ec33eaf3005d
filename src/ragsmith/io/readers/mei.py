"""MEI to a Written score. https://music-encoding.org/guidelines

All movements are read, one after another; of several readings one place is taken. Incipits in the
header are quotations and no music.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from xml.etree.ElementTree import Element

from ragsmith.io.readers.exact_score import TICKS, Head, Written, sounds_of
from ragsmith.io.readers.markings import Edge, joined
from ragsmith.io.readers.mei_layers import (
    WHOLES,
    XML_ID,
    Score,
    Span,
    children,
    dotted,
    number,
    read_layer,
    signature,
)
from ragsmith.io.readers.mei_markings import CONTROLS, markings_of_control
from ragsmith.io.readers.parts import Part, hands_of, take
from ragsmith.io.readers.repeats import (
    Measure,
    Sign,
    cut_up,
    listed_sections,
    passes_of,
    repeated_sections,
    signs_in,
)
from ragsmith.piece import Key, Metre, Section, Tempo

__all__ = ["OnlyParts", "read_mei"]

CONTAINERS = ("section", "staffGrp", "app", "choice", "subst", "lem", "corr", "reg", "add")
CONTAINERS_TOO = ("rdg", "orig", "sic", "supplied", "expan", "unclear", "meterSigGrp")
MARKS = {
    "daCapo": Sign.DA_CAPO,
    "dalSegno": Sign.DAL_SEGNO,
    "segno": Sign.SEGNO,
    "coda": Sign.CODA,
    "fine": Sign.FINE,
}
MOST_QUARTERS_PER_MINUTE = 9999
MOST_RESTS = 200


class OnlyParts(ValueError):
    """The file has several parts one by one, and no score of them."""


def read_mei(root: Element, wish: str | None = None) -> Written:
    """The score in an MEI document.

    Args:
        root: <mei>.
        wish: which part to read; see `ragsmith.io.readers.parts.take`.

    Raises:
        ValueError, ArithmeticError: it is not sound MEI, or has no score.
        BadOption: it has no such part.
    """
    music = root.find("music")
    movements = _movements(root if music is None else music)
    if not movements:
        raise ValueError("it has no score") if root.find(".//part") is None else OnlyParts
    score = _read(root, movements, marks_each_note=True)
    if score.unmarked > score.marked:
        score = _read(root, movements, marks_each_note=False)
    parts = _parts(movements, score)
    taken = take(parts, wish)
    whole = enumerate(score.measures)
    measures = [part for place, m in whole for part in cut_up(m, score.cuts.get(place, {}))]
    sections, order = _sections(score, measures)
    hands = hands_of(parts, taken)
    return Written(
        sounds_of(score.heads, measures, hands, parts),
        tuple(measures),
        tuple(score.keys[tick] for tick in sorted(score.keys)),
        tuple(score.tempos[tick] for tick in sorted(score.tempos)),
        sections,
        order,
        _text(root, ".//titleStmt/title", ".//workList//title"),
        _text(root, ".//persName[@role='composer']", ".//composer"),
        tuple(f"{fault}: {count}" for fault, count in score.faults.items()),
        taken,
        markings=joined([*score.edges, *_controls(score)], hands),
    )


def _movements(music: Element) -> list[Element]:
    """The first score of each movement; where its parts stand one by one, the only one."""
    movements = [score for m in music.iter("mdiv") if (score := m.find("score")) is not None]
    if not movements:
        alone = music.findall(".//score")[:1] or music.findall(".//parts/part")
        movements = alone if len(alone) == 1 else []
    return movements


def _read(root: Element, movements: list[Element], marks_each_note: bool) -> Score:
    score = Score(marks_each_note=marks_each_note)
    score.by_name = {e.attrib[XML_ID]: e for e in root.iter() if XML_ID in e.attrib}
    for body in movements:
        score.spans.update(_spans(body))
        score.per_quarter = _per_quarter(body) or score.per_quarter
        score.fifths, score.semitones = {}, {}
        _walk(score, body)
        _tie(score, body)
    _shift_octaves(score)
    return score


def _spans(body: Element) -> Iterator[tuple[str, Span]]:
    """Tuplets that stand beside the notes, by the ids of their first notes."""
    for span in body.iter("tupletSpan"):
        ids = span.get("plist", "").split() or [span.get("startid", ""), span.get("endid", "")]
        ratio = Fraction(number(span, "numbase", 2), number(span, "num", 3))
        yield ids[0].removeprefix("#"), Span(ratio, ids[-1].removeprefix("#"))


def _per_quarter(body: Element) -> int:
    """What `dur.ppq` counts of a quarter; where the file does not say, a plain note shows it."""
    for element in body.iter():
        if "ppq" in element.attrib:
            return number(element, "ppq", 0, 10**6)
    for note in body.iter("note"):
        whole = WHOLES.get(note.get("dur", ""))
        if whole and "dur.ppq" in note.attrib and "dots" not in note.attrib:
            return round(number(note, "dur.ppq", 0, 10**7) / (4 * whole))
    return 0


def _text(root: Element, *paths: str) -> str:
    for path in paths:
        element = root.find(path)
        if element is not None and (text := " ".join("".join(element.itertext()).split())):
            return text
    return ""


def _walk(score: Score, element: Element, staff: int = 0) -> None:
    """Reads what stands in sections, endings and definitions, in order."""
    for child in children(score, element):
        start = score.now
        if child.tag == "measure":
            _measure(score, child)
        elif child.tag == "expansion" and not score.expansion:
            score.expansion = tuple(child.get("plist", "").replace("#", "").split())
        elif child.tag == "ending":
            outer = score.passes
            score.passes = passes_of(child.get("n", ""))
            _walk(score, child)
            score.passes = outer
        elif child.tag in CONTAINERS or child.tag in CONTAINERS_TOO:
            _walk(score, child, staff)
        elif child.tag in ("scoreDef", "staffDef"):
            own = number(child, "n", 1) if child.tag == "staffDef" else 0
            _definition(score, child, own)
            _walk(score, child, own)
        elif child.tag in ("keySig", "meterSig"):
            _definition(score, child, staff)
        if score.now > start and XML_ID in child.attrib:
            score.stretches[child.attrib[XML_ID]] = start, score.now


def _sections(score: Score, measures: list[Measure]) -> tuple[tuple[Section, ...], tuple[str, ...]]:
    """Sections and playing order: as the file lists them, else by its repeat signs."""
    if score.expansion and all(name in score.stretches for name in score.expansion):
        return listed_sections([score.stretches[name] for name in score.expansion], score.now)
    return repeated_sections(measures)


def _definition(score: Score, element: Element, staff: int) -> None:
    """Metre, key, transposition and tempo, as attributes or as elements of their own."""
    get = element.get
    is_key, is_metre = element.tag == "keySig", element.tag == "meterSig"
    count = get("count" if is_metre else "meter.count", "")
    unit = get("unit" if is_metre else "meter.unit", "")
    symbol = get("sym" if is_metre else "meter.sym")
    beats = sum(int(part) for part in re.findall(r"\d{1,2}", count))
    if beats and unit.isdecimal() and int(unit):
        score.metre = Metre(beats, int(unit))
    elif symbol in ("common", "cut"):
        score.metre = Metre(4, 4) if symbol == "common" else Metre(2, 2)
    text = get("sig") if is_key else get("keysig", get("key.sig"))
    if text and (sharps := signature(text)) is not None:
        if not staff:
            score.fifths.clear()
        score.fifths[staff] = sharps
        mode = get("mode" if is_key else "key.mode")
        key = Key(score.now, sharps, mode == "minor")
        score.keys[score.now] = key if not staff else score.keys.get(score.now, key)
    if "dur.default" in element.attrib:
        score.usual[staff] = element.attrib["dur.default"]
    if "trans.semi" in element.attrib:
        score.semitones[staff] = number(element, "trans.semi", 0)
    _tempo(score, element, score.now)


def _tempo(score: Score, element: Element, tick: int) -> None:
    """`midi.bpm` counts quarter notes; `mm` counts notes of `mm.unit` with `mm.dots`."""
    quarters = float(element.get("midi.bpm", 0))
    unit = WHOLES.get(element.get("mm.unit", "4"))
    if not quarters and unit and (count := element.get("mm")):
        quarters = float(count) * 4 * float(dotted(unit, number(element, "mm.dots", 0, 4)))
    if 1 <= quarters <= MOST_QUARTERS_PER_MINUTE:
        score.tempos[tick] = Tempo(tick, round(60_000_000 / quarters))


def _measure(score: Score, measure: Element) -> None:
    start = score.now
    score.alters.clear()
    inside = children(score, measure)
    ends = [start]
    for staff in (child for child in inside if child.tag == "staff"):
        place = number(staff, "n", 1)
        layers = [child for child in children(score, staff) if child.tag == "layer"]
        ends += (read_layer(score, layer, place) for layer in layers)
    for child in inside:
        if child.tag == "tempo":
            _tempo(score, child, start + _beats(score.metre, child.get("tstamp", "1")))
        elif child.tag in CONTROLS:
            score.controls.append((len(score.measures), child))
        elif child.tag == "octave":
            score.lines.append((len(score.measures), child))
    signs = frozenset(_signs(inside))
    full = score.metre.beats * 4 * TICKS // score.metre.unit
    rests = [number(e, "num", 1, MOST_RESTS) for e in measure.iter("multiRest")]
    length = max(ends) - start
    for bar in range(1 if length else max([1, *rests])):
        _bar(score, measure, length or full, signs, first=not bar)
    score.opens = measure.get("right") in ("rptstart", "rptboth")


def _bar(score: Score, measure: Element, length: int, signs: frozenset[str], first: bool) -> None:
    opens = first and (score.opens or measure.get("left") in ("rptstart", "rptboth"))
    closes = measure.get("right") in ("rptend", "rptboth")
    is_free = measure.get("metcon") == "false"
    start = score.now
    score.measures.append(
        Measure(start, length, score.metre, opens, closes, score.passes, 2, signs, is_free)
    )
    score.now += length


def _signs(inside: list[Element]) -> Iterator[str]:
    """Segno, coda, D.C. and the like in a measure."""
    for child in inside:
        if child.tag == "repeatMark" and child.get("func") in MARKS:
            yield MARKS[child.attrib["func"]]
        elif child.tag in ("dir", "repeatMark"):
            yield from signs_in(" ".join("".join(child.itertext()).split()))


def _beats(metre: Metre, text: str) -> int:
    """Ticks from the barline to a beat, counted from 1."""
    beats = min(max(float(text) - 1, 0), metre.beats)
    return round(beats * 4 * TICKS / metre.unit)


def _place(score: Score, element: Element, name: str) -> int | None:
    target = element.get(name, "").removeprefix("#")
    return score.by_id.get(target) if target else None


def _tie(score: Score, body: Element) -> None:
    """Marks the heads that `tie` elements join."""
    for tie in body.iter("tie"):
        start, end = _place(score, tie, "startid"), _place(score, tie, "endid")
        if start is not None and end is None and "endid" not in tie.attrib:
            end = _next_place(score.heads, start)
        if start is not None:
            score.heads[start] = score.heads[start]._replace(to_next=True)
        if end is not None:
            score.heads[end] = score.heads[end]._replace(to_last=True)


def _next_place(heads: list[Head], place: int) -> int | None:
    """The note that follows on the same pitch and staff, where one is struck when this one ends."""
    tied = heads[place]
    wanted = (tied.onset + tied.duration, tied.pitch, tied.staff)
    return next((n for n, h in enumerate(heads) if (h.onset, h.pitch, h.staff) == wanted), None)


def _shift_octaves(score: Score) -> None:
    """Moves what stands under an octave line, unless the file says how notes under it sound."""
    for bar, line in score.lines:
        begins, ends = (score.events.get(line.get(n, "")[1:]) for n in ("startid", "endid"))
        first = begins.onset if begins else _moment(score, bar, line)
        last = ends.onset if ends else _end_moment(score, bar, line)
        staff = begins.staff if begins else number(line, "staff", 1)
        octaves = {"8": 1, "15": 2, "22": 3}.get(line.get("dis", ""), 0)
        up = 12 * octaves * (-1 if line.get("dis.place") == "below" else 1)
        under = [
            place
            for place, head in enumerate(score.heads)
            if head.staff == staff and first <= head.onset <= last
        ]
        for place in under if score.sounding_octave.isdisjoint(under) else ():
            pitch = score.heads[place].pitch + up
            if 0 <= pitch <= 127:
                score.heads[place] = score.heads[place]._replace(pitch=pitch)


def _moment(score: Score, bar: int, line: Element) -> int:
    measure = score.measures[bar]
    return measure.start + _beats(measure.metre, line.get("tstamp", "1"))


def _end_moment(score: Score, bar: int, line: Element) -> int:
    """Where `tstamp2` ("1m+3", a bar later at its third beat) points; nowhere without it."""
    match = re.fullmatch(r"(?:(\d{1,3})m\s*\+\s*)?(\d{1,3}(?:\.\d{1,6})?)", line.get("tstamp2", ""))
    if not match:
        return -1
    measure = score.measures[min(bar + int(match[1] or 0), len(score.measures) - 1)]
    return measure.start + _beats(measure.metre, match[2])


def _controls(score: Score) -> Iterator[Edge]:
    """The markings beside the staves."""
    for bar, control in score.controls:
        if bar >= len(score.measures):
            continue
        firsts = _edges(score, bar, control, "startid", _moment(score, bar, control))
        until = _end_moment(score, bar, control)
        lasts = _edges(score, bar, control, "endid", until)
        last = lasts[-1] if until >= 0 or "endid" in control.attrib else None
        for first in firsts if control.tag == "arpeg" else firsts[-1:]:
            yield from markings_of_control(control, first, last)


def _edges(score: Score, bar: int, control: Element, name: str, tick: int) -> list[Edge]:
    """Where a control event stands: on the notes that it names, else at a tick."""
    named = control.get("plist", "") if name == "startid" else ""
    ids = [text.removeprefix("#") for text in (named or control.get(name, "")).split()]
    graces = [score.grace_places[text] for text in ids if text in score.grace_places]
    if graces:
        return graces
    places = [place for text in ids for place in score.by_chord.get(text, [])]
    places += [score.by_id[text] for text in ids if text in score.by_id]
    heads = [score.heads[place] for place in dict.fromkeys(places)]
    staff = control.get("staff", "1").split()[0]
    there = Edge(tick, "", int(staff) if staff.isdecimal() else 1)
    return [Edge(head.onset, "", head.staff, head.pitch) for head in heads] or [there]


def _parts(movements: list[Element], score: Score) -> list[Part]:
    """The parts: staves in a brace are one, so are staves that no label names."""
    parts: list[Part] = []
    seen: set[int] = set()

    def add(names: tuple[str, ...], staves: list[Element]) -> None:
        places = tuple(n for s in staves if (n := number(s, "n", 1)) not in seen)
        seen.update(places)
        if places:
            programs = [e.get("midi.instrnum", "") for s in staves for e in s.iter("instrDef")]
            program = next((int(p) for p in programs if re.fullmatch(r"\d{1,3}", p)), None)
            notes = sum(head.staff in places for head in score.heads)
            parts.append(Part(names[0], names[1:], places, program, notes))

    for body in movements:
        for group in body.iter("staffGrp"):
            staves = group.findall("staffDef")
            sign = group.find("grpSym")
            symbol = group.get("symbol") or ("" if sign is None else sign.get("symbol"))
            if symbol == "brace" and not any(_names(s)[0] for s in staves[1:]):
                add((*_names(staves[0]), *_names(group)) if staves else ("",), staves)
        staves = list(body.iter("staffDef"))
        for staff in staves:
            if any(_names(staff)):
                add(_names(staff), [staff])
        add(("",), staves)
    add(("",), [Element("staffDef", n=str(n)) for n in sorted({h.staff for h in score.heads})])
    return parts


def _names(element: Element) -> tuple[str, ...]:
    """Name, abbreviation and instrument."""
    instrument = element.find("instrDef")
    return (
        element.get("label") or _text(element, "label"),
        element.get("label.abbr") or _text(element, "labelAbbr"),
        "" if instrument is None else instrument.get("midi.instrname", "").replace("_", " "),
    )
