import verovio

from ragsmith.io.readers.abc import read_abc
from ragsmith.io.readers.exact_score import to_reading
from ragsmith.io.readers.notation import read_notation
from ragsmith.io.score.musicxml import musicxml
from ragsmith.markings import Marking
from ragsmith.piece import Hand, Metre, Note, Piece, regular_bars

TUNE = """X:1
M:2/4
L:1/8
K:C
"^dolce" !mf! !<(! (c .d) !accent! e !<)! f | {/g} Ta2 Hz2 | !marcato! [ceg]2 (3(efg) |
"""


def test_what_abc_says_beside_notes():
    piece = to_reading(read_abc(TUNE), "a.abc", 12).piece
    assert [n.pitch for n in piece.notes] == [72, 74, 76, 77, 81, 72, 76, 79, 76, 77, 79]
    assert {(m.step, m.kind, m.pitch, m.text, m.end) for m in piece.markings} == {
        (0, "words", -1, "dolce", -1),
        (0, "dynamic", -1, "mf", -1),
        (0, "crescendo", -1, "", 18),
        (0, "slur", 72, "", 6),
        (6, "staccato", 74, "", -1),
        (12, "accent", 76, "", -1),
        (24, "grace", 79, "eighth/", -1),
        (24, "trill", 81, "", -1),
        (36, "fermata", -1, "", -1),
        (48, "marcato", 79, "", -1),
        (60, "slur", 76, "", 68),
    }


def test_what_mei_says_beside_notes(tmp_path):
    """Verovio turns our MusicXML into MEI."""
    right, left = Hand.RIGHT, Hand.LEFT
    notes = [Note(2 * i, 72 + i, 2, hand=right) for i in range(8)]
    notes += [Note(4 * i, 48 + i, 4, hand=left) for i in range(4)]
    markings = (
        Marking(0, "dynamic", hand=right, text="mf"),
        Marking(0, "pedal", hand=left, end=8),
        Marking(0, "accent", 72, right),
        Marking(2, "staccato", 73, right),
        Marking(2, "crescendo", hand=right, end=6),
        Marking(4, "grace", 70, right, "eighth/"),
        Marking(4, "slur", 74, right, end=8, end_pitch=76),
        Marking(4, "words", hand=right, text="dolce"),
        Marking(6, "trill", 75, right),
        Marking(8, "fermata", 76, right),
        Marking(8, "arpeggio", 50, left),
    )
    piece = Piece(tuple(notes), regular_bars(16, [(0, Metre(2, 4))]), markings=markings)
    toolkit = verovio.toolkit()
    toolkit.setOptions({"inputFrom": "xml", "breaks": "none"})
    toolkit.loadData(musicxml(piece).decode())
    path = tmp_path / "a.mei"
    path.write_text(toolkit.getMEI(), encoding="utf-8")
    assert set(read_notation(path, 4).piece.markings) == set(markings)
