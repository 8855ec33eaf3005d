"""Learn the style of a folder of piano music, and compose new pieces in it.

>>> import ragsmith
>>> model = ragsmith.load_model("ragtime")
>>> piece = ragsmith.compose(model, ragsmith.Wish(bars=4, metre="2/4", key="Eb"), seed=1)
>>> piece.bars[0]
Bar(start=0, length=8, metre=Metre(beats=2, unit=4), offset=0)
>>> ragsmith.check(piece, model).within_limits
True

Names are loaded when they are used: importing the package loads neither Keras nor JAX.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ragsmith.outlets import Outlets

if TYPE_CHECKING:
    from pathlib import Path

    from ragsmith import datasets
    from ragsmith.bundle.bundle import Bundle, load_bundle, save_bundle
    from ragsmith.bundle.evaluate import evaluate
    from ragsmith.bundle.mix import mix
    from ragsmith.composer import Limits, Sampling, Wish, compose, compose_all, compose_many
    from ragsmith.composer.variants import variants
    from ragsmith.corpus import Corpus, read_corpus
    from ragsmith.easier.simplify import simplify
    from ragsmith.errors import UserError
    from ragsmith.io import read, read_report, write
    from ragsmith.originality.check import check
    from ragsmith.performance import Performance, perform
    from ragsmith.piece import Bar, Hand, Key, Metre, Note, Piece
    from ragsmith.shipped import load_model
    from ragsmith.training import Plan, learn
    from ragsmith.verbs import transpose

__version__ = "0.1.0"

_HOMES = {
    "Bar": "piece",
    "Bundle": "bundle.bundle",
    "Corpus": "corpus",
    "Hand": "piece",
    "Key": "piece",
    "Limits": "composer",
    "Metre": "piece",
    "Note": "piece",
    "Performance": "performance",
    "Piece": "piece",
    "Plan": "training",
    "Sampling": "composer",
    "UserError": "errors",
    "Wish": "composer",
    "check": "originality.check",
    "compose": "composer",
    "compose_all": "composer",
    "compose_many": "composer",
    "evaluate": "bundle.evaluate",
    "learn": "training",
    "load_bundle": "bundle.bundle",
    "load_model": "shipped",
    "mix": "bundle.mix",
    "perform": "performance",
    "read": "io",
    "read_corpus": "corpus",
    "read_report": "io",
    "save_bundle": "bundle.bundle",
    "simplify": "easier.simplify",
    "transpose": "verbs",
    "variants": "composer.variants",
    "write": "io",
}

__all__ = [
    "Bar",
    "Bundle",
    "Corpus",
    "Hand",
    "Key",
    "Limits",
    "Metre",
    "Note",
    "Performance",
    "Piece",
    "Plan",
    "Sampling",
    "UserError",
    "Wish",
    "check",
    "compose",
    "compose_all",
    "compose_many",
    "datasets",
    "evaluate",
    "learn",
    "load_bundle",
    "load_model",
    "mix",
    "perform",
    "read",
    "read_corpus",
    "read_report",
    "save_bundle",
    "simplify",
    "transpose",
    "variants",
    "write",
]


def __getattr__(name: str) -> Any:
    if name == "datasets":
        return import_module("ragsmith.datasets")
    if name not in _HOMES:
        raise AttributeError(f"module 'ragsmith' has no attribute {name!r}")
    return getattr(import_module(f"ragsmith.{_HOMES[name]}"), name)


def _save(piece: "Piece", path: "str | Path") -> "Path":
    from ragsmith.io import write

    return write(piece, path)


def _html(piece: "Piece") -> str:
    from ragsmith.io.notebook import as_html

    return as_html(piece)


Outlets.save, Outlets.html = _save, _html


def __dir__() -> list[str]:
    return __all__
