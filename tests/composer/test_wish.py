"""Outlines: what a wish, a primer and a corpus say of the piece to be composed."""

import inspect
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.bundle.profile import Profile
from ragsmith.cli import commands
from ragsmith.composer import Limits, Wish
from ragsmith.composer.outline import outline_of
from ragsmith.errors import BadOption, BadPrimer
from ragsmith.piece import Bar, Key, Metre, Note, Piece, Section, Tempo, regular_bars
from ragsmith.playing_order import unfold
from ragsmith.strains import PICKUP, strain_lengths
from support.fakes import a_piece

PROFILE = Profile(metre=Metre(2, 4), tempo=500_000, key=Key(0, -3), strain=8)
PICKED_UP = Piece((Note(0, 60, 2),), regular_bars(18, [(0, Metre(2, 4))], pickup=2))


def outlined(profile=PROFILE, **wish):
    return outline_of(Wish(**wish), profile, 4)


def test_what_the_wish_leaves_open_is_as_in_the_corpus():
    outline = outlined(bars=20)
    assert outline.bars == regular_bars(160, [(0, Metre(2, 4))])
    assert outline.keys == (Key(0, -3),)
    assert outline.tempos == (Tempo(0, 500_000),)
    assert outline.sections == (
        Section("A", 0, 64),
        Section("B", 64, 128),
        Section("C", 128, 160),
    )
    assert (outline.order, outline.notes) == ((), ())


def test_a_corpus_that_says_nothing_leaves_it_open():
    outline = outlined(Profile(), bars=4)
    assert (outline.keys, outline.sections) == ((), ())


