from dataclasses import replace

from ragsmith.composer.conventions import RAGTIME, with_conventions
from ragsmith.markings import Marking
from ragsmith.measure.conventions import Conventions, conventions_of, marks_of
from ragsmith.piece import Hand, Metre, Note, Piece, Section, regular_bars


def a_piece(*notes, sections=(), bars=4):
    right = tuple(Note(*note, hand=Hand.RIGHT) for note in notes)
    return Piece(right, regular_bars(8 * bars, [(0, Metre(2, 4))]), sections=sections)


def said(piece, kind):
    always = Conventions(slurs=1.0, strikes=RAGTIME.strikes)
    markings = with_conventions(piece, always).markings
    return [(m.step, m.pitch, m.end) for m in markings if m.kind == kind]


def test_every_strain_has_its_dynamic():
    names = ("Intro", "A", "A1", "A2", "B", "C", "D")
    sections = tuple(Section(name, 8 * i, 8 * i + 8) for i, name in enumerate(names))
    marked = with_conventions(a_piece(sections=sections, bars=7)).markings
    assert [(m.step // 8, m.text) for m in marked] == [
        (0, "mf"), (1, "mf"), (4, "f"), (5, "p"), (6, "f"),
    ]  # fmt: skip


def test_slurs_lie_over_runs_within_a_beat():
    run = [(step, 60 + 2 * step, 1, 80) for step in range(4)]
    assert said(a_piece(*run), "slur") == [(0, 60, 3)]
    leaping = [(step, 60 + 5 * step, 1, 80) for step in range(4)]
    assert said(a_piece(*leaping), "slur") == []
    across = [(step, 60 + step, 1, 80) for step in range(2, 6)]
    assert said(a_piece(*across), "slur") == []


def test_accents_stand_on_full_chords_held_over_a_beat():
    chord = [(3, pitch, 2, 80) for pitch in (60, 64, 67)]
    on_the_beat = [(8, pitch, 4, 80) for pitch in (60, 64, 67)]
    assert said(a_piece(*chord, *on_the_beat), "accent") == [(3, 67, -1)]


def test_what_has_markings_keeps_them():
    piece = a_piece((0, 60, 4, 80))
    marked = Piece(piece.notes, piece.bars, markings=(Marking(0, "dynamic", text="pp"),))
    assert with_conventions(marked) == marked


def test_a_strain_that_comes_back_brings_its_dynamic_and_has_hairpins_inside():
    sections = tuple(Section(name, 128 * i, 128 * i + 128) for i, name in enumerate("ABAC"))
    wanted = RAGTIME._replace(inside={"8 diminuendo": 1.0, "9 p": 1.0})
    marked = with_conventions(a_piece(sections=sections, bars=64), wanted).markings
    dynamics = [(m.step // 8, m.text) for m in marked if m.kind == "dynamic"]
    starts = [
        (0, "mf"),
        (8, "p"),
        (16, "f"),
        (24, "p"),
        (32, "mf"),
        (40, "p"),
        (48, "f"),
        (56, "p"),
    ]
    assert dynamics == starts
    hairpins = [(m.step // 8, m.end // 8) for m in marked if m.kind == "diminuendo"]
    assert hairpins == [(7, 8), (23, 24), (39, 40), (55, 56)]


def test_conventions_of_marked_pieces_are_learnt_and_written_again():
    run = [(step, 60 + 2 * step, 1, 80) for step in range(4)]
    taps = [(step, 67, 1, 80) for step in range(8, 16, 2)]
    piece = a_piece(*run, *taps, sections=(Section("A", 0, 32),))
    markings = [Marking(0, "slur", 60, Hand.RIGHT, "", 3, 66), Marking(0, "dynamic", text="pp")]
    markings += [Marking(step, "staccato", 67, Hand.RIGHT) for step in (10, 14)]
    marks = marks_of(replace(piece, markings=tuple(markings)))
    assert conventions_of([marks, marks]) is None, "two pieces are no corpus"
    learnt = conventions_of([marks, marks, marks])
    assert learnt == Conventions({"first": "pp"}, {}, {"staccato right note offbeat": 0.4}, 1.0)
    assert Conventions.from_json(learnt.to_json()) == learnt
    again = with_conventions(piece, learnt._replace(strikes={"staccato right note offbeat": 1.0}))
    assert {m for m in again.markings if m.kind != "staccato"} == set(markings[:2])
    assert {m.step for m in again.markings if m.kind == "staccato"} == {1, 2, 3, 10, 14}


def test_the_same_music_is_marked_alike():
    run = [
        (step, 60 + 2 * (step % 16), 1, 80) for start in (0, 16) for step in range(start, start + 3)
    ]
    slurs = [m for m in with_conventions(a_piece(*run)).markings if m.kind == "slur"]
    assert [m.step for m in slurs] in ([], [0, 16])
