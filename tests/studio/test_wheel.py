"""What a musician asks for from a piece: a hand, more or less of something, variants, two models;
on the page, and by the addresses."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragsmith.errors import BadOption
from ragsmith.studio.second_model import strains_of_second
from support import reader
from support.browser import Browser
from support.reader import fill, in_browser, open_piece, quiet
from support.stock import Stock, stock
from support.studios import studio

stocked = reader.stocked


@in_browser
@pytest.mark.slow
def test_variants_are_composed_with_three_clicks_and_opened(stocked: tuple[Browser, Stock]) -> None:
    browser, (piece, _) = stocked
    open_piece(browser, piece)
    fill(browser, "#first-bar", 1)
    fill(browser, "#last-bar", 2)
    browser.click(".variants summary")
    browser.until("document.querySelector('#variants')")
    fill(browser, "#variants-distance", "small")
    browser.click("#variants")
    browser.until("document.querySelectorAll('.variants li').length === 4", patience=300)
    shown = (
        "[...document.querySelectorAll('.variants li a')].map((a) => a.textContent.split(' ')[1])"
    )
    distances = [float(text) for text in browser.js(f"return {shown}")]
    assert distances == sorted(distances)
    assert all(0 < distance < 1 for distance in distances)
    opened = browser.js("return document.querySelector('.variants li a').hash")
    fill(browser, "#variants-dial", "syncopation=high")
    browser.click("#variants")
    # The quick model knows no hands; a model of two hands is led by the dial.
    browser.until("/knows no hands/.test(document.querySelector('.variants').textContent)")
    browser.js("location.hash = arguments[0]", opened)
    browser.until(
        "!location.hash.endsWith(arguments[0]) && document.querySelector('#parent')", piece
    )
    quiet(browser)


@in_browser
@pytest.mark.slow
def test_dials_difficulty_and_a_second_model_are_asked_for(stocked: tuple[Browser, Stock]) -> None:
    browser, (_, model) = stocked
    browser.open("compose")
    browser.until("document.querySelector('#dials')")
    fill(browser, "#form", "A(4)B(4)")
    fill(browser, "#dials", "syncopation=high")
    fill(browser, "#difficulty", 4)
    fill(browser, "#other", model)
    fill(browser, "#other_strains", "B")
    browser.click("#compose")
    browser.until("document.querySelector('#cancel, .stage .error')")
    wish = browser.get("jobs")["jobs"][0]["asked"]
    named = ("dials", "difficulty", "other", "other_strains")
    assert [wish[name] for name in named] == ["syncopation=high", 4, model, "B"]
    browser.js("document.querySelector('#cancel')?.click()")
    quiet(browser)


@pytest.mark.slow
def test_scripts_compose_variants_and_hands(tmp_path: Path) -> None:
    goods = stock(tmp_path)
    with studio(tmp_path) as client:
        wish = {"first_bar": 1, "last_bar": 2, "distance": "large", "count": 2, "seed": 1}
        job = client.post(f"/api/pieces/{goods.piece}/variants", json=wish).json()["job"]
        with client.stream("GET", f"/api/jobs/{job}/events") as events:
            assert '"type": "done"' in "".join(events.iter_text())
        told = client.get(f"/api/jobs/{job}").json()
        made = [event for event in told["events"] if event["type"] == "piece"]
        assert [event["distance"] for event in made] == sorted(e["distance"] for e in made)
        assert all(0 < event["bars_kept"] < 1 for event in made)
        for body, words in (
            ({"distance": "huge"}, "distance huge: does not exist"),
            ({"dials": "loudness=high"}, "dial 'loudness': does not exist"),
            ({"first_bar": 900, "last_bar": 901}, "are not bars of a piece"),
        ):
            answer = client.post(f"/api/pieces/{goods.piece}/variants", json=body)
            assert answer.status_code == 400
            assert words in answer.json()["error"]
        answer = client.post("/api/compose", json={"dials": "height=up", "bars": 4})
        assert "is no value of a dial" in answer.json()["error"]


def test_the_second_model_writes_the_strains_that_are_named() -> None:
    fields = {"other": "m", "form": "Intro AABB Coda", "other_strains": "B, Coda"}
    assert strains_of_second(fields) == "Intro: 1 0; A: 1 0; B: 0 1; Coda: 0 1"
    assert strains_of_second(fields | {"other": None}) is None
    assert strains_of_second(fields | {"other_strains": " "}) is None
    with pytest.raises(BadOption):
        strains_of_second(fields | {"form": "A(B"})
