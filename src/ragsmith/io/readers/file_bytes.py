"""The bytes of a file that may hold anything, read only when its kind and size are harmless."""

from __future__ import annotations

import stat
from pathlib import Path

from ragsmith.errors import BadFile

__all__ = ["file_bytes"]

MOST_BYTES = 16 * 2**20


def file_bytes(path: Path) -> bytes:
    """All bytes of a music file.

    Raises:
        BadFile: it is a folder, a device or a pipe, is empty or too large, or cannot be opened.
    """
    try:
        about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            raise BadFile(path.name, "is a folder, not a music file", "give a file")
        if not stat.S_ISREG(about.st_mode):
            raise BadFile(path.name, "is not a regular file", "give a music file")
        if about.st_size > MOST_BYTES:
            rule = f"is {about.st_size / 2**20:.0f} MiB; at most {MOST_BYTES // 2**20} are read"
            raise BadFile(path.name, rule, "give a file with one piece of music")
        data = path.read_bytes()
    except OSError as error:
        rule = f"cannot be opened ({error.strerror or error})"
        raise BadFile(path.name, rule, "check its name and permissions") from None
    if not data.strip():
        raise BadFile(path.name, "is empty", "export or download it again")
    return data
