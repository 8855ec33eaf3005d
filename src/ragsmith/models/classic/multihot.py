"""`multihot`: a vector with one bit per note instead of one category per set of notes.

The bits are the distinct (pitch, duration) of the corpus. An LSTM reads the vector of a step and
says for every bit how likely it is in the next, independently of the others:

    P(x<t+1> | x<1..t>) = Π_n sigmoid(a_n)^x_n (1 - sigmoid(a_n))^(1 - x_n),  a = V h<t> + d

so that any combination of known notes has a probability, seen before or not. A step that holds an
unknown note is impossible.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from ragsmith.errors import BadBundle, BadPrimer
from ragsmith.models.base import Onset, Pick, Step, steps_of
from ragsmith.models.classic.closed import ClosedModel
from ragsmith.models.classic.configs import MultihotConfig
from ragsmith.models.classic.vocabulary import Vocabulary, spell
from ragsmith.models.lstm import Float, LSTMState, LSTMWeights, lstm_step, zero_state
from ragsmith.models.weights import Shapes, lstm_shapes, out_shapes
from ragsmith.piece import Piece

__all__ = ["MultihotModel", "bit_table", "bits_of", "note_vocabulary"]


class MultihotState(NamedTuple):
    """What the model remembers, and the activation a of every bit of the next step: (bits,)."""

    lstm: LSTMState
    activations: NDArray[np.float64]


def note_vocabulary(elements: Vocabulary) -> Vocabulary:
    """The distinct single notes of these elements; element 0 is silence and stands for START."""
    return Vocabulary(sorted({(note,) for element in elements.elements for note in element}))


def bits_of(vocabulary: Vocabulary, step: Step) -> tuple[list[int], list[Onset]]:
    """The numbers of a step's notes, and the notes that have none."""
    numbers = [(vocabulary.index((onset,)), onset) for onset in step]
    return [n for n, _ in numbers if n > 0], [onset for n, onset in numbers if n <= 0]


def bit_table(elements: Vocabulary, notes: Vocabulary) -> NDArray[np.uint8]:
    """The bits of every element, and START as the last row: (elements + 1, bits)."""
    table = np.zeros((len(elements) + 1, len(notes)), np.uint8)
    for i in range(len(elements)):
        bits, _ = bits_of(notes, elements.step(i))
        table[i, bits] = 1
    table[-1, 0] = 1
    return table


class MultihotModel(ClosedModel):
    """A trained `multihot` model; its notes are a closed set, their combinations are not."""

    name = "multihot"

    def __init__(
        self, config: MultihotConfig, vocabulary: Vocabulary, arrays: Mapping[str, NDArray[Any]]
    ) -> None:
        super().__init__(config, vocabulary, arrays)
        self._lstm = LSTMWeights(arrays["kernel"], arrays["recurrent"], arrays["bias"])

    def begin(self, outline: Piece) -> MultihotState:
        return self._after(zero_state(self._lstm), [0])

    def _after(self, state: LSTMState, bits: Sequence[int]) -> MultihotState:
        product: Float = self._lstm.kernel[list(bits)].sum(0)
        lstm = lstm_step(self._lstm, product, state)
        activations = lstm.h @ self.weights["out_kernel"] + self.weights["out_bias"]
        return MultihotState(lstm, activations.astype(np.float64))

    def propose(self, states: Sequence[MultihotState], picks: Sequence[Pick]) -> list[Step]:
        return [self._draw(s.activations, pick) for s, pick in zip(states, picks, strict=True)]

    def _draw(self, activations: NDArray[np.float64], pick: Pick) -> Step:
        """One choice per bit; of two durations of one pitch the longer is kept."""
        on, off = -np.logaddexp(0, -activations), -np.logaddexp(0, activations)
        longest: dict[int, Onset] = {}
        for bit in range(1, len(activations)):
            if pick(np.array([off[bit], on[bit]])):
                (note,) = self.elements.step(bit)
                longest[note.pitch] = note  # bits ascend in pitch, then duration
        return tuple(longest.values())

    def advance(
        self, states: Sequence[MultihotState], steps: Sequence[Step]
    ) -> list[MultihotState]:
        advanced = []
        for state, step in zip(states, steps, strict=True):
            bits, unknown = bits_of(self.elements, step)
            if unknown:
                note = ((unknown[0].pitch, unknown[0].duration),)
                nearest = self.elements.elements[self.elements.nearest(note)]
                raise BadPrimer(
                    f"primer note {spell(note)}",
                    f"is not among the {len(self.elements) - 1} notes that this model has seen",
                    f"the nearest that it knows is {spell(nearest)}; edit the primer, "
                    "or use a model with an open vocabulary (markov)",
                )
            advanced.append(self._after(state.lstm, bits))
        return advanced

    def log_likelihood(self, piece: Piece) -> NDArray[np.float64]:
        """See the protocol. A step with an unknown note is -inf; the network still reads its other
        notes."""
        state = self.begin(piece)
        nats = np.empty(piece.steps)
        for t, step in enumerate(steps_of(piece)):
            bits, unknown = bits_of(self.elements, step)
            a = state.activations
            nats[t] = -np.inf if unknown else a[bits].sum() - np.logaddexp(0, a[1:]).sum()
            state = self._after(state.lstm, bits)
        return nats

    @staticmethod
    def shapes(config: MultihotConfig, elements: int) -> Shapes:
        return lstm_shapes(elements, config.hidden) | out_shapes(config.hidden, elements)

    @classmethod
    def from_parts(cls, config: Any, vocabulary: Any, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The model that a bundle describes.

        Raises:
            BadBundle: the parts do not fit together.
        """
        notes = Vocabulary.from_json(vocabulary).elements
        singly = all(len(element) == 1 for element in notes[1:])
        if not singly or list(notes) != sorted(notes):
            rule = "is not a list of single notes, low to high"
            raise BadBundle("vocabulary.json", rule, "learn the model again")
        return super().from_parts(config, vocabulary, arrays)
