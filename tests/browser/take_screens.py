"""Pictures of every screen, desktop and phone: `make screens` writes them to docs/screens.

    python -m tests.browser.take_screens [NAME …]              # only these screens
    python -m tests.browser.take_screens --here --to /tmp/x    # in minutes, without a cloud
    python -m tests.browser.take_screens --language pt         # as <screen>-desktop-pt.png

A screen that shows an error, or is still loading, is no picture: the command fails and names it.
The site has to be built (`make web`) and a local cloud running, unless it is taken `--here`: then
there are no consults, whose video needs the cloud, and no uploaded documents.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import sys
from argparse import RawDescriptionHelpFormatter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from infra.tools import ROOT
from localstack.cloud import default_cloud, stage_of
from localstack.seed import seed
from tests.browser.conftest import FLAGS, Clinic
from tests.browser.consult_screens import staged
from tests.browser.in_process import demonstration
from tests.browser.screens import (
    LOCALES,
    SCREENS,
    SIGNED_OUT,
    SLOW,
    Screen,
    Shown,
    by_user,
    enter,
    faults_shown,
    prepare,
    settle,
    visit,
)

SIZES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True},
    "contrast": {"viewport": {"width": 1280, "height": 800}, "forced_colors": "active"},
}
CONTRAST = ("sign-in", "agenda-day", "chart", "chart-vitals", "encounter", "work")
"""The screens that are pictured in high contrast, too."""
TALLEST = 1800
"""Pixels; what a screen shows below that is more of the same."""
COLOURS = 128
TRIES = 2
"""A busy machine may keep one screen waiting too long; the second time it has to be there."""


@dataclass(frozen=True)
class Asked:
    """What to picture, and where to."""

    screens: tuple[Screen, ...]
    languages: tuple[str, ...]
    target: Path
    here: bool
    every: bool
    """Whether no screens were named."""


def main() -> None:
    asked = _asked()
    asked.target.mkdir(parents=True, exist_ok=True)
    failed: list[str] = []
    with _clinic(asked.here) as clinic, sync_playwright() as playwright:
        shown = prepare(clinic, files=not asked.here)
        for language in asked.languages:
            browser = _browser(playwright, language)
            failed += _all(browser, clinic, shown, asked, language)
            browser.close()
    pictures = list(asked.target.glob("*.png"))
    total = sum(file.stat().st_size for file in pictures)
    sys.stdout.write(f"{len(pictures)} pictures, {total / 1e6:.1f} MB in {asked.target}\n")
    if failed:
        sys.exit("not in order: " + "; ".join(failed))


def _asked() -> Asked:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--here", action="store_true", help="in this process, without a cloud")
    parser.add_argument("--language", action="append", choices=tuple(LOCALES), default=None)
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "screens")
    given = parser.parse_args()
    known = {screen.name for screen in SCREENS}
    if unknown := [name for name in given.names if name not in known]:
        parser.error(f"no screens of these names: {', '.join(unknown)}")
    screens = tuple(each for each in SCREENS if not given.names or each.name in given.names)
    languages = tuple(given.language or ("es",))
    return Asked(screens, languages, given.to, given.here, not given.names)


@contextmanager
def _clinic(here: bool) -> Iterator[Clinic]:
    if here:
        with demonstration() as clinic:
            yield clinic
        return
    cloud = default_cloud()
    seed(cloud, stage_of(cloud), lambda line: None)
    password = json.loads((cloud.home / "demo.json").read_text("utf-8"))["password"]
    with httpx.Client(base_url=cloud.origin, timeout=90) as http:
        yield Clinic(cloud.origin, password, http)


def _browser(playwright: Playwright, language: str) -> Browser:
    # What the browser itself words, such as the fields of dates, is in its own language.
    return playwright.chromium.launch(
        executable_path=shutil.which("chromium"),
        args=[*FLAGS, f"--lang={language}"],
        env={**os.environ, "LANGUAGE": language},
    )


def _all(
    browser: Browser, clinic: Clinic, shown: Shown, asked: Asked, language: str
) -> Iterator[str]:
    """In every size; yields what was not in order."""
    ending = "" if language == "es" else f"-{language}"
    for size, options in SIZES.items():
        every = size != "contrast"
        pictured = tuple(each for each in asked.screens if every or each.name in CONTRAST)
        look = Look(language, size, asked.target, f"{size}{ending}.png")
        for _, group in by_user(pictured):
            yield from _take(browser, clinic, shown, look, group)
        # The consults' states are told apart by their words in Spanish.
        consults = every and asked.every and not asked.here and language == "es"
        for name, page in staged(browser, clinic, **options) if consults else ():
            _save(page.screenshot(full_page=True), look.file(name))


@dataclass(frozen=True)
class Look:
    """How and where to a screen is pictured."""

    language: str
    size: str
    target: Path
    ending: str

    def file(self, name: str) -> Path:
        """Where the picture of a screen goes."""
        return self.target / f"{name}-{self.ending}"


def _take(
    browser: Browser, clinic: Clinic, shown: Shown, look: Look, screens: list[Screen]
) -> list[str]:
    """The screens of one user; those that were not in order keep their old picture."""
    failed = []
    size, locale = look.size, LOCALES[look.language]
    context = browser.new_context(locale=locale, timezone_id="America/Lima", **SIZES[size])
    page = context.new_page()
    user_name = screens[0].user_name
    if user_name is not None:
        page.goto(f"{clinic.origin}/account")
        enter(page, user_name, clinic.password)
        expect(page.locator("main")).to_be_visible(timeout=SLOW)
        settle(page)
    for screen in screens:
        if faults := _opened(page, clinic, screen, shown):
            failed.append(f"{screen.name} ({size}): {', '.join(faults)}")
            continue
        # As tall as the content, so that what sticks to the top is drawn once and in its place.
        height = min(int(page.evaluate("document.documentElement.scrollHeight")), TALLEST)
        page.set_viewport_size({"width": SIZES[size]["viewport"]["width"], "height": height})
        _save(page.screenshot(), look.file(screen.name))
        page.set_viewport_size(SIZES[size]["viewport"])
        sys.stdout.write(f"{screen.name} ({size})\n")
    context.close()
    return failed


def _opened(page: Page, clinic: Clinic, screen: Screen, shown: Shown) -> list[str]:
    """Open a screen; what of it is not in order."""
    faults: list[str] = []
    for _ in range(TRIES):
        visit(page, clinic, screen, shown)
        faults = faults_shown(page)
        if screen.user_name and page.locator(SIGNED_OUT).count():
            faults.append("signed out")
        if not faults:
            break
    return faults


def _save(png: bytes, file: Path) -> None:
    """With a palette, which flat screens fit in: a third of the bytes."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)


if __name__ == "__main__":
    main()
