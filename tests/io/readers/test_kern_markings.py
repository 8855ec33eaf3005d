from ragsmith.io.readers.exact_score import to_reading
from ragsmith.io.readers.kern import read_kern
from ragsmith.piece import Hand

KERN = """**kern	**kern	**dynam
*staff2	*staff1	*staff1/2
*M2/4	*M2/4	*
=1	=1	=1
*ped	*	*
!	!LO:TX:a:i:t=dolce	!
4C: 4E:	(8c^	mf <
.	8d')	[
*Xped	*	*
.	8qe	.
4G;	4f~	p
=	=	=
!	!LO:TX:a:t=Fine.	!
2C	2c	.
==	==	==
*-	*-	*-
"""


def test_what_kern_says_beside_notes():
    piece = to_reading(read_kern(KERN), "a.krn", 4).piece
    both, left, right = Hand.UNKNOWN, Hand.LEFT, Hand.RIGHT
    assert {(m.step, m.kind, m.pitch, m.hand, m.text, m.end) for m in piece.markings} == {
        (0, "pedal", -1, left, "", 4),
        (0, "words", -1, right, "dolce", -1),
        (0, "arpeggio", 48, left, "", -1),
        (0, "arpeggio", 52, left, "", -1),
        (0, "accent", 60, right, "", -1),
        (0, "slur", 60, right, "", 2),
        (0, "dynamic", -1, both, "mf", -1),
        (0, "crescendo", -1, both, "", 2),
        (2, "staccato", 62, right, "", -1),
        (4, "grace", 64, right, "eighth/", -1),
        (4, "fermata", 55, left, "", -1),
        (4, "tenuto", 65, right, "", -1),
        (4, "dynamic", -1, both, "p", -1),
    }


def test_a_finger_belongs_to_the_only_note_on_its_left():
    table = "**kern\t**fing\t**kern\t**fing\n4C\t5\t4c\t1\n4D\t.\t4d 4f\t2\n4E\t1 3\t4e\t.\n"
    piece = to_reading(read_kern(table), "a.krn", 4).piece
    assert [(m.step, m.kind, m.pitch, m.text) for m in piece.markings] == [
        (0, "fingering", 48, "5"),
        (0, "fingering", 60, "1"),
    ]
