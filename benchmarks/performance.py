"""A performance beside human ones: timing, velocities, loudness and pedal, measured alike.

    python benchmarks/performance.py FOLDER [--sound]

FOLDER holds MIDI files of which some were played: those that have more than 30 velocities, and
chords whose notes are apart by 1 ms or more on average, or a pedal; a row for each, and one for
all of them. Ten of the MAESTRO data set (CC BY-NC-SA 4.0) come with the package miditok, in
`tests/MIDIs_one_track` of its source. FOLDER may hold
match files, too: performances that were aligned with their score note by note, in quarters (the
package parangonar brings one, of the Batik data set). Beside them
four of the built-in rags, as written and with expression 0.3, 0.7 and 1. Medians over the files of
a row, in brackets the least and the greatest.

- spread: milliseconds from the first to the last note of a chord, notes that follow one another by
  less than 35 ms being one;
- held: how long a note of the highest voice is held, as a share of the time to the next one;
- velocity: mean, standard deviation, and that of the highest notes above the rest;
- tempo: standard deviation of the beats' lengths against the median of eight beats around, files
  with a tempo map only (percent);
- pedal: times that it goes down, per bar and per ten seconds;
- loudness range in LU, after EBU Tech 3342, of the first 90 s on the modelled grand (--sound).
"""

from __future__ import annotations

import re
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from symusic import Score

import ragsmith
from ragsmith.errors import UserError
from ragsmith.io.sound.loudness import measure_loudness
from ragsmith.io.sound.piano import GRAND, play
from ragsmith.performance import PedalChange, Performance, PlayedNote, TempoChange
from ragsmith.piece import Metre, Piece, regular_bars

RATE = 44_100
TOGETHER = 0.035
APART, VELOCITIES = 1.0, 30
SECONDS = 90
RAGS = 4
EXPRESSIONS = (0.0, 0.3, 0.7, 1.0)
DOWN = 64
QUARTER = 480
MICROSECONDS_A_CLOCK = 500_000 / 480
"""Of the match files that are read."""
STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
MATCHED = re.compile(
    r"^snote\([^,]+,\[\w,[^]]+\],-?\d+,\d+:\d+,[^,]+,[^,]+,(-?[\d.]+),.*"
    r"-note\([^,]+,\[(\w),([^]]+)\],(-?\d+),(\d+),(\d+),\d+,(\d+)\)",
    re.MULTILINE,
)
"""Quarter of the score; letter, accidental, octave, onset, end and velocity as played."""
SUSTAIN = re.compile(r"^sustain\((\d+),(\d+)\)", re.MULTILINE)
COLUMNS = (
    *("spread ms", "held", "velocity", "its sd", "melody above", "tempo sd %"),
    *("pedals a bar", "pedals in 10 s", "loudness range LU"),
)