def test_a_form_is_written_once_and_played_in_its_order():
    outline = outlined(form="Intro AABBACC(4)")
    assert [(s.name, (s.end - s.start) // 8) for s in outline.sections] == [
        ("Intro", 4),
        ("A", 7),
        ("A1", 1),
        ("A2", 1),
        ("B", 7),
        ("B1", 1),
        ("B2", 1),
        ("C", 3),
        ("C1", 1),
        ("C2", 1),
    ]
    assert unfold(outline).steps == (4 + 5 * 8 + 2 * 4) * 8


@pytest.mark.parametrize(
    ("form", "keys"),
    [
        ("AABB", [(0, -3)]),
        ("A(1)B(1)C(1)D(1)", [(0, -3), (16, -4)]),
        ("A(1)B(1)C(1)A(1)", [(0, -3), (16, -4)]),
        ("A(1)B(1)C(1)DC Coda(1)".replace("DC", " DC"), [(0, -3), (16, -4), (24, -3)]),
        ("A(1)B(1)C(1) Coda(1)", [(0, -3), (16, -4)]),
    ],
)
def test_the_trio_is_a_fourth_higher(form, keys):
    assert [key[:2] for key in outlined(form=form).keys] == keys


def test_a_minor_key_stays_minor_and_seven_flats_become_four_sharps():
    form = "A(1)B(1)C(1)"
    assert outlined(form=form, key="E minor").keys == (Key(0, 1, True), Key(16, 0, True))
    assert outlined(form=form, key="Cb").keys == (Key(0, -7), Key(16, 4))
    assert outlined(Profile(), form=form).keys == ()


@given(
    st.sampled_from(["A", "AAB", "Intro AABBACCDD Coda", "AB DC"]),
    st.integers(1, 17),
    st.sampled_from([Metre(2, 4), Metre(3, 4), Metre(6, 8)]),
    st.sampled_from([3, 4, 12]),
)
def test_sections_cover_the_outline_without_a_gap(form, strain, metre, grid):
    wish = Wish(form=form, metre=metre)
    outline = outline_of(wish, replace(PROFILE, strain=strain), grid)
    ends = [section.end for section in outline.sections]
    assert [section.start for section in outline.sections] == [0, *ends[:-1]]
    assert ends[-1] == outline.steps
    lengths = {s.name: (s.end - s.start) // metre.steps(grid) for s in outline.sections}
    assert sum(lengths.values()) == len(outline.bars)
    played = [lengths[name] for name in outline.order]
    assert sum(played) == len(unfold(outline).bars)
    strains = [
        bars for bars, name in zip(strain_lengths(outline), form, strict=False) if name in "ABCD"
    ]
    assert set(strains) <= {strain, 4}


# Primers


def test_the_pickup_of_a_primer_is_a_section_of_its_own():
    outline = outlined(form="A(4)A", primer=PICKED_UP)
    assert outline.sections[:2] == (Section(PICKUP, 0, 2), Section("A", 2, 26))
    assert outline.order == (PICKUP, "A", "A1", "A", "A2")
    assert outline.pickup == 2
    assert outlined(bars=20, primer=PICKED_UP).sections[0] == Section("A", 2, 66)


def test_a_primer_says_metre_and_tempo_unless_they_are_wished_for():
    primer = replace(
        a_piece(bars=2, metre=(3, 4)),
        keys=(Key(0, 2), Key(12, 3)),
        tempos=(Tempo(0, 700_000), Tempo(6, 800_000)),
    )
    outline = outlined(bars=4, primer=primer)
    assert {bar.metre for bar in outline.bars} == {Metre(3, 4)}
    assert (outline.keys, outline.tempos) == (primer.keys, primer.tempos)
    other = outlined(bars=4, primer=primer, key="C", metre=Metre(2, 4), tempo=60)
    assert [bar.metre.beats for bar in other.bars] == [3, 3, 2, 2]
    assert (other.keys, other.tempos) == ((*primer.keys, Key(24, 0)), (Tempo(0, 1_000_000),))


@pytest.mark.parametrize(
    ("bars", "wish", "new"),
    [
        (2, {"bars": 4}, []),
        (2, {"bars": 4, "key": "A"}, []),
        (2, {"bars": 4, "key": "C"}, [(16, 0)]),
        (2, {"form": "A(4)B(4)C(4)"}, [(64, 2)]),
        (2, {"form": "A(4)B(4)C(4)", "key": "C"}, [(16, 0), (64, -1)]),
        (8, {"form": "A(4)B(4)C(4)", "key": "C"}, [(64, -1)]),
        (10, {"form": "A(4)B(4)C(4) Coda(1)"}, []),
        (10, {"form": "A(4)B(4)C(4)D(4)", "key": "C"}, [(80, -1)]),
        (10, {"form": "A(4)B(4)C(4) DC Coda(1)", "key": "C"}, [(80, -1), (96, 0)]),
    ],
    ids=str,
)
def test_the_keys_of_a_primer_stay_and_others_follow_it(bars, wish, new):
    primer = replace(a_piece(bars=bars), keys=(Key(0, 2), Key(8, 3)))
    keys = outlined(primer=primer, **wish).keys
    assert keys[:2] == primer.keys
    assert [key[:2] for key in keys[2:]] == new


def test_a_key_change_of_a_primer_inside_the_trio_is_the_trios():
    primer = replace(a_piece(bars=10), keys=(Key(0, 2), Key(64, 1)))
    keys = outlined(form="A(4)B(4)C(4) DC Coda(1)", primer=primer).keys
    assert keys == (*primer.keys, Key(96, 2))


def test_a_primer_without_keys_stays_without():
    assert outlined(bars=4, primer=a_piece(bars=2)).keys == ()
    assert outlined(bars=4, primer=a_piece(bars=2), key="Eb").keys == (Key(16, -3),)


def test_after_the_keys_of_a_primer_the_trio_follows_the_last_of_them():
    primer = replace(a_piece(bars=2), keys=(Key(0, 2), Key(8, 3)))
    keys = outlined(form="A(4)B(4)C(4)", primer=primer).keys
    assert keys == (Key(0, 2), Key(8, 3), Key(64, 2))


def test_the_last_bar_of_a_primer_is_filled_up():
    bars = (Bar(0, 8, Metre(2, 4)), Bar(8, 3, Metre(2, 4)))
    primer = Piece((Note(0, 60, 1),), bars)
    assert outlined(bars=2, primer=primer).bars == (bars[0], bars[1]._replace(length=8))
    assert outlined(form="A(2)", primer=primer).steps == 16


# Wishes that cannot be


@pytest.mark.parametrize(
    ("wish", "line"),
    [
        ({"limits": Limits(0.25, 4)}, "copy-limit 0.25: must be 1 to 16 beats"),
        ({"limits": Limits(2.5, 0)}, "melody-limit 0: must be 1 to 16 beats"),
        ({"limits": Limits(float("nan"), 4)}, "copy-limit nan: must be 1 to 16 beats"),
        ({"limits": Limits(2.5, float("inf"))}, "melody-limit inf: must be 1 to 16 beats"),
        ({"form": "A(0)"}, "form 'A(0)': gives A 0 bars"),
        ({"form": ""}, "form '': has no parts"),
        ({"key": "H major"}, "key 'H major': does not exist"),
        ({"key": ""}, "key '': does not exist"),
        ({"key": "G# major"}, "key 'G# major': does not exist"),
        ({"key": "C dorian"}, "key 'C dorian': does not exist"),
        ({"tempo": 5}, "tempo 5: must be 10 to 400"),
        ({"bars": 0}, "bars 0: must be 1 to 4096"),
    ],
    ids=str,
)
def test_what_cannot_be_is_told_in_one_line(wish, line):
    with pytest.raises(BadOption) as caught:
        Wish(**wish)
    assert str(caught.value).startswith(line)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("wish", [{"bars": 3}, {"form": "A(3)"}, {"bars": 4}, {"form": "AB(2)"}])
def test_a_primer_longer_than_the_piece_says_how_long_it_is(wish):
    primer = a_piece(bars=4)
    written = wish.get("bars", 3 if wish.get("form") == "A(3)" else 4)
    profile = replace(PROFILE, strain=2)
    with pytest.raises(BadPrimer, match=rf"primer of 4 bars: .*of {written} written bars; ask"):
        outlined(profile, primer=primer, **wish)


def test_a_primer_on_another_grid_says_how_to_read_it():
    primer = replace(a_piece(), steps_per_quarter=6)
    with pytest.raises(BadPrimer, match="read the primer with steps_per_quarter=4"):
        outlined(primer=primer)


def test_the_command_line_has_the_same_defaults():
    """They stand twice, for `ragsmith --help` loads nothing of this."""
    options = inspect.signature(commands.compose).parameters
    wish = Wish()
    said = {name: options[name].default for name in ("copy_limit", "melody_limit", "rules")}
    assert said == {
        "copy_limit": wish.limits.texture,
        "melody_limit": wish.limits.melody,
        "rules": wish.rules,
    }
    choosing = [options[name].default for name in ("sampling", "temperature", "min_p")]
    assert choosing == [wish.sampling.way, wish.sampling.temperature, wish.sampling.min_p]
    limits = inspect.signature(commands.check).parameters
    assert [limits[name].default for name in ("copy_limit", "melody_limit")] == list(wish.limits)
