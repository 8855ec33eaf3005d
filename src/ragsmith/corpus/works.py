"""Which files of a folder hold one work, without comparing all with all.

Every hash of a melody's sketch is a band by itself (the sketch is a MinHash of the bottom-k kind):
files that share two are likely to be related, and are compared note for note, those that share the
most first. What is one work already, by way of other files, is not compared again: in a work of a
thousand copies each is compared with a few.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ragsmith.corpus.duplicates import Fingerprint, Sketch, related_pairs

__all__ = ["MOST_HASHES", "NEIGHBOURS", "Pairs", "Works", "works"]

NEIGHBOURS = 8
"""Other files compared for each hash, so that a pattern that stands in many files costs no more."""
MOST_HASHES = 10_000_000
"""Hashes compared at a time; a larger corpus is compared by fewer hashes of each file."""
PAIRS_TOGETHER = 1_000_000
"""Of the likely pairs that are held in memory."""

Pairs = NDArray[np.int64]
"""Files by their places, the lower one first; shape (pairs, 2)."""


class Works:
    """Files put together, work by work.

    Args:
        prints: what the files are known by.
    """

    def __init__(self, prints: Sequence[Fingerprint]) -> None:
        self._prints = prints
        self._first = list(range(len(prints)))

    def firsts(self) -> list[int]:
        """For each file the first one of its work."""
        return [self._root(place) for place in range(len(self._first))]

    def link(self, one: int, other: int) -> None:
        """Two files hold one work."""
        low, high = sorted((self._root(one), self._root(other)))
        self._first[high] = low

    def compare(self, likely: Pairs) -> list[tuple[int, int]]:
        """Put together what is related among likely pairs; returns the pairs that did it.

        Args:
            likely: by lower files; those of one file in the order in which they are to be tried.
        """
        related = []
        tried = 1
        while len(likely := self._apart(likely)):
            places = np.arange(len(likely)) - np.searchsorted(likely[:, 0], likely[:, 0])
            now = places < tried
            pairs = related_pairs(self._prints, likely[now].tolist())
            for one, other in pairs:
                self.link(one, other)
            related += pairs
            likely = likely[~now]
            tried *= 2
        return related

    def _apart(self, pairs: Pairs) -> Pairs:
        """Those that are not known to be of one work."""
        low, high = np.array(self.firsts(), np.int64)[pairs.T]
        apart: Pairs = pairs[low != high]
        return apart

    def _root(self, place: int) -> int:
        first = self._first
        while first[place] != place:
            first[place] = first[first[place]]
            place = first[place]
        return place


def works(prints: Sequence[Fingerprint], digests: Sequence[str]) -> list[int]:
    """For each file the index of the first file of its work; equal digests are one work."""
    together = Works(prints)
    seen: dict[str, int] = {}
    for place, digest in enumerate(digests):
        together.link(place, seen.setdefault(digest, place))
    for likely in _likely_pairs([print_.melody for print_ in prints]):
        together.compare(likely)
    return together.firsts()


def _likely_pairs(sketches: Sequence[Sketch]) -> Iterator[Pairs]:
    """Pairs that share a few hashes, those that share the most first; the members of a large group
    are linked each to its next neighbours, not all to all."""
    hashes, owners = _all_hashes(sketches)
    order = np.argsort(hashes, kind="stable").astype(np.int32)
    hashes, sorted_owners = hashes[order], owners[order]
    places = np.empty_like(order)
    places[order] = np.arange(len(order), dtype=np.int32)
    bounds = np.searchsorted(owners, np.arange(len(sketches) + 1))
    pairs: list[Pairs] = []
    number = 0
    for index in range(len(sketches)):
        own = places[bounds[index] : bounds[index + 1], None]
        near = np.minimum(own + np.arange(1, NEIGHBOURS + 1), len(hashes) - 1)
        same = hashes[near] == hashes[own]
        others, shared = np.unique(sorted_owners[near[same]], return_counts=True)
        likely = (shared > 1) & (others > index)
        most_first = others[likely][np.argsort(-shared[likely], kind="stable")]
        pairs.append(np.stack([np.full(len(most_first), index), most_first], axis=1))
        number += len(most_first)
        if number > PAIRS_TOGETHER:
            yield np.concatenate(pairs)
            pairs, number = [], 0
    yield np.concatenate([*pairs, np.zeros((0, 2), np.int64)])


def _all_hashes(sketches: Sequence[Sketch]) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    """The sketches' hashes one after another, and the index of the sketch that each comes from."""
    total = sum(len(s.hashes) for s in sketches)
    ceiling = min(2**32 - 1, 2**32 * MOST_HASHES // max(1, total))
    samples = [s.hashes[: np.searchsorted(s.hashes, np.uint32(ceiling), "right")] for s in sketches]
    owners = np.repeat(np.arange(len(samples), dtype=np.int32), [len(k) for k in samples])
    return np.concatenate([*samples, np.zeros(0, np.uint32)]), owners
