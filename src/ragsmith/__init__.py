"""Learn the style of a folder of piano music, and compose new pieces in it.

    import ragsmith
    corpus = ragsmith.read_corpus("my_midis/")
    model = ragsmith.learn(corpus, plan=ragsmith.Plan(minutes=10), out=Path("my.ragsmith"))
    piece = ragsmith.compose(model, ragsmith.Wish(form="AABBACCDD"), seed=1)
    piece.save("rag.mid"); piece.save("rag.pdf")
    ragsmith.check(piece, corpus).longest_texture   # beats, where, in which file

Names are loaded when they are used: importing the package loads neither Keras nor JAX.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ragsmith.bundle.bundle import load_bundle, save_bundle
    from ragsmith.composer import Limits, Sampling, Wish, compose, compose_all, compose_many
    from ragsmith.corpus import read_corpus
    from ragsmith.errors import UserError
    from ragsmith.io import read, read_report, write
    from ragsmith.originality.check import check
    from ragsmith.piece import Note, Piece
    from ragsmith.training import Plan, learn

__version__ = "0.1.0"

_HOMES = {
    "Sampling": "composer",
    "Limits": "composer",
    "Note": "piece",
    "Piece": "piece",
    "Plan": "training",
    "UserError": "errors",
    "Wish": "composer",
    "check": "originality.check",
    "compose": "composer",
    "compose_all": "composer",
    "compose_many": "composer",
    "learn": "training",
    "load_bundle": "bundle.bundle",
    "read": "io",
    "read_report": "io",
    "write": "io",
    "read_corpus": "corpus",
    "save_bundle": "bundle.bundle",
}

__all__ = [
    "Limits",
    "Note",
    "Piece",
    "Plan",
    "Sampling",
    "UserError",
    "Wish",
    "check",
    "compose",
    "compose_all",
    "compose_many",
    "learn",
    "load_bundle",
    "read",
    "read_corpus",
    "read_report",
    "save_bundle",
    "write",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'ragsmith' has no attribute {name!r}")
    return getattr(import_module(f"ragsmith.{_HOMES[name]}"), name)
