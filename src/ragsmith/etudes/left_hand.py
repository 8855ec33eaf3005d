"""The left hand: stride basses and chords, walking octaves, closes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise, product

from ragsmith.etudes.harmony import MAJOR, Chord
from ragsmith.piece import Hand, Note

__all__ = ["BASSES", "left_hand"]

BASSES = {"octaves": (12, 12), "mixed": (12, 0), "single": (0, 0)}
"""What doubles the first and the second bass of a bar: an octave above, or nothing."""
LOWEST_BASS, HIGHEST_BASS = 33, 46
LOWEST_CHORD, MIDDLE_CHORD, HIGHEST_CHORD = 50, 57, 62
BASS_VELOCITY, CHORD_VELOCITY = 74, 60

Pitches = tuple[int, ...]


def left_hand(
    chords: Sequence[Chord], tonic: int, pulses: int, style: str, special: Mapping[int, str]
) -> list[Note]:
    """Notes in pulses: stride through all bars but the special ones, a close in the last.

    Args:
        chords: the chord at every pulse.
        tonic: any pitch of the tonic.
        pulses: pulses in a bar, 8 or 6.
        style: one of `BASSES`, or "tango" (which has single basses).
        special: bars, from 0, that are a "walk" of octaves to the next bar's bass, or a "break".
    """
    notes: list[Note] = []
    bass = tonic % 12 + 36
    chord: Pitches = (MIDDLE_CHORD,)
    bars = len(chords) // pulses
    for bar in range(bars):
        start = bar * pulses
        here = chords[start : start + pulses]
        bass = _nearest(tonic + here[0].bass, bass)
        if bar == bars - 1:
            return notes + _close(start, bass, _voiced(here[0], tonic, chord))
        if special.get(bar) == "break":
            notes += _strike(start, 2, (bass, bass + 12), BASS_VELOCITY)
            continue
        if special.get(bar) == "walk":
            target = _nearest(tonic + chords[start + pulses].bass, bass)
            for place, pitch in enumerate((bass, *_walk(bass, target, here[4], tonic, pulses))):
                notes += _strike(start + 2 * place, 2, (pitch, pitch + 12), BASS_VELOCITY)
            continue
        for place, length, doubled in _pattern(style, pulses):
            now = here[place]
            if doubled is None:
                chord = _voiced(now, tonic, chord)
                notes += _strike(start + place, length, chord, CHORD_VELOCITY)
                continue
            if place:
                same = now == here[0]
                bass = _nearest(tonic + (now.second if same else now.bass), bass)
            pitches = (bass, bass + doubled) if doubled else (bass,)
            notes += _strike(start + place, length, pitches, BASS_VELOCITY)
    return notes


def _pattern(style: str, pulses: int) -> list[tuple[int, int, int | None]]:
    """A bar as (pulse, duration, what doubles the bass; None for a chord)."""
    if style == "tango":
        return [(0, 3, 0), (3, 1, None), (4, 2, 0), (6, 2, None)]
    first, second = BASSES[style]
    if pulses == 6:
        return [(0, 2, first), (2, 2, None), (4, 2, None)]
    return [(0, 2, first), (2, 2, None), (4, 2, second), (6, 2, None)]


def _strike(onset: int, duration: int, pitches: Pitches, velocity: int) -> list[Note]:
    return [Note(onset, pitch, duration, velocity, Hand.LEFT) for pitch in pitches]


def _nearest(tone: int, bass: int) -> int:
    """The bass of that pitch class nearest to the last one; of two, the lower."""
    basses = range(LOWEST_BASS, HIGHEST_BASS + 1)
    return min((p for p in basses if (p - tone) % 12 == 0), key=lambda p: (abs(p - bass), p))


def _voiced(chord: Chord, tonic: int, last: Pitches) -> Pitches:
    """Three tones that move least from the last chord, the third and the seventh among them."""
    tones = {(tonic + tone) % 12: place for place, tone in enumerate(chord.tones)}
    keys = [p for p in range(LOWEST_CHORD, HIGHEST_CHORD + 1) if p % 12 in tones]
    wanted = {1, 3} if len(tones) == 4 else {0, 1, 2}

    def cost(pitches: Pitches) -> float:
        moved = abs(sum(pitches) / 3 - sum(last) / len(last))
        return moved + 0.3 * abs(sum(pitches) / 3 - MIDDLE_CHORD)

    voicings = [
        pitches
        for pitches in combinations(keys, 3)
        if len(places := {tones[p % 12] for p in pitches}) == 3 and wanted <= places
    ]
    return min(voicings, key=cost)


def _walk(bass: int, target: int, chord: Chord, tonic: int, pulses: int) -> Pitches:
    """The basses between this bar's first and the next one's: steps, a chord tone in the middle."""
    count = pulses // 2 - 1
    keys = range(max(LOWEST_BASS - 2, bass - 7), min(HIGHEST_BASS, bass + 7) + 1)

    def cost(path: Pitches) -> float:
        steps = [b - a for a, b in zip((bass, *path), (*path, target), strict=True)]
        turns = sum(a * b < 0 for a, b in pairwise(steps))
        strange = sum((p - tonic) % 12 not in MAJOR for p in path)
        wide = sum((0, 0, 0, 1.5, 2.5)[abs(s)] if 0 < abs(s) < 5 else 9 for s in steps)
        lost = target in path or (path[1] - tonic) % 12 not in chord.tones
        return turns + 0.8 * strange + wide + 6 * lost

    return min(product(keys, repeat=count), key=cost)


def _close(start: int, bass: int, chord: Pitches) -> list[Note]:
    """Bass, chord, bass; then silence."""
    octave = (bass, bass + 12)
    return [
        *_strike(start, 2, octave, BASS_VELOCITY),
        *_strike(start + 2, 2, chord, CHORD_VELOCITY),
        *_strike(start + 4, 2, octave, BASS_VELOCITY),
    ]
