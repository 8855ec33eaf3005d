"""The settings of a mixture: its members have their own."""

from __future__ import annotations

from dataclasses import dataclass

from ragsmith.models.limits import check_settings

__all__ = ["MixtureConfig"]


@dataclass(frozen=True, slots=True)
class MixtureConfig:
    """What the members have in common.

    Attributes:
        steps_per_quarter: the grid.

    Raises:
        BadOption: a value outside its range.
    """

    steps_per_quarter: int = 4

    def __post_init__(self) -> None:
        check_settings(self, {})
