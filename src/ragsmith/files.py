"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import secrets
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ragsmith.errors import BadFile

__all__ = ["clear_leftovers", "whole_file", "write_whole"]


def write_whole(path: Path, data: bytes) -> Path:
    """Write to a temporary name in the same folder, then rename; returns the path.

    Raises:
        BadFile: the folder is missing or closed, or the disk is full; nothing is left behind.
    """
    with whole_file(path) as temporary, open(temporary, "xb") as file:
        file.write(data)
    return path


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary name in the same folder to write to piece by piece; renamed at the end.

    Raises:
        BadFile: an OSError came up while writing or renaming; nothing is left behind.
    """
    temporary = path.parent / f"{_stem(path)}{secrets.token_hex(4)}.part"
    try:
        yield temporary
        os.replace(temporary, path)
    except OSError as e:
        temporary.unlink(missing_ok=True)
        reason = (e.strerror or str(e)).lower()
        raise BadFile(path, f"cannot be written ({reason})", "choose another place") from e
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def clear_leftovers(path: Path) -> None:
    """Remove what a killed writing to this path has left: for whoever alone writes there."""
    for temporary in path.parent.glob(f"{_stem(path)}*.part"):
        temporary.unlink(missing_ok=True)


def _stem(path: Path) -> str:
    """How temporary names for a path begin; a checksum, so that they are never too long."""
    return f".{zlib.crc32(os.fsencode(path.name)):08x}-"
