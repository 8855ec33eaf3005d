"""How well copies are told from other music, whatever was done to them.

    python benchmarks/copies.py FOLDER

Each piece of the folder is changed in several ways and compared with itself; then all pairs of
different pieces are compared. Smallest resemblance for copies, largest for different pieces.
"""

import sys
from collections.abc import Callable, Iterable
from itertools import combinations
from pathlib import Path
from random import Random

from ragsmith.corpus import read_corpus
from ragsmith.corpus.duplicates import (
    Fingerprint,
    are_duplicates,
    are_related,
    compare,
    fingerprint,
)
from ragsmith.piece import Note, normalise

Notes = tuple[Note, ...]


def transposed(notes: Notes, draw: Random) -> Iterable[Note]:
    """In another key."""
    up = draw.choice((-5, -3, 2, 6))
    return [n._replace(pitch=n.pitch + up) for n in notes]


def doubled(notes: Notes, draw: Random) -> Iterable[Note]:
    """Written in values twice as long."""
    return [n._replace(onset=2 * n.onset, duration=2 * n.duration) for n in notes]


def unfolded(notes: Notes, draw: Random) -> Iterable[Note]:
    """The first half is repeated."""
    half = notes[-1].onset // 2
    later = [n._replace(onset=n.onset + half) for n in notes]
    return [*(n for n in notes if n.onset < half), *later]


def uneven(share: float) -> Callable[[Notes, Random], Iterable[Note]]:
    """That share of the notes begins a step too early or too late."""

    def change(notes: Notes, draw: Random) -> Iterable[Note]:
        for n in notes:
            late = draw.choice((-1, 1)) if draw.random() < share else 0
            yield n._replace(onset=max(0, n.onset + late))

    return change


def slips(share: float) -> Callable[[Notes, Random], Iterable[Note]]:
    """That share of the notes is left out or has another pitch."""

    def change(notes: Notes, draw: Random) -> Iterable[Note]:
        for n in notes:
            wrong = draw.choice((None, -12, -2, -1, 1, 2, 12)) if draw.random() < share else 0
            if wrong is not None:
                yield n._replace(pitch=n.pitch + wrong)

    return change


def all_of_it(notes: Notes, draw: Random) -> Iterable[Note]:
    """In another key, with a repeat, 5 % uneven and 5 % slips."""
    for change in (transposed, unfolded, uneven(0.05), slips(0.05)):
        notes = normalise(change(notes, draw))
    return notes


def another_left_hand(notes: Notes, draw: Random) -> Iterable[Note]:
    """Below middle C everything is drawn anew."""
    return [n._replace(pitch=draw.randrange(36, 60)) if n.pitch < 60 else n for n in notes]


def first_half(notes: Notes, draw: Random) -> Iterable[Note]:
    """An excerpt."""
    return [n for n in notes if n.onset < notes[-1].onset // 2]


def ornamented(notes: Notes, draw: Random) -> Iterable[Note]:
    """Three in ten melody notes have a grace note, a mordent or a turn, on a grid four times as
    fine."""
    for n in notes:
        n = n._replace(onset=4 * n.onset, duration=4 * n.duration)
        if n.pitch < 60 or n.duration < 8 or draw.random() > 0.3:
            yield n
            continue
        moves = draw.choice(((-1,), (0, 2), (2, 0, -1)))
        for place, move in enumerate(moves):
            yield n._replace(onset=n.onset + place, pitch=n.pitch + move, duration=1)
        yield n._replace(onset=n.onset + len(moves), duration=n.duration - len(moves))


def octaves_doubled(notes: Notes, draw: Random) -> Iterable[Note]:
    """In four of ten stretches of two quarters everything above middle C is doubled above."""
    doubles = [draw.random() < 0.4 for _ in range(notes[-1].onset // 8 + 1)]
    for n in notes:
        yield n
        if n.pitch >= 60 and doubles[n.onset // 8]:
            yield n._replace(pitch=n.pitch + 12)


def swung(notes: Notes, draw: Random) -> Iterable[Note]:
    """Every second step comes late, as in triplets."""
    return [
        n._replace(onset=n.onset // 2 * 6 + n.onset % 2 * 4, duration=3 * n.duration) for n in notes
    ]


def arranged(notes: Notes, draw: Random) -> Iterable[Note]:
    """In another key, octaves doubled, ornamented, 10 % uneven and 5 % slips."""
    changes = (transposed, octaves_doubled, uneven(0.1), slips(0.05), ornamented)
    for change in changes:
        notes = normalise(change(notes, draw))
    return notes


CHANGES: dict[str, Callable[[Notes, Random], Iterable[Note]]] = {
    "another key": transposed,
    "values twice as long": doubled,
    "first half repeated": unfolded,
    "5 % of onsets a step off": uneven(0.05),
    "10 % of onsets a step off": uneven(0.1),
    "20 % of onsets a step off": uneven(0.2),
    "5 % of notes wrong": slips(0.05),
    "10 % of notes wrong": slips(0.1),
    "key, repeat, 5 % off, 5 % wrong": all_of_it,
    "another left hand": another_left_hand,
    "the first half only": first_half,
    "ornamented": ornamented,
    "octaves doubled": octaves_doubled,
    "swung": swung,
    "arranged: key, octaves, ornaments, 10 % off, 5 % wrong": arranged,
}


def show(
    name: str, pairs: list[tuple[Fingerprint, Fingerprint]], pick: Callable[[list[float]], float]
) -> None:
    """Print what comparing the pairs gave; `pick` is min or max."""
    melodies = [compare(a.melody, b.melody) for a, b in pairs]
    cells = [
        name,
        str(len(pairs)),
        f"{pick([m.resemblance for m in melodies]):.2f}",
        f"{pick([m.containment for m in melodies]):.2f}",
        f"{pick([compare(a.texture, b.texture).resemblance for a, b in pairs]):.2f}",
        str(sum(are_duplicates(a, b) for a, b in pairs)),
        str(sum(are_related(a, b) for a, b in pairs)),
    ]
    print(f"| {' | '.join(cells)} |")


def main(folder: Path) -> None:
    """Print one row per kind of copy, and one for the different pieces."""
    pieces = [piece.notes for piece in read_corpus(folder).pieces()]
    prints = [fingerprint(notes) for notes in pieces]
    print("| compared with itself | pairs | melody | contained | texture | copies | one work |")
    print("|---|---|---|---|---|---|---|")
    for name, change in CHANGES.items():
        copies = [fingerprint(normalise(change(n, Random(i)))) for i, n in enumerate(pieces)]
        show(name, list(zip(prints, copies, strict=True)), min)
    show("another piece (largest)", list(combinations(prints, 2)), max)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