def human(path: Path) -> Performance | None:
    """A MIDI file as a performance of what is not known; None where it cannot be read."""
    try:
        score = Score(path)
    except (RuntimeError, ValueError):
        return None
    notes = sorted(
        PlayedNote(n.time, n.pitch, max(1, n.duration), n.velocity)
        for track in score.tracks
        if not track.is_drum
        for n in track.notes
        if n.velocity
    )
    if len(notes) < 200:
        return None
    scale = 4 if score.ticks_per_quarter % 4 else 1
    per_quarter = score.ticks_per_quarter * scale
    metres = [
        (4 * t.time // score.ticks_per_quarter, Metre(t.numerator, t.denominator))
        for t in score.time_signatures
    ]
    end = 4 * (notes[-1].onset + notes[-1].duration) // score.ticks_per_quarter + 1
    pedal = sorted(
        PedalChange(c.time * scale, c.value)
        for track in score.tracks
        for c in track.controls
        if c.number == 64
    )
    return Performance(
        Piece((), regular_bars(end, metres or [(0, Metre(4, 4))], 4), 4),
        tuple(n._replace(onset=n.onset * scale, duration=n.duration * scale) for n in notes),
        tuple(TempoChange(t.time * scale, t.mspq) for t in score.tempos),
        tuple(pedal),
        per_quarter,
    )


def matched(path: Path) -> Performance:
    """A match file as a performance; its tempo map is that of its beats."""
    text = path.read_text()
    rows = MATCHED.findall(text)
    struck: dict[float, int] = {}
    for beat, *_, on, _, _ in rows:
        struck[float(beat)] = min(int(on), struck.get(float(beat), int(on)))
    beats = range(int(max(struck)) + 2)
    known = sorted(struck)
    slope = (struck[known[-1]] - struck[known[0]]) / (known[-1] - known[0])
    times = np.interp(beats, known, [struck[beat] for beat in known])
    times[-1] = times[-2] + slope
    ticks = np.arange(len(times)) * QUARTER

    def at(clock: str) -> int:
        return round(float(np.interp(int(clock), times, ticks)))

    notes = []
    for _, letter, alter, octave, on, off, velocity in rows:
        pitch = 12 * (int(octave) + 1) + STEPS[letter] + {"#": 1, "b": -1}.get(alter, 0)
        notes.append(PlayedNote(at(on), pitch, max(1, at(off) - at(on)), int(velocity)))
    lengths = np.diff(times) * MICROSECONDS_A_CLOCK
    return Performance(
        Piece((), regular_bars(4 * len(beats), [(0, Metre(2, 4))], 4), 4),
        tuple(sorted(notes)),
        tuple(TempoChange(int(t), max(1, round(n))) for t, n in zip(ticks, lengths, strict=False)),
        tuple(PedalChange(at(on), int(depth)) for on, depth in SUSTAIN.findall(text)),
        QUARTER,
    )


def figures(performance: Performance, sound: bool) -> list[float]:
    """The figures of a performance, under `COLUMNS`; nan where it has none."""
    clock = performance.clock(1_000_000)
    onsets = np.array([clock(n.onset) for n in performance.notes]) / 1e6
    ends = np.array([clock(n.onset + n.duration) for n in performance.notes]) / 1e6
    pitches, velocities = np.array([(n.pitch, n.velocity) for n in performance.notes]).T
    order = np.argsort(onsets, kind="stable")
    onsets, ends, pitches, velocities = (a[order] for a in (onsets, ends, pitches, velocities))
    chords = np.concatenate([[0], np.cumsum(np.diff(onsets) > TOGETHER)])
    first = np.flatnonzero(np.diff(chords, prepend=-1))
    last = np.append(first[1:], len(onsets)) - 1
    spreads = 1000 * (onsets[last] - onsets[first])[last > first]
    tops = np.array(
        [f + int(np.argmax(pitches[f : e + 1])) for f, e in zip(first, last, strict=True)]
    )
    gaps = np.diff(onsets[tops])
    held = (ends - onsets)[tops[:-1]] / gaps
    others = np.ones(len(onsets), bool)
    others[tops] = False
    above = velocities[tops].mean() - velocities[others].mean() if others.any() else np.nan
    downs = pedal_downs(performance)
    return [
        float(spreads.mean()) if len(spreads) else np.nan,
        float(np.median(held[gaps < 1])),
        float(velocities.mean()),
        float(velocities.std()),
        float(above),
        tempo_deviation(performance),
        downs / len(performance.piece.bars),
        10 * downs / float(ends.max()),
        loudness_range(performance) if sound else np.nan,
    ]


def pedal_downs(performance: Performance) -> int:
    """How often the pedal goes down."""
    down = [change.depth >= DOWN for change in performance.pedal]
    return sum(now and not before for before, now in pairwise([False, *down]))


def tempo_deviation(performance: Performance) -> float:
    """Percent; nan where there is no tempo map of 20 marks."""
    if len(performance.tempos) < 20:
        return float("nan")
    clock, quarter = performance.clock(1_000_000), performance.ticks_per_quarter
    end = performance.piece.steps * performance.ticks_per_step
    lengths: NDArray[np.float64] = np.diff([clock(t) for t in range(0, end, quarter)]).astype(float)
    around = np.array([np.median(lengths[max(0, i - 4) : i + 5]) for i in range(len(lengths))])
    return float(100 * np.std(lengths / around))


def loudness_range(performance: Performance) -> float:
    """LU of the first `SECONDS`."""
    blocks = []
    for block in play(performance, GRAND, RATE):
        blocks.append(block)
        if len(blocks) * len(block) > SECONDS * RATE:
            break
    return measure_loudness(blocks, RATE).range


def was_played(row: list[float], performance: Performance) -> bool:
    """Whether somebody played it."""
    varied = len({n.velocity for n in performance.notes}) > VELOCITIES
    return varied and (row[0] >= APART or row[7] > 0)


def show(name: str, rows: list[list[float]]) -> None:
    """Print a row of medians."""
    cells = []
    for column in np.array(rows).T:
        known = column[np.isfinite(column)]
        low, middle, high = np.quantile(known, [0, 0.5, 1]) if len(known) else [np.nan] * 3
        bounds = f" ({low:.1f} to {high:.1f})" if len(known) > 1 else ""
        cells.append(f"{middle:.1f}{bounds}" if len(known) else "")
    print(f"| {name} | {' | '.join(cells)} |", flush=True)


def main() -> None:
    """Measure the files of a folder and the built-in rags."""
    sound = "--sound" in sys.argv
    print(f"| | {' | '.join(COLUMNS)} |\n|---|{'---|' * len(COLUMNS)}")
    played = []
    for path in sorted(Path(sys.argv[1]).rglob("*.mid")):
        performance = human(path)
        if performance and was_played(figures(performance, False), performance):
            played.append(figures(performance, sound))
            show(path.name, played[-1:])
    if len(played) > 1:
        show(f"these {len(played)}", played)
    for path in sorted(Path(sys.argv[1]).rglob("*.match")):
        show(path.name, [figures(matched(path), sound)])
    rags = ragsmith.datasets.rags()[:RAGS]
    for expression in EXPRESSIONS:
        rows = [figures(ragsmith.perform(rag, expression), sound) for rag in rags]
        show(f"{len(rags)} built-in rags, expression {expression:g}", rows)


if __name__ == "__main__":
    try:
        main()
    except UserError as error:
        sys.exit(str(error))
