"""Mends damaged MIDI files: what can still be made out is written anew for the strict reader.

MIDI libraries read a file whole or not at all; this walks its bytes and goes as far as they make
sense. Format: The Complete MIDI 1.0 Detailed Specification, Standard MIDI Files 1.0.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ragsmith.errors import counted
from ragsmith.io.printable import printable
from ragsmith.io.readers.encodings import decoded

__all__ = [
    "Header",
    "all_let_go",
    "chunks",
    "first_name",
    "first_texts",
    "has_true_lengths",
    "header",
    "mend",
    "what_it_is",
]

HEADER, TRACK = b"MThd", b"MTrk"
SYSEX, SYSEX_REST, META = 0xF0, 0xF7, 0xFF
NOTE_OFF, NOTE_ON, CONTROL, PROGRAM, PRESSURE = 0x8, 0x9, 0xB, 0xC, 0xD
TEXT, NAME, MARKER, END, TEMPO, METRE, KEY = 0x01, 0x03, 0x06, 0x2F, 0x51, 0x58, 0x59
DRUMS = 9
"""The channel of General MIDI's drums, counted from 0."""
CHANNELS = [channel for channel in range(16) if channel != DRUMS]
SHORTEST = {NAME: 0, MARKER: 0, TEMPO: 3, METRE: 2, KEY: 2}
"""Meta events that a Piece is made from, and how many bytes each needs at least."""
END_OF_TRACK = bytes((0, META, END, 0))
LET_GO = tuple(
    bytes((0, NOTE_OFF << 4 | channel, 0, 0)) + b"".join(bytes((0, p, 0)) for p in range(1, 128))
    for channel in range(16)
)
"""For each channel the ends of the notes of all keys, at one time."""
LONGEST_DELTA = 0x0FFFFFFF
LAST = bytes((0xFF, 0xFF, 0xFF, 0x7F))
"""The longest delta, as it is written."""
LOWERED = bytes(min(value, 127) for value in range(256))
SHORT_DELTAS = [bytes((value,)) for value in range(128)]

SIGNS = (
    (b"<!doctype html", "is a web page (HTML), not MIDI"),
    (b"<html", "is a web page (HTML), not MIDI"),
    (b"<?xml", "is XML, not MIDI"),
    (b"!!!", "is kern text, not MIDI"),
    (b"**kern", "is kern text, not MIDI"),
    (b"x:", "is ABC text, not MIDI"),
    (b"%pdf", "is a PDF, not MIDI"),
    (b"pk\x03\x04", "is a zip archive, not MIDI"),
    (b"\x1f\x8b", "is compressed (gzip), not MIDI"),
    (b"riff", "is sound (WAV) or another RIFF file, not MIDI"),
    (b"id3", "is sound (MP3), not MIDI"),
    (b"oggs", "is sound (OGG), not MIDI"),
    (b"flac", "is sound (FLAC), not MIDI"),
)
"""How files begin that are named .mid by mistake, in lower case."""


class Header(NamedTuple):
    """What a file's header says: its type (0-2), its tracks, and how it counts time."""

    start: int
    length: int
    kind: int
    tracks: int
    division: int


def what_it_is(data: bytes) -> str:
    """What a file without a MIDI header is, for its rejection."""
    beginning = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    for sign, verdict in SIGNS:
        if beginning.lower().startswith(sign):
            return verdict
    if not beginning.strip(b"\0 \t\r\n"):
        return "holds nothing but blanks"
    text = beginning.decode("utf-8", "ignore")
    printable = sum(c.isprintable() or c.isspace() for c in text)
    return "is text, not MIDI" if printable > 0.9 * len(beginning) else "is not a MIDI file"


def header(data: bytes) -> Header | None:
    """The header, wherever in the first bytes it stands (RMID wraps it); None without one."""
    start = data.find(HEADER, 0, 4096)
    if start < 0 or len(data) < start + 14:
        return None
    length = int.from_bytes(data[start + 4 : start + 8])
    kind, tracks, division = (int.from_bytes(data[start + at :][:2]) for at in (8, 10, 12))
    return Header(start, length, kind, tracks, division)


def chunks(data: bytes, head: Header) -> Iterator[tuple[int, int]]:
    """(first byte, end) of each track's events; a length that cannot be true is put right."""
    at = data.find(TRACK, head.start)
    while at >= 0:
        start = at + 8
        end = start + int.from_bytes(data[at + 4 : start])
        if end != len(data) and not data[end : end + 4].isalpha():
            end = data.find(TRACK, start)
            end = len(data) if end < 0 else end
        yield start, end
        at = data.find(TRACK, end)


