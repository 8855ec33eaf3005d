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

__all__ = ["Modes", "damped_sum", "loudness", "modes_of", "strike"]

Complex = NDArray[np.complex128]
Real = NDArray[np.float64]

HIGHEST = 14_000.0
"""Hz; partials above are masked, and hammers hardly excite them."""
MOST_PARTIALS = 90
NEPER = 20 / np.log(10)
"""dB per neper."""
TABLES = 64
"""Keys whose tables stay: some 20 MB."""
FULL_SCALE = 0.042
"""Level of one usual note; some ten of them reach 1."""
LOUDER = 1.4
"""Power of the hammer's speed that level grows with."""
TILT = 0.1
"""Decibels that a key is softer than the one below it."""
INAUDIBLE = 3e-6
"""Level of an oscillation that is left out: 80 dB below a usual note."""
FASTEST = hammer_speed(127)

SOFTENED = 2.0
"""How steeply felt takes high frequencies away: 12 dB an octave, times this."""
HIGH = 5_000.0
"""Hz from which on a soundboard radiates less and less."""
DAMPING = 3_000.0
"""Hz at which a partial falls twice as fast as a very low one would."""
UNEVEN = 0.2
"""How unevenly the bridge takes the energy of partials, in nepers."""
KNOCKS = 56
KNOCK_DECAY = 0.6
"""Seconds in which the case falls by 60 dB at 70 Hz."""
TREBLE_KNOCK = 0.4
"""Octaves of knock that an octave higher has more."""


class Modes(NamedTuple):
    """The damped oscillations of a key, as left by a hammer blow of no duration.

    Attributes:
        poles: (modes,) rates per second: minus the decay, plus i times the angular frequency.
        gains: (modes, 2) what is heard left and right.
        partials: (partials, 2) frequency in Hz and level of what the strings radiate.
    """

    poles: Complex
    gains: Complex
    partials: Real


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
    blow = _hammer(frequency, piano, pitch, FASTEST)
    audible = np.abs(level * blow) > 1e-4 * np.abs(level * blow).max()
    frequency, level = frequency[audible], level[audible]
    poles, shares = _coupled(piano, pitch, frequency, random)
    gains = (shares * level[:, None])[..., None] * _ears(pitch, frequency, random)
    knocks, knocking = _knock(piano, pitch, random)
    return Modes(
        np.concatenate([poles.ravel(), knocks]),
        np.concatenate([gains.reshape(-1, 2), knocking]).astype(np.complex128),
        np.stack([frequency, level], axis=1),
    )


def strike(
    piano: Piano, pitch: int, velocity: int, samples: int, sample_rate: int, start: int = 0
) -> NDArray[np.float32]:
    """The sound of a key that is struck and held, (samples, 2), from some samples after the
    blow."""
    modes = modes_of(piano, pitch, sample_rate)
    speed = hammer_speed(velocity)
    level = FULL_SCALE * loudness(velocity) * 10 ** (TILT * (60 - pitch) / 20)
    blow = level * _blow(modes, piano, pitch, speed)
    weights = -1j * modes.gains * blow[:, None]
    weights *= np.exp(modes.poles * start / sample_rate)[:, None]
    sound = _summed(_tables_of(piano, pitch, samples, sample_rate), weights)[:samples]
    if start:
        return sound
    rise = np.arange(1, max(2, int(piano.contact(pitch, speed) * sample_rate)))
    sound[: len(rise)] *= np.sin(np.pi / 2 * rise / (len(rise) + 1))[:, None] ** 2
    return sound


class Tables(NamedTuple):
    """Powers of some oscillations e^(poles t), from which any of their sums is one matrix product.

    Attributes:
        across: (modes, rows) at the first samples of rows.
        within: (2 modes, columns) inside a row: the real parts, then the imaginary ones.
    """

    across: NDArray[np.complex64]
    within: NDArray[np.float32]


def damped_sum(
    poles: Complex, weights: Complex, samples: int, sample_rate: int
) -> NDArray[np.float32]:
    """The real part of the sum of weights e^(poles t), (samples, 2)."""
    return _summed(_tables(poles, samples, sample_rate), weights)[:samples]


@lru_cache(maxsize=TABLES)
def _tables_of(piano: Piano, pitch: int, samples: int, sample_rate: int) -> Tables:
    return _tables(modes_of(piano, pitch, sample_rate).poles, samples, sample_rate)


