"""What a piece can be turned into by rooms that it knows nothing of: a file, a page in a notebook.

`Piece.save` and the notebook's view look here for the functions that do it; the package names them
(`ragsmith/__init__.py`). So the music imports no file format, and formats import the music.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["Outlets"]


class Outlets:
    """The functions, each taking a piece first; both are named when the package is imported."""

    save: Callable[[Any, str | Path], Path]
    html: Callable[[Any], str]
