"""What the rules guarantee, what they cost, and what happens without them.

    python benchmarks/guarantee.py FOLDER BUNDLE... [--pieces 200] [--base PIANO_FOLDER]

FOLDER holds what the bundles learnt. From each bundle rags of form AABBACCDD are composed: from the
first with the rules, and from all of them without. Every piece is compared, as it is played, with
every file of the folder by `ragsmith.originality.runs`, which shares no code with the rules. Beside
them stand the folder's own works, each against the others. With `--base`, a second table compares
the pieces with those of that folder that a base learns (`ragsmith.training.pretraining.fitting`).
Bands are those of the first bundle's corpus.
"""

import argparse
import time
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from statistics import mean, median
from typing import NamedTuple

import numpy as np

from ragsmith.bundle.bundle import Bundle, load_bundle
from ragsmith.composer import Composed, Wish, compose_all
from ragsmith.composer.ranking import rank_composed
from ragsmith.composer.rules.playable import unplayable
from ragsmith.corpus import read_corpus
from ragsmith.easier.letting_go import let_go
from ragsmith.measure.cadence import endings_of
from ragsmith.measure.habits import Habits
from ragsmith.measure.portrait import Portrait, figures_of, outside
from ragsmith.originality.runs import Index, index_of, longest_runs
from ragsmith.originality.search import Limits, as_played
from ragsmith.piece import Piece
from ragsmith.training.pretraining import fitting
from ragsmith.verbs import clip

FORM = "AABBACCDD"
SIDE_BY_SIDE = 8


class Set(NamedTuple):
    """Pieces that were composed alike."""

    name: str
    composed: list[Composed]
    seconds: float
    closed: int


def compose_set(name: str, bundle: Bundle, rules: bool, count: int) -> Set:
    """Pieces side by side."""
    began = time.process_time()
    composed, closed = [], 0
    for first in range(0, count, SIDE_BY_SIDE):
        seeds = range(first, min(first + SIDE_BY_SIDE, count))
        for outcome in compose_all(bundle, Wish(form=FORM, rules=rules), seeds=seeds):
            if isinstance(outcome, Composed):
                composed.append(outcome)
            else:
                closed += 1
    return Set(name, composed, time.process_time() - began, closed)


def beats(run: object) -> float:
    return float(getattr(run, "beats", Fraction(0)))


def runs_row(name: str, runs: Sequence[tuple[float, float]]) -> str:
    """Median, 95th percentile and longest, and how many pieces pass the limits."""
    cells = [name, str(len(runs))]
    for lane, limit in zip(zip(*runs, strict=True), Limits(), strict=True):
        low, high = np.percentile(lane, [50, 95])
        over = sum(value > limit for value in lane)
        cells.append(f"{low:g} / {high:.3g} / **{max(lane):g}**")
        cells.append(str(over))
    return f"| {' | '.join(cells)} |"


def copies(sets: Sequence[Set], index: Index) -> None:
    """How long the copied runs are."""
    print(
        "\n| | pieces | texture: median / 95 % / longest, beats | over 2.5 "
        "| melody: median / 95 % / longest | over 4 |\n|---|---|---|---|---|---|"
    )
    for group in sets:
        runs = [longest_runs(as_played(c.piece), index) for c in group.composed]
        print(runs_row(group.name, [(beats(t), beats(m)) for t, m in runs]), flush=True)


def borrowed(works: Sequence[Piece], index: Index) -> None:
    """How long the runs are that works share with each other."""
    own = [longest_runs(work, index, excluding=i) for i, work in enumerate(works)]
    print(
        runs_row(
            "the rags themselves, each against the others", [tuple(map(beats, r)) for r in own]
        )
    )


def costs(sets: Sequence[Set]) -> None:
    """Time, likelihood and proposals."""
    print("\n| | seconds a piece | nats a step | no way forward | turned down, a piece |")
    print("|---|---|---|---|---|")
    for group in sets:
        turned: Counter[str] = Counter()
        for c in group.composed:
            turned.update(c.turned_down)
        refused = ", ".join(f"{k} {n / len(group.composed):.1f}" for k, n in sorted(turned.items()))
        nats = mean(c.nats_per_step for c in group.composed)
        seconds = group.seconds / (len(group.composed) + group.closed)
        print(f"| {group.name} | {seconds:.2f} | {nats:.3f} | {group.closed} | {refused or '-'} |")


