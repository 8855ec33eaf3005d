"""A critic of what a model composes, learnt at the end of learning from its own corpus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ragsmith.bundle.bundle import Bundle
from ragsmith.composer import Composed, Wish, compose_all
from ragsmith.composer.chord_leaning import NOT_LED
from ragsmith.hands import in_hands
from ragsmith.measure.bar_figures import new_bars_of
from ragsmith.measure.critic import critic_of
from ragsmith.piece import Piece

__all__ = ["COMPOSED", "FEWEST", "is_criticised", "with_critic"]

COMPOSED = 24
"""Pieces that it composes to be told apart."""
FORM, BARS = "AABB", 32
"""Of those pieces; the bars where the corpus names no strains."""
FEWEST = 8
"""From fewer pieces of its own a critic would learn those by heart."""
MOST_COMPARED = 100
SECONDS = 120.0


def is_criticised(bundle: Bundle) -> bool:
    """Whether the model composes well enough, and note by note, for a critic to be of use."""
    return bundle.card.quality == "good" and bundle.model.name not in NOT_LED


def with_critic(bundle: Bundle, pieces: Sequence[Piece]) -> Bundle:
    """A model whose profile has a critic; as it is where there is too little to compare.

    Args:
        bundle: a model that has learnt the pieces.
        pieces: those that it learnt from; none that measure it. Those in the metre in which the
            model composes are looked at.
    """
    metre = bundle.profile.metre
    compared = [p for p in pieces if {bar.metre for bar in p.full_bars} == {metre}][:MOST_COMPARED]
    if len(compared) < FEWEST:
        return bundle
    wish = Wish(form=FORM) if bundle.profile.strain else Wish(bars=BARS)
    outcomes = compose_all(bundle, wish, seeds=range(COMPOSED), seconds=SECONDS)
    composed = [o.piece for o in outcomes if isinstance(o, Composed) and not o.broken_off]
    if len(composed) < FEWEST:
        return bundle
    own, machine = (
        [figures for piece in group for figures in new_bars_of(in_hands(piece))]
        for group in (compared, composed)
    )
    return bundle._replace(profile=replace(bundle.profile, critic=critic_of(own, machine)))
