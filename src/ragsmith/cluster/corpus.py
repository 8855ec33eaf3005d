"""A corpus whose pieces lie in shards, here or on an object store."""

from __future__ import annotations

import atexit
import json
import posixpath
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from io import BytesIO
from pathlib import Path, PurePath
from tempfile import mkdtemp
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ragsmith.cluster.shards import ROWS_TOGETHER, SCHEMA, VERDICT, entry_of, opened, pieces_in
from ragsmith.cluster.stores import Store, store_at
from ragsmith.corpus.cache import Cache
from ragsmith.corpus.entry import Entry
from ragsmith.corpus.folder import LICENCE_NAMES, Corpus, NothingUsable
from ragsmith.corpus.record import Manner
from ragsmith.errors import BadFolder
from ragsmith.piece import Piece

__all__ = ["Place", "ShardCorpus", "keep_neighbours", "open_shards", "stand_in", "write_verdicts"]

VERDICTS = "verdicts.parquet"
NEIGHBOURS = ("sources.json", "split.json", *LICENCE_NAMES)
"""Files in or beside a folder of music that say something about it."""
WHERE = [
    pa.field("work", pa.string()),
    pa.field("shard", pa.dictionary(pa.int32(), pa.string())),
    pa.field("place", pa.int32()),
]
GROUPS_IN_MEMORY = 64
"""Groups of rows whose pieces stay in memory: those of one shard are asked for together."""

Place = tuple[str, int]
"""A shard, and a row in it; ("", 0) where a file has none."""


@dataclass(frozen=True, repr=False)
class ShardCorpus(Corpus):
    """The music of a folder as it was read into shards; the folder itself is not looked at.

    Attributes:
        store: where the shards are.
        places: the row of each file, by path.
    """

    store: Store
    places: Mapping[str, Place]

    def piece(self, entry: Entry) -> Piece:
        """The piece of a usable entry.

        Raises:
            BadFolder: its shard is gone.
        """
        shard, row = self.places[entry.path]
        group, place = divmod(row, ROWS_TOGETHER)
        piece = _group(self.store.url, shard, group)[place]
        if piece is None:
            rule = f"the shard {shard} holds no piece of {entry.path}"
            raise BadFolder(self.store.url, rule, "read the folder again with ragsmith doctor")
        return piece if piece.title else replace(piece, title=PurePath(entry.path).stem)


@lru_cache(GROUPS_IN_MEMORY)
def _group(url: str, shard: str, group: int) -> tuple[Piece | None, ...]:
    """The pieces of one group of rows."""
    file = opened(store_at(url), shard)
    return tuple(pieces_in(file.read_row_group(group, columns=["piece"])["piece"]))


def write_verdicts(
    store: Store,
    folder: str,
    manner: Manner,
    ignored: int,
    entries: Sequence[Entry],
    places: Sequence[Place],
) -> None:
    """Put down beside the shards what they hold together.

    Args:
        store: of the shards.
        folder: that they were read from.
        manner: in which they were read.
        ignored: number of files whose names do not end like music.
        entries: all music files in the order of their paths.
        places: where their rows are.

    Raises:
        BadFolder: it cannot be written.
    """
    columns: dict[str, list[Any]] = {name: [getattr(e, name) for e in entries] for name in VERDICT}
    columns["moved"] = [e.moved and e.moved._asdict() for e in entries]
    columns["work"] = [e.work for e in entries]
    columns["shard"] = [shard for shard, _ in places]
    columns["place"] = [row for _, row in places]
    about = json.dumps({"folder": folder, "manner": manner, "ignored": ignored})
    fields = [SCHEMA.field(name) for name in VERDICT]
    schema = pa.schema([*fields, *WHERE], metadata={"ragsmith": about})
    data = BytesIO()
    pq.write_table(pa.table(columns, schema=schema), data, compression="zstd")
    store.write(VERDICTS, data.getvalue())


def open_shards(place: str) -> ShardCorpus:
    """The corpus that `ragsmith doctor --shards` has read into a place.

    Args:
        place: a folder here, or one of an object store.

    Raises:
        BadFolder: nothing has been read into it; NothingUsable when every file was rejected.
    """
    store = store_at(place)
    remedy = f"read a folder into it: ragsmith doctor FOLDER --on local --shards {place}"
    try:
        table = pq.read_table(BytesIO(store.read(VERDICTS)))
        about = json.loads(table.schema.metadata[b"ragsmith"])
    except (OSError, pa.ArrowInvalid, KeyError, TypeError, ValueError) as error:
        reason = "do not stand there" if isinstance(error, FileNotFoundError) else "cannot be read"
        raise BadFolder(place, f"verdicts on files {reason}", remedy) from None
    rows = table.to_pylist()
    entries = tuple(entry_of(row, row["work"]) for row in rows)
    places = {row["path"]: (row["shard"], row["place"]) for row in rows}
    folder = stand_in(store, about["folder"])
    if not any(entry.usable for entry in entries):
        raise NothingUsable(folder, entries)
    cache = Cache(folder, Manner(*about["manner"]))
    return ShardCorpus(folder, entries, about["ignored"], cache, store, places)


def keep_neighbours(music: Store, store: Store) -> None:
    """Copy what stands in or beside a folder and says something about it to its shards."""
    above = music._replace(root=posixpath.dirname(music.root))
    for where, side in ((music, "in"), (above, "beside")):
        for name in NEIGHBOURS if where.root else ():
            if where.has(name):
                store.write(f"{side}/{name}", where.read(name))


@lru_cache(8)
def stand_in(store: Store, folder: str) -> Path:
    """A folder on this machine that stands for the one that was read: without the music, with its
    neighbours. It goes when the process ends."""
    room = Path(mkdtemp(prefix="ragsmith-"))
    atexit.register(shutil.rmtree, room, ignore_errors=True)
    path = room / (posixpath.basename(folder.rstrip("/")) or "music")
    path.mkdir()
    for side, place in (("in", path), ("beside", room)):
        for name in NEIGHBOURS:
            if store.has(f"{side}/{name}"):
                (place / name).write_bytes(store.read(f"{side}/{name}"))
    return path
