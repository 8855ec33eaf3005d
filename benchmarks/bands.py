"""Finding works without comparing all with all: what bands lose, and how the work grows.

    python benchmarks/bands.py recall FOLDER... [--files 2000]
    python benchmarks/bands.py growth SHARDS 6000 12000 25000 50000

`recall` draws so many pieces of the folders (fixed seed; copies are among them), finds the pairs of
one work by comparing all with all (`related_pairs`), and says for each way of banding how many of
these pairs, and of the files whose work holds another one, it finds, and how many pairs it has to
compare for that. Ways: every hash of a melody's sketch is a band, of which each file is joined to
the next eight (what one machine and the engine do; also with 64 and 32 hashes a file); MinHash
signatures of 128 minima in bands of 1, 2 and 4 rows, all files of a band joined.

`growth` finds the works of the first files of a folder that was read into shards, on two local
workers: pairs compared and works, and seconds of processor time of all processes.
"""

import argparse
import json
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ragsmith.corpus import read_corpus
from ragsmith.corpus.duplicates import (
    LEAST_SHARED,
    Fingerprint,
    fingerprint,
    related_pairs,
)
from ragsmith.corpus.works import NEIGHBOURS

Joined = tuple[int, set[tuple[int, int]]]
"""Number of joins of a file to another one in one band, and the pairs that are compared."""


def prints_of(folders: Sequence[Path], files: int) -> list[Fingerprint]:
    """So many pieces of the folders, as they are known."""
    corpora = [read_corpus(folder) for folder in folders]
    known = [(corpus, entry) for corpus in corpora for entry in corpus.entries if entry.work]
    drawn = np.random.default_rng(0).permutation(len(known))[:files]
    return [fingerprint(known[i][0].piece(known[i][1]).notes) for i in drawn]


def sharing(prints: Sequence[Fingerprint]) -> list[tuple[int, int]]:
    """All pairs that `related_pairs` would align: those with LEAST_SHARED hashes in common."""
    rows = np.repeat(np.arange(len(prints)), [len(print_.melody.hashes) for print_ in prints])
    _, columns = np.unique(np.concatenate([p.melody.hashes for p in prints]), return_inverse=True)
    holds = coo_array((np.ones(len(rows), np.int32), (rows, columns))).tocsr()
    common = (holds @ holds.T).tocoo()
    enough = (common.row < common.col) & (common.data >= LEAST_SHARED)
    return list(zip(common.row[enough].tolist(), common.col[enough].tolist(), strict=True))


def one_hash_bands(prints: Sequence[Fingerprint], hashes: float) -> Joined:
    """Pairs that share two bands of one hash, each file joined to the next eight."""
    total = sum(len(print_.melody.hashes) for print_ in prints)
    ceiling = 2**32 * min(1.0, hashes * len(prints) / total)
    bands = [p.melody.hashes[p.melody.hashes <= ceiling].tolist() for p in prints]
    shared = joined(bands, NEIGHBOURS)
    return shared.total(), {pair for pair, number in shared.items() if number > 1}


def signature_bands(prints: Sequence[Fingerprint], bands: int, rows: int, near: int) -> Joined:
    """Pairs whose MinHash signatures agree in all rows of a band, each file of a band joined to
    the next so many."""
    named = [
        [(place, *band) for place, band in enumerate(signature(p.melody.hashes, bands, rows))]
        for p in prints
    ]
    shared = joined(named, near)
    return shared.total(), set(shared)


def signature(hashes: NDArray[np.uint32], bands: int, rows: int) -> list[list[int]]:
    """The least of a set's hashes under so many permutations, band by band."""
    if not len(hashes):
        return []
    rng = np.random.default_rng(1)
    factors = rng.integers(1, 2**63, bands * rows, dtype=np.uint64) | np.uint64(1)
    mixed = hashes.astype(np.uint64)[:, None] * factors
    minima = (mixed ^ (mixed >> np.uint64(32))) * np.uint64(0x9E3779B97F4A7C15)
    least: list[list[int]] = minima.min(axis=0).reshape(bands, rows).tolist()
    return least


