"""The library in a browser: finding by tag and key, small rolls, what was deleted comes back."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from support import reader
from support.browser import Browser, studio
from support.reader import fill, in_browser

ROWS = "document.querySelectorAll('li.piece').length"
DRAWN = """[...document.querySelectorAll('canvas.small')].some((canvas) => canvas.width &&
  canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean))
"""


ENGLISH = {
    "Search",
    "newest",
    "Delete",
    "Deleted",
    "Record",
    "Practise",
    "Loudness",
    "bars",
    "both",
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser on a studio with six finished rags."""
    with studio(tmp_path_factory.mktemp("library"), "--demo") as address:
        browser = Browser(tmp_path_factory.mktemp("browser"), address)
        browser.size(*reader.SCREEN)
        try:
            yield browser
        finally:
            browser.close()


@in_browser
@pytest.mark.slow
def test_pieces_are_found_by_key_and_tag(shop: Browser) -> None:
    first = shop.get("pieces")["pieces"][0]
    shop.open(f"piece/{first['id']}")
    fill(shop, "#piece-tags", "lesson, <b>")
    shop.wait(lambda: shop.get("pieces?tag=lesson")["pieces"], "the tag")
    shop.open("library")
    shop.until(f"{ROWS} === 6")
    shop.until(DRAWN)
    text = shop.js("return document.querySelector('li.piece').textContent")
    assert "major" in text
    assert "2/4" in text
    shop.click("li.piece .tag")
    shop.until(f"{ROWS} === 1")
    fill(shop, "#filter-tag", "")
    shop.until(f"{ROWS} === 6")
    keys = shop.get("pieces")["choices"]["keys"]
    if len(keys) > 1:
        fill(shop, "#filter-key", keys[0])
        shop.until(f"{ROWS} < 6 && {ROWS} > 0")
    assert [line for line in shop.complaints() if "getImageData" not in line] == []


@in_browser
@pytest.mark.slow
def test_what_is_deleted_is_brought_back_by_the_keyboard(shop: Browser) -> None:
    shop.open("library")
    shop.until(f"{ROWS} === 6")
    delete = "document.querySelector('li.piece [aria-label^=Delete]')"
    title = shop.js("return document.querySelector('.name a').textContent")
    shop.js(f"{delete}.focus()")
    shop.key("\ue007")
    shop.key("\ue007")
    shop.until(f"{ROWS} === 5")
    shop.js("document.querySelector('#to-bin').focus()")
    shop.key("\ue007")
    shop.until("document.querySelector('.restore')")
    assert title in shop.js("return document.querySelector('main').textContent")
    assert "30 days left" in shop.js("return document.querySelector('main').textContent")
    shop.js("document.querySelector('.restore').focus()")
    shop.key("\ue007")
    shop.until("document.querySelector('.empty')")
    shop.open("library")
    shop.until(f"{ROWS} === 6")


@in_browser
@pytest.mark.slow
def test_all_pages_are_french_as_a_whole(shop: Browser) -> None:
    piece = shop.get("pieces")["pieces"][0]["id"]
    shop.open("library")
    shop.click("#language")
    shop.until("document.documentElement.lang === 'fr'")
    for page in ("library", "record", "bin", f"piece/{piece}"):
        shop.open(page)
        shop.until("document.querySelector('main h1')")
        words = set(re.findall(r"\w+", shop.js("return document.querySelector('main').innerText")))
        assert not words & ENGLISH, page
    shop.click("#language")
