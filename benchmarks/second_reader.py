"""Do music21 and our readers read the same notes? Each piece that differs, with its class.

    python benchmarks/second_reader.py FOLDER ... [--sample N] [--cache FOLDER]
    python benchmarks/second_reader.py --music21 [--sample N] [--cache FOLDER]

Onset, pitch and duration of every note are compared in written order, ties merged, a key that two
voices hold taken as one: of the part that we take, or of all where there is nothing to choose.
--music21 reads the scores that come with music21. What it reads is kept in the cache folder.

A piece's class is the first of these that explains all of it:

    cue notes            we leave out <cue/> notes, which are not played
    tied over a repeat   a note tied to what a repeat or an ending leads to: we strike it
    bar lengths          the same notes in every bar, but a bar is as long as its notes for one
                         reader, and as its metre for the other
    parts apart          the same notes in every bar, but a bar is longer in one part than in
                         another: for us all parts wait, for music21 they run apart from there
    ties, durations      the same notes, joined by other ties or held for longer
    pitches              the same onsets
    notes                anything else

Needs music21, which the dev extra brings.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import tempfile
import time
import warnings
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import music21

from ragsmith.errors import UserError
from ragsmith.io import NOTATION_SUFFIXES
from ragsmith.io.readers.exact_score import TICKS, Written
from ragsmith.io.readers.notation import read_written

NEAR = 1 / 48
"""Quarter notes by which two times may differ and still be the same."""
TIES = {"start": "s", "continue": "c", "stop": "e"}
FAILED = "failed"


class Event(NamedTuple):
    """A note: its bar, counted from 0, its onset there and in the piece, and its duration, in
    quarter notes; pitch as a MIDI number; s, c or e where a tie starts, goes on or ends there."""

    bar: int
    place: float
    onset: float
    pitch: int
    duration: float
    tie: str = ""
    is_cue: bool = False


class Part(NamedTuple):
    """What music21 reads of a part or of one staff of a part."""

    name: str
    is_staff: bool
    events: list[Event]


def our_events(written: Written) -> list[Event]:
    starts = [measure.start for measure in written.measures]
    events = []
    for sound in written.sounds:
        bar = bisect_right(starts, sound.onset) - 1
        place, onset = (sound.onset - starts[bar]) / TICKS, sound.onset / TICKS
        events.append(Event(bar, place, onset, sound.pitch, sound.duration / TICKS))
    return events


def their_parts(path: Path, cache: Path) -> list[Part] | str:
    """The parts as music21 reads them, or why it does not."""
    stored = cache / f"{hashlib.sha256(path.read_bytes()).hexdigest()[:24]}.json"
    if not stored.exists():
        try:
            parts: list[Any] = list(read_by_music21(path))
        except Exception as error:  # whatever music21 raises is its answer
            parts = [[FAILED, False, f"{type(error).__name__}: {error}"[:200]]]
        stored.write_text(json.dumps(parts))
    rows = json.loads(stored.read_text())
    if rows and rows[0][0] == FAILED:
        return str(rows[0][2])
    return [Part(name, is_staff, [Event(*e) for e in events]) for name, is_staff, events in rows]


def read_by_music21(path: Path) -> Iterator[tuple[str, bool, list[Event]]]:
    score = music21.converter.parse(path, forceSource=True)
    if any(i.transposition for i in score.recurse().getElementsByClass("Instrument")):
        score = score.toSoundingPitch()
    if isinstance(score, music21.stream.Opus):
        score = score.scores[0]
    for part in score.parts or [score]:
        events = []
        for bar, measure in enumerate(part.getElementsByClass(music21.stream.Measure)):
            start = float(part.elementOffset(measure))
            for element in measure.flatten().notes:
                place = float(element.offset)
                events += events_of(element, bar, place, start + place)
        yield part.partName or "", isinstance(part, music21.stream.PartStaff), events


def events_of(element: Any, bar: int, place: float, onset: float) -> Iterator[Event]:
    """The notes of a note or chord that sounds and takes time."""
    if isinstance(element, music21.harmony.Harmony) or element.duration.isGrace:
        return
    cue = element.style.noteSize == "cue" if hasattr(element.style, "noteSize") else False
    for note in element.notes if element.isChord else [element]:
        if hasattr(note, "pitch"):
            tie = TIES.get(note.tie.type, "") if note.tie else ""
            length = float(element.quarterLength)
            yield Event(bar, place, onset, note.pitch.midi, length, tie, cue)


def merged(events: Iterable[Event]) -> list[Event]:
    """Tied notes as one, whatever their staves."""
    sounding: list[Event] = []
    open_ties: dict[int, list[int]] = defaultdict(list)
    for event in sorted(events, key=lambda e: (e.onset, e.pitch, e.duration)):
        ties = open_ties[event.pitch]
        ends = [
            n for n in ties if abs(sounding[n].onset + sounding[n].duration - event.onset) < NEAR
        ]
        place = len(sounding)
        if event.tie in ("c", "e") and ends:
            place = ends[0]
            ties.remove(place)
            first = sounding[place]
            duration = event.onset + event.duration - first.onset
            sounding[place] = first._replace(duration=duration)
        else:
            sounding.append(event)
        if event.tie in ("s", "c"):
            ties.append(place)
    return sounding


def normal(events: Iterable[Event]) -> list[Event]:
    """Sorted by pitch; a key that is struck while it is held ends there, as on a piano."""
    keys: list[Event] = []
    for event in sorted(events, key=lambda e: (e.pitch, e.onset, e.duration)):
        last = keys[-1] if keys else None
        if last and last.pitch == event.pitch:
            end = max(last.onset + last.duration, event.onset + event.duration)
            if last.onset + last.duration > event.onset + NEAR:
                event = event._replace(duration=end - event.onset)
            if event.onset - last.onset < NEAR:
                keys.pop()
            elif last.onset + last.duration > event.onset:
                keys[-1] = last._replace(duration=event.onset - last.onset)
        keys.append(event)
    return keys


def spot(event: Event) -> tuple[int, int, int]:
    return event.bar, round(24 * event.place), event.pitch


Measure = Callable[[Event], tuple[float, ...]]


def same(ours: Sequence[Event], theirs: Sequence[Event], *measures: str) -> bool:
    """Whether the notes agree in the named fields, one by one."""
    return len(ours) == len(theirs) and all(
        abs(getattr(a, field) - getattr(b, field)) < NEAR
        for a, b in zip(ours, theirs, strict=True)
        for field in measures
    )


def difference(written: Written, heads: Sequence[Event]) -> str:
    """The class of what music21 reads otherwise; "" where nothing is."""
    ours = normal(our_events(written))
    everything = normal(heads)
    if same(ours, everything, "pitch", "onset", "duration"):
        return ""
    theirs = normal(head for head in heads if not head.is_cue)
    fewer = len(ours) < len(everything) and any("cue notes" in text for text in written.repairs)
    if fewer or (
        same(ours, theirs, "pitch", "onset", "duration") and len(theirs) < len(everything)
    ):
        return "cue notes"
    in_bar: Measure = lambda e: (e.pitch, e.bar, e.place)  # noqa: E731
    by_bar = sorted(ours, key=in_bar), sorted(theirs, key=in_bar)
    if same(*by_bar, "pitch", "bar", "place"):
        return "bar lengths" if not same(ours, theirs, "pitch", "onset") else "durations"
    jumps = {
        round(b.start / TICKS, 3)
        for a, b in pairwise(written.measures)
        if a.closes or a.passes != b.passes
    }
    if same(
        [e for e in ours if round(e.onset, 3) not in jumps],
        without(theirs, jumps),
        "pitch",
        "onset",
    ):
        return "tied over a repeat"
    more = Counter(map(spot, ours)) - Counter(map(spot, theirs))
    if not Counter(map(spot, theirs)) - Counter(map(spot, ours)) and more:
        return "ties"
    if same(sorted(ours, key=lambda e: e.onset), sorted(theirs, key=lambda e: e.onset), "onset"):
        return "pitches"
    return "notes"


def without(events: Iterable[Event], jumps: set[float]) -> list[Event]:
    return [event for event in events if round(event.onset, 3) not in jumps]


def choices(parts: Sequence[Part], written: Written) -> Iterator[list[Event]]:
    """What of music21's parts may be the part that we take: all, or neighbouring staves of its
    name."""
    if not written.taken.left_out:
        yield [event for part in together(parts) for event in merged(part)]
        return
    name = " ".join(written.taken.names[0].split())
    for size in (1, 2, 3):
        for place in range(len(parts) - size + 1):
            group = parts[place : place + size]
            if all(" ".join(part.name.split()) in (name, "") for part in group):
                yield merged(event for part in group for event in part.events)


def together(parts: Sequence[Part]) -> Iterator[list[Event]]:
    """The events of each part; neighbouring staves are one."""
    for is_staff, group in groupby(parts, key=lambda part: part.is_staff):
        if is_staff:
            yield [event for part in group for event in part.events]
        else:
            yield from (part.events for part in group)


def in_step(parts: Sequence[Part], written: Written) -> list[Part]:
    """The parts with each of their bars where it begins for us."""
    starts = [measure.start / TICKS for measure in written.measures]
    return [
        part._replace(
            events=[
                event._replace(onset=starts[event.bar] + event.place)
                for event in part.events
                if event.bar < len(starts)
            ]
        )
        for part in parts
    ]


def run_apart(parts: Sequence[Part]) -> bool:
    """Whether a bar begins at different times in two parts of music21's."""
    starts = {(e.bar, round(e.onset - e.place, 2)) for part in parts for e in part.events}
    return len(starts) > len({bar for bar, _ in starts})


