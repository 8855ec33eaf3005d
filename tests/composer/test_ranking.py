from dataclasses import replace
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.composer import ranking
from ragsmith.composer.ranking import CLOSENESS, MOST, Candidate, Shared, rank
from ragsmith.measure.figure_words import WORDS
from ragsmith.measure.portrait import Portrait, figures_of, portrait_of
from ragsmith.measure.style import Band
from ragsmith.verbs import regrid, transpose
from support.fakes import a_piece

CORPUS = [a_piece(seed) for seed in range(10)]
PORTRAIT = portrait_of(CORPUS)
BANDS = Portrait(
    20,
    4,
    {name: Band(1, 2, 3) for name in ("leap", "syncopation", "notes_per_step")},
    {"intervals": {}, "durations": {}, "rhythms": {}},
)
LIKELIHOOD = Band(2, 2.5, 3)
A_PIECE = a_piece()


def ranked_with(figures, *candidates, likelihood=None):
    """Ranks candidates whose figures are given, not measured."""
    queue = iter(figures)
    with patch.object(ranking, "figures_of", lambda piece, portrait: next(queue)):
        return rank(candidates or [Candidate(A_PIECE)] * len(figures), BANDS, likelihood)


def test_inside_every_band_nothing_is_to_be_said():
    (only,) = ranked_with([{"leap": 1, "syncopation": 3}])
    assert only == (0, 0, ())


def test_a_reason_in_plain_words():
    (only,) = ranked_with([{"notes_per_step": 4.61, "leap": 0.5, "syncopation": 2}])
    assert [reason.words for reason in only.reasons] == [
        "notes a step 4.61, corpus 1 to 3: too dense",
        "mean leap of the melody 0.5, corpus 1 to 3: too narrow",
    ]
    assert only.penalty == pytest.approx(1.61 / 2 + 0.5 / 2)
    assert [reason.penalty for reason in only.reasons] == pytest.approx([1.61 / 2, 0.5 / 2])


def test_no_figure_outweighs_all_others():
    first, second = ranked_with([{"leap": 1000}, {"leap": 10, "syncopation": 4}])
    assert (first.number, first.penalty) == (0, MOST)
    assert (second.number, second.penalty) == (1, MOST + 0.5)


def test_likelihood_has_a_band_too():
    candidates = [Candidate(A_PIECE, nats) for nats in (3.5, 2.2, 1.9)]
    ranked = ranked_with([{}] * 3, *candidates, likelihood=LIKELIHOOD)
    assert [each.number for each in ranked] == [1, 2, 0]
    assert ranked[1].reasons[0].words == "nats a step 1.9, corpus 2 to 3: too predictable"
    assert ranked_with([{}], candidates[0])[0].penalty == 0


def test_what_comes_close_to_the_limit_costs_a_little():
    close = Candidate(A_PIECE, shared=(Shared("texture", 2.5, 2.5), Shared("melody", 2, 4)))
    (only,) = ranked_with([{}], close)
    assert only.penalty == CLOSENESS * 1.5
    assert only.reasons[0].words == "longest texture run shared with the corpus 2.5 of 2.5 beats"
    assert ranked_with([{}], Candidate(A_PIECE, shared=(Shared("melody", 0, 4),)))[0].reasons == ()


def test_equals_keep_their_order():
    assert [each.number for each in ranked_with([{"leap": 9}, {}, {"leap": 9}, {}])] == [1, 3, 0, 2]


some_figures = st.dictionaries(st.sampled_from(sorted(BANDS.bands)), st.floats(-9, 9))


@given(
    st.lists(some_figures, min_size=1, max_size=6),
    st.integers(0, 5),
    st.sampled_from(sorted(BANDS.bands)),
    st.floats(0, 20),
    st.sampled_from((-1, 1)),
)
def test_moving_away_from_its_band_never_improves_the_place(figures, which, name, by, side):
    which %= len(figures)
    before = {"leap": 2.0, "syncopation": 2.0, "notes_per_step": 2.0} | figures[which]
    edge = max(before[name], 2.0) if side > 0 else min(before[name], 2.0)
    after = before | {name: edge + side * by}
    if (before[name] - 2) * side < 0:
        before = before | {name: 2.0}
    places = []
    for own in (before, after):
        ranked = ranked_with([*figures[:which], own, *figures[which + 1 :]])
        places.append([each.number for each in ranked].index(which))
    assert places[1] >= places[0]


@given(st.lists(some_figures, min_size=2, max_size=6), st.randoms())
def test_another_order_gives_the_same_penalties(figures, chance):
    other = list(figures)
    chance.shuffle(other)
    before = [each.penalty for each in ranked_with(figures)]
    assert [each.penalty for each in ranked_with(other)] == before == sorted(before)


@given(st.floats(0, 4), st.floats(0, 4))
def test_a_longer_run_never_improves_the_place(one, other):
    candidates = [Candidate(A_PIECE, shared=(Shared("melody", b, 4),)) for b in (one, other)]
    first = ranked_with([{}, {}], *candidates)[0]
    assert (one, other)[first.number] == min(one, other)


def test_a_piece_of_the_corpus_goes_before_one_two_octaves_higher():
    high, own = transpose(CORPUS[0], 24), CORPUS[0]
    ranked = rank([Candidate(high), Candidate(own)], PORTRAIT)
    assert [each.number for each in ranked] == [1, 0]
    assert "mean pitch of the right hand" in " ".join(r.words for r in ranked[1].reasons)


def test_pieces_themselves_are_measured():
    empty = replace(A_PIECE, notes=())
    ranked = rank([Candidate(empty), Candidate(A_PIECE)], PORTRAIT)
    assert [each.number for each in ranked] == [1, 0]


def test_another_grid_is_refused():
    with pytest.raises(ValueError, match="different grids"):
        rank([Candidate(regrid(A_PIECE, 12))], PORTRAIT)


def test_nobody_is_ranked():
    assert rank([], PORTRAIT) == []


def test_every_figure_has_words():
    assert WORDS.keys() == figures_of(a_piece(bars=20), PORTRAIT).keys() | {"nats_per_step"}
