"""Every clinic screen while it loads, when the server fails or refuses, and without a network.

What the API answers is made here; who is signed in and the page's own files are real.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.browser.conftest import Clinic
from tests.browser.screens import (
    BUSY,
    FAULT,
    LOCALES,
    SCREENS,
    SLOW,
    Screen,
    Shown,
    enter,
    prepare,
    settle,
)

ALL = [screen for screen in SCREENS if screen.user_name is not None]
NO_DATA: Final = {"nowhere", "patient-new", "patients", "admin-audit"}
"""Screens that ask for nothing that they could not do without."""
DATA = re.compile(r"/api/(?!identity/(sessions/refresh|me)$)")
"""Every call but those by which a session is resumed."""
SHIFTS = """() => {
  window.shifted = [];
  new PerformanceObserver((list) => {
    for (const each of list.getEntries()) {
      if (!each.hadRecentInput) window.shifted.push([each.value, ...each.sources.map(
        ({ node }) => node?.className ?? node?.nodeName ?? '')]);
    }
  }).observe({ type: 'layout-shift', buffered: true });
}"""
TRIES = 4
MOST_SHIFT = 0.1
"""Cumulative Layout Shift that counts as good (web.dev, Core Web Vitals)."""


class Api:
    """The API as one page meets it; `answer` is a status, "hold", or None for the real one."""

    def __init__(self, context: BrowserContext) -> None:
        self.answer: int | str | None = None
        self.asked = 0
        self.held: list[Route] = []
        context.route(DATA, self._meet)

    def _meet(self, route: Route, request: Request) -> None:
        if request.method != "GET" or self.answer is None:
            route.continue_()
            return
        self.asked += 1
        if self.answer == "hold":
            self.held.append(route)
            return
        status = int(self.answer)
        kind = {403: "forbidden", 503: "unavailable"}[status]
        body = {"type": f"urn:telesalud:problem:{kind}", "status": status, "title": kind}
        route.fulfill(status=status, content_type="application/problem+json", body=json.dumps(body))

    def become(self, answer: int | str | None) -> None:
        """Answer so from now on; what was held goes to the real API."""
        self.answer, self.asked = answer, 0
        held, self.held = self.held, []
        for route in held:
            route.continue_()


class Signed:
    """One user's page, signed in, with the API in the test's hand."""

    def __init__(self, browser: Browser, clinic: Clinic, user_name: str) -> None:
        self.context = browser.new_context(
            viewport={"width": 1280, "height": 900}, locale=LOCALES["es"], service_workers="block"
        )
        self.context.add_init_script(f"({SHIFTS})()")
        self.api = Api(self.context)
        page = self.context.new_page()
        page.goto(f"{clinic.origin}/account")
        enter(page, user_name, clinic.password)
        settle(page)
        page.close()

    def open(self, url: str) -> Page:
        """The page, opened anew."""
        page = self.context.new_page()
        page.set_default_timeout(SLOW)
        page.goto(url)
        return page


@pytest.fixture(scope="module")
def shown(clinic: Clinic) -> Shown:
    return prepare(clinic)


@pytest.fixture(scope="module")
def users(browser: Browser, clinic: Clinic) -> Iterator[dict[str, Signed]]:
    names = dict.fromkeys(str(screen.user_name) for screen in ALL)
    made = {name: Signed(browser, clinic, name) for name in names}
    yield made
    for each in made.values():
        each.context.close()


@pytest.fixture(params=ALL, ids=lambda screen: screen.name)
def at(
    request: pytest.FixtureRequest, users: dict[str, Signed], clinic: Clinic, shown: Shown
) -> Iterator[tuple[Signed, str, str]]:
    """A user, a screen's address and its name; whatever happened, the API is itself afterwards."""
    screen: Screen = request.param
    user = users[str(screen.user_name)]
    yield user, clinic.origin + screen.path.format_map(vars(shown)), screen.name
    user.api.become(None)
    user.context.set_offline(False)
    for page in user.context.pages:
        page.close()


def test_a_slow_server_shows_a_skeleton_and_nothing_jumps(at: tuple[Signed, str, str]) -> None:
    user, url, name = at
    user.api.become("hold")
    page = user.open(url)
    expect(page.locator("main")).to_be_visible(timeout=SLOW)
    if name not in NO_DATA:
        expect(page.locator(f"main :is({BUSY})").first).to_be_visible(timeout=SLOW)
    page.wait_for_timeout(200)
    user.api.become(None)
    settle(page)
    shifts = page.evaluate("window.shifted")
    assert sum(each[0] for each in shifts) <= MOST_SHIFT, shifts


def test_a_failing_server_is_told_of_and_asked_again(at: tuple[Signed, str, str]) -> None:
    user, url, name = at
    user.api.become(503)
    # What is tried again by itself waits for this clock, not for ours.
    page = user.context.new_page()
    page.set_default_timeout(SLOW)
    page.clock.install()
    page.goto(url)
    expect(page.locator("main")).to_be_visible(timeout=SLOW)
    if name in NO_DATA:
        return
    for _ in range(5):
        page.wait_for_timeout(150)
        page.clock.fast_forward(9_000)
    fault = page.locator("main [data-state=error]")
    expect(fault.first).to_be_visible()
    expect(fault.first).to_contain_text("El servicio está ocupado")
    expect(page.locator("main").locator(BUSY)).to_have_count(0)
    user.api.become(None)
    for _ in range(TRIES):  # what was waiting behind a fault may have one of its own
        # From the last on: what a press mends leaves the page.
        for button in reversed(fault.get_by_role("button", name="Intentar de nuevo").all()):
            with suppress(PlaywrightTimeout):  # another press has mended it meanwhile
                button.click(timeout=3_000)
        settle(page)
        if fault.count() == 0:
            break
    assert page.locator(FAULT).count() == 0


def test_a_refusal_is_told_of(at: tuple[Signed, str, str]) -> None:
    user, url, name = at
    user.api.become(403)
    page = user.open(url)
    expect(page.locator("main")).to_be_visible(timeout=SLOW)
    if name in NO_DATA:
        return
    fault = page.locator("main [data-state=error]")
    expect(fault.first).to_contain_text("Su rol no permite")


def test_without_a_network_what_was_read_stays_in_sight(at: tuple[Signed, str, str]) -> None:
    user, url, _ = at
    page = user.open(url)
    settle(page)
    before = page.locator("main h1, main h2").all_inner_texts()
    user.context.set_offline(True)
    banner = page.locator("main").get_by_text("Sin conexión.")
    expect(banner).to_be_visible()
    assert page.locator("main h1, main h2").all_inner_texts() == before
    user.context.set_offline(False)
    expect(banner).to_be_hidden()
