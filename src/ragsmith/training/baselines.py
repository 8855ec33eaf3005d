"""What a model is measured against: counting, and notes drawn at random.

Both are taught the works that the model learns from, and measured on the works that it is measured
on, in nats per step (`ragsmith.measure.likelihood`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ragsmith.measure.likelihood import pooled, score
from ragsmith.models.markov.model import as_many_as_fit
from ragsmith.models.registry import config_for, learner_for
from ragsmith.piece import Piece, to_roll

__all__ = ["MOST_COUNTED", "counting_nats", "drawn_nats"]

MOST_COUNTED = 100
"""Works that the baselines are taught; they need no more."""
LONGEST = 255
"""Steps of the longest duration that is told from others, as in `ragsmith.piece.Roll`."""


def counting_nats(training: Sequence[Piece], held_out: Sequence[Piece], grid: int) -> float:
    """Nats per step of `markov`, which only counts."""
    config = config_for("markov", {"steps_per_quarter": grid})
    counted = list(as_many_as_fit(training[:MOST_COUNTED]))
    learner = learner_for("markov", config, counted, 0)
    for _ in learner.epoch(0):
        pass
    counting = learner.model()
    return pooled([score(counting, piece) for piece in held_out]).nats_per_step


def drawn_nats(training: Sequence[Piece], held_out: Sequence[Piece]) -> float:
    """Nats per step of notes that are drawn at random, each key and each duration as often as in
    the corpus, whatever came before.

    At every step each of the 88 keys is struck with its own probability, independently of all
    else; a struck key's duration is drawn from those of all notes. Counts have one added to them.
    """
    struck, steps = np.ones(88), 2.0
    durations: Counter[int] = Counter(range(1, LONGEST + 1))
    for piece in training[:MOST_COUNTED]:
        roll = to_roll(piece)
        struck += roll.onsets.sum(0)
        steps += piece.steps
        durations.update(roll.durations[roll.onsets].tolist())
    total = sum(durations.values())
    log_duration = np.zeros(LONGEST + 1)
    log_duration[1:] = [np.log(durations[length] / total) for length in range(1, LONGEST + 1)]
    p = struck / steps
    nats = [_drawn(piece, np.log(p), np.log1p(-p), log_duration) for piece in held_out]
    return -sum(nats) / sum(piece.steps for piece in held_out)


def _drawn(
    piece: Piece,
    log_struck: NDArray[np.float64],
    log_silent: NDArray[np.float64],
    log_duration: NDArray[np.float64],
) -> float:
    """Log-probability of a whole piece."""
    roll = to_roll(piece)
    keys = np.where(roll.onsets, log_struck, log_silent).sum()
    return float(keys + log_duration[roll.durations[roll.onsets]].sum())
