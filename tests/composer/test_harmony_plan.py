"""Chords of an outline: given, drawn, and what they mean for repeats and cadences."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragsmith.bundle.profile import Profile
from ragsmith.chords import Chord, chord_at, chord_name, chord_named, tones_of
from ragsmith.composer import DeadEnd, compose_all
from ragsmith.composer.chord_chart import chordless_strains, form_for, given_chords, key_for
from ragsmith.composer.harmony_plan import (
    closes,
    drawn_chords,
    place_words,
    repeats_under,
)
from ragsmith.composer.outline import outline_of
from ragsmith.composer.strain_plans import repeats_of
from ragsmith.composer.wish import Wish
from ragsmith.errors import BadOption, BadPiece
from ragsmith.keys import key_name, key_named
from ragsmith.measure.cadence import arrivals
from ragsmith.measure.progressions import strain_progressions
from ragsmith.models.base import Onset
from ragsmith.piece import Hand, Piece
from ragsmith.playing_order import PlayingOrder
from ragsmith.shipped import shipped_model
from support.fakes import Uniform, a_rag, indexed

CORPUS = {
    "I | V7 | I | ii7 V7 | I | IV iv | I V7 | I": 3,
    "I | I7 | IV | iv | I | II7 | V7 | I": 2,
    "vi | III7 | vi | II7 | V7 | V7 | I V7 | I": 1,
    "I | IV | V7 | I": 1,
}


def outline(form, key="Bb", metre="2/4"):
    return outline_of(Wish(form=form, key=key, metre=metre), Profile(), 4)


def names(piece, marks, fifths=-2):
    """The chord of each bar's beginning."""
    return [chord_name(chord_at(marks, bar.start), fifths) for bar in piece.full_bars]


def test_chords_for_all_strains_move_into_the_trio():
    piece = outline("A(2)B(2)C(2)")
    marks = given_chords(piece, "Bb | F7")
    assert names(piece, marks) == ["Bb", "F7", "Bb", "F7", "Eb", "Bb7"]
    assert names(piece, given_chords(piece, "I | V7")) == names(piece, marks)


def test_chords_for_some_strains_stand_as_they_are_written():
    piece = outline("Intro(1) A(2)A(2)C(1)B(1) Coda(1)")
    marks = given_chords(piece, "A: Bb | F7 / Bb ; B: C")
    assert names(piece, marks) == ["N.C.", "Bb", "F7", "F7", "N.C.", "C", "N.C."]
    assert chord_at(marks, piece.full_bars[3].start + 4) == chord_named("Bb")


def test_a_piece_without_strains_has_chords_for_all_its_bars():
    piece = outline_of(Wish(bars=3, key="C", metre="3/4"), Profile(), 4)
    assert names(piece, given_chords(piece, "C | G7 | C")) == ["C", "G7", "C"]


@pytest.mark.parametrize(
    ("form", "text", "message"),
    [
        ("A(4)", "C | C", "chords of 2 bars: do not fit strain A, which has 4; give 4, or write "),
        ("A(4)A(4)", "C | C | C | C | C", "chords of 5 bars: do not fit strain A, which has 4"),
        ("A(2)", "B: C | C", "chords for B: have no strain in a form of A"),
        ("A(2)", "C | C F G7", "3 chords in bar 2 of A: do not fit a bar of 2/4"),
        ("Intro(4)", "C | C", "chords of 2 bars: have no strain in a piece of 4 bars"),
    ],
)
def test_chords_that_do_not_fit_are_refused(form, text, message):
    with pytest.raises(BadOption) as error:
        given_chords(outline(form), text)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("F7 | Bb7 | F7 | F7 | Bb7 | Bb7 | F7 | D7 | Gm7 | C7 | F7 D7 | Gm7 C7", "F major"),
        ("Am | Dm | E7 | Am", "A minor"),
        ("Fm7 Bb7 | Ebmaj7 | Cm7 F7 | Bb7 | Ab Abm | Eb/G C7 | Fm7 Bb7 | Eb", "Eb major"),
        ("Cm7 | F7 | Bbmaj7 | Ebmaj7 | Am7b5 | D7 | Gm | Gm", "G minor"),
        ("C7|F7|C7|C7|F7|F7|C7|C7|G7|F7|C7|G7", "C major"),
        ("F7|Bb7|F7|Cm7 F7|Bb7|Bdim7|F7|Am7b5 D7|Gm7|C7|F7 D7|Gm7 C7", "F major"),
        ("A: Bb | Eb | F7 | Bb ; C: Eb | Ab | Bb7 | Eb", "Bb major"),
        ("Intro: D7 | D7 ; A: G | C | D7 | G ; Coda: C | C", "G major"),
    ],
)
def test_the_key_of_chords_by_name(text, key):
    assert key_name(key_for(text)) == key
    assert key_for("I | V7") is None


@settings(max_examples=25)
@given(
    st.sampled_from(["A(8)A(8)B(8)", "AABBACC", "Intro A(4)A(4)", "A(1)", "A(3)B(16)"]),
    st.sampled_from(["Bb", "C minor"]),
    st.sampled_from(["2/4", "3/4", "6/8"]),
    st.integers(0, 2**32 - 1),
)
def test_drawn_chords_close_every_strain_and_are_the_seeds(form, key, metre, seed):
    piece = outline(form, key, metre)
    repeats = repeats_of(piece, {"abcdabce": 2, "abcdefgh": 1}, seed)
    marks = drawn_chords(piece, CORPUS, repeats, seed)
    assert marks == drawn_chords(piece, CORPUS, repeats, seed)
    played = PlayingOrder.of(piece)
    for _, arrival in arrivals(piece):
        if before := played.preceding(arrival, 1):
            assert closes(piece, marks, before[-1], arrival)
    assert repeats_under(piece, repeats, marks).items() <= repeats.items()


