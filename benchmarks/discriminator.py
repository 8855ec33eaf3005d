"""Real or machine: can a classifier tell composed pieces from rags that no model has learnt?

    pip install scikit-learn
    python benchmarks/discriminator.py FOLDER SPLIT.json [BUNDLE.ragsmith ...]
        [--model FILE.ragsmith] [--bars 32] [--pieces 32] [--first 0] [--form "Intro AABBACCDD"]
        [--best-of 8] [--only WORD ...] [--no-likelihood]

Human are the "valid" and "test" rags of SPLIT.json in FOLDER (or other pieces, in any format that
is read; written order) in the metre of the composed pieces; machine are so many pieces, seeds
--first and up, of each of: the model (FILE, or the built-in one) as it composes unasked ("Intro
AABBACCDD", written order); the same with every bar tried once, without its critic; the same without
chords; the best of every eight of those by `ragsmith.composer.ranking`; the model left alone for 64
bars; and, left alone too, `markov`, learnt here from "train", and each BUNDLE. With --only those
sets whose names hold one of the words. Controls: the rags of "train", which are human, and the
human rags with their steps shuffled. Everything is cut into whole excerpts of equal length,
`--bars` each. For the figures the hands are decided anew for all; likelihood sees them as they are.

A logistic regression (L2) sees the figures of `ragsmith.measure.portrait` ("figures"), also those
of `ragsmith.measure.harmony` ("and harmony"), also the nats a step under the shipped model and
under `markov` ("and likelihood"). The second judge is of another kind: extremely randomised trees
(Geurts et al. 2006) see one bar at a time (`bar_figures`), and an excerpt has the mean of its bars
("trees"). Five folds, all excerpts of a piece in the same fold; ten times, the trees twice. AUC:
0.5 is a guess, 1 is certainty; in brackets the 95 % interval of 1000 bootstraps over pieces.
"inside": figures within the bands of the "train" rags. "spread": the median, over the figures, of
their standard deviation between machine excerpts over that between human ones, and the share of
figures for which it is at least 0.7. Then the figures that tell most by themselves: AUC (0: machine
is always lower, 1: always higher) and the medians, human and machine; behind "bars:" those that the
trees use most, with their means. A second table has the medians of a few figures beside the
quartiles of the held-out rags.
"""

import argparse
import json
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache, partial
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ragsmith.bundle.bundle import Bundle, load_bundle
from ragsmith.bundle.profile import Profile
from ragsmith.chords import tones_of
from ragsmith.composer import Composed, Sampling, Wish, compose_all
from ragsmith.composer.ranking import rank_composed
from ragsmith.hands import in_hands
from ragsmith.harmony.finder import chords_of
from ragsmith.harmony.spans import half_bars
from ragsmith.io import read
from ragsmith.measure.excerpts import excerpts_of, figures_of_excerpt
from ragsmith.measure.harmony import Harmony
from ragsmith.measure.likelihood import score
from ragsmith.measure.portrait import Portrait, outside, portrait_of
from ragsmith.measure.style import shuffled
from ragsmith.models.base import Model
from ragsmith.models.markov.config import MarkovConfig
from ragsmith.models.markov.learner import MarkovLearner
from ragsmith.options import NONE
from ragsmith.piece import Hand, Metre, Note, Piece, pitches_by_onset
from ragsmith.shipped import BUILT_IN, load_model

FORM = "Intro AABBACCDD"
PIECES = 32
BARS = 64
BEST_OF = 8
SIDE_BY_SIDE = 16
REPEATS, TREE_REPEATS = 10, 2
TREES = 150
BOOTSTRAPS = 1000
TOLD = 6
SPREAD = 0.7
IN_QUARTILES = ("distinct_steps", "left_notes", "right_chord", "local_scale_share", "nats_model")


@dataclass(frozen=True)
class Excerpts:
    """What is known of the excerpts of some pieces: a row each, the piece it comes from, and a row
    for each of its bars."""

    rows: list[dict[str, float]]
    pieces: list[int]
    bars: list[list[dict[str, float]]]


