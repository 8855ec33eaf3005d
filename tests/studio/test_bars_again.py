"""Bars composed again on the page: numbered as printed, new in every pass, the form stays."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import pytest

from support import reader
from support.browser import Browser
from support.reader import fill, in_browser, open_piece
from support.stock import Stock
from support.written import written_bars

stocked = reader.stocked

FIRST, LAST, REPRISE = 6, 7, 34
"""Bars of the strain A, and how many bars later it stands written out once more."""


@in_browser
@pytest.mark.slow
def test_bars_composed_again_are_new_in_every_pass(stocked: tuple[Browser, Stock]) -> None:
    browser, (piece, _) = stocked
    open_piece(browser, piece)
    before = browser.get(f"pieces/{piece}/playing")
    printed = max(bar["number"] for bar in before["bars"])
    assert browser.get(f"pieces/{piece}")["bars"] == printed
    assert browser.js("return document.querySelectorAll('.sheet g.measure').length") == printed
    click_measure(browser, FIRST)
    assert browser.js("return document.querySelector('#first-bar').value") == str(FIRST)
    assert browser.js("return document.querySelectorAll('.sheet .chosen').length") == 2
    words = browser.js("return document.querySelector('.again [role=status]').textContent")
    assert words.endswith(f"Bar {FIRST + REPRISE} is the same music, and changes too.")
    fill(browser, "#last-bar", LAST)
    (_, second) = [bar for bar in before["bars"] if bar["number"] == FIRST]
    fill(browser, "#seek", f"{second['start'] + 0.1:.2f}")
    browser.until("document.querySelector('#bar').textContent === 'bar 6, second time'")
    browser.click("#again")
    browser.until("document.querySelector('#undo')")
    new = browser.js("return location.hash.split('/').pop()")
    after = browser.get(f"pieces/{new}/playing")
    assert after["bars"] == before["bars"]
    assert after["sections"] == before["sections"]
    old, anew = (written_bars(browser.download(f"pieces/{p}/files/mid")) for p in (piece, new))
    assert {number for number, notes in old.items() if notes != anew[number]} == {FIRST, LAST}
    changed = {n for n in range(1, printed + 1) if passes(before, n)[0] != passes(after, n)[0]}
    assert changed == {FIRST, LAST, FIRST + REPRISE, LAST + REPRISE}
    for number in (FIRST, LAST):
        alike = [*passes(after, number), *passes(after, number + REPRISE)]
        assert len(alike) == 3
        assert len(list(groupby(alike))) == 1


@in_browser
@pytest.mark.slow
def test_bars_are_chosen_by_the_keyboard_alone(stocked: tuple[Browser, Stock]) -> None:
    browser, (piece, _) = stocked
    open_piece(browser, piece)
    browser.js("document.querySelector('#first-bar').focus()")
    for key in ("5", "\ue004", "6", "\ue004"):
        browser.key(key)
    browser.until("document.querySelectorAll('.sheet .chosen').length === 4")
    assert not browser.js("return document.querySelector('#again').disabled")


def click_measure(browser: Browser, number: int) -> None:
    """A click into the middle of a bar of the score."""
    browser.js(
        "const measure = [...document.querySelectorAll('.sheet g.measure')][arguments[0] - 1];"
        "const box = measure.getBoundingClientRect();"
        "measure.closest('.sheet').dispatchEvent(new MouseEvent('click', {bubbles: true,"
        "clientX: box.left + box.width / 2, clientY: box.top + box.height / 2}))",
        number,
    )


ROUND = 0.2
"""Seconds."""


def passes(playing: dict[str, Any], number: int) -> list[list[int]]:
    """The pitches that are struck in a printed bar, each time that it is played; as it is
    performed, a note may come a little before its bar or after it."""
    return [
        sorted(
            note["pitch"]
            for note in playing["notes"]
            if note["bar"] == number and bar["start"] - ROUND <= note["start"] < bar["end"] + ROUND
        )
        for bar in playing["bars"]
        if bar["number"] == number
    ]
