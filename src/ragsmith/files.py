"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from ragsmith.errors import BadFile

__all__ = ["write_whole"]


def write_whole(path: Path, data: bytes) -> Path:
    """Write to a temporary name in the same folder, then rename; returns the path.

    Raises:
        BadFile: the folder is missing or closed, or the disk is full; nothing is left behind.
    """
    temporary = path.parent / f".{secrets.token_hex(8)}.part"
    try:
        with open(temporary, "xb") as file:
            file.write(data)
        os.replace(temporary, path)
    except OSError as e:
        temporary.unlink(missing_ok=True)
        reason = (e.strerror or str(e)).lower()
        raise BadFile(path, f"cannot be written ({reason})", "choose another place") from e
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return path
