"""Two styles in one piece: each strain by the models, and with the weights, that are said for it.

As text: "A: joplin, B: chopin", or with weights "A: joplin 0.7 chopin 0.3"; strains that are not
named have the mixture's own weights. A wish keeps the weights alone, in the order of the models:
"A: 1 0; B: 0 1".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from ragsmith.errors import BadOption
from ragsmith.models.base import Model
from ragsmith.models.mixture.model import Mixture, checked_weights
from ragsmith.models.mixture.over_time import OverTime
from ragsmith.piece import Piece
from ragsmith.strains import strains_of

__all__ = ["mixed_over_strains", "models_in", "parse_mix", "weights_text"]

REMEDY = "write it like 'A: joplin, B: chopin'"
Weights = Mapping[str, tuple[float, ...]]
"""By name of the strain, one for each model."""


def models_in(text: str) -> list[str]:
    """The names of the models that a text names, each once, in their order.

    Raises:
        BadOption: it cannot be read.

    >>> models_in("A: joplin, B: chopin 0.5 joplin 0.5")
    ['joplin', 'chopin']
    """
    shares = [share for strain in _strains(text).values() for share in strain]
    return list(dict.fromkeys(name for name, _ in shares))


def weights_text(text: str, names: Sequence[str]) -> str:
    """What a wish keeps of a text: the weights of these models.

    Raises:
        BadOption: it cannot be read, or names another model.

    >>> weights_text("A: joplin, B: chopin 0.5 joplin 0.5", ["joplin", "chopin"])
    'A: 1 0; B: 0.5 0.5'
    """
    strains = []
    for strain, shares in _strains(text).items():
        weights = [0.0] * len(names)
        for name, share in shares:
            if name not in names:
                raise BadOption(f"mix {name!r}", "is no model here", f"choose {', '.join(names)}")
            weights[names.index(name)] += share
        strains.append(
            f"{strain}: {' '.join(f'{w:g}' for w in checked_weights(weights, len(names)))}"
        )
    return "; ".join(strains)


def _strains(text: str) -> dict[str, list[tuple[str, float]]]:
    """Strain by strain the models and their weights."""
    strains: dict[str, list[tuple[str, float]]] = {}
    for part in re.split("[,;]", text):
        strain, _, rest = (side.strip() for side in part.partition(":"))
        words = rest.split()
        if not strain or not words or strain in strains:
            raise BadOption(f"mix {text!r}", "cannot be read", REMEDY)
        strains[strain] = [(words[0], 1.0)] if len(words) == 1 else _shares(text, words)
    return strains


def _shares(text: str, words: Sequence[str]) -> list[tuple[str, float]]:
    try:
        weights = [float(weight) for weight in words[1::2]]
    except ValueError:
        weights = []
    if len(words) % 2 or not weights:
        raise BadOption(
            f"mix {text!r}", "cannot be read", "write weights like 'A: joplin 0.7 chopin 0.3'"
        )
    return list(zip(words[::2], weights, strict=True))


def parse_mix(text: str) -> dict[str, tuple[float, ...]]:
    """The weights that a wish keeps as text.

    Raises:
        BadOption: it cannot be read.

    >>> parse_mix("A: 1 0; B: 0.5 0.5")
    {'A': (1.0, 0.0), 'B': (0.5, 0.5)}
    """
    weights = {}
    for part in text.split(";"):
        strain, colon, rest = part.partition(":")
        try:
            row = [float(word) for word in rest.split()]
        except ValueError:
            row = []
        if not colon or not strain.strip() or not row:
            raise BadOption(
                f"mix {text!r}", "cannot be read", "write weights like 'A: 1 0; B: 0 1'"
            )
        weights[strain.strip()] = tuple(checked_weights(row, len(row)))
    return weights


def mixed_over_strains(model: Model, text: str | None, outline: Piece) -> Model:
    """The model that writes every strain of an outline with the weights of a text; the model itself
    where there is none.

    Raises:
        BadOption: the model is no mixture of as many, or there is no such strain.
    """
    if text is None:
        return model
    weights = parse_mix(text)
    members = len(model.members) if isinstance(model, Mixture) else 1
    if not isinstance(model, Mixture) or {len(row) for row in weights.values()} != {members}:
        rule = f"is for other models than these, which are {members}"
        raise BadOption(f"mix {text!r}", rule, "name two models or more, none a mixture itself")
    strains = {strain.name: range(strain.start, strain.end) for strain in strains_of(outline)}
    rows = np.tile(np.array(model.weights), (max(1, outline.steps), 1))
    for name, row in weights.items():
        if name not in strains:
            rule = f"has no strain in a form of {', '.join(strains) or 'none'}"
            raise BadOption(f"mix for {name}", rule, "name one of these")
        rows[strains[name].start : strains[name].stop] = row
    return OverTime(model, rows)
