"""Small faults of the pages, mended: what falls beside, what is printed, what a phone shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from support import reader
from support.browser import Browser
from support.fakes import a_rag
from support.reader import SCREEN, fill, in_browser
from support.stock import Stock

stocked = reader.stocked
pytestmark = [in_browser, pytest.mark.slow]

PHONE = (390, 844)
DROP = """
const data = new DataTransfer();
const bytes = Uint8Array.from(atob(arguments[1]), (c) => c.charCodeAt(0));
data.items.add(new File([bytes], arguments[2]));
const event = new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true});
document.querySelector(arguments[0]).dispatchEvent(event);
return event.defaultPrevented
"""


def drawn(browser: Browser, piece: str) -> None:
    browser.open(f"piece/{piece}")
    browser.until("document.querySelector('.score g.note') && document.querySelector('.paper svg')")


def test_on_a_phone_no_system_is_cut(stocked: tuple[Browser, Stock]) -> None:
    browser, (piece, _) = stocked
    browser.size(*PHONE)
    try:
        drawn(browser, piece)
        score = "document.querySelector('.score')"
        assert browser.js(f"return {score}.scrollWidth <= {score}.clientWidth")
        assert browser.js("return document.documentElement.scrollWidth") <= PHONE[0]
    finally:
        browser.size(*SCREEN)


def test_printing_shows_all_pages_and_nothing_else(stocked: tuple[Browser, Stock]) -> None:
    browser, (piece, _) = stocked
    drawn(browser, piece)
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        seen = (
            "return [...document.querySelectorAll(arguments[0])]"
            ".filter((element) => element.checkVisibility()).length"
        )
        for hidden in (".top", ".transport", ".bigroll", ".side", ".holder", ".zoom", ".heading"):
            assert browser.js(seen, hidden) == 0, hidden
        pages = len(browser.get(f"pieces/{piece}/score")["pages"])
        assert browser.js(seen, ".paper > svg") == pages > 1
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_a_new_title_stands_on_the_score(stocked: tuple[Browser, Stock]) -> None:
    browser, (piece, _) = stocked
    drawn(browser, piece)
    fill(browser, "input.title", "Another Name")
    browser.until("document.querySelector('.score .sheet')?.textContent.includes('Another Name')")
    fill(browser, "input.title", "Marbles on the Stair")


def test_nothing_usable_makes_no_corpus_and_says_why(
    stocked: tuple[Browser, Stock], tmp_path: Path
) -> None:
    browser, _ = stocked
    (tmp_path / "notes.txt").write_text("no music")
    browser.open("corpus")
    browser.until("document.querySelector('#pick-files')")
    field = browser.driver.find_element("css selector", "#pick-files")
    field.send_keys(str(tmp_path / "notes.txt"))
    browser.until("document.querySelector('.drop [role=status]').textContent.includes('notes.txt')")
    words = browser.js("return document.querySelector('.drop [role=status]').textContent")
    assert "no corpus was made" in words
    browser.until(  # it was made for the upload, and is removed after it
        "(() => { const request = new XMLHttpRequest(); request.open('GET', '/api/corpora', false);"
        "request.send(); return !JSON.parse(request.responseText).corpora.length; })()"
    )


def test_what_falls_beside_opens_as_a_piece_or_stays(
    stocked: tuple[Browser, Stock], tmp_path: Path
) -> None:
    from base64 import b64encode

    browser, _ = stocked
    data = b64encode(a_rag(5).save(tmp_path / "mine.mid").read_bytes()).decode()
    browser.open("corpus")
    browser.until("document.querySelector('.drop')")
    assert browser.js(DROP, "h1", data, "mine.mid")
    browser.until("!document.querySelector('#notice').hidden")
    assert browser.js("return location.hash") == "#/corpus"
    browser.open("library")
    browser.until("document.querySelector('#open-piece')")
    assert browser.js(DROP, "h1", data, "mine.mid")
    browser.until("location.hash.startsWith('#/piece/')")
    browser.until("document.querySelector('input.title')?.value === 'mine'")


def test_one_semitone_is_one(stocked: tuple[Browser, Stock]) -> None:
    browser, _ = stocked
    browser.open("library")
    words = "t('originality.shift', {n: %d, way: 'up'})"
    script = "return import('/words.js').then(({t}) => " + words + ")"
    assert browser.js(script % 1) == "1 semitone up"
    assert browser.js(script % 3) == "3 semitones up"


def test_full_screen_turns_pages_by_keys(stocked: tuple[Browser, Stock]) -> None:
    browser, (piece, _) = stocked
    drawn(browser, piece)
    browser.click("#score-full")
    browser.until("document.fullscreenElement")
    browser.key("\ue00f")
    browser.until("document.querySelector('.score').scrollTop > 100")
    browser.key("\ue00e")
    browser.until("document.querySelector('.score').scrollTop < 100")
    browser.click("#score-full")
    browser.until("!document.fullscreenElement")


def test_lines_fit_the_width_on_wish(stocked: tuple[Browser, Stock]) -> None:
    browser, (piece, _) = stocked
    drawn(browser, piece)
    browser.click("#score-view")
    browser.until(
        "document.querySelector('.score.flow') && document.querySelectorAll('.sheet').length === 1"
    )
    before = browser.js("return document.querySelectorAll('.sheet g.system').length")
    browser.click("#score-larger")
    browser.until("document.querySelectorAll('.sheet g.system').length > arguments[0]", before)
    browser.click("#score-view")
    browser.until("document.querySelectorAll('.sheet').length > 1")
