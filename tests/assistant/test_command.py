"""`ragsmith mcp` without the SDK, or without a folder: a line."""

import sys

import pytest


def test_without_the_sdk_a_line_says_how_to_get_it(ragsmith, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "mcp", None)
    monkeypatch.delitem(sys.modules, "ragsmith.assistant.server", raising=False)
    monkeypatch.setitem(sys.modules, "mcp.server", None)
    code, out, err = ragsmith("mcp", tmp_path)
    assert (code, out) == (1, "")
    assert 'install it: pip install "ragsmith[mcp]"' in err


def test_a_folder_that_is_not_there(ragsmith, tmp_path):
    pytest.importorskip("mcp", reason="the MCP SDK is not installed")
    code, out, err = ragsmith("mcp", tmp_path / "none")
    assert (code, out) == (1, "")
    assert "is not a folder; make it, or name another" in err
