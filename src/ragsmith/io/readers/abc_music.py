"""Music lines of ABC: what a voice has, bar by bar."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from ragsmith.chords import Chord, chord_named
from ragsmith.errors import BadOption
from ragsmith.io.readers.abc_fields import C_MAJOR, COMMON_TIME, Shift, Signature
from ragsmith.io.readers.abc_markings import AbcMark, edges_on, jumps_of, marks_of, words_of
from ragsmith.io.readers.exact_score import TICKS
from ragsmith.io.readers.markings import Edge
from ragsmith.io.readers.repeats import MOST_TIMES, passes_of
from ragsmith.piece import Metre

__all__ = ["BadAbc", "Bar", "Event", "Voice", "edges_in", "read_line", "sounding"]

TOKEN = re.compile(
    r'"(?P<symbol>[^"]*)"|!(?P<decoration>[^!]*)!|\+[a-zA-Z]*\+|\{(?P<grace>[^}]*)\}|'
    r"(?P<bar>:*\[?\|+\]?:*|::+)(?:\s?\[?(?P<ending>\d[\d,-]*))?|"
    r"\[(?P<bare_ending>\d[\d,-]*)|"
    r"\((?P<tuplet>[2-9])(?::(?P<time>\d?))?(?::(?P<count>\d?))?|"
    r"(?P<slur>\((?!&)|\))|(?P<short>[.HLMOPST](?=[\[_^=A-Ga-gz(.HLMOPST!{]))|"
    r"\[(?P<chord>[^\]|]*)\](?P<chord_length>\d{0,4}/*\d{0,4})(?P<chord_tie>-?)|"
    r"(?P<note>[_^=]*[A-Ga-g][,']*\d{0,4}/*\d{0,4}-?)|"
    r"[zx](?P<rest>\d{0,4}/*\d{0,4})|"
    r"[ZX](?P<full_rests>\d{0,3})|"
    r"(?P<broken><{1,3}|>{1,3})|(?P<overlays>\(&)|(?P<overlaid>&\))|(?P<overlay>&+)"
)
NOTE = re.compile(r"([_^=]*)([A-Ga-g])([,']*)(\d{0,4}/*\d{0,4})(-?)")
SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
ALTERS = {"^": 1, "_": -1, "=": 0}
USUAL_TIMES = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}
"""Notes of a tuplet, and how many plain ones they replace."""
ABC_MINOR_BASS = re.compile(r"(?<=/)[a-g]")
"""A bass that is written small: "Am/e"."""
MOST_BARS = 20_000


class BadAbc(ValueError):
    """The tune cannot be read; the text says why."""


@dataclass(slots=True)
class Event:
    """A note, chord or rest: its length in ticks, and (pitch, length, tied to the next) for each
    of its notes."""

    length: Fraction
    notes: list[tuple[int, Fraction, bool]] = field(default_factory=list)
    marks: list[AbcMark] = field(default_factory=list)

    def stretch(self, factor: Fraction) -> None:
        self.length *= factor
        self.notes = [(pitch, length * factor, tied) for pitch, length, tied in self.notes]


@dataclass(slots=True)
class Bar:
    """What a voice has between two barlines; `strands` are laid over one another."""

    metre: Metre = COMMON_TIME
    is_free: bool = False
    key: Signature = C_MAJOR
    tempo: int | None = None
    opens: bool = False
    closes: bool = False
    passes: tuple[int, ...] = ()
    times: int = 2
    signs: set[str] = field(default_factory=set)
    strands: list[list[Event]] = field(default_factory=lambda: [[]])
    chords: list[tuple[Fraction, Chord | None]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not any(self.strands)

    @property
    def length(self) -> int:
        return round(max(sum((e.length for e in strand), Fraction(0)) for strand in self.strands))


@dataclass(slots=True)
class Voice:
    """A voice while it is read: what is in force, and the bars so far, the last one unfinished.

    `unit` is a plain note's share of a whole one. `broken` and `tuplet` stretch the next note, or
    the next so many. `marks` stand on the next note. `ties` are the alterations that ties carry
    over barlines. `accidentals_hold` says for which notes of the bar accidentals hold: all of their
    letter ("pitch"), those of their octave too ("octave"), or none ("not"). `place` is the bar that
    is written: not the last one where something is laid over earlier bars; `back_to` is where `(&`
    stands, bar and ticks.
    """

    metre: Metre = COMMON_TIME
    is_free: bool = False
    key: Signature = C_MAJOR
    unit: Fraction | None = None
    tempo: int | None = None
    shift: Shift = field(default_factory=Shift)
    passes: tuple[int, ...] = ()
    bars: list[Bar] = field(default_factory=list)
    accidentals: dict[str, int] = field(default_factory=dict)
    ties: dict[str, int] = field(default_factory=dict)
    accidentals_hold: str = "pitch"
    broken: Fraction = Fraction(1)
    marks: list[AbcMark] = field(default_factory=list)
    tuplet: tuple[Fraction, int] = (Fraction(1), 0)
    place: int = 0
    back_to: tuple[int, Fraction] | None = None

    def begin_bar(self) -> None:
        if len(self.bars) > MOST_BARS:
            raise BadAbc(f"it has more than {MOST_BARS:,} bars")
        self.bars.append(Bar())
        self.place = len(self.bars) - 1
        self.mark_bar()

    def mark_bar(self) -> None:
        """Gives the last bar what is in force."""
        bar = self.bars[-1]
        bar.metre, bar.is_free, bar.key, bar.tempo = self.metre, self.is_free, self.key, self.tempo

    @property
    def bar(self) -> Bar:
        """The bar that is written."""
        return self.bars[self.place]

    def go_to(self, place: int, after: Fraction = Fraction(0)) -> None:
        """Goes on in a bar, over what it has, so many ticks after its beginning."""
        self.place = max(0, place)
        if not self.bar.is_empty:
            self.bar.strands.append([])
        if after:
            self.bar.strands[-1].append(Event(after))

    @property
    def plain(self) -> Fraction:
        """Ticks of a plain note: an eighth, or in short metres a sixteenth, unless L: says."""
        short = Fraction(self.metre.beats, self.metre.unit) < Fraction(3, 4)
        return 4 * TICKS * (self.unit or Fraction(1, 16 if short else 8))

    @property
    def full_bar(self) -> Fraction:
        """Ticks of a full bar."""
        return Fraction(4 * TICKS * self.metre.beats, self.metre.unit)


def read_line(voice: Voice, line: str) -> None:
    """Reads a line of music, or part of one, without fields.

    Raises:
        BadAbc: the voice is longer than any music.
    """
    for token in TOKEN.finditer(line):
        if token["bar"] is not None or token["bare_ending"]:
            _barline(voice, token["bar"] or "", token["ending"] or token["bare_ending"] or "")
        elif token["tuplet"]:
            _tuplet(voice, token)
        elif token["chord"] is not None:
            _add_notes(voice, token["chord"], token["chord_length"], bool(token["chord_tie"]))
        elif token["note"]:
            _add_notes(voice, token["note"], "", False)
        elif token["rest"] is not None:
            _add(voice, Event(voice.plain * _times(token["rest"])))
        elif token["full_rests"] is not None:
            for number in range(int(token["full_rests"] or 1)):
                if number:
                    _barline(voice, "|", "")
                voice.bar.strands[-1].append(Event(voice.full_bar))
        elif token["broken"]:
            _break(voice, token["broken"])
        elif token["overlays"] or token["overlaid"] or token["overlay"]:
            _overlay(voice, token)
        elif token["symbol"]:
            _symbol(voice.bar, token["symbol"])
            voice.marks += words_of(token["symbol"])
            voice.bar.signs.update(jumps_of("", token["symbol"]))
        elif sign := token["decoration"] or token["short"]:
            voice.marks += marks_of(sign)
            voice.bar.signs.update(jumps_of(sign, ""))
        elif token["slur"] == "(":
            voice.marks.append(AbcMark("slur", edge="start"))
        elif token["slur"]:
            _end_slur(voice)
        elif token["grace"]:
            _graces(voice, token["grace"])


def _end_slur(voice: Voice) -> None:
    if voice.bar.strands[-1]:
        voice.bar.strands[-1][-1].marks.append(AbcMark("slur", edge="stop"))


def _graces(voice: Voice, inside: str) -> None:
    """Grace notes lead to the next note."""
    slash = "/" if inside.startswith("/") else ""
    for note in NOTE.finditer(inside):
        pitch, *_ = _note(voice, *note.groups())
        voice.marks.append(AbcMark("grace", f"eighth{slash}", pitch=pitch))


def _overlay(voice: Voice, token: re.Match[str]) -> None:
    """`&` goes back to the beginning of the bar, each further one a bar more; between `(&` and
    `&)`, where several bars are laid over as many, to the first of these signs."""
    if token["overlays"]:
        now = sum((event.length for event in voice.bar.strands[-1]), Fraction(0))
        voice.back_to = voice.place, now
    elif token["overlaid"]:
        voice.back_to = None
        voice.place = len(voice.bars) - 1
        voice.bar.strands.append(voice.bar.strands.pop(0))
    elif voice.back_to is not None:
        voice.go_to(*voice.back_to)
    else:
        voice.go_to(voice.place + 1 - len(token["overlay"]) - voice.bar.is_empty)


def _symbol(bar: Bar, text: str) -> None:
    """A chord symbol; an annotation, which begins with its place, and other words are none."""
    try:
        chord = chord_named(ABC_MINOR_BASS.sub(lambda bass: bass[0].upper(), text.strip()))
    except BadOption:
        return
    now = sum((event.length for event in bar.strands[-1]), Fraction(0))
    bar.chords.append((now, chord))


def _barline(voice: Voice, signs: str, ending: str) -> None:
    bar = voice.bar
    if voice.place < len(voice.bars) - 1:  # the signs of an overlaid bar are known
        voice.go_to(voice.place + 1)
        voice.accidentals.clear()
        return
    if not bar.is_empty:
        _close(bar, signs)
        voice.begin_bar()
    elif len(voice.bars) > 1 and signs.startswith(":"):
        _close(voice.bars[-2], signs)
    if ending or signs.strip("|"):
        voice.passes = passes_of(ending) if ending else ()
    elif len(signs) > 1:
        voice.passes = ()
    new = voice.bars[-1]
    new.opens = new.opens or signs.endswith(":")
    new.passes = voice.passes
    voice.accidentals.clear()


def _close(bar: Bar, signs: str) -> None:
    """`:|` says "twice", `::|` "three times", and so on."""
    bar.closes = signs.startswith(":")
    colons = len(signs) - len(signs.lstrip(":"))
    bar.times = min(colons + 1, MOST_TIMES) if bar.closes and "|" in signs else 2


def _tuplet(voice: Voice, token: re.Match[str]) -> None:
    notes = int(token["tuplet"])
    usual = USUAL_TIMES.get(notes, 3 if voice.metre.beats in (6, 9, 12) else 2)
    times = int(token["time"] or 0) or usual
    voice.tuplet = Fraction(times, notes), int(token["count"] or 0) or notes


def _times(text: str) -> Fraction:
    """A length: 3, 3/2, /2, /, //."""
    number, slash, divisor = re.match(r"(\d*)(/*)(\d*)", text).groups()  # type: ignore[union-attr]
    by = int(divisor or 0) or 2 ** min(len(slash), 8)
    return Fraction(int(number or 0) or 1, by)