def composed(bundle: Bundle, wish: Wish, count: int, at: int = 0) -> list[Composed]:
    """So many pieces, seeds `at` up; those that found no way forward are left out."""
    pieces: list[Composed] = []
    for first in range(at, at + count, SIDE_BY_SIDE):
        seeds = range(first, min(first + SIDE_BY_SIDE, at + count))
        outcomes = compose_all(bundle, wish, seeds=seeds)
        pieces += [outcome for outcome in outcomes if isinstance(outcome, Composed)]
    return pieces


def best_of(pieces: Sequence[Composed], profile: Profile, size: int) -> list[Composed]:
    """The best of every `size`."""
    groups = [pieces[at : at + size] for at in range(0, len(pieces), size)]
    return [group[rank_composed(profile, group)[0].number] for group in groups]


def excerpts(piece: Piece, bars: int, metre: Metre) -> list[Piece]:
    """The whole excerpts that are in `metre` throughout."""
    return [e for e in excerpts_of(piece, bars) if [bar.metre for bar in e.bars] == [metre] * bars]


def known_of(
    pieces: Sequence[Piece], bars: int, metre: Metre, portrait: Portrait, models: dict[str, Model]
) -> Excerpts:
    rows, numbers, bars_of = [], [], []
    for number, piece in enumerate(pieces):
        for excerpt in excerpts(piece, bars, metre):
            nats = {name: score(model, excerpt).nats_per_step for name, model in models.items()}
            bare = tuple(n._replace(hand=Hand.UNKNOWN) for n in excerpt.notes)
            handed = in_hands(replace(excerpt, notes=bare))
            rows.append(figures_of_excerpt(handed, portrait) | nats)
            numbers.append(number)
            bars_of.append(bar_figures(handed))
    return Excerpts(rows, numbers, bars_of)


def bar_figures(piece: Piece) -> list[dict[str, float]]:
    """Figures of each bar, by name; those that it does not have are left out."""
    halves, chords = half_bars(piece), chords_of(piece)
    rows: list[dict[str, float]] = []
    struck: list[frozenset[tuple[int, int]]] = []
    for number, bar in enumerate(piece.bars):
        steps = range(bar.start, bar.start + bar.length)
        own = [n for n in piece.notes if n.onset in steps]
        struck.append(frozenset((n.onset - bar.start, n.pitch) for n in own))
        inside = [c for s, c in zip(halves, chords, strict=True) if s.start in steps]
        before = [c for s, c in zip(halves, chords, strict=True) if s.start < bar.start][-1:]
        tones = {tone for chord in inside if chord for tone in tones_of(chord)}
        row = hand_figures("left", [n for n in own if n.hand == Hand.LEFT], bar.start)
        row |= hand_figures("right", [n for n in own if n.hand == Hand.RIGHT], bar.start)
        row["notes"] = len(own)
        row["classes"] = len({n.pitch % 12 for n in own})
        row["in_chord"] = sum(n.pitch % 12 in tones for n in own) / max(1, len(own))
        row["changes"] = sum(one != other for one, other in pairwise([*before, *inside]))
        for back in (1, 2, 4, 8):
            if number >= back:
                union = struck[number] | struck[number - back]
                shared = struck[number] & struck[number - back]
                row[f"alike_{back}"] = len(shared) / max(1, len(union))
        rows.append(row)
    return rows


def hand_figures(hand: str, notes: Sequence[Note], start: int) -> dict[str, float]:
    """Figures of what a hand does in a bar that begins at a step."""
    steps = pitches_by_onset(notes)
    if not steps:
        return {f"{hand}_steps": 0}
    tops, lows = ([f(chord) for chord in steps.values()] for f in (max, min))
    odd = sum((step - start) % 2 for step in steps)
    return {
        f"{hand}_steps": len(steps),
        f"{hand}_chord": len(notes) / len(steps),
        f"{hand}_thickest": max(map(len, steps.values())),
        f"{hand}_low": min(lows),
        f"{hand}_high": max(tops),
        f"{hand}_leap": float(np.mean(np.abs(np.diff(tops)))) if len(tops) > 1 else 0.0,
        f"{hand}_bass_leap": float(np.mean(np.abs(np.diff(lows)))) if len(lows) > 1 else 0.0,
        f"{hand}_lasts": float(np.mean([n.duration for n in notes])),
        f"{hand}_off_beat": odd / len(steps),
        f"{hand}_octaves": sum(max(c) - min(c) == 12 for c in steps.values()) / len(steps),
    }


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
    return with_interval(truth, scores, groups)


