"""How many API calls each screen makes when it is opened: never more than the table allows.

A screen that is opened by its address first restores the session with two calls (refresh, whose it
is), which are left out here. The list of practitioners, from which names come, counts wherever
names are shown, though it is fetched once in ten minutes. A poll is not counted: the same call
again after `POLL_S`. When a screen needs one call more, say so by changing its number, here and in
docs/benchmarks.md (`--log-cli-level=INFO` prints the counts).
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.browser.conftest import Clinic
from tests.browser.screens import LOCALES, SCREENS, SLOW, by_user, enter, prepare, settle, visit

SESSION = frozenset({"/api/identity/sessions/refresh", "/api/identity/me"})
POLL_S = 5.0
"""The site polls every eight seconds at most; two equal calls sooner than this are two calls."""

logger = logging.getLogger(__name__)
MOST = {
    name: calls
    for calls, names in {
        0: """
            sign-in verify nowhere patients patient-new admin-audit
        """,
        1: """
            verify-paper patient-link waiting chart prescription-new referral-new
            certificate-new account admin-users admin-categories admin-sites
            admin-reminders admin-partners admin-webhooks
        """,
        2: """
            groups chart-encounters chart-orders chart-custody prescription order-new
            certificate work-order admin-agendas admin-country
        """,
        3: """
            agenda agenda-day agenda-week agenda-month chart-problems chart-allergies
            chart-medicines chart-immunizations chart-procedures chart-documents
            encounter prescription-alerts order work
        """,
        4: """
            waitlist chart-timeline chart-history chart-consents chart-vitals
            chart-forms chart-growth reports admin-catalogues admin-settings
        """,
        7: """
            custody
        """,
        8: """
            merge
        """,
    }.items()
    for name in names.split()
}


class Calls:
    """The API calls of a page since it was last cleared."""

    def __init__(self, page: Page) -> None:
        self._last: dict[tuple[str, str], float] = {}
        self.made: Counter[str] = Counter()
        page.on("request", self._asked)

    def _asked(self, request: Request) -> None:
        path = urlsplit(request.url).path
        if not path.startswith("/api/") or path in SESSION:
            return
        now, key = time.monotonic(), (request.method, request.url)
        if now - self._last.get(key, 0.0) > POLL_S and key in self._last:
            return
        self._last[key] = now
        self.made[f"{request.method} {path}"] += 1

    def clear(self) -> None:
        """Begin anew, for another screen."""
        self._last.clear()
        self.made.clear()


@pytest.mark.timeout(1800)
def test_no_screen_makes_more_api_calls_than_it_may(clinic: Clinic, browser: Browser) -> None:
    shown = prepare(clinic)
    counts: dict[str, Counter[str]] = {}
    for user_name, screens in by_user(SCREENS):
        context = browser.new_context(locale=LOCALES["es"], timezone_id="America/Lima")
        page = context.new_page()
        if user_name is not None:
            page.goto(f"{clinic.origin}/account")
            enter(page, user_name, clinic.password)
            expect(page.locator("main")).to_be_visible(timeout=SLOW)
            settle(page)
        calls = Calls(page)
        for screen in screens:
            page.goto("about:blank")
            calls.clear()
            visit(page, clinic, screen, shown)
            page.wait_for_load_state("networkidle")
            counts[screen.name] = Counter(calls.made)
            logger.info("| %s | %d |", screen.name, calls.made.total())
        context.close()
    more = {
        name: (dict(made), MOST.get(name))
        for name, made in counts.items()
        if made.total() > MOST.get(name, -1)
    }
    assert not more, f"screens with more calls than they may: {more}"
