"""Several hosts that learn together: a process on each, all doing the same at the same time.

Each learns from its own sequences of every batch, and JAX adds what they have learnt. Whatever one
process alone would decide by its clock, by Ctrl-C or by what it measures is decided by all alike,
or they would wait for one another for ever. A process that is alone pays nothing, and JAX is not
loaded for it.
"""

from __future__ import annotations

import atexit
import os
import re
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ragsmith.errors import BadOption

__all__ = [
    "anywhere",
    "bytes_of_first",
    "clock",
    "count",
    "is_first",
    "join",
    "of_first",
    "shared",
    "together",
]

SECONDS_TO_MEET = 300
SECONDS_TO_MISS = 30
"""After which a host that says nothing counts as gone."""
MOST_HOSTS = 4096
PARTED = threading.Event()
"""Set when a host is gone."""
ERRORS_ONLY = "2"
"""Of what JAX's own code prints about hosts."""
SETTINGS = {
    "jax_cpu_collectives_implementation": "gloo",
    # SIGTERM stops learning, see `ragsmith.training.stopping`.
    "jax_enable_preemption_service": False,
}


def join(host: str, meeting: str) -> None:
    """Learn together with other hosts from here on.

    Args:
        host: which one this is, as 2/4, counted from 1.
        meeting: the address of the first host and a free port there, as 10.0.0.1:7000.

    Raises:
        BadOption: these are no host and no address, or the others do not come.
    """
    number = re.fullmatch(r"(\d{1,4})/(\d{1,4})", host)
    if not number or not 1 <= int(number[1]) <= int(number[2]) <= MOST_HOSTS:
        raise BadOption(f"--host {host}", "is no host of several", "give --host 1/2 and --host 2/2")
    if not re.fullmatch(r"\S+:\d{1,5}", meeting):
        raise BadOption(f"--meet {meeting}", "is no address", "give one like 10.0.0.1:7000")
    _meet(meeting, int(number[2]), int(number[1]) - 1)
    atexit.register(_leave)


def _meet(meeting: str, hosts: int, place: int) -> None:
    """Wait for the other hosts, as the one at a place counted from 0.

    Raises:
        BadOption: they do not come.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", ERRORS_ONLY)
    import jax

    from ragsmith.models.backend import keras  # noqa: F401  (before JAX, which it sets up)

    config: Any = jax.config
    for name, value in SETTINGS.items():
        if hasattr(config, name):  # some versions of JAX have no such setting
            config.update(name, value)
    try:
        jax.distributed.initialize(
            meeting,
            hosts,
            place,
            initialization_timeout=SECONDS_TO_MEET,
            heartbeat_timeout_seconds=SECONDS_TO_MISS,
        )
    except RuntimeError as error:
        rule = f"the hosts did not meet ({str(error).splitlines()[0]})"
        raise BadOption(f"--meet {meeting}", rule, "start all of them, and try again") from None


def count() -> int:
    """How many hosts learn together; 1 alone."""
    jax: Any = sys.modules.get("jax")
    joined = jax and jax.distributed.is_initialized()
    return int(jax.process_count()) if joined else 1


def is_first() -> bool:
    """Whether this host writes what is learnt."""
    return count() == 1 or sys.modules["jax"].process_index() == 0


def clock() -> float:
    """Seconds, by the monotonic clock of the first host."""
    return of_first(time.monotonic())


def of_first(value: float) -> float:
    """What this value is on the first host."""
    if count() == 1:
        return value
    data = np.frombuffer(np.float64(value).tobytes(), np.uint8)
    return float(np.frombuffer(_of_first(data).tobytes(), np.float64)[0])


def bytes_of_first(data: bytes) -> bytes:
    """What these bytes are on the first host; the others' may be any."""
    if count() == 1:
        return data
    size = int(of_first(len(data)))
    padded = np.frombuffer(data[:size].ljust(size, b"\0"), np.uint8)
    return _of_first(padded).tobytes()


def anywhere(flag: bool) -> bool:
    """Whether this is so on any host."""
    if count() == 1:
        return flag
    from jax.experimental.multihost_utils import process_allgather

    with together():
        return bool(np.asarray(process_allgather(np.array([flag]))).any())


def shared(layout: Any, array: np.ndarray[Any, Any]) -> Any:
    """A JAX array over the devices of all hosts, of which this is the part of this host's."""
    import jax

    place: Any = jax.make_array_from_process_local_data
    return place(layout, array)


def _of_first(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    from jax.experimental.multihost_utils import broadcast_one_to_all

    with together():
        return np.asarray(broadcast_one_to_all(array))


@contextmanager
def together() -> Iterator[None]:
    """What several hosts do together, here.

    Raises:
        BadOption: one of them is gone.
    """
    if count() == 1:
        yield
        return
    from jax.errors import JaxRuntimeError

    try:
        yield
    except JaxRuntimeError as error:
        PARTED.set()
        rule = f"another host has ended ({str(error).splitlines()[0]})"
        raise BadOption("--host", rule, "start all of them again, with --resume") from None


def _leave() -> None:
    """End at once where a host is gone: JAX would wait for it to say good-bye, and then abort."""
    if PARTED.is_set():
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(1)
