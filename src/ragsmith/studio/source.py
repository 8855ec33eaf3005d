"""The passage of the corpus that a piece comes nearest to, beside the piece's own: seen and heard
where the corpus is at hand, for models keep no music of it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from ragsmith.errors import UserError
from ragsmith.io import read
from ragsmith.originality.search import as_played
from ragsmith.piece import Piece
from ragsmith.studio.composing import Tell, piece_at

__all__ = ["source"]

MARGIN = 1
"""Quarters of music that are shown before and after the passage."""
ALIKE = 0.9
"""The share of the passage's onsets that has to stand in a file of that name, or it is another
file."""

Row = tuple[float, float, int, int]


def source(
    tell: Tell, piece: str, run: dict[str, Any], lane: str, folders: Sequence[str]
) -> dict[str, Any]:
    """The passage in the first file of that name which really has it.

    Args:
        tell: not used; nothing is said on the way.
        piece: where it lies.
        run: as `ragsmith.originality.check.Shared`.
        lane: "texture" or "melody".
        folders: where corpora lie.

    Returns:
        `at_hand`; where it is: `title` and `composer` of the file, and `mine` and `theirs`, each
        with `notes`, rows of onset, duration, pitch and hand in quarters, `run`, where the passage
        begins and ends among them, and `end`.
    """
    played = as_played(piece_at(Path(piece)))
    length = float(run["beats"])
    mine = _passage(played, float(run["at_beat"]), length)
    for path in _files(run["file"], folders):
        try:
            other = as_played(read(path))
        except UserError:
            continue
        theirs = _passage(other, float(run["in_file_at_beat"]), length)
        if _share(mine, theirs, int(run["transposition"]), lane) >= ALIKE:
            names = {"title": other.title, "composer": other.composer}
            return {"at_hand": True, **names, "mine": mine, "theirs": theirs}
    return {"at_hand": False}


def _files(name: str, folders: Sequence[str]) -> list[Path]:
    """Files of that name; a path in a corpus is a name alone in the library's."""
    places = [Path(folder) / Path(name).name for folder in folders]
    return [place for place in places if place.is_file()]


def _passage(piece: Piece, start: float, length: float) -> dict[str, Any]:
    quarter = piece.steps_per_quarter
    first, last = max(0.0, start - MARGIN), start + length + MARGIN
    notes: list[Row] = [
        (note.onset / quarter - first, note.duration / quarter, note.pitch, int(note.hand))
        for note in piece.notes
        if first <= note.onset / quarter < last
    ]
    end = min(last, piece.beats) - first
    return {"notes": notes, "run": [start - first, start - first + length], "end": end}


def _share(mine: dict[str, Any], theirs: dict[str, Any], semitones: int, lane: str) -> float:
    """The share of the passage's onsets at which theirs, moved, has all that mine has."""
    ours, others = _onsets(mine), _onsets(theirs)
    alike = 0
    for onset, pitches in ours.items():
        wanted = pitches if lane == "texture" else {max(pitches)}
        alike += wanted <= {pitch + semitones for pitch in others.get(onset, ())}
    return alike / len(ours) if ours else 0.0


def _onsets(passage: dict[str, Any]) -> dict[Fraction, set[int]]:
    """The pitches struck at each onset of the passage itself, counted from its beginning."""
    start, end = passage["run"]
    onsets: dict[Fraction, set[int]] = {}
    for onset, _, pitch, _ in passage["notes"]:
        if start <= onset < end:
            place = Fraction(onset - start).limit_denominator(48)
            onsets.setdefault(place, set()).add(pitch)
    return onsets
