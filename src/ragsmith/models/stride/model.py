"""The `stride` model in numpy: it composes, candidates side by side, and measures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.chords import Chord
from ragsmith.models.base import Pick, Step
from ragsmith.models.lstm import Float, LSTMState, LSTMWeights, lstm_step, zero_state
from ragsmith.models.softmax import log_softmax
from ragsmith.models.stride import formulas
from ragsmith.models.stride.chord_rolls import marked_chords
from ragsmith.models.stride.config import StrideConfig
from ragsmith.models.stride.echoes import (
    Runs,
    echoes_from_runs,
    echoes_of,
    onset_hashes,
    runs_after,
    stream_count,
)
from ragsmith.models.stride.encoding import (
    EncodedPiece,
    Tokens,
    encode_piece,
    tokens_of,
)
from ragsmith.models.stride.inputs import Inputs, inputs_at
from ragsmith.models.stride.note_sums import NoteSums
from ragsmith.models.stride.shapes import weight_shapes
from ragsmith.models.weighted import WeightedModel
from ragsmith.models.weights import checked
from ragsmith.models.writing import (
    Alphabet,
    Choice,
    Kind,
    Question,
    Writing,
    answered,
    note_number,
    numbers_of,
    step_of,
)
from ragsmith.piece import Piece

__all__ = ["StrideModel"]

TOKENS_AT_ONCE = 512


class NoteHistory:
    """Durations of the steps so far, (steps, hands * 88), which states of one candidate share.

    A row is written once. A state that would overwrite one, after going back or beside another
    candidate, gets a copy of the array. So old states stay valid, and a step does not copy all
    before it.
    """

    def __init__(self, rows: NDArray[np.uint8], written: int) -> None:
        self.rows = rows
        self._written = written

    def then(self, step: int, row: NDArray[np.uint8]) -> NoteHistory:
        """The history with one more row; later rows mean nothing."""
        history = self if self._written == step else NoteHistory(self.rows.copy(), step)
        history.rows[step] = row
        history._written = step + 1
        return history


class StrideState(NamedTuple):
    """What the model knows of a piece that it composes.

    Attributes:
        encoded: the outline's bars and places.
        history: the notes so far.
        step: the next step.
        hashes, runs: those of the steps so far, see `echoes`.
        held_from: (hands * 88,) of the next step, as in `EncodedPiece`.
        layers: states of the time LSTM's layers.
        h, context: those of the next step, see `formulas`.
    """

    encoded: EncodedPiece
    history: NoteHistory
    step: int
    hashes: NDArray[np.uint64]
    runs: Runs
    held_from: NDArray[np.int32]
    layers: tuple[LSTMState, LSTMState]
    h: Float
    context: Float


class StrideModel(WeightedModel):
    """A trained `stride` model; any set of notes on the piano has a probability."""

    name = "stride"

    def __init__(self, config: StrideConfig, arrays: Mapping[str, NDArray[Any]]) -> None:
        super().__init__(config, arrays)
        self._weights = formulas.with_matrices(dict(arrays), np)
        self._layers = tuple(
            LSTMWeights(*(arrays[f"time{i}.{part}"] for part in LSTMWeights._fields))
            for i in (0, 1)
        )

    def begin(self, outline: Piece) -> StrideState:
        blank = LSTMState(*zero_state(self._layers[0]))
        encoded = encode_piece(outline, self.config, marked_chords(outline))
        nothing = np.zeros(0, np.float32)
        hashes = np.zeros((0, stream_count(self.config.hands)), np.uint64)
        runs = np.zeros(hashes.T.shape, np.int32)
        held_from = np.full(encoded.durations.shape[1], -1, np.int32)
        history, layers = NoteHistory(encoded.durations, 0), (blank, blank)
        first = StrideState(encoded, history, 0, hashes, runs, held_from, layers, nothing, nothing)
        return self._with_inputs([first])[0]

    def _with_inputs(self, states: Sequence[StrideState]) -> list[StrideState]:
        """States whose h and context are those of their next step."""
        inputs = _inputs_of(states)
        e = formulas.enter(self._weights, inputs.keyboard, inputs.features, np)
        lower = LSTMState(*(np.stack(x) for x in zip(*(s.layers[0] for s in states), strict=True)))
        upper = LSTMState(*(np.stack(x) for x in zip(*(s.layers[1] for s in states), strict=True)))
        lower = lstm_step(self._layers[0], e @ self._layers[0].kernel, lower)
        upper = lstm_step(self._layers[1], lower.h @ self._layers[1].kernel, upper)
        h = np.concatenate([lower.h + upper.h, inputs.features], 1)
        context = formulas.keyboard_context(
            self._weights, inputs.keyboard, inputs.tonics, inputs.chords, np
        )
        return [
            state._replace(
                layers=(LSTMState(lower.h[i], lower.c[i]), LSTMState(upper.h[i], upper.c[i])),
                h=h[i],
                context=context[i],
            )
            for i, state in enumerate(states)
        ]

    @property
    def alphabet(self) -> Alphabet:
        """Both hands apart, or one range of keys."""
        return Alphabet(self.config.hands, self.config.longest_steps)

    def propose(self, states: Sequence[StrideState], picks: Sequence[Pick]) -> list[Step]:
        return answered(self.write(states), picks)

    def write(self, states: Sequence[StrideState]) -> Writing:
        end = self.alphabet.end
        chosen = np.zeros((len(states), end), np.uint8)
        last = np.full(len(states), end)
        h, context = np.stack([s.h for s in states]), np.stack([s.context for s in states])
        sums, writing = NoteSums(self._weights, h, context), np.arange(len(states))
        while len(writing):
            v, z = sums.state(last[writing])
            logits = formulas.notes_logits(self._weights, v, z, chosen[writing], last[writing], np)
            numbers = np.array((yield Question(Kind.NUMBER, writing.tolist(), _log_p(logits))))
            goes_on = numbers < end
            writing, v, z, numbers = writing[goes_on], v[goes_on], z[goes_on], numbers[goes_on]
            if len(writing):
                logits = formulas.durations_logits(self._weights, v, z, numbers, np)
                picked = yield Question(Kind.DURATION, writing.tolist(), log_softmax(logits))
                chosen[writing, numbers] = durations = np.array(picked) + 1
                last[writing] = numbers
                sums.keep(goes_on)
                sums.add(numbers, durations)
        return [self._step(row) for row in chosen]

    def _step(self, durations: NDArray[np.uint8]) -> Step:
        """A row of durations as a Step."""
        numbers = np.flatnonzero(durations)
        return step_of(
            zip(numbers.tolist(), durations[numbers].tolist(), strict=True), self.alphabet
        )

    def advance(self, states: Sequence[StrideState], steps: Sequence[Step]) -> list[StrideState]:
        written = [self._after_step(s, step) for s, step in zip(states, steps, strict=True)]
        return self._with_inputs(written)

    def _after_step(self, state: StrideState, step: Step) -> StrideState:
        """The state after a step, without the h and context of the next."""
        t, struck = state.step, np.zeros(state.encoded.durations.shape[1], np.uint8)
        for number, duration in numbers_of(step, self.alphabet):
            struck[number] = duration
        history = state.history.then(t, struck)
        hashes = np.concatenate([state.hashes, onset_hashes(struck[None])])
        return state._replace(
            history=history,
            step=t + 1,
            hashes=hashes,
            runs=runs_after(state.runs, hashes),
            held_from=_held_after(history.rows, state.held_from, t),
        )

    def log_likelihood(
        self, piece: Piece, chords: Sequence[Chord | None] | None = None
    ) -> NDArray[np.float64]:
        """Log-probability in nats of each step: (steps,).

        -inf for a step with a note outside the piano's 88 keys.

        Args:
            piece: the piece; its chord symbols are not looked at.
            chords: one for each half bar, where the likelihood is that of notes over known chords.
        """
        nats = np.zeros(piece.steps)
        for tokens, numbers, durations in self._distributions(piece, chords):
            rows, is_note = np.arange(len(tokens.numbers)), tokens.numbers < self.alphabet.end
            token_nats = numbers[rows, tokens.numbers]
            token_nats += np.where(is_note, durations[rows, tokens.durations], 0.0)
            np.add.at(nats, tokens.frames, token_nats)
        outside = {n.onset for n in piece.notes if note_number(n.pitch, n.hand, 1) is None}
        nats[list(outside)] = -np.inf
        return nats

    def choices(self, piece: Piece) -> Iterator[Choice]:
        for tokens, numbers, durations in self._distributions(piece):
            columns = zip(*(column.tolist() for column in tokens), strict=True)
            for (step, number, duration), of_number, of_duration in zip(
                columns, numbers, durations, strict=True
            ):
                yield Choice(step, Kind.NUMBER, of_number, number)
                if number < self.alphabet.end:
                    yield Choice(step, Kind.DURATION, of_duration, duration)

    def _distributions(
        self, piece: Piece, chords: Sequence[Chord | None] | None = None
    ) -> Iterator[tuple[Tokens, NDArray[np.float64], NDArray[np.float64]]]:
        """The tokens of a piece, some at once, with the log-probabilities of all numbers and END
        (n, end + 1) and of all durations (n, longest; of END they mean nothing)."""
        if not piece.steps:
            return
        encoded = encode_piece(piece, self.config, chords)
        echoes = echoes_of(encoded, 0, encoded.steps)
        inputs = inputs_at(
            encoded, np.arange(encoded.steps), echoes, encoded.held_from, [encoded.durations]
        )
        h = self._remember(formulas.enter(self._weights, inputs.keyboard, inputs.features, np))
        h = np.concatenate([h, inputs.features], 1)
        tokens = tokens_of(encoded.durations)
        for start in range(0, len(tokens.frames), TOKENS_AT_ONCE):
            part = Tokens(*(column[start : start + TOKENS_AT_ONCE] for column in tokens))
            frames = part.frames
            low, high = frames[0], frames[-1] + 1
            context = formulas.keyboard_context(
                self._weights,
                inputs.keyboard[low:high],
                inputs.tonics[low:high],
                inputs.chords[low:high],
                np,
            )
            yield part, *self._of_tokens(encoded, h[frames], context[frames - low], part)

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

    def _of_tokens(
        self, encoded: EncodedPiece, h: Float, context: Float, tokens: Tokens
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The log-probabilities before each token."""
        end = self.alphabet.end
        numbers = tokens.numbers
        chosen = encoded.durations[tokens.frames] * (np.arange(end) < numbers[:, None])
        newest = end - 1 - np.argmax(chosen[:, ::-1] > 0, axis=1)
        last = np.where(chosen.any(1), newest, end)
        v, z = formulas.note_state(self._weights, h, context, chosen, last, np)
        logits = formulas.notes_logits(self._weights, v, z, chosen, last, np)
        notes = np.where(numbers < end, numbers, 0)
        lengths = formulas.durations_logits(self._weights, v, z, notes, np)
        return _log_p(logits), log_softmax(lengths)

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


