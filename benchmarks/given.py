"""What is composed to what is given: left hands to melodies, bars between bars that stay.

    python benchmarks/given.py left  RAGS/kern [--bundle FILE] [--melodies 10]
    python benchmarks/given.py left  RAGS/kern LIEDER [--bundle FILE] [--melodies 10]
    python benchmarks/given.py bars  RAGS/kern [--bundle FILE] [--rags 5] [--bars 2]
    python benchmarks/given.py dials [--bundle FILE] [--pieces 30] [--dial height]
    python benchmarks/given.py difficulty [--bundle FILE] [--pieces 30] [--levels 1 3]
    python benchmarks/given.py variants [--bundle FILE] [--pieces 6]

left: the first sixteen bars of rags that neither the built-in model nor the numbers of
`ragsmith.composer.harmonise` were made with, or of songs, whose melody is the voice alone.
Each gets left hands by four candidates of sixteen particles, and by sixteen candidates of one
particle each (the best of sixteen, without a plan of chords); taken is the one in which the melody
is the likeliest. Columns: nats a step under the model, of the left hand and of the right hand given
it; the share of half bars whose chord (`ragsmith.harmony.finder`) has the root and the triad of
that of the whole original; steps that two hands cannot play; melody notes that are not as they were
given.

bars: 2, 4 and 8 bars of rags, from bar 9 on, composed again: the best of sixteen candidates, and
one candidate of 8, 32 and 128 particles. Columns: nats a step of the two bars after the new ones,
over those in the original; how many are within 5 % of it or below; whether the join (the bar before
and the bar after) is inside the 5-95 % band of the rags' own pairs of bars; processor seconds.

dials: pieces of sixteen bars, each dial asked for low, middle and high. Columns: the values asked
for; the median (5-95 %) of what came out; what choosing the nearest of sixteen pieces without a
dial gives instead; the mean share of the other figures that lie inside their bands.

difficulty: pieces of sixteen bars at each level. Columns: the median (5-95 %) of what came out; the
share that has the level that was asked for; unplayable steps; nats a step under the model.

variants: the first sixteen bars of our own rags, four variants at each distance. Columns: median
(least-greatest) of the distance; mean shares of bars and of harmony kept; nats a step of the whole
variant over those of the original; unplayable steps beyond the original's; processor seconds.
"""

import argparse
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from statistics import mean, median
from typing import NamedTuple, cast
from unittest.mock import patch

import numpy as np

from ragsmith.bundle.bundle import Bundle, load_bundle
from ragsmith.composer import Composed, Wish, compose_all, fill
from ragsmith.composer.dials import CHORD_CHANGES, DIALS, NAMES, PLACES
from ragsmith.composer.harmonic_rhythm import rates_for
from ragsmith.composer.harmonise import chords_to
from ragsmith.composer.rules.playable import unplayable
from ragsmith.composer.variants import DISTANCES
from ragsmith.composer.variants import variants as variants_of
from ragsmith.composer.vary import Varied, bar_span, vary
from ragsmith.datasets import rags
from ragsmith.errors import UserError
from ragsmith.harmony.finder import chords_of
from ragsmith.io import read, read_report
from ragsmith.measure.difficulty import difficulty as difficulty_of_piece
from ragsmith.measure.difficulty import level_of
from ragsmith.measure.harmony import harmony_of, same_triad
from ragsmith.measure.portrait import Portrait, figures_of, outside
from ragsmith.models.base import Model
from ragsmith.models.mixture.memory import network_of
from ragsmith.models.writing import Kind, NoteModel
from ragsmith.originality.search import as_played
from ragsmith.piece import PIANO_KEYS, Hand, Piece
from ragsmith.shipped import shipped_model
from ragsmith.verbs import clip

RAGS = (
    *("cascades", "figleaf", "weepingwillow", "augustan", "cleopha", "combination", "favorite"),
    *("gladiolus", "nonpareil", "paragon"),
)
BARS = 16
FROM = 9
LENGTHS = (2, 4, 8)
SEED = 1
CHANGES = "chord_changes"
FIGURES = {name: steered.figure for name, steered in DIALS.items()} | {CHORD_CHANGES: CHANGES}


class Melody(NamedTuple):
    """A melody, and what it was taken from."""

    kind: str
    melody: Piece
    original: Piece


def rag_melodies(folder: Path) -> Iterator[Melody]:
    """The right hands of rags."""
    for name in RAGS:
        rag = opening(as_played(read(folder / f"{name}.krn", 4)))
        right = replace(rag, notes=tuple(n for n in rag.notes if n.hand is Hand.RIGHT))
        yield Melody("rags", right, rag)


