"""Is it a piano, in tune, and how fast: the modelled upright measured from its sound alone.

    python benchmarks/piano_sound.py FOLDER

FOLDER holds MIDI files; three of them are played. A recorded piano to compare with is not part of
the project, so likeness to one is not measured.

Of each note of a rag, three things are asked of the sound around its onset: whether its first
partial is there (a peak, to a quarter tone or to what the window resolves, no more than 50 dB below
the strongest); whether besides one of its first four partials rises by 1 dB or more; whether the
first itself does, which it need not where a key an octave below sounds already. The control asks
the same of a key up to three semitones away that nobody strikes then.
"""

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from ragsmith.io import read
from ragsmith.io.sound.encode import AUDIO_SUFFIXES, write_audio
from ragsmith.io.sound.loudness import measure_loudness
from ragsmith.io.sound.piano import UPRIGHT, play, render, sample_clock
from ragsmith.io.sound.strings import strike
from ragsmith.piece import Note, Piece, regular_bars
from ragsmith.playing_order import unfold

RATE = 44_100
VELOCITIES = (30, 70, 115)
NAMES = {24: "C1", 36: "C2", 48: "C3", 60: "C4", 72: "C5", 84: "C6", 96: "C7", 108: "C8"}
YOUNG = 1.2 / (4 * 865.6)
"""B of C4: its second partial is 1.2 cents sharp; doubled every 8 semitones above (Young 1952)."""
WOUND = {24: (1e-4, 8e-4), 36: (8e-5, 4e-4), 48: (8e-5, 3e-4)}
"""B of wound strings, from concert grands to small uprights (Rigaud et al. 2013, six pianos)."""
SINGLE = {24: 3.0, 36: 4.6, 48: 7.1, 60: 8.9, 72: 10.0, 84: 12.2}
"""dB per second of a single string (Van Duyne & Smith, table in CLM's piano.ins)."""
DECAYS = (1, 100)
"""dB per second of partials of a spinet, slowest and fastest (measurements in JASA)."""

Real = NDArray[np.float64]


def row(what: str, measured: str, expected: str = "") -> None:
    """Print a row."""
    print(f"| {what} | {measured} | {expected} |", flush=True)


def tempered(pitch: int) -> float:
    """Hz in equal temperament."""
    return float(440 * 2 ** ((pitch - 69) / 12))


def cents(frequency: float, reference: float) -> float:
    """An interval."""
    return float(1200 * np.log2(frequency / reference))


def peak_near(mono: Real, expected: float, semitones: float) -> float:
    """Hz of the highest peak within some semitones of where it is expected."""
    size = 1 << 20
    spectrum = np.abs(np.fft.rfft(mono * np.hanning(len(mono)), size))
    reach = 2 ** (semitones / 12)
    first, last = int(expected / reach * size / RATE), int(expected * reach * size / RATE)
    place = first + int(np.argmax(spectrum[first : last + 1]))
    a, b, c = np.log(spectrum[place - 1 : place + 2])
    return float((place + 0.5 * (a - c) / (a - 2 * b + c)) * RATE / size)


def tuning() -> None:
    """Fundamentals of all keys, each rendered as a piece of one note."""
    off = {}
    for pitch in range(21, 109):
        for velocity in VELOCITIES:
            piece = Piece((Note(0, pitch, 32, velocity),), regular_bars(32, []))
            mono = render(piece)[: 4 * RATE].sum(axis=1).astype(np.float64)
            off[pitch, velocity] = cents(peak_near(mono, tempered(pitch), 1), tempered(pitch))
    worst = max(off, key=lambda key: abs(off[key]))
    row(
        "fundamental, worst of 88 keys x 3 velocities",
        f"{off[worst]:+.2f} cents (key {worst[0]}, velocity {worst[1]})",
        "within 5",
    )


def inharmonicity() -> None:
    """B from the partials that are heard."""
    for pitch in (24, 36, 48, 60, 72, 84):
        mono = strike(UPRIGHT, pitch, 110, 3 * RATE, RATE).sum(axis=1).astype(np.float64)
        first = peak_near(mono, tempered(pitch), 1)
        b = UPRIGHT.inharmonicity(pitch)
        estimates = []
        for n in range(4, 13):
            if n * first < 8000:
                f = peak_near(mono, n * first * np.sqrt(1 + b * n * n), 0.3)
                ratio = (f / (n * first)) ** 2
                estimates.append((ratio - 1) / (n * n - ratio))
        low, high = WOUND.get(pitch) or (YOUNG * 2 ** ((pitch - 60) / 8) * s for s in (0.67, 1.5))
        row(f"B of {NAMES[pitch]}", f"{np.median(estimates):.1e}", f"{low:.1e} to {high:.1e}")


