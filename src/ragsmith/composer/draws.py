"""Draws by weight, as all that is planned before the first note is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

import numpy as np

__all__ = ["drawn_by_weight"]

T = TypeVar("T")


def drawn_by_weight(options: Sequence[T], weights: Iterable[float], draw: np.random.Generator) -> T:
    """One of the options, each as likely as its weight is a part of all.

    >>> drawn_by_weight(["ragtime", "waltz"], [1, 0], np.random.default_rng(0))
    'ragtime'
    """
    shares = np.array([*weights], float)
    return options[draw.choice(len(options), p=shares / shares.sum())]
