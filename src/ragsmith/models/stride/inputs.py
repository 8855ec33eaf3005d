"""What the `stride` network reads before each step: rolls of the past, features of the place.

Every hand has a roll of 88 keys for each of: the notes begun some steps ago; those begun at the
same place some bars ago; the notes at its own echo and at the echo of both hands; the votes (see
`echoes`); what sounded in the step before; what still sounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.models.stride.echoes import VOTES, Echoes, evidence_count
from ragsmith.models.stride.encoding import (
    BAR_LAGS,
    NO_PHRASE,
    PHRASE,
    PLACES,
    STEP_LAGS,
    EncodedPiece,
)
from ragsmith.piece import PIANO_KEYS

__all__ = [
    "NEAR",
    "SINCE_START_BARS",
    "Inputs",
    "feature_count",
    "inputs_at",
    "roll_count",
    "without_chords",
    "without_key",
    "without_phrase",
]

LAGS = len(STEP_LAGS) + len(BAR_LAGS)
NEAR = (0, 1, -2, -1)
"""The rolls that the time LSTM reads key by key: one and two steps ago, what sounded and sounds."""
SINCE_START_BARS = 5


class Inputs(NamedTuple):
    """What is read before each of n steps.

    Attributes:
        keyboard: (n, hands, rolls, 88) float32, from 0 to 1.
        features: (n, features) float32: the place, one-hot bars since the piece began (the last:
            more), how long echoes have held, whether the key is known.
        tonics: (n,) int32, the pitch class of the key; -1 unknown.
        chords: (n, CHORD_ROLLS or 0, 12) uint8, see `chord_rolls`; zeros where unknown.
    """

    keyboard: NDArray[np.float32]
    features: NDArray[np.float32]
    tonics: NDArray[np.int32]
    chords: NDArray[np.uint8]


def roll_count(hands: int) -> int:
    """How many rolls each hand has."""
    return LAGS + hands + VOTES + 2


def feature_count(hands: int) -> int:
    """How many numbers `Inputs.features` holds for a step."""
    return PLACES + SINCE_START_BARS + evidence_count(hands) + 1


def inputs_at(
    encoded: EncodedPiece,
    steps: NDArray[np.intp],
    echoes: Echoes,
    held_from: NDArray[np.int32],
    pieces: Sequence[NDArray[np.uint8]],
    horizon: int = 0,
) -> Inputs:
    """The inputs of some steps.

    Args:
        encoded: where bars are; its notes are not read.
        steps: (n,) steps.
        echoes: those of these steps.
        held_from: (n, hands * 88) rows of `EncodedPiece.held_from` of these steps.
        pieces: durations (steps, hands * 88) of the one piece, or of a piece for each step.
        horizon: notes before this step are hidden, as if the piece began there.
    """
    n, hands = len(steps), pieces[0].shape[1] // PIANO_KEYS
    lags = encoded.lags[steps]
    past_steps = np.concatenate([np.where(lags >= horizon, lags, -1), echoes.pointers[:, -1:]], 1)
    past = ((_gathered(pieces, past_steps) > 0) & (past_steps >= 0)[..., None]).reshape(
        n, -1, hands, PIANO_KEYS
    )
    parts = [past, echoes.votes.reshape(n, VOTES, hands, PIANO_KEYS)]
    if hands == 2:
        own = echoes.pointers[:, :2]
        struck = _gathered(pieces, own).reshape(n, 2, 2, PIANO_KEYS) > 0
        parts.append((struck[:, [0, 1], [0, 1]] & (own >= 0)[..., None])[:, None])
    sounding = held_from >= horizon
    lasting = _gathered(pieces, held_from, np.arange(held_from.shape[1]))
    held = sounding & (held_from + lasting > steps[:, None])
    parts += [x.reshape(n, 1, hands, PIANO_KEYS) for x in (sounding, held)]
    keyboard = np.concatenate(parts, 1).transpose(0, 2, 1, 3).astype(np.float32)
    first = encoded.bars[min(horizon, encoded.steps - 1)]
    since = np.minimum(encoded.bars[steps] - first, SINCE_START_BARS - 1)
    tonics = encoded.tonics[steps].astype(np.int32)
    known = (tonics >= 0)[:, None]
    started = np.eye(SINCE_START_BARS, dtype=np.uint8)[since]
    groups = [encoded.places[steps], started, echoes.evidence, known]
    features = np.concatenate(groups, 1).astype(np.float32)
    return Inputs(keyboard, features, tonics, encoded.chords[steps])


def _gathered(
    pieces: Sequence[NDArray[np.uint8]], steps: NDArray[Any], *keys: NDArray[np.intp]
) -> NDArray[np.uint8]:
    """Durations at steps (n, ...) of the one piece, or at row i of the steps in piece i."""
    if len(pieces) == 1:
        durations: NDArray[np.uint8] = pieces[0][steps, *keys]
        return durations
    return np.stack([own[at, *keys] for own, at in zip(pieces, steps, strict=True)])


def without_key(inputs: Inputs) -> Inputs:
    """The inputs without the key signature."""
    features = inputs.features.copy()
    features[:, -1] = 0
    return inputs._replace(features=features, tonics=np.full_like(inputs.tonics, -1))


def without_chords(inputs: Inputs) -> Inputs:
    """The inputs without the chords."""
    return inputs._replace(chords=np.zeros_like(inputs.chords))


def without_phrase(inputs: Inputs) -> Inputs:
    """The inputs without the place in the strain."""
    features = inputs.features.copy()
    features[:, PHRASE] = NO_PHRASE
    return inputs._replace(features=features)
