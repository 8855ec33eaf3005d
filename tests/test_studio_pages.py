"""The studio's pages: what can be said of their text, and what a reader does in a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import ragsmith.studio
from browser import Browser, missing, studio
from ragsmith.io import read

STATIC = Path(ragsmith.studio.__file__).parent / "static"
RAGS = Path(ragsmith.__file__).parent / "rags" / "midi"
TEXTS = {path.name: path.read_text("utf-8") for path in STATIC.iterdir()}
MEGABYTE = 1 << 20
BARS = 12
REPEATS = "Intro A(8)A(8)B(8)A(8)"
"""A form with two endings and a strain that comes back; asked for where no bars are."""
PHONE, SCREEN = (390, 844), (1440, 900)
PAGES = ("compose", "library", "corpus", "learn", "compare")

PARDONED = {
    "test_errors_are_told_in_plain_words": "404",
    "test_a_score_is_made_safe": "Content Security Policy",
}
"""What the browser itself says where a test does what no page does."""

in_browser = pytest.mark.skipif(bool(missing()), reason=missing() or "-")


# The text of the pages.


def test_pages_weigh_less_than_a_megabyte() -> None:
    assert sum(path.stat().st_size for path in STATIC.iterdir()) < MEGABYTE


def test_no_page_asks_another_host() -> None:
    for name, text in TEXTS.items():
        foreign = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s\"']*", text))
        assert foreign <= {"http://www.w3.org/2000/svg"}, name


def test_nothing_from_the_server_becomes_html() -> None:
    doors = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc"
    assert [name for name, text in TEXTS.items() if re.search(doors, text)] == []


def words_of(name: str) -> dict[str, str]:
    return {key: json.loads(f'"{words}"') for key, words in WORD.findall(TEXTS[name])}


WORD = re.compile(r'"([\w.]+)": "((?:[^"\\]|\\.)*)"')


def test_both_languages_say_the_same_things() -> None:
    english, french = words_of("english.js"), words_of("french.js")
    assert list(english) == list(french)
    for key, words in english.items():
        assert set(re.findall(r"{\w+}", words)) == set(re.findall(r"{\w+}", french[key])), key


def test_every_word_asked_for_is_there() -> None:
    asked = {key for text in TEXTS.values() for key in re.findall(r'\bt\("([\w.]+)"', text)}
    assert asked <= set(words_of("english.js"))


# In a browser.


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    folder = tmp_path_factory.mktemp("browser")
    with studio(tmp_path_factory.mktemp("library")) as address:
        page = Browser(folder, address)
        page.size(*SCREEN)
        try:
            yield page
        finally:
            page.close()


@pytest.fixture(autouse=True)
def peace(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test does: no complaint in the console, no request to another host."""
    yield
    if "browser" in request.fixturenames:
        page: Browser = request.getfixturevalue("browser")
        hosts = {url.split("/")[2] for url in page.asked() if url.startswith(("http", "ws"))}
        assert hosts <= {page.address.split("/")[2]}
        pardoned = PARDONED.get(request.node.name, "nothing")
        assert [words for words in page.complaints() if pardoned not in words] == []


@pytest.fixture(scope="module")
def piece(browser: Browser) -> str:
    """A piece composed by the button on the page."""
    return compose_four(browser)[0]


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
    fill(browser, "[name=model]", "joplin")
    fill(browser, "#form", REPEATS)
    fill(browser, "#bars", bars)
    fill(browser, "#seed", 7)
    browser.click("#compose")
    browser.until("document.querySelectorAll('.card.ready').length === 4")
    links = "[...document.querySelectorAll('.card h2 a')].map((a) => a.hash.split('/').pop())"
    return list(browser.js(f"return {links}"))


def open_piece(browser: Browser, number: str) -> None:
    browser.open(f"piece/{number}")
    browser.until("document.querySelector('.score g.note')")
    browser.until("import('/player.js').then(({player}) => player.audio.readyState >= 2)")


def player(browser: Browser, what: str) -> Any:
    return browser.js(f"return import('/player.js').then(({{player}}) => {what})")


def lit(browser: Browser) -> set[str]:
    ids = browser.js("return [...document.querySelectorAll('.score .sounds')].map(({id}) => id)")
    return {number.split("-")[0] for number in ids}


