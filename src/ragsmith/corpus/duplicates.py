"""Files that hold the same music, also in another key, at another speed, with repeats or a few
slips.

A piece is known by two sets of hashes: each run of five intervals in its top line (melody), and
each run of three successive chords of onsets (texture). Intervals do not change with key or tempo,
and sets do not change with repeats. The smallest hashes of a set are its sketch (bottom-k sampling:
A. Broder, "On the resemblance and containment of documents", 1997), so that 100,000 pieces fit into
memory. Files whose melodies share some hashes are compared note for note (`corpus.alignment`): that
decides whether they hold one work.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, compress, groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.corpus.alignment import Line, alignments, counting
from ragsmith.piece import Note

__all__ = [
    "LEAST_COMMON",
    "Fingerprint",
    "Sketch",
    "are_duplicates",
    "are_related",
    "compare",
    "fingerprint",
    "related_pairs",
]

INTERVALS = 5
CHORDS = 3
SKETCH = 256
"""Hashes kept of a set; a rag has about as many, so little of it is left out."""
LONGEST_LINE = 4096
"""Notes kept of a top line; a sonata of 20 minutes has as many."""
SAME_MELODY = 0.2
"""Resemblance of the melodies of one piece's copies (`benchmarks/copies.py`). The 741 pairs of
different Joplin rags have at most 0.03; a rag with 5 % of its notes wrong has at least 0.36."""
SAME_TEXTURE = 0.12
"""The like for textures: at most 0.03 and at least 0.37. Another setting of a tune has less."""
PART, WHOLE = 0.9, 0.6
"""An excerpt shares at least PART of its own melody with the whole piece, but has less than WHOLE
of the piece's notes and patterns. It counts as the same work, not as a copy of the whole."""
LEAST_COMMON = 12
"""Hashes that two melodies must share before they can count as copies."""
LEAST_SHARED = 8
"""The like before two melodies are aligned; a performance, read on a grid that it does not keep,
shares at least 8 with its score (`benchmarks/performances_as_works.py`)."""
SAME_WORK = 40
"""Notes that two melodies of one work have in one order, see `alignments`; fewer where one has so
few that count, but not fewer than FEWEST and not less than OF_SHORT of them."""
FEWEST, OF_SHORT = 14, 0.5
OF_LONG = 0.06
"""The like as a share of the shorter melody, where that is long."""


class Sketch(NamedTuple):
    """A sample of a set of hashes.

    Attributes:
        hashes: all hashes below `limit`, ascending; shape (k,), uint32.
        limit: 2**32 when nothing was left out.
    """

    hashes: NDArray[np.uint32]
    limit: int = 2**32


class Fingerprint(NamedTuple):
    """What pieces are compared by: their sketches, numbers of notes, and top lines."""

    melody: Sketch
    texture: Sketch
    notes: int
    line: Line


class Likeness(NamedTuple):
    """How much two sketches share.

    Attributes:
        common: number of hashes in both.
        resemblance: their share of all hashes of the two.
        containment: their share of the smaller sketch.
        evenness: size of the smaller sketch as a share of the larger one.
    """

    common: int
    resemblance: float
    containment: float
    evenness: float


def fingerprint(notes: Sequence[Note]) -> Fingerprint:
    """The fingerprint of notes that are sorted as in a `Piece`."""
    chords = [list(chord) for _, chord in groupby(notes, key=lambda note: note.onset)]
    line = _top_line(chords)
    runs = _windows(_moves(line), INTERVALS)
    distinct = 1 + (np.diff(np.sort(runs, axis=1), axis=1) != 0).sum(axis=1)
    # Trills and plain scales stand in many pieces.
    melody = _sketch(runs[distinct >= 3])

    shapes = np.array([_shape(chord) for chord in chords], np.uint64)
    moves = _moves([chord[0].pitch for chord in chords])
    texture = _sketch(np.hstack([_windows(shapes, CHORDS), _windows(moves, CHORDS - 1)]))
    return Fingerprint(melody, texture, len(notes), np.array(line[:LONGEST_LINE], np.int8))


