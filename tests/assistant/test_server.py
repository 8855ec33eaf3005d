"""The assistant's server, driven by the official client: the tools, and what a hostile one gets."""

import base64
import os
import sys
from pathlib import Path

import anyio
import pytest

pytest.importorskip("mcp", reason='the MCP SDK is not installed: pip install "ragsmith[mcp]"')

from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.shared.exceptions import MCPError

from ragsmith.assistant.server import create_server
from ragsmith.assistant.wire import LARGEST_MESSAGE
from ragsmith.io import read, write
from support.fakes import a_rag

TOOLS = {"check", "compose", "doctor", "export", "files", "simplify", "variants", "vary"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a rag, and files that are not for assistants."""
    music = tmp_path / "music"
    (music / "inside").mkdir(parents=True)
    write(a_rag(), music / "rag.mid")
    write(a_rag(), tmp_path / "secret.mid")
    (music / "notes.txt").write_text("private")
    (music / "link.mid").symlink_to(tmp_path / "secret.mid")
    write(a_rag(), music / "inside" / "deep.mid")
    return music


def in_memory(folder, talk):
    """Talk to the server of a folder in this process."""

    async def main():
        async with Client(create_server(folder)) as client:
            await talk(client)

    anyio.run(main)


async def refused(client, tool, **arguments):
    """The error that a call of a tool ends with."""
    result = await client.call_tool(tool, arguments)
    assert result.is_error, result
    return result.content[0].text


def test_the_tools_and_the_files(folder):
    async def talk(client):
        assert {tool.name for tool in (await client.list_tools()).tools} == TOOLS
        result = await client.call_tool("files", {})
        assert result.structured_content == {"files": ["rag.mid"]}

    in_memory(folder, talk)


def test_a_piece_is_simplified_exported_and_read(folder):
    async def talk(client):
        easier = await client.call_tool("simplify", {"piece": "rag.mid", "difficulty": 5})
        facts = easier.structured_content
        assert facts["file"] == "rag-easier.mid"
        assert facts["difficulty"] < 5.5
        again = await client.call_tool("simplify", {"piece": "rag.mid", "difficulty": 5})
        assert again.structured_content["file"] == "rag-easier-2.mid"
        export = {"piece": "rag-easier.mid", "suffix": "musicxml"}
        score = await client.call_tool("export", export)
        assert score.structured_content == {"file": "rag-easier.musicxml"}
        contents = (await client.read_resource("music://rag-easier.musicxml")).contents
        assert base64.b64decode(contents[0].blob).startswith(b"<?xml")
        verdicts = (await client.call_tool("doctor", {})).structured_content
        assert [file["path"] for file in verdicts["files"]] == [
            "rag-easier-2.mid",
            "rag-easier.mid",
            "rag-easier.musicxml",
            "rag.mid",
        ]

    in_memory(folder, talk)


@pytest.mark.slow
def test_a_piece_is_composed_checked_and_varied(folder):
    async def talk(client):
        wish = {"bars": 4, "count": 1, "seed": 3}
        facts = (await client.call_tool("compose", wish)).structured_content
        assert facts["file"] == "rag-3.mid"
        assert facts["longest_melody"] is None or facts["longest_melody"]["beats"] <= 6
        checked = (await client.call_tool("check", {"piece": "rag-3.mid"})).structured_content
        assert checked["within_limits"]
        assert checked["difficulty"] == facts["difficulty"]
        bars = {"piece": "rag-3.mid", "first_bar": 2, "last_bar": 2}
        varied = (await client.call_tool("vary", bars)).structured_content
        assert read(folder / varied["file"]).steps == read(folder / "rag-3.mid").steps
        left = {"piece": "rag-3.mid", "hand": "left"}
        assert (await client.call_tool("vary", left)).structured_content["file"] == "rag-3-left.mid"
        few = {"piece": "rag-3.mid", "count": 2, "distance": "large"}
        made = (await client.call_tool("variants", few)).structured_content["variants"]
        assert [row["file"] for row in made] == ["rag-3-variant.mid", "rag-3-variant-2.mid"]
        assert 0 < made[0]["distance"] <= made[1]["distance"] <= 1
        easy = {"bars": 4, "count": 1, "seed": 3, "difficulty": 3, "dials": "density=low"}
        assert (await client.call_tool("compose", easy)).structured_content["difficulty"] < 3.5

    in_memory(folder, talk)


@pytest.mark.parametrize(
    "name",
    [
        "../secret.mid",
        "inside/deep.mid",
        "/etc/passwd",
        "link.mid",
        "notes.txt",
        "",
        ".",
        "rag.mid\0.txt",
        "C:\\secret.mid",
        "none.mid",
    ],
)
def test_files_outside_are_refused(folder, name):
    async def talk(client):
        assert "is no music file of the folder" in await refused(client, "check", piece=name)
        text = await refused(client, "export", piece=name, suffix="pdf")
        assert "is no music file of the folder" in text
        with pytest.raises(MCPError):
            await client.read_resource(f"music://{name}".replace("\0", "%00"))

    before = sorted(folder.parent.rglob("*"))
    in_memory(folder, talk)
    assert sorted(folder.parent.rglob("*")) == before


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("compose", {"bars": 10**9}),
        ("compose", {"count": 1000}),
        ("compose", {"form": "A(8)" * 100}),
        ("compose", {"key": "H flat"}),
        ("compose", {"seed": -1}),
        ("compose", {"dials": "loudness=high"}),
        ("compose", {"difficulty": 12}),
        ("compose", {"bars": 4, "mix": "A: 1 0"}),
        ("compose", {"model": "ragtime,../secret.ragsmith"}),
        ("variants", {"piece": "rag.mid", "distance": "huge"}),
        ("variants", {"piece": "rag.mid", "count": 1000}),
        ("vary", {"piece": "rag.mid"}),
        ("vary", {"piece": "rag.mid", "hand": "third"}),
        ("simplify", {"piece": "rag.mid", "difficulty": 0}),
        ("simplify", {"piece": "rag.mid", "difficulty": "easy"}),
        ("vary", {"piece": "rag.mid", "first_bar": 90, "last_bar": 91}),
        ("export", {"piece": "rag.mid", "suffix": "../../x.mid"}),
        ("export", {"piece": "rag.mid", "suffix": "exe"}),
        ("check", {"piece": "a" * 100_000}),
        ("check", {"piece": ["rag.mid"]}),
        ("check", {}),
        ("erase", {"piece": "rag.mid"}),
    ],
)
def test_what_does_not_fit_is_refused(folder, tool, arguments):
    async def talk(client):
        text = await refused(client, tool, **arguments)
        assert "Traceback" not in text

    in_memory(folder, talk)
    assert sorted(path.name for path in folder.glob("*.mid")) == ["link.mid", "rag.mid"]


@pytest.mark.slow
def test_the_command_serves_and_answers_a_message_that_is_too_large(folder):
    code = "from ragsmith.cli import main; main()"
    command = StdioServerParameters(
        command=sys.executable, args=["-c", code, "mcp", str(folder)], env={**os.environ}
    )

    async def main():
        async with Client(stdio_client(command)) as client:
            with pytest.raises(MCPError):
                await client.call_tool("check", {"piece": "a" * LARGEST_MESSAGE})
            result = await client.call_tool("files", {})
            assert result.structured_content == {"files": ["rag.mid"]}

    anyio.run(main)
