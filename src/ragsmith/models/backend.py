"""Keras on JAX, wherever Keras is needed: `from ragsmith.models.backend import keras`."""

import os
import sys

from ragsmith.errors import BadOption

if "keras" not in sys.modules:  # once it is loaded, its backend cannot change
    os.environ["KERAS_BACKEND"] = "jax"

import keras

if keras.backend.backend() != "jax":
    raise BadOption(
        f"Keras backend {keras.backend.backend()}",
        "was chosen by an earlier `import keras`, and ragsmith's networks learn on jax",
        "set the environment variable KERAS_BACKEND=jax before Python starts",
    )

__all__ = ["keras"]
