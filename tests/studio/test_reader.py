"""What a reader does with the studio's pages, in a browser: compose, hear, choose, learn, keep."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import ragsmith
from ragsmith.io import read
from support import reader
from support.browser import Browser
from support.fakes import a_rag
from support.reader import BARS, compose_four, fill, in_browser, lit, open_piece, player
from support.written import written_bars

opened_browser, browser, piece = reader.opened_browser, reader.browser, reader.piece

RAGS = Path(ragsmith.__file__).parent / "shipped" / "rags" / "midi"


def painted(browser: Browser, selector: str) -> int:
    """Pixels of a canvas that are not empty."""
    script = (
        "const c = document.querySelector(arguments[0]);"
        "return c.getContext('2d').getImageData(0, 0, c.width, c.height).data"
        ".reduce((n, v, i) => n + (i % 4 === 3 && v > 0), 0)"
    )
    return int(browser.js(script, selector))


@in_browser
@pytest.mark.slow
def test_four_pieces_are_composed_side_by_side(browser: Browser) -> None:
    made = compose_four(browser)
    assert len(set(made)) == 4
    browser.until("document.querySelectorAll('.card .best').length === 1")
    titles = browser.js(
        "return [...document.querySelectorAll('.card h2')].map((h) => h.textContent)"
    )
    assert len(set(titles)) == 4
    assert not any(title.startswith("Rag no.") for title in titles)
    assert all(painted(browser, f".card:nth-child({n}) canvas") > 100 for n in (1, 2, 3, 4))
    browser.key("3")
    assert browser.js("return document.querySelector('.card.chosen h2 a').hash").endswith(made[2])
    browser.key(" ")
    browser.until("import('/player.js').then(({player}) => player.audio.currentTime > 0)")
    assert player(browser, "player.piece") == made[2]
    browser.key(" ")
    assert player(browser, "player.audio.paused")


@in_browser
@pytest.mark.slow
def test_a_reload_in_the_middle_loses_nothing(browser: Browser) -> None:
    browser.open("compose")
    fill(browser, "#bars", 48)
    browser.click("#compose")
    browser.until("document.querySelector('.card canvas') && location.hash.length > 12")
    browser.driver.refresh()
    browser.until("document.querySelectorAll('.card.ready').length === 4")


@in_browser
@pytest.mark.slow
def test_a_piece_is_heard_while_it_is_written(browser: Browser) -> None:
    browser.open("compose")
    fill(browser, "[name=model]", "ragtime")
    fill(browser, "#bars", 100)
    browser.click("#compose")
    browser.click(".card .round")
    browser.until("document.querySelector('.card .round[aria-label^=Pause]')")
    assert not browser.js("return document.querySelector('.card.ready')")
    keys = "return import('/piano.js').then(({tune}) => tune()).then((keys) => keys.duration)"
    assert browser.js(keys) == 88 * 1.5
    browser.until("import('/player.js').then(({player}) => player.audio.currentTime > 1)")
    browser.key("1")
    browser.key(" ")
    browser.until("import('/player.js').then(({player}) => player.audio.paused)")


@in_browser
@pytest.mark.slow
def test_the_browsers_sound_is_started_before_anything_is_touched(browser: Browser) -> None:
    add, remove = (f"Page.{act}ScriptToEvaluateOnNewDocument" for act in ("add", "remove"))
    script = browser.driver.execute_cdp_cmd(add, {"source": ASKED_FOR_DEVICES})
    browser.open("library")
    browser.until("window.devicesAsked > 0")
    browser.driver.execute_cdp_cmd(remove, script)


ASKED_FOR_DEVICES = """
window.devicesAsked = 0;
if (navigator.mediaDevices) navigator.mediaDevices.enumerateDevices = async () => {
  window.devicesAsked += 1;
  return [];
};
"""
"""Count how often the page asks for devices, which starts the process that plays."""


@in_browser
@pytest.mark.slow
def test_composing_can_be_cancelled(browser: Browser) -> None:
    browser.open("compose")
    fill(browser, "#bars", 500)
    browser.click("#compose")
    browser.until("document.querySelector('.card canvas')")
    browser.click("#cancel")
    browser.until(
        "!document.querySelector('#cancel') && !document.querySelector('#compose').disabled"
    )
    assert "Cancelled" in browser.js("return document.querySelector('.working').textContent")


@in_browser
@pytest.mark.slow
def test_a_piece_plays_and_its_clock_moves(browser: Browser, piece: str) -> None:
    open_piece(browser, piece)
    browser.key(" ")
    browser.until("document.querySelector('#clock').textContent >= '0:01'")
    browser.until("document.querySelector('.score .sounds')")
    browser.key(" ")
    assert player(browser, "player.audio.paused")
    before = player(browser, "player.audio.currentTime")
    browser.key("\ue014")
    browser.until("document.querySelector('#clock').textContent >= '0:06'")
    assert player(browser, "player.time") == pytest.approx(before + 5, abs=0.05)
    browser.key("\ue012")
    browser.until("document.querySelector('#clock').textContent < '0:06'")
    fill(browser, "#rate", 75)
    assert player(browser, "player.wish.rate") == 0.75


@in_browser
@pytest.mark.slow
@pytest.mark.parametrize("bars", [BARS, ""], ids=["free", "with repeats"])
def test_exactly_the_sounding_notes_are_lit(browser: Browser, bars: int | str) -> None:
    piece = compose_four(browser, bars)[0]
    open_piece(browser, piece)
    notes = browser.get(f"pieces/{piece}/playing")["notes"]
    assert all(note["head"] for note in notes)
    end = max(note["end"] for note in notes)
    heard = 0
    for i in range(10):
        moment = 0.13 + i * end / 10.3
        fill(browser, "#seek", f"{moment:.2f}")
        browser.until("import('/player.js').then(({player}) => !player.audio.seeking)")
        now = player(
            browser,
            "new Promise((ok) => requestAnimationFrame(() => requestAnimationFrame("
            "() => ok(player.audio.currentTime))))",
        )
        expected = {note["head"] for note in notes if note["start"] <= now < note["end"]}
        browser.wait(lambda expected=expected: lit(browser) == expected, str(expected))
        heard += bool(expected)
    assert heard > 6


@in_browser
@pytest.mark.slow
def test_while_it_plays_too(browser: Browser, piece: str) -> None:
    open_piece(browser, piece)
    notes = browser.get(f"pieces/{piece}/playing")["notes"]
    look = (
        "const {player} = await import('/player.js'), draw = player.frame, seen = [];"
        "const lit = () => [...document.querySelectorAll('.score .sounds')];"
        "player.frame = (time) => { draw(time); if (time > seen.length * 0.23)"
        " seen.push([time, lit().map(({id}) => id.split('-')[0])]); };"
        "await player.toggle();"
        "while (seen.length < 10) await new Promise((ok) => setTimeout(ok, 50));"
        "player.audio.pause(); return seen"
    )
    for now, heads in browser.js(look):
        assert set(heads) == {n["head"] for n in notes if n["start"] <= now < n["end"]}


@in_browser
@pytest.mark.slow
def test_bars_are_chosen_and_composed_again(browser: Browser, piece: str) -> None:
    open_piece(browser, piece)
    choose = (
        "const [x, shift] = arguments, canvas = document.querySelector('.bigroll canvas');"
        "const box = canvas.getBoundingClientRect();"
        "for (const name of ['pointerdown', 'pointerup'])"
        "canvas.dispatchEvent(new PointerEvent(name, {clientX: box.left + x, clientY: box.top + 8,"
        "shiftKey: shift, bubbles: true}))"
    )
    browser.js(choose, 5, False)
    browser.js(choose, 400, True)
    last = int(browser.js("return document.querySelector('#last-bar').value"))
    assert browser.js("return document.querySelector('#first-bar').value") == "1"
    assert 1 < last < BARS
    assert browser.js("return document.querySelectorAll('.sheet .chosen').length") == last
    browser.js(
        "const box = [...document.querySelectorAll('.sheet g.measure')][4].getBoundingClientRect();"
        "document.querySelector('.sheet').dispatchEvent(new MouseEvent('click', {bubbles: true,"
        "clientX: box.left + box.width / 2, clientY: box.top + box.height / 2}))"
    )
    fill(browser, "#last-bar", 6)
    assert browser.js("return document.querySelector('#first-bar').value") == "5"
    browser.click("#again")
    browser.until("document.querySelectorAll('.proposals li').length === 5")
    assert browser.js("return document.querySelector('#last-bar').value") == "6"

    def outside() -> dict[int, Any]:
        bars = written_bars(browser.download(f"pieces/{piece}/files/mid"))
        return {number: notes for number, notes in bars.items() if not 5 <= number <= 6}

    before = outside()
    browser.click(".proposals li:nth-child(2) button:last-child")
    browser.wait(lambda: browser.get(f"pieces/{piece}")["version"] == 1, "a version")
    assert outside() == before
    browser.click("#edit-undo")
    browser.wait(lambda: browser.get(f"pieces/{piece}")["version"] == 0, "the one before")


@in_browser
@pytest.mark.slow
def test_every_format_is_downloaded_and_opens(browser: Browser, piece: str, tmp_path: Path) -> None:
    open_piece(browser, piece)
    where = {"behavior": "allow", "downloadPath": str(tmp_path)}
    browser.driver.execute_cdp_cmd("Browser.setDownloadBehavior", where)
    find = "return [...document.querySelectorAll('.files a')].map((a) => a.dataset.format)"
    formats = browser.js(find)
    assert {"mid", "musicxml", "pdf", "png", "svg", "roll.svg", "mp3", "wav"} <= set(formats)
    for suffix in formats:
        browser.click(f".files a[data-format='{suffix}']")
        file = browser.wait(lambda suffix=suffix: arrived(tmp_path, suffix), suffix)
        opened(file, suffix)
        file.unlink()


def arrived(folder: Path, suffix: str) -> Path | None:
    """The file that was downloaded, once it is whole."""
    found = [path for path in folder.iterdir() if path.name.endswith(f".{suffix}")]
    return found[0] if found and not list(folder.glob("*.crdownload")) else None


def opened(file: Path, suffix: str) -> None:
    if suffix in ("mid", "musicxml", "mxl"):
        assert len(read(file).notes) > 50
    elif suffix.endswith("svg"):
        assert ElementTree.parse(file).getroot().tag.endswith("svg")
    elif suffix.endswith("png"):
        assert file.read_bytes().startswith(b"\x89PNG")
    elif suffix == "html":
        assert file.read_bytes().startswith(b"<!doctype html>")
    elif suffix == "pdf":
        assert file.read_bytes().startswith(b"%PDF")
    else:
        import soundfile

        assert soundfile.info(str(file)).duration > 10


@in_browser
@pytest.mark.slow
def test_a_folder_is_dropped_and_learnt(browser: Browser, tmp_path: Path) -> None:
    folder = tmp_path / "Some rags"
    folder.mkdir()
    for seed in range(4):
        a_rag(seed, bars=16).save(folder / f"{seed}.mid")
    browser.open("corpus")
    browser.until("document.querySelector('.drop')")
    drop(browser, folder)
    browser.until("document.querySelectorAll('tbody tr').length")
    assert browser.js("return document.querySelectorAll('tbody tr').length") == 4
    assert browser.js("return document.querySelector('h1').textContent") == folder.name
    browser.click("tbody tr button")
    browser.until("document.querySelectorAll('tbody tr').length === 3")
    browser.click("a.main")
    browser.until("document.querySelector('#learn')")
    fill(browser, "[name=minutes]", 0.3)
    fill(browser, "[name=model]", "stride")
    browser.click("#learn")
    browser.until("document.querySelector('progress')?.value > 0")
    browser.driver.refresh()
    browser.until("document.querySelector('progress')?.value > 0")
    browser.until("document.querySelector('.learning button.main')")
    assert browser.js("return document.querySelectorAll('.chart circle.held_out').length")
    browser.click(".learning button.main")
    browser.until(
        "document.querySelector('[name=model]')?.selectedOptions[0].text === arguments[0]",
        folder.name,
    )


def drop(browser: Browser, folder: Path) -> None:
    """Let a folder fall on the page, as from a file manager."""
    left, top, width, height = browser.box(".drop")
    data = {"items": [], "files": [str(folder)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        event = {"type": kind, "x": left + width / 2, "y": top + height / 2, "data": data}
        browser.driver.execute_cdp_cmd("Input.dispatchDragEvent", event)


@in_browser
@pytest.mark.slow
def test_learning_is_cancelled(browser: Browser) -> None:
    browser.open("corpus")
    browser.until("document.querySelector('#pick-files')")
    field = browser.driver.find_element("css selector", "#pick-files")
    field.send_keys("\n".join(map(str, sorted(RAGS.glob("*.mid"))[:6])))
    browser.until("document.querySelectorAll('tbody tr').length === 6")
    browser.click("a.main")
    browser.until("document.querySelector('#learn')")
    browser.click("#learn")
    browser.until("document.querySelector('progress')?.value > 0")
    browser.click(".learning #cancel")
    browser.until("document.querySelector('.told')?.textContent.startsWith('Cancelled')")


@in_browser
@pytest.mark.slow
def test_the_library_finds_rates_and_compares(browser: Browser, piece: str) -> None:
    title = "A <b>bold</b> rag"
    open_piece(browser, piece)
    fill(browser, "input.title", title)
    browser.click(".heading .stars label:nth-of-type(4)")
    browser.until(
        "fetch('/api/pieces/' + arguments[0]).then((a) => a.json()).then((p) => p.rating)", piece
    )
    browser.open("library")
    fill(browser, "#search", "bold")
    browser.until("document.querySelectorAll('li.piece').length === 1")
    assert browser.js("return document.querySelector('.name a').textContent") == title
    assert browser.js("return document.querySelectorAll('li.piece .stars .on').length") == 4
    fill(browser, "#search", "no such rag")
    browser.until("document.querySelector('.pieces .empty')")
    other = compose_four(browser)[0]
    browser.click(f".card:has(a[href$='{other}']) .plain")
    browser.until("document.querySelector('.card .plain:disabled')")
    browser.open("compare")
    browser.click(".better[data-side=b]")
    browser.until("document.querySelector('#next')")
