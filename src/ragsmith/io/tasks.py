"""What a child process does with the files and pieces that `ragsmith.io.isolated` gives it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ragsmith.errors import UserError
from ragsmith.io import write
from ragsmith.io.isolated import packed_reading, read_whatever, unpacked_piece
from ragsmith.processes.child import Tell

__all__ = ["engrave", "read"]


def read(tell: Tell, path: str, **manner: Any) -> dict[str, Any]:
    """Read a file: what was read, or why it was refused."""
    try:
        return packed_reading(read_whatever(Path(path), **manner))
    except UserError as error:
        return {"refused": [type(error).__name__, error.value, error.rule, error.remedy]}


def engrave(tell: Tell, piece: str, path: str, how: dict[str, Any]) -> list[str]:
    """Write a packed piece; returns why that was refused, or nothing."""
    try:
        write(unpacked_piece(piece), path, **how)
    except UserError as error:
        return [type(error).__name__, error.value, error.rule, error.remedy]
    return []
