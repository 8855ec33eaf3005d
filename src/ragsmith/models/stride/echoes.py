"""Echoes: what the past of a piece itself says about its next step.

For every earlier step p, r_t[p] counts how many steps before t are the same as those before p:

    r_t+1[p + 1] = (r_t[p] + 1) if the notes begun at p and at t are the same, else 0

counted for each hand alone and for both together. Among the steps at the same place in the bar

- the echo is the p of the largest r, the most recent one of equals: what came there may well come
  now (the longest match, as in Ziv and Lempel 1977);
- the votes are, for some least r, in how large a share of such steps each key was struck (the
  contexts of several orders, as in prediction by partial matching, Cleary and Witten 1984).

Notes are compared by pitch, not by duration.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.models.stride.encoding import BAR_LAGS, STEP_LAGS, EncodedPiece
from ragsmith.piece import PIANO_KEYS

__all__ = [
    "VOTES",
    "Echoes",
    "Runs",
    "echoes_from_runs",
    "echoes_of",
    "evidence_count",
    "onset_hashes",
    "runs_after",
    "stream_count",
]

Runs = NDArray[np.int32]
"""r_t for each stream, and p from the horizon on: (streams, t - horizon)."""

OWN_RUNS = (0, 2, 6)
BOTH_RUNS = (1, 4, 12)
VOTES = len(OWN_RUNS) + len(BOTH_RUNS)
"""The least runs that may vote: of the hand alone, and of both hands."""
KEY_HASHES = np.random.default_rng(0).integers(0, 2**63, PIANO_KEYS, dtype=np.uint64)
"""A random number for every key; a set of keys has their sum."""
AT_ONCE = 256
"""Steps whose runs are in memory together."""
LOGS = 8
"""Runs and numbers of votes are given as log2(1 + n) / LOGS."""


class Echoes(NamedTuple):
    """The echoes and votes of n steps.

    Attributes:
        pointers: (n, streams) int32, the step that is echoed; -1 where there is none.
        evidence: (n, evidence_count) float32, how long the echoes and the look-backs of some bars
            have matched, and how many steps voted.
        votes: (n, VOTES, hands * 88) float32, shares from 0 to 1.
    """

    pointers: NDArray[np.int32]
    evidence: NDArray[np.float32]
    votes: NDArray[np.float32]

    def at(self, places: NDArray[np.intp]) -> Echoes:
        """The echoes of some of these steps."""
        return Echoes(self.pointers[places], self.evidence[places], self.votes[places])


def stream_count(hands: int) -> int:
    """How many streams of notes are compared: each hand, and both together; one without hands."""
    return 3 if hands == 2 else 1


def evidence_count(hands: int) -> int:
    """How many numbers `Echoes.evidence` holds for a step."""
    return stream_count(hands) * (len(BAR_LAGS) + 1) + hands * VOTES


def onset_hashes(durations: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """A number for every distinct set of notes begun, by stream: (n, streams)."""
    struck = (durations > 0).reshape(len(durations), -1, PIANO_KEYS)
    by_hand: NDArray[np.uint64] = (struck * KEY_HASHES).sum(-1, dtype=np.uint64)
    if by_hand.shape[1] == 1:
        return by_hand
    both = by_hand[:, :1] * np.uint64(3) + by_hand[:, 1:]
    return np.concatenate([by_hand, both], 1)


def runs_after(runs: Runs, hashes: NDArray[np.uint64]) -> Runs:
    """r of the next step; hashes: (steps so far, streams), those of the step just written last."""
    grown = (runs + 1) * (hashes[:-1] == hashes[-1]).T
    return np.concatenate([np.zeros((len(runs), 1), np.int32), grown.astype(np.int32)], 1)


def echoes_of(encoded: EncodedPiece, start: int, stop: int, horizon: int = 0) -> Echoes:
    """The echoes of steps start to stop, as if the piece began at horizon."""
    hashes = onset_hashes(encoded.durations[horizon:stop])
    runs = np.zeros((hashes.shape[1], 0), np.int32)
    parts = []
    for first in range(start, stop, AT_ONCE):
        steps = np.arange(first, min(first + AT_ONCE, stop))
        seen = np.zeros((len(steps), hashes.shape[1], steps[-1] + 1 - horizon), np.int32)
        for step in range(runs.shape[1] + horizon, steps[-1] + 1):
            if step >= first:
                seen[step - first, :, : step - horizon] = runs
            runs = runs_after(runs, hashes[: step - horizon + 1])
        parts.append(echoes_from_runs(encoded, steps, seen, [encoded.durations], horizon))
    return Echoes(*(np.concatenate(part) for part in zip(*parts, strict=True)))


def echoes_from_runs(
    encoded: EncodedPiece,
    steps: NDArray[np.intp],
    runs: Runs,
    pieces: Sequence[NDArray[np.uint8]],
    horizon: int = 0,
) -> Echoes:
    """The echoes of some steps from their runs.

    Args:
        encoded: where bars are; its notes are not read.
        steps: (n,).
        runs: (n, streams, reach), 0 where p is not before t.
        pieces: durations (steps, hands * 88) of the one piece, or of a piece for each step.
        horizon: the first p.
    """
    n, count, reach = runs.shape
    width = pieces[0].shape[1]
    pointers = np.full((n, count), -1, np.int32)
    matched = np.zeros((n, count, len(BAR_LAGS) + 1), np.float32)
    votes = np.zeros((n, VOTES, width), np.float32)
    numbers = np.zeros((n, width // PIANO_KEYS, VOTES), np.float32)
    lags = encoded.lags[steps][:, None, len(STEP_LAGS) :] - horizon
    if reach:
        at_lags = np.take_along_axis(runs, np.maximum(lags, 0).repeat(count, 1), 2)
        matched[:, :, :-1] = at_lags * (lags >= 0)
    places, past_places = encoded.in_bar[steps], encoded.in_bar[horizon : horizon + reach]
    for place in np.unique(places):
        rows, past = np.flatnonzero(places == place), np.flatnonzero(past_places == place)
        if not len(past):
            continue
        alike = runs[rows[:, None], :, past].transpose(0, 2, 1)
        longest = alike.max(2)
        best = past[::-1][alike[:, :, ::-1].argmax(2)] + horizon
        pointers[rows] = np.where(longest > 0, best, -1)
        matched[rows, :, -1] = longest
        before = past + horizon < steps[rows, None]
        own = pieces if len(pieces) == 1 else [pieces[row] for row in rows.tolist()]
        struck = (np.stack([durations[past + horizon] for durations in own]) > 0).astype(np.float32)
        votes[rows], numbers[rows] = _votes(alike, before, struck)
    evidence = np.concatenate([matched.reshape(n, -1), numbers.reshape(n, -1)], 1)
    return Echoes(pointers, np.log2(1 + evidence) / LOGS, votes)


def _votes(
    alike: Runs, before: NDArray[np.bool_], struck: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Votes (n, VOTES, hands * 88), and how many steps took part in each: (n, hands, VOTES).

    alike: (n, streams, past). before: (n, past). struck: (1 or n, past, hands * 88).
    """
    n, hands = len(alike), struck.shape[2] // PIANO_KEYS
    own = alike[:, :hands, None] >= np.array(OWN_RUNS)[:, None]
    both = (alike[:, -1:, None] >= np.array(BOTH_RUNS)[:, None]).repeat(hands, 1)
    taking_part = np.concatenate([own, both], 2) & before[:, None, None]
    taking_part = taking_part.astype(np.float32)
    numbers = taking_part.sum(3)
    by_hand = struck.reshape(*struck.shape[:2], hands, PIANO_KEYS).transpose(0, 2, 1, 3)
    votes = (taking_part @ by_hand) / np.maximum(numbers, 1)[..., None]
    return votes.transpose(0, 2, 1, 3).reshape(n, VOTES, -1), numbers
