import math
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.measure.structure import (
    divergence,
    histograms_of,
    mean_histogram,
    structure_of,
)
from ragsmith.measure.style import shuffled
from ragsmith.piece import Hand, Metre, Note, Piece, normalise, regular_bars
from ragsmith.verbs import augment, join, regrid, repeat, transpose
from support.strategies import hands, pieces

L, R = Hand.LEFT, Hand.RIGHT
STRIDE = (
    Note(0, 36, 2, hand=L),
    Note(2, 52, 2, hand=L),
    Note(2, 55, 2, hand=L),
    Note(4, 43, 2, hand=L),
    Note(6, 53, 2, hand=L),
    Note(6, 55, 2, hand=L),
)
CAKEWALK = (
    Note(0, 72, 1, hand=R),
    Note(1, 64, 2, hand=R),
    Note(1, 76, 2, hand=R),
    Note(3, 72, 1, hand=R),
    Note(4, 79, 2, hand=R),
)


def bars_of(*notes, metre=(2, 4), bars=1):
    return Piece(
        normalise(notes), regular_bars(bars * Metre(*metre).steps(4), [(0, Metre(*metre))])
    )


BAR = bars_of(*STRIDE, *CAKEWALK)
OTHER = bars_of(Note(0, 40, 2, hand=L), Note(2, 66, 6, hand=R))


def test_a_bar_of_stride_counted_by_hand():
    found = structure_of(BAR)
    assert found.oom_pah == 1
    # The right hand's second onset, a sixteenth, runs over an eighth; the others over nothing.
    assert found.syncopation == 1 / 4
    assert (found.left_notes, found.right_notes) == (6 / 8, 5 / 8)
    assert (found.left_chord, found.right_chord) == (6 / 4, 5 / 4)
    assert found.right_rests == 2 / 8
    assert found.leap == (4 + 4 + 7) / 3
    assert found.repeated_notes == 0
    assert found.local_scale_share == 1
    assert found.alike_1 is found.rhythm_8 is found.returns is found.left_alike is None


def test_histograms_counted_by_hand():
    found = histograms_of(BAR)
    assert found["intervals"] == {"-4": 1 / 3, "4": 1 / 3, "7": 1 / 3}
    assert found["durations"] == {"1/4": 2 / 5, "1/2": 3 / 5}
    assert found["rhythms"] == {"0 1/4 3/4": 1 / 2, "0": 1 / 2}


def test_bars_that_come_back():
    piece = join(join(repeat(BAR, 2), OTHER), join(OTHER, repeat(BAR, 2)))
    found = structure_of(piece)
    assert found.alike_1 == 3 / 5
    assert found.alike_2 == 0
    assert found.alike_4 == found.returns == 1
    # The rhythms 0 1 3 4 and 2 have nothing in common.
    assert (found.rhythm_1, found.rhythm_2, found.rhythm_4) == (3 / 5, 0, 1)


