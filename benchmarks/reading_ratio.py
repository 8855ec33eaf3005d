"""Is reading MIDI slower than it was? Two checkouts read the same files in turn, as a ratio.

    python benchmarks/reading_ratio.py OLDER_CHECKOUT FOLDER [--rounds 15]

Each checkout reads in a process of its own, and they take turns, file folder by file folder, so
that what else the machine does falls on both. Processor time; the grid of 4; files that one of the
two refuses are left out.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

READS = """
import json, sys, time
from pathlib import Path
from ragsmith.errors import UserError
try:
    from ragsmith.io.readers.midi import read_midi
except ImportError:
    from ragsmith.io.midi import read_midi

def is_read(path):
    try:
        read_midi(path, 4)
    except UserError:
        return False
    return True

for line in sys.stdin:
    paths = [Path(path) for path in json.loads(line)]
    if len(paths) == 1:
        print(json.dumps(is_read(paths[0])), flush=True)
        continue
    began = time.process_time()
    for path in paths:
        read_midi(path, 4)
    print(json.dumps(time.process_time() - began), flush=True)
"""


class Checkout:
    """A process that reads with the code of a checkout."""

    def __init__(self, folder: Path) -> None:
        environment = os.environ | {"PYTHONPATH": str(folder.resolve() / "src")}
        command = [sys.executable, "-c", READS]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe)

    def ask(self, paths: list[str]) -> float:
        """Seconds for reading the paths; of one path, whether it is read."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(paths).encode() + b"\n")
        self.process.stdin.flush()
        return float(json.loads(self.process.stdout.readline()))


def main(options: argparse.Namespace) -> None:
    """Print the ratio."""
    older, now = Checkout(options.older), Checkout(Path(__file__).parents[1])
    paths = [str(path.resolve()) for path in sorted(options.folder.rglob("*.mid"))]
    paths = [path for path in paths if older.ask([path]) and now.ask([path])]
    rounds: dict[Checkout, list[float]] = {older: [], now: []}
    for number in range(options.rounds):
        first, second = (older, now) if number % 2 else (now, older)
        for checkout in (first, second):
            rounds[checkout].append(1000 * checkout.ask(paths) / len(paths))
    ratios = [ours / theirs for ours, theirs in zip(rounds[now], rounds[older], strict=True)]
    fastest = min(rounds[now]), min(rounds[older])
    print(f"{len(paths)} files, {options.rounds} rounds in turn, times as long as before:")
    print(f"median {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}),")
    print(f"fastest rounds {fastest[0] / fastest[1]:.2f} ({fastest[0]:.2f} ms a file)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("older", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=15)
    main(parser.parse_args())
