"""The formulas of `stride`, once, for numpy (composing, measuring) and for JAX (learning) alike.

At step t, from the steps before it:

    e_t = tanh(W_in [onsets<t-1>, onsets<t-2>, sounded, sounds, f_t] + b_in)
    a_t = LSTM_1(e)_t,   h_t = [a_t + LSTM_2(a)_t, f_t]
    c_t[p] = Σ_{d=-12..12} K[d] · rolls_t[p + d] + G · heights[p] + b   (keyboard context)

rolls_t are those of `inputs`, one that marks the key's tonic in every octave, and where chords are
known those of `chord_rolls`. f_t says where the step stands, and how long echoes have matched.

Inside the step notes are written left hand first, each hand from low to high, then END. With S the
notes written so far, last the newest of them:

    u = relu(W_h h_t + W_c mean_p relu(c_t[p]) + Σ_{n in S} (E[n] + log2(duration of n) D[n])
             + L[last] + b_u)
    v = u + relu(W_v u + b_v)
    z[p] = relu(c_t[p] + Σ_d K'[d] · S[p + d])
    logit(n) = O v + (M v)[hand of n] · z[key of n],     logit(END) = o v
    P(next | S) = softmax over the notes above last whose key is not yet taken, and END
    P(duration of n) = softmax(W_2 tanh(W_1 v + N[n] + W_z z[key of n] + b_1) + b_2)

K and K' know only distances between keys, so that what is learnt in one key serves in every key;
`heights`, a few wide bumps over the keyboard, say where on it one is. Since notes ascend and all
impossible ones are masked, the probability of a set of notes is exact, and no mass is lost.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np

from ragsmith.models.stride.inputs import NEAR
from ragsmith.piece import LOWEST_PITCH, PIANO_KEYS

__all__ = [
    "BLOCKED",
    "BUMPS",
    "REACH",
    "WINDOW",
    "Weights",
    "durations_logits",
    "enter",
    "keyboard_context",
    "note_state",
    "notes_logits",
    "of_step",
    "state_of_sums",
    "with_matrices",
]

Weights = dict[str, Any]
Array = Any

REACH = 12
"""Semitones up and down that the keyboard context reads."""
WINDOW = 2 * REACH + 1
BLOCKS = 11
BLOCK = PIANO_KEYS // BLOCKS
BLOCK_INPUTS = BLOCK + WINDOW - 1

BUMPS = 8
HEIGHTS = np.exp(
    -0.5 * ((np.arange(PIANO_KEYS)[:, None] - np.linspace(4, 84, BUMPS)[None]) / 8.0) ** 2
).astype(np.float32)
"""Wide bumps over the keyboard: (88, BUMPS)."""

BLOCKED = -1e9
"""The logit of what is impossible."""


def with_matrices(w: Weights, xp: ModuleType) -> Weights:
    """The weights, and the kernels over the keyboard as matrices."""
    kernels = [w["context.kernel"]] + ([w["harmony.kernel"]] if "harmony.kernel" in w else [])
    return w | {
        "context.matrix": _unfolded(xp.concatenate(kernels, 1), xp),
        "chosen.matrix": _unfolded(w["chosen.kernel"], xp),
    }


def _unfolded(kernel: Array, xp: ModuleType) -> Array:
    """A kernel over the keyboard as the matrix of one block of keys.

    kernel: (WINDOW, channels, out); result: (channels * BLOCK_INPUTS, BLOCK * out). A product with
    this matrix is many times faster than a convolution whose channels are as few as these.
    """
    padded = xp.concatenate([kernel, xp.zeros_like(kernel[:1])])
    distance = np.arange(BLOCK_INPUTS)[:, None] - np.arange(BLOCK)[None]
    distance = np.where((distance >= 0) & (distance < WINDOW), distance, WINDOW)
    blocks = padded[distance].transpose(2, 0, 1, 3)
    return blocks.reshape(kernel.shape[1] * BLOCK_INPUTS, BLOCK * kernel.shape[2])


def _over_keyboard(rolls: Array, matrix: Array, xp: ModuleType) -> Array:
    """Rolls (n, channels, 88) through an unfolded kernel: (n, 88, out)."""
    n, channels, _ = rolls.shape
    beyond = xp.zeros((n, channels, REACH), rolls.dtype)
    padded = xp.concatenate([beyond, rolls, beyond], 2)  # np.pad takes as long as all else here
    windows = [padded[:, :, b * BLOCK : b * BLOCK + BLOCK_INPUTS] for b in range(BLOCKS)]
    rows = xp.stack(windows, 1).reshape(n * BLOCKS, channels * BLOCK_INPUTS)
    return (rows @ matrix).reshape(n, PIANO_KEYS, -1)


def enter(w: Weights, keyboard: Array, features: Array, xp: ModuleType) -> Array:
    """e of the steps, (n, hidden); keyboard (n, hands, rolls, 88), features (n, features)."""
    near = keyboard[:, :, np.array(NEAR)].reshape(len(keyboard), -1)
    x = xp.concatenate([near, features], 1)
    return xp.tanh(x @ w["enter.kernel"] + w["enter.bias"])


def keyboard_context(
    w: Weights, keyboard: Array, tonics: Array, chords: Array, xp: ModuleType
) -> Array:
    """c of the steps: (n, 88, channels); tonics: (n,), chords: (n, rolls, 12)."""
    n = len(keyboard)
    pitch_classes = (np.arange(PIANO_KEYS) + LOWEST_PITCH) % 12
    is_tonic = xp.asarray(pitch_classes == tonics[:, None], keyboard.dtype)
    harmony = xp.asarray(chords[:, :, pitch_classes], keyboard.dtype)
    known = [keyboard.reshape(n, -1, PIANO_KEYS), is_tonic[:, None], harmony]
    rolls = xp.concatenate(known, 1)
    heights = HEIGHTS @ w["context.heights"] + w["context.bias"]
    return _over_keyboard(rolls, w["context.matrix"], xp) + heights


def note_state(
    w: Weights, h: Array, context: Array, chosen: Array, last: Array, xp: ModuleType
) -> tuple[Array, Array]:
    """v (n, note_hidden) and z (n, 88, channels) before the next token.

    h: (n, hidden + features). context: c of each token's step. chosen: (n, hands * 88) durations
    in steps of the notes so far, 0 elsewhere. last: (n,) the newest note, END when there is none.
    """
    struck = xp.asarray(chosen > 0, context.dtype)
    rolls = struck.reshape(len(chosen), -1, PIANO_KEYS)
    z = context + _over_keyboard(rolls, w["chosen.matrix"], xp)
    lasting = xp.log2(xp.maximum(xp.asarray(chosen, context.dtype), 1))
    notes = struck @ w["chosen.notes"] + lasting @ w["chosen.lasting"]
    return state_of_sums(w, of_step(w, h, context, xp) + notes, z, last, xp)


def of_step(w: Weights, h: Array, context: Array, xp: ModuleType) -> Array:
    """The part of u that all tokens of a step have in common: (n, note_hidden)."""
    pooled = xp.maximum(context, 0).mean(1)
    return h @ w["frame.kernel"] + pooled @ w["frame.pool"] + w["frame.bias"]


def state_of_sums(
    w: Weights, u: Array, z: Array, last: Array, xp: ModuleType
) -> tuple[Array, Array]:
    """v and z, as `note_state` gives them, from the sums over the notes so far."""
    u = xp.maximum(u + w["chosen.last"][last], 0)
    v = u + xp.maximum(u @ w["deep.kernel"] + w["deep.bias"], 0)
    return v, xp.maximum(z, 0)


def notes_logits(
    w: Weights, v: Array, z: Array, chosen: Array, last: Array, xp: ModuleType
) -> Array:
    """Logits of the next token, impossible ones masked: (n, hands * 88 + 1)."""
    n, channels = len(v), z.shape[-1]
    end = w["out.bias"].shape[0] - 1
    mix = (v @ w["mix.kernel"] + w["mix.bias"]).reshape(n, -1, channels)
    near = (mix @ z.transpose(0, 2, 1)).reshape(n, end)
    logits = v @ w["out.kernel"] + w["out.bias"]
    logits = logits + xp.concatenate([near, xp.zeros_like(near[:, :1])], 1)
    possible = np.arange(end + 1) > xp.where(last == end, -1, last)[:, None]
    if end > PIANO_KEYS:
        left, nothing = chosen[:, :PIANO_KEYS] > 0, xp.zeros((n, 1), bool)
        possible = possible & ~xp.concatenate([xp.zeros_like(left), left, nothing], 1)
    return xp.where(possible, logits, BLOCKED)


def durations_logits(w: Weights, v: Array, z: Array, notes: Array, xp: ModuleType) -> Array:
    """Logits of the notes' durations, one step up: (n, longest). notes: (n,) numbers."""
    at_key = z[np.arange(len(v)), notes % PIANO_KEYS]
    inner = v @ w["length.kernel"] + w["length.notes"][notes] + at_key @ w["length.context"]
    return xp.tanh(inner + w["length.bias"]) @ w["length.out"] + w["length.out_bias"]
