"""MusicXML 4.0: two staves for two hands, as an engraver would write them.
https://www.w3.org/2021/06/musicxml40

Beams, accidentals and tuplets are written out, since readers (verovio among them) derive none.
Velocities are not written. A head's id says which note it is: `n7` is note 7, counted from 0, of
the piece as it is written (`ragsmith.io.score.repeat_signs.fold`), `n7-1` the head tied to it.
"""

from __future__ import annotations

import io
import zipfile
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from ragsmith.errors import BadFile
from ragsmith.files import write_whole
from ragsmith.io.printable import printable
from ragsmith.io.score.musicxml_chords import add_chords
from ragsmith.io.score.musicxml_markings import add_directions, notations_of
from ragsmith.io.score.musicxml_notes import add, add_clef, add_music
from ragsmith.io.score.repeat_signs import Folded, fold
from ragsmith.io.score.staves import Measure, Staff, lay_out, measures_of
from ragsmith.piece import Hand, Metre, Piece, Tempo
from ragsmith.spelling import fitting_key

__all__ = ["musicxml", "printed", "write_musicxml", "write_mxl"]

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN"'
    ' "http://www.musicxml.org/dtds/partwise.dtd">\n'
)
MEMBER = "score.musicxml"
CONTAINER = f"""\
<?xml version="1.0" encoding="UTF-8"?>
<container><rootfiles><rootfile full-path="{MEMBER}"/></rootfiles></container>
""".encode()
"""The member of an .mxl file that names the score in it."""
LOWEST = 12
"""C0; MusicXML counts octaves from 0."""
LONGEST_TEXT = 120
"""Characters of a title, a name or a mark; what is longer ends in dots."""
LONGEST_BAR, FULLEST_BAR = 400, 1000
"""Quarter notes and notes of a bar that a score can show; laying out takes time by their square."""
SLOWEST, FASTEST = 5, 1000
"""Quarter notes a minute that are written as tempo marks."""
SLIGHT = 0.05
"""A change of tempo by less than this share is not written."""


def musicxml(piece: Piece, hand: Hand = Hand.UNKNOWN) -> bytes:
    """The score of a piece; the same piece always gives the same bytes.

    Args:
        piece: what to write.
        hand: the one whose staff alone is written; UNKNOWN writes both.

    Raises:
        BadFile: the piece has no bars, one that no score can show, or such a pitch.
    """
    _check(piece)
    folded = fold(piece if piece.keys else replace(piece, keys=(fitting_key(piece.notes),)))
    written = folded.piece
    measures = measures_of(written.bars, folded.cuts, written.keys, written.steps_per_quarter)
    score = _score(written)
    part = add(score, "part", id="P1")
    before: tuple[Measure, tuple[Staff, ...]] | None = None
    tempos = _drawn_tempos(written.tempos, measures)
    laid_out = lay_out(written, measures)
    notations = notations_of(written, measures, laid_out)
    hands = [hand] if hand else [Hand.RIGHT, Hand.LEFT]
    for place, (measure, both) in enumerate(zip(measures, laid_out, strict=True)):
        staves = {Hand.UNKNOWN: both, Hand.RIGHT: both[:1], Hand.LEFT: both[1:]}[hand]
        element = add(part, "measure", number=str(measure.number or f"X{place}"))
        if not measure.number:
            element.set("implicit", "yes")
        _add_left_barline(element, folded, measure)
        if before is None:
            _add_first_attributes(element, measure, staves, written.steps_per_quarter)
        else:
            _add_changes(element, measure, staves, before)
        _add_marks(element, folded, measure, tempos.get(place))
        add_chords(element, written, measure)
        add_directions(element, written.markings, measure, hands)
        add_music(element, measure, staves, hands, notations)
        _add_jumps(element, folded, measure)
        following = measures[place + 1] if place + 1 < len(measures) else measure
        _add_right_barline(element, folded, measure, following)
        before = measure, staves
    ElementTree.indent(score, "")
    return (HEAD + ElementTree.tostring(score, "unicode") + "\n").encode()


