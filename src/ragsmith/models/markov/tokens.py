"""Steps as a stream of bytes, and the contexts in which each byte is predicted.

A step is written low to high: a note's key (1 is A0, 88 is C8), then its duration; END closes it.
Whatever may come next is a contiguous range of bytes, so impossible ones are cut off by a slice.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.models.base import Onset, Step
from ragsmith.piece import LOWEST_PITCH, PIANO_KEYS, Piece, place_in_bar

__all__ = [
    "ALPHABET",
    "END",
    "LONGEST_DURATION",
    "WIDTH",
    "Clock",
    "Past",
    "allowed",
    "choices",
    "clock_of",
    "contexts",
    "decode",
    "encode",
    "moved",
    "on_keyboard",
]

WIDTH = 16
"""Bytes of a context, the nearest first; the highest order there is."""
ALPHABET = 256
LONGEST_DURATION = 160
"""Steps; longer notes count as this long."""
NOTHING = 0
END = PIANO_KEYS + 1
KEYS = slice(NOTHING + 1, END + 1)
DURATIONS = slice(END + 1, END + 1 + LONGEST_DURATION)


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
        steps: the keys of each of the last LONGEST_DURATION steps, without END.
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
            (self.keys + keys + bytes([END]))[-WIDTH:],
            (*self.steps, keys)[-LONGEST_DURATION:],
            self.passed + 1,
        )


def clock_of(outline: Piece) -> Clock:
    """The clock of a piece's bars; places and lengths beyond LONGEST_DURATION - 1 are cut."""
    bars = np.array([bar.length for bar in outline.bars], np.intp)
    lengths = np.repeat(bars, bars)
    cut = LONGEST_DURATION - 1
    places = np.minimum(place_in_bar(outline), cut).astype(np.uint8)
    return Clock(places, np.minimum(lengths, cut).astype(np.uint8))


def on_keyboard(step: Step) -> Step:
    """The notes that lie on the piano's 88 keys."""
    return tuple(n for n in step if 0 <= n.pitch - LOWEST_PITCH < PIANO_KEYS)


def encode(step: Step) -> bytes:
    """A step as bytes, END included; all its notes lie on the keyboard."""
    written = bytearray()
    for note in sorted(step):
        key = note.pitch - LOWEST_PITCH + 1
        written += bytes([key, DURATIONS.start - 1 + min(note.duration, LONGEST_DURATION)])
    return bytes(written) + bytes([END])


def decode(step: bytes) -> Step:
    """The notes of an encoded step."""
    pairs = zip(step[:-1:2], step[1:-1:2], strict=True)
    return tuple(Onset(k + LOWEST_PITCH - 1, d - DURATIONS.start + 1) for k, d in pairs)


def choices(written: bytes) -> slice:
    """All bytes of the kind that is due after those written in this step so far."""
    return DURATIONS if len(written) % 2 else KEYS


def allowed(written: bytes) -> slice:
    """The choices that are possible: a key above the last one."""
    every = choices(written)
    return slice(written[-2] + 1, every.stop) if every == KEYS and written else every


def contexts(past: Past, written: bytes, place: int, bar: int) -> tuple[bytes, bytes]:
    """What the next byte is predicted from, twice WIDTH bytes, the most telling byte first.

    The first context is the stream itself, backwards. The second is aligned to the bar: for a key,
    the keys already chosen in this step, the place in the bar, the step one bar ago, and the keys
    before this step; for a duration, the duration chosen before it, its key, the place, the stream.
    """
    stream = (past.tokens + written)[: -WIDTH - 1 : -1]
    here = bytes([DURATIONS.start + place])
    if len(written) % 2:
        before = written[-2] if len(written) > 1 else NOTHING
        aligned = bytes([before, written[-1]]) + here + stream[1:]
    else:
        earlier = len(past.steps) - bar
        known = bar and earlier >= 0
        ago = past.steps[earlier] + bytes([END]) if known else bytes([NOTHING])
        aligned = written[-2::-2] + here + ago + past.keys[: -WIDTH - 1 : -1]
    return _fit(stream), _fit(aligned)


def _fit(context: bytes) -> bytes:
    return context[:WIDTH].ljust(WIDTH, bytes([NOTHING]))


def moved(tokens: NDArray[np.uint8], semitones: int) -> NDArray[np.uint8]:
    """Tokens or contexts transposed: only keys change. They must stay on the keyboard."""
    keys = (tokens > NOTHING) & (tokens < END)
    return tokens + keys * np.uint8(semitones % ALPHABET)
