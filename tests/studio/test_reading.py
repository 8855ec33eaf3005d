"""Reading a piece in a browser: no bar is cut, pages turn, chords are named, another key, names."""

from __future__ import annotations

import pytest

from support import reader
from support.browser import Browser
from support.reader import fill, in_browser, open_piece
from support.stock import Stock

stocked = reader.stocked

WIDTHS = (390, 800, 1440)
CUT = """
const room = document.querySelector('.score').getBoundingClientRect();
return [...document.querySelectorAll('.score g.measure')].filter((measure) => {
  const box = measure.querySelector('g.staff > path').getBoundingClientRect();
  return box.left < room.left || box.right > room.right;
}).length
"""
"""How many bars reach out of the score's room."""
LARGEST = """
const area = ({width, height}) => width * height;
const size = (name) => area(document.querySelector(name).getBoundingClientRect());
return size('.score') > 2 * Math.max(size('.bigroll'), size('.transport'), size('.heading'))
"""
TALL = """
const lines = document.querySelector('.score g.staff').querySelectorAll(':scope > path');
return lines[4].getBoundingClientRect().top - lines[0].getBoundingClientRect().top
"""
"""Pixels from the lowest to the highest line of a staff."""


@in_browser
@pytest.mark.slow
@pytest.mark.parametrize("view", ["flow", "pages"])
def test_no_bar_is_cut_at_any_width(stocked: tuple[Browser, Stock], view: str) -> None:
    browser, goods = stocked
    try:
        for width in WIDTHS:
            browser.size(width, 900)
            browser.js(
                "localStorage.setItem('ragsmith.reading', arguments[0])", f'{{"view": "{view}"}}'
            )
            open_piece(browser, goods.piece)
            browser.until("document.querySelector('.score .cursor')")
            assert browser.js(CUT) == 0, width
            assert browser.js(LARGEST), width
            if view == "flow":
                assert browser.js(TALL) > 15, width
    finally:
        browser.size(*reader.SCREEN)
        browser.js("localStorage.removeItem('ragsmith.reading')")
    assert browser.complaints() == []


@in_browser
@pytest.mark.slow
def test_pages_turn_by_key_pedal_and_tap(stocked: tuple[Browser, Stock]) -> None:
    browser, goods = stocked
    open_piece(browser, goods.piece)
    browser.click("#score-full")
    browser.until("document.fullscreenElement")
    top = "return document.querySelector('.score').scrollTop"
    places = [browser.js(top)]
    for key in ("\ue00f", "\ue00e", "\ue014", "\ue012"):  # page down and up, right and left
        browser.key(key)
        places.append(browser.js(top))
    assert places[1] == places[3] > 0
    assert places[0] == places[2] == places[4] == 0
    tap = (
        "const box = document.querySelector('.holder').getBoundingClientRect();"
        "document.elementFromPoint(box.right - 30, 400).dispatchEvent(new MouseEvent('click',"
        "{bubbles: true, clientX: box.right - 30, clientY: 400}))"
    )
    browser.js(tap)
    assert browser.js(top) == places[1]
    assert not browser.js("return document.querySelector('.sheet .chosen')")
    browser.click("#score-full")
    browser.until("!document.fullscreenElement")
    assert browser.complaints() == []


@in_browser
@pytest.mark.slow
def test_without_a_full_screen_the_window_is_filled(stocked: tuple[Browser, Stock]) -> None:
    browser, goods = stocked
    open_piece(browser, goods.piece)
    browser.js("document.querySelector('.reading').requestFullscreen = undefined")
    browser.click("#score-full")
    box = (
        "const {top, left} = document.querySelector('.reading').getBoundingClientRect();"
        "return [top, left]"
    )
    assert browser.js(box) == [0, 0]
    browser.click("#score-full")
    assert browser.js(box) != [0, 0]


@in_browser
@pytest.mark.slow
def test_chords_are_named_on_wish(stocked: tuple[Browser, Stock]) -> None:
    browser, goods = stocked
    open_piece(browser, goods.piece)
    browser.click("#score-chords")
    browser.until("document.querySelectorAll('.score g.harm').length > 10")
    browser.until("document.querySelectorAll('.paper g.harm').length > 10")
    browser.click("#score-chords")
    browser.until(
        "document.querySelector('.score g.note') && !document.querySelector('.score g.harm')"
    )


@in_browser
@pytest.mark.slow
def test_a_piece_is_moved_slowed_and_given_names(stocked: tuple[Browser, Stock]) -> None:
    browser, goods = stocked
    open_piece(browser, goods.piece)
    browser.click(".moving summary")
    fill(browser, "#semitones", 2)
    fill(browser, "#new-tempo", 60)
    browser.click("#key-and-tempo")
    browser.until("document.querySelector('.heading p')?.textContent.startsWith('C major')")
    browser.until("document.querySelector('.score .tempo')?.textContent.includes('60')")
    fill(browser, "#piece-title", "Slow")
    fill(browser, "#piece-composer", "Ann Other")
    browser.until("document.querySelector('.score')?.textContent.includes('Ann Other')")
    fill(browser, "#piece-tags", "lesson, slow")
    browser.until(
        "fetch('/api/pieces?tag=lesson').then((a) => a.json()).then((p) => p.pieces.length)"
    )
    assert browser.complaints() == []
