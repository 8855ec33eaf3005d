"""The studio's pages: their text, and that everybody can read them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

import ragsmith.studio
from ragsmith.beats import Performance, track
from ragsmith.corpus.folder import NothingUsable
from ragsmith.corpus.record import Record, judge
from ragsmith.corpus.scan import Entry
from ragsmith.io.hints import HINTS
from ragsmith.io.readers.midi_beats import TOO_LONG, Tracked
from ragsmith.io.readers.parts import Taken
from ragsmith.io.readers.reading import FREELY
from ragsmith.quantise import Moved
from support import reader
from support.browser import Browser
from support.french_phrases import phrases
from support.reader import SCREEN, in_browser

opened_browser, browser, piece = reader.opened_browser, reader.browser, reader.piece

STATIC = Path(ragsmith.studio.__file__).parent / "static"
TEXTS = {path.name: path.read_text("utf-8") for path in STATIC.iterdir() if path.is_file()}
ERRORS = TEXTS["french_errors.js"] + TEXTS["french_errors_wheel.js"]
SCALE = Performance(np.arange(64) / 4, np.where(np.arange(64) % 2, 60, 40), np.full(64, 80))
MEGABYTE = 1 << 20
PHONE = (390, 844)
PAGES = ("compose", "library", "corpus", "learn", "compare")


# The text of the pages.


def test_pages_weigh_less_than_a_megabyte() -> None:
    assert sum(path.stat().st_size for path in STATIC.rglob("*")) < MEGABYTE


def test_no_page_asks_another_host() -> None:
    for name, text in TEXTS.items():
        foreign = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s\"']*", text))
        assert foreign <= {"http://www.w3.org/2000/svg"}, name


def test_nothing_from_the_server_becomes_html() -> None:
    doors = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc"
    assert [name for name, text in TEXTS.items() if re.search(doors, text)] == []


def words_of(name: str) -> dict[str, str]:
    return {key: json.loads(f'"{words}"') for key, words in WORD.findall(TEXTS[name])}


WORD = re.compile(r'"([\w. ]+)": "((?:[^"\\]|\\.)*)"')


def test_both_languages_say_the_same_things() -> None:
    english, french = words_of("english.js"), words_of("french.js")
    assert list(english) == list(french)
    for key, words in english.items():
        assert set(re.findall(r"{\w+}", words)) == set(re.findall(r"{\w+}", french[key])), key


def test_every_word_asked_for_is_there() -> None:
    asked = {key for text in TEXTS.values() for key in re.findall(r'\bt\("([\w.]+)"', text)}
    assert asked <= set(words_of("english.js"))


def test_every_error_has_its_french_words() -> None:
    pairs = re.findall(r'^  \[("(?:[^"\\]|\\.)*"|\'[^\']*\'), "(.*)"\],$', ERRORS, re.MULTILINE)
    assert len(pairs) == ERRORS.count("\n  [")
    french = {english[1:-1]: words for english, words in pairs}
    for english, words in french.items():
        assert set(re.findall(r"{\d}", words)) <= set(re.findall(r"{\d}", english)), english
    assert phrases() - {re.sub(r"{\d}", "{}", english) for english in french} == set()


DOCTOR = (
    *(FREELY, TOO_LONG, Tracked(None, track(SCALE)).doubt(0.4)),
    Tracked(None, track(SCALE)._replace(clearness=0.5)).doubt(0.9),
    *("; ".join(hint) for hint in HINTS.values()),
    judge(Record("", (), 99, 99, 12, Moved(0.5, 0.1, 0.2), clustering=0.1), 4)[1],
    judge(Record("", (), 99, 99, None, Moved(0.5, 0.1, 0.2), clustering=0.1), 4)[1],
    Taken((0,), ("Piano",), ("Voice", "drums")).remark,
    Taken((0, 1), ("Flute", "Tuba"), (), without_piano=True).remark,
    *(
        "3 notes without an end, ended at the next one",
        "1 note without an end, ended with the track",
    ),
    Tracked(None, track(SCALE)).words(np.arange(64) * 4, 4, 4),
    NothingUsable(Path("x"), [Entry("a.mid", "reject")]).rule,
)


@pytest.mark.parametrize("text", DOCTOR)
def test_what_the_doctor_says_has_its_french_words(text: str) -> None:
    written = re.findall(r'^  \["((?:[^"\\]|\\.)*)", "', ERRORS, re.MULTILINE)
    english = [json.loads(f'"{words}"') for words in written]
    patterns = [re.compile(re.sub(r"\\{\d\\}", "(.+?)", re.escape(words))) for words in english]

    def is_known(part: str) -> bool:
        return any(pattern.fullmatch(part) for pattern in patterns)

    assert is_known(text) or all(map(is_known, text.split("; ")))


# In a browser.


@in_browser
@pytest.mark.slow
def test_errors_are_told_in_plain_words(browser: Browser) -> None:
    browser.open("piece/0123456789ab")
    browser.until("document.querySelector('.empty p')?.textContent.includes('none of the pieces')")


@in_browser
@pytest.mark.slow
def test_language_and_light_are_switched_and_kept(browser: Browser) -> None:
    browser.open("library")
    browser.click("#language")
    browser.until("document.querySelector('h1')?.textContent === 'Bibliothèque'")
    browser.driver.refresh()
    browser.until("document.querySelector('h1')?.textContent === 'Bibliothèque'")
    browser.click("#language")
    browser.light("light")
    paper = "return getComputedStyle(document.body).backgroundColor"
    seen = []
    for _ in range(3):
        seen.append(browser.js(paper))
        browser.click("#theme")
    assert seen[0] == seen[1] != seen[2]


@in_browser
@pytest.mark.slow
def test_a_score_is_made_safe(browser: Browser) -> None:
    browser.open("library")
    bad = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        'onload="alert(1)"><script>alert(2)</script><style>*{background:url(http://a.example/x)}'
        '</style><foreignObject><p xmlns="http://www.w3.org/1999/xhtml">hi</p></foreignObject>'
        '<image href="http://a.example/b.png"/><a href="javascript:alert(3)"><rect/></a>'
        '<use xlink:href="http://a.example/c.svg#d"/><use xlink:href="#e"/>'
        '<g id="n1" onclick="alert(4)" style="fill:url(http://a.example/f)">'
        '<animate attributeName="href" to="javascript:alert(5)"/>'
        '<path fill="url(http://a.example/g)" d="M0 0"/></g></svg>'
    )
    clean = browser.js(
        "const [text] = arguments; return import('/svg.js').then(({safeSvg}) =>"
        " new XMLSerializer().serializeToString(safeSvg(text)))",
        bad,
    )
    assert not re.search(r"alert|example|script|style|<p\b|animate|<a\b|<image", clean)
    assert "#e" in clean
    assert 'id="n1"' in clean


@in_browser
@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, SCREEN])
def test_pages_can_be_read_by_everybody(
    browser: Browser, piece: str, size: tuple[int, int], scheme: str
) -> None:
    browser.size(*size)
    browser.light(scheme)
    try:
        for page in (*PAGES, f"piece/{piece}"):
            browser.open(page)
            browser.until("document.querySelector('main h1, main .empty')")
            assert browser.js("return document.documentElement.scrollWidth") <= size[0], page
            assert browser.js(f"return ({FAINT})()") == [], page
            assert nameless(browser) == [], page
    finally:
        browser.size(*SCREEN)
        browser.light("light")


FAINT = """() => {
  const numbers = (colour) => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d");
    canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = (rgb) => rgb.slice(0, 3).map((v) => v / 255)
    .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const paint = numbers(getComputedStyle(e).backgroundColor);
      if (paint[3] > 200) return paint;
    }
    return [255, 255, 255, 255];
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const faint = [];
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const element = text.parentElement;
    if (!text.data.trim() || !element.checkVisibility()) continue;
    if (element.closest(":disabled, svg, script, noscript")) continue;
    const style = getComputedStyle(element);
    const [a, b] = [light(numbers(style.color)), light(behind(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const least = parseFloat(style.fontSize) >= 24 ? 3 : 4.5;
    if (ratio < least) faint.push(`${text.data.trim().slice(0, 30)} ${ratio.toFixed(2)}`);
  }
  return faint;
}"""
"""What has less contrast than WCAG AA asks for."""


def nameless(browser: Browser) -> list[str]:
    """Controls that a screen reader cannot name."""
    tree = browser.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    controls = {
        "button",
        "link",
        "textbox",
        "searchbox",
        "combobox",
        "slider",
        "spinbutton",
        "radio",
    }
    return [
        node["role"]["value"]
        for node in tree
        if not node.get("ignored")
        and node["role"]["value"] in controls
        and not node.get("name", {}).get("value")
    ]
