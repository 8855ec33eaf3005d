"""A server of a small corpus, so that downloading is tested without a network."""

import hashlib
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from ragsmith.corpus.get import SOURCES, Source


def a_kern_tune(shift):
    """Eight bars in the **kern of the Humdrum toolkit, another tune for each shift."""
    notes = ("4c", "4e", "4g", "4cc", "4b", "4g", "4f", "4d")
    turned = [*notes[shift:], *notes[:shift]] * 4
    bars = ["\n".join([f"={bar + 1}", *turned[4 * bar : 4 * bar + 4]]) for bar in range(8)]
    return "\n".join(["**kern", "*clefG2", "*M4/4", *bars, "==", "*-", ""]).encode()


KERN_TUNES = {"LICENSE.txt": b"Do.\n"} | {
    f"kern/{name}.krn": a_kern_tune(shift) for shift, name in enumerate("abc")
}
KERN_SPLIT = '{"train": ["a"], "valid": ["b"], "test": ["c"]}'


class Server(ThreadingHTTPServer):
    """Sends `files`, those in `cut` only to their middle; `requests` holds the paths asked for."""

    def __init__(self, files):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files, self.requests, self.cut = dict(files), [], set()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = self.path.removeprefix("/")
        self.server.requests.append(path)
        if path not in self.server.files:
            self.send_error(404)
            return
        data = self.server.files[path]
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if path in self.server.cut:
            data = data[: len(data) // 2]
            self.close_connection = True
        self.wfile.write(data)

    def log_message(self, *args):
        pass


@contextmanager
def serving(files):
    """A server of these files, by path."""
    with Server(files) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def corpus_served(name, files, split, folder, music):
    """The corpus `name` comes from a server of these files; `folder` takes its registry."""
    registry, named = folder / f"{name}.txt", folder / f"{name}.json"
    lines = [f"{path} {hashlib.sha256(data).hexdigest()}" for path, data in files.items()]
    registry.write_text("\n".join(["# made up", *lines]) + "\n")
    named.write_text(split)
    with serving(files) as server, pytest.MonkeyPatch.context() as patch:
        for variable in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            patch.delenv(variable, raising=False)
        patch.setitem(SOURCES, name, Source(server.url, registry, named, music, "By nobody."))
        yield server
