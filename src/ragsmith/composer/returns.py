"""How well ways to go on lead to a bar that returns.

A plan says that bars come back as they were. What comes before them is composed anew, and a model,
which looks at the past alone, does not know where it is to lead. So of several ways the model is
asked how likely the first notes of what returns are after each: a step of sequential Monte Carlo,
as in `ragsmith.composer.particles`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ragsmith.composer.draft import Draft
from ragsmith.composer.given import BOTH, Completion, Given
from ragsmith.composer.sampling import LogP
from ragsmith.models.base import Pick, State, Step
from ragsmith.models.writing import Alphabet

__all__ = ["Writer", "return_nats"]


class Writer(Protocol):
    """What writes steps note by note, from the states of drafts."""

    def propose(self, states: Sequence[State], picks: Sequence[Pick]) -> list[Step]:
        """The next step for each state, as `ragsmith.models.base.Model.propose` gives it."""
        ...

    def advance(self, states: Sequence[State], steps: Sequence[Step]) -> list[State]:
        """The states after these steps, as `ragsmith.models.base.Model.advance` gives them."""
        ...


def return_nats(
    writer: Writer, alphabet: Alphabet, ways: Sequence[Draft], steps: int
) -> NDArray[np.float64]:
    """Log-probability of the next steps that the plan says, after each way: (ways,); 0 where it
    says nothing.

    Args:
        writer: composes the ways.
        alphabet: what it chooses from.
        ways: of one draft, equally long.
        steps: how many are looked at, where the plan says so many.
    """
    nats = np.zeros(len(ways))
    states = [way.states[-1] for way in ways]
    pasts = [[*way.steps] for way in ways]
    now, plan = len(pasts[0]), ways[0].plan
    for step in range(now, now + steps):
        if step not in plan:
            break
        returning = [past[plan[step]] for past in pasts]
        completions = [
            Completion(_likeliest, alphabet, Given([onsets], [BOTH], [()]), 0)
            for onsets in returning
        ]
        writer.propose(states, completions)
        nats += [completion.nats for completion in completions]
        states = writer.advance(states, returning)
        for past, onsets in zip(pasts, returning, strict=True):
            past.append(onsets)
    return nats


def _likeliest(log_p: LogP) -> int:
    return int(log_p.argmax())
