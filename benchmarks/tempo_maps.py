"""Do other programs bar a performance as it is written?

    pip install music21 pretty_midi partitura
    python benchmarks/tempo_maps.py [RAGS]

The first built-in rags (three) are written as MIDI with expression 0.6 and opened by three readers
that share no code with ours. Where their bars begin is compared with the bars as written: for
music21 and partitura in quarter notes, for pretty_midi in seconds against our tempo map.
"""

from __future__ import annotations

import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np

import ragsmith
from ragsmith.performance import Performance

EXPRESSION = 0.6


def by_music21(path: Path) -> list[float]:
    """Where bars begin, in quarter notes."""
    from music21 import converter

    score = converter.parse(path)
    return [float(measure.offset) for measure in score.parts[0].getElementsByClass("Measure")]


def by_partitura(path: Path) -> list[float]:
    """Where bars begin, in quarter notes."""
    import partitura
    from partitura.score import Measure

    part = partitura.load_score_midi(path, part_voice_assign_mode=0)[0]
    quarters = part.quarter_map
    starts = np.array([float(quarters(m.start.t)) for m in part.iter_all(Measure)])
    return [float(start - starts[0]) for start in starts]


def by_pretty_midi(path: Path) -> list[float]:
    """Where bars begin, in seconds."""
    import pretty_midi

    return list(map(float, pretty_midi.PrettyMIDI(str(path)).get_downbeats()))


def compare(name: str, theirs: list[float], ours: list[float], unit: str) -> None:
    """Print a row."""
    count = min(len(theirs), len(ours))
    far = np.abs(np.array(theirs[:count]) - np.array(ours[:count]))
    print(f"| {name} | {len(ours)} | {len(theirs)} | {far.max():.4f} {unit} |", flush=True)


def bar_seconds(performance: Performance) -> list[float]:
    """Where bars begin, in seconds, by our tempo map."""
    clock = performance.clock(1_000_000)
    ticks = performance.ticks_per_step
    return [clock(bar.start * ticks) / 1e6 for bar in performance.piece.bars]


def main() -> None:
    """Write and compare."""
    warnings.simplefilter("ignore")
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    print("| rag, reader | bars written | bars read | farthest apart |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for number, rag in enumerate(ragsmith.datasets.rags()[:count]):
            path = ragsmith.write(rag, Path(folder) / f"{number}.mid", expression=EXPRESSION)
            performance = ragsmith.perform(rag, EXPRESSION)
            piece = performance.piece
            quarters = [bar.start / piece.steps_per_quarter for bar in piece.bars]
            compare(f"{rag.title}, music21", by_music21(path), quarters, "quarters")
            compare(f"{rag.title}, partitura", by_partitura(path), quarters, "quarters")
            compare(
                f"{rag.title}, pretty_midi", by_pretty_midi(path), bar_seconds(performance), "s"
            )


if __name__ == "__main__":
    main()
