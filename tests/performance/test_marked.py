"""What a score marks is played."""

from dataclasses import replace

import numpy as np
import pytest

from ragsmith.markings import Marking
from ragsmith.performance import PedalChange, perform
from ragsmith.piece import Hand, Note, Piece


@pytest.fixture
def plain():
    notes = [Note(4 * beat, 72, 4, hand=Hand.RIGHT) for beat in range(64)]
    return Piece.from_array(np.array(notes), metre="2/4")


def with_marking(piece, *markings):
    return perform(replace(piece, markings=markings), 1.0)


@pytest.mark.parametrize(("kind", "louder"), [("accent", 9), ("marcato", 13)])
def test_accents_are_loud(plain, kind, louder):
    marked = with_marking(plain, Marking(80, kind, 72)).notes[20].velocity
    assert marked - perform(plain, 1.0).notes[20].velocity == louder


def test_dynamics_are_relative(plain):
    soft, loud = (
        np.mean([n.velocity for n in with_marking(plain, Marking(0, "dynamic", text=text)).notes])
        for text in ("p", "f")
    )
    assert 10 < loud - soft < 30


def test_a_hairpin_grows(plain):
    dynamic = Marking(0, "dynamic", text="mf")
    without = with_marking(plain, dynamic)
    grown = with_marking(plain, dynamic, Marking(64, "crescendo", end=128))
    more = [b.velocity - a.velocity for a, b in zip(without.notes, grown.notes, strict=True)]
    assert more[15] == 0
    assert more[20] < more[26] < more[31]


def test_staccato_is_short(plain):
    marked = with_marking(plain, Marking(84, "staccato", 72)).notes[21].duration
    assert marked < 0.7 * perform(plain, 1.0).notes[21].duration


def test_a_fermata_holds_its_beat(plain):
    tempos = {
        t.tick: t.microseconds for t in with_marking(plain, Marking(80, "fermata", 72)).tempos
    }
    assert tempos[80 * 120] == 1_000_000


def test_a_marked_pedal_is_taken(plain):
    performance = with_marking(plain, Marking(0, "pedal", end=8), Marking(8, "pedal", end=16))
    assert performance.pedal == (
        PedalChange(0, 127),
        PedalChange(959, 0),
        PedalChange(960, 127),
        PedalChange(1919, 0),
    )


def test_an_arpeggio_is_rolled():
    notes = [Note(0, pitch, 8, hand=Hand.RIGHT) for pitch in (60, 64, 67)]
    piece = Piece.from_array(np.array(notes), metre="2/4")
    onsets = [n.onset for n in with_marking(piece, Marking(0, "arpeggio", 64)).notes]
    assert onsets == sorted(set(onsets))
