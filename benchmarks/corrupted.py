"""Ten thousand corrupted files, and some that are nasty by design: none may take a scan down.

    nice python benchmarks/corrupted.py [FOLDER] [--files 10000]

Sound files of the FOLDER (by default the rags that come with the package) get bytes changed, are
cut, get bytes inserted or a stretch doubled, with fixed seeds; a fifth of them is kern when the
folder holds kern. One table counts what became of them, one says it of each nasty file.
"""

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

from nasty_files import write_nasty
from ragsmith.corpus import Entry, Scan, scan
from ragsmith.io import MIDI_SUFFIXES
from ragsmith.processes.children import Child
from ragsmith.shipped.rags import rags_folder

KERN_SHARE = 0.2
OUTCOMES = ("accept", "repair", "copy", "refused", "unforeseen", "late", "crash")
BEGINNINGS = {
    "is the same": "copy",
    "the reader failed": "unforeseen",
    "takes longer": "late",
    "crashes": "crash",
}


def changed(data: bytes, draw: Random) -> bytes:
    """Up to 30 bytes are others."""
    new = bytearray(data)
    for _ in range(draw.randint(1, 30)):
        new[draw.randrange(len(new))] = draw.randrange(256)
    return bytes(new)


def cut(data: bytes, draw: Random) -> bytes:
    """The end is missing."""
    return data[: draw.randrange(len(data))]


def inserted(data: bytes, draw: Random) -> bytes:
    """Up to 200 bytes too many."""
    place = draw.randrange(len(data))
    return data[:place] + draw.randbytes(draw.randint(1, 200)) + data[place:]


def doubled(data: bytes, draw: Random) -> bytes:
    """A stretch stands there twice."""
    place = draw.randrange(len(data))
    end = place + draw.randint(1, 2000)
    return data[:end] + data[place:]


KINDS: tuple[Callable[[bytes, Random], bytes], ...] = (changed, cut, inserted, doubled)


def write_corrupted(sources: Path, folder: Path, files: int) -> None:
    """Write that many corrupted files; their names begin with how they were corrupted."""
    midi = sorted(p for p in sources.rglob("*") if p.suffix.lower() in MIDI_SUFFIXES)
    kern = sorted(sources.rglob("*.krn"))
    if not midi and not kern:
        sys.exit(f"{sources}: holds neither MIDI nor kern files; give a folder that does")
    in_kern = round(KERN_SHARE * files) if midi and kern else files * bool(kern)
    for seed in range(files):
        draw = Random(seed)
        source = draw.choice(kern if seed < in_kern else midi)
        kind = KINDS[seed % len(KINDS)]
        name = f"{kind.__name__}-{seed:05}{source.suffix}"
        (folder / name).write_bytes(kind(source.read_bytes(), draw))


def outcome(entry: Entry) -> str:
    """What became of a file, in a word."""
    if entry.usable:
        return entry.verdict
    return next((o for b, o in BEGINNINGS.items() if entry.reason.startswith(b)), "refused")


class Watch:
    """Times of the files that children read from now on, and the children's peak memory."""

    def __init__(self) -> None:
        self.times: list[tuple[float, str]] = []
        self.peak = 0
        ask = Child.ask

        def watched(child: Child, task: str, arguments: dict[str, Any], *more: Any) -> Any:
            began = time.perf_counter()
            try:
                return ask(child, task, arguments, *more)
            finally:
                name = Path(arguments["path"]).name
                self.times.append((time.perf_counter() - began, name))
                self.peak = max(self.peak, peak_memory(child.process.pid))

        Child.ask = watched  # type: ignore[method-assign]

    def report(self) -> str:
        """The slowest files and the peaks."""
        slowest = [f"{name} {t:.2f} s" for t, name in sorted(self.times, reverse=True)[:3]]
        median = 1000 * sorted(self.times)[len(self.times) // 2][0]
        here = peak_memory(os.getpid())
        return (
            f"Median {median:.1f} ms a file; slowest {', '.join(slowest)}. "
            f"Peak memory {here} MB here, {self.peak} MB in a child (0: not known)."
        )


def peak_memory(process: int) -> int:
    """Peak resident memory of a running process in MB, where Linux tells it; else 0."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    return next((int(x.split()[1]) // 1024 for x in status.splitlines() if "VmHWM" in x), 0)


def print_counts(scanned: Scan) -> None:
    """One row for each way of corrupting, and format."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for entry in scanned.entries:
        kind, suffix = entry.path.split("-")[0], Path(entry.path).suffix
        counts.setdefault((suffix, kind), Counter())[outcome(entry)] += 1
    print(f"| format | bytes | files | {' | '.join(OUTCOMES)} |\n|{'---|' * (len(OUTCOMES) + 3)}")
    for (suffix, kind), row in sorted(counts.items()):
        cells = " | ".join(str(row[o]) for o in OUTCOMES)
        print(f"| {suffix} | {kind} | {row.total()} | {cells} |")
    silent = sum(entry.verdict != "accept" and not entry.reason for entry in scanned.entries)
    print(f"\n{len(scanned.entries)} files; {silent} of those not accepted have no reason.")


def print_nasty(scanned: Scan) -> None:
    """One row for each nasty file."""
    print("\n| nasty file | verdict | reason |\n|---|---|---|")
    for entry in scanned.entries:
        print(f"| {ascii(entry.path)[1:-1]} | {entry.verdict} | {ascii(entry.reason)[1:-1]} |")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        print("\nRun as root, whom rights do not bind: the file not allowed to be read is read.")


def write_all(sources: Path, bad: Path, nasty: Path, files: int) -> None:
    """Write all files; in a process of its own, so that its memory is not counted."""
    for folder in (bad, nasty):
        folder.mkdir()
    write_corrupted(sources, bad, files)
    write_nasty(nasty)


def main(sources: Path, files: int) -> None:
    """Make the files, scan them, print the tables."""
    watch = Watch()
    with tempfile.TemporaryDirectory() as place:
        bad, nasty, cache = (Path(place) / name for name in ("bad", "nasty", "cache"))
        with ProcessPoolExecutor(1, get_context("spawn")) as writer:
            writer.submit(write_all, sources, bad, nasty, files).result()
        began = time.perf_counter()
        print_counts(scan(bad, cache=cache))
        first = time.perf_counter()
        scan(bad, cache=cache)
        again = time.perf_counter()
        print(f"{first - began:.0f} s in all, {again - first:.1f} s again. {watch.report()}")
        watch.times.clear()
        print_nasty(scan(nasty, cache=cache))
        print(f"\n{watch.report()}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=rags_folder())
    parser.add_argument("--files", type=int, default=10_000)
    arguments = parser.parse_args()
    main(arguments.folder, arguments.files)
