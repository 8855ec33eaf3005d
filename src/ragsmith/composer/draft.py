"""A piece that is being composed: what it has so far, how often it was refused, when it goes back
and when it gives up."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ragsmith.composer.rules.rule import Rule
from ragsmith.composer.sampling import Leaning, LogP, Sampling, upright
from ragsmith.errors import UserError

__all__ = ["REMEDY", "STATES_KEPT", "DeadEnd", "Draft", "OutOfTime", "out_of_time"]

PROPOSALS = 50
"""Proposals for one step before a draft goes back."""
STEPS_BACK = 8
"""Steps that it goes back the first time; as many more each time that it comes no further."""
BACKTRACKS = 200
"""How often one draft may go back before it gives up."""
BACKTRACKS_HERE = 60
"""How often it may go back without coming `STRETCH` steps further."""
STRETCH = 8
"""Steps; a bar of 2/4 in sixteenths."""
CHOICES, CHOICES_A_STEP = 20_000, 20
"""Choices that one draft may make, and as many more for each step that it has come to: a step is
some three choices, and a model that nobody taught makes a hundred, which no two hands can play."""
REMEDY = "try another seed, a higher temperature, looser limits, or a model that has learnt more"
STATES_KEPT = 64
"""Latest states of the model that are kept for going back, so that memory stays bounded."""


class DeadEnd(UserError):
    """The rules allowed no way forward."""


class OutOfTime(DeadEnd):
    """Composing was broken off when its time was up."""


@dataclass
class Draft:
    """A piece that is being composed.

    Attributes:
        seed: of its random draws.
        rng: where they come from.
        states: the model's states after the latest steps, newest last; the next step is proposed
            from the newest.
        steps: accepted so far, the primer included.
        primer: how many of them are the primer's, and never taken back.
        plan: where a step repeats an earlier one: step to that earlier step.
        leaning: how the model's choices are leant before one is picked.
        rules: asked about every step that is proposed to it.
        turned_down: proposals rejected, by rule.
        refusals: proposals rejected for the very next step, by rule.
        dead_end: the most steps there were when it went back. Up to there every step is drawn: the
            likeliest ones led to the dead end.
        attempts: how often it went back since it last came further.
        backtracks: how often it went back in all.
        milestone, backtracks_here: the latest dead end that lay `STRETCH` steps beyond the one
            before, and how often it went back since.
        choices: made for its proposals.
        furthest: the most steps there were.
        stuck_since: the thread's time at the first refusal since then.
        failure: why it gave up; None while it goes on.
    """

    seed: int
    rng: np.random.Generator
    states: list[Any]
    steps: list[Any]
    primer: int
    plan: Mapping[int, int]
    leaning: Leaning = upright
    rules: Sequence[Rule] = ()
    turned_down: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    dead_end: int = -1
    attempts: int = 0
    backtracks: int = 0
    milestone: int = 0
    backtracks_here: int = 0
    choices: int = 0
    furthest: int = 0
    stuck_since: float | None = None
    failure: DeadEnd | None = None

    @property
    def must_draw(self) -> bool:
        """Whether the likeliest step was turned down, or led to where there is no way on."""
        return bool(self.refusals) or len(self.steps) <= self.dead_end

    @property
    def planned(self) -> Any:
        """The next step where the plan says it and no rule has turned it down; else None."""
        now = len(self.steps)
        return self.steps[self.plan[now]] if now in self.plan and not self.must_draw else None

    def sampling(self, sampling: Sampling) -> Sampling:
        """How the next step is chosen: the bolder, the oftener it met the same dead end."""
        is_back = len(self.steps) <= self.dead_end and self.attempts > 1
        return sampling.bolder(self.attempts - 1) if is_back else sampling

    def picker(self, sampling: Sampling) -> Callable[[LogP], int]:
        """The chooser of the next step, which counts the choices."""
        pick = self.sampling(sampling).picker(self.steps, self.rng, self.must_draw)
        pick = self.leaning(self.steps, pick)

        def counted(log_p: LogP) -> int:
            self.choices += 1
            return pick(log_p)

        return counted

    def follows_plan(self, end: int) -> bool:
        """Whether the plan says all steps before this one."""
        now = len(self.steps)
        return not self.must_draw and all(step in self.plan for step in range(now, end))

    def parted(self, number: int) -> list[Draft]:
        """So many drafts that go on from here, each by draws of its own."""
        return [
            replace(
                self,
                rng=rng,
                states=[*self.states],
                steps=[*self.steps],
                turned_down=self.turned_down.copy(),
                refusals=self.refusals.copy(),
            )
            for rng in self.rng.spawn(number)
        ]

    def accept(self, step: Any, state: Any) -> None:
        """Append a step, and the model's state after it."""
        self.steps.append(step)
        if len(self.steps) > self.furthest:
            self.furthest, self.stuck_since = len(self.steps), None
        self.states.append(state)
        del self.states[:-STATES_KEPT]
        self.refusals.clear()

    def refuse(self, rule: str, patience: float) -> None:
        """Count a refusal; after too many go back, after too much work give up.

        Args:
            rule: that refuses.
            patience: seconds of processor time in which it has to come further.
        """
        self.turned_down[rule] += 1
        self.refusals[rule] += 1
        busy = self.choices > CHOICES + CHOICES_A_STEP * self.furthest
        now = time.thread_time()
        if self.stuck_since is None:
            self.stuck_since = now
        if busy or now - self.stuck_since > patience:
            self.failure = self._worn_out()
        elif self.refusals.total() >= PROPOSALS:
            self._backtrack()

    def _backtrack(self) -> None:
        """Go back, unless that was done too often."""
        self.backtracks += 1
        self.backtracks_here += 1
        if len(self.steps) >= self.milestone + STRETCH:
            self.milestone, self.backtracks_here = len(self.steps), 1
        if self.backtracks > BACKTRACKS or self.backtracks_here > BACKTRACKS_HERE:
            self.failure = self._given_up()
        else:
            self._go_back()

    def _go_back(self) -> None:
        """Take the latest steps back: the more, the oftener it came no further."""
        self.attempts = 1 if len(self.steps) > self.dead_end else self.attempts + 1
        self.dead_end = max(self.dead_end, len(self.steps))
        wanted = STEPS_BACK * self.attempts
        back = min(wanted, len(self.states) - 1, len(self.steps) - self.primer)
        if back:
            del self.steps[-back:], self.states[-back:]
        self.refusals.clear()

    def _given_up(self) -> DeadEnd:
        rule = self.refusals.most_common(1)[0][0]
        return DeadEnd(
            f"seed {self.seed}",
            f"stops at step {len(self.steps) + 1}: the rule {rule} turns every proposal down there",
            REMEDY,
        )

    def _worn_out(self) -> DeadEnd:
        rule = self.turned_down.most_common(1)[0][0]
        return DeadEnd(
            f"seed {self.seed}",
            f"comes no further than step {self.furthest + 1} after much work: the rule {rule} "
            "turns most proposals down",
            REMEDY,
        )


def out_of_time(seed: int, steps: int, length: int) -> OutOfTime:
    """Why a draft that came to so many steps of its length is broken off."""
    rule = f"came to step {steps} of {length} when its time was up"
    remedy = "wish for fewer bars or candidates, allow more time, or let the model learn longer"
    return OutOfTime(f"seed {seed}", rule, remedy)
