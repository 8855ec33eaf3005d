"""`ragsmith check`: what a piece shares with a corpus."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from ragsmith import options
from ragsmith.cli.options import (
    CopyLimit,
    Force,
    Grid,
    Json,
    MelodyLimit,
    Part,
    Parts,
    Quiet,
    argument,
    part_of,
    path_option,
)

if TYPE_CHECKING:
    from ragsmith.cli.render import Report
    from ragsmith.originality.check import Checked, Shared
    from ragsmith.originality.search import Limits
    from ragsmith.piece import Piece

__all__ = ["check"]


def check(
    piece: Annotated[Path, argument(help="A music file, by anyone; - reads standard input.")],
    against: Annotated[
        Path | None,
        path_option(
            help="A folder of music, or a .ragsmith file. [default: the built-in model of rags]"
        ),
    ] = None,
    copy_limit: CopyLimit = options.COPY_LIMIT.default,
    melody_limit: MelodyLimit = options.MELODY_LIMIT.default,
    picture: Annotated[
        Path | None, path_option(help="A piano roll to draw (.svg), with the runs marked.")
    ] = None,
    grid: Grid = None,
    part: Part = None,
    parts: Parts = None,
    force: Force = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Say what a piece shares with a corpus, in any key.

    The longest passage of all notes, and the longest of the melody alone: how long, where, and in
    which file; and how difficult the piece is. Against a folder runs of any length are found; a
    .ragsmith file knows those longer than a beat.
    """
    from ragsmith.cli.overwriting import refuse_to_overwrite
    from ragsmith.cli.reading import checked_grid, notes_on
    from ragsmith.cli.render import print_json, reporting
    from ragsmith.cli.streams import from_input
    from ragsmith.io import read_report
    from ragsmith.measure.difficulty import difficulty
    from ragsmith.originality.search import checked_limits

    limits = checked_limits((copy_limit, melody_limit))
    part = part_of(part, parts)
    checked_grid(grid)
    refuse_to_overwrite([picture] if picture else [], [piece], force)
    with reporting(quiet) as report, from_input(piece) as place:
        reading = read_report(place, grid, part=part, isolated=True)
        music = reading.piece
        for line in notes_on(reading, place.name):
            report.line(line)
        checked = _checked(music, against, limits, report)
    if picture:
        _draw(picture, music, checked)
    if json:
        print_json(checked.as_json() | {"difficulty": round(difficulty(music), 2)})
    else:
        _show(checked, limits, difficulty(music))


def _checked(piece: Piece, against: Path | None, limits: Limits, report: Report) -> Checked:
    """What a piece shares with a folder, which is read on a grid that holds both, or a model."""
    from ragsmith.cli.reading import common_grid
    from ragsmith.corpus import read_corpus
    from ragsmith.originality.check import check as check_piece
    from ragsmith.shipped import load_model, shipped_model

    if against and against.is_dir():
        corpus = read_corpus(
            against,
            common_grid(piece.steps_per_quarter),
            progress=lambda n, of: report.update(n, of, f"reading {n} of {of} files"),
        )
        return check_piece(piece, corpus, limits)
    bundle = load_model(against) if against else shipped_model()
    return check_piece(piece, bundle, limits)


def _draw(picture: Path, piece: Piece, checked: Checked) -> None:
    """Write the piano roll of a piece, with its runs marked."""
    from ragsmith.files import write_whole
    from ragsmith.io.roll import roll_svg
    from ragsmith.io.score.bar_numbers import numbers_as_played
    from ragsmith.originality.check import marks_of
    from ragsmith.originality.search import as_played

    marks = marks_of(checked, piece.steps_per_quarter)
    roll = roll_svg(as_played(piece), marks, numbers_as_played(piece))
    write_whole(picture, roll.encode())


def _show(checked: Checked, limits: Limits, difficulty: float) -> None:
    """Print the longest runs as a table, whether they are within the limits, and the difficulty."""
    from ragsmith.cli.render import print_table, print_verdict
    from ragsmith.errors import counted

    rows = [("all notes", checked.longest_texture), ("melody", checked.longest_melody)]
    print_table(
        ("longest run", "beats", "at beat", "stands in", "there at beat", "transposed by"),
        [(name, *_cells(shared)) for name, shared in rows],
    )
    verdict = "within" if checked.within_limits else "beyond"
    print_verdict(
        f"{verdict} the limits of {limits.texture:g} beats (all notes) and {limits.melody:g} "
        f"(melody), against {counted(checked.files, 'file')}"
    )
    print(f"difficulty {difficulty:.1f}, on a scale from 1 to 9")


def _cells(shared: Shared | None) -> tuple[str, ...]:
    if shared is None:
        return ("none", "", "", "", "")
    numbers = (f"{shared.beats:g}", f"{shared.at_beat:g}")
    there = (f"{shared.in_file_at_beat:g}", f"{shared.transposition:+d}")
    return (*numbers, shared.place, *there)
