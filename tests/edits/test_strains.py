"""Strains in another order: endings where they belong, nothing of the music lost."""

import pytest

from ragsmith.datasets import rags
from ragsmith.edits import BadEdit
from ragsmith.edits.strains import rearranged, strains_as_played
from ragsmith.piece import Piece
from ragsmith.playing_order import unfold

RAG = rags()[0]
"""Intro |: A 1. A1 :| 2. A2 |: B 1. B1 :| 2. B2 A A2."""


def test_as_it_is_played_it_stays():
    for rag in rags():
        again = rearranged(rag, strains_as_played(rag))
        assert (again.order, again.notes, again.bars) == (rag.order, rag.notes, rag.bars)


def test_another_order_is_the_same_music_elsewhere():
    assert strains_as_played(RAG) == ["Intro", "A", "A", "B", "B", "A"]
    other = rearranged(RAG, ["B", "B", "A", "A", "A", "Intro"])
    b = ("B", "B1", "B", "B2")
    assert other.order == (*b, "A", "A1", "A", "A1", "A", "A2", "Intro")
    assert (other.notes, other.sections) == (RAG.notes, RAG.sections)


def test_a_strain_is_left_out_with_its_endings():
    without = rearranged(RAG, ["A", "A"])
    assert [section.name for section in without.sections] == ["A", "A1", "A2"]
    assert without.order == ("A", "A1", "A", "A2")
    begin, end = RAG.sections[1].start, RAG.sections[3].end
    moved = [note.onset - begin for note in RAG.notes if begin <= note.onset < end]
    assert [note.onset for note in without.notes] == moved
    once = rearranged(RAG, ["B"])
    assert [section.name for section in once.sections] == ["B", "B2"]
    assert len(unfold(once).notes) == len(once.notes)


def test_what_cannot_be_is_told():
    with pytest.raises(BadEdit, match="strain Z: is no strain of the piece; choose from Intro"):
        rearranged(RAG, ["A", "Z"])
    for strains in ([], ["A"] * 65):
        with pytest.raises(BadEdit, match="must be 1 to 64"):
            rearranged(RAG, strains)
    with pytest.raises(BadEdit, match="has music outside its strains"):
        rearranged(Piece.from_array([[0, 60, 4]]), ["A"])
