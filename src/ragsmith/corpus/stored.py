"""Records and pieces as arrays in a .npz: columns of integers and JSON, never a pickle."""

from __future__ import annotations

import json
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragsmith.corpus.duplicates import Fingerprint, Sketch
from ragsmith.corpus.record import Record
from ragsmith.errors import BadFile, BadFolder
from ragsmith.files import write_whole
from ragsmith.piece import Bar, Hand, Key, Metre, Note, Piece, Section, Tempo
from ragsmith.quantise import Moved

__all__ = [
    "from_json",
    "load_piece",
    "load_record",
    "pack",
    "save",
    "store",
    "to_json",
    "unpack",
    "unwritable",
]

HANDS = tuple(Hand)


def store(path: Path, record: Record, piece: Piece | None, *, durable: bool = False) -> None:
    """Keep a record and its piece.

    Args:
        path: of the file.
        record: of the file that was read.
        piece: what was read; None where nothing was.
        durable: whether it is a user's work and has to survive a power cut; a cache need not.

    Raises:
        BadFolder: the file cannot be written.
    """
    rows, hashes = pack([record])
    arrays: dict[str, NDArray[Any]] = {"record": to_json(rows), "hashes": hashes}
    if piece:
        arrays["notes"] = np.array(piece.notes, np.int32).reshape(-1, len(Note._fields))
        arrays["bars"] = np.array(
            [(b.start, b.length, *b.metre, b.offset) for b in piece.bars], np.int32
        )
        rest = (piece.steps_per_quarter, piece.keys, piece.tempos, piece.sections, piece.order)
        arrays["rest"] = to_json([*rest, piece.title, piece.composer])
    save(path, arrays, durable=durable)


def load_record(path: Path) -> Record | None:
    """The record kept in a file; None when there is none, or it is damaged."""
    try:
        with path.open("rb") as file, np.load(file) as arrays:
            return unpack(from_json(arrays["record"]), arrays["hashes"])[0]
    except Exception:
        # A damaged zip raises a dozen kinds of errors; whatever it is, the file is read again.
        return None


def load_piece(path: Path) -> Piece | None:
    """The piece kept in a file; None when there is none, or it is damaged."""
    try:
        with path.open("rb") as file, np.load(file) as arrays:
            notes, bars = arrays["notes"].tolist(), arrays["bars"].tolist()
            grid, keys, tempos, sections, order, title, composer = from_json(arrays["rest"])
        return Piece(
            tuple(
                Note(t, pitch, d, velocity, HANDS[hand]) for t, pitch, d, velocity, hand in notes
            ),
            tuple(Bar(start, size, Metre(*metre), offset) for start, size, *metre, offset in bars),
            grid,
            tuple(Key(*key) for key in keys),
            tuple(Tempo(*tempo) for tempo in tempos),
            tuple(Section(*section) for section in sections),
            tuple(order),
            title,
            composer,
        )
    except Exception:
        return None


def pack(records: Sequence[Record]) -> tuple[list[Any], NDArray[np.uint32]]:
    """Records as JSON rows, and the hashes of all their fingerprints one after another."""
    rows: list[Any] = []
    hashes = [np.zeros(0, np.uint32)]
    for record in records:
        known = record.fingerprint
        sketches = (known.melody, known.texture) if known else ()
        hashes += [sketch.hashes for sketch in sketches]
        rows.append([*record[:-1], [(len(sketch.hashes), sketch.limit) for sketch in sketches]])
    return rows, np.concatenate(hashes)


def unpack(rows: Sequence[Any], hashes: NDArray[np.uint32]) -> list[Record]:
    """The records that `pack` was given."""
    records = []
    start = 0
    for problem, repairs, notes, on_keys, grid, moved, steps, doubts, close, sizes in rows:
        sketches = []
        for size, limit in sizes:
            sketches.append(Sketch(hashes[start : start + size], limit))
            start += size
        known = Fingerprint(sketches[0], sketches[1], notes) if sketches else None
        shift = Moved(*moved) if moved else None
        seen = problem, tuple(repairs), notes, on_keys, grid, shift, steps
        records.append(Record(*seen, tuple(doubts), close, known))
    return records


def to_json(value: Any) -> NDArray[np.uint8]:
    """A value as the bytes of its JSON; file names that are not Unicode survive."""
    return np.frombuffer(json.dumps(value).encode("ascii"), np.uint8)


def from_json(array: NDArray[np.uint8]) -> Any:
    """The value that `to_json` was given."""
    return json.loads(array.tobytes())


def save(path: Path, arrays: dict[str, NDArray[Any]], *, durable: bool = False) -> None:
    """Write a compressed .npz that appears whole or not at all; `durable` as for `store`.

    Raises:
        BadFolder: it cannot be written.
    """
    data = BytesIO()
    np.savez_compressed(data, **arrays)  # type: ignore[arg-type]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, data.getvalue(), durable=durable)
    except OSError as error:
        raise unwritable(path, f"cannot be made ({error.strerror})") from None
    except BadFile as error:
        # Windows keeps a file that is open: another process has just written the same.
        if not path.exists():
            raise unwritable(path, error.rule) from None


def unwritable(path: Path, rule: str) -> BadFolder:
    """The error for a cache in which a file cannot be written."""
    return BadFolder(path.parent, rule, "set RAGSMITH_CACHE to another folder")
