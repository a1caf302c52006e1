"""A consultation as both sides see it: two browsers, real video between them, one record."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from localstack.demo import PDF, practitioner
from tests.browser.conftest import Clinic, Watched

PATIENT = "Paciente Demostración Navegador"
STATS = """async () => {
  const report = await window.telesaludCallStats?.();
  const frames = { 'inbound-rtp': 0, 'outbound-rtp': 0 };
  report?.forEach((s) => {
    if (s.kind === 'video' && s.type in frames) {
      frames[s.type] += s.framesDecoded ?? s.framesEncoded ?? 0;
    }
  });
  return [frames['inbound-rtp'], frames['outbound-rtp']];
}"""


@pytest.fixture
def doctor(browser: Browser) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="es-PE")
    yield Watched(context.new_page())
    context.close()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="es-PE")
    yield Watched(context.new_page())
    context.close()


def booked(clinic: Clinic, who: dict[str, Any]) -> tuple[str, str]:
    """A patient with a linked teleconsultation that is open now: his id and his link."""
    desk = clinic.client("admision.uno")
    person = {
        "name": {"given": "Paciente", "family": "Demostración", "second_family": "Navegador"},
        "birth_date": "1980-05-17",
        "sex": "female",
        "confirm_not_duplicate": True,
    }
    patient = desk.post("/patients", person)["id"]
    day = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    where = {"practitioner": who["id"], "category": "telemedicina", "from_date": day, "limit": 1}
    slot = desk.get("/appointments/slots", **where)["items"][0]
    body = {
        "patient": {"id": patient, "display_name": PATIENT},
        "practitioners": [who["id"]],
        "site": slot["site"],
        "category": "telemedicina",
        "start": slot["start"],
        "minutes": slot["minutes"],
    }
    appointment = desk.post("/appointments", body)["id"]
    end = time.monotonic() + 60
    while desk.get(f"/appointments/{appointment}")["link_status"] != "linked":
        assert time.monotonic() < end, "the appointment was not linked"
        time.sleep(0.3)
    links = desk.get(f"/appointments/{appointment}/links")["links"]
    return patient, next(link["url"] for link in links if link["participant"] == "patient")


def sign_in(page: Page, clinic: Clinic) -> None:
    page.goto(f"{clinic.origin}/")
    page.get_by_label("Institución").fill("clinica-norte")
    page.get_by_label("Usuario").fill("medicina.dos")
    page.get_by_label("Contraseña").first.fill(clinic.password)
    page.get_by_role("button", name="Entrar").click()
    expect(page.get_by_role("heading", name="Agenda")).to_be_visible(timeout=30_000)


def sees_video(page: Page) -> None:
    """Frames arrive and leave. AssertionError after half a minute."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        received, sent = page.evaluate(STATS)
        if received > 5 and sent > 5:
            return
        page.wait_for_timeout(500)
    raise AssertionError("no video flows")


