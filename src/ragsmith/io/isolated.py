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
from ragsmith.processes.child import Tell
from ragsmith.processes.children import Budget, ChildDied, Children, TaskFailed
from ragsmith.quantise import Moved

__all__ = [
    "BUDGET",
    "cause_of",
    "engrave",
    "read_isolated",
    "read_whatever",
    "task",
    "write_isolated",
]

BUDGET = Budget(processor_seconds=5.0, seconds=30.0, memory=2 * 1024**3)
"""What reading one file may take, whoever asks."""


ENGRAVING = Budget(processor_seconds=300.0, seconds=900.0, memory=4 * 1024**3)
"""What engraving a piece may take; a hundred pages take a tenth of it."""
TASK = "ragsmith.io.isolated:task"


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
            answer = child.ask(TASK, arguments, BUDGET)
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
    arguments = {"piece": _piece_packed(piece), "path": os.path.abspath(path), "how": how}
    remedy = "write it as MusicXML, which other programs engrave"
    try:
        with _children(os.getpid()).lent() as child:
            refused = child.ask("ragsmith.io.isolated:engrave", arguments, ENGRAVING)
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


def engrave(tell: Tell, piece: str, path: str, how: dict[str, Any]) -> list[str]:
    """Write a packed piece, in a child; returns why that was refused, or nothing."""
    from ragsmith.io import write

    with np.load(BytesIO(b64decode(piece))) as arrays:
        known = piece_of(arrays)
    try:
        write(known, path, **how)
    except UserError as error:
        return [type(error).__name__, error.value, error.rule, error.remedy]
    return []


def cause_of(death: ChildDied, budget: Budget) -> str:
    """What is said of the file that a child died of."""
    if death.spent or death.late:
        return f"takes longer than {budget.processor_seconds:g} seconds to read"
    return f"crashes the reader (exit status {death.status})"


def task(tell: Tell, path: str, **manner: Any) -> dict[str, Any]:
    """Read a file, in a child: what was read, or why it was refused."""
    try:
        return _packed(read_whatever(Path(path), **manner))
    except UserError as error:
        return {"refused": [type(error).__name__, error.value, error.rule, error.remedy]}


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


def _packed(reading: Reading) -> dict[str, Any]:
    """What was read, fit for JSON: the piece as a .npz in base64."""
    rest = {f.name: getattr(reading, f.name) for f in fields(reading) if f.name != "piece"}
    return {**rest, "taken": asdict(reading.taken), "piece": _piece_packed(reading.piece)}


def _piece_packed(piece: Piece) -> str:
    data = BytesIO()
    np.savez(data, **to_arrays(piece))  # type: ignore[arg-type]
    return b64encode(data.getvalue()).decode()


def _unpacked(answer: dict[str, Any]) -> Reading:
    """The inverse of `_packed`."""
    with np.load(BytesIO(b64decode(answer["piece"]))) as arrays:
        piece = piece_of(arrays)
    moved, taken = Moved(*answer["moved"]), Taken(**_with_tuples(answer["taken"]))
    parts = {"piece": piece, "moved": moved, "taken": taken}
    return Reading(**{**_with_tuples(answer), **parts})


def _with_tuples(values: dict[str, Any]) -> dict[str, Any]:
    """What JSON made lists of, as tuples."""
    return {key: tuple(v) if isinstance(v, list) else v for key, v in values.items()}
