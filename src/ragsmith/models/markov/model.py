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
from itertools import chain, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.errors import BadBundle, BadOption, BadPrimer
from ragsmith.models.base import Arrays, Pick, State, Step, steps_of
from ragsmith.models.markov.config import MarkovConfig
from ragsmith.models.markov.counts import Memory, Table, blend
from ragsmith.models.markov.tokens import (
    END,
    WIDTH,
    Clock,
    Past,
    allowed,
    choices,
    clock_of,
    contexts,
    decode,
    encode,
    moved,
    on_keyboard,
)
from ragsmith.piece import PIANO_KEYS, Piece

__all__ = ["Corpus", "Markov", "corpus_of"]

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
    past: Past = Past()
    memory: Memory = Memory()

    def contexts(self, written: bytes) -> tuple[bytes, bytes]:
        """The contexts of the token that follows those written in this step so far."""
        return contexts(self.past, written, *self.clock.at(self.past.passed))

    def after(self, step: bytes) -> Position:
        """The position after one more encoded step."""
        rows = _rows([self.contexts(step[:i]) for i in range(len(step))])
        return Position(self.clock, self.past.then(step), self.memory.then(rows, _tokens(step)))


def _rows(pairs: Sequence[tuple[bytes, bytes]]) -> NDArray[np.uint8]:
    """Contexts as an array, by kind: (2, n, WIDTH)."""
    joined = b"".join(chain(*zip(*pairs, strict=True)))
    return _tokens(joined).reshape(2, len(pairs), WIDTH)


def _tokens(written: bytes) -> NDArray[np.uint8]:
    """Bytes as an array: (n,)."""
    return np.frombuffer(written, np.uint8)


def _observe(steps: Sequence[bytes], clock: Clock) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """All contexts (2, n, WIDTH) and tokens (n,) of a piece in encoded steps."""
    past = Past()
    pairs = []
    for number, step in enumerate(steps):
        place = clock.at(number)
        pairs += [contexts(past, step[:i], *place) for i in range(len(step))]
        past = past.then(step)
    return _rows(pairs), _tokens(b"".join(steps))


class Corpus(NamedTuple):
    """What is learnt, which is all that is stored: every piece, one after another.

    tokens: (n,) uint8. lengths: in steps, of each piece, int32. clock: of all their steps.
    """

    tokens: NDArray[np.uint8]
    lengths: NDArray[np.int32]
    clock: Clock

    def pieces(self) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.uint8]]]:
        """What `_observe` finds in each piece that has steps."""
        steps = [s + bytes([END]) for s in self.tokens.tobytes().split(bytes([END]))[:-1]]
        for start, end in pairwise(np.append(0, np.cumsum(self.lengths))):
            if start < end:
                places, bars = (part[start:end] for part in self.clock)
                yield _observe(steps[start:end], Clock(places, bars))


def corpus_of(pieces: Sequence[Piece]) -> Corpus:
    """The pieces as a corpus; notes outside the keyboard are left out."""
    written, clocks, lengths = [], [clock_of(Piece((), ()))], []
    for piece in pieces:
        written += [encode(on_keyboard(step)) for step in steps_of(piece)]
        clocks.append(clock_of(piece))
        lengths.append(piece.steps)
    places, bars = (np.concatenate(parts) for parts in zip(*clocks, strict=True))
    return Corpus(_tokens(b"".join(written)), np.array(lengths, np.int32), Clock(places, bars))


def _tables(corpus: Corpus, transpositions: Iterable[int]) -> list[Table]:
    """A table for each kind of context, over all keys in which the pieces stay on the piano."""
    pieces = list(corpus.pieces())
    keys = [_keys_on_the_piano(followed, transpositions) for _, followed in pieces]

    def in_all_keys(parts: Iterable[NDArray[np.uint8]], *shape: int) -> NDArray[np.uint8]:
        moves = (
            moved(part, semitones)
            for part, possible in zip(parts, keys, strict=True)
            for semitones in possible
        )
        return np.concatenate([np.zeros((0, *shape), np.uint8), *moves])

    following = in_all_keys(followed for _, followed in pieces)
    # One kind after the other: the rows of both at once are too much.
    return [Table(in_all_keys((s[k] for s, _ in pieces), WIDTH), following) for k in (0, 1)]


