"""Batches drawn in processes of their own are those that the learner would draw itself."""

from itertools import count, islice

import jax
import numpy as np

from ragsmith.models.stride.batches import BatchSampler
from ragsmith.models.stride.config import StrideConfig
from ragsmith.models.stride.drawing import BatchProcesses, process_count
from support.tunes import tune

CONFIG = StrideConfig(size="small", sequence_length=16, batch=2)
PIECES = [tune(seed) for seed in range(3)]


def test_processes_draw_what_the_learner_would():
    sampler = BatchSampler(CONFIG, PIECES, 2)
    processes = BatchProcesses(sampler, CONFIG, PIECES, 2, 2)
    drawn = list(islice(processes.batches(7, count()), 6))
    processes.end()
    for turn, batch in enumerate(drawn):
        expected = sampler.sample(7, turn)
        jax.tree.map(np.testing.assert_array_equal, batch, expected)


def test_an_accelerator_is_fed_by_processes_and_a_small_corpus_by_the_learner():
    assert process_count(["gpu:0"], 100) >= 1
    assert process_count(["cpu:0", "cpu:1"], 100) == 0
    assert process_count(["cpu:0"], 10**7) <= 1
