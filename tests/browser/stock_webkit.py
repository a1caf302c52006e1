"""Debian's WebKitGTK, the engine of Safari, driven by WebDriver on a display that nobody sees.

Its camera and microphone are the engine's own mock devices. Debian builds it without WebRTC.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver import WebKitGTK, WebKitGTKOptions
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait
from selenium.webdriver.webkitgtk.service import Service

T = TypeVar("T")
BROWSERS = Path("/usr/lib")
ARGUMENTS = (
    "--automation",
    "--enable-media-stream=true",
    "--enable-mock-capture-devices=true",
)
NAMED = {
    "button": "//button[normalize-space()={0} or @aria-label={0}]",
    "tab": "//*[@role='tab'][normalize-space()={0}]",
    "link": "//a[normalize-space()={0}]",
    "heading": "//*[self::h1 or self::h2][contains(normalize-space(), {0})]",
    "field": "//*[(self::input or self::textarea) and (@aria-label={0} or "
    "ancestor::label[contains(., {0})] or "
    "@id=//label[starts-with(normalize-space(), {0})]/@for)]",
    "text": "//*[not(self::script)][text()[contains(., {0})]]",
}
"""Where a person looks, as XPath of the words that they see."""


def missing() -> list[str]:
    """What has to be installed first."""
    there = {"Xvfb": shutil.which("Xvfb"), "WebKitWebDriver": shutil.which("WebKitWebDriver")}
    return [name for name, path in there.items() if path is None]


class Page:
    """One window; everything waits until it can be done. TimeoutException after `patience` s."""

    def __init__(self, driver: WebKitGTK, patience: float) -> None:
        self.driver = driver
        self._patience = patience

    def open(self, url: str) -> None:
        self.driver.get(url)

    def find(self, kind: str, words: str) -> WebElement:
        """The first of that kind in sight with those words."""
        path = NAMED[kind].format(f"'{words}'")

        def seen(driver: WebKitGTK) -> WebElement | None:
            try:
                shown = (one for one in driver.find_elements(By.XPATH, path) if one.is_displayed())
                return next(shown, None)
            except StaleElementReferenceException:
                return None  # drawn anew meanwhile

        return self.wait(seen, f"no {kind} {words}")

    def wait(self, ready: Callable[[WebKitGTK], T | None], otherwise: str) -> T:
        found = WebDriverWait(self.driver, self._patience).until(ready, otherwise)
        assert found is not None
        return found

    def press(self, kind: str, words: str) -> None:
        """Click it as soon as it can be."""

        def pressed(_: WebKitGTK) -> bool:
            try:
                found = self.find(kind, words)
                if not found.is_enabled():
                    return False
                found.click()
            except WebDriverException:
                return False  # drawn anew, or something was in front of it
            return True

        self.wait(pressed, f"{kind} {words} cannot be pressed")

    def write(self, words: str, text: str) -> None:
        field = self.find("field", words)
        field.clear()
        field.send_keys(text)

    @property
    def url(self) -> str:
        return str(self.driver.current_url)


@contextmanager
def webkit(folder: Path, patience: float) -> Iterator[Page]:
    """A browser without a past, closed at the end of the block."""
    browser = next(BROWSERS.glob("*/webkit2gtk-*/MiniBrowser"))
    with _display() as display:
        env = {
            **os.environ,
            "DISPLAY": display,
            "LANG": "es_PE.UTF-8",
            "LANGUAGE": "es_PE:es",
            "XDG_DATA_HOME": str(folder),
            "XDG_CACHE_HOME": str(folder),
            "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",  # its sandbox needs namespaces
        }
        options = WebKitGTKOptions()
        options.binary_location = str(browser)
        for argument in ARGUMENTS:
            options.add_argument(argument)
        driver = WebKitGTK(
            options=options, service=Service(shutil.which("WebKitWebDriver"), env=env)
        )
        try:
            yield Page(driver, patience)
        finally:
            driver.quit()


@contextmanager
def _display() -> Iterator[str]:
    """A screen in memory, with a number that is free."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as number:
            yield f":{number.readline().strip()}"
    finally:
        server.terminate()
        server.wait(10)
