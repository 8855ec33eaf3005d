"""What a model was learnt from, for people."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

from ragsmith.errors import BadBundle

__all__ = ["Card", "Source", "card_from_json"]

MOST_BEATS = 256
SLOWEST = 10**9
MOST = 10**9
"""Bounds of a metre's numbers, of a tempo and of counts, far beyond any music."""


class Source(NamedTuple):
    """A file that a model learnt from, or was measured on: path in the folder, sha256, role."""

    path: str
    sha256: str
    role: str


@dataclass(frozen=True, slots=True)
class Card:
    """What a model was learnt from.

    Attributes:
        sources: every file, with its hash and its role ("train", "held out" or "test").
        licence: of the corpus, where known.
        metre, tempo: the commonest of the corpus, as (beats, unit) and microseconds per quarter.
        metres, keys: how many files have each, by name ("2/4", "Eb major").
        strain: the commonest length of the strains that the corpus names, in full bars; 0 when it
            names none.
        plans: how many strains repeat their bars in which way (`ragsmith.measure.strain_plans`).
        habits: bounds of what its hands do (`ragsmith.measure.habits`), by name.
        portrait: bands of its figures (`ragsmith.measure.portrait`), as JSON; empty: not known.
        touch: how loud its notes are (`ragsmith.dynamics.velocity`), as JSON; empty: not learnt.
        likely: the 5th and 95th percentile of the held-out works' nats per step.
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
    strain: int = 0
    plans: dict[str, int] = field(default_factory=dict)
    habits: dict[str, int] = field(default_factory=dict)
    portrait: dict[str, Any] = field(default_factory=dict)
    touch: dict[str, Any] = field(default_factory=dict)
    likely: tuple[float, float] | None = None
    seed: int = 0
    epochs: int = 0
    seconds: float = 0.0
    nats_per_step: float | None = None
    bits_per_beat: float | None = None
    impossible_share: float = 0.0


def card_from_json(data: Any) -> Card:
    """The inverse of `dataclasses.asdict`, after JSON.

    Raises:
        BadBundle: the data is not a card.
    """
    try:
        read = dict(data)
        sources = tuple(Source(*source) for source in read.pop("sources"))
        beats, unit = read.pop("metre")
        likely = read.pop("likely", None)
        if likely is not None:
            low, high = map(float, likely)
            likely = low, high
        card = Card(sources=sources, metre=(beats, unit), likely=likely, **read)
    except (LookupError, TypeError, ValueError) as e:
        raise _bad("is not a card") from e
    if not _is_typed(card):
        raise _bad("holds a value of the wrong type")
    if not (1 <= min(card.metre) <= max(card.metre) <= MOST_BEATS and 1 <= card.tempo <= SLOWEST):
        raise _bad("has a metre or a tempo that no music has")
    if not all(1 <= count <= MOST for table in _tables(card) for count in table.values()):
        raise _bad(f"counts what must be between 1 and {MOST}")
    if card.likely and not all(map(math.isfinite, card.likely)):
        raise _bad("has a likelihood that is no number")
    return card


def _tables(card: Card) -> tuple[dict[str, int], ...]:
    return card.metres, card.keys, card.plans, card.habits


def _bad(rule: str) -> BadBundle:
    return BadBundle("card.json", rule, "learn the model again")


def _is_typed(card: Card) -> bool:
    """Whether every field has the type of its default, and so has what it holds."""
    blank = Card(nats_per_step=0.0, bits_per_beat=0.0, likely=(0.0, 0.0))
    for each in fields(Card):
        value = getattr(card, each.name)
        if type(value) is not type(getattr(blank, each.name)) and value is not each.default:
            return False
    counts = (*card.metre, *(count for table in _tables(card) for count in table.values()))
    texts = (text for source in card.sources for text in source)
    return all(type(n) is int for n in counts) and all(type(text) is str for text in texts)
