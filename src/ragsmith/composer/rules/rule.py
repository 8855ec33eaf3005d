"""What a rule is: it accepts or rejects a proposed step, and has a name to be blamed by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

__all__ = ["Rule"]


class Rule(Protocol):
    """Accepts or rejects. What is sampled is then the model's own distribution given the rules."""

    name: str

    def allows(self, history: Sequence[Any], step: Any) -> bool:
        """Whether `step` may follow `history`; neither is changed."""
        ...
