"""How well beats and bars are found in performances made from scores with tempo curves and stray.

Every score gets phrases of four or eight bars whose tempo rises and falls by 8 to 15 % with a
ritardando at every fourth, and notes that stray by 10, 15 or 25 ms (normally distributed). Beats:
mir_eval's F-measure, window 70 ms; bars: the same of the downbeats; a piece's bars are right when
that is at least 0.95. `--against-partitura` tries its tracker (Dixon 2001) on the same notes.

Usage: python benchmarks/beat_tracking.py FOLDER... [--stray MS] [--every N] [--against-partitura]
(needs `pip install mir_eval`; partitura for the comparison)
"""

import argparse
import time
import warnings
from pathlib import Path
from typing import NamedTuple

import mir_eval
import numpy as np

from ragsmith.beats import LEAST_KEPT, Performance, track
from ragsmith.io import MIDI_SUFFIXES, NOTATION_SUFFIXES, read
from ragsmith.playing_order import unfold

RIGHT = 0.95


class Truth(NamedTuple):
    """A made performance, and the seconds at which its beats and bars begin."""

    played: Performance
    beats: np.ndarray
    bars: np.ndarray


def performed(path: Path, seed: int, stray: float) -> Truth:
    """A score as somebody may play it."""
    piece = unfold(read(path))
    draw = np.random.default_rng(seed)
    quarter = piece.steps_per_quarter
    step_times = curve(piece.steps, quarter, piece.tempos, draw)
    columns = np.array([(n.onset, n.pitch, n.velocity) for n in piece.notes])
    onsets = step_times[columns[:, 0]] + draw.normal(0, stray, len(columns))
    order = np.argsort(onsets, kind="stable")
    begin, end = onsets.min() - 0.07, onsets.max() + 0.07
    beats = {
        step
        for bar in piece.bars
        for step in range(
            bar.start + bar.length, bar.start, -quarter * (3 if bar.metre.unit == 8 else 2) // 2
        )
    }
    beat_times = step_times[sorted(beats)]
    bar_times = step_times[[bar.start for bar in piece.bars]]
    return Truth(
        Performance(onsets[order], columns[order, 1], columns[order, 2]),
        beat_times[(beat_times >= begin) & (beat_times <= end)],
        bar_times[(bar_times >= begin) & (bar_times <= end)],
    )


def curve(steps: int, quarter: int, tempos: tuple, draw: np.random.Generator) -> np.ndarray:
    """Seconds at which each step begins, shape (steps + 1,)."""
    usual = tempos[0].microseconds / 1e6 if tempos else 0.65
    phrase = 8 * quarter * int(draw.integers(1, 3))
    place = np.arange(steps)
    depth = draw.uniform(0.08, 0.15)
    tempo = 1 + depth * np.sin(np.pi * place / phrase + draw.uniform(0, np.pi))
    to_go = 4 * phrase - place % (4 * phrase)
    tempo *= np.where(to_go <= 2 * quarter, 0.7 + 0.15 * to_go / quarter, 1.0)
    return np.concatenate([[0.0], np.cumsum(usual / quarter / tempo)])


def dixon(played: Performance) -> np.ndarray:
    """The beats that partitura tracks, in seconds."""
    from partitura.musicanalysis.meter import estimate_time

    fields = [("onset_sec", "f8"), ("duration_sec", "f8"), ("pitch", "i4"), ("velocity", "i4")]
    notes = np.zeros(len(played.onsets), fields)
    notes["onset_sec"], notes["pitch"] = played.onsets - played.onsets[0], played.pitches
    notes["duration_sec"] = 0.1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        beats = estimate_time(notes)["beats"]
    return np.unique([float(time) for time, _ in beats]) + played.onsets[0]


def measured(paths: list[Path], stray: float, against: bool) -> list[tuple[float, ...]]:
    """For each piece: F of beats, F of bars, clustering, processor seconds; F of partitura's."""
    rows = []
    for seed, path in enumerate(paths):
        truth = performed(path, seed, stray)
        begin = time.process_time()
        beats = track(truth.played)
        spent = time.process_time() - begin
        place = np.interp(truth.played.onsets, beats.times, np.arange(len(beats.times)))
        place *= beats.division / 2
        close = max(float(np.cos(2 * np.pi * grid * place).mean()) for grid in (4, 12))
        score = mir_eval.beat.f_measure(truth.beats, beats.times)
        bars = mir_eval.beat.f_measure(truth.bars, beats.times[beats.downbeat :: beats.metre])
        other = mir_eval.beat.f_measure(truth.beats, dixon(truth.played)) if against else 0.0
        rows.append((score, bars, close, spent, other))
        print(f"{path.name}: beats {score:.3f}, bars {bars:.3f}, clustering {close:.2f}")
    return rows


def main() -> None:
    """Print a row for every folder and stray."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--stray", nargs="+", type=float, default=[10, 15, 25])
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--against-partitura", action="store_true")
    given = parser.parse_args()
    table = []
    for folder in given.folders:
        known = MIDI_SUFFIXES + NOTATION_SUFFIXES
        paths = [path for path in sorted(folder.iterdir()) if path.suffix in known]
        for stray in given.stray:
            rows = measured(paths[:: given.every], stray / 1000, given.against_partitura)
            values = np.array(rows)
            right, learnt = values[:, 1] >= RIGHT, values[:, 2] >= LEAST_KEPT
            scores, other = values[:, 0], values[:, 4].mean()
            table.append(
                f"| {folder.name} | {stray:g} | {len(rows)} | {scores.mean():.3f} | "
                f"{np.median(scores):.3f} | {right.sum()} | {learnt.sum()} | "
                f"{(learnt & ~right).sum()} | {values[:, 3].max():.1f} | {other:.3f} |"
            )
    heads = ("folder", "stray, ms", "pieces", "beats, mean F", "median F", "bars right")
    heads += ("learnt from", "of these bars wrong", "longest, s", "partitura, mean F")
    print(f"\n| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
    print("\n".join(table))


if __name__ == "__main__":
    main()
