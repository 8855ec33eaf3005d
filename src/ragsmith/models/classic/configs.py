"""The settings of the classic models: frozen, checked, and loaded without Keras.

The write-up's globals are fields here: OFFSET_STEP is 1 / `steps_per_quarter` of a quarter note,
SEQ_LENGTH is `sequence_length`, HIDDEN_SIZE is `hidden`, NB_EPOCHS is `epochs`.
"""

from __future__ import annotations

from dataclasses import dataclass

from ragsmith.errors import BadOption
from ragsmith.models.limits import check_settings

__all__ = ["ClassicConfig", "ElementConfig", "ManyToOneConfig", "MultihotConfig"]

UNIT_WORK = 1 << 17
"""What a step of a layer costs beside its multiplications, as so many of them."""
MOST_WORK = 1 << 29
"""Multiplications of a layer for one step; the default has 223 million, a quarter of a second."""


@dataclass(frozen=True, slots=True)
class ClassicConfig:
    """What the three classic networks share; the defaults are the write-up's.

    Attributes:
        steps_per_quarter: the grid; 4 is a step of 0.25 quarters.
        sequence_length: steps in a training sequence.
        hidden: units of an LSTM layer.
        dropout: share of activations dropped between layers while learning.
        learning_rate, beta_1, beta_2: Adam's.
        decay: the rate is learning_rate / (1 + decay * batches done).
        batch: sequences in a batch.
        epochs: passes over the sequences, unless early stop or a time budget ends them sooner.
        sequences: 0 cuts all overlapping sequences; a number draws that many at random, once.
    """

    steps_per_quarter: int = 4
    sequence_length: int = 16
    hidden: int = 64
    dropout: float = 0.0
    learning_rate: float = 0.01
    beta_1: float = 0.9
    beta_2: float = 0.999
    decay: float = 0.01
    batch: int = 64
    epochs: int = 200
    sequences: int = 0

    def __post_init__(self) -> None:
        limits = {
            "sequence_length": (1, 4096),
            "hidden": (1, 8192),
            "dropout": (0.0, 0.95),
            "learning_rate": (1e-8, 10.0),
            "beta_1": (0.0, 0.9999),
            "beta_2": (0.0, 0.999999),
            "decay": (0.0, 10.0),
            "batch": (1, 65536),
            "epochs": (1, 1_000_000),
            "sequences": (0, 100_000_000),
        }
        check_settings(self, limits)


@dataclass(frozen=True, slots=True)
class ElementConfig(ClassicConfig):
    """One category per distinct set of notes, many-to-many (after Ng)."""


@dataclass(frozen=True, slots=True)
class ManyToOneConfig(ClassicConfig):
    """Three stacked LSTM predict the element after a long sequence (after Skúli)."""

    sequence_length: int = 100
    hidden: int = 512
    dropout: float = 0.3
    learning_rate: float = 0.001
    decay: float = 0.0

    def __post_init__(self) -> None:
        ClassicConfig.__post_init__(self)
        work = self.sequence_length * (8 * self.hidden**2 + UNIT_WORK)
        if work > MOST_WORK:
            raise BadOption(
                f"sequence_length {self.sequence_length} with hidden {self.hidden}",
                "would take too long for every step: it reads so many steps again for each",
                f"the defaults are {type(self)().sequence_length} and {type(self)().hidden}",
            )


@dataclass(frozen=True, slots=True)
class MultihotConfig(ClassicConfig):
    """One bit per note instead of one category per set: the idea that the write-up leaves open."""
