"""Fingers that a hand has, on keys that it strikes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragsmith.fingering import with_fingering
from ragsmith.markings import Marking
from ragsmith.piece import Hand, Piece
from support.fakes import a_rag

RIGHT, LEFT = int(Hand.RIGHT), int(Hand.LEFT)


def fingers(pitches: list[int], hand: int = RIGHT) -> str:
    """The fingers of notes that follow one another."""
    rows = [[2 * n, pitch, 2, 80, hand] for n, pitch in enumerate(pitches)]
    return "".join(m.text for m in with_fingering(Piece.from_array(rows)).markings)


def chord(*pitches: int, hand: int = RIGHT) -> str:
    """The fingers of a chord, from its lowest note."""
    piece = with_fingering(Piece.from_array([[0, pitch, 4, 80, hand] for pitch in pitches]))
    return "".join(m.text for m in sorted(piece.markings, key=lambda m: m.pitch))


@pytest.mark.parametrize(
    ("notes", "hand", "usual"),
    [
        ([60, 62, 64, 65, 67], RIGHT, "12345"),
        ([48, 50, 52, 53, 55], LEFT, "54321"),
        ([72, 71, 69, 67, 65, 64, 62, 60], RIGHT, "54321321"),
        ([36, 38, 40, 41, 43, 45, 47, 48], LEFT, "54321321"),
    ],
)
def test_scales_have_the_usual_fingers(notes, hand, usual):
    assert fingers(notes, hand) == usual


@pytest.mark.parametrize(
    ("notes", "hand", "usual"),
    [
        ((60, 64, 67), RIGHT, "135"),
        ((60, 72), RIGHT, "15"),
        ((48, 52, 55), LEFT, "531"),
        ((60, 64, 67, 72), RIGHT, "1235"),
    ],
)
def test_chords_have_the_usual_fingers(notes, hand, usual):
    assert chord(*notes, hand=hand) == usual


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 24), st.integers(40, 80), st.integers(1, 8), st.sampled_from([1, 2])
        ),
        min_size=1,
        max_size=30,
    )
)
def test_fingers_of_a_chord_lie_as_its_keys_do(rows):
    piece = with_fingering(Piece.from_array([[on, p, d, 80, h] for on, p, d, h in rows]))
    chords: dict[tuple[int, Hand], list[tuple[int, int]]] = defaultdict(list)
    for m in piece.markings:
        chords[m.step, m.hand].append((m.pitch, int(m.text)))
    for (_, hand), together in chords.items():
        fingered = [finger for _, finger in sorted(together, reverse=hand == Hand.LEFT)]
        assert fingered == sorted(set(fingered))
        assert 1 <= fingered[0] <= fingered[-1] <= 5
    few = [note for note in piece.notes if len([n for n in piece.notes if n[0] == note[0]]) <= 5]
    assert len(piece.markings) >= len(few)


def test_fingers_that_are_said_stay_and_the_others_fit():
    piece = Piece.from_array([[2 * n, 60 + n, 2, 80, RIGHT] for n in range(0, 8)])
    said = Marking(6, "fingering", 63, Hand.RIGHT, "4")
    fingered = with_fingering(replace(piece, markings=(said,)))
    assert [m.text for m in fingered.markings if m.step == 6] == ["4"]
    assert with_fingering(fingered) == fingered


def test_every_note_of_a_rag_has_one():
    rag = a_rag(bars=4)
    fingered = with_fingering(rag)
    assert fingered.notes == rag.notes
    assert sum(m.kind == "fingering" for m in fingered.markings) == len(rag.notes)
