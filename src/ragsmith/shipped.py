"""The model that `ragsmith compose` uses when none is named."""

from __future__ import annotations

from ragsmith.corpus import read_corpus
from ragsmith.etudes import etudes_folder
from ragsmith.learn import learn
from ragsmith.models.bundle import Bundle

__all__ = ["shipped_model"]


def shipped_model() -> Bundle:
    """A `markov` model of the built-in études; it is learnt in a second, so it is not stored."""
    return learn(read_corpus(etudes_folder()), "markov", held_out=0)
