"""What is planned for a piece before its first note, and how its plan leans the model's choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ragsmith.bundle.profile import Profile
from ragsmith.chords import ChordMark
from ragsmith.composer.chord_chart import chordless_strains, given_chords
from ragsmith.composer.chord_leaning import (
    NOT_LED,
    TOLD,
    ChordLeaning,
    MatchedLeaning,
    is_told,
)
from ragsmith.composer.dials import DialLeaning
from ragsmith.composer.frame import Frame, Plan
from ragsmith.composer.harmonise import chords_to
from ragsmith.composer.harmony_plan import (
    chords_within,
    drawn_chords,
    is_within,
    repeats_under,
)
from ragsmith.composer.rhythm_leaning import RhythmLeaning
from ragsmith.composer.sampling import Leaning, upright
from ragsmith.composer.strain_plans import repeats_of, rhythms_of
from ragsmith.measure.chord_use import ChordNats
from ragsmith.models.base import Model, notes_of
from ragsmith.options import AUTO
from ragsmith.piece import Hand, Piece
from ragsmith.verbs import without_repeated_marks

__all__ = ["leaning_of", "outlines_of", "plan_of"]


def plan_of(model: Model, frame: Frame, profile: Profile, seed: int) -> Plan:
    """The plan of one piece."""
    outline = frame.outline
    if frame.given and not outline.chords and model.name not in NOT_LED:
        hand = None if frame.composes_both else Hand.RIGHT
        hand = Hand.LEFT if hand and not frame.melody_is_composed else hand
        notes = notes_of(frame.given.steps)
        return Plan({}, chords_to(replace(outline, notes=notes), profile.progressions, seed, hand))
    repeats = repeats_of(outline, frame.plans, seed)
    chords, nats, drawn = _chords(model, frame, profile, repeats, seed)
    if frame.chords is not None:
        repeats = repeats_under(outline, repeats, chords)
    rhythms = rhythms_of(outline, frame.rhythm_plans, repeats, seed)
    return Plan(repeats, chords, rhythms, nats, drawn)


def _chords(
    model: Model, frame: Frame, profile: Profile, repeats: Mapping[int, int], seed: int
) -> tuple[tuple[ChordMark, ...], ChordNats | None, tuple[range, ...]]:
    """The chords of one piece, the nats that lead notes under those that are drawn, and the steps
    of these. Where the model draws chords unasked, it does for strains to which nobody gives any.
    """
    outline = frame.outline
    if frame.chords is None:
        return outline.chords, None, ()
    nats = profile.chord_nats if is_told(model) else None
    drawn: tuple[range, ...] = (range(outline.steps),) if frame.chords == AUTO else ()
    given: tuple[ChordMark, ...] = ()
    if frame.chords != AUTO:
        given = given_chords(outline, frame.chords)
        drawn = chordless_strains(outline, frame.chords) if nats else ()
    if not drawn:
        return given, None, ()
    marks = [mark for mark in given if not is_within(mark.step, drawn)]
    new = drawn_chords(outline, profile.progressions, repeats, seed, frame.rates)
    marks += [mark for mark in new if is_within(mark.step, drawn)]
    return without_repeated_marks(sorted(marks, key=lambda mark: mark.step)), nats, drawn


def outlines_of(frames: Sequence[Frame], plans: Sequence[Plan]) -> list[Piece]:
    """The outline of each piece, with its chords; equal ones are one object."""
    own: dict[object, Piece] = {}
    return [
        own.setdefault(
            (frame.outline.keys, plan.chords), replace(frame.outline, chords=plan.chords)
        )
        for frame, plan in zip(frames, plans, strict=True)
    ]


def leaning_of(model: Model, frame: Frame, plan: Plan) -> Leaning:
    """Towards the chords, towards the rhythms, and towards the dials."""
    leaning: Leaning = upright
    given = plan.chords
    if plan.nats:
        drawn = chords_within(plan.chords, plan.drawn, inside=True)
        leaning = MatchedLeaning(frame.outline, drawn, plan.nats)
        given = chords_within(plan.chords, plan.drawn, inside=False)
    if any(mark.chord for mark in given) and model.name not in NOT_LED:
        strength = TOLD if is_told(model) else 1.0
        leaning = ChordLeaning(frame.outline, given, strength, leaning)
    if plan.rhythms:
        leaning = RhythmLeaning(plan.rhythms, leaning)
    return DialLeaning(frame.outline, frame.dials, leaning) if frame.dials else leaning
