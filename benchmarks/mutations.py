"""Music files made wrong: bytes, and what stands between them (elements, lines, words, chunks)."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from random import Random
from xml.etree import ElementTree

from corrupted import KINDS

__all__ = ["mutated"]

NUMBERS = (
    "0",
    "-1",
    "1",
    "255",
    "65536",
    "2147483648",
    "99999999999999999999",
    "1e9",
    "0.0001",
    "",
)
TEXTS = ("0", "-1", "x", "", "\u200b", "100000000")
NUMBER = re.compile(r"-?\d+")
EVENTS = (b"\xff\xff\xff\x7f", b"\0\0\0\0", b"\x90\x3c\x50\0", b"\xff\x2f\0")
PAYLOADS = {b"\xff\x58\x04": 4, b"\xff\x51\x03": 3, b"\xff\x59\x02": 2}
"""Beginnings of a metre, a tempo and a key signature in MIDI, and the bytes that follow."""


def mutated(data: bytes, suffix: str, draw: Random) -> bytes:
    """A file with one to four faults, in its bytes or in its structure."""
    for _ in range(draw.choice((1, 1, 2, 4))):
        if draw.random() < 0.3:
            data = draw.choice(KINDS)(data, draw) if data else data
        else:
            data = STRUCTURES[suffix](data, draw)
    return data


def _list_changed(items: list[object], draw: Random) -> None:
    """One item, or a stretch of them, deleted, repeated or swapped with another."""
    if not items:
        return
    at = draw.randrange(len(items))
    to = min(len(items), at + draw.choice((1, 1, 1, 5)))
    match draw.randrange(4):
        case 0:
            del items[at:to]
        case 1:
            items[at:at] = items[at:to] * draw.choice((1, 1, 3, 40))
        case 2:
            other = draw.randrange(len(items))
            items[at], items[other] = items[other], items[at]
        case 3:
            items.insert(draw.randrange(len(items)), items.pop(at))


def _number_changed(text: str, draw: Random) -> str:
    """One of the numbers in a text is another."""
    places = list(NUMBER.finditer(text))
    if not places:
        return text
    place = draw.choice(places)
    return text[: place.start()] + draw.choice(NUMBERS) + text[place.end() :]


def _text(data: bytes, draw: Random) -> bytes:
    """Lines, or the words of a line, are deleted, repeated, swapped; or a number is another."""
    lines: list[object] = list(data.decode("latin-1").splitlines(keepends=True))
    kind = draw.randrange(3)
    if kind == 0 or not lines:
        _list_changed(lines, draw)
    else:
        at = draw.randrange(len(lines) if kind == 1 else min(40, len(lines)))
        if draw.random() < 0.5:
            lines[at] = _number_changed(str(lines[at]), draw)
        else:
            words: list[object] = re.split(r"(\s+|[|:()\[\]])", str(lines[at]))
            _list_changed(words, draw)
            lines[at] = "".join(map(str, words))
    return "".join(map(str, lines)).encode("latin-1")


def _xml(data: bytes, draw: Random) -> bytes:
    """Elements are deleted, repeated, moved; texts and attributes are others."""
    try:
        root = ElementTree.fromstring(data)
    except (ElementTree.ParseError, ValueError, LookupError):
        return _text(data, draw)
    elements = list(root.iter())
    if draw.random() < 0.5:  # what stands seldom is as likely as notes are
        tag = draw.choice(sorted({element.tag for element in elements}))
        elements = [element for element in elements if element.tag == tag]
    element = draw.choice(elements)
    kind = draw.randrange(4)
    if kind == 0 and element.attrib:
        name = draw.choice(sorted(element.attrib))
        element.set(name, draw.choice((*NUMBERS, *TEXTS)))
    elif kind == 1 and (element.text or "").strip():
        element.text = _number_changed(element.text or "", draw)
    elif kind == 2:
        element.text = draw.choice(TEXTS)
    else:
        children: list[object] = list(element)
        _list_changed(children, draw)
        element[:] = children  # type: ignore[assignment]
    return ElementTree.tostring(root)


def _mxl(data: bytes, draw: Random) -> bytes:
    """The score inside is changed, or the archive's own members are."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members: list[object] = [(n, archive.read(n)) for n in archive.namelist()]
    except Exception:
        return _text(data, draw)
    if draw.random() < 0.1:
        _list_changed(members, draw)
    else:
        members = [(n, _xml(c, draw) if n.endswith("xml") else c) for n, c in members]  # type: ignore[misc]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in dict(members).items():  # type: ignore[call-overload]
            archive.writestr(name, content)
    return packed.getvalue()


def _midi(data: bytes, draw: Random) -> bytes:
    """Tracks are deleted, repeated, swapped; header, metre, tempo, key or lengths are others."""
    new = bytearray(data)
    kind = draw.randrange(4)
    if kind == 0:
        head, *tracks = data.split(b"MTrk")
        chunks: list[object] = list(tracks)
        _list_changed(chunks, draw)
        return b"MTrk".join([head, *chunks])  # type: ignore[list-item]
    if kind == 1 and len(new) > 14:
        at = draw.choice((4, 8, 10, 12))
        new[at : at + 2] = draw.choice((b"\0\0", b"\0\1", b"\xff\xff", b"\x7f\xff", b"\0\2"))
        return bytes(new)
    if kind == 2:
        beginning = draw.choice(tuple(PAYLOADS))
        places = [match.end() for match in re.finditer(re.escape(beginning), data)]
        payload = bytes(draw.choice((0, 1, 2, 6, 7, 31, 127, 255)) for _ in range(4))
        if places:
            at, size = draw.choice(places), PAYLOADS[beginning]
            new[at : at + size] = payload[:size]
            return bytes(new)
    at = draw.randrange(max(1, len(new)))
    new[at : at + 4] = draw.choice(EVENTS)
    return bytes(new)


STRUCTURES: dict[str, Callable[[bytes, Random], bytes]] = {
    ".mid": _midi,
    ".krn": _text,
    ".abc": _text,
    ".musicxml": _xml,
    ".mei": _xml,
    ".mxl": _mxl,
}
