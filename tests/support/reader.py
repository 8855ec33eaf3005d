"""What tests of the studio's pages share: a browser that minds its manners, small acts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from support.browser import Browser, missing, studio
from support.stock import Stock, stock

BARS = 12
REPEATS = "Intro A(8)A(8)B(8)A(8)"
"""A form with two endings and a strain that comes back; asked for where no bars are."""
SCREEN = (1440, 900)
PARDONED = {
    "test_a_broken_model_is_told_in_one_sentence": "400",
    "test_errors_are_french_on_french_pages": "400",
    "test_errors_are_told_in_plain_words": "404",
    "test_a_score_is_made_safe": "Content Security Policy",
}
"""What the browser itself says where a test does what no page does."""

INSTRUMENT = """
window.sent = [];
class Port extends EventTarget {
  constructor(id, name) { super(); Object.assign(this, { id, name }); }
  send(data, when) { window.sent.push([...data, when]); }
}
const input = new Port("in", "Keys"), output = new Port("out", "Synth");
const access = Object.assign(new EventTarget(), {
  inputs: new Map([["in", input]]), outputs: new Map([["out", output]]) });
window.play = (...data) => input.onmidimessage({ data: new Uint8Array(data) });
navigator.requestMIDIAccess = async () => access;
"""
"""A MIDI keyboard and a synthesizer; what is sent to it is written down."""

in_browser = pytest.mark.skipif(bool(missing()), reason=missing() or "-")


@contextmanager
def browser_on(library: Path, places: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser on a studio that has this library."""
    with studio(library) as address:
        page = Browser(places.mktemp("browser"), address)
        page.size(*SCREEN)
        try:
            yield page
        finally:
            page.close()


@pytest.fixture(scope="module")
def opened_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser on a studio of its own."""
    with browser_on(tmp_path_factory.mktemp("library"), tmp_path_factory) as page:
        yield page


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Browser, Stock]]:
    """A browser on a studio whose library has a rag and a quick model."""
    library = tmp_path_factory.mktemp("stocked")
    goods = stock(library)
    with browser_on(library, tmp_path_factory) as page:
        yield page, goods


@pytest.fixture
def browser(opened_browser: Browser, request: pytest.FixtureRequest) -> Iterator[Browser]:
    """The browser, its console quiet and no other host asked at the end of every test."""
    yield opened_browser
    quiet(opened_browser, PARDONED.get(request.node.originalname, "nothing"))


def quiet(browser: Browser, pardoned: str = "nothing") -> None:
    """See that the page has asked no other host, and that the console says nothing but this."""
    urls = [url for url in browser.asked() if url.startswith(("http", "ws"))]
    others = {url.split("/")[2] for url in urls} - {browser.address.split("/")[2]}
    assert not others, f"other hosts were asked: {others}"
    complaints = [words for words in browser.complaints() if pardoned not in words]
    assert not complaints, f"the console says: {complaints}"


@pytest.fixture(scope="module")
def piece(opened_browser: Browser) -> str:
    """A piece composed by the button on the page."""
    return compose_four(opened_browser)[0]


def fill(browser: Browser, selector: str, value: object) -> None:
    script = (
        "const field = document.querySelector(arguments[0]); field.value = arguments[1];"
        "field.dispatchEvent(new Event('input', {bubbles: true}));"
        "field.dispatchEvent(new Event('change', {bubbles: true}))"
    )
    browser.until("document.querySelector(arguments[0])", selector)
    browser.js(script, selector, str(value))


def compose_four(browser: Browser, bars: int | str = BARS) -> list[str]:
    browser.open("compose")
    fill(browser, "[name=model]", "ragtime")
    fill(browser, "#form", REPEATS)
    fill(browser, "[name=key]", "C")  # a note that moves by a semitone needs no other's sign
    fill(browser, "#bars", bars)
    fill(browser, "#seed", 7)
    browser.click("#compose")
    browser.until("document.querySelectorAll('.card.ready').length === 4")
    links = "[...document.querySelectorAll('.card h2 a')].map((a) => a.hash.split('/').pop())"
    return list(browser.js(f"return {links}"))


def click_measure(browser: Browser, number: int) -> None:
    """A click into the middle of a bar of the score."""
    browser.js(
        "const measure = [...document.querySelectorAll('.sheet g.measure')][arguments[0] - 1];"
        "const box = measure.getBoundingClientRect();"
        "measure.closest('.sheet').dispatchEvent(new MouseEvent('click', {bubbles: true,"
        "clientX: box.left + box.width / 2, clientY: box.top + box.height / 2}))",
        number,
    )


def open_piece(browser: Browser, number: str) -> None:
    browser.open(f"piece/{number}")
    browser.until("document.querySelector('.score g.note')")
    browser.until("import('/player.js').then(({player}) => player.audio.readyState >= 2)")


def player(browser: Browser, what: str) -> Any:
    return browser.js(f"return import('/player.js').then(({{player}}) => {what})")


def lit(browser: Browser) -> set[str]:
    ids = browser.js("return [...document.querySelectorAll('.score .sounds')].map(({id}) => id)")
    return {number.split("-")[0] for number in ids}
