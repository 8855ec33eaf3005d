"""Models on the studio's pages: a learning that was broken off, files that strangers have made."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from support import reader
from support.browser import Browser
from support.fakes import a_rag
from support.reader import SCREEN, fill, in_browser
from support.studios import Process

opened_browser, browser = reader.opened_browser, reader.browser

pytestmark = [in_browser, pytest.mark.slow]
LEARNT = "(document.querySelector('.chart polyline.held_out')?.points.length ?? 0)"


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A library that nobody has open."""
    return tmp_path / "library"


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Browser]:
    """A browser for studios that come and go; its console may say that one is away."""
    opened = Browser(tmp_path, "about:blank")
    opened.size(*SCREEN)
    try:
        yield opened
    finally:
        opened.close()


def test_a_learning_that_was_broken_off_goes_on(
    page: Browser, library: Path, tmp_path: Path
) -> None:
    with Process(library) as here:
        page.enter(here.entrance)
        begin(page, tmp_path)
        page.until(f"{LEARNT} > 0")
        here.kill()
    port = page.address.rsplit(":", 1)[1].strip("/")
    with Process(library, "--port", port):
        page.until("document.querySelector('.learning .main')")
        assert "Nothing is lost" in page.js("return document.querySelector('.told').textContent")
        page.open("learn")
        page.until("/Mine/.test(document.querySelector('.side li')?.innerText)")
        page.click(".side li button.go-on")
        page.until(f"{LEARNT} > 0 && document.querySelector('progress').value > 0")
        page.click("#stop")
        page.click(".learning button.main")
        page.until("document.querySelector('[name=model]')?.selectedOptions[0].text === 'Mine'")


def begin(page: Browser, folder: Path) -> None:
    """Send in three short rags, and learn from them."""
    works = [str(a_rag(seed, bars=16).save(folder / f"{seed}.mid")) for seed in range(3)]
    page.open("corpus")
    page.until("document.querySelector('#pick-files')")
    page.driver.find_element("css selector", "#pick-files").send_keys("\n".join(works))
    page.until("document.querySelectorAll('tbody tr').length === 3")
    page.click("a.main")
    fill(page, ".learn [name=name]", "Mine")
    page.click("#learn")


def open_model(browser: Browser, path: Path) -> None:
    browser.open("learn")
    browser.until("document.querySelector('#open-model')")
    browser.driver.find_element("css selector", "#open-model").send_keys(str(path))


def test_a_strangers_model_is_usable_at_once(browser: Browser, tmp_path: Path) -> None:
    data = (files("ragsmith.shipped") / "ragtime.ragsmith").read_bytes()
    (tmp_path / "A stranger.ragsmith").write_bytes(data)
    open_model(browser, tmp_path / "A stranger.ragsmith")
    browser.until("/A stranger/.test(document.querySelector('.models li')?.innerText)")
    browser.click(".models li .use")
    browser.until(
        "document.querySelector('[name=model]')?.selectedOptions[0].text === 'A stranger'"
    )


def test_a_model_says_in_plain_words_how_good_it_is(browser: Browser) -> None:
    browser.open("learn")
    built_in = "document.querySelector('.models li:last-child')"  # below all that were opened
    browser.until(f"/Ragtime[^]*good/.test({built_in}?.innerText)")


@pytest.mark.parametrize("data", [b"no model", b"PK\3\4 half of a model", b""])
def test_a_broken_model_is_told_in_one_sentence(
    browser: Browser, tmp_path: Path, data: bytes
) -> None:
    (tmp_path / "broken.ragsmith").write_bytes(data)
    open_model(browser, tmp_path / "broken.ragsmith")
    browser.until("!document.querySelector('#notice').hidden")
    said = browser.js("return document.querySelector('#notice span').textContent")
    assert said.startswith("broken.ragsmith: ")
    assert "broken" not in browser.js("return document.querySelector('.models').innerText")


def test_errors_are_french_on_french_pages(browser: Browser) -> None:
    browser.open("compose")
    browser.click("#language")
    fill(browser, "#bars", "")
    fill(browser, "#form", "A(0)")
    browser.click("#compose")
    try:
        browser.until("!document.querySelector('#notice').hidden")
        said = browser.js("return document.querySelector('#notice span').textContent")
    finally:
        fill(browser, "#form", "")
        browser.click("#language")
    assert said.startswith("forme ")
    assert "\u00a0: donne à A 0 mesures, et non de 1 à 256\u00a0; écrivez comme " in said
