"""What is learnt at the end of learning from comparing what the model composes with its corpus: the
nats that lead its notes under drawn chords, then a critic of the bars that it composes with them,
then one of the pieces that come of the bars which that critic chose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from statistics import fmean, median

from ragsmith.bundle.bundle import Bundle
from ragsmith.composer import Composed, Sampling, Wish, compose_all
from ragsmith.composer.chord_leaning import NOT_LED, is_told
from ragsmith.hands import in_hands
from ragsmith.measure.bar_figures import new_bars_of
from ragsmith.measure.chord_use import NO_NATS, chord_nats_of, heard_marks, note_kinds
from ragsmith.measure.critic import critic_of
from ragsmith.measure.excerpts import excerpt_figures
from ragsmith.piece import Piece

__all__ = [
    "COMPOSED",
    "FEWEST",
    "is_criticised",
    "with_chord_nats",
    "with_critic",
    "with_piece_critic",
]

COMPOSED = 24
"""Pieces that it composes to be told apart."""
FORM, BARS = "AABB", 32
"""Of those pieces; the bars where the corpus names no strains."""
FEWEST = 8
"""From fewer pieces of its own, nats or a critic would learn those by heart."""
FEWEST_RANKED = 16
"""From fewer, one odd piece rules a critic of pieces: of twelve rags a habanera did."""
MOST_COMPARED = 100
SECONDS = 120.0
ONCE = Sampling(tries=1)
"""Every bar as it comes."""


def is_criticised(bundle: Bundle) -> bool:
    """Whether the model composes well enough, and note by note, for a critic to be of use."""
    return bundle.card.quality == "good" and bundle.model.name not in NOT_LED


def with_chord_nats(bundle: Bundle, pieces: Sequence[Piece]) -> Bundle:
    """A model whose profile has the nats that lead its notes under drawn chords, so that from then
    on they are drawn unasked; as it is where it is told no chords, knows no hands or no
    progressions, or where there is too little to compare.

    Args:
        bundle: a model that has learnt the pieces.
        pieces: those that it learnt from, as in `with_critic`.
    """
    config, profile = bundle.model.config, bundle.profile
    if not is_told(bundle.model) or config.hands != 2 or not profile.progressions:
        return bundle
    compared = _compared(bundle, pieces)
    if len(compared) < FEWEST:
        return bundle
    composed = _composed(bundle._replace(profile=replace(profile, chord_nats=NO_NATS)))
    if len(composed) < FEWEST:
        return bundle
    own = (note_kinds(piece, heard_marks(piece)) for piece in map(in_hands, compared))
    machine = (note_kinds(in_hands(piece), piece.chords) for piece in composed)
    nats = chord_nats_of(own, machine)
    return bundle._replace(profile=replace(profile, chord_nats=nats))


def with_critic(bundle: Bundle, pieces: Sequence[Piece]) -> Bundle:
    """A model whose profile has a critic; as it is where there is too little to compare.

    Args:
        bundle: a model that has learnt the pieces.
        pieces: those that it learnt from; none that measure it. Those in the metre in which the
            model composes are looked at.
    """
    compared = _compared(bundle, pieces)
    if len(compared) < FEWEST:
        return bundle
    composed = _composed(bundle)
    if len(composed) < FEWEST:
        return bundle
    own, machine = (
        [figures for piece in group for figures in new_bars_of(in_hands(piece))]
        for group in (compared, composed)
    )
    return bundle._replace(profile=replace(bundle.profile, critic=critic_of(own, machine)))


def with_piece_critic(bundle: Bundle, pieces: Sequence[Piece]) -> Bundle:
    """A model whose profile has a critic of pieces, which ranks what it composes; as it is where
    there is too little to compare. Above 0 nats are pieces that speak for the corpus more than half
    of its own do.

    Args:
        bundle: a model with a portrait of the pieces, and a critic of bars where it has learnt one.
        pieces: those that it learnt from, as in `with_critic`.
    """
    compared, portrait = _compared(bundle, pieces), bundle.profile.portrait
    composed = _composed(bundle, Sampling()) if len(compared) >= FEWEST_RANKED else []
    if portrait is None or len(composed) < FEWEST:
        return bundle
    own, machine = (
        [[*excerpt_figures(piece, portrait)] for piece in group] for group in (compared, composed)
    )
    critic = critic_of([*chain.from_iterable(own)], [*chain.from_iterable(machine)])
    usual = median(fmean(map(critic.log_odds, excerpts)) for excerpts in own if excerpts)
    critic = replace(critic, bias=critic.bias - usual)
    return bundle._replace(profile=replace(bundle.profile, piece_critic=critic))


def _compared(bundle: Bundle, pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces in the metre in which the model composes, not too many."""
    metre = bundle.profile.metre
    return [p for p in pieces if {bar.metre for bar in p.full_bars} == {metre}][:MOST_COMPARED]


def _composed(bundle: Bundle, sampling: Sampling = ONCE) -> list[Piece]:
    """Pieces as the model composes them unasked."""
    of_strains = bool(bundle.profile.strain)
    wish = Wish(form=FORM, sampling=sampling) if of_strains else Wish(bars=BARS, sampling=sampling)
    outcomes = compose_all(bundle, wish, seeds=range(COMPOSED), seconds=SECONDS)
    return [o.piece for o in outcomes if isinstance(o, Composed) and not o.broken_off]
