"""ABC to a Written score. https://abcnotation.com/wiki/abc:standard:v2.1

Of a book of tunes the first is read. Each bar lasts as long as its longest voice. Grace notes are
left out: they have no time of their own. Decorations, chord symbols and words are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import zip_longest

from ragsmith.io.readers.exact_score import (
    SLACK,
    TICKS,
    Head,
    Written,
    sounds_of,
)
from ragsmith.io.readers.parts import Part, hands_of, take
from ragsmith.io.readers.repeats import Measure, passes_of, repeated_sections
from ragsmith.piece import Hand, Key, Metre, Tempo

__all__ = ["BadAbc", "read_abc"]

TOKEN = re.compile(
    r'"[^"]*"|![^!]*!|\+[a-zA-Z]*\+|\{[^}]*\}|'  # chord symbols, decorations, grace notes
    r"\[(?P<letter>[A-Za-z]):(?P<value>[^\]]*)\]|"
    r"(?P<bar>:*\[?\|+\]?:*|::+)(?:\s?\[?(?P<ending>\d[\d,-]*))?|"
    r"\[(?P<bare_ending>\d[\d,-]*)|"
    r"\((?P<tuplet>[2-9])(?::(?P<time>\d?))?(?::(?P<count>\d?))?|"
    r"\[(?P<chord>[^\]|]*)\](?P<chord_length>\d{0,4}/*\d{0,4})(?P<chord_tie>-?)|"
    r"(?P<note>[_^=]*[A-Ga-g][,']*\d{0,4}/*\d{0,4}-?)|"
    r"[zx](?P<rest>\d{0,4}/*\d{0,4})|"
    r"[ZX](?P<full_rests>\d{0,3})|"
    r"(?P<broken><{1,3}|>{1,3})|(?P<overlay>&)"
)
NOTE = re.compile(r"([_^=]*)([A-Ga-g])([,']*)(\d{0,4}/*\d{0,4})(-?)")
FIELD = re.compile(r"([A-Za-z]):(?![|:])\s*(.*)")
BODY_FIELDS = "IKLMmNPQRrsTUVWw"
KEY = re.compile(r"([A-G])([#b]?)\s*(maj|ion|mix|dor|min|aeo|phr|loc|lyd|m)?", re.IGNORECASE)
MODES = {"mix": -1, "dor": -2, "m": -3, "min": -3, "aeo": -3, "phr": -4, "loc": -5, "lyd": 1}
"""Fifths that a mode lies from the major key on its tonic."""
SHARPENED = "FCGDAEB"
"""Letters in the order in which signatures sharpen them; they are flattened from the end."""
SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
ALTERS = {"^": 1, "_": -1, "=": 0}
USUAL_TIMES = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}
"""Notes of a tuplet, and how many plain ones they replace."""
COMMON_TIME = Metre(4, 4)
C_MAJOR = Key(0, 0)


class BadAbc(ValueError):
    """The tune cannot be read; the text says why."""


@dataclass(slots=True)
class Event:
    """A note, chord or rest: its length in ticks, and (pitch, length, tied to the next) for each
    of its notes."""

    length: Fraction
    notes: list[tuple[int, Fraction, bool]] = field(default_factory=list)

    def stretch(self, factor: Fraction) -> None:
        self.length *= factor
        self.notes = [(pitch, length * factor, tied) for pitch, length, tied in self.notes]


@dataclass(slots=True)
class Bar:
    """What a voice has between two barlines."""

    metre: Metre
    key: Key
    tempo: Tempo | None
    opens: bool = False
    closes: bool = False
    passes: tuple[int, ...] = ()
    events: list[Event] = field(default_factory=list)

    @property
    def length(self) -> int:
        return round(sum(event.length for event in self.events))


@dataclass(slots=True)
class Voice:
    """A voice while it is read: what is in force, and the bars so far, the last one unfinished.

    `unit` is a plain note's share of a whole one. `broken` and `tuplet` stretch the next note, or
    the next so many. `ties` are the alterations that ties carry over barlines.
    """

    metre: Metre = COMMON_TIME
    key: Key = C_MAJOR
    unit: Fraction | None = None
    tempo: Tempo | None = None
    passes: tuple[int, ...] = ()
    bars: list[Bar] = field(default_factory=list)
    accidentals: dict[str, int] = field(default_factory=dict)
    ties: dict[str, int] = field(default_factory=dict)
    broken: Fraction = Fraction(1)
    tuplet: tuple[Fraction, int] = (Fraction(1), 0)


@dataclass(slots=True)
class Tune:
    """The tune so far. `staves` are the voices of each staff, where the file says so."""

    header: Voice = field(default_factory=Voice)
    voices: dict[str, Voice] = field(default_factory=dict)
    current: Voice | None = None
    clefs: dict[str, str] = field(default_factory=dict)
    staves: list[list[str]] = field(default_factory=list)
    braced: bool = False
    names: dict[str, str] = field(default_factory=dict)
    in_body: bool = False


def read_abc(text: str, wish: str | None = None) -> Written:
    """The first tune in an ABC file.

    Raises:
        BadAbc: there is no tune in it, or it lays voices over one another (&).
    """
    lines = text.splitlines()
    first = next((n for n, line in enumerate(lines) if FIELD.match(line)), len(lines))
    tune = Tune()
    for line in lines[first:]:
        if not line.strip() or (tune.in_body and line.startswith("X:")):
            if tune.in_body:
                break
        elif found := re.match(r"%%(?:score|staves)\s+(.*)", line):
            tune.braced = "{" in found[1]
            groups = re.findall(r"\(([^)]*)\)|([^\s{}\[\]|()*]+)", found[1])
            tune.staves = [(shared or alone).split() for shared, alone in groups]
        else:
            _line(tune, re.sub(r"(?<!\\)%.*", "", line))
    if not tune.in_body:
        raise BadAbc("it has no K: field, which begins the tune")
    return _written(tune, wish)


def _line(tune: Tune, line: str) -> None:
    found = FIELD.match(line)
    if found and (not tune.in_body or found[1] in BODY_FIELDS):
        _say(tune, found[1], found[2].strip())
    elif tune.in_body:
        for token in TOKEN.finditer(line):
            _token(tune, token)


def _say(tune: Tune, letter: str, value: str) -> None:
    """A field: in the header it holds for all voices, later for the current one."""
    if letter in "TC":
        tune.names.setdefault(letter, value)
    elif letter == "V":
        name, _, rest = value.partition(" ")
        tune.clefs[name] = tune.clefs.get(name, "") + rest
        if tune.in_body:
            tune.current = _voice(tune, name)
    voice = (tune.current or _voice(tune, "1")) if tune.in_body else tune.header
    if letter == "M":
        voice.metre = _metre(value)
    elif letter == "L" and (found := re.match(r"1/([1-9]\d{0,2})\b", value)):
        voice.unit = Fraction(1, int(found[1]))
    elif letter == "Q":
        voice.tempo = _tempo(value) or voice.tempo
    elif letter == "K":
        voice.key = _key(value, voice.key)
        tune.in_body = True
    if voice.bars and not voice.bars[-1].events:
        bar = voice.bars[-1]
        bar.metre, bar.key, bar.tempo = voice.metre, voice.key, voice.tempo


def _voice(tune: Tune, name: str) -> Voice:
    if name not in tune.voices:
        head = tune.header
        voice = Voice(head.metre, head.key, head.unit, head.tempo)
        voice.bars.append(Bar(voice.metre, voice.key, voice.tempo))
        tune.voices[name] = voice
    return tune.voices[name]


def _metre(value: str) -> Metre:
    if value.startswith("C|"):
        return Metre(2, 2)
    found = re.match(r"\(?(\d{1,2}(?:\+\d{1,2})*)\)?/([1-9]\d?)\b", value)
    beats = sum(int(part) for part in found[1].split("+")) if found else 0
    return Metre(beats, int(found[2])) if found and beats else COMMON_TIME


def _tempo(value: str) -> Tempo | None:
    """`Q:1/4=100` or, of old, `Q:100`."""
    found = re.search(r"((?:\d{1,2}/\d{1,2}\s*)*)=?\s*(\d{1,4})\s*(?:\"|$)", value)
    if not found or not int(found[2]):
        return None
    beats = [Fraction(int(a), int(b) or 1) for a, b in re.findall(r"(\d+)/(\d+)", found[1])]
    quarters = float(int(found[2]) * 4 * (sum(beats) or Fraction(1, 4)))
    return Tempo(0, round(60_000_000 / quarters))


def _key(value: str, before: Key) -> Key:
    """`K:Dm`, `K:F# dorian`; a field that only names a clef changes nothing."""
    found = KEY.match(value)
    if not found or "=" in value.split()[0]:
        return C_MAJOR if value.lower().startswith(("none", "hp")) else before
    mode = (found[3] or "").lower()
    fifths = SHARPENED.index(found[1].upper()) - 1 + MODES.get(mode, 0)
    fifths += 7 * {"#": 1, "b": -1, "": 0}[found[2].lower()]
    return Key(0, max(-7, min(7, fifths)), mode in ("m", "min", "aeo"))


def _token(tune: Tune, token: re.Match[str]) -> None:
    if token["letter"]:
        _say(tune, token["letter"], token["value"].strip())
        return
    voice = tune.current or _voice(tune, "1")
    if token["overlay"]:
        raise BadAbc("it lays voices over one another (&); give each a V: of its own")
    if token["bar"] is not None or token["bare_ending"]:
        _barline(voice, token["bar"] or "", token["ending"] or token["bare_ending"] or "")
    elif token["tuplet"]:
        notes = int(token["tuplet"])
        usual = USUAL_TIMES.get(notes, 3 if voice.metre.beats in (6, 9, 12) else 2)
        times = int(token["time"] or 0) or usual
        voice.tuplet = Fraction(times, notes), int(token["count"] or 0) or notes
    elif token["chord"] is not None:
        notes_in = [_note(voice, *note.groups()) for note in NOTE.finditer(token["chord"])]
        if notes_in:
            event = Event(
                notes_in[0][1], [(p, n, t or bool(token["chord_tie"])) for p, n, t in notes_in]
            )
            event.stretch(_times(token["chord_length"]))
            _add(voice, event)
    elif token["note"] and (note := NOTE.fullmatch(token["note"])):
        sounding = _note(voice, *note.groups())
        _add(voice, Event(sounding[1], [sounding]))
    elif token["rest"] is not None:
        _add(voice, Event(_unit(voice) * _times(token["rest"])))
    elif token["full_rests"] is not None:
        for number in range(int(token["full_rests"] or 1)):
            if number:
                _barline(voice, "|", "")
            full = Fraction(4 * TICKS * voice.metre.beats, voice.metre.unit)
            voice.bars[-1].events.append(Event(full))
    elif token["broken"]:
        _break(voice, token["broken"])


def _barline(voice: Voice, signs: str, ending: str) -> None:
    bar = voice.bars[-1]
    if bar.events:
        bar.closes = signs.startswith(":")
        voice.bars.append(Bar(voice.metre, voice.key, voice.tempo))
    elif len(voice.bars) > 1 and signs.startswith(":"):
        voice.bars[-2].closes = True
    if ending or signs.strip("|"):
        voice.passes = passes_of(ending) if ending else ()
    elif len(signs) > 1:
        voice.passes = ()
    new = voice.bars[-1]
    new.opens = new.opens or signs.endswith(":")
    new.passes = voice.passes
    voice.accidentals.clear()


def _unit(voice: Voice) -> Fraction:
    """Ticks of a plain note: an eighth, or in short metres a sixteenth, unless L: says."""
    short = Fraction(voice.metre.beats, voice.metre.unit) < Fraction(3, 4)
    return 4 * TICKS * (voice.unit or Fraction(1, 16 if short else 8))


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
    place = SHARPENED.index(name)
    signature = int(place < voice.key.fifths) - int(place >= 7 + voice.key.fifths)
    carried = voice.ties.pop(letter + octaves, None)
    if marks:
        alter = voice.accidentals[name] = sum(ALTERS[mark] for mark in marks)
    elif carried is not None:
        alter = carried
    else:
        alter = voice.accidentals.get(name, signature)
    if tie:
        voice.ties[letter + octaves] = alter
    octave = 5 + letter.islower() + octaves.count("'") - octaves.count(",")
    pitch = 12 * octave + SEMITONES[name] + alter
    return max(0, min(127, pitch)), _unit(voice) * _times(length), bool(tie)


def _chord(voice: Voice, inside: str, length: str, all_tied: bool) -> None:
    """Notes struck together, which last as the first of them does."""
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
    voice.bars[-1].events.append(event)


def _break(voice: Voice, signs: str) -> None:
    """a>b lengthens the first and shortens the second; a<b the other way round."""
    short = Fraction(1, 2 ** len(signs))
    first, voice.broken = (2 - short, short) if signs[0] == ">" else (short, 2 - short)
    if voice.bars[-1].events:
        voice.bars[-1].events[-1].stretch(first)


def _written(tune: Tune, wish: str | None) -> Written:
    names = list(tune.voices)
    staves = [[n for n in staff if n in names] for staff in tune.staves]
    staves = [staff for staff in staves if staff] or [[name] for name in names]
    staff_of = {name: place for place, staff in enumerate(staves) for name in staff}
    parts = [Part("", (), tuple(range(len(staves))))]
    taken = take(parts, wish)
    hands = hands_of(parts, taken)
    heads: list[Head] = []
    measures: list[Measure] = []
    keys: list[Key] = []
    tempos: list[Tempo] = []
    uneven = start = 0
    for row in zip_longest(*(voice.bars for voice in tune.voices.values())):
        full = {name: bar for name, bar in zip(names, row, strict=True) if bar and bar.events}
        if not full:
            continue
        lengths = [bar.length for bar in full.values()]
        uneven += max(lengths) - min(lengths) > SLACK
        first = next(iter(full.values()))
        measures.append(
            Measure(start, max(lengths), first.metre, first.opens, first.closes, first.passes)
        )
        keys.append(first.key._replace(step=start))
        tempos += [first.tempo._replace(step=start)] if first.tempo else []
        for name, bar in full.items():
            heads += _heads(bar, start, staff_of.get(name, len(staves)))
        start += max(lengths)
    sections, order = repeated_sections(measures)
    return Written(
        sounds_of(heads, measures, {len(staves): Hand.UNKNOWN, **hands}),
        tuple(measures),
        tuple(keys),
        tuple(tempos),
        sections,
        order,
        tune.names.get("T", ""),
        tune.names.get("C", ""),
        (f"{uneven} bars whose voices differ in length",) if uneven else (),
    )


def _heads(bar: Bar, start: int, staff: int) -> Iterator[Head]:
    passed = Fraction(start)
    for event in bar.events:
        for pitch, length, tied in event.notes:
            # A tie names no end: whatever follows on the same pitch may be it.
            yield Head(round(passed), pitch, round(length), staff, tied, True)
        passed += event.length
