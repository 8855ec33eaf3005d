"""How notes use the chord in force, and the nats that bring one use to another."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.chords import QUALITIES, Chord, ChordMark, tones_of
from ragsmith.measure.chord_use import (
    MOST,
    NO_NATS,
    SMOOTHING,
    ChordNats,
    chord_nats_of,
    heard_marks,
    kinds_of,
    note_kinds,
    places_under,
    shares_of,
)
from ragsmith.piece import Hand, Key, Metre, Note, Piece, regular_bars
from support.fakes import a_rag

TONE, LACKING, OTHER, OUTSIDE = range(4)
C7 = Chord(0, "7")
counts = st.lists(st.integers(0, 1000), min_size=24, max_size=24).map(
    lambda numbers: np.array(numbers, float).reshape(2, 2, 6)
)


@given(counts)
def test_shares_of_a_cell_sum_to_1(some):
    assert shares_of(some).sum(-1) == pytest.approx(1)


@given(st.sampled_from(sorted(QUALITIES)), st.integers(0, 11), st.frozensets(st.integers(0, 11)))
def test_every_tone_is_a_tone_or_lacks_and_what_was_struck_lacks_no_more(quality, root, struck):
    chord = Chord(root, quality)
    kinds = kinds_of(chord, Key(0, 3), struck)
    assert {c for c in range(12) if kinds[c] % OUTSIDE != OTHER} == set(tones_of(chord))
    assert not any(kinds[c] % OUTSIDE == LACKING for c in struck)


def test_a_chord_is_named_by_all_but_a_perfect_fifth():
    def lacking(quality):
        kinds = kinds_of(Chord(0, quality), Key(0, 0), frozenset())
        return [c for c in range(12) if kinds[c] % OUTSIDE == LACKING]

    assert lacking("") == [0, 4]
    assert lacking("7") == [0, 4, 10]
    assert lacking("m7b5") == [0, 3, 6, 10]
    assert lacking("aug") == [0, 4, 8]


def test_the_scale_is_that_of_the_key_harmonic_in_minor():
    major, minor = (kinds_of(Chord(9, "m"), Key(0, 0, m), frozenset()) for m in (False, True))
    assert [c for c in range(12) if major[c] == OTHER] == [2, 5, 7, 11]
    assert [c for c in range(12) if minor[c] == OTHER] == [2, 5, 8, 11]


def piece(*notes):
    """Two bars of 2/4 in C: half bars of 4 steps, beats of 4."""
    return Piece(
        tuple(Note(step, pitch, 1, hand=hand) for step, pitch, hand in notes),
        regular_bars(16, [(0, Metre(2, 4))]),
        keys=(Key(0, 0),),
    )


def test_tones_of_the_chord_may_lie_outside_the_scale():
    kinds = kinds_of(C7, Key(0, 0), frozenset({0}))
    assert (kinds[0], kinds[4], kinds[10]) == (TONE, LACKING, OUTSIDE + LACKING)


def test_notes_are_counted_by_hand_and_beat_and_by_what_the_half_bar_has():
    rag = piece(
        (0, 48, Hand.LEFT),  # lacking
        (0, 60, Hand.RIGHT),  # the left hand has it
        (1, 61, Hand.RIGHT),  # outside
        (2, 52, Hand.LEFT),  # lacking
        (3, 64, Hand.RIGHT),  # has been struck
        (4, 64, Hand.RIGHT),  # a new half bar
        (8, 62, Hand.RIGHT),  # under no chord
    )
    use = note_kinds(rag, [ChordMark(0, C7), ChordMark(8, None)])
    left, right = use.astype(int).tolist()
    assert left == [[0, 1, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0]]
    assert right == [[1, 0, 0, 0, 0, 1], [1, 1, 0, 0, 0, 0]]


@given(st.integers(0, 50), st.integers(-5, 6))
def test_use_stays_as_it_is_in_another_key(seed, by):
    rag = replace(a_rag(seed), keys=(Key(0, 0),))
    marks = heard_marks(rag)
    moved = replace(rag, notes=tuple(n._replace(pitch=n.pitch + by) for n in rag.notes))
    keys = tuple(k._replace(fifths=(k.fifths + 7 * by + 6) % 12 - 6) for k in rag.keys)
    moved_marks = tuple(
        m._replace(chord=m.chord and m.chord._replace(root=(m.chord.root + by) % 12)) for m in marks
    )
    assert (note_kinds(rag, marks) == note_kinds(replace(moved, keys=keys), moved_marks)).all()


def test_a_place_knows_its_half_bar_and_its_beat():
    places = places_under(piece(), [ChordMark(2, C7)])
    assert places[:2] == [None, None]
    assert [place.stretch for place in places[2:5]] == [range(2, 4), range(2, 4), range(4, 8)]
    assert [step for step, place in enumerate(places) if place and place.on_beat] == [4, 8, 12]


@given(counts, st.integers(1, 9))
def test_what_has_the_shares_of_its_corpus_gets_no_nats(some, times):
    assert chord_nats_of([some], [some] * times) == NO_NATS


@given(counts, counts)
def test_tilted_by_the_nats_shares_are_those_of_the_corpus(own, composed):
    nats = np.array(chord_nats_of([own], [composed]).nats)
    tilted = (shares_of(composed) + SMOOTHING) * np.exp(nats)
    is_played = (own.sum(-1) > 0) & (composed.sum(-1) > 0)
    assert tilted[is_played] == pytest.approx(shares_of(own)[is_played] + SMOOTHING)
    assert (nats[~is_played] == 0).all()


def test_nats_come_back_after_json():
    nats = chord_nats_of([np.arange(24.0).reshape(2, 2, 6)], [np.ones((2, 2, 6))])
    assert ChordNats.from_json(json.loads(json.dumps(nats.to_json()))) == nats


@pytest.mark.parametrize(
    "data",
    [
        None,
        3.0,
        "nats",
        [],
        {},
        [[[0.0] * 6] * 2],
        [[[0.0] * 6] * 2] * 3,
        [[[0.0] * 3] * 2] * 2,
        [[[0.0] * 6] * 3, [[0.0] * 6]],
        [[[0] * 6] * 2] * 2,
        [[["0.0"] * 6] * 2] * 2,
        [[[[0.0]] * 6] * 2] * 2,
        [[[True] * 6] * 2] * 2,
        [[[float("nan")] * 6] * 2] * 2,
        [[[-2 * MOST] * 6] * 2] * 2,
    ],
    ids=str,
)
def test_what_is_no_nats_is_refused(data):
    with pytest.raises(ValueError, match="chord nats"):
        ChordNats.from_json(data)
