"""An outline is filled step by step; rules turn down what may not be, and what is finished is
checked once more against the corpus."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

import numpy as np
from threadpoolctl import threadpool_limits

from ragsmith.bundle.profile import Profile
from ragsmith.chords import ChordMark
from ragsmith.composer.draft import DeadEnd, Draft, OutOfTime
from ragsmith.composer.frame import Frame, Plan
from ragsmith.composer.harmony_plan import (
    closes,
    place_words,
)
from ragsmith.composer.particles import sample_given
from ragsmith.composer.phrases import CriticalChoice
from ragsmith.composer.planning import leaning_of, outlines_of, plan_of
from ragsmith.composer.returns import return_nats
from ragsmith.composer.rules.cadence import Cadence, Ending
from ragsmith.composer.rules.no_copy import NoCopy
from ragsmith.composer.rules.no_loop import NoLoop
from ragsmith.composer.rules.playable import Playable
from ragsmith.composer.rules.rule import Rule
from ragsmith.composer.sampler import sample
from ragsmith.composer.sampling import Sampling
from ragsmith.composer.with_hands import WithHands
from ragsmith.dynamics.accents import accented
from ragsmith.easier.letting_go import let_go
from ragsmith.hands import split_hands
from ragsmith.measure.cadence import arrivals
from ragsmith.measure.habits import Habits
from ragsmith.models.base import Model, Step, notes_of
from ragsmith.models.mixture.memory import network_of
from ragsmith.models.writing import NoteModel
from ragsmith.options import AUTO
from ragsmith.originality.gate import Guarantee, NotOriginal, check_originality
from ragsmith.originality.search import Originality
from ragsmith.piece import Key, Piece, normalise
from ragsmith.playing_order import PlayingOrder
from ragsmith.verbs import clip

__all__ = ["JOINED_BARS", "Composed", "Outcome", "fill_outline"]

JOINED_BARS = 2
"""Bars after the new ones whose likelihood says how well they join."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A piece, and how it came about.

    Attributes:
        piece: as it is written; its `order` says how it is played.
        seed: its number.
        nats_per_step: mean over the composed steps, under the model as it is without rules and
            memory; what the model holds to be impossible is left out.
        turned_down: proposals rejected, by rule.
        originality: of the composed part, as it is played; None where nobody checked.
        broken_off: why it is shorter than was wished; None where it is whole.
    """

    piece: Piece
    seed: int
    nats_per_step: float
    turned_down: Mapping[str, int]
    originality: Originality | None
    broken_off: OutOfTime | None = None


Outcome = Composed | DeadEnd | NotOriginal
"""A piece, or why there is none."""


def fill_outline(
    model: Model,
    profile: Profile,
    guarantee: Guarantee | None,
    frame: Frame,
    sampling: Sampling,
    seeds: Sequence[int],
    on_step: Callable[[int, int], None] | None = None,
    on_steps: Callable[[Sequence[Sequence[Step]]], None] | None = None,
    seconds: float | None = None,
) -> list[Outcome]:
    """The outline filled once for each seed, side by side; or why there is no piece: no way forward
    under the rules, or a run that is too long by the check on originality.

    Args:
        model: composes.
        profile: of the corpus that it has learnt.
        guarantee: against copies; None asks no rule and checks nothing.
        frame: what is to be filled.
        sampling: how a step is chosen.
        seeds: one for each piece, 0 to 4294967295.
        on_step: called with (steps done, steps in all) as the pieces grow.
        on_steps: called with the steps that every piece has; they may still be taken back.
        seconds: after which it ends with what there is: pieces that nothing was to follow end with
            their last full bar.

    Raises:
        BadPrimer: what is given holds what the model cannot represent.
    """
    until = frame.free.stop
    frames = [frame.of(seed) for seed in seeds]
    plans = [plan_of(model, own, profile, seed) for own, seed in zip(frames, seeds, strict=True)]
    rules = _rule_sets(profile.habits, guarantee, frames, plans) if guarantee else []
    # Products of so few rows gain nothing from threads, and lose much where others want the cores.
    with threadpool_limits(limits=1, user_api="blas"):
        if frame.given:
            common = rules[0] if rules else []
            drafts = _to_the_given(model, frame, sampling, seeds, common, plans, on_step, seconds)
        else:
            writer = WithHands(model, model.steps_per_quarter)
            drafts = sample(
                writer,
                frame.outline,
                until,
                sampling=sampling,
                seeds=seeds,
                primer=frame.before,
                rule_sets=rules,
                outlines=outlines_of(frames, plans),
                plans=[plan.repeats for plan in plans],
                leanings=[
                    leaning_of(model, own, plan) for own, plan in zip(frames, plans, strict=True)
                ],
                choice=_choice(writer, profile, frame, sampling) if guarantee else None,
                on_step=on_step and (lambda done: on_step(done, until)),
                on_steps=on_steps,
                seconds=seconds,
            )
    return [
        _outcome(model, profile, guarantee, own, plan, draft)
        for own, plan, draft in zip(frames, plans, drafts, strict=True)
    ]


def _to_the_given(
    model: Model,
    frame: Frame,
    sampling: Sampling,
    seeds: Sequence[int],
    rules: Sequence[Rule],
    plans: Sequence[Plan],
    on_step: Callable[[int, int], None] | None,
    seconds: float | None,
) -> list[Draft]:
    """Drafts that go with what is given beside and after them."""
    assert frame.given is not None
    ends = [bar.start + bar.length for bar in frame.outline.bars if bar.start >= frame.free.stop]
    span = range(frame.free.start, max([frame.free.stop, *ends[:JOINED_BARS]]))
    drafts = sample_given(
        model,
        cast("NoteModel", model).alphabet,
        outlines_of([frame] * len(plans), plans),
        frame.given,
        span,
        sampling=sampling,
        seeds=seeds,
        particles=frame.particles,
        rules=rules,
        leanings=[leaning_of(model, frame, plan) for plan in plans],
        on_step=on_step and (lambda done: on_step(done, span.stop)),
        seconds=seconds,
    )
    return [replace(draft, steps=draft.steps[: frame.free.stop]) for draft in drafts]


def _outcome(
    model: Model,
    profile: Profile,
    guarantee: Guarantee | None,
    frame: Frame,
    plan: Plan,
    draft: Draft,
) -> Outcome:
    """What has become of a draft."""
    if not draft.failure:
        return _checked(model, profile, guarantee, frame, plan, draft)
    shorter = _shorter(frame, draft)
    if not shorter or not isinstance(draft.failure, OutOfTime):
        return _explained(frame, plan, draft, draft.failure)
    filled, cut = shorter
    chords = tuple(mark for mark in plan.chords if mark.step < filled.outline.steps)
    outcome = _checked(model, profile, guarantee, filled, Plan({}, chords), cut)
    if isinstance(outcome, Composed):
        return replace(outcome, broken_off=draft.failure)
    return outcome


def _shorter(frame: Frame, draft: Draft) -> tuple[Frame, Draft] | None:
    """The frame and the draft up to the last bar that the draft has filled, each section once; None
    where no bar is full, or something was to follow."""
    ends = [bar.start + bar.length for bar in frame.outline.bars]
    end = max((end for end in ends if end <= len(draft.steps)), default=0)
    if frame.after or frame.given or end <= len(frame.before):
        return None
    outline = clip(frame.outline, 0, end)
    return Frame(outline, frame.before), replace(draft, steps=draft.steps[:end], failure=None)


def _choice(
    writer: WithHands, profile: Profile, frame: Frame, sampling: Sampling
) -> CriticalChoice | None:
    """What chooses between ways to go on; nothing where the corpus taught no critic."""
    if profile.critic is None or sampling.way != "sample" or sampling.tries == 1:
        return None
    outline, alphabet = frame.outline, writer.alphabet
    beat = outline.steps_per_quarter
    lead = None if alphabet is None else partial(return_nats, writer, alphabet, steps=beat)
    return CriticalChoice(outline, frame.free, profile.critic, sampling.tries, frame.keys, lead)


def _explained(frame: Frame, plan: Plan, draft: Draft, failure: DeadEnd) -> DeadEnd:
    """The failure of a draft, with the bar and the chord under which it came to its end."""
    if not plan.chords or isinstance(failure, OutOfTime):
        return failure
    step = min(max(draft.furthest, len(draft.steps)), frame.outline.steps - 1)
    place = place_words(frame.outline, plan.chords, step)
    return DeadEnd(f"{failure.value}, {place}", failure.rule, f"{failure.remedy}, or other chords")


def _checked(
    model: Model,
    profile: Profile,
    guarantee: Guarantee | None,
    frame: Frame,
    plan: Plan,
    draft: Draft,
) -> Composed | NotOriginal:
    """The piece of a draft, unless it copies more than the guarantee allows."""
    piece = _finished(profile, frame, draft.steps, draft.seed, playable=guarantee is not None)
    originality = None
    if guarantee:
        try:
            originality = check_originality(
                piece, frame.free, guarantee, f"seed {draft.seed}", frame.melody_is_composed
            )
        except NotOriginal as error:
            return error
    nats = _nats_per_step(model, piece, frame.free)
    piece = replace(piece, chords=frame.outline.chords if frame.given else plan.chords)
    return Composed(piece, draft.seed, nats, dict(draft.turned_down), originality)


def _nats_per_step(model: Model, piece: Piece, free: range) -> float:
    """Over the composed steps; those that the model holds to be impossible left out."""
    nats = network_of(model).log_likelihood(piece)[free.start : free.stop]
    possible = nats[np.isfinite(nats)]
    return float(-possible.mean()) if len(possible) else 0.0


def _rule_sets(
    habits: Habits, guarantee: Guarantee, frames: Sequence[Frame], plans: Sequence[Plan]
) -> list[list[Rule]]:
    """The rules of each piece, the cheapest first. Those that go by keys are the same for pieces in
    the same keys, all others are the same for all."""
    closing: dict[tuple[Key, ...], list[Rule]] = {}
    for frame, plan in zip(frames, plans, strict=True):
        if frame.outline.keys not in closing:
            chords = plan.chords if frame.chords != AUTO else ()
            closing[frame.outline.keys] = _closing_rules(frame, chords)
    if not frames:
        return []
    one = frames[0]
    outline, free = one.outline, one.free
    playable = Playable(habits, PlayingOrder.of(outline), one.given)
    no_loop = NoLoop(habits.times, outline.steps_per_quarter, free.stop, one.after)
    no_copy = NoCopy(*guarantee, PlayingOrder.of(outline, free), one.melody_is_composed)
    return [[playable, *closing[own.outline.keys], no_loop, no_copy] for own in frames]


def _closing_rules(frame: Frame, chords: Sequence[ChordMark]) -> list[Rule]:
    """Strains close where the chords that are given do."""
    if not frame.composes_both:  # a hand that is given may not close
        return []
    outline = frame.outline
    played = PlayingOrder.of(outline)
    ends = [
        arrival
        for _, arrival in arrivals(outline)
        if (before := played.preceding(arrival, 1))
        and not closes(outline, chords, before[-1], arrival)
    ]
    last = max((bar.start for bar in outline.bars if bar.start <= played.last), default=0)
    ending: list[Rule] = [] if last in ends else [Ending(outline, played)]
    return [Cadence(outline, played, ends), *ending]


def _finished(
    profile: Profile, frame: Frame, steps: Sequence[Step], seed: int, playable: bool
) -> Piece:
    """The piece: what was composed in hands that can play it and with its loudness, what was given
    as it was."""
    outline, free = frame.outline, frame.free
    ends = sorted({outline.steps, free.stop, *(section.end for section in outline.sections)})
    inside = []
    for note in notes_of([*steps, *frame.after]):
        room = outline.steps - note.onset
        if frame.is_composed(note.onset, note.hand):
            room = ends[bisect_right(ends, note.onset)] - note.onset
        inside.append(note._replace(duration=min(note.duration, room)))
    piece = replace(outline, notes=split_hands(normalise(inside), outline.steps_per_quarter))
    if playable:
        piece = let_go(piece, profile.habits, free, frame.given and frame.given.is_given)
    dynamics = profile.dynamics
    played = dynamics.play(piece, seed, free.start) if dynamics else accented(piece, free.start)
    notes = (
        new if frame.is_composed(old.onset, old.hand) else new._replace(velocity=old.velocity)
        for new, old in zip(played.notes, piece.notes, strict=True)
    )
    return replace(piece, notes=tuple(notes))
