"""From a learnt model to a bundle: one pass over its corpus gathers the card, the profile and the
index, so that every piece is loaded once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TypeVar

from ragsmith.bundle.bundle import Bundle, Card, Profile, Source
from ragsmith.bundle.profile import LATEST, OFTENEST, is_composable, longest_strain
from ragsmith.corpus import Collection, Split
from ragsmith.dynamics.learning import Velocities
from ragsmith.keys import key_name, key_named
from ragsmith.measure.conventions import Marks, conventions_of, marks_of
from ragsmith.measure.habits import Extremes, extremes_of, habits_within
from ragsmith.measure.likelihood import score
from ragsmith.measure.portrait import portrait_of
from ragsmith.measure.progressions import strain_progressions
from ragsmith.measure.strain_plans import plans_of, rhythm_plans_of
from ragsmith.measure.style import Band, band
from ragsmith.models.base import Model
from ragsmith.models.mixture.memory import network_of
from ragsmith.originality import compact, index
from ragsmith.originality.corpora import CorpusIndex
from ragsmith.originality.search import as_played
from ragsmith.piece import Metre, Piece
from ragsmith.strains import strain_lengths
from ragsmith.training.baselines import counting_nats, drawn_nats
from ragsmith.training.loop import Learnt

__all__ = ["bundle_of"]

T = TypeVar("T")
MOST_PROGRESSIONS = 1000
"""How many progressions of strains a profile keeps, the commonest."""
MOST_PLANS = 1000
"""How many plans of strains with their rhythms a profile keeps, the commonest."""
MOST_PICTURED = 200
"""How many pieces, the first ones, the portrait is made from; its bands settle long before."""


def bundle_of(
    corpus: Collection, split: Split, learnt: Learnt, seed: int, *, public: bool = False
) -> Bundle:
    """The bundle of a model: its card, its profile, and the index of all files of its corpus, also
    of those that it was only measured on; sealed, or compact where the corpus is public."""
    roles = {"train": split.train, "held out": split.held_out, "test": split.test}
    facts = Facts()

    def played() -> Iterator[Piece]:
        """All pieces as they are played; what is learnt from is looked at on the way."""
        for role, entries in roles.items():
            for piece in corpus.sequence(entries):
                if role == "train":
                    facts.add(piece)
                yield as_played(piece)

    indexed = compact.passages_of if public else index.passages_of
    passages = indexed(played(), corpus.steps_per_quarter)
    sources = tuple(
        Source(entry.path, entry.digest, role)
        for role, entries in roles.items()
        for entry in entries
    )
    best = learnt.held_out
    counting, drawn = (
        _baselines(facts.pictured, corpus.sequence(split.held_out), learnt)
        if best
        else (None, None)
    )
    card = Card(
        sources=sources,
        licence=corpus.licence,
        metres={f"{m.beats}/{m.unit}": n for m, n in facts.metres.most_common()},
        keys=dict(facts.keys.most_common()),
        seed=seed,
        epochs=learnt.best.number,
        seconds=learnt.epochs[-1].seconds,
        nats_per_step=best.nats_per_step if best else None,
        bits_per_beat=best.bits_per_beat if best else None,
        impossible_share=best.impossible_share if best else 0.0,
        composing_nats=learnt.best.held_out,
        counting_nats=counting,
        drawn_nats=drawn,
    )
    likelihood = _likelihood(learnt.model, corpus.sequence(split.held_out))
    known = CorpusIndex(passages, tuple(source.path for source in sources))
    return Bundle(learnt.model, card, facts.profile(likelihood), (known,))


def _baselines(
    training: Sequence[Piece], held_out: Sequence[Piece], learnt: Learnt
) -> tuple[float, float]:
    """What counting and drawing reach where the model was measured."""
    drawn = drawn_nats(training, held_out)
    if learnt.model.name == "markov" and learnt.held_out:
        return learnt.held_out.nats_per_step, drawn
    return counting_nats(training, held_out, learnt.model.steps_per_quarter), drawn


class Facts:
    """The facts of the pieces that are learnt from, gathered piece by piece.

    Attributes:
        pictured: the first pieces with notes, at most `MOST_PICTURED`.
    """

    def __init__(self) -> None:
        self.metres: Counter[Metre] = Counter()
        self.keys: Counter[str] = Counter()
        self._tempos: Counter[int] = Counter()
        self._strains: Counter[int] = Counter()
        self._plans: Counter[str] = Counter()
        self._rhythm_plans: Counter[str] = Counter()
        self._progressions: Counter[str] = Counter()
        self._extremes: list[Extremes] = []
        self._velocities = Velocities()
        self._marks: list[Marks] = []
        self.pictured: list[Piece] = []

    def add(self, piece: Piece) -> None:
        """Take one more piece, as it is written, into account."""
        self.metres[piece.bars[-1 if piece.pickup else 0].metre] += 1
        self.keys.update(key_name(key) for key in piece.keys[:1])
        self._tempos.update(tempo.microseconds for tempo in piece.tempos[:1])
        self._strains.update(bars for bars in strain_lengths(piece) if bars)
        self._plans.update(plans_of([piece]))
        self._rhythm_plans.update(rhythm_plans_of([piece]))
        self._progressions.update(strain_progressions([piece]))
        self._extremes.append(extremes_of(piece))
        self._velocities.add(piece)
        if marks := marks_of(piece):
            self._marks.append(marks)
        if piece.notes and len(self.pictured) < MOST_PICTURED:
            self.pictured.append(piece)

    def profile(self, likelihood: Band | None) -> Profile:
        """The profile of the pieces so far."""
        blank = Profile()
        composable = Counter({m: n for m, n in self.metres.items() if is_composable(m)})
        metre = _commonest(composable, blank.metre)
        most = longest_strain(metre)
        strains = Counter({bars: n for bars, n in self._strains.items() if bars <= most})
        habits = habits_within(self._extremes)
        return Profile(
            metre=metre,
            tempo=_commonest(self._tempos, blank.tempo),
            key=key_named(_commonest(self.keys, "")) if self.keys else None,
            strain=_commonest(strains, blank.strain),
            strain_plans=dict(self._plans),
            rhythm_plans=dict(self._rhythm_plans.most_common(MOST_PLANS)),
            progressions=dict(self._progressions.most_common(MOST_PROGRESSIONS)),
            habits=habits._replace(
                soonest=min(habits.soonest, LATEST), times=min(habits.times, OFTENEST)
            ),
            portrait=portrait_of(self.pictured) if self.pictured else None,
            likelihood=likelihood,
            dynamics=self._velocities.dynamics(),
            conventions=conventions_of(self._marks),
        )


def _commonest(counts: Counter[T], otherwise: T) -> T:
    return counts.most_common(1)[0][0] if counts else otherwise


def _likelihood(model: Model, held_out: Sequence[Piece]) -> Band | None:
    """The band of nats per step over works that the model has not learnt, as composed pieces are
    measured: without memory."""
    scores = [score(network_of(model), piece) for piece in held_out if piece.steps]
    nats = [one.nats_per_step for one in scores if one.impossible < one.steps]
    return band(nats) if nats else None
