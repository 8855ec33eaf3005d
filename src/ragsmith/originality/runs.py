"""The longest runs that a piece shares with other pieces, in any transposition.

Definition: a texture run is a stretch of consecutive grid steps whose sets of onset pitches equal
those of a passage of the other piece after one transposition; a melody run is the same for the
highest onset pitch of each step, of all notes or of the right hand alone, whichever is longer: a
tune stays a tune when the left hand plays something else beneath it. A run begins and ends with an
onset and has at least two steps with onsets; more than `LONGEST_SILENCE` beats from one onset to
the next end it. Its length runs from its first such step to its last, both included.
Convention: durations, velocities and bars play no part; a note of unknown hand is in neither hand
(`ragsmith.hands` guesses); empty steps have to agree, and count. Lengths and places are exact
fractions of quarter-note beats, so that grids may differ: the last step is then as long as a step
of the piece that is examined.
Source: ours (docs/originality.md).

A piece becomes its moves from one onset step to the next: (chord, gap, interval, next chord).
A transposition drops out, and a run is nothing but equal moves in a row, as in the classic table
of longest common substrings, kept here only where two moves in a row agree.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.originality.compact import CHORD_BITS, CompactPassages, Line, passages_of
from ragsmith.piece import GRIDS, Hand, Note, Piece, pitches_by_onset

__all__ = ["LONGEST_SILENCE", "Index", "Run", "index_from", "index_of", "longest_runs"]

TICKS_PER_QUARTER = math.lcm(*GRIDS)
NONE = -1
"""No move: the first onset of a piece, one after a long silence, and what is not in the index."""
LONGEST_SILENCE = 16
"""Quarter-note beats from one onset of a run to the next: after a longer silence whatever follows
is a new beginning."""
GAP_BITS, INTERVAL_BITS = 9, 8
"""Bits of a move's key beside its two chords: the gap in ticks, the interval."""


class Run(NamedTuple):
    """A passage shared with another piece; times in quarter-note beats.

    Attributes:
        beats: length, the last onset's step included.
        at: where it begins in the piece examined.
        in_piece: the number of the other piece, counted from 0 in the order of the index.
        in_at: where it begins there.
        transposition: semitones from that passage to the one in the piece examined.
        in_index: the number of the index, counted from 0, where a piece is compared with several.
    """

    beats: Fraction
    at: Fraction
    in_piece: int
    in_at: Fraction
    transposition: int
    in_index: int = 0


class Move(NamedTuple):
    """From one onset to the next: its key (NONE: in no index), its ticks, and at which tick and
    base pitch it ends."""

    key: int
    gap: int
    end: int
    base: int


class Sorted(NamedTuple):
    """Places by what stands there: names (places,) ascending, places (places,) int32, those of one
    name in no order."""

    names: NDArray[np.int64]
    places: NDArray[np.int32]

    def where(self, name: int) -> NDArray[np.int32]:
        """The places of a name, ascending."""
        low, high = np.searchsorted(self.names, (name, name + 1))
        places: NDArray[np.int32] = np.sort(self.places[low:high])
        return places


@dataclass(frozen=True, slots=True, eq=False)
class Lane:
    """All moves of all pieces; a move's place is the number of the onset that it ends with.

    Attributes:
        line: the onsets.
        keys: (kinds of moves,), ascending; the number of a kind is its place here.
        moves: where the moves of each kind are.
        pairs: where two moves in a row are; the name of kinds a and b is a * len(keys) + b.
    """

    line: Line
    keys: NDArray[np.int64]
    moves: Sorted
    pairs: Sorted

    def kind_of(self, key: int) -> int:
        """The number of the moves that have this key, or NONE."""
        kind = int(np.searchsorted(self.keys, key))
        return kind if kind < len(self.keys) and self.keys[kind] == key else NONE

    def outside(self, places: NDArray[np.int32], piece: int | None) -> NDArray[np.int32]:
        """Those of the places that are not in this piece."""
        if piece is None:
            return places
        start, end = self.line.starts[piece : piece + 2]
        others: NDArray[np.int32] = places[(places < start) | (places >= end)]
        return others


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """Pieces, made ready by `index_of` for any number of searches.

    Attributes:
        ticks: of a step of the index; `TICKS_PER_QUARTER` are a quarter note.
        chords: numbers of the chords, by their masks.
        texture, melody, right_hand: the lanes.
    """

    ticks: int
    chords: Mapping[int, int]
    texture: Lane
    melody: Lane
    right_hand: Lane


def index_of(pieces: Iterable[Piece]) -> Index:
    """The pieces, on whatever grids, made ready for `longest_runs`; some seconds per million onset
    steps.

    Raises:
        BadFolder: they have too many different chords to number them.
    """
    return index_from(passages_of(pieces, TICKS_PER_QUARTER))


def index_from(passages: CompactPassages) -> Index:
    """The pieces of a compact index, made ready for `longest_runs`."""
    ticks = TICKS_PER_QUARTER // passages.steps_per_quarter
    lanes = (_lane(line, ticks) for line in passages.lines())
    chords = {mask: number for number, mask in enumerate(passages.chord_masks())}
    return Index(ticks, chords, *lanes)


