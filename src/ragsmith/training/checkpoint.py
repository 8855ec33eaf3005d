"""The checkpoint from which a killed learning resumes: one file, replaced after every epoch."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from ragsmith.errors import BadFile
from ragsmith.files import write_whole
from ragsmith.models import hosts
from ragsmith.models.base import Arrays

__all__ = ["Checkpoint", "Epoch", "checkpoint_of_first", "read_checkpoint", "write_checkpoint"]


@dataclass(frozen=True, slots=True)
class Epoch:
    """One pass over the training works.

    Attributes:
        number: from 1.
        training: mean nats per predicted step, with the weights as they changed.
        held_out: nats per step on the held-out works; None when there are none.
        seconds: since learning began, earlier sittings included.
    """

    number: int
    training: float
    held_out: float | None
    seconds: float

    @property
    def criterion(self) -> float:
        """The best epoch is the one with the least of this; infinite where the loss is not a
        number."""
        measure = self.training if self.held_out is None else self.held_out
        return math.inf if math.isnan(measure) else measure


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Learning as it stood after an epoch.

    Attributes:
        identity: a digest of model, settings, seed, base and pieces; only a learning with the
            same one can resume.
        settings: the model's config as a dict.
        epochs: all so far; none when learning has just begun.
        learner: the learner's state after the last.
        best: the model's arrays after the best; the first ones when there is none.
    """

    identity: str
    settings: dict[str, Any]
    epochs: tuple[Epoch, ...]
    learner: Arrays
    best: Arrays


def write_checkpoint(checkpoint: Checkpoint, path: Path) -> None:
    """Replace the file at `path`, at once or not at all."""
    about = {
        "identity": checkpoint.identity,
        "settings": json.dumps(checkpoint.settings),
        "epochs": json.dumps([asdict(e) for e in checkpoint.epochs]),
    }
    arrays = {f"learner/{k}": v for k, v in checkpoint.learner.items()}
    arrays |= {f"best/{k}": v for k, v in checkpoint.best.items()}
    write_whole(path, save(arrays, about))


def read_checkpoint(path: Path) -> Checkpoint:
    """The inverse of `write_checkpoint`.

    Raises:
        BadFile: there is none, or it is not a checkpoint.
    """
    if not path.is_file():
        raise BadFile(path, "does not exist: nothing to resume", "learn without --resume")
    try:
        with safe_open(path, framework="np") as file:
            about: dict[str, Any] = file.metadata() or {}
            arrays: Arrays = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
        epochs = tuple(Epoch(**e) for e in json.loads(about["epochs"]))
        settings = dict(json.loads(about["settings"]))
        identity = about["identity"]
    except (SafetensorError, KeyError, TypeError, ValueError) as e:
        raise BadFile(path, "is not a learning to resume", "learn without --resume") from e
    return Checkpoint(identity, settings, epochs, _part(arrays, "learner/"), _part(arrays, "best/"))


def checkpoint_of_first(path: Path) -> Checkpoint:
    """The checkpoint of the first host, on every host; the others need not see its files.

    Raises:
        BadFile: as `read_checkpoint`.
    """
    if hosts.count() == 1:
        return read_checkpoint(path)
    if hosts.is_first():
        read_checkpoint(path)
    data = hosts.bytes_of_first(path.read_bytes() if hosts.is_first() else b"")
    with TemporaryDirectory(ignore_cleanup_errors=True) as room:
        copy = Path(room) / path.name
        copy.write_bytes(data)
        return read_checkpoint(copy)


def _part(arrays: Arrays, prefix: str) -> Arrays:
    return {k.removeprefix(prefix): v for k, v in arrays.items() if k.startswith(prefix)}
