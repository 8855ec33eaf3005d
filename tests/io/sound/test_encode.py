import errno
import io
import tracemalloc
import wave

import numpy as np
import pytest
import soundfile

from ragsmith.errors import BadFile
from ragsmith.io.sound import piano
from ragsmith.io.sound.encode import AUDIO_SUFFIXES, write_audio
from ragsmith.io.sound.loudness import measure_loudness
from ragsmith.io.sound.piano import GRAND, render
from ragsmith.piece import Note, Piece, regular_bars

RATE = 44_100
LOSSLESS = (".wav", ".flac")


def a_piece(beats=8, **fields):
    notes = [Note(2 * i, 48 + (7 * i) % 36, 3, 90) for i in range(2 * beats)]
    return Piece(tuple(notes), regular_bars(4 * beats, []), title="Étude", **fields)


def read(path):
    sound, rate = soundfile.read(path, dtype="float32")
    assert rate == RATE
    return sound


@pytest.fixture(params=AUDIO_SUFFIXES)
def suffix(request):
    return request.param


def test_each_format_opens_again(tmp_path, suffix):
    piece = a_piece(composer="A. Nonym")
    path = write_audio(piece, tmp_path / f"rag{suffix}")
    sound = read(path)
    assert sound.shape == render(piece).shape
    assert np.abs(sound).max() <= 10 ** (-1 / 20)
    assert np.abs(sound.mean(axis=0)).max() < 2e-4
    assert np.abs(sound[-500:]).max() < 2e-4
    loudness = measure_loudness([sound], RATE)
    assert loudness.lufs == pytest.approx(-18, abs=0.3)
    with soundfile.SoundFile(path) as file:
        assert (file.title, file.artist) == ("Étude", "A. Nonym")
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_each_format_opens_in_another_decoder(tmp_path, suffix):
    miniaudio = pytest.importorskip("miniaudio")
    path = write_audio(a_piece(), tmp_path / f"rag{suffix}")
    decoded = miniaudio.decode_file(str(path), nchannels=2, sample_rate=RATE)
    theirs = np.asarray(decoded.samples, np.float32).reshape(-1, 2) / 32768
    ours = read(path)
    assert abs(len(theirs) - len(ours)) < 3000  # decoders differ in how they trim an MP3
    assert theirs.std() == pytest.approx(ours.std(), rel=0.01)


def test_wav_opens_in_the_standard_library(tmp_path):
    for bits in (16, 24):
        path = write_audio(a_piece(), tmp_path / "rag.wav", bits=bits)
        with wave.open(str(path)) as file:
            assert file.getsampwidth() == bits // 8
            assert file.getnchannels() == 2
            assert file.getframerate() == RATE
            assert file.getnframes() == len(render(a_piece()))


def test_lossless_formats_hold_the_same(tmp_path):
    first, second = (read(write_audio(a_piece(), tmp_path / f"a{s}")) for s in LOSSLESS)
    assert np.abs(first - second).max() <= 2**-15  # one truncates, the other rounds
    fine = read(write_audio(a_piece(), tmp_path / "b.flac", bits=24))
    assert 0 < np.abs(fine - second).max() < 2**-14


def test_the_same_piece_gives_the_same_bytes(tmp_path):
    for suffix in LOSSLESS:  # an OGG stream bears a serial number drawn by chance
        files = [write_audio(a_piece(), tmp_path / f"{i}{suffix}") for i in range(2)]
        assert files[0].read_bytes() == files[1].read_bytes()


def test_it_is_played_once(tmp_path, suffix, monkeypatch):
    played = []

    def play(piece, *how):
        played.append(piece)
        return piano.play(piece, *how)

    monkeypatch.setattr("ragsmith.io.sound.encode.play", play)
    write_audio(a_piece(), tmp_path / f"a{suffix}")
    assert len(played) == 1


def test_the_instrument_is_heard(tmp_path):
    usual = read(write_audio(a_piece(), tmp_path / "a.wav"))
    assert not (read(write_audio(a_piece(), tmp_path / "a.wav", GRAND)) == usual).all()


def test_an_empty_piece_is_silence(tmp_path, suffix):
    sound = read(write_audio(Piece((), ()), tmp_path / f"rag{suffix}"))
    assert len(sound)
    assert np.abs(sound).max() < 1e-4


