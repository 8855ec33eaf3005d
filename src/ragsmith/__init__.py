"""Learn the style of a folder of piano music, and compose new pieces in it.

    import ragsmith
    corpus = ragsmith.read_corpus("my_midis/")
    model = ragsmith.learn(corpus, plan=ragsmith.Plan(minutes=10), out=Path("my.ragsmith"))
    piece = ragsmith.compose(model, ragsmith.Wish(form="AABBACCDD"), seed=1)
    piece.save("rag.mid"); piece.save("rag.pdf")
    ragsmith.check(piece, corpus).longest_texture   # beats, where, in which file

Names are loaded when they are used: importing the package loads neither Keras nor JAX.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ragsmith.compose import Choosing, Limits, Wish, compose, compose_all, compose_many
    from ragsmith.corpus import read_corpus
    from ragsmith.errors import UserError
    from ragsmith.io import read
    from ragsmith.learn import Plan, learn
    from ragsmith.measure.check import check
    from ragsmith.models.bundle import load_bundle, save_bundle
    from ragsmith.piece import Note, Piece

__version__ = "0.1.0"

_HOMES = {
    "Choosing": "compose",
    "Limits": "compose",
    "Note": "piece",
    "Piece": "piece",
    "Plan": "learn",
    "UserError": "errors",
    "Wish": "compose",
    "check": "measure.check",
    "compose": "compose",
    "compose_all": "compose",
    "compose_many": "compose",
    "learn": "learn",
    "load_bundle": "models.bundle",
    "read": "io",
    "read_corpus": "corpus",
    "save_bundle": "models.bundle",
}

__all__ = [
    "Choosing",
    "Limits",
    "Note",
    "Piece",
    "Plan",
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
    "save_bundle",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'ragsmith' has no attribute {name!r}")
    return getattr(import_module(f"ragsmith.{_HOMES[name]}"), name)


class _Package(ModuleType):
    """`ragsmith.compose` and `ragsmith.learn` are the functions, also once the rooms of these names
    are loaded: those are reached by `from ragsmith.compose import ...`."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
