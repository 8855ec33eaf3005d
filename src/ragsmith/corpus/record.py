"""The record of a file that has been read, and the verdict that follows from it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple

from ragsmith.corpus.duplicates import Fingerprint, fingerprint
from ragsmith.errors import UserError
from ragsmith.io.isolated import read_whatever
from ragsmith.piece import LOWEST_PITCH, PIANO_KEYS, Piece
from ragsmith.quantise import Moved

__all__ = ["FEWEST_NOTES", "Manner", "Record", "Verdict", "judge", "read_record"]

Verdict = Literal["accept", "repair", "reject"]

FEWEST_NOTES = 16
"""A file with fewer notes on the piano's keys is no piece."""
LEAST_CLUSTERING = 0.75
"""A file whose onsets keep less closely to the grid is left out: its rhythm would be another. It is
what a sixth of them has between the steps, as triplets have on a grid of 4, or what they have when
all stray by 0.03 quarters."""
MOVED_UNSAID = 0.01
"""Share of onsets that may move to the grid without being reported."""


class Record(NamedTuple):
    """A file, read; the piece itself is kept beside it.

    Attributes:
        problem: why it cannot be read, in plain words; "" when it could.
        repairs: what was mended.
        notes: number of notes.
        on_keys: number of those on the piano's 88 keys.
        steps_per_quarter: the coarsest grid that fits, None when no grid does.
        moved: how far notes had to move to the grid.
        steps: its length on the grid that it was read on.
        doubts: why it is not learnt from unless somebody says so.
        clustering: how closely its onsets keep to the grid, 1 on it (`quantise.clustering`).
        fingerprint: what the music is known by; None when there is no music.
    """

    problem: str
    repairs: tuple[str, ...] = ()
    notes: int = 0
    on_keys: int = 0
    steps_per_quarter: int | None = None
    moved: Moved | None = None
    steps: int = 0
    doubts: tuple[str, ...] = ()
    clustering: float = 1.0
    fingerprint: Fingerprint | None = None


class Manner(NamedTuple):
    """How the files of a corpus are read.

    Attributes:
        steps_per_quarter: onto which grid.
        part: which part, see `ragsmith.io.readers.parts.take`.
        beats: "auto" tracks the beats of MIDI files that were played freely.
    """

    steps_per_quarter: int
    part: str | None = None
    beats: str | None = None


def read_record(path: Path, manner: Manner) -> tuple[Record, Piece | None]:
    """Read a file, whatever it holds; never raises an error about its content.

    A reader that fails in an unforeseen way is reported like a file that cannot be read: one file
    must not end a scan.
    """
    try:
        reading = read_whatever(
            path, manner.steps_per_quarter, part=manner.part, beats=manner.beats
        )
    except UserError as error:
        return Record(f"{error.rule}; {error.remedy}"), None
    piece = reading.piece
    if piece.title == path.stem:
        # What is kept goes by content: a copy under another name has another title.
        piece = replace(piece, title="")
    repairs, doubts = reading.repairs, reading.doubts
    if remark := reading.taken.remark:
        doubts += (remark,) * reading.taken.without_piano
        repairs += (remark,) * (not reading.taken.without_piano)
    top = LOWEST_PITCH + PIANO_KEYS
    return Record(
        "",
        repairs,
        len(piece.notes),
        sum(LOWEST_PITCH <= note.pitch < top for note in piece.notes),
        reading.fitting_grid,
        reading.moved,
        piece.steps,
        doubts,
        reading.clustering,
        fingerprint(piece.notes),
    ), piece


def judge(record: Record, steps_per_quarter: int) -> tuple[Verdict, str]:
    """The verdict on a file by itself, and the reason in plain words ("" when it is accepted)."""
    if record.problem:
        return "reject", record.problem
    if record.notes < FEWEST_NOTES:
        notes = "1 note" if record.notes == 1 else f"{record.notes or 'no'} notes"
        return "reject", f"holds {notes}; a piece has at least {FEWEST_NOTES}"
    if record.on_keys < FEWEST_NOTES:
        lying = f"{record.on_keys or 'none'} of its {record.notes} notes"
        return "reject", f"{lying} lie on the piano's {PIANO_KEYS} keys"
    if record.doubts:
        return "reject", "; ".join(record.doubts)
    if record.moved and record.clustering < LEAST_CLUSTERING:
        return "reject", _off_the_grid(record.moved, record.steps_per_quarter, steps_per_quarter)
    reasons = list(record.repairs)
    if record.moved and record.moved.share > MOVED_UNSAID:
        reasons.append(record.moved.words(steps_per_quarter, record.steps_per_quarter))
    return ("repair", "; ".join(reasons)) if reasons else ("accept", "")


def _off_the_grid(moved: Moved, fitting: int | None, steps_per_quarter: int) -> str:
    """Why a file's rhythm would be another on the grid."""
    beside = f"{moved.share:.0%} of its onsets lie beside the grid of {steps_per_quarter}"
    if fitting is None:
        return f"{beside}, and no other holds them; give a score of it"
    return f"needs a grid of {fitting} steps a quarter: {beside}; learn it with --grid {fitting}"
