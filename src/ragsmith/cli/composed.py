"""What `ragsmith compose` has composed: written to files, and shown as a table or as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ragsmith import options
from ragsmith.cli.options import check_writable
from ragsmith.cli.overwriting import free_name
from ragsmith.cli.render import print_json, print_table
from ragsmith.files import make_folder
from ragsmith.io import check_suffix, write
from ragsmith.io.score.bar_numbers import printed_bars
from ragsmith.measure.cadence import endings_of

if TYPE_CHECKING:
    from ragsmith.composer import Composed
    from ragsmith.composer.ranking import Ranked

__all__ = ["Chosen", "Destination", "show"]

COLUMNS = (
    *("file", "bars", "notes", "beats copied", "melody", "closes"),
    "least like the corpus",
)


class Chosen(NamedTuple):
    """Composed pieces, the best first, and their ranks; no ranks where nothing was ranked."""

    pieces: Sequence[Composed]
    ranks: Sequence[Ranked]

    def first(self, number: int) -> Chosen:
        """The best so many."""
        return Chosen(self.pieces[:number], self.ranks[:number])


class Destination(NamedTuple):
    """Where pieces are written, and as what."""

    folder: Path
    suffixes: list[str]
    piano: str
    paper: str
    expression: float | None

    @classmethod
    def checked(
        cls, folder: Path, formats: str, piano: str, paper: str, expression: float | None
    ) -> Destination:
        """Refuse what cannot be written before anything is composed.

        Raises:
            BadFolder: the folder cannot be written.
            BadFile: there is no such format.
            BadOption: the expression is out of range.
        """
        options.EXPRESSION.check(expression)
        check_writable(folder)
        names = [name.strip().lstrip(".") for name in formats.split(",")]
        suffixes = [check_suffix(f".{name}") for name in names]
        return cls(folder, suffixes, piano, paper, expression)

    @property
    def how(self) -> dict[str, Any]:
        """What `ragsmith.write` is asked for."""
        return {"piano": self.piano, "paper": self.paper, "expression": self.expression}

    def write(self, chosen: Chosen, stem: str) -> list[list[Path]]:
        """Write every piece in every format; returns the paths, piece by piece."""
        make_folder(self.folder)
        paths = []
        for composed in chosen.pieces:
            place = free_name(self.folder / f"{stem}-{composed.seed}", self.suffixes)
            files = [place.with_name(place.name + suffix) for suffix in self.suffixes]
            made = (write(composed.piece, path, isolated=True, **self.how) for path in files)
            paths.append([*made])
        return paths


def show(chosen: Chosen, paths: Sequence[Sequence[Path]], json: bool) -> None:
    """Print what was composed, as one JSON object or as a table."""
    ranks: Sequence[Ranked | None] = chosen.ranks or [None] * len(chosen.pieces)
    rows = [
        _facts(composed, rank, files)
        for composed, rank, files in zip(chosen.pieces, ranks, paths, strict=True)
    ]
    if json:
        print_json({"pieces": rows})
    else:
        print_table(COLUMNS, [_cells(row) for row in rows])


def _facts(composed: Composed, rank: Ranked | None, files: Sequence[Path]) -> dict[str, Any]:
    """What scripts are told of a piece."""
    runs = composed.originality
    endings = endings_of(composed.piece)
    return {
        "paths": [str(path) for path in files],
        "seed": composed.seed,
        "bars": len(printed_bars(composed.piece)),
        "notes": len(composed.piece.notes),
        "originality": runs
        and {
            "longest_texture_beats": float(runs.texture.beats) if runs.texture else 0.0,
            "longest_melody_beats": float(runs.melody.beats) if runs.melody else 0.0,
        },
        "scores": {
            "nats_per_step": round(composed.nats_per_step, 4),
            "closes": sum(ending.closes for ending in endings),
            "strain_ends": len(endings),
            "penalty": round(rank.penalty, 3) if rank else None,
            "reasons": [reason.words for reason in rank.reasons] if rank else [],
            "turned_down": dict(composed.turned_down),
        },
    }


def _cells(row: dict[str, Any]) -> tuple[Any, ...]:
    """A row of the table, under `COLUMNS`."""
    scores, runs = row["scores"], row["originality"]
    copied = ["not checked", ""]
    if runs:
        lengths = (runs["longest_texture_beats"], runs["longest_melody_beats"])
        copied = [f"{beats:g}" if beats else "at most 1" for beats in lengths]
    ends = scores["strain_ends"]
    closes = f"{scores['closes']} of {ends}" if ends else "no strains"
    unlike = "; ".join(scores["reasons"][:2]) or "-"
    return (row["paths"], row["bars"], row["notes"], *copied, closes, unlike)
