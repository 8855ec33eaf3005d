"""Plans of strains: which bars come back, and which only in their rhythm."""

from ragsmith.measure.strain_plans import plans_of, rhythm_plans_of
from ragsmith.piece import Hand, Metre, Note, Piece, Section, regular_bars
from ragsmith.strains import strain_bars

RIGHT_STEPS = [(0, 4), (0, 4), (0, 2, 4), (0, 4)]
TOPS = [72, 74, 72, 72]


def strain(tops=TOPS, right_steps=RIGHT_STEPS):
    """Four bars of 2/4: a left hand that always does the same, and a right hand."""
    notes = []
    for bar, (top, steps) in enumerate(zip(tops, right_steps, strict=True)):
        notes += [Note(8 * bar + step, 48, 2, hand=Hand.LEFT) for step in (0, 4)]
        notes += [Note(8 * bar + step, top, 2, hand=Hand.RIGHT) for step in steps]
    bars = regular_bars(32, [(0, Metre(2, 4))])
    return Piece(tuple(sorted(notes)), bars, sections=(Section("A", 0, 32),))


def test_bars_come_back_by_their_notes():
    assert plans_of([strain(), strain()]) == {"abca": 2}


def test_rhythms_are_those_of_the_right_hand():
    assert rhythm_plans_of([strain()]) == {"abca aaba": 1}


def test_a_piece_without_strains_has_no_plans():
    piece = Piece(strain().notes, strain().bars)
    assert plans_of([piece]) == rhythm_plans_of([piece]) == {}


def test_a_bar_has_a_letter_each():
    piece = strain()
    (plan,) = plans_of([piece])
    assert len(plan) == len(strain_bars(piece)[0])
