"""What a model file knows of its corpus beyond the model, ready to be composed and ranked by."""

from __future__ import annotations

from ragsmith.bundle.bundle import Bundle
from ragsmith.errors import BadBundle
from ragsmith.measure.portrait import Portrait

__all__ = ["portrait_in"]


def portrait_in(bundle: Bundle) -> Portrait | None:
    """The portrait of the corpus that a bundle carries; None where it has none.

    Raises:
        BadBundle: it is damaged.
    """
    if not bundle.card.portrait:
        return None
    try:
        return Portrait.from_json(bundle.card.portrait)
    except ValueError as e:
        raise BadBundle("card.json", f"is damaged: {e}", "learn the model again") from e
