"""Tasks in child processes: answers, progress, limits, stopping and ending."""

import os
import sys
import threading

import pytest

from ragsmith.processes import children as module
from ragsmith.processes.children import Budget, Child, ChildDied, Children, TaskFailed

TASKS = """
import os, sys, time
from ragsmith.errors import BadOption

def twice(tell, number):
    print("noise")
    os.write(1, b"noise")
    for step in range(number):
        tell({"type": "progress", "step": step})
    return 2 * number

def refuse(tell):
    raise BadOption("a wish", "cannot be", "wish another")

def fail(tell):
    raise KeyError("bug")

def eat(tell, size):
    return len(bytearray(size))

def leave(tell):
    os._exit(3)

def spin(tell):
    while True:
        pass

def wait(tell):
    tell({"type": "waiting"})
    time.sleep(600)

def work_until_stopped(tell):
    try:
        tell({"type": "working"})
        while True:
            time.sleep(0.01)
    except KeyboardInterrupt:
        return "what there is"
"""


@pytest.fixture
def child(tmp_path, monkeypatch):
    (tmp_path / "work.py").write_text(TASKS)
    monkeypatch.syspath_prepend(str(tmp_path))
    made = Child(quiet=True)
    yield made
    made.end()


def test_a_result_and_what_is_said_on_the_way(child):
    events = []
    assert child.ask("work:twice", {"number": 3}, tell=events.append) == 6
    assert [event["step"] for event in events] == [0, 1, 2]
    assert child.ask("work:twice", {"number": 0}) == 0, "it is asked again"


def test_why_a_task_could_not_be_done_is_one_line(child):
    with pytest.raises(TaskFailed, match=r"^a wish: cannot be; wish another$"):
        child.ask("work:refuse", {})
    with pytest.raises(TaskFailed, match=r"^an error inside ragsmith \(KeyError: 'bug'\)"):
        child.ask("work:fail", {})
    assert child.alive


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits memory")
def test_memory_is_limited_for_one_task_alone(child):
    with pytest.raises(TaskFailed, match="not enough memory"):
        child.ask("work:eat", {"size": 3 << 30}, Budget(memory=1 << 30))
    assert child.ask("work:eat", {"size": 1 << 31}) == 1 << 31


@pytest.mark.skipif(sys.platform == "win32", reason="Windows counts no processor time")
def test_processor_time_is_limited(child):
    with pytest.raises(ChildDied) as death:
        child.ask("work:spin", {}, Budget(processor_seconds=0.1))
    assert (death.value.spent, death.value.late) == (True, False)
    assert not child.alive


def test_time_by_the_clock_is_limited(child):
    with pytest.raises(ChildDied) as death:
        child.ask("work:wait", {}, Budget(seconds=0.1))
    assert (death.value.spent, death.value.late) == (False, True)
    assert not child.alive


def test_a_child_that_dies_says_how(child):
    with pytest.raises(ChildDied, match="exit status 3"):
        child.ask("work:leave", {})


def test_it_can_be_ended_at_any_moment(child):
    with pytest.raises(ChildDied):
        child.ask("work:wait", {}, tell=lambda event: threading.Thread(target=child.end).start())


def test_it_can_be_asked_to_stop_with_what_it_has(child):
    answer = child.ask("work:work_until_stopped", {}, tell=lambda event: child.stop())
    assert answer == "what there is"


@pytest.mark.skipif(os.name != "posix", reason="groups of processes")
def test_ctrl_c_in_the_terminal_is_the_parent_s(child):
    assert child.ask("work:twice", {"number": 1}) == 2
    assert os.getpgid(child.process.pid) != os.getpgid(0)


def test_a_child_that_cannot_start_is_a_fault(monkeypatch):
    monkeypatch.setattr(module, "READY", "never\n")
    broken = Child(quiet=True)
    with pytest.raises(RuntimeError, match="cannot start a process"):
        broken.ask("work:twice", {"number": 1})
    broken.end()


def test_children_are_lent_again_until_they_die(child):
    pool = Children()
    with pool.lent() as first:
        assert first.ask("work:twice", {"number": 1}) == 2
    with pool.lent() as second:
        assert second is first
        with pytest.raises(ChildDied):
            second.ask("work:leave", {})
    with pool.lent() as third:
        assert third is not first
        pool.end()
    assert not third.alive
