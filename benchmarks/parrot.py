"""The guarantee against a model that can do nothing but copy.

    python benchmarks/parrot.py FOLDER [--pieces 1000] [--planted 10000] [--base]

With `--base` the folder is one of a base: its index is compact, and pieces with more than 2 % of
their onsets moved are left out.

First part: the parrot knows the folder by heart, goes on where it is, and when it is turned down
jumps to another passage. It writes pieces of form AABB, 64 bars as they are played, one for each
seed, under the rule NoCopy alone, with the usual limits and with the one on the melody alone;
each finished piece is compared with every file of the folder by
`ragsmith.originality.runs`, which knows nothing of the rule or of the bundle's index.

Second part: passages of known length are planted in music that shares nothing with the folder:
transposed, shifted in time, across the join of a repeat or of two strains, and, for the melody,
above an added left hand. Both checkers (against the folder, against the index) must report the
longest run exactly.
"""

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from ragsmith.bundle.profile import Profile
from ragsmith.composer.outline import outline_of
from ragsmith.composer.rules.no_copy import NoCopy
from ragsmith.composer.sampler import sample
from ragsmith.composer.sampling import Sampling
from ragsmith.composer.wish import Wish
from ragsmith.corpus import read_corpus
from ragsmith.models.base import Pick, Step, notes_of, steps_of
from ragsmith.originality import compact
from ragsmith.originality import index as sealed
from ragsmith.originality.corpora import CorpusIndex
from ragsmith.originality.runs import Index, index_of
from ragsmith.originality.search import (
    Limits,
    against_corpus,
    against_indices,
    as_played,
)
from ragsmith.piece import Hand, Metre, Note, Piece, Section, normalise, regular_bars
from ragsmith.playing_order import PlayingOrder
from ragsmith.training.pretraining import fitting

GRID = 4
JUMPS = 24
GOES_ON = 0.97
SIDE_BY_SIDE = 20

Place = tuple[int, int]


class Parrot:
    """Its state is where in the corpus it stands: (piece, step)."""

    def __init__(self, works: Sequence[Sequence[Step]], seed: int) -> None:
        self.works = works
        self.draw = random.Random(seed)

    def somewhere(self) -> Place:
        work = self.draw.randrange(len(self.works))
        return work, self.draw.randrange(len(self.works[work]))

    def begin(self, outline: Any) -> tuple[Place, ...]:
        return tuple(self.somewhere() for _ in range(JUMPS))

    def propose(self, states: Sequence[tuple[Place, ...]], picks: Sequence[Pick]) -> list[Step]:
        steps = []
        for state, pick in zip(states, picks, strict=True):
            p = np.full(len(state), (1 - GOES_ON) / (len(state) - 1))
            p[0] = GOES_ON
            work, at = state[pick(np.log(p))]
            steps.append(self.works[work][at])
        return steps

    def advance(
        self, states: Sequence[tuple[Place, ...]], steps: Sequence[Step]
    ) -> list[tuple[Place, ...]]:
        after = []
        for state, step in zip(states, steps, strict=True):
            work, at = next(p for p in state if self.works[p[0]][p[1]] == step)
            going_on = (work, (at + 1) % len(self.works[work]))
            after.append((going_on, *(self.somewhere() for _ in range(JUMPS - 1))))
        return after


def parrots(
    works: Sequence[Piece], known: CorpusIndex, index: Index, limits: Limits, count: int
) -> None:
    """A row of the first part's table."""
    outline = outline_of(Wish(form="AABB"), Profile(), GRID)
    rule = NoCopy([known], limits, PlayingOrder.of(outline))
    model = Parrot([steps_of(work) for work in works], seed=0)
    turned_down = finished = 0
    longest: list[Counter[Fraction]] = [Counter(), Counter()]
    for first in range(0, count, SIDE_BY_SIDE):
        drafts = sample(
            model,
            outline,
            outline.steps,
            sampling=Sampling(min_p=0),
            seeds=range(first, min(first + SIDE_BY_SIDE, count)),
            rules=[rule],
        )
        for draft in drafts:
            turned_down += draft.turned_down["NoCopy"]
            if draft.failure is None:
                finished += 1
                inside = [
                    n._replace(duration=min(n.duration, outline.steps - n.onset))
                    for n in notes_of(draft.steps)
                ]
                piece = replace(outline, notes=normalise(inside))
                for runs, run in zip(longest, against_corpus(as_played(piece), index), strict=True):
                    runs[run.beats if run else Fraction(0)] += 1
    cells = [f"{limits.texture:g} / {limits.melody:g}", str(finished), f"{turned_down:,}"]
    for runs, limit in zip(longest, limits, strict=True):
        over = sum(n for beats, n in runs.items() if beats > limit)
        cells.append(f"{float(max(runs, default=Fraction(0))):g} (over the limit: **{over}**)")
    print(f"| {' | '.join(cells)} |", flush=True)


def strange(steps: int, draw: random.Random) -> list[Note]:
    """Two-note chords of a kind that no piano music has: a left hand and a right hand in clusters
    that change register at every step, so that no two onsets stand in a corpus."""
    notes = []
    for onset in range(steps):
        low = draw.randrange(0, 12)
        notes += [
            Note(onset, low, 1, 80, Hand.LEFT),
            Note(onset, low + 1, 1, 80, Hand.LEFT),
            Note(onset, 110 + draw.randrange(0, 17), 1, 80, Hand.RIGHT),
        ]
    return notes


