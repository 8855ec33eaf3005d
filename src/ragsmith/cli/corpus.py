"""`ragsmith corpus`: public corpora to learn from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ragsmith.cli.options import Json, Quiet, argument

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True)


@app.callback()
def corpus() -> None:
    """Get public corpora to learn from."""


@app.command()
def get(
    name: Annotated[str, argument(help="joplin: 39 pieces by Scott Joplin.")],
    folder: Annotated[Path, argument(help="The folder to put it in; made if need be.")],
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Download a public corpus, with a split to learn, choose and test with.

    Every file is checked. What is there and right is not fetched again, so an interrupted download
    can be repeated; a file that is there with other contents is replaced.
    """
    from ragsmith.cli.render import print_json, reporting
    from ragsmith.corpus.get import SOURCES, Arrival, get_corpus

    with reporting(quiet) as report:

        def show(arrival: Arrival, done: int, of: int) -> None:
            report.update(done, of, f"{done} of {of} files")
            if arrival.verdict == "replaced":
                report.line(f"{folder / arrival.path}: had other contents, and was replaced")

        arrivals = get_corpus(name, folder, on_file=show)
    source = SOURCES[name]
    verdicts = [arrival.verdict for arrival in arrivals]
    counts = {verdict: verdicts.count(verdict) for verdict in ("new", "replaced", "kept")}
    music = folder / source.music
    if json:
        files = [arrival._asdict() for arrival in arrivals]
        print_json({"files": files, **counts, "music": str(music), "credit": source.credit})
        return
    counted = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    print(f"{folder}: {counted}; to learn from it: ragsmith learn {music}")
    print(source.credit)