def longest_runs(
    piece: Piece, index: Index, excluding: int | None = None
) -> tuple[Run | None, Run | None]:
    """The longest texture run and the longest melody run that a piece shares with the index.

    Of several that are equally long: the first in the piece, then the first in the index. None
    where no two onsets are shared.

    Args:
        piece: the piece to examine, as it is played (`ragsmith.piece.unfold`).
        index: what it may have borrowed from.
        excluding: the number of a piece of the index to leave out, such as `piece` itself.
    """
    right = [note for note in piece.notes if note.hand is Hand.RIGHT]
    texture, *melodies = (
        _longest(_moves(piece, notes, chords), lane, piece.steps_per_quarter, index, excluding)
        for notes, chords, lane in (
            (piece.notes, index.chords, index.texture),
            (piece.notes, None, index.melody),
            (right, None, index.right_hand),
        )
    )
    return texture, max(melodies, key=lambda run: run.beats if run else 0)


def _moves(piece: Piece, notes: Iterable[Note], chords: Mapping[int, int] | None) -> list[Move]:
    """The moves of a piece's notes, of whole chords or of the melody alone."""
    ticks = TICKS_PER_QUARTER // piece.steps_per_quarter
    moves = []
    previous: tuple[int, int, int] | None = None
    for onset, pitches in pitches_by_onset(notes).items():
        base, chord = pitches[-1], 0
        if chords is not None:
            base = pitches[0]
            mask = sum(1 << (pitch - base) for pitch in set(pitches))
            chord = chords.get(mask, NONE)
        tick = onset * ticks
        if previous is not None:
            last_tick, last_base, last_chord = previous
            gap = tick - last_tick
            known = min(chord, last_chord) >= 0 and gap <= LONGEST_SILENCE * TICKS_PER_QUARTER
            key = _key(last_chord, gap, base - last_base, chord) if known else NONE
            moves.append(Move(key, gap, tick, base))
        previous = tick, base, chord
    return moves


def _key(chord: Any, gap: Any, interval: Any, following: Any) -> Any:
    """The number that stands for a move: for arrays, or for one."""
    key = (chord << CHORD_BITS | following) << GAP_BITS | gap
    return key << INTERVAL_BITS | (interval + (1 << INTERVAL_BITS - 1))


def _lane(line: Line, ticks: int) -> Lane:
    """The moves of all pieces, sorted by their keys, and all pairs of moves."""
    ends, keys = _keys(line, ticks)
    order = np.argsort(keys)
    new = np.diff(keys[order], prepend=NONE) != 0
    moves = Sorted(np.cumsum(new) - 1, ends[order].astype(np.int32))
    distinct = keys[order[new]]
    del keys, new
    kinds = np.full(len(line.steps), NONE, np.int64)
    kinds[moves.places] = moves.names
    second = ends[kinds[ends - 1] >= 0]
    pairs = kinds[second - 1] * len(distinct) + kinds[second]
    order = np.argsort(pairs)
    by_pair = Sorted(pairs[order], second[order].astype(np.int32))
    return Lane(line._replace(chords=line.chords[:0]), distinct, moves, by_pair)


def _keys(line: Line, ticks: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The onsets that end a move, and the keys of these moves."""
    gaps = np.diff(line.steps, prepend=np.int32(0)) * np.int64(ticks)
    known = gaps <= LONGEST_SILENCE * TICKS_PER_QUARTER
    known[line.starts[:-1][line.starts[:-1] < len(known)]] = False
    ends = np.flatnonzero(known)
    before = ends - 1
    intervals = (line.bases[ends] - line.bases[before]).astype(np.int64)
    chords = line.chords[before].astype(np.int64)
    return ends, _key(chords, gaps[ends], intervals, line.chords[ends])


def _longest(
    moves: list[Move], lane: Lane, grid: int, index: Index, excluding: int | None
) -> Run | None:
    """The longest row of equal moves: of one, or of pairs that follow one another."""
    longest, best = 0, (0, 0, 0)
    # reach[place]: ticks of the run that ends there with the pair before.
    reach = np.zeros(len(lane.line.steps), np.int32)
    before, last_kind, last_gap = lane.moves.places[:0], NONE, 0
    for move in moves:
        kind = lane.kind_of(move.key)
        pair = last_kind * len(lane.keys) + kind if min(last_kind, kind) >= 0 else NONE
        places = lane.outside(lane.pairs.where(pair), excluding)
        lengths = np.maximum(reach[places - 1], last_gap) + move.gap
        reach[before] = 0
        reach[places] = lengths
        before, last_kind, last_gap = places, kind, move.gap
        if kind >= 0 and move.gap > longest:
            alone = lane.outside(lane.moves.where(kind), excluding)
            if len(alone):
                longest, best = move.gap, (int(alone[0]), move.end, move.base)
        if len(places) and lengths.max() > longest:
            longest = int(lengths.max())
            best = int(places[lengths.argmax()]), move.end, move.base
    return _run(longest, *best, lane.line, index.ticks, grid) if longest else None


def _run(longest: int, place: int, end: int, base: int, line: Line, ticks: int, grid: int) -> Run:
    """The run of so many ticks that ends at a place of the index."""
    step = TICKS_PER_QUARTER // grid
    return Run(
        Fraction(longest + step, TICKS_PER_QUARTER),
        Fraction(end - longest, TICKS_PER_QUARTER),
        int(np.searchsorted(line.starts, place, "right")) - 1,
        Fraction(int(line.steps[place]) * ticks - longest, TICKS_PER_QUARTER),
        base - int(line.bases[place]),
    )
