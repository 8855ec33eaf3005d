"""Notes changed on the page: by mouse, touch and the keyboard alone; undone; two pages at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from support import reader
from support.browser import Browser
from support.reader import in_browser, quiet
from support.stock import Stock

stocked = reader.stocked

RIGHT, LEFT, UP, DOWN = "\ue014", "\ue012", "\ue013", "\ue015"
DELETE, ESCAPE = "\ue017", "\ue00c"
UNDO, REDO = "z", "y"
SAID = "document.querySelector('.editing [role=status]').textContent"


@pytest.fixture
def editor(stocked: tuple[Browser, Stock]) -> Iterator[tuple[Browser, str]]:
    """A browser on a rag whose notes are being edited; at the end the rag is as it was."""
    browser, (piece, _) = stocked
    browser.open(f"piece/{piece}")
    browser.until("document.querySelector('.score g.note')")
    browser.click("#edit")
    browser.until("document.querySelector('.bigroll.edits')")
    yield browser, piece
    while (state := browser.get(f"pieces/{piece}/notes"))["can_undo"]:
        post(browser, piece, "undo", {"version": state["version"]})
    quiet(browser, "409")


def post(browser: Browser, piece: str, path: str, body: dict[str, Any]) -> Any:
    script = (
        "const [path, body] = arguments;return import('/api.js').then(({post}) => post(path, body))"
    )
    return browser.js(script, f"pieces/{piece}/{path}", body)


def rows(browser: Browser, piece: str) -> list[list[int]]:
    return list(browser.get(f"pieces/{piece}/notes")["notes"])


def until(
    browser: Browser, piece: str, holds: Callable[[list[list[int]]], bool]
) -> list[list[int]]:
    """The notes that the server has, once something holds of them."""
    browser.wait(lambda: holds(rows(browser, piece)), "notes")
    return rows(browser, piece)


def places(notes: list[list[int]]) -> list[list[int]]:
    return [note[:2] for note in notes]


def hold(browser: Browser, key: str, modifier: str) -> None:
    from selenium.webdriver import ActionChains

    ActionChains(browser.driver).key_down(modifier).send_keys(key).key_up(modifier).perform()


def place_of(
    browser: Browser, piece: str, row: list[int], notes: list[list[int]]
) -> tuple[float, float, float, float]:
    """Where a note of the first bars is on the roll: its left and right, its middle, a row's
    height; `notes` are those with which editing began. A score that is engraved anew moves
    the page, so that it is waited for."""
    browser.until("!document.querySelector('.score .pencil, .score .rubbed')")
    browser.js("document.querySelector('.bigroll').scrollIntoView({block: 'center'})")
    times = browser.get(f"pieces/{piece}/playing")["times"]
    edge, top, _, height = browser.box(".bigroll canvas")
    wide, scrolled = browser.js(
        "const room = document.querySelector('.bigroll');"
        "return [room.querySelector('.reach').offsetWidth, room.scrollLeft]"
    )
    left, right = (
        edge + times[step] * wide / times[-1] - scrolled for step in (row[0], row[0] + row[2])
    )
    pitches = [note[1] for note in notes]
    low, high = max(21, min(pitches) - 7), min(108, max(pitches) + 7)
    tall = (height - 36) / (high - low + 1)
    return left, right, top + 24 + (high - row[1] + 0.5) * tall, tall


def pointer(browser: Browser, kind: str, *path: tuple[float, float]) -> None:
    """Press at the first place, go along the others, and let go."""
    if kind == "touch":
        for event, place in zip(("Start", *["Move"] * (len(path) - 1)), path, strict=True):
            points = [{"x": place[0], "y": place[1]}]
            command = {"type": f"touch{event}", "touchPoints": points}
            browser.driver.execute_cdp_cmd("Input.dispatchTouchEvent", command)
        end = {"type": "touchEnd", "touchPoints": []}
        browser.driver.execute_cdp_cmd("Input.dispatchTouchEvent", end)
        return
    kinds = ("mousePressed", *["mouseMoved"] * (len(path) - 1))
    for event, (x, y) in (*zip(kinds, path, strict=True), ("mouseReleased", path[-1])):
        command = {"type": event, "x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1}
        browser.driver.execute_cdp_cmd("Input.dispatchMouseEvent", command)


@in_browser
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["mouse", "touch"])
def test_notes_are_moved_and_stretched_and_drawn(editor: tuple[Browser, str], kind: str) -> None:
    browser, piece = editor
    before = rows(browser, piece)
    row, top = before[3], max(note[1] for note in before) + 3  # where no other note is
    left, right, middle, tall = place_of(browser, piece, row, before)
    centre, above = (left + right) / 2 - 2, middle - (top - row[1]) * tall
    pointer(browser, kind, (centre, middle), (centre, above))
    higher = [row[0], top, *row[2:]]
    moved = sorted([higher, *(note for note in before if note != row)])
    until(browser, piece, lambda notes: notes == moved)
    pointer(browser, kind, (right - 2, above), (right + 26, above), (right + 30, above))
    longer = [*higher[:2], row[2] + 1, *row[3:]]
    until(browser, piece, lambda notes: longer in notes)
    browser.click("#edit-draw")
    drawn = [row[0] + row[2] + 3, top]
    left, right, middle, tall = place_of(browser, piece, [*drawn, 1], before)
    pointer(browser, kind, ((left + right) / 2, middle))
    until(browser, piece, lambda notes: drawn in places(notes))
    browser.click("#edit-delete")
    until(browser, piece, lambda notes: len(notes) == len(before))
    browser.click("#edit-undo")
    until(browser, piece, lambda notes: drawn in places(notes))
    browser.click("#edit-redo")
    until(browser, piece, lambda notes: drawn not in places(notes))


@in_browser
@pytest.mark.slow
def test_notes_are_changed_by_the_keyboard_alone(editor: tuple[Browser, str]) -> None:
    browser, piece = editor
    before = rows(browser, piece)
    browser.js(STRIKES)
    browser.key(RIGHT)
    browser.until(f"{SAID}.includes('bar 1, beat 1')")
    onset, pitch, duration, velocity, hand = before[0]
    browser.key(UP)
    until(browser, piece, lambda notes: [onset, pitch + 1, *before[0][2:]] in notes)
    assert browser.until("window.strikes >= 2")
    hold(browser, DOWN, "\ue008")
    hold(browser, RIGHT, "\ue008")
    browser.key("+")
    browser.key("h")
    last = [onset + 1, pitch - 11, duration + 1, velocity, 3 - hand]
    after = until(browser, piece, lambda notes: last in notes)
    browser.key("n")
    new = [onset + 2 + duration, pitch - 11]
    until(browser, piece, lambda notes: new in places(notes))
    browser.key(DELETE)
    until(browser, piece, lambda notes: notes == after)
    for _ in range(7):
        hold(browser, UNDO, "\ue009")
    until(browser, piece, lambda notes: notes == before)
    hold(browser, REDO, "\ue009")
    until(browser, piece, lambda notes: notes != before)
    hold(browser, "a", "\ue009")
    browser.until(f"{SAID} === '{len(before)} notes chosen'")
    browser.key(ESCAPE)
    browser.until(f"!{SAID}.includes('chosen')")


STRIKES = """
window.strikes = 0;
const start = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (...words) {
  window.strikes += 1;
  return start.apply(this, words);
};
"""
"""Count the keys that are struck."""


@in_browser
@pytest.mark.slow
def test_what_is_changed_is_pencilled_on_the_score_where_it_will_be_engraved(
    editor: tuple[Browser, str],
) -> None:
    browser, piece = editor
    onset, pitch, *_, hand = rows(browser, piece)[0]
    browser.js(SLOW_SCORE)
    browser.key(RIGHT)
    browser.key(UP)
    browser.until("document.querySelectorAll('.score .pencil').length === 1")
    assert browser.js("return document.querySelectorAll('.score .rubbed').length") == 1
    pencilled = browser.js(PLACE, ".score .pencil ellipse", hand)
    browser.js("window.engrave()")
    browser.until("!document.querySelector('.score .pencil')")
    assert not browser.js("return document.querySelector('.score .rubbed')")
    notes = browser.get(f"pieces/{piece}/playing")["notes"]
    head = next(n["head"] for n in notes if (n["step"], n["pitch"]) == (onset, pitch + 1))
    selector = f".score g.note[id='{head}'] .notehead"
    engraved = browser.js(PLACE, selector, hand)
    assert pencilled[1] == pytest.approx(engraved[1], abs=1.5)
    assert pencilled[0] == pytest.approx(engraved[0], abs=20)  # a sign before it needs room


@in_browser
@pytest.mark.slow
@pytest.mark.parametrize("hand", ["mouse", "touch", "keys"])
def test_a_note_is_called_otherwise(editor: tuple[Browser, str], hand: str) -> None:
    browser, piece = editor
    before = rows(browser, piece)
    usual = browser.get(f"pieces/{piece}/notes")["names"]
    browser.js(SLOW_SCORE)
    browser.key(RIGHT)
    respell(browser, hand)
    browser.until("document.querySelectorAll('.score .pencil').length === 1")
    assert browser.js("return document.querySelectorAll('.score .rubbed').length") == 1
    pencilled = browser.js(PLACE, ".score .pencil ellipse", before[0][4])
    browser.js("window.engrave()")
    browser.until("!document.querySelector('.score .pencil')")
    state = browser.get(f"pieces/{piece}/notes")
    assert (state["notes"], state["names"][1:]) == (before, usual[1:])
    assert state["names"][0] != usual[0]
    said = state["names"][0].replace("#", "♯").replace("b", "♭")
    assert browser.js(f"return {SAID}").startswith(said)
    playing = browser.get(f"pieces/{piece}/playing")["notes"]
    head = next(n["head"] for n in playing if [n["step"], n["pitch"]] == before[0][:2])
    engraved = browser.js(PLACE, f".score g.note[id='{head}'] .notehead", before[0][4])
    assert pencilled[1] == pytest.approx(engraved[1], abs=1.5)
    browser.click("#edit-undo")
    browser.wait(lambda: browser.get(f"pieces/{piece}/notes")["names"] == usual, "names")
    browser.click("#edit-redo")
    browser.wait(lambda: browser.get(f"pieces/{piece}/notes")["names"] == state["names"], "names")


def respell(browser: Browser, hand: str) -> None:
    """Call the chosen note otherwise, by the button or by its key."""
    if hand == "keys":
        return browser.key("e")
    browser.js("document.querySelector('#edit-spelling').scrollIntoView({block: 'center'})")
    left, top, width, height = browser.box("#edit-spelling")
    if hand == "mouse":
        return browser.click("#edit-spelling")
    return pointer(browser, "touch", (left + width / 2, top + height / 2))


PLACE = """
const [selector, hand] = arguments, box = document.querySelector(selector).getBoundingClientRect();
const staff = [...document.querySelector('.score g.measure').querySelectorAll('g.staff')][2 - hand];
const line = staff.querySelector('path').getBoundingClientRect();
return [box.left + box.width / 2 - line.left, box.top + box.height / 2 - line.top]
"""
"""Of the middle of a head: pixels from the beginning of its hand's first staff, and below it."""
SLOW_SCORE = """
const ask = window.fetch;
const may = new Promise((ok) => { window.engrave = ok; });
window.fetch = async (address, ...rest) => {
  if (address.includes('/score')) await may;
  return ask(address, ...rest);
};
"""
"""The score comes when the test says so."""


