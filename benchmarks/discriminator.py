"""Real or machine: can a classifier tell composed pieces from rags that no model has learnt?

    pip install scikit-learn
    python benchmarks/discriminator.py FOLDER SPLIT.json [BUNDLE.ragsmith ...] [--bars 32]

Human are the "valid" and "test" rags of SPLIT.json in FOLDER (kern, written order) in the metre of
the composed pieces; machine are 32 pieces of each of: the shipped model with the usual form, rules
and plans ("Intro AABBACCDD", written order); the best of every eight of those by
`ragsmith.composer.ranking`; the shipped model left alone for 64 bars; and, left alone too,
`markov`, learnt here from "train", and each BUNDLE.
Controls: the rags of "train", which are human, and the human rags with their steps shuffled.
Everything is cut into whole excerpts of equal length, `--bars` each. For the figures the hands are
decided anew for all; likelihood sees them as they are.

A logistic regression (L2) sees the figures of `ragsmith.measure.portrait` ("figures"), or also the
nats a step under the shipped model and under `markov` ("and likelihood"). Five folds, ten times,
all excerpts of a piece in the same fold. AUC: 0.5 is a guess, 1 is certainty; in brackets the 95 %
interval of 1000 bootstraps over pieces. "inside": figures within the bands of the "train" rags.
Then the figures that tell most by themselves: AUC (0: machine is always lower, 1: always higher)
and the medians, human and machine.
"""

import argparse
import json
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ragsmith.bundle.bundle import Bundle, load_bundle
from ragsmith.composer import Composed, Wish, compose_all
from ragsmith.composer.ranking import Candidate, rank
from ragsmith.io import read
from ragsmith.measure.likelihood import score
from ragsmith.measure.portrait import Portrait, figures_of, outside, portrait_of
from ragsmith.measure.style import shuffled
from ragsmith.models.base import Model
from ragsmith.models.markov.config import MarkovConfig
from ragsmith.models.markov.learner import MarkovLearner
from ragsmith.piece import Hand, Metre, Piece
from ragsmith.shipped import shipped_model
from ragsmith.verbs import clip

FORM = "Intro AABBACCDD"
PIECES = 32
BARS = 64
BEST_OF = 8
SIDE_BY_SIDE = 16
REPEATS = 10
BOOTSTRAPS = 1000
TOLD = 6


@dataclass(frozen=True)
class Excerpts:
    """What is known of the excerpts of some pieces: a row each, and the piece it comes from."""

    rows: list[dict[str, float]]
    pieces: list[int]


def composed(bundle: Bundle, wish: Wish, count: int) -> list[Piece]:
    """So many pieces, seeds 0 up; those that found no way forward are left out."""
    pieces: list[Piece] = []
    for first in range(0, count, SIDE_BY_SIDE):
        seeds = range(first, min(first + SIDE_BY_SIDE, count))
        outcomes = compose_all(bundle, wish, seeds=seeds)
        pieces += [outcome.piece for outcome in outcomes if isinstance(outcome, Composed)]
    return pieces


def best_of(pieces: Sequence[Piece], portrait: Portrait) -> list[Piece]:
    """The best of every `BEST_OF`."""
    groups = [pieces[at : at + BEST_OF] for at in range(0, len(pieces), BEST_OF)]
    return [g[rank([Candidate(p) for p in g], portrait)[0].number] for g in groups]


def excerpts(piece: Piece, bars: int, metre: Metre) -> list[Piece]:
    """The piece cut from its first full bar on; what is in `metre` throughout."""
    full = [bar for bar in piece.bars if not bar.offset]
    runs = [full[at : at + bars] for at in range(0, len(full) - bars + 1, bars)]
    return [
        clip(piece, run[0].start, run[-1].start + run[-1].length)
        for run in runs
        if {bar.metre for bar in run} == {metre}
    ]


def known_of(
    pieces: Sequence[Piece], bars: int, metre: Metre, portrait: Portrait, models: dict[str, Model]
) -> Excerpts:
    rows, numbers = [], []
    for number, piece in enumerate(pieces):
        for excerpt in excerpts(piece, bars, metre):
            nats = {name: score(model, excerpt).nats_per_step for name, model in models.items()}
            bare = tuple(n._replace(hand=Hand.UNKNOWN) for n in excerpt.notes)
            rows.append(figures_of(replace(excerpt, notes=bare), portrait) | nats)
            numbers.append(number)
    return Excerpts(rows, numbers)


def matrix(rows: Sequence[dict[str, float]], names: Sequence[str]) -> NDArray[np.float64]:
    """(excerpts, names); nan where a figure is missing."""
    return np.array([[row.get(name, np.nan) for name in names] for row in rows])


