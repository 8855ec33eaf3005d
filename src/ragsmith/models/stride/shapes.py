"""The weights of `stride`: their names, shapes and how they begin."""

from __future__ import annotations

import numpy as np

from ragsmith.models.base import Arrays
from ragsmith.models.stride.chord_rolls import CHORD_ROLLS
from ragsmith.models.stride.config import StrideConfig
from ragsmith.models.stride.formulas import BUMPS, WINDOW
from ragsmith.models.stride.inputs import NEAR, feature_count, roll_count
from ragsmith.piece import PIANO_KEYS

__all__ = ["first_weights", "weight_shapes"]

LENGTH_HIDDEN = 64


def weight_shapes(config: StrideConfig) -> dict[str, tuple[int, ...]]:
    """Every weight's shape, by name."""
    h, n, k = config.hidden, config.note_hidden, config.channels
    notes, features = config.hands * PIANO_KEYS, feature_count(config.hands)
    lstm = {"kernel": (h, 4 * h), "recurrent": (h, 4 * h), "bias": (4 * h,)}
    return {
        "enter.kernel": (len(NEAR) * notes + features, h),
        "enter.bias": (h,),
        **{f"time{i}.{part}": shape for i in (0, 1) for part, shape in lstm.items()},
        "context.kernel": (WINDOW, config.hands * roll_count(config.hands) + 1, k),
        **({"harmony.kernel": (WINDOW, CHORD_ROLLS, k)} if config.harmony else {}),
        "context.heights": (BUMPS, k),
        "context.bias": (k,),
        "frame.kernel": (h + features, n),
        "frame.pool": (k, n),
        "frame.bias": (n,),
        "chosen.kernel": (WINDOW, config.hands, k),
        "chosen.notes": (notes, n),
        "chosen.lasting": (notes, n),
        "chosen.last": (notes + 1, n),
        "deep.kernel": (n, n),
        "deep.bias": (n,),
        "out.kernel": (n, notes + 1),
        "out.bias": (notes + 1,),
        "mix.kernel": (n, config.hands * k),
        "mix.bias": (config.hands * k,),
        "length.kernel": (n, LENGTH_HIDDEN),
        "length.notes": (notes, LENGTH_HIDDEN),
        "length.context": (k, LENGTH_HIDDEN),
        "length.bias": (LENGTH_HIDDEN,),
        "length.out": (LENGTH_HIDDEN, config.longest_steps),
        "length.out_bias": (config.longest_steps,),
    }


GAINS = {"enter.kernel": 3.0, "mix.kernel": 0.3}
"""Sparse inputs start larger, the mixing of contexts smaller."""
TABLES = {
    "context.kernel",
    "context.heights",
    "chosen.kernel",
    "chosen.notes",
    "chosen.lasting",
    "chosen.last",
    "length.notes",
}
"""Looked up rather than multiplied: they begin with a small spread, whatever their size."""

BLANK = {"harmony.kernel"}
"""Chords say nothing at first: a base that knows none goes on as it was."""


def first_weights(config: StrideConfig, seed: int) -> Arrays:
    """Weights to begin with: normal, scaled by the inputs; biases zero, forget gates open."""
    rng = np.random.default_rng(seed)
    weights = {}
    for name, shape in weight_shapes(config).items():
        if len(shape) == 1 or name in BLANK:
            weights[name] = np.zeros(shape, np.float32)
            continue
        spread = 0.1 if name in TABLES else GAINS.get(name, 1.0) / np.sqrt(shape[0])
        weights[name] = rng.normal(0, spread, shape).astype(np.float32)
    for i in (0, 1):
        weights[f"time{i}.bias"][config.hidden : 2 * config.hidden] = 1
    return weights
