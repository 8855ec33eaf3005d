from dataclasses import replace

from hypothesis import given

from ragsmith.io.score.found_repeats import with_repeats
from ragsmith.piece import Metre, Note, Piece, regular_bars
from ragsmith.playing_order import unfold
from support import strategies


def piece_of(pitches):
    """A piece with a note in each bar."""
    notes = tuple(Note(8 * bar, pitch, 4, 60 + bar) for bar, pitch in enumerate(pitches))
    return Piece(notes, regular_bars(8 * len(pitches), [(0, Metre(2, 4))]))


def struck(piece):
    return {(n.onset, n.pitch) for n in piece.notes}


def test_what_comes_twice_is_written_once():
    strain = list(range(50, 66))
    found = with_repeats(piece_of([40, 41, 42, 43, *strain, *strain, 90]))
    assert found.order == ("Intro", "A", "A", "B")
    assert [n.pitch for n in found.notes] == [40, 41, 42, 43, *strain, 90]


def test_last_bars_that_differ_are_endings():
    strain = list(range(50, 64))
    found = with_repeats(piece_of([*strain, 70, 71, *strain, 72, 73]))
    assert found.order == ("A", "A1", "A", "A2")
    assert [(s.name, s.start // 8, s.end // 8) for s in found.sections] == [
        ("A", 0, 14), ("A1", 14, 16), ("A2", 16, 18),
    ]  # fmt: skip


def test_other_music_and_named_music_stay():
    changing = piece_of(list(range(40, 80)))
    assert with_repeats(changing) == changing
    named = with_repeats(piece_of([*range(50, 66), *range(50, 66)]))
    assert with_repeats(named) == named


@given(strategies.pieces())
def test_nothing_is_lost(piece):
    flat = replace(unfold(piece), sections=(), order=())
    assert struck(unfold(with_repeats(flat))) == struck(flat)
