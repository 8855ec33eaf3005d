"""The results of a study: models learnt, pieces composed and measured, once each, all on disk.

results/NAME.json      what was measured; what is there is not measured again
models/NAME.ragsmith   trained models; NAME.learning while one is learning
pieces/NAME-N.mid      what was composed
"""

from __future__ import annotations

import json
import math
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from ragsmith.bundle.bundle import SUFFIX, Bundle, Card, Profile, Source, load_bundle, save_bundle
from ragsmith.composer import Sampling, Wish, compose_many
from ragsmith.corpus import Corpus, Split
from ragsmith.errors import BadFile
from ragsmith.experiments.figures import Figures, LearntWorks, opening
from ragsmith.experiments.settings import Settings
from ragsmith.files import write_whole
from ragsmith.measure import shuffled
from ragsmith.models.base import Model
from ragsmith.models.classic.vocabulary import elements_of
from ragsmith.models.markov.config import MarkovConfig
from ragsmith.piece import Bar, Metre, Piece
from ragsmith.training import Epoch, Event, Plan, Stop, teach
from ragsmith.training.stopping import stopped_by_signals

__all__ = ["COMPARED", "HELD_OUT", "Results", "TrainingRun", "surprise"]

HELD_OUT = "human, held out"
CONTROLS = ("human, learnt", HELD_OUT, "human, shuffled")
COMPARED = ("element", "multihot", "many-to-one", "markov")
SECONDS_BETWEEN_WORDS = 30

Result = TypeVar("Result")


class TrainingRun(NamedTuple):
    """How a model learnt: its epochs, the number of the one that was kept, and its size."""

    epochs: list[Epoch]
    best: int
    parameters: int

    @property
    def seconds(self) -> float:
        """Spent learning, in all."""
        return self.epochs[-1].seconds


class Surprise(NamedTuple):
    """Nats per step over the steps that a model holds possible, and the share of the others."""

    nats: float
    unseen: float


