"""Each state of the patient's page and of the room: WCAG 2.2 AA by axe, and nothing too wide."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Clinic
from tests.browser.consult_screens import refusals, room, way_in
from tests.browser.consults import DESKTOP, PHONE
from tests.browser.measures import faults_of

PARTS = {"refusals": refusals, "way in": way_in, "room": room}
WIDER = "document.documentElement.scrollWidth - window.innerWidth"


@pytest.mark.parametrize("options", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("part", PARTS)
def test_every_state_is_accessible(
    browser: Browser, clinic: Clinic, part: str, options: dict[str, Any]
) -> None:
    found: dict[str, list[Any]] = {}
    for name, page in PARTS[part](browser, clinic, **options):
        faults = faults_of(page)
        if (over := page.evaluate(WIDER)) > 0:
            faults.append(f"the page is {over} px too wide")
        if faults:
            found[name] = faults
    assert found == {}