def painted(browser: Browser, selector: str) -> int:
    """Pixels of a canvas that are not empty."""
    script = (
        "const c = document.querySelector(arguments[0]);"
        "return c.getContext('2d').getImageData(0, 0, c.width, c.height).data"
        ".reduce((n, v, i) => n + (i % 4 === 3 && v > 0), 0)"
    )
    return int(browser.js(script, selector))


@in_browser
@pytest.mark.slow
def test_four_pieces_are_composed_side_by_side(browser: Browser) -> None:
    made = compose_four(browser)
    assert len(set(made)) == 4
    assert all(painted(browser, f".card:nth-child({n}) canvas") > 100 for n in (1, 2, 3, 4))
    browser.key("3")
    assert browser.js("return document.querySelector('.card.chosen h2 a').hash").endswith(made[2])
    browser.key(" ")
    browser.until("import('/player.js').then(({player}) => player.audio.currentTime > 0)")
    assert player(browser, "player.piece") == made[2]
    browser.key(" ")
    assert player(browser, "player.audio.paused")


@in_browser
@pytest.mark.slow
def test_a_reload_in_the_middle_loses_nothing(browser: Browser) -> None:
    browser.open("compose")
    fill(browser, "#bars", 48)
    browser.click("#compose")
    browser.until("document.querySelector('.card canvas') && location.hash.length > 12")
    browser.driver.refresh()
    browser.until("document.querySelectorAll('.card.ready').length === 4")


@in_browser
@pytest.mark.slow
def test_a_piece_is_heard_while_it_is_written(browser: Browser) -> None:
    browser.open("compose")
    fill(browser, "[name=model]", "joplin")
    fill(browser, "#bars", 100)
    browser.click("#compose")
    browser.click(".card .round")
    browser.until("document.querySelector('.card .round[aria-label^=Pause]')")
    assert not browser.js("return document.querySelector('.card.ready')")
    browser.until("import('/player.js').then(({player}) => player.audio.currentTime > 1)")
    browser.key("1")
    browser.key(" ")
    browser.until("import('/player.js').then(({player}) => player.audio.paused)")


@in_browser
@pytest.mark.slow
def test_composing_can_be_cancelled(browser: Browser) -> None:
    browser.open("compose")
    fill(browser, "#bars", 500)
    browser.click("#compose")
    browser.until("document.querySelector('.card canvas')")
    browser.click("#cancel")
    browser.until(
        "!document.querySelector('#cancel') && !document.querySelector('#compose').disabled"
    )
    assert "Cancelled" in browser.js("return document.querySelector('.working').textContent")


@in_browser
@pytest.mark.slow
def test_a_piece_plays_and_its_clock_moves(browser: Browser, piece: str) -> None:
    open_piece(browser, piece)
    browser.key(" ")
    browser.until("document.querySelector('#clock').textContent === '0:01'")
    browser.until("document.querySelector('.score .sounds')")
    browser.key(" ")
    assert player(browser, "player.audio.paused")
    before = player(browser, "player.audio.currentTime")
    browser.key("\ue014")
    browser.until("document.querySelector('#clock').textContent >= '0:06'")
    assert player(browser, "player.audio.currentTime") == pytest.approx(before + 5, abs=0.05)
    browser.key("\ue012")
    browser.until("document.querySelector('#clock').textContent < '0:06'")
    fill(browser, "#rate", 75)
    assert player(browser, "player.audio.playbackRate") == 0.75


@in_browser
@pytest.mark.slow
@pytest.mark.parametrize("bars", [BARS, ""], ids=["free", "with repeats"])
def test_exactly_the_sounding_notes_are_lit(browser: Browser, bars: int | str) -> None:
    piece = compose_four(browser, bars)[0]
    open_piece(browser, piece)
    notes = browser.get(f"pieces/{piece}/playing")["notes"]
    assert all(note["head"] for note in notes)
    end = max(note["end"] for note in notes)
    heard = 0
    for i in range(10):
        moment = 0.13 + i * end / 10.3
        fill(browser, "#seek", f"{moment:.2f}")
        browser.until("import('/player.js').then(({player}) => !player.audio.seeking)")
        now = player(
            browser,
            "new Promise((ok) => requestAnimationFrame(() => requestAnimationFrame("
            "() => ok(player.audio.currentTime))))",
        )
        expected = {note["head"] for note in notes if note["start"] <= now < note["end"]}
        assert lit(browser) == expected
        heard += bool(expected)
    assert heard > 6


