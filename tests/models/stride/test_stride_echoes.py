"""What a piece's own past says: runs, echoes and votes, against the definitions."""

from __future__ import annotations

from itertools import count, takewhile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragsmith.models.stride.config import StrideConfig
from ragsmith.models.stride.echoes import BOTH_RUNS, OWN_RUNS, VOTES, echoes_of
from ragsmith.models.stride.encoding import EncodedPiece, encode_piece
from ragsmith.piece import Hand, Metre, Note, Piece, normalise, regular_bars
from ragsmith.verbs import transpose

CONFIG = StrideConfig()
STEPS = 48


@st.composite
def pieces(draw: st.DrawFn) -> Piece:
    """Few pitches, so that much comes again."""
    notes = [
        Note(step, pitch, 1, hand=hand)
        for step in range(STEPS)
        for pitch, hand in draw(
            st.sets(st.sampled_from([(40, Hand.LEFT), (64, Hand.RIGHT), (67, Hand.RIGHT)]))
        )
    ]
    return Piece(normalise(notes), regular_bars(STEPS, [(0, Metre(2, 4))]))


def run(encoded: EncodedPiece, now: int, then: int, hand: slice) -> int:
    """How many steps before `then` are as those before `now`."""
    struck = encoded.durations[:, hand] > 0
    alike = (then - k >= 0 and bool((struck[now - k] == struck[then - k]).all()) for k in count(1))
    return sum(1 for _ in takewhile(bool, alike))


HANDS = (slice(0, 88), slice(88, 176), slice(0, 176))


@settings(max_examples=30)
@given(pieces(), st.integers(1, STEPS - 1))
def test_an_echo_is_the_longest_match_at_the_same_place_in_the_bar(piece: Piece, now: int) -> None:
    encoded = encode_piece(piece, CONFIG)
    echoes = echoes_of(encoded, now, now + 1)
    past = [p for p in range(now) if (now - p) % 8 == 0]
    for stream, hand in enumerate(HANDS):
        runs = {p: run(encoded, now, p, hand) for p in past}
        longest = max(runs.values(), default=0)
        expected = max((p for p in past if runs[p] == longest), default=-1) if longest else -1
        assert echoes.pointers[0, stream] == expected


@settings(max_examples=30)
@given(pieces(), st.integers(1, STEPS - 1))
def test_votes_are_the_shares_of_the_steps_that_qualify(piece: Piece, now: int) -> None:
    encoded = encode_piece(piece, CONFIG)
    votes = echoes_of(encoded, now, now + 1).votes.reshape(VOTES, 2, 88)
    past = [p for p in range(now) if (now - p) % 8 == 0]
    for i, least in enumerate(OWN_RUNS + BOTH_RUNS):
        for hand in (0, 1):
            heard = HANDS[hand] if i < len(OWN_RUNS) else HANDS[2]
            voters = [p for p in past if run(encoded, now, p, heard) >= least]
            struck = encoded.durations[voters][:, HANDS[hand]] > 0
            expected = struck.mean(0) if voters else np.zeros(88)
            assert np.allclose(votes[i, hand], expected)


@pytest.mark.slow
@given(pieces(), st.integers(-12, 12))
def test_transposing_moves_the_votes_and_nothing_else(piece: Piece, semitones: int) -> None:
    here, there = (
        echoes_of(encode_piece(p, CONFIG), 0, STEPS) for p in (piece, transpose(piece, semitones))
    )
    assert np.array_equal(here.pointers, there.pointers)
    assert np.array_equal(here.evidence, there.evidence)
    by_key = here.votes.reshape(STEPS, VOTES, 2, 88)
    assert np.allclose(np.roll(by_key, semitones, -1).reshape(here.votes.shape), there.votes)


@pytest.mark.slow
@given(pieces(), st.integers(0, STEPS - 1), st.integers(0, STEPS - 1))
def test_a_horizon_hides_what_was_before_it(piece: Piece, one: int, other: int) -> None:
    horizon, now = sorted((one, other))
    encoded = encode_piece(piece, CONFIG)
    hidden = encoded.durations.copy()
    hidden[:horizon] = 0
    silenced = echoes_of(encoded._replace(durations=hidden), now, now + 1, horizon)
    echoes = echoes_of(encoded, now, now + 1, horizon)
    assert all(np.array_equal(a, b) for a, b in zip(echoes, silenced, strict=True))
    assert ((echoes.pointers == -1) | (echoes.pointers >= horizon)).all()
