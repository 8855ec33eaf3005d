"""What tells the pieces that a model composes from those that it learnt from, learnt at the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ragsmith import options
from ragsmith.bundle.bundle import Bundle
from ragsmith.composer import Composed, Wish, compose_all
from ragsmith.measure.critic import critic_of
from ragsmith.measure.portrait import figures_of, own_figures
from ragsmith.piece import Piece

__all__ = ["COMPOSED", "FEWEST", "with_critic"]

COMPOSED = 48
"""Pieces that it composes to be told apart."""
SIDE_BY_SIDE = 16
FEWEST = 8
"""From fewer pieces of its own a critic would learn those by heart."""
MOST_COMPARED = 200
SECONDS = 120.0
BARS = 64


def with_critic(
    bundle: Bundle,
    pieces: Sequence[Piece],
    minutes: float | None = None,
    go_on: Callable[[], bool] = lambda: True,
) -> Bundle:
    """A model whose profile has a critic; without one where there is too little to compare.

    Args:
        bundle: a model that has learnt the pieces.
        pieces: those that it learnt from; none that measure it.
        minutes: that the learning was given; composing takes a quarter of them, or two at most.
        go_on: asked now and then; False breaks off.
    """
    portrait = bundle.profile.portrait
    if portrait is None or len(pieces) < FEWEST:
        return bundle
    wish = Wish(form=options.FORM.first) if bundle.profile.strain else Wish(bars=BARS)
    seconds = min(SECONDS, 15 * minutes) if minutes else SECONDS
    composed: list[Piece] = []
    for first in range(0, COMPOSED, SIDE_BY_SIDE):
        if not go_on():
            return bundle
        seeds = range(first, first + SIDE_BY_SIDE)
        share = seconds * SIDE_BY_SIDE / COMPOSED
        outcomes = compose_all(bundle, wish, seeds=seeds, seconds=share)
        composed += [o.piece for o in outcomes if isinstance(o, Composed) and not o.broken_off]
    if len(composed) < FEWEST:
        return bundle
    own = own_figures(pieces[:MOST_COMPARED])
    critic = critic_of(own, [figures_of(piece, portrait) for piece in composed])
    return bundle._replace(profile=replace(bundle.profile, critic=critic))
