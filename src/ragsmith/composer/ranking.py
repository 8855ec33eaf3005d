"""Which of several candidates to keep, and why: those that would stand out least in the corpus.

Definition: a candidate's penalty is the sum of
- for every figure outside the corpus's 5-95 % band (`ragsmith.measure.portrait`), how far, in
  widths of the band, at most `MOST`, so that no single figure outweighs all others;
- the same for its nats per step and the band of the likelihood, where there is one;
- for the longest texture run and the longest melody run that it shares with the corpus
  (`ragsmith.originality.runs`), `CLOSENESS` times its share of the limit, where there is one.
A piece inside every band that shares nothing has 0. Lower is better.
Convention: pieces as they are written, of equal length, for some figures move with it. Equal
candidates keep their order.
Source: ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ragsmith.measure.portrait import Outlier, Portrait, figures_of, how_far, outside
from ragsmith.measure.style import Band
from ragsmith.piece import Piece

__all__ = ["CLOSENESS", "MOST", "Candidate", "Ranked", "Reason", "Shared", "rank"]

MOST = 3.0
"""Widths of a band: what one figure can cost."""
CLOSENESS = 0.25
"""What a run costs that is as long as its limit."""


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
        nats_per_step: under the model that composed it, or another; None where nobody asked.
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
    """A candidate's place: its number in the order given, its penalty, the reasons, worst first."""

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
    return sorted(ranked, key=lambda each: (each.penalty, each.number))


def _reasons(
    candidate: Candidate, portrait: Portrait, likelihood: Band | None
) -> tuple[Reason, ...]:
    found = outside(figures_of(candidate.piece, portrait), portrait)
    if candidate.nats_per_step is not None and likelihood:
        nats = how_far("nats_per_step", candidate.nats_per_step, likelihood)
        found += [nats] if nats else []
    reasons = [Reason(o.name, min(MOST, abs(o.far)), _told(o)) for o in found]
    for kind, beats, limit in candidate.shared:
        words = f"longest {kind} run shared with the corpus {beats:.4g} of {limit:.4g} beats"
        if beats:
            reasons.append(Reason(f"longest_{kind}_beats", CLOSENESS * beats / limit, words))
    return tuple(sorted(reasons, key=lambda reason: (-reason.penalty, reason.figure)))


def _told(outlier: Outlier) -> str:
    name, low, high = WORDS.get(outlier.name, (outlier.name.replace("_", " "), "low", "high"))
    band = f"{outlier.band.low:.3g} to {outlier.band.high:.3g}"
    return f"{name} {outlier.figure:.3g}, corpus {band}: too {high if outlier.far > 0 else low}"


LIKENESS, RHYTHM = ("loose", "repetitive"), ("irregular", "uniform")
WORDS = {
    "alike_1": ("likeness to the bar before", *LIKENESS),
    "alike_2": ("likeness to two bars before", *LIKENESS),
    "alike_4": ("likeness to four bars before", *LIKENESS),
    "alike_8": ("likeness to eight bars before", *LIKENESS),
    "alike_16": ("likeness to sixteen bars before", *LIKENESS),
    "distinct_steps": ("different chords and notes", "repetitive", "varied"),
    "durations_unlike": ("distance of the durations", "average", "unlike"),
    "empty_bars": ("empty bars", "crowded", "empty"),
    "empty_steps": ("empty steps", "crowded", "empty"),
    "intervals_unlike": ("distance of the melody's intervals", "average", "unlike"),
    "leap": ("mean leap of the melody", "narrow", "wild"),
    "left_alike": ("likeness of the left hand to the bar before", *LIKENESS),
    "left_chord": ("notes a left-hand chord", "thin", "thick"),
    "left_notes": ("left-hand notes a step", "sparse", "dense"),
    "left_on_beat": ("left hand on the beat", "far off the beat", "square"),
    "left_pitch": ("mean pitch of the left hand", "low", "high"),
    "left_range": ("range of the left hand", "narrow", "wide"),
    "local_scale_share": ("notes in one scale within four bars", "chromatic", "plain"),
    "nats_per_step": ("nats a step", "predictable", "surprising"),
    "notes_per_step": ("notes a step", "sparse", "dense"),
    "on_beat": ("onsets on the beat", "far off the beat", "square"),
    "oom_pah": ("oom-pah", "rare", "constant"),
    "pitch_class_entropy": ("entropy of the pitch classes", "plain", "chromatic"),
    "polyphony": ("notes struck together", "thin", "thick"),
    "repeated_notes": ("repeated notes of the melody", "few", "many"),
    "returns": ("bars that come back", "few", "many"),
    "rhythm_1": ("likeness in rhythm to the bar before", *RHYTHM),
    "rhythm_2": ("likeness in rhythm to two bars before", *RHYTHM),
    "rhythm_4": ("likeness in rhythm to four bars before", *RHYTHM),
    "rhythm_8": ("likeness in rhythm to eight bars before", *RHYTHM),
    "rhythms_unlike": ("distance of the rhythms", "average", "unlike"),
    "right_chord": ("notes a right-hand chord", "thin", "thick"),
    "right_notes": ("right-hand notes a step", "sparse", "dense"),
    "right_pitch": ("mean pitch of the right hand", "low", "high"),
    "right_range": ("range of the right hand", "narrow", "wide"),
    "right_rests": ("rests of the right hand", "breathless", "silent"),
    "scale_share": ("notes in one scale", "chromatic", "plain"),
    "syncopation": ("syncopation", "straight", "syncopated"),
}
"""What a figure is called; what a piece is too much of when it has too little, and too much."""
