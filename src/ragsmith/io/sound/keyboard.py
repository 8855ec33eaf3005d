"""The piano key by key, so that a page can play what is still being composed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from ragsmith.files import whole_file
from ragsmith.io.sound.instrument import UPRIGHT, Piano
from ragsmith.io.sound.strings import strike
from ragsmith.piece import LOWEST_PITCH, PIANO_KEYS

__all__ = ["write_keyboard"]

SAMPLE_RATE = 22_050
KEY_SAMPLES = 33_075
"""A second and a half of each key: the studio's static/piano.js counts on it."""
VELOCITY = 82


def write_keyboard(path: Path, piano: Piano = UPRIGHT) -> Path:
    """Write all 88 keys of a piano, one after the other from the lowest, on one channel, as FLAC.

    Raises:
        BadFile: the file cannot be written.
    """
    pitches = range(LOWEST_PITCH, LOWEST_PITCH + PIANO_KEYS)
    sounds = [strike(piano, pitch, VELOCITY, KEY_SAMPLES, SAMPLE_RATE) for pitch in pitches]
    whole = np.concatenate(sounds).mean(axis=1)
    with whole_file(path) as temporary:
        soundfile.write(temporary, whole / np.abs(whole).max(), SAMPLE_RATE, format="FLAC")
    return path