def joined(bands: Sequence[Sequence[Hashable]], near: int) -> Counter[tuple[int, int]]:
    """How many bands pairs share, each file of a band joined to the next so many in it."""
    members = defaultdict(list)
    for number, own in enumerate(bands):
        for band in own:
            members[band].append(number)
    return Counter(
        (low, high)
        for files in members.values()
        for place, low in enumerate(files)
        for high in files[place + 1 : place + 1 + near]
    )


def works_of(pairs: Iterable[tuple[int, int]], files: int) -> NDArray[np.int64]:
    """For each file the number of its work."""
    low, high = np.array(sorted(pairs), np.int64).reshape(-1, 2).T
    graph = coo_array((np.ones(len(low), bool), (low, high)), shape=(files, files))
    labels: NDArray[np.int64] = connected_components(graph, directed=False)[1]
    return labels


def recall(folders: Sequence[Path], files: int) -> None:
    """The table."""
    prints = prints_of(folders, files)
    number = len(prints)
    likely = sharing(prints)
    related = set(related_pairs(prints, likely))
    works = works_of(related, number)
    in_works = [place for place in range(number) if (works == works[place]).sum() > 1]
    print(
        f"{number} files; {len(likely)} pairs share {LEAST_SHARED} hashes, {len(related)} are of "
        f"one work; {len(in_works)} files in such works\n\n"
        "| bands | joins, a file | pairs compared, a file | aligned, a file | pairs of one work "
        "| files with their whole work |\n|---|---|---|---|---|---|"
    )
    ways = [(f"one hash, {n} a file", partial(one_hash_bands, hashes=n)) for n in (256, 64, 32)]
    for near in (number, NEIGHBOURS):
        ways += [
            (
                f"{bands} of {rows} minima, next {near}",
                partial(signature_bands, bands=bands, rows=rows, near=near),
            )
            for bands, rows in ((128, 1), (64, 2), (128, 2), (256, 2), (32, 4))
        ]
    for name, way in ways:
        joins, compared = way(prints)
        own = works_of(compared & related, number)
        whole = sum(((own == own[place]) == (works == works[place])).all() for place in in_works)
        print(
            f"| {name} | {joins / number:.1f} | {len(compared) / number:.1f} "
            f"| {len(compared.intersection(likely)) / number:.2f} "
            f"| {len(compared & related)} of {len(related)} | {whole} of {len(in_works)} |",
            flush=True,
        )


def growth(shards: str, numbers: Sequence[int]) -> None:
    """A line of JSON for each number of files."""
    from ragsmith.cluster import open_shards
    from ragsmith.cluster.doctor import members_in
    from ragsmith.cluster.engine import connected
    from ragsmith.cluster.near_copies import first_of_works
    from ragsmith.cluster.stores import store_at

    corpus = open_shards(shards)
    known = [entry for entry in corpus.entries if entry.work]
    for number in numbers:
        files = known[:number]
        places = [(rank, corpus.places[entry.path]) for rank, entry in enumerate(files)]
        began, spent = time.monotonic(), _processor()
        with connected("local", 2) as client:
            members = members_in(store_at(shards), places)
            digests = [entry.digest for entry in files]
            firsts = first_of_works(client, members, digests, 60 * len(files))
        facts = {
            "files": len(files),
            "works": len(set(firsts.tolist())),
            "seconds": round(time.monotonic() - began, 1),
            "processor": round(_processor() - spent, 1),
        }
        print(json.dumps(facts), flush=True)


def _processor() -> float:
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(u.ru_utime + u.ru_stime for u in usages)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["recall", "growth"])
    parser.add_argument("places", nargs="+")
    parser.add_argument("--files", type=int, default=2000)
    chosen = parser.parse_args()
    if chosen.what == "recall":
        recall([Path(place) for place in chosen.places], chosen.files)
    else:
        growth(chosen.places[0], [int(number) for number in chosen.places[1:]])
