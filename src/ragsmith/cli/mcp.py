"""`ragsmith mcp`: tools for an assistant."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from ragsmith.cli.options import argument

__all__ = ["mcp"]


def mcp(
    folder: Annotated[
        Path, argument(help="The folder that the assistant works in; it sees nothing else.")
    ],
) -> None:
    """Let an assistant compose, vary, simplify, check and export, in one folder.

    A server of the Model Context Protocol (modelcontextprotocol.io) over standard input and output:
    an assistant starts it. Files are named by their plain names, and nothing is written over. It
    needs: pip install "ragsmith[mcp]".
    """
    from ragsmith.errors import BadOption

    try:
        from ragsmith.assistant.server import serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("mcp", "mcp_types"):
            raise
        remedy = 'install it: pip install "ragsmith[mcp]"'
        raise BadOption(
            "ragsmith mcp", "needs the MCP SDK, which is not installed", remedy
        ) from None
    serve(folder)
