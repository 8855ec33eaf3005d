"""Plays a piece on a modelled piano: numbers in, sound out, always the same for the same piece."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from ragsmith.io.sound.instrument import GRAND, HONKY_TONK, PIANOS, UPRIGHT, Piano
from ragsmith.io.sound.reverb import BLOCK, Sound, convolve, impulse_response
from ragsmith.io.sound.strings import strike
from ragsmith.piece import LOWEST_PITCH, PIANO_KEYS, Piece
from ragsmith.playing_order import unfold

__all__ = ["GRAND", "HONKY_TONK", "PIANOS", "UPRIGHT", "Piano", "play", "render", "sample_clock"]

USUAL_TEMPO = 500_000
"""Microseconds per quarter until the first tempo mark, as in MIDI."""
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


def render(piece: Piece, instrument: Piano = UPRIGHT, sample_rate: int = 44_100) -> Sound:
    """The whole piece, unfolded, as sound, (samples, 2); see `play`."""
    return np.concatenate(list(play(piece, instrument, sample_rate)))


def play(piece: Piece, instrument: Piano = UPRIGHT, sample_rate: int = 44_100) -> Iterator[Sound]:
    """The piece, unfolded, in blocks of `BLOCK` samples, (BLOCK, 2), in memory that is bounded.

    Notes outside the piano's 88 keys are left out. The sound ends in silence; its level is that of
    the instrument: a chord may pass 1, see `ragsmith.io.sound.encode`.
    """
    response = impulse_response(instrument.room, sample_rate)
    previous = None
    for block in convolve(_dry(unfold(piece), instrument, sample_rate), response):
        if previous is not None:
            yield previous
        previous = block
    assert previous is not None
    yield previous * np.linspace(1, 0, len(previous), dtype=np.float32)[:, None]


def sample_clock(piece: Piece, sample_rate: int) -> Callable[[int], int]:
    """Step to sample, exact to the nearest, whatever the tempo marks; `piece` is unfolded."""
    marks = {0: USUAL_TEMPO} | {max(0, t.step): t.microseconds for t in piece.tempos}
    steps = sorted(marks)
    passed = [0]
    for start, end in pairwise(steps):
        passed.append(passed[-1] + (end - start) * marks[start])
    unit = piece.steps_per_quarter * 1_000_000

    def at(step: int) -> int:
        mark = bisect_right(steps, step) - 1
        microsteps = passed[mark] + (step - steps[mark]) * marks[steps[mark]]
        return (microsteps * sample_rate + unit // 2) // unit

    return at


def _strokes(piece: Piece, piano: Piano, sample_rate: int) -> list[Stroke]:
    """The strokes of a piece, in order."""
    at = sample_clock(piece, sample_rate)
    strokes = []
    for note in piece.notes:
        if not 0 <= note.pitch - LOWEST_PITCH < PIANO_KEYS:
            continue
        onset = at(note.onset)
        natural = int(60 / piano.after_decay(note.pitch) * sample_rate)
        damper = piano.damper(note.pitch)
        held = natural if damper is None else min(natural, at(note.onset + note.duration) - onset)
        sounding = held if damper is None else held + int(damper * sample_rate)
        velocity = note.velocity // LOUDNESSES * LOUDNESSES + LOUDNESSES // 2
        strokes.append(Stroke(onset, held, sounding, note.pitch, velocity))
    return sorted(strokes)


def _dry(piece: Piece, piano: Piano, sample_rate: int) -> Iterator[Sound]:
    """The piece without a room, in blocks."""
    strokes = _strokes(piece, piano, sample_rate)
    key = Keyboard(strokes, piano, sample_rate)
    end = max(
        [sample_clock(piece, sample_rate)(piece.steps)] + [s.onset + s.sounding for s in strokes]
    )
    ahead = np.zeros((BLOCK + max((s.sounding for s in strokes), default=0), 2), np.float32)
    following = 0
    for start in range(0, max(1, end), BLOCK):
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