def come_in(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Continuar").click()
    page.get_by_role("button", name="Empezar la prueba").click()
    waiting = page.get_by_role("heading", name="sala de espera")
    failed = page.get_by_role("alert").filter(has_text="intente de nuevo")
    for _ in range(3):  # a cold function on a busy machine may take longer than the page waits
        page.get_by_role("button", name="Entrar a la sala de espera").click(timeout=30_000)
        expect(waiting.or_(failed).first).to_be_visible(timeout=60_000)
        if waiting.is_visible():
            return
    raise AssertionError("the patient did not get into the waiting room")


def test_both_sides_meet_and_the_record_has_it(
    clinic: Clinic, doctor: Watched, visitor: Watched, tmp_path: Path
) -> None:
    admin, physician = clinic.client("administracion"), clinic.client("medicina.dos")
    with practitioner(admin, physician) as who:
        patient, link = booked(clinic, who)
        sign_in(doctor.page, clinic)
        doctor.page.goto(f"{clinic.origin}/agenda?practitioner={who['id']}")
        doctor.page.get_by_role("link", name="Entrar a la consulta").click(timeout=30_000)
        come_in(visitor.page, link)
        assert "#" not in visitor.page.url, "the secret stays in the address bar"
        doctor.page.get_by_role("button", name="Atender").click(timeout=30_000)
        sees_video(doctor.page)
        sees_video(visitor.page)
        _talk(doctor.page, visitor.page)
        _share(visitor.page, tmp_path)
        visitor.page.reload()
        sees_video(visitor.page)
        sees_video(doctor.page)
        _finish(doctor.page)
        for page in (doctor.page, visitor.page):
            ended = page.get_by_role("heading", name="La consulta terminó")
            expect(ended).to_be_visible(timeout=30_000)
        _complete_and_sign(doctor.page, f"{clinic.origin}/patients/{patient}/encounters")
    assert doctor.faults == []
    assert visitor.faults == []


def _talk(doctor: Page, visitor: Page) -> None:
    doctor.get_by_role("tab", name="Chat").click()
    doctor.get_by_role("textbox", name="Mensaje").fill("Buenos días")
    doctor.get_by_role("button", name="Enviar").click()
    expect(visitor.get_by_text("Buenos días")).to_be_visible(timeout=15_000)
    visitor.get_by_label("Escriba un mensaje").fill("<b>Hola</b> doctora")
    visitor.get_by_role("button", name="Enviar").click()
    expect(doctor.get_by_text("<b>Hola</b> doctora")).to_be_visible(timeout=15_000)


def _share(visitor: Page, folder: Path) -> None:
    file = folder / "examen.pdf"
    file.write_bytes(PDF)
    visitor.set_input_files("#file", file)
    expect(visitor.get_by_role("button", name="Descargar")).to_be_visible(timeout=60_000)


def _finish(doctor: Page) -> None:
    doctor.get_by_role("tab", name="Nota").click()
    note = doctor.get_by_label("Nota de la consulta")
    note.fill("Evolución favorable.")
    expect(doctor.get_by_text("Guardado a las")).to_be_visible(timeout=15_000)
    note.fill("Evolución favorable. Control en 30 días.")
    doctor.get_by_role("button", name="Terminar consulta").click()
    doctor.get_by_role("dialog").get_by_role("button", name="Terminar consulta").click()


def _complete_and_sign(doctor: Page, encounters: str) -> None:
    """What the consultation left is in the record, and can be completed and signed there."""
    doctor.goto(encounters)
    row = doctor.get_by_role("listitem").filter(has_text="Por firmar")
    row.get_by_role("link").click(timeout=90_000)
    narrative = doctor.get_by_role("textbox", name="Narrativa")
    expect(narrative).to_have_value(re.compile("Control en 30 días"), timeout=30_000)
    chat = doctor.get_by_role("region", name="Chat")
    expect(chat.get_by_text("<b>Hola</b> doctora")).to_be_visible()
    expect(doctor.get_by_role("region", name="Conexiones")).to_contain_text("entró")
    expect(doctor.get_by_text("examen.pdf")).to_be_visible()
    doctor.get_by_role("textbox", name="Plan").fill("Continuar el tratamiento.")
    doctor.get_by_role("button", name="Firmar").click()
    review = doctor.get_by_role("dialog")
    expect(review.get_by_text("Continuar el tratamiento.")).to_be_visible(timeout=60_000)
    review.get_by_role("button", name="Firmar").click()
    expect(doctor.get_by_text("Firmada por")).to_be_visible(timeout=60_000)


@pytest.mark.parametrize("secret", ["", "tooshort", "A" * 43])
def test_a_link_that_is_no_link_says_what_to_do(
    clinic: Clinic, visitor: Watched, secret: str
) -> None:
    visitor.page.goto(f"{clinic.origin}/c/#{secret}")
    expect(visitor.page.get_by_role("heading", name="Este enlace no sirve")).to_be_visible(
        timeout=30_000
    )