def told_by_bars(
    human: Excerpts, machine: Excerpts
) -> tuple[tuple[float, float, float], list[str]]:
    """The AUC of excerpts by trees that see their bars, its interval, and what the trees use."""
    excerpts = [*human.bars, *machine.bars]
    names = sorted({name for bars in excerpts for bar in bars for name in bar})
    table = matrix([bar for bars in excerpts for bar in bars], names)
    owner = np.repeat(np.arange(len(excerpts)), [len(bars) for bars in excerpts])
    truth = np.array([0] * len(human.rows) + [1] * len(machine.rows))
    groups = np.array([*human.pieces, *(-1 - number for number in machine.pieces)])
    scores, weights = np.zeros(len(truth)), np.zeros(len(names))
    for seed in range(TREE_REPEATS):
        folds = StratifiedGroupKFold(5, shuffle=True, random_state=seed)
        trees = make_pipeline(
            SimpleImputer(strategy="median"),
            ExtraTreesClassifier(
                TREES, min_samples_leaf=3, class_weight="balanced", random_state=seed
            ),
        )
        for learn, judge in folds.split(truth, truth, groups):
            trees.fit(table[np.isin(owner, learn)], truth[owner[np.isin(owner, learn)]])
            asking = np.isin(owner, judge)
            sums = np.bincount(owner[asking], trees.predict_proba(table[asking])[:, 1], len(truth))
            scores += sums / np.bincount(owner, minlength=len(truth))
            weights += trees[-1].feature_importances_
    human_bars, machine_bars = ([bar for bars in e.bars for bar in bars] for e in (human, machine))
    words = [
        f"{names[place]} ({middle(human_bars, names[place])}, {middle(machine_bars, names[place])})"
        for place in np.argsort(-weights)[:TOLD]
    ]
    return with_interval(truth, scores, groups), words


def middle(rows: Sequence[dict[str, float]], name: str) -> str:
    """The mean of a figure, which medians of whole numbers hide."""
    return f"{np.mean([row[name] for row in rows if name in row]):.3g}"


def with_interval(
    truth: NDArray[np.int64], scores: NDArray[np.float64], groups: NDArray[np.int64]
) -> tuple[float, float, float]:
    """The AUC of scores, and the 95 % interval of bootstraps over pieces."""
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


def spread(human: Excerpts, machine: Excerpts, names: Sequence[str]) -> str:
    """How far machine excerpts lie apart over how far human do: the median over the figures, and
    the share of them for which that is at least `SPREAD`."""
    one, other = (np.nanstd(matrix(known.rows, names), axis=0) for known in (human, machine))
    ratios = other[one > 0] / one[one > 0]
    return f"{np.nanmedian(ratios):.2f}, {np.mean(ratios >= SPREAD):.0%}"


def quartile_table(human: Excerpts, machines: dict[str, Excerpts]) -> list[str]:
    """The medians of a few figures, beside the quartiles of the held-out rags."""
    names = [name for name in IN_QUARTILES if name in human.rows[0]]
    bounds = np.nanpercentile(matrix(human.rows, names), [25, 50, 75], axis=0).T
    rows = [["", *names], ["---"] * (len(names) + 1)]
    held_out = [f"{middle:.3g} ({low:.3g} to {high:.3g})" for low, middle, high in bounds]
    rows.append(["held-out rags, quartiles", *held_out])
    for name, machine in machines.items():
        medians = np.nanmedian(matrix(machine.rows, names), axis=0)
        rows.append([name, *(f"{median:.3g}" for median in medians)])
    return [f"| {' | '.join(row)} |" for row in rows]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("split", type=Path)
    parser.add_argument("bundles", type=Path, nargs="*")
    parser.add_argument("--model", default=BUILT_IN[0])
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--bars", type=int, default=32)
    parser.add_argument("--pieces", type=int, default=PIECES)
    parser.add_argument("--form", default=FORM)
    parser.add_argument("--best-of", type=int, default=BEST_OF)
    parser.add_argument("--only", nargs="*", default=[""])
    parser.add_argument("--no-likelihood", action="store_true")
    return parser.parse_args()


