"""The second lock: the finished piece, as it is played, against the indices of its corpora.

With the rule that composed by it (`ragsmith.composer.rules.no_copy`) it shares no code but the
order in which written steps are played (`ragsmith.playing_order`).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from ragsmith.errors import UserError
from ragsmith.originality.corpora import CorpusIndex
from ragsmith.originality.search import Limits, Originality, against_indices, as_played
from ragsmith.piece import Piece
from ragsmith.playing_order import played_ranges
from ragsmith.verbs import clip

__all__ = ["Guarantee", "NotOriginal", "check_originality"]


class Guarantee(NamedTuple):
    """What is promised of a composed piece: no run longer than `limits` against any of the
    corpora."""

    indices: tuple[CorpusIndex, ...]
    limits: Limits


class NotOriginal(UserError):
    """The check on the finished piece found a copy that the rules let through."""


def check_originality(
    piece: Piece,
    free: range,
    guarantee: Guarantee,
    name: str = "",
    melody: bool = True,
    others: Sequence[range] = (),
) -> Originality:
    """The longest runs of the composed part, as it is played.

    Args:
        piece: as it is written.
        free: its composed steps; what was given is not counted.
        guarantee: the indices of the corpora, and how long runs may be.
        name: of the piece, for the error; its title unless another is given.
        melody: whether runs of the melody count; they do not where it is given.
        others: further composed steps; where one range follows another they count as one.

    Raises:
        NotOriginal: one is longer than its limit.
    """
    originality = Originality(None, None)
    played = as_played(piece)
    ranges = [part for steps in (free, *others) for part in played_ranges(piece, steps)]
    for composed in _together(ranges):
        at = Fraction(composed.start, piece.steps_per_quarter)
        runs = against_indices(clip(played, composed.start, composed.stop), guarantee.indices)
        moved = Originality(*(run and run._replace(at=run.at + at) for run in runs))
        originality = originality.or_longer(moved)
    if not melody:
        originality = originality._replace(melody=None)
    if not originality.within(guarantee.limits):
        longest = max((run for run in originality if run), key=lambda run: run.beats)
        file = guarantee.indices[longest.in_index].name_of(longest.in_piece)
        raise NotOriginal(
            name or piece.title or "the piece",
            f"repeats {float(longest.beats):g} beats of {file} from beat "
            f"{float(longest.at):g} on, more than the limits allow, and is not written",
            "try another seed, and please report this one: composing should have prevented it",
        )
    return originality


def _together(ranges: Sequence[range]) -> list[range]:
    """Ranges in their order, those that touch as one."""
    merged: list[range] = []
    for part in sorted(ranges, key=lambda part: part.start):
        if merged and part.start <= merged[-1].stop:
            merged[-1] = range(merged[-1].start, max(merged[-1].stop, part.stop))
        else:
            merged.append(part)
    return merged
