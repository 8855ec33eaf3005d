"""How well new bars join old ones: `--primer` and `--vary` on rags that the model has not learnt.

    python benchmarks/joins.py KERN_FOLDER SPLIT [--bundle FILE] [--candidates 16]

Each of the held-out rags is continued after its first sixteen bars, and has bars 9 to 12 and 21 to
24 composed again. The join is the bar before and the bar after; its likelihood is the mean nats per
step of those two bars, given all before, under the model, in the piece as it now is; beside it the
same two bars as Joplin wrote them, and the band of all pairs of bars of these rags.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from statistics import mean, median

import numpy as np

from ragsmith.bundle.bundle import Bundle, load_bundle
from ragsmith.composer import Composed, Wish, compose_all
from ragsmith.composer.vary import bar_span, vary
from ragsmith.io import read
from ragsmith.models.base import Model
from ragsmith.originality.search import as_played
from ragsmith.piece import Piece
from ragsmith.shipped import shipped_model
from ragsmith.verbs import clip

PRIMER_BARS = 16
VARIED = ((9, 12), (21, 24))


def join_nats(nats: np.ndarray, piece: Piece, step: int) -> float:
    """Mean nats per step of the bar that ends at `step` and the one that begins there."""
    before = next(bar for bar in piece.bars if bar.start + bar.length == step)
    after = next((bar for bar in piece.bars if bar.start == step), None)
    end = after.start + after.length if after else step
    return float(-np.mean(nats[before.start : end]))


def joins(bundle: Bundle, work: Piece, candidates: int) -> Iterator[tuple[str, float, float]]:
    """(what was done, the join's nats, the nats of the original's same bars)."""
    model: Model = bundle.model
    own = model.log_likelihood(work)
    end = bar_span(work, 1, PRIMER_BARS).stop
    wish = Wish(bars=PRIMER_BARS + 8, primer=clip(work, 0, end))
    for outcome in compose_all(bundle, wish, seeds=range(4)):
        if isinstance(outcome, Composed):
            nats = model.log_likelihood(outcome.piece)
            yield "primer", join_nats(nats, outcome.piece, end), join_nats(own, work, end)
    for bars in VARIED:
        span = bar_span(work, *bars)
        best = vary(bundle, work, bars, Wish(), seeds=range(candidates))[0].composed.piece
        nats = model.log_likelihood(best)
        for side, step in (("left", span.start), ("right", span.stop)):
            yield f"vary, {side} join", join_nats(nats, best, step), join_nats(own, work, step)


def main() -> None:
    """Print one row for each kind of join."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("split", type=Path)
    parser.add_argument("--bundle", type=Path)
    parser.add_argument("--candidates", type=int, default=16)
    chosen = parser.parse_args()
    bundle = load_bundle(chosen.bundle) if chosen.bundle else shipped_model()
    names = json.loads(chosen.split.read_text())
    paths = [p for p in sorted(chosen.folder.iterdir()) if p.stem in names["valid"] + names["test"]]
    rows: dict[str, list[tuple[float, float]]] = {}
    pairs: list[float] = []
    for path in paths:
        work = as_played(read(path, 4))
        own = bundle.model.log_likelihood(work)
        pairs += [join_nats(own, work, bar.start) for bar in work.bars[1:-1]]
        for kind, new, old in joins(bundle, work, chosen.candidates):
            rows.setdefault(kind, []).append((new, old))
    low, middle, high = np.percentile(pairs, [5, 50, 95])
    print(
        f"{len(paths)} rags; band of {len(pairs)} pairs of bars: {low:.2f} {middle:.2f} {high:.2f}"
    )
    print("| join | n | nats a step, median | the same bars as written | inside the band |")
    print("|---|---|---|---|---|")
    for kind, values in rows.items():
        new, old = zip(*values, strict=True)
        inside = mean(bool(low <= value <= high) for value in new)
        print(f"| {kind} | {len(new)} | {median(new):.2f} | {median(old):.2f} | {inside:.0%} |")


if __name__ == "__main__":
    main()
