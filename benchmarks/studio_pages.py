"""The studio's pages in a browser: how heavy, how soon one hears, how smoothly the score follows.

    python benchmarks/studio_pages.py [FOLDER]

Wants Chromium with its driver, and selenium. Prints one table; with a FOLDER, pictures of every
page are put there, 390 and 1440 pixels wide, light and dark, in English, and one in French.

- weight: bytes of all pages, programs and styles, as they lie and as gzip would send them;
- first sound: from the click on "Compose" (four candidates of the usual form) until the first one
  sounds, the piano key by key, played as soon as its button is there; the same until its file has
  taken over (with the room, the dynamics and the repeats); and for one candidate of 16 bars from
  the click until its file sounds;
- frames: a piece of 200 bars, score and roll shown, plays for ten seconds; time between the calls
  of requestAnimationFrame, and how much of a frame the page's own work takes;
- editing: on that piece, from the key that moves a note to the strike of its sound, to the frame in
  which the roll shows it and to that in which the score does, to the server's answer, to the score
  engraved anew; and frames while a note is dragged about for ten seconds, a change every half
  second. `--editing` measures these alone.
"""

from __future__ import annotations

import argparse
import gzip
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from ragsmith.datasets import rags  # noqa: E402
from ragsmith.marks import Metre, regular_bars  # noqa: E402
from ragsmith.piece import Piece  # noqa: E402
from ragsmith.playing_order import unfold  # noqa: E402
from support.browser import Browser, missing, studio  # noqa: E402

STATIC = ROOT / "src" / "ragsmith" / "studio" / "static"
RAGS = ROOT / "src" / "ragsmith" / "shipped" / "rags" / "midi"
LONG = 200
SIZES = ((390, 844), (1440, 900))
PLAYS = (
    "import('/player.js').then(({player}) => player.audio.currentTime > 0 && !player.audio.paused)"
)
RATE = """
const headers = {'Content-Type': 'application/json'};
return fetch('/api/pieces/' + arguments[0], {method: 'PATCH', body: '{"rating": 4}', headers})
  .then((answer) => answer.ok)
"""
FRAMES = """
const {player} = await import('/player.js');
const inner = player.frame, work = [], deltas = [];
player.frame = (time) => {
  const began = performance.now();
  inner(time);
  work.push(performance.now() - began);
};
await player.toggle();
await new Promise((ok) => setTimeout(ok, 1000));
work.length = 0;
let last = await new Promise(requestAnimationFrame);
const end = last + 10000;
while (last < end) {
  const now = await new Promise(requestAnimationFrame);
  deltas.push(now - last);
  last = now;
}
player.audio.pause();
return {deltas, work};
"""

EDITING = """
const roll = document.querySelector('.bigroll');
const press = (key) => roll.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
press('ArrowRight');
await new Promise((ok) => setTimeout(ok, 1500));
const start = AudioBufferSourceNode.prototype.start;
let struck = null;
AudioBufferSourceNode.prototype.start = function (...words) {
  struck ??= performance.now();
  return start.apply(this, words);
};
const rows = [];
for (let i = 0; i < 15; i += 1) {
  struck = null;
  const asked = fetch;
  let answered = null;
  window.fetch = async (...words) => {
    const answer = await asked(...words);
    if (String(words[0]).endsWith('/edit')) answered = performance.now();
    return answer;
  };
  const began = performance.now();
  press('ArrowUp');
  const shown = await new Promise(requestAnimationFrame).then(() => performance.now());
  const changed = '.score :is(.pencil, .rubbed)';
  while (!document.querySelector(changed)) await new Promise(requestAnimationFrame);
  const placed = performance.now();
  while (!struck || !answered) await new Promise((ok) => setTimeout(ok, 1));
  window.fetch = asked;
  rows.push([struck - began, shown - began, placed - began, answered - began]);
}
const heads = () => document.querySelector('.score svg');
const old = heads(), began = performance.now();
press('ArrowUp');
while (heads() === old) await new Promise((ok) => setTimeout(ok, 5));
return {rows, score: performance.now() - began};
"""
DRAGGING = """
const canvas = document.querySelector('.bigroll canvas'), box = canvas.getBoundingClientRect();
const send = (name, x, y) => canvas.dispatchEvent(new PointerEvent(name, {bubbles: true, button: 0,
  buttons: 1, pointerId: 1, pointerType: 'mouse', clientX: box.left + x, clientY: box.top + y}));
canvas.setPointerCapture = () => {};
document.querySelector('#edit-draw').click();
const deltas = [];
let last = await new Promise(requestAnimationFrame), down = false, next = last;
const end = last + 10000;
while (last < end) {
  const phase = (last / 500) % 1;
  if (last >= next) {
    if (down) send('pointerup', 200 + 80 * phase, 150);
    send('pointerdown', 200 + 300 * ((last / 7000) % 1), 60 + 200 * ((last / 3000) % 1));
    down = true;
    next = last + 500;
  }
  send('pointermove', 200 + 80 * phase, 100 + 100 * phase);
  const now = await new Promise(requestAnimationFrame);
  deltas.push(now - last);
  last = now;
}
send('pointerup', 200, 150);
return deltas;
"""


