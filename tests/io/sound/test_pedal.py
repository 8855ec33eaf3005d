"""What the pedal does to the sound: dampers, half way too, and strings that ring along."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.io.sound.dampers import Dampers, weight
from ragsmith.io.sound.instrument import UPRIGHT
from ragsmith.io.sound.noises import with_noises
from ragsmith.io.sound.piano import render, strokes_of
from ragsmith.io.sound.resonance import ring_along
from ragsmith.io.sound.reverb import BLOCK
from ragsmith.performance import PedalChange, Performance, PlayedNote
from ragsmith.piece import Piece

RATE = 22_050
PIECE = Piece.from_array([[0, 60, 1]], metre="4/4")
"""A bar of two seconds."""


def pedalled(*changes: tuple[int, int]) -> Performance:
    """A short middle C under a pedal; 1920 ticks are two seconds."""
    pedal = tuple(PedalChange(tick, depth) for tick, depth in changes)
    return Performance(PIECE, (PlayedNote(0, 60, 120, 80),), (), pedal, 480)


def level(sound: np.ndarray, start: float, stop: float) -> float:
    """Mean level of a stretch in seconds, in dB."""
    part = sound[int(start * RATE) : int(stop * RATE)]
    return float(10 * np.log10(np.square(part).mean() + 1e-20))


def test_half_a_pedal_damps_half():
    sounds = [render(pedalled((0, depth)), UPRIGHT, RATE) for depth in (0, 40, 55, 64)]
    levels = [level(sound, 0.4, 0.6) for sound in sounds]
    assert levels == sorted(levels)
    assert levels[0] + 6 < levels[1] < levels[3] - 3


@given(st.dictionaries(st.integers(0, 999), st.integers(0, 127), max_size=8))
def test_contact_never_goes_back_and_is_reached_again(pedal):
    dampers = Dampers(dict(sorted(pedal.items())), end=1000)
    contact = dampers.contact(np.arange(1200))
    assert (np.diff(contact) >= 0).all()
    assert contact[-1] - contact[1000] == pytest.approx(199)
    assert (dampers.reached(contact) >= np.arange(1200) - 1e-6).all()
    assert np.allclose(dampers.contact(dampers.reached(contact)), contact)


@pytest.mark.parametrize(("depth", "lies"), [(0, 1), (24, 1), (64, 0), (127, 0)])
def test_dampers_lie_or_do_not(depth, lies):
    assert weight(depth) == lies


def test_strings_ring_along_until_the_pedal_goes_up():
    performance = pedalled((0, 127), (960, 0))
    silence = np.zeros((BLOCK, 2), np.float32)
    click = silence.copy()
    click[1000] = 1
    dampers = Dampers.of(performance, RATE)
    sound = np.concatenate(list(ring_along([click, *3 * [silence]], dampers, UPRIGHT, RATE)))
    ring = sound[1001:]
    assert level(ring, 0.1, 0.9) > level(ring, 1.3, 1.5) + 30


def test_keys_and_pedal_are_heard_a_little():
    silence = [np.zeros((BLOCK, 2), np.float32)] * 3
    noises = [
        np.concatenate(list(with_noises(silence, performance, UPRIGHT, RATE)))
        for performance in (pedalled(), pedalled((480, 127), (960, 0)))
    ]
    key, pedal = noises
    assert not key[: RATE // 8 - 10].any()
    assert 0 < np.abs(key).max() < np.abs(pedal).max() < 0.01


def test_strokes_are_held_while_the_pedal_is_down():
    plain, held = (strokes_of(one, UPRIGHT, RATE)[0] for one in (pedalled(), pedalled((0, 90))))
    assert plain.held == RATE // 8
    assert held.held == 2 * RATE
