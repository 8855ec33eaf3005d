"""A piece changed by hand: its notes, and the order of its strains."""

from ragsmith.errors import BadPiece

__all__ = ["BadEdit"]


class BadEdit(BadPiece):
    """A change that a piece has no place for."""
