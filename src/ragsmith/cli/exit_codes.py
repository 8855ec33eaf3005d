"""Exit codes of the commands that are not Python's or typer's own."""

__all__ = ["STOPPED"]

STOPPED = 130
"""A command was stopped by Ctrl-C, as shells have it."""
