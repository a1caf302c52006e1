"""What the tests of the front desk share: its page, its patients, its appointments."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from localstack.client import Client
from localstack.demo import TENANT
from tests.browser.conftest import Clinic, Watched
from tests.browser.institutions import sign_in
from tests.browser.screens import SLOW

LIMA = timedelta(hours=-5)
"""Of the seeded site's zone, which has no summer time."""


def letters(count: int = 8) -> str:
    """A surname that nobody has yet; digits are not part of names."""
    return "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(count)).capitalize()


def enter(page: Page, clinic: Clinic, user_name: str = "admision.uno") -> None:
    """Sign in to the agenda of the seeded clinic."""
    page.goto(f"{clinic.origin}/")
    heading = page.get_by_role("heading", name="Agenda")
    sign_in(page, TENANT, user_name, clinic.password, seen=heading)


def registered(clinic: Clinic, family: str, **more: Any) -> dict[str, Any]:
    """A patient made by the API, for what begins after registration."""
    person = {
        "name": {"given": "Paciente Demostración", "family": family},
        "birth_date": "1984-02-29",
        "sex": "female",
        "confirm_not_duplicate": True,
        **more,
    }
    made: dict[str, Any] = clinic.client("admision.uno").post("/patients", person)
    return made


def booked(
    desk: Client, who: dict[str, Any], patient: dict[str, Any], family: str, days: int = 1
) -> str:
    """An appointment of a free slot on the day that is so many days ahead; its id."""
    day = (datetime.now(UTC) + timedelta(days=days)).date().isoformat()
    query = {"practitioner": who["id"], "category": "consulta", "from_date": day, "limit": 60}
    slot = desk.get("/appointments/slots", **query)["items"][-1]
    body = {
        "patient": {"id": patient["id"], "display_name": f"Paciente Demostración {family}"},
        "practitioners": [who["id"]],
        "site": slot["site"],
        "category": "consulta",
        "start": slot["start"],
        "minutes": slot["minutes"],
    }
    made: str = desk.post("/appointments", body)["id"]
    return made


def local_day(moment: str) -> str:
    """The site's calendar day of a moment."""
    return (datetime.fromisoformat(moment).astimezone(UTC) + LIMA).date().isoformat()


def act(page: Page, row: Locator, item: str) -> None:
    """Choose from the menu of an appointment's row."""
    row.get_by_role("button", name=re.compile("Más acciones")).click(timeout=SLOW)
    page.get_by_role("menuitem", name=item).click()


def pick_patient(page: Page, family: str) -> None:
    """Type and press Enter, as the desk does."""
    box = page.get_by_role("dialog").get_by_role("combobox")
    box.fill(family)
    expect(page.get_by_role("dialog").get_by_role("option")).to_have_count(1, timeout=SLOW)
    box.press("Enter")


@contextmanager
def watched_desk(browser: Browser) -> Iterator[Watched]:
    """A page of the desk's browser, in Spanish and in the site's zone."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 860}, locale="es-PE", timezone_id="America/Lima"
    )
    yield Watched(context.new_page())
    context.close()
