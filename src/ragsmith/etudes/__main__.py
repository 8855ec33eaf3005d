"""`python -m ragsmith.etudes DIR` writes the études as MIDI files."""

from __future__ import annotations

import sys
from pathlib import Path

from ragsmith.errors import UserError
from ragsmith.etudes import write_etudes


def main(arguments: list[str]) -> int | str:
    """The exit status: 0, a line for the user, or 2 when there is not exactly one folder."""
    if len(arguments) != 1:
        print("usage: python -m ragsmith.etudes DIR", file=sys.stderr)
        return 2
    try:
        write_etudes(Path(arguments[0]))
    except UserError as error:
        return str(error)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
