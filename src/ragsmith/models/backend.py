"""Keras on JAX, wherever Keras is needed: `from ragsmith.models.backend import keras`."""

import os

os.environ["KERAS_BACKEND"] = "jax"  # the compiled loops of `network` are JAX's own

import keras

__all__ = ["keras"]
