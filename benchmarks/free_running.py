"""Does a model stay itself? Pieces from nothing, quarter by quarter, beside held-out rags.

    python benchmarks/free_running.py MODEL.ragsmith FOLDER SPLIT.json [--pieces 100] [--rolls DIR]

FOLDER holds the rags; those of "valid" and "test" of SPLIT.json are the measure. The pieces are
composed with neither primer nor ranking, as `ragsmith compose --bars 128` does, seeds 0 up. Every
figure (see `ragsmith.measure.style`) is the median and, in brackets, the 5th and 95th percentile
over pieces, of each quarter of the pieces; of the rags over all their quarters.
"""

import argparse
import json
import time
from itertools import pairwise
from pathlib import Path

from ragsmith.bundle.bundle import load_bundle
from ragsmith.composer import Wish, compose_many
from ragsmith.io import read, write
from ragsmith.measure.style import Band, Style, band, style_of
from ragsmith.piece import Piece
from ragsmith.verbs import clip

FIGURES = (
    "notes_per_step",
    "left_on_beat",
    "right_range",
    "left_range",
    "empty_bars",
    "pitch_class_entropy",
    "scale_share",
    "off_sixteenths",
    "distinct_steps",
    "left_pitch",
    "right_pitch",
)
SIDE_BY_SIDE = 20


def quarters(piece: Piece) -> list[Style]:
    """Figures of the four quarters of a piece, cut at barlines."""
    at = [piece.bars[len(piece.bars) * i // 4].start for i in range(4)] + [piece.steps]
    return [style_of(clip(piece, start, end)) for start, end in pairwise(at)]


def band_of(styles: list[Style], figure: str) -> Band:
    """Over pieces; a hand without notes is left out."""
    values = [getattr(style, figure) for style in styles]
    return band([v for v in values if v is not None] or [0.0])


def in_words(band: Band) -> str:
    return f"{band.middle:.2f} ({band.low:.2f}-{band.high:.2f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("split", type=Path)
    parser.add_argument("--pieces", type=int, default=100)
    parser.add_argument("--bars", type=int, default=128)
    parser.add_argument("--rolls", type=Path, help="write the first ten pieces there as MIDI")
    chosen = parser.parse_args()
    bundle = load_bundle(chosen.model)
    began = time.monotonic()
    pieces: list[Piece] = []
    for first in range(0, chosen.pieces, SIDE_BY_SIDE):
        seeds = list(range(first, min(first + SIDE_BY_SIDE, chosen.pieces)))
        pieces += compose_many(bundle, Wish(bars=chosen.bars), seeds=seeds)
    seconds = time.monotonic() - began
    names = json.loads(chosen.split.read_text())
    paths = [p for p in sorted(chosen.folder.iterdir()) if p.stem in names["valid"] + names["test"]]
    rags = [style for path in paths for style in quarters(read(path, 4))]
    composed = [quarters(piece) for piece in pieces]
    print(f"{len(pieces)} pieces of {chosen.bars} bars in {seconds:.0f} s; {len(paths)} rags\n")
    print("| figure | 1st quarter | 2nd | 3rd | 4th | held-out rags | medians inside |")
    print("|---|---|---|---|---|---|---|")
    for figure in FIGURES:
        bands = [band_of([piece[i] for piece in composed], figure) for i in range(4)]
        human = band_of(rags, figure)
        inside = sum(human.low <= b.middle <= human.high for b in bands)
        cells = [in_words(b) for b in [*bands, human]]
        print(f"| {figure} | {' | '.join(cells)} | {inside} of 4 |")
    if chosen.rolls:
        chosen.rolls.mkdir(parents=True, exist_ok=True)
        for seed, piece in enumerate(pieces[:10]):
            write(piece, chosen.rolls / f"free_{seed}.mid")


if __name__ == "__main__":
    main()
