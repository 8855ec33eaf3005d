"""A primer whose file does not say hands is heard as the model has learnt: in split hands."""

from dataclasses import replace

import numpy as np
import pytest

from ragsmith import composer
from ragsmith.bundle.bundle import Bundle
from ragsmith.composer import Wish, compose_all
from ragsmith.hands import split_hands
from ragsmith.io import read
from ragsmith.models.base import notes_of
from ragsmith.piece import Hand, Note, Piece
from ragsmith.shipped import shipped_model
from ragsmith.shipped.rags import rag_files
from ragsmith.verbs import clip

MIDDLE_C = 60


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return shipped_model()


@pytest.fixture(scope="module")
def one_track() -> Piece:
    """Eight bars without hands, as every MIDI file of one track has them."""
    piece = clip(read(rag_files()[0]), 0, 64)
    bare = tuple(sorted(note._replace(hand=Hand.UNKNOWN) for note in piece.notes))
    return replace(piece, notes=bare)


def test_a_primer_without_hands_gets_them_as_the_corpus_did(
    bundle: Bundle, one_track: Piece, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = []
    monkeypatch.setattr(composer, "fill_outline", lambda *args: frames.append(args[3]) or [])
    compose_all(bundle, Wish(bars=12, primer=one_track), seeds=[1])
    (frame,) = frames
    given = notes_of(frame.before)
    assert {note.hand for note in given} == {Hand.LEFT, Hand.RIGHT}
    hands = {(n.onset, n.pitch): n.hand for n in split_hands(one_track.notes, 4)}
    assert {(n.onset, n.pitch): n.hand for n in given} == hands

    def nats(notes: tuple[Note, ...]) -> float:
        return -float(np.mean(bundle.model.log_likelihood(replace(one_track, notes=notes))))

    at_middle_c = tuple(
        note._replace(hand=Hand.LEFT if note.pitch < MIDDLE_C else Hand.RIGHT) for note in given
    )
    assert nats(at_middle_c) > nats(tuple(given))
    composed = {(n.onset, n.pitch): n.hand for n in read(rag_files()[0]).notes}

    def wrong(notes: tuple[Note, ...]) -> int:
        return sum(note.hand != composed[note.onset, note.pitch] for note in notes)

    # 37 against 3 of 110 notes.
    assert wrong(at_middle_c) > 3 * wrong(tuple(given))
