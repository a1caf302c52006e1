"""The inbox: what waits for whom, and that it goes when it is done."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from localstack.client import Client
from tests.browser.charts import SLOW, Chart, begun, employed, registered, steady
from tests.browser.conftest import Clinic


@pytest.fixture
def staff(clinic: Clinic) -> tuple[str, str]:
    """User name and id of a new physician, whose inbox is empty."""
    return employed(clinic, "physician")


@pytest.fixture
def api(clinic: Clinic, staff: tuple[str, str]) -> Client:
    return steady(clinic, staff[0])


@pytest.fixture
def chart(browser: Browser, clinic: Clinic, staff: tuple[str, str]) -> Iterator[Chart]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="es-PE")
    made = Chart(context, clinic, staff[0])
    made.sign_in()
    yield made
    assert made.watched.faults == []
    context.close()


def inbox(chart: Chart) -> Page:
    chart.page.goto(f"{chart.clinic.origin}/work")
    expect(chart.page.get_by_role("heading", name="Bandeja de trabajo")).to_be_visible()
    return chart.page


def counter(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name)


def noted(api: Client, patient: dict[str, Any]) -> str:
    """An open encounter with a note."""
    encounter = begun(api, patient)
    api.post(f"/patients/encounters/{encounter}/notes", {"soap": {"plan": "Control."}})
    return encounter


def test_an_encounter_waits_until_it_is_signed_and_finalised(chart: Chart, api: Client) -> None:
    page = inbox(chart)
    expect(page.get_by_text("Todo al día")).to_be_visible(timeout=SLOW)
    older, newer = registered(api), registered(api)
    encounter = noted(api, older)
    noted(api, newer)
    page = inbox(chart)
    expect(counter(page, "Por firmar")).to_contain_text("2", timeout=SLOW)
    rows = page.get_by_role("list", name="Por firmar").get_by_role("link")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text(older["name"]["second_family"])
    rows.first.focus()
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{chart.clinic.origin}/patients/{older['id']}/encounters/{encounter}")
    chart.step("Firmar")
    expect(page.get_by_text("Firmada por")).to_be_visible(timeout=SLOW)
    page = inbox(chart)
    expect(counter(page, "Por finalizar")).to_contain_text("1", timeout=SLOW)
    counter(page, "Por refrendar").press("Enter")
    expect(page.get_by_text("Nadie le ha pedido refrendar.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Nadie le ha pedido refrendar.")).to_be_visible(timeout=SLOW)
    counter(page, "Por refrendar").click()
    page.get_by_role("list", name="Por finalizar").get_by_role("link").click()
    chart.step("Finalizar")
    page = inbox(chart)
    expect(counter(page, "Por firmar")).to_contain_text("1", timeout=SLOW)
    expect(counter(page, "Por finalizar")).to_contain_text("0")


def test_who_is_asked_to_cosign_finds_it_in_his_inbox(
    chart: Chart, clinic: Clinic, browser: Browser, api: Client
) -> None:
    author, _ = employed(clinic, "physician")
    writing = steady(clinic, author)
    patient = registered(writing)
    encounter = noted(writing, patient)
    me = api.get("/identity/me")["id"]
    at = writing.get(f"/patients/encounters/{encounter}")["version"]
    signed = {"cosigner": me}
    path = f"/patients/encounters/{encounter}/sign"
    headers = {"If-Match": f'"{at}"', "Idempotency-Key": str(uuid.uuid4())}
    writing.call("POST", path, signed, **headers).raise_for_status()
    page = inbox(chart)
    expect(counter(page, "Por refrendar")).to_contain_text("1", timeout=SLOW)
    page.get_by_role("list", name="Por refrendar").get_by_role("link").click()
    chart.step("Refrendar")
    expect(counter(inbox(chart), "Por refrendar")).to_contain_text("0", timeout=SLOW)


def test_a_medical_director_sees_what_nobody_has_signed(
    browser: Browser, clinic: Clinic, api: Client
) -> None:
    encounter = noted(api, registered(api))
    director, _ = employed(clinic, "administrator", "physician")
    found = steady(clinic, director).get(
        "/patients/encounters/pending", scope="institution", limit=90
    )
    assert found["items"], "the oldest encounters of the institution"
    mine = api.get("/patients/encounters/pending")["items"]
    assert [one["encounter"] for one in mine] == [encounter]
    context = browser.new_context(viewport={"width": 360, "height": 780}, locale="es-PE")
    chart = Chart(context, clinic, director)
    chart.sign_in()
    page = inbox(chart)
    expect(page.get_by_text("Todo al día")).to_be_visible(timeout=SLOW)
    page.get_by_text("De la institución").click()
    rows = page.get_by_role("list", name="Por firmar").get_by_role("link")
    expect(rows.first).to_be_visible(timeout=SLOW)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert chart.watched.faults == []
    context.close()