def _top_line(chords: Sequence[Sequence[Note]]) -> list[int]:
    """The top line: in order, the pitches of the notes that are the highest sounding when they
    begin."""
    ends = np.zeros(128, np.int64)
    line = []
    for chord in chords:
        highest = chord[-1]
        if not (ends[highest.pitch + 1 :] > highest.onset).any():
            line.append(highest.pitch)
        for note in chord:
            ends[note.pitch] = note.onset + note.duration
    return line


def _moves(pitches: Sequence[int]) -> NDArray[np.uint64]:
    """Intervals between successive pitches, modulo 2**64."""
    line = np.array(pitches, np.uint64)
    return line[1:] - line[:-1]


def _shape(chord: Sequence[Note]) -> int:
    """A number for the intervals of a chord above its lowest note."""
    lowest = chord[0].pitch
    return sum(1 << (note.pitch - lowest) for note in chord) % (2**61 - 1)


def _windows(values: NDArray[np.uint64], width: int) -> NDArray[np.uint64]:
    """All runs of `width` successive values; shape (runs, width)."""
    if len(values) < width:
        return np.zeros((0, width), np.uint64)
    return np.lib.stride_tricks.sliding_window_view(values, width)


def _sketch(rows: NDArray[np.uint64]) -> Sketch:
    """The sketch of a set of rows of numbers, hashed with splitmix64's mixer."""
    mixed = np.zeros(len(rows), np.uint64)
    for column in rows.T:
        mixed = (mixed + column + np.uint64(128)) * np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(31)
    mixed *= np.uint64(0x94D049BB133111EB)
    hashes = np.unique((mixed >> np.uint64(32)).astype(np.uint32))
    if len(hashes) <= SKETCH:
        return Sketch(hashes)
    return Sketch(hashes[:SKETCH], int(hashes[SKETCH]))


def compare(first: Sketch, second: Sketch) -> Likeness:
    """What two sketches share, over the range of hashes that both cover."""
    limit = min(first.limit, second.limit)
    sizes = [int(np.searchsorted(s.hashes, limit)) for s in (first, second)]
    common = len(np.intersect1d(first.hashes, second.hashes, assume_unique=True))
    union = sum(sizes) - common
    smaller, larger = max(1, min(sizes)), max(1, *sizes)
    return Likeness(common, common / max(1, union), common / smaller, smaller / larger)


def are_related(first: Fingerprint, second: Fingerprint) -> bool:
    """Whether two files hold one work: copies, performances, an excerpt, another setting."""
    return any(related_pairs([first, second], [(0, 1)]))


def related_pairs(
    prints: Sequence[Fingerprint], pairs: Iterable[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Those of the pairs whose melodies agree in as many notes as those of one work."""
    likely = [
        (one, other)
        for one, other in pairs
        if compare(prints[one].melody, prints[other].melody).common >= LEAST_SHARED
    ]
    lines = [print_.line for print_ in prints]
    sizes = {place: int(counting(lines[place]).sum()) for place in set(chain(*likely))}
    fewer = np.array([min(sizes[one], sizes[other]) for one, other in likely])
    needed = np.maximum(np.clip(OF_SHORT * fewer, FEWEST, SAME_WORK), OF_LONG * fewer)
    return list(compress(likely, alignments(lines, likely) >= needed))


def are_duplicates(first: Fingerprint, second: Fingerprint) -> bool:
    """Whether two files hold one piece, so that learning both is learning it twice."""
    melody = compare(first.melody, second.melody)
    fewer, more = sorted((first.notes, second.notes))
    return (
        melody.common >= LEAST_COMMON
        and melody.resemblance >= SAME_MELODY
        and not (fewer < WHOLE * more and melody.evenness < WHOLE and melody.containment >= PART)
        and compare(first.texture, second.texture).resemblance >= SAME_TEXTURE
    )
