"""Variants of a piece: some of its bars composed anew, as many as make it so and so far from it.

Method: passages of two bars, or of one where few have to change, are composed again one after the
other, in an order that is drawn, each to what stands before, beside and after it
(`ragsmith.composer.vary`), until the distance (`ragsmith.measure.distance`) is as near to what was
asked for as it comes. Where the harmony is kept the chords of the piece, its own or those that are
heard in it, lead every new bar.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from typing import NamedTuple

import numpy as np

from ragsmith import options
from ragsmith.bundle.bundle import Bundle, checked_bundle
from ragsmith.composer.arguments import checked_seeds, checked_wish
from ragsmith.composer.draft import DeadEnd
from ragsmith.composer.fill import Composed
from ragsmith.composer.particles import PARTICLES
from ragsmith.composer.recipe import recipe_for
from ragsmith.composer.vary import bar_span, hand_alone, vary
from ragsmith.composer.wish import Wish
from ragsmith.errors import BadOption, UserError
from ragsmith.hands import in_hands
from ragsmith.harmony.symbols import with_chord_symbols
from ragsmith.io.score.bar_numbers import printed_bars
from ragsmith.measure.distance import distance, same_bars, same_harmony
from ragsmith.originality.corpora import indices_of
from ragsmith.originality.gate import Guarantee, NotOriginal, check_originality
from ragsmith.piece import Hand, Piece, checked_piece

__all__ = ["DISTANCES", "Change", "Variant", "variant", "variants"]

DISTANCES = {"small": (0.05, 0.2), "middle": (0.3, 0.5), "large": (0.6, 0.85)}
"""Between which distances variants are asked for, evenly from the nearest to the farthest."""
FEW = 4
"""Bars to change below which they are composed again one by one, else two by two."""
SEEDS = 2**32
STREAM = 5
"""Keeps these draws apart from those of the steps and of the plans."""


class Change(NamedTuple):
    """What may change in a variant, and how far.

    Attributes:
        distance: that is asked for, 0 to 1.
        bars: first and last that may change, as the score numbers them; None means all.
        hand: the only one that may change, "left" or "right"; None means both.
        harmony: "kept" composes under the chords of the piece, "free" under others.
    """

    distance: float
    bars: tuple[int, int] | None = None
    hand: str | None = None
    harmony: str = options.HARMONY.default


class Variant(NamedTuple):
    """A variant of a piece.

    Attributes:
        composed: the piece; its nats and its runs are those of the new bars.
        distance: from the original (`ragsmith.measure.distance`).
        bars_kept: share of the bars that strike the same notes.
        harmony_kept: share of the half bars with the same chord.
    """

    composed: Composed
    distance: float
    bars_kept: float
    harmony_kept: float


def variants(
    bundle: Bundle,
    piece: Piece,
    wish: Wish | None = None,
    *,
    seeds: Sequence[int],
    distance: str = options.DISTANCE.default,
    bars: tuple[int, int] | None = None,
    hand: Hand | str | None = None,
    harmony: str = options.HARMONY.default,
    on_step: Callable[[int, int], None] | None = None,
    seconds: float | None = None,
) -> list[Variant]:
    """Variants of a piece, one for each seed, laid out from the nearest to the farthest.

    Args:
        bundle: a trained model.
        piece: on the model's grid. Form, keys, tempo and all bars that nothing happens to stay.
        wish: how to choose, dials, limits and rules; nothing else of it is looked at.
        seeds: one for each variant.
        distance: "small", "middle" or "large" (`DISTANCES`); the variants spread evenly over it.
        bars: first and last that may change, as the score numbers them; None means all.
        hand: the only one that may change, "left" or "right"; None, or "both", means both.
        harmony: "kept" or "free".
        on_step: called with (variants done, variants in all).
        seconds: after which no further bars are composed anew.

    Raises:
        BadOption: there is no such distance, hand or bar, or the model cannot do it.
        BadPrimer: the piece lies on another grid, or holds what the model cannot represent.
        DeadEnd, NotOriginal: no variant could be made; this is the first one's.

    >>> import ragsmith
    >>> rag = ragsmith.datasets.rags()[4]
    >>> (near,) = variants(ragsmith.load_model(), rag, seeds=[1], distance="small", bars=(1, 2))
    >>> 0 < near.distance < 0.2
    True
    """
    options.DISTANCE.check(distance)
    options.HARMONY.check(harmony)
    seeds, wish = checked_seeds(seeds), checked_wish(wish or Wish())
    low, high = DISTANCES[distance]
    targets = np.linspace(low, high, len(seeds)) if len(seeds) > 1 else [(low + high) / 2]
    until = None if seconds is None else time.monotonic() + seconds
    alone = hand_alone(hand)
    name = alone.name.lower() if alone else None
    made, failures = list[Variant](), list[UserError]()
    for number, (seed, target) in enumerate(zip(seeds, targets, strict=True)):
        change = Change(round(float(target), 3), bars, name, harmony)
        if on_step:
            on_step(number, len(seeds))
        left = None if until is None else max(0.01, until - time.monotonic())
        try:
            made.append(variant(bundle, piece, wish, seed, change, left))
        except (DeadEnd, NotOriginal) as error:
            failures.append(error)
    if not made:
        raise failures[0]
    return sorted(made, key=lambda variant: variant.distance)


def variant(
    bundle: Bundle,
    piece: Piece,
    wish: Wish,
    seed: int,
    change: Change,
    seconds: float | None = None,
) -> Variant:
    """One variant of a piece; arguments and errors as `variants`.

    Raises:
        DeadEnd, NotOriginal: no passage could be composed anew; this is the first one's.
    """
    model, _, profile, _ = checked_bundle(bundle)
    original = in_hands(checked_piece(piece))
    hand_alone(change.hand)
    start = replace(original, chords=()) if change.harmony == "free" else original
    start = start if change.harmony == "free" else with_chord_symbols(start)
    guarantee = Guarantee(indices_of(bundle), wish.limits) if wish.rules else None
    until = None if seconds is None else time.monotonic() + seconds
    draft, failure = _Draft(start), None
    for number, bars in zip(count(1), _passages(original, change, seed), strict=False):
        left = None if until is None else until - time.monotonic()
        if left is not None and left <= 0 and draft.parts:
            break
        try:
            changed = draft.with_new(bundle, wish, bars, change.hand, (seed, number), left)
            changed.check(guarantee, change.hand)
        except (DeadEnd, NotOriginal, BadOption) as error:
            failure = failure or error
            continue
        before, after = (abs(d.distance(original) - change.distance) for d in (draft, changed))
        if after >= before and draft.parts:
            break
        draft = changed
    if not draft.parts:
        raise failure or BadOption("variants", "need a bar that may change", "name other bars")
    again = replace(wish, primer=piece)
    recipe = recipe_for(model, profile, again, [seed], seed, variant=change._asdict())
    made = replace(draft.piece, recipe=recipe, chords=start.chords and original.chords)
    return Variant(
        draft.composed(made, seed),
        distance(original, made),
        same_bars(original, made),
        same_harmony(original, made),
    )


class _Draft(NamedTuple):
    """A variant on its way: the piece so far, and the steps of each new passage with what was
    composed there."""

    piece: Piece
    parts: tuple[tuple[range, Composed], ...] = ()

    def distance(self, original: Piece) -> float:
        return distance(original, self.piece)

    def with_new(
        self,
        bundle: Bundle,
        wish: Wish,
        bars: tuple[int, int],
        hand: str | None,
        numbers: tuple[int, int],
        seconds: float | None,
    ) -> _Draft:
        """The draft with these bars composed anew."""
        seed = int(np.random.default_rng([STREAM, *numbers]).integers(SEEDS))
        (new,) = vary(
            bundle,
            self.piece,
            bars,
            wish,
            seeds=[seed],
            hand=hand,
            particles=PARTICLES,
            seconds=seconds,
        )
        span = bar_span(self.piece, *bars)
        return _Draft(new.composed.piece, (*self.parts, (span, new.composed)))

    def check(self, guarantee: Guarantee | None, hand: str | None) -> None:
        """Whether passages that follow one another copy more than the guarantee allows.

        Raises:
            NotOriginal: they do.
        """
        if guarantee and len(self.parts) > 1:
            spans = [span for span, _ in self.parts]
            check_originality(self.piece, spans[0], guarantee, "", hand != "left", others=spans[1:])

    def composed(self, piece: Piece, seed: int) -> Composed:
        """The finished piece, with the figures of its new passages."""
        steps = sum(len(span) for span, _ in self.parts)
        nats = sum(len(span) * part.nats_per_step for span, part in self.parts) / steps
        turned_down: Counter[str] = Counter()
        originality = self.parts[0][1].originality
        for _, part in self.parts:
            turned_down.update(part.turned_down)
            if originality and part.originality:
                originality = originality.or_longer(part.originality)
        return Composed(piece, seed, nats, dict(turned_down), originality)


def _passages(piece: Piece, change: Change, seed: int) -> list[tuple[int, int]]:
    """The bars that may change, two by two where they are written side by side, or one by one;
    shuffled.

    Raises:
        BadOption: the piece has no such bars.
    """
    whole = len(printed_bars(piece))
    first, last = change.bars or (1, whole)
    size = 1 if change.distance * whole < FEW else 2
    bar_span(piece, first, first), bar_span(piece, last, last)
    seen, passages = set[int](), list[tuple[int, int]]()
    at = first
    while at <= last:
        end = min(at + size - 1, last)
        try:
            span = bar_span(piece, at, end)
        except BadOption:  # a strain comes back in between
            end = at
            span = bar_span(piece, at, end)
        if not seen.intersection(span):
            passages.append((at, end))
        seen.update(span)
        at = end + 1
    order = np.random.default_rng([STREAM, seed]).permutation(len(passages))
    return [passages[number] for number in order]
