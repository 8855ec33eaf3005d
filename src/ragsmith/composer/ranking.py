"""Which of several candidates to keep, and why: those that differ least from the corpus.

Definition: a candidate's penalty is the sum of
- for every figure outside the corpus's 5-95 % band (`ragsmith.measure.portrait`), how far, in
  widths of the band, at most `MOST`, so that no single figure outweighs all others;
- the same for its nats per step and the band of the likelihood, where there is one;
- for the longest texture run and the longest melody run that it shares with the corpus
  (`ragsmith.originality.runs`), `CLOSENESS` times its share of the limit, where there is one.
A piece inside every band that shares nothing has 0. Lower is better.
Where the model has learnt a critic of pieces, what it holds against a piece (the mean over its
excerpts, in nats) stands in place of the bands: they draw pieces to the corpus's middle, where no
piece of the corpus is, and by them the best of eight were told from rags more easily than any.
It holds nothing against a piece that speaks for the corpus as half of its own do: beyond that the
best would be those that are like the corpus's oddest.
Convention: pieces as they are written, of equal length, for some figures move with it. Equal
candidates keep their order.
Source: ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import NamedTuple

from ragsmith.bundle.profile import Profile
from ragsmith.composer.dials import missed_by
from ragsmith.composer.fill import Composed
from ragsmith.measure.critic import Critic
from ragsmith.measure.difficulty import difficulty as difficulty_of_piece
from ragsmith.measure.excerpts import excerpt_figures
from ragsmith.measure.figure_words import in_words
from ragsmith.measure.portrait import Portrait, figures_of, how_far, outside
from ragsmith.measure.style import Band
from ragsmith.originality.search import Limits
from ragsmith.piece import Piece

__all__ = ["CLOSENESS", "MOST", "Candidate", "Ranked", "Reason", "Shared", "rank", "rank_composed"]

MOST = 3.0
"""Widths of a band: what one figure can cost."""
MISSED = 2.0
"""What half a band costs by which a dial is missed."""
CLOSENESS = 0.25
"""What a run costs that is as long as its limit."""
SHARED = "longest_"
"""What the names of figures of shared runs begin with."""


class Shared(NamedTuple):
    """The longest run of a kind that a piece shares with the corpus, and its limit, in beats."""

    kind: str
    beats: float
    limit: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A piece to be ranked.

    Attributes:
        piece: as it is written.
        nats_per_step: under the model that composed it, or another; None where it is unknown.
        shared: its longest runs; empty where no limits were set.
    """

    piece: Piece
    nats_per_step: float | None = None
    shared: tuple[Shared, ...] = ()


class Reason(NamedTuple):
    """What speaks against a candidate: by how much, and in plain words."""

    figure: str
    penalty: float
    words: str


class Ranked(NamedTuple):
    """A candidate's place: its number in the order given, its penalty, the reasons, worst first. A
    critic of pieces does not count figures outside their bands, which stay among the reasons."""

    number: int
    penalty: float
    reasons: tuple[Reason, ...]


def rank(
    candidates: Sequence[Candidate], portrait: Portrait, likelihood: Band | None = None
) -> list[Ranked]:
    """All candidates, the best first; keep as many as you like.

    Args:
        candidates: in the order that equals keep, such as that of their seeds.
        portrait: of the corpus.
        likelihood: between which bounds nats per step are as they should be; None: no matter.

    Raises:
        ValueError: a piece lies on another grid than the portrait.
    """
    ranked = []
    for number, candidate in enumerate(candidates):
        reasons = _reasons(candidate, portrait, likelihood)
        ranked.append(Ranked(number, sum(reason.penalty for reason in reasons), reasons))
    return sorted(ranked, key=lambda place: (place.penalty, place.number))


def rank_composed(
    profile: Profile,
    composed: Sequence[Composed],
    limits: Limits | None = None,
    difficulty: int | None = None,
    dials: str | None = None,
) -> list[Ranked]:
    """All that was composed, the best first by the critic of pieces, or by the bands, of the
    corpus's profile; in the order given where it has no portrait. Where a difficulty was wished
    for, those that come nearest to it are first; else what dials miss counts as well, half a band
    as much as `MISSED`.

    Args:
        profile: of the corpus of the model that composed them.
        composed: in the order of their seeds.
        limits: those that they were composed under; None means the usual ones.
        difficulty: that was wished for.
        dials: that were wished for.
    """
    if profile.portrait is None:
        return [Ranked(number, 0.0, ()) for number in range(len(composed))]
    candidates = [
        Candidate(one.piece, one.nats_per_step, _shared_runs(one, limits or Limits()))
        for one in composed
    ]
    ranks, portrait = rank(candidates, profile.portrait, profile.likelihood), profile.portrait
    if profile.piece_critic:
        ranks = _by_critic(profile.piece_critic, portrait, composed, ranks)

    def missed(number: int) -> float:
        return missed_by(dials, figures_of(composed[number].piece, portrait), portrait.bands)

    if difficulty is None and dials is None:
        return ranks
    if difficulty is None:
        return sorted(ranks, key=lambda place: place.penalty + MISSED * missed(place.number))
    return sorted(
        ranks, key=lambda place: abs(difficulty_of_piece(composed[place.number].piece) - difficulty)
    )


def _by_critic(
    critic: Critic, portrait: Portrait, composed: Sequence[Composed], ranks: Sequence[Ranked]
) -> list[Ranked]:
    """The ranks by what a critic holds against the pieces, and by what they share."""

    def penalty(rank: Ranked) -> float:
        figures = [*excerpt_figures(composed[rank.number].piece, portrait)]
        nats = fmean(map(critic.log_odds, figures)) if figures else 0.0
        shared = (r.penalty for r in rank.reasons if r.figure.startswith(SHARED))
        return max(0.0, -nats) + sum(shared)

    judged = [rank._replace(penalty=penalty(rank)) for rank in ranks]
    return sorted(judged, key=lambda rank: (rank.penalty, rank.number))


def _shared_runs(composed: Composed, limits: Limits) -> tuple[Shared, ...]:
    """Its longest runs beside their limits; none where nobody checked."""
    if composed.originality is None:
        return ()
    kinds = zip(("texture", "melody"), composed.originality, limits, strict=True)
    return tuple(
        Shared(kind, float(run.beats) if run else 0.0, limit) for kind, run, limit in kinds
    )


def _reasons(
    candidate: Candidate, portrait: Portrait, likelihood: Band | None
) -> tuple[Reason, ...]:
    outliers = outside(figures_of(candidate.piece, portrait), portrait)
    if candidate.nats_per_step is not None and likelihood:
        nats = how_far("nats_per_step", candidate.nats_per_step, likelihood)
        outliers += [nats] if nats else []
    reasons = [Reason(o.name, min(MOST, abs(o.far)), in_words(o)) for o in outliers]
    for kind, beats, limit in candidate.shared:
        words = f"longest {kind} run shared with the corpus {beats:.4g} of {limit:.4g} beats"
        if beats:
            reasons.append(Reason(f"{SHARED}{kind}_beats", CLOSENESS * beats / limit, words))
    return tuple(sorted(reasons, key=lambda reason: (-reason.penalty, reason.figure)))
