"""Things that a pianist, a teacher and a composer want of the studio, done by a new user.

    python benchmarks/studio_tasks.py [FOLDER] [--only TASK...]

Wants Chromium with its driver, and selenium. Opens a studio with six finished rags and the built-in
model, and does one thing after another through the page alone, as somebody does who knows what the
buttons say. Prints a table: clicks (keys and filled fields count as one each) and seconds from the
first of them until the page shows, plays or has written what was wanted; what cannot be done is a
miss. With a FOLDER a picture of the page is put there at the end of each task. A MIDI keyboard and
a synthesizer are pretended.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from selenium.common.exceptions import WebDriverException  # noqa: E402

from support.browser import Browser, missing, studio  # noqa: E402
from support.reader import INSTRUMENT, fill  # noqa: E402

SCREEN = (1440, 900)
OWN = ROOT / "src" / "ragsmith" / "shipped" / "rags" / "midi"
PATIENCE = 400
PLAYS = "import('/player.js').then(({player}) => !player.paused && player.time > 0)"
PRINTED = "window.print = () => { window.printed = document.querySelectorAll('.paper svg').length }"
MELODY = """
const wait = (ms) => new Promise((ok) => setTimeout(ok, ms));
await wait(2 * 60000 / 120 + 200);
for (const pitch of [67, 72, 76, 79, 77, 74, 71, 72]) {
  window.play(0x90, pitch, 90); await wait(240); window.play(0x80, pitch, 0); await wait(10);
}
"""
Task = Callable[["Hands"], None]


class Hands:
    """Somebody at the page, whose clicks are counted, and where their downloads go."""

    def __init__(self, browser: Browser, downloads: Path) -> None:
        self.browser, self.downloads = browser, downloads
        self.clicks = 0

    def click(self, selector: str) -> None:
        """Click something, once it is there."""
        self.until(f"document.querySelector({selector!r})")
        self.clicks += 1
        self.browser.click(selector)

    def fill(self, selector: str, value: object) -> None:
        """Fill a field, or move a slider."""
        self.until(f"document.querySelector({selector!r})")
        self.clicks += 1
        fill(self.browser, selector, value)

    def key(self, key: str) -> None:
        """Press a key."""
        self.clicks += 1
        self.browser.key(key)

    def file(self, path: Path) -> None:
        """Choose a file to open."""
        self.until("document.querySelector('#open-piece')")
        self.clicks += 2  # the button, and the file
        field = self.browser.driver.find_element("css selector", "#open-piece")
        field.send_keys(str(path))

    def until(self, script: str) -> Any:
        """Wait until the page shows something."""
        return self.browser.until(script, patience=PATIENCE)

    def library(self) -> None:
        """Go to the library by its link."""
        self.click("nav a[href='#/library']")
        self.until("document.querySelector('li.piece a')")

    def piece(self) -> None:
        """Open the first piece of the library."""
        self.library()
        self.click("li.piece .name a")
        self.until("document.querySelector('.score g.note')")

    def practise(self) -> None:
        """Show the place to practise, unless it is there."""
        if self.browser.js("return document.querySelector('#practise-room').hidden"):
            self.click("#practise")


def hear_new(hands: Hands) -> None:
    hands.click("#compose")
    hands.click(".card .round")
    hands.until("document.querySelector('.card .round[aria-label^=Pause]')")


def hear_finished(hands: Hands) -> None:
    hands.library()
    hands.click("li.piece .round")
    hands.until(PLAYS)


def read_full(hands: Hands) -> None:
    hands.piece()
    hands.click("#score-full")
    hands.until("document.fullscreenElement")
    hands.key("\ue00f")
    hands.until("document.querySelector('.score').scrollTop > 0")
    hands.browser.js("return document.exitFullscreen()")


def slow_one_hand(hands: Hands) -> None:
    hands.piece()
    hands.practise()
    hands.fill("#hand-left", 0)
    hands.fill("#rate", 60)
    hands.click("#play")
    hands.until(PLAYS)


def loop_bars(hands: Hands) -> None:
    hands.piece()
    hands.practise()
    hands.fill("#loop-first", 5)
    hands.fill("#loop-last", 8)
    for box in ("#loop", "#metronome", "#count-in", "#play"):
        hands.click(box)
    hands.until(PLAYS)


def print_it(hands: Hands) -> None:
    hands.piece()
    hands.browser.js(PRINTED)
    hands.until("document.querySelector('.paper svg')")
    hands.click("#score-print")
    hands.until("window.printed > 0")


def play_along(hands: Hands) -> None:
    hands.piece()
    hands.practise()
    hands.click("#midi")
    hands.until("document.querySelector('.midi').textContent.includes('Keys')")
    hands.browser.js("window.play(0x90, 60, 80)")


def to_synthesizer(hands: Hands) -> None:
    hands.piece()
    hands.practise()
    hands.click("#midi")
    hands.fill("#midi-out", "out")
    hands.click("#play")
    hands.until("window.sent.length")
    hands.fill("#midi-out", "")


def open_own(hands: Hands) -> None:
    hands.library()
    hands.file(sorted(OWN.glob("*.mid"))[8])
    hands.until("document.querySelector('.score g.note')")


def easier(hands: Hands) -> None:
    hands.piece()
    hands.click("details:has(#easier) summary")
    hands.click("#easier")
    hands.until("document.querySelector('#parent')")


def other_key(hands: Hands) -> None:
    hands.piece()
    hands.click(".moving summary")
    hands.fill("#semitones", 2)
    hands.fill("#new-tempo", 60)
    hands.click("#key-and-tempo")
    hands.until("document.querySelector('.score .tempo')?.textContent.includes('60')")


def chord_names(hands: Hands) -> None:
    hands.piece()
    hands.click("#score-chords")
    hands.until("document.querySelector('.score g.harm')")
    hands.browser.click("#score-chords")


def tag_and_find(hands: Hands) -> None:
    hands.piece()
    hands.fill("#piece-tags", "lesson")
    hands.until("fetch('/api/pieces?tag=lesson').then((a) => a.json())")
    hands.library()
    hands.click(".tag")
    hands.until("document.querySelectorAll('li.piece').length === 1")


def share_report(hands: Hands) -> None:
    hands.piece()
    hands.click(".files a[data-format=html]")
    hands.browser.wait(lambda: list(hands.downloads.glob("*.html")), "a page", PATIENCE)


def names(hands: Hands) -> None:
    hands.piece()
    hands.fill("#piece-title", "For Ann")
    hands.fill("#piece-composer", "Me")
    hands.until("document.querySelector('.score')?.textContent.includes('Me')")


def record(hands: Hands) -> None:
    hands.library()
    hands.click("#to-record")
    hands.click("#midi")
    hands.fill("#record-tempo", 120)
    hands.click("#record")
    hands.until("document.querySelector('#record').textContent === 'Stop'")
    hands.browser.js(MELODY)
    hands.click("#record")


def melody(hands: Hands) -> None:
    record(hands)
    hands.click("#record-keep")
    hands.until("document.querySelector('.score g.note')")


def accompanied(hands: Hands) -> None:
    record(hands)
    hands.click("#record-accompany")
    hands.until("document.querySelector('.score g.note')")


def easier_left(hands: Hands) -> None:
    accompanied(hands)
    hands.click("details:has(#easier) summary")
    before = hands.browser.js("return location.hash")
    hands.click("#easier")
    hands.until(f"location.hash !== {before!r} && document.querySelector('.score g.note')")
    hands.browser.js(PRINTED)
    hands.until("document.querySelector('.paper svg')")
    hands.click("#score-print")
    hands.until("window.printed > 0")


def go_on(hands: Hands) -> None:
    hands.piece()
    hands.click("details:has(#go-on) summary")
    hands.fill("#more-bars", 4)
    hands.click("#go-on")
    hands.until("document.querySelector('.card.ready')")


def bars_again(hands: Hands) -> None:
    hands.piece()
    hands.fill("#first-bar", 5)
    hands.fill("#last-bar", 6)
    hands.click("#again")
    hands.click(".proposals li:nth-child(2) .row button:last-child")
    hands.until("document.querySelector('.proposals li:nth-child(2).taken')")


def carry_out(hands: Hands) -> None:
    hands.piece()
    hands.click(".files a[data-format=musicxml]")
    hands.browser.wait(lambda: list(hands.downloads.glob("*.musicxml")), "a score", PATIENCE)


def where_from(hands: Hands) -> None:
    hands.piece()
    hands.click(".source")
    hands.until("document.querySelector('.passages :is(canvas, .quiet)')")


def bring_back(hands: Hands) -> None:
    hands.library()
    hands.click("li.piece [aria-label^=Delete]")
    hands.click("li.piece [aria-label^=Delete], li.piece button:focus")
    hands.click("#to-bin")
    hands.click(".restore")
    hands.until("document.querySelector('.empty')")


TASKS: tuple[tuple[str, str, Task], ...] = (
    ("all", "hear a new rag, while four are written", hear_new),
    ("all", "hear a finished piece", hear_finished),
    ("pianist", "read it full screen, turn the page", read_full),
    ("pianist", "the right hand alone, at 60 %", slow_one_hand),
    ("pianist", "bars 5 to 8 again and again, counted in, with a metronome", loop_bars),
    ("pianist", "print it", print_it),
    ("pianist", "see what I press on my MIDI keyboard", play_along),
    ("pianist", "let my synthesizer play it", to_synthesizer),
    ("teacher", "open a file of my own", open_own),
    ("teacher", "an easier version", easier),
    ("teacher", "a tone higher, and slower", other_key),
    ("teacher", "the names of the chords above the score", chord_names),
    ("teacher", "tag it for a lesson, find it by the tag", tag_and_find),
    ("teacher", "a page to send to a pupil: score, sound, figures", share_report),
    ("composer", "other bars 5 and 6, chosen among four", bars_again),
    ("composer", "play a melody in", melody),
    ("composer", "a left hand to my melody", accompanied),
    ("composer", "an easier left hand to my melody, printed", easier_left),
    ("composer", "go on from a piece", go_on),
    ("composer", "my name and a title on the score", names),
    ("composer", "into my notation program, as MusicXML", carry_out),
    ("composer", "where it comes from", where_from),
    ("all", "bring back what I deleted", bring_back),
)


def main(folder: Path | None, only: list[str]) -> None:
    """Do all of it, or only some, by the names of their functions."""
    if missing():
        sys.exit(missing())
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    print("| who | wants | clicks | seconds |\n|---|---|---|---|")
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place,
        studio(Path(place) / "library", "--demo") as address,
    ):
        browser, downloads = Browser(Path(place), address), Path(place) / "downloads"
        try:
            prepare(browser, downloads)
            for number, (who, wants, task) in enumerate(TASKS, start=1):
                if only and task.__name__ not in only:
                    continue
                clicks, seconds = done(Hands(browser, downloads), task)
                print(f"| {who} | {wants} | {clicks} | {seconds} |", flush=True)
                if folder:
                    browser.picture(folder / f"{number:02}.png", whole=False)
            print(f"\nload {os.getloadavg()[0]:.1f} at the end")
            print(f"the console says: {browser.complaints() or 'nothing'}")
        finally:
            browser.close()


def prepare(browser: Browser, downloads: Path) -> None:
    """A screen, what is connected to it, a folder for downloads; the piano's keys have been made,
    which costs a few seconds once in the life of a library."""
    browser.size(*SCREEN)
    add = "Page.addScriptToEvaluateOnNewDocument"
    browser.driver.execute_cdp_cmd(add, {"source": INSTRUMENT})
    downloads.mkdir()
    where = {"behavior": "allow", "downloadPath": str(downloads)}
    browser.driver.execute_cdp_cmd("Browser.setDownloadBehavior", where)
    browser.get("models")
    browser.download("keys")


def done(hands: Hands, task: Task) -> tuple[int, str]:
    """The clicks and the seconds of a task that begins at the page Compose."""
    hands.browser.open("compose")
    hands.until("document.querySelector('#compose')")
    began = time.perf_counter()
    try:
        task(hands)
    except WebDriverException as error:
        print(f"{task.__name__}: {str(error.msg)[:200]}", file=sys.stderr)
        return hands.clicks, "MISSED"
    return hands.clicks, f"{time.perf_counter() - began:.1f}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, help="where pictures of the pages go")
    parser.add_argument("--only", nargs="*", default=[], help="names of tasks' functions")
    arguments = parser.parse_args()
    main(arguments.folder, arguments.only)
