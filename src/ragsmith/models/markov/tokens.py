"""Steps as a stream of bytes, and the contexts in which each byte is predicted.

A step is written as in `ragsmith.models.writing`: numbers in ascending order, each followed by its
duration; END closes it. Whatever may come next is a contiguous range of bytes, so that impossible
ones are cut off by a slice.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.models.writing import Alphabet
from ragsmith.piece import Piece, place_in_bar

__all__ = [
    "ALPHABET",
    "LONGEST_BAR",
    "LONGEST_DURATION",
    "WIDTH",
    "Clock",
    "Past",
    "Spelling",
    "allowed",
    "clock_of",
    "contexts",
    "encode",
    "moved",
    "spelling_of",
]

WIDTH = 16
"""Bytes of a context, the nearest first; the highest order there is."""
ALPHABET = 256
LONGEST_DURATION = 160
"""Steps; longer notes count as this long, where nothing else is said."""
LONGEST_BAR = 160
"""Steps; what lies further back than that is no context."""
NOTHING = 0


class Spelling(NamedTuple):
    """Which bytes stand for what. Byte 0 is NOTHING.

    Attributes:
        hands, longest: as in `Alphabet`.
        end: the byte END; those from 1 up to it are numbers, plus 1.
        numbers: the bytes of all numbers, and END.
        durations: those of the durations. Where they are too few, the last stands for all longer
            ones.
    """

    hands: int
    longest: int
    end: int
    numbers: slice
    durations: slice


@lru_cache
def spelling_of(alphabet: Alphabet) -> Spelling:
    """The bytes of an alphabet."""
    end = alphabet.end + 1
    room = ALPHABET - 1 - end
    durations = slice(end + 1, end + 1 + min(alphabet.longest, room))
    return Spelling(*alphabet, end, slice(NOTHING + 1, end + 1), durations)


class Clock(NamedTuple):
    """For every step of an outline, its place in the bar and the length of that bar, in steps.

    Both have shape (steps,), uint8. After its end the last bar goes on.
    """

    places: NDArray[np.uint8]
    lengths: NDArray[np.uint8]

    def at(self, step: int) -> tuple[int, int]:
        """(place, length of the bar) of a step; (0, 0) where there are no bars at all."""
        steps = len(self.places)
        if not steps:
            return 0, 0
        if step >= steps:
            length = int(self.lengths[-1])
            step = steps - length + (step - steps) % length
        return int(self.places[step]), int(self.lengths[step])


class Past(NamedTuple):
    """The latest of the steps so far, in the three ways that contexts read them: as much as any
    context needs, so that a long piece costs no more a step than a short one.

    Attributes:
        tokens: the last WIDTH bytes of the stream.
        keys: the same without durations.
        steps: the keys of each of the last LONGEST_BAR steps, without END.
        passed: how many steps there were in all.
    """

    tokens: bytes = b""
    keys: bytes = b""
    steps: tuple[bytes, ...] = ()
    passed: int = 0

    def then(self, step: bytes) -> Past:
        """The past after one more encoded step."""
        keys = step[:-1:2]
        return Past(
            (self.tokens + step)[-WIDTH:],
            (self.keys + keys + step[-1:])[-WIDTH:],
            (*self.steps, keys)[-LONGEST_BAR:],
            self.passed + 1,
        )


def clock_of(outline: Piece) -> Clock:
    """The clock of a piece's bars; places and lengths beyond LONGEST_BAR - 1 are cut."""
    bars = np.array([bar.length for bar in outline.bars], np.intp)
    lengths = np.repeat(bars, bars)
    cut = LONGEST_BAR - 1
    places = np.minimum(place_in_bar(outline), cut).astype(np.uint8)
    return Clock(places, np.minimum(lengths, cut).astype(np.uint8))


def encode(numbers: Sequence[tuple[int, int]], spelling: Spelling) -> bytes:
    """A step of numbers and durations as bytes, END included."""
    written = bytearray()
    first = spelling.durations.start
    room = spelling.durations.stop - first
    for number, duration in numbers:
        written += bytes([number + 1, first - 1 + min(duration, room)])
    return bytes(written) + bytes([spelling.end])


def allowed(written: bytes, spelling: Spelling) -> slice:
    """The bytes that may follow those written in this step so far: a duration, or a number above
    the last one or END."""
    if len(written) % 2:
        return spelling.durations
    return slice(written[-2] + 1, spelling.end + 1) if written else spelling.numbers


def contexts(
    past: Past, written: bytes, place: int, bar: int, spelling: Spelling
) -> tuple[bytes, bytes]:
    """What the next byte is predicted from, twice WIDTH bytes, the most telling byte first.

    The first context is the stream itself, backwards. The second is aligned to the bar: for a key,
    the keys already chosen in this step, the place in the bar, the step one bar ago, and the keys
    before this step; for a duration, the duration chosen before it, its key, the place, the stream.
    """
    stream = (past.tokens + written)[: -WIDTH - 1 : -1]
    here = bytes([min(spelling.durations.start + place, ALPHABET - 1)])
    if len(written) % 2:
        before = written[-2] if len(written) > 1 else NOTHING
        aligned = bytes([before, written[-1]]) + here + stream[1:]
    else:
        earlier = len(past.steps) - bar
        known = bar and earlier >= 0
        ago = past.steps[earlier] + bytes([spelling.end]) if known else bytes([NOTHING])
        aligned = written[-2::-2] + here + ago + past.keys[: -WIDTH - 1 : -1]
    return _fit(stream), _fit(aligned)


def _fit(context: bytes) -> bytes:
    return context[:WIDTH].ljust(WIDTH, bytes([NOTHING]))


def moved(tokens: NDArray[np.uint8], semitones: int, spelling: Spelling) -> NDArray[np.uint8]:
    """Tokens or contexts transposed: only keys change. They must stay on the keyboard."""
    keys = (tokens > NOTHING) & (tokens < spelling.end)
    return tokens + keys * np.uint8(semitones % ALPHABET)
