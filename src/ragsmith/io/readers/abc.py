"""ABC to a Written score. https://abcnotation.com/wiki/abc:standard:v2.1

Each bar lasts as long as its longest voice. Grace notes are markings: they have no time of their
own. Decorations and words are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise, zip_longest

from ragsmith.chords import ChordMark
from ragsmith.io.readers.abc_fields import (
    metre_of,
    order_of_parts,
    properties,
    shifted,
    signature_of,
    tempo_of,
)
from ragsmith.io.readers.abc_music import BadAbc, Bar, Voice, edges_in, read_line, sounding
from ragsmith.io.readers.exact_score import SLACK, Head, Written, sounds_of
from ragsmith.io.readers.markings import Edge, joined
from ragsmith.io.readers.parts import Part, hands_of, take
from ragsmith.io.readers.repeats import Measure, repeated_sections
from ragsmith.piece import Hand, Key, Section, Tempo
from ragsmith.strains import UNNAMED

__all__ = ["BadAbc", "read_abc"]

FIELD = re.compile(r"([A-Za-z]):(?!\s*[|:])\s*(.*)")
INLINE = re.compile(r"\[([A-Za-z]):([^\]]*)\]")
ACCIDENTALS = re.compile(r"(?:%%|I:)\s*propagate-accidentals\s+(pitch|octave|not)\b")
TEXT = re.compile(r"%%\s*begin(text|ps|svg)")
END_OF_TEXT = re.compile(r"%%\s*end(text|ps|svg)")


@dataclass(slots=True)
class Tune:
    """The tune so far.

    Attributes:
        shifts, names, clefs: by voice.
        staves: the voices of each staff, where the file says so.
        braces: of these voices, those that one player plays on several staves.
        labels: (voice, bar, name) where a part begins.
    """

    header: Voice = field(default_factory=Voice)
    voices: dict[str, Voice] = field(default_factory=dict)
    current: Voice | None = None
    voice_properties: dict[str, dict[str, str]] = field(default_factory=dict)
    staves: list[list[str]] = field(default_factory=list)
    braces: list[list[str]] = field(default_factory=list)
    labels: dict[int, str] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    in_body: bool = False
    in_text: bool = False


def read_abc(text: str, wish: str | None = None) -> Written:
    """The first tune in an ABC file.

    Args:
        text: the file's.
        wish: which part to read; see `ragsmith.io.readers.parts.take`.

    Raises:
        BadAbc: there is no tune in it, or it is longer than any.
        BadOption: it has no such part.
    """
    lines = text.splitlines()
    first = next((n for n, line in enumerate(lines) if FIELD.match(line)), len(lines))
    tune = Tune()
    for line in lines[first:]:
        if not line.strip() or (tune.in_body and line.startswith("X:")):
            if tune.in_body:
                break
        elif tune.in_text or TEXT.match(line):
            tune.in_text = END_OF_TEXT.match(line) is None
        elif match := ACCIDENTALS.match(line):
            for voice in (tune.header, *tune.voices.values()):
                voice.accidentals_hold = match[1]
        elif match := re.match(r"%%(?:score|staves)\s+(.*)", line):
            _lay_out(tune, match[1])
        elif not line.startswith("+:"):
            _line(tune, re.sub(r"(?<!\\)%.*", "", line))
    if not tune.in_body:
        raise BadAbc("it has no K: field, which begins the tune")
    return _written(tune, wish)


def _lay_out(tune: Tune, text: str) -> None:
    """Which voices share a staff (in parentheses), and which staves a player (in braces)."""
    groups = re.findall(r"\(([^)]*)\)|([^\s{}\[\]|()*]+)", text)
    tune.staves = [(shared or alone).split() for shared, alone in groups]
    tune.braces = [
        re.findall(r"[^\s\[\]|()*]+", inside) for inside in re.findall(r"{([^}]*)}", text)
    ]


def _line(tune: Tune, line: str) -> None:
    match = FIELD.match(line)
    if match:
        _field(tune, match[1], match[2].strip())
    elif tune.in_body:
        start = 0
        for inline in INLINE.finditer(line):
            read_line(tune.current or _voice(tune, "1"), line[start : inline.start()])
            _field(tune, inline[1], inline[2].strip())
            start = inline.end()
        read_line(tune.current or _voice(tune, "1"), line[start:])


def _field(tune: Tune, letter: str, value: str) -> None:
    """A field: in the header it holds for all voices, later for the current one."""
    if letter in "TC":
        tune.names.setdefault(letter, value)
    elif letter == "P":
        _part(tune, value)
    elif letter == "V":
        _begin_voice(tune, value)
    voice = (tune.current or _voice(tune, "1")) if tune.in_body else tune.header
    if letter == "M":
        voice.metre, voice.is_free = metre_of(value), value.lower().startswith("none")
    elif letter == "L" and (match := re.match(r"1/([1-9]\d{0,2})\b", value)):
        voice.unit = Fraction(1, int(match[1]))
    elif letter == "Q":
        voice.tempo = tempo_of(value) or voice.tempo
    elif letter == "K":
        voice.key = signature_of(value, voice.key)
        voice.shift = shifted(voice.shift, properties(value))
        tune.in_body = True
    if voice.bars and voice.bars[-1].is_empty:
        voice.mark_bar()


def _part(tune: Tune, value: str) -> None:
    """In the header the order of the parts, in the body the name of the one that begins."""
    if not tune.in_body:
        tune.order = order_of_parts(value)
    elif value:
        voice = tune.current or _voice(tune, "1")
        tune.labels.setdefault(len(voice.bars) - voice.bars[-1].is_empty, value[0])


def _begin_voice(tune: Tune, value: str) -> None:
    name, _, rest = value.partition(" ")
    tune.voice_properties.setdefault(name, {}).update(properties(rest))
    if tune.in_body:
        tune.current = _voice(tune, name)
        tune.current.shift = shifted(tune.current.shift, properties(rest))


def _voice(tune: Tune, name: str) -> Voice:
    if name not in tune.voices:
        head = tune.header
        voice = Voice(head.metre, head.is_free, head.key, head.unit, head.tempo)
        voice.accidentals_hold = head.accidentals_hold
        voice.shift = shifted(head.shift, tune.voice_properties.get(name, {}))
        voice.begin_bar()
        tune.voices[name] = voice
    return tune.voices[name]


def _written(tune: Tune, wish: str | None) -> Written:
    names = list(tune.voices)
    staves = [[n for n in staff if n in names] for staff in tune.staves]
    staves = [staff for staff in staves if staff]
    unlisted = [[name] for name in names if not any(name in staff for staff in staves)]
    staves += unlisted
    score = _laid_out(tune, {name: place for place, staff in enumerate(staves) for name in staff})
    parts = _parts(tune, staves)
    taken = take(parts, wish)
    hands = hands_of(parts, taken)
    if not (tune.braces or (not tune.staves and _has_bass(tune, staves))):
        hands = dict.fromkeys(hands, Hand.UNKNOWN)
    sections, order = _sections(score.measures, score.labels, tune.order)
    return Written(
        sounds_of(score.heads, score.measures, hands),
        tuple(score.measures),
        tuple(score.keys),
        tuple(score.tempos),
        sections,
        order,
        tune.names.get("T", ""),
        tune.names.get("C", ""),
        (f"{score.uneven} bars whose voices differ in length",) if score.uneven else (),
        taken,
        tuple(score.chords),
        joined(score.edges, hands),
    )


def _has_bass(tune: Tune, staves: Sequence[Sequence[str]]) -> bool:
    """Whether the lowest staff has a bass clef."""
    lowest = staves[-1] if staves else ()
    return any("bass" in tune.voice_properties.get(name, {}).get("clef", "") for name in lowest)


@dataclass(slots=True)
class TuneInBars:
    """The bars of all voices, one after another; `labels` are parts by the measures they begin."""

    heads: list[Head] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    tempos: list[Tempo] = field(default_factory=list)
    chords: list[ChordMark] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    labels: dict[int, str] = field(default_factory=dict)
    uneven: int = 0

    def end_with(self, signs: set[str]) -> None:
        """Signs after a barline that no music follows belong to the bar before it."""
        if self.measures and signs:
            last = self.measures[-1]
            self.measures[-1] = last._replace(signs=last.signs | signs)


def _laid_out(tune: Tune, staff_of: Mapping[str, int]) -> TuneInBars:
    laid = TuneInBars()
    start = 0
    names = list(tune.voices)
    for place, row in enumerate(zip_longest(*(voice.bars for voice in tune.voices.values()))):
        if place in tune.labels:
            laid.labels[len(laid.measures)] = tune.labels[place]
        full = {n: bar for n, bar in zip(names, row, strict=True) if bar and not bar.is_empty}
        if not full:
            laid.end_with({sign for bar in row if bar for sign in bar.signs})
            continue
        lengths = [bar.length for bar in full.values()]
        laid.uneven += max(lengths) - min(lengths) > SLACK
        _add_measure(laid, start, max(lengths), list(full.values()))
        for name, bar in full.items():
            # A tie names no end: whatever follows on the same pitch may be it.
            laid.heads += (
                Head(start + round(at), pitch, round(lasts), staff_of[name], tied, True)
                for at, pitch, lasts, tied in sounding(bar)
            )
            laid.edges += edges_in(bar, Edge(start, "", staff_of[name]))
        start += max(lengths)
    return laid


def _add_measure(laid: TuneInBars, start: int, length: int, bars: Sequence[Bar]) -> None:
    """A measure and its marks, as the first of its voices says them that can."""
    first = bars[0]
    laid.measures.append(
        Measure(
            start,
            length,
            first.metre,
            first.opens,
            first.closes,
            first.passes,
            first.times,
            frozenset(sign for bar in bars for sign in bar.signs),
            first.is_free,
        )
    )
    laid.keys.append(Key(start, first.key.fifths, first.key.minor))
    laid.tempos += [Tempo(start, first.tempo)] if first.tempo else []
    with_chords = next((bar for bar in bars if bar.chords), first)
    laid.chords += (ChordMark(start + round(at), chord) for at, chord in with_chords.chords)


def _parts(tune: Tune, staves: Sequence[Sequence[str]]) -> list[Part]:
    """The parts: the staves in a brace are one, and so are those whose voices have no name."""
    groups: dict[object, list[int]] = {}
    for place, voices in enumerate(staves):
        brace = next((n for n, inside in enumerate(tune.braces) if voices[0] in inside), None)
        group = f"brace {brace}" if brace is not None else _names(tune, voices)
        groups.setdefault(group, []).append(place)
    return [
        Part(*_names(tune, [v for place in group for v in staves[place]]), tuple(group))
        for group in groups.values()
    ]


def _names(tune: Tune, voices: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The first name and the first abbreviation that the voices have."""
    headers = [tune.voice_properties.get(voice, {}) for voice in voices]
    names = [h.get("name", h.get("nm", "")) for h in headers]
    short = [h.get("subname", h.get("snm", h.get("sname", ""))) for h in headers]
    return next(filter(None, names), ""), (next(filter(None, short), ""),)


def _sections(
    measures: Sequence[Measure], labels: Mapping[int, str], parts: Sequence[str]
) -> tuple[tuple[Section, ...], tuple[str, ...]]:
    """Sections and playing order: parts in the order of the header, each with its own repeats."""
    starts: dict[str, int] = {}
    for place, label in labels.items():
        starts.setdefault(label, place)
    if not parts or not starts:
        return repeated_sections(measures)
    places = sorted({0, *starts.values()})
    names = {place: name for name, place in starts.items()} | (
        {} if 0 in starts.values() else {0: UNNAMED}
    )
    sections: list[Section] = []
    order: dict[str, list[str]] = {}
    for start, end in pairwise([*places, len(measures)]):
        name, inside = names[start], measures[start:end]
        own, played = repeated_sections(inside)
        if not own:
            last = inside[-1]
            own = (Section("A", inside[0].start, last.start + last.length),)
            played = ("A",)
        several = len({section.name[0] for section in own}) > 1
        sections += (s._replace(name=name + s.name[not several :]) for s in own)
        order[name] = [name + n[not several :] for n in played]
    playing = ([UNNAMED] if UNNAMED in order else []) + [part for part in parts if part in order]
    return tuple(sections), tuple(name for part in playing for name in order[part])
