"""What a model was learnt from and how, for people; only the keys of new pieces are drawn by it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Literal, NamedTuple

from ragsmith.errors import BadBundle, BadOption
from ragsmith.keys import key_named

__all__ = ["Card", "Quality", "Source", "card_from_json"]

Quality = Literal["not yet", "fair", "good"]
FAIR = 0.75
"""Of the way from notes drawn at random to counting, what a fair model has come."""
MOST = 10**9
"""The largest count accepted from a file."""


class Source(NamedTuple):
    """A file that a model learnt from, or was measured on: path in the folder, sha256, role."""

    path: str
    sha256: str
    role: str


@dataclass(frozen=True, slots=True)
class Card:
    """What a model was learnt from, and how.

    Attributes:
        sources: every file, with its hash and its role ("train", "held out" or "test").
        licence: of the corpus, where known.
        metres, keys: how many files have each, by name ("2/4", "Eb major"); where nobody wishes for
            a key, composing draws one of these (`ragsmith.composer.home_keys`). A mixture has the
            keys of its model of the greatest weight.
        seed, epochs, seconds: of the learning; `epochs` is the number of the best epoch.
        nats_per_step, bits_per_beat: on the held-out files; None when none were held out.
        impossible_share: share of held-out steps that the model cannot represent.
        composing_nats: nats per step on these files of the part that composes, without its memory.
        counting_nats, drawn_nats: what `markov` and notes drawn at random reach on the held-out
            files (`ragsmith.training.baselines`); None where nobody measured.
    """

    sources: tuple[Source, ...] = ()
    licence: str = ""
    metres: dict[str, int] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)
    seed: int = 0
    epochs: int = 0
    seconds: float = 0.0
    nats_per_step: float | None = None
    bits_per_beat: float | None = None
    impossible_share: float = 0.0
    composing_nats: float | None = None
    counting_nats: float | None = None
    drawn_nats: float | None = None

    @property
    def quality(self) -> Quality | None:
        """How good the model is, in plain words; None where nobody measured.

        "good" predicts music that it has not learnt better than counting does. "not yet" has come
        less than three quarters of the way from notes drawn at random to counting: what it composes
        sounds drawn, and composing takes long. "fair" lies between them.

        >>> Card(nats_per_step=2.7, counting_nats=3.1, drawn_nats=9.0).quality
        'good'

        A memory predicts, but does not compose, and is left out:

        >>> Card(nats_per_step=2.7, composing_nats=8.1, counting_nats=3.1, drawn_nats=9.0).quality
        'not yet'
        """
        nats = self.nats_per_step if self.composing_nats is None else self.composing_nats
        counting, drawn = self.counting_nats, self.drawn_nats
        if nats is None or counting is None or drawn is None:
            return None
        if nats < counting:
            return "good"
        return "fair" if drawn - nats >= FAIR * (drawn - counting) else "not yet"


def card_from_json(data: Any) -> Card:
    """The inverse of `dataclasses.asdict`, after JSON.

    Raises:
        BadBundle: the data is not a card.
    """
    try:
        values = dict(data)
        sources = tuple(Source(*source) for source in values.pop("sources"))
        card = Card(sources=sources, **values)
    except (LookupError, TypeError, ValueError) as e:
        raise _bad("does not say what a model was learnt from") from e
    if not _is_typed(card):
        raise _bad("holds a value of the wrong type")
    if not all(1 <= count <= MOST for count in (*card.metres.values(), *card.keys.values())):
        raise _bad(f"counts what must be between 1 and {MOST}")
    try:
        for name in card.keys:
            key_named(name)
    except BadOption as e:
        raise _bad("names a key that does not exist") from e
    return card


def _bad(rule: str) -> BadBundle:
    return BadBundle("the card", rule, "learn the model again")


def _is_typed(card: Card) -> bool:
    """Whether every field has the type of its default, and so has what it holds."""
    blank = Card(
        nats_per_step=0.0,
        bits_per_beat=0.0,
        composing_nats=0.0,
        counting_nats=0.0,
        drawn_nats=0.0,
    )
    for field_ in fields(Card):
        value = getattr(card, field_.name)
        if type(value) is not type(getattr(blank, field_.name)) and value is not field_.default:
            return False
    counts = (*card.metres.values(), *card.keys.values())
    texts = (text for source in card.sources for text in source)
    return all(type(n) is int for n in counts) and all(type(text) is str for text in texts)