def _log_p(logits: Float) -> NDArray[np.float64]:
    """Log-probabilities of numbers; -inf where a number is impossible."""
    log_p = log_softmax(logits)
    log_p[log_p < formulas.BLOCKED / 2] = -np.inf
    return log_p


def _inputs_of(states: Sequence[StrideState]) -> Inputs:
    """The inputs of each state's next step; at the end, of the last."""
    groups: dict[tuple[int, int], list[int]] = {}
    for i, state in enumerate(states):
        groups.setdefault((id(state.encoded.in_bar), state.step), []).append(i)
    order = [i for group in groups.values() for i in group]
    inputs = [_inputs_side_by_side([states[i] for i in group]) for group in groups.values()]
    joined = (np.concatenate(part)[np.argsort(order)] for part in zip(*inputs, strict=True))
    return Inputs(*joined)


def _inputs_side_by_side(states: Sequence[StrideState]) -> Inputs:
    """The inputs of states that stand at the same step of the same outline."""
    encoded = states[0].encoded
    step = min(states[0].step, encoded.steps - 1)
    steps = np.full(len(states), step)
    runs = np.stack([state.runs[:, :step] for state in states])
    pieces = [state.history.rows for state in states]
    held_from = np.stack([state.held_from for state in states])
    echoes = echoes_from_runs(encoded, steps, runs, pieces)
    return inputs_at(encoded, steps, echoes, held_from, pieces)


def _held_after(
    durations: NDArray[np.uint8], held_from: NDArray[np.int32], step: int
) -> NDArray[np.int32]:
    """The onset of the note that sounds on each key during a step; -1 where none does."""
    lasting = durations[held_from, np.arange(len(held_from))]
    still = np.where((held_from >= 0) & (held_from + lasting > step), held_from, -1)
    return np.where(durations[step] > 0, step, still).astype(np.int32)
