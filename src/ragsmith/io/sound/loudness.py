"""Integrated loudness of sound after ITU-R BS.1770-4, its range after EBU Tech 3342, and its peak
between samples."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.io.sound.reverb import Sound

__all__ = ["Loudness", "gated_loudness", "measure_loudness"]

Complex = NDArray[np.complex128]

SHELF = (1681.974450955533, 3.999843853973347, 0.7071752369554196)
HIGH_PASS = (38.13547087602444, 0.5003270373238773)
"""Frequency (Hz), gain (dB) and Q of the two K-weighting filters, at any sample rate."""
SILENT = -70.0
"""LUFS; quieter blocks do not count, nor do those 10 LU below the rest."""
HALFWAY = np.array([-5, 49, -245, 1225], np.float32) / 2048
"""Lagrange's weights of the four samples on either side of a point halfway."""


class Loudness(NamedTuple):
    """Integrated loudness in LUFS (-inf for silence), the peak, 1 being full scale, and the
    loudness range in LU (0 for less than three seconds)."""

    lufs: float
    peak: float
    range: float


def measure_loudness(blocks: Iterable[Sound], sample_rate: int) -> Loudness:
    """Loudness of sound that comes in blocks of at least 16 samples, (samples, 2) each.

    Each tenth of a second is weighted in the frequency domain, by itself.
    """
    tenth = sample_rate // 10
    weights = _k_weighting(tenth, sample_rate)[:, None]
    peak = 0.0
    powers = []
    rest = np.zeros((0, 2), np.float32)
    for block in blocks:
        peak = max(peak, _peak(block))
        rest = np.concatenate([rest, block])
        whole = len(rest) // tenth
        spectra = np.fft.rfft(rest[: whole * tenth].reshape(whole, tenth, 2), axis=1)
        squares = np.square(spectra.real) + np.square(spectra.imag)
        powers.append((squares * weights).sum(axis=(1, 2), dtype=np.float64))
        rest = rest[whole * tenth :]
    tenths = np.concatenate(powers)
    return Loudness(gated_loudness(tenths), peak, _range(tenths))


def gated_loudness(tenths: NDArray[np.float64]) -> float:
    """LUFS of mean powers of tenths of a second, in windows of four."""
    windows = np.convolve(tenths, np.full(4, 0.25), "valid")
    loud = windows[windows > 10 ** ((SILENT + 0.691) / 10)]
    if not len(loud):
        return -np.inf
    loud = loud[loud > loud.mean() / 10]
    return float(-0.691 + 10 * np.log10(loud.mean()))


def _range(tenths: NDArray[np.float64]) -> float:
    """LU between the softest tenth and the loudest twentieth of windows of three seconds."""
    windows = np.convolve(tenths, np.full(30, 1 / 30), "valid") if len(tenths) >= 30 else tenths[:0]
    loud = windows[windows > 10 ** ((SILENT + 0.691) / 10)]
    loud = loud[loud > loud.mean() / 100] if len(loud) else loud
    if not len(loud):
        return 0.0
    low, high = np.quantile(loud, [0.1, 0.95])
    return float(10 * np.log10(high / low))


def _k_weighting(samples: int, sample_rate: int) -> NDArray[np.float32]:
    """Weights that turn squares of a spectrum of so many samples into power, K-weighted."""
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(samples))
    frequency, decibels, q = SHELF
    k = np.tan(np.pi * frequency / sample_rate)
    high = 10 ** (decibels / 20)
    band = high**0.4996667741545416
    top = _quadratic(
        z, high + band * k / q + k * k, 2 * (k * k - high), high - band * k / q + k * k
    )
    shelf = top / _quadratic(z, 1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k)
    frequency, q = HIGH_PASS
    k = np.tan(np.pi * frequency / sample_rate)
    norm = 1 + k / q + k * k
    high_pass = norm * (1 - z) ** 2 / _quadratic(z, norm, 2 * (k * k - 1), 1 - k / q + k * k)
    both = 2 * np.abs(shelf * high_pass / samples) ** 2  # twice: for the negative frequencies
    return np.asarray(both, np.float32)


def _quadratic(z: Complex, constant: float, linear: float, square: float) -> Complex:
    return constant + linear * z + square * z**2


def _peak(block: Sound) -> float:
    """The highest of the samples and of the points halfway between them."""
    reach = len(HALFWAY)
    span = len(block) - 2 * reach + 1
    halfway = np.zeros((span, 2), np.float32)
    for near, weight in enumerate(HALFWAY):
        far = 2 * reach - 1 - near
        halfway += weight * (block[near : near + span] + block[far : far + span])
    return float(max(np.abs(block).max(), np.abs(halfway).max()))
