"""Ctrl-C while `ragsmith learn` works: it says what is kept, and the process ends in order."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from support import shell
from support.shell import some_music

store, here = shell.store, shell.here
pytestmark = [
    pytest.mark.usefixtures("here"),
    pytest.mark.skipif(os.name != "posix", reason="signals sent to one process alone"),
]
LEARN = """
import os, sys, threading
from ragsmith.cli import main
from ragsmith.training import Began, Epoch, loop
import ragsmith.cli.progress, ragsmith.training

{patch}
sys.argv[1:] = ["learn", "music", "--model", "multihot", "--set", "hidden=4", "--set",
    "sequence_length=4", "--epochs", "100000", "--patience", "0", "--out", "m.ragsmith"]
main()
"""
AS_IF_COMPILING = """
def learner_for(*_):
    print("compiling", file=sys.stderr, flush=True)
    threading.Event().wait()

loop.learner_for = learner_for
"""
SLOW_TO_DESCRIBE = """
bundle_of = ragsmith.training.bundle_of

def slow(*given, **options):
    print("describing", file=sys.stderr, flush=True)
    sys.stdin.readline()
    return bundle_of(*given, **options)

ragsmith.training.bundle_of = slow
"""


def start(patch):
    some_music(Path("music"), 3)
    return subprocess.Popen(
        [sys.executable, "-c", LEARN.format(patch=patch)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def until(process, text):
    lines = []
    for line in process.stderr:
        lines.append(line)
        if text in line:
            return lines
    raise AssertionError(lines)


def test_while_a_network_is_compiled_it_says_that_nothing_is_kept(here):
    with start(AS_IF_COMPILING) as process:
        until(process, "compiling")
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGINT)
        line = process.stderr.read()
        assert process.wait() == 130
    assert line == (
        "ragsmith: stopped before the first pass over the music had ended: "
        "there is no model to keep\n"
    )
    assert not (here / "m.ragsmith").exists()


INTERRUPTED = """
import os, signal, sys, time
import ragsmith.cli.commands
from ragsmith.cli import main

def app():
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(60)

if sys.argv[1] == "early":
    ragsmith.cli.commands.app = app
else:
    sys.argv[1:] = ["doctor", "music"]
    import ragsmith.corpus
    ragsmith.corpus.doctor = lambda *_, **__: app()
main()
"""


@pytest.mark.parametrize("when", ["early", "while it reads"])
def test_every_command_ends_in_one_line(here, when):
    some_music(Path("music"), 1)
    words = [sys.executable, "-c", INTERRUPTED, when]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "ragsmith: stopped\n")


@pytest.mark.slow
def test_pressed_again_while_the_model_is_written_it_says_so_and_writes_it(here):
    with start(SLOW_TO_DESCRIBE) as process:
        until(process, "epoch 2:")
        process.send_signal(signal.SIGINT)
        assert any("stopping: the best model of" in line for line in until(process, "describing"))
        process.send_signal(signal.SIGINT)
        until(process, "already stopping: the best model of")
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.read().startswith("m.ragsmith: multihot")
        assert process.wait() == 0
    assert (here / "m.ragsmith").is_file()
