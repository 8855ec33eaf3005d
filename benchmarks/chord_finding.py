"""How often the chords that are found agree with those that musicians name.

    pip install music21  # for its corpus of scores
    python benchmarks/chord_finding.py RAGS/kern [SCORE_WITH_CHORDS ...]

RAGS/kern are the rags of `ragsmith corpus get joplin`. By hand: the 240 half bars of
`annotated_chords.txt`, beside this script. By name: chord symbols of scores (MusicXML, ABC) that
music21 brings along and of those that are named; the notes of the part that is read, most of them
songs and fiddle tunes of one voice. Root: the same root; triad: the same third and fifth too;
exact: the same seventh too (`ragsmith.measure.harmony`). Diminished sevenths that sound alike are
one chord. Baseline: the tonic's triad everywhere.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from ragsmith.chords import Chord, chord_at, chord_named
from ragsmith.harmony.finder import chords_of, finder_chord
from ragsmith.harmony.spans import half_bars
from ragsmith.io import read
from ragsmith.keys import key_at, tonic_of
from ragsmith.measure.harmony import same_triad
from ragsmith.piece import Piece

ANNOTATED = Path(__file__).with_name("annotated_chords.txt")
DEVELOPED_ON = ("mapleleaf", "entertainer", "easywinners", "sugarcane", "pineapple")
GRID = 4
MUSIC21 = ("leadSheet/*.mxl", "nottingham-dataset/*.abc")

Pair = tuple[Chord, Chord | None]
"""The chord that is named, and the one that is found."""


def annotated(folder: Path) -> Iterator[tuple[str, list[Pair], list[Pair]]]:
    """For each passage its name, and what the finder and the baseline make of its chords."""
    for line in ANNOTATED.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        head, _, body = line.partition(":")
        name, first = head.split()
        named = [chord_named(word) for word in body.replace("|", " ").split()]
        piece = read(folder / f"{name}.krn", GRID)
        bars = piece.full_bars[int(first) - 1 :][: len(named) // 2]
        starts = [span.start for span in half_bars(piece, bars)]
        yield name, *compared(piece, dict(zip(starts, named, strict=True)))


def compared(piece: Piece, named: dict[int, Chord | None]) -> tuple[list[Pair], list[Pair]]:
    """What the finder and the baseline make of the half bars that begin at these steps."""
    starts = [span.start for span in half_bars(piece)]
    names = dict(zip(starts, chords_of(piece), strict=True))
    chords = {step: chord for step, chord in named.items() if chord is not None}
    tonics = {step: key_at(piece.keys, step) for step in chords}
    return (
        [(chord, names[step]) for step, chord in chords.items()],
        [
            (chord, Chord(tonic_of(tonics[step]), "m" if tonics[step].minor else ""))
            for step, chord in chords.items()
        ],
    )


def by_name(paths: Sequence[Path]) -> Iterator[tuple[str, list[Pair], list[Pair]]]:
    """What they make of chord symbols, of the one in force where each half bar begins."""
    for path in paths:
        piece = read(path, GRID)
        named = {}
        for span in half_bars(piece):
            chord = chord_at(piece.chords, span.start)
            named[span.start] = chord and finder_chord(chord)
        yield f"{path.name}, chord symbols", *compared(piece, named)


def shares(pairs: Sequence[Pair]) -> list[str]:
    """Shares of half bars in which root, triad, and all agree."""
    alike = [(same_root(*pair), is_same(*pair), exact(*pair)) for pair in pairs]
    return [f"{sum(column) / len(pairs):.1%}" for column in zip(*alike, strict=True)]


def same_root(one: Chord, other: Chord | None) -> bool:
    return other is not None and (one.root == other.root or is_same(one, other))


def is_same(one: Chord, other: Chord | None) -> bool:
    return other is not None and same_triad(one, other)


def exact(one: Chord, other: Chord | None) -> bool:
    return other is not None and same_triad(one, other) and one.quality == other.quality


def main(folder: Path, scores: Sequence[Path]) -> None:
    """Print the table."""
    import music21

    corpus = Path(music21.__file__).parent / "corpus"
    scores = [*(path for places in MUSIC21 for path in sorted(corpus.glob(places))), *scores]
    print(
        "| chords | half bars | root | triad | exact | baseline: root |\n|---|---|---|---|---|---|"
    )
    passages = list(annotated(folder))
    groups = {
        "annotated, five rags that the finder was made with": DEVELOPED_ON,
        "annotated, five others": [n for n, *_ in passages if n not in DEVELOPED_ON],
    }
    rows = [
        (
            group,
            [pair for name, pairs, _ in passages if name in names for pair in pairs],
            [pair for name, _, base in passages if name in names for pair in base],
        )
        for group, names in groups.items()
    ]
    for name, pairs, baseline in [*rows, *by_name(scores)]:
        if pairs:
            cells = [name, str(len(pairs)), *shares(pairs), shares(baseline)[0]]
            print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), [Path(word) for word in sys.argv[2:]])
