"""The decoding loop: propose a step, ask the rules, accept it or propose another; go back where
the rules allow none.

Knows neither Keras nor music: a step is whatever the model proposes and the rules understand.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Protocol

import numpy as np

from ragsmith.composer.draft import Draft, out_of_time
from ragsmith.composer.rules.rule import Rule
from ragsmith.composer.sampling import Leaning, Sampling, upright

__all__ = ["Choice", "begun", "sample"]

PATIENCE = 8.0
"""Seconds of processor time, for each draft, in which one of them has to come further."""
PACES = 100
"""Or as long as so many first states of the model take, where that is longer."""


class Choice(Protocol):
    """Chooses between ways to go on."""

    @property
    def ends(self) -> Sequence[int]:
        """Steps before which a choice is made, in order."""
        ...

    @property
    def tries(self) -> int:
        """How many ways are followed up to each of them, where a draft does not ask for more."""
        ...

    def tries_to(self, draft: Draft, end: int) -> int:
        """How many ways of a draft are followed up to the step `end`."""
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
    rule_sets: Sequence[Sequence[Rule]] = (),
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
        rule_sets: for each seed its rules, where they differ, as in their keys.
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
    growth = _Growth(model, length, sampling, patience, deadline, on_step, on_steps)
    plans, leanings = plans or [{}] * len(seeds), leanings or [upright] * len(seeds)
    by_seed = seeds, states, plans, leanings, rule_sets or [rules] * len(seeds)
    given = list(primer[:length])
    drafts = [
        Draft(seed, np.random.default_rng(seed), [state], [*given], len(given), plan, leaning, own)
        for seed, state, plan, leaning, own in zip(*by_seed, strict=True)
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
        draft.parted(choice.tries_to(draft, end))
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
        model, length, sampling, on_step, on_steps: as in `sample`.
        patience: seconds of a thread's time in which a draft has to come further.
        deadline: on the monotonic clock.
        done: the steps that were reported last.
    """

    model: Any
    length: int
    sampling: Sampling
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
            _go_on(self.model, growing, self.sampling, self.patience)
            shortest = min((len(d.steps) for d in ways if not d.failure), default=self.done)
            self.done = max(self.done, shortest)
            if self.on_step:
                self.on_step(self.done)
            if self.on_steps:
                self.on_steps([group[0].steps for group in groups])


def _go_on(model: Any, drafts: Sequence[Draft], sampling: Sampling, patience: float) -> None:
    """Propose a step to each draft; where all its rules allow it, it goes on by it."""
    allowed = []
    for draft, step in _proposals(model, drafts, sampling):
        forbidding = next((r.name for r in draft.rules if not r.allows(draft.steps, step)), None)
        if forbidding is None:
            allowed.append((draft, step))
        else:
            draft.refuse(forbidding, patience)
    _accept(model, allowed)


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
