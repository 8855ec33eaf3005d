"""Every public function and class shows an example, and all of them run as they stand."""

import doctest
import inspect
import sys

import pytest

import ragsmith
from ragsmith import datasets
from support.corpus_server import KERN_SPLIT, KERN_TUNES, corpus_served

PUBLIC = {
    f"{home.__name__}.{name}": getattr(home, name)
    for home in (ragsmith, datasets)
    for name in home.__all__
    if not inspect.ismodule(getattr(home, name))
}


@pytest.fixture
def small_joplin(tmp_path):
    """The downloaded corpus in small, from a server of our own."""
    with corpus_served("joplin", KERN_TUNES, KERN_SPLIT, tmp_path, "kern"):
        yield


@pytest.mark.parametrize("name", PUBLIC)
def test_the_example_of_a_public_name_runs(name, small_joplin, tmp_path, monkeypatch):
    monkeypatch.setenv("RAGSMITH_CACHE", str(tmp_path / "cache"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    value = PUBLIC[name]
    assert ">>>" in (inspect.getdoc(value) or ""), "it shows no example"
    module = sys.modules[value.__module__]
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for test in doctest.DocTestFinder().find(value, name, module=module):
        assert not runner.run(test).failed
