"""How long it takes before anything happens: a fresh process each time, medians.

    python benchmarks/start_up.py [TIMES]

Wall-clock seconds of the whole process. The target is under 0.3 s for the package and for --help,
and that neither loads Keras or JAX. An empty interpreter is shown for comparison.
"""

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

PYTHON = sys.executable
COMMAND = str(Path(PYTHON).with_name("ragsmith"))
STARTS = {
    "python -c pass": [PYTHON, "-c", "pass"],
    "import ragsmith": [PYTHON, "-c", "import ragsmith"],
    "ragsmith --help": [COMMAND, "--help"],
    "ragsmith compose --help": [COMMAND, "compose", "--help"],
}
HEAVY = ("keras", "jax")


def seconds(command: list[str]) -> float:
    """Wall-clock seconds of one run."""
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def heavy(command: list[str]) -> str:
    """Which of the heavy packages a run loads."""
    traced = [PYTHON, "-X", "importtime", *command[command[0] == PYTHON :]]
    trace = subprocess.run(traced, check=True, capture_output=True, text=True).stderr
    loaded = {line.split("|")[-1].strip().split(".")[0] for line in trace.splitlines()}
    return ", ".join(name for name in HEAVY if name in loaded) or "neither"


def main(times: int) -> None:
    """Print the table."""
    taken: dict[str, list[float]] = {name: [] for name in STARTS}
    for _ in range(times + 1):
        for name, command in STARTS.items():
            taken[name].append(seconds(command))
    print("| fresh process | median, s | fastest, s | loads Keras or JAX |")
    print("|---|---|---|---|")
    for name, runs in taken.items():
        counted = runs[1:]  # the first fills the file cache
        print(f"| {name} | {median(counted):.3f} | {min(counted):.3f} | {heavy(STARTS[name])} |")
    print(f"\nMedians of {times} runs, taken in turn.")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
