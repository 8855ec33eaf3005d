"""Signatures of strains, in pieces that only say the first."""

from ragsmith.io.score.found_repeats import contents_of
from ragsmith.io.score.signatures import keys_of_strains, strain_starts
from ragsmith.piece import Key, Metre, Note, Piece, regular_bars

SCALE = (0, 4, 7, 2, 5, 9, 11, 0)
BAR = 8


def a_piece(bars):
    """A piece of bars of 2/4 on the grid of sixteenths, a note on each step."""
    notes = tuple(Note(BAR * i + j, p, 1) for i, bar in enumerate(bars) for j, p in enumerate(bar))
    return Piece(notes, regular_bars(BAR * len(bars), [(0, Metre(2, 4))]))


def in_key(tonic, bars):
    return [[tonic + SCALE[(i + i // 8 + j) % 8] for j in range(BAR)] for i in range(bars)]


def test_a_trio_has_its_own_signature():
    """Sixteen bars of C major, sixteen of F major."""
    piece = a_piece(in_key(60, 16) + in_key(65, 16))
    assert keys_of_strains(piece, 0) == (Key(0, 0), Key(16 * BAR, -1))


def test_a_piece_of_nothing_keeps_its_signature():
    assert keys_of_strains(a_piece([[]]), 2) == (Key(0, 2),)
    assert keys_of_strains(Piece((), ()), 2) == ()


def test_a_trio_that_begins_on_its_dominant_begins_with_it():
    """F major after C major, from two bars of its dominant seventh on."""
    dominant = [[64, 67, 76, 70, 67, 64, 60, 67]] * 2
    piece = a_piece(in_key(60, 16) + dominant + in_key(65, 14))
    assert keys_of_strains(piece, 0) == (Key(0, 0), Key(16 * BAR, -1))


def test_strains_begin_where_repeats_do_and_where_bars_come_again_after_eight():
    once = in_key(60, 4)
    repeated = [[50 + i, 60 + i] for i in range(16)]
    strain = [[40, 41, 42, 43, 44, 45, 46, 47 + i // 8 if i % 8 < 2 else 90 - i] for i in range(16)]
    bars = contents_of(a_piece(once + repeated + repeated + strain))
    assert strain_starts(bars) == {4, 36}


def test_a_change_near_the_beginning_of_a_strain_goes_there():
    """The strain in F major begins with two bars that both keys have."""
    both = [[60, 64, 67, 62, 69, 64, 60, 67]] * 2
    strain = both + in_key(65, 6)
    piece = a_piece(in_key(60, 16) + strain + strain)
    assert keys_of_strains(piece, 0) == (Key(0, 0), Key(16 * BAR, -1))


def test_no_strain_begins_where_a_piece_ends():
    """Its last two bars are in another key, and end a repeat."""
    strain = in_key(60, 14) + in_key(66, 2)
    piece = a_piece(strain + strain)
    assert all(key.step < piece.steps for key in keys_of_strains(piece, 0))
    assert strain_starts(contents_of(piece)) == {0}
