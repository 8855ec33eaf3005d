"""Exact likelihoods on the piano-roll benchmarks of Boulanger-Lewandowski et al. (ICML 2012).

    python benchmarks/polyphonic.py FILE.mat [--model stride] [--minutes 30] [--set NAME=VALUE ...]

FILE.mat is JSB Chorales, Nottingham, MuseData or Piano-midi.de as cell arrays `traindata`,
`validdata` and `testdata` of (frames, 88) rolls. Every frame is a step, every key of it a note of
one step; `stride` gets no metre but the frames counted in bars of 4 (JSB) or 8. Nats per frame,
pooled over frames, the first frame included, all 88 keys jointly: the product code measures, as
`ragsmith evaluate` does. `in twelve keys` is a mixture: a frame's probability is the mean of those
that the model gives it when the whole piece is transposed by -5 to 6 semitones; what would leave
the keyboard counts as 0, so no mass is won. `stride` is measured alone and with its memory
(`ragsmith.models.mixture`), the powers of the two chosen on `validdata`; `--set memory=false`
learns without. `--model multihot` is the control: an LSTM whose keys are independent within a
frame. Needs scipy.
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.io import loadmat

from ragsmith.measure import Score, pooled, score
from ragsmith.models.base import Model
from ragsmith.models.mixture.memory import RememberingStride
from ragsmith.models.mixture.product import pooled as pooled_log_p
from ragsmith.models.registry import config_for
from ragsmith.models.writing import Kind
from ragsmith.piece import LOWEST_PITCH, Metre, Note, Piece, regular_bars
from ragsmith.training.checkpoint import Epoch
from ragsmith.training.loop import Event, Plan, teach
from ragsmith.verbs import transpose

GRID = 2
BAR_FRAMES = {"JSB_Chorales": Metre(2, 4)}
SEMITONES = range(-5, 7)
POWERS = ((1.0, 0.0), (0.9, 0.1), (0.8, 0.2), (0.7, 0.3), (0.63, 0.44), (0.8, 0.4), (0.5, 0.5))
"""Of network and memory, to choose from."""
SETTINGS = {
    "stride": {"hands": 1, "longest": 0, "horizons": 0.0},
    "multihot": {"hidden": 256, "steps_per_quarter": GRID},
}


def piece_of(roll: NDArray[np.uint8], metre: Metre) -> Piece:
    """A roll of frames as a piece whose notes last one step each."""
    bars = regular_bars(len(roll), [(0, metre)], GRID)
    last = bars[-1]._replace(length=len(roll) - bars[-1].start)
    notes = (Note(int(t), int(key) + LOWEST_PITCH, 1) for t, key in np.argwhere(roll))
    return Piece(tuple(notes), (*bars[:-1], last), steps_per_quarter=GRID)


def in_twelve_keys(model: Model, piece: Piece) -> Score:
    """The likelihood of the mixture."""
    by_key = [model.log_likelihood(transpose(piece, semitones)) for semitones in SEMITONES]
    mixed = np.logaddexp.reduce(by_key) - np.log(len(by_key))
    return Score(-float(mixed.sum()), piece.steps, 0, piece.steps_per_quarter)


def measured(model: Model, pieces: Sequence[Piece]) -> str:
    """Nats a frame, and how many frames it holds to be impossible."""
    total = pooled([score(model, piece) for piece in pieces])
    return f"{total.nats_per_step:.3f} nats a frame ({total.impossible_share:.2%} impossible)"


def with_best_power(model: RememberingStride, valid: Sequence[Piece]) -> RememberingStride:
    """Network and memory together, under those of `POWERS` that are best on the validation pieces.

    Every frame lasts as long, so that there are no durations to choose.
    """
    nats = np.zeros(len(POWERS))
    for piece in valid:
        for one, other in zip(
            model.network.choices(piece), model.memory.choices(piece), strict=True
        ):
            if one.kind is Kind.NUMBER:
                both = [one.log_p, other.log_p]
                nats -= [pooled_log_p(both, np.array(p))[one.made] for p in POWERS]
    steps = sum(piece.steps for piece in valid)
    for powers, total in zip(POWERS, nats, strict=True):
        print(f"powers {powers}: valid {total / steps:.3f}", flush=True)
    best = np.array(POWERS[int(np.argmin(nats))])
    return RememberingStride(model.network, model.memory, np.stack([best, best]))


def report(event: Event, began: float) -> None:
    """A line for every epoch."""
    if isinstance(event, Epoch):
        print(f"{event.number:4} {time.monotonic() - began:6.0f} s  {event.training:.3f}  "
              f"{event.held_out:.3f}", flush=True)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--model", default="stride", choices=sorted(SETTINGS))
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--epochs", type=int, default=10_000)
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--checkpoint", type=Path)
    chosen = parser.parse_args()
    rolls = loadmat(chosen.file)
    metre = BAR_FRAMES.get(chosen.file.stem, Metre(4, 4))
    train, valid, test = (
        [piece_of(roll, metre) for roll in rolls[f"{part}data"][0]]
        for part in ("train", "valid", "test")
    )
    settings = SETTINGS[chosen.model] | {
        name: json.loads(value) if value[0] in "0123456789tf." else value
        for name, value in (text.split("=") for text in chosen.set)
    }
    config = replace(config_for(chosen.model, {}), steps_per_quarter=GRID)
    config = replace(config, **settings)
    print(config)
    began = time.monotonic()
    plan = Plan(minutes=chosen.minutes, epochs=chosen.epochs, patience=0)
    learnt = teach(
        chosen.model, config, train, valid, plan,
        checkpoint=chosen.checkpoint, resume=bool(chosen.checkpoint and chosen.checkpoint.exists()),
        on_event=lambda event: report(event, began),
    )  # fmt: skip
    model, test_of = learnt.model, partial(measured, pieces=test)
    if isinstance(model, RememberingStride):
        print(f"network alone: test {test_of(model.network)}")
        model = with_best_power(model, valid)
    print(f"valid {measured(model, valid)}, test {test_of(model)}")
    if chosen.model == "stride":
        in_keys = pooled([in_twelve_keys(model, piece) for piece in test])
        print(f"in twelve keys: test {in_keys.nats_per_step:.3f} nats a frame")
    minutes = (time.monotonic() - began) / 60
    print(
        f"{chosen.file.stem} {chosen.model}: best after epoch {learnt.best.number} of "
        f"{len(learnt.epochs)}; {learnt.model.parameters:,} parameters, {minutes:.1f} minutes"
    )


if __name__ == "__main__":
    main()
