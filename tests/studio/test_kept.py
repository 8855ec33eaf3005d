"""What is kept and what is left over, on the pages of the library and of the candidates."""

from __future__ import annotations

import pytest

from support import reader
from support.browser import Browser
from support.reader import compose_four, in_browser

opened_browser, browser = reader.opened_browser, reader.browser

pytestmark = [in_browser, pytest.mark.slow]


def test_candidates_that_nobody_keeps_are_out_of_sight_and_go_together(browser: Browser) -> None:
    made = compose_four(browser)
    texts = "return [...document.querySelectorAll('.card p')].map((p) => p.innerText)"
    assert all(" of at most " in text for text in browser.js(texts) if "shares" in text)
    browser.open("library")
    browser.until("document.querySelector('.pieces .empty')?.innerText.includes('Nothing kept')")
    browser.open(f"piece/{made[0]}")
    browser.click(".heading .keep:enabled")
    browser.until("document.querySelector('.heading .keep:disabled')")
    browser.open(f"piece/{made[1]}")
    browser.click(".heading .stars label:nth-of-type(3)")
    browser.until("document.querySelector('.heading .keep:disabled')")
    browser.open("library")
    assert shown(browser, 2) == set(made[:2])
    browser.click("#unkept")
    assert shown(browser, 2, "candidate") == set(made[2:])
    browser.click("#delete-left")
    browser.click("#delete-left")
    browser.until("!document.querySelector('li.piece')")
    assert {piece["id"] for piece in browser.get("pieces")["pieces"]} == set(made[:2])


def shown(browser: Browser, count: int, state: str = "kept") -> set[str]:
    """The pieces in the list, once there are so many and the list is of that state."""
    browser.until(
        "document.querySelectorAll('li.piece').length === arguments[0]"
        " && document.querySelector('#state').value === arguments[1]",
        count,
        state,
    )
    links = "return [...document.querySelectorAll('li.piece .name a')].map((a) => a.hash)"
    return {link.split("/")[-1] for link in browser.js(links)}
