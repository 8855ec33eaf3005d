"""Some bars of a piece composed again, so that they join on both sides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ragsmith.bundle.bundle import Bundle, checked_bundle
from ragsmith.composer.arguments import checked_seeds, checked_wish
from ragsmith.composer.dials import settings_for
from ragsmith.composer.fill import JOINED_BARS, Composed, fill_outline
from ragsmith.composer.frame import Frame
from ragsmith.composer.given import BOTH, Given
from ragsmith.composer.harmonic_rhythm import refuse_chord_changes
from ragsmith.composer.harmonise import key_of
from ragsmith.composer.particles import PARTICLES
from ragsmith.composer.recipe import recipe_for
from ragsmith.composer.wish import Wish
from ragsmith.errors import BadOption, BadPrimer
from ragsmith.hands import in_hands
from ragsmith.harmony.spans import beats_of
from ragsmith.io.score.bar_numbers import printed_bars
from ragsmith.models.base import Model, steps_of
from ragsmith.models.mixture.memory import network_of
from ragsmith.models.writing import Alphabet
from ragsmith.options import HAND
from ragsmith.originality.corpora import indices_of
from ragsmith.originality.gate import Guarantee
from ragsmith.piece import Hand, Piece, checked_piece
from ragsmith.verbs import clip

__all__ = ["JOINED_BARS", "Varied", "bar_span", "hand_alone", "in_kept_hand", "vary"]

HANDS = {"left": Hand.LEFT, "right": Hand.RIGHT}


class Varied(NamedTuple):
    """A piece with new bars: how it was composed, and the mean nats per step of the bars after
    them; 0 where none follow. Where a hand was kept its nats in the new bars count, too."""

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
    bars: tuple[int, int] | None,
    wish: Wish,
    *,
    seeds: Sequence[int],
    hand: Hand | str | None = None,
    beats: Sequence[int] | None = None,
    particles: int | None = None,
    on_step: Callable[[int, int], None] | None = None,
    seconds: float | None = None,
) -> list[Varied]:
    """The piece with bars composed again, once for each seed, best join first.

    The model knows what stands before the new bars. What follows them it does not know while it
    composes; so of many candidates those come first after which it is the most likely. Where one
    hand is composed the other is kept, and of many ways that are followed at once those go on which
    go best with it (`ragsmith.composer.particles`).

    Args:
        bundle: a trained model.
        piece: on the model's grid. It keeps its form: bars that are played several times are new
            each time.
        bars: first and last, by the numbers that the score prints; None means all, of one hand.
        wish: how to choose, dials, difficulty, limits and rules; nothing else of it is looked at.
        seeds: one for each candidate.
        hand: the one to compose, "left" or "right"; None, or "both", composes both. A melody whose
            hands are unknown is the other's. What is kept is not counted by the limits.
        beats: the only beats of each bar that are composed, 1 the first; what is struck on the
            others is kept, as a hand is. None composes all.
        particles: ways of each candidate that are followed side by side; None means as many as
            usual where a hand or beats are kept, and one where all is composed.
        on_step: called with (steps done, steps in all).
        seconds: after which candidates that are not finished are given up; None takes its time.

    Raises:
        BadOption: the piece has no such bars, or they are not written side by side; the model
            cannot compose one hand, or the other one plays nothing there.
        BadPrimer: the piece lies on another grid, or holds what the model cannot represent.
        DeadEnd, NotOriginal: of every candidate; this is the first one's.

    >>> import ragsmith
    >>> rag = ragsmith.read("rag.mid")
    >>> new = vary(ragsmith.load_model(), rag, (1, 2), Wish(), seeds=[1], hand="left")[0]
    >>> [n for n in new.composed.piece.notes if n.hand is ragsmith.Hand.RIGHT] == [
    ...     n for n in rag.notes if n.hand is ragsmith.Hand.RIGHT
    ... ]
    True
    """
    model, _, profile, _ = checked_bundle(bundle)
    piece, wish, seeds = checked_piece(piece), checked_wish(wish), checked_seeds(seeds)
    refuse_chord_changes(wish.dials)
    composed = _checked_hand(hand, model)
    particles = particles or (PARTICLES if composed or beats else 1)
    grid = model.steps_per_quarter
    if piece.steps_per_quarter != grid:
        raise BadPrimer(
            f"a piece on a grid of {piece.steps_per_quarter} steps a quarter",
            f"cannot be varied on this model's grid of {grid}",
            f"read it with steps_per_quarter={grid}",
        )
    bars = bars or (1, len(printed_bars(piece)))
    span, handed = bar_span(piece, *bars), in_kept_hand(piece, composed)
    steps, given = steps_of(handed), None
    if beats and not hasattr(model, "alphabet"):
        rule = f"cannot be composed alone by a model of the kind {model.name}"
        raise BadOption("beats", rule, "use a model of the kind stride or markov")
    if (composed or beats or particles > 1) and hasattr(model, "alphabet"):
        free = span if beats is None else _on_beats(piece, span, beats)
        given = Given.of(handed, free, frozenset({composed}) if composed else BOTH)
    if composed and given:
        _check_kept(given, span, composed)
    keys = piece.keys if piece.keys or not given else (key_of(handed),)
    outline = replace(piece, notes=(), recipe="", keys=keys)
    frame = Frame(
        outline,
        steps[: span.start],
        steps[span.stop :],
        given=given,
        particles=particles,
        dials=settings_for(wish.dials, outline, model, profile, wish.difficulty),
    )
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
        recipe = recipe_for(
            model,
            profile,
            given_again,
            seeds,
            candidate.seed,
            bars,
            composed,
            particles,
            beats=beats,
        )
        named.append(
            replace(candidate, piece=replace(candidate.piece, recipe=recipe, keys=piece.keys))
        )
    start = span.start if composed or beats else span.stop
    varied = [Varied(candidate, _join(model, candidate.piece, start, span)) for candidate in named]
    return sorted(varied, key=lambda candidate: candidate.join)


def hand_alone(hand: Hand | str | None) -> Hand | None:
    """The only hand to compose; None where both are.

    Raises:
        BadOption: there is no such hand.

    >>> hand_alone("left").name, hand_alone("both")
    ('LEFT', None)
    """
    if hand is None or hand == HAND.default:
        return None
    alone = hand if isinstance(hand, Hand) else HANDS.get(hand, Hand.UNKNOWN)
    if alone is Hand.UNKNOWN:
        raise BadOption(f"hand {hand!s}", "does not exist", "choose left or right")
    return alone


def _checked_hand(hand: Hand | str | None, model: Model) -> Hand | None:
    """The only hand to compose; None where both are.

    Raises:
        BadOption: there is no such hand, or the model does not keep the hands apart.
    """
    composed = hand_alone(hand)
    if composed is None:
        return None
    alphabet: Alphabet | None = getattr(model, "alphabet", None)
    if alphabet is None or alphabet.hands == 1:
        rule = f"cannot be composed alone by a model of the kind {model.name} that knows no hands"
        raise BadOption(f"hand {hand!s}", rule, "use a model of the kind stride with two hands")
    return composed


def _on_beats(piece: Piece, span: range, beats: Sequence[int]) -> frozenset[int]:
    """The steps of a span that lie on these beats of their bars.

    Raises:
        BadOption: there are none.
    """
    free = set[int]()
    for bar in piece.bars:
        length = bar.metre.steps(piece.steps_per_quarter) // beats_of(bar.metre)
        steps = range(bar.start, bar.start + bar.length)
        free.update(s for s in steps if (s - bar.start + bar.offset) // length + 1 in beats)
    if not free.intersection(span):
        shown = ",".join(map(str, beats))
        raise BadOption(f"beats {shown}", "are none of these bars", "count from 1, like 2,4")
    return frozenset(free.intersection(span))


def in_kept_hand(piece: Piece, composed: Hand | None) -> Piece:
    """The piece in hands; a single melody that nobody has divided is all of the kept one's."""
    onsets = {note.onset for note in piece.notes}
    divided = any(note.hand for note in piece.notes)
    if composed is None or divided or len(onsets) < len(piece.notes):
        return in_hands(piece)
    other = Hand.LEFT if composed is Hand.RIGHT else Hand.RIGHT
    return replace(piece, notes=tuple(note._replace(hand=other) for note in piece.notes))


def _check_kept(given: Given, span: range, composed: Hand) -> None:
    """Refuse to compose to nothing.

    Raises:
        BadOption: the hand that is kept plays nothing there.
    """
    if not any(given.steps[span.start : span.stop]):
        other = "left" if composed is Hand.RIGHT else "right"
        rule = f"keeps the {other} hand, which plays nothing there"
        raise BadOption(f"hand {composed.name.lower()}", rule, f"try {other}, or other bars")


def _join(model: Model, piece: Piece, start: int, span: range) -> float:
    """Mean nats per step from `start` to the bars after the new ones, given all before."""
    ends = [bar.start + bar.length for bar in piece.bars if bar.start >= span.stop][:JOINED_BARS]
    end = max([start, span.stop, *ends])
    if end == start:
        return 0.0
    nats = network_of(model).log_likelihood(clip(piece, 0, end))[start:]
    possible = nats[np.isfinite(nats)]
    return float(-possible.mean()) if len(possible) else float("inf")
