"""The engine that runs the tasks: Dask, on this machine or at an address."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import dask
from distributed import Client, LocalCluster

from ragsmith.corpus.scan import processors
from ragsmith.errors import BadOption

__all__ = ["LOCAL", "connected"]

LOCAL = "local"
SECONDS_TO_CONNECT = 20
SETTINGS = {"distributed.comm.timeouts.connect": f"{SECONDS_TO_CONNECT}s"}


@contextmanager
def connected(address: str, workers: int | None = None) -> Iterator[Client]:
    """A client of the engine.

    Args:
        address: of a Dask scheduler, as tcp://10.0.0.1:8786; "local" starts workers here, which
            end with the client.
        workers: how many to start here; one per processor by default.

    Raises:
        BadOption: nothing answers at the address.
    """
    with dask.config.set(SETTINGS):
        if address == LOCAL:
            with _here(workers or processors()) as cluster, Client(cluster) as client:
                yield client
            return
        try:
            client = Client(address, timeout=SECONDS_TO_CONNECT)
        except (OSError, ValueError) as error:
            rule = f"no Dask scheduler answers there ({type(error).__name__})"
            remedy = "start one with dask scheduler, or give --on local"
            raise BadOption(f"--on {address}", rule, remedy) from None
        with client:
            yield client


def _here(workers: int) -> LocalCluster:
    return LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        dashboard_address=":0",
        silence_logs=logging.CRITICAL,
    )
