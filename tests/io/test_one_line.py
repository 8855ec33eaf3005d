import pytest

from ragsmith.io.one_line import one_line


@pytest.mark.parametrize(
    ("text", "line"),
    [("", ""), ("\0\n\t ", ""), (" Maple\u2028Leaf \x1b[31mRag ", "Maple Leaf [31mRag")],
)
def test_a_line_has_no_control_characters(text, line):
    assert one_line(text) == line


def test_what_is_longer_is_cut_with_or_without_dots():
    assert one_line("a" * 300) == "a" * 200
    assert one_line("abcd efgh", 6, "…") == "abcd…"
    assert one_line("abcdef", 6, "…") == "abcdef"
