from hypothesis import given
from hypothesis import strategies as st

from ragsmith.io import read
from ragsmith.piece import Section
from ragsmith.verbs import clip, refold, unfold
from support.fakes import a_piece

ORDERS = st.lists(st.sampled_from(["A", "A1", "A2", "B"]), min_size=1, max_size=7)


def in_sections(seed, order):
    """Eight bars in sections of one, of those names that the order plays."""
    names = [name for name in ("A", "A1", "A2", "B") if name in order]
    piece = clip(a_piece(seed), 0, 8 * len(names))
    sections = tuple(Section(name, 8 * i, 8 * i + 8) for i, name in enumerate(names))
    kept = tuple(
        note._replace(duration=min(note.duration, 8 - note.onset % 8)) for note in piece.notes
    )
    return type(piece)(kept, piece.bars, sections=sections, order=tuple(order))


@given(st.integers(0, 50), ORDERS)
def test_what_was_unfolded_is_folded_again(seed, order):
    piece = in_sections(seed, order)
    again = refold(unfold(piece))
    assert unfold(again).notes == unfold(piece).notes
    if len(set(order)) < len(order):
        assert again.order == tuple(order)
        assert again.steps == piece.steps


def test_one_name_for_different_music_stays_as_it_is():
    piece = a_piece(1, bars=4)
    named = type(piece)(
        piece.notes, piece.bars, sections=(Section("A", 0, 16), Section("A", 16, 32))
    )
    assert refold(named) is named


def test_a_rag_comes_back_folded_from_its_midi_file(tmp_path):
    piece = in_sections(3, ["A", "A1", "A", "A2", "B", "B", "A", "A2"])
    path = piece.save(tmp_path / "a.mid")
    found = read(path)
    assert found.order == piece.order
    assert found.sections == piece.sections
    assert [n[:3] for n in found.notes] == [n[:3] for n in piece.notes]
