"""Text from anywhere, as titles and labels can hold it."""

from __future__ import annotations

__all__ = ["printable"]


def printable(text: str, longest: int = 200, ellipsis: str = "") -> str:
    """Text on one line without control characters.

    Args:
        text: any text; white space in a row becomes one space.
        longest: characters that are kept.
        ellipsis: what a text ends in that is longer.

    >>> printable("Maple\\n Leaf\\0Rag")
    'Maple Leaf Rag'
    >>> printable("The Entertainer", longest=8, ellipsis="…")
    'The Ent…'
    """
    visible = "".join(c if c.isprintable() else " " for c in text[: 4 * longest])
    words = " ".join(visible.split())
    if len(words) <= longest or not ellipsis:
        return words[:longest]
    return words[: longest - len(ellipsis)].rstrip() + ellipsis
