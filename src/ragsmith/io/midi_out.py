"""MIDI files out; `ragsmith.io.readers.midi` lists the conventions for what MIDI cannot hold."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

from mido import Message, MetaMessage, MidiFile, MidiTrack, UnknownMetaMessage

from ragsmith.errors import BadFile
from ragsmith.files import write_whole
from ragsmith.hands import split_hands
from ragsmith.io.printable import printable
from ragsmith.performance import PedalChange, Performance, PlayedNote, as_played
from ragsmith.piece import Bar, Hand, Metre, Piece
from ragsmith.played import SUSTAIN

__all__ = ["END", "FINEST_UNIT", "MARKINGS", "MOST_BEATS", "RECIPE", "write_midi"]

MOST_BEATS = FINEST_UNIT = 64
"""The largest metre that is written or read."""
END = "end"
"""Marker where a section ends that no other follows, and at the end of a piece."""
SLOWEST = 0xFFFFFF
"""Microseconds per quarter note that three bytes hold: 3.6 quarters a minute."""
LONGEST_WAIT = 0x0FFFFFFF
"""Ticks between two events that four bytes hold."""
MOST_WRITTEN = 255
"""Beats of a metre that a byte holds."""
KEY_SIGNATURE = 0x59
HANDS = ((Hand.RIGHT, "Right hand"), (Hand.LEFT, "Left hand"))

RECIPE = "ragsmith recipe "
"""Beginning of the text event that holds a recipe."""
MARKINGS = "ragsmith markings "
"""Beginning of the text event that holds steps per quarter and markings, as JSON."""

Timed = tuple[int, Message | MetaMessage]
"""An event and its time in ticks from the beginning."""


def write_midi(music: Piece | Performance, path: Path) -> Path:
    """Write a type-1 MIDI file: a conductor track, the right hand, the left hand.

    Notes without a hand are given one. The file appears whole or not at all; the same piece always
    gives the same bytes. Bars stand on the ticks where they are written, in a performance too: its
    tempo map bends, and notes stand beside their places.

    Raises:
        BadFile: a bar or a silence is longer than MIDI can say, the folder is missing or closed, or
            the disk is full.
    """
    performance = music if isinstance(music, Performance) else as_played(music)
    piece = performance.piece
    notes = split_hands(piece.notes, piece.steps_per_quarter)
    file = MidiFile(type=1, ticks_per_beat=performance.ticks_per_quarter, charset="utf-8")
    file.tracks.append(_track(_conducted(performance)))
    # A channel each: in one, the end of a note in one hand would silence the other hand's next.
    for channel, (hand, name) in enumerate(HANDS):
        own = (p for p, n in zip(performance.notes, notes, strict=True) if n.hand == hand)
        played = _played(own, performance.pedal, channel)
        beginning = [
            (0, MetaMessage("track_name", name=name)),
            (0, Message("program_change", program=0, channel=channel)),
        ]
        file.tracks.append(_track(beginning + played))
    data = io.BytesIO()
    file.save(file=data)
    return write_whole(path, data.getvalue())


def _track(events: Iterable[Timed]) -> MidiTrack:
    """A track of events in order, their times made relative."""
    track = MidiTrack()
    now = 0
    for time, event in events:
        if time - now > LONGEST_WAIT:
            raise _unsayable(f"holds a note or a silence of more than {LONGEST_WAIT:,} ticks")
        track.append(event.copy(time=time - now))
        now = time
    return track


def _played(notes: Iterable[PlayedNote], pedal: Iterable[PedalChange], channel: int) -> list[Timed]:
    """Beginnings and ends of notes, and the pedal; at one time ends come first, so that a key can
    be restruck."""
    events = []
    for tick, depth in pedal:
        change = Message("control_change", control=SUSTAIN, value=depth, channel=channel)
        events.append((tick, 1, 0, change))
    for onset, pitch, duration, velocity in notes:
        begin = Message("note_on", note=pitch, velocity=velocity, channel=channel)
        end = Message("note_off", note=pitch, velocity=0, channel=channel)
        events += [(onset, 2, pitch, begin), (onset + duration, 0, pitch, end)]
    events.sort(key=lambda event: event[:3])
    return [(time, message) for time, _, _, message in events]


def _conducted(performance: Performance) -> list[Timed]:
    """Title, recipe, markings, metres, keys, tempos and sections."""
    piece, ticks = performance.piece, performance.ticks_per_step
    events: list[Timed] = []
    if title := printable(piece.title):
        events.append((0, MetaMessage("track_name", name=title)))
    if piece.recipe:
        events.append((0, MetaMessage("text", text=RECIPE + piece.recipe)))
    if piece.markings:
        rows = json.dumps([piece.steps_per_quarter, *piece.markings], separators=(",", ":"))
        events.append((0, MetaMessage("text", text=MARKINGS + rows)))
    for step, metre in _metres(piece):
        signature = MetaMessage("time_signature", numerator=metre.beats, denominator=metre.unit)
        events.append((step * ticks, signature))
    for key in piece.keys:
        key_signature = UnknownMetaMessage(KEY_SIGNATURE, (key.fifths & 0xFF, int(key.minor)))
        events.append((key.step * ticks, key_signature))
    for tick, microseconds in performance.tempos:
        events.append((tick, MetaMessage("set_tempo", tempo=min(SLOWEST, microseconds))))
    for step, name in sorted(_markers(piece).items()):
        events.append((step * ticks, MetaMessage("marker", text=name)))
    return sorted(events, key=lambda event: event[0])


def _markers(piece: Piece) -> dict[int, str]:
    """Step to marker: where sections begin, and where one ends that no other follows."""
    ends = {section.end: END for section in piece.sections} | {piece.steps: END}
    return ends | {s.start: printable(s.name) for s in piece.sections if printable(s.name)}


def _metres(piece: Piece) -> list[tuple[int, Metre]]:
    """(step, metre) where the metre changes or, in the middle of its bar, begins anew."""
    metres: list[tuple[int, Metre]] = []
    current = None
    for bar in piece.bars:
        metre, whole = _written_metre(bar, piece.steps_per_quarter)
        if metre != current:
            metres.append((bar.start, metre))
        current = metre if whole else None
    if piece.bars and current != piece.bars[-1].metre:
        metre = piece.bars[-1].metre
        metres.append((piece.steps, metre if _is_writable(metre) else Metre(4, 4)))
    return metres


def _written_metre(bar: Bar, steps_per_quarter: int) -> tuple[Metre, bool]:
    """The metre to write for a bar, and whether its length is the bar's."""
    writable = _is_writable(bar.metre)
    full = bar.metre.steps(steps_per_quarter)
    if writable and bar.length == full:
        return bar.metre, True
    own = Fraction(bar.length, 4 * steps_per_quarter)
    unit = math.lcm(own.denominator, bar.metre.unit if writable else 1)
    for metre in (Metre(int(own * unit), unit), Metre(own.numerator, own.denominator)):
        if _is_writable(metre):
            return metre, True
    if writable and bar.length < full:
        return bar.metre, False
    quarters = -(-bar.length // steps_per_quarter)
    if quarters > MOST_WRITTEN:
        rule = f"has a bar of {quarters:,} quarter notes; MIDI holds bars of {MOST_WRITTEN}"
        raise _unsayable(rule)
    return Metre(quarters, 4), False


def _unsayable(rule: str) -> BadFile:
    return BadFile("the piece", rule, "write it as MusicXML, or divide it")


def _is_writable(metre: Metre) -> bool:
    """Whether MIDI can hold the metre and our reader believes it: the unit is a power of two."""
    power_of_two = 1 <= metre.unit <= FINEST_UNIT and not metre.unit & (metre.unit - 1)
    return power_of_two and 1 <= metre.beats <= MOST_BEATS