@in_browser
@pytest.mark.slow
def test_while_it_plays_too(browser: Browser, piece: str) -> None:
    open_piece(browser, piece)
    notes = browser.get(f"pieces/{piece}/playing")["notes"]
    look = (
        "const {player} = await import('/player.js'); await player.toggle();"
        "const seen = []; while (seen.length < 10) {"
        "await new Promise((ok) => setTimeout(ok, 230)); await new Promise(requestAnimationFrame);"
        "seen.push([player.audio.currentTime,"
        " [...document.querySelectorAll('.score .sounds')].map(({id}) => id.split('-')[0])]) }"
        "player.audio.pause(); return seen"
    )
    for now, heads in browser.js(look):
        # The page looked at the clock a frame or so before this test did.
        moments = [now - late for late in (0, 0.02, 0.04, 0.08, 0.15)]
        sounding = [
            {note["head"] for note in notes if note["start"] <= moment < note["end"]}
            for moment in moments
        ]
        assert set(heads) in sounding


@in_browser
@pytest.mark.slow
def test_bars_are_chosen_and_composed_again(browser: Browser, piece: str) -> None:
    open_piece(browser, piece)
    choose = (
        "const [x, shift] = arguments, canvas = document.querySelector('.bigroll canvas');"
        "const box = canvas.getBoundingClientRect();"
        "for (const name of ['pointerdown', 'pointerup'])"
        "canvas.dispatchEvent(new PointerEvent(name, {clientX: box.left + x, clientY: box.top + 8,"
        "shiftKey: shift, bubbles: true}))"
    )
    browser.js(choose, 5, False)
    browser.js(choose, 400, True)
    last = int(browser.js("return document.querySelector('#last-bar').value"))
    assert browser.js("return document.querySelector('#first-bar').value") == "1"
    assert 1 < last < BARS
    assert browser.js("return document.querySelectorAll('.sheet .chosen').length") == last
    browser.js(
        "const box = [...document.querySelectorAll('.sheet g.measure')][4].getBoundingClientRect();"
        "document.querySelector('.sheet').dispatchEvent(new MouseEvent('click', {bubbles: true,"
        "clientX: box.left + box.width / 2, clientY: box.top + box.height / 2}))"
    )
    fill(browser, "#last-bar", 6)
    assert browser.js("return document.querySelector('#first-bar').value") == "5"
    browser.click("#again")
    browser.until("document.querySelector('#undo')")
    new = browser.js("return location.hash.split('/').pop()")
    assert new != piece

    def outside(number: str) -> list[Any]:
        notes = browser.get(f"pieces/{number}/playing")["notes"]
        return [(n["start"], n["pitch"]) for n in notes if not 5 <= n["bar"] <= 6]

    assert outside(new) == outside(piece)
    browser.click("#undo")
    browser.until("location.hash.endsWith(arguments[0])", piece)


@in_browser
@pytest.mark.slow
def test_every_format_is_downloaded_and_opens(browser: Browser, piece: str, tmp_path: Path) -> None:
    open_piece(browser, piece)
    where = {"behavior": "allow", "downloadPath": str(tmp_path)}
    browser.driver.execute_cdp_cmd("Browser.setDownloadBehavior", where)
    find = "return [...document.querySelectorAll('.files a')].map((a) => a.dataset.format)"
    formats = browser.js(find)
    assert {"mid", "musicxml", "pdf", "png", "svg", "roll.svg", "mp3", "wav"} <= set(formats)
    for suffix in formats:
        browser.click(f".files a[data-format='{suffix}']")
        file = browser.wait(lambda suffix=suffix: arrived(tmp_path, suffix), suffix)
        opened(file, suffix)
        file.unlink()


def arrived(folder: Path, suffix: str) -> Path | None:
    """The file that was downloaded, once it is whole."""
    found = [path for path in folder.iterdir() if path.name.endswith(f".{suffix}")]
    return found[0] if found and not list(folder.glob("*.crdownload")) else None


