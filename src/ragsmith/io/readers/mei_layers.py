"""Notes of MEI: what stands in a layer, one thing after another.

A length is what the file says in numbers (`dur.ppq`), unless that only rounds what `dur`, dots and
tuplets say exactly. Grace notes are markings: they have no time of their own. Tremolos are read as
held notes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple
from xml.etree.ElementTree import Element

from ragsmith.io.readers.exact_score import TICKS, Head
from ragsmith.io.readers.markings import Edge
from ragsmith.io.readers.mei_markings import articulations_of, grace_of
from ragsmith.io.readers.repeats import Cut, Measure
from ragsmith.piece import Key, Metre, Tempo

__all__ = ["WHOLES", "XML_ID", "Score", "Span", "children", "dotted", "number", "read_layer"]

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
CHOICES = ("app", "choice", "subst")
"""Several readings of one place; the preferred ones are these, else the first."""
PREFERRED = ("lem", "corr", "reg", "add")
SILENT = (
    "graceGrp",
    "mRest",
    "mSpace",
    "multiRest",
    "accid",
    "artic",
    "verse",
    "syl",
    "dot",
    "del",
)
"""What holds nothing that sounds or takes time; a measure with nothing else is a full bar."""
WHOLE_BARS = {"mRpt": 1, "mRpt2": 2, "multiRpt": 1}
"""Elements that say: play the bars before this one again; and how many bars."""
SIGNS_WITHIN = {"rptstart": Cut(opens=True), "rptend": Cut(True), "rptboth": Cut(True, True)}
PARTS_OF_BARS = ("beatRpt", "halfmRpt")
MOST_HEADS = 200_000
MOST_COPIES = 20_000
DEEPEST_COPY = 5
FILLED = "bars that say 'as before' filled in"
CUE = "cue notes left out"
COMMON_TIME = Metre(4, 4)
TRIPLET = Fraction(2, 3)


class Span(NamedTuple):
    """A tuplet that is only said where it begins: its ratio, and the id of its last note."""

    ratio: Fraction
    end: str


class Place(NamedTuple):
    """Where something stands: a tick, and a staff."""

    onset: int
    staff: int


@dataclass(slots=True)
class Score:
    """What has been read so far.

    Attributes:
        now: in ticks.
        by_name: elements by their ids, for `copyof`.
        spans: tuplets that begin at the note or rest with an id.
        per_quarter: what `dur.ppq` counts of; 0 where the file does not say.
        usual: the length of notes that give none, by staff (0: all), as MEI writes it.
        marks_each_note: whether each altered note has its accidental, or only the first in a bar.
        marked, unmarked: notes that have an alteration, and notes that lack that of the signature.
        alters: the accidentals in force in this bar.
        by_id: the places in `heads` of notes by their ids.
        edges: markings that stand on notes.
        controls: what stands beside the staves, with the place of the measure that holds it.
        events: where notes, chords, rests and spaces stand, by their ids.
        by_chord: the places of the notes of a chord by its id; a note is its own chord.
        grace_places: where grace notes stand, by their ids.
        sounding_octave: places of the heads whose octave is what sounds.
        fifths, semitones: key signature and transposition by staff (0: all).
        lines: octave lines, with the place of the measure that holds them.
        cuts: repeat signs within bars, by the bar's place and their ticks from its start.
        stretches: by their ids, where sections and endings begin and end.
        expansion: the ids of what is played, in order, where the file lists it.
        past: by staff and layer, the heads of each measure and where it begins.
    """

    now: int = 0
    by_name: dict[str, Element] = field(default_factory=dict)
    spans: dict[str, Span] = field(default_factory=dict)
    per_quarter: int = 0
    usual: dict[int, str] = field(default_factory=dict)
    copies: int = 0
    metre: Metre = COMMON_TIME
    fifths: dict[int, int] = field(default_factory=dict)
    semitones: dict[int, int] = field(default_factory=dict)
    passes: tuple[int, ...] = ()
    opens: bool = False
    marks_each_note: bool = True
    marked: int = 0
    unmarked: int = 0
    alters: dict[tuple[int, str, int], int] = field(default_factory=dict)
    heads: list[Head] = field(default_factory=list)
    by_id: dict[str, int] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    controls: list[tuple[int, Element]] = field(default_factory=list)
    events: dict[str, Place] = field(default_factory=dict)
    by_chord: dict[str, list[int]] = field(default_factory=dict)
    grace_places: dict[str, Edge] = field(default_factory=dict)
    sounding_octave: set[int] = field(default_factory=set)
    measures: list[Measure] = field(default_factory=list)
    lines: list[tuple[int, Element]] = field(default_factory=list)
    keys: dict[int, Key] = field(default_factory=dict)
    tempos: dict[int, Tempo] = field(default_factory=dict)
    stretches: dict[str, tuple[int, int]] = field(default_factory=dict)
    expansion: tuple[str, ...] = ()
    past: dict[tuple[int, str], list[tuple[int, list[Head]]]] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    cuts: dict[int, dict[int, Cut]] = field(default_factory=dict)


@dataclass(slots=True)
class Layer:
    """A layer while it is read: its staff and name, where its bar begins, the tuplet that runs on
    until a note that ends it, and the heads so far."""

    staff: int
    name: str
    start: int
    span: Span | None = None
    heads: list[Head] = field(default_factory=list)


def children(score: Score, element: Element) -> list[Element]:
    """What stands in an element: copies as what they copy, of a choice the reading that is taken.

    Raises:
        ValueError: it is copied without end.
    """
    inside = [_original(score, child) for child in element]
    if element.tag not in CHOICES or not inside:
        return inside
    return [next((c for name in PREFERRED for c in inside if c.tag == name), inside[0])]


def _original(score: Score, element: Element) -> Element:
    for _ in range(DEEPEST_COPY):
        copied = score.by_name.get(element.get("copyof", "").removeprefix("#"))
        if copied is None:
            return element
        score.copies += 1
        if score.copies > MOST_COPIES:
            break
        element = copied
    raise ValueError("it copies itself without end")


def number(element: Element, name: str, default: int, most: int = 999) -> int:
    """A whole number in an attribute."""
    value = int(element.get(name, default))
    if not -most <= value <= most:
        raise ValueError(f"{name} is {value}")
    return value


def read_layer(score: Score, element: Element, staff: int) -> int:
    """Reads a layer from `score.now` on; returns the tick where it ends."""
    layer = Layer(staff, element.get("n", "1"), score.now)
    _events(score, layer, element, Fraction(1))
    score.heads += layer.heads
    score.past.setdefault((staff, layer.name), []).append((layer.start, layer.heads))
    end, score.now = score.now, layer.start
    return end


def _events(score: Score, layer: Layer, element: Element, scale: Fraction) -> None:
    """Reads what stands in an element of a layer; `scale` is that of the tuplets around it."""
    for child in children(score, element):
        tag = child.tag
        _pass_on_cue(child)
        if tag == "graceGrp" or (child.get("grace") and tag not in SILENT):
            _graces(score, layer, child)
        elif tag in SILENT:
            continue
        elif tag in ("note", "chord", "rest", "space"):
            _event(score, layer, child, scale)
        elif tag == "barLine" and child.get("form") in SIGNS_WITHIN:
            cuts = score.cuts.setdefault(len(score.measures), {})
            cuts[score.now - layer.start] = SIGNS_WITHIN[child.attrib["form"]]
        elif tag in WHOLE_BARS:
            _bar_again(score, layer, number(child, "num", WHOLE_BARS[tag]))
        elif tag in PARTS_OF_BARS:
            _beat_again(score, layer, halves=tag == "halfmRpt")
        elif tag == "tuplet":
            ratio = Fraction(number(child, "numbase", 2), number(child, "num", 3))
            _events(score, layer, child, scale * ratio)
        elif tag == "keySig":
            _key(score, layer, child)
        elif tag == "fTrem":
            _events(score, layer, child, scale / 2)
        else:
            _events(score, layer, child, scale)


def _pass_on_cue(element: Element) -> None:
    """The notes of what is a cue are cues."""
    if element.get("cue") == "true":
        for note in element.iter("note"):
            note.set("cue", "true")


def _key(score: Score, layer: Layer, key: Element) -> None:
    """A signature within a layer; one that says nothing changes nothing."""
    sharps = signature(key.get("sig") or "")
    score.fifths[layer.staff] = score.fifths.get(layer.staff, 0) if sharps is None else sharps


def signature(text: str) -> int | None:
    """Sharps, or flats as a negative number, of "3s", "2f" or "0"."""
    plain = text.removesuffix("s").removesuffix("f")
    if plain not in "01234567" or not plain:
        return None
    return int(plain) * (-1 if text.endswith("f") else 1)


def _event(score: Score, layer: Layer, element: Element, scale: Fraction) -> None:
    notes = [n for n in element.iter("note") if not n.get("grace")]
    names = {e.attrib[XML_ID] for e in (element, *notes) if XML_ID in e.attrib}
    marks = {e.get("tuplet", " ")[0] for e in (element, *notes)}
    begun = next((score.spans[name] for name in names if name in score.spans), None)
    if begun or ("i" in marks and not layer.span):
        layer.span = begun or Span(TRIPLET, "")
    span = layer.span.ratio if layer.span else Fraction(1)
    length = _length(score, layer, element, scale * span)
    own = {id(n): _length(score, layer, n, scale * span) for n in notes if _says_length(n)}
    if not length and own:
        length = max(own.values())
    staff = number(element, "staff", layer.staff)
    score.events.update(dict.fromkeys(names, Place(score.now, staff)))
    for note in notes:
        _note(score, layer, note, element, own.get(id(note), length))
    score.now += length
    if layer.span and (layer.span.end in names or ("t" in marks and not layer.span.end)):
        layer.span = None


def _graces(score: Score, layer: Layer, element: Element) -> None:
    """Grace notes lead to what begins now."""
    chords = {id(note): chord for chord in element.iter("chord") for note in chord.iter("note")}
    for note in element.iter("note"):
        pitch = _pitch(score, layer, note)
        if pitch is not None:
            place = Edge(score.now, "", layer.staff, pitch, is_early=True)
            score.edges.append(grace_of(note, chords.get(id(note), note), place))
            score.grace_places[note.get(XML_ID, "")] = place


def _says_length(element: Element) -> bool:
    return "dur" in element.attrib or "dur.ppq" in element.attrib


def _length(score: Score, layer: Layer, element: Element, scale: Fraction) -> int:
    """In ticks: what the file says of the sound (`dur.ges`) goes before what is drawn (`dur`)."""
    usual = score.usual.get(layer.staff, score.usual.get(0)) if element.tag != "chord" else None
    drawn = element.get("dur", usual or "")
    value = element.get("dur.ges", "")
    value = value if value in WHOLES else drawn
    if value and value not in WHOLES:
        raise ValueError(f"dur is {value[:20]}")
    dots = number(element, "dots.ges", number(element, "dots", 0, 4), 4)
    plain = dotted(4 * WHOLES[value], dots) if value else Fraction(0)
    if "num" in element.attrib or "numbase" in element.attrib:
        scale *= Fraction(number(element, "numbase", 1), number(element, "num", 1))
    exact = round(plain * scale * TICKS)
    if "dur.ppq" not in element.attrib or not score.per_quarter:
        return exact
    counted = number(element, "dur.ppq", 0, 10**7) * TICKS // score.per_quarter
    return exact if abs(counted - exact) * score.per_quarter <= TICKS and exact else counted


def dotted(value: Fraction, dots: int) -> Fraction:
    """A note value with its dots."""
    return value * (2 - Fraction(1, 1 << dots))


def _note(score: Score, layer: Layer, note: Element, event: Element, length: int) -> None:
    staff = number(note, "staff", number(event, "staff", layer.staff))
    pitch = _pitch(score, layer, note)
    if pitch is None or not length:
        return
    if note.get("cue") == "true":
        score.faults[CUE] += 1
        return
    place = len(score.heads) + len(layer.heads)
    if place > MOST_HEADS:
        raise ValueError(f"it has more than {MOST_HEADS:,} notes")
    score.by_id[note.get(XML_ID, "")] = place
    if "oct.ges" in note.attrib:
        score.sounding_octave.add(place)
    tie = note.get("tie", event.get("tie", ""))
    to_next, to_last = "i" in tie or "m" in tie, "t" in tie or "m" in tie
    layer.heads.append(Head(score.now, pitch, length, staff, to_next, to_last))
    own = [note] if note is event else [note, event] if note is _last(event) else [note]
    score.edges += articulations_of(own, Edge(score.now, "", staff, pitch))
    score.by_chord.setdefault(event.get(XML_ID, ""), []).append(place)


def _last(event: Element) -> Element:
    return list(event.iter("note"))[-1]


def _pitch(score: Score, layer: Layer, note: Element) -> int | None:
    """The MIDI number of a note; None where it says none that a keyboard has."""
    letter = note.get("pname", note.get("pname.ges", ""))
    if letter not in SEMITONES:
        return None
    octave = number(note, "oct", 4)
    semitones = SEMITONES[letter] + _alter(score, note, layer.staff, letter, octave)
    semitones += score.semitones.get(layer.staff, score.semitones.get(0, 0))
    pitch = 12 * (number(note, "oct.ges", octave) + 1) + semitones
    return pitch if 0 <= pitch <= 127 else None


def _alter(score: Score, note: Element, staff: int, letter: str, octave: int) -> int:
    """Semitones that the accidental adds: the note's own, else the bar's, else the signature's.
    What an editor only suggests does not count."""
    marks = [note, *(accid for accid in note.iter("accid") if accid.get("func") != "edit")]
    for name in ("accid.ges", "accid"):
        for mark in marks:
            if mark.get(name) in ALTERS:
                alter = score.alters[staff, letter, octave] = ALTERS[mark.attrib[name]]
                score.marked += alter != 0
                return alter
    fifths = score.fifths.get(staff, score.fifths.get(0, 0))
    place = SHARPENED.index(letter)
    altered = int(place < fifths) - int(fifths < 0 and place >= 7 + fifths)
    in_bar = score.alters.get((staff, letter, octave))
    score.unmarked += bool(altered) and in_bar is None
    if score.marks_each_note:
        return 0
    return altered if in_bar is None else in_bar


def _bar_again(score: Score, layer: Layer, bars: int) -> None:
    """The layer's last bars again, or those of its staff where the layer was silent."""
    past = score.past.get((layer.staff, layer.name)) or score.past.get((layer.staff, "1"), [])
    if len(past) < bars:
        return
    begin, heads = past[-bars]
    shift = layer.start - begin
    layer.heads += (head._replace(onset=head.onset + shift) for head in heads)
    score.faults[FILLED] += bool(heads)
    score.now = max([score.now, *(head.onset + head.duration for head in layer.heads)])


def _beat_again(score: Score, layer: Layer, halves: bool) -> None:
    """The beat, or half bar, before this place again."""
    beat = 4 * TICKS // score.metre.unit
    length = score.metre.beats * beat // 2 if halves else beat
    since = score.now - length
    again = [head for head in layer.heads if since <= head.onset < score.now]
    layer.heads += (head._replace(onset=head.onset + length) for head in again)
    score.now += length
