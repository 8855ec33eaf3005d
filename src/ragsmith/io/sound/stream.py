"""Sound as it is played: a WAV file whose first block is there before the rest is computed.

Its loudness cannot be measured beforehand; it is estimated from the notes. What is written to a
file is measured instead, see `ragsmith.io.sound.encode`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from ragsmith.io.sound.encode import HIGHEST_PEAK, SAMPLE_RATE, TARGET
from ragsmith.io.sound.instrument import UPRIGHT, USUAL_SPEED, Piano, hammer_speed
from ragsmith.io.sound.loudness import gated_loudness
from ragsmith.io.sound.piano import Stroke, performance_of, play, strokes_of
from ragsmith.io.sound.strings import TILT
from ragsmith.notes import rows_of
from ragsmith.performance import Performance
from ragsmith.piece import Piece

__all__ = ["estimated_loudness", "stream_wav"]

MIDDLE_C = -27.2
"""Decibels of a usual middle C when it is struck; fitted by `benchmarks/first_second.py`."""
SPEED = 28.0
"""Decibels for ten times the speed: 20, and what the brighter sound of a faster hammer adds."""
TENTHS = 30
"""Of a second, that a note counts at most."""
FULL = 32_767
UNKNOWN_LENGTH = 0xFFFFFFFF
"""What a stream of unknown length says, as other programs do."""


def stream_wav(music: Piece | Performance, instrument: Piano = UPRIGHT) -> Iterator[bytes]:
    """A WAV file of 16 bits in pieces: the header, then blocks of under a second each."""
    performance = performance_of(music)
    strokes = strokes_of(performance, instrument, SAMPLE_RATE)
    gain = 10 ** ((TARGET - _loudness_of(strokes, instrument)) / 20)
    yield _header()
    sound = play(performance, instrument, SAMPLE_RATE, strokes)
    while True:
        with _blas().limit(limits=1, user_api="blas"):  # more are slower where others work
            block = next(sound, None)
        if block is None:
            return
        bounded = np.clip(gain * block, -HIGHEST_PEAK, HIGHEST_PEAK)
        yield np.rint(FULL * bounded).astype("<i2").tobytes()


@cache
def _blas() -> ThreadpoolController:
    return ThreadpoolController()


def _header() -> bytes:
    """The header of a WAV file of two channels that goes on until it ends."""
    frame = 4
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 2, SAMPLE_RATE, SAMPLE_RATE * frame, frame, 16)
    riff = struct.pack("<4sI4s", b"RIFF", UNKNOWN_LENGTH, b"WAVE")
    return riff + form + struct.pack("<4sI", b"data", UNKNOWN_LENGTH)


def estimated_loudness(performance: Performance, instrument: Piano = UPRIGHT) -> float:
    """LUFS of a performance before its gain, from its notes alone; see `benchmarks/first_second.py`
    for how far it is off.

    A note's power grows with the hammer's speed (Palmer & Brown 1991), falls along the
    keyboard as the instrument's does, and dies away at the rate of its string until its damper
    falls; tenths of a second are gated as in BS.1770.
    """
    return _loudness_of(strokes_of(performance, instrument, SAMPLE_RATE), instrument)


def _loudness_of(strokes: list[Stroke], instrument: Piano) -> float:
    if not strokes:
        return TARGET
    onsets, helds, _, pitches, velocities = rows_of(strokes, 5).T
    onsets, lasting = onsets * 10 // SAMPLE_RATE, helds * 10 / SAMPLE_RATE
    levels = np.array([10 ** (_level(velocity) / 10) for velocity in range(128)])[velocities]
    tenths = np.arange(TENTHS)
    power = _powers_of_keys(instrument)[pitches] * levels[:, None]
    power *= np.clip(lasting[:, None] - tenths, 0, 1)
    places = onsets[:, None] + tenths
    total = np.bincount(places.ravel(), power.ravel(), int(onsets.max()) + TENTHS + 1)
    return gated_loudness(total.astype(np.float64))


@lru_cache(maxsize=4)
def _powers_of_keys(instrument: Piano) -> NDArray[np.float64]:
    """The power of each key in the tenths of a second after a usual stroke, (pitches, tenths)."""
    seconds = (np.arange(TENTHS) + 0.5) / 10
    rows = []
    for pitch in range(128):
        level = -TILT * (pitch - 60)
        prompt = level - instrument.prompt_decay(pitch) * seconds
        after = level + 20 * np.log10(instrument.along(pitch))
        after = after - instrument.after_decay(pitch) * seconds
        rows.append(10 ** (prompt / 10) + 10 ** (after / 10))
    return np.array(rows)


def _level(velocity: int) -> float:
    """Decibels of a middle C as it is struck."""
    return MIDDLE_C + SPEED * float(np.log10(hammer_speed(velocity) / USUAL_SPEED))
