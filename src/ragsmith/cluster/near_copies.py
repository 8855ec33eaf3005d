"""Works and copies among any number of files, by joins on the engine.

Every hash of a melody's sketch is a band by itself (`ragsmith.corpus.works`): files that share one
are joined, pairs that share two are compared. In a band that many files share, each is joined to
the next ones in order only, so that the work grows as the files do. It is what one machine does,
and the works are the same.
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from typing import Any, NamedTuple

import dask
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pyarrow as pa
from distributed import Client
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ragsmith.cluster.shards import FACTS, PRINTS, entry_of, opened, print_of
from ragsmith.cluster.stores import store_at
from ragsmith.corpus.duplicates import Fingerprint, Sketch
from ragsmith.corpus.scan import copies_among
from ragsmith.corpus.works import MOST_HASHES, NEIGHBOURS, Works

__all__ = ["Members", "copies_of", "first_of_works"]

HASHES_OF_A_FILE = 64
"""Of a melody's hashes on average, where there are more than one machine takes in all."""
ROWS_OF_A_PART = 1_000_000
"""Of a table that is spread over the workers: some ten megabytes."""
FILES_OF_A_PART = 10_000
NOTHING = Sketch(np.zeros(0, np.uint32))
BYTES = pd.ArrowDtype(pa.binary())
PAIR = {"low": "int64", "high": "int64"}


class Members(NamedTuple):
    """Files of one shard that are compared.

    Attributes:
        shards, name: where their rows are.
        rows: their numbers in the shard.
        ranks: their places among all files that are compared.
    """

    shards: str
    name: str
    rows: NDArray[np.int64]
    ranks: NDArray[np.int64]

    def read(self, columns: Sequence[str]) -> list[dict[str, Any]]:
        """The rows, with some columns."""
        table = opened(store_at(self.shards), self.name).read(columns=list(columns))
        rows: list[dict[str, Any]] = table.take(pa.array(self.rows)).to_pylist()
        return rows


def first_of_works(
    client: Client, members: Sequence[Members], digests: Sequence[str], hashes: int
) -> NDArray[np.int64]:
    """For each file, by rank, the rank of the first file of its work.

    Args:
        client: of the engine.
        members: the files, shard by shard.
        digests: of their contents, by rank; equal ones are one work.
        hashes: of all their melodies together.
    """
    ceiling = _ceiling(hashes, len(digests))
    parts = 1 + min(hashes, hashes * ceiling >> 32) // ROWS_OF_A_PART
    with dask.config.set({"dataframe.shuffle.method": "p2p", "dataframe.convert-string": False}):
        pairs = _related(_likely(members, ceiling, parts), members, parts)
        (table,) = client.compute([pairs], sync=True)
    same = _same_content(digests)
    low = np.concatenate([table["low"].to_numpy(), same[:, 0]])
    high = np.concatenate([table["high"].to_numpy(), same[:, 1]])
    graph = coo_array((np.ones(len(low), bool), (low, high)), shape=(len(digests),) * 2)
    _, labels = connected_components(graph, directed=False)
    _, firsts, inverse = np.unique(labels, return_index=True, return_inverse=True)
    result: NDArray[np.int64] = firsts[inverse]
    return result


def _ceiling(hashes: int, files: int) -> int:
    """Hashes up to this one are bands: all of them while one machine takes them."""
    wanted = max(MOST_HASHES, HASHES_OF_A_FILE * files)
    return min(2**32 - 1, 2**32 * wanted // max(1, hashes))


def _same_content(digests: Sequence[str]) -> NDArray[np.int64]:
    """Pairs (first, later) of files with one content; shape (pairs, 2)."""
    first: dict[str, int] = {}
    pairs = [(first.setdefault(digest, rank), rank) for rank, digest in enumerate(digests)]
    return np.array([pair for pair in pairs if pair[0] != pair[1]], np.int64).reshape(-1, 2)


def _likely(members: Sequence[Members], ceiling: int, parts: int) -> Any:
    """A table of the pairs that share at least two bands, and how many."""
    meta = pd.DataFrame({"band": pd.Series(dtype="int64"), "rank": pd.Series(dtype="int64")})
    bands = dd.from_map(_bands, members, ceiling=ceiling, meta=meta)
    shared = pd.DataFrame({name: pd.Series(dtype="int64") for name in (*PAIR, "shared")})
    joined = bands.shuffle("band", npartitions=parts).map_partitions(_neighbours, meta=shared)
    counted = joined.groupby(["low", "high"]).shared.sum(split_out=parts).reset_index()
    return counted[counted.shared > 1]


def _bands(members: Members, ceiling: int) -> pd.DataFrame:
    """The bands that each file of a shard lies in."""
    melodies = [np.asarray(row["melody"], np.int64) for row in members.read(["melody"])]
    melodies = [hashes[hashes <= ceiling] for hashes in melodies]
    ranks = np.repeat(members.ranks, [len(hashes) for hashes in melodies])
    return pd.DataFrame({"band": np.concatenate(melodies), "rank": ranks})


def _neighbours(bands: pd.DataFrame) -> pd.DataFrame:
    """Each file of a band with the next ones in it, and how many bands of these a pair shares."""
    table = bands.sort_values(["band", "rank"], ignore_index=True)
    band, rank = table["band"].to_numpy(), table["rank"].to_numpy()
    low, high = [rank[:0]], [rank[:0]]
    for away in range(1, NEIGHBOURS + 1):
        same = band[:-away] == band[away:]
        low.append(rank[:-away][same])
        high.append(rank[away:][same])
    pairs = pd.DataFrame({"low": np.concatenate(low), "high": np.concatenate(high)})
    return pairs.groupby(["low", "high"]).size().rename("shared").reset_index()


def _related(likely: Any, members: Sequence[Members], parts: int) -> Any:
    """Those of the likely pairs that hold one work, as many as put its files together."""
    meta = pd.DataFrame({"rank": pd.Series(dtype="int64"), "melody": pd.Series(dtype=BYTES)})
    melodies = dd.from_map(_melodies, members, meta=meta)
    pairs = likely
    for side in PAIR:
        named = melodies.rename(columns={"rank": side, "melody": f"{side}_melody"})
        pairs = pairs.merge(named, on=side, npartitions=parts)
    empty = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in PAIR.items()})
    return pairs.map_partitions(_compared, meta=empty)


