"""Files that appear whole or not at all, and are still there after a power cut.

A file is written under a temporary name and put on the disk, then renamed, and the folder is put on
the disk as well: whatever moment the power fails at, the name leads to the old contents or to all
of the new ones, and to the new ones once the call has returned.
"""

from __future__ import annotations

import errno
import os
import secrets
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ragsmith.errors import BadFile

__all__ = ["clear_leftovers", "make_folder", "whole_file", "write_whole"]


def write_whole(path: Path, data: bytes, *, durable: bool = True) -> Path:
    """Write to a temporary name in the same folder, then rename; returns the path.

    Args:
        path: of the file.
        data: its contents.
        durable: whether it has to be there after a power cut; False for what can be made again and
            is checked when it is read.

    Raises:
        BadFile: the folder is missing or closed, or the disk is full; nothing is left behind.
    """
    with whole_file(path, durable=durable) as temporary, open(temporary, "xb") as file:
        file.write(data)
    return path


@contextmanager
def whole_file(path: Path, *, durable: bool = True) -> Iterator[Path]:
    """A temporary name in the same folder to write to piece by piece; renamed at the end.

    Args:
        path: of the file.
        durable: as for `write_whole`.

    Raises:
        BadFile: an OSError came up while writing or renaming; nothing is left behind.
    """
    temporary = path.parent / f"{_stem(path)}{secrets.token_hex(4)}.part"
    try:
        yield temporary
        if durable:
            _sync_file(temporary)
        os.replace(temporary, path)
        if durable:
            _sync_folder(path.parent)
    except OSError as e:
        temporary.unlink(missing_ok=True)
        reason = (e.strerror or str(e)).lower()
        raise BadFile(path, f"cannot be written ({reason})", "choose another place") from e
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def make_folder(path: Path, mode: int = 0o777) -> Path:
    """Make a folder, and those above it that are missing, so that a power cut takes none of them;
    one that is there stays as it is. Returns the path.

    Args:
        path: of the folder.
        mode: who may do what in folders that are made, as `os.mkdir` has it.

    Raises:
        OSError: it cannot be made.
    """
    if not path.is_dir():
        make_folder(path.parent, mode)
        path.mkdir(mode, exist_ok=True)
        _sync_folder(path.parent)
    return path


def clear_leftovers(path: Path) -> None:
    """Remove the temporary files that a killed process has left beside this path; only for paths to
    which one process writes at a time."""
    for temporary in path.parent.glob(f"{_stem(path)}*.part"):
        temporary.unlink(missing_ok=True)


def _sync_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR)  # Windows syncs only what may be written
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folder(path: Path) -> None:
    """Sync a folder, so that the names in it are on the disk. Windows and some network drives
    cannot."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError as e:
        if e.errno == errno.EIO:
            raise
    finally:
        os.close(descriptor)


def _stem(path: Path) -> str:
    """How temporary names for a path begin; a checksum, so that they are never too long."""
    return f".{zlib.crc32(os.fsencode(path.name)):08x}-"
