"""A large folder read on an engine and by one machine: verdicts, works, speed, memory, a death.

    python benchmarks/cluster.py make FOLDER FILES CORPUS...
    python benchmarks/cluster.py engine FOLDER SHARDS [--seconds 400] [--kill] [--workers 2]
    python benchmarks/cluster.py plain FOLDER [--seconds 400] [--workers 2]
    python benchmarks/cluster.py compare FOLDER SHARDS

`make` puts so many files of eight bars into FOLDER (bars of the built-in rags, in another key and
with a tenth of the pitches changed, so that many are one work and few are copies), and copies of
the corpora beside them. `engine` and `plain` read it, stop when their seconds are over, and go on
when they are called again; with `--kill` a worker is killed (SIGKILL) when a third has been read.
Every run adds a line of JSON to the end of what it prints: files read, seconds by the clock, those
of them after the last file was read ("comparing") and of processor time (all processes that it
started and waited for), the most memory that all of them had together, sampled twice a second, and
that of the largest one. `compare` says whether both have the same verdicts, reasons and works
(cached and sharded, so that it reads nothing).
"""

import argparse
import json
import os
import resource
import shutil
import signal
import threading
import time
from collections import Counter
from pathlib import Path

import numpy as np
import psutil
import symusic
from numpy.typing import NDArray

from ragsmith.cluster import open_shards, read_on
from ragsmith.corpus import read_corpus
from ragsmith.io import read as read_piece
from ragsmith.shipped.rags import rag_files

SECONDS_BETWEEN_LOOKS = 0.5
BARS, CHANGED, FILES_IN_A_FOLDER, TICKS = 8, 0.1, 1000, 120


def make(folder: Path, files: int) -> None:
    """The files, always the same."""
    rng = np.random.default_rng(0)
    rags = [read_piece(path, 4) for path in rag_files()]
    tables = [np.array([note[:3] for note in rag.notes]) for rag in rags]
    for number in range(files):
        place = int(rng.integers(len(rags)))
        bars, notes = rags[place].bars, tables[place]
        first = int(rng.integers(len(bars) - BARS))
        start, end = bars[first].start, bars[first + BARS].start
        own = notes[(notes[:, 0] >= start) & (notes[:, 0] < end)] - [start, 0, 0]
        moved = rng.integers(-5, 7) + rng.choice([-2, -1, 1, 2], len(own)) * (
            rng.random(len(own)) < CHANGED
        )
        room = folder / f"{number // FILES_IN_A_FOLDER:03}"
        room.mkdir(parents=True, exist_ok=True)
        path = room / f"{number:06}.mid"
        if not path.exists():  # what was read of it before still holds
            path.write_bytes(midi(own + np.outer(moved, [0, 1, 0])))


def midi(notes: NDArray[np.int64]) -> bytes:
    """Notes (onset, pitch, duration), in sixteenths, as a MIDI file in 2/4."""
    score = symusic.Score(TICKS)
    score.time_signatures.append(symusic.TimeSignature(0, 2, 4))
    track = symusic.Track()
    for onset, pitch, duration in notes.tolist():
        track.notes.append(symusic.Note(onset * TICKS // 4, duration * TICKS // 4, pitch, 80))
    score.tracks.append(track)
    data: bytes = score.dumps_midi()
    return data


class Memory(threading.Thread):
    """Samples the memory of this process and of all that it started, in bytes."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.together = self.largest = 0

    def run(self) -> None:
        """Until the process ends."""
        while True:
            sizes = [0]
            for process in (me := psutil.Process()), *me.children(recursive=True):
                try:
                    sizes.append(process.memory_info().rss)
                except psutil.Error:
                    continue
            self.together = max(self.together, sum(sizes))
            self.largest = max(self.largest, *sizes)
            time.sleep(SECONDS_BETWEEN_LOOKS)


class Reading:
    """Progress of one run: stops it in time, kills a worker in the middle."""

    def __init__(self, seconds: float, kill: bool) -> None:
        self.memory, self.began = Memory(), time.monotonic()
        self.latest = self.began
        self.seconds, self.kill, self.done, self.killed = seconds, kill, 0, 0
        self.memory.start()

    def __call__(self, done: int, files: int) -> None:
        """One more file, or job, is read.

        Raises:
            KeyboardInterrupt: the time is over.
        """
        self.done, self.latest = done, time.monotonic()
        if self.kill and not self.killed and done > files / 3:
            self.killed = a_worker()
            os.kill(self.killed, signal.SIGKILL)
        if time.monotonic() - self.began > self.seconds:
            raise KeyboardInterrupt

    def line(self, way: str, whole: bool) -> str:
        """What it took."""
        usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        facts = {
            "way": way,
            "whole": whole,
            "files": self.done,
            "seconds": round(time.monotonic() - self.began, 1),
            "comparing": round(time.monotonic() - self.latest, 1),
            "processor": round(sum(u.ru_utime + u.ru_stime for u in usages), 1),
            "memory_mb": self.memory.together // 10**6,
            "largest_mb": self.memory.largest // 10**6,
            "killed": self.killed,
        }
        return json.dumps(facts)


def a_worker() -> int:
    """The process of a worker, of one that is reading where there is one."""
    workers = [
        process
        for process in psutil.Process().children(recursive=True)
        if "spawn_main" in " ".join(process.cmdline())
    ]
    return max(workers, key=lambda process: len(process.children())).pid


def read(way: str, folder: Path, shards: str, seconds: float, kill: bool, workers: int) -> None:
    """One run."""
    reading = Reading(seconds, kill)
    whole = False
    try:
        if way == "engine":
            read_on("local", str(folder), shards=shards, workers=workers, progress=reading)
        else:
            read_corpus(folder, workers=workers, progress=reading)
        whole = True
    except KeyboardInterrupt:
        pass
    print(reading.line(way, whole), flush=True)


def compare(folder: Path, shards: str, workers: int) -> None:
    """Count what differs, after a line for reading in the plain way."""
    reading = Reading(1e9, kill=False)
    plain = read_corpus(folder, workers=workers, progress=reading)
    print(reading.line("plain", whole=True), flush=True)
    sharded = open_shards(shards)
    pairs = list(zip(plain.entries, sharded.entries, strict=True))
    facts = {
        "files": len(pairs),
        "other_verdicts": sum((a.verdict, a.reason) != (b.verdict, b.reason) for a, b in pairs),
        "other_works": sum(a.work != b.work for a, b in pairs),
        "other": sum(a != b for a, b in pairs),
        "works": len(plain.works),
        "verdicts": Counter(a.verdict for a, _ in pairs),
        "ignored": [plain.ignored, sharded.ignored],
    }
    print(json.dumps(facts))


def main() -> None:
    """One of the four."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["make", "engine", "plain", "compare"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("others", nargs="*")
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kill", action="store_true")
    chosen = parser.parse_args()
    others = chosen.others
    if chosen.what == "make":
        make(chosen.folder / "made", int(others[0]))
        for corpus in map(Path, others[1:]):
            shutil.copytree(corpus, chosen.folder / corpus.name, dirs_exist_ok=True)
    elif chosen.what == "compare":
        compare(chosen.folder, others[0], chosen.workers)
    else:
        shards = others[0] if others else ""
        workers = chosen.workers
        read(chosen.what, chosen.folder, shards, chosen.seconds, chosen.kill, workers)


if __name__ == "__main__":
    main()
