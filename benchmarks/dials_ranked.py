"""What leaning and choosing give together where dials are turned.

    python benchmarks/dials_ranked.py [--bundle FILE] [--pieces 30] [--dial left-notes syncopation]

Pieces of sixteen bars, four candidates for each, as `ragsmith compose` has them. Columns: what low,
middle and high ask for; the median (5-95 %) of the figure in the first candidate of each piece that
a dial has leant; in the best of four that no dial has leant, ranked by what they miss of it
(`ragsmith.composer.ranking`); in the best of four that it has leant; in the nearest of these four,
whatever else they are; the mean share of the other figures that lie inside their bands, of the
four.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

import numpy as np

from given import BARS, FIGURES, SEED, inside_bands, targets_of
from ragsmith.bundle.bundle import Bundle, load_bundle
from ragsmith.composer import Composed, Wish, compose_all
from ragsmith.composer.dials import DIALS, PLACES
from ragsmith.composer.ranking import rank_composed
from ragsmith.measure.portrait import figures_of
from ragsmith.options import COUNT
from ragsmith.shipped import shipped_model

CANDIDATES = COUNT.default


def candidates(bundle: Bundle, dial: str | None, pieces: int) -> list[list[Composed]]:
    """The candidates of so many pieces."""
    made = []
    for number in range(pieces):
        first = SEED + CANDIDATES * number
        seeds = range(first, first + CANDIDATES)
        outcomes = compose_all(bundle, Wish(bars=BARS, dials=dial), seeds=seeds)
        made.append([outcome for outcome in outcomes if isinstance(outcome, Composed)])
    return made


def best(bundle: Bundle, fours: Sequence[Sequence[Composed]], dial: str) -> list[Composed]:
    """The best of every four, as the commands choose."""
    return [four[rank_composed(bundle.profile, four, dials=dial)[0].number] for four in fours]


def show(bundle: Bundle, name: str, pieces: int, free: Sequence[Sequence[Composed]]) -> None:
    """Print one row for each value of a dial."""
    portrait, figure = bundle.profile.portrait, FIGURES[name]
    assert portrait
    for value, target in zip(PLACES, targets_of(bundle, name), strict=True):
        dial = f"{name}={value}"
        leant = candidates(bundle, dial, pieces)
        ways = [four[0] for four in leant], best(bundle, free, dial), best(bundle, leant, dial)
        rows = [[figures_of(one.piece, portrait) for one in way] for way in ways]
        all_leant = [[figures_of(one.piece, portrait) for one in four] for four in leant]
        rows.append([min(four, key=lambda row: abs(row[figure] - target)) for four in all_leant])
        ends = [np.percentile([row[figure] for row in way], [50, 5, 95]) for way in rows]
        cells = [f"{middle:.2f} ({low:.2f}-{high:.2f})" for middle, low, high in ends]
        inside = [f"{mean(inside_bands(row, portrait, figure) for row in way):.0%}" for way in rows]
        line = (name, f"{value}, {target:.2f}", *cells, " ".join(inside))
        print(f"| {' | '.join(line)} |", flush=True)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bundle", type=Path)
    parser.add_argument("--pieces", type=int, default=30)
    parser.add_argument("--dial", nargs="+", choices=DIALS, default=("left-notes", "syncopation"))
    chosen = parser.parse_args()
    bundle = load_bundle(chosen.bundle) if chosen.bundle else shipped_model()
    free = candidates(bundle, None, chosen.pieces)
    print(
        "| dial | asked for | leant | best of 4, not leant | best of 4, leant | nearest | inside |"
    )
    print("|---|---|---|---|---|---|---|", flush=True)
    for name in chosen.dial:
        show(bundle, name, chosen.pieces, free)


if __name__ == "__main__":
    main()
