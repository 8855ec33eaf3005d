"""Scores in: kern, MusicXML, MEI and ABC, each by a reader of our own."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from ragsmith.errors import BadFile
from ragsmith.io.hints import hint_for
from ragsmith.io.readers.abc import BadAbc, read_abc
from ragsmith.io.readers.exact_score import Written, to_reading
from ragsmith.io.readers.file_bytes import file_bytes
from ragsmith.io.readers.kern import BadKern, read_kern
from ragsmith.io.readers.mei import OnlyParts, read_mei
from ragsmith.io.readers.musicxml import read_musicxml
from ragsmith.io.readers.reading import Reading
from ragsmith.io.readers.tunes import count_tunes, named_tune, tune_in
from ragsmith.io.readers.xml_file import EXPORT_AGAIN, parsed, refuse_deep, unpacked

__all__ = ["read_notation", "read_written"]

OTHERS = {
    ".krn": (re.compile(r"^X:", re.MULTILINE), ".abc", "is ABC"),
    ".abc": (re.compile(r"^\*\*kern", re.MULTILINE), ".krn", "is kern"),
}
"""What a file with a suffix may be instead: how a line of it begins, its own suffix, its fault."""


def read_notation(
    path: Path, steps_per_quarter: int | None = None, part: str | None = None
) -> Reading:
    """Read a score onto a grid, by default its `natural_grid`, in written order.

    Kern, ABC, MusicXML (plain or .mxl) and MEI are read.

    Ties are merged, grace notes are markings; of two or three staves of a keyboard instrument the
    lowest is the left hand's. Strains and endings are `sections`, their playing order is `order`:
    kern names them, other formats show them by repeat signs.

    Args:
        path: the file.
        steps_per_quarter: the grid.
        part: which part to read, by name; None is the pianist's, "all" is every part.

    Raises:
        BadFile: the file cannot be read as music; says why.
        BadOption: it has no part of that name.
    """
    return to_reading(read_written(path, part), path.name, steps_per_quarter)


def read_written(path: Path, part: str | None = None) -> Written:
    """The score in exact time, before it is put on a grid; otherwise like `read_notation`."""
    place, tune = named_tune(path)
    data = file_bytes(place)
    suffix = place.suffix.lower()
    if suffix == ".krn":
        return _from_text(_text_of(data, path.name), suffix, path.name, part)
    if suffix == ".abc":
        return _tune_of(_text_of(data, path.name), tune, path.name, part)
    if data.startswith(b"PK"):
        data = unpacked(data, path.name)
    return _from_xml(data, path.name, part)


def _text_of(data: bytes, name: str) -> str:
    """Text of kern or ABC, its lines ended by "\\n" whatever ends them in the file."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("latin-1")
    if text.lstrip().startswith("<"):
        raise BadFile(name, "is a web page or XML", "download the raw file")
    if text.startswith("MThd"):
        raise BadFile(name, "is a MIDI file", "give it a name that ends in .mid")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _tune_of(book: str, number: int | None, name: str, part: str | None) -> Written:
    """A tune of a book of ABC; without a number the first, and how many more there are."""
    tune = tune_in(book, number or 1)
    tunes = count_tunes(book)
    if tune is None:
        raise BadFile(name, f"holds {tunes} tunes", "give a number from 1 to that")
    written = _from_text(tune, ".abc", name, part)
    if number is None and tunes > 1:
        first = f"the first of {tunes} tunes; {name}#2 names the second"
        written = replace(written, repairs=(*written.repairs, first))
    return written


def _from_text(text: str, suffix: str, name: str, part: str | None) -> Written:
    try:
        return read_kern(text, part) if suffix == ".krn" else read_abc(text, part)
    except (BadKern, BadAbc) as error:
        begins, other, fault = OTHERS[suffix]
        if begins.search(text):
            raise BadFile(name, fault, f"give it a name that ends in {other}") from None
        rule = f"is not sound {suffix[1:]}: {error}"
        raise BadFile(name, rule, "mend it or download it again") from None


def _from_xml(data: bytes, name: str, part: str | None) -> Written:
    root = parsed(data, name)
    tag = root.tag
    try:
        if tag in ("score-partwise", "score-timewise"):
            return read_musicxml(root, part)
        refuse_deep(root, name)
        if tag == "mei":
            return read_mei(root, part)
    except OnlyParts:
        rule = "has its parts one by one, and no score of them"
        raise BadFile(name, rule, "give its score, or the piano part alone") from None
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise BadFile(name, f"is not a sound score ({error})", EXPORT_AGAIN) from None
    if tag == "museScore" and (hint := hint_for("score.mscx")):
        raise BadFile(name, *hint)
    rule = f"is XML with the root <{tag[:40]}>, neither MusicXML nor MEI"
    raise BadFile(name, rule, EXPORT_AGAIN)
