"""How far lines move into bars that return, in rags and in composed pieces.

    python benchmarks/returns.py FOLDER SPLIT.json [--model FILE.ragsmith] [--pieces 32]

The "train" rags of SPLIT.json in FOLDER, in the metre of the composed pieces, and so many pieces
(Intro AABBACCDD, seeds 40000 and up) by the model (the built-in one unless one is named), hands
decided anew for both. Every barline inside a strain is counted, by what follows it: a bar that
repeats an earlier one of its strain after a new bar; a bar that repeats the next of what the bar
before repeated; any other. The melody moves from the last highest note of the right hand to the
next, the bass from the last lowest one of the left hand to the next, in semitones, means.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

from ragsmith.composer import Composed, Wish, compose_all
from ragsmith.hands import in_hands
from ragsmith.io import read
from ragsmith.measure.bar_figures import notes_of_bar
from ragsmith.models.base import steps_of
from ragsmith.piece import Hand, Piece
from ragsmith.shipped import BUILT_IN, load_model
from ragsmith.strains import strain_bars

FORM, FIRST_SEED, SIDE_BY_SIDE = "Intro AABBACCDD", 40_000, 16
RETURNS, GOES_ON, OTHER = "into a bar that returns", "within what returns", "into any other bar"


class Move(NamedTuple):
    """A barline: what follows it, and how far melody and bass move over it."""

    kind: str
    melody: int
    bass: int


def moves_of(piece: Piece) -> Iterator[Move]:
    """The barlines inside the strains of a piece over which both hands go on."""
    bare = tuple(note._replace(hand=Hand.UNKNOWN) for note in piece.notes)
    piece = in_hands(replace(piece, notes=bare))
    steps, full = steps_of(piece), set(piece.full_bars)
    for strain in strain_bars(piece):
        bars = [notes_of_bar(piece, bar, steps) for bar in strain if bar in full]
        struck = [bar.struck for bar in bars]
        first = [struck.index(now) for now in struck]
        for number in range(1, len(bars)):
            before, now = bars[number - 1], bars[number]
            if not (before.melody and now.melody and before.bass and now.bass):
                continue
            is_back, was_back = first[number] < number, first[number - 1] < number - 1
            goes_on = was_back and first[number] == first[number - 1] + 1
            kind = GOES_ON if is_back and goes_on else RETURNS if is_back else OTHER
            melody = abs(now.melody[0] - before.melody[-1])
            yield Move(kind, melody, abs(now.bass[0] - before.bass[-1]))


def cells(pieces: Sequence[Piece]) -> str:
    """The share of barlines of each kind, and the mean moves over them."""
    by_kind = defaultdict(list)
    for piece in pieces:
        for move in moves_of(piece):
            by_kind[move.kind].append(move)
    total = sum(map(len, by_kind.values()))
    return " | ".join(
        f"{len(moves) / total:.0%}: {fmean(m.melody for m in moves):.2f}, "
        f"{fmean(m.bass for m in moves):.2f}"
        for moves in (by_kind[kind] for kind in (RETURNS, GOES_ON, OTHER))
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("split", type=Path)
    parser.add_argument("--model", default=BUILT_IN[0])
    parser.add_argument("--pieces", type=int, default=32)
    chosen = parser.parse_args()
    bundle = load_model(chosen.model)
    metre = bundle.profile.metre
    names = sorted(json.loads(chosen.split.read_text())["train"])
    rags = [read(chosen.folder / f"{name}.krn", 4) for name in names]
    rags = [rag for rag in rags if {bar.metre for bar in rag.full_bars} == {metre}]
    print(f"| | {RETURNS} | {GOES_ON} | {OTHER} |\n|---|---|---|---|")
    print(f"| {len(rags)} rags | {cells(rags)} |", flush=True)
    pieces = []
    for at in range(FIRST_SEED, FIRST_SEED + chosen.pieces, SIDE_BY_SIDE):
        seeds = range(at, min(at + SIDE_BY_SIDE, FIRST_SEED + chosen.pieces))
        outcomes = compose_all(bundle, Wish(form=FORM, metre=metre), seeds=seeds)
        pieces += [outcome.piece for outcome in outcomes if isinstance(outcome, Composed)]
    print(f"| {len(pieces)} composed | {cells(pieces)} |")


if __name__ == "__main__":
    main()
