"""What is known of a file once it has been read, and what follows from it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple

from ragsmith.corpus.duplicates import Fingerprint, fingerprint
from ragsmith.errors import UserError
from ragsmith.io import read_report
from ragsmith.piece import LOWEST_PITCH, PIANO_KEYS, Piece
from ragsmith.quantise import Moved

__all__ = ["FEWEST_NOTES", "Record", "Verdict", "judge", "read_record"]

Verdict = Literal["accept", "repair", "reject"]

FEWEST_NOTES = 16
"""A file with fewer notes on the piano's keys is no piece."""
MOVED_UNSAID = 0.01
"""Share of onsets that may move to the grid without a word."""


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
        fingerprint: what the music is known by; None when there is no music.
    """

    problem: str
    repairs: tuple[str, ...] = ()
    notes: int = 0
    on_keys: int = 0
    steps_per_quarter: int | None = None
    moved: Moved | None = None
    steps: int = 0
    fingerprint: Fingerprint | None = None


def read_record(path: Path, steps_per_quarter: int) -> tuple[Record, Piece | None]:
    """Read a file, whatever it holds; never raises an error about its content.

    A reader that fails in an unforeseen way is reported like a file that cannot be read: one file
    must not end a scan.
    """
    try:
        reading = read_report(path, steps_per_quarter)
    except UserError as error:
        return Record(f"{error.rule}; {error.remedy}"), None
    except MemoryError:
        return Record("needs too much memory to be read; leave it out or split it"), None
    except Exception as error:
        return Record(f"the reader failed on it ({type(error).__name__}: {error})"), None
    piece = reading.piece
    if piece.title == path.stem:
        # What is kept goes by content: a copy under another name has another title.
        piece = replace(piece, title="")
    top = LOWEST_PITCH + PIANO_KEYS
    return Record(
        "",
        reading.repairs,
        len(piece.notes),
        sum(LOWEST_PITCH <= note.pitch < top for note in piece.notes),
        reading.fitting_grid,
        reading.moved,
        piece.steps,
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
    reasons = list(record.repairs)
    if record.moved and record.moved.share > MOVED_UNSAID:
        reasons.append(record.moved.words(steps_per_quarter, record.steps_per_quarter))
    return ("repair", "; ".join(reasons)) if reasons else ("accept", "")