def _keys_on_the_piano(tokens: NDArray[np.uint8], transpositions: Iterable[int]) -> list[int]:
    """Those in which a piece stays on the piano."""
    keys = tokens[tokens < END]
    low, high = int(keys.min(initial=PIANO_KEYS)), int(keys.max(initial=1))
    return [s for s in transpositions if low + s >= 1 and high + s <= PIANO_KEYS]


class Markov:
    """A trained `markov` model; see `ragsmith.models.base.Model`.

    Its vocabulary is open: every set of notes on the piano has a positive probability. Durations
    beyond LONGEST_DURATION steps count as that long.
    """

    name = "markov"

    def __init__(self, config: MarkovConfig, corpus: Corpus) -> None:
        """Count a corpus.

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
        self._tables = _tables(corpus, keys)

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
        steps = {int((tokens == END).sum()), int(lengths.sum()), *map(len, clock)}
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
        return Position(clock_of(outline))

    def propose(self, states: Sequence[State], picks: Sequence[Pick]) -> list[Step]:
        """For each state the next step, key, duration, key, duration, ... picked in turn.

        For a key `pick` sees 89 choices, the keys from A0 up, then the step's end; for a duration
        LONGEST_DURATION, from one step up.
        """
        return [self._propose(state, pick) for state, pick in zip(states, picks, strict=True)]

    def _propose(self, position: Position, pick: Pick) -> Step:
        written = b""
        while not written or written[-1] != END:
            rows = _rows([position.contexts(written)])
            spans = [t.spans(r) for t, r in zip(self._tables, rows, strict=True)]
            possible = allowed(written)
            everything = choices(written)
            log_probs = np.full(everything.stop - everything.start, -np.inf)
            probabilities = self._probabilities(
                position.memory, rows[:, 0], [s[0] for s in spans], possible
            )
            log_probs[possible.start - everything.start :] = np.log(probabilities)
            written += bytes([everything.start + pick(log_probs)])
        return decode(written)

    def _probabilities(
        self,
        memory: Memory,
        rows: NDArray[np.uint8],
        spans: Sequence[NDArray[np.intp]],
        possible: slice,
    ) -> NDArray[np.float64]:
        """The probabilities of the possible tokens after a context, given as rows (2, WIDTH) and
        their spans."""
        order = self.config.order
        parts = []
        for kind, table in enumerate(self._tables):
            corpus = table.counts(spans[kind], order)
            piece = memory.counts(kind, rows[kind], order) if self.config.memory else corpus[:0]
            parts.append(WEIGHTS[kind] * blend(corpus, piece, possible))
        return parts[0] + parts[1]

    def advance(self, states: Sequence[State], steps: Sequence[Step]) -> list[State]:
        """The states after these steps.

        Raises:
            BadPrimer: a note outside the piano's 88 keys.
        """
        for note in chain(*steps):
            if not on_keyboard((note,)):
                rule = "is outside the piano's 88 keys (21 to 108)"
                raise BadPrimer(f"pitch {note.pitch}", rule, "transpose it or leave it out")
        return [s.after(encode(step)) for s, step in zip(states, steps, strict=True)]

    def log_likelihood(self, piece: Piece) -> NDArray[np.float64]:
        """Log-probability in nats of each step given all before it, first included: (steps,).

        -inf for a step with a note outside the piano's 88 keys, which is then left out of the past.
        """
        if not piece.steps:
            return np.zeros(0)
        steps = steps_of(piece)
        encoded = [encode(on_keyboard(step)) for step in steps]
        rows, tokens = _observe(encoded, clock_of(piece))
        spans = [t.spans(r) for t, r in zip(self._tables, rows, strict=True)]
        logs = np.zeros(piece.steps)
        start = 0
        for number, written in enumerate(encoded):
            memory = Memory(rows[:, :start], tokens[:start])
            for i, token in enumerate(written):
                here = start + i
                possible = allowed(written[:i])
                probabilities = self._probabilities(
                    memory, rows[:, here], [s[here] for s in spans], possible
                )
                logs[number] += np.log(probabilities[token - possible.start])
            start += len(written)
        outside = [len(on_keyboard(step)) < len(step) for step in steps]
        return np.where(outside, -np.inf, logs)
