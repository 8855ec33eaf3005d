"""Mends damaged MIDI files: what can still be made out is written anew for the strict reader.

MIDI libraries read a file whole or not at all; this walks its bytes and goes as far as they make
sense. Format: The Complete MIDI 1.0 Detailed Specification, Standard MIDI Files 1.0.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["Header", "chunks", "first_name", "header", "many", "mend", "plain", "what_it_is"]

HEADER, TRACK = b"MThd", b"MTrk"
SYSEX, SYSEX_REST, META = 0xF0, 0xF7, 0xFF
NOTE_OFF, NOTE_ON, PROGRAM, PRESSURE = 0x8, 0x9, 0xC, 0xD
NAME, MARKER, END, TEMPO, METRE, KEY = 0x03, 0x06, 0x2F, 0x51, 0x58, 0x59
SHORTEST = {NAME: 0, MARKER: 0, TEMPO: 3, METRE: 2, KEY: 2}
"""Meta events that a Piece is made from, and how many bytes each needs at least."""
END_OF_TRACK = bytes((META, END, 0))
LONGEST_DELTA = 0x0FFFFFFF
LONGEST_TEXT = 200

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
    """The name that the first track begins with; empty when it has none."""
    for start, end in chunks(data, head):
        for event in _events(data, start, end):
            if event.status >> 4 == NOTE_ON:
                break
            if event.kind == NAME:
                return plain(_decoded(data[event.start : event.end]))
        break
    return ""


def plain(text: str) -> str:
    """Text on one line, without control characters, of bounded length."""
    visible = "".join(c if c.isprintable() else " " for c in text[: 4 * LONGEST_TEXT])
    return " ".join(visible.split())[:LONGEST_TEXT]


def _decoded(raw: bytes) -> str:
    """Text from a file that does not say its encoding."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


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

    Notes, programs, tempos, metres, keys, names and markers are kept, the rest is left out.
    """
    tracks = [_mended(data, start, end) for start, end in chunks(data, head)]
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
        (sum(t.unended for t in tracks), "note", "without an end, ended with the track"),
    )
    repairs += [f"{many(count, thing)} {what}" for count, thing, what in counts if count]
    return b"".join(whole), tuple(repairs)


def many(count: int, thing: str) -> str:
    """A count and what is counted."""
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


class _Mended(NamedTuple):
    """A track written anew, and what was wrong with it."""

    events: bytes
    broken: bool
    lowered: int
    struck_again: int
    unended: int


class _Keys:
    """Which keys are down, each a (channel, pitch): since when, and how many times."""

    def __init__(self) -> None:
        self.down: dict[tuple[int, int], tuple[int, int]] = {}

    def strike(self, key: tuple[int, int], now: int) -> int:
        """A note begins; how many that began earlier on its key must end first."""
        since, times = self.down.get(key, (now, 0))
        if since < now:
            self.down[key] = now, 1
            return times
        self.down[key] = now, times + 1
        return 0

    def release(self, key: tuple[int, int]) -> None:
        """A note ends; nothing happens when its key is not down."""
        since, times = self.down.pop(key, (0, 0))
        if times > 1:
            self.down[key] = since, times - 1


def _mended(data: bytes, start: int, end: int) -> _Mended:
    """What can be made out of one track's events."""
    out = bytearray()
    keys = _Keys()
    now = written = lowered = struck_again = kind = 0
    for delta, status, kind, first, last in _events(data, start, end):
        now += delta
        payload = data[first:last]
        if status == META:
            if len(payload) < SHORTEST.get(kind, len(payload) + 1):
                continue
            payload = bytes((kind,)) + _varying(len(payload)) + payload
        elif status >> 4 in (NOTE_OFF, NOTE_ON, PROGRAM):
            lowered += sum(value > 127 for value in payload)
            payload = bytes(min(value, 127) for value in payload)
        else:
            continue
        key = (status & 0x0F, payload[0])
        if status >> 4 == NOTE_ON and payload[1]:
            again = keys.strike(key, now)
            out += _ends(key, again, now - written)
            written = now if again else written
            struck_again += again
        elif status >> 4 in (NOTE_ON, NOTE_OFF):
            keys.release(key)
        out += _varying(now - written) + bytes((status,)) + payload
        written = now
    for key, (_, times) in keys.down.items():
        out += _ends(key, times, now - written)
        written = now
    out += _varying(now - written) + END_OF_TRACK
    unended = sum(times for _, times in keys.down.values())
    return _Mended(bytes(out), kind != END, lowered, struck_again, unended)


def _ends(key: tuple[int, int], times: int, waited: int) -> bytes:
    """The end of a note, so many times."""
    end = bytes((NOTE_OFF << 4 | key[0], key[1], 0))
    return _varying(waited) + end + (b"\0" + end) * (times - 1) if times else b""


def _varying(value: int) -> bytes:
    """A number in MIDI's variable length, four bytes at most."""
    value = min(value, LONGEST_DELTA)
    out = [value & 0x7F]
    while value := value >> 7:
        out.append(value & 0x7F | 0x80)
    return bytes(reversed(out))
