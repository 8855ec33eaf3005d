from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.io.sound.instrument import GRAND, HONKY_TONK, PIANOS, UPRIGHT
from ragsmith.io.sound.piano import play, render, sample_clock
from ragsmith.io.sound.reverb import BLOCK
from ragsmith.io.sound.strings import modes_of, strike
from ragsmith.piece import Note, Piece, Section, Tempo, regular_bars

RATE = 44_100
SECOND = 8
"""Steps of a second: 4 per quarter, 120 quarters a minute."""


def a_piece(*notes, steps=SECOND, **fields):
    return Piece(tuple(sorted(notes)), regular_bars(steps, []), **fields)


def equal_tempered(pitch):
    return 440 * 2 ** ((pitch - 69) / 12)


def peak_near(sound, expected, semitones=1.0):
    """Frequency in Hz of the highest peak within some semitones of where it is expected."""
    size = 1 << 20
    mono = sound.sum(axis=1)[: 4 * RATE]
    spectrum = np.abs(np.fft.rfft(mono * np.hanning(len(mono)), size))
    reach = 2 ** (semitones / 12)
    first, last = (int(f * size / RATE) for f in (expected / reach, expected * reach))
    return (first + int(np.argmax(spectrum[first : last + 1]))) * RATE / size


def cents(frequency, reference):
    return 1200 * np.log2(frequency / reference)


def decibels(sound):
    return 10 * np.log10(np.mean(np.square(sound)) + 1e-20)


def cents_off(pitch, velocity, piano=UPRIGHT):
    sound = render(a_piece(Note(0, pitch, 4 * SECOND, velocity), steps=4 * SECOND), piano)
    return cents(peak_near(sound, equal_tempered(pitch)), equal_tempered(pitch))


@pytest.mark.parametrize("pitch", [21, 28, 33, 45, 60, 69, 81, 93, 102, 108])
def test_a_key_sounds_its_own_pitch(pitch):
    assert abs(cents_off(pitch, 80)) < 5


@pytest.mark.slow
@pytest.mark.parametrize("velocity", [20, 70, 127])
@pytest.mark.parametrize("piano", [UPRIGHT, GRAND])
def test_every_key_sounds_its_own_pitch(piano, velocity):
    off = [cents_off(pitch, velocity, piano) for pitch in range(21, 109)]
    assert np.abs(off).max() < 5


@pytest.mark.slow
def test_a_honky_tonk_is_out_of_tune_with_itself_only():
    off = [cents_off(pitch, 70, HONKY_TONK) for pitch in range(21, 109)]
    assert 3 < np.abs(off).max() < 5 + 1.2 * HONKY_TONK.detuning


@pytest.mark.parametrize("piano", PIANOS.values(), ids=list(PIANOS))
@pytest.mark.parametrize("pitch", [33, 48, 60, 72])
def test_partials_are_stretched_as_a_stiff_string_does(piano, pitch):
    sound = strike(piano, pitch, 90, 4 * RATE, RATE)
    b = piano.inharmonicity(pitch)
    for n in (5, 9):
        stiff = n * np.sqrt((1 + b * n * n) / (1 + b)) * piano.fundamental(pitch)
        assert abs(cents(peak_near(sound, stiff, 0.2), stiff)) < 1.5 * piano.detuning
    assert cents(stiff, n * piano.fundamental(pitch)) > 3


