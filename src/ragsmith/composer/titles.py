"""Titles for rags, as they were in fashion: "The Brass Lantern Rag", "Peach Tree Two-Step"."""

from __future__ import annotations

__all__ = ["title_of"]

FIRST = (
    *("Amber", "Autumn", "Bayou", "Blackberry", "Brass", "Calico", "Candlelight", "Cedar"),
    *("Chestnut", "Cinnamon", "Clover", "Copper", "Corner", "Cotton", "Delta", "Evening"),
    *("Feather", "Ferry", "Firefly", "Ginger", "Harbour", "Hickory", "Honeysuckle", "Ivory"),
    *("Juniper", "Lamplight", "Lavender", "Lucky", "Magnolia", "Maple", "Market", "Midnight"),
    *("Morning", "Mulberry", "Old Mill", "Paper", "Peach", "Pepper", "Prairie", "Quicksilver"),
    *("River", "Rosewood", "Saffron", "Sassafras", "Silver", "Sunday", "Velvet", "Willow"),
)
SECOND = (
    *("Avenue", "Blossom", "Boulevard", "Bouquet", "Bridge", "Carousel", "Crossing", "Fancy"),
    *("Garden", "Lane", "Lantern", "Parade", "Parlor", "Pavilion", "Porch", "Promenade"),
    *("Slipper", "Sparrow", "Staircase", "Station", "Street", "Terrace", "Train", "Whistle"),
)
LAST = ("Rag", "Stomp", "Cakewalk", "Strut", "Two-Step")
MORE_RAGS, STEP = 3, 4051
"""How often more than the others `LAST` has its first word; and how far apart the titles of two
seeds in a row lie, which is prime to their number."""


def title_of(seed: int) -> str:
    """The title of the piece of a seed; those of seeds near each other have little in common.

    >>> title_of(1), title_of(2)
    ('Hickory Boulevard Rag', 'Saffron Bridge Strut')
    """
    number = seed * STEP
    number, last = divmod(number, len(LAST) + MORE_RAGS)
    number, second = divmod(number, len(SECOND))
    return f"{FIRST[number % len(FIRST)]} {SECOND[second]} {LAST[max(0, last - MORE_RAGS)]}"