def main(folder: Path | None, only_editing: bool) -> None:
    """Measure, and draw when asked."""
    if missing():
        sys.exit(missing())
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    print("| what | figure |\n|---|---|")
    files = [path.read_bytes() for path in sorted(STATIC.iterdir()) if path.is_file()]
    packed = sum(len(gzip.compress(file)) for file in files)
    row("weight of the pages", f"{sum(map(len, files)) / 1e3:.0f} kB ({packed / 1e3:.0f} kB gzip)")
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place,
        studio(Path(place) / "library") as address,
    ):
        browser = Browser(Path(place), address)
        try:
            browser.size(*SIZES[1])
            if not only_editing:
                measure_sounds(browser)
            measure_frames(browser, Path(place))
            if folder:
                draw(browser, folder)
        finally:
            browser.close()


def row(what: str, figure: str) -> None:
    """A line of the table."""
    print(f"| {what} | {figure} |", flush=True)


def ask(browser: Browser, **fields: Any) -> float:
    """Fill the form and press the button; gives the moment."""
    browser.open("compose")
    browser.until("document.querySelector('#compose')")
    for name, value in fields.items():
        field = "document.querySelector(`[name=${arguments[0]}]`)"
        browser.js(f"{field}.value = arguments[1]", name, value)
        browser.js(f"{field}.dispatchEvent(new Event('input'))", name)
    began = time.perf_counter()
    browser.js("document.querySelector('#compose').click()")
    return began


def measure_sounds(browser: Browser) -> None:
    """First sounds of what is being composed."""
    for turn in ("the first time", "warm"):
        began = ask(browser)
        browser.until("document.querySelector('.card .round')")
        browser.js("document.querySelector('.card .round').click()")
        browser.until("document.querySelector('.card .round[aria-label^=Pause]')")
        row(f"first sound, {turn}: four being written", f"{time.perf_counter() - began:.1f} s")
        browser.until("document.querySelectorAll('.card.ready').length === 4")
        row("all four finished", f"{time.perf_counter() - began:.1f} s")
        browser.until(PLAYS)
        row("its file has taken over", f"{time.perf_counter() - began:.1f} s")
    began = ask(browser, count=1, bars=16)
    browser.until("document.querySelector('.card.ready .round')")
    browser.js("document.querySelector('.card.ready .round').click()")
    browser.until(PLAYS)
    row("one of 16 bars, from the click to its file", f"{time.perf_counter() - began:.1f} s")


def long_piece(folder: Path) -> Path:
    """A file of so many bars: finished rags, one after the other as they are played."""
    notes: list[tuple[int, ...]] = []
    end = 0
    for rag in map(unfold, rags()):
        notes += [(end + note.onset, *note[1:]) for note in rag.notes]
        end += rag.steps
    bars = regular_bars(end, [(0, Metre(2, 4))], 4)[:LONG]
    last = bars[-1].start + bars[-1].length
    inside = [note for note in notes if note[0] + note[2] <= last]
    return Piece.from_array(inside, bars=bars).save(folder / "long.mid")


