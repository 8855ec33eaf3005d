"""A piece as arrays over its steps: notes by key, steps to look back to, place in bar and phrase.

Notes are numbered hand * 88 + key, the left hand first; END = hands * 88 closes a step.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.chords import Chord
from ragsmith.hands import split_hands
from ragsmith.models.stride.chord_rolls import CHORD_ROLLS, rolls_of
from ragsmith.models.stride.config import StrideConfig
from ragsmith.models.writing import note_number
from ragsmith.piece import PIANO_KEYS, Piece
from ragsmith.strains import strains_of

__all__ = [
    "BAR_LAGS",
    "NO_PHRASE",
    "PHRASE",
    "PLACES",
    "STEP_LAGS",
    "EncodedPiece",
    "Tokens",
    "encode_piece",
    "tokens_of",
]

STEP_LAGS = (1, 2, 3, 4)
BAR_LAGS = (1, 2, 4, 8, 16)

BEATS = 8
PARTS_OF_BEAT = 24
METRES = ((2, 4), (3, 4), (4, 4), (6, 8))
FIFTH = 7
PHRASE_BARS = 16
TO_END_BARS = 4
PHRASE_AT = BEATS + PARTS_OF_BEAT + len(METRES) + 1
TO_END_AT = PHRASE_AT + PHRASE_BARS + 1
PLACES = TO_END_AT + TO_END_BARS + 1
"""Features of a step's place: beat in the bar, part of the beat, metre (or another), bar of the
phrase (or unknown), bars to its end (or more)."""
PHRASE = slice(PHRASE_AT, PLACES)
NO_PHRASE = np.zeros(PLACES - PHRASE_AT, np.uint8)
NO_PHRASE[[PHRASE_BARS, -1]] = 1


class EncodedPiece(NamedTuple):
    """A piece on the grid, as arrays over its steps.

    Attributes:
        durations: (steps, hands * 88) uint8, where a note begins; 0 elsewhere.
        held_from: (steps, hands * 88) int32, the onset of the note that sounded in the step before;
            -1 where none did.
        lags: (steps, lags) int32, the step to look back to, for each of STEP_LAGS and of BAR_LAGS;
            -1 where there is none.
        places: (steps, PLACES) uint8.
        tonics: (steps,) int8, the pitch class of the key signature's major tonic; -1 unknown.
        bars: (steps,) int32, the number of the bar.
        in_bar: (steps,) int32, the place in the bar.
        bar_starts: (bars,) int32.
        chords: (steps, CHORD_ROLLS, 12) uint8, see `chord_rolls`; without harmony (steps, 0, 12).
    """

    durations: NDArray[np.uint8]
    held_from: NDArray[np.int32]
    lags: NDArray[np.int32]
    places: NDArray[np.uint8]
    tonics: NDArray[np.int8]
    bars: NDArray[np.int32]
    in_bar: NDArray[np.int32]
    bar_starts: NDArray[np.int32]
    chords: NDArray[np.uint8]

    @property
    def steps(self) -> int:
        """Length in steps."""
        return len(self.durations)


def encode_piece(
    piece: Piece, config: StrideConfig, chords: Sequence[Chord | None] | None = None
) -> EncodedPiece:
    """A piece as arrays; notes outside the keyboard are left out.

    Args:
        piece: the piece.
        config: hands, durations, and whether there is harmony.
        chords: one for each half bar; None tells none.
    """
    durations, held_from = _keys(piece, config)
    numbers, in_bar = np.zeros(piece.steps, np.int32), np.zeros(piece.steps, np.int32)
    for i, bar in enumerate(piece.bars):
        numbers[bar.start : bar.start + bar.length] = i
        in_bar[bar.start : bar.start + bar.length] = np.arange(bar.length) + bar.offset
    return EncodedPiece(
        durations,
        held_from,
        _lags(piece, numbers, in_bar),
        _places(piece),
        _tonics(piece),
        numbers,
        in_bar,
        np.array([bar.start for bar in piece.bars], np.int32),
        _chords(piece, config, chords),
    )


def _keys(piece: Piece, config: StrideConfig) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """The durations struck on each key, and since which onset it sounds; see `EncodedPiece`."""
    shape = piece.steps, config.hands * PIANO_KEYS
    durations, held_from = np.zeros(shape, np.uint8), np.full(shape, -1, np.int32)
    notes = piece.notes
    if config.hands == 2:
        notes = split_hands(notes, piece.steps_per_quarter)
    for note in notes:
        number = note_number(note.pitch, note.hand, config.hands)
        if number is not None:
            duration = min(note.duration, config.longest_steps)
            durations[note.onset, number] = duration
            # Struck again, a key sounds on as long as the new note says.
            held_from[note.onset + 1 : note.onset + config.longest_steps + 1, number] = -1
            held_from[note.onset + 1 : note.onset + duration + 1, number] = note.onset
    return durations, held_from


def _chords(
    piece: Piece, config: StrideConfig, chords: Sequence[Chord | None] | None
) -> NDArray[np.uint8]:
    if config.harmony and chords is not None:
        return rolls_of(piece, chords)
    return np.zeros((piece.steps, CHORD_ROLLS * config.harmony, 12), np.uint8)


def _lags(
    piece: Piece, bar_numbers: NDArray[np.int32], in_bar: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Steps to look back to: some steps ago, and the same place some bars ago."""
    steps = np.arange(piece.steps, dtype=np.int32)
    columns = [steps - lag for lag in STEP_LAGS]
    starts = np.array([bar.start for bar in piece.bars], np.int32)
    lengths = np.array([bar.length for bar in piece.bars], np.int32)
    offsets = np.array([bar.offset for bar in piece.bars], np.int32)
    for lag in BAR_LAGS:
        ago = np.maximum(bar_numbers - lag, 0)
        inside = in_bar - offsets[ago]
        there = (bar_numbers >= lag) & (inside >= 0) & (inside < lengths[ago])
        columns.append(np.where(there, starts[ago] + inside, -1).astype(np.int32))
    return np.maximum(np.stack(columns, 1), -1)


