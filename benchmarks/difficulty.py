"""How the figure of difficulty ranks pieces that others have graded, and what simplifying costs.

    python benchmarks/difficulty.py PIANO graded   # PIANO holds chopin/ and mutopia/
    python benchmarks/difficulty.py RAGS/kern simplify

Graded: three orders by others, and two groups by their titles.
Henle: levels 1 to 9 of single pieces (op. 27 by the publisher's own table, henle.de; the others
as players quote them). Magrath: levels of preludes in *The Pianist's Guide to Standard Teaching
and Performance Literature* (1995), as players quote them. Mathews: three programmes by difficulty
in *The Masters and their Music* (1898). Groups: 24 Studies op. 10 and 25 by Chopin against
Burgmüller's "easy and progressive" ones and Swedish folk dances. Henle's levels and the groups
were looked at when the ends and weights were set; the orders of Magrath and Mathews were seen,
and not fitted to.
Simplify: for each level asked for, the figure before and after, the share of the melody's notes
(the right hand's highest) that stand at their step with their pitch, or within an eighth; of the
half bars whose first bass note has its pitch class, and of those whose chord has the same triad
by the chord finder; steps that no two hands can play; whether music21 reads all its notes.
"""

import sys
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean

import numpy as np

from ragsmith.composer.rules.playable import unplayable
from ragsmith.easier.hands import strikes_of
from ragsmith.easier.simplify import Simplified, TooHard, simplified
from ragsmith.hands import in_hands
from ragsmith.harmony.finder import chords_of
from ragsmith.harmony.spans import half_bars
from ragsmith.io import read, write
from ragsmith.measure.difficulty import SCALES, Demands, demands_of, difficulty_of
from ragsmith.measure.habits import Habits
from ragsmith.measure.harmony import same_triad
from ragsmith.originality.search import as_played
from ragsmith.piece import Hand, Piece
from ragsmith.verbs import transpose

PRELUDE = "chopin/028-1-BH-{:03}.krn"
CHOPIN = {
    "op. 9 no. 2": "009-1-KI-002",
    "op. 10 no. 1": "010-1b-Sm-001",
    "op. 10 no. 2": "010-1b-Sm-002",
    "op. 10 no. 3": "010-1b-Sm-003",
    "op. 10 no. 4": "010-1b-Sm-004",
    "op. 10 no. 5": "010-1b-Sm-005",
    "op. 23": "023-1-BH",
    "op. 26 no. 1": "026-1-BH-001",
    "op. 27 no. 1": "027-1-BH-001",
    "op. 27 no. 2": "027-1-BH-002",
    "op. 29": "029-1-BH",
    "op. 31": "031-1-BH",
    "op. 37 no. 2": "037-1-BH-002",
    "op. 40 no. 1": "040-1-TR-001",
    "op. 42": "042-1-BH",
    "op. 48 no. 1": "048-1-BH-001",
    "op. 64 no. 1": "064_1-1-BR-001",
    "op. 64 no. 2": "064-1a-BH-002",
    "op. 66": "066-1-Sam",
}
PLACES = {name: f"chopin/{stem}.krn" for name, stem in CHOPIN.items()} | {
    f"op. 28 no. {n}": PRELUDE.format(n) for n in range(1, 25)
}
HENLE = {
    "op. 27 no. 1": 6, "op. 27 no. 2": 6, "op. 28 no. 6": 3.5, "op. 28 no. 4": 4,
    "op. 28 no. 15": 5, "op. 9 no. 2": 5.5, "op. 64 no. 1": 5.5, "op. 48 no. 1": 7, "op. 23": 8,
}  # fmt: skip
MAGRATH = {
    f"op. 28 no. {n}": level
    for level, numbers in {6: (4, 6, 7), 7: (20,), 8: (9,), 9: (15,), 10: (13, 17, 21, 22)}.items()
    for n in numbers
}
MATHEWS = {
    1: "op. 40 no. 1, op. 26 no. 1, op. 28 no. 4, op. 28 no. 6, op. 28 no. 7, op. 28 no. 9, "
    "op. 28 no. 15, op. 64 no. 2, op. 64 no. 1, op. 9 no. 2, op. 42",
    2: "op. 66, op. 31, op. 37 no. 2",
    3: "op. 10 no. 1, op. 10 no. 2, op. 10 no. 3, op. 10 no. 4, op. 10 no. 5, op. 29, op. 27 no. 2",
}
GROUPS = {
    "Swedish folk dances": "mutopia/traditional-*.mid",
    "Burgmüller op. 100": "mutopia/burgmullerjff-25ef-*.mid",
    "Chopin's Studies": "chopin/0[12][05]*_*.krn chopin/010-1b*.krn chopin/025-1b*.krn",
}
MOST_OF_A_GROUP = 24
RAGS = (
    *("mapleleaf", "entertainer", "easywinners", "elite", "solace"),
    *("magnetic", "gladiolus", "bethena", "pineapple", "sugarcane"),
)
LEVELS = (5, 4, 3)


def ranks(values: Sequence[float]) -> np.ndarray:
    """The rank of each value, the mean of those that are equal."""
    array = np.array(values, float)
    return np.array([((array < v).sum() + (array <= v).sum() - 1) / 2 for v in array])


def spearman(one: Sequence[float], other: Sequence[float]) -> float:
    """Rank correlation."""
    return float(np.corrcoef(ranks(one), ranks(other))[0, 1])


