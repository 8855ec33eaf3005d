"""Model files from a stranger, each number legal by itself: opening one and composing with it is
bounded in time and memory, and what cannot be done is said in one line.

    python benchmarks/hostile_models.py [WORDS]

Makes the files (only those whose name holds one of the words, where any are given), and for each
runs a process that opens it and composes 32 bars with one seed, or a bar with `many-to-one`, whose
default takes a quarter of a second for every step. A process that takes more than 60 seconds or
2 GB is ended. Printed: seconds of processor time, the most memory resident, and how it ended.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from safetensors.numpy import save

from ragsmith.bundle.card import Card
from ragsmith.bundle.container import Parts, pack
from ragsmith.bundle.indices import in_file
from ragsmith.bundle.profile import Profile
from ragsmith.models.registry import config_for
from ragsmith.models.stride.config import StrideConfig
from ragsmith.models.stride.shapes import first_weights
from ragsmith.models.weights import lstm_shapes, out_shapes
from ragsmith.originality.compact import CompactPassages
from ragsmith.originality.corpora import CorpusIndex
from ragsmith.originality.index import passages_of

SECONDS, MEGABYTES = 10.0, 500
"""What no call may pass."""
CHILD = """
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
from ragsmith.errors import UserError
from ragsmith.bundle.bundle import load_bundle
from ragsmith.composer import Wish, compose
try:
    bundle = load_bundle(sys.argv[1])
    piece = compose(bundle, Wish(**eval(sys.argv[2])), seed=1)
    ended = f"composed {len(piece.notes)} notes"
except UserError as error:
    ended = str(error)
except MemoryError:
    ended = "MemoryError"
used = resource.getrusage(resource.RUSAGE_SELF)
# Not ru_maxrss, which a process inherits from its parent.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(f"{used.ru_utime + used.ru_stime:.1f}", int(peak.split()[1]) // 1024, ended, sep="\\t")
"""

Change = Callable[[Parts], Parts]


def vocabulary(size: int) -> list[Any]:
    """So many elements: silence, single notes, then chords."""
    elements = [[], *([[p, d]] for d in range(1, 2 + size // 88) for p in range(21, 109))]
    return elements[:size]


def classic(name: str, size: int = 89, spread: float = 0.5, **settings: Any) -> Parts:
    """A classic network that nobody taught."""
    config = config_for(name, {"hidden": 8, **settings})
    n, layers = size, 3 if name == "many-to-one" else 1
    shapes = out_shapes(config.hidden, n)
    for i in range(layers):
        inputs = config.hidden if i else n + 1
        shapes |= lstm_shapes(inputs, config.hidden, str(i) if layers > 1 else "")
    rng = np.random.default_rng(0)
    arrays = {k: rng.normal(0, spread, s).astype(np.float32) for k, s in shapes.items()}
    texts = base(name, asdict(config), arrays).texts
    return Parts(
        texts | {"vocabulary": json.dumps(vocabulary(size))}, base(name, {}, arrays).groups
    )


def base(name: str, config: dict[str, Any], weights: dict[str, Any]) -> Parts:
    """The parts of a file around a model's own."""
    texts = {
        "format": "3",
        "version": "0",
        "model": name,
        "config": json.dumps(config),
        "card": json.dumps(asdict(Card())),
        "profile": json.dumps(Profile().to_json()),
    }
    texts["indices"], arrays = in_file([CorpusIndex(passages_of([], 4))])
    return Parts(texts, {"weights": weights, "passages": arrays})


def stride(change: Callable[[str, Any], Any] = lambda name, array: array, **settings: Any) -> Parts:
    """A `stride` that nobody taught, its weights changed one by one."""
    config = StrideConfig(**{"size": "small", **settings})
    weights = first_weights(config, 0)
    changed = {name: change(name, array).astype(np.float32) for name, array in weights.items()}
    return base("stride", asdict(config), changed)


