"""`python -m ragsmith` is `ragsmith`, for where the command is not on the path."""

from ragsmith.cli import main

main()
