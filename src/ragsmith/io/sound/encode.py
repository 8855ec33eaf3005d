"""Writes sound: WAV, FLAC, OGG and MP3, evenly loud, in blocks, as a whole file or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, BinaryIO, Literal

import numpy as np
import soundfile
from threadpoolctl import threadpool_limits

from ragsmith.errors import BadFile
from ragsmith.files import whole_file
from ragsmith.io.printable import printable
from ragsmith.io.sound.loudness import Loudness, measure_loudness
from ragsmith.io.sound.piano import UPRIGHT, Piano, play
from ragsmith.io.sound.reverb import BLOCK, Sound
from ragsmith.performance import Performance
from ragsmith.piece import Piece

__all__ = ["AUDIO_SUFFIXES", "write_audio"]

SAMPLE_RATE = 44_100
TARGET = -18.0
"""LUFS: a usual level for music that is not pressed flat."""
HIGHEST_PEAK = 10 ** (-1.5 / 20)
"""Half a decibel below the ceiling of -1 dBFS, for what lossy formats add."""
BYTES_A_SAMPLE = 8
"""Bytes of two channels, before they are brought to the loudness and encoded."""
FORMATS = {
    ".wav": ("WAV", "PCM_{bits}"),
    ".flac": ("FLAC", "PCM_{bits}"),
    ".ogg": ("OGG", "VORBIS"),
    ".mp3": ("MP3", "MPEG_LAYER_III"),
}
AUDIO_SUFFIXES = tuple(FORMATS)


def write_audio(
    music: Piece | Performance, path: Path, instrument: Piano = UPRIGHT, bits: Literal[16, 24] = 16
) -> Path:
    """Play the piece and write it in the format that the suffix names; returns the path.

    Loudness is -18 LUFS, or less where the peak would pass -1 dBFS. Until it is known, what has
    been played waits in a nameless file beside the path, 21 MB a minute, so that memory is bounded.

    Args:
        music: a piece, played as written, its sections unfolded; or a performance.
        path: ends in .wav, .flac, .ogg or .mp3; the file appears whole or not at all.
        instrument: which piano.
        bits: of a sample in .wav and .flac.

    Raises:
        BadFile: the suffix is unknown, the folder is missing or closed, or the disk is full.
    """
    if path.suffix.lower() not in FORMATS:
        known = " ".join(AUDIO_SUFFIXES)
        raise BadFile(path.name or path, "is not a sound format", f"end the name in one of {known}")
    piece = music.piece if isinstance(music, Performance) else music
    kind, subtype = FORMATS[path.suffix.lower()]
    with (
        whole_file(path) as temporary,
        open(temporary, "xb") as opened,
        TemporaryFile(dir=path.parent) as waiting,
        # More are slower where others work, and give other last bits.
        threadpool_limits(limits=1, user_api="blas"),
    ):
        played = _written(play(music, instrument, SAMPLE_RATE), waiting)
        gain = _gain(measure_loudness(played, SAMPLE_RATE))
        tags = {"title": piece.title, "artist": piece.composer}
        blocks = (block * gain for block in _read(waiting))
        _encode(blocks, opened, kind, subtype.format(bits=bits), tags)
    return path


def _encode(
    blocks: Iterator[Sound], opened: BinaryIO, kind: str, subtype: str, tags: Mapping[str, str]
) -> None:
    """Write sound into an open file.

    Raises:
        OSError: it cannot be written.
    """
    held = ErrorsHeld(opened)
    try:
        with soundfile.SoundFile(held, "w", SAMPLE_RATE, 2, subtype, format=kind) as file:
            for tag, text in tags.items():
                if shown := printable(text):
                    setattr(file, tag, shown)
            # A block at a time, never more than a second: a long call crashes on OGG.
            for block in blocks:
                file.write(block)
    except (soundfile.LibsndfileError, AssertionError) as e:  # it asserts that all is written
        raise held.error or OSError(str(e)) from e
    if held.error:
        raise held.error


class ErrorsHeld:
    """A file for libsndfile, which says nothing of errors as it closes: the first one is kept."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.tell = file.tell
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        """Write, unless it fails."""
        return self._tried(self.file.write, data)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place; what is buffered is written first."""
        return self._tried(self.file.seek, offset, whence)

    def _tried(self, action: Callable[..., int], *arguments: object) -> int:
        try:
            return action(*arguments)
        except OSError as e:
            self.error = self.error or e
            return 0


def _written(blocks: Iterator[Sound], file: IO[bytes]) -> Iterator[Sound]:
    """The blocks, each written to the file as it passes."""
    for block in blocks:
        file.write(block.tobytes())
        yield block


def _read(file: IO[bytes]) -> Iterator[Sound]:
    """The blocks that `_written` has written."""
    file.seek(0)
    while data := file.read(BLOCK * BYTES_A_SAMPLE):
        yield np.frombuffer(data, np.float32).reshape(-1, 2)


def _gain(loudness: Loudness) -> np.float32:
    """The factor that brings sound to the target below the highest peak; 1 for silence."""
    if not loudness.peak:
        return np.float32(1)
    wanted = 10 ** ((TARGET - loudness.lufs) / 20) if np.isfinite(loudness.lufs) else 1.0
    return np.float32(min(wanted, HIGHEST_PEAK / loudness.peak))
