"""What a rule is: it accepts or rejects a proposed step, and has a name to be blamed by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

__all__ = ["Begins", "Rule"]


class Rule(Protocol):
    """Accepts or rejects. What is sampled is then the model's own distribution given the rules."""

    name: str

    def allows(self, history: Sequence[Any], step: Any) -> bool:
        """Whether `step` may follow `history`; neither is changed."""
        ...


class Begins:
    """A piece begins with a sound: the likeliest beginning of all is silence, and then more."""

    name = "a piece begins with a sound"

    def allows(self, history: Sequence[Any], step: Any) -> bool:
        return bool(step) or any(history)
