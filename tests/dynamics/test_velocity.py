"""Learnt dynamics know what makes notes loud, spread as their corpus does, refuse nonsense."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragsmith.composer import strain_plans
from ragsmith.dynamics.features import FEATURES
from ragsmith.dynamics.learning import dynamics_of
from ragsmith.dynamics.velocity import STREAM, Dynamics
from ragsmith.piece import Hand, Metre, Note, Piece, normalise, place_in_bar, regular_bars
from ragsmith.verbs import repeat
from support.strategies import pieces

BARS = 24
CONTRAST = 12


def played(seed: int, level: int = 70, noise: float = 2.0, contrast: int = CONTRAST) -> Piece:
    """A piece in 2/4 whose downbeats are louder by `contrast`."""
    draw = random.Random(seed)
    bars = regular_bars(8 * BARS, [(0, Metre(2, 4))])
    notes = []
    for step in range(0, 8 * BARS, 2):
        loud = level + contrast * (step % 8 == 0)
        for pitch, hand in ((draw.randint(40, 52), Hand.LEFT), (draw.randint(62, 80), Hand.RIGHT)):
            velocity = min(127, max(1, round(draw.gauss(loud, noise))))
            notes.append(Note(step, pitch, 2, velocity, hand))
    return Piece(normalise(notes), bars)


def velocities(piece: Piece) -> np.ndarray:
    return np.array([note.velocity for note in piece.notes], float)


def learnt(**how: Any) -> Dynamics:
    dynamics = dynamics_of([played(seed, **how) for seed in range(6)])
    assert dynamics is not None
    return dynamics


DYNAMICS = learnt()


def test_it_foretells_what_it_has_never_heard() -> None:
    fresh = played(99, level=90)
    true = velocities(fresh) - velocities(fresh).mean()
    error = true - DYNAMICS.expected(fresh)
    assert error @ error < 0.25 * (true @ true)


def test_downbeats_come_out_louder_by_as_much_as_in_the_corpus() -> None:
    piece = played(7, level=60, noise=0, contrast=0)
    down = place_in_bar(piece)[[note.onset for note in piece.notes]] == 0
    loud = np.mean([velocities(DYNAMICS.play(piece, seed)) for seed in range(8)], axis=0)
    assert loud[down].mean() - loud[~down].mean() == pytest.approx(CONTRAST, abs=3)


@pytest.mark.parametrize("noise", [4.0, 12.0])
def test_it_spreads_as_the_corpus_does(noise: float) -> None:
    dynamics = learnt(noise=noise)
    corpus = np.mean([velocities(played(seed, noise=noise)).std() for seed in range(6)])
    anew = np.mean([velocities(dynamics.play(played(50), seed)).std() for seed in range(12)])
    assert anew == pytest.approx(corpus, rel=0.15)


def test_a_slow_swell_is_found_and_played() -> None:
    def swelling(seed: int) -> Piece:
        draw, level, notes = random.Random(seed), 0.0, []
        piece = played(seed, noise=1, contrast=0)
        swell = []
        for _ in piece.bars:
            level = 0.9 * level + draw.gauss(0, 4)
            swell.append(level)
        for note in piece.notes:
            loud = round(note.velocity + swell[note.onset // 8])
            notes.append(note._replace(velocity=min(127, max(1, loud))))
        return replace(piece, notes=tuple(notes))

    dynamics = dynamics_of([swelling(seed) for seed in range(6)])
    assert dynamics is not None
    assert dynamics.memory > 0.6
    assert dynamics.swell > 3 * max(dynamics.chord_noise, dynamics.note_noise)
    bars = [
        velocities(dynamics.play(played(1), seed)).reshape(BARS, -1).mean(1) for seed in range(24)
    ]
    assert np.mean([np.corrcoef(means[1:], means[:-1])[0, 1] for means in bars]) > 0.4


def test_levels_of_pieces_are_kept_apart_from_what_is_within_them() -> None:
    low, high = ([played(s, level) for s in range(6)] for level in (50, 80))
    mixed = dynamics_of([*low[:3], *high[3:]])
    assert mixed is not None
    assert mixed.level_spread == pytest.approx(15, abs=3)
    assert mixed.spread == pytest.approx(DYNAMICS.spread, abs=1)
    heard = {round(velocities(mixed.play(low[0], seed)).mean()) for seed in range(8)}
    assert max(heard) - min(heard) > 10


@pytest.mark.parametrize(
    "corpus",
    [
        [],
        [played(s, noise=0, contrast=0) for s in range(4)],
        [played(0, noise=9)],
        [played(0), *(played(s, noise=0, contrast=0) for s in range(9))],
        [Piece((), ())],
    ],
    ids=["nothing", "one velocity", "too few notes", "hardly any piece", "no notes"],
)
def test_where_velocities_hardly_vary_nothing_is_learnt(corpus: list[Piece]) -> None:
    assert dynamics_of(corpus) is None


def test_few_pieces_are_enough() -> None:
    dynamics = dynamics_of([played(0), played(1)])
    assert dynamics is not None
    assert dict(zip(FEATURES, dynamics.weights, strict=True))["downbeat"] > 0.5


@given(pieces(), st.integers(0, 2**32), st.integers(0, 300))
def test_any_piece_can_be_played_and_the_same_seed_plays_it_alike(
    piece: Piece, seed: int, start: int
) -> None:
    anew = DYNAMICS.play(piece, seed, start)
    assert anew == DYNAMICS.play(piece, seed, start)
    assert [n._replace(velocity=0) for n in anew.notes] == [
        n._replace(velocity=0) for n in piece.notes
    ]
    for old, new in zip(piece.notes, anew.notes, strict=True):
        assert 1 <= new.velocity <= 127
        assert type(new.velocity) is int
        assert old.onset >= start or new == old


@settings(max_examples=40)
@given(st.lists(pieces(), min_size=1, max_size=3))
def test_any_corpus_can_be_learnt_from(corpus: list[Piece]) -> None:
    long = [repeat(piece, 1 + 30 // len(piece.notes)) for piece in corpus]
    dynamics = dynamics_of([*long, *(played(seed) for seed in range(3))])
    assert dynamics is not None
    assert Dynamics.from_json(json.loads(json.dumps(dynamics.to_json()))) == dynamics


@given(pieces(), st.sampled_from([-100.0, 100.0]))
def test_the_wildest_dynamics_of_a_stranger_still_plays(piece: Piece, weight: float) -> None:
    wild = Dynamics((weight,) * len(FEATURES), 127.0, 64.0, 64.0, 0.99, 2.0, 2.0, 2.0)
    for start in (0, piece.steps // 2):
        assert all(1 <= note.velocity <= 127 for note in wild.play(piece, 0, start).notes)


def test_a_primer_is_kept_and_its_level_goes_on() -> None:
    for level in (40, 100):
        primed = replace(played(3, level=level), title="primed")
        anew = DYNAMICS.play(primed, seed=5, start=64)
        old, new = np.split(velocities(anew), [sum(n.onset < 64 for n in primed.notes)])
        assert np.array_equal(old, velocities(primed)[: len(old)])
        assert new.mean() == pytest.approx(level + CONTRAST / 4, abs=4)


def test_two_seeds_play_differently() -> None:
    assert DYNAMICS.play(played(3), 1) != DYNAMICS.play(played(3), 2)


def test_a_piece_without_notes_stays_as_it_is() -> None:
    assert DYNAMICS.play(Piece((), ()), seed=1) == Piece((), ())


def nonsense() -> list[Any]:
    """What a stranger's file could hold in place of dynamics."""
    good = DYNAMICS.to_json()
    fields = [good | {name: value} for name in good for value in BAD]
    weights = good["weights"]
    inner = [good | {"weights": weights | {"beat": value}} for value in BAD]
    fewer = {name: weights[name] for name in FEATURES[1:]}
    return [*BAD, {}, fields[0] | {"more": 1}, *fields, *inner, good | {"weights": fewer}]


BAD = [None, "1", [], True, float("nan"), float("inf"), -1e300, 10**400, 200.0]


@pytest.mark.parametrize("data", nonsense())
def test_nonsense_is_refused(data: Any) -> None:
    with pytest.raises(ValueError, match="dynamics"):
        Dynamics.from_json(data)


def test_json_holds_all_of_it() -> None:
    assert Dynamics.from_json(json.loads(json.dumps(DYNAMICS.to_json()))) == DYNAMICS


def test_loudness_draws_from_a_stream_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sampler draws the notes from `default_rng(seed)`; loudness must not repeat its draws."""
    streams: list[Any] = []
    fresh = np.random.default_rng
    monkeypatch.setattr(np.random, "default_rng", lambda seed: streams.append(seed) or fresh(seed))
    DYNAMICS.play(played(1), seed=7)
    assert streams == [[STREAM, 7]]
    assert fresh([STREAM, 7]).random() != fresh(7).random()
    assert STREAM != strain_plans.STREAM
