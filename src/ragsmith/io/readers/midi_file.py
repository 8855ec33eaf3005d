"""A MIDI file as symusic reads it, mended first where it must be."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from symusic import Score

from ragsmith.errors import BadFile
from ragsmith.io.readers import midi_repair as tolerant_midi
from ragsmith.io.readers.file_bytes import file_bytes

__all__ = ["LONGEST_NOTE", "MidiFile", "midi_file"]

MOST_MENDED_BYTES = 4 * 2**20
MOST_TRACKS = 1_000
LONGEST_NOTE = 64
"""Longest note, in quarter notes; what is longer is a note that was never let go, and is cut."""


class MidiFile(NamedTuple):
    """A file, read and mended.

    Attributes:
        score: symusic's; times in ticks.
        per_quarter: ticks a quarter note.
        title: the first track's name; "" where it has none.
        repairs: what was mended, in plain words.
        data: the bytes, as they stand in the file.
    """

    score: Any
    per_quarter: int
    title: str
    repairs: tuple[str, ...]
    data: bytes


def midi_file(path: Path) -> MidiFile:
    """Read a file.

    Raises:
        BadFile: it is none, or damaged beyond repair; says why.
    """
    data = file_bytes(path)
    head = _header(data, path.name)
    score, repairs = _score(data, head, path.name)
    title = tolerant_midi.first_name(data, head)
    return MidiFile(score, head.division, title, tuple(repairs), data)


def _header(data: bytes, name: str) -> tolerant_midi.Header:
    """The header, when it promises music that can be put on a grid."""
    head = tolerant_midi.header(data)
    if head is None:
        whole = not data.startswith(tolerant_midi.HEADER)
        rule = tolerant_midi.what_it_is(data) if whole else "breaks off inside its header"
        raise BadFile(name, rule, "export or download it again as a MIDI file")
    if head.kind == 2:
        rule = "is a type-2 MIDI file: independent patterns, not one piece"
        raise BadFile(name, rule, "save it as type 0 or 1")
    if head.division & 0x8000:
        rule = "counts time in film frames (SMPTE), not in beats"
        raise BadFile(name, rule, "export it again with ticks per quarter note")
    if not head.division:
        raise BadFile(name, "has no ticks per quarter note", "export it again")
    return head


def _score(data: bytes, head: tolerant_midi.Header, name: str) -> tuple[Any, list[str]]:
    """The file as symusic reads it, mended first where it must be; and what was mended."""
    repairs = []
    if head.start and not data.startswith(b"RIFF"):
        repairs.append(f"{head.start} bytes before its header skipped")
    tracks = sum(1 for _ in tolerant_midi.chunks(data, head))
    if not 0 < tracks <= MOST_TRACKS:
        holds = f"{tracks:,} tracks; at most {MOST_TRACKS:,} are read" if tracks else "no tracks"
        raise BadFile(name, f"holds {holds}", "export or download it again")
    is_large = len(data) > MOST_MENDED_BYTES
    if tracks == head.tracks and (is_large or tolerant_midi.has_true_lengths(data, head)):
        score = _parsed(data[head.start :] if is_large else tolerant_midi.all_let_go(data, head))
        if score is not None and (is_large or not _lacks_ends(score, head)):
            return score, repairs
    if is_large:
        rule = f"is damaged, and larger than the {MOST_MENDED_BYTES // 2**20} MiB that are mended"
        raise BadFile(name, rule, "export or download it again")
    mended, faults = tolerant_midi.mend(data, head)
    if not faults and _parsed(data[head.start :]) is None:
        repairs.append("its structure put right")
    score = _parsed(mended)
    if score is None:
        raise BadFile(name, "is damaged beyond repair", "export or download it again")
    return score, repairs + list(faults)


def _parsed(data: bytes) -> Any:
    """The file as symusic reads it; None when it refuses."""
    try:
        return Score.from_midi(data)
    except RuntimeError:
        return None


def _lacks_ends(score: Any, head: tolerant_midi.Header) -> bool:
    """Whether a note has no end, or lasts so long that it must have another's."""
    tracks = (track for track in score.tracks if len(track.notes) and not track.is_drum)
    lengths = (track.notes.numpy()["duration"] for track in tracks)
    return any(longest.max() > LONGEST_NOTE * head.division for longest in lengths)
