"""Humdrum `**kern` to a Written score.

Kern is a table: a column (spine) for each staff, which may split into voices and join again, and a
row for each moment. https://www.humdrum.org/rep/kern, https://www.humdrum.org/guide/ch05
Pitches are sounding, whatever octave signs say. Grace notes are markings: they have no time.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import NamedTuple

from ragsmith.io.readers import kern_markings
from ragsmith.io.readers.exact_score import SLACK, TICKS, Head, Written, sounds_of
from ragsmith.io.readers.kern_parts import Spine, parts_of
from ragsmith.io.readers.markings import Edge, joined
from ragsmith.io.readers.parts import hands_of, take
from ragsmith.io.readers.repeats import Measure, repeated_sections
from ragsmith.piece import Key, Metre, Section, Tempo
from ragsmith.strains import UNNAMED

__all__ = ["BadKern", "read_kern"]

NOTE = re.compile(r"([a-gA-G])\1*")
DURATION = re.compile(r"(\d{1,4})(?:%(\d{1,3}))?(\.{0,4})")
METRE = re.compile(r"\*M(\d{1,2})/(\d{1,2})")
SIGNATURE = re.compile(r"\*k\[((?:[a-g][#-]){0,7})\]")
DESIGNATION = re.compile(r"\*([a-gA-G])([#-]?):")
TEMPO = re.compile(r"\*MM(\d{1,4}(?:\.\d{1,6})?)")
LABEL = re.compile(r"\*>([^\[\]]+)")
ORDER = re.compile(r"\*>\[([^\]]*)\]")
STAFF = re.compile(r"\*staff(\d{1,3})")
INSTRUMENT = re.compile(r"\*I([a-z]\w*)")
NAME = re.compile(r"\*I(['\"])(.+)")
PART = re.compile(r"\*part(\d{1,3})")
REFERENCE = re.compile(r"!!!(OTL|COM)[^:]*:\s*(.*)")
SEMITONES = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
FIFTHS = {"f": -1, "c": 0, "g": 1, "d": 2, "a": 3, "e": 4, "b": 5}
"""Sharps in the major key on each letter."""


class BadKern(ValueError):
    """The table is broken; the text says where and how."""


@dataclass(slots=True, eq=False)
class Voice:
    """A column as it is at this row: its spine, and the tick up to which its notes last."""

    spine: Spine
    until: int


class Barline(NamedTuple):
    """Where a bar ends, and the repeat signs there."""

    tick: int
    closes: bool
    opens: bool


@dataclass(slots=True)
class Table:
    """What has been read so far."""

    spines: list[Spine] = field(default_factory=list)
    voices: list[Voice] = field(default_factory=list)
    now: int = 0
    heads: list[Head] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    barlines: list[Barline] = field(default_factory=list)
    metres: dict[int, Metre] = field(default_factory=dict)
    keys: dict[int, Key] = field(default_factory=dict)
    tempos: dict[int, Tempo] = field(default_factory=dict)
    labels: dict[int, str] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    names: dict[str, str] = field(default_factory=dict)
    uneven: int = 0
    stray_joins: int = 0


def read_kern(text: str, wish: str | None = None) -> Written:
    """The score in a kern file.

    Raises:
        BadKern: the table is broken: no `**kern` column, or a row with too few or too many fields.
    """
    table = Table()
    for number, row in enumerate(text.split("\n"), 1):
        row = row.rstrip("\r")
        tokens = row.split("\t")
        if row.startswith("!"):
            _comment(table, row, tokens)
        elif not row.strip():
            continue
        elif not table.voices:
            _begin(table, tokens, number)
        elif len(tokens) != len(table.voices):
            fields = f"{len(tokens)} fields where {len(table.voices)} are due"
            raise BadKern(f"line {number} has {fields}")
        elif row.startswith("*"):
            _interpret(table, tokens)
            _move_spines(table, tokens, number)
        elif row.startswith("="):
            _barline(table, tokens)
        else:
            _notes(table, tokens)
    return _written(table, wish)


def _comment(table: Table, row: str, tokens: Sequence[str]) -> None:
    """A row of comments: a reference to the work, or words on the columns."""
    if row.startswith("!!!") and (reference := REFERENCE.match(row)):
        table.names.setdefault(reference[1], reference[2].strip())
    if len(tokens) == len(table.voices):
        for token, voice in zip(tokens, table.voices, strict=True):
            table.edges += kern_markings.words_in(token, _place(table, voice))


def _begin(table: Table, tokens: Sequence[str], number: int) -> None:
    if not all(token.startswith("**") for token in tokens):
        raise BadKern(f"line {number} comes before the row that names the columns (**kern)")
    first = len(table.spines)
    spines = [
        Spine(place, token == "**kern", token == "**dynam", token == "**fing")
        for place, token in enumerate(tokens, first)
    ]
    table.spines += spines
    table.voices = [Voice(spine, table.now) for spine in spines]


def _interpret(table: Table, tokens: Sequence[str]) -> None:
    """What a row of interpretations says about the music; the last staff has the last word."""
    for token, voice in zip(tokens, table.voices, strict=True):
        now = table.now
        if not voice.spine.is_kern:
            continue
        if (match := METRE.match(token)) and int(match[1]) and int(match[2]):
            table.metres[now] = Metre(int(match[1]), int(match[2]))
        elif match := SIGNATURE.match(token):
            table.keys[now] = Key(now, match[1].count("#") - match[1].count("-"))
        elif match := DESIGNATION.fullmatch(token):
            _designate(table, match[1], match[2])
        elif (match := TEMPO.match(token)) and float(match[1]) >= 1:
            table.tempos[now] = Tempo(now, round(60_000_000 / float(match[1])))
        elif match := ORDER.fullmatch(token):
            table.order = tuple(name.strip() for name in match[1].split(","))
        elif match := LABEL.fullmatch(token):
            table.labels[now] = match[1]
        elif match := STAFF.fullmatch(token):
            voice.spine.staff = int(match[1])
        elif match := PART.fullmatch(token):
            voice.spine.part = int(match[1])
        elif match := INSTRUMENT.fullmatch(token):
            voice.spine.instrument = match[1]
        elif token in kern_markings.PEDALS:
            table.edges.append(kern_markings.pedal_of(token, _place(table, voice)))
        elif match := NAME.fullmatch(token):
            voice.spine.names.setdefault(match[1], match[2].strip())


def _designate(table: Table, letter: str, accidental: str) -> None:
    """A key is named (`*a:` is A minor): it completes the signature at its place, or stands in for
    one where the piece has none."""
    minor = letter.islower()
    signature = table.keys.get(table.now)
    if signature is None and not table.keys:
        fifths = FIFTHS[letter.lower()] - 3 * minor + 7 * {"#": 1, "-": -1, "": 0}[accidental]
        signature = Key(table.now, fifths) if -7 <= fifths <= 7 else None
    if signature is not None:
        table.keys[table.now] = signature._replace(minor=minor)


def _move_spines(table: Table, tokens: Sequence[str], number: int) -> None:
    """Splits (*^), joins (*v), swaps (*x), new columns (*+) and ends (*-)."""
    voices = list(table.voices)
    swapped = [place for place, token in enumerate(tokens) if token == "*x"]
    if len(swapped) % 2:
        raise BadKern(f"line {number} swaps a column (*x) with nothing")
    for one, other in zip(swapped[::2], swapped[1::2], strict=True):
        voices[one], voices[other] = voices[other], voices[one]
    moved: list[Voice] = []
    strays = _stray_joins(tokens, voices)
    table.stray_joins += len(strays)
    for place, (before, token, voice) in enumerate(
        zip(["", *tokens], tokens, voices, strict=False)
    ):
        if token == before == "*v" and (moved[-1].spine is voice.spine or place in strays):
            moved[-1].until = max(moved[-1].until, voice.until)
        elif token != "*-":
            moved.append(voice)
        if token == "*^":
            moved.append(Voice(voice.spine, voice.until))
        elif token == "*+":
            table.spines.append(Spine(len(table.spines), False))
            moved.append(Voice(table.spines[-1], table.now))
        elif token.startswith("**"):
            voice.spine.is_kern, voice.spine.is_dynam = token == "**kern", token == "**dynam"
            voice.spine.is_fing = token == "**fing"
    table.voices = moved


def _stray_joins(tokens: Sequence[str], voices: Sequence[Voice]) -> set[int]:
    """The columns that are joined with their left neighbour though both are alone of their staves:
    a slip, for which the columns would not come out even afterwards."""
    runs = [
        list(run) for key, run in groupby(range(len(tokens)), lambda n: tokens[n] == "*v") if key
    ]
    pairs = [run for run in runs if len(run) == 2]
    return {right for left, right in pairs if voices[left].spine is not voices[right].spine}


def _barline(table: Table, tokens: Sequence[str]) -> None:
    """A barline is where the longest voice ends; voices that are not there yet are moved up."""
    bar_start = table.barlines[-1].tick if table.barlines else 0
    kern = [voice for voice in table.voices if voice.spine.is_kern]
    ends = [voice.until for voice in kern if voice.until > bar_start]
    table.now = max(ends, default=table.now)
    table.uneven += any(table.now - end > SLACK for end in ends)
    for voice in kern:
        voice.until = table.now
    closes = re.search(r":[|!]", tokens[0]) is not None
    opens = re.search(r"[|!]:", tokens[0]) is not None
    table.barlines.append(Barline(table.now, closes, opens))


def _notes(table: Table, tokens: Sequence[str]) -> None:
    """A row of notes; time moves on to where the first of the sounding voices ends."""
    timed = False
    before = len(table.heads)
    for token, voice in zip(tokens, table.voices, strict=True):
        if voice.spine.is_dynam:
            table.edges += kern_markings.dynamics_in(token, _place(table, voice))
        if not voice.spine.is_kern or token == ".":
            continue
        parts = token.split(" ")
        if "q" in token or "Q" in token:
            _graces(table, voice, parts)
            continue
        _chord(table, voice, parts)
        if first := _duration(parts[0]):
            timed = True
            voice.until = table.now + first
    for token, voice in zip(tokens, table.voices, strict=True):
        if voice.spine.is_fing:
            table.edges += kern_markings.fingers_in(token, table.heads[before:], voice.spine.place)
    if timed:
        ends = [v.until for v in table.voices if v.spine.is_kern and v.until > table.now + SLACK]
        table.now = min(ends, default=table.now)


def _chord(table: Table, voice: Voice, parts: Sequence[str]) -> None:
    """The notes and rests of one token; what says no length has that of the one before."""
    duration = _duration(parts[0])
    for part in parts:
        duration = _duration(part) or duration
        if duration and "r" not in part and (note := NOTE.search(part)):
            to_next, to_last = ("[" in part or "_" in part), ("]" in part or "_" in part)
            pitch, staff = _pitch(note[0], part), voice.spine.place
            table.heads.append(Head(table.now, pitch, duration, staff, to_next, to_last))
            table.edges += kern_markings.markings_in_token(part, Edge(table.now, "", staff, pitch))
        elif "r" in part and ";" in part:
            table.edges.append(_place(table, voice)._replace(kind="fermata"))


def _place(table: Table, voice: Voice) -> Edge:
    """What stands now in a column, its kind still to be said."""
    return Edge(table.now, "", voice.spine.place)


def _graces(table: Table, voice: Voice, parts: Sequence[str]) -> None:
    """The grace notes of a token; they lead to what begins now."""
    for number, part in enumerate(parts):
        if (note := NOTE.search(part)) and "r" not in part:
            place = _place(table, voice)._replace(pitch=_pitch(note[0], part), is_early=True)
            table.edges += (
                kern_markings.grace_in(part, place, number == 0),
                *kern_markings.markings_in_token(part, place),
            )


def _duration(part: str) -> int:
    """Ticks: 4 is a quarter, 8. a dotted eighth, 3%2 two thirds of a whole note, 0 a breve."""
    match = DURATION.search(part)
    if not match:
        return 0
    whole = 4 * TICKS * int(match[2] or 1)
    number, dots = int(match[1]), len(match[3])
    plain = whole << len(match[1]) if number == 0 else round(whole / number)
    return plain * ((2 << dots) - 1) >> dots


def _pitch(letters: str, part: str) -> int:
    """MIDI number: c is middle C, cc the octave above, C and CC those below."""
    octave = 4 + len(letters) if letters.islower() else 5 - len(letters)
    return 12 * octave + SEMITONES[letters[0].lower()] + part.count("#") - part.count("-")


def _written(table: Table, wish: str | None) -> Written:
    spines = [spine for spine in table.spines if spine.is_kern]
    if not spines:
        raise BadKern("it has no **kern column")
    # A file that does not number its staves has the lowest first.
    from_top = sorted(spines, key=lambda s: (s.staff or len(table.spines) - s.place, -s.place))
    parts = parts_of(from_top)
    taken = take(parts, wish)
    measures = _measures(table)
    sections, order, repairs = _sections(table, measures)
    repairs += _faults(table)
    hands = hands_of(parts, taken)
    between = [spine.place for spine in table.spines if spine.is_dynam]
    return Written(
        sounds_of(table.heads, measures, hands, parts, over_gaps=True),
        measures,
        tuple(table.keys.values()),
        tuple(table.tempos.values()),
        sections,
        order,
        table.names.get("OTL", ""),
        " ".join(reversed(table.names.get("COM", "").split(", "))),
        tuple(repairs),
        taken,
        markings=joined(table.edges, hands, between),
    )


def _faults(table: Table) -> Iterator[str]:
    """What had to be mended in the columns."""
    if table.uneven:
        yield f"{table.uneven} bars whose voices differ in length"
    if table.stray_joins:
        yield f"columns of different staves joined: {table.stray_joins}"


def _measures(table: Table) -> tuple[Measure, ...]:
    edges = {0, *(line.tick for line in table.barlines)}
    end = max((head.onset + head.duration for head in table.heads), default=0)
    if end > max(edges) + SLACK:  # the last barline is missing
        edges.add(end)
    closing = {line.tick for line in table.barlines if line.closes}
    opening = {line.tick for line in table.barlines if line.opens}
    measures = []
    metre = Metre(4, 4)
    changes = sorted(table.metres.items())
    for start, end in pairwise(sorted(edges)):
        while changes and changes[0][0] <= start:
            metre = changes.pop(0)[1]
        measures.append(Measure(start, end - start, metre, start in opening, end in closing))
    return tuple(measures)


def _sections(
    table: Table, measures: Sequence[Measure]
) -> tuple[tuple[Section, ...], tuple[str, ...], list[str]]:
    """Sections in written order, playing order, and what was mended in them.

    A label said twice in a row holds from the second time on; one that comes back later is a slip.
    """
    if not table.labels or not measures:
        return (*repeated_sections(measures), [])
    starts: dict[str, int] = {}
    repairs = []
    for tick, name in table.labels.items():
        if name not in starts or name == list(starts)[-1]:
            starts[name] = tick
        else:
            repairs.append(f"a second section {name} is part of the one before it")
    order = table.order
    if order and min(starts.values()) > 0:
        starts = {UNNAMED: 0, **starts}
        order = (UNNAMED, *order)
    edges = [*starts.values(), measures[-1].start + measures[-1].length]
    sections = [Section(n, *edge) for n, edge in zip(starts, pairwise(edges), strict=True)]
    sections = [section for section in sections if section.end > section.start]
    names = [section.name for section in sections]
    repairs += _slips_in_order(order, starts, names)
    return tuple(sections), tuple(name for name in order if name in names), repairs


def _slips_in_order(
    order: Sequence[str], starts: Collection[str], names: Sequence[str]
) -> Iterator[str]:
    """What is wrong with a playing order, beside the sections that begin and those that last."""
    if strangers := [name for name in dict.fromkeys(order) if name not in starts]:
        yield f"the playing order names no section {' '.join(strangers)}"
    if unplayed := set(names) - set(order) if order else set():
        yield f"the playing order leaves out {' '.join(sorted(unplayed))}"
