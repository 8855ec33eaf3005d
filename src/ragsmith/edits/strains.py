"""Strains as blocks: played in another order, repeated, left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import reduce
from itertools import groupby, pairwise

from ragsmith.edits import BadEdit
from ragsmith.piece import Piece, Section, checked_piece
from ragsmith.strains import Strain, strains_of
from ragsmith.verbs import clip, join

__all__ = ["rearranged", "strains_as_played"]

MOST = 64
"""Strains that a piece may play."""


def strains_as_played(piece: Piece) -> list[str]:
    """The names of the strains of a piece as they are played, one that is repeated each time.

    >>> sections = [Section("A", 0, 8), Section("A1", 8, 12), Section("A2", 12, 16)]
    >>> rag = replace(Piece.from_array([[0, 60, 16]]), sections=tuple(sections))
    >>> strains_as_played(replace(rag, order=("A", "A1", "A", "A2")))
    ['A', 'A']
    """
    names = {strain.name for strain in strains_of(piece)}
    order = piece.order or tuple(strain.name for strain in strains_of(piece))
    return [name for name in order if name in names]


def rearranged(piece: Piece, strains: Sequence[str]) -> Piece:
    """The piece with its strains played in another order; those that are not named are left out,
    and so are endings that are not played any more.

    A strain that comes several times in a row takes its last ending the last time, and those
    before it the times before.

    Args:
        piece: whose strains cover it without a gap.
        strains: their names as they are to be played.

    Raises:
        BadEdit: there is music outside its strains, no strain has one of the names, or none or too
            many are named.
    """
    own = {strain.name: strain for strain in strains_of(checked_piece(piece))}
    _check(piece, own, strains)
    order: list[str] = []
    for name, run in groupby(strains):
        order += _order(own[name], len(list(run)))
    remaining = [section for section in piece.sections if section.name in set(order)]
    if len(remaining) < len(piece.sections):
        piece = _cut(piece, remaining)
    return replace(piece, order=tuple(order), recipe="")


def _check(piece: Piece, own: dict[str, Strain], strains: Sequence[str]) -> None:
    edges = [(0, 0), *(section[1:] for section in piece.sections), (piece.steps, piece.steps)]
    if not own or any(end != start for (_, end), (start, _) in pairwise(edges)):
        remedy = "name strains that follow one another from beginning to end"
        raise BadEdit(piece.title or "the piece", "has music outside its strains", remedy)
    if not 1 <= len(strains) <= MOST:
        raise BadEdit(f"{len(strains)} strains", f"must be 1 to {MOST}", "leave some in")
    for name in strains:
        if name not in own:
            rule = "is no strain of the piece"
            raise BadEdit(f"strain {name}", rule, f"choose from {', '.join(own)}")


def _order(strain: Strain, times: int) -> Iterator[str]:
    """The sections of a strain played so many times in a row."""
    endings = strain.numbered_endings
    for time in range(1, times + 1):
        yield strain.name
        if endings:
            ending = endings[-1] if time == times else endings[min(time, len(endings) - 1) - 1]
            yield from (section.name for section in ending)


def _cut(piece: Piece, remaining: Sequence[Section]) -> Piece:
    """The sections that remain, joined as they are written."""
    parts = [clip(piece, section.start, section.end) for section in remaining]
    whole = reduce(join, parts)
    starts = [0]
    for part in parts:
        starts.append(starts[-1] + part.steps)
    spans = zip(remaining, pairwise(starts), strict=True)
    sections = (Section(section.name, *span) for section, span in spans)
    return replace(whole, sections=tuple(sections), order=())
