"""A trained model in one file, `NAME.ragsmith`: a zip that is safe to open, whoever made it.

config.json            format, model name, its config, and the version that wrote it
weights.safetensors    the arrays
vocabulary.json        where the model has one
card.json              what it was learnt from (see `Card`)
passages.safetensors   what tells copies of that (see `Passages`)

Nothing in it can run code; sizes are checked before anything is unpacked, values before anything is
computed; it is written whole or not at all, and the same model gives the same bytes.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as load_arrays
from safetensors.numpy import save as save_arrays

import ragsmith
from ragsmith.bundle.archive import NOT_OURS, damaged, pack, unpack
from ragsmith.bundle.card import Card, Source, card_from_json
from ragsmith.errors import BadBundle, BadFile, UserError
from ragsmith.files import write_whole
from ragsmith.models.base import Arrays, Model
from ragsmith.models.registry import config_for, is_name, model_from, model_names
from ragsmith.originality.index import Passages

__all__ = ["FORMAT", "SUFFIX", "Bundle", "Card", "Source", "load_bundle", "save_bundle"]

FORMAT = 1
SUFFIX = ".ragsmith"
LIMITS = {
    "config.json": 1 << 16,
    "card.json": 1 << 24,
    "vocabulary.json": 1 << 24,
    "weights.safetensors": 1 << 30,
    "passages.safetensors": 1 << 30,
}
"""The only parts that are read, and the most bytes that each may have when unpacked."""


class Bundle(NamedTuple):
    """A model and where it comes from; `passages` is None where nobody indexed its corpus."""

    model: Model
    card: Card
    passages: Passages | None = None

    @property
    def files(self) -> tuple[str, ...]:
        """Paths of the corpus's files, numbered as in `passages`."""
        return tuple(source.path for source in self.card.sources)


def save_bundle(bundle: Bundle, path: str | Path) -> Path:
    """Write a model with its card; the file appears whole or not at all.

    Raises:
        BadBundle: the model is not registered (`ragsmith.models.registry.register_model`).
        BadFile: the file cannot be written, or is too large to be read again.
    """
    path = Path(path)
    model, card, passages = bundle
    if model.name not in model_names():
        rule = "is not registered, so that its file could not be opened again"
        raise BadBundle(f"model {model.name}", rule, "call register_model for it first")
    config = {
        "format": FORMAT,
        "model": model.name,
        "config": asdict(model.config),
        "ragsmith": ragsmith.__version__,
    }
    parts: dict[str, bytes] = {
        "config.json": _dump(config),
        "card.json": _dump(asdict(card)),
        "weights.safetensors": _dump_arrays(model.arrays()),
    }
    if passages is not None:
        parts["passages.safetensors"] = _dump_arrays(passages.arrays())
    vocabulary = model.vocabulary()
    if vocabulary is not None:
        parts["vocabulary.json"] = _dump(vocabulary)
    for name, data in parts.items():
        if len(data) > LIMITS[name]:
            rule = f"would hold {len(data):,} bytes of {name}, more than {LIMITS[name]:,}"
            raise BadFile(path, rule, "learn a smaller model, or from fewer files")
    return write_whole(path, pack(parts))


def _dump(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True).encode()


def _dump_arrays(arrays: Arrays) -> bytes:
    return save_arrays({name: np.ascontiguousarray(a) for name, a in sorted(arrays.items())})


def load_bundle(path: str | Path) -> Bundle:
    """Open a model file.

    Raises:
        BadBundle: it is cut, foreign, from a newer version, too large when unpacked, or holds a
            model that is not registered here.
        BadFile: it cannot be read.
    """
    path = Path(path)
    parts = unpack(path, LIMITS)
    about = _parsed(path, parts, "config.json")
    number = about.get("format") if isinstance(about, dict) else None
    if type(number) is not int or number < 1:
        raise damaged(path, NOT_OURS)
    if number != FORMAT:
        raise BadBundle(
            path.name,
            f"has format {number}, and this version reads format {FORMAT}",
            "install the newest ragsmith (pip install -U ragsmith)",
        )
    name = about.get("model")
    if isinstance(name, str) and is_name(name) and name not in model_names():
        rule = f"holds a model called {name}, which is not registered here"
        raise BadBundle(path.name, rule, "call register_model for it first, as whoever made it did")
    card = _parsed(path, parts, "card.json")
    vocabulary = _parsed(path, parts, "vocabulary.json") if "vocabulary.json" in parts else None
    try:
        config = config_for(about["model"], about["config"])
        arrays = load_arrays(parts.pop("weights.safetensors"))
        model = model_from(about["model"], config, vocabulary, arrays)
        rows = parts.get("passages.safetensors")
        grid = model.steps_per_quarter
        passages = None if rows is None else Passages.from_arrays(grid, load_arrays(rows))
        return Bundle(model, card_from_json(card), passages)
    except UserError as e:
        raise damaged(path, f"is damaged ({e.value} {e.rule})") from e
    except (SafetensorError, LookupError, ValueError, TypeError, AttributeError) as e:
        raise damaged(path, "is damaged: its parts do not fit together") from e


def _parsed(path: Path, parts: dict[str, bytes], name: str) -> Any:
    try:
        return json.loads(parts[name])
    except (KeyError, ValueError, RecursionError) as e:
        raise damaged(path, NOT_OURS) from e