@in_browser
@pytest.mark.slow
def test_a_note_is_chosen_on_the_score_and_the_score_follows(editor: tuple[Browser, str]) -> None:
    browser, piece = editor
    browser.js(
        "const head = document.querySelector('.score g.note .notehead');"
        "head.dispatchEvent(new MouseEvent('click', {bubbles: true}))"
    )
    browser.until("document.querySelector('.score .picked')")
    assert browser.js("return document.querySelectorAll('#edit-delete:not(:disabled)').length")
    heads = "document.querySelectorAll('.score g.note').length"
    before = browser.js(f"return {heads}")
    browser.click("#edit-delete")
    browser.until(f"{heads} === arguments[0]", before - 1)
    browser.until("document.querySelector('.originality')")
    assert browser.get(f"pieces/{piece}")["compared"]


@in_browser
@pytest.mark.slow
def test_a_bar_has_the_number_that_is_printed(editor: tuple[Browser, str]) -> None:
    """On the page, in words, in the fields; the strain comes after two that are played twice."""
    browser, piece = editor
    printed = int(browser.js(LAST_NUMBER))
    before = printed - BARS_LATER  # the strain was there before
    browser.until(f"{SAID}.includes('bar {before} + {printed}, beat 1')")
    bars = browser.get(f"pieces/{piece}/playing")["bars"]
    heard = [bar["number"] for bar in bars]
    assert heard.index(printed) + 1 > printed  # bars before it are played twice
    assert browser.js("return Number(document.querySelector('#last-bar').max)") == max(heard)


