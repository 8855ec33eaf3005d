"""Chords as the network is told them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ragsmith.chords import ChordMark, moved_chord
from ragsmith.harmony.finder import chords_of
from ragsmith.harmony.spans import half_bars
from ragsmith.models.registry import learner_for
from ragsmith.models.stride.chord_rolls import marked_chords, rolls_of
from ragsmith.models.stride.config import StrideConfig
from ragsmith.models.stride.model import StrideModel
from ragsmith.models.stride.shapes import first_weights
from ragsmith.verbs import transpose
from support.tunes import tune


def test_chords_are_told_only_where_there_is_harmony_and_change_what_is_likely():
    piece = tune(4)
    config = StrideConfig(size="small", harmony=True)
    weights = first_weights(config, 0)
    model = StrideModel(config, weights)
    chords = chords_of(piece)
    plain = model.log_likelihood(piece)
    np.testing.assert_allclose(model.log_likelihood(piece, chords), plain)  # they begin blank
    rng = np.random.default_rng(1)
    weights["harmony.kernel"] = rng.normal(size=weights["harmony.kernel"].shape).astype(np.float32)
    model = StrideModel(config, weights)
    np.testing.assert_allclose(model.log_likelihood(piece), plain)
    assert np.abs(model.log_likelihood(piece, chords) - plain).max() > 0.1


def test_chords_move_with_the_key():
    piece = tune(4)
    chords = chords_of(piece)
    moved = [chord and moved_chord(chord, 3) for chord in chords]
    higher = rolls_of(transpose(piece, 3), moved)
    np.testing.assert_array_equal(higher, np.roll(rolls_of(piece, chords), 3, -1))


def test_chord_symbols_are_told_as_found_chords_are():
    piece = tune(4)
    spans, chords = half_bars(piece), chords_of(piece)
    marks = [ChordMark(s.start, chord) for s, chord in zip(spans, chords, strict=True)]
    assert marked_chords(replace(piece, chords=tuple(marks))) == chords


@pytest.mark.slow
def test_a_batch_teaches_what_chords_mean():
    config = StrideConfig(
        size="small", harmony=True, chordless=0.0, sequence_length=16, batch=2, epoch_batches=1
    )
    learner = learner_for("stride", config, [tune(4)], 0)
    for _ in learner.epoch(0):
        pass
    assert learner.model().arrays()["harmony.kernel"].any()