def song_melodies(folder: Path) -> Iterator[Melody]:
    """The voices of songs that lie on sixteenths and sing in most bars."""
    for path in sorted(folder.glob("*.mxl")):
        try:
            reading, whole = read_report(path, 4, part="1"), read(path, 4, part="all")
        except UserError:
            continue
        bars = sum(bar.is_full for bar in reading.piece.bars)
        if reading.moved.share or bars < 2 * BARS or whole.steps != reading.piece.steps:
            continue
        voice = opening(reading.piece)
        sung = {n.onset // 4 for n in voice.notes}
        single = len({n.onset for n in voice.notes}) == len(voice.notes)
        if single and len(sung) > voice.steps // 8:
            notes = tuple(n._replace(hand=Hand.RIGHT) for n in voice.notes)
            yield Melody("songs", replace(voice, notes=notes), opening(whole))


def opening(piece: Piece, bars: int = BARS) -> Piece:
    """The first bars."""
    return clip(piece, 0, [bar for bar in piece.bars if bar.is_full][bars].start)


def hand_nats(model: Model, piece: Piece) -> tuple[float, float]:
    """Nats a step of the left hand, and of the right hand given the left one."""
    nats, step, number = [0.0, 0.0], -1, 0
    for choice in cast("NoteModel", network_of(model)).choices(piece):
        if choice.kind is Kind.NUMBER:
            in_left = choice.step != step or number < PIANO_KEYS
            step, number = choice.step, choice.made
            made = float(choice.log_p[number])
            if in_left and number >= PIANO_KEYS:
                leaving = float(np.logaddexp.reduce(choice.log_p[PIANO_KEYS:]))
                nats[0] -= leaving
                made -= leaving
            nats[number >= PIANO_KEYS] -= made
        else:
            nats[number >= PIANO_KEYS] -= float(choice.log_p[choice.made])
    return nats[0] / piece.steps, nats[1] / piece.steps


def agreement(piece: Piece, original: Piece) -> float:
    """Share of half bars with the original's chord."""
    pairs = zip(chords_of(piece), chords_of(original), strict=True)
    return mean([bool(one and same_triad(one, other)) for one, other in pairs if other])


def left_hand(bundle: Bundle, melody: Piece, particles: int, count: int) -> Varied:
    """The left hand of the best candidate; single particles have no plan."""
    seeds = range(SEED, SEED + count)
    plan = chords_to if particles > 1 else lambda *_: ()
    with patch.object(fill, "chords_to", plan):
        return vary(bundle, melody, None, Wish(), seeds=seeds, hand="left", particles=particles)[0]


def left(bundle: Bundle, melodies: list[Melody]) -> None:
    """Print one row for each way and kind of melody."""
    rows: dict[tuple[str, str], list[list[float]]] = {}
    for kind, melody, original in melodies:
        if kind == "rags":
            nats = hand_nats(bundle.model, original)
            rows.setdefault((kind, "as written"), []).append([*nats, 1.0, 0.0, 0.0, 0.0])
        for way, particles, count in (("best of 16", 1, 16), ("4 of 16 particles", 16, 4)):
            begun = time.process_time()
            piece = left_hand(bundle, melody, particles, count).composed.piece
            seconds = time.process_time() - begun
            changed = set(melody.notes) ^ {n for n in piece.notes if n.hand is Hand.RIGHT}
            wrong = len(unplayable(piece, bundle.profile.habits))
            figures = [agreement(piece, original), wrong, len(changed), seconds]
            rows.setdefault((kind, way), []).append([*hand_nats(bundle.model, piece), *figures])
            print(kind, way, [round(figure, 2) for figure in rows[kind, way][-1]], flush=True)
    print(
        "| melodies | left hand | n | left nats | right nats given it | chords agree | unplayable"
    )
    print("| changed | seconds |\n|---|---|---|---|---|---|---|---|---|")
    for (kind, way), values in rows.items():
        middle = [f"{mean(column):.2f}" for column in zip(*values, strict=True)]
        print(f"| {kind} | {way} | {len(values)} | {' | '.join(middle)} |")


def nats_between(nats: np.ndarray, piece: Piece, start: int, bars: int) -> float:
    """Mean nats a step of so many bars from a step on."""
    ends = [bar.start + bar.length for bar in piece.bars if bar.start >= start]
    return float(-np.mean(nats[start : ends[:bars][-1]]))


def bars(bundle: Bundle, rags: list[Piece], lengths: Sequence[int]) -> None:
    """Print one row for each length and way."""
    model = network_of(bundle.model)
    pairs = []
    for rag in rags:
        nats = model.log_likelihood(rag)
        pairs += [nats_between(nats, rag, bar.start, 2) for bar in rag.bars[:-2]]
    low, high = np.percentile(pairs, [5, 95])
    print("| bars | way | n | after, ours / original | within 5 % | join in the band | seconds |")
    print("|---|---|---|---|---|---|---|")
    for length in lengths:
        for particles, count in ((1, 16), (8, 1), (32, 1), (128, 1)):
            rows = [row for rag in rags if (row := one(bundle, rag, length, particles, count))]
            shares, joins, seconds = zip(*rows, strict=True)
            inside = mean(bool(low <= join <= high) for join in joins)
            way = "best of 16" if particles == 1 else f"{particles} particles"
            close = mean(share <= 1.05 for share in shares)
            print(
                f"| {length} | {way} | {len(rows)} | {median(shares):.3f} | {close:.0%} "
                f"| {inside:.0%} | {mean(seconds):.1f} |",
                flush=True,
            )


def one(
    bundle: Bundle, rag: Piece, length: int, particles: int, count: int
) -> tuple[float, float, float] | None:
    """(likelihood after, over the original's; nats of the join; seconds)."""
    model, span = network_of(bundle.model), bar_span(rag, FROM, FROM + length - 1)
    begun = time.process_time()
    seeds = range(SEED, SEED + count)
    try:
        best = vary(
            bundle, rag, (FROM, FROM + length - 1), Wish(), seeds=seeds, particles=particles
        )[0]
    except UserError:
        return None
    seconds = time.process_time() - begun
    piece = best.composed.piece
    nats, own = model.log_likelihood(piece), model.log_likelihood(rag)
    after = nats_between(nats, piece, span.stop, 2) / nats_between(own, rag, span.stop, 2)
    last = max(bar.start for bar in piece.bars if bar.start < span.stop)
    return after, nats_between(nats, piece, last, 2), seconds


def dials(bundle: Bundle, pieces: int, names: Sequence[str]) -> None:
    """Print one row for each dial."""
    portrait = bundle.profile.portrait
    assert portrait
    free = _figures(bundle, None, pieces)
    rest = mean(inside_bands(row, portrait, "") for row in free)
    print(f"Without dials {rest:.0%} of the figures lie inside their bands ({len(free)} pieces).\n")
    print("| dial | corpus | low | middle | high | chosen of 16 | others inside |")
    print("|---|---|---|---|---|---|---|")
    for name in names:
        figure = FIGURES[name]
        targets = targets_of(bundle, name)
        rows = [_figures(bundle, f"{name}={value}", pieces) for value in PLACES]
        cells = []
        for made in rows:
            low, middle, high = np.percentile([row[figure] for row in made], [5, 50, 95])
            cells.append(f"{middle:.2f} ({low:.2f}-{high:.2f})")
        inside = [
            f"{mean(inside_bands(row, portrait, figure) for row in made):.0%}" for made in rows
        ]
        chosen = [f"{_nearest(free, figure, target):.2f}" for target in targets]
        shown = " ".join(f"{target:.2f}" for target in targets)
        line = (name, shown, *cells, " ".join(chosen), " ".join(inside))
        print(f"| {' | '.join(line)} |", flush=True)


def _figures(bundle: Bundle, dial: str | None, pieces: int) -> list[dict[str, float]]:
    """The figures of pieces with a dial."""
    portrait = bundle.profile.portrait
    assert portrait
    outcomes = compose_all(bundle, Wish(bars=BARS, dials=dial), seeds=range(SEED, SEED + pieces))
    made = [outcome.piece for outcome in outcomes if isinstance(outcome, Composed)]
    return [
        figures_of(piece, portrait) | {CHANGES: harmony_of(piece).chord_changes or 0.0}
        for piece in made
    ]


def inside_bands(figures: Mapping[str, float], portrait: Portrait, but: str) -> float:
    """Share of the figures that lie inside their bands, but for one."""
    banded = {name: value for name, value in figures.items() if name in portrait.bands}
    banded.pop(but, None)
    return 1 - len(outside(banded, portrait)) / len(banded)


def _nearest(free: Sequence[Mapping[str, float]], figure: str, target: float) -> float:
    """The median of what choosing the nearest of sixteen pieces without a dial gives."""
    draw = np.random.default_rng(SEED)
    values = np.array([row[figure] for row in free])
    draws = [draw.choice(values, min(16, len(values)), replace=False) for _ in range(200)]
    return float(np.median([one[np.argmin(abs(one - target))] for one in draws]))


def targets_of(bundle: Bundle, name: str) -> list[float]:
    """What low, middle and high ask for, as the figure itself."""
    if name not in DIALS:
        return _rates(bundle)
    assert bundle.profile.portrait
    band = bundle.profile.portrait.bands[FIGURES[name]]
    return sorted(band, reverse=DIALS[name].negated)


def _rates(bundle: Bundle) -> list[float]:
    """What low, middle and high of the rate of harmony ask for."""
    outline = Piece((), ())
    texts = [f"{CHORD_CHANGES}={value}" for value in PLACES]
    return [rates_for(text, None, outline, bundle.profile)[""] for text in texts]


def difficulty(bundle: Bundle, pieces: int, levels: Sequence[int]) -> None:
    """Print one row for each level."""
    print("| asked | n | came out | at the level | unplayable | nats a step |")
    print("|---|---|---|---|---|---|")
    for level in levels:
        wish = Wish(bars=BARS, difficulty=level)
        outcomes = compose_all(bundle, wish, seeds=range(SEED, SEED + pieces))
        made = [outcome.piece for outcome in outcomes if isinstance(outcome, Composed)]
        figures = [difficulty_of_piece(piece) for piece in made]
        low, middle, high = np.percentile(figures, [5, 50, 95])
        share = mean(level_of(figure) == level for figure in figures)
        wrong = sum(len(unplayable(as_played(p), bundle.profile.habits)) for p in made)
        nats = mean(_nats(bundle.model, piece) for piece in made)
        cells = f"{middle:.1f} ({low:.1f}-{high:.1f}) | {share:.0%} | {wrong} | {nats:.2f}"
        print(f"| {level} | {len(made)} | {cells} |", flush=True)


def variants(bundle: Bundle, pieces: int) -> None:
    """Print one row for each distance."""
    print("| distance | n | came out | bars kept | harmony kept | nats | unplayable | seconds |")
    print("|---|---|---|---|---|---|---|---|")
    openings = [opening(as_played(rag)) for rag in rags()[:pieces]]
    for name in DISTANCES:
        begun, rows = time.process_time(), []
        for piece in openings:
            own, habits = _nats(bundle.model, piece), bundle.profile.habits
            wrong = len(unplayable(piece, habits))
            for made in variants_of(bundle, piece, seeds=range(SEED, SEED + 4), distance=name):
                new = made.composed.piece
                more = len(unplayable(new, habits)) - wrong
                nats = _nats(bundle.model, new) / own
                rows.append((made.distance, made.bars_kept, made.harmony_kept, nats, more))
        seconds = (time.process_time() - begun) / len(rows)
        far, bars, harmony, nats, more = zip(*rows, strict=True)
        shown = f"{median(far):.2f} ({min(far):.2f}-{max(far):.2f})"
        shares = f"{mean(bars):.0%} | {mean(harmony):.0%} | {mean(nats):.2f}"
        print(f"| {name} | {len(rows)} | {shown} | {shares} | {sum(more)} | {seconds:.1f} |")


def _nats(model: Model, piece: Piece) -> float:
    """Nats a step of a piece; steps that the model holds to be impossible left out."""
    nats = network_of(model).log_likelihood(piece)
    return float(-nats[np.isfinite(nats)].mean())


def main() -> None:
    """Measure one of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["left", "bars", "dials", "difficulty", "variants"])
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("songs", type=Path, nargs="?")
    parser.add_argument("--bundle", type=Path)
    parser.add_argument("--melodies", type=int, default=10)
    parser.add_argument("--rags", type=int, default=5)
    parser.add_argument("--pieces", type=int, default=30)
    parser.add_argument("--bars", type=int, nargs="+", default=LENGTHS)
    parser.add_argument("--levels", type=int, nargs="+", default=(1, 2, 3, 4, 5, 6, 7, 8, 9))
    parser.add_argument("--dial", nargs="+", default=NAMES)
    chosen = parser.parse_args()
    bundle = load_bundle(chosen.bundle) if chosen.bundle else shipped_model()
    if chosen.what == "dials":
        dials(bundle, chosen.pieces, chosen.dial)
    elif chosen.what == "difficulty":
        difficulty(bundle, chosen.pieces, chosen.levels)
    elif chosen.what == "variants":
        variants(bundle, chosen.pieces)
    elif chosen.what == "left":
        songs = [*islice(song_melodies(chosen.songs), chosen.melodies)] if chosen.songs else []
        rags = [*islice(rag_melodies(chosen.folder), chosen.melodies - len(songs))]
        left(bundle, [*rags, *songs])
    else:
        paths = [chosen.folder / f"{name}.krn" for name in RAGS[: chosen.rags]]
        openings = [opening(as_played(read(path, 4)), FROM + 2 * max(LENGTHS)) for path in paths]
        bars(bundle, openings, chosen.bars)


if __name__ == "__main__":
    main()
