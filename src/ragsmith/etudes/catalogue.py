"""The twelve études: what each is called, and what the grammar is told about it."""

from __future__ import annotations

from typing import NamedTuple

from ragsmith.piece import Metre

__all__ = ["ETUDES", "Recipe", "Strain"]

STRAINS = ("A", "B", "Trio")


class Strain(NamedTuple):
    """A strain's name, its left hand (see `left_hand`) and the texture of its right hand."""

    name: str
    bass: str
    texture: str


class Recipe(NamedTuple):
    """An étude: its key in fifths, metre, quarter notes a minute, and strains in order."""

    title: str
    fifths: int
    metre: Metre
    tempo: int
    strains: tuple[Strain, ...]


def _etude(title: str, fifths: int, metre: Metre, tempo: int, hands: str) -> Recipe:
    """A recipe; `hands` says for each strain its bass and its texture."""
    pairs = [words.split() for words in hands.split(",")]
    strains = (Strain(name, *pair) for name, pair in zip(STRAINS, pairs, strict=True))
    return Recipe(title, fifths, metre, tempo, tuple(strains))


RAG, COMMON, WALTZ = Metre(2, 4), Metre(4, 4), Metre(3, 4)

ETUDES = (
    _etude("Cellar Door Cakewalk", 0, RAG, 84, "mixed chords, octaves chords, single thirds"),
    _etude("Lamplighter's Lope", -4, RAG, 88, "octaves chords, single thirds, mixed octaves"),
    _etude("Paper Boat Two-Step", -1, RAG, 96, "single thirds, mixed octaves, octaves chords"),
    _etude("Gingham Glide", -3, RAG, 80, "mixed chords, octaves octaves, mixed thirds"),
    _etude("Switchboard Scramble", 1, COMMON, 184, "mixed octaves, single thirds, octaves chords"),
    _etude("Thimble and Thread", -2, RAG, 76, "single octaves, octaves chords, mixed thirds"),
    _etude("Low Tide Slow Drag", -1, WALTZ, 112, "mixed thirds, octaves chords, single octaves"),
    _etude("Brass Button Strut", -2, COMMON, 176, "octaves octaves, mixed chords, single thirds"),
    _etude("Persimmon Tango", 0, RAG, 66, "tango thirds, mixed chords, tango chords"),
    _etude("Rocking Horse Ramble", -5, RAG, 84, "mixed chords, octaves thirds, mixed chords"),
    _etude("Hailstone Hop", -4, RAG, 100, "mixed thirds, octaves octaves, mixed chords"),
    _etude("Last Streetcar Home", -3, RAG, 72, "mixed octaves, single chords, octaves thirds"),
)
