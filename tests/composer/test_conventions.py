from ragsmith.composer.conventions import with_conventions
from ragsmith.markings import Marking
from ragsmith.piece import Hand, Metre, Note, Piece, Section, regular_bars


def a_piece(*notes, sections=(), bars=4):
    right = tuple(Note(*note, hand=Hand.RIGHT) for note in notes)
    return Piece(right, regular_bars(8 * bars, [(0, Metre(2, 4))]), sections=sections)


def said(piece, kind):
    return [(m.step, m.pitch, m.end) for m in with_conventions(piece).markings if m.kind == kind]


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
