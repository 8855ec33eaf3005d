"""Which steps stand next to one another when repeats are played."""

from hypothesis import given
from hypothesis import strategies as st

from ragsmith.composer.playing_order import FAR, Neighbours, played_of
from ragsmith.originality.search import LONGEST_LIMIT
from ragsmith.piece import Metre, Piece, Section, regular_bars

SECTIONS = (Section("A", 0, 3), Section("A1", 3, 4), Section("A2", 4, 5), Section("B", 5, 7))


def outline(order="", steps=7):
    bars = regular_bars(steps, [(0, Metre(1, 16))])
    return Piece((), bars, sections=SECTIONS if order else (), order=tuple(order.split()))


def test_without_an_order_steps_are_played_as_written():
    played = played_of(outline())
    assert played.around(0) == {((), ())}
    assert played.around(3) == {Neighbours((2, 1, 0), ())}
    assert played.preceding(5, 2) == (3, 4)
    assert played.preceding(1, 4) == (0,)


def test_the_end_of_a_repeat_has_its_beginning_after_it():
    played = played_of(outline("A A1 A A2 B"))
    assert played.around(0) == {((), ())}
    assert played.around(2) == {((1, 0), ())}
    assert played.around(3) == {((2, 1, 0), (0, 1, 2))}
    assert played.around(4) == {((2, 1, 0, 3, 2, 1, 0), ())}
    assert played.around(5) == {((4, 2, 1, 0, 3, 2, 1, 0), ())}
    assert played.preceding(4, 2) == (1, 2)


def test_what_is_played_twice_has_two_neighbourhoods_where_they_differ():
    played = played_of(outline("A B A"))
    assert played.around(2) == {((1, 0), ())}
    assert played.around(5) == {((2, 1, 0), ())}
    assert played.around(6) == {((5, 2, 1, 0), (0, 1, 2))}


def test_given_steps_are_nobodys_neighbours():
    played = played_of(outline("A A1 A A2 B"), range(2, 6))
    assert played.around(3) == {((2,), ())}
    assert played.around(4) == {((2,), ())}
    assert played.around(5) == {((4, 2), ())}


def test_as_far_is_looked_as_a_limit_may_be():
    played = played_of(outline(steps=100))
    assert FAR == LONGEST_LIMIT
    assert played.around(99) == {(tuple(range(98, 98 - 4 * FAR, -1)), ())}


@given(st.lists(st.sampled_from(["A", "A1", "A2", "B"]), min_size=1, max_size=8))
def test_neighbours_are_those_of_the_playing_order(names):
    spans = {section.name: range(section.start, section.end) for section in SECTIONS}
    order = [step for name in names for step in spans[name]]
    played = played_of(outline(" ".join(names)))
    for step in set(order):
        expected = set()
        for place in (place for place, each in enumerate(order) if each == step):
            before, after = [], []
            for found, rest in ((before, order[:place][::-1]), (after, order[place + 1 :])):
                for each in rest:
                    if each >= step:
                        break
                    found.append(each)
            expected.add((tuple(before), tuple(after)))
        assert played.around(step) == expected
