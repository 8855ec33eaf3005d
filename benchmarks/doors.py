"""Files made wrong, through every door: none may end the process, print a traceback or take long.

    nice python benchmarks/doors.py FOLDER ... [--files 3000] [--commands 60] [--seconds 600]
        [--record FOLDER]

Sound files of the folders are changed with fixed seeds (see `mutations.py`), and are read, then
given to the commands: doctor, export (MIDI, MusicXML, engraved), check, report (without sound),
compose --primer and --vary, and to the studio's examination of what was uploaded. To compose --like
MIDI files are given that were composed here: only these hold a recipe. A child process stands for
the user's own: its deaths are counted. One row for each format and door. With --record
what was done is kept, batch by batch, and a run that was ended goes on where it was.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any
from zlib import crc32

from corrupted import peak_memory
from mutations import STRUCTURES, mutated
from ragsmith.errors import UserError
from ragsmith.processes.child import Tell
from ragsmith.processes.children import Budget, Child, ChildDied

LARGEST = 60_000
"""Bytes of a file that is changed."""
LIMIT = 10.0
"""Seconds of processor time of the user's own process, after which it hangs."""
GIVEN_UP = Budget(seconds=600.0)
"""For a batch, by the clock: composing takes longest."""
BATCH = 20
MODEL = "tiny.ragsmith"
COMMANDS: dict[str, Callable[[str], list[str]]] = {
    "export": lambda f: ["export", f, "o.mid", "o.musicxml", "--force"],
    "engrave": lambda f: ["export", f, "o.svg", "--force"],
    "check": lambda f: ["check", f],
    "report": lambda f: ["report", f, "--out", "o.html", "--force"],
    "primer": lambda f: [*COMPOSE, "--primer", f, "--bars", "12", "--to", "mid,musicxml"],
    "vary": lambda f: [*COMPOSE, "--vary", f, "--bars", "2-2", "--to", "mid,musicxml"],
    "like": lambda f: ["compose", MODEL, "--like", f],
}
COMPOSE = ["compose", MODEL, "--count", "1", "--keep", "1", "--seed", "1"]
DOORS = ("read", *COMMANDS, "doctor", "upload")
OUTCOMES = ("done", "refused", "reader failed", "reader ended", "traceback", "slow", "death")


def sources(folders: list[Path], suffix: str) -> list[Path]:
    """Sound files of a format that are small enough."""
    paths = [path for folder in folders for path in sorted(folder.rglob(f"*{suffix}"))]
    return [path for path in paths if path.stat().st_size <= LARGEST]


def one_file(paths: list[str], suffix: str, seed: int) -> Path:
    """A changed file, in the current folder."""
    draw = Random(crc32(suffix.encode()) * 1_000_003 + seed)
    path = Path(f"a{suffix}")
    path.write_bytes(mutated(Path(draw.choice(paths)).read_bytes(), suffix, draw))
    return path


def attempt(door: str, path: Path) -> str:
    """How a file fares at a door; raises what the door lets through."""
    if door == "read":
        from ragsmith.io import read_report

        try:
            read_report(path)
        except UserError:
            return "refused"
        return "done"
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = command(COMMANDS[door](path.name))
    lines = err.getvalue().splitlines()  # what was mended is told, a line each, before the error
    if code and [line.startswith("ragsmith: ") for line in lines].count(True) != 1:
        raise AssertionError(f"not told in one line: {err.getvalue()[:400]}")
    if "the reader failed on it" in err.getvalue():
        return "reader failed"
    if "crashes the reader" in err.getvalue() or "takes longer than" in err.getvalue():
        return "reader ended"
    return "refused" if code else "done"


def command(words: list[str]) -> int:
    """Run a command in this process; its exit code."""
    from ragsmith.cli import main

    sys.argv = ["ragsmith", *words]
    try:
        main()
    except SystemExit as leave:
        return int(leave.code or 0)
    return 0


def without_sound() -> None:
    """Let reports be silent: sound takes seconds and knows nothing of files."""
    import ragsmith.report

    ragsmith.report._sound = lambda piece: ""


def batch(tell: Tell, door: str, suffix: str, paths: list[str], seeds: list[int]) -> None:
    """Take some files through a door, and tell how each fared."""
    if door == "report":
        without_sound()
    for seed in seeds:
        path = one_file(paths, suffix, seed)
        tell({"type": "begins", "seed": seed})
        began, fault = time.process_time(), ""
        try:
            outcome = attempt(door, path)
        except Exception:
            outcome, fault = "traceback", traceback.format_exc(limit=-3)
        if time.process_time() - began > LIMIT:
            outcome, fault = "slow", f"{time.process_time() - began:.0f} s"
        peak = peak_memory(os.getpid())
        tell({"type": "ends", "seed": seed, "outcome": outcome, "fault": fault, "peak": peak})


