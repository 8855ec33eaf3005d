"""The one protocol of all models, and the steps they speak of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from ragsmith.piece import DEFAULT_VELOCITY, Hand, Note, Piece, normalise

__all__ = [
    "Arrays",
    "BaseLearner",
    "Learner",
    "Model",
    "Onset",
    "Pick",
    "Share",
    "State",
    "Step",
    "notes_of",
    "nothing_done",
    "steps_of",
]


class Onset(NamedTuple):
    """A note as models see it; its onset is the step that holds it. Duration in steps."""

    pitch: int
    duration: int
    hand: Hand = Hand.UNKNOWN
    velocity: int = DEFAULT_VELOCITY


Step = tuple[Onset, ...]
"""What begins at one grid step, low to high; () where nothing does."""

State = Any
"""What a model remembers of the steps so far. Never changed in place: an old one stays valid."""

Pick = Callable[[NDArray[np.float64]], int]
"""Chooses an index from log-probabilities (nats, shape (choices,), -inf where impossible)."""

Share = Callable[[int], float]
"""From the number of batches done in this epoch, the share of the whole learning that is done: 0 to
1."""


def nothing_done(batches: int) -> float:
    """The share at the beginning."""
    return 0.0


Arrays = dict[str, NDArray[Any]]
"""Named arrays, as safetensors stores them."""


class Model(Protocol):
    """A trained model: it knows how likely a step is, and proposes the next one.

    Composing is filling an outline: a Piece without notes whose bars (and key, sections) say what
    is wanted. Models that need no outline ignore it. Methods take several states at once so that
    candidates are composed side by side.
    """

    name: str
    """As in `--model`."""

    @property
    def config(self) -> Any:
        """The frozen dataclass that made the model."""
        ...

    @property
    def steps_per_quarter(self) -> int:
        """The grid that the model works on."""
        ...

    @property
    def parameters(self) -> int:
        """How many numbers were learnt."""
        ...

    def begin(self, outline: Piece) -> State:
        """The state before the first step."""
        ...

    def propose(self, states: Sequence[State], picks: Sequence[Pick]) -> list[Step]:
        """For each state the next step, every choice in it made by that state's `pick`."""
        ...

    def advance(self, states: Sequence[State], steps: Sequence[Step]) -> list[State]:
        """The states after these steps.

        Raises:
            BadPrimer: a step that the model cannot represent.
        """
        ...

    def log_likelihood(self, piece: Piece) -> NDArray[np.float64]:
        """Log-probability in nats of each step given all before it, first included: (steps,).

        -inf where the model holds a step to be impossible (a closed vocabulary).
        """
        ...

    def vocabulary(self) -> Any:
        """What neither `config` nor `arrays` can hold, as JSON; None when there is nothing."""
        ...

    def arrays(self) -> Arrays:
        """The weights."""
        ...


class Learner(Protocol):
    """A model while it learns; `ragsmith.training` drives it."""

    batches_per_epoch: int
    epochs: int
    """Passes to make, unless told otherwise."""

    def epoch(self, seed: int, share: Share = nothing_done) -> Iterator[tuple[int, float]]:
        """One pass over the training steps; yields (batches done so far, mean loss in nats per step
        since the last yield) at least every second or so. A learner whose rate falls asks `share`
        how far all learning is."""
        ...

    def model(self) -> Model:
        """The model as it stands now, to be measured or stored."""
        ...

    def state(self) -> Arrays:
        """All that continuing needs: weights, optimiser, counters."""
        ...

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Continue from what `state` gave."""
        ...


@runtime_checkable
class BaseLearner(Learner, Protocol):
    """A learner that can begin from what another model has learnt."""

    def begin_from(self, base: Arrays) -> None:
        """Begin from these weights, those of a model of the same shape."""
        ...


def steps_of(piece: Piece) -> list[Step]:
    """The piece's notes gathered step by step: one entry for each of its steps."""
    gathered: list[list[Onset]] = [[] for _ in range(piece.steps)]
    for note in piece.notes:
        gathered[note.onset].append(Onset(note.pitch, note.duration, note.hand, note.velocity))
    return [tuple(step) for step in gathered]


def notes_of(steps: Sequence[Step]) -> tuple[Note, ...]:
    """The notes of steps, as a piano can play them; the inverse of `steps_of`."""
    return normalise(
        Note(onset, o.pitch, o.duration, o.velocity, o.hand)
        for onset, step in enumerate(steps)
        for o in step
    )
