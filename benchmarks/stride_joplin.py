"""Every model on the rags of SPLIT.json, and `stride` with a part left out or less to learn from.

    python benchmarks/stride_joplin.py FOLDER SPLIT.json VARIANT ... [--epochs N] [--save DIR]

Each variant learns the "train" files of FOLDER (kern), keeps the epoch that is best on "valid",
and is measured on "test": nats per grid step and bits per beat, pooled, the first step included;
as a table row. Variants of models: stride, context-dropout (stride with other dropout), markov,
markov-without-memory, multihot, element. Parts left out of stride: no-transposition, no-lookback,
no-context, no-metre, no-key, half-corpus. How much to learn from: 1-rag, 5-rags, 15-rags; for how
long: 1-minute, 3-minutes, 10-minutes.
"""

import argparse
import json
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from ragsmith.bundle.bundle import Bundle, save_bundle
from ragsmith.io import read
from ragsmith.measure import pooled, score
from ragsmith.models.registry import config_for
from ragsmith.models.stride import batches, encoding, formulas, inputs, model
from ragsmith.models.stride.encoding import PLACES, STEP_LAGS
from ragsmith.piece import Piece
from ragsmith.training import Plan, teach

Patch = Callable[[], AbstractContextManager[Any]]
FAR = slice(len(STEP_LAGS), -2)
"""The rolls of the same place bars ago, and those of echoes and votes."""


def without_lookback() -> AbstractContextManager[Any]:
    """Steps up to four ago and what sounds, no bars ago and no echoes."""

    def near(*args: Any) -> inputs.Inputs:
        seen = inputs.inputs_at(*args)
        seen.keyboard[:, :, FAR] = 0
        seen.features[:, PLACES + inputs.SINCE_START_BARS : -1] = 0
        return seen

    return both("inputs_at", near)


def without_metre() -> AbstractContextManager[Any]:
    """Neither place in the bar nor metre nor place in the phrase; bars remain for looking back."""

    def blank(piece: Piece) -> Any:
        return np.zeros((piece.steps, PLACES), np.uint8)

    return patch.object(encoding, "_places", blank)


def without_context() -> AbstractContextManager[Any]:
    """What the keyboard network hears is silence: notes know only their own keys."""

    def deaf(rolls: Any, matrix: Any, xp: Any) -> Any:
        return xp.zeros((len(rolls), rolls.shape[2], matrix.shape[1] // formulas.BLOCK))

    return patch.object(formulas, "_over_keyboard", deaf)


def without_key() -> AbstractContextManager[Any]:
    """No key signature is known."""

    def unknown(piece: Piece) -> Any:
        return np.full(piece.steps, -1, np.int8)

    return patch.object(encoding, "_tonics", unknown)


def both(name: str, value: Any) -> AbstractContextManager[Any]:
    """A patch of what the learner and the model both use."""
    stack = ExitStack()
    for module in (batches, model):
        stack.enter_context(patch.object(module, name, value))
    return stack


LEFT_OUT: dict[str, Patch] = {
    "no-transposition": partial(patch.object, batches, "SEMITONES", range(1)),
    "no-lookback": without_lookback,
    "no-context": without_context,
    "no-metre": without_metre,
    "no-key": without_key,
}
RAGS = {"1-rag": 1, "5-rags": 5, "15-rags": 15, "half-corpus": 15}
MINUTES = {"1-minute": 1.0, "3-minutes": 3.0, "10-minutes": 10.0}
MODELS: dict[str, tuple[str, dict[str, Any]]] = {
    "markov": ("markov", {}),
    "markov-without-memory": ("markov", {"memory": False}),
    "context-dropout": ("stride", {"dropout": 0.35, "context_dropout": 0.5}),
    "multihot": ("multihot", {}),
    "element": ("element", {}),
}


def row(variant: str, pieces: dict[str, list[Piece]], epochs: int | None, save: Path | None) -> str:
    """Learn and measure one variant."""
    name, settings = MODELS.get(variant, ("stride", {}))
    minutes = MINUTES.get(variant, 4.0 if name in ("multihot", "element") else None)
    plan = Plan(minutes=minutes, epochs=epochs if name == "stride" else None, patience=0)
    training = pieces["train"]
    if variant in RAGS:
        order = np.random.default_rng(0).permutation(len(training))
        training = [training[i] for i in sorted(order[: RAGS[variant]])]
    began = time.monotonic()
    with LEFT_OUT.get(variant, nullcontext)():
        learnt = teach(name, config_for(name, settings), training, pieces["valid"], plan)
        seconds = time.monotonic() - began
        scores = {k: pooled([score(learnt.model, p) for p in pieces[k]]) for k in ("valid", "test")}
    if save:
        save.mkdir(parents=True, exist_ok=True)
        save_bundle(Bundle(learnt.model), save / f"{variant}.ragsmith")
    test = scores["test"]
    return (
        f"| {variant} | {len(training)} | {learnt.model.parameters:,} | {seconds / 60:.1f} | "
        f"{learnt.best.number} | {scores['valid'].nats_per_step:.3f} | {test.nats_per_step:.3f} | "
        f"{test.bits_per_beat:.2f} | {test.impossible_share:.1%} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("split", type=Path)
    parser.add_argument("variants", nargs="+")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--save", type=Path)
    chosen = parser.parse_args()
    names = json.loads(chosen.split.read_text())
    suffix = {p.stem: p for p in chosen.folder.iterdir()}
    pieces = {k: [read(suffix[n], 4) for n in sorted(names[k])] for k in names}
    print("| variant | rags | parameters | minutes | best epoch | valid | test | bits a beat | "
          "impossible |\n|---|---|---|---|---|---|---|---|---|", flush=True)  # fmt: skip
    for variant in chosen.variants:
        print(row(variant, pieces, chosen.epochs, chosen.save), flush=True)


if __name__ == "__main__":
    main()
