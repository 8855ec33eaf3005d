"""Variable-order prediction by partial matching: plain counting, the baseline that must be beaten.

Every byte of the stream (see `ragsmith.models.markov.tokens`) is predicted from what followed the
longest contexts like the present one, blended with what followed shorter ones. At each order the
corpus speaks first, with Kneser-Ney continuation counts under a Pitman-Yor discount (Teh 2006;
Wood et al. 2009), then the piece itself so far, with plain counts: the long-term and short-term
models of Conklin & Witten (1995) and Pearce (2005) in one chain. Two kinds of context are
averaged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.errors import BadBundle, BadOption
from ragsmith.models.base import Arrays, Pick, State, Step
from ragsmith.models.markov.config import MarkovConfig
from ragsmith.models.markov.counts import Memory, Table, blend
from ragsmith.models.markov.tokens import (
    WIDTH,
    Clock,
    Past,
    Spelling,
    allowed,
    clock_of,
    contexts,
    encode,
    moved,
    spelling_of,
)
from ragsmith.models.writing import (
    Alphabet,
    Choice,
    Kind,
    Question,
    Writing,
    answered,
    likelihood_of,
    numbers_of,
    numbers_of_piece,
    step_of,
)
from ragsmith.piece import PIANO_KEYS, Piece

__all__ = ["MOST_CONTEXTS", "TRANSPOSITIONS", "Corpus", "Markov", "as_many_as_fit", "corpus_of"]

TRANSPOSITIONS = range(-5, 7)
WEIGHTS = (0.7, 0.3)
"""The weights of the two kinds of context, chosen on held-out rags."""
MOST_CONTEXTS = 1 << 22
"""The most contexts of a corpus in all its keys; they take some 400 MB."""
MOST_TOKENS = 1 << 20
"""The most tokens of a corpus; they take some seven seconds to read."""


class Position(NamedTuple):
    """The state of the model: where it stands in the outline, and what it has seen."""

    clock: Clock
    spelling: Spelling
    past: Past = Past()
    memory: Memory = Memory()

    def contexts(self, written: bytes) -> tuple[bytes, bytes]:
        """The contexts of the token that follows those written in this step so far."""
        return contexts(self.past, written, *self.clock.at(self.past.passed), self.spelling)

    def after(self, step: bytes) -> Position:
        """The position after one more encoded step."""
        rows = _rows([self.contexts(step[:i]) for i in range(len(step))])
        memory = self.memory.then(rows, _tokens(step))
        return self._replace(past=self.past.then(step), memory=memory)


def _rows(pairs: Sequence[tuple[bytes, bytes]]) -> NDArray[np.uint8]:
    """Contexts as an array, by kind: (2, n, WIDTH)."""
    joined = b"".join(chain(*zip(*pairs, strict=True)))
    return _tokens(joined).reshape(2, len(pairs), WIDTH)


def _tokens(written: bytes) -> NDArray[np.uint8]:
    """Bytes as an array: (n,)."""
    return np.frombuffer(written, np.uint8)


def _observe(
    steps: Sequence[bytes], clock: Clock, spelling: Spelling
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """All contexts (2, n, WIDTH) and tokens (n,) of a piece in encoded steps."""
    past = Past()
    pairs = []
    for number, step in enumerate(steps):
        place = clock.at(number)
        pairs += [contexts(past, step[:i], *place, spelling) for i in range(len(step))]
        past = past.then(step)
    return _rows(pairs), _tokens(b"".join(steps))


class Corpus(NamedTuple):
    """What is learnt, which is all that is stored: every piece, one after another.

    tokens: (n,) uint8. lengths: in steps, of each piece, int32. clock: of all their steps.
    """

    tokens: NDArray[np.uint8]
    lengths: NDArray[np.int32]
    clock: Clock

    def pieces(self, spelling: Spelling) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.uint8]]]:
        """What `_observe` finds in each piece that has steps."""
        end = bytes([spelling.end])
        steps = [step + end for step in self.tokens.tobytes().split(end)[:-1]]
        for first, last in pairwise(np.append(0, np.cumsum(self.lengths))):
            if first < last:
                places, bars = (part[first:last] for part in self.clock)
                yield _observe(steps[first:last], Clock(places, bars), spelling)


def as_many_as_fit(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """The pieces, or as many of them, drawn at random, as a model with transpositions can hold."""
    room = MOST_CONTEXTS // len(TRANSPOSITIONS)
    for number in np.random.default_rng(0).permutation(len(pieces)).tolist():
        piece = pieces[number]
        room -= 2 * len(piece.notes) + piece.steps
        if room < 0:
            return
        yield piece


def corpus_of(pieces: Iterable[Piece], alphabet: Alphabet) -> Corpus:
    """The pieces as a corpus; notes outside the keyboard are left out."""
    spelling = spelling_of(alphabet)
    written, clocks, lengths = [], [clock_of(Piece((), ()))], []
    for piece in pieces:
        written += [encode(step, spelling) for step in numbers_of_piece(piece, alphabet)]
        clocks.append(clock_of(piece))
        lengths.append(piece.steps)
    places, bars = (np.concatenate(parts) for parts in zip(*clocks, strict=True))
    return Corpus(_tokens(b"".join(written)), np.array(lengths, np.int32), Clock(places, bars))


def _tables(corpus: Corpus, transpositions: Iterable[int], spelling: Spelling) -> list[Table]:
    """A table for each kind of context, over all keys in which the pieces stay on the piano."""
    pieces = list(corpus.pieces(spelling))
    keys = [_keys_on_the_piano(followed, transpositions, spelling) for _, followed in pieces]

    def in_all_keys(parts: Iterable[NDArray[np.uint8]], *shape: int) -> NDArray[np.uint8]:
        moves = (
            moved(part, semitones, spelling)
            for part, possible in zip(parts, keys, strict=True)
            for semitones in possible
        )
        return np.concatenate([np.zeros((0, *shape), np.uint8), *moves])

    following = in_all_keys(followed for _, followed in pieces)
    # One kind after the other: the rows of both at once are too much.
    return [Table(in_all_keys((s[k] for s, _ in pieces), WIDTH), following) for k in (0, 1)]


def _keys_on_the_piano(
    tokens: NDArray[np.uint8], transpositions: Iterable[int], spelling: Spelling
) -> list[int]:
    """Those in which a piece stays on the piano."""
    keys = (tokens[(tokens > 0) & (tokens < spelling.end)] - 1) % PIANO_KEYS
    low, high = int(keys.min(initial=PIANO_KEYS - 1)), int(keys.max(initial=0))
    return [s for s in transpositions if low + s >= 0 and high + s < PIANO_KEYS]


class Markov:
    """A trained `markov` model; see `ragsmith.models.base.Model`.

    Its vocabulary is open: every set of notes on the piano has a positive probability.
    """

    name = "markov"

    def __init__(self, config: MarkovConfig, corpus: Corpus) -> None:
        """A model that counts a corpus.

        Raises:
            BadOption: it is too large.
        """
        self.config = config
        self._corpus = corpus
        keys = TRANSPOSITIONS if config.transpositions else range(1)
        tokens = len(corpus.tokens)
        if tokens > MOST_TOKENS or tokens * len(keys) > MOST_CONTEXTS:
            remedy = "learn from fewer files, with transpositions=false, or another model"
            value = f"{len(corpus.tokens):,} tokens in {len(keys)} keys"
            raise BadOption(value, "are more than markov holds in memory", remedy)
        self.alphabet = config.alphabet
        self._spelling = spelling_of(self.alphabet)
        self._keys = keys

    @cached_property
    def _tables(self) -> list[Table]:
        """The counts, when they are needed first: a model that only composes may never need those
        of its memory."""
        return _tables(self._corpus, self._keys, self._spelling)

    @classmethod
    def from_parts(
        cls, config: MarkovConfig, vocabulary: None, arrays: Mapping[str, NDArray[Any]]
    ) -> Markov:
        """The model that `config`, `vocabulary()` and `arrays()` describe.

        Raises:
            BadBundle: the arrays do not fit together.
        """
        tokens, lengths = arrays["tokens"], arrays["lengths"]
        clock = Clock(arrays["places"], arrays["bar_lengths"])
        bytewise = all(part.dtype == np.uint8 and part.ndim == 1 for part in (tokens, *clock))
        counted = lengths.dtype == np.int32 and lengths.ndim == 1
        end = spelling_of(config.alphabet).end
        steps = {int((tokens == end).sum()), int(lengths.sum()), *map(len, clock)}
        if not (bytewise and counted) or len(steps) > 1 or lengths.min(initial=0) < 0:
            raise BadBundle("markov", "its arrays do not fit together", "learn the model again")
        return cls(config, Corpus(tokens, lengths, clock))

    @property
    def steps_per_quarter(self) -> int:
        """The grid that the model works on."""
        return self.config.steps_per_quarter

    @property
    def parameters(self) -> int:
        """How many numbers were learnt: the tokens of the corpus, in its own keys."""
        return len(self._corpus.tokens)

    def vocabulary(self) -> None:
        """There is nothing to store here."""

    def arrays(self) -> Arrays:
        """The corpus as tokens, the pieces' lengths in steps, and each step's place in its bar."""
        tokens, lengths, (places, bars) = self._corpus
        return {"tokens": tokens, "lengths": lengths, "places": places, "bar_lengths": bars}

    def begin(self, outline: Piece) -> State:
        """The state before the first step; of the outline only the bars matter."""
        return Position(clock_of(outline), self._spelling)

    def propose(self, states: Sequence[State], picks: Sequence[Pick]) -> list[Step]:
        """For each state the next step, number, duration, number, ... picked in turn."""
        return answered(self.write(states), picks)

    def write(self, states: Sequence[State]) -> Writing:
        """For each state the next step, choice by choice."""
        steps: list[list[tuple[int, int]]] = [[] for _ in states]
        written = [b""] * len(states)
        writers = list(range(len(states)))
        while writers:
            numbers = yield Question(Kind.NUMBER, writers, self._next(states, written, writers))
            chosen = zip(writers, numbers, strict=True)
            going_on = {writer: n for writer, n in chosen if n < self.alphabet.end}
            writers = list(going_on)
            for writer, number in going_on.items():
                written[writer] += bytes([number + 1])
            if writers:
                log_p = self._next(states, written, writers)
                lengths = yield Question(Kind.DURATION, writers, log_p)
                for (writer, number), length in zip(going_on.items(), lengths, strict=True):
                    steps[writer].append((number, length + 1))
                    written[writer] = encode(steps[writer], self._spelling)[:-1]
        return [step_of(step, self.alphabet) for step in steps]

    def _next(
        self, states: Sequence[Position], written: Sequence[bytes], writers: Sequence[int]
    ) -> NDArray[np.float64]:
        """For each writer the log-probabilities of all that may be chosen after what is written of
        its step."""
        log_p = []
        for writer in writers:
            rows = _rows([states[writer].contexts(written[writer])])
            spans = [t.spans(r)[0] for t, r in zip(self._tables, rows, strict=True)]
            log_p.append(self._log_p(states[writer].memory, rows[:, 0], spans, written[writer]))
        return np.stack(log_p)

    def _log_p(
        self,
        memory: Memory,
        rows: NDArray[np.uint8],
        spans: Sequence[NDArray[np.intp]],
        written: bytes,
    ) -> NDArray[np.float64]:
        """The log-probabilities of all choices after a context, given as rows (2, WIDTH) and their
        spans."""
        if len(written) % 2 and self.alphabet.longest == 1:
            return np.zeros(1)
        order, possible = self.config.order, allowed(written, self._spelling)
        parts = []
        for kind, table in enumerate(self._tables):
            corpus = table.counts(spans[kind], order)
            piece = memory.counts(kind, rows[kind], order) if self.config.memory else corpus[:0]
            parts.append(WEIGHTS[kind] * blend(corpus, piece, possible))
        probabilities = parts[0] + parts[1]
        if len(written) % 2:
            return np.log(_spread(probabilities, self.alphabet.longest))
        return self._of_numbers(probabilities, written)

    def _of_numbers(
        self, probabilities: NDArray[np.float64], written: bytes
    ) -> NDArray[np.float64]:
        """Log-probabilities of all numbers and END, from those of the ones above the last."""
        end = self.alphabet.end
        log_p = np.full(end + 1, -np.inf)
        log_p[end + 1 - len(probabilities) :] = np.log(probabilities)
        if self.alphabet.hands == 2:
            taken = [byte - 1 + PIANO_KEYS for byte in written[::2] if byte <= PIANO_KEYS]
            log_p[taken] = -np.inf  # one key is not struck by both hands
            log_p -= np.log(np.exp(log_p).sum())
        return log_p

    def advance(self, states: Sequence[State], steps: Sequence[Step]) -> list[State]:
        """The states after these steps.

        Raises:
            BadPrimer: a note outside the piano's 88 keys.
        """
        return [
            state.after(encode(numbers_of(step, self.alphabet), self._spelling))
            for state, step in zip(states, steps, strict=True)
        ]

    def log_likelihood(self, piece: Piece) -> NDArray[np.float64]:
        """Log-probability in nats of each step given all before it, first included: (steps,).

        -inf for a step with a note outside the piano's 88 keys, which is then left out of the past.
        """
        return likelihood_of(piece, self.choices(piece))

    def choices(self, piece: Piece) -> Iterator[Choice]:
        """All choices that a piece consists of."""
        if not piece.steps:
            return
        steps = numbers_of_piece(piece, self.alphabet)
        encoded = [encode(step, self._spelling) for step in steps]
        rows, tokens = _observe(encoded, clock_of(piece), self._spelling)
        spans = [t.spans(r) for t, r in zip(self._tables, rows, strict=True)]
        here = 0
        for step, (numbers, written) in enumerate(zip(steps, encoded, strict=True)):
            memory = Memory(rows[:, :here], tokens[:here])
            made = [*chain(*((number, duration - 1) for number, duration in numbers))]
            for i, choice in enumerate([*made, self.alphabet.end]):
                before = [s[here] for s in spans]
                log_p = self._log_p(memory, rows[:, here], before, written[:i])
                yield Choice(step, Kind.DURATION if i % 2 else Kind.NUMBER, log_p, choice)
                here += 1


def _spread(probabilities: NDArray[np.float64], longest: int) -> NDArray[np.float64]:
    """The probabilities of all durations, where the last one's is shared by all longer ones."""
    more = longest - len(probabilities)
    if not more:
        return probabilities
    shared = np.full(more + 1, probabilities[-1] / (more + 1))
    return np.concatenate([probabilities[:-1], shared])
