"""Does a new user get a rag? The built wheel in a fresh environment, with the network cut.

    python benchmarks/fresh_install.py

Builds the wheel, installs it with its dependencies from the package index into a new virtual
environment, and runs `ragsmith compose` there, in an empty folder and without network (Linux: its
own network namespace, by unshare).
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]


def run(*command: str | Path, **options: object) -> str:
    """Its standard output."""
    done = subprocess.run(command, check=True, capture_output=True, text=True, **options)  # type: ignore[call-overload]
    return str(done.stdout)


with tempfile.TemporaryDirectory() as name:
    place = Path(name)
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", place, ROOT)
    (wheel,) = place.glob("*.whl")
    print(f"{wheel.name}: {wheel.stat().st_size / 1e6:.1f} MB")
    run(sys.executable, "-m", "venv", place / "venv")
    began = time.perf_counter()
    run(place / "venv/bin/pip", "install", "--quiet", wheel)
    print(f"installed in {time.perf_counter() - began:.0f} s")
    empty = place / "empty"
    empty.mkdir()
    cut = ("unshare", "--net", "--map-root-user")
    began = time.perf_counter()
    print(run(*cut, place / "venv/bin/ragsmith", "compose", "--seed", "1", cwd=empty))
    print(f"composed without network in {time.perf_counter() - began:.1f} s: "
          f"{', '.join(p.name for p in empty.iterdir())}")  # fmt: skip
