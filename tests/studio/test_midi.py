"""In and out in a browser: a MIDI keyboard that is none, fingers, letters, files dragged out."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from ragsmith.io import read
from support import reader
from support.browser import Browser
from support.reader import INSTRUMENT, fill, in_browser, open_piece, player
from support.stock import Stock

stocked = reader.stocked


@pytest.fixture
def midi(stocked: tuple[Browser, Stock]) -> Iterator[tuple[Browser, Stock]]:
    """A browser to which both are connected."""
    browser, goods = stocked
    add, remove = (f"Page.{act}ScriptToEvaluateOnNewDocument" for act in ("add", "remove"))
    script = browser.driver.execute_cdp_cmd(add, {"source": INSTRUMENT})
    yield browser, goods
    browser.driver.execute_cdp_cmd(remove, script)
    assert browser.complaints() == []


@in_browser
@pytest.mark.slow
def test_what_is_played_becomes_a_piece(midi: tuple[Browser, Stock]) -> None:
    browser, _ = midi
    browser.open("record")
    browser.click("#midi")
    browser.until("document.querySelector('.midi').textContent.includes('Keys')")
    fill(browser, "#record-title", "A <tune>")
    fill(browser, "#record-tempo", 240)
    browser.click("#record")
    browser.until("document.querySelector('#record').textContent === 'Stop'")
    take = (
        "const wait = (ms) => new Promise((ok) => setTimeout(ok, ms)); await wait(900);"
        "for (const pitch of [72, 76, 79]) { window.play(0x90, pitch, 90); await wait(230);"
        "window.play(0x80, pitch, 0); await wait(20); }"
    )
    browser.js(take)
    browser.click("#record")
    browser.click("#record-keep")
    browser.until("document.querySelector('input.title')?.value === 'A <tune>'")
    number = browser.js("return location.hash.split('/').pop()")
    notes = browser.get(f"pieces/{number}/notes")["notes"]
    assert [pitch for _, pitch, *_ in notes] == [72, 76, 79]
    assert len({onset for onset, *_ in notes}) == 3


@in_browser
@pytest.mark.slow
def test_letters_and_the_screen_play_too(midi: tuple[Browser, Stock]) -> None:
    browser, _ = midi
    browser.open("record")
    browser.until("document.querySelector('#record')")
    browser.js(
        "const {whenPlayed} = await import('/fingers.js'); window.keys = [];"
        "whenPlayed(({pitch, pressed}) => window.keys.push([pitch, pressed]),"
        " new AbortController().signal)"
    )
    browser.js("document.activeElement.blur()")
    browser.key("a")
    browser.until("window.keys.length === 2")
    assert browser.js("return window.keys") == [[60, True], [60, False]]
    browser.click(".keyboard")
    browser.until("window.keys.length === 4")


@in_browser
@pytest.mark.slow
def test_an_instrument_hears_the_piece(midi: tuple[Browser, Stock]) -> None:
    browser, goods = midi
    open_piece(browser, goods.piece)
    if browser.js("return document.querySelector('#practise-room').hidden"):
        browser.click("#practise")
    browser.click("#midi")
    fill(browser, "#midi-out", "out")
    browser.click("#play")
    browser.until("window.sent.length > 8")
    struck = [message for message in browser.js("return window.sent") if message[0] == 0x90]
    notes = browser.get(f"pieces/{goods.piece}/playing")["notes"]
    first = sorted(notes, key=lambda note: note["start"])[: len(struck)]
    assert [message[1] for message in struck] == [note["pitch"] for note in first]
    assert player(browser, "player.audio.paused")
    browser.js("window.play(0x90, 64, 80)")
    browser.click("#play")
    fill(browser, "#midi-out", "")


@in_browser
@pytest.mark.slow
def test_without_midi_the_page_says_so(stocked: tuple[Browser, Stock]) -> None:
    browser, _ = stocked
    source = "Object.defineProperty(navigator, 'requestMIDIAccess', {value: undefined})"
    add, remove = (f"Page.{act}ScriptToEvaluateOnNewDocument" for act in ("add", "remove"))
    script = browser.driver.execute_cdp_cmd(add, {"source": source})
    browser.open("record")
    browser.until("document.querySelector('.midi')?.textContent.includes('no MIDI')")
    browser.driver.execute_cdp_cmd(remove, script)


@in_browser
@pytest.mark.slow
def test_a_file_is_dragged_out(stocked: tuple[Browser, Stock], tmp_path: object) -> None:
    browser, goods = stocked
    open_piece(browser, goods.piece)
    drag = (
        "const data = {}; const event = new DragEvent('dragstart', {bubbles: true});"
        "Object.defineProperty(event, 'dataTransfer',"
        " {value: {setData: (kind, text) => { data[kind] = text; }}});"
        "document.querySelector(`.files a[data-format='${arguments[0]}']`).dispatchEvent(event);"
        "return JSON.stringify(data)"
    )
    for suffix, kind in (("mid", "audio/midi"), ("musicxml", "application/vnd.recordare")):
        carried = json.loads(browser.js(drag, suffix))["DownloadURL"]
        assert carried.startswith(kind)
        assert f".{suffix}:" in carried
        path = carried.split("/api/")[1]
        file = tmp_path / f"piece.{suffix}"  # type: ignore[operator]
        file.write_bytes(browser.download(path))
        assert len(read(file).notes) > 100
