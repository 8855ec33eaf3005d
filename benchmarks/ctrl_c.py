"""Ctrl-C while `ragsmith learn` begins: how it ends, and how soon.

    python benchmarks/ctrl_c.py [TRIES]

Learns from the built-in rags in an empty folder, presses Ctrl-C once or twice after 0.5 to 40 s
(drawn from a fixed seed), and prints for each try the seconds until it had ended, the exit code,
the last line, and what it left.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

EARLIEST, LATEST = 0.5, 40.0
"""Seconds: while it is imported, read, compiled, and in the first pass."""
TWICE = 0.3
"""Share of the tries in which it is pressed again within a second."""
COMMAND = ["-m", "ragsmith", "learn", "--out", "x.ragsmith", "--minutes", "5"]


def listens() -> None:
    """A shell that starts this in the background has Ctrl-C ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def attempt(rng: random.Random) -> str:
    """A row of the table."""
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [sys.executable, *COMMAND],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=listens,
        )
        wait, twice = rng.uniform(EARLIEST, LATEST), rng.random() < TWICE
        time.sleep(wait)
        pressed = time.monotonic()
        process.send_signal(signal.SIGINT)
        if twice:
            time.sleep(rng.random())
            process.send_signal(signal.SIGINT)
        _, error = process.communicate()
        took = time.monotonic() - pressed
        last = (error.strip().splitlines() or [""])[-1]
        left = ", ".join(sorted(os.listdir(folder))) or "-"
        times = "twice" if twice else "once"
        return f"| {wait:.1f} s, {times} | {took:.1f} s | {process.returncode} | {last} | {left} |"


def main(tries: int) -> None:
    """Print the table."""
    rng = random.Random(1)
    print("| pressed after | ended after | exit code | last line | left |\n|---|---|---|---|---|")
    for _ in range(tries):
        print(attempt(rng), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tries", nargs="?", type=int, default=12)
    main(parser.parse_args().tries)
