"""`ragsmith doctor`: which files of a folder can be learnt from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ragsmith.cli.options import (
    Beats,
    FolderGrid,
    Json,
    On,
    Part,
    Parts,
    Quiet,
    Shards,
    argument,
    part_of,
)

__all__ = ["doctor"]


def doctor(
    places: Annotated[list[str], argument(help="A folder of music files, or some files.")],
    grid: FolderGrid = None,
    part: Part = None,
    parts: Parts = None,
    beats: Beats = None,
    on: On = None,
    shards: Shards = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Say which files can be learnt from, and why.

    Every file is accepted, repaired (used, but something was mended) or rejected. The grid is the
    coarsest that holds the notes, in steps a quarter note. All are judged on one grid: on that of
    --grid, else on the coarsest that holds most of them. The exit code is 1 when all are rejected.

    For more music than one machine reads, --on has a Dask cluster read one folder, which may be on
    an object store (s3://bucket/folder), into --shards; ragsmith learn --shards learns from there.
    It needs: pip install "ragsmith[cluster]".
    """
    from ragsmith.cli.folders import files_done
    from ragsmith.cli.render import print_json, reporting
    from ragsmith.cli.sharded import examined_on
    from ragsmith.corpus import doctor as examine

    with reporting(quiet) as report:
        progress = files_done(report)
        chosen = part_of(part, parts)
        if on or shards or any("://" in place for place in places):
            verdicts = examined_on(on, places, shards, grid, chosen, beats, progress)
        else:
            folders = [Path(place) for place in places]
            verdicts = examine(folders, grid, part=chosen, beats=beats, progress=progress)
    if json:
        print_json(verdicts)
    else:
        _show(verdicts)
    if verdicts["rejected"] == len(verdicts["files"]):
        raise typer.Exit(1)


def _show(verdicts: dict[str, Any]) -> None:
    """Print the verdicts as a table, and their counts."""
    from ragsmith.cli.render import print_table

    print_table(
        ("file", "verdict", "notes", "grid", "reason"),
        [
            (f["path"], f["verdict"], f["notes"], f["steps_per_quarter"] or "-", f["reason"])
            for f in verdicts["files"]
        ],
    )
    counts = [f"{verdicts[name]} {name}" for name in ("accepted", "repaired", "rejected")]
    print(", ".join(counts))
