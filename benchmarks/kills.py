"""Learning that is killed again and again ends with the same model as if it had not been.

    python benchmarks/kills.py

Runs the real `ragsmith learn` on the built-in rags, small and with many short epochs; kills it
(SIGKILL), and goes on with `--resume`. Three groups of twenty kills, drawn from a fixed seed:

- while learning: up to three epochs after it began, and a random part of an epoch later;
- while writing: the same, but as soon as a temporary file is seen, so a checkpoint is half written;
- while ending: after the last epoch, every second one at random, the others as soon as a temporary
  file is seen; each time from the same eve of the end.

After a kill every file in the folder is opened: a checkpoint, model or curve that cannot be is
"broken". An epoch is "lost" when it was reported as done and is not in the checkpoint; the epoch
under way always begins anew. "Temporary" files are those that the kills left behind, and "litter"
those still there at the end. A kill after the checkpoint is gone leaves nothing to resume: then the
model must be whole. All arrays of the model are compared, bit for bit, with those of a
learning that was left alone.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from xml.etree import ElementTree

import numpy as np

from ragsmith.bundle.bundle import load_bundle
from ragsmith.errors import UserError
from ragsmith.training.checkpoint import read_checkpoint

KILLS, EPOCHS, SEED = 20, 200, 0
SETTINGS = "--set hidden=64 --set sequences=640 --patience 0 --seed 1 --held-out 0.1"
MODEL, CHECKPOINT = "m.ragsmith", "m.ragsmith.learning"

Moment = Callable[["Run"], None]
"""Waits for the moment to kill."""


class Run(NamedTuple):
    """A `ragsmith learn` under way; `heard` gives the epoch it goes on after, then every epoch."""

    folder: Path
    process: subprocess.Popen[str]
    epochs_seen: Iterator[int]


class Wreck(NamedTuple):
    """What stands in a folder after a kill."""

    broken: int
    temporary: int
    names: tuple[str, ...]


def start(folder: Path, *, resume: bool) -> Run:
    """Begin to learn, or go on."""
    ragsmith = Path(sys.executable).with_name("ragsmith")
    command = [str(ragsmith), "learn", "--out", str(folder / MODEL), *SETTINGS.split()]
    command += ["--epochs", str(EPOCHS)] + ["--resume"] * resume
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    return Run(folder, process, hear(process))


def hear(process: subprocess.Popen[str]) -> Iterator[int]:
    """The numbers of epochs in what it says.

    Raises:
        SystemExit: it never began to learn.
    """
    assert process.stderr
    begun = False
    for line in process.stderr:
        begun |= line.startswith("learning ")
        if line.startswith("learning "):
            after = re.search(r"going on after epoch (\d+)", line)
            yield int(after[1]) if after else 0
        elif epoch := re.match(r"epoch (\d+):", line):
            yield int(epoch[1])
        elif not begun:
            sys.exit(f"learning did not begin: {line}{process.stderr.read()}")


def finish(run: Run) -> float:
    """Let it end; returns the seconds from its last epoch to its end."""
    last = time.monotonic()
    for _ in run.epochs_seen:
        last = time.monotonic()
    if run.process.wait():
        sys.exit(f"learning ended with exit code {run.process.returncode}")
    return time.monotonic() - last


def kill(run: Run, moment: Moment) -> int:
    """Wait for the moment, kill; returns the last epoch that was reported in between, or 0."""
    moment(run)
    run.process.kill()
    run.process.wait()
    return max(run.epochs_seen, default=0)


def after(seconds: float) -> Moment:
    """That much later."""
    return lambda run: time.sleep(seconds)


def at_writing(run: Run) -> None:
    """Wait until a temporary file is seen."""
    while not any(name.endswith(".part") for name in os.listdir(run.folder)):
        if run.process.poll() is not None:
            break


def wreck(folder: Path) -> Wreck:
    """Open every file."""
    openers: dict[str, Callable[[Path], object]] = {
        ".learning": read_checkpoint,
        ".ragsmith": load_bundle,
        ".svg": ElementTree.parse,
    }
    broken, temporary, names = 0, 0, []
    for path in sorted(folder.iterdir()):
        if path.suffix == ".part":
            temporary += 1
            continue
        names.append(path.suffix)
        try:
            openers[path.suffix](path)
        except (UserError, ElementTree.ParseError, KeyError):
            broken += 1
    return Wreck(broken, temporary, tuple(names))


def same_model(a: Path, b: Path) -> bool:
    """Whether two model files hold the same arrays, bit for bit, and the same vocabulary."""
    one, other = load_bundle(a / MODEL).model, load_bundle(b / MODEL).model
    arrays, others = one.arrays(), other.arrays()
    return (
        one.vocabulary() == other.vocabulary()
        and arrays.keys() == others.keys()
        and all(np.array_equal(arrays[k], others[k]) for k in arrays)
    )


def litter(folder: Path) -> int:
    """Temporary files that are still there."""
    return sum(1 for _ in folder.glob(".*.part"))


def kills_while_learning(folder: Path, moments: list[Moment], rng: random.Random) -> list[str]:
    """Kill at those moments, resume each time, then let it end; the table's cells but the last."""
    reported, lost, wrecks = 0, 0, []
    for i, moment in enumerate([*moments, None]):
        run = start(folder, resume=i > 0)
        resumed_after = next(run.epochs_seen)
        lost = max(lost, reported - resumed_after)
        if moment is None:
            finish(run)
            break
        reported = max(resumed_after, *islice(run.epochs_seen, rng.randint(0, 3)), 0)
        reported = max(reported, kill(run, moment))
        if reported == EPOCHS:  # it has ended before the moment came
            break
        wrecks.append(wreck(folder))
    return cells(wrecks, i, lost, litter(folder))


