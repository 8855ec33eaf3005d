"""The one training loop: after every epoch the model is measured, the best one and a checkpoint are
kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ragsmith.corpus.collection import Pieces, digest_of_piece
from ragsmith.errors import BadOption
from ragsmith.measure.likelihood import Score, pooled, score
from ragsmith.models import hosts
from ragsmith.models.base import Arrays, Learner, Model
from ragsmith.models.mixture.memory import with_memory
from ragsmith.models.registry import learner_for, model_from
from ragsmith.options import EPOCHS, LEARNING_SEED, MINUTES, PATIENCE, Option
from ragsmith.piece import Piece
from ragsmith.training.checkpoint import Checkpoint, Epoch, checkpoint_of_first, write_checkpoint
from ragsmith.training.stopping import Stop

__all__ = ["Began", "Event", "FromBase", "Learnt", "Plan", "Progress", "teach"]


@dataclass(frozen=True, slots=True, repr=False)
class Plan:
    """How long to learn.

    Attributes:
        minutes: time budget of this sitting; None for none.
        epochs: passes over the training works, earlier sittings included; None takes the model's
            own number.
        patience: epochs without a better held-out measure after which learning stops; 0 never
            stops early.
        seed: of first weights, drawn sequences and their order.

    >>> Plan(minutes=10, seed=1)
    Plan(minutes=10, seed=1)
    """

    minutes: float | None = MINUTES.default
    epochs: int | None = EPOCHS.default
    patience: int = PATIENCE.default
    seed: int = LEARNING_SEED.default

    def __post_init__(self) -> None:
        options: dict[str, Option[Any]] = {
            "minutes": MINUTES,
            "epochs": EPOCHS,
            "patience": PATIENCE,
            "seed": LEARNING_SEED,
        }
        for name, option in options.items():
            object.__setattr__(self, name, option.check(getattr(self, name)))

    def __repr__(self) -> str:
        values = {field: getattr(self, field.name) for field in fields(self)}
        shown = (f"{f.name}={v!r}" for f, v in values.items() if v != f.default)
        return f"Plan({', '.join(shown)})"


class FromBase(NamedTuple):
    """Learning begins from a base of this name, which has learnt so many of the files before."""

    base: str
    files: int
    learnt_before: int


class Began(NamedTuple):
    """Learning begins, or goes on after `resumed_after` epochs."""

    parameters: int
    batches_per_epoch: int
    epochs: int
    resumed_after: int


class Progress(NamedTuple):
    """Within an epoch; `seconds_left` is at most, for early stop may end it sooner."""

    epoch: int
    batch: int
    batches: int
    nats: float
    seconds_left: float


Event = FromBase | Began | Progress | Epoch


class Learnt(NamedTuple):
    """What `teach` gives.

    Attributes:
        model: as it stood after its best epoch, with its memory.
        best: that epoch.
        epochs: all of them.
        held_out: the best model's score on the held-out pieces; None when there are none.
        ended: why it ended: "epochs", "minutes", "early stop" or "interrupted".
    """

    model: Model
    best: Epoch
    epochs: tuple[Epoch, ...]
    held_out: Score | None
    ended: str


def teach(
    name: str,
    config: Any,
    training: Sequence[Piece],
    held_out: Sequence[Piece],
    plan: Plan,
    *,
    base: Arrays | None = None,
    checkpoint: Path | None = None,
    resume: bool = False,
    on_event: Callable[[Event], None] = lambda event: None,
    stop: Stop | None = None,
) -> Learnt:
    """Teach a model some pieces.

    Args:
        name, config: of the model.
        training, held_out: pieces on the model's grid.
        plan: how long.
        base: the weights to begin from; None begins from random ones.
        checkpoint: where the beginning (unless a file is there) and every epoch are put down;
            None nowhere.
        resume: go on from that file.
        on_event: told of the beginning, of progress, and of every epoch.
        stop: looked at after every batch.

    Raises:
        BadOption: the checkpoint is of another learning; a sequence is longer than every piece;
            several hosts are to learn what one can, or one of them is gone.
        BadFile: there is no checkpoint to resume, or it cannot be written.
        KeyboardInterrupt: stopped before the first epoch had ended; later it ends learning well.
    """
    stop = stop or Stop()
    learner = learner_for(name, config, training, plan.seed, base)
    if hosts.count() > 1 and not getattr(learner, "on_hosts", False):
        raise BadOption(f"model {name}", "learns on one host", "leave out --host and --meet")
    identity = _identity(name, config, training, held_out, plan, base)
    session = _Session(learner, held_out, identity, asdict(config))
    if resume and checkpoint:
        session.resume(checkpoint_of_first(checkpoint), name, config, checkpoint)
    elif checkpoint and hosts.is_first() and not checkpoint.exists():
        write_checkpoint(session.checkpoint(), checkpoint)
    epochs = plan.epochs or learner.epochs
    stop.passes = len(session.epochs)
    on_event(Began(session.model.parameters, learner.batches_per_epoch, epochs, stop.passes))
    try:
        ended = _run_epochs(session, plan, epochs, checkpoint, on_event, stop)
    except KeyboardInterrupt:
        if not session.epochs:
            raise
        ended = "interrupted"
    model = with_memory(session.model, training)
    measured = session.best_score() if model is session.model else session.score(model)
    return Learnt(model, session.best, tuple(session.epochs), measured, ended)


def _run_epochs(
    session: _Session,
    plan: Plan,
    epochs: int,
    checkpoint: Path | None,
    on_event: Callable[[Event], None],
    stop: Stop,
) -> str:
    """Run epochs until one of the plan's ends is reached; returns which one.

    Raises:
        KeyboardInterrupt: a stop was requested.
    """
    deadline = hosts.clock() + 60 * plan.minutes if plan.minutes else float("inf")
    while len(session.epochs) < epochs:
        if hosts.anywhere(stop.requested):
            raise KeyboardInterrupt
        if plan.patience and session.epochs_since_best >= plan.patience:
            return "early stop"
        session.run_epoch(plan.seed, epochs, deadline, on_event, stop)
        stop.passes = len(session.epochs)
        if checkpoint and hosts.is_first():
            write_checkpoint(session.checkpoint(), checkpoint)
        on_event(session.epochs[-1])
        if hosts.clock() >= deadline:
            return "minutes"
    return "epochs"


class _Session:
    """A learning under way: the learner, what was measured, the best so far."""

    def __init__(
        self,
        learner: Learner,
        held_out: Sequence[Piece],
        identity: str,
        settings: dict[str, Any],
    ) -> None:
        self.learner = learner
        self.held_out = held_out
        self.identity = identity
        self.settings = settings
        self.epochs: list[Epoch] = []
        self.model = learner.model()
        self.measured: Score | None = None
        self.before = 0.0
        self.began = hosts.clock()

    @property
    def best(self) -> Epoch:
        return min(self.epochs, key=lambda e: e.criterion)

    @property
    def epochs_since_best(self) -> int:
        return len(self.epochs) - self.best.number if self.epochs else 0

    def score(self, model: Model) -> Score | None:
        return pooled([score(model, p) for p in self.held_out]) if self.held_out else None

    def best_score(self) -> Score | None:
        """The best model's score; measured again only where an earlier sitting measured it."""
        return self.measured or self.score(self.model)

    def resume(self, checkpoint: Checkpoint, name: str, config: Any, path: Path) -> None:
        if checkpoint.identity != self.identity:
            raise BadOption(
                path,
                "was learning something else (other files, model, settings or seed)",
                "give the same ones, or learn without --resume",
            )
        self.learner.restore(checkpoint.learner)
        self.epochs = list(checkpoint.epochs)
        self.model = model_from(name, config, self.model.vocabulary(), checkpoint.best)
        self.before = checkpoint.epochs[-1].seconds if checkpoint.epochs else 0.0

    def run_epoch(
        self,
        seed: int,
        epochs: int,
        deadline: float,
        on_event: Callable[[Event], None],
        stop: Stop,
    ) -> None:
        number = len(self.epochs) + 1
        (epoch_seed,) = np.random.SeedSequence([seed, number]).generate_state(1)
        batches = self.learner.batches_per_epoch
        began, done, total = hosts.clock(), 0, 0.0

        def share(batches_done: int) -> float:
            by_epochs = (number - 1 + batches_done / batches) / epochs
            by_clock = (hosts.clock() - self.began) / (deadline - self.began)
            return max(by_epochs, by_clock)

        for batch, nats in self.learner.epoch(int(epoch_seed), share):
            total += nats * (batch - done)
            done = batch
            now = hosts.clock()
            pace = (now - began) / done
            left = pace * (batches * (epochs - number + 1) - done)
            on_event(Progress(number, done, batches, nats, min(left, max(0.0, deadline - now))))
            if done < batches and hosts.anywhere(stop.requested):
                raise KeyboardInterrupt
            if now >= deadline:
                break
        self._put_down(number, total / max(1, done))

    def _put_down(self, number: int, training: float) -> None:
        """Measure the model after an epoch, keep it if it is the best, and write the checkpoint."""
        model = self.learner.model()
        measured = self.score(model)
        held_out = hosts.of_first(measured.nats_per_step) if measured else None
        seconds = self.before + hosts.clock() - self.began
        epoch = Epoch(number, training, held_out, round(seconds, 3))
        if not self.epochs or epoch.criterion < self.best.criterion:
            self.model, self.measured = model, measured
        self.epochs.append(epoch)

    def checkpoint(self) -> Checkpoint:
        return Checkpoint(
            self.identity,
            self.settings,
            tuple(self.epochs),
            self.learner.state(),
            self.model.arrays(),
        )


def _identity(
    name: str,
    config: Any,
    training: Sequence[Piece],
    held_out: Sequence[Piece],
    plan: Plan,
    base: Arrays | None,
) -> str:
    """A digest of all that decides what is learnt; how long it is learnt is left out."""
    digest = hashlib.sha256(json.dumps([name, asdict(config), plan.seed]).encode())
    for pieces in (training, held_out):
        digest.update(_digest_of(pieces).encode())
    for key, array in sorted((base or {}).items()):
        digest.update(key.encode() + array.tobytes())
    return digest.hexdigest()


def _digest_of(pieces: Sequence[Piece]) -> str:
    """A digest of all that pieces hold; those of a corpus need not be loaded for it."""
    if isinstance(pieces, Pieces):
        return pieces.digest
    return hashlib.sha256("".join(map(digest_of_piece, pieces)).encode()).hexdigest()
