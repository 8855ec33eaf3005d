"""Performances: as written at 0, playable and bounded at any expression, always the same."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ragsmith
from ragsmith.errors import BadOption
from ragsmith.performance import PlayedNote, as_written, perform
from ragsmith.performance.velocities import has_own_dynamics
from ragsmith.piece import Hand, Note, Piece
from ragsmith.playing_order import unfold
from support.strategies import pieces

expressions = st.floats(0, 1)


@pytest.fixture(scope="module")
def rag():
    return ragsmith.datasets.rags()[0]


@given(pieces())
def test_without_expression_it_is_the_piece_to_the_tick(piece):
    performance = perform(piece, 0)
    assert performance == as_written(unfold(piece))
    ticks = performance.ticks_per_step
    for note, played in zip(unfold(piece).notes, performance.notes, strict=True):
        assert played == (note.onset * ticks, note.pitch, note.duration * ticks, note.velocity)


@given(pieces(), expressions, st.integers(0, 9), st.floats(0, 1))
@settings(max_examples=40)
def test_it_can_be_played(piece, expression, seed, swing):
    performance = perform(piece, expression, seed, swing)
    let_go = {}
    for note in performance.notes:
        assert note.onset >= let_go.get(note.pitch, 0)
        assert note.duration >= 1
        assert 1 <= note.velocity <= 127
        let_go[note.pitch] = note.onset + note.duration
    assert [note.pitch for note in performance.notes] == [n.pitch for n in unfold(piece).notes]
    ticks = [change.tick for change in performance.pedal]
    assert ticks == sorted(ticks)
    tempos = [change.tick for change in performance.tempos]
    assert tempos == sorted(set(tempos))


@given(pieces(), expressions)
@settings(max_examples=20)
def test_no_note_overtakes_one_that_is_written_before_it(piece, expression):
    performance = perform(piece, expression)
    onsets = {}
    for note, played in zip(performance.piece.notes, performance.notes, strict=True):
        onsets.setdefault(note.onset, []).append(played.onset)
    latest = -1
    for played in (onsets[step] for step in sorted(onsets)):
        assert min(played) > latest
        latest = max(played)


def test_a_seed_fixes_it_and_another_changes_it(rag):
    assert perform(rag, 0.6, seed=1) == perform(rag, 0.6, seed=1)
    assert perform(rag, 0.6, seed=1) != perform(rag, 0.6, seed=2)


def test_more_expression_is_more_of_everything(rag):
    spreads, lengths, pedals = [], [], []
    for expression in (0.0, 0.5, 1.0):
        performance = perform(rag, expression)
        spreads.append(np.std([note.velocity for note in performance.notes]))
        clock = performance.clock(1_000_000)
        bars = [clock(bar.start * performance.ticks_per_step) for bar in performance.piece.bars]
        lengths.append(np.std(np.diff(bars)))
        downs = [change.tick for change in performance.pedal[::2]]
        ups = [change.tick for change in performance.pedal[1::2]]
        pedals.append(sum(ups) - sum(downs))
    for figures in (spreads, lengths, pedals):
        assert figures == sorted(figures)
        assert figures[0] < figures[1] < figures[2]


def test_the_second_time_is_played_otherwise(rag):
    performance = perform(rag, 0.6)
    first, second = [s for s in performance.piece.sections if s.name == "A"][:2]
    loudness = [
        np.mean(
            [
                played.velocity
                for note, played in zip(performance.piece.notes, performance.notes, strict=True)
                if section.start <= note.onset < section.end
            ]
        )
        for section in (first, second)
    ]
    assert abs(loudness[0] - loudness[1]) > 3


def test_the_melody_sounds_first_and_loudest():
    chords = [
        Note(4 * beat, pitch, 4, hand=Hand.RIGHT if pitch > 59 else Hand.LEFT)
        for beat in range(64)
        for pitch in (43, 47, 50, 62, 67, 74)
    ]
    performance = perform(Piece.from_array(np.array(chords)), 1.0)
    by_pitch = {}
    for note in performance.notes:
        by_pitch.setdefault(note.pitch, []).append(note)
    means = {
        pitch: np.mean([(n.onset, n.velocity) for n in notes], axis=0)
        for pitch, notes in by_pitch.items()
    }
    others = [means[pitch] for pitch in means if pitch != 74]
    lead, louder = np.array(others).mean(axis=0) - means[74]
    assert 15 < lead / 480 * 500 < 45  # milliseconds
    assert -40 < louder < -10


def test_a_piece_with_dynamics_of_its_own_has_these():
    notes = [Note(step, 60 + step % 12, 1, 40 + step % 30, Hand.RIGHT) for step in range(64)]
    piece = Piece.from_array(np.array(notes))
    assert has_own_dynamics(piece)
    played = [note.velocity for note in perform(piece, 1.0).notes]
    assert played == [note.velocity for note in piece.notes]


def test_the_last_bar_is_the_slowest(rag):
    performance = perform(rag, 0.6)
    tempos = [change.microseconds for change in performance.tempos]
    assert max(tempos) == tempos[-1]
    assert 1.2 < tempos[-1] / np.median(tempos) < 1.8


def test_repeats_aside_it_takes_about_as_long_as_written(rag):
    assert perform(rag, 1.0).seconds == pytest.approx(perform(rag, 0).seconds, rel=0.06)


def test_swing_moves_the_short_notes_between_only():
    straight = Piece.from_array([[step, 60 + step % 2, 1] for step in range(8)], metre="2/4")
    swung = perform(straight, 0, swing=1).notes
    assert [note.onset for note in swung] == [0, 160, 240, 400, 480, 640, 720, 880]
    assert [note.duration for note in swung] == [160, 80] * 4
    waltz = Piece.from_array([[step, 60, 1] for step in range(12)], metre="6/8")
    assert perform(waltz, 0, swing=1).notes == as_written(waltz).notes


def test_a_chord_that_no_hand_spans_is_rolled_upwards():
    wide = [Note(0, pitch, 16, hand=Hand.LEFT) for pitch in (36, 48, 60)]
    piece = Piece.from_array(np.array([*wide, Note(12, 72, 4, hand=Hand.RIGHT)]))
    first, second, third, _ = perform(piece, 1.0).notes
    assert first.onset < second.onset < third.onset


def test_the_pedal_changes_with_the_harmony():
    chords = {0: (48, 64, 67), 8: (43, 65, 71), 16: (48, 64, 67), 24: (41, 65, 69)}
    notes = [[step, pitch, 8] for step, pitches in chords.items() for pitch in pitches]
    performance = perform(Piece.from_array(notes, metre="2/4"), 1.0)
    downs = [change.tick for change in performance.pedal if change.depth]
    assert [round(tick / 960, 1) for tick in downs] == [0.1, 1.1, 2.1, 3.1]
    assert [change.depth for change in performance.pedal] == [127, 0] * 4


@pytest.mark.parametrize("values", [{"expression": 1.5}, {"swing": -1}, {"seed": -1}])
def test_what_is_out_of_range_is_refused(rag, values):
    with pytest.raises(BadOption):
        perform(rag, **values)


def test_what_is_no_piece_is_refused():
    with pytest.raises(BadOption, match="is no piece"):
        perform("rag.mid")


def test_an_empty_piece_is_played():
    assert perform(Piece((), ()), 1.0).notes == ()


def test_ticks_are_a_whole_number_to_a_step():
    piece = replace(Piece.from_array([[1, 60, 1]], steps_per_quarter=24))
    assert as_written(piece).notes == (PlayedNote(20, 60, 20, 80),)
