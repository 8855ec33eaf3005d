"""Checks the settings of a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ragsmith.errors import BadOption
from ragsmith.piece import GRIDS

__all__ = ["check_settings"]


def check_settings(config: Any, limits: Mapping[str, tuple[float, float]]) -> None:
    """Hold a config to the grids of the package, and its fields to their limits, both included.

    Raises:
        BadOption: a value outside.
    """
    if config.steps_per_quarter not in GRIDS:
        value, grids = f"steps_per_quarter {config.steps_per_quarter}", ", ".join(map(str, GRIDS))
        raise BadOption(value, f"is not one of {grids}", "4 is the sixteenth grid")
    for name, (low, high) in limits.items():
        value = getattr(config, name)
        if not low <= value <= high:
            rule = f"must lie between {low:g} and {high:g}"
            default = type(config).__dataclass_fields__[name].default
            raise BadOption(f"{name} {value}", rule, f"the default is {default}")
