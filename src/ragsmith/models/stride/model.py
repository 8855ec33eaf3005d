"""`stride` as it composes and measures: the formulas in numpy, candidates side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.errors import BadPrimer
from ragsmith.models.base import Onset, Pick, Step
from ragsmith.models.lstm import Float, LSTMState, LSTMWeights, log_softmax, lstm_step, zero_state
from ragsmith.models.stride import formulas
from ragsmith.models.stride.config import StrideConfig
from ragsmith.models.stride.shapes import weight_shapes
from ragsmith.models.stride.view import Tokens, View, look_back, number_of, tokens_of, view_of
from ragsmith.models.weighted import WeightedModel
from ragsmith.models.weights import checked
from ragsmith.piece import LOWEST_PITCH, PIANO_KEYS, Hand, Piece

__all__ = ["StrideModel"]

TOKENS_AT_ONCE = 512
MIDDLE_C = 60


class StrideState(NamedTuple):
    """Where a piece stands.

    Attributes:
        view: the outline's bars and places, with the notes so far.
        step: the next step.
        layers: of the time LSTM.
        h, context: what is known of the next step; see `formulas`.
    """

    view: View
    step: int
    layers: tuple[LSTMState, LSTMState]
    h: Float
    context: Float


class StrideModel(WeightedModel):
    """A trained `stride` model; any set of notes on the piano has a probability."""

    name = "stride"

    def __init__(self, config: StrideConfig, arrays: Mapping[str, NDArray[Any]]) -> None:
        super().__init__(config, arrays)
        self._weights: formulas.Weights = dict(arrays) | {
            "context.matrix": formulas.unfolded(arrays["context.kernel"], np),
            "chosen.matrix": formulas.unfolded(arrays["chosen.kernel"], np),
        }
        self._layers = tuple(
            LSTMWeights(*(arrays[f"time{i}.{part}"] for part in LSTMWeights._fields))
            for i in (0, 1)
        )

    def begin(self, outline: Piece) -> StrideState:
        blank = LSTMState(*zero_state(self._layers[0]))
        view = view_of(outline, self.config)
        nothing = np.zeros(0, np.float32)
        return self._look([StrideState(view, 0, (blank, blank), nothing, nothing)])[0]

    def _look(self, states: Sequence[StrideState]) -> list[StrideState]:
        """States whose h and context are those of their next step."""
        seen = [look_back(s.view, np.array([min(s.step, s.view.steps - 1)])) for s in states]
        keyboard = np.concatenate([k for k, _ in seen]).astype(np.float32)
        places = np.stack(
            [
                np.append(s.view.places[min(s.step, s.view.steps - 1)], since[0])
                for s, (_, since) in zip(states, seen, strict=True)
            ]
        )
        e = formulas.enter(self._weights, keyboard, places.astype(np.float32), np)
        lower = LSTMState(*(np.stack(x) for x in zip(*(s.layers[0] for s in states), strict=True)))
        upper = LSTMState(*(np.stack(x) for x in zip(*(s.layers[1] for s in states), strict=True)))
        lower = lstm_step(self._layers[0], e @ self._layers[0].kernel, lower)
        upper = lstm_step(self._layers[1], lower.h @ self._layers[1].kernel, upper)
        context = formulas.keyboard_context(self._weights, keyboard, np)
        return [
            state._replace(
                layers=(LSTMState(lower.h[i], lower.c[i]), LSTMState(upper.h[i], upper.c[i])),
                h=lower.h[i] + upper.h[i],
                context=context[i],
            )
            for i, state in enumerate(states)
        ]

    def propose(self, states: Sequence[StrideState], picks: Sequence[Pick]) -> list[Step]:
        end = self.config.hands * PIANO_KEYS
        chosen = np.zeros((len(states), end), np.uint8)
        last = np.full(len(states), end)
        h, context = np.stack([s.h for s in states]), np.stack([s.context for s in states])
        writing = np.arange(len(states))
        while len(writing):
            v, z = formulas.note_state(
                self._weights, h[writing], context[writing], chosen[writing], last[writing], np
            )
            log_p = log_softmax(formulas.notes_logits(self._weights, v, z, last[writing], np))
            log_p[log_p < formulas.BLOCKED / 2] = -np.inf
            tokens = np.array([picks[i](p) for i, p in zip(writing.tolist(), log_p, strict=True)])
            goes_on = tokens < end
            writing, v, z, tokens = writing[goes_on], v[goes_on], z[goes_on], tokens[goes_on]
            if len(writing):
                lengths = log_softmax(formulas.durations_logits(self._weights, v, z, tokens, np))
                picked = [picks[i](p) + 1 for i, p in zip(writing.tolist(), lengths, strict=True)]
                chosen[writing, tokens] = picked
                last[writing] = tokens
        return [self._step(row) for row in chosen]

    def _step(self, durations: NDArray[np.uint8]) -> Step:
        """A row of durations as a Step, low to high; a key in both hands is the longer note."""
        onsets: dict[int, Onset] = {}
        for number in np.flatnonzero(durations):
            hand = Hand.UNKNOWN
            if self.config.hands == 2:
                hand = Hand.LEFT if number < PIANO_KEYS else Hand.RIGHT
            pitch = int(number) % PIANO_KEYS + LOWEST_PITCH
            note = Onset(pitch, int(durations[number]), hand)
            if pitch not in onsets or onsets[pitch].duration < note.duration:
                onsets[pitch] = note
        return tuple(sorted(onsets.values()))

    def advance(self, states: Sequence[StrideState], steps: Sequence[Step]) -> list[StrideState]:
        written = [self._written(s, step) for s, step in zip(states, steps, strict=True)]
        return self._look(written)

    def _written(self, state: StrideState, step: Step) -> StrideState:
        """The state with a step's notes in its view, which is copied."""
        view, t = state.view, state.step
        durations, held = view.durations.copy(), view.held_from.copy()
        for note in step:
            hand = note.hand or (Hand.LEFT if note.pitch < MIDDLE_C else Hand.RIGHT)
            number = number_of(note.pitch, hand, self.config.hands)
            if number is None:
                rule = "is outside the piano's 88 keys (21 to 108)"
                raise BadPrimer(f"pitch {note.pitch}", rule, "transpose it or leave it out")
            durations[t, number] = min(note.duration, self.config.longest)
            held[t + 1 : t + note.duration + 1, number] = t
        return state._replace(view=view._replace(durations=durations, held_from=held), step=t + 1)

    def log_likelihood(self, piece: Piece) -> NDArray[np.float64]:
        """As the protocol says; -inf for a step with a note outside the piano's 88 keys."""
        if not piece.steps:
            return np.zeros(0)
        view = view_of(piece, self.config)
        keyboard, since = look_back(view, np.arange(view.steps))
        keyboard = keyboard.astype(np.float32)
        places = np.concatenate([view.places, since], 1).astype(np.float32)
        h = self._remember(formulas.enter(self._weights, keyboard, places, np))
        tokens = tokens_of(view.durations)
        nats = np.zeros(view.steps)
        for start in range(0, len(tokens.frames), TOKENS_AT_ONCE):
            part = Tokens(*(column[start : start + TOKENS_AT_ONCE] for column in tokens))
            frames = part.frames
            low, high = frames[0], frames[-1] + 1
            context = formulas.keyboard_context(self._weights, keyboard[low:high], np)
            found = self._token_nats(view, h[frames], context[frames - low], part)
            np.add.at(nats, frames, found)
        outside = {n.onset for n in piece.notes if number_of(n.pitch, n.hand, 1) is None}
        nats[list(outside)] = -np.inf
        return nats

    def _remember(self, e: Float) -> Float:
        """h of every step: (steps, hidden)."""
        lower = upper = zero_state(self._layers[0])
        products = e @ self._layers[0].kernel
        h = np.empty_like(e)
        for t, product in enumerate(products):
            lower = lstm_step(self._layers[0], product, lower)
            upper = lstm_step(self._layers[1], lower.h @ self._layers[1].kernel, upper)
            h[t] = lower.h + upper.h
        return h

    def _token_nats(
        self, view: View, h: Float, context: Float, tokens: Tokens
    ) -> NDArray[np.float64]:
        """Log-probability of each token: (n,)."""
        end = view.durations.shape[1]
        numbers = tokens.numbers
        chosen = view.durations[tokens.frames] * (np.arange(end) < numbers[:, None])
        newest = end - 1 - np.argmax(chosen[:, ::-1] > 0, axis=1)
        last = np.where(chosen.any(1), newest, end)
        v, z = formulas.note_state(self._weights, h, context, chosen, last, np)
        rows = np.arange(len(numbers))
        logits = formulas.notes_logits(self._weights, v, z, last, np)
        found: NDArray[np.float64] = log_softmax(logits)[rows, numbers]
        is_note = numbers < end
        notes = np.where(is_note, numbers, 0)
        lengths = log_softmax(formulas.durations_logits(self._weights, v, z, notes, np))
        found += np.where(is_note, lengths[rows, tokens.durations], 0.0)
        return found

    def vocabulary(self) -> None:
        """Nothing: every note on the piano is known."""

    @classmethod
    def from_parts(
        cls, config: StrideConfig, vocabulary: None, arrays: Mapping[str, NDArray[Any]]
    ) -> StrideModel:
        """The model that a bundle describes.

        Raises:
            BadBundle: the weights are not those that the config asks for.
        """
        return cls(config, checked(arrays, weight_shapes(config)))
