"""What a large corpus costs: time and memory of learning from very many files.

    python benchmarks/large_corpus.py FILES ... [--minutes 1]

For each number of FILES so many MIDI files of eight bars are made from the rags that come with
Ragsmith (another place, key and a tenth of the notes each time, so that none is another's double),
and `stride` learns from them for some minutes, from a cold cache and again from a warm one. A row
has the seconds until learning begins, cold and warm, the peak memory of the whole command, and the
size of the model file.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from ragsmith.io import read
from ragsmith.piece import Piece, normalise
from ragsmith.shipped.rags import rag_files
from ragsmith.verbs import clip, transpose

BARS = 8
CHANGED = 0.1
FILES_IN_A_FOLDER = 1000


def varied(piece: Piece, rng: random.Random) -> Piece:
    """Some bars of a piece, in some key, with some notes a step up or down."""
    first = rng.randrange(len(piece.bars) - BARS)
    cut = clip(piece, piece.bars[first].start, piece.bars[first + BARS].start)
    cut = transpose(cut, rng.randint(-5, 6))
    notes = (
        note._replace(pitch=note.pitch + rng.choice((-2, -1, 1, 2)))
        if rng.random() < CHANGED
        else note
        for note in cut.notes
    )
    return replace(cut, notes=normalise(notes), recipe="", title="")


def make(folder: Path, files: int) -> None:
    """The corpus."""
    rng = random.Random(0)
    rags = [read(path, 4) for path in rag_files()]
    for number in range(files):
        room = folder / f"{number // FILES_IN_A_FOLDER:03}"
        room.mkdir(parents=True, exist_ok=True)
        varied(rng.choice(rags), rng).save(room / f"{number:06}.mid")


def learn(folder: Path, out: Path, minutes: float) -> tuple[float, float]:
    """Seconds until learning begins, and the most memory in MB that one process had."""
    words = ["learn", folder, "--out", out, "--minutes", minutes]
    command = [sys.executable, "-m", "ragsmith", *map(str, words)]
    began = time.monotonic()
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    ready = 0.0
    assert process.stderr
    for line in process.stderr:
        if line.startswith("learning") and not ready:
            ready = time.monotonic() - began
        print(line, end="", file=sys.stderr)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"learning ended with {status}")
    return ready, usage.ru_maxrss / 1024


def row(files: int, minutes: float) -> str:
    """One corpus, learnt twice."""
    with tempfile.TemporaryDirectory() as place:
        os.environ["RAGSMITH_CACHE"] = str(Path(place) / "cache")
        corpus, out = Path(place) / "corpus", Path(place) / "large.ragsmith"
        make(corpus, files)
        cold, _ = learn(corpus, out, minutes)
        warm, peak = learn(corpus, out, minutes)
        size = out.stat().st_size / 1e6
    return f"| {files:,} | {cold:.0f} | {warm:.0f} | {peak:,.0f} | {size:.1f} |"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", type=int, nargs="+")
    parser.add_argument("--minutes", type=float, default=1)
    chosen = parser.parse_args()
    print("| files | seconds until learning, cold | warm | peak memory, MB | model, MB |")
    print("|---|---|---|---|---|")
    for count in chosen.files:
        print(row(count, chosen.minutes), flush=True)
