"""What a piece shares with a corpus: the longest runs, where they stand here and there.

Definition and convention: as in `ragsmith.originality.runs`; the piece and the corpus are taken as
they are played, hands guessed where they are unknown. Against the corpus itself runs of any length
are found; against the indices of a bundle those longer than a beat, and exactly the same ones,
whether an index is sealed (`ragsmith.originality.index`) or compact
(`ragsmith.originality.compact`).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from ragsmith.errors import BadOption
from ragsmith.hands import in_hands
from ragsmith.options import COPY_LIMIT, LONGEST_LIMIT, MELODY_LIMIT, SHORTEST_LIMIT
from ragsmith.originality.compact import CompactPassages
from ragsmith.originality.corpora import CorpusIndex
from ragsmith.originality.index import Lane, Passages, Struck, lanes_of, places, rows
from ragsmith.originality.runs import Index, Run, index_from, longest_runs
from ragsmith.piece import Piece
from ragsmith.playing_order import unfold

__all__ = [
    "LONGEST_LIMIT",
    "SHORTEST_LIMIT",
    "Limits",
    "Originality",
    "against_corpus",
    "against_indices",
    "against_passages",
    "as_played",
    "checked_limits",
]


class Limits(NamedTuple):
    """The longest runs that are allowed, in quarter-note beats.

    >>> Limits(texture=2, melody=3)
    Limits(texture=2, melody=3)
    """

    texture: float = COPY_LIMIT.default
    melody: float = MELODY_LIMIT.default


def checked_limits(limits: Limits | tuple[float, float]) -> Limits:
    """Limits that can be kept.

    Raises:
        BadOption: they are not two numbers, or one is shorter than a beat.
    """
    try:
        texture, melody = limits
    except (TypeError, ValueError):
        rule = "are not two numbers of beats"
        raise BadOption(f"limits {limits!r}", rule, "write them like (2.5, 4)") from None
    if None in (texture, melody):
        raise BadOption("limit None", COPY_LIMIT.rule, COPY_LIMIT.remedy)
    return Limits(COPY_LIMIT.check(texture), MELODY_LIMIT.check(melody))


class Originality(NamedTuple):
    """The longest runs that a piece shares with a corpus; None where none was found."""

    texture: Run | None
    melody: Run | None

    def within(self, limits: Limits) -> bool:
        """Whether neither run is longer than allowed."""
        return all(not run or run.beats <= most for run, most in zip(self, limits, strict=True))

    def or_longer(self, other: Originality) -> Originality:
        """The longer run of each kind, its own where both are equally long."""
        pairs = zip(self, other, strict=True)
        return Originality(*(max(pair, key=lambda run: run.beats if run else 0) for pair in pairs))


def as_played(piece: Piece) -> Piece:
    """With repeats unfolded and every note in a hand."""
    return in_hands(unfold(piece))


def against_corpus(played: Piece, index: Index) -> Originality:
    """Compare a piece `as_played` with the corpus itself: an index of its pieces `as_played`."""
    return Originality(*longest_runs(played, index))


def against_indices(played: Piece, indices: Sequence[CorpusIndex]) -> Originality:
    """Compare a piece `as_played` with all corpora that a bundle knows; of runs that are equally
    long that of the first index.
    """
    originality = Originality(None, None)
    for number, index in enumerate(indices):
        runs = against_passages(played, index.passages)
        originality = originality.or_longer(
            Originality(*(run and run._replace(in_index=number) for run in runs))
        )
    return originality


def against_passages(played: Piece, passages: Passages | CompactPassages) -> Originality:
    """Compare a piece `as_played` with one index.

    The piece keeps its own grid: what lies between the steps of the corpus is none of its passages.
    """
    if isinstance(passages, CompactPassages):
        runs = longest_runs(played, _searchable(passages))
        return Originality(*(run if run and run.beats > 1 else None for run in runs))
    grids = played.steps_per_quarter, passages.steps_per_quarter
    texture, *melodies = (
        _longest(onsets, lane, *grids)
        for onsets, lane in zip(lanes_of(played), passages[1:], strict=True)
    )
    return Originality(texture, max(melodies, key=lambda run: run.beats if run else 0))


@lru_cache(maxsize=4)
def _searchable(passages: CompactPassages) -> Index:
    """The index, made ready once for all pieces that are compared with it."""
    return index_from(passages)


def _longest(onsets: Sequence[Struck], lane: Lane, grid: int, of_lane: int) -> Run | None:
    """The longest run: rows that stand in the index, put together where they overlap in one
    alignment, that is in one file, so much further on and so many semitones away."""
    growing: dict[tuple[int, int, int], tuple[int, int]] = {}
    best: tuple[int, int] | None = None
    aligned = (0, 0, 0)
    for first, last in rows(onsets, grid):
        here, end = onsets[first], onsets[last].step
        row = _on_grid(onsets[first : last + 1], grid, of_lane)
        for place in places(lane, row) if row else ():
            shift = place.step * grid - here.step * of_lane
            alignment = place.file, shift, here.base - place.base
            start, so_far = growing.get(alignment, (here.step, -1))
            if so_far < here.step:
                start = here.step
            growing[alignment] = start, end
            if best is None or end - start > best[1] - best[0]:
                best, aligned = (start, end), alignment
    if best is None:
        return None
    start, end = best
    file, shift, transposition = aligned
    length = Fraction(end - start + 1, grid)
    at = Fraction(start, grid)
    return Run(length, at, file, at + Fraction(shift, grid * of_lane), transposition)


def _on_grid(onsets: Sequence[Struck], grid: int, new: int) -> Sequence[Struck]:
    """Onsets on another grid, the first on step 0; none where one lies between its steps."""
    if grid == new:
        return onsets
    first = onsets[0].step
    scaled = [(onset.step - first) * new for onset in onsets]
    if any(step % grid for step in scaled):
        return ()
    return [o._replace(step=step // grid) for o, step in zip(onsets, scaled, strict=True)]