def compared(path: Path, cache: Path) -> tuple[str, str]:
    """Class of difference ("identical" where there is none), and a few words on it."""
    try:
        written = read_written(path)
        reason = "" if written.sounds else "no notes"
    except UserError as error:
        written, reason = None, str(error)
    parts = their_parts(path, cache)
    if isinstance(parts, str) or not any(part.events for part in parts):
        return ("both refuse" if reason else "music21 refuses"), reason or str(parts)[:150]
    if written is None or reason:
        return "we refuse", reason
    if any(not difference(written, heads) for heads in choices(in_step(parts, written), written)):
        if any(not difference(written, heads) for heads in choices(parts, written)):
            return "identical", ""
        return ("parts apart" if run_apart(parts) else "bar lengths"), ""
    classes = []
    for heads in choices(parts, written):
        kind = difference(written, heads)
        if not kind:
            return "identical", ""
        away = abs(len(heads) - len(written.sounds))
        classes.append((away, kind, first_difference(written, heads)))
    _, kind, words = min(classes, default=(0, "notes", "no such part"))
    return kind, words


def first_difference(written: Written, heads: Sequence[Event]) -> str:
    def keys(events: Iterable[Event]) -> Counter[tuple[int, float, int]]:
        return Counter((e.bar, round(e.place, 2), e.pitch) for e in normal(events))

    ours, theirs = keys(our_events(written)), keys(heads)
    less, more = sorted(ours - theirs), sorted(theirs - ours)
    return f"only ours {less[:3]} of {len(less)}, only theirs {more[:3]} of {len(more)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--music21", action="store_true", help="the scores that come with it")
    parser.add_argument("--sample", type=int, help="so many files, drawn with seed 1")
    cache = Path(tempfile.gettempdir()) / "second-reader"
    parser.add_argument("--cache", type=Path, default=cache)
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter("ignore")
    paths = [path for folder in options.folders for path in sorted(folder.rglob("*"))]
    paths += map(Path, music21.corpus.getCorePaths()) if options.music21 else []
    paths = [path for path in paths if path.suffix in NOTATION_SUFFIXES]
    if options.sample:
        paths = random.Random(1).sample(paths, min(options.sample, len(paths)))
    table: dict[str, Counter[str]] = defaultdict(Counter)
    began = time.perf_counter()
    for path in paths:
        kind, words = compared(path, options.cache)
        table[path.suffix][kind] += 1
        if kind != "identical":
            print(f"{path.name}\t{kind}\t{words}", flush=True)
    for suffix, kinds in table.items():
        total = sum(kinds.values())
        print(f"\n{suffix}: {total} pieces, {kinds['identical'] / total:.1%} identical")
        for kind, count in kinds.most_common():
            print(f"  {kind:20} {count}")
    print(f"{time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
