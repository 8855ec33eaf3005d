"""Exact likelihoods on the piano-roll benchmarks of Boulanger-Lewandowski et al. (ICML 2012).

    python benchmarks/polyphonic.py FILE.mat [--model stride] [--minutes 30] [--set NAME=VALUE ...]

FILE.mat is JSB Chorales, Nottingham, MuseData or Piano-midi.de as cell arrays `traindata`,
`validdata` and `testdata` of (frames, 88) rolls. Every frame is a step, every key of it a note of
one step; `stride` gets no metre but the frames counted in bars of 4 (JSB) or 8. Nats per frame,
pooled over frames, the first frame included, all 88 keys jointly: the product code measures, as
`ragsmith evaluate` does. `in twelve keys` is a mixture: a frame's probability is the mean of those
that the model gives it when the whole piece is transposed by -5 to 6 semitones; what would leave
the keyboard counts as 0, so no mass is won. `--model multihot` is the control: an LSTM whose keys
are independent within a frame. Needs scipy.
"""

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.io import loadmat

from ragsmith.measure import Score, pooled, score
from ragsmith.models.registry import Model, config_for
from ragsmith.piece import LOWEST_PITCH, Metre, Note, Piece, regular_bars
from ragsmith.training.checkpoint import Epoch
from ragsmith.training.loop import Event, Plan, teach
from ragsmith.verbs import transpose

GRID = 2
BAR_FRAMES = {"JSB_Chorales": Metre(2, 4)}
SEMITONES = range(-5, 7)
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
    test_score = pooled([score(learnt.model, piece) for piece in test])
    if chosen.model == "stride":
        in_keys = pooled([in_twelve_keys(learnt.model, piece) for piece in test])
        print(f"in twelve keys: test {in_keys.nats_per_step:.3f} nats a frame")
    minutes = (time.monotonic() - began) / 60
    print(
        f"{chosen.file.stem} {chosen.model}: test {test_score.nats_per_step:.3f} nats a frame, "
        f"{test_score.impossible_share:.2%} of frames impossible; valid {learnt.best.held_out:.3f} "
        f"after epoch {learnt.best.number} of {len(learnt.epochs)}; "
        f"{learnt.model.parameters:,} parameters, {minutes:.1f} minutes"
    )


if __name__ == "__main__":
    main()
