"""Learning on several hosts: the same losses, a host that is killed, and another number of hosts.

    python benchmarks/hosts.py

`stride`, small and with short epochs, learns three epochs from three of the built-in rags: on one
device, on four devices of one process, and on two processes (hosts) of two devices each, which
meet on this machine. Then the second host is killed (SIGKILL) after the first epoch, and the
learning goes on from its checkpoint: on two hosts again, and on one process with four devices.
Printed: the losses after each epoch, the greatest relative difference from one device, what the
first host says when the second is gone and how soon, and how long a checkpoint takes. Nothing is
dropped out: masks are drawn for each device.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from ragsmith.datasets import rags
from ragsmith.errors import UserError
from ragsmith.models import hosts
from ragsmith.models.registry import config_for
from ragsmith.training import checkpoint as checkpoints
from ragsmith.training.loop import Epoch, Plan, teach

SETTINGS = {
    "size": "small",
    "sequence_length": 32,
    "batch": 4,
    "epoch_batches": 4,
    "memory": False,
    "dropout": 0.0,
    "context_dropout": 0.0,
}
EPOCHS = 3


def learn(checkpoint: Path, resume: bool, host: str, meeting: str) -> None:
    """One process: a line of JSON for each epoch."""
    if host:
        hosts.join(host, meeting)

    def show(event: object) -> None:
        if isinstance(event, Epoch):
            print(json.dumps([event.number, event.training, event.held_out]), flush=True)

    pieces = rags()[:4]
    config = config_for("stride", {"steps_per_quarter": pieces[0].steps_per_quarter} | SETTINGS)
    plan = Plan(minutes=None, epochs=EPOCHS, patience=0)
    try:
        teach(
            "stride",
            config,
            pieces[:3],
            pieces[3:],
            plan,
            checkpoint=checkpoint,
            resume=resume,
            on_event=show,
        )
    except UserError as error:
        sys.exit(f"ragsmith: {error}")


def begin(checkpoint: Path, devices: int, *, resume: bool = False, host: str = "", at: str = ""):
    """Start one."""
    flags = f"--xla_force_host_platform_device_count={devices}"
    words = [str(checkpoint), "resume" if resume else "", host, at]
    return subprocess.Popen(
        [sys.executable, __file__, *words],
        env=os.environ | {"XLA_FLAGS": flags},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def losses(*processes) -> list[list[float]]:
    """Number, training and held-out loss of each epoch, of the first of some processes."""
    ends = [process.communicate() for process in processes]
    if any(process.returncode for process in processes):
        sys.exit("\n".join(chain(*ends)))
    return [json.loads(line) for line in ends[0][0].splitlines() if re.match(r"\[\d", line)]


def meeting() -> str:
    """An address that is free."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"


def pair(checkpoint: Path, *, resume: bool = False):
    """Two hosts."""
    at = meeting()
    return [begin(checkpoint, 2, resume=resume, host=h, at=at) for h in ("1/2", "2/2")]


def row(name: str, rows: list[list[float]], alone: list[list[float]]) -> None:
    """A line of the table."""
    whole = {number: values for number, *values in alone}
    apart = max(
        abs(value / other - 1)
        for number, *values in rows
        for value, other in zip(values, whole[number], strict=True)
    )
    shown = ", ".join(f"{number}: {a:.5f} / {b:.5f}" for number, a, b in rows)
    print(f"| {name} | {shown} | {apart:.1e} |", flush=True)


def main() -> None:
    """The table."""
    with TemporaryDirectory() as place:
        room = Path(place)
        print("| | epoch: training / held out, nats a step | greatest difference |\n|---|---|---|")
        alone = losses(begin(room / "one", 1))
        row("one device", alone, alone)
        row("four devices, one process", losses(begin(room / "four", 4)), alone)
        row("two hosts of two devices", losses(*pair(room / "two")), alone)
        first, second = pair(room / "killed")
        begun = next(line for line in first.stdout if line.startswith("[1,"))
        second.kill()
        killed = time.monotonic()
        words = first.communicate()[1].splitlines()
        print(f"first epoch {begun.strip()}; killed: the first host ended after", end=" ")
        print(f"{time.monotonic() - killed:.0f} s, {first.returncode}, and said: {words[-1:]}")
        shutil.copy(room / "killed", room / "other")
        row("killed, two hosts again", losses(*pair(room / "killed", resume=True)), alone)
        rest = losses(begin(room / "other", 4, resume=True))
        row("killed, one process of four", rest, alone)
        stored = checkpoints.read_checkpoint(room / "one")
        began = time.monotonic()
        checkpoints.write_checkpoint(stored, room / "again")
        size = (room / "again").stat().st_size / 1e6
        print(f"a checkpoint of {size:.1f} MB: {time.monotonic() - began:.2f} s")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        learn(Path(sys.argv[1]), bool(sys.argv[2]), *sys.argv[3:])
    else:
        main()
