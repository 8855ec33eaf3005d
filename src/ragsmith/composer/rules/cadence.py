"""Strains that close, after the definition in `ragsmith.measure.cadence`, and pieces that end."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ragsmith.keys import degrees_of, key_at, triad_of
from ragsmith.measure.cadence import arrivals, is_arrival, is_dominant
from ragsmith.models.base import Step
from ragsmith.piece import Key, Piece
from ragsmith.playing_order import PlayingOrder

__all__ = ["Cadence", "Ending"]

LONGEST_HELD = 64
"""Steps back in which a note that still sounds is looked for."""


class Cadence:
    """Rejects what keeps a strain from closing: no dominant before its last bar, or no tonic on the
    downbeat of it. The dominant has to be there half a beat before, where the left hand has chords.

    Args:
        outline: every strain of it has to close.
        played: its steps in playing order.
        open_ends: the arrivals, by their steps, on which planned chords do not close.
    """

    name = "Cadence"

    def __init__(
        self, outline: Piece, played: PlayingOrder, open_ends: Collection[int] = ()
    ) -> None:
        beat = outline.steps_per_quarter
        self._arrivals: dict[int, tuple[int, Key]] = {}
        self._leads: dict[int, tuple[tuple[int, ...], Key]] = {}
        for _, arrival in arrivals(outline):
            lead = played.preceding(arrival, beat)
            if len(lead) < beat or arrival in open_ends:
                continue
            key = key_at(outline.keys, arrival)
            begun = max(s.start for s in outline.sections if s.start <= arrival)
            self._arrivals[arrival] = begun, key
            chord = lead[: beat - max(1, beat // 2) + 1]
            self._leads[chord[-1]] = chord, key

    def allows(self, history: Sequence[Step], step: Step) -> bool:
        """Whether the strain can still close after this step."""
        now = len(history)
        if now in self._leads:
            chord, key = self._leads[now]
            lead = [*(history[at] for at in chord[:-1]), step]
            return is_dominant([onset.pitch for step in lead for onset in step], key)
        if now in self._arrivals:
            begun, key = self._arrivals[now]
            struck = [onset.pitch for onset in step]
            # What is held may yet be let go: the chord has to stand with it and without.
            return is_arrival(struck, struck, key) and all(
                degrees_of([pitch], key) == {0}
                for pitch in _held(history, begun)
                if pitch < min(struck)
            )
        return True


class Ending:
    """Rejects what goes on after the last cadence: in the last bar as it is played nothing but the
    tonic's triad is struck, and what is struck on its last beat has the tonic in the bass.

    Args:
        outline: where it has no strains, nothing is asked.
        played: its steps in playing order.
    """

    name = "Ending"

    def __init__(self, outline: Piece, played: PlayingOrder) -> None:
        last = played.last
        bar = max((bar for bar in outline.bars if bar.start <= last), key=lambda bar: bar.start)
        self._bar = range(bar.start, bar.start + bar.length) if outline.sections else range(0)
        self._last_beat = bar.start + bar.length - outline.steps_per_quarter
        self._key = key_at(outline.keys, bar.start)

    def allows(self, history: Sequence[Step], step: Step) -> bool:
        """Whether the piece can end after this step."""
        now = len(history)
        if now not in self._bar or not step:
            return True
        degrees = degrees_of([onset.pitch for onset in step], self._key)
        bass = degrees_of([min(onset.pitch for onset in step)], self._key)
        return degrees <= triad_of(self._key) and (now != self._last_beat or bass == {0})


def _held(history: Sequence[Step], begun: int) -> list[int]:
    """Pitches that sound on into the next step; none from before its section, which cuts them."""
    now = len(history)
    return [
        onset.pitch
        for start in range(max(begun, now - LONGEST_HELD), now)
        for onset in history[start]
        if start + onset.duration > now
    ]
