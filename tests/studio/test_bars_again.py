"""Bars and strains composed again on the page: proposals beside what was, new in every pass; the
form and what is chosen stay."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import pytest

from support import reader
from support.browser import Browser
from support.reader import click_measure, fill, in_browser, open_piece, quiet
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
    old = written_bars(browser.download(f"pieces/{piece}/files/mid"))
    browser.click("#again")
    browser.until("document.querySelectorAll('.proposals li').length === 5")
    hear(browser, 2)
    take(browser, piece, 3)
    take(browser, piece, 2)
    after = browser.get(f"pieces/{piece}/playing")
    assert [bar["number"] for bar in after["bars"]] == [bar["number"] for bar in before["bars"]]
    assert [s["name"] for s in after["sections"]] == [s["name"] for s in before["sections"]]
    anew = written_bars(browser.download(f"pieces/{piece}/files/mid"))
    assert {number for number, notes in old.items() if notes != anew[number]} == {FIRST, LAST}
    changed = {n for n in range(1, printed + 1) if passes(before, n)[0] != passes(after, n)[0]}
    assert changed == {FIRST, LAST, FIRST + REPRISE, LAST + REPRISE}
    for number in (FIRST, LAST):
        alike = [*passes(after, number), *passes(after, number + REPRISE)]
        assert len(alike) == 3
        assert len(list(groupby(alike))) == 1
    values = browser.js(
        "return ['#first-bar', '#last-bar'].map((id) => Number(document.querySelector(id).value))"
    )
    assert values == [FIRST, LAST]
    take(browser, piece, 1)
    assert written_bars(browser.download(f"pieces/{piece}/files/mid")) == old
    quiet(browser)


def take(browser: Browser, piece: str, number: int) -> None:
    """Take a proposal; 1 is what was there."""
    version = browser.get(f"pieces/{piece}")["version"]
    browser.click(f".proposals li:nth-child({number}) button:last-child")
    browser.until(f"document.querySelector('.proposals .taken:nth-child({number})')")
    browser.wait(lambda: browser.get(f"pieces/{piece}")["version"] != version, "another version")


def hear(browser: Browser, number: int) -> None:
    """Hear a proposal in its place, and stop it."""
    button = f".proposals li:nth-child({number}) .round"
    browser.js(
        "const start = AudioBufferSourceNode.prototype.start; window.strikes = 0;"
        "AudioBufferSourceNode.prototype.start = function (...words) {"
        " window.strikes += 1; return start.apply(this, words); }"
    )
    browser.click(button)
    browser.until("window.strikes > 4")
    browser.click(button)


@in_browser
@pytest.mark.slow
def test_strains_are_blocks(stocked: tuple[Browser, Stock]) -> None:
    browser, (piece, _) = stocked
    open_piece(browser, piece)
    strains = browser.get(f"pieces/{piece}/notes")["strains"]

    def blocks_are(wanted: list[str]) -> None:
        shown = "[...document.querySelectorAll('.blocks button')].map((block) => block.textContent)"
        browser.until(f"{shown}.join() === arguments[0]", ",".join(wanted))
        browser.until("document.querySelector('.score g.note')")

    blocks_are(strains)
    browser.click(".blocks li:nth-child(2) button")
    assert browser.js("return document.querySelector('#first-bar').value") == str(FIRST - 1)
    repeated = [strains[0], strains[1], *strains[1:]]
    swapped = [strains[1], strains[0], *strains[2:]]
    browser.click("#strain-repeat")
    blocks_are(repeated)
    browser.click("#strain-remove")
    blocks_are(strains)
    browser.click("#strain-earlier")
    blocks_are(swapped)
    browser.click("#strain-remove")
    blocks_are([strains[0], *strains[2:]])
    for before in (swapped, strains, repeated, strains):
        browser.click("#edit-undo")
        blocks_are(before)
    quiet(browser)


@in_browser
@pytest.mark.slow
def test_an_easier_version_and_others_alike_are_made(stocked: tuple[Browser, Stock]) -> None:
    browser, (piece, _) = stocked
    open_piece(browser, piece)
    browser.click("details:has(#easier) summary")
    fill(browser, "#easier-level", 4)
    browser.click("#easier")
    browser.until(
        "!location.hash.endsWith(arguments[0]) && document.querySelector('#parent')", piece
    )
    easier = browser.js("return location.hash.split('/').pop()")
    assert (
        browser.get(f"pieces/{easier}")["difficulty"] < browser.get(f"pieces/{piece}")["difficulty"]
    )
    browser.click("#parent")
    browser.until("location.hash.endsWith(arguments[0])", piece)
    browser.click("details:has(#like) summary")
    browser.click("#like")
    browser.until("location.hash.startsWith('#/compose/')")
    browser.click("#cancel")
    job = browser.get("jobs")["jobs"][0]["asked"]
    assert job["form"].startswith("Intro A A")
    quiet(browser)


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
