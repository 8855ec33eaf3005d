"""The decoding loop: propose a step, ask the rules, accept it or propose another; go back where
the rules allow none.

Knows neither Keras nor music: a step is whatever the model proposes and the rules understand.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, Protocol

import numpy as np

from ragsmith.composer.rules.rule import Rule
from ragsmith.composer.sampling import Leaning, LogP, Sampling, upright
from ragsmith.errors import UserError

__all__ = [
    "REMEDY",
    "STATES_KEPT",
    "Choice",
    "DeadEnd",
    "Draft",
    "OutOfTime",
    "begun",
    "out_of_time",
    "sample",
]

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
PATIENCE = 8.0
"""Seconds of processor time, for each draft, in which one of them has to come further."""
PACES = 100
"""Or as long as so many first states of the model take, where that is longer."""
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


class Choice(Protocol):
    """Chooses between ways to go on."""

    @property
    def ends(self) -> Sequence[int]:
        """Steps before which a choice is made, in order."""
        ...

    @property
    def tries(self) -> int:
        """How many ways are followed up to each of them."""
        ...

    def choose(self, ways: Sequence[Draft], start: int) -> Draft:
        """One of the drafts, which have parted at the step `start`."""
        ...


def sample(
    model: Any,
    outline: Any,
    length: int,
    *,
    sampling: Sampling,
    seeds: Sequence[int],
    primer: Sequence[Any] = (),
    rules: Sequence[Rule] = (),
    outlines: Sequence[Any] = (),
    plans: Sequence[Mapping[int, int]] = (),
    leanings: Sequence[Leaning] = (),
    choice: Choice | None = None,
    on_step: Callable[[int], None] | None = None,
    on_steps: Callable[[Sequence[Sequence[Any]]], None] | None = None,
    seconds: float | None = None,
) -> list[Draft]:
    """Drafts of `length` steps, side by side, one for each seed; one that finds no way forward
    after bounded work ends there, with its `failure`.

    Args:
        model: a `ragsmith.models.base.Model`.
        outline: handed to the model's `begin`.
        length: steps in all, the primer included.
        sampling: how a step is chosen from what the model holds likely.
        seeds: one for each draft; the same seed gives the same draft beside any others.
        primer: steps that every draft begins with.
        rules: asked about every proposed step, in this order.
        outlines: for each seed the outline, where they differ, as in their chords.
        plans: for each seed which steps repeat an earlier one, rules permitting.
        leanings: for each seed how the model's choices are leant.
        choice: between ways that each draft is followed in; None follows the first.
        on_step: called with the steps of the shortest draft that goes on; never fewer than before.
        on_steps: called with the steps of every draft; they may still be taken back.
        seconds: after which drafts that are not finished end with `OutOfTime`; None lets them be.

    Raises:
        BadPrimer: the model cannot represent the primer.
    """
    deadline = math.inf if seconds is None else time.monotonic() + seconds
    began = time.thread_time()
    states = begun(model, outlines or [outline] * len(seeds), primer[:length])
    lanes = len(seeds) * (choice.tries if choice else 1)
    patience = lanes * max(PATIENCE, PACES * (time.thread_time() - began))
    growth = _Growth(model, length, sampling, rules, patience, deadline, on_step, on_steps)
    plans, leanings = plans or [{}] * len(seeds), leanings or [upright] * len(seeds)
    given = list(primer[:length])
    drafts = [
        Draft(seed, np.random.default_rng(seed), [state], [*given], len(given), plan, leaning)
        for seed, state, plan, leaning in zip(seeds, states, plans, leanings, strict=True)
    ]
    if choice is None:
        growth.up_to(length, [[draft] for draft in drafts])
        return drafts
    for end in [*choice.ends, length]:
        drafts = _chosen(growth, drafts, choice, end)
    return drafts


def _chosen(growth: _Growth, drafts: Sequence[Draft], choice: Choice, end: int) -> list[Draft]:
    """The drafts up to the step `end`, each in one of the ways in which it was followed."""
    starts = [len(draft.steps) for draft in drafts]
    groups = [
        draft.parted(choice.tries)
        if start < end and not draft.failure and not draft.follows_plan(end)
        else [draft]
        for draft, start in zip(drafts, starts, strict=True)
    ]
    growth.up_to(end, groups)
    chosen = [
        choice.choose(group, start) if len(group) > 1 else group[0]
        for group, start in zip(groups, starts, strict=True)
    ]
    if growth.on_steps:
        growth.on_steps([draft.steps for draft in chosen])
    return chosen


@dataclass
class _Growth:
    """How drafts grow.

    Attributes:
        model, length, sampling, rules, on_step, on_steps: as in `sample`.
        patience: seconds of a thread's time in which a draft has to come further.
        deadline: on the monotonic clock.
        done: the steps that were reported last.
    """

    model: Any
    length: int
    sampling: Sampling
    rules: Sequence[Rule]
    patience: float
    deadline: float
    on_step: Callable[[int], None] | None
    on_steps: Callable[[Sequence[Sequence[Any]]], None] | None
    done: int = 0

    def up_to(self, end: int, groups: Sequence[Sequence[Draft]]) -> None:
        """Let the ways of every draft grow up to the step `end`."""
        ways = [*chain.from_iterable(groups)]
        while growing := [d for d in ways if len(d.steps) < end and not d.failure]:
            if time.monotonic() > self.deadline:
                for draft in growing:
                    draft.failure = out_of_time(draft.seed, len(draft.steps), self.length)
                return
            _go_on(self.model, growing, self.sampling, self.rules, self.patience)
            shortest = min((len(d.steps) for d in ways if not d.failure), default=self.done)
            self.done = max(self.done, shortest)
            if self.on_step:
                self.on_step(self.done)
            if self.on_steps:
                self.on_steps([group[0].steps for group in groups])


def _go_on(
    model: Any,
    drafts: Sequence[Draft],
    sampling: Sampling,
    rules: Sequence[Rule],
    patience: float,
) -> None:
    """Propose a step to each draft; where all rules allow it, it goes on by it."""
    allowed = []
    for draft, step in _proposals(model, drafts, sampling):
        forbidding = next((r.name for r in rules if not r.allows(draft.steps, step)), None)
        if forbidding is None:
            allowed.append((draft, step))
        else:
            draft.refuse(forbidding, patience)
    _accept(model, allowed)


def out_of_time(seed: int, steps: int, length: int) -> OutOfTime:
    """Why a draft that came to so many steps of its length is broken off."""
    rule = f"came to step {steps} of {length} when its time was up"
    remedy = "wish for fewer bars or candidates, allow more time, or let the model learn longer"
    return OutOfTime(f"seed {seed}", rule, remedy)


def begun(model: Any, outlines: Sequence[Any], primer: Sequence[Any]) -> list[Any]:
    """For each outline the state after the primer; equal ones share one."""
    states: dict[int, Any] = {}
    for outline in outlines:
        if id(outline) not in states:
            state = model.begin(outline)
            for step in primer:
                (state,) = model.advance([state], [step])
            states[id(outline)] = state
    return [states[id(outline)] for outline in outlines]


def _proposals(model: Any, drafts: Sequence[Draft], sampling: Sampling) -> list[tuple[Draft, Any]]:
    """A next step for each draft: the model's, or the one that its plan says."""
    drawing = [draft for draft in drafts if draft.planned is None]
    pickers = [draft.picker(sampling) for draft in drawing]
    states = [draft.states[-1] for draft in drawing]
    proposed = model.propose(states, pickers) if drawing else []
    planned = [(draft, draft.planned) for draft in drafts if draft.planned is not None]
    return [*zip(drawing, proposed, strict=True), *planned]


def _accept(model: Any, allowed: Sequence[tuple[Draft, Any]]) -> None:
    """Append its step to each of these drafts."""
    if not allowed:
        return
    states = model.advance(
        [draft.states[-1] for draft, _ in allowed], [step for _, step in allowed]
    )
    for (draft, step), state in zip(allowed, states, strict=True):
        draft.accept(step, state)
