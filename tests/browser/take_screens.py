"""Pictures of every screen, desktop and phone: `make screens` writes them to docs/screens.

    python -m tests.browser.take_screens [NAME …]      # only these screens

A screen that shows an error, or is still loading, is no picture: the command fails and names it.
The site has to be built (`make web`) and a local cloud running; `make screens` sees to both.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
from typing import Any

import httpx
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from infra.tools import ROOT
from localstack.cloud import default_cloud, stage_of
from localstack.seed import seed
from tests.browser.conftest import FLAGS, Clinic
from tests.browser.consult_screens import staged
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

TARGET = ROOT / "docs" / "screens"
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


def main() -> None:
    wanted = sys.argv[1:]
    screens = tuple(each for each in SCREENS if not wanted or each.name in wanted)
    cloud = default_cloud()
    seed(cloud, stage_of(cloud), lambda line: None)
    password = json.loads((cloud.home / "demo.json").read_text("utf-8"))["password"]
    TARGET.mkdir(parents=True, exist_ok=True)
    failed: list[str] = []
    with httpx.Client(base_url=cloud.origin, timeout=90) as http, sync_playwright() as playwright:
        clinic = Clinic(cloud.origin, password, http)
        shown = prepare(clinic)
        chromium = shutil.which("chromium")
        # What the browser itself words, such as the fields of dates, is in its own language.
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=[*FLAGS, "--lang=es"],
            env={**os.environ, "LANGUAGE": "es"},
        )
        for size, options in SIZES.items():
            every = size != "contrast"
            pictured = tuple(each for each in screens if every or each.name in CONTRAST)
            for _, group in by_user(pictured):
                failed += _take(browser, clinic, shown, size, group)
            for name, page in staged(browser, clinic, **options) if every and not wanted else ():
                _save(page.screenshot(full_page=True), f"{name}-{size}.png")
        browser.close()
    total = sum(file.stat().st_size for file in TARGET.glob("*.png"))
    count = len(list(TARGET.glob("*.png")))
    sys.stdout.write(f"{count} pictures, {total / 1e6:.1f} MB in {TARGET}\n")
    if failed:
        sys.exit("not in order: " + "; ".join(failed))


def _take(
    browser: Browser, clinic: Clinic, shown: Shown, size: str, screens: list[Screen]
) -> list[str]:
    """The screens of one user; those that were not in order keep their old picture."""
    failed = []
    context = browser.new_context(locale=LOCALES["es"], timezone_id="America/Lima", **SIZES[size])
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
        _save(page.screenshot(), f"{screen.name}-{size}.png")
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


def _save(png: bytes, name: str) -> None:
    """With a palette, which flat screens fit in: a third of the bytes."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(TARGET / name, optimize=True)


if __name__ == "__main__":
    main()
