"""A trained model in one file, `NAME.ragsmith`: a safetensors file, safe to open whoever made it.

Its metadata:

format, version     FORMAT, and the version that wrote it
model, config       the model's name; its config, as JSON
vocabulary          where the model has one, as JSON
card, profile       what it was learnt from (see `Card`), what it composes by (see `Profile`), JSON

indices             the indices that tell copies of its corpora (see `ragsmith.bundle.indices`)

Its arrays: `weights.NAME` are the model's, `passages.NUMBER.NAME` those of the indices.

Nothing in it can run code; sizes are checked before anything is loaded, values before anything is
computed; it is written whole or not at all, and the same model gives the same bytes. Files of
FORMAT 1 (`ragsmith.bundle.format1`) and of FORMAT 2, with one index, are read as well.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import ragsmith
from ragsmith.bundle import format1
from ragsmith.bundle.card import Card, Source, card_from_json
from ragsmith.bundle.container import DISJOINT, NOT_OURS, Parts, damaged, opened, pack, unpack
from ragsmith.bundle.indices import OtherBase, in_file, out_of_file
from ragsmith.bundle.profile import Profile, profile_from_json
from ragsmith.errors import BadBundle, BadFile, UserError, counted
from ragsmith.files import write_whole
from ragsmith.models.base import Model
from ragsmith.models.registry import config_for, is_name, is_registered, model_from
from ragsmith.originality.corpora import CorpusIndex

__all__ = [
    "FORMAT",
    "SUFFIX",
    "Bundle",
    "Card",
    "Profile",
    "Source",
    "checked_bundle",
    "load_bundle",
    "save_bundle",
]

FORMAT = 3
OLDEST = 2
"""Of the safetensors files; FORMAT 1 was a zip."""
SUFFIX = ".ragsmith"
LIMITS = {
    "format": 1 << 6,
    "version": 1 << 6,
    "model": 1 << 8,
    "config": 1 << 16,
    "card": 1 << 23,
    "profile": 1 << 23,
    "vocabulary": 1 << 24,
    "indices": 1 << 23,
    "weights": 1 << 28,
    "passages": 1 << 30,
}
"""The only parts that are read, and the most characters or bytes that each may have. Nothing is
packed: a file is as large on the disk as what it asks for, so an index of 20,000 files may be."""

DAMAGE = (LookupError, ValueError, TypeError, AttributeError, RecursionError)
"""The errors that damaged parts can cause."""


class Bundle(NamedTuple):
    """A model with what belongs to it.

    Attributes:
        model: the model itself.
        card: what it was learnt from, for people.
        profile: what composing and ranking know of its corpus.
        passages: the indices that tell copies, of its own corpus first, then of its base's
            (`ragsmith.originality.corpora.as_base`); none where nobody made one.

    >>> import ragsmith
    >>> ragsmith.load_model("ragtime")
    <Bundle: stride, learnt from 17 files>
    """

    model: Model
    card: Card = Card()
    profile: Profile = Profile()
    passages: tuple[CorpusIndex, ...] = ()

    def __repr__(self) -> str:
        return f"<Bundle: {self.model.name}, learnt from {counted(len(self.card.sources), 'file')}>"


def checked_bundle(bundle: object) -> Bundle:
    """A model as it is.

    Raises:
        BadBundle: it is none.
    """
    if isinstance(bundle, Bundle):
        return bundle
    raise BadBundle(repr(bundle), "is no model", "open one with ragsmith.load_model(name_or_path)")


def save_bundle(bundle: Bundle, path: str | Path, *, half: bool = False) -> Path:
    """Write a model with its card, profile and index; the file appears whole or not at all.

    Args:
        bundle: the model.
        path: of the file.
        half: whether its weights are written as 16-bit numbers, which takes half the place; of a
            trained `stride` the fifth decimal of its nats changes.

    Raises:
        BadBundle: the model is not registered (`ragsmith.models.registry.register_model`).
        BadFile: the file cannot be written, or could not be opened again: it is too large, or the
            model's numbers are none.

    >>> import ragsmith
    >>> save_bundle(ragsmith.load_model("ragtime"), "my.ragsmith").name
    'my.ragsmith'
    """
    path = Path(path)
    if not is_registered(checked_bundle(bundle).model.name):
        rule = "is not registered, so that its file could not be opened again"
        raise BadBundle(f"model {bundle.model.name}", rule, "call register_model for it first")
    parts = _parts_of(bundle, half)
    for name, size in parts.sizes().items():
        if size > LIMITS[name]:
            rule = f"would hold {size:,} bytes of {name}, more than {LIMITS[name]:,}"
            raise BadFile(path, rule, "learn a smaller model, or from fewer files")
    try:
        _bundle_of(parts)
    except UserError as e:
        raise BadFile(path, f"could not be opened again ({e.value} {e.rule})", e.remedy) from e
    except DAMAGE as e:
        raise BadFile(path, f"could not be opened again ({e})", "give a model that fits") from e
    return write_whole(path, pack(parts))


def _parts_of(bundle: Bundle, half: bool) -> Parts:
    model = bundle.model
    texts = {
        "format": str(FORMAT),
        "version": ragsmith.__version__,
        "model": model.name,
        "config": _json(asdict(model.config)),
        "card": _json(asdict(bundle.card)),
        "profile": _json(bundle.profile.to_json()),
    }
    vocabulary = model.vocabulary()
    if vocabulary is not None:
        texts["vocabulary"] = _json(vocabulary)
    texts["indices"], indices = in_file(bundle.passages)
    weights = model.arrays()
    if half:
        weights = {name: _to(array, np.float32, np.float16) for name, array in weights.items()}
    return Parts(texts, {"weights": weights, "passages": indices})


def _to(array: NDArray[Any], old: type, new: type) -> NDArray[Any]:
    return array.astype(new) if array.dtype == old else array


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True)


def load_bundle(path: str | Path) -> Bundle:
    """Open a model file.

    Raises:
        BadBundle: it is cut, foreign, from a newer version, beyond a limit, or holds a model that
            is not registered here.
        BadFile: it cannot be read.

    >>> import ragsmith
    >>> load_bundle(save_bundle(ragsmith.load_model("ragtime"), "my.ragsmith"))
    <Bundle: stride, learnt from 17 files>
    """
    path = Path(path)
    with opened(path) as file:
        is_zip = file.read(len(format1.MAGIC)) == format1.MAGIC
        parts = format1.unpack(path, file) if is_zip else None
    if parts is None:
        parts = unpack(path, LIMITS)
        _check_format(path, parts.texts.get("format", ""))
    name = parts.texts.get("model")
    if isinstance(name, str) and is_name(name) and not is_registered(name):
        rule = f"holds a model called {name}, which is not registered here"
        raise BadBundle(path.name, rule, "call register_model for it first, as whoever made it did")
    try:
        return _bundle_of(parts)
    except OtherBase as e:
        raise BadBundle(path.name, e.rule, e.remedy) from e
    except UserError as e:
        raise damaged(path, f"is damaged ({e.value} {e.rule})") from e
    except DAMAGE as e:
        raise damaged(path, DISJOINT) from e


def _check_format(path: Path, number: str) -> None:
    if not (number.isascii() and number.isdecimal()) or int(number) < OLDEST:
        raise damaged(path, NOT_OURS)
    if int(number) > FORMAT:
        rule = f"has format {number}, and this version reads formats 1 to {FORMAT}"
        remedy = "install the newest ragsmith (pip install -U ragsmith)"
        raise BadBundle(path.name, rule, remedy)


def _bundle_of(parts: Parts) -> Bundle:
    """The bundle that the parts describe.

    Raises:
        UserError, or one of DAMAGE: there is none.
    """
    texts, groups = parts
    config = config_for(texts["model"], json.loads(texts["config"]))
    vocabulary = json.loads(texts["vocabulary"]) if "vocabulary" in texts else None
    weights = {
        name: _to(array, np.float16, np.float32)
        for name, array in groups.get("weights", {}).items()
    }
    model = model_from(texts["model"], config, vocabulary, weights)
    card = card_from_json(json.loads(texts["card"]))
    profile = profile_from_json(json.loads(texts["profile"]))
    grid = model.steps_per_quarter
    if profile.portrait and profile.portrait.steps_per_quarter != grid:
        rule = f"has a portrait on another grid than the model's, {grid}"
        raise BadBundle("the profile", rule, "learn the model again")
    named = (source.path for source in card.sources)
    passages = out_of_file(texts.get("indices"), groups.get("passages", {}), grid, named)
    return Bundle(model, card, profile, passages)
