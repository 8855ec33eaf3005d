"""A studio to talk to: a real server in a thread, or in a process that can be killed."""

import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager

import httpx
import uvicorn

from ragsmith.studio.app import create_app

PATIENCE = 600
"""Seconds that an answer may take where many tests share the processors."""
TOKEN = "the-token-of-this-studio"


def let_in(client, token):
    """Open the address with the token, as a browser does."""
    assert client.get("/", params={"token": token}).status_code == 303


class Told(uvicorn.Server):
    """A server that says when it answers."""

    def __init__(self, config):
        super().__init__(config)
        self.answers = threading.Event()

    async def startup(self, sockets=None):
        await super().startup(sockets)
        self.answers.set()


@contextmanager
def studio(folder, demo=False):
    """A client of a studio on this library, let in by its token; it ends with the block."""
    app = create_app(folder, TOKEN, demo)
    config = uvicorn.Config(app, log_level="error", ws="none", timeout_graceful_shutdown=1)
    server = Told(config)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        server.answers.wait(60)
        try:
            address = f"http://127.0.0.1:{listening.getsockname()[1]}"
            with httpx.Client(base_url=address, timeout=PATIENCE) as client:
                client.app = app
                let_in(client, TOKEN)
                yield client
        finally:
            server.should_exit = True
            thread.join()


class Process:
    """A studio in a process of its own."""

    def __init__(self, folder, *options):
        code = "from ragsmith.cli import main; main()"
        words = ["studio", "--no-browser", "--port", "0", *options]
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-c", code, *words],
            env={**os.environ, "RAGSMITH_LIBRARY": str(folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        line = self.process.stdout.readline()
        if not line:
            _, error = self.process.communicate()
            raise RuntimeError(error)
        words = line.split()
        self.entrance = next(word for word in words if word.startswith("http")).rstrip(";")
        self.address, _, token = self.entrance.partition("/?token=")
        self.client = httpx.Client(base_url=self.address, timeout=PATIENCE)
        let_in(self.client, token)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    def kill(self):
        """End the process at once, with SIGKILL."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()
        self.client.close()


def events(client, job, until=lambda event: False):
    """What a job says, up to an event that is looked for, or to its end."""
    received = []
    with client.stream("GET", f"/api/jobs/{job}/events") as stream:
        for line in stream.iter_lines():
            if line.startswith("data: "):
                received.append(json.loads(line.removeprefix("data: ")))
                if until(received[-1]):
                    break
    return received


def composed(client, **wishes):
    """The ids of new pieces."""
    job = client.post("/api/compose", json={"bars": 2, "count": 1, "seed": 1, **wishes}).json()
    received = events(client, job["job"])
    assert received[-1] == {"type": "done"}, received[-1]
    return [event["id"] for event in received if event["type"] == "piece"]
