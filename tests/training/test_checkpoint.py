"""What resuming reads is what was put down, or a clear error."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of
from safetensors.numpy import save_file

from ragsmith.errors import BadFile
from ragsmith.training.checkpoint import Checkpoint, Epoch, read_checkpoint, write_checkpoint

numbers = st.floats(0, allow_nan=False)
epochs = st.lists(
    st.builds(Epoch, st.integers(1, 999), numbers, st.none() | numbers, numbers), max_size=4
).map(tuple)
arrays = st.dictionaries(
    st.text("abc.019/", min_size=1, max_size=6),
    arrays_of.arrays(
        st.sampled_from([np.float32, np.int32, np.uint32, np.uint8]),
        arrays_of.array_shapes(min_dims=0, max_dims=3, max_side=4),
    ),
    max_size=4,
)
checkpoints = st.builds(
    Checkpoint, st.text(max_size=20), st.just({"batch": 16}), epochs, arrays, arrays
)
ONE = Checkpoint(
    "what",
    {"batch": 16},
    (Epoch(1, 2.0, None, 3.5),),
    {"0.0": np.ones((2, 3), np.float32)},
    {"k": np.arange(3)},
)


@given(checkpoints)
def test_what_is_read_is_what_was_written(tmp_path_factory, checkpoint):
    path = tmp_path_factory.getbasetemp() / "a.learning"
    write_checkpoint(checkpoint, path)
    found = read_checkpoint(path)
    assert found.identity == checkpoint.identity
    assert (found.settings, found.epochs) == (checkpoint.settings, checkpoint.epochs)
    for group, was in ((found.learner, checkpoint.learner), (found.best, checkpoint.best)):
        assert group.keys() == was.keys()
        for name, array in was.items():
            np.testing.assert_array_equal(group[name], array)
            assert group[name].dtype == array.dtype


def test_the_criterion_is_held_out_where_there_is_one():
    assert Epoch(1, 2.0, 3.0, 0.0).criterion == 3
    assert Epoch(1, 2.0, None, 0.0).criterion == 2


def test_cut_anywhere_it_is_refused(tmp_path):
    path = tmp_path / "a.learning"
    write_checkpoint(ONE, path)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(BadFile, match="not a learning to resume"):
            read_checkpoint(path)


def test_damaged_it_is_refused_or_read_but_never_fails_otherwise(tmp_path):
    path = tmp_path / "a.learning"
    write_checkpoint(ONE, path)
    whole = path.read_bytes()
    draw = random.Random(0)
    for _ in range(500):
        damaged = bytearray(whole)
        for _ in range(draw.randint(1, 3)):
            damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        path.write_bytes(damaged)
        try:
            read_checkpoint(path)
        except BadFile:
            continue


def test_other_files_are_refused(tmp_path):
    path = tmp_path / "a.learning"
    for rule in ("does not exist", "not a learning"):
        with pytest.raises(BadFile, match=rule):
            read_checkpoint(path)
        save_file({"a": np.zeros(1)}, path)  # safetensors of something else
