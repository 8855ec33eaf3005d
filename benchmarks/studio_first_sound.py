"""From the click on a piece to its first sound, in the studio, and what its pages weigh.

    python benchmarks/studio_first_sound.py

Wants Chromium with its driver, and selenium. Opens a studio with six finished rags whose sound
nobody has made yet. In the library and on the page of a piece the mouse goes to the button; 0.3 s
later it is pressed and let go. The time runs from the press to the moment for which the page orders
the first key or begins the file, on the clock of Web Audio, with the output's latency.
"""

from __future__ import annotations

import gzip
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from support.browser import Browser, missing, studio  # noqa: E402

STATIC = ROOT / "src" / "ragsmith" / "studio" / "static"
SCREEN = (1440, 900)
LISTEN = """
const button = document.querySelector(arguments[0]);
button.scrollIntoView({block: 'center', behavior: 'instant'});
const {player} = await import('/player.js');
const heard = new Promise((ok) => {
  const start = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (when, ...rest) {
    const {currentTime, outputLatency = 0} = this.context;
    ok(performance.now() + 1000 * (Math.max(0, when - currentTime) + outputLatency));
    return start.call(this, when, ...rest);
  };
  player.audio.addEventListener('playing', () => ok(performance.now()), {once: true});
});
const pressed = new Promise((ok) => button.addEventListener('pointerdown',
  (event) => ok(event.timeStamp), {once: true}));
window.delay = Promise.all([pressed, heard]).then(([from, to]) => to - from);
"""
POINTED = 0.3
"""Seconds for which the mouse stands on the button before it is pressed."""


def main() -> None:
    """Measure all six, in the library and on their pages."""
    if missing():
        sys.exit(missing())
    files = [path.read_bytes() for path in sorted(STATIC.rglob("*")) if path.is_file()]
    packed = sum(len(gzip.compress(file)) for file in files)
    print(f"load {os.getloadavg()[0]:.1f}\n")
    print(f"pages: {sum(map(len, files)) / 1e3:.0f} kB ({packed / 1e3:.0f} kB gzip)")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        for where in ("library", "page"):
            with studio(place / where, "--demo") as address:
                browser = Browser(place / f"browser-{where}", address)
                try:
                    print(f"{where}: {row(times(browser, where))}", flush=True)
                finally:
                    browser.close()
    print(f"\nload {os.getloadavg()[0]:.1f} at the end")


def row(milliseconds: list[float]) -> str:
    """The times in words."""
    whole = ", ".join(f"{time:.0f}" for time in milliseconds)
    return f"median {statistics.median(milliseconds):.0f} ms ({whole})"


def times(browser: Browser, where: str) -> list[float]:
    """Milliseconds for each piece; the keys of the piano have been made before."""
    browser.size(*SCREEN)
    browser.download("keys")
    measured = []
    for number, piece in enumerate(browser.get("pieces")["pieces"], start=1):
        browser.open("library" if where == "library" else f"piece/{piece['id']}")
        shown = "li.piece .round" if where == "library" else ".score g.note"
        browser.until("document.querySelector(arguments[0])", shown)
        browser.until("import('/piano.js').then(({tune}) => tune()).then(Boolean)")
        button = f"li.piece:nth-child({number}) .round" if where == "library" else "#play"
        browser.js(LISTEN, button)
        press(browser, button)
        measured.append(float(browser.js("return window.delay")))
    return measured


def press(browser: Browser, selector: str) -> None:
    """Point at something, then press it and let go, as a hand does."""
    left, top, width, height = browser.box(selector)
    for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
        event = {"type": kind, "x": left + width / 2, "y": top + height / 2, "button": "left"}
        browser.driver.execute_cdp_cmd("Input.dispatchMouseEvent", event | {"clickCount": 1})
        if kind == "mouseMoved":
            time.sleep(POINTED)


if __name__ == "__main__":
    main()
