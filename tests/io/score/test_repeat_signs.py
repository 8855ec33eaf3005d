from dataclasses import replace

import pytest
from hypothesis import given

from ragsmith.io.score.repeat_signs import fold, sections_as_signed, steps_as_signed
from ragsmith.piece import Metre, Note, Piece, Section, normalise, regular_bars
from ragsmith.playing_order import played_steps
from support import strategies

BAR = 8


def piece_of(names, order):
    """A piece with a bar for each section; the pitch of its only note counts from 60."""
    names = names.split()
    notes = [Note(BAR * i, 60 + i, 4) for i in range(len(names))]
    sections = tuple(Section(name, BAR * i, BAR * (i + 1)) for i, name in enumerate(names))
    bars = regular_bars(BAR * len(names), [(0, Metre(2, 4))])
    return Piece(normalise(notes), bars, sections=sections, order=tuple(order.split()))


def said(folded):
    """What is written: the sections by their letters, and the signs."""
    words = []
    for section in folded.piece.sections:
        words += ["|:"] if section.start in folded.opens else []
        words += [f"{e.label}." for e in folded.endings if e.start == section.start]
        words.append(section.name)
        closes = [times for end, times in folded.closes if end == section.end]
        words += [":|" if times == 2 else f":|x{times}" for times in closes]
        words += ["Fine"] if folded.fine == section.end else []
    return " ".join([*words, "D.C."] if folded.fine else words)


@pytest.mark.parametrize(
    ("names", "order", "signs"),
    [
        ("A B", "", "A B"),
        ("A B", "A B", "A B"),
        ("A B", "A A B", "|: A :| B"),
        ("A B", "A A A B", "|: A :|x3 B"),
        ("A A1 A2 B", "A A1 A A2 B", "|: A 1. A1 :| 2. A2 B"),
        ("A A1 A2", "A A1 A A2 A A2", "|: A 1. A1 :| 2, 3. A2 :|"),
        ("A B B1 B2", "A B B1 A B B2", "|: A B 1. B1 :| 2. B2"),
        ("I A A1 A2 B C", "I A A1 A A2 B B A A2 C C", "I |: A 1. A1 :| 2. A2 |: B :| A A2 |: C :|"),
        ("A B", "A B A", "A Fine B D.C."),
        ("A B C", "A A B B C C A B", "|: A :| |: B :| Fine |: C :| D.C."),
        ("A A1 A2 B", "A A1 A A2 B B A A2", "|: A 1. A1 :| 2. A2 Fine |: B :| D.C."),
        ("I A B", "I A A B B A", "I |: A :| |: B :| A"),
        ("A B", "A A B B A A", "|: A :| |: B :| |: A :|"),
        ("A B", "B A", "B A"),
        ("A D2 D2b", "A D2 D2b", "A D2 D2b"),
        ("A A1 A2", "A A2 A A1", "A A2 A A1"),
    ],
)
def test_signs_say_the_order(names, order, signs):
    assert said(fold(piece_of(names, order))) == signs


@pytest.mark.parametrize(
    ("order", "signs"), [("A A2 A A2", "|: A 1. A1 :| 2. A2 B"), ("B B", "|: A 1. A1 :| 2. A2 B")]
)
def test_nothing_is_lost_to_an_order_that_leaves_sections_out(order, signs):
    assert said(fold(piece_of("A A1 A2 B", order))) == signs


def test_a_strain_that_comes_back_is_written_out():
    folded = fold(piece_of("I A B", "I A B B A"))
    assert [n.pitch - 60 for n in folded.piece.notes] == [0, 1, 2, 1]
    assert folded.piece.steps == 4 * BAR
    assert folded.ends == {8, 16, 24, 32}


def test_a_note_is_let_go_where_a_repeat_ends():
    piece = piece_of("A A1 A2", "A A1 A A2")
    held = [Note(4, 40, 8), Note(12, 50, 8)]  # into the first ending, and over its end
    folded = fold(replace(piece, notes=normalise([*piece.notes, *held])))
    assert [n.duration for n in folded.piece.notes if n.pitch < 60] == [8, 4]


def test_sections_with_gaps_are_only_named():
    piece = piece_of("A B C", "A A C C")
    gapped = replace(piece, sections=piece.sections[::2])
    folded = fold(gapped)
    assert folded.piece == gapped
    assert not folded.opens
    assert folded.strains_in(0, BAR) == ["A"]


@given(strategies.pieces())
def test_no_note_of_any_piece_is_lost(piece):
    folded = fold(piece)
    assert {n.pitch for n in folded.piece.notes} == {n.pitch for n in piece.notes}
    assert len(folded.piece.notes) >= len(piece.notes)
    assert all(0 <= cut <= folded.piece.steps for cut in folded.cuts)


@pytest.mark.parametrize(
    ("names", "order"),
    [
        ("A A1 A2 A3", "A A1 A A2 A A3"),
        ("A A1 A2", "A A1 A A2 A A1"),
        ("A A1 A2 B B1 B2", "A A1 A A2 B B1 B B2 A A2"),
        ("Intro A A1 A2 B C", "Intro A A1 A A2 B C Intro A A2"),
        ("A B C", "A A A B B C A B"),
        ("A B", "A B A B A B"),
    ],
)
def test_endings_and_da_capo(names, order):
    piece = piece_of(names, order)
    assert [s.name for s in sections_as_signed(fold(piece))] == order.split()


def test_steps_as_signed_are_those_of_the_piece_as_it_is_played():
    piece = piece_of("A A1 A2", "A A1 A A2")
    steps = [*range(16), *range(8), *range(16, 24)]
    assert steps_as_signed(piece, fold(piece)) == steps == played_steps(piece)
    as_written = replace(piece, order=())
    assert steps_as_signed(as_written, fold(as_written)) == list(range(24))
    # Signs lose nothing: an order that leaves a section out is not what they say.
    cut = replace(piece, order=("A", "A1"))
    assert steps_as_signed(cut, fold(cut)) == []


def test_a_strain_that_is_written_out_again_is_a_reprise():
    folded = fold(piece_of("A B C", "A B C B"))
    assert folded.strains_in(0, folded.piece.steps) == ["A", "B", "C", "B (reprise)"]
