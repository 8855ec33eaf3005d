"""What is measured of a piece, human or composed, against the works that were learnt.

Definitions, beyond those of `ragsmith.measure`; a step is taken as its set of onset pitches, at its
own pitch, and a work is never compared with itself:

copied      share of steps inside stretches of `COPIED_STEPS` steps, an onset at both ends, that
            stand in a learnt work step for step.
seams       share of the moves from one onset step to the next (both sets, and the time between)
            that stand in no learnt work.
drift       mean `scale_share` of spans of `SPAN_BARS` bars, less that of the whole piece: how far
            the piece as a whole leaves the scales that it keeps to locally.
outside     share of the figures of `Style` that lie outside the learnt works' 5-95 % band.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from ragsmith.measure import band, longest_loop, loop_share, style_of
from ragsmith.originality.runs import index_of, longest_runs
from ragsmith.piece import Piece, pitches_by_onset
from ragsmith.verbs import clip

__all__ = ["COPIED_STEPS", "SPAN_BARS", "Figures", "LearntWorks", "opening"]

COPIED_STEPS = 11
"""Just longer than the 2.5 beats that the package guarantees against, on a grid of sixteenths."""
SPAN_BARS = 4
SEVERAL = -1
"""Stands for the owner of what several works hold."""


class Figures(NamedTuple):
    """The figures of one piece. Lengths in quarter-note beats, shares from 0 to 1."""

    texture: float
    melody: float
    copied: float
    seams: float
    loops: float
    longest_loop: float
    distinct: float
    scale: float
    drift: float
    notes: float
    outside: float


Step = frozenset[int]
Gram = tuple[Step | int, ...]


class LearntWorks:
    """The learnt works, made ready to be compared with.

    Args:
        works: what was learnt, whole.
        bars: how much of each gives the band of style.
    """

    def __init__(self, works: Sequence[Piece], bars: int) -> None:
        self._index = index_of(works)
        self._owners: dict[Gram, int] = {}
        for number, work in enumerate(works):
            steps = _steps(work)
            for gram in {*(g for _, g in _stretches(steps)), *_moves(steps)}:
                if self._owners.setdefault(gram, number) != number:
                    self._owners[gram] = SEVERAL
        styles = [asdict(style_of(opening(work, bars))) for work in works]
        self._bands = {
            name: band(values)
            for name in styles[0]
            if (values := [s[name] for s in styles if s[name] is not None])
        }

    def measure(self, piece: Piece, excluding: int | None = None) -> Figures:
        """The figures of a piece; `excluding` is the number of a learnt work to leave out."""
        texture, melody = longest_runs(piece, self._index, excluding)
        steps = _steps(piece)
        moves = _moves(steps)
        loop = longest_loop(piece)
        style = style_of(piece)
        return Figures(
            texture=float(texture.beats) if texture else 0.0,
            melody=float(melody.beats) if melody else 0.0,
            copied=self._copied(steps, excluding),
            seams=sum(not self._stands(m, excluding) for m in moves) / max(1, len(moves)),
            loops=loop_share(piece),
            longest_loop=loop.steps / loop.steps_per_quarter if loop else 0.0,
            distinct=style.distinct_steps,
            scale=style.scale_share,
            drift=_local_scale_share(piece) - style.scale_share,
            notes=style.notes_per_step,
            outside=self._outside(asdict(style)),
        )

    def _stands(self, gram: Gram, excluding: int | None) -> bool:
        """Whether it stands in a work other than the excluded one."""
        return self._owners.get(gram, excluding) != excluding

    def _copied(self, steps: Sequence[Step], excluding: int | None) -> float:
        inside = np.zeros(len(steps), np.bool_)
        for start, gram in _stretches(steps):
            if self._stands(gram, excluding):
                inside[start : start + COPIED_STEPS] = True
        return float(inside.mean())

    def _outside(self, style: dict[str, float | None]) -> float:
        figures = [(v, self._bands[n]) for n, v in style.items() if v is not None]
        return sum(not b.low <= v <= b.high for v, b in figures) / len(figures)


def opening(piece: Piece, bars: int) -> Piece:
    """The first bars of a piece, or all of it where it has no more."""
    return clip(piece, 0, piece.bars[bars].start) if len(piece.bars) > bars else piece


def _steps(piece: Piece) -> list[Step]:
    chords = pitches_by_onset(piece.notes)
    return [frozenset(chords.get(step, ())) for step in range(piece.steps)]


def _stretches(steps: Sequence[Step]) -> Iterator[tuple[int, Gram]]:
    """(first step, stretch) for every stretch that begins and ends with an onset."""
    for start in range(len(steps) - COPIED_STEPS + 1):
        if steps[start] and steps[start + COPIED_STEPS - 1]:
            yield start, tuple(steps[start : start + COPIED_STEPS])


def _moves(steps: Sequence[Step]) -> list[Gram]:
    """From each onset step to the next: both sets, and the steps between."""
    places = [t for t, step in enumerate(steps) if step]
    return [(steps[a], b - a, steps[b]) for a, b in pairwise(places)]


def _local_scale_share(piece: Piece) -> float:
    starts = [*(bar.start for bar in piece.bars[::SPAN_BARS]), piece.steps]
    spans = [clip(piece, a, b) for a, b in pairwise(starts)]
    shares = [style_of(span).scale_share for span in spans if span.notes]
    return float(np.mean(shares)) if shares else 0.0
