"""Dynamics, accents, staccato and slurs of composed pieces, by what scores have.

A model that has learnt from marked scores goes by their conventions
(`ragsmith.measure.conventions`), every other by those of the style, `RAGTIME`: dynamics, hairpins
and slurs as counted in the kern edition of Joplin's rags (`benchmarks/markings.py`), and accents on
full chords that are struck between beats and sound over the next one (Parncutt's rule of thumb,
*Accents and expression in piano performance*, 2003; editions leave most of them to the player).
Staccato is rare in rags: none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import blake2b

from ragsmith.markings import SPANS, SPELLING, Marking
from ragsmith.measure.conventions import (
    BARS_OF_STRAIN,
    KINDS,
    Conventions,
    runs_of,
    strain_roles,
    strikes_of,
)
from ragsmith.piece import Hand, Note, Piece
from ragsmith.strains import full_bars_in

__all__ = ["RAGTIME", "with_conventions"]

RAGTIME = Conventions(
    strains={
        **{"introduction": "mf", "first": "mf", "second": "f"},
        **{"third": "p", "last": "f", "other": "p"},
    },
    inside={
        **{"6 crescendo": 0.2, "7 crescendo": 0.16, "8 diminuendo": 0.24, "9 mf": 0.11},
        **{"11 crescendo": 0.1, "12 crescendo": 0.11, "13 crescendo": 0.1, "16 diminuendo": 0.09},
    },
    strikes={"accent right chord syncopation": 1.0},
    slurs=0.42,
)
"""The usual ones of a strain of 16 bars."""


def with_conventions(piece: Piece, conventions: Conventions = RAGTIME) -> Piece:
    """The piece with the markings that these conventions ask for; one that has markings, other than
    names of notes, stays as it is.

    Whether a place is marked is drawn with the convention's share, from a digest of what stands
    there: the same music is marked alike wherever it comes.
    """
    if any(marking.kind != SPELLING for marking in piece.markings):
        return piece
    markings = (
        *piece.markings,
        *_of_strains(piece, conventions),
        *_slurs(piece, conventions),
        *_of_strikes(piece, conventions),
    )
    return replace(piece, markings=markings)


def _of_strains(piece: Piece, conventions: Conventions) -> Iterator[Marking]:
    """A dynamic at the beginning of each strain, dynamics and hairpins inside it; a strain that
    comes back brings its own along."""
    roles = strain_roles(piece)
    if not roles and (text := conventions.strains.get("first")):
        yield Marking(0, "dynamic", text=text)
    for role, strain in roles:
        current = conventions.strains.get(role, "")
        if current:
            yield Marking(strain.start, "dynamic", text=current)
        bars = [bar for section in strain.sections[:2] for bar in full_bars_in(piece, section)]
        for number, bar in enumerate(bars[1:] if role != "introduction" else (), 1):
            end = bar.start + bar.length
            music = [tuple(note) for note in piece.notes if bar.start <= note.onset < end]
            name = _drawn_inside(conventions, number % BARS_OF_STRAIN + 1, music)
            if name in SPANS:
                yield Marking(bar.start, name, end=end)
            elif name and name != current:
                current = name
                yield Marking(bar.start, "dynamic", text=name)


def _drawn_inside(conventions: Conventions, number: int, music: object) -> str:
    """What is marked in a bar of a strain: a dynamic, a hairpin, or nothing."""
    share = _share_of((number, music))
    for name, chance in conventions.inside.items():
        bar, text = name.split(" ")
        if int(bar) == number:
            share -= chance
            if share < 0:
                return text
    return ""


def _slurs(piece: Piece, conventions: Conventions) -> Iterator[Marking]:
    for run in runs_of(piece):
        if _share_of(["slur", *_shape(run)]) < conventions.slurs:
            first, last = run[0], run[-1]
            yield Marking(first.onset, "slur", first.pitch, Hand.RIGHT, "", last.onset, last.pitch)


def _of_strikes(piece: Piece, conventions: Conventions) -> Iterator[Marking]:
    """Accents and staccato, on the top of what a hand strikes."""
    for place, notes in strikes_of(piece):
        for kind in dict.fromkeys(KINDS.values()):
            chance = conventions.strikes.get(f"{kind} {place}", 0.0)
            if chance and _share_of([kind, place, *_shape(notes)]) < chance:
                top = notes[-1]
                yield Marking(top.onset, kind, top.pitch, Hand(top.hand))


def _shape(notes: list[Note]) -> list[tuple[int, int]]:
    return [(note.pitch, note.duration) for note in notes]


def _share_of(music: object) -> float:
    """A number from 0 up to 1 that this music always has."""
    digest = blake2b(repr(music).encode(), digest_size=4).digest()
    return int.from_bytes(digest) / 2**32
