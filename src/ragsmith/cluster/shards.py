"""A shard: what some hundred files hold, a row each, in one Parquet file.

The rows have all that the cache of one machine keeps of a file: content, verdict, fingerprint and
the piece itself. Other programs read the columns as they are (pandas, DuckDB, Arrow).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ragsmith.cluster.stores import Store
from ragsmith.corpus.duplicates import Fingerprint, Sketch
from ragsmith.corpus.entry import Entry
from ragsmith.corpus.record import Record, judge
from ragsmith.errors import BadFolder
from ragsmith.io.arrays import piece_of, to_arrays
from ragsmith.piece import Piece
from ragsmith.quantise import Moved

__all__ = [
    "FACTS",
    "PRINTS",
    "ROWS_TOGETHER",
    "SCHEMA",
    "VERDICT",
    "entry_of",
    "opened",
    "pieces_in",
    "print_of",
    "row_of",
    "table_of",
]

MOVED = pa.struct([(name, pa.float64()) for name in Moved._fields])
SCHEMA = pa.schema(
    [
        ("path", pa.string()),
        ("key", pa.string()),
        ("digest", pa.string()),
        ("verdict", pa.string()),
        ("reason", pa.string()),
        ("notes", pa.int32()),
        ("steps_per_quarter", pa.int32()),
        ("moved", MOVED),
        ("steps", pa.int32()),
        ("doubted", pa.bool_()),
        ("hashes", pa.int32()),
        ("melody", pa.list_(pa.uint32())),
        ("melody_limit", pa.int64()),
        ("texture", pa.list_(pa.uint32())),
        ("texture_limit", pa.int64()),
        ("line", pa.list_(pa.int8())),
        ("piece", pa.binary()),
    ]
)
"""`path` is relative to the folder, and a name that is no Unicode is escaped; `key` is the name
that the cache of one machine has for the same; `hashes` counts those of the melody."""
VERDICT = ["path", "digest", "verdict", "reason", "notes", "steps_per_quarter", "moved", "steps"]
FACTS = [*VERDICT, "doubted", "hashes"]
"""The small columns; the others are a hundred times as large."""
PRINTS = ["notes", "melody", "melody_limit", "texture", "texture_limit", "line"]
ROWS_TOGETHER = 64
"""Rows that are read together when one piece is asked for."""


def row_of(
    path: str, key: str, digest: str, record: Record, grid: int, piece: Piece | None
) -> tuple[Any, ...]:
    """The row of a file, read on a grid; its verdict is that on the file by itself."""
    verdict, reason = judge(record, grid)
    print_ = record.fingerprint
    sketches: list[Any] = [0, None, None, None, None, None]
    if print_:
        (melody, limit), (texture, texture_limit) = print_.melody, print_.texture
        sketches = [len(melody), melody, limit, texture, texture_limit, print_.line]
    return (
        path.encode("utf-8", "backslashreplace").decode(),
        key,
        digest,
        verdict,
        reason.encode("utf-8", "backslashreplace").decode(),
        record.notes,
        record.steps_per_quarter,
        record.moved and record.moved._asdict(),
        record.steps,
        bool(record.doubts),
        *sketches,
        piece and _packed(piece),
    )


def table_of(rows: Sequence[tuple[Any, ...]]) -> bytes:
    """Rows as the bytes of a Parquet file."""
    columns = zip(*rows, strict=True) if rows else [() for _ in SCHEMA]
    arrays = [pa.array(list(c), f.type) for c, f in zip(columns, SCHEMA, strict=True)]
    data = BytesIO()
    table = pa.Table.from_arrays(arrays, schema=SCHEMA)
    pq.write_table(table, data, compression="zstd", row_group_size=ROWS_TOGETHER)
    return data.getvalue()


def opened(store: Store, shard: str) -> pq.ParquetFile:
    """A shard, to read some columns or rows of.

    Raises:
        BadFolder: it is not there any more, or is none.
    """
    try:
        return pq.ParquetFile(store.files.open(store.at(shard), "rb"))
    except (OSError, pa.ArrowInvalid) as error:
        rule = f"the shard {shard} cannot be read ({type(error).__name__})"
        raise BadFolder(store.url, rule, "read the folder again with ragsmith doctor") from None


def entry_of(row: dict[str, Any], work: str = "") -> Entry:
    """The entry of a row that has the columns `FACTS`."""
    return Entry(
        row["path"],
        row["verdict"],
        row["reason"],
        row["notes"],
        row["steps_per_quarter"],
        row["moved"] and Moved(**row["moved"]),
        row["steps"],
        row["digest"],
        work,
    )


def print_of(row: dict[str, Any]) -> Fingerprint:
    """The fingerprint of a row that has the columns `PRINTS`, and music."""
    melody = Sketch(np.asarray(row["melody"], np.uint32), row["melody_limit"])
    texture = Sketch(np.asarray(row["texture"], np.uint32), row["texture_limit"])
    return Fingerprint(melody, texture, row["notes"], np.asarray(row["line"], np.int8))


def _packed(piece: Piece) -> bytes:
    data = BytesIO()
    np.savez(data, **to_arrays(piece))  # type: ignore[arg-type]
    return data.getvalue()


def pieces_in(column: pa.ChunkedArray) -> Iterator[Piece | None]:
    """The pieces of a column, None where a file holds none."""
    for value in column:
        if value.is_valid:
            with np.load(BytesIO(value.as_py())) as arrays:
                yield piece_of(arrays)
        else:
            yield None
