"""The sustaining pedal, by harmony.

Rules and their sources:

- legato pedalling: the pedal goes up just after a new chord is struck, and down again before its
  keys are let go (Repp, *Pedal timing and tempo in expressive piano performance*, Psychology of
  Music 24, 1996; *The effect of tempo on pedal timing in piano performance*, Psychological Research
  60, 1997);
- a chord has one pedal for as long as it lasts, at most a bar (`ragsmith.harmony.finder`);
- where the melody has many notes outside the chord, the pedal only catches the bass;
- a score that marks its pedal has that one;
- less expression is less pedal: it goes up the earlier.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ragsmith.chords import Chord, tones_of
from ragsmith.harmony.spans import half_bars
from ragsmith.markings import Marking
from ragsmith.performance.performance import PedalChange
from ragsmith.performance.tempo import Speed
from ragsmith.piece import Piece, pitches_by_onset

__all__ = ["pedal_played"]

DOWN, UP = 127, 0
UP_AFTER, DOWN_AFTER = 20.0, 100.0
"""Milliseconds after a new chord is struck."""
CLEAR = 0.25
"""Share of notes outside the chord from which on only the bass is caught."""
CAUGHT = 0.5
"""Share of the chord's time for which it is."""


def pedal_played(
    piece: Piece,
    chords: Sequence[Chord | None],
    ticks_per_step: int,
    speed: Speed,
    expression: float,
) -> list[PedalChange]:
    """Where the pedal goes down and up.

    Args:
        piece: as it is played.
        chords: of its half bars.
        ticks_per_step: of the performance.
        speed: ticks a millisecond at each of these steps.
        expression: 0 to 1.
    """
    marks = [m for m in piece.markings if m.kind == "pedal" and m.end > m.step]
    if marks:
        return _marked(marks, ticks_per_step)
    struck = pitches_by_onset(piece.notes)
    spans = list(_chord_spans(piece, chords))
    speeds = speed(np.array([span.start for span, _ in spans], np.int64))
    changes: list[PedalChange] = []
    for (span, chord), ticks in zip(spans, speeds.tolist(), strict=True):
        share = CAUGHT if _outside(struck, span, chord) >= CLEAR else 1.0
        start = span.start * ticks_per_step
        down = start + round(DOWN_AFTER * ticks)
        length = len(span) * ticks_per_step + UP_AFTER * ticks
        up = start + round(expression * share * length)
        if down < up:
            changes += [PedalChange(down, DOWN), PedalChange(up, UP)]
    return changes


def _marked(marks: Sequence[Marking], ticks_per_step: int) -> list[PedalChange]:
    """The pedal as the score marks it."""
    changes = []
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        end = mark.end if following is None else min(mark.end, following.step)
        up = max(mark.step * ticks_per_step, end * ticks_per_step - 1)
        changes += [PedalChange(mark.step * ticks_per_step, DOWN), PedalChange(up, UP)]
    return changes


def _chord_spans(piece: Piece, chords: Sequence[Chord | None]) -> Iterator[tuple[range, Chord]]:
    """The longest stretches inside of bars that have one chord."""
    downbeats = {bar.start for bar in piece.bars}
    span, current = range(0), None
    for half, chord in zip(half_bars(piece), chords, strict=True):
        if chord == current and half.start not in downbeats:
            span = range(span.start, half.stop)
            continue
        if current is not None:
            yield span, current
        span, current = half, chord
    if current is not None:
        yield span, current


def _outside(struck: Mapping[int, Sequence[int]], span: range, chord: Chord) -> float:
    """The share of the notes struck in a span that do not belong to its chord."""
    tones = tones_of(chord)
    outside = [pitch % 12 not in tones for step in span for pitch in struck.get(step, ())]
    return sum(outside) / len(outside) if outside else 0.0
