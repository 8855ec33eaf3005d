from hypothesis import given
from hypothesis import strategies as st

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
