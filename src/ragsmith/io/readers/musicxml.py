"""MusicXML to a Written score, partwise or timewise. https://www.w3.org/2021/06/musicxml40

Time goes by what the file says in numbers; see `musicxml_measure`. A measure lasts as long as what
the parts that are read have in it. Where that is less than its metre, and another part goes
further, it lasts that long.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from ragsmith.chords import ChordMark
from ragsmith.io.readers.exact_score import TICKS, Head, Ticks, Written, sounds_of
from ragsmith.io.readers.markings import Edge, joined
from ragsmith.io.readers.musicxml_content import MOST_STAVES, Content, PartClock
from ragsmith.io.readers.musicxml_measure import read_measure
from ragsmith.io.readers.parts import Part, Taken, hands_of, take
from ragsmith.io.readers.repeats import Measure, Sign, cut_up, passes_of, repeated_sections
from ragsmith.piece import Key, Metre, Tempo

__all__ = ["read_musicxml"]

ROUNDING = TICKS // 64
"""Ticks by which rounded durations may leave a measure too long or too short."""
STAVES = MOST_STAVES + 1
COMMON_TIME = Metre(4, 4)


@dataclass(slots=True)
class Voicing:
    """A part, read: its measures, and what the file says of it."""

    part: Part
    contents: list[Content]
    faults: Counter[str]


@dataclass(slots=True)
class Layout:
    """What has been laid end to end so far; see `Written`. `now` is exact."""

    now: Ticks = 0
    metre: Metre = COMMON_TIME
    has_own_metre: bool = False
    is_free: bool = False
    passes: tuple[int, ...] = ()
    opens: bool = False
    measures: list[Measure] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)
    keys: dict[int, Key] = field(default_factory=dict)
    tempos: dict[int, Tempo] = field(default_factory=dict)
    chords: dict[int, ChordMark] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)


def read_musicxml(root: Element, wish: str | None = None) -> Written:
    """The score in a MusicXML document.

    Args:
        root: <score-partwise> or <score-timewise>.
        wish: which part to read; see `ragsmith.io.readers.parts.take`.

    Raises:
        ValueError, ArithmeticError: it is not sound MusicXML.
        BadOption: it has no such part.
    """
    voicings = list(_voicings(root))
    parts = [voicing.part for voicing in voicings]
    taken = take(parts, wish)
    layout = Layout()
    implicit = _implicit(root)
    for number in range(max((len(v.contents) for v in voicings), default=0)):
        _lay(layout, voicings, taken, number, number in implicit)
    faults = sum((voicings[place].faults for place in taken.places), Counter[str]())
    measures = _with_coda_signs(layout.measures)
    sections, order = repeated_sections(measures)
    hands = hands_of(parts, taken)
    return Written(
        sounds_of(layout.heads, measures, hands, parts),
        tuple(measures),
        tuple(layout.keys.values()),
        tuple(layout.tempos.values()),
        sections,
        order,
        _title(root),
        _text(root.find("identification/creator[@type='composer']")),
        tuple(f"{fault}: {count}" for fault, count in faults.items()),
        taken,
        tuple(mark for _, mark in sorted(layout.chords.items())),
        joined(layout.edges, hands),
    )


def _text(element: Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


def _title(root: Element) -> str:
    titles = (c for c in root.iterfind("credit") if c.findtext("credit-type") == "title")
    credit = next(titles, None)
    return (
        _text(root.find("movement-title"))
        or _text(root.find("work/work-title"))
        or _text(None if credit is None else credit.find("credit-words"))
    )


def _columns(root: Element) -> dict[str, list[Element]]:
    """The measures of each part, by its id."""
    columns: dict[str, list[Element]] = {}
    if root.tag == "score-timewise":
        for measure in root.iterfind("measure"):
            for part in measure.iterfind("part"):
                columns.setdefault(part.get("id", ""), []).append(part)
    for part in root.iterfind("part"):
        columns.setdefault(part.get("id", ""), []).extend(part.iterfind("measure"))
    return columns


def _implicit(root: Element) -> set[int]:
    """Places of the measures that need not fill their metre."""
    first = root if root.tag == "score-timewise" else root.find("part")
    measures = [] if first is None else first.findall("measure")
    return {place for place, m in enumerate(measures) if m.get("implicit") == "yes"}


def _voicings(root: Element) -> Iterator[Voicing]:
    described = _described(root)
    tie_tag = "tie" if next(root.iter("tie"), None) is not None else "tied"
    for place, (name, measures) in enumerate(_columns(root).items()):
        clock = PartClock(tie_tag)
        contents = [read_measure(clock, measure) for measure in measures]
        staves = {note.staff for content in contents for note in content.notes}
        most = max(clock.staves, *staves, 1) if staves else clock.staves
        part = described.get(name, Part(""))
        yield Voicing(
            Part(
                part.name,
                part.others,
                tuple(place * STAVES + staff for staff in range(1, most + 1)),
                part.program,
                sum(len(content.notes) for content in contents),
            ),
            contents,
            clock.faults,
        )


def _described(root: Element) -> dict[str, Part]:
    """What the part list says, by the ids of parts."""
    groups: dict[str, str] = {}
    parts: dict[str, Part] = {}
    for child in root.iterfind("part-list/*"):
        if child.tag == "part-group":
            groups.pop(child.get("number", "1"), None)
            if child.get("type") == "start":
                label = child.findtext("group-name") or child.findtext("group-abbreviation")
                groups[child.get("number", "1")] = label or ""
        elif child.tag == "score-part":
            tags = ("part-abbreviation", "score-instrument/instrument-name")
            others = [_text(child.find(tag)) for tag in tags]
            program = re.fullmatch(r"\d{1,3}", child.findtext("midi-instrument/midi-program", ""))
            parts[child.get("id", "")] = Part(
                _text(child.find("part-name")),
                (others[0], *groups.values(), others[1]),
                program=int(program[0]) - 1 if program else None,
            )
    return parts


def _lay(
    layout: Layout, voicings: Sequence[Voicing], taken: Taken, number: int, implicit: bool
) -> None:
    """Puts the next measure of all parts after those before it."""
    everywhere = [v.contents[number] for v in voicings if number < len(v.contents)]
    read = [voicings[place] for place in taken.places if number < len(voicings[place].contents)]
    _change_metre(layout, [v.contents[number] for v in read], everywhere)
    for content in everywhere:
        if content.ending:
            layout.passes = passes_of(content.ending)
    start = round(layout.now)
    for voicing in read:
        _lay_part(layout, voicing.contents[number], voicing.part.staves[0] - 1)
    length = _length(layout, [v.contents[number] for v in read], everywhere, implicit)
    for content in everywhere:
        for tick, quarters in content.tempos:
            at = round(layout.now + tick)
            layout.tempos.setdefault(at, Tempo(at, round(60_000_000 / quarters)))
        for tick, chord in content.chords:
            at = round(layout.now + tick)
            layout.chords.setdefault(at, ChordMark(at, chord))
    layout.now += length
    _close(layout, everywhere, start, round(layout.now) - start, implicit)


def _lay_part(layout: Layout, content: Content, staves: int) -> None:
    """What is read of one part, which has so many staves above it."""
    layout.heads += (
        Head(round(layout.now + n.onset), n.pitch, round(n.duration), staves + n.staff, *n[4:])
        for n in content.notes
    )
    layout.edges += (
        e._replace(
            tick=round(layout.now + e.tick), staff=staves + e.staff, group=(staves, *e.group)
        )
        for e in content.edges
    )
    for tick, fifths, minor in content.keys:
        at = round(layout.now + tick)
        layout.keys.setdefault(at, Key(at, max(-7, min(7, fifths)), minor))


def _change_metre(layout: Layout, read: Sequence[Content], everywhere: Sequence[Content]) -> None:
    """The metre is that of the parts that are read; of others only where these never say one."""
    own = next((content for content in read if content.metre), None)
    layout.has_own_metre = layout.has_own_metre or own is not None
    other = next((content for content in everywhere if content.metre), None)
    if source := own if layout.has_own_metre else other:
        layout.metre = source.metre or layout.metre
    for content in read:
        layout.is_free = layout.is_free if content.free is None else content.free


def _length(
    layout: Layout, read: Sequence[Content], everywhere: Sequence[Content], implicit: bool
) -> Ticks:
    full = layout.metre.beats * 4 * TICKS // layout.metre.unit
    reach, furthest = _reach(read), _reach(everywhere)
    if reach < full:
        is_empty = not furthest and not implicit
        reach = full if is_empty or furthest > full else furthest
    return full if -ROUNDING <= reach - full <= ROUNDING else reach


def _reach(contents: Sequence[Content]) -> Ticks:
    reaches: list[Ticks] = [content.reach for content in contents]
    return max(reaches, default=0)


def _close(
    layout: Layout, contents: Sequence[Content], start: int, length: int, implicit: bool
) -> None:
    """Ends a measure: its repeat signs, its ending, its jumps. Repeat signs within cut it."""
    if layout.measures and any(content.closes_last for content in contents):
        layout.measures[-1] = layout.measures[-1]._replace(closes=True)
    closes = any(content.closes for content in contents)
    if length:
        whole = Measure(
            start,
            length,
            layout.metre,
            layout.opens or any(content.opens for content in contents),
            closes,
            layout.passes,
            max((content.times for content in contents), default=2),
            frozenset().union(*(content.signs for content in contents)),
            implicit or layout.is_free,
        )
        cuts = {round(tick): cut for c in contents for tick, cut in sorted(c.cuts.items())}
        layout.measures += cut_up(whole, cuts)
    layout.opens = any(content.opens_next for content in contents)
    if any(content.ending_stops for content in contents):
        layout.passes = ()


def _with_coda_signs(measures: Sequence[Measure]) -> list[Measure]:
    """The signs, where several codas are only drawn: all but the last say where to leap from."""
    places = [n for n, measure in enumerate(measures) if Sign.CODA in measure.signs]
    leaps = any(Sign.TO_CODA in measure.signs for measure in measures)
    marked = list(measures)
    for place in [] if leaps else places[:-1]:
        signs = (marked[place].signs - {Sign.CODA}) | {Sign.TO_CODA}
        marked[place] = marked[place]._replace(signs=signs)
    return marked
