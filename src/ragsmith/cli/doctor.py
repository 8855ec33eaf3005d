"""`ragsmith doctor`: which files of a folder can be learnt from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from ragsmith.cli.options import Json, argument

__all__ = ["doctor"]


def doctor(
    folder: Annotated[Path, argument(help="A folder of music files.")],
    json: Json = False,
) -> None:
    """Say which files can be learnt from, and why.

    Every file is accepted, repaired (used, but something was mended) or rejected. The grid is the
    coarsest that holds the notes, in steps a quarter note; `learn` takes it with --set
    steps_per_quarter=N.
    """
    from ragsmith.cli.folders import files_done
    from ragsmith.cli.render import print_json, print_table, reporting
    from ragsmith.corpus import doctor as examine

    with reporting() as report:
        verdicts = examine(folder, progress=files_done(report))
    if json:
        print_json(verdicts)
        return
    print_table(
        ("file", "verdict", "notes", "grid", "reason"),
        [
            (f["path"], f["verdict"], f["notes"], f["steps_per_quarter"] or "-", f["reason"])
            for f in verdicts["files"]
        ],
    )
    counts = [f"{verdicts[name]} {name}" for name in ("accepted", "repaired", "rejected")]
    print(", ".join(counts))
