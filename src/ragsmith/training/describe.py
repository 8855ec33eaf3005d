"""From a learnt model to a bundle: what is said and kept of the corpus that it was learnt from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from ragsmith.bundle.bundle import Bundle, Card, Profile, Source
from ragsmith.corpus import Corpus, Split
from ragsmith.dynamics.velocity import dynamics_of
from ragsmith.keys import key_name, key_named
from ragsmith.measure.habits import habits_of
from ragsmith.measure.likelihood import score
from ragsmith.measure.portrait import Portrait, portrait_of
from ragsmith.measure.strain_plans import plans_of
from ragsmith.measure.style import Band, band
from ragsmith.models.base import Model
from ragsmith.originality.index import passages_of
from ragsmith.originality.search import as_played
from ragsmith.piece import Metre, Piece
from ragsmith.strains import strain_lengths
from ragsmith.training.loop import Learnt

__all__ = ["describe"]

T = TypeVar("T")
LICENCE_NAMES = ("LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "LICENCE.txt", "COPYING")
LICENCE_LENGTH = 2000
MOST_PICTURED = 200
"""Pieces that the portrait is taken of, the first ones; its bands stand still long before."""


def describe(corpus: Corpus, split: Split, learnt: Learnt, seed: int) -> Bundle:
    """The bundle of a model: its card, and the index of all files of its corpus, also of those that
    it was only measured on."""
    roles = {"train": split.train, "held out": split.held_out, "test": split.test}
    sources = [
        Source(entry.path, entry.digest, role)
        for role, entries in roles.items()
        for entry in entries
    ]
    training = corpus.sequence(split.train)
    best = learnt.held_out
    metres, keys, tempos, strains = _counts(training)
    blank = Profile()
    profile = Profile(
        metre=_commonest(metres, blank.metre),
        tempo=_commonest(tempos, blank.tempo),
        key=key_named(_commonest(keys, "")) if keys else None,
        strain=_commonest(strains, blank.strain),
        strain_plans=plans_of(training),
        habits=habits_of(training),
        portrait=_portrait(training),
        likelihood=_likelihood(learnt.model, corpus.sequence(split.held_out)),
        dynamics=dynamics_of(training),
    )
    card = Card(
        sources=tuple(sources),
        licence=_licence(corpus.folder),
        metres={f"{m.beats}/{m.unit}": n for m, n in metres.most_common()},
        keys=dict(keys.most_common()),
        seed=seed,
        epochs=learnt.best.number,
        seconds=learnt.epochs[-1].seconds,
        nats_per_step=best.nats_per_step if best else None,
        bits_per_beat=best.bits_per_beat if best else None,
        impossible_share=best.impossible_share if best else 0.0,
    )
    everything = (piece for entries in roles.values() for piece in corpus.sequence(entries))
    passages = passages_of(map(as_played, everything), corpus.steps_per_quarter)
    return Bundle(learnt.model, card, profile, passages)


def _counts(
    pieces: Sequence[Piece],
) -> tuple[Counter[Metre], Counter[str], Counter[int], Counter[int]]:
    """How many pieces have each metre, key and tempo, and how many strains each length."""
    metres: Counter[Metre] = Counter()
    keys: Counter[str] = Counter()
    tempos: Counter[int] = Counter()
    strains: Counter[int] = Counter()
    for piece in pieces:
        metres[piece.bars[-1 if piece.pickup else 0].metre] += 1
        keys.update(key_name(key) for key in piece.keys[:1])
        tempos.update(tempo.microseconds for tempo in piece.tempos[:1])
        strains.update(bars for bars in strain_lengths(piece) if bars)
    return metres, keys, tempos, strains


def _commonest(counts: Counter[T], otherwise: T) -> T:
    return counts.most_common(1)[0][0] if counts else otherwise


def _portrait(pieces: Sequence[Piece]) -> Portrait | None:
    with_notes = [piece for piece in pieces[:MOST_PICTURED] if piece.notes]
    return portrait_of(with_notes) if with_notes else None


def _likelihood(model: Model, held_out: Sequence[Piece]) -> Band | None:
    """Between which bounds the nats per step of works lie that the model has not learnt."""
    scores = [score(model, piece) for piece in held_out if piece.steps]
    nats = [each.nats_per_step for each in scores if each.impossible < each.steps]
    return band(nats) if nats else None


def _licence(folder: Path) -> str:
    """The first words of the licence that lies in or beside the folder; "" where there is none."""
    for place in (folder, folder.resolve().parent):
        for name in LICENCE_NAMES:
            if (place / name).is_file():
                text = (place / name).read_text("utf-8", "replace")
                return text[:LICENCE_LENGTH].strip()
    return ""
