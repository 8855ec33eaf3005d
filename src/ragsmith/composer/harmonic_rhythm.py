"""The dial of the rate of harmony: how often the chords change under which a piece is composed.

Definition: the rate of a strain's chords is the share of its half bars whose chord is another than
that of the half bar before, over those that have one before. low, middle and high are the 5th, 50th
and 95th percentile over the progressions of the corpus.
Method: of many progressions that are drawn (`ragsmith.composer.harmony_plan`) the one is taken
whose rate is nearest to what was asked for; a network that is led by chords does the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np

from ragsmith.bundle.profile import Profile
from ragsmith.composer.dials import CHORD_CHANGES, PLACES, parse_dials
from ragsmith.errors import BadOption
from ragsmith.harmony.progression import ALL, parse_progression
from ragsmith.options import AUTO
from ragsmith.piece import Piece
from ragsmith.strains import strains_of

__all__ = ["chord_rate", "nearest_draw", "rates_for", "refuse_chord_changes", "turns_chords"]

DRAWS = 100
"""Progressions of which the nearest is taken."""
PERCENTILES = (5, 50, 95)

Rates = Mapping[str, float]
"""By name of the strain; "" is for all that have none of their own."""


def turns_chords(dials: str | None) -> bool:
    """Whether a text asks for a rate of harmony."""
    return dials is not None and any(dial.name == CHORD_CHANGES for dial in parse_dials(dials))


def refuse_chord_changes(dials: str | None) -> None:
    """Refuse the dial where chords are not drawn.

    Raises:
        BadOption: it is turned.
    """
    if turns_chords(dials):
        rule = "cannot be turned where no chords are drawn"
        raise BadOption(f"dial {CHORD_CHANGES}", rule, "leave it out")


def rates_for(dials: str | None, chords: str | None, outline: Piece, profile: Profile) -> Rates:
    """The rates that dials ask of the strains of a piece; none where none does.

    Args:
        dials: see `ragsmith.composer.dials.parse_dials`.
        chords: those that are asked for besides; None or "auto" lets them be drawn.
        outline: with its strains.
        profile: of the corpus.

    Raises:
        BadOption: chords are given as well, the corpus knows no progressions, or there is no such
            strain.
    """
    if not turns_chords(dials):
        return {}
    if chords not in (None, AUTO):
        refuse_chord_changes(dials)
    if not profile.progressions:
        rule = "cannot be turned: the model knows no progressions of its corpus"
        raise BadOption(f"dial {CHORD_CHANGES}", rule, "learn it again")
    corpus = np.repeat(
        [chord_rate([" ".join(bar) for bar in _bars(text)]) for text in profile.progressions],
        list(profile.progressions.values()),
    )
    places = dict(zip(PLACES, np.percentile(corpus, PERCENTILES).tolist(), strict=True))
    names = [strain.name for strain in strains_of(outline)]
    rates: dict[str, float] = {}
    for dial in parse_dials(dials or ""):
        if dial.name == CHORD_CHANGES:
            if dial.strain and dial.strain not in names:
                rule = f"has no strain in a form of {', '.join(names) or 'none'}"
                raise BadOption(f"dial for {dial.strain}", rule, "name one of these, or none")
            value = dial.value
            rates[dial.strain] = places[value] if isinstance(value, str) else value
    return rates


def chord_rate(bars: Sequence[str]) -> float:
    """The rate of chords, bar by bar, one or more to a bar.

    >>> chord_rate(["I", "I V7", "I"])
    0.4
    """
    halves = [half for bar in bars for half in _halves(bar.split())]
    changes = [one != other for one, other in pairwise(halves)]
    return sum(changes) / len(changes) if changes else 0.0


def nearest_draw(draw: Callable[[], list[str]], rate: float | None) -> list[str]:
    """A drawn progression; with a rate, of many the one that comes nearest to it."""
    if rate is None:
        return draw()
    drawn = [draw() for _ in range(DRAWS)]
    return min(drawn, key=lambda bars: abs(chord_rate(bars) - rate))


def _halves(words: Sequence[str]) -> tuple[str, str]:
    """The chords of the two halves of a bar."""
    sounding = [word for word in words if word != "/"] or ["/"]
    return sounding[0], sounding[-1]


def _bars(text: str) -> Sequence[Sequence[str]]:
    return parse_progression(text)[ALL]
