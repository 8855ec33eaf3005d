"""How fast MP3 is encoded, by the settings that `soundfile` has, and by another build of LAME.

    pip install lameenc
    OPENBLAS_NUM_THREADS=1 python benchmarks/mp3_settings.py

The first 40 seconds of a built-in rag. `times` are times real time of the encoder alone; `kbps` the
mean bit rate; `noise` is the energy of the difference from what was encoded, in dB below it.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from time import process_time

import numpy as np
import soundfile

import ragsmith
from ragsmith.io.sound.piano import play
from ragsmith.io.sound.reverb import BLOCK, Sound

RATE = 44_100
SECONDS = 40
LOUDNESS = 0.3
LEVELS = (None, 0.0, 0.6, 0.8)
"""Of compression; None is what `soundfile` does by itself, as `ragsmith` does."""
MODES = (None, "CONSTANT")
QUALITIES = (2, 5, 7)
"""Of LAME's search, lower is slower; all with variable bit rate, quality 4, as `soundfile` has."""


def by_soundfile(sound: Sound, mode: str | None, level: float | None) -> bytes:
    """The file by libsndfile."""
    file = io.BytesIO()
    how = {"bitrate_mode": mode, "compression_level": level}
    with soundfile.SoundFile(file, "w", RATE, 2, "MPEG_LAYER_III", format="MP3", **how) as opened:
        for start in range(0, len(sound), BLOCK):
            opened.write(sound[start : start + BLOCK])
    return file.getvalue()


def by_lameenc(sound: Sound, quality: int) -> bytes:
    """The file by the package lameenc."""
    import lameenc

    encoder = lameenc.Encoder()
    encoder.silence()
    encoder.set_in_sample_rate(RATE)
    encoder.set_channels(2)
    encoder.set_quality(quality)
    encoder.set_vbr(4)
    encoder.set_vbr_quality(4)
    samples = np.rint(32_767 * sound).astype("<i2").tobytes()
    return bytes(encoder.encode(samples) + encoder.flush())


def noise(sound: Sound, data: bytes) -> float:
    """dB that what a file adds lies below the sound, at the delay where it fits best."""
    decoded, _ = soundfile.read(io.BytesIO(data), dtype="float32")
    probe = slice(10 * RATE, 10 * RATE + 10_000)
    shift = max(range(3_000), key=lambda n: float(np.vdot(sound[probe, 0], decoded[n:][probe, 0])))
    both = min(len(sound), len(decoded) - shift)
    difference = sound[:both] - decoded[shift : shift + both]
    return float(10 * np.log10(np.square(sound[:both]).sum() / np.square(difference).sum()))


def row(name: str, encode: Callable[[], bytes], sound: Sound) -> None:
    """Measure and print."""
    began = process_time()
    data = encode()
    times = SECONDS / (process_time() - began)
    rate = 8 * len(data) / SECONDS / 1000
    print(f"| {name} | {times:.0f} | {rate:.0f} | {noise(sound, data):.1f} |", flush=True)


def main() -> None:
    """Measure all."""
    blocks = []
    for block in play(ragsmith.perform(ragsmith.datasets.rags()[0]), sample_rate=RATE):
        blocks.append(block)
        if len(blocks) * BLOCK > SECONDS * RATE:
            break
    sound = LOUDNESS * np.concatenate(blocks)[: SECONDS * RATE]
    print("| encoder | times | kbps | noise |\n|---|---|---|---|")
    for mode in MODES:
        for level in LEVELS:
            name = f"soundfile, {mode or 'its own mode'}, {'its own' if level is None else level}"
            row(name, lambda m=mode, c=level: by_soundfile(sound, m, c), sound)
    for quality in QUALITIES:
        row(f"lameenc, {quality}", lambda q=quality: by_lameenc(sound, q), sound)


if __name__ == "__main__":
    main()
