"""Accents by metre: loud where a bar begins, and only where nobody has said how loud."""

from __future__ import annotations

from dataclasses import replace

from ragsmith.dynamics.accents import accented
from ragsmith.piece import Hand, Metre, Note, Piece, regular_bars

BARS = regular_bars(16, [(0, Metre(2, 4))])


def velocities(*notes: Note, start: int = 0) -> list[int]:
    return [n.velocity for n in accented(Piece(tuple(notes), BARS), start).notes]


def test_downbeats_are_louder_than_beats_and_beats_than_what_lies_between() -> None:
    down, between, beat = velocities(*(Note(t, 40, 1, hand=Hand.LEFT) for t in (0, 2, 4)))
    assert down > beat > between


def test_the_melody_stands_out_of_its_chord() -> None:
    low, high = velocities(*(Note(0, pitch, 2, hand=Hand.RIGHT) for pitch in (60, 72)))
    assert high > low


def test_loudness_that_is_there_stays() -> None:
    piece = Piece((Note(0, 40, 1), Note(4, 40, 1, velocity=33)), BARS)
    assert accented(piece) == piece


def test_a_primer_keeps_its_loudness() -> None:
    primed, composed = velocities(Note(0, 40, 1), Note(8, 40, 1), start=8)
    assert primed == 80
    assert composed > 80


def test_a_piece_without_notes_has_no_accents() -> None:
    empty = replace(Piece((), BARS))
    assert accented(empty) == empty