def is_literal(piece: Piece) -> bool:
    """Whether every section sounds the same each time it is played."""
    played = as_played(piece)
    first_notes: dict[str, list[tuple[int, int]]] = {}
    for section in played.sections:
        part = clip(played, section.start, section.end)
        notes = sorted((n.onset, n.pitch) for n in part.notes)
        if first_notes.setdefault(section.name, notes) != notes:
            return False
    return True


def shape(sets: Sequence[Set], works: Sequence[Piece], habits: Habits) -> None:
    """Cadences, repeats and hands."""
    print("\n| | strains that close | repeats literal | pieces that hands can play |")
    print("|---|---|---|---|")
    rows = [(group.name, [c.piece for c in group.composed]) for group in sets]
    for name, pieces in [*rows, ("the rags themselves", list(works))]:
        endings = [ending.closes for piece in pieces for ending in endings_of(piece)]
        closes = f"{mean(endings):.1%} of {len(endings)}" if endings else "-"
        literal = mean(is_literal(piece) for piece in pieces)
        playable = mean(not unplayable(as_played(piece), habits) for piece in pieces)
        let = mean(
            not unplayable(as_played(let_go(piece, habits, range(piece.steps))), habits)
            for piece in pieces
        )
        print(
            f"| {name} | {closes} | {literal:.0%} | {playable:.0%} (held notes let go: {let:.0%}) |"
        )


def bands(sets: Sequence[Set], works: Sequence[Piece], portrait: Portrait) -> None:
    """Every figure beside the corpus's own band."""
    columns = [(group.name, [c.piece for c in group.composed]) for group in sets]
    columns.append(("the rags themselves", list(works)))
    figures = [[figures_of(piece, portrait) for piece in pieces] for _, pieces in columns]
    print(f"\n| figure | corpus band | {' | '.join(name for name, _ in columns)} |")
    print(f"|---|---|{'---|' * len(columns)}")
    for name, band in portrait.bands.items():
        cells = []
        for group in figures:
            values = [row[name] for row in group if name in row]
            inside = mean(bool(band.low <= v <= band.high) for v in values) if values else 0.0
            cells.append(f"{median(values):.3g} ({inside:.0%} inside)" if values else "-")
        print(f"| {name} | {band.low:.3g} to {band.high:.3g} | {' | '.join(cells)} |")
    outliers = [[len(outside(row, portrait)) for row in group] for group in figures]
    cells = [
        f"{mean(n == 0 for n in counts):.0%}; median {median(counts):g} outside"
        for counts in outliers
    ]
    print(f"| **inside on all** | | {' | '.join(cells)} |")


def main() -> None:
    """Compose, then print the four tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("bundles", type=Path, nargs="+")
    parser.add_argument("--pieces", type=int, default=200)
    parser.add_argument("--base", type=Path)
    chosen = parser.parse_args()
    written = list(read_corpus(chosen.folder).pieces())
    works = [as_played(work) for work in written]
    index = index_of(works)
    first = load_bundle(chosen.bundles[0])
    habits, portrait = first.profile.habits, first.profile.portrait
    sets = [compose_set(f"{chosen.bundles[0].stem}, rules", first, True, chosen.pieces)]
    best = [
        batch[rank_composed(first.profile, batch)[0].number]
        for start in range(0, len(sets[0].composed), 8)
        if (batch := sets[0].composed[start : start + 8])
    ]
    sets += [
        compose_set(f"{path.stem}, no rules", load_bundle(path), False, chosen.pieces)
        for path in chosen.bundles
    ]
    copies(sets, index)
    borrowed(works, index)
    if chosen.base:
        base = fitting(read_corpus(chosen.base))
        copies(sets, index_of([as_played(piece) for piece in base.pieces()]))
    costs(sets)
    shape(sets, written, habits)
    bands([sets[0], replace_set(sets[0], best), *sets[1:2]], written, portrait)


def replace_set(whole: Set, best: list[Composed]) -> Set:
    """The best of each eight."""
    return whole._replace(name=f"{whole.name}, best of 8", composed=best)


if __name__ == "__main__":
    main()
