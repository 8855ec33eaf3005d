"""An outline is filled step by step; rules turn down what may not be, and what is finished is
checked once more against the corpus."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, cast

import numpy as np
from threadpoolctl import threadpool_limits

from ragsmith.bundle.profile import Profile
from ragsmith.chords import ChordMark
from ragsmith.composer.chord_leaning import NOT_LED, TOLD, ChordLeaning
from ragsmith.composer.dials import DialLeaning, Setting
from ragsmith.composer.draft import DeadEnd, Draft, OutOfTime
from ragsmith.composer.given import BOTH, Given
from ragsmith.composer.harmonise import chords_to
from ragsmith.composer.harmony_plan import (
    closes,
    drawn_chords,
    given_chords,
    place_words,
    repeats_under,
)
from ragsmith.composer.particles import PARTICLES, sample_given
from ragsmith.composer.phrases import CriticalChoice
from ragsmith.composer.rules.cadence import Cadence, Ending
from ragsmith.composer.rules.no_copy import NoCopy
from ragsmith.composer.rules.no_loop import NoLoop
from ragsmith.composer.rules.playable import Playable
from ragsmith.composer.rules.rule import Rule
from ragsmith.composer.sampler import sample
from ragsmith.composer.sampling import Leaning, Sampling, upright
from ragsmith.composer.strain_plans import repeats_of
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
from ragsmith.piece import Hand, Piece, normalise
from ragsmith.playing_order import PlayingOrder
from ragsmith.verbs import clip

__all__ = ["JOINED_BARS", "Composed", "Frame", "Outcome", "fill_outline"]

JOINED_BARS = 2
"""Bars after the new ones whose likelihood says how well they join."""


class Frame(NamedTuple):
    """What is to be filled.

    Attributes:
        outline: the piece without its notes.
        before, after: the steps before and after those that are to be composed.
        plans: how strains of the corpus repeat themselves, if new strains are to do likewise.
        chords: given as text (`ragsmith.harmony.progression`), or `AUTO`, drawn; None: those of the
            outline, where it has any.
        given: what else is fixed, and what is before and after once more: then each piece is chosen
            among many by how well it goes with that. None: every seed makes one way, as it comes.
        particles: ways of each piece that are followed side by side, where something is given.
        dials: figures that are steered.
        rates: how often drawn chords change, by strain.
    """

    outline: Piece
    before: Sequence[Step] = ()
    after: Sequence[Step] = ()
    plans: Mapping[str, int] = {}
    chords: str | None = None
    given: Given | None = None
    particles: int = PARTICLES
    dials: Sequence[Setting] = ()
    rates: Mapping[str, float] = {}

    def is_composed(self, step: int, hand: Hand) -> bool:
        """Whether what a hand does at a step is composed."""
        return step in self.free and not (self.given and self.given.is_given(step, hand))

    @property
    def composes_both(self) -> bool:
        """Whether both hands are composed."""
        return all(self._composes(hand) for hand in BOTH)

    @property
    def melody_is_composed(self) -> bool:
        """Whether the right hand is composed."""
        return self._composes(Hand.RIGHT)

    def _composes(self, hand: Hand) -> bool:
        """Whether a hand is composed anywhere."""
        return any(self.is_composed(step, hand) for step in self.free)

    @property
    def free(self) -> range:
        """The steps to be composed."""
        return range(len(self.before), self.outline.steps - len(self.after))


class Plan(NamedTuple):
    """What is planned for one piece before its first note: step to the earlier step that it
    repeats, and chords; none where nothing leads them."""

    repeats: Mapping[int, int]
    chords: tuple[ChordMark, ...] = ()


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
    plans = [_plan(model, frame, profile, seed) for seed in seeds]
    given = plans[0].chords if plans and frame.chords != AUTO else ()
    rules = _rules(profile.habits, guarantee, frame, given) if guarantee else ()
    # Products of so few rows gain nothing from threads, and lose much where others want the cores.
    with threadpool_limits(limits=1, user_api="blas"):
        if frame.given:
            drafts = _to_the_given(model, frame, sampling, seeds, rules, plans, on_step, seconds)
        else:
            drafts = sample(
                WithHands(model, model.steps_per_quarter),
                frame.outline,
                until,
                sampling=sampling,
                seeds=seeds,
                primer=frame.before,
                rules=rules,
                outlines=_outlines(frame.outline, plans),
                plans=[plan.repeats for plan in plans],
                leanings=[_leaning(model, frame, plan) for plan in plans],
                choice=_choice(profile, frame, sampling) if guarantee else None,
                on_step=on_step and (lambda done: on_step(done, until)),
                on_steps=on_steps,
                seconds=seconds,
            )
    return [
        _outcome(model, profile, guarantee, frame, plan, draft)
        for draft, plan in zip(drafts, plans, strict=True)
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
        _outlines(frame.outline, plans),
        frame.given,
        span,
        sampling=sampling,
        seeds=seeds,
        particles=frame.particles,
        rules=rules,
        leanings=[_leaning(model, frame, plan) for plan in plans],
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


def _plan(model: Model, frame: Frame, profile: Profile, seed: int) -> Plan:
    """The plan of one piece."""
    outline = frame.outline
    if frame.given and not outline.chords and model.name not in NOT_LED:
        hand = None if frame.composes_both else Hand.RIGHT
        hand = Hand.LEFT if hand and not frame.melody_is_composed else hand
        notes = notes_of(frame.given.steps)
        return Plan({}, chords_to(replace(outline, notes=notes), profile.progressions, seed, hand))
    repeats = repeats_of(outline, frame.plans, seed)
    if frame.chords is None:
        return Plan(repeats, outline.chords)
    if frame.chords == AUTO:
        chords = drawn_chords(outline, profile.progressions, repeats, seed, frame.rates)
    else:
        chords = given_chords(outline, frame.chords)
    return Plan(repeats_under(outline, repeats, chords), chords)


def _outlines(outline: Piece, plans: Sequence[Plan]) -> list[Piece]:
    """The outline of each plan, with its chords; equal ones are one object."""
    own = {plan.chords: replace(outline, chords=plan.chords) for plan in plans}
    return [own[plan.chords] for plan in plans]


def _leaning(model: Model, frame: Frame, plan: Plan) -> Leaning:
    """Towards the chords, and towards the dials."""
    leaning: Leaning = upright
    if plan.chords and model.name not in NOT_LED:
        knows_chords = getattr(model.config, "harmony", False)
        leaning = ChordLeaning(frame.outline, plan.chords, TOLD if knows_chords else 1.0)
    return DialLeaning(frame.outline, frame.dials, leaning) if frame.dials else leaning


def _choice(profile: Profile, frame: Frame, sampling: Sampling) -> CriticalChoice | None:
    """What chooses between ways to go on; nothing where the corpus taught no critic."""
    if profile.critic is None or sampling.way != "sample" or sampling.tries == 1:
        return None
    return CriticalChoice(frame.outline, frame.free, profile.critic, sampling.tries)


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


def _rules(
    habits: Habits, guarantee: Guarantee, frame: Frame, chords: Sequence[ChordMark]
) -> list[Rule]:
    """The cheapest first; strains close where the chords that are given do."""
    outline = frame.outline
    played = PlayingOrder.of(outline)
    ends = [
        arrival
        for _, arrival in arrivals(outline)
        if (before := played.preceding(arrival, 1))
        and not closes(outline, chords, before[-1], arrival)
    ]
    last = max((bar.start for bar in outline.bars if bar.start <= played.last), default=0)
    closing: list[Rule] = [Cadence(outline, played, ends)]
    closing += [] if last in ends else [Ending(outline, played)]
    return [
        Playable(habits, played, frame.given),
        *(closing if frame.composes_both else []),  # a hand that is given may not close
        NoLoop(habits.times, outline.steps_per_quarter, frame.free.stop, frame.after),
        NoCopy(*guarantee, PlayingOrder.of(outline, frame.free), frame.melody_is_composed),
    ]


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
