"""A headless Chromium to test the studio's pages with, and a studio of its own for it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --hide-scrollbars "
    "--disable-background-networking --disable-component-update --disable-sync "
    "--disable-dev-shm-usage --autoplay-policy=no-user-gesture-required --mute-audio "
    "--disable-renderer-backgrounding --disable-backgrounding-occluded-windows "
    "--disable-background-timer-throttling"
)
"""A window that nobody sees would be the last to get a processor."""
STILL = """
const [selector] = arguments;
const look = () => {
  const {left, top, width, height} = document.querySelector(selector).getBoundingClientRect();
  return [left, top, width, height];
};
let box = look();
for (let same = 0; same < 5;) {
  await new Promise(requestAnimationFrame);
  const next = look();
  same = next.join() === box.join() ? same + 1 : 0;
  box = next;
}
return box
"""
"""A box that is the same for five frames."""
PATIENCE = 120
"""Seconds after which a test gives up waiting."""


def missing() -> str:
    """Why no browser can be driven here; "" when one can."""
    if not (CHROMIUM and DRIVER):
        return "no Chromium here (apt-get install chromium chromium-driver)"
    try:
        import selenium  # noqa: F401
    except ImportError:
        return "no selenium here (pip install selenium)"
    return ""


@contextmanager
def studio(folder: Path, *options: str) -> Iterator[str]:
    """A studio on a library in the folder; gives its address, with the token that lets in."""
    command = [sys.executable, "-m", "ragsmith", "studio", "--port", "0", "--no-browser"]
    environment = {**os.environ, "RAGSMITH_LIBRARY": str(folder), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [*command, *options], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    try:
        yield process.stdout.readline().split(" at ")[1].split(";")[0]
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


class Browser:
    """A page in a browser: what it shows, and what it asked of the network.

    Attributes:
        driver: of selenium.
        address: of the studio, without its token.
    """

    def __init__(self, folder: Path, address: str, language: str = "en") -> None:
        from selenium import webdriver

        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM or ""
        downloads = {"download.default_directory": str(folder / "downloads")}
        options.add_experimental_option("prefs", downloads | {"intl.accept_languages": language})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        for flag in (*FLAGS.split(), f"--user-data-dir={folder / 'profile'}", f"--lang={language}"):
            options.add_argument(flag)
        service = webdriver.ChromeService(DRIVER)
        self.driver = webdriver.Chrome(options, service)
        self.driver.set_script_timeout(PATIENCE)
        self.enter(address)

    def enter(self, address: str) -> None:
        """Open a studio by its address with the token."""
        self.address = address.split("/?token=")[0]
        self.driver.get(address)

    def close(self) -> None:
        """End the browser."""
        self.driver.quit()

    def open(self, page: str) -> None:
        """Load a page from the beginning, as a reload does: "compose", "piece/ID"."""
        self.driver.get("about:blank")
        self.driver.get(f"{self.address}/#/{page}")

    def size(self, width: int, height: int) -> None:
        """The window, in CSS pixels."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def light(self, scheme: str) -> None:
        """What the system prefers: light or dark."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def js(self, script: str, *values: Any) -> Any:
        """What a script gives back; a promise is waited for."""
        return self.driver.execute_script(script, *values)

    def until(self, script: str, *values: Any, patience: float = PATIENCE) -> Any:
        """What an expression gives once that is something.

        Raises:
            selenium.common.TimeoutException: it is nothing for too long.
        """
        return self.wait(lambda: self.js(f"return {script}", *values), script, patience)

    def wait(self, look: Callable[[], Any], words: str, patience: float = PATIENCE) -> Any:
        """What a function gives once that is something.

        Raises:
            selenium.common.TimeoutException: it is nothing for too long.
        """
        from selenium.webdriver.support.ui import WebDriverWait

        waiting = WebDriverWait(self.driver, patience, poll_frequency=0.05)
        return waiting.until(lambda _: look(), words)

    def click(self, selector: str) -> None:
        """Click what a selector finds, as a finger does, once it is there, can be pressed, and
        nothing lies over it."""
        self.until("document.querySelector(arguments[0])", selector)
        self.wait(lambda: self._clicked(selector), f"{selector} uncovered")

    def _clicked(self, selector: str) -> bool:
        """Whether a click went where it was aimed: the page may move while it is on its way."""
        from selenium.common import exceptions

        try:
            element = self.driver.find_element("css selector", selector)
            if not element.is_enabled():
                return False
            self.js("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", element)
            element.click()
        except (
            exceptions.ElementClickInterceptedException,
            exceptions.StaleElementReferenceException,
            exceptions.NoSuchElementException,
        ):
            return False
        return True

    def box(self, selector: str) -> tuple[float, float, float, float]:
        """Left, top, width and height of what a selector finds, once it has stopped moving."""
        left, top, width, height = self.js(STILL, selector)
        return left, top, width, height

    def key(self, key: str) -> None:
        """Press a key wherever the focus is."""
        from selenium.webdriver import ActionChains

        ActionChains(self.driver).send_keys(key).perform()

    def get(self, path: str) -> Any:
        """What the API says."""
        script = "return fetch(arguments[0]).then((answer) => answer.json())"
        return self.js(script, f"{self.address}/api/{path}")

    def download(self, path: str) -> bytes:
        """A file of the API's."""
        script = (
            "return fetch(arguments[0]).then((answer) => answer.arrayBuffer())"
            ".then((buffer) => Array.from(new Uint8Array(buffer)))"
        )
        return bytes(self.js(script, f"{self.address}/api/{path}"))

    def complaints(self) -> list[str]:
        """What the console says that is no mere information."""
        return [
            entry["message"]
            for entry in self.driver.get_log("browser")
            if entry["level"] in ("SEVERE", "WARNING")
        ]

    def asked(self) -> list[str]:
        """Addresses asked for since the last call."""
        messages = [json.loads(e["message"])["message"] for e in self.driver.get_log("performance")]
        return [
            message["params"]["request"]["url"]
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
        ]

    def picture(self, path: Path, whole: bool = True) -> None:
        """A screenshot, of the whole page or of the window."""
        import base64

        size = self.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(4000, size["height"])}
        options = {"captureBeyondViewport": True, "clip": clip | {"scale": 1}} if whole else {}
        shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", options)
        path.write_bytes(base64.b64decode(shot["data"]))
