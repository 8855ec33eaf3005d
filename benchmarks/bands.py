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
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np

from ragsmith.corpus import read_corpus
from ragsmith.corpus.duplicates import NEIGHBOURS, Fingerprint, fingerprint, related_pairs

MINIMA = 128
Pairs = set[tuple[int, int]]


def prints_of(folders: Sequence[Path], files: int) -> list[Fingerprint]:
    """So many pieces of the folders, as they are known."""
    corpora = [read_corpus(folder) for folder in folders]
    known = [(corpus, entry) for corpus in corpora for entry in corpus.entries if entry.work]
    drawn = np.random.default_rng(0).permutation(len(known))[:files]
    return [fingerprint(known[i][0].piece(known[i][1]).notes) for i in drawn]


def one_hash_bands(prints: Sequence[Fingerprint], hashes: float) -> Pairs:
    """Pairs that share two bands of one hash, each file joined to the next eight."""
    total = sum(len(print_.melody.hashes) for print_ in prints)
    ceiling = 2**32 * min(1.0, hashes * len(prints) / total)
    members = defaultdict(list)
    for number, print_ in enumerate(prints):
        for band in print_.melody.hashes[print_.melody.hashes <= ceiling].tolist():
            members[band].append(number)
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for files in members.values():
        for place, low in enumerate(files):
            for high in files[place + 1 : place + 1 + NEIGHBOURS]:
                shared[low, high] += 1
    return {pair for pair, bands in shared.items() if bands > 1}


def signature_bands(prints: Sequence[Fingerprint], rows: int) -> Pairs:
    """Pairs whose MinHash signatures agree in all rows of a band."""
    rng = np.random.default_rng(1)
    factors = rng.integers(1, 2**63, MINIMA, dtype=np.uint64) | np.uint64(1)
    members = defaultdict(list)
    for number, print_ in enumerate(prints):
        if not len(print_.melody.hashes):
            continue
        mixed = print_.melody.hashes.astype(np.uint64)[:, None] * factors
        minima = (mixed ^ (mixed >> np.uint64(32))) * np.uint64(0x9E3779B97F4A7C15)
        signature = minima.min(axis=0).reshape(-1, rows)
        for place, band in enumerate(map(tuple, signature.tolist())):
            members[place, band].append(number)
    return {pair for files in members.values() for pair in combinations(files, 2)}


def works_of(pairs: Iterable[tuple[int, int]], files: int) -> list[int]:
    """For each file the first file of its work."""
    first = list(range(files))

    def root(number: int) -> int:
        while first[number] != number:
            number = first[number]
        return number

    for low, high in pairs:
        one, other = sorted((root(low), root(high)))
        first[other] = one
    return [root(number) for number in range(files)]


def recall(folders: Sequence[Path], files: int) -> None:
    """The table."""
    prints = prints_of(folders, files)
    number = len(prints)
    related = set(related_pairs(prints, combinations(range(number), 2)))
    works = works_of(related, number)
    in_works = [place for place in range(number) if works.count(works[place]) > 1]
    print(f"{number} files, {len(related)} pairs of one work, {len(in_works)} files in such works")
    print("| bands | pairs compared, a file | pairs of one work | files with their whole work |")
    print("|---|---|---|---|")
    ways = [(f"one hash, {n} a file", one_hash_bands(prints, n)) for n in (256, 64, 32)]
    ways += [(f"{MINIMA // n} bands of {n} minima", signature_bands(prints, n)) for n in (1, 2, 4)]
    for name, likely in ways:
        pairs = set(related_pairs(prints, likely))
        own = works_of(pairs, number)
        whole = sum(
            [other == own[place] for other in own] == [other == works[place] for other in works]
            for place in in_works
        )
        print(
            f"| {name} | {len(likely) / number:.1f} | {len(pairs & related) / len(related):.3f} "
            f"| {whole / len(in_works):.3f} |",
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
