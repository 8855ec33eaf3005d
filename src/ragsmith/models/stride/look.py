"""What `stride` looks at before it writes a step: the past, laid beside the keyboard.

Every hand has a roll of 88 keys for each of: the notes begun some steps ago, and at the same place
some bars ago; what came at its own echo, and at the echo of both hands; the votes of what was like
this before; what sounded in the step before; what still sounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.models.stride.echoes import VOTES, Echoes, recalls
from ragsmith.models.stride.view import BAR_LAGS, NO_PHRASE, PHRASE, PLACES, STEP_LAGS, View
from ragsmith.piece import PIANO_KEYS

__all__ = [
    "NEAR",
    "SINCE_START_BARS",
    "Look",
    "features",
    "look_back",
    "rolls",
    "without_key",
    "without_phrase",
]

LAGS = len(STEP_LAGS) + len(BAR_LAGS)
NEAR = (0, 1, -2, -1)
"""The rolls that the time LSTM reads key by key: one and two steps ago, what sounded and sounds."""
SINCE_START_BARS = 5


class Look(NamedTuple):
    """Of some steps.

    Attributes:
        keyboard: (n, hands, rolls, 88) float32, from 0 to 1.
        features: (n, features) float32: the place, one-hot bars since the piece began (the last:
            more), how long echoes have held, whether the key is known.
        tonics: (n,) int32, the pitch class of the key; -1 unknown.
    """

    keyboard: NDArray[np.float32]
    features: NDArray[np.float32]
    tonics: NDArray[np.int32]


def rolls(hands: int) -> int:
    """Rolls of each hand."""
    return LAGS + hands + VOTES + 2


def features(hands: int) -> int:
    """Numbers that say where a step stands."""
    return PLACES + SINCE_START_BARS + recalls(hands) + 1


def look_back(
    view: View,
    steps: NDArray[np.intp],
    echoes: Echoes,
    held_from: NDArray[np.int32],
    pieces: Sequence[NDArray[np.uint8]],
    horizon: int = 0,
) -> Look:
    """What there is to see at some steps.

    Args:
        view: says where bars are; its notes are not looked at.
        steps: (n,) steps.
        echoes: of these steps.
        held_from: (n, hands * 88) rows of `View.held_from` of these steps.
        pieces: durations (steps, hands * 88) of the one piece, or of a piece for each step.
        horizon: nothing before this step is seen, as if the piece began there.
    """
    n, hands = len(steps), pieces[0].shape[1] // PIANO_KEYS
    lags = view.lags[steps]
    looked = np.concatenate([np.where(lags >= horizon, lags, -1), echoes.pointers[:, -1:]], 1)
    past = ((_gathered(pieces, looked) > 0) & (looked >= 0)[..., None]).reshape(
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
    first = view.bars[min(horizon, view.steps - 1)]
    since = np.minimum(view.bars[steps] - first, SINCE_START_BARS - 1)
    tonics = view.tonics[steps].astype(np.int32)
    known = (tonics >= 0)[:, None]
    started = np.eye(SINCE_START_BARS, dtype=np.uint8)[since]
    told = [view.places[steps], started, echoes.told, known]
    return Look(keyboard, np.concatenate(told, 1).astype(np.float32), tonics)


def _gathered(
    pieces: Sequence[NDArray[np.uint8]], steps: NDArray[Any], *keys: NDArray[np.intp]
) -> NDArray[np.uint8]:
    """What stands at some steps (n, ...) of the one piece, or at a row of them of each piece."""
    if len(pieces) == 1:
        found: NDArray[np.uint8] = pieces[0][steps, *keys]
        return found
    return np.stack([own[at, *keys] for own, at in zip(pieces, steps, strict=True)])


def without_key(look: Look) -> Look:
    """As if no key signature were known."""
    told = look.features.copy()
    told[:, -1] = 0
    return look._replace(features=told, tonics=np.full_like(look.tonics, -1))


def without_phrase(look: Look) -> Look:
    """As if the place in the strain were unknown."""
    told = look.features.copy()
    told[:, PHRASE] = NO_PHRASE
    return look._replace(features=told)
