"""Propose a step, ask the rules, accept or propose again, go back a little when every door is shut.

Knows neither Keras nor music: a step is whatever the model proposes and the rules understand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ragsmith.composer.rules.rule import Rule
from ragsmith.composer.sampling import Choosing
from ragsmith.errors import UserError

__all__ = ["ClosedDoor", "Walk", "walk"]

PROPOSALS = 50
"""Proposals for one step before going back."""
STEPS_BACK = 8
"""The first time; as many more each time that it comes no further."""
GOINGS_BACK = 200
"""How often one candidate may go back before it gives up."""
REMEMBERED = 64
"""States kept for going back; older steps are settled, so that memory stays bounded."""


class ClosedDoor(UserError):
    """A rule left no way forward."""


@dataclass
class Walk:
    """One candidate on its way.

    Attributes:
        states: the model's states after the latest steps, newest last; what follows is proposed
            from the newest.
        steps: accepted so far, the primer included.
        primed: how many of them are the primer's, and never taken back.
        plan: where a step is to be what an earlier one was: step to that earlier step.
        turned_down: proposals rejected, by rule.
        refusals: proposals rejected for the very next step, by rule.
        stuck: the most steps there were when it went back. Up to there every step is drawn: the
            likeliest ones led to the closed door.
        tries: how often it went back since it last came further.
        closed: why it gave up; None while it goes on.
    """

    states: list[Any]
    rng: np.random.Generator
    steps: list[Any] = field(default_factory=list)
    primed: int = 0
    plan: Mapping[int, int] = field(default_factory=dict)
    turned_down: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    stuck: int = -1
    tries: int = 0
    goings_back: int = 0
    closed: ClosedDoor | None = None

    @property
    def must_draw(self) -> bool:
        """Whether the likeliest step would be turned down, or lead to where there is no way on."""
        return bool(self.refusals) or len(self.steps) <= self.stuck

    @property
    def planned(self) -> Any:
        """The next step where the plan says it and no rule has turned it down; else None."""
        now = len(self.steps)
        return self.steps[self.plan[now]] if now in self.plan and not self.must_draw else None

    def chooses(self, choosing: Choosing) -> Choosing:
        """How it chooses the next step: more boldly the oftener it met the same closed door."""
        back_again = len(self.steps) <= self.stuck and self.tries > 1
        return choosing.bolder(self.tries - 1) if back_again else choosing

    def accept(self, step: Any, state: Any) -> None:
        self.steps.append(step)
        self.states.append(state)
        del self.states[:-REMEMBERED]
        self.refusals.clear()

    def refuse(self, rule: str) -> None:
        """Count a refusal; after too many take some steps back, after too many of those give up."""
        self.turned_down[rule] += 1
        self.refusals[rule] += 1
        if self.refusals.total() < PROPOSALS:
            return
        self.goings_back += 1
        if self.goings_back > GOINGS_BACK:
            self.closed = ClosedDoor(
                f"step {len(self.steps) + 1}",
                f"is shut by the rule {self.refusals.most_common(1)[0][0]}",
                "try another seed, a higher temperature, or looser limits",
            )
            return
        self.tries = 1 if len(self.steps) > self.stuck else self.tries + 1
        self.stuck = max(self.stuck, len(self.steps))
        back = min(STEPS_BACK * self.tries, len(self.states) - 1, len(self.steps) - self.primed)
        if back:
            del self.steps[-back:], self.states[-back:]
        self.refusals.clear()


def walk(
    model: Any,
    outline: Any,
    length: int,
    *,
    choosing: Choosing,
    seeds: Sequence[int],
    primer: Sequence[Any] = (),
    rules: Sequence[Rule] = (),
    plans: Sequence[Mapping[int, int]] = (),
    on_step: Callable[[int], None] | None = None,
    on_steps: Callable[[Sequence[Sequence[Any]]], None] | None = None,
) -> list[Walk]:
    """Candidates of `length` steps, side by side, one for each seed; one that finds no way forward
    after bounded work is `closed`, and ends there.

    Args:
        model: as `ragsmith.models.base.Model`.
        outline: handed to the model's `begin`.
        length: steps in all, the primer included.
        choosing: how a step is chosen from what the model holds likely.
        seeds: one for each candidate; the same seed gives the same candidate beside any others.
        primer: steps that every candidate begins with.
        rules: asked about every proposed step, in this order.
        plans: for each seed which steps say again what an earlier one said, rules permitting.
        on_step: told how many steps the shortest candidate has.
        on_steps: told of every candidate the steps that it has; they may still be taken back.

    Raises:
        BadPrimer: the model cannot represent the primer.
    """
    known = list(primer[:length])
    state = model.begin(outline)
    for step in known:
        (state,) = model.advance([state], [step])
    walks = [
        Walk([state], np.random.default_rng(seed), list(known), len(known), plan)
        for seed, plan in zip(seeds, plans or [{}] * len(seeds), strict=True)
    ]
    while live := [w for w in walks if len(w.steps) < length and not w.closed]:
        drawing = [w for w in live if w.planned is None]
        picks = [w.chooses(choosing).picker(w.steps, w.rng, w.must_draw) for w in drawing]
        proposed = model.propose([w.states[-1] for w in drawing], picks) if drawing else []
        chosen = [(w, w.planned) for w in live if w.planned is not None]
        accepted = []
        for candidate, step in [*zip(drawing, proposed, strict=True), *chosen]:
            shut = next((r.name for r in rules if not r.allows(candidate.steps, step)), None)
            if shut is None:
                accepted.append((candidate, step))
            else:
                candidate.refuse(shut)
        if accepted:
            after = model.advance([w.states[-1] for w, _ in accepted], [s for _, s in accepted])
            for (candidate, step), state in zip(accepted, after, strict=True):
                candidate.accept(step, state)
        if on_step:
            on_step(min(len(w.steps) for w in walks))
        if on_steps:
            on_steps([w.steps for w in walks])
    return walks
