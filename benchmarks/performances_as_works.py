"""Are performances of one work known to be one work, so that a split by work does not leak?

    python benchmarks/performances_as_works.py FOLDER [--every N] [--stray MS]
    python benchmarks/performances_as_works.py --together FOLDER ...

Every score of the folder is played twice, as in `beat_tracking.py` (tempo curves, ritardandi, notes
that stray), written as MIDI at 120 quarters a minute, and read as a corpus is: as it stands, and
with its beats tracked. Counted are pairs that count as one work (`corpus.duplicates.are_related`):
two performances of one score, a performance and its score; and, as false alarms, pairs of different
scores. --together reads several folders as one collection, and prints every work of several files:
a false merge is seen by its titles.
"""

from __future__ import annotations

import argparse
import contextlib
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path

from mido import Message, MidiFile, MidiTrack

from beat_tracking import performed
from ragsmith.beats import AUTO
from ragsmith.corpus.duplicates import Fingerprint, are_related, fingerprint
from ragsmith.corpus.works import works
from ragsmith.errors import UserError
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


def music_in(folder: Path) -> list[Path]:
    """The music files below a folder."""
    suffixes = MIDI_SUFFIXES + NOTATION_SUFFIXES
    return [path for path in sorted(folder.rglob("*")) if path.suffix in suffixes]


def together(folders: list[Path]) -> None:
    """Print which files of several folders count as one work."""
    prints: dict[str, Fingerprint] = {}
    for path in (path for folder in folders for path in music_in(folder)):
        with contextlib.suppress(UserError):
            prints[f"{path.parent.name}/{path.name}"] = fingerprint(read(path, 4).notes)
    began = time.process_time()
    firsts = works(list(prints.values()), list(prints))
    spent = time.process_time() - began
    groups = [
        [name for name, f in zip(prints, firsts, strict=True) if f == first]
        for first, files in Counter(firsts).items()
        if files > 1
    ]
    print("\n".join(" = ".join(group) for group in groups))
    print(f"{len(prints)} files, {len(set(firsts))} works; compared in {spent:.1f} s of processor")


def main(options: argparse.Namespace) -> None:
    """Print the table."""
    if options.together:
        together(options.folders)
        return
    scores = [path for folder in options.folders for path in music_in(folder)]
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
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--together", action="store_true")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--stray", type=float, default=15)
    main(parser.parse_args())
