"""The études: what the grammar promises, and that the shipped files are what it writes."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from golden.regenerate import differences
from ragsmith import etudes
from ragsmith.errors import BadFolder
from ragsmith.etudes import compose_etude, etude_files
from ragsmith.etudes.figures import DUPLE, TRIPLE, Vocabulary
from ragsmith.etudes.harmony import (
    CHORDS,
    FULL_CLOSES,
    HALF_CLOSES,
    INTRODUCTIONS,
    MAJOR,
    OPENINGS,
    RESOLUTIONS,
    scale_over,
)
from ragsmith.io import read
from ragsmith.piece import Hand, Note, Piece, Section, normalise
from ragsmith.verbs import transpose

NUMBERS = range(1, etudes.COUNT + 1)
etude = cache(compose_etude)


def groups(piece: Piece, hand: Hand) -> dict[int, list[Note]]:
    """What a hand strikes, by onset."""
    struck: dict[int, list[Note]] = {}
    for note in piece.notes:
        if note.hand == hand:
            struck.setdefault(note.onset, []).append(note)
    return struck


def melody(piece: Piece) -> list[tuple[int, int]]:
    """(onset, pitch) of the right hand's highest notes."""
    return [(o, max(n.pitch for n in g)) for o, g in sorted(groups(piece, Hand.RIGHT).items())]


def strains(piece: Piece) -> list[Section]:
    return [s for s in piece.sections if s.name != "Intro"]


def test_the_shipped_files_are_what_the_grammar_writes(tmp_path):
    assert differences("etudes", tmp_path) == []


def test_twelve_files_read_back_as_they_were_composed():
    assert len(etude_files()) == etudes.COUNT == 12
    for number, path in enumerate(etude_files(), 1):
        reading = read(path)
        assert reading.repairs == ()
        piece, composed = reading.piece, etude(number)
        assert reading.fitting_grid == (4 if piece.bars[0].metre == (2, 4) else 2)
        for field in ("notes", "bars", "keys", "tempos", "sections", "title"):
            assert getattr(piece, field) == getattr(composed, field), (path.name, field)


def test_the_same_number_gives_the_same_piece():
    assert compose_etude(3) == compose_etude(3)


@pytest.mark.parametrize("number", [0, -1, 13])
def test_other_numbers_are_refused(number):
    with pytest.raises(ValueError, match="1 to 12"):
        compose_etude(number)


def test_metres_and_keys_vary():
    pieces = [etude(n) for n in NUMBERS]
    assert {p.bars[0].metre for p in pieces} == {(2, 4), (4, 4), (3, 4)}
    assert sum(p.bars[0].metre == (2, 4) for p in pieces) == 9
    assert {p.keys[0].fifths for p in pieces} >= {-5, -4, -3, -2, -1, 0, 1}
    assert len({p.title for p in pieces}) == len(pieces)


@pytest.mark.parametrize("number", NUMBERS)
def test_form(number):
    piece = etude(number)
    bar = piece.bars[0].length
    assert [s.name for s in piece.sections] == ["Intro", "A", "B", "Trio"]
    assert [(s.end - s.start) / bar for s in piece.sections] == [4, 16, 16, 16]
    home, trio = piece.keys
    assert trio == (piece.sections[-1].start, home.fifths - 1, False)
    assert set(piece.order) == {s.name for s in piece.sections}
    assert piece.notes == normalise(piece.notes)


@pytest.mark.parametrize("number", NUMBERS)
def test_hands_can_play_it(number):
    piece = etude(number)
    for hand, widest in ((Hand.LEFT, 12), (Hand.RIGHT, 16)):
        for struck in groups(piece, hand).values():
            pitches = [n.pitch for n in struck]
            assert len(pitches) <= 5
            assert max(pitches) - min(pitches) <= widest
    sounding: dict[int, dict[Hand, list[int]]] = {}
    for note in piece.notes:
        for step in range(note.onset, note.onset + note.duration):
            sounding.setdefault(step, {}).setdefault(note.hand, []).append(note.pitch)
    for hands in sounding.values():
        if len(hands) == 2:
            assert max(hands[Hand.LEFT]) < min(hands[Hand.RIGHT])


