import copy
import pickle
from importlib import import_module
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import ragsmith
from ragsmith.corpus import Entry, NothingUsable
from ragsmith.errors import LONGEST_VALUE, BadFile, UserError, one_line


def test_an_error_says_the_value_the_rule_and_the_remedy():
    error = BadFile("a.mid", "is empty", "export it again")
    assert str(error) == "a.mid: is empty; export it again"
    assert (error.value, error.rule, error.remedy) == ("a.mid", "is empty", "export it again")
    assert isinstance(error, UserError)


@given(st.text())
def test_whatever_the_value_it_fits_on_one_line(text):
    line = one_line(text)
    assert len(line) <= LONGEST_VALUE
    assert line.isprintable()
    assert str(UserError(text, "rule", "remedy")).isprintable()


@given(st.text(st.characters(categories=["L", "N", "P"]), max_size=LONGEST_VALUE))
def test_what_fits_is_left_alone(text):
    assert one_line(text) == text


def test_of_a_long_value_both_ends_are_kept():
    line = one_line("a" * 500 + "/the-file.mid")
    assert line.startswith("aaaa")
    assert line.endswith("/the-file.mid")
    assert "..." in line


def test_bytes_that_are_no_text_are_escaped():
    assert one_line("a\udc80b\nc") == "a\\udc80b\\nc"


def kinds(kind):
    """An error and all that derive from it, in whatever room."""
    return [kind, *(deeper for below in kind.__subclasses__() for deeper in kinds(below))]


def test_every_error_survives_pickling_and_copying():
    house = Path(ragsmith.__file__).parent
    for file in house.rglob("*.py"):
        if "class" in file.read_text("utf-8") and "UserError" in file.read_text("utf-8"):
            import_module(".".join(("ragsmith", *file.relative_to(house).with_suffix("").parts)))
    errors = [NothingUsable(Path("music"), [Entry("a.mid", "reject", "is empty")])]
    for kind in kinds(UserError):
        errors.append(kind.__new__(kind))
        UserError.__init__(errors[-1], "a value", "breaks a rule", "do this")
    assert len(errors) >= 14
    for error in errors:
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            again = pickle.loads(pickle.dumps(error, protocol))
            assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))
        assert str(copy.deepcopy(error)) == str(error)
