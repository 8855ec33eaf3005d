"""The command line: thin, every command calls the library and renders what comes back."""

from __future__ import annotations

import sys
from io import TextIOWrapper

from ragsmith.cli.exit_codes import STOPPED

__all__ = ["main"]


def main() -> None:
    """Run `ragsmith`; exit code 0 done, 1 the input cannot be used, 2 usage, 130 stopped."""
    try:
        _run()
    except (KeyboardInterrupt, SystemExit) as end:
        if isinstance(end, SystemExit) and end.code != STOPPED:  # as typer has it for Ctrl-C
            raise
        print("ragsmith: stopped", file=sys.stderr)
        sys.exit(STOPPED)


def _run() -> None:
    """Run the command that was typed."""
    from ragsmith.cli.commands import app
    from ragsmith.errors import UserError

    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # as stderr does: names can be anything
    try:
        app()
    except UserError as error:
        from ragsmith.cli.render import show_error

        show_error(error)
        sys.exit(1)
