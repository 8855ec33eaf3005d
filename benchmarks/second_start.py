"""Seconds until a folder is read, the first time and again, each in a fresh process.

    python benchmarks/second_start.py FOLDER

The times are those of a whole Python process that imports ragsmith and reads the folder; an empty
process is timed beside them.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

READ = "import sys, ragsmith; print(len(ragsmith.read_corpus(sys.argv[1])))"


def seconds(code: str, folder: Path, cache: str) -> tuple[float, str]:
    """How long a process takes that runs the code on the folder, and what it prints."""
    environment = {**os.environ, "RAGSMITH_CACHE": cache}
    began = time.perf_counter()
    answer = subprocess.run(
        [sys.executable, "-c", code, folder],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return time.perf_counter() - began, answer.stdout.strip()


def main(folder: Path) -> None:
    """Print one row per run."""
    rows = []
    with tempfile.TemporaryDirectory() as cache:
        rows.append(("an empty process", [seconds("", folder, cache)[0] for _ in range(3)]))
        first, files = seconds(READ, folder, cache)
        rows.append(("first time", [first]))
        rows.append(("again", [seconds(READ, folder, cache)[0] for _ in range(3)]))
    print(f"{files} usable files\n\n| | median s | fastest | slowest |\n|---|---|---|---|")
    for name, times in rows:
        times.sort()
        print(f"| {name} | {times[len(times) // 2]:.2f} | {times[0]:.2f} | {times[-1]:.2f} |")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
