"""The rags that come with the package: composed by the built-in model, each the best of many.

    python benchmarks/own_corpus.py FOLDER

For every title sixteen candidates are composed side by side, under all rules and the check on
originality, and the one is kept that `ragsmith.composer.ranking.rank_composed` puts first. It is
written as a MIDI file, its repeats played, with its recipe: `ragsmith compose --like FILE` composes
the same notes again. The title is no part of a recipe; it is given afterwards. What else is in the
FOLDER stays there. `src/ragsmith/shipped/rags/midi` holds what this wrote.

The table: bars as they are played; the longest runs shared with Joplin, that is with the index
that the model carries, in beats ("-": none longer than one); strain ends that close; the penalty of
the ranking, and its median over the candidates. Penalties compare in one metre and form only.
"""

import argparse
import re
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import NamedTuple

from ragsmith.bundle.bundle import Bundle
from ragsmith.composer import Composed, Wish, compose_all
from ragsmith.composer.ranking import rank_composed
from ragsmith.io import write
from ragsmith.measure.cadence import endings_of
from ragsmith.originality.runs import Run
from ragsmith.piece import Metre
from ragsmith.playing_order import unfold
from ragsmith.shipped import shipped_model

CANDIDATES = 16
DUPLE, COMMON, JIG, WALTZ = Metre(2, 4), Metre(4, 4), Metre(6, 8), Metre(3, 4)
SHORT_RAG = "Intro A(8)A(8)B(8)B(8)A(8)C(8)C(8)D(8)D(8)"
TWO_STEP = "Intro A(8)A(8)B(8)B(8)C(8)C(8) DC Coda"


class Order(NamedTuple):
    """What is ordered: a title, and the wish."""

    title: str
    form: str
    key: str
    tempo: int
    metre: Metre = DUPLE


ORDERS = (
    Order("Marbles on the Stair", "Intro AABBA", "Bb", 84),
    Order("The Postmaster's Parrot", "AABBCC", "C", 80),
    Order("Fourteen Lemons", SHORT_RAG, "Eb", 88),
    Order("Mrs. Abernathy's Hat", "Intro AABB C(8)C(8) A Coda", "F", 76),
    Order("Cinders and Lace", "Intro AABBCC", "Ab", 72),
    Order("Two Cents Change", TWO_STEP, "G", 92),
    Order("Kerosene Moon", "AABB", "Db", 66),
    Order("The Barber's Second Chair", "Intro AABB A C(8)C(8)", "C", 84),
    Order("Saturday's Clean Collar", "AABBA", "D", 88),
    Order("Low Water at Noon", "Intro AABB Coda", "Ab", 69),
    Order("The Goose Crossed First", SHORT_RAG, "F", 96),
    Order("Button Jar Two-Step", "Intro AABB C(8)C(8)", "Bb", 100, JIG),
    Order("The Iceman's Apprentice", "Intro AABBCC", "G", 84),
    Order("Rain Barrel Waltz", "Intro AABBA", "Eb", 108, WALTZ),
    Order("The Wooden Horse's Holiday", "AAB A C(8)C(8) Coda", "A", 88),
    Order("Boardwalk Barometer", "Intro AABBA", "Eb", 92),
    Order("Sawdust and Silk", SHORT_RAG, "C", 120, COMMON),
    Order("Last Call for Luggage", TWO_STEP, "Bb", 96),
    Order("Awning Weather", "AABBA", "F", 72),
    Order("The Telegraph Boy's Day Off", "Intro AABB C(8)C(8) DC", "D", 88),
    Order("The Ferryman's Umbrella", "Intro AABB", "Eb", 96, JIG),
    Order("Streetcar to Elsewhere", "Intro ABAC A Coda", "Ab", 76),
    Order("Persimmon Preserves", TWO_STEP, "Bb", 132, COMMON),
    Order("A Ladder for the Moon", "AABB C(8)C(8)", "G", 96, WALTZ),
)


def main(folder: Path) -> None:
    """Composes on all cores, writes, and prints the table as it grows."""
    folder.mkdir(parents=True, exist_ok=True)
    print("| title | form | key | metre | bars | texture | melody | closes | penalty | median |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for line in pool.map(partial(compose_one, folder), range(1, len(ORDERS) + 1), ORDERS):
            print(line, flush=True)


def compose_one(folder: Path, number: int, order: Order) -> str:
    """Composes one of the rags and writes it; its line of the table."""
    bundle = shipped_model()
    best, penalties = best_of(bundle, order, range(100 * number, 100 * number + CANDIDATES))
    write(replace(best.piece, title=order.title), folder / file_name(number, order.title))
    return row(order, best, penalties)


def best_of(bundle: Bundle, order: Order, seeds: range) -> tuple[Composed, list[float]]:
    """The best candidate, and the penalties of all that came to an end, the best first."""
    wish = Wish(form=order.form, key=order.key, metre=order.metre, tempo=order.tempo)
    outcomes = compose_all(bundle, wish, seeds=seeds)
    composed = [outcome for outcome in outcomes if isinstance(outcome, Composed)]
    ranks = rank_composed(bundle.profile, composed, wish.limits)
    return composed[ranks[0].number], [rank.penalty for rank in ranks]


def file_name(number: int, title: str) -> str:
    """Its number, and its title in small plain letters."""
    plain = re.sub("[^a-z0-9]+", "-", title.lower().replace("'", ""))
    return f"rag-{number:02}-{plain.strip('-')}.mid"


def row(order: Order, best: Composed, penalties: list[float]) -> str:
    """A line of the table."""
    assert best.originality is not None
    texture, melody = map(beats, best.originality)
    endings = endings_of(best.piece)
    closes = f"{sum(ending.closes for ending in endings)} of {len(endings)}"
    cells = (
        order.title,
        order.form,
        order.key,
        f"{order.metre.beats}/{order.metre.unit}",
        len(unfold(best.piece).bars),
        texture,
        melody,
        closes,
        f"{penalties[0]:.2f}",
        f"{median(penalties):.2f}",
    )
    return f"| {' | '.join(map(str, cells))} |"


def beats(run: Run | None) -> str:
    """The length of a run."""
    return f"{float(run.beats):g}" if run else "-"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    main(parser.parse_args().folder)
