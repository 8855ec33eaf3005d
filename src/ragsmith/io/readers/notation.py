"""Scores in: kern, MEI and ABC by our own readers, MusicXML by verovio, which makes MEI of it."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers import expat

from ragsmith.errors import BadFile
from ragsmith.io.readers.abc import BadAbc, read_abc
from ragsmith.io.readers.exact_score import Written, to_reading
from ragsmith.io.readers.file_bytes import file_bytes
from ragsmith.io.readers.kern import BadKern, read_kern
from ragsmith.io.readers.mei import read_mei
from ragsmith.io.readers.reading import Reading

__all__ = ["read_notation"]

MOST_UNPACKED = 64 * 2**20
"""Bytes of a score when an .mxl is unpacked."""
DEEPEST = 100
"""Elements inside one another; scores need some twenty, and parsers recurse."""
DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
EXPORT_AGAIN = "export it again as MusicXML"
MOST = {"beat-type": 128, "divisions": 10**6, "duration": 10**8, "staff": 32, "staves": 32}
"""Largest numbers in these elements of MusicXML; beyond them, and below 1, verovio crashes."""
TIME = re.compile(r"<time[\s>].*?</time>", re.DOTALL)
NUMBER = re.compile(rf"<({'|'.join(MOST)})\b[^>]*>([^<]*)<")


def read_notation(path: Path, steps_per_quarter: int | None = None) -> Reading:
    """Read a score onto a grid, by default its `natural_grid`, in written order.

    Kern, ABC, MusicXML (plain or .mxl) and MEI are read.

    Ties are merged, grace notes left out; of two or three staves of a keyboard instrument the
    lowest is the left hand's. Strains and endings are `sections`, their playing order is `order`:
    kern names them, other formats show them by repeat signs.

    Raises:
        BadFile: the file cannot be read as music; says why.
    """
    data = file_bytes(path)
    suffix = path.suffix.lower()
    if suffix in (".krn", ".abc"):
        written = _from_text(data, suffix, path.name)
    else:
        if data.startswith(b"PK"):
            data = _unpacked(data, path.name)
        written = _from_xml(data, path.name)
    return to_reading(written, path.name, steps_per_quarter)


def _from_text(data: bytes, suffix: str, name: str) -> Written:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    if text.lstrip().startswith("<"):
        raise BadFile(name, "is a web page or XML", "download the raw file")
    try:
        return read_kern(text) if suffix == ".krn" else read_abc(text)
    except (BadKern, BadAbc) as error:
        rule = f"is not sound {suffix[1:]}: {error}"
        raise BadFile(name, rule, "mend it or download it again") from None


def _unpacked(data: bytes, name: str) -> bytes:
    """The score inside an .mxl file, whose container names it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            scores = [n for n in names if n.endswith(("xml", "mei")) and "META-INF" not in n]
            if "META-INF/container.xml" in names:
                container = _member(archive, "META-INF/container.xml", name)
                scores[:0] = re.findall(r'full-path\s*=\s*"([^"]+)"', container.decode("latin-1"))
            score = next((n for n in scores if n in names), None)
            if score is None:
                raise BadFile(name, "is an archive without a score", EXPORT_AGAIN)
            return _member(archive, score, name)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise BadFile(name, f"is a damaged archive ({error})", EXPORT_AGAIN) from None


def _member(archive: zipfile.ZipFile, member: str, name: str) -> bytes:
    with archive.open(member) as stream:
        content = stream.read(MOST_UNPACKED + 1)
    if len(content) > MOST_UNPACKED:
        rule = f"unpacks to more than {MOST_UNPACKED // 2**20} MiB"
        raise BadFile(name, rule, "give a file with one piece of music")
    return content


def _from_xml(data: bytes, name: str) -> Written:
    root, text = _checked_xml(data, name)
    if root == "score-partwise":
        text = _mei_of(text, name)
    elif root != "mei":
        rule = f"is XML with the root <{root}>, neither MusicXML (partwise) nor MEI"
        raise BadFile(name, rule, EXPORT_AGAIN)
    try:
        return read_mei(text)
    except (ValueError, ArithmeticError, ElementTree.ParseError) as error:
        raise BadFile(name, f"is not a sound score ({error})", EXPORT_AGAIN) from None


def _mei_of(text: str, name: str) -> str:
    """MusicXML as verovio's MEI."""
    import verovio

    for tag, number in NUMBER.findall(text):
        number = number.strip()
        if not re.fullmatch(r"\d{1,9}(\.\d*)?", number) or not 0 < float(number) <= MOST[tag]:
            raise BadFile(name, f"has {number or 'nothing'} in <{tag}>", EXPORT_AGAIN)
    for time in TIME.findall(text):
        if "<senza-misura" not in time and not ("<beats" in time and "<beat-type" in time):
            raise BadFile(name, "has a time signature without beats or beat-type", EXPORT_AGAIN)
    verovio.enableLog(verovio.LOG_OFF)
    toolkit = verovio.toolkit()
    # Without breaks verovio lays nothing out: four times as fast.
    toolkit.setOptions({"inputFrom": "xml", "breaks": "none", "expandNever": True})
    if not toolkit.loadData(text):
        raise BadFile(name, "is not MusicXML that verovio can read", EXPORT_AGAIN)
    mei: str = toolkit.getMEI({"scoreBased": True})
    return mei


def _checked_xml(data: bytes, name: str) -> tuple[str, str]:
    """Root element and text of XML that is well-formed and hides nothing.

    Entities are refused: they are how a small file grows to gigabytes, and no score needs them.
    """
    roots: list[str] = []
    encodings: list[str] = []
    depth = 0

    def begin(tag: str, _: object) -> None:
        nonlocal depth
        depth += 1
        if not roots:
            roots.append(tag)
        if depth > DEEPEST:
            raise BadFile(name, f"nests elements deeper than {DEEPEST}", EXPORT_AGAIN)

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    def refuse(*_: object) -> None:
        raise BadFile(name, "declares XML entities, which could hide anything", EXPORT_AGAIN)

    parser = expat.ParserCreate()
    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.EntityDeclHandler = refuse
    parser.XmlDeclHandler = lambda version, encoding, standalone: encodings.append(encoding or "")
    try:
        parser.Parse(data, True)
        text = data.decode((encodings or [""])[0] or "utf-8-sig")
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise BadFile(name, f"is not well-formed XML ({error})", EXPORT_AGAIN) from None
    return roots[0], DECLARATION.sub("", text.removeprefix("\ufeff"), count=1)
