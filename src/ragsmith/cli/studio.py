"""`ragsmith studio`: learn, compose, look and listen in the browser."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["studio"]


def studio(
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="The first port to try; 0 takes any.")
    ] = 8377,
    demo: Annotated[
        bool, typer.Option("--demo", help="Put six pieces into the library if it is empty.")
    ] = False,
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
) -> None:
    """Open the studio in a browser, on this computer alone.

    Learn, compose, look and listen. Nothing leaves the computer. Models and pieces are kept in the
    user's data folder, or where RAGSMITH_LIBRARY says.
    """
    from ragsmith.studio.library import library_folder
    from ragsmith.studio.server import serve

    serve(library_folder(), port, demo=demo, browser=browser, say=print)
