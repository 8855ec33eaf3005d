"""Closed vocabularies: the distinct elements (sets of notes) of a corpus, each with an index."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragsmith.errors import BadBundle, BadPrimer
from ragsmith.models.base import Onset, Step, steps_of
from ragsmith.piece import Piece

__all__ = ["UNSEEN", "Element", "Vocabulary", "elements_of", "spell", "vocabulary_of"]

Element = tuple[tuple[int, int], ...]
"""(pitch, duration) of every note that begins at a step, low to high; () is silence."""

UNSEEN = -1
"""The index of an element that the vocabulary does not hold."""

LONGEST_DURATION = 10_000
"""Steps; a longer note is taken for a damaged file."""


def elements_of(piece: Piece) -> list[Element]:
    """The piece as elements, one for each step."""
    return [_element(step) for step in steps_of(piece)]


def _element(step: Step) -> Element:
    return tuple(sorted((o.pitch, o.duration) for o in step))


class Vocabulary:
    """Elements in order of first appearance; silence is always number 0."""

    def __init__(self, elements: Iterable[Element]) -> None:
        distinct = dict.fromkeys([(), *elements])
        self.elements: tuple[Element, ...] = tuple(distinct)
        self._index = {element: i for i, element in enumerate(self.elements)}

    def __len__(self) -> int:
        return len(self.elements)

    def index(self, step: Step) -> int:
        """The step's number, or `UNSEEN`."""
        return self._index.get(_element(step), UNSEEN)

    def indices(self, piece: Piece) -> NDArray[np.int32]:
        """Every step's number, `UNSEEN` where the vocabulary does not hold it: (steps,)."""
        lookup = self._index
        return np.array([lookup.get(e, UNSEEN) for e in elements_of(piece)], np.int32)

    def read(self, piece: Piece) -> NDArray[np.int32]:
        """Every step's number, unseen elements replaced by the nearest: the input of a network."""
        elements = elements_of(piece)
        indices = self.indices(piece)
        for t in np.flatnonzero(indices == UNSEEN):
            indices[t] = self.nearest(elements[t])
        return indices

    def step(self, index: int) -> Step:
        """The notes of an element."""
        return tuple(Onset(pitch, duration) for pitch, duration in self.elements[index])

    def nearest(self, element: Element) -> int:
        """The element with the largest share of pitches in common, then of (pitch, duration).

        Shares are intersection over union; ties go to the one seen first.
        """
        pitches = np.zeros(128, bool)
        pitches[[p for p, _ in element]] = True
        common = (self._pitches & pitches).sum(1)
        together = (self._pitches | pitches).sum(1)
        share = np.where(together == 0, 1.0, common / np.maximum(together, 1))
        wanted = set(element)
        return max(
            np.flatnonzero(share == share.max()).tolist(),
            key=lambda i: _overlap(wanted, set(self.elements[i])),
        )

    @cached_property
    def _pitches(self) -> NDArray[np.bool_]:
        """Which pitches each element holds: (categories, 128)."""
        held = np.zeros((len(self), 128), bool)
        for i, element in enumerate(self.elements):
            held[i, [p for p, _ in element]] = True
        return held

    def known(self, step: Step) -> int:
        """The step's number.

        Raises:
            BadPrimer: the vocabulary does not hold it; the message names the nearest that it does.
        """
        index = self.index(step)
        if index == UNSEEN:
            nearest = self.elements[self.nearest(_element(step))]
            raise BadPrimer(
                f"primer step {spell(_element(step))}",
                f"is not among the {len(self)} sets of notes that this model has seen",
                f"the nearest that it knows is {spell(nearest)}; "
                "edit the primer, or use a model with an open vocabulary (markov)",
            )
        return index

    def to_json(self) -> list[list[list[int]]]:
        """The elements as nested lists."""
        return [[list(note) for note in element] for element in self.elements]

    @classmethod
    def from_json(cls, data: Any) -> Vocabulary:
        """The inverse of `to_json`.

        Raises:
            BadBundle: the data is not a vocabulary, or holds notes that no piece can hold.
        """
        try:
            elements = [tuple((p, d) for p, d in element) for element in data]
        except (TypeError, ValueError) as e:
            raise _bad("is not a list of elements") from e
        if not elements or elements[0]:
            raise _bad("does not begin with silence")
        if not all(map(_is_playable, elements)):
            raise _bad("holds an element that no piece can hold")
        vocabulary = cls(elements)
        if len(vocabulary) != len(elements):
            raise _bad("names an element twice")
        return vocabulary


def _bad(rule: str) -> BadBundle:
    return BadBundle("vocabulary.json", rule, "learn the model again")


def _is_playable(element: Element) -> bool:
    """Whether these are notes, low to high, no key struck twice."""
    pitches = [pitch for pitch, _ in element]
    return all(
        type(p) is int and type(d) is int and 0 <= p <= 127 and 1 <= d <= LONGEST_DURATION
        for p, d in element
    ) and pitches == sorted(set(pitches))


def _overlap(a: set[tuple[int, int]], b: set[tuple[int, int]]) -> float:
    return len(a & b) / max(1, len(a | b))


def vocabulary_of(pieces: Sequence[Piece]) -> Vocabulary:
    """The vocabulary of a corpus."""
    return Vocabulary(e for piece in pieces for e in elements_of(piece))


NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


def spell(element: Element) -> str:
    """An element for a person to read: C4:2+E4:2 is two notes of two steps each."""
    if not element:
        return "silence"
    return "+".join(f"{NAMES[p % 12]}{p // 12 - 1}:{d}" for p, d in element)
