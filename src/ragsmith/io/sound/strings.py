"""The sound of one key: strings, coupled by the bridge, struck by a hammer, heard through a body.

A key is a sum of damped oscillations z^t. Because z^(nK + k) = z^(nK) z^k, a whole sound is one
matrix product of powers of z: hundreds of oscillators cost less than a millisecond.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.io.sound.instrument import USUAL_SPEED, Piano, hammer_speed
from ragsmith.piece import LOWEST_PITCH, PIANO_KEYS

__all__ = ["Modes", "modes_of", "strike"]

Complex = NDArray[np.complex128]
Real = NDArray[np.float64]

HIGHEST = 14_000.0
"""Hz; partials above are masked, and hammers hardly excite them."""
MOST_PARTIALS = 90
NEPER = 20 / np.log(10)
"""dB per neper."""
COLUMNS = 256
FULL_SCALE = 0.03
"""Level of one usual note; some ten of them reach 1."""


class Modes(NamedTuple):
    """The damped oscillations of a key, as left by a hammer blow of no duration and unit speed.

    Attributes:
        poles: (modes,) rates per second: minus the decay, plus i times the angular frequency.
        gains: (modes, 2) what is heard left and right.
    """

    poles: Complex
    gains: Complex


@lru_cache(maxsize=128)
def modes_of(piano: Piano, pitch: int, sample_rate: int) -> Modes:
    """All modes of a key: of its strings, and of the case and the keys that the blow shakes."""
    random = np.random.default_rng(pitch)
    inharmonicity = piano.inharmonicity(pitch)
    number = np.arange(1, MOST_PARTIALS + 1)
    stretch = np.sqrt((1 + inharmonicity * number**2) / (1 + inharmonicity))
    frequency = piano.fundamental(pitch) * number * stretch
    number = number[frequency < min(HIGHEST, 0.45 * sample_rate)]
    frequency = frequency[: len(number)]
    comb = np.sin(np.pi * number * _strike_point(pitch))
    level = np.sign(comb) * np.sqrt(comb**2 + 0.01) * _body(frequency)
    blow = _hammer(frequency, piano.contact(pitch, USUAL_SPEED))
    level /= np.sqrt(np.sum((level * blow) ** 2))
    audible = np.abs(level * blow) > 1e-4
    poles, shares = _coupled(piano, pitch, frequency[audible], random)
    gains = (shares * level[audible, None])[..., None] * _ears(pitch, frequency[audible], random)
    knocks, knocking = _knock(piano, pitch, random)
    loudness = FULL_SCALE * 10 ** (0.1 * (60 - pitch) / 20)
    return Modes(
        np.concatenate([poles.ravel(), knocks]),
        loudness * np.concatenate([gains.reshape(-1, 2), knocking]).astype(np.complex128),
    )


def strike(
    piano: Piano, pitch: int, velocity: int, samples: int, sample_rate: int
) -> NDArray[np.float32]:
    """The sound of a key that is struck and held, (samples, 2), from the moment of the blow."""
    modes = modes_of(piano, pitch, sample_rate)
    speed = hammer_speed(velocity)
    contact = piano.contact(pitch, speed)
    blow = speed * _hammer(modes.poles.imag / (2 * np.pi), contact)
    weights = -1j * modes.gains * blow[:, None]
    rows = -(-samples // COLUMNS)
    within = _powers(np.exp(modes.poles / sample_rate), COLUMNS)
    across = _powers(np.exp(modes.poles * COLUMNS / sample_rate), rows)
    right = np.concatenate([within.real, within.imag]).astype(np.float32)
    sound = np.empty((rows * COLUMNS, 2), np.float32)
    for ear in range(2):
        start = across * weights[:, ear, None]
        left = np.concatenate([start.real, -start.imag]).astype(np.float32)
        sound[:, ear] = (left.T @ right).ravel()
    rise = np.arange(1, max(2, int(contact * sample_rate)))
    sound[: len(rise)] *= np.sin(np.pi / 2 * rise / (len(rise) + 1))[:, None] ** 2
    return sound[:samples]


def _powers(base: Complex, count: int) -> Complex:
    """base^0, base^1, ... as columns, (modes, count)."""
    table = np.ones((len(base), 1), np.complex128)
    while table.shape[1] < count:
        table = np.concatenate([table, table * (base ** table.shape[1])[:, None]], axis=1)
    return table[:, :count]


def _strike_point(pitch: int) -> float:
    """The place that the hammer strikes, as a share of the string: nearer its end in the treble."""
    return 1 / 8 if pitch < 65 else 1 / (8 + 8 * (pitch - 65) / 43)


def _hammer(frequency: Real, contact: float) -> Real:
    """The share of a blow of some duration that reaches a frequency: felt is a low-pass."""
    return np.asarray((1 + (2 * frequency * contact) ** 4) ** -0.42)


def _body(frequency: Real) -> Real:
    """The sound that a soundboard radiates: little below 70 Hz, less and less above 4 kHz, with
    ripples."""
    low = (frequency / 70) ** 2 / (1 + (frequency / 70) ** 2)
    octaves = np.log2(frequency / 100)
    ripple = 2.0 * np.sin(5.1 * octaves) + 1.5 * np.sin(11.3 * octaves + 1)
    return np.asarray(low * 10 ** (ripple / 20) / np.sqrt(1 + (frequency / 4000) ** 2))


def _coupled(
    piano: Piano, pitch: int, frequency: Real, random: np.random.Generator
) -> tuple[Complex, Complex]:
    """Poles and shares, each (partials, strings + 1), of strings that move one bridge (Weinreich).

    Together they drive the bridge and fall fast; against each other they fall as a single string
    does. The last mode is the motion along the soundboard, which hardly moves it.
    """
    strings = piano.strings(pitch)
    faster = (1 + frequency / 2500) / (1 + frequency[0] / 2500)
    alone = piano.after_decay(pitch) / NEPER * faster
    together = piano.prompt_decay(pitch) / NEPER * faster
    cents = piano.detuning * (np.arange(strings) + random.uniform(-0.15, 0.15, strings))
    apart = 2 * np.pi * frequency[:, None] * (2 ** ((cents - cents.mean()) / 1200) - 1)
    coupling = np.ones((strings, strings)) / strings
    matrix = (
        -(together - alone)[:, None, None] * coupling
        + np.eye(strings) * (1j * apart - alone[:, None])[:, None, :]
    )
    rates, vectors = np.linalg.eig(matrix)
    blow = 1 + random.uniform(-0.15, 0.15, strings)
    started = np.linalg.solve(vectors, np.broadcast_to(blow[:, None], (len(frequency), strings, 1)))
    shares = vectors.sum(axis=1) * started[..., 0] / strings
    along = np.full((len(frequency), 1), 0.16)
    rates = np.concatenate([rates, -alone[:, None] + 1e-4j * frequency[:, None]], axis=1)
    poles = 2j * np.pi * frequency[:, None] + rates
    return poles, np.concatenate([shares, along], axis=1)


def _ears(pitch: int, frequency: Real, random: np.random.Generator) -> Complex:
    """The gain and phase of each partial at each ear, (partials, 1, 2): bass left, treble right.

    A soundboard scatters the phases of high partials, nearly alike for both ears.
    """
    place = 0.3 * (pitch - 64.5) / 43.5
    sides = np.array([np.cos(np.pi / 4 * (1 + place)), np.sin(np.pi / 4 * (1 + place))])
    spread = np.minimum(1, frequency / 500)[:, None]
    phases = np.pi * spread * random.uniform(-1, 1, (len(frequency), 1))
    phases = phases + 0.5 * spread * random.uniform(-1, 1, (len(frequency), 2))
    decibels = 2.0 * spread * random.uniform(-1, 1, (len(frequency), 2))
    return np.asarray(sides * 10 ** (decibels / 20) * np.exp(1j * phases))[:, None]


def _knock(piano: Piano, pitch: int, random: np.random.Generator) -> tuple[Complex, Complex]:
    """Poles (modes,) and gains (modes, 2) of the case and the key bed; louder in the treble."""
    count = 40
    frequency = 70 * 2 ** random.uniform(0, 4.5, count)
    decay = 60 / NEPER / (0.16 * (frequency / 70) ** -0.25)
    level = piano.knock * (1 + ((pitch - LOWEST_PITCH) / PIANO_KEYS) ** 2) / np.sqrt(count)
    phases = np.exp(2j * np.pi * random.uniform(0, 1, (count, 2)))
    falling = np.sqrt(100 / frequency)[:, None]
    return 2j * np.pi * frequency - decay, level * falling * phases
