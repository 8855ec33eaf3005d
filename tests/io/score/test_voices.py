import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.io.score.voices import two_voices
from ragsmith.piece import Note, normalise


def voices(*notes):
    """Upper and lower voice as (onset, end, pitches), of (onset, pitch, duration)."""
    numbered = dict(enumerate(Note(*n) for n in notes))
    return [
        [(c.onset, c.end, *(numbered[i].pitch for i in c.notes)) for c in chords]
        for chords in two_voices(numbered)
    ]


@pytest.mark.parametrize(
    ("notes", "upper", "lower"),
    [
        # one after another, and a chord
        ([(0, 60, 2), (2, 62, 2), (2, 65, 2)], [(0, 2, 60), (2, 4, 62, 65)], []),
        # a held bass under chords, a held melody above a middle voice
        ([(0, 40, 8), (2, 60, 2), (6, 60, 2)], [(2, 4, 60), (6, 8, 60)], [(0, 8, 40)]),
        ([(0, 72, 8), (2, 60, 2)], [(0, 8, 72)], [(2, 4, 60)]),
        # two lengths struck together
        ([(0, 72, 4), (0, 60, 8), (4, 74, 4)], [(0, 4, 72), (4, 8, 74)], [(0, 8, 60)]),
        # three at once: what is left is tied
        ([(0, 60, 8), (2, 64, 6), (4, 67, 4)], [(2, 4, 64), (4, 8, 64, 67)], [(0, 8, 60)]),
    ],
)
def test_a_hand_has_one_voice_or_two(notes, upper, lower):
    assert voices(*notes) == [upper, lower]


notes = st.builds(
    Note, st.integers(0, 20), st.integers(50, 60), st.integers(1, 12), st.integers(1, 127)
)


@given(st.lists(notes, max_size=25).map(normalise))
def test_every_step_of_every_note_is_in_one_voice_once(notes):
    sounding = []
    for chords in two_voices(dict(enumerate(notes))):
        ends = [chord.end for chord in chords]
        assert all(chord.onset >= end for chord, end in zip(chords[1:], ends, strict=False))
        for chord in chords:
            assert list(chord.notes) == sorted(chord.notes, key=lambda i: notes[i].pitch)
            sounding += [(i, step) for i in chord.notes for step in range(chord.onset, chord.end)]
    assert sorted(sounding) == [
        (i, note.onset + step) for i, note in enumerate(notes) for step in range(note.duration)
    ]
