"""The settings of `stride`: frozen, checked, and loaded without Keras."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ragsmith.errors import BadOption
from ragsmith.models.limits import check_settings

__all__ = ["SIZES", "StrideConfig"]

SIZES = {"small": (128, 96, 16), "medium": (256, 192, 16), "large": (384, 256, 24)}
"""hidden, note_hidden and channels of each size."""
FEW_STEPS, MANY_STEPS = 5_000, 150_000
"""Fewer steps (six rags) are for the small size, more (two hundred) for the large."""
SHAPE = ("steps_per_quarter", "size", "hands", "longest")
"""The settings that a model shares with the base that it begins from."""
ADAPTING: dict[str, Any] = {
    "dropout": 0.25,
    "context_dropout": 0.25,
    "weight_decay": 0.3,
    "batch": 16,
    "epochs": 10,
    "harmony": True,
}
CORPORA = [1_200, 5_500, 11_000, 26_000]
"""Steps of one rag, of five, of eleven and of 29."""
ADAPTING_RATES, ADAPTING_BATCHES = [0.0005, 0.001, 0.0015, 0.002], [20, 150, 240, 300]
"""The learning rate, and the batches in all, that serve each of these best."""


@dataclass(frozen=True, slots=True)
class StrideConfig:
    """What the network is, and how it learns.

    Attributes:
        steps_per_quarter: the grid.
        size: "small", "medium" or "large".
        longest: longest duration in quarters, longer notes count as this long; 0: every note lasts
            one step, as in a piano roll of frames.
        hands: 2 keeps the hands apart, the left written first; 1 is one range of 88 keys.
        dropout: share of activations dropped while learning.
        context_dropout: share of the keyboard context's channels dropped, for every token others.
        learning_rate, weight_decay: AdamW's; the rate warms up, then falls along a cosine.
        averaging: share of the averaged weights kept at each step; they are what is measured.
        horizons: share of training sequences whose past is hidden up to a bar near their
            beginning, as at the beginning of a piece: without it a piece cannot start by itself.
        blanks: share of training sequences without key, and of those without phrase: both may be
            unknown when it composes.
        deaf: share of the rolls of a training sequence that are blanked.
        harmony: whether it can be told the chords of a piece.
        chordless: share of training sequences without chords, which may be unknown.
        sequence_length, batch: steps in a training sequence, sequences in a batch.
        epochs: passes over the training works.
        epoch_batches: batches in an epoch; 0 takes as many as hold the training works' steps, 48 at
            least.
        memory: remember the pieces themselves, too (`ragsmith.models.mixture.memory`).
    """

    steps_per_quarter: int = 4
    size: str = "medium"
    hands: int = 2
    longest: int = 8
    dropout: float = 0.5
    context_dropout: float = 0.0
    learning_rate: float = 0.003
    weight_decay: float = 0.3
    averaging: float = 0.99
    horizons: float = 0.5
    blanks: float = 0.3
    deaf: float = 0.1
    harmony: bool = False
    chordless: float = 0.5
    sequence_length: int = 128
    batch: int = 16
    epochs: int = 20
    epoch_batches: int = 0
    memory: bool = True

    def __post_init__(self) -> None:
        if self.size not in SIZES:
            raise BadOption(f"size {self.size}", "does not exist", f"choose {', '.join(SIZES)}")
        limits = {
            "hands": (1, 2),
            "longest": (0, 10),
            "dropout": (0, 0.95),
            "context_dropout": (0, 0.95),
            "learning_rate": (1e-8, 1),
            "weight_decay": (0, 1),
            "averaging": (0, 0.99999),
            "horizons": (0, 1),
            "blanks": (0, 1),
            "deaf": (0, 1),
            "chordless": (0, 1),
            "sequence_length": (8, 4096),
            "batch": (1, 4096),
            "epochs": (1, 1_000_000),
            "epoch_batches": (0, 1_000_000),
        }
        check_settings(self, limits)

    @staticmethod
    def suited_to(steps: int) -> dict[str, Any]:
        """The size and dropout that served best on a corpus of so many steps."""
        if steps < FEW_STEPS:
            return {"size": "small"}
        if steps > MANY_STEPS:
            return {"size": "large", "dropout": 0.3}
        return {}

    def adapted_to(self, steps: int) -> dict[str, Any]:
        """The settings with which a model that begins from a base, whose config this is, served
        best on a corpus of so many steps."""
        size = np.log(max(steps, 1))
        rate = float(np.interp(size, np.log(CORPORA), ADAPTING_RATES))
        batches = float(np.interp(size, np.log(CORPORA), ADAPTING_BATCHES))
        by_size = {
            "learning_rate": round(rate, 5),
            "epoch_batches": max(1, round(batches / ADAPTING["epochs"])),
        }
        return self.shape | ADAPTING | by_size

    @property
    def shape(self) -> dict[str, Any]:
        """The settings that decide how many weights there are and what they mean."""
        return {name: getattr(self, name) for name in SHAPE}

    @property
    def hidden(self) -> int:
        """Units of each layer of the time LSTM."""
        return SIZES[self.size][0]

    @property
    def note_hidden(self) -> int:
        """Units of each layer of the note network."""
        return SIZES[self.size][1]

    @property
    def channels(self) -> int:
        """Channels of the keyboard context."""
        return SIZES[self.size][2]

    @property
    def longest_steps(self) -> int:
        """The longest duration in steps."""
        return max(1, self.longest * self.steps_per_quarter)
