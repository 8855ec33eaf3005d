"""A safetensors file of texts and arrays, safe to open whoever made it: lengths are checked against
the file and against limits before anything is loaded, and nothing in it can run code."""

from __future__ import annotations

import json
import stat
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from ragsmith.errors import BadBundle, BadFile
from ragsmith.mapped import array_in, mapped
from ragsmith.models.base import Arrays

__all__ = ["CUT", "DISJOINT", "NOT_OURS", "Parts", "damaged", "opened", "pack", "unpack"]

LENGTH = 8
"""Bytes that hold the length of the header; JSON of that length and the arrays follow."""
LONGEST_HEADER = 1 << 25
MOST_ARRAYS = 1 << 12
NOT_OURS = "is not a model that ragsmith wrote"
MOST_LOADED = 1 << 24
"""Bytes of an array of whole numbers that is loaded; a larger one stays in the file."""
NUMBERS = {"U8": "<u1", "U16": "<u2", "U32": "<u4", "U64": "<u8"}
CUT = "is not whole: it was cut or damaged on the way"
DISJOINT = "is damaged: its parts do not fit together"


class Parts(NamedTuple):
    """What a file holds: texts by name, arrays by group and name; an empty group is not written."""

    texts: dict[str, str]
    groups: dict[str, Arrays]

    def sizes(self) -> dict[str, int]:
        """Characters of each text, bytes of each group."""
        texts = {name: len(text) for name, text in self.texts.items()}
        return texts | {
            group: sum(array.nbytes for array in arrays.values())
            for group, arrays in self.groups.items()
        }


def pack(parts: Parts) -> bytes:
    """The file of these parts; the same parts give the same bytes."""
    arrays = {
        f"{group}.{name}": np.ascontiguousarray(array)
        for group, named in parts.groups.items()
        for name, array in named.items()
    }
    data = save(arrays, parts.texts)
    # The library writes the texts in an order that changes from run to run.
    start = LENGTH + _number(data[:LENGTH])
    header = json.dumps(json.loads(data[LENGTH:start]), sort_keys=True, separators=(",", ":"))
    header += " " * (-len(header) % LENGTH)
    return len(header).to_bytes(LENGTH, "little") + header.encode() + data[start:]


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A model file, open to be read.

    Raises:
        BadBundle: there is no such file.
        BadFile: it cannot be read.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise BadBundle(path, "is not a file", "give the path of a .ragsmith file")
        file = path.open("rb")
    except FileNotFoundError as e:
        raise BadBundle(path, "does not exist", "give the path of a .ragsmith file") from e
    except OSError as e:
        reason = (e.strerror or str(e)).lower()
        raise BadFile(path, f"cannot be read ({reason})", "check the file") from e
    with file:
        yield file


def unpack(path: Path, limits: Mapping[str, int]) -> Parts:
    """The texts and groups that `limits` names, as far as they are there.

    Args:
        path: of the file.
        limits: the most characters of each text, the most bytes of each group.

    Raises:
        BadBundle: there is no such file, it is not ours, not whole, or beyond a limit.
        BadFile: it cannot be read.
    """
    header = _header(path)
    try:
        with safe_open(path, framework="np") as file:
            names = list(file.keys())
            if len(names) > MOST_ARRAYS:
                raise damaged(path, NOT_OURS)
            entries: dict[str, Any] = json.loads(header)
            texts = dict(entries.pop("__metadata__", {}))
            _check_sizes(path, texts, entries, limits)
            wanted = [name for name in names if name.partition(".")[0] in limits]
            large = {name: entries[name] for name in wanted if _stays(entries[name])}
            arrays = {name: file.get_tensor(name) for name in wanted if name not in large}
        arrays |= _mapped(path, large, LENGTH + len(header))
    except (SafetensorError, ValueError) as e:
        raise damaged(path, CUT) from e
    groups: dict[str, Arrays] = {}
    for name in wanted:
        group, _, rest = name.partition(".")
        groups.setdefault(group, {})[rest] = arrays[name]
    return Parts({name: text for name, text in texts.items() if name in limits}, groups)


def _stays(entry: Mapping[str, Any]) -> bool:
    """Whether an array is better left in the file than loaded: a large one of whole numbers."""
    begin, end = entry["data_offsets"]
    usual = end - begin <= MOST_LOADED or entry["dtype"] not in NUMBERS
    return not usual and sys.platform != "win32"  # where nobody can replace a file that is in use


def _mapped(path: Path, entries: Mapping[str, Any], start: int) -> Arrays:
    """Arrays that stay in the file, whose arrays begin at byte `start`."""
    if not entries:
        return {}
    file = mapped(path)
    return {
        name: array_in(
            file, NUMBERS[entry["dtype"]], start + entry["data_offsets"][0], tuple(entry["shape"])
        )
        for name, entry in entries.items()
    }


def damaged(path: Path, rule: str) -> BadBundle:
    """The error for a file that was good once."""
    return BadBundle(path.name, rule, "get the file again, or learn it again with ragsmith learn")


def _header(path: Path) -> bytes:
    """The header, when it can be one and lies inside the file."""
    with opened(path) as file:
        start = file.read(LENGTH + 1)
        if not start[LENGTH:] == b"{":
            raise BadBundle(path.name, NOT_OURS, "give a .ragsmith file")
        length = _number(start[:LENGTH])
        if length > min(LONGEST_HEADER, path.stat().st_size - LENGTH):
            raise damaged(path, CUT)
        file.seek(LENGTH)
        return file.read(length)


def _check_sizes(
    path: Path, texts: Mapping[str, str], entries: Mapping[str, Any], limits: Mapping[str, int]
) -> None:
    sizes = Counter({name: len(text) for name, text in texts.items()})
    for name, entry in entries.items():
        start, end = entry["data_offsets"]
        sizes[name.partition(".")[0]] += end - start
    for name, limit in limits.items():
        if sizes[name] > limit:
            raise damaged(path, f"holds {sizes[name]:,} bytes of {name}, beyond {limit:,}")


def _number(data: bytes) -> int:
    return int.from_bytes(data, "little")