def test_one_soft_note_is_made_loud_but_not_clipped(tmp_path):
    piece = Piece((Note(0, 108, 1, 1),), regular_bars(4, []))
    assert 0.05 < np.abs(read(write_audio(piece, tmp_path / "a.wav"))).max() <= 10 ** (-1 / 20)


@pytest.mark.parametrize("title", ["", "a\0b\nc", "x" * 100_000, "日本 🎹", "\ud800"])
def test_any_title_will_do(tmp_path, suffix, title):
    piece = Piece((), (), title=title, composer=title)
    assert len(read(write_audio(piece, tmp_path / f"a{suffix}")))


def test_what_cannot_be_written_is_said_in_one_line(tmp_path, suffix):
    (tmp_path / f"folder{suffix}").mkdir()
    for path in (tmp_path / "none" / f"a{suffix}", tmp_path / f"folder{suffix}"):
        with pytest.raises(BadFile, match=r"^[^\n]*cannot be written[^\n]*$"):
            write_audio(Piece((), ()), path)
    for name in ("a.aac", "a", ""):
        with pytest.raises(BadFile, match="is not a sound format"):
            write_audio(Piece((), ()), tmp_path / name)
    assert [p.name for p in tmp_path.iterdir()] == [f"folder{suffix}"]


@pytest.mark.parametrize("error", [soundfile.LibsndfileError(2), KeyboardInterrupt()])
def test_no_half_file_is_left(tmp_path, suffix, monkeypatch, error):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"old")
    written = []

    def write(file, block):
        written.append(block)
        if len(written) == 2:
            raise error

    monkeypatch.setattr(soundfile.SoundFile, "write", write)
    expected = BadFile if isinstance(error, soundfile.LibsndfileError) else KeyboardInterrupt
    with pytest.raises(expected):
        write_audio(a_piece(), path)
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


class Full(io.FileIO):
    """A file on a disk with room for so many bytes."""

    room = 0

    def write(self, data):
        if self.tell() + len(data) > self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data)


@pytest.mark.parametrize("missing", [1, 100, 50_000, 10**9])
def test_a_full_disk_is_noticed_to_the_last_byte(tmp_path, suffix, monkeypatch, missing):
    path = tmp_path / f"a{suffix}"
    size = write_audio(a_piece(), path).stat().st_size
    path.unlink()
    monkeypatch.setattr(Full, "room", size - missing)
    monkeypatch.setattr(
        "ragsmith.io.sound.encode.open",
        lambda p, mode: io.BufferedWriter(Full(p, mode)),
        raising=False,
    )
    with pytest.raises(BadFile, match=r"cannot be written \(no space left on device\)"):
        write_audio(a_piece(), path)
    assert not list(tmp_path.iterdir())


def sine(frequency, seconds=3, rate=48_000):
    wave_ = np.sin(2 * np.pi * frequency * np.arange(seconds * rate) / rate)
    return np.stack([wave_, np.zeros_like(wave_)], axis=1).astype(np.float32)


@pytest.mark.parametrize("rate", [RATE, 48_000])
def test_loudness_of_the_sine_that_the_standard_names(rate):
    assert measure_loudness([sine(997, rate=rate)], rate).lufs == pytest.approx(-3.01, abs=0.02)


def test_loudness_ignores_silence_and_follows_the_gain():
    music = 0.1 * sine(500)
    loud = measure_loudness([music], 48_000).lufs
    padded = np.concatenate([music, np.zeros((480_000, 2), np.float32)])
    assert measure_loudness([padded], 48_000).lufs == pytest.approx(loud, abs=0.3)
    assert measure_loudness([music / 10], 48_000).lufs == pytest.approx(loud - 20, abs=0.01)
    assert measure_loudness([np.zeros((4800, 2), np.float32)], 48_000) == (-np.inf, 0, 0)


def test_peaks_between_samples_are_seen():
    shifted = np.sin(np.pi / 2 * np.arange(4800) + np.pi / 4)  # a quarter of the rate: 0.707 only
    sound = np.stack([shifted] * 2, axis=1).astype(np.float32)
    assert measure_loudness([sound], 48_000).peak == pytest.approx(1, abs=0.03)


@pytest.mark.slow
def test_ten_minutes_of_ogg_in_little_memory(tmp_path):
    piece = a_piece(beats=1200)
    tracemalloc.start()
    path = write_audio(piece, tmp_path / "long.ogg")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 150e6
    assert soundfile.info(path).duration > 600