def measure_frames(browser: Browser, folder: Path) -> None:
    """How smoothly a long piece plays, and is edited."""
    browser.open("library")
    browser.until("document.querySelector('#open-piece')")
    field = browser.driver.find_element("css selector", "#open-piece")
    field.send_keys(str(long_piece(folder)))
    browser.until("document.querySelector('.score g.note')", patience=400)
    browser.until("import('/player.js').then(({player}) => player.audio.readyState >= 3)")
    browser.asked()
    frames = browser.js(FRAMES)
    tell_frames(frames["deltas"], f"{LONG} bars")
    row(
        "own work a frame, median; 95 %",
        f"{statistics.median(frames['work']):.2f} ms; {high(frames['work']):.2f} ms",
    )
    measure_editing(browser)


def measure_editing(browser: Browser) -> None:
    """A note changed, and many."""
    browser.click("#edit")
    browser.until("document.querySelector('.bigroll.edits')")
    editing = browser.js(EDITING)
    names = ("to its sound", "to the roll", "to its place on the score", "to the server's answer")
    for name, times in zip(names, zip(*editing["rows"], strict=True), strict=True):
        row(
            f"a note changed, {name}, median; longest of 15",
            f"{statistics.median(times):.0f} ms; {max(times):.0f} ms",
        )
    row("to the score engraved anew", f"{editing['score'] / 1000:.1f} s")
    tell_frames(browser.js(DRAGGING), f"{LONG} bars while notes are drawn and dragged")


def tell_frames(deltas: list[float], of: str) -> None:
    """How smooth it was."""
    seconds, slow = sum(deltas) / 1000, sum(delta > 20 for delta in deltas) / len(deltas)
    row(f"frames a second, {of}", f"{len(deltas) / seconds:.1f}")
    row(
        "of a frame to the next, median; 95 %",
        f"{statistics.median(deltas):.1f} ms; {high(deltas):.1f} ms",
    )
    row("frames later than 20 ms", f"{slow:.1%}")


def high(values: list[float]) -> float:
    """What 95 in 100 do not pass."""
    return sorted(values)[int(0.95 * (len(values) - 1))]


def draw(browser: Browser, folder: Path) -> None:
    """Pictures of all pages."""
    folder.mkdir(parents=True, exist_ok=True)
    browser.open("corpus")
    browser.until("document.querySelector('#pick-files')")
    field = browser.driver.find_element("css selector", "#pick-files")
    field.send_keys("\n".join(map(str, sorted(RAGS.glob("*.mid")))))
    browser.until("document.querySelector('tbody tr')")
    corpus = browser.js("return location.hash.slice(2)")
    learning = learn(browser)
    piece = browser.get("pieces")["pieces"][0]["id"]
    composing = next(job["id"] for job in browser.get("jobs")["jobs"] if job["kind"] == "compose")
    for piece in browser.get("pieces")["pieces"][:3]:
        browser.js(RATE, piece["id"])
    pages = (
        "compose",
        f"compose/{composing}",
        f"piece/{piece}",
        "corpus",
        corpus,
        learning,
        "library",
        "compare",
    )
    for page in pages:
        for size in SIZES:
            for scheme in ("light", "dark"):
                picture(browser, page, size, scheme, folder)
    browser.open("library")
    browser.click("#language")
    picture(browser, f"piece/{piece}", SIZES[1], "light", folder, "-fr")


def learn(browser: Browser) -> str:
    """Learn for some seconds from the corpus that is shown; gives the page."""
    browser.click("a.main")
    browser.until("document.querySelector('[name=minutes]')")
    browser.js("document.querySelector('[name=minutes]').value = 0.5")
    browser.click("#learn")
    browser.until("document.querySelector('.learning button.main')")
    return str(browser.js("return location.hash.slice(2)"))


def picture(
    browser: Browser, page: str, size: tuple[int, int], scheme: str, folder: Path, mark: str = ""
) -> None:
    """One picture of a whole page."""
    browser.size(*size)
    browser.light(scheme)
    browser.open(page)
    browser.until("document.querySelector('main h1, main .empty')")
    if page.startswith("piece"):
        browser.until("document.querySelector('.score .cursor:not([hidden])')")
    if page.startswith("compose/"):
        browser.until("document.querySelector('.card.ready')")
    browser.js("return document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
    name, *rest = page.split("/")
    browser.picture(folder / f"{name}{'-one' if rest else ''}-{size[0]}-{scheme}{mark}.png")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, help="where pictures of the pages go")
    parser.add_argument(
        "--editing", action="store_true", help="only a long piece, played and edited"
    )
    arguments = parser.parse_args()
    main(arguments.folder, arguments.editing)
