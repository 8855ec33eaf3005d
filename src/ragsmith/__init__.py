"""Learn the style of a folder of piano music, and compose new pieces in it.

    import ragsmith
    corpus = ragsmith.read_corpus("my_midis/")
    model = ragsmith.learn(corpus, plan=ragsmith.Plan(minutes=10), out=Path("my.ragsmith"))
    piece = ragsmith.compose(model, seed=1)
    piece.save("rag.mid")

Names are loaded when they are used: importing the package loads neither Keras nor JAX.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ragsmith.compose import Choosing, Wish, compose, compose_many
    from ragsmith.corpus import read_corpus
    from ragsmith.errors import UserError
    from ragsmith.io import read
    from ragsmith.learn import Plan, learn
    from ragsmith.models.bundle import load_bundle, save_bundle
    from ragsmith.piece import Note, Piece

__version__ = "0.1.0"

_HOMES = {
    "Choosing": "compose",
    "Note": "piece",
    "Piece": "piece",
    "Plan": "learn",
    "UserError": "errors",
    "Wish": "compose",
    "compose": "compose",
    "compose_many": "compose",
    "learn": "learn",
    "load_bundle": "models.bundle",
    "read": "io",
    "read_corpus": "corpus",
    "save_bundle": "models.bundle",
}

__all__ = [
    "Choosing",
    "Note",
    "Piece",
    "Plan",
    "UserError",
    "Wish",
    "compose",
    "compose_many",
    "learn",
    "load_bundle",
    "read",
    "read_corpus",
    "save_bundle",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'ragsmith' has no attribute {name!r}")
    return getattr(import_module(f"ragsmith.{_HOMES[name]}"), name)
