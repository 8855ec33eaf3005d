"""What is sent in: names made harmless, sizes bounded, files written whole."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path, PureWindowsPath

from fastapi import UploadFile

from ragsmith.errors import BadFile, UserError
from ragsmith.files import whole_file
from ragsmith.io import MIDI_SUFFIXES, NOTATION_SUFFIXES

__all__ = ["MOST_FILES", "TooMuch", "add_files", "file_name", "is_plain_name", "save_upload"]

MOST_FILES = 2000
"""Files in a corpus."""
LARGEST_FILE = 16 << 20
"""Bytes; a file of music is a hundred times smaller."""
LONGEST_NAME = 100
BLOCK = 1 << 20
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


class TooMuch(UserError):
    """More is sent than the studio takes."""


def is_plain_name(name: str) -> bool:
    """Whether it is the name of a file as `add_files` gives them."""
    return name == _harmless(name)


def file_name(title: str) -> str:
    """A title as the name of a file, without a suffix."""
    return _harmless(title.replace("/", "-").replace("\\", "-"))


async def add_files(folder: Path, files: Sequence[UploadFile]) -> list[str]:
    """Add files to a corpus; returns the names of those that are no music and were left out.

    A name that is there already gets a number; the same file twice is found by the doctor.

    Raises:
        TooMuch: there would be too many.
    """
    there = sum(1 for _ in folder.iterdir())
    if there + len(files) > MOST_FILES:
        rule = f"are more than a corpus holds, {MOST_FILES}"
        raise TooMuch(f"{there + len(files)} files", rule, "leave some out, or make two corpora")
    left_out = []
    for file in files:
        name = _harmless(file.filename or "")
        if Path(name).suffix.lower() not in MIDI_SUFFIXES + NOTATION_SUFFIXES:
            left_out.append(name)
            continue
        try:
            await save_upload(file, _unused(folder / name), LARGEST_FILE)
        except TooMuch:
            left_out.append(name)
    return left_out


async def save_upload(file: UploadFile, path: Path, largest: int) -> None:
    """Write what is sent; the file appears whole or not at all.

    Raises:
        TooMuch: it is larger than `largest` bytes.
        BadFile: it cannot be written.
    """
    if file.size is not None and file.size > largest:
        remedy = f"send at most {largest >> 20} MB"
        raise TooMuch(_harmless(file.filename or ""), "is too large", remedy)
    with whole_file(path) as temporary, open(temporary, "xb") as out:
        while block := await file.read(BLOCK):
            out.write(block)


def _harmless(name: str) -> str:
    """The last part of a name, in letters that every file system takes."""
    last = PureWindowsPath(name.replace("\0", "")).name
    text = unicodedata.normalize("NFC", last.encode("utf-8", "replace").decode())
    plain = "".join(c if c.isprintable() and c not in '<>:"/\\|?*' else "_" for c in text)
    plain = plain.strip().lstrip(".").rstrip(". ")
    if RESERVED.match(plain):
        plain = f"_{plain}"
    if len(plain) > LONGEST_NAME:
        suffix = Path(plain).suffix[:20]
        plain = plain[: LONGEST_NAME - len(suffix)] + suffix
    while len(plain.encode()) > 2 * LONGEST_NAME:
        suffix = Path(plain).suffix
        plain = plain.removesuffix(suffix)[:-1] + suffix
    return plain or "file"


def _unused(path: Path) -> Path:
    """The path, or one with a number where there is a file already."""
    for number in range(2, MOST_FILES + 2):
        if not path.exists():
            return path
        stem = re.sub(r" \(\d+\)$", "", path.stem)
        path = path.with_stem(f"{stem} ({number})")
    raise BadFile(path.name, "is there too often", "give it another name")
