"""Dynamics, accents and slurs of composed pieces, by what printed rags have.

Counted in the kern edition of Joplin's rags (`benchmarks/markings.py`): where a strain has a
dynamic, the introduction and the first strain are mf, the second is f, the one after the reprise
p or mp, the last f or mf. Four of five slurs lie over two to four notes within a beat or two, three
of four in the right hand; accents stand on full chords struck between beats that sound over the
next one. Staccato is rare (5 of 39 rags): none is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from ragsmith.markings import Marking
from ragsmith.piece import Hand, Note, Piece, place_in_bar
from ragsmith.strains import Strain, is_introduction, strains_of

__all__ = ["with_conventions"]

FIRST, SECOND, TRIO, LAST = "mf", "f", "p", "f"
"""Dynamics of strains, by their places."""
FEWEST_UNDER_SLUR = 3
WIDEST_STEP = 4
"""Semitones between notes under a slur."""
FULL_CHORD = 3
"""Notes of the right hand."""


def with_conventions(piece: Piece) -> Piece:
    """The piece with dynamics by strain, slurs over runs, and accents on syncopated chords; one
    that has markings stays as it is."""
    if piece.markings:
        return piece
    return replace(piece, markings=(*_dynamics(piece), *_slurs(piece), *_accents(piece)))


def _dynamics(piece: Piece) -> Iterator[Marking]:
    """One at the beginning of each strain; a strain that comes back brings its own along."""
    strains = strains_of(piece)
    if not strains:
        yield Marking(0, "dynamic", text=FIRST)
        return
    own = [s for s in strains if not is_introduction(s, strains)]
    for strain in strains:
        text = _dynamic(strain, own) if strain in own else FIRST
        yield Marking(strain.start, "dynamic", text=text)


def _dynamic(strain: Strain, strains: Sequence[Strain]) -> str:
    place = strains.index(strain)
    if 0 < place == len(strains) - 1:
        return LAST
    return {1: SECOND, 2: TRIO}.get(place, FIRST)


def _slurs(piece: Piece) -> Iterator[Marking]:
    """Over the right hand's runs: single notes that follow each other closely within a beat."""
    beat = piece.steps_per_quarter
    places = place_in_bar(piece)
    by_beat = groupby(_single(piece.notes), key=lambda n: n.onset - places[n.onset] % beat)
    for _, notes in by_beat:
        run: list[Note] = []
        for note in notes:
            if run and not _follows(run[-1], note):
                yield from _slur(run)
                run = []
            run.append(note)
        yield from _slur(run)


def _single(notes: Sequence[Note]) -> Iterator[Note]:
    """The notes of the right hand that it strikes alone."""
    right = [note for note in notes if note.hand == Hand.RIGHT]
    for _, struck in groupby(right, key=lambda note: note.onset):
        together = list(struck)
        if len(together) == 1:
            yield together[0]


def _follows(note: Note, following: Note) -> bool:
    joined = note.onset + note.duration == following.onset
    return joined and 0 < abs(note.pitch - following.pitch) <= WIDEST_STEP


def _slur(run: Sequence[Note]) -> Iterator[Marking]:
    if len(run) >= FEWEST_UNDER_SLUR:
        first, last = run[0], run[-1]
        yield Marking(first.onset, "slur", first.pitch, Hand.RIGHT, "", last.onset, last.pitch)


def _accents(piece: Piece) -> Iterator[Marking]:
    """On the top of full chords that are struck between beats and sound over the next beat."""
    beat = piece.steps_per_quarter
    places = place_in_bar(piece)
    right = [note for note in piece.notes if note.hand == Hand.RIGHT]
    for onset, struck in groupby(right, key=lambda note: note.onset):
        chord = list(struck)
        left = beat - int(places[onset]) % beat
        if len(chord) >= FULL_CHORD and left < beat and min(n.duration for n in chord) > left:
            yield Marking(onset, "accent", chord[-1].pitch, Hand.RIGHT)
