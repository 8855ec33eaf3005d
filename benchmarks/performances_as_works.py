"""Are performances of one work known to be one work, so that a split by work does not leak?

    python benchmarks/performances_as_works.py FOLDER [--every N] [--stray MS]

Every score of the folder is played twice, as in `beat_tracking.py` (tempo curves, ritardandi, notes
that stray), written as MIDI at 120 quarters a minute, and read as a corpus is: as it stands, and
with its beats tracked. Counted are pairs that count as one work (`corpus.duplicates.are_related`):
two performances of one score, a performance and its score; and, as false alarms, pairs of different
scores.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path

from mido import Message, MidiFile, MidiTrack

from beat_tracking import performed
from ragsmith.beats import AUTO
from ragsmith.corpus.duplicates import Fingerprint, are_related, fingerprint
from ragsmith.io import MIDI_SUFFIXES, NOTATION_SUFFIXES, read, read_report
from ragsmith.playing_order import unfold

TICKS_A_SECOND = 960


def write_performance(score: Path, seed: int, stray: float, path: Path) -> None:
    """Write a performance of a score; every note sounds for a fifth of a second."""
    played = performed(score, seed, stray).played
    track, now, events = MidiTrack(), 0, []
    for onset, pitch, velocity in zip(*played, strict=True):
        tick = round((onset - played.onsets[0] + 0.1) * TICKS_A_SECOND)
        events += [(tick, 1, int(pitch), int(velocity)), (tick + 192, 0, int(pitch), 0)]
    for tick, _, pitch, velocity in sorted(events):
        kind = "note_on" if velocity else "note_off"
        track.append(Message(kind, note=pitch, velocity=velocity, time=tick - now))
        now = tick
    MidiFile(tracks=[track], ticks_per_beat=480).save(path)


def prints_of(
    scores: list[Path], stray: float, folder: Path
) -> Iterator[tuple[Fingerprint, list[Fingerprint], list[Fingerprint]]]:
    """Fingerprints: of each score, of two performances untracked, and of these tracked."""
    for number, score in enumerate(scores):
        paths = [folder / f"{number}-{take}.mid" for take in (0, 1)]
        for take, path in enumerate(paths):
            write_performance(score, 2 * number + take, stray, path)
        plain = [fingerprint(read(path, 4).notes) for path in paths]
        tracked = [fingerprint(read_report(path, 4, beats=AUTO).piece.notes) for path in paths]
        yield fingerprint(unfold(read(score, 4)).notes), plain, tracked


def main(options: argparse.Namespace) -> None:
    """Print the table."""
    suffixes = MIDI_SUFFIXES + NOTATION_SUFFIXES
    scores = [path for path in sorted(options.folder.rglob("*")) if path.suffix in suffixes]
    with tempfile.TemporaryDirectory() as place:
        known = list(prints_of(scores[:: options.every], options.stray / 1000, Path(place)))
    print("| performances | two of one score | with their score | different scores |")
    print("|---|---|---|---|")
    for column, name in ((1, "as they stand"), (2, "beats tracked")):
        takes = [row[column] for row in known]
        same = sum(are_related(*pair) for pair in takes)
        with_score = [are_related(row[0], take) for row in known for take in row[column]]
        others = [
            are_related(*pair)
            for one, other in combinations(takes, 2)
            for pair in product(one, other)
        ]
        cells = f"{sum(with_score)} of {len(with_score)} | {sum(others)} of {len(others)}"
        print(f"| {name} | {same} of {len(takes)} | {cells} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--stray", type=float, default=15)
    main(parser.parse_args())
