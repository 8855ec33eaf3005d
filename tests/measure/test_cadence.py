"""Strains that close: the definition by examples, and the rule that makes them close."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.bundle.profile import Profile
from ragsmith.composer import Composed, Sampling, Wish, compose_all
from ragsmith.composer.rules.cadence import Cadence, Ending
from ragsmith.keys import key_at, tonic_of
from ragsmith.measure.cadence import (
    arrivals,
    cadence_share,
    endings_of,
    is_arrival,
    is_dominant,
)
from ragsmith.measure.habits import Habits
from ragsmith.models.base import Onset
from ragsmith.piece import Hand, Key, Metre, Note, Piece, Section, regular_bars
from ragsmith.playing_order import PlayingOrder, unfold
from ragsmith.verbs import transpose
from support.fakes import Uniform, indexed

C, A_MINOR, E_FLAT = Key(0, 0), Key(0, 0, minor=True), Key(0, -3)
G7, C_CHORD = (43, 59, 65), (48, 64, 67)


def test_the_tonic_of_every_key():
    assert [tonic_of(Key(0, fifths)) for fifths in (-3, 0, 1, 6, -7)] == [3, 0, 7, 6, 11]
    assert [tonic_of(Key(0, fifths, True)) for fifths in (0, 3, -3)] == [9, 6, 0]


@pytest.mark.parametrize(
    ("struck", "key", "leads"),
    [
        (G7, C, True),
        ((59, 62), C, True),
        ((59, 67), C, True),
        ((59, 65), C, True),
        ((59,), C, False),
        ((59, 60, 64), C, False),
        ((55, 62, 65), C, False),
        ((), C, False),
        ((52, 68), A_MINOR, True),
        ((52, 67), A_MINOR, False),
        ((58, 74), E_FLAT, True),
        (G7, E_FLAT, False),
    ],
)
def test_what_leads_to_the_tonic(struck, key, leads):
    assert is_dominant(struck, key) == leads


@pytest.mark.parametrize(
    ("struck", "held", "key", "arrives"),
    [
        (C_CHORD, (), C, True),
        ((48,), (), C, True),
        ((64, 67), (), C, False),
        ((64, 67), (36,), C, True),
        (C_CHORD, (43,), C, False),
        ((48, 64, 70), (), C, False),
        ((48, 63), (), C, False),
        ((), (48,), C, False),
        ((45, 60, 64), (), A_MINOR, True),
        ((45, 61, 64), (), A_MINOR, False),
        ((45, 60), (), C, False),
        ((51, 67, 70), (), E_FLAT, True),
    ],
)
def test_what_stands_on_the_tonic(struck, held, key, arrives):
    assert is_arrival(struck, [*struck, *held], key) == arrives


pitches = st.lists(st.integers(30, 80), max_size=4)
some_keys = st.builds(Key, st.just(0), st.integers(-5, 6), st.booleans())


@given(pitches, pitches, some_keys, st.integers(-11, 11))
def test_transposing_keeps_the_verdict(struck, held, key, by):
    (moved_key,) = transpose(Piece((), regular_bars(8, []), keys=(key,)), by).keys
    there = [pitch + by for pitch in (*struck, *held)]
    assert is_dominant(there[: len(struck)], moved_key) == is_dominant(struck, key)
    assert is_arrival(there[: len(struck)], there, moved_key) == is_arrival(
        struck, [*struck, *held], key
    )


def ending_with(lead, arrival, key=C, at=(4, 8), held=()):
    """Two bars of 2/4 that make a strain: a chord before the last bar, and one in it."""
    notes = [Note(at[0], p, 1) for p in lead] + [Note(at[1], p, 1) for p in arrival]
    notes += [Note(0, p, 16) for p in held]
    bars = regular_bars(16, [(0, Metre(2, 4))])
    sections = (Section("A", 0, 16),)
    return Piece(tuple(sorted(notes)), bars, keys=(key,), sections=sections)


@pytest.mark.parametrize(
    ("piece", "closes"),
    [
        (ending_with(G7, C_CHORD), True),
        (ending_with(C_CHORD, C_CHORD), False),
        (ending_with(G7, G7), False),
        (ending_with(G7, C_CHORD, E_FLAT), False),
        (ending_with(G7, C_CHORD, at=(7, 8)), True),
        (ending_with(G7, C_CHORD, at=(3, 8)), False),
        (ending_with(G7, C_CHORD, at=(4, 9)), False),
        (ending_with(G7, (64, 67), held=(36,)), True),
        (ending_with(G7, C_CHORD, held=(31,)), False),
        (ending_with((52, 68), (45, 60), A_MINOR), True),
    ],
)
def test_whole_strains(piece, closes):
    assert [ending[1:] for ending in endings_of(piece)] == [(8, closes)]
    assert cadence_share(piece) == closes


def test_both_endings_end_their_strain_where_they_are_played():
    bars = regular_bars(24, [(0, Metre(2, 4))])
    sections = (Section("A", 0, 8), Section("A1", 8, 16), Section("A2", 16, 24))
    lead = [Note(4, p, 1) for p in G7]
    piece = Piece(
        tuple(sorted([*lead, *(Note(16, p, 1) for p in C_CHORD), Note(8, 62, 1)])),
        bars,
        keys=(C,),
        sections=sections,
        order=("A", "A1", "A", "A2"),
    )
    assert endings_of(piece) == [("A1", 8, False), ("A2", 24, True)]
    assert cadence_share(piece) == 0.5
    assert arrivals(piece) == [("A1", 8), ("A2", 16)]


def test_without_strains_there_is_nothing_to_close():
    piece = replace(ending_with(G7, C_CHORD), sections=())
    assert endings_of(piece) == []
    assert cadence_share(piece) is None


def test_the_key_in_force_is_the_last_one_named():
    keys = (Key(0, 1), Key(8, 2))
    assert [key_at(keys, step).fifths for step in (0, 7, 8, 99)] == [1, 1, 2, 2]
    assert key_at((), 5) == C


# The rule

DURATIONS = (1, 5)
IN_C = ((36, ()), (48, (64, 67)), (0, (64, 67)), (43, (62, 65)), (0, (59,)), (0, (59, 65)))
IN_F = ((41, (60, 69)), (0, (64, 67)), (0, (64,)), (36, (58,)), (53, ()))
IN_A_MINOR = ((45, ()), (52, (62,)), (0, (68,)), (0, (68, 71)), (57, (60, 64)))


def choices(*sounds):
    """A bass (0: none) and what is above it, short and held."""
    return [
        tuple(
            [Onset(low, length, Hand.LEFT)] * (low > 0)
            + [Onset(pitch, length, Hand.RIGHT) for pitch in high]
        )
        for low, high in sounds
        for length in DURATIONS
    ]


@pytest.mark.parametrize(
    ("form", "key", "sounds"),
    [
        ("A(2)A(2)B(3)", "C", IN_C),
        ("A(3)B(2)A", "C", IN_C),
        ("Intro(2) AAB(1)", "C", IN_C),
        ("A(2)B(2)C(2)C", "C", IN_C + IN_F),
        ("AA", "A minor", IN_A_MINOR),
    ],
)
def test_every_strain_that_is_composed_by_rule_closes(form, key, sounds):
    """Notes that are held on, let go or cut are among the choices."""
    bundle = indexed(Uniform([(), *choices(*sounds)]), Profile(strain=4, habits=Habits(times=99)))
    wish = Wish(form=form, key=key, sampling=Sampling(min_p=0))
    found = [c for c in compose_all(bundle, wish, seeds=range(20)) if isinstance(c, Composed)]
    assert len(found) > 10
    for each in found:
        ends = endings_of(each.piece)
        assert len(ends) >= 2
        assert all(ending.closes for ending in ends)
    free = compose_all(bundle, replace(wish, rules=False), seeds=range(12))
    assert not all(ending.closes for each in free for ending in endings_of(each.piece))


def test_the_rule_asks_where_the_measure_looks():
    piece = ending_with((), ())
    rule = Cadence(piece, PlayingOrder.of(piece))

    def steps(lead, at):
        return [tuple(Onset(p, 1) for p in lead) if t == at else () for t in range(8)]

    for lead, at, allowed in ((G7, 4, True), (G7, 6, True), (C_CHORD, 4, False), (G7, 3, False)):
        before = steps(lead, at)
        assert rule.allows(before[:6], before[6]) == allowed
    assert rule.allows(steps(G7, 4), tuple(Onset(p, 1) for p in C_CHORD))
    assert not rule.allows(steps(G7, 4), tuple(Onset(p, 1) for p in G7))
    assert not rule.allows(steps(G7, 4), ())
    assert all(rule.allows([()] * at, ()) for at in range(16) if at not in (6, 8))


def test_a_strain_in_the_trio_closes_in_its_own_key():
    bars = regular_bars(32, [(0, Metre(2, 4))])
    sections = (Section("A", 0, 16), Section("B", 16, 32))
    outline = Piece((), bars, keys=(C, Key(16, -1)), sections=sections)
    rule = Cadence(outline, PlayingOrder.of(outline))
    f_chord = tuple(Onset(p, 1) for p in (41, 60, 69))
    assert rule.allows([()] * 24, f_chord)
    assert not rule.allows([()] * 8, f_chord)
    assert unfold(outline).keys == outline.keys


def test_a_piece_ends_on_the_tonic_and_nothing_else():
    outline = Piece(
        (),
        regular_bars(32, [(0, Metre(2, 4))]),
        keys=(Key(0, 0),),
        sections=(Section("A", 0, 32),),
    )
    rule = Ending(outline, PlayingOrder.of(outline))
    free, silent = [()] * 20, [()] * 28
    chord = tuple(Onset(pitch, 1) for pitch in (48, 64, 67))
    assert rule.allows(free, (Onset(50, 1),))
    assert rule.allows(silent, ())
    assert rule.allows(silent, chord)
    assert not rule.allows(silent, (Onset(50, 1), *chord[1:]))
    assert not rule.allows(silent, chord[1:])  # its bass is no tonic
    assert rule.allows([()] * 26, chord[1:])


def test_a_piece_without_strains_ends_as_it_likes():
    outline = Piece((), regular_bars(32, [(0, Metre(2, 4))]))
    assert Ending(outline, PlayingOrder.of(outline)).allows([()] * 28, (Onset(50, 1),))
