import pytest

from ragsmith.io.printable import printable


@pytest.mark.parametrize(
    ("text", "line"),
    [("", ""), ("\0\n\t ", ""), (" Maple\u2028Leaf \x1b[31mRag ", "Maple Leaf [31mRag")],
)
def test_a_line_has_no_control_characters(text, line):
    assert printable(text) == line


def test_what_is_longer_is_cut_with_or_without_dots():
    assert printable("a" * 300) == "a" * 200
    assert printable("abcd efgh", 6, "…") == "abcd…"
    assert printable("abcdef", 6, "…") == "abcdef"