def passage(work: Piece, draw: random.Random) -> tuple[int, int]:
    """A random passage that begins and ends with an onset, more than a beat long."""
    onsets = sorted({n.onset for n in work.notes})
    while True:
        first = draw.randrange(len(onsets) - 2)
        last = min(first + draw.randrange(3, 40), len(onsets) - 1)
        if onsets[last] - onsets[first] + 1 > GRID:
            return onsets[first], onsets[last] + 1


def planted(works: Sequence[Piece], count: int) -> Iterator[tuple[str, Piece, int, str]]:
    """(how, piece, least length in steps, which lane) of planted copies."""
    draw = random.Random(1)
    ways = ("as it is", "across a repeat", "across two strains", "above another left hand")
    number = 0
    while number < count:
        work = draw.choice(works)
        start, end = passage(work, draw)
        way = ways[number % len(ways)]
        copied = [n for n in work.notes if start <= n.onset < end]
        shift = draw.randrange(8, 40)
        low, high = min(n.pitch for n in copied), max(n.pitch for n in copied)
        up = draw.randrange(max(-6, 13 - low), min(6, 109 - high) + 1)
        length = end - start
        total = -(-(shift + length + 16) // 8) * 8
        background = strange(total, draw)
        others = [n for n in background if not shift <= n.onset < shift + length]
        moved = [
            n._replace(onset=n.onset - start + shift, pitch=n.pitch + up, duration=1)
            for n in copied
        ]
        lane = "texture"
        if way == "above another left hand":
            lane = "melody"
            tops: dict[int, Note] = {}
            for n in moved:
                if n.hand is Hand.RIGHT and n.pitch >= tops.get(n.onset, n).pitch:
                    tops[n.onset] = n
            if len(tops) < 2:
                continue
            under = [
                Note(onset, draw.randrange(0, 12), 1, 80, Hand.LEFT)
                for onset in range(shift, shift + length)
            ]
            moved = [*tops.values(), *under]
            length = max(tops) - min(tops) + 1
            if length <= GRID:
                continue
        bars = regular_bars(total, [(0, Metre(2, 4))], GRID)
        piece = Piece(normalise([*others, *moved]), bars, GRID)
        yield way, folded(piece, shift, length, way, draw), length, lane
        number += 1


def folded(piece: Piece, shift: int, length: int, way: str, draw: random.Random) -> Piece:
    """The piece written so that the passage only comes about when it is played: its beginning is
    written behind its end."""
    if way not in ("across a repeat", "across two strains"):
        return piece
    cut = shift + draw.randrange(1, length)
    steps = piece.steps
    # Written: the part from the cut on, then the part up to it; played the other way round.
    later = [n._replace(onset=n.onset - cut) for n in piece.notes if n.onset >= cut]
    earlier = [n._replace(onset=n.onset + steps - cut) for n in piece.notes if n.onset < cut]
    middle = steps - cut
    sections = (Section("A", 0, middle), Section("B", middle, steps))
    order = ("A", "B", "A") if way == "across a repeat" else ("B", "A")
    return replace(piece, notes=normalise([*later, *earlier]), sections=sections, order=order)


def plant(works: Sequence[Piece], known: CorpusIndex, index: Index, count: int) -> None:
    """The second part's table. A planted run may be part of a longer one that chance or the corpus
    itself gives; its length is exact when it is what the definition, step by step, finds."""
    rows: dict[str, Counter[str]] = {}
    for way, piece, length, lane in planted(works, count):
        row = rows.setdefault(way, Counter())
        row["planted"] += 1
        number = 0 if lane == "texture" else 1
        by_folder = against_corpus(as_played(piece), index)[number]
        by_index = against_indices(as_played(piece), [known])[number]
        wanted = Fraction(length, GRID)
        row["found in the folder"] += by_folder is not None and by_folder.beats >= wanted
        row["exactly"] += by_folder is not None and by_folder.beats == wanted
        row["found in the index"] += by_index is not None and by_index.beats >= wanted
        row["both the same"] += (
            by_folder is not None and by_index is not None and by_folder.beats == by_index.beats
        )
    columns = ("planted", "found in the folder", "exactly", "found in the index", "both the same")
    print(f"\n| how | {' | '.join(columns)} |\n|---|{'---|' * len(columns)}")
    for way, row in rows.items():
        print(f"| {way} | {' | '.join(str(row[column]) for column in columns)} |")
    total = sum(rows.values(), Counter())
    print(f"| all | {' | '.join(f'**{total[column]}**' for column in columns)} |")


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pieces", type=int, default=1000)
    parser.add_argument("--planted", type=int, default=10_000)
    parser.add_argument("--base", action="store_true")
    chosen = parser.parse_args()
    corpus = read_corpus(chosen.folder)
    if chosen.base:
        corpus = fitting(corpus)
    works = [as_played(piece) for piece in corpus.pieces()]
    if not works:
        sys.exit(f"{chosen.folder}: holds no music")
    passages_of = compact.passages_of if chosen.base else sealed.passages_of
    index, known = index_of(works), CorpusIndex(passages_of(works, GRID))
    print("| limits | finished | proposals turned down | longest texture | longest melody |")
    print("|---|---|---|---|---|")
    for limits in (Limits(), Limits(1024, Limits().melody)):
        parrots(works, known, index, limits, chosen.pieces)
    plant(works, known, index, chosen.planted)


if __name__ == "__main__":
    main()