def test_a_key_dies_fast_at_first_then_slowly():
    sound = strike(UPRIGHT, 60, 80, 5 * RATE, RATE)
    level = [decibels(sound[int(t * RATE) :][: RATE // 5]) for t in (0.2, 0.7, 3.0, 3.5)]
    assert level[0] - level[1] > 1.7 * (level[2] - level[3]) > 0


def test_the_treble_dies_before_the_bass():
    falls = []
    for pitch in (24, 48, 72, 96):
        sound = strike(UPRIGHT, pitch, 80, 2 * RATE, RATE)
        falls.append(decibels(sound[: RATE // 4]) - decibels(sound[RATE:]))
    assert falls == sorted(falls)


def centre(sound):
    power = np.square(np.abs(np.fft.rfft(sound[:RATE].sum(axis=1))))
    return np.average(np.fft.rfftfreq(len(sound[:RATE]), 1 / RATE), weights=power)


@pytest.mark.parametrize("pitch", [30, 60, 90])
def test_louder_is_brighter(pitch):
    sounds = [strike(UPRIGHT, pitch, velocity, RATE, RATE) for velocity in (20, 60, 100, 127)]
    assert [centre(s) for s in sounds] == sorted(centre(s) for s in sounds)
    assert [decibels(s) for s in sounds] == sorted(decibels(s) for s in sounds)


def test_the_bass_is_left_and_the_treble_right():
    for pitch, loud in ((30, 0), (100, 1)):
        sound = strike(UPRIGHT, pitch, 80, RATE, RATE)
        assert decibels(sound[:, loud]) > decibels(sound[:, 1 - loud]) + 1


@pytest.mark.parametrize("pitch", range(21, 109, 3))
def test_nothing_ever_grows(pitch):
    for piano in PIANOS.values():
        assert (modes_of(piano, pitch, RATE).poles.real < 0).all()


def test_dampers_end_notes_but_not_in_the_treble():
    for pitch, damped in ((40, True), (60, True), (84, True), (96, False)):
        sound = render(a_piece(Note(0, pitch, SECOND // 4), steps=2 * SECOND))
        held = render(a_piece(Note(0, pitch, 2 * SECOND), steps=2 * SECOND))
        later = slice(int(0.75 * RATE), RATE)
        assert (decibels(sound[later]) < decibels(held[later]) - 15) == damped


def test_the_same_piece_sounds_the_same():
    piece = a_piece(*(Note(i, 40 + 5 * i, 4, 30 + 10 * i) for i in range(9)), steps=16)
    first = render(piece)
    modes_of.cache_clear()
    assert render(piece).tobytes() == first.tobytes()


def test_pianos_differ():
    piece = a_piece(Note(0, 60, 4))
    assert len({render(piece, piano).tobytes() for piano in PIANOS.values()}) == len(PIANOS)


def test_silence_at_the_end_and_no_constant():
    piece = a_piece(*(Note(2 * i, 30 + 7 * i, 3, 127) for i in range(10)), steps=24)
    sound = render(piece)
    assert np.abs(sound[-200:]).max() < 1e-5
    assert not sound[-1].any()
    assert np.abs(sound.mean(axis=0)).max() < 1e-6 < np.abs(sound).max()


def test_an_empty_piece_is_silence():
    for piece in (Piece((), ()), a_piece(steps=4 * SECOND)):
        sound = render(piece)
        assert sound.dtype == np.float32
        assert sound.shape[1] == 2
        assert len(sound) >= piece.steps / SECOND * RATE
        assert len(sound)
        assert not sound.any()


def test_notes_outside_the_piano_are_left_out():
    inside = Note(0, 60, 4)
    outside = [Note(0, 20, 4), Note(0, 109, 4), Note(4, 0, 2), Note(4, 127, 2)]
    assert (render(a_piece(inside, *outside)) == render(a_piece(inside))).all()


def test_a_key_struck_again_sounds_twice():
    sound = render(a_piece(Note(0, 60, 4), Note(4, 60, 4)))
    before, after = (sound[RATE // 2 + d :][: RATE // 10] for d in (-RATE // 10, 100))
    assert decibels(after) > decibels(before) + 3


def test_sections_are_played_in_their_order():
    sections = (Section("A", 0, 8), Section("B", 8, 16))
    piece = a_piece(Note(0, 60, 8), Note(8, 72, 8), steps=16, sections=sections)
    assert len(render(replace(piece, order=tuple("ABABA")))) > len(render(piece)) + 2.5 * RATE


tempos = st.lists(st.builds(Tempo, st.integers(0, 400), st.integers(1, 0xFFFFFF)), max_size=6).map(
    lambda marks: tuple(sorted(marks, key=lambda m: m.step))
)


@given(tempos, st.integers(0, 500), st.sampled_from([4, 6, 24]), st.sampled_from([22_050, RATE]))
def test_the_clock_is_exact(marks, step, grid, rate):
    piece = Piece((), (), grid, tempos=marks)
    seconds, tempo = Fraction(0), 500_000
    for now in range(step):
        tempo = next((m.microseconds for m in reversed(marks) if m.step == now), tempo)
        seconds += Fraction(tempo, grid * 1_000_000)
    assert abs(sample_clock(piece, rate)(step) - seconds * rate) <= Fraction(1, 2)


def test_tempo_changes_are_heard():
    marks = (Tempo(0, 1_000_000), Tempo(4, 250_000))
    sound = render(a_piece(Note(4, 60, 4), Note(8, 80, 4), steps=12, tempos=marks))
    assert not np.abs(sound[: RATE - 1]).max() > 1e-6
    assert decibels(sound[RATE : RATE + 2000]) > -60
    hears = peak_near(sound[RATE + RATE // 4 :][: RATE // 4], equal_tempered(80))
    assert abs(cents(hears, equal_tempered(80))) < 10


def test_sound_comes_in_blocks_of_one_size():
    piece = a_piece(Note(0, 60, 8), Note(60, 62, 8), steps=80)
    blocks = list(play(piece, GRAND))
    assert {block.shape for block in blocks} == {(BLOCK, 2)}
    assert (np.concatenate(blocks) == render(piece, GRAND)).all()


@pytest.mark.parametrize("rate", [22_050, 48_000])
def test_other_sample_rates(rate):
    sound = strike(UPRIGHT, 69, 80, 2 * rate, rate)
    size = 1 << 19
    peak = np.argmax(np.abs(np.fft.rfft(sound.sum(axis=1), size))) * rate / size
    assert abs(cents(peak, 440)) < 5
