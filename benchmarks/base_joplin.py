"""What a base brings to few and to many pieces, with and without a memory beside the network.

    python benchmarks/base_joplin.py FOLDER SPLIT.json ROW ... [--base FILE|none] [--minutes M]
        [--set FIELD=VALUE ...] [--save DIR]

ROW is a number of the "train" pieces of SPLIT.json, and after a colon which draw of them (0 where
there is none): for Joplin 0 29 5:0 5:1 5:2. All of them keep the epoch that is best on "valid";
fewer have nothing to choose by, and end as their schedule ends. Measured on "valid" and on "test"
(never looked at by a learning): nats per grid step, pooled, the network alone and with its memory,
and alone on "test" when the chord of every half bar is known; as table rows, and for every number
of pieces with several draws the median and the range. `wild_split.json` splits 42 files of game
music as people have them.
"""

import argparse
import glob
import json
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ragsmith.bundle.bundle import Bundle, save_bundle
from ragsmith.cli.options import setting_of
from ragsmith.harmony.finder import chords_of
from ragsmith.io import read
from ragsmith.measure import pooled, score
from ragsmith.models.base import Model
from ragsmith.models.mixture.memory import network_of
from ragsmith.models.registry import config_for, suited
from ragsmith.piece import Piece
from ragsmith.training import Plan, teach
from ragsmith.training.base import Base, base_for

STEPS_OF_BEAT = 4
PARTS = ("valid", "test", "valid + memory", "test + memory", "test, chords known")
HEAD = ("pieces", "draw", "minutes", *PARTS)


class Rags(NamedTuple):
    """The rags of a split, in its order."""

    train: list[Piece]
    valid: list[Piece]
    test: list[Piece]


@dataclass(frozen=True)
class Teacher:
    """How every row is learnt."""

    base: Base | None
    settings: Mapping[str, Any]
    minutes: float | None

    def learnt(self, pieces: Sequence[Piece], held_out: Sequence[Piece], seed: int) -> Model:
        """The model after it has learnt the pieces; the base, which has no memory, where there
        are none."""
        begun = self.base.bundle.model if self.base else None
        if not pieces:
            assert begun, "nothing is learnt from nothing"
            return begun
        steps = sum(piece.steps for piece in pieces)
        config = config_for("stride", self.settings)
        config = suited(config, self.settings, steps, begun and begun.config)
        plan = Plan(self.minutes, seed=seed, patience=0)
        arrays = begun.arrays() if begun else None
        return teach("stride", config, pieces, held_out, plan, base=arrays).model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("split", type=Path)
    parser.add_argument("rows", nargs="+")
    parser.add_argument("--base")
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE")
    parser.add_argument("--save", type=Path)
    options = parser.parse_args()
    split = json.loads(options.split.read_bytes())
    rags = Rags(*([the_piece(options.folder, n) for n in split[k]] for k in Rags._fields))
    settings = dict(map(setting_of, options.set))
    teacher = Teacher(base_for(options.base, "stride", settings), settings, options.minutes)
    print(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}", flush=True)
    measured: dict[int, list[list[float]]] = defaultdict(list)
    for row in options.rows:
        number, _, draw = row.partition(":")
        nats = measure(rags, int(number), int(draw or 0), teacher, options.save)
        measured[int(number)].append(nats)
    for number, rows in measured.items():
        if len(rows) > 1:
            low, median, high = (f(np.array(rows), axis=0) for f in (np.min, np.median, np.max))
            cells = (
                f"{m:.3f} ({a:.3f} to {b:.3f})" for a, m, b in zip(low, median, high, strict=True)
            )
            print(f"| {number} | median | | {' | '.join(cells)} |")


def the_piece(folder: Path, stem: str) -> Piece:
    """The one file of that name, whatever its suffix."""
    (path,) = folder.glob(f"{glob.escape(stem)}.*")
    return read(path, 4)


def measure(rags: Rags, number: int, draw: int, teacher: Teacher, save: Path | None) -> list[float]:
    """One row of the table; returns its nats."""
    order = np.random.default_rng(draw).permutation(len(rags.train))
    whole = number == len(rags.train)
    pieces = rags.train if whole else [rags.train[i] for i in order[:number]]
    began = time.monotonic()
    model = teacher.learnt(pieces, rags.valid if whole else [], draw)
    took = (time.monotonic() - began) / 60
    if save:
        save_bundle(Bundle(model), save / f"{number}-{draw}.ragsmith")
    both = network_of(model), model
    nats = [nats_of(m, part) for m in both for part in (rags.valid, rags.test)]
    nats.append(nats_over_chords(network_of(model), rags.test))
    cells = (f"{n:.3f} ({n * STEPS_OF_BEAT / np.log(2):.2f} bits a beat)" for n in nats)
    print(f"| {number} | {draw} | {took:.1f} | {' | '.join(cells)} |", flush=True)
    return nats


def nats_of(model: Model, pieces: Sequence[Piece]) -> float:
    """Nats per grid step of pieces, pooled."""
    return pooled([score(model, piece) for piece in pieces]).nats_per_step


def nats_over_chords(network: Model, pieces: Sequence[Piece]) -> float:
    """Nats per grid step where the network is told the chord that the finder names, half bar by
    half bar."""
    if not network.config.harmony:
        return float("nan")
    nats = [network.log_likelihood(piece, chords_of(piece)) for piece in pieces]
    return -float(np.concatenate(nats).mean())


if __name__ == "__main__":
    main()
