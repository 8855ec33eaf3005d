import math
from collections import Counter
from dataclasses import asdict, astuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.measure.style import Band, band, shuffled, style_of
from ragsmith.models.base import steps_of
from ragsmith.piece import Hand, Metre, Note, Piece, normalise, regular_bars
from ragsmith.verbs import regrid, transpose

BARS = regular_bars(24, [(0, Metre(2, 4))])
STRIDE = Piece(
    (
        Note(0, 36, 2, hand=Hand.LEFT),
        Note(0, 72, 1, hand=Hand.RIGHT),
        Note(1, 76, 1, hand=Hand.RIGHT),
        Note(2, 52, 2, hand=Hand.LEFT),
        Note(2, 55, 2, hand=Hand.LEFT),
        Note(4, 36, 2, hand=Hand.LEFT),
        Note(4, 72, 1, hand=Hand.RIGHT),
        Note(7, 66, 2, hand=Hand.RIGHT),
    ),
    BARS,
)


def test_a_bar_of_stride_counted_by_hand():
    style = style_of(STRIDE)
    assert style.notes_per_step == 8 / 24
    assert style.empty_steps == 19 / 24
    assert style.empty_bars == 2 / 3
    assert style.polyphony == 8 / 5
    assert style.distinct_steps == 4 / 5
    # C 4, E 2, G 1, F sharp 1
    assert style.pitch_class_entropy == pytest.approx(0.5 + 0.5 + 2 * 3 / 8)
    assert style.scale_share == 1
    assert style.on_beat == 2 / 5
    assert style.off_sixteenths == 2 / 5
    assert style.left_on_beat == 2 / 3
    assert style.left_pitch == (36 + 52 + 55 + 36) / 4
    assert style.right_pitch == (72 + 76 + 72 + 66) / 4
    assert (style.left_range, style.right_range) == (19, 10)


@pytest.mark.parametrize(
    ("classes", "share"),
    [
        ((0, 2, 4, 5, 7, 9, 11), 1),
        ((0, 2, 3, 5, 7, 8, 11), 1),
        ((0, 2, 3, 5, 7, 8, 10, 11), 7 / 8),
        (range(12), 7 / 12),
    ],
)
def test_the_best_scale(classes, share):
    notes = tuple(Note(0, 60 + pitch_class, 1) for pitch_class in classes)
    assert style_of(Piece(notes, BARS)).scale_share == share


def test_beats_are_counted_from_the_barline():
    pickup = regular_bars(9, [(0, Metre(2, 4))], pickup=1)
    style = style_of(Piece((Note(1, 60, 1), Note(5, 60, 1)), pickup))
    assert (style.on_beat, style.off_sixteenths) == (1, 0)


def test_without_hands_nothing_is_said_of_them():
    style = style_of(Piece((Note(0, 60, 1),), BARS))
    assert style.left_on_beat is style.left_range is style.right_pitch is None


@pytest.mark.parametrize("piece", [Piece((), ()), Piece((), BARS)])
def test_a_piece_without_notes(piece):
    style = style_of(piece)
    assert style.notes_per_step == style.polyphony == style.scale_share == style.on_beat == 0
    assert style.pitch_class_entropy == 0
    assert style.empty_steps == style.empty_bars == (1 if piece.steps else 0)


def test_all_figures_can_be_stored():
    assert all(figure is None or type(figure) is float for figure in astuple(style_of(STRIDE)))


some_notes = st.builds(
    Note,
    st.integers(0, 23),
    st.integers(40, 80),
    st.integers(1, 12),
    st.integers(1, 127),
    st.sampled_from(list(Hand)),
)


def within(notes):
    cut = (n._replace(duration=min(n.duration, 24 - n.onset)) for n in notes)
    return Piece(normalise(cut), BARS)


some_pieces = st.lists(some_notes, max_size=40).map(within)


@given(some_pieces)
def test_shares_are_shares(piece):
    style = style_of(piece)
    shares = (
        style.empty_steps,
        style.empty_bars,
        style.distinct_steps,
        style.scale_share,
        style.on_beat + style.off_sixteenths,
    )
    assert all(0 <= share <= 1 for share in shares)
    assert 0 <= style.pitch_class_entropy <= math.log2(12) + 1e-9
    if piece.notes:
        # The best scale holds at least as much as the average one, 7 of 12.
        assert style.scale_share >= 7 / 12 - 1e-9


@given(some_pieces, st.integers(-12, 12))
def test_transposing_moves_the_hands_alone(piece, semitones):
    before, after = asdict(style_of(piece)), asdict(style_of(transpose(piece, semitones)))
    for name, figure in before.items():
        moved = semitones if name.endswith("_pitch") and figure is not None else 0
        assert after[name] == (None if figure is None else pytest.approx(figure + moved))


@given(some_pieces)
def test_a_finer_grid_leaves_the_rhythm_alone(piece):
    coarse, fine = style_of(piece), style_of(regrid(piece, 12))
    for name in ("on_beat", "off_sixteenths", "left_on_beat", "polyphony", "empty_bars"):
        assert getattr(fine, name) == getattr(coarse, name)


@given(some_pieces, st.integers(0, 9))
def test_a_shuffle_keeps_the_steps(piece, seed):
    other = shuffled(piece, seed)
    assert (other.bars, other.steps) == (piece.bars, piece.steps)
    assert other.notes == normalise(other.notes)
    assert all(n.onset + n.duration <= other.steps for n in other.notes)

    def pitches(whole):
        return Counter(tuple(onset.pitch for onset in step) for step in steps_of(whole))

    assert pitches(other) == pitches(piece)
    assert shuffled(piece, seed) == other
    same, kept = style_of(piece), style_of(other)
    for name in ("notes_per_step", "polyphony", "pitch_class_entropy", "left_range"):
        assert getattr(kept, name) == getattr(same, name)


def test_a_shuffle_loses_the_order():
    assert shuffled(STRIDE, 1).notes != STRIDE.notes
    assert shuffled(STRIDE, 1).notes != shuffled(STRIDE, 2).notes


def test_band():
    assert band(range(101)) == Band(5, 50, 95)
    assert band([3]) == Band(3, 3, 3)
    with pytest.raises(ValueError, match="no values"):
        band([])
