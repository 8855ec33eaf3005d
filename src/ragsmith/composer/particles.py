"""Sequential Monte Carlo: ways to compose one piece go forward side by side, each weighed by how
well what is known of the piece fits it; those that fit badly give way to copies of those that fit.

What comes later can so decide what is composed now, though a model looks at the past alone.
Source: Doucet, de Freitas and Gordon, *Sequential Monte Carlo Methods in Practice* (2001), with
systematic resampling whenever the effective sample size falls below half.
"""

from __future__ import annotations

import math
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.composer.draft import REMEDY, STATES_KEPT, DeadEnd, Draft, out_of_time
from ragsmith.composer.given import Completion, Given
from ragsmith.composer.rules.rule import Rule
from ragsmith.composer.sampler import begun
from ragsmith.composer.sampling import Leaning, Sampling, upright
from ragsmith.models.base import Step
from ragsmith.models.writing import Alphabet

__all__ = ["PARTICLES", "Particle", "effective", "resampled", "sample_given"]

PARTICLES = 16
"""Ways that are followed side by side."""
PROPOSALS = 12
"""Proposals for one step before a way is given up."""
STEPS_BACK, BACKTRACKS = 8, 24
"""Steps that all go back, times the number of the attempt, when no way goes on, and how often."""


class Particle(NamedTuple):
    """One way to compose a piece.

    Attributes:
        state: the model's.
        steps: so far, the given ones included.
        weight: nats since the last resampling.
    """

    state: Any
    steps: tuple[Step, ...]
    weight: float = 0.0


@dataclass
class Population:
    """The ways of one piece.

    Attributes:
        seed: of all its draws.
        particles: that go on.
        rngs: one for each particle, and last that of the resampling.
        before: what the particles were after the latest steps, newest last.
        turned_down: proposals rejected, by rule.
        furthest: the most steps there were.
        backtracks, attempts: how often it went back, and since it last came further.
    """

    seed: int
    particles: list[Particle]
    rngs: list[np.random.Generator]
    before: deque[list[Particle]] = field(default_factory=lambda: deque(maxlen=STATES_KEPT))
    turned_down: Counter[str] = field(default_factory=Counter)
    furthest: int = 0
    backtracks: int = 0
    attempts: int = 0

    @property
    def now(self) -> int:
        """The next step."""
        return len(self.particles[0].steps)

    def go_on(self, particles: Sequence[Particle], is_composed: bool = True) -> None:
        """Take the next step, resampled where the weights ask for it; not where all was given:
        copies would stay alike, and the best way is the one with the largest weight at the end."""
        self.before.append(self.particles)
        count = len(self.rngs) - 1
        weights = np.array([particle.weight for particle in particles])
        if len(particles) < count or (is_composed and effective(weights) < count / 2):
            chosen = resampled(weights, count, self.rngs[-1])
            particles = [particles[i]._replace(weight=0.0) for i in chosen]
        self.particles = list(particles)
        if self.now > self.furthest:
            self.furthest, self.attempts = self.now, 0

    def go_back(self) -> bool:
        """Take the latest steps back: the more, the oftener it came no further; False where that
        was done too often."""
        self.attempts += 1
        self.backtracks += 1
        if self.backtracks > BACKTRACKS or not self.before:
            return False
        for _ in range(min(STEPS_BACK * self.attempts, len(self.before))):
            self.particles = self.before.pop()
        return True

    def draft(self, primer: int, failure: DeadEnd | None) -> Draft:
        """The way with the largest weight, as a draft."""
        best = max(self.particles, key=lambda particle: particle.weight)
        return Draft(
            self.seed,
            self.rngs[-1],
            [best.state],
            list(best.steps),
            primer,
            {},
            turned_down=self.turned_down,
            backtracks=self.backtracks,
            furthest=self.furthest,
            failure=failure,
        )


def effective(weights: NDArray[np.float64]) -> float:
    """The effective sample size of weights in nats: 1 where one outweighs all.

    >>> round(effective(np.log([0.5, 0.5, 0.0001])), 2)
    2.0
    """
    shares = _shares(weights)
    return float(1 / np.sum(shares**2))


def resampled(
    weights: NDArray[np.float64], count: int, rng: np.random.Generator
) -> NDArray[np.intp]:
    """So many numbers of particles, each about as often as its weight in nats says: systematic
    resampling (Carpenter, Clifford and Fearnhead 1999).

    >>> resampled(np.log([0.5, 0.25, 0.25]), 4, np.random.default_rng(0)).tolist()
    [0, 0, 1, 2]
    """
    places = (rng.random() + np.arange(count)) / count
    return np.minimum(np.searchsorted(np.cumsum(_shares(weights)), places), len(weights) - 1)


