"""Keras is ours to choose a backend for only while nobody has loaded it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

LEARN = """
import os
import keras
before = dict(os.environ)
from ragsmith.errors import UserError
from ragsmith.models.registry import config_for, learner_for
from support.tunes import tune
config = config_for("{model}", {{"sequence_length": 8}})
for attempt in range(2):
    try:
        learner_for("{model}", config, [tune(0)], 0)
        print("learns")
    except UserError as error:
        print(error)
assert before == dict(os.environ)
"""


def outcomes(model: str, backend: str) -> list[str]:
    """What two attempts to learn give in a process that loaded Keras on a backend."""
    paths = os.pathsep.join(path for path in sys.path if path)
    done = subprocess.run(
        [sys.executable, "-c", LEARN.format(model=model)],
        env=os.environ | {"KERAS_BACKEND": backend, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


@pytest.mark.slow
@pytest.mark.parametrize("model", ["element", "stride"])
def test_keras_on_another_backend_is_told_in_one_line(model: str) -> None:
    line = (
        "Keras backend numpy: was chosen by an earlier `import keras`, and ragsmith's networks "
        "learn on jax; set the environment variable KERAS_BACKEND=jax before Python starts"
    )
    assert outcomes(model, "numpy") == [line, line]


@pytest.mark.slow
def test_keras_loaded_before_on_jax_will_do() -> None:
    assert outcomes("element", "jax") == ["learns", "learns"]
