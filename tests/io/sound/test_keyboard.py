import soundfile

from ragsmith.io.sound import keyboard


def test_every_key_has_its_place(tmp_path, monkeypatch):
    monkeypatch.setattr(keyboard, "KEY_SAMPLES", 2_000)
    path = keyboard.write_keyboard(tmp_path / "keys.flac")
    sound, rate = soundfile.read(path)
    assert (len(sound), rate) == (88 * 2_000, keyboard.SAMPLE_RATE)
    assert abs(sound).max() > 0.99
    loudest = abs(sound).reshape(88, 2_000).max(axis=1)
    assert loudest.min() > 0.01