def first_name(data: bytes, head: Header) -> str:
    """The name that the first track begins with; empty when it has none that is plain text."""
    return printable(decoded(next(_beginning(data, head, NAME), b"")))


def first_texts(data: bytes, head: Header) -> Iterator[bytes]:
    """The texts that stand in the first track before its first note."""
    return _beginning(data, head, TEXT)


def _beginning(data: bytes, head: Header, kind: int) -> Iterator[bytes]:
    """The data of the meta events of a kind in the first track before its first note."""
    start, end = next(chunks(data, head), (0, 0))
    for event in _events(data, start, end):
        if event.status >> 4 == NOTE_ON:
            return
        if event.kind == kind:
            yield data[event.start : event.end]


class _Event(NamedTuple):
    """An event: ticks since the one before, status byte, kind of a meta event, its data's place."""

    delta: int
    status: int
    kind: int
    start: int
    end: int


def _number(data: bytes, at: int, end: int) -> tuple[int, int]:
    """A variable-length number and where it ends.

    Raises:
        IndexError: it does not end before `end` or has more than four bytes.
    """
    value = 0
    for place in range(at, min(end, at + 4)):
        value = value << 7 | data[place] & 0x7F
        if data[place] < 0x80:
            return value, place + 1
    raise IndexError(at)


def _events(data: bytes, start: int, end: int) -> Iterator[_Event]:
    """The events from `start` on as far as they make sense, the end of track included."""
    running = kind = 0
    at = start
    while at < end and kind != END:
        try:
            if data[at] < 0x80:  # as most are; a call costs as much as all else here
                delta, at = data[at], at + 1
            else:
                delta, at = _number(data, at, end)
            status, kind = running, 0
            if data[at] >= 0x80:
                status = data[at]
                at += 1
            if status in (META, SYSEX, SYSEX_REST):
                if status == META:
                    kind = data[at]
                    at += 1
                length, at = _number(data, at, end)
            else:
                running = status
                length = 1 if status >> 4 in (PROGRAM, PRESSURE) else 2
        except IndexError:
            return
        if at + length > end or not (0x80 <= status < SYSEX or status in (META, SYSEX, SYSEX_REST)):
            return
        yield _Event(delta, status, kind, at, at + length)
        at += length


def mend(data: bytes, head: Header) -> tuple[bytes, tuple[str, ...]]:
    """What can be made out of a damaged file, as a sound one; and what was wrong, in plain words.

    Notes, programs, pedals, tempos, metres, keys, names and markers are kept, the rest is left out.
    """
    tracks = [_mended(data, start, end, head.division) for start, end in chunks(data, head)]
    beginning = (6).to_bytes(4) + (1).to_bytes(2) + len(tracks).to_bytes(2)
    whole = [HEADER, beginning, head.division.to_bytes(2)]
    for track in tracks:
        whole += [TRACK, len(track.events).to_bytes(4), track.events]
    repairs = []
    if head.tracks != len(tracks):
        repairs.append(f"the header promises {head.tracks} tracks, the file holds {len(tracks)}")
    counts = (
        (sum(t.broken for t in tracks), "track", "damaged or cut short, read as far as sense goes"),
        (sum(t.lowered for t in tracks), "value", "above 127 lowered to it"),
        (sum(t.struck_again for t in tracks), "note", "struck again while sounding, ended there"),
        (sum(t.until_next for t in tracks), "note", "without an end, ended at the next one"),
        (sum(t.until_last for t in tracks), "note", "without an end, ended with the track"),
    )
    repairs += [f"{counted(count, thing)} {what}" for count, thing, what in counts if count]
    return b"".join(whole), tuple(repairs)


def all_let_go(data: bytes, head: Header) -> bytes:
    """A sound file in which every key but drums is let go `LONGEST_DELTA` ticks after its track.

    Notes that have no end of their own, which MIDI libraries drop, last that long in it.
    """
    whole = [data[head.start : head.start + 8 + head.length]]
    for start, end in chunks(data, head):
        body = data[start:end]
        if body.endswith(END_OF_TRACK[1:]):
            # An empty text takes the delta of the end of track.
            parts = [body[:-3], bytes((META, TEXT, 0)), LAST, bytes((META, TEXT, 0))]
            parts += [LET_GO[c] for c in CHANNELS if NOTE_ON << 4 | c in body]
            body = b"".join((*parts, END_OF_TRACK))
        whole += [TRACK, len(body).to_bytes(4), body]
    return b"".join(whole)


