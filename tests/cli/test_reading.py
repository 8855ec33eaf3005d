"""On which grid commands read a piece, and what they tell of it."""

import json

import pytest

from ragsmith.io import read
from ragsmith.verbs import regrid
from support import shell
from support.rhythms import FREELY, SWING, THIRTYSECONDS, TRIPLETS, melody
from support.shell import EXAMPLE, ONE
from support.smf import file_of, strike

store, markov = shell.store, shell.markov
here, refused = shell.here, shell.refused
pytestmark = pytest.mark.usefixtures("here")


@pytest.mark.parametrize(
    ("durations", "grid"), [(SWING, 3), (TRIPLETS, 12), (THIRTYSECONDS, 8), ([240, 240], 4)]
)
def test_export_keeps_what_is_finer_than_a_sixteenth(ragsmith, here, durations, grid):
    file_of(here / "in.mid", melody(durations))
    code, out, err = ragsmith("export", "in.mid", "out.musicxml", "out.mid", "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["steps_per_quarter"] == grid
    first, *others = ([n[:2] for n in read(p, 24).notes] for p in here.iterdir())
    assert others == [first, first]


@pytest.mark.parametrize("length", [400, 391, 405])
def test_midi_is_as_it_was_played_and_nothing_moves(ragsmith, here, length):
    """A beat is a tick too long: after 20 of them notes lie beside every grid but the finest."""
    file_of(here / "in.mid", [m for n in range(20) for m in strike(60 + n, length, 481 - length)])
    code, _, err = ragsmith("export", "in.mid", "out.mid")
    assert code == 0
    assert "moved to the grid" not in err
    assert read(here / "out.mid").played.notes.durations.tolist() == [length] * 20
    assert "moved to the grid" in ragsmith("export", "in.mid", "out.musicxml")[2]
    assert "moved to the grid" in ragsmith("export", "in.mid", "on.mid", "--grid", 4)[2]


@pytest.mark.parametrize(("durations", "grid"), [(SWING, 3), (TRIPLETS, 12), (THIRTYSECONDS, 8)])
def test_export_says_what_it_moves_where_a_coarser_grid_is_asked_for(
    ragsmith, here, durations, grid
):
    file_of(here / "in.mid", melody(durations))
    code, _, err = ragsmith("export", "in.mid", "out.mid", "--grid", 4)
    assert code == 0
    assert "of the onsets moved to the grid of 4 steps a quarter" in err
    assert f"(a grid of {grid} holds them)" in err
    assert read(here / "out.mid").steps_per_quarter == 4


@pytest.mark.parametrize(("durations", "grid"), [(SWING, 3), (TRIPLETS, 12), (THIRTYSECONDS, 8)])
@pytest.mark.parametrize("option", [("--primer",), ("--bars", "2-3", "--vary")])
def test_what_is_kept_is_kept_to_the_tick_or_refused(
    refused, here, markov, durations, grid, option
):
    file_of(here / "given.mid", melody(durations))
    line = refused("compose", markov, *option, "given.mid", left=["given.mid"])
    assert f"given.mid: needs a grid of {grid} steps a quarter, and the model has 4" in line
    assert "--grid 4" in line


def test_one_note_between_the_steps_is_enough_to_refuse(refused, here, markov):
    notes = melody([120] * 300)
    notes += strike(72, 60) + strike(74, 60)
    file_of(here / "given.mid", notes)
    line = refused("compose", markov, "--primer", "given.mid", left=["given.mid"])
    assert "needs a grid of 8" in line


def test_what_is_played_freely_is_no_primer(refused, here, markov):
    file_of(here / "given.mid", melody(FREELY))
    line = refused("compose", markov, "--primer", "given.mid", left=["given.mid"])
    assert "--grid 4" in line


def test_a_grid_that_is_asked_for_moves_the_primer(ragsmith, here, markov):
    file_of(here / "given.mid", melody(SWING[:16]))
    command = ("compose", markov, "--primer", "given.mid", "--bars", 8, "--grid", 4)
    assert ragsmith(*command, *ONE)[0] == 0
    given, piece = (read(here / name, 4) for name in ("given.mid", "rag-1.mid"))
    assert [n[:2] for n in piece.notes][:16] == [n[:2] for n in given.notes]


def test_a_piece_on_its_own_grid_is_found_in_a_folder(ragsmith, here):
    (here / "folder").mkdir()
    for place in ("piece.mid", "folder/piece.mid"):
        file_of(here / place, melody(TRIPLETS))
    code, out, _ = ragsmith("check", "piece.mid", "--against", "folder", "--json")
    assert code == 0
    beats = regrid(read(here / "piece.mid"), 12).beats
    assert json.loads(out)["longest_melody"]["beats"] > beats - 2


def test_check_moves_nothing_unless_a_grid_is_asked_for(ragsmith, here, markov):
    file_of(here / "piece.mid", melody(TRIPLETS))
    words = ("check", "piece.mid", "--against", markov, "--json")
    code, out, err = ragsmith(*words, "--grid", "4")
    assert code == 0
    assert json.loads(out)
    assert "moved to the grid of 4" in err
    assert ragsmith(*words)[0::2] == (0, "")


@pytest.mark.parametrize("command", ["export", "compose"])
def test_a_grid_that_does_not_exist(refused, here, markov, command):
    EXAMPLE.save(here / "a.mid")
    words = ["export", "a.mid", "b.mid"]
    if command == "compose":
        words = ["compose", markov, "--primer", "a.mid"]
    assert "grid 5: is none of" in refused(*words, "--grid", 5, left=["a.mid"])