def opened(file: Path, suffix: str) -> None:
    if suffix in ("mid", "musicxml", "mxl"):
        assert len(read(file).piece.notes) > 50
    elif suffix.endswith("svg"):
        assert ElementTree.parse(file).getroot().tag.endswith("svg")
    elif suffix.endswith("png"):
        assert file.read_bytes().startswith(b"\x89PNG")
    elif suffix == "pdf":
        assert file.read_bytes().startswith(b"%PDF")
    else:
        import soundfile

        assert soundfile.info(str(file)).duration > 10


@in_browser
@pytest.mark.slow
def test_a_folder_is_dropped_and_learnt(browser: Browser) -> None:
    browser.open("corpus")
    browser.until("document.querySelector('.drop')")
    drop(browser, RAGS)
    browser.until("document.querySelectorAll('tbody tr').length")
    rows = browser.js("return document.querySelectorAll('tbody tr').length")
    assert rows == len(list(RAGS.glob("*.mid")))
    assert browser.js("return document.querySelector('h1').textContent") == RAGS.name
    browser.click("tbody tr button")
    browser.until("document.querySelectorAll('tbody tr').length === arguments[0]", rows - 1)
    browser.click("a.main")
    browser.until("document.querySelector('#learn')")
    fill(browser, "[name=minutes]", 0.4)
    fill(browser, "[name=model]", "stride")
    browser.click("#learn")
    browser.until("document.querySelector('progress')?.value > 0")
    browser.driver.refresh()
    browser.until("document.querySelector('progress')?.value > 0")
    browser.until("document.querySelector('.learning a.main')")
    assert browser.js("return document.querySelectorAll('.chart circle.held_out').length")
    browser.click(".learning a.main")
    browser.until(
        "document.querySelector('[name=model]')?.selectedOptions[0].text === arguments[0]",
        RAGS.name,
    )


def drop(browser: Browser, folder: Path) -> None:
    """Let a folder fall on the page, as from a file manager."""
    box = browser.js(
        "const b = document.querySelector('.drop').getBoundingClientRect();"
        "return [b.left + b.width / 2, b.top + b.height / 2]"
    )
    data = {"items": [], "files": [str(folder)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        event = {"type": kind, "x": box[0], "y": box[1], "data": data}
        browser.driver.execute_cdp_cmd("Input.dispatchDragEvent", event)


@in_browser
@pytest.mark.slow
def test_learning_is_stopped_and_cancelled(browser: Browser) -> None:
    browser.open("corpus")
    browser.until("document.querySelector('#pick-files')")
    field = browser.driver.find_element("css selector", "#pick-files")
    field.send_keys("\n".join(map(str, sorted(RAGS.glob("*.mid"))[:6])))
    browser.until("document.querySelectorAll('tbody tr').length === 6")
    browser.click("a.main")
    browser.until("document.querySelector('#learn')")
    browser.click("#learn")
    browser.until("document.querySelector('progress')?.value > 0")
    browser.click(".learning #cancel")
    browser.until("document.querySelector('.told')?.textContent.startsWith('Cancelled')")
    browser.click("#learn")
    browser.until("document.querySelector('.chart polyline')")
    browser.click("#stop")
    browser.until("document.querySelector('.learning a.main')")


@in_browser
@pytest.mark.slow
def test_the_library_finds_rates_and_compares(browser: Browser, piece: str) -> None:
    title = "A <b>bold</b> rag"
    open_piece(browser, piece)
    fill(browser, "input.title", title)
    browser.click(".heading .stars label:nth-of-type(4)")
    browser.until(
        "fetch('/api/pieces/' + arguments[0]).then((a) => a.json()).then((p) => p.rating)", piece
    )
    browser.open("library")
    fill(browser, "#search", "bold")
    browser.until("document.querySelectorAll('li.piece').length === 1")
    assert browser.js("return document.querySelector('.name a').textContent") == title
    assert browser.js("return document.querySelectorAll('li.piece .stars .on').length") == 4
    fill(browser, "#search", "no such rag")
    browser.until("document.querySelector('.pieces .empty')")
    other = compose_four(browser)[0]
    browser.click(f".card:has(a[href$='{other}']) .plain")
    browser.until("document.querySelector('.card .plain:disabled')")
    browser.open("compare")
    browser.click(".better[data-side=b]")
    browser.until("document.querySelector('#next')")


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
