"""What the doctor says of a folder as people have them.

python benchmarks/doctor_wild.py FOLDER
"""

import sys
import tempfile
import time
from pathlib import Path

from ragsmith.corpus import doctor


def main(folder: Path) -> None:
    """Print one row per file, and the counts."""
    with tempfile.TemporaryDirectory() as cache:
        began = time.perf_counter()
        report = doctor(folder, cache=Path(cache))
        took = time.perf_counter() - began
    print("| file | verdict | notes | grid | reason |\n|---|---|---|---|---|")
    for file in report["files"]:
        grid = file["steps_per_quarter"] or "none fits"
        print(
            f"| {file['path']} | {file['verdict']} | {file['notes']} | {grid} | {file['reason']} |"
        )
    counts = ", ".join(f"{report[name]} {name}" for name in ("accepted", "repaired", "rejected"))
    print(f"\n{len(report['files'])} files: {counts}; {took:.1f} s, nothing in the cache.")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