def _tables(poles: Complex, samples: int, sample_rate: int) -> Tables:
    columns = 1 << samples.bit_length() // 2
    within = _powers(np.exp(poles / sample_rate), columns)
    across = _powers(np.exp(poles * columns / sample_rate), -(-samples // columns))
    return Tables(across, np.concatenate([within.real, within.imag]))


def _summed(tables: Tables, weights: Complex) -> NDArray[np.float32]:
    """Row after row, (rows times columns, 2); what is inaudible is left out."""
    audible = np.abs(weights).max(axis=1) > INAUDIBLE
    across, within = tables.across[audible], tables.within[np.tile(audible, 2)]
    levels = weights[audible].astype(np.complex64)
    start = (across[:, None] * levels[:, :, None]).reshape(len(levels), 2 * across.shape[1])
    both = np.concatenate([start.real, -start.imag]).T @ within
    return np.ascontiguousarray(both.reshape(2, -1).T)


def loudness(velocity: int) -> float:
    """How loud a stroke is against a usual one."""
    return float((hammer_speed(velocity) / USUAL_SPEED) ** LOUDER)


def _blow(modes: Modes, piano: Piano, pitch: int, speed: float) -> Real:
    """What of a blow reaches each mode; all blows leave the strings, and the case, equally loud,
    not alike."""
    frequency, level = modes.partials.T
    whole = np.sqrt(np.sum((level * _hammer(frequency, piano, pitch, speed)) ** 2))
    modal = modes.poles.imag / (2 * np.pi)
    strings = _hammer(modal[:-KNOCKS], piano, pitch, speed) / whole
    case = 1 / (1 + (modal[-KNOCKS:] / piano.felt(pitch, speed)) ** 2)
    return np.concatenate([strings, case / np.sqrt(np.mean(case**2))])


def _powers(base: Complex, count: int) -> NDArray[np.complex64]:
    """base^0, base^1, ... as columns, (modes, count)."""
    table = np.ones((len(base), count), np.complex64)
    known = 1
    while known < count:
        further = (base**known).astype(np.complex64)[:, None]
        new = min(known, count - known)
        np.multiply(table[:, :new], further, out=table[:, known : known + new])
        known += new
    return table


def _strike_point(pitch: int) -> float:
    """The place that the hammer strikes, as a share of the string: nearer its end in the treble."""
    return 1 / 8 if pitch < 65 else 1 / (8 + 8 * (pitch - 65) / 43)


def _hammer(frequency: Real, piano: Piano, pitch: int, speed: float) -> Real:
    """The share of a blow that reaches a frequency.

    A key's first partials get all; the higher ones, which have bent the string already while the
    hammer still touches it, an even part, up to where felt is too soft (Hall & Askenfelt 1988).
    """
    full, part = piano.full_blow(pitch)
    shelf = part + (1 - part) / (1 + (frequency / full) ** 4)
    return np.asarray(shelf * (1 + (frequency / piano.felt(pitch, speed)) ** 2) ** -SOFTENED)


def _body(frequency: Real) -> Real:
    """The sound that a soundboard radiates: less and less above `HIGH`, with ripples."""
    octaves = np.log2(frequency / 100)
    ripple = 2.0 * np.sin(5.1 * octaves) + 1.5 * np.sin(11.3 * octaves + 1)
    return np.asarray(10 ** (ripple / 20) / np.sqrt(1 + (frequency / HIGH) ** 2))


def _coupled(
    piano: Piano, pitch: int, frequency: Real, random: np.random.Generator
) -> tuple[Complex, Complex]:
    """Poles and shares, each (partials, strings + 1), of strings that move one bridge (Weinreich).

    Together they drive the bridge and fall fast; against each other they fall as a single string
    does. The last mode is the motion along the soundboard, which hardly moves it.
    """
    strings = piano.strings(pitch)
    faster = (1 + frequency / DAMPING) / (1 + frequency[0] / DAMPING)
    alone = piano.after_decay(pitch) / NEPER * faster
    together = piano.prompt_decay(pitch) / NEPER * faster
    together = alone + (together - alone) * np.exp(UNEVEN * random.standard_normal(len(frequency)))
    cents = piano.detuning * (np.arange(strings) + random.uniform(-0.15, 0.15, strings))
    cents = (
        cents - cents.mean() + piano.detuning * random.uniform(-0.3, 0.3, (len(frequency), strings))
    )
    apart = 2 * np.pi * frequency[:, None] * (2 ** (cents / 1200) - 1)
    coupling = np.ones((strings, strings)) / strings
    matrix = (
        -(together - alone)[:, None, None] * coupling
        + np.eye(strings) * (1j * apart - alone[:, None])[:, None, :]
    )
    rates, vectors = np.linalg.eig(matrix)
    blow = 1 + random.uniform(-0.15, 0.15, strings)
    started = np.linalg.solve(vectors, np.broadcast_to(blow[:, None], (len(frequency), strings, 1)))
    shares = vectors.sum(axis=1) * started[..., 0] / strings
    along = np.full((len(frequency), 1), piano.along(pitch))
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
    frequency = 60 * 2 ** (6 / KNOCKS * (np.arange(KNOCKS) + random.uniform(0, 1, KNOCKS)))
    decay = 60 / NEPER / (KNOCK_DECAY * (frequency / 70) ** -0.4)
    level = piano.knock * 2 ** (TREBLE_KNOCK * (pitch - 60) / 12) / np.sqrt(KNOCKS)
    phases = np.exp(2j * np.pi * random.uniform(0, 1, (KNOCKS, 2)))
    return 2j * np.pi * frequency - decay, level * phases
