"""What a musician asks of a piece is composed after three clicks at most, with the built-in model:
a hand to the other, a left hand to a melody, a dial, a difficulty, two models, variants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ragsmith.bundle.bundle import save_bundle
from ragsmith.corpus.cache_files import store
from ragsmith.corpus.record import Record
from ragsmith.datasets import rags
from ragsmith.piece import Hand, Piece
from ragsmith.playing_order import unfold
from ragsmith.shipped import load_model
from ragsmith.studio.facts import facts_of_model
from ragsmith.studio.library import BUILT_IN, Library, new_id
from ragsmith.studio.opening import bare_facts
from ragsmith.verbs import clip
from support.browser import Browser
from support.reader import browser_on, click_measure, fill, in_browser, open_piece, quiet

pytestmark = [in_browser, pytest.mark.slow]

BARS, CLICKS = 4, 3
PATIENCE = 300
"""Seconds that composing may take on a machine with other work."""


class Short(NamedTuple):
    """The ids of a short rag, of its melody alone, and of a second model."""

    rag: str
    melody: str
    model: str


class Musician:
    """Somebody at a piece who counts the clicks; a choice from a list is one."""

    def __init__(self, browser: Browser, piece: str) -> None:
        open_piece(browser, piece)
        self.browser, self.clicks = browser, 0

    def click(self, selector: str) -> None:
        self.clicks += 1
        self.browser.click(selector)

    def choose(self, selector: str, value: object) -> None:
        self.clicks += 1
        fill(self.browser, selector, value)

    def bar(self, number: int) -> None:
        self.clicks += 1
        click_measure(self.browser, number)

    def waits(self, expression: str) -> None:
        """Until something has come, after few clicks."""
        assert self.clicks <= CLICKS
        self.browser.until(expression, patience=PATIENCE)


@pytest.fixture(scope="module")
def at_work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Browser, Short]]:
    """A browser on a studio with a short rag, its melody, and two models that compose in hands."""
    library = tmp_path_factory.mktemp("library")
    goods = short(library)
    with browser_on(library, tmp_path_factory) as page:
        yield page, goods


def short(place: Path) -> Short:
    """Put a short rag, its melody and a second model into a library."""
    rag = unfold(rags()[0])
    bars = [bar for bar in rag.bars if bar.is_full]
    rag = replace(clip(rag, bars[4].start, bars[4 + BARS].start), sections=(), order=())
    right = [note._replace(hand=Hand.UNKNOWN) for note in rag.notes if note.hand is Hand.RIGHT]
    tops = {note.onset: note for note in sorted(right, key=lambda note: note.pitch)}
    melody = replace(rag, notes=tuple(tops[onset] for onset in sorted(tops)))
    library = Library(place)
    try:
        model, piano = new_id(), load_model("piano")
        save_bundle(piano, library.model_file(model))
        library.add_model(model, "Piano", facts_of_model(piano))
        return Short(put(library, rag), put(library, melody), model)
    finally:
        library.close()


def put(library: Library, piece: Piece) -> str:
    """Keep a piece."""
    number = new_id()
    store(library.piece_file(number), Record(""), piece, durable=True)
    library.add_piece({"id": number} | bare_facts(piece), BUILT_IN, "kept")
    return number


def of_hand(browser: Browser, piece: str, hand: Hand) -> list[list[int]]:
    """Onset, pitch and duration of a hand's notes."""
    notes = browser.get(f"pieces/{piece}/notes")["notes"]
    return [note[:3] for note in notes if note[4] == hand]


def variants(browser: Browser, piece: str, selector: str, value: str) -> list[dict[str, Any]]:
    """Variants of a piece, asked for with one choice: what the library has of them."""
    musician = Musician(browser, piece)
    musician.click(".variants summary")
    musician.choose(selector, value)
    musician.click("#variants")
    musician.waits("document.querySelectorAll('.variants li').length === 4")
    job = browser.get("jobs")["jobs"][0]
    assert (job["kind"], job["state"]) == ("variants", "done")
    return [browser.get(f"pieces/{number}") for number in job["pieces"]]


