"""How well the `markov` model predicts held-out rags, and what each of its parts is worth.

    python benchmarks/markov_joplin.py FOLDER SPLIT.json

FOLDER holds MIDI files; SPLIT.json names, without suffix, those of "train", "valid" and "test".
Likelihood as `ragsmith.measure.likelihood` defines it, on the grid of sixteenths. Orders and
variants are compared on "valid" alone; "test" is measured with the defaults, with and without
memory. Takes about five minutes.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from ragsmith.io import read
from ragsmith.measure.likelihood import pooled, score
from ragsmith.models.markov import counts
from ragsmith.models.markov import model as markov
from ragsmith.models.markov.config import MarkovConfig
from ragsmith.models.markov.learner import MarkovLearner
from ragsmith.models.markov.model import Markov
from ragsmith.models.markov.tokens import WIDTH
from ragsmith.piece import Piece

Change = Callable[[], AbstractContextManager[object]]


def witten_bell(
    corpus: NDArray[np.intp], piece: NDArray[np.intp], possible: slice
) -> NDArray[np.float64]:
    """PPM's method C, of the corpus alone: p_k = (c_k + t_k p_{k-1}) / (n_k + t_k)."""
    choices = possible.stop - possible.start
    blended = np.full(choices, 1 / choices)
    for seen in corpus[:, possible]:
        kinds = np.count_nonzero(seen)
        blended = (seen + kinds * blended) / (seen.sum() + kinds) if kinds else blended
    return blended


def plain_counts(model: Markov) -> AbstractContextManager[object]:
    """Count occurrences instead of different longer contexts."""
    stack = ExitStack()
    for table in model._tables:
        stack.enter_context(patch.object(table, "shared", np.zeros_like(table.shared)))
        stack.enter_context(patch.object(table, "_kept", {}))
    return stack


def cells_of(model: Markov, pieces: Sequence[Piece]) -> str:
    """Nats per step and bits per beat."""
    total = pooled([score(model, piece) for piece in pieces])
    return f"{total.nats_per_step:8.3f}{total.bits_per_beat:8.2f}"


def variants(model: Markov) -> dict[str, tuple[Change, ...]]:
    """The model with a part left out or changed."""
    stream = partial(patch.object, markov, "WEIGHTS", (1.0, 0.0))
    aligned = partial(patch.object, markov, "WEIGHTS", (0.0, 1.0))
    weak = partial(patch.object, counts, "STRENGTH", np.full_like(counts.STRENGTH, 1e-9))
    plain = partial(plain_counts, model)
    method_c = partial(patch.object, markov, "blend", witten_bell)
    return {
        "as it is": (),
        "the stream backwards alone": (stream,),
        "the bar-aligned context alone": (aligned,),
        "discounts without strength": (weak,),
        "plain counts of the corpus": (plain,),
        "Witten-Bell, stream alone": (method_c, plain, stream),
    }


def print_variants(model: Markov, pieces: Sequence[Piece]) -> None:
    """A row per variant and order, with and without memory where it makes a difference."""
    print(f"\n{'variant, on valid':<32}{'order':>6}{'memory':>8}{'nats':>8}{'bits':>8}")
    for name, changes in variants(model).items():
        orders = (4, 6, 12) if "Witten" in name else (WIDTH,)
        for order in orders:
            for memory in (False,) if "Witten" in name else (True, False):
                model.config = replace(model.config, order=order, memory=memory)
                with ExitStack() as stack:
                    for change in changes:
                        stack.enter_context(change())
                    row = cells_of(model, pieces)
                print(f"{name:<32}{order:>6}{'yes' if memory else 'no':>8}{row}", flush=True)


def print_orders(model: Markov, pieces: Sequence[Piece]) -> None:
    """A row per order."""
    print(
        f"\n{'order, on valid':<16}{'with memory':>16}{'without':>16}   (nats a step, bits a beat)"
    )
    for order in range(WIDTH + 1):
        cells = ""
        for memory in (True, False):
            model.config = replace(model.config, order=order, memory=memory)
            cells += cells_of(model, pieces)
        print(f"{order:<16}{cells}", flush=True)


def main(folder: Path, split: Path) -> None:
    """Print the summary and the two tables."""
    names = json.loads(split.read_text(encoding="utf-8"))
    parts = {part: [read(folder / f"{n}.mid", 4) for n in names[part]] for part in names}
    begun = time.perf_counter()
    model = MarkovLearner(MarkovConfig(), parts["train"]).model()
    seconds = time.perf_counter() - begun
    stored = sum(array.nbytes for array in model.arrays().values())
    print(f"learnt {len(parts['train'])} pieces in {seconds:.1f} s; {stored} bytes to store")
    for memory in (True, False):
        model.config = replace(model.config, memory=memory)
        for part in ("valid", "test"):
            begun = time.perf_counter()
            row = cells_of(model, parts[part])
            seconds = (time.perf_counter() - begun) / len(parts[part])
            kind = "memory" if memory else "no memory"
            print(f"{part:<8}{kind:<12}{row}   {seconds:.2f} s a piece", flush=True)
    one_key = MarkovLearner(MarkovConfig(transpositions=False), parts["train"]).model()
    print(f"valid, learnt in its own keys only{cells_of(one_key, parts['valid'])}")
    print_variants(model, parts["valid"])
    print_orders(model, parts["valid"])


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
