"""What rings along: all strings, while the pedal holds the dampers up.

The bridge drives every free string, and each answers at its own partials (Lehtonen, Penttinen,
Rauhala & Valimaki, JASA 122, 2007). Together they are one long response, which the dampers cut
short: with r the rate at which they damp and D(t) the time that they have lain on the strings,

    ring(t) = e^(-r D(t)) sum over s of h(t - s) e^(r D(s)) dry(s),

a plain convolution between two gains, block by block.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import numpy as np

from ragsmith.io.sound.dampers import Dampers
from ragsmith.io.sound.instrument import LAST_DAMPED, Piano
from ragsmith.io.sound.reverb import BLOCK, Partitions, Sound, Spectra, parts_of
from ragsmith.io.sound.strings import NEPER, damped_sum
from ragsmith.piece import LOWEST_PITCH

__all__ = ["ring_along"]

SECONDS = 1.1
PARTIALS = 5
HIGHEST = 3_000.0
LEVEL = 0.025
"""Of the response to noise: a chord's own strings then answer 20 dB below it, and last."""
DAMPED = 0.35
"""Seconds in which strings fall by 60 dB under dampers."""
WHOOSH = 0.0004
"""Level of the dampers' felt as it leaves the strings; they ring with it."""


def ring_along(
    blocks: Iterable[Sound], dampers: Dampers, piano: Piano, sample_rate: int
) -> Iterator[Sound]:
    """Blocks of sound, each with what the free strings answer."""
    strings = Partitions(_parts(piano, sample_rate))
    rate = np.log(1000) / (DAMPED * sample_rate)
    felt = np.random.default_rng(1709)
    before = 0.0
    for number, block in enumerate(blocks):
        contact = rate * dampers.contact(np.arange(number * BLOCK, (number + 1) * BLOCK + 1))
        grown = np.exp(contact[:-1] - contact[0]).astype(np.float32)[:, None]
        free = (np.diff(contact) < rate / 2)[:, None]
        lifted = np.flatnonzero(np.diff(free[:, 0].astype(np.int8)) > 0)
        driven = np.where(free, block, 0)
        for at in lifted:
            rush = driven[at : at + sample_rate // 20]
            rush += WHOOSH * felt.standard_normal(rush.shape, np.float32)
        strings.fade(float(np.exp(before - contact[0])))
        yield block + strings.through(driven * grown) / grown
        before = contact[0]


@lru_cache(maxsize=4)
def _parts(piano: Piano, sample_rate: int) -> Spectra:
    return parts_of(_response(piano, sample_rate))


def _response(piano: Piano, sample_rate: int) -> Sound:
    """All strings with dampers, struck at once: (samples, 2)."""
    random = np.random.default_rng(1722)
    pitches = np.arange(LOWEST_PITCH, LAST_DAMPED + 1)
    number = np.arange(1, PARTIALS + 1)
    fundamentals = np.array([piano.fundamental(int(pitch)) for pitch in pitches])
    stiffness = np.array([piano.inharmonicity(int(pitch)) for pitch in pitches])
    decays = np.array([piano.after_decay(int(pitch)) for pitch in pitches]) / NEPER
    frequency = fundamentals[:, None] * number * np.sqrt(1 + np.outer(stiffness, number**2 - 1))
    poles = 2j * np.pi * frequency - decays[:, None]
    poles = poles[frequency < HIGHEST]
    phases = np.exp(2j * np.pi * random.uniform(0, 1, (len(poles), 2)))
    samples = int(SECONDS * sample_rate)
    response = damped_sum(poles, phases, samples, sample_rate)
    response *= np.linspace(1, 0, samples, dtype=np.float32)[:, None]
    return np.asarray(LEVEL * response / np.sqrt(np.square(response).sum(axis=0)), np.float32)
