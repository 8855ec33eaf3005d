"""Options as they are typed, and the values that they mean; `ragsmith.options` has the defaults."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragsmith import options
from ragsmith.errors import BadFolder, BadOption

if TYPE_CHECKING:
    from ragsmith.piece import Metre

__all__ = [
    "Bars",
    "BarsPerLine",
    "Base",
    "Beats",
    "Chords",
    "Composer",
    "CopyLimit",
    "Count",
    "Dials",
    "Difficulty",
    "Distance",
    "Epochs",
    "Expression",
    "FindRepeats",
    "Fingering",
    "FolderGrid",
    "Force",
    "Form",
    "Grid",
    "Hand",
    "Harmony",
    "HeldOut",
    "Host",
    "Json",
    "Keep",
    "Key",
    "LearningSeed",
    "Meet",
    "MelodyLimit",
    "MinP",
    "Minutes",
    "Mix",
    "Model",
    "On",
    "OnBeats",
    "OneHand",
    "Paper",
    "Part",
    "Parts",
    "Patience",
    "Piano",
    "Places",
    "Quiet",
    "Sampling",
    "Seed",
    "Shards",
    "Signature",
    "StaffSize",
    "Swing",
    "Temperature",
    "Tempo",
    "TimeLimit",
    "Title",
    "Tries",
    "Variants",
    "Width",
    "argument",
    "bars_of",
    "beats_in",
    "check_writable",
    "metre_of",
    "part_of",
    "path_option",
    "setting_of",
    "weights_of",
]

argument = partial(typer.Argument, readable=False)
path_option = partial(typer.Option, readable=False)
"""Whoever opens the file says why it cannot be read, in one line; typer would say it in three."""


def _typed(option: options.Option[Any]) -> Any:
    """The help of an option; where there is no default, but a usual value, that too."""
    usual = f" [default: {option.first}]" if option is options.FORM else ""
    return typer.Option(help=option.help + usual)


Form = Annotated[str | None, _typed(options.FORM)]
Bars = Annotated[str | None, _typed(options.BARS)]
Key = Annotated[str | None, _typed(options.KEY)]
Chords = Annotated[str | None, _typed(options.CHORDS)]
Signature = Annotated[str | None, _typed(options.METRE)]
Tempo = Annotated[float | None, _typed(options.TEMPO)]
Sampling = Annotated[str, _typed(options.SAMPLING)]
Temperature = Annotated[float, _typed(options.TEMPERATURE)]
MinP = Annotated[float, _typed(options.MIN_P)]
Tries = Annotated[int, _typed(options.TRIES)]
CopyLimit = Annotated[float, _typed(options.COPY_LIMIT)]
MelodyLimit = Annotated[float, _typed(options.MELODY_LIMIT)]
Seed = Annotated[int | None, _typed(options.SEED)]
Count = Annotated[int, _typed(options.COUNT)]
Keep = Annotated[int, _typed(options.KEEP)]
Expression = Annotated[
    float | None,
    typer.Option(
        help=f"{options.EXPRESSION.help} [default: {options.EXPRESSION.default} for sound, 0 for "
        "MIDI]"
    ),
]
Swing = Annotated[float, _typed(options.SWING)]
Dials = Annotated[str | None, typer.Option("--dial", help=options.DIALS.help)]
Difficulty = Annotated[int | None, _typed(options.DIFFICULTY)]
Hand = Annotated[str, _typed(options.HAND)]
OnBeats = Annotated[str | None, _typed(options.ON_BEATS)]
Mix = Annotated[str | None, _typed(options.MIX)]
Distance = Annotated[str, _typed(options.DISTANCE)]
Harmony = Annotated[str, _typed(options.HARMONY)]
Variants = Annotated[int, _typed(options.VARIANTS)]
TimeLimit = Annotated[float, _typed(options.TIME_LIMIT)]
Model = Annotated[str, _typed(options.MODEL)]
Minutes = Annotated[float | None, _typed(options.MINUTES)]
Epochs = Annotated[int | None, _typed(options.EPOCHS)]
Patience = Annotated[int, _typed(options.PATIENCE)]
Base = Annotated[str | None, _typed(options.BASE)]
HeldOut = Annotated[float, _typed(options.HELD_OUT)]
LearningSeed = Annotated[int, _typed(options.LEARNING_SEED)]
Grid = Annotated[
    int | None,
    typer.Option(
        help="Steps a quarter note that a piece's notes are put on. [default: the coarsest grid "
        "that holds it]"
    ),
]
Part = Annotated[
    str | None,
    typer.Option(help="The part to read, by its name or number. [default: the pianist's]"),
]
Parts = Annotated[str | None, typer.Option(help="all reads every part, as if one played them.")]
Beats = Annotated[
    str | None,
    typer.Option(
        help="auto tracks the beats of MIDI files that were played freely. [default: a file's own]"
    ),
]
Places = Annotated[
    list[Path] | None, argument(help="A folder of music, or files. [default: the built-in rags]")
]
FolderGrid = Annotated[
    int | None,
    typer.Option(help="Steps a quarter note. [default: 4, or the coarsest that holds most files]"),
]
On = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Read on a cluster: the address of a Dask scheduler, or local for workers here.",
    ),
]
Shards = Annotated[
    str | None,
    typer.Option(
        metavar="PLACE",
        help="Where what a cluster reads is kept: a folder, or s3://bucket/folder.",
    ),
]
Host = Annotated[
    str | None,
    typer.Option(
        metavar="N/HOSTS",
        help="Learn on several machines at once: which one this is, as 2/4. All read the same "
        "music; the first one writes.",
    ),
]
Meet = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS:PORT", help="Where the first host is and has a free port, for --host."
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Write over files that are there.")]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Say nothing but what came out, and errors.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Piano = Annotated[str, typer.Option(help="For sound: upright, honky-tonk or grand.")]
Paper = Annotated[str, typer.Option(help="For pages: a4 or letter.")]
StaffSize = Annotated[
    float | None,
    typer.Option(help="For pages: millimetres of a staff, 3 to 12. [default: 6.7]"),
]
BarsPerLine = Annotated[
    int | None,
    typer.Option(help="For pages: 1 to 16. [default: as many as can be read with ease]"),
]
OneHand = Annotated[str, typer.Option("--hand", help="For scores: left, right or both.")]
Width = Annotated[
    int | None,
    typer.Option(help="For .svg: one page for a screen so many pixels wide."),
]
FindRepeats = Annotated[
    bool,
    typer.Option(
        "--find-repeats", help="Write what is played twice in a row once, between repeat signs."
    ),
]
Fingering = Annotated[
    bool,
    typer.Option(
        "--fingering", help="Print a finger for every note of a score that says none for it."
    ),
]
Title = Annotated[
    str | None, typer.Option(help="What to print as the title. [default: what the file says]")
]
Composer = Annotated[
    str | None, typer.Option(help="Whom to print as the composer. [default: what the file says]")
]


def check_writable(folder: Path) -> None:
    """Refuse a folder before the work and not after it.

    Raises:
        BadFolder: files cannot be written there, nor can the folder be made.
    """
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not there.is_dir():
        raise BadFolder(there, "is not a folder", "name another with --out")
    if not os.access(there, os.W_OK):
        raise BadFolder(there, "cannot be written to", "name another with --out")


def part_of(part: str | None, parts: str | None) -> str | None:
    """The part to read that --part and --parts ask for; None is the pianist's.

    Raises:
        BadOption: they contradict each other, or --parts is not all.
    """
    if parts is None:
        return part
    if part is not None:
        raise BadOption("--part and --parts", "say two things", "leave one of them out")
    if parts.casefold() != "all":
        raise BadOption(f"parts {parts}", "is not all", "name one part with --part, or all of them")
    return parts


def metre_of(text: str | None) -> Metre | None:
    """2/4 as a metre; None stays None."""
    from ragsmith.piece import Metre

    if text is None:
        return None
    beats, _, unit = text.partition("/")
    if not (beats.isdecimal() and unit.isdecimal()):
        raise BadOption(f"metre {text}", "is not a time signature", "write it like 2/4")
    return Metre(int(beats), int(unit))


def bars_of(text: str) -> tuple[int, int]:
    """9-16 as (9, 16), 9 as (9, 9)."""
    first, dash, last = text.partition("-")
    if not (first.isdecimal() and (last.isdecimal() or not dash)):
        raise BadOption(f"bars {text}", "is not a number of bars, nor two", "write 32, or 9-16")
    return int(first[:9]), int((last or first)[:9])


def beats_in(text: str | None) -> list[int] | None:
    """2,4 as numbers; None stays None."""
    if text is None:
        return None
    words = [word.strip() for word in text.split(",")]
    if not all(word.isdecimal() for word in words):
        raise BadOption(f"on-beats {text}", "are not numbers", "write them like 2,4")
    return [int(word[:9]) for word in words]


def weights_of(text: str | None) -> list[float] | None:
    """0.7,0.3 as numbers; None stays None."""
    if text is None:
        return None
    try:
        return [float(weight) for weight in text.split(",")]
    except ValueError:
        rule = "are not numbers with commas between them"
        raise BadOption(f"weights {text}", rule, "write them like 0.7,0.3") from None


def setting_of(text: str) -> tuple[str, Any]:
    """FIELD=VALUE with the value as a whole number, a number, true or false, or text."""
    field, equals, value = text.partition("=")
    if not equals:
        raise BadOption(f"--set {text}", "is not FIELD=VALUE", "write it like hidden=128")
    field = field.strip().replace("-", "_")
    if value in ("true", "false"):
        return field, value == "true"
    for number in (int, float):
        try:
            return field, number(value)
        except ValueError:
            continue
    return field, value
