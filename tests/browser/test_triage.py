"""The inbox of citizens' requests: from a program's suggestion to an appointment and an answer."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from localstack.citizen_channel import Told, listening, register, triage
from tests.browser.conftest import Clinic
from tests.browser.consults import sign_in

NURSE = "enfermeria.uno"


def asked(clinic: Clinic, url: str) -> tuple[Told, dict[str, str]]:
    """Two citizens ask, one with a sign of danger, and one message cannot be read."""
    told = Told()
    admin = clinic.client("administracion")
    channel = register(clinic.http, admin, told, url)
    calm = triage(birth_date="1984-02-11")
    calm["person"]["name"] = "Paciente Demostración Bandeja"
    danger = triage(danger=True)
    danger["person"]["name"] = "Paciente Demostración Urgente"
    broken = {**triage(), "answers": 7, "urgency": "routine"}
    named = {"calm": calm, "danger": danger, "broken": broken}
    return told, {name: channel.send(message)["id"] for name, message in named.items()}


def test_a_nurse_works_through_the_inbox(page: Page, clinic: Clinic) -> None:
    with listening(Told()) as url:
        walk(page, clinic, url)


def walk(page: Page, clinic: Clinic, url: str) -> None:
    """Read, match, answer: by the words that a nurse sees."""
    _, ids = asked(clinic, url)
    nurse = clinic.client(NURSE)
    name = {"given": "Paciente", "family": "Demostración", "second_family": "Bandeja"}
    person = {"name": name, "birth_date": "1984-02-11", "sex": "female"}
    nurse.post("/patients", {**person, "confirm_not_duplicate": True})
    sign_in(page, clinic, NURSE)
    page.get_by_role("link", name="Solicitudes").click()
    lines = page.locator("main li")
    expect(lines.first).to_contain_text("Paciente Demostración Urgente")
    expect(lines.first).to_contain_text("Signos de alarma")
    expect(page.locator("main")).to_contain_text("No se pudo leer completa")
    page.goto(f"{clinic.origin}/triage/{ids['calm']}")
    expect(page.locator("main")).to_contain_text("Sugerencia, nunca un diagnóstico")
    expect(page.get_by_role("button", name="Agendar cita")).to_be_disabled()
    page.get_by_role("button", name="Tomar").click()
    page.get_by_role("button", name="Es Paciente Demostración Bandeja").click()
    expect(page.get_by_role("link", name="Abrir la historia del paciente")).to_be_visible()
    expect(page.get_by_role("button", name="Agendar cita")).to_be_enabled()
    page.get_by_role("button", name="Responder").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Mensaje para la persona").fill("Tome agua y descanse.")
    dialog.get_by_role("button", name="Responder").click()
    expect(page.locator("main")).to_contain_text("Tome agua y descanse.")
    expect(page.get_by_role("button", name="Volver a abrir")).to_be_visible()
