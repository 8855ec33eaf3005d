"""`-` as the name of a file: standard input and standard output."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ragsmith.errors import BadFile
from ragsmith.piece import Piece

__all__ = ["STANDARD", "from_input", "is_standard", "keep_output_clean", "to_output"]

SOUND = ("piano", "expression", "swing")
"""What is wished of sound."""
STANDARD = Path("-")
NAME = "stdin"
"""How standard input is called where a file's name is shown."""
BEGINNINGS = {
    b"MThd": ".mid",
    b"RIFF": ".rmi",
    b"PK": ".mxl",
    b"**": ".krn",
    b"!!": ".krn",
    b"X:": ".abc",
    b"%abc": ".abc",
}
"""How files of each format begin."""
MEI_ROOTS = (b"<mei", b"www.music-encoding.org")
LOOKED_AT = 4096
LARGEST = 64 << 20
"""Bytes that are read; music is a hundred times smaller."""


def is_standard(path: Path | None) -> bool:
    """Whether a path is `-`."""
    return path == STANDARD


def keep_output_clean() -> None:
    """Send what libraries print by themselves to standard error; what Python prints stays."""
    sys.stdout.flush()
    own = os.dup(1)
    os.dup2(2, 1)
    sys.stdout = os.fdopen(own, "w", encoding=sys.stdout.encoding, errors=sys.stdout.errors)


@contextmanager
def from_input(path: Path) -> Iterator[Path]:
    """The path, or a file with what standard input holds where the path is `-`.

    Raises:
        BadFile: there is no music in it.
    """
    if not is_standard(path):
        yield path
        return
    data = sys.stdin.buffer.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise BadFile(STANDARD, f"holds more than {LARGEST >> 20} MB", "give a file of music")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        place = Path(folder) / f"{NAME}{_suffix(data)}"
        place.write_bytes(data)
        yield place


def _suffix(data: bytes) -> str:
    """The suffix of the format that the bytes are in."""
    beginning = data[:LOOKED_AT].lstrip(b"\xef\xbb\xbf \t\r\n")
    for start, suffix in BEGINNINGS.items():
        if beginning.startswith(start):
            return suffix
    if beginning.startswith(b"<"):
        return ".mei" if any(root in beginning for root in MEI_ROOTS) else ".musicxml"
    rule = "is no MIDI, MusicXML, kern, MEI or ABC" if data else "is empty"
    raise BadFile(STANDARD, f"{rule} (standard input)", "pipe a file of music into it")


def to_output(piece: Piece, suffix: str, **wish: Any) -> None:
    """Write a piece to standard output; a WAV file as it is played.

    Args:
        piece: what to write.
        suffix: of the format.
        wish: as `ragsmith.write` takes it.

    Raises:
        BadFile: it cannot be written in this format.
    """
    from ragsmith.io import stream, write

    if suffix == ".wav":
        sound = {name: wish[name] for name in SOUND if wish.get(name) is not None}
        for part in stream(piece, **sound):
            sys.stdout.buffer.write(part)
        sys.stdout.buffer.flush()
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        place = write(piece, Path(folder) / f"piece{suffix}", isolated=True, **wish)
        sys.stdout.buffer.write(place.read_bytes())
        sys.stdout.buffer.flush()