def has_true_lengths(data: bytes, head: Header) -> bool:
    """Whether all tracks are as long as the file says."""
    return all(int.from_bytes(data[a - 4 : a]) == b - a for a, b in chunks(data, head))


class _Mended(NamedTuple):
    """A track written anew, and what was wrong with it."""

    events: bytes
    broken: bool
    lowered: int
    struck_again: int
    until_next: int
    until_last: int


Key = tuple[int, int]
"""Channel and pitch."""


class _Keys:
    """Which keys are down: since when, and how many times."""

    def __init__(self) -> None:
        self.down: dict[Key, tuple[int, int]] = {}

    def strike(self, key: Key, now: int) -> int:
        """A note begins; how many that began earlier on its key must end first."""
        since, times = self.down.get(key, (now, 0))
        if since < now:
            self.down[key] = now, 1
            return times
        self.down[key] = now, times + 1
        return 0

    def release(self, key: Key) -> None:
        """A note ends; nothing happens when its key is not down."""
        since, times = self.down.pop(key, (0, 0))
        if times > 1:
            self.down[key] = since, times - 1

    def let_go(self, now: int) -> list[tuple[Key, int]]:
        """All notes that began before `now` end: their keys, and how many each."""
        begun = [(key, times) for key, (since, times) in self.down.items() if since < now]
        for key, _ in begun:
            del self.down[key]
        return begun


class _Writer:
    """A track as it is written anew, and what had to be mended."""

    def __init__(self, has_ends: bool) -> None:
        self.out = bytearray()
        self.written = 0
        self.keys = _Keys()
        self.has_ends = has_ends
        self.lowered = self.struck_again = self.until_next = 0

    def put(self, now: int, event: bytes) -> None:
        """An event at its time."""
        self.out += _varying(now - self.written) + event
        self.written = now

    def note(self, now: int, status: int, key: Key, strikes: bool) -> None:
        """A key is struck or let go: what must end first ends."""
        if not strikes:
            self.keys.release(key)
            return
        if not self.has_ends:
            self.until_next += self.end(now, self.keys.let_go(now))
        if times := self.keys.strike(key, now):
            self.struck_again += self.end(now, [(key, times)])

    def end(self, now: int, notes: list[tuple[Key, int]]) -> int:
        """Notes end, each so many times; returns how many of them are piano notes."""
        for (channel, pitch), times in notes:
            for _ in range(times):
                self.put(now, bytes((NOTE_OFF << 4 | channel, pitch, 0)))
        return sum(times for (channel, _), times in notes if channel != DRUMS)


def _mended(data: bytes, start: int, end: int, per_quarter: int) -> _Mended:
    """What can be made out of one track's events."""
    events = list(_events(data, start, end))
    writer = _Writer(any(_lets_go(data, event) for event in events))
    now = kind = 0
    for delta, status, kind, first, last in events:
        now += delta
        payload = data[first:last]
        if status == META:
            if len(payload) >= SHORTEST.get(kind, len(payload) + 1):
                writer.put(now, bytes((META, kind)) + _varying(len(payload)) + payload)
            continue
        if status >> 4 not in (NOTE_OFF, NOTE_ON, PROGRAM, CONTROL):
            continue
        if not payload.isascii():
            writer.lowered += sum(value > 127 for value in payload)
            payload = payload.translate(LOWERED)
        if status >> 4 in (NOTE_OFF, NOTE_ON):
            key = status & 0x0F, payload[0]
            writer.note(now, status, key, status >> 4 == NOTE_ON and payload[1] > 0)
        writer.put(now, bytes((status,)) + payload)
    # A chord in the last moment of its track sounds for a quarter.
    last_strike = max((since for since, _ in writer.keys.down.values()), default=-1)
    now += per_quarter * (last_strike == now)
    until_last = writer.end(now, writer.keys.let_go(now))
    writer.put(now, END_OF_TRACK[1:])
    counts = writer.lowered, writer.struck_again, writer.until_next, until_last
    return _Mended(bytes(writer.out), kind != END, *counts)


def _lets_go(data: bytes, event: _Event) -> bool:
    """Whether an event ends a note."""
    ends = event.status >> 4 == NOTE_OFF
    return ends or (event.status >> 4 == NOTE_ON and data[event.start + 1] == 0)


def _varying(value: int) -> bytes:
    """A number in MIDI's variable length, four bytes at most."""
    if value < len(SHORT_DELTAS):
        return SHORT_DELTAS[value]
    value = min(value, LONGEST_DELTA)
    out = [value & 0x7F]
    while value := value >> 7:
        out.append(value & 0x7F | 0x80)
    return bytes(reversed(out))
