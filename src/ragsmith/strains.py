"""Strains and their endings: the only place that reads what the names of sections say.

A strain is a section, say A. Its first and second ending are the sections after it that bear its
name and their number, A1 and A2. Introductions and pickups lead on to a strain and are none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain, groupby
from typing import NamedTuple

from ragsmith.piece import Bar, Piece, Section

__all__ = [
    "CODA",
    "INTRO",
    "PICKUP",
    "UNNAMED",
    "Strain",
    "ending_name",
    "ending_number",
    "full_bars_in",
    "is_introduction",
    "strain_bars",
    "strain_lengths",
    "strains_of",
]

INTRO, CODA, PICKUP = "Intro", "Coda", "Pickup"
UNNAMED = "start"
"""What stands before the first name that a file gives."""
SHORT_INTRO = "I"
"""An introduction in the kern encodings of rags, where it comes first; else the ninth strain."""
ENDING = re.compile(r"(.*[^0-9])([0-9]+)b*", re.DOTALL)


class Strain(NamedTuple):
    """A strain of a piece: its body, and the endings written behind it, none where it has none."""

    body: Section
    endings: tuple[Section, ...] = ()

    @property
    def name(self) -> str:
        """The name of its body."""
        return self.body.name

    @property
    def start(self) -> int:
        """Its first step."""
        return self.body.start

    @property
    def end(self) -> int:
        """The step after its last ending."""
        return self.sections[-1].end

    @property
    def sections(self) -> tuple[Section, ...]:
        """Its body and its endings."""
        return (self.body, *self.endings)

    @property
    def numbered_endings(self) -> list[tuple[Section, ...]]:
        """Its endings by their numbers; one that a jump cuts has several sections."""
        by_number = groupby(self.endings, key=lambda s: ending_number(s.name, self.name))
        return [tuple(sections) for _, sections in by_number]


def ending_name(strain: str, number: int, part: int = 0) -> str:
    """The section name of a strain's ending, or of a later part of it where a jump cuts it.

    >>> ending_name("A", 2), ending_name("A", 2, part=1)
    ('A2', 'A2b')
    """
    return f"{strain}{number}{'b' * part}"


def ending_number(name: str, strain: str) -> int | None:
    """Which ending of the strain a section name stands for; None where it is none of its endings.

    >>> ending_number("A2", "A"), ending_number("Verse 2", "Verse 1")
    (2, None)
    """
    parts = ENDING.fullmatch(name)
    return int(parts[2]) if parts and parts[1] == strain else None


def strains_of(piece: Piece) -> tuple[Strain, ...]:
    """The strains of a piece in the order of its sections, introductions and pickups among them.

    A section is an ending only behind its strain or another ending of it: a piece whose sections
    are called A1, A2, B has three strains.
    """
    strains: list[Strain] = []
    for section in piece.sections:
        if strains and ending_number(section.name, strains[-1].name) is not None:
            strains[-1] = Strain(strains[-1].body, (*strains[-1].endings, section))
        else:
            strains.append(Strain(section))
    return tuple(strains)


def is_introduction(strain: Strain, strains: Sequence[Strain]) -> bool:
    """Whether one of these strains only leads on to the next, as introductions and pickups do."""
    if strain.name != SHORT_INTRO:
        return strain.name in (INTRO, PICKUP)
    names = [other.name for other in strains if other.name not in (PICKUP, UNNAMED)]
    return names[0] == SHORT_INTRO != names[-1]


def full_bars_in(piece: Piece, section: Section) -> list[Bar]:
    """The full bars that begin in a section."""
    return [bar for bar in piece.full_bars if section.start <= bar.start < section.end]


def strain_bars(piece: Piece) -> list[list[Bar]]:
    """The full bars of each strain, of its endings the first."""
    return [
        [
            bar
            for section in chain([strain.body], *strain.numbered_endings[:1])
            for bar in full_bars_in(piece, section)
        ]
        for strain in strains_of(piece)
    ]


def strain_lengths(piece: Piece) -> tuple[int, ...]:
    """How many full bars each strain has when it is played once, that is with its last ending."""
    return tuple(
        sum(
            len(full_bars_in(piece, section))
            for section in chain([strain.body], *strain.numbered_endings[-1:])
        )
        for strain in strains_of(piece)
    )