def _note(
    voice: Voice, marks: str, letter: str, octaves: str, length: str, tie: str
) -> tuple[int, Fraction, bool]:
    """Pitch, ticks, and whether it is tied to the next."""
    name = letter.upper()
    carried = voice.ties.pop(letter + octaves, None)
    octave = 5 + letter.islower() + octaves.count("'") - octaves.count(",")
    line = name if voice.accidentals_hold == "pitch" else f"{name}{octave}"
    if marks:
        alter = sum(ALTERS[mark] for mark in marks)
        if voice.accidentals_hold != "not":
            voice.accidentals[line] = alter
    elif carried is not None:
        alter = carried
    else:
        alter = voice.accidentals.get(line, voice.key.alter(name))
    if tie:
        voice.ties[letter + octaves] = alter
    pitch = 12 * octave + SEMITONES[name] + alter + voice.shift.semitones
    return max(0, min(127, pitch)), voice.plain * _times(length), bool(tie)


def _add_notes(voice: Voice, inside: str, length: str, all_tied: bool) -> None:
    """A note, or notes struck together, which last as the first of them does."""
    notes = [_note(voice, *note.groups()) for note in NOTE.finditer(inside)]
    if notes:
        event = Event(notes[0][1], [(pitch, own, tied or all_tied) for pitch, own, tied in notes])
        event.stretch(_times(length))
        _add(voice, event)