def markov(tokens: int, end_every: int = 6, **settings: Any) -> Parts:
    """Counts of random steps, so many tokens in all."""
    draw = Random(0)
    steps, written = tokens // end_every, []
    for _ in range(steps):
        keys = sorted(draw.sample(range(1, 89), (end_every - 1) // 2))
        written += [token for key in keys for token in (key, 91)] + [89]
    arrays = {
        "tokens": np.array(written, np.uint8),
        "lengths": np.array([steps], np.int32),
        "places": np.zeros(steps, np.uint8),
        "bar_lengths": np.full(steps, 8, np.uint8),
    }
    return base("markov", asdict(config_for("markov", settings)), arrays)


def with_profile(parts: Parts, **changes: Any) -> Parts:
    """The parts with other values in the profile."""
    profile = json.loads(parts.texts["profile"])
    for name, value in changes.items():
        profile[name] = profile[name] | value if isinstance(value, dict) else value
    return Parts(parts.texts | {"profile": json.dumps(profile)}, parts.groups)


def with_text(parts: Parts, name: str, text: str) -> Parts:
    """The parts with another text."""
    return Parts(parts.texts | {name: text}, parts.groups)


def with_index(parts: Parts, rows: int, same: bool) -> Parts:
    """The parts with an index of so many places: of as many hashes, or all of one."""
    hashes = np.zeros(1, np.uint64) if same else np.arange(rows, dtype=np.uint64)
    counts = np.array([rows], np.uint32) if same else np.ones(rows, np.uint32)
    lane = {"hashes": hashes, "counts": counts, "sealed": np.zeros(rows, np.uint64)}
    none = {"hashes": hashes[:0], "counts": counts[:0], "sealed": lane["sealed"][:0]}
    lanes = {"texture": lane, "melody": none, "right_hand": none}
    named = {f"0.{lane}.{part}": a for lane, parts in lanes.items() for part, a in parts.items()}
    return Parts(parts.texts, parts.groups | {"passages": named})


def with_base(parts: Parts, onsets: int, chords: int = 1, files: int = 1) -> Parts:
    """The parts with a compact index: so many onsets of one pitch, a step apart, or of random
    pitches and so many chords; so many files."""
    draw = np.random.default_rng(0)
    masks = np.stack([2 * np.arange(chords, dtype=np.uint64) + 1, np.zeros(chords, np.uint64)], 1)
    numbers, lowest = np.zeros(onsets, np.uint32), np.full(onsets, 60, np.uint8)
    if chords > 1:
        numbers = draw.integers(0, chords, onsets).astype(np.uint32)
        lowest = draw.integers(21, 97, onsets).astype(np.uint8)
    lengths = np.full(files, onsets // files, np.uint32)
    lengths[0] += onsets - int(lengths.sum())
    gaps = np.ones(onsets, np.uint8)
    base = CompactPassages(4, lengths, gaps, lowest, numbers, lowest, masks)
    names = ("",) * files
    text, arrays = in_file([CorpusIndex(passages_of([], 4)), CorpusIndex(base, names, "base")])
    return Parts(parts.texts | {"indices": text}, parts.groups | {"passages": arrays})


def format1(parts: Parts, rows: int) -> bytes:
    """A file of FORMAT 1, a zip, with an index of so many zeros."""
    card = {"sources": [], "licence": "", "metres": {}, "keys": {}, "seed": 0, "epochs": 0}
    card |= {"seconds": 0.0, "nats_per_step": None, "bits_per_beat": None, "impossible_share": 0.0}
    card |= {"metre": [2, 4], "tempo": 666_667, "strain": 0, "plans": {}, "habits": {}}
    card |= {"portrait": None, "touch": None, "likely": None}
    about = {
        "format": 1,
        "model": parts.texts["model"],
        "config": json.loads(parts.texts["config"]),
    }
    zeros = np.zeros(rows, np.uint64)
    index = {
        f"{lane}.{part}": zeros
        for lane in ("texture", "melody", "right_hand")
        for part in ("hashes", "sealed")
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", json.dumps(about))
        archive.writestr("card.json", json.dumps(card))
        archive.writestr("weights.safetensors", save(parts.groups["weights"]))
        archive.writestr("passages.safetensors", save(index))
        archive.writestr("noise", np.random.default_rng(0).bytes(8 << 20))  # hides how dense it is
    return packed.getvalue()


def only(wanted: str, value: float) -> Callable[[str, Any], Any]:
    """Sets the weights of this name to one value."""
    return lambda name, array: np.full_like(array, value) if name == wanted else array


def many_notes(name: str, array: Any) -> Any:
    """Never closes a step: the end is held to be unlikely."""
    return np.append(np.zeros(len(array) - 1), -50.0) if name == "out.bias" else array


def hostile() -> Iterator[tuple[str, Callable[[], Parts | bytes]]]:
    """Names of files, and what makes their parts."""
    teach_none = stride
    yield "a stride that nobody taught", teach_none
    yield "all weights zero", lambda: stride(lambda n, a: a * 0)
    yield "all weights one", lambda: stride(lambda n, a: a * 0 + 1)
    yield (
        "zero but for one number",
        lambda: stride(lambda n, a: a * 0 + (np.arange(a.size).reshape(a.shape) == 0)),
    )
    for layer in ("out.kernel", "length.out", "context.kernel", "deep.kernel"):
        yield f"{layer} zero", lambda layer=layer: stride(only(layer, 0.0))
    yield "weights of 1e29", lambda: stride(lambda n, a: np.sign(a) * 1e29)
    yield "steps that never close", lambda: stride(many_notes)
    yield "steps that never close, grid 24", lambda: stride(many_notes, steps_per_quarter=24)
    yield "large and untaught", lambda: stride(size="large", steps_per_quarter=24)
    for metre in ((256, 1), (32, 1), (32, 8), (12, 4), (1, 32), (7, 3)):
        yield (
            f"metre {metre[0]}/{metre[1]}",
            lambda metre=metre: with_profile(stride(), metre=list(metre)),
        )
    yield (
        "metre 12/4 on grid 24",
        lambda: with_profile(classic("element", steps_per_quarter=24), metre=[12, 4]),
    )
    for bars in (64, 512, 4096):
        yield (
            f"strains of {bars} bars",
            lambda bars=bars: with_profile(classic("element"), strain=bars),
        )
    yield (
        "a key rests for a billion steps",
        lambda: with_profile(stride(), habits={"soonest": 10**9}),
    )
    yield "hands of a billion keys", lambda: with_profile(stride(), habits={"left_reach": 10**9})
    yield (
        "a motif a billion times",
        lambda: with_profile(classic("element"), habits={"times": 10**9}),
    )
    yield (
        "a million plans of strains",
        lambda: with_profile(
            classic("element"),
            strain_plans={
                f"A{i:x}".translate(str.maketrans("0123456789", "ghijklmnop")): 1
                for i in range(400_000)
            },
        ),
    )
    for tokens in (100_000, 349_000, 1_300_000):
        yield f"markov of {tokens:,} counts", lambda tokens=tokens: markov(tokens)
    yield "markov of 4,000,000 counts in one key", lambda: markov(4_000_000, transpositions=False)
    yield "markov of steps of 80 notes", lambda: markov(160_000, end_every=161)
    yield "markov of silence", lambda: markov(300_000, end_every=1)
    yield "markov that counts nothing", lambda: markov(0)
    yield (
        "an index of one hash a million times",
        lambda: with_index(classic("element"), 1 << 20, same=True),
    )
    yield "an index of 100 MB", lambda: with_index(classic("element"), 5_000_000, same=False)
    yield "an index of 800 MB", lambda: with_index(classic("element"), 40_000_000, same=False)
    for onsets, chords in ((1 << 21, 1), (1 << 21, 1 << 17), (1 << 22, 1)):
        yield (
            f"a base of {onsets:,} onsets, {chords:,} chords",
            lambda onsets=onsets, chords=chords: with_base(classic("element"), onsets, chords),
        )
    yield "a base of 1,000,000 files", lambda: with_base(classic("element"), 10, 1, 1_000_000)
    yield "an index of 160 MB zeros, zipped", lambda: format1(stride(), 10_000_000 // 3)
    yield "element of 130 MB", lambda: classic("element", size=8_000, hidden=600, spread=0.01)
    yield "multihot of 20,000 notes", lambda: classic("multihot", size=11_000, hidden=16)
    yield (
        "many-to-one, hidden 8192 and 4096 steps",
        lambda: with_text(
            classic("many-to-one"), "config", '{"hidden": 8192, "sequence_length": 4096}'
        ),
    )
    yield "many-to-one, 4000 steps back", lambda: classic("many-to-one", sequence_length=3_900)
    yield "many-to-one, hidden 760", lambda: classic("many-to-one", hidden=760, spread=0.05)
    sources = json.dumps(asdict(Card()) | {"sources": [["", "", ""]] * 600_000})
    yield "a card of 600,000 files", lambda: with_text(classic("element"), "card", sources)
    yield (
        "a vocabulary of half a million",
        lambda: with_text(
            classic("element"), "vocabulary", json.dumps(vocabulary(400_000), separators=(",", ":"))
        ),
    )


def call(path: Path, wish: dict[str, Any]) -> list[str]:
    """Seconds, megabytes and the end of one call."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(path), repr(wish)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        return ["over 60", "-", f"exit status {done.returncode} {lines[-1] if lines else ''}"]
    return done.stdout.rstrip("\n").split("\t")


def main() -> None:
    """Make the files, call each, print the table."""
    words = sys.argv[1:]
    beyond = 0
    print("| file | bytes | processor, s | memory, MB | how it ended |\n|---|---|---|---|---|")
    with TemporaryDirectory() as folder:
        for name, make in hostile():
            if words and not any(word in name for word in words):
                continue
            path = Path(folder) / "stranger.ragsmith"
            made = make()
            path.write_bytes(made if isinstance(made, bytes) else pack(made))
            del made
            wish = {"bars": 1 if name.startswith("many-to-one") else 32}
            if name.startswith("strains"):
                wish = {"form": "AABB"}
            seconds, memory, ended = call(path, wish)
            bad = not seconds.replace(".", "").isdigit() or float(seconds) > SECONDS
            bad = bad or int(memory) > MEGABYTES
            beyond += bad
            size = f"{path.stat().st_size:,}"
            ended += " **beyond**" * bad
            print(f"| {name} | {size} | {seconds} | {memory} | {ended} |", flush=True)
    print(f"\nBeyond {SECONDS:g} s or {MEGABYTES} MB: {beyond}.")
    sys.exit(bool(beyond))


if __name__ == "__main__":
    main()
