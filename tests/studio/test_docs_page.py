"""The page for scripts says all addresses, in both languages, and its Python runs as it stands."""

import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

import ragsmith
from ragsmith.studio.app import create_app
from support.studios import TOKEN, studio

PAGES = Path(ragsmith.__file__).parent / "studio/static/docs"
METHODS = {"get", "post", "patch", "delete", "put"}


@pytest.mark.parametrize("name", ["index.html", "fr.html"])
def test_the_page_names_every_address_and_no_other(name, tmp_path):
    paths = create_app(tmp_path, TOKEN).openapi()["paths"]
    routes = {(m.upper(), path) for path, ways in paths.items() for m in ways if m in METHODS}
    text = (PAGES / name).read_text("utf-8")
    rows = re.findall(r"<tr><td>(\w+)<td><code>([^<]+)</code>", text)
    assert len(rows) == len(set(rows))
    assert set(rows) == routes


def test_both_pages_show_the_same_examples():
    pages = [(PAGES / name).read_text("utf-8") for name in ("index.html", "fr.html")]
    examples = [re.findall(r"<pre[^>]*>(.*?)</pre>", page, re.DOTALL) for page in pages]
    assert examples[0] == examples[1]


@pytest.mark.slow
def test_the_page_is_served_and_its_python_runs(tmp_path):
    with studio(tmp_path) as client:
        page = client.get("/docs/")
        assert page.status_code == 200
        (example,) = re.findall(r'<pre[^>]*class="python">(.*?)</pre>', page.text, re.DOTALL)
        code = unescape(example).replace("http://127.0.0.1:8377", str(client.base_url).rstrip("/"))
        done = subprocess.run(
            [sys.executable, "-c", code.replace("token=TOKEN", f"token={TOKEN}")],
            capture_output=True,
            text=True,
        )
    assert done.returncode == 0, done.stderr
    assert "<?xml version=" in done.stdout
