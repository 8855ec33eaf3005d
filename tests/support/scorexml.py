"""MusicXML in shorthand, for tests.

A measure is a text of words: `C5:4` is a note of four divisions, `F#4:2` and `Bb3:2` have their
accidentals, `r:4` is a rest, `+E5:4` joins the chord before it, `<12` goes back and `>4` forward by
so many divisions. After a note `/2` names its staff, `~` begins a tie, and `~` before it ends one.
Elements are taken as they are.
"""

from __future__ import annotations

import re
from pathlib import Path

from ragsmith.io.readers.exact_score import to_reading
from ragsmith.io.readers.musicxml import read_musicxml
from ragsmith.io.readers.reading import Reading
from ragsmith.io.readers.xml_file import parsed

WORD = re.compile(
    r"(?P<end>~)?(?P<chord>\+)?(?P<step>[A-Gr])(?P<alter>[#b]?)(?P<octave>\d?)"
    r":(?P<duration>[\d.]+)(?:/(?P<staff>\d))?(?P<start>~)?"
)
ATTRIBUTES = (
    "<divisions>{divisions}</divisions><key><fifths>0</fifths></key>"
    "<time><beats>{beats}</beats><beat-type>{unit}</beat-type></time><staves>{staves}</staves>"
)


def note(word: str) -> str:
    match = WORD.fullmatch(word)
    assert match, word
    alter = {"#": "<alter>1</alter>", "b": "<alter>-1</alter>", "": ""}[match["alter"]]
    octave = f"<octave>{match['octave']}</octave>"
    pitch = f"<pitch><step>{match['step']}</step>{alter}{octave}</pitch>"
    return (
        "<note>"
        + ("<chord/>" if match["chord"] else "")
        + ("<rest/>" if match["step"] == "r" else pitch)
        + f"<duration>{match['duration']}</duration>"
        + ('<tie type="stop"/>' if match["end"] else "")
        + ('<tie type="start"/>' if match["start"] else "")
        + f"<staff>{match['staff'] or 1}</staff></note>"
    )


def music(text: str) -> str:
    parts = []
    rest = text.strip()
    while rest:
        tag = re.match(r"<([a-z!][\w-]*)[^<>]*?(/?)>", rest)
        word = rest.split()[0]
        if tag and not tag[2]:
            closing = "-->" if tag[1].startswith("!") else f"</{tag[1]}>"
            word = rest[: rest.index(closing) + len(closing)]
        elif tag:
            word = tag[0]
        rest = rest[len(word) :].strip()
        step = re.fullmatch(r"([<>])(\d+)", word)
        if step:
            name = "backup" if step[1] == "<" else "forward"
            parts.append(f"<{name}><duration>{step[2]}</duration></{name}>")
        else:
            parts.append(word if word.startswith("<") else note(word))
    return "".join(parts)


def part(*measures: str, divisions: int = 4, metre: str = "3/4", staves: int = 2) -> str:
    """The measures of a part; one that begins with `implicit` need not fill its metre."""
    beats, unit = metre.split("/")
    attributes = ATTRIBUTES.format(divisions=divisions, beats=beats, unit=unit, staves=staves)
    written = []
    for number, measure in enumerate(measures):
        implicit = ' implicit="yes"' if measure.startswith("implicit") else ""
        head = f"<attributes>{attributes}</attributes>" if not number else ""
        body = music(measure.removeprefix("implicit"))
        written.append(f'<measure number="{number}"{implicit}>{head}{body}</measure>')
    return "".join(written)


def partwise(parts: dict[str, str], head: str = "") -> str:
    """A score of parts by their names, as `part` writes them."""
    listed = "".join(
        f'<score-part id="P{n}"><part-name>{name}</part-name></score-part>'
        for n, name in enumerate(parts)
    )
    bodies = "".join(f'<part id="P{n}">{body}</part>' for n, body in enumerate(parts.values()))
    return f"<score-partwise>{head}<part-list>{listed}</part-list>{bodies}</score-partwise>"


def read_xml(text: str, grid: int = 12, part: str | None = None) -> Reading:
    return to_reading(read_musicxml(parsed(text.encode(), "test"), part), "test", grid)


def read_piano(*measures: str, grid: int = 12, **more: object) -> Reading:
    """A score of one piano part, read."""
    return read_xml(partwise({"Piano": part(*measures, **more)}), grid)  # type: ignore[arg-type]


def plain(reading: Reading) -> list[tuple[float, int, float]]:
    """(onset, pitch, duration) of the notes, times in quarter notes."""
    grid = reading.piece.steps_per_quarter
    return [(n.onset / grid, n.pitch, n.duration / grid) for n in reading.piece.notes]


def bar_lengths(reading: Reading) -> list[float]:
    """Lengths of the bars, in quarter notes."""
    return [bar.length / reading.piece.steps_per_quarter for bar in reading.piece.bars]


def write(text: str, path: Path) -> Path:
    path.write_text(text, encoding="utf-8")
    return path
