"""What a piece's MIDI file says of its bars: the studio's playback is performed, and bends them."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

from ragsmith.io import read
from ragsmith.io.score.bar_numbers import numbers_as_stored

__all__ = ["written_bars"]


def written_bars(data: bytes) -> dict[int, list[tuple[int, int, int, int]]]:
    """By printed number, the notes of a bar: place in the bar, pitch, duration, velocity; of bars
    with the same number, as both passes of a strain, one after the other."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "piece.mid"
        path.write_bytes(data)
        piece = read(path)
    bars = defaultdict(list)
    for bar, number in zip(piece.bars, numbers_as_stored(piece), strict=True):
        bars[number] += [
            (note.onset - bar.start, note.pitch, note.duration, note.velocity)
            for note in piece.notes
            if bar.start <= note.onset < bar.start + bar.length
        ]
    return dict(bars)
