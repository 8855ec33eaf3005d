"""The modelled fingering beside that of editions.

    python benchmarks/fingering.py FOLDER

FOLDER holds kern files with `**fing` columns, as the first editions of Chopin have them. Fingers of
notes that a hand strikes alone are compared (kern does not say which note of a chord is meant); the
model gets none of them. Files are halved by name: numbers of the model were chosen on the even
ones; the odd ones are for showing. Chance is a finger that falls as often as in the edition.
"""

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import ragsmith
from ragsmith.errors import UserError
from ragsmith.fingering import with_fingering

Fingers = dict[tuple[int, int], str]


def fingers_of(piece: ragsmith.Piece) -> Fingers:
    """The fingers of a piece by step and pitch."""
    return {(m.step, m.pitch): m.text for m in piece.markings if m.kind == "fingering"}


def compared(path: Path) -> list[tuple[str, str]]:
    """(edition's, model's) for each note."""
    piece = ragsmith.read(path)
    edition = fingers_of(piece)
    if not edition:
        return []
    plain = replace(piece, markings=tuple(m for m in piece.markings if m.kind != "fingering"))
    model = fingers_of(with_fingering(plain))
    return [(finger, model[note]) for note, finger in edition.items() if note in model]


def main(folder: Path) -> None:
    """Print a table."""
    halves: tuple[list[tuple[str, str]], list[tuple[str, str]]] = ([], [])
    pieces = [0, 0]
    fingered = [path for path in sorted(folder.glob("*.krn")) if "**fing" in path.read_text()]
    for number, path in enumerate(fingered):
        try:
            pairs = compared(path)
        except UserError as e:
            print(e, file=sys.stderr)
            continue
        halves[number % 2].extend(pairs)
        pieces[number % 2] += bool(pairs)
    print("| files | pieces | fingers | same | one beside | chance |\n|---|---|---|---|---|---|")
    for name, half, count in zip(("chosen on", "shown"), halves, pieces, strict=True):
        same = sum(one == other for one, other in half) / len(half)
        near = sum(abs(int(one) - int(other)) == 1 for one, other in half) / len(half)
        theirs, ours = (Counter(column) for column in zip(*half, strict=True))
        chance = sum(theirs[f] * ours[f] for f in theirs) / len(half) ** 2
        print(f"| {name} | {count} | {len(half)} | {same:.1%} | {near:.1%} | {chance:.1%} |")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
