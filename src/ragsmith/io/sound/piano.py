"""Plays a piece on a modelled piano: numbers in, sound out, always the same for the same piece."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.io.sound.dampers import Dampers
from ragsmith.io.sound.instrument import GRAND, HONKY_TONK, PIANOS, UPRIGHT, Piano
from ragsmith.io.sound.noises import with_noises
from ragsmith.io.sound.resonance import ring_along
from ragsmith.io.sound.reverb import BLOCK, Sound, convolve, room_of
from ragsmith.io.sound.strings import loudness, strike
from ragsmith.notes import rows_of
from ragsmith.performance import Performance, as_played
from ragsmith.performance.performance import tempo_clock
from ragsmith.piece import LOWEST_PITCH, PIANO_KEYS, Piece
from ragsmith.playing_order import unfold

__all__ = [
    "GRAND",
    "HONKY_TONK",
    "PIANOS",
    "UPRIGHT",
    "Piano",
    "performance_of",
    "play",
    "render",
    "sample_clock",
    "strokes_of",
]

SHADE = 12
"""So many velocities have one colour; each is as loud as it is."""
PART = 8_192
"""Samples of a key that are computed at once."""
CACHED_SAMPLES = 8_000_000
"""Samples of single keys that are cached: 64 MB."""


class Stroke(NamedTuple):
    """A key that is struck: when, how long it is held and how long it sounds, in samples.

    `held` is until its damper falls; `sounding` until it is damped, or has died away.
    """

    onset: int
    held: int
    sounding: int
    pitch: int
    velocity: int


def render(
    music: Piece | Performance, instrument: Piano = UPRIGHT, sample_rate: int = 44_100
) -> Sound:
    """The whole piece, unfolded, as sound, (samples, 2); see `play`."""
    return np.concatenate(list(play(music, instrument, sample_rate)))


def play(
    music: Piece | Performance,
    instrument: Piano = UPRIGHT,
    sample_rate: int = 44_100,
    strokes: list[Stroke] | None = None,
) -> Iterator[Sound]:
    """A performance, or a piece as written and unfolded, in blocks of `BLOCK` samples, (BLOCK, 2),
    in memory that is bounded.

    Notes outside the piano's 88 keys are left out. `strokes` are its own, where they are known
    already. The sound ends in silence; its level is that of
    the instrument: a chord may pass 1, see `ragsmith.io.sound.encode`.
    """
    performance = performance_of(music)
    dampers = Dampers.of(performance, sample_rate)
    if strokes is None:
        strokes = strokes_of(performance, instrument, sample_rate)
    end = max([1, dampers.end] + [stroke.onset + stroke.sounding for stroke in strokes])
    dry = with_noises(
        _dry(strokes, end, dampers, instrument, sample_rate), performance, instrument, sample_rate
    )
    if performance.pedal:
        dry = ring_along(dry, dampers, instrument, sample_rate)
    room = room_of(instrument.room, sample_rate)
    last = -(-end // BLOCK) + len(room) - 1
    for number, block in enumerate(convolve(dry, room)):
        yield (
            block if number < last else block * np.linspace(1, 0, BLOCK, dtype=np.float32)[:, None]
        )


def sample_clock(piece: Piece, sample_rate: int) -> Callable[[int], int]:
    """Step to sample, exact to the nearest, whatever the tempo marks; `piece` is unfolded."""
    return tempo_clock(piece.tempos, piece.steps_per_quarter, sample_rate)


def performance_of(music: Piece | Performance) -> Performance:
    """A performance as it is; a piece as written, its repeats played."""
    return music if isinstance(music, Performance) else as_played(unfold(music))


def strokes_of(performance: Performance, piano: Piano, sample_rate: int) -> list[Stroke]:
    """The strokes of a performance, in order."""
    notes = [n for n in performance.notes if 0 <= n.pitch - LOWEST_PITCH < PIANO_KEYS]
    if not notes:
        return []
    at, dampers = performance.clocks(sample_rate), Dampers.of(performance, sample_rate)
    starts, pitches, durations, velocities = rows_of(notes, 4).T
    onsets = at(starts)
    natural, damper = _lasting(piano, sample_rate)[:, pitches - LOWEST_PITCH]
    let_go = dampers.contact(at(starts + durations))
    held = np.minimum(natural, dampers.reached(let_go) - onsets)
    sounding = np.minimum(natural, dampers.reached(let_go + damper) - onsets)
    columns = (onsets, held.astype(int), np.ceil(sounding).astype(int), pitches, velocities)
    return sorted(map(Stroke, *(column.tolist() for column in columns)))


@lru_cache(maxsize=8)
def _lasting(piano: Piano, sample_rate: int) -> NDArray[np.float64]:
    """For each key the samples until it has died away and until its damper has stopped it."""
    pitches = range(LOWEST_PITCH, LOWEST_PITCH + PIANO_KEYS)
    natural = [60 / piano.after_decay(pitch) for pitch in pitches]
    return sample_rate * np.array([natural, [piano.damper(p) or np.inf for p in pitches]])


def _dry(
    strokes: list[Stroke], end: int, dampers: Dampers, piano: Piano, sample_rate: int
) -> Iterator[Sound]:
    """The strokes without a room, in blocks, up to the sample `end`.

    Of each key only what a block needs is computed.
    """
    keyboard = Keyboard(piano, dampers, sample_rate)
    sounding: list[Stroke] = []
    following = 0
    for start in range(0, end, BLOCK):
        stop = start + BLOCK
        first = following
        while following < len(strokes) and strokes[following].onset < stop:
            following += 1
        sounding += strokes[first:following]
        block = np.zeros((BLOCK, 2), np.float32)
        for stroke in sounding:
            begins = max(start, stroke.onset)
            part = keyboard.part(stroke, begins - stroke.onset, stop - stroke.onset)
            block[begins - start : begins - start + len(part)] += part
        yield block
        sounding = [stroke for stroke in sounding if stroke.onset + stroke.sounding > stop]


def shade_of(velocity: int) -> int:
    """The velocity whose colour a stroke has."""
    return min(127, velocity // SHADE * SHADE + SHADE // 2)


class Keyboard:
    """Sounds of strokes, in parts; each part of a key in a colour is computed once and stays a
    while."""

    def __init__(self, piano: Piano, dampers: Dampers, sample_rate: int) -> None:
        self.piano, self.dampers, self.sample_rate = piano, dampers, sample_rate
        self.cached: OrderedDict[tuple[int, int, int], Sound] = OrderedDict()

    def part(self, stroke: Stroke, start: int, stop: int) -> Sound:
        """The samples from `start` up to `stop` of a stroke, at most `sounding`, (samples, 2):
        held, then damped, then faded out."""
        stop = min(stop, stroke.sounding)
        numbers = range(start // PART, -(-stop // PART))
        ringing = np.concatenate([self._ringing(stroke, number) for number in numbers])
        sound = ringing[start - numbers.start * PART : stop - numbers.start * PART]
        fade = min(stroke.sounding, self.sample_rate // 50)
        changed = max(start, min(stroke.held, stroke.sounding - fade))
        if changed < stop:
            sample = np.arange(changed, stop)
            gain = np.minimum(1, (stroke.sounding - sample) / fade) * self._damping(stroke, sample)
            sound[changed - start :] *= gain[:, None].astype(np.float32)
        sound *= np.float32(loudness(stroke.velocity) / loudness(shade_of(stroke.velocity)))
        return sound

    def _damping(self, stroke: Stroke, sample: NDArray[np.int64]) -> NDArray[np.float64] | float:
        """What the damper leaves of a stroke at some samples of it."""
        damper = self.piano.damper(stroke.pitch)
        if damper is None:
            return 1.0
        rate = np.log(1000) / (damper * self.sample_rate)
        begun = self.dampers.contact(stroke.onset + stroke.held)
        contact = self.dampers.contact(stroke.onset + sample) - begun
        return np.asarray(np.exp(-rate * np.maximum(0, contact)))

    def _ringing(self, stroke: Stroke, number: int) -> Sound:
        """A part of a key that is struck and held."""
        part = stroke.pitch, shade_of(stroke.velocity), number
        if part in self.cached:
            self.cached.move_to_end(part)
            return self.cached[part]
        sound = strike(self.piano, *part[:2], PART, self.sample_rate, number * PART)
        self.cached[part] = sound
        if len(self.cached) * PART > CACHED_SAMPLES:
            self.cached.popitem(last=False)
        return sound
