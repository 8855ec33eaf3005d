"""The server: tools and resources on one folder, spoken to over standard input and output.

It listens on no port; whoever starts it, and nobody else, talks to it. One piece of work is done at
a time, in a thread, so that it answers meanwhile.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import anyio
import anyio.to_thread
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError
from mcp.server.stdio import stdio_server
from pydantic import Field

import ragsmith
from ragsmith import options
from ragsmith.assistant import work
from ragsmith.assistant.folder import FORMATS, Folder
from ragsmith.assistant.wire import bounded_input, own_output
from ragsmith.errors import UserError
from ragsmith.measure.difficulty import EASIEST, HARDEST

__all__ = ["create_server", "serve"]

INSTRUCTIONS = """Ragsmith learns the style of piano music and composes in it. All files lie in one
folder and are named by their plain names; `files` lists them. Nothing is ever written over: every
tool that writes answers with the name of a new file. Read a file as the resource music://NAME."""
LONGEST = 200
"""Characters of a name or a form."""

Name = Annotated[str, Field(max_length=LONGEST, description="The name of a file of the folder.")]
Model = Annotated[
    str,
    Field(
        max_length=LONGEST,
        description="A .ragsmith file of the folder, ragtime or piano, or two with a comma, which "
        "compose together; empty: ragtime.",
    ),
]
Seed = Annotated[int, Field(ge=0, le=options.SEED.high, description="It fixes every choice.")]
Bar = Annotated[
    int, Field(ge=0, le=options.BARS.high, description="As the score numbers bars; 0: all bars.")
]
Form = Annotated[
    str,
    Field(max_length=LONGEST, description="Strains, like Intro AABB CC, or A(8)A(8)B(8)."),
]
Bars = Annotated[int, Field(ge=0, le=128, description="Instead of a form: so many bars.")]
Key = Annotated[str, Field(max_length=20, description="Like Eb or F# minor; empty: any.")]
Count = Annotated[int, Field(ge=1, le=8, description="Candidates; the best of them is written.")]
Level = Annotated[
    int, Field(ge=EASIEST, le=HARDEST, description="1 is the first year, 9 concert studies.")
]
Hand = Annotated[
    Literal["both", "left", "right"],
    Field(description="The hand to compose; the other one is kept to the note."),
]
Distance = Annotated[Literal["small", "middle", "large"], Field(description=options.DISTANCE.help)]
Dials = Annotated[str, Field(max_length=500, description=options.DIALS.help)]
AnyLevel = Annotated[
    int, Field(ge=0, le=HARDEST, description="How hard to play, 1 to 9; 0: as the corpus is.")
]
Chords = Annotated[
    str,
    Field(
        max_length=5000,
        description="Like Bb | Eb | F7 | Bb; auto: the corpus's own; none: not planned; empty: "
        "auto, where the model has learnt to follow them.",
    ),
]
Mix = Annotated[
    str, Field(max_length=500, description="Weights of two models by strain, like A: 1 0; B: 0 1.")
]
Format = Annotated[
    str, Field(max_length=10, description=f"How the file is to end: {', '.join(FORMATS)}.")
]


Done = Callable[..., Awaitable[dict[str, Any]]]
"""Does a piece of work on the folder, with these arguments."""


def create_server(place: Path) -> MCPServer[Any]:
    """The server of a folder.

    Raises:
        BadFile: it is no folder.
    """
    folder = Folder(place)
    server: MCPServer[Any] = MCPServer(
        "ragsmith",
        version=ragsmith.__version__,
        instructions=INSTRUCTIONS,
        log_level="ERROR",
    )
    one_at_a_time = anyio.CapacityLimiter(1)

    async def done(job: Callable[..., dict[str, Any]], *arguments: Any) -> dict[str, Any]:
        try:
            return await anyio.to_thread.run_sync(job, folder, *arguments, limiter=one_at_a_time)
        except UserError as error:
            raise ToolError(str(error)) from error

    _add_composers(server, done)
    _add_editors(server, done)
    _add_examiners(server, folder, done)
    _add_resources(server, folder)
    return server