def take_first(browser: Browser, piece: str) -> None:
    """Take the first proposal."""
    version = browser.get(f"pieces/{piece}")["version"]
    browser.click(".proposals li:nth-child(2) button:last-child")
    browser.wait(lambda: browser.get(f"pieces/{piece}")["version"] != version, "another version")


def test_a_hand_of_a_bar_to_the_other(at_work: tuple[Browser, Short]) -> None:
    browser, (rag, *_) = at_work
    kept, old = (of_hand(browser, rag, hand) for hand in (Hand.RIGHT, Hand.LEFT))
    musician = Musician(browser, rag)
    musician.bar(2)
    musician.choose("#again-hand", "left")
    musician.click("#again")
    musician.waits("document.querySelectorAll('.proposals li').length === 5")
    take_first(browser, rag)
    assert of_hand(browser, rag, Hand.RIGHT) == kept
    assert of_hand(browser, rag, Hand.LEFT) != old
    browser.click("#edit-undo")
    browser.wait(lambda: of_hand(browser, rag, Hand.LEFT) == old, "what was there")
    quiet(browser)


def test_a_left_hand_to_a_melody(at_work: tuple[Browser, Short]) -> None:
    browser, (_, melody, _) = at_work
    sung = [note[:3] for note in browser.get(f"pieces/{melody}/notes")["notes"]]
    musician = Musician(browser, melody)
    musician.choose("#again-hand", "left")
    musician.click("#again")
    musician.waits("document.querySelectorAll('.proposals li').length === 5")
    take_first(browser, melody)
    assert of_hand(browser, melody, Hand.RIGHT) == sung
    beats = {onset // 4 for onset, *_ in of_hand(browser, melody, Hand.LEFT)}
    assert len(beats) >= BARS
    quiet(browser)


def test_a_dial(at_work: tuple[Browser, Short]) -> None:
    browser, (rag, *_) = at_work
    made = variants(browser, rag, "#variants-dial", "syncopation=high")
    assert [piece["recipe"]["wish"]["dials"] for piece in made] == 4 * ["syncopation=high"]
    quiet(browser)


def test_an_easier_version(at_work: tuple[Browser, Short]) -> None:
    browser, (rag, *_) = at_work
    musician = Musician(browser, rag)
    musician.click("details:has(#easier) summary")
    musician.choose("#easier-level", 3)
    musician.click("#easier")
    musician.waits(f"!location.hash.endsWith('{rag}') && document.querySelector('#parent')")
    easier = browser.js("return location.hash.split('/').pop()")
    assert browser.get(f"pieces/{easier}")["difficulty"] < 3.5
    quiet(browser)


@pytest.mark.parametrize("asked", ["difficulty", "other"])
def test_a_difficulty_or_two_models(at_work: tuple[Browser, Short], asked: str) -> None:
    browser, (rag, _, model) = at_work
    musician = Musician(browser, rag)
    last_time = {"form": f"A({BARS})B({BARS})", "count": 1, "seed": 1, "other_strains": "B"}
    browser.js("localStorage.setItem('ragsmith.wish', JSON.stringify(arguments[0]))", last_time)
    musician.click("nav a[href='#/compose']")
    musician.choose(f"#{asked}", 4 if asked == "difficulty" else model)
    musician.click("#compose")
    musician.waits("document.querySelectorAll('.card.ready').length === 1")
    (made,) = browser.get("jobs")["jobs"][0]["pieces"]
    piece = browser.get(f"pieces/{made}")
    if asked == "difficulty":
        assert piece["difficulty"] == pytest.approx(4, abs=0.5)
    else:
        assert piece["recipe"]["wish"]["mix"] == "A: 1 0; B: 0 1"
    browser.js("localStorage.removeItem('ragsmith.wish')")
    quiet(browser)


def test_variants_of_one_hand(at_work: tuple[Browser, Short]) -> None:
    browser, (rag, *_) = at_work
    kept = of_hand(browser, rag, Hand.RIGHT)
    made = variants(browser, rag, "#variants-hand", "left")
    assert [of_hand(browser, piece["id"], Hand.RIGHT) for piece in made] == 4 * [kept]
    lefts = {str(of_hand(browser, piece["id"], Hand.LEFT)) for piece in made}
    assert len(lefts) > 1
    quiet(browser)
