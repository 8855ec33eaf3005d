"""What a classic model of Joplin composes, by each way to choose: loops, copies, and the files.

    python benchmarks/compose_joplin.py FOLDER_MIDI FOLDER_KERN MODEL.ragsmith [COUNT]

The pieces are composed by the command `ragsmith compose`, and once more in this process from the
same seeds. The files are then read by mido, and have to hold exactly the notes of the latter:
onset, duration, pitch, velocity and hand. Loops as `ragsmith.measure.loops` defines them, longest
copied runs (of all pieces) as `ragsmith.originality.runs` does, against the MIDI files and against
the kern files of the corpus, as they stand.
"""

import subprocess
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import mido

from ragsmith.bundle.bundle import load_bundle
from ragsmith.composer import Sampling, Wish, compose_many
from ragsmith.composer.sampling import WAYS
from ragsmith.io import MIDI_SUFFIXES, NOTATION_SUFFIXES, read
from ragsmith.measure import loop_share
from ragsmith.originality.runs import Index, index_of, longest_runs
from ragsmith.piece import Hand, Piece

COMMAND = str(Path(sys.executable).with_name("ragsmith"))
BARS = 64
FIRST_SEED = 1
TRACKS = {Hand.RIGHT: "Right hand", Hand.LEFT: "Left hand"}

Played = tuple[Fraction, Fraction, int, int, str]
"""Onset and duration in quarter notes, pitch, velocity, track."""


def played(path: Path) -> list[Played]:
    """The notes of a MIDI file, as mido reads it."""
    file = mido.MidiFile(path)
    played: list[Played] = []
    for track in file.tracks:
        now = 0
        begun: dict[int, tuple[int, int]] = {}
        for message in track:
            now += message.time
            if message.type == "note_on" and message.velocity:
                begun[message.note] = now, message.velocity
            elif message.type in ("note_on", "note_off"):
                onset, velocity = begun.pop(message.note)
                times = (Fraction(t, file.ticks_per_beat) for t in (onset, now - onset))
                played.append((*times, message.note, velocity, track.name))
    return sorted(played)


def meant(piece: Piece) -> list[Played]:
    """The notes of a piece in the same form."""
    grid = piece.steps_per_quarter
    return sorted(
        (Fraction(n.onset, grid), Fraction(n.duration, grid), n.pitch, n.velocity, TRACKS[n.hand])
        for n in piece.notes
    )


def corpus_index(folder: Path) -> Index:
    """The music files of a folder, ready to be searched for copies."""
    suffixes = MIDI_SUFFIXES + NOTATION_SUFFIXES
    paths = sorted(p for p in folder.iterdir() if p.suffix.lower() in suffixes)
    return index_of([read(path, 4) for path in paths])


def composed(model: Path, way: str, count: int, out: Path) -> list[list[Played]]:
    """What the command writes, as mido reads it."""
    options = f"--count {count} --bars {BARS} --seed {FIRST_SEED} --sampling {way}".split()
    command = [COMMAND, "compose", str(model), "--out", str(out), *options]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return [played(out / f"rag-{FIRST_SEED + i}.mid") for i in range(count)]


def copied(pieces: Sequence[Piece], index: Index) -> str:
    """The longest texture run and melody run, in beats."""
    runs = zip(*(longest_runs(piece, index) for piece in pieces), strict=True)
    longest = [max(float(run.beats) if run else 0.0 for run in kind) for kind in runs]
    return f"{longest[0]:.2f} / {longest[1]:.2f}"


def main(midi: Path, kern: Path, model: Path, count: int) -> None:
    """Print the table; exit with 1 where a file does not hold what was meant."""
    indices = corpus_index(midi), corpus_index(kern)
    bundle = load_bundle(model)
    seeds = list(range(FIRST_SEED, FIRST_SEED + count))
    runs = "texture / melody, beats"
    print(f"{bundle.model.name}, {count} pieces of {BARS} bars for each way\n")
    print(
        f"| way | notes | loop share | copied from MIDI: {runs} | from kern: {runs} | files equal |"
    )
    print("|---|---|---|---|---|---|")
    equal = True
    for way in WAYS:
        pieces = compose_many(bundle, Wish(bars=BARS, sampling=Sampling(way)), seeds=seeds)
        with TemporaryDirectory() as out:
            files = composed(model, way, count, Path(out))
        same = sum(meant(piece) == file for piece, file in zip(pieces, files, strict=True))
        equal &= same == count
        notes = sum(len(piece.notes) for piece in pieces)
        loops = sum(map(loop_share, pieces)) / count
        runs = " | ".join(copied(pieces, index) for index in indices)
        print(f"| {way} | {notes:,} | {loops:.0%} | {runs} | {same} of {count} |")
    if not equal:
        sys.exit("a file does not hold the notes that were meant")


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    folders = [Path(word) for word in sys.argv[1:4]]
    main(*folders, int(sys.argv[4]) if len(sys.argv) > 4 else 5)