def test_drawn_chords_follow_the_corpus_at_their_places():
    piece = outline("A(8)", "C")
    drawn = [drawn_chords(piece, CORPUS, {}, seed) for seed in range(60)]
    firsts = Counter(names(piece, marks, 0)[0] for marks in drawn)
    assert set(firsts) == {"C", "Am"}
    assert firsts["C"] > firsts["Am"]


def test_where_enough_strains_are_as_long_the_chords_are_one_strains():
    corpus = {"I | IV | I | V7 | I | IV | V7 | I": 2, "vi | II7 | V7 | I | vi | II7 | V7 | I": 1}
    piece = outline("A(8)", "C")

    def drawn(progressions):
        marks = [drawn_chords(piece, progressions, {}, seed) for seed in range(30)]
        return {" ".join(names(piece, some, 0)) for some in marks}

    assert drawn(corpus) == {"C F C G7 C F G7 C", "Am D7 G7 C Am D7 G7 C"}
    few = {"I | IV | I | V7 | I | IV | V7 | I": 1, "vi | II7 | V7 | I": 2}
    assert len(drawn(few)) > 2


def test_a_strain_that_repeats_itself_as_the_plan_does_is_taken():
    corpus = {"I | IV | I | V7 | ii | V7 | V7 | I": 3, "I | IV | I | V7 | I | IV | V7 | I": 3}
    piece = outline("A(8)", "C")
    halves = {32 + step: step for step in range(16)}
    fifths = [
        sum(
            names(piece, drawn_chords(piece, corpus, repeats, seed), 0)[4] == "C"
            for seed in range(200)
        )
        for repeats in ({}, halves)
    ]
    assert fifths[0] == pytest.approx(100, abs=25)
    assert fifths[1] == 200


def test_bars_repeat_only_under_the_same_chords():
    piece = outline("A(4)")
    repeats = {16 + step: step for step in range(16)}
    assert repeats_under(piece, repeats, given_chords(piece, "C | F | C | F")) == repeats
    under = repeats_under(piece, repeats, given_chords(piece, "C | F | C | G"))
    assert under == {16 + step: step for step in range(8)}


def test_where_chords_close():
    piece = outline("A(2)", "C")
    for text, is_closed in {
        "G7 | C": True,
        "C / Bdim | C6": True,
        "G7 | F": False,
        "F | C": False,
        "G7 | C/E": False,
        "N.C. | C": True,
    }.items():
        assert closes(piece, given_chords(piece, text), 7, 8) == is_closed


def test_the_place_of_a_step_in_words():
    piece = outline("A(2)", "Eb")
    assert place_words(piece, given_chords(piece, "Eb | Bb7"), 9) == "bar 2 under Bb7"
    assert place_words(piece, (), 9) == "bar 2"


def test_a_wish_for_chords_has_their_form_and_the_metre_of_a_lead_sheet():
    assert Wish(chords="C | G7").form == form_for("C | G7") == "A(2)A(2)"
    assert Wish(chords="Intro: C ; A: C | F ; Coda: C").form == "Intro(1) A(2)A(2) Coda(1)"
    assert Wish(chords="C | G7", bars=2).form is None
    assert Wish(chords="auto").form is Wish(chords="none").form is None
    sheet = Piece.from_array([[0, 60, 12]], metre="3/4")
    with pytest.raises(BadPiece, match="has no chords"):
        Wish(chords=sheet)
    assert key_named("C") == key_for("C | G7 | C")


def test_progressions_of_strains_are_counted():
    counts = strain_progressions([a_rag(1), a_rag(1)])
    assert set(counts.values()) == {2} or not counts
    assert all(text for text in counts)
    assert tones_of(Chord(0))


def test_chords_that_the_rules_make_impossible_are_named_with_the_rule():
    only_d = Uniform([(Onset(62, 1, Hand.RIGHT),), ()])
    wish = Wish(chords="G7 | C", form="A(2)", metre="2/4")
    (outcome,) = compose_all(indexed(only_d), wish, seeds=[1])
    assert isinstance(outcome, DeadEnd)
    assert "bar 1 under G7: " in str(outcome)
    assert "the rule Cadence" in str(outcome)
    assert str(outcome).endswith("or other chords")


def test_strains_to_which_nobody_gives_chords_are_known():
    piece = outline("Intro(2) A(4)A(4)B(4)B(4)")
    assert chordless_strains(piece, "A: C | C | G7 | C") == (range(16), range(56, 96))
    assert chordless_strains(piece, "C | C | G7 | C") == (range(16),)
    assert chordless_strains(piece, "C | C | G7 | C ; Intro: C | G7") == ()


@pytest.mark.slow
def test_they_get_drawn_chords_where_the_model_draws_them():
    bundle = shipped_model()
    wish = Wish(form="A(4)A(4)B(8)B(8)", chords="A: C | A7 | D7 | G7 C")
    (composed,) = compose_all(bundle, wish, seeds=[3])
    names = [chord_name(mark.chord) if mark.chord else "N.C." for mark in composed.piece.chords]
    assert names[:5] == ["C", "A7", "D7", "G7", "C"]
    assert len(set(names[5:])) > 2
    assert "N.C." not in names
    unled = bundle._replace(profile=replace(bundle.profile, chord_nats=None))
    (composed,) = compose_all(unled, wish, seeds=[3])
    assert [mark.chord for mark in composed.piece.chords][-1] is None
