"""Repeat signs, endings and jumps in MusicXML: what is played, in what order."""

from __future__ import annotations

import pytest

from ragsmith.piece import Piece
from ragsmith.playing_order import unfold
from support.scorexml import read_piano

PITCHES = "CDEFGAB"
OPEN = '<barline location="left"><repeat direction="forward"/></barline>'
CLOSE = '<barline location="right"><repeat direction="backward"{}/></barline>'
ENDING = '<barline location="{}"><ending number="{}" type="{}"/></barline>'
WORDS = "<direction><direction-type><words>{}</words></direction-type></direction>"
SOUND = '<direction><direction-type/><sound {}="yes"/></direction>'
DRAWN = "<direction><direction-type><{}/></direction-type></direction>"


def measure(signs: str, pitch: str) -> str:
    """A measure with one note and signs: |: :| :|4 [1 1] and words after a slash."""
    before, after = "", ""
    for sign in signs.split():
        if sign == "|:":
            before += OPEN
        elif sign.startswith(":|"):
            after += CLOSE.format(f' times="{sign[2:]}"' if sign[2:] else "")
        elif sign.startswith("["):
            before += ENDING.format("left", sign[1:], "start")
        elif sign.endswith("]"):
            after += ENDING.format("right", sign[:-1], "stop")
        elif sign in ("segno", "coda"):
            before += DRAWN.format(sign)
        elif sign.startswith("="):
            after += SOUND.format(sign[1:])
        else:
            after += WORDS.format(sign.replace("_", " "))
    return f"{before} {pitch}4:12 {after}"


def played(*signs: str) -> str:
    """Letters of the measures in playing order."""
    bars = [measure(text, pitch) for text, pitch in zip(signs, PITCHES, strict=False)]
    piece: Piece = unfold(read_piano(*bars).piece)
    names = {60: "C", 62: "D", 64: "E", 65: "F", 67: "G", 69: "A", 71: "B"}
    return "".join(names[note.pitch] for note in piece.notes)


@pytest.mark.parametrize(
    ("signs", "order"),
    [
        (("", "", ""), "CDE"),
        (("", ":|", ""), "CDCDE"),
        (("", "|: :|", ""), "CDDE"),
        (("|:", ":|4", ""), "CDCDCDCDE"),
        (("|:", ":|3", "|: :|2"), "CDCDCDEE"),
        (("", ":|0", ""), "CDCDE"),
        (("|:", "[1 1] :|", "[2 2]", ""), "CDCEF"),
        (("|:", "[1,2 1,2] :|", "[3 3]", ""), "CDCDCEF"),
        (("|:", "[1 1] :|", "", ""), "CDCEF"),
        (("", "", "D.C."), "CDECDE"),
        (("", "Fine", "D.C._al_Fine"), "CDECD"),
        (("", "Fine", "Da_capo_al_fine"), "CDECD"),
        (("", "=fine", "=dacapo"), "CDECD"),
        (("", "segno", "", "D.S."), "CDEFDEF"),
        (("", "segno", "=fine", "=dalsegno"), "CDEFDE"),
        (("", "segno To_Coda", "D.S._al_Coda", "coda", ""), "CDEDFG"),
        (("coda", "", "D.C._al_Coda", "coda", ""), "CDECFG"),
        (("=tocoda", "", "=dacapo", "=coda", ""), "CDECFG"),
        (("|:", "[1 1] :|", "[2 2] Fine", "", "D.C."), "CDCEFGCE"),
        (("|: :|", "|: Fine :|", "|: :|", "D.C._al_Fine"), "CCDDEEFCD"),
        (("Fine", "", ""), "CDE"),
        (("segno", "coda", ""), "CDE"),
    ],
)
def test_what_is_played(signs: tuple[str, ...], order: str) -> None:
    assert played(*signs) == order


def test_strains_and_endings_have_names() -> None:
    bars = ["|:", "[1 1] :|", "[2 2]", "|: :|"]
    piece = read_piano(*(measure(text, "C") for text in bars)).piece
    assert [section.name for section in piece.sections] == ["A", "A1", "A2", "B"]
    assert piece.order == ("A", "A1", "A", "A2", "B", "B")


def test_very_many_repeats_are_a_slip() -> None:
    piece = read_piano(measure(":|99999999", "C"), measure("", "D")).piece
    assert piece.order.count("A") == 16


@pytest.mark.parametrize(
    ("within", "order"),
    [
        ('<repeat direction="backward"/>', "CDCDEF"),
        ('<repeat direction="forward"/>', "CDEFEF"),
        ('<repeat direction="backward" times="3"/>', "CDCDCDEF"),
        ('<repeat direction="backward"/><repeat direction="forward"/>', "CDCDEFEF"),
    ],
)
@pytest.mark.parametrize("split", [4, 8])
def test_a_repeat_sign_within_a_measure_counts(within: str, order: str, split: int) -> None:
    """A strain that begins with an upbeat ends before one, within a measure."""
    sign = f'<barline location="middle">{within}</barline>'
    closes = CLOSE.format("") if "forward" in within else ""
    piece = read_piano("C4:12", f"D4:{split} {sign} E4:{12 - split}", f"F4:12 {closes}").piece
    names = {60: "C", 62: "D", 64: "E", 65: "F"}
    played_notes = unfold(piece).notes
    assert "".join(names[note.pitch] for note in played_notes) == order
    assert [bar.length for bar in piece.bars] == [36] * 3
    lengths = [note.duration for note in played_notes if note.pitch == 62]
    assert lengths == [3 * split] * order.count("D")
