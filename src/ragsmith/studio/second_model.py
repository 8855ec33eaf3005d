"""Two models for one piece: which strains the second one writes."""

from __future__ import annotations

from typing import Any

from ragsmith.composer.form import parse_form
from ragsmith.composer.wish import USUAL_STRAIN

__all__ = ["strains_of_second"]


def strains_of_second(fields: dict[str, Any]) -> str | None:
    """The weights of a wish (`ragsmith.composer.strain_mix`) by which the second model writes the
    strains that are named, and the first the others; None where both write everything together.

    Raises:
        BadOption: the form cannot be read.

    >>> strains_of_second({"other": "piano", "other_strains": "B", "form": "AABB"})
    'A: 1 0; B: 0 1'
    """
    named = (fields.get("other_strains") or "").replace(",", " ").split()
    if not fields.get("other") or not named:
        return None
    parts = parse_form(fields["form"] or "", USUAL_STRAIN).parts
    names = dict.fromkeys([*(part.name for part in parts), *named])
    return "; ".join(f"{name}: {'0 1' if name in named else '1 0'}" for name in names)
