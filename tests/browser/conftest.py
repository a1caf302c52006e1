"""Real browsers against the running stacks and the built site, with fake cameras."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from localstack.client import ApiRefused, Client, log_in
from localstack.cloud import Cloud, default_cloud, stage_of
from localstack.demo import TENANT
from localstack.pages import SITE
from localstack.seed import seed
from localstack.throwaway import RUNNING, throwaway_cloud

HERE = Path(__file__).parent
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--allow-loopback-in-peer-connection",
    # A page whose headers a test replaced counts as public, and may not reach loopback otherwise.
    "--disable-features=WebRtcHideLocalIpsWithMdns,LocalNetworkAccessChecks",
)


CORE = {
    "test_both_sides_meet_and_the_record_has_it",
    "test_an_encounter_from_search_to_signature",
    "test_a_prescription_becomes_a_paper_that_anybody_can_check",
    "test_an_appointment_is_booked_moved_and_its_patient_received",
}
"""What a clinic cannot do a day without: `make test` runs these, too, beside the cloud's tests."""


@dataclass(frozen=True)
class Clinic:
    """The seeded demonstration clinic."""

    origin: str
    password: str
    http: httpx.Client

    def client(self, user_name: str) -> Client:
        """A user's client of the API, for what the test does not look at."""
        for _ in range(5):
            try:
                return log_in(self.http, TENANT, user_name, self.password)
            except ApiRefused as refused:
                if ": 409 " not in str(refused):  # signed in elsewhere at the same moment
                    raise
            time.sleep(1)
        pytest.fail(f"{user_name} cannot sign in for the others who do")


@pytest.fixture(scope="session")
def cloud() -> Iterator[Cloud]:
    if os.environ.get(RUNNING) == "1":
        yield default_cloud()
        return
    with throwaway_cloud(print) as made:
        yield made


@pytest.fixture(scope="session")
def clinic(cloud: Cloud) -> Iterator[Clinic]:
    if not (SITE / "index.html").exists():
        pytest.fail("the site is not built: run make web")
    seed(cloud, stage_of(cloud), print)
    password = json.loads((cloud.home / "demo.json").read_text("utf-8"))["password"]
    with httpx.Client(base_url=cloud.origin, timeout=90) as http:
        yield Clinic(cloud.origin, password, http)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("chromium is not installed: run jitsi_cluster/tests_setup.sh")
    made = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
    yield made
    made.close()


class Watched:
    """A page whose errors and policy violations fail the test."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda message: self._heard(message.type, message.text))

    def _heard(self, kind: str, text: str) -> None:
        # The browser itself reports an ended consult's 410; the page shows what it means.
        if kind == "error" and "status of 410" not in text:
            self.faults.append(text)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs the running stacks and a browser."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.cloud)
            item.add_marker(pytest.mark.browser)
            if item.name in CORE:
                item.add_marker(pytest.mark.core)
