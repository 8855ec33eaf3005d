"""What is to be filled, and what is planned for it before its first note."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from ragsmith.chords import ChordMark
from ragsmith.composer.dials import Setting
from ragsmith.composer.given import BOTH, Given
from ragsmith.composer.particles import PARTICLES
from ragsmith.measure.chord_use import ChordNats
from ragsmith.models.base import Step
from ragsmith.piece import Hand, Key, Piece

__all__ = ["Frame", "Plan"]


class Frame(NamedTuple):
    """What is to be filled.

    Attributes:
        outline: the piece without its notes.
        before, after: the steps before and after those that are to be composed.
        plans: how strains of the corpus repeat themselves, if new strains are to do likewise.
        rhythm_plans: how they have their rhythms again, likewise.
        chords: given as text (`ragsmith.harmony.progression`), or `AUTO`, drawn; None: those of the
            outline, where it has any.
        given: what else is fixed, and what is before and after once more: then each piece is chosen
            among many by how well it goes with that. None: every seed makes one way, as it comes.
        particles: ways of each piece that are followed side by side, where something is given.
        dials: figures that are steered.
        rates: how often drawn chords change, by strain.
        keys: by seed those of its piece, where they are not the outline's.
    """

    outline: Piece
    before: Sequence[Step] = ()
    after: Sequence[Step] = ()
    plans: Mapping[str, int] = {}
    rhythm_plans: Mapping[str, int] = {}
    chords: str | None = None
    given: Given | None = None
    particles: int = PARTICLES
    dials: Sequence[Setting] = ()
    rates: Mapping[str, float] = {}
    keys: Mapping[int, tuple[Key, ...]] = {}

    def of(self, seed: int) -> Frame:
        """The frame of one piece, in its keys.

        >>> from ragsmith.piece import Piece
        >>> Frame(Piece((), ()), keys={7: (Key(0, -3),)}).of(7).outline.keys
        (Key(step=0, fifths=-3, minor=False),)
        """
        if seed not in self.keys:
            return self
        return self._replace(outline=replace(self.outline, keys=self.keys[seed]), keys={})

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
    """What is planned for one piece before its first note.

    Attributes:
        repeats: step to the earlier step that it repeats.
        chords: none where nothing leads them.
        rhythms: step to the earlier step that says whether the right hand strikes.
        nats: that lead the notes under drawn chords; None: constants do.
        drawn: the steps whose chords are drawn.
    """

    repeats: Mapping[int, int]
    chords: tuple[ChordMark, ...] = ()
    rhythms: Mapping[int, int] = {}
    nats: ChordNats | None = None
    drawn: tuple[range, ...] = ()
