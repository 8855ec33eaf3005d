"""XML files that may come from anywhere: unpacked, checked and parsed, within bounds."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from ragsmith.errors import BadFile

__all__ = ["EXPORT_AGAIN", "parsed", "refuse_deep", "unpacked"]

MOST_UNPACKED = 64 * 2**20
"""Bytes of the score inside an .mxl file."""
MOST_TAGS = 4_000_000
"""Tags of a score; the longest operas have some two million."""
CONTAINER = "meta-inf/container.xml"
"""Lists what is in an archive; names are compared without regard to capitals."""
DEEPEST = 100
"""Elements inside one another; scores need some twenty, and readers recurse."""
EXPORT_AGAIN = "export it again as MusicXML"
DECLARED = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]+)[\"']")
DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
SIGNATURES = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
"""How a file begins, and the encoding that this shows."""


def unpacked(data: bytes, name: str) -> bytes:
    """The score inside an .mxl file, whose container names it; `name` is the file's, for messages.

    Raises:
        BadFile: the archive is damaged, too large, or holds no score.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {n.casefold(): n for n in reversed(archive.namelist())}
            listed = []
            if CONTAINER in members:
                listed = _listed(_member(archive, members[CONTAINER], name), name)
            wanted = [path.casefold() for path in listed]
            wanted += [n for n in reversed(members) if n.endswith(("xml", "mei")) and _is_music(n)]
            score = next((members[path] for path in wanted if path in members), None)
            if score is None:
                raise BadFile(name, "is an archive without a score", EXPORT_AGAIN)
            return _member(archive, score, name)
    except (
        *(zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError),
        *(MemoryError, NotImplementedError),
    ) as error:
        raise BadFile(name, f"is a damaged archive ({error})", EXPORT_AGAIN) from None


def _listed(container: bytes, name: str) -> list[str]:
    """The paths that a container lists; none where it is no XML."""
    try:
        paths = (e.get("full-path", "") for e in parsed(container, name).iter())
        return [path.replace("\\", "/").removeprefix("./").lstrip("/") for path in paths]
    except BadFile:
        return []


def _is_music(member: str) -> bool:
    """Whether a file of an archive is neither the container's nor an operating system's."""
    *folders, file = member.split("/")
    return not file.startswith(".") and not {"meta-inf", "__macosx"} & set(folders)


def _member(archive: zipfile.ZipFile, member: str, name: str) -> bytes:
    with archive.open(member) as stream:
        content = stream.read(MOST_UNPACKED + 1)
    if len(content) > MOST_UNPACKED:
        rule = f"unpacks to more than {MOST_UNPACKED // 2**20} MiB"
        raise BadFile(name, rule, "give a file with one piece of music")
    return content


def parsed(data: bytes, name: str) -> Element:
    """The root of XML that is well-formed and hides nothing; tags are without their namespaces.

    Entities are refused: they are how a small file grows to gigabytes, and no score needs them.

    Raises:
        BadFile: it is not such.
    """
    try:
        text = data.decode(_encoding(data)).removeprefix("\ufeff").rstrip("\0\x1a")
        if declaration := DECLARATION.match(text):
            text = text[declaration.end() :]
        if "<!ENTITY" in text:
            raise BadFile(name, "declares XML entities, which could hide anything", EXPORT_AGAIN)
        if text.count("<") > MOST_TAGS:
            raise BadFile(name, f"has more than {MOST_TAGS:,} tags", "give a piece")
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise BadFile(name, f"is not well-formed XML ({error})", EXPORT_AGAIN) from None
    if "}" in root.tag:
        for element in root.iter():
            element.tag = element.tag.rpartition("}")[2]
    return root


def refuse_deep(root: Element, name: str) -> None:
    """For readers that recurse.

    Raises:
        BadFile: more than a hundred elements lie inside one another.
    """
    level = [root]
    for _ in range(DEEPEST):
        level = [child for element in level for child in element]
        if not level:
            return
    raise BadFile(name, f"nests elements deeper than {DEEPEST}", EXPORT_AGAIN)


def _encoding(data: bytes) -> str:
    shown = next((encoding for start, encoding in SIGNATURES if data.startswith(start)), None)
    declared = DECLARED.match(data[:200])
    return shown or (declared[1].decode("ascii") if declared else "utf-8")
