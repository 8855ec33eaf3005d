"""How long composing takes with the shipped model.

    python benchmarks/composing_speed.py

From a cold shell: `ragsmith compose --bars 128`, the median of three runs after one. Warm, in a
process that has composed before, one piece and sixteen side by side: 128 bars by the model alone
(no rules, no check); a whole rag (72 bars as written, 144 as played) as `compose` does, and with
every bar tried once, without the critic; peak memory of all that.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from ragsmith.composer import Sampling, Wish, compose_many
from ragsmith.options import FORM
from ragsmith.shipped import shipped_model

BARS = 128


def cold(folder: str) -> float:
    """Seconds of a whole command."""
    command = str(Path(sys.executable).with_name("ragsmith"))
    began = time.perf_counter()
    subprocess.run([command, "compose", "--bars", str(BARS), "--seed", "1", "--out", folder],
                   check=True, capture_output=True)  # fmt: skip
    return time.perf_counter() - began


def warm(count: int, wish: Wish) -> float:
    """Seconds of so many pieces side by side, by a model in memory."""
    began = time.perf_counter()
    compose_many(bundle, wish, seeds=list(range(count)))
    return time.perf_counter() - began


WISHES = {
    f"{BARS} bars, the model alone": Wish(bars=BARS, rules=False),
    "a rag": Wish(form=FORM.first),
    "a rag, each bar tried once": Wish(form=FORM.first, sampling=Sampling(tries=1)),
}


bundle = shipped_model()
with tempfile.TemporaryDirectory() as folder:
    cold(folder)
    print(f"cold shell: {median(cold(folder) for _ in range(3)):.2f} s")
warm(1, Wish(bars=2))
for name, wish in WISHES.items():
    one = median(warm(1, wish) for _ in range(3))
    sixteen = median(warm(16, wish) for _ in range(3))
    print(f"warm, {name}: one {one:.2f} s, sixteen {sixteen:.2f} s, "
          f"{sixteen / one:.1f} times as long", flush=True)  # fmt: skip
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(f"peak {peak:.0f} MB")