def decays() -> None:
    """How fast the first partial falls, at first and at last."""
    for pitch, name in NAMES.items():
        mono = strike(UPRIGHT, pitch, 90, 20 * RATE, RATE).sum(axis=1)
        hop = max(441, int(4 * RATE / tempered(pitch)))
        carrier = np.exp(-2j * np.pi * UPRIGHT.fundamental(pitch) * np.arange(len(mono)) / RATE)
        parts = (mono * carrier)[: len(mono) // hop * hop].reshape(-1, hop)
        level = 20 * np.log10(np.abs(parts @ np.hanning(hop)) + 1e-15)
        times = np.arange(len(level)) * hop / RATE
        below = level - level[:5].max()
        early = below > -12
        late = (below < -38) & (below > -75)
        prompt = -np.polyfit(times[early], level[early], 1)[0]
        after = -np.polyfit(times[late], level[late], 1)[0]
        single = SINGLE.get(pitch)
        row(
            f"{name}: prompt decay; T60",
            f"{prompt:.0f} dB/s; {60 / prompt:.1f} s",
            f"{DECAYS[0]} to {DECAYS[1]} dB/s",
        )
        expected = f"{0.7 * single:.0f} to {1.4 * single:.0f} dB/s" if single else ""
        row(f"{name}: aftersound; T60", f"{after:.0f} dB/s; {60 / after:.1f} s", expected)


def level_at(mono: Real, start: int, size: int, frequency: float) -> tuple[float, bool]:
    """dB at a frequency in a window, and whether a peak is there that counts."""
    window = mono[max(0, start) : max(0, start) + size]
    spectrum = 20 * np.log10(np.abs(np.fft.rfft(window * np.hanning(len(window)), 8 * size)) + 1e-9)
    step = RATE / (8 * size)
    reach = max(0.029 * frequency, RATE / size / 2)
    near = spectrum[int((frequency - reach) / step) : int((frequency + reach) / step) + 2]
    place = int(np.argmax(near))
    inside = 0 < place < len(near) - 1
    return float(near.max()), inside and near.max() > spectrum.max() - 50


def is_heard(mono: Real, onset: int, pitch: int) -> tuple[bool, bool, bool]:
    """Whether a key's first partial is there; one of the first four rises, too; the first does."""
    frequency, b = UPRIGHT.fundamental(pitch), UPRIGHT.inharmonicity(pitch)
    size = int(max(0.11, 5 / frequency) * RATE)
    there, rises = [], []
    for n in range(1, 5):
        partial = n * frequency * np.sqrt((1 + b * n * n) / (1 + b))
        after, peaks = level_at(mono, onset, size, partial)
        before = level_at(mono, onset - size, size, partial)[0] if onset >= size else -200
        there.append(peaks)
        rises.append(peaks and after > before + 1)
    return there[0], there[0] and any(rises), there[0] and rises[0]


def fundamentals(piece: Piece, mono: Real) -> tuple[str, str]:
    """Shares of notes that are found, and the same for keys that nobody strikes."""
    at = sample_clock(piece, RATE)
    random = np.random.default_rng(0)
    struck: dict[int, set[int]] = {}
    for note in piece.notes:
        struck.setdefault(note.onset, set()).add(note.pitch)
    hits, false = [], []
    for note in piece.notes:
        hits.append(is_heard(mono, at(note.onset), note.pitch))
        other = note.pitch + int(random.choice([-3, -2, -1, 1, 2, 3]))
        if other not in struck[note.onset]:
            false.append(is_heard(mono, at(note.onset), other))
    shares = [
        "; ".join(f"{share:.1%}" for share in np.mean(answers, axis=0)) for answers in (hits, false)
    ]
    return shares[0], shares[1]


def slope(mono: Real) -> float:
    """dB per octave of the long-term spectrum between 1 and 8 kHz."""
    size = 8192
    frames = mono[: len(mono) // size * size].reshape(-1, size) * np.hanning(size)
    power = np.square(np.abs(np.fft.rfft(frames))).mean(axis=0)
    frequency = np.fft.rfftfreq(size, 1 / RATE)
    octaves = np.arange(0, 3.01, 1 / 3)
    bands = []
    for octave in octaves:
        low, high = (1000 * 2 ** (octave + side / 6) for side in (-1, 1))
        bands.append(10 * np.log10(power[(frequency >= low) & (frequency < high)].sum()))
    return float(np.polyfit(octaves, bands, 1)[0])


def rag(path: Path, folder: Path) -> None:
    """One rag: what is heard of it, how fast, how loud."""
    piece = unfold(read(path, 4))
    begin = time.process_time()
    seconds = sum(len(block) for block in play(piece)) / RATE
    taken = time.process_time() - begin
    name = path.stem
    row(f"{name}: processor time against real time", f"{seconds / taken:.0f} times", "at least 50")
    sound = render(piece)
    hits, false = fundamentals(piece, sound.sum(axis=1).astype(np.float64))
    row(
        f"{name}: fundamental there; one of 4 partials rises; fundamental rises",
        hits,
        "99 %; 99 %;",
    )
    row(f"{name}: the same of keys not struck, the control", false, "few")
    row(f"{name}: spectrum, 1 to 8 kHz", f"{slope(sound.sum(axis=1)):.1f} dB/octave", "-6 to -12")
    for suffix in AUDIO_SUFFIXES:
        begin = time.process_time()
        file = write_audio(piece, folder / f"{name}{suffix}")
        taken = time.process_time() - begin
        data, _ = soundfile.read(file, dtype="float32")
        peak, lufs = 20 * np.log10(np.abs(data).max()), measure_loudness([data], RATE).lufs
        dc, tail = np.abs(data.mean(axis=0)).max(), np.abs(data[-441:]).max()
        row(
            f"{name}{suffix}: LUFS; peak dBFS; DC; last 10 ms; times real time; MB",
            f"{lufs:.1f}; {peak:.1f}; {dc:.0e}; {tail:.0e}; {seconds / taken:.0f}; "
            f"{file.stat().st_size / 1e6:.1f}",
            "-18; < -1; 0; 0; ;",
        )


def main(folder: Path) -> None:
    """Print one table."""
    paths = sorted(folder.glob("*.mid"))
    if len(paths) < 3:
        sys.exit(f"{folder}: holds fewer than three MIDI files; give a folder that holds more")
    print("| what | measured | expected |")
    print("|---|---|---|")
    tuning()
    inharmonicity()
    decays()
    with tempfile.TemporaryDirectory() as place:
        for path in paths[:: len(paths) // 3][:3]:
            rag(path, Path(place))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
