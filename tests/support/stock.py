"""A library with something in it: a built-in rag, and a model that composes bars of it at once."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ragsmith.bundle.bundle import save_bundle
from ragsmith.composer import Composed, Limits
from ragsmith.corpus.cache_files import store
from ragsmith.corpus.record import Record
from ragsmith.datasets import rags
from ragsmith.models.markov.config import MarkovConfig
from ragsmith.models.markov.learner import MarkovLearner
from ragsmith.studio.facts import facts_of_model, facts_of_piece
from ragsmith.studio.library import Library, new_id
from support.fakes import indexed

RAG, LEARNT = 0, slice(1, 4)
"""Intro |: A 1. A1 :| 2. A2 |: B 1. B1 :| 2. B2 A A2, and the rags that the model has learnt."""


class Stock(NamedTuple):
    """The ids of what is there."""

    piece: str
    model: str


def stock(folder: Path) -> Stock:
    """Put a kept piece and a model into a library."""
    learnt = rags()[LEARNT]
    model = MarkovLearner(MarkovConfig(transpositions=False), learnt).model()
    bundle = indexed(model, corpus=learnt)
    rag = Composed(rags()[RAG], 1, 1.0, {}, None)
    library = Library(folder)
    try:
        number, model_number = new_id(), new_id()
        save_bundle(bundle, library.model_file(model_number))
        library.add_model(model_number, "Quick", facts_of_model(bundle))
        store(library.piece_file(number), Record(""), rag.piece, durable=True)
        facts = facts_of_piece(bundle, rag, Limits(), None)
        library.add_piece(facts | {"id": number, "recipe": ""}, model_number, "kept")
    finally:
        library.close()
    return Stock(number, model_number)