def _shares(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    shares: NDArray[np.float64] = np.exp(weights - weights.max())
    shares /= shares.sum()
    return shares


def sample_given(
    model: Any,
    alphabet: Alphabet,
    outlines: Sequence[Any],
    given: Given,
    span: range,
    *,
    sampling: Sampling,
    seeds: Sequence[int],
    particles: int,
    rules: Sequence[Rule] = (),
    leanings: Sequence[Leaning] = (),
    on_step: Callable[[int], None] | None = None,
    seconds: float | None = None,
) -> list[Draft]:
    """A draft for each seed, composed to what is given; one that finds no way forward after bounded
    work ends there, with its `failure`.

    Args:
        model: writes note by note.
        alphabet: what it chooses from.
        outlines: for each seed the one that is handed to the model's `begin`.
        given: what is fixed, and is taken as it is.
        span: from the first step to compose to where given steps no longer count; those before the
            span are given.
        sampling: how a step is chosen from what the model holds likely.
        seeds: one for each draft.
        particles: ways of each draft that are followed side by side.
        rules: asked about every step in which something is composed, in this order.
        leanings: for each seed how the model's choices are leant.
        on_step: called with the mean number of steps that the drafts have.
        seconds: after which a draft that is not finished ends with `OutOfTime`; None lets it be.

    Raises:
        BadPrimer: the model cannot represent what is given.
    """
    deadline = math.inf if seconds is None else time.monotonic() + seconds
    primer = tuple(given.steps[: span.start])
    states = begun(model, outlines, primer)
    drafts = []
    for number, (seed, state, leaning) in enumerate(
        zip(seeds, states, leanings or [upright] * len(seeds), strict=True)
    ):
        first = Particle(state, primer)
        rngs = [np.random.default_rng([seed, i]) for i in range(particles + 1)]
        population = Population(seed, [first] * particles, rngs)
        proposer = Proposer(model, alphabet, given, sampling, leaning, rules)
        failure = None
        while population.now < span.stop and not failure:
            failure = _step(proposer, population)
            if time.monotonic() > deadline:
                failure = out_of_time(seed, population.now, span.stop)
            if on_step:
                on_step((number * span.stop + population.now) // len(seeds))
        drafts.append(population.draft(span.start, failure))
    return drafts


class Proposer(NamedTuple):
    """How the next step of a particle is proposed and judged; see `sample_given`."""

    model: Any
    alphabet: Alphabet
    given: Given
    sampling: Sampling
    leaning: Leaning
    rules: Sequence[Rule]

    def propose(
        self, particles: Sequence[Particle], rngs: Sequence[np.random.Generator], turn: int
    ) -> list[tuple[Step, float]]:
        """For each particle a next step, and how likely what is given in it was, in nats.

        Args:
            particles: of one length.
            rngs: one for each.
            turn: how often they were turned down there.
        """
        at = len(particles[0].steps)
        completions = []
        for particle, rng in zip(particles, rngs, strict=True):
            pick = self.sampling.bolder(turn // 4).picker(particle.steps, rng, turn > 0)
            pick = self.leaning(particle.steps, pick)
            completions.append(Completion(pick, self.alphabet, self.given, at))
        steps = self.model.propose([particle.state for particle in particles], completions)
        return [
            (self.given.completed(at, step), completion.nats)
            for step, completion in zip(steps, completions, strict=True)
        ]

    def refusing(self, particle: Particle, step: Step) -> str | None:
        """The rule that turns a step down; None where all allow it, or all of it is given."""
        if self.given.is_whole(len(particle.steps)):
            return None
        rules = self.rules
        return next((r.name for r in rules if not r.allows(particle.steps, step)), None)


def _step(proposer: Proposer, population: Population) -> DeadEnd | None:
    """Take the population a step on, or back where no particle finds a way; the reason where it was
    taken back too often."""
    refusals: Counter[str] = Counter()
    steps: dict[int, tuple[Step, float]] = {}
    waiting = list(range(len(population.particles)))
    for turn in range(PROPOSALS):
        ways = [population.particles[i] for i in waiting]
        proposed = proposer.propose(ways, [population.rngs[i] for i in waiting], turn)
        for i, way, (step, nats) in zip(waiting, ways, proposed, strict=True):
            if name := proposer.refusing(way, step):
                refusals[name] += 1
            else:
                steps[i] = step, way.weight + nats
        waiting = [i for i in waiting if i not in steps]
        if not waiting:
            break
    population.turned_down += refusals
    if steps:
        is_composed = not proposer.given.is_whole(population.now)
        population.go_on(_advanced(proposer.model, population.particles, steps), is_composed)
        return None
    if population.go_back():
        return None
    rule = refusals.most_common(1)[0][0]
    return DeadEnd(
        f"seed {population.seed}",
        f"stops at step {population.furthest + 1}: the rule {rule} turns every proposal down there",
        REMEDY,
    )


def _advanced(
    model: Any, particles: Sequence[Particle], steps: dict[int, tuple[Step, float]]
) -> list[Particle]:
    """The particles that have a next step, after it, with their new weights."""
    ways = [particles[i] for i in sorted(steps)]
    new = [steps[i] for i in sorted(steps)]
    states = model.advance([way.state for way in ways], [step for step, _ in new])
    return [
        Particle(state, (*way.steps, step), weight)
        for way, (step, weight), state in zip(ways, new, states, strict=True)
    ]
