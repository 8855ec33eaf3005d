"""Roman numerals: read, printed, refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.chords import QUALITIES, Chord, chord_name, chord_named
from ragsmith.errors import BadOption
from ragsmith.harmony.roman import is_roman, roman_chord, roman_name

classes = st.integers(0, 11)


@given(classes, st.sampled_from(sorted(QUALITIES)), classes, st.booleans())
def test_every_numeral_that_is_printed_is_read(root, quality, tonic, minor):
    chord = Chord(root, quality)
    name = roman_name(chord, tonic, minor)
    assert is_roman(name)
    assert roman_chord(name, tonic, minor) == chord


@pytest.mark.parametrize(
    ("numeral", "in_c", "in_a_minor"),
    [
        ("I", "C", "A"),
        ("ii", "Dm", "Bm"),
        ("V7/V", "D7", "B7"),
        ("bVI", "Ab", "F"),
        ("vii°7", "Bdim7", "G#dim7"),
        ("viio", "Bdim", "G#dim"),
        ("iiø7", "Dm7b5", "Bm7b5"),
        ("ii7b5", "Dm7b5", "Bm7b5"),
        ("ii11", "Dm9", "Bm9"),
        ("iv69", "Fm6", "Dm6"),
        ("vsus4", "Gsus4", "Esus4"),
        ("IV6", "F/A", "D/F#"),
        ("I64", "C/G", "A/E"),
        ("V65/ii", "A7/C#", "F#7/A#"),
        ("III", "E", "C"),
        ("VII", "B", "G"),
        ("V+", "Gaug", "Eaug"),
        ("Iadd6", "C6", "A6"),
        ("#iv°", "F#dim", "D#dim"),
    ],
)
def test_numerals_mean_chords_of_the_key(numeral, in_c, in_a_minor):
    assert roman_chord(numeral, 0) == chord_named(in_c)
    assert chord_name(roman_chord(numeral, 9, minor=True)) == in_a_minor


@pytest.mark.parametrize("text", ["Iq", "ii7b9", "IIX", "VIII", "H", "V7/", "V7/X", ""])
def test_what_is_no_numeral_is_refused(text):
    with pytest.raises(BadOption, match="is no Roman numeral from character"):
        roman_chord(text, 0)
