"""MIDI files that were played freely, put on the beats that are tracked in them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from symusic import Tempo, TimeSignature

from ragsmith.beats import LEAST_CLEAR, LEAST_KEPT, LONGEST_TRACKED, Beats, Performance, track
from ragsmith.io.readers.midi_tracks import columns_of, tracks_taken
from ragsmith.piece import GRIDS
from ragsmith.quantise import fitting_grid, is_free, share_within

__all__ = ["Tracked", "on_tracked_beats", "played_freely"]

TOO_LONG = (
    f"played freely for more than {LONGEST_TRACKED} seconds, and the beats of so long a file are "
    "not tracked; give a score of it, or divide it"
)
USUAL_TEMPO = 500_000
"""Microseconds a quarter note, where a file has no tempo."""
CLOSE = 0.06
"""Quarter notes: a quarter of a step of the usual grid."""

Times = NDArray[np.float64]


class Tracked(NamedTuple):
    """A MIDI file on tracked beats, or as it was.

    Attributes:
        score: symusic's; times in ticks.
        beats: what was tracked; None where the file keeps its own beats.
        untracked: why a file that was played freely does, in plain words; "" for any other.
    """

    score: Any
    beats: Beats | None
    untracked: str = ""

    def words(self, onsets: NDArray[Any], per_quarter: int, grid: int) -> str:
        """What was done, in plain words; "" where nothing was."""
        if self.beats is None:
            return ""
        times, metre, _, division, _ = self.beats
        signature = f"{metre}/4" if division == 2 else f"{3 * metre}/8"
        share = share_within(CLOSE, onsets, per_quarter, grid)
        return (
            f"played freely; beats tracked: {len(times)} beats, {self.beats.per_minute:.0f} a "
            f"minute, {signature} assumed; {share:.0%} of its onsets within {CLOSE} quarter notes "
            f"of the grid of {grid}"
        )

    def doubt(self, clustering: float) -> str:
        """Why beats or bars are not trusted, in plain words; "" where they are."""
        if self.beats is None:
            return self.untracked
        rule, clear = "", self.beats.clearness
        if clustering < LEAST_KEPT:
            close = max(clustering, 0)
            rule = f"its onsets keep to the tracked beats by {close:.2f}, and {LEAST_KEPT} is asked"
        elif clear < LEAST_CLEAR:
            rule = f"its bars stand out by {clear:.2f}, and {LEAST_CLEAR} is asked"
        return f"played freely: {rule}; give a score of it" if rule else ""


def played_freely(onsets: NDArray[Any], per_quarter: int, fitting: int | None) -> bool:
    """Whether no grid up to 12 holds the onsets (ticks, shape (notes,)), nor nearly.

    Args:
        onsets: of the notes.
        per_quarter: ticks a quarter note.
        fitting: their `fitting_grid`.
    """
    return fitting in (None, GRIDS[-1]) and is_free(onsets, per_quarter)


def on_tracked_beats(score: Any, per_quarter: int, name: str, part: str | None) -> Tracked:
    """The file on the beats tracked in its pianist's notes, when these were played freely.

    Metres and tempos are those of the beats. A file longer than `LONGEST_TRACKED` stays as it is,
    and that is told.

    Args:
        score: symusic's.
        per_quarter: its ticks a quarter note.
        name: of the file, for errors.
        part: as in `read_midi`.

    Raises:
        BadFile: it holds no notes.
        BadOption: there is no such part.
    """
    onsets, pitches, _, velocities, _ = columns_of(tracks_taken(score, name, part)[0], name)
    if not played_freely(onsets, per_quarter, fitting_grid(onsets, per_quarter)):
        return Tracked(score, None)
    order = np.argsort(onsets, kind="stable")
    ticks, seconds = _clock(score, per_quarter)
    played = np.interp(onsets[order], ticks, seconds)
    if played[-1] - played[0] > LONGEST_TRACKED:
        return Tracked(score, None, TOO_LONG)
    beats = track(Performance(played, pitches[order], velocities[order]))
    return Tracked(_warped(score, per_quarter, beats, _ticks_of(beats, ticks, seconds)), beats)


def _clock(score: Any, per_quarter: int) -> tuple[Times, Times]:
    """Ticks of all changes of tempo, and of the end, and when they sound, in seconds."""
    end = max(int(score.end()), 1)
    tempo = {0: USUAL_TEMPO}
    tempo |= {t.time: t.mspq for t in score.tempos if 0 <= t.time < end and t.mspq > 0}
    changes = sorted(tempo)
    ticks = np.array([*changes, end], np.float64)
    lengths = np.diff(ticks) * [tempo[tick] for tick in changes] / (per_quarter * 1e6)
    return ticks, np.concatenate([[0.0], np.cumsum(lengths)])


def _ticks_of(beats: Beats, ticks: Times, seconds: Times) -> Times:
    """When the beats fall, in ticks; before 0 and past the end at the tempo that is there."""
    first, last = ((ticks[i + 1] - ticks[i]) / (seconds[i + 1] - seconds[i]) for i in (0, -2))
    before = np.minimum(beats.times, 0) * first
    past = np.maximum(beats.times - seconds[-1], 0) * last
    inside: Times = np.interp(beats.times, seconds, ticks)
    falls: Times = inside + before + past
    return falls


def _warped(score: Any, per_quarter: int, beats: Beats, falls: Times) -> Any:
    """The file with its beats a quarter note long each, or a dotted one."""
    length = per_quarter * beats.division / 2
    places = np.arange(len(falls)) * length
    ends = np.array([0.0, max(float(score.end()) + 1, falls[-1] + 1)])
    slopes = length / np.array([falls[1] - falls[0], falls[-1] - falls[-2]])
    outside = np.array([places[0], places[-1]]) + slopes * (ends - falls[[0, -1]])
    falls = np.concatenate([ends[:1], falls[falls > 0], ends[1:]])
    places = np.concatenate([[max(outside[0], 0.0)], places[-len(falls) + 2 :], outside[1:]])
    old, first = np.unique(np.rint(falls).astype(int), return_index=True)
    new = np.maximum.accumulate(np.rint(places[first]).astype(int))
    warped = score.adjust_time(old.tolist(), new.tolist())
    return _with_metre(warped, per_quarter, beats)


def _with_metre(score: Any, per_quarter: int, beats: Beats) -> Any:
    """The file in the metre and the tempo of its beats; a pickup is a first bar of its own."""
    times, unit = (1, 4) if beats.division == 2 else (3, 8)
    metre, pickup = times * beats.metre, times * beats.downbeat
    signatures = [TimeSignature(pickup * 4 * per_quarter // unit, metre, unit)]
    if pickup:
        signatures.insert(0, TimeSignature(0, pickup, unit))
    score.time_signatures = signatures
    score.tempos = [Tempo(0, mspq=round(60e6 / beats.per_minute * 2 / beats.division))]
    return score
