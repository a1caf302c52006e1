"""A consultation as both sides see it: two browsers, real video between them, one record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from localstack.demo import PDF, practitioner
from tests.browser.conftest import Clinic, Watched
from tests.browser.consults import appointed, come_in, sees_video, sign_in


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


def test_both_sides_meet_and_the_record_has_it(
    clinic: Clinic, doctor: Watched, visitor: Watched, tmp_path: Path
) -> None:
    admin, physician = clinic.client("administracion"), clinic.client("medicina.dos")
    with practitioner(admin, physician) as who:
        patient, link = appointed(clinic, who)
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
        expect(doctor.page.get_by_text("Control en 30 días")).to_be_visible()
        expect(visitor.page.get_by_text("examen.pdf")).to_be_visible()
        doctor.page.get_by_role("link", name="Revisar y firmar").click(timeout=90_000)
        doctor.page.wait_for_url(f"**/patients/{patient}/encounters/*", timeout=30_000)
        _complete_and_sign(doctor.page)
    assert doctor.faults == []
    assert visitor.faults == []


def _talk(doctor: Page, visitor: Page) -> None:
    doctor.get_by_role("tab", name="Chat").click()
    doctor.get_by_role("textbox", name="Mensaje").fill("Buenos días")
    doctor.get_by_role("button", name="Enviar").click()
    visitor.get_by_role("button", name=re.compile("^Abrir el chat .nuevos: 1")).click(
        timeout=15_000
    )
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


def _complete_and_sign(doctor: Page) -> None:
    """What the consultation left is in the record, and can be completed and signed there."""
    narrative = doctor.get_by_role("textbox", name="Texto libre")
    expect(narrative).to_have_value(re.compile("Control en 30 días"), timeout=30_000)
    chat = doctor.get_by_role("region", name="Chat")
    expect(chat.get_by_text("<b>Hola</b> doctora")).to_be_visible()
    expect(doctor.get_by_role("region", name="Conexiones")).to_contain_text("entró")
    expect(doctor.get_by_text("examen.pdf").first).to_be_visible()
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
    expect(visitor.page.get_by_role("heading", name="Este enlace no funciona")).to_be_visible(
        timeout=30_000
    )