def _tonics(piece: Piece) -> NDArray[np.int8]:
    """The major tonic of the key signature at every step."""
    tonics = np.full(piece.steps, -1, np.int8)
    for key in piece.keys:
        tonics[key.step :] = key.fifths * FIFTH % 12
    return tonics


def _places(piece: Piece) -> NDArray[np.uint8]:
    """Where every step stands in its bar and phrase, as one-hot groups: (steps, PLACES)."""
    grid = piece.steps_per_quarter
    features = np.zeros((piece.steps, PLACES), np.uint8)
    phrase = _phrase_bars(piece)
    for number, bar in enumerate(piece.bars):
        rows = slice(bar.start, bar.start + bar.length)
        place = np.arange(bar.length) + bar.offset
        beat = np.minimum(place // grid, BEATS - 1)
        part = place % grid * PARTS_OF_BEAT // grid
        group = features[rows]
        group[np.arange(bar.length), beat] = 1
        group[np.arange(bar.length), BEATS + part] = 1
        metre = METRES.index(tuple(bar.metre)) if tuple(bar.metre) in METRES else len(METRES)
        group[:, BEATS + PARTS_OF_BEAT + metre] = 1
        since, left = phrase[number]
        group[:, PHRASE_AT + since] = 1
        group[:, TO_END_AT + left] = 1
    return features


def _phrase_bars(piece: Piece) -> list[tuple[int, int]]:
    """For every bar its number in the strain (PHRASE_BARS: unknown) and the bars left (capped)."""
    numbers = [(PHRASE_BARS, TO_END_BARS)] * len(piece.bars)
    for bars in strains_of(piece):
        inside = [i for i, b in enumerate(piece.bars) if bars.start <= b.start < bars.end]
        for n, i in enumerate(inside):
            numbers[i] = (n % PHRASE_BARS, min(TO_END_BARS, len(inside) - 1 - n))
    return numbers


class Tokens(NamedTuple):
    """Notes and ends of steps, in order.

    Attributes:
        frames: (n,) int32, which of the steps.
        numbers: (n,) int32, the note, or END.
        durations: (n,) int32, steps minus one; 0 at END.
    """

    frames: NDArray[np.int32]
    numbers: NDArray[np.int32]
    durations: NDArray[np.int32]


def tokens_of(durations: NDArray[np.uint8]) -> Tokens:
    """The tokens of steps given as durations (n, hands * 88): notes ascending, then END."""
    ends = np.ones((len(durations), 1), np.uint8)
    closed = np.concatenate([durations, ends], 1)
    frames, numbers = np.nonzero(closed)
    lengths = closed[frames, numbers].astype(np.int32) - 1
    return Tokens(frames.astype(np.int32), numbers.astype(np.int32), lengths)