def _add_composers(server: MCPServer[Any], done: Done) -> None:
    """The tools that compose."""

    @server.tool()
    async def compose(
        form: Form = "",
        bars: Bars = 0,
        key: Key = "",
        chords: Chords = "",
        dials: Dials = "",
        difficulty: AnyLevel = 0,
        mix: Mix = "",
        seed: Seed = 1,
        count: Count = 4,
        model: Model = "",
    ) -> dict[str, Any]:
        """Compose a new piece, checked: no long passage of it stands in the corpus, in any key."""
        fields = {"form": form, "bars": bars, "key": key, "chords": chords, "dials": dials}
        fields |= {"difficulty": difficulty, "mix": mix}
        return await done(work.compose, model, fields, seed, count)

    @server.tool()
    async def vary(
        piece: Name,
        first_bar: Bar = 0,
        last_bar: Bar = 0,
        hand: Hand = "both",
        dials: Dials = "",
        seed: Seed = 1,
        model: Model = "",
    ) -> dict[str, Any]:
        """Compose some bars of a piece again, or one hand of it: a left hand to a melody."""
        return await done(work.vary, piece, model, first_bar, last_bar, hand, dials, seed)

    @server.tool()
    async def variants(
        piece: Name,
        distance: Distance = "middle",
        count: Count = 4,
        first_bar: Bar = 0,
        last_bar: Bar = 0,
        hand: Hand = "both",
        dials: Dials = "",
        seed: Seed = 1,
        model: Model = "",
    ) -> dict[str, Any]:
        """Compose variants of a piece, the nearest first, under its chords."""
        what = (piece, model, distance, count, first_bar, last_bar, hand, dials, seed)
        return await done(work.variants, *what)


def _add_editors(server: MCPServer[Any], done: Done) -> None:
    """The tools that write a piece otherwise."""

    @server.tool()
    async def simplify(piece: Name, difficulty: Level) -> dict[str, Any]:
        """Make an easier version of a piece, with its melody, bass and harmony."""
        return await done(work.simplify, piece, difficulty)

    @server.tool()
    async def export(piece: Name, suffix: Format) -> dict[str, Any]:
        """Write a piece in another format: score, piano roll or sound."""
        return await done(work.export, piece, suffix)


def _add_examiners(server: MCPServer[Any], folder: Folder, done: Done) -> None:
    """The tools that look at files."""

    @server.tool()
    async def files() -> dict[str, Any]:
        """List the music files and models of the folder."""
        return {"files": folder.names()}

    @server.tool()
    async def check(piece: Name, model: Model = "") -> dict[str, Any]:
        """Say what a piece shares with the corpus of a model, and how difficult it is."""
        return await done(work.check, piece, model)

    @server.tool()
    async def doctor() -> dict[str, Any]:
        """Say which files of the folder can be learnt from, and why others cannot."""
        return await done(work.doctor)


def _add_resources(server: MCPServer[Any], folder: Folder) -> None:
    @server.resource("music://{name}", mime_type="application/octet-stream")
    async def music(name: str) -> bytes:
        """A file of the folder."""
        try:
            return folder.file(name).read_bytes()
        except UserError as error:
            raise ResourceNotFoundError(str(error)) from error


def serve(place: Path) -> None:
    """Serve a folder over standard input and output until the input ends.

    Raises:
        BadFile: it is no folder.
    """
    server = create_server(place)

    async def run() -> None:
        with own_output() as output:
            streams = anyio.wrap_file(bounded_input(sys.stdin.buffer)), anyio.wrap_file(output)
            async with stdio_server(*streams) as (reading, writing):
                lowlevel = server._lowlevel_server  # its own transports reach for it likewise
                await lowlevel.run(reading, writing, lowlevel.create_initialization_options())

    anyio.run(run)