def _melodies(members: Members) -> pd.DataFrame:
    """What a shard's files are known to be one work by, as bytes."""
    rows = members.read(["melody", "melody_limit", "line"])
    packed = pd.Series([_packed(row) for row in rows], dtype=BYTES)
    return pd.DataFrame({"rank": members.ranks, "melody": packed})


def _packed(row: dict[str, Any]) -> bytes:
    """Limit and number of a melody's hashes, the hashes, and its notes."""
    hashes = np.asarray(row["melody"], np.uint32)
    sizes = np.array([row["melody_limit"], len(hashes)], np.int64)
    return sizes.tobytes() + hashes.tobytes() + np.asarray(row["line"], np.int8).tobytes()


def _known_by(packed: bytes) -> Fingerprint:
    """A fingerprint with a melody alone."""
    limit, number = np.frombuffer(packed, np.int64, 2).tolist()
    hashes = np.frombuffer(packed, np.uint32, number, offset=16)
    line = np.frombuffer(packed, np.int8, offset=16 + hashes.nbytes)
    return Fingerprint(Sketch(hashes, limit), NOTHING, 0, line)


def _compared(pairs: pd.DataFrame) -> pd.DataFrame:
    """Pairs that hold one work, as many as put its files together."""
    known: dict[int, Fingerprint] = {}
    for side in PAIR:
        for rank, packed in zip(pairs[side], pairs[f"{side}_melody"], strict=True):
            if rank not in known:
                known[rank] = _known_by(packed)
    ranks = np.array(sorted(known), np.int64)
    ordered = pairs.sort_values(["low", "shared"], ascending=[True, False])[list(PAIR)]
    likely = np.searchsorted(ranks, ordered.to_numpy(np.int64))
    related = Works([known[rank] for rank in ranks.tolist()]).compare(likely)
    return pd.DataFrame(ranks[np.array(related, int).reshape(-1, 2)], columns=list(PAIR))


def copies_of(
    client: Client, members: Sequence[Members], firsts: NDArray[np.int64]
) -> dict[str, str]:
    """Why files are no use beside others of their works, by path.

    Args:
        client: of the engine.
        members: the files of works that have several, shard by shard.
        firsts: for each file, by rank, the rank of the first file of its work.
    """
    if not members:
        return {}
    columns = {"work": "int64", "row": BYTES}
    meta = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})
    rows = dd.from_map(_rows_by_work, members, [firsts[one.ranks] for one in members], meta=meta)
    parts = 1 + sum(len(one.ranks) for one in members) // FILES_OF_A_PART
    reasons = pd.DataFrame({name: pd.Series(dtype="object") for name in ("path", "reason")})
    with dask.config.set({"dataframe.shuffle.method": "p2p", "dataframe.convert-string": False}):
        together = rows.shuffle("work", npartitions=parts)
        (table,) = client.compute([together.map_partitions(_copies, meta=reasons)], sync=True)
    return dict(zip(table["path"], table["reason"], strict=True))


def _rows_by_work(members: Members, works: NDArray[np.int64]) -> pd.DataFrame:
    """What the files of a shard are compared by, whole, beside their works."""
    rows = [pickle.dumps((entry_of(r), print_of(r))) for r in members.read([*FACTS, *PRINTS[1:]])]
    return pd.DataFrame({"work": works, "row": pd.Series(rows, dtype=BYTES)})


def _copies(rows: pd.DataFrame) -> pd.DataFrame:
    """The copies among the files of some works."""
    reasons: dict[str, str] = {}
    for _, work in rows.groupby("work"):
        reasons |= copies_among([pickle.loads(row) for row in work["row"]])
    return pd.DataFrame({"path": list(reasons), "reason": list(reasons.values())}, dtype="object")
