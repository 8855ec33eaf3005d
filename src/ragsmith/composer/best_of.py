"""The best of many: candidates ranked by what a bundle knows of its corpus."""

from __future__ import annotations

from collections.abc import Sequence

from ragsmith.bundle.bundle import Bundle
from ragsmith.bundle.profile import portrait_in
from ragsmith.composer.fill import Composed
from ragsmith.composer.ranking import Candidate, Ranked, Shared, rank
from ragsmith.measure.style import Band
from ragsmith.originality.search import Limits

__all__ = ["ranked"]


def ranked(
    bundle: Bundle, composed: Sequence[Composed], limits: Limits | None = None
) -> list[Ranked]:
    """All of them, the best first; in the order given where the bundle has no portrait.

    Raises:
        BadBundle: its portrait is damaged.
    """
    portrait = portrait_in(bundle)
    if portrait is None:
        return [Ranked(number, 0.0, ()) for number in range(len(composed))]
    likely = None
    if bundle.card.likely:
        low, high = bundle.card.likely
        likely = Band(low, (low + high) / 2, high)
    candidates = [
        Candidate(each.piece, each.nats_per_step, _shared(each, limits or Limits()))
        for each in composed
    ]
    return rank(candidates, portrait, likely)


def _shared(composed: Composed, limits: Limits) -> tuple[Shared, ...]:
    if composed.originality is None:
        return ()
    return tuple(
        Shared(kind, float(run.beats) if run else 0.0, limit)
        for kind, run, limit in zip(
            ("texture", "melody"), composed.originality, limits, strict=True
        )
    )
