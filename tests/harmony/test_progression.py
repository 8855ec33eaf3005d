"""Progressions as text: read, laid over beats, written from scores, refused."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.chords import Chord, ChordMark, chord_named
from ragsmith.errors import BadOption
from ragsmith.harmony.progression import (
    MOST_BARS,
    MOST_CHARACTERS,
    chords_in_bar,
    parse_progression,
    progression_text,
)
from ragsmith.piece import Metre, Piece, Section, regular_bars


@pytest.mark.parametrize(
    ("text", "strains"),
    [
        ("Bb | % | F7", {"": [["Bb"], ["Bb"], ["F7"]]}),
        ("|: C :|| G7 |]", {"": [["C"], ["G7"]]}),
        ("A: I | V7 ; B: ii7 V7 | I", {"A": [["I"], ["V7"]], "B": [["ii7", "V7"], ["I"]]}),
        ("# of mine\nA: C\nG7 | C\nCoda: C", {"A": [["C"], ["G7"], ["C"]], "Coda": [["C"]]}),
        ("| C | F :| |: G7 |", {"": [["C"], ["F"], ["G7"]]}),
        ("Am/E / N.C.", {"": [["Am/E", "/", "N.C."]]}),
    ],
)
def test_strains_and_bars_are_read(text, strains):
    assert parse_progression(text) == {
        name: tuple(map(tuple, bars)) for name, bars in strains.items()
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("C | Hm7", "chord 'Hm7' in bar 2: cannot be read from character 1"),
        ("A: C | Cq", "chord 'Cq' in bar 2 of A: cannot be read from character 2"),
        ("I | IIX", "chord 'IIX' in bar 2: is no Roman numeral from character 3"),
        ("C | F\nVerse: G7 | C", "'Verse:' in bar 3: is no name of a strain; call strains A to Z"),
        ("A: C | F\nb: G7 | C", "'b:' in bar 3 of A: is no name of a strain"),
        ("C | | F | G7", "chords in bar 2: are none; write % for the bar before, or N.C. for no"),
        ("A: C |\nF | G7 | |", "chords in bar 4 of A: are none; write %"),
        ("", "chords '': are none; write them like Bb | F7 | Bb"),
        (" | | ", "chords '| |': are none"),
        ("% | C", "chord '%' in bar 1: has no bar before"),
        ("/ C", "chord '/' in bar 1: has no chord before"),
        ("A: C ; A: F", "chords for A: are given twice"),
        ("C |" * (MOST_BARS + 1), "chords of 257 bars: are more than 256"),
        ("C " * MOST_CHARACTERS, "chords: have more than 16,384 characters"),
    ],
)
def test_what_is_no_progression_is_refused(text, message):
    with pytest.raises(BadOption) as error:
        parse_progression(text)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    ("words", "metre", "places"),
    [
        ("C", "2/4", [(0, "C")]),
        ("C / G7", "2/4", [(0, "C"), (1, "G7")]),
        ("C G7", "4/4", [(0, "C"), (2, "G7")]),
        ("C / / G7", "4/4", [(0, "C"), (3, "G7")]),
        ("C / G7", "3/4", [(0, "C"), (2, "G7")]),
        ("C F G7", "3/4", [(0, "C"), (1, "F"), (2, "G7")]),
        ("C G7", "6/8", [(0, "C"), (1, "G7")]),
    ],
)
def test_chords_share_the_beats_of_a_bar(words, metre, places):
    beats, unit = metre.split("/")
    assert chords_in_bar(words.split(), Metre(int(beats), int(unit))) == places


def test_chords_that_do_not_fit_the_metre_are_refused():
    with pytest.raises(BadOption) as error:
        chords_in_bar(["C", "F", "G7"], Metre(2, 4), "in bar 3 of A")
    assert str(error.value) == (
        "3 chords in bar 3 of A: do not fit a bar of 2/4, which has 1 or 2; "
        "write a slash for each beat that a chord goes on, or another metre"
    )


names = st.sampled_from(["C", "F#m7b5", "Bb7", "Ebmaj7/G", "N.C.", "Am"])


@given(st.lists(st.lists(names, min_size=1, max_size=1) | st.lists(names, min_size=2, max_size=2)))
def test_the_chords_of_a_score_are_written_as_they_are_read(bars):
    bars = bars or [["C"]]
    grid = regular_bars(16 * len(bars), [(0, Metre(4, 4))])
    marks = [
        ChordMark(bar.start + step, chord_named(name))
        for bar, names in zip(grid, bars, strict=True)
        for step, name in zip((0, 8), names, strict=False)
    ]
    text = progression_text(Piece((), grid, chords=tuple(marks)))
    read = [
        [chord_named(word) for _, word in chords_in_bar(words, Metre(4, 4))]
        for words in parse_progression(text)[""]
    ]
    wanted = [[chord_named(name) for name in dict.fromkeys(names)] for names in bars]
    assert read == wanted


def test_strains_of_a_score_get_their_letters():
    bars = regular_bars(32, [(0, Metre(2, 4))])
    sections = (Section("verse", 0, 16), Section("refrain", 16, 32))
    marks = (ChordMark(0, Chord(0)), ChordMark(20, Chord(7, "7")))
    piece = Piece((), bars, sections=sections, chords=marks)
    assert progression_text(piece) == "A: C | C\nB: C / G7 | G7"
    assert progression_text(replace(piece, chords=())) == ""