def graded(folder: Path) -> None:
    """Print how the figure ranks graded pieces."""
    names = {*HENLE, *MAGRATH, *(name for row in MATHEWS.values() for name in row.split(", "))}
    demands = {name: demands_of(read(folder / PLACES[name])) for name in sorted(names)}
    mathews = {name: level for level, row in MATHEWS.items() for name in row.split(", ")}
    print("| order | pieces | rank correlation | of speed alone | of variety alone |")
    print("|---|---|---|---|---|")
    for title, levels in (("Henle", HENLE), ("Magrath", MAGRATH), ("Mathews", mathews)):
        chosen = {name: demands[name] for name in levels}
        figures = (by_figure(chosen), by_demand(chosen, "speed"), by_demand(chosen, "variety"))
        cells = (f"{spearman(values, list(levels.values())):.2f}" for values in figures)
        print(f"| {title} | {len(levels)} | {' | '.join(cells)} |")
    far = [abs(difficulty_of(demands[name]) - level) for name, level in HENLE.items()]
    print(f"\nHenle's level and the figure: {mean(far):.2f} levels apart on average")
    groups(folder)


def by_figure(demands: Mapping[str, Demands]) -> list[float]:
    return [difficulty_of(one) for one in demands.values()]


def by_demand(demands: Mapping[str, Demands], name: str) -> list[float]:
    assert name in SCALES
    return [getattr(one, name) for one in demands.values()]


def groups(folder: Path) -> None:
    """Print the figures of groups of pieces."""
    print("\n| group | pieces | least | mean | greatest |\n|---|---|---|---|---|")
    for title, patterns in GROUPS.items():
        paths = sorted({p for pattern in patterns.split() for p in folder.glob(pattern)})
        figures = [difficulty_of(demands_of(read(path))) for path in paths[:MOST_OF_A_GROUP]]
        low, high = min(figures), max(figures)
        print(f"| {title} | {len(figures)} | {low:.1f} | {mean(figures):.1f} | {high:.1f} |")


def simplify(folder: Path) -> None:
    """Print what simplifying does to rags."""
    print(
        "| rag | asked | before | after | steps | melody | within an eighth | bass | harmony | ",
        end="",
    )
    print("unplayable steps before, after | score |\n|---|---|---|---|---|---|---|---|---|---|---|")
    for name in RAGS:
        piece = in_hands(read(folder / f"{name}.krn"))
        for level in LEVELS:
            try:
                print(row(name, level, piece, simplified(piece, level)), flush=True)
            except TooHard as error:
                print(f"| {name} | {level} | {error} |")


def row(name: str, level: int, piece: Piece, easier: Simplified) -> str:
    """A row of the table."""
    back = transpose(easier.piece, -easier.semitones)
    eighth = piece.steps_per_quarter // 2
    wrong = [len(unplayable(as_played(p), Habits())) for p in (piece, easier.piece)]
    cells = (
        *(name, level, f"{easier.before:.1f}", f"{easier.after:.1f}", len(easier.steps)),
        *(f"{melody_share(piece, back, near):.0%}" for near in (0, eighth)),
        f"{bass_share(piece, back):.0%}",
        f"{harmony_share(piece, back):.0%}",
        f"{wrong[0]}, {wrong[1]}",
        "valid" if is_valid(easier.piece) else "**broken**",
    )
    return "| " + " | ".join(map(str, cells)) + " |"


def melody_share(piece: Piece, easier: Piece, near: int) -> float:
    """Share of the melody's notes that the easier version strikes, up to `near` steps away."""
    notes = {(note.onset, note.pitch) for note in easier.notes}
    tops = [(step, strike[-1].pitch) for step, strike in strikes_of(piece, Hand.RIGHT).items()]
    shifts = range(-near, near + 1)
    return mean(any((step + shift, top) in notes for shift in shifts) for step, top in tops)


def bass_share(piece: Piece, easier: Piece) -> float:
    """Share of the half bars whose first left-hand note has the same pitch class."""
    one, other = strikes_of(piece, Hand.LEFT), strikes_of(easier, Hand.LEFT)
    same = []
    for span in half_bars(piece):
        first = next((one[step] for step in span if step in one), None)
        now = next((other[step] for step in span if step in other), None)
        if first:
            same.append(now is not None and first[0].pitch % 12 == now[0].pitch % 12)
    return mean(same)


def harmony_share(piece: Piece, easier: Piece) -> float:
    """Share of the half bars whose chord has the same triad."""
    pairs = zip(chords_of(piece), chords_of(easier), strict=True)
    return mean(bool(other) and same_triad(one, other) for one, other in pairs if one)


def is_valid(piece: Piece) -> bool:
    """Whether music21 reads the MusicXML with as many struck notes."""
    import music21

    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        score = music21.converter.parse(write(piece, Path(folder) / "easier.musicxml"))
        struck = sum(
            sum(note.tie is None or note.tie.type == "start" for note in chord.notes)
            if isinstance(chord, music21.chord.Chord)
            else chord.tie is None or chord.tie.type == "start"
            for chord in score.recurse().notes
            if not (isinstance(chord, music21.harmony.ChordSymbol) or chord.duration.isGrace)
        )
    return struck == len(piece.notes)


if __name__ == "__main__":
    {"graded": graded, "simplify": simplify}[sys.argv[2]](Path(sys.argv[1]))
