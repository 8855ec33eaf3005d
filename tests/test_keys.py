"""Keys by name."""

from __future__ import annotations

import pytest

from ragsmith.errors import BadOption
from ragsmith.keys import key_name, key_named
from ragsmith.piece import Key


@pytest.mark.parametrize("fifths", range(-7, 8))
@pytest.mark.parametrize("minor", [False, True])
def test_a_name_and_back(fifths: int, minor: bool) -> None:
    key = Key(0, fifths, minor)
    assert key_named(key_name(key)) == key


def test_a_note_alone_is_major_and_case_does_not_matter() -> None:
    assert key_named("eb") == key_named("Eb Major") == Key(0, -3, False)


@pytest.mark.parametrize("name", ["H major", "Eb dorian", "", "E# major"])
def test_a_key_that_does_not_exist(name: str) -> None:
    with pytest.raises(BadOption, match="does not exist"):
        key_named(name)
