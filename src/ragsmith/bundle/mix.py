"""Several trained models as one: half Joplin, half Chopin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from ragsmith.bundle.bundle import Bundle, checked_bundle
from ragsmith.bundle.card import Card
from ragsmith.errors import BadOption
from ragsmith.models.mixture.model import Mixture, checked_weights
from ragsmith.originality.corpora import together

__all__ = ["mix"]


def mix(bundles: Sequence[Bundle], weights: Sequence[float] | None = None) -> Bundle:
    """A model that composes as all of these do together; it can be saved as any other.

    Every note is drawn from the product of what the models hold likely, each to the power of its
    weight (`ragsmith.models.mixture.product`): what all hold likely is likely. Metre, key, tempo,
    strains, chords, loudness and what hands can do are those of the model of the greatest weight,
    the first of equals. No passage over the limits stands in the corpus of any.

    Args:
        bundles: trained models on one grid, of `stride` or `markov`.
        weights: one for each, 0 or more, that sum to 1; None: all alike.

    Raises:
        BadOption: they are fewer than two, lie on different grids, or cannot write note by note
            with each other; weights are not as many, negative, or do not sum to 1.
        BadBundle: one is no model.

    >>> import ragsmith
    >>> rags, ours = ragsmith.load_model("ragtime"), ragsmith.load_model("ragtime")
    >>> mix([rags, ours], [0.7, 0.3])
    <Bundle: mixture, learnt from 17 files>
    """
    models = [checked_bundle(bundle) for bundle in bundles]
    if len(models) < 2:
        raise BadOption(f"{len(models)} models", "are no mixture", "give two or more")
    if weights is None:
        weights = [1 / len(models)] * len(models)
    weights = checked_weights(weights, len(models))
    heaviest = models[weights.index(max(weights))]
    return heaviest._replace(
        model=Mixture([bundle.model for bundle in models], weights),
        card=_card([bundle.card for bundle in models], heaviest.card.keys),
        profile=replace(heaviest.profile, likelihood=None),
        passages=together(*(bundle.passages for bundle in models)),
    )


def _card(cards: Sequence[Card], keys: dict[str, int]) -> Card:
    """What all of them were learnt from, and the keys to draw from; how well the mixture predicts
    nobody has measured."""
    sources = dict.fromkeys(source for card in cards for source in card.sources)
    licences = dict.fromkeys(card.licence for card in cards if card.licence)
    metres = dict(sum((Counter(card.metres) for card in cards), Counter[str]()).most_common())
    return Card(tuple(sources), "; ".join(licences), metres, keys)