def told_apart(
    human: Excerpts, machine: Excerpts, names: Sequence[str]
) -> tuple[float, float, float]:
    """The AUC of excerpts that the classifier has not seen, and its 95 % interval."""
    table = matrix(human.rows + machine.rows, names)
    truth = np.array([0] * len(human.rows) + [1] * len(machine.rows))
    groups = np.array([*human.pieces, *(-1 - number for number in machine.pieces)])
    pipeline = make_pipeline(
        SimpleImputer(strategy="median"),
        StandardScaler(),
        LogisticRegression(C=0.1, class_weight="balanced"),
    )
    scores = np.zeros(len(truth))
    for seed in range(REPEATS):
        folds = StratifiedGroupKFold(5, shuffle=True, random_state=seed)
        scores += cross_val_predict(
            pipeline, table, truth, groups=groups, cv=folds, method="decision_function"
        )
    draw = np.random.default_rng(0)
    places = [[np.flatnonzero(groups == g) for g in np.unique(groups[truth == k])] for k in (0, 1)]
    aucs = []
    for _ in range(BOOTSTRAPS):
        chosen = np.concatenate([p[i] for p in places for i in draw.integers(len(p), size=len(p))])
        aucs.append(roc_auc_score(truth[chosen], scores[chosen]))
    low, high = np.percentile(aucs, [2.5, 97.5])
    return float(roc_auc_score(truth, scores)), float(low), float(high)


def inside(known: Excerpts, portrait: Portrait) -> float:
    """Share of the figures that lie in the corpus's bands."""
    out = sum(len(outside(row, portrait)) for row in known.rows)
    return 1 - out / sum(len(row.keys() & portrait.bands.keys()) for row in known.rows)


def giveaways(human: Excerpts, machine: Excerpts, names: Sequence[str]) -> list[str]:
    """The figures that tell most by themselves."""
    ranked = []
    for name in names:
        one, other = ([r[name] for r in rows if name in r] for rows in (human.rows, machine.rows))
        if one and other:
            auc = roc_auc_score([0] * len(one) + [1] * len(other), one + other)
            words = f"{name} {auc:.2f} ({np.median(one):.3g}, {np.median(other):.3g})"
            ranked.append((-abs(auc - 0.5), words))
    return [words for _, words in sorted(ranked)[:TOLD]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("split", type=Path)
    parser.add_argument("bundles", type=Path, nargs="*")
    parser.add_argument("--bars", type=int, default=32)
    chosen = parser.parse_args()
    warnings.filterwarnings("ignore", message="Skipping features without any observed values")
    split = json.loads(chosen.split.read_text())
    rags = {
        part: [read(chosen.folder / f"{name}.krn", 4) for name in sorted(names)]
        for part, names in split.items()
    }
    held_out = rags["valid"] + rags["test"]
    portrait = portrait_of(rags["train"])
    shipped = shipped_model()
    markov = MarkovLearner(MarkovConfig(), rags["train"]).model()
    metre = shipped.profile.metre
    alone = Wish(bars=BARS, metre=metre, rules=False)
    many = composed(shipped, Wish(form=FORM, metre=metre), PIECES * BEST_OF)
    sets = {
        "rags learnt from": rags["train"],
        "held-out rags, shuffled": [shuffled(piece, 0) for piece in held_out],
        "shipped, unranked": many[:PIECES],
        f"shipped, best of {BEST_OF}": best_of(many, portrait),
        "shipped, left alone": composed(shipped, alone, PIECES),
        "markov, left alone": composed(
            Bundle(markov, shipped.card, shipped.profile), alone, PIECES
        ),
    }
    for path in chosen.bundles:
        bundle = load_bundle(path)
        sets[f"{bundle.model.name}, left alone"] = composed(bundle, alone, PIECES)
    models: dict[str, Model] = {"nats_shipped": shipped.model, "nats_markov": markov}
    human = known_of(held_out, chosen.bars, metre, portrait, models)
    figures = sorted(portrait.bands)
    both = [*figures, *models]
    print(f"{len(set(human.pieces))} held-out rags, excerpts of {chosen.bars} bars\n")
    print("| set | excerpts | inside | AUC by figures | and likelihood | what tells most |")
    print("|---|---|---|---|---|---|")
    print(f"| held-out rags | {len(human.rows)} | {inside(human, portrait):.0%} | | | |")
    for name, pieces in sets.items():
        machine = known_of(pieces, chosen.bars, metre, portrait, models)
        cells = [name, str(len(machine.rows)), f"{inside(machine, portrait):.0%}"]
        aucs = [told_apart(human, machine, names) for names in (figures, both)]
        cells += [f"{auc:.2f} ({low:.2f}-{high:.2f})" for auc, low, high in aucs]
        print(f"| {' | '.join([*cells, '; '.join(giveaways(human, machine, both))])} |", flush=True)


if __name__ == "__main__":
    main()
