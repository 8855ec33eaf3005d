"""What a piano does beside its strings: keys and dampers that fall back, the pedal's thud.

They are short, low and far softer than the notes (Askenfelt & Jansson 1990; Bank, Zambon &
Fontana, IEEE TASLP 18, 2010, give them a sound of their own for this reason).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import numpy as np

from ragsmith.io.sound.dampers import CLEAR
from ragsmith.io.sound.instrument import Piano
from ragsmith.io.sound.reverb import BLOCK, Sound
from ragsmith.io.sound.strings import FULL_SCALE, damped_sum
from ragsmith.performance import Performance
from ragsmith.piece import LOWEST_PITCH, PIANO_KEYS

__all__ = ["with_noises"]

SECONDS = 0.15
MODES = 30
KEY, PEDAL = 0.014, 0.03
"""Level of a key that comes up, and of the pedal, against a usual note: -37 and -30 dB."""


def with_noises(
    blocks: Iterable[Sound], performance: Performance, piano: Piano, sample_rate: int
) -> Iterator[Sound]:
    """Blocks of sound, with the noise of keys and pedal."""
    thud = _thud(piano, sample_rate)
    events = _events(performance, sample_rate)
    ahead = np.zeros((BLOCK + len(thud), 2), np.float32)
    following = 0
    for number, block in enumerate(blocks):
        start = number * BLOCK
        while following < len(events) and events[following][0] < start + BLOCK:
            at, level = events[following]
            ahead[at - start : at - start + len(thud)] += level * thud
            following += 1
        yield block + ahead[:BLOCK]
        ahead[: len(thud)] = ahead[BLOCK:]
        ahead[len(thud) :] = 0


def _events(performance: Performance, sample_rate: int) -> list[tuple[int, float]]:
    """When something falls, and how loud, in order."""
    keys = range(LOWEST_PITCH, LOWEST_PITCH + PIANO_KEYS)
    ticks = [n.onset + n.duration for n in performance.notes if n.pitch in keys]
    depths = [0, *(change.depth for change in performance.pedal)]
    moved = [
        change.tick
        for before, change in zip(depths, performance.pedal, strict=False)
        if (before >= CLEAR) != (change.depth >= CLEAR)
    ]
    at = performance.clocks(sample_rate)
    levels = [KEY] * len(ticks) + [PEDAL] * len(moved)
    samples = np.maximum(0, at(np.array(ticks + moved, np.int64)))
    return sorted(zip(samples.tolist(), levels, strict=True))


@lru_cache(maxsize=4)
def _thud(piano: Piano, sample_rate: int) -> Sound:
    """Wood and felt: (samples, 2), its energy that of a usual note's beginning."""
    random = np.random.default_rng(1711)
    frequency = 50 * 2 ** random.uniform(0, 5, MODES)
    poles = 2j * np.pi * frequency - np.log(1000) / (0.12 * (frequency / 70) ** -0.3)
    phases = np.exp(2j * np.pi * random.uniform(0, 1, (MODES, 2)))
    samples = int(SECONDS * sample_rate)
    weights = phases * (70 / frequency)[:, None]
    sound = damped_sum(poles, weights, samples, sample_rate)
    sound *= np.linspace(1, 0, samples, dtype=np.float32)[:, None]
    rise = np.linspace(0, 1, sample_rate // 250, dtype=np.float32)
    sound[: len(rise)] *= rise[:, None]
    return np.asarray(FULL_SCALE * piano.knock / 0.2 * sound / np.abs(sound).max(), np.float32)
