"""Which part is the pianist's: by name, program and staves."""

from __future__ import annotations

import pytest

from ragsmith.errors import BadOption
from ragsmith.io.readers.parts import Instrument, Part, hands_of, instrument_of, names_a_part, take
from ragsmith.piece import Hand

R, L, U = Hand.RIGHT, Hand.LEFT, Hand.UNKNOWN
OBOE = 68
"""The program that some notation programs give to a voice."""


def song(*names: str, piano: str = "Piano") -> list[Part]:
    voices = [Part(name, staves=(n,), program=OBOE) for n, name in enumerate(names)]
    return [*voices, Part(piano, staves=(98, 99), program=0)]


@pytest.mark.parametrize(
    "name",
    [
        "Piano",
        "PIANO.",
        "Pianoforte",
        "Piano-forte",
        "Pno.",
        "Pf.",
        "Klavier",
        "Clavier",
        "Hammerklavier",
        "Fortepiano",
        "Electric Piano 1",
        "Flügel",
        "Фортепиано",
        "Piano (left)",
    ],
)
def test_names_of_pianos(name: str) -> None:
    assert instrument_of(Part(name)) is Instrument.PIANO


@pytest.mark.parametrize(
    "name", ["Harpsichord", "Cembalo", "Clavecin", "Organ", "Orgel", "Celesta"]
)
def test_names_of_other_keyboards(name: str) -> None:
    assert instrument_of(Part(name)) is Instrument.KEYBOARD


@pytest.mark.parametrize(
    "name",
    [
        "Voice",
        "Singstimme",
        "CHANT.",
        "Canto",
        "Soprano II.",
        "Bariton",
        "Basso",
        "Violin 1",
        "Violoncello",
        "Clarinet in C",
        "Oboe",
        "Horn (bass clef) in C",
        "Harp",
        "Harfe",
        "Drums",
    ],
)
def test_names_of_other_instruments(name: str) -> None:
    assert instrument_of(Part(name, staves=(1, 2), program=0)) is Instrument.OTHER


@pytest.mark.parametrize("name", ["", "Part 1", "Track 2", "Staff", "Bass"])
def test_names_that_say_nothing(name: str) -> None:
    assert instrument_of(Part(name)) is Instrument.UNSAID
    assert instrument_of(Part(name, program=0)) is Instrument.KEYBOARD_BY_SIGHT
    assert instrument_of(Part(name, program=OBOE)) is Instrument.OTHER
    assert instrument_of(Part(name, staves=(1, 2))) is Instrument.KEYBOARD_BY_SIGHT


def test_the_label_of_a_group_names_a_part_without_a_name() -> None:
    assert instrument_of(Part("", ("", "Klavier"))) is Instrument.PIANO
    assert instrument_of(Part("Mignon", ("Pno.",))) is Instrument.PIANO
    assert instrument_of(Part("Viola", ("Piano Quartet",))) is Instrument.OTHER


@pytest.mark.parametrize(
    "parts",
    [
        song("Voice"),
        song("", piano=""),
        song("Soprano", "Alto", "Tenor", "Bass", piano="Klavier"),
        [Part("Harp", staves=(0, 1), program=46), *song("Voice")],
        [Part("Organ", staves=(0, 1, 2)), *song()],
        [Part("Voice", staves=(0, 1, 2), program=OBOE), *song()],
        [Part("Piano", staves=(0, 1), notes=0), *song()],
        [Part("Piano", staves=(0, 1), notes=3), Part("Piano", staves=(98, 99), notes=900)],
    ],
)
def test_a_song_is_read_by_the_pianists_part(parts: list[Part]) -> None:
    taken = take(parts)
    assert taken.places == (len(parts) - 1,)
    assert hands_of(parts, taken) == {98: R, 99: L}
    assert not taken.without_piano


def test_two_tracks_of_one_staff_are_two_hands() -> None:
    parts = [Part("Piano", staves=(0,), program=0), Part("", staves=(1,), program=0)]
    parts.append(Part("Drums", staves=(2,), program=0))
    taken = take(parts)
    assert taken.places == (0, 1)
    assert hands_of(parts, taken) == {0: R, 1: L}
    assert taken.remark == "Piano, part 2 read, Drums left out"


def test_two_staves_that_name_nothing_are_a_piano() -> None:
    parts = [Part("", staves=(0,)), Part("Part 2", staves=(1,))]
    taken = take(parts)
    assert (taken.places, taken.remark) == ((0, 1), "")
    assert hands_of(parts, taken) == {0: R, 1: L}


def test_a_band_without_a_piano_is_read_whole_and_said_so() -> None:
    parts = [Part(name, staves=(n,)) for n, name in enumerate(["Violin", "Viola", "Cello"])]
    taken = take(parts)
    assert taken.places == (0, 1, 2)
    assert taken.remark.startswith("3 instruments, no piano: Violin, Viola, Cello; ")
    assert set(hands_of(parts, taken).values()) == {U}


def test_one_part_is_taken_whatever_it_is() -> None:
    for name in ("Violin", "", "Piano"):
        taken = take([Part(name)])
        assert (taken.places, taken.remark) == ((0,), "")


def test_another_part_can_be_asked_for() -> None:
    parts = song("Voice 2", "Voice")
    assert take(parts, "voice").places == (1,)
    assert take(parts, "1").places == (0,)
    assert take(parts, "ano").places == (2,)
    everything = take(parts, "All")
    assert everything.places == (0, 1, 2)
    assert hands_of(parts, everything) == {0: U, 1: U, 98: R, 99: L}
    with pytest.raises(BadOption, match="part flute: is not in the file; choose Voice 2, V"):
        take(parts, "flute")


def test_two_pianists_have_no_hands_when_read_together() -> None:
    parts = [Part("Piano I", staves=(0, 1)), Part("Piano II", staves=(2, 3))]
    assert take(parts).places == (0,)
    assert set(hands_of(parts, take(parts, "all")).values()) == {U}


@pytest.mark.parametrize("name", ["right hand", "L.H.", "RH", "Left"])
def test_names_of_hands(name: str) -> None:
    assert instrument_of(Part(name)) is Instrument.KEYBOARD_BY_SIGHT


@pytest.mark.parametrize(
    "names",
    [
        ("Soprano", "Alto", "Tenor", "Bass"),
        ("Cornet 1", "Cornet 2", "Soprano", "Bass"),
        ("Soprano", "Bass", "Track 3"),
    ],
)
def test_a_program_that_all_parts_have_says_nothing(names: tuple[str, ...]) -> None:
    parts = [Part(name, staves=(n,), program=0) for n, name in enumerate(names)]
    taken = take(parts)
    assert len(taken.places) == len(names)
    assert taken.without_piano


def test_hands_beside_a_voice_are_the_pianists() -> None:
    names = ("Voice", "Right", "Left")
    parts = [Part(name, staves=(n,), program=0) for n, name in enumerate(names)]
    assert take(parts).names == ("Right", "Left")
    assert hands_of(parts, take(parts)) == {1: R, 2: L}


@pytest.mark.parametrize(
    ("name", "is_no_title"),
    [
        *((name, True) for name in ("Piano", "Klavier rechts", "Violin I", "RH", "Fl.", "Track 1")),
        *((name, False) for name in ("Piano Rag", "Maple Leaf Rag", "Sonata for Flute", "")),
    ],
)
def test_names_of_parts_are_no_titles(name: str, is_no_title: bool) -> None:
    assert names_a_part(name) == is_no_title