@dataclass(frozen=True)
class Results:
    """A study's works, and the results that there are so far.

    Args:
        corpus, split: the works; `split.train` is learnt, `split.held_out` measures.
        out: the study's folder; its three parts exist.
        settings, seed: of the study.
        say: told what is going on.
    """

    corpus: Corpus
    split: Split
    out: Path
    settings: Settings
    seed: int
    say: Callable[[str], None]

    @cached_property
    def training(self) -> list[Piece]:
        """The works that are learnt."""
        return list(self.corpus.pieces(self.split.train))

    @cached_property
    def held_out(self) -> list[Piece]:
        """The works that measure."""
        return list(self.corpus.pieces(self.split.held_out))

    @cached_property
    def learnt_works(self) -> LearntWorks:
        """The learnt works, to compare with."""
        return LearntWorks(self.training, self.settings.bars)

    def stored(self, name: str, make: Callable[[], Result]) -> Any:
        """What `make` gives, as JSON holds it; from disk where an earlier sitting put it there.

        Raises:
            BadFile: what is on disk is no JSON.
        """
        path = self.out / "results" / f"{name}.json"
        if not path.is_file():
            write_whole(path, json.dumps(make(), indent=1).encode())
        try:
            return json.loads(path.read_bytes())
        except ValueError as e:
            raise BadFile(path, "is damaged", "remove it, and start the study again") from e

    def train(self, name: str, model: str, config: Any, *, patience: int = 0) -> TrainingRun:
        """Teach a model all training works; `load(name)` then gives it.

        Args:
            name: of the trained model.
            model, config: as `ragsmith.training.teach` takes them.
            patience: 0 keeps the epoch with the least training loss, of all; above 0 the held-out
                works choose the epoch, and end learning after so many without progress.
        """
        run = self.stored(name, lambda: self._teach(name, model, config, patience))
        return TrainingRun([Epoch(**e) for e in run["epochs"]], run["kept"], run["parameters"])

    def _teach(self, name: str, model: str, config: Any, patience: int) -> dict[str, Any]:
        checkpoint = self.out / "models" / f"{name}.learning"
        stop = Stop()
        with stopped_by_signals(stop):
            learnt = teach(
                model,
                config,
                self.training,
                self.held_out if patience else [],
                Plan(patience=patience, seed=self.seed),
                checkpoint=checkpoint,
                resume=checkpoint.is_file(),
                on_event=self._narrator(name),
                stop=stop,
            )
        if learnt.ended == "interrupted":
            raise KeyboardInterrupt
        bundle = Bundle(learnt.model, self._card(learnt.epochs), self._profile())
        save_bundle(bundle, self._bundle(name))
        checkpoint.unlink()
        return {
            "epochs": [asdict(e) for e in learnt.epochs],
            "kept": learnt.best.number,
            "parameters": learnt.model.parameters,
        }

    def _narrator(self, name: str) -> Callable[[Event], None]:
        """Says that a model is learning, and now and then how it goes."""
        self.say(f"{name}: learning")
        spoken = time.monotonic()

        def hear(event: Event) -> None:
            nonlocal spoken
            if isinstance(event, Epoch) and time.monotonic() - spoken > SECONDS_BETWEEN_WORDS:
                spoken = time.monotonic()
                self.say(f"{name}: epoch {event.number}, training {event.training:.3f} nats a step")

        return hear

    def _card(self, epochs: Sequence[Epoch]) -> Card:
        return Card(
            sources=tuple(
                Source(entry.path, entry.digest, role)
                for role, part in (("train", self.split.train), ("held out", self.split.held_out))
                for entry in part
            ),
            seed=self.seed,
            epochs=len(epochs),
            seconds=epochs[-1].seconds,
        )

    def _profile(self) -> Profile:
        tempos = Counter(p.tempos[0].microseconds for p in self.training if p.tempos)
        tempo = tempos.most_common(1)[0][0] if tempos else Profile().tempo
        return Profile(metre=self.metre, tempo=tempo)

    @cached_property
    def metre(self) -> Metre:
        """The commonest of the learnt works."""
        return Counter(p.bars[-1].metre for p in self.training).most_common(1)[0][0]

    def _bundle(self, name: str) -> Path:
        return self.out / "models" / f"{name}{SUFFIX}"

    def load(self, name: str) -> Model:
        """A model that has been taught."""
        return load_bundle(self._bundle(name)).model

    def element(self, length: int) -> tuple[str, TrainingRun]:
        """The classic network after all its epochs on sequences of so many steps, and its name."""
        config = replace(self.settings.element, sequence_length=length)
        name = f"element-{length}"
        return name, self.train(name, "element", config)

    def compared_model(self, model: str) -> TrainingRun:
        """A model to compare (`contest-MODEL`): the held-out works say when it has learnt."""
        settings = self.settings
        configs = {
            "element": replace(settings.contest_element, sequence_length=settings.middle),
            "multihot": settings.multihot,
            "many-to-one": settings.many_to_one,
            "markov": MarkovConfig(),
        }
        patience = 0 if model == "markov" else settings.patience  # it has but one epoch
        return self.train(f"contest-{model}", model, configs[model], patience=patience)

    def logs(self, name: str) -> NDArray[np.float64]:
        """A taught model's log-probability of every step of the held-out works: (steps,)."""
        return np.array(self.stored(f"{name}-held-out", lambda: self._logs(name, self.held_out)))

    def _logs(self, name: str, works: Sequence[Piece]) -> list[float]:
        self.say(f"{name}: measuring")
        model = self.load(name)
        return [x for work in works for x in model.log_likelihood(work).tolist()]

    def surprises(self, name: str) -> tuple[Surprise, Surprise]:
        """The surprise of a trained model on the held-out works, and on as many of the learnt
        ones."""
        works = self.training[: len(self.held_out)]
        learnt = self.stored(f"{name}-learnt", lambda: surprise(np.array(self._logs(name, works))))
        return Surprise(*learnt), surprise(self.logs(name))

    def frequency_logs(self) -> NDArray[np.float64]:
        """Log-probabilities like those of `logs`, by the frequency of each element in the learnt
        works."""
        counts = Counter(e for work in self.training for e in elements_of(work))
        occurrences = np.array([counts[e] for work in self.held_out for e in elements_of(work)])
        with np.errstate(divide="ignore"):
            return np.log(occurrences / counts.total())

    def composed(self, name: str, way: str) -> list[Figures]:
        """The figures of pieces that a taught model composes in a way of `Sampling`.

        Each begins with what a learnt work has on some downbeat, drawn at random: the same ones for
        every model and way. The rest is the model's.
        """

        def make() -> list[Figures]:
            self.say(f"{name}: composing, {way}")
            bundle = load_bundle(self._bundle(name))
            figures = []
            for number, primer in enumerate(self._primers):
                wish = Wish(
                    self.settings.bars,
                    metre=self.metre,
                    sampling=Sampling(way),
                    primer=primer,
                    rules=False,
                )
                (piece,) = compose_many(bundle, wish, seeds=[self.seed + number])
                piece.save(self.out / "pieces" / f"{name}-{way}-{number + 1}.mid")
                figures.append(self.learnt_works.measure(piece))
            return figures

        return [Figures(*figures) for figures in self.stored(f"{name}-{way}", make)]

    @cached_property
    def _primers(self) -> list[Piece]:
        """One-step pieces: what begins on a downbeat somewhere in the learnt works."""
        struck = [
            [note._replace(onset=0) for note in work.notes if note.onset == bar.start]
            for work in self.training
            for bar in work.bars
            if bar.is_full
        ]
        rng = np.random.default_rng(self.seed)
        drawn = rng.permutation([i for i, notes in enumerate(struck) if notes])
        grid = self.settings.element.steps_per_quarter
        return [
            Piece(tuple(struck[i]), (Bar(0, 1, self.metre),), grid)
            for i in drawn[: self.settings.pieces]
        ]

    def controls(self) -> dict[str, list[Figures]]:
        """What human pieces and shuffled ones have, by the names of `CONTROLS`."""

        def make() -> list[list[Figures]]:
            self.say("measuring the human works")
            bars, measure = self.settings.bars, self.learnt_works.measure
            openings = [opening(work, bars) for work in self.training]
            return [
                [measure(piece, excluding=i) for i, piece in enumerate(openings)],
                [measure(opening(work, bars)) for work in self.held_out],
                [measure(shuffled(p, self.seed), excluding=i) for i, p in enumerate(openings)],
            ]

        groups = self.stored("controls", make)
        return {
            name: [Figures(*figures) for figures in group]
            for name, group in zip(CONTROLS, groups, strict=True)
        }


def surprise(logs: NDArray[np.float64]) -> Surprise:
    """The surprise that log-probabilities per step mean, -inf where impossible: (steps,)."""
    possible = logs[logs != -np.inf]
    return Surprise(
        float(-possible.mean()) if len(possible) else math.inf, 1 - len(possible) / len(logs)
    )
