"""Bars are composed in several ways side by side, and one of them goes on: one that a critic holds
to be like the corpus (`ragsmith.measure.critic`).

A way is drawn with a chance that grows with the critic's nats for its new bars: the model says what
is possible, and what it says too often or too seldom is made good. With chances of exp(nats) and
many ways it would be sampling importance resampling (Rubin 1987). Where the plan says that an
earlier bar returns next, there are more ways, and one that leads there has better chances
(`ragsmith.composer.returns`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ragsmith.composer.draft import Draft
from ragsmith.measure.bar_figures import FAR, BarNotes, figures_after, notes_of_bar
from ragsmith.measure.critic import Critic
from ragsmith.models.base import Step
from ragsmith.piece import Bar, Key, Piece

__all__ = ["CriticalChoice"]

PHRASE = 1
"""Bars."""
SHARPNESS = 1.5
"""What the critic's nats are multiplied by: few ways are chosen from more sharply than many."""
MORE_TRIES = 4
"""Times as many ways where a bar returns next."""


Lead = Callable[[Sequence[Draft]], NDArray[np.float64]]


class CriticalChoice:
    """Chooses between ways to go on; see `ragsmith.composer.sampler.Choice`.

    Args:
        outline: of the piece.
        free: its steps that are composed.
        critic: of the corpus and the model.
        tries: how many ways there are of every bar.
        keys: by seed those of its piece, where they are not the outline's.
        lead: how likely what returns next is after each way, in nats; None looks no further.
    """

    def __init__(
        self,
        outline: Piece,
        free: range,
        critic: Critic,
        tries: int,
        keys: Mapping[int, tuple[Key, ...]] = {},
        lead: Lead | None = None,
    ) -> None:
        self._outline, self._critic, self.tries = outline, critic, tries
        self._in_keys = {seed: replace(outline, keys=own) for seed, own in keys.items()}
        self._bars = outline.full_bars
        ends = [bar.start + bar.length for bar in self._bars]
        self.ends = [end for end in ends if free.start < end <= free.stop][PHRASE - 1 :: PHRASE]
        self._lead = lead
        self._known: dict[tuple[tuple[Key, ...], int, tuple[Step, ...]], BarNotes] = {}

    def tries_to(self, draft: Draft, end: int) -> int:
        """How many ways of a draft are followed up to the step `end`."""
        return self.tries * (MORE_TRIES if self._lead and end in draft.plan else 1)

    def choose(self, ways: Sequence[Draft], start: int) -> Draft:
        """One of the drafts, which have been the same up to the step `start`; one that failed only
        where all did."""
        alive = [way for way in ways if not way.failure]
        if not alive:
            return ways[0]
        first = alive[0]
        outline = self._in_keys.get(first.seed, self._outline)
        past = self._past(outline, first.steps, start)
        nats = np.array(
            [
                self._nats(
                    outline,
                    way.steps,
                    start,
                    past
                    if way.steps[:start] == first.steps[:start]  # it may have gone back further
                    else self._past(outline, way.steps, start),
                )
                for way in alive
            ]
        )
        nats *= SHARPNESS
        if self._lead:
            nats += self._lead(alive)
        chances = np.exp(nats - nats.max())
        return alive[first.rng.choice(len(alive), p=chances / chances.sum())]

    def _nats(
        self, outline: Piece, steps: Sequence[Step], start: int, past: Sequence[BarNotes]
    ) -> float:
        """What speaks for the bars that begin at or after the step `start`."""
        bars, nats = [*past], 0.0
        for bar in self._bars:
            if start <= bar.start and bar.start + bar.length <= len(steps):
                bars.append(notes_of_bar(outline, bar, steps))
                nats += self._critic.log_odds(figures_after(bars[:-1], bars[-1]))
        return nats

    def _past(self, outline: Piece, steps: Sequence[Step], start: int) -> list[BarNotes]:
        """The bars before the step `start`, as many as figures look back to."""
        before = [bar for bar in self._bars if bar.start < start][-FAR:]
        return [self._notes(outline, bar, steps) for bar in before]

    def _notes(self, outline: Piece, bar: Bar, steps: Sequence[Step]) -> BarNotes:
        sounding = tuple(steps[max(0, bar.start - bar.length) : bar.start + bar.length])
        known = outline.keys, bar.start, sounding
        if known not in self._known:
            self._known[known] = notes_of_bar(outline, bar, steps)
        return self._known[known]
