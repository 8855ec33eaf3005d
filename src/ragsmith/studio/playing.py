"""When what is heard: times in seconds as played, and which written head sounds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ragsmith.hands import split_hands
from ragsmith.io.score.repeat_signs import Ending, Folded, fold
from ragsmith.io.sound.piano import sample_clock
from ragsmith.piece import Hand, Piece, Section
from ragsmith.verbs import unfold

__all__ = ["playing", "written_spans"]

MICROSECONDS = 1_000_000
HANDS = {Hand.LEFT: "left", Hand.RIGHT: "right", Hand.UNKNOWN: None}


def playing(piece: Piece, originality: Mapping[str, Any]) -> dict[str, Any]:
    """The piece as it is played, ready for JSON.

    Args:
        piece: as written; its repeats are played.
        originality: `longest_texture` and `longest_melody` as `Checked.as_json` gives them, or
            None; beats are counted from the beginning, as played.
    """
    played = unfold(piece)
    at = _clock(played)
    heads = _heads(piece, played.steps)
    starts = [bar.start for bar in played.bars]
    numbers = _numbers(played)
    notes, bar = [], 0
    for note in split_hands(played.notes, played.steps_per_quarter):
        while bar + 1 < len(starts) and starts[bar + 1] <= note.onset:
            bar += 1
        notes.append(
            {
                "pitch": note.pitch,
                "start": at(note.onset),
                "end": at(note.onset + note.duration),
                "velocity": note.velocity,
                "hand": HANDS[note.hand],
                "head": heads.get((note.onset, note.pitch)),
                "bar": numbers[bar],
            }
        )
    return {
        "seconds": at(played.steps),
        "notes": notes,
        "bars": _bars(piece, played, numbers, at),
        "sections": [
            {"name": s.name, "start": at(s.start), "end": at(s.end)} for s in played.sections
        ],
        "marks": _marks(originality, played.steps_per_quarter, at),
    }


def written_spans(folded: Folded) -> Iterator[Section]:
    """The sections of a written piece in the order in which its signs have them played."""
    sections = folded.piece.sections
    passes = {ending.start: ending.passes for ending in folded.endings}
    turns = _turns(folded)
    place, begins, turn = 0, 0, 1
    while place < len(sections):
        section = sections[place]
        if section.start in folded.opens and place != begins:
            begins, turn = place, 1
        if turn in passes.get(section.start, (turn,)):
            yield section
            if turn < turns.get(section.end, 0):
                place, turn = begins, turn + 1
                continue
        place += 1
    if folded.fine is not None:
        yield from (s for s in sections if s.end <= folded.fine and _is_played_once(s, folded))


def _turns(folded: Folded) -> dict[int, int]:
    """Of every place where a repeat may close, how often what it closes is played."""
    turns = dict(folded.closes)
    chain: list[Ending] = []
    for ending in folded.endings:
        if chain and chain[-1].end != ending.start:
            chain = []
        chain.append(ending)
        times = max(number for each in chain for number in each.passes)
        turns |= {each.end: times for each in chain}
    return turns


def _is_played_once(section: Section, folded: Folded) -> bool:
    """Whether it is played where repeats are not taken: of endings the last."""
    starts = {ending.start for ending in folded.endings}
    return section.start not in starts or section.end not in starts


def _clock(played: Piece) -> Callable[[int], float]:
    microseconds = sample_clock(played, MICROSECONDS)
    return lambda step: microseconds(step) / MICROSECONDS


def _heads(piece: Piece, steps: int) -> dict[tuple[int, int], str]:
    """Of every (played onset, pitch) the id of the head, see `ragsmith.io.score.musicxml`; none
    where the written piece is not played like the other."""
    folded = fold(piece)
    ids = {(n.onset, n.pitch): f"n{number}" for number, n in enumerate(folded.piece.notes)}
    spans = [Section("", 0, folded.piece.steps)]
    if piece.order:
        spans = list(written_spans(folded))
    if sum(span.end - span.start for span in spans) != steps:
        return {}
    heads, now = {}, 0
    notes = sorted(ids)
    for span in spans:
        for onset, pitch in notes:
            if span.start <= onset < span.end:
                heads[now + onset - span.start, pitch] = ids[onset, pitch]
        now += span.end - span.start
    return heads


def _numbers(played: Piece) -> list[int]:
    """Numbers of bars as `ragsmith.composer.vary` counts them: a pickup is 0."""
    numbers, number = [], 0
    for bar in played.bars:
        number += not bar.offset
        numbers.append(number)
    return numbers


def _bars(
    piece: Piece, played: Piece, numbers: list[int], at: Callable[[int], float]
) -> list[dict[str, Any]]:
    """The bars as played, each with its number in the score."""
    folded = fold(piece)
    shown: dict[int, int] = {}
    for bar, number in zip(folded.piece.bars, _numbers(folded.piece), strict=True):
        shown |= dict.fromkeys(range(bar.start, bar.start + bar.length), number)
    spans = list(written_spans(folded)) if piece.order else [Section("", 0, folded.piece.steps)]
    written = [shown.get(step, 0) for span in spans for step in range(span.start, span.end)]
    return [
        {
            "start": at(bar.start),
            "end": at(bar.start + bar.length),
            "number": number,
            "written": written[bar.start] if len(written) == played.steps else number,
        }
        for bar, number in zip(played.bars, numbers, strict=True)
    ]


def _marks(
    originality: Mapping[str, Any], grid: int, at: Callable[[int], float]
) -> list[dict[str, Any]]:
    """Where the piece stands in the corpus longest."""
    marks = []
    for lane in ("texture", "melody"):
        run = originality.get(f"longest_{lane}")
        if run:
            start = round(run["at_beat"] * grid)
            label = f"{run['beats']:g} beats, {run['file']} at beat {run['in_file_at_beat']:g}"
            end = start + round(run["beats"] * grid)
            marks.append({"start": at(start), "end": at(end), "lane": lane, "label": label})
    return marks
