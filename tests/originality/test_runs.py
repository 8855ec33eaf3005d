from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.originality.runs import Run, index_of, longest_runs
from ragsmith.piece import Metre, Note, Piece, regular_bars
from ragsmith.verbs import clip, join, regrid, transpose


def piece_of(*steps, grid=4):
    """A piece from the onset pitches of each of its steps."""
    notes = tuple(Note(t, p, 1) for t, pitches in enumerate(steps) for p in sorted(pitches))
    bars = regular_bars(len(steps), [(0, Metre(1, 4 * grid))], grid)
    return Piece(notes, bars, grid)


def sets_of(piece, melody):
    struck = [set() for _ in range(piece.steps)]
    for note in piece.notes:
        struck[note.onset].add(note.pitch)
    return [{max(s)} if s and melody else s for s in struck]


def longest_by_definition(piece, others, melody):
    """Every pair of places, every transposition, step by step."""
    ours, best = sets_of(piece, melody), None
    for at in range(len(ours)):
        for number, other in enumerate(others):
            theirs = sets_of(other, melody)
            for in_at in range(len(theirs)):
                if not ours[at] or not theirs[in_at]:
                    continue
                moved = min(ours[at]) - min(theirs[in_at])
                together = zip(ours[at:], theirs[in_at:], strict=False)
                for steps, (mine, its) in enumerate(together, start=1):
                    if mine != {pitch + moved for pitch in its}:
                        break
                    if mine and steps > 1 and (best is None or steps > best[0]):
                        best = steps, at, number, in_at, moved
    if best is None:
        return None
    steps, at, number, in_at, moved = best
    grid, its_grid = piece.steps_per_quarter, others[number].steps_per_quarter
    beats = Fraction(steps, grid)
    return Run(beats, Fraction(at, grid), number, Fraction(in_at, its_grid), moved)


step_pitches = st.sampled_from([(), (), (60,), (61,), (62,), (60, 62), (61, 63), (60, 63)])
some_pieces = st.lists(step_pitches, min_size=1, max_size=24).map(lambda steps: piece_of(*steps))


@given(some_pieces, st.lists(some_pieces, max_size=3))
def test_agrees_with_the_definition(piece, others):
    expected = tuple(longest_by_definition(piece, others, melody) for melody in (False, True))
    assert longest_runs(piece, index_of(others)) == expected


@given(some_pieces, st.lists(some_pieces, min_size=1, max_size=3))
def test_excluding_a_piece_is_as_if_it_were_silent(piece, others):
    silent = [piece_of(()), *others[1:]]
    assert longest_runs(piece, index_of(others), excluding=0) == longest_runs(
        piece, index_of(silent)
    )


@given(some_pieces, some_pieces, st.integers(-12, 12))
def test_transposing_changes_the_transposition_alone(piece, other, semitones):
    index = index_of([other])
    for here, there in zip(
        longest_runs(piece, index), longest_runs(transpose(piece, semitones), index), strict=True
    ):
        moved = here and here._replace(transposition=here.transposition + semitones)
        assert there == moved


@given(some_pieces, some_pieces)
def test_grids_may_differ(piece, other):
    fine = index_of([regrid(other, 12)])
    assert longest_runs(piece, fine) == longest_runs(piece, index_of([other]))
    for coarse, exact in zip(
        longest_runs(piece, fine), longest_runs(regrid(piece, 12), fine), strict=True
    ):
        # The last step of a run is a twelfth of a beat long instead of a quarter.
        shorter = coarse and coarse._replace(beats=coarse.beats - Fraction(1, 6))
        assert exact == shorter


@given(some_pieces, some_pieces, some_pieces)
def test_a_planted_passage_is_found(before, planted, after):
    whole = join(join(before, planted), after)
    for alone, found in zip(
        longest_runs(planted, index_of([planted])),
        longest_runs(whole, index_of([planted])),
        strict=True,
    ):
        assert alone is None or found.beats >= alone.beats


@given(some_pieces, some_pieces)
def test_what_shares_a_texture_shares_its_melody(piece, other):
    texture, melody = longest_runs(piece, index_of([other]))
    assert texture is None or melody.beats >= texture.beats


def test_length_counts_first_and_last_step_and_the_empty_ones_between():
    piece = piece_of((70,), (), (60, 64), (), (), (62,), (), (40,))
    other = piece_of((), (55, 59), (), (), (57,), (), ())
    texture, melody = longest_runs(piece, index_of([other]))
    assert texture == Run(Fraction(1), Fraction(2, 4), 0, Fraction(1, 4), 5)
    assert melody == texture


def test_the_first_step_has_to_match_whole_but_not_how_it_was_reached():
    piece = piece_of((50,), (60, 64), (62,))
    same_first = piece_of((80,), (60, 64), (62,))
    other_first = piece_of((50,), (60, 65), (62,))
    assert longest_runs(piece, index_of([same_first]))[0].beats == Fraction(2, 4)
    assert longest_runs(piece, index_of([other_first])) == (None, None)


def test_the_melody_goes_on_where_the_texture_changes():
    piece = piece_of((40, 60), (62,), (43, 64))
    other = piece_of((41, 60), (62,), (44, 64))
    texture, melody = longest_runs(piece, index_of([other]))
    assert texture is None
    assert melody == Run(Fraction(3, 4), Fraction(0), 0, Fraction(0), 0)


def test_runs_do_not_reach_from_one_piece_into_the_next():
    tune = piece_of((60,), (62,), (65,), (61,))
    texture, _ = longest_runs(tune, index_of([clip(tune, 0, 2), clip(tune, 2, 4)]))
    assert texture.beats == Fraction(2, 4)


def test_durations_play_no_part():
    piece = Piece((Note(0, 60, 4), Note(2, 64, 9)), regular_bars(16, []))
    other = Piece((Note(0, 60, 1), Note(2, 64, 1)), regular_bars(16, []))
    assert longest_runs(piece, index_of([other]))[0].beats == Fraction(3, 4)


@pytest.mark.parametrize("piece", [Piece((), ()), piece_of(()), piece_of((60,), ())])
def test_one_onset_or_none_is_no_run(piece):
    assert longest_runs(piece, index_of([piece])) == (None, None)


def test_an_empty_index_has_nothing_to_lend():
    assert longest_runs(piece_of((60,), (62,)), index_of([])) == (None, None)
