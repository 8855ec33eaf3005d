"""A trained model in one file, `NAME.ragsmith`: a zip that is safe to open, whoever made it.

config.json            format, model name, its config, and the version that wrote it
weights.safetensors    the arrays
vocabulary.json        where the model has one
card.json              what it was learnt from (see `Card`)

Nothing in it can run code; sizes are checked before anything is unpacked; it is written whole or
not at all, and the same model gives the same bytes.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as load_arrays
from safetensors.numpy import save as save_arrays

import ragsmith
from ragsmith.errors import BadBundle, BadFile, UserError
from ragsmith.files import write_whole
from ragsmith.models import NAMES, config_for, model_from
from ragsmith.models.base import Model

__all__ = ["FORMAT", "SUFFIX", "Bundle", "Card", "Source", "load_bundle", "save_bundle"]

FORMAT = 1
SUFFIX = ".ragsmith"
LIMITS = {
    "config.json": 1 << 16,
    "card.json": 1 << 26,
    "vocabulary.json": 1 << 26,
    "weights.safetensors": 1 << 30,
}
"""The only parts that are read, and the most bytes that each may have when unpacked."""


class Source(NamedTuple):
    """A file that a model learnt from, or was measured on: path in the folder, sha256, role."""

    path: str
    sha256: str
    role: str


@dataclass(frozen=True, slots=True)
class Card:
    """What a model was learnt from, for people.

    Attributes:
        sources: every file, with its hash and its role ("train" or "held out").
        licence: of the corpus, where known.
        metre, tempo: the commonest of the corpus, as (beats, unit) and microseconds per quarter.
        metres, keys: how many files have each, by name ("2/4", "Eb major").
        seed, epochs, seconds: of the learning; `epochs` is the one that was kept.
        nats_per_step, bits_per_beat: on the held-out files; None when none were held out.
        impossible_share: share of held-out steps that the model cannot represent.
    """

    sources: tuple[Source, ...] = ()
    licence: str = ""
    metre: tuple[int, int] = (2, 4)
    tempo: int = 666_667
    metres: dict[str, int] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)
    seed: int = 0
    epochs: int = 0
    seconds: float = 0.0
    nats_per_step: float | None = None
    bits_per_beat: float | None = None
    impossible_share: float = 0.0


class Bundle(NamedTuple):
    """A model and where it comes from."""

    model: Model
    card: Card


def save_bundle(bundle: Bundle, path: Path) -> Path:
    """Write a model with its card; the file appears whole or not at all.

    Raises:
        BadFile: the file cannot be written.
    """
    model, card = bundle
    config = {
        "format": FORMAT,
        "model": model.name,
        "config": asdict(model.config),
        "ragsmith": ragsmith.__version__,
    }
    parts: dict[str, bytes] = {
        "config.json": _dump(config),
        "card.json": _dump(asdict(card)),
        "weights.safetensors": save_arrays(
            {name: np.ascontiguousarray(a) for name, a in sorted(model.arrays().items())}
        ),
    }
    vocabulary = model.vocabulary()
    if vocabulary is not None:
        parts["vocabulary.json"] = _dump(vocabulary)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return write_whole(path, packed.getvalue())


def _dump(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True).encode()


def load_bundle(path: Path) -> Bundle:
    """Open a model file.

    Raises:
        BadBundle: it is cut, foreign, from a newer version, or too large when unpacked.
    """
    parts = _unpack(path)
    try:
        config = json.loads(parts["config.json"])
        card = json.loads(parts["card.json"])
        vocabulary = json.loads(parts.get("vocabulary.json", b"null"))
        number, name, settings = config["format"], config["model"], config["config"]
    except (ValueError, KeyError, TypeError, RecursionError) as e:
        raise _bad(path, "is not a model that ragsmith wrote") from e
    if number != FORMAT:
        raise BadBundle(
            path.name,
            f"has format {number}, and this version reads format {FORMAT}",
            "install the newest ragsmith (pip install -U ragsmith)",
        )
    if name not in NAMES:
        raise _bad(path, f"holds a model of an unknown kind, {name!r}")
    try:
        arrays = load_arrays(parts["weights.safetensors"])
        model = model_from(name, config_for(name, settings), vocabulary, arrays)
        return Bundle(model, _card(card))
    except (SafetensorError, KeyError, ValueError, TypeError, IndexError, UserError) as e:
        raise _bad(path, "is damaged: its parts do not fit together") from e


def _bad(path: Path, rule: str) -> BadBundle:
    return BadBundle(path.name, rule, "get the file again, or learn it again with ragsmith learn")


def _unpack(path: Path) -> dict[str, bytes]:
    """The known parts of the zip, none larger than its limit."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = {info.filename: info for info in archive.infolist()}
            parts = {}
            for name, limit in LIMITS.items():
                if name not in infos:
                    continue
                if infos[name].file_size > limit:
                    size, most = infos[name].file_size, limit
                    raise _bad(path, f"unpacks {name} to {size:,} bytes, more than {most:,}")
                with archive.open(infos[name]) as part:
                    parts[name] = part.read(limit)
            return parts
    except FileNotFoundError as e:
        raise BadBundle(path, "does not exist", "give the path of a .ragsmith file") from e
    except OSError as e:
        raise BadFile(path, f"cannot be read ({e.strerror or e})", "check the file") from e
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError) as e:
        raise _bad(path, "is not a whole model file") from e
    except zipfile.zlib.error as e:  # type: ignore[attr-defined]
        raise _bad(path, "is not a whole model file") from e


def _card(data: dict[str, Any]) -> Card:
    sources = tuple(Source(*map(str, source)) for source in data.pop("sources"))
    beats, unit = map(int, data.pop("metre"))
    return Card(sources=sources, metre=(beats, unit), **data)
