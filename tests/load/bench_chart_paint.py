"""How soon the chart of a patient with 500 encounters answers a click with a painted frame.

`python -m tests.load.bench_chart_paint` against the running local cloud with the built site
(`make up web`). The interaction to next paint (INP) is what the browser itself reports (Event
Timing API), on a processor slowed down four times. All 500 rows are given to the page at once,
which is more than the API ever answers: its pages have 30.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, Route

from localstack.client import log_in
from localstack.cloud import Cloud, default_cloud
from localstack.demo import TENANT
from tests.browser.screens import register
from tests.load.web_timing import (
    SLOWER,
    chromium,
    interaction,
    machine,
    slow_processor,
    spread,
    watch_interactions,
)

ENCOUNTERS = 500
TARGET_MS = 200.0
"""Up to here an INP is good (web.dev/articles/inp)."""
WALK = ("Atenciones", "Resumen", "Cronología", "Resumen", "Atenciones", "Problemas", "Atenciones")


def many(item: dict[str, Any]) -> dict[str, Any]:
    """An answer with as many items like this one."""
    stem = item["id"][:-4]
    items = [item | {"id": f"{stem}{number:04x}"} for number in range(ENCOUNTERS)]
    return {"items": items, "withheld": 0, "cursor": None}


def encounter_of(patient: str) -> dict[str, Any]:
    """One line of a list of encounters."""
    return {
        "id": "01a20000-0000-7000-8000-000000000000",
        "patient": patient,
        "kind": "ambulatory",
        "status": "finalised",
        "started_at": "2026-05-04T15:00:00Z",
        "ended_at": "2026-05-04T15:20:00Z",
        "practitioners": [{"id": "user-1", "name": "Profesional Demostración Uno"}],
        "reason": "Control",
        "consult": None,
        "appointment": None,
        "documents": 0,
        "version": 4,
    }


def line_of(encounter: dict[str, Any]) -> dict[str, Any]:
    """The same as a line of the timeline."""
    return {
        "at": encounter["started_at"],
        "kind": "encounters",
        "id": encounter["id"],
        "version": 4,
        "text": "Control",
        "by": "user-1",
        "measured": [],
    }


def serve(page: Page, pattern: str, answer: dict[str, Any]) -> None:
    """Answer what matches with this."""

    def fulfil(route: Route) -> None:
        route.fulfill(json=answer)

    page.route(pattern, fulfil)


def sign_in(page: Page, cloud: Cloud, password: str) -> None:
    """As the demonstration's physician."""
    page.goto(f"{cloud.origin}/patients")
    page.get_by_label("Institución").fill(TENANT)
    page.get_by_label("Usuario").fill("medicina.uno")
    page.get_by_label("Contraseña").first.fill(password)
    page.get_by_role("button", name="Entrar").click()
    page.get_by_role("heading", name="Pacientes").wait_for(timeout=60_000)


def walked(browser: Browser, cloud: Cloud, password: str, patient: str) -> list[float]:
    """Milliseconds from each click to the next painted frame."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="es-PE").new_page()
    sign_in(page, cloud, password)
    encounter = encounter_of(patient)
    serve(page, "**/encounters?*", many(encounter))
    serve(page, "**/timeline?*", many(line_of(encounter)))
    page.goto(f"{cloud.origin}/patients/{patient}")
    page.get_by_role("heading", level=2).wait_for(timeout=60_000)
    page.wait_for_timeout(2000)
    slow_processor(page)
    watch_interactions(page)
    return [
        interaction(page, page.get_by_role("link", name=section, exact=True).click)
        for section in WALK
    ]


def main() -> int:
    """Print the figures; 1 when the target is missed."""
    cloud = default_cloud()
    password = json.loads((cloud.home / "demo.json").read_text("utf-8"))["password"]
    with httpx.Client(base_url=cloud.origin, timeout=90) as http:
        doctor = log_in(http, TENANT, "medicina.uno", password)
        patient = register(doctor, "1961-04-02", "male")
    print(machine())
    with chromium() as browser:
        durations = walked(browser, cloud, password, patient)
    print(f"{len(WALK)} sections, {ENCOUNTERS} encounters, CPU {SLOWER}x slower, ms to next paint:")
    print(spread(durations))
    print(machine())
    return 0 if max(durations) <= TARGET_MS else 1


if __name__ == "__main__":
    sys.exit(main())
