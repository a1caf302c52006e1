"""A day at the front desk: register, book, move, cancel and receive, as the desk does it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from localstack.demo import practitioner
from tests.browser.conftest import Clinic, Watched
from tests.browser.front_desk import (
    act,
    booked,
    enter,
    letters,
    pick_patient,
    registered,
    watched_desk,
)
from tests.browser.screens import SLOW

HOUR_PX = 96


@pytest.fixture
def desk(browser: Browser) -> Iterator[Watched]:
    with watched_desk(browser) as watched:
        yield watched


def fill_registration(page: Page, clinic: Clinic, family: str) -> None:
    page.goto(f"{clinic.origin}/patients/new")
    page.get_by_label("Nombres").fill("Paciente Demostración", timeout=SLOW)
    page.get_by_label("Primer apellido").fill(family)
    page.get_by_role("textbox", name="Fecha de nacimiento").fill("1984-02-29")
    page.get_by_role("radio", name="Femenino").check()
    page.get_by_role("button", name="Registrar", exact=True).click()


def test_a_second_registration_of_the_same_person_is_noticed(clinic: Clinic, desk: Watched) -> None:
    page, family = desk.page, letters()
    enter(page, clinic)
    fill_registration(page, clinic, family)
    expect(page.get_by_text("Paciente registrado")).to_be_visible(timeout=SLOW)
    expect(page).to_have_url(re.compile(r"/patients/[0-9a-f-]{36}"))
    first = page.url.rsplit("/", 1)[-1]
    fill_registration(page, clinic, family)
    warning = page.get_by_text("Puede que ya esté registrado")
    expect(warning).to_be_visible(timeout=SLOW)
    expect(page.locator(f'main a[href*="{first}"]')).to_be_visible()
    expect(page.get_by_label("Primer apellido")).to_have_value(family)
    found = clinic.client("admision.uno").get("/patients", name=family)["items"]
    assert [each["id"] for each in found] == [first], "the refused registration was made"


def test_an_appointment_is_booked_moved_and_its_patient_received(
    clinic: Clinic, desk: Watched
) -> None:
    page, family = desk.page, letters()
    registered(clinic, family)
    with practitioner(clinic.client("administracion"), clinic.client("medicina.dos")) as who:
        enter(page, clinic)
        tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
        page.goto(f"{clinic.origin}/agenda?practitioner={who['id']}&day={tomorrow}")
        _book(page, family)
        row = page.get_by_role("listitem").filter(has_text=family)
        expect(row).to_be_visible(timeout=SLOW)
        before = row.inner_text().split()[0]
        act(page, row, "Reprogramar")
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("button", name=re.compile(r"^\d\d:\d\d")).nth(9).click(timeout=SLOW)
        dialog.get_by_role("button", name="Reprogramar", exact=True).click()
        expect(page.get_by_text("Cita reprogramada")).to_be_visible(timeout=SLOW)
        expect(row).not_to_contain_text(before, timeout=SLOW)
        act(page, row, "Llegó")
        expect(row.get_by_text("Llegó")).to_be_visible(timeout=SLOW)
        expect(row.get_by_text("Agendada")).not_to_be_visible()
    assert desk.faults == []


def test_a_dragged_appointment_moves_only_once_it_is_confirmed(
    clinic: Clinic, desk: Watched
) -> None:
    page, family = desk.page, letters()
    patient = registered(clinic, family)
    api = clinic.client("admision.uno")
    with practitioner(clinic.client("administracion"), clinic.client("medicina.dos")) as who:
        appointment = booked(api, who, patient, family)
        start = datetime.fromisoformat(api.get(f"/appointments/{appointment}")["start"])
        enter(page, clinic)
        day = start.astimezone(UTC) - timedelta(hours=5)  # Lima
        page.goto(f"{clinic.origin}/agenda?view=week&practitioner={who['id']}&day={day.date()}")
        card = page.get_by_role("button", name=re.compile(family))
        _drag(page, card, HOUR_PX)
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("Reprogramar cita")
        dialog.get_by_role("button", name="Cancelar").click()
        assert api.get(f"/appointments/{appointment}")["start"] == start.isoformat().replace(
            "+00:00", "Z"
        )
        _drag(page, card, HOUR_PX)
        dialog.get_by_role("button", name="Reprogramar", exact=True).click()
        expect(page.get_by_text("Cita reprogramada")).to_be_visible(timeout=SLOW)
        moved = datetime.fromisoformat(api.get(f"/appointments/{appointment}")["start"])
        assert moved - start == timedelta(hours=1)
    assert desk.faults == []


def test_a_cancelled_appointment_keeps_its_reason_and_frees_its_time(
    clinic: Clinic, desk: Watched
) -> None:
    page, family = desk.page, letters()
    patient = registered(clinic, family)
    api = clinic.client("admision.uno")
    with practitioner(clinic.client("administracion"), clinic.client("medicina.dos")) as who:
        appointment = booked(api, who, patient, family)
        start = datetime.fromisoformat(api.get(f"/appointments/{appointment}")["start"])
        day = (start.astimezone(UTC) - timedelta(hours=5)).date()
        enter(page, clinic)
        page.goto(f"{clinic.origin}/agenda?practitioner={who['id']}&day={day}")
        row = page.get_by_role("listitem").filter(has_text=family)
        act(page, row, "Cancelar cita")
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Motivo").fill("El paciente viaja")
        dialog.get_by_role("button", name="Cancelar cita").click()
        expect(row.get_by_text("Cancelada")).to_be_visible(timeout=SLOW)
        stored = api.get(f"/appointments/{appointment}")
        assert stored["cancel_reason"] == "El paciente viaja"
        query = {"practitioner": who["id"], "category": "consulta", "from_date": day.isoformat()}
        free = api.get("/appointments/slots", **query, days=1, limit=200)["items"]
        assert stored["start"] in {slot["start"] for slot in free}
    assert desk.faults == []


def _book(page: Page, family: str) -> None:
    """By keyboard where the desk would use it: type, Enter, then a kind and a free time."""
    page.get_by_role("button", name="Nueva cita").first.click(timeout=SLOW)
    dialog = page.get_by_role("dialog")
    pick_patient(page, family)
    dialog.get_by_role("combobox", name="Tipo de cita").click()
    page.get_by_role("option", name="Consulta", exact=True).click()
    dialog.get_by_role("button", name=re.compile(r"^\d\d:\d\d$")).first.click(timeout=SLOW)
    dialog.get_by_role("button", name="Agendar").click()
    expect(page.get_by_text("Cita agendada")).to_be_visible(timeout=SLOW)


def _drag(page: Page, card: Locator, down: int) -> None:
    expect(card).to_be_visible(timeout=SLOW)
    card.evaluate("(each) => each.scrollIntoView({ block: 'center' })")
    box = card.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + down / 2, steps=4)
    page.mouse.move(x, y + down, steps=4)
    page.mouse.up()
