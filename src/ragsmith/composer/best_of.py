"""The best of many: candidates ranked by the profile of the corpus."""

from __future__ import annotations

from collections.abc import Sequence

from ragsmith.bundle.profile import Profile
from ragsmith.composer.fill import Composed
from ragsmith.composer.ranking import Candidate, Ranked, Shared, rank
from ragsmith.originality.search import Limits

__all__ = ["ranked"]


def ranked(
    profile: Profile, composed: Sequence[Composed], limits: Limits | None = None
) -> list[Ranked]:
    """All of them, the best first; in the order given where the profile has no portrait."""
    if profile.portrait is None:
        return [Ranked(number, 0.0, ()) for number in range(len(composed))]
    candidates = [
        Candidate(one.piece, one.nats_per_step, _shared(one, limits or Limits()))
        for one in composed
    ]
    return rank(candidates, profile.portrait, profile.likelihood)


def _shared(composed: Composed, limits: Limits) -> tuple[Shared, ...]:
    if composed.originality is None:
        return ()
    return tuple(
        Shared(kind, float(run.beats) if run else 0.0, limit)
        for kind, run, limit in zip(
            ("texture", "melody"), composed.originality, limits, strict=True
        )
    )