@pytest.mark.parametrize("number", NUMBERS)
def test_strains_have_memory_and_end_at_home(number):
    piece = etude(number)
    half = 8 * piece.bars[0].length
    tops = melody(piece)
    for strain, key in zip(strains(piece), [*[piece.keys[0]] * 2, piece.keys[1]], strict=True):
        tonic = 7 * key.fifths % 12
        opening = [(o, p) for o, p in tops if strain.start <= o < strain.start + half // 2]
        again = [(o - half, p) for o, p in tops if 0 <= o - half - strain.start < half // 2]
        assert opening == again
        last = max(o for o, _ in tops if o < strain.end)
        assert dict(tops)[last] % 12 == tonic
        assert min(groups(piece, Hand.LEFT)[last], key=lambda n: n.pitch).pitch % 12 == tonic


@pytest.mark.parametrize("number", NUMBERS)
def test_the_left_hand_strides_and_the_right_hand_is_syncopated(number):
    piece = etude(number)
    pulse = 1 if piece.bars[0].metre == (2, 4) else 2
    left = [o for s in strains(piece) for o in groups(piece, Hand.LEFT) if s.start <= o < s.end]
    share = sum(o % (2 * pulse) == 0 for o in left) / len(left)
    assert share > (0.7 if "Tango" in piece.title else 0.99)
    right = {o for o, _ in melody(piece)}
    off = [o for o in right if o % (2 * pulse) and o + pulse not in right]
    assert len(off) / len(right) > 0.05


@pytest.mark.parametrize("number", NUMBERS)
def test_the_melody_sings(number):
    pitches = [pitch for _, pitch in melody(etude(number))]
    assert 60 <= min(pitches) <= max(pitches) <= 90
    leaps = [abs(b - a) for a, b in pairwise(pitches)]
    assert sum(leap > 12 for leap in leaps) <= 0.01 * len(leaps)
    assert sum(leap <= 4 for leap in leaps) > 0.6 * len(leaps)


def test_no_two_are_near_duplicates():
    bars: list[set[tuple[tuple[int, ...], ...]]] = []
    for number in NUMBERS:
        piece = etude(number)
        tonic = transpose(piece, -(7 * piece.keys[0].fifths) % 12)
        seen = set()
        for bar in tonic.bars:
            notes = [n for n in tonic.notes if bar.start <= n.onset < bar.start + bar.length]
            seen.add(tuple((n.onset - bar.start, n.pitch % 12, n.duration) for n in notes))
        bars.append(seen)
    for i, some in enumerate(bars):
        for others in bars[:i]:
            assert len(some & others) <= 0.1 * min(len(some), len(others))


@pytest.mark.parametrize("words", [DUPLE, TRIPLE])
def test_figures_fill_their_bars(words: Vocabulary):
    for figures, bars in zip(words[1:], (1, 1, 1, 2, 2), strict=True):
        for figure in figures:
            assert sum(tone.duration for tone in figure) == bars * words.pulses


def test_every_chord_is_known_and_can_go_on():
    for line in OPENINGS + HALF_CLOSES + FULL_CLOSES + INTRODUCTIONS:
        names = [name for bar in line.split("|") for name in bar.split()]
        assert set(names) <= CHORDS.keys()
        assert len(line.split("|")) == 4
    for line in OPENINGS:
        goals = RESOLUTIONS.get(line.split()[-1])
        for closes in (HALF_CLOSES, FULL_CLOSES):
            assert goals is None or any(close.split()[0] in goals for close in closes)


def test_scales_hold_their_chord_and_bend_no_further():
    for chord in CHORDS.values():
        assert set(chord.tones) <= scale_over(chord)
        assert scale_over(chord) - MAJOR <= set(chord.tones)


def test_the_command_writes_them(tmp_path):
    command = [sys.executable, "-m", "ragsmith.etudes"]
    done = subprocess.run([*command, str(tmp_path / "new")], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    names = [path.name for path in etude_files()]
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == names
    assert subprocess.run(command, capture_output=True, check=False).returncode == 2


def test_a_file_in_the_way_of_the_folder(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BadFolder, match="cannot be made a folder"):
        etudes.write_etudes(tmp_path / "file")
