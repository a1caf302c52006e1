"""Group sessions at the desk: planned, filled until it is full, received, called off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from localstack.demo import practitioner
from tests.browser.conftest import Clinic, Watched
from tests.browser.front_desk import (
    LIMA,
    act,
    enter,
    letters,
    local_day,
    pick_patient,
    registered,
    watched_desk,
)
from tests.browser.screens import SLOW


@pytest.fixture
def desk(browser: Browser) -> Iterator[Watched]:
    with watched_desk(browser) as watched:
        yield watched


def leader(clinic: Clinic) -> AbstractContextManager[dict[str, Any]]:
    """Somebody whom no other test knows, who receives at every hour; retired afterwards."""
    name = f"Profesional Demostración {letters()}"
    return practitioner(clinic.client("administracion"), None, name)


def planned(clinic: Clinic, who: dict[str, Any], capacity: int) -> dict[str, Any]:
    """A session of the day after tomorrow, made by the API."""
    start = (datetime.now(UTC) + timedelta(days=2)).replace(minute=0, second=0, microsecond=0)
    body = {
        "practitioners": [who["id"]],
        "site": who["sites"][0],
        "category": "consulta",
        "start": start.isoformat(),
        "minutes": 60,
        "capacity": capacity,
        "title": f"Taller {letters()}",
    }
    made: dict[str, Any] = clinic.client("admision.uno").post("/appointments/groups", body)
    return made


def take(page: Page, family: str) -> None:
    page.get_by_role("button", name="Agregar participante").click(timeout=SLOW)
    pick_patient(page, family)
    page.get_by_role("dialog").get_by_role("button", name="Guardar").click()
    expect(page.get_by_role("dialog")).not_to_be_visible(timeout=SLOW)


def test_a_session_is_planned_from_the_agenda_and_listed_on_its_day(
    clinic: Clinic, desk: Watched
) -> None:
    page, title = desk.page, f"Taller {letters()}"
    day = datetime.now(UTC) + LIMA + timedelta(days=1)
    with leader(clinic) as who:
        enter(page, clinic)
        page.get_by_role("link", name="Sesiones grupales").click(timeout=SLOW)
        page.get_by_role("button", name="Programar sesión").first.click(timeout=SLOW)
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Nombre de la sesión").fill(title)
        dialog.get_by_role("combobox", name="Tipo de cita").click()
        page.get_by_role("option", name="Consulta", exact=True).click()
        dialog.get_by_role("combobox", name="Profesionales").click()
        page.get_by_role("option", name=who["name"]).click()
        dialog.get_by_role("textbox", name="Día").fill(day.strftime("%d/%m/%Y"))
        dialog.get_by_role("button", name="Guardar").click()
        expect(dialog.get_by_text("Este campo es obligatorio")).to_have_count(1)
        dialog.get_by_role("textbox", name="Hora").fill("10:00")
        dialog.get_by_label("Cupos").fill("8")
        dialog.get_by_role("button", name="Guardar").click()
        expect(page.get_by_role("heading", name=title)).to_be_visible(timeout=SLOW)
        expect(page.get_by_text("0 de 8 cupos")).to_be_visible()
        group = page.url.rsplit("/", 1)[-1]
        stored = clinic.client("admision.uno").get(f"/appointments/groups/{group}")
        assert local_day(stored["start"]) == day.date().isoformat()
        assert (stored["minutes"], stored["practitioners"][0]["id"]) == (60, who["id"])
        page.get_by_role("link", name="Sesiones grupales").last.click()
        row = page.get_by_role("listitem").filter(has_text=title)
        expect(row).to_contain_text("10:00", timeout=SLOW)
        expect(row).to_contain_text("0 de 8 cupos")
    assert desk.faults == []


def test_a_session_is_filled_until_it_is_full_and_a_place_given_up_is_free_again(
    clinic: Clinic, desk: Watched
) -> None:
    page = desk.page
    families = [letters(), letters()]
    for family in families:
        registered(clinic, family)
    with leader(clinic) as who:
        group = planned(clinic, who, capacity=2)
        enter(page, clinic)
        page.goto(f"{clinic.origin}/groups/{group['id']}")
        expect(page.get_by_text("Aún no hay participantes")).to_be_visible(timeout=SLOW)
        for family in families:
            take(page, family)
            expect(page.get_by_role("listitem").filter(has_text=family)).to_be_visible(timeout=SLOW)
        expect(page.get_by_text("Completa: 2 cupos")).to_be_visible(timeout=SLOW)
        expect(page.get_by_role("button", name="Agregar participante")).to_be_disabled()
        row = page.get_by_role("listitem").filter(has_text=families[0])
        row.get_by_role("button", name=re.compile("Más acciones")).click()
        expect(page.get_by_role("menuitem", name="Reprogramar")).to_have_count(0)
        page.keyboard.press("Escape")
        act(page, row, "Cancelar cita")
        page.get_by_role("dialog").get_by_role("button", name="Cancelar cita").click()
        expect(page.get_by_text("1 de 2 cupos")).to_be_visible(timeout=SLOW)
        expect(page.get_by_role("button", name="Agregar participante")).to_be_enabled()
        act(page, page.get_by_role("listitem").filter(has_text=families[1]), "Llegó")
        expect(page.get_by_text("Llegó")).to_be_visible(timeout=SLOW)
        shown = clinic.client("admision.uno").get(f"/appointments/groups/{group['id']}")
        states = sorted(place["status"] for place in shown["places"])
        assert (shown["taken"], states) == (1, ["arrived", "cancelled"])
    assert desk.faults == []


def test_calling_a_session_off_says_whom_it_concerns_and_cancels_every_place(
    clinic: Clinic, desk: Watched
) -> None:
    page, api = desk.page, clinic.client("admision.uno")
    people = [(registered(clinic, family), family) for family in (letters(), letters())]
    with leader(clinic) as who:
        group = planned(clinic, who, capacity=3)
        for patient, family in people:
            reference = {"id": patient["id"], "display_name": f"Paciente Demostración {family}"}
            api.post(f"/appointments/groups/{group['id']}/places", {"patient": reference})
        enter(page, clinic)
        page.goto(f"{clinic.origin}/groups/{group['id']}")
        page.get_by_role("button", name="Suspender sesión").click(timeout=SLOW)
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("citas de 2 participantes")
        dialog.get_by_label("Motivo").fill("Feriado")
        dialog.get_by_role("button", name="Suspender sesión").click()
        expect(page.get_by_text("Esta sesión fue suspendida")).to_be_visible(timeout=SLOW)
        for _, family in people:
            row = page.get_by_role("listitem").filter(has_text=family)
            expect(row).to_contain_text("Cancelada", timeout=SLOW)
        shown = api.get(f"/appointments/groups/{group['id']}")
        assert (shown["status"], shown["taken"]) == ("cancelled", 0)
        assert {place["status"] for place in shown["places"]} == {"cancelled"}
        query = {"practitioner": who["id"], "category": "consulta", "days": 1, "limit": 200}
        free = api.get("/appointments/slots", **query, from_date=local_day(shown["start"]))
        assert shown["start"] in {slot["start"] for slot in free["items"]}
    assert desk.faults == []
