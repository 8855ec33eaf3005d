"""Chords to notes that are given: to a melody, over a left hand, between bars that stay.

Method: a hidden Markov model over half bars. Chords follow one another as in the strains of the
corpus, and as the finder of chords expects where the corpus says little; each makes the notes that
are given in its half bar so and so likely (`ragsmith.harmony.finder`); a piece ends on its tonic.
Of all sequences one is drawn at its probability, made the surer by a power (forward filtering,
backward sampling), so that what follows decides what stands before.
Source: Raphael & Stoddard, *Functional Harmonic Analysis Using Probabilistic Models* (Computer
Music Journal 28, 2004); chords to a melody as in Simon, Morris & Basu, *MySong* (CHI 2008). The
numbers are chosen on the right hands of five rags.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ragsmith.chords import ChordMark
from ragsmith.harmony.finder import (
    VOCABULARY,
    change_nats,
    finder_chord,
    key_nats,
    likelihoods_of,
    profiles_of,
)
from ragsmith.harmony.progression import ALL, parse_progression, symbol_chord
from ragsmith.harmony.spans import half_bars
from ragsmith.keys import key_at, tonic_of
from ragsmith.piece import Hand, Key, Piece
from ragsmith.verbs import without_repeated_marks

__all__ = ["chords_to", "key_of"]

Float = NDArray[np.float64]

STREAM = 3
"""Keeps these draws apart from those of the steps and of other plans."""
EVIDENCE = 0.5
"""What notes count here of what they count where a chord is found: a melody passes through more
notes that are none of the chord's."""
SURE = 2.0
"""The power of the probabilities."""
PRIOR = 20.0
"""Chords of the corpus that what the finder expects after a chord is worth."""
END = 3.0
"""Nats that speak for the tonic in the last half bar."""
KEYS = [Key(0, fifths, minor) for minor in (False, True) for fifths in range(-6, 6)]


def chords_to(
    piece: Piece, progressions: Mapping[str, int], seed: int, hand: Hand | None
) -> tuple[ChordMark, ...]:
    """Chords for a piece of which some notes are there.

    Args:
        piece: the notes that are given, and the bars and keys.
        progressions: how many strains of the corpus have each
            (`ragsmith.measure.progressions`).
        seed: of the draw.
        hand: that is to be composed; lowest notes name no bass where it is the left one.
    """
    spans = half_bars(piece)
    if not spans:
        return ()
    profiles, basses = profiles_of(piece, spans)
    if hand is Hand.LEFT:
        basses = [None] * len(spans)
    keys = [key_at(piece.keys, span.start) for span in spans]
    nats = EVIDENCE * likelihoods_of(profiles, basses)
    nats[0] += key_nats(keys[0]._replace(step=0))
    nats[-1] += END * np.array([_is_tonic(number, keys[-1]) for number in range(len(VOCABULARY))])
    follow = {key[1:]: _following(progressions, key._replace(step=0)) for key in set(keys)}
    path = _drawn(
        SURE * nats,
        [SURE * follow[key[1:]] for key in keys],
        np.random.default_rng([STREAM, seed]),
    )
    marks = [
        ChordMark(span.start, VOCABULARY[state]) for span, state in zip(spans, path, strict=True)
    ]
    return without_repeated_marks(marks)


def key_of(piece: Piece) -> Key:
    """The key in which the notes of a piece are likeliest, for one that names none.

    >>> key_of(Piece.from_array([[0, 67, 4], [4, 69, 4], [8, 66, 4], [12, 67, 4]]))
    Key(step=0, fifths=1, minor=False)
    """
    spans = half_bars(piece)
    if not spans or not piece.notes:
        return Key(0, 0)
    profiles, _ = profiles_of(piece, spans)
    nats = EVIDENCE * likelihoods_of(profiles, [None] * len(spans))

    def fit(key: Key) -> float:
        follow = _following({}, key)
        end = END * np.array([_is_tonic(number, key) for number in range(len(VOCABULARY))])
        filtered = _filtered(nats + key_nats(key), [follow] * len(spans))
        return float(np.logaddexp.reduce(filtered[-1] + end))

    return max(KEYS, key=fit)


def _is_tonic(number: int, key: Key) -> bool:
    chord = VOCABULARY[number]
    return chord.root == tonic_of(key) and chord.quality == ("m" if key.minor else "")


def _following(progressions: Mapping[str, int], key: Key) -> Float:
    """Log-probabilities of each chord after each other in a key, (from, to)."""
    counts = np.zeros((len(VOCABULARY), len(VOCABULARY)))
    for text, times in progressions.items():
        states = _states(text, key.minor)
        for one, other in pairwise(states):
            if one >= 0 and other >= 0:
                counts[one, other] += times
    # The corpus's chords are counted in C, and moved to the key.
    moved = np.array(
        [VOCABULARY.index(c._replace(root=(c.root - tonic_of(key)) % 12)) for c in VOCABULARY]
    )
    expected = np.exp(change_nats() + key_nats(key))
    expected /= expected.sum(1, keepdims=True)
    together = counts[np.ix_(moved, moved)] + PRIOR * expected
    nats: Float = np.log(together / together.sum(1, keepdims=True))
    return nats


def _states(text: str, minor: bool) -> list[int]:
    """The chords of a progression in C, half bar by half bar; -1 where there is none, and nothing
    of a progression in the other mode."""
    bars = parse_progression(text)[ALL]
    words = [word for bar in bars for word in (bar * 2 if len(bar) == 1 else bar)]
    if (words.count("i") > words.count("I")) != minor:
        return []
    home = Key(0, -3, True) if minor else Key(0, 0)
    chords = [symbol_chord(word, home) for word in words if word != "/"]
    return [VOCABULARY.index(finder_chord(chord)) if chord else -1 for chord in chords]


def _filtered(nats: Float, follow: Sequence[Float]) -> list[Float]:
    """How likely each state is with all that was given up to each place, in nats."""
    filtered = [nats[0]]
    for row, after in zip(nats[1:], follow[1:], strict=True):
        ways = filtered[-1][:, None] + after
        highest = ways.max(0)
        filtered.append(highest + np.log(np.exp(ways - highest).sum(0)) + row)
    return filtered


def _drawn(nats: Float, follow: Sequence[Float], rng: np.random.Generator) -> list[int]:
    """A sequence of states, drawn from the last to the first."""
    filtered = _filtered(nats, follow)
    path: list[int] = []
    for place in reversed(range(len(filtered))):
        row = filtered[place]
        if path:
            row = row + follow[place + 1][:, path[-1]]
        shares = np.exp(row - row.max())
        path.append(int(rng.choice(len(row), p=shares / shares.sum())))
    return path[::-1]
