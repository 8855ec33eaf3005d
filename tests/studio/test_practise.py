"""Practising in a browser: hands apart, bars round and round, a metronome, a keyboard."""

from __future__ import annotations

from typing import Any

import pytest

from support import reader
from support.browser import Browser
from support.reader import fill, in_browser, open_piece, player
from support.stock import Stock

stocked = reader.stocked

STRIKES = """
window.strikes = []; window.ticks = [];
const start = AudioBufferSourceNode.prototype.start, tick = OscillatorNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (when, ...rest) {
  window.strikes.push([when, Math.round(rest[0] / 1.5) + 21]);
  return start.call(this, when, ...rest);
};
OscillatorNode.prototype.start = function (when) {
  window.ticks.push(when);
  return tick.call(this, when);
};
"""
"""Writes down when each key is struck (on the piano's clock), and which; and every tick."""


@pytest.fixture
def practice(stocked: tuple[Browser, Stock]) -> Any:
    """A piece opened, the place to practise shown, and every stroke written down."""
    browser, goods = stocked
    open_piece(browser, goods.piece)
    if browser.js("return document.querySelector('#practise-room').hidden"):
        browser.click("#practise")
    browser.js(STRIKES)
    yield browser, browser.get(f"pieces/{goods.piece}/playing")
    player(browser, "player.close()")
    assert [words for words in browser.complaints() if "getImageData" not in words] == []


def choose(browser: Browser, first: int, last: int) -> None:
    fill(browser, "#loop-first", first)
    fill(browser, "#loop-last", last)


def strikes(browser: Browser, least: int) -> list[list[float]]:
    browser.until(f"window.strikes.length >= {least}")
    return list(browser.js("return window.strikes"))


@in_browser
@pytest.mark.slow
def test_bars_go_round_slower_and_not_lower(practice: tuple[Browser, Any]) -> None:
    browser, playing = practice
    choose(browser, 2, 2)
    browser.click("#loop")
    fill(browser, "#rate", 150)
    browser.click("#play")
    bar = next(bar for bar in playing["bars"] if bar["number"] == 2)
    inside = [n for n in playing["notes"] if n["bar"] == 2 and n["start"] < bar["end"]]
    heard = strikes(browser, 3 * len(inside))[: 3 * len(inside)]
    inside.sort(key=lambda note: note["start"])
    assert [pitch for _, pitch in heard] == 3 * [note["pitch"] for note in inside]
    round_trip = heard[len(inside)][0] - heard[0][0]
    start, end = player(browser, "player.wish.loop")
    assert start == pytest.approx(bar["start"], abs=0.05)
    assert round_trip == pytest.approx((end - start) / 1.5, abs=1e-3)


@in_browser
@pytest.mark.slow
def test_one_hand_alone_counted_in_with_a_metronome(practice: tuple[Browser, Any]) -> None:
    browser, playing = practice
    fill(browser, "#hand-left", 0)
    browser.click("#count-in")
    browser.click("#metronome")
    browser.click("#play")
    first = strikes(browser, 1)[0][0]
    ticks = browser.js("return window.ticks")
    bar = playing["bars"][0]
    before = [first - tick for tick in ticks if tick < first - 0.1]
    assert before[0] == pytest.approx(bar["end"] - bar["start"], abs=0.05)
    assert len(before) == len(bar["beats"])
    assert player(browser, "player.wish.left") == 0
    browser.until("window.ticks.length > 4")


@in_browser
@pytest.mark.slow
def test_the_keys_that_sound_are_lit_and_the_next_outlined(practice: tuple[Browser, Any]) -> None:
    browser, playing = practice
    note = playing["notes"][40]
    fill(browser, "#seek", f"{(note['start'] + note['end']) / 2:.3f}")
    moment = "import('/player.js').then(({player}) => !player.audio.seeking && player.time)"
    now = browser.until(moment)
    browser.js("return new Promise((ok) => requestAnimationFrame(() => requestAnimationFrame(ok)))")
    colours = (
        "const c = document.querySelector('.keyboard'); const x = c.getContext('2d');"
        "const count = new Map(); for (let i = 0; i < c.width; i += 2) {"
        "const p = x.getImageData(i, c.height - 20, 1, 1).data.join(); count.set(p, 1); }"
        "return [...count.keys()]"
    )
    sounding = [n for n in playing["notes"] if n["start"] <= now < n["end"]]
    assert sounding
    browser.wait(lambda: len(browser.js(colours)) > 3, "keys lit and outlined")
    label = browser.js("return document.querySelector('.keyboard').getAttribute('aria-label')")
    assert "outlined" in label


@in_browser
@pytest.mark.slow
def test_practising_by_the_keyboard_alone(practice: tuple[Browser, Any]) -> None:
    browser, _ = practice
    browser.js("document.querySelector('#hand-right').focus()")
    browser.key("\ue012")
    assert player(browser, "player.wish.right") == 0.95
    for name in ("hand-left", "loop", "loop-first", "loop-last", "metronome", "count-in"):
        browser.key("\ue004")
        assert browser.js("return document.activeElement.id") == name
    browser.key(" ")
    assert player(browser, "player.wish.countIn")


@in_browser
@pytest.mark.slow
def test_a_finger_plays_the_keyboard(practice: tuple[Browser, Any]) -> None:
    browser, _ = practice
    left, top, width, height = browser.box(".keyboard")
    point = {"x": left + width / 2, "y": top + height - 5}
    for kind in ("touchStart", "touchEnd"):
        points = [point] if kind == "touchStart" else []
        event = {"type": kind, "touchPoints": points}
        browser.driver.execute_cdp_cmd("Input.dispatchTouchEvent", event)
        strikes(browser, 1)


@in_browser
@pytest.mark.slow
def test_the_loudness_is_chosen_and_kept(practice: tuple[Browser, Any]) -> None:
    browser, _ = practice
    fill(browser, "#volume", 40)
    assert player(browser, "player.audio.volume") == 0.4
    browser.driver.refresh()
    browser.until("document.querySelector('#volume')?.value === '40'")
    assert player(browser, "player.audio.volume") == 0.4
    fill(browser, "#volume", 100)


@in_browser
@pytest.mark.slow
def test_another_piano_is_chosen_and_kept(practice: tuple[Browser, Any]) -> None:
    browser, _ = practice
    fill(browser, "#piano", "grand")
    browser.until("import('/player.js').then(({player}) => player.audio.src.includes('grand'))")
    browser.click("#play")
    strikes(browser, 1)
    browser.click("#play")
    browser.driver.refresh()
    browser.until("document.querySelector('#piano')?.value === 'grand'")
    fill(browser, "#piano", "upright")


@in_browser
@pytest.mark.slow
def test_a_piece_sounds_from_its_notes_before_its_file_is_made(
    stocked: tuple[Browser, Stock],
) -> None:
    browser, _ = stocked
    browser.open("library")
    browser.until("document.querySelector('li.piece .round')")
    browser.js(STRIKES)
    browser.js("import('/player.js').then(({player}) => { player.audio.load = () => {} })")
    browser.click("li.piece .round")
    browser.until(
        "window.strikes.length || import('/player.js').then(({player}) => !player.audio.paused)"
    )
    player(browser, "player.close()")