def _add(voice: Voice, event: Event) -> None:
    factor, left = voice.tuplet
    event.stretch(voice.broken * (factor if left else 1))
    voice.tuplet = factor, max(0, left - 1)
    voice.broken = Fraction(1)
    event.marks, voice.marks = voice.marks, []
    voice.bar.strands[-1].append(event)


def _break(voice: Voice, signs: str) -> None:
    """a>b lengthens the first and shortens the second; a<b the other way round."""
    short = Fraction(1, 2 ** len(signs))
    first, voice.broken = (2 - short, short) if signs[0] == ">" else (short, 2 - short)
    if voice.bars[-1].strands[-1]:
        voice.bars[-1].strands[-1][-1].stretch(first)


def sounding(bar: Bar) -> Iterator[tuple[Fraction, int, Fraction, bool]]:
    """(ticks from the barline, pitch, ticks, tied to the next) of the notes of a bar."""
    for strand in bar.strands:
        passed = Fraction(0)
        for event in strand:
            yield from ((passed, pitch, length, tied) for pitch, length, tied in event.notes)
            passed += event.length


def edges_in(bar: Bar, place: Edge) -> Iterator[Edge]:
    """The markings of a bar; `place` has the tick of its beginning, and the staff."""
    for strand in bar.strands:
        passed = Fraction(0)
        for event in strand:
            pitch = max((pitch for pitch, *_ in event.notes), default=-1)
            now = place._replace(tick=place.tick + round(passed), pitch=pitch)
            yield from edges_on(event.marks, now)
            passed += event.length
