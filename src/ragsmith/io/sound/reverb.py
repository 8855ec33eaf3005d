"""A small room: its echoes as an impulse response, and convolution that goes block by block."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, repeat

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "BLOCK",
    "Partitions",
    "Sound",
    "Spectra",
    "convolve",
    "impulse_response",
    "parts_of",
    "room_of",
]

Sound = NDArray[np.float32]
"""Samples of two channels, (samples, 2)."""
Spectra = NDArray[np.complexfloating]

BLOCK = 16_384
"""Samples of a block, under a second at every usual rate."""
BANDS = ((120.0, 0.50), (700.0, 0.42), (3500.0, 0.28))
"""From which frequency on (Hz) the room falls by 60 dB in how many seconds."""
SECONDS = 0.5
ECHOES = 7
SEED = 1899


@lru_cache(maxsize=4)
def impulse_response(level: float, sample_rate: int) -> Sound:
    """The direct sound, then a few early reflections and a short tail `level` loud against it."""
    random = np.random.default_rng(SEED)
    samples = int(SECONDS * sample_rate)
    time = np.arange(samples) / sample_rate
    spectrum = np.fft.rfft(random.standard_normal((samples, 2)), axis=0)
    frequency = np.fft.rfftfreq(samples, 1 / sample_rate)
    edges = [low for low, _ in BANDS] + [9000.0]
    tail = np.zeros((samples, 2))
    for (low, seconds), high in zip(BANDS, edges[1:], strict=True):
        passed = 1 / (1 + (low / np.maximum(frequency, 1)) ** 8) / (1 + (frequency / high) ** 8)
        band = np.fft.irfft(spectrum * np.sqrt(passed)[:, None], samples, axis=0)
        tail += band * np.exp(-np.log(1000) * time / seconds)[:, None]
    tail *= (np.minimum(1, time / 0.02) * np.minimum(1, (time[-1] - time) / 0.05))[:, None]
    for ear in range(2):
        places = (random.uniform(0.006, 0.04, ECHOES) * sample_rate).astype(int)
        tail[places, ear] += 6 * 0.01 / (places / sample_rate) * random.choice([-1, 1], ECHOES)
    whole = 0.35 * level * tail / np.sqrt(np.sum(tail**2, axis=0))
    whole[0] += 1
    fading = np.exp(-20 * time)[:, None]
    whole -= fading * whole.sum(axis=0) / fading.sum()  # lets no constant through
    return np.asarray(whole, np.float32)


class Partitions:
    """A long response, a block at a time.

    By overlap-add (Stockham, 1966) with the response cut into parts as long as a block: a block's
    own samples go out as soon as they are complete.
    """

    def __init__(self, spectra: Spectra) -> None:
        self.spectra = spectra
        self.past: deque[Spectra] = deque(maxlen=len(spectra))
        self.ringing = np.zeros((BLOCK, 2), np.float32)

    def through(self, block: Sound) -> Sound:
        """The next `BLOCK` samples of sound through the response."""
        self.past.appendleft(np.fft.rfft(block, 2 * BLOCK, axis=0))
        whole = sum(own * part for own, part in zip(self.past, self.spectra, strict=False))
        through = np.fft.irfft(whole, 2 * BLOCK, axis=0)
        complete = through[:BLOCK] + self.ringing
        self.ringing = through[BLOCK:].astype(np.float32)
        return complete.astype(np.float32, copy=False)

    def fade(self, gain: float) -> None:
        """Make what has been heard so far fainter."""
        for spectrum in self.past:
            spectrum *= gain
        self.ringing *= gain


def parts_of(response: Sound) -> Spectra:
    """The spectra of a response's parts, (parts, frequencies, 2), for `Partitions`."""
    count = -(-len(response) // BLOCK)
    parts = np.zeros((count * BLOCK, 2), np.float32)
    parts[: len(response)] = response
    return np.fft.rfft(parts.reshape(count, BLOCK, 2), 2 * BLOCK, axis=1)


@lru_cache(maxsize=4)
def room_of(level: float, sample_rate: int) -> Spectra:
    """The parts of a room's response."""
    return parts_of(impulse_response(level, sample_rate))


def convolve(blocks: Iterable[Sound], room: Spectra) -> Iterator[Sound]:
    """Blocks of `BLOCK` samples through a room, with what rings after them."""
    partitions = Partitions(room)
    silence = np.zeros((BLOCK, 2), np.float32)
    for block in chain(blocks, repeat(silence, len(room))):
        yield partitions.through(block)