def cells(wrecks: list[Wreck], resumed: int, lost: int, left: int) -> list[str]:
    """Counts as text."""
    broken, temporary = sum(w.broken for w in wrecks), sum(w.temporary for w in wrecks)
    return [str(n) for n in (len(wrecks), resumed, lost, broken, temporary, left)]


def kills_while_ending(
    folder: Path, eve: Path, whole: Path, tail: float, rng: random.Random
) -> tuple[list[str], bool, Counter[str]]:
    """Kill after the last epoch; the table's cells, whether equal, and what stood after kills."""
    wrecks, resumed, left, equal = [], 0, 0, True
    for i in range(KILLS):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        shutil.copy(eve, folder / CHECKPOINT)
        run = start(folder, resume=True)
        while next(run.epochs_seen) < EPOCHS:
            pass
        kill(run, at_writing if i % 2 else after(rng.random() * tail))
        wrecks.append(wreck(folder))
        if (folder / CHECKPOINT).exists():
            finish(start(folder, resume=True))
            resumed += 1
        left += litter(folder)
        equal &= same_model(folder, whole)
    stood = Counter(" + ".join(w.names) + " + .part" * w.temporary for w in wrecks)
    return cells(wrecks, resumed, 0, left), equal, stood


def alone(folder: Path, eve: Path) -> tuple[float, float]:
    """Learn without a kill; copies the checkpoint shortly before the end to `eve`.

    Returns the seconds of an epoch, and from the last epoch to the end of the process.
    """
    folder.mkdir()
    run = start(folder, resume=False)
    next(run.epochs_seen)
    began = 0.0
    for epoch in run.epochs_seen:
        began = began or time.monotonic()  # the first epoch compiles
        if epoch == EPOCHS - 1:
            seconds = (time.monotonic() - began) / (EPOCHS - 2)
            shutil.copy(folder / CHECKPOINT, eve)
            break
    return seconds, finish(run)


def main() -> None:
    """Run all and print the table."""
    rng = random.Random(SEED)
    columns = "kills | resumed | epochs lost | broken | temporary | litter | model equal"
    print(f"| killed | {columns} |\n|---{'|--:' * 7}|")
    with TemporaryDirectory() as room:
        whole, eve, folder = Path(room, "whole"), Path(room, "eve"), Path(room, "killed")
        epoch, tail = alone(whole, eve)
        groups: dict[str, list[Moment]] = {
            "while learning": [after(rng.random() * epoch) for _ in range(KILLS)],
            "while writing": [at_writing] * KILLS,
        }
        for name, moments in groups.items():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            cells = kills_while_learning(folder, moments, rng)
            verdict = "yes" if same_model(folder, whole) else "NO"
            print(f"| {name} | {' | '.join([*cells, verdict])} |", flush=True)
        cells, equal, stood = kills_while_ending(folder, eve, whole, tail, rng)
        print(f"| while ending | {' | '.join([*cells, 'yes' if equal else 'NO'])} |")
        print(f"\nAn epoch took {epoch:.2f} s, the end {tail:.2f} s. Found after kills at the end:")
        for names, count in stood.most_common():
            print(f"- {count} times {names}")


if __name__ == "__main__":
    main()
