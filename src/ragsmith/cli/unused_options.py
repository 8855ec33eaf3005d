"""Options of `ragsmith compose` that say nothing beside others, or say the same twice."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from ragsmith.errors import BadOption

__all__ = ["refuse_unused"]

LENGTHS = ("form", "bars")
WRITTEN = {"rules": "--no-rules", "dials": "--dial"}
"""Options that are not written as they are called here."""
MADE_FROM = ("vary", "accompany", "of")
OF_VARIANTS = ("variants", "distance", "harmony")
OF_A_NEW_PIECE = ("form", "key", "chords", "metre", "tempo", "mix")
OF_ALL_COMPOSING = (
    *("bars", "seed", "count", "keep", "sampling", "temperature", "min_p", "tries"),
    *("copy_limit", "melody_limit", "rules", "dials", "more", "less", "difficulty"),
)


def refuse_unused(context: typer.Context) -> None:
    """Refuse options that would say nothing where a piece is composed again, or said twice.

    Raises:
        BadOption: one is given.
    """
    sources = {name: context.get_parameter_source(name) for name in context.params}
    given = {name for name, source in sources.items() if source and source.name == "COMMANDLINE"}
    _refuse_beside_a_piece(given)
    _refuse_without_a_piece(given)
    if given.issuperset(LENGTHS):
        raise BadOption("--form and --bars", "say two lengths", "leave one of them out")


def _refuse_beside_a_piece(given: set[str]) -> None:
    """Refuse options that the piece says already which is composed again, and a second piece.

    Raises:
        BadOption: one is given.
    """
    if "like" in given and (
        unused := _typed(given, OF_A_NEW_PIECE + OF_ALL_COMPOSING + OF_VARIANTS)
    ):
        rule = "cannot be asked for: the recipe in the file says all of it"
        raise BadOption(f"{unused} with --like", rule, f"leave {unused} out, or --like")
    pieces = [f"--{name}" for name in MADE_FROM if name in given]
    if len(pieces) > 1:
        remedy = "leave all but one of them out"
        raise BadOption(" and ".join(pieces), f"name {len(pieces)} pieces", remedy)
    for varied in pieces:
        if unused := _typed(given, (*OF_A_NEW_PIECE, "primer")):
            rule = "cannot be asked for: the notes that are kept say it"
            raise BadOption(f"{unused} with {varied}", rule, f"leave {unused} out, or {varied}")
    if "of" in given and (unused := _typed(given, ("count", "keep"))):
        rule = "cannot be asked for: every variant is kept"
        raise BadOption(f"{unused} with --of", rule, "say --variants 12")


def _refuse_without_a_piece(given: set[str]) -> None:
    """Refuse options that say how a piece is composed again where none is named.

    Raises:
        BadOption: one is given.
    """
    if "of" not in given and (unused := _typed(given, OF_VARIANTS)):
        rule = "cannot be asked for: no piece is named"
        raise BadOption(unused, rule, "name it, like --variants 12 --of rag.mid")
    if "on_beats" in given and "vary" not in given:
        raise BadOption(
            "--on-beats", "cannot be asked for: no piece is named", "say --vary rag.mid"
        )
    if "hand" in given and not given.intersection(("vary", "of")):
        rule = "cannot be asked for: no piece is named that has the other hand"
        raise BadOption("--hand", rule, "name it, like --vary rag.mid --hand left")


def _typed(given: set[str], names: Sequence[str]) -> str:
    """Those of the names that are given, as they are typed."""
    return " ".join(
        WRITTEN.get(name, f"--{name.replace('_', '-')}") for name in names if name in given
    )
