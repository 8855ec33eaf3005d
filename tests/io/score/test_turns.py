from ragsmith.io.score.turns import free_turns, page_starts
from ragsmith.piece import Hand, Metre, Note, Piece, regular_bars


def test_a_hand_is_free_that_rests_for_a_beat_beside_the_turn():
    right = [Note(step, 72, 2, hand=Hand.RIGHT) for step in range(0, 32, 2) if step != 14]
    left = [Note(step, 48, 4, hand=Hand.LEFT) for step in range(0, 32, 4) if step != 16]
    piece = Piece(tuple(sorted(right + left)), regular_bars(32, [(0, Metre(2, 4))]))
    assert free_turns(piece, [1, 2, 3]) == [False, True, False]


def test_pages_are_turned_where_a_hand_is_free_if_they_stay_nearly_even():
    nothing = [False] * 11
    assert page_starts(nothing, [6, 6]) == [6]
    assert page_starts([*nothing[:4], True, *nothing[5:]], [6, 7]) == [5]
    assert page_starts([*nothing[:3], True, *nothing[4:]], [8, 8]) == [6], "too uneven"
    assert page_starts([*nothing[:4], True, *nothing[5:]], [6, 6]) == [6], "too full"
    assert page_starts(nothing, [3, 3]) == []
