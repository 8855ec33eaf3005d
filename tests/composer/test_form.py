"""The language of forms: what it means, and the one line that anything else gets."""

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.composer.form import Part, parse_form
from ragsmith.errors import BadOption


def form(text, strain=16):
    return parse_form(text, strain)


def order(text):
    return " ".join(form(text).order)


def parts(text, strain=16):
    return {part.name: part for part in form(text, strain).parts}


@pytest.mark.parametrize(
    ("text", "played"),
    [
        ("A", "A"),
        ("AB", "A B"),
        ("A B", "A B"),
        ("ABA", "A B A"),
        ("AA", "A A1 A A2"),
        ("AAA", "A A1 A A1 A A2"),
        ("AABB", "A A1 A A2 B B1 B B2"),
        ("A A B B", "A A1 A A2 B B1 B B2"),
        ("AABBA", "A A1 A A2 B B1 B B2 A A2"),
        ("Intro AA Coda", "Intro A A1 A A2 Coda"),
        ("Intro(2) A Coda(1)", "Intro A Coda"),
        ("A(1)A(1)", "A A"),
        ("A B C DC", "A B C A B"),
        ("AABBCC DC Coda", "A A1 A A2 B B1 B B2 C C1 C C2 A A2 B B2 Coda"),
        ("Intro A DC", "Intro A A1 A A2"),
    ],
)
def test_playing_order(text, played):
    assert order(text) == played


def test_bars_stand_behind_a_name_and_are_said_once():
    assert {name: part.bars for name, part in parts("Intro A(8)A B Coda(2)").items()} == {
        "Intro": 4,
        "A": 8,
        "B": 16,
        "Coda": 2,
    }
    assert form("A(8)A(8)B") == form("A(8)AB") == form(" A A(8)  B ")
    assert parts("AA(8)")["A"].bars == 8


def test_a_part_is_written_once_its_last_bar_twice_where_it_has_endings():
    written = [part.written for part in form("A(8)ABA").parts]
    assert written == [(("A", 7), ("A1", 1), ("A2", 1)), (("B", 16),)]
    assert form("A(8)AB").bars == 9 + 16


@pytest.mark.parametrize(
    ("text", "trio"),
    [
        ("AABBCCDD", "CD"),
        ("AB", ""),
        ("Intro A B", ""),
        ("Intro ABC Coda", ["C", "Coda"]),
        ("ABCA Coda", "C"),
        ("ABC DC Coda", "C"),
        ("BAC", "C"),
        ("ZYX", "X"),
        ("A Coda", ""),
        ("Coda", ""),
        ("Intro Coda", ""),
    ],
)
def test_the_trio_begins_with_the_third_strain(text, trio):
    assert [part.name for part in form(text).parts if part.in_trio] == list(trio)


def test_da_capo_plays_what_stands_before_the_trio():
    assert parts("ABC DC").keys() == {"A", "B", "C"}
    assert parts("ABCD DC")["A"] == Part("A", 16, endings=False, in_trio=False)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "has no parts"),
        ("  ", "has no parts"),
        ("DC", "has no parts"),
        ("A(0)", "gives A 0 bars"),
        ("A(8)A(9)", "gives A both 8 and 9 bars"),
        ("A(257)", "gives A 257 bars, not 1 to 256"),
        ("A(99999999999999999999)", "not 1 to 256"),
        ("aabb", "cannot be read at 'aabb'"),
        ("A-B", "cannot be read at 'A-B'"),
        ("A()", "cannot be read"),
        ("A(-1)", "cannot be read"),
        ("A(8", "cannot be read"),
        ("A(²)", "cannot be read"),
        ("Ä", "cannot be read"),
        ("IntroA", "cannot be read"),
        ("AACoda", "cannot be read"),
        ("A Intro", "has its Intro in the middle"),
        ("Coda A", "goes on after its Coda"),
        ("A Coda Coda", "goes on after its Coda"),
        ("A" * 65, "has 65 parts, more than 64"),
        ("A\nB\x1b[31m", "cannot be read"),
    ],
)
def test_what_is_no_form_is_told_in_one_line(text, rule):
    with pytest.raises(BadOption, match=re.escape(rule)) as caught:
        form(text)
    assert str(caught.value).isprintable()
    assert str(caught.value).startswith("form ")
    assert len(str(caught.value)) < 300


@given(st.text("ABCD(0123456789) IntroCodaDC", max_size=30))
def test_any_text_is_a_form_or_an_error(text):
    found = None
    with suppress(BadOption):
        found = form(text)
    assert found is None or (found.bars > 0 and found.order)


strains = st.lists(st.sampled_from("ABCDE"), min_size=1, max_size=12)


@given(strains, st.integers(1, 20), st.booleans(), st.booleans())
def test_what_is_played_is_as_long_as_its_parts(names, strain, intro, coda):
    text = " ".join(["Intro"] * intro + [" ".join(names)] + ["Coda"] * coda)
    found = form(text, strain)
    bars = dict(written for part in found.parts for written in part.written)
    assert set(found.order) == set(bars)
    assert sum(bars[name] for name in found.order) == strain * len(names) + 4 * (intro + coda)
    assert found.bars == sum(bars.values())
    stems = [name for name in found.order if name in {*names, "Intro", "Coda"}]
    assert stems == ["Intro"] * intro + names + ["Coda"] * coda
