"""`ragsmith export`: any music file in, any format out."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragsmith import options
from ragsmith.cli.options import (
    BarsPerLine,
    Beats,
    Composer,
    Expression,
    FindRepeats,
    Fingering,
    Force,
    Grid,
    Json,
    OneHand,
    Paper,
    Part,
    Parts,
    Piano,
    Quiet,
    StaffSize,
    Swing,
    Title,
    Width,
    argument,
    part_of,
)

if TYPE_CHECKING:
    from ragsmith.piece import Piece

__all__ = ["export"]

SCORES = (".musicxml", ".mxl", ".pdf", ".svg", ".png")
HEARD = ("readers.midi", "sound.encode")
"""The writers that keep what was played."""
PAGES = (".pdf", ".svg", ".png")
"""Suffixes of files that print a title."""


def export(
    piece: Annotated[Path, argument(help="A music file; - reads standard input.")],
    out: Annotated[
        list[Path],
        argument(help="Files to write; their suffixes say in which formats. - is standard output."),
    ],
    to: Annotated[str, typer.Option(help="The format of standard output.")] = "mid",
    grid: Grid = None,
    part: Part = None,
    parts: Parts = None,
    beats: Beats = None,
    piano: Piano = "upright",
    paper: Paper = "a4",
    staff_size: StaffSize = None,
    bars_per_line: BarsPerLine = None,
    hand: OneHand = "both",
    width: Width = None,
    find_repeats: FindRepeats = False,
    fingering: Fingering = False,
    title: Title = None,
    composer: Composer = None,
    expression: Expression = None,
    swing: Swing = options.SWING.default,
    force: Force = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Write one piece in other formats.

    .mid; .musicxml .mxl .pdf .svg .png are the score; .roll.svg .roll.png the piano roll; .wav
    .flac .ogg .mp3 the sound of a modelled piano. What is heard has its repeats played, what is
    read has them as signs. MIDI and sound of a MIDI file are as it was played, with its pedal;
    --grid moves its notes. With --expression a .mid bends its tempo, and has loudness and pedal;
    its bars stay where they are. Folders that are missing are made.
    """
    from ragsmith.cli.overwriting import folder_for, refuse_to_overwrite
    from ragsmith.cli.reading import checked_grid, notes_on
    from ragsmith.cli.render import print_json
    from ragsmith.cli.streams import from_input, is_standard, to_output
    from ragsmith.io import WRITERS, check_suffix, read_report, write

    checked_grid(grid)
    options.EXPRESSION.check(expression), options.SWING.check(swing)
    piped = check_suffix(f".{to}") if any(map(is_standard, out)) else ""
    out = [path for path in out if not is_standard(path)]
    for path in out:
        check_suffix(path.name)
    refuse_to_overwrite(out, [piece], force)
    for path in out:
        folder_for(path)
    with from_input(piece) as place:
        chosen = part_of(part, parts)
        reading = read_report(place, grid, part=chosen, beats=beats, isolated=True)
        suffixes = {check_suffix(path.name) for path in out} | ({piped} if piped else set())
        is_heard = all(WRITERS[suffix][0] in HEARD for suffix in suffixes)
        notes = notes_on(reading, place.name, as_played=is_heard)
    on_page, named = (
        _named(_as_wished(music, find_repeats, fingering), title, composer)
        for music in (_for_scores(reading.piece, place), reading.piece)
    )
    if not named.title and any(path.suffix.lower() in PAGES for path in out):
        notes.append(f"{place.name} says no title; give one with --title")
    page = {"paper": paper, "staff_size": staff_size, "bars_per_line": bars_per_line}
    sound = {"piano": piano, "expression": expression, "swing": swing}
    wish: dict[str, Any] = {"hand": hand, "width": width, **page, **sound}
    written = [
        str(write(on_page if path.suffix.lower() in SCORES else named, path, isolated=True, **wish))
        for path in out
    ]
    for line in () if quiet else notes:
        print(line, file=sys.stderr)
    if piped:
        to_output(on_page if piped in SCORES else named, piped, **wish)
        return
    if json:
        steps = reading.piece.steps_per_quarter
        print_json({"paths": written, "steps_per_quarter": steps, "notes": notes})
        return
    print("\n".join(written))


def _as_wished(piece: Piece, find_repeats: bool, fingering: bool) -> Piece:
    """The piece with its repeats found and fingers given, where that is asked for."""
    if find_repeats:
        from ragsmith.io.score.found_repeats import with_repeats

        piece = with_repeats(piece)
    if fingering:
        from ragsmith.fingering import with_fingering

        piece = with_fingering(piece)
    return piece


def _for_scores(piece: Piece, path: Path) -> Piece:
    """What a MIDI file does not say of a score: values of what was played detached, and, where it
    says one key for all strains, those of the others."""
    from ragsmith.io import MIDI_SUFFIXES
    from ragsmith.io.score.signatures import keys_of_strains
    from ragsmith.io.score.values import with_written_values
    from ragsmith.spelling import fitting_key

    if path.suffix.lower() not in MIDI_SUFFIXES or piece.order:
        return piece
    piece = with_written_values(piece)
    if len(piece.keys) > 1:
        return piece
    first = piece.keys[0] if piece.keys else fitting_key(piece.notes)
    return replace(piece, keys=keys_of_strains(piece, first.fifths))


def _named(piece: Piece, title: str | None, composer: str | None) -> Piece:
    """The piece with the title and the composer that are asked for."""
    return replace(
        piece,
        title=piece.title if title is None else title,
        composer=piece.composer if composer is None else composer,
    )
