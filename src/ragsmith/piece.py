"""What a piece of music is: notes on a grid of integer steps, its bars, keys, tempos and sections.

Time is counted in steps; `steps_per_quarter` says how many make a quarter note. Nothing here is
approximate: what a file says in other units is brought to the grid by `ragsmith.quantise`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ragsmith.chords import ChordMark, checked_chords
from ragsmith.errors import BadOption, BadPiece, counted
from ragsmith.markings import Marking, checked_markings
from ragsmith.marks import (
    GRIDS,
    SLOWEST,
    Bar,
    Key,
    Metre,
    Section,
    Tempo,
    as_metre,
    checked_bars,
    checked_grid,
    checked_marks,
    regular_bars,
)
from ragsmith.notes import (
    DEFAULT_VELOCITY,
    LOWEST_PITCH,
    PIANO_KEYS,
    Hand,
    Note,
    checked_notes,
    normalise,
    rows_of,
)
from ragsmith.outlets import Outlets
from ragsmith.played import Played

__all__ = [
    "DEFAULT_VELOCITY",
    "GRIDS",
    "LOWEST_PITCH",
    "PIANO_KEYS",
    "Bar",
    "Hand",
    "Key",
    "Metre",
    "Note",
    "Piece",
    "Roll",
    "Section",
    "Tempo",
    "as_metre",
    "checked_grid",
    "checked_piece",
    "from_roll",
    "normalise",
    "pitches_by_onset",
    "place_in_bar",
    "regular_bars",
    "to_roll",
]


@dataclass(frozen=True, slots=True, repr=False)
class Piece:
    """A piece for piano. It checks itself when it is made, lists become tuples.

    Attributes:
        notes: in order; a key is struck once at a time and let go before it is struck again (see
            `normalise`, which sees to that); all begin inside the bars, and may ring past the last.
        bars: cover the piece from step 0 to its end without a gap.
        steps_per_quarter: the grid, one of `GRIDS`.
        keys: key signatures in order; may be empty when the file does not say.
        tempos: tempo marks in order; may be empty.
        chords: chord symbols in order, where the source writes them or a plan says them.
        markings: dynamics, slurs, accents and the like, where the source has them.
        sections: strains and endings where the source names them, in written order.
        order: section names in playing order; empty means as written.
        recipe: how a composed piece was made, as JSON text; "" for any other. Verbs that change
            notes drop it.
        played: what a MIDI file says exactly: times in ticks, pedal, tempos. It sounds, and is
            written as MIDI. A piece with other notes, tempos or another grid drops it, and it is
            not compared.

    Raises:
        BadPiece: a value is out of range, or notes, bars and marks do not fit together.

    >>> Piece((Note(4, 64, 4), Note(0, 60, 4)), (Bar(0, 8, Metre(2, 4)),), title="Two notes")
    <Piece 'Two notes': 2 notes in 1 bar of 2/4, 4 steps a quarter>
    """

    notes: tuple[Note, ...]
    bars: tuple[Bar, ...]
    steps_per_quarter: int = 4
    keys: tuple[Key, ...] = ()
    tempos: tuple[Tempo, ...] = ()
    sections: tuple[Section, ...] = ()
    order: tuple[str, ...] = ()
    title: str = ""
    composer: str = ""
    recipe: str = ""
    chords: tuple[ChordMark, ...] = ()
    markings: tuple[Marking, ...] = ()
    played: Played | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        notes = checked_notes(self.notes)
        checked = {
            "notes": notes,
            "steps_per_quarter": checked_grid(self.steps_per_quarter),
            "bars": checked_bars(self.bars),
            "keys": checked_marks("key signature", self.keys, -7, 7),
            "tempos": checked_marks("tempo", self.tempos, 1, SLOWEST),
            "order": tuple(self.order),
            "chords": checked_chords(self.chords),
            "markings": checked_markings(self.markings),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)
        object.__setattr__(self, "sections", _checked_sections(self))
        if self.played is not None:
            score = self.notes, self.tempos, self.steps_per_quarter
            object.__setattr__(self, "played", self.played.of_piece(*score))
        if notes and notes[-1].onset >= self.steps:
            rule = f"begins at step {notes[-1].onset}, and the bars end at step {self.steps}"
            raise BadPiece("the last note", rule, "add bars, or leave the note out")

    @classmethod
    def from_array(
        cls,
        array: ArrayLike,
        *,
        metre: Metre | tuple[int, int] | str = (4, 4),
        steps_per_quarter: int = 4,
        bars: Sequence[Bar] | None = None,
    ) -> Piece:
        """The piece whose notes stand in an array.

        Args:
            array: integers, shape (notes, 5): onset, pitch, duration, velocity, hand, as
                `to_array` gives them; hand, or velocity and hand, may be left out.
            metre: of regular bars from the first step on.
            steps_per_quarter: the grid.
            bars: these instead of regular ones.

        Raises:
            BadPiece: the array holds no notes, or they do not make a piece.

        >>> Piece.from_array([[0, 60, 4], [4, 64, 4]], metre="2/4")
        <Piece: 2 notes in 1 bar of 2/4, 4 steps a quarter>
        """
        try:
            notes = checked_notes(np.asarray(array))
        except ValueError as e:
            raise BadPiece("an array", f"holds no notes ({e})", "give rows of one length") from e
        grid = checked_grid(steps_per_quarter)
        if bars is None:
            end = max((note.onset + note.duration for note in notes), default=0)
            bars = regular_bars(end, [(0, as_metre(metre))], grid)
        return cls(notes, tuple(bars), grid)

    @property
    def steps(self) -> int:
        """Length in steps."""
        return self.bars[-1].start + self.bars[-1].length if self.bars else 0

    @property
    def beats(self) -> float:
        """Length in quarter notes."""
        return self.steps / self.steps_per_quarter

    @property
    def pickup(self) -> int:
        """Steps of the pickup before the first full bar; 0 when there is none."""
        return self.bars[0].length if self.bars and self.bars[0].offset else 0

    @property
    def full_bars(self) -> tuple[Bar, ...]:
        """The bars that have a number: all but a pickup."""
        return tuple(bar for bar in self.bars if bar.is_full)

    def to_array(self) -> NDArray[np.int64]:
        """The notes as integers, shape (notes, 5): onset, pitch, duration, velocity, hand.

        >>> Piece.from_array([[0, 60, 4]]).to_array()
        array([[ 0, 60,  4, 80,  0]])
        """
        return rows_of(self.notes, len(Note._fields))

    def to_roll(self) -> Roll:
        """The notes as a piano roll.

        >>> Piece.from_array([[0, 60, 4]]).to_roll().onsets.shape
        (16, 88)
        """
        return to_roll(self)

    def save(self, path: str | Path) -> Path:
        """Write the piece in the format that the path's suffix names; returns the path.

        Raises:
            BadFile: the suffix is unknown, or the file cannot be written.

        >>> Piece.from_array([[0, 60, 4]]).save("c.mid").name
        'c.mid'
        """
        return Outlets.save(self, path)

    def _repr_html_(self) -> str:
        """The piano roll and a player of the first minute, as notebooks show them."""
        return Outlets.html(self)

    def __repr__(self) -> str:
        title = f" {self.title!r}" if self.title else ""
        metres = list(dict.fromkeys(f"{bar.metre.beats}/{bar.metre.unit}" for bar in self.bars))
        others = ", ..." if len(metres) > 2 else ""
        of = f" of {', '.join(metres[:2])}{others}" if metres else ""
        notes, bars = counted(len(self.notes), "note"), counted(len(self.bars), "bar")
        return f"<Piece{title}: {notes} in {bars}{of}, {self.steps_per_quarter} steps a quarter>"


def checked_piece(piece: object) -> Piece:
    """A piece as it is.

    Raises:
        BadOption: it is no piece.
    """
    if isinstance(piece, Piece):
        return piece
    raise BadOption(repr(piece), "is no piece", "read it with ragsmith.read(path)")


def pitches_by_onset(notes: Iterable[Note]) -> dict[int, list[int]]:
    """The pitches that begin at each step where something begins, in order of time and of height.

    >>> pitches_by_onset([Note(4, 67, 1), Note(4, 64, 1), Note(0, 60, 2)])
    {0: [60], 4: [64, 67]}
    """
    pitches: dict[int, list[int]] = {}
    for note in sorted(notes):
        pitches.setdefault(note.onset, []).append(note.pitch)
    return pitches


def _checked_sections(piece: Piece) -> tuple[Section, ...]:
    """Sections inside the piece, every name of its order among them."""
    sections = tuple(piece.sections)
    for section in sections:
        if not 0 <= section.start < section.end <= piece.steps:
            rule = f"is steps {section.start} to {section.end} of a piece of {piece.steps}"
            raise BadPiece(f"section {section.name}", rule, "let it lie inside the piece")
    names = {section.name for section in sections}
    for name in piece.order:
        if name not in names:
            remedy = f"name one of {', '.join(sorted(names))}" if names else "leave the order out"
            raise BadPiece(f"order {name}", "names no section of the piece", remedy)
    return sections


def place_in_bar(piece: Piece) -> NDArray[np.int32]:
    """For every step, its place in the metre: 0 on the downbeat. Shape (steps,)."""
    places = np.zeros(piece.steps, np.int32)
    for bar in piece.bars:
        places[bar.start : bar.start + bar.length] = bar.offset + np.arange(bar.length)
    return places


@dataclass(frozen=True, slots=True, eq=False)
class Roll:
    """The dense view that models read.

    Attributes:
        onsets: (steps, 88) bool, A0 first.
        durations: (steps, 88) uint8, in steps where a note begins, 0 elsewhere; 255 at most.
    """

    onsets: NDArray[np.bool_]
    durations: NDArray[np.uint8]

    @property
    def sounding(self) -> NDArray[np.bool_]:
        """Which keys are down at each step, (steps, 88)."""
        down = np.zeros(self.onsets.shape, np.bool_)
        for step, key in np.argwhere(self.onsets):
            down[step : step + self.durations[step, key], key] = True
        return down


def to_roll(piece: Piece) -> Roll:
    """The piece as a Roll; notes outside the piano's 88 keys are left out."""
    durations = np.zeros((piece.steps, PIANO_KEYS), np.uint8)
    for note in piece.notes:
        key = note.pitch - LOWEST_PITCH
        if 0 <= key < PIANO_KEYS:
            durations[note.onset, key] = min(255, note.duration)
    return Roll(durations > 0, durations)


def from_roll(roll: Roll, bars: tuple[Bar, ...], steps_per_quarter: int = 4) -> Piece:
    """The piece that a Roll shows, in the given bars; hands and velocities are not in a Roll."""
    places = zip(*np.nonzero(roll.onsets), strict=True)
    notes = [Note(int(t), int(k) + LOWEST_PITCH, int(roll.durations[t, k])) for t, k in places]
    return Piece(normalise(notes), bars, steps_per_quarter)
