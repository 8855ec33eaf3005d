"""Records and pieces as arrays in a .npz: columns of integers and JSON, never a pickle."""

from __future__ import annotations

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
from ragsmith.io.arrays import from_json, piece_of, to_arrays, to_json
from ragsmith.piece import Piece
from ragsmith.quantise import Moved

__all__ = [
    "load_piece",
    "load_record",
    "pack",
    "save",
    "store",
    "unpack",
    "unwritable",
]


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
        arrays |= to_arrays(piece)
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
            return piece_of(arrays)
    except Exception:
        return None


def pack(records: Sequence[Record]) -> tuple[list[Any], NDArray[np.uint32]]:
    """Records as JSON rows, and the numbers of all their fingerprints one after another."""
    rows: list[Any] = []
    numbers = [np.zeros(0, np.uint32)]
    for record in records:
        known, sizes = record.fingerprint, []
        if known:
            columns = known.melody.hashes, known.texture.hashes, known.line.astype(np.uint32)
            numbers += columns
            sizes = [*map(len, columns), known.melody.limit, known.texture.limit]
        rows.append([*record[:-1], sizes])
    return rows, np.concatenate(numbers)


def unpack(rows: Sequence[Any], numbers: NDArray[np.uint32]) -> list[Record]:
    """The records that `pack` was given."""
    records = []
    rest = numbers
    for problem, repairs, notes, on_keys, grid, moved, steps, doubts, close, sizes in rows:
        known = None
        if sizes:
            melodies, textures, length, *limits = sizes
            ends = np.cumsum([melodies, textures, length])
            melody, texture, line, rest = np.split(rest, ends)
            sketches = Sketch(melody, limits[0]), Sketch(texture, limits[1])
            known = Fingerprint(*sketches, notes, line.astype(np.int8))
        shift = Moved(*moved) if moved else None
        seen = problem, tuple(repairs), notes, on_keys, grid, shift, steps
        records.append(Record(*seen, tuple(doubts), close, known))
    return records


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