def folder(tell: Tell, door: str, suffix: str, paths: list[str], seeds: list[int]) -> None:
    """Take a folder of files through the doctor's door, or the studio's."""
    place = Path(f"folder-{suffix[1:]}-{seeds[0]}")
    place.mkdir(exist_ok=True)
    for seed in seeds:
        one_file(paths, suffix, seed).rename(place / f"{seed}{suffix}")
    tell({"type": "begins", "seed": seeds[0]})
    if door == "doctor":
        from ragsmith.corpus import doctor

        rows = doctor(place)["files"]
    else:
        from ragsmith.studio.making import examine

        rows = examine(tell, str(place))["files"]
    for row in rows:
        reason = row["reason"]
        failed = "the reader failed" in reason
        ended = "crashes the reader" in reason or "takes longer than" in reason
        words = "refused" if row["verdict"] == "reject" else "done"
        outcome = "reader failed" if failed else "reader ended" if ended else words
        fault = reason if failed or ended else ""
        peak = peak_memory(os.getpid())
        seed = int(Path(row["path"]).stem.split(".")[0])
        tell({"type": "ends", "seed": seed, "outcome": outcome, "fault": fault, "peak": peak})


class Tally:
    """What became of the files of one format at one door."""

    def __init__(self, name: str, record: Path | None) -> None:
        self.name = name
        self.outcomes: Counter[str] = Counter()
        self.peak = 0
        self.seed = -1
        self.record = record and record / f"{name.replace(' ', '-')[1:]}.jsonl"
        self.next = 0
        for line in self._lines():
            self.outcomes = Counter(line["outcomes"])
            self.peak, self.next = line["peak"], line["next"]

    def _lines(self) -> list[dict[str, Any]]:
        """What an earlier run has recorded."""
        if self.record is None or not self.record.exists():
            return []
        return [json.loads(line) for line in self.record.read_text().splitlines()]

    def done(self, following: int) -> None:
        """Record that all files before this number are through."""
        if self.record is not None:
            line = {"next": following, "peak": self.peak, "outcomes": self.outcomes}
            with self.record.open("a") as record:
                record.write(json.dumps(line) + "\n")

    def take(self, event: dict[str, Any]) -> None:
        """What the child tells."""
        self.seed = event["seed"]
        if event["type"] == "ends":
            self.outcomes[event["outcome"]] += 1
            self.peak = max(self.peak, event["peak"])
            if event["fault"]:
                print(f"{self.name} seed {self.seed}: {event['fault']}", file=sys.stderr)

    def row(self) -> str:
        """A row of the table."""
        suffix, door = self.name.split()
        counts = (self.outcomes.total(), *(self.outcomes[o] for o in OUTCOMES), self.peak)
        return f"| {suffix} | {door} | {' | '.join(map(str, counts))} |"


def through(door: str, tally: Tally, paths: list[str], files: int, until: float) -> Tally:
    """Take files through a door until the time is over."""
    suffix = tally.name.split()[0]
    task = "doors:folder" if door in ("doctor", "upload") else "doors:batch"
    child = Child(quiet=True)
    for first in range(tally.next, files, BATCH):
        if time.monotonic() > until:
            break
        arguments = {"door": door, "suffix": suffix, "paths": paths}
        seeds = list(range(first, min(files, first + BATCH)))
        try:
            child.ask(task, {**arguments, "seeds": seeds}, GIVEN_UP, tally.take)
        except (ChildDied, UserError) as death:
            tally.outcomes["death"] += 1
            print(f"{tally.name} seed {tally.seed}: {death}", file=sys.stderr)
            child.end()
            child = Child(quiet=True)
        tally.done(first + BATCH)
    child.end()
    return tally


def prepare(store: Path | None) -> None:
    """Puts a model and pieces that it composed into the current folder, made there or taken from
    the store of an earlier run."""
    if store is None or not store.exists():
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            command(["learn", "--model", "markov", "--out", MODEL])
            command(["compose", MODEL, "--count", "6", "--keep", "6", "--bars", "12"])
        if store is not None:
            shutil.copytree(".", store, ignore=shutil.ignore_patterns("cache"))
    else:
        shutil.copytree(store, ".", dirs_exist_ok=True)


def main(arguments: argparse.Namespace) -> None:
    """Take all formats through all doors, and print the table."""
    formats = [f".{name}" for name in arguments.formats.split(",")]
    paths = {suffix: sources(arguments.folders, suffix) for suffix in formats}
    record = arguments.record and arguments.record.resolve()
    with tempfile.TemporaryDirectory() as place:
        os.environ["RAGSMITH_CACHE"] = f"{place}/cache"
        known = {suffix: [str(p.resolve()) for p in paths[suffix]] for suffix in formats}
        os.chdir(place)
        if set(arguments.doors.split(",")) & {"primer", "vary", "like"}:
            prepare(record and record / "prepared")
        composed = [str(path.resolve()) for path in Path().rglob("*.mid")]
        print(f"| format | door | files | {' | '.join(OUTCOMES)} | peak, MB |")
        print(f"|{'---|' * (len(OUTCOMES) + 4)}", flush=True)
        for suffix in formats:
            for door in arguments.doors.split(","):
                files = arguments.files if door == "read" else arguments.commands
                until = time.monotonic() + arguments.seconds
                tally = Tally(f"{suffix} {door}", record)
                chosen = composed if (suffix, door) == (".mid", "like") else known[suffix]
                print(through(door, tally, chosen, files, until).row(), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--files", type=int, default=3000, help="read, of each format")
    parser.add_argument("--commands", type=int, default=60, help="files at each other door")
    parser.add_argument("--seconds", type=float, default=600, help="for each format and door")
    parser.add_argument("--record", type=Path, help="a folder; what is done is kept there")
    parser.add_argument("--formats", default=",".join(suffix[1:] for suffix in STRUCTURES))
    parser.add_argument("--doors", default=",".join(DOORS))
    main(parser.parse_args())
