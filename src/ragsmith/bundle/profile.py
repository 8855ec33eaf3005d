"""What a model knows of its corpus beside its weights: all that composing and ranking go by."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ragsmith.dynamics.velocity import Dynamics
from ragsmith.errors import BadBundle, UserError
from ragsmith.harmony.progression import ALL, parse_progression
from ragsmith.keys import key_name, key_named
from ragsmith.measure.chord_use import ChordNats
from ragsmith.measure.conventions import Conventions
from ragsmith.measure.critic import Critic
from ragsmith.measure.habits import Habits
from ragsmith.measure.portrait import Portrait
from ragsmith.measure.strain_plans import MOST_BARS, is_rhythm_plan
from ragsmith.measure.style import Band
from ragsmith.piece import Key, Metre

__all__ = ["LATEST", "OFTENEST", "Profile", "is_composable", "longest_strain", "profile_from_json"]

UNITS = (1, 2, 4, 8, 16, 32)
MOST_BEATS = 32
LONGEST_BAR = 8
LONGEST_STRAIN = 1024
"""Bounds of a metre's numbers, of a bar and of a strain in quarters, beyond any music for piano:
composing pays for every step of them."""
SLOWEST = 10**9
MOST = 10**9
"""Bounds of a tempo and of counts."""
WIDEST, LATEST, OFTENEST = 127, 96, 1 << 16
"""Bounds of the habits: of a hand's reach, of the steps between two strikes of a key, and of how
often a motif is played."""


@dataclass(frozen=True, slots=True, repr=False)
class Profile:
    """A corpus, as far as composing and ranking need it.

    Attributes:
        metre, tempo, key: the commonest of the corpus; the tempo in microseconds per quarter note,
            the key None where no file has one.
        strain: the commonest length of the strains that the corpus names, in full bars; 0 when it
            names none.
        strain_plans: how many strains repeat their bars in which way
            (`ragsmith.measure.strain_plans`).
        rhythm_plans: how many of them also have which rhythms again; older models know none.
        progressions: how many strains have which chords (`ragsmith.measure.progressions`).
        habits: bounds of what its hands do (`ragsmith.measure.habits`).
        portrait: bands of its figures (`ragsmith.measure.portrait`); None: not known.
        critic: what tells bars that the model composes from those of its corpus
            (`ragsmith.measure.critic`); None: not learnt.
        piece_critic: likewise, of excerpts of pieces (`ragsmith.measure.excerpts`).
        chord_nats: what brings its notes under drawn chords to those of its corpus
            (`ragsmith.measure.chord_use`); None: not learnt.
        likelihood: band of the nats per step of works that were held out; None: none were.
        dynamics: how loud its notes are (`ragsmith.dynamics.velocity`); None: not learnt.
        conventions: what its scores mark (`ragsmith.measure.conventions`); None: too few are.

    Raises:
        ValueError: a number is not finite or out of range.
    """

    metre: Metre = Metre(2, 4)  # noqa: RUF009, frozen
    tempo: int = 666_667
    key: Key | None = None
    strain: int = 0
    strain_plans: Mapping[str, int] = field(default_factory=dict)
    rhythm_plans: Mapping[str, int] = field(default_factory=dict)
    progressions: Mapping[str, int] = field(default_factory=dict)
    habits: Habits = Habits()  # noqa: RUF009, frozen
    portrait: Portrait | None = None
    critic: Critic | None = None
    piece_critic: Critic | None = None
    chord_nats: ChordNats | None = None
    likelihood: Band | None = None
    dynamics: Dynamics | None = None
    conventions: Conventions | None = None

    def __post_init__(self) -> None:
        for name, number in zip(("beats", "unit"), self.metre, strict=True):
            _check(f"the metre's {name}", number, 1, MOST_BEATS)
        if not is_composable(self.metre):
            raise ValueError(f"the metre must have a bar of at most {LONGEST_BAR} quarter notes")
        _check("the tempo", self.tempo, 1, SLOWEST)
        _check("the strain", self.strain, 0, longest_strain(self.metre))
        for name, number, most in zip(
            self.habits._fields, self.habits, (WIDEST, WIDEST, LATEST, OFTENEST), strict=True
        ):
            _check(name.replace("_", " "), number, 1, most)
        for plan, count in self.strain_plans.items():
            _check(f"the number of plans {plan!r}", count, 1, MOST)
            if not (plan.isascii() and plan.isalpha() and len(plan) <= MOST_BARS):
                raise ValueError(f"{plan!r} is no strain plan")
        for text, count in self.rhythm_plans.items():
            _check(f"the number of plans {text[:40]!r}", count, 1, MOST)
            if not is_rhythm_plan(text):
                raise ValueError(f"{text[:40]!r} is no plan of a strain and its rhythms")
        for text, count in self.progressions.items():
            _check(f"the number of progressions {text[:40]!r}", count, 1, MOST)
            if list(parse_progression(text)) != [ALL]:
                raise ValueError(f"{text[:40]!r} is no progression of a strain")
        if self.likelihood and not _is_band(self.likelihood):
            raise ValueError("the likelihood has no band")

    def __repr__(self) -> str:
        metre, key = self.metre, key_name(self.key) if self.key else "no key"
        tempo = 60_000_000 / self.tempo
        strains = f"strains of {self.strain} bars" if self.strain else "no strains"
        facts = f"{metre.beats}/{metre.unit}, {key}, {tempo:.0f} quarter notes a minute, {strains}"
        return f"<Profile: {facts}>"

    def to_json(self) -> dict[str, Any]:
        """The profile as `profile_from_json` reads it."""
        data = {
            "metre": list(self.metre),
            "tempo": self.tempo,
            "key": key_name(self.key) if self.key else None,
            "strain": self.strain,
            "strain_plans": dict(sorted(self.strain_plans.items())),
            "progressions": dict(sorted(self.progressions.items())),
            "habits": self.habits._asdict(),
            "portrait": self.portrait.to_json() if self.portrait else None,
            "likelihood": list(self.likelihood) if self.likelihood else None,
            "dynamics": self.dynamics.to_json() if self.dynamics else None,
        }
        if self.rhythm_plans:
            data["rhythm_plans"] = dict(sorted(self.rhythm_plans.items()))
        later = {
            "critic": self.critic,
            "piece_critic": self.piece_critic,
            "chord_nats": self.chord_nats,
            "conventions": self.conventions,
        }
        return data | {name: value.to_json() for name, value in later.items() if value}


def is_composable(metre: Metre) -> bool:
    """Whether pieces can be composed in this metre unasked: it is one of music for piano."""
    beats, unit = metre
    return 1 <= beats <= MOST_BEATS and unit in UNITS and 4 * beats <= LONGEST_BAR * unit


def longest_strain(metre: Metre) -> int:
    """The most bars that a strain may have unasked."""
    return LONGEST_STRAIN * metre.unit // (4 * metre.beats)


def profile_from_json(data: Any) -> Profile:
    """The inverse of `Profile.to_json`.

    Raises:
        BadBundle: the data is no profile, or a value in it is out of range.
    """
    try:
        values = dict(data)
        portrait, dynamics = values.pop("portrait"), values.pop("dynamics")
        critic = values.pop("critic", None)  # older models have none of these
        piece_critic = values.pop("piece_critic", None)
        chord_nats = values.pop("chord_nats", None)
        conventions = values.pop("conventions", None)
        key, likelihood = values.pop("key"), values.pop("likelihood")
        profile = Profile(
            metre=Metre(*values.pop("metre")),
            tempo=values.pop("tempo"),
            key=None if key is None else key_named(key),
            strain=values.pop("strain"),
            strain_plans=dict(values.pop("strain_plans")),
            rhythm_plans=dict(values.pop("rhythm_plans", {})),
            progressions=dict(values.pop("progressions", {})),
            habits=Habits(**values.pop("habits")),
            portrait=None if portrait is None else Portrait.from_json(portrait),
            critic=None if critic is None else Critic.from_json(critic),
            piece_critic=None if piece_critic is None else Critic.from_json(piece_critic),
            chord_nats=None if chord_nats is None else ChordNats.from_json(chord_nats),
            likelihood=None if likelihood is None else Band(*likelihood),
            dynamics=None if dynamics is None else Dynamics.from_json(dynamics),
            conventions=None if conventions is None else Conventions.from_json(conventions),
        )
        if values:
            raise ValueError(f"{', '.join(map(repr, values))} is unknown")
    except (LookupError, TypeError, ValueError, AttributeError, UserError) as e:
        raise BadBundle("the profile", f"is damaged: {e}", "learn the model again") from e
    return profile


def _check(name: str, number: object, least: int, most: int) -> None:
    if type(number) is not int or not least <= number <= most:
        raise ValueError(f"{name} must be a whole number from {least} to {most}")


def _is_band(band: Band) -> bool:
    numbers = all(type(number) in (int, float) and math.isfinite(number) for number in band)
    return numbers and list(band) == sorted(band)
