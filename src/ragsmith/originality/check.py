"""Checks any piece against a corpus, or against the indices in a model file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Literal, NamedTuple

from ragsmith.corpus import collection_of
from ragsmith.errors import counted
from ragsmith.io.roll import Mark
from ragsmith.originality.corpora import CorpusIndex, Indexed, indices_of
from ragsmith.originality.runs import Run, index_of
from ragsmith.originality.search import (
    Limits,
    Originality,
    against_corpus,
    against_indices,
    as_played,
    checked_limits,
)
from ragsmith.piece import Piece, checked_piece

__all__ = ["Checked", "Shared", "check", "marks_of", "with_names"]


class Shared(NamedTuple):
    """The longest run of a kind; beats are quarter notes, counted from the beginning, as played.

    Attributes:
        beats: its length.
        file: where else it stands.
        at_beat: where it begins in the piece.
        in_file_at_beat: where it begins there.
        transposition: semitones from there to here.
        of: which corpus the file is of: "corpus", or "base" for what the model's base learnt from.
    """

    beats: float
    file: str
    at_beat: float
    in_file_at_beat: float
    transposition: int
    of: str = "corpus"

    @property
    def place(self) -> str:
        """The file, and the corpus where it is the base."""
        return self.file if self.of == "corpus" else f"{self.file} ({self.of})"


@dataclass(frozen=True, slots=True, repr=False)
class Checked:
    """What a piece shares with a corpus.

    Attributes:
        longest_texture, longest_melody: None where nothing is shared; against a model, nothing
            longer than a beat.
        within_limits: whether neither is longer than allowed.
        files: how many files it was compared with.
    """

    longest_texture: Shared | None
    longest_melody: Shared | None
    within_limits: bool
    files: int

    def __repr__(self) -> str:
        runs = {"texture": self.longest_texture, "melody": self.longest_melody}
        shared = [
            f"{name} {run.beats:g} beats of {PurePosixPath(run.place).name}"
            for name, run in runs.items()
            if run
        ]
        verdict = "within the limits" if self.within_limits else "beyond the limits"
        return f"<Checked against {counted(self.files, 'file')}: {'; '.join([*shared, verdict])}>"

    def as_json(self) -> dict[str, Any]:
        """The keys that scripts may rely on."""
        runs = {"longest_texture": self.longest_texture, "longest_melody": self.longest_melody}
        rows = {name: run._asdict() if run else None for name, run in runs.items()}
        return {**rows, "within_limits": self.within_limits, "files": self.files}


def check(
    piece: Piece,
    against: Sequence[Piece] | Indexed,
    limits: Limits | tuple[float, float] | None = None,
) -> Checked:
    """The longest runs that a piece shares with others, in any transposition.

    Repeats are played, on both sides.

    Args:
        piece: what is checked, on whatever grid.
        against: a model, which has an index of what it was learnt from; a corpus, or any list of
            pieces, on whatever grids.
        limits: the longest runs that are allowed, texture and melody, in quarter-note beats.

    Raises:
        BadBundle: the model has no index of its corpus.
        BadOption: it is no piece, there is nothing to compare it with, or a limit is out of range.

    >>> import ragsmith
    >>> first, second = ragsmith.datasets.rags()[:2]
    >>> check(first, [second]).within_limits
    True
    """
    checked_piece(piece)
    allowed = Limits() if limits is None else checked_limits(limits)
    if isinstance(against, Indexed):
        indices = indices_of(against)
        return with_names(against_indices(as_played(piece), indices), indices, allowed)
    others = collection_of(against)
    originality = against_corpus(as_played(piece), index_of(map(as_played, others)))
    paths = tuple(entry.path for entry in others.usable)
    return _checked(originality, lambda run: (paths[run.in_piece], "corpus"), allowed, len(paths))


def with_names(originality: Originality, indices: Sequence[CorpusIndex], limits: Limits) -> Checked:
    """Runs by the names of the files that they stand in, and whether the limits allow them."""

    def named(run: Run) -> tuple[str, str]:
        index = indices[run.in_index]
        return index.name_of(run.in_piece), index.of

    return _checked(originality, named, limits, sum(len(index.files) for index in indices))


def _checked(
    originality: Originality,
    named: Callable[[Run], tuple[str, str]],
    limits: Limits,
    files: int,
) -> Checked:
    """The runs, each with the name of its file and which corpus that is of."""
    texture, melody = (run and _shared(run, *named(run)) for run in originality)
    return Checked(texture, melody, originality.within(limits), files)


def marks_of(checked: Checked, steps_per_quarter: int) -> list[Mark]:
    """The runs as marks on a piano roll of the piece as it is played."""
    lanes: tuple[tuple[Literal["texture", "melody"], Shared | None], ...] = (
        ("texture", checked.longest_texture),
        ("melody", checked.longest_melody),
    )
    marks = []
    for lane, shared in lanes:
        if shared:
            start = round(shared.at_beat * steps_per_quarter)
            end = start + round(shared.beats * steps_per_quarter)
            label = f"{shared.beats:g} beats, {shared.place} at beat {shared.in_file_at_beat:g}"
            marks.append(Mark(start, end, label, lane))
    return marks


def _shared(run: Run, file: str, of: str) -> Shared:
    return Shared(float(run.beats), file, float(run.at), float(run.in_at), run.transposition, of)