def test_half_of_a_bar_that_comes_back():
    later = replace(BAR, notes=BAR.notes[: len(BAR.notes) // 2])
    assert structure_of(join(BAR, later)).alike_1 == 5 / 11


def test_silent_bars_are_not_alike():
    silence = replace(BAR, notes=())
    assert structure_of(join(silence, silence)).alike_1 is None
    assert structure_of(join(silence, BAR)).alike_1 == 0


@pytest.mark.parametrize(
    ("left", "share"),
    [
        ([(0, 36), (2, 52), (2, 55)], 1 / 2),
        ([(0, 36), (2, 52)], 0),  # no chord
        ([(0, 54), (2, 52), (2, 55)], 0),  # not above
        ([(2, 52), (2, 55)], 0),  # no bass
        ([(0, 36), (0, 43), (3, 52), (3, 55)], 1 / 2),
    ],
)
def test_oom_pah(left, share):
    notes = [Note(onset, pitch, 1, hand=L) for onset, pitch in left]
    assert structure_of(bars_of(*notes)).oom_pah == share


def test_oom_pah_of_a_waltz():
    pah = [Note(t, p, 2, hand=L) for t in (4, 8) for p in (52, 55)]
    assert structure_of(bars_of(Note(0, 36, 4, hand=L), *pah, metre=(3, 4))).oom_pah == 1


@pytest.mark.parametrize(
    ("metre", "onsets", "strength"),
    [
        ((2, 4), [0, 2, 4, 6], 0),
        ((2, 4), [0, 3, 6], 2 / 3),  # 3 runs over the second beat; two divisions heavier
        ((2, 4), [0, 4, 7], 0),
        ((3, 4), [0, 4, 8], 0),
        ((3, 4), [0, 6], 1 / 2),
        ((6, 8), [0, 6], 0),
        ((6, 8), [0, 4, 8], 1 / 3),
        ((5, 4), [0, 4, 8, 12, 16], 0),
    ],
)
def test_syncopation(metre, onsets, strength):
    notes = [Note(onset, 72, 1, hand=R) for onset in onsets]
    assert structure_of(bars_of(*notes, metre=metre)).syncopation == pytest.approx(strength)


def test_a_note_held_over_the_barline_is_syncopated():
    piece = bars_of(Note(7, 72, 3, hand=R), Note(12, 72, 1, hand=R), bars=2)
    assert structure_of(piece).syncopation == 3 / 2


def test_two_hands_apart_from_one():
    found = structure_of(bars_of(*STRIDE))
    assert found.right_chord is found.syncopation is found.leap is None
    assert found.right_rests == 1
    assert histograms_of(bars_of(*STRIDE)) == {"intervals": {}, "durations": {}, "rhythms": {}}


@pytest.mark.parametrize("piece", [Piece((), ()), bars_of()])
def test_a_piece_without_notes(piece):
    found = asdict(structure_of(piece))
    counted = {name for name, figure in found.items() if figure is not None}
    assert counted <= {"left_notes", "right_notes", "right_rests", "oom_pah"}


a_piece = pieces(grids=(4,), hand=hands)


@given(a_piece)
def test_all_figures_are_finite_floats(piece):
    figures = asdict(structure_of(piece))
    assert all(f is None or (type(f) is float and 0 <= f < 200) for f in figures.values())
    shares = ("alike_1", "rhythm_4", "returns", "oom_pah", "right_rests")
    assert all(figures[name] is None or figures[name] <= 1 for name in shares)


@given(a_piece, st.integers(-3, 3))
def test_transposing_changes_nothing(piece, semitones):
    notes = tuple(n._replace(pitch=min(120, max(8, n.pitch))) for n in piece.notes)
    piece = replace(piece, notes=normalise(notes), keys=())
    moved = transpose(piece, semitones)
    assert asdict(structure_of(moved)) == pytest.approx(asdict(structure_of(piece)))
    assert histograms_of(moved) == histograms_of(piece)


@given(a_piece)
def test_a_finer_grid_changes_no_rhythm(piece):
    coarse, fine = structure_of(piece), structure_of(regrid(piece, 12))
    for name in ("alike_2", "rhythm_1", "oom_pah", "leap", "right_rests", "local_scale_share"):
        assert getattr(fine, name) == pytest.approx(getattr(coarse, name))
    assert histograms_of(regrid(piece, 12)) == histograms_of(piece)


def test_ragtime_in_longer_values_is_as_syncopated():
    piece = join(BAR, transpose(BAR, 2))
    longer = augment(piece)
    for name in ("syncopation", "oom_pah", "alike_1", "right_chord"):
        assert getattr(structure_of(longer), name) == getattr(structure_of(piece), name)


@given(a_piece, st.sampled_from((1, 2, 4, 8, 16)))
def test_a_piece_that_repeats_is_alike_at_its_length(piece, bars):
    length = Metre(2, 4).steps(4) * bars
    notes = normalise(
        n._replace(onset=n.onset % length, duration=min(n.duration, length - n.onset % length))
        for n in piece.notes
    )
    once = Piece(notes, regular_bars(length, [(0, Metre(2, 4))]))
    assert getattr(structure_of(repeat(once, 3)), f"alike_{bars}") == 1
    assert bars == 16 or getattr(structure_of(repeat(once, 3)), f"rhythm_{bars}") in (1, None)


def test_a_shuffle_is_less_alike_itself():
    piece = repeat(join(BAR, OTHER), 8)
    before, after = structure_of(piece), structure_of(shuffled(piece, 1))
    assert after.alike_2 < 0.5 < before.alike_2
    assert after.oom_pah < before.oom_pah


some_histogram = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 9), min_size=1).map(
    lambda counts: {name: n / sum(counts.values()) for name, n in counts.items()}
)


@given(some_histogram, some_histogram)
def test_divergence_is_a_distance_of_at_most_a_bit(one, other):
    found = divergence(one, other)
    assert 0 <= found <= 1
    assert found == pytest.approx(divergence(other, one))
    assert divergence(one, one) == 0


def test_divergence_of_what_has_nothing_in_common():
    assert divergence({"a": 1.0}, {"b": 1.0}) == 1
    assert divergence({"a": 1.0}, {}) is None
    half = divergence({"a": 1.0}, {"a": 0.5, "b": 0.5})
    assert half == pytest.approx((math.log2(4 / 3) + 0.5 * math.log2(2 / 3) + 0.5) / 2)


def test_mean_histogram():
    assert mean_histogram([{"a": 1.0}, {}, {"a": 0.5, "b": 0.5}]) == {"a": 0.75, "b": 0.25}
    assert mean_histogram([{}]) == {}