def makers(
    chosen: argparse.Namespace, rags: dict[str, list[Piece]], markov: Model
) -> dict[str, Callable[[], list[Piece]]]:
    """What makes the pieces of each set, by its name."""
    shipped = load_model(chosen.model)
    profile, size = shipped.profile, chosen.best_of
    metre = profile.metre
    alone = Wish(bars=BARS, metre=metre, rules=False)
    usual = Wish(form=chosen.form, metre=metre)
    wishes = {
        "the model": usual,
        "tried once": replace(usual, sampling=Sampling(tries=1)),
        "no chords": replace(usual, chords=NONE),
    }

    @cache
    def many(name: str, count: int) -> list[Composed]:
        return composed(shipped, wishes[name], count, chosen.first)

    def unranked(name: str) -> list[Piece]:
        return [one.piece for one in many(name, chosen.pieces)]

    def ranked(name: str) -> list[Piece]:
        return [one.piece for one in best_of(many(name, chosen.pieces * size), profile, size)]

    def left_alone(bundle: Bundle) -> list[Piece]:
        return [one.piece for one in composed(bundle, alone, chosen.pieces)]

    held_out = rags["valid"] + rags["test"]
    sets: dict[str, Callable[[], list[Piece]]] = {
        "rags learnt from": lambda: rags["train"],
        "held-out rags, shuffled": lambda: [shuffled(piece, 0) for piece in held_out],
    }
    for name in wishes:
        sets[f"{name}, unranked"] = partial(unranked, name)
        sets[f"{name}, best of {size}"] = partial(ranked, name)
    counted = Bundle(markov, shipped.card, shipped.profile)
    bundles = {"the model": shipped, "markov": counted}
    bundles |= {path.stem: load_bundle(path) for path in chosen.bundles}
    for name, bundle in bundles.items():
        sets[f"{name}, left alone"] = partial(left_alone, bundle)
    return sets


def main() -> None:
    chosen = arguments()
    warnings.filterwarnings("ignore", message="Skipping features without any observed values")
    split = json.loads(chosen.split.read_text())
    files = {path.stem: path for path in chosen.folder.iterdir() if path.is_file()}
    rags = {part: [read(files[name], 4) for name in sorted(names)] for part, names in split.items()}
    portrait = portrait_of(rags["train"])
    markov = MarkovLearner(MarkovConfig(), rags["train"]).model()
    shipped = load_model(chosen.model)
    models: dict[str, Model] = {"nats_model": shipped.model, "nats_markov": markov}
    models = {} if chosen.no_likelihood else models
    figures = sorted(portrait.bands)
    all_figures = [*figures, *(field.name for field in fields(Harmony)), *models]
    kinds = {"figures": figures, "and harmony": all_figures[: len(all_figures) - len(models)]}
    kinds |= {"and likelihood": all_figures} if models else {}
    known = partial(
        known_of, bars=chosen.bars, metre=shipped.profile.metre, portrait=portrait, models=models
    )
    human = known(rags["valid"] + rags["test"])
    print(f"{len(set(human.pieces))} held-out rags, excerpts of {chosen.bars} bars\n")
    heads = ["set", "excerpts", "inside", "spread", *kinds, "trees", "what tells most"]
    print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
    blank = " |" * (len(heads) - 3)
    print(f"| held-out rags | {len(human.rows)} | {inside(human, portrait):.0%} |{blank}")
    machines: dict[str, Excerpts] = {}
    for name, make in makers(chosen, rags, markov).items():
        if not any(word in name for word in chosen.only):
            continue
        machine = machines[name] = known(make())
        cells = [name, str(len(machine.rows)), f"{inside(machine, portrait):.0%}"]
        cells.append(spread(human, machine, figures))
        trees, words = told_by_bars(human, machine)
        aucs = [*(told_apart(human, machine, names) for names in kinds.values()), trees]
        cells += [f"{auc:.2f} ({low:.2f}-{high:.2f})" for auc, low, high in aucs]
        tells = [*giveaways(human, machine, all_figures), f"bars: {', '.join(words)}"]
        print(f"| {' | '.join([*cells, '; '.join(tells)])} |", flush=True)
    print("", *quartile_table(human, machines), sep="\n")


if __name__ == "__main__":
    main()
