"""A music file that anybody may have sent, read and engraved by a child process within limits.

What hangs, crashes or takes all memory there costs the child, and here it is one line. The child is
started for the first file and kept for the next; it ends with the process that started it.
"""

from __future__ import annotations

import atexit
import os
from base64 import b64decode, b64encode
from dataclasses import asdict, fields
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from ragsmith import errors
from ragsmith.errors import BadFile, UserError
from ragsmith.io.arrays import piece_of, to_arrays
from ragsmith.io.readers.by_suffix import read_by_suffix
from ragsmith.io.readers.parts import Taken
from ragsmith.io.readers.reading import Reading
from ragsmith.piece import Piece
from ragsmith.processes.children import Budget, ChildDied, Children, TaskFailed
from ragsmith.quantise import Moved

__all__ = [
    "BUDGET",
    "cause_of",
    "packed_piece",
    "packed_reading",
    "read_isolated",
    "read_whatever",
    "unpacked_piece",
    "write_isolated",
]

BUDGET = Budget(processor_seconds=5.0, seconds=30.0, memory=2 * 1024**3)
"""What reading one file may take, whoever asks."""

ENGRAVING = Budget(processor_seconds=300.0, seconds=900.0, memory=4 * 1024**3)
"""What engraving a piece may take; a hundred pages take a tenth of it."""
READING_TASK, ENGRAVING_TASK = "ragsmith.io.tasks:read", "ragsmith.io.tasks:engrave"


@cache
def _children(process: int) -> Children:
    """The children of a process; one that was forked from it has its own."""
    return Children()


@atexit.register
def _end_children() -> None:
    _children(os.getpid()).end()


def read_isolated(path: Path, **manner: Any) -> Reading:
    """Read a file in a child process; `manner` are further arguments of `ragsmith.io.read_report`.

    Raises:
        BadFile: the file cannot be read as music, or not within `BUDGET`.
        BadOption: as `read_report`.
    """
    arguments = {"path": os.path.abspath(path), **manner}
    try:
        with _children(os.getpid()).lent() as child:
            answer = child.ask(READING_TASK, arguments, BUDGET)
    except ChildDied as death:
        raise BadFile(path.name, cause_of(death, BUDGET), "give another file") from None
    except TaskFailed as failure:
        raise BadFile(path.name, f"cannot be read: {failure}", "give another file") from None
    if "refused" in answer:
        kind, *reason = answer["refused"]
        raise getattr(errors, kind, UserError)(*reason)
    return _unpacked(answer)


def write_isolated(piece: Piece, path: Path, how: dict[str, Any]) -> Path:
    """Engrave a piece in a child process; `how` are further arguments of `ragsmith.io.write`.

    Raises:
        BadFile: it cannot be engraved within `ENGRAVING`, or the file cannot be written.
        BadOption: as `write`.
    """
    arguments = {"piece": packed_piece(piece), "path": os.path.abspath(path), "how": how}
    remedy = "write it as MusicXML, which other programs engrave"
    try:
        with _children(os.getpid()).lent() as child:
            refused = child.ask(ENGRAVING_TASK, arguments, ENGRAVING)
    except ChildDied as death:
        if death.spent or death.late:
            rule = f"takes longer than {ENGRAVING.processor_seconds:g} seconds to engrave"
        else:
            rule = f"crashes the engraver (exit status {death.status})"
        raise BadFile(path.name, rule, remedy) from None
    except TaskFailed as failure:
        raise BadFile(path.name, f"cannot be engraved: {failure}", remedy) from None
    if refused:
        kind, *reason = refused
        raise getattr(errors, kind, UserError)(*reason)
    return path


def cause_of(death: ChildDied, budget: Budget) -> str:
    """What is said of the file that a child died of."""
    if death.spent or death.late:
        return f"takes longer than {budget.processor_seconds:g} seconds to read"
    return f"crashes the reader (exit status {death.status})"


def read_whatever(path: Path, *manner: Any, **named: Any) -> Reading:
    """Read a file whatever it holds, by `read_by_suffix`.

    Raises:
        UserError: it cannot be read; no other error is raised about its content.
    """
    try:
        return read_by_suffix(path, *manner, **named)
    except UserError:
        raise
    except MemoryError:
        rule = "needs too much memory to be read"
        raise BadFile(path.name, rule, "leave it out or split it") from None
    except Exception as error:
        rule = f"the reader failed on it ({type(error).__name__}: {error})"
        raise BadFile(
            path.name, errors.one_line(rule), "export it again, or leave it out"
        ) from error


def packed_reading(reading: Reading) -> dict[str, Any]:
    """What was read, fit for JSON."""
    rest = {f.name: getattr(reading, f.name) for f in fields(reading) if f.name != "piece"}
    return {**rest, "taken": asdict(reading.taken), "piece": packed_piece(reading.piece)}


def packed_piece(piece: Piece) -> str:
    """A piece as a .npz in base64."""
    data = BytesIO()
    np.savez(data, **to_arrays(piece))  # type: ignore[arg-type]
    return b64encode(data.getvalue()).decode()


def unpacked_piece(data: str) -> Piece:
    """The inverse of `packed_piece`."""
    with np.load(BytesIO(b64decode(data))) as arrays:
        return piece_of(arrays)


def _unpacked(answer: dict[str, Any]) -> Reading:
    """The inverse of `packed_reading`."""
    piece = unpacked_piece(answer["piece"])
    moved, taken = Moved(*answer["moved"]), Taken(**_with_tuples(answer["taken"]))
    parts = {"piece": piece, "moved": moved, "taken": taken}
    return Reading(**{**_with_tuples(answer), **parts})


def _with_tuples(values: dict[str, Any]) -> dict[str, Any]:
    """What JSON made lists of, as tuples."""
    return {key: tuple(v) if isinstance(v, list) else v for key, v in values.items()}
