"""Counts of what followed each context, in the corpus and in the piece at hand, and their blend.

No hash tables: the contexts of the corpus lie in sorted order, so that all that begin with the same
k bytes are one slice, found by binary search.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.models.markov.tokens import ALPHABET, WIDTH

__all__ = ["Memory", "Table", "blend"]

DISCOUNT = np.tile([0.9, 0.5], WIDTH + 1)
STRENGTH = np.tile([2.0, 2.0], WIDTH + 1)
"""The strength s of `blend` for the corpus and for the piece, at every order; chosen on held-out
rags."""
AT_ONCE = 1 << 18
"""Rows that are compared at once, so that memory stays bounded."""
MANY = 2048
"""A context that occurs at least so often has its counts cached."""


class Table:
    """The contexts of one kind in sorted order, so that those beginning alike lie side by side."""

    def __init__(self, contexts: NDArray[np.uint8], tokens: NDArray[np.uint8]) -> None:
        """contexts: (n, WIDTH); tokens: what followed each, (n,)."""
        halves = np.ascontiguousarray(contexts).view(">u8")
        order = np.lexsort((halves[:, 1], halves[:, 0]))
        rows = contexts[order]
        self.keys = _as_keys(rows)
        self.tokens = tokens[order]
        self.shared = _shared_with_last(rows, self.tokens)
        self._counted: dict[tuple[int, int, bool], NDArray[np.intp]] = {}

    def spans(self, contexts: NDArray[np.uint8]) -> NDArray[np.intp]:
        """Where contexts that begin alike lie: (m, WIDTH + 1 orders, from and up to)."""
        begins = np.tri(WIDTH + 1, WIDTH, -1, dtype=bool)
        low = np.where(begins, contexts[:, None], np.uint8(0))
        high = np.where(begins, contexts[:, None], np.uint8(255))
        first = np.searchsorted(self.keys, _as_keys(low), "left")
        last = np.searchsorted(self.keys, _as_keys(high), "right")
        return np.stack([first, last], -1)

    def counts(self, spans: NDArray[np.intp], order: int) -> NDArray[np.intp]:
        """How many different longer contexts each token followed: (orders matched, ALPHABET).

        At the highest order it is how often. spans: (WIDTH + 1, 2), of one context.
        """
        bounds = [(int(a), int(b)) for a, b in spans[: order + 1] if a < b]
        big = sum(b - a >= MANY for a, b in bounds)
        large = [self._count_of_many(k, *bounds[k], order) for k in range(big)]
        if big == len(bounds):
            return np.array(large, np.intp).reshape(-1, ALPHABET)
        first, last = bounds[big]
        deepest = np.full(last - first, big)
        for k, (a, b) in enumerate(bounds[big:], big):
            deepest[a - first : b - first] = k
        shared = np.clip(self.shared[first:last].astype(np.intp), big, order)
        new = shared <= deepest
        shape = (len(bounds) + 1, ALPHABET)
        tokens = self.tokens[first:last][new]
        steps = np.bincount(shared[new] * ALPHABET + tokens, minlength=shape[0] * shape[1])
        steps -= np.bincount((deepest[new] + 1) * ALPHABET + tokens, minlength=len(steps))
        counts = steps.reshape(shape)[:-1].cumsum(0)
        counts[:big] = np.array(large, np.intp).reshape(-1, ALPHABET)
        return counts

    def _count_of_many(self, k: int, first: int, last: int, order: int) -> NDArray[np.intp]:
        place = (k, first, k == order)
        if place not in self._counted:
            new = np.minimum(self.shared[first:last], order) <= k
            self._counted[place] = np.bincount(self.tokens[first:last][new], minlength=ALPHABET)
        return self._counted[place]


def _as_keys(rows: NDArray[np.uint8]) -> NDArray[np.bytes_]:
    """Rows as byte strings, which compare as a whole."""
    strings: NDArray[np.bytes_] = np.ascontiguousarray(rows).view(f"S{WIDTH}")
    return strings[..., 0]


def _shared_with_last(rows: NDArray[np.uint8], tokens: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Bytes that each sorted row shares with the last one before it that had the same token.

    A row is the first to show its token after its own leading k bytes where it shares fewer than k.
    """
    by_token = np.argsort(tokens, kind="stable")
    shared = np.zeros(len(rows), np.uint8)
    grouped = rows[by_token]
    same = tokens[by_token[1:]] == tokens[by_token[:-1]]
    for start in range(0, len(same), AT_ONCE):
        part, after = slice(start, start + AT_ONCE), slice(start + 1, start + 1 + AT_ONCE)
        before = grouped[part][: len(grouped[after])]
        shared[by_token[after]] = np.where(same[part], _leading(grouped[after] == before), 0)
    return shared


def _leading(alike: NDArray[np.bool_]) -> NDArray[np.intp]:
    """How many of each row's leading values are true."""
    leading: NDArray[np.intp] = np.where(alike.all(1), alike.shape[1], np.argmin(alike, 1))
    return leading


class Memory(NamedTuple):
    """What a piece has shown so far: contexts of both kinds (2, n, WIDTH), and what followed."""

    contexts: NDArray[np.uint8] = np.zeros((2, 0, WIDTH), np.uint8)
    tokens: NDArray[np.uint8] = np.zeros(0, np.uint8)

    def then(self, contexts: NDArray[np.uint8], tokens: NDArray[np.uint8]) -> Memory:
        """The memory with more contexts (2, m, WIDTH) and what followed them (m,)."""
        return Memory(
            np.concatenate([self.contexts, contexts], 1), np.concatenate([self.tokens, tokens])
        )

    def counts(self, kind: int, context: NDArray[np.uint8], order: int) -> NDArray[np.intp]:
        """How often each token followed: (orders matched, ALPHABET)."""
        matched = np.zeros(len(self.tokens), np.intp)
        if order:
            near = np.flatnonzero(self.contexts[kind, :, 0] == context[0])
            matched[near] = _leading(self.contexts[kind, near, :order] == context[:order])
        places = matched * ALPHABET + self.tokens
        orders = int(matched.max(initial=0)) + 1
        exact = np.bincount(places, minlength=orders * ALPHABET).reshape(orders, ALPHABET)
        counts: NDArray[np.intp] = exact[::-1].cumsum(0)[::-1]
        return counts


def blend(
    corpus: NDArray[np.intp], piece: NDArray[np.intp], possible: slice
) -> NDArray[np.float64]:
    """Probabilities of the possible tokens, from counts of shape (orders, ALPHABET) each.

    p_k = (max(c_k - d, 0) + (s + d t_k) p_{k-1}) / (n_k + s), with n_k the counts' sum, t_k the
    number of tokens seen; uniform below order 0.
    """
    orders = max(len(corpus), len(piece))
    counts = np.zeros((orders, 2, possible.stop - possible.start))
    counts[: len(corpus), 0] = corpus[:, possible]
    counts[: len(piece), 1] = piece[:, possible]
    counts = counts.reshape(2 * orders, -1)
    discount, strength = DISCOUNT[: 2 * orders], STRENGTH[: 2 * orders]
    total = counts.sum(1) + strength
    passed_on = (strength + discount * np.count_nonzero(counts, 1)) / total
    weights = np.append(np.cumprod(passed_on[::-1])[::-1], 1.0)
    discounted = np.maximum(counts - discount[:, None], 0)
    seen: NDArray[np.float64] = (weights[1:] / total) @ discounted
    unseen: float = weights[0] / counts.shape[1]
    return np.add(seen, unseen)
