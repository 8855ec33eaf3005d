"""The timetable of playback: when each note sounds, in seconds, and which written head shows it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ragsmith.hands import split_hands
from ragsmith.io.score.bar_numbers import numbers_as_played
from ragsmith.io.score.repeat_signs import fold, steps_as_signed
from ragsmith.performance import Performance, perform
from ragsmith.performance.tempo import beats
from ragsmith.piece import Hand, Piece
from ragsmith.playing_order import played_steps
from ragsmith.spelling import fitting_key

__all__ = ["playing"]

MICROSECONDS = 1_000_000
HANDS = {Hand.LEFT: "left", Hand.RIGHT: "right", Hand.UNKNOWN: None}


def playing(piece: Piece, originality: Mapping[str, Any]) -> dict[str, Any]:
    """The piece as it is played, ready for JSON.

    `times` are the seconds of every played step and of the end, `places` the written step that is
    played there; a note's `step` is the one that it is written at.

    Args:
        piece: as written; its repeats are played.
        originality: `longest_texture` and `longest_melody` as `Checked.as_json` gives them, or
            None; beats are counted from the beginning, as played.
    """
    performance = perform(piece)
    played = performance.piece
    at, places = _clock(performance), played_steps(piece)
    folded = fold(piece)
    steps = steps_as_signed(piece, folded)
    heads = _heads(folded.piece, steps)
    numbers = numbers_as_played(piece)
    return {
        "seconds": at(played.steps),
        "notes": [*_notes(performance, numbers, heads, places)],
        "bars": _bars(piece, played, numbers, at),
        "times": [at(step) for step in range(played.steps + 1)],
        "places": places,
        "steps_per_quarter": piece.steps_per_quarter,
        "sections": [
            {"name": s.name, "start": at(s.start), "end": at(s.end)} for s in played.sections
        ],
        "marks": _marks(originality, played.steps_per_quarter, at),
    }


def _notes(
    performance: Performance,
    numbers: Sequence[int],
    heads: Mapping[tuple[int, int], str],
    places: Sequence[int],
) -> Iterator[dict[str, Any]]:
    """The notes as they are struck, with the numbers of their bars, their heads and places."""
    played, seconds = performance.piece, performance.clock(MICROSECONDS)
    starts, bar = [bar.start for bar in played.bars], 0
    in_hands = split_hands(played.notes, played.steps_per_quarter)
    for note, stroke in zip(in_hands, performance.notes, strict=True):
        while bar + 1 < len(starts) and starts[bar + 1] <= note.onset:
            bar += 1
        yield {
            "pitch": note.pitch,
            "start": seconds(stroke.onset) / MICROSECONDS,
            "end": seconds(stroke.onset + stroke.duration) / MICROSECONDS,
            "velocity": stroke.velocity,
            "hand": HANDS[note.hand],
            "head": heads.get((note.onset, note.pitch)),
            "bar": numbers[bar],
            "step": places[note.onset],
        }


def _clock(performance: Performance) -> Callable[[int], float]:
    """Step to second."""
    microseconds, ticks = performance.clock(MICROSECONDS), performance.ticks_per_step
    return lambda step: microseconds(step * ticks) / MICROSECONDS


def _heads(written: Piece, steps: Sequence[int]) -> dict[tuple[int, int], str]:
    """For every (played onset, pitch) the id of its head, see `ragsmith.io.score.musicxml`.

    Args:
        written: the piece with its repeat signs.
        steps: its steps in the order in which they are played.
    """
    ids: dict[int, dict[int, str]] = {}
    for number, note in enumerate(written.notes):
        ids.setdefault(note.onset, {})[note.pitch] = f"n{number}"
    return {
        (onset, pitch): head
        for onset, step in enumerate(steps)
        for pitch, head in ids.get(step, {}).items()
    }


def _bars(
    piece: Piece, played: Piece, numbers: Sequence[int], at: Callable[[int], float]
) -> list[dict[str, Any]]:
    """The bars as they are played.

    `number` is the one that the score prints, 0 for a pickup; `time` says the how manieth time this
    printed bar is played; `place` is alike in bars that are one and the same music, wherever they
    are printed; `beats` are the seconds at which a metronome ticks; `fifths` the sharps of the key
    signature, flats where less than 0.
    """
    places = played_steps(piece)
    keys = piece.keys or (fitting_key(piece.notes),)
    changes = [key.step for key in keys]
    times: Counter[int] = Counter()
    steps = beats(played)
    bars = []
    for bar, number in zip(played.bars, numbers, strict=True):
        times[number] += bar.is_full
        inside = steps[bisect_left(steps, bar.start) : bisect_left(steps, bar.start + bar.length)]
        bars.append(
            {
                "start": at(bar.start),
                "end": at(bar.start + bar.length),
                "number": number,
                "time": max(1, times[number]),
                "place": places[bar.start],
                "beats": [at(step) for step in inside],
                "fifths": keys[max(0, bisect_right(changes, places[bar.start]) - 1)].fifths,
            }
        )
    return bars


def _marks(
    originality: Mapping[str, Any], grid: int, at: Callable[[int], float]
) -> list[dict[str, Any]]:
    """Where the piece stands in the corpus longest."""
    marks = []
    for lane in ("texture", "melody"):
        run = originality.get(f"longest_{lane}")
        if run:
            start = round(run["at_beat"] * grid)
            file = run["file"] + (" (base)" if run.get("of") == "base" else "")
            label = f"{run['beats']:g} beats, {file} at beat {run['in_file_at_beat']:g}"
            end = start + round(run["beats"] * grid)
            marks.append({"start": at(start), "end": at(end), "lane": lane, "label": label})
    return marks
