"""Which tracks of a MIDI file are read, and which hand plays them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragsmith.errors import BadFile
from ragsmith.io.readers.parts import Instrument, Part, Taken, instrument_of, take
from ragsmith.notes import Columns, Hand

__all__ = ["columns_of", "tracks_taken"]

MOST_NOTES = 200_000
PIANOS = range(8)
"""General MIDI programs, counted from 0, that are pianos; a track without one has 0."""
RIGHT_NAME = re.compile(r"\b(right|rechts|droite|destra|r\.?h)\b", re.IGNORECASE)
LEFT_NAME = re.compile(r"\b(left|links|gauche|sinistra|l\.?h)\b", re.IGNORECASE)
FAMILIES = (
    *("piano", "mallets", "organ", "guitar", "bass guitar", "strings", "strings", "brass"),
    *("reed", "pipe", "synth lead", "synth pad", "synth effects", "folk", "percussion", "effects"),
)
"""General MIDI's programs, eight by eight."""


def tracks_taken(score: Any, name: str, part: str | None) -> tuple[list[Any], Taken]:
    """The tracks to read, drums never among them.

    Args:
        score: symusic's.
        name: the file's, for messages.
        part: as in `ragsmith.io.readers.parts.take`.

    Raises:
        BadFile: there are no notes but drums'.
        BadOption: there is no such part.
    """
    sounding = [track for track in score.tracks if len(track.notes)]
    tracks = [track for track in sounding if not track.is_drum]
    if not tracks:
        rule = "holds only drums" if sounding else "holds no notes"
        raise BadFile(name, rule, "give a file with piano music")
    parts = [_part(track, number) for number, track in enumerate(tracks)]
    programs = {track.program for track in tracks}
    alike = len(programs) == 1 or programs.issubset(PIANOS)
    if part is None and alike and max(map(instrument_of, parts)) < Instrument.KEYBOARD:
        # One instrument, whatever its tracks are called: soprano and alto of a fugue for piano.
        taken = take(parts, "all")
    else:
        taken = take(parts, part)
    if len(tracks) < len(sounding) and not taken.without_piano:
        taken = taken.also_without("drums")
    return [tracks[place] for place in taken.places], taken


def _part(track: Any, number: int) -> Part:
    name = track.name if track.name.isprintable() else ""
    family = FAMILIES[track.program // 8] if track.program not in PIANOS else ""
    return Part(name, (family,), (number,), track.program, len(track.notes))


def columns_of(tracks: Sequence[Any], name: str) -> Columns:
    """The notes of tracks, in the order of the file, times in ticks; `name` is the file's.

    Raises:
        BadFile: there are more than can be read.
    """
    count = sum(len(track.notes) for track in tracks)
    if count > MOST_NOTES:
        rule = f"has {count:,} notes; at most {MOST_NOTES:,} are read"
        raise BadFile(name, rule, "split it into pieces")
    parts = [track.notes.numpy() for track in tracks]
    hands = [
        np.full(len(part["time"]), hand)
        for part, hand in zip(parts, _hands(tracks, parts), strict=True)
    ]
    onsets, durations, pitches, velocities = (
        np.concatenate([part[field] for part in parts]).astype(np.int64)
        for field in ("time", "duration", "pitch", "velocity")
    )
    return Columns(onsets, pitches, durations, velocities, np.concatenate(hands))


def _hands(tracks: Sequence[Any], parts: Sequence[dict[str, NDArray[Any]]]) -> list[Hand]:
    """The hand of each track: known in piano music on one track or two, by name or by height."""
    unknown = [Hand.UNKNOWN] * len(tracks)
    if len(tracks) > 2 or any(track.program not in PIANOS for track in tracks):
        return unknown
    named = [
        (Hand.RIGHT if RIGHT_NAME.search(t.name) else Hand.UNKNOWN)
        or (Hand.LEFT if LEFT_NAME.search(t.name) else Hand.UNKNOWN)
        for t in tracks
    ]
    if Hand.UNKNOWN not in named and len(set(named)) == len(named):
        return named
    if len(tracks) == 1:
        return unknown
    (first, last), (second_first, second_last) = (
        (part["time"].min(), (part["time"] + part["duration"]).max()) for part in parts
    )
    one, other = (part["pitch"].mean() for part in parts)
    if one == other or last <= second_first or second_last <= first:
        return unknown
    return [Hand.RIGHT, Hand.LEFT] if one > other else [Hand.LEFT, Hand.RIGHT]
