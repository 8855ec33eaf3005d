"""Some bars of a piece composed again, so that they join on both sides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ragsmith.bundle.bundle import Bundle, checked_bundle
from ragsmith.composer.arguments import checked_seeds, checked_wish
from ragsmith.composer.fill import Composed, Frame, fill_outline
from ragsmith.composer.recipe import recipe_for
from ragsmith.composer.wish import Wish
from ragsmith.errors import BadOption, BadPrimer
from ragsmith.hands import in_hands
from ragsmith.io.score.bar_numbers import printed_bars
from ragsmith.models.base import Model, steps_of
from ragsmith.models.mixture.memory import network_of
from ragsmith.originality.corpora import indices_of
from ragsmith.originality.gate import Guarantee
from ragsmith.piece import Piece, checked_piece
from ragsmith.verbs import clip

__all__ = ["JOINED_BARS", "Varied", "bar_span", "vary"]

JOINED_BARS = 2
"""Bars after the new ones whose likelihood says how well they join."""


class Varied(NamedTuple):
    """A piece with new bars: how it was composed, and the mean nats per step of the bars after
    them; 0 where none follow."""

    composed: Composed
    join: float


def bar_span(piece: Piece, first: int, last: int) -> range:
    """The written steps of bars `first` to `last`, by the numbers that the score prints.

    Raises:
        BadOption: the piece has no such bars, or they are not written side by side.
    """
    bars = printed_bars(piece)
    if not 1 <= first <= last <= len(bars):
        raise BadOption(
            f"bars {first}-{last}",
            f"are not bars of a piece that has {len(bars)}",
            "name the first and the last bar, like 9-16",
        )
    steps = sorted({step for bar in bars[first - 1 : last] for step in bar})
    span = range(steps[0], steps[-1] + 1)
    if len(steps) != len(span):
        raise BadOption(
            f"bars {first}-{last}",
            "reach into a strain that comes back, and is written elsewhere",
            "name bars of one strain",
        )
    return span


def vary(
    bundle: Bundle,
    piece: Piece,
    bars: tuple[int, int],
    wish: Wish,
    *,
    seeds: Sequence[int],
    on_step: Callable[[int, int], None] | None = None,
    seconds: float | None = None,
) -> list[Varied]:
    """The piece with bars composed again, once for each seed, best join first.

    The model knows what stands before the new bars. What follows them it does not know while it
    composes; so of many candidates those come first after which it is the most likely.

    Args:
        bundle: a trained model.
        piece: on the model's grid. It keeps its form: bars that are played several times are new
            each time.
        bars: first and last, by the numbers that the score prints.
        wish: how to choose, limits and rules; nothing else of it is looked at.
        seeds: one for each candidate.
        on_step: called with (steps done, steps in all).
        seconds: after which candidates that are not finished are given up; None takes its time.

    Raises:
        BadOption: the piece has no such bars, or they are not written side by side.
        BadPrimer: the piece lies on another grid, or holds what the model cannot represent.
        DeadEnd, NotOriginal: of every candidate; this is the first one's.
    """
    model, _, profile, _ = checked_bundle(bundle)
    piece, wish, seeds = checked_piece(piece), checked_wish(wish), checked_seeds(seeds)
    grid = model.steps_per_quarter
    if piece.steps_per_quarter != grid:
        raise BadPrimer(
            f"a piece on a grid of {piece.steps_per_quarter} steps a quarter",
            f"cannot be varied on this model's grid of {grid}",
            f"read it with steps_per_quarter={grid}",
        )
    span = bar_span(piece, *bars)
    steps = steps_of(in_hands(piece))
    outline = replace(piece, notes=(), recipe="")
    frame = Frame(outline, steps[: span.start], steps[span.stop :])
    guarantee = Guarantee(indices_of(bundle), wish.limits) if wish.rules else None
    outcomes = fill_outline(
        model, profile, guarantee, frame, wish.sampling, seeds, on_step, seconds=seconds
    )
    candidates = [outcome for outcome in outcomes if isinstance(outcome, Composed)]
    if not candidates:
        raise next(outcome for outcome in outcomes if not isinstance(outcome, Composed))
    given_again = replace(wish, primer=piece)
    named = []
    for candidate in candidates:
        recipe = recipe_for(model, profile, given_again, seeds, candidate.seed, bars)
        named.append(replace(candidate, piece=replace(candidate.piece, recipe=recipe)))
    varied = [Varied(candidate, _join(model, candidate.piece, span.stop)) for candidate in named]
    return sorted(varied, key=lambda candidate: candidate.join)


def _join(model: Model, piece: Piece, start: int) -> float:
    """Mean nats per step of the bars from `start` on, given all before."""
    ends = [bar.start + bar.length for bar in piece.bars if bar.start >= start][:JOINED_BARS]
    if not ends:
        return 0.0
    nats = network_of(model).log_likelihood(clip(piece, 0, ends[-1]))[start:]
    possible = nats[np.isfinite(nats)]
    return float(-possible.mean()) if len(possible) else float("inf")