def write_musicxml(piece: Piece, path: Path, hand: Hand = Hand.UNKNOWN) -> Path:
    """Write the score, of one hand or of both; the file appears whole or not at all.

    Raises:
        BadFile: the piece cannot be written as a score, or the file cannot be written.
    """
    return write_whole(path, musicxml(piece, hand))


def write_mxl(piece: Piece, path: Path, hand: Hand = Hand.UNKNOWN) -> Path:
    """Write the score, of one hand or of both, compressed; it appears whole or not at all.

    Raises:
        BadFile: the piece cannot be written as a score, or the file cannot be written.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {
            "META-INF/container.xml": CONTAINER,
            MEMBER: musicxml(piece, hand),
        }.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return write_whole(path, packed.getvalue())


def printed(text: str) -> str:
    """Text as a title or a label shows it, on one line."""
    return printable(text, LONGEST_TEXT, "…")


def _check(piece: Piece) -> None:
    """Raises BadFile where no score can show the piece."""
    name = piece.title or "the piece"
    if not piece.bars:
        raise BadFile(name, "has no bars", "give it at least one")
    if (lowest := min((n.pitch for n in piece.notes), default=LOWEST)) < LOWEST:
        rule = f"has pitch {lowest}; a score cannot go below C0, which is {LOWEST}"
        raise BadFile(name, rule, "transpose it")
    longest = max(bar.length for bar in piece.bars) // piece.steps_per_quarter
    if longest > LONGEST_BAR:
        rule = f"has a bar of {longest:,} quarter notes; a score shows bars of up to {LONGEST_BAR}"
        raise BadFile(name, rule, "give it barlines")
    starts = [bar.start for bar in piece.bars]
    fullest = max(Counter(bisect_right(starts, n.onset) for n in piece.notes).values(), default=0)
    if fullest > FULLEST_BAR:
        rule = f"has a bar of {fullest:,} notes; a score shows bars of up to {FULLEST_BAR:,}"
        raise BadFile(name, rule, "give it barlines")


def _score(piece: Piece) -> Element:
    """The document with all that comes before the notes."""
    score = Element("score-partwise", version="4.0")
    if title := printed(piece.title):
        add(add(score, "work"), "work-title", title)
    identification = add(score, "identification")
    if composer := printed(piece.composer):
        add(identification, "creator", composer, type="composer")
    add(add(identification, "encoding"), "software", "Ragsmith")
    if title:
        _add_credit(score, "title", title, justify="center", valign="top", font_size="24")
    if composer:
        _add_credit(score, "composer", composer, justify="right", valign="bottom", font_size="12")
    listed = add(add(score, "part-list"), "score-part", id="P1")
    add(listed, "part-name", "Piano", print_object="no")
    add(add(listed, "score-instrument", id="P1-I1"), "instrument-name", "Piano")
    add(add(listed, "midi-instrument", id="P1-I1"), "midi-program", "1")
    return score


def _add_credit(score: Element, kind: str, text: str, **look: str) -> None:
    """A line above the music on the first page: the title or the composer."""
    credit = add(score, "credit", page="1")
    add(credit, "credit-type", kind)
    add(credit, "credit-words", text, **look)


def _add_first_attributes(
    element: Element, measure: Measure, staves: Sequence[Staff], steps_per_quarter: int
) -> None:
    attributes = add(element, "attributes")
    add(attributes, "divisions", str(steps_per_quarter))
    _add_key(attributes, measure)
    _add_time(attributes, measure.metre)
    add(attributes, "staves", str(len(staves)))
    for number, staff in enumerate(staves, 1):
        add_clef(attributes, str(number), staff.clefs.first)


def _add_changes(
    element: Element,
    measure: Measure,
    staves: Sequence[Staff],
    before: tuple[Measure, Sequence[Staff]],
) -> None:
    """Key, metre and clefs, as far as they differ from those of the measure before."""
    last, old = before
    attributes = Element("attributes")
    if measure.fifths != last.fifths:
        _add_key(attributes, measure)
    if measure.metre != last.metre:
        _add_time(attributes, measure.metre)
    for number, (staff, was) in enumerate(zip(staves, old, strict=True), 1):
        if staff.clefs.first.sign != was.clefs.last.sign:
            add_clef(attributes, str(number), staff.clefs.first)
    if len(attributes):
        element.append(attributes)


def _add_key(attributes: Element, measure: Measure) -> None:
    key = add(attributes, "key")
    add(key, "fifths", str(measure.fifths))
    if measure.minor:  # a key that says no more than its signature is held to be major
        add(key, "mode", "minor")


def _add_time(attributes: Element, metre: Metre) -> None:
    time = add(attributes, "time")
    add(time, "beats", str(metre.beats))
    add(time, "beat-type", str(metre.unit))


def _add_left_barline(element: Element, folded: Folded, measure: Measure) -> None:
    opens = measure.start in folded.opens
    ending = next((e for e in folded.endings if e.start == measure.start), None)
    if not opens and not ending:
        return
    barline = add(element, "barline", location="left")
    if opens:
        add(barline, "bar-style", "heavy-light")
    if ending:
        add(barline, "ending", f"{ending.label}.", number=ending.label, type="start")
    if opens:
        add(barline, "repeat", direction="forward")


def _add_right_barline(
    element: Element, folded: Folded, measure: Measure, following: Measure
) -> None:
    """A barline where something ends: a strain, an ending, a signature, the piece."""
    times = dict(folded.closes).get(measure.end)
    ending = next((e for e in folded.endings if e.end == measure.end), None)
    is_last = measure.end in (folded.piece.steps, folded.fine)
    is_double = measure.end in folded.ends or following.fifths != measure.fifths
    if not (times or ending or is_last or is_double):
        return
    barline = add(element, "barline", location="right")
    if times or is_last:
        add(barline, "bar-style", "light-heavy")
    elif is_double:
        add(barline, "bar-style", "light-light")
    if ending:
        add(barline, "ending", number=ending.label, type="stop" if times else "discontinue")
    if times:
        repeat = add(barline, "repeat", direction="backward")
        if times > 2:
            repeat.set("times", str(times))


def _drawn_tempos(tempos: Sequence[Tempo], measures: Sequence[Measure]) -> dict[int, float]:
    """Quarter notes a minute by the measure that they are written in: at most one in each, and
    only what a player would notice."""
    drawn: dict[int, float] = {}
    last = 0.0
    place = 0
    for tempo in tempos:
        while place + 1 < len(measures) and measures[place].end <= tempo.step:
            place += 1
        pace = 60_000_000 / tempo.microseconds
        noticed = abs(pace - last) > SLIGHT * last
        if place not in drawn and noticed and SLOWEST <= pace <= FASTEST:
            drawn[place] = last = pace
    return drawn


def _add_marks(element: Element, folded: Folded, measure: Measure, pace: float | None) -> None:
    """Names of strains, and the tempo."""
    for name in folded.strains_in(measure.start, measure.end):
        add(_direction(element), "rehearsal", printed(name) or "?")
        _add_staff(element[-1])
    if pace is None:
        return
    metronome = add(_direction(element), "metronome")
    metre = measure.metre
    beat = Fraction(4, metre.unit) if metre.unit < 4 else Fraction(1)
    add(metronome, "beat-unit", {4: "whole", 2: "half"}.get(beat.numerator, "quarter"))
    if metre.unit >= 8 and metre.beats % 3 == 0 and metre.beats > 3:
        beat = Fraction(3, 2)
        add(metronome, "beat-unit-dot")
    add(metronome, "per-minute", f"{float(pace / beat):.4g}")
    _add_staff(element[-1])
    add(element[-1], "sound", tempo=f"{pace:.6g}")


def _add_jumps(element: Element, folded: Folded, measure: Measure) -> None:
    """Fine and da capo, at the ends of their measures."""
    jumps = []
    if measure.end == folded.fine:
        jumps.append(("Fine", {"fine": "yes"}))
    if folded.fine is not None and measure.end == folded.piece.steps:
        jumps.append(("D.C. al Fine", {"dacapo": "yes"}))
    for words, sound in jumps:
        add(_direction(element), "words", words)
        _add_staff(element[-1])
        add(element[-1], "sound", **sound)


def _direction(element: Element) -> Element:
    """The type of a new direction above the upper staff."""
    return add(add(element, "direction", placement="above"), "direction-type")


def _add_staff(direction: Element) -> None:
    add(direction, "staff", "1")
