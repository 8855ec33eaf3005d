"""Hands for models that write none, so that rules can ask what a hand does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ragsmith.hands import split_hands
from ragsmith.models.base import Model, Pick, State, Step
from ragsmith.models.writing import Alphabet
from ragsmith.piece import Note

__all__ = ["WithHands"]


class WithHands:
    """A model as the sampler sees it: every proposed note has a hand."""

    def __init__(self, model: Model, steps_per_quarter: int) -> None:
        self._model, self._grid = model, steps_per_quarter

    @property
    def alphabet(self) -> Alphabet | None:
        """What the model chooses from; None where it does not write note by note."""
        return getattr(self._model, "alphabet", None)

    def begin(self, outline: Any) -> tuple[int, State]:
        """The number of the next step, and the model's own state."""
        return 0, self._model.begin(outline)

    def propose(self, states: Sequence[tuple[int, State]], picks: Sequence[Pick]) -> list[Step]:
        """The model's proposals; unknown hands are decided within each step."""
        steps = self._model.propose([state for _, state in states], picks)
        return [
            self._in_hands(number, step) for (number, _), step in zip(states, steps, strict=True)
        ]

    def _in_hands(self, number: int, step: Step) -> Step:
        if all(onset.hand for onset in step):
            return step
        notes = [Note(number, o.pitch, o.duration, o.velocity, o.hand) for o in sorted(step)]
        hands = split_hands(notes, self._grid)
        return tuple(
            onset._replace(hand=note.hand) for onset, note in zip(sorted(step), hands, strict=True)
        )

    def advance(
        self, states: Sequence[tuple[int, State]], steps: Sequence[Step]
    ) -> list[tuple[int, State]]:
        """The model's states after these steps."""
        after = self._model.advance([state for _, state in states], steps)
        return [(number + 1, state) for (number, _), state in zip(states, after, strict=True)]
