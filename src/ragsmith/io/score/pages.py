"""The pages of a score as files: NAME.svg, NAME-2.svg, NAME-3.svg ...

Every page but the first ends in a mark that says which page of which file it is. By it pages are
known that a longer score left behind, and nobody else's NAME-2.svg is removed or written over.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from zlib import crc32

from ragsmith.errors import BadFile
from ragsmith.files import write_whole

__all__ = ["write_pages"]

PNG_START = b"\x89PNG"
PNG_END = 12
"""Bytes of the chunk that ends a PNG file."""
LONGEST_END = 100
"""Bytes from the end of a file in which its mark stands."""


def write_pages(pages: Sequence[bytes], path: Path) -> Path:
    """Write each page into its file and remove pages that an earlier, longer score left there.

    Args:
        pages: SVG or PNG.
        path: of the first page. It is written last: when it is there, all are.

    Raises:
        BadFile: a file cannot be written, or a page would be written over somebody else's file.
    """
    for number in range(2, len(pages) + 1):
        place = _place(path, number)
        if place.exists() and not _is_marked(place):
            rule = f"exists already, and page {number} would be written over it"
            raise BadFile(place, rule, "name another file, or move that one away")
    for number in range(len(pages), 1, -1):
        write_whole(_place(path, number), _marked(pages[number - 1], _place(path, number)))
    write_whole(path, pages[0])
    number = len(pages) + 1
    while _is_marked(_place(path, number)):
        _place(path, number).unlink(missing_ok=True)
        number += 1
    return path


def _place(path: Path, number: int) -> Path:
    return path.with_stem(f"{path.stem}-{number}")


def _mark(path: Path) -> bytes:
    """The mark of a page in this file, a digest of the file's name."""
    digest = blake2b(path.name.encode(), digest_size=8).hexdigest()
    return f"ragsmith page {digest}".encode()


def _marked(page: bytes, path: Path) -> bytes:
    """The page with its mark: a comment behind an SVG, a text chunk before the end of a PNG."""
    if not page.startswith(PNG_START):
        return page.rstrip() + b"\n<!-- " + _mark(path) + b" -->\n"
    chunk = b"tEXtComment\0" + _mark(path)
    whole = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", crc32(chunk))
    return page[:-PNG_END] + whole + page[-PNG_END:]


def _is_marked(path: Path) -> bool:
    return path.is_file() and _mark(path) in path.read_bytes()[-LONGEST_END:]
