"""The home keys of new pieces, drawn from the keys of the corpus's pieces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from ragsmith.bundle.profile import Profile
from ragsmith.composer.draws import drawn_by_weight
from ragsmith.composer.outline import outline_of
from ragsmith.composer.wish import Wish
from ragsmith.piece import Key

__all__ = ["drawn_key", "keys_by_seed"]

STREAM = 6
"""Keeps these draws apart from those of the steps, the strain plans and the chords."""


def drawn_key(counts: Mapping[str, int], seed: int) -> str:
    """The name of one of these keys, each as likely as it is frequent.

    >>> [drawn_key({"C major": 2, "Eb major": 2}, seed) for seed in (7, 8)]
    ['C major', 'Eb major']
    """
    names = sorted(counts)
    draw = np.random.default_rng([STREAM, seed])
    return drawn_by_weight(names, map(counts.__getitem__, names), draw)


def keys_by_seed(
    counts: Mapping[str, int], wish: Wish, profile: Profile, grid: int, seeds: Sequence[int]
) -> dict[int, tuple[Key, ...]]:
    """By seed the keys of its piece, trio and all, its home key drawn.

    Args:
        counts: how many pieces of the corpus have each key, by name; where there are none, none
            is drawn.
        wish: what to compose.
        profile: of the model.
        grid: its steps per quarter.
        seeds: of the pieces.
    """
    if not counts:
        return {}
    homes = {seed: drawn_key(counts, seed) for seed in seeds}
    keys = {
        home: outline_of(replace(wish, key=home), profile, grid).keys
        for home in set(homes.values())
    }
    return {seed: keys[home] for seed, home in homes.items()}
