"""A plain list of pieces stands wherever a corpus stands: no file is needed."""

from dataclasses import replace

import pytest

import ragsmith
from ragsmith.corpus import collection_of, split_works
from ragsmith.errors import BadOption, BadPiece
from ragsmith.piece import Piece
from ragsmith.verbs import regrid, transpose
from support.fakes import a_piece

PIECES = [a_piece(seed) for seed in range(4)]


def test_a_list_is_learnt_checked_and_measured_without_a_file():
    model = ragsmith.learn(PIECES, "markov")
    roles = {source.path: source.role for source in model.card.sources}
    assert sorted(roles) == ["piece-1", "piece-2", "piece-3", "piece-4"]
    assert sorted(roles.values()) == ["held out", "train", "train", "train"]
    assert model.profile.likelihood
    assert model.profile.portrait
    new = ragsmith.compose(model, ragsmith.Wish(bars=2, metre="4/4"), seed=1)
    assert ragsmith.check(new, PIECES).within_limits
    assert ragsmith.check(new, model).within_limits
    figures = ragsmith.evaluate(model, PIECES)
    learnt = {row["path"] for row in figures["pieces"] if row["learnt"]}
    assert learnt == {path for path, role in roles.items() if role == "train"}
    assert figures["pooled_over"] == "1 file that it has not learnt"


def test_a_list_finds_what_the_model_of_it_finds():
    model = ragsmith.learn(PIECES, "markov")
    for against in (PIECES, tuple(PIECES), model):
        checked = ragsmith.check(PIECES[2], against)
        assert (checked.longest_texture.file, checked.within_limits) == ("piece-3", False)
        assert checked.files == 4


def test_pieces_are_called_by_their_titles_where_these_tell_them_apart():
    titles = ["Maple Leaf Rag", "", "Rag", "Rag"]
    pieces = [replace(piece, title=t) for piece, t in zip(PIECES, titles, strict=True)]
    names = [entry.path for entry in collection_of(pieces).entries]
    assert names == ["Maple Leaf Rag", "piece-2", "piece-3", "piece-4"]


def test_the_same_piece_in_another_key_is_never_measured_where_it_is_learnt():
    pieces = [transpose(piece, by) for piece in PIECES for by in (0, 2, -3)]
    split = split_works(collection_of(pieces), 0.5)
    assert len(split.held_out) == len(split.train) == 6
    works = [{entry.work for entry in part} for part in (split.train, split.held_out)]
    assert not works[0] & works[1]


def test_a_part_of_a_corpus_keeps_names_and_licence_and_is_split_anew(tmp_path, monkeypatch):
    monkeypatch.setenv("RAGSMITH_CACHE", str(tmp_path / "cache"))
    music = tmp_path / "music"
    music.mkdir()
    (music / "LICENSE").write_text("Do what you like.")
    for number, piece in enumerate(PIECES):
        piece.save(music / f"{number}.mid")
    names = '{"train": ["0", "1", "2"], "valid": [], "test": ["3"]}'
    (music / "split.json").write_text(names)
    corpus = ragsmith.read_corpus(music)
    card = ragsmith.learn(corpus[:3], "markov").card
    assert sorted(source.path for source in card.sources) == ["0.mid", "1.mid", "2.mid"]
    assert {source.role for source in card.sources} == {"train", "held out"}
    assert card.licence == "Do what you like."


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ([], "an empty list: holds no pieces"),
        ("my_midis/", "'my_midis/': is no piece; .*read_corpus"),
        (["a.mid"], "item 1 of the list: is no piece"),
        (PIECES[0], "<Piece.*: is no corpus; give a list of pieces"),
        (5, "5: is no corpus"),
        ([PIECES[0], Piece((), ())], "piece 2 of the list: holds no notes; leave it out"),
    ],
)
def test_what_is_no_list_of_pieces_is_refused_at_once(wrong, told):
    for verb in (ragsmith.learn, lambda wrong: ragsmith.check(PIECES[0], wrong)):
        with pytest.raises((BadOption, BadPiece), match=told):
            verb(wrong)


def test_pieces_on_several_grids_can_be_compared_and_not_learnt():
    mixed = [PIECES[0], regrid(PIECES[1], 12)]
    assert ragsmith.check(PIECES[1], mixed).longest_texture.file == "piece-2"
    with pytest.raises(BadPiece, match=r"grids 4, 12: cannot be .*ragsmith\.read\(path, 4\)"):
        ragsmith.learn(mixed, "markov")
    model = ragsmith.learn(PIECES, "markov")
    fine, coarse = (ragsmith.check(piece, model) for piece in (mixed[1], PIECES[1]))
    assert fine.longest_texture[1:] == coarse.longest_texture[1:]
    with pytest.raises(BadPiece, match="on the grid of the model, 4"):
        ragsmith.evaluate(model, [mixed[1]])
