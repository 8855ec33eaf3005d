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

A piece becomes its moves from one onset step to the next: (shape, gap, interval, next shape).
A transposition drops out, and a run is nothing but equal moves in a row, as in the classic table
of longest common substrings, kept here only where moves agree.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.piece import GRIDS, Hand, Note, Piece, pitches_by_onset

__all__ = ["LONGEST_SILENCE", "Index", "Run", "index_of", "longest_runs"]

TICKS_PER_QUARTER = math.lcm(*GRIDS)
EMPTY_PLACE = -1
LONGEST_SILENCE = 16
"""Quarter-note beats from one onset of a run to the next: after a longer silence whatever follows
is a new beginning."""

Symbol = tuple[int, int, int, int]
"""A move without its place: shape, gap in ticks, interval in semitones, next shape."""


class Run(NamedTuple):
    """A passage shared with another piece; times in quarter-note beats.

    Attributes:
        beats: length, the last onset's step included.
        at: where it begins in the piece examined.
        in_piece: the number of the other piece, counted from 0 in the order of the index.
        in_at: where it begins there.
        transposition: semitones from that passage to the one in the piece examined.
    """

    beats: Fraction
    at: Fraction
    in_piece: int
    in_at: Fraction
    transposition: int


class Move(NamedTuple):
    """From one onset step to the next: what it is, and at which tick and base pitch it ends."""

    symbol: Symbol
    end: int
    base: int

    @property
    def gap(self) -> int:
        """Ticks from the onset that it begins with to the one that it ends with."""
        return self.symbol[1]


@dataclass(frozen=True, slots=True, eq=False)
class Lane:
    """All moves of all pieces, in order, an empty place after each piece.

    Attributes:
        numbers: the number of every symbol.
        bounds: (symbols + 1,); symbol s stands at places[bounds[s] : bounds[s + 1]], ascending.
        places: (moves,).
        pieces, ends, bases: (moves + pieces,); of the move at a place: its piece, the tick where
            it ends, its base pitch there.
    """

    numbers: Mapping[Symbol, int]
    bounds: NDArray[np.int64]
    places: NDArray[np.int64]
    pieces: NDArray[np.int32]
    ends: NDArray[np.int64]
    bases: NDArray[np.int16]

    def where(self, symbol: Symbol) -> NDArray[np.int64]:
        """The places of the moves that equal `symbol`, ascending."""
        number = self.numbers.get(symbol)
        if number is None:
            return self.places[:0]
        return self.places[self.bounds[number] : self.bounds[number + 1]]


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """Pieces, made ready by `index_of` for any number of searches."""

    texture: Lane
    melody: Lane
    right_hand: Lane


def index_of(pieces: Iterable[Piece]) -> Index:
    """The pieces, made ready for `longest_runs`; some seconds per million onset steps."""
    known = list(pieces)
    return Index(
        _lane(_moves(piece, piece.notes, melody=False) for piece in known),
        _lane(_moves(piece, piece.notes, melody=True) for piece in known),
        _lane(_moves(piece, _right_hand(piece), melody=True) for piece in known),
    )


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
    step = TICKS_PER_QUARTER // piece.steps_per_quarter
    texture = _longest(_moves(piece, piece.notes, melody=False), index.texture, step, excluding)
    melodies = (
        _longest(_moves(piece, piece.notes, melody=True), index.melody, step, excluding),
        _longest(_moves(piece, _right_hand(piece), melody=True), index.right_hand, step, excluding),
    )
    return texture, max(melodies, key=lambda run: run.beats if run else 0)


def _right_hand(piece: Piece) -> list[Note]:
    return [note for note in piece.notes if note.hand is Hand.RIGHT]


def _moves(piece: Piece, notes: Iterable[Note], melody: bool) -> list[Move]:
    """The moves of a piece's notes; a shape has bit i set when one begins i semitones above the
    base."""
    ticks = TICKS_PER_QUARTER // piece.steps_per_quarter
    moves = []
    previous: tuple[int, int, int] | None = None
    for onset, pitches in pitches_by_onset(notes).items():
        base = pitches[-1] if melody else pitches[0]
        shape = 1 if melody else sum(1 << (pitch - base) for pitch in set(pitches))
        tick = onset * ticks
        if previous is not None:
            last_shape, last_tick, last_base = previous
            symbol = (last_shape, tick - last_tick, base - last_base, shape)
            moves.append(Move(symbol, tick, base))
        previous = shape, tick, base
    return moves


def _lane(pieces: Iterable[list[Move]]) -> Lane:
    """The moves of all pieces, sorted by symbol."""
    numbers: dict[Symbol, int] = {}
    symbols: list[int] = []
    owners: list[int] = []
    ends: list[int] = []
    bases: list[int] = []
    for owner, moves in enumerate(pieces):
        symbols += [numbers.setdefault(move.symbol, len(numbers)) for move in moves]
        symbols.append(EMPTY_PLACE)
        owners += [owner] * (len(moves) + 1)
        ends += [move.end for move in moves] + [0]
        bases += [move.base for move in moves] + [0]
    in_order = np.array(symbols, np.int64)
    by_symbol = np.argsort(in_order, kind="stable")
    places = by_symbol[np.count_nonzero(in_order == EMPTY_PLACE) :]
    bounds = np.searchsorted(in_order[places], np.arange(len(numbers) + 1))
    return Lane(
        numbers,
        bounds,
        places,
        np.array(owners, np.int32),
        np.array(ends, np.int64),
        np.array(bases, np.int16),
    )


def _longest(moves: list[Move], lane: Lane, step: int, excluding: int | None) -> Run | None:
    """The longest row of equal moves; `step` is a step's length in ticks."""
    best: Run | None = None
    longest = 0
    silence = LONGEST_SILENCE * TICKS_PER_QUARTER
    # reach[place + 1]: ticks of the run that ends with the current move and the lane's at `place`.
    reach = np.zeros(len(lane.ends) + 1, np.int64)
    before = lane.places[:0]
    for move in moves:
        places = lane.places[:0] if move.gap > silence else lane.where(move.symbol)
        if excluding is not None:
            places = places[lane.pieces[places] != excluding]
        lengths = reach[places] + move.gap
        reach[before + 1] = 0
        reach[places + 1] = lengths
        before = places
        if len(places) and lengths.max() > longest:
            place = places[lengths.argmax()]
            longest = int(lengths.max())
            best = Run(
                Fraction(longest + step, TICKS_PER_QUARTER),
                Fraction(move.end - longest, TICKS_PER_QUARTER),
                int(lane.pieces[place]),
                Fraction(int(lane.ends[place]) - longest, TICKS_PER_QUARTER),
                move.base - int(lane.bases[place]),
            )
    return best
