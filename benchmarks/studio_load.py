"""The studio under load: compose requests at once, listeners, and a learning beside them.

    python benchmarks/studio_load.py [FOLDER] [--requests N] [--listeners N] [--alone]

It learns from a folder of MIDI, the built-in rags where none is named, and not at all where it is
alone. Prints the load of the computer, the share of requests answered, how long the server takes
for a short answer meanwhile, the memory of the server and of all its processes, and how much
composing slows learning down: composing is held still (SIGSTOP) for some seconds and let go for as
many, again and again, so that what else the computer does meanwhile falls on both alike; that ends
when the learning does. Linux only.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx

RAGS = Path(__file__).parents[1] / "src" / "ragsmith" / "shipped" / "rags" / "midi"
SPELL = 10.0
"""Seconds that learning is watched with composing held still, and then with composing let go."""
COMPOSE = {"bars": 16, "count": 1}
COMPOSING_NICENESS = 10


class Load(NamedTuple):
    """Requests and listeners; the folder that is learnt from beside them, or None."""

    folder: Path | None
    requests: int
    listeners: int


def main(load: Load) -> None:
    """Run it and print the table."""
    say("load", f"{os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as library, started(library) as process:
        line = process.stdout.readline() if process.stdout else ""
        address = next(word for word in line.split() if word.startswith("http")).rstrip(";")
        limits = httpx.Limits(max_connections=None)
        base, _, token = address.partition("/?token=")
        with httpx.Client(base_url=base, timeout=600, limits=limits) as client:
            client.get("/", params={"token": token})
            try:
                run(client, process.pid, load)
            finally:
                process.kill()


def started(library: str) -> subprocess.Popen[str]:
    """A studio of its own."""
    code = "from ragsmith.cli import main; main()"
    words = ["studio", "--no-browser", "--port", "0"]
    env = {**os.environ, "RAGSMITH_LIBRARY": library}
    command = [sys.executable, "-u", "-c", code, *words]
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)


def run(client: httpx.Client, server: int, load: Load) -> None:
    """Learn, load, measure; each row is printed when it is known."""
    pace = None if load.folder is None else Pace(client, learning(client, load.folder))
    if pace:
        pace.now()  # compiled, and going on
        pace.now()
    memory = Memory(server)
    began = time.monotonic()
    answers = at_once(load.requests, lambda: client.post("/api/compose", json=COMPOSE))
    took = time.monotonic() - began
    jobs = [answer.json()["job"] for answer in answers]
    say("compose requests answered at once", f"{len(jobs)} of {load.requests}, in {took:.2f} s")
    endings: list[str] = []
    threads = [
        threading.Thread(target=lambda job=job: endings.append(last_event(client, job)))
        for job in (jobs * load.listeners)[: load.listeners]
    ]
    for thread in threads:
        thread.start()
    pairs: list[tuple[float, float]] = []
    watching = threading.Thread(target=watch, args=(pace, server, threads, pairs))
    if pace:
        watching.start()
    waits = short_answers(client, threads)
    took = time.monotonic() - began
    states = [client.get(f"/api/jobs/{job}").json()["state"] for job in jobs]
    say("  done", f"{states.count('done')}, in {took:.0f} s")
    say("listeners that heard the end", f"{endings.count('done')} of {load.listeners}")
    middle, longest = statistics.median(waits) * 1000, max(waits) * 1000
    say("a short answer meanwhile", f"{middle:.0f} ms (median of {len(waits)}), {longest:.0f} ms")
    say("memory, server and all", f"{memory.server:.0f} and {memory.all:.0f} MB at most")
    if pace:
        watching.join()
        if not pairs:
            say("learning, batches a second", "it ended too soon to say")
            return
        still, going = (statistics.mean(times) for times in zip(*pairs, strict=True))
        slower = f"{going:.3f} beside it: {still / going - 1:.0%} slower ({len(pairs)} pairs)"
        say("learning, batches a second", f"{still:.3f} with composing held still, {slower}")


def say(what: str, text: str) -> None:
    """A row of the table."""
    print(f"{what:36}{text}", flush=True)


def watch(
    pace: Pace, server: int, threads: list[threading.Thread], pairs: list[tuple[float, float]]
) -> None:
    """The pace of learning with composing held still and let go, until the threads have ended."""
    while any(thread.is_alive() for thread in threads) and not pace.has_ended:
        composing = [pid for pid in family(server)[1:] if niceness(pid) == COMPOSING_NICENESS]
        for pid in composing:
            os.kill(pid, signal.SIGSTOP)
        still = pace.over(SPELL)
        for pid in composing:
            os.kill(pid, signal.SIGCONT)
        going = pace.over(SPELL)
        if not pace.has_ended and (any(thread.is_alive() for thread in threads) or not pairs):
            pairs.append((still, going))


def niceness(pid: int) -> int:
    """The niceness of a process."""
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[16])


def learning(client: httpx.Client, folder: Path) -> str:
    """A learning that goes on for long; returns its job."""
    corpus = client.post("/api/corpora", json={"name": "Music"}).json()["id"]
    works = sorted(folder.glob("*.mid"))
    files = [("files", (work.name, work.read_bytes())) for work in works]
    client.post(f"/api/corpora/{corpus}/files", files=files)
    request = {"corpus": corpus, "name": "Load", "minutes": 60}
    return str(client.post("/api/learn", json=request).json()["job"])


def at_once(count: int, ask: object) -> list[httpx.Response]:
    """So many requests at a time."""
    answers: list[httpx.Response] = []
    threads = [
        threading.Thread(target=lambda: answers.append(ask()))  # type: ignore[operator]
        for _ in range(count)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answer for answer in answers if answer.status_code == 200]


def events(client: httpx.Client, job: str) -> Iterator[dict[str, object]]:
    """What a job says."""
    with client.stream("GET", f"/api/jobs/{job}/events") as stream:
        for line in stream.iter_lines():
            if line.startswith("data: "):
                yield json.loads(line.removeprefix("data: "))


def last_event(client: httpx.Client, job: str) -> str:
    """The type of the last thing that a job says."""
    kind = ""
    for event in events(client, job):
        kind = str(event["type"])
    return kind


def short_answers(client: httpx.Client, threads: list[threading.Thread]) -> list[float]:
    """Seconds for a short answer, again and again until the threads have ended."""
    waits = []
    while any(thread.is_alive() for thread in threads):
        began = time.monotonic()
        client.get("/api/health")
        waits.append(time.monotonic() - began)
        time.sleep(0.1)
    return waits


class Pace:
    """How many batches a learning has done."""

    def __init__(self, client: httpx.Client, job: str) -> None:
        self.batches = 0
        self.batch = threading.Event()
        self.has_ended = False
        threading.Thread(target=self._listen, args=(client, job), daemon=True).start()

    def _listen(self, client: httpx.Client, job: str) -> None:
        try:
            for event in events(client, job):
                if "batch" in event:
                    done = (int(event["epoch"]) - 1) * int(event["batches"])  # type: ignore[call-overload]
                    self.batches = done + int(event["batch"])  # type: ignore[call-overload]
                    self.batch.set()
        except httpx.HTTPError:
            pass  # the server is being ended
        self.has_ended = True
        self.batch.set()

    def now(self) -> tuple[float, int]:
        """The time of a batch, and how many there have been; at once where no more come."""
        self.batch.clear()
        if not self.has_ended:
            self.batch.wait()
        return time.monotonic(), self.batches

    def since(self, then: tuple[float, int]) -> float:
        """Batches a second since then."""
        now, batches = self.now()
        return (batches - then[1]) / max(now - then[0], 1e-9)

    def over(self, seconds: float) -> float:
        """Batches a second over so many seconds."""
        then = self.now()
        time.sleep(seconds)
        return self.since(then)


class Memory:
    """The most memory that the server has, and that it and its children have together."""

    def __init__(self, server: int) -> None:
        self.server = self.all = 0.0
        threading.Thread(target=self._watch, args=(server,), daemon=True).start()

    def _watch(self, server: int) -> None:
        while Path(f"/proc/{server}").exists():
            resident_bytes = {pid: resident(pid) for pid in family(server)}
            self.server = max(self.server, resident_bytes[server])
            self.all = max(self.all, sum(resident_bytes.values()))
            time.sleep(0.5)


def family(pid: int) -> list[int]:
    """A process and its children."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        children = []
    return [pid, *(int(child) for child in children)]


def resident(pid: int) -> float:
    """Megabytes of memory that a process alone has."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=RAGS)
    parser.add_argument("--requests", type=int, default=50)
    parser.add_argument("--listeners", type=int, default=200)
    parser.add_argument("--alone", action="store_true", help="nothing is learnt meanwhile")
    chosen = parser.parse_args()
    main(Load(None if chosen.alone else chosen.folder, chosen.requests, chosen.listeners))