BARS_LATER = 34
"""Between the strain and its return: itself, its second ending and a strain of sixteen bars."""
LAST_NUMBER = """
const number = [...document.querySelectorAll('.score g.mNum')].at(-1);
const heads = [...number.closest('g.measure').querySelectorAll('g.note .notehead')];
const left = (one) => one.getBoundingClientRect().left;
const head = heads.reduce((first, one) => (left(one) < left(first) ? one : first));
head.dispatchEvent(new MouseEvent('click', {bubbles: true}));
return number.textContent.trim();
"""
"""The last number that the score prints, the first note of whose bar is clicked."""


@in_browser
@pytest.mark.slow
def test_nothing_is_lost_when_the_page_is_closed(editor: tuple[Browser, str]) -> None:
    browser, piece = editor
    before = rows(browser, piece)
    browser.key(RIGHT)
    browser.key(DELETE)
    browser.open("library")
    until(browser, piece, lambda notes: len(notes) == len(before) - 1)
    browser.open(f"piece/{piece}")
    browser.until("document.querySelector('#edit-undo:not(:disabled)')")
    browser.click("#edit-undo")
    until(browser, piece, lambda notes: notes == before)


@in_browser
@pytest.mark.slow
@pytest.mark.parametrize("choice", ["ontop", "leave"])
def test_two_pages_never_eat_each_others_edits(editor: tuple[Browser, str], choice: str) -> None:
    browser, piece = editor
    first, second, *_ = rows(browser, piece)
    version = browser.get(f"pieces/{piece}")["version"]
    theirs = {"version": version, "edits": [{"place": second[:2], "note": None}]}
    post(browser, piece, "edit", theirs)
    browser.key(RIGHT)
    browser.key(UP)
    browser.until("document.querySelector('.editing .error')?.textContent.includes('another page')")
    browser.click(f"#edit-{choice}")
    browser.until("!document.querySelector('.editing .error')")
    mine = [first[0], first[1] + 1]
    here = first[:2] if choice == "leave" else mine
    after = until(browser, piece, lambda notes: here in places(notes))
    assert second[:2] not in places(after)
    assert (mine in places(after)) == (choice == "ontop")


@in_browser
@pytest.mark.slow
def test_a_version_with_a_name_is_brought_back(editor: tuple[Browser, str]) -> None:
    browser, piece = editor
    before = rows(browser, piece)
    browser.click(".versions summary")
    browser.until("document.querySelector('#version-name')")
    browser.driver.find_element("css selector", "#version-name").send_keys("As it came\ue007")
    browser.until("document.querySelector('.versions li')?.textContent.includes('As it came')")
    browser.click(".bigroll")
    browser.key(RIGHT)
    browser.key(DELETE)
    until(browser, piece, lambda notes: len(notes) == len(before) - 1)
    browser.click(".versions [data-version]")
    until(browser, piece, lambda notes: notes == before)
