"""Learning, in a child process, with a short piece to listen to at checkpoints."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ragsmith.bundle.bundle import Bundle
from ragsmith.composer import Composed, Wish, compose_all
from ragsmith.corpus import HELD_OUT, Corpus, read_corpus, split_works
from ragsmith.errors import BadFolder, UserError
from ragsmith.models.registry import config_for, model_from
from ragsmith.originality.corpora import as_base, together
from ragsmith.studio.composing import MOMENT, Tell, keep, proof_of
from ragsmith.studio.facts import facts_of_model
from ragsmith.training import Began, Epoch, Event, Learnt, Plan, Progress, Stop
from ragsmith.training import learn as learn_style
from ragsmith.training.base import base_for
from ragsmith.training.baselines import counting_nats
from ragsmith.training.checkpoint import read_checkpoint
from ragsmith.training.profiling import bundle_of
from ragsmith.training.stopping import stopped_by_signals

__all__ = ["baseline", "learn"]

SAMPLE_BARS = 8
SAMPLES_SHARE = 0.05
"""How much of the time may go into samples."""


def learn(
    tell: Tell, corpus: str, model: str, minutes: float, out: str, folder: str
) -> dict[str, Any]:
    """Learn a model from a folder, or go on where a checkpoint beside `out` stands.

    Returns:
        What is to be said of the model.

    Raises:
        UserError: as `ragsmith.training.learn`.
        KeyboardInterrupt: stopped before the first epoch had ended.
    """
    try:
        music = read_corpus(corpus, progress=lambda n, of: _reading(tell, n, of))
    except BadFolder as error:  # the user knows no folders here
        raise BadFolder("the corpus", error.rule, error.remedy) from error
    checkpoint = _checkpoint(Path(out))
    plan = Plan(minutes)
    stop = Stop()
    events = LearningEvents(tell, Samples(tell, music, model, checkpoint, Path(folder), stop))
    with stopped_by_signals(stop):
        bundle = learn_style(
            music,
            model,
            plan=plan,
            out=Path(out),
            resume=checkpoint.is_file(),
            on_event=events.send,
            stop=stop,
        )
        checkpoint.unlink(missing_ok=True)
        return facts_of_model(bundle)


def baseline(tell: Tell, corpus: str) -> float | None:
    """Nats per step of a model that counts, on the works that `learn` holds out."""
    music = read_corpus(corpus)
    split = split_works(music, HELD_OUT, Plan().seed)
    if not split.held_out:
        return None
    training, held_out = music.sequence(split.train), music.sequence(split.held_out)
    return counting_nats(training, held_out, music.steps_per_quarter)


def _checkpoint(out: Path) -> Path:
    return out.with_name(out.name + ".learning")


def _reading(tell: Tell, done: int, of: int) -> None:
    estimate = {"done": 0, "total": of, "seconds_left": None}
    tell({"type": "progress", **estimate, "message": f"reading {done} of {of} files"})


class LearningEvents:
    """Sends the events of learning to the studio, progress a few times a second at most."""

    def __init__(self, tell: Tell, samples: Samples) -> None:
        self.tell = tell
        self.samples = samples
        self.began = time.monotonic()
        self.sent_at = 0.0

    def send(self, event: Event) -> None:
        """Send an event."""
        now = time.monotonic()
        if isinstance(event, Epoch):
            self.tell({"type": "epoch", **asdict(event)})
            self.samples.maybe(now - self.began)
        elif isinstance(event, Progress) and now - self.sent_at >= MOMENT:
            self.sent_at, done = now, now - self.began
            estimate = {"done": done, "total": done + event.seconds_left, **event._asdict()}
            self.tell({"type": "progress", **estimate})
        elif isinstance(event, Began):
            self.began = now


class Samples:
    """Short pieces by the best model so far, as long as they cost little of the time."""

    def __init__(
        self, tell: Tell, corpus: Corpus, model: str, checkpoint: Path, folder: Path, stop: Stop
    ) -> None:
        self.tell, self.corpus, self.model = tell, corpus, model
        self.checkpoint, self.folder, self.stop = checkpoint, folder, stop
        self.known: Bundle | None = None
        self.spent = 0.0
        self.number = 0

    def maybe(self, passed: float) -> None:
        """Compose one now, unless that has cost too much already."""
        if self.spent > SAMPLES_SHARE * passed:
            return
        began = time.monotonic()
        with suppress(UserError):  # so early it may find no way; the next may
            self._compose()
        self.spent += time.monotonic() - began

    def _compose(self) -> None:
        bundle = self._bundle()
        self.number += 1
        wish, seeds = Wish(bars=SAMPLE_BARS), [self.number]
        (outcome,) = compose_all(bundle, wish, seeds=seeds, on_step=self._go_on)
        if isinstance(outcome, Composed):
            checked = proof_of(bundle, outcome, wish.limits)
            row = keep(bundle, outcome, wish.limits, checked, self.folder)
            self.tell({"type": "sample", "row": row})

    def _go_on(self, done: int, steps: int) -> None:
        """Break a sample off when learning is to stop."""
        if self.stop.requested:
            raise KeyboardInterrupt

    def _bundle(self) -> Bundle:
        """The best model so far, with what is known of its corpus."""
        saved = read_checkpoint(self.checkpoint)
        split = split_works(self.corpus, HELD_OUT, Plan().seed)
        config = config_for(self.model, saved.settings)
        model = model_from(self.model, config, None, saved.best)
        if self.known is None:
            best = min(saved.epochs, key=lambda epoch: epoch.criterion)
            learnt = Learnt(model, best, saved.epochs, None, "")
            base = base_for(None, self.model, {})
            known = bundle_of(self.corpus, split, learnt, Plan().seed)
            indices = as_base(base.bundle.passages) if base else ()
            self.known = known._replace(passages=together(known.passages, indices))
        return self.known._replace(model=model)
