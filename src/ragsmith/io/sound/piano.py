"""Plays a piece on a modelled piano: numbers in, sound out, always the same for the same piece."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from ragsmith.io.sound.instrument import GRAND, HONKY_TONK, PIANOS, UPRIGHT, Piano
from ragsmith.io.sound.reverb import BLOCK, Sound, convolve, impulse_response
from ragsmith.io.sound.strings import strike
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

HALF_PEDAL = 64
"""Depth from which on the pedal holds the dampers up, as MIDI says it."""
LOUDNESSES = 4
"""Velocities are taken in groups of so many, about a decibel."""
CACHED_SAMPLES = 8_000_000
"""Samples of single keys that are cached: 64 MB."""


class Stroke(NamedTuple):
    """A key that is struck: when, how long it is held and how long it sounds, in samples."""

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
    music: Piece | Performance, instrument: Piano = UPRIGHT, sample_rate: int = 44_100
) -> Iterator[Sound]:
    """A performance, or a piece as written and unfolded, in blocks of `BLOCK` samples, (BLOCK, 2),
    in memory that is bounded.

    Notes outside the piano's 88 keys are left out. The sound ends in silence; its level is that of
    the instrument: a chord may pass 1, see `ragsmith.io.sound.encode`.
    """
    response = impulse_response(instrument.room, sample_rate)
    performance = performance_of(music)
    strokes = strokes_of(performance, instrument, sample_rate)
    end = performance.clock(sample_rate)(performance.piece.steps * performance.ticks_per_step)
    end = max([1, end] + [stroke.onset + stroke.sounding for stroke in strokes])
    last = -(-end // BLOCK)  # the room rings on for a block
    dry = _dry(strokes, end, instrument, sample_rate)
    for number, block in enumerate(convolve(dry, response)):
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
    at = performance.clock(sample_rate)
    dampers_fall = _dampers(performance)
    strokes = []
    for note in performance.notes:
        if not 0 <= note.pitch - LOWEST_PITCH < PIANO_KEYS:
            continue
        onset = at(note.onset)
        natural = int(60 / piano.after_decay(note.pitch) * sample_rate)
        damper = piano.damper(note.pitch)
        let_go = at(dampers_fall(note.onset + note.duration))
        held = natural if damper is None else min(natural, let_go - onset)
        sounding = held if damper is None else held + int(damper * sample_rate)
        velocity = note.velocity // LOUDNESSES * LOUDNESSES + LOUDNESSES // 2
        strokes.append(Stroke(onset, held, sounding, note.pitch, velocity))
    return sorted(strokes)


def _dampers(performance: Performance) -> Callable[[int], int]:
    """For the tick on which a key is let go, that on which its damper falls: when the pedal goes
    up, if it is down; at the latest when the piece ends."""
    ticks = [change.tick for change in performance.pedal]
    is_down = [change.depth >= HALF_PEDAL for change in performance.pedal]
    end = performance.piece.steps * performance.ticks_per_step

    def falls(tick: int) -> int:
        change = bisect_right(ticks, tick) - 1
        while change >= 0 and is_down[change]:
            change += 1
            if change == len(ticks):
                return max(tick, end)
            tick = ticks[change]
            if not is_down[change]:
                break
        return tick

    return falls


def _dry(strokes: list[Stroke], end: int, piano: Piano, sample_rate: int) -> Iterator[Sound]:
    """The strokes without a room, in blocks, up to the sample `end`."""
    key = Keyboard(strokes, piano, sample_rate)
    ahead = np.zeros((BLOCK + max((s.sounding for s in strokes), default=0), 2), np.float32)
    following = 0
    for start in range(0, end, BLOCK):
        while following < len(strokes) and strokes[following].onset < start + BLOCK:
            stroke = strokes[following]
            first = stroke.onset - start
            ahead[first : first + stroke.sounding] += key.sound(stroke)
            following += 1
        yield ahead[:BLOCK].copy()
        ahead[:-BLOCK] = ahead[BLOCK:].copy()
        ahead[-BLOCK:] = 0


class Keyboard:
    """Sounds of the strokes of a piece; each key and loudness is computed once and kept a while."""

    def __init__(self, strokes: list[Stroke], piano: Piano, sample_rate: int) -> None:
        self.piano = piano
        self.sample_rate = sample_rate
        self.longest: dict[tuple[int, int], int] = {}
        for s in strokes:
            key = s.pitch, s.velocity
            self.longest[key] = max(s.sounding, self.longest.get(key, 0))
        self.cached: OrderedDict[tuple[int, int], Sound] = OrderedDict()

    def sound(self, stroke: Stroke) -> Sound:
        """The sound of a stroke, (sounding, 2): held, then damped, then faded out."""
        sound = self._ringing(stroke.pitch, stroke.velocity)[: stroke.sounding].copy()
        damper = self.piano.damper(stroke.pitch)
        if damper is not None:
            time = np.arange(stroke.sounding - stroke.held, dtype=np.float32) / self.sample_rate
            sound[stroke.held :] *= np.exp(-np.log(1000) / damper * time, dtype=np.float32)[:, None]
        fade = min(len(sound), self.sample_rate // 50)
        sound[len(sound) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)[:, None]
        return sound

    def _ringing(self, pitch: int, velocity: int) -> Sound:
        """The key struck and held as long as this piece needs it."""
        key = pitch, velocity
        if key in self.cached:
            self.cached.move_to_end(key)
            return self.cached[key]
        sound = strike(self.piano, pitch, velocity, self.longest[key], self.sample_rate)
        self.cached[key] = sound
        while sum(map(len, self.cached.values())) > CACHED_SAMPLES and len(self.cached) > 1:
            self.cached.popitem(last=False)
        return sound
